//! Letters of the decision: to each who is told, as much as the person chose, and not a word more. And of the comparison: the
//! questions to each doctor, and the points for a joint talk. The words come from `knowledge/letters`.

use std::collections::BTreeMap;

use consilium_casefile::compare::{HeldOpinion, Kind, PlanStep, Relation, Said, Strength, all_open};
use consilium_casefile::decide::{HandOver, HandOverState, Tell, Telling, tell};
use consilium_casefile::shared::text;
use consilium_casefile::{CaseId, CaseView, DecisionId, Message, OpinionId, Refusal, Session};
use consilium_press::letter::{Block, Filling, Letter};
use jiff::civil::Date;

use crate::App;
use crate::compare::{ComparedLine, Comparison};
use crate::dates::day_words;
use crate::error::AppError;

/// A letter, to be read before it is sent.
#[derive(Debug, Clone)]
pub struct DecisionLetter {
    /// Its words.
    pub text: String,
    /// As it is set.
    pub letter: Letter,
}

impl App {
    /// The letter about a decision to one who is told, dated `on`; `None`: today.
    ///
    /// # Errors
    /// A refusal when there is no such decision, or it tells them nothing; [`AppError::NotFound`] for those who may not see it.
    pub async fn decision_letter(
        &self,
        session: &Session,
        id: &CaseId,
        decision: &DecisionId,
        to: &str,
        on: Option<Date>,
    ) -> Result<DecisionLetter, AppError> {
        let case = self.case(session, id).await?;
        let view = case.seen_by(session.audience);
        let decide = view.deciding().ok_or(AppError::NotFound)?;
        let telling = tell(decide, decision, to)?;
        let held = decide.standing().find(|held| held.id == *decision);
        let held = held.ok_or_else(|| Refusal::new("refusal-decision-unknown"))?;
        // Whoever reads of a choice that does not hold any more acts on it.
        if decide.decision().is_some_and(|newest| newest.id != held.id) {
            return Err(Refusal::new("refusal-decision-overtaken").into());
        }
        let decision = &held.decision;
        // Whoever gave an opinion and does not go on is told that another team does, where one was named; anybody else only
        // what was chosen.
        let another = telling.leaves && decision.tell.iter().any(|other| other.goes_on && other.to != telling.to);
        // Nobody is thanked for advice they did not give.
        let wording = match (telling.goes_on, telling.opinion.is_some()) {
            (true, true) => "decision-stays",
            (true, false) => "decision-begins",
            (false, true) if another => "decision-leaves",
            (false, _) => "decision-informs",
        };
        let mut values = self.sender(&view, on);
        let everything = telling.what == Tell::Everything;
        let reasons = if telling.what == Tell::Choice { String::new() } else { decision.reasons.replace('\n', " ") };
        let other = if everything { self.other_advice(&view, telling)? } else { String::new() };
        let questions: Vec<String> = if telling.what == Tell::Choice {
            Vec::new()
        } else {
            decision.questions.lines().map(str::to_owned).collect()
        };
        // Of the hand-over one who is told why reads what is theirs to do; nobody reads more than was chosen for them.
        let theirs = |item: &HandOver| match telling.what {
            Tell::Everything => true,
            Tell::Reasons => text::same_line(&item.owner, &telling.to),
            Tell::Choice | Tell::Nothing => false,
        };
        // What is done, or of a plan that holds no more, is not still to be done; who said no does not do it.
        let open = decide.items().filter(|held| held.state() != HandOverState::Done);
        let open = open.filter(|held| !decide.is_of_an_earlier_decision(held) && theirs(&held.item));
        let items = open.map(|held| {
            let nobody = held.item.owner.is_empty() || held.state() == HandOverState::Declined;
            let owner = if nobody { String::new() } else { format!("{}: ", held.item.owner) };
            let due = held.item.due.map(|due| format!(", by {}", day_words(due))).unwrap_or_default();
            format!("{owner}{}{due}", held.item.what)
        });
        let revisit = decision.revisit.filter(|_| telling.what != Tell::Choice).map(day_words).unwrap_or_default();
        let items: Vec<String> = items.collect();
        // Nobody can tell whose plan words of the hand-over repeat.
        if !items.is_empty() {
            all_open(view.opinions().into_iter().filter(|held| telling.opinion.as_ref() != Some(&held.id)))?;
        }
        let thanks = telling.opinion.as_ref().map(|_| self.say(&Message::new("letter-opinion-thanks")));
        values.insert("opinion_thanks", Filling::Words(thanks.unwrap_or_default()));
        values.insert("doctor", Filling::Words(telling.to.clone()));
        values.insert("choice", Filling::Words(decision.choice.trim_end_matches('.').to_owned()));
        values.insert("decided_on", Filling::Words(day_words(decision.on)));
        values.insert("reasons", Filling::Words(reasons));
        values.insert("other_advice", Filling::Words(other));
        values.insert("open_questions", Filling::List(questions));
        values.insert("hand_over", Filling::List(items));
        values.insert("revisit", Filling::Words(revisit));
        self.decision_words(&view, wording, &values)
    }

    /// The questions to the doctor of one opinion, of everything in which the others differ and that may change something.
    ///
    /// # Errors
    /// A refusal when there is no such opinion, or nothing to ask; [`AppError::NotFound`] for those who may not see it.
    pub async fn questions_letter(
        &self,
        session: &Session,
        id: &CaseId,
        opinion: &OpinionId,
    ) -> Result<DecisionLetter, AppError> {
        let case = self.case(session, id).await?;
        let view = case.seen_by(session.audience);
        view.deciding().ok_or(AppError::NotFound)?;
        let opinions = view.opinions();
        let place = opinions.iter().position(|held| held.id == *opinion);
        let place = place.ok_or_else(|| Refusal::new("refusal-opinion-unknown").with("id", opinion))?;
        all_open(opinions.iter().copied().filter(|held| held.id != *opinion))?;
        let questions = self.follow_up(&self.comparison(&view), place);
        if questions.is_empty() {
            return Err(Refusal::new("refusal-nothing-to-ask").into());
        }
        let mut values = self.sender(&view, None);
        let name = opinions.get(place).map(|held| held.opinion.clinician.name.clone()).unwrap_or_default();
        values.insert("doctor", Filling::Words(name));
        values.insert("differences", Filling::List(questions));
        self.decision_words(&view, "questions", &values)
    }

    /// The points for a joint talk.
    ///
    /// # Errors
    /// A refusal when the opinions do not differ; [`AppError::NotFound`] for those who may not see it.
    pub async fn agenda(&self, session: &Session, id: &CaseId) -> Result<DecisionLetter, AppError> {
        let case = self.case(session, id).await?;
        let view = case.seen_by(session.audience);
        view.deciding().ok_or(AppError::NotFound)?;
        all_open(view.opinions().into_iter())?;
        let points = self.agenda_points(&self.comparison(&view));
        if points.is_empty() {
            return Err(Refusal::new("refusal-nothing-to-ask").into());
        }
        let own = view.open_questions().map(|question| question.text.clone()).collect();
        let mut values = self.sender(&view, None);
        values.insert("differences", Filling::List(points));
        values.insert("open_questions", Filling::List(own));
        self.decision_words(&view, "agenda", &values)
    }

    /// The points for a joint talk: what may change something, with what each doctor said.
    #[must_use]
    pub fn agenda_points(&self, comparison: &Comparison) -> Vec<String> {
        let points = comparison.differences.iter().filter(|line| line.is_asked()).map(|line| {
            let said = line.sides.iter().zip(&comparison.opinions).map(|(side, opinion)| {
                let words = if side.is_empty() { "not stated".to_owned() } else { said_words(side) };
                format!("{}: {words}", opinion.clinician)
            });
            let key = match (line.kind, line.kind_is_said()) {
                (Some(_), true) => "agenda-line",
                (Some(_), false) => "agenda-line-proposed",
                (None, _) => "agenda-line-plain",
            };
            let kind = line.kind.map(|kind| self.say(&kind.words())).unwrap_or_default();
            let message = Message::new(key).with("what", &line.label).with("kind", kind);
            self.say(&message.with("sides", said.collect::<Vec<_>>().join("; ")))
        });
        points.collect()
    }

    /// A letter as PDF.
    ///
    /// # Errors
    /// A fault when it can not be set.
    pub async fn decision_pdf(&self, letter: DecisionLetter) -> Result<Vec<u8>, AppError> {
        Ok(self.set(letter.letter).await?.pdf)
    }

    /// Questions to the doctor in this place, one a difference that may change something.
    #[must_use]
    pub fn follow_up(&self, comparison: &Comparison, place: usize) -> Vec<String> {
        let asked = comparison.differences.iter().filter(|line| line.is_asked());
        asked.filter_map(|line| self.question(line, place)).collect()
    }

    fn question(&self, line: &ComparedLine, place: usize) -> Option<String> {
        let own = line.sides.get(place)?;
        let mut others: Vec<String> = Vec::new();
        for (other, side) in line.sides.iter().enumerate() {
            let words = said_words(side);
            // Who says the same is not asked about.
            if other != place && !side.is_empty() && words != said_words(own) && !others.contains(&words) {
                others.push(words);
            }
        }
        let key = match (line.relation, own.is_empty(), others.is_empty()) {
            (_, true, true) => return None,
            (_, true, _) => "follow-only-other",
            (Relation::OneSided, _, true) => "follow-only-own",
            // Of several the others agree with this one, or are silent.
            (_, _, true) => return None,
            _ => match (line.kind_for(place), line.is_advice()) {
                // Advice follows from what was found: nobody looks at slides for it.
                (Some(Kind::Data | Kind::Reading), true) => "follow-plan",
                (Some(Kind::Data), _) => "follow-data",
                (Some(Kind::Reading), _) => "follow-reading",
                (Some(Kind::Judgement), _) => "follow-judgement",
                (Some(Kind::Goal), _) => "follow-goal",
                _ => "follow-unclear",
            },
        };
        let message = Message::new(key).with("what", &line.label).with("own", said_words(own));
        Some(self.say(&message.with("other", others.join("” / “"))))
    }

    /// What the opinions other than the reader's own advise, in a line.
    fn other_advice(&self, view: &CaseView<'_>, reader: &Telling) -> Result<String, Refusal> {
        let own = |held: &HeldOpinion| {
            reader.opinion.as_ref() == Some(&held.id) || text::same_line(&held.opinion.clinician.name, &reader.to)
        };
        let others: Vec<&HeldOpinion> = view.opinions().into_iter().filter(|held| !own(held)).collect();
        all_open(others.iter().copied())?;
        let line = |held: &&HeldOpinion| {
            let opinion = &held.opinion;
            let advised = |step: &PlanStep| match step.strength {
                Some(Strength::Considered) => "advice-considered",
                _ => "advice-advised",
            };
            let plan = opinion.plan.iter().map(|step| self.advice(advised(step), step));
            let others = opinion.alternatives.iter().map(|step| self.advice("advice-alternative", step));
            let against = opinion.advised_against.iter().map(|step| self.advice("advice-against", step));
            let diagnosis = Some(opinion.diagnosis.replace('\n', " ")).filter(|words| !words.is_empty());
            let said: Vec<String> = diagnosis.into_iter().chain(plan).chain(others).chain(against).collect();
            format!("{}: {}", opinion.clinician.name, said.join("; "))
        };
        Ok(others.iter().map(line).collect::<Vec<_>>().join(". "))
    }

    /// One step of an opinion in words: how firmly, and if what.
    fn advice(&self, key: &str, step: &PlanStep) -> String {
        let said = self.say(&Message::new(key).with("what", &step.what));
        if step.condition.is_empty() {
            return said;
        }
        self.say(&Message::new("advice-only-if").with("advice", said).with("condition", &step.condition))
    }

    fn decision_words(
        &self,
        view: &CaseView<'_>,
        wording: &str,
        values: &BTreeMap<&'static str, Filling>,
    ) -> Result<DecisionLetter, AppError> {
        let letter = self.letter_of(view, wording, values)?;
        let mut written = Vec::new();
        for block in &letter.blocks {
            match block {
                Block::Words(words) => written.push(words.clone()),
                Block::List(items) => {
                    written.push(items.iter().map(|item| format!("- {item}")).collect::<Vec<_>>().join("\n"))
                }
                Block::Table(rows) => {
                    written.push(rows.iter().map(|row| row.join(" · ")).collect::<Vec<_>>().join("\n"))
                }
            }
        }
        Ok(DecisionLetter { text: written.join("\n\n"), letter })
    }

    /// Who writes, and on which day.
    fn sender(&self, view: &CaseView<'_>, on: Option<Date>) -> BTreeMap<&'static str, Filling> {
        let mut words = self.signing(view);
        words.push(("today", day_words(on.unwrap_or_else(|| self.now().date()))));
        words.into_iter().map(|(name, value)| (name, Filling::Words(value))).collect()
    }
}

fn said_words(side: &[Said]) -> String {
    side.iter().map(Said::labelled).collect::<Vec<_>>().join("; ")
}
