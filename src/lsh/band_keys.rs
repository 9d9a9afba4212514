//! The keys of several bands of many signatures, band by band.
//!
//! Signatures lie in memory row by row, but a join or a table wants one band of all of them. So the
//! keys of several bands are computed in one pass: the signatures of a small block are read into
//! the cache, and the keys of each band are written as one strip of the block. A band is then a
//! list of strips, each read from front to back. Reading the signatures is what costs: one cache
//! miss for a few bands of an article. Few bands a pass mean many passes; each band more takes 4
//! bytes an article.
//!
//! A key has 32 bits. Two articles whose bands differ still have the same key with probability
//! 2⁻³²: some hundred pairs a band among a million articles, some ten thousand among ten million.
//! Each is one more candidate, which the comparison of the signatures drops.

use std::hint::black_box;
use std::ops::Range;

use crate::parallel;
use crate::sketch::SketchMatrix;

/// Bands in one pass: 48 bytes an article.
pub(crate) const PASS_BANDS: usize = 12;
/// Signatures in a block: enough that the hardware prefetches a strip.
const BLOCK_ROWS: usize = 1024;
/// Signatures read at a time. A stride of 512 bytes uses few sets of the first-level cache, so more
/// signatures would evict one another.
const READ_ROWS: usize = 64;
/// Slots in a cache line.
const LINE_SLOTS: usize = 16;

/// The keys of a few bands, in blocks of articles; each block has a strip for every band.
#[derive(Debug, Default)]
pub(crate) struct BandKeys {
    keys: Vec<u32>,
    bands: usize,
}

impl BandKeys {
    /// Computes the keys of `bands` of `count` rows of `matrix`, on all cores; `row` maps a place
    /// to the number of its row. Reuses the memory.
    pub(crate) fn compute(
        &mut self,
        matrix: &SketchMatrix,
        bands: &[Range<usize>],
        count: usize,
        row: impl Fn(usize) -> usize + Sync + Send,
    ) {
        self.bands = bands.len();
        self.keys.resize(count * bands.len(), 0);
        let (Some(first), Some(last)) = (bands.first(), bands.last()) else { return };
        let blocks = self.keys.chunks_mut(BLOCK_ROWS * bands.len()).enumerate().collect();
        parallel::map_each(blocks, |(block, keys): (usize, &mut [u32])| {
            let count = keys.len() / bands.len();
            for begin in (0..count).step_by(READ_ROWS) {
                let end = count.min(begin + READ_ROWS);
                let rows = (begin..end).map(|i| matrix.row(row(block * BLOCK_ROWS + i)));
                // Prefetch: loads that depend on nothing, so that their cache misses overlap. The
                // sum only keeps the compiler from removing them.
                let loaded = rows
                    .clone()
                    .flat_map(|row| row[first.start..last.end].iter().step_by(LINE_SLOTS));
                black_box(loaded.fold(0, |sum, slot| sum ^ slot));
                for (band, strip) in bands.iter().zip(keys.chunks_exact_mut(count)) {
                    write(&mut strip[begin..end], rows.clone(), band);
                }
            }
        });
    }

    /// The keys of a band, one strip a block.
    pub(crate) fn band(&self, band: usize) -> impl Iterator<Item = &[u32]> + Clone {
        self.keys.chunks(BLOCK_ROWS * self.bands).map(move |block| {
            let rows = block.len() / self.bands;
            &block[band * rows..][..rows]
        })
    }

    /// The strips of every band, to be overwritten.
    pub(crate) fn bands_mut(&mut self) -> Vec<Vec<&mut [u32]>> {
        let mut bands: Vec<Vec<&mut [u32]>> = (0..self.bands).map(|_| Vec::new()).collect();
        for block in self.keys.chunks_mut(BLOCK_ROWS * self.bands) {
            let count = block.len() / self.bands;
            bands
                .iter_mut()
                .zip(block.chunks_exact_mut(count))
                .for_each(|(band, strip)| band.push(strip));
        }
        bands
    }

    /// Transposes the strips back: writes the values of each article into its row of `width`
    /// values, from place `first` on. Runs on all cores.
    pub(crate) fn write_rows(&self, rows: &mut [u32], width: usize, first: usize) {
        let blocks = self
            .keys
            .chunks(BLOCK_ROWS * self.bands)
            .zip(rows.chunks_mut(BLOCK_ROWS * width))
            .collect();
        parallel::map_each(blocks, |(strips, rows): (&[u32], &mut [u32])| {
            let count = strips.len() / self.bands;
            for (i, row) in rows.chunks_exact_mut(width).enumerate() {
                let of_row = strips[i..].iter().step_by(count);
                row[first..].iter_mut().zip(of_row).for_each(|(value, &of_row)| *value = of_row);
            }
        });
    }
}

/// Computes a part of a strip: the keys of one band.
fn write<'m>(strip: &mut [u32], rows: impl Iterator<Item = &'m [u32]>, band: &Range<usize>) {
    /// With a length that the compiler knows.
    fn of<'m, const ROWS: usize>(
        strip: &mut [u32],
        rows: impl Iterator<Item = &'m [u32]>,
        start: usize,
    ) {
        strip
            .iter_mut()
            .zip(rows)
            .for_each(|(key, row)| *key = band_key(&row[start..start + ROWS]));
    }
    match band.len() {
        1 => of::<1>(strip, rows, band.start),
        2 => of::<2>(strip, rows, band.start),
        3 => of::<3>(strip, rows, band.start),
        4 => of::<4>(strip, rows, band.start),
        5 => of::<5>(strip, rows, band.start),
        6 => of::<6>(strip, rows, band.start),
        _ => strip.iter_mut().zip(rows).for_each(|(key, row)| *key = band_key(&row[band.clone()])),
    }
}

/// The key of a band: a 32-bit hash of its slots.
#[inline(always)]
pub(crate) fn band_key(slots: &[u32]) -> u32 {
    // 2^64 by the golden ratio, odd.
    const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;
    let mixed = slots
        .iter()
        .fold(0, |key: u64, &slot| (key ^ key >> 32 ^ u64::from(slot)).wrapping_mul(SPREAD));
    (mixed >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parts::Sketcher;

    #[test]
    fn a_band_has_the_keys_of_its_rows_in_order() {
        let texts: Vec<String> =
            (0..2 * BLOCK_ROWS + 100).map(|i| format!("{i} {}", i * i)).collect();
        let matrix = Sketcher::default().sketch_all(&texts);
        let bands = [0..1, 1..3, 3..6, 6..10, 10..15, 15..21, 21..28, 100..128];
        let row = |place: usize| texts.len() - 1 - place;
        for count in [0, 1, READ_ROWS, BLOCK_ROWS, BLOCK_ROWS + 1, texts.len()] {
            let mut keys = BandKeys::default();
            keys.compute(&matrix, &bands, count, row);
            let mut rows = vec![7; (bands.len() + 3) * count];
            keys.write_rows(&mut rows, bands.len() + 3, 2);
            for (i, band) in bands.iter().enumerate() {
                let key = |place: usize| band_key(&matrix.row(row(place))[band.clone()]);
                let expected: Vec<u32> = (0..count).map(key).collect();
                assert_eq!(keys.band(i).collect::<Vec<_>>().concat(), expected, "{band:?}");
                assert_eq!(keys.bands_mut()[i].concat(), expected, "{band:?}");
                assert!(rows.chunks(bands.len() + 3).map(|row| row[2 + i]).eq(expected));
            }
            let beside = |row: &[u32]| (row[..2].to_vec(), row[bands.len() + 2]);
            assert!(rows.chunks(bands.len() + 3).all(|row| beside(row) == (vec![7, 7], 7)));
        }
    }
}
