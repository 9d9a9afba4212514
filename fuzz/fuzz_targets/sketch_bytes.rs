//! Any bytes, read as stored sketches of every kind, with the checksum that belongs to them and
//! without: they are refused, or they are what is stored again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use newsprint::parts::{LshTable, Signature, SimHash, SimHasher, Sketch, SketchMatrix, Sketcher};
use xxhash_rust::xxh3::xxh3_64;

fuzz_target!(|body: &[u8]| {
    let whole = [body, &xxh3_64(body).to_le_bytes()].concat();
    let sketcher = Sketcher::default();
    for bytes in [body, &whole] {
        let minhasher = sketcher.minhasher();
        let again = [
            Signature::from_bytes(bytes, &minhasher).map(|it| it.to_bytes()).ok(),
            Sketch::from_bytes(bytes, &sketcher).map(|it| it.to_bytes()).ok(),
            SketchMatrix::from_bytes(bytes, &sketcher).map(|it| it.to_bytes()).ok(),
            LshTable::from_bytes(bytes, &sketcher).map(|it| it.to_bytes()).ok(),
            SimHasher::new(64)
                .and_then(|simhasher| SimHash::from_bytes(bytes, &simhasher))
                .map(|it| it.to_bytes())
                .ok(),
        ];
        assert!(again.into_iter().flatten().all(|again| again == bytes));
    }
});
