//! Files made by others: every one is accounted for, none stops an import.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test stops where its ground is missing, and says what it skips"
)]

mod common;

use common::{Home, corpus, files_below, outcomes, unpack};

fn check(name: &str) {
    let Some(corpus) = corpus(name) else { return };
    let home = Home::new();
    let folder = home.folder.path().join(name);
    std::fs::create_dir_all(&folder).expect("a folder");
    unpack(&corpus, &folder);
    let on_disk = files_below(&folder);
    assert!(!on_disk.is_empty(), "{name} is empty");

    let answer = home.import(&[&folder]);
    let told = outcomes(&answer);
    for file in &on_disk {
        let path = format!("{name}/{file}");
        assert!(told.iter().any(|(met, ..)| *met == path), "{path} is not accounted for");
    }
    let count = |outcome: &str| told.iter().filter(|(_, o, _)| o == outcome).count();
    let counts = ["kept", "duplicate", "set_aside", "refused"].map(|o| (o, count(o)));
    println!("{name}: {} files on disk, {} met: {counts:?}", on_disk.len(), told.len());
    for (path, outcome, reason) in &told {
        let explained = !reason.is_empty() || outcome == "kept";
        assert!(explained, "{path} is {outcome} without a reason");
    }
    assert_eq!(answer["totals"]["files"], told.len());
    home.verify();

    let again = home.import(&[&folder]);
    let kept_again = outcomes(&again).into_iter().filter(|(_, outcome, reason)| {
        outcome == "kept"
            && !reason.starts_with("Opened")
            && !reason.starts_with("The disc")
            && !reason.starts_with("The portal")
    });
    assert_eq!(kept_again.collect::<Vec<_>>(), vec![], "{name}: a second import keeps nothing new");
}

#[test]
fn every_vendor_ccda_is_accounted_for() {
    check("ccda-vendor");
}

#[test]
fn every_hl7_ccda_example_is_accounted_for() {
    check("ccda-hl7-examples");
}

#[test]
fn every_synthetic_fhir_patient_is_accounted_for() {
    check("fhir-synthea-cancer");
}

#[test]
fn every_hl7_v2_message_is_accounted_for() {
    check("hl7v2-and-ccda-with-expected-fhir");
}

#[test]
fn every_dicom_test_file_is_accounted_for() {
    check("dicom-pydicom");
}

#[test]
fn every_compressed_dicom_sample_is_accounted_for() {
    check("dicom-wg04");
}

#[test]
fn every_malformed_dicom_file_is_accounted_for() {
    check("dicom-malformed");
}
