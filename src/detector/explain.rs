//! Where a pair was lost, for those who ask.

use std::fmt;

use super::found::Found;
use super::roads::Log;

/// What became of two articles of a collection on the way to its pairs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Fate {
    /// They are a pair.
    Found,
    /// No road proposed them: they share no band, too few rare anchors, no two key terms.
    Apart,
    /// They were proposed, and their sketches have too little in common: rare anchors or key terms.
    Sketch,
    /// They were compared, and neither similarity nor passages nor story were enough.
    Compared,
    /// They have nothing in common but a formula that many texts have.
    Formula,
}

impl Fate {
    /// The fate's name in outputs: `found`, `apart`, `sketch`, `compared`, `formula`.
    pub fn name(self) -> &'static str {
        match self {
            Fate::Found => "found",
            Fate::Apart => "apart",
            Fate::Sketch => "sketch",
            Fate::Compared => "compared",
            Fate::Formula => "formula",
        }
    }
}

impl fmt::Display for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Found<'_> {
    /// What became of two articles.
    pub(super) fn fate(&self, a: usize, b: usize) -> Fate {
        let representative = |i: usize| self.twins.representative(i as u32);
        let (a, b) = match (representative(a), representative(b)) {
            (Some(a), Some(b)) if a == b => return Fate::Found,
            (Some(a), Some(b)) => (a.min(b), a.max(b)),
            _ => return Fate::Apart,
        };
        let Log { compared, sketched, formulas, .. } = &self.log;
        let among = |list: &[(u32, u32)]| list.binary_search(&(a, b)).is_ok();
        match () {
            () if self
                .edges
                .binary_search_by_key(&(a, b), |edge| (edge.left, edge.right))
                .is_ok() =>
            {
                Fate::Found
            }
            () if among(formulas) => Fate::Formula,
            () if among(compared) => Fate::Compared,
            () if among(sketched) => Fate::Sketch,
            () => Fate::Apart,
        }
    }
}
