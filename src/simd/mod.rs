//! The inner loops, in the vector instructions of the machine that runs them.
//!
//! All kernels have one shape. The algorithm is written once, in portable code. For each set of
//! instructions there is a *body*: the same code compiled for that set, with a few steps replaced
//! by intrinsics where the compiler would not find them. One function dispatches to the bodies by
//! the [`Isa`](isa::Isa) it is given; that is the only branch, taken once per text or per chunk.
//! The portable code is the body for every other machine, and the oracle: tests compare each body
//! with it, bit for bit, on every set that the machine has.
//!
//! **Unsafe code** is here and in the file that maps memory, and nowhere else: calls of the bodies,
//! which are sound because an `Isa` that names instructions exists only where the machine has them,
//! and loads and stores through pointers.
#![allow(unsafe_code)]

pub(crate) mod edges;
pub(crate) mod equal;
pub(crate) mod fold;
pub(crate) mod isa;
pub(crate) mod letters;
pub(crate) mod shingles;
pub(crate) mod slots;
#[cfg(feature = "index")]
pub(crate) mod unary;
pub(crate) mod votes;
pub(crate) mod words;

pub(crate) use isa::Isa;
