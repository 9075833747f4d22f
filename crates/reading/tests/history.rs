//! Medicines and treatments in free text: what counts, what must not count, and that every quote stands at its place.

use std::sync::OnceLock;

use consilium_casefile::facts::{ChangeKind, Medication, MedicationStatus, Treatment, TreatmentKind, TreatmentStatus};
use consilium_reading::{History, Reader};
use proptest::prelude::*;

fn reader() -> &'static Reader {
    static READER: OnceLock<Reader> = OnceLock::new();
    READER.get_or_init(|| {
        let loaded = consilium_knowledge::load(None);
        assert_eq!(loaded.complaints, []);
        Reader::new(&loaded.knowledge)
    })
}

/// Reads a text and holds every quote to its place.
fn read(text: &str) -> History {
    let history = reader().read_history(text);
    let at = |start: usize, end: usize| text.chars().skip(start).take(end - start).collect::<String>();
    for medication in &history.medications {
        assert_eq!(at(medication.start, medication.end), medication.quote);
        assert!(!medication.quote.is_empty());
    }
    for treatment in &history.treatments {
        assert_eq!(at(treatment.start, treatment.end), treatment.quote);
        assert!(!treatment.quote.is_empty());
    }
    history
}

fn in_short(m: &Medication) -> String {
    let part = |p: &Option<String>| p.clone().unwrap_or_else(|| "-".to_owned());
    let ingredient = part(&m.ingredient);
    format!("{ingredient} | {} | {} | {} | {:?}", part(&m.dose), part(&m.route), part(&m.frequency), m.status)
}

#[track_caller]
fn medicines(text: &str, expect: &[&str]) {
    let found: Vec<String> = read(text).medications.iter().map(in_short).collect();
    assert_eq!(found, expect, "{text}");
}

fn line(t: &Treatment) -> String {
    let mut out = format!("{:?} {:?}: {}", t.status, t.kind, t.what);
    if let Some(side) = &t.laterality {
        out.push_str(&format!(", {side}"));
    }
    if let Some(cycles) = t.cycles {
        out.push_str(&format!(", {cycles} cycles"));
    }
    if let Some(dose) = &t.dose {
        out.push_str(&format!(", {dose}"));
    }
    if let Some(date) = t.date {
        out.push_str(&format!(", {date}"));
    }
    if let Some(until) = t.until {
        out.push_str(&format!(", until {until}"));
    }
    out
}

#[track_caller]
fn treatments(text: &str, expect: &[&str]) {
    let found: Vec<String> = read(text).treatments.iter().map(line).collect();
    assert_eq!(found, expect, "{text}");
}

#[test]
fn the_operation_of_a_note_is_done_on_the_day_of_the_note() {
    let both = |day: &str| {
        [format!("Done Operation: lumpectomy, right{day}"), format!("Done Operation: sentinel node biopsy{day}")]
    };
    let expect = both("");
    let expect: Vec<&str> = expect.iter().map(String::as_str).collect();
    for label in ["Procedure", "Operation", "Procedure performed"] {
        treatments(&format!("{label}: right lumpectomy with sentinel node biopsy"), &expect);
    }
    let dated = both(", 2026-03-12");
    let dated: Vec<&str> = dated.iter().map(String::as_str).collect();
    for note in [
        "OPERATIVE REPORT\nDate of surgery: 12 March 2026\nPreoperative diagnosis: breast cancer\n\nPROCEDURE PERFORMED:\n1. Right lumpectomy.\n2. Sentinel node biopsy.\n",
        "Operation note\nDate: 2026-03-12\nOperation: Right lumpectomy with sentinel node biopsy\nAnaesthesia: general",
        "DATE OF OPERATION: 03/12/2026\nPOSTOPERATIVE DIAGNOSIS: Carcinoma of the right breast\nOPERATION: right lumpectomy and sentinel node biopsy\nESTIMATED BLOOD LOSS: 20 mL",
    ] {
        treatments(note, &dated);
    }
}

#[test]
fn what_is_to_come_or_was_only_spoken_of_is_not_done() {
    treatments("We plan a right lumpectomy in 2026.", &["Planned Operation: lumpectomy, right, 2026"]);
    treatments("PLAN:\nProcedure: right lumpectomy", &["Planned Operation: lumpectomy, right"]);
    for said in [
        "Considered abemaciclib.",
        "Abemaciclib was discussed.",
        "Discussed abemaciclib with the patient.",
        "We discussed the options of lumpectomy versus mastectomy.",
        "PLAN:\nConsider abemaciclib",
    ] {
        treatments(said, &[]);
        medicines(said, &[]);
    }
    medicines("Considered abemaciclib 150 mg twice daily.", &[]);
    treatments("Abemaciclib was discussed and is planned.", &["Planned Systemic: abemaciclib"]);
}

#[test]
fn a_medicine_has_dose_route_and_frequency() {
    medicines("Tamoxifen 20 mg daily", &["tamoxifen | 20 mg | - | once daily | Active"]);
    medicines("metoprolol 25 mg BID", &["metoprolol | 25 mg | - | twice daily | Active"]);
    medicines(
        "Takes Zofran 8 mg by mouth every 8 hours as needed.",
        &["ondansetron | 8 mg | oral | every 8 hours, as needed | Active"],
    );
    medicines("levothyroxine 0.075 mg p.o. q.d.", &["levothyroxine | 0.075 mg | oral | once daily | Active"]);
    medicines("acetaminophen 1,000 mg q6h prn", &["acetaminophen | 1000 mg | - | every 6 hours, as needed | Active"]);
    medicines("denosumab 120 mg SC every 4 weeks", &["denosumab | 120 mg | subcutaneous | every 4 weeks | Active"]);
    medicines("She is on 10 mg of lisinopril.", &["lisinopril | 10 mg | - | - | Active"]);
}

#[test]
fn a_dose_is_neither_ten_times_nor_a_part_of_what_is_written() {
    medicines("Lorazepam 0,5 mg daily", &["lorazepam | 0.5 mg | - | once daily | Active"]);
    medicines("Digoxin .125 mg daily", &["digoxin | 0.125 mg | - | once daily | Active"]);
    medicines(
        "Methotrexate 2.5 mg tablets, take 6 tablets once weekly",
        &["methotrexate | 15 mg | - | every week | Active"],
    );
    medicines(
        "Dexamethasone 4 mg tablet: take 2 tablets twice daily",
        &["dexamethasone | 8 mg | - | twice daily | Active"],
    );
    medicines("Lisinopril 10 mg, 30 tablets dispensed, once daily", &["lisinopril | 10 mg | - | once daily | Active"]);
    medicines("Lisinopril 10 mg daily - STOPPED 2024", &["lisinopril | 10 mg | - | once daily | Stopped"]);
    medicines("Warfarin 5 mg - do not take", &["warfarin | 5 mg | - | - | Stopped"]);
}

#[test]
fn several_medicines_in_a_line_keep_their_own_doses() {
    medicines(
        "Currently on lisinopril 10 mg daily, atorvastatin 20 mg at bedtime and aspirin 81 mg.",
        &[
            "lisinopril | 10 mg | - | once daily | Active",
            "atorvastatin | 20 mg | - | once daily at bedtime | Active",
            "aspirin | 81 mg | - | - | Active",
        ],
    );
}

#[test]
fn a_dose_is_of_the_medicine_it_stands_with() {
    medicines(
        "Medications: lisinopril 10 mg, metformin, atorvastatin 20 mg",
        &[
            "lisinopril | 10 mg | - | - | Active",
            "metformin | - | - | - | Active",
            "atorvastatin | 20 mg | - | - | Active",
        ],
    );
    medicines(
        "Medications: lisinopril 10 mg metformin",
        &["lisinopril | 10 mg | - | - | Active", "metformin | - | - | - | Active"],
    );
    medicines(
        "Medications: 10 mg lisinopril, 20 mg atorvastatin",
        &["lisinopril | 10 mg | - | - | Active", "atorvastatin | 20 mg | - | - | Active"],
    );
    medicines(
        "Medications: metformin, 20 mg of atorvastatin",
        &["metformin | - | - | - | Active", "atorvastatin | 20 mg | - | - | Active"],
    );
    medicines("Regimen: mFOLFOX6 (oxaliplatin 85 mg/m2, leucovorin, fluorouracil)", &[]);
    medicines("She takes 20 mg of tamoxifen daily.", &["tamoxifen | 20 mg | - | once daily | Active"]);
    medicines("She takes 20 mg tamoxifen daily.", &["tamoxifen | 20 mg | - | once daily | Active"]);
}

#[test]
fn a_list_of_medicines_needs_no_doses_and_a_list_of_allergies_holds_none() {
    medicines(
        "MEDICATIONS:\nLetrozole\nGabapentin 300 mg TID\n\nALLERGIES:\nAmoxicillin (hives)\nPenicillin V 500 mg\n",
        &["letrozole | - | - | - | Active", "gabapentin | 300 mg | - | three times daily | Active"],
    );
}

#[test]
fn what_was_stopped_or_is_planned_says_so() {
    medicines("Warfarin 5 mg was discontinued in March 2026.", &["warfarin | 5 mg | - | - | Stopped"]);
    medicines("Metformin 500 mg BID stopped for diarrhea.", &["metformin | 500 mg | - | twice daily | Stopped"]);
    medicines("She previously took anastrozole 1 mg daily.", &["anastrozole | 1 mg | - | once daily | Stopped"]);
    medicines("We will start letrozole 2.5 mg daily.", &["letrozole | 2.5 mg | - | once daily | Planned"]);
    let history = read("Metformin 500 mg BID stopped for diarrhea.");
    assert_eq!(history.medications[0].reason.as_deref(), Some("diarrhea"));
    let both = &read("Tamoxifen was started in 2015 and stopped in 2020.").medications[0];
    let days = [both.since, both.until].map(|d| d.map(|d| d.to_string()));
    assert_eq!(days, [Some("2015".to_owned()), Some("2020".to_owned())]);
    let since = read("Tamoxifen 20 mg daily since June 2021.").medications;
    assert_eq!(since[0].since.map(|d| d.to_string()).as_deref(), Some("2021-06"));
    assert_eq!(since[0].status, MedicationStatus::Active);
}

#[test]
fn what_is_no_medicine_of_this_person_is_left_out() {
    for text in [
        "Allergic to amoxicillin and ibuprofen 200 mg.",
        "Allergies: aspirin, ciprofloxacin.",
        "Aspirin allergy.",
        "Denies ibuprofen 400 mg use.",
        "No tamoxifen 20 mg.",
        "Her mother takes metformin 500 mg daily.",
        "We discussed the side effects of tamoxifen.",
        "Digoxin level 0.9.",
        "The isolate is resistant to levofloxacin 1 mg.",
        "Avoid naproxen 500 mg.",
        "Randomised trial of exemestane.",
        "Iron 65 mg and unknownium 5 mg daily.",
    ] {
        medicines(text, &[]);
    }
}

#[test]
fn lines_of_systemic_treatment_have_cycles_changes_and_reasons() {
    let text =
        "Received 4 cycles AC, dose reduced 20 % for neutropenia; paclitaxel stopped after 8 weeks for neuropathy.";
    treatments(text, &["Done Systemic: AC, 4 cycles", "Stopped Systemic: paclitaxel"]);
    let history = read(text);
    let changes: Vec<_> = history.treatments.iter().map(|t| t.change.clone().unwrap()).collect();
    assert_eq!(changes[0].kind, ChangeKind::Reduced);
    assert_eq!((changes[0].how.as_deref(), changes[0].why.as_deref()), (Some("20 %"), Some("neutropenia")));
    assert_eq!(changes[1].kind, ChangeKind::Stopped);
    assert_eq!((changes[1].how.as_deref(), changes[1].why.as_deref()), (Some("after 8 weeks"), Some("neuropathy")));
    assert_eq!(history.treatments[0].drugs, ["doxorubicin", "cyclophosphamide"]);
    treatments("Completed FOLFOX x 12 in May 2024.", &["Done Systemic: FOLFOX, 12 cycles, until 2024-05"]);
    treatments(
        "She was treated with carboplatin and paclitaxel from January 2020 to May 2020.",
        &["Done Systemic: carboplatin + paclitaxel, 2020-01, until 2020-05"],
    );
    treatments(
        "She completed dose-dense AC followed by weekly paclitaxel in June 2020.",
        &["Done Systemic: AC", "Done Systemic: paclitaxel, until 2020-06"],
    );
    treatments("Six cycles of R-CHOP were given.", &["Done Systemic: R-CHOP, 6 cycles"]);
    treatments("Currently receiving pembrolizumab, cycle 3 of 9.", &["Ongoing Systemic: pembrolizumab, 3 cycles"]);
}

#[test]
fn radiation_has_its_dose_and_place() {
    treatments(
        "She received radiation to the left breast, 50 Gy in 25 fractions, completed 4 June 2026.",
        &["Done Radiation: radiation to the left breast, left, 50 Gy in 25 fractions, until 2026-06-04"],
    );
    treatments(
        "50 Gy in 25 fractions to the left breast with a boost of 10 Gy in 5 fractions.",
        &["Mentioned Radiation: radiation to the left breast, left, 50 Gy in 25 fractions + 10 Gy in 5 fractions"],
    );
    treatments("XRT 5040 cGy/28 fx was delivered in 2018.", &["Done Radiation: radiation, 5040 cGy/28 fx, 2018"]);
    for text in [
        "Seen by radiation oncology.",
        "Radiation dermatitis has healed.",
        "No radiation was given.",
        "Her sister had radiation.",
    ] {
        treatments(text, &[]);
    }
}

#[test]
fn operations_have_their_day_and_side() {
    treatments(
        "She underwent left breast lumpectomy on 3 March 2026.",
        &["Done Operation: lumpectomy, left, 2026-03-03"],
    );
    treatments("s/p left mastectomy 2019", &["Done Operation: mastectomy, left, 2019"]);
    treatments("03/03/2026: right nephrectomy", &["Done Operation: nephrectomy, right, 2026-03-03"]);
    for text in [
        "A. LEFT BREAST, LUMPECTOMY:",
        "Her mother had a mastectomy in 2001.",
        "No prior mastectomy.",
        "Mastectomy and lumpectomy have equal survival.",
    ] {
        treatments(text, &[]);
    }
}

#[test]
fn a_plan_and_a_refusal_are_no_treatment_given() {
    treatments(
        "We recommend AC-T chemotherapy, then radiation.",
        &["Planned Systemic: AC-T", "Planned Radiation: radiation"],
    );
    treatments(
        "AC-T chemotherapy, to begin by 4 May 2026, followed by radiation therapy.",
        &["Planned Systemic: AC-T, 2026-05-04", "Planned Radiation: radiation"],
    );
    treatments("She will start 6 cycles of TCHP.", &["Planned Systemic: TCHP, 6 cycles"]);
    treatments("Mastectomy is scheduled for 12 May 2026.", &["Planned Operation: mastectomy, 2026-05-12"]);
    treatments("The patient declined radiation therapy.", &["Declined Radiation: radiation"]);
    treatments("Chemotherapy with FOLFIRI was offered and she declined.", &["Declined Systemic: FOLFIRI"]);
    treatments("PLAN:\nLetrozole for five years.\n", &["Planned Systemic: letrozole"]);
    for text in [
        "She did not receive paclitaxel.",
        "Has never had radiation.",
        "If positive, consider nothing.",
        "AC joint arthritis, received injection.",
        "Patient iced the knee; ice applied.",
        "History of asthma. br exam normal.",
    ] {
        treatments(text, &[]);
    }
}

#[test]
fn what_was_called_off_or_refused_was_not_given() {
    treatments("Radiation 50 Gy in 25 fractions was offered, not given.", &[]);
    treatments("Mastectomy was discussed but not performed.", &[]);
    treatments("Plan: lumpectomy cancelled.", &[]);
    medicines(
        "Tamoxifen 20 mg daily was recommended; patient refused.",
        &["tamoxifen | 20 mg | - | once daily | Planned"],
    );
    let ended = &read("She completed radiation 60 Gy in 30 fractions in March 2019.").treatments[0];
    assert_eq!((ended.date, ended.until.map(|d| d.to_string())), (None, Some("2019-03".to_owned())));
}

#[test]
fn what_a_dated_treatment_quotes_is_the_statement_and_not_the_paragraph() {
    let text = "Zażółć. She underwent left mastectomy on 3 March 2019. Diabetes since 2001.";
    let history = read(text);
    assert_eq!(history.treatments[0].quote, "left mastectomy on 3 March 2019");
    assert_eq!(history.treatments[0].kind, TreatmentKind::Operation);
    assert_eq!(history.treatments[0].status, TreatmentStatus::Done);
    assert!(!history.treatments[0].is_planned());
}

#[test]
fn hostile_text_costs_no_more_than_its_length() {
    let pieces = [
        "tamoxifen 20 mg daily, ",
        "AC x4 ",
        "radiation 50 Gy in 25 fractions ",
        "s/p left mastectomy 2019 ",
        "stopped for ",
        "\u{202e}1,2.3-",
        "every q 6 ",
    ];
    for piece in pieces {
        let small = piece.repeat(20_000 / piece.len());
        let large = piece.repeat(320_000 / piece.len());
        let time = |text: &str| {
            let before = std::time::Instant::now();
            let _ = reader().read_history(text);
            before.elapsed()
        };
        let _ = time(&small);
        let (one, sixteen) = (time(&small), time(&large));
        assert!(sixteen.as_millis() < 60 * one.as_millis().max(60), "{piece:?}: {one:?}, {sixteen:?}");
    }
}

proptest! {
    #[test]
    fn every_quote_stands_at_its_place(words in proptest::collection::vec(
        prop_oneof![
            Just("tamoxifen"), Just("20 mg"), Just("daily"), Just("AC"), Just("x4"), Just("4 cycles"), Just("stopped"), Just("for"),
            Just("neuropathy"), Just("50 Gy in 25 fractions"), Just("radiation to the left breast"), Just("s/p"), Just("left mastectomy"),
            Just("3 March 2026"), Just("2019"), Just("\n"), Just("; "), Just(". "), Just(","), Just("allergic to"), Just("recommend"),
            Just("declined"), Just("é—ß"), Just("MEDICATIONS:\n"), Just("1,2.3-4"), Just("every 6 hours"), Just("0"), Just("to"), Just("until"),
        ], 0..40))
    {
        let _ = read(&words.join(" "));
    }

    #[test]
    fn any_text_is_read_without_a_panic(text in "\\PC{0,300}") {
        let _ = read(&text);
    }
}

#[test]
fn doses_of_other_days_are_kept_in_words() {
    for (text, dose) in [
        ("Warfarin 5 mg except 2.5 mg on Monday.", "5 mg except 2.5 mg on Monday"),
        (
            "Warfarin 5 mg daily except 2.5 mg on Mondays and Fridays.",
            "5 mg daily except 2.5 mg on Mondays and Fridays",
        ),
        ("Levothyroxine 100 mcg Mon-Fri and 50 mcg on weekends.", "100 mcg Mon-Fri and 50 mcg on weekends"),
        ("Prednisone 10 mg in the morning and 5 mg in the evening.", "10 mg in the morning and 5 mg in the evening"),
        ("Prednisone 20 mg alternating with 10 mg.", "20 mg alternating with 10 mg"),
    ] {
        let medications = read(text).medications;
        assert_eq!(medications.iter().filter_map(|m| m.dose.as_deref()).collect::<Vec<_>>(), [dose], "{text}");
    }
    medicines("Warfarin 5 mg daily.", &["warfarin | 5 mg | - | once daily | Active"]);
    medicines(
        "Oxycodone 5 mg every 4 hours, maximum 30 mg per day.",
        &["oxycodone | 5 mg | - | every 4 hours | Active"],
    );
    medicines("Lisinopril 10 mg, take 2 tablets (20 mg) daily.", &["lisinopril | 20 mg | - | once daily | Active"]);
}

#[test]
fn how_a_medicine_is_released_is_kept_with_its_name_or_its_words() {
    for (text, name, quote) in [
        ("Morphine ER 30 mg twice daily.", "Morphine ER", "Morphine ER 30 mg twice daily"),
        ("Morphine 15 mg IR every 4 hours.", "Morphine", "Morphine 15 mg IR every 4 hours"),
        ("Metformin 500 mg extended release daily.", "Metformin", "Metformin 500 mg extended release daily"),
        ("Metoprolol succinate 50 mg daily.", "Metoprolol succinate", "Metoprolol succinate 50 mg daily"),
        // "IR" and "ER" are departments as well.
        ("Heparin 5,000 units subcutaneous, IR consult.", "Heparin", "Heparin 5,000 units subcutaneous"),
    ] {
        let medications = read(text).medications;
        let found: Vec<(&str, &str)> = medications.iter().map(|m| (m.name.as_str(), m.quote.as_str())).collect();
        assert_eq!(found, [(name, quote)], "{text}");
    }
}

#[test]
fn common_medicines_are_known_and_words_that_only_look_like_one_are_not() {
    medicines("Insulin 10 units before meals.", &["insulin | 10 [iU] | - | - | Unknown"]);
    medicines("Humulin N 20 units twice daily.", &["insulin nph | 20 [iU] | - | twice daily | Active"]);
    medicines("Tacrolimus 1 mg twice daily.", &["tacrolimus | 1 mg | - | twice daily | Active"]);
    medicines("Fentanyl buccal tablet 200 mcg as needed.", &["fentanyl | 200 ug | buccal | as needed | Active"]);
    medicines("Digoxin .125 mg daily", &["digoxin | 0.125 mg | - | once daily | Active"]);
    medicines("Thyroid 2 cm nodule. Calcium 9.5 mg/dL. Lidocaine 1% 10 mL was injected.", &[]);
}

#[test]
fn of_planned_cycles_those_that_were_given_count() {
    treatments("She received 4 of 6 planned cycles of FOLFOX.", &["Done Systemic: FOLFOX, 4 cycles"]);
    treatments("Completed 4/6 cycles of carboplatin.", &["Done Systemic: carboplatin, 4 cycles"]);
    treatments("FOLFOX, 4 out of 6 planned cycles completed.", &["Done Systemic: FOLFOX, 4 cycles"]);
    treatments("6 planned cycles of FOLFOX.", &["Planned Systemic: FOLFOX, 6 cycles"]);
    treatments("Will receive 4 cycles of FOLFOX.", &["Planned Systemic: FOLFOX, 4 cycles"]);
}

#[test]
fn what_stands_in_a_plan_is_planned_unless_it_says_otherwise() {
    let plan = "Breast cancer. Doxorubicin and cyclophosphamide for 4 cycles, then weekly paclitaxel for 12 weeks.";
    for heading in ["ASSESSMENT AND PLAN:", "Assessment/Plan:", "A/P:", "Impression and plan:\n", "Plan:"] {
        treatments(
            &format!("{heading} {plan}"),
            &["Planned Systemic: doxorubicin + cyclophosphamide, 4 cycles", "Planned Systemic: paclitaxel"],
        );
    }
    treatments(
        "Discussed adjuvant chemotherapy. Plan: doxorubicin 60 mg/m2, then radiation 50 Gy in 25 fractions.",
        &["Planned Systemic: doxorubicin, 60 mg/m2", "Planned Radiation: radiation, 50 Gy in 25 fractions"],
    );
    treatments(
        "A/P: She completed AC for 4 cycles. She is on letrozole. Radiation 50 Gy in 25 fractions.",
        &[
            "Done Systemic: AC, 4 cycles",
            "Ongoing Systemic: letrozole",
            "Planned Radiation: radiation, 50 Gy in 25 fractions",
        ],
    );
    // A smaller heading inside a plan does not end it; another of its own rank does.
    treatments("PLAN:\nBreast cancer: paclitaxel x 12.", &["Planned Systemic: paclitaxel, 12 cycles"]);
    treatments("PLAN:\nRest.\nHISTORY:\npaclitaxel x 12.", &["Done Systemic: paclitaxel, 12 cycles"]);
    treatments(
        "We will give AC for 4 cycles. Then endocrine therapy with an aromatase inhibitor.",
        &["Planned Systemic: AC, 4 cycles", "Planned Systemic: endocrine therapy"],
    );
    treatments("Endocrine therapy is a treatment. ER positive.", &[]);
}

#[test]
fn the_cycles_of_one_part_are_not_those_of_the_next() {
    treatments(
        "AC for 4 cycles, then weekly paclitaxel for twelve weeks.",
        &["Mentioned Systemic: AC, 4 cycles", "Mentioned Systemic: paclitaxel"],
    );
    treatments(
        "4 cycles of AC, then 3 cycles of paclitaxel.",
        &["Mentioned Systemic: AC, 4 cycles", "Mentioned Systemic: paclitaxel, 3 cycles"],
    );
}

#[test]
fn what_a_later_statement_stops_does_not_go_on() {
    let text = "She started weekly paclitaxel 80 mg/m2 on June 15, 2026. Paclitaxel was stopped after 2 doses because of \
                grade 3 neuropathy.";
    let history = read(text);
    assert_eq!(history.treatments.len(), 1);
    let one = &history.treatments[0];
    assert_eq!(line(one), "Stopped Systemic: paclitaxel, 80 mg/m2, 2026-06-15");
    assert_eq!(one.change.as_ref().and_then(|change| change.why.as_deref()), Some("grade 3 neuropathy"));
    let far = format!("She started paclitaxel in June 2026. {} Paclitaxel was stopped.", "Nothing else. ".repeat(80));
    treatments(&far, &["Stopped Systemic: paclitaxel, 2026-06", "Stopped Systemic: paclitaxel"]);
    treatments(
        "Paclitaxel was stopped in May 2025. She is on paclitaxel again.",
        &["Stopped Systemic: paclitaxel, until 2025-05", "Ongoing Systemic: paclitaxel"],
    );
    medicines(
        "Letrozole 2.5 mg daily. Letrozole was stopped in 2022 because of arthralgia.",
        &["letrozole | 2.5 mg | - | once daily | Stopped"],
    );
    // Another dose is another medicine.
    medicines(
        "Takes aspirin 81 mg daily. Aspirin 325 mg was stopped.",
        &["aspirin | 81 mg | - | once daily | Active", "aspirin | 325 mg | - | - | Stopped"],
    );
}

#[test]
fn the_lists_of_a_discharge_letter_say_what_is_taken() {
    medicines(
        "STOP taking:\naspirin 81 mg daily\nCONTINUE taking:\nmetoprolol 25 mg twice daily\nSTART taking:\napixaban 5 mg \
         twice daily\nCHANGE how you take:\nlisinopril 10 mg daily",
        &[
            "aspirin | 81 mg | - | once daily | Stopped",
            "metoprolol | 25 mg | - | twice daily | Active",
            "apixaban | 5 mg | - | twice daily | Planned",
            "lisinopril | 10 mg | - | once daily | Active",
        ],
    );
    medicines("STOP taking: aspirin 81 mg", &["aspirin | 81 mg | - | - | Stopped"]);
    medicines("Do not take any more: ibuprofen 400 mg", &["ibuprofen | 400 mg | - | - | Stopped"]);
    // What stands behind the heading is of its line.
    medicines(
        "Discontinued: aspirin 81 mg daily\nMetoprolol 25 mg daily",
        &["aspirin | 81 mg | - | once daily | Stopped", "metoprolol | 25 mg | - | once daily | Active"],
    );
    medicines("Patient no longer takes atorvastatin 20 mg.", &["atorvastatin | 20 mg | - | - | Stopped"]);
    medicines("Prednisone 10 mg taper, finished.", &["prednisone | 10 mg | - | - | Stopped"]);
    medicines("Prednisone 10 mg daily, completed radiation.", &["prednisone | 10 mg | - | once daily | Active"]);
    medicines("No aspirin 81 mg.", &[]);
}

#[test]
fn what_is_held_or_ends_by_itself_is_not_said_to_go_on() {
    medicines("Hold apixaban 5 mg twice daily until after surgery.", &["apixaban | 5 mg | - | twice daily | Unknown"]);
    assert!(read("Hold apixaban 5 mg twice daily.").medications[0].quote.starts_with("Hold"));
    medicines(
        "Cephalexin 500 mg four times daily for 5 days.",
        &["cephalexin | 500 mg | - | four times daily | Unknown"],
    );
    medicines("Letrozole 2.5 mg daily for 5 years.", &["letrozole | 2.5 mg | - | once daily | Active"]);
}

#[test]
fn a_refusal_behind_the_offer_and_one_of_the_insurance_are_refusals() {
    treatments("Offered docetaxel; patient refused.", &["Declined Systemic: docetaxel"]);
    treatments("He was offered docetaxel. He declined.", &["Declined Systemic: docetaxel"]);
    treatments("Had insurance denied olaparib.", &["Declined Systemic: olaparib"]);
    // What is refused next is another thing.
    treatments(
        "Received docetaxel. She declined radiation.",
        &["Done Systemic: docetaxel", "Declined Radiation: radiation"],
    );
}

#[test]
fn what_is_only_named_with_its_cycles_or_its_dose_is_not_said_to_be_given() {
    treatments("COMMENT: TC x4 then letrozole.", &["Mentioned Systemic: TC, 4 cycles"]);
    treatments("TC x 4.", &["Mentioned Systemic: TC, 4 cycles"]);
    treatments("Radiation 50 Gy in 25 fractions.", &["Mentioned Radiation: radiation, 50 Gy in 25 fractions"]);
    // Words of giving, a day, or cycles that are counted out of those planned.
    for text in [
        "She received TC x4.",
        "s/p TC x4.",
        "Status post TC x4.",
        "Completed TC x4.",
        "She underwent TC x4.",
        "TC x4, completed.",
        "TC x4 was given.",
        "HISTORY:\nTC x4.",
        "COMMENT:\nNone.\nOncologic history: TC x4.",
        "TC, 4 of 6 cycles.",
        "TC x4 in March 2024.",
    ] {
        let found = read(text).treatments;
        let [tc] = found.as_slice() else { panic!("{text}: {found:?}") };
        assert_eq!((tc.status, tc.cycles), (TreatmentStatus::Done, Some(4)), "{text}");
    }
    for text in ["PLAN:\nTC x4.", "We recommend TC x4.", "TC x4 is planned.", "Plan: TC x4, to begin on 4 May 2026."] {
        let found = read(text).treatments;
        assert_eq!(found.iter().map(|t| t.status).collect::<Vec<_>>(), [TreatmentStatus::Planned], "{text}");
    }
    treatments("HISTORY:\nNone.\nCOMMENT:\nTC x4.", &["Mentioned Systemic: TC, 4 cycles"]);
    treatments("No TC x4.", &[]);
    treatments("TC x", &[]);
    treatments("x4", &[]);
}

#[test]
fn as_needed_is_kept_however_and_wherever_it_is_said() {
    for said in [
        "Takes ondansetron 8 mg p.r.n. nausea.",
        "Takes ondansetron 8 mg if needed.",
        "Takes ondansetron 8 mg when needed.",
        "Takes ondansetron 8 mg as required.",
        "PRN ondansetron 8 mg",
        "As needed: ondansetron 8 mg",
        "Takes ondansetron 8 mg. As needed.",
    ] {
        let read = read(said).medications;
        let often: Vec<_> = read.iter().map(|m| m.frequency.as_deref()).collect();
        assert_eq!(often, [Some("as needed")], "{said}");
    }
    medicines(
        "Ondansetron 8 mg as needed. Lisinopril 10 mg daily.",
        &["ondansetron | 8 mg | - | as needed | Active", "lisinopril | 10 mg | - | once daily | Active"],
    );
}

#[test]
fn a_medicine_timed_by_the_treatment_is_of_the_plan_and_one_that_is_taken_or_needed_is_the_persons() {
    for planned in [
        "Dexamethasone 8 mg twice daily the day before docetaxel.",
        "Pegfilgrastim 6 mg day 2 of each cycle.",
        "Dexamethasone 12 mg before chemotherapy.",
    ] {
        let read = read(planned).medications;
        assert!(read.iter().all(|m| m.status == MedicationStatus::Planned) && !read.is_empty(), "{planned} {read:?}");
    }
    for own in [
        "She takes dexamethasone 8 mg twice daily the day before docetaxel.",
        "Ondansetron 8 mg as needed after chemotherapy.",
        "Ondansetron 8 mg twice daily.",
        "Medications:\nDexamethasone 8 mg twice daily the day before docetaxel",
        "Lisinopril 10 mg daily before chemotherapy.",
    ] {
        let read = read(own).medications;
        assert!(read.first().is_some_and(|m| m.status == MedicationStatus::Active), "{own} {read:?}");
    }
}

#[test]
fn medicines_with_doses_that_are_given_together_are_one_treatment() {
    treatments(
        "Carboplatin AUC 5 and pemetrexed 500 mg/m2 with pembrolizumab 200 mg every 3 weeks, 4 cycles, from January 2026 \
         to March 2026; progression on CT, switched to docetaxel",
        &[
            "Done Systemic: carboplatin + pemetrexed + pembrolizumab, 4 cycles, 2026-01, until 2026-03",
            "Ongoing Systemic: docetaxel",
        ],
    );
    treatments(
        "Carboplatin AUC 5 + paclitaxel 175 mg/m2 every 3 weeks x 6 cycles completed 03/2025",
        &["Done Systemic: carboplatin + paclitaxel, 6 cycles, until 2025-03"],
    );
    treatments(
        "Treatment history: Doxorubicin 60 mg/m2 and cyclophosphamide 600 mg/m2 x 4 cycles from 06/2025",
        &["Done Systemic: doxorubicin + cyclophosphamide, 4 cycles, 2025-06"],
    );
    treatments(
        "Treated with gemcitabine 1000 mg/m2 days 1 and 8 and cisplatin 75 mg/m2 in 2025",
        &["Done Systemic: gemcitabine + cisplatin, 2025"],
    );
}

#[test]
fn a_date_a_stop_or_a_count_between_two_medicines_is_of_the_first() {
    treatments(
        "Treated with doxorubicin 60 mg/m2 in 2019 and docetaxel 75 mg/m2 in 2025",
        &["Done Systemic: doxorubicin, 60 mg/m2, 2019", "Done Systemic: docetaxel, 75 mg/m2, 2025"],
    );
    treatments(
        "Received carboplatin AUC 5 x 4 cycles and docetaxel 75 mg/m2 in 2025",
        &["Done Systemic: carboplatin, 4 cycles", "Done Systemic: docetaxel, 75 mg/m2, 2025"],
    );
    treatments(
        "Received tamoxifen 20 mg from 2015, letrozole 2.5 mg from 2020",
        &["Done Systemic: tamoxifen, 20 mg, 2015", "Done Systemic: letrozole, 2.5 mg, 2020"],
    );
    treatments(
        "Received carboplatin AUC 5, then paclitaxel 175 mg/m2 in 2025",
        &["Done Systemic: carboplatin", "Done Systemic: paclitaxel, 175 mg/m2, 2025"],
    );
}

/// Status, medicines and reason of each stop.
fn stops(text: &str) -> Vec<(TreatmentStatus, String, Option<String>)> {
    let found = read(text).treatments.into_iter();
    found.map(|t| (t.status, t.what, t.change.and_then(|change| change.why))).collect()
}

#[test]
fn a_sentence_that_begins_with_the_stop_is_of_the_treatment_before_it() {
    let of = |status, what: &str, why: Option<&str>| (status, what.to_owned(), why.map(str::to_owned));
    let both = "Treated with doxorubicin 60 mg/m2 and cyclophosphamide 600 mg/m2 in 2025. Stopped after 3 cycles because of \
                cardiomyopathy.";
    assert_eq!(stops(both), [of(TreatmentStatus::Stopped, "doxorubicin + cyclophosphamide", Some("cardiomyopathy"))]);
    for (text, expect) in [
        (
            "Treated with doxorubicin in 2025. Stopped smoking in 2010.",
            vec![of(TreatmentStatus::Done, "doxorubicin", None)],
        ),
        (
            "Treated with doxorubicin in 2025. Stopped docetaxel because of neuropathy.",
            vec![
                of(TreatmentStatus::Done, "doxorubicin", None),
                of(TreatmentStatus::Stopped, "docetaxel", Some("neuropathy")),
            ],
        ),
        // Which of two, nobody can tell.
        (
            "Treated with doxorubicin in 2024, then docetaxel in 2025. Stopped because of neuropathy.",
            vec![of(TreatmentStatus::Done, "doxorubicin", None), of(TreatmentStatus::Done, "docetaxel", None)],
        ),
    ] {
        assert_eq!(stops(text), expect, "{text}");
    }
}
