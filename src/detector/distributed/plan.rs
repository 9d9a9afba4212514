//! The plan: which steps there are, what each reads, and which of them a collection needs.

use super::blocks::{Blocks, Given, Kind};
use super::verify::{self, Candidates, OF_ANCHORS, OF_BANDS, OF_MEMBERS, OF_TERMS};
use super::{Gathered, Shared};
use super::{anchors, assemble, bands, groups, sieve, terms, texts, wanted};
use crate::error::Error;

/// A step, as an engine runs it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Step {
    /// Its name, which no other step has.
    pub name: &'static str,
    /// The kinds of blocks that it reads, of whatever steps wrote them.
    pub inputs: Vec<Kind>,
    /// Those of the inputs that are [mapped](super::Job::map) before they are sent to the parts.
    pub mapped: Vec<Kind>,
    /// Whether all blocks are [gathered](super::Job::gather) in one place rather than reduced by
    /// parts.
    pub gathers: bool,
}

/// All steps, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Distinct,
    SumTermCounts,
    Learn,
    PairTerms,
    SendTerms,
    NearTexts,
    CountNear,
    CloseTexts,
    Buckets,
    MergeLarge,
    PairWaiting,
    SendWaiting,
    CompareWaiting,
    SendLarge,
    CompareLarge,
    SendBands,
    SieveBands,
    Want(Candidates),
    SendCandidates(Candidates),
    Compare(Candidates),
    ConnectNear,
    SendNear,
    FormGroups,
    MarkSearched,
    GroupAnchors,
    SendAnchors,
    SieveAnchors,
    SendGroups,
    Expand,
    SendMembers,
    PairMembers,
    SendStretches,
    DropStretches,
    SearchedTerms,
    SieveTerms,
    Connect,
    SendComponents,
    Assemble,
}

impl Stage {
    pub(super) const ALL: [Stage; 47] = [
        Stage::Distinct,
        Stage::SumTermCounts,
        Stage::Learn,
        Stage::PairTerms,
        Stage::SendTerms,
        Stage::NearTexts,
        Stage::CountNear,
        Stage::CloseTexts,
        Stage::Buckets,
        Stage::MergeLarge,
        Stage::PairWaiting,
        Stage::SendWaiting,
        Stage::CompareWaiting,
        Stage::SendLarge,
        Stage::CompareLarge,
        Stage::SendBands,
        Stage::SieveBands,
        Stage::Want(OF_BANDS),
        Stage::SendCandidates(OF_BANDS),
        Stage::Compare(OF_BANDS),
        Stage::ConnectNear,
        Stage::SendNear,
        Stage::FormGroups,
        Stage::MarkSearched,
        Stage::GroupAnchors,
        Stage::SendAnchors,
        Stage::SieveAnchors,
        Stage::Want(OF_ANCHORS),
        Stage::SendCandidates(OF_ANCHORS),
        Stage::Compare(OF_ANCHORS),
        Stage::SendGroups,
        Stage::Expand,
        Stage::SendMembers,
        Stage::PairMembers,
        Stage::Want(OF_MEMBERS),
        Stage::SendCandidates(OF_MEMBERS),
        Stage::Compare(OF_MEMBERS),
        Stage::SendStretches,
        Stage::DropStretches,
        Stage::SearchedTerms,
        Stage::SieveTerms,
        Stage::Want(OF_TERMS),
        Stage::SendCandidates(OF_TERMS),
        Stage::Compare(OF_TERMS),
        Stage::Connect,
        Stage::SendComponents,
        Stage::Assemble,
    ];

    fn name(self) -> &'static str {
        match self {
            Stage::Distinct => "distinct",
            Stage::SumTermCounts => "sum-term-counts",
            Stage::Learn => "learn",
            Stage::PairTerms => "pair-terms",
            Stage::SendTerms => "send-terms",
            Stage::NearTexts => "near-texts",
            Stage::CountNear => "count-near",
            Stage::CloseTexts => "close-texts",
            Stage::Buckets => "buckets",
            Stage::MergeLarge => "merge-large",
            Stage::PairWaiting => "pair-waiting",
            Stage::SendWaiting => "send-waiting",
            Stage::CompareWaiting => "compare-waiting",
            Stage::SendLarge => "send-large",
            Stage::CompareLarge => "compare-large",
            Stage::SendBands => "send-bands",
            Stage::SieveBands => "sieve-bands",
            Stage::Want(of) => of.want,
            Stage::SendCandidates(of) => of.lefts.name(),
            Stage::Compare(of) => of.edges.name(),
            Stage::ConnectNear => "connect-near",
            Stage::SendNear => "send-near",
            Stage::FormGroups => "form-groups",
            Stage::MarkSearched => "mark-searched",
            Stage::GroupAnchors => "group-anchors",
            Stage::SendAnchors => "send-anchors",
            Stage::SieveAnchors => "sieve-anchors",
            Stage::SendGroups => "send-groups",
            Stage::Expand => "expand",
            Stage::SendMembers => "send-members",
            Stage::PairMembers => "pair-members",
            Stage::SendStretches => "send-stretches",
            Stage::DropStretches => "drop-stretches",
            Stage::SearchedTerms => "searched-terms",
            Stage::SieveTerms => "sieve-terms",
            Stage::Connect => "connect",
            Stage::SendComponents => "send-components",
            Stage::Assemble => "assemble",
        }
    }

    /// What it reads: first what it is for, without which it is not needed.
    fn inputs(self, shared: &Shared, has: impl Fn(Kind) -> bool) -> Vec<Kind> {
        let terms = |of: &[Kind]| match shared.weights.is_some() {
            true => [of, &[Kind::Terms]].concat(),
            false => of.to_vec(),
        };
        let context = |of: &[Kind]| match shared.has_stories() {
            true => [&terms(of)[..], &[Kind::Near]].concat(),
            false => terms(of),
        };
        match self {
            Stage::Distinct => vec![Kind::Signed],
            Stage::SumTermCounts => vec![Kind::TermCounts],
            Stage::Learn => vec![Kind::Totals, Kind::Sample, Kind::TermSums],
            Stage::PairTerms if !shared.has_stories() => Vec::new(),
            Stage::PairTerms => vec![Kind::Terms],
            Stage::SendTerms => terms(&[Kind::TermPair]),
            Stage::NearTexts => terms(&[Kind::TermLeft]),
            Stage::CountNear => vec![Kind::NearPair, Kind::Near],
            Stage::CloseTexts => vec![Kind::NearPairLeft, Kind::Near],
            Stage::Buckets => vec![Kind::Text],
            Stage::MergeLarge => vec![Kind::LargeBucket],
            Stage::PairWaiting if has(Kind::InLarge) => Vec::new(),
            Stage::PairWaiting => vec![Kind::Waiting],
            Stage::SendWaiting if !has(Kind::InLarge) => Vec::new(),
            Stage::SendWaiting => vec![Kind::Waiting, Kind::InLarge, Kind::Text],
            Stage::CompareWaiting => vec![Kind::WaitingText],
            Stage::SendLarge => vec![Kind::InLarge, Kind::Text, Kind::Article],
            Stage::CompareLarge => vec![Kind::LargeText],
            Stage::SendBands => context(&[Kind::BandPair, Kind::Text, Kind::InLarge]),
            Stage::SieveBands => context(&[Kind::BandLeft, Kind::Text, Kind::InLarge]),
            Stage::Want(of) => vec![of.candidates],
            Stage::SendCandidates(of) => vec![of.candidates, Kind::Article],
            Stage::Compare(of) => vec![of.lefts, of.articles],
            Stage::ConnectNear if !shared.config.uses_anchors() => Vec::new(),
            Stage::ConnectNear => vec![Kind::NearEdge],
            Stage::SendNear => vec![Kind::InNear, Kind::NearEdge, Kind::Text],
            Stage::FormGroups => vec![Kind::NearPart],
            Stage::MarkSearched => vec![Kind::Collapsed, Kind::Anchors],
            Stage::GroupAnchors if has(Kind::SearchedAnchors) => vec![Kind::SearchedAnchors],
            Stage::GroupAnchors => vec![Kind::Anchors],
            Stage::SendAnchors => {
                context(&[Kind::AnchorPair, Kind::AnchorFrequency, Kind::NearEdge])
            }
            Stage::SieveAnchors => context(&[Kind::AnchorLeft, Kind::AnchorFrequency]),
            Stage::SendGroups if !has(Kind::Group) => Vec::new(),
            Stage::SendGroups => vec![Kind::AnchorEdge, Kind::Group],
            Stage::Expand => vec![Kind::GroupEdge, Kind::Group],
            Stage::SendMembers => context(&[Kind::MemberPair, Kind::NearEdge]),
            Stage::PairMembers => context(&[Kind::MemberLeft]),
            Stage::SendStretches if !shared.drops_stretches() => Vec::new(),
            Stage::SendStretches => {
                let first = anchors::TEXT_EDGES.into_iter().find(|&kind| has(kind));
                let edges = anchors::TEXT_EDGES.into_iter().filter(|&kind| Some(kind) != first);
                first.into_iter().chain(edges).chain([Kind::AnchorFrequency]).collect()
            }
            Stage::DropStretches => vec![Kind::StretchLeft, Kind::AnchorFrequency],
            Stage::SearchedTerms => {
                [&[Kind::TermPairClose, Kind::Collapsed], &anchors::TEXT_EDGES[..]].concat()
            }
            Stage::SieveTerms => vec![Kind::TermPairSearched, Kind::Collapsed],
            // It has something to do for any collection, even if it finds nothing.
            Stage::Connect => {
                let others = [Kind::Totals, Kind::Copy, Kind::Event];
                [&others, assemble::listed_edges(shared)].concat()
            }
            Stage::SendComponents => {
                let kinds = [Kind::Component, Kind::Article, Kind::Copy, Kind::Event];
                let kinds = [&kinds, assemble::listed_edges(shared)].concat();
                if shared.has_stories() { context(&kinds) } else { kinds }
            }
            Stage::Assemble => vec![Kind::ComponentPart],
        }
    }

    /// The step, if the kinds of blocks that there are make it necessary.
    pub(super) fn step(self, shared: &Shared, has: impl Fn(Kind) -> bool) -> Option<Step> {
        let mut inputs = self.inputs(shared, &has);
        has(*inputs.first()?).then_some(())?;
        inputs.retain(|&kind| has(kind));
        let is_mapped = |kind: &Kind| {
            matches!(
                (self, kind),
                (Stage::PairTerms | Stage::Buckets | Stage::GroupAnchors, _)
                    | (Stage::SendWaiting, Kind::Waiting)
                    | (Stage::SendCandidates(_) | Stage::SendComponents, Kind::Article)
            )
        };
        let mapped = inputs.iter().copied().filter(is_mapped).collect();
        let gathers = matches!(
            self,
            Stage::Learn | Stage::MergeLarge | Stage::Want(_) | Stage::ConnectNear | Stage::Connect
        );
        Some(Step { name: self.name(), inputs, mapped, gathers })
    }

    /// Maps the blocks of an input.
    pub(super) fn map(
        self,
        shared: &Shared,
        given: &Given<'_>,
        out: &mut Blocks,
    ) -> Result<(), Error> {
        match self {
            Stage::PairTerms => terms::keys(shared, given, out),
            Stage::Buckets => bands::keys(&shared.config, given, out),
            Stage::GroupAnchors => anchors::keys(given, out),
            Stage::SendWaiting => bands::scatter_waiting(given, out),
            Stage::SendCandidates(_) | Stage::SendComponents => {
                wanted::articles(shared.wanted.as_ref(), given, out)
            }
            _ => Ok(()),
        }
    }

    /// Takes blocks of a step that connects texts or articles, or that tells which are wanted.
    pub(super) fn gather(
        self,
        shared: &Shared,
        given: &Given<'_>,
        gathered: &mut Gathered,
    ) -> Result<(), Error> {
        let components = &mut gathered.components;
        match self {
            Stage::Want(of) => verify::want(of, given, gathered.wanted.get_or_insert_default()),
            Stage::MergeLarge => bands::connect_large(given, components),
            Stage::ConnectNear => groups::connect(given, components),
            Stage::Connect => assemble::connect(shared, given, components),
            _ => Ok(()),
        }
    }

    /// Writes what is connected.
    pub(super) fn gathered(self, gathered: &mut Gathered, out: &mut Blocks) {
        let components = &mut gathered.components;
        match self {
            Stage::MergeLarge => bands::in_large(components, out),
            Stage::ConnectNear => groups::in_near(components, out),
            Stage::Connect => {
                let wanted = gathered.wanted.get_or_insert_default();
                assemble::components(components, wanted, out);
            }
            _ => {}
        }
    }

    /// Reduces the blocks of a part.
    pub(super) fn reduce(
        self,
        shared: &Shared,
        given: &Given<'_>,
        out: &mut Blocks,
    ) -> Result<(), Error> {
        let config = &shared.config;
        match self {
            Stage::Distinct => texts::distinct(config, shared.parts, given, out),
            Stage::SumTermCounts => texts::sum_counts(given, out),
            Stage::Learn
            | Stage::MergeLarge
            | Stage::Want(_)
            | Stage::ConnectNear
            | Stage::Connect => Ok(()),
            Stage::PairTerms => terms::group(given, out),
            Stage::SendTerms => terms::lefts(given, out),
            Stage::NearTexts => terms::near(shared, given, out),
            Stage::CountNear => terms::near_lefts(given, out),
            Stage::CloseTexts => terms::close(shared, given, out),
            Stage::Buckets => bands::buckets(config, given, out),
            Stage::PairWaiting => bands::pair_waiting(given, out),
            Stage::SendWaiting => bands::waiting_texts(given, out),
            Stage::CompareWaiting => bands::compare_waiting(config, given, out),
            Stage::SendLarge => bands::large_texts(given, out),
            Stage::CompareLarge => bands::compare_large(config, given, out),
            Stage::SendBands => sieve::band_lefts(given, out),
            Stage::SieveBands => sieve::band_candidates(shared, given, out),
            Stage::SendCandidates(of) => verify::lefts(of, given, out),
            Stage::Compare(of) => verify::compare(shared, of, given, out),
            Stage::SendNear => groups::scatter(given, out),
            Stage::FormGroups => groups::form(given, out),
            Stage::MarkSearched => anchors::searched(given, out),
            Stage::GroupAnchors => anchors::group(given, out),
            Stage::SendAnchors => anchors::lefts(given, out),
            Stage::SieveAnchors => anchors::candidates(shared, given, out),
            Stage::SendGroups => groups::expand_lefts(shared, given, out),
            Stage::Expand => groups::expand(shared, given, out),
            Stage::SendMembers => groups::member_lefts(given, out),
            Stage::PairMembers => groups::member_candidates(shared, given, out),
            Stage::SendStretches => anchors::stretch_lefts(given, out),
            Stage::DropStretches => anchors::specific(given, out),
            Stage::SearchedTerms => terms::searched_lefts(given, out),
            Stage::SieveTerms => terms::candidates(given, out),
            Stage::SendComponents => assemble::scatter(shared, given, out),
            Stage::Assemble => assemble::assemble(shared, given, out),
        }
    }
}
