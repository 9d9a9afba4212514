//! SQLite with a write-ahead log and `synchronous = FULL`, which syncs the log at every commit; all
//! else is the default. Keys are the row ids, so that there is one tree and not two.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use crate::{Record, Result, Store};

pub fn open(directory: &Path) -> Result<Box<dyn Store>> {
    let connection = Connection::open(directory.join("sqlite"))?;
    let mode: String =
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if mode != "wal" {
        return Err(format!("journal_mode is {mode}").into());
    }
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.execute_batch(
        "CREATE TABLE IF NOT EXISTS records (key INTEGER PRIMARY KEY, bytes BLOB NOT NULL)",
    )?;
    Ok(Box::new(connection))
}

pub fn open_to_read(directory: &Path) -> Result<Box<dyn Store>> {
    Ok(Box::new(Connection::open_with_flags(
        directory.join("sqlite"),
        OpenFlags::SQLITE_OPEN_READ_ONLY,
    )?))
}

impl Store for Connection {
    fn commit(&mut self, records: &[Record]) -> Result<()> {
        let transaction = self.transaction()?;
        {
            let mut insert =
                transaction.prepare_cached("INSERT INTO records (key, bytes) VALUES (?1, ?2)")?;
            for (key, bytes) in records {
                insert.execute((*key as i64, &bytes[..]))?;
            }
        }
        Ok(transaction.commit()?)
    }

    fn read(&self, each: &mut dyn FnMut(u64, &[u8])) -> Result<()> {
        let mut select = self.prepare("SELECT key, bytes FROM records")?;
        let mut rows = select.query(())?;
        while let Some(row) = rows.next()? {
            each(row.get::<_, i64>(0)? as u64, row.get_ref(1)?.as_blob()?);
        }
        Ok(())
    }
}
