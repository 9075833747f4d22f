//! A record: what it is and why we think so, its content readable, its source beside it, its original one click away.

use askama::Template;
use axum::extract::{Form, Path};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use consilium_app::AppError;
use consilium_app::dates::typed_date;
use consilium_app::readable::{Block, Readable};
use consilium_casefile::gather::HeldDocument;
use consilium_casefile::next::Stage;
use consilium_casefile::records::{Confirmation, DocumentKind, FileFormat, IdentityMatch};
use consilium_casefile::{CaseId, CaseView, DocumentId, Message, PatientIdentity};

use crate::errors::{Failure, html_refused};
use crate::forms::{self, Values, asked, no_date, value};
use crate::gather::{document_state, fit, kind_words, named, who};
use crate::parts::{Choice, Context, Field, Typed, When, Word, size};
use crate::security;
use crate::shell::Shell;
use crate::web::Visitor;

/// Pages shown at once.
const PAGES: usize = 40;

/// What was read from a document's bytes.
#[derive(Debug, Default)]
pub(crate) struct Content {
    pub(crate) readable: Option<Readable>,
    pub(crate) text: Vec<String>,
}

/// A doubt about whose it is.
pub(crate) struct Doubt {
    pub(crate) why: String,
    pub(crate) who: Option<String>,
}

struct PageView {
    number: usize,
    picture: Option<String>,
    text: Option<String>,
}

struct Reason {
    label: &'static str,
    value: Option<String>,
    because: Option<String>,
}

#[derive(Template)]
#[template(path = "record.html")]
pub(crate) struct RecordPage {
    shell: Shell,
    id: CaseId,
    document: DocumentId,
    called: String,
    title: String,
    kind: String,
    date: Option<When>,
    state: Word,
    removed: bool,
    checked: bool,
    may_change: bool,
    identity: Option<Doubt>,
    readable: Option<Readable>,
    pages: Vec<PageView>,
    pages_all: u32,
    more_pages: Option<String>,
    nothing_to_show: bool,
    /// Why, when the file itself is at fault.
    damage: Option<String>,
    path: String,
    form: &'static str,
    size: String,
    names: Option<String>,
    identity_words: String,
    complaints: Vec<String>,
    proposals: Vec<Reason>,
    kind_field: Field,
    kinds: Vec<Choice>,
    date_field: Field,
    author_field: Field,
    facility_field: Field,
}

/// What people call a format.
fn form(format: FileFormat) -> &'static str {
    match format {
        FileFormat::Dicom | FileFormat::Dicomdir => "DICOM",
        FileFormat::Pdf => "PDF",
        FileFormat::FhirJson | FileFormat::FhirNdjson | FileFormat::FhirXml => "FHIR record",
        FileFormat::Cda => "C-CDA record",
        FileFormat::Hl7v2 => "HL7 message",
        FileFormat::XdmMetadata => "Portal download list (XDM)",
        FileFormat::AppleHealth => "Apple Health export",
        FileFormat::Json => "JSON",
        FileFormat::Xml => "XML",
        FileFormat::Rtf => "Rich text",
        FileFormat::Docx => "Word document",
        FileFormat::Email => "E-mail",
        FileFormat::Html => "Web page",
        FileFormat::Text => "Plain text",
        FileFormat::Jpeg | FileFormat::Png | FileFormat::Tiff | FileFormat::Heic => "Picture",
        FileFormat::Zip => "ZIP archive",
        FileFormat::Iso | FileFormat::Udf => "Disc image",
        FileFormat::Program => "Program",
        FileFormat::Empty => "Empty file",
        FileFormat::Unknown => "Unknown form",
    }
}

/// A picture a browser shows by itself.
fn is_shown_by_browsers(format: FileFormat) -> bool {
    matches!(format, FileFormat::Jpeg | FileFormat::Png)
}

fn pages(case: &CaseId, held: &HeldDocument, content: &Content) -> Vec<PageView> {
    let document = &held.document;
    let address = |page: usize| format!("/cases/{case}/documents/{}/pages/{page}.png", document.id);
    let drawn = document.format == FileFormat::Pdf || is_shown_by_browsers(document.format);
    // A PDF whose pages nobody could count is damaged: there is nothing to draw.
    let uncounted = if document.format == FileFormat::Pdf { 0 } else { 1 };
    let drawn_pages = if drawn { document.pages.map_or(uncounted, |n| n as usize) } else { 0 };
    // A record with a layout of its own is not shown a second time as text.
    let texts = if content.readable.is_some() { &[] as &[String] } else { &content.text };
    let total = drawn_pages.max(texts.len()).min(PAGES);
    (0..total)
        .map(|at| PageView {
            number: at + 1,
            picture: (at < drawn_pages).then(|| address(at + 1)),
            text: texts.get(at).map(|t| t.trim().to_owned()).filter(|t| !t.is_empty()),
        })
        .collect()
}

/// A question about whose a record is, while it is open.
pub(crate) fn doubt(
    context: &Context<'_>,
    identity: IdentityMatch,
    confirmed: bool,
    patient: &PatientIdentity,
) -> Option<Doubt> {
    let open = identity.is_unsure() && !confirmed;
    open.then(|| Doubt { why: fit(context, identity, patient), who: named(patient) })
}

/// How a record's patient fits, and what a person said about it.
pub(crate) fn identity_words(
    context: &Context<'_>,
    identity: IdentityMatch,
    confirmed: bool,
    patient: &PatientIdentity,
) -> String {
    let words = fit(context, identity, patient);
    if confirmed { format!("{words} You confirmed that it belongs to this case.") } else { words }
}

impl RecordPage {
    pub(crate) fn new(
        context: &Context<'_>,
        view: &CaseView<'_>,
        held: &HeldDocument,
        content: Content,
        typed: &Typed,
    ) -> Self {
        let document = &held.document;
        let case = view.id();
        let pages = pages(case, held, &content);
        let proposed = &document.proposed;
        let because = |message: Option<&Message>| message.map(context.say);
        let confirmed = |said: bool, message: Option<&Message>| {
            if said { Some("You said so.".to_owned()) } else { because(message) }
        };
        let said = &held.confirmed;
        let proposals = vec![
            Reason {
                label: "Kind",
                value: held.kind().map(|k| context.knowledge.kind_label(k).to_owned()),
                because: confirmed(said.kind.is_some(), proposed.kind.as_ref().map(|p| &p.because)),
            },
            Reason {
                label: "Date of care",
                value: held.date().map(consilium_casefile::PartialDate::human),
                because: confirmed(said.date.is_some(), proposed.date.as_ref().map(|p| &p.because)),
            },
            Reason {
                label: "Author",
                value: held.author().map(str::to_owned),
                because: confirmed(said.author.is_some(), proposed.author.as_ref().map(|p| &p.because)),
            },
            Reason {
                label: "Facility",
                value: held.facility().map(str::to_owned),
                because: confirmed(said.facility.is_some(), proposed.facility.as_ref().map(|p| &p.because)),
            },
        ];
        let kind_field = typed.field("kind", "Kind", held.kind().map_or("", |k| k.0.as_str()));
        let date = held.date().map(|d| d.to_string()).unwrap_or_default();
        let all = document.pages.unwrap_or(0);
        let title = view.title_of(held, context.knowledge);
        Self {
            shell: Shell::of_case(context, view, title, Some(Stage::Gather)).refused(typed.is_refused()),
            id: case.clone(),
            document: document.id.clone(),
            called: view.called().to_owned(),
            title: title.to_owned(),
            kind: kind_words(context, held),
            date: held.date().map(When::from),
            state: document_state(held),
            removed: held.removed,
            checked: held.checked,
            may_change: view.audience().may_change(),
            identity: doubt(context, held.identity, held.identity_confirmed, &document.patient)
                .filter(|_| !held.removed),
            nothing_to_show: content.readable.is_none() && pages.is_empty(),
            damage: document.complaints.first().cloned(),
            more_pages: (all as usize > PAGES)
                .then(|| format!("The first {PAGES} of {all} pages are shown. Save the original to read them all.")),
            readable: content.readable,
            pages,
            pages_all: all,
            path: view.path_of(held).unwrap_or_default().replace("!/", " › "),
            form: form(document.format),
            size: size(document.bytes),
            names: who(&document.patient),
            identity_words: identity_words(context, held.identity, held.identity_confirmed, &document.patient),
            complaints: document.complaints.clone(),
            proposals,
            kinds: forms::kinds(context.knowledge, &kind_field.value, "Not known"),
            kind_field,
            date_field: typed.field("date", "Date of care", &date).date(),
            author_field: typed.field("author", "Author", held.author().unwrap_or("")),
            facility_field: typed.field("facility", "Facility", held.facility().unwrap_or("")),
        }
    }
}

async fn show(visitor: &Visitor, id: &CaseId, document: &DocumentId, typed: Typed) -> Result<Response, Failure> {
    let case = visitor.case(id).await?;
    let view = case.seen_by(visitor.session.audience);
    let held = view.document(document, visitor.app.knowledge()).ok_or(Failure::NotFound)?;
    // A record that cannot be laid out is still shown with its text and its original.
    let readable = match visitor.app.readable(&visitor.session, id, document).await {
        Ok(readable) => readable,
        Err(AppError::NotFound) => return Err(Failure::NotFound),
        Err(error) => {
            tracing::warn!(%error, "a record could not be laid out");
            None
        }
    };
    let text = visitor.app.text(&visitor.session, id, document).await.unwrap_or_default();
    let content = Content { readable, text };
    let refused = typed.is_refused();
    html_refused(&visitor.look(|context| RecordPage::new(context, &view, held, content, &typed)), refused)
}

/// `/cases/{case}/documents/{document}`
pub(crate) async fn page(
    visitor: Visitor,
    Path((id, document)): Path<(CaseId, DocumentId)>,
) -> Result<Response, Failure> {
    show(&visitor, &id, &document, Typed::default()).await
}

/// Confirms or corrects what it is.
pub(crate) async fn confirm(
    visitor: Visitor,
    Path((id, document)): Path<(CaseId, DocumentId)>,
    Form(values): Form<Values>,
) -> Result<Response, Failure> {
    if let Some((field, refusal)) = no_date(&values, &["date"]) {
        let typed = visitor.refused(AppError::Refusal(refusal), values, |_| field)?;
        return show(&visitor, &id, &document, typed).await;
    }
    let case = visitor.case(&id).await?;
    let view = case.seen_by(visitor.session.audience);
    let held = view.document(&document, visitor.app.knowledge()).ok_or(Failure::NotFound)?;
    let said = said(held, &values);
    match visitor.app.confirm_document(&visitor.session, &id, &document, said).await {
        Ok(_) => Ok(Redirect::to(&format!("/cases/{id}/documents/{document}")).into_response()),
        Err(error) => {
            let typed = visitor.refused(error, values, |_| "kind")?;
            show(&visitor, &id, &document, typed).await
        }
    }
}

/// What a person said, field by field. What stands as proposed stays a proposal that a person has seen.
fn said(held: &HeldDocument, values: &Values) -> Confirmation {
    let proposed = &held.document.proposed;
    let text = |name: &str, proposed: Option<&String>, before: Option<&String>| {
        let typed = value(values, name).trim();
        let differs = proposed.is_none_or(|p| p != typed) || before.is_some();
        (!typed.is_empty() && differs).then(|| typed.to_owned())
    };
    let kind = asked(values, "kind").map(DocumentKind::from);
    let date = asked(values, "date").and_then(|d| typed_date(d).ok().flatten());
    Confirmation {
        kind: kind.filter(|k| proposed.kind.as_ref().is_none_or(|p| p.value != *k) || held.confirmed.kind.is_some()),
        date: date.filter(|d| proposed.date.as_ref().is_none_or(|p| p.value != *d) || held.confirmed.date.is_some()),
        author: text("author", proposed.author.as_ref().map(|p| &p.value), held.confirmed.author.as_ref()),
        facility: text("facility", proposed.facility.as_ref().map(|p| &p.value), held.confirmed.facility.as_ref()),
    }
}

/// Says that it is this person's.
pub(crate) async fn identity(
    visitor: Visitor,
    Path((id, document)): Path<(CaseId, DocumentId)>,
) -> Result<Response, Failure> {
    let documents = vec![document.clone()];
    visitor.app.confirm_identity(&visitor.session, &id, documents, Vec::new()).await?;
    Ok(Redirect::to(&format!("/cases/{id}/documents/{document}")).into_response())
}

/// Takes it out of the case, or puts it back.
pub(crate) async fn remove(
    visitor: Visitor,
    Path((id, document)): Path<(CaseId, DocumentId)>,
    Form(values): Form<Values>,
) -> Result<Response, Failure> {
    let removed = value(&values, "removed") == "yes";
    visitor.app.set_removed(&visitor.session, &id, vec![document.clone()], Vec::new(), removed).await?;
    Ok(Redirect::to(&format!("/cases/{id}/documents/{document}")).into_response())
}

/// A file name that is safe in a header: quotes, controls and everything beyond ASCII go into the encoded form only.
fn disposition(file_name: &str) -> String {
    let plain: String = file_name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ') { c } else { '_' })
        .collect();
    let plain = if plain.trim().is_empty() { "record".to_owned() } else { plain };
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", crate::parts::encoded(file_name))
}

/// `/cases/{case}/documents/{document}/original`: byte for byte, always to be saved and never run or rendered here.
pub(crate) async fn original(
    visitor: Visitor,
    Path((id, document)): Path<(CaseId, DocumentId)>,
) -> Result<Response, Failure> {
    let original = visitor.app.original(&visitor.session, &id, &document).await?;
    let headers = [
        (header::CONTENT_TYPE, original.format.media_type().to_owned()),
        (header::CONTENT_DISPOSITION, disposition(&original.file_name)),
        (header::CONTENT_SECURITY_POLICY, security::ORIGINAL_POLICY.to_owned()),
    ];
    Ok((headers, original.bytes).into_response())
}

/// `/cases/{case}/documents/{document}/pages/{page}.png`
pub(crate) async fn page_picture(
    visitor: Visitor,
    Path((id, document, page)): Path<(CaseId, DocumentId, String)>,
) -> Result<Response, Failure> {
    let page: u32 = page.strip_suffix(".png").and_then(|p| p.parse().ok()).ok_or(Failure::NotFound)?;
    let case = visitor.case(&id).await?;
    let view = case.seen_by(visitor.session.audience);
    let held = view.document(&document, visitor.app.knowledge()).ok_or(Failure::NotFound)?;
    let format = held.document.format;
    // A photo is its own picture.
    let (media_type, bytes) = if is_shown_by_browsers(format) && page == 1 {
        (format.media_type(), visitor.app.original(&visitor.session, &id, &document).await?.bytes)
    } else {
        ("image/png", visitor.app.page_picture(&visitor.session, &id, &document, page).await?)
    };
    let headers = [
        (header::CONTENT_TYPE, media_type),
        (header::CONTENT_SECURITY_POLICY, security::ORIGINAL_POLICY),
        (header::CACHE_CONTROL, "private, max-age=600"),
    ];
    Ok((headers, bytes).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_cannot_break_out_of_its_header() {
        assert_eq!(
            disposition("a\"b\r\nX: y.pdf"),
            "attachment; filename=\"a_b__X_ y.pdf\"; filename*=UTF-8''a%22b%0D%0AX%3A%20y.pdf"
        );
        assert!(disposition("").starts_with("attachment; filename=\"record\""));
    }
}
