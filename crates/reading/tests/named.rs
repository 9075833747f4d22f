//! Treatment that a report names without telling that it was given: the sender of a blind edition looks at each.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod common;

use consilium_casefile::PartialDate;
use consilium_casefile::facts::{Treatment, TreatmentStatus};

/// Of the sentences that tell what is to come: all, and those of which nobody is warned.
const PLANS: [usize; 2] = [243, 2];
/// Of those that tell what was given: all, and those with a warning for nothing.
const GIVEN: [usize; 2] = [40, 0];

/// The same of sentences set aside. When they were first counted 36 of the plans were missed, and 30 of those that were given had
/// a warning for nothing; the words of most are in the table since.
const PLANS_ASIDE: [usize; 2] = [60, 5];
const GIVEN_ASIDE: [usize; 2] = [60, 3];

const SENTENCES: &str = include_str!("sentences/named.tsv");
const ASIDE: &str = include_str!("sentences/named-aside.tsv");

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
        "N" | "C" | "-" => sentence.replace("\\n", "\n"),
        _ => format!(
            "OPERATIVE NOTE\n\nPatient: Anna Quill\nDate of operation: 11/05/2026\nSurgeon: Joan Kim, MD\n\nPREOPERATIVE \
             DIAGNOSIS: Left breast cancer\nPROCEDURE: Left breast core biopsy\nANESTHESIA: Local\n\nDESCRIPTION OF \
             PROCEDURE: The patient was brought to the room. The breast was prepped.\n\n{sentence}\n"
        ),
    }
}

/// What the sender of a record is shown, as of its day; what the summary of a course names without a day was given.
fn shown_of(kind: &str, text: &str) -> Vec<String> {
    let plans = common::reader().read_statements(text).plans;
    let history = common::reader().read_history(text);
    // What is planned or declined is shown by its own name.
    let open = |t: &&Treatment| !t.status.is_given() && t.status != TreatmentStatus::Mentioned;
    let open = history.treatments.iter().filter(open).map(|t| t.quote.clone());
    let record: PartialDate = "2026-11-05".parse().unwrap();
    let stands = plans.into_iter().filter(|m| m.day.is_none_or(|day| day.earliest() > record.latest()));
    let stands = stands.filter(|m| !(kind == "C" && m.named && m.day.is_none()));
    stands.map(|mention| mention.quote).chain(open).collect()
}

/// The same of a report.
fn shown(text: &str) -> Vec<String> {
    shown_of("-", text)
}

/// All plans and those of which nobody is warned; all that was given, and what has a warning for nothing; what was wrong.
fn count(sentences: &str) -> ([[usize; 2]; 2], String) {
    let mut counts = [[0; 2]; 2];
    let mut told = Vec::new();
    for line in sentences.lines().filter(|line| !line.starts_with('#')) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [label, kind, sentence] = columns.as_slice() else { unreachable!("{line}: not three columns") };
        let found = shown_of(kind, &report(kind, sentence));
        let is_plan = *label == "plan";
        let of = &mut counts[usize::from(!is_plan)];
        of[0] += 1;
        if found.is_empty() == is_plan {
            of[1] += 1;
            told.push(format!("{label}: {sentence} {found:?}"));
        }
    }
    (counts, told.join("\n"))
}

#[test]
fn who_sends_a_blind_edition_is_shown_treatment_that_is_only_named_and_not_what_was_given() {
    for (sentences, at_best) in [(ASIDE, [PLANS_ASIDE, GIVEN_ASIDE]), (SENTENCES, [PLANS, GIVEN])] {
        let (counts, told) = count(sentences);
        assert_eq!(counts, at_best, "{told}");
    }
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
    let short = "SURGICAL PATHOLOGY REPORT\nFINAL DIAGNOSIS\nLeft breast, lumpectomy: carcinoma. Two of four sentinel lymph nodes hold \
                 carcinoma.\n";
    assert_eq!(shown(short), Vec::<String>::new());
    let more = specimen.replace("are free.", "are free. Completion mastectomy, chemotherapy.");
    assert_eq!(shown(&more).len(), 1, "{:?}", shown(&more));
}

#[test]
fn words_of_consent_in_the_note_of_an_operation_that_was_done_are_no_plan() {
    let note = |sentence: &str| {
        format!(
            "OPERATIVE NOTE\nDate of operation: 11/05/2026\nProcedure: Left lumpectomy and sentinel node biopsy\nAnesthesia: \
             General\n\nIndication: {sentence}\n"
        )
    };
    for consent in [
        "72-year-old woman with a biopsy-proven carcinoma. She chose breast conservation.",
        "She chose breast conservation after discussion of the options.",
        "She elected lumpectomy rather than mastectomy and signed the consent.",
    ] {
        assert_eq!(shown(&note(consent)), Vec::<String>::new(), "{consent}");
    }
    for plan in [
        "She chose breast conservation and radiation.",
        "She chose lumpectomy, and will have completion mastectomy if margins are positive.",
        "She agreed to adjuvant chemotherapy.",
    ] {
        assert!(!shown(&note(plan)).is_empty(), "{plan}");
    }
    let went = |words: &str| shown(&report("R", &format!("CLINICAL HISTORY: {words}")));
    assert!(!went("We recommend mastectomy, the core biopsy was completed without complication.").is_empty());
    assert_eq!(went("Admitted for elective hemicolectomy, which went without complication."), Vec::<String>::new());
    let list = "OPERATIVE NOTE\nAnesthesia: General\n\nProcedure\n1. Left breast lumpectomy, localized by magnetic seed.\n2. Left \
                axillary sentinel lymph node biopsy.\n\nThrough an axillary incision four sentinel nodes were removed.\n\n\
                Specimens\nB: left axillary sentinel lymph nodes 1 to 4.\n";
    assert_eq!(shown(list), Vec::<String>::new());
    assert!(!shown(&list.replace("Specimens", "Plan: left mastectomy.\n\nSpecimens")).is_empty());
    // In another record the same words are the plan.
    let report = report("P", "CLINICAL HISTORY: She chose breast conservation.");
    assert!(!shown(&report).is_empty());
}
