//! What people read where opinions stand side by side, and in the form of one.

use consilium_app::compare::Comparison;
use consilium_casefile::compare::{CompareChange, Namer, Opinion};
use consilium_casefile::{Audience, Case, Change};

use crate::compare::{ComparePage, Refused};
use crate::forms::Values;
use crate::ground::read;
use crate::opinions::OpinionPage;
use crate::opinions::typed::{opinion as typed_opinion, values_of};
use crate::page_tests::{page, told};

const FIRST: &str = r#"{"clinician": {"name": "Dr. Ada Example", "role": "medical oncologist", "organization": "Springfield Example Hospital"},
    "date": "2026-03-01", "basis": "visit", "diagnosis": "Invasive carcinoma of the left breast",
    "seen": [{"material": "pathology_report", "detail": "S-11877", "seen": true}, {"material": "genomic_report", "seen": false}],
    "findings": [{"concept": "grade", "value": "3", "from": "pathology_report"}, {"concept": "t", "value": "T2", "prefix": "p"},
        {"concept": "n", "value": "N1a", "prefix": "p"}, {"concept": "morphology", "value": "8500/3"}],
    "intent": "curative", "plan": [{"kind": "systemic", "what": "AC-T"}, {"kind": "radiation", "what": "whole breast"}]}"#;

const SECOND: &str = r#"{"clinician": {"name": "Dr. Sam Example", "role": "medical oncologist"}, "date": "2026-03-27",
    "diagnosis": "Invasive carcinoma of the left breast",
    "seen": [{"material": "slides", "detail": "S-11877", "seen": true}, {"material": "genomic_report", "detail": "reported 2026-03-15", "seen": true}],
    "findings": [{"concept": "grade", "value": "2", "from": "slides", "words": "two mitoses a field"}, {"concept": "t", "value": "pT2"},
        {"concept": "n", "value": "pN1a"}, {"concept": "recurrence_score", "value": "14", "from": "genomic_report"}],
    "intent": "curative", "advised_against": [{"kind": "systemic", "what": "chemotherapy", "why": "little to gain"}],
    "plan": [{"kind": "radiation", "what": "whole breast"}],
    "outcomes": [{"option": "no chemotherapy", "event": "free of recurrence", "good": true, "events": 92, "denominator": 100, "horizon": "5 years", "source": "invented"}]}"#;

fn opinion(json: &str) -> Opinion {
    serde_json::from_str(json).unwrap()
}

fn case(opinions: &[&str]) -> Case {
    let recorded = |(place, json): (usize, &&str)| {
        let id = format!("opinion-{place}").into();
        Change::Compare(CompareChange::OpinionRecorded { id, opinion: Box::new(opinion(json)) })
    };
    told(&opinions.iter().enumerate().map(recorded).collect::<Vec<_>>())
}

fn shown(audience: Audience, case: &Case) -> String {
    page(audience, case, |context, view| {
        let namer = Namer::new(context.knowledge);
        let comparison = Comparison::of(view, context.knowledge, &namer, &|message| (context.say)(message));
        ComparePage::new(context, view, &comparison, &Refused::default())
    })
}

/// The form of a new opinion with these values.
fn form(values: &Values, refusal: Option<&str>) -> String {
    let refusal = refusal.map(str::to_owned);
    page(Audience::Owner, &case(&[]), |context, view| OpinionPage::new(context, view, None, values, refusal))
}

#[test]
fn two_opinions_read_well_side_by_side() {
    insta::assert_snapshot!(read(&shown(Audience::Owner, &case(&[FIRST, SECOND]))));
}

#[test]
fn one_opinion_waits_for_the_other_and_none_says_how_to_begin() {
    let one = read(&shown(Audience::Owner, &case(&[FIRST])));
    assert!(one.contains("Write down the second opinion") && !one.contains("Where they differ"), "{one}");
    let none = read(&shown(Audience::Owner, &case(&[])));
    assert!(none.contains("No opinion is written down yet"), "{none}");
}

#[test]
fn nobody_but_the_owner_reads_what_doctors_said() {
    let told = case(&[FIRST, SECOND]);
    for audience in [Audience::Specialist, Audience::BlindReader, Audience::Helper] {
        let page = shown(audience, &told);
        for secret in ["Ada Example", "Sam Example", "AC-T", "G3", "chemotherapy"] {
            assert!(!page.contains(secret), "{audience:?} reads {secret}");
        }
    }
}

/// No page ranks: neither opinion stands in a colour, a weight or a place of its own but that in which it was written down.
#[test]
fn the_opinions_stand_in_the_order_they_were_written_down_and_look_alike() {
    for (opinions, order) in [([FIRST, SECOND], ["Ada", "Sam"]), ([SECOND, FIRST], ["Sam", "Ada"])] {
        let page = shown(Audience::Owner, &case(&opinions));
        let places: Vec<Vec<usize>> = order
            .iter()
            .map(|name| page.match_indices(&format!("Dr. {name} Example")).map(|(at, _)| at).collect())
            .collect();
        assert_eq!(places[0].len(), places[1].len());
        assert!(places[0].iter().zip(&places[1]).all(|(a, b)| a < b), "{places:?}");
        for ranks in ["recommend", "better", "best option", "winner", "score of", "preferred"] {
            let said = read(&page).to_lowercase().replace("it recommends nothing", "");
            assert!(!said.contains(ranks), "{ranks}");
        }
    }
}

/// The values that a browser would send of a page's form, with nothing touched.
fn sent(html: &str) -> Values {
    let mut values = Values::new();
    let unescaped =
        |text: &str| text.replace("&#34;", "\"").replace("&#60;", "<").replace("&#62;", ">").replace("&#38;", "&");
    let attribute = |tag: &str, name: &str| {
        let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
        Some(unescaped(rest.split_once('"')?.0))
    };
    let (_, form) = html.split_once("class=\"form opinion\"").unwrap();
    for tag in form.split('<').filter(|tag| tag.starts_with("input ")) {
        values.insert(attribute(tag, "name").unwrap(), attribute(tag, "value").unwrap());
    }
    for area in form.split("<textarea ").skip(1) {
        let (text, _) = area.split_once('>').unwrap().1.split_once("</textarea>").unwrap();
        values.insert(attribute(&format!(" {area}"), "name").unwrap(), unescaped(text));
    }
    for select in form.split("<select ").skip(1) {
        let (body, _) = select.split_once("</select>").unwrap();
        let chosen =
            body.split("<option ").skip(1).find(|option| option.split('>').next().unwrap().contains(" selected"));
        let value = chosen.and_then(|option| attribute(&format!(" {option}"), "value")).unwrap_or_default();
        values.insert(attribute(&format!(" {select}"), "name").unwrap(), value);
    }
    values
}

#[test]
fn an_opinion_that_is_opened_in_the_form_and_saved_untouched_is_the_same() {
    let full = r#"{"clinician": {"name": "Dr. Ada Example"}, "date": "2026-03", "diagnosis": "as \"read\" & <seen>",
        "findings": [{"concept": "t", "value": "is(DCIS)", "prefix": "yp"}, {"concept": "er_percent", "value": "95", "specimen": "S-1 A1", "key_image": "series 2", "edition": "clone SP1", "words": "95 %"}],
        "advised_against": [{"kind": "systemic", "what": "AC-T", "cycles": 4, "dose": "60 mg/m2", "condition": "now", "why": "too much", "order": 2}],
        "plan": [{"kind": "surgery", "what": "lumpectomy", "setting": "definitive", "strength": "considered", "why": "as read"}],
        "burden": [{"kind": "cost", "what": "much"}], "evidence": [{"kind": "experience", "name": "my own"}],
        "outcomes": [{"option": "AC-T", "event": "numb fingers", "good": false, "events": 9, "denominator": 10, "horizon": "1 year", "low": 8}]}"#;
    let before = opinion(full);
    assert_eq!(typed_opinion(&sent(&form(&values_of(&before), None))).unwrap(), before);
}

#[test]
fn the_form_of_an_opinion_reads_well_and_keeps_what_was_refused() {
    let mut values = values_of(&opinion(SECOND));
    insta::assert_snapshot!(read(&form(&values, None)));
    values.insert("plan-0-cycles".to_owned(), "fo\"ur<b>".to_owned());
    let html = form(&values, Some("“four” is no number."));
    assert!(html.contains("fo&#34;ur&#60;b&#62;") && html.contains("is no number"), "{html}");
}

#[test]
fn what_both_mean_in_other_words_is_shown_in_the_words_of_each() {
    let with = |what: &str| {
        let plan = format!(r#""plan": [{{"kind": "systemic", "what": "{what}"}}], "intent": "curative""#);
        format!(r#"{{"clinician": {{"name": "Dr. Ada Example"}}, "diagnosis": "carcinoma", {plan}}}"#)
    };
    let html = shown(Audience::Owner, &case(&[&with("FOLFOX"), &with("oxaliplatin, fluorouracil and leucovorin")]));
    let agree = html.split(r#"id="agree""#).nth(1).unwrap();
    assert!(agree.contains("FOLFOX") && agree.contains("oxaliplatin, fluorouracil and leucovorin"), "{agree}");
    let once = agree.split("</section>").next().unwrap().matches("curative").count();
    assert_eq!(once, 1, "the very same words stand once");
}

const THIRD: &str = r#"{"clinician": {"name": "Dr. Kim Example", "role": "pathologist"}, "date": "2026-04-02",
    "diagnosis": "Invasive carcinoma of the left breast", "goal": "to keep both hands for the piano",
    "seen": [{"material": "pathology_report", "seen": false}, {"material": "slides", "seen": false}],
    "findings": [{"concept": "grade", "value": "1"}],
    "burden": [{"kind": "travel", "what": "two hours each way"}],
    "evidence": [{"kind": "guideline", "name": "Example guideline", "version": "2.2026"}]}"#;

#[test]
fn of_three_opinions_it_is_said_which_two_the_kind_is_of_and_each_doctor_is_asked_of_their_own() {
    let told = case(&[FIRST, SECOND, THIRD]);
    let html = read(&shown(Audience::Owner, &told));
    let grade = html.split("Grade").nth(1).unwrap();
    assert!(grade.contains("different reading of the same between A and B (proposed)"), "{grade}");
    let view = told.seen_by(Audience::Owner);
    let (knowledge, say) =
        (&consilium_knowledge::load(None).knowledge, |message: &consilium_casefile::Message| message.key.clone());
    let comparison = Comparison::of(&view, knowledge, &Namer::new(knowledge), &say);
    let line = comparison.differences.iter().find(|line| line.dimension == "grade").unwrap();
    let kinds: Vec<_> = (0..3).map(|place| line.kind_for(place).map(consilium_casefile::compare::Kind::name)).collect();
    assert_eq!(kinds, [Some("reading"), Some("reading"), Some("data")], "C is not known to have had the same");
}

#[test]
fn what_else_they_said_stands_side_by_side_and_numbers_wait_for_what_matters() {
    let told = case(&[SECOND, THIRD]);
    let html = read(&shown(Audience::Owner, &told));
    let beyond = html.split("What else they said").nth(1).unwrap();
    for said in ["to keep both hands for the piano", "two hours each way", "Example guideline, 2.2026", "One number"] {
        assert!(beyond.contains(said), "{said}: {beyond}");
    }
    assert!(!html.contains("92 of 100"), "nobody said yet what matters: {html}");
}

#[test]
fn a_general_name_beside_a_named_type_is_less_exact_and_no_conflict() {
    let named = |words: &str| format!(r#"{{"clinician": {{"name": "Dr. Ada Example"}}, "diagnosis": "{words}"}}"#);
    let with = |first: &str, second: &str| {
        let html = read(&shown(Audience::Owner, &case(&[&named(first), &named(second)])));
        html.split("### Histology").nth(1).unwrap_or_default().trim().lines().nth(1).unwrap_or_default().to_owned()
    };
    let of = |first, second| (with(first, second), with(second, first));
    let detail = "differ in detail · minor · not known why (proposed)".to_owned();
    assert_eq!(
        of("carcinoma of the breast", "invasive ductal carcinoma of the breast"),
        (detail.clone(), detail.clone())
    );
    assert_eq!(of("adenocarcinoma of the colon", "mucinous adenocarcinoma of the colon"), (detail.clone(), detail));
    let conflict = "conflict · may change something · not known why (proposed)".to_owned();
    assert_eq!(of("small cell carcinoma of the lung", "adenocarcinoma of the lung"), (conflict.clone(), conflict));
}
