//! The second step of an import: against the newest case, what is new, what is a duplicate, what is set aside; and the
//! studies with what is expected and found of each series. Pure apart from ids; run again when somebody was faster.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use consilium_casefile::gather::{
    Decision, FileOutcome, Found, GatherChange, LockedFile, Outcome, SetAside, StudyFound, Totals, rules,
    set_aside_message,
};
use consilium_casefile::imaging::{Instance, Series, Study};
use consilium_casefile::records::Document;
use consilium_casefile::{Case, Change, ImportId, Message, ObjectId, PatientIdentity};
use consilium_formats::ImageHeader;

use super::collect::{Collected, CollectedWhat};
use crate::ids;

/// Instances the case holds already, whichever study: (SOP Instance UID, object).
pub(super) type KnownInstances = HashSet<(String, ObjectId)>;

/// What an import will bring in.
pub(super) struct Settled {
    /// Changes but for the record of the import itself.
    pub(super) changes: Vec<Change>,
    /// One a file, in the order met.
    pub(super) outcomes: Vec<FileOutcome>,
    /// Files by outcome.
    pub(super) totals: Totals,
    /// Instances for the image index.
    pub(super) instances: Vec<Instance>,
}

/// Studies in the making, by Study Instance UID and patient: a study that mixes people is taken apart.
type Drafts = BTreeMap<(String, String), Draft>;

/// A study in the making.
struct Draft {
    study: Study,
    patient: PatientIdentity,
    path: String,
    instances: Vec<Instance>,
}

/// Study drafts with the manifest bytes each needs stored.
pub(super) struct Studies {
    drafts: Vec<Draft>,
}

impl Studies {
    /// Manifest bytes of each study: its new instances as JSON lines.
    pub(super) fn manifests(&self) -> Result<Vec<Vec<u8>>, serde_json::Error> {
        self.drafts.iter().map(|draft| json_lines(&draft.instances)).collect()
    }
}

/// One JSON value a line.
pub(crate) fn json_lines<T: serde::Serialize>(values: &[T]) -> Result<Vec<u8>, serde_json::Error> {
    let mut bytes = Vec::new();
    for value in values {
        serde_json::to_writer(&mut bytes, value)?;
        bytes.push(b'\n');
    }
    Ok(bytes)
}

/// Where an object is already.
enum Place {
    InCase(String),
    Undecided,
    Declined,
    Locked,
}

impl Place {
    fn is_locked(&self) -> bool {
        matches!(self, Self::Locked)
    }
}

/// What the case and this import hold already, by object.
fn places(case: &Case) -> HashMap<ObjectId, Place> {
    let mut places = HashMap::new();
    for group in case.all_set_aside() {
        let place = || match group.decision {
            None => Place::Undecided,
            Some(Decision::NotMine) => Place::Declined,
            Some(Decision::Accepted | Decision::Unlocked) => Place::InCase(String::new()),
        };
        for document in &group.documents {
            places.insert(document.object.clone(), place());
        }
        for locked in &group.locked {
            let place = if group.decision.is_none() { Place::Locked } else { place() };
            places.insert(locked.object.clone(), place);
        }
    }
    for document in case.all_documents() {
        places.insert(document.document.object.clone(), Place::InCase(document.document.path.clone()));
    }
    places
}

fn outcome(file: &Collected, outcome: Outcome, reason: Option<String>) -> FileOutcome {
    FileOutcome {
        path: file.path.clone(),
        outcome,
        reason,
        object: file.what.object().cloned(),
        complaints: file.complaints.clone(),
    }
}

/// First pass: duplicates out, studies put together. Returns outcomes as they are before identity is considered, the
/// documents and locked files that are new, and the studies.
pub(super) fn sort_out(
    case: &Case,
    known: &KnownInstances,
    collected: &[Collected],
) -> (Vec<FileOutcome>, Vec<Document>, Vec<LockedFile>, Studies) {
    let places = places(case);
    let mut seen: HashMap<&str, &ObjectId> = known.iter().map(|(uid, object)| (uid.as_str(), object)).collect();
    let known_objects: HashSet<&ObjectId> = known.iter().map(|(_, object)| object).collect();
    let (mut documents, mut locked, mut outcomes) = (Vec::new(), Vec::new(), Vec::new());
    let mut drafts: Drafts = BTreeMap::new();
    let mut here: HashMap<&ObjectId, &str> = HashMap::new();
    for file in collected {
        let object = file.what.object();
        let elsewhere = object.and_then(|o| here.get(o).map(|path| format!("The same file as {path}.")));
        let result = match (&file.what, elsewhere) {
            (CollectedWhat::Refused { reason }, _) => outcome(file, Outcome::Refused, Some(reason.clone())),
            (CollectedWhat::Opened { reason }, _) => outcome(file, Outcome::Kept, Some(reason.clone())),
            (_, Some(reason)) => outcome(file, Outcome::Duplicate, Some(reason)),
            (CollectedWhat::Document(document), None) => match places.get(&document.object) {
                // A locked file that is a document now was opened with its password.
                Some(place) if !place.is_locked() => already(file, place),
                _ => {
                    documents.push(Document::clone(document));
                    outcome(file, Outcome::Kept, None)
                }
            },
            (CollectedWhat::Locked(lock), None) => match places.get(&lock.object) {
                Some(place) => already(file, place),
                None => {
                    locked.push(lock.clone());
                    outcome(file, Outcome::SetAside, Some("It asks for a password.".to_owned()))
                }
            },
            (CollectedWhat::Image { header, object }, None) => {
                if known_objects.contains(object) {
                    known_image(case, header, file)
                } else {
                    let again = seen.insert(&header.sop_instance_uid, object).is_some();
                    add_instance(&mut drafts, header, object, file, again);
                    let reason = "Another copy of an image that is here already, with other bytes: both are kept.";
                    outcome(file, Outcome::Kept, again.then(|| reason.to_owned()))
                }
            }
            (CollectedWhat::MediumDirectory { .. }, None) => {
                outcome(file, Outcome::Kept, Some("The disc's own table of contents.".to_owned()))
            }
            (CollectedWhat::Furniture { reason, .. }, None) => outcome(file, Outcome::Kept, Some(reason.clone())),
        };
        if let Some(object) = object
            && !matches!(file.what, CollectedWhat::MediumDirectory { .. } | CollectedWhat::Furniture { .. })
        {
            here.entry(object).or_insert(&file.path);
        }
        outcomes.push(result);
    }
    hold_against_directories(case, known, collected, &mut drafts, &mut outcomes);
    (outcomes, documents, locked, Studies { drafts: drafts.into_values().collect() })
}

fn already(file: &Collected, place: &Place) -> FileOutcome {
    match place {
        Place::InCase(path) if path.is_empty() => {
            outcome(file, Outcome::Duplicate, Some("This file is in the case already.".to_owned()))
        }
        Place::InCase(path) => outcome(file, Outcome::Duplicate, Some(format!("The same file as {path}."))),
        Place::Locked => outcome(file, Outcome::SetAside, Some("It asks for a password.".to_owned())),
        Place::Undecided => {
            outcome(file, Outcome::SetAside, Some("It is set aside already and waits for your decision.".to_owned()))
        }
        Place::Declined => {
            outcome(file, Outcome::SetAside, Some("You said that it does not belong to this case.".to_owned()))
        }
    }
}

/// An image whose bytes are stored already: in the case, or with a study that was set aside.
fn known_image(case: &Case, header: &ImageHeader, file: &Collected) -> FileOutcome {
    if case.held_study(&header.study.uid).is_some() {
        return outcome(file, Outcome::Duplicate, Some("This image is in the case already.".to_owned()));
    }
    let with_study = |g: &&SetAside| g.studies.iter().any(|s| s.study.facts.uid == header.study.uid);
    match case.all_set_aside().find(with_study).map(|group| group.decision) {
        Some(Some(Decision::NotMine)) => already(file, &Place::Declined),
        _ => already(file, &Place::Undecided),
    }
}

fn add_instance(drafts: &mut Drafts, header: &ImageHeader, object: &ObjectId, file: &Collected, again: bool) {
    let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let named = serde_json::to_string(&(&header.patient.name, header.patient.birth_date)).unwrap_or_default();
    let draft = drafts.entry((header.study.uid.clone(), named)).or_insert_with(|| Draft {
        study: Study { facts: header.study.clone(), series: BTreeMap::new() },
        patient: header.patient.clone(),
        path: folder.to_owned(),
        instances: Vec::new(),
    });
    let series = draft
        .study
        .series
        .entry(header.series.uid.clone())
        .or_insert_with(|| Series { facts: header.series.clone(), ..Series::default() });
    if !again {
        series.found += 1;
        series.frames += u64::from(header.frames);
        if let Some(number) = header.number {
            series.numbers.insert(number);
        }
    }
    draft.instances.push(Instance {
        sop_instance_uid: header.sop_instance_uid.clone(),
        sop_class_uid: header.sop_class_uid.clone(),
        series_instance_uid: header.series.uid.clone(),
        study_instance_uid: header.study.uid.clone(),
        transfer_syntax_uid: header.transfer_syntax_uid.clone(),
        number: header.number,
        frames: header.frames,
        rows: header.rows,
        columns: header.columns,
        data_set_offset: header.data_set_offset,
        frame_ranges: header.frame_ranges.clone(),
        object: object.clone(),
        bytes: file.bytes,
    });
}

/// Expected against found: what each DICOMDIR lists for a series, and which of it is nowhere.
fn hold_against_directories(
    case: &Case,
    known: &KnownInstances,
    collected: &[Collected],
    drafts: &mut Drafts,
    outcomes: &mut [FileOutcome],
) {
    let mut present: HashSet<&str> = known.iter().map(|(uid, _)| uid.as_str()).collect();
    present.extend(collected.iter().filter_map(|file| match &file.what {
        CollectedWhat::Image { header, .. } => Some(header.sop_instance_uid.as_str()),
        _ => None,
    }));
    for ((study, _), draft) in drafts.iter_mut() {
        for (uid, series) in &mut draft.study.series {
            // Images that come later fill what an earlier disc listed.
            let held = case.held_study(study).and_then(|h| h.study.series.get(uid));
            if let Some(held) = held.filter(|h| h.listed.is_some()) {
                series.listed = held.listed;
                let absent = held.listed_but_absent.iter().filter(|uid| !present.contains(uid.as_str()));
                series.listed_but_absent = absent.cloned().collect();
            }
        }
    }
    for (file, outcome) in collected.iter().zip(outcomes) {
        let CollectedWhat::MediumDirectory { listed, .. } = &file.what else { continue };
        let mut by_series: BTreeMap<(&str, &str), HashSet<&str>> = BTreeMap::new();
        for instance in listed {
            let key = (instance.study_instance_uid.as_str(), instance.series_instance_uid.as_str());
            by_series.entry(key).or_default().insert(&instance.sop_instance_uid);
        }
        let mut absent_in_all = 0;
        for ((study, series), uids) in by_series {
            let mut absent: BTreeSet<String> =
                uids.iter().filter(|u| !present.contains(**u)).map(|u| (*u).to_owned()).collect();
            absent_in_all += absent.len();
            let held = case.held_study(study);
            let held_series = held.and_then(|h| h.study.series.get(series));
            // What earlier discs listed and is still nowhere stays absent.
            let before = held_series.map(|s| s.listed_but_absent.as_slice()).unwrap_or_default();
            absent.extend(before.iter().filter(|uid| !present.contains(uid.as_str())).cloned());
            let is_news = held_series.is_none_or(|s| s.listed.is_none() || !absent.iter().eq(&s.listed_but_absent));
            let of_study = drafts.range_mut((study.to_owned(), String::new())..).next();
            let draft = match of_study.filter(|((uid, _), _)| uid == study) {
                Some((_, draft)) => draft,
                None => {
                    // A study that came in before: what this disc lists of it still counts.
                    let Some(held) = held.filter(|_| is_news) else { continue };
                    drafts.entry((study.to_owned(), String::new())).or_insert_with(|| Draft {
                        study: Study { facts: held.study.facts.clone(), series: BTreeMap::new() },
                        patient: held.patient.clone(),
                        path: held.path.clone(),
                        instances: Vec::new(),
                    })
                }
            };
            let entry = draft.study.series.entry(series.to_owned()).or_insert_with(|| Series {
                facts: consilium_casefile::imaging::SeriesFacts { uid: series.to_owned(), ..Default::default() },
                ..Series::default()
            });
            entry.listed = entry.listed.max(u32::try_from(uids.len()).ok());
            absent.extend(std::mem::take(&mut entry.listed_but_absent));
            entry.listed_but_absent = absent.into_iter().collect();
        }
        if absent_in_all > 0 {
            outcome.reason =
                Some(format!("The disc's own table of contents. It lists {absent_in_all} images that are not here."));
        }
    }
}

/// Second pass: whose each new document and study is. Marks what is set aside among the outcomes.
pub(super) fn settle(
    case: &Case,
    import: &ImportId,
    collected: &[Collected],
    sorted: (Vec<FileOutcome>, Vec<Document>, Vec<LockedFile>, Studies),
    manifests: Vec<ObjectId>,
    say: &dyn Fn(&Message) -> String,
) -> Settled {
    let (mut outcomes, documents, locked, studies) = sorted;
    let mut instances = Vec::new();
    let mut found_studies = Vec::new();
    let mut study_objects: HashMap<ObjectId, Vec<ObjectId>> = HashMap::new();
    for (draft, manifest) in studies.drafts.into_iter().zip(manifests) {
        study_objects.entry(manifest.clone()).or_default().extend(draft.instances.iter().map(|i| i.object.clone()));
        instances.extend(draft.instances);
        found_studies.push(StudyFound { study: draft.study, manifest, patient: draft.patient, path: draft.path });
    }
    let found = Found { import: import.clone(), documents, studies: found_studies, locked };
    let changes = rules::record_import(case, found, ids::new);

    let mut aside: HashMap<ObjectId, String> = HashMap::new();
    for change in &changes {
        let Change::Gather(change) = change else { continue };
        let GatherChange::SetAside { group } = change.as_ref() else { continue };
        note_group(group, &study_objects, &say(&set_aside_message(&group.reason)), &mut aside);
    }
    for outcome in &mut outcomes {
        if let Some(reason) = outcome.object.as_ref().and_then(|o| aside.get(o))
            && outcome.outcome == Outcome::Kept
        {
            outcome.outcome = Outcome::SetAside;
            outcome.reason = Some(reason.clone());
        }
    }
    set_aside_directories(collected, &mut outcomes);
    let mut totals = Totals::default();
    for (outcome, file) in outcomes.iter().zip(collected) {
        totals.count(outcome.outcome, file.bytes);
    }
    Settled { changes, outcomes, totals, instances }
}

/// A DICOMDIR that lists images set aside and none that came into the case goes with them: it names their patient.
fn set_aside_directories(collected: &[Collected], outcomes: &mut [FileOutcome]) {
    let (mut outside, mut inside) = (HashSet::new(), HashSet::new());
    for (file, outcome) in collected.iter().zip(&*outcomes) {
        if let CollectedWhat::Image { header, .. } = &file.what {
            let images = if outcome.outcome == Outcome::SetAside { &mut outside } else { &mut inside };
            images.insert(header.sop_instance_uid.as_str());
        }
    }
    for (file, outcome) in collected.iter().zip(outcomes) {
        let CollectedWhat::MediumDirectory { listed, .. } = &file.what else { continue };
        let lists = |images: &HashSet<&str>| listed.iter().any(|l| images.contains(l.sop_instance_uid.as_str()));
        if outcome.outcome == Outcome::Kept && lists(&outside) && !lists(&inside) {
            outcome.outcome = Outcome::SetAside;
            outcome.reason = Some("The table of contents of a disc that names somebody else.".to_owned());
        }
    }
}

fn note_group(
    group: &SetAside,
    study_objects: &HashMap<ObjectId, Vec<ObjectId>>,
    reason: &str,
    aside: &mut HashMap<ObjectId, String>,
) {
    for document in &group.documents {
        aside.insert(document.object.clone(), reason.to_owned());
    }
    for study in &group.studies {
        for object in study_objects.get(&study.manifest).into_iter().flatten() {
            aside.insert(object.clone(), reason.to_owned());
        }
    }
}
