//! TNM as it is written, as scanners write it, and what only looks like it.

mod common;

use common::{check, check_main, check_not, facts_of};

#[test]
fn categories_are_read_with_prefix_and_suffix() {
    check("Staging: pT2N1a", &["t=pT2", "n=pN1a"]);
    check("pT1c pN0(sn)", &["t=pT1c", "n=pN0(sn)"]);
    check("ypT2(m) ypN1a, AJCC 8", &["t=ypT2(m)", "n=ypN1a"]);
    check("cT3 cN1 cM0, clinical stage IIIB", &["t=cT3", "n=cN1", "m=cM0"]);
    check("rpT2 N0", &["t=rpT2", "n=rpN0"]);
    check("pTX: cannot be determined", &["t=~pTX"]);
    check("Micrometastasis 1.2 mm (pN1mi)", &["n=pN1mi"]);
    check("One sentinel node with isolated tumor cells, 0.1 mm, pN0(i+)(sn)", &["n=pN0(i+)(sn)"]);
    check("No residual invasive carcinoma; tumor bed present (ypT0)", &["t=ypT0"]);
    check("T2, N1, MX", &["t=T2", "n=N1", "m=~MX"]);
    check("pTis pN0", &["t=pTis", "n=pN0"]);
    check("pT: 3, pN: 0", &["t=pT3", "n=pN0"]);
}

#[test]
fn what_a_scanner_makes_of_a_category_is_read() {
    // A figure that had to be guessed makes the category uncertain.
    check("pTlc pNO pMX", &["t=?pT1c", "n=?pN0", "m=~pMX"]);
    check("cTle pN1 MO", &["t=?cT1e", "n=pN1", "m=?M0"]);
    check("p T2 pN1", &["t=pT2", "n=pN1"]);
    check("pT 2 pN 1", &["t=pT2", "n=pN1"]);
    check("TlcN0", &["t=?T1c", "n=N0"]);
    check("pT2pN1M0", &["t=pT2", "n=pN1", "m=M0"]);
}

#[test]
fn what_only_looks_like_a_category_is_left_alone() {
    check_not("T2-weighted images; fracture of T12; CD3 T cells", &["t="]);
    check_not("Categories pT1-pT4 are defined in the manual", &["t="]);
    check_not("pt 3 years after surgery, N 95 mask", &["t=", "n="]);
    check_not("pT1: Tumor 2 cm or less pT2: Tumor more than 2 cm pT3: Tumor more than 5 cm", &["t="]);
    check_not("[ ] pT2  ___ pN1", &["t=", "n="]);
}

#[test]
fn a_category_in_the_history_is_history() {
    assert_eq!(facts_of("Status post mastectomy for pT2 carcinoma", "t"), ["t=pT2@history"]);
}

#[test]
fn a_category_of_metastasis_alone_is_read_where_it_says_that_it_is_one() {
    for text in ["She is clinically M0.", "Clinically, M0.", "Staging: clinically N0 M0."] {
        check(text, &["m=M0"]);
    }
    check("She is cM0.", &["m=cM0"]);
    check("Clinical stage cT2 N1, cM0.", &["m=cM0"]);
    check("Clinically M1, with liver metastases.", &["m=M1"]);
    check("The disease is clinically N1.", &["n=N1"]);
    check_not("AML, FAB M0", &["m="]);
    check_not("clinically M3 leukemia", &["m="]);
    check_not("not clinically M1", &["m=M1"]);
    check_not("clinically normal", &["n=", "m="]);
}

#[test]
fn the_invasion_of_nerves_beside_the_categories_is_no_n() {
    for (text, expect) in [
        ("Perineural invasion: Pn1", "perineural_invasion=present"),
        ("Pn0", "perineural_invasion=!absent"),
        ("L0; V1; Pn0", "perineural_invasion=!absent"),
        ("pT3, pN0, L0, V0, Pn1, R0", "perineural_invasion=present"),
        ("pT3 pN1 L1 V0 Pn0 R0 G2", "perineural_invasion=!absent"),
    ] {
        check_main(text, &[expect]);
    }
    assert_eq!(facts_of("pT3, pN0, L0, V0, Pn1, R0", "n"), ["n=pN0"]);
    assert_eq!(facts_of("pT3 pN1 L1 V0 Pn0 R0 G2", "n"), ["n=pN1"]);
    for text in ["Perineural invasion: Pn1", "L0; V1; Pn0", "Pn1"] {
        check_not(text, &["n="]);
    }
    // A small p, or a large N, is of the nodes; behind a T nobody can tell.
    for text in ["pT2 pn1", "PT2 PN1", "pT2 pN1"] {
        check(text, &["n=pN1"]);
        check_not(text, &["perineural"]);
    }
    check_not("pT2 Pn1 M0", &["n=", "perineural"]);
}
