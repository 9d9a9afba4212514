//! Finding the entries of one key among many: what every join does.
//!
//! An entry is a key above and the number of an article below, in 64 bits. Keys are hashes, so their first byte parts the entries
//! evenly into 256 pieces, in one pass over memory; each piece fits the cache. There the next 16 bits of each key are
//! looked up among those met, in a map of as many bits, and only entries that met another are left: nearly all keys of a
//! collection are its article's own, and those go at 2 ns each. The few that are left are sorted.

use crate::parallel;

const PIECES: usize = 256;
/// Fewer entries are in the cache anyway.
const FEW: usize = 1 << 14;

/// Leaves the entries whose key another has too, sorted; a few others may be left. Keys must have 24 bits or more. Needs `room`
/// for as many.
pub(crate) fn retain_shared(entries: &mut Vec<u64>, room: &mut Vec<u64>) {
    if entries.len() < FEW {
        return entries.sort_unstable();
    }
    retain(entries, room, |pieces| pieces.into_iter().map(shared_first).collect());
}

/// The same on all cores.
pub(crate) fn retain_shared_on_all_cores(entries: &mut Vec<u64>) {
    retain(entries, &mut Vec::new(), |pieces| parallel::map_each(pieces, shared_first));
}

/// Parts the entries by their first byte, and leaves those that `shared_first` puts first in each piece.
fn retain(
    entries: &mut Vec<u64>,
    room: &mut Vec<u64>,
    shared_first: impl FnOnce(Vec<&mut [u64]>) -> Vec<usize>,
) {
    let piece = |entry: u64| (entry >> 56) as usize;
    let mut sizes = [0; PIECES];
    for &entry in &*entries {
        sizes[piece(entry)] += 1;
    }
    let mut next = [0; PIECES];
    for i in 1..PIECES {
        next[i] = next[i - 1] + sizes[i - 1];
    }
    room.resize(entries.len(), 0);
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
    let kept = shared_first(pieces);
    entries.clear();
    let mut start = 0;
    for (size, kept) in sizes.into_iter().zip(kept) {
        entries.extend_from_slice(&room[start..start + kept]);
        start += size;
    }
}

/// Puts the entries of a piece that share the second and third byte of their keys with another first, sorted, and tells how many
/// they are.
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
    use crate::text::hash::mix;

    #[test]
    fn what_shares_a_key_is_left_and_sorted() {
        for len in [0, 1, 5, FEW - 1, FEW, 3 * FEW, 20 * FEW] {
            // Half of the keys are one article's own, the others of four; 30 bits of key.
            let key = |i: u64| if i.is_multiple_of(2) { mix(i) } else { mix(i % (len as u64 / 8 + 1)) };
            let entries: Vec<u64> = (0..len as u64).map(|i| key(i) >> 34 << 34 | i).collect();
            let mut sorted = entries.clone();
            sorted.sort_unstable();
            let alike = |a: &u64, b: &u64| a >> 34 == b >> 34;
            let groups = |sorted: &[u64]| -> Vec<Vec<u64>> {
                sorted.chunk_by(alike).filter(|group| group.len() > 1).map(<[u64]>::to_vec).collect()
            };
            let (mut one, mut all) = (entries.clone(), entries);
            retain_shared(&mut one, &mut vec![7; 3]);
            retain_shared_on_all_cores(&mut all);
            assert!(one.is_sorted() && all.is_sorted());
            assert!(groups(&one) == groups(&sorted) && groups(&all) == groups(&sorted), "{len}");
            if len >= FEW {
                assert!(one.len() < len * 3 / 4, "{} of {len}", one.len());
            }
        }
    }
}
