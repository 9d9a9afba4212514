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
//! The guarantee holds for any keys, as long as they depend on the shingle alone. Here shingles
//! that only one text has come last: a window then selects a shingle that another text has too,
//! if there is one, and finds an edited passage by what is left unchanged in it.

/// Calls `select` with the place of each fingerprint among `keys`, ascending, each once. O(keys)
/// time if the order of keys is random.
pub(super) fn winnow(keys: &[u64], window: usize, mut select: impl FnMut(usize)) {
    let mut selected = None;
    for end in window.max(1)..=keys.len() {
        let start = end - window.max(1);
        let last = end - 1;
        let next = match selected {
            Some(place) if place >= start && keys[last] > keys[place] => place,
            Some(place) if place >= start => last,
            _ => least(&keys[start..end]) + start,
        };
        if selected != Some(next) {
            select(next);
            selected = Some(next);
        }
    }
}

/// The place of the least key, of equal ones the last.
fn least(keys: &[u64]) -> usize {
    let mut best = 0;
    for (place, key) in keys.iter().enumerate() {
        if *key <= keys[best] {
            best = place;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::mix;
    use proptest::prelude::*;

    fn selected(keys: &[u64], window: usize) -> Vec<usize> {
        let mut places = Vec::new();
        winnow(keys, window, |place| places.push(place));
        places
    }

    proptest! {
        #[test]
        fn every_window_has_its_least_key(
            keys in proptest::collection::vec(0u64..12, 0..60),
            window in 1usize..9,
        ) {
            let mut expected: Vec<usize> =
                keys.windows(window).enumerate().map(|(start, keys)| start + least(keys)).collect();
            expected.dedup();
            prop_assert_eq!(selected(&keys, window), expected);
        }

        #[test]
        fn a_common_run_has_a_common_fingerprint(
            run in proptest::collection::vec(0u64..1000, 7..30),
            [before, after, before_other, after_other] in
                [(); 4].map(|()| proptest::collection::vec(0u64..1000, 0..20)),
        ) {
            let texts = [[&before[..], &run, &after], [&before_other[..], &run, &after_other]];
            let in_run = texts.map(|parts| {
                let start = parts[0].len();
                let places = selected(&parts.concat(), 7).into_iter();
                let inside = places.filter(|&p| p >= start && p < start + run.len());
                inside.map(|p| p - start).collect::<Vec<_>>()
            });
            prop_assert!(in_run[0].iter().any(|place| in_run[1].contains(place)));
        }
    }

    #[test]
    fn two_in_a_window_and_one_are_selected() {
        let keys: Vec<u64> = (0..100_000).map(mix).collect();
        let density = selected(&keys, 20).len() as f64 / keys.len() as f64;
        assert!((density - 2.0 / 21.0).abs() < 0.002, "{density}");
    }
}
