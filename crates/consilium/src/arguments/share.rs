//! `packet`, `access`: what goes to others, and who may look.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `packet`
#[derive(Debug, Args)]
pub struct Packet {
    /// The case.
    #[arg(long)]
    pub case: String,
    /// The centre it is for.
    #[arg(long = "for")]
    pub center: Option<String>,
    /// For a blind read: without documents that state another clinician's plan.
    #[arg(long)]
    pub blind: bool,
    /// Leave this document or study out; may be given several times.
    #[arg(long = "without")]
    pub without: Vec<String>,
    /// Only what is new or changed since this packet and those it follows.
    #[arg(long)]
    pub since: Option<String>,
    /// With a fax edition, FAX.PDF: all pages in black and white and larger type.
    #[arg(long)]
    pub fax: bool,
    /// Where to write it: a name that ends in .zip or .iso (a disc image), or a folder.
    #[arg(short, long)]
    pub output: PathBuf,
}

/// `access`
#[derive(Debug, Subcommand)]
pub enum Access {
    /// Who may look at a case, besides you.
    List {
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// Let somebody look at a case, and print the one-time link for them.
    Grant {
        /// Whom it is for, in your words.
        label: String,
        /// What they may see: helper, specialist or blind-reader.
        #[arg(long, default_value = "helper")]
        audience: String,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
    /// End somebody's access at once.
    Withdraw {
        /// The access, an id of “access list”.
        access: String,
        /// Short name of the case.
        #[arg(long)]
        case: String,
    },
}
