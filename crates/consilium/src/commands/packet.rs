//! `packet`: everything a centre needs, as a ZIP or a folder.

use std::process::ExitCode;

use anyhow::Result;
use consilium_app::casefile::{PacketId, Session};
use consilium_app::share::{BeforeBlind, PacketRequest};

use super::{answer, open};
use crate::arguments::{Arguments, Packet};
use crate::output;

pub(super) async fn packet(arguments: &Arguments, session: &Session, packet: Packet) -> Result<ExitCode> {
    let app = open(arguments).await?;
    let id = app.case_named(session, &packet.case).await?;
    let since = packet.since.map(PacketId);
    let (center, blind, without, fax) = (packet.center, packet.blind, packet.without, packet.fax);
    let request = PacketRequest { center, blind, without, since, fax };
    if request.blind && !arguments.json {
        look_first(&app.before_blind(session, &id, &request).await?);
    }
    if request.fax && !arguments.json {
        let ahead = app.fax_before(session, &id, &request).await?;
        ahead.iter().flat_map(|ahead| &ahead.said).for_each(|sentence| crate::say!("{sentence}"));
        if let Some(ahead) = ahead.filter(|ahead| !ahead.leave_out.is_empty()) {
            let ids: Vec<String> = ahead.leave_out.iter().map(|id| format!("--without {id}")).collect();
            crate::say!("  {}", ids.join(" "));
        }
    }
    let made = app.make_packet(session, &id, request, &packet.output).await?;
    answer(arguments, &made, || {
        crate::say!("{} files, {}, written to {}.", made.files, output::bytes(made.bytes), packet.output.display());
        for problem in &made.problems {
            crate::say!("  {problem}");
        }
        match made.packet.other_names {
            0 => {}
            1 => {
                crate::say!("1 record under another name is not in this packet: say whose it is (decide, record mine).")
            }
            n => crate::say!(
                "{n} records under another name are not in this packet: say whose they are (decide, record mine)."
            ),
        }
        crate::say!("Look at INDEX.HTM and PACKET.PDF before you send it. Its making is on the record of the case.");
    })
}

/// What the sender of a blind edition looks at, said before it is made.
fn look_first(before: &BeforeBlind) {
    if !before.plan_mentions.is_empty() {
        crate::say!(
            "These go in and mention a plan, or could not be searched for one. Look at each; --without ID leaves a report out:"
        );
    }
    for mentions in &before.plan_mentions {
        let date = mentions.date.map(|date| format!(", {}", date.human())).unwrap_or_default();
        let id = mentions.document.as_ref().map(|id| format!(" ({id})")).unwrap_or_default();
        crate::say!("  {}{date}{id}", mentions.title);
        if !mentions.unread.is_empty() {
            crate::say!("    {}", mentions.unread);
        }
        for quote in &mentions.quotes {
            crate::say!("    \u{201c}{}\u{201d}", quote.quote.split_whitespace().collect::<Vec<_>>().join(" "));
        }
    }
    if !before.told_without_source.is_empty() {
        crate::say!("Page one tells these without their source, which is left out:");
    }
    for fact in &before.told_without_source {
        crate::say!("  {}: {} (in {})", fact.label, fact.value, fact.title);
    }
    if !before.lacking.is_empty() {
        crate::say!("The reader will lack what stands only in what is left out:");
    }
    for fact in &before.lacking {
        crate::say!("  {}: {} (in {})", fact.label, fact.value, fact.title);
    }
}
