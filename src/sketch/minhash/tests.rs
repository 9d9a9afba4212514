use super::*;
use crate::hash::mix;
use crate::simd::slots::EMPTY;

fn signature(slots: usize, hashes: impl IntoIterator<Item = u64>) -> Signature {
    MinHasher::new(slots).expect("valid").sign(&hashes.into_iter().map(mix).collect::<Vec<_>>())
}

#[test]
fn order_and_repetition_do_not_matter() {
    for slots in [16, 128, 1024] {
        for count in [1, 2, 7, 100, 5000] {
            let once = signature(slots, 0..count);
            assert_eq!(once.slots(), signature(slots, (0..count).rev()).slots());
            assert_eq!(once.slots(), signature(slots, (0..count).chain(0..count)).slots());
            assert!(
                once.slots().iter().all(|&slot| slot != EMPTY),
                "{slots} slots, {count} elements"
            );
        }
    }
}

#[test]
fn the_empty_set_is_similar_to_nothing() {
    let empty = signature(128, []);
    assert!(empty.is_empty());
    for other in [&empty, &signature(128, 0..10)] {
        assert_eq!(empty.estimate(other), Ok(Estimate { jaccard: 0.0, standard_error: 0.0 }));
    }
}

#[test]
fn sizes_are_checked() {
    for slots in [0, 8, 100, 2048] {
        assert!(MinHasher::new(slots).is_err(), "{slots}");
    }
    let error = signature(64, 0..9).estimate(&signature(128, 0..9)).unwrap_err().to_string();
    assert_eq!(error, "made differently: number of slots is 64 on the left and 128 on the right");
}

/// An element with the greatest value must not look like an empty slot.
#[test]
fn the_greatest_value_is_not_empty() {
    let slots = MinHasher::new(16).expect("valid").sign(&[u64::MAX, u64::MAX - 1, 0xFFFF_FFFF]);
    assert!(slots.slots().iter().all(|&slot| slot != EMPTY));
}

/// Every element of a set is equally likely to own a slot: chi-squared over the elements,
/// two-sided.
#[test]
fn every_element_wins_as_often() {
    let (slots, count, sets) = (64, 40, 4000);
    let minhasher = MinHasher::new(slots).expect("valid");
    let mut wins = vec![0u32; count];
    for set in 0..sets {
        let elements: Vec<u64> = (0..count as u64).map(|i| mix(set << 10 | i)).collect();
        let whole = minhasher.sign(&elements);
        for (i, wins) in wins.iter_mut().enumerate() {
            let without: Vec<u64> =
                elements.iter().enumerate().filter(|e| e.0 != i).map(|e| *e.1).collect();
            // The slots that change without an element are those it owned. Some change twice over:
            // its going may leave a slot open for a later round.
            *wins += slots as u32 - equal_slots(whole.slots(), minhasher.sign(&without).slots());
        }
    }
    let mean = wins.iter().sum::<u32>() as f64 / count as f64;
    assert!((mean / (sets as f64 * slots as f64 / count as f64) - 1.0).abs() < 0.35, "{mean}");
    let chi: f64 = wins.iter().map(|&w| (f64::from(w) - mean).powi(2) / mean).sum();
    // 39 degrees of freedom; wins of one set exclude each other, so the sum runs a little low.
    assert!((10.0..73.0).contains(&chi), "{chi}");
}
