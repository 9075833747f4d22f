//! Lines of findings: diagnosis, side, histology, grade, stage, markers and what else was seen. What opinions say is put into
//! one form first, as what a person types is; only what is of one system, edition and point of time is compared.

use super::values::{contrary, plain, related};
use super::{Line, Relation, Said, Weight};
use crate::compare::opinion::{Finding, Opinion};
use crate::facts::Concept;
use crate::knowledge::{
    CodedPhrase, ComparedConcept, Comparing, Comparison, Denial, DenialPlace, Each, Knowledge, MarkerAnswer,
};
use crate::shared::message::Message;
use crate::shared::text::folded;

/// A finding in the form its concept has.
struct Stated<'a> {
    /// Place in the opinion's findings; `None` for one that stands in the words of the diagnosis.
    at: Option<usize>,
    concept: Concept,
    value: String,
    /// As it was typed: `3 + 4` is the score 7, and more.
    typed: String,
    /// Whether the value is one of those that its concept has: of other words nobody can say that they contradict.
    read: bool,
    prefix: String,
    edition: String,
    by: &'a ComparedConcept,
    item: String,
    said: Said,
}

/// The lines of two opinions, in the order the findings stand.
pub(super) fn lines(opinions: [&Opinion; 2], site: Option<&str>, knowledge: &Knowledge) -> Vec<Line> {
    let mut sides = opinions.map(|opinion| stated(opinion, site, knowledge));
    lay_beside(&mut sides);
    let mut keys: Vec<(&str, &str)> = Vec::new();
    for one in sides.iter().flatten() {
        let key = (one.by.dimension.as_str(), one.item.as_str());
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    let of = |side: usize, key: (&str, &str)| -> Vec<&Stated<'_>> {
        let all = sides.get(side).map(Vec::as_slice).unwrap_or_default();
        all.iter().filter(|one| (one.by.dimension.as_str(), one.item.as_str()) == key).collect()
    };
    let behaviours = [behaviour(opinions[0], &sides[0], knowledge), behaviour(opinions[1], &sides[1], knowledge)];
    let mut lines: Vec<Line> = keys.iter().filter_map(|key| line(key, &of(0, *key), &of(1, *key), knowledge)).collect();
    let [Some(a), Some(b)] = behaviours else {
        leave_diagnosis_to_a_person(&mut lines, opinions, &sides, knowledge);
        return lines;
    };
    if excludes(&a, &b) || excludes(&b, &a) {
        let weight = knowledge.comparing.dimension("diagnosis").map(|dimension| dimension.conflict);
        for line in lines.iter_mut().filter(|line| line.sides.iter().all(|side| !side.is_empty())) {
            let why =
                Message::new("compare-other-behaviour").with("a", a.replace('-', " ")).with("b", b.replace('-', " "));
            match line.dimension.as_str() {
                "diagnosis" => (line.relation, line.weight, line.evidence) = (Relation::Conflict, weight, vec![why]),
                // A grade of cells that are in place is on another scale than one of cells that invade.
                "grade" if a == "in-situ" || b == "in-situ" => {
                    let weight = knowledge.comparing.dimension("grade").map(|dimension| dimension.not_comparable);
                    (line.relation, line.weight, line.evidence) = (Relation::NotComparable, weight, vec![why]);
                }
                _ => {}
            }
        }
    }
    lines
}

/// What two tests answer is one question: where each opinion has one of them and not the other's, they are one line.
fn lay_beside(sides: &mut [Vec<Stated<'_>>; 2]) {
    for (side, other) in [(0, 1), (1, 0)] {
        let has = |of: usize, item: &str| sides.get(of).is_some_and(|all| all.iter().any(|one| one.item == item));
        let own = sides.get(side).map(Vec::as_slice).unwrap_or_default();
        let alone = |one: &&Stated<'_>| {
            let to = one.by.beside.as_str();
            !to.is_empty() && has(other, to) && !has(other, &one.item) && !has(side, to)
        };
        let moved: Vec<String> = own.iter().filter(alone).map(|one| one.item.clone()).collect();
        for one in sides.get_mut(side).into_iter().flatten().filter(|one| moved.contains(&one.item)) {
            one.item = one.by.beside.clone();
        }
    }
}

/// That an organ is the same does not make a diagnosis the same: where it is not told of both how it behaves, and neither the
/// words nor the histology are the same, a person reads both.
fn leave_diagnosis_to_a_person(
    lines: &mut [Line],
    opinions: [&Opinion; 2],
    sides: &[Vec<Stated<'_>>; 2],
    knowledge: &Knowledge,
) {
    let histology = |side: &Vec<Stated<'_>>| {
        side.iter().find(|one| one.concept == Concept::MORPHOLOGY).map(|one| one.value.clone())
    };
    let same_kind = matches!(sides.each_ref().map(histology), [Some(a), Some(b)] if a == b);
    let [first, second] = opinions.map(|opinion| folded(&opinion.diagnosis));
    if same_kind || first == second {
        return;
    }
    let says = |line: &&mut Line| line.sides.iter().flatten().any(|said| !said.text.is_empty());
    let agree = |line: &&mut Line| line.dimension == "diagnosis" && line.relation == Relation::Agree;
    for line in lines.iter_mut().filter(agree).filter(says) {
        line.relation = Relation::NotComparable;
        line.weight = knowledge.comparing.dimension("diagnosis").map(|dimension| dimension.conflict);
        line.evidence = vec![Message::new("compare-diagnosis-words")];
    }
}

/// How a diagnosis behaves: as its words say, or the last figure of its histology.
fn behaviour(opinion: &Opinion, stated: &[Stated<'_>], knowledge: &Knowledge) -> Option<String> {
    let words = folded(&opinion.diagnosis);
    let rows = &knowledge.comparing.diagnosis_words;
    let stands = |phrase: &str| {
        let places = words.match_indices(&format!(" {phrase} ")).map(|(at, _)| at).collect::<Vec<_>>();
        let denials = &knowledge.comparing.denials;
        let behind = |at: usize| words.get(at + phrase.len() + 1..).unwrap_or_default();
        let denied =
            |at: usize| is_denied(words.get(..at).unwrap_or_default(), denials) || is_ruled_out(behind(at), denials);
        places.into_iter().any(|at| !denied(at))
    };
    let said: Vec<_> = rows.iter().filter(|(phrase, _)| stands(phrase)).collect();
    // An invasive cancer mostly has a part that is in place beside it.
    let is_invasive = said.iter().any(|(_, means)| means == "invasive");
    let said = said.into_iter().filter(|(_, means)| !(is_invasive && means == "in-situ"));
    let said = said.max_by_key(|(phrase, _)| phrase.len()).map(|(_, means)| means.clone());
    let code = stated.iter().find(|one| one.concept == Concept::MORPHOLOGY).and_then(|one| one.value.chars().nth(5));
    let coded = match code {
        Some('0' | '1') => Some("benign"),
        Some('2') => Some("in-situ"),
        Some('3') => Some("invasive"),
        Some('6') => Some("metastatic"),
        _ => None,
    };
    // A benign or in situ code stands before words that speak of the same cancer elsewhere.
    match (said, coded) {
        (_, Some(code @ ("benign" | "in-situ"))) => Some(code.to_owned()),
        (Some(said), _) => Some(said),
        (None, coded) => coded.map(str::to_owned),
    }
}

/// Whether one of the last words before something denies it: "no evidence of", "non-".
pub(super) fn is_denied(before: &str, denials: &[Denial]) -> bool {
    let near = before.split_whitespace().rev().take(NEAR);
    let denies = |word: &str| {
        word == "non" || denials.iter().any(|denial| denial.place == DenialPlace::First && denial.phrase == word)
    };
    near.into_iter().any(denies)
}

/// Whether the first words behind something rule it out: "was excluded".
fn is_ruled_out(behind: &str, denials: &[Denial]) -> bool {
    let near = format!(" {} ", behind.split_whitespace().take(NEAR).collect::<Vec<_>>().join(" "));
    denials.iter().any(|denial| denial.place == DenialPlace::Behind && near.contains(&format!(" {} ", denial.phrase)))
}

/// How many words before something can deny it.
const NEAR: usize = 3;

/// Whether a diagnosis that behaves one way can not behave the other.
fn excludes(a: &str, b: &str) -> bool {
    matches!(
        (a, b),
        ("benign", "in-situ" | "invasive" | "metastatic" | "localized")
            | ("in-situ", "invasive" | "metastatic")
            | ("metastatic", "localized")
    )
}

/// What an opinion states, in one form.
fn stated<'a>(opinion: &Opinion, site: Option<&str>, knowledge: &'a Knowledge) -> Vec<Stated<'a>> {
    let mut all: Vec<Stated<'a>> =
        opinion.findings.iter().enumerate().filter_map(|(at, finding)| one(at, finding, site, knowledge)).collect();
    for (concept, code) in in_words(&opinion.diagnosis, site, knowledge) {
        let Some(by) = knowledge.comparing.concept(&concept) else { continue };
        let known = |other: &Stated<'_>| other.by.dimension == by.dimension;
        if !all.iter().any(known) {
            // A side is a word of the diagnosis; what it is and where, is all of it.
            let text = if concept == Concept::LATERALITY { code.clone() } else { opinion.diagnosis.clone() };
            let said = Said { text, ..Said::default() };
            let (prefix, edition, item) = (String::new(), String::new(), String::new());
            let typed = code.clone();
            all.push(Stated { at: None, concept, value: code, typed, read: true, prefix, edition, by, item, said });
        }
    }
    all
}

fn one<'a>(at: usize, finding: &Finding, site: Option<&str>, knowledge: &'a Knowledge) -> Option<Stated<'a>> {
    let understood = crate::reading::understood(&finding.concept, &finding.value, site, knowledge).ok();
    let in_form = understood.is_some();
    let (concept, value) = match understood {
        Some((concept, value, _)) => (concept, value),
        None => (finding.concept.clone(), finding.value.split_whitespace().collect::<Vec<_>>().join(" ")),
    };
    let by = knowledge.comparing.concept(&concept)?;
    // A category understood with its prefix in front keeps it apart: `pT2`.
    let figures = ['T', 'N', 'M', 'I', 'V', '0'];
    let (mut prefix, mut value) = (finding.prefix.to_lowercase(), value);
    if by.comparison == Comparison::Stage
        && let Some(start) = value.find(|c: char| figures.contains(&c) || c.is_ascii_digit())
        && start > 0
    {
        if prefix.is_empty() {
            prefix = value.get(..start).unwrap_or_default().trim().to_lowercase();
        }
        value = value.split_off(start);
    }
    let read = in_form || tells_by_itself(&plain(&value), by, &knowledge.comparing);
    let item = match by.each {
        Each::No => by.item.clone(),
        Each::First => format!("{}:{}", by.item, subject(&value)),
        Each::Whole => format!("{}:{}", by.item, plain(&value)),
    };
    let label = knowledge.concept(&concept).map_or(concept.as_str(), |facts| facts.label.as_str());
    let edition = if finding.edition.is_empty() { String::new() } else { format!(" ({})", finding.edition) };
    let said = Said {
        label: label.to_owned(),
        text: format!("{}{edition}", shown(finding, &concept, &value, knowledge)),
        words: finding.words.clone(),
        specimen: finding.specimen.clone(),
        key_image: finding.key_image.clone(),
    };
    let (typed, edition) = (finding.value.clone(), edition_of(&finding.edition));
    Some(Stated { at: Some(at), concept, value, typed, read, prefix, edition, by, item, said })
}

/// A value as people read it: a code by its name, a number with its unit, everything else as it was said.
fn shown(finding: &Finding, concept: &Concept, value: &str, knowledge: &Knowledge) -> String {
    let said = finding.value.trim();
    if [Concept::TOPOGRAPHY, Concept::MORPHOLOGY].contains(concept) {
        return crate::reading::code_words(value, knowledge);
    }
    let unit = knowledge.concept(concept).and_then(|facts| facts.unit.as_deref()).filter(|unit| !unit.starts_with('{'));
    let bare = said.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '<' | '>' | '-'));
    match unit {
        Some(unit) if bare => format!("{said} {unit}"),
        _ => format!("{}{said}", finding.prefix),
    }
}

/// What a finding that can stand several times is about: the gene, the illness.
fn subject(value: &str) -> String {
    let mut words = value.split(|c: char| c.is_whitespace() || matches!(c, ':' | ',' | ';')).filter(|w| !w.is_empty());
    const NO_SUBJECT: [&str; 16] = [
        "no",
        "not",
        "negative",
        "positive",
        "absent",
        "present",
        "for",
        "of",
        "in",
        "the",
        "a",
        "mutation",
        "variant",
        "pathogenic",
        "detected",
        "non",
    ];
    words.find(|word| !NO_SUBJECT.contains(&word.to_lowercase().as_str())).unwrap_or_default().to_uppercase()
}

/// A system and its edition in one form: `AJCC 8th edition`, `UICC8` and `TNM 8` are one.
fn edition_of(words: &str) -> String {
    let lower = words.to_lowercase();
    let figures: String = lower.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    let system: String = lower.chars().skip_while(|c| !c.is_alphabetic()).take_while(|c| c.is_alphabetic()).collect();
    let system = if matches!(system.as_str(), "uicc" | "tnm" | "th") { "ajcc".to_owned() } else { system };
    // Groups by anatomy alone and groups with markers are two tables of one edition.
    let table = ["anatomic", "prognostic"].into_iter().find(|table| lower.contains(table)).unwrap_or_default();
    format!("{system} {figures} {table}").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether two editions are known to be different ones.
fn other_edition(a: &str, b: &str) -> bool {
    // One that names less is not known to be another.
    !a.is_empty() && !b.is_empty() && !a.starts_with(b) && !b.starts_with(a)
}

/// What the words of a diagnosis name: the longest place, the longest histology, and the side. What a phrase means at some
/// places only, it means there: of the place the words name, or else of the cancer's.
fn in_words(words: &str, site: Option<&str>, knowledge: &Knowledge) -> Vec<(Concept, String)> {
    let text = folded(words);
    let longest = |phrases: &[CodedPhrase], site: Option<&str>| {
        let at = |only: &[String]| site.is_some_and(|site| only.iter().any(|code| site.starts_with(code.as_str())));
        let means = |phrase: &&CodedPhrase| phrase.only_at.is_empty() || at(&phrase.only_at);
        let here = |phrase: &&CodedPhrase| text.contains(&format!(" {} ", phrase.phrase));
        let found = phrases.iter().filter(means).filter(here);
        found.max_by_key(|phrase| (phrase.phrase.len(), !phrase.only_at.is_empty())).map(|phrase| phrase.code.clone())
    };
    let place = longest(&knowledge.vocabulary.topography, site);
    let kind = longest(&knowledge.vocabulary.morphology, place.as_deref().or(site));
    let (place, kind) = (place.map(|code| (Concept::TOPOGRAPHY, code)), kind.map(|code| (Concept::MORPHOLOGY, code)));
    let side = ["left", "right"].into_iter().filter(|side| text.contains(&format!(" {side} "))).collect::<Vec<_>>();
    let side = match side.as_slice() {
        [one] => Some((Concept::LATERALITY, (*one).to_owned())),
        _ => None,
    };
    [place, side, kind].into_iter().flatten().collect()
}

fn line(key: &(&str, &str), left: &[&Stated<'_>], right: &[&Stated<'_>], knowledge: &Knowledge) -> Option<Line> {
    let by = left.first().or_else(|| right.first())?.by;
    let dimension = knowledge.comparing.dimension(key.0)?;
    let (relation, weight, evidence) = if left.is_empty() || right.is_empty() {
        let weight = by.one_sided.unwrap_or(dimension.one_sided);
        (Relation::OneSided, Some(weight), Message::new("compare-only-one-says"))
    } else {
        let (relation, weight, why) = beside(left, right, knowledge);
        let weight = match relation {
            Relation::Agree => None,
            Relation::Detail => Some(weight.unwrap_or(Weight::Minor)),
            Relation::OneSided => Some(Weight::Minor),
            Relation::NotComparable => Some(weight.or(by.conflict).unwrap_or(dimension.not_comparable)),
            Relation::Conflict => Some(weight.or(by.conflict).unwrap_or(dimension.conflict)),
        };
        (relation, weight, why)
    };
    let mut concepts = left.iter().chain(right).map(|one| &one.concept);
    let first = concepts.next();
    let several = concepts.any(|concept| Some(concept) != first);
    let mut evidence = vec![evidence];
    let no_edition = |one: &&Stated<'_>| one.by.comparison == Comparison::Stage && one.edition.is_empty();
    // Of stages that contradict each other the edition may be all that differs.
    if relation == Relation::Conflict && left.iter().chain(right).any(no_edition) {
        evidence.push(Message::new("compare-edition-not-said"));
    }
    let said = |side: &[&Stated<'_>]| {
        let each = |one: &&Stated<'_>| Said {
            label: if several { one.said.label.clone() } else { String::new() },
            ..one.said.clone()
        };
        side.iter().map(each).collect::<Vec<_>>()
    };
    let places = |side: &[&Stated<'_>]| side.iter().filter_map(|one| one.at).collect::<Vec<_>>();
    Some(Line {
        dimension: key.0.to_owned(),
        item: key.1.to_owned(),
        relation,
        weight,
        evidence,
        sides: [said(left), said(right)],
        findings: [places(left), places(right)],
    })
}

/// What both sides state alike, each once: of the same specimen first, then of any.
fn without_what_is_alike<'a, 'k>(
    left: &[&'a Stated<'k>],
    right: &[&'a Stated<'k>],
) -> (Vec<&'a Stated<'k>>, Vec<&'a Stated<'k>>) {
    let (mut left, mut right) = (left.to_vec(), right.to_vec());
    let alike = |a: &Stated<'_>, b: &Stated<'_>| {
        // Two scores of the prostate have one sum.
        let value =
            |one: &Stated<'_>| plain(if one.concept == Concept::GLEASON_SCORE { &one.typed } else { &one.value });
        a.concept == b.concept && a.prefix == b.prefix && a.edition == b.edition && value(a) == value(b)
    };
    for same_specimen in [true, false] {
        left.retain(|a| {
            let fits = |b: &&Stated<'_>| alike(a, b) && (!same_specimen || a.said.specimen == b.said.specimen);
            right.iter().position(fits).map(|place| right.remove(place)).is_none()
        });
    }
    (left, right)
}

/// How two sides of one line stand to each other: the farthest of what both state of one concept, once what they state alike
/// is set aside.
fn beside(left: &[&Stated<'_>], right: &[&Stated<'_>], knowledge: &Knowledge) -> (Relation, Option<Weight>, Message) {
    let is_stage = left.iter().chain(right).any(|one| one.by.comparison == Comparison::Stage);
    let (more_left, more_right) = without_what_is_alike(left, right);
    let shared = more_left.len() < left.len();
    if shared && (more_left.is_empty() || more_right.is_empty()) {
        let (more, others) = if more_left.is_empty() { (&more_right, left) } else { (&more_left, right) };
        return says_more(more, others, &knowledge.comparing).unwrap_or_else(|| {
            let text = left.first().map(|one| one.said.text.clone()).unwrap_or_default();
            (Relation::Agree, None, Relation::Agree.of(&text, &text))
        });
    }
    let mut found: Option<(Relation, Option<Weight>, Message)> = None;
    let mut keep = |relation: Relation, weight: Option<Weight>, why: Message| {
        let farther = found.as_ref().is_none_or(|(kept, heavy, _)| {
            let same = *kept == relation && *heavy != Some(Weight::Major) && weight == Some(Weight::Major);
            relation.distance() > kept.distance() || same
        });
        if farther {
            found = Some((relation, weight, why));
        }
    };
    for a in &more_left {
        for b in &more_right {
            let labels = |key: &str| Message::new(key).with("a", &a.said.text).with("b", &b.said.text);
            let both = !a.prefix.is_empty() && !b.prefix.is_empty();
            // A stage after treatment is of another time, also beside one that does not say of when it is.
            let after = |one: &Stated<'_>| one.prefix.starts_with('y');
            let other_time =
                is_stage && a.concept == b.concept && a.prefix != b.prefix && (both || after(a) != after(b));
            if other_time {
                keep(Relation::NotComparable, None, labels("compare-other-point-of-time"));
            } else if a.concept == b.concept && other_edition(&a.edition, &b.edition) {
                keep(Relation::NotComparable, None, labels("compare-other-edition"));
            } else {
                let one = a.concept == b.concept;
                let same = || one.then(|| related(&a.value, &b.value, a.by, &knowledge.comparing));
                let own = || decided(a, b, &knowledge.comparing).filter(|_| one);
                let found = prostate(a, b).or_else(own).or_else(same).or_else(|| across(a, b, &knowledge.comparing));
                // Words that no table knows are read by a person, and contradict nothing by themselves.
                let by_words = !by_itself(a.by.comparison) && !contrary(&a.value, &b.value);
                let unread = one && by_words && [a, b].iter().any(|said| !said.read);
                match found {
                    Some((Relation::Conflict, _)) if unread => {
                        keep(Relation::NotComparable, None, labels("compare-not-read"));
                    }
                    Some((relation, weight)) => keep(relation, weight, relation.of(&a.said.text, &b.said.text)),
                    None => {}
                }
            }
        }
    }
    found.unwrap_or_else(|| (Relation::NotComparable, None, Message::new("compare-other-system")))
}

/// Whether a value tells what it is without a list: a figure, an answer, a word of a scale, or a category of a stage.
fn tells_by_itself(value: &str, by: &ComparedConcept, comparing: &Comparing) -> bool {
    let figure = value.chars().any(|c| c.is_ascii_digit())
        && value.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '+' | '/' | '<' | '>' | ' ' | '%'));
    let of_scale = || by.scales.iter().flatten().flatten().any(|word| plain(word) == value);
    figure || by.comparison == Comparison::Stage || comparing.answer(value).is_some() || of_scale()
}

/// Whether values of this kind are held against each other by their own figures or words, without a list of them.
fn by_itself(comparison: Comparison) -> bool {
    matches!(comparison, Comparison::Text | Comparison::Amount | Comparison::Count)
}

/// What one states beside all that both state alike: it may contradict it, or say more.
fn says_more(
    more: &[&Stated<'_>],
    others: &[&Stated<'_>],
    comparing: &Comparing,
) -> Option<(Relation, Option<Weight>, Message)> {
    let pairs = || more.iter().flat_map(|one| others.iter().map(move |other| (*one, *other)));
    let elsewhere = |one: &Stated<'_>, other: &Stated<'_>| {
        let (a, b) = (&one.said.specimen, &other.said.specimen);
        !a.is_empty() && !b.is_empty() && a != b
    };
    let against = pairs().find_map(|(one, other)| {
        let (relation, weight) = prostate(one, other).or_else(|| across(one, other, comparing))?;
        (relation == Relation::Conflict).then_some((one, other, weight))
    });
    if let Some((one, other, weight)) = against {
        // Another core, or another block, may hold another grade: one of them saw more.
        if elsewhere(one, other) {
            return Some((Relation::Detail, weight, Message::new("compare-says-more").with("more", &one.said.text)));
        }
        return Some((Relation::Conflict, weight, Relation::Conflict.of(&one.said.text, &other.said.text)));
    }
    let found = more.first()?;
    // That nothing was found there is little more; that something was may change what is done.
    let nothing = |one: &Stated<'_>| matches!(plain(&one.value).trim_start_matches(['t', 'n', 'm']), "0" | "x");
    let weighs =
        |one: &&&Stated<'_>| one.by.comparison == Comparison::Stage && one.concept != Concept::T && !nothing(one);
    let heavy = more.iter().find(weighs);
    // That nothing was found, or a size, beside the same stage is no difference.
    if heavy.is_none() && found.by.comparison == Comparison::Stage {
        return None;
    }
    let weight = match heavy {
        Some(_) => Weight::Major,
        None => {
            found.by.one_sided.unwrap_or(if answer(found, comparing).is_some() { Weight::Major } else { Weight::Minor })
        }
    };
    let text = &heavy.unwrap_or(found).said.text;
    Some((Relation::Detail, Some(weight), Message::new("compare-says-more").with("more", text)))
}

/// Of one marker an answer beside a figure: "negative" and 80 %.
fn decided(a: &Stated<'_>, b: &Stated<'_>, comparing: &Comparing) -> Option<(Relation, Option<Weight>)> {
    let is_figure =
        |one: &Stated<'_>| plain(&one.value).starts_with(|c: char| c.is_ascii_digit() || c == '<' || c == '>');
    if a.by.comparison != Comparison::Amount || is_figure(a) == is_figure(b) {
        return None;
    }
    across(a, b, comparing)
}

/// Two concepts of one line that arithmetic joins: a percentage and its answer.
fn across(a: &Stated<'_>, b: &Stated<'_>, comparing: &Comparing) -> Option<(Relation, Option<Weight>)> {
    let (x, y) = (answer(a, comparing)?, answer(b, comparing)?);
    // What one test leaves open another one decides: it is held against no answer.
    if x == MarkerAnswer::Open || y == MarkerAnswer::Open {
        return (x == y).then_some((Relation::Detail, None));
    }
    Some(if x == y { (Relation::Detail, None) } else { (Relation::Conflict, Some(Weight::Major)) })
}

/// Two grades of the prostate, as scores, patterns or grade groups: what can be of no one group may change something.
fn prostate(a: &Stated<'_>, b: &Stated<'_>) -> Option<(Relation, Option<Weight>)> {
    let (Some(one), Some(other)) = (Gleason::of(a), Gleason::of(b)) else {
        // A score that can not be understood is held against none.
        let scores = [a, b].iter().all(|score| score.concept == Concept::GLEASON_SCORE);
        return (scores && plain(&a.typed) != plain(&b.typed)).then_some((Relation::NotComparable, None));
    };
    let differ = |x: Option<u8>, y: Option<u8>| x.zip(y).is_some_and(|(x, y)| x != y);
    Some(if !one.groups.iter().any(|group| other.groups.contains(group)) {
        (Relation::Conflict, Some(Weight::Major))
    } else if differ(one.sum, other.sum) || differ(one.primary, other.primary) {
        (Relation::Conflict, Some(Weight::Minor))
    } else if one == other {
        (Relation::Agree, None)
    } else {
        (Relation::Detail, None)
    })
}

/// A grade of the prostate (ISUP 2014): the grade groups it allows, its sum and its first pattern, as far as they are said.
#[derive(PartialEq, Eq)]
struct Gleason {
    groups: Vec<u8>,
    sum: Option<u8>,
    primary: Option<u8>,
}

impl Gleason {
    /// `3+4`, `3 + 4 = 7`, `7`, or a grade group; none for what is neither, or does not add up.
    fn of(one: &Stated<'_>) -> Option<Self> {
        let value = one.value.trim().trim_start_matches('=');
        if one.concept == Concept::GRADE_GROUP {
            let group = value.parse().ok().filter(|group| (1..=5).contains(group))?;
            return Some(Self { groups: vec![group], sum: None, primary: None });
        }
        if one.concept != Concept::GLEASON_SCORE {
            return None;
        }
        match patterns(&one.typed) {
            Patterns::Two(first, second) => {
                let sum = first + second;
                Some(Self { groups: groups(sum, Some(first)), sum: Some(sum), primary: Some(first) })
            }
            Patterns::Unclear => None,
            Patterns::None => {
                let sum = value.parse().ok().filter(|sum| (2..=10).contains(sum))?;
                Some(Self { groups: groups(sum, None), sum: Some(sum), primary: None })
            }
        }
    }
}

/// The patterns of a typed score.
enum Patterns {
    /// None are typed.
    None,
    /// The first and the second.
    Two(u8, u8),
    /// Something that can be no two patterns, or does not add up.
    Unclear,
}

/// `3+4`, `7 (3 + 4)`, `3+4=7, grade group 2`: the figures beside the only plus, each from 1 to 5, that make the sum where one
/// is said with them.
fn patterns(typed: &str) -> Patterns {
    let text: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    let Some((before, after)) = text.split_once('+') else { return Patterns::None };
    let leading = |text: &str| text.chars().take_while(char::is_ascii_digit).collect::<String>();
    let figure = |c: char| c.is_ascii_digit();
    let trailing = |text: &str| text.strip_prefix(text.trim_end_matches(figure)).unwrap_or_default().to_owned();
    let (first, second) = (trailing(before), leading(after));
    let pattern = |text: &str| text.parse::<u8>().ok().filter(|pattern| (1..=5).contains(pattern));
    let Some((one, other)) = pattern(&first).zip(pattern(&second)) else { return Patterns::Unclear };
    let (in_front, behind) = (before.strip_suffix(&first), after.strip_prefix(&second).unwrap_or_default());
    let in_front = in_front.and_then(|text| text.strip_suffix('(')).map(trailing);
    let sum = behind.strip_prefix('=').map(leading).or(in_front).unwrap_or_default();
    let adds_up = sum.is_empty() || sum.parse() == Ok(one + other);
    if adds_up && !behind.contains('+') { Patterns::Two(one, other) } else { Patterns::Unclear }
}

/// The grade groups that a score allows, with its first pattern where it is known.
fn groups(sum: u8, primary: Option<u8>) -> Vec<u8> {
    match (sum, primary) {
        (..=6, _) => vec![1],
        (7, Some(..=3)) => vec![2],
        (7, Some(_)) => vec![3],
        (7, None) => vec![2, 3],
        (8, _) => vec![4],
        _ => vec![5],
    }
}

/// The answer of a marker, also from its percentage or score.
fn answer(one: &Stated<'_>, comparing: &Comparing) -> Option<MarkerAnswer> {
    let value = plain(&one.value);
    if one.by.comparison == Comparison::Amount {
        let edge = one.by.scales.first()?.first()?.first()?.parse::<f64>().ok()?;
        if matches!(value.as_str(), "positive" | "negative") {
            return comparing.answer(&value);
        }
        let figures: String = value.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
        let is_there = figures.parse::<f64>().ok()? >= edge;
        return Some(if is_there { MarkerAnswer::Positive } else { MarkerAnswer::Negative });
    }
    comparing.answer(&value)
}
