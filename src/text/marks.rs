//! Marks: what each word of an article is in its place. Is it of the body or of the page around it,
//! in a quotation, a name, a number, the first of its sentence?
//!
//! *Body.* Web pages come with menus, share bars, captions, bylines, subscription notes and lists
//! of other headlines. They are short paragraphs, or paragraphs that are no sentences; a paragraph
//! of the body has some words and ends as a sentence does. Where little would be left, as in lists,
//! poems, tables and texts without punctuation, everything is body. Addresses of web pages never
//! are.
//!
//! *Quoted* is what stands between quotation marks of one paragraph, and embedded posts: a
//! quotation is the speaker's and no sign that one author copied from another.
//!
//! *Names* are words with a capital inside a sentence that are not written in title case or
//! capitals throughout. Scripts without capitals have none.
//!
//! O(bytes) time, one pass over what stands between the words.

use std::ops::Range;

use super::paragraphs::{ends_a_sentence, for_each_paragraph, is_line_end, is_stop};
use super::words::Words;

/// The bits of a mark.
pub(crate) const BODY: u8 = 1;
pub(crate) const QUOTED: u8 = 2;
pub(crate) const NAME: u8 = 4;
pub(crate) const NUMBER: u8 = 8;
/// The first word of a sentence.
pub(crate) const OPENS: u8 = 16;
/// The first word of a paragraph.
pub(crate) const BEGINS: u8 = 32;
/// Part of the address of a web page.
const ADDRESS: u8 = 64;

/// Words of a paragraph of the body at least.
const PARAGRAPH: usize = 10;
/// If less than this part of the words would be body, all of them are.
const LEAST: f64 = 0.4;
/// Paragraphs so short may be headlines in title case.
const TITLE: usize = 25;

/// The marks of a text's words.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Marks {
    /// One a word.
    pub(crate) of: Vec<u8>,
    /// How many words are body.
    pub(crate) body: usize,
    /// The words of the first line, where it is a headline: not the whole text, and not a
    /// paragraph.
    pub(crate) headline: Option<usize>,
    /// How many paragraphs hold words.
    pub(crate) paragraphs: usize,
}

impl Marks {
    /// Replaces these marks by those of `text`, reusing the memory.
    pub(crate) fn read(&mut self, text: &str, words: &Words) {
        self.of.clear();
        self.of.reserve(words.len());
        (self.body, self.headline, self.paragraphs) = (0, None, 0);
        let mut spans = words.spans().peekable();
        // Where the last word ended.
        let mut before = 0;
        // The first word of the last paragraph.
        let mut last = 0;
        for_each_paragraph(text, |paragraph, end| {
            let first = self.of.len();
            let mut reader = Reader::default();
            // Pairs of characters overlap, and so may words made of one character.
            while let Some(span) = spans.next_if(|span| span.start < end || end == text.len()) {
                let between = text.get(before..span.start).unwrap_or_default();
                let mark = reader.read(text, between, &span, &mut self.of, first);
                self.of.push(mark);
                before = span.end;
            }
            let all = first..self.of.len();
            if all.is_empty() {
                return;
            }
            let is_post = reader.finish(
                text.get(before..end).unwrap_or_default(),
                paragraph,
                &mut self.of[all.clone()],
            );
            if is_post && paragraph.trim_start().starts_with(['—', '–', '-']) {
                // The line that names the author of the post above.
                self.of[last..first].iter_mut().for_each(|mark| *mark |= QUOTED);
            }
            last = first;
            self.paragraphs += 1;
            let is_body = all.len() >= PARAGRAPH && ends_a_sentence(paragraph);
            if self.paragraphs == 1 && !is_body && all.len() <= TITLE {
                self.headline = Some(all.len());
            }
            if is_body {
                self.of[all].iter_mut().for_each(|mark| *mark |= BODY);
            }
        });
        let is_body = |mark: &&u8| **mark & (BODY | ADDRESS) == BODY;
        self.body = self.of.iter().filter(is_body).count();
        let all_is_body = (self.body as f64) < LEAST * self.of.len() as f64;
        if all_is_body || self.of.iter().any(|mark| mark & ADDRESS != 0) {
            self.body = 0;
            for mark in &mut self.of {
                *mark = if *mark & ADDRESS != 0 {
                    *mark & !(BODY | NAME | NUMBER)
                } else {
                    *mark | if all_is_body { BODY } else { 0 }
                };
                self.body += usize::from(*mark & BODY);
            }
        }
        self.headline = self.headline.filter(|&words| words < self.of.len());
    }

    /// The sentences, as ranges of words.
    pub(crate) fn sentences(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        let mut start = 0;
        std::iter::from_fn(move || {
            let rest = self.of.get(start + 1..)?;
            let end =
                start + 1 + rest.iter().position(|mark| mark & OPENS != 0).unwrap_or(rest.len());
            let sentence = start..end;
            start = end;
            Some(sentence)
        })
    }
}

/// Reads the words of one paragraph.
#[derive(Default)]
struct Reader {
    /// The mark that opened the quotation which is open.
    quotation: Option<char>,
    /// Whether white space has yet to end the address of a web page.
    in_address: bool,
    /// Words with a capital, and with a letter that could have one.
    capitals: usize,
    cased: usize,
    is_post: bool,
}

impl Reader {
    /// The mark of the next word, which stands at `span` behind `between`.
    #[inline]
    fn read(
        &mut self,
        text: &str,
        between: &str,
        span: &Range<usize>,
        marks: &mut [u8],
        first: usize,
    ) -> u8 {
        let mut mark = if marks.len() == first { OPENS | BEGINS } else { 0 };
        if between == " " {
            self.in_address = false;
        } else if !between.is_empty() {
            mark |= self.punctuation(text, between, span.start, marks, first);
        }
        if self.in_address {
            return mark | ADDRESS;
        }
        let quoted = if self.quotation.is_some() { QUOTED } else { 0 };
        let (number, capital, small) = match text.as_bytes()[span.start] {
            b'a'..=b'z' => (false, false, true),
            b'A'..=b'Z' => (false, true, false),
            b'0'..=b'9' => (true, false, false),
            _ => match text[span.clone()].chars().next() {
                Some(c) if c.is_numeric() => (true, false, false),
                Some(c) => (false, c.is_uppercase(), c.is_lowercase()),
                None => (false, false, false),
            },
        };
        if span.len() > 3 {
            self.capitals += usize::from(capital);
            self.cased += usize::from(capital || small);
        }
        // One letter is an initial or a pronoun.
        let name = capital && mark & OPENS == 0 && span.len() > 1;
        mark | quoted | if number { NUMBER } else { 0 } | if name { NAME } else { 0 }
    }

    /// Reads what stands between two words; whether a sentence opens behind it.
    fn punctuation(
        &mut self,
        text: &str,
        between: &str,
        at: usize,
        marks: &mut [u8],
        first: usize,
    ) -> u8 {
        let mut opens = 0;
        let mut chars = between.char_indices().peekable();
        if between.contains("://") {
            self.in_address = true;
            if let Some(mark) = marks[first..].last_mut() {
                *mark |= ADDRESS;
            }
            return 0;
        }
        self.is_post |= between.contains("(@");
        let mut spaced = at == between.len();
        while let Some((_, c)) = chars.next() {
            let next = chars.peek().map(|&(_, c)| c);
            match c {
                _ if is_space(c) => (spaced, self.in_address) = (true, false),
                '"' | '“' | '”' | '„' | '«' | '»' | '‹' | '›' | '「' | '」' | '『' | '』' | '‘'
                | '’' | '＂' => {
                    // An apostrophe stands between letters.
                    let apostrophe = c == '’' && next.is_none();
                    match self.quotation {
                        Some(open) if closes(open, c) && !apostrophe => self.quotation = None,
                        None if opens_quotation(c) && (c != '‘' || spaced) => {
                            self.quotation = Some(c);
                        }
                        _ => {}
                    }
                }
                '.' | '!' | '?' | '…' => {
                    // Behind "Mr" and "J" the sentence goes on.
                    let before = &text[..at - between.len()];
                    let word =
                        before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
                    let short = word.chars().count() <= 2
                        && word.chars().next().is_some_and(char::is_uppercase);
                    let ends = next.is_none_or(|next| !next.is_ascii_digit())
                        && between.contains(is_space);
                    if ends && !(c == '.' && short) {
                        opens = OPENS;
                    }
                }
                c if is_stop(c) => opens = OPENS,
                _ => {}
            }
        }
        opens
    }

    /// Looks at the whole paragraph once its words are read; whether it names the author of a post.
    fn finish(&mut self, behind: &str, paragraph: &str, marks: &mut [u8]) -> bool {
        self.is_post |= behind.contains("(@");
        if self.is_post {
            marks.iter_mut().for_each(|mark| *mark |= QUOTED);
        }
        let in_title_case = 10 * self.capitals >= 7 * self.cased;
        if marks.len() <= TITLE && in_title_case && !ends_a_sentence(paragraph) {
            marks.iter_mut().for_each(|mark| *mark &= !NAME);
        }
        self.is_post
    }
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t') || is_line_end(c)
}

fn opens_quotation(c: char) -> bool {
    matches!(c, '"' | '“' | '„' | '«' | '»' | '‹' | '「' | '『' | '‘' | '＂')
}

/// Whether a mark closes the quotation that another opened.
fn closes(open: char, c: char) -> bool {
    matches!(
        (open, c),
        ('"', '"' | '”')
            | ('“', '”' | '"')
            | ('„', '“' | '”' | '"')
            | ('«', '»')
            | ('»', '«')
            | ('‹', '›')
            | ('「', '」')
            | ('『', '』')
            | ('‘', '’')
            | ('＂', '＂')
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::fold::Folding;

    /// The words of a text that have all these marks.
    fn marked(text: &str, mark: u8) -> Vec<&str> {
        let words = Words::of(text, Folding::default());
        let mut marks = Marks::default();
        marks.read(text, &words);
        assert_eq!(marks.of.len(), words.len());
        assert_eq!(marks.body, marks.of.iter().filter(|of| *of & BODY != 0).count());
        let of = words.spans().zip(&marks.of).filter(|(_, of)| *of & mark == mark);
        of.map(|(span, _)| &text[span]).collect()
    }

    #[test]
    fn page_clutter_is_no_body() {
        let text = "Share on Facebook\nBy Jane Smith\nThe river rose by two metres in a night, and the old bridge was closed.\n\
                    \nPhoto: the bridge at dawn, seen from the north bank of the river\n\n\
                    “Nobody was hurt,” the mayor said, “but it will take weeks to mend.”\nRead more\nSign up for our newsletter";
        let body = marked(text, BODY);
        assert_eq!((body.len(), body[0], body[15], body[27]), (28, "The", "Nobody", "mend"));
        assert_eq!(
            marked("one two three\nfour five six\n\nseven", BODY).len(),
            7,
            "without sentences all is body"
        );
        assert!(marked("", BODY).is_empty());
    }

    #[test]
    fn quotations_are_the_speakers() {
        let quoted = |text| marked(text, QUOTED).join(" ");
        assert_eq!(
            quoted("“It rose,” she said, “by a metre.” Then it fell."),
            "It rose by a metre"
        );
        assert_eq!(quoted("She said: \"It rose.\" He said: \"It fell.\""), "It rose It fell");
        assert_eq!(quoted("Der Müller sagte: „Das Wasser steigt“, und ging."), "Das Wasser steigt");
        assert_eq!(
            quoted("Il a dit : « L’eau monte » hier. »Nein«, sagte er."),
            "L eau monte Nein"
        );
        assert_eq!(quoted("市長表示：「封橋」。"), "封橋");
        assert_eq!(quoted("It wasn’t the river’s fault, ‘not at all’, he said."), "not at all");
        // A mark that is not closed in its paragraph holds to its end and no further.
        assert_eq!(quoted("“It rose.\nThe river fell."), "It rose");
        assert_eq!(
            quoted("Water!\n— Mayor (@mayor) May 1\nThe river fell."),
            "Water Mayor mayor May 1"
        );
    }

    #[test]
    fn names_numbers_and_sentences() {
        let text = "Flood Warning For River\nIn March 1987, Élise Müller left Mr. Bale and me. Nobody saw 3 of U.S. ships. He did.";
        assert_eq!(marked(text, NAME), ["March", "Élise", "Müller", "Mr", "Bale"]);
        assert_eq!(marked(text, NUMBER), ["1987", "3"]);
        assert_eq!(marked(text, OPENS), ["Flood", "In", "Nobody", "He"]);
        assert!(marked("ALL IN CAPITALS SAYS THE MAYOR", NAME).is_empty());
    }

    #[test]
    fn addresses_are_no_body() {
        let text = "Soup https://www.kitchen.example.org/soups/12345 enjoy";
        assert_eq!(marked(text, BODY), ["Soup", "enjoy"]);
    }
}
