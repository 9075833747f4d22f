//! A specimen of a metastasis names no primary site, and each gene of a report has an answer of its own.

mod common;

use common::{check, check_main, check_no_main, facts_of, line, read};

fn mains(text: &str, concept: &str) -> Vec<String> {
    let concept = consilium_casefile::facts::Concept::named(concept);
    read(text).facts.iter().filter(|fact| fact.main && fact.concept == concept).map(line).collect()
}

#[test]
fn where_a_metastasis_was_found_no_tumour_began() {
    for text in [
        "Liver, core biopsy: Metastatic adenocarcinoma, consistent with colorectal primary.",
        "SPECIMEN: Liver, segment 6, core needle biopsy\nFINAL DIAGNOSIS\nLIVER, SEGMENT 6, CORE BIOPSY:\n   - Metastatic adenocarcinoma, consistent with colorectal primary.\n",
        "FINAL DIAGNOSIS\nLung, right upper lobe, wedge resection:\nPositive for metastatic melanoma.",
        "FINAL DIAGNOSIS\nBrain, left frontal, resection:\n - Metastatic carcinoma.",
    ] {
        check_no_main(text, &["topography"]);
    }
    check("FINAL DIAGNOSIS\nLiver, core biopsy:\n - Metastatic adenocarcinoma.", &["morphology=8140/6"]);
}

#[test]
fn a_primary_that_is_named_is_the_site() {
    check_main(
        "FINAL DIAGNOSIS\nBrain, left frontal, resection:\n - Metastatic adenocarcinoma, lung primary.",
        &["topography=C34.9"],
    );
    check_main(
        "FINAL DIAGNOSIS\nA. Sigmoid colon, resection: Adenocarcinoma.\nB. Liver, wedge: Metastatic adenocarcinoma.",
        &["topography=C18.7"],
    );
}

#[test]
fn a_report_of_the_primary_keeps_its_site() {
    for (text, site) in [
        ("FINAL DIAGNOSIS\nLiver, core biopsy:\n - Hepatocellular carcinoma.", "topography=C22.0"),
        ("FINAL DIAGNOSIS\nLiver, core biopsy:\n - Adenocarcinoma.", "topography=C22.0"),
        (
            "FINAL DIAGNOSIS\nSIGMOID COLON, COLECTOMY:\n - Adenocarcinoma.\n - Metastatic carcinoma in 2 of 19 lymph nodes (pN1b).",
            "topography=C18.7",
        ),
        ("FINAL DIAGNOSIS\nColon, resection: Metastatic carcinoma in 2 of 19 lymph nodes.", "topography=C18.9"),
        ("Diagnosis: metastatic breast cancer", "topography=C50.9"),
        ("Primary site: colon. Histology: metastatic adenocarcinoma", "topography=C18.9"),
    ] {
        check_main(text, &[site]);
    }
}

#[test]
fn each_gene_has_an_answer_of_its_own() {
    let report = "Specimen: S25-12990 block A4\nKRAS: p.G12D detected\nNRAS: no mutation detected\nBRAF V600E: not detected\nMicrosatellite status: MSS (stable)";
    assert_eq!(mains(report, "variant"), ["variant=KRAS G12D", "variant=!NRAS wild type", "variant=!BRAF V600E"]);
    assert_eq!(
        mains("EGFR L858R detected\nEGFR T790M: not detected", "variant"),
        ["variant=EGFR L858R", "variant=!EGFR T790M"]
    );
    // Found and not found, said of one change: nothing is chosen.
    assert_eq!(mains("KRAS G12D detected\nKRAS G12D: not detected", "variant"), [""; 0]);
}

#[test]
fn the_proteins_of_a_list_share_its_result() {
    for text in [
        "MLH1, PMS2, MSH2, MSH6: intact nuclear expression",
        "Mismatch repair proteins (MLH1, PMS2, MSH2, MSH6): intact nuclear expression (IHC on block A1).",
        "MLH1, PMS2, MSH2 and MSH6 retained",
        "No loss of MLH1, PMS2, MSH2 or MSH6.",
        "MLH1: intact. PMS2: intact. MSH2: intact. MSH6: intact.",
    ] {
        assert_eq!(facts_of(text, "mmr_protein").len(), 4, "{text}");
        assert_eq!(mains(text, "mmr"), ["mmr=!proficient*"], "{text}");
    }
    for text in [
        "Intact nuclear expression of all four mismatch repair proteins.",
        "No loss of nuclear expression of mismatch repair proteins.",
    ] {
        assert_eq!(mains(text, "mmr"), ["mmr=!proficient"], "{text}");
    }
}

#[test]
fn three_proteins_or_a_lost_one_are_not_proficient() {
    assert_eq!(facts_of("MLH1, PMS2, MSH2: intact", "mmr"), [""; 0]);
    assert_eq!(facts_of("Slides: A1 (H&E x3, MLH1, PMS2, MSH2, MSH6), B1 (H&E)", "mmr"), [""; 0]);
    for text in [
        "MLH1, PMS2: lost. MSH2, MSH6: intact.",
        "Intact MSH2 and MSH6, loss of MLH1 and PMS2.",
        "Loss of MLH1 and PMS2; retained MSH2/MSH6",
    ] {
        assert_eq!(facts_of(text, "mmr"), ["mmr=deficient*"], "{text}");
    }
    assert_eq!(facts_of("pMMR. MLH1, PMS2, MSH2, MSH6: intact.", "mmr"), ["mmr=!proficient"]);
}
