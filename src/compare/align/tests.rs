use super::*;
use crate::hash::mix;
use proptest::prelude::*;
use std::collections::HashMap;

const TILE: usize = ByWords::MIN_TILE;
const SEED: usize = ByWords::SEED;

fn blocks(left: &[u64], right: &[u64]) -> Vec<Vec<Run>> {
    Alignment::of::<ByWords>(left, right).blocks
}

/// Every maximal common run of `TILE` words or more, by comparing every place with every other.
fn oracle(left: &[u64], right: &[u64]) -> Vec<Run> {
    let mut runs = Vec::new();
    for i in 0..left.len() {
        for j in 0..right.len() {
            if i > 0 && j > 0 && left[i - 1] == right[j - 1] {
                continue;
            }
            let len = common(left[i..].iter(), right[j..].iter());
            if len >= TILE {
                runs.push(Run { left: i, right: j, len });
            }
        }
    }
    runs
}

fn covered(blocks: &[Vec<Run>], len: usize, side: impl Fn(&Run) -> (usize, usize)) -> Vec<bool> {
    let mut covered = vec![false; len];
    for block in blocks {
        let (start, end) = (side(&block[0]).0, side(&block[block.len() - 1]).1);
        assert!(covered[start..end].iter().all(|c| !c), "two blocks overlap");
        covered[start..end].fill(true);
    }
    covered
}

fn check(left: &[u64], right: &[u64]) -> Result<(), TestCaseError> {
    let found = blocks(left, right);
    for block in &found {
        for run in block {
            prop_assert_eq!(&left[run.left..run.left_end()], &right[run.right..run.right_end()]);
            prop_assert!(run.len > 0);
        }
        for pair in block.windows(2) {
            prop_assert!(
                pair[0].left_end() <= pair[1].left && pair[0].right_end() <= pair[1].right
            );
            prop_assert!(gap::<ByWords>(&pair[0], &pair[1]) != Some(0), "runs that should be one");
        }
    }
    prop_assert!(found.windows(2).all(|b| b[0][0].left < b[1][0].left));
    let in_left = covered(&found, left.len(), |run| (run.left, run.left_end()));
    let in_right = covered(&found, right.len(), |run| (run.right, run.right_end()));
    let mut swapped = blocks(right, left);
    for run in swapped.iter_mut().flatten() {
        *run = run.swapped();
    }
    swapped.sort_unstable_by_key(|block| block[0].left);
    prop_assert_eq!(&swapped, &found);

    // A word that is repeated on its side may have been matched elsewhere. But where no seed is
    // frequent, one of the two words of each pair of the oracle must be in a block.
    let often = |words: &[u64]| {
        let mut counts: HashMap<&[u64], u32> = HashMap::new();
        words.windows(SEED).for_each(|seed| *counts.entry(seed).or_default() += 1);
        counts.values().any(|&count| count > MAX_SEED_PLACES)
    };
    if !often(left) && !often(right) {
        for run in oracle(left, right) {
            for i in 0..run.len {
                prop_assert!(in_left[run.left + i] || in_right[run.right + i], "{:?} + {}", run, i);
            }
        }
    }
    Ok(())
}

/// Two texts made from the same pieces: moved, repeated, edited.
fn related(alphabet: u64) -> impl Strategy<Value = (Vec<u64>, Vec<u64>)> {
    let word = move || 0..alphabet;
    let pieces = proptest::collection::vec(proptest::collection::vec(word(), 1..30), 1..8);
    let part =
        move || prop_oneof![4 => (0..8usize, 0..6u64).prop_map(Ok), 1 => word().prop_map(Err)];
    let plan = move || proptest::collection::vec(part(), 0..12);
    (pieces, plan(), plan()).prop_map(move |(pieces, a, b)| {
        let build = |plan: Vec<Result<(usize, u64), u64>>| {
            let mut words = Vec::new();
            for part in plan {
                match part {
                    Ok((piece, edit)) => {
                        let piece = &pieces[piece % pieces.len()];
                        let changed = |i: usize| edit > 2 && mix(i as u64 + edit).is_multiple_of(9);
                        words.extend(
                            piece
                                .iter()
                                .enumerate()
                                .filter(|(i, _)| !changed(*i))
                                .map(|(_, &w)| mix(w)),
                        );
                    }
                    Err(word) => words.push(mix(word)),
                }
            }
            words
        };
        (build(a), build(b))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn as_the_oracle_with_many_words((left, right) in related(2000)) {
        check(&left, &right)?;
    }

    #[test]
    fn as_the_oracle_with_few_words((left, right) in related(6)) {
        check(&left, &right)?;
    }

    #[test]
    fn identical_texts_are_one_run((text, _) in related(4)) {
        let whole = if text.len() < TILE { None } else { Some(vec![Run { left: 0, right: 0, len: text.len() }]) };
        prop_assert_eq!(blocks(&text, &text), whole.into_iter().collect::<Vec<_>>());
    }
}

#[test]
fn unrepeated_runs_are_covered_on_both_sides() {
    let words: Vec<u64> = (0..400).map(mix).collect();
    // Paragraphs moved, one left out, one put in, one word changed.
    let mut other: Vec<u64> = words[200..300].to_vec();
    other.extend((1000..1020).map(mix));
    other.extend(&words[0..150]);
    other[150] = mix(5000);
    let found = blocks(&words, &other);
    let in_left = covered(&found, words.len(), |run| (run.left, run.left_end()));
    let in_right = covered(&found, other.len(), |run| (run.right, run.right_end()));
    for (i, covered) in in_left.iter().enumerate() {
        assert_eq!(*covered, i < 150 || (200..300).contains(&i), "{i}");
    }
    for (j, covered) in in_right.iter().enumerate() {
        assert_eq!(*covered, !(100..120).contains(&j), "{j}");
    }
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].len(), 2, "the changed word splits the run, not the block");
}

#[test]
fn short_runs_count_only_in_chains() {
    let base: Vec<u64> = (0..60).map(mix).collect();
    // Every fifth word replaced: nothing but runs of four.
    let spun: Vec<u64> = base
        .iter()
        .enumerate()
        .map(|(i, &w)| if i % 5 == 4 { mix(1000 + i as u64) } else { w })
        .collect();
    let found = blocks(&base, &spun);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].iter().map(|run| run.len).sum::<usize>(), 48);
    // One such run alone does not count.
    let alone: Vec<u64> = (2000..2040).chain(10..14).chain(3000..3040).map(mix).collect();
    assert_eq!(blocks(&base, &alone), Vec::<Vec<Run>>::new());
}

#[test]
fn linear_even_on_hostile_texts() {
    let len = 200_000;
    let one = vec![mix(1); len];
    let two: Vec<u64> = (0..len as u64).map(|i| mix(i % 2)).collect();
    let interrupted: Vec<u64> =
        (0..len as u64).map(|i| if i % 100 == 7 { mix(i) } else { mix(1) }).collect();
    let random: Vec<u64> = (0..len as u64).map(|i| mix(mix(i) % 3)).collect();
    let other: Vec<u64> = (0..len as u64).map(|i| mix(mix(i + 1_000_000) % 3)).collect();
    for (a, b) in [
        (&one, &one),
        (&one, &two),
        (&two, &two),
        (&one, &interrupted),
        (&interrupted, &two),
        (&random, &other),
    ] {
        let clock = std::time::Instant::now();
        blocks(a, b);
        // It takes a quarter of a second at most; quadratic work would take minutes.
        assert!(clock.elapsed().as_secs_f64() < 5.0);
    }
}
