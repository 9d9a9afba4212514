//! The shapes of parallel work here, on all cores or, without rayon, on one. Both give results in
//! the order of the input, so nothing downstream depends on the number of threads.

#[cfg(feature = "rayon")]
mod imp {
    use rayon::prelude::*;

    /// Texts a thread takes at least: enough to pay for the hand-over, few enough to share a small
    /// input out.
    const GRAIN: usize = 16;

    pub(crate) fn map<S, T: Send>(
        len: usize,
        scratch: impl Fn() -> S + Sync + Send,
        f: impl Fn(&mut S, usize) -> T + Sync + Send,
    ) -> Vec<T> {
        (0..len).into_par_iter().map_init(scratch, f).collect()
    }

    pub(crate) fn fill<S, R: Send, T: Send>(
        rows: &mut [R],
        width: usize,
        notes: &mut [T],
        scratch: impl Fn() -> S + Sync + Send,
        f: impl Fn(&mut S, usize, &mut [R]) -> T + Sync + Send,
    ) {
        let rows = rows.par_chunks_mut(width).zip(notes).enumerate().with_min_len(GRAIN);
        rows.for_each_init(scratch, |scratch, (i, (row, note))| *note = f(scratch, i, row));
    }

    pub(crate) fn sort<T: Ord + Send>(items: &mut [T]) {
        items.par_sort_unstable();
    }

    pub(crate) fn map_each<T: Send, R: Send>(
        items: Vec<T>,
        f: impl Fn(T) -> R + Sync + Send,
    ) -> Vec<R> {
        items.into_par_iter().map(f).collect()
    }
}

#[cfg(not(feature = "rayon"))]
mod imp {
    pub(crate) fn map<S, T>(
        len: usize,
        scratch: impl Fn() -> S,
        f: impl Fn(&mut S, usize) -> T,
    ) -> Vec<T> {
        let mut scratch = scratch();
        (0..len).map(|i| f(&mut scratch, i)).collect()
    }

    pub(crate) fn fill<S, R, T>(
        rows: &mut [R],
        width: usize,
        notes: &mut [T],
        scratch: impl Fn() -> S,
        f: impl Fn(&mut S, usize, &mut [R]) -> T,
    ) {
        let mut scratch = scratch();
        for (i, (row, note)) in rows.chunks_mut(width).zip(notes).enumerate() {
            *note = f(&mut scratch, i, row);
        }
    }

    pub(crate) fn sort<T: Ord>(items: &mut [T]) {
        items.sort_unstable();
    }

    pub(crate) fn map_each<T, R>(items: Vec<T>, f: impl Fn(T) -> R) -> Vec<R> {
        items.into_iter().map(f).collect()
    }
}

pub(crate) use imp::{fill, map, map_each, sort};
