//! A file mapped into memory: the only place of the index that is not safe by itself.

#![allow(unsafe_code)]

use std::fs::File;
use std::io;

use memmap2::Mmap;

/// The whole file, which must not be empty.
pub(crate) fn map(file: &File) -> io::Result<Mmap> {
    // SAFETY: Sound as long as nobody changes or shortens the file while it is mapped. An index
    // maps only files that it has finished, never writes to these again, and replaces and removes
    // files by name, which leaves their content to who has it mapped. That no other program writes
    // into the directory of an index is what its documentation demands.
    unsafe { Mmap::map(file) }
}
