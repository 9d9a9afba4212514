//! Stories: texts joined by weak bonds, where enough of them agree.
//!
//! That two accounts tell of one event is likely, not certain, and one false bond must not run two stories together. So bonds are taken
//! from the strongest down, and two groups of texts become one only if at least half of the pairs between them are bonded, as in
//! average linkage (Sokal and Michener 1958). Of big groups up to four texts speak for each, so a decision costs at most 16
//! comparisons; what the roads did not propose is compared then. A bond between groups of which no other two are bonded
//! is a bridge, and holds only single texts together.

use std::collections::HashMap;

/// Texts of a group that speak for it.
const SPEAKERS: usize = 4;

/// Groups texts by `bonds` between them, each with its strength; `rank` orders texts by the rule for representatives, and `bonded` tells
/// of any two whether they are. Returns the groups of two texts or more, each in order of rank, the groups by their first.
pub(crate) fn stories(
    bonds: &[(u32, u32, f64)],
    rank: &[u32],
    mut bonded: impl FnMut(u32, u32) -> bool,
) -> Vec<Vec<u32>> {
    let mut order = bonds.to_vec();
    order.sort_unstable_by(|a, b| b.2.total_cmp(&a.2).then_with(|| (a.0, a.1).cmp(&(b.0, b.1))));
    let mut group_of: HashMap<u32, usize> = HashMap::new();
    let mut groups: Vec<Vec<u32>> = Vec::new();
    let mut known: HashMap<(u32, u32), bool> = HashMap::new();
    known.extend(bonds.iter().map(|&(a, b, _)| ((a.min(b), a.max(b)), true)));
    for (a, b, _) in order {
        let mut group = |text: u32| {
            *group_of.entry(text).or_insert_with(|| {
                groups.push(vec![text]);
                groups.len() - 1
            })
        };
        let (a, b) = (group(a), group(b));
        if a == b {
            continue;
        }
        let (left, right) = (speakers(&groups[a]), speakers(&groups[b]));
        let pairs = left.len() * right.len();
        let (mut agreed, mut asked) = (0, 0);
        'asking: for &l in &left {
            for &r in &right {
                let yes = *known.entry((l.min(r), l.max(r))).or_insert_with(|| bonded(l.min(r), l.max(r)));
                agreed += usize::from(yes);
                asked += 1;
                if 2 * agreed >= pairs || 2 * (agreed + pairs - asked) < pairs {
                    break 'asking;
                }
            }
        }
        if 2 * agreed >= pairs {
            let (into, from) = if groups[a].len() >= groups[b].len() { (a, b) } else { (b, a) };
            let moved = std::mem::take(&mut groups[from]);
            for &text in &moved {
                group_of.insert(text, into);
            }
            groups[into].extend(moved);
            groups[into].sort_unstable_by_key(|&text| rank[text as usize]);
        }
    }
    groups.retain(|group| group.len() > 1);
    groups.sort_unstable_by_key(|group| group[0]);
    groups
}

/// Some texts of a group, spread evenly over it.
fn speakers(group: &[u32]) -> Vec<u32> {
    let count = group.len().min(SPEAKERS);
    (0..count).map(|i| group[i * group.len() / count]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RANK: [u32; 8] = [0, 1, 2, 3, 4, 5, 6, 7];

    #[test]
    fn a_bridge_joins_single_texts_only() {
        let triangle =
            |a: u32, strength: f64| [(a, a + 1, strength), (a, a + 2, strength), (a + 1, a + 2, strength)];
        let mut bonds: Vec<(u32, u32, f64)> = [triangle(0, 0.9), triangle(3, 0.8)].concat();
        bonds.push((2, 3, 0.6));
        bonds.push((6, 7, 0.5));
        let groups = stories(&bonds, &RANK, |_, _| false);
        assert_eq!(groups, [vec![0, 1, 2], vec![3, 4, 5], vec![6, 7]]);
    }

    #[test]
    fn half_of_the_pairs_are_enough() {
        let bonds = [(0, 1, 0.9), (1, 2, 0.8)];
        assert_eq!(stories(&bonds, &RANK, |_, _| false), [vec![0, 1, 2]]);
        // A fourth with one bond among three has no such agreement, unless the others turn out to be bonded too.
        let bonds = [(0, 1, 0.9), (1, 2, 0.8), (2, 3, 0.7)];
        assert_eq!(stories(&bonds, &RANK, |_, _| false), [vec![0, 1, 2]]);
        assert_eq!(stories(&bonds, &RANK, |a, b| (a, b) == (0, 3)), [vec![0, 1, 2, 3]]);
    }

    #[test]
    fn the_order_of_the_bonds_does_not_matter() {
        let mut bonds = vec![(0, 1, 0.5), (1, 2, 0.5), (2, 3, 0.5), (3, 4, 0.5)];
        let groups = stories(&bonds, &RANK, |_, _| false);
        bonds.reverse();
        assert_eq!(stories(&bonds, &RANK, |_, _| false), groups);
        assert!(groups.len() > 1, "a chain is not a story");
    }
}
