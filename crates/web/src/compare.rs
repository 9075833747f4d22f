//! Compare: opinions side by side. What each had seen stands first, then where they differ, then where they agree. The order
//! is that of the dimensions and of the opinions; nothing is sorted or coloured by whom it favours.

use askama::Template;
use axum::extract::{Form, Path};
use axum::response::{IntoResponse, Redirect, Response};
use consilium_app::compare::{
    BeyondRow, ComparedLine, Comparison, LookedAt, OpinionHead, SaidOfLine, letter, named_so,
};
use consilium_casefile::compare::{Kind, Relation, Said, Weight};
use consilium_casefile::next::Stage;
use consilium_casefile::{CaseId, CaseView, Message};

use crate::errors::{Failure, html_refused};
use crate::forms::{Values, named, value};
use crate::parts::{Choice, Context, StepView, When, Word};
use crate::shell::Shell;
use crate::web::Visitor;

struct OpinionView {
    letter: char,
    id: String,
    who: String,
    rest: String,
    date: Option<When>,
    document: Option<String>,
    sealed: Option<When>,
    opened: Option<When>,
    went: Vec<String>,
    /// Records that are kept back with the one that says it: address, what it is, of which day.
    copies: Vec<(String, String, Option<When>)>,
}

struct SeenView {
    material: String,
    sides: Vec<(Word, String)>,
    differs: bool,
}

struct LineView {
    dimension: String,
    item: String,
    anchor: String,
    label: String,
    plain: String,
    relation: Word,
    weight: Option<String>,
    kind: Option<String>,
    kind_plain: Option<String>,
    /// Of which two of more opinions: `A and C`.
    between: Option<String>,
    /// A person said how they stand to each other, of what kind it is, or how much it weighs.
    said: bool,
    confirmed: Option<(String, When)>,
    /// What the rules propose, where a person said something else.
    proposed: Option<String>,
    earlier: Option<EarlierView>,
    evidence: Vec<String>,
    sides: Vec<Vec<SaidView>>,
    relations: Vec<Choice>,
    kinds: Vec<Choice>,
    weights: Vec<Choice>,
    note: String,
    refusal: Option<String>,
    fingerprint: String,
    said_stamp: String,
}

/// What a person said before the opinions changed.
struct EarlierView {
    at: When,
    /// Relation, kind, weight and note in a line.
    words: String,
    relation: &'static str,
    kind: &'static str,
    weight: &'static str,
    note: String,
}

/// What opinions that say the same words say.
struct SameWords {
    /// Which opinions: `AB`; empty where all say it.
    letters: String,
    words: String,
}

impl LineView {
    /// What the opinions say, those with the very same words once.
    fn together(&self) -> Vec<SameWords> {
        let mut groups: Vec<SameWords> = Vec::new();
        for (place, side) in self.sides.iter().enumerate().filter(|(_, side)| !side.is_empty()) {
            let words = side.iter().map(|one| one.said.labelled()).collect::<Vec<_>>().join("; ");
            match groups.iter_mut().find(|group| group.words.to_lowercase() == words.to_lowercase()) {
                Some(group) => group.letters.push(letter(place)),
                None => groups.push(SameWords { letters: letter(place).to_string(), words }),
            }
        }
        // What all of them say needs no letter.
        if let [one] = groups.as_mut_slice()
            && one.letters.chars().count() == self.sides.len()
        {
            one.letters.clear();
        }
        groups
    }
}

/// What one opinion says of a line.
struct SaidView {
    said: Said,
    /// The study that holds the image it names, and whether the image is there.
    image: Option<(String, Option<bool>)>,
}

/// A record that may say an opinion.
struct NoteView {
    id: String,
    title: String,
    date: Option<When>,
}

#[derive(Template)]
#[template(path = "compare.html")]
pub(crate) struct ComparePage {
    shell: Shell,
    id: CaseId,
    may_change: bool,
    step: Option<StepView>,
    opinions: Vec<OpinionView>,
    seen: Vec<SeenView>,
    differ: Vec<LineView>,
    agree: Vec<LineView>,
    beyond: Vec<BeyondRow>,
    shows_numbers: bool,
    major: usize,
    notes: Vec<NoteView>,
}

impl ComparePage {
    pub(crate) fn new(context: &Context<'_>, view: &CaseView<'_>, comparison: &Comparison, refused: &Refused) -> Self {
        let stage = context.stages(view).into_iter().find(|stage| stage.stage == Stage::Compare);
        let step = stage.as_ref().and_then(|stage| stage.steps.first());
        let (differ, agree): (Vec<&ComparedLine>, Vec<&ComparedLine>) =
            comparison.differences.iter().partition(|line| line.relation != Relation::Agree);
        let lines =
            |lines: Vec<&ComparedLine>| lines.into_iter().map(|l| line_view(context, view, l, refused)).collect();
        Self {
            shell: Shell::of_case(context, view, "Compare", Some(Stage::Compare)).refused(refused.sentence.is_some()),
            id: view.id().clone(),
            may_change: view.audience().may_change(),
            step: step.map(|step| StepView::new(context, view.id(), Stage::Compare, step)),
            opinions: comparison.opinions.iter().enumerate().map(|(place, head)| opinion_view(place, head)).collect(),
            seen: seen_views(context, comparison),
            major: comparison.differences.iter().filter(|line| line.matters()).count(),
            differ: lines(differ),
            agree: lines(agree),
            beyond: comparison.beyond.clone(),
            shows_numbers: comparison.shows_numbers,
            notes: notes(context, view, comparison),
        }
    }
}

fn opinion_view(place: usize, head: &OpinionHead) -> OpinionView {
    let rest = [head.role.as_str(), head.organization.as_str()];
    let copies = head.kept_back.iter().filter(|kept| Some(&kept.document) != head.document.as_ref());
    OpinionView {
        letter: letter(place),
        id: head.id.to_string(),
        who: head.clinician.clone(),
        rest: rest.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", "),
        date: head.date.map(When::from),
        document: head.document.as_ref().map(ToString::to_string),
        sealed: head.sealed.map(When::from),
        opened: head.opened.map(When::from),
        went: head.went.clone(),
        copies: copies.map(|kept| (kept.document.to_string(), kept.title.clone(), kept.date.map(When::from))).collect(),
    }
}

fn seen_views(context: &Context<'_>, comparison: &Comparison) -> Vec<SeenView> {
    let row = |row: &consilium_app::compare::SeenRow| {
        let word = |state: &str| match state {
            "seen" => Word::new("seen", "done"),
            "in_the_packet" => Word::new("was sent to them", "half"),
            "not_seen" => Word::new("not seen", "cross"),
            _ => Word::new("not stated", "ask"),
        };
        let sides = row.sides.iter().map(|side| (word(side.state), side.details.join("; "))).collect();
        let first = row.sides.first().map(|side| side.state);
        SeenView {
            material: (context.say)(&row.material.words()),
            sides,
            differs: row.sides.iter().any(|side| Some(side.state) != first),
        }
    };
    comparison.seen.iter().map(row).collect()
}

/// A line that a person could not say something of, and why.
#[derive(Default)]
pub(crate) struct Refused {
    line: (String, String),
    values: Values,
    sentence: Option<String>,
}

fn line_view(context: &Context<'_>, view: &CaseView<'_>, line: &ComparedLine, refused: &Refused) -> LineView {
    let say = context.say;
    let said = |said: &Said| {
        let image = Some(said.key_image.as_str()).filter(|words| !words.is_empty());
        let image =
            image.and_then(|words| view.key_image(words, context.knowledge)).map(|found| (found.study, found.is_here));
        SaidView { said: said.clone(), image }
    };
    let mark = match line.relation {
        Relation::Agree => "same",
        Relation::Detail => "half",
        Relation::Conflict => "gap",
        Relation::OneSided => "empty",
        Relation::NotComparable => "ask",
    };
    let here = refused.sentence.is_some() && refused.line == (line.dimension.clone(), line.item.clone());
    let confirmed = line.confirmed.as_ref();
    let note = if here { value(&refused.values, "note") } else { confirmed.map_or("", |c| c.note.as_str()) };
    LineView {
        anchor: format!("line-{}-{}", line.dimension, line.item.replace(|c: char| !c.is_ascii_alphanumeric(), "-")),
        dimension: line.dimension.clone(),
        item: line.item.clone(),
        label: line.label.clone(),
        plain: line.plain.clone(),
        relation: Word::said(say, &line.relation.words().key, mark),
        weight: line.weight.map(|weight| say(&weight.words())),
        kind: line.kind.map(|kind| say(&kind.words())),
        kind_plain: line.kind.map(|kind| say(&Message::new(&format!("{}-plain", kind.words().key)))),
        between: (line.sides.len() > 2)
            .then(|| line.between.map(letter))
            .map(|[a, b]| say(&Message::new("beyond-pair").with("a", a).with("b", b))),
        said: confirmed.is_some_and(|said| said.relation.is_some() || said.kind.is_some() || said.weight.is_some()),
        confirmed: confirmed.map(|confirmed| (confirmed.note.clone(), When::from(confirmed.at))),
        proposed: other_than_proposed(line)
            .then(|| named_so(Some(line.proposed.relation), line.proposed.kind, line.proposed.weight, say))
            .flatten(),
        earlier: line.earlier.as_ref().map(|earlier| EarlierView {
            at: When::from(earlier.at),
            words: [
                named_so(earlier.relation, earlier.kind, earlier.weight, say),
                Some(format!("“{}”", earlier.note)).filter(|_| !earlier.note.is_empty()),
            ]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(": "),
            relation: earlier.relation.map_or("", Relation::name),
            kind: earlier.kind.map_or("", Kind::name),
            weight: earlier.weight.map_or("", Weight::name),
            note: earlier.note.clone(),
        }),
        evidence: line.evidence.clone(),
        sides: line.sides.iter().map(|side| side.iter().map(said).collect()).collect(),
        relations: named(say, &relations(line), Relation::name, Relation::words, line.relation.name()),
        kinds: named(say, Kind::ALL, Kind::name, Kind::words, line.kind.map_or("", Kind::name)),
        weights: named(say, Weight::ALL, Weight::name, Weight::words, line.weight.map_or("", Weight::name)),
        note: note.to_owned(),
        fingerprint: line.fingerprint.clone(),
        said_stamp: line.said_stamp(),
        refusal: refused.sentence.clone().filter(|_| here),
    }
}

/// Whether a person put the line otherwise than the rules do.
fn other_than_proposed(line: &ComparedLine) -> bool {
    let proposed = line.proposed;
    (line.relation, line.kind, line.weight) != (proposed.relation, proposed.kind, proposed.weight)
}

/// How a person may say that opinions stand to each other: that only one speaks of it is seen, not said.
fn relations(line: &ComparedLine) -> Vec<Relation> {
    let may = |one: &Relation| *one != Relation::OneSided || line.proposed.relation == Relation::OneSided;
    Relation::ALL.iter().copied().filter(may).collect()
}

/// Records that state a plan and that no opinion rests on yet, newest first.
fn notes(context: &Context<'_>, view: &CaseView<'_>, comparison: &Comparison) -> Vec<NoteView> {
    let used =
        |id: &str| comparison.opinions.iter().any(|head| head.document.as_ref().is_some_and(|d| d.as_str() == id));
    let states = |kind: &consilium_casefile::records::DocumentKind| {
        context.knowledge.kind(kind).is_some_and(|facts| facts.states_a_plan)
    };
    let documents = view.documents(context.knowledge).into_iter().rev();
    let fitting = documents.filter(|held| !held.removed && held.kind().is_some_and(states));
    let fitting = fitting.filter(|held| !used(held.document.id.as_str()));
    let note = |held: &consilium_casefile::gather::HeldDocument| NoteView {
        id: held.document.id.to_string(),
        title: view.title_of(held, context.knowledge).to_owned(),
        date: held.date().map(When::from),
    };
    fitting.take(12).map(note).collect()
}

async fn show(visitor: &Visitor, id: &CaseId, refused: &Refused) -> Result<Response, Failure> {
    let case = visitor.case(id).await?;
    let view = case.seen_by(visitor.session.audience);
    let comparison = visitor.app.comparison(&view);
    let page = visitor.look(|context| ComparePage::new(context, &view, &comparison, refused));
    html_refused(&page, refused.sentence.is_some())
}

/// `/cases/{case}/compare`
pub(crate) async fn page(visitor: Visitor, Path(id): Path<CaseId>) -> Result<Response, Failure> {
    show(&visitor, &id, &Refused::default()).await
}

/// Says what a difference is, or takes that back.
pub(crate) async fn judge(
    visitor: Visitor,
    Path(id): Path<CaseId>,
    Form(values): Form<Values>,
) -> Result<Response, Failure> {
    let (dimension, item) = (value(&values, "dimension").to_owned(), value(&values, "item").to_owned());
    let back = value(&values, "act") == "back";
    let relation = Relation::named(value(&values, "relation"));
    // Of what kind a difference is, and how much it weighs, is not said of what agrees.
    let differ = relation != Some(Relation::Agree);
    let said = SaidOfLine {
        relation,
        kind: Kind::named(value(&values, "kind")).filter(|_| differ),
        weight: Weight::named(value(&values, "weight")).filter(|_| differ),
        note: value(&values, "note"),
    };
    let said = if back { SaidOfLine::default() } else { said };
    let seen = LookedAt { fingerprint: value(&values, "about"), said: value(&values, "as_of") };
    let line = (dimension.as_str(), item.as_str());
    let done = visitor.app.judge_difference(&visitor.session, &id, line, said, Some(seen)).await;
    match visitor.told(done)? {
        Ok(_) => Ok(Redirect::to(&format!("/cases/{id}/compare#differences")).into_response()),
        Err(sentence) => {
            let refused = Refused { line: (dimension, item), values, sentence: Some(sentence) };
            show(&visitor, &id, &refused).await
        }
    }
}
