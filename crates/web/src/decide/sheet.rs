//! The form of the sheet: options, what differs, the numbers that somebody stated, and when each option happens. It begins as
//! the opinions say it; nothing of it is kept before a person saves it.

use askama::Template;
use axum::extract::{Form, Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use consilium_app::AppError;
use consilium_app::decide::stamp;
use consilium_casefile::compare::CitationKind;
use consilium_casefile::decide::{Feature, Number, Sheet, SheetOption, TimedStep};
use consilium_casefile::next::Stage;
use consilium_casefile::{CaseId, CaseView, OpinionId, Refusal};

use crate::errors::{Failure, html_refused};
use crate::forms::{Values, asked, choices, named, value};
use crate::lined::{Cell, Filled, Kind, Line, MOST, Section, asks_for_more, each, lines, listed, part};
use crate::parts::{Choice, Context};
use crate::shell::Shell;
use crate::web::Visitor;

#[derive(Template)]
#[template(path = "sheet.html")]
pub(crate) struct SheetPage {
    shell: Shell,
    id: CaseId,
    /// Whether it is what the opinions say, and was not kept yet.
    proposed: bool,
    /// Options that may be one.
    may_be_one: Vec<String>,
    /// The sheet the form was opened over.
    as_of: String,
    head: Vec<Cell>,
    sections: Vec<Section>,
    refusal: Option<String>,
}

impl SheetPage {
    pub(crate) fn new(
        context: &Context<'_>,
        view: &CaseView<'_>,
        values: &Values,
        proposed: bool,
        may_be_one: Vec<String>,
        refusal: Option<String>,
    ) -> Self {
        let line = Line { values, name: String::new(), number: String::new() };
        Self {
            shell: Shell::of_case(context, view, "The options", Some(Stage::Decide)).refused(refusal.is_some()),
            id: view.id().clone(),
            proposed,
            may_be_one,
            as_of: value(values, "as_of").to_owned(),
            head: vec![
                line.cell("question", "The decision to be made", Kind::Words),
                line.long("condition", "What it is about, in plain words"),
                line.cell("funding", "Who paid for the studies behind the numbers, if it was said", Kind::Words),
            ],
            sections: sections(context, view, values),
            refusal,
        }
    }
}

/// What can be chosen from lines of this form: their ids with their names.
fn from_lines(values: &Values, part: &str) -> Vec<Choice> {
    let all = (0..lines(values, part)).filter_map(|line| {
        let id = value(values, &format!("{part}-{line}-id")).to_owned();
        let label = value(values, &format!("{part}-{line}-label")).to_owned();
        (!id.is_empty() && !label.is_empty()).then(|| listed(id, label))
    });
    all.collect()
}

fn sections(context: &Context<'_>, view: &CaseView<'_>, values: &Values) -> Vec<Section> {
    let opinions = || {
        let all = view.opinions().into_iter();
        all.map(|held| listed(held.id.to_string(), held.opinion.clinician.name.clone())).collect::<Vec<_>>()
    };
    let yes_no = || choices(&[("yes", "hoped for"), ("no", "feared")], "");
    let sources = || named(context.say, CitationKind::ALL, CitationKind::name, CitationKind::words, "");
    let options = || from_lines(values, "option");
    let features = || from_lines(values, "feature");
    let option_cells = |line: &Line<'_>| {
        vec![
            line.cell("id", "", Kind::Kept),
            line.cell("label", "What it is called", Kind::Words),
            line.choice("opinion", "Which opinion names it", "None of them", opinions()),
            line.text("source", "Or who names it, and when"),
            line.long("living", "What it is like to live through: body, mood, work, family"),
        ]
    };
    let feature_cells = |line: &Line<'_>| {
        vec![
            line.cell("id", "", Kind::Kept),
            line.cell("label", "What can happen, or what it takes", Kind::Words),
            line.choice("good", "Hoped for or feared", "Choose", yes_no()),
            line.text("unit", "Only for amounts: weeks, visits"),
        ]
    };
    let number_cells = |line: &Line<'_>| {
        vec![
            line.choice("option", "With which option", "Choose", options()),
            line.choice("feature", "Of what", "Choose", features()),
            line.text("value", "How many"),
            line.text("denominator", "Of how many people"),
            line.text("horizon", "Within which time"),
            line.text("low", "At least"),
            line.text("high", "At most"),
            line.text("people", "Of which people, such as women over 50"),
            line.text("source", "Who says so, or which study"),
            line.choice("kind", "What that is", "Not stated", sources()),
            line.text("words", "As it was said, such as 12.4 %"),
        ]
    };
    let step_cells = |line: &Line<'_>| {
        vec![
            line.choice("option", "Of which option", "Choose", options()),
            line.cell("what", "What happens", Kind::Words),
            line.text("starts", "First day, such as 14 March 2026"),
            line.text("weeks", "How many weeks"),
        ]
    };
    vec![
        part(
            values,
            "option",
            (
                "The options",
                "Waiting, or no treatment for now, can be one. The order says nothing. Clear a name to take an option out, with its numbers.",
            ),
            3,
            true,
            &option_cells,
        ),
        part(
            values,
            "feature",
            (
                "What differs between them",
                "What you hope for, what you fear, and what it takes: how long you live without the cancer, lasting numbness, weeks of treatment.",
            ),
            3,
            true,
            &feature_cells,
        ),
        part(
            values,
            "number",
            (
                "Numbers that somebody stated",
                "How many of how many people, within which time. Only what somebody said; nothing is worked out for you. For a new option or a new line above: save first, then give it its numbers.",
            ),
            2,
            true,
            &number_cells,
        ),
        part(
            values,
            "step",
            ("When it happens", "Steps with a first day are laid over the days that matter to you."),
            2,
            false,
            &step_cells,
        ),
    ]
}

/// A sheet as its form shows it.
pub(crate) fn values_of(sheet: &Sheet) -> Values {
    let mut values = Values::new();
    let mut put = |name: String, text: &str| {
        if !text.is_empty() {
            values.insert(name, text.to_owned());
        }
    };
    let number = |number: Option<u32>| number.map(|n| n.to_string()).unwrap_or_default();
    put("question".to_owned(), &sheet.question);
    put("condition".to_owned(), &sheet.condition);
    put("funding".to_owned(), &sheet.funding);
    for (line, option) in sheet.options.iter().enumerate() {
        put(format!("option-{line}-id"), &option.id);
        put(format!("option-{line}-label"), &option.label);
        put(format!("option-{line}-opinion"), option.opinion.as_ref().map_or("", OpinionId::as_str));
        put(format!("option-{line}-source"), &option.source);
        put(format!("option-{line}-living"), &option.living);
    }
    for (line, feature) in sheet.features.iter().enumerate() {
        put(format!("feature-{line}-id"), &feature.id);
        put(format!("feature-{line}-label"), &feature.label);
        put(format!("feature-{line}-good"), if feature.good { "yes" } else { "no" });
        put(format!("feature-{line}-unit"), &feature.unit);
    }
    for (line, stated) in sheet.numbers.iter().enumerate() {
        put(format!("number-{line}-option"), &stated.option);
        put(format!("number-{line}-feature"), &stated.feature);
        put(format!("number-{line}-value"), &stated.value.to_string());
        put(format!("number-{line}-denominator"), &number(stated.denominator));
        put(format!("number-{line}-horizon"), &stated.horizon);
        put(format!("number-{line}-low"), &number(stated.low));
        put(format!("number-{line}-high"), &number(stated.high));
        put(format!("number-{line}-people"), &stated.people);
        put(format!("number-{line}-source"), &stated.source);
        put(format!("number-{line}-kind"), stated.kind.map_or("", CitationKind::name));
        put(format!("number-{line}-words"), &stated.words);
    }
    for (line, step) in sheet.steps.iter().enumerate() {
        put(format!("step-{line}-option"), &step.option);
        put(format!("step-{line}-what"), &step.what);
        put(format!("step-{line}-starts"), &step.starts.map(|day| day.to_string()).unwrap_or_default());
        put(format!("step-{line}-weeks"), &number(step.weeks));
    }
    values
}

/// The sheet that was typed. A line whose name was cleared is taken out, and a new one gets an id of its own.
///
/// # Errors
/// A refusal that names the line: no whole number, no day, neither hoped for nor feared.
pub(crate) fn sheet_of(values: &Values) -> Result<Sheet, Refusal> {
    // An id that any line of the form has is nobody else's, also when its name was cleared.
    let ids = |part: &str| -> Vec<String> {
        (0..lines(values, part)).map(|line| value(values, &format!("{part}-{line}-id")).to_owned()).collect()
    };
    let own = |part: &str, letter: char| -> Vec<String> {
        let mut taken = ids(part);
        let named = each(values, part, &["label"]).map(|line| line.text("id"));
        let fresh = named.map(|id| {
            if !id.is_empty() {
                return id;
            }
            let free = (1..=MOST * 2).map(|n| format!("{letter}{n}")).find(|id| !taken.contains(id));
            let free = free.unwrap_or_default();
            taken.push(free.clone());
            free
        });
        fresh.collect()
    };
    // What was cleared goes with its numbers and steps.
    let cleared = |part: &str, id: &str| {
        let named = each(values, part, &["label"]).any(|line| line.text("id") == id);
        !id.is_empty() && !named && ids(part).iter().any(|known| known == id)
    };
    let mut sheet = Sheet {
        question: value(values, "question").to_owned(),
        condition: value(values, "condition").to_owned(),
        funding: value(values, "funding").to_owned(),
        ..Sheet::default()
    };
    for (line, id) in each(values, "option", &["label"]).zip(own("option", 'o')) {
        sheet.options.push(SheetOption {
            id,
            label: line.text("label"),
            opinion: Some(line.text("opinion")).filter(|id| !id.is_empty()).map(OpinionId::from),
            source: line.text("source"),
            living: line.text("living"),
        });
    }
    for (line, id) in each(values, "feature", &["label"]).zip(own("feature", 'f')) {
        let label = line.text("label");
        let good = line.hoped_for(&label)?;
        sheet.features.push(Feature { id, label, good, unit: line.text("unit") });
    }
    sheet.numbers = each(values, "number", &["value", "low", "high", "source", "words"])
        .filter(|line| !cleared("option", &line.text("option")) && !cleared("feature", &line.text("feature")))
        .map(|line| stated(&line))
        .collect::<Result<_, _>>()?;
    sheet.steps = each(values, "step", &["what"])
        .filter(|line| !cleared("option", &line.text("option")))
        .map(|line| {
            Ok(TimedStep {
                option: line.text("option"),
                what: line.text("what"),
                starts: line.day("starts")?,
                weeks: line.number("weeks")?,
            })
        })
        .collect::<Result<_, Refusal>>()?;
    Ok(sheet)
}

fn stated(line: &Filled<'_>) -> Result<Number, Refusal> {
    let value = line.number("value")?;
    let empty = || Refusal::new("refusal-sheet-whole").with("what", line.text("source"));
    Ok(Number {
        option: line.text("option"),
        feature: line.text("feature"),
        value: value.ok_or_else(empty)?,
        denominator: line.number("denominator")?,
        horizon: line.text("horizon"),
        low: line.number("low")?,
        high: line.number("high")?,
        people: line.text("people"),
        source: line.text("source"),
        kind: line.choice("kind", CitationKind::named),
        words: line.text("words"),
    })
}

async fn show(
    visitor: &Visitor,
    id: &CaseId,
    typed: Option<&Values>,
    add: Option<&OpinionId>,
    refusal: Option<String>,
) -> Result<Response, Failure> {
    let case = visitor.case(id).await?;
    let view = case.seen_by(visitor.session.audience);
    let decide = view.deciding().ok_or(AppError::NotFound)?;
    let (kept, refused) = (decide.sheet(), refusal.is_some());
    let with = add.and_then(|opinion| view.sheet_with(opinion).ok());
    let added = with.is_some();
    let sheet = with.as_ref().or(kept).cloned().unwrap_or_else(|| view.proposed_sheet());
    let may_be_one = visitor.app.options_that_may_be_one(&view, &sheet);
    let mut values = typed.cloned().unwrap_or_else(|| values_of(&sheet));
    if typed.is_none() {
        values.insert("as_of".to_owned(), stamp(decide.sheet.as_ref().map(|(_, at)| *at)));
    }
    let proposed = typed.is_none() && (kept.is_none() || added) && lines(&values, "option") > 0;
    html_refused(
        &visitor.look(|context| SheetPage::new(context, &view, &values, proposed, may_be_one, refusal)),
        refused,
    )
}

/// `/cases/{case}/decide/sheet`; with `?add=` and an opinion, what it says stands behind what is kept.
pub(crate) async fn page(
    visitor: Visitor,
    Path(id): Path<CaseId>,
    Query(query): Query<Values>,
) -> Result<Response, Failure> {
    let add = asked(&query, "add").map(OpinionId::from);
    show(&visitor, &id, None, add.as_ref(), None).await
}

/// Writes the sheet down.
pub(crate) async fn write(
    visitor: Visitor,
    Path(id): Path<CaseId>,
    Form(mut values): Form<Values>,
) -> Result<Response, Failure> {
    if asks_for_more(&mut values) {
        return show(&visitor, &id, Some(&values), None, None).await;
    }
    let as_of = Some(value(&values, "as_of"));
    let kept = match sheet_of(&values) {
        Ok(sheet) => visitor.app.record_sheet(&visitor.session, &id, &sheet, as_of).await.map(|_| ()),
        Err(refusal) => Err(refusal.into()),
    };
    match visitor.told(kept)? {
        // On to the numbers of what is new, or back to the page.
        Ok(()) if value(&values, "act") == "stay" => {
            Ok(Redirect::to(&format!("/cases/{id}/decide/sheet#part-number")).into_response())
        }
        Ok(()) => Ok(Redirect::to(&format!("/cases/{id}/decide#options")).into_response()),
        Err(sentence) => show(&visitor, &id, Some(&values), None, Some(sentence)).await,
    }
}
