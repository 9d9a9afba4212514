//! Winnowing: which shingles of a text are its fingerprints.
//!
//! Of every `window` shingles in a row the one with the least key is selected, of equal ones the
//! last. Two texts that share a run of `window` shingles share that window, and so its selected
//! shingle: every common run of `window + width - 1` words has a common fingerprint, wherever it
//! stands and however large the collection. If keys are random, 2 / (window + 1) of the shingles
//! are selected. (S. Schleimer, D. Wilkerson, A. Aiken, "Winnowing: local algorithms for document
//! fingerprinting", SIGMOD 2003. This follows the definition in the paper, not the code in its
//! figure 5, which its author says has two bugs.)
//!
//! The guarantee holds for any choice that depends on the shingles of the window alone. Here
//! most shingles that occur once are never selected: they can have no counterpart. So a window
//! mostly selects a shingle that another text has too, if there is one, and an edited passage is
//! found by what is left unchanged in it.
//!
//! A shingle is selected in some window if those to its left with a smaller key, and to its right
//! with one that is not greater, are far enough apart. A stack of ascending keys finds both in
//! linear time.

/// A shingle that may be selected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) place: u32,
    pub(super) key: u32,
}

/// The memory of [`winnow`].
#[derive(Debug, Default)]
pub(super) struct Winnower {
    stack: Vec<Choice>,
    selected: Vec<u32>,
}

impl Winnower {
    /// The places of the fingerprints of a text of `len` shingles, ascending. `choices` are those
    /// that may be selected, ascending by place. O(choices) time, and sorting what is selected.
    pub(super) fn winnow(&mut self, choices: &[Choice], len: usize, window: usize) -> &[u32] {
        let Winnower { stack, selected } = self;
        stack.clear();
        selected.clear();
        if len < window {
            return selected;
        }
        let mut pop = |stack: &mut Vec<Choice>, end: usize| {
            let Some(Choice { place, .. }) = stack.pop() else { return };
            // The shingles among which it is the one to select.
            let start = stack.last().map_or(0, |before| before.place as usize + 1);
            if end - start >= window {
                selected.push(place);
            }
        };
        for choice in choices {
            while stack.last().is_some_and(|last| last.key >= choice.key) {
                pop(stack, choice.place as usize);
            }
            stack.push(*choice);
        }
        while !stack.is_empty() {
            pop(stack, len);
        }
        selected.sort_unstable();
        selected
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::mix;
    use proptest::prelude::*;

    /// The fingerprints of a text, of which only shingles with these keys may be selected.
    fn selected(keys: &[Option<u32>], window: usize) -> Vec<usize> {
        let choices =
            (0..).zip(keys).filter_map(|(place, key)| Some(Choice { place, key: (*key)? }));
        let choices: Vec<Choice> = choices.collect();
        let mut winnower = Winnower::default();
        winnower.winnow(&choices, keys.len(), window).iter().map(|&place| place as usize).collect()
    }

    proptest! {
        #[test]
        fn every_window_has_its_least_key(
            keys in proptest::collection::vec(proptest::option::of(0u32..12), 0..60),
            window in 1usize..9,
        ) {
            let least = |(start, keys): (usize, &[Option<u32>])| {
                let with_keys = keys.iter().enumerate().filter(|(_, key)| key.is_some());
                with_keys.rev().min_by_key(|(_, key)| **key).map(|(place, _)| start + place)
            };
            let mut expected: Vec<usize> =
                keys.windows(window).enumerate().filter_map(least).collect();
            expected.dedup();
            prop_assert_eq!(selected(&keys, window), expected);
        }

        #[test]
        fn a_common_run_has_a_common_fingerprint(
            run in proptest::collection::vec(0u32..1000, 7..30),
            [before, after, before_other, after_other] in
                [(); 4].map(|()| proptest::collection::vec(0u32..1000, 0..20)),
        ) {
            let texts = [[&before[..], &run, &after], [&before_other[..], &run, &after_other]];
            let in_run = texts.map(|parts| {
                let start = parts[0].len();
                let keys: Vec<Option<u32>> = parts.concat().into_iter().map(Some).collect();
                let places = selected(&keys, 7).into_iter();
                let inside = places.filter(|&p| p >= start && p < start + run.len());
                inside.map(|p| p - start).collect::<Vec<_>>()
            });
            prop_assert!(in_run[0].iter().any(|place| in_run[1].contains(place)));
        }
    }

    #[test]
    fn two_in_a_window_and_one_are_selected() {
        let keys: Vec<Option<u32>> = (0..100_000).map(|i| Some(mix(i) as u32)).collect();
        let density = selected(&keys, 20).len() as f64 / keys.len() as f64;
        assert!((density - 2.0 / 21.0).abs() < 0.002, "{density}");
    }
}
