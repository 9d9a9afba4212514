//! redb as its documentation recommends: one table, `Durability::Immediate`, which is the default,
//! and the default cache of 1 GiB. By default a writing process excludes all others; `SingleWriter`
//! lets others read.

use std::path::Path;

use redb::{
    Builder, ConcurrencyMode, Database, ReadOnlyDatabase, ReadableDatabase, ReadableTable,
    TableDefinition,
};

use crate::{Record, Result, Store};

const RECORDS: TableDefinition<u64, &[u8]> = TableDefinition::new("records");

fn builder(mode: ConcurrencyMode) -> Builder {
    let mut builder = Builder::new();
    builder.set_concurrency_mode(mode);
    builder
}

pub fn open(directory: &Path) -> Result<Box<dyn Store>> {
    Ok(Box::new(builder(ConcurrencyMode::ExclusiveWriter).create(directory.join("redb"))?))
}

pub fn open_to_read(directory: &Path) -> Result<Box<dyn Store>> {
    let database =
        builder(ConcurrencyMode::ExclusiveWriter).open_read_only(directory.join("redb"))?;
    Ok(Box::new(ToRead(database)))
}

pub fn open_shared(directory: &Path) -> Result<Box<dyn Store>> {
    Ok(Box::new(builder(ConcurrencyMode::SingleWriter).create(directory.join("redb"))?))
}

/// Most of its memory is its cache.
pub fn open_small(directory: &Path) -> Result<Box<dyn Store>> {
    let mut builder = builder(ConcurrencyMode::SingleWriter);
    Ok(Box::new(builder.set_cache_size(8 << 20).create(directory.join("redb"))?))
}

pub fn open_shared_to_read(directory: &Path) -> Result<Box<dyn Store>> {
    let database = builder(ConcurrencyMode::SingleWriter).open_read_only(directory.join("redb"))?;
    Ok(Box::new(ToRead(database)))
}

impl Store for Database {
    fn commit(&mut self, records: &[Record]) -> Result<()> {
        let transaction = self.begin_write()?;
        {
            let mut table = transaction.open_table(RECORDS)?;
            for (key, bytes) in records {
                table.insert(key, &bytes[..])?;
            }
        }
        Ok(transaction.commit()?)
    }

    fn read(&self, each: &mut dyn FnMut(u64, &[u8])) -> Result<()> {
        read(self, each)
    }
}

struct ToRead(ReadOnlyDatabase);

impl Store for ToRead {
    fn commit(&mut self, _: &[Record]) -> Result<()> {
        Err("only to read".into())
    }

    fn read(&self, each: &mut dyn FnMut(u64, &[u8])) -> Result<()> {
        read(&self.0, each)
    }
}

fn read(database: &impl ReadableDatabase, each: &mut dyn FnMut(u64, &[u8])) -> Result<()> {
    for entry in database.begin_read()?.open_table(RECORDS)?.iter()? {
        let (key, bytes) = entry?;
        each(key.value(), bytes.value());
    }
    Ok(())
}
