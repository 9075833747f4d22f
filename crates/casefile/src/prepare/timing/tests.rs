//! What of a letter is proposed as a date, with the words that are shipped, and what is passed over.

use super::*;

fn cues() -> Vec<CoursePhrase> {
    let table = include_str!("../../../../../knowledge/reading/timing-cues.csv");
    let row = |line: &str| {
        let (phrase, means) = line.rsplit_once(',')?;
        Some(CoursePhrase { phrase: phrase.to_owned(), class: String::new(), means: means.to_owned() })
    };
    table.lines().skip(1).filter_map(row).collect()
}

/// `start 2026-03-21 chemotherapy`, `by 84 days of Operation`; each statement of the text.
fn said(text: &str) -> Vec<String> {
    let words = |s: TimingStatement| {
        let meaning = if s.means == TimingMeaning::Start { "start" } else { "by" };
        let date = s.date.map(|date| date.to_string());
        let day = s.day_of_year.map(|(month, day)| format!("--{month:02}-{day:02}"));
        let days = s.days.map(|days| format!("{days} days"));
        let from = s.from.map(|from| format!("of {from:?}"));
        let parts = [Some(meaning.to_owned()), date, day, days, from, Some(s.what).filter(|what| !what.is_empty())];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    };
    timing(text, &cues()).into_iter().map(words).collect()
}

#[test]
fn what_a_letter_says_of_the_start_and_of_waiting_is_read_with_its_sentence() {
    for (text, expect) in [
        ("Chemotherapy should start by 21 March 2027.", "by 2027-03-21 chemotherapy"),
        ("Chemotherapy should start by March 21st.", "by --03-21 chemotherapy"),
        (
            "We advise that radiation therapy should begin within 12 weeks of surgery.",
            "by 84 days of Operation radiation therapy",
        ),
        (
            "4. Chemotherapy should start within twelve\nweeks of surgery, that is by 12/10/2026.\n5. Port.",
            "by 2026-12-10 84 days of Operation chemotherapy",
        ),
        ("Treatment is planned to start on 14 March 2027.", "start 2027-03-14 treatment"),
        ("Adjuvant chemotherapy is scheduled to begin on Monday, 2027-03-15.", ""),
        ("It is safe to wait up to 6 weeks from today.", "by 42 days of Record"),
        ("Surgery should not be delayed beyond 2027-04-01.", "by 2027-04-01 surgery"),
        ("Planned start: 03/14/2027", "start 2027-03-14"),
    ] {
        let found = said(text);
        if expect.is_empty() {
            assert!(found.len() <= 1, "{text}");
        } else {
            assert_eq!(found, [expect], "{text}");
        }
    }
    let text = "Seen today.  Chemotherapy should start by 21 March 2027. ";
    let statement = timing(text, &cues()).remove(0);
    let quoted: String = text.chars().skip(statement.start).take(statement.end - statement.start).collect();
    assert_eq!(
        (quoted.as_str(), statement.quote.as_str()),
        ("Chemotherapy should start by 21 March 2027.", quoted.as_str())
    );
}

#[test]
fn no_word_of_a_letters_head_or_foot_stands_in_what_is_quoted() {
    let head = "Rosa Example\nBorn 14 March 1971\nMRN 4711\n";
    let short = "chemotherapy should start by 21 March 2027";
    for (text, quote) in [
        (format!("{head}Chemotherapy should start by 21 March 2027"), "Chemotherapy should start by 21 March 2027"),
        (
            format!("{head}We advise that {short}\nRosa Example 4711"),
            "We advise that chemotherapy should start by 21 March 2027",
        ),
        (
            format!("Rosa Example, born 14 March 1971, MRN 4711: {short}."),
            "chemotherapy should start by 21 March 2027.",
        ),
        (format!("Rosa Example 14 March 1971 MRN 4711 {short}"), short),
        (format!("Rosa Example {short}"), short),
        (format!("Patient\tRosa Example\t{short}\nTel. 4711"), short),
        (
            format!("{head}Re: Rosa Example\nChemotherapy should\nstart by\n21 March\n2027\nRosa Example"),
            "Chemotherapy should\nstart by\n21 March\n2027",
        ),
        (
            format!("{head}İstanbul\u{ad}\u{200b}\n\tIt is safe to wait until 1 December 2026\nExample"),
            "It is safe to wait until 1 December 2026",
        ),
    ] {
        let found = timing(&text, &cues());
        let quotes: Vec<&str> = found.iter().map(|s| s.quote.as_str()).collect();
        assert_eq!(quotes, [quote], "{text:?}");
        let there: String = text.chars().skip(found[0].start).take(found[0].end - found[0].start).collect();
        assert_eq!(there, quote);
    }
    let long = format!("Chemotherapy should start by 21 March 2027 {}", "x ".repeat(200));
    assert!(timing(&long, &cues()).iter().all(|s| s.quote.chars().count() <= LONGEST_QUOTE));
}

#[test]
fn how_long_it_is_safe_to_wait_is_no_start() {
    for (text, waits) in
        [("It is safe to wait until 1 December 2026.", true), ("Chemotherapy should start by 1 December 2026.", false)]
    {
        assert_eq!(timing(text, &cues()).iter().map(|s| s.waits).collect::<Vec<_>>(), [waits], "{text}");
    }
}

#[test]
fn what_is_denied_doubted_remembered_or_says_no_time_proposes_nothing() {
    for text in [
        "",
        ".",
        "Chemotherapy should start soon.",
        "Chemotherapy should not start before 21 March 2027.",
        "Chemotherapy was planned to start on 21 March 2027.",
        "If the wound has healed, chemotherapy should start by 21 March 2027.",
        "Chemotherapy started on 21 March 2027.",
        "Radiation could start by 21 March 2027.",
        "Chemotherapy should start by 32 March 2027.",
        "Chemotherapy should start by March.",
        "Chemotherapy should start within many weeks of surgery.",
        "Chemotherapy should start within 0 weeks of surgery.",
        "Chemotherapy should start within 99999999999 weeks of surgery.",
        "Return by 21 March 2027.",
        "You should start. Come by 21 March 2027.",
        "\u{c}\u{c}\n\n \u{202e}",
    ] {
        assert_eq!(said(text), Vec::<String>::new(), "{text:?}");
    }
    assert_eq!(said(&format!("{} should start by 21 March 2027.", "x ".repeat(600))), Vec::<String>::new());
    assert_eq!(timing("Chemotherapy should start by 21 March 2027.", &[]), []);
    assert_eq!(said(&"Chemotherapy should start by 21 March 2027. ".repeat(100)).len(), MOST);
}

#[test]
fn a_day_without_a_year_is_the_next_one_after_the_record() {
    let next = |day, from: &str| next_day(day, from.parse().unwrap()).map(|date| date.to_string());
    assert_eq!(next((3, 21), "2026-12-01").as_deref(), Some("2027-03-21"));
    assert_eq!(next((12, 1), "2026-12-01").as_deref(), Some("2026-12-01"));
    assert_eq!(next((2, 29), "2026-12-01").as_deref(), Some("2028-02-29"));
}
