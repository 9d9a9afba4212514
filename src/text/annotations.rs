//! Annotations: what each word of an article is in its place. Is it in the body or in the page
//! around it, in a quotation, a name, a number, the first of its sentence?
//!
//! *Body.* Web pages come with menus, share bars, captions, bylines, subscription notes and lists
//! of other headlines. These are short paragraphs, or paragraphs that are no sentences; a paragraph
//! of the body has a few words and ends as a sentence does. Where little would be left, as in
//! lists, poems, tables and texts without punctuation, everything is body. Addresses of web pages
//! never are.
//!
//! *Quoted* is what stands between quotation marks of one paragraph, and embedded posts: a
//! quotation belongs to its speaker, and is no sign that one author copied another.
//!
//! *Names* are words with a capital inside a sentence that is not written in title case or in
//! capitals throughout. Scripts without capitals have none.
//!
//! O(bytes) time, in one pass over what stands between the words.

use std::ops::Range;

use super::paragraphs::{ends_a_sentence, for_each_paragraph, is_line_end, is_stop};
use super::words::Words;

/// The word is in the body.
pub(crate) const BODY: u8 = 1;
/// It is in a quotation.
pub(crate) const QUOTED: u8 = 2;
/// It is a name.
pub(crate) const NAME: u8 = 4;
/// It begins with a digit.
pub(crate) const NUMBER: u8 = 8;
/// It is the first word of a sentence.
pub(crate) const SENTENCE_START: u8 = 16;
/// It is the first word of a paragraph.
pub(crate) const PARAGRAPH_START: u8 = 32;
/// It is part of the address of a web page.
const ADDRESS: u8 = 64;

/// The least number of words of a paragraph of the body.
const MIN_BODY_PARAGRAPH: usize = 10;
/// If a smaller share of the words would be body, all of them are.
const MIN_BODY_SHARE: f64 = 0.4;
/// The greatest number of words of a headline, or of another line in title case.
const MAX_TITLE: usize = 25;

/// The annotations of a text's words.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Annotations {
    /// The flags of each word: the constants above.
    pub(crate) flags: Vec<u8>,
    /// How many words are body.
    pub(crate) body: usize,
    /// The number of words of the first line, if it is a headline: not the whole text, and not a
    /// paragraph of the body.
    pub(crate) headline: Option<usize>,
    /// The number of paragraphs that have words.
    pub(crate) paragraphs: usize,
}

impl Annotations {
    /// Replaces these annotations by those of `text`, reusing the memory.
    pub(crate) fn read(&mut self, text: &str, words: &Words) {
        self.flags.clear();
        self.flags.reserve(words.len());
        (self.body, self.headline, self.paragraphs) = (0, None, 0);
        let mut spans = words.spans().peekable();
        let mut previous_end = 0;
        // The first word of the previous paragraph.
        let mut previous_first = 0;
        for_each_paragraph(text, |paragraph, end| {
            let first = self.flags.len();
            let mut reader = ParagraphReader::default();
            // A span may begin before the end of the word before it: pairs of characters overlap,
            // and so do the words that one character folds to.
            while let Some(span) = spans.next_if(|span| span.start < end || end == text.len()) {
                let between = text.get(previous_end..span.start).unwrap_or_default();
                let flags = reader.read(text, between, &span, &mut self.flags, first);
                self.flags.push(flags);
                previous_end = span.end;
            }
            let all = first..self.flags.len();
            if all.is_empty() {
                return;
            }
            let is_post = reader.finish(
                text.get(previous_end..end).unwrap_or_default(),
                paragraph,
                &mut self.flags[all.clone()],
            );
            if is_post && paragraph.trim_start().starts_with(['—', '–', '-']) {
                // This line names the author of the post above it.
                self.flags[previous_first..first].iter_mut().for_each(|flags| *flags |= QUOTED);
            }
            previous_first = first;
            self.paragraphs += 1;
            let is_body = all.len() >= MIN_BODY_PARAGRAPH && ends_a_sentence(paragraph);
            if self.paragraphs == 1 && !is_body && all.len() <= MAX_TITLE {
                self.headline = Some(all.len());
            }
            if is_body {
                self.flags[all].iter_mut().for_each(|flags| *flags |= BODY);
            }
        });
        self.settle_body();
        self.headline = self.headline.filter(|&words| words < self.flags.len());
    }

    /// Makes everything body if little would be, takes addresses out, and counts the body.
    fn settle_body(&mut self) {
        let is_body = |flags: &&u8| **flags & (BODY | ADDRESS) == BODY;
        self.body = self.flags.iter().filter(is_body).count();
        let all_is_body = (self.body as f64) < MIN_BODY_SHARE * self.flags.len() as f64;
        if all_is_body || self.flags.iter().any(|flags| flags & ADDRESS != 0) {
            self.body = 0;
            for flags in &mut self.flags {
                *flags = if *flags & ADDRESS != 0 {
                    *flags & !(BODY | NAME | NUMBER)
                } else {
                    *flags | if all_is_body { BODY } else { 0 }
                };
                self.body += usize::from(*flags & BODY);
            }
        }
    }

    /// The sentences, as ranges of words.
    pub(crate) fn sentences(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        let mut start = 0;
        std::iter::from_fn(move || {
            let rest = self.flags.get(start + 1..)?;
            let next = rest.iter().position(|flags| flags & SENTENCE_START != 0);
            let end = start + 1 + next.unwrap_or(rest.len());
            let sentence = start..end;
            start = end;
            Some(sentence)
        })
    }
}

/// Reads the words of one paragraph.
#[derive(Default)]
struct ParagraphReader {
    /// The mark that opened the quotation at hand.
    quotation: Option<char>,
    /// Whether the address of a web page goes on, until white space.
    in_address: bool,
    /// Long words with a capital, and with a letter that could be one.
    capitals: usize,
    cased: usize,
    is_post: bool,
}

impl ParagraphReader {
    /// The flags of the next word, which stands at `span` after `between`. `all_flags` are those of
    /// the words before, and `first` is the first word of the paragraph.
    #[inline]
    fn read(
        &mut self,
        text: &str,
        between: &str,
        span: &Range<usize>,
        all_flags: &mut [u8],
        first: usize,
    ) -> u8 {
        let is_first = all_flags.len() == first;
        let mut flags = if is_first { SENTENCE_START | PARAGRAPH_START } else { 0 };
        if between == " " {
            self.in_address = false;
        } else if !between.is_empty() {
            flags |= self.read_punctuation(text, between, span.start, &mut all_flags[first..]);
        }
        if self.in_address {
            return flags | ADDRESS;
        }
        let quoted = if self.quotation.is_some() { QUOTED } else { 0 };
        let (is_number, is_capital, is_small) = match text.as_bytes()[span.start] {
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
            self.capitals += usize::from(is_capital);
            self.cased += usize::from(is_capital || is_small);
        }
        // A single letter is an initial or a pronoun.
        let is_name = is_capital && flags & SENTENCE_START == 0 && span.len() > 1;
        flags | quoted | if is_number { NUMBER } else { 0 } | if is_name { NAME } else { 0 }
    }

    /// Reads what stands between two words, the second of which begins at `at`; returns
    /// [`SENTENCE_START`] if a sentence begins with it. `before` are the flags of the words of the
    /// paragraph before.
    fn read_punctuation(&mut self, text: &str, between: &str, at: usize, before: &mut [u8]) -> u8 {
        let mut start = 0;
        let mut chars = between.char_indices().peekable();
        if between.contains("://") {
            self.in_address = true;
            if let Some(flags) = before.last_mut() {
                *flags |= ADDRESS;
            }
            return 0;
        }
        self.is_post |= between.contains("(@");
        let mut after_space = at == between.len();
        while let Some((_, c)) = chars.next() {
            let next = chars.peek().map(|&(_, c)| c);
            match c {
                _ if is_space(c) => (after_space, self.in_address) = (true, false),
                '"' | '“' | '”' | '„' | '«' | '»' | '‹' | '›' | '「' | '」' | '『' | '』' | '‘'
                | '’' | '＂' => {
                    // An apostrophe stands between letters.
                    let is_apostrophe = c == '’' && next.is_none();
                    match self.quotation {
                        Some(open) if closes(open, c) && !is_apostrophe => self.quotation = None,
                        None if opens_quotation(c) && (c != '‘' || after_space) => {
                            self.quotation = Some(c);
                        }
                        _ => {}
                    }
                }
                '.' | '!' | '?' | '…' => {
                    // After "Mr" and "J" the sentence goes on.
                    let before = &text[..at - between.len()];
                    let word =
                        before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
                    let is_abbreviation = word.chars().count() <= 2
                        && word.chars().next().is_some_and(char::is_uppercase);
                    let ends = next.is_none_or(|next| !next.is_ascii_digit())
                        && between.contains(is_space);
                    if ends && !(c == '.' && is_abbreviation) {
                        start = SENTENCE_START;
                    }
                }
                c if is_stop(c) => start = SENTENCE_START,
                _ => {}
            }
        }
        start
    }

    /// Looks at the whole paragraph once its words are read; returns whether it is an embedded post
    /// or names the author of one.
    fn finish(&mut self, behind: &str, paragraph: &str, flags: &mut [u8]) -> bool {
        self.is_post |= behind.contains("(@");
        if self.is_post {
            flags.iter_mut().for_each(|flags| *flags |= QUOTED);
        }
        let in_title_case = 10 * self.capitals >= 7 * self.cased;
        if flags.len() <= MAX_TITLE && in_title_case && !ends_a_sentence(paragraph) {
            flags.iter_mut().for_each(|flags| *flags &= !NAME);
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

/// Whether the mark `c` closes a quotation that `open` opened.
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

    /// The words of a text that have all these flags.
    fn flagged(text: &str, flag: u8) -> Vec<&str> {
        let words = Words::of(text, Folding::default());
        let mut annotations = Annotations::default();
        annotations.read(text, &words);
        let Annotations { flags, body, .. } = annotations;
        assert_eq!(flags.len(), words.len());
        assert_eq!(body, flags.iter().filter(|flags| *flags & BODY != 0).count());
        let flagged = words.spans().zip(&flags).filter(|(_, flags)| *flags & flag == flag);
        flagged.map(|(span, _)| &text[span]).collect()
    }

    #[test]
    fn page_clutter_is_not_body() {
        let text = "Share on Facebook\nBy Jane Smith\nThe river rose by two metres in a night, and the old bridge was closed.\n\
                    \nPhoto: the bridge at dawn, seen from the north bank of the river\n\n\
                    “Nobody was hurt,” the mayor said, “but it will take weeks to mend.”\nRead more\nSign up for our newsletter";
        let body = flagged(text, BODY);
        assert_eq!((body.len(), body[0], body[15], body[27]), (28, "The", "Nobody", "mend"));
        assert_eq!(
            flagged("one two three\nfour five six\n\nseven", BODY).len(),
            7,
            "without sentences all is body"
        );
        assert!(flagged("", BODY).is_empty());
    }

    #[test]
    fn quotations_are_found() {
        let quoted = |text| flagged(text, QUOTED).join(" ");
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
        // A quotation that is not closed ends with its paragraph.
        assert_eq!(quoted("“It rose.\nThe river fell."), "It rose");
        assert_eq!(
            quoted("Water!\n— Mayor (@mayor) May 1\nThe river fell."),
            "Water Mayor mayor May 1"
        );
    }

    #[test]
    fn names_numbers_and_sentences() {
        let text = "Flood Warning For River\nIn March 1987, Élise Müller left Mr. Bale and me. Nobody saw 3 of U.S. ships. He did.";
        assert_eq!(flagged(text, NAME), ["March", "Élise", "Müller", "Mr", "Bale"]);
        assert_eq!(flagged(text, NUMBER), ["1987", "3"]);
        assert_eq!(flagged(text, SENTENCE_START), ["Flood", "In", "Nobody", "He"]);
        assert!(flagged("ALL IN CAPITALS SAYS THE MAYOR", NAME).is_empty());
    }

    #[test]
    fn addresses_are_not_body() {
        let text = "Soup https://www.kitchen.example.org/soups/12345 enjoy";
        assert_eq!(flagged(text, BODY), ["Soup", "enjoy"]);
    }
}
