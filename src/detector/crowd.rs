//! Crowds: buckets too large to compare pair by pair.
//!
//! What fills a bucket with thousands of different texts is a template: a page frame, a market
//! table, a death-notice formula. Comparing all pairs would be quadratic, and capping the bucket
//! would lose true copies, so a crowd is compared twice over in linear time. First each text with a
//! few leaders, as in the leader algorithm (Hartigan 1975), which finds the group if the crowd is
//! one story with many near-identical copies. Then, after the shingles common in the crowd are set
//! aside, what is left of each text is signed and joined anew, which finds those that share text of
//! their own. A crowd within a crowd is treated the same way, a few levels deep.

use std::collections::HashMap;

use super::Candidates;
use super::config::Config;
use crate::collection::{Chosen, Collection};
use crate::compare::overlap::Numbering;
use crate::lsh::banding::{Banding, min_equal_slots};
use crate::lsh::join::Join;
use crate::sketch::SketchMatrix;
use crate::sketch::minhash::equal_slots;

/// Texts of a crowd that are read to learn its template.
const SAMPLE: usize = 256;
/// A shingle in more than this share of the sample belongs to the template.
const COMMON: f64 = 0.1;
/// Leaders that every text of a crowd is compared with.
const LEADERS: usize = 8;
/// Crowds within crowds.
const LEVELS: usize = 4;
/// A copy must share this part of the threshold outside the template, and at least the second
/// figure: below that, 128 slots cannot be cut into selective bands.
const OWN_TEXT: (f64, f64) = (0.5, 0.25);

/// Adds the candidates among each crowd's texts to `candidates`.
pub(super) fn disperse(
    config: &Config,
    articles: &dyn Collection,
    matrix: &SketchMatrix,
    rank: &[u32],
    crowds: Vec<Vec<u32>>,
    candidates: &mut Candidates,
) {
    let crowd = Crowd { config, articles, matrix, rank };
    candidates.crowded = crowds.iter().map(Vec::len).sum();
    for family in crowds {
        crowd.compare_with_leaders(&family, candidates);
        crowd.compare_own_text(&family, LEVELS, candidates);
    }
    candidates.pairs.sort_unstable();
    candidates.pairs.dedup();
}

struct Crowd<'a> {
    config: &'a Config,
    articles: &'a dyn Collection,
    matrix: &'a SketchMatrix,
    rank: &'a [u32],
}

impl Crowd<'_> {
    fn compare_with_leaders(&self, family: &[u32], candidates: &mut Candidates) {
        let slots = self.matrix.sketcher().minhasher().slots();
        let least = min_equal_slots(slots, self.config.near(), 1e-5);
        let mut order = family.to_vec();
        order.sort_unstable_by_key(|&i| self.rank[i as usize]);
        let mut leaders: Vec<u32> = Vec::new();
        for i in order {
            let row = self.matrix.row(i as usize);
            let equal =
                |&leader: &u32| (equal_slots(row, self.matrix.row(leader as usize)), leader);
            candidates.proposed += leaders.len() as u64;
            match leaders
                .iter()
                .map(equal)
                .filter(|(equal, _)| *equal >= least)
                .max_by_key(|(equal, _)| *equal)
            {
                Some((_, leader)) => candidates.pairs.push((i.min(leader), i.max(leader))),
                None if leaders.len() < LEADERS => leaders.push(i),
                None => {}
            }
        }
    }

    fn compare_own_text(&self, family: &[u32], levels: usize, candidates: &mut Candidates) {
        let template = self.template(family);
        let threshold = (self.config.near() * OWN_TEXT.0).max(OWN_TEXT.1);
        let sketcher = self.config.sketcher();
        let slots = sketcher.minhasher().slots();
        let banding = Banding::for_target(slots, threshold, self.config.recall());
        let banding = banding.unwrap_or_else(|_| self.config.banding());
        let (own, _) = sketcher.sketch_each(
            &Chosen { of: self.articles, places: family },
            |shingles| shingles.retain(|&shingle| !template.contains(shingle)),
            |(), _, _| (),
        );
        let join = Join::new(banding, threshold).with_bucket_limit(self.config.bucket_limit());
        let found = join.candidates(&own);
        candidates.proposed += found.proposed;
        let article = |row: u32| family[row as usize];
        candidates.pairs.extend(found.pairs.into_iter().map(|(a, b)| (article(a), article(b))));
        for inner in found.large_buckets {
            let inner: Vec<u32> = inner.into_iter().map(article).collect();
            self.compare_with_leaders(&inner, candidates);
            if levels > 1 {
                self.compare_own_text(&inner, levels - 1, candidates);
            }
        }
    }

    /// The shingles common among the family's texts, from a sample spread evenly over it.
    fn template(&self, family: &[u32]) -> Numbering {
        let shingler = self.config.sketcher().shingler();
        let sampled = family.len().min(SAMPLE);
        let mut frequency: HashMap<u64, u32> = HashMap::new();
        let mut buffer = String::new();
        for i in 0..sampled {
            let article = family[i * family.len() / sampled] as usize;
            let mut shingles = shingler.shingles(self.articles.text(article, &mut buffer));
            shingles.sort_unstable();
            shingles.dedup();
            for shingle in shingles {
                *frequency.entry(shingle).or_default() += 1;
            }
        }
        let common =
            frequency.iter().filter(|(_, count)| f64::from(**count) > COMMON * sampled as f64);
        let common: Vec<u64> = common.map(|(&shingle, _)| shingle).collect();
        let mut template = Numbering::default();
        template.reset(common.len());
        for shingle in common {
            template.number(shingle);
        }
        template
    }
}
