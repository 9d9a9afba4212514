//! Makes pairs from real articles, of kinds that labelled sets lack: excerpts of a few words, texts
//! with replaced words or shuffled paragraphs, page frames, notices, forms with new content. The
//! way a pair is made gives its label.

use super::classes::{NONE, PASSAGE, REUSE, SERIES};
use super::input::{Doc, Folder};
use super::random::Random;

/// The number of pairs of each kind.
const PAIRS_PER_RECIPE: usize = 100;
/// The least number of words of an article to make pairs of.
const MIN_WORDS: usize = 150;

/// A pair of texts, how it was made, and the classes that it may be.
pub(crate) struct MadePair {
    pub(crate) texts: [String; 2],
    pub(crate) kind: &'static str,
    pub(crate) classes: u8,
    /// The id of the article that the left text was made from.
    pub(crate) of: String,
    /// The days between the two.
    pub(crate) days: usize,
    /// Whether both have one source.
    pub(crate) same_source: bool,
}

/// Makes pairs from the articles of some folders, equally many from each.
pub(crate) fn make_pairs(folders: &[Folder]) -> Vec<MadePair> {
    let mut random = Random(17);
    let docs: Vec<Vec<&Doc>> = folders
        .iter()
        .map(|folder| {
            folder
                .docs
                .iter()
                .filter(|doc| doc.text.split_whitespace().count() >= MIN_WORDS)
                .collect()
        })
        .filter(|docs: &Vec<&Doc>| docs.len() > 200)
        .collect();
    if docs.is_empty() {
        return Vec::new();
    }
    let mut made = Vec::new();
    for recipe in RECIPES {
        for i in 0..PAIRS_PER_RECIPE {
            let of = &docs[i % docs.len()];
            let doc = of[random.below(of.len())];
            let others = [0; 3].map(|_| of[random.below(of.len())].text.as_str());
            if others.iter().any(|other| *other == doc.text) {
                continue;
            }
            let texts = (recipe.make)(&doc.text, &others, &mut random);
            let (days, same_source) = ([0, 0, 1, 1, 2, 6][random.below(6)], random.below(2) == 0);
            made.push(MadePair {
                texts,
                kind: recipe.name,
                classes: recipe.classes,
                of: doc.id.clone(),
                days,
                same_source,
            });
        }
    }
    made
}

struct Recipe {
    name: &'static str,
    classes: u8,
    make: fn(&str, &[&str; 3], &mut Random) -> [String; 2],
}

const RECIPES: [Recipe; 18] = [
    Recipe {
        name: "lead of 15 %",
        classes: REUSE,
        make: |a, _, _| [a.to_owned(), percent_of(a, 0, 15)],
    },
    Recipe {
        name: "lead of 30 %",
        classes: REUSE,
        make: |a, _, _| [a.to_owned(), percent_of(a, 0, 30)],
    },
    Recipe {
        name: "teaser",
        classes: REUSE,
        make: |a, _, random| [a.to_owned(), some_words(a, 0, 30 + random.below(30))],
    },
    Recipe {
        name: "few words",
        classes: REUSE,
        make: |a, _, random| {
            let (from, count) = (random.below(words(a) - 80), 45 + random.below(30));
            [a.to_owned(), some_words(a, from, count)]
        },
    },
    Recipe {
        name: "one word in ten replaced",
        classes: REUSE,
        make: |a, others, random| [a.to_owned(), with_words_replaced(a, others, 10, random)],
    },
    Recipe {
        name: "one in five replaced",
        classes: REUSE,
        make: |a, others, random| [a.to_owned(), with_words_replaced(a, others, 20, random)],
    },
    Recipe {
        name: "one in three replaced",
        classes: REUSE,
        make: |a, others, random| [a.to_owned(), with_words_replaced(a, others, 35, random)],
    },
    Recipe {
        name: "a word or two of a short text replaced",
        classes: REUSE,
        make: |a, others, random| {
            let short = some_words(a, 0, 16 + random.below(40));
            let place = 4 + random.below(10);
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
    Recipe {
        name: "shuffled",
        classes: REUSE,
        make: |a, _, random| {
            let mut parts = paragraphs(a);
            for i in (1..parts.len()).rev() {
                parts.swap(i, random.below(i + 1));
            }
            [a.to_owned(), parts.join("\n\n")]
        },
    },
    Recipe {
        name: "half, then half of another",
        classes: REUSE,
        make: |a, others, _| {
            [a.to_owned(), format!("{}\n\n{}", percent_of(a, 0, 50), percent_of(others[0], 0, 50))]
        },
    },
    Recipe {
        name: "recognised",
        classes: REUSE,
        make: |a, _, random| [a.to_owned(), with_misread_letters(a, random)],
    },
    Recipe {
        name: "copy in a frame",
        classes: REUSE,
        make: |a, others, random| {
            [
                format!("{}\n\n{a}", page_frame(others[0], random)),
                format!("{a}\n\n{}", some_words(others[1], 20, 70)),
            ]
        },
    },
    Recipe {
        name: "one frame",
        classes: NONE,
        make: |a, others, random| {
            let frame = page_frame(others[1], random);
            [
                format!("{frame}\n\n{}", percent_of(a, 0, 60)),
                format!("{frame}\n\n{}", percent_of(others[0], 0, 60)),
            ]
        },
    },
    Recipe {
        name: "one notice below",
        classes: PASSAGE | NONE,
        make: |a, others, random| {
            let notice = some_words(others[1], 30, 35 + random.below(60));
            let own =
                |text: &str, random: &mut Random| some_words(text, 0, 120 + random.below(300));
            [
                format!("{}\n\n{notice}.", own(a, random)),
                format!("{}\n\n{notice}.", own(others[0], random)),
            ]
        },
    },
    Recipe {
        name: "short strangers",
        classes: NONE,
        make: |a, others, random| {
            [
                some_words(a, 0, 12 + random.below(40)),
                some_words(others[0], 0, 12 + random.below(40)),
            ]
        },
    },
    Recipe {
        name: "strangers of one source",
        classes: NONE,
        make: |a, others, _| [percent_of(a, 0, 70), others[0].to_owned()],
    },
    Recipe {
        name: "form filled in anew",
        classes: SERIES,
        make: |a, others, random| {
            let form = some_words(a, 0, 20 + random.below(140));
            let filled = with_new_names_and_numbers(&form, others, random);
            [form, filled]
        },
    },
    Recipe {
        name: "headings with other text",
        classes: SERIES,
        make: |a, others, random| {
            let dated = random.below(2) == 0;
            let mut heading = |i: usize| {
                let words = some_words(a, 7 * i, 1 + (i + words(a)) % 4);
                let day = 1 + random.below(28);
                if dated {
                    format!("{words} (March {day}-April {})", 1 + random.below(28))
                } else {
                    words
                }
            };
            let headings: Vec<String> = (0..9).map(&mut heading).collect();
            let mut page = |of: &str| {
                let line = |(i, heading): (usize, &String)| {
                    format!("{heading}: {}.", some_words(of, 20 * i, 8 + random.below(10)))
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

/// `count` words of a text, with the white space between them.
fn some_words(text: &str, from: usize, count: usize) -> String {
    let mut starts =
        text.split_whitespace().map(|word| word.as_ptr() as usize - text.as_ptr() as usize);
    let Some(start) = starts.nth(from) else { return String::new() };
    let end = starts.nth(count.saturating_sub(1)).unwrap_or(text.len());
    text[start..end].trim_end().to_owned()
}

fn percent_of(text: &str, from: usize, percent: usize) -> String {
    some_words(text, from, words(text) * percent / 100)
}

fn paragraphs(text: &str) -> Vec<&str> {
    let all: Vec<&str> = text.split("\n\n").filter(|part| !part.trim().is_empty()).collect();
    if all.len() >= 4 { all } else { text.split_inclusive(". ").map(str::trim).collect() }
}

/// The text with `percent` of its words replaced by words of another text.
fn with_words_replaced(
    text: &str,
    others: &[&str; 3],
    percent: usize,
    random: &mut Random,
) -> String {
    let pool: Vec<&str> = others[0].split_whitespace().collect();
    replaced(text, |_| random.below(100) < percent, &pool)
}

/// The text with the chosen words replaced by words of `pool`.
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

/// The text with one letter in thirty replaced, as by optical character recognition.
fn with_misread_letters(text: &str, random: &mut Random) -> String {
    text.chars()
        .map(|c| {
            if c.is_alphabetic() && random.below(30) == 0 {
                ['i', 'l', 'c', 'e', 'n'][random.below(5)]
            } else {
                c
            }
        })
        .collect()
}

/// Short lines like those of a menu.
fn page_frame(text: &str, random: &mut Random) -> String {
    let pool: Vec<&str> = text.split_whitespace().collect();
    let line = |random: &mut Random| {
        let from = random.below(pool.len() - 3);
        pool[from..from + 1 + random.below(3)]
            .join(" ")
            .trim_end_matches(['.', ',', '!', '?', ':', ';'])
            .to_owned()
    };
    (0..12 + random.below(20)).map(|_| line(random)).collect::<Vec<_>>().join("\n")
}

/// The text with other numbers, and with other capitalised words in place of its own.
fn with_new_names_and_numbers(text: &str, others: &[&str; 3], random: &mut Random) -> String {
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
        .map(|c| if c.is_ascii_digit() { char::from(b'1' + random.below(9) as u8) } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_and_replacements() {
        let text = "The river rose by 2 metres in Kolm. Nobody\nwas hurt in Ostra.";
        assert_eq!(some_words(text, 1, 3), "river rose by");
        assert_eq!(some_words(text, 7, 3), "Kolm. Nobody\nwas");
        assert_eq!(percent_of(text, 0, 50).split_whitespace().count(), 6);
        let mut random = Random(1);
        let filled =
            with_new_names_and_numbers(text, &["a Lind b", "c Mayor Olsen", ""], &mut random);
        assert!(
            !filled.contains("Kolm")
                && !filled.contains("Ostra")
                && filled.starts_with("The river rose by"),
            "{filled}"
        );
        assert_ne!(with_misread_letters(&text.repeat(9), &mut random), text.repeat(9));
    }
}
