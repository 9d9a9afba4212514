//! Reports of any two texts: no text is lost, no text becomes markup, and every format can be
//! parsed.

use std::collections::HashSet;

use newsprint::{Config, Detector, Preset, Report};
use proptest::prelude::*;
use serde_json::Value;

const OPENING: &str =
    "The river rose by two metres in a single night and the old bridge was closed at dawn. ";
const CLOSING: &str =
    "Nobody was hurt, the mayor said on Monday, but it will take weeks to mend the road. ";

/// Text that could be taken for markup, upset a terminal, or has no simple length.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-e]{1,2} ",
        2 => Just(OPENING.to_owned()),
        2 => Just(CLOSING.to_owned()),
        1 => Just(OPENING.replace("single", "<b>\"wild\"</b> &amp; 'long'")),
        1 => Just("習近平主席とプーチン大統領は会談した。ウクライナ情勢について".to_owned()),
        1 => Just("ارتفع النهر مترين في ليلة واحدة وأغلق الجسر القديم عند الفجر. ".to_owned()),
        1 => prop_oneof![
            Just("<script>alert(1)</script>"), Just("</title></style><!--"), Just("&"), Just("\"'"),
            Just("\u{1b}[31m"), Just("\u{202E}"), Just("\0\x7f\u{9b}"), Just("\r\n\r\n"), Just("\n"), Just("ﷺ ﷺ ﷺ"),
        ].prop_map(str::to_owned),
        1 => any::<String>(),
    ]
}

fn text() -> impl Strategy<Value = String> {
    proptest::collection::vec(piece(), 0..14).prop_map(|pieces| pieces.concat())
}

fn detector() -> impl Strategy<Value = Detector> {
    let preset = prop_oneof![Just(Preset::Wire), Just(Preset::Ocr)];
    preset
        .prop_map(|preset| Detector::new(Config::builder().preset(preset).build().expect("valid")))
}

/// The text of the two articles of a page, with character references resolved and without the
/// labels in `a` and `b` elements. Checks that its tags are balanced.
fn read_page(page: &str) -> (HashSet<String>, Vec<String>) {
    const VOID: [&str; 2] = ["meta", "!DOCTYPE"];
    let (mut open, mut ids, mut articles): (Vec<&str>, HashSet<String>, Vec<String>) =
        Default::default();
    let (head, body) = page.split_once("<style>").expect("a style sheet");
    let page = format!("{head}{}", body.split_once("</style>").expect("its end").1);
    let mut rest = page.as_str();
    while let Some(start) = rest.find('<') {
        let text = &rest[..start];
        if open.contains(&"article")
            && open.contains(&"div")
            && !matches!(open.last(), Some(&("a" | "b")))
        {
            articles.last_mut().expect("opened").push_str(&resolved(text));
        }
        let end = start + rest[start..].find('>').expect("a tag ends");
        let tag = &rest[start + 1..end];
        rest = &rest[end + 1..];
        let name = tag.trim_start_matches('/').split([' ', '/']).next().expect("a name");
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !tag.ends_with('/') && !VOID.contains(&name) {
            open.push(name);
            articles.extend((name == "article").then(String::new));
        }
        if let Some(id) = tag.split(" id=\"").nth(1) {
            assert!(ids.insert(id.split('"').next().expect("ends").to_owned()), "{tag}");
        }
        // Quotation marks come in pairs; there is no script, and nothing to load.
        assert!(
            tag.matches('"').count() % 2 == 0 && !tag.contains(" src=") && !tag.contains(" on"),
            "{tag}"
        );
        assert!(name != "script" && name != "link" && name != "img", "{tag}");
    }
    assert!(open.is_empty(), "{open:?}");
    (ids, articles)
}

fn resolved(text: &str) -> String {
    assert!(!text.contains(['>', '"', '\'']), "{text}");
    let text = text
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'");
    text.replace("&amp;", "&")
}

proptest! {
    #[test]
    fn a_page_shows_both_texts_whole(left in text(), right in text(), title in piece(), detector in detector()) {
        let comparison = detector.compare(&left, &right);
        let report = Report::new(&comparison, &left, &right).titles(&title, &left).names(&right, &title);
        let page = report.html();
        let (ids, articles) = read_page(&page);
        let shown = |text: &str| -> String {
            let allowed = |c: char| !c.is_control() || c.is_whitespace() && c.is_ascii() && c != '\x0b' && c != '\x0c';
            text.chars().map(|c| if allowed(c) { c } else { '\u{FFFD}' }).collect()
        };
        // A label is followed by a space.
        let bare = |text: &str| text.split_whitespace().collect::<String>();
        prop_assert_eq!(articles.len(), 2);
        prop_assert_eq!(bare(&articles[0]), bare(&shown(&left)));
        prop_assert_eq!(bare(&articles[1]), bare(&shown(&right)));
        for link in page.split("href=\"#").skip(1) {
            prop_assert!(ids.contains(link.split('"').next().expect("ends")));
        }
        prop_assert_eq!(page.matches("href=\"#").count(), ids.len());
    }

    #[test]
    fn an_object_is_json_and_its_spans_are_apart(left in text(), right in text(), detector in detector()) {
        let comparison = detector.compare(&left, &right);
        let report = Report::new(&comparison, &left, &right);
        let line = report.json();
        prop_assert!(line.ends_with('\n') && line.trim_end_matches('\n').lines().count() == 1);
        let json: Value = serde_json::from_str(&line).expect("JSON");
        prop_assert_eq!(&json["relation"], comparison.relation.name());
        // Up to the last bit: by default serde_json parses numbers fast rather than exactly.
        let figure = |value: &Value| value.as_f64().expect("a number");
        prop_assert!((figure(&json["jaccard"]) - comparison.jaccard()).abs() < 1e-15);
        prop_assert!((figure(&json["coverage"]["right"]) - comparison.shared.coverage.right).abs() < 1e-15);
        prop_assert_eq!(json["evidence"].as_array().map(Vec::len), Some(report.evidence().len()));
        let passages = json["passages"].as_array().expect("a list");
        prop_assert_eq!(passages.is_empty(), comparison.shared.passages.is_empty());
        for (side, text) in [("left", &left), ("right", &right)] {
            let end = |passage: &Value, end: usize| passage[side][end].as_u64().expect("a place") as usize;
            let mut spans: Vec<_> = passages.iter().map(|passage| end(passage, 0)..end(passage, 1)).collect();
            if side == "left" {
                prop_assert!(spans.is_sorted_by_key(|span| span.start));
            }
            spans.sort_by_key(|span| span.start);
            prop_assert!(spans.windows(2).all(|pair| pair[0].end <= pair[1].start), "{:?}", spans);
            prop_assert!(spans.iter().all(|span| text.get(span.clone()).is_some_and(|text| !text.is_empty())));
        }
        let shifted: Value = serde_json::from_str(&report.json_with_offsets(|at| at + 3, |at| at)).expect("JSON");
        for (a, b) in passages.iter().zip(shifted["passages"].as_array().expect("a list")) {
            prop_assert_eq!(a["left"][1].as_u64().map(|at| at + 3), b["left"][1].as_u64());
            prop_assert_eq!(&a["right"], &b["right"]);
        }
    }

    #[test]
    fn a_summary_does_not_upset_a_terminal(left in text(), right in text(), title in piece(), detector in detector()) {
        let comparison = detector.compare(&left, &right);
        let text = Report::new(&comparison, &left, &right).titles(&title, &right).text();
        let upsets = |c: char| c != '\n' && c.is_control() || ('\u{202A}'..='\u{202E}').contains(&c);
        prop_assert!(!text.contains(upsets), "{:?}", text);
        prop_assert!(text.contains(&comparison.relation.name().to_uppercase()));
    }

    #[test]
    fn texts_that_were_not_compared_are_no_harm(left in text(), right in text(), other in text()) {
        let comparison = Detector::default().compare(&left, &right);
        let report = Report::new(&comparison, &other, &left);
        read_page(&report.html());
        serde_json::from_str::<Value>(&report.json()).expect("JSON");
        prop_assert!(!report.text().is_empty());
    }
}

fn passages(left: &str, right: &str) -> (String, String) {
    let comparison = Detector::default().compare(left, right);
    let report = Report::new(&comparison, left, right);
    (report.text(), report.html())
}

#[test]
fn the_shorter_of_two_that_changed_places_was_moved() {
    let long = format!(
        "{OPENING}The mayor thanked the firemen who had worked through the night in the rain.\n"
    );
    let (left, right) = (format!("{long}\n{CLOSING}"), format!("{CLOSING}\n\n{long}"));
    let (text, page) = passages(&left, &right);
    assert!(text.contains("One passage stands in another order."), "{text}");
    assert!(text.contains("  2  verbatim, 17 words, in another order"), "{text}");
    assert!(page.contains("<mark class=\"c1 moved\" id=\"r2\"><a href=\"#l2\""), "{page}");
    assert!(!page.contains("<mark class=\"c0 moved\""), "{page}");
}

#[test]
fn what_each_side_has_alone_is_told_and_shown() {
    let right = format!("FLOOD\n\n{}", OPENING.replace("single night", "few hours"));
    let (text, page) = passages(&format!("{OPENING}\n\n{CLOSING}"), &right);
    for told in [
        "Inside passages, 2 words stand only in the left article, 2 only in the right article.",
        "Only the left article has 17 words at the end.",
        "Only the right article has 1 word at the beginning.",
        "in a [-single night-] {+few hours+} and",
    ] {
        assert!(text.contains(told), "{told}: {text}");
    }
    assert!(page.contains("<del class=\"long\"><b>only here, 17 words</b> Nobody"), "{page}");
    assert!(page.contains("in a <ins>few hours</ins> and"), "{page}");
}

#[test]
fn a_page_calls_the_articles_by_name() {
    let right = format!("FLOOD\n\n{}", OPENING.replace("single night", "few hours"));
    let left = format!("{OPENING}\n\n{CLOSING}");
    let comparison = Detector::default().compare(&left, &right);
    let report = Report::new(&comparison, &left, &right);
    let long = "x".repeat(50);
    let shortened = format!("{}…{}", &long[..19], &long[..20]);
    for (page, names) in [
        (report.clone().titles("a<i>", "b.txt").html(), ["a&lt;i&gt;", "b.txt"]),
        (report.clone().titles("One", "One").html(), ["One (1)", "One (2)"]),
        (report.clone().titles("One", "One").names("a-17", &long).html(), ["a-17", &shortened]),
    ] {
        let [left, right] = names;
        for shown in [
            format!("Only “\u{2068}{left}\u{2069}” has 17 words at the end."),
            format!("only in “\u{2068}{left}\u{2069}”, 2 only in “\u{2068}{right}\u{2069}”."),
            format!("<a href=\"#right\"><bdi>{right}</bdi></a>"),
            format!("go to “\u{2068}{right}\u{2069}”\">1</a>"),
        ] {
            assert!(page.contains(&shown), "{shown}: {page}");
        }
        // The style sheet and the ids keep these words.
        let (_, body) = page.split_once("</style>").expect("a style sheet");
        let body = body.replace("#left", "").replace("#right", "");
        let body = body.replace("id=\"left\"", "").replace("id=\"right\"", "");
        assert!(!body.contains("left") && !body.contains("right"), "{body}");
    }
}

#[test]
fn names_and_numbers_of_one_event_are_listed() {
    let left = "Putin meets Xi Jinping in Samarkand\nRussian President Vladimir Putin told China's leader Xi Jinping in Samarkand on \
                Thursday that 176 factories would supply the Shanghai Cooperation Organisation, Moscow said.";
    let right = "In Samarkand, Putin and Xi Jinping talk trade\nAt a summit of the Shanghai Cooperation Organisation, Beijing's Xi Jinping \
                 heard from Vladimir Putin of Russia about plans for 176 plants, a Moscow envoy told us Thursday.";
    let (text, _) = passages(left, right);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.starts_with("left left article 31 words"), "{text}");
    for name in [
        "Both name ",
        "Xi Jinping",
        "Samarkand",
        "Shanghai Cooperation Organisation",
        "and the number 176.",
    ] {
        assert!(text.contains(name), "{name}: {text}");
    }
}

#[test]
fn passages_have_a_part_of_both_texts_where_one_character_is_several_words() {
    // A fraction is two words in one character, of which one may end a passage and one begin the next.
    let left = "qAAS]¾2\nqqq0qqq]¾2\n?A+AAQA¾2\nq]¾2\n?AAAQAAS\n\0\0SAQAAS]¾2://q0qq?AAAQAAS\n1]¾3\n¾2\nq]¾2\n?AQAAS]¾2\nq]¾2\n?AAAQAAS\n\0\0SA";
    let right = "QAASAAS]¾20\n?AAAQAAS]¾2\n?A\0SAQAAS]¾2\nq]¾2\n?AAAQAAS\n\0\0SAQAAS]¾2\nqqqq0qq";
    for (left, right) in [(left, right), (right, left)] {
        let shared = Detector::default().compare(left, right).shared;
        let mut spans: Vec<_> =
            shared.passages.iter().map(|passage| passage.right.clone()).collect();
        spans.sort_by_key(|span| (span.start, span.end));
        assert!(
            !spans.is_empty() && spans.windows(2).all(|two| two[0].end <= two[1].start),
            "{spans:?}"
        );
        assert!(
            shared
                .passages
                .iter()
                .all(|passage| !passage.left.is_empty() && !passage.right.is_empty())
        );
    }
}
