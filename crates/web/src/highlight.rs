//! Text with marks: which characters a fact stands on, which one was asked for, which words are doubtful. Pure; the
//! marks of one text never overlap on the page, so the words can be read and followed one by one.

use consilium_app::reading::FactWords;

/// A run of characters that are marked alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Segment {
    pub(crate) text: String,
    /// Id of the fact's row on the page.
    pub(crate) fact: Option<String>,
    /// What the fact says, for a screen reader.
    pub(crate) says: String,
    /// Asked for by the address.
    pub(crate) here: bool,
    /// The first of those: where the address leads.
    pub(crate) anchor: bool,
    /// Likely misread by character recognition.
    pub(crate) doubtful: bool,
}

/// Most characters of a page that are marked.
const LONGEST: usize = 300_000;

/// Id of the row of a fact.
pub(crate) fn row_id(start: usize, end: usize, concept: &str) -> String {
    format!("fact-{start}-{end}-{concept}")
}

/// The part of an address that asks for a span: `12-20`.
pub(crate) fn asked_span(text: &str) -> Option<(usize, usize)> {
    let (start, end) = text.split_once('-')?;
    let (start, end) = (start.parse().ok()?, end.parse().ok()?);
    (start < end).then_some((start, end))
}

/// Cuts a page's text into segments. `offset` is where the page begins in the document's text; `facts` and `here` count
/// in the document's text, `doubtful` in the page's own.
pub(crate) fn segments(
    page: &str,
    offset: usize,
    facts: &[FactWords],
    here: Option<(usize, usize)>,
    doubtful: &[(usize, usize)],
) -> Vec<Segment> {
    let length = page.chars().count();
    let anchor = here.filter(|(start, _)| (offset..offset + length).contains(start)).map(|(start, _)| start - offset);
    if length > LONGEST {
        return only_here(page, offset, here, anchor);
    }
    let mut of: Vec<Option<usize>> = vec![None; length];
    for (number, fact) in facts.iter().enumerate() {
        let (start, end) = (fact.start.max(offset) - offset, fact.end.max(offset) - offset);
        for cell in of.iter_mut().take(end.min(length)).skip(start) {
            cell.get_or_insert(number);
        }
    }
    let within = |place: usize, spans: &[(usize, usize)]| spans.iter().any(|(s, e)| (*s..*e).contains(&place));
    let mut marks = Vec::with_capacity(length);
    for (place, fact) in of.into_iter().enumerate() {
        let asked = here.is_some_and(|(s, e)| (s..e).contains(&(place + offset)));
        // A text of a million characters has few doubtful words: looking through them is cheap.
        marks.push((fact, asked, within(place, doubtful)));
    }
    let mut found: Vec<Segment> = Vec::new();
    let mut last = None;
    for (place, (letter, mark)) in page.chars().zip(marks).enumerate() {
        if last != Some(mark) {
            let (fact, here, doubtful) = mark;
            let fact = fact.and_then(|number| facts.get(number));
            found.push(Segment {
                text: String::new(),
                fact: fact.map(|f| row_id(f.start, f.end, &f.concept)),
                says: fact.map(|f| format!("{}: {}", f.label, f.words)).unwrap_or_default(),
                here,
                anchor: here && anchor == Some(place),
                doubtful,
            });
            last = Some(mark);
        }
        if let Some(segment) = found.last_mut() {
            segment.text.push(letter);
        }
    }
    found
}

/// A page of a book's length has no mark but the one asked for: the others would cost more than they show.
fn only_here(page: &str, offset: usize, here: Option<(usize, usize)>, anchor: Option<usize>) -> Vec<Segment> {
    let (start, end) = here.map_or((0, 0), |(start, end)| (start.max(offset) - offset, end.max(offset) - offset));
    let byte = |place: usize| page.char_indices().nth(place).map_or(page.len(), |(byte, _)| byte);
    let (start_byte, end_byte) = (byte(start), byte(end));
    let part = |range: std::ops::Range<usize>, here: bool| Segment {
        text: page.get(range).unwrap_or_default().to_owned(),
        fact: None,
        says: String::new(),
        here,
        anchor: here && anchor == Some(start),
        doubtful: false,
    };
    let parts = [part(0..start_byte, false), part(start_byte..end_byte, true), part(end_byte..page.len(), false)];
    parts.into_iter().filter(|part| !part.text.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use consilium_casefile::DocumentId;
    use consilium_casefile::facts::{Basis, Concept, Polarity};
    use consilium_casefile::reading::FactKey;

    use super::*;

    fn fact(start: usize, end: usize) -> FactWords {
        let document = DocumentId::from("d");
        let key = FactKey { document, concept: Concept::ER, specimen: None, quote: String::new() };
        FactWords {
            concept: "er".to_owned(),
            label: "ER".to_owned(),
            value: "positive".to_owned(),
            unit: None,
            words: "positive".to_owned(),
            basis: Basis::Stated,
            polarity: Polarity::Present,
            standing: "machine_read",
            was: None,
            by: None,
            said_at: None,
            sent: None,
            speaks: true,
            document: String::new(),
            title: String::new(),
            date: None,
            names_no_one: false,
            tumor_unclear: false,
            without_cancer: false,
            specimen: None,
            start,
            end,
            quote: String::new(),
            page: None,
            typed: None,
            region: None,
            key,
        }
    }

    fn check(
        page: &str,
        offset: usize,
        facts: &[FactWords],
        here: Option<(usize, usize)>,
        expect: &[(&str, bool, bool)],
    ) {
        let found = segments(page, offset, facts, here, &[]);
        let found: Vec<(&str, bool, bool)> =
            found.iter().map(|s| (s.text.as_str(), s.fact.is_some(), s.here)).collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn a_text_is_cut_where_marks_begin_and_end_and_nothing_of_it_is_lost() {
        check("ER positive, PR", 0, &[fact(0, 11)], None, &[("ER positive", true, false), (", PR", false, false)]);
        check("ä ER", 10, &[fact(12, 14)], Some((12, 14)), &[("ä ", false, false), ("ER", true, true)]);
        check("", 0, &[fact(0, 5)], None, &[]);
    }

    #[test]
    fn marks_beyond_the_page_and_over_one_another_do_no_harm() {
        check("ab", 5, &[fact(0, 100)], Some((0, 6)), &[("a", true, true), ("b", true, false)]);
        check("abc", 0, &[fact(0, 2), fact(1, 3)], None, &[("ab", true, false), ("c", true, false)]);
        check("abc", 0, &[fact(7, 9)], Some((9, 20)), &[("abc", false, false)]);
    }

    #[test]
    fn an_address_leads_to_one_place_also_where_what_it_asks_for_is_cut_or_the_page_is_long() {
        let check = |page: &str, offset, here: (usize, usize), expect: &[&str]| {
            let found = segments(page, offset, &[fact(2, 4)], Some(here), &[]);
            let texts: Vec<&str> = found.iter().filter(|s| s.here).map(|s| s.text.as_str()).collect();
            assert_eq!(texts, expect);
            assert_eq!(found.iter().map(|s| s.text.as_str()).collect::<String>(), page);
            found.iter().filter(|s| s.anchor).count()
        };
        assert_eq!(check("abcdef", 0, (1, 6), &["b", "cd", "ef"]), 1);
        assert_eq!(check("abcdef", 10, (4, 13), &["abc"]), 0, "it begins on the page before");
        let long = format!("{}é needle", "x".repeat(LONGEST));
        assert_eq!(check(&long, 5, (LONGEST + 7, LONGEST + 13), &["needle"]), 1);
        assert_eq!(check(&long, 5, (LONGEST * 3, LONGEST * 4), &[]), 0);
        assert_eq!(check(&long, LONGEST, (0, 3), &[]), 0);
    }

    #[test]
    fn an_address_asks_for_a_span_or_for_nothing() {
        assert_eq!(asked_span("3-9"), Some((3, 9)));
        for nonsense in ["", "3", "9-3", "3-3", "-1-4", "a-b", "99999999999999999999999-1"] {
            assert_eq!(asked_span(nonsense), None, "{nonsense:?}");
        }
    }
}
