//! The key terms of a collection's articles, and the pairs of articles that these propose as
//! accounts of one event.

use std::sync::atomic::{AtomicU32, Ordering};

use crate::collection::Collection;
use crate::compare::figures::InCollection;
use crate::lsh::postings::Postings;
use crate::parallel;
use crate::sketch::lists::Lists;
use crate::sketch::story::{Closeness, Term, TermReader, TermWeights, cosine};
use crate::text::fold::Folding;
use crate::verify::policy::{LEAST_EVENT, is_close, is_near, not_worth_comparing};

/// Terms of so many texts are held for what comes; of more, only those in use. They take some half
/// a kilobyte a text.
const HELD: usize = 1 << 18;

/// Terms weighed by how many articles have them.
pub(super) struct KeyTerms<'a> {
    articles: &'a dyn Collection,
    folding: Folding,
    weights: TermWeights,
    /// Of each article; none of those not read yet.
    terms: Vec<Option<Box<[Term]>>>,
    /// Those read after the weights were learnt.
    held: Vec<u32>,
    /// How many others are near to each text, once they have been proposed.
    neighbours: Vec<u32>,
}

/// Two articles that may be accounts of one event, and how likely that is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Account {
    pub(super) left: u32,
    pub(super) right: u32,
    pub(super) event: f64,
}

/// The pairs of texts that key terms propose.
pub(super) struct Proposed {
    /// Those that are worth comparing, sorted, the smaller number first.
    pub(super) close: Vec<(u32, u32)>,
    /// Those that are close too, but not worth it: with what would be expected to be told.
    pub(super) unlikely: Vec<Account>,
    /// The others, if they are asked for.
    pub(super) others: Vec<(u32, u32)>,
    /// How many there are of both.
    pub(super) all: u64,
    /// How many keys were given.
    pub(super) keys: u64,
}

impl<'a> KeyTerms<'a> {
    /// Learns the weights from `texts`, and reads their terms.
    pub(super) fn learn(articles: &'a dyn Collection, folding: Folding, texts: &[u32]) -> Self {
        let terms = read(articles, folding, texts);
        let mut all = KeyTerms {
            articles,
            folding,
            weights: TermWeights::learn(&terms),
            terms: vec![None; articles.len()],
            held: Vec::new(),
            neighbours: vec![0; articles.len()],
        };
        all.put(texts, terms);
        all
    }

    /// Reads the terms of more texts.
    fn read(&mut self, texts: impl Iterator<Item = u32>) {
        let mut new: Vec<u32> = texts.filter(|&text| self.terms[text as usize].is_none()).collect();
        new.sort_unstable();
        new.dedup();
        let terms = read(self.articles, self.folding, &new);
        self.put(&new, terms);
        self.held.extend(new);
    }

    /// Lets go of the terms read since the weights were learnt, if they are many.
    fn make_room(&mut self) {
        if self.held.len() > HELD {
            self.held.drain(..).for_each(|text| self.terms[text as usize] = None);
        }
    }

    fn put(&mut self, texts: &[u32], terms: Vec<Box<[Term]>>) {
        for (&text, mut terms) in texts.iter().zip(terms) {
            self.weights.weigh(&mut terms);
            self.terms[text as usize] = Some(terms);
        }
    }

    /// The cosine of the terms of each of some pairs; reads the terms that are not read yet. Pairs
    /// with one left article should follow each other.
    pub(super) fn cosines(&mut self, pairs: &[(u32, u32)]) -> Vec<f64> {
        let mut cosines = Vec::with_capacity(pairs.len());
        for pairs in pairs.chunks(HELD / 2) {
            self.read(pairs.iter().flat_map(|&(a, b)| [a, b]));
            cosines.append(&mut self.cosines_of_read(pairs));
            self.make_room();
        }
        cosines
    }

    fn cosines_of_read(&self, pairs: &[(u32, u32)]) -> Vec<f64> {
        let groups: Vec<&[(u32, u32)]> = pairs.chunk_by(|a, b| a.0 == b.0).collect();
        let cosines = parallel::map(groups.len(), Closeness::default, |closeness, group| {
            closeness.set_left(self.of(groups[group][0].0));
            groups[group]
                .iter()
                .map(|&(_, right)| closeness.to(self.of(right)))
                .collect::<Vec<f64>>()
        });
        cosines.concat()
    }

    /// What is known of two texts.
    pub(super) fn known(&self, left: u32, right: u32) -> InCollection {
        self.with_cosine(left, right, cosine(self.of(left), self.of(right)))
    }

    fn with_cosine(&self, left: u32, right: u32, cosine: f64) -> InCollection {
        let [left, right] = [left, right].map(|text| u64::from(self.neighbours[text as usize]));
        InCollection { cosine, neighbours: (left * right).isqrt() }
    }

    /// Proposes pairs of `texts`, which ascend: those that have two of their best terms in common
    /// and are close; and counts how many are near to each. `apart` tells how many seconds are
    /// between two, if that is known, and pairs further apart than the `window` are counted but not
    /// proposed; nor are those that are hardly likely to be told of `least`. The `others` are kept
    /// if they are asked for.
    ///
    /// A nanosecond or two for each text with a term in common, of which each term has a thousand
    /// at most, and 100 for each pair with two.
    pub(super) fn propose(
        &mut self,
        texts: &[u32],
        window: Option<u64>,
        apart: impl Fn(u32, u32) -> Option<u64> + Sync + Send,
        least: f64,
        others: bool,
    ) -> Proposed {
        let keys = Lists::of(parallel::map(texts.len(), || (), |(), i| self.keys(texts[i])));
        let of = |text: u32| keys.get(texts.partition_point(|&other| other < text));
        // A term of too many texts is no key.
        let postings = Postings::new(texts, of, usize::MAX, |_| false);
        let counts: Vec<AtomicU32> = self.neighbours.iter().map(|_| AtomicU32::new(0)).collect();
        let in_time = |left, right| {
            apart(left, right).zip(window).is_none_or(|(apart, window)| apart <= window)
        };
        let this = &*self;
        let to_none = || (Closeness::default(), u32::MAX);
        let closeness = |(to, of): &mut (Closeness, u32), left, right| {
            if std::mem::replace(of, left) != left {
                to.set_left(this.of(left));
            }
            to.to(this.of(right))
        };
        let (all, mut close) = postings.pairs(2, to_none, |memory, left, right, _| {
            let near = is_near(closeness(memory, left, right));
            for text in [left, right].into_iter().filter(|_| near) {
                counts[text as usize].fetch_add(1, Ordering::Relaxed);
            }
            others || near && in_time(left, right)
        });
        let keys = postings.len() as u64;
        let cosines = parallel::map(close.len(), to_none, |memory, i| {
            closeness(memory, close[i].0, close[i].1)
        });
        self.neighbours = counts.into_iter().map(AtomicU32::into_inner).collect();
        let this = &*self;
        // How likely one event is expected to be of those that are not worth comparing: 0 of what
        // is not close.
        let not_worth_it = parallel::map(
            close.len(),
            || (),
            |(), i| {
                let (left, right) = close[i];
                let known = this.with_cosine(left, right, cosines[i]);
                match in_time(left, right) && is_close(known) {
                    true => not_worth_comparing(known, apart(left, right), least),
                    false => Some(0.0),
                }
            },
        );
        let mut not_worth_it = not_worth_it.into_iter();
        let (mut far, mut unlikely) = (Vec::new(), Vec::new());
        close.retain(|&(left, right)| {
            let Some(event) = not_worth_it.next().flatten() else { return true };
            far.extend(others.then_some((left, right)));
            unlikely.extend((event >= LEAST_EVENT).then_some(Account { left, right, event }));
            false
        });
        Proposed { close, unlikely, others: far, all, keys }
    }

    /// Words of a text that have these terms, one for each, if they are among its first.
    pub(super) fn words(&self, text: u32, terms: &[u32]) -> Vec<String> {
        let mut buffer = String::new();
        let text = self.articles.text(text as usize, &mut buffer);
        let places = TermReader::default().places(text, self.folding, terms);
        places.into_iter().flatten().map(|place| text[place].to_owned()).collect()
    }

    /// The best terms of a text, of which two must be another's.
    fn keys(&self, text: u32) -> Box<[u32]> {
        self.weights.paired(self.of(text), 2, |_| false).iter().map(|term| term.hash()).collect()
    }

    /// The terms of a text, which must have been read.
    pub(super) fn of(&self, text: u32) -> &[Term] {
        self.terms[text as usize].as_deref().unwrap_or_default()
    }
}

fn read(articles: &dyn Collection, folding: Folding, texts: &[u32]) -> Vec<Box<[Term]>> {
    parallel::map(texts.len(), <(TermReader, String)>::default, |(reader, buffer), i| {
        Box::from(&*reader.read(articles.text(texts[i] as usize, buffer), folding))
    })
}
