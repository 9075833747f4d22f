//! What a text names for which there is no concept: tests that were made and values that were measured. Whoever adds a
//! line to `record-words.csv` adds a sentence here.

mod common;

use std::collections::{BTreeMap, BTreeSet};

const SENTENCES: &str = include_str!("sentences/names.tsv");

fn all_names(text: &str) -> Vec<String> {
    common::reader().read_names(text)
}

fn names(text: &str) -> Vec<String> {
    let mut names = all_names(text);
    names.retain(|name| !name.starts_with("doubt:"));
    names
}

#[test]
fn every_line_of_the_table_is_found_in_a_sentence_of_a_report() {
    let knowledge = consilium_knowledge::load(None).knowledge;
    let mut said: BTreeMap<&str, usize> = BTreeMap::new();
    for line in SENTENCES.lines().filter(|line| !line.is_empty()) {
        let (id, sentence) = line.split_once('\t').expect("an id and a sentence");
        assert!(names(sentence).iter().any(|name| name == id), "{id}: {sentence}: {:?}", names(sentence));
        *said.entry(id).or_default() += 1;
    }
    for words in &knowledge.gathering.record_words {
        assert!(said.contains_key(words.id.as_str()), "{} has no sentence", words.id);
    }
}

#[test]
fn what_was_not_done_is_not_named() {
    for text in [
        "FISH was not performed.",
        "FISH: pending",
        "FISH studies to follow",
        "FISH panel has been ordered",
        "We recommend FISH for MYC.",
        "Flow cytometry not performed due to insufficient cells.",
        "No flow cytometry was sent.",
        "Karyotype: not done",
        "Would consider next generation sequencing at progression.",
        "EUS was discussed and is planned for next week.",
        "Plan: colonoscopy in three months",
        "IGHV: not tested",
        "HIV: not tested",
        "FISH was sent to Example Reference Laboratory; results will be reported separately",
        "Tissue was sent to the reference\nlaboratory for FISH.",
        "Insufficient tissue for FISH.",
        "FISH cannot be done.",
        "FISH could not be performed on this sample.",
        "Flow cytometry was attempted but yielded insufficient viable cells.",
        "Flow cytometry was attempted but\nyielded insufficient viable cells.",
        "Specimen sent for flow cytometry.",
        "See separate flow cytometry report FL26-22.",
        "Karyotype: no growth",
        "Next generation sequencing: quantity not sufficient",
    ] {
        assert_eq!(names(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn a_value_needs_a_number_behind_its_name() {
    for text in [
        "Hemoglobin:",
        "Blood was taken for creatinine and bilirubin.",
        "CA 19-9: pending",
        "Thyroglobulin not performed 6/1",
        "Calcitonin\nDr. Example\nPage 3 of 4",
        "LDH within the usual range",
    ] {
        assert_eq!(names(text), Vec::<String>::new(), "{text}");
    }
    for text in [
        "Hemoglobin A1c 5.4 %",
        "Glycated hemoglobin 5.4 %",
        "Urine creatinine 88 mg/dL",
        "Creatinine, urine 88 mg/dL",
        "Albumin/creatinine ratio 12",
        "Urine bilirubin 0",
        "Urine WBC 0-5 /hpf",
    ] {
        assert_eq!(names(text), Vec::<String>::new(), "{text}");
    }
    assert_eq!(
        names("Urine pH 6 Creatinine 0.9"),
        ["chemistry", "kidney-values"],
        "a value parts what is of the urine"
    );
    assert_eq!(names("Urinalysis\nBilirubin 0.7"), ["bilirubin"], "a line of its own is of blood");
    assert_eq!(
        names("Creatinine 0.9 Na 140"),
        ["chemistry", "kidney-values"],
        "what stands behind is of something else"
    );
    assert_eq!(names("Bilirubin, total\n0.6 mg/dL"), ["bilirubin"], "a table that breaks between name and value");
    assert_eq!(names("Plan: repeat labs.\n\nHemoglobin 11.2 g/dL"), ["blood-count"], "a plan ends with its paragraph");
}

#[test]
fn what_is_of_another_part_of_the_body_is_not_named() {
    for text in [
        "Colon polyp: muscularis propria not identified.",
        "Status post kidney transplant 2009.",
        "Autologous stem cell transplant in 2019",
        "Dental: no pain",
        "CT abdomen without contrast",
    ] {
        assert_eq!(names(text), Vec::<String>::new(), "{text}");
    }
    assert_eq!(names("Listed for liver transplant, MELD 12."), ["transplant-status"]);
}

#[test]
fn a_cancer_that_may_come_back_has_not() {
    for text in [
        "No evidence of local recurrence.",
        "Recurrence score 18",
        "Tamoxifen reduces the risk of cancer recurrence.",
        "Findings are suspicious for local recurrence.",
        "If the cancer has recurred, call us.",
        "Recurrent urinary tract infections",
    ] {
        assert!(!names(text).iter().any(|name| name == "recurrence"), "{text}");
    }
}

#[test]
fn the_line_that_says_what_was_examined_names_modality_and_region() {
    let exam = |text: &str| {
        let names = names(text);
        names.iter().filter_map(|name| name.strip_prefix("exam:").map(str::to_owned)).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        exam("RADIOLOGY REPORT\nExam: CT CHEST ABDOMEN PELVIS\nFindings: brain is not imaged"),
        "CT chest abdomen pelvis prostate"
    );
    assert_eq!(exam("EXAMINATION: MRI brain with contrast"), "MR brain");
    assert_eq!(exam("Comparison exam: CT chest 2024"), "");
    assert_eq!(exam("Exam: unremarkable\nNeck: supple"), "");
    assert_eq!(exam("Physical exam: lungs clear"), "");
}

#[test]
fn a_test_sent_elsewhere_is_named_where_its_result_stands_as_well() {
    for text in [
        "FISH was sent out. FISH (addendum): MYC rearranged.",
        "Insufficient tissue for karyotype.\nFISH: MYC rearranged",
        "Specimen submitted: lymph node\nFISH: MYC rearranged",
    ] {
        assert_eq!(names(text).iter().filter(|name| *name == "fish").count(), 1, "{text}");
    }
}

#[test]
fn words_that_only_look_like_a_name_are_none() {
    for text in ["She likes fish and rice.", "Rai stage II", "upper pole of the left kidney", "TG 140 mg/dL", "fees 20"]
    {
        let found = names(text);
        assert!(found.iter().all(|name| name == "fish"), "{text}: {found:?}");
    }
    assert_eq!(names(""), Vec::<String>::new());
    assert_eq!(names(&"\u{0}|;.\t\n".repeat(500)), Vec::<String>::new());
    names(&"hemoglobin ".repeat(20_000));
}

/// The doubts a text names, by id.
fn doubts(text: &str) -> Vec<String> {
    all_names(text).iter().filter_map(|name| name.strip_prefix("doubt:").map(str::to_owned)).collect()
}

#[test]
fn a_paper_that_holds_no_result_says_so() {
    let mut said = BTreeSet::new();
    for (id, text) in [
        ("no-such-record", "Re: RADIATION TREATMENT SUMMARY\nWe regret that we have no such record."),
        ("no-such-record", "Re: OPERATIVE REPORT\nWe regret that the operative report can not be found."),
        ("no-such-record", "No records found for this patient."),
        ("no-such-record", "The record could not be\nlocated."),
        ("cover-sheet", "FAX COVER SHEET\nTo: Records\nEnclosed: surgical pathology report, operative report"),
        ("not-final", "PRELIMINARY PATHOLOGY REPORT\nDate: 09/21/2026"),
        ("not-final", "CT CHEST\nImpression: nodule. Final report to follow."),
        ("not-final", "Report status: preliminary"),
        ("not-final", "PRELIMINARY CT CHEST\nFindings: nodule"),
        ("to-follow", "GENOMIC REPORT\nResult will follow by fax."),
        ("cancelled", "Quantity not sufficient. Test cancelled."),
        ("cancelled", "GERMLINE TEST\nSpecimen rejected: hemolyzed"),
        ("cancelled", "MRI BREAST\nExam cancelled by patient"),
        ("not-done", "OPERATIVE NOTE\nNo operation was done."),
        ("not-done", "Procedure aborted: the airway could not be secured."),
        ("addition-alone", "SURGICAL PATHOLOGY REPORT - ADDENDUM\nHER2 FISH: not amplified. See original report."),
    ] {
        assert_eq!(doubts(text), [id], "{text}");
        said.insert(id.to_owned());
    }
    let known = consilium_knowledge::load(None).knowledge.gathering.record_doubts;
    assert_eq!(known.into_iter().map(|doubt| doubt.id).collect::<BTreeSet<_>>(), said, "each has a sentence");
}

#[test]
fn a_report_that_speaks_of_an_earlier_or_denied_state_is_not_doubted() {
    for text in [
        "Preliminary findings were discussed with Dr. Example by phone.",
        "This final report supersedes the preliminary report.",
        "This is not a preliminary report.",
        "FINAL DIAGNOSIS: carcinoma\nGross description: received in formalin\nAddendum report to follow",
        "FINAL DIAGNOSIS: carcinoma.\nMolecular: quantity not sufficient for testing.",
        "SURGICAL PATHOLOGY REPORT\nGROSS DESCRIPTION: received in formalin\nADDENDUM\nER 95 %",
        "FAX COVER SHEET\nPages including cover: 4\nCT CHEST\nFINDINGS: nodule\nIMPRESSION: nodule",
        "The previous procedure was aborted; today the tumor was resected.",
        "The nodule seen before can not be found.",
        "Specimen: left breast, core biopsy",
        "",
    ] {
        assert_eq!(doubts(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn the_line_that_says_what_was_examined_names_its_side() {
    for (text, sides) in [
        ("Exam: MRI RIGHT BREAST", vec!["exam:right"]),
        ("Exam: US BREAST LT LIMITED", vec!["exam:left"]),
        ("Exam: MAMMOGRAM BILATERAL", vec!["exam:left", "exam:right"]),
        ("Exam: CT CHEST", vec![]),
    ] {
        let found = names(text);
        let told: Vec<&String> = found.iter().filter(|n| ["exam:left", "exam:right"].contains(&n.as_str())).collect();
        assert_eq!(told, sides, "{text}");
    }
}
