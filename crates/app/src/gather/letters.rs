//! Letters about a request: which one, what is filled in, and the page. The words stand in `knowledge/letters`.

use std::collections::BTreeMap;

use consilium_casefile::gather::requests::{HeldRequest, LetterKind};
use consilium_casefile::gather::tissue::{HeldTissue, Step};
use consilium_casefile::knowledge::{Department, Evidence, LetterText};
use consilium_casefile::shared::clock::days_between;
use consilium_casefile::shared::contact::Reach;
use consilium_casefile::{CaseId, CaseView, Message, PartialDate, PersonName, Refusal, RequestId, Session};
use consilium_press::letter::{Filling, Letter, fill, set_letter};
use jiff::civil::Date;

use super::tissue::day;
use crate::App;
use crate::error::{AppError, Doing};

/// Days for which an authorization holds, unless it is taken back: a working value.
const AUTHORIZED_DAYS: u32 = 180;
/// Days after which a centre is asked to send material back: a working value.
const RETURN_DAYS: u32 = 45;

/// A letter that was set.
#[derive(Debug, Clone)]
pub struct SetLetter {
    /// What it is called.
    pub title: String,
    /// The page.
    pub pdf: Vec<u8>,
}

impl App {
    /// A letter about a request as PDF.
    ///
    /// # Errors
    /// A refusal when there is no such request or letter today; [`AppError::NotFound`] for those who may not see requests.
    pub async fn letter(
        &self,
        session: &Session,
        id: &CaseId,
        request: &RequestId,
        kind: LetterKind,
    ) -> Result<SetLetter, AppError> {
        let case = self.case(session, id).await?;
        let letter = self.written(&case.seen_by(session.audience), request, kind)?;
        let title = letter.title.clone();
        let set = tokio::task::spawn_blocking(move || set_letter(&letter)).await.doing("setting the letter")?;
        Ok(SetLetter { title, pdf: set.doing("setting the letter")?.bytes })
    }

    /// A letter about a request in words and parts.
    ///
    /// # Errors
    /// As [`App::letter`].
    pub fn written(&self, view: &CaseView<'_>, request: &RequestId, kind: LetterKind) -> Result<Letter, AppError> {
        let requests = view.requests().ok_or(AppError::NotFound)?;
        let held = requests.request(request).ok_or_else(|| Refusal::new("refusal-request-unknown"))?;
        let today = self.now().date();
        if !held.letters(self.knowledge(), today).contains(&kind) {
            return Err(Refusal::new("refusal-letter-not-now").into());
        }
        if kind == LetterKind::Authorization && view.center().is_none() {
            return Err(Refusal::new("refusal-letter-needs-center").into());
        }
        let wording = held.wording(kind, self.knowledge());
        let letter =
            self.wording_of(&wording).ok_or_else(|| Refusal::new("refusal-letter-missing").with("letter", &wording))?;
        let blocks = fill(letter, &self.values(view, held, today));
        let patient = view.person().and_then(|p| p.name).as_ref().map(PersonName::display).unwrap_or_default();
        Ok(Letter {
            title: letter.title.clone(),
            blocks,
            footer: format!("{patient} · {}", view.handle()),
            marks: self.marks(view),
        })
    }

    fn wording_of(&self, id: &str) -> Option<&LetterText> {
        self.knowledge().letters.iter().find(|letter| letter.id == id && letter.language == "en")
    }

    /// The chain head and the version of the wording, as letters print them.
    pub(super) fn marks(&self, view: &CaseView<'_>) -> String {
        let words = self.knowledge().hash.get(..8).unwrap_or_default();
        format!("Record chain head {} · {} · wording {words}", view.head().seq, view.head().hash.short())
    }

    fn values(&self, view: &CaseView<'_>, held: &HeldRequest, today: Date) -> BTreeMap<&'static str, Filling> {
        let request = &held.request;
        let requests = view.requests();
        let holder = requests.and_then(|r| r.holders.get(&request.holder));
        let reach = holder.and_then(|h| h.reach(request.department));
        let subject = view.person().unwrap_or_default();
        let registration = view.about().map(|a| a.registration.clone()).unwrap_or_default();
        let patient = subject.name.as_ref().map(PersonName::display).unwrap_or_default();
        let clock = held.clock();
        let tissue = self.tissue_of(view, held);
        let department = self.say(&request.department.words());
        let words = [
            ("holder", holder.map(|h| h.name.clone()).unwrap_or_default()),
            ("department", with_reach(&department, reach)),
            ("today", day(today)),
            // A day that has passed is no reason any more.
            ("needed_by", request.needed_by.filter(|by| *by >= today).map(day).unwrap_or_default()),
            ("days", request.days.to_string()),
            ("sent_on", held.sent.as_ref().map(|(on, _)| day(*on)).unwrap_or_default()),
            ("due_on", clock.as_ref().map(|c| day(c.until)).unwrap_or_default()),
            (
                "days_late",
                clock
                    .map(|c| days_between(c.until, today))
                    .filter(|late| *late > 0)
                    .map(|l| l.to_string())
                    .unwrap_or_default(),
            ),
            ("extended_to", held.extended.as_ref().map(|(until, _)| day(*until)).unwrap_or_default()),
            ("extension_reason", held.extended.as_ref().map(|(_, why)| why.clone()).unwrap_or_default()),
            (
                "return_by",
                day(consilium_casefile::shared::clock::days_after(request.needed_by.unwrap_or(today), RETURN_DAYS)),
            ),
            ("expires", day(consilium_casefile::shared::clock::days_after(today, AUTHORIZED_DAYS))),
            ("purpose", self.say(&Message::new("letter-purpose"))),
            ("center", view.center().unwrap_or_default().to_owned()),
            ("center_reach", self.center_reach(view, request.department)),
            ("small_biopsy", self.small_biopsy(&tissue)),
            ("signer", if registration.signer.is_empty() { patient.clone() } else { registration.signer }),
            ("authority", registration.authority),
            ("patient", patient),
            ("born", subject.birth_date.map(PartialDate::human).unwrap_or_default()),
            ("patient_address", registration.address.replace('\n', ", ")),
            ("patient_phone", registration.phone),
        ];
        let mut values: BTreeMap<&'static str, Filling> =
            words.into_iter().map(|(name, value)| (name, Filling::Words(value))).collect();
        values.insert("items", Filling::List(held.asked_for(self.knowledge())));
        values.insert("contacts", Filling::List(contacts(held)));
        values.insert("tissue", self.tissue_table(&tissue));
        values
    }

    /// Slides and blocks a request to a laboratory is about: those of the register that it keeps, of the kind that is asked
    /// for, and that are not out or back already. Once pieces were asked for, the request is about them.
    fn tissue_of<'v>(&self, view: &CaseView<'v>, held: &HeldRequest) -> Vec<&'v HeldTissue> {
        let of = |line: &&HeldTissue| {
            line.tissue.laboratory.as_ref().is_none_or(|laboratory| *laboratory == held.request.holder)
        };
        let requirement = |id: &String| self.knowledge().gathering.requirement(id);
        let asked: Vec<_> =
            held.request.requirements.iter().filter_map(requirement).filter(|r| r.is_material()).collect();
        let wants = |evidence: &Evidence| asked.iter().any(|r| r.satisfied_by.evidence().any(|e| e == evidence));
        let of_kind = |line: &&HeldTissue| {
            let evidence = if line.tissue.material.is_read() { Evidence::Slides } else { Evidence::Tissue };
            asked.is_empty() || wants(&evidence)
        };
        let (Department::Pathology, Some(register)) = (held.request.department, view.tissue()) else {
            return Vec::new();
        };
        let now = |line: &&HeldTissue| line.now().map(|c| c.step);
        let here: Vec<&HeldTissue> = register
            .lines()
            .filter(|line| of(line) && of_kind(line))
            .filter(|line| matches!(now(line), None | Some(Step::Requested | Step::Released)))
            .collect();
        let requested: Vec<&HeldTissue> = here.iter().copied().filter(|line| now(line).is_some()).collect();
        if held.sent.is_some() && !requested.is_empty() { requested } else { here }
    }

    fn tissue_table(&self, lines: &[&HeldTissue]) -> Filling {
        let head = ["Accession", "Part", "Block", "What", "Pieces"].map(str::to_owned).to_vec();
        let rows = lines.iter().map(|line| {
            let t = &line.tissue;
            vec![t.accession.clone(), t.part.clone(), t.block.clone(), self.tissue_words(line), t.count.to_string()]
        });
        Filling::Table(std::iter::once(head).chain(rows).collect())
    }

    fn small_biopsy(&self, lines: &[&HeldTissue]) -> String {
        if lines.iter().any(|line| line.tissue.small) {
            self.say(&Message::new("letter-small-biopsy"))
        } else {
            String::new()
        }
    }

    /// How the centre is reached, where the contact book tells.
    fn center_reach(&self, view: &CaseView<'_>, department: Department) -> String {
        let name = view.center().unwrap_or_default();
        let holder = view.requests().and_then(|r| r.holders.values().find(|h| h.name.eq_ignore_ascii_case(name)));
        match holder.and_then(|h| h.reach(department)) {
            Some(reach) => with_reach(name, Some(reach)),
            None => String::new(),
        }
    }
}

fn with_reach(name: &str, reach: Option<&Reach>) -> String {
    let Some(reach) = reach else { return name.to_owned() };
    let fax = if reach.fax.is_empty() { String::new() } else { format!("fax {}", reach.fax) };
    let phone = if reach.phone.is_empty() { String::new() } else { format!("telephone {}", reach.phone) };
    let address = reach.address.replace('\n', ", ");
    let parts = [name, address.as_str(), fax.as_str(), phone.as_str(), reach.email.as_str()];
    parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(", ")
}

/// What was said so far, oldest first; what was corrected is told as corrected.
fn contacts(held: &HeldRequest) -> Vec<String> {
    let corrected = |id| consilium_casefile::gather::requests::corrected_by(&held.contacts, id).is_some();
    let standing = held.contacts.iter().filter(|c| !corrected(&c.id));
    standing
        .map(|c| {
            let with = if c.with.is_empty() { String::new() } else { format!(" with {}", c.with) };
            let promised = if c.promised.is_empty() { String::new() } else { format!(" Promised: {}", c.promised) };
            let reference =
                if c.reference.is_empty() { String::new() } else { format!(" (reference {})", c.reference) };
            format!("{}, {}{with}{reference}: {}{promised}", day(c.on), c.how, c.said.replace('\n', " "))
        })
        .collect()
}
