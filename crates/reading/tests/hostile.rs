//! Whatever the text is, reading it ends, and every quote stands where its fact says.

mod common;

use common::read;
use proptest::prelude::*;

#[test]
fn long_lines_of_one_kind_end() {
    for piece in [
        "A",
        " ",
        "_",
        "(",
        "[ ]",
        "pT",
        "pT2N0",
        "no ",
        "carcinoma ",
        "1",
        "12/",
        "1.",
        "a b ",
        "3+",
        "HER2 ",
        "\u{202e}",
        "é",
        "0/3 ",
        "lymph nodes ",
        "grade ",
        "2 x ",
        ":",
        "lung upper lobe ",
        "Gleason 3+4 ",
        "margin ",
        "A. ",
        "margins negative except the deep ",
        "deep ",
        "except the ",
        "mother cancer ",
        "mother and ",
        "breast cancer (mother, 45), ",
        "ECOG 1 now ",
        "PSA from 1 to ",
        "1 234 ",
        "plan mastectomy ",
        "apply to the skin ",
        "initially ",
        "in 2009 cancer ",
        "previous cancer (",
        "now cancer) ",
        "changed from ",
        "ER, ",
        "ER/PR/HER2 +/-",
        "not left, ",
        "aspirin replaced by ",
        "Her mother had cancer. It was grade 1. ",
        "Previous cancer 2001. New cancer. ",
        "chemotherapy should start by ",
        "recommend surgery ",
        "surgery, for ",
        "start by 3 May 2027 ",
    ] {
        let text = piece.repeat(400_000 / piece.len());
        let _ = read_quickly(&text);
    }
}

#[test]
fn a_text_made_of_facts_is_cut_short_and_says_so() {
    assert!(!read("pT2 pN0").cut_short);
    assert!(common::reader().read(&"pT2 pN0 ".repeat(20_000)).cut_short);
}

fn read_quickly(text: &str) -> usize {
    let reader = common::reader();
    let statements = reader.read_statements(text);
    reader.read(text).facts.len() + statements.plans.len() + statements.timing.len()
}

#[test]
fn nothing_is_read_from_nothing() {
    for text in ["", " ", "\n\n", "\u{feff}", "\u{0}\u{1}\u{1a}", "\u{202e}\u{2066}\u{2069}"] {
        assert!(read(text).facts.is_empty(), "{text:?}");
    }
}

#[test]
fn mixed_scripts_and_direction_marks_do_not_move_a_span() {
    let reading = read("Диагноз: \u{202e}рак\u{202c} 癌 pT2 pN1 – é\u{301} „Gleason 3+4=7“");
    assert!(reading.facts.iter().any(|f| f.quote == "pT2"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn every_quote_stands_at_its_span(text in "\\PC{0,200}") {
        read(&text);
    }

    #[test]
    fn every_quote_stands_at_its_span_in_what_looks_like_a_report(
        pieces in prop::collection::vec(prop::sample::select(vec![
            "pT2", " pN1(sn)", "FINAL DIAGNOSIS: ", "Gleason ", "3+4=7", " é", "HER2 ", "2+", " no ", "carcinoma", "\n", "\n\n",
            "A. ", "left ", "breast", ": ", "negative", "5 of ", "lymph nodes", "12", " cm", " x ", "\u{202e}", "癌", "- ", "[ ] ", ". ",
            "ER ", "95%", "margin ", "grade 2", "ADDENDUM: ", "Stage IIA", "squamous cell ", "KRAS ", "G12C ", "not detected", "(", ")",
            "except ", "the deep ", "mother ", "cancer ", "and sister ", " at 45", "ECOG ", "now ", "PSA <.5", "1 234", "plan ",
            "mastectomy ", "to the skin ",
        ]), 0..60)
    ) {
        read(&pieces.concat());
    }

    #[test]
    fn bytes_that_are_no_text_are_read(bytes in prop::collection::vec(any::<u8>(), 0..500)) {
        read(&String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn labels_that_overlap_are_read_without_a_panic() {
    for text in [
        "FISH for HER2/neu amplification: positive 90%",
        "FISH HER 2 neu by FISH: not amplified",
        "FISH for HER2 neu to CEP17 ratio 1.2",
        "FISH HER2/NEU OVEREXPRESSION POSITIVE",
    ] {
        let _ = read(text);
    }
}
