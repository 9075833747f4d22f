//! Export: the case as files for another program. What each is for, what is in it, what is left out, and saving it.

use askama::Template;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use consilium_app::reading::{ExportContents, MOST_EXPORTED, Standard, too_large};
use consilium_casefile::compare::all_open;
use consilium_casefile::next::Stage;
use consilium_casefile::{CaseId, CaseView};

use crate::errors::{Failure, html_refused};
use crate::parts::{Context, counted, size};
use crate::shell::Shell;
use crate::web::Visitor;

/// One file.
struct Form {
    name: &'static str,
    heading: &'static str,
    purpose: &'static str,
    holds: Vec<String>,
    left_out: Vec<String>,
    save: &'static str,
    refusal: Option<String>,
}

#[derive(Template)]
#[template(path = "export.html")]
pub(crate) struct ExportPage {
    shell: Shell,
    id: CaseId,
    machine_read: usize,
    machine_words: String,
    forms: Vec<Form>,
}

fn findings(contents: &ExportContents) -> String {
    let all = counted(contents.findings as u64, "finding", "findings");
    let of = |count: usize, what: &str| (count > 0).then(|| format!("{count} {what}"));
    let parts = [
        of(contents.confirmed, "that you confirmed"),
        of(contents.recorded, "that a hospital’s own file states as final"),
        of(contents.machine_read, "read by this program only, marked preliminary"),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() { all } else { format!("{all}: {}", parts.join(", ")) }
}

/// What every form leaves out of this case, and why.
fn left_out(standard: Standard, contents: &ExportContents) -> Vec<String> {
    let of = |count: usize, one: &str, many: &str, why: &str| {
        (count > 0).then(|| format!("{} {why}", counted(count as u64, one, many)))
    };
    let unnamed = if standard.holds_unnamed() { 0 } else { contents.unnamed_findings };
    let lost = contents.not_carried.iter().map(|lost| {
        format!("{lost}. The records differ, and this form has one place for it: it goes out as a note only")
    });
    let lines = [
        of(
            contents.cut_short,
            "record holds",
            "records hold",
            "more findings than this program notes of one record. The rest are not in it",
        ),
        of(
            unnamed,
            "finding",
            "findings",
            "from records that name no patient. Say whose they are in Gather to let them in",
        ),
        of(
            contents.recognised,
            "finding",
            "findings",
            "read in scans and photos. Confirm them in Facts to let them in",
        ),
        of(contents.rejected, "finding", "findings", "that you said the record does not state"),
        of(contents.unsettled, "record or study", "records or studies", "whose owner is unsure, or that you took out"),
    ];
    lost.chain(lines.into_iter().flatten()).collect()
}

fn form(standard: Standard, contents: &ExportContents, refusal: Option<String>) -> Form {
    let mut left_out = left_out(standard, contents);
    let (heading, purpose, save, holds) = match standard {
        Standard::Mcode => {
            left_out.insert(0, "Other illnesses, allergies, other medicines, documents and images".to_owned());
            (
                "Cancer data (mCODE)",
                "For the system of an oncology department, so that nobody there has to type your results again.",
                "Save the cancer data",
                vec![
                    findings(contents),
                    "Each tumor with its place, type and stage; test results; operations; radiation; medicines against the cancer".to_owned(),
                    "For each entry, the record it was taken from".to_owned(),
                ],
            )
        }
        Standard::Ips => {
            left_out.insert(0, "Documents and images".to_owned());
            (
                "Patient summary (IPS)",
                "For any hospital or emergency room, also in another country. A program can show it as a page to read.",
                "Save the patient summary",
                vec![
                    findings(contents),
                    "Diagnoses, allergies, all medicines, results, operations and plans".to_owned(),
                    "Where no record says anything of allergies or medicines, it says so, and never “none”".to_owned(),
                ],
            )
        }
        Standard::Fhir => {
            left_out.insert(0, "The images themselves. They go into a packet".to_owned());
            let documents = counted(contents.documents as u64, "document", "documents");
            let studies = counted(contents.studies as u64, "imaging study", "imaging studies");
            let mut holds = vec![
                findings(contents),
                format!("{documents} as they are ({})", size(contents.bytes)),
                format!("A list of {studies}: dates, series, number of images"),
            ];
            if contents.unnamed_documents > 0 {
                let of = format!("{} of the documents", contents.unnamed_documents);
                holds.insert(2, format!("{of} name no patient: they, and what only they say, are marked so"));
            }
            if !contents.sealed.is_empty() {
                let whose = contents.sealed.join(", ");
                holds.push(format!(
                    "Also what is kept from other doctors for now ({whose}): keep this file for yourself"
                ));
            }
            (
                "Everything (FHIR)",
                "For moving the whole case to another program, or to another copy of this one.",
                "Save everything",
                holds,
            )
        }
    };
    Form { name: standard.name(), heading, purpose, holds, left_out, save, refusal }
}

impl ExportPage {
    pub(crate) fn new(
        context: &Context<'_>,
        view: &CaseView<'_>,
        contents: &[(Standard, ExportContents)],
        refused: Option<&(Standard, String)>,
    ) -> Self {
        let refusal = |standard: Standard, contents: &ExportContents| {
            let told = refused.filter(|(of, _)| *of == standard).map(|(_, sentence)| sentence.clone());
            let sealed = all_open(view.opinions().into_iter()).err().filter(|_| standard != Standard::Fhir);
            let too_large = || (contents.bytes > MOST_EXPORTED).then(|| too_large(contents.bytes));
            told.or_else(|| sealed.or_else(too_large).map(|refusal| (context.say)(&refusal.0)))
        };
        let machine_read = contents.iter().map(|(_, c)| c.machine_read).max().unwrap_or(0);
        Self {
            shell: Shell::of_case(context, view, "Files for a hospital’s computer", Some(Stage::Share))
                .refused(refused.is_some()),
            id: view.id().clone(),
            machine_read,
            machine_words: counted(machine_read as u64, "finding", "findings"),
            forms: contents.iter().map(|(of, c)| form(*of, c, refusal(*of, c))).collect(),
        }
    }
}

async fn show(visitor: &Visitor, id: &CaseId, refused: Option<(Standard, String)>) -> Result<Response, Failure> {
    let case = visitor.case(id).await?;
    let view = case.seen_by(visitor.session.audience);
    let mut contents = Vec::new();
    for standard in Standard::ALL {
        contents.push((standard, visitor.app.export_contents(&visitor.session, id, standard).await?));
    }
    let page = visitor.look(|context| ExportPage::new(context, &view, &contents, refused.as_ref()));
    html_refused(&page, refused.is_some())
}

/// `/cases/{case}/export`
pub(crate) async fn page(visitor: Visitor, Path(id): Path<CaseId>) -> Result<Response, Failure> {
    show(&visitor, &id, None).await
}

/// `/cases/{case}/export/mcode`
pub(crate) async fn mcode(visitor: Visitor, Path(id): Path<CaseId>) -> Result<Response, Failure> {
    file(visitor, id, Standard::Mcode, "cancer-data.json").await
}

/// `/cases/{case}/export/ips`
pub(crate) async fn ips(visitor: Visitor, Path(id): Path<CaseId>) -> Result<Response, Failure> {
    file(visitor, id, Standard::Ips, "patient-summary.json").await
}

/// `/cases/{case}/export/fhir`
pub(crate) async fn fhir(visitor: Visitor, Path(id): Path<CaseId>) -> Result<Response, Failure> {
    file(visitor, id, Standard::Fhir, "everything.json").await
}

async fn file(visitor: Visitor, id: CaseId, standard: Standard, name: &str) -> Result<Response, Failure> {
    match visitor.told(visitor.app.export(&visitor.session, &id, standard).await)? {
        Ok(exported) => {
            let headers = [
                (header::CONTENT_TYPE, "application/fhir+json".to_owned()),
                (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
            ];
            Ok((headers, exported.bytes).into_response())
        }
        Err(sentence) => show(&visitor, &id, Some((standard, sentence))).await,
    }
}
