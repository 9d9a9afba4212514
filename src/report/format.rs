//! Numbers and lists as text.

/// A share in whole percent, rounded down: 100 % means all, and a little is not shown as 0 %.
pub(super) fn percent(share: f64) -> String {
    match (share * 100.0 + 1e-9).floor() {
        _ if share > 0.0 && share < 0.01 => "under 1 %".to_owned(),
        whole => format!("{whole} %"),
    }
}

/// A number from 0 to 1 with four decimals, rounded down so that 0.99996 does not look like 1.
pub(super) fn decimal(value: f64) -> String {
    // 57/100 times 10,000 may come out just below 5,700; dividing back shows whether it did.
    let cut = (value * 1e4).floor();
    let cut = if (cut + 1.0) / 1e4 <= value { cut + 1.0 } else { cut };
    format!("{:.4}", cut / 1e4)
}

/// A number with commas between thousands.
pub(super) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() * 4 / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// "1 word", "1,200 words".
pub(super) fn counted(number: usize, what: &str) -> String {
    format!("{} {what}{}", grouped(number), if number == 1 { "" } else { "s" })
}

/// "a, b and c".
pub(super) fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [some @ .., last] => format!("{} and {last}", some.join(", ")),
    }
}

/// Text on one line, without control characters and changes of direction: they could upset a
/// terminal, or the line of the page that the text stands in.
pub(super) fn one_line(text: &str) -> String {
    let upsets = |c: char| {
        c.is_control()
            || matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
    };
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || upsets(c))
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ")
}
