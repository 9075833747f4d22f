//! Handing a packet over: to whom, how and when; and what the other side confirmed, item by item. Part of the packet's
//! page; unconfirmed stays marked until somebody says so.

use askama::Template;
use axum::extract::{Form, Path};
use axum::response::{IntoResponse, Redirect, Response};
use consilium_app::AppError;
use consilium_app::dates::typed_day;
use consilium_casefile::next::Stage;
use consilium_casefile::share::{Delivery, HeldDelivery, PacketRecord, Receipt, Recipient};
use consilium_casefile::{CaseId, CaseView, DeliveryId, DocumentId, Message, PacketId, Refusal};

use crate::errors::{Failure, html_refused};
use crate::forms::{Values, value};
use crate::parts::{Choice, Context, Field, Typed, When, Word, counted};
use crate::share::{document_item, study_item};
use crate::shell::Shell;
use crate::web::Visitor;

/// An item of a packet, as far as one delivery of it is confirmed.
pub(crate) struct ItemView {
    pub(crate) field: String,
    pub(crate) words: String,
    pub(crate) confirmed: bool,
    /// The last that they said is that it did not arrive as it was sent.
    pub(crate) lacks: bool,
}

/// One delivery.
pub(crate) struct DeliveryView {
    pub(crate) id: DeliveryId,
    pub(crate) to: String,
    pub(crate) recipient: String,
    pub(crate) how: String,
    pub(crate) on: When,
    pub(crate) tracking: String,
    pub(crate) state: Word,
    pub(crate) stands: String,
    /// The day, who, what they say is missing, and what their file says besides.
    pub(crate) receipts: Vec<(When, String, String, String)>,
    pub(crate) withdrawn: bool,
}

/// One delivery on a page of its own: what they confirmed, and a form to say it.
#[derive(Template)]
#[template(path = "delivery.html")]
pub(crate) struct DeliveryPage {
    shell: Shell,
    id: CaseId,
    packet: PacketId,
    delivery: DeliveryView,
    items: Vec<ItemView>,
    by: Field,
    confirmed_on: Field,
    missing: Field,
}

/// The part of the packet's page about handing it over.
pub(crate) struct Handing {
    pub(crate) deliveries: Vec<DeliveryView>,
    pub(crate) open: bool,
    pub(crate) to: Field,
    pub(crate) recipient: Field,
    pub(crate) recipients: Vec<Choice>,
    pub(crate) how: Field,
    pub(crate) on: Field,
    pub(crate) tracking: Field,
}

/// `3 of 14 items not confirmed`.
pub(crate) fn stands(view: &CaseView<'_>, held: &HeldDelivery, packet: &PacketRecord) -> (Word, String) {
    let (open, awaited) = view.left_of(held);
    let all = packet.documents.len() + packet.studies.len();
    let missing = held.says_missing(awaited).map(|words| format!("They say is missing: {words}"));
    match (held.withdrawn, open) {
        (true, _) => (Word::new("taken back", "cross"), String::new()),
        (false, 0) if missing.is_some() => (Word::new("something is missing", "gap"), missing.unwrap_or_default()),
        (false, 0) if all == 0 && held.receipts.is_empty() => {
            (Word::new("not confirmed", "empty"), "It holds only changes of the front pages".to_owned())
        }
        (false, 0) => (Word::new("all confirmed", "done"), String::new()),
        (false, _) if awaited == 0 && missing.is_none() => {
            (Word::new("not confirmed", "empty"), "What is in it was confirmed of a later delivery".to_owned())
        }
        (false, open) => {
            let sentence = format!("{open} of {} not confirmed", counted(all as u64, "item", "items"));
            let sentence = match view.to_send_again(held) {
                0 => sentence,
                again => {
                    format!("{sentence}. {} did not arrive as sent: send again", counted(again as u64, "item", "items"))
                }
            };
            let sentence = missing.map_or_else(|| sentence.clone(), |missing| format!("{sentence}. {missing}"));
            (Word::new("not confirmed", "gap"), sentence)
        }
    }
}

fn items(context: &Context<'_>, view: &CaseView<'_>, held: &HeldDelivery, packet: &PacketRecord) -> Vec<ItemView> {
    let gone = |field: String| (field, "a record that is no longer in the case".to_owned());
    let item = |(field, words): (String, String), confirmed, lacks| ItemView { field, words, confirmed, lacks };
    let document = |id: &DocumentId| {
        let known = view.document(id, context.knowledge).map(|held| document_item(context, view, held));
        item(known.unwrap_or_else(|| gone(format!("document-{id}"))), held.confirms(id), held.lacks(id))
    };
    let study = |uid: &String| {
        let known = view.study(uid).map(|held| study_item(view, held));
        item(known.unwrap_or_else(|| gone(format!("study-{uid}"))), held.confirms_study(uid), held.lacks_study(uid))
    };
    packet.documents.iter().map(document).chain(packet.studies.iter().map(study)).collect()
}

/// What a receipt's file says besides: what did not arrive, and what they wait for.
fn of_file(receipt: &Receipt) -> String {
    let Some(from) = &receipt.from_file else { return String::new() };
    let not_whole = from.not_whole.iter().map(|item| format!("{} ({})", item.number, item.outcome));
    let waits = from.open_requests.iter().map(|request| request.what.clone());
    let said =
        |before: &str, words: Vec<String>| (!words.is_empty()).then(|| format!("{before} {}.", words.join(", ")));
    let parts = [
        Some("From a receipt’s file.".to_owned()),
        said("Did not arrive as sent:", not_whole.collect()),
        said("They wait for:", waits.collect()),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn delivery_view(
    context: &Context<'_>,
    view: &CaseView<'_>,
    held: &HeldDelivery,
    packet: &PacketRecord,
) -> DeliveryView {
    let (state, stands) = stands(view, held, packet);
    let d = &held.delivery;
    let another = view.made_for_another(held, context.knowledge);
    let another = another.map(|center| (context.say)(&Message::new("delivery-to-another").with("center", center)));
    let stands = [stands, another.unwrap_or_default()];
    let stands = stands.iter().filter(|words| !words.is_empty()).map(|w| w.trim_end_matches('.')).collect::<Vec<_>>();
    let stands = stands.join(". ");
    DeliveryView {
        id: d.id.clone(),
        to: d.to.clone(),
        recipient: (context.say)(&d.recipient.words()),
        how: d.how.clone(),
        on: When::from(d.on),
        tracking: d.tracking.clone(),
        state,
        stands,
        receipts: held
            .receipts
            .iter()
            .map(|r| (When::from(r.on), r.by.clone(), r.missing.clone(), of_file(r)))
            .collect(),
        withdrawn: held.withdrawn,
    }
}

impl DeliveryPage {
    pub(crate) fn new(
        context: &Context<'_>,
        view: &CaseView<'_>,
        held: &HeldDelivery,
        packet: &PacketRecord,
        typed: &Typed,
    ) -> Self {
        let today = context.now.date().to_string();
        Self {
            shell: Shell::of_case(context, view, "Handed over", Some(Stage::Share)).refused(typed.is_refused()),
            id: view.id().clone(),
            packet: packet.id.clone(),
            delivery: delivery_view(context, view, held, packet),
            items: items(context, view, held, packet),
            by: typed.field("by", "Who confirmed it", ""),
            confirmed_on: typed.field("confirmed_on", "Day", &today),
            missing: typed.field("missing", "What they say is missing, in their words", ""),
        }
    }
}

async fn show(visitor: &Visitor, id: &CaseId, delivery: &DeliveryId, typed: Typed) -> Result<Response, Failure> {
    let case = visitor.case(id).await?;
    let view = case.seen_by(visitor.session.audience);
    let held = view.deliveries().into_iter().find(|d| d.delivery.id == *delivery).ok_or(Failure::NotFound)?;
    let packets = view.packets();
    let packet = packets.iter().find(|p| p.id == held.delivery.packet).ok_or(Failure::NotFound)?;
    html_refused(&visitor.look(|context| DeliveryPage::new(context, &view, held, packet, &typed)), typed.is_refused())
}

/// `/cases/{case}/deliveries/{delivery}`
pub(crate) async fn page(
    visitor: Visitor,
    Path((id, delivery)): Path<(CaseId, DeliveryId)>,
) -> Result<Response, Failure> {
    show(&visitor, &id, &delivery, Typed::default()).await
}

impl Handing {
    pub(crate) fn new(context: &Context<'_>, view: &CaseView<'_>, packet: &PacketRecord, typed: &Typed) -> Self {
        let today = context.now.date().to_string();
        let of_packet = view.deliveries().into_iter().filter(|d| d.delivery.packet == packet.id);
        let deliveries = of_packet.map(|held| delivery_view(context, view, held, packet));
        let to = typed.field(
            "to",
            "To whom",
            if packet.center.is_empty() { view.center().unwrap_or("") } else { &packet.center },
        );
        let recipient = typed.field("recipient", "Who that is", "center");
        let recipients = Recipient::ALL.into_iter().map(|r| Choice {
            value: r.name().to_owned(),
            label: (context.say)(&r.words()),
            chosen: r.name() == recipient.value,
        });
        let (how, on) = (typed.field("how", "How", ""), typed.field("on", "Day", &today));
        Self {
            deliveries: deliveries.collect(),
            open: [&to, &how, &on].iter().any(|f| f.refusal.is_some()),
            recipients: recipients.collect(),
            to,
            recipient,
            how: how.hint("Such as upload, courier, fax, mail or in person."),
            on,
            tracking: typed.field("tracking", "Tracking or confirmation number", ""),
        }
    }
}

/// Notes that a packet was handed over.
pub(crate) async fn deliver(
    visitor: Visitor,
    Path((id, packet)): Path<(CaseId, PacketId)>,
    Form(values): Form<Values>,
) -> Result<Response, Failure> {
    let of = |name: &str| value(&values, name).to_owned();
    let done = match typed_day(value(&values, "on")) {
        Err(refusal) => Err(AppError::from(refusal)),
        Ok(on) => {
            let delivery = Delivery {
                id: DeliveryId(String::new()),
                packet: packet.clone(),
                recipient: Recipient::named(value(&values, "recipient")).unwrap_or(Recipient::Other),
                to: of("to"),
                how: of("how"),
                on: on.unwrap_or_else(|| visitor.app.now().date()),
                tracking: of("tracking"),
            };
            visitor.app.deliver(&visitor.session, &id, delivery).await
        }
    };
    match done {
        Ok(_) => Ok(Redirect::to(&format!("/cases/{id}/packets/{packet}#handed")).into_response()),
        Err(error) => {
            let field = |key: &str| if key.starts_with("refusal-da") { "on" } else { "to" };
            let field = if value(&values, "how").trim().is_empty() { |_: &str| "how" } else { field };
            let typed = visitor.refused(error, values, field)?;
            crate::share::show_packet(&visitor, &id, &packet, typed).await
        }
    }
}

/// Notes what the other side confirmed, or takes a delivery back.
pub(crate) async fn say(
    visitor: Visitor,
    Path((id, delivery)): Path<(CaseId, DeliveryId)>,
    Form(values): Form<Values>,
) -> Result<Response, Failure> {
    let case = visitor.case(&id).await?;
    let view = case.seen_by(visitor.session.audience);
    let packet = view.deliveries().iter().find(|d| d.delivery.id == delivery).map(|d| d.delivery.packet.clone());
    let packet = packet.ok_or(Failure::NotFound)?;
    let number = value(&values, "receipt").parse().unwrap_or(0);
    let done = match value(&values, "say") {
        "withdraw-receipt" => visitor.app.withdraw_receipt(&visitor.session, &id, &delivery, number).await,
        "withdraw" => visitor.app.withdraw_delivery(&visitor.session, &id, &delivery).await,
        all => confirmed(&visitor, &id, &delivery, &packet, &values, all == "all").await,
    };
    match done {
        Ok(_) => Ok(Redirect::to(&format!("/cases/{id}/deliveries/{delivery}")).into_response()),
        Err(error) => {
            let field = |key: &str| match key {
                "refusal-receipt-day"
                | "refusal-date"
                | "refusal-date-not-there"
                | "refusal-date-day"
                | "refusal-date-two-ways" => "confirmed_on",
                "refusal-empty-field" => "by",
                _ => "missing",
            };
            let typed = visitor.refused(error, values, field)?;
            show(&visitor, &id, &delivery, typed).await
        }
    }
}

async fn confirmed(
    visitor: &Visitor,
    id: &CaseId,
    delivery: &DeliveryId,
    packet: &PacketId,
    values: &Values,
    all: bool,
) -> Result<std::sync::Arc<consilium_casefile::Case>, AppError> {
    let case = visitor.app.case(&visitor.session, id).await?;
    let view = case.seen_by(visitor.session.audience);
    let record = view.packets().into_iter().find(|p| p.id == *packet).cloned();
    let record = record.ok_or_else(|| Refusal::new("refusal-packet-unknown"))?;
    let said = |field: String| all || value(values, &field) == "yes";
    let receipt = Receipt {
        delivery: delivery.clone(),
        on: typed_day(value(values, "confirmed_on"))?.unwrap_or_else(|| visitor.app.now().date()),
        by: value(values, "by").to_owned(),
        documents: record.documents.into_iter().filter(|d| said(format!("document-{d}"))).collect(),
        studies: record.studies.into_iter().filter(|uid| said(format!("study-{uid}"))).collect(),
        missing: value(values, "missing").to_owned(),
        from_file: None,
    };
    visitor.app.confirm_receipt(&visitor.session, id, receipt).await
}
