//! fjall as its documentation recommends: one keyspace, one batch per commit, and big-endian keys.
//! A batch is synced by `fdatasync`, like the log. Only one process may have it open, even for
//! reading.

use std::path::Path;

use fjall::{Database, Keyspace, KeyspaceCreateOptions, PersistMode};

use crate::{Record, Result, Store};

struct Fjall {
    database: Database,
    records: Keyspace,
}

pub fn open(directory: &Path) -> Result<Box<dyn Store>> {
    let database = Database::builder(directory.join("fjall")).open()?;
    let records = database.keyspace("records", KeyspaceCreateOptions::default)?;
    Ok(Box::new(Fjall { database, records }))
}

impl Store for Fjall {
    fn commit(&mut self, records: &[Record]) -> Result<()> {
        let mut batch = self.database.batch().durability(Some(PersistMode::SyncData));
        for (key, bytes) in records {
            batch.insert(&self.records, key.to_be_bytes(), &bytes[..]);
        }
        Ok(batch.commit()?)
    }

    fn read(&self, each: &mut dyn FnMut(u64, &[u8])) -> Result<()> {
        for entry in self.records.iter() {
            let (key, bytes) = entry.into_inner()?;
            each(u64::from_be_bytes(key[..].try_into()?), &bytes);
        }
        Ok(())
    }
}
