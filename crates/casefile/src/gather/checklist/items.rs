//! The lines of the checklist: which apply, how much of each is here, how old it is, where it stands, who holds it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::came::all_came;
use super::evidence::{Answer, FoundPiece, Holdings, each_once};
use super::things::{Age, Aged, Checklist, Fill, HolderName, Item, ItemState, Needs, Piece};
use crate::audience::{Audience, CaseView};
use crate::case::Case;
use crate::gather::HeldDocument;
use crate::gather::requests::{HeldRequest, Waiver};
use crate::gather::tissue::Step;
use crate::knowledge::{
    CenterProgram, CenterRequirement, Department, Evidence, Knowledge, Need, Proof, Requirement, Setting,
};
use crate::reading::CaseFact;
use crate::records::DocumentKind;
use crate::share::{HeldDelivery, PacketRecord, Recipient};
use crate::shared::clock::{days_between, working_day_before};
use crate::shared::message::Message;
use crate::shared::time::PartialDate;

/// By when everything has to be at the centre: counted back from the planned start of treatment, or else from the day up
/// to which a doctor said it is safe to wait. `center` is `None` for the one the case names.
#[must_use]
pub fn needed_by(case: &Case, center: Option<&str>, knowledge: &Knowledge) -> Option<Date> {
    let program = center.or(case.find.center.as_deref()).and_then(|name| knowledge.program(name));
    let start = case.about.treatment_start.as_ref().map(|s| s.date);
    let wait = case.about.safe_wait.as_ref().and_then(|w| w.until);
    // Whichever comes first, at the earliest that it can be.
    let day = [start, wait].into_iter().flatten().map(PartialDate::earliest).min()?;
    let lead = program.and_then(|p| p.lead_days).map(i64::from);
    let lead = lead.unwrap_or_else(|| i64::from(knowledge.gathering.days(Setting::LeadDays)));
    // Nobody takes a parcel in on a Sunday.
    Some(working_day_before(day.saturating_sub(jiff::Span::new().days(lead))))
}

/// The checklist for a centre; `None` takes the one the case names. Whoever looks, it is computed from the whole case.
#[must_use]
pub fn checklist(view: &CaseView<'_>, center: Option<&str>, knowledge: &Knowledge, today: Date) -> Checklist {
    let owner = view.case().seen_by(Audience::Owner);
    listed(&owner, &owner.facts(knowledge), center, knowledge, today)
}

/// Requirements of which a blind edition holds less than the case, because what satisfies them is withheld from it.
#[must_use]
pub fn withheld_from_blind(
    view: &CaseView<'_>,
    center: Option<&str>,
    knowledge: &Knowledge,
    today: Date,
) -> BTreeSet<String> {
    let blind = view.case().seen_by(Audience::BlindReader);
    let goes = listed(&blind, &blind.facts(knowledge), center, knowledge, today).items;
    let here = checklist(view, center, knowledge, today).items;
    // The files of radiation that may be a plan stay out, and stand in the same studies as what goes.
    let of_plan = |piece: &Piece| {
        let study = if let Piece::Study { uid } = piece { view.case().gather.studies.get(uid) } else { None };
        study.is_some_and(|study| blind.is_radiation_withheld_from_blind(study))
    };
    let no_files = |item: &Item| item.department == Department::Radiation && item.evidence.iter().any(of_plan);
    let lacks = here.into_iter().zip(goes).filter(|(here, goes)| goes.fill < here.fill || no_files(here));
    lacks.map(|(here, _)| here.requirement).collect()
}

/// The list of what a view holds: the owner's, but for [`withheld_from_blind`].
fn listed<'a>(
    owner: &CaseView<'a>,
    said: &[CaseFact<'a>],
    center: Option<&str>,
    knowledge: &Knowledge,
    today: Date,
) -> Checklist {
    let case = owner.case();
    let center = center.map(str::to_owned).or_else(|| case.find.center.clone());
    let holdings = Holdings::of(owner, said, center.as_deref(), knowledge, today);
    let program = center.as_deref().and_then(|name| knowledge.program(name));
    let site = case.about.cancer.as_ref().and_then(|cancer| cancer.site.clone());
    let needed_by = needed_by(case, center.as_deref(), knowledge);
    let stated = case.seen_by(Audience::Specialist).stated_on_sheets();
    let center_name = center.as_deref();
    let is_new = |held: &HeldDocument| !held.checked;
    let looked = holdings.documents().iter().any(|held| is_new(held)).then(|| holdings.without(&is_new, true));
    let (holdings, looked) = (&holdings, looked.as_ref());
    let lining = Lining { case, knowledge, holdings, looked, program, center: center_name, needed_by, today, stated };
    let applies = |r: &&Requirement| lining.is_asked_for(r, site.as_deref());
    let items = knowledge.gathering.requirements.iter().filter(applies).map(|r| lining.item(r)).collect();
    Checklist { center, program: program.map(|p| p.id.clone()), site, needed_by, items }
}

/// The checklist in a few numbers, of the owner's view and its facts. Nothing is missing before a file was given or a centre
/// named: there is no list yet.
#[must_use]
pub fn needs<'a>(owner: &CaseView<'a>, said: &[CaseFact<'a>], knowledge: &Knowledge, today: Date) -> Needs {
    let case = owner.case();
    let tissue = case.tissue.lines().filter(|line| !line.alarms(knowledge, today).is_empty()).count();
    let requests = &case.requests.requests;
    let is_late = |r: &&HeldRequest| r.needs_letter(knowledge, owner.needed_by(r, knowledge), today);
    let late: Vec<&HeldRequest> = requests.iter().filter(is_late).collect();
    let remind = |r: &&HeldRequest| r.needs_reminder(knowledge, owner.needed_by(r, knowledge), today);
    let remind: Vec<&HeldRequest> = requests.iter().filter(remind).collect();
    let has_list = case.find.center.is_some() && !case.gather.imports.is_empty();
    let list =
        (has_list || !late.is_empty() || !remind.is_empty()).then(|| listed(owner, said, None, knowledge, today));
    let came_of = |held: &HeldRequest| list.as_ref().is_some_and(|list| all_came(owner, list, knowledge, held, today));
    let (late, came): (Vec<&HeldRequest>, Vec<&HeldRequest>) = late.into_iter().partition(|held| !came_of(held));
    let ended = |held: &HeldRequest| held.clock().map(|clock| clock.until);
    let first = late.iter().min_by_key(|held| ended(held));
    let mut needs = Needs {
        overdue: late.len(),
        late: first.and_then(|first| requests.iter().position(|held| held.request.id == first.request.id)),
        came: came.len(),
        remind: remind.into_iter().filter(|held| !came_of(held)).count(),
        tissue,
        unconfirmed: case.share.unconfirmed(),
        said_missing: case.share.said_missing(),
        ..Needs::default()
    };
    let listed = list.filter(|_| has_list);
    for item in listed.iter().flat_map(|list| &list.items).filter(|item| item.blocks()) {
        match (item.state, item.fill) {
            _ if item.is_to_look_at() => needs.unlooked += 1,
            (ItemState::AskFirst, _) => needs.unanswered += 1,
            (ItemState::Requested, _) => needs.waiting += 1,
            _ if item.fill == Fill::Here && item.is_outdated() => needs.outdated += 1,
            (_, Fill::Partial) => needs.partial += 1,
            _ => needs.missing += 1,
        }
    }
    needs
}

struct Lining<'l> {
    case: &'l Case,
    knowledge: &'l Knowledge,
    holdings: &'l Holdings<'l>,
    /// Of these what a person looked at; `None`: all of them.
    looked: Option<&'l Holdings<'l>>,
    program: Option<&'l CenterProgram>,
    center: Option<&'l str>,
    needed_by: Option<Date>,
    today: Date,
    /// What front pages of a packet made now would tell that a person stated.
    stated: BTreeMap<String, String>,
}

/// The front page that tells what evidence is stated by; `None` of what lies in records.
fn sheet_of(evidence: &Evidence) -> Option<&'static str> {
    match evidence {
        Evidence::Person => Some("person"),
        Evidence::Questions => Some("questions"),
        Evidence::Medicines => Some("medicines"),
        Evidence::Treatment(_) => Some("treatment"),
        _ => None,
    }
}

/// A line, as the centre asks for it.
struct Asked<'r> {
    requirement: &'r Requirement,
    /// A report stands for its images.
    reports_first: bool,
    /// Up to when it is new enough; `None` where age does not matter.
    limits: Option<Limits>,
}

/// Up to when a record is new enough.
struct Limits {
    /// Days up to which it is current, and up to which it may still do.
    days: (u32, u32),
    /// Whether the centre itself set them.
    by_center: bool,
    /// Whether a named source states them.
    confirmed: bool,
}

impl Limits {
    /// How old what is of this day is.
    fn age(&self, newest: Option<Date>, today: Date) -> Age {
        let days = newest.map(|day| days_between(day, today));
        let at_most = |days: i32, limit: u32| i64::from(days) <= i64::from(limit);
        let standing = match days {
            // A day that is not yet here is a slip: nobody can say how old it is.
            None | Some(..-1) => Aged::NotKnown,
            Some(days) if at_most(days, self.days.0) => Aged::Current,
            Some(days) if at_most(days, self.days.1) => Aged::Aging,
            Some(_) => Aged::Outdated,
        };
        let (by_center, confirmed) = (self.by_center, self.confirmed);
        Age { standing, newest, days, limits: self.days, by_center, confirmed }
    }
}

impl<'l> Lining<'l> {
    fn is_asked_for(&self, requirement: &Requirement, site: Option<&str>) -> bool {
        let of = |sites: &[String]| site.is_some_and(|site| sites.iter().any(|s| s == site));
        // A card, an address, questions: of a case that was sent to us nobody here can give them.
        let share = &self.case.share;
        let was_sent_to_us = !share.received.is_empty() && share.packets.is_empty() && self.case.find.center.is_none();
        if was_sent_to_us && requirement.department == Department::Patient {
            return false;
        }
        (requirement.sites.is_empty() || of(&requirement.sites)) && !of(&requirement.except_sites)
    }

    fn item(&self, requirement: &Requirement) -> Item {
        let of_center = |id: &str| self.program.and_then(|p| self.knowledge.gathering.says(&p.id, id));
        let says = of_center(&requirement.id);
        let asks_for_images = requirement.satisfied_by.evidence().any(Evidence::asks_for_images);
        let of_images = of_center(CenterRequirement::ALL_IMAGES).filter(|_| asks_for_images);
        // What the centre says of the line itself goes before what it says of all images.
        let said = [says, of_images];
        let reports_first = said.iter().flatten().any(|s| s.reports_first);
        let need = said.iter().flatten().find_map(|s| s.need).unwrap_or(requirement.need);
        let says = says.or(of_images);
        let limits = self.limits(requirement, said.iter().flatten().find_map(|s| s.days));
        let asked = Asked { requirement, reports_first, limits };
        let (mut answer, age) = self.stands(self.holdings, &asked);
        let request = self.case.requests.for_requirement(&requirement.id);
        let waived = self.waiver(&requirement.id);
        let exists = self.exists(requirement);
        if exists == Some(false) && self.is_told(requirement) {
            answer.lacks.push(Message::new("lack-said-otherwise"));
        }
        if answer.fill == Fill::Here && age.as_ref().is_some_and(|age| age.standing == Aged::NotKnown) {
            // Nobody can say that it is new enough.
            answer.fill = Fill::Partial;
            answer.lacks.push(Message::new("lack-day"));
        }
        let open = request.filter(|r| r.is_open() && r.sent.is_some());
        let clock = open.and_then(HeldRequest::running);
        // Days that the last letter gave go on after the clock.
        let given = open.filter(|r| r.is_overdue(self.today)).and_then(|r| r.escalated_until(self.knowledge));
        let needed_by = open.and_then(|r| r.request.needed_by).or(self.needed_by);
        let outdated = age.as_ref().is_some_and(|age| age.standing == Aged::Outdated);
        let is_here = answer.fill == Fill::Here && !outdated;
        let tissue = self.tissue_step(requirement);
        let looked = is_here && self.is_looked_at(&asked, &answer.pieces);
        let state = match (&waived, exists, answer.fill) {
            (Some(_), ..) => ItemState::Waived,
            (None, Some(false), _) => ItemState::NotApplicable,
            (None, None, _) if requirement.only_said => ItemState::AskFirst,
            (None, _, Fill::Here) if !outdated => self.on_its_way(requirement, &answer.pieces, looked),
            // What is partly here exists, whatever nobody said.
            (None, None, _)
                if need != Need::NotNeeded && open.is_none() && (answer.unsure || answer.fill == Fill::Missing) =>
            {
                ItemState::AskFirst
            }
            _ if open.is_some() || tissue.is_some_and(|step| step <= Step::Shipped) => ItemState::Requested,
            _ => ItemState::Needed,
        };
        Item {
            requirement: requirement.id.clone(),
            label: requirement.label.clone(),
            plain: requirement.plain.clone(),
            why: requirement.why.clone(),
            need,
            center_note: says.map(|s| s.note.clone()).filter(|note| !note.is_empty()),
            source: says.map_or_else(|| requirement.source.clone(), |s| s.source.clone()),
            confirmed: says.map_or(requirement.confirmed, |s| s.confirmed),
            state,
            fill: answer.fill,
            unsure: answer.unsure,
            looked,
            evidence: answer.pieces.iter().map(|p| p.piece.clone()).collect(),
            lacks: answer.lacks,
            missing: answer.missing,
            tissue,
            reports_first,
            age,
            situation: requirement.when.clone(),
            department: requirement.department,
            holder: self.holder(requirement, &answer.pieces, request),
            request: request.map(|r| r.request.id.clone()),
            due: given.or_else(|| clock.as_ref().map(|c| c.until).into_iter().chain(needed_by).min()),
            overdue: !is_here && open.is_some_and(|r| r.needs_letter(self.knowledge, needed_by, self.today)),
            waived,
        }
    }

    /// What a person said of the line for this centre, by the name of its programme or by the one in the case.
    fn waiver(&self, requirement: &str) -> Option<Waiver> {
        let program = self.program.map(|program| program.name.as_str());
        let of = |center: Option<&str>| self.case.requests.waiver(requirement, center);
        of(program.or(self.center)).filter(|waiver| waiver.center.is_some()).or_else(|| of(self.center))
    }

    /// How much of a line is here, and how old it is, by records and by what a person said of them for this line: a record that
    /// does not hold it counts no more, and one that does is all of it, where a document can be.
    fn stands(&self, holdings: &Holdings<'_>, asked: &Asked<'_>) -> (Answer, Option<Age>) {
        let judged = self.case.requests.judged(&asked.requirement.id);
        let said = |held: &HeldDocument| judged.and_then(|judged| judged.get(&held.document.id)).copied();
        let rest = judged.map(|_| holdings.without(&|held| said(held) == Some(false), false));
        let holdings = rest.as_ref().unwrap_or(holdings);
        let mut answer = self.answer(holdings, asked.requirement, asked.reports_first);
        // Whoever said so looked at it, whatever nobody looked at otherwise.
        let holds = self.holdings.documents().iter().filter(|held| said(held) == Some(true));
        let told: Vec<FoundPiece> = holds.map(|held| FoundPiece::of(held)).collect();
        let is_told = !told.is_empty() && asked.requirement.is_of_documents();
        let mut newest = asked.limits.as_ref().and_then(|_| self.newest(holdings, asked.requirement, &answer.pieces));
        if is_told {
            let of_told = newest_of(&told);
            if answer.fill == Fill::Here {
                newest = newest.max(of_told);
                answer.pieces.extend(told);
                each_once(&mut answer.pieces);
            } else {
                newest = of_told;
                answer = Answer::here(told);
            }
        }
        let limits = asked.limits.as_ref().filter(|_| !answer.pieces.is_empty());
        let age = limits.map(|limits| limits.age(newest, self.today));
        (answer, age)
    }

    /// The whole is here when each part of it is, and partly here when anything is. `reports_first`: a report stands for its
    /// images.
    fn answer(&self, holdings: &Holdings<'_>, requirement: &Requirement, reports_first: bool) -> Answer {
        let mut answer = self.proved(holdings, &requirement.satisfied_by, reports_first);
        if answer.fill == Fill::Missing {
            for evidence in &requirement.partly_by {
                let part = asked(holdings, evidence, reports_first);
                if part.fill != Fill::Missing {
                    answer.fill = Fill::Partial;
                    answer.unsure |= part.unsure;
                    answer.pieces.extend(part.pieces);
                    answer.lacks.extend(part.lacks);
                }
            }
            if answer.fill == Fill::Partial && answer.lacks.is_empty() {
                answer.lacks.push(Message::new("lack-the-record-itself"));
                answer.unsure = true;
            }
        } else if answer.fill == Fill::Partial && answer.lacks.is_empty() {
            answer.lacks.push(Message::new("lack-a-part"));
        }
        each_once(&mut answer.pieces);
        let mut said = Vec::new();
        answer.lacks.retain(|lack| !said.contains(lack) && (said.push(lack.clone()), true).1);
        answer
    }

    fn proved(&self, holdings: &Holdings<'_>, proof: &Proof, reports_first: bool) -> Answer {
        match proof {
            Proof::One(evidence) => {
                let mut answer = asked(holdings, evidence, reports_first);
                if answer.fill == Fill::Missing {
                    answer.missing.push(evidence.to_string());
                }
                answer
            }
            Proof::Any(parts) => {
                // Of several that say as much the newest, and of one day the first: tables name the usual one first.
                let answers = parts.iter().rev().map(|part| self.proved(holdings, part, reports_first));
                let best = answers.max_by_key(|answer| (answer.fill, newest_of(&answer.pieces)));
                let best = best.unwrap_or_else(Answer::missing);
                if best.fill != Fill::Missing {
                    return best;
                }
                Answer { missing: vec![proof.to_string()], ..best }
            }
            Proof::All(parts) => {
                let mut whole = Answer::missing();
                let answers: Vec<Answer> =
                    parts.iter().map(|part| self.proved(holdings, part, reports_first)).collect();
                let least = answers.iter().map(|answer| answer.fill).min();
                let most = answers.iter().map(|answer| answer.fill).max();
                whole.fill = match (least, most) {
                    (Some(Fill::Here), _) => Fill::Here,
                    (_, Some(Fill::Missing) | None) => Fill::Missing,
                    _ => Fill::Partial,
                };
                let mut some = answers.iter().filter(|answer| answer.fill != Fill::Missing);
                whole.unsure = whole.fill == Fill::Partial && some.all(|answer| answer.unsure);
                // A report that may hold what is looked for in it is no part of images that are not there.
                let of_images = |(part, answer): (&Proof, &Answer)| {
                    answer.fill == Fill::Missing && part.evidence().any(Evidence::asks_for_images)
                };
                if whole.unsure && parts.iter().zip(&answers).any(of_images) {
                    return Answer { missing: vec![proof.to_string()], ..Answer::missing() };
                }
                for (part, answer) in parts.iter().zip(answers) {
                    // Where some of it is here, what is not is named.
                    if whole.fill == Fill::Partial && answer.fill == Fill::Missing {
                        whole.lacks.push(self.lack_of(part));
                    }
                    whole.pieces.extend(answer.pieces);
                    whole.lacks.extend(answer.lacks);
                    whole.missing.extend(answer.missing);
                }
                whole
            }
        }
    }

    /// A sentence that names what of a whole is missing: of alternatives the labels, each once.
    fn lack_of(&self, part: &Proof) -> Message {
        let mut labels: Vec<String> = Vec::new();
        for evidence in part.evidence() {
            let label = evidence.label(self.knowledge);
            if !labels.contains(&label) {
                labels.push(label);
            }
        }
        let key = match part.evidence().next() {
            Some(Evidence::BeforeOperation(_)) => "lack-part-before-operation",
            Some(Evidence::AfterOperation(_)) => "lack-part-after-operation",
            _ => "lack-part",
        };
        Message::new(key).with("what", labels.join(" / "))
    }

    /// Whether the record can exist: as a person said, or else as records tell; `None` when nobody does.
    fn exists(&self, requirement: &Requirement) -> Option<bool> {
        let Some(id) = &requirement.when else { return Some(true) };
        let said = self.case.requests.situations.get(id).copied();
        said.or_else(|| (self.is_told(requirement) || requirement.exists_unsaid).then_some(true))
    }

    /// Whether what is in the case tells that the record can exist, whatever anybody said.
    fn is_told(&self, requirement: &Requirement) -> bool {
        let registered = |evidence: &Evidence| self.holdings.tissue().lines(evidence).next().is_some();
        self.material_of(requirement).any(registered) || requirement.when.as_deref().is_some_and(|id| self.told(id))
    }

    /// Whether records tell that something happened; what may only tell of it does not.
    fn told(&self, situation: &str) -> bool {
        let situation = self.knowledge.gathering.situations.iter().find(|s| s.id == situation);
        let tells = |evidence: &Evidence| {
            let answer = self.holdings.answer(evidence);
            answer.fill != Fill::Missing && !answer.unsure
        };
        situation.is_some_and(|s| s.known_from.iter().any(tells))
    }

    /// Up to when a line is new enough, as the centre says (`own`) or as is usual; `None` where age does not matter.
    fn limits(&self, requirement: &Requirement, own: Option<(u32, u32)>) -> Option<Limits> {
        let usual = requirement.freshness.as_ref();
        let usual = usual.and_then(|id| self.knowledge.gathering.freshness.iter().find(|f| f.id == *id));
        // Nobody can make a scan of before a treatment again once it was given.
        let ended = |situation: &str| {
            let said = self.case.requests.situations.get(situation).copied();
            said.unwrap_or_else(|| self.told(situation))
        };
        if usual.and_then(|f| f.ends_with.as_deref()).is_some_and(ended) {
            return None;
        }
        let days = own.or_else(|| usual.map(|f| (f.current_days, f.aging_days)))?;
        let confirmed = own.is_none() && usual.is_some_and(|f| f.confirmed);
        Some(Limits { days, by_center: own.is_some(), confirmed })
    }

    /// Of several that each have to be here the oldest counts; of one the newest day.
    fn newest(&self, holdings: &Holdings<'_>, requirement: &Requirement, pieces: &[FoundPiece]) -> Option<Date> {
        match &requirement.satisfied_by {
            Proof::All(parts) => {
                let answers = parts.iter().map(|part| self.proved(holdings, part, false));
                let here = answers.filter(|answer| answer.fill != Fill::Missing);
                let days: Vec<Option<Date>> = here.map(|answer| newest_of(&answer.pieces)).collect();
                days.iter().min().copied().flatten()
            }
            // Of alternatives the newest that is here.
            Proof::Any(parts) => {
                let answers = parts.iter().map(|part| self.proved(holdings, part, false));
                let here = answers.filter(|answer| answer.fill == Fill::Here);
                here.filter_map(|answer| newest_of(&answer.pieces)).max().or_else(|| newest_of(pieces))
            }
            Proof::One(_) => newest_of(pieces),
        }
    }

    fn deliveries(&self) -> impl Iterator<Item = &'l HeldDelivery> {
        let (center, knowledge) = (self.center, self.knowledge);
        let to_center = move |d: &&HeldDelivery| {
            !d.withdrawn
                && d.delivery.recipient == Recipient::Center
                && center.is_none_or(|center| knowledge.same_center(&d.delivery.to, center))
        };
        self.case.share.deliveries.iter().filter(to_center)
    }

    /// Packets handed over that tell on their front pages what a line is stated by, as it is stated now.
    fn tells(&self, requirement: &Requirement, packet: &PacketRecord) -> bool {
        let sheets = requirement.satisfied_by.evidence().filter_map(sheet_of).collect::<BTreeSet<_>>();
        let as_now = |sheet: &&str| self.stated.get(*sheet).is_some_and(|now| packet.stated.get(*sheet) == Some(now));
        let mut stated = sheets.iter().filter(|sheet| self.stated.contains_key(**sheet)).peekable();
        // What no sheet would tell was told by none: it stands in records only, or is withheld.
        stated.peek().is_some() && stated.all(as_now)
    }

    /// What they said did not arrive as it was sent has to go again.
    fn was_sent(&self, requirement: &Requirement, piece: &Piece) -> bool {
        let mut sent = self.deliveries().filter_map(|d| Some((d, self.case.share.packet(&d.delivery.packet)?)));
        match piece {
            Piece::Document { id } => sent.any(|(d, p)| p.documents.contains(id) && !d.lacks(id)),
            Piece::Study { uid } => sent.any(|(d, p)| self.holds_all(p, uid) && !d.lacks_study(uid)),
            Piece::Stated => sent.any(|(_, packet)| self.tells(requirement, packet)),
            Piece::Tissue { id } => {
                self.case.tissue.lines.get(id).is_some_and(|line| self.holdings.tissue().reaches(line))
            }
        }
    }

    /// A sheet has no number of its own: who confirmed every item of a packet, and names nothing that is missing, has the sheets
    /// that lie on them.
    fn was_confirmed(&self, requirement: &Requirement, piece: &Piece) -> bool {
        match piece {
            Piece::Document { id } => self.deliveries().any(|d| d.confirms(id)),
            Piece::Study { uid } => self.deliveries().any(|d| {
                let packet = self.case.share.packet(&d.delivery.packet);
                d.confirms_study(uid) && packet.is_some_and(|packet| self.holds_all(packet, uid))
            }),
            Piece::Stated => self.deliveries().any(|d| {
                let packet = self.case.share.packet(&d.delivery.packet);
                let left = self.case.share.left(d);
                let all = !d.receipts.is_empty() && left == 0 && d.says_missing(left).is_none();
                all && packet.is_some_and(|packet| self.tells(requirement, packet))
            }),
            Piece::Tissue { id } => {
                self.case.tissue.lines.get(id).is_some_and(|line| self.holdings.tissue().arrived(line))
            }
        }
    }

    /// Whether a packet holds every image of a study that is here; one of an earlier version does not tell how many it held.
    fn holds_all(&self, packet: &PacketRecord, uid: &str) -> bool {
        let here = self.case.gather.studies.get(uid).map_or(0, |held| held.study.instances());
        packet.studies.iter().any(|of| of == uid) && packet.images.get(uid).is_none_or(|images| *images >= here)
    }

    /// Whether a person looked at what shows that a line is here: what of it they looked at shows it by itself, and is not too
    /// old. Asked of a line that is here.
    fn is_looked_at(&self, asked: &Asked<'_>, pieces: &[FoundPiece]) -> bool {
        let stated = pieces.iter().any(|p| p.piece == Piece::Stated);
        if stated && !self.holdings.is_looked_at(asked.requirement) {
            return false;
        }
        let Some(looked) = self.looked else { return true };
        let (answer, age) = self.stands(looked, asked);
        let is_new = age.is_none_or(|age| matches!(age.standing, Aged::Current | Aged::Aging));
        answer.fill == Fill::Here && is_new
    }

    fn on_its_way(&self, requirement: &Requirement, pieces: &[FoundPiece], looked: bool) -> ItemState {
        let all = |is: &dyn Fn(&Piece) -> bool| !pieces.is_empty() && pieces.iter().all(|p| is(&p.piece));
        if all(&|p| self.was_confirmed(requirement, p)) {
            ItemState::Confirmed
        } else if all(&|p| self.was_sent(requirement, p)) {
            ItemState::Sent
        } else if looked {
            ItemState::Checked
        } else {
            ItemState::Received
        }
    }

    /// Slides or blocks that the line asks for.
    fn material_of<'r>(&self, requirement: &'r Requirement) -> impl Iterator<Item = &'r Evidence> {
        requirement.satisfied_by.evidence().filter(|e| matches!(e, Evidence::Slides | Evidence::Tissue))
    }

    /// Where the register says that slides or blocks of the line stand, on their way to the centre.
    fn tissue_step(&self, requirement: &Requirement) -> Option<Step> {
        self.material_of(requirement).filter_map(|evidence| self.holdings.tissue().step(evidence)).map(|c| c.step).min()
    }

    /// Who holds it: as a person said, as it was asked for, or as the records that are here tell.
    fn holder(
        &self,
        requirement: &Requirement,
        pieces: &[FoundPiece],
        request: Option<&HeldRequest>,
    ) -> Option<HolderName> {
        let requests = &self.case.requests;
        let keeps =
            || self.material_of(requirement).find_map(|e| self.holdings.tissue().laboratories(e).first().copied());
        let said =
            requests.holder_of.get(&requirement.id).or_else(|| request.map(|r| &r.request.holder)).or_else(keeps);
        if let Some(holder) = said.and_then(|id| requests.holders.get(id)) {
            return Some(HolderName { id: Some(holder.id.clone()), name: holder.name.clone(), proposed: false });
        }
        if requirement.department == Department::Patient {
            return None;
        }
        // The records department gives out what the radiation department wrote.
        let of_radiation = |e: &Evidence| matches!(e, Evidence::Document(kind) if kind.0.starts_with("radiation"));
        let department = match requirement.satisfied_by.evidence().all(of_radiation) {
            true => Department::Radiation,
            false => requirement.department,
        };
        let facility = |piece: &Piece| match piece {
            Piece::Document { id } => {
                let held = self.case.gather.documents.get(id).filter(|d| keeps_such(department, d));
                held.and_then(|d| d.facility()).map(str::to_owned)
            }
            Piece::Study { uid } if department != Department::Pathology => {
                self.case.gather.studies.get(uid).and_then(|s| s.study.facts.institution.clone())
            }
            Piece::Study { .. } | Piece::Tissue { .. } | Piece::Stated => None,
        };
        let name = pieces.iter().find_map(|p| facility(&p.piece)).or_else(|| self.usual_facility(department))?;
        let id = requests.holders.values().find(|h| h.name.eq_ignore_ascii_case(&name)).map(|h| h.id.clone());
        Some(HolderName { id, name, proposed: true })
    }

    /// The facility most records of a department name.
    fn usual_facility(&self, department: Department) -> Option<String> {
        let of = |held: &HeldDocument| keeps_such(department, held);
        // However it is capitalised, it is one; the first spelling names it.
        let mut names: BTreeMap<String, (usize, &str)> = BTreeMap::new();
        for facility in self.holdings.documents().iter().filter(|d| of(d)).filter_map(|d| d.facility()) {
            names.entry(facility.to_lowercase()).or_insert((0, facility)).0 += 1;
        }
        names.into_values().max_by_key(|(count, _)| *count).map(|(_, name)| name.to_owned())
    }
}

fn asked(holdings: &Holdings<'_>, evidence: &Evidence, reports_first: bool) -> Answer {
    if reports_first { holdings.answer(&evidence.by_report()) } else { holdings.answer(evidence) }
}

/// Whether the department that a record names is one that keeps what this department keeps: a laboratory keeps tissue and
/// reports on it, and no charts; who gave radiation is told by their own records.
fn keeps_such(department: Department, held: &HeldDocument) -> bool {
    let kind = |start: &str| held.kind().is_some_and(|kind| kind.0.starts_with(start));
    let is_of_tissue = held.kind().is_some_and(DocumentKind::is_of_tissue);
    match department {
        Department::Pathology => is_of_tissue,
        Department::Radiology => kind("radiology"),
        Department::Radiation => kind("radiation"),
        Department::Records | Department::Patient => !is_of_tissue,
    }
}

/// The newest day of pieces. The day the pictures were made counts, never the day of the report.
fn newest_of(pieces: &[FoundPiece]) -> Option<Date> {
    let is_study = |p: &&FoundPiece| matches!(p.piece, Piece::Study { .. });
    let has_images = pieces.iter().any(|p| is_study(&p));
    let of = pieces.iter().filter(|p| !has_images || is_study(p));
    of.filter_map(|p| p.date).map(PartialDate::earliest).max()
}
