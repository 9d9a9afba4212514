//! Finding the entries of one key among many: what a join by lists of keys does.
//!
//! An entry is a key above and the number of an article below, in 64 bits. Keys are hashes, so
//! their first byte parts the entries evenly into 256 pieces, in one pass over memory; each piece
//! fits the cache. There the next 16 bits of each key are looked up among those met, in a map of as
//! many bits, and only entries that met another are left: nearly all keys of a collection are its
//! article's own, and those go at 2 ns each. The few that are left are sorted.

use crate::parallel;

const PIECES: usize = 256;

/// Leaves the entries whose key another has too, sorted; a few others may be left. Keys must have
/// 24 bits or more. On all cores, with room for as many.
pub(crate) fn retain_shared(entries: &mut Vec<u64>) {
    let piece = |entry: u64| (entry >> 56) as usize;
    let mut sizes = [0; PIECES];
    for &entry in &*entries {
        sizes[piece(entry)] += 1;
    }
    let mut next = [0; PIECES];
    for i in 1..PIECES {
        next[i] = next[i - 1] + sizes[i - 1];
    }
    let mut room = vec![0; entries.len()];
    for &entry in &*entries {
        let next = &mut next[piece(entry)];
        room[*next] = entry;
        *next += 1;
    }
    let (mut pieces, mut rest) = (Vec::with_capacity(PIECES), room.as_mut_slice());
    for size in sizes {
        let (piece, others) = rest.split_at_mut(size);
        pieces.push(piece);
        rest = others;
    }
    let kept = parallel::map_each(pieces, shared_first);
    entries.clear();
    let mut start = 0;
    for (size, kept) in sizes.into_iter().zip(kept) {
        entries.extend_from_slice(&room[start..start + kept]);
        start += size;
    }
}

/// Puts the entries of a piece that share the second and third byte of their keys with another
/// first, sorted, and tells how many they are.
fn shared_first(piece: &mut [u64]) -> usize {
    const WORDS: usize = 1 << 10;
    let bit = |entry: u64| ((entry >> 46) as usize % WORDS, 1u64 << (entry >> 40 & 63));
    let (mut met, mut shared) = ([0u64; WORDS], [0u64; WORDS]);
    for &entry in &*piece {
        let (word, bit) = bit(entry);
        shared[word] |= met[word] & bit;
        met[word] |= bit;
    }
    let mut kept = 0;
    for i in 0..piece.len() {
        let entry = piece[i];
        let (word, bit) = bit(entry);
        // Without a branch to mispredict: the next that is kept is written over it otherwise.
        piece[kept] = entry;
        kept += usize::from(shared[word] & bit != 0);
    }
    piece[..kept].sort_unstable();
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::mix;

    #[test]
    fn what_shares_a_key_is_left_and_sorted() {
        for len in [0, 1, 5, 1 << 14, 3 << 14, 20 << 14] {
            // Half of the keys are one article's own, the others of four; 30 bits of key.
            let key =
                |i: u64| if i.is_multiple_of(2) { mix(i) } else { mix(i % (len as u64 / 8 + 1)) };
            let mut entries: Vec<u64> = (0..len as u64).map(|i| key(i) >> 34 << 34 | i).collect();
            let mut sorted = entries.clone();
            sorted.sort_unstable();
            let alike = |a: &u64, b: &u64| a >> 34 == b >> 34;
            let groups = |sorted: &[u64]| -> Vec<Vec<u64>> {
                sorted
                    .chunk_by(alike)
                    .filter(|group| group.len() > 1)
                    .map(<[u64]>::to_vec)
                    .collect()
            };
            retain_shared(&mut entries);
            assert!(entries.is_sorted());
            assert!(groups(&entries) == groups(&sorted), "{len}");
            if len > 5 {
                assert!(entries.len() < len * 3 / 4, "{} of {len}", entries.len());
            }
        }
    }
}
