//! Which kind a document seems to be: a stated code settles it, else signs are weighed and the winner needs a clear
//! lead. How signs are weighed is told to those who edit them in `knowledge/README.md`; keep the two alike.

use std::collections::{BTreeMap, BTreeSet};

use super::{Evidence, StatedCode, phrases};
use crate::knowledge::{KindSign, Knowledge, SignBy, WordGroup};
use crate::records::{DocumentKind, Proposal};
use crate::shared::message::Message;

/// Points from which a kind is proposed.
const ENOUGH: i32 = 40;
/// Points by which it must lead every other kind.
const LEAD: i32 = 20;
/// Most that words in the text can add up to: a long text is not surer than a short one.
const MOST_FROM_TEXT: i32 = 80;
/// Words below this weight also stand in letters and notes that tell of such a document.
const STRONG: i32 = 10;
/// Most that such words can add up to: they support, and alone they propose nothing.
const MOST_FROM_WEAK: i32 = 30;
/// Characters at the top in which a heading is looked for.
const HEADING_LENGTH: usize = 600;
/// Characters of the text that are looked at.
const TEXT_LENGTH: usize = 20_000;
/// Weight of a format that settles the kind even where the file has a title or codes.
const CERTAIN: i32 = 100;
/// Signs a reason names at most.
const MOST_QUOTED: usize = 3;

pub(super) fn propose(knowledge: &Knowledge, evidence: &Evidence<'_>) -> Option<Proposal<DocumentKind>> {
    let weighed = weigh(knowledge, evidence);
    if let Some(sign) = settled(knowledge, evidence) {
        let general = Proposal { value: sign.kind.clone(), because: stated(knowledge, sign) };
        return Some(refined(knowledge, &weighed, &sign.kind).unwrap_or(general));
    }
    let family = leading_family(knowledge, &weighed)?;
    refined(knowledge, &weighed, family).or_else(|| weighed.get(family)?.proposal(family))
}

/// What speaks for a kind.
#[derive(Default)]
struct Weighed<'k> {
    title: Vec<&'k KindSign>,
    file_name: Vec<&'k KindSign>,
    display: Vec<&'k KindSign>,
    heading: Vec<&'k KindSign>,
    text: Vec<&'k KindSign>,
    against: Vec<&'k KindSign>,
}

fn heaviest(signs: &[&KindSign]) -> i32 {
    signs.iter().map(|s| s.weight).max().unwrap_or_default()
}

impl<'k> Weighed<'k> {
    /// What stands in a name of the file weighs a quarter less: names are given by hand and for other reasons.
    fn name_points(&self) -> i32 {
        heaviest(&self.title).max(heaviest(&self.display)).max(heaviest(&self.file_name) * 3 / 4)
    }

    fn text_points(&self) -> i32 {
        let sum = |weak: bool| -> i32 { self.text.iter().map(|s| s.weight).filter(|w| (*w < STRONG) == weak).sum() };
        (sum(false) + sum(true).min(MOST_FROM_WEAK)).min(MOST_FROM_TEXT)
    }

    fn points(&self) -> i32 {
        self.name_points()
            + heaviest(&self.heading)
            + self.text_points()
            + self.against.iter().map(|s| s.weight).sum::<i32>()
    }

    /// The proposal with the reason that weighs most.
    fn proposal(&self, kind: &DocumentKind) -> Option<Proposal<DocumentKind>> {
        if self.points() < ENOUGH {
            return None;
        }
        let (names, heading, text) = (self.name_points(), heaviest(&self.heading), self.text_points());
        let because = if text > names && text > heading {
            quoting(Message::new("proposal-kind-text"), &self.text, MOST_QUOTED)
        } else if heading >= names {
            quoting(Message::new("proposal-kind-heading"), &self.heading, 1)
        } else if heaviest(&self.title) == names {
            quoting(Message::new("proposal-kind-title"), &self.title, 1)
        } else if heaviest(&self.display) == names {
            quoting(Message::new("proposal-kind-display"), &self.display, 1)
        } else {
            quoting(Message::new("proposal-kind-file-name"), &self.file_name, 1)
        };
        Some(Proposal { value: kind.clone(), because })
    }
}

fn quoting(message: Message, signs: &[&KindSign], most: usize) -> Message {
    let mut signs = signs.to_vec();
    signs.sort_by_key(|s| std::cmp::Reverse(s.weight));
    let words: Vec<String> = signs.iter().take(most).map(|s| format!("“{}”", s.sign.trim_end_matches(':'))).collect();
    message.with("words", words.join(", "))
}

/// The sign of a code or a format that settles the kind: the heaviest, of equal ones the first stated.
fn settled<'k>(knowledge: &'k Knowledge, evidence: &Evidence<'_>) -> Option<&'k KindSign> {
    let mut best: Option<&KindSign> = None;
    let modality = evidence.modality.map(|m| format!("dcm:{}", m.trim().to_lowercase()));
    for code in evidence.codes.iter().filter_map(code_as_sign).chain(modality) {
        for sign in known_signs(knowledge).filter(|s| s.by == SignBy::Code && s.sign == code && s.weight > 0) {
            if best.is_none_or(|b| sign.weight > b.weight) {
                best = Some(sign);
            }
        }
    }
    let format = serde_json::to_value(evidence.format).ok();
    let format = format.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default();
    let says_more = evidence.title.is_some() || !evidence.codes.is_empty();
    let by_format = |s: &&KindSign| s.by == SignBy::Format && s.sign == format && s.weight > 0;
    best.or_else(|| known_signs(knowledge).filter(by_format).find(|s| s.weight >= CERTAIN || !says_more))
}

/// A code the way the table of signs writes it; `None` for code systems it does not know.
fn code_as_sign(code: &StatedCode<'_>) -> Option<String> {
    let system = code.system.trim().to_lowercase();
    let value = code.code.trim().to_lowercase();
    if value.is_empty() {
        return system.starts_with("urn:oid:").then_some(system);
    }
    if value.starts_with("urn:oid:") {
        return Some(value);
    }
    match system.trim_start_matches("urn:oid:") {
        "" | "http://loinc.org" | "https://loinc.org" | "2.16.840.1.113883.6.1" | "ln" => Some(value),
        "http://dicom.nema.org/resources/ontology/dcm" | "1.2.840.10008.2.16.4" => Some(format!("dcm:{value}")),
        "2.16.840.1.113883.12.74" => Some(format!("v2-0074:{value}")),
        system if system.ends_with("v2-0074") || system.ends_with("v2/0074") => Some(format!("v2-0074:{value}")),
        _ => None,
    }
}

fn stated(knowledge: &Knowledge, sign: &KindSign) -> Message {
    let message = match sign.by {
        SignBy::Format => Message::new("proposal-kind-format"),
        _ => Message::new("proposal-kind-code").with("code", &sign.sign),
    };
    message.with("kind", knowledge.kind_label(&sign.kind))
}

/// Signs of kinds there are; a sign of a misspelt kind is complained of when it is loaded and proposes nothing.
fn known_signs(knowledge: &Knowledge) -> impl Iterator<Item = &KindSign> {
    let kinds: BTreeSet<&DocumentKind> = knowledge.document_kinds.iter().map(|k| &k.id).collect();
    knowledge.kind_signs.iter().filter(move |s| kinds.contains(&s.kind))
}

fn weigh<'k>(knowledge: &'k Knowledge, evidence: &Evidence<'_>) -> BTreeMap<&'k DocumentKind, Weighed<'k>> {
    let mut weighed: BTreeMap<&DocumentKind, Weighed<'_>> = BTreeMap::new();
    let known: Vec<&KindSign> = known_signs(knowledge).collect();
    let mut look = |by: SignBy, text: &str, place: for<'w> fn(&'w mut Weighed<'k>) -> &'w mut Vec<&'k KindSign>| {
        let signs = known.iter().filter(|s| s.by == by).map(|s| (*s, s.sign.as_str()));
        // "Re: operative report": what a letter is about, or what lies in it.
        let is_subject = |start: usize| {
            let label = text.get(..start).unwrap_or_default().trim_end().strip_suffix(':').unwrap_or_default();
            let word = label.trim_end().rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
            knowledge.vocabulary.names_of(word, WordGroup::SubjectLabel)
        };
        for (sign, found) in phrases::find(text, signs) {
            if by == SignBy::Heading && (phrases::is_in_a_sentence(text, found.start) || is_subject(found.start)) {
                continue;
            }
            let weighed = weighed.entry(&sign.kind).or_default();
            let list = if sign.weight < 0 { &mut weighed.against } else { place(weighed) };
            if !list.contains(&sign) {
                list.push(sign);
            }
        }
    };
    let names = |text: &str| phrases::one_line(&phrases::plain(&text.replace(['_', '.'], " "), 300));
    look(SignBy::Title, &names(evidence.title.unwrap_or_default()), |w| &mut w.title);
    look(SignBy::Title, &names(&evidence.file_name().replace('-', " ")), |w| &mut w.file_name);
    for code in &evidence.codes {
        look(SignBy::Title, &names(code.display), |w| &mut w.display);
    }
    let text = phrases::one_line(&phrases::plain(evidence.text_head, TEXT_LENGTH));
    let top = text.char_indices().nth(HEADING_LENGTH).map_or(text.len(), |(offset, _)| offset);
    look(SignBy::Heading, text.get(..top).unwrap_or(&text), |w| &mut w.heading);
    look(SignBy::Text, &text, |w| &mut w.text);
    weighed
}

/// The most general kind a kind refines.
fn root<'k>(knowledge: &'k Knowledge, kind: &'k DocumentKind) -> &'k DocumentKind {
    let mut at = kind;
    for _ in 0..4 {
        match knowledge.document_kinds.iter().find(|k| k.id == *at).and_then(|k| k.refines.as_ref()) {
            Some(parent) => at = parent,
            None => break,
        }
    }
    at
}

/// The family of kinds with enough points and a clear lead over every other family.
fn leading_family<'k>(
    knowledge: &'k Knowledge,
    weighed: &BTreeMap<&'k DocumentKind, Weighed<'_>>,
) -> Option<&'k DocumentKind> {
    let mut families: BTreeMap<&DocumentKind, i32> = BTreeMap::new();
    for (kind, weighed) in weighed {
        let points = families.entry(root(knowledge, kind)).or_insert(i32::MIN);
        *points = (*points).max(weighed.points());
    }
    let mut ranked: Vec<_> = families.into_iter().collect();
    ranked.sort_by_key(|(_, points)| std::cmp::Reverse(*points));
    let mut ranked = ranked.into_iter();
    let (family, points) = ranked.next()?;
    let next = ranked.next().map_or(0, |(_, points)| points.max(0));
    (points >= ENOUGH && points - next >= LEAD).then_some(family)
}

/// A more special kind of the same family that has enough points of its own and a clear lead over its siblings.
fn refined(
    knowledge: &Knowledge,
    weighed: &BTreeMap<&DocumentKind, Weighed<'_>>,
    general: &DocumentKind,
) -> Option<Proposal<DocumentKind>> {
    let mut special: Vec<_> =
        weighed.iter().filter(|(kind, _)| **kind != general && root(knowledge, kind) == general).collect();
    special.sort_by_key(|(_, weighed)| std::cmp::Reverse(weighed.points()));
    let mut special = special.into_iter();
    let (kind, best) = special.next()?;
    let next = special.next().map_or(0, |(_, weighed)| weighed.points().max(0));
    if best.points() - next < LEAD {
        return None;
    }
    best.proposal(kind)
}
