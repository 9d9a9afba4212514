//! The report on a folder, as tables and as JSON.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::explain::WrongPair;
use super::measures::Share;
use crate::terminal::grouped;

/// The measures of a folder, in order.
pub(crate) struct Report {
    pub(crate) folder: String,
    rows: Vec<(String, Figure)>,
    matrices: Vec<ConfusionMatrix>,
    /// The pairs that were missed or falsely found, with `--explain`.
    pub(crate) explained: Option<Vec<WrongPair>>,
}

/// The value of a measure.
pub(crate) struct Figure {
    value: Measured,
    threshold: Option<f64>,
}

enum Measured {
    Whole(usize),
    Number(f64),
    Share(Share),
}

impl From<usize> for Figure {
    fn from(whole: usize) -> Self {
        Figure { value: Measured::Whole(whole), threshold: None }
    }
}

impl From<f64> for Figure {
    fn from(number: f64) -> Self {
        Figure { value: Measured::Number(number), threshold: None }
    }
}

impl From<Share> for Figure {
    fn from(share: Share) -> Self {
        Figure { value: Measured::Share(share), threshold: None }
    }
}

impl Figure {
    /// Adds the threshold at which the value was measured.
    pub(crate) fn at(self, threshold: f64) -> Self {
        Figure { threshold: Some(threshold), ..self }
    }

    pub(crate) fn value(&self) -> f64 {
        match self.value {
            Measured::Whole(whole) => whole as f64,
            Measured::Number(number) => number,
            Measured::Share(share) => share.value(),
        }
    }

    pub(crate) fn text(&self) -> String {
        let number =
            |value: f64| if value.is_nan() { "-".to_owned() } else { format!("{value:.3}") };
        let mut text = match self.value {
            Measured::Whole(whole) => grouped(whole as u64),
            Measured::Number(value) => number(value),
            Measured::Share(share) => {
                let [count, of] = [share.count, share.of].map(|number| grouped(number as u64));
                format!("{} ({count} of {of})", number(share.value()))
            }
        };
        if let Some(threshold) = self.threshold {
            let _ = write!(text, " at {threshold:.3}");
        }
        text
    }

    fn json(&self) -> Value {
        let mut object = match self.value {
            Measured::Whole(whole) => json!({ "value": whole }),
            Measured::Number(value) => json!({ "value": value }),
            Measured::Share(share) => {
                json!({ "value": share.value(), "count": share.count, "of": share.of })
            }
        };
        if let Some(threshold) = self.threshold {
            object["threshold"] = threshold.into();
        }
        object
    }
}

/// How often each label was predicted as what.
pub(crate) struct ConfusionMatrix {
    name: &'static str,
    predicted: Vec<&'static str>,
    rows: Vec<(&'static str, Vec<usize>)>,
}

impl ConfusionMatrix {
    pub(crate) fn new(
        name: &'static str,
        labels: &[&'static str],
        predicted: &[&'static str],
    ) -> Self {
        let rows = labels.iter().map(|label| (*label, vec![0; predicted.len()])).collect();
        ConfusionMatrix { name, predicted: predicted.to_vec(), rows }
    }

    /// Counts an item, by the indexes of its label and of its prediction.
    pub(crate) fn add(&mut self, label: usize, predicted: usize) {
        self.rows[label].1[predicted] += 1;
    }

    /// The items whose prediction has the name of their label.
    pub(crate) fn accuracy(&self) -> Share {
        let mut share = Share::default();
        for (label, counts) in &self.rows {
            share.of += counts.iter().sum::<usize>();
            let same =
                self.predicted.iter().zip(counts).filter(|(predicted, _)| *predicted == label);
            share.count += same.map(|(_, count)| count).sum::<usize>();
        }
        share
    }
}

impl Report {
    pub(crate) fn new(folder: &str) -> Self {
        Report {
            folder: folder.to_owned(),
            rows: Vec::new(),
            matrices: Vec::new(),
            explained: None,
        }
    }

    pub(crate) fn add(&mut self, name: impl Into<String>, figure: impl Into<Figure>) {
        self.rows.push((name.into(), figure.into()));
    }

    pub(crate) fn add_matrix(&mut self, matrix: ConfusionMatrix) {
        self.matrices.push(matrix);
    }

    /// A table of the measures, a table of each confusion matrix, and a line for each explained
    /// pair.
    pub(crate) fn text(&self, markdown: bool) -> String {
        let mut table = vec![vec![self.folder.clone(), String::new()]];
        table.extend(self.rows.iter().map(|(name, figure)| vec![name.clone(), figure.text()]));
        let mut text = aligned(&table, markdown);
        for matrix in &self.matrices {
            let predicted = matrix.predicted.iter().map(|predicted| (*predicted).to_owned());
            let mut table = vec![
                std::iter::once(format!("{} predicted as", matrix.name)).chain(predicted).collect(),
            ];
            for (label, counts) in &matrix.rows {
                let counts = counts.iter().map(usize::to_string);
                table.push(std::iter::once((*label).to_owned()).chain(counts).collect());
            }
            text.push('\n');
            text += &aligned(&table, markdown);
        }
        let explained = self.explained.iter().flatten();
        if explained.clone().next().is_some() {
            text += &WrongPair::header();
        }
        text += &explained.map(|pair| format!("{}\n", pair.text())).collect::<String>();
        text
    }

    /// An object with a member for each measure, which is an object with its `value`; for each
    /// confusion matrix, an object of counts by label; and an array of the explained pairs.
    pub(crate) fn json(&self) -> Value {
        let key = |name: &str| name.to_lowercase().replace([' ', '-'], "_");
        let mut object: Map<String, Value> =
            self.rows.iter().map(|(name, figure)| (key(name), figure.json())).collect();
        for matrix in &self.matrices {
            let row = |(label, counts): &(&str, Vec<usize>)| {
                let counts = matrix
                    .predicted
                    .iter()
                    .zip(counts)
                    .map(|(predicted, count)| ((*predicted).to_owned(), json!(count)));
                ((*label).to_owned(), Value::Object(counts.collect()))
            };
            object.insert(
                format!("{}_predicted_as", key(matrix.name)),
                matrix.rows.iter().map(row).collect(),
            );
        }
        if let Some(explained) = &self.explained {
            object.insert("explained".to_owned(), explained.iter().map(WrongPair::json).collect());
        }
        Value::Object(object)
    }
}

/// A table with aligned columns; the first row is the header.
pub(crate) fn aligned(table: &[Vec<String>], markdown: bool) -> String {
    let columns = table.iter().map(Vec::len).max().unwrap_or(0);
    let width =
        |column: usize| table.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for (i, row) in table.iter().enumerate() {
        let cells =
            row.iter().zip(&widths).enumerate().map(|(column, (cell, &width))| match column {
                1.. if columns > 2 => format!("{cell:>width$}"),
                _ => format!("{cell:width$}"),
            });
        let cells: Vec<String> = cells.collect();
        let (line, indent) =
            (cells.join(if markdown { " | " } else { "  " }), if i == 0 { "" } else { "  " });
        let _ = match markdown {
            true => writeln!(text, "| {line} |"),
            false => writeln!(text, "{indent}{}", line.trim_end()),
        };
        if markdown && i == 0 {
            let rule = if columns > 2 { "---:|" } else { "---|" };
            let _ = writeln!(text, "|---|{}", rule.repeat(columns - 1));
        }
    }
    text
}
