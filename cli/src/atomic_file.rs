//! Files that are written whole or not at all.
//!
//! A file is written under a temporary name in its directory and renamed when it is complete and
//! on the disk (fsync). If the run ends before that, by an error, Ctrl-C or termination, the
//! temporary file is deleted.

use std::collections::BTreeMap;
use std::fs::{self, File, Permissions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::thread;
use std::time::Duration;

use crate::interrupt::{EXIT_INTERRUPTED, ask_to_end, on_interrupt};

const BUFFER_BYTES: usize = 1 << 16;
/// The number of temporary names to try: files of killed runs may occupy some.
const MAX_NAME_TRIES: u32 = 1000;
/// How long an interrupt waits for work that was asked to end.
const MAX_WAIT: Duration = Duration::from_secs(2);

/// A file that is being written.
pub(crate) struct OutputFile {
    /// The path as the user gave it.
    name: PathBuf,
    /// Declared, and so dropped, before `part`: some systems cannot delete an open file.
    writer: BufWriter<File>,
    /// The path with links resolved, and the temporary file. None for a pipe or device, which is
    /// written directly.
    part: Option<(PathBuf, TempPath)>,
}

impl OutputFile {
    /// Begins the file of this name, or returns an error if it cannot be written. If the name is a
    /// link, its target is written and the link stays.
    pub(crate) fn open(name: &Path) -> Result<Self, String> {
        let fail = |error| cannot_write(name, error);
        let path = fs::canonicalize(name).unwrap_or_else(|_| name.to_owned());
        let existing = fs::metadata(&path).ok();
        let (part, file) = match &existing {
            Some(existing) if existing.is_dir() => {
                return Err(fail(io::Error::other("it is a directory")));
            }
            Some(existing) if !existing.is_file() => (None, open_existing(&path).map_err(fail)?),
            _ => {
                // Renaming would replace even a read-only file, so first check that it can be
                // written.
                existing
                    .as_ref()
                    .map_or(Ok(()), |_| open_existing(&path).map(|_| ()))
                    .map_err(fail)?;
                let permissions = existing.map(|existing| existing.permissions());
                let (part, file) = TempPath::beside(&path, permissions).map_err(fail)?;
                (Some((path, part)), file)
            }
        };
        Ok(OutputFile {
            name: name.to_owned(),
            writer: BufWriter::with_capacity(BUFFER_BYTES, file),
            part,
        })
    }

    pub(crate) fn write(&mut self, text: &str) -> Result<(), String> {
        self.writer.write_all(text.as_bytes()).map_err(|error| cannot_write(&self.name, error))
    }

    /// Completes the file. [`publish`] gives it its name.
    pub(crate) fn close(mut self) -> Result<FinishedFile, String> {
        let flushed = self.writer.flush().and_then(|()| match &self.part {
            // Otherwise a power failure soon after the renaming could leave an empty file.
            Some(_) => self.writer.get_ref().sync_all(),
            None => Ok(()),
        });
        flushed.map_err(|error| cannot_write(&self.name, error))?;
        Ok(FinishedFile { name: self.name, part: self.part })
    }
}

/// For encoders. The errors do not name the file.
impl Write for OutputFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

fn open_existing(path: &Path) -> io::Result<File> {
    File::options().append(true).open(path)
}

fn cannot_write(name: &Path, error: io::Error) -> String {
    format!("cannot write {}: {error}", name.display())
}

/// A complete file that still has its temporary name.
pub(crate) struct FinishedFile {
    name: PathBuf,
    part: Option<(PathBuf, TempPath)>,
}

/// Renames files to their final names; an interrupt waits until all are renamed.
pub(crate) fn publish(files: &[FinishedFile]) -> Result<(), String> {
    let _blocks_interrupt = pending();
    files.iter().try_for_each(|FinishedFile { name, part }| match part {
        Some((path, part)) => {
            fs::rename(&part.path, path).map_err(|error| cannot_write(name, error))
        }
        None => Ok(()),
    })
}

/// Writes a file in one step.
pub(crate) fn write(name: &Path, text: &str) -> Result<(), String> {
    let mut output = OutputFile::open(name)?;
    output.write(text)?;
    publish(&[output.close()?])
}

/// Makes a directory and its missing parents. Dropping the result deletes those that are still
/// empty.
pub(crate) fn create_directories(path: &Path) -> io::Result<Vec<TempPath>> {
    let missing: Vec<&Path> = path.ancestors().take_while(|path| !path.exists()).collect();
    let mut made = Vec::new();
    for path in missing.into_iter().rev() {
        // A relative path has the empty path as its last ancestor, and `a/..` exists as soon as `a`
        // has been made.
        if path.as_os_str().is_empty() || path.is_dir() {
            continue;
        }
        made.push(TempPath::make(path.to_owned(), |path| fs::create_dir(path))?.0);
    }
    if !path.is_dir() {
        return Err(io::ErrorKind::NotADirectory.into());
    }
    // The innermost is deleted first.
    made.reverse();
    Ok(made)
}

/// A file or directory that is deleted when this is dropped, unless it was renamed or has content.
pub(crate) struct TempPath {
    path: PathBuf,
    /// Its number among the pending ones.
    number: u64,
}

/// The paths of all temporary files and directories, numbered in the order of their creation.
static PENDING: Mutex<BTreeMap<u64, PathBuf>> = Mutex::new(BTreeMap::new());

fn pending() -> MutexGuard<'static, BTreeMap<u64, PathBuf>> {
    PENDING.lock().unwrap_or_else(PoisonError::into_inner)
}

impl TempPath {
    /// Makes an empty file with a temporary name in the directory of `path`.
    fn beside(path: &Path, permissions: Option<Permissions>) -> io::Result<(Self, File)> {
        let name =
            path.file_name().ok_or_else(|| io::Error::other("no file name"))?.to_string_lossy();
        let mut tried = 0;
        let (part, file) = loop {
            let part = path.with_file_name(format!(".{name}.{}-{tried}.part", std::process::id()));
            match TempPath::make(part, |part| {
                File::options().write(true).create_new(true).open(part)
            }) {
                Err(error)
                    if error.kind() == io::ErrorKind::AlreadyExists && tried < MAX_NAME_TRIES =>
                {
                    tried += 1;
                }
                made => break made?,
            }
        };
        permissions.map_or(Ok(()), |permissions| file.set_permissions(permissions))?;
        Ok((part, file))
    }

    fn make<T>(path: PathBuf, make: impl FnOnce(&Path) -> io::Result<T>) -> io::Result<(Self, T)> {
        clear_on_interrupt();
        let mut pending = pending();
        let made = make(&path)?;
        let number = pending.last_key_value().map_or(0, |(last, _)| last + 1);
        pending.insert(number, path.clone());
        Ok((TempPath { path, number }, made))
    }
}

impl Drop for TempPath {
    fn drop(&mut self) {
        let mut pending = pending();
        if pending.remove(&self.number).is_some() {
            remove(&self.path);
        }
    }
}

fn remove(path: &Path) {
    // Both fail after a renaming, and for a directory with content, which is to stay.
    let _ = fs::remove_file(path).or_else(|_| fs::remove_dir(path));
}

/// Makes Ctrl-C and termination delete all temporary files and end the program with the exit code
/// 130 from now on. Work that can be asked to end by itself has [`MAX_WAIT`] to do so, unless there
/// is another interrupt.
pub(crate) fn clear_on_interrupt() {
    static SET: Once = Once::new();
    SET.call_once(|| {
        // After an error the signals keep their behaviour.
        let _ = on_interrupt(|| {
            let end_later = || {
                thread::sleep(MAX_WAIT);
                clear_and_exit();
            };
            if !ask_to_end() || thread::Builder::new().spawn(end_later).is_err() {
                clear_and_exit();
            }
        });
    });
}

fn clear_and_exit() {
    // The lock is held until the exit, so that no new temporary file is made.
    let mut pending = pending();
    while let Some((_, path)) = pending.pop_last() {
        remove(&path);
    }
    std::process::exit(EXIT_INTERRUPTED.into())
}
