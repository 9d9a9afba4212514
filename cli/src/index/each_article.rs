//! Passes the articles of an input to a function, one after another.

use newsprint::{Article, Error, Index};

use crate::input::fields::FieldNames;
use crate::input::lines::Batch;
#[cfg(feature = "parquet")]
use crate::input::parquet::RowBatch;
use crate::input::problems::{Problem, Problems};
use crate::input::record::Record;
use crate::input::{Input, LineSource, STDIN, parse, read_text_file, text_files};
use crate::terminal::print_note;

/// Why an article could not be used; none if it was.
pub(crate) type Rejection = Option<Problem>;

/// Calls `use_it` with each article of an input, until the end or the first error. Reports to
/// `problems` what cannot be used. The `--auto-ids` ids of standard input begin after `ids_after`.
pub(crate) fn for_each(
    input: Input,
    fields: &FieldNames,
    ids_after: u64,
    problems: &mut Problems,
    mut use_it: impl FnMut(&Article<'_>) -> Result<Rejection, String>,
) -> Result<(), String> {
    match input {
        Input::Lines { name, mut lines, .. } => {
            let (mut batch, mut texts) = (Batch::default(), Vec::new());
            while lines.fill(&mut batch) {
                // The records need no texts: `texts` has them until the next batch.
                let ids_after = if name == STDIN { ids_after } else { 0 };
                let source = LineSource { name: &name, input: 0, stored: true, fields, ids_after };
                let parsed = parse(&batch, &source, &mut texts);
                for ((&(number, _), text), parsed) in batch.lines.iter().zip(&texts).zip(parsed) {
                    let Some(parsed) = parsed else { continue };
                    let parsed = parsed.map(|(record, warnings)| (record, text.as_str(), warnings));
                    use_or_skip(&format!("{name}:{number}"), parsed, problems, &mut use_it)?;
                }
                if let Some((number, error)) = &batch.error {
                    return Err(format!("{name}:{number}: {error}"));
                }
            }
        }
        #[cfg(feature = "parquet")]
        Input::Parquet { name, mut rows } => {
            let mut batch = RowBatch::default();
            while rows.fill(&mut batch) {
                for (number, parsed) in batch.rows.drain(..) {
                    let place = format!("{name}:{number}");
                    let (mut text, parsed) = (Box::default(), parsed);
                    let parsed = parsed.map(|(mut record, warnings)| {
                        text = record.take_text();
                        (record, &*text, warnings)
                    });
                    use_or_skip(&place, parsed, problems, &mut use_it)?;
                }
                if let Some(error) = &batch.error {
                    return Err(format!("{name}: {error}"));
                }
            }
        }
        Input::Directory { name, path } => {
            for (id, path) in text_files(&name, &path, problems)? {
                let (mut text, read) = (String::new(), read_text_file(&path));
                let found = read.map(|(read, warning)| {
                    text = read;
                    (Record::named(&id), text.as_str(), Vec::from_iter(warning))
                });
                use_or_skip(&path.display().to_string(), found, problems, &mut use_it)?;
            }
        }
    }
    Ok(())
}

/// The largest number in an `--auto-ids` id of standard input that an index has, 0 if it has none or
/// the option is not given. Reads all articles.
pub(crate) fn last_auto_id(index: &Index, fields: &FieldNames) -> Result<u64, Error> {
    if !fields.auto_ids {
        return Ok(0);
    }
    let mut last = 0;
    for stored in index.latest().articles() {
        let id = stored?.id;
        let number = id.strip_prefix(STDIN).and_then(|rest| rest.strip_prefix(':')?.parse().ok());
        last = last.max(number.unwrap_or(0u32));
    }
    if last > 0 {
        print_note(&format!("the index has articles up to {STDIN}:{last}: ids go on from there"));
    }
    Ok(last.into())
}

/// Calls `use_it` with the article found at a place, and reports its problems.
fn use_or_skip(
    place: &str,
    found: Result<(Record, &str, Vec<Problem>), Problem>,
    problems: &mut Problems,
    use_it: &mut impl FnMut(&Article<'_>) -> Result<Rejection, String>,
) -> Result<(), String> {
    let (record, text, warnings) = match found {
        Ok(found) => found,
        Err(problem) => return problems.skip(place, problem),
    };
    if let Some(problem) = use_it(&article(&record, text))? {
        return problems.skip(place, problem);
    }
    problems.warn(place, warnings)
}

/// The article of a record and a text.
pub(crate) fn article<'a>(record: &'a Record, text: &'a str) -> Article<'a> {
    Article::new(text).id(&record.id).date(record.date).source(record.source.as_deref())
}
