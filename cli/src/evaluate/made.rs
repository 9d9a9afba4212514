//! Pairs made from real articles, of kinds that labelled sets lack: excerpts of a few words, spun and shuffled texts, page frames, notices,
//! forms filled in anew. What they are is known from how they were made.

use super::classes::{NONE, PASSAGE, REUSE, SERIES};
use super::input::{Doc, Folder};

/// Pairs made of each kind.
const OF_EACH: usize = 100;
/// Words that an article has at least to be taken.
const WORDS: usize = 150;

/// A pair of texts, how it was made, and what it is.
pub(crate) struct Made {
    pub(crate) texts: [String; 2],
    pub(crate) kind: &'static str,
    pub(crate) classes: u8,
    /// The article that the left text was made of.
    pub(crate) of: String,
    /// Days between the two, and whether they are of one source.
    pub(crate) days: usize,
    pub(crate) same_source: bool,
}

/// Numbers that look like chance and are the same each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, count: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % count.max(1)
    }
}

/// Makes pairs from the articles of some folders, the same share of each.
pub(crate) fn made(folders: &[Folder]) -> Vec<Made> {
    let mut chance = Chance(17);
    let docs: Vec<Vec<&Doc>> = folders
        .iter()
        .map(|folder| {
            folder.docs.iter().filter(|doc| doc.text.split_whitespace().count() >= WORDS).collect()
        })
        .filter(|docs: &Vec<&Doc>| docs.len() > 200)
        .collect();
    if docs.is_empty() {
        return Vec::new();
    }
    let mut made = Vec::new();
    for kind in KINDS {
        for i in 0..OF_EACH {
            let of = &docs[i % docs.len()];
            let doc = of[chance.below(of.len())];
            let others = [0; 3].map(|_| of[chance.below(of.len())].text.as_str());
            if others.iter().any(|other| *other == doc.text) {
                continue;
            }
            let texts = (kind.make)(&doc.text, &others, &mut chance);
            let (days, same_source) = ([0, 0, 1, 1, 2, 6][chance.below(6)], chance.below(2) == 0);
            made.push(Made {
                texts,
                kind: kind.name,
                classes: kind.classes,
                of: doc.id.clone(),
                days,
                same_source,
            });
        }
    }
    made
}

struct Kind {
    name: &'static str,
    classes: u8,
    make: fn(&str, &[&str; 3], &mut Chance) -> [String; 2],
}

const KINDS: [Kind; 18] = [
    Kind { name: "lead of 15 %", classes: REUSE, make: |a, _, _| [a.to_owned(), part(a, 0, 15)] },
    Kind { name: "lead of 30 %", classes: REUSE, make: |a, _, _| [a.to_owned(), part(a, 0, 30)] },
    Kind {
        name: "teaser",
        classes: REUSE,
        make: |a, _, chance| [a.to_owned(), some(a, 0, 30 + chance.below(30))],
    },
    Kind {
        name: "few words",
        classes: REUSE,
        make: |a, _, chance| {
            let (from, count) = (chance.below(words(a) - 80), 45 + chance.below(30));
            [a.to_owned(), some(a, from, count)]
        },
    },
    Kind {
        name: "one word in ten replaced",
        classes: REUSE,
        make: |a, others, chance| [a.to_owned(), spun(a, others, 10, chance)],
    },
    Kind {
        name: "one in five replaced",
        classes: REUSE,
        make: |a, others, chance| [a.to_owned(), spun(a, others, 20, chance)],
    },
    Kind {
        name: "one in three replaced",
        classes: REUSE,
        make: |a, others, chance| [a.to_owned(), spun(a, others, 35, chance)],
    },
    Kind {
        name: "a word or two of a short text replaced",
        classes: REUSE,
        make: |a, others, chance| {
            let short = some(a, 0, 16 + chance.below(40));
            let place = 4 + chance.below(10);
            let mut word = 0;
            let pool: Vec<&str> = others[0]
                .split_whitespace()
                .filter(|word| word.chars().all(char::is_lowercase))
                .collect();
            let choose = |_: &str| {
                word += 1;
                word % 20 == place
            };
            let edited =
                if pool.is_empty() { short.clone() } else { replaced(&short, choose, &pool) };
            [short, edited]
        },
    },
    Kind {
        name: "shuffled",
        classes: REUSE,
        make: |a, _, chance| {
            let mut parts = paragraphs(a);
            for i in (1..parts.len()).rev() {
                parts.swap(i, chance.below(i + 1));
            }
            [a.to_owned(), parts.join("\n\n")]
        },
    },
    Kind {
        name: "half, then half of another",
        classes: REUSE,
        make: |a, others, _| {
            [a.to_owned(), format!("{}\n\n{}", part(a, 0, 50), part(others[0], 0, 50))]
        },
    },
    Kind {
        name: "recognised",
        classes: REUSE,
        make: |a, _, chance| [a.to_owned(), recognised(a, chance)],
    },
    Kind {
        name: "copy in a frame",
        classes: REUSE,
        make: |a, others, chance| {
            [
                format!("{}\n\n{a}", frame(others[0], chance)),
                format!("{a}\n\n{}", some(others[1], 20, 70)),
            ]
        },
    },
    Kind {
        name: "one frame",
        classes: NONE,
        make: |a, others, chance| {
            let frame = frame(others[1], chance);
            [
                format!("{frame}\n\n{}", part(a, 0, 60)),
                format!("{frame}\n\n{}", part(others[0], 0, 60)),
            ]
        },
    },
    Kind {
        name: "one notice below",
        classes: PASSAGE | NONE,
        make: |a, others, chance| {
            let notice = some(others[1], 30, 35 + chance.below(60));
            let own = |text: &str, chance: &mut Chance| some(text, 0, 120 + chance.below(300));
            [
                format!("{}\n\n{notice}.", own(a, chance)),
                format!("{}\n\n{notice}.", own(others[0], chance)),
            ]
        },
    },
    Kind {
        name: "short strangers",
        classes: NONE,
        make: |a, others, chance| {
            [some(a, 0, 12 + chance.below(40)), some(others[0], 0, 12 + chance.below(40))]
        },
    },
    Kind {
        name: "strangers of one source",
        classes: NONE,
        make: |a, others, _| [part(a, 0, 70), others[0].to_owned()],
    },
    Kind {
        name: "form filled in anew",
        classes: SERIES,
        make: |a, others, chance| {
            let form = some(a, 0, 20 + chance.below(140));
            let filled = filled(&form, others, chance);
            [form, filled]
        },
    },
    Kind {
        name: "headings with other text",
        classes: SERIES,
        make: |a, others, chance| {
            let dated = chance.below(2) == 0;
            let mut heading = |i: usize| {
                let words = some(a, 7 * i, 1 + (i + words(a)) % 4);
                let day = 1 + chance.below(28);
                if dated {
                    format!("{words} (March {day}-April {})", 1 + chance.below(28))
                } else {
                    words
                }
            };
            let headings: Vec<String> = (0..9).map(&mut heading).collect();
            let mut page = |of: &str| {
                let line = |(i, heading): (usize, &String)| {
                    format!("{heading}: {}.", some(of, 20 * i, 8 + chance.below(10)))
                };
                headings.iter().enumerate().map(line).collect::<Vec<_>>().join("\n\n")
            };
            [page(others[0]), page(others[1])]
        },
    },
];

fn words(text: &str) -> usize {
    text.split_whitespace().count()
}

/// Some words of a text, with the breaks between them.
fn some(text: &str, from: usize, count: usize) -> String {
    let mut starts =
        text.split_whitespace().map(|word| word.as_ptr() as usize - text.as_ptr() as usize);
    let Some(start) = starts.nth(from) else { return String::new() };
    let end = starts.nth(count.saturating_sub(1)).unwrap_or(text.len());
    text[start..end].trim_end().to_owned()
}

fn part(text: &str, from: usize, percent: usize) -> String {
    some(text, from, words(text) * percent / 100)
}

fn paragraphs(text: &str) -> Vec<&str> {
    let all: Vec<&str> = text.split("\n\n").filter(|part| !part.trim().is_empty()).collect();
    if all.len() >= 4 { all } else { text.split_inclusive(". ").map(str::trim).collect() }
}

/// The text with some percent of its words replaced by those of others.
fn spun(text: &str, others: &[&str; 3], percent: usize, chance: &mut Chance) -> String {
    let pool: Vec<&str> = others[0].split_whitespace().collect();
    replaced(text, |_| chance.below(100) < percent, &pool)
}

/// The text with those words replaced that are chosen, by others in turn.
fn replaced(text: &str, mut choose: impl FnMut(&str) -> bool, pool: &[&str]) -> String {
    let (mut made, mut at, mut next) = (String::with_capacity(text.len()), 0, 0);
    for word in text.split_whitespace() {
        let start = word.as_ptr() as usize - text.as_ptr() as usize;
        made.push_str(&text[at..start]);
        at = start + word.len();
        if choose(word) {
            next += 7;
            made.push_str(pool[next % pool.len()].trim_matches(|c: char| !c.is_alphanumeric()));
        } else {
            made.push_str(word);
        }
    }
    made + &text[at..]
}

/// One letter in thirty read wrong.
fn recognised(text: &str, chance: &mut Chance) -> String {
    text.chars()
        .map(|c| {
            if c.is_alphabetic() && chance.below(30) == 0 {
                ['i', 'l', 'c', 'e', 'n'][chance.below(5)]
            } else {
                c
            }
        })
        .collect()
}

/// Short lines, as of a menu.
fn frame(text: &str, chance: &mut Chance) -> String {
    let pool: Vec<&str> = text.split_whitespace().collect();
    let line = |chance: &mut Chance| {
        let from = chance.below(pool.len() - 3);
        pool[from..from + 1 + chance.below(3)]
            .join(" ")
            .trim_end_matches(['.', ',', '!', '?', ':', ';'])
            .to_owned()
    };
    (0..12 + chance.below(20)).map(|_| line(chance)).collect::<Vec<_>>().join("\n")
}

/// The text with other numbers and, in place of words with a capital, other such words.
fn filled(text: &str, others: &[&str; 3], chance: &mut Chance) -> String {
    let capital = |word: &str| word.chars().next().is_some_and(char::is_uppercase);
    let names: Vec<&str> = others
        .iter()
        .flat_map(|other| other.split_whitespace())
        .filter(|word| capital(word))
        .collect();
    let mut opens = true;
    let with_names = match names.is_empty() {
        true => text.to_owned(),
        false => replaced(
            text,
            |word| {
                let name = capital(word) && !opens;
                opens = word.ends_with(['.', '!', '?']);
                name
            },
            &names,
        ),
    };
    with_names
        .chars()
        .map(|c| if c.is_ascii_digit() { char::from(b'1' + chance.below(9) as u8) } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_and_replacements() {
        let text = "The river rose by 2 metres in Kolm. Nobody\nwas hurt in Ostra.";
        assert_eq!(some(text, 1, 3), "river rose by");
        assert_eq!(some(text, 7, 3), "Kolm. Nobody\nwas");
        assert_eq!(part(text, 0, 50).split_whitespace().count(), 6);
        let mut chance = Chance(1);
        let filled = filled(text, &["a Lind b", "c Mayor Olsen", ""], &mut chance);
        assert!(
            !filled.contains("Kolm")
                && !filled.contains("Ostra")
                && filled.starts_with("The river rose by"),
            "{filled}"
        );
        assert_ne!(recognised(&text.repeat(9), &mut chance), text.repeat(9));
    }
}
