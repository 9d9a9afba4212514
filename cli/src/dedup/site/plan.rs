//! Which clusters and articles get pages of their own, if not all can.

/// The number of comparisons that each cluster gets pages for; none if it gets no page itself.
///
/// `members` has the number of members of each cluster, the largest first; `pages` is how many
/// pages of clusters and comparisons there may be. Each cluster in turn gets its page and one
/// comparison. What is then left goes to second comparisons, in the same order, then to third ones,
/// and so on.
pub(super) fn comparisons(members: &[usize], pages: usize) -> Vec<Option<usize>> {
    let clusters = members.len().min(pages.div_ceil(2));
    let mut left = pages.saturating_sub(2 * clusters);
    let (mut rounds, mut ahead) = (1, 0);
    // Whoever has more members than there were rounds takes part in the next.
    let mut in_round = members[..clusters].partition_point(|&members| members > rounds);
    while in_round > 0 && left > 0 {
        ahead = left.min(in_round);
        left -= ahead;
        if ahead == in_round {
            rounds += 1;
            ahead = 0;
            in_round = members[..clusters].partition_point(|&members| members > rounds);
        }
    }
    let is_odd = pages < 2 * clusters;
    let planned = |(i, &members): (usize, &usize)| match i {
        _ if i >= clusters => None,
        _ if is_odd && i + 1 == clusters => Some(0),
        _ => Some(members.min(rounds + usize::from(i < ahead))),
    };
    members.iter().enumerate().map(planned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_dealt_out_in_turn_and_all_are_used() {
        let members = [5, 3, 1, 1];
        for (pages, expected) in [
            (0, [None; 4]),
            (1, [Some(0), None, None, None]),
            (2, [Some(1), None, None, None]),
            (7, [Some(1), Some(1), Some(1), Some(0)]),
            (8, [Some(1); 4]),
            (9, [Some(2), Some(1), Some(1), Some(1)]),
            (11, [Some(3), Some(2), Some(1), Some(1)]),
            (12, [Some(3), Some(3), Some(1), Some(1)]),
            (13, [Some(4), Some(3), Some(1), Some(1)]),
            (14, [Some(5), Some(3), Some(1), Some(1)]),
            (1000, [Some(5), Some(3), Some(1), Some(1)]),
        ] {
            assert_eq!(comparisons(&members, pages), expected, "{pages}");
        }
        assert_eq!(comparisons(&[], 10), []);
    }
}
