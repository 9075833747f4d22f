//! What pathologists write, in the words of no real report, and what is read from it.

mod common;

use common::{check, check_main, check_no_main, check_not};

#[test]
fn breast_histology_and_grade() {
    check(
        "Invasive ductal carcinoma, Nottingham grade 2 (tubules 3, nuclei 2, mitoses 2)",
        &["morphology=8500/3", "grade=G2"],
    );
    check("Infiltrating carcinoma NST, mBR 8/9", &["morphology=8500/3", "nottingham_score=8", "grade=G3*"]);
    check("Ductal carcinoma in situ, intermediate nuclear grade, no invasion identified", &["morphology=8500/2"]);
    check("Invasive lobular carcinoma; E-cadherin lost", &["morphology=8520/3"]);
    check("Invasive carcinoma, Nottingham grade 3+2+2=7", &["nottingham_score=7", "grade=G2*"]);
    check(
        "Left breast, 2 o'clock, 4 cm from nipple, core biopsy",
        &["laterality=left", "topography=C50.9", "procedure=core_biopsy"],
    );
    check("Rt. axillary node, FNA: positive for carcinoma", &["topography=C77.3", "morphology=8010/3"]);
}

#[test]
fn receptors() {
    check("Estrogen receptor: positive, 95%, strong", &["er=positive", "er_percent=95"]);
    check("ER 4% weak (low positive)", &["er=low positive", "er_percent=4"]);
    check("Progesterone receptor negative (<1%)", &["pr=!negative", "pr_percent=<1"]);
    check("ER and PR: positive", &["er=positive", "pr=positive"]);
    check(
        "The tumor is positive for estrogen receptor and negative for progesterone receptor.",
        &["er=positive", "pr=!negative"],
    );
    check("HER2 IHC 2+ (equivocal); reflex FISH pending", &["her2_ihc=?equivocal", "her2_ihc_score=2+"]);
    check("HER2/CEP17 ratio 1.3, mean HER2 copies 2.6, not amplified", &["her2_ratio=1.3", "her2_copies=2.6"]);
    check("HER-2/neu score 3+, positive", &["her2_ihc=positive", "her2_ihc_score=3+"]);
    check(
        "HER2 0, with faint incomplete membrane staining in 5% of cells",
        &["her2_ihc=!negative", "her2_ihc_score=0"],
    );
    check("HER2 FISH: not amplified", &["her2_ish=!negative"]);
    check("Ki67 approx. 30-35% (hot spot)", &["ki67=30-35"]);
    check_not("ER: ___  PR: ___  HER2: ___", &["er=", "pr=", "her2"]);
    check_not("ER: positive / negative (circle one)", &["er="]);
    check_not("The patient was seen in the er; pr interval 160 ms, positive history", &["er=", "pr="]);
    check_not("Estrogen receptor with appropriate positive controls", &["er="]);
    // A score and a word that say opposite things are not read.
    check_not("HER2: negative (score 3+)", &["her2_ihc="]);
}

#[test]
fn a_receptor_does_not_take_the_result_of_another() {
    let text = "ER/PR/HER2 Results. ER: Positive. PR: Negative. HER2: Negative by FISH.";
    check(text, &["er=positive", "pr=!negative", "her2_ish=!negative"]);
    check_not(text, &["pr=positive", "her2_ihc"]);
}

#[test]
fn size_and_margins() {
    check("Tumor measures 2.3 x 1.9 x 1.5 cm", &["tumor_size_mm=23"]);
    check("Tumor size: 3.8 cm", &["tumor_size_mm=38"]);
    check("All margins free, closest 4 mm, anterior", &["margin=!free"]);
    check("Positive inked margin, superior, focal (<1 mm)", &["margin=involved"]);
    check("Margin cannot be assessed owing to fragmentation", &["margin=~not assessable"]);
    check("Surgical margins: negative", &["margin=!free"]);
    check_not("The uterus measures 9 x 5 x 4 cm. A lymph node measures 1.2 cm.", &["tumor_size_mm"]);
    check_not("Margins: ___", &["margin"]);
}

#[test]
fn invasion() {
    check("Lymphovascular space invasion: not identified", &["lymphovascular_invasion=!absent"]);
    check("LVI present, extensive", &["lymphovascular_invasion=present"]);
    check("Suspicious for, but not diagnostic of, angiolymphatic invasion", &["lymphovascular_invasion=?uncertain"]);
    check("Perineural invasion: seen, large nerve", &["perineural_invasion=present"]);
    check("PNI indeterminate", &["perineural_invasion=?uncertain"]);
    check("There is no lymphovascular invasion.", &["lymphovascular_invasion=!absent"]);
    check("Perineural invasion cannot be excluded", &["perineural_invasion=?uncertain"]);
    check("Lymphovascular invasion: not assessed", &["lymphovascular_invasion=-not tested"]);
    check_not("Lymphovascular invasion: ___", &["lymphovascular"]);
    check_not("Lymphovascular invasion: present / absent", &["lymphovascular"]);
}

#[test]
fn nodes() {
    check("0/3 sentinel nodes positive (sn)", &["nodes_examined=3", "nodes_positive=!0"]);
    check(
        "Metastatic carcinoma in 2 of 14 lymph nodes, largest 6 mm, no extranodal extension",
        &["nodes_examined=14", "nodes_positive=2", "extranodal_extension=!absent"],
    );
    check("Eleven (11) lymph nodes, negative for carcinoma (0/11)", &["nodes_examined=11", "nodes_positive=!0"]);
    check(
        "Number of lymph nodes examined: 25. Number of lymph nodes involved: 0",
        &["nodes_examined=25", "nodes_positive=!0"],
    );
    check("Lymph nodes: none of twelve nodes involved", &["nodes_examined=12", "nodes_positive=!0"]);
    check(
        "A. Right pelvic lymph nodes: 0/4. B. Left pelvic lymph nodes: 1/6.",
        &["nodes_examined=4", "nodes_examined=6", "nodes_examined=10*", "nodes_positive=1*"],
    );
    check_not("No nodes submitted", &["nodes_examined", "nodes_positive"]);
    check_not("Margins: closest 2/10 cm. Date 3/14/2019. Fuhrman grade 2/4.", &["nodes_"]);
    check_not("Adenocarcinoma in 4/6 cores", &["nodes_"]);
}

#[test]
fn prostate() {
    let text = "Prostate, left mid: adenocarcinoma, Gleason 3+4=7, Grade Group 2, 4 of 6 cores, 35%";
    check(
        text,
        &[
            "gleason_primary=3",
            "gleason_secondary=4",
            "gleason_score=7",
            "grade_group=2",
            "topography=C61.9",
            "morphology=8140/3",
        ],
    );
    check(
        "Gleason score 4+5=9 (Grade Group 5) with cribriform glands",
        &["gleason_primary=4", "gleason_secondary=5", "grade_group=5"],
    );
    check("3+3=6 in a single core, 2 mm", &["gleason_score=6", "grade_group=1*"]);
    check("Gleason 4+3", &["gleason_score=7*", "grade_group=3*"]);
    check_not("Gleason 3+4=8", &["gleason"]);
    check_not("ASAP; too small to be diagnostic", &["morphology", "gleason"]);
    check_not("Stain intensity 2+3=5 of 8", &["gleason"]);
}

#[test]
fn other_organs() {
    check(
        "Clear cell RCC, WHO/ISUP grade 3, 6.2 cm, confined to kidney. Clear cell renal cell carcinoma.",
        &["grade=G3", "morphology=8310/3", "topography=C64.9"],
    );
    check("Endometrioid carcinoma, FIGO grade 1, myometrial invasion 40%", &["morphology=8380/3", "grade=G1"]);
    check_not("Endometrioid carcinoma, FIGO grade 2", &["figo_stage", "stage_group"]);
    check_not("Endometrioid adenocarcinoma, FIGO II", &["figo_stage"]);
    check("FIGO stage IIIC1", &["figo_stage=IIIC1"]);
    check(
        "Colon, 3.8 cm, invades through muscularis into pericolic fat (pT3). Adenocarcinoma.",
        &["t=pT3", "morphology=8140/3"],
    );
    check("Papillary thyroid carcinoma, on resection 0.9 cm", &["morphology=8260/3", "topography=C73.9"]);
    check(
        "Melanoma, superficial spreading, Breslow 1.4 mm, Clark IV, ulcerated",
        &["morphology=8743/3", "breslow_mm=1.4", "clark_level=IV"],
    );
    check("Astrocytoma, IDH-mutant, CNS WHO grade 3", &["idh=mutant", "grade=G3"]);
    check(
        "Glioblastoma, IDH-wildtype; MGMT promoter unmethylated; EGFR amplified",
        &["morphology=9440/3", "idh=!wildtype", "mgmt=!unmethylated", "amplification=EGFR"],
    );
    check("Osteosarcoma, high grade; necrosis 92% after chemotherapy", &["morphology=9180/3", "grade=high grade"]);
    check(
        "High-grade papillary urothelial carcinoma invading lamina propria",
        &["morphology=8130/3", "grade=high grade"],
    );
    check("Classic Hodgkin lymphoma, nodular sclerosis", &["morphology=9663/3"]);
    check("Carcinoma, squamous cell, keratinizing", &["morphology=8071/3"]);
}

#[test]
fn molecular() {
    check("MMR: loss of MLH1 and PMS2; retained MSH2/MSH6", &["mmr=deficient"]);
    check("MSI-H (4 of 5 markers unstable)", &["msi=MSI-H"]);
    check("Microsatellite stable", &["msi=!MSS"]);
    check("MSI-L", &["msi=?MSI-L"]);
    check("PD-L1 22C3 TPS 60%", &["pdl1=60"]);
    check("PD-L1 (22C3) CPS = 10", &["pdl1=10"]);
    check("PD-L1 SP142 IC score 1%", &["pdl1=1"]);
    check("PD-L1 <1%, but only 90 viable cells; interpret with care", &["pdl1=<1"]);
    check("No ALK rearrangement by FISH", &["fusion=!ALK rearrangement"]);
    check("KRAS G12C: detected", &["variant=KRAS G12C"]);
    check("BRAF wild-type; NRAS Q61R present", &["variant=!BRAF wild type", "variant=NRAS Q61R"]);
    check("EML4::ALK fusion, variant 1", &["fusion=EML4::ALK"]);
    check("TMB 4 mut/Mb (low)", &["tmb=4"]);
    check("EGFR exon 19 deletion detected", &["variant=EGFR exon 19 deletion"]);
    check("APC variant of uncertain significance", &["variant=?APC variant of uncertain significance"]);
    check_not("Specimen insufficient for sequencing (QNS)", &["variant"]);
}

#[test]
fn whose_and_when() {
    check(
        "Clinical History: breast cancer. FINAL DIAGNOSIS: Lung, wedge resection: Adenocarcinoma.",
        &["morphology=8140/3"],
    );
    check("History of melanoma, now with a lung mass", &["morphology=8720/3@history"]);
    check("Family history of ovarian carcinoma", &["morphology=8010/3@family"]);
    check("No evidence of malignancy", &["morphology=!8000/3"]);
    check("Negative for carcinoma", &["morphology=!8010/3"]);
    check("Suspicious for adenocarcinoma", &["morphology=?8140/3"]);
    check("Carcinoma cannot be excluded", &["morphology=?8010/3"]);
    check("ECOG performance status 1", &["ecog=1"]);
    check("PSA 8.49 ng/mL", &["psa=8.49"]);
    check("The patient is postmenopausal", &["menopausal_status=postmenopausal"]);
}

#[test]
fn nothing_is_derived_that_nobody_wrote() {
    // Size and nodes would make a category and a stage; nobody wrote them.
    let text = "Invasive ductal carcinoma, 3.1 cm, metastatic to 2 of 14 lymph nodes. Margins negative.";
    check_not(text, &["t=", "n=", "stage_group="]);
    check_not("Breast, T2-weighted MRI; stage unknown", &["t=", "stage_group="]);
}

#[test]
fn scanned_words_are_mended_by_one_letter() {
    check("Adenocarcinona, moderately differentiatd", &["morphology=8140/3", "grade=G2"]);
    check("Squamous cell carcinorna", &[]);
}

#[test]
fn what_is_counted_may_be_the_nodes_without_tumour() {
    check("Two of two lymph nodes negative for carcinoma", &["nodes_examined=2", "nodes_positive=!0"]);
    check("Metastatic carcinoma is not identified in 11 lymph nodes", &["nodes_examined=11", "nodes_positive=!0"]);
    check_not("Three of ten lymph nodes free of tumor", &["nodes_positive=3"]);
}

#[test]
fn a_stage_is_a_numeral_and_no_word() {
    check("AJCC stage IIA", &["stage_group=IIA"]);
    check_not("THE STAGE IS NOT GIVEN", &["stage_group"]);
    check_not("Stage I-IV tumors are eligible", &["stage_group"]);
}

#[test]
fn a_side_is_read_where_a_site_has_one() {
    check("Tumor Site: Right lobe. Thyroid, total thyroidectomy: papillary carcinoma.", &["laterality=right"]);
    check("Laterality: Left", &["laterality=left"]);
    check("Laterality: Right and left", &["laterality=bilateral"]);
    check_not("Prostate, left apical margin, biopsy: no evidence of carcinoma", &["laterality"]);
    check_not("Right colon, hemicolectomy: adenocarcinoma", &["laterality"]);
}

#[test]
fn a_tumour_that_tells_its_organ_is_believed_and_the_site_is_derived() {
    check("Glioblastoma multiforme, WHO grade IV", &["topography=C71.9*", "grade=G4"]);
    check("Hepatocellular carcinoma, moderately differentiated", &["topography=C22.0*", "grade=G2"]);
}

#[test]
fn another_part_of_the_report_does_not_change_the_main_answer() {
    let reading = common::read(
        "CLINICAL HISTORY: rule out lymphoma. FINAL DIAGNOSIS: Right breast, mastectomy: Invasive lobular carcinoma. \
         GROSS DESCRIPTION: The breast measures 20 x 15 x 5 cm.",
    );
    let main = |concept: &str| {
        reading.principal(&consilium_casefile::facts::Concept::named(concept)).map(|fact| fact.value.clone())
    };
    assert_eq!(main("morphology").as_deref(), Some("8520/3"));
    assert_eq!(main("topography").as_deref(), Some("C50.9"));
    assert_eq!(main("laterality").as_deref(), Some("right"));
    assert_eq!(main("t"), None, "nobody wrote a category");
}

#[test]
fn two_answers_of_like_rank_give_no_main_answer() {
    let reading = common::read("FINAL DIAGNOSIS: Tumor 1: pT2. Tumor 2: pT3.");
    assert_eq!(reading.facts.iter().filter(|fact| fact.concept.as_str() == "t").count(), 2);
    assert!(reading.principal(&consilium_casefile::facts::Concept::T).is_none());
}

#[test]
fn node_counts_of_all_specimens_add_up() {
    check(
        "Final diagnosis:\nA. Lymph node, sentinel, excision: One of two lymph nodes positive (1/2).\nB. Lymph nodes, left \
         axilla, dissection: Metastatic carcinoma in three of eleven lymph nodes (3/11).",
        &["nodes_examined=13*", "nodes_positive=4*"],
    );
    // A total that somebody wrote wins over the sum.
    check_main(
        "Final diagnosis:\nA. Lymph nodes, right pelvis: 0/4.\nB. Lymph nodes, left pelvis: 1/5.\nSummary: carcinoma in one \
         of a total of 12 lymph nodes (1/12).",
        &["nodes_examined=12", "nodes_positive=1"],
    );
    // What a parenthesis gives are the parts of the count before it.
    check_main(
        "Diagnosis: Metastatic carcinoma in 1 of 20 cervical lymph nodes (0/8 upper, 0/3 middle, 1/9 lower).",
        &["nodes_examined=20", "nodes_positive=1"],
    );
    check("Two of nine lymph nodes are involved. Five regional lymph node metastases.", &["nodes_positive=5"]);
}

#[test]
fn a_sum_of_some_nodes_is_no_total() {
    // The second specimen has nodes and no count.
    check_no_main(
        "Final diagnosis:\nA. Lymph node, sentinel: One of two lymph nodes positive (1/2).\nB. Lymph nodes, axilla: \
         Metastatic carcinoma.\nC. Lymph nodes, additional level: 0/7 nodes.",
        &["nodes_examined", "nodes_positive"],
    );
    // Nodes that were found later are counted elsewhere.
    check_no_main(
        "Final diagnosis:\nNo tumor in three lymph nodes (0/3).\nAddendum:\nFour additional lymph nodes are negative for tumor.",
        &["nodes_examined"],
    );
    // Labelled counts of two specimens are two parts.
    check_no_main(
        "Diagnosis:\n1. Node, upper: Number of lymph nodes examined: 2.\n2. Node, lower: Number of lymph nodes examined: 3.",
        &["nodes_examined"],
    );
    // A node beside an organ, and both armpits: not one field.
    check_no_main(
        "Diagnosis:\nA. Thyroid, lobectomy: papillary carcinoma. One lymph node negative (0/1).\nB. Lymph nodes, central: \
         one of five nodes positive (1/5).",
        &["nodes_examined", "nodes_positive"],
    );
    check_no_main(
        "Diagnosis:\nA. Right axillary contents: 0/10 nodes.\nB. Left axillary contents: 1/8 nodes.",
        &["nodes_examined", "nodes_positive"],
    );
    check_not("4) Lymph node, right neck: negative for tumor.", &["nodes_examined=4"]);
}

#[test]
fn her2_by_two_tests_in_one_sentence_has_both_results() {
    let amplified = ["her2_ihc_score=2+", "her2_ish=positive"];
    check("HER2 IHC 2+, FISH amplified", &amplified);
    check("HER2 2+ with ISH amplified", &amplified);
    let not = ["her2_ihc_score=2+", "her2_ish=!negative"];
    check("HER2 2+ with ISH not amplified", &not);
    check("HER2: 2+ by IHC, FISH not amplified", &not);
    check("HER2 IHC 2+, FISH negative", &not);
    check_not("HER2 IHC 2+, FISH negative", &["her2_ihc=!negative"]);
    check("PSA 1,234 ng/mL", &["psa=1234"]);
    check("PSA 1,5 ng/mL", &["psa=1.5"]);
}

#[test]
fn the_size_of_a_deposit_in_a_node_does_not_stand_against_the_size_of_the_tumour() {
    let list = "SYNOPTIC REPORT\nTumor size  2.3 cm (23 mm), greatest dimension of the invasive carcinoma\n\
                Lymph nodes with macrometastases  2\nSize of largest metastatic deposit  6 mm\n";
    check_main(list, &["tumor_size_mm=23"]);
    check_not(list, &["tumor_size_mm=6"]);
    check_not("SYNOPTIC REPORT\nSize of largest node  12 mm", &["tumor_size_mm"]);
}
