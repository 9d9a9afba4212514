//! Sorting many 64-bit entries whose upper bits are spread evenly, as those of hashes are: the first byte parts them into 256 pieces in
//! one pass over memory, and each piece is sorted in the cache.

use crate::parallel;

const PIECES: usize = 256;
/// Fewer entries are in the cache anyway.
const FEW: usize = 1 << 14;

/// Sorts `entries`, with room for as many in `room`.
pub(crate) fn sort(entries: &mut Vec<u64>, room: &mut Vec<u64>) {
    if entries.len() < FEW {
        return entries.sort_unstable();
    }
    pieces(entries, room, |pieces| pieces.into_iter().for_each(<[u64]>::sort_unstable));
}

/// The same on all cores.
pub(crate) fn sort_on_all_cores(entries: &mut Vec<u64>) {
    pieces(entries, &mut Vec::new(), parallel::sort_each);
}

/// Parts the entries by their first byte and hands the pieces over to be sorted.
fn pieces(entries: &mut Vec<u64>, room: &mut Vec<u64>, sort: impl FnOnce(Vec<&mut [u64]>)) {
    let piece = |entry: u64| (entry >> 56) as usize;
    let mut sizes = [0; PIECES];
    for &entry in &*entries {
        sizes[piece(entry)] += 1;
    }
    let mut next = [0; PIECES];
    for i in 1..PIECES {
        next[i] = next[i - 1] + sizes[i - 1];
    }
    room.clear();
    room.resize(entries.len(), 0);
    for &entry in &*entries {
        let next = &mut next[piece(entry)];
        room[*next] = entry;
        *next += 1;
    }
    std::mem::swap(entries, room);
    let (mut pieces, mut rest) = (Vec::with_capacity(PIECES), entries.as_mut_slice());
    for size in sizes {
        let (piece, others) = rest.split_at_mut(size);
        pieces.push(piece);
        rest = others;
    }
    sort(pieces);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::hash::mix;

    #[test]
    fn pieces_are_sorted_as_the_whole() {
        for len in [0, 1, 5, FEW - 1, FEW, 3 * FEW] {
            // Some alike, some in one piece.
            let entries: Vec<u64> = (0..len as u64).map(|i| mix(i % 1000) >> (i % 3 * 4)).collect();
            let mut sorted = entries.clone();
            sorted.sort_unstable();
            let (mut one, mut all) = (entries.clone(), entries);
            sort(&mut one, &mut vec![7; 3]);
            sort_on_all_cores(&mut all);
            assert!(one == sorted && all == sorted, "{len}");
        }
    }
}
