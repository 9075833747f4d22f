//! What can be typed about a packet that somebody sent: opening it, its account, and the receipt.

use std::path::PathBuf;

use clap::Args;

/// `receive`
#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("what").args(["packet", "receipt", "list", "keep"]).required(true)))]
pub struct Receive {
    /// The packet: a folder, a disc, a ZIP or an ISO image.
    pub packet: Option<PathBuf>,
    /// The case it goes into. Without it, a new case is opened for the person that the packet names.
    #[arg(long, required_unless_present = "packet")]
    pub case: Option<String>,
    /// Only say what the packet says it holds; nothing is kept.
    #[arg(long, requires = "packet", conflicts_with = "case")]
    pub look: bool,
    /// A password to try on locked files; may be given several times. Other users of this machine can see it while
    /// the program runs.
    #[arg(long = "password", requires = "packet")]
    pub passwords: Vec<String>,
    /// Give a receipt and write it to this file, to be sent back.
    #[arg(long, value_name = "OUT", requires = "by")]
    pub receipt: Option<PathBuf>,
    /// Who confirms.
    #[arg(long, requires = "receipt")]
    pub by: Option<String>,
    /// Numbers of the items somebody looked at, as 1,2,ST1; or all-arrived.
    #[arg(long, requires = "receipt", default_value = "", hide_default_value = true)]
    pub items: String,
    /// What is missing, in your words.
    #[arg(long, requires = "receipt", default_value = "", hide_default_value = true)]
    pub missing: String,
    /// Keep a record that its sender took back: its checksum, as the account names it. To take it out, use record remove.
    #[arg(long, value_name = "SHA256", requires = "case")]
    pub keep: Option<String>,
    /// The packet the receipt is for, or that takes a record back, where the case has several; without it, the one opened
    /// last.
    #[arg(long, value_name = "PACKET")]
    pub of: Option<String>,
    /// The account of every packet that was opened in the case.
    #[arg(long, requires = "case")]
    pub list: bool,
}
