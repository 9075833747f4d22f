//! Thirty pairs of opinions over sixteen cancer sites, with the differences two labellers wrote down by hand, each without the
//! other and before any rule was tuned: `docs/comparing.md` publishes how far they and the rules agree.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::collections::BTreeMap;

use consilium_casefile::compare::{Difference, Held, Namer, Opinion, Relation, Weight, differences, is_part_of};
use consilium_casefile::knowledge::Knowledge;
use serde::Deserialize;

const PAIRS: &str = include_str!("opinions/pairs.json");
const HELD: &str = include_str!("opinions/held-pairs.json");
const HELD_LABELS: [&str; 2] =
    [include_str!("opinions/held-labels-1.json"), include_str!("opinions/held-labels-2.json")];
const LABELS: [&str; 2] = [include_str!("opinions/labels-1.json"), include_str!("opinions/labels-2.json")];

#[derive(Deserialize)]
struct Pair {
    id: String,
    site: String,
    opinions: Vec<Opinion>,
}

#[derive(Deserialize)]
struct Labelled {
    id: String,
    differences: Vec<Label>,
}

#[derive(Deserialize, Clone, PartialEq, Eq, Debug)]
struct Label {
    dimension: String,
    #[serde(default)]
    item: String,
    relation: String,
    weight: Option<String>,
    kind: Option<String>,
}

type Key = (String, String, String);

fn knowledge() -> Knowledge {
    let loaded = consilium_knowledge::load(None);
    assert!(loaded.complaints.is_empty(), "{:?}", loaded.complaints);
    loaded.knowledge
}

fn labels(text: &str) -> BTreeMap<Key, Label> {
    let all: Vec<Labelled> = serde_json::from_str(text).unwrap();
    let each = all.into_iter().flat_map(|case| {
        let key = move |label: &Label| (case.id.clone(), label.dimension.clone(), label.item.to_lowercase());
        case.differences.into_iter().map(move |label| (key(&label), label))
    });
    each.collect()
}

fn found(knowledge: &Knowledge, pairs: &str) -> BTreeMap<Key, Difference> {
    let namer = Namer::new(knowledge);
    let pairs: Vec<Pair> = serde_json::from_str(pairs).unwrap();
    let mut all = BTreeMap::new();
    for pair in &pairs {
        let held: Vec<Held<'_>> = pair.opinions.iter().map(|opinion| Held { opinion, given: &[] }).collect();
        let site = knowledge.site(&pair.site).and_then(|site| site.topography.get(..3)).map(str::to_owned);
        for difference in differences(&held, site.as_deref(), knowledge, &namer) {
            let key = (pair.id.clone(), difference.dimension.clone(), difference.item.to_lowercase());
            all.insert(key, difference);
        }
    }
    all
}

/// Of lines in both, how many agree in `part`; of all lines in either, how many stand in both.
fn agreement(a: &BTreeMap<Key, Label>, b: &BTreeMap<Key, Label>, part: Part) -> (usize, usize) {
    let both = a.iter().filter_map(|(key, label)| Some((label, b.get(key)?)));
    let counted: Vec<_> = both.filter(|(x, y)| part(x).is_some() || part(y).is_some()).collect();
    (counted.iter().filter(|(x, y)| part(x) == part(y)).count(), counted.len())
}

fn as_label(difference: &Difference) -> Label {
    let weight = difference.weight.filter(|_| difference.relation != Relation::Agree);
    Label {
        dimension: difference.dimension.clone(),
        item: difference.item.clone(),
        relation: difference.relation.name().to_owned(),
        weight: weight.map(|weight| weight.name().to_owned()),
        kind: difference.kind.map(|kind| kind.name().to_owned()),
    }
}

type Part = fn(&Label) -> Option<&str>;

const PARTS: [(&str, Part); 3] = [
    ("relation", |label| Some(label.relation.as_str())),
    ("weight", |label| label.weight.as_deref()),
    ("kind", |label| label.kind.as_deref()),
];

/// Says how far two agree, and gives it part by part: of how many lines how many are the same.
#[expect(clippy::print_stdout, reason = "the figures are published from here")]
fn told(name: &str, a: &BTreeMap<Key, Label>, b: &BTreeMap<Key, Label>) -> [(&'static str, usize, usize); 3] {
    let shared = a.keys().filter(|key| b.contains_key(*key)).count();
    println!(
        "{name}: {shared} lines in both, {} only in the one, {} only in the other",
        a.len() - shared,
        b.len() - shared
    );
    PARTS.map(|(part, of)| {
        let (same, all) = agreement(a, b, of);
        println!("  {part}: {same} of {all}");
        (part, same, all)
    })
}

#[test]
fn the_rules_say_what_two_labellers_say_who_knew_nothing_of_them() {
    let knowledge = knowledge();
    let rules: BTreeMap<Key, Label> =
        found(&knowledge, PAIRS).iter().map(|(key, difference)| (key.clone(), as_label(difference))).collect();
    let [first, second] = LABELS.map(labels);
    let sets = [("1 and 2", &first, &second), ("rules and 1", &rules, &first), ("rules and 2", &rules, &second)];
    for (name, a, b) in sets {
        told(name, a, b);
    }
    // What both labellers say is what the rules are held to.
    let mut wrong = BTreeMap::<&str, usize>::new();
    let (mut agreed, mut missing) = (0, 0);
    // MMR of the one beside MSI of the other was two lines of one doctor each, and is one that tells whether they agree.
    let is_one_line = |key: &Key| key.0 == "rectum-02" && matches!(key.2.as_str(), "mmr" | "msi");
    for (key, label) in first.iter().filter(|(key, _)| second.contains_key(*key) && !is_one_line(key)) {
        let other = &second[key];
        let Some(rule) = rules.get(key) else {
            missing += 1;
            println!("missing: {key:?} {label:?}");
            continue;
        };
        for (part, of) in PARTS {
            if of(label) == of(other) {
                agreed += 1;
                if of(rule) != of(label) {
                    *wrong.entry(part).or_default() += 1;
                    println!("{part}: {key:?}: labellers {:?}, rules {:?}", of(label), of(rule));
                }
            }
        }
    }
    for key in rules.keys().filter(|key| !first.contains_key(*key) && !second.contains_key(*key)) {
        println!("only the rules: {key:?} {:?}", rules[key]);
    }
    println!("both labellers say the same in {agreed} cells; the rules differ in {wrong:?}, and lack {missing} lines");
    assert!(agreed > 1_000 && missing <= 1, "of {agreed} cells the rules lack {missing} lines");
    let differing: usize = wrong.values().sum();
    // Of three opinions the labellers took the farthest pair, whoever was silent in it: docs/comparing.md says why not here.
    // The rules also say less than the labellers where a table does not know a word: docs/comparing.md says why.
    assert!(differing * 16 <= agreed, "{differing} of {agreed} differ");
    for (part, differing) in wrong {
        assert!(differing * 10 <= agreed / 3, "{part}: {differing} of about {} differ", agreed / 3);
    }
}

fn lines(a: &str, b: &str) -> Vec<(String, String, Option<String>)> {
    let knowledge = knowledge();
    let opinion = |fields: &str| -> Opinion {
        serde_json::from_str(&format!(r#"{{"clinician": {{"name": "Dr. Example"}}, {fields}}}"#)).unwrap()
    };
    let (a, b) = (opinion(a), opinion(b));
    let held = [Held { opinion: &a, given: &[] }, Held { opinion: &b, given: &[] }];
    let found = differences(&held, Some("C50"), &knowledge, &Namer::new(&knowledge));
    let line = |d: Difference| {
        let name = if d.item.is_empty() { d.dimension.clone() } else { d.item.clone() };
        (name, d.relation.name().to_owned(), d.kind.map(|kind| kind.name().to_owned()))
    };
    found.into_iter().map(line).collect()
}

fn relation(a: &str, b: &str) -> String {
    let found = lines(a, b);
    found.first().map_or_else(|| "nothing".to_owned(), |(_, relation, _)| relation.clone())
}

#[test]
fn a_step_that_denies_itself_is_advice_against_it() {
    let advised = r#""plan": [{"kind": "radiation", "what": "whole breast radiation"}]"#;
    for denied in ["no radiation", "radiation can be omitted", "Radiation is not needed", "I advise against radiation"]
    {
        let other = format!(r#""plan": [{{"kind": "radiation", "what": "{denied}"}}]"#);
        assert_eq!(relation(advised, &other), "conflict", "{denied}");
    }
    for advised_too in ["radiation, no boost", "radiation without delay"] {
        let other = format!(r#""plan": [{{"kind": "radiation", "what": "{advised_too}"}}]"#);
        assert_ne!(relation(advised, &other), "conflict", "{advised_too}");
    }
}

#[test]
fn what_a_diagnosis_denies_is_not_what_it_says() {
    let of = |words: &str| format!(r#""diagnosis": "{words}""#);
    let stage_two = of("Stage II breast cancer");
    assert_ne!(relation(&of("Breast cancer, left, no evidence of metastatic disease"), &stage_two), "conflict");
    assert_eq!(relation(&of("Metastatic breast cancer"), &stage_two), "conflict");
    assert_ne!(
        relation(&of("DCIS of the breast, no invasive carcinoma"), &of("ductal carcinoma in situ, breast")),
        "conflict"
    );
}

#[test]
fn amounts_that_lie_far_apart_do_not_fit_together() {
    let of = |concept: &str, value: &str| format!(r#""findings": [{{"concept": "{concept}", "value": "{value}"}}]"#);
    for (concept, a, b, expect) in [
        ("recurrence_score", "12", "45", "conflict"),
        ("recurrence_score", "14", "15", "detail"),
        ("psa", "4", "400", "conflict"),
        ("er_percent", "95", "90", "detail"),
        ("er_percent", "0", "5", "conflict"),
        ("grade_group", "2", "2", "agree"),
    ] {
        assert_eq!(relation(&of(concept, a), &of(concept, b)), expect, "{concept} {a} {b}");
    }
}

#[test]
fn what_a_doctor_said_was_not_seen_was_not_seen_and_a_month_is_no_day() {
    let finding = r#""findings": [{"concept": "imaging_finding", "value": "second focus", "from": "images"}]"#;
    let b = format!(
        r#""date": "2026-03-20", "seen": [{{"material": "images", "detail": "MRI 2026-03-10", "seen": true}}], {finding}"#
    );
    let kind =
        |a: &str| lines(a, &b).into_iter().find(|(name, ..)| name == "imaging_finding").and_then(|(_, _, kind)| kind);
    let a = |date: &str, seen: &str| format!(r#""date": "{date}", "diagnosis": "breast cancer", "seen": [{seen}]"#);
    let unseen = r#"{"material": "images", "seen": false}"#;
    assert_eq!(kind(&a("2026-03-15", unseen)).as_deref(), Some("data"));
    assert_eq!(kind(&a("2026-03-01", "")).as_deref(), Some("data"), "the images are of a later day");
    assert_eq!(kind(&a("2026-03", "")).as_deref(), Some("unclear"), "nobody knows which day of the month");
}

#[test]
fn patterns_of_the_prostate_are_compared_by_the_group_they_make() {
    let knowledge = knowledge();
    let namer = Namer::new(&knowledge);
    let of = |(concept, value): (&str, &str)| -> Opinion {
        let finding = serde_json::json!({ "concept": concept, "value": value });
        serde_json::from_value(serde_json::json!({ "clinician": { "name": "X" }, "findings": [finding] })).unwrap()
    };
    let grade = |a: (&str, &str), b: (&str, &str)| {
        let (a, b) = (of(a), of(b));
        let held = [Held { opinion: &a, given: &[] }, Held { opinion: &b, given: &[] }];
        let found = differences(&held, Some("C61"), &knowledge, &namer);
        let line = found.iter().find(|line| line.dimension == "grade").unwrap();
        format!("{} {}", line.relation.name(), line.weight.map_or("", |weight| weight.name()))
    };
    let score = |a, b| grade(("gleason_score", a), ("gleason_score", b));
    let major = [("3+3", "3+4"), ("3+4=7", "4+3=7"), ("Gleason 3+4", "8"), ("4+4", "4 + 5"), ("7 (3+4)", "7 (4+3)")];
    let more = [("3+4=7 (grade group 2)", "4+3=7 (grade group 3)"), ("3+4=7, ISUP 2", "Gleason 4+3=7, ISUP 3")];
    for (a, b) in major.into_iter().chain(more) {
        assert_eq!(score(a, b), "conflict major", "{a} and {b}");
    }
    for (a, b) in [("3+4", "3 + 4 = 7"), ("4+3", "7 (4+3)"), ("6", "6")] {
        assert_eq!(score(a, b), "agree ", "{a} and {b}");
    }
    assert_eq!(score("4+4", "3+5"), "conflict minor", "one group, other patterns");
    assert_eq!(score("3+4", "7"), "detail minor", "7 says less");
    assert_eq!(grade(("gleason_score", "3+4"), ("grade_group", "2")), "detail minor");
    assert_eq!(grade(("gleason_score", "4+3"), ("grade_group", "2")), "conflict major");
    // What does not add up is no score, and is held against none.
    for odd in ["3+4=9", "9+9", "+", "3+", "3+4+5", "8 (3+4)", "high"] {
        assert!(score(odd, "3+4").starts_with("not_comparable"), "{odd}: {}", score(odd, "3+4"));
    }
}

#[test]
fn of_three_opinions_the_farthest_pair_tells_in_whatever_order_they_were_written_down() {
    let knowledge = knowledge();
    let namer = Namer::new(&knowledge);
    let of = |concept: &str, value: &str| -> Opinion {
        let finding = serde_json::json!({ "concept": concept, "value": value });
        serde_json::from_value(serde_json::json!({ "clinician": { "name": "X" }, "findings": [finding] })).unwrap()
    };
    let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    let expected = [
        ("grade", ["1", "2", "3"], Relation::Conflict, Some(Weight::Major)),
        ("stage_group", ["IIA", "IIB", "IIIB"], Relation::Conflict, Some(Weight::Major)),
        ("er", ["positive", "positive", ""], Relation::Agree, None),
        ("er", ["positive", "", ""], Relation::OneSided, Some(Weight::Major)),
        ("grade", ["1", "2", ""], Relation::Conflict, Some(Weight::Minor)),
    ];
    for (concept, values, relation, weight) in expected {
        let opinions = values.map(|value| if value.is_empty() { of("ki67", "20 %") } else { of(concept, value) });
        for order in orders {
            let held = order.map(|place: usize| Held { opinion: &opinions[place], given: &[] });
            let found = differences(&held, Some("C50"), &knowledge, &namer);
            let line = found.iter().find(|line| line.item != "ki67").unwrap();
            assert_eq!((line.relation, line.weight), (relation, weight), "{values:?} {order:?}");
            assert_eq!(line.sides.len(), 3);
        }
    }
}

fn beside(a: serde_json::Value, b: serde_json::Value) -> Vec<Difference> {
    let (knowledge, named) = (knowledge(), |mut opinion: serde_json::Value| -> Opinion {
        opinion["clinician"] = serde_json::json!({ "name": "X" });
        serde_json::from_value(opinion).unwrap()
    });
    let (a, b) = (named(a), named(b));
    let held = [Held { opinion: &a, given: &[] }, Held { opinion: &b, given: &[] }];
    differences(&held, None, &knowledge, &Namer::new(&knowledge))
}

#[test]
fn an_opinion_beside_itself_agrees_everywhere() {
    let (knowledge, pairs) = (knowledge(), serde_json::from_str::<Vec<Pair>>(PAIRS).unwrap());
    let namer = Namer::new(&knowledge);
    let twice: Opinion = serde_json::from_value(serde_json::json!({ "clinician": { "name": "X" }, "findings": [
        { "concept": "grade", "value": "2", "specimen": "core" }, { "concept": "grade", "value": "3", "specimen": "excision" },
        { "concept": "t", "value": "T1c", "prefix": "c" }, { "concept": "t", "value": "T2", "prefix": "p" },
        { "concept": "her2_ihc_score", "value": "2+" }, { "concept": "her2_ish", "value": "not amplified" },
        { "concept": "tumor_size_mm", "value": "21" }, { "concept": "tumor_size_mm", "value": "8" },
        { "concept": "imaging_finding", "value": "a mass of 21 mm" }, { "concept": "imaging_finding", "value": "a second focus of 7 mm" },
    ] })).unwrap();
    for opinion in pairs.iter().flat_map(|pair| &pair.opinions).chain([&twice]) {
        let held = [Held { opinion, given: &[] }, Held { opinion, given: &[] }];
        for line in differences(&held, None, &knowledge, &namer) {
            let said = (&line.dimension, &line.item, &line.sides[0]);
            assert_eq!(line.relation, Relation::Agree, "{said:?} {:?}", line.evidence);
        }
    }
}

/// The line of one finding that each states its own way.
fn found_beside(concept: &str, a: &str, b: &str) -> String {
    let of = |value: &str| serde_json::json!({ "findings": [{ "concept": concept, "value": value }] });
    let lines = beside(of(a), of(b));
    let line = lines.iter().find(|line| !matches!(line.dimension.as_str(), "diagnosis")).unwrap();
    format!("{} {}", line.relation.name(), line.weight.map_or("", Weight::name))
}

#[test]
fn less_than_a_boundary_is_not_the_boundary_and_another_place_of_a_gene_is_another_finding() {
    for (concept, a, b, expected) in [
        ("her2_ihc_score", "0", "1+", "conflict major"),
        ("her2_ihc_score", "1+", "2+", "conflict minor"),
        ("pdl1", "<1 %", "1 %", "conflict major"),
        ("er_percent", "<1", "1", "conflict major"),
        ("ca_125", "1,200", "1", "conflict major"),
        ("ca_125", "1,200", "1200", "agree "),
        ("variant", "KRAS G12C", "KRAS G12D", "conflict major"),
        ("variant", "EGFR exon 19 deletion", "EGFR exon 20 insertion", "conflict major"),
        ("variant", "BRAF V600E", "BRAF non-V600E", "conflict major"),
        ("variant", "negative for KRAS", "KRAS G12C", "conflict major"),
        ("n", "NX", "N0", "not_comparable major"),
        ("imaging_finding", "no metastasis", "liver lesion 3 cm, not seen before", "not_comparable major"),
        // What was not tested, is not known by the tables, or is of another system contradicts nothing.
        ("variant", "KRAS not tested", "KRAS not detected", "not_comparable minor"),
        ("hpv_p16", "positive", "not tested", "not_comparable minor"),
        ("margin", "negative, 2 mm", "clear widely", "not_comparable major"),
        ("codeletion_1p19q", "codeleted", "not codeleted", "conflict major"),
        ("codeletion_1p19q", "codeleted", "co-deletion seen", "not_comparable minor"),
        ("pdl1", "negative", "80 %", "conflict major"),
        ("pdl1", "TPS 50 %", "CPS 50", "not_comparable minor"),
        ("stage_group", "limited stage", "IIIB", "not_comparable major"),
        ("stage_group", "II", "2", "agree "),
        ("variant", "EGFR exon 19 deletion", "EGFR p.E746_A750del", "not_comparable minor"),
        ("germline", "BRCA1 pathogenic", "BRCA2 pathogenic", "conflict major"),
    ] {
        assert_eq!(found_beside(concept, a, b), expected, "{concept}: {a} and {b}");
    }
}

#[test]
fn a_test_that_was_left_open_contradicts_no_answer_and_a_part_in_place_no_invasive_cancer() {
    let her2 = |findings: serde_json::Value| serde_json::json!({ "findings": findings });
    let open = her2(
        serde_json::json!([{ "concept": "her2_ihc_score", "value": "2+" }, { "concept": "her2_ish", "value": "amplified" }]),
    );
    let positive = her2(serde_json::json!([{ "concept": "her2_status", "value": "positive" }]));
    assert_eq!(beside(open, positive)[0].relation, Relation::Detail);
    let diagnosis = |words: &str| serde_json::json!({ "diagnosis": words });
    for (a, b) in [
        (
            "Invasive ductal carcinoma of the breast with ductal carcinoma in situ",
            "Invasive ductal carcinoma of the breast",
        ),
        ("carcinoma of the breast, stage IV ruled out", "carcinoma of the breast, stage II"),
    ] {
        let lines = beside(diagnosis(a), diagnosis(b));
        let line = lines.iter().find(|line| line.dimension == "diagnosis").unwrap();
        assert_ne!(line.relation, Relation::Conflict, "{a} and {b}");
    }
}

/// How two plans, each of one step of this kind, stand to each other; a step behind `!` is one that is advised against.
fn plans_beside(kind: &str, a: &str, b: &str) -> Vec<String> {
    let of = |what: &str| {
        let list = if what.starts_with('!') { "advised_against" } else { "plan" };
        serde_json::json!({ list: [{ "kind": kind, "what": what.trim_start_matches('!') }] })
    };
    let lines = beside(of(a), of(b));
    lines.iter().map(|line| format!("{} {}", line.item, line.relation.name())).collect()
}

#[test]
fn advice_is_never_turned_round_and_a_refusal_is_never_taken_for_advice() {
    for (kind, a, b) in [
        ("radiation", "whole breast radiation", "!omitting radiation"),
        ("radiation", "whole breast radiation", "radiation, which must not be skipped"),
        ("systemic", "chemotherapy", "chemotherapy, which should not be omitted"),
        ("systemic", "AC-T", "chemotherapy is contraindicated"),
        ("systemic", "AC-T", "I would not give chemotherapy"),
        ("systemic", "AC-T", "letrozole without chemotherapy"),
        ("systemic", "AC-T", "letrozole instead of chemotherapy"),
    ] {
        let lines = plans_beside(kind, a, b);
        let item = if kind == "radiation" { "radiation" } else { "chemotherapy" };
        assert!(lines.contains(&format!("{item} not_comparable")), "{a} and {b}: {lines:?}");
    }
    // What is plain stays plain.
    assert_eq!(plans_beside("systemic", "AC-T", "no chemotherapy"), ["chemotherapy conflict"]);
    assert_eq!(plans_beside("systemic", "AC-T", "chemotherapy is not recommended"), ["chemotherapy conflict"]);
    assert_eq!(
        plans_beside("radiation", "whole breast radiation", "radiation if margins are not clear"),
        ["radiation not_comparable"],
        "what hangs on a condition is no plain advice"
    );
}

#[test]
fn the_same_words_with_other_cycles_other_sides_or_another_time_do_not_agree() {
    assert_eq!(
        plans_beside(
            "systemic",
            "docetaxel and cyclophosphamide, 4 cycles",
            "docetaxel and cyclophosphamide, 6 cycles"
        ),
        ["chemotherapy detail"]
    );
    assert_eq!(plans_beside("systemic", "tamoxifen for 5 years", "tamoxifen for 10 years"), ["endocrine detail"]);
    assert_eq!(plans_beside("surgery", "left mastectomy", "bilateral mastectomy"), ["surgery conflict"]);
    // Advice against a treatment that the other advises is a conflict, whatever else is planned of its kind.
    let of = |watch: serde_json::Value| serde_json::json!({ "plan": [{ "kind": "observation", "what": "PSA every 3 months afterwards" }], "advised_against": watch });
    let active = serde_json::json!({ "plan": [{ "kind": "observation", "what": "active surveillance" }] });
    let lines = beside(of(serde_json::json!([{ "kind": "observation", "what": "active surveillance" }])), active);
    assert_eq!(lines[0].relation, Relation::Conflict);
}

#[test]
fn a_treatment_is_part_of_a_plan_by_kind_and_name_and_not_of_one_that_denies_it() {
    let knowledge = knowledge();
    let namer = Namer::new(&knowledge);
    let part = |what: &str, plan: &[&str]| is_part_of(what, plan, &knowledge, &namer);
    assert!(part("radiation to the left breast", &["whole breast radiation", "letrozole"]));
    assert!(!part("radiation to the pelvis", &["radical prostatectomy"]), "radical is no radiation");
    assert!(part("chemotherapy", &["AC-T"]) && part("letrozole", &["endocrine therapy"]));
    assert!(!part("AC-T", &["Radiation and endocrine therapy, without chemotherapy"]));
    assert!(!part("paclitaxel", &["docetaxel"]) && !part("chemotherapy", &[]));
    assert!(part("hyperthermia", &["hyperthermia twice a week"]) && !part("hyperthermia", &["rest"]));
}

#[test]
fn what_one_states_beside_what_both_state_is_no_agreement() {
    let of = |findings: serde_json::Value| serde_json::json!({ "findings": findings });
    let stage = |m: &str| {
        let mut all = vec![
            serde_json::json!({ "concept": "t", "value": "T2", "prefix": "c" }),
            serde_json::json!({ "concept": "n", "value": "N0", "prefix": "c" }),
        ];
        if !m.is_empty() {
            all.push(serde_json::json!({ "concept": "m", "value": m, "prefix": "c" }));
        }
        of(serde_json::Value::from(all))
    };
    let told = |a: serde_json::Value, b: serde_json::Value, dimension: &str| {
        let lines = beside(a, b);
        let line = lines.iter().find(|line| line.dimension == dimension).unwrap();
        (line.relation, line.weight)
    };
    assert_eq!(told(stage(""), stage("M1b"), "stage"), (Relation::Detail, Some(Weight::Major)), "it has spread");
    assert_eq!(told(stage(""), stage("M0"), "stage"), (Relation::Agree, None), "it has not");
    let her2 = |ish: &str, score: &str| {
        let score = serde_json::json!({ "concept": "her2_ihc_score", "value": score });
        let ish = (!ish.is_empty()).then(|| serde_json::json!({ "concept": "her2_ish", "value": ish }));
        of(serde_json::Value::from(std::iter::once(score).chain(ish).collect::<Vec<_>>()))
    };
    assert_eq!(told(her2("", "2+"), her2("amplified", "2+"), "biomarkers"), (Relation::Detail, Some(Weight::Major)));
    assert_eq!(
        told(her2("", "3+"), her2("not amplified", "3+"), "biomarkers"),
        (Relation::Conflict, Some(Weight::Major))
    );
}

#[test]
fn a_diagnosis_is_the_same_only_where_it_is_told_how_both_behave() {
    let relation = |a: &str, b: &str| {
        let of = |words: &str| serde_json::json!({ "diagnosis": words });
        let lines = beside(of(a), of(b));
        lines.iter().find(|line| line.dimension == "diagnosis").map(|line| line.relation)
    };
    let benign =
        relation("No malignancy seen; fibroadenoma of the left breast", "Invasive ductal carcinoma, left breast");
    assert_eq!(benign, Some(Relation::Conflict));
    let metastases = relation(
        "adenocarcinoma of the colon with liver metastases",
        "adenocarcinoma of the colon, the liver lesions are hemangiomas",
    );
    assert_ne!(metastases, Some(Relation::Agree));
    let words = "Invasive ductal carcinoma of the left breast";
    assert_eq!(relation(words, words), Some(Relation::Agree));
}

#[test]
fn treatments_of_one_name_differ_by_the_words_beside_it() {
    for (kind, a, b, relation) in [
        ("surgery", "right thyroid lobectomy", "total thyroidectomy", "conflict"),
        ("surgery", "right upper lobectomy", "right lower lobectomy", "conflict"),
        ("surgery", "total gastrectomy", "distal gastrectomy", "conflict"),
        ("surgery", "radical hysterectomy", "simple hysterectomy", "conflict"),
        ("surgery", "partial cystectomy", "radical cystectomy", "conflict"),
        ("surgery", "mastectomy", "nipple-sparing mastectomy", "detail"),
        ("radiation", "SBRT to the lung", "radiosurgery to the brain", "conflict"),
        ("transplant", "autologous transplant", "allogeneic transplant", "conflict"),
        ("systemic", "stop trastuzumab", "continue trastuzumab", "not_comparable"),
        ("systemic", "R-CHOP", "DA-EPOCH-R", "detail"),
        ("surgery", "lumpectomy", "partial mastectomy", "agree"),
    ] {
        let lines = plans_beside(kind, a, b);
        assert!(lines.iter().any(|line| line.ends_with(relation)), "{a} and {b}: {lines:?}");
        if relation != "agree" {
            assert!(!lines.iter().all(|line| line.ends_with("agree")), "{a} and {b}: {lines:?}");
        }
    }
}

#[test]
fn two_tests_of_one_question_are_one_line_and_an_edition_nobody_named_is_asked_for() {
    let of = |findings: &[(&str, &str)]| {
        let each = findings.iter().map(|(concept, value)| serde_json::json!({ "concept": concept, "value": value }));
        serde_json::json!({ "findings": each.collect::<Vec<_>>() })
    };
    let told = |a: &[(&str, &str)], b: &[(&str, &str)]| -> Vec<(String, Relation, Option<Weight>)> {
        let markers = beside(of(a), of(b)).into_iter().filter(|line| line.dimension == "biomarkers");
        markers.map(|line| (line.item, line.relation, line.weight)).collect()
    };
    let line = |relation, weight| vec![("mmr".to_owned(), relation, weight)];
    let (minor, major) = (Some(Weight::Minor), Some(Weight::Major));
    assert_eq!(told(&[("mmr", "dMMR")], &[("msi", "MSI-H")]), line(Relation::Detail, minor));
    assert_eq!(told(&[("msi", "stable")], &[("mmr", "intact")]), line(Relation::Detail, minor));
    assert_eq!(told(&[("mmr", "deficient")], &[("msi", "MSS")]), line(Relation::Conflict, major));
    let open = told(&[("mmr", "proficient")], &[("msi", "MSI-L")]);
    assert_eq!(open[0].1, Relation::NotComparable, "another test has to tell");
    // Where both are told of one, each is held against its own.
    let both = told(&[("mmr", "deficient")], &[("mmr", "deficient"), ("msi", "MSS")]);
    assert_eq!(both.iter().map(|(item, ..)| item.as_str()).collect::<Vec<_>>(), ["mmr", "msi"]);

    let asks = |a: &str, b: &str| {
        let of = |edition: &str, group: &str| {
            let stage = serde_json::json!([{ "concept": "stage_group", "value": group, "edition": edition }]);
            serde_json::json!({ "findings": stage })
        };
        let lines = beside(of(a, "IIA"), of(b, "IIIA"));
        let stage = lines.iter().find(|line| line.dimension == "stage").unwrap();
        stage.evidence.iter().any(|why| why.key == "compare-edition-not-said")
    };
    assert!(asks("", "") && asks("AJCC 8", ""));
    assert!(!asks("AJCC 8", "AJCC 8"));
}

/// Twenty pairs that were written and labelled after the rules, by two who knew the document and neither the rules nor their
/// tables. No rule is tuned on them: what they measure is published as it is.
#[test]
fn on_pairs_that_no_rule_was_tuned_on_the_rules_agree_about_as_often() {
    let knowledge = knowledge();
    let rules: BTreeMap<Key, Label> =
        found(&knowledge, HELD).iter().map(|(key, difference)| (key.clone(), as_label(difference))).collect();
    let [first, second] = HELD_LABELS.map(labels);
    for (name, a, b) in
        [("1 and 2", &first, &second), ("rules and 1", &rules, &first), ("rules and 2", &rules, &second)]
    {
        for (part, same, all) in told(&format!("held out, {name}"), a, b) {
            // Far below what is published something broke.
            assert!(same * 5 >= all * 3, "{name}, {part}: {same} of {all}");
        }
    }
}
