//! What was planned and gave way to something else is not given; what took its place is; a refusal is of what was refused.

mod common;

use common::reader;
use consilium_casefile::facts::{Concept, TreatmentStatus};

/// Each treatment of a text as `TC: Declined`.
fn said(text: &str) -> Vec<String> {
    let history = reader().read_history(text);
    history.treatments.iter().map(|t| format!("{}: {:?}", t.what, t.status)).collect()
}

/// Of each text: the first treatment was not given and is not to come, the second was given.
fn gave_way(first: &str, second: &str, texts: &[&str]) {
    for text in texts {
        let history = reader().read_history(text);
        for treatment in &history.treatments {
            let open = [TreatmentStatus::Declined, TreatmentStatus::Mentioned].contains(&treatment.status);
            let right = if treatment.what == first { open } else { treatment.status.is_given() };
            assert!(right, "{text}: {:?}", said(text));
        }
        assert!(history.treatments.iter().any(|t| t.what == second), "{text}: {:?}", said(text));
    }
}

#[test]
fn what_was_planned_and_gave_way_was_not_given() {
    gave_way(
        "TC",
        "AC-T",
        &[
            "TC x4 was planned but got AC-T x4",
            "TC x4 was planned, but she received AC-T x4.",
            "TC x4 planned; however, she was given AC-T x4.",
            "Planned TC x4 but received AC-T x4.",
            "Planned for TC x4 but ended up getting AC-T x4.",
            "TC x4 was recommended but the patient got AC-T x4.",
            "TC x4 was scheduled; she got AC-T x4 instead.",
            "She got AC-T x4 instead of TC x4.",
            "Received AC-T x4 rather than TC x4.",
            "Received AC-T x4 in place of TC x4.",
            "TC x4 was planned. She received AC-T x4 instead.",
            "Did not receive TC x4 but got AC-T x4.",
            "TC x4 was never started; she received AC-T x4.",
            "She declined TC x4 and received AC-T x4.",
            "Plan changed from TC x4; she received AC-T x4.",
        ],
    );
    gave_way(
        "mastectomy",
        "lumpectomy",
        &[
            "Mastectomy was planned but she underwent lumpectomy in May 2024.",
            "She declined mastectomy and underwent lumpectomy in May 2024.",
            "Mastectomy was recommended, but she had a lumpectomy in May 2024.",
        ],
    );
    // Whether what a plan was switched to was given by then, nobody says.
    assert_eq!(said("TC x4 was planned, then switched to AC-T x4."), ["TC: Declined", "AC-T: Planned"]);
    assert_eq!(said("TC x4 was planned but got AC-T x4"), ["TC: Declined", "AC-T: Done"]);
}

#[test]
fn what_is_planned_is_still_planned() {
    assert_eq!(said("TC x4 is planned."), ["TC: Planned"]);
    assert_eq!(said("TC x4 is planned but the port is not placed."), ["TC: Planned"]);
    assert_eq!(said("Plan: AC-T x4, then letrozole."), ["AC-T: Planned", "letrozole: Planned"]);
    assert_eq!(said("She received AC-T x4 and letrozole is planned."), ["AC-T: Done", "letrozole: Planned"]);
    assert_eq!(said("Letrozole is planned but she already received AC-T x4."), ["letrozole: Planned", "AC-T: Done"]);
    assert_eq!(said("Letrozole is planned, but she will get AC-T x4 first.")[0], "letrozole: Planned");
    assert_eq!(said("She will receive TC x4, but has had AC-T x4 before.")[0], "TC: Planned");
}

#[test]
fn whoever_was_switched_is_on_the_other() {
    assert_eq!(
        said("She was switched from tamoxifen to letrozole in May 2024."),
        ["tamoxifen: Stopped", "letrozole: Ongoing"]
    );
    assert_eq!(
        said("Started tamoxifen, switched to letrozole for hot flashes."),
        ["tamoxifen: Stopped", "letrozole: Ongoing"]
    );
    for text in ["TC x4 was held.", "TC x4 planned but held for infection."] {
        assert!(said(text).iter().all(|t| !t.contains("Done") && !t.contains("Ongoing")), "{text}: {:?}", said(text));
    }
    for text in ["TC x4 was never started.", "She never started TC x4.", "TC x4 was not given.", "Did not start TC x4."]
    {
        assert!(said(text).iter().all(|t| t.contains("Declined")), "{text}: {:?}", said(text));
    }
}

#[test]
fn a_refusal_is_of_what_was_refused() {
    assert_eq!(said("She declined TC x4 and received AC-T x4."), ["TC: Declined", "AC-T: Done"]);
    assert_eq!(said("She received AC-T x4 and declined radiation."), ["AC-T: Done", "radiation: Declined"]);
    assert_eq!(said("She was offered AC-T x4 and declined."), ["AC-T: Declined"]);
    assert_eq!(said("AC-T x4 was offered and she declined chemotherapy."), ["AC-T: Declined"]);
    assert_eq!(said("Underwent lumpectomy in May 2024 and declined AC-T x4."), ["lumpectomy: Done", "AC-T: Declined"]);
}

#[test]
fn a_recommendation_against_is_none_for_it() {
    for text in [
        "Recommend against mastectomy.",
        "We recommend against mastectomy.",
        "I would advise against mastectomy.",
        "The board recommended against mastectomy and chemotherapy.",
        "Mastectomy is not recommended.",
        "Would not recommend mastectomy.",
        "No mastectomy is recommended.",
        "Recommend against TC x4.",
        "TC x4 is not recommended.",
        "We do not recommend TC x4.",
    ] {
        let history = reader().read_history(text);
        let planned = |t: &&consilium_casefile::facts::Treatment| t.status != TreatmentStatus::Declined;
        assert!(!history.treatments.iter().any(|t| planned(&t)), "{text}: {:?}", said(text));
        let facts = reader().read(text).facts;
        let done = |f: &consilium_casefile::facts::Fact| f.is_current_finding() && f.concept == Concept::PROCEDURE;
        assert!(!facts.iter().any(done), "{text}: {facts:?}");
    }
    assert_eq!(said("We recommend TC x4."), ["TC: Planned"]);
    assert_eq!(said("Mastectomy is recommended."), ["mastectomy: Planned"]);
}

#[test]
fn medicines_that_were_never_taken_are_not_taken() {
    for text in [
        "Letrozole 2.5 mg daily was prescribed but never started.",
        "She never started letrozole 2.5 mg daily.",
        "Did not start letrozole 2.5 mg daily.",
    ] {
        let taken: Vec<_> = reader()
            .read_history(text)
            .medications
            .into_iter()
            .filter(|m| format!("{:?}", m.status) == "Active")
            .collect();
        assert!(taken.is_empty(), "{text}: {taken:?}");
    }
    let taken = reader().read_history("Letrozole 2.5 mg daily was started.").medications;
    assert_eq!(format!("{:?}", taken[0].status), "Active");
}
