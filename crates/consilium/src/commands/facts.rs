//! `facts`: what the records of a case say, and what a person says of it.

use std::process::ExitCode;

use anyhow::{Result, bail};
use consilium_app::casefile::facts::Polarity;
use consilium_app::casefile::reading::{Judgement, Region, TreatmentWords, understood};
use consilium_app::casefile::{CaseId, DocumentId, FactId, Session, TreatmentId};
use consilium_app::dates::typed_date;
use consilium_app::reading::{DifferenceWords, FactWords, FactsAnswer, Typing};
use consilium_app::{App, AppError};
use serde_json::json;

use super::{answer, open};
use crate::arguments::{AboutFacts, Arguments, Facts, MedicineWord, TreatmentWord, Word};

pub(super) async fn facts(arguments: &Arguments, session: &Session, facts: Facts) -> Result<ExitCode> {
    let app = open(arguments).await?;
    let Some(command) = facts.command else {
        let id = app.case_named(session, &facts.case.unwrap_or_default()).await?;
        app.read_records(session, &id).await?;
        let facts = app.facts(session, &id).await?;
        return answer(arguments, &facts, || print_facts(&facts));
    };
    let case = match &command {
        AboutFacts::Judge { case, .. }
        | AboutFacts::Type { case, .. }
        | AboutFacts::Withdraw { case, .. }
        | AboutFacts::Medicine { case, .. }
        | AboutFacts::Treated { case, .. }
        | AboutFacts::NotTreated { case, .. }
        | AboutFacts::Treatment { case, .. } => case.clone(),
    };
    let id = app.case_named(session, &case).await?;
    // What is said of a fact is said of the newest reading.
    app.read_records(session, &id).await?;
    let typed = say(&app, session, &id, command).await?;
    answer(arguments, &json!({ "case": case, "typed": typed }), || match &typed {
        Some(fact) => crate::say!("Noted: {fact}"),
        None => crate::say!("Noted."),
    })
}

/// `0.1,0.2,0.5,0.25`
fn place_on_page(text: &str) -> Option<Region> {
    let sides: Vec<f32> = text.split(',').map(|side| side.trim().parse().ok()).collect::<Option<_>>()?;
    let [x0, y0, x1, y1] = sides.try_into().ok()?;
    Some(Region { x0, y0, x1, y1 })
}

/// Says it; gives the id of a fact or treatment that was typed.
async fn say(app: &App, session: &Session, id: &CaseId, command: AboutFacts) -> Result<Option<String>> {
    match command {
        AboutFacts::Judge { document, concept, start, of, word, polarity, .. } => {
            let document = DocumentId::from(document);
            let key = app.fact_at(session, id, &document, &concept, start, of.as_deref()).await?;
            let judgement = match word {
                Word { confirm: true, .. } => Judgement::Confirmed { value: None },
                Word { correct: Some(value), .. } => {
                    let own =
                        || understood(&key.concept, &value, None, app.knowledge()).map_or(Polarity::Present, |of| of.2);
                    let polarity = match polarity {
                        Some(polarity) => serde_json::from_value(json!(polarity))?,
                        None => own(),
                    };
                    Judgement::Corrected { value, polarity, prefix: None }
                }
                Word { reject: true, .. } => Judgement::Rejected,
                Word { .. } => {
                    app.take_back_judgement(session, id, &key, Some(start)).await?;
                    return Ok(None);
                }
            };
            app.judge_fact(session, id, &key, Some(start), judgement).await?;
        }
        AboutFacts::Type { document, concept, value, page, region, absent, .. } => {
            let region = match region.as_deref().map(place_on_page) {
                Some(None) => bail!("write the place on the page as four parts of it: 0.1,0.2,0.5,0.25"),
                other => other.flatten(),
            };
            let typing = Typing { document, page, region, concept, value, absent };
            return Ok(Some(app.type_fact(session, id, &typing).await?.to_string()));
        }
        AboutFacts::Withdraw { fact, .. } => {
            app.withdraw_fact(session, id, &FactId::from(fact)).await?;
        }
        AboutFacts::Treated { what, kind, status, on, until, dose, .. } => {
            let date = |text: Option<String>| typed_date(text.as_deref().unwrap_or_default()).map_err(AppError::from);
            let words = TreatmentWords {
                kind: serde_json::from_value(json!(kind))?,
                status: serde_json::from_value(json!(status))?,
                what,
                date: date(on)?,
                until: date(until)?,
                dose,
            };
            return Ok(Some(app.state_treatment(session, id, &words).await?.to_string()));
        }
        AboutFacts::NotTreated { treatment, .. } => {
            app.withdraw_treatment(session, id, &TreatmentId::from(treatment)).await?;
        }
        AboutFacts::Medicine { ingredient, word, .. } => {
            let MedicineWord { line, add, not_taken, .. } = word;
            if let Some(line) = add {
                app.add_medicine(session, id, &ingredient, &line).await?;
                return Ok(None);
            }
            app.agree_medicine(session, id, &ingredient, &line.unwrap_or_default(), !not_taken).await?;
        }
        AboutFacts::Treatment { document, start, word, what, .. } => {
            let document = DocumentId::from(document);
            let statement = app.treatment_at(session, id, &document, start, what.as_deref()).await?;
            match word {
                TreatmentWord { reject: true, .. } => app.reject_treatment(session, id, &statement).await?,
                TreatmentWord { .. } => app.take_back_rejection(session, id, &statement).await?,
            };
        }
    }
    Ok(None)
}

fn print_facts(facts: &FactsAnswer) {
    let source = |f: &FactWords| match f.date {
        Some(date) => format!("{}, {date}", f.title),
        None => f.title.clone(),
    };
    let differs = |difference: &DifferenceWords| {
        let word = if difference.relation == "conflict" { "CONFLICT" } else { "differs" };
        let sides: Vec<&str> = difference.sides.iter().map(|s| s.words.as_str()).collect();
        crate::say!("  {word}  {}: {}", difference.label, sides.join(" / "));
    };
    facts.cut_short.iter().for_each(|cut| crate::say!("{}", cut.sentence));
    for tumour in &facts.tumours {
        crate::say!("{}", tumour.words);
        tumour.differences.iter().for_each(differs);
        for fact in tumour.facts.iter().filter(|f| f.speaks) {
            crate::say!("  {}: {}  [{}] “{}”", fact.label, fact.words, source(fact), fact.quote);
        }
    }
    facts.person_differences.iter().for_each(differs);
    for fact in facts.person.iter().filter(|f| f.speaks) {
        crate::say!("{}: {}  [{}]", fact.label, fact.words, source(fact));
    }
    for treatment in &facts.treatments {
        let when = treatment.when.map_or_else(|| "date not stated".to_owned(), |d| d.to_string());
        let scan = if treatment.on_scan { "  (from a scan, not confirmed)" } else { "" };
        let own = treatment.stated.as_ref().map(|by| format!("  (no record: said by {})", by.by)).unwrap_or_default();
        crate::say!("{when}  {} ({:?}){scan}{own}", treatment.treatment.what, treatment.treatment.status);
    }
    for medicine in &facts.medicines {
        let said: Vec<&str> = medicine.sources.iter().map(|s| s.says.as_str()).collect();
        crate::say!("{}  {}  [{}]", medicine.ingredient, said.join(" / "), medicine.agreement);
        for scan in &medicine.on_scans {
            crate::say!("  {}  (from a scan, not confirmed: {})", scan.says, scan.title);
        }
    }
}
