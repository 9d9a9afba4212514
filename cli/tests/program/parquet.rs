//! Tests of Parquet files: what is read from them is what lines of JSON with the same fields give,
//! and their rows are copied as they are.

#![cfg(feature = "parquet")]

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use parquet::basic::{Compression, GzipLevel, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int32Type, Int64Type};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::parser::parse_message_type;
use serde_json::json;

use super::{Dir, LIBRARY, RIVER, corpus, run};

/// A value of a test's column.
#[derive(Clone, Debug)]
enum Cell {
    Null,
    Text(String),
    Int(i64),
    Texts(Vec<&'static str>),
}

fn text(text: impl Into<String>) -> Cell {
    Cell::Text(text.into())
}

/// Writes rows of a schema, so many to a row group.
fn write(path: &Path, schema: &str, rows: &[Vec<Cell>], per_group: usize, codec: Compression) {
    let schema = Arc::new(parse_message_type(schema).expect("a schema"));
    let properties = WriterProperties::builder()
        .set_compression(codec)
        .set_data_page_size_limit(2000)
        .set_key_value_metadata(Some(vec![KeyValue::new("made".to_owned(), "by hand".to_owned())]))
        .build();
    let file = File::create(path).expect("makes");
    let mut writer = SerializedFileWriter::new(file, schema, Arc::new(properties)).expect("begins");
    for rows in rows.chunks(per_group) {
        let mut group = writer.next_row_group().expect("begins");
        let mut place = 0;
        while let Some(mut column) = group.next_column().expect("begins") {
            let cells: Vec<&Cell> = rows.iter().map(|row| &row[place]).collect();
            write_column(&mut column, &cells);
            column.close().expect("writes");
            place += 1;
        }
        group.close().expect("writes");
    }
    writer.close().expect("writes");
}

fn write_column(column: &mut SerializedColumnWriter<'_>, cells: &[&Cell]) {
    use parquet::column::writer::ColumnWriter;
    let most = match column.untyped() {
        ColumnWriter::ByteArrayColumnWriter(column) => column.get_descriptor().max_def_level(),
        ColumnWriter::Int64ColumnWriter(column) => column.get_descriptor().max_def_level(),
        ColumnWriter::Int32ColumnWriter(column) => column.get_descriptor().max_def_level(),
        ColumnWriter::DoubleColumnWriter(column) => column.get_descriptor().max_def_level(),
        _ => panic!("no test has it"),
    };
    let (mut defined, mut repeated) = (Vec::new(), Vec::new());
    let (mut texts, mut numbers) = (Vec::new(), Vec::new());
    for cell in cells {
        match cell {
            Cell::Texts(all) => {
                defined.extend(if all.is_empty() { vec![1] } else { vec![most; all.len()] });
                repeated.extend((0..all.len().max(1)).map(|i| i16::from(i > 0)));
                texts.extend(all.iter().map(|text| ByteArray::from(*text)));
                continue;
            }
            Cell::Null => defined.push(0),
            Cell::Text(text) => {
                defined.push(most);
                texts.push(ByteArray::from(text.as_str()));
            }
            Cell::Int(number) => {
                defined.push(most);
                numbers.push(*number);
            }
        }
        repeated.push(0);
    }
    let (defined, repeated) = (Some(&*defined), Some(&*repeated));
    let small: Vec<i32> = numbers.iter().map(|&number| number as i32).collect();
    let real: Vec<f64> = numbers.iter().map(|&number| number as f64).collect();
    match column.untyped() {
        ColumnWriter::ByteArrayColumnWriter(_) => {
            column.typed::<ByteArrayType>().write_batch(&texts, defined, repeated)
        }
        ColumnWriter::Int64ColumnWriter(_) => {
            column.typed::<Int64Type>().write_batch(&numbers, defined, repeated)
        }
        ColumnWriter::Int32ColumnWriter(_) => {
            column.typed::<Int32Type>().write_batch(&small, defined, repeated)
        }
        _ => column.typed::<DoubleType>().write_batch(&real, defined, repeated),
    }
    .expect("writes");
}

/// The rows of a file as text.
fn rows(path: &Path) -> Vec<String> {
    let reader = SerializedFileReader::new(File::open(path).expect("opens")).expect("reads");
    reader.get_row_iter(None).expect("reads").map(|row| row.expect("reads").to_string()).collect()
}

const ARTICLES: &str = "message schema {
    required int64 n (INTEGER(64,false));
    optional binary body (STRING);
    optional binary title (STRING);
    optional group tags (LIST) { repeated group list { optional binary element (STRING); } }
    optional binary paper (STRING);
    optional int64 date (TIMESTAMP(MICROS,true));
    required int32 words;
}";

/// Articles as rows of [`ARTICLES`] and as lines.
fn made_articles() -> (Vec<Vec<Cell>>, Vec<String>) {
    let tags = [&[][..], &["flood"], &["flood", "", "bridge"]];
    let (mut rows, mut lines) = (Vec::new(), Vec::new());
    for (i, line) in corpus(700).lines().enumerate() {
        let article: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let body = article["text"].as_str().expect("a text");
        let (title, paper) = (format!("Story {}", i / 3), ["Post", "Times"][i % 2]);
        let seconds = 1_531_746_656 - 3600 * i as i64;
        let has_title = i % 5 > 0;
        rows.push(vec![
            Cell::Int(i as i64 - 7),
            text(body),
            if has_title { text(&*title) } else { Cell::Null },
            if i % 4 == 3 { Cell::Null } else { Cell::Texts(tags[i % 3].to_vec()) },
            if i % 7 > 0 { text(paper) } else { Cell::Null },
            if i % 6 > 0 { Cell::Int(seconds * 1_000_000 + 999_999) } else { Cell::Null },
            Cell::Int(i as i64),
        ]);
        let mut line = json!({ "n": (i as i64 - 7) as u64, "body": body });
        if has_title {
            line["title"] = json!(title);
        }
        if i % 7 > 0 {
            line["paper"] = json!(paper);
        }
        if i % 6 > 0 {
            line["date"] = json!(seconds);
        }
        lines.push(format!("{line}\n"));
    }
    (rows, lines)
}

const FIELDS: [&str; 6] = ["--id-field", "n", "--text-field", "body", "--source-field", "paper"];

#[test]
fn rows_give_what_lines_give() {
    let dir = Dir::new();
    let (cells, lines) = made_articles();
    dir.write("in.jsonl", lines.concat());
    let outputs = ["--pairs", "p.tsv", "--clusters", "c.tsv", "--sources", "s.tsv"];
    let args = [&["in.jsonl"], &outputs[..], &FIELDS].concat();
    assert_eq!(run!("dedup", dir, &args).code, 0);
    let tables = ["p.tsv", "c.tsv", "s.tsv"].map(|name| dir.read(name));
    assert!(tables[0].lines().count() > 200 && tables[2].lines().count() > 1);
    let zstd = Compression::ZSTD(ZstdLevel::default());
    let gzip = Compression::GZIP(GzipLevel::default());
    let codecs = [Compression::UNCOMPRESSED, Compression::SNAPPY, gzip, zstd, Compression::LZ4_RAW];
    for (codec, per_group) in codecs.into_iter().zip([1000, 333, 100, 64, 63]) {
        write(&dir.path().join("a.parquet"), ARTICLES, &cells[..450], per_group, codec);
        write(&dir.path().join("b.PARQUET"), ARTICLES, &cells[450..], per_group, codec);
        let args = [&["a.parquet", "b.PARQUET"], &outputs[..], &FIELDS].concat();
        let outcome = run!("dedup", dir, &args);
        assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""), "{codec}");
        assert_eq!(["p.tsv", "c.tsv", "s.tsv"].map(|name| dir.read(name)), tables, "{codec}");
    }
    // The tables as Parquet have the same rows; figures are not cut.
    let outputs = ["--pairs", "p.parquet", "--clusters", "c.parquet", "--sources", "s.parquet"];
    let args = [&["a.parquet", "b.PARQUET"], &outputs[..], &FIELDS].concat();
    assert_eq!(run!("dedup", dir, &args).code, 0);
    for (name, table) in ["p.parquet", "c.parquet", "s.parquet"].into_iter().zip(&tables) {
        let reader = SerializedFileReader::new(File::open(dir.path().join(name)).expect("opens"));
        let reader = reader.expect("reads");
        let written: Vec<String> = reader
            .get_row_iter(None)
            .expect("reads")
            .map(|row| as_text(&row.expect("reads")))
            .collect();
        let (header, wanted) = table.split_once('\n').expect("a header");
        let schema = reader.metadata().file_metadata().schema();
        let names: Vec<&str> = schema.get_fields().iter().map(|field| field.name()).collect();
        assert_eq!(names.join("\t"), header);
        assert_eq!(written, wanted.lines().collect::<Vec<_>>(), "{name}");
    }
}

/// A row as a table of text has it.
fn as_text(row: &parquet::record::Row) -> String {
    use parquet::record::Field;
    let cells = row.get_column_iter().map(|(_, field)| match field {
        Field::Null => String::new(),
        Field::Str(text) => text.clone(),
        Field::Long(count) => count.to_string(),
        // Whatever is cut lies within one unit of the fourth decimal.
        Field::Double(figure) => {
            let cut = ((figure + 1e-9) * 1e4).floor() / 1e4;
            format!("{cut:.4}")
        }
        other => panic!("{other:?}"),
    });
    cells.collect::<Vec<_>>().join("\t")
}

#[test]
fn kept_and_removed_rows_are_copied_with_all_columns() {
    let dir = Dir::new();
    let (mut cells, _) = made_articles();
    // A row that is skipped is in neither file.
    cells[10][1] = Cell::Null;
    write(&dir.path().join("a.parquet"), ARTICLES, &cells[..450], 100, Compression::SNAPPY);
    write(&dir.path().join("b.parquet"), ARTICLES, &cells[450..], 64, Compression::SNAPPY);
    let outputs =
        ["--kept", "k.parquet", "--removed", "r.parquet", "--clusters", "c.tsv", "--json"];
    let args = [&["a.parquet", "b.parquet"], &outputs[..], &FIELDS].concat();
    let outcome = run!("dedup", dir, &args);
    assert_eq!((outcome.code, outcome.count("skipped")), (0, 1), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("a.parquet:11: no value of the text"), "{}", outcome.stderr);
    let table = dir.rows("c.tsv", 3);
    let removed: std::collections::HashSet<&str> = table
        .lines()
        .filter(|row| row.ends_with("\tmember"))
        .filter_map(|row| row.split('\t').next())
        .collect();
    assert!(removed.len() > 200);
    let all = [rows(&dir.path().join("a.parquet")), rows(&dir.path().join("b.parquet"))].concat();
    let is_removed = |row: &&String| {
        let id = row.strip_prefix("{n: ").and_then(|row| row.split(',').next());
        removed.contains(id.unwrap_or_else(|| panic!("{row}")))
    };
    let skipped = all[10].clone();
    let (left, gone): (Vec<&String>, Vec<&String>) =
        all.iter().filter(|row| **row != skipped).partition(|row| !is_removed(row));
    assert_eq!(rows(&dir.path().join("k.parquet")).iter().collect::<Vec<_>>(), left);
    assert_eq!(rows(&dir.path().join("r.parquet")).iter().collect::<Vec<_>>(), gone);
    let kept = SerializedFileReader::new(File::open(dir.path().join("k.parquet")).expect("opens"));
    let kept = kept.expect("reads");
    let metadata = kept.metadata().file_metadata();
    let pairs = metadata.key_value_metadata().expect("copied");
    assert_eq!((pairs[0].key.as_str(), pairs[0].value.as_deref()), ("made", Some("by hand")));
    assert_eq!(kept.metadata().row_group(0).column(1).compression(), Compression::SNAPPY);
    // An index takes rows too, and a query may be a file of them.
    let args = [&["i", "add", "a.parquet"], &FIELDS[..]].concat();
    let added = run!("index", dir, &args);
    assert!(added.stdout.contains("added                   449\n"), "{}", added.stdout);
    let args = [&["i", "query", "b.parquet", "--json"], &FIELDS[..]].concat();
    assert_eq!(run!("index", dir, &args).stdout.lines().count(), 250);
}

#[test]
fn columns_are_found_by_name_and_refused_by_type() {
    let dir = Dir::new();
    let schema = "message schema {
        required binary id (STRING);
        required binary text;
        required double score;
        required int32 day (DATE);
        optional group names (LIST) { repeated group list { optional binary element (STRING); } }
        optional group meta { optional binary paper (STRING); }
    }";
    let row = |id: &str, body: &str, day: i64| {
        let names = Cell::Texts(vec!["x"]);
        vec![text(id), text(body), Cell::Int(1), Cell::Int(day), names, text("Post")]
    };
    let cells =
        [row("a", RIVER, 20_000), row("b", RIVER, 19_999), row("a", LIBRARY, 1), row("", RIVER, 1)];
    write(&dir.path().join("in.parquet"), schema, &cells, 10, Compression::SNAPPY);
    let args =
        ["in.parquet", "--date-field", "day", "--source-field", "meta.paper", "--clusters", "-"];
    let outcome = run!("dedup", dir, &[&args[..], &["--no-header"]].concat());
    let rows = "b\tb\trepresentative\t\tPost\t2024-10-03\na\tb\tmember\t\tPost\t2024-10-04\n";
    assert_eq!((outcome.code, outcome.stdout.as_str()), (0, rows), "{}", outcome.stderr);
    for message in
        ["in.parquet:3: id \"a\" is taken by in.parquet:1", "in.parquet:4: the id is empty"]
    {
        assert!(outcome.stderr.contains(message), "{}", outcome.stderr);
    }
    let outcome = run!("dedup", dir, &["in.parquet", "--auto-ids", "--pairs", "-", "--no-header"]);
    assert!(outcome.stdout.starts_with("in.parquet:1\tin.parquet:2\tidentical\t"));

    dir.write("in.jsonl", super::line("x", RIVER));
    dir.write("broken.parquet", "PAR1 and no more");
    write(&dir.path().join("other.parquet"), ARTICLES, &[], 10, Compression::SNAPPY);
    for (args, message) in [
        (
            &["in.parquet", "--id-field", "url"][..],
            "in.parquet: no column \"url\", only \"id\", \"text\"",
        ),
        (&["in.parquet", "--text-field", "body"], "--text-field names it"),
        (
            &["in.parquet", "--text-field", "day"],
            "column \"day\" has values of type Date, must have",
        ),
        (
            &["in.parquet", "--id-field", "score"],
            "column \"score\" has values of type DOUBLE, must have",
        ),
        (
            &["in.parquet", "--date-field", "score"],
            "must have strings, integers, dates or timestamps",
        ),
        (&["in.parquet", "--source-field", "names.list.element"], "has values of type lists"),
        (&["broken.parquet"], "broken.parquet: "),
        (&["in.parquet", "--kept", "k.jsonl"], "k.jsonl takes lines, and in.parquet has rows"),
        (
            &["in.jsonl", "--kept", "k.parquet"],
            "k.parquet takes rows of Parquet files, and in.jsonl is none",
        ),
        (
            &["in.parquet", "--kept", "k.parquet", "--removed", "r.jsonl"],
            "r.jsonl takes lines, and the other file",
        ),
        (&["in.parquet", "--kept", "in.parquet"], "cannot write in.parquet: it is an input"),
        (&["in.parquet", "--pairs", "p.parquet", "--no-header"], "--no-header has no effect"),
        (&["in.parquet", "--graph", "g.parquet"], "cannot write g.parquet: this output is text"),
    ] {
        let outcome = run!("dedup", dir, args);
        assert_eq!(
            (outcome.code, outcome.stdout.as_str()),
            (2, ""),
            "{args:?}: {}",
            outcome.stderr
        );
        assert!(outcome.stderr.contains(message), "{args:?}: {}", outcome.stderr);
    }
    let two = [
        "in.parquet",
        "other.parquet",
        "--kept",
        "k.parquet",
        "--auto-ids",
        "--text-field",
        "text",
    ];
    let outcome = run!("dedup", dir, &two);
    assert!(outcome.code == 2 && outcome.stderr.contains("other.parquet: no column \"text\""));
    assert_eq!(dir.names(), ["broken.parquet", "in.jsonl", "in.parquet", "other.parquet"]);
}
