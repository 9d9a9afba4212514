//! The settings of all benchmarks: how long they run, on how many threads, on how many articles.

use std::time::Duration;

use criterion::Criterion;

/// Short measurements, so that the whole of `cargo bench` ends within five minutes. Flags of the
/// command line, such as `--measurement-time`, override them.
pub fn criterion() -> Criterion {
    Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_millis(900))
        .sample_size(20)
        // Resampling a hundred thousand times, the default, would take longer than the measurement.
        .nresamples(5_000)
        .configure_from_args()
}

/// `full` for a measurement; at most 500 if everything is only tried once, as by `cargo test
/// --benches`.
pub fn number(full: usize) -> usize {
    let given = |flag: &str| std::env::args().any(|argument| argument == flag);
    if given("--bench") && !given("--test") { full } else { full.min(500) }
}

/// Runs `work` in a pool of one thread, as a caller of the library would.
pub fn on_one_thread<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    use rayon::{ThreadPool, ThreadPoolBuilder};
    use std::sync::LazyLock;

    static ONE: LazyLock<ThreadPool> = LazyLock::new(|| {
        ThreadPoolBuilder::new().num_threads(1).build().expect("one thread can be had")
    });
    ONE.install(work)
}
