//! A record: what it is and why we think so, its content readable, its source beside it, its original one click away.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Form, Path, Query};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use consilium_app::AppError;
use consilium_app::dates::typed_date;
use consilium_app::decide::words_stamp;
use consilium_app::readable::{Block, Readable};
use consilium_app::reading::{FactWords, Rect, can_be_drawn, fact_words};
use consilium_casefile::gather::HeldDocument;
use consilium_casefile::next::Stage;
use consilium_casefile::records::{Confirmation, DocumentKind, FileFormat, IdentityMatch};
use consilium_casefile::share::ItemPlace;
use consilium_casefile::{CaseId, CaseView, DocumentId, Message, PacketId, PatientIdentity};

use crate::errors::{Failure, html_refused};
use crate::fact_rows::{FactRowView, RefusedWord, fact_id};
use crate::forms::{self, AS_OF, Values, asked, no_date, still_stands, value};
use crate::gather::{document_state, fit, kind_words, named, who};
use crate::highlight::{Segment, asked_span, segments};
use crate::parts::{Choice, ChoiceGroup, Context, Field, Say, Typed, When, Word, size};
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
    /// What was read of it.
    pub(crate) facts: Vec<FactWords>,
    /// Characters the address asks for.
    pub(crate) here: Option<(usize, usize)>,
    /// Words of recognised pages that are likely misread, by page.
    pub(crate) doubtful: BTreeMap<u32, Vec<(usize, usize)>>,
    /// Pages that were recognised, and how surely, percent.
    pub(crate) recognised: Option<(Vec<u32>, u8)>,
    /// Id of the fact's row that the address asks for.
    pub(crate) open: String,
    /// A correction of that fact that was refused.
    pub(crate) refused: Option<RefusedWord>,
    /// Where facts stand on page pictures, by page: the rectangle, and whether the address asks for it.
    pub(crate) marks: BTreeMap<u32, Vec<(Rect, bool)>>,
}

/// A doubt about whose it is.
pub(crate) struct Doubt {
    pub(crate) why: String,
    pub(crate) who: Option<String>,
}

struct PageView {
    number: usize,
    picture: Option<String>,
    /// Boxes on the picture, in thousandths of its width and height.
    marks: Vec<MarkView>,
    text: Option<Vec<Segment>>,
    recognised: bool,
}

/// A box on a page's picture.
struct MarkView {
    x: u32,
    y: u32,
    width: u32,
    height: u32,
    here: bool,
}

impl MarkView {
    fn new(rect: &Rect, here: bool) -> Self {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=1000")]
        let part = |of: f32| (of.clamp(0.0, 1.0) * 1000.0) as u32;
        let (x, y) = (part(rect.x0), part(rect.y0));
        Self { x, y, width: part(rect.x1).saturating_sub(x), height: part(rect.y1).saturating_sub(y), here }
    }
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
    /// The packet by which its sender took it back, while nobody decided.
    recalled: Option<PacketId>,
    /// It is an export of this case: its words count nowhere a second time.
    own_export: bool,
    checked: bool,
    may_change: bool,
    identity: Option<Doubt>,
    /// Nothing in it says that it is this person's.
    names_no_one: bool,
    readable: Option<Readable>,
    pages: Vec<PageView>,
    pages_all: u32,
    more_pages: Option<String>,
    nothing_to_show: bool,
    /// How surely pictures were read, percent.
    recognised: Option<u8>,
    /// What this record says, and what it says of others, earlier, or again.
    facts: Vec<FactRowView>,
    other_facts: Vec<FactRowView>,
    /// Whether the row the address asks for is among the other facts.
    other_open: bool,
    typing: TypingView,
    back: Vec<(&'static str, String)>,
    /// Why, when the file itself is at fault.
    damage: Option<String>,
    path: String,
    form: &'static str,
    size: String,
    names: Option<String>,
    identity_words: String,
    complaints: Vec<String>,
    proposals: Vec<Reason>,
    /// The stamp of what a person said so far.
    as_of: String,
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

/// Where each page of a text begins, in code points: pages are separated by one character.
fn offsets(texts: &[String]) -> Vec<usize> {
    let mut offset = 0;
    let next = |text: &String| {
        let here = offset;
        offset += text.chars().count() + 1;
        here
    };
    texts.iter().map(next).collect()
}

/// The first page that is shown, counted from 0: that of the words the address asks for, where they stand further on.
fn first_page(texts: &[String], here: Option<(usize, usize)>) -> usize {
    let Some((start, _)) = here else { return 0 };
    let page = offsets(texts).partition_point(|offset| *offset <= start).saturating_sub(1);
    if page < PAGES { 0 } else { page }
}

fn pages(case: &CaseId, held: &HeldDocument, content: &Content) -> Vec<PageView> {
    let document = &held.document;
    let address = |page: usize| format!("/cases/{case}/documents/{}/pages/{page}.png", document.id);
    let drawn = can_be_drawn(document.format);
    // A PDF whose pages nobody could count is damaged: there is nothing to draw.
    let uncounted = if document.format == FileFormat::Pdf { 0 } else { 1 };
    let drawn_pages = if drawn { document.pages.map_or(uncounted, |n| n as usize) } else { 0 };
    // A record with a layout of its own is shown as text too only when the address asks for words of it.
    let hidden = content.readable.is_some() && content.here.is_none();
    let texts = if hidden { &[] as &[String] } else { &content.text };
    let starts = offsets(texts);
    let first = first_page(texts, content.here);
    let last = drawn_pages.max(texts.len()).min(first + PAGES);
    let number = |at: usize| u32::try_from(at + 1).unwrap_or(u32::MAX);
    (first..last)
        .map(|at| PageView {
            number: at + 1,
            picture: (at < drawn_pages).then(|| address(at + 1)),
            marks: content
                .marks
                .get(&number(at))
                .map(|marks| marks.iter().map(|(rect, here)| MarkView::new(rect, *here)).collect())
                .unwrap_or_default(),
            text: texts.get(at).filter(|t| !t.trim().is_empty()).map(|text| {
                let doubtful = content.doubtful.get(&number(at)).map(Vec::as_slice).unwrap_or_default();
                let offset = starts.get(at).copied().unwrap_or_default();
                segments(text, offset, &content.facts, content.here, doubtful)
            }),
            recognised: content.recognised.as_ref().is_some_and(|(pages, _)| pages.contains(&number(at))),
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

/// What a record says, and what it says of others, earlier, or again. Two facts of the same words about the same thing
/// are two rows: the first has the id that the text links to.
fn fact_rows(
    case: &CaseId,
    facts: &[FactWords],
    open: &str,
    refused: Option<&RefusedWord>,
    say: Say<'_>,
) -> (Vec<FactRowView>, Vec<FactRowView>) {
    let mut met: BTreeMap<String, usize> = BTreeMap::new();
    let mut row = |fact: &FactWords| {
        let mut row = FactRowView::new(case, fact, say);
        let times = met.entry(row.id.clone()).or_default();
        *times += 1;
        if *times > 1 {
            row.id = format!("{}-{times}", row.id);
        }
        row.here = row.id == open;
        if row.here {
            row.refuse(refused);
        }
        (fact.speaks || fact.standing != "machine_read", row)
    };
    let (first, other): (Vec<_>, Vec<_>) = facts.iter().map(&mut row).partition(|(speaks, _)| *speaks);
    let rows = |of: Vec<(bool, FactRowView)>| of.into_iter().map(|(_, row)| row).collect();
    (rows(first), rows(other))
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
        let (facts, other_facts) =
            fact_rows(case, &content.facts, &content.open, content.refused.as_ref(), context.say);
        Self {
            shell: Shell::of_case(context, view, title, Some(Stage::Gather))
                .refused(typed.is_refused() || content.refused.is_some()),
            id: case.clone(),
            document: document.id.clone(),
            called: view.called().to_owned(),
            title: title.to_owned(),
            kind: kind_words(context, held),
            date: held.date().map(When::from),
            state: document_state(held),
            removed: held.removed,
            recalled: view.is_recalled(&ItemPlace::Document(held.document.id.clone())).cloned(),
            own_export: view.is_own_export(&held.document.id),
            checked: held.checked,
            may_change: view.audience().may_change(),
            identity: doubt(context, held.identity, held.identity_confirmed, &document.patient)
                .filter(|_| !held.removed),
            names_no_one: held.names_no_one(),
            nothing_to_show: content.readable.is_none() && pages.is_empty(),
            damage: document.complaints.first().cloned(),
            more_pages: (all as usize > PAGES).then(|| match pages.first().map_or(1, |page| page.number) {
                1 => format!("The first {PAGES} of {all} pages are shown. Save the original to read them all."),
                first => {
                    let last = first + pages.len().saturating_sub(1);
                    format!("Pages {first} to {last} of {all} are shown. Save the original to read them all.")
                }
            }),
            recognised: content.recognised.as_ref().map(|(_, confidence)| *confidence),
            facts,
            other_open: other_facts.iter().any(|fact| fact.here),
            other_facts,
            typing: TypingView::new(context, typed),
            back: Vec::new(),
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
            as_of: typed.field(AS_OF, "", &words_stamp(&held.confirmed)).value,
            kind_field,
            date_field: typed.field("date", "Date of care", &date).date(),
            author_field: typed.field("author", "Author", held.author().unwrap_or("")),
            facility_field: typed.field("facility", "Facility", held.facility().unwrap_or("")),
        }
    }
}

/// The form in which a person types what a record says.
struct TypingView {
    concepts: Vec<ChoiceGroup>,
    value: Field,
    page: Field,
    absent: bool,
    region: String,
    /// Stands open where something typed was refused.
    open: bool,
}

impl TypingView {
    fn new(context: &Context<'_>, typed: &Typed) -> Self {
        let known = |name: &'static str| typed.field(name, "", "").value;
        let value = typed.field("value", "What the record says", "");
        Self {
            concepts: forms::concepts(context.knowledge, &known("concept"), context.say),
            open: value.refusal.is_some(),
            value: value.hint("In the record’s words or figures, with the unit: 3.1 cm, G3, left, 8500/3."),
            page: typed.field("page", "Page", "1"),
            absent: known("absent") == "yes",
            region: known("region"),
        }
    }
}

/// The page again, with what was typed and why it was refused.
pub(crate) async fn show_refused(
    visitor: &Visitor,
    id: &CaseId,
    document: &DocumentId,
    error: AppError,
    values: Values,
    field: &'static str,
) -> Result<Response, Failure> {
    let typed = visitor.refused(error, values, |_| field)?;
    show(visitor, id, document, typed, None, String::new(), None).await
}

/// The page again, with a correction of one of its facts that was refused.
pub(crate) async fn show_refused_word(
    visitor: &Visitor,
    id: &CaseId,
    document: &DocumentId,
    row: String,
    refused: RefusedWord,
) -> Result<Response, Failure> {
    show(visitor, id, document, Typed::default(), None, row, Some(refused)).await
}

async fn show(
    visitor: &Visitor,
    id: &CaseId,
    document: &DocumentId,
    typed: Typed,
    here: Option<(usize, usize)>,
    open: String,
    refused_word: Option<RefusedWord>,
) -> Result<Response, Failure> {
    let case = visitor.case(id).await?;
    let view = case.seen_by(visitor.session.audience);
    let Some(held) = view.document(document, visitor.app.knowledge()) else {
        let told = view.is_told_from(document, visitor.app.knowledge());
        return Err(if told { Failure::Withheld } else { Failure::NotFound });
    };
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
    let knowledge = visitor.app.knowledge();
    let say = |message: &Message| visitor.app.say(message);
    let of_this = view.facts_of(document, knowledge);
    let facts: Vec<FactWords> = of_this.iter().map(|f| fact_words(&view, f, knowledge, &say)).collect();
    let recognised = view.recognised(document, knowledge).map(|r| (r.pages.clone(), r.confidence));
    let doubtful = visitor.app.doubtful_words(&visitor.session, id, document).await.unwrap_or_default();
    let mut marks = marks(visitor, id, document, &text, &facts, here).await;
    mark_typed(&mut marks, &facts, &open);
    let content = Content { readable, text, facts, here, doubtful, recognised, open, marks, refused: refused_word };
    let refused = typed.is_refused() || content.refused.is_some();
    html_refused(&visitor.look(|context| RecordPage::new(context, &view, held, content, &typed)), refused)
}

/// Most pages whose words are looked up for one page view.
const MARKED_PAGES: usize = 12;

/// Where facts stand on the pictures of the first pages that hold any. A page on which nothing can be found has none.
async fn marks(
    visitor: &Visitor,
    id: &CaseId,
    document: &DocumentId,
    texts: &[String],
    facts: &[FactWords],
    here: Option<(usize, usize)>,
) -> BTreeMap<u32, Vec<(Rect, bool)>> {
    let mut found = BTreeMap::new();
    let first = first_page(texts, here);
    let shown = first..first + PAGES;
    let spans: Vec<(usize, usize)> = facts.iter().map(|f| (f.start, f.end)).filter(|(s, e)| s < e).collect();
    for (at, (start, text)) in offsets(texts).into_iter().zip(texts).enumerate() {
        let end = start + text.chars().count();
        let mut of_page: Vec<(usize, usize)> =
            spans.iter().chain(here.iter()).filter(|(s, e)| *s < end && *e > start).copied().collect();
        of_page.sort_unstable();
        of_page.dedup();
        if of_page.is_empty() || !shown.contains(&at) || found.len() >= MARKED_PAGES {
            continue;
        }
        let page = u32::try_from(at + 1).unwrap_or(u32::MAX);
        let on_page = of_page.iter().map(|(s, e)| (s.saturating_sub(start), e - start)).collect();
        let places = visitor.app.places_on_page(&visitor.session, id, document, page, on_page).await;
        let rects: Vec<(Rect, bool)> = places
            .unwrap_or_default()
            .into_iter()
            .zip(&of_page)
            .flat_map(|(rects, span)| rects.into_iter().map(move |rect| (rect, Some(*span) == here)))
            .collect();
        if !rects.is_empty() {
            found.insert(page, rects);
        }
    }
    found
}

/// Where typed facts stand on their pages, as whoever typed them drew it.
fn mark_typed(marks: &mut BTreeMap<u32, Vec<(Rect, bool)>>, facts: &[FactWords], open: &str) {
    for fact in facts {
        if let (Some(page), Some(r)) = (fact.page, fact.region) {
            let rect = Rect { x0: r.x0, y0: r.y0, x1: r.x1, y1: r.y1 };
            marks.entry(page).or_default().push((rect, fact_id(fact) == open));
        }
    }
}

/// `/cases/{case}/documents/{document}`
pub(crate) async fn page(
    visitor: Visitor,
    Path((id, document)): Path<(CaseId, DocumentId)>,
    Query(query): Query<Values>,
) -> Result<Response, Failure> {
    let here = asked(&query, "at").and_then(asked_span);
    let open = value(&query, "open").to_owned();
    show(&visitor, &id, &document, Typed::default(), here, open, None).await
}

/// Confirms or corrects what it is.
pub(crate) async fn confirm(
    visitor: Visitor,
    Path((id, document)): Path<(CaseId, DocumentId)>,
    Form(values): Form<Values>,
) -> Result<Response, Failure> {
    if let Some((field, refusal)) = no_date(&values, &["date"]) {
        return show_refused(&visitor, &id, &document, AppError::Refusal(refusal), values, field).await;
    }
    let case = visitor.case(&id).await?;
    let view = case.seen_by(visitor.session.audience);
    let held = view.document(&document, visitor.app.knowledge()).ok_or(Failure::NotFound)?;
    let said = said(held, &values);
    let done = match still_stands(&values, &held.confirmed) {
        Ok(()) => visitor.app.confirm_document(&visitor.session, &id, &document, said).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(_) => Ok(Redirect::to(&format!("/cases/{id}/documents/{document}")).into_response()),
        Err(error) => show_refused(&visitor, &id, &document, error, values, "kind").await,
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
    let confirmed = visitor.app.confirm_identity(&visitor.session, &id, documents, Vec::new()).await;
    confirmed.map_err(|error| visitor.failure(error))?;
    Ok(Redirect::to(&format!("/cases/{id}/documents/{document}")).into_response())
}

/// Takes it out of the case, or puts it back.
pub(crate) async fn remove(
    visitor: Visitor,
    Path((id, document)): Path<(CaseId, DocumentId)>,
    Form(values): Form<Values>,
) -> Result<Response, Failure> {
    let removed = value(&values, "removed") == "yes";
    let done = visitor.app.set_removed(&visitor.session, &id, vec![document.clone()], Vec::new(), removed).await;
    done.map_err(|error| visitor.failure(error))?;
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
