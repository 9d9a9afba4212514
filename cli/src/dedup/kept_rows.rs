//! Writes `--kept` and `--removed` as Parquet: the rows of the inputs with all their columns, as
//! they came.
//!
//! The inputs are read a second time, column by column. A value is copied with its levels, so lists
//! and structures stay what they are; the metadata is copied too. Each row group becomes one with
//! the rows that are left, compressed as it was.

use std::collections::HashSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{
    BoolType, ByteArrayType, DataType, DoubleType, FixedLenByteArrayType, FloatType, Int32Type,
    Int64Type, Int96Type,
};
use parquet::errors::ParquetError;
use parquet::file::metadata::ParquetMetaData;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, RowGroupReader, SerializedFileReader};
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};

use super::stored_articles::Articles;
use crate::atomic_file::{FinishedFile, OutputFile};
use crate::input::is_parquet;

/// The rows to copy at a time.
const STEP_ROWS: usize = 1 << 10;

/// A file of rows that is being written.
pub(crate) struct RowFile {
    path: PathBuf,
    writer: SerializedFileWriter<OutputFile>,
    /// Whether it has the removed rows, or else the kept ones.
    has_removed: bool,
}

/// What becomes of a row.
#[derive(Clone, Copy, PartialEq)]
enum Fate {
    Skipped,
    Kept,
    Removed,
}

impl RowFile {
    /// Begins a file with the columns of the inputs, which must be Parquet files of one schema.
    pub(crate) fn open(path: &Path, has_removed: bool, inputs: &[PathBuf]) -> Result<Self, String> {
        let mut first: Option<(&Path, ParquetMetaData)> = None;
        for input in inputs {
            if !is_parquet(input) {
                let (path, input) = (path.display(), input.display());
                return Err(format!("{path} takes rows of Parquet files, and {input} is none"));
            }
            let metadata = open_rows(input)?.metadata().clone();
            let Some((other, schema)) = &first else {
                first = Some((input, metadata));
                continue;
            };
            if schema_of(schema) != schema_of(&metadata) {
                let [path, input, other] = [path, input, other].map(Path::display);
                return Err(format!(
                    "{path} takes rows of one schema, and that of {input} is not that of {other}"
                ));
            }
        }
        let (_, metadata) = first.ok_or("no input")?;
        let mut properties = WriterProperties::builder()
            .set_key_value_metadata(metadata.file_metadata().key_value_metadata().cloned());
        let columns = metadata.row_groups().first().map_or(&[][..], |group| group.columns());
        for column in columns {
            properties = properties
                .set_column_compression(column.column_path().clone(), column.compression());
        }
        let schema = metadata.file_metadata().schema_descr().root_schema_ptr();
        let output = OutputFile::open(path)?;
        let writer = SerializedFileWriter::new(output, schema, Arc::new(properties.build()))
            .map_err(|error| cannot_write(path, &error))?;
        Ok(RowFile { path: path.to_owned(), writer, has_removed })
    }

    /// Copies the rows of this file from a row group whose rows have these fates.
    fn copy(&mut self, group: &dyn RowGroupReader, fates: &[Fate]) -> Result<(), ParquetError> {
        let wanted = if self.has_removed { Fate::Removed } else { Fate::Kept };
        if !fates.contains(&wanted) {
            return Ok(());
        }
        let mut rows = self.writer.next_row_group()?;
        for place in 0..group.num_columns() {
            let column = group.get_column_reader(place)?;
            let levels = group.metadata().schema_descr().column(place);
            let levels =
                Levels { defined: levels.max_def_level(), repeated: levels.max_rep_level() };
            let mut writer = rows.next_column()?.ok_or_else(|| {
                ParquetError::General("the output has fewer columns than the input".to_owned())
            })?;
            let is_wanted = |row: usize| fates.get(row) == Some(&wanted);
            let out = &mut writer;
            match column {
                ColumnReader::BoolColumnReader(from) => {
                    copy::<BoolType>(from, levels, is_wanted, out)
                }
                ColumnReader::Int32ColumnReader(from) => {
                    copy::<Int32Type>(from, levels, is_wanted, out)
                }
                ColumnReader::Int64ColumnReader(from) => {
                    copy::<Int64Type>(from, levels, is_wanted, out)
                }
                ColumnReader::Int96ColumnReader(from) => {
                    copy::<Int96Type>(from, levels, is_wanted, out)
                }
                ColumnReader::FloatColumnReader(from) => {
                    copy::<FloatType>(from, levels, is_wanted, out)
                }
                ColumnReader::DoubleColumnReader(from) => {
                    copy::<DoubleType>(from, levels, is_wanted, out)
                }
                ColumnReader::ByteArrayColumnReader(from) => {
                    copy::<ByteArrayType>(from, levels, is_wanted, out)
                }
                ColumnReader::FixedLenByteArrayColumnReader(from) => {
                    copy::<FixedLenByteArrayType>(from, levels, is_wanted, out)
                }
            }?;
            writer.close()?;
        }
        rows.close()?;
        Ok(())
    }

    fn close(self) -> Result<FinishedFile, String> {
        let fail = |error: &ParquetError| cannot_write(&self.path, error);
        self.writer.into_inner().map_err(|error| fail(&error))?.close()
    }
}

/// Writes the rows of the inputs to the files, and completes them.
pub(crate) fn write(
    mut files: Vec<RowFile>,
    inputs: &[PathBuf],
    articles: &Articles,
    removed: &HashSet<usize>,
) -> Result<Vec<FinishedFile>, String> {
    // Records are in the order of the inputs, and within an input in the order of its rows.
    let mut next = 0;
    for (number, input) in (0u32..).zip(inputs) {
        let fail = |error: ParquetError| format!("{}: {error}", input.display());
        let reader = open_rows(input)?;
        let mut row = 0;
        for place in 0..reader.num_row_groups() {
            let group = reader.get_row_group(place).map_err(fail)?;
            let fate = |_| {
                row += 1;
                let record = articles.records.get(next);
                if record.is_none_or(|record| record.place != (number, row)) {
                    return Fate::Skipped;
                }
                next += 1;
                if removed.contains(&(next - 1)) { Fate::Removed } else { Fate::Kept }
            };
            let fates: Vec<Fate> = (0..group.metadata().num_rows()).map(fate).collect();
            for file in &mut files {
                file.copy(&*group, &fates).map_err(|error| {
                    format!("{} to {}: {error}", input.display(), file.path.display())
                })?;
            }
        }
    }
    if next < articles.records.len() {
        let place = articles.origin(&articles.records[next]);
        return Err(format!("{place}: the input has changed since it was read"));
    }
    files.into_iter().map(RowFile::close).collect()
}

/// The highest levels of a column.
#[derive(Clone, Copy)]
struct Levels {
    defined: i16,
    repeated: i16,
}

/// Copies the values of the rows that are wanted.
fn copy<T: DataType>(
    mut from: ColumnReaderImpl<T>,
    levels: Levels,
    is_wanted: impl Fn(usize) -> bool,
    to: &mut SerializedColumnWriter<'_>,
) -> Result<(), ParquetError> {
    let mut row = 0;
    let (mut defined, mut repeated, mut values) = (Vec::new(), Vec::new(), Vec::new());
    loop {
        defined.clear();
        repeated.clear();
        values.clear();
        let (rows, .., read) = from.read_records(
            STEP_ROWS,
            (levels.defined > 0).then_some(&mut defined),
            (levels.repeated > 0).then_some(&mut repeated),
            &mut values,
        )?;
        if rows == 0 {
            return Ok(());
        }
        let (mut kept_defined, mut kept_repeated, mut kept) = (Vec::new(), Vec::new(), Vec::new());
        let mut values = values.drain(..);
        let mut of_row = false;
        for level in 0..read {
            // A repetition level of 0 begins a row.
            if levels.repeated == 0 || repeated[level] == 0 {
                of_row = is_wanted(row);
                row += 1;
            }
            let is_there = levels.defined == 0 || defined[level] == levels.defined;
            let value = if is_there { values.next() } else { None };
            if of_row {
                kept.extend(value);
                kept_defined.extend(defined.get(level));
                kept_repeated.extend(repeated.get(level));
            }
        }
        drop(values);
        to.typed::<T>().write_batch(
            &kept,
            (levels.defined > 0).then_some(&*kept_defined),
            (levels.repeated > 0).then_some(&*kept_repeated),
        )?;
    }
}

fn open_rows(path: &Path) -> Result<SerializedFileReader<File>, String> {
    let name = path.display();
    let file = File::open(path).map_err(|error| format!("{name}: {error}"))?;
    SerializedFileReader::new(file).map_err(|error| format!("{name}: {error}"))
}

fn schema_of(metadata: &ParquetMetaData) -> &parquet::schema::types::Type {
    metadata.file_metadata().schema_descr().root_schema()
}

fn cannot_write(path: &Path, error: &ParquetError) -> String {
    format!("cannot write {}: {error}", path.display())
}
