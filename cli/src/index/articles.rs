//! The articles of an input, one after another.

use newsprint::Article;

use crate::input::fields::FieldNames;
use crate::input::lines::Batch;
use crate::input::problems::{Problem, Problems};
use crate::input::record::Record;
use crate::input::{Input, Reading, parse, read_text_file, text_files};

/// What became of an article: it was used, or cannot be, for this reason.
pub(crate) type Used = Option<Problem>;

/// Gives each article of an input to `use_it`, to the end or its first error. What cannot be used goes to `problems`.
pub(crate) fn for_each(
    input: Input,
    fields: &FieldNames,
    problems: &mut Problems,
    mut use_it: impl FnMut(&Article<'_>) -> Result<Used, String>,
) -> Result<(), String> {
    match input {
        Input::Lines { name, mut lines, .. } => {
            let (mut batch, mut texts) = (Batch::default(), Vec::new());
            while lines.fill(&mut batch) {
                // The texts are in the buffers, and used before the next are there.
                let reading = Reading { name: &name, input: 0, stored: true, fields };
                let parsed = parse(&batch, &reading, &mut texts);
                for ((&(number, _), text), parsed) in batch.lines.iter().zip(&texts).zip(parsed) {
                    let Some(parsed) = parsed else { continue };
                    let parsed = parsed.map(|(record, warnings)| (record, text.as_str(), warnings));
                    judge(&format!("{name}:{number}"), parsed, problems, &mut use_it)?;
                }
                if let Some((number, error)) = &batch.error {
                    return Err(format!("{name}:{number}: {error}"));
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
                judge(&path.display().to_string(), found, problems, &mut use_it)?;
            }
        }
    }
    Ok(())
}

/// Uses what was found at a place, and tells what is wrong with it.
fn judge(
    place: &str,
    found: Result<(Record, &str, Vec<Problem>), Problem>,
    problems: &mut Problems,
    use_it: &mut impl FnMut(&Article<'_>) -> Result<Used, String>,
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

/// The article that is known by a record.
pub(crate) fn article<'a>(record: &'a Record, text: &'a str) -> Article<'a> {
    Article { text, id: Some(&record.id), date: record.date, source: record.source.as_deref() }
}
