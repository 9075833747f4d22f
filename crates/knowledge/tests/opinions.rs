//! Thirty pairs of opinions over sixteen cancer sites, with the differences two labellers wrote down by hand, each without the
//! other and before any rule was tuned: `docs/comparing.md` publishes how far they and the rules agree.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::collections::BTreeMap;

use consilium_casefile::compare::{Difference, Held, Namer, Opinion, Relation, differences};
use consilium_casefile::knowledge::Knowledge;
use serde::Deserialize;

const PAIRS: &str = include_str!("opinions/pairs.json");
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

fn found(knowledge: &Knowledge) -> BTreeMap<Key, Difference> {
    let namer = Namer::new(knowledge);
    let pairs: Vec<Pair> = serde_json::from_str(PAIRS).unwrap();
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

#[test]
fn the_rules_say_what_two_labellers_say_who_knew_nothing_of_them() {
    let knowledge = knowledge();
    let rules: BTreeMap<Key, Label> =
        found(&knowledge).iter().map(|(key, difference)| (key.clone(), as_label(difference))).collect();
    let [first, second] = LABELS.map(labels);
    let sets = [("1 and 2", &first, &second), ("rules and 1", &rules, &first), ("rules and 2", &rules, &second)];
    for (name, a, b) in sets {
        let shared = a.keys().filter(|key| b.contains_key(*key)).count();
        println!(
            "{name}: {shared} lines in both, {} only in the one, {} only in the other",
            a.len() - shared,
            b.len() - shared
        );
        for (part, of) in PARTS {
            let (same, all) = agreement(a, b, of);
            println!("  {part}: {same} of {all}");
        }
    }
    // What both labellers say is what the rules are held to.
    let mut wrong = BTreeMap::<&str, usize>::new();
    let (mut agreed, mut missing) = (0, 0);
    for (key, label) in first.iter().filter(|(key, _)| second.contains_key(*key)) {
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
    let differing: usize = wrong.values().sum();
    assert!(differing * 20 <= agreed, "{differing} of {agreed} differ");
}
