//! What a hand-over has to hold, as far as the case tells: the steps of what was chosen, what was planned and is not part of it,
//! tests that were advised, slides that are out, records that were asked for, the written opinions for who goes on. Proposals,
//! until a person takes them.

use consilium_casefile::compare::{StepKind, is_part_of};
use consilium_casefile::decide::{Decision, HandOver, HandOverKind, HandOverOf, Tell, Telling, TimedStep};
use consilium_casefile::facts::TreatmentStatus;
use consilium_casefile::reading::treatments;
use consilium_casefile::shared::text;
use consilium_casefile::{CaseView, DocumentId, Message};

use crate::App;
use crate::error::AppError;

impl App {
    /// What the case proposes for the hand-over and is not in it yet.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for those who may not see it.
    pub fn proposed_hand_over(&self, view: &CaseView<'_>) -> Result<Vec<HandOver>, AppError> {
        let decide = view.deciding().ok_or(AppError::NotFound)?;
        let held = decide.decision();
        let mut found = Vec::new();
        if let Some(held) = held {
            found.extend(self.steps(view, &held.decision));
            found.extend(self.planned_before(view, &held.decision));
            found.extend(self.tests(view, &held.decision));
            found.extend(self.records_due(view, &held.decision));
        }
        found.extend(self.still_out(view));
        if held.is_some() {
            let what = self.say(&Message::new("handover-propose-insurer"));
            found.push(HandOver { kind: HandOverKind::Authorization, what, owner: String::new(), due: None, of: None });
        }
        let there = |item: &HandOver| {
            let is_it = |held: &HandOver| held.what == item.what || item.of.is_some() && held.of == item.of;
            decide.items().any(|held| is_it(&held.item))
        };
        Ok(found.into_iter().filter(|item| !there(item)).collect())
    }

    /// The option that was chosen, with its steps. A sheet that was written anew may have given its id to another option.
    fn chosen<'a>(&self, view: &CaseView<'a>, decision: &Decision) -> Vec<&'a TimedStep> {
        let sheet = view.deciding().and_then(|decide| decide.sheet());
        let Some((sheet, id)) = sheet.zip(decision.option.as_deref()) else { return Vec::new() };
        let same = sheet.option(id).is_some_and(|option| option.label == decision.label);
        sheet.steps.iter().filter(|step| same && step.option == id).collect()
    }

    /// Every step of the option that was chosen, with its day or without, for who goes on.
    fn steps(&self, view: &CaseView<'_>, decision: &Decision) -> Vec<HandOver> {
        let owner = decision.tell.iter().find(|telling| telling.goes_on).map(|telling| telling.to.clone());
        let owner = owner.unwrap_or_default();
        let step = |(place, step): (usize, &TimedStep)| {
            let key = if place == 0 { "handover-propose-first" } else { "handover-propose-then" };
            let what = self.say(&Message::new(key).with("what", &step.what));
            HandOver { kind: HandOverKind::Appointment, what, owner: owner.clone(), due: step.starts, of: None }
        };
        self.chosen(view, decision).into_iter().enumerate().map(step).collect()
    }

    /// What the records plan and the choice does not name: somebody has to cancel it, or to say that it still holds. And the
    /// day of the start, where that was of something else.
    fn planned_before(&self, view: &CaseView<'_>, decision: &Decision) -> Vec<HandOver> {
        let steps = self.chosen(view, decision).into_iter().map(|step| step.what.as_str());
        let mut words: Vec<&str> = steps.collect();
        // The name of an option says less than its steps, and in other words.
        if words.is_empty() {
            words.extend([decision.choice.as_str(), decision.label.as_str()]);
        }
        let is_chosen = |what: &str| is_part_of(what, &words, self.knowledge(), self.namer());
        let mut found: Vec<HandOver> = Vec::new();
        let opinions = view.opinions();
        let sealed = |id: &DocumentId| opinions.iter().any(|held| held.is_sealed() && held.sealed_records.contains(id));
        for row in treatments(&view.clone().on(self.now().date()), self.knowledge()) {
            // A plan that only a sealed record tells is told to nobody.
            if !row.sources.is_empty() && row.sources.iter().all(|(held, _)| sealed(&held.document.id)) {
                continue;
            }
            let what = row.treatment.what.replace('_', " ");
            if row.treatment.status == TreatmentStatus::Planned && !is_chosen(&what) {
                let due = row.date.and_then(|date| date.day());
                let what = self.say(&Message::new("handover-propose-stop").with("what", what));
                if !found.iter().any(|item| item.what == what) {
                    found.push(HandOver { kind: HandOverKind::Order, what, owner: String::new(), due, of: None });
                }
            }
        }
        let start = view.treatment_start();
        if start.is_some_and(|start| !start.what.is_empty() && !is_chosen(&start.what)) {
            let what = self.say(&Message::new("handover-propose-start"));
            found.push(HandOver { kind: HandOverKind::Task, what, owner: String::new(), due: None, of: None });
        }
        found
    }

    /// Tests that an opinion advises.
    fn tests(&self, view: &CaseView<'_>, decision: &Decision) -> Vec<HandOver> {
        let mut found: Vec<HandOver> = Vec::new();
        // A step of what was chosen is proposed as one.
        let chosen = self.chosen(view, decision);
        let is_step = |what: &str| chosen.iter().any(|step| text::same_line(&step.what, what));
        for held in view.opinions().into_iter().filter(|held| !held.is_sealed()) {
            for step in held.opinion.plan.iter().filter(|step| step.kind == StepKind::Test && !is_step(&step.what)) {
                let what = self.say(&Message::new("handover-propose-test").with("what", &step.what));
                if !found.iter().any(|item| item.what == what) {
                    found.push(HandOver { kind: HandOverKind::Order, what, owner: String::new(), due: None, of: None });
                }
            }
        }
        found
    }

    /// The written opinion of each other doctor: for who goes on, and for a doctor of the case who is told of it all.
    fn records_due(&self, view: &CaseView<'_>, decision: &Decision) -> Vec<HandOver> {
        let mut found = Vec::new();
        // What is sealed goes nowhere before it is opened.
        let opinions: Vec<_> = view.opinions().into_iter().filter(|held| !held.is_sealed()).collect();
        let gets =
            |telling: &&Telling| telling.goes_on || telling.opinion.is_some() && telling.what == Tell::Everything;
        for telling in decision.tell.iter().filter(gets) {
            for held in opinions.iter().filter(|held| Some(&held.id) != telling.opinion.as_ref()) {
                let message = Message::new("handover-propose-record")
                    .with("from", &held.opinion.clinician.name)
                    .with("to", &telling.to);
                let (what, owner) = (self.say(&message), held.opinion.clinician.name.clone());
                found.push(HandOver { kind: HandOverKind::Record, what, owner, due: None, of: None });
            }
        }
        found
    }

    /// Slides and blocks that are not where they belong, and records that were asked for and did not come.
    fn still_out(&self, view: &CaseView<'_>) -> Vec<HandOver> {
        let mut found = Vec::new();
        if let Some(register) = view.tissue() {
            for line in register.lines().filter(|line| !line.is_at_home()) {
                let label = register.label(line);
                let what = self.say(&Message::new("handover-propose-tissue").with("what", label));
                found.push(HandOver {
                    kind: HandOverKind::Tissue,
                    what,
                    owner: String::new(),
                    due: line.return_due(),
                    of: Some(HandOverOf::Tissue(line.tissue.id.clone())),
                });
            }
        }
        if let Some(requests) = view.requests() {
            for held in requests.requests.iter().filter(|held| held.is_open()) {
                let asked = held.asked_for(self.knowledge()).join("; ");
                let what = self.say(&Message::new("handover-propose-request").with("what", asked));
                let owner = requests.holders.get(&held.request.holder).map(|holder| holder.name.clone());
                let (owner, due) = (owner.unwrap_or_default(), held.running().map(|clock| clock.until));
                found.push(HandOver {
                    kind: HandOverKind::Record,
                    what,
                    owner,
                    due,
                    of: Some(HandOverOf::Request(held.request.id.clone())),
                });
            }
        }
        found
    }
}
