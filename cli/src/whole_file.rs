//! Files that are written whole or not at all: under another name beside their own until they are
//! whole, and gone when the run ends before that, by an error, by Ctrl-C or by termination.

use std::fs::{self, File, Permissions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

const BUFFER: usize = 1 << 16;
/// Names tried for an unfinished file: those of runs that were killed may be taken.
const NAMES: u32 = 1000;
/// The exit code of a program that was interrupted, as shells have it.
const INTERRUPTED: i32 = 130;

/// A file that is being written.
pub(crate) struct Output {
    /// As it was given.
    name: PathBuf,
    /// Before the part, for some systems remove no file that is open.
    writer: BufWriter<File>,
    /// As it is without links, and what is written instead. None for a pipe or device, which cannot
    /// be renamed.
    part: Option<(PathBuf, Part)>,
}

impl Output {
    /// Begins the file of this name, or says why it could not be written. A link stays a link: what
    /// it leads to is written.
    pub(crate) fn open(name: &Path) -> Result<Self, String> {
        let fail = |error| cannot_write(name, error);
        let path = fs::canonicalize(name).unwrap_or_else(|_| name.to_owned());
        let there = fs::metadata(&path).ok();
        let (part, file) = match &there {
            Some(there) if there.is_dir() => {
                return Err(fail(io::Error::other("it is a directory")));
            }
            Some(there) if !there.is_file() => (None, open_old(&path).map_err(fail)?),
            _ => {
                // What must not be written must not be replaced either.
                there.as_ref().map_or(Ok(()), |_| open_old(&path).map(|_| ())).map_err(fail)?;
                let permissions = there.map(|there| there.permissions());
                let (part, file) = Part::beside(&path, permissions).map_err(fail)?;
                (Some((path, part)), file)
            }
        };
        Ok(Output { name: name.to_owned(), writer: BufWriter::with_capacity(BUFFER, file), part })
    }

    pub(crate) fn write(&mut self, text: &str) -> Result<(), String> {
        self.writer.write_all(text.as_bytes()).map_err(|error| cannot_write(&self.name, error))
    }

    /// Ends the file, which gets its name when it is published.
    pub(crate) fn close(mut self) -> Result<Whole, String> {
        self.writer.flush().map_err(|error| cannot_write(&self.name, error))?;
        Ok(Whole { name: self.name, part: self.part })
    }
}

/// For encoders. Errors name no file.
impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

fn open_old(path: &Path) -> io::Result<File> {
    File::options().append(true).open(path)
}

fn cannot_write(name: &Path, error: io::Error) -> String {
    format!("cannot write {}: {error}", name.display())
}

/// A file that is whole, and not yet under its name.
pub(crate) struct Whole {
    name: PathBuf,
    part: Option<(PathBuf, Part)>,
}

/// Gives files their names: all of them, even if interrupted meanwhile.
pub(crate) fn publish(files: &[Whole]) -> Result<(), String> {
    let _uninterrupted = begun();
    files.iter().try_for_each(|Whole { name, part }| match part {
        Some((path, part)) => fs::rename(&part.0, path).map_err(|error| cannot_write(name, error)),
        None => Ok(()),
    })
}

/// Writes a whole file.
pub(crate) fn write(name: &Path, text: &str) -> Result<(), String> {
    let mut output = Output::open(name)?;
    output.write(text)?;
    publish(&[output.close()?])
}

/// Makes a directory and those that it lies in, as far as they are not there; they are gone with
/// what this returns if nothing was published in them.
pub(crate) fn directories(path: &Path) -> io::Result<Vec<Part>> {
    let missing: Vec<&Path> = path.ancestors().take_while(|path| !path.exists()).collect();
    let mut made = Vec::new();
    for path in missing.into_iter().rev() {
        // The first of a relative path has no name; and one that was missing is there if it is
        // `a/..`, now that there is `a`.
        if path.as_os_str().is_empty() || path.is_dir() {
            continue;
        }
        made.push(Part::make(path.to_owned(), |path| fs::create_dir(path))?.0);
    }
    if !path.is_dir() {
        return Err(io::ErrorKind::NotADirectory.into());
    }
    // The innermost goes first.
    made.reverse();
    Ok(made)
}

/// A file or directory that is gone when this is.
pub(crate) struct Part(PathBuf);

/// The names of all parts, in the order in which they were begun.
static BEGUN: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

fn begun() -> MutexGuard<'static, Vec<PathBuf>> {
    BEGUN.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Part {
    /// An empty file beside the one of this name.
    fn beside(path: &Path, permissions: Option<Permissions>) -> io::Result<(Self, File)> {
        let name =
            path.file_name().ok_or_else(|| io::Error::other("no file name"))?.to_string_lossy();
        let mut tried = 0;
        let (part, file) = loop {
            let part = path.with_file_name(format!(".{name}.{}-{tried}.part", std::process::id()));
            match Part::make(part, |part| File::options().write(true).create_new(true).open(part)) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && tried < NAMES => {
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
        let mut begun = begun();
        let made = make(&path)?;
        begun.push(path.clone());
        Ok((Part(path), made))
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        let mut begun = begun();
        if let Some(at) = begun.iter().rposition(|path| *path == self.0) {
            remove(&begun.remove(at));
        }
    }
}

fn remove(path: &Path) {
    // After the renaming there is no file; and a directory that something was put into stays.
    let _ = fs::remove_file(path).or_else(|_| fs::remove_dir(path));
}

/// From now on Ctrl-C and termination take away what is not whole.
fn clear_on_interrupt() {
    static SET: Once = Once::new();
    SET.call_once(|| {
        // An error means that whoever started this has it ignore one of the signals, as `nohup`
        // does: then all do what they did.
        let _ = ctrlc::try_set_handler(|| {
            // Held to the end, so that nothing is begun any more.
            let mut begun = begun();
            begun.drain(..).rev().for_each(|path| remove(&path));
            std::process::exit(INTERRUPTED)
        });
    });
}
