//! The built-in tables are whole, and a bad edit costs that file only.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use consilium_casefile::records::DocumentKind;
use consilium_knowledge::{Loaded, load};

#[test]
fn the_built_in_folder_is_whole() {
    let Loaded { knowledge, complaints } = load(None);
    assert_eq!(complaints.iter().map(ToString::to_string).collect::<Vec<_>>(), Vec::<String>::new());
    assert_eq!(knowledge.cancer_sites.len(), 43);
    assert_eq!(knowledge.centers.len(), 72);
    assert!(knowledge.document_kinds.len() >= 30);
    assert!(knowledge.kind_signs.len() >= 300);
    assert_eq!(knowledge.emergency_signs.len(), 3);
    assert_eq!(knowledge.hash.len(), 64);
    assert_eq!(knowledge.hash, load(None).knowledge.hash, "the hash depends on the files only");
}

#[test]
fn a_packet_begins_with_pathology_and_ends_with_paper_work() {
    let kinds = load(None).knowledge.document_kinds;
    let place = |id: &str| kinds.iter().position(|k| k.id == DocumentKind::from(id)).unwrap();
    let order = [
        "pathology-report",
        "pathology-addendum",
        "operative-note",
        "radiology-report",
        "oncology-consultation",
        "treatment-summary",
        "genomic-report",
        "laboratory-result",
        "medication-list",
        "other",
        "insurance-letter",
        "disc-index",
    ];
    assert!(order.windows(2).all(|pair| place(pair[0]) < place(pair[1])));
    assert_eq!(kinds.first().unwrap().id, DocumentKind::from("pathology-report"));
}

#[test]
fn a_blind_reader_does_not_get_another_clinicians_plan() {
    let knowledge = load(None).knowledge;
    let states = |id: &str| knowledge.kind(&DocumentKind::from(id)).unwrap().states_a_plan;
    for kind in ["oncology-consultation", "tumor-board-note", "progress-note", "continuity-of-care-document", "other"] {
        assert!(states(kind), "{kind}");
    }
    for kind in ["pathology-report", "radiology-report", "operative-note", "genomic-report", "medication-list"] {
        assert!(!states(kind), "{kind}");
    }
}

#[test]
fn what_nobody_confirmed_is_marked() {
    let knowledge = load(None).knowledge;
    assert!(knowledge.emergency_signs.iter().all(|sign| !sign.confirmed && sign.urgency == "emergency"));
    assert_eq!(knowledge.centers.iter().filter(|c| !c.confirmed).count(), 30);
    assert!(knowledge.centers.iter().filter(|c| c.kind == "basic laboratory").all(|c| !c.sees_patients));
}

#[test]
fn every_category_names_its_values_and_a_table_without_that_column_is_still_read() {
    let knowledge = load(None).knowledge;
    let of = |id: &str| knowledge.concepts.iter().find(|c| c.id.as_str() == id).unwrap().values.join(";");
    assert_eq!(of("er"), "positive;negative;low positive;equivocal");
    assert_eq!(of("msi"), "MSS;MSI-L;MSI-H");
    assert_eq!(of("stage_group"), "0*;I*;II*;III*;IV*");
    assert_eq!(of("tumor_size_mm"), "0-1000");
    assert_eq!(of("variant"), "");
    let open: Vec<&str> = knowledge
        .concepts
        .iter()
        .filter(|c| c.value_form.starts_with("category") && c.values.is_empty())
        .map(|c| c.id.as_str())
        .collect();
    assert_eq!(open, ["treatment_effect"], "where anything may be typed, on purpose");

    let earlier = "id,label,value_form,polarity_use,unit,code_system,code,confidence\n\
                   dukes_stage,Dukes stage,category: A-D,always present,,,,unconfirmed\n\
                   margin,Margin,category: involved|free,as the value,,,,unconfirmed\n";
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("concepts.csv"), earlier).unwrap();
    let loaded = load(Some(home.path())).knowledge;
    let values: Vec<&[String]> =
        loaded.concepts.iter().filter(|c| c.id.as_str() == "margin").map(|c| c.values.as_slice()).collect();
    assert!(values.iter().all(|v| v.is_empty() || v == &["involved", "free"]), "{values:?}");
}

/// Lays one file over the built-in ones and compares what is complained of.
fn check(file: &str, content: &[u8], expect: &[&str]) -> Loaded {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join(file);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, content).unwrap();
    let loaded = load(Some(home.path()));
    assert_eq!(loaded.complaints.iter().map(ToString::to_string).collect::<Vec<_>>(), expect, "{file}");
    loaded
}

const SIGN: &str = "sign,act,urgency,source,confidence\n";

#[test]
fn an_edited_table_takes_the_place_of_the_built_in_one() {
    let text = format!("{SIGN}Sudden blindness,Call now.,emergency,Dr. Example,confirmed: by our team\n");
    let loaded = check("emergency-signs.csv", text.as_bytes(), &[]);
    assert_eq!(loaded.knowledge.emergency_signs.len(), 1);
    assert!(loaded.knowledge.emergency_signs[0].confirmed);
    assert_eq!(loaded.knowledge.cancer_sites.len(), 43, "other tables stay as built in");
    assert_ne!(loaded.knowledge.hash, load(None).knowledge.hash, "letters record which tables were used");
}

#[test]
fn a_table_saved_by_a_spreadsheet_is_read() {
    let text = format!("\u{feff}{SIGN}Bleeding,Call now.,EMERGENCY,x,confirmed\n").replace("EMERGENCY", "emergency");
    check("emergency-signs.csv", text.replace('\n', "\r\n").as_bytes(), &[]);
    check("emergency-signs.csv", format!("{text},,,,\n").as_bytes(), &[]);
}

#[test]
fn a_bad_edit_is_named_by_file_line_and_column_and_the_built_in_table_is_used() {
    let bad = |text: &str, expect: &str| {
        let loaded = check("emergency-signs.csv", text.as_bytes(), &[expect]);
        assert_eq!(loaded.knowledge.emergency_signs.len(), 3);
        assert_eq!(loaded.knowledge.hash, load(None).knowledge.hash);
    };
    bad(
        &format!("{SIGN}Bleeding,Call now.,soon,x,confirmed\n"),
        "knowledge/emergency-signs.csv, line 2, column 3: in the column \"urgency\": write emergency or same-day",
    );
    bad(
        &format!("{SIGN}Bleeding,Call now.,emergency,x,confirmed\nFever,,emergency,x,confirmed\n"),
        "knowledge/emergency-signs.csv, line 3, column 2: in the column \"act\": the cell is empty; fill it or delete the line",
    );
    bad(
        &format!("{SIGN}Bleeding,Call 911, now.,emergency,x,confirmed\n"),
        "knowledge/emergency-signs.csv, line 2, column 5: this line has 6 cells and the first line has 5; put quotation marks around a cell that holds a comma",
    );
    bad(
        "sign,act,urgency,source\nBleeding,Call now.,emergency,x\n",
        "knowledge/emergency-signs.csv, line 1: the column \"confidence\" is missing; add it to the first line",
    );
    bad(
        &format!("{SIGN}A,b,emergency,x,confirmed\nA,c,emergency,x,confirmed\n"),
        "knowledge/emergency-signs.csv, line 3, column 1: \"A\" stands already in line 2; keep one of the two",
    );
    bad(
        &format!("{SIGN}A,b,emergency,x,perhaps\n"),
        "knowledge/emergency-signs.csv, line 2, column 5: in the column \"confidence\": begin with confirmed: or unconfirmed: and say why",
    );
    for empty in ["", SIGN] {
        bad(
            empty,
            "knowledge/emergency-signs.csv: the table has no lines; restore them or delete the file to use the built-in one",
        );
    }
}

#[test]
fn every_column_with_a_choice_says_what_may_stand_in_it() {
    check(
        "document-kind-signs.csv",
        b"kind,by,sign,weight\npathology-report,smell,formalin,5\n",
        &[
            "knowledge/document-kind-signs.csv, line 2, column 2: in the column \"by\": write code, format, title, heading or text",
        ],
    );
    check(
        "document-kind-signs.csv",
        b"kind,by,sign,weight\npathology-report,text,formalin,500\n",
        &[
            "knowledge/document-kind-signs.csv, line 2, column 4: in the column \"weight\": write a whole number from -100 to 100",
        ],
    );
    check(
        "date-labels.csv",
        b"label,means,kinds\ncollected,birthday,\n",
        &[
            "knowledge/date-labels.csv, line 2, column 2: in the column \"means\": write service, received, reported, printed, birth or other",
        ],
    );
    check(
        "cancer-sites.csv",
        b"id,plain_name\nBreast Left,Breast\n",
        &[
            "knowledge/cancer-sites.csv, line 2, column 1: in the column \"id\": use small letters, digits and hyphens only, as in pathology-report",
        ],
    );
}

#[test]
fn tables_of_codes_and_medicines_say_what_may_stand_in_them() {
    check(
        "reading/drugs.csv",
        b"phrase,ingredient,class\nzofran,ondansetron,nausea\n",
        &[
            "knowledge/reading/drugs.csv, line 2, column 3: in the column \"class\": write one of: chemotherapy, oral_chemotherapy, endocrine, targeted, immunotherapy, supportive, other",
        ],
    );
    check(
        "reading/codes.csv",
        b"system,code,concept,value,qualifier,words,confidence\nhttp://loinc.org,1-8,er,?,,,unconfirmed: heard of\n",
        &[
            "knowledge/reading/codes.csv, line 2, column 6: in the column \"words\": a code that is not confirmed needs words a record must show beside it; add one",
        ],
    );
    check(
        "reading/code-systems.csv",
        "name\nLOINC\nÖNORM\n".as_bytes(),
        &[
            "knowledge/reading/code-systems.csv, line 3, column 1: in the column \"name\": write three or more letters without accents, digits, hyphens and blanks, as in ICD-10-CM",
        ],
    );
    check(
        "reading/code-systems.csv",
        b"name\nLOINC\nCPT\nLOINC\n",
        &["knowledge/reading/code-systems.csv, line 4, column 1: this says what line 2 says; keep one of the two"],
    );
    check(
        "reading/sig.csv",
        b"phrase,class,means\nteaspoon,unit,5 mL\nteaspoon,unit,6 mL\n",
        &["knowledge/reading/sig.csv, line 3, column 1: this says what line 2 says; keep one of the two"],
    );
}

#[test]
fn a_regimen_of_an_unknown_medicine_and_a_code_of_an_unknown_concept_are_named() {
    check(
        "reading/regimens.csv",
        b"phrase,name,drugs,confidence\nxyz,XYZ,tamoxifen;unknownium,unconfirmed: test\n",
        &[
            "knowledge/reading/regimens.csv, line 2, column 3: XYZ holds \"unknownium\", which is not in drugs.csv; add it there",
        ],
    );
    check(
        "reading/codes.csv",
        b"system,code,concept,value,qualifier,words,confidence\nhttp://loinc.org,1-8,colour,?,,,confirmed: test\n",
        &[
            "knowledge/reading/codes.csv, line 2, column 3: the code 1-8 stands for \"colour\", which is not in concepts.csv; correct it or add it there",
        ],
    );
}

#[test]
fn a_kind_that_is_in_no_table_is_named() {
    let text = b"kind,by,sign,weight\npatology-report,text,gross description,20\n";
    check(
        "document-kind-signs.csv",
        text,
        &[
            "knowledge/document-kind-signs.csv, line 2, column 1: the kind \"patology-report\" is not in document-kinds.csv and is not used; correct it or add it there",
        ],
    );
}

#[test]
fn a_file_that_is_no_table_is_named_and_nothing_else_is_lost() {
    check(
        "document-kind.csv",
        b"id\nx\n",
        &["knowledge/document-kind.csv: no file of this name is used; check the spelling against knowledge/README.md"],
    );
    check(
        "emergency-signs.csv",
        b"sign,act,urgency,source,confidence\nFi\xe8vre,b,emergency,x,confirmed\n",
        &["knowledge/emergency-signs.csv: the file is not UTF-8 text; save it again as \"CSV UTF-8\""],
    );
    for harmless in [".DS_Store", "notes.txt", "~$centers.csv", "README.md", "centers.csv~"] {
        check(harmless, b"\x00\xff", &[]);
    }
}

#[test]
fn a_home_without_a_knowledge_folder_uses_what_is_built_in() {
    let home = tempfile::tempdir().unwrap();
    let loaded = load(Some(&home.path().join("knowledge")));
    assert!(loaded.complaints.is_empty());
    assert_eq!(loaded.knowledge.hash, load(None).knowledge.hash);
}

/// A built-in table in which a piece of text is replaced, and what is said about that.
fn edited(file: &str, from: &str, to: &str, expect: &[&str]) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../knowledge/");
    let text = std::fs::read_to_string(format!("{folder}{file}")).unwrap();
    assert!(text.contains(from), "{file} holds {from}");
    let at = text.find(from).unwrap();
    let line = text[..at].matches('\n').count() + 1;
    let expect: Vec<String> = expect.iter().map(|said| said.replace("LINE", &line.to_string())).collect();
    let expect: Vec<&str> = expect.iter().map(String::as_str).collect();
    check(file, text.replacen(from, to, 1).as_bytes(), &expect);
}

#[test]
fn what_satisfies_a_line_is_refused_with_its_place_where_it_can_not_be_read() {
    let breslow = "fact:breslow_mm and fact:ulceration";
    let column = "knowledge/record-requirements.csv, line LINE, column 9: in the column \"satisfied_by\":";
    let bad = |to: &str, expect: &str| {
        edited("record-requirements.csv", breslow, to, &[&format!("{column} {expect}")]);
    };
    bad(
        "fact:breslow_mm and fact:ulceration or fact:t",
        "\"and\" stands beside \"or\"; put brackets around what belongs together, as in fact:er and (fact:her2_ihc or \
         fact:her2_ish)",
    );
    bad(
        "(fact:breslow_mm and fact:ulceration",
        "a bracket is not closed or not opened, or there are too many; write ( and ) in pairs",
    );
    bad(
        "fact:breslow_mm and  and fact:ulceration",
        "nothing stands before or behind one of the words \"and\" and \"or\"; fill it or take the word out",
    );
    bad("fact:breslow and fact:ulceration", "\"breslow\" is no line of concepts.csv");
    let unread = "is not understood; write for example document:pathology-report, fact:er, series:psa, gene:TP53, \
                  images:CT, report:CT, images-with-report:MR:breast, treatment:operation, slides, tissue, medicines, \
                  person or questions, with \"and\" or \"or\" between them";
    bad("fact:breslow_mm and ulceration", &format!("\"ulceration\" {unread}"));
    bad("treatment:surgery", &format!("\"treatment:surgery\" {unread}"));
}

#[test]
fn no_laboratory_keeps_tissue_shorter_than_the_law_says() {
    let column = "knowledge/tissue-retention.csv, line LINE, column 4: in the column \"cap_years\":";
    let said = "an accredited laboratory keeps it as long as the law says at least: write law_years or more";
    edited("tissue-retention.csv", "Paraffin blocks,2,10,", "Paraffin blocks,10,2,", &[&format!("{column} {said}")]);
}

#[test]
fn a_side_or_a_doubt_that_is_written_badly_is_told_with_its_place() {
    edited(
        "imaging-words.csv",
        "left,side,",
        "left,half,",
        &["knowledge/imaging-words.csv, line LINE, column 2: in the column \"means\": write modality, region or side"],
    );
    edited(
        "record-doubts.csv",
        ",pathology-addendum,addendum;",
        ",pathology-addendum,--;",
        &[
            "knowledge/record-doubts.csv, line LINE, column 3: in the column \"words\": write words with letters or figures, \
           separated by semicolons",
        ],
    );
}

#[test]
fn names_that_no_table_has_are_told_with_file_and_line() {
    let told = |file: &str, from: &str, to: &str, name: &str, table: &str| {
        let expect = format!("knowledge/{file}, line LINE: \"{name}\" is not in {table}; correct it or add it there");
        edited(file, from, to, &[&expect]);
    };
    let requirements = "record-requirements.csv";
    told(requirements, "images-with-report:MG,", "images-with-report:MAMMO,", "MAMMO", "imaging-words.csv");
    told(
        requirements,
        "images-with-report:MR:prostate",
        "images-with-report:MR:prostata",
        "prostata",
        "imaging-words.csv",
    );
    told(requirements, "report:pi-rads", "report:pirads", "pirads", "record-words.csv");
    told(requirements, "gene:TP53", "gene:P53X", "P53X", "reading/genes.csv");
    told(requirements, ",staging-indolent,", ",staging-slow,", "staging-slow", "record-freshness.csv");
    told("record-doubts.csv", ",pathology-addendum,", ",addenda,", "addenda", "document-kinds.csv");
    told(
        "record-situations.csv",
        "document:treatment-summary",
        "document:treatments",
        "treatments",
        "document-kinds.csv",
    );
    told("record-routes.csv", ",access-request,", ",access-letter,", "access-letter", "letters");
    told("center-requirements.csv", ",all-images,", ",every-image,", "every-image", requirements);
}

#[test]
fn ids_that_the_program_names_can_not_be_renamed_or_lost() {
    edited(
        "record-clocks.csv",
        "\naccess,",
        "\nright-of-access,",
        &[
            "knowledge/record-clocks.csv, line 2, column 1: in the column \"id\": write one of: access, tissue, courtesy; the \
           program names them",
        ],
    );
    edited(
        "record-settings.csv",
        "\nlead-days,",
        "\nlead,",
        &["knowledge/record-settings.csv, line 5, column 1: in the column \"id\": write one of: compared-days, \
           reported-days, operation-days, lead-days, imaging-report-days, escalation-days, request-days, authorization-days, return-days, parcel-days, return-soon-days, discard-soon-days, after-operation-days; the program names them"],
    );
    let settings = "id,label,days,source,confidence\nlead-days,a,14,b,unconfirmed: c\n";
    check(
        "record-settings.csv",
        settings.as_bytes(),
        &["knowledge/record-settings.csv: the line \"compared-days\", \"reported-days\", \"operation-days\", \
           \"imaging-report-days\" is missing; restore it, the program works with it"],
    );
}

#[test]
fn what_a_center_departs_in_is_said_and_well_formed() {
    let row = |cells: &str| {
        format!(
            "program,requirement,need,images,current_days,aging_days,note,source,confidence\n{cells},,a,unconfirmed: b\n"
        )
    };
    check(
        "center-requirements.csv",
        row("mayo-pathology,slides,,,,").as_bytes(),
        &[
            "knowledge/center-requirements.csv, line 2, column 3: in the column \"need\": the cell is empty, and nothing else \
           departs from the usual list; fill it",
        ],
    );
    check(
        "center-requirements.csv",
        row("mayo-pathology,all-images,,later,,").as_bytes(),
        &[
            "knowledge/center-requirements.csv, line 2, column 4: in the column \"images\": write reports_first, or nothing \
           where images are needed as usual",
        ],
    );
    // A table that was edited before the column was there is read as before.
    let earlier = b"program,requirement,need,current_days,aging_days,note,source,confidence\n\
                    mayo-pathology,slides,required,,,,a,unconfirmed: b\n";
    check("center-requirements.csv", earlier, &[]);
}

#[test]
fn tables_edited_before_ways_said_what_they_carry_are_read_as_before() {
    let head = "id,department,order,label,how,days,needs,letter,";
    let row = "access-letter,records;radiology;pathology;radiation,40,Write,Write it,30,,access-request,";
    check("record-routes.csv", format!("{head}source,confidence\n{row}a,confirmed: b\n").as_bytes(), &[]);
    check(
        "record-routes.csv",
        format!("{head}carries,source,confidence\n{row}parcels,a,confirmed: b\n").as_bytes(),
        &["knowledge/record-routes.csv, line 2, column 9: in the column \"carries\": write one or more of: records, \
           images, material"],
    );
    let settings = std::fs::read_to_string(
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../knowledge/record-settings.csv"),
    )
    .unwrap();
    let earlier: String =
        settings.lines().filter(|line| !line.starts_with("escalation-days")).map(|line| format!("{line}\n")).collect();
    assert!(earlier.len() < settings.len());
    check("record-settings.csv", earlier.as_bytes(), &[]);
}

#[test]
fn a_line_written_with_semicolons_and_bars_is_read_as_before() {
    let satisfied = "fact:breslow_mm and fact:ulceration";
    edited("record-requirements.csv", satisfied, "fact:breslow_mm; fact:ulceration|fact:clark_level", &[]);
}

#[test]
fn what_only_shows_beside_another_table_is_named_by_its_line_as_well() {
    let words = "phrase,item,names\ntaxane,chemotherapy,paclitaxel\nplatinum,chemotherapy,cisplatin;unobtainium\n";
    let unknown = "is not in reading/drugs.csv; correct it or add it there";
    let expect = format!("knowledge/compare/plan-words.csv, line 3, column 3: \"unobtainium\" {unknown}");
    check("compare/plan-words.csv", words.as_bytes(), &[&expect]);
    let words = "phrase,item,names\nwhole breast,radiation,whole breast\nwater,hydrotherapy,\n";
    check(
        "compare/plan-words.csv",
        words.as_bytes(),
        &[
            "knowledge/compare/plan-words.csv, line 3, column 2: the kind of treatment \"hydrotherapy\" of \"water\" is not in plan-items.csv",
        ],
    );
    let labels = "label,means,kinds\nCollected,service,\nSigned,reported,pathology-report;patology-report\n";
    check(
        "date-labels.csv",
        labels.as_bytes(),
        &[
            "knowledge/date-labels.csv, line 3, column 3: the kind \"patology-report\" is not in document-kinds.csv and is not used; correct it or add it there",
        ],
    );
    check(
        "compare/materials.csv",
        b"kind,material,confidence\npathology-report,pathology_report,unconfirmed\nshopping-list,pathology_report,unconfirmed\n",
        &["knowledge/compare/materials.csv, line 3, column 1: the kind \"shopping-list\" is not in document-kinds.csv"],
    );
    let typed = "concept,typed,value,sites\ner,pos,positive,\ner,greenish,greenish,\n";
    check(
        "typed-words.csv",
        typed.as_bytes(),
        &[
            "knowledge/typed-words.csv, line 3, column 3: \"greenish\" stands for \"greenish\", which is no value of er; correct it",
        ],
    );
}

#[test]
fn a_line_that_stands_twice_is_named_in_every_table() {
    let twice = "this says what line 2 says; keep one of the two";
    for (file, text) in [
        ("document-kind-signs.csv", "kind,by,sign,weight\nother,text,gross,20\nother,text,Gross,30\n"),
        ("typed-words.csv", "concept,typed,value,sites\ner,pos,positive,\ner,POS,negative,\n"),
        (
            "compare/families.csv",
            "from,to,family,general,confidence\n8041,8045,a,,unconfirmed\n8041,8045,b,,unconfirmed\n",
        ),
    ] {
        check(file, text.as_bytes(), &[&format!("knowledge/{file}, line 3, column 1: {twice}")]);
    }
}
