//! A table of results: tab-separated text, or the columns of a Parquet file, by the name of the
//! output.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

#[cfg(feature = "parquet")]
use super::column_file::ColumnFile;
#[cfg(not(feature = "parquet"))]
use crate::input::without_parquet;
use crate::input::{is_json, is_parquet};
use crate::sink::{Sink, refuse_input};
use crate::terminal::{four_decimals, visible};

/// The name of a column, and what its values are.
pub(crate) type Column = (&'static str, Kind);

/// What the values of a column are. Unknown values are empty, or null in Parquet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    Text,
    /// From 0 to 1; with four decimals in text, and unchanged in Parquet.
    Figure,
    Count,
}

/// The value of a column.
#[derive(Clone, Copy)]
pub(crate) enum Cell<'a> {
    Unknown,
    Text(&'a str),
    Figure(f64),
    Count(u64),
}

impl<'a> From<Option<&'a str>> for Cell<'a> {
    fn from(text: Option<&'a str>) -> Self {
        text.map_or(Cell::Unknown, Cell::Text)
    }
}

/// A table that is being written.
pub(crate) enum Table {
    Text {
        sink: Sink,
        /// The next row, reused; before the first, the names of the columns if they are wanted.
        row: String,
    },
    #[cfg(feature = "parquet")]
    Columns(Box<ColumnFile>),
}

impl Table {
    /// Opens the output; text begins with the names of the columns if `header` says so. Returns an
    /// error if it cannot be written or is one of the inputs.
    pub(crate) fn open(
        path: Option<&Path>,
        inputs: &[PathBuf],
        columns: &[Column],
        header: bool,
    ) -> Result<Self, String> {
        if let Some(path) = path.filter(|path| is_parquet(path)) {
            return Self::open_parquet(path, inputs, columns);
        }
        if let Some(path) = path.filter(|path| is_json(path)) {
            refuse_input(path, inputs)?;
            return Err(format!(
                "cannot write {}: this output is a table, of tab-separated text or, if the name ends \
                 in .parquet, of columns; --passages alone can be JSON lines (.jsonl)",
                path.display()
            ));
        }
        let names: Vec<&str> = columns.iter().map(|column| column.0).collect();
        let row = if header { names.join("\t") + "\n" } else { String::new() };
        Ok(Table::Text { sink: Sink::open(path, inputs)?, row })
    }

    #[cfg(feature = "parquet")]
    fn open_parquet(path: &Path, inputs: &[PathBuf], columns: &[Column]) -> Result<Self, String> {
        refuse_input(path, inputs)?;
        Ok(Table::Columns(Box::new(ColumnFile::open(path, columns)?)))
    }

    #[cfg(not(feature = "parquet"))]
    fn open_parquet(path: &Path, _: &[PathBuf], _: &[Column]) -> Result<Self, String> {
        Err(without_parquet(path))
    }

    /// Whether nobody asked for the table.
    pub(crate) fn is_none(&self) -> bool {
        matches!(self, Table::Text { sink: Sink::None, .. })
    }

    pub(crate) fn is_stdout(&self) -> bool {
        matches!(self, Table::Text { sink: Sink::Stdout(_), .. })
    }

    /// Writes a row, which has a cell for each column.
    pub(crate) fn write(&mut self, cells: &[Cell<'_>]) -> Result<(), String> {
        match self {
            Table::Text { sink, row } => {
                for (i, cell) in cells.iter().enumerate() {
                    if i > 0 {
                        row.push('\t');
                    }
                    match *cell {
                        Cell::Unknown => {}
                        Cell::Text(text) => escape(text, row),
                        Cell::Figure(figure) => row.push_str(&four_decimals(figure)),
                        Cell::Count(count) => {
                            let _ = write!(row, "{count}");
                        }
                    }
                }
                row.push('\n');
                let written = sink.write(row);
                row.clear();
                written
            }
            #[cfg(feature = "parquet")]
            Table::Columns(file) => file.write(cells),
        }
    }

    /// Completes the table.
    pub(crate) fn finish(self) -> Result<(), String> {
        match self {
            Table::Text { mut sink, row } => {
                sink.write(&row)?;
                sink.finish()
            }
            #[cfg(feature = "parquet")]
            Table::Columns(file) => file.finish(),
        }
    }
}

/// Appends a text with tabs, line ends, backslashes and control characters escaped.
fn escape(text: &str, row: &mut String) {
    for c in text.chars() {
        match c {
            '\t' => row.push_str("\\t"),
            '\n' => row.push_str("\\n"),
            '\r' => row.push_str("\\r"),
            '\\' => row.push_str("\\\\"),
            c if c.is_control() => row.push_str(&visible(c.encode_utf8(&mut [0; 4]), &[])),
            c => row.push(c),
        }
    }
}
