//! What all the benchmarks have in common: how long they run, on how many threads, on how much.

use std::time::Duration;

use criterion::Criterion;

/// Short measurements: the whole of `cargo bench` is to end within five minutes. The flags of the command line still
/// count, `--measurement-time` for one.
pub fn criterion() -> Criterion {
    Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_millis(900))
        .sample_size(20)
        // Resampling a hundred thousand times, the default, would take longer than the measurement.
        .nresamples(5_000)
        .configure_from_args()
}

/// `full` when times are taken, and few enough for a moment's work when everything is only tried once, as by
/// `cargo test --benches`.
pub fn number(full: usize) -> usize {
    let given = |flag: &str| std::env::args().any(|argument| argument == flag);
    if given("--bench") && !given("--test") { full } else { full.min(500) }
}

/// Runs `work` in a pool of one thread, the way a caller of the library would have it run on one.
pub fn on_one_thread<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    use rayon::{ThreadPool, ThreadPoolBuilder};
    use std::sync::LazyLock;

    static ONE: LazyLock<ThreadPool> = LazyLock::new(|| {
        ThreadPoolBuilder::new().num_threads(1).build().expect("one thread can be had")
    });
    ONE.install(work)
}
