//! Forms of parts with lines, each line of a few cells: the fields as they are shown, and as they are read. A line of a part
//! is `plan-0-what`, `plan-0-kind`. What a form asks is not known here; how a cell looks is in `parts.html`.

use std::str::FromStr;

use consilium_app::dates::typed_day;
use consilium_casefile::Refusal;
use jiff::civil::Date;

use crate::forms::{Values, value};
use crate::parts::{Choice, ChoiceGroup};

/// The most lines of a part that a form can hold.
pub(crate) const MOST: usize = 200;

/// A part of the form.
pub(crate) struct Section {
    pub(crate) id: &'static str,
    pub(crate) heading: &'static str,
    pub(crate) hint: &'static str,
    /// Whether it stands open at first.
    pub(crate) open: bool,
    pub(crate) lines: Vec<Vec<Cell>>,
    /// Further lines that were asked for.
    pub(crate) more: usize,
}

/// One cell of a line.
pub(crate) struct Cell {
    pub(crate) name: String,
    pub(crate) label: String,
    /// Behind the label, for those who do not see the line: `, line 1`.
    pub(crate) line: String,
    pub(crate) value: String,
    pub(crate) kind: Kind,
}

/// What is filled into a cell.
pub(crate) enum Kind {
    Text,
    /// A text that takes two places.
    Words,
    Long,
    Choice(Vec<Choice>),
    Groups(Vec<ChoiceGroup>),
    /// Not asked, and shown as what a record says.
    Hidden,
    /// Not asked, and kept as it is.
    Kept,
}

impl Cell {
    /// How much room it takes, as a class of the style sheet.
    pub(crate) fn room(&self) -> &'static str {
        match self.kind {
            Kind::Long => " wide",
            Kind::Words => " two",
            _ => "",
        }
    }
}

/// The cells of one line of a part.
pub(crate) struct Line<'a> {
    pub(crate) values: &'a Values,
    /// In front of each name: `plan-0-`.
    pub(crate) name: String,
    /// Behind each label: `, line 1`.
    pub(crate) number: String,
}

impl Line<'_> {
    pub(crate) fn cell(&self, field: &str, label: &str, kind: Kind) -> Cell {
        let name = format!("{}{field}", self.name);
        let value = value(self.values, &name).to_owned();
        Cell { name, label: label.to_owned(), line: self.number.clone(), value, kind }
    }

    pub(crate) fn text(&self, field: &str, label: &str) -> Cell {
        self.cell(field, label, Kind::Text)
    }

    pub(crate) fn long(&self, field: &str, label: &str) -> Cell {
        self.cell(field, label, Kind::Long)
    }

    /// A choice from a list of names, with their words, and a first one for none.
    pub(crate) fn choice(&self, field: &str, label: &str, none: &str, listed: Vec<Choice>) -> Cell {
        let mut cell = self.cell(field, label, Kind::Text);
        let first = Choice { value: String::new(), label: none.to_owned(), chosen: cell.value.is_empty() };
        let listed = listed.into_iter().map(|choice| Choice { chosen: choice.value == cell.value, ..choice });
        cell.kind = Kind::Choice(std::iter::once(first).chain(listed).collect());
        cell
    }
}

/// One of a list, before it is known whether it is chosen.
pub(crate) fn listed(value: String, label: String) -> Choice {
    Choice { value, label, chosen: false }
}

/// A part with lines: those that are filled in and one more, at least `least`, and those that were asked for.
pub(crate) fn part(
    values: &Values,
    id: &'static str,
    (heading, hint): (&'static str, &'static str),
    least: usize,
    stands_open: bool,
    cells: &dyn Fn(&Line<'_>) -> Vec<Cell>,
) -> Section {
    let filled = lines(values, id);
    let more = value(values, &format!("more-{id}")).parse().unwrap_or(0_usize).min(50);
    let line = |at: usize| cells(&Line { values, name: format!("{id}-{at}-"), number: format!(", line {}", at + 1) });
    let count = least.max(filled + usize::from(filled > 0)) + more;
    let open = stands_open || filled > 0 || more > 0;
    Section { id, heading, hint, open, lines: (0..count).map(line).collect(), more }
}

/// Notes that more lines of a part are asked for; nothing is kept then.
pub(crate) fn asks_for_more(values: &mut Values) -> bool {
    let Some(part) = values.remove("more") else { return false };
    let more = format!("more-{part}");
    let lines = value(values, &more).parse().unwrap_or(0_usize).min(50);
    values.insert(more, (lines + 3).to_string());
    true
}

/// How many lines of a part are filled in, with those in between.
pub(crate) fn lines(values: &Values, part: &str) -> usize {
    let place = |name: &String| {
        let rest = name.strip_prefix(part)?.strip_prefix('-')?;
        rest.split('-').next()?.parse::<usize>().ok().filter(|line| *line < MOST)
    };
    let filled = values.iter().filter(|(_, text)| !text.trim().is_empty()).filter_map(|(name, _)| place(name));
    filled.max().map_or(0, |last| last + 1)
}

/// One line of a part, as it was filled in.
pub(crate) struct Filled<'a> {
    values: &'a Values,
    name: String,
}

impl Filled<'_> {
    pub(crate) fn text(&self, field: &str) -> String {
        value(self.values, &format!("{}-{field}", self.name)).trim().to_owned()
    }

    /// A whole number; empty is none.
    pub(crate) fn number(&self, field: &str) -> Result<Option<u32>, Refusal> {
        let text = self.text(field);
        let number =
            |text: &str| u32::from_str(text).map_err(|_| Refusal::new("refusal-not-a-number").with("text", text));
        if text.is_empty() { Ok(None) } else { number(&text).map(Some) }
    }

    /// A full date; empty is none.
    pub(crate) fn day(&self, field: &str) -> Result<Option<Date>, Refusal> {
        typed_day(&self.text(field))
    }

    /// Whether something is hoped for or feared: it must be said, and is never guessed. `what` names it in the refusal.
    pub(crate) fn hoped_for(&self, what: &str) -> Result<bool, Refusal> {
        match self.text("good").as_str() {
            "yes" => Ok(true),
            "no" => Ok(false),
            _ => Err(Refusal::new("refusal-sheet-good").with("feature", what)),
        }
    }

    pub(crate) fn choice<T>(&self, field: &str, named: fn(&str) -> Option<T>) -> Option<T> {
        named(&self.text(field))
    }
}

/// The lines of a part in which one of these fields is filled in.
pub(crate) fn each<'a>(values: &'a Values, part: &'a str, needed: &'a [&'a str]) -> impl Iterator<Item = Filled<'a>> {
    let lines = (0..lines(values, part)).map(move |line| Filled { values, name: format!("{part}-{line}") });
    lines.filter(|line| needed.iter().any(|field| !line.text(field).is_empty()))
}
