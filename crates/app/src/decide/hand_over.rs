//! What a hand-over has to hold, as far as the case tells: the first step of what was chosen, tests that were advised, slides
//! that are out, records that were asked for, the written opinion for the first team. Proposals, until a person takes them.

use consilium_casefile::compare::StepKind;
use consilium_casefile::decide::{Decision, HandOver, HandOverKind};
use consilium_casefile::{CaseView, Message};

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
            found.extend(self.first_step(view, &held.decision));
            found.extend(self.tests(view));
            found.extend(self.records_due(view, &held.decision));
        }
        found.extend(self.still_out(view));
        if held.is_some() {
            let what = self.say(&Message::new("handover-propose-insurer"));
            found.push(HandOver { kind: HandOverKind::Authorization, what, owner: String::new(), due: None });
        }
        let there = |item: &HandOver| decide.items().any(|held| held.item.what == item.what);
        Ok(found.into_iter().filter(|item| !there(item)).collect())
    }

    /// The first step of the option that was chosen.
    fn first_step(&self, view: &CaseView<'_>, decision: &Decision) -> Option<HandOver> {
        let sheet = view.deciding()?.sheet()?;
        let option = decision.option.as_deref()?;
        // A sheet that was written anew may have given its id to another option.
        let same = sheet.option(option).is_some_and(|option| option.label == decision.label);
        let step = sheet.steps.iter().find(|step| step.option == option).filter(|_| same)?;
        let what = self.say(&Message::new("handover-propose-first").with("what", &step.what));
        let owner = decision.tell.iter().find(|telling| telling.goes_on).map(|telling| telling.to.clone());
        Some(HandOver { kind: HandOverKind::Appointment, what, owner: owner.unwrap_or_default(), due: step.starts })
    }

    /// Tests that an opinion advises.
    fn tests(&self, view: &CaseView<'_>) -> Vec<HandOver> {
        let mut found: Vec<HandOver> = Vec::new();
        for held in view.opinions() {
            for step in held.opinion.plan.iter().filter(|step| step.kind == StepKind::Test) {
                let what = self.say(&Message::new("handover-propose-test").with("what", &step.what));
                if !found.iter().any(|item| item.what == what) {
                    found.push(HandOver { kind: HandOverKind::Order, what, owner: String::new(), due: None });
                }
            }
        }
        found
    }

    /// The written opinion of each doctor for those who are told everything.
    fn records_due(&self, view: &CaseView<'_>, decision: &Decision) -> Vec<HandOver> {
        let mut found = Vec::new();
        let opinions = view.opinions();
        for telling in
            decision.tell.iter().filter(|telling| telling.what == consilium_casefile::decide::Tell::Everything)
        {
            for held in opinions.iter().filter(|held| Some(&held.id) != telling.opinion.as_ref()) {
                let message = Message::new("handover-propose-record")
                    .with("from", &held.opinion.clinician.name)
                    .with("to", &telling.to);
                let (what, owner) = (self.say(&message), held.opinion.clinician.name.clone());
                found.push(HandOver { kind: HandOverKind::Record, what, owner, due: None });
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
                found.push(HandOver { kind: HandOverKind::Tissue, what, owner: String::new(), due: line.return_due() });
            }
        }
        if let Some(requests) = view.requests() {
            for held in requests.requests.iter().filter(|held| held.is_open()) {
                let asked = held.asked_for(self.knowledge()).join("; ");
                let what = self.say(&Message::new("handover-propose-request").with("what", asked));
                let owner = requests.holders.get(&held.request.holder).map(|holder| holder.name.clone());
                let (owner, due) = (owner.unwrap_or_default(), held.running().map(|clock| clock.until));
                found.push(HandOver { kind: HandOverKind::Record, what, owner, due });
            }
        }
        found
    }
}
