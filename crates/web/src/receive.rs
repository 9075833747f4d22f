//! Opening a packet that somebody sent, and taking over a receipt that came back: what was uploaded is looked at first, and
//! only then anything of it is kept. What waits to be opened waits in this process; a restart forgets it.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use askama::Template;
use axum::extract::multipart::{Multipart, MultipartError};
use axum::extract::{Form, Path};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use consilium_app::gather::ImportRequest;
use consilium_app::share::{PacketCase, PacketLook, ReceiptLook};
use consilium_casefile::next::Stage;
use consilium_casefile::share::list::ListedMissing;
use consilium_casefile::share::receipt_file::LARGEST_RECEIPT;
use consilium_casefile::{CaseId, CaseView, DeliveryId};

use crate::errors::{Failure, html, html_refused};
use crate::forms::{Values, asked, value};
use crate::parts::{Choice, Context, Field, Typed, When, counted};
use crate::shell::Shell;
use crate::upload::{Spool, entries, receive_files};
use crate::web::Visitor;

/// Packets and receipts that wait at most; the oldest gives way.
const MOST_WAITING: usize = 16;

/// A packet that was uploaded or named, and looked at.
struct WaitingPacket {
    id: String,
    medium: PathBuf,
    spool: Option<Spool>,
    look: PacketLook,
}

/// A receipt that was uploaded and looked at.
struct WaitingReceipt {
    id: String,
    case: CaseId,
    bytes: Vec<u8>,
}

/// What waits.
#[derive(Default)]
pub(crate) struct Waiting {
    packets: Mutex<Vec<WaitingPacket>>,
    receipts: Mutex<Vec<WaitingReceipt>>,
}

fn locked<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Waiting {
    fn add(&self, packet: WaitingPacket) {
        let mut packets = locked(&self.packets);
        if packets.len() >= MOST_WAITING
            && let Some(spool) = packets.remove(0).spool
        {
            spool.remove();
        }
        packets.push(packet);
    }

    fn take(&self, id: &str) -> Option<WaitingPacket> {
        let mut packets = locked(&self.packets);
        let place = packets.iter().position(|packet| packet.id == id)?;
        Some(packets.remove(place))
    }

    fn look(&self, id: &str) -> Option<PacketLook> {
        locked(&self.packets).iter().find(|packet| packet.id == id).map(|packet| packet.look.clone())
    }

    fn add_receipt(&self, receipt: WaitingReceipt) {
        let mut receipts = locked(&self.receipts);
        if receipts.len() >= MOST_WAITING {
            receipts.remove(0);
        }
        receipts.push(receipt);
    }

    fn receipt(&self, id: &str, case: &CaseId) -> Option<Vec<u8>> {
        let receipts = locked(&self.receipts);
        receipts.iter().find(|receipt| receipt.id == id && receipt.case == *case).map(|receipt| receipt.bytes.clone())
    }
}

#[derive(Template)]
#[template(path = "receive.html")]
struct ReceivePage {
    shell: Shell,
    local: bool,
    folder: Field,
}

#[derive(Template)]
#[template(path = "receive_look.html")]
struct LookPage {
    shell: Shell,
    upload: String,
    without: Option<String>,
    name: String,
    born: Option<When>,
    facts: Vec<(&'static str, String)>,
    missing: Vec<ListedMissing>,
    case: Field,
    cases: Vec<Choice>,
}

fn receive_page(visitor: &Visitor, typed: &Typed) -> Result<Response, Failure> {
    let folder = typed
        .field("folder", "File or folder on this computer", "")
        .hint("Such as /media/cdrom or /home/me/packet.iso.");
    let page = ReceivePage {
        shell: Shell::new("Open a packet you were sent", true).refused(typed.is_refused()),
        local: visitor.web.is_local(),
        folder,
    };
    html_refused(&page, typed.is_refused())
}

/// Only the owner of the home opens new cases.
fn may_open(visitor: &Visitor) -> Result<(), Failure> {
    if visitor.session.may_open_cases() { Ok(()) } else { Err(Failure::NotAllowed) }
}

/// `/receive`
pub(crate) async fn page(visitor: Visitor) -> Result<Response, Failure> {
    may_open(&visitor)?;
    receive_page(&visitor, &Typed::default())
}

async fn wait(visitor: &Visitor, medium: PathBuf, spool: Option<Spool>) -> Result<String, Failure> {
    let look = match visitor.app.look_into_packet(medium.clone()).await {
        Ok(look) => look,
        Err(error) => {
            // What is damaged or was never finished is refused: nothing of it stays.
            if let Some(spool) = spool {
                spool.remove();
            }
            return Err(visitor.failure(error));
        }
    };
    let id = uuid::Uuid::now_v7().to_string();
    visitor.web.waiting().add(WaitingPacket { id: id.clone(), medium, spool, look });
    Ok(format!("/receive/{id}"))
}

/// Takes an upload in, and looks at it.
pub(crate) async fn upload(visitor: Visitor, headers: HeaderMap, mut sent: Multipart) -> Result<Response, Failure> {
    may_open(&visitor)?;
    let spool = Spool::create(visitor.app.home())?;
    let medium = match receive_files(&mut sent, spool.files()).await {
        Ok(0) => Err(Failure::Refused("No file was chosen. Choose the packet first.".to_owned())),
        // One file or one folder is the packet; several files that lie side by side are one together.
        Ok(_) => entries(spool.files()).await.map(|mut all| match all.len() {
            1 => all.remove(0),
            _ => spool.files().to_owned(),
        }),
        Err(failure) => Err(failure),
    };
    let address = match medium {
        Ok(medium) => wait(&visitor, medium, Some(spool)).await?,
        Err(failure) => {
            spool.remove();
            return Err(failure);
        }
    };
    // A script that sends asks for the address; a form is sent there.
    match headers.get("accept").is_some_and(|accept| accept == "application/json") {
        true => Ok(axum::Json(serde_json::json!({ "progress": address })).into_response()),
        false => Ok(Redirect::to(&address).into_response()),
    }
}

/// `/receive/folder`: a disc, folder or file of this machine, read where it is.
pub(crate) async fn folder(visitor: Visitor, Form(values): Form<Values>) -> Result<Response, Failure> {
    may_open(&visitor)?;
    if !visitor.web.is_local() {
        return Err(Failure::NotFound);
    }
    let named = PathBuf::from(value(&values, "folder").trim());
    if !named.is_absolute() || !named.exists() {
        let sentence = "There is no file or folder of this name here. Give the whole path, such as /media/cdrom.";
        return receive_page(&visitor, &Typed::refused(values, "folder", sentence.to_owned()));
    }
    match wait(&visitor, named, None).await {
        Ok(address) => Ok(Redirect::to(&address).into_response()),
        Err(Failure::Refused(sentence)) => receive_page(&visitor, &Typed::refused(values, "folder", sentence)),
        Err(failure) => Err(failure),
    }
}

async fn cases(visitor: &Visitor, chosen: &str) -> Result<Vec<Choice>, Failure> {
    let new = Choice { value: String::new(), label: "A new case".to_owned(), chosen: chosen.is_empty() };
    let mut all = vec![new];
    for card in visitor.app.cases(&visitor.session).await? {
        let label = format!("{} ({})", card.called, card.handle);
        all.push(Choice { chosen: card.id.as_str() == chosen, value: card.id.to_string(), label });
    }
    Ok(all)
}

/// `/receive/{upload}`: whose it says it is and what it lists, before anything is kept.
pub(crate) async fn look(visitor: Visitor, Path(upload): Path<String>) -> Result<Response, Failure> {
    may_open(&visitor)?;
    let look = visitor.web.waiting().look(&upload).ok_or(Failure::NotFound)?;
    let cases = cases(&visitor, "").await?;
    let list = look.list.as_ref();
    let of = |kind| list.map_or(0, |list| list.items.iter().filter(|item| item.kind == kind).count()) as u64;
    use consilium_casefile::share::list::ItemKind;
    let mut facts = Vec::new();
    if let Some(list) = list {
        let documents = counted(of(ItemKind::Document), "document", "documents");
        let studies = counted(of(ItemKind::Study), "imaging study", "imaging studies");
        facts.push(("It lists", format!("{documents}, {studies}")));
        facts.extend(list.prepared_for.clone().map(|center| ("Prepared for", center)));
        facts.extend(list.made_on.map(|on| ("Made", on.human())));
        facts.push(("Sender’s case", list.case.clone()));
        facts.extend((!list.edition_words.is_empty()).then(|| ("Edition", list.edition_words.clone())));
        facts.extend(list.since.as_ref().map(|_| ("Follows", "an earlier packet; this holds what is new".to_owned())));
    }
    html(&LookPage {
        shell: Shell::new("What this packet says", true),
        name: list.map(|list| list.person.name.clone()).unwrap_or_default(),
        born: list.and_then(|list| list.person.birth_date).map(When::from),
        facts,
        missing: list.map(|list| list.missing.clone()).unwrap_or_default(),
        without: look.without.clone(),
        case: Typed::default().field("case", "Open it as", "").hint("Choose a case when this adds to one you have."),
        cases,
        upload,
    })
}

/// Opens it.
pub(crate) async fn open(
    visitor: Visitor,
    Path(upload): Path<String>,
    Form(values): Form<Values>,
) -> Result<Response, Failure> {
    may_open(&visitor)?;
    let packet = visitor.web.waiting().take(&upload).ok_or(Failure::NotFound)?;
    let (app, session) = (&visitor.app, &visitor.session);
    let into = match asked(&values, "case") {
        Some(case) => PacketCase::from(CaseId::from(case)),
        None => match app.case_for_packet(session, &packet.look, None).await {
            Ok(case) => case,
            Err(error) => {
                visitor.web.waiting().add(packet);
                return Err(visitor.failure(error));
            }
        },
    };
    let PacketCase { id: case, opens } = into;
    let request =
        ImportRequest { sources: vec![packet.medium.clone()], packet: true, opens, ..ImportRequest::default() };
    let import = match app.start_import(session, &case, request).await {
        Ok(import) => import,
        Err(error) => {
            // It can be tried again with another case.
            visitor.web.waiting().add(packet);
            return Err(visitor.failure(error));
        }
    };
    if let Some(spool) = packet.spool {
        let (app, case, running) = (app.clone(), case.clone(), import.clone());
        tokio::spawn(async move {
            app.import_ended(&case, &running).await;
            spool.remove();
        });
    }
    Ok(Redirect::to(&format!("/cases/{case}/imports/{import}/progress")).into_response())
}

#[derive(Template)]
#[template(path = "receipt.html")]
struct ReceiptPage {
    shell: Shell,
    id: CaseId,
    upload: String,
    look: ReceiptLook,
    on: When,
    lead: String,
    delivery: Field,
    deliveries: Vec<Choice>,
    refusal: Option<String>,
}

/// Takes a receipt's file in, and looks at it.
pub(crate) async fn receipt_upload(
    visitor: Visitor,
    Path(id): Path<CaseId>,
    mut sent: Multipart,
) -> Result<Response, Failure> {
    visitor.case(&id).await?;
    if !visitor.session.audience.may_change() {
        return Err(Failure::NotAllowed);
    }
    let broken = |_: MultipartError| Failure::Refused("The file did not arrive whole. Send it again.".to_owned());
    let mut bytes = Vec::new();
    while let Some(mut part) = sent.next_field().await.map_err(broken)? {
        while let Some(piece) = part.chunk().await.map_err(broken)? {
            // A larger one is none; so many bytes of it show that.
            let room = (LARGEST_RECEIPT + 1).saturating_sub(bytes.len());
            bytes.extend(piece.iter().take(room));
        }
    }
    if bytes.is_empty() {
        return Err(Failure::Refused("No file was chosen. Choose the receipt first.".to_owned()));
    }
    let looked = visitor.app.look_at_receipt(&visitor.session, &id, &bytes).await;
    looked.map_err(|error| visitor.failure(error))?;
    let upload = uuid::Uuid::now_v7().to_string();
    visitor.web.waiting().add_receipt(WaitingReceipt { id: upload.clone(), case: id.clone(), bytes });
    Ok(Redirect::to(&format!("/cases/{id}/receipts/{upload}")).into_response())
}

/// Deliveries of a packet that were not taken back.
fn deliveries(view: &CaseView<'_>, look: &ReceiptLook, chosen: &str) -> Vec<Choice> {
    let held = view.deliveries();
    let of_packet = held.iter().filter(|d| !d.withdrawn && d.delivery.packet == look.file.packet);
    let choice = |d: &&consilium_casefile::share::HeldDelivery| Choice {
        value: d.delivery.id.to_string(),
        label: format!("{}, {}", d.delivery.to, consilium_casefile::PartialDate::Day(d.delivery.on).human()),
        chosen: d.delivery.id.as_str() == chosen,
    };
    of_packet.map(choice).collect()
}

async fn show_receipt(
    visitor: &Visitor,
    id: &CaseId,
    upload: &str,
    chosen: &str,
    refusal: Option<String>,
) -> Result<Response, Failure> {
    let bytes = visitor.web.waiting().receipt(upload, id).ok_or(Failure::NotFound)?;
    let looked = visitor.app.look_at_receipt(&visitor.session, id, &bytes).await;
    let look = looked.map_err(|error| visitor.failure(error))?;
    let case = visitor.case(id).await?;
    let view = case.seen_by(visitor.session.audience);
    let confirmed = look.file.confirmed.len();
    let lead = match confirmed {
        0 => "It confirms no item".to_owned(),
        n if n == look.items => format!("It confirms all {n} items"),
        n => format!("It confirms {n} of {}", counted(look.items as u64, "item", "items")),
    };
    let refused = refusal.is_some();
    let page = |context: &Context<'_>| ReceiptPage {
        shell: Shell::of_case(context, &view, "A receipt", Some(Stage::Share)).refused(refused),
        id: id.clone(),
        upload: upload.to_owned(),
        on: look.file.on.into(),
        lead,
        delivery: Typed::default().field("delivery", "For which delivery", chosen),
        deliveries: deliveries(&view, &look, chosen),
        look: look.clone(),
        refusal,
    };
    html_refused(&visitor.look(page), refused)
}

/// `/cases/{case}/receipts/{upload}`: what it says, before anything is taken over.
pub(crate) async fn receipt(visitor: Visitor, Path((id, upload)): Path<(CaseId, String)>) -> Result<Response, Failure> {
    show_receipt(&visitor, &id, &upload, "", None).await
}

/// Takes it over.
pub(crate) async fn take_receipt(
    visitor: Visitor,
    Path((id, upload)): Path<(CaseId, String)>,
    Form(values): Form<Values>,
) -> Result<Response, Failure> {
    let bytes = visitor.web.waiting().receipt(&upload, &id).ok_or(Failure::NotFound)?;
    let chosen = asked(&values, "delivery").map(DeliveryId::from);
    match visitor.told(visitor.app.take_receipt(&visitor.session, &id, chosen.as_ref(), &bytes).await)? {
        Ok((case, _)) => {
            let view = case.seen_by(visitor.session.audience);
            let object = view.deliveries().into_iter().find(|held| match &chosen {
                Some(chosen) => held.delivery.id == *chosen,
                None => held.receipts.iter().any(|receipt| receipt.from_file.is_some()),
            });
            let place =
                object.map_or_else(|| "share#deliveries".to_owned(), |h| format!("deliveries/{}", h.delivery.id));
            Ok(Redirect::to(&format!("/cases/{id}/{place}")).into_response())
        }
        Err(sentence) => show_receipt(&visitor, &id, &upload, value(&values, "delivery"), Some(sentence)).await,
    }
}
