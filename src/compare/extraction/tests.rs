use super::*;
use crate::compare::analysis::Analysis;
use crate::idf::Idf;
use crate::text::fold::Folding;
use proptest::prelude::*;

fn features(left: &str, right: &str, by_letters: bool) -> Features {
    let parsed = [left, right].map(|text| ParsedText::of(text, Folding::default(), by_letters));
    let parsed = parsed.each_ref();
    let (alignment, metadata) = (ParsedText::align(parsed), PairMetadata::default());
    let scratch = &mut ExtractionScratch::default();
    Analysis::of([left, right], parsed, alignment, metadata, &Idf::default(), scratch).features
}

#[test]
fn forms_differ_in_names_and_numbers() {
    let [monday, friday] = [
        "Prices of hogs in Kolm were 41.50 on Monday, the ministry said in its daily report on markets.",
        "Prices of hogs in Ostra were 39.75 on Friday, the ministry said in its daily report on markets.",
    ];
    let features = features(monday, friday, false);
    let feature = |feature| features.get(feature);
    assert_eq!((feature(Feature::NumbersKept), feature(Feature::NamesKept)), (0.0, 0.0));
    assert_eq!(feature(Feature::CoveredMin), 1.0);
    assert_eq!(feature(Feature::SentencesFilled), 1.0);
    assert_eq!((feature(Feature::Days), feature(Feature::Sources)), (-1.0, -1.0));
}

#[test]
fn a_quotation_is_not_text_in_common() {
    let said =
        "The bridge will stay closed until the end of the summer because its piers are cracked";
    let [left, right] = [
        format!(
            "Drivers must wait for months, it emerged yesterday. “{said},” the mayor told reporters."
        ),
        format!(
            "The mayor spoke to the council of Kolm on Tuesday evening.\n\n{said}.\n\nNobody objected to it."
        ),
    ];
    let features = features(&left, &right, false);
    assert!(features.get(Feature::CoveredMin) > 0.3);
    assert!(features.get(Feature::UnquotedMax) < 0.1, "quoted on one side is quoted on both");
    assert_eq!(features.get(Feature::Quotations), amount(16));
}

proptest! {
    #[test]
    fn which_text_is_the_left_one_does_not_matter(
        left in "([A-D][a-c]{0,2}|[a-e]{1,3}|[0-9]{1,2}|[“”.\n\"] ){0,60}",
        right in "([A-D][a-c]{0,2}|[a-e]{1,3}|[0-9]{1,2}|[“”.\n\"] ){0,60}",
        by_letters in any::<bool>(),
    ) {
        let [there, back] = [features(&left, &right, by_letters), features(&right, &left, by_letters)];
        prop_assert_eq!(there, back);
        let is_share = |feature: &Feature| !matches!(
            feature,
            Feature::ShorterWords | Feature::UnquotedWords | Feature::LongestRun | Feature::Clutter | Feature::NewMin
                | Feature::Blocks | Feature::RunLength | Feature::Quotations | Feature::NamesShared
                | Feature::NumbersShared | Feature::LineLength | Feature::Days | Feature::LeadNumbersUnmatched
        );
        for feature in Feature::ALL.into_iter().filter(is_share) {
            let value = there.get(feature);
            prop_assert!(value == -1.0 || (0.0..=1.0001).contains(&value), "{feature:?} {value}");
        }
    }
}
