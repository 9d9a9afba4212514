//! Work on all cores.

use rayon::prelude::*;

/// Maps the items by `f` on all cores, in order.
pub(crate) fn parallel<T: Sync, R: Send>(items: &[T], f: impl Fn(&T) -> R + Sync + Send) -> Vec<R> {
    items.par_iter().map(f).collect()
}
