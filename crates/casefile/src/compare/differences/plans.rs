//! Lines of plans: what treatment is for, what is advised kind by kind, and what comes first. A plan is what was said; that
//! something is not spoken of is never taken for advice against it.

use std::collections::BTreeSet;

use super::namer::Namer;
use super::{Line, Relation, Said, Weight};
use crate::compare::opinion::{Opinion, PlanStep, Setting, StepKind, Strength};
use crate::knowledge::{Denial, DenialPlace, Knowledge, PlanItem, PlanMark};
use crate::shared::message::Message;
use crate::shared::text::{folded, words_of};

/// How an opinion stands to a kind of treatment: the firmest of what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stance {
    Advised,
    Alternative,
    Against,
}

/// One thing an opinion says about a kind of treatment.
struct Word<'a> {
    stance: Stance,
    step: &'a PlanStep,
    things: Vec<BTreeSet<String>>,
    /// Its own words say that it is not to be done: "no chemotherapy".
    denied: bool,
    /// Its own words deny something, and it can not be told what: "chemotherapy should not be omitted".
    unsure: bool,
}

impl Word<'_> {
    /// Whether it is a step that is advised, not only thought about.
    fn counts(&self) -> bool {
        self.stance == Stance::Advised && self.step.strength != Some(Strength::Considered)
    }
}

/// The line of what treatment is for.
pub(super) fn intent(a: &Opinion, b: &Opinion, knowledge: &Knowledge) -> Option<Line> {
    let dimension = knowledge.comparing.dimension("intent")?;
    let said = |opinion: &Opinion| -> Vec<Said> {
        let text = opinion.intent.map(|intent| Said { text: intent.name().replace('_', " "), ..Said::default() });
        text.into_iter().collect()
    };
    let (relation, weight) = match (a.intent, b.intent) {
        (None, None) => return None,
        (Some(x), Some(y)) if x == y => (Relation::Agree, None),
        (Some(_), Some(_)) => (Relation::Conflict, Some(dimension.conflict)),
        _ => (Relation::OneSided, Some(dimension.one_sided)),
    };
    Some(new_line("intent", "", relation, weight, [said(a), said(b)]))
}

fn new_line(dimension: &str, item: &str, relation: Relation, weight: Option<Weight>, sides: [Vec<Said>; 2]) -> Line {
    let evidence = match relation {
        Relation::OneSided => Message::new("compare-only-one-says"),
        _ => {
            let text = |side: &Vec<Said>| side.first().map(|said| said.text.clone()).unwrap_or_default();
            let [a, b] = &sides;
            relation.of(&text(a), &text(b))
        }
    };
    Line {
        dimension: dimension.to_owned(),
        item: item.to_owned(),
        relation,
        weight,
        evidence: vec![evidence],
        sides,
        findings: [Vec::new(), Vec::new()],
    }
}

/// The lines of kinds of treatment, and of what comes first.
pub(super) fn lines(opinions: [&Opinion; 2], knowledge: &Knowledge, namer: &Namer) -> Vec<Line> {
    let items = &knowledge.comparing.plan_items;
    let words = opinions.map(|opinion| spoken(opinion, items, &knowledge.comparing.denials, namer));
    let conflict = knowledge.comparing.dimension("plan").map_or(Weight::Major, |dimension| dimension.conflict);
    let mut lines = Vec::new();
    for item in items {
        let [a, b] = [0, 1].map(|side: usize| -> Vec<&Word<'_>> {
            let all = words.get(side).map(Vec::as_slice).unwrap_or_default();
            all.iter().filter(|(of, _)| *of == item.id).map(|(_, word)| word).collect()
        });
        if !(a.is_empty() && b.is_empty()) {
            lines.push(treatment(&a, &b, item, conflict, &knowledge.comparing.plan_marks));
        }
    }
    lines.extend(sequence(&words, knowledge));
    lines
}

/// The line of one kind of treatment.
fn treatment(a: &[&Word<'_>], b: &[&Word<'_>], item: &PlanItem, conflict: Weight, marks: &[PlanMark]) -> Line {
    let said = |side: &[&Word<'_>]| side.iter().map(|word| shown(word)).collect::<Vec<_>>();
    let sides = [said(a), said(b)];
    let (relation, weight) = beside(a, b, item, conflict);
    if a.is_empty() || b.is_empty() || sides[0] == sides[1] {
        return new_line("plan", &item.id, relation, weight, sides);
    }
    let any = |is: fn(&Word<'_>) -> bool| [a, b].map(|side| side.iter().any(|word| is(word)));
    let [unsure_a, unsure_b] = any(|word| word.unsure);
    // What hangs on a condition that the other does not name is no plain advice.
    let [only_if_a, only_if_b] = any(|word| hangs_on_something(&word.step.what));
    if unsure_a || unsure_b || only_if_a != only_if_b && relation != Relation::Conflict {
        // Advice is never turned round by a guess: a person reads both.
        let text = |side: &[Said]| side.iter().map(|s| s.text.as_str()).collect::<Vec<_>>().join("; ");
        let why = Message::new("compare-plan-unsure").with("a", text(&sides[0])).with("b", text(&sides[1]));
        let line = new_line("plan", &item.id, Relation::NotComparable, Some(item.one_sided), sides);
        return Line { evidence: vec![why], ..line };
    }
    let (relation, weight) = match relation {
        Relation::Agree | Relation::Detail => marked(a, b, marks, (relation, weight), conflict),
        _ => (relation, weight),
    };
    new_line("plan", &item.id, relation, weight, sides)
}

/// Whether the words of a step say that it is done only if something is so.
fn hangs_on_something(what: &str) -> bool {
    let words = folded(what);
    [" if ", " unless "].iter().any(|word| words.contains(word))
}

/// Words by which treatments of one name differ: "total" and "distal", "lung" and "brain". Where both name one of a group and
/// none in common, they are not the same treatment; where one names it, it says more.
fn marked(
    a: &[&Word<'_>],
    b: &[&Word<'_>],
    marks: &[PlanMark],
    mut found: (Relation, Option<Weight>),
    conflict: Weight,
) -> (Relation, Option<Weight>) {
    let of = |side: &[&Word<'_>], group: &str| -> BTreeSet<String> {
        let advised = side.iter().filter(|word| word.stance != Stance::Against);
        let texts: Vec<String> = advised.map(|word| folded(&word.step.what)).collect();
        let in_group = marks.iter().filter(|mark| mark.group == group);
        let stands = in_group.filter(|mark| texts.iter().any(|text| text.contains(&format!(" {} ", mark.phrase))));
        let stands: Vec<&PlanMark> = stands.collect();
        // "Partial mastectomy" is read by its longest phrase.
        let longest = |mark: &&&PlanMark| {
            !stands.iter().any(|other| other.phrase != mark.phrase && other.phrase.contains(&mark.phrase))
        };
        stands.iter().filter(longest).map(|mark| mark.means.clone()).collect()
    };
    let mut groups: Vec<&str> = marks.iter().map(|mark| mark.group.as_str()).collect();
    groups.dedup();
    for group in groups {
        let (x, y) = (of(a, group), of(b, group));
        if !x.is_empty() && !y.is_empty() && x.is_disjoint(&y) {
            return (Relation::Conflict, Some(conflict));
        }
        // Of an operation every word counts.
        let operation = || a.iter().chain(b).all(|word| word.step.kind == StepKind::Surgery);
        if x != y && found.0 == Relation::Agree && operation() {
            found = (Relation::Detail, Some(Weight::Minor));
        }
    }
    found
}

/// A step as it is shown: with its strength and condition in front and behind.
fn shown(word: &Word<'_>) -> Said {
    let step = word.step;
    let mut text = step.what.trim().to_owned();
    for part in [step.dose.as_str(), step.duration.as_str()] {
        if !part.is_empty() && !text.contains(part) {
            text = format!("{text}, {part}");
        }
    }
    if !step.condition.is_empty() && !text.contains(&step.condition) {
        text = format!("{text} ({})", step.condition);
    }
    let text = match (word.stance, step.strength) {
        (Stance::Against, _) if word.denied => text,
        (Stance::Against, _) => format!("advises against {text}"),
        (Stance::Alternative, _) => format!("alternative: {text}"),
        (Stance::Advised, Some(Strength::Considered)) => format!("considered: {text}"),
        (Stance::Advised, _) => text,
    };
    Said { text, words: step.why.clone(), ..Said::default() }
}

/// What an opinion says, by kind of treatment.
fn spoken<'a>(opinion: &'a Opinion, items: &[PlanItem], denials: &[Denial], namer: &Namer) -> Vec<(String, Word<'a>)> {
    let listed = [
        (Stance::Advised, &opinion.plan),
        (Stance::Alternative, &opinion.alternatives),
        (Stance::Against, &opinion.advised_against),
    ];
    let mut all = Vec::new();
    for (stance, steps) in listed {
        for step in steps {
            // "No chemotherapy", written among the steps of a plan. Among what is advised against it may mean either.
            let (denied, unsure) = match denial(&step.what, denials) {
                Denied::No => (false, false),
                Denied::Yes => (stance != Stance::Against, stance == Stance::Against),
                Denied::Unsure => (false, true),
            };
            let stance = if denied { Stance::Against } else { stance };
            for (item, things) in of_step(step, items, namer) {
                all.push((item, Word { stance, step, things, denied, unsure }));
            }
        }
    }
    all
}

/// Whether the words of a step deny it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Denied {
    /// They deny nothing.
    No,
    /// They say that it is not to be done.
    Yes,
    /// They deny something, and only a person can tell what.
    Unsure,
}

/// Most words behind "is not recommended" that can not name something else that is denied.
const FEW: usize = 4;

/// Whether the words of a step say that it is not to be done. What hangs on a condition is left out.
fn denial(what: &str, denials: &[Denial]) -> Denied {
    let words = folded(what);
    let words = [" if ", " unless ", " except "]
        .iter()
        .fold(words.as_str(), |words, cut| words.find(cut).map_or(words, |at| words.get(..=at).unwrap_or(words)));
    let phrase = |denial: &Denial| format!(" {} ", denial.phrase);
    let of = |place: DenialPlace| denials.iter().filter(move |denial| denial.place == place);
    let rest = |denial: &Denial| words.find(&phrase(denial)).and_then(|at| words.get(at + denial.phrase.len() + 2..));
    let first = of(DenialPlace::First).find(|denial| words.starts_with(&phrase(denial)));
    let within = of(DenialPlace::Anywhere).filter(|denial| rest(denial).is_some()).max_by_key(|d| d.phrase.len());
    let few = within.and_then(rest).is_none_or(|rest| rest.split_whitespace().count() <= FEW);
    let said = first.or(within.filter(|_| few));
    // Whatever else in it denies: "not be omitted".
    let left = said.map_or_else(|| words.to_owned(), |denial| words.replacen(&phrase(denial), " ", 1));
    let behind = |denial: &Denial| denial.place != DenialPlace::Behind && left.contains(&phrase(denial));
    let doubt = denials.iter().any(behind);
    let parts = what.contains([',', ';', '(']);
    match (said, doubt || within.is_some() && said.is_none()) {
        (Some(_), false) if !parts => Denied::Yes,
        (None, false) => Denied::No,
        _ => Denied::Unsure,
    }
}

/// Whether a treatment is part of a plan, by the names of both: of one kind, and where both name which, the same. What a plan
/// denies ("without chemotherapy") is no part of it.
#[must_use]
pub fn is_part_of(what: &str, plan: &[&str], knowledge: &Knowledge, namer: &Namer) -> bool {
    let parts = plan.iter().flat_map(|words| words.split([',', ';']));
    let parts: Vec<&str> =
        parts.filter(|part| denial(part.trim(), &knowledge.comparing.denials) == Denied::No).collect();
    let named = namer.named(what);
    if named.is_empty() {
        return parts.iter().any(|part| folded(part).contains(&folded(what)));
    }
    let planned: Vec<_> = parts.iter().flat_map(|part| namer.named(part)).collect();
    let fits = |(item, things): &(String, Vec<BTreeSet<String>>)| {
        let alike = planned.iter().filter(|(other, _)| other == item);
        alike.into_iter().any(|(_, others)| {
            let shared = || things.iter().any(|one| others.iter().any(|other| !one.is_disjoint(other)));
            things.is_empty() || others.is_empty() || shared()
        })
    };
    named.iter().any(fits)
}

/// The kinds of treatment a step is of: a systemic one each class of its medicines, every other one its own kind, and
/// chemotherapy given with radiation both.
fn of_step(step: &PlanStep, items: &[PlanItem], namer: &Namer) -> Vec<(String, Vec<BTreeSet<String>>)> {
    let named = namer.named(&step.what);
    let is_drug = |item: &str| items.iter().any(|known| known.id == item && known.kind == StepKind::Systemic);
    let own = items.iter().filter(|item| item.kind == step.kind && step.kind != StepKind::Systemic);
    let mut found: Vec<(String, Vec<BTreeSet<String>>)> = own
        .map(|item| {
            let things = named.iter().find(|(id, _)| *id == item.id).map(|(_, things)| things.clone());
            (item.id.clone(), things.unwrap_or_default())
        })
        .collect();
    if matches!(step.kind, StepKind::Systemic | StepKind::Radiation) {
        found.extend(named.into_iter().filter(|(id, _)| is_drug(id)));
    }
    if step.kind == StepKind::Systemic && found.is_empty() {
        let other = items.iter().find(|item| item.kind == StepKind::Systemic && item.classes.is_empty());
        found.extend(other.map(|item| (item.id.clone(), Vec::new())));
    }
    found
}

/// How two opinions stand to each other on one kind of treatment.
fn beside<'a>(a: &[&'a Word<'a>], b: &[&'a Word<'a>], item: &PlanItem, conflict: Weight) -> (Relation, Option<Weight>) {
    let best = |side: &[&Word<'_>]| side.iter().map(|word| word.stance).min();
    let alone = |side: &[&Word<'_>]| {
        let firm = |word: &&Word<'_>| {
            word.stance == Stance::Advised
                && !matches!(word.step.strength, Some(Strength::Considered | Strength::Conditional))
        };
        if side.iter().any(firm) { item.one_sided } else { Weight::Minor }
    };
    let of = Things::of;
    let names = |side: &[&'a Word<'a>], against: &[&'a Word<'a>]| {
        let (advised, denied) = (of(side, Stance::Advised), of(against, Stance::Against));
        !advised.words.is_empty() && !denied.words.is_empty() && (advised.fits(&denied) || advised.reads_as(&denied))
    };
    if names(a, b) || names(b, a) {
        return (Relation::Conflict, Some(conflict));
    }
    match (best(a), best(b)) {
        (None, _) => (Relation::OneSided, Some(alone(b))),
        (_, None) => (Relation::OneSided, Some(alone(a))),
        (Some(Stance::Advised), Some(Stance::Advised)) => {
            match of(a, Stance::Advised).beside(&of(b, Stance::Advised)) {
                Relation::Agree => (Relation::Agree, None),
                Relation::Conflict if item.one_class => (Relation::Conflict, Some(Weight::Minor)),
                Relation::Conflict => (Relation::Conflict, Some(conflict)),
                relation => (relation, Some(Weight::Minor)),
            }
        }
        (Some(one), Some(Stance::Against)) if one != Stance::Against => {
            denied(&of(a, one), &of(b, Stance::Against), alone(a), conflict)
        }
        (Some(Stance::Against), Some(one)) if one != Stance::Against => {
            denied(&of(b, one), &of(a, Stance::Against), alone(b), conflict)
        }
        (Some(Stance::Advised), Some(_)) | (Some(_), Some(Stance::Advised)) => (Relation::Detail, Some(Weight::Minor)),
        (Some(one), Some(_)) => {
            let (x, y) = (of(a, one), of(b, one));
            let same = x.is_unnamed() || y.is_unnamed() || x.fits(&y);
            if same { (Relation::Agree, None) } else { (Relation::Detail, Some(Weight::Minor)) }
        }
    }
}

/// One names a treatment and the other advises against one of its kind: against this one, or another.
fn denied(named: &Things<'_>, against: &Things<'_>, alone: Weight, conflict: Weight) -> (Relation, Option<Weight>) {
    if named.is_unnamed() || against.is_unnamed() || named.fits(against) {
        (Relation::Conflict, Some(conflict))
    } else {
        (Relation::OneSided, Some(alone))
    }
}

/// What one side names with one stance.
struct Things<'a> {
    sets: Vec<&'a BTreeSet<String>>,
    words: Vec<&'a Word<'a>>,
}

impl<'a> Things<'a> {
    fn of(side: &[&'a Word<'a>], stance: Stance) -> Self {
        let words: Vec<&Word<'_>> = side.iter().copied().filter(|word| word.stance == stance).collect();
        let mut sets: Vec<&BTreeSet<String>> = Vec::new();
        for set in words.iter().flat_map(|word| &word.things) {
            if !sets.contains(&set) {
                sets.push(set);
            }
        }
        Self { sets, words }
    }

    fn is_unnamed(&self) -> bool {
        self.sets.is_empty()
    }

    /// Whether one of its things can be one of the other's.
    fn fits(&self, other: &Things<'_>) -> bool {
        self.sets.iter().any(|set| other.sets.iter().any(|theirs| !set.is_disjoint(theirs)))
    }

    /// Whether a step of one holds every word of one of the other's: of treatments without a name in the tables.
    fn reads_as(&self, other: &Things<'_>) -> bool {
        let words = |word: &Word<'_>| words_of(&word.step.what).into_iter().collect::<BTreeSet<_>>();
        let pairs = || self.words.iter().flat_map(|one| other.words.iter().map(move |two| (words(one), words(two))));
        pairs().any(|(one, two)| !one.is_empty() && !two.is_empty() && (one.is_subset(&two) || two.is_subset(&one)))
    }

    fn beside(&self, other: &Things<'_>) -> Relation {
        // Of treatments without a name in the tables only the same words are known to be the same.
        if self.is_unnamed() && other.is_unnamed() {
            let texts = |things: &Things<'_>| {
                things.words.iter().map(|word| words_of(&word.step.what)).collect::<BTreeSet<_>>()
            };
            return if texts(self) == texts(other) { self.amounts(other) } else { Relation::Detail };
        }
        if self.is_unnamed() || other.is_unnamed() {
            return Relation::Detail;
        }
        if within(&self.sets, &other.sets, true) && within(&other.sets, &self.sets, true) {
            self.amounts(other)
        } else if within(&self.sets, &other.sets, false) || within(&other.sets, &self.sets, false) {
            Relation::Detail
        } else {
            Relation::Conflict
        }
    }

    /// Of the same treatment: whether cycles, dose and time are the same, where both name them, and how firmly it is advised.
    fn amounts(&self, other: &Things<'_>) -> Relation {
        let of = |things: &Things<'_>, part: fn(&PlanStep) -> String| -> BTreeSet<Vec<String>> {
            things.words.iter().map(|word| words_of(&part(word.step))).filter(|words| !words.is_empty()).collect()
        };
        let optional: [fn(&PlanStep) -> String; 4] = [
            |step| step.cycles.map(|n| n.to_string()).unwrap_or_default(),
            |step| step.dose.clone(),
            |step| step.duration.clone(),
            |step| step.setting.map(|setting| setting.name().to_owned()).unwrap_or_default(),
        ];
        let apart = |x: BTreeSet<Vec<String>>, y: BTreeSet<Vec<String>>| !x.is_empty() && !y.is_empty() && x != y;
        let words = |things: &Things<'_>, of: fn(&str) -> Vec<String>| -> BTreeSet<Vec<String>> {
            things.words.iter().map(|word| of(&word.step.what)).filter(|words| !words.is_empty()).collect()
        };
        // A left and a right breast, or both, are no details.
        if apart(words(self, sides), words(other, sides)) {
            return Relation::Conflict;
        }
        let differs = optional.iter().any(|part| apart(of(self, *part), of(other, *part)))
            || apart(words(self, figures), words(other, figures));
        let firm = |things: &Things<'_>| {
            let each = |word: &&Word<'_>| word.step.strength.unwrap_or(Strength::Recommended);
            things.words.iter().map(each).min()
        };
        if differs || firm(self) != firm(other) { Relation::Detail } else { Relation::Agree }
    }
}

/// The side that a step names.
fn sides(what: &str) -> Vec<String> {
    let is_side = |word: &String| matches!(word.as_str(), "left" | "right" | "bilateral" | "both");
    words_of(what).into_iter().filter(is_side).collect()
}

/// The numbers that a step names, each with the word behind it: `4 cycles`, `26 gy`.
fn figures(what: &str) -> Vec<String> {
    let words = words_of(what);
    let is_number = |word: &str| word.chars().all(|c| c.is_ascii_digit());
    let pairs = words.iter().zip(words.iter().skip(1)).filter(|(number, unit)| is_number(number) && !is_number(unit));
    let mut found: Vec<String> =
        pairs.map(|(number, unit)| format!("{number} {}", unit.trim_end_matches('s'))).collect();
    found.sort();
    found
}

/// Whether each of a few things is, or may be, one of the others.
fn within(few: &[&BTreeSet<String>], many: &[&BTreeSet<String>], exactly: bool) -> bool {
    few.iter().all(|set| many.iter().any(|theirs| if exactly { set == theirs } else { !set.is_disjoint(theirs) }))
}

/// What comes first of the kinds of treatment that both advise, where both say it of the same two, or one does.
fn sequence(words: &[Vec<(String, Word<'_>)>; 2], knowledge: &Knowledge) -> Option<Line> {
    let items = &knowledge.comparing.plan_items;
    let treats = |item: &&PlanItem| matches!(item.kind, StepKind::Surgery | StepKind::Systemic | StepKind::Radiation);
    let both =
        |item: &&PlanItem| words.iter().all(|side| side.iter().any(|(id, word)| *id == item.id && word.counts()));
    let shared: Vec<&PlanItem> = items.iter().filter(treats).filter(both).collect();
    let mut sides: [Vec<Said>; 2] = [Vec::new(), Vec::new()];
    let (mut conflict, mut agree) = (false, false);
    for (place, first) in shared.iter().enumerate() {
        for second in shared.iter().skip(place + 1) {
            let mut orders = [None, None];
            for ((words, side), order) in words.iter().zip(sides.iter_mut()).zip(orders.iter_mut()) {
                *order = ordering(words, first, second);
                if let Some(order) = *order {
                    side.push(Said { text: ordered(order, &first.label, &second.label), ..Said::default() });
                }
            }
            if let [Some(a), Some(b)] = orders {
                conflict |= a != b;
                agree |= a == b;
            }
        }
    }
    let dimension = knowledge.comparing.dimension("sequence")?;
    let (relation, weight) = match (conflict, agree) {
        (true, _) => (Relation::Conflict, Some(dimension.conflict)),
        (false, true) => (Relation::Agree, None),
        (false, false) if sides.iter().all(Vec::is_empty) => return None,
        (false, false) => (Relation::OneSided, Some(dimension.one_sided)),
    };
    Some(new_line("sequence", "", relation, weight, sides))
}

/// How the first of two kinds stands to the second, by numbers, or by settings where there are none.
fn ordering(words: &[(String, Word<'_>)], first: &PlanItem, second: &PlanItem) -> Option<std::cmp::Ordering> {
    let of = |item: &PlanItem| -> Vec<&PlanStep> {
        words.iter().filter(|(id, word)| *id == item.id && word.counts()).map(|(_, word)| word.step).collect()
    };
    let earliest = |item: &PlanItem| of(item).into_iter().filter_map(|step| step.order).min();
    if let (Some(a), Some(b)) = (earliest(first), earliest(second)) {
        return Some(a.cmp(&b));
    }
    if first.kind != StepKind::Surgery {
        return None;
    }
    // Before or after is said to the operation.
    match of(second).into_iter().find_map(|step| step.setting)? {
        Setting::Neoadjuvant => Some(std::cmp::Ordering::Greater),
        Setting::Adjuvant | Setting::Maintenance => Some(std::cmp::Ordering::Less),
        Setting::Definitive | Setting::Concurrent | Setting::Metastatic => None,
    }
}

fn ordered(order: std::cmp::Ordering, first: &str, second: &str) -> String {
    match order {
        std::cmp::Ordering::Less => format!("{first} before {second}"),
        std::cmp::Ordering::Equal => format!("{first} with {second}"),
        std::cmp::Ordering::Greater => format!("{second} before {first}"),
    }
}
