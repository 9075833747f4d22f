//! Treatment that a report names without telling that it was given: the sender of a blind edition looks at each.

mod common;

use consilium_casefile::PartialDate;

/// Of the sentences that tell what is to come: all, and those of which nobody is warned.
const PLANS: [usize; 2] = [243, 2];
/// Of those that tell what was given: all, and those with a warning for nothing.
const GIVEN: [usize; 2] = [40, 1];

const SENTENCES: &str = include_str!("sentences/named.tsv");

/// A report of each kind that holds one sentence.
fn report(kind: &str, sentence: &str) -> String {
    match kind {
        "R" => format!(
            "RADIOLOGY REPORT\n\nPatient: Anna Quill\nExam date: 11/05/2026\nExam: CT CHEST WITH CONTRAST\n\n{sentence}\n\n\
             TECHNIQUE: Axial images were obtained after intravenous contrast.\n\nFINDINGS: The lungs are clear. No \
             adenopathy.\n\nIMPRESSION:\n1. No evidence of metastatic disease.\n\nElectronically signed by: Paul Reed, MD\n"
        ),
        "P" => format!(
            "SURGICAL PATHOLOGY REPORT\n\nPatient: Anna Quill\nCollected: 11/05/2026\n\nFINAL DIAGNOSIS:\nLeft breast, core \
             biopsy:\n- Invasive ductal carcinoma, grade 2.\n\n{sentence}\n\nGROSS DESCRIPTION: Received in formalin are 4 \
             cores.\n\nElectronically signed by: Mary Stone, MD\n"
        ),
        _ => format!(
            "OPERATIVE NOTE\n\nPatient: Anna Quill\nDate of operation: 11/05/2026\nSurgeon: Joan Kim, MD\n\nPREOPERATIVE \
             DIAGNOSIS: Left breast cancer\nPROCEDURE: Left breast core biopsy\nANESTHESIA: Local\n\nDESCRIPTION OF \
             PROCEDURE: The patient was brought to the room. The breast was prepped.\n\n{sentence}\n"
        ),
    }
}

/// What the sender of a report is shown, as of its day.
fn shown(text: &str) -> Vec<String> {
    let plans = common::reader().read_statements(text).plans;
    let history = common::reader().read_history(text);
    // A treatment of which nothing tells that it was given is shown by its own name.
    let open = history.treatments.iter().filter(|t| !t.status.is_given()).map(|t| t.quote.clone());
    let record: PartialDate = "2026-11-05".parse().unwrap();
    let stands = plans.into_iter().filter(|m| m.day.is_none_or(|day| day.earliest() > record.latest()));
    stands.map(|mention| mention.quote).chain(open).collect()
}

#[test]
fn who_sends_a_blind_edition_is_shown_treatment_that_is_only_named_and_not_what_was_given() {
    let mut counts = [[0; 2]; 2];
    let mut told = Vec::new();
    for line in SENTENCES.lines().filter(|line| !line.starts_with('#')) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [label, kind, sentence] = columns.as_slice() else { unreachable!("{line}: not three columns") };
        let found = shown(&report(kind, sentence));
        let is_plan = *label == "plan";
        let of = &mut counts[usize::from(!is_plan)];
        of[0] += 1;
        if found.is_empty() == is_plan {
            of[1] += 1;
            told.push(format!("{label}: {sentence} {found:?}"));
        }
    }
    assert_eq!(counts, [PLANS, GIVEN], "{}", told.join("\n"));
}

#[test]
fn words_behind_the_line_of_a_signature_are_read_and_those_of_a_disclaimer_are_not() {
    let signed = "FINAL DIAGNOSIS:\nBreast, core biopsy: carcinoma.\n\nElectronically signed by: Mary Stone, MD\nPatient is \
                  scheduled for mastectomy.\n";
    assert_eq!(shown(signed), ["Patient is scheduled for mastectomy."]);
    let disclaimer =
        "FINAL DIAGNOSIS:\nBreast, core biopsy: carcinoma.\n\nDISCLAIMER: The result is used for trastuzumab.\n";
    assert_eq!(shown(disclaimer), Vec::<String>::new());
}

#[test]
fn each_line_of_a_list_of_medicines_speaks_for_itself() {
    let list = "MEDICATION LIST\n\nLetrozole 2.5 mg daily for 5 years after surgery\nTamoxifen 20 mg daily, taking since \
                2021\nPalbociclib 125 mg awaiting delivery\nOlaparib prescribed 10/20/2026\nLisinopril 10 mg daily\n";
    let found = shown(list).join("\n");
    for open in ["Letrozole", "Palbociclib", "Olaparib"] {
        assert!(found.contains(open), "{open}: {found}");
    }
    assert!(!found.contains("Tamoxifen") && !found.contains("Lisinopril"), "{found}");
}

#[test]
fn a_cycle_that_a_test_is_ordered_before_was_not_given() {
    let given = |text: &str| common::reader().read_history(text).treatments.iter().any(|t| t.status.is_given());
    assert!(!given("Order comment: Pre-chemo TCHP cycle 1"));
    assert!(!given("Baseline before TCHP cycle 1 of 6."));
    assert!(given("She is here for TCHP cycle 3 of 6."));
}

#[test]
fn what_a_record_is_about_is_not_shown_and_nothing_is_read_into_bad_input() {
    let specimen = "SPECIMEN: Left breast, lumpectomy\n\nFINAL DIAGNOSIS:\nLeft breast, lumpectomy: carcinoma.\n\nCOMMENT: \
                    Margins of the lumpectomy are free.\n\nGROSS DESCRIPTION: The specimen is oriented.\n";
    let note = "OPERATIVE REPORT\nProcedure performed: left mastectomy\n\nThe mastectomy was carried out.\n";
    for text in [specimen, note, "", "on", "OR", "s/p", "pre", "or OR to", "\u{c}on\u{c}"] {
        assert_eq!(shown(text), Vec::<String>::new(), "{text:?}");
    }
    let more = specimen.replace("are free.", "are free. Completion mastectomy, chemotherapy.");
    assert_eq!(shown(&more).len(), 1, "{:?}", shown(&more));
}
