//! The two opinions of the story, which differ for three kinds of reason: another reading of the same slides, a gene test that
//! only one had, another judgement. And what Rosa says matters to her. Every number is invented for the demo.

use consilium_casefile::compare::Opinion;
use consilium_casefile::decide::{Goal, Points, Sheet, Values, Voice};
use consilium_casefile::{DeliveryId, DocumentId};
use serde_json::json;

use crate::DemoError;
use crate::story::{ONCOLOGIST, ONCOLOGY, Story};

/// What every number of the demo says of itself.
const INVENTED: &str = "invented for the demo";
/// What chemotherapy is called on the sheet.
const CHEMOTHERAPY: &str = "AC-T chemotherapy, then radiation and endocrine therapy";
/// What the other way is called on the sheet.
const WITHOUT: &str = "Radiation and endocrine therapy, without chemotherapy";

/// The first oncologist's, with the record that says it.
///
/// # Errors
/// When it can not be put together.
pub fn first_opinion(story: &Story, document: Option<&DocumentId>) -> Result<Opinion, DemoError> {
    made(json!({
        "clinician": { "name": ONCOLOGIST, "role": "medical oncologist", "organization": ONCOLOGY },
        "date": story.day(-49),
        "basis": "visit",
        "document": document,
        "seen": [
            { "material": "pathology_report", "detail": "S-10421 and S-11877", "seen": true },
            { "material": "imaging_report", "detail": "MRI, CT and PET/CT", "seen": true },
            { "material": "slides", "seen": false },
            { "material": "images", "seen": false },
            { "material": "genomic_report", "seen": false },
            { "material": "examination", "seen": true },
        ],
        "diagnosis": "Invasive carcinoma of no special type of the left breast",
        "findings": [
            { "concept": "morphology", "value": "8500/3", "from": "pathology_report" },
            { "concept": "grade", "value": "3", "from": "pathology_report", "specimen": "S-11877" },
            { "concept": "lymphovascular_invasion", "value": "present", "from": "pathology_report", "specimen": "S-11877" },
            { "concept": "t", "value": "T2", "prefix": "p", "from": "pathology_report" },
            { "concept": "n", "value": "N0", "prefix": "p", "from": "pathology_report" },
            { "concept": "er", "value": "positive", "from": "pathology_report" },
            { "concept": "her2_status", "value": "negative", "from": "pathology_report" },
            { "concept": "imaging_finding", "value": "a single mass, nothing else suspicious", "from": "imaging_report" },
        ],
        "intent": "curative",
        "plan": [
            { "kind": "systemic", "what": "AC-T chemotherapy", "setting": "adjuvant", "order": 1, "duration": "20 weeks" },
            { "kind": "radiation", "what": "whole breast radiation", "setting": "adjuvant", "order": 2, "duration": "4 weeks" },
            { "kind": "systemic", "what": "endocrine therapy with an aromatase inhibitor", "setting": "adjuvant", "order": 3, "duration": "5 years" },
        ],
        "outcomes": [
            { "option": "plan", "event": "Free of distant recurrence", "good": true, "events": 92, "denominator": 100, "horizon": "5 years", "low": 90, "high": 94, "source": INVENTED },
            { "option": "plan", "event": "Numbness of hands or feet that stays", "good": false, "events": 12, "denominator": 100, "horizon": "5 years", "low": 8, "high": 15, "source": INVENTED, "words": "12.4 %" },
        ],
        "burden": [ { "kind": "visits", "what": "16 infusions" }, { "kind": "time_off", "what": "about five months" } ],
        "reasons": [ { "dimension": "plan", "words": "Grade 3 with invasion of vessels speaks for chemotherapy." } ],
    }))
}

/// The second team's: slides and images read again, a recurrence score at hand.
///
/// # Errors
/// When it can not be put together.
pub fn second_opinion(story: &Story, delivery: Option<&DeliveryId>) -> Result<Opinion, DemoError> {
    let given: Vec<&DeliveryId> = delivery.into_iter().collect();
    made(json!({
        "clinician": { "name": "Dr. Robin Example-Reader", "role": "medical oncologist", "organization": "Riverbend Example Cancer Center" },
        "date": story.day(3),
        "basis": "video",
        "deliveries": given,
        "seen": [
            { "material": "pathology_report", "detail": "S-10421 and S-11877", "seen": true },
            { "material": "slides", "detail": "S-11877", "seen": true },
            { "material": "images", "detail": "breast MRI", "seen": true },
            { "material": "genomic_report", "detail": "recurrence score, reported two weeks before the visit", "seen": true },
        ],
        "diagnosis": "Invasive carcinoma of no special type of the left breast",
        "findings": [
            { "concept": "morphology", "value": "8500/3", "from": "slides" },
            { "concept": "grade", "value": "2", "from": "slides", "specimen": "S-11877", "words": "few mitoses; grade 2 in our hands" },
            { "concept": "lymphovascular_invasion", "value": "absent", "from": "slides", "specimen": "S-11877", "words": "retraction around tumor nests, no invasion of vessels" },
            { "concept": "t", "value": "T2", "prefix": "p", "from": "pathology_report" },
            { "concept": "n", "value": "N1a", "prefix": "p", "from": "pathology_report" },
            { "concept": "er", "value": "positive", "from": "slides" },
            { "concept": "her2_status", "value": "negative", "from": "pathology_report" },
            { "concept": "recurrence_score", "value": "14", "from": "genomic_report" },
            { "concept": "imaging_finding", "value": "a second focus of 7 mm in the left breast", "from": "images", "key_image": "MRI, series 2, image 87", "words": "read again two days after the visit" },
        ],
        "intent": "curative",
        "plan": [
            { "kind": "radiation", "what": "whole breast radiation", "setting": "adjuvant", "order": 1, "duration": "4 weeks" },
            { "kind": "systemic", "what": "endocrine therapy with an aromatase inhibitor", "setting": "adjuvant", "order": 2, "duration": "5 years" },
            { "kind": "systemic", "what": "abemaciclib", "setting": "adjuvant", "strength": "considered", "order": 2 },
            { "kind": "test", "what": "targeted ultrasound of the second focus", "order": 1 },
        ],
        "advised_against": [ { "kind": "systemic", "what": "chemotherapy", "why": "little to gain at this recurrence score after menopause" } ],
        "outcomes": [
            { "option": "plan", "event": "Free of distant recurrence", "good": true, "events": 91, "denominator": 100, "horizon": "5 years", "low": 88, "high": 94, "source": INVENTED },
            { "option": "plan", "event": "Numbness of hands or feet that stays", "good": false, "events": 1, "denominator": 100, "horizon": "5 years", "source": INVENTED },
        ],
        "burden": [ { "kind": "visits", "what": "20 radiation visits" } ],
        "reasons": [ { "dimension": "plan", "words": "We weigh a small gain against numbness that may stay; after menopause, with a recurrence score of 14, we would not give it." } ],
    }))
}

fn made(opinion: serde_json::Value) -> Result<Opinion, DemoError> {
    serde_json::from_value(opinion).map_err(|error| DemoError::Make(format!("an opinion: {error}")))
}

/// The sheet that Rosa and Ines made of both opinions: two options, their numbers as they were stated, their days.
#[must_use]
pub fn sheet_of(story: &Story, proposed: Sheet) -> Sheet {
    let mut sheet = Sheet {
        question: "Chemotherapy after the operation, or not?".to_owned(),
        condition: "A cancer of the left breast that was taken out, with a tumor in two lymph nodes.".to_owned(),
        ..proposed
    };
    let names = [CHEMOTHERAPY, WITHOUT];
    let living = [
        "About five months of infusions; tiredness and hair loss; hands and feet may go numb.",
        "Radiation every working day for four weeks; hot flushes and stiff joints from the tablets.",
    ];
    for ((option, name), living) in sheet.options.iter_mut().zip(names).zip(living) {
        name.clone_into(&mut option.label);
        living.clone_into(&mut option.living);
    }
    let starts =
        [("o1", "AC-T chemotherapy", 24), ("o1", "whole breast radiation", 178), ("o2", "whole breast radiation", 24)];
    for (option, what, offset) in starts {
        let step = sheet.steps.iter_mut().find(|step| step.option == option && step.what == what);
        if let Some(step) = step {
            step.starts = Some(story.day(offset));
        }
    }
    sheet
}

/// What Rosa says matters to her, before she looks at the numbers.
#[must_use]
pub fn what_matters(story: &Story) -> Values {
    Values {
        voice: Voice::Patient,
        words:
            "I play and teach the piano. I am afraid of numb hands, and of the cancer coming back because I was afraid."
                .to_owned(),
        goals: vec![
            Goal { what: "Ines’s wedding".to_owned(), on: Some(story.day(75)) },
            Goal { what: "To teach again after the summer".to_owned(), on: None },
        ],
        points: [("f1", None), ("f2", Some(100))]
            .map(|(feature, points)| Points { feature: feature.to_owned(), points, of: String::new() })
            .to_vec(),
        musts: Vec::new(),
    }
}
