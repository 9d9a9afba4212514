//! A list of pairs, serialized as the pairs that it makes.

use serde::{Serialize, Serializer};

use super::PairList;

impl Serialize for PairList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}
