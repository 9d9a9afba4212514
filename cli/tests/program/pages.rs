//! Tests of the pages of `dedup --html`: what they show, how many there are, and which files they
//! replace.

use std::fs;

use super::{Dir, LIBRARY, RIVER, corpus, line, run, version};

/// An article with a title, a source and a date; an empty one is left out.
fn article(id: &str, text: &str, [title, source, date]: [&str; 3]) -> String {
    let mut fields = serde_json::json!({ "id": id, "text": text });
    for (name, value) in [("title", title), ("source", source), ("date", date)] {
        if !value.is_empty() {
            fields[name] = value.into();
        }
    }
    format!("{fields}\n")
}

/// The names of the files of a directory, sorted.
fn names(dir: &Dir, site: &str) -> Vec<String> {
    let entries = fs::read_dir(dir.path().join(site)).expect("lists");
    let name = |entry: std::io::Result<fs::DirEntry>| entry.expect("lists").file_name();
    let mut names: Vec<String> =
        entries.map(|entry| name(entry).to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// All pages whose name begins so, one after the other.
fn pages(dir: &Dir, site: &str, beginning: &str) -> String {
    let is_page = |name: &&String| name.starts_with(beginning) && name.ends_with(".html");
    let read = |name: &String| dir.read(&format!("{site}/{name}"));
    names(dir, site).iter().filter(is_page).map(read).collect()
}

#[test]
fn show_clusters_in_order_of_time() {
    let dir = Dir::new();
    let later = RIVER.replace("single night", "few hours");
    dir.write(
        "in.jsonl",
        article("c", &later, ["Flood <i>", "C & C", "1951-02-03T18:30:00Z"])
            + &article("none", RIVER, ["Flood <i>", "", ""])
            + &article("a", RIVER, ["Flood <i>", "A & A", "1951-02-03T12:00:00Z"])
            + &article("b", RIVER, ["Flood <i>", "A & A", "1951-02-05T12:00:00Z"])
            + &line("other", LIBRARY)
            + &line("again", LIBRARY),
    );
    dir.write("site/kept.txt", "kept");
    let outcome = run!("dedup", dir, &["in.jsonl", "--html", "site", "--pairs", "p.tsv"]);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""));
    assert!(
        outcome.stdout.contains("\npages                     9   from site"),
        "{}",
        outcome.stdout
    );
    let all = [
        "cluster-1-article-1.html",
        "cluster-1-article-2.html",
        "cluster-1-article-3.html",
        "cluster-1.html",
        "cluster-2-article-1.html",
        "cluster-2.html",
        "index.html",
        "kept.txt",
        "newsprint-pages.txt",
        "with-copy.html",
        "with-identical.html",
    ];
    assert_eq!(names(&dir, "site"), all);
    let index = dir.read("site/index.html");
    for shown in [
        "<h1>2 clusters</h1>",
        "6 of 6 articles are in a cluster",
        "<a href=\"with-copy.html\">copy <small>(1)</small></a>",
        "<a href=\"with-identical.html\">identical <small>(2)</small></a>",
        "<a href=\"index.html#size-4\">4 <small>(1)</small></a>",
        "<tr id=\"c1\"><td id=\"size-4\" class=\"number\">1</td>\
         <th scope=\"row\"><a href=\"cluster-1.html\"><bdi>Flood &lt;i&gt;</bdi></a> \
         <small><bdi>A &amp; A</bdi> · id <bdi>a</bdi></small></th>",
        "<td><time datetime=\"1951-02-03T12:00:00Z\">1951-02-03</time></td><td>2 days</td>\
         <td>identical 2, copy 1</td>",
    ] {
        assert!(index.contains(shown), "{shown}: {index}");
    }
    assert!(!dir.read("site/with-copy.html").contains("cluster-2.html"));

    let cluster = dir.read("site/cluster-1.html");
    let (before, after) = cluster.split_once("<tbody>").expect("a table");
    for shown in [
        "<a href=\"index.html#c1\">All clusters</a>",
        "<a rel=\"next\" href=\"cluster-2.html\">",
        "4 articles of 2 sources · <time",
        "Jaccard similarity 68 %",
        "<span class=\"who\"><bdi>A &amp; A</bdi></span> <span class=\"when\">first, <time",
        "<span class=\"who\"><bdi>C &amp; C</bdi></span> <span class=\"when\">6 h later</span>\
         <span class=\"track\"><span style=\"--at:0.1354\">",
        "One article without a date is at the end of the list.",
    ] {
        assert!(before.contains(shown), "{shown}: {before}");
    }
    let rows: Vec<&str> = after.split("</tr>").collect();
    for (row, shown) in rows.iter().zip([
        &["id <bdi>a</bdi>", "1951-02-03 12:00 UTC</time></td>", "<strong>representative"][..],
        &[
            "<a href=\"cluster-1-article-1.html\"><bdi>Flood &lt;i&gt;</bdi></a>",
            "<small>6 h later</small>",
            "<strong>copy</strong> <small>One text: most of each article stands in the other.",
            "Jaccard similarity 68 %",
        ],
        &["<a href=\"cluster-1-article-2.html\">", "<small>2 days later</small>", "100 %"],
        &["id <bdi>none</bdi>", "no date", "<strong>identical</strong>"],
    ]) {
        assert!(shown.iter().all(|shown| row.contains(shown)), "{shown:?}: {row}");
    }

    let page = dir.read("site/cluster-1-article-1.html");
    for shown in [
        "<a href=\"cluster-1.html\">Cluster 1: <bdi>Flood &lt;i&gt;</bdi></a>",
        "<a rel=\"next\" href=\"cluster-1-article-2.html\">",
        "<del>single night</del>",
        "<ins>few hours</ins>",
        "only in “\u{2068}a\u{2069}”, 2 only in “\u{2068}c\u{2069}”",
        "\u{2068}Flood &lt;i&gt;\u{2069} · \u{2068}C &amp; C\u{2069} · \u{2068}1951-02-03 18:30 UTC\u{2069}",
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    assert_eq!(dir.read("site/kept.txt"), "kept");
}

#[test]
fn an_excerpt_says_which_contains_which() {
    let dir = Dir::new();
    let lines = corpus(3);
    let text = |line: &str| {
        let fields: serde_json::Value = serde_json::from_str(line).expect("JSON");
        fields["text"].as_str().expect("a text").to_owned()
    };
    let texts: Vec<String> = lines.lines().map(text).collect();
    let long = format!("{} {} {}", texts[0], texts[1], RIVER);
    let dated = |id: &str, text: &str, date: &str| article(id, text, ["A headline", "", date]);
    dir.write(
        "in.jsonl",
        dated("long", &long, "2020-01-01") + &dated("cut", &texts[0], "2020-01-01"),
    );
    let outcome = run!("dedup", dir, &["in.jsonl", "--html", "site"]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    let cluster = dir.read("site/cluster-1.html");
    for shown in [
        "<span class=\"when\">on the same day</span>",
        "Nearly all of it stands in the longer representative.",
        "Containment: 100 % of it is in the representative",
    ] {
        assert!(cluster.contains(shown), "{shown}: {cluster}");
    }
    // The excerpt came first and is the representative.
    dir.write(
        "in.jsonl",
        dated("long", &long, "2020-01-02") + &dated("cut", &texts[0], "2020-01-01"),
    );
    run!("dedup", dir, &["in.jsonl", "--html", "site"]);
    let cluster = dir.read("site/cluster-1.html");
    for shown in [
        "It is longer, and has nearly all of the representative.",
        "Containment: 100 % of the representative is in it",
        "<small>1 day later</small>",
    ] {
        assert!(cluster.contains(shown), "{shown}: {cluster}");
    }
}

#[test]
fn every_article_of_a_cluster_is_listed_however_few_pages_there_are() {
    let dir = Dir::new();
    let copies: String = (0..30).map(|i| line(&format!("copy{i:02}"), &version(i))).collect();
    dir.write("in.jsonl", copies + &corpus(1800));
    for (limit, clusters, comparisons) in [("100", 50, 50), ("0", 0, 0), ("1300", 601, 629)] {
        let args = ["in.jsonl", "--html", "site", "--pages", limit, "--clusters", "c.tsv"];
        let outcome = run!("dedup", dir, &args);
        assert_eq!(outcome.code, 0, "{}", outcome.stderr);
        let written = names(&dir, "site");
        let compared = |name: &&String| name.contains("-article-");
        assert_eq!(written.iter().filter(compared).count(), comparisons, "{limit}");
        let of_clusters = |name: &&String| name.starts_with("cluster-") && !compared(name);
        assert_eq!(written.iter().filter(of_clusters).count(), clusters, "{limit}");
        // Four pages of the list.
        assert!(written.contains(&"index-4.html".to_owned()), "{written:?}");
        let index = pages(&dir, "site", "index");
        assert_eq!(index.matches("<tr id=\"c").count(), 601);
        assert_eq!(index.matches("no page of its own").count(), 601 - clusters);
        let cluster_pages = pages(&dir, "site", "cluster-");
        let rows = dir.read("c.tsv");
        assert_eq!(rows.lines().count(), 1 + 1200 + 30);
        for row in rows.lines().skip(1) {
            let id = format!("<bdi>{}</bdi>", row.split('\t').next().expect("an id"));
            assert!(index.contains(&id) || cluster_pages.contains(&id), "{id}");
        }
        let is_partial = cluster_pages.contains("Of 29 members, the first to appear has a page");
        assert_eq!(is_partial, limit == "100");
        assert!(!cluster_pages.contains("at the end of the list"));
    }
}

#[test]
fn relations_and_figures_are_those_of_the_pairs() {
    let dir = Dir::new();
    dir.write("in.jsonl", corpus(60) + &line("a", RIVER) + &line("b", &format!("{RIVER} again")));
    for options in [&[][..], &["--threshold", "0.5"], &["--preset", "ocr"]] {
        let args = [&["in.jsonl", "--html", "site", "--pairs", "p.tsv"], options].concat();
        let outcome = run!("dedup", dir, &args);
        assert_eq!(outcome.code, 0, "{}", outcome.stderr);
        let clusters = pages(&dir, "site", "cluster-");
        let table = dir.rows("p.tsv", 4);
        assert_eq!(table.lines().count(), 21);
        for row in table.lines() {
            let columns: Vec<&str> = row.split('\t').collect();
            let share = columns[3].parse::<f64>().expect("a share") * 100.0;
            let similarity = format!("Jaccard similarity {} %", (share + 1e-6).floor());
            let relation = format!("<strong>{}</strong>", columns[2]);
            let member = |row: &&str| {
                [columns[0], columns[1]].iter().any(|id| row.contains(&format!("<bdi>{id}</bdi>")))
                    && row.contains(&relation)
                    && row.contains(&similarity)
            };
            assert_eq!(clusters.split("</tr>").filter(member).count(), 1, "{row}");
        }
    }
}

#[test]
fn stories_are_listed_with_all_their_texts() {
    let dir = Dir::new();
    let first = "Putin meets Xi Jinping in Samarkand. Russian President Vladimir Putin told China's leader Xi Jinping in \
        Samarkand on Thursday that 176 factories would supply the Shanghai Cooperation Organisation, Moscow said.";
    let second = "In Samarkand, Putin and Xi Jinping talk trade. At a summit of the Shanghai Cooperation Organisation, Beijing's \
        Xi Jinping heard from Vladimir Putin of Russia about plans for 176 factories, a Moscow envoy told us Thursday.";
    let dated = |id: &str, text: &str| article(id, text, ["", id, "2022-09-15"]);
    dir.write("in.jsonl", dated("a", first) + &dated("b", second) + &dated("c", first));
    let args = ["in.jsonl", "--preset", "story", "--html", "site", "--json"];
    let outcome = run!("dedup", dir, &args);
    assert_eq!((outcome.count("stories"), outcome.count("clusters")), (1, 1), "{}", outcome.stdout);
    let stories = dir.read("site/stories.html");
    for shown in [
        "<h1>1 story</h1>",
        "id=\"story-1\"",
        "3 articles of 3 sources",
        "<a href=\"cluster-1.html\">",
        "with 1 other of its text",
        "id <bdi>b</bdi>",
        "Least sure to belong to it: ",
    ] {
        assert!(stories.contains(shown), "{shown}: {stories}");
    }
    assert!(dir.read("site/cluster-1.html").contains("<a href=\"stories.html#story-1\">"));
    assert!(dir.read("site/index.html").contains("<a href=\"stories.html\">Stories"));
}

#[test]
fn hostile_text_is_no_markup() {
    let dir = Dir::new();
    let hostile =
        "</title></style><script>alert('1')</script><img src=x onerror=\"a\"> javascript:x &amp;";
    let other = format!("{hostile} \u{1b}[31m \u{202e}");
    let fields = [hostile, hostile, "2020-01-01"];
    let untitled = ["", hostile, ""];
    let text = format!("{hostile}\n{RIVER}");
    dir.write(
        "in.jsonl",
        article(hostile, &text, fields)
            + &article(&other, &text, untitled)
            + &article("b", &format!("{text} again"), fields),
    );
    for pages_option in ["0", "10"] {
        let outcome = run!("dedup", dir, &["in.jsonl", "--html", "site", "--pages", pages_option]);
        assert_eq!(outcome.code, 0, "{}", outcome.stderr);
        let all = pages(&dir, "site", "");
        assert!(all.contains("&lt;script&gt;alert(&#39;1&#39;)") && all.contains("&amp;amp;"));
        for markup in ["<script", "<img", "href=\"javascript", "onerror=\"", "\u{1b}"] {
            assert!(!all.contains(markup), "{markup}");
        }
        assert_eq!(all.matches("</title>").count(), all.matches("<html").count());
        assert_eq!(all.matches("</style>").count(), all.matches("<html").count());
    }
}

#[test]
fn pages_of_an_earlier_run_are_removed_and_nothing_else() {
    let dir = Dir::new();
    dir.write("in.jsonl", corpus(30));
    let html = ["in.jsonl", "--html", "site"];
    assert_eq!(run!("dedup", dir, &html).code, 0);
    assert_eq!(names(&dir, "site").len(), 23);
    let page = dir.read("site/cluster-3.html");
    let list = dir.read("site/newsprint-pages.txt");
    assert_eq!(list.lines().count(), 23);

    // Files of the user: beside the pages, in place of one, a copy of one, and some that were
    // added to the list.
    dir.write("site/notes.html", "mine");
    dir.write("site/cluster-9-article-1.html", "<!DOCTYPE html>\nmine");
    dir.write("site/cluster-99.html", &page);
    dir.write("site/copy of a page.html", &page);
    dir.write("outside/cluster-3.html", &page);
    dir.write("outside.html", &page);
    let added = "copy of a page.html\nnotes.html\n../outside.html\n../outside/cluster-3.html\n..\n\ncluster-98.html\n";
    dir.write("site/newsprint-pages.txt", list + added);
    fs::create_dir(dir.path().join("site/cluster-98.html")).expect("made");
    #[cfg(unix)]
    std::os::unix::fs::symlink("../outside.html", dir.path().join("site/cluster-97.html"))
        .expect("links");
    dir.write("in.jsonl", line("a", RIVER) + &line("b", RIVER));
    let outcome = run!("dedup", dir, &html);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""));
    let mut expected = vec![
        "cluster-1-article-1.html",
        "cluster-1.html",
        "cluster-9-article-1.html",
        "cluster-97.html",
        "cluster-98.html",
        "cluster-99.html",
        "copy of a page.html",
        "index.html",
        "newsprint-pages.txt",
        "notes.html",
        "with-identical.html",
    ];
    expected.retain(|name| cfg!(unix) || *name != "cluster-97.html");
    assert_eq!(names(&dir, "site"), expected);
    let list = dir.read("site/newsprint-pages.txt");
    let mut listed: Vec<&str> = list.lines().skip(1).collect();
    listed.sort_unstable();
    let written =
        ["cluster-1-article-1.html", "cluster-1.html", "index.html", "with-identical.html"];
    assert_eq!(listed, written);
    assert_eq!(dir.read("site/notes.html"), "mine");
    assert_eq!(
        (dir.read("outside.html"), dir.read("outside/cluster-3.html")),
        (page.clone(), page)
    );
}

#[test]
fn what_is_no_page_is_not_overwritten() {
    let dir = Dir::new();
    dir.write("in.jsonl", line("a", RIVER) + &line("b", RIVER));
    for name in ["index.html", "newsprint-pages.txt", "cluster-1.html", "with-identical.html"] {
        let site = format!("site of {name}");
        dir.write(&format!("{site}/{name}"), "mine");
        let outcome = run!("dedup", dir, &["in.jsonl", "--html", &site]);
        assert_eq!(outcome.code, 2, "{}", outcome.stderr);
        let message = format!("{name}: newsprint did not make what is there");
        assert!(outcome.stderr.contains(&message), "{}", outcome.stderr);
        assert_eq!(names(&dir, &site), [name]);
        assert_eq!(dir.read(&format!("{site}/{name}")), "mine");
    }
    // A link is not followed, even to a page.
    #[cfg(unix)]
    {
        assert_eq!(run!("dedup", dir, &["in.jsonl", "--html", "site"]).code, 0);
        fs::rename(dir.path().join("site/index.html"), dir.path().join("index.html")).expect("own");
        std::os::unix::fs::symlink("../index.html", dir.path().join("site/index.html"))
            .expect("links");
        let before = dir.read("index.html");
        dir.write("in.jsonl", line("a", RIVER));
        let outcome = run!("dedup", dir, &["in.jsonl", "--html", "site"]);
        assert_eq!((outcome.code, dir.read("index.html")), (2, before), "{}", outcome.stderr);
    }
}
