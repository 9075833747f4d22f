//! What a packet that follows another says of itself: what is new, what was corrected on the front pages since, and what was
//! taken out. Whoever has the earlier packet must learn that a value in it is not so any more.

use std::collections::{BTreeMap, BTreeSet};

use consilium_casefile::gather::{CaseStudy, HeldDocument};
use consilium_casefile::knowledge::Knowledge;
use consilium_casefile::share::{ItemPlace, ListedChange, PacketRecord, RecalledItem, Share, study_number, study_of};
use consilium_casefile::{Audience, CaseView, DocumentId, Message, PacketId, PartialDate};
use consilium_press::packet::{PageOne, PageOneLine};

use super::contents::{PlannedDocument, PlannedStudy, Sent, registration, title};
use super::front_page::page_one_of;
use crate::App;
use crate::reading::CaseReading;

/// A packet that another one follows.
pub(super) struct Before<'b> {
    /// The case as it was then, for the same audience.
    pub(super) view: CaseView<'b>,
    /// The whole case as it is: what an edition withholds is not taken out.
    pub(super) owner: CaseView<'b>,
    /// All packets.
    pub(super) share: &'b Share,
    /// Which of them.
    pub(super) packet: &'b PacketId,
}

impl Before<'_> {
    /// Everything that went in those packets, whether it was confirmed or not: whoever has a copy must be told.
    fn went(&self) -> (BTreeSet<&DocumentId>, BTreeSet<&str>) {
        let packets = || self.share.followed(self.packet);
        let studies = packets().flat_map(|packet| packet.studies.iter().map(String::as_str));
        (packets().flat_map(|packet| &packet.documents).collect(), studies.collect())
    }

    /// Whether a record is in the case all the same, and was sent in a packet that withheld nothing: whatever this edition
    /// withholds, nobody takes it back.
    fn is_only_withheld(&self, id: &str, knowledge: &Knowledge) -> bool {
        let holds = |packet: &PacketRecord| {
            packet.documents.iter().any(|document| document.as_str() == id)
                || packet.studies.iter().any(|uid| uid == id)
        };
        let mut went = self.share.followed(self.packet).filter(|packet| packet.audience != Audience::BlindReader);
        let document = self.owner.document(&DocumentId::from(id), knowledge);
        went.any(holds)
            && (document.is_some_and(|held| !held.removed) || self.owner.study(id).is_some_and(|held| !held.removed))
    }

    /// The newest packet of those that were followed which held a record: its number and checksum there.
    fn item(&self, place: &ItemPlace) -> Option<RecalledItem> {
        self.share.followed(self.packet).find_map(|packet| {
            // Numbers are counted from 1 in the order of the packet.
            let number = match place {
                ItemPlace::Document(id) => packet.documents.iter().position(|d| d == id)?,
                ItemPlace::Study(uid) => packet.studies.iter().position(|s| s == uid)?,
            } + 1;
            let is_it = |named: &str| match place {
                ItemPlace::Document(_) => named == number.to_string(),
                ItemPlace::Study(_) => study_of(named) == Some(number),
            };
            let item = packet.items.iter().find(|item| is_it(&item.number))?;
            let number = item.number.clone();
            Some(RecalledItem { packet: packet.id.clone(), number, sha256: item.sha256.clone() })
        })
    }
}

fn change(what: String) -> ListedChange {
    ListedChange { what, recalls: None }
}

/// What is new, then what was corrected, then what the centre has already, a line each.
pub(super) fn changes(
    sent: Option<&Sent<'_>>,
    before: Option<&Before<'_>>,
    (documents, studies): (&[PlannedDocument], &[PlannedStudy]),
    corrections: Vec<ListedChange>,
    (known_documents, known_studies): (usize, usize),
) -> Vec<ListedChange> {
    let Some((_, known)) = sent else { return Vec::new() };
    let (went, studies_went) = before.map(Before::went).unwrap_or_default();
    let again = |went: bool| if went { "Sent before and not confirmed, so once more" } else { "New" };
    let new = documents.iter().map(|d| format!("{}: document {}, {}", again(went.contains(&d.id)), d.number, d.title));
    let grown = studies.iter().zip((1..).map(study_number)).map(|(s, n)| match known.get(s.uid.as_str()) {
        Some(had) => format!("More images: study {n} has {} images now, {had} before", s.images),
        None => {
            format!("{}: imaging study {n}, {} images", again(studies_went.contains(s.uid.as_str())), s.images)
        }
    });
    let counted = |count: usize, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
    let before = format!(
        "Sent before and unchanged: {}, {}",
        counted(known_documents, "document", "documents"),
        counted(known_studies, "imaging study", "imaging studies")
    );
    new.chain(grown).map(change).chain(corrections).chain(std::iter::once(change(before))).collect()
}

/// What was sent and is not so any more: the cover, lines of page one, how records are called and dated, records that were
/// taken out. Both views are of the same audience: nothing is told here that its reader may not have.
pub(super) fn corrections(app: &App, before: &Before<'_>, now: &CaseView<'_>) -> Vec<ListedChange> {
    let reading = CaseReading::of(&before.view, app.knowledge(), &|message: &Message| app.say(message));
    let then = page_one_of(app, &reading.summary, (&[], &[]));
    let today = page_one_of(app, &app.reading(now).summary, (&[], &[]));
    let mut all = cover(app, &before.view, now);
    all.extend(facts(then.as_ref(), today.as_ref()));
    let mut all: Vec<ListedChange> = all.into_iter().map(change).collect();
    all.extend(records(app, before, now));
    all
}

/// What the cover says otherwise: the person, the cancer, the sheet for the registration desk, dates, questions.
fn cover(app: &App, before: &CaseView<'_>, now: &CaseView<'_>) -> Vec<String> {
    let not_stated = || app.say(&Message::new("packet-not-stated"));
    let lines = |view: &CaseView<'_>| {
        let person = view.person().unwrap_or_default();
        let mut lines = vec![
            ("Name".to_owned(), person.name.as_ref().map(consilium_casefile::PersonName::display).unwrap_or_default()),
            ("Birth date".to_owned(), person.birth_date.map(PartialDate::human).unwrap_or_default()),
            ("Diagnosis".to_owned(), view.cancer_words(app.knowledge())),
            (
                "Treatment planned to start".to_owned(),
                view.treatment_start().map(|start| start.date.human()).unwrap_or_default(),
            ),
            ("Safe to wait".to_owned(), view.safe_wait().map(waiting).unwrap_or_default()),
        ];
        lines.extend(registration(app, view));
        lines
    };
    let mut changes = Vec::new();
    for ((label, then), (_, today)) in lines(before).into_iter().zip(lines(now)) {
        if then != today {
            let said = |words: String| if words.is_empty() { not_stated() } else { words };
            changes.push(format!("Changed on the cover: {label}: {} now, {} before", said(today), said(then)));
        }
    }
    let asked = |view: &CaseView<'_>| view.open_questions().map(|question| question.text.clone()).collect::<Vec<_>>();
    let (then, today) = (asked(before), asked(now));
    changes.extend(today.iter().filter(|question| !then.contains(question)).map(|new| format!("Now asked: {new}")));
    changes
        .extend(then.iter().filter(|question| !today.contains(question)).map(|old| format!("No longer asked: {old}")));
    changes
}

fn waiting(wait: consilium_casefile::about::SafeWait) -> String {
    let until = wait.until.map(|until| format!(", until {}", until.human())).unwrap_or_default();
    let by = if wait.doctor.is_empty() { String::new() } else { format!(" ({})", wait.doctor) };
    format!("“{}”{until}{by}", wait.words)
}

/// Lines of page one by heading and label, with what they say.
fn lines(page: Option<&PageOne>) -> BTreeMap<(String, String), BTreeSet<String>> {
    let mut lines: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    for group in page.into_iter().flat_map(|page| &page.groups) {
        for line in &group.lines {
            let said = lines.entry((group.heading.clone(), line.label.clone())).or_default();
            said.extend(words(line));
        }
    }
    lines
}

fn words(line: &PageOneLine) -> impl Iterator<Item = String> {
    let said = line.values.iter().filter_map(|value| value.said.first());
    said.map(|said| match &said.doubt {
        Some(doubt) => format!("{} ({doubt})", said.words),
        None => said.words.clone(),
    })
}

fn facts(before: Option<&PageOne>, now: Option<&PageOne>) -> Vec<String> {
    let (before, now) = (lines(before), lines(now));
    let joined = |said: &BTreeSet<String>| said.iter().cloned().collect::<Vec<_>>().join("; ");
    let nothing = BTreeSet::new();
    let keys: BTreeSet<_> = before.keys().chain(now.keys()).collect();
    let mut changes = Vec::new();
    for key in keys {
        let (then, today) = (before.get(key).unwrap_or(&nothing), now.get(key).unwrap_or(&nothing));
        let (heading, label) = key;
        if then == today {
            continue;
        }
        if label.is_empty() {
            // A list: each of its lines is there or not.
            changes.extend(today.difference(then).map(|words| format!("Now on page one: {heading}: {words}")));
            changes.extend(then.difference(today).map(|words| format!("No longer on page one: {heading}: {words}")));
            continue;
        }
        changes.push(match (then.is_empty(), today.is_empty()) {
            (true, _) => format!("Now on page one: {label}: {}", joined(today)),
            (_, true) => format!("No longer on page one: {label}: {}", joined(then)),
            _ => format!("Changed on page one: {label}: {} now, {} before", joined(today), joined(then)),
        });
    }
    changes
}

/// Records that were sent: called or dated otherwise since, or taken out.
fn records(app: &App, before: &Before<'_>, now: &CaseView<'_>) -> Vec<ListedChange> {
    let knowledge = app.knowledge();
    let (documents, studies) = before.went();
    let known = |view: &CaseView<'_>| -> BTreeMap<String, String> {
        let here = view.documents(knowledge);
        let here = here.iter().filter(|d| !d.removed && documents.contains(&d.document.id));
        here.map(|d| (d.document.id.to_string(), called(view, d, knowledge))).collect()
    };
    let known_studies = |view: &CaseView<'_>| -> BTreeMap<String, String> {
        let here = view.studies().into_iter();
        let here = here.filter(|s| !s.removed && studies.contains(s.study.facts.uid.as_str()));
        here.map(|s| (s.study.facts.uid.clone(), study(view, s))).collect()
    };
    let taken_out = |was: &str, recalls: Option<RecalledItem>| ListedChange {
        what: format!("Taken out since, please do not rely on the copy you have: {was}"),
        recalls,
    };
    let is_held = |id: &str| before.is_only_withheld(id, knowledge);
    let (documents_now, studies_now) = (known(now), known_studies(now));
    let compared =
        |then: BTreeMap<String, String>, today: &BTreeMap<String, String>, of: &dyn Fn(&str) -> ItemPlace| {
            let changed = then.into_iter().filter_map(|(id, was)| match today.get(&id) {
                // It was sent before it was sealed, and stays right.
                None if now.is_sealed_from(&DocumentId::from(id.as_str())) || is_held(&id) => None,
                None => Some(taken_out(&was, before.item(&of(&id)))),
                Some(is) if *is != was => Some(change(format!("Corrected: {is}; it was called: {was}"))),
                Some(_) => None,
            });
            changed.collect::<Vec<_>>()
        };
    // What was deleted for good has no name any more, and a number in the packet that held it.
    let gone = |place: ItemPlace| {
        let item = before.item(&place)?;
        Some(taken_out(&format!("item {}", item.number), Some(item)))
    };
    let case_has =
        |id: &DocumentId| before.view.document(id, knowledge).is_some() || now.document(id, knowledge).is_some();
    let purged = documents.iter().filter(|id| !case_has(id) && !now.is_sealed_from(id) && !is_held(id.as_str()));
    let mut all: Vec<ListedChange> = purged.filter_map(|id| gone(ItemPlace::Document((*id).clone()))).collect();
    let has_study = |uid: &str| before.view.study(uid).is_some() || now.study(uid).is_some() || is_held(uid);
    all.extend(
        studies.iter().filter(|uid| !has_study(uid)).filter_map(|uid| gone(ItemPlace::Study((*uid).to_owned()))),
    );
    all.extend(compared(known(&before.view), &documents_now, &|id| ItemPlace::Document(id.into())));
    all.extend(compared(known_studies(&before.view), &studies_now, &|uid| ItemPlace::Study(uid.to_owned())));
    all
}

fn called(view: &CaseView<'_>, held: &HeldDocument, knowledge: &Knowledge) -> String {
    let kind = held.kind().map(|kind| knowledge.kind_label(kind).to_owned());
    let date = held.date().map(PartialDate::human);
    let parts = [kind, date, held.author().map(str::to_owned), held.facility().map(str::to_owned)];
    let told: Vec<String> =
        std::iter::once(title(view, held, knowledge).to_owned()).chain(parts.into_iter().flatten()).collect();
    told.join(", ")
}

fn study(view: &CaseView<'_>, held: &CaseStudy) -> String {
    let date = held.study.facts.date.map(PartialDate::human).map(|date| format!(", {date}")).unwrap_or_default();
    format!("{}{date}", view.study_words(held).unwrap_or("Imaging study"))
}
