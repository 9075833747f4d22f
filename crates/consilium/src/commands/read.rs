//! `read`, `summary`, `export`, `recognise`: what records say.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use consilium_app::casefile::Session;
use consilium_app::reading::{LineWords, Standard, SummaryAnswer, TextAnswer, TextReader};
use serde::Deserialize;

use super::{answer, open};
use crate::arguments::{Arguments, Export, OfCase, Read};
use crate::output::new_file;
use crate::unlock;

/// A line of `--jsonl`.
#[derive(Deserialize)]
struct Line {
    id: serde_json::Value,
    text: String,
}

pub(super) fn read(arguments: &Arguments, read: &Read) -> Result<ExitCode> {
    let home = unlock::home(arguments)?;
    let loaded = consilium_app::knowledge::load(Some(&home.join("knowledge")));
    for complaint in &loaded.complaints {
        crate::complain!("{complaint}");
    }
    let reader = TextReader::new(&loaded.knowledge);
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut failed = 0_u64;
    if let Some(file) = &read.jsonl {
        let input: Box<dyn BufRead> = if file == Path::new("-") {
            Box::new(BufReader::new(std::io::stdin()))
        } else {
            Box::new(BufReader::new(std::fs::File::open(file).context("the file of lines cannot be opened")?))
        };
        failed += lines(&reader, input, &mut out)?;
    }
    for file in &read.files {
        match reader.file(file, &unlock::reader()) {
            Ok(answer) => {
                writeln!(out, "{}", serde_json::to_string(&answer)?)?;
                tell_if_cut(&answer);
            }
            Err(error) => {
                failed += 1;
                crate::complain!("{}: {error}", file.display());
            }
        }
    }
    out.flush()?;
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Says of a text that holds more than is noted of one text that some of it is not in the answer.
fn tell_if_cut(answer: &TextAnswer) {
    if answer.cut_short {
        let count = answer.facts.len();
        crate::complain!("{}: more findings than are noted of one text: the first {count} are given", answer.id);
    }
}

/// One answer a line; a line that is no record costs that line only. Gives the number of those.
fn lines(reader: &TextReader, input: impl BufRead, out: &mut impl Write) -> Result<u64> {
    let mut failed = 0;
    for (number, line) in input.split(b'\n').enumerate() {
        let line = line.context("the lines cannot be read to their end")?;
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        match serde_json::from_slice::<Line>(&line) {
            Ok(Line { id, text }) => {
                let id = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
                let answer = reader.facts(&id, &text);
                writeln!(out, "{}", serde_json::to_string(&answer)?)?;
                tell_if_cut(&answer);
            }
            Err(_) => {
                failed += 1;
                crate::complain!("line {}: not read; each line is {{\"id\": …, \"text\": …}}", number + 1);
            }
        }
    }
    Ok(failed)
}

pub(super) async fn summary(arguments: &Arguments, session: &Session, of: &OfCase) -> Result<ExitCode> {
    let app = open(arguments).await?;
    let id = app.case_named(session, &of.case).await?;
    app.read_records(session, &id).await?;
    let summary = app.summary(session, &id).await?;
    answer(arguments, &summary, || print_summary(&summary))
}

fn print_line(line: &LineWords) {
    if line.values.is_empty() {
        let scan = if line.on_scan { " (from a scan, not confirmed)" } else { "" };
        crate::say!("  {}: not stated{scan}", line.label);
        return;
    }
    let values: Vec<String> = line
        .values
        .iter()
        .map(|value| {
            let numbers: Vec<String> = value.marks.iter().map(|m| m.number.to_string()).collect();
            let who = match (&value.by, value.confirmed) {
                (Some(by), _) => format!("confirmed by {by}"),
                (None, true) => "confirmed".to_owned(),
                (None, false) => "machine-read".to_owned(),
            };
            format!("{} [{}; {who}]", value.words, numbers.join(","))
        })
        .collect();
    let between = if line.relation == Some("conflict") { " AGAINST " } else { " and " };
    crate::say!("  {}: {}", line.label, values.join(between));
    if let Some(note) = &line.note {
        crate::say!("    {note}");
    }
}

fn print_summary(summary: &SummaryAnswer) {
    for tumour in &summary.tumours {
        crate::say!("{}", tumour.words);
        tumour.parts.iter().flat_map(|p| &p.lines).for_each(print_line);
    }
    summary.person.iter().for_each(print_line);
    for (heading, list) in
        [("Treatment so far", &summary.given), ("Planned", &summary.planned), ("Medicines", &summary.medicines)]
    {
        crate::say!("{heading}");
        if list.is_empty() {
            crate::say!("  not stated");
        }
        for line in list {
            crate::say!("  {}", line.words);
        }
    }
    crate::say!("Sources");
    for source in &summary.sources {
        let date = source.date.map_or_else(String::new, |d| format!(", {d}"));
        crate::say!("  {}  {}{date}", source.number, source.title);
    }
}

pub(super) async fn export(arguments: &Arguments, session: &Session, options: &Export) -> Result<ExitCode> {
    let Some(standard) = Standard::named(&options.standard) else { bail!("choose mcode, ips or fhir") };
    let app = open(arguments).await?;
    let id = app.case_named(session, &options.case).await?;
    app.read_records(session, &id).await?;
    let consilium_app::reading::Exported { bytes, contents } = app.export(session, &id, standard).await?;
    new_file(&options.output, &bytes)?;
    let answered = serde_json::json!({ "file": options.output, "bytes": bytes.len(), "contents": contents });
    answer(arguments, &answered, || {
        crate::say!(
            "Written: {} findings, {} of them read by the program only and marked preliminary.",
            contents.findings,
            contents.machine_read
        );
        if contents.unnamed_documents > 0 && (standard.holds_unnamed() || contents.unnamed_findings > 0) {
            let what = if standard.holds_unnamed() { "they and what they say are marked so" } else { "left out" };
            crate::say!(
                "{} records name no patient: {what} ({} findings).",
                contents.unnamed_documents,
                contents.unnamed_findings
            );
        }
        if contents.cut_short > 0 {
            crate::say!(
                "{} records hold more findings than are noted of one record: the rest of them are not in it.",
                contents.cut_short
            );
        }
        if !contents.sealed.is_empty() {
            let whose = contents.sealed.join(", ");
            crate::say!(
                "It also holds what is kept from other doctors for now ({whose}): keep this file for yourself."
            );
        }
        for lost in &contents.not_carried {
            crate::say!("Not in it, because the records differ and this form has one place: {lost}.");
        }
        if contents.recognised > 0 {
            crate::say!("{} findings from pictures that nobody confirmed are left out.", contents.recognised);
        }
        if contents.unsettled > 0 {
            crate::say!("{} records whose owner is unsure, or that were taken out, are left out.", contents.unsettled);
        }
    })
}

pub(super) async fn recognise(arguments: &Arguments, session: &Session, of: &OfCase) -> Result<ExitCode> {
    let app = open(arguments).await?;
    let id = app.case_named(session, &of.case).await?;
    let bar = if arguments.json { indicatif::ProgressBar::hidden() } else { indicatif::ProgressBar::new(0) };
    let done = app
        .recognise(session, &id, |done, due| {
            bar.set_length(u64::from(due));
            bar.set_position(u64::from(done));
        })
        .await?;
    bar.finish_and_clear();
    answer(arguments, &done, || {
        crate::say!("{} of {} pages read.", done.done, done.due);
        if done.empty > 0 {
            crate::say!("No words were found on {} of them.", done.empty);
        }
        if done.failed > 0 {
            crate::say!("{} of them could not be read; they are kept as pictures and can be tried again.", done.failed);
        }
        done.problems.iter().for_each(|problem| crate::say!("{problem}"));
    })?;
    if !done.problems.is_empty() {
        // No error: the answer is given, and a program that reads it must not find a second one behind it.
        crate::complain!("some pages could not be read; they are kept as pictures");
        return Ok(ExitCode::from(1));
    }
    Ok(ExitCode::SUCCESS)
}

/// Says after an import how many pages are pictures, and what reads them.
pub(super) async fn hint(
    app: &consilium_app::App,
    session: &Session,
    case: &consilium_app::casefile::CaseId,
    name: &str,
) {
    if let Ok(recognition) = app.recognition(session, case).await
        && recognition.due > 0
    {
        crate::say!(
            "\n{} pages are pictures without text. “consilium recognise --case {name}” reads them.",
            recognition.due
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_line_costs_that_line_only() {
        let reader = TextReader::new(&consilium_app::knowledge::load(None).knowledge);
        let input = b"{\"id\":\"a\",\"text\":\"pT2 pN1a\"}\nnonsense\n\n{\"id\":7,\"text\":\"\"}\n\xff\xfe\n";
        let mut out = Vec::new();
        assert_eq!(lines(&reader, input.as_slice(), &mut out).unwrap(), 2);
        let answers: Vec<serde_json::Value> =
            out.split(|b| *b == b'\n').filter(|l| !l.is_empty()).map(|l| serde_json::from_slice(l).unwrap()).collect();
        assert_eq!(answers.len(), 2);
        assert_eq!(answers[0]["facts"][0]["value"], "T2");
        assert_eq!(answers[1]["id"], "7");
    }
}
