//! Any case gives a bundle that passes the check, or a refusal; never a panic, never a bad bundle.

use consilium_casefile::facts::{Concept, Context, Polarity};
use consilium_casefile::{Instant, PartialDate, PatientIdentity, PersonName};
use consilium_exchange::fhir::{Export, ExportTumour, check, full, ips, mcode};
use proptest::prelude::*;
use serde_json::Value;

use crate::samples::{self, fact, source};

fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,12}",
        any::<String>(),
        Just(String::new()),
        "[0-9]{1,3}(\\.[0-9]{1,2})?",
        "[<>]?[0-9]{1,3}-?[0-9]{0,3}",
        "C[0-9]{2}\\.[0-9]",
        "[0-9]{4}/[0-9]",
        Just("positive".to_owned()),
        Just("left".to_owned()),
    ]
}

fn polarity() -> impl Strategy<Value = Polarity> {
    prop_oneof![
        Just(Polarity::Present),
        Just(Polarity::Absent),
        Just(Polarity::NotTested),
        Just(Polarity::Insufficient),
        Just(Polarity::Uncertain)
    ]
}

fn context() -> impl Strategy<Value = Context> {
    prop_oneof![Just(Context::Current), Just(Context::History), Just(Context::Family), Just(Context::Clinical)]
}

fn partial_date() -> impl Strategy<Value = Option<PartialDate>> {
    prop_oneof![
        Just(None),
        any::<i16>().prop_map(|y| Some(PartialDate::Year(y))),
        (any::<i16>(), any::<i8>()).prop_map(|(y, m)| Some(PartialDate::Month(y, m))),
        Just(samples::day("2026-03-14")),
    ]
}

prop_compose! {
    fn one_fact()(
        concept in 0..Concept::KNOWN.len(),
        (value, label, shown, unit, specimen) in (words(), words(), words(), words(), words()),
        (prefix, edition, gene) in (words(), words(), words()),
        (polarity, context, date) in (polarity(), context(), partial_date()),
        (id, title, author) in (words(), words(), words()),
        confirmed in any::<bool>(),
    ) -> consilium_exchange::fhir::ExportFact {
        let mut origin = source(&id, &title, &label, "2026-01");
        origin.author = Some(author);
        origin.date = date;
        let name = Concept::KNOWN.get(concept).map(Concept::as_str).unwrap_or("variant");
        let mut one = fact(name, &value, polarity, &origin);
        one.fact.unit = Some(unit);
        one.fact.specimen = Some(specimen);
        one.fact.qualifiers.prefix = Some(prefix);
        one.fact.qualifiers.edition = Some(edition);
        one.fact.qualifiers.gene = Some(gene);
        one.fact.context = context;
        one.fact.date = date;
        one.label = label;
        one.words = shown;
        one.confirmed = confirmed;
        one
    }
}

prop_compose! {
    fn export()(
        facts in proptest::collection::vec(one_fact(), 0..12),
        tumours in proptest::collection::vec(
            (proptest::collection::vec(0usize..14, 0..8), words(), any::<bool>(), partial_date()), 0..3),
        (handle, family, given, identifier) in (words(), words(), words(), words()),
        (birth_date, micros) in (partial_date(), any::<i64>()),
        base in 0usize..5,
        plain_clock in any::<bool>(),
    ) -> Export {
        let sample = samples::all().swap_remove(base).1;
        let now = if plain_clock { sample.now } else { Instant { micros, offset_minutes: 0 } };
        Export {
            patient: PatientIdentity { name: PersonName::new(&family, &given), birth_date, identifier: Some(identifier) },
            handle,
            now,
            facts,
            tumours: tumours
                .into_iter()
                .map(|(facts, name, secondary, diagnosed)| ExportTumour { facts, name, secondary, diagnosed, codes: Vec::new() })
                .collect(),
            ..sample
        }
    }
}

/// Every reference of the bundle that is ours leads to an entry.
fn assert_references_resolve(bundle: &Value) {
    let entries = bundle["entry"].as_array().cloned().unwrap_or_default();
    let urls: Vec<&str> = entries.iter().filter_map(|e| e["fullUrl"].as_str()).collect();
    fn walk(value: &Value, urls: &[&str]) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| walk(item, urls)),
            Value::Object(fields) => {
                if let Some(reference) = fields.get("reference").and_then(Value::as_str) {
                    assert!(urls.contains(&reference), "{reference} leads nowhere");
                }
                fields.values().for_each(|field| walk(field, urls));
            }
            _ => {}
        }
    }
    for entry in entries.iter().filter(|e| e["resource"]["resourceType"] != "Bundle") {
        walk(&entry["resource"], &urls);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_case_is_written_rightly_or_refused(export in export()) {
        for bundle in [mcode(&export), ips(&export), full(&export)] {
            match bundle {
                Ok(bundle) => {
                    prop_assert_eq!(check(&bundle), Vec::new());
                    assert_references_resolve(&bundle);
                }
                Err(problems) => {
                    prop_assert!(!problems.is_empty());
                    // With a clock that FHIR can write, a case is never refused.
                    let year = export.now.date().year();
                    prop_assert!(!(1000..=9999).contains(&year), "{:?}", problems);
                }
            }
        }
    }

    #[test]
    fn the_check_takes_any_json(text in "\\PC{0,200}") {
        if let Ok(value) = serde_json::from_str::<Value>(&text) {
            let _ = check(&value);
        }
    }
}
