//! The other side: what arrived of a packet that somebody sent, item by item, and the receipt we give. What became of an
//! item is computed (`casefile::share::received`); nothing here decides it.

use askama::Template;
use axum::extract::{Form, Path, Query};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use consilium_app::share::{Account, AccountRow, Items, RecalledRow};
use consilium_casefile::gather::Outcome;
use consilium_casefile::next::Stage;
use consilium_casefile::share::list::{Edition, ListedMissing};
use consilium_casefile::share::{HeldReceived, ItemOutcome, ItemPlace};
use consilium_casefile::{CaseId, CaseView, DocumentId, ImportId, Message, PacketId, ReceiptId};

use crate::errors::{Failure, html, html_refused};
use crate::forms::{Values, asked, value};
use crate::parts::{Context, Field, StepView, Typed, When, Word, counted, encoded};
use crate::security;
use crate::shell::Shell;
use crate::web::Visitor;

/// A packet among several.
struct PacketRow {
    id: PacketId,
    at: When,
    words: String,
}

#[derive(Template)]
#[template(path = "received_list.html")]
struct ListPage {
    shell: Shell,
    packets: Vec<PacketRow>,
    id: CaseId,
}

/// One item of the packet.
struct ItemRow {
    number: String,
    title: String,
    kind: String,
    date: Option<When>,
    address: Option<String>,
    state: Word,
    why: Option<String>,
    confirmed: bool,
    recalled: bool,
    /// The name of its box in the form, where it can be confirmed.
    field: Option<String>,
    ticked: bool,
}

/// A record that its sender took back.
struct RecalledItem {
    what: String,
    address: Option<String>,
    /// Its checksum, and what takes it out of the case, while somebody has to decide.
    decide: Option<(String, String)>,
    stands: &'static str,
}

struct StrayRow {
    path: String,
    state: Word,
    reason: Option<String>,
}

struct RequestRow {
    address: String,
    what: String,
    since: Option<When>,
    until: Option<When>,
    overdue: bool,
}

struct GivenRow {
    id: ReceiptId,
    on: When,
    by: String,
    words: String,
    missing: String,
}

#[derive(Template)]
#[template(path = "received.html")]
struct ReceivedPage {
    shell: Shell,
    id: CaseId,
    packet: PacketId,
    lead: String,
    about: String,
    edition: String,
    dropped: bool,
    follows_unknown: bool,
    unchecked: Option<String>,
    doubts: Vec<String>,
    step: Option<StepView>,
    items: Vec<ItemRow>,
    may_confirm: usize,
    all_ticked: bool,
    strays: Vec<StrayRow>,
    changes: Vec<String>,
    recalled: Vec<RecalledItem>,
    missing: Vec<ListedMissing>,
    requests: Vec<RequestRow>,
    given: Vec<GivenRow>,
    by: Field,
    words: Field,
    refused_items: Option<String>,
    pages: Vec<String>,
    import: ImportId,
    others: bool,
}

/// `22 of 24 items arrived as they were sent; 1 differs, 1 is not on the medium.`
pub(crate) fn counts_said(counts: &consilium_app::share::Counts) -> String {
    let whole = match counts.items {
        1 if counts.whole == 1 => "The one item arrived as it was sent".to_owned(),
        items if counts.whole == items => format!("All {items} items arrived as they were sent"),
        items => format!("{} of {} arrived as sent", counts.whole, counted(items as u64, "item", "items")),
    };
    let of = |count: usize, one: &str, many: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        n => Some(format!("{n} {many}")),
    };
    let others = [
        of(counts.unchecked, "is here and can not be checked", "are here and can not be checked"),
        of(counts.differs, "differs", "differ"),
        of(counts.partly, "arrived in part", "arrived in part"),
        of(counts.absent, "is not on the medium", "are not on the medium"),
        of(counts.set_aside, "is set aside", "are set aside"),
        of(counts.not_kept, "was not kept", "were not kept"),
        of(counts.taken_out, "was taken out since", "were taken out since"),
    ];
    let others: Vec<String> = others.into_iter().flatten().collect();
    if others.is_empty() { format!("{whole}.") } else { format!("{whole}; {}.", others.join(", ")) }
}

fn state(outcome: &ItemOutcome) -> Word {
    match outcome {
        ItemOutcome::Whole { .. } => Word::new("arrived", "done"),
        ItemOutcome::Unchecked { .. } => Word::new("here, not checked", "ask"),
        ItemOutcome::Partly { .. } => Word::new("in part", "half"),
        ItemOutcome::Differs { .. } => Word::new("differs", "gap"),
        ItemOutcome::Absent => Word::new("not on the medium", "empty"),
        ItemOutcome::SetAside { .. } => Word::new("set aside", "wait"),
        ItemOutcome::NotKept => Word::new("not kept", "cross"),
        ItemOutcome::TakenOut => Word::new("taken out", "ask"),
    }
}

fn address(id: &CaseId, place: &ItemPlace) -> String {
    match place {
        ItemPlace::Document(document) => format!("/cases/{id}/documents/{document}"),
        ItemPlace::Study(uid) => format!("/cases/{id}/studies/{}", encoded(uid)),
    }
}

fn recalled_item(id: &CaseId, row: &RecalledRow) -> RecalledItem {
    let place = row.recall.place.as_ref();
    let field = |place: &ItemPlace| match place {
        ItemPlace::Document(document) => format!("document-{document}"),
        ItemPlace::Study(uid) => format!("study-{uid}"),
    };
    RecalledItem {
        what: match row.what.as_str() {
            "" => format!("Item {} of an earlier packet", row.recall.item.number),
            what => what.to_owned(),
        },
        address: place.map(|place| address(id, place)),
        decide: place.filter(|_| row.open).map(|place| (row.recall.item.sha256.clone(), field(place))),
        stands: match (place.is_some(), row.recall.kept) {
            (false, _) => "not in this case, or taken out",
            (true, true) => "kept all the same",
            (true, false) => "decide what becomes of it",
        },
    }
}

fn item_row(id: &CaseId, row: &AccountRow, ticked: bool) -> ItemRow {
    let address = row.outcome.place().map(|place| address(id, place));
    let nameless =
        if consilium_casefile::share::study_of(&row.number).is_some() { "Imaging study" } else { "Document" };
    ItemRow {
        title: if row.title.is_empty() { nameless.to_owned() } else { row.title.clone() },
        kind: row.document_kind.clone(),
        date: row.date.map(When::from),
        address,
        state: if row.recalled { Word::new("taken back by its sender", "gap") } else { state(&row.outcome) },
        recalled: row.recalled,
        why: row.why.clone(),
        confirmed: row.confirmed,
        field: (row.outcome.is_whole() && !row.confirmed).then(|| format!("item-{}", row.number)),
        ticked,
        number: row.number.clone(),
    }
}

fn requests(context: &Context<'_>, view: &CaseView<'_>) -> Vec<RequestRow> {
    let Some(requests) = view.requests() else { return Vec::new() };
    let today = context.now.date();
    let open = requests.requests.iter().filter(|request| request.is_open());
    open.map(|held| {
        let holder = requests.holders.get(&held.request.holder).map(|h| h.name.clone()).unwrap_or_default();
        RequestRow {
            address: format!("/cases/{}/requests/{}", view.id(), held.request.id),
            what: format!("{} ({holder})", held.asked_for(context.knowledge).join(", ")),
            since: held.sent.as_ref().map(|(on, _)| When::from(*on)),
            until: held.clock().map(|clock| When::from(clock.until)),
            overdue: held.is_overdue(today),
        }
    })
    .collect()
}

/// The one thing to do now.
fn step(context: &Context<'_>, view: &CaseView<'_>, account: &Account, packet: &PacketId) -> Option<StepView> {
    let card = |key: &str, count: usize, address: String, blocks| StepView {
        sentence: (context.say)(&Message::new(key).with("count", count)),
        blocks,
        due: None,
        address,
        stage: "Share",
        may_do: context.session.audience.may_change(),
    };
    let id = view.id();
    let counts = account.counts;
    if view.about().is_some_and(|about| about.proposed.is_some()) {
        return Some(card("step-received-person", 0, format!("/cases/{id}/gather#person"), true));
    }
    if counts.set_aside > 0 {
        return Some(card("step-received-set-aside", counts.set_aside, format!("/cases/{id}/gather#set-aside"), true));
    }
    let open =
        counts.whole.saturating_sub(account.items.iter().filter(|r| r.confirmed && r.outcome.is_whole()).count());
    let here = format!("/cases/{id}/received/{packet}");
    (open > 0).then(|| card("step-received-confirm", open, format!("{here}#confirm"), false))
}

impl ReceivedPage {
    fn new(
        context: &Context<'_>,
        view: &CaseView<'_>,
        held: &HeldReceived,
        account: &Account,
        (typed, ticked): (&Typed, &dyn Fn(&AccountRow) -> bool),
        refused_items: Option<String>,
    ) -> Self {
        let packet = &held.packet;
        let made = packet.made_on.map(|on| format!(", made {}", on.human())).unwrap_or_default();
        let list = account.list.as_ref();
        let person = list.map(|list| list.person.name.as_str()).filter(|name| !name.is_empty());
        let about = format!(
            "{}Sent from the case “{}”{made}. Opened here {}.",
            person.map(|name| format!("{name}. ")).unwrap_or_default(),
            packet.handle,
            held.at.human()
        );
        let items: Vec<ItemRow> = account.items.iter().map(|row| item_row(view.id(), row, ticked(row))).collect();
        let stray = |file: &consilium_casefile::gather::FileOutcome| StrayRow {
            path: file.path.clone(),
            state: match file.outcome {
                Outcome::Kept => Word::new("added", "done"),
                other => other.into(),
            },
            reason: file.reason.clone(),
        };
        let given = |receipt: &consilium_casefile::share::GivenReceipt| GivenRow {
            id: receipt.id.clone(),
            on: receipt.on.into(),
            by: receipt.by.clone(),
            words: format!("{} confirmed", counted(receipt.items.len() as u64, "item", "items")),
            missing: receipt.missing.clone(),
        };
        let may_confirm = items.iter().filter(|item| item.field.is_some()).count();
        Self {
            shell: Shell::of_case(context, view, "What arrived", Some(Stage::Share)).refused(typed.is_refused()),
            id: view.id().clone(),
            packet: packet.packet.clone(),
            lead: counts_said(&account.counts),
            about,
            edition: match (list.map(|l| l.edition_words.as_str()), packet.edition) {
                (Some(words), _) if !words.is_empty() => words.to_owned(),
                (_, Edition::Blind) => "Edition for blind reading.".to_owned(),
                (_, Edition::Full) => String::new(),
            },
            dropped: held.dropped,
            follows_unknown: account.follows_unknown,
            unchecked: account.unchecked.clone(),
            doubts: account.doubts.clone(),
            step: step(context, view, account, &packet.packet),
            all_ticked: may_confirm > 0 && items.iter().all(|item| item.field.is_none() || item.ticked),
            may_confirm,
            items,
            strays: account.strays.iter().map(stray).collect(),
            changes: account.changes.clone(),
            recalled: account.recalled.iter().map(|row| recalled_item(view.id(), row)).collect(),
            missing: account.missing.clone(),
            requests: requests(context, view),
            given: account.receipts.iter().rev().map(given).collect(),
            by: typed.field("by", "Who confirms", "").hint("Name and desk, as the sender will read it."),
            words: typed.field("missing", "What is missing, in your words", ""),
            refused_items,
            pages: account.pages.iter().map(|page| page.to_owned()).filter(|p| p != "SHA256.TXT").collect(),
            import: packet.import.clone(),
            others: view.received().len() > 1,
        }
    }
}

async fn show(
    visitor: &Visitor,
    id: &CaseId,
    packet: &PacketId,
    typed: Typed,
    ticked: &(dyn Fn(&AccountRow) -> bool + Sync),
) -> Result<Response, Failure> {
    let account = visitor.app.received(&visitor.session, id, packet).await?;
    let case = visitor.case(id).await?;
    let view = case.seen_by(visitor.session.audience);
    let held = view.received_packet(packet).ok_or(Failure::NotFound)?;
    let refused_items = typed.field("items", "", "").refusal;
    let refused = typed.is_refused();
    let page =
        |context: &Context<'_>| ReceivedPage::new(context, &view, held, &account, (&typed, ticked), refused_items);
    html_refused(&visitor.look(page), refused)
}

/// `/cases/{case}/received`
pub(crate) async fn list(visitor: Visitor, Path(id): Path<CaseId>) -> Result<Response, Failure> {
    let case = visitor.case(&id).await?;
    let view = case.seen_by(visitor.session.audience);
    let received = view.received();
    if let [only] = received.as_slice() {
        return Ok(Redirect::to(&format!("/cases/{id}/received/{}", only.packet.packet)).into_response());
    }
    let row = |held: &&HeldReceived| {
        let whole = held.items.iter().filter(|item| view.outcome_of(item).is_whole()).count();
        let open = held.items.iter().filter(|item| !held.confirms(&item.item.number)).count();
        let items = counted(held.items.len() as u64, "item", "items");
        PacketRow {
            id: held.packet.packet.clone(),
            at: held.at.into(),
            words: format!("{whole} of {items} arrived as sent, {open} not confirmed"),
        }
    };
    let packets = received.iter().map(row).collect();
    html(&visitor.look(|context| ListPage {
        shell: Shell::of_case(context, &view, "Packets that arrived", Some(Stage::Share)),
        packets,
        id: id.clone(),
    }))
}

/// `/cases/{case}/received/{packet}`
pub(crate) async fn page(
    visitor: Visitor,
    Path((id, packet)): Path<(CaseId, PacketId)>,
    Query(query): Query<Values>,
) -> Result<Response, Failure> {
    let all = asked(&query, "tick") == Some("arrived");
    show(&visitor, &id, &packet, Typed::default(), &|row| all && row.outcome.is_whole()).await
}

/// Confirms what somebody here looked at.
pub(crate) async fn confirm(
    visitor: Visitor,
    Path((id, packet)): Path<(CaseId, PacketId)>,
    Form(values): Form<Values>,
) -> Result<Response, Failure> {
    if let Some(done) = decide_recall(&visitor, &id, &packet, &values).await {
        return done;
    }
    let mut numbers: Vec<String> = values
        .iter()
        .filter(|(_, said)| *said == "yes")
        .filter_map(|(name, _)| name.strip_prefix("item-").map(str::to_owned))
        .collect();
    numbers.sort_by_key(|number| (number.len(), number.clone()));
    let items = Items::These(numbers.clone());
    let (by, missing) = (value(&values, "by").to_owned(), value(&values, "missing").to_owned());
    match visitor.app.give_receipt(&visitor.session, &id, &packet, &by, &items, &missing).await {
        Ok(_) => Ok(Redirect::to(&format!("/cases/{id}/received/{packet}#given")).into_response()),
        Err(error) => {
            let field = |key: &str| match key {
                "refusal-empty-field" => "by",
                "refusal-received-nothing" | "refusal-received-item" | "refusal-received-not-whole" => "items",
                _ if by.chars().count() > 120 => "by",
                _ => "missing",
            };
            let typed = visitor.refused(error, values.clone(), field)?;
            show(&visitor, &id, &packet, typed, &|row| numbers.contains(&row.number)).await
        }
    }
}

/// Takes out or keeps a record that its sender took back, where that is what was asked.
async fn decide_recall(
    visitor: &Visitor,
    id: &CaseId,
    packet: &PacketId,
    values: &Values,
) -> Option<Result<Response, Failure>> {
    let done = if let Some(sha256) = asked(values, "keep") {
        visitor.app.keep_recalled(&visitor.session, id, packet, sha256).await
    } else {
        let place = asked(values, "take_out")?;
        let documents = place.strip_prefix("document-").map(DocumentId::from).into_iter().collect();
        let studies = place.strip_prefix("study-").map(str::to_owned).into_iter().collect();
        visitor.app.set_removed(&visitor.session, id, documents, studies, true).await
    };
    Some(match done {
        Ok(_) => Ok(Redirect::to(&format!("/cases/{id}/received/{packet}#changes")).into_response()),
        Err(error) => Err(visitor.failure(error)),
    })
}

/// `/cases/{case}/received/{packet}/receipts/{receipt}`: the receipt as a file, to be sent back.
pub(crate) async fn receipt(
    visitor: Visitor,
    Path((id, packet, receipt)): Path<(CaseId, PacketId, ReceiptId)>,
) -> Result<Response, Failure> {
    let file = visitor.app.receipt_file(&visitor.session, &id, &packet, &receipt).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"RECEIPT.JSON\""),
    ];
    Ok((headers, file).into_response())
}

/// `/cases/{case}/received/{packet}/look/{page}`: one of the packet's own pages, byte for byte as it came.
pub(crate) async fn look(
    visitor: Visitor,
    Path((id, packet, page)): Path<(CaseId, PacketId, String)>,
) -> Result<Response, Failure> {
    let bytes = visitor.app.page_of_received(&visitor.session, &id, &packet, &page).await?;
    // It came from outside: only what is a PDF is shown, all else is saved and named as no page of this program.
    let is_pdf = bytes.starts_with(b"%PDF-");
    let headers = match is_pdf {
        true => [(header::CONTENT_TYPE, "application/pdf"), (header::CONTENT_DISPOSITION, "inline")],
        false => [(header::CONTENT_TYPE, "application/octet-stream"), (header::CONTENT_DISPOSITION, "attachment")],
    };
    let mut response = (headers, bytes).into_response();
    let policy = if is_pdf { security::PDF_POLICY } else { security::PACKET_POLICY };
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}
