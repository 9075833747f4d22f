//! Compare: opinions are written down or proposed from a record, and laid side by side in words.

mod beyond;

use std::sync::Arc;

use consilium_casefile::compare::{
    self, Apart, Basis, CompareChange, Difference, HeldDifference, Judged, Kind, Material, Namer, Opinion,
    ProposedOpinion, Relation, Said, Weight,
};
use consilium_casefile::decide::{Decide, Sheet};
use consilium_casefile::facts::Concept;
use consilium_casefile::gather::HeldDocument;
use consilium_casefile::knowledge::Knowledge;
use consilium_casefile::{
    Case, CaseId, CaseView, DocumentId, Instant, Message, OpinionId, PartialDate, Refusal, Session,
};
use serde::Serialize;

pub(crate) use beyond::cited;

use crate::decide::{Over, unchanged, words_stamp};
use crate::error::AppError;
use crate::reading::{Say, document_words};
use crate::{App, ids};

/// Opinions side by side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// Who gave them, in the order they were written down.
    pub opinions: Vec<OpinionHead>,
    /// What each doctor had seen: a row a material that anybody had.
    pub seen: Vec<SeenRow>,
    /// Every line, in the order of `knowledge/compare/dimensions.csv`.
    pub differences: Vec<ComparedLine>,
    /// What else they said, side by side and in their words: which wish it serves, what it asks of the person, what it rests on,
    /// numbers. Nothing of it is held against each other here.
    pub beyond: Vec<BeyondRow>,
    /// Whether the numbers stand there: not before the person said what matters to them.
    pub shows_numbers: bool,
}

/// One thing the opinions speak of beside findings and plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BeyondRow {
    /// What it is called: `Guideline`, `Visits`.
    pub label: String,
    /// What each opinion says, in their order, each in a line of its own.
    pub sides: Vec<Vec<String>>,
}

/// An opinion in a few words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OpinionHead {
    /// Id.
    pub id: OpinionId,
    /// Who.
    pub clinician: String,
    /// Their role.
    pub role: String,
    /// Where.
    pub organization: String,
    /// When.
    pub date: Option<PartialDate>,
    /// On what it rests as a whole.
    pub basis: Option<Basis>,
    /// The record that says it.
    pub document: Option<DocumentId>,
    /// Since when it is sealed.
    pub sealed: Option<Instant>,
    /// When it was opened.
    pub opened: Option<Instant>,
    /// To whom a record that says it already went, and when; told of a sealed one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub went: Vec<String>,
    /// Records that are kept back while it is sealed: the one that says it, and copies of that.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kept_back: Vec<KeptBack>,
}

/// A record that is kept back from the other doctors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeptBack {
    /// Which.
    pub document: DocumentId,
    /// What it is.
    pub title: String,
    /// Its date of service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<PartialDate>,
}

/// What each doctor had of one material.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SeenRow {
    /// Which material.
    pub material: Material,
    /// Of each opinion: whether it was seen, `None` where nobody said, and the details that were named.
    pub sides: Vec<SeenBy>,
}

/// What one doctor had of a material.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SeenBy {
    /// `seen`, `not_seen`, `in_the_packet` or `not_stated`.
    pub state: &'static str,
    /// Which pieces, as said.
    pub details: Vec<String>,
}

/// One line of the comparison, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ComparedLine {
    /// Name of the dimension.
    pub dimension: String,
    /// Its line; empty where it is one line.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub item: String,
    /// What it is called: `Biomarkers: Estrogen receptor`.
    pub label: String,
    /// In plain words.
    pub plain: String,
    /// How the opinions stand to each other: as a person said, or as proposed.
    pub relation: Relation,
    /// How much it may weigh: as a person said, or as proposed.
    pub weight: Option<Weight>,
    /// Of what kind: as a person said, or as proposed.
    pub kind: Option<Kind>,
    /// What the rules propose.
    pub proposed: Proposed,
    /// What a person said of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirmed: Option<Confirmed>,
    /// What they said of it before the opinions changed: it holds again once it is said again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub earlier: Option<Confirmed>,
    /// Which rules say so, in sentences.
    pub evidence: Vec<String>,
    /// What each opinion says, in their order; empty for one that does not address it.
    pub sides: Vec<Vec<Said>>,
    /// Of which two opinions relation, weight, kind and evidence are, by their places from 0: the two that are farthest apart.
    pub between: [usize; 2],
    /// How any two of them stand to each other.
    pub pairs: Vec<Apart>,
    /// Names what was said: what a person says is of these words.
    pub fingerprint: String,
}

/// What the rules propose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Proposed {
    /// How the opinions stand to each other.
    pub relation: Relation,
    /// How much it may weigh.
    pub weight: Option<Weight>,
    /// Of what kind.
    pub kind: Option<Kind>,
}

/// What a person said of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Confirmed {
    /// How the opinions stand to each other, where they said it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relation: Option<Relation>,
    /// Of what kind, where they said it.
    pub kind: Option<Kind>,
    /// How much it may weigh, where they said it.
    pub weight: Option<Weight>,
    /// In their words.
    pub note: String,
    /// When.
    pub at: Instant,
}

/// To whom a record that says an opinion went before it was sealed, or all the same.
fn went(view: &CaseView<'_>, held: &compare::HeldOpinion, say: Say<'_>) -> Vec<String> {
    let said = |delivery: &consilium_casefile::share::Delivery| {
        say(&Message::new("compare-sealed-went").with("to", &delivery.to).with("on", delivery.on))
    };
    view.opinion_went_with(held).into_iter().map(said).collect()
}

/// What is kept back while an opinion is sealed.
fn kept_back(view: &CaseView<'_>, held: &compare::HeldOpinion, knowledge: &Knowledge) -> Vec<KeptBack> {
    let row = |record: &HeldDocument| KeptBack {
        document: record.document.id.clone(),
        title: document_words(view, record, knowledge),
        date: record.date(),
    };
    view.records_that_say(held).into_iter().map(row).collect()
}

impl Comparison {
    /// Opinions side by side, in words.
    #[must_use]
    pub fn of(view: &CaseView<'_>, knowledge: &Knowledge, namer: &Namer, say: Say<'_>) -> Self {
        let opinions = view.opinions();
        let head = |held: &&compare::HeldOpinion| OpinionHead {
            id: held.id.clone(),
            clinician: held.opinion.clinician.name.clone(),
            role: held.opinion.clinician.role.clone(),
            organization: held.opinion.clinician.organization.clone(),
            date: held.opinion.date,
            basis: held.opinion.basis,
            document: held.opinion.document.clone(),
            sealed: held.sealed,
            opened: held.opened,
            went: if held.is_sealed() { went(view, held, say) } else { Vec::new() },
            kept_back: if held.is_sealed() { kept_back(view, held, knowledge) } else { Vec::new() },
        };
        let given: Vec<Vec<Material>> = opinions.iter().map(|held| view.materials_given(held, knowledge)).collect();
        let seen = Material::ALL.iter().filter_map(|material| {
            let sides: Vec<SeenBy> =
                opinions.iter().zip(&given).map(|(held, given)| seen_by(&held.opinion, given, *material)).collect();
            let anybody = sides.iter().any(|side| side.state != "not_stated");
            anybody.then_some(SeenRow { material: *material, sides })
        });
        let lines = view.differences(knowledge, namer);
        let shows_numbers = view.deciding().is_some_and(Decide::shows_numbers);
        Self {
            opinions: opinions.iter().map(head).collect(),
            seen: seen.collect(),
            differences: lines.into_iter().map(|line| ComparedLine::of(line, knowledge, say)).collect(),
            beyond: beyond::rows(&opinions, shows_numbers, say),
            shows_numbers,
        }
    }
}

/// What a person says of a line. Nothing at all takes back what was said.
#[derive(Debug, Clone, Copy, Default)]
pub struct SaidOfLine<'a> {
    /// How the opinions stand to each other.
    pub relation: Option<Relation>,
    /// Of what kind the difference is.
    pub kind: Option<Kind>,
    /// How much it weighs.
    pub weight: Option<Weight>,
    /// Why, in their words.
    pub note: &'a str,
}

/// The line that was looked at when something was said of it.
#[derive(Debug, Clone, Copy)]
pub struct LookedAt<'a> {
    /// [`ComparedLine::fingerprint`].
    pub fingerprint: &'a str,
    /// [`ComparedLine::said_stamp`].
    pub said: &'a str,
}

/// Relation, kind and weight in words: `conflict, different data, minor`; `None` where none is named.
#[must_use]
pub fn named_so(
    relation: Option<Relation>,
    kind: Option<Kind>,
    weight: Option<Weight>,
    say: Say<'_>,
) -> Option<String> {
    let words = [relation.map(|r| say(&r.words())), kind.map(|k| say(&k.words())), weight.map(|w| say(&w.words()))];
    let words: Vec<String> = words.into_iter().flatten().collect();
    (!words.is_empty()).then(|| words.join(", "))
}

fn said_stamp(said: Option<&Confirmed>) -> String {
    said.map_or_else(String::new, words_stamp)
}

impl Confirmed {
    fn of((judged, at): (Judged, Instant)) -> Self {
        Self { relation: judged.relation, kind: judged.kind, weight: judged.weight, note: judged.note, at }
    }
}

impl ComparedLine {
    fn of(held: HeldDifference, knowledge: &Knowledge, say: Say<'_>) -> Self {
        let (relation, weight, kind) = (held.relation(), held.weight(), held.kind());
        let HeldDifference { proposed, judged, earlier } = held;
        let (label, plain) = labels(&proposed, knowledge);
        let evidence = proposed.evidence.iter().map(say).collect();
        let fingerprint = proposed.fingerprint();
        Self {
            fingerprint,
            proposed: Proposed { relation: proposed.relation, weight: proposed.weight, kind: proposed.kind },
            dimension: proposed.dimension,
            item: proposed.item,
            label,
            plain,
            relation,
            weight,
            kind,
            confirmed: judged.map(Confirmed::of),
            earlier: earlier.map(Confirmed::of),
            evidence,
            sides: proposed.sides,
            between: proposed.between,
            pairs: proposed.pairs,
        }
    }

    /// Names what a person said of it, for a form that says it anew; empty where nothing is said.
    #[must_use]
    pub fn said_stamp(&self) -> String {
        said_stamp(self.confirmed.as_ref().or(self.earlier.as_ref()))
    }

    /// Whether the doctors should be asked about it: it may change something, or they say what can not both hold.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        self.matters() || self.relation == Relation::Conflict
    }

    /// Whether it is of what is advised, and not of what was found.
    #[must_use]
    pub fn is_advice(&self) -> bool {
        !compare::is_finding(&self.dimension)
    }

    /// Whether a person said of what kind it is; else rules propose it.
    #[must_use]
    pub fn kind_is_said(&self) -> bool {
        self.confirmed.as_ref().is_some_and(|said| said.kind.is_some())
    }

    /// Of what kind the difference is for the opinion in this place: as a person said of the line, where it is one of the two
    /// that stand farthest apart, else as is proposed of it and the one it is farthest from.
    #[must_use]
    pub fn kind_for(&self, place: usize) -> Option<Kind> {
        let is_meant = self.kind_is_said() && self.between.contains(&place);
        if is_meant { self.kind } else { Apart::farthest_of(&self.pairs, place)?.kind }
    }

    /// Whether the opinions differ here in what may change something.
    #[must_use]
    pub fn matters(&self) -> bool {
        self.relation != Relation::Agree && self.weight == Some(Weight::Major)
    }
}

impl App {
    /// Writes an opinion down; with an id, that one anew.
    ///
    /// # Errors
    /// A refusal when it says nothing or a number in it cannot be true, or when it is written anew and there is none, or it is
    /// another by now.
    pub async fn record_opinion(
        &self,
        session: &Session,
        id: &CaseId,
        over: Option<Over<'_, OpinionId>>,
        opinion: &Opinion,
    ) -> Result<OpinionId, AppError> {
        let new = over.as_ref().map_or_else(ids::new, |over| over.id.clone());
        let rule = |case: &Case| {
            let view = case.seen_by(session.audience);
            let over = over.as_ref();
            let before = over.and_then(|over| view.opinions().into_iter().find(|held| held.id == *over.id));
            if let (Some(over), None) = (over, before) {
                return Err(Refusal::new("refusal-opinion-unknown").with("id", over.id));
            }
            if let Some(document) = &opinion.document
                && view.document(document, self.knowledge()).is_none()
            {
                return Err(Refusal::new("refusal-no-such-document"));
            }
            if over.is_none() && view.opinions().iter().any(|held| held.opinion == *opinion) {
                return Err(Refusal::new("refusal-opinion-twice"));
            }
            let comparing = &self.knowledge().comparing;
            if let Some(finding) = opinion.findings.iter().find(|f| comparing.concept(&f.concept).is_none()) {
                return Err(Refusal::new("refusal-opinion-concept").with("concept", &finding.concept));
            }
            for finding in &opinion.findings {
                compare::can_be(finding, self.knowledge())?;
            }
            let known = view.deliveries();
            if opinion.deliveries.iter().any(|id| !known.iter().any(|held| held.delivery.id == *id)) {
                return Err(Refusal::new("refusal-delivery-unknown"));
            }
            let change = compare::record(new.clone(), opinion.clone())?;
            if let Some((over, held)) = over.zip(before) {
                // What is written twice in the very same words is one entry.
                if matches!(&change, CompareChange::OpinionRecorded { opinion, .. } if **opinion == held.opinion) {
                    return Ok(Vec::new());
                }
                unchanged(&words_stamp(&held.opinion), over.as_of)?;
            }
            Ok(vec![change])
        };
        self.change(session, id, rule).await?;
        Ok(new)
    }

    /// Takes an opinion back.
    ///
    /// # Errors
    /// A refusal when there is none.
    pub async fn remove_opinion(
        &self,
        session: &Session,
        id: &CaseId,
        opinion: &OpinionId,
    ) -> Result<Arc<Case>, AppError> {
        self.change(session, id, |case| Ok(vec![compare::remove(case.opinions(), opinion)?])).await
    }

    /// Seals an opinion from the doctors of others, or opens it to them.
    ///
    /// # Errors
    /// A refusal when there is none, or it is so already.
    pub async fn seal_opinion(
        &self,
        session: &Session,
        id: &CaseId,
        opinion: &OpinionId,
        sealed: bool,
    ) -> Result<Arc<Case>, AppError> {
        let rule = |case: &Case| {
            let compare = case.opinions();
            Ok(vec![if sealed { compare::seal(compare, opinion)? } else { compare::open(compare, opinion)? }])
        };
        self.change(session, id, rule).await
    }

    /// Says how all opinions of the case stand to each other on a line. Nothing said takes it back. `seen` is the line that was
    /// looked at; none: whatever stands there now.
    ///
    /// # Errors
    /// A refusal when there is no such line, or the opinions or what was said of them changed since it was looked at.
    pub async fn judge_difference(
        &self,
        session: &Session,
        id: &CaseId,
        line: (&str, &str),
        said: SaidOfLine<'_>,
        seen: Option<LookedAt<'_>>,
    ) -> Result<Arc<Case>, AppError> {
        let rule = |case: &Case| {
            let view = case.seen_by(session.audience);
            let lines = view.differences(self.knowledge(), self.namer());
            let is_line =
                |held: &HeldDifference| (held.proposed.dimension.as_str(), held.proposed.item.as_str()) == line;
            let held = lines.into_iter().find(is_line);
            let held = held.ok_or_else(|| Refusal::new("refusal-difference-unknown").with("dimension", line.0))?;
            if let Some(seen) = seen {
                // Whoever looked at other words than those of now did not mean these.
                if seen.fingerprint != held.proposed.fingerprint() {
                    return Err(Refusal::new("refusal-difference-changed"));
                }
                let said = held.judged.or(held.earlier).map(Confirmed::of);
                unchanged(&said_stamp(said.as_ref()), Some(seen.said))?;
            }
            let judged = Judged {
                dimension: line.0.to_owned(),
                item: line.1.to_owned(),
                between: view.opinions().iter().map(|held| held.id.clone()).collect(),
                about: String::new(),
                relation: said.relation,
                kind: said.kind,
                weight: said.weight,
                note: said.note.to_owned(),
            };
            Ok(vec![compare::judge(case.opinions(), &held.proposed, judged)?])
        };
        self.change(session, id, rule).await
    }

    /// What a record says, in the form of an opinion, for a person to go over.
    ///
    /// # Errors
    /// A refusal when there is no such record.
    pub async fn proposed_opinion(
        &self,
        session: &Session,
        id: &CaseId,
        document: &DocumentId,
    ) -> Result<ProposedOpinion, AppError> {
        let case = self.case(session, id).await?;
        Ok(case.seen_by(session.audience).proposed_opinion(document, self.knowledge())?)
    }

    /// What to know of a sheet whose options two opinions name otherwise: they may be one.
    #[must_use]
    pub fn options_that_may_be_one(&self, view: &CaseView<'_>, sheet: &Sheet) -> Vec<String> {
        let each = view.options_that_may_be_one(sheet, self.knowledge(), self.namer()).into_iter();
        each.map(|(a, b)| self.say(&Message::new("sheet-may-be-one").with("a", a).with("b", b))).collect()
    }

    /// Opinions side by side, in words.
    #[must_use]
    pub fn comparison(&self, view: &CaseView<'_>) -> Comparison {
        Comparison::of(view, self.knowledge(), self.namer(), &|message| self.say(message))
    }

    /// Names of treatments, built from the tables once.
    pub(crate) fn namer(&self) -> &Namer {
        self.inner().namer.get_or_init(|| Namer::new(self.knowledge()))
    }
}

/// What an opinion is called beside the others: A, B, C, in the order in which they were written down.
#[must_use]
pub fn letter(place: usize) -> char {
    u8::try_from(place).ok().and_then(|place| b'A'.checked_add(place)).map_or('?', char::from)
}

/// What one doctor had of a material.
fn seen_by(opinion: &Opinion, given: &[Material], material: Material) -> SeenBy {
    let said: Vec<_> = opinion.seen.iter().filter(|seen| seen.material == material).collect();
    let state = match (said.iter().any(|seen| seen.seen), said.is_empty()) {
        (true, _) => "seen",
        (false, false) => "not_seen",
        (false, true) if given.contains(&material) => "in_the_packet",
        (false, true) => "not_stated",
    };
    let details = said.iter().filter(|seen| seen.seen == (state == "seen")).map(|seen| seen.detail.clone());
    SeenBy { state, details: details.filter(|detail| !detail.is_empty()).collect() }
}

/// What a line is called, and in plain words.
fn labels(difference: &Difference, knowledge: &Knowledge) -> (String, String) {
    let dimension = knowledge.comparing.dimension(&difference.dimension);
    let (label, plain) =
        dimension.map_or((difference.dimension.as_str(), ""), |d| (d.label.as_str(), d.plain.as_str()));
    if difference.item.is_empty() {
        return (label.to_owned(), plain.to_owned());
    }
    // What is seen on images has no concept of its own name.
    if difference.item == compare::imaging_finding().as_str() {
        return (label.to_owned(), plain.to_owned());
    }
    let (name, of) = difference.item.split_once(':').unwrap_or((difference.item.as_str(), ""));
    let kind = knowledge.comparing.plan_items.iter().find(|item| item.id == name).map(|item| item.label.clone());
    let concept = knowledge.concept(&Concept::named(name)).map(|facts| facts.label.clone());
    let named = kind.or(concept).unwrap_or_else(|| name.replace('_', " "));
    (if of.is_empty() { named } else { format!("{named} {of}") }, label.to_owned())
}
