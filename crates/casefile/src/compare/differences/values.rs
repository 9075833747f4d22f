//! How two values of one concept stand to each other, by the way `knowledge/compare/concepts.csv` names.

use std::collections::BTreeSet;

use super::{Relation, Weight};
use crate::knowledge::{ComparedConcept, Comparing, Comparison, Denial, DenialPlace, Each, Family};
use crate::shared::text::{folded, words_of};

/// How two values stand to each other, and the weight where the values themselves decide it.
pub(super) fn related(a: &str, b: &str, by: &ComparedConcept, comparing: &Comparing) -> (Relation, Option<Weight>) {
    let (a, b) = (plain(a), plain(b));
    if a == b {
        return (Relation::Agree, None);
    }
    // What was not tested, or can not be told, contradicts nothing.
    match [&a, &b].map(|value| untested(value, comparing)) {
        [true, true] => return (Relation::Agree, None),
        [false, false] => {}
        _ => return (Relation::NotComparable, None),
    }
    match by.comparison {
        Comparison::Site => site(&a, &b),
        Comparison::Histology => histology(&a, &b, &comparing.families),
        Comparison::Stage => stage(&a, &b),
        Comparison::Count => match (number(&a), number(&b)) {
            (Some(x), Some(y)) if (x - y).abs() < f64::EPSILON => (Relation::Agree, None),
            _ => (Relation::Conflict, Some(crossed(&a, &b, by))),
        },
        Comparison::Amount => match (number(&a), number(&b)) {
            (Some(x), Some(y)) if (x - y).abs() < f64::EPSILON => (Relation::Agree, None),
            (Some(x), Some(y)) if far(x, y, by) || crossed(&a, &b, by) == Weight::Major => (Relation::Conflict, None),
            (Some(_), Some(_)) => (Relation::Detail, None),
            // "High" beside a number, or two scores of one marker: only a person can tell.
            _ => (Relation::NotComparable, None),
        },
        // "Not codeleted" holds "codeleted", and says the contrary.
        Comparison::Category if contrary(&a, &b) => (Relation::Conflict, Some(Weight::Major)),
        Comparison::Category if is_part(&a, &b) => (Relation::Detail, None),
        Comparison::Category if other_scale(&a, &b, by) => (Relation::NotComparable, None),
        Comparison::Category => {
            let weight = (!by.scales.is_empty()).then(|| crossed(&a, &b, by));
            (Relation::Conflict, weight)
        }
        // Of one gene, another place is another finding.
        Comparison::Text => match places(&a, &b, by.each).filter(|_| by.each != Each::Whole) {
            Some(relation) if denies(&words_of(&a)) == denies(&words_of(&b)) => (relation, None),
            _ => text(&a, &b),
        },
    }
}

/// Whether words say that something was not tested, or can not be told.
fn untested(value: &str, comparing: &Comparing) -> bool {
    let words = folded(value);
    let of = |denial: &&Denial| denial.place == DenialPlace::Untested;
    comparing.denials.iter().filter(of).any(|denial| words.contains(&format!(" {} ", denial.phrase)))
}

/// Whether one denies the very words of the other.
pub(super) fn contrary(a: &str, b: &str) -> bool {
    is_part(&plain(a), &plain(b)) && denies(&words_of(a)) != denies(&words_of(b))
}

/// Whether words deny what they name.
fn denies(words: &[String]) -> bool {
    let each =
        |w: &String| matches!(w.as_str(), "no" | "not" | "non" | "none" | "negative" | "absent" | "wildtype" | "wild");
    words.iter().any(each)
}

/// Without capitals and without what stands around the words.
pub(super) fn plain(value: &str) -> String {
    let lower = value.to_lowercase().replace(['_', '-'], " ");
    lower.split_whitespace().collect::<Vec<_>>().join(" ").trim_end_matches('.').to_owned()
}

/// The organ is the first three characters of its code; where in it is no difference of diagnosis.
fn site(a: &str, b: &str) -> (Relation, Option<Weight>) {
    if a.get(..3) == b.get(..3) { (Relation::Agree, None) } else { (Relation::Conflict, Some(Weight::Major)) }
}

/// Another behaviour, or another family of cancers, weighs more than another name for cells of one family.
fn histology(a: &str, b: &str, families: &[Family]) -> (Relation, Option<Weight>) {
    let parts = |code: &str| Some((code.get(..4)?.parse::<u32>().ok()?, code.get(5..6)?.to_owned()));
    let (Some((kind_a, behaves_a)), Some((kind_b, behaves_b))) = (parts(a), parts(b)) else {
        return if is_part(a, b) { (Relation::Detail, None) } else { (Relation::Conflict, None) };
    };
    let covers = |family: &Family, kind: u32| (family.from..=family.to).contains(&kind);
    // "Carcinoma" beside a carcinoma of a named type says less, and nothing else.
    let means = |general: u32, kind: u32| families.iter().any(|f| f.general == Some(general) && covers(f, kind));
    if behaves_a == behaves_b && (means(kind_a, kind_b) || means(kind_b, kind_a)) {
        return (Relation::Detail, None);
    }
    let of = |kind: u32| families.iter().find(|family| family.general.is_none() && covers(family, kind));
    // A family is what the table joins, and otherwise the first three figures of a code.
    let name = |kind: u32| of(kind).map_or_else(|| (kind / 10).to_string(), |family| family.family.clone());
    let same_kind = behaves_a == behaves_b && name(kind_a) == name(kind_b);
    (Relation::Conflict, Some(if same_kind { Weight::Minor } else { Weight::Major }))
}

/// `N1` and `N1a` differ in how exact they are, `N1a` and `N1b` in a letter, `N0` and `N1` in what counts.
fn stage(a: &str, b: &str) -> (Relation, Option<Weight>) {
    let a = a.trim_start_matches("stage ");
    let b = b.trim_start_matches("stage ");
    // Not assessed is no finding that could contradict one.
    let unassessed = |value: &str| value.trim_start_matches(['t', 'n', 'm']) == "x";
    if unassessed(a) != unassessed(b) {
        return (Relation::NotComparable, None);
    }
    let (main_a, rest_a) = main_of(a);
    let (main_b, rest_b) = main_of(b);
    // "Limited stage" is of another system than "IIIB".
    if main_a.is_empty() || main_b.is_empty() {
        return (Relation::NotComparable, None);
    }
    let (main_a, main_b) = (figure_of(main_a), figure_of(main_b));
    match (main_a == main_b, rest_a.starts_with(rest_b) || rest_b.starts_with(rest_a)) {
        (true, _) if rest_a == rest_b => (Relation::Agree, None),
        (true, true) => (Relation::Detail, None),
        (true, false) => (Relation::Conflict, Some(Weight::Minor)),
        (false, _) => (Relation::Conflict, Some(Weight::Major)),
    }
}

/// The part of a category or group that counts, and the rest: `iia` is `ii` and `a`, `t2b` is `2` and `b`.
fn main_of(value: &str) -> (&str, &str) {
    let value = value.trim_start_matches(['t', 'n', 'm']);
    let roman = value.find(|c| !matches!(c, 'i' | 'v')).unwrap_or(value.len());
    let end = if roman > 0 { roman } else { value.find(|c: char| !c.is_ascii_digit()).unwrap_or(value.len()) };
    // "In situ" and "a" of the bladder count by themselves.
    let whole = matches!(value, "is" | "a" | "x") || value.starts_with("is(") || value.starts_with("is ");
    if end == 0 && whole { (value, "") } else { (value.get(..end).unwrap_or(value), value.get(end..).unwrap_or("")) }
}

/// A Roman figure as an Arabic one: groups are written with both.
fn figure_of(value: &str) -> &str {
    match value {
        "i" => "1",
        "ii" => "2",
        "iii" => "3",
        "iv" => "4",
        other => other,
    }
}

/// Whether values lie on two sides of a boundary that treatment uses, or, of words in groups, in two groups.
fn crossed(a: &str, b: &str, by: &ComparedConcept) -> Weight {
    // Edges of an amount are numbers all of them; a scale of words ("1+") has groups.
    let edges: Option<Vec<f64>> = by.scales.iter().flatten().map(|edge| edge.first()?.trim().parse().ok()).collect();
    let edges = edges.unwrap_or_default();
    let words = |value: &str| {
        by.scales.iter().find_map(|scale| scale.iter().position(|group| group.iter().any(|word| plain(word) == value)))
    };
    let between = |value: &str| number(value).filter(|_| !edges.is_empty());
    let group = |value: &str| match between(value) {
        Some(value) => Some(edges.iter().filter(|edge| value >= **edge).count()),
        None => words(value),
    };
    match (group(a), group(b)) {
        (Some(a), Some(b)) if a != b => Weight::Major,
        _ => Weight::Minor,
    }
}

/// Whether one amount is so many times the other that they can not be the same, where no boundary says what matters.
fn far(a: f64, b: f64, by: &ComparedConcept) -> bool {
    let (small, large) = if a < b { (a, b) } else { (b, a) };
    by.apart_tenths.is_some_and(|tenths| large * 10.0 >= small * f64::from(tenths))
}

/// Whether two words are of scales that stand apart: `G3` and `high grade`. A scale is a boundary's groups in one cell.
fn other_scale(a: &str, b: &str, by: &ComparedConcept) -> bool {
    let of = |value: &str| by.scales.iter().position(|scale| scale.iter().flatten().any(|word| plain(word) == value));
    matches!((of(a), of(b)), (Some(a), Some(b)) if a != b)
}

/// The number a value begins with: `95 %`, `1,200`, `2-5` (its lower end); `<1` lies just below 1, and `>1` just above.
fn number(value: &str) -> Option<f64> {
    let value = value.trim_start_matches(['=', '~', ' ']);
    let side = match value.chars().next()? {
        '<' => -JUST,
        '>' => JUST,
        _ => 0.0,
    };
    // "At most" and "at least" hold the number itself.
    let side = if value.starts_with(['≤', '≥']) || value.get(1..2) == Some("=") { 0.0 } else { side };
    let value = value.trim_start_matches(['<', '>', '=', '≥', '≤', ' ']);
    let end = value.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',').unwrap_or(value.len());
    let figures = value.get(..end)?.trim_end_matches(['.', ',']);
    let groups: Vec<&str> = figures.split(',').collect();
    let thousands = groups
        .iter()
        .skip(1)
        .all(|group| group.len() == 3 && !group.contains('.') || group.len() > 3 && group.get(3..4) == Some("."));
    let figures = if thousands { groups.concat() } else { (*groups.first()?).to_owned() };
    figures.parse::<f64>().ok().map(|number| number + side)
}

/// How far beside a number what is less or more than it is put.
const JUST: f64 = 0.000_001;

/// How the places that two findings of a gene name stand to each other: `G12C` and `G12D`, `exon 19` and `exon 20` are others;
/// an exon and a place in the protein are two ways to say where. `None`: they do not tell.
fn places(a: &str, b: &str, each: Each) -> Option<Relation> {
    // What a line is about is no place in it: `TP53`.
    let subject = usize::from(each == Each::First);
    let of = |text: &str| -> (Vec<String>, Vec<String>) {
        let words = words_of(text).into_iter().skip(subject);
        let named = words.filter(|word| word.chars().any(|c| c.is_ascii_digit()));
        named.partition(|place| place.chars().all(|c| c.is_ascii_digit()))
    };
    let ((exons_a, codons_a), (exons_b, codons_b)) = (of(a), of(b));
    let apart = |x: &[String], y: &[String]| !x.is_empty() && !y.is_empty() && !x.iter().any(|place| y.contains(place));
    let other_way = |exons: &[String], codons: &[String], others: &[String], other_codons: &[String]| {
        !exons.is_empty() && codons.is_empty() && others.is_empty() && !other_codons.is_empty()
    };
    if apart(&codons_a, &codons_b) || codons_a.is_empty() && codons_b.is_empty() && apart(&exons_a, &exons_b) {
        Some(Relation::Conflict)
    } else if other_way(&exons_a, &codons_a, &exons_b, &codons_b) || other_way(&exons_b, &codons_b, &exons_a, &codons_a)
    {
        Some(Relation::NotComparable)
    } else {
        None
    }
}

/// Free words: one may say more than the other; one that says it is not there contradicts one that says it is.
pub(super) fn text(a: &str, b: &str) -> (Relation, Option<Weight>) {
    let (a, b) = (words_of(a), words_of(b));
    if denies(&a) != denies(&b) {
        return (Relation::Conflict, None);
    }
    // `long` and `longest` are one word here, `with` and `without` are not.
    let one_word = |x: &String, y: &String| {
        let (short, long) = if x.len() <= y.len() { (x, y) } else { (y, x) };
        short == long
            || short.len() > 3 && short != "with" && long.starts_with(short.as_str()) && long.len() - short.len() < 4
    };
    let shared = a.iter().filter(|word| b.iter().any(|other| one_word(word, other))).count();
    let least = a.len().min(b.len());
    if denies(&a) {
        // Both deny something: whether the same, only the same words tell, however it is denied.
        const DENYING: [&str; 14] = [
            "no", "not", "non", "none", "negative", "absent", "wildtype", "wild", "type", "detected", "found", "seen",
            "for", "mutation",
        ];
        let denied = |words: &[String]| -> BTreeSet<String> {
            words.iter().filter(|word| !DENYING.contains(&word.as_str())).cloned().collect()
        };
        let same = denied(&a) == denied(&b);
        let short = least <= 3 && shared + 1 >= least;
        return if same || short { (Relation::Agree, None) } else { (Relation::NotComparable, None) };
    }
    match shared {
        n if n == a.len() && n == b.len() && a.iter().all(|word| b.contains(word)) => (Relation::Agree, None),
        // One says more. Where each says something that the other does not, only a person can tell.
        n if n == least => (Relation::Detail, None),
        n if n * 2 >= least && n > 0 => (Relation::NotComparable, None),
        _ => (Relation::Conflict, None),
    }
}

/// Whether one is the other with more words: `high grade` and `high grade serous`.
fn is_part(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    !short.is_empty() && format!(" {long} ").contains(&format!(" {short} "))
}
