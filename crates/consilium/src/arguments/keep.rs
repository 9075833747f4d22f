//! `init`, `passphrase`, `recovery-sheet`, `verify`: the home and what is kept in it.

use std::path::PathBuf;

use clap::Args;

/// `init`
#[derive(Debug, Args)]
pub struct Init {
    /// Store without encryption. Anybody who can read the folder can read the records.
    #[arg(long)]
    pub plain: bool,
    /// For a centre: keep rows in PostgreSQL, as postgres://user:password@host/database.
    #[arg(long, env = "CONSILIUM_DATABASE_URL", hide_env_values = true, requires = "objects")]
    pub database: Option<String>,
    /// For a centre: keep bytes in an S3 store, as s3://bucket/prefix?region=…&endpoint=…; credentials come from the
    /// environment.
    #[arg(long, env = "CONSILIUM_OBJECTS_URL", hide_env_values = true, requires = "database")]
    pub objects: Option<String>,
}

/// `passphrase`
#[derive(Debug, Args)]
pub struct Passphrase {
    /// File whose first line is the new passphrase (instead of asking for it).
    #[arg(long)]
    pub new_passphrase_file: Option<PathBuf>,
}

/// `recovery-sheet`
#[derive(Debug, Args)]
pub struct RecoverySheet {
    /// Write the sheet as a PDF that only you may read, instead of showing it here.
    #[arg(short, long)]
    pub output: Option<PathBuf>,
}

/// `verify`
#[derive(Debug, Args)]
pub struct Verify {
    /// An exported ledger to check instead, without a home.
    #[arg(long)]
    pub ledger: Option<PathBuf>,
    /// First digits of a head that was printed (on a packet, a page): it must be part of that ledger.
    #[arg(long, requires = "ledger")]
    pub head: Option<String>,
}
