//! Statistical claims, tested statistically: fixed seeds, two-sided bounds.

mod support;

use newsprint::Shingle;
use newsprint::parts::{Banding, Join, MinHasher, Shingler, Sketcher, variance_factor};
use support::Random;

struct Trials {
    jaccard: f64,
    mean: f64,
    /// Standard error of the mean.
    error: f64,
    /// The variance, relative to J(1-J)/k.
    variance: f64,
    /// The shares of the estimates within one and two of their own standard errors.
    within: [f64; 2],
    /// The share of the trials in which the first four slots were all equal.
    band: f64,
}

/// Estimates the similarity of pairs of texts with `shared` elements in common and `own` more on
/// each side, where `piece(trial, i)` is an element.
fn trials(
    shingle: Shingle,
    [shared, own]: [u64; 2],
    count: u64,
    piece: impl Fn(u64, u64) -> String,
) -> Trials {
    let shingler = Shingler::new(shingle).expect("valid");
    let minhasher = MinHasher::default();
    let slots = minhasher.slots() as f64;
    let jaccard = shared as f64 / (shared + 2 * own) as f64;
    let (mut sum, mut squares, mut within, mut band) = (0.0, 0.0, [0.0; 2], 0.0);
    for trial in 0..count {
        let text = |ids: &mut dyn Iterator<Item = u64>| {
            let shingles: Vec<u64> =
                ids.flat_map(|i| shingler.shingles(&piece(trial, i))).collect();
            minhasher.sign(&shingles)
        };
        let a = text(&mut (0..shared + own));
        let b = text(&mut (0..shared).chain(shared + own..shared + 2 * own));
        let estimate = a.estimate(&b).expect("one size");
        sum += estimate.jaccard;
        squares += estimate.jaccard * estimate.jaccard;
        for (errors, within) in [1.0, 2.0].into_iter().zip(&mut within) {
            *within +=
                f64::from((estimate.jaccard - jaccard).abs() <= errors * estimate.standard_error);
        }
        band += f64::from(a.slots()[..4] == b.slots()[..4]);
    }
    let n = count as f64;
    let mean = sum / n;
    let spread = (squares / n - mean * mean) * n / (n - 1.0);
    Trials {
        jaccard,
        mean,
        error: (spread / n).sqrt(),
        variance: spread / (jaccard * (1.0 - jaccard) / slots),
        within: within.map(|w| w / n),
        band: band / n,
    }
}

/// The numbers of shared and own elements of sets of size `n` with a similarity near `jaccard`.
fn sizes(n: u64, jaccard: f64) -> [u64; 2] {
    let shared = (2.0 * n as f64 * jaccard / (1.0 + jaccard)).round() as u64;
    [shared, n - shared]
}

fn number(trial: u64, i: u64) -> String {
    (trial * 10_000 + i).to_string()
}

#[test]
fn estimates_of_articles_are_unbiased_and_vary_less_than_classic_minhash() {
    for (n, most) in [(100, 0.60), (300, 0.78), (600, 0.88)] {
        for jaccard in [0.3, 0.8] {
            let t = trials(Shingle::Words(1), sizes(n, jaccard), 8000, number);
            let off = (t.mean - t.jaccard) / t.error;
            println!(
                "n = {n}, J = {jaccard}: {off:+.2} standard errors, variance {:.3}",
                t.variance
            );
            assert!(off.abs() < 2.0, "n = {n}, J = {jaccard}: bias of {off:.2} standard errors");
            // The variance of 8,000 trials has a standard error of 1.6 %.
            let union = (n as f64 * 2.0) / (1.0 + t.jaccard);
            let told = variance_factor(union / 128.0);
            assert!(
                (t.variance / told - 1.0).abs() < 0.06,
                "n = {n}, J = {jaccard}: {} for {told}",
                t.variance
            );
            assert!(t.variance <= most, "n = {n}, J = {jaccard}: {}", t.variance);
        }
    }
}

#[test]
fn error_bars_hold_as_often_as_they_should() {
    for (n, jaccard) in [(10, 0.5), (40, 0.3), (100, 0.5), (300, 0.2), (300, 0.8), (1500, 0.5)] {
        let [shared, own] = sizes(n, jaccard);
        let t = trials(Shingle::Words(1), [shared, own.max(1)], 3000, number);
        // 68.3 % and 95.4 % for a normal distribution; this estimate has steps of 1/128, up to a
        // fifth of its error.
        assert!((0.61..0.76).contains(&t.within[0]), "n = {n}, J = {jaccard}: {:?}", t.within);
        assert!((0.93..0.98).contains(&t.within[1]), "n = {n}, J = {jaccard}: {:?}", t.within);
    }
}

/// Sets of similar elements, on which linear hashes are biased by 0.07.
#[test]
fn structured_sets_are_no_harder() {
    type Piece = fn(u64, u64) -> String;
    let pieces: [(&str, Shingle, Piece); 6] = [
        ("consecutive integers", Shingle::Words(1), |t, i| (t * 1000 + i).to_string()),
        ("the last letters differ", Shingle::Words(1), |t, i| {
            let letter = |n: u64| char::from(b'a' + (n % 26) as u8);
            format!("commonprefix{t}x{}{}", letter(i / 26), letter(i))
        }),
        ("long words, the last letters differ", Shingle::Words(1), |t, i| {
            let letter = |n: u64| char::from(b'a' + (n % 26) as u8);
            format!("averylongcommonprefixindeed{t}x{}{}", letter(i / 26), letter(i))
        }),
        ("addresses", Shingle::Words(5), |t, i| format!("www example com {t} {i}")),
        ("a phrase repeated", Shingle::Words(3), |t, i| format!("again {} again{t}", i)),
        ("five digits", Shingle::Letters(5), |t, i| format!("{:05}", (t * 317 + i) % 100_000)),
    ];
    for (name, shingle, piece) in pieces {
        for jaccard in [0.1, 0.5, 0.9] {
            let t = trials(shingle, sizes(300, jaccard), 2500, piece);
            let off = (t.mean - t.jaccard) / t.error;
            assert!(off.abs() < 3.5, "{name}, J = {jaccard}: bias of {off:.2} standard errors");
            let union = 600.0 / (1.0 + t.jaccard);
            let told = variance_factor(union / 128.0);
            assert!(
                (t.variance / told - 1.0).abs() < 0.12,
                "{name}, J = {jaccard}: {} for {told}",
                t.variance
            );
        }
    }
}

#[test]
fn a_band_agrees_with_probability_j_to_the_r() {
    for (n, jaccard) in [(40, 0.5), (100, 0.8), (300, 0.5), (600, 0.7)] {
        let count = 8000;
        let t = trials(Shingle::Words(1), sizes(n, jaccard), count, number);
        let expected = t.jaccard.powi(4);
        let error = (expected * (1.0 - expected) / count as f64).sqrt();
        assert!((t.band - expected).abs() < 3.5 * error, "n = {n}: {} for {expected}", t.band);
    }
}

/// If one letter changes, every bit of the hash of the shingle flips with probability one half.
#[test]
fn hashes_avalanche() {
    for shingle in [Shingle::Words(1), Shingle::Words(3), Shingle::Letters(8)] {
        let shingler = Shingler::new(shingle).expect("valid");
        let mut random = Random(11);
        let mut turned = [0u32; 64];
        let count = 6000;
        for _ in 0..count {
            let [a, b, c] = [0; 3].map(|_| format!("{}x{}", random.word(5000), random.word(5000)));
            let at = random.below(a.len());
            let mut other = a.clone().into_bytes();
            other[at] = b'a' + (other[at] - b'a' + 1 + random.below(25) as u8) % 26;
            let other = String::from_utf8(other).expect("ASCII");
            let (x, y) = match shingle {
                Shingle::Words(1) => (a, other),
                Shingle::Words(_) => (format!("{b} {a} {c}"), format!("{b} {other} {c}")),
                _ => (format!("{a:a<8}")[..8].into(), format!("{other:a<8}")[..8].into()),
            };
            let changed = shingler.shingles(&x)[0] ^ shingler.shingles(&y)[0];
            assert!(changed != 0 || x == y);
            for (bit, turned) in turned.iter_mut().enumerate() {
                *turned += (changed >> bit & 1) as u32;
            }
        }
        for (bit, turned) in turned.into_iter().enumerate() {
            let share = f64::from(turned) / f64::from(count);
            // Five standard errors; in some trials with letters the change is beyond the eighth
            // letter.
            let slack = if matches!(shingle, Shingle::Letters(_)) { 0.5 } else { 0.0323 };
            assert!((share - 0.5).abs() < slack, "{shingle}, bit {bit}: {share}");
        }
    }
}

/// The join reaches its recall at the threshold itself, which is the hardest case.
#[test]
fn the_join_finds_the_share_it_promises() {
    for (threshold, recall) in [(0.3, 0.9), (0.5, 0.99), (0.7, 0.95)] {
        let sketcher =
            Sketcher::new(Shingler::new(Shingle::Words(1)).expect("valid"), MinHasher::default());
        let banding = Banding::for_target(128, threshold, recall).expect("reachable");
        let (pairs, [shared, own]) = (4000, sizes(200, threshold));
        let mut texts = Vec::new();
        for pair in 0..pairs {
            let text = |ids: &mut dyn Iterator<Item = u64>| {
                ids.map(|i| number(pair, i)).collect::<Vec<_>>().join(" ")
            };
            texts.push(text(&mut (0..shared + own)));
            texts.push(text(&mut (0..shared).chain(shared + own..shared + 2 * own)));
        }
        let found =
            Join::new(banding, threshold * 0.8).candidates(&sketcher.sketch_all(&texts)).pairs;
        let found = found.iter().filter(|(a, b)| a / 2 == b / 2).count() as f64 / pairs as f64;
        let jaccard = shared as f64 / (shared + 2 * own) as f64;
        let expected = banding.probability(jaccard);
        let error = (expected * (1.0 - expected) / pairs as f64).sqrt();
        // The lower bound is plain; the upper one allows that competing slots help, by a little.
        assert!(found > expected - 3.5 * error, "{threshold}: {found} of {expected}");
        assert!(
            found < expected + 3.5 * error + 0.3 * (1.0 - expected),
            "{threshold}: {found} of {expected}"
        );
    }
}
