//! `packet`: everything a centre needs, as a ZIP or a folder.

use std::process::ExitCode;

use anyhow::Result;
use consilium_app::casefile::{PacketId, Session};
use consilium_app::share::PacketRequest;

use super::{answer, open};
use crate::arguments::{Arguments, Packet};
use crate::output;

pub(super) async fn packet(arguments: &Arguments, session: &Session, packet: Packet) -> Result<ExitCode> {
    let app = open(arguments).await?;
    let id = app.case_named(session, &packet.case).await?;
    let since = packet.since.map(PacketId);
    let (center, blind, without, fax) = (packet.center, packet.blind, packet.without, packet.fax);
    let request = PacketRequest { center, blind, without, since, fax };
    let made = app.make_packet(session, &id, request, &packet.output).await?;
    answer(arguments, &made, || {
        crate::say!("{} files, {}, written to {}.", made.files, output::bytes(made.bytes), packet.output.display());
        for problem in &made.problems {
            crate::say!("  {problem}");
        }
        crate::say!("Look at INDEX.HTM and PACKET.PDF before you send it. Its making is on the record of the case.");
    })
}
