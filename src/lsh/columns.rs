//! The keys of several bands for many articles, band by band.
//!
//! Signatures lie in memory row by row, and a join or a table wants one band of all of them. Bands
//! are made ready several at a time: the rows of a small block are read into the cache, and then
//! the keys of each band are written as one strip of the block, so that a band is a list of strips,
//! each read from front to back. Reading the signatures is what costs, one miss of the cache for a
//! few bands of an article: few bands in a pass mean many passes, many bands 4 bytes each of
//! memory.
//!
//! A key has 32 bits. Of a million articles with bands of their own, some hundred pairs a band have
//! one key all the same, of ten million some ten thousand: 2⁻³² of all pairs. That is a candidate
//! more, which does not survive the comparison of the signatures.

use std::hint::black_box;
use std::ops::Range;

use crate::parallel;
use crate::sketch::SketchMatrix;

/// Bands made ready in one pass: 64 bytes an article.
pub(crate) const TOGETHER: usize = 16;
/// Rows of a block: a strip is long enough to be fetched ahead.
const BLOCK: usize = 1024;
/// Rows read at a time. A stride of 512 bytes meets few of the first cache's sets: more rows would
/// push one another out.
const AT_ONCE: usize = 64;
/// Slots in a line of the cache.
const LINE: usize = 16;

/// The keys of a few bands, in blocks of rows, in each block a strip for every band.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    keys: Vec<u32>,
    bands: usize,
}

impl Columns {
    /// Reads the keys of `bands` from `count` rows of `matrix`, on all cores, into memory used
    /// again; `row` tells the number of each.
    pub(crate) fn read(
        &mut self,
        matrix: &SketchMatrix,
        bands: &[Range<usize>],
        count: usize,
        row: impl Fn(usize) -> usize + Sync + Send,
    ) {
        self.bands = bands.len();
        self.keys.resize(count * bands.len(), 0);
        let (Some(first), Some(last)) = (bands.first(), bands.last()) else { return };
        let blocks = self.keys.chunks_mut(BLOCK * bands.len()).enumerate().collect();
        parallel::map_each(blocks, |(block, keys): (usize, &mut [u32])| {
            let count = keys.len() / bands.len();
            for begin in (0..count).step_by(AT_ONCE) {
                let end = count.min(begin + AT_ONCE);
                let rows = (begin..end).map(|i| matrix.row(row(block * BLOCK + i)));
                // Loads that wait for nothing, so that memory answers many at once. The sum only
                // keeps them from being left out.
                let touched =
                    rows.clone().flat_map(|row| row[first.start..last.end].iter().step_by(LINE));
                black_box(touched.fold(0, |sum, slot| sum ^ slot));
                for (band, strip) in bands.iter().zip(keys.chunks_exact_mut(count)) {
                    write(&mut strip[begin..end], rows.clone(), band);
                }
            }
        });
    }

    /// The keys of a band, in strips of a block's rows.
    pub(crate) fn band(&self, band: usize) -> impl Iterator<Item = &[u32]> + Clone {
        self.keys.chunks(BLOCK * self.bands).map(move |block| {
            let rows = block.len() / self.bands;
            &block[band * rows..][..rows]
        })
    }

    /// For every band its strips, to be written over.
    pub(crate) fn bands_mut(&mut self) -> Vec<Vec<&mut [u32]>> {
        let mut bands: Vec<Vec<&mut [u32]>> = (0..self.bands).map(|_| Vec::new()).collect();
        for block in self.keys.chunks_mut(BLOCK * self.bands) {
            let count = block.len() / self.bands;
            bands
                .iter_mut()
                .zip(block.chunks_exact_mut(count))
                .for_each(|(band, strip)| band.push(strip));
        }
        bands
    }

    /// Writes what the strips hold into rows of `width`, from place `first` of each on; on all
    /// cores.
    pub(crate) fn write_rows(&self, rows: &mut [u32], width: usize, first: usize) {
        let blocks =
            self.keys.chunks(BLOCK * self.bands).zip(rows.chunks_mut(BLOCK * width)).collect();
        parallel::map_each(blocks, |(strips, rows): (&[u32], &mut [u32])| {
            let count = strips.len() / self.bands;
            for (i, row) in rows.chunks_exact_mut(width).enumerate() {
                let of_row = strips[i..].iter().step_by(count);
                row[first..].iter_mut().zip(of_row).for_each(|(value, &of_row)| *value = of_row);
            }
        });
    }
}

fn write<'m>(strip: &mut [u32], rows: impl Iterator<Item = &'m [u32]>, band: &Range<usize>) {
    /// For a length that the compiler knows.
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

/// One key for the rows of a band.
#[inline(always)]
pub(crate) fn band_key(rows: &[u32]) -> u32 {
    // 2^64 by the golden ratio, odd.
    const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;
    let mixed = rows
        .iter()
        .fold(0, |key: u64, &slot| (key ^ key >> 32 ^ u64::from(slot)).wrapping_mul(SPREAD));
    (mixed >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Sketcher;

    #[test]
    fn a_band_has_the_keys_of_its_rows_in_order() {
        let texts: Vec<String> = (0..2 * BLOCK + 100).map(|i| format!("{i} {}", i * i)).collect();
        let matrix = Sketcher::default().sketch_all(&texts);
        let bands = [0..1, 1..3, 3..6, 6..10, 10..15, 15..21, 21..28, 100..128];
        let row = |place: usize| texts.len() - 1 - place;
        for count in [0, 1, AT_ONCE, BLOCK, BLOCK + 1, texts.len()] {
            let mut columns = Columns::default();
            columns.read(&matrix, &bands, count, row);
            let mut rows = vec![7; (bands.len() + 3) * count];
            columns.write_rows(&mut rows, bands.len() + 3, 2);
            for (i, band) in bands.iter().enumerate() {
                let key = |place: usize| band_key(&matrix.row(row(place))[band.clone()]);
                let expected: Vec<u32> = (0..count).map(key).collect();
                assert_eq!(columns.band(i).collect::<Vec<_>>().concat(), expected, "{band:?}");
                assert_eq!(columns.bands_mut()[i].concat(), expected, "{band:?}");
                assert!(rows.chunks(bands.len() + 3).map(|row| row[2 + i]).eq(expected));
            }
            let beside = |row: &[u32]| (row[..2].to_vec(), row[bands.len() + 2]);
            assert!(rows.chunks(bands.len() + 3).all(|row| beside(row) == (vec![7, 7], 7)));
        }
    }
}
