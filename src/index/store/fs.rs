//! The storage of an index on disk: a directory of the file system.

use std::fs::{self, File, TryLockError};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::map::map;
use super::names::LOCK;
use super::storage::{Bytes, Place, Sink, Storage};
use crate::error::Error;

/// Opens a directory as a storage, and creates it first where it is missing.
pub(crate) fn create_directory(path: &Path) -> Result<Arc<dyn Storage>, Error> {
    let created = FsDirectory::create(path);
    let directory =
        created.map_err(|error| Error::io("create", &path.display().to_string(), error))?;
    Ok(Arc::new(directory))
}

/// Opens a directory as a storage.
pub(crate) fn open_directory(path: &Path) -> Result<Arc<dyn Storage>, Error> {
    match FsDirectory::open(path) {
        Ok(directory) => Ok(Arc::new(directory)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(Error::no_index(error).in_index(&path.into()))
        }
        Err(error) => Err(Error::io("open", &path.display().to_string(), error)),
    }
}

/// A directory of the file system.
#[derive(Clone, Debug)]
pub(crate) struct FsDirectory {
    path: Arc<Path>,
}

impl FsDirectory {
    /// Creates a directory and its parents, durably, where they are missing.
    pub(crate) fn create(path: impl Into<PathBuf>) -> io::Result<Self> {
        let path = path.into();
        let new: Vec<&Path> =
            path.ancestors().take_while(|path| !is_here(path) && !path.exists()).collect();
        fs::create_dir_all(&path)?;
        for made in new {
            sync_directory(made.parent().unwrap_or(made))?;
        }
        FsDirectory::open(path)
    }

    /// Opens a directory that exists.
    pub(crate) fn open(path: impl Into<PathBuf>) -> io::Result<Self> {
        let path = path.into();
        match fs::metadata(&path)?.is_dir() {
            true => Ok(FsDirectory { path: path.into() }),
            false => Err(io::ErrorKind::NotADirectory.into()),
        }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }
}

impl Storage for FsDirectory {
    fn create(&self, name: &str) -> io::Result<Box<dyn Sink>> {
        let path = self.at(name);
        // Truncating the old file would pull it from under whoever has it mapped.
        if let Err(error) = fs::remove_file(&path)
            && error.kind() != io::ErrorKind::NotFound
        {
            return Err(error);
        }
        Ok(Box::new(FileSink(File::options().write(true).create_new(true).open(path)?)))
    }

    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        fs::read(self.at(name))
    }

    fn map(&self, name: &str) -> io::Result<Bytes> {
        let file = File::open(self.at(name))?;
        // Mapping an empty file is an error.
        match file.metadata()?.len() {
            0 => Ok(Vec::new().into()),
            _ => Ok(Bytes::from_owner(map(&file)?)),
        }
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        fs::rename(self.at(from), self.at(to))
    }

    fn sync_directory(&self) -> io::Result<()> {
        sync_directory(&self.path)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        fs::remove_file(self.at(name))
    }

    fn list(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.path)? {
            let entry = entry?;
            if entry.file_type()?.is_file() {
                // Our names are ASCII: a name that is not even Unicode is not ours.
                names.extend(entry.file_name().into_string());
            }
        }
        Ok(names)
    }

    fn lock(&self) -> io::Result<Option<Box<dyn Send + Sync>>> {
        let file = File::options().write(true).create(true).truncate(false).open(self.at(LOCK))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Box::new(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    fn place(&self) -> Place {
        Place(Some(Arc::clone(&self.path)))
    }
}

struct FileSink(File);

impl Sink for FileSink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.0.sync_data()
    }

    fn cut(&mut self, len: u64) -> io::Result<()> {
        self.0.set_len(len)?;
        self.0.seek(SeekFrom::Start(len)).map(drop)
    }
}

/// Whether a path is the empty parent that a path of one name has.
fn is_here(path: &Path) -> bool {
    path.as_os_str().is_empty()
}

#[cfg(unix)]
fn sync_directory(path: &Path) -> io::Result<()> {
    File::open(if is_here(path) { Path::new(".") } else { path })?.sync_all()
}

/// On other systems a directory cannot be opened as a file, and the file system keeps its own
/// journal of names.
#[cfg(not(unix))]
fn sync_directory(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::store::faulty::Faulty;
    use std::process;
    use std::sync::atomic::{AtomicU32, Ordering};

    /// A directory for one test, removed with it.
    struct Temporary(PathBuf);

    impl Temporary {
        fn new() -> Self {
            static COUNT: AtomicU32 = AtomicU32::new(0);
            let count = COUNT.fetch_add(1, Ordering::Relaxed);
            Temporary(
                std::env::temp_dir().join(format!("newsprint-storage-{}-{count}", process::id())),
            )
        }
    }

    impl Drop for Temporary {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    /// What any storage must do.
    fn behaves(storage: &dyn Storage) {
        assert_eq!(storage.list().expect("lists"), Vec::<String>::new());
        let kind = |error: io::Error| error.kind();
        assert_eq!(storage.read("a").map_err(kind), Err(io::ErrorKind::NotFound));
        assert_eq!(storage.map("a").map(drop).map_err(kind), Err(io::ErrorKind::NotFound));
        assert_eq!(storage.rename("a", "b").map_err(kind), Err(io::ErrorKind::NotFound));
        assert_eq!(storage.remove("a").map_err(kind), Err(io::ErrorKind::NotFound));

        let mut sink = storage.create("a").expect("creates");
        assert_eq!(storage.map("a").expect("maps nothing").len(), 0);
        sink.write(b"one two").expect("writes");
        sink.sync().expect("syncs");
        let mapped = storage.map("a").expect("maps");
        sink.cut(4).expect("cuts");
        sink.write(b"three").expect("writes");
        assert_eq!(storage.read("a").expect("reads"), b"one three");
        sink.cut(3).expect("cuts");
        sink.write(b"!").expect("writes");
        assert_eq!(storage.read("a").expect("reads"), b"one!");
        drop((sink, mapped));

        let shared = storage.map("a").expect("maps");
        storage.create("a").expect("replaces").write(b"new").expect("writes");
        assert_eq!((&shared[..], &*shared.clone()), (&b"one!"[..], &b"one!"[..]));
        assert_eq!(storage.read("a").expect("reads"), b"new");
        storage.create("b").expect("creates").write(b"other").expect("writes");
        storage.rename("b", "a").expect("renames");
        storage.sync_directory().expect("syncs");
        assert_eq!(storage.list().expect("lists"), ["a"]);
        assert_eq!(storage.read("a").expect("reads"), b"other");
        storage.remove("a").expect("removes");
        assert_eq!(storage.read("a").map_err(kind), Err(io::ErrorKind::NotFound));

        let lock = storage.lock().expect("asks").expect("is free");
        assert!(storage.lock().expect("asks").is_none());
        drop(lock);
        assert!(storage.lock().expect("asks").is_some());
    }

    #[test]
    fn a_directory_and_its_stand_in_behave_alike() {
        let temporary = Temporary::new();
        behaves(&FsDirectory::create(temporary.0.join("deep/down")).expect("creates"));
        behaves(&Faulty::new());
    }

    #[test]
    fn a_directory_is_there_or_is_made() {
        let temporary = Temporary::new();
        let path = &temporary.0;
        let kind = |result: io::Result<FsDirectory>| result.map(drop).map_err(|error| error.kind());
        assert_eq!(kind(FsDirectory::open(path)), Err(io::ErrorKind::NotFound));
        let first = FsDirectory::create(path).expect("creates");
        first.create("file").expect("creates").write(b"kept").expect("writes");
        fs::create_dir(path.join("directory")).expect("makes");
        let again = FsDirectory::create(path).expect("is there");
        assert_eq!(again.read("file").expect("reads"), b"kept");
        assert_eq!(FsDirectory::open(path).expect("opens").list().expect("lists"), ["file"]);
        assert_eq!(kind(FsDirectory::open(path.join("file"))), Err(io::ErrorKind::NotADirectory));
        assert!(FsDirectory::create(path.join("file")).is_err());
    }
}
