//! The sets of vector instructions that kernels are written for, and which of them is in use.

use std::sync::LazyLock;

use crate::error::Error;

/// A set of instructions that this machine has.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Isa {
    /// What every machine of this architecture has.
    Portable,
    /// x86-64 from 2013 on: 32 bytes at once.
    #[cfg(target_arch = "x86_64")]
    Avx2(Detected),
    /// x86-64 with the AVX-512 of Ice Lake or Zen 4: 64 bytes at once, and masks.
    #[cfg(target_arch = "x86_64")]
    Avx512(Detected),
    /// What every 64-bit ARM has: 16 bytes at once.
    #[cfg(all(target_arch = "aarch64", target_feature = "neon"))]
    Neon,
}

/// Proof that the instructions were detected on this machine; only [`Isa::all`] makes one.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy, Debug)]
pub(crate) struct Detected(());

/// The environment variable that chooses a set.
const VARIABLE: &str = "NEWSPRINT_ISA";
/// The names that the variable may have, on whatever machine.
const NAMES: [&str; 4] = ["portable", "avx2", "avx512", "neon"];

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
                all.push(Isa::Avx2(Detected(())));
                if has!("avx512f" "avx512bw" "avx512dq" "avx512vl" "avx512vbmi" "avx512vbmi2") {
                    all.push(Isa::Avx512(Detected(())));
                }
            }
        }
        #[cfg(all(target_arch = "aarch64", target_feature = "neon"))]
        all.push(Isa::Neon);
        all
    }

    /// The set in use: the best, or what the [environment](instruction_set) asks for.
    pub(crate) fn best() -> Isa {
        *IN_USE
    }

    /// The name of the set, as the variable spells it.
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

static IN_USE: LazyLock<Isa> = LazyLock::new(|| choose(requested().as_deref(), &Isa::all()));

/// The value of the variable, if it is set and not empty.
fn requested() -> Option<String> {
    let value = std::env::var_os(VARIABLE)?;
    Some(value.to_string_lossy().into_owned()).filter(|value| !value.is_empty())
}

/// The set of a requested name; the best if none is requested, and portable code if the machine
/// does not have the one that is.
fn choose(requested: Option<&str>, all: &[Isa]) -> Isa {
    let chosen = match requested {
        None => all.last(),
        Some(name) => all.iter().find(|isa| isa.name() == name),
    };
    chosen.copied().unwrap_or(Isa::Portable)
}

/// The vector instructions in use: `portable`, `avx2`, `avx512` or `neon`.
///
/// The best set that the machine has is found when it is first needed. The environment variable
/// `NEWSPRINT_ISA` chooses another one, by these names; where the machine lacks that set, portable
/// code runs. All sets give the same results, so the variable is for tests and measurements.
///
/// # Errors
/// If the variable has another value. Portable code runs then, too: a program that offers the
/// variable to its users should report the error.
///
/// ```
/// let name = newsprint::instruction_set()?;
/// assert!(["portable", "avx2", "avx512", "neon"].contains(&name));
/// # Ok::<(), newsprint::Error>(())
/// ```
pub fn instruction_set() -> Result<&'static str, Error> {
    match requested() {
        Some(name) if !NAMES.contains(&name.as_str()) => {
            Err(Error::name(VARIABLE, &name, "portable, avx2, avx512, neon"))
        }
        _ => Ok(Isa::best().name()),
    }
}

/// Runs portable code that shifts and counts bits, compiled for the instructions of this machine as
/// far as it is inlined: what it calls should be `#[inline(always)]`.
#[cfg(feature = "index")]
#[inline(always)]
pub(crate) fn run<R>(isa: Isa, code: impl FnOnce() -> R) -> R {
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
    fn body<R>(code: impl FnOnce() -> R) -> R {
        code()
    }
    match isa {
        // SAFETY: an `Isa` with these instructions exists only where the machine has them.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2(_) | Isa::Avx512(_) => unsafe { body(code) },
        _ => code(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_requested_is_used_or_portable_code() {
        let all = Isa::all();
        assert_eq!(choose(None, &all).name(), all[all.len() - 1].name());
        for isa in &all {
            assert_eq!(choose(Some(isa.name()), &all).name(), isa.name());
        }
        for missing in ["avx1024", "AVX2", "neon "] {
            assert_eq!(choose(Some(missing), &all).name(), "portable");
            assert!(!NAMES.contains(&missing));
        }
        assert!(all.iter().all(|isa| NAMES.contains(&isa.name())));
    }

    #[test]
    fn the_set_in_use_is_reported() {
        match requested() {
            None => assert_eq!(instruction_set(), Ok(Isa::best().name())),
            Some(name) if Isa::all().iter().any(|isa| isa.name() == name) => {
                assert_eq!(instruction_set().ok(), Some(name.as_str()));
            }
            Some(name) if NAMES.contains(&name.as_str()) => {
                assert_eq!(instruction_set(), Ok("portable"));
            }
            Some(name) => {
                let error = instruction_set().unwrap_err().to_string();
                assert!(error.contains(&name) && error.contains("avx512"), "{error}");
            }
        }
    }
}
