use proptest::prelude::*;
use xxhash_rust::xxh3::xxh3_64;

use super::*;
use crate::lsh::banding::Banding;
use crate::lsh::table::LshTable;

fn sketcher() -> Sketcher {
    let shingler = Shingler::new(Shingle::Words(2)).expect("valid").with_seed(7);
    Sketcher::new(shingler, MinHasher::new(16).expect("valid"))
}

const TEXTS: [&str; 3] = ["The river rose by two metres in a night.", "", "Rain in the north."];

fn table() -> LshTable {
    let banding = Banding::new(8, 2).expect("valid");
    let table = LshTable::from_matrix(sketcher().sketch_all(&TEXTS), banding, 0.5).expect("fits");
    table.with_bucket_limit(99)
}

/// One of each kind, as bytes.
fn stored() -> [(Kind, Vec<u8>); 5] {
    let sketch = sketcher().sketch(TEXTS[0]);
    [
        (Kind::Signature, sketch.signature().to_bytes()),
        (Kind::Sketch, sketch.to_bytes()),
        (Kind::Matrix, sketcher().sketch_all(&TEXTS).to_bytes()),
        (Kind::SimHash, SimHasher::new(128).expect("valid").hash(&[1, 2, 3]).to_bytes()),
        (Kind::Table, table().to_bytes()),
    ]
}

/// Reads bytes as one kind; returns the bytes of what was read.
fn read_as(kind: Kind, bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let sketcher = sketcher();
    match kind {
        Kind::Signature => {
            Signature::from_bytes(bytes, &sketcher.minhasher()).map(|it| it.to_bytes())
        }
        Kind::Sketch => Sketch::from_bytes(bytes, &sketcher).map(|it| it.to_bytes()),
        Kind::Matrix => SketchMatrix::from_bytes(bytes, &sketcher).map(|it| it.to_bytes()),
        Kind::SimHash => {
            SimHash::from_bytes(bytes, &SimHasher::new(128).expect("valid")).map(|it| it.to_bytes())
        }
        Kind::Table => LshTable::from_bytes(bytes, &sketcher).map(|it| it.to_bytes()),
    }
}

/// The same bytes with the checksum that belongs to them.
fn with_checksum(mut bytes: Vec<u8>) -> Vec<u8> {
    let body = bytes.len().saturating_sub(8);
    bytes.truncate(body);
    let sum = xxh3_64(&bytes);
    bytes.extend(sum.to_le_bytes());
    bytes
}

#[test]
fn stored_bytes_are_the_same_on_every_machine() {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let [signature, sketch, matrix, simhash, table] = stored().map(|(_, bytes)| bytes);
    assert_eq!(
        hex(&signature),
        "4e50534b0101000010000000080000\
         00970f83d4216699b6d580281a71f4e92dbde7c581586893463afe151865b7c2820d25beeb0c34fdb02dad2428\
         79d0d5caecdd2f7fc72eb6d2d884ebdedba43453ab2bece109dc574f"
    );
    assert_eq!(
        hex(&simhash),
        "4e50534b040100008000000000000000cd5e0399ec350a9543ac8c6b804fcabff73318441b679e5e"
    );
    assert_eq!(
        hex(&sketch[..36]),
        "4e50534b0201000002000000020000001000000000000000070000000000000008000000"
    );
    let sums = [&sketch, &matrix, &table].map(|bytes| (bytes.len(), xxh3_64(bytes)));
    let expected = [
        (108, 17_073_616_839_952_345_012),
        (252, 9_556_566_712_744_538_913),
        (276, 13_981_227_771_078_882_018),
    ];
    assert_eq!(sums, expected);
}

#[test]
fn what_is_read_is_what_was_stored() {
    for (kind, bytes) in stored() {
        assert_eq!(read_as(kind, &bytes), Ok(bytes), "{kind:?}");
    }
    let again = LshTable::from_bytes(&table().to_bytes(), &sketcher()).expect("whole");
    for text in TEXTS {
        let query = sketcher().sketch(text);
        assert_eq!(again.query(&query), table().query(&query));
    }
    assert_eq!(again.query(&sketcher().sketch(TEXTS[2])).expect("the same")[0].id, 2);
    let none = sketcher().sketch_all(&[""; 0]);
    assert_eq!(SketchMatrix::from_bytes(&none.to_bytes(), &sketcher()), Ok(none));
}

#[test]
fn what_was_made_differently_is_refused_by_name() {
    let with =
        |shingler: Shingler, slots| Sketcher::new(shingler, MinHasher::new(slots).expect("valid"));
    let shingler = sketcher().shingler();
    let words = Shingler::new(Shingle::Words(3)).expect("valid");
    for (other, what) in [
        (with(shingler.with_seed(8), 16), "seed is 7 on the left and 8 on the right"),
        (with(words.with_seed(7), 16), "shingle is words:2 on the left and words:3 on the right"),
        (with(shingler, 32), "number of slots is 16 on the left and 32 on the right"),
        (
            with(shingler.with_folding(Folding::default().plain_i(true)), 16),
            "a plain i for the Turkish ones is false on the left and true on the right",
        ),
    ] {
        let [_, (_, sketch), (_, matrix), _, (_, table)] = stored();
        for error in [
            Sketch::from_bytes(&sketch, &other).map(|_| ()),
            SketchMatrix::from_bytes(&matrix, &other).map(|_| ()),
            LshTable::from_bytes(&table, &other).map(|_| ()),
        ] {
            let error = error.expect_err("made differently");
            assert_eq!(error.kind(), ErrorKind::Mismatch);
            assert_eq!(error.to_string(), format!("made differently: {what}"));
        }
    }
    let [(_, signature), .., (_, simhash), _] = stored();
    let minhasher = MinHasher::new(64).expect("valid");
    let error = Signature::from_bytes(&signature, &minhasher).expect_err("of other size");
    assert_eq!(error.kind(), ErrorKind::Mismatch);
    let simhasher = SimHasher::new(64).expect("valid");
    let error = SimHash::from_bytes(&simhash, &simhasher).expect_err("of other size");
    assert_eq!(error.kind(), ErrorKind::Mismatch);
    // One kind for another.
    for (kind, bytes) in stored() {
        for other in Kind::ALL.into_iter().filter(|&other| other != kind) {
            let error = read_as(other, &bytes).expect_err("of another kind");
            assert_eq!(error.kind(), ErrorKind::Mismatch);
            let message = format!("the stored {} is a {}", other.name(), kind.name());
            assert_eq!(error.to_string(), message);
        }
    }
}

#[test]
fn other_versions_are_told_from_damage() {
    for (kind, bytes) in stored() {
        let mut newer = bytes.clone();
        newer[5] = 2;
        let error = read_as(kind, &with_checksum(newer)).expect_err("newer");
        assert_eq!(error.kind(), ErrorKind::Newer, "{error}");
        if !matches!(kind, Kind::Signature | Kind::SimHash) {
            for (version, is) in [(1, ErrorKind::Older), (3, ErrorKind::Newer)] {
                let mut folded = bytes.clone();
                folded[8] = version;
                let error = read_as(kind, &with_checksum(folded)).expect_err("folded otherwise");
                assert_eq!(error.kind(), is, "{error}");
            }
        }
        assert_eq!(read_as(kind, b"").expect_err("nothing").kind(), ErrorKind::Damaged);
        assert_eq!(
            read_as(kind, &with_checksum(vec![0; 64])).expect_err("no sketch").kind(),
            ErrorKind::Mismatch
        );
    }
}

#[test]
fn every_damage_is_noticed() {
    for (kind, bytes) in stored() {
        for len in 0..bytes.len() {
            assert!(read_as(kind, &bytes[..len]).is_err(), "{kind:?} of {len} bytes");
            // Cut where the checksum is right again.
            assert!(
                read_as(kind, &with_checksum(bytes[..len].to_vec())).is_err() || len == bytes.len()
            );
        }
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x40;
            assert!(read_as(kind, &damaged).is_err(), "{kind:?} at {at}");
        }
        assert!(read_as(kind, &with_checksum([&bytes[..], &[0; 4]].concat())).is_err(), "{kind:?}");
    }
}

proptest! {
    /// Whatever a hostile writer puts behind a right checksum, it is refused or it is what a sketch
    /// can be; and counts beyond the bytes are refused before anything is allocated for them.
    #[test]
    fn hostile_bytes_are_no_danger(
        number in 0..5usize,
        changes in prop::collection::vec((8..140usize, any::<u8>()), 1..6),
        large in prop::option::of((0..16usize, prop_oneof![Just(u32::MAX), Just(1 << 31), any::<u32>()])),
        tail in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let [signature, sketch, matrix, simhash, table] = stored();
        let (kind, mut bytes) = [signature, sketch, matrix, simhash, table][number].clone();
        for (at, byte) in changes {
            let len = bytes.len();
            bytes[at % len] = byte;
        }
        if let Some((at, value)) = large {
            let at = 8 + 4 * at;
            if let Some(field) = bytes.get_mut(at..at + 4) {
                field.copy_from_slice(&value.to_le_bytes());
            }
        }
        bytes.extend(tail);
        for bytes in [with_checksum(bytes.clone()), bytes] {
            for kind in [kind, Kind::Signature, Kind::Sketch, Kind::Matrix, Kind::SimHash, Kind::Table] {
                if let Ok(again) = read_as(kind, &bytes) {
                    prop_assert_eq!(&again, &bytes);
                }
            }
        }
    }
}
