//! Share: making packets, and saving them.

use askama::Template;
use axum::body::Body;
use axum::extract::{Form, Path};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use consilium_app::AppError;
use consilium_app::share::{BeforeBlind, FaxAhead, PacketRequest};
use consilium_casefile::gather::{CaseStudy, HeldDocument};
use consilium_casefile::next::Stage;
use consilium_casefile::reading::PlanMention;
use consilium_casefile::share::PacketRecord;
use consilium_casefile::{Audience, CaseId, CaseView, DocumentId, LeftOut, Message, PacketId, PartialDate, Refusal};
use futures::stream;

use crate::deliveries::{Handing, stands};
use crate::errors::{Failure, html, html_refused};
use crate::fact_rows::SourceView;
use crate::forms::{Values, value};
use crate::overview::records;
use crate::parts::{Choice, Context, Field, Typed, When, Word, counted, size};
use crate::security;
use crate::shell::Shell;
use crate::web::Visitor;

/// A packet in the making, by an id of its own until it is recorded.
#[derive(Debug, Clone)]
pub(crate) enum Making {
    /// Its pages are being set.
    Running,
    /// Recorded under this id; what could not be printed, and what to know before it goes.
    Made(PacketId, Vec<String>),
    /// Nothing was made, and why.
    Failed(String),
}

/// Read and sent at once, bytes.
const PIECE: u64 = 1 << 20;

struct Row {
    id: PacketId,
    title: String,
    at: Option<When>,
    contents: String,
    handed: Vec<(String, Word, String)>,
    /// Records of it that turned out to state a plan, and what to do.
    found: Vec<String>,
}

fn title(packet: &PacketRecord) -> String {
    let whom = if packet.center.is_empty() { "Packet" } else { &packet.center };
    if packet.audience == Audience::BlindReader { format!("{whom}, for blind reading") } else { whom.to_owned() }
}

/// What is said of a packet that is kept here no more.
fn dropped(packet: &PacketRecord) -> &'static str {
    match packet.dropped {
        true => " Its copy here was deleted for good with a record that is in it. Copies you gave away are not.",
        false => "",
    }
}

/// `1 record under another name is not in this packet.`; empty where there is none.
fn other_names(count: usize, one: &str, many: &str) -> String {
    match count {
        0 => String::new(),
        1 => format!("1 record under another name {one}."),
        count => format!("{count} records under another name {many}."),
    }
}

fn contents(packet: &PacketRecord) -> String {
    let only = if packet.since.is_some() { "only what is new or changed: " } else { "" };
    let fax = if packet.fax { ", with a fax edition" } else { "" };
    let documents = counted(packet.documents.len() as u64, "document", "documents");
    let studies = counted(packet.studies.len() as u64, "imaging study", "imaging studies");
    format!("{only}{documents}, {studies}{fax}")
}

#[derive(Template)]
#[template(path = "share.html")]
pub(crate) struct SharePage {
    shell: Shell,
    id: CaseId,
    may_change: bool,
    has_records: bool,
    contents: String,
    other_names: String,
    locked: Option<String>,
    center: Field,
    /// What is to be said of a centre whose name is near to a known one.
    center_unknown: Option<String>,
    blind: bool,
    left_out: String,
    mentions: Vec<MentionView>,
    lacking: Vec<(String, SourceView)>,
    told: Vec<(String, SourceView)>,
    packets: Vec<Row>,
    received: bool,
    registration: Vec<(String, String)>,
    since: Field,
    sinces: Vec<Choice>,
    choose: Vec<(String, String)>,
    /// What is known of a fax before it is made, and whether it is too long.
    fax_ahead: Vec<String>,
    fax_too_long: bool,
    fax: bool,
}

/// What goes into a blind packet and mentions a plan: a record with its words, or words that somebody typed.
struct MentionView {
    title: String,
    date: Option<When>,
    /// The field that leaves it out, and whether it is ticked; `None` for what was typed.
    leave_out: Option<(String, bool)>,
    quotes: Vec<SourceView>,
    /// That nobody could read it, or some of its pages.
    unread: String,
    /// The record itself.
    address: Option<String>,
}

fn mentions(view: &CaseView<'_>, before: &BeforeBlind, typed: &Typed) -> Vec<MentionView> {
    let ticked = |field: String| {
        let ticked = typed.ticked(&field);
        (field, ticked)
    };
    let quoted = |document: Option<&DocumentId>, quote: &PlanMention| {
        let words = quote.quote.split_whitespace().collect::<Vec<_>>().join(" ");
        SourceView::quoted(view.id(), document, (quote.start, quote.end), words)
    };
    let of = |m: &consilium_app::share::Mentions| MentionView {
        title: m.title.clone(),
        date: m.date.map(When::from),
        leave_out: m.document.as_ref().map(|id| ticked(format!("without-{id}"))),
        quotes: m.quotes.iter().map(|quote| quoted(m.document.as_ref(), quote)).collect(),
        unread: m.unread.clone(),
        address: m.document.as_ref().map(|document| format!("/cases/{}/documents/{document}", view.id())),
    };
    before.plan_mentions.iter().map(of).collect()
}

/// Facts that a blind reader will lack, or is told without a source, each with the record that states it.
fn listed(view: &CaseView<'_>, facts: &[consilium_app::share::LackingFact]) -> Vec<(String, SourceView)> {
    let of = |fact: &consilium_app::share::LackingFact| {
        let source = SourceView::quoted(view.id(), Some(&fact.document), (fact.start, fact.end), fact.title.clone());
        (format!("{}: {}", fact.label, fact.value), SourceView { date: fact.date.map(When::from), ..source })
    };
    facts.iter().map(of).collect()
}

/// What a blind packet of the case would lack, and why; empty when it would lack nothing.
fn left_out(left_out: LeftOut) -> String {
    let of = |count: usize, why: &str| {
        (count > 0).then(|| format!("{} {why}", counted(count as u64, "document", "documents")))
    };
    let reasons = [
        of(left_out.of_a_plan, "of a kind that states a plan"),
        of(left_out.with_a_plan, "with an export of a whole record, in which plans stand beside results"),
        of(left_out.unsorted, "not sorted yet, which may state one"),
    ];
    let radiation = (left_out.radiation > 0).then(|| {
        let studies = counted(left_out.radiation as u64, "imaging study", "imaging studies");
        format!("the radiation files of {studies}, of which nothing says that the course was given")
    });
    let reasons: Vec<String> = reasons.into_iter().flatten().chain(radiation).collect();
    if reasons.is_empty() {
        return String::new();
    }
    let sort = if left_out.unsorted > 0 { " Say what kind they are in Gather to let them in." } else { "" };
    format!("Left out of a blind packet: {}.{sort}", reasons.join(", and "))
}

/// What the registration sheet says so far.
fn registration(context: &Context<'_>, view: &CaseView<'_>) -> Vec<(String, String)> {
    let Some(about) = view.about() else { return Vec::new() };
    let said = |(key, words): (&'static str, &str)| {
        let label = (context.say)(&Message::new(key));
        (!words.is_empty()).then(|| (label, words.replace('\n', ", ")))
    };
    about.registration.parts().into_iter().filter_map(said).collect()
}

/// Packets that a further one may follow: those that were handed over, newest first.
fn sinces(view: &CaseView<'_>, chosen: &str) -> Vec<Choice> {
    let everything = Choice { value: String::new(), label: "Everything".to_owned(), chosen: chosen.is_empty() };
    let handed = |p: &&&PacketRecord| view.deliveries().iter().any(|d| !d.withdrawn && d.delivery.packet == p.id);
    let choice = |packet: &&PacketRecord| {
        // Of two packets of one day and one name, the time and who got them tell which is which.
        let at = packet.at.map(|at| at.human());
        let of_it = |d: &&consilium_casefile::share::HeldDelivery| !d.withdrawn && d.delivery.packet == packet.id;
        let to: Vec<&str> = view.deliveries().into_iter().filter(of_it).map(|d| d.delivery.to.as_str()).collect();
        let (at, called, to) = (at.unwrap_or_default(), title(packet), to.join(", "));
        Choice {
            value: packet.id.to_string(),
            label: format!("Only what is new since the packet of {at} ({called}; handed to {to})"),
            chosen: packet.id.as_str() == chosen,
        }
    };
    std::iter::once(everything).chain(view.packets().iter().filter(handed).map(choice)).collect()
}

/// A document in a packet: the field that names it in a form, and what it is called.
pub(crate) fn document_item(context: &Context<'_>, view: &CaseView<'_>, held: &HeldDocument) -> (String, String) {
    let words = format!("{}{}", view.title_of(held, context.knowledge), on(held.date()));
    (format!("document-{}", held.document.id), words)
}

/// A study in a packet, as [`document_item`].
pub(crate) fn study_item(view: &CaseView<'_>, held: &CaseStudy) -> (String, String) {
    let words = view.study_words(held).unwrap_or("Imaging study");
    let facts = &held.study.facts;
    (format!("study-{}", facts.uid), format!("{words}{}, images", on(facts.date)))
}

fn on(date: Option<PartialDate>) -> String {
    date.map(|date| format!(", {}", date.human())).unwrap_or_default()
}

/// Which records of a blind packet turned out to state a plan, and what to do about each.
fn plans_found(context: &Context<'_>, view: &CaseView<'_>, packet: &PacketRecord) -> Vec<String> {
    let handed = view.deliveries().into_iter().any(|d| d.delivery.packet == packet.id && !d.withdrawn);
    let said = view.plans_found_since(packet, context.knowledge).into_iter().map(|found| {
        let key = match (handed, found.is_left_out) {
            (false, _) => "packet-plan-found",
            (true, false) => "packet-plan-found-ask",
            (true, true) => "packet-plan-found-take-back",
        };
        let title = view.title_of(found.held, context.knowledge);
        (context.say)(&Message::new(key).with("number", found.number).with("title", title))
    });
    said.collect()
}

/// What could go, to choose from.
fn choose(context: &Context<'_>, view: &CaseView<'_>) -> Vec<(String, String)> {
    let documents = view.documents(context.knowledge).into_iter().filter(|d| !d.removed && d.identity_settled());
    let studies = view.studies().into_iter().filter(|s| !s.removed && s.identity_settled());
    let documents = documents.map(|held| document_item(context, view, held));
    documents.chain(studies.map(|held| study_item(view, held))).collect()
}

impl SharePage {
    pub(crate) fn new(
        context: &Context<'_>,
        view: &CaseView<'_>,
        (before, ahead): (&BeforeBlind, Option<&FaxAhead>),
        typed: &Typed,
        blind: bool,
    ) -> Self {
        let has_records = !view.documents(context.knowledge).is_empty() || !view.studies().is_empty();
        let row = |packet: &&PacketRecord| Row {
            id: packet.id.clone(),
            title: title(packet),
            at: packet.at.map(When::from),
            contents: contents(packet),
            handed: view
                .deliveries()
                .into_iter()
                .filter(|d| d.delivery.packet == packet.id && !d.withdrawn)
                .map(|d| {
                    let (word, sentence) = stands(view, d, packet);
                    let on = PartialDate::Day(d.delivery.on).human();
                    (format!("Handed to {} on {on}", d.delivery.to), word, sentence)
                })
                .collect(),
            found: plans_found(context, view, packet),
        };
        let records = records(context, view).unwrap_or_default();
        Self {
            shell: Shell::of_case(context, view, "Share", Some(Stage::Share)).refused(typed.is_refused()),
            id: view.id().clone(),
            may_change: view.audience().may_change(),
            has_records,
            contents: format!(
                "The case holds {records}. Records whose owner is unsure, or that you took out, stay out."
            ),
            other_names: other_names(view.under_other_names(), "will not be in a packet", "will not be in a packet"),
            locked: Some(view.locked())
                .filter(|count| *count > 0)
                .map(|count| (context.say)(&Message::new("packet-locked-ask").with("count", count))),
            center: typed
                .field("center", "For which center", view.center().unwrap_or(""))
                .hint("Printed on the cover sheet. May stay empty."),
            center_unknown: view
                .center()
                .and_then(|center| context.knowledge.unknown_center(center))
                .map(|message| (context.say)(&message)),
            blind,
            left_out: left_out(view.left_out_of_blind(context.knowledge)),
            mentions: mentions(view, before, typed),
            lacking: listed(view, &before.lacking),
            told: listed(view, &before.told_without_source),
            packets: view.packets().iter().map(row).collect(),
            received: !view.received().is_empty(),
            registration: registration(context, view),
            sinces: sinces(view, &typed.field("since", "", "").value),
            since: typed
                .field("since", "Everything, or only what is new?", "")
                .hint("A packet that follows another holds what is new or changed since, with a list of the changes."),
            choose: choose(context, view),
            fax_ahead: ahead.map(|ahead| ahead.said.clone()).unwrap_or_default(),
            fax_too_long: ahead.is_some_and(FaxAhead::is_too_long),
            fax: typed.ticked("fax"),
        }
    }
}

async fn show(visitor: &Visitor, id: &CaseId, typed: Typed, blind: bool) -> Result<Response, Failure> {
    let case = visitor.case(id).await?;
    let view = case.seen_by(visitor.session.audience);
    let refused = typed.is_refused();
    let may_change = view.audience().may_change();
    let before = if may_change { visitor.app.before_blind_of(&view, None) } else { BeforeBlind::default() };
    let ahead = if may_change { visitor.app.fax_ahead(&view, None, |_| true) } else { None };
    let page = |context: &Context<'_>| SharePage::new(context, &view, (&before, ahead.as_ref()), &typed, blind);
    html_refused(&visitor.look(page), refused)
}

/// `/cases/{case}/share`
pub(crate) async fn page(visitor: Visitor, Path(id): Path<CaseId>) -> Result<Response, Failure> {
    show(&visitor, &id, Typed::default(), false).await
}

/// Makes a packet in the background.
pub(crate) async fn make(
    visitor: Visitor,
    Path(id): Path<CaseId>,
    Form(values): Form<Values>,
) -> Result<Response, Failure> {
    let blind = value(&values, "blind") == "yes";
    let center = value(&values, "center").trim().to_owned();
    // What is chosen is what stays ticked; a form without the list leaves nothing out.
    let mut without: Vec<String> = match value(&values, "choosing") {
        "yes" => {
            let case = visitor.case(&id).await?;
            let view = case.seen_by(visitor.session.audience);
            let is = |field: &str| value(&values, field) == "yes";
            let documents = view.documents(visitor.app.knowledge()).into_iter().filter(|d| !d.removed);
            let documents = documents.map(|d| (format!("document-{}", d.document.id), d.document.id.to_string()));
            let studies = view.studies().into_iter().filter(|s| !s.removed);
            let studies = studies.map(|s| (format!("study-{}", s.study.facts.uid), s.study.facts.uid.clone()));
            let all: Vec<(String, String)> = documents.chain(studies).collect();
            // What nobody saw in the list was not left out of it on purpose.
            let came = all.iter().filter(|(field, _)| !is(&format!("listed-{field}")) && !is(field)).count();
            if came > 0 {
                return Err(AppError::from(Refusal::new("refusal-records-came").with("count", came)).into());
            }
            all.into_iter().filter(|(field, _)| !is(field)).map(|(_, id)| id).collect()
        }
        _ => Vec::new(),
    };
    if blind {
        let left_out = values.iter().filter(|(_, value)| value.as_str() == "yes");
        without.extend(left_out.filter_map(|(field, _)| field.strip_prefix("without-").map(str::to_owned)));
    }
    let since = Some(value(&values, "since")).filter(|since| !since.is_empty()).map(PacketId::from);
    let request = PacketRequest {
        center: (!center.is_empty()).then_some(center),
        blind,
        without,
        since,
        fax: value(&values, "fax") == "yes",
    };
    if let Err(error) = visitor.app.packet_plan(&visitor.session, &id, &request).await {
        let typed = visitor.refused(error, values, |_| "center")?;
        return show(&visitor, &id, typed, blind).await;
    }
    let making = PacketId(uuid::Uuid::now_v7().to_string());
    visitor.web.packets().insert(making.clone(), Making::Running);
    let (background, case, key) = (visitor.clone(), id.clone(), making.clone());
    tokio::spawn(async move {
        let made = background.app.hold_packet(&background.session, &case, request).await;
        let state = match made {
            Ok(made) => Making::Made(made.packet.id, made.problems),
            Err(error) => match background.failure(error) {
                Failure::Refused(sentence) => Making::Failed(sentence),
                failure => {
                    if let Failure::Fault(what) = &failure {
                        tracing::error!(%what, "packet");
                    }
                    Making::Failed("The packet could not be made, and nothing was recorded. Try again.".to_owned())
                }
            },
        };
        background.web.packets().insert(key, state);
    });
    Ok(Redirect::to(&format!("/cases/{id}/packets/{making}")).into_response())
}

#[derive(Template)]
#[template(path = "packet.html")]
pub(crate) struct PacketPage {
    shell: Shell,
    id: CaseId,
    packet: PacketId,
    title: String,
    summary: String,
    state: Option<String>,
    problems: Vec<String>,
    /// That the fax is longer than the centre takes.
    fax_warning: Option<String>,
    /// That records under another name are not in it.
    other_names: String,
    ready: bool,
    fax: bool,
    manifest: Option<String>,
    documents: usize,
    studies: usize,
    handing: Option<Handing>,
}

impl PacketPage {
    fn in_making(context: &Context<'_>, view: &CaseView<'_>, packet: PacketId, making: &Making) -> Self {
        let running = matches!(making, Making::Running);
        let mut shell = Shell::of_case(context, view, "The packet", Some(Stage::Share));
        shell.reload = running.then_some(2);
        shell.live = running;
        Self {
            shell,
            id: view.id().clone(),
            packet,
            title: if running { "Making the packet" } else { "The packet was not made" }.to_owned(),
            summary: String::new(),
            state: Some(match making {
                Making::Failed(sentence) => sentence.clone(),
                _ => {
                    "Setting pages, merging documents, copying images. You can leave this page; it goes on.".to_owned()
                }
            }),
            problems: Vec::new(),
            fax_warning: None,
            other_names: String::new(),
            ready: false,
            fax: false,
            manifest: None,
            documents: 0,
            studies: 0,
            handing: None,
        }
    }

    pub(crate) fn made(
        context: &Context<'_>,
        view: &CaseView<'_>,
        packet: &PacketRecord,
        (mut problems, fax_warning): (Vec<String>, Option<String>),
        typed: &Typed,
    ) -> Self {
        // Said once, and for as long as the packet is there.
        problems.retain(|problem| fax_warning.as_ref() != Some(problem));
        let at = packet.at.map(|at| format!("Made {}. ", at.human())).unwrap_or_default();
        Self {
            shell: Shell::of_case(context, view, "The packet", Some(Stage::Share)).refused(typed.is_refused()),
            id: view.id().clone(),
            packet: packet.id.clone(),
            title: title(packet),
            summary: format!("{at}{}, {}.{}", contents(packet), size(packet.bytes), dropped(packet)),
            state: None,
            problems,
            fax_warning,
            other_names: other_names(packet.other_names as usize, "is not in this packet", "are not in this packet"),
            ready: packet.object.is_some(),
            fax: packet.fax,
            manifest: Some(packet.manifest_sha256.clone()),
            documents: packet.documents.len(),
            studies: packet.studies.len(),
            handing: Some(Handing::new(context, view, packet, typed)),
        }
    }
}

/// `/cases/{case}/packets/{packet}`
pub(crate) async fn packet(
    visitor: Visitor,
    Path((id, packet)): Path<(CaseId, PacketId)>,
) -> Result<Response, Failure> {
    let case = visitor.case(&id).await?;
    let view = case.seen_by(visitor.session.audience);
    let making = visitor.web.packets().get(&packet).cloned();
    let (packet, problems) = match making {
        Some(Making::Made(made, problems)) => (made, problems),
        Some(making) => return html(&visitor.look(|c| PacketPage::in_making(c, &view, packet, &making))),
        None => (packet, Vec::new()),
    };
    let packets = view.packets();
    let record = packets.iter().find(|p| p.id == packet).ok_or(Failure::NotFound)?;
    let said = (problems, visitor.app.fax_warning(&visitor.session, &id, &record.id).await?);
    html(&visitor.look(|context| PacketPage::made(context, &view, record, said, &Typed::default())))
}

/// The page of a packet with what was typed and refused.
pub(crate) async fn show_packet(
    visitor: &Visitor,
    id: &CaseId,
    packet: &PacketId,
    typed: Typed,
) -> Result<Response, Failure> {
    let case = visitor.case(id).await?;
    let view = case.seen_by(visitor.session.audience);
    let packets = view.packets();
    let record = packets.iter().find(|p| p.id == *packet).ok_or(Failure::NotFound)?;
    let said = (Vec::new(), visitor.app.fax_warning(&visitor.session, id, &record.id).await?);
    let page = visitor.look(|context| PacketPage::made(context, &view, record, said, &typed));
    html_refused(&page, typed.is_refused())
}

/// `/cases/{case}/packets/{packet}/file`: sent piece by piece.
pub(crate) async fn file(visitor: Visitor, Path((id, packet)): Path<(CaseId, PacketId)>) -> Result<Response, Failure> {
    let (_, length) = visitor.app.held_packet(&visitor.session, &id, &packet).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/zip".to_owned()),
        (header::CONTENT_LENGTH, length.to_string()),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"packet.zip\"".to_owned()),
    ];
    let pieces = stream::try_unfold(0_u64, move |offset| {
        let (visitor, id, packet) = (visitor.clone(), id.clone(), packet.clone());
        async move {
            if offset >= length {
                return Ok(None);
            }
            let wanted = PIECE.min(length - offset);
            let piece = visitor.app.packet_range(&visitor.session, &id, &packet, offset, wanted).await;
            piece.map(|bytes| Some((bytes, offset + wanted)))
        }
    });
    Ok((headers, Body::from_stream(pieces)).into_response())
}

/// `/cases/{case}/packets/{packet}/disc`: the same packet as a disc image, sent piece by piece.
pub(crate) async fn disc(visitor: Visitor, Path((id, packet)): Path<(CaseId, PacketId)>) -> Result<Response, Failure> {
    let disc = visitor.app.packet_disc(&visitor.session, &id, &packet).await;
    let (file, length) = disc.map_err(|error| visitor.failure(error))?;
    let headers = [
        (header::CONTENT_TYPE, "application/x-iso9660-image".to_owned()),
        (header::CONTENT_LENGTH, length.to_string()),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"packet.iso\"".to_owned()),
    ];
    let pieces = stream::try_unfold(tokio::fs::File::from_std(file), |mut file| async move {
        use tokio::io::AsyncReadExt as _;
        let mut piece = vec![0; PIECE as usize];
        let read = file.read(&mut piece).await?;
        piece.truncate(read);
        Ok::<_, std::io::Error>((read > 0).then_some((piece, file)))
    });
    Ok((headers, Body::from_stream(pieces)).into_response())
}

/// `/cases/{case}/packets/{packet}/look/{*path}`: a file of the packet, byte for byte as it goes out.
pub(crate) async fn look(
    visitor: Visitor,
    Path((id, packet, path)): Path<(CaseId, PacketId, String)>,
) -> Result<Response, Failure> {
    let bytes = visitor.app.file_of_packet(&visitor.session, &id, &packet, &path).await?;
    let kind = match path.rsplit_once('.').map(|(_, end)| end.to_ascii_uppercase()).as_deref() {
        // The index is ours; what else is HTML was handed to the person and is only saved.
        Some("HTM") if path == "INDEX.HTM" => Some("text/html; charset=utf-8"),
        Some("PDF") => Some("application/pdf"),
        Some("TXT") => Some("text/plain; charset=utf-8"),
        Some("PNG") => Some("image/png"),
        Some("JPG" | "JPEG") => Some("image/jpeg"),
        _ => None,
    };
    let mut response = match kind {
        // Shown, and named as what it is: a file of the packet, no page of this program.
        Some(kind) => ([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, "inline")], bytes).into_response(),
        None => {
            let headers =
                [(header::CONTENT_TYPE, "application/octet-stream"), (header::CONTENT_DISPOSITION, "attachment")];
            (headers, bytes).into_response()
        }
    };
    // Browsers do not show a PDF inside a sandbox; it is no page that could do anything.
    let policy = if kind == Some("application/pdf") { security::PDF_POLICY } else { security::PACKET_POLICY };
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}
