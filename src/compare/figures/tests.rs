use super::*;
use crate::compare::close::{Close, align};
use crate::text::fold::Folding;
use proptest::prelude::*;

fn figures(left: &str, right: &str, by_letters: bool) -> Figures {
    let parsed = [left, right].map(|text| Parsed::of(text, Folding::default(), by_letters));
    let sides = parsed.each_ref();
    let memory = &mut Memory::default();
    Close::of([left, right], sides, align(sides), Around::default(), &Default::default(), memory)
        .figures
}

#[test]
fn what_differs_in_a_form_are_names_and_numbers() {
    let [monday, friday] = [
        "Prices of hogs in Kolm were 41.50 on Monday, the ministry said in its daily report on markets.",
        "Prices of hogs in Ostra were 39.75 on Friday, the ministry said in its daily report on markets.",
    ];
    let figures = figures(monday, friday, false);
    let figure = |figure| figures.get(figure);
    assert_eq!((figure(Figure::NumbersKept), figure(Figure::NamesKept)), (0.0, 0.0));
    assert_eq!(figure(Figure::CoveredMin), 1.0);
    assert_eq!(figure(Figure::SentencesFilled), 1.0);
    assert_eq!((figure(Figure::Days), figure(Figure::Sources)), (-1.0, -1.0));
}

#[test]
fn a_quotation_is_no_text_in_common() {
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
    let figures = figures(&left, &right, false);
    assert!(figures.get(Figure::CoveredMin) > 0.3);
    assert!(figures.get(Figure::UnquotedMax) < 0.1, "quoted on one side is quoted on both");
    assert_eq!(figures.get(Figure::Quotations), amount(16));
}

proptest! {
    #[test]
    fn which_text_is_the_left_one_does_not_matter(
        left in "([A-D][a-c]{0,2}|[a-e]{1,3}|[0-9]{1,2}|[“”.\n\"] ){0,60}",
        right in "([A-D][a-c]{0,2}|[a-e]{1,3}|[0-9]{1,2}|[“”.\n\"] ){0,60}",
        by_letters in any::<bool>(),
    ) {
        let [there, back] = [figures(&left, &right, by_letters), figures(&right, &left, by_letters)];
        prop_assert_eq!(there, back);
        let is_share = |figure: &Figure| !matches!(
            figure,
            Figure::ShorterWords | Figure::UnquotedWords | Figure::LongestRun | Figure::Clutter | Figure::NewMin
                | Figure::Blocks | Figure::RunLength | Figure::Quotations | Figure::NamesShared
                | Figure::NumbersShared | Figure::LineLength | Figure::Days | Figure::LeadNumbersUnmatched
        );
        for figure in Figure::ALL.into_iter().filter(is_share) {
            let value = there.get(figure);
            prop_assert!(value == -1.0 || (0.0..=1.0001).contains(&value), "{figure:?} {value}");
        }
    }
}
