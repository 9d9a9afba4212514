//! How many words of one body stand where in the shared passages.

use std::cmp::Ordering;

use crate::compare::coverage::Coverage;
use crate::text::annotations::{BODY, QUOTED};

/// Words of the beginning, and of the end, that are counted separately.
pub(super) const LEAD_WORDS: usize = 50;
/// The shortest run outside quotations that counts, in words.
const MIN_RUN: usize = 6;

/// The counts of one text. Places are counted in words of the body.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct BodyCounts {
    pub(super) body: usize,
    pub(super) quoted: usize,
    /// Inside passages, edits included.
    pub(super) covered: usize,
    pub(super) verbatim: usize,
    pub(super) unquoted_verbatim: usize,
    /// Unquoted verbatim words in runs of [`MIN_RUN`] or more.
    pub(super) unquoted_in_runs: usize,
    /// The longest run of unquoted verbatim words.
    pub(super) longest_run: usize,
    pub(super) quoted_verbatim: usize,
    /// Verbatim words outside the body.
    pub(super) clutter_verbatim: usize,
    /// The place of the first covered word, or the length of the body.
    pub(super) first_covered: usize,
    /// The sum of the places of all covered words.
    pub(super) covered_places: usize,
    pub(super) lead_verbatim: usize,
    pub(super) tail_verbatim: usize,
}

impl BodyCounts {
    /// Counts the words of a text whose body has `body` words.
    pub(super) fn of(body: usize, coverage: &[Coverage], flags: &[u8]) -> Self {
        let mut counts = BodyCounts { body, first_covered: body, ..BodyCounts::default() };
        let (mut place, mut run) = (0, 0);
        let tail = body.saturating_sub(LEAD_WORDS);
        for (&coverage, &flags) in coverage.iter().zip(flags) {
            let verbatim = usize::from(coverage == Coverage::Verbatim);
            if flags & BODY == 0 {
                counts.clutter_verbatim += verbatim;
                continue;
            }
            let quoted = usize::from(flags & QUOTED != 0);
            counts.quoted += quoted;
            counts.quoted_verbatim += quoted & verbatim;
            counts.unquoted_verbatim += (1 - quoted) & verbatim;
            counts.verbatim += verbatim;
            if coverage > Coverage::Outside {
                counts.covered += 1;
                counts.first_covered = counts.first_covered.min(place);
                counts.covered_places += place;
            }
            counts.lead_verbatim += verbatim & usize::from(place < LEAD_WORDS);
            counts.tail_verbatim += verbatim & usize::from(place >= tail);
            if verbatim > quoted {
                run += 1;
                counts.longest_run = counts.longest_run.max(run);
                counts.unquoted_in_runs += match run.cmp(&MIN_RUN) {
                    Ordering::Less => 0,
                    Ordering::Equal => MIN_RUN,
                    Ordering::Greater => 1,
                };
            } else {
                run = 0;
            }
            place += 1;
        }
        counts
    }
}
