//! Who sees what. Every use-case takes a [`Session`]; pages, packets and exports receive a [`CaseView`], made only by
//! [`Case::seen_by`]. What an audience may see is decided here and nowhere else: never an `if` in a template.

mod blind;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::about::{About, Cancer, RecordSource, SafeWait, TreatmentStart};
use crate::case::Case;
use crate::gather::{CaseStudy, HeldDocument, ImportRecord, SetAside, SetAsideReason};
use crate::imaging::Series;
use crate::knowledge::Knowledge;
use crate::ledger::Head;
use crate::next::StageNext;
use crate::prepare::Question;
use crate::reading::Waiting;
use crate::share::PacketRecord;
use crate::shared::ids::{ActorId, CaseId, DocumentId};
use crate::shared::message::Message;
use crate::shared::text;
use crate::shared::time::Instant;

pub use blind::{HistoryWithheld, LeftOut, NotTold, OnlyWithheld};

/// What kind of person acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The patient, whose case it is.
    Patient,
    /// A partner, child or friend who helps.
    Caregiver,
    /// An intake coordinator or nurse navigator.
    Coordinator,
    /// A reviewing specialist.
    Specialist,
}

/// For whom a view of the case is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// The owner of the case: everything.
    Owner,
    /// A centre's coordinator or reviewing specialist: the case, without what was set aside and who else has access.
    Specialist,
    /// A blind reader: as a specialist, without documents that state another clinician's plan.
    BlindReader,
    /// A helper: where things stand and what to do next, without the records themselves. The narrowest.
    Helper,
}

impl Audience {
    /// All of them, widest first.
    pub const ALL: [Self; 4] = [Self::Owner, Self::Specialist, Self::BlindReader, Self::Helper];

    /// May open documents and studies.
    #[must_use]
    pub fn sees_records(self) -> bool {
        !matches!(self, Self::Helper)
    }

    /// May change the case.
    #[must_use]
    pub fn may_change(self) -> bool {
        matches!(self, Self::Owner)
    }

    /// Is another doctor's, and not the person's or that of whoever helps them.
    #[must_use]
    pub fn is_a_doctors(self) -> bool {
        matches!(self, Self::Specialist | Self::BlindReader)
    }

    /// The name used in addresses and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Specialist => "specialist",
            Self::BlindReader => "blind-reader",
            Self::Helper => "helper",
        }
    }

    /// The audience of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|a| a.name() == name)
    }
}

/// Who acts, in which role, and what they may see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Actor, as the ledger records it.
    pub actor: ActorId,
    /// Role.
    pub role: Role,
    /// What they may see.
    pub audience: Audience,
    /// The only case they may open; `None` for the owner of the home.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only_case: Option<CaseId>,
}

impl Session {
    /// The owner of the home: on a laptop there is one.
    #[must_use]
    pub fn owner() -> Self {
        Self { actor: ActorId::from("owner"), role: Role::Patient, audience: Audience::Owner, only_case: None }
    }

    /// Whether this session may open the case at all.
    #[must_use]
    pub fn may_open(&self, case: &CaseId) -> bool {
        self.only_case.as_ref().is_none_or(|only| only == case)
    }

    /// Whether this session may open new cases: only the owner of the home.
    #[must_use]
    pub fn may_open_cases(&self) -> bool {
        self.audience.may_change() && self.only_case.is_none()
    }
}

/// The case as one audience may see it. Holds no way around itself.
#[derive(Debug, Clone)]
pub struct CaseView<'a> {
    case: &'a Case,
    audience: Audience,
    /// The day it is looked at, where whoever asks says it.
    today: Option<Date>,
}

impl Case {
    /// The only way to look at a case from outside this crate's rules.
    #[must_use]
    pub fn seen_by(&self, audience: Audience) -> CaseView<'_> {
        CaseView { case: self, audience, today: None }
    }
}

impl<'a> CaseView<'a> {
    /// The same on a day: what is dated after it is to come, whatever its record says.
    #[must_use]
    pub fn on(self, today: Date) -> Self {
        Self { today: Some(today), ..self }
    }

    /// The day it is looked at.
    pub(crate) fn today(&self) -> Option<Date> {
        self.today
    }

    /// For whom this view was made.
    #[must_use]
    pub fn audience(&self) -> Audience {
        self.audience
    }

    /// The whole case, for the parts of a view that stand in other files of this crate; they filter.
    pub(crate) fn case(&self) -> &'a Case {
        self.case
    }

    /// The case's id.
    #[must_use]
    pub fn id(&self) -> &'a CaseId {
        &self.case.id
    }

    /// The chain head, to print.
    #[must_use]
    pub fn head(&self) -> Head {
        self.case.head
    }

    /// The human handle.
    #[must_use]
    pub fn handle(&self) -> &'a str {
        &self.case.about.handle
    }

    /// First name, or the handle.
    #[must_use]
    pub fn called(&self) -> &'a str {
        self.case.about.called()
    }

    /// Whose case, which cancer, who else may look: the owner's only. Others ask [`CaseView::person`] and the like.
    #[must_use]
    pub fn about(&self) -> Option<&'a About> {
        (self.audience == Audience::Owner).then_some(&self.case.about)
    }

    /// Whose case it is, as stated or proposed. A helper gets the first name only, through [`CaseView::called`].
    #[must_use]
    pub fn person(&self) -> Option<crate::shared::person::PatientIdentity> {
        if self.audience.sees_records() { self.case.about.subject() } else { None }
    }

    /// What a registration desk asks for: for those who get records.
    #[must_use]
    pub fn registration(&self) -> crate::registration::Registration {
        if self.audience.sees_records() { self.case.about.registration.clone() } else { Default::default() }
    }

    /// The cancer in plain words; empty when not stated. Of a person's own words a blind reader is told the side and nothing
    /// else: "left, then TCHP" is a plan.
    #[must_use]
    pub fn cancer_words(&self, knowledge: &Knowledge) -> String {
        let Some(cancer) = &self.case.about.cancer else { return String::new() };
        let site = cancer.site.as_deref().and_then(|id| knowledge.site(id)).map(|s| s.plain_name.clone());
        let own = match self.audience {
            Audience::BlindReader => side_of(&cancer.words),
            _ => cancer.words.clone(),
        };
        match (site, own.is_empty()) {
            (Some(site), true) => site,
            (Some(site), false) => format!("{site}: {own}"),
            (None, _) => own,
        }
    }

    /// The cancer as [`CaseView::cancer_words`] tells it: site and words, for a program.
    #[must_use]
    pub fn cancer_on_cover(&self) -> Option<Cancer> {
        let cancer = self.case.about.cancer.clone().filter(|_| self.audience.sees_records())?;
        let blind = self.audience == Audience::BlindReader;
        Some(Cancer { words: if blind { side_of(&cancer.words) } else { cancer.words }, ..cancer })
    }

    /// Whether words of a person about the cancer are kept back from this audience: more than the site and the side.
    #[must_use]
    pub fn withholds_words_of_cancer(&self, knowledge: &Knowledge) -> bool {
        let Some(cancer) = self.case.about.cancer.as_ref().filter(|_| self.audience == Audience::BlindReader) else {
            return false;
        };
        let site = cancer.site.as_deref().and_then(|id| knowledge.site(id)).map(|s| s.plain_name.as_str());
        let of_site = site.map(text::words_of).unwrap_or_default();
        text::words_of(&cancer.words).iter().any(|word| !SIDES.contains(&word.as_str()) && !of_site.contains(word))
    }

    /// ICD-O-3 topography category of the cancer the case is stated to be about, such as `C50`.
    #[must_use]
    pub fn cancer_topography(&self, knowledge: &Knowledge) -> Option<String> {
        let site = knowledge.site(self.case.about.cancer.as_ref()?.site.as_deref()?)?;
        site.topography.get(..3).filter(|category| category.starts_with('C')).map(str::to_owned)
    }

    /// Whether words taken from a record are kept back: from a blind reader, and from those who do not see the records.
    fn withholds(&self, source: Option<&RecordSource>) -> bool {
        self.audience == Audience::BlindReader || !self.audience.sees_records() && source.is_some()
    }

    /// Whether this view is another doctor's, and a record says the words of an opinion that is still sealed.
    #[must_use]
    pub fn is_sealed_from(&self, document: &DocumentId) -> bool {
        self.audience.is_a_doctors() && self.case.seals(document)
    }

    /// Whether something is told from a sealed record, or by the doctor of a sealed opinion: to another doctor not even that
    /// there is something is told.
    fn is_told_by_sealed(&self, source: Option<&RecordSource>, doctor: &str) -> bool {
        let of = |name: &str| !doctor.trim().is_empty() && text::same_line(name, doctor);
        source.is_some_and(|source| self.is_sealed_from(&source.document))
            || self.audience.is_a_doctors() && self.case.compare.sealed().any(|held| of(&held.opinion.clinician.name))
    }

    /// Whether words that a person typed of a plan are kept from this audience: while an opinion is sealed from other doctors,
    /// nobody can tell whose plan typed words repeat. A date stands.
    fn withholds_typed(&self, source: Option<&RecordSource>) -> bool {
        self.audience.is_a_doctors() && source.is_none() && self.case.compare.sealed().next().is_some()
    }

    /// Planned treatment start: everybody who helps needs it. A blind reader gets the date without what is planned, and
    /// who does not see the records gets nothing but the date of what was taken from one.
    #[must_use]
    pub fn treatment_start(&self) -> Option<TreatmentStart> {
        let start = self.case.about.treatment_start.clone();
        let start = start.filter(|start| !self.is_told_by_sealed(start.source.as_ref(), ""))?;
        let source = start.source.as_ref();
        let what = if self.withholds(source) || self.withholds_typed(source) { String::new() } else { start.what };
        let source = start.source.filter(|_| self.audience.sees_records() && self.audience != Audience::BlindReader);
        Some(TreatmentStart { what, source, ..start })
    }

    /// What a named doctor said about how long it is safe to wait; a blind reader gets the date without the words,
    /// which name the treatment, and who does not see the records gets the date alone of what was taken from one.
    #[must_use]
    pub fn safe_wait(&self) -> Option<SafeWait> {
        let wait = self.case.about.safe_wait.clone();
        let wait = wait.filter(|wait| !self.is_told_by_sealed(wait.source.as_ref(), &wait.doctor))?;
        let typed = self.withholds_typed(wait.source.as_ref());
        let words = if typed || self.withholds(wait.source.as_ref()) { WITHHELD.to_owned() } else { wait.words };
        let of_a_record = typed || !self.audience.sees_records() && wait.source.is_some();
        let doctor = if of_a_record { String::new() } else { wait.doctor };
        let said_on = wait.said_on.filter(|_| !of_a_record);
        let source = wait.source.filter(|_| self.audience.sees_records() && self.audience != Audience::BlindReader);
        Some(SafeWait { doctor, words, said_on, source, ..wait })
    }

    /// Documents this audience may open, oldest date of service first.
    #[must_use]
    pub fn documents(&self, knowledge: &Knowledge) -> Vec<&'a HeldDocument> {
        let all = self.case.gather.documents.values();
        let mut all: Vec<&HeldDocument> = all.filter(|held| self.may_open(held, knowledge)).collect();
        all.sort_by_cached_key(|d| (d.date().map(crate::PartialDate::earliest), d.document.path.clone()));
        all
    }

    /// Whether this audience may open a document.
    fn may_open(&self, held: &HeldDocument, knowledge: &Knowledge) -> bool {
        match self.audience {
            Audience::Owner => true,
            Audience::Specialist => self.goes_to_doctors(held),
            Audience::BlindReader => self.goes_to_doctors(held) && blind::withheld(held, knowledge).is_none(),
            Audience::Helper => false,
        }
    }

    /// Whether a record may go to other doctors, be it one that states a plan.
    fn goes_to_doctors(&self, held: &HeldDocument) -> bool {
        // An export of this case says what its records say, those that are kept back included: it goes to nobody again.
        let id = &held.document.id;
        !held.removed && held.identity_settled() && !self.case.seals(id) && !self.is_own_export(id)
    }

    /// A document, if this audience may open it.
    #[must_use]
    pub fn document(&self, id: &DocumentId, knowledge: &Knowledge) -> Option<&'a HeldDocument> {
        self.case.gather.documents.get(id).filter(|held| self.may_open(held, knowledge))
    }

    /// Studies this audience may open, oldest first.
    #[must_use]
    pub fn studies(&self) -> Vec<&'a CaseStudy> {
        if !self.audience.sees_records() {
            return Vec::new();
        }
        let mut all: Vec<&CaseStudy> = self.case.gather.studies.values().filter(|s| self.may_see(s)).collect();
        all.sort_by_cached_key(|s| (s.study.facts.date, s.study.facts.uid.clone()));
        all
    }

    /// Whether this audience may open a study.
    fn may_see(&self, study: &CaseStudy) -> bool {
        let settled = !study.removed && study.identity_settled();
        self.audience.sees_records() && (settled || self.audience == Audience::Owner)
    }

    /// A study, if this audience may open it.
    #[must_use]
    pub fn study(&self, uid: &str) -> Option<&'a CaseStudy> {
        self.case.gather.studies.get(uid).filter(|study| self.may_see(study))
    }

    /// Series of a study this audience may open. A blind reader gets pictures, and the files of radiation that was given:
    /// reports, notes and plans also travel as DICOM.
    #[must_use]
    pub fn series_of(&self, study: &'a CaseStudy) -> Vec<&'a Series> {
        let all = study.study.series.values();
        if self.audience != Audience::BlindReader {
            return all.collect();
        }
        let given = study.has_radiation_files() && self.radiation_was_given(study);
        let of = |s: &&Series, kinds: &[&str]| s.facts.modality.as_deref().is_some_and(|m| kinds.contains(&m));
        let is_picture = |s: &&Series| s.facts.modality.is_some() && !of(s, &NOT_A_PICTURE) && !of(s, &OF_RADIATION);
        all.filter(|s| is_picture(s) || given && of(s, &OF_RADIATION)).collect()
    }

    /// Where a document came from: folder and file names are the owner's own words, and may name a plan.
    #[must_use]
    pub fn path_of(&self, held: &'a HeldDocument) -> Option<&'a str> {
        (self.audience == Audience::Owner).then_some(held.document.path.as_str())
    }

    /// Where a study came from: as [`CaseView::path_of`].
    #[must_use]
    pub fn study_path(&self, held: &'a CaseStudy) -> Option<&'a str> {
        (self.audience == Audience::Owner).then_some(held.path.as_str())
    }

    /// What a study is called. The hospital's words often say why it was made ("restaging after chemotherapy"): not for a
    /// blind reader.
    #[must_use]
    pub fn study_words(&self, held: &'a CaseStudy) -> Option<&'a str> {
        held.study.facts.description.as_deref().filter(|_| self.audience != Audience::BlindReader)
    }

    /// What a series is called, as [`CaseView::study_words`].
    #[must_use]
    pub fn series_words(&self, series: &'a Series) -> Option<&'a str> {
        series.facts.description.as_deref().filter(|_| self.audience != Audience::BlindReader)
    }

    /// What a document is called: its own title, or its file name for those who may see it. A blind reader is told its
    /// kind: a title may say what was done or planned.
    #[must_use]
    pub fn title_of(&self, held: &'a HeldDocument, knowledge: &'a Knowledge) -> &'a str {
        match (&held.document.title, self.audience) {
            (_, Audience::BlindReader) => held.kind().map_or("Document", |k| knowledge.kind_label(k)),
            (Some(title), _) if !title.trim().is_empty() => title.trim(),
            _ => held.document.file_name(),
        }
    }

    /// Imports, newest first: the owner's only.
    #[must_use]
    pub fn imports(&self) -> Vec<&'a ImportRecord> {
        if self.audience == Audience::Owner { self.case.gather.imports.iter().rev().collect() } else { Vec::new() }
    }

    /// What was set aside: the owner's only.
    #[must_use]
    pub fn set_aside(&self) -> Vec<&'a SetAside> {
        if self.audience == Audience::Owner { self.case.gather.set_aside.values().collect() } else { Vec::new() }
    }

    /// How many files wait for a decision; everybody may know that something waits.
    #[must_use]
    pub fn undecided(&self) -> usize {
        self.case.gather.undecided().count()
    }

    /// Files that ask for a password nobody gave: they stay out of every packet. Only how many, and so for everybody.
    #[must_use]
    pub fn locked(&self) -> usize {
        let locked = |group: &&SetAside| matches!(group.reason, SetAsideReason::Locked);
        self.case.gather.undecided().filter(locked).map(|group| group.locked.len()).sum()
    }

    /// Records of the case, or set aside, that name another person or bear another name, and that nobody decided about: they
    /// stay out of every packet. The owner's to know.
    #[must_use]
    pub fn under_other_names(&self) -> usize {
        if self.audience != Audience::Owner {
            return 0;
        }
        let gather = &self.case.gather;
        let documents = gather.documents.values().filter(|d| !d.removed && !d.identity_settled()).count();
        let studies = gather.studies.values().filter(|s| !s.removed && !s.identity_settled()).count();
        let named = |group: &&SetAside| !matches!(group.reason, SetAsideReason::Locked | SetAsideReason::Altered);
        let aside = gather.undecided().filter(named).map(|group| group.documents.len() + group.studies.len());
        documents + studies + aside.sum::<usize>()
    }

    /// Questions for the visit, in the person's order.
    #[must_use]
    pub fn questions(&self) -> Vec<&'a Question> {
        // A question ("is chemotherapy needed?") gives the first plan away, and is not for everybody who helps. What one
        // says of a record that was taken out is its owner's alone.
        let all = self.case.prepare.questions.iter();
        match self.audience {
            Audience::BlindReader | Audience::Helper => Vec::new(),
            Audience::Owner => all.collect(),
            Audience::Specialist => {
                let sealed = |question: &Question| question.rests_on.iter().any(|id| self.is_sealed_from(id));
                let kept_back = |question: &Question| sealed(question) || self.is_typed_beside_a_seal(question);
                all.filter(|question| !self.rests_on_nothing(question) && !kept_back(question)).collect()
            }
        }
    }

    /// Whether a question is a person's own and an opinion is sealed: nobody can tell whose plan typed words repeat.
    fn is_typed_beside_a_seal(&self, question: &Question) -> bool {
        question.rests_on.is_empty() && self.case.compare.sealed().next().is_some()
    }

    /// How many questions another doctor is not asked while an opinion is sealed: the owner's to know.
    #[must_use]
    pub fn questions_kept_back(&self) -> usize {
        let all = self.case.prepare.questions.iter();
        all.filter(|question| !self.rests_on_nothing(question) && self.is_typed_beside_a_seal(question)).count()
    }

    /// Whether questions are withheld from this audience, whether there are any or not.
    #[must_use]
    pub fn withholds_questions(&self) -> bool {
        self.withholds_a_plan() || self.audience.is_a_doctors() && self.questions_kept_back() > 0
    }

    /// Whether a question was drafted from records that are no longer all in the case: it says of them what the case does
    /// not hold any more, and leaves it in no packet.
    #[must_use]
    pub fn rests_on_nothing(&self, question: &Question) -> bool {
        let held = |id: &DocumentId| self.case.gather.documents.get(id);
        question.rests_on.iter().any(|id| held(id).is_none_or(|held| held.removed || !held.identity_settled()))
    }

    /// Questions that may be put to a doctor: those of [`CaseView::questions`] whose records are all in the case.
    pub fn open_questions(&self) -> impl Iterator<Item = &'a Question> {
        self.questions().into_iter().filter(|question| !self.rests_on_nothing(question))
    }

    /// The centre whose opinion is asked, as the person named it.
    #[must_use]
    pub fn center(&self) -> Option<&'a str> {
        self.case.find.center.as_deref()
    }

    /// Packets made so far, newest first: the owner's only.
    #[must_use]
    pub fn packets(&self) -> Vec<&'a PacketRecord> {
        if self.audience == Audience::Owner { self.case.share.packets.iter().rev().collect() } else { Vec::new() }
    }

    /// Who acted, as this audience may know it: you, the name the owner gave somebody, or only the role.
    #[must_use]
    pub fn who(&self, actor: &ActorId) -> Message {
        let owner = *actor == Session::owner().actor;
        let named = || self.case.about.access.iter().find(|access| access.id == *actor);
        match (self.audience, owner) {
            (Audience::Owner, true) => Message::new("who-you"),
            (_, true) => Message::new("who-owner"),
            (Audience::Owner, false) => match named() {
                Some(access) => Message::new("who-named").with("name", access.label.clone()),
                None => Message::new("who-other"),
            },
            (_, false) => Message::new("who-other"),
        }
    }

    /// Who acted, as it may stand on paper that goes to others: the role, and never "you".
    #[must_use]
    pub fn who_on_paper(&self, actor: &ActorId) -> Message {
        Self { audience: Audience::Specialist, ..*self }.who(actor)
    }

    /// The eight stages with what to do next; a specialist and a blind reader have none of the owner's chores. `reading`
    /// is [`CaseView::waiting`] of the same case.
    #[must_use]
    pub fn stages(&self, reading: &Waiting, now: Instant) -> Vec<StageNext> {
        let mut stages = crate::next::stages(self.case, reading, now);
        if self.audience.is_a_doctors() {
            for stage in &mut stages {
                stage.steps.clear();
            }
        }
        // That there are opinions or a decision, and how far they are, is the owner's to tell.
        if self.audience != Audience::Owner {
            let own = [crate::next::Stage::Compare, crate::next::Stage::Decide];
            for stage in stages.iter_mut().filter(|stage| own.contains(&stage.stage)) {
                stage.state = crate::next::StageState::NothingYet;
                stage.steps.clear();
            }
        }
        stages
    }

    /// Kinds of entries written by a newer version, which this one cannot read.
    #[must_use]
    pub fn unread_kinds(&self) -> &'a [String] {
        &self.case.unread
    }
}

/// DICOM modalities (PS3.3 C.7.3.1.1.1) of series that hold words, plans or marks instead of pictures.
const NOT_A_PICTURE: [&str; 9] = ["SR", "DOC", "PR", "KO", "PLAN", "REG", "SEG", "OT", "SC"];

/// DICOM modalities of the files of a course of radiation: its plan, the outlined organs, the dose, and what was given.
const OF_RADIATION: [&str; 4] = ["RTPLAN", "RTSTRUCT", "RTDOSE", RADIATION_GIVEN];

/// A record of sessions that took place.
const RADIATION_GIVEN: &str = "RTRECORD";

impl CaseStudy {
    /// Whether files of a course of radiation are in it.
    pub(crate) fn has_radiation_files(&self) -> bool {
        let mut kinds = self.study.series.values().filter_map(|series| series.facts.modality.as_deref());
        kinds.any(|kind| OF_RADIATION.contains(&kind))
    }
}

/// Words that say on which side a cancer is.
const SIDES: [&str; 4] = ["left", "right", "both", "bilateral"];

/// The side that words begin with: a side further on may be that of an operation.
fn side_of(words: &str) -> String {
    text::words_of(words).into_iter().next().filter(|word| SIDES.contains(&word.as_str())).unwrap_or_default()
}

/// Stands where words are withheld; not a sentence of ours about anybody.
const WITHHELD: &str = "withheld";
