//! Letters about a request: which one, what is filled in, and the page. The words stand in `knowledge/letters`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use consilium_casefile::gather::checklist::{came, checklist, is_all_of};
use consilium_casefile::gather::requests::{self, HeldRequest, LetterKind, SendingLetter};
use consilium_casefile::gather::tissue::{self, Custody, HeldTissue, Step};
use consilium_casefile::knowledge::{Department, Evidence, LetterText, Setting};
use consilium_casefile::records::FileFormat;
use consilium_casefile::shared::clock::{days_after, days_between};
use consilium_casefile::shared::contact::Reach;
use consilium_casefile::{
    Case, CaseId, CaseView, Change, LetterId, Message, ObjectId, PartialDate, PersonName, Refusal, RequestId, Session,
    TissueId,
};
use consilium_formats::pages::page_gray;
use consilium_formats::pdf::OpenPdf;
use consilium_press::letter::{Filling, Letter, fill, set_letter};
use jiff::civil::Date;

use crate::dates::day_words;
use crate::error::{AppError, Doing};
use crate::{App, ids};

/// A line to fill in by hand, where the case does not tell.
const BLANK: &str = "____________________";
/// Most bytes of a page that a person brings as the one that was sent.
const LARGEST_LETTER: usize = 50_000_000;

/// What is not known is a line to be filled in by hand.
fn blank(words: String) -> String {
    if words.is_empty() { BLANK.to_owned() } else { words }
}

/// A letter that was set.
#[derive(Debug, Clone)]
pub struct SetLetter {
    /// What it is called.
    pub title: String,
    /// The page.
    pub pdf: Vec<u8>,
    /// What no font here can draw: on the page stands a sign of a missing letter in its place.
    pub unprintable: Option<String>,
}

/// Of when a letter is: the entry of the case up to which it knows, and the day it bears. The same of both gives the same
/// page, byte for byte, so that the page that was looked at is the one that is kept when it was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LetterMoment {
    /// Number of the newest entry.
    pub head: u64,
    /// The day.
    pub day: Date,
}

/// What a person says of a letter that they sent.
#[derive(Debug, Clone)]
pub struct NewSentLetter {
    /// Which.
    pub kind: LetterKind,
    /// The day; `None`: today.
    pub on: Option<Date>,
    /// How.
    pub how: String,
    /// To whom; empty: the department that was asked.
    pub to: String,
    /// The day they received it, where it is known.
    pub received: Option<Date>,
    /// Of when the page is that was sent; `None`: of the case as it is, with the day it was sent.
    pub moment: Option<LetterMoment>,
    /// The page itself, where a person has it, perhaps signed and scanned.
    pub file: Option<Vec<u8>>,
}

impl App {
    /// A letter about a request as PDF; `moment` as of when, else now.
    ///
    /// # Errors
    /// A refusal when there is no such request or letter that day; [`AppError::NotFound`] for those who may not see
    /// requests.
    pub async fn letter(
        &self,
        session: &Session,
        id: &CaseId,
        request: &RequestId,
        kind: LetterKind,
        moment: Option<LetterMoment>,
    ) -> Result<SetLetter, AppError> {
        let today = self.now().date();
        let case = match moment {
            Some(moment) => self.case_as_of(session, id, moment.head).await?,
            None => self.case(session, id).await?,
        };
        let day = moment.map_or(today, |moment| moment.day.min(today));
        let letter = self.written(&case.seen_by(session.audience), request, kind, day)?;
        self.set(letter).await
    }

    /// Sets a letter as a page.
    pub(crate) async fn set(&self, letter: Letter) -> Result<SetLetter, AppError> {
        let title = letter.title.clone();
        let set = tokio::task::spawn_blocking(move || set_letter(&letter)).await.doing("setting the letter")?;
        let set = set.doing("setting the letter")?;
        Ok(SetLetter { title, unprintable: self.unprintable(&set.missing_glyphs), pdf: set.bytes })
    }

    /// Says that a letter was sent, and keeps the page that was sent. The request itself starts the clock. Returns its id,
    /// and whether it is new: the same letter to the same on the same day the same way is written down once.
    ///
    /// # Errors
    /// A refusal when there is no such request or letter that day, or as
    /// [`letter_sent`](consilium_casefile::gather::requests::letter_sent).
    pub async fn letter_sent(
        &self,
        session: &Session,
        id: &CaseId,
        request: &RequestId,
        new: NewSentLetter,
    ) -> Result<(LetterId, bool), AppError> {
        let case = self.changeable(session, id).await?;
        let today = self.now().date();
        let on = new.on.unwrap_or(today);
        let held = case.held_requests().request(request).ok_or_else(|| Refusal::new("refusal-request-unknown"))?;
        let to = if new.to.trim().is_empty() { self.addressee(&case, held) } else { new.to };
        let brought = new.file.is_some();
        let (title, pdf) = match new.file {
            Some(file) if file.len() > LARGEST_LETTER => {
                return Err(Refusal::new("refusal-letter-no-pdf").into());
            }
            Some(file) => (self.say(&new.kind.words()), readable(file).await?),
            None => {
                let moment = new.moment.unwrap_or(LetterMoment { head: case.head.seq, day: on });
                let set = self.letter(session, id, request, new.kind, Some(moment)).await?;
                (set.title, set.pdf)
            }
        };
        let (letter, kind, how, received) = (ids::new::<LetterId>(), new.kind, new.how, new.received);
        let mut sending =
            SendingLetter { id: letter.clone(), kind, title, pdf: ObjectId(String::new()), on, how, to, received };
        let known = held.letters.iter().find(|sent| sent.is_as(&sending));
        if let (true, Some(known)) = (brought, known)
            && self.object(id, &known.pdf).await? != pdf
        {
            // It would be said to be kept, and another page would be.
            return Err(Refusal::new("refusal-letter-other-page").into());
        }
        // What is refused, or written down already, is not kept first.
        requests::letter_sent(case.held_requests(), self.knowledge(), request, &sending, today)?;
        let _storing = self.storing(id).await?;
        sending.pdf = self.vault().put(id, pdf).await.doing("keeping the letter")?;
        let rule = |case: &Case| {
            let change = requests::letter_sent(case.held_requests(), self.knowledge(), request, &sending, today)?;
            let asks = change.is_some() && sending.kind == LetterKind::Request;
            let asked =
                if asks { self.tissue_asked(case, session, request, sending.on, &sending.how)? } else { Vec::new() };
            Ok(change.into_iter().map(Change::from).chain(asked).collect())
        };
        let after = self.change(session, id, rule).await?;
        let all = after.held_requests().request(request).map(|held| held.letters.as_slice()).unwrap_or_default();
        let known = all.iter().find(|sent| sent.is_as(&sending)).map_or(letter.clone(), |sent| sent.id.clone());
        Ok((known.clone(), known == letter))
    }

    /// Says that a letter was not sent after all.
    ///
    /// # Errors
    /// A refusal when there is none.
    pub async fn take_letter_back(
        &self,
        session: &Session,
        id: &CaseId,
        request: &RequestId,
        letter: &LetterId,
    ) -> Result<Arc<Case>, AppError> {
        self.change(session, id, |case| Ok(vec![requests::take_letter_back(case.held_requests(), request, letter)?]))
            .await
    }

    /// The page of a letter that was sent, as it was sent.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when this session sees no such letter.
    pub async fn sent_letter(
        &self,
        session: &Session,
        id: &CaseId,
        request: &RequestId,
        letter: &LetterId,
    ) -> Result<Vec<u8>, AppError> {
        let case = self.case(session, id).await?;
        let view = case.seen_by(session.audience);
        let held = view.requests().and_then(|requests| requests.request(request)).ok_or(AppError::NotFound)?;
        let sent = held.letters.iter().find(|sent| sent.id == *letter).ok_or(AppError::NotFound)?;
        self.object(id, &sent.pdf).await
    }

    /// What is to be said where letters of a name can not be printed with the fonts at hand; `None` where all can.
    #[must_use]
    pub fn unprintable(&self, missing: &BTreeSet<char>) -> Option<String> {
        let signs: Vec<String> = missing.iter().take(12).map(char::to_string).collect();
        let message = Message::new("letter-unprintable").with("signs", signs.join(" "));
        (!signs.is_empty()).then(|| self.say(&message))
    }

    /// The same of words that are not set yet, such as a name.
    #[must_use]
    pub fn unprintable_in(&self, words: &str) -> Option<String> {
        self.unprintable(&consilium_press::missing_glyphs(words))
    }

    /// To whom a letter about a request goes, in words.
    #[must_use]
    pub fn addressee(&self, case: &Case, held: &HeldRequest) -> String {
        let holder = case.held_requests().holders.get(&held.request.holder);
        let holder = holder.map(|holder| holder.name.as_str()).unwrap_or_default();
        format!("{holder}, {}", self.say(&held.request.department.words()))
    }

    /// A letter about a request in words and parts, as of a day.
    ///
    /// # Errors
    /// As [`App::letter`].
    pub fn written(
        &self,
        view: &CaseView<'_>,
        request: &RequestId,
        kind: LetterKind,
        today: Date,
    ) -> Result<Letter, AppError> {
        let requests = view.requests().ok_or(AppError::NotFound)?;
        let held = requests.request(request).ok_or_else(|| Refusal::new("refusal-request-unknown"))?;
        if !held.letters(self.knowledge(), today).contains(&kind) {
            return Err(Refusal::new("refusal-letter-not-now").into());
        }
        if kind == LetterKind::Authorization && view.center().is_none() {
            return Err(Refusal::new("refusal-letter-needs-center").into());
        }
        let came = match kind {
            LetterKind::Reminder | LetterKind::Escalation => self.came(view, held, today)?,
            LetterKind::Request | LetterKind::Authorization => Vec::new(),
        };
        let mut open = held.clone();
        open.request.requirements.retain(|id| !came.contains(&id.as_str()));
        self.letter_of(view, &open.wording(kind, self.knowledge()), &self.values(view, &open, today))
    }

    /// The lines of a request that are here and that no letter asks for again.
    ///
    /// # Errors
    /// A refusal where everything is here: a letter that says that nothing came would not be true.
    fn came<'h>(&self, view: &CaseView<'_>, held: &'h HeldRequest, today: Date) -> Result<Vec<&'h str>, Refusal> {
        let came = came(view, &checklist(view, None, self.knowledge(), today), self.knowledge(), held, today);
        if is_all_of(held, &came) { Err(Refusal::new("refusal-letter-all-came")) } else { Ok(came) }
    }

    /// A letter of this wording with these values in it, as a case sends it.
    pub(crate) fn letter_of(
        &self,
        view: &CaseView<'_>,
        wording: &str,
        values: &BTreeMap<&'static str, Filling>,
    ) -> Result<Letter, AppError> {
        let letter =
            self.wording_of(wording).ok_or_else(|| Refusal::new("refusal-letter-missing").with("letter", wording))?;
        let blocks = fill(letter, values);
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

    /// Whose letter it is, and who signs it.
    pub(crate) fn signing(&self, view: &CaseView<'_>) -> Vec<(&'static str, String)> {
        let subject = view.person().unwrap_or_default();
        let registration = view.about().map(|a| a.registration.clone()).unwrap_or_default();
        let patient = subject.name.as_ref().map(PersonName::display).unwrap_or_default();
        let represented = !registration.signer.is_empty()
            && !consilium_casefile::shared::text::same_line(&registration.signer, &patient);
        let whose = |key: &str| {
            let key = if represented { format!("{key}-represented") } else { key.to_owned() };
            self.say(&Message::new(&key).with("patient", blank(patient.clone())))
        };
        vec![
            ("about_whom", whose("letter-about-whom")),
            ("copy_to", whose("letter-copy-to")),
            ("whose_name", whose("letter-whose-name")),
            ("signer", blank(if registration.signer.is_empty() { patient.clone() } else { registration.signer })),
            ("authority", registration.authority),
            ("patient", blank(patient)),
            ("born", blank(subject.birth_date.map(PartialDate::human).unwrap_or_default())),
            ("patient_address", registration.address.replace('\n', ", ")),
            ("patient_phone", registration.phone),
        ]
    }

    fn values(&self, view: &CaseView<'_>, held: &HeldRequest, today: Date) -> BTreeMap<&'static str, Filling> {
        let request = &held.request;
        let tissue = self.tissue_of(view, held, today);
        let needed_by = view.needed_by(held, self.knowledge());
        let setting = |of| u32::try_from(self.knowledge().gathering.days(of)).unwrap_or_default();
        let mut words = vec![
            ("today", day_words(today)),
            // A day that has passed is no reason any more.
            ("needed_by", needed_by.filter(|by| *by >= today).map(day_words).unwrap_or_default()),
            ("needed_by_past", needed_by.filter(|by| *by < today).map(day_words).unwrap_or_default()),
            ("days", request.days.to_string()),
            ("return_by", day_words(days_after(needed_by.unwrap_or(today), setting(Setting::ReturnDays)))),
            ("expires", day_words(days_after(today, setting(Setting::AuthorizationDays)))),
            ("purpose", self.say(&Message::new("letter-purpose"))),
            ("center", blank(view.center().unwrap_or_default().to_owned())),
            ("accession_blank", if tissue.is_empty() { blank(self.accessions(view, held)) } else { String::new() }),
            ("small_biopsy", self.small_biopsy(&tissue)),
        ];
        words.extend(self.signing(view));
        words.extend(self.whereto(view, held));
        words.extend(self.center_reach(view, request.department));
        words.extend(times(held, today));
        words.push(("given_days", counted_days(self.knowledge().gathering.days(Setting::EscalationDays))));
        let mut values: BTreeMap<&'static str, Filling> =
            words.into_iter().map(|(name, value)| (name, Filling::Words(value))).collect();
        values.insert("items", Filling::List(self.asked_with_tissue(view, held, &tissue)));
        // What the table of pieces says already is no further request; where there is none, the letter asks for all slides.
        let in_table = |e: &Evidence| match tissue.is_empty() {
            true => *e == Evidence::Slides,
            false => tissue.iter().any(|line| line.tissue.material.evidence() == *e),
        };
        let asked = held.request.requirements.iter().filter_map(|id| self.knowledge().gathering.requirement(id));
        let others = asked.filter(|r| !r.is_material() || !r.satisfied_by.evidence().any(in_table));
        let others = others.map(|r| r.label.clone());
        // Specimens that reports name and the register lacks are asked for beside those of the table.
        let lacking = if tissue.is_empty() { String::new() } else { self.accessions(view, held) };
        let lacking =
            (!lacking.is_empty()).then(|| self.say(&Message::new("letter-also-specimens").with("numbers", lacking)));
        let others = others.chain(lacking);
        values.insert("further", Filling::List(others.chain(held.request.items.iter().cloned()).collect()));
        values.insert("contacts", Filling::List(self.contacts(held)));
        values.insert("tissue", self.tissue_table(&tissue));
        values
    }

    /// What is asked for; slides and blocks with the labels by which the register names them.
    fn asked_with_tissue(&self, view: &CaseView<'_>, held: &HeldRequest, tissue: &[&HeldTissue]) -> Vec<String> {
        let named = |evidence: &Evidence| {
            let of = tissue.iter().filter(|line| line.tissue.material.is_read() == (*evidence == Evidence::Slides));
            of.map(|line| view.tissue().map_or_else(|| line.label(), |register| register.label(line)))
                .collect::<Vec<_>>()
        };
        let line = |id: &String| {
            let requirement = self.knowledge().gathering.requirement(id)?;
            let labels = requirement.satisfied_by.evidence().filter(|_| requirement.is_material()).flat_map(named);
            let labels: Vec<String> = labels.collect();
            let label = &requirement.label;
            Some(if labels.is_empty() { label.clone() } else { format!("{label}: {}", labels.join(", ")) })
        };
        held.request.requirements.iter().filter_map(line).chain(held.request.items.iter().cloned()).collect()
    }

    /// To whom it goes. Numbers of another department are named as such; where none is known, there is a line to fill in.
    fn whereto(&self, view: &CaseView<'_>, held: &HeldRequest) -> Vec<(&'static str, String)> {
        let department = held.request.department;
        let holder = view.requests().and_then(|r| r.holders.get(&held.request.holder));
        let own = holder.and_then(|h| h.reach(department));
        let other = holder.and_then(|h| h.stand_in(department));
        let other = other.map(|(other, reach)| with_reach(&self.say(&other.words()), Some(reach)));
        let unknown = own.is_none() && other.is_none();
        vec![
            ("holder", holder.map(|h| h.name.clone()).unwrap_or_default()),
            ("department", with_reach(&self.say(&department.words()), own)),
            ("other_department", other.unwrap_or_default()),
            ("reach_blank", if unknown { BLANK.to_owned() } else { String::new() }),
        ]
    }

    /// Slides and blocks a request to a laboratory is about: those of the register that it keeps, of the kind that is asked
    /// for, and of which some are there, be it again; none where the request asks for no material. Once it was sent, those that
    /// were asked for: sending says so of each. What is lost on its way is asked after of whoever sent it.
    fn tissue_of<'v>(&self, view: &CaseView<'v>, held: &HeldRequest, today: Date) -> Vec<&'v HeldTissue> {
        let of = |line: &&HeldTissue| line.tissue.may_be_kept_by(&held.request.holder);
        let requirement = |id: &String| self.knowledge().gathering.requirement(id);
        let asked: Vec<_> =
            held.request.requirements.iter().filter_map(requirement).filter(|r| r.is_material()).collect();
        let wants = |evidence: &Evidence| asked.iter().any(|r| r.satisfied_by.evidence().any(|e| e == evidence));
        let of_kind = |line: &&HeldTissue| wants(&line.tissue.material.evidence());
        let (Department::Pathology, Some(register)) = (held.request.department, view.tissue()) else {
            return Vec::new();
        };
        let here: Vec<&HeldTissue> = register
            .lines()
            .filter(|line| of(line) && of_kind(line))
            .filter(|line| line.pieces().with_laboratory() > 0 || line.is_astray(self.knowledge(), today))
            .collect();
        let is_asked = |line: &&HeldTissue| line.custody.iter().any(|custody| custody.step == Step::Requested);
        let asked: Vec<&HeldTissue> = here.iter().copied().filter(is_asked).collect();
        if held.sent.is_some() && !asked.is_empty() { asked } else { here }
    }

    /// That the laboratory was asked on a day for the pieces a request is about, of those of which nothing is written down yet;
    /// none where there are no such pieces, or the request goes no way that brings any.
    pub(super) fn tissue_asked(
        &self,
        case: &Case,
        session: &Session,
        request: &RequestId,
        on: Date,
        how: &str,
    ) -> Result<Vec<Change>, Refusal> {
        let view = case.seen_by(session.audience);
        let Some(held) = case.held_requests().request(request).filter(|held| held.sent.is_none()) else {
            return Ok(Vec::new());
        };
        let pieces = self
            .tissue_of(&view, held, on)
            .into_iter()
            .filter(|line| line.now().is_none_or(|c| c.step == Step::Returned));
        let ids: Vec<TissueId> = pieces.map(|line| line.tissue.id.clone()).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let asked = Custody { note: format!("by {how}"), gap_known: true, ..Custody::of(Step::Requested, on) };
        let change = tissue::custody(case.held_tissue(), &ids, asked, self.now().date())?;
        Ok(change.into_iter().map(Change::from).collect())
    }

    /// Accession numbers of specimens that reports of the holder name and the register does not hold yet.
    fn accessions(&self, view: &CaseView<'_>, held: &HeldRequest) -> String {
        let holder = view.requests().and_then(|requests| requests.holders.get(&held.request.holder));
        let of = |facility: Option<&str>| {
            let name = holder.map(|holder| holder.name.as_str()).unwrap_or_default();
            facility.is_some_and(|facility| consilium_casefile::shared::text::same_line(facility, name))
        };
        let all = view.unregistered_tissue(self.knowledge()).into_iter();
        let here: Vec<&str> = all.filter(|(held, _)| of(held.facility())).map(|(_, number)| number).collect();
        here.join(", ")
    }

    fn tissue_table(&self, lines: &[&HeldTissue]) -> Filling {
        let head = ["Accession", "Part", "Block", "What", "Pieces"].map(str::to_owned).to_vec();
        let rows = lines.iter().map(|line| {
            let t = &line.tissue;
            // Of a line of which some left, those that are still there; and where all did, those that did not arrive.
            let pieces = match (line.pieces().with_laboratory(), t.uncounted) {
                (_, true) => "all".to_owned(),
                (0, _) => line.pieces().coming_at_most().to_string(),
                (with, _) => with.to_string(),
            };
            vec![t.accession.clone(), t.part.clone(), t.block.clone(), self.tissue_words(line), pieces]
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

    /// Where the centre takes material, where the contact book tells the postal address of that department; and else whom to
    /// ask for it.
    fn center_reach(&self, view: &CaseView<'_>, department: Department) -> [(&'static str, String); 2] {
        let name = view.center().unwrap_or(BLANK);
        let holder = view.requests().and_then(|r| r.holders.values().find(|h| h.name.eq_ignore_ascii_case(name)));
        let own = holder.and_then(|h| h.reach(department));
        if own.is_some_and(|reach| !reach.address.is_empty()) {
            return [("center_reach", with_reach(name, own)), ("ask_center", String::new())];
        }
        let ask = match (own, holder.and_then(|h| h.stand_in(department))) {
            (Some(own), _) => with_reach(name, Some(&Reach { address: String::new(), ..own.clone() })),
            (None, Some((other, reach))) => {
                let other = format!("{name} ({})", self.say(&other.words()));
                with_reach(&other, Some(&Reach { address: String::new(), ..reach.clone() }))
            }
            (None, None) => name.to_owned(),
        };
        [("center_reach", String::new()), ("ask_center", ask)]
    }

    /// What was said and sent so far, oldest first; what was corrected or taken back is not told. The letter that asked is
    /// told of elsewhere.
    fn contacts(&self, held: &HeldRequest) -> Vec<String> {
        let corrected = |id| requests::corrected_by(&held.contacts, id).is_some();
        let said = held.contacts.iter().filter(|c| !corrected(&c.id)).map(|c| {
            let with = if c.with.is_empty() { String::new() } else { format!(" with {}", c.with) };
            let promised = if c.promised.is_empty() { String::new() } else { format!(" Promised: {}", c.promised) };
            let reference =
                if c.reference.is_empty() { String::new() } else { format!(" (reference {})", c.reference) };
            (c.on, format!("{}, {}{with}{reference}: {}{promised}", day_words(c.on), c.how, c.said.replace('\n', " ")))
        });
        let first = held.first_letter().map(|first| &first.id);
        let sent = held.sent_letters().filter(|letter| Some(&letter.id) != first);
        let sent = sent.map(|s| (s.on, format!("{}, {} to {}: {}", day_words(s.on), s.how, s.to, s.title)));
        let mut all: Vec<(Date, String)> = said.chain(sent).collect();
        all.sort_by_key(|(on, _)| *on);
        all.into_iter().map(|(_, words)| words).collect()
    }
}

/// The page that a person brings, where it is a PDF that opens without a password and shows something: it is kept as the
/// very page that was sent, and has to be one.
async fn readable(file: Vec<u8>) -> Result<Vec<u8>, AppError> {
    let opened = tokio::task::spawn_blocking(move || {
        let pages = OpenPdf::open(file.as_slice(), &[]).map(|pdf| pdf.pages());
        // A page that can not be drawn is no page somebody can have sent.
        let drawn = matches!(pages, Ok(1..)) && page_gray(&file, FileFormat::Pdf, 1).is_ok();
        (file, drawn)
    });
    // A parser that panics has found no PDF either.
    match opened.await {
        Ok((file, true)) => Ok(file),
        Ok((_, false)) | Err(_) => Err(Refusal::new("refusal-letter-no-pdf").into()),
    }
}

/// The days of a request in words, each only where it is so: a paragraph about what is not so is left out.
fn times(held: &HeldRequest, today: Date) -> Vec<(&'static str, String)> {
    let on = |date: Option<Date>| date.map(day_words).unwrap_or_default();
    let mailed = held.first_letter().filter(|letter| letter.mailing_days > 0);
    let received = held.sent.as_ref().map(|(on, _)| *on);
    let until = held.clock().map(|clock| clock.until);
    let late = until.map(|until| days_between(until, today)).filter(|late| *late > 0);
    let late_words = late.map(counted_days).unwrap_or_default();
    let only = |is: bool, words: &str| if is { words.to_owned() } else { String::new() };
    let extended = held.standing_extension();
    let reason = extended.map(|(_, why)| why.clone()).unwrap_or_default();
    vec![
        ("asked_on", on(held.asked_on())),
        ("sent_on", on(received)),
        ("received_on", on(received.filter(|_| mailed.is_none()))),
        ("mailed_on", on(mailed.map(|letter| letter.on))),
        (
            "mailing_days",
            mailed
                .map(|letter| counted_days(i32::try_from(letter.mailing_days).unwrap_or(i32::MAX)))
                .unwrap_or_default(),
        ),
        ("counted_from", on(received)),
        ("first_due", on(held.first_due())),
        ("due_on", on(until)),
        ("due_ahead", on(until.filter(|_| late.is_none()))),
        ("due_past", on(until.filter(|_| late.is_some()))),
        ("days_late", late.map(|late| late.to_string()).unwrap_or_default()),
        ("late", only(extended.is_none(), &late_words)),
        ("late_after_extension", only(extended.is_some(), &late_words)),
        ("extended_to", on(extended.map(|(until, _)| *until))),
        ("extension_reason", reason.clone()),
        ("noticed_on", on(held.noticed)),
        ("undated_reason", only(held.noticed.is_none(), &reason)),
    ]
}

/// `1 day`, `12 days`.
fn counted_days(days: i32) -> String {
    if days == 1 { "1 day".to_owned() } else { format!("{days} days") }
}

pub(super) fn with_reach(name: &str, reach: Option<&Reach>) -> String {
    let Some(reach) = reach else { return name.to_owned() };
    let fax = if reach.fax.is_empty() { String::new() } else { format!("fax {}", reach.fax) };
    let phone = if reach.phone.is_empty() { String::new() } else { format!("telephone {}", reach.phone) };
    let address = reach.address.replace('\n', ", ");
    let parts = [name, address.as_str(), fax.as_str(), phone.as_str(), reach.email.as_str()];
    parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(", ")
}
