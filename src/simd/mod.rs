//! The inner loops in the vector instructions of the machine that runs them.
//!
//! All kernels have one shape. The algorithm is written once, in plain code, and stands in the
//! module it belongs to or here. A *body* a set of instructions is that code compiled for them,
//! with a few of its steps replaced by intrinsics where the compiler would not find them. One
//! function hands on to the bodies, by the [`Isa`] it is given: the only branch, taken once a text
//! or a chunk of it. The plain code without replacements is the body for every other machine, and
//! the oracle: tests compare the bodies with it on each [`Isa::all`] of the machine, bit for bit.
//!
//! **Unsafe** is here and nowhere else: the calls of bodies, sound as an [`Isa`] that names
//! instructions exists only where they do, and loads and stores through pointers.
#![allow(unsafe_code)]

pub(crate) mod edges;
pub(crate) mod equal;
pub(crate) mod fold;
pub(crate) mod letters;
#[cfg(any(test, fuzzing))]
pub(crate) mod proof;
pub(crate) mod shingles;
pub(crate) mod slots;
#[cfg(feature = "index")]
pub(crate) mod unary;
pub(crate) mod votes;
pub(crate) mod words;

use std::sync::LazyLock;

/// A set of instructions that this machine has.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Isa {
    /// What every machine of this architecture has.
    Portable,
    /// x86-64 from 2013 on: 32 bytes at once.
    #[cfg(target_arch = "x86_64")]
    Avx2(Proof),
    /// x86-64 with the AVX-512 of Ice Lake or Zen 4: 64 bytes at once, and masks.
    #[cfg(target_arch = "x86_64")]
    Avx512(Proof),
    /// What every 64-bit ARM has: 16 bytes at once.
    #[cfg(all(target_arch = "aarch64", target_feature = "neon"))]
    Neon,
}

/// That the instructions were found on this machine: made nowhere else.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy, Debug)]
pub(crate) struct Proof(());

/// Runs plain code that is full of shifts and counts of bits, compiled for the instructions of this
/// machine as far as it is inlined: what it calls should be `#[inline(always)]`.
#[cfg(feature = "index")]
#[inline(always)]
pub(crate) fn run<R>(isa: Isa, code: impl FnOnce() -> R) -> R {
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
    fn body<R>(code: impl FnOnce() -> R) -> R {
        code()
    }
    match isa {
        // SAFETY: the machine has the instructions, or there were no such `Isa`.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2(_) | Isa::Avx512(_) => unsafe { body(code) },
        _ => code(),
    }
}

/// The variable of the environment that holds the kernels to fewer instructions.
const VARIABLE: &str = "NEWSPRINT_ISA";

impl Isa {
    /// The sets that this machine has, the best last.
    pub(crate) fn all() -> Vec<Isa> {
        #[allow(unused_mut)]
        let mut all = vec![Isa::Portable];
        #[cfg(target_arch = "x86_64")]
        {
            macro_rules! has {
                ($($feature:tt)*) => { $(std::arch::is_x86_feature_detected!($feature))&&* };
            }
            if has!("avx2" "bmi1" "bmi2" "lzcnt" "popcnt") {
                all.push(Isa::Avx2(Proof(())));
                if has!("avx512f" "avx512bw" "avx512dq" "avx512vl" "avx512vbmi" "avx512vbmi2") {
                    all.push(Isa::Avx512(Proof(())));
                }
            }
        }
        #[cfg(all(target_arch = "aarch64", target_feature = "neon"))]
        all.push(Isa::Neon);
        all
    }

    /// The best set, or the one that the variable `NEWSPRINT_ISA` names (`portable`, `avx2`,
    /// `avx512`, `neon`), if the machine has it.
    pub(crate) fn best() -> Isa {
        static BEST: LazyLock<Isa> = LazyLock::new(|| {
            let all = Isa::all();
            let wanted = std::env::var(VARIABLE).unwrap_or_default();
            let named = all.iter().find(|isa| isa.name() == wanted);
            named.or(all.last()).copied().unwrap_or(Isa::Portable)
        });
        *BEST
    }

    /// As the variable names it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Isa::Portable => "portable",
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2(_) => "avx2",
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512(_) => "avx512",
            #[cfg(all(target_arch = "aarch64", target_feature = "neon"))]
            Isa::Neon => "neon",
        }
    }
}
