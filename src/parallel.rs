//! The parallel loops of the crate: on all cores with rayon, on the calling thread without it.
//! Results come in the order of the input, so nothing depends on the number of threads.
//!
//! - `map`: calls `f` with each number below `len`, and scratch memory made once a task.
//! - `fill`: calls `f` with each row of a matrix of `width` columns, and collects what it returns.
//! - `map_each`: calls `f` with each item.
//! - `sort`: sorts, not stably.

#[cfg(feature = "rayon")]
mod imp {
    use std::sync::{Mutex, PoisonError};

    use rayon::prelude::*;

    /// Tasks for each core: enough that no core waits long for the last one.
    const TASKS_PER_CORE: usize = 64;
    /// The least rows of a task: enough to pay for the scheduling, few enough to spread a small
    /// input over the cores.
    const MIN_TASK_ROWS: usize = 16;

    pub(crate) fn map<S, T: Send>(
        len: usize,
        scratch: impl Fn() -> S + Sync + Send,
        f: impl Fn(&mut S, usize) -> T + Sync + Send,
    ) -> Vec<T> {
        let tasks = len.min(TASKS_PER_CORE * rayon::current_num_threads());
        // What each task returns, at the number of the task.
        let parts: Vec<Mutex<Vec<T>>> = (0..tasks).map(|_| Mutex::default()).collect();
        run(tasks, &|task| {
            let mut scratch = scratch();
            let [start, end] = [task, task + 1].map(|task| task * len / tasks);
            let part = (start..end).map(|i| f(&mut scratch, i)).collect();
            *parts[task].lock().unwrap_or_else(PoisonError::into_inner) = part;
        });
        let mut all = Vec::with_capacity(len);
        for part in parts {
            all.append(&mut part.into_inner().unwrap_or_else(PoisonError::into_inner));
        }
        all
    }

    /// Calls `task` with each number below `tasks`. It is not generic, so that the scheduler is
    /// compiled once and not for each loop of the crate: it was a fifth of all its code.
    fn run(tasks: usize, task: &(dyn Fn(usize) + Sync)) {
        (0..tasks).into_par_iter().for_each(task);
    }

    pub(crate) fn fill<S, R: Send, T: Send>(
        rows: &mut [R],
        width: usize,
        values: &mut [T],
        scratch: impl Fn() -> S + Sync + Send,
        f: impl Fn(&mut S, usize, &mut [R]) -> T + Sync + Send,
    ) {
        let rows = rows.par_chunks_mut(width).zip(values).enumerate().with_min_len(MIN_TASK_ROWS);
        rows.for_each_init(scratch, |scratch, (i, (row, value))| *value = f(scratch, i, row));
    }

    pub(crate) fn sort<T: Ord + Send>(items: &mut [T]) {
        items.par_sort_unstable();
    }

    pub(crate) fn map_each<T: Send, R: Send>(
        items: Vec<T>,
        f: impl Fn(T) -> R + Sync + Send,
    ) -> Vec<R> {
        let items: Vec<Mutex<Option<T>>> =
            items.into_iter().map(|item| Mutex::new(Some(item))).collect();
        let take =
            |item: &Mutex<Option<T>>| item.lock().unwrap_or_else(PoisonError::into_inner).take();
        let results = map(items.len(), || (), |(), i| take(&items[i]).map(&f));
        results.into_iter().flatten().collect()
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
        values: &mut [T],
        scratch: impl Fn() -> S,
        f: impl Fn(&mut S, usize, &mut [R]) -> T,
    ) {
        let mut scratch = scratch();
        for (i, (row, value)) in rows.chunks_mut(width).zip(values).enumerate() {
            *value = f(&mut scratch, i, row);
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
