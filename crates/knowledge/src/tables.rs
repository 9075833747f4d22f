//! The tables of `knowledge/`: which columns each has and what may stand in them. Those of `knowledge/reading/` are in
//! `reading`. Reading stops at the first bad cell
//! of a file, which is named by line and column.

mod comparing;
mod courses;
mod deciding;
mod gathering;
mod reading;

use consilium_casefile::facts::Concept;
use consilium_casefile::knowledge::{
    CancerSite, Center, ConceptFacts, DateLabel, DateMeaning, DocumentKindFacts, EmergencySign, KindSign, Knowledge,
    Organ, SignBy, SummaryLineFacts, TypedWords,
};
use consilium_casefile::reading::SummaryPart;
use consilium_casefile::records::DocumentKind;

use crate::files::Problem;

/// Reads the table `name` into its place. `Ok(false)`: there is no table of that name.
pub(crate) fn take(knowledge: &mut Knowledge, name: &str, text: &str) -> Result<bool, Problem> {
    match name {
        "document-kinds.csv" => {
            knowledge.document_kinds = unique(
                rows(text, |row| {
                    Ok(DocumentKindFacts {
                        id: DocumentKind(row.id("id")?),
                        label: row.needed("label")?,
                        plain: row.needed("plain")?,
                        packet_order: row.number("packet_order", 0, 100_000)?,
                        states_a_plan: row.yes_or_no("states_a_plan")?,
                        refines: row.optional("refines")?.map(DocumentKind),
                    })
                })?,
                |kind| kind.id.0.as_str(),
            )?;
            knowledge.document_kinds.sort_by_key(|kind| kind.packet_order);
        }
        "document-kind-signs.csv" => {
            let signs = rows(text, |row| {
                let by = match row.needed("by")?.as_str() {
                    "code" => SignBy::Code,
                    "format" => SignBy::Format,
                    "title" => SignBy::Title,
                    "heading" => SignBy::Heading,
                    "text" => SignBy::Text,
                    _ => return Err(row.problem("by", "write code, format, title, heading or text")),
                };
                let weight: i32 = row.number("weight", -100, 100)?;
                if weight == 0 {
                    return Err(
                        row.problem("weight", "0 says nothing; write a number from -100 to 100 or delete the line")
                    );
                }
                Ok(KindSign {
                    kind: DocumentKind(row.id("kind")?),
                    by,
                    sign: row.needed("sign")?.to_lowercase(),
                    weight,
                })
            })?;
            knowledge.kind_signs = distinct(signs, |sign| format!("{} {:?} {}", sign.kind.0, sign.by, sign.sign))?;
        }
        "date-labels.csv" => {
            knowledge.date_labels = unique(
                rows(text, |row| {
                    let means = match row.needed("means")?.as_str() {
                        "service" => DateMeaning::Service,
                        "received" => DateMeaning::Received,
                        "reported" => DateMeaning::Reported,
                        "printed" => DateMeaning::Printed,
                        "birth" => DateMeaning::Birth,
                        "other" => DateMeaning::Other,
                        _ => {
                            return Err(
                                row.problem("means", "write service, received, reported, printed, birth or other")
                            );
                        }
                    };
                    let kinds = row.optional("kinds")?.unwrap_or_default();
                    let kinds = kinds.split(';').map(str::trim).filter(|k| !k.is_empty()).map(DocumentKind::from);
                    Ok(DateLabel { label: row.needed("label")?.to_lowercase(), means, kinds: kinds.collect() })
                })?,
                |label| label.label.as_str(),
            )?;
        }
        "cancer-sites.csv" => {
            knowledge.cancer_sites = unique(
                rows(text, |row| {
                    Ok(CancerSite {
                        id: row.id("id")?,
                        plain_name: row.needed("plain_name")?,
                        topography: row.optional("icdo3_topography")?.unwrap_or_default(),
                    })
                })?,
                |site| site.id.as_str(),
            )?;
        }
        "organs.csv" => {
            knowledge.organs = unique(
                rows(text, |row| {
                    let category = row.needed("category")?;
                    let figures = category.strip_prefix('C').unwrap_or_default();
                    if figures.len() != 2 || !figures.chars().all(|c| c.is_ascii_digit()) {
                        return Err(row.problem("category", "write the first three characters of a code, as in C50"));
                    }
                    let parts = row.needed("parts")?;
                    let figure = |part: &str| part.trim().parse().ok().filter(|figure: &u8| *figure <= 9);
                    let parts: Option<Vec<u8>> = parts.split(';').map(figure).collect();
                    let parts = parts.ok_or_else(|| {
                        row.problem("parts", "write figures from 0 to 9 with semicolons between them, as in 0;1;9")
                    })?;
                    Ok(Organ { category, parts, paired: row.yes_or_no("paired")? })
                })?,
                |organ| organ.category.as_str(),
            )?;
        }
        "emergency-signs.csv" => {
            knowledge.emergency_signs = unique(
                rows(text, |row| {
                    let urgency = row.needed("urgency")?;
                    if !["emergency", "same-day"].contains(&urgency.as_str()) {
                        return Err(row.problem("urgency", "write emergency or same-day"));
                    }
                    Ok(EmergencySign {
                        sign: row.needed("sign")?,
                        act: row.needed("act")?,
                        urgency,
                        source: row.needed("source")?,
                        confirmed: row.confirmed("confidence")?,
                    })
                })?,
                |sign| sign.sign.as_str(),
            )?;
        }
        "centers.csv" => {
            knowledge.centers = unique(
                rows(text, |row| {
                    Ok(Center {
                        id: row.id("id")?,
                        name: row.needed("name")?,
                        city: row.needed("city")?,
                        state: row.needed("state")?,
                        kind: row.needed("kind")?,
                        sees_patients: row.yes_or_no("sees_patients")?,
                        confirmed: row.confirmed("confidence")?,
                    })
                })?,
                |center| center.id.as_str(),
            )?;
        }
        "concepts.csv" => {
            knowledge.concepts = unique(
                rows(text, |row| {
                    let id = row.needed("id")?;
                    if !id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_') {
                        return Err(row.problem("id", "use small letters, digits and underscores only, as in ki67"));
                    }
                    let value_form = row.needed("value_form")?;
                    let values = allowed_values(row, &value_form)?;
                    Ok(ConceptFacts {
                        id: Concept::named(&id),
                        label: row.needed("label")?,
                        value_form,
                        values,
                        polarity_use: row.needed("polarity_use")?,
                        unit: row.optional("unit")?,
                        code_system: row.optional("code_system")?,
                        code: row.optional("code")?,
                        confirmed: row.confirmed("confidence")?,
                    })
                })?,
                |concept| concept.id.as_str(),
            )?;
        }
        "typed-words.csv" => {
            let key = |words: &TypedWords| format!("{} {} {}", words.concept, words.typed, words.sites.join(";"));
            knowledge.typed_words = distinct(rows(text, typed_words)?, key)?;
        }
        "summary-lines.csv" => {
            knowledge.summary_lines = unique(
                rows(text, |row| {
                    let part = match row.needed("part")?.as_str() {
                        "diagnosis" => SummaryPart::Diagnosis,
                        "stage" => SummaryPart::Stage,
                        "specimen" => SummaryPart::Specimen,
                        "markers" => SummaryPart::Markers,
                        "person" => SummaryPart::Person,
                        _ => return Err(row.problem("part", "write diagnosis, stage, specimen, markers or person")),
                    };
                    let concept = Concept::named(&row.needed("concept")?);
                    if !Concept::KNOWN.contains(&concept) {
                        return Err(row.problem("concept", "write the id of a line of concepts.csv"));
                    }
                    let sites = row.optional("sites")?.unwrap_or_default();
                    let sites = parts(&sites, ';');
                    Ok(SummaryLineFacts { part, concept, sites })
                })?,
                |line| line.concept.as_str(),
            )?;
        }
        _ => {
            return Ok(gathering::take(&mut knowledge.gathering, name, text)?
                || comparing::take(&mut knowledge.comparing, name, text)?
                || deciding::take(&mut knowledge.deciding, name, text)?
                || courses::take(&mut knowledge.vocabulary, name, text)?
                || reading::take(&mut knowledge.vocabulary, name, text)?);
        }
    }
    Ok(true)
}

/// The tables as they are used, by name: where the line stands of what only shows when they are seen together.
pub(crate) struct Texts<'t>(pub(crate) &'t std::collections::BTreeMap<String, String>);

impl Texts<'_> {
    /// A problem at the first line that has all of these (column, cell), and at the column of the last; of a cell that is a
    /// list one of its parts is enough. Where no line has them it is about the file.
    fn problem(&self, file: &str, cells: &[(&str, &str)], what: impl Into<String>) -> Problem {
        let what = what.into();
        match self.place(file, cells) {
            Some((line, column)) => Problem::at(line, column, what),
            None => Problem::of_the_file(what),
        }
    }

    fn place(&self, file: &str, cells: &[(&str, &str)]) -> Option<(u64, u64)> {
        let text = self.0.get(file)?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
        let header = reader.headers().ok()?.clone();
        let column = |name: &str| header.iter().position(|h| h == name);
        let holds = |cell: &str, wanted: &str| {
            let is_it = |part: &str| part.trim().eq_ignore_ascii_case(wanted.trim());
            is_it(cell) || cell.split([';', '|']).any(is_it)
        };
        let last = column(cells.last()?.0)? as u64 + 1;
        let fits = |record: &csv::StringRecord| {
            cells.iter().all(|(name, wanted)| {
                column(name).and_then(|at| record.get(at)).is_some_and(|cell| holds(cell, wanted))
            })
        };
        let record = reader.records().flatten().find(fits)?;
        Some((record.position()?.line(), last))
    }
}

/// What only shows when the tables are seen together: a kind that is named in one and missing in another.
pub(crate) fn cross_check(knowledge: &Knowledge, texts: &Texts<'_>) -> Vec<(&'static str, Problem)> {
    let known = |kind: &DocumentKind| knowledge.document_kinds.iter().any(|k| k.id == *kind);
    let mut found = Vec::new();
    let mut missing = |file, kind: &DocumentKind, column: &str| {
        if !known(kind) {
            let what = format!(
                "the kind \"{kind}\" is not in document-kinds.csv and is not used; correct it or add it there",
                kind = kind.0
            );
            let problem = texts.problem(file, &[(column, &kind.0)], what);
            if !found.contains(&(file, problem.clone())) {
                found.push((file, problem));
            }
        }
    };
    for kind in knowledge.document_kinds.iter().filter_map(|k| k.refines.as_ref()) {
        missing("document-kinds.csv", kind, "refines");
    }
    for sign in &knowledge.kind_signs {
        missing("document-kind-signs.csv", &sign.kind, "kind");
    }
    for kind in knowledge.date_labels.iter().flat_map(|l| &l.kinds) {
        missing("date-labels.csv", kind, "kinds");
    }
    missing("document-kinds.csv", &DocumentKind::other(), "id");
    found.extend(reading::cross_check(knowledge, texts));
    found.extend(courses::cross_check(knowledge, texts));
    found.extend(gathering::cross_check(knowledge));
    found.extend(comparing::cross_check(knowledge, texts));
    found
}

/// The values a person may type: those of the column `values`, which a table edited earlier need not have, or else the
/// ones the form names, where it names each of them.
fn allowed_values(row: &Row<'_>, value_form: &str) -> Result<Vec<String>, Problem> {
    let own = if row.has("values") { row.optional("values")? } else { None };
    let is_number = value_form.starts_with("number") || value_form.starts_with("whole number");
    let (text, by) = match (&own, value_form.strip_prefix("category:")) {
        (Some(own), _) => (own.as_str(), ';'),
        (None, Some(named)) if !is_number && !named.contains(" with ") && !names_a_range(named) => (named, '|'),
        _ => return Ok(Vec::new()),
    };
    let values: Vec<String> = text.split(by).map(|v| v.trim().to_owned()).filter(|v| !v.is_empty()).collect();
    let bare = |value: &String| value.trim_end_matches('*').is_empty();
    if values.iter().any(bare) {
        return Err(row.problem("values", "write the values, separated by semicolons"));
    }
    Ok(values)
}

fn typed_words(row: &Row<'_>) -> Result<TypedWords, Problem> {
    let concept = Concept::named(&row.needed("concept")?);
    if !Concept::KNOWN.contains(&concept) {
        return Err(row.problem("concept", "write the id of a line of concepts.csv"));
    }
    let (typed, value) = (row.needed("typed")?.to_lowercase(), row.needed("value")?);
    let holds = |text: &str| ["{value}", "{site}"].into_iter().find(|part| text.contains(part));
    if holds(&value).is_some() && holds(&typed) != holds(&value) {
        return Err(row.problem("value", "what stands in braces here has to stand in the column \"typed\" too"));
    }
    let sites = row.optional("sites")?.unwrap_or_default();
    let sites = parts(&sites, ';');
    Ok(TypedWords { concept, typed, value, sites })
}

/// `A-D`, `0|I-IV`: not each value is named.
fn names_a_range(named: &str) -> bool {
    let rank = |end: &str| end.len() == 1 || end.chars().all(|c| "IV".contains(c));
    named.split('|').any(|value| value.trim().split_once('-').is_some_and(|(from, to)| rank(from) && rank(to)))
}

/// The parts of a cell, without blanks around them and without empty ones.
fn parts(text: &str, by: char) -> Vec<String> {
    text.split(by).map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// One line of a table; cells are found by the name of their column.
struct Row<'a> {
    header: &'a csv::StringRecord,
    cells: &'a csv::StringRecord,
    line: u64,
}

impl Row<'_> {
    fn problem(&self, column: &str, what: &str) -> Problem {
        let place = self.header.iter().position(|h| h == column).map_or(0, |i| i as u64 + 1);
        Problem::at(self.line, place, format!("in the column \"{column}\": {what}"))
    }

    fn cell(&self, column: &str) -> Result<&str, Problem> {
        let Some(place) = self.header.iter().position(|h| h == column) else {
            return Err(Problem::at(1, 0, format!("the column \"{column}\" is missing; add it to the first line")));
        };
        Ok(self.cells.get(place).unwrap_or_default().trim())
    }

    fn has(&self, column: &str) -> bool {
        self.header.iter().any(|h| h == column)
    }

    fn optional(&self, column: &str) -> Result<Option<String>, Problem> {
        Ok(Some(self.cell(column)?).filter(|c| !c.is_empty()).map(str::to_owned))
    }

    fn needed(&self, column: &str) -> Result<String, Problem> {
        self.optional(column)?.ok_or_else(|| self.problem(column, "the cell is empty; fill it or delete the line"))
    }

    fn id(&self, column: &str) -> Result<String, Problem> {
        let id = self.needed(column)?;
        if id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') {
            return Ok(id);
        }
        Err(self.problem(column, "use small letters, digits and hyphens only, as in pathology-report"))
    }

    fn one_of(&self, column: &str, known: &[&str]) -> Result<String, Problem> {
        let word = self.needed(column)?;
        if known.contains(&word.as_str()) {
            return Ok(word);
        }
        Err(self.problem(column, &format!("write one of: {}", known.join(", "))))
    }

    fn yes_or_no(&self, column: &str) -> Result<bool, Problem> {
        match self.needed(column)?.to_lowercase().as_str() {
            "yes" => Ok(true),
            "no" => Ok(false),
            _ => Err(self.problem(column, "write yes or no")),
        }
    }

    /// Marks begin with `confirmed` or `unconfirmed`; why may follow after a colon.
    fn confirmed(&self, column: &str) -> Result<bool, Problem> {
        let mark = self.needed(column)?;
        match mark.split(':').next().map(str::trim) {
            Some("confirmed") => Ok(true),
            Some("unconfirmed") => Ok(false),
            _ => Err(self.problem(column, "begin with confirmed: or unconfirmed: and say why")),
        }
    }

    fn number<N: std::str::FromStr + PartialOrd + std::fmt::Display>(
        &self,
        column: &str,
        least: N,
        most: N,
    ) -> Result<N, Problem> {
        match self.needed(column)?.parse::<N>() {
            Ok(number) if number >= least && number <= most => Ok(number),
            _ => Err(self.problem(column, &format!("write a whole number from {least} to {most}"))),
        }
    }
}

/// The lines of a table, each with its line number.
fn rows<T>(text: &str, read: impl Fn(&Row<'_>) -> Result<T, Problem>) -> Result<Vec<(u64, T)>, Problem> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let header = reader.headers().map_err(|_| Problem::at(1, 0, "the first line can not be read"))?.clone();
    let mut out = Vec::new();
    for record in reader.records() {
        let cells = record.map_err(|e| {
            Problem::at(
                e.position().map_or(0, csv::Position::line),
                0,
                "this line can not be read; check its quotation marks",
            )
        })?;
        let line = cells.position().map_or(0, csv::Position::line);
        if cells.iter().all(|c| c.trim().is_empty()) {
            continue;
        }
        if cells.len() != header.len() {
            let what = format!(
                "this line has {} cells and the first line has {}; put quotation marks around a cell that holds a comma",
                cells.len(),
                header.len()
            );
            return Err(Problem::at(line, cells.len().min(header.len()) as u64, what));
        }
        out.push((line, read(&Row { header: &header, cells: &cells, line })?));
    }
    if out.is_empty() {
        return Err(Problem::of_the_file(
            "the table has no lines; restore them or delete the file to use the built-in one",
        ));
    }
    Ok(out)
}

fn all<T>(rows: Vec<(u64, T)>) -> Vec<T> {
    rows.into_iter().map(|(_, row)| row).collect()
}

/// The rows, each under a key of its own.
fn unique<T>(rows: Vec<(u64, T)>, key: impl Fn(&T) -> &str) -> Result<Vec<T>, Problem> {
    let mut seen = std::collections::HashMap::new();
    for (line, row) in &rows {
        if let Some(first) = seen.insert(key(row), *line) {
            let what = format!("\"{}\" stands already in line {first}; keep one of the two", key(row));
            return Err(Problem::at(*line, 1, what));
        }
    }
    drop(seen);
    Ok(all(rows))
}

/// The rows, none of which says what another says: the key is what it says.
fn distinct<T>(rows: Vec<(u64, T)>, key: impl Fn(&T) -> String) -> Result<Vec<T>, Problem> {
    let mut seen = std::collections::HashMap::new();
    for (line, row) in &rows {
        if let Some(first) = seen.insert(key(row), *line) {
            return Err(Problem::at(*line, 1, format!("this says what line {first} says; keep one of the two")));
        }
    }
    Ok(all(rows))
}
