//! A table as a Parquet file. Rows are gathered and written in row groups of [`GROUP_ROWS`].

use std::path::{Path, PathBuf};
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;

use super::table::{Cell, Column, Kind};
use crate::atomic_file::{OutputFile, publish};

/// The rows of a row group: some ten megabytes of pairs.
const GROUP_ROWS: usize = 1 << 16;

/// A file that is being written.
pub(crate) struct ColumnFile {
    path: PathBuf,
    writer: SerializedFileWriter<OutputFile>,
    columns: Vec<Values>,
    /// The rows that are gathered.
    rows: usize,
}

/// The gathered values of a column, and whether each row has one.
struct Values {
    of: Kind,
    is_there: Vec<i16>,
    texts: Vec<ByteArray>,
    figures: Vec<f64>,
    counts: Vec<i64>,
}

impl ColumnFile {
    /// Begins a file with these columns.
    pub(crate) fn open(path: &Path, columns: &[Column]) -> Result<Self, String> {
        let fail = |error| cannot_write(path, &error);
        let schema = schema(columns).map_err(fail)?;
        let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
        let output = OutputFile::open(path)?;
        let writer = SerializedFileWriter::new(output, Arc::new(schema), Arc::new(properties));
        let values = |&(_, of): &Column| Values {
            of,
            is_there: Vec::new(),
            texts: Vec::new(),
            figures: Vec::new(),
            counts: Vec::new(),
        };
        Ok(ColumnFile {
            path: path.to_owned(),
            writer: writer.map_err(fail)?,
            columns: columns.iter().map(values).collect(),
            rows: 0,
        })
    }

    pub(crate) fn write(&mut self, cells: &[Cell<'_>]) -> Result<(), String> {
        for (values, cell) in self.columns.iter_mut().zip(cells) {
            values.is_there.push(i16::from(!matches!(cell, Cell::Unknown)));
            match *cell {
                Cell::Unknown => {}
                Cell::Text(text) => values.texts.push(ByteArray::from(text)),
                Cell::Figure(figure) => values.figures.push(figure),
                Cell::Count(count) => values.counts.push(count as i64),
            }
        }
        self.rows += 1;
        if self.rows < GROUP_ROWS {
            return Ok(());
        }
        self.write_group().map_err(|error| cannot_write(&self.path, &error))
    }

    /// Writes the gathered rows.
    fn write_group(&mut self) -> Result<(), ParquetError> {
        let mut group = self.writer.next_row_group()?;
        for values in &mut self.columns {
            let Some(mut column) = group.next_column()? else { break };
            let is_there = Some(&*values.is_there);
            match values.of {
                Kind::Text => {
                    column.typed::<ByteArrayType>().write_batch(&values.texts, is_there, None)
                }
                Kind::Figure => {
                    column.typed::<DoubleType>().write_batch(&values.figures, is_there, None)
                }
                Kind::Count => {
                    column.typed::<Int64Type>().write_batch(&values.counts, is_there, None)
                }
            }?;
            column.close()?;
            values.is_there.clear();
            values.texts.clear();
            values.figures.clear();
            values.counts.clear();
        }
        group.close()?;
        self.rows = 0;
        Ok(())
    }

    /// Completes the file.
    pub(crate) fn finish(mut self) -> Result<(), String> {
        let rest = if self.rows > 0 { self.write_group() } else { Ok(()) };
        let output = rest.and_then(|()| self.writer.into_inner());
        publish(&[output.map_err(|error| cannot_write(&self.path, &error))?.close()?])
    }
}

/// Columns whose values may all be null.
fn schema(columns: &[Column]) -> Result<Type, ParquetError> {
    let field = |&(name, kind): &Column| {
        let (physical, logical) = match kind {
            Kind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
            Kind::Figure => (Physical::DOUBLE, None),
            Kind::Count => (Physical::INT64, None),
        };
        Type::primitive_type_builder(name, physical)
            .with_logical_type(logical)
            .with_repetition(Repetition::OPTIONAL)
            .build()
            .map(Arc::new)
    };
    let fields = columns.iter().map(field).collect::<Result<_, _>>()?;
    Type::group_type_builder("schema").with_fields(fields).build()
}

fn cannot_write(path: &Path, error: &ParquetError) -> String {
    format!("cannot write {}: {error}", path.display())
}
