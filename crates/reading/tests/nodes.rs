//! Lymph node counts: what counts nodes and what counts pages, and which of several counts is the total.

mod common;

use common::{check, check_main, check_no_main, check_not, facts_of};

#[test]
fn a_running_head_counts_no_nodes_and_parts_no_sentence() {
    for head in ["Page 1 of 2   Vogel, Anna", "Page 1 of 2", "Page 1/2", "PAGE: 1/2", "Pg. 1 of 2", "- Page 1 -"] {
        check_not(&format!("Axillary lymph nodes, dissection:\n{head}\nNegative for carcinoma."), &["nodes_"]);
        let text = format!("Axillary lymph nodes:\n{head}\n2 of 14 lymph nodes positive (2/14).");
        check_main(&text, &["nodes_examined=14", "nodes_positive=2"]);
        check_not(&text, &["nodes_examined=1*", "nodes_examined=2", "nodes_examined=16", "nodes_positive=3"]);
    }
    check_main("Axilla: 2 of\nPage 1 of 2\n14 lymph nodes positive", &["nodes_examined=14", "nodes_positive=2"]);
    check_main("Nodes, page 1 of the report: 2/14 positive", &["nodes_examined=14", "nodes_positive=2"]);
}

#[test]
fn the_number_of_a_slide_or_level_counts_no_nodes() {
    for part in ["Slide 3 of 5", "Slide no. 3 of 5", "Level 1 of 3", "Block 1/4", "Cassette 2/3", "Part 1 of 2"] {
        check_not(&format!("Axillary lymph nodes, {part}, negative for carcinoma"), &["nodes_"]);
    }
    check_not("Lymph nodes: tumor in 2 of 5 slides", &["nodes_"]);
    check_not("Level 2 lymph nodes, negative", &["nodes_examined=2"]);
    check("Lymph nodes, level 2: 1/10", &["nodes_examined=10", "nodes_positive=1"]);
    check("Lymph nodes, level I (1/10)", &["nodes_examined=10", "nodes_positive=1"]);
    check("Lymph nodes, station 7 0/2", &["nodes_examined=2", "nodes_positive=!0"]);
    check("Specimen: 2 of 14 lymph nodes positive", &["nodes_examined=14", "nodes_positive=2"]);
    check("In the sections three lymph nodes are negative.", &["nodes_examined=3"]);
}

#[test]
fn all_of_so_many_nodes_negative_are_none_positive() {
    for (text, examined) in [
        ("11/11 LYMPH NODES, NEGATIVE FOR MALIGNANCY", 11),
        ("Lymph nodes (12/12) negative", 12),
        ("Nodes 3/3 benign", 3),
    ] {
        check_main(text, &[&format!("nodes_examined={examined}"), "nodes_positive=!0"]);
        check_not(text, &[&format!("nodes_positive={examined}")]);
    }
    check_not("3/14 lymph nodes negative for carcinoma", &["nodes_"]);
    for text in [
        "Lymph nodes (2/2) positive, margins negative",
        "2/2 lymph nodes, positive for carcinoma, negative for extracapsular extension",
        "Metastatic carcinoma in 2/2 lymph nodes, negative for extranodal extension",
        "2/2 lymph nodes negative for ER",
    ] {
        check_main(text, &["nodes_examined=2", "nodes_positive=2"]);
    }
    check_main("0/11 lymph nodes, negative", &["nodes_examined=11", "nodes_positive=!0"]);
}

#[test]
fn more_positive_than_examined_is_no_count() {
    for text in [
        "Number of lymph nodes examined: 2\nNumber of lymph nodes positive: 46",
        "Number of lymph nodes positive: 8\nNumber of lymph nodes examined: 0",
        "Lymph nodes: 46 of 2 positive",
        "Lymph nodes 8/0",
    ] {
        check_not(text, &["nodes_"]);
    }
    check_no_main(
        "Number of lymph nodes examined: 2\n\nSome words about the breast and nothing else that would be of interest to \
         anybody who reads this long sentence to its end, for it has no count.\n\nNumber of lymph nodes positive: 46",
        &["nodes_examined", "nodes_positive"],
    );
    check_main(
        "Number of lymph nodes examined: 46\nNumber of lymph nodes positive: 2",
        &["nodes_examined=46", "nodes_positive=2"],
    );
}

#[test]
fn every_station_of_a_list_is_added_up() {
    let text = "Lymph nodes, by station: 4R 0/3, 7 0/2, 10R 1/2, 11R 0/4";
    check_main(text, &["nodes_examined=11*", "nodes_positive=1*"]);
    check_not(&format!("{text}, tumor size 3/4 inch"), &["nodes_positive=3"]);
    check_not(&format!("{text}. The margins are clear and no more is seen of it, cores 1/6"), &["nodes_examined=6"]);
}

#[test]
fn nodes_counted_by_the_size_of_their_metastases_are_added_up() {
    for text in [
        "Number of lymph nodes with macrometastases: 1\nNumber of lymph nodes with micrometastases: 2\n\
         Number of lymph nodes with isolated tumor cells: 3",
        "Number of Lymph Nodes with Macrometastases (> 2 mm): 1\n\
         Number of Lymph Nodes with Micrometastases (> 0.2 mm to 2 mm and/or > 200 cells): 2",
        "Number of lymph nodes with macrometastases: 1, micrometastases: 2",
    ] {
        assert_eq!(facts_of(text, "nodes_positive"), ["nodes_positive=3*"], "{text}");
    }
    for text in [
        "Number of lymph nodes with macrometastases: 1",
        "Number of lymph nodes with macrometastases: ___\nNumber of lymph nodes with micrometastases: 2",
        "Macrometastases (> 2 mm)\nMicrometastases (> 0.2 mm to 2 mm)",
        "Macrometastases: 2 mm\nMicrometastases: 1 mm",
    ] {
        check_not(text, &["nodes_positive"]);
    }
    let text = "Number of lymph nodes positive: 4\nNumber of lymph nodes with macrometastases: 1\n\
                Number of lymph nodes with micrometastases: 2";
    check_main(text, &["nodes_positive=4"]);
}

#[test]
fn a_written_total_is_not_displaced_by_its_levels() {
    let text = "Total lymph nodes examined: 14, positive: 2. Level I (1/10), level II (1/4).";
    check_main(text, &["nodes_examined=14", "nodes_positive=2"]);
    check_main("Total lymph nodes examined: 14, 2 positive", &["nodes_examined=14", "nodes_positive=2"]);
    let text = "2 of 14 lymph nodes positive for carcinoma. Axilla (2/14). Levels 1/2 3/4.";
    check_main(text, &["nodes_examined=14", "nodes_positive=2"]);
    // Levels that are no part of the count before them are added to it, and levels alone are added up.
    let text = "Sentinel lymph node 1/2. Axillary lymph nodes level I 0/5, level II 0/8.";
    check_main(text, &["nodes_examined=15*", "nodes_positive=1*"]);
    check_main("Lymph nodes, level I: 1/10, level II: 0/4.", &["nodes_examined=14*", "nodes_positive=1*"]);
    check_main("A. Sentinel lymph node: 0/2. B. Axillary nodes: 1/10", &["nodes_examined=12*"]);
    check_not("Total lymph nodes examined: 14, positive / negative", &["nodes_positive"]);
    check_not("Total lymph nodes examined: 14, ER positive: 90 %", &["nodes_positive"]);
}
