//! The form of what a person types or corrects: a number in its unit and range, a value of the list its concept has, a
//! code or the name of what it stands for. What has no such form is refused with a sentence, never saved as it stands.

use crate::facts::{Concept, Polarity};
use crate::knowledge::{CodedPhrase, ConceptFacts, Knowledge, TypedWords};
use crate::shared::message::Refusal;
use crate::shared::text::has_hidden_characters;

/// Longest typed value, characters.
const LONGEST: usize = 200;
/// Values of a list that are told in a refusal.
const TOLD: usize = 12;

/// One line of typed words.
///
/// # Errors
/// When it is empty, too long, or holds characters that cannot be seen.
pub(super) fn line(value: &str) -> Result<String, Refusal> {
    let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
    if has_hidden_characters(&value) {
        return Err(Refusal::new("refusal-hidden-characters"));
    }
    match value.chars().count() {
        0 => Err(Refusal::new("refusal-fact-empty")),
        1..=LONGEST => Ok(value),
        _ => Err(Refusal::new("refusal-too-long").with("most", LONGEST)),
    }
}

/// What was typed, in the form its concept has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Typed {
    pub(super) value: String,
    /// Prefix of a TNM category or stage, where one was written.
    pub(super) prefix: Option<String>,
    /// Another concept that the words are a value of, as a percentage typed for a receptor is.
    pub(super) concept: Option<Concept>,
    /// What the words say of it by themselves: "negative" is not so, whatever box was left empty.
    pub(super) polarity: Option<Polarity>,
}

impl Typed {
    /// What is said of the value: by its words, where they say it. A choice is untouched where it is still what was
    /// `offered`; one that was made is what is said of words that say nothing.
    ///
    /// # Errors
    /// When a choice that was made and the words contradict each other.
    pub(super) fn said(&self, chosen: Polarity, offered: Polarity) -> Result<Polarity, Refusal> {
        match self.polarity {
            None => Ok(chosen),
            Some(own) if own == chosen || chosen == offered => Ok(own),
            Some(_) => Err(Refusal::new("refusal-fact-says-two-things").with("value", self.value.clone())),
        }
    }
}

/// Prefixes of a category: clinical or pathologic, after treatment (`y`), of a recurrence (`r`), at autopsy (`a`).
const PREFIXES: [&str; 12] = ["c", "p", "y", "yc", "yp", "r", "rc", "rp", "ry", "ryc", "ryp", "a"];

/// The value in the form its concept has, or what people type for it: `knowledge/typed-words.csv`. `site` is the ICD-O-3
/// category of the tumour, where it is known: a grade of "3" means one thing in the breast and nothing in the prostate.
///
/// # Errors
/// A refusal that names the form.
pub(super) fn value(
    concept: &Concept,
    typed: &str,
    site: Option<&str>,
    knowledge: &Knowledge,
) -> Result<Typed, Refusal> {
    let refused = match in_form(concept, typed, knowledge) {
        Ok(found) => return Ok(found),
        Err(refused) => refused,
    };
    let words = folded(&line(typed)?);
    let here = |row: &&TypedWords| {
        let at_site = row.sites.is_empty() || site.is_some_and(|site| row.sites.iter().any(|s| s == site));
        row.concept == *concept && at_site
    };
    let rows = knowledge.typed_words.iter().filter(here);
    rows.filter_map(|row| meant(row, &words, knowledge)).next().ok_or(refused)
}

/// What typed words are understood as: the concept, the value with its prefix, and whether it is said to be so.
///
/// # Errors
/// A refusal that names the form.
pub fn understood(
    concept: &Concept,
    typed: &str,
    site: Option<&str>,
    knowledge: &Knowledge,
) -> Result<(Concept, String, Polarity), Refusal> {
    let found = value(concept, typed, site, knowledge)?;
    let polarity = found.said(Polarity::Present, Polarity::Present)?;
    let concept = found.concept.unwrap_or_else(|| concept.clone());
    Ok((concept, format!("{}{}", found.prefix.unwrap_or_default(), found.value), polarity))
}

/// Words without what makes no difference: capitals, hyphens, blanks around signs, a full stop at the end.
fn folded(typed: &str) -> String {
    let plain = typed.to_lowercase().replace(['-', '_'], " ");
    let words: Vec<&str> = plain.trim_end_matches('.').split_whitespace().collect();
    [" + ", " +", "+ ", " = ", " =", "= "].iter().fold(words.join(" "), |text, sign| text.replace(sign, sign.trim()))
}

/// What the words are a value of, when they are those of the row.
fn meant(row: &TypedWords, words: &str, knowledge: &Knowledge) -> Option<Typed> {
    let (concept, value) = match row.value.split_once('=') {
        Some((concept, value)) => (Some(Concept::named(concept.trim())), value.trim()),
        None => (None, row.value.as_str()),
    };
    let part = ["{value}", "{site}"].into_iter().find(|part| row.typed.contains(part));
    let value = match part.and_then(|part| Some((part, row.typed.split_once(part)?))) {
        None if folded(&row.typed) == words => value.to_owned(),
        None => return None,
        Some((part, (before, after))) => {
            let inside = words.strip_prefix(before)?.strip_suffix(after)?.trim();
            let is_site = || knowledge.vocabulary.topography.iter().any(|place| place.phrase == inside);
            if inside.is_empty() || part == "{site}" && !is_site() {
                return None;
            }
            value.replace(part, inside)
        }
    };
    let found = in_form(concept.as_ref().unwrap_or(&row.concept), &value, knowledge).ok()?;
    Some(Typed { concept, ..found })
}

/// What a value says of itself, by the list of concepts: `present: positive; absent: negative`.
fn polarity_of(facts: &ConceptFacts, value: &str) -> Option<Polarity> {
    let named = |name: &str| match name {
        "present" => Some(Polarity::Present),
        "absent" => Some(Polarity::Absent),
        "uncertain" => Some(Polarity::Uncertain),
        _ => None,
    };
    if facts.polarity_use == "as the value" {
        return named(value).or_else(|| (value == "negative").then_some(Polarity::Absent));
    }
    let parts = facts.polarity_use.split(';').filter_map(|part| part.split_once(':'));
    let stated = parts.into_iter().find(|(_, of)| of.trim() == value).and_then(|(name, _)| named(name.trim()));
    // "Not amplified" is written "negative" as other answers are: the list says it in the method's own words.
    let answer = || match value {
        "positive" => Some(Polarity::Present),
        "negative" => Some(Polarity::Absent),
        _ => None,
    };
    stated.or_else(|| if facts.polarity_use.contains("absent:") { answer() } else { None })
}

/// The value in the form its concept has, as the lists write it.
fn in_form(concept: &Concept, typed: &str, knowledge: &Knowledge) -> Result<Typed, Refusal> {
    let typed = line(typed)?;
    let whole = bare_value(concept, &typed, knowledge);
    if whole.is_err() && [Concept::T, Concept::N, Concept::M, Concept::STAGE_GROUP].contains(concept) {
        let split = PREFIXES.iter().filter_map(|prefix| {
            let (start, rest) = typed.split_at_checked(prefix.len())?;
            let value = bare_value(concept, rest, knowledge).ok().filter(|_| start.eq_ignore_ascii_case(prefix))?;
            Some(Typed { value, prefix: Some((*prefix).to_owned()), concept: None, polarity: None })
        });
        if let Some(split) = split.max_by_key(|split| split.prefix.as_ref().map(String::len)) {
            return Ok(split);
        }
    }
    let polarity = |value: &str| knowledge.concept(concept).and_then(|facts| polarity_of(facts, value));
    whole.map(|value| Typed { polarity: polarity(&value), value, prefix: None, concept: None })
}

/// The value without a prefix.
fn bare_value(concept: &Concept, typed: &str, knowledge: &Knowledge) -> Result<String, Refusal> {
    let typed = line(typed)?;
    let Some(facts) = knowledge.concept(concept) else { return Ok(typed) };
    match facts.value_form.as_str() {
        "code" if *concept == Concept::MORPHOLOGY => {
            let code = coded(&typed, is_morphology, &knowledge.vocabulary.morphology)?;
            let known =
                code.get(..4).and_then(|kind| kind.parse().ok()).is_some_and(|kind| MORPHOLOGIES.contains(&kind));
            if known { Ok(code) } else { Err(Refusal::new("refusal-fact-no-such-tumor").with("code", code)) }
        }
        "code" => {
            let code = coded(&typed, is_topography, &knowledge.vocabulary.topography)?;
            let known = knowledge.is_site(&code);
            if known { Ok(code) } else { Err(Refusal::new("refusal-fact-no-such-site").with("code", code)) }
        }
        form if form.starts_with("number") || form.starts_with("whole number") => {
            let of_list = listed(&facts.values, &typed, concept).filter(|_| !is_range(&facts.values));
            let value = match of_list {
                Some(value) => value,
                None => number(&with_points(&typed)?, facts).ok_or_else(|| refused(facts))?,
            };
            // A length without its unit may be ten times what is meant.
            let figures = |c: char| c.is_ascii_digit() || ".,<>=- ".contains(c);
            if facts.unit.as_deref() == Some("mm") && typed.chars().all(figures) && !holds_zero(&value) {
                return Err(Refusal::new("refusal-fact-unit"));
            }
            if *concept == Concept::TUMOR_SIZE_MM && holds_zero(&value) {
                return Err(Refusal::new("refusal-fact-size-zero"));
            }
            Ok(value)
        }
        form if form.contains("percent") => {
            let percent = ConceptFacts { unit: Some("%".to_owned()), values: Vec::new(), ..facts.clone() };
            match listed(&facts.values, &typed, concept) {
                Some(value) => Ok(value),
                None => number(&with_points(&typed)?, &percent).ok_or_else(|| refused(facts)),
            }
        }
        _ if facts.values.is_empty() => {
            // Words: something must be in them that can be read.
            if typed.chars().any(char::is_alphanumeric) { Ok(typed) } else { Err(refused(facts)) }
        }
        _ => listed(&facts.values, &typed, concept).ok_or_else(|| refused(facts)),
    }
}

fn refused(facts: &ConceptFacts) -> Refusal {
    let form = facts.value_form.replace('|', ", ");
    let told: Vec<&str> = facts.values.iter().take(TOLD).map(|value| value.trim_end_matches('*')).collect();
    let more = if facts.values.len() > TOLD { ", …" } else { "" };
    let form = match form.contains(':') || told.is_empty() {
        true => form,
        false => format!("{form}: {}{more}", told.join(", ")),
    };
    // In plain words: what may be chosen, not what the list of concepts calls it.
    let form = match facts.values.iter().any(|value| value.ends_with('*')) {
        true => format!("one of {}{more}, with what is written behind it where there is more", told.join(", ")),
        false => form.replacen("category:", "one of", 1),
    };
    Refusal::new("refusal-fact-form").with("form", form)
}

/// Whether the list is one range of numbers.
fn is_range(values: &[String]) -> bool {
    matches!(values, [only] if range(only).is_some())
}

/// `0-100`
pub(crate) fn range(text: &str) -> Option<(f64, f64)> {
    let (from, to) = text.split_once('-')?;
    Some((from.trim().parse().ok()?, to.trim().parse().ok()?))
}

/// The value of a list that is meant: capitals, and blanks against underscores, make no difference. One that ends in `*`
/// may have a subcategory behind it.
fn listed(values: &[String], typed: &str, concept: &Concept) -> Option<String> {
    let is_tnm = [Concept::T, Concept::N, Concept::M].contains(concept);
    let folded = |text: &str| text.to_lowercase().replace('_', " ");
    let whole = values.iter().find(|value| folded(value.trim_end_matches('*')) == folded(typed));
    if let Some(value) = whole {
        return Some(value.trim_end_matches('*').to_owned());
    }
    let begun = values.iter().filter_map(|value| value.strip_suffix('*')).filter_map(|value| {
        let start = typed.get(..value.len()).filter(|start| folded(start) == folded(value))?;
        let rest = typed.get(start.len()..).filter(|rest| is_subcategory(rest))?;
        let rest = if is_tnm { rest.to_owned() } else { rest.to_uppercase() };
        Some((value.len(), format!("{value}{rest}")))
    });
    begun.max_by_key(|(length, _)| *length).map(|(_, value)| value)
}

/// `1c`, `mi`, `a(sn)`, `(m)`, `A2`.
fn is_subcategory(text: &str) -> bool {
    let (own, mut rest) = text.split_at(text.find('(').unwrap_or(text.len()));
    let letters = own.chars().filter(char::is_ascii_alphabetic).count();
    let figures = own.chars().filter(char::is_ascii_digit).count();
    let own_is_right = own == "mi"
        || own.len() <= 3
            && letters <= 2
            && figures <= 2
            && own.chars().all(|c| c.is_ascii_digit() || "abcdeABCDESX".contains(c));
    let mut groups = 0;
    while let Some((inside, after)) = rest.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
        let plain = |c: char| c.is_ascii_alphanumeric() || "+-,. ".contains(c);
        if inside.is_empty() || inside.len() > 8 || !inside.chars().all(plain) {
            return false;
        }
        (rest, groups) = (after, groups + 1);
    }
    own_is_right && rest.is_empty() && groups <= 2
}

/// ICD-O-3 counts its morphologies from 8000 to 9993.
const MORPHOLOGIES: std::ops::RangeInclusive<u32> = 8000..=9993;

fn holds_zero(value: &str) -> bool {
    let figures = value.trim_start_matches(['<', '>', '=']).split('-');
    figures.filter_map(|figure| figure.parse::<f64>().ok()).any(|figure| figure <= 0.0)
}

/// Numbers with the point that is expected between a whole and its part: `1,5` is `1.5`, and `1,234.5` is `1234.5`.
///
/// # Errors
/// When a comma may stand for either: `1,500`.
fn with_points(typed: &str) -> Result<String, Refusal> {
    let mut written = String::new();
    let mut rest = typed;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|c: char| !(c.is_ascii_digit() || c == ',' || c == '.')).unwrap_or(from.len());
        let (figures, after) = from.split_at(end);
        written.push_str(before);
        written.push_str(&with_point(figures)?);
        rest = after;
    }
    written.push_str(rest);
    Ok(written)
}

fn with_point(figures: &str) -> Result<String, Refusal> {
    let (whole, part) = figures.split_once('.').map_or((figures, None), |(whole, part)| (whole, Some(part)));
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    let groups: Vec<&str> = groups.collect();
    let thousands = (1..=3).contains(&first.len()) && !first.starts_with('0') && groups.iter().all(|g| g.len() == 3);
    match (groups.as_slice(), part) {
        ([], _) => Ok(figures.to_owned()),
        ([_], None) if thousands => Err(Refusal::new("refusal-fact-comma").with("typed", figures)),
        ([only], None) => Ok(format!("{first}.{only}")),
        _ if thousands => Ok(figures.replace(',', "")),
        // No way to write a number: refused for its form.
        _ => Ok(figures.to_owned()),
    }
}

/// `2.3 cm` is `23` where millimetres are asked for; a range and a bound are kept. `None` when it is no number, or one
/// that cannot be.
fn number(text: &str, facts: &ConceptFacts) -> Option<String> {
    let figures = |c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '<' | '>' | '=');
    let end = text.find(|c: char| !figures(c)).unwrap_or(text.len());
    let (figures, written) = text.split_at(end);
    let bare = ["<=", ">=", "<", ">"].iter().find_map(|bound| figures.strip_prefix(bound)).unwrap_or(figures);
    let parts: Vec<f64> = bare.split('-').map(plain_number).collect::<Option<_>>()?;
    let unit = facts.unit.as_deref();
    let (kept, parts) = match (written.trim(), unit) {
        ("", _) => (figures.to_owned(), parts),
        (written, Some(unit)) if written.eq_ignore_ascii_case(unit) => (figures.to_owned(), parts),
        ("cm", Some("mm")) => match parts.as_slice() {
            [only] if bare == figures => {
                let millimetres = (only * 100.0).round() / 10.0;
                (millimetres.to_string(), vec![millimetres])
            }
            _ => return None,
        },
        _ => return None,
    };
    let stated = facts.value_form.split([' ', ',']).find_map(range);
    let percent = (unit == Some("%")).then_some((0.0, 100.0));
    let (least, most) = facts.values.iter().find_map(|v| range(v)).or(stated).or(percent).unwrap_or((0.0, MOST));
    let whole = facts.value_form.starts_with("whole");
    let fits = |part: &f64| (least..=most).contains(part) && (!whole || part.fract() == 0.0);
    let in_order = match parts.as_slice() {
        [_] => true,
        [from, to] => from <= to && bare == figures,
        _ => false,
    };
    (in_order && parts.iter().all(fits)).then_some(kept)
}

/// No finding of a record is larger.
const MOST: f64 = 10_000_000.0;

/// Figures with at most one point between them.
fn plain_number(text: &str) -> Option<f64> {
    let inside = text.starts_with(|c: char| c.is_ascii_digit()) && text.ends_with(|c: char| c.is_ascii_digit());
    text.parse().ok().filter(|_| inside)
}

/// A code of this form, or that of the phrase that was typed.
fn coded(typed: &str, is_code: fn(&str) -> bool, phrases: &[CodedPhrase]) -> Result<String, Refusal> {
    let upper = typed.to_uppercase();
    if is_code(&upper) {
        return Ok(upper);
    }
    let phrase = typed.to_lowercase().replace('-', " ");
    let meant = phrases.iter().filter(|known| known.phrase == phrase).min_by_key(|known| known.only_at.len());
    meant.map(|known| known.code.clone()).ok_or_else(|| Refusal::new("refusal-fact-code"))
}

/// ICD-O-3 topography: `C50`, `C50.4`.
fn is_topography(code: &str) -> bool {
    match code.as_bytes() {
        [b'C', a, b] => a.is_ascii_digit() && b.is_ascii_digit(),
        [b'C', a, b, b'.', c] => [a, b, c].iter().all(|figure| figure.is_ascii_digit()),
        _ => false,
    }
}

/// ICD-O-3 morphology with its behaviour: `8500/3`.
fn is_morphology(code: &str) -> bool {
    match code.split_once('/') {
        Some((kind, behaviour)) => {
            kind.len() == 4
                && kind.chars().all(|c| c.is_ascii_digit())
                && matches!(behaviour, "0" | "1" | "2" | "3" | "6" | "9")
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn concept(id: Concept, form: &str, unit: Option<&str>, values: &[&str]) -> ConceptFacts {
        ConceptFacts {
            id,
            label: "Anything".to_owned(),
            value_form: form.to_owned(),
            polarity_use: String::new(),
            unit: unit.map(str::to_owned),
            code_system: None,
            code: None,
            confirmed: false,
            values: values.iter().map(|value| (*value).to_owned()).collect(),
        }
    }

    /// What becomes of typed words; `None` when they are refused.
    fn check(facts: &ConceptFacts, typed: &str, expect: Option<&str>) {
        let mut knowledge = Knowledge { concepts: vec![facts.clone()], ..Knowledge::default() };
        knowledge.vocabulary.topography.push(CodedPhrase {
            phrase: "left lower lobe".to_owned(),
            code: "C34.3".to_owned(),
            only_at: Vec::new(),
            implies: None,
            hints: None,
        });
        let found = value(&facts.id, typed, None, &knowledge).ok();
        let found = found.map(|t| format!("{}{}", t.prefix.unwrap_or_default(), t.value));
        assert_eq!(found.as_deref(), expect, "{}: {typed:?}", facts.id);
    }

    #[test]
    fn a_value_of_a_list_is_kept_as_the_list_writes_it_and_nothing_else_is_saved() {
        let er = concept(Concept::ER, "category", None, &["positive", "negative", "low positive", "equivocal"]);
        for right in ["positive", "Positive", "  POSITIVE "] {
            check(&er, right, Some("positive"));
        }
        check(&er, "low_positive", Some("low positive"));
        for wrong in ["banana", "positiv", "95 %", "-1", "positive negative", "+", "pos\u{202e}itive", "positive\u{0}"]
        {
            check(&er, wrong, None);
        }
        let msi = concept(Concept::MSI, "category", None, &["MSS", "MSI-L", "MSI-H"]);
        check(&msi, "msi-h", Some("MSI-H"));
        check(&msi, "MSI", None);
    }

    #[test]
    fn a_category_may_have_a_subcategory_but_no_words_behind_it() {
        let t = concept(Concept::T, "category", None, &["TX", "T0", "Tis*", "Ta", "T1*", "T2*", "T3*", "T4*"]);
        for (typed, expect) in [
            ("pT1c", "pT1c"),
            ("T1mi", "T1mi"),
            ("ypT2(m)", "ypT2(m)"),
            ("cT2", "cT2"),
            ("PT3", "pT3"),
            ("rpT3", "rpT3"),
            ("tis(DCIS)", "Tis(DCIS)"),
            ("Tx", "TX"),
            ("T4b", "T4b"),
        ] {
            check(&t, typed, Some(expect));
        }
        for wrong in [
            "T",
            "T5",
            "T2 banan",
            "T2banana",
            "T2(",
            "T2()",
            "N1",
            "T1234",
            "T-2",
            "T2(\u{202e})",
            "ppT2",
            "cpT2",
            "p",
            "yp",
            "xT2",
            "p T2é",
        ] {
            check(&t, wrong, None);
        }
        let n = concept(Concept::N, "category", None, &["NX", "N0*", "N1*", "N2*", "N3*"]);
        check(&n, "pN1a(sn)", Some("pN1a(sn)"));
        check(&n, "N0(i+)", Some("N0(i+)"));
        let stage = concept(Concept::STAGE_GROUP, "category", None, &["0", "I*", "II*", "III*", "IV*"]);
        for (typed, expect) in [("iiia", "IIIA"), ("IIIC2", "IIIC2"), ("IV", "IV"), ("0", "0"), ("pIIA", "pIIA")] {
            check(&stage, typed, Some(expect));
        }
        for wrong in ["V", "IIII", "2", "II of III", "invented"] {
            check(&stage, wrong, None);
        }
    }

    #[test]
    fn a_number_is_in_its_range_never_below_zero_and_a_count_is_whole() {
        let percent = concept(Concept::KI67, "number or range", Some("%"), &[]);
        for (typed, expect) in
            [("20", "20"), ("20 %", "20"), ("<5", "<5"), (">=90", ">=90"), ("30-35", "30-35"), ("0", "0")]
        {
            check(&percent, typed, Some(expect));
        }
        for wrong in
            ["-5", "101", "1e3", "inf", "NaN", "35-30", "5-", ".", "5.", "<<5", "<>5", "=5", "20 mm", "1-2-3", "<1-5"]
        {
            check(&percent, wrong, None);
        }
        let size = concept(Concept::TUMOR_SIZE_MM, "number", Some("mm"), &["0-1000"]);
        check(&size, "2.3 cm", Some("23"));
        check(&size, "23 mm", Some("23"));
        for wrong in
            ["3.1", "23", "200 cm", "-2 cm", "99999999999999999999", "2.3.4", "0", "0 mm", "0.0 cm", "<0", "0-3"]
        {
            check(&size, wrong, None);
        }
        let nodes = concept(Concept::NODES_EXAMINED, "whole number", Some("{count}"), &["0-300"]);
        check(&nodes, "12", Some("12"));
        check(&nodes, "1.5", None);
        check(&nodes, "9999", None);
        let score = concept(Concept::GLEASON_SCORE, "number 2-10", Some("{score}"), &[]);
        check(&score, "7", Some("7"));
        check(&score, "11", None);
        let necrosis = concept(Concept::NECROSIS, "category or percent", None, &["present", "absent"]);
        for (typed, expect) in [("Present", Some("present")), ("30 %", Some("30")), ("130", None), ("banana", None)] {
            check(&necrosis, typed, expect);
        }
        let pdl1 = concept(Concept::PDL1, "number, range or category", Some("%"), &["positive", "negative"]);
        for (typed, expect) in [("50", Some("50")), ("Positive", Some("positive")), ("banana", None), ("-1", None)] {
            check(&pdl1, typed, expect);
        }
    }

    #[test]
    fn a_comma_is_read_as_a_point_where_it_can_be_nothing_else() {
        let size = concept(Concept::TUMOR_SIZE_MM, "number", Some("mm"), &["0-1000"]);
        for (typed, expect) in [
            ("1,5 mm", "1.5"),
            ("1,5 cm", "15"),
            ("0,125 mm", "0.125"),
            ("<2,5mm", "<2.5"),
            ("1,5-2,75 mm", "1.5-2.75"),
        ] {
            check(&size, typed, Some(expect));
        }
        let burden = concept(Concept::TMB, "number", None, &["0-9999999"]);
        for (typed, expect) in [("1,234.5", "1234.5"), ("1,234,567", "1234567"), ("12,3456", "12.3456")] {
            check(&burden, typed, Some(expect));
        }
        for wrong in ["1,500", "12,345", "1,", ",5", "1,,5", "1,2,3", "1,5.2", "1.234,5", "1,2345,678", "1,5,cm", ","] {
            check(&burden, wrong, None);
        }
        let knowledge = Knowledge { concepts: vec![burden.clone()], ..Knowledge::default() };
        assert_eq!(value(&burden.id, "1,500", None, &knowledge).unwrap_err().0.key, "refusal-fact-comma");
        let nodes = concept(Concept::NODES_EXAMINED, "whole number", Some("{count}"), &["0-300"]);
        check(&nodes, "1,5", None);
        let percent = concept(Concept::NECROSIS, "category or percent", None, &["present", "absent"]);
        check(&percent, "2,5 %", Some("2.5"));
    }

    #[test]
    fn what_is_refused_for_what_it_says_is_told_so() {
        let refused = |id: Concept, form: &str, typed: &str| {
            let organ = |category: &str, parts: &[u8]| crate::knowledge::Organ {
                category: category.to_owned(),
                parts: parts.to_vec(),
                paired: false,
            };
            let concepts = vec![concept(id.clone(), form, Some("mm"), &[])];
            let organs = vec![organ("C50", &[0, 4, 9]), organ("C22", &[0, 1])];
            let knowledge = Knowledge { concepts, organs, ..Knowledge::default() };
            value(&id, typed, None, &knowledge).map_err(|refusal| refusal.0.key)
        };
        for site in ["C99.9", "C50.7", "C22.9", "C45", "C00"] {
            assert_eq!(refused(Concept::TOPOGRAPHY, "code", site).unwrap_err(), "refusal-fact-no-such-site", "{site}");
        }
        for site in ["C50", "C50.4", "c22.1"] {
            assert!(refused(Concept::TOPOGRAPHY, "code", site).is_ok(), "{site}");
        }
        for tumour in ["9999/9", "9994/3", "7999/3", "0000/0"] {
            let key = refused(Concept::MORPHOLOGY, "code", tumour).unwrap_err();
            assert_eq!(key, "refusal-fact-no-such-tumor", "{tumour}");
        }
        for tumour in ["8000/3", "9993/3", "8500/9"] {
            assert!(refused(Concept::MORPHOLOGY, "code", tumour).is_ok(), "{tumour}");
        }
        assert_eq!(refused(Concept::TUMOR_SIZE_MM, "number", "0").unwrap_err(), "refusal-fact-size-zero");
        assert_eq!(refused(Concept::TUMOR_SIZE_MM, "number", "0 cm").unwrap_err(), "refusal-fact-size-zero");
        assert!(refused(Concept::TUMOR_SIZE_MM, "number", "0.5 mm").is_ok());
        assert_eq!(refused(Concept::TUMOR_SIZE_MM, "number", "3.1").unwrap_err(), "refusal-fact-unit");
    }

    #[test]
    fn a_code_has_its_form_or_is_named_and_words_hold_something_that_can_be_read() {
        let topography = concept(Concept::TOPOGRAPHY, "code", None, &[]);
        for (typed, expect) in [("c50.4", "C50.4"), ("C34", "C34"), ("Left lower-lobe", "C34.3")] {
            check(&topography, typed, Some(expect));
        }
        for wrong in ["C5", "C50.44", "D05.1", "banana", "8500/3"] {
            check(&topography, wrong, None);
        }
        let morphology = concept(Concept::MORPHOLOGY, "code", None, &[]);
        check(&morphology, "8500/3", Some("8500/3"));
        for wrong in ["8500", "8500/5", "850/3", "85003/3", "C50.4"] {
            check(&morphology, wrong, None);
        }
        let variant = concept(Concept::VARIANT, "text", None, &[]);
        check(&variant, "BRCA2 c.5946delT", Some("BRCA2 c.5946delT"));
        for wrong in ["---", "\u{0}", "\u{2066}x", " "] {
            check(&variant, wrong, None);
        }
    }
}
