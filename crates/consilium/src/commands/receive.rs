//! `receive`: a packet that somebody sent, opened as a case with every item accounted for; and its receipt.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use consilium_app::casefile::gather::Outcome;
use consilium_app::casefile::share::{HeldReceived, ItemPlace};
use consilium_app::casefile::{CaseId, PacketId, Refusal, Session};
use consilium_app::gather::{ImportReport, Progress};
use consilium_app::share::{Account, Items, PacketLook};
use consilium_app::{App, AppError};
use serde_json::json;

use super::import::progress_bar;
use super::{answer, open};
use crate::arguments::{Arguments, Receive};
use crate::{output, unlock};

pub(super) async fn receive(arguments: &Arguments, session: &Session, receive: Receive) -> Result<ExitCode> {
    match (&receive.packet, &receive.receipt) {
        (Some(packet), _) if receive.look => look(arguments, packet.clone()).await,
        (Some(packet), _) => open_packet(arguments, session, packet, &receive).await,
        (None, Some(to)) => give(arguments, session, to, &receive).await,
        (None, None) if receive.keep.is_some() => keep(arguments, session, &receive).await,
        (None, None) => list(arguments, session, receive.case.as_deref().unwrap_or_default()).await,
    }
}

async fn look(arguments: &Arguments, packet: PathBuf) -> Result<ExitCode> {
    there(&packet)?;
    let app = unlock::open_or_create(arguments).await?;
    let look = app.look_into_packet(packet.clone()).await?;
    let bar = progress_bar(arguments.json);
    let shown = bar.clone();
    let each = move |progress: &Progress| {
        shown.set_length(progress.expected.max(progress.files));
        shown.set_position(progress.files);
        shown.set_message(output::bytes(progress.bytes));
    };
    let checked = app.check_packet(packet, look.list.as_ref(), each).await?;
    bar.finish_and_clear();
    let value = json!({ "list": look.list, "without": look.without, "checked": checked });
    answer(arguments, &value, || {
        say_look(&look);
        crate::say!("{}", checked.said);
        for (what, paths) in [("damaged or changed", &checked.differ), ("not here", &checked.absent)] {
            paths.iter().take(MOST_PATHS).for_each(|path| crate::say!("        {path}: {what}"));
        }
        checked.doubts.iter().take(MOST_PATHS).for_each(|doubt| crate::say!("        {doubt}"));
    })?;
    Ok(if checked.whole && look.without.is_none() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Files and doubts that a look names one by one.
const MOST_PATHS: usize = 20;

fn there(packet: &Path) -> Result<(), AppError> {
    if packet.exists() { Ok(()) } else { Err(Refusal::new("refusal-nothing-to-import").into()) }
}

fn say_look(look: &PacketLook) {
    if let Some(without) = &look.without {
        crate::say!("{without}");
    }
    let Some(list) = &look.list else { return };
    let name = if list.person.name.is_empty() { "nobody by name" } else { &list.person.name };
    let born = list.person.birth_date.map(|born| format!(", born {}", born.human())).unwrap_or_default();
    crate::say!("The packet names {name}{born}. It lists {} items.", list.items.len());
    if !list.edition_words.is_empty() {
        crate::say!("{}", list.edition_words);
    }
}

async fn open_packet(arguments: &Arguments, session: &Session, packet: &Path, receive: &Receive) -> Result<ExitCode> {
    there(packet)?;
    let app = unlock::open_or_create(arguments).await?;
    let look = app.look_into_packet(packet.to_owned()).await?;
    if !arguments.json {
        say_look(&look);
    }
    let into = app.case_for_packet(session, &look, receive.case.as_deref()).await?;
    let case = into.id.clone();
    let bar = progress_bar(arguments.json);
    let passwords = receive.passwords.clone();
    let report = app
        .open_packet(session, &into, packet.to_owned(), passwords, |progress| {
            bar.set_length(progress.expected.max(progress.files));
            bar.set_position(progress.files);
            bar.set_message(output::bytes(progress.bytes));
        })
        .await?;
    bar.finish_and_clear();
    let known = app.case(session, &case).await?;
    let view = known.seen_by(session.audience);
    let here = view.received().into_iter().find(|held| held.packet.import == report.import.id);
    let account = match here {
        Some(held) => Some(app.received(session, &case, &held.packet.packet).await?),
        None => None,
    };
    let why = account.is_none().then(|| why_ordinary(&look, &report));
    let value = json!({ "case": report.case, "import": report.import.id, "totals": report.import.totals,
                        "packet": account, "without": why });
    answer(arguments, &value, || {
        crate::say!("Case “{}”: {} files met.", report.case, report.import.totals.files);
        match &account {
            Some(account) => say_account(account),
            None => crate::say!("{}", why.unwrap_or_default()),
        }
    })
}

/// Why a packet was added as ordinary files, in one sentence.
fn why_ordinary(look: &PacketLook, report: &ImportReport) -> String {
    let list = |path: &str| path.rsplit('/').next().is_some_and(|name| name.eq_ignore_ascii_case("PACKET.JSON"));
    let kept = report.files.iter().filter(|file| file.outcome != Outcome::Refused);
    let told = kept.filter(|file| list(&file.path)).find_map(|file| file.reason.clone());
    told.or_else(|| look.without.clone()).unwrap_or_default()
}

fn say_account(account: &Account) {
    let counts = account.counts;
    crate::say!("{} of {} items arrived as they were sent.", counts.whole, counts.items);
    if let Some(unchecked) = &account.unchecked {
        crate::say!("{unchecked}");
    }
    for row in account.items.iter().filter(|row| !row.outcome.is_whole()) {
        crate::say!("  {:>4}  {}  {}", row.number, row.title, row.why.as_deref().unwrap_or_default());
    }
    if !account.changes.is_empty() {
        crate::say!("The sender says changed since the last packet:");
        account.changes.iter().for_each(|change| crate::say!("        {change}"));
    }
    for recalled in account.recalled.iter().filter(|recalled| recalled.open) {
        let item = &recalled.recall.item;
        let place = match &recalled.recall.place {
            Some(ItemPlace::Document(id)) => id.to_string(),
            Some(ItemPlace::Study(uid)) => uid.clone(),
            None => String::new(),
        };
        crate::say!("! Item {} of packet {} was taken back by its sender. Decide:", item.number, item.packet);
        crate::say!("        take it out:  record remove {place}");
        crate::say!("        keep it:      receive --keep {} --of {}", item.sha256, recalled.recall.by);
    }
    if !account.doubts.is_empty() {
        crate::say!("What the packet says of itself in several places does not agree; ask the sender:");
        account.doubts.iter().for_each(|doubt| crate::say!("        {doubt}"));
    }
    if !account.strays.is_empty() {
        crate::say!("{} files on the medium are not in the list:", account.strays.len());
        for file in account.strays.iter().take(20) {
            crate::say!("        {}", file.path);
        }
    }
    if !account.missing.is_empty() {
        crate::say!("The sender says is missing or withheld:");
        for missing in &account.missing {
            crate::say!("        {}: {}", missing.what, missing.why);
        }
    }
    if account.follows_unknown {
        crate::say!("It follows an earlier packet that was not opened in this case: ask for that one as well.");
    }
}

/// The packet of the case: the one named, or the one opened last.
async fn packet_of(app: &App, session: &Session, case: &CaseId, named: Option<&str>) -> Result<PacketId> {
    let known = app.case(session, case).await?;
    let received = known.seen_by(session.audience).received();
    let is_it = |held: &&&HeldReceived| named.is_none_or(|named| held.packet.packet.as_str() == named);
    let held = received.iter().find(is_it).map(|held| held.packet.packet.clone());
    Ok(held.ok_or_else(|| AppError::from(Refusal::new("refusal-received-unknown")))?)
}

async fn give(arguments: &Arguments, session: &Session, to: &Path, receive: &Receive) -> Result<ExitCode> {
    if to.exists() {
        return Err(AppError::from(Refusal::new("refusal-place-taken")).into());
    }
    let app = open(arguments).await?;
    let case = app.case_named(session, receive.case.as_deref().unwrap_or_default()).await?;
    let packet = packet_of(&app, session, &case, receive.of.as_deref()).await?;
    let items = match receive.items.trim() {
        "all-arrived" => Items::AllArrived,
        numbers => {
            let numbers = numbers.split(',').map(str::trim).filter(|number| !number.is_empty());
            Items::These(numbers.map(str::to_owned).collect())
        }
    };
    let by = receive.by.as_deref().unwrap_or_default();
    let receipt = app.give_receipt(session, &case, &packet, by, &items, &receive.missing).await?;
    let file = app.receipt_file(session, &case, &packet, &receipt).await?;
    output::new_file(to, &file)?;
    let account = app.received(session, &case, &packet).await?;
    answer(arguments, &json!({ "packet": packet, "receipt": receipt, "counts": account.counts }), || {
        let counts = account.counts;
        crate::say!(
            "{} of {} items are confirmed. Send {} to whoever sent the packet.",
            counts.confirmed,
            counts.items,
            to.display()
        );
    })
}

async fn keep(arguments: &Arguments, session: &Session, receive: &Receive) -> Result<ExitCode> {
    let app = open(arguments).await?;
    let name = receive.case.as_deref().unwrap_or_default();
    let case = app.case_named(session, name).await?;
    let packet = packet_of(&app, session, &case, receive.of.as_deref()).await?;
    app.keep_recalled(session, &case, &packet, receive.keep.as_deref().unwrap_or_default()).await?;
    list(arguments, session, name).await
}

async fn list(arguments: &Arguments, session: &Session, name: &str) -> Result<ExitCode> {
    let app = open(arguments).await?;
    let case = app.case_named(session, name).await?;
    let known = app.case(session, &case).await?;
    let mut accounts = Vec::new();
    for held in known.seen_by(session.audience).received() {
        accounts.push(app.received(session, &case, &held.packet.packet).await?);
    }
    answer(arguments, &json!({ "case": name, "packets": accounts }), || {
        for account in &accounts {
            crate::say!("{}", account.packet);
            say_account(account);
        }
        if accounts.is_empty() {
            crate::say!("No packet was opened in this case.");
        }
    })
}
