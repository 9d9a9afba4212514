//! Collections that are built to be slow to search.

use newsprint::Preset;

use crate::support::Random;

/// So many texts.
pub(crate) type Collect = fn(usize) -> Vec<String>;

/// Collections to search: the name, the preset, how many texts, and the texts.
pub(crate) const SEARCHED: [(&str, Preset, usize, Collect); 8] = [
    ("lines of one form", Preset::Wire, 2_500, |n| {
        let mut random = Random(6);
        let mut below = |n| random.below(n);
        (0..n)
            .map(|i| {
                let [temperature, wind, pressure, humidity] =
                    [below(40), below(40), 970 + below(70), below(100)];
                format!(
                    "Weather report for station {i}: temperature {temperature} degrees, wind \
                     {wind} knots, pressure {pressure} hPa, humidity {humidity} percent. Outlook \
                     fair for the coming day, with light winds from the west and some clouds in \
                     the afternoon."
                )
            })
            .collect()
    }),
    // Every sentence is in a large bucket; with half as many texts, each new one meets most others.
    ("stock sentences", Preset::Wire, 1_600, |n| {
        let sentences: Vec<String> = (0..60).map(|i| Random(i).words(14).join(" ") + ".").collect();
        let mut random = Random(7);
        let text =
            |_| (0..6).map(|_| sentences[random.below(60)].as_str()).collect::<Vec<_>>().join(" ");
        (0..n).map(text).collect()
    }),
    // From 4,096 texts on it is learned what terms are worth, which takes its time, too.
    ("pages of one template", Preset::Wire, 5_000, |n| {
        let template = Random(8).words(100).join(" ");
        (0..n)
            .map(|i| format!("{} {template}", Random(100 + i as u64).words(30).join(" ")))
            .collect()
    }),
    ("exact copies of near copies", Preset::Wire, 900, |n| {
        // As many versions as there are copies of each: the pairs grow with the square of `n`.
        let side = (n as f64).sqrt() as usize;
        let text = Random(9).words(200).join(" ");
        (0..n).map(|i| format!("{text} Version {} of it.", i % side)).collect()
    }),
    ("one text", Preset::Wire, 5_000, |n| vec![Random(10).words(100).join(" "); n]),
    ("a frame around half of the pages", Preset::Wire, 1_000, |n| {
        let lines: Vec<String> = (0..60).map(|i| Random(i).words(3).join(" ")).collect();
        let frame = lines.join("\n");
        (0..n)
            .map(|i| {
                let own = Random(1_000 + i as u64).words(150).join(" ");
                if i % 2 == 0 { format!("{frame}\n\n{own}") } else { own }
            })
            .collect()
    }),
    ("a footer under all", Preset::Strict, 1_000, |n| {
        let footer = Random(11).words(100).join(" ");
        (0..n)
            .map(|i| format!("{}\n\n{footer}", Random(1_000 + i as u64).words(150).join(" ")))
            .collect()
    }),
    ("one set of names in all", Preset::Story, 300, |n| {
        let names: Vec<String> =
            (0..12).map(|i| capitalized(&Random(i).words(1).join(" "))).collect();
        (0..n)
            .map(|i| {
                let mut random = Random(1_000 + i as u64);
                let names: Vec<&str> = (0..20).map(|_| names[random.below(12)].as_str()).collect();
                format!("{} {}", names.join(" met "), random.words(60).join(" "))
            })
            .collect()
    }),
];

fn capitalized(word: &str) -> String {
    word[..1].to_uppercase() + &word[1..]
}
