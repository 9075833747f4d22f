//! The fields of an opinion's form: parts with lines, each line of a few cells. How a cell looks is in `opinion.html`.

use consilium_casefile::CaseView;
use consilium_casefile::compare::{
    Basis, BurdenKind, CitationKind, Intent, Material, Setting, StepKind, Strength, imaging_finding,
};

use crate::forms::{Values, choices, concepts, named};
use crate::lined::{self, Cell, Kind, Line, Section, listed};
use crate::parts::{Choice, ChoiceGroup, Context, When};

/// Who gave it, when, on what, and what it comes to.
pub(super) fn head(context: &Context<'_>, view: &CaseView<'_>, values: &Values) -> Section {
    let line = Line { values, name: String::new(), number: String::new() };
    let say = context.say;
    let documents = view.documents(context.knowledge).into_iter().rev();
    let title = |held: &consilium_casefile::gather::HeldDocument| {
        let date = held.date().map(|date| format!("{}: ", date.human())).unwrap_or_default();
        listed(held.document.id.to_string(), format!("{date}{}", view.title_of(held, context.knowledge)))
    };
    let documents = documents.filter(|held| !held.removed).map(title).collect();
    Section {
        id: "head",
        heading: "Who said it, and when",
        hint: "",
        open: true,
        lines: vec![
            vec![
                line.text("clinician", "Name of the doctor or the board"),
                line.text("role", "What they are, such as medical oncologist"),
                line.text("organization", "Hospital or practice"),
                line.text("date", "Date, such as 14 March 2026"),
                line.choice(
                    "basis",
                    "What it rests on",
                    "Not stated",
                    named(say, Basis::ALL, Basis::name, Basis::words, ""),
                ),
                line.choice("document", "The record that says it", "None, it was said", documents),
            ],
            vec![
                line.long("diagnosis", "The diagnosis, in the doctor’s words"),
                line.choice(
                    "intent",
                    "What treatment is for",
                    "Not stated",
                    named(say, Intent::ALL, Intent::name, Intent::words, ""),
                ),
                line.long("goal", "Which wish of yours the advice serves, if the doctor said so"),
            ],
        ],
        more: 0,
    }
}

/// Packets that were handed over, to choose from.
fn handed_over(view: &CaseView<'_>) -> Vec<Choice> {
    let given = |held: &&consilium_casefile::share::HeldDelivery| {
        let delivery = &held.delivery;
        listed(delivery.id.to_string(), format!("{}, {}", delivery.to, When::from(delivery.on).human))
    };
    view.deliveries().iter().filter(|held| !held.withdrawn).map(given).collect()
}

/// The parts with lines, in the order of a consultation.
pub(super) fn sections(context: &Context<'_>, view: &CaseView<'_>, values: &Values) -> Vec<Section> {
    let say = context.say;
    let materials = || named(say, Material::ALL, Material::name, Material::words, "");
    let steps = || named(say, StepKind::ALL, StepKind::name, StepKind::words, "");
    let seen_states = || choices(&[("seen", "seen"), ("not_seen", "not seen")], "");
    let yes_no = || choices(&[("yes", "hoped for"), ("no", "feared")], "");
    let dimensions = || {
        let all = context.knowledge.comparing.dimensions.iter();
        all.map(|dimension| listed(dimension.id.clone(), dimension.label.clone())).collect::<Vec<_>>()
    };
    let part = |id: &'static str, heading, hint, least: usize, cells: &dyn Fn(&Line<'_>) -> Vec<Cell>| {
        lined::part(values, id, (heading, hint), least, matches!(id, "finding" | "plan"), cells)
    };
    let step = |line: &Line<'_>| {
        vec![
            line.choice("kind", "Kind", "Choose", steps()),
            line.cell("what", "What, in the doctor’s words", Kind::Words),
            line.choice(
                "strength",
                "How firmly",
                "Advised",
                named(say, Strength::ALL, Strength::name, Strength::words, ""),
            ),
            line.choice("setting", "When", "Not stated", named(say, Setting::ALL, Setting::name, Setting::words, "")),
            line.text("order", "Which comes first: 1, 2…"),
            line.text("cycles", "Cycles"),
            line.text("dose", "Dose"),
            line.text("duration", "How long"),
            line.text("condition", "Only if"),
            line.cell("why", "Words of the record", Kind::Hidden),
        ]
    };
    vec![
        part(
            "finding",
            "What they found",
            "One line a finding. Leave out what was not said; nothing is filled in for you.",
            4,
            &|line| {
                let mut what = line.cell("concept", "What", Kind::Text);
                let mut groups = concepts(context.knowledge, &what.value, say);
                let own = imaging_finding().to_string();
                let images = Choice { chosen: what.value == own, value: own, label: "Seen on images".to_owned() };
                groups.push(ChoiceGroup { label: "Images".to_owned(), choices: vec![images] });
                let none = Choice { value: String::new(), label: "Choose".to_owned(), chosen: what.value.is_empty() };
                groups.insert(0, ChoiceGroup { label: "Not chosen".to_owned(), choices: vec![none] });
                what.kind = Kind::Groups(groups);
                // In front of a category, where it was written apart from it: it is typed before it in a new line.
                let prefix = line.text("prefix", "In front of it: c, p, yc, yp, r or a");
                let prefix = Some(prefix).filter(|cell| !cell.value.is_empty());
                let mut cells: Vec<Cell> = std::iter::once(what).chain(prefix).collect();
                cells.extend([
                    line.text("value", "What they say"),
                    line.choice("from", "Read from", "Not stated", materials()),
                    line.text("edition", "System, edition or test"),
                    line.text("specimen", "Specimen or slide"),
                    line.text("image", "Series and image"),
                    line.cell("words", "Words of the record", Kind::Hidden),
                ]);
                cells
            },
        ),
        part("plan", "What they advise", "One line a step.", 4, &step),
        part("against", "What they advise against", "", 2, &|line| {
            let why = line.cell("why", "Why, in their words", Kind::Words);
            let mut cells =
                vec![line.choice("kind", "Kind", "Choose", steps()), line.cell("what", "What", Kind::Words), why];
            // What a file said besides is kept as it was.
            let others = ["strength", "setting", "order", "cycles", "dose", "duration", "condition"];
            cells.extend(others.iter().map(|field| line.cell(field, "", Kind::Kept)));
            cells
        }),
        part("alternative", "What else they offered as reasonable", "", 2, &step),
        part(
            "seen",
            "What they had to look at",
            "This is the first thing to know when two opinions differ.",
            4,
            &|line| {
                vec![
                    line.choice("material", "Material", "Choose", materials()),
                    line.choice("state", "Seen or not", "Not stated", seen_states()),
                    line.text("detail", "Which: a number, a date"),
                ]
            },
        ),
        part("given", "Packets they were given", "What was in them was there to be seen.", 1, &|line| {
            vec![line.choice("delivery", "Packet", "None", handed_over(view))]
        }),
        part("reason", "Why, in their words", "", 2, &|line| {
            vec![
                line.choice("dimension", "About", "Choose", dimensions()),
                line.cell("words", "Their words", Kind::Words),
            ]
        }),
        part(
            "evidence",
            "Guidelines and studies they named",
            "Name, version and category only: the text of guidelines belongs to others.",
            2,
            &|line| {
                let kinds = named(say, CitationKind::ALL, CitationKind::name, CitationKind::words, "");
                vec![
                    line.choice("kind", "Kind", "Study", kinds),
                    line.text("name", "Name"),
                    line.text("version", "Version"),
                    line.text("date", "Date"),
                    line.text("category", "Category, or size of the study"),
                ]
            },
        ),
        part(
            "outcome",
            "Numbers they named",
            "How many of how many people, within which time. Only what somebody said; nothing is worked out for you.",
            2,
            &|line| {
                vec![
                    line.text("option", "With which treatment"),
                    line.text("event", "What happens"),
                    line.choice("good", "Hoped for or feared", "Choose", yes_no()),
                    line.text("events", "To how many"),
                    line.text("denominator", "Of how many"),
                    line.text("horizon", "Within which time"),
                    line.text("low", "At least"),
                    line.text("high", "At most"),
                    line.text("people", "Of which people, such as women over 50"),
                    line.text("source", "Who says so, or which study"),
                    line.choice(
                        "kind",
                        "What that is",
                        "Not stated",
                        named(say, CitationKind::ALL, CitationKind::name, CitationKind::words, ""),
                    ),
                    line.text("words", "As it was said, such as 12.4 %"),
                ]
            },
        ),
        part("burden", "What the plan asks of you", "", 2, &|line| {
            let kinds = named(say, BurdenKind::ALL, BurdenKind::name, BurdenKind::words, "");
            vec![line.choice("kind", "Kind", "Visits", kinds), line.text("what", "What")]
        }),
    ]
}
