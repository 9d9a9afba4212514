//! Maps a file into memory: the only unsafe code of the index.

#![allow(unsafe_code)]

use std::fs::File;
use std::io;

use memmap2::Mmap;

/// Maps the whole of a file, which must not be empty.
pub(crate) fn map(file: &File) -> io::Result<Mmap> {
    // SAFETY: Sound as long as nobody changes or truncates the file while it is mapped. The index
    // maps only files that it has finished, and never writes to them again; it replaces and removes
    // files by name, which leaves the content to whoever has it mapped. Its documentation demands
    // that no other program writes into the directory of an index.
    unsafe { Mmap::map(file) }
}
