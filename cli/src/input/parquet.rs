//! Reads articles from the columns of a Parquet file, in batches of about a megabyte.
//!
//! The fields are columns by name; of a column inside a structure the name is its path, with dots.
//! Strings may be of any size. Other columns are not read. A row group is decoded page by page, so
//! its size does not matter.

use std::fs::File;
use std::path::Path;

use newsprint::Date;
use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type as Physical};
use parquet::column::reader::ColumnReader;
use parquet::column::reader::ColumnReaderImpl;
use parquet::data_type::{ByteArray, DataType};
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::schema::types::ColumnDescriptor;

use super::Parsed;
use super::fields::FieldNames;
use super::line::Fields;
use super::lines::MAX_LINE_BYTES;
use super::problems::{Problem, quoted};
use super::record::{Record, Text};
use crate::terminal::grouped;

/// The bytes of text to read for a batch.
const BATCH_BYTES: usize = 1 << 20;
/// The most rows of a batch.
const MAX_BATCH_ROWS: usize = 1 << 13;
/// The rows to decode at a time: few, because their texts may be long.
const STEP_ROWS: usize = 64;
const SECONDS_PER_DAY: i64 = 86_400;

/// The rows of a file.
pub(crate) struct Rows {
    file: SerializedFileReader<File>,
    columns: Columns,
    /// Makes an id from the name of the file and the number of the row.
    auto_ids: Option<String>,
    /// The row group that is being read, and its columns.
    group: usize,
    open: Option<OpenGroup>,
    /// The number of rows so far.
    number: u32,
}

/// Consecutive rows of a file, with their numbers.
#[derive(Default)]
pub(crate) struct RowBatch {
    pub(crate) rows: Vec<(u32, Parsed)>,
    /// The error that ended the reading after these rows.
    pub(crate) error: Option<String>,
}

/// The column of each field, if the file has it.
struct Columns {
    id: Option<Column>,
    text: Column,
    title: Option<Column>,
    source: Option<Column>,
    date: Option<Column>,
}

/// A column, and what its values are.
#[derive(Clone, Copy)]
struct Column {
    place: usize,
    kind: Kind,
    /// The definition level of a value that is there.
    defined: i16,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    String,
    Int {
        is_signed: bool,
    },
    Days,
    /// A moment in this many units a second; 0 for the old form of 96 bits.
    Moment(i64),
}

/// The columns of a row group, each read up to the same row.
struct OpenGroup {
    id: Option<Values>,
    text: Values,
    title: Option<Values>,
    source: Option<Values>,
    date: Option<Values>,
}

impl Rows {
    /// Opens a file. Returns an error if a column is missing or has no fitting type.
    pub(crate) fn open(file: File, path: &Path, names: &FieldNames) -> Result<Self, String> {
        let name = path.display().to_string();
        let fail = |error: ParquetError| format!("{name}: {error}");
        let file = SerializedFileReader::new(file).map_err(fail)?;
        let columns = Columns::find(&file, names).map_err(|error| format!("{name}: {error}"))?;
        let auto_ids = names.auto_ids.then_some(name);
        Ok(Rows { file, columns, auto_ids, group: 0, open: None, number: 0 })
    }

    /// Fills `batch` with the next rows. Returns false at the end.
    pub(crate) fn fill(&mut self, batch: &mut RowBatch) -> bool {
        batch.rows.clear();
        batch.error = None;
        let mut bytes = 0;
        while bytes < BATCH_BYTES && batch.rows.len() < MAX_BATCH_ROWS {
            match self.step(&mut batch.rows) {
                Ok(0) => break,
                Ok(more) => bytes += more,
                Err(error) => {
                    batch.error = Some(error.to_string());
                    break;
                }
            }
        }
        !batch.rows.is_empty() || batch.error.is_some()
    }

    /// Reads some rows, and returns a number that is at least the bytes of their texts; 0 at the
    /// end.
    fn step(&mut self, rows: &mut Vec<(u32, Parsed)>) -> Result<usize, ParquetError> {
        loop {
            let group = match &mut self.open {
                Some(group) => group,
                None if self.group == self.file.num_row_groups() => return Ok(0),
                None => self.open.insert(OpenGroup::new(&self.file, self.group, &self.columns)?),
            };
            let texts = group.text.read()?;
            if texts.is_empty() {
                (self.group, self.open) = (self.group + 1, None);
                continue;
            }
            // A column that the file does not have gives no values.
            let read = |values: &mut Option<Values>| match values {
                Some(values) => values.read().map(Vec::into_iter),
                None => Ok(Vec::new().into_iter()),
            };
            let mut values = [
                read(&mut group.id)?,
                read(&mut group.title)?,
                read(&mut group.source)?,
                read(&mut group.date)?,
            ];
            let mut bytes = texts.len();
            for text in texts {
                self.number += 1;
                bytes += text.as_ref().map_or(0, Value::len);
                let auto_id = self.auto_ids.as_ref().map(|name| format!("{name}:{}", self.number));
                let [id, title, source, date] =
                    values.each_mut().map(|values| values.next().flatten());
                let parsed = article(auto_id, id, text, [title, source, date], self.number);
                rows.push((self.number, parsed));
            }
            return Ok(bytes);
        }
    }
}

/// Makes an article of the values of a row.
fn article(
    auto_id: Option<String>,
    id: Option<Value>,
    text: Option<Value>,
    [title, source, date]: [Option<Value>; 3],
    number: u32,
) -> Parsed {
    let needed =
        |what: &str| Problem::new("without an id or a text", format!("no value of the {what}"));
    let id = match auto_id {
        Some(id) => id,
        None => id.ok_or_else(|| needed("id"))?.string("id")?,
    };
    if id.is_empty() {
        return Err(Problem::new("with an empty id", "the id is empty"));
    }
    let text = text.ok_or_else(|| needed("text"))?;
    if text.len() > MAX_LINE_BYTES {
        let (length, longest) = (grouped(text.len() as u64), grouped(MAX_LINE_BYTES as u64));
        let message = format!("a text of {length} bytes, the longest allowed has {longest}");
        return Err(Problem::new("too long", message));
    }
    let mut text = text.string("text")?;
    let field = |value: Option<Value>, what: &str| -> Result<Option<Box<str>>, Problem> {
        value.map(|value| value.string(what).map(Box::from)).transpose()
    };
    let mut fields = Fields {
        id: id.into(),
        length: text.len(),
        title: field(title, "title")?,
        source: field(source, "source")?,
        date: field(date, "date")?,
        warnings: Vec::new(),
    };
    fields.put_title_first(&mut text);
    // The input and its number are the caller's to know.
    Ok(Record::of(fields, Text::Held(text.into()), (0, number)))
}

impl Columns {
    fn find(file: &SerializedFileReader<File>, names: &FieldNames) -> Result<Self, String> {
        let schema = file.metadata().file_metadata().schema_descr();
        let all: Vec<String> =
            schema.columns().iter().map(|column| column.path().string()).collect();
        let find = |name: &str, is_date: bool| {
            let place = all.iter().position(|column| column == name);
            let column = |place: usize| Column::of(&schema.column(place), place, is_date);
            place.map(column).transpose()
        };
        let needed = |option: &str, name: &str| {
            let all: Vec<String> = all.iter().map(|name| quoted(name)).collect();
            let more = if option == "--id-field" { ", --auto-ids makes ids" } else { "" };
            format!("no column {name:?}, only {}: {option} names it{more}", all.join(", "))
        };
        let id = match names.auto_ids {
            true => None,
            false => Some(find(&names.id, false)?.ok_or_else(|| needed("--id-field", &names.id))?),
        };
        let text = find(&names.text, false)?.ok_or_else(|| needed("--text-field", &names.text))?;
        if text.kind != Kind::String {
            return Err(format!("column {:?} has numbers, must have strings", names.text));
        }
        let (title, source) = (find(&names.title, false)?, find(&names.source, false)?);
        let date = find(&names.date, true)?;
        names.see([&title, &source, &date].map(|column| column.is_some()));
        Ok(Columns { id, text, title, source, date })
    }
}

impl Column {
    /// The column at a place, or an error if its values are not of use.
    fn of(column: &ColumnDescriptor, place: usize, is_date: bool) -> Result<Self, String> {
        let logical = column.logical_type_ref();
        let kind = match (column.physical_type(), column.converted_type(), logical) {
            _ if column.max_rep_level() > 0 => None,
            (
                Physical::BYTE_ARRAY,
                ConvertedType::NONE
                | ConvertedType::UTF8
                | ConvertedType::ENUM
                | ConvertedType::JSON,
                _,
            ) => Some(Kind::String),
            (Physical::INT32, _, Some(LogicalType::Date))
            | (Physical::INT32, ConvertedType::DATE, _)
                if is_date =>
            {
                Some(Kind::Days)
            }
            (Physical::INT64, _, Some(LogicalType::Timestamp(time))) if is_date => {
                Some(Kind::Moment(match time.unit {
                    TimeUnit::MILLIS => 1_000,
                    TimeUnit::MICROS => 1_000_000,
                    TimeUnit::NANOS => 1_000_000_000,
                }))
            }
            (Physical::INT96, ..) if is_date => Some(Kind::Moment(0)),
            (Physical::INT32 | Physical::INT64, _, Some(LogicalType::Integer(int))) => {
                Some(Kind::Int { is_signed: int.is_signed })
            }
            (Physical::INT32 | Physical::INT64, ConvertedType::NONE, None) => {
                Some(Kind::Int { is_signed: true })
            }
            _ => None,
        };
        let kind = kind.ok_or_else(|| {
            let wanted = if is_date {
                "strings, integers, dates or timestamps"
            } else {
                "strings or integers"
            };
            let is = match (logical, column.max_rep_level()) {
                (_, 1..) => "lists".to_owned(),
                (Some(logical), _) => format!("{logical:?}"),
                (None, _) => column.physical_type().to_string(),
            };
            format!(
                "column {:?} has values of type {is}, must have {wanted}",
                column.path().string()
            )
        })?;
        Ok(Column { place, kind, defined: column.max_def_level() })
    }
}

impl OpenGroup {
    fn new(
        file: &SerializedFileReader<File>,
        group: usize,
        columns: &Columns,
    ) -> Result<Self, ParquetError> {
        let group = file.get_row_group(group)?;
        let values = |&column: &Column| {
            let reader = group.get_column_reader(column.place)?;
            Ok::<_, ParquetError>(Values { column, reader })
        };
        let optional = |column: &Option<Column>| column.as_ref().map(values).transpose();
        Ok(OpenGroup {
            id: optional(&columns.id)?,
            text: values(&columns.text)?,
            title: optional(&columns.title)?,
            source: optional(&columns.source)?,
            date: optional(&columns.date)?,
        })
    }
}

/// The values of a column in a row group.
struct Values {
    column: Column,
    reader: ColumnReader,
}

/// A value that is there.
enum Value {
    Bytes(ByteArray),
    Written(String),
}

impl Value {
    fn len(&self) -> usize {
        match self {
            Value::Bytes(bytes) => bytes.len(),
            Value::Written(text) => text.len(),
        }
    }

    fn string(self, what: &str) -> Result<String, Problem> {
        match self {
            Value::Written(text) => Ok(text),
            Value::Bytes(bytes) => bytes
                .as_utf8()
                .map(str::to_owned)
                .map_err(|_| Problem::new("not UTF-8", format!("the {what} is not UTF-8"))),
        }
    }
}

impl Values {
    /// The values of the next [`STEP_ROWS`] rows, or of what is left.
    fn read(&mut self) -> Result<Vec<Option<Value>>, ParquetError> {
        let Column { kind, defined, .. } = self.column;
        let date = |seconds: i64| Value::Written(Date::from_unix_seconds(seconds).to_string());
        match &mut self.reader {
            ColumnReader::ByteArrayColumnReader(reader) => read(reader, defined, Value::Bytes),
            ColumnReader::Int32ColumnReader(reader) => read(reader, defined, |n| match kind {
                Kind::Days => date(i64::from(n) * SECONDS_PER_DAY),
                Kind::Int { is_signed: false } => Value::Written((n as u32).to_string()),
                _ => Value::Written(n.to_string()),
            }),
            ColumnReader::Int64ColumnReader(reader) => read(reader, defined, |n| match kind {
                Kind::Moment(units) => date(n.div_euclid(units.max(1))),
                Kind::Int { is_signed: false } => Value::Written((n as u64).to_string()),
                _ => Value::Written(n.to_string()),
            }),
            ColumnReader::Int96ColumnReader(reader) => {
                read(reader, defined, |n| date(n.to_seconds()))
            }
            // `Column::of` lets no other type through.
            _ => Ok(Vec::new()),
        }
    }
}

fn read<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    defined: i16,
    value: impl Fn(T::T) -> Value,
) -> Result<Vec<Option<Value>>, ParquetError> {
    let (mut levels, mut values) = (Vec::new(), Vec::with_capacity(STEP_ROWS));
    let with_levels = (defined > 0).then_some(&mut levels);
    let (rows, ..) = reader.read_records(STEP_ROWS, with_levels, None, &mut values)?;
    let mut values = values.into_iter();
    let row = |i: usize| {
        let is_there = defined == 0 || levels[i] == defined;
        if is_there { values.next().map(&value) } else { None }
    };
    Ok((0..rows).map(row).collect())
}
