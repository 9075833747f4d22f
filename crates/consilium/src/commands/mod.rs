//! Each command, calling its use-case.

mod access;
mod cases;
mod choose;
mod compare;
mod decide;
mod deliver;
mod demo;
mod demo_opinions;
mod facts;
mod gather;
mod import;
mod json_file;
mod keep;
mod ledger;
mod packet;
mod read;
mod receive;
mod records;
mod search;
mod serve;

use std::process::ExitCode;

use anyhow::Result;
use consilium_app::casefile::Session;

use crate::arguments::{Arguments, Command};
use crate::{default_command, output, unlock};

/// Runs what was typed.
pub async fn run(mut arguments: Arguments) -> Result<ExitCode> {
    let command = arguments.command.take().unwrap_or_else(default_command);
    let session = Session::owner();
    match command {
        Command::Demo(demo) => serve::demo(&arguments, demo).await,
        Command::Serve(options) => serve::serve(&arguments, options).await,
        Command::Init(init) => keep::init(&arguments, &init).await,
        Command::Passphrase(options) => keep::passphrase(&arguments, &options).await,
        Command::RecoverySheet(options) => keep::recovery_sheet(&arguments, &options).await,
        Command::Import(import) => import::import(&arguments, &session, import).await,
        Command::Case { command } => cases::case(&arguments, &session, command).await,
        Command::Decide { command } => decide::decide(&arguments, &session, command).await,
        Command::Check(options) => gather::check(&arguments, &session, &options).await,
        Command::Holder { command } => gather::holder(&arguments, &session, command).await,
        Command::Request { command } => gather::request(&arguments, &session, command).await,
        Command::Tissue { command } => gather::tissue(&arguments, &session, command).await,
        Command::Register(options) => gather::register(&arguments, &session, &options).await,
        Command::Deliver { command } => deliver::deliver(&arguments, &session, command).await,
        Command::Read(options) => read::read(&arguments, &options),
        Command::Record { command } => records::record(&arguments, &session, command).await,
        Command::Search(options) => search::search(&arguments, &session, &options).await,
        Command::Facts(facts) => facts::facts(&arguments, &session, facts).await,
        Command::Summary(of) => read::summary(&arguments, &session, &of).await,
        Command::Compare(options) => compare::compare(&arguments, &session, options).await,
        Command::Choose(options) => choose::choose(&arguments, &session, options).await,
        Command::Export(options) => read::export(&arguments, &session, &options).await,
        Command::Recognise(of) => read::recognise(&arguments, &session, &of).await,
        Command::Packet(packet) => packet::packet(&arguments, &session, packet).await,
        Command::Receive(receive) => receive::receive(&arguments, &session, receive).await,
        Command::Link(link) => serve::link(&arguments, &session, &link).await,
        Command::Access { command } => access::access(&arguments, &session, command).await,
        Command::Verify(options) => match &options.ledger {
            Some(file) => ledger::verify(&arguments, file, options.head.as_deref()),
            None => keep::verify(&arguments).await,
        },
        Command::Backup { file } => keep::backup(&arguments, &file).await,
        Command::Restore { file } => keep::restore(&arguments, &file).await,
        Command::Purge(purge) => keep::purge(&arguments, &session, &purge).await,
        Command::Compact => keep::compact(&arguments, &session).await,
        Command::Reindex => keep::reindex(&arguments, &session).await,
        Command::Routes => serve::routes(&arguments),
        Command::Shoebox { folder } => serve::shoebox(&folder),
        Command::BenchDisc { folder, slices } => serve::bench_disc(&folder, slices),
    }
}

/// The opened home.
async fn open(arguments: &Arguments) -> Result<consilium_app::App> {
    let app = unlock::open(arguments).await?;
    for complaint in app.knowledge_complaints() {
        crate::complain!("{complaint}");
    }
    Ok(app)
}

/// Prints JSON when asked for, else what `text` prints.
fn answer(arguments: &Arguments, value: &impl serde::Serialize, text: impl FnOnce()) -> Result<ExitCode> {
    if arguments.json {
        output::json(value)?;
    } else {
        text();
    }
    Ok(ExitCode::SUCCESS)
}
