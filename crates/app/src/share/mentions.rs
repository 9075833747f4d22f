//! What the sender of a blind edition looks at before it is made: reports that go in and mention a plan, words a person
//! typed that do, and the facts its reader will lack. Nothing of it goes into the packet.

use consilium_casefile::gather::HeldDocument;
use consilium_casefile::gather::checklist::checklist;
use consilium_casefile::reading::{CaseFact, PlanMention, Standing, concept_label, treatments};
use consilium_casefile::{Audience, CaseId, CaseView, DocumentId, Message, PartialDate, Session};
use serde::Serialize;

use super::PacketRequest;
use crate::App;
use crate::error::AppError;
use crate::reading::document_words;

/// What is to be looked at before a blind edition is made.
#[derive(Debug, Clone, Default, Serialize)]
pub struct BeforeBlind {
    /// What goes in and mentions a plan, or may: reports in the order of their dates, then words a person typed, then what
    /// nobody could read.
    pub plan_mentions: Vec<Mentions>,
    /// Facts, treatments given and medicines that stand only in what is withheld, and are not told.
    pub lacking: Vec<LackingFact>,
    /// Those that stand only in what is withheld, and are told without their source.
    pub told_without_source: Vec<LackingFact>,
}

/// One thing that goes in and mentions a plan.
#[derive(Debug, Clone, Serialize)]
pub struct Mentions {
    /// The report; `None` for what a person typed.
    pub document: Option<DocumentId>,
    /// What it is called, or where the words were typed.
    pub title: String,
    /// Its date.
    pub date: Option<PartialDate>,
    /// The words, with their places in the report's text, or in what was typed.
    pub quotes: Vec<PlanMention>,
    /// That it holds pages nobody could read, in a sentence; empty where it has none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub unread: String,
}

/// A fact, a treatment or a medicine that a blind reader will lack, or is told without its source.
#[derive(Debug, Clone, Serialize)]
pub struct LackingFact {
    /// What it is about: an id of `concepts.csv`, `treatment` or `medicine`.
    pub concept: String,
    /// The same in words.
    pub label: String,
    /// What is said.
    pub value: String,
    /// The withheld record that says so.
    pub document: DocumentId,
    /// What the record is called.
    pub title: String,
    /// Its date.
    pub date: Option<PartialDate>,
    /// First character of the words, and one past the last.
    pub start: usize,
    /// One past the last character.
    pub end: usize,
}

impl App {
    /// What the sender looks at before a blind edition of this request is made.
    ///
    /// # Errors
    /// When the session may not change the case.
    pub async fn before_blind(
        &self,
        session: &Session,
        id: &CaseId,
        request: &PacketRequest,
    ) -> Result<BeforeBlind, AppError> {
        let case = self.changeable(session, id).await?;
        let mut before = self.before_blind_of(&case.seen_by(Audience::Owner), request.center.as_deref());
        let stays = |m: &Mentions| m.document.as_ref().is_none_or(|id| !request.without.contains(&id.to_string()));
        before.plan_mentions.retain(stays);
        Ok(before)
    }

    /// The same for a case as its owner sees it, and a packet for this centre.
    #[must_use]
    pub fn before_blind_of(&self, view: &CaseView<'_>, center: Option<&str>) -> BeforeBlind {
        let view = &view.clone().on(self.now().date());
        let knowledge = self.knowledge();
        let reports = view.mentions_in_blind(knowledge).into_iter().map(|(held, quotes)| Mentions {
            document: Some(held.document.id.clone()),
            title: document_words(view, held, knowledge),
            date: held.date(),
            quotes,
            unread: String::new(),
        });
        let unread = view.unread_in_blind(knowledge).into_iter().map(|(held, pages)| Mentions {
            document: Some(held.document.id.clone()),
            title: document_words(view, held, knowledge),
            date: held.date(),
            quotes: Vec::new(),
            unread: self.unread_words(&pages),
        });
        let facts = view.facts(knowledge);
        let lost = |concept: &str, label: String, value: String, held: &HeldDocument, (start, end)| LackingFact {
            concept: concept.to_owned(),
            label,
            value,
            document: held.document.id.clone(),
            title: document_words(view, held, knowledge),
            date: held.date(),
            start,
            end,
        };
        let lacking = view.only_in_withheld(&facts, knowledge).into_iter();
        let lacking = lacking.map(|f| (f.told, lost(f.concept.as_str(), f.label, f.value, f.held, f.place)));
        let history = view.history_only_in_withheld(knowledge).into_iter().map(|h| {
            let concept = if h.is_medicine { "medicine" } else { "treatment" };
            let label = self.say(&Message::new(&format!("lacking-{concept}")));
            (h.told, lost(concept, label, h.what, h.held, h.place))
        });
        let (told, lacking): (Vec<_>, Vec<_>) = lacking.chain(history).partition(|(told, _)| *told);
        let facts_of = |all: Vec<(bool, LackingFact)>| all.into_iter().map(|(_, fact)| fact).collect();
        let printed = self.printed(view, center.or_else(|| view.center()));
        // Names of places ("Radiation Center") and what a person agreed on name treatments and plan none.
        let typed = self.typed(view, &facts).into_iter().chain(printed).filter_map(|(title, words)| {
            let mut quotes = self.plans_in(&words);
            quotes.retain(|quote| !quote.named);
            (!quotes.is_empty()).then_some(Mentions {
                document: None,
                title,
                date: None,
                quotes,
                unread: String::new(),
            })
        });
        // A treatment in a person's words may be the plan in any words: its sender looks at each.
        let rows = treatments(view, knowledge).into_iter().filter(|row| row.stated.is_some());
        let stated = rows.map(|row| {
            let words = [Some(row.treatment.what.as_str()), row.treatment.dose.as_deref()];
            let quote = words.into_iter().flatten().collect::<Vec<_>>().join(", ");
            let mention = PlanMention { start: 0, end: quote.chars().count(), quote, day: None, named: false };
            let title = "Stated by a person: treatment".to_owned();
            Mentions { document: None, title, date: row.date, quotes: vec![mention], unread: String::new() }
        });
        let typed = typed.chain(stated.filter(|mention| !mention.quotes.is_empty()));
        let plan_mentions = reports.chain(typed).chain(unread).collect();
        BeforeBlind { plan_mentions, lacking: facts_of(lacking), told_without_source: facts_of(told) }
    }

    fn unread_words(&self, pages: &[u32]) -> String {
        let numbers = pages.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let message = match pages.len() {
            0 => Message::new("mention-unread"),
            count => Message::new("mention-unread-pages").with("count", count).with("pages", numbers),
        };
        self.say(&message)
    }

    /// Names that a blind packet prints beside its records, whoever wrote them: where, and the words.
    fn printed(&self, view: &CaseView<'_>, center: Option<&str>) -> Vec<(String, String)> {
        let knowledge = self.knowledge();
        let named = |title: &str, words: Option<&str>| words.map(|words| (title.to_owned(), words.to_owned()));
        let goes = |d: &&HeldDocument| !d.removed && d.identity_settled() && !view.is_withheld_from_blind(d, knowledge);
        let of_records = view.documents(knowledge).into_iter().filter(goes).flat_map(|held| {
            let title = document_words(view, held, knowledge);
            let of = move |what: &str, words: Option<&str>| named(&format!("{what}: {title}"), words);
            [of("Author", held.author()), of("Facility", held.facility())]
        });
        let studies = view.studies().into_iter().filter(|study| !study.removed && study.identity_settled());
        let studies = studies.map(|study| named("Imaging study: facility", study.study.facts.institution.as_deref()));
        let of_case = [named("Center", center), named("Name of the case", Some(view.handle()))];
        let mut all: Vec<(String, String)> = of_case.into_iter().chain(of_records).chain(studies).flatten().collect();
        let list = checklist(view, center, knowledge, self.now().date());
        let holders = list.items.into_iter().filter_map(|item| item.holder);
        all.extend(holders.map(|holder| ("Who holds a record".to_owned(), holder.name)));
        let mut known = std::collections::BTreeSet::new();
        all.retain(|(_, words)| known.insert(words.clone()));
        all
    }

    /// What a person typed and a packet prints: where, and the words.
    fn typed(&self, view: &CaseView<'_>, facts: &[CaseFact<'_>]) -> Vec<(String, String)> {
        let registration = view.registration();
        let of_registration = registration.parts().into_iter().map(|(key, words)| {
            let title = format!("Registration sheet: {}", self.say(&Message::new(key)).to_lowercase());
            (title, words.to_owned())
        });
        let medicines = view.agreed_medicines().filter(|m| m.taken && !m.line.is_empty());
        // The medicine is what the words are about.
        let medicines =
            medicines.map(|m| (format!("Medicines: {}", m.ingredient), format!("{} {}", m.ingredient, m.line)));
        let knowledge = self.knowledge();
        let goes = |f: &&CaseFact<'_>| matches!(f.standing, Standing::Typed { .. } | Standing::Corrected { .. });
        let facts = facts.iter().filter(goes).map(|f| {
            let label = concept_label(&f.fact.concept, knowledge);
            (format!("Typed by a person: {}", label.to_lowercase()), format!("{} {}", f.fact.value, f.fact.quote))
        });
        medicines.chain(facts).chain(of_registration).collect()
    }
}
