//! Compares the texts of candidates, as the detector [does](crate::detector::verify).

use super::Shared;
use super::blocks::{Blocks, Given, Kind, missing};
use super::local::as_article;
use super::records::{ArticleRecord, CandidateRecord, EdgeRecord, EventRecord, LeftArticleRecord};
use super::sides::by_part;
use super::wanted::Wanted;
use crate::error::Error;
use crate::idf::Idf;
use crate::verify::candidate::{Generator, PairVerifier};
use crate::verify::pair::PairScratch;
use crate::verify::policy::LEAST_EVENT;

/// The candidates of one generator, and what becomes of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Candidates {
    pub(super) generator: Generator,
    pub(super) candidates: Kind,
    /// The step that tells whose texts are wanted.
    pub(super) want: &'static str,
    pub(super) lefts: Kind,
    /// The articles that are candidates, so that nobody looks for them twice.
    pub(super) articles: Kind,
    pub(super) edges: Kind,
}

pub(super) const OF_BANDS: Candidates = Candidates {
    generator: Generator::Bands,
    candidates: Kind::BandCandidate,
    want: "want-bands",
    lefts: Kind::BandCandidateLeft,
    articles: Kind::BandArticle,
    edges: Kind::NearEdge,
};
pub(super) const OF_ANCHORS: Candidates = Candidates {
    generator: Generator::Anchors,
    candidates: Kind::AnchorCandidate,
    want: "want-anchors",
    lefts: Kind::AnchorCandidateLeft,
    articles: Kind::AnchorArticle,
    edges: Kind::AnchorEdge,
};
pub(super) const OF_MEMBERS: Candidates = Candidates {
    generator: Generator::Anchors,
    candidates: Kind::MemberCandidate,
    want: "want-members",
    lefts: Kind::MemberCandidateLeft,
    articles: Kind::MemberArticle,
    edges: Kind::MemberEdge,
};
pub(super) const OF_TERMS: Candidates = Candidates {
    generator: Generator::Terms,
    candidates: Kind::TermCandidate,
    want: "want-terms",
    lefts: Kind::TermCandidateLeft,
    articles: Kind::TermArticle,
    edges: Kind::TermEdge,
};

/// Both articles of every candidate are wanted.
pub(super) fn want(of: Candidates, given: &Given<'_>, wanted: &mut Wanted) -> Result<(), Error> {
    for candidate in given.records::<CandidateRecord>(of.candidates)? {
        wanted.add(candidate.left);
        wanted.add(candidate.right);
    }
    Ok(())
}

/// Sends the left articles of candidates to the right ones, and keeps all that are candidates.
pub(super) fn lefts(of: Candidates, given: &Given<'_>, out: &mut Blocks) -> Result<(), Error> {
    let mut candidates: Vec<CandidateRecord> = given.records(of.candidates)?;
    candidates.sort_unstable_by_key(|candidate| (candidate.left, candidate.right));
    let articles = given.by_number(Kind::Article, |it: &ArticleRecord<'_>| it.number)?;
    articles.iter().for_each(|(&number, article)| out.add(of.articles, number, article));
    for of_left in candidates.chunk_by(|a, b| a.left == b.left) {
        let number = of_left[0].left;
        let article = articles.get(&number).ok_or_else(|| missing(Kind::Article, number))?;
        for (part, rights) in by_part(out, of_left.iter().map(|it| (it.right, it.known))) {
            let left = LeftArticleRecord { article: article.clone(), rights };
            out.add_to(of.lefts, part, &left);
        }
    }
    Ok(())
}

/// Compares the candidates.
pub(super) fn compare(
    shared: &Shared,
    of: Candidates,
    given: &Given<'_>,
    out: &mut Blocks,
) -> Result<(), Error> {
    let idf = Idf::default();
    let judge = PairVerifier::new(shared.config.criteria(), &idf);
    let articles = given.by_number(of.articles, |it: &ArticleRecord<'_>| it.number)?;
    let mut scratch = PairScratch::default();
    for left in given.records::<LeftArticleRecord<'_>>(of.lefts)? {
        let number = left.article.number;
        let mut at_hand = judge.left(as_article(&left.article), &mut scratch);
        for (right, known) in left.rights {
            let article = articles.get(&right).ok_or_else(|| missing(of.articles, right))?;
            let mut pair = at_hand.with(as_article(article));
            known.into_iter().for_each(|known| pair.set_in_collection(known));
            if let Some(found) = judge.verify(&mut pair, of.generator) {
                out.add(of.edges, number, &EdgeRecord { left: number, right, found });
            }
            let event = pair.event().unwrap_or_default();
            if shared.has_stories() && event >= LEAST_EVENT {
                out.add(Kind::Event, number, &EventRecord { left: number, right, event });
            }
        }
    }
    Ok(())
}
