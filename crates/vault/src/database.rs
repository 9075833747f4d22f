//! The two database engines behind one set of statements. Statements are written once, in SQL both engines read
//! (`$1` parameters, TEXT, BIGINT), and expanded per driver by [`read_rows!`] and [`transact!`]. No domain words here.

use std::path::Path;
use std::time::Duration;

use sqlx::postgres::{PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};

use crate::error::{Fault, OpenError};
use crate::home::private_file;

/// How long a writer waits for another process's transaction.
const BUSY: Duration = Duration::from_secs(60);

/// In order; each is applied once and never edited after a release.
const SQLITE_MIGRATIONS: &[&str] = &[include_str!("../migrations/sqlite/0001_first.sql")];
const POSTGRES_MIGRATIONS: &[&str] = &[include_str!("../migrations/postgres/0001_first.sql")];

/// A typed pool per engine.
#[derive(Debug, Clone)]
pub(crate) enum Database {
    Sqlite { write: SqlitePool, read: SqlitePool },
    Postgres(PgPool),
}

/// Runs an expression with a pool for reading.
macro_rules! read_rows {
    ($database:expr, |$pool:ident| $body:expr) => {
        match $database {
            $crate::database::Database::Sqlite { read: $pool, .. } => $body,
            $crate::database::Database::Postgres($pool) => $body,
        }
    };
}

/// Runs a block inside a write transaction, committed at its end; leaving it early rolls back. On SQLite the
/// transaction takes the write lock at its start, so that it never fails halfway for want of it.
macro_rules! transact {
    ($database:expr, |$transaction:ident| $body:block) => {
        match $database {
            $crate::database::Database::Sqlite { write, .. } => {
                let mut $transaction = write.begin_with("BEGIN IMMEDIATE").await?;
                let outcome = $body;
                $transaction.commit().await?;
                outcome
            }
            $crate::database::Database::Postgres(pool) => {
                let mut $transaction = pool.begin().await?;
                let outcome = $body;
                $transaction.commit().await?;
                outcome
            }
        }
    };
}

pub(crate) use {read_rows, transact};

impl Database {
    /// Opens, or with `create` makes, the SQLite file of a home.
    /// The file, and what SQLite writes beside it (with the same rights), is for its owner only, also where the home
    /// lies in a folder others may enter.
    pub(crate) async fn open_sqlite(path: &Path, create: bool) -> Result<Self, Fault> {
        if create {
            private_file().create(true).truncate(false).open(path).map_err(Fault::file(path))?;
        }
        close_to_others(path);
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(create)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY)
            .foreign_keys(true)
            .pragma("secure_delete", "ON");
        let timeout = BUSY * 2;
        let write =
            SqlitePoolOptions::new().max_connections(1).acquire_timeout(timeout).connect_with(options.clone()).await?;
        let read = SqlitePoolOptions::new().max_connections(4).acquire_timeout(timeout).connect_lazy_with(options);
        Ok(Self::Sqlite { write, read })
    }

    /// Connects to a PostgreSQL server.
    pub(crate) async fn open_postgres(url: &str) -> Result<Self, Fault> {
        Ok(Self::Postgres(PgPoolOptions::new().max_connections(8).connect(url).await?))
    }

    /// Brings the schema up to date, and ties the database to its vault: one database holds one vault.
    pub(crate) async fn migrate(&self, vault_id: &str) -> Result<(), OpenError> {
        let migrations = match self {
            Self::Sqlite { .. } => SQLITE_MIGRATIONS,
            Self::Postgres(_) => POSTGRES_MIGRATIONS,
        };
        self.migrate_with(vault_id, migrations).await
    }

    async fn migrate_with(&self, vault_id: &str, migrations: &'static [&'static str]) -> Result<(), OpenError> {
        let known = i64::try_from(migrations.len()).unwrap_or(i64::MAX);
        let found = self.schema_version(vault_id).await?;
        if found > known {
            let number = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
            return Err(OpenError::Newer { found: number(found), known: number(known) });
        }
        if found < known {
            self.apply(migrations).await?;
        }
        Ok(())
    }

    /// Whether a database on this machine has ever held a vault. One that was emptied has not.
    pub(crate) async fn holds_a_vault(&self) -> Result<bool, Fault> {
        let tables: i64 = transact!(self, |transaction| {
            sqlx::query_scalar("SELECT COUNT(*) FROM sqlite_master WHERE name = 'vault'")
                .fetch_one(&mut *transaction)
                .await?
        });
        Ok(tables > 0)
    }

    /// Migrations applied so far.
    async fn schema_version(&self, vault_id: &str) -> Result<i64, Fault> {
        let (version, owner): (i64, String) = transact!(self, |transaction| {
            if matches!(self, Self::Postgres(_)) {
                // Two processes may open a fresh database at once; `IF NOT EXISTS` alone races.
                sqlx::query("SELECT pg_advisory_xact_lock(7242611)").execute(&mut *transaction).await?;
            }
            sqlx::query(
                "CREATE TABLE IF NOT EXISTS vault (id TEXT NOT NULL PRIMARY KEY, schema_version BIGINT NOT NULL)",
            )
            .execute(&mut *transaction)
            .await?;
            let row = sqlx::query_as("SELECT schema_version, id FROM vault").fetch_optional(&mut *transaction).await?;
            match row {
                Some(row) => row,
                None => {
                    sqlx::query("INSERT INTO vault (id, schema_version) VALUES ($1, 0)")
                        .bind(vault_id)
                        .execute(&mut *transaction)
                        .await?;
                    (0, vault_id.to_owned())
                }
            }
        });
        if owner == vault_id {
            Ok(version)
        } else {
            let why = "this database belongs to another vault; give each vault a database of its own";
            Err(Fault::Unusable(why.to_owned()))
        }
    }

    async fn apply(&self, migrations: &'static [&'static str]) -> Result<(), Fault> {
        transact!(self, |transaction| {
            if matches!(self, Self::Postgres(_)) {
                sqlx::query("SELECT pg_advisory_xact_lock(7242611)").execute(&mut *transaction).await?;
            }
            // Read again: another process may have been first.
            let done: i64 = sqlx::query_scalar("SELECT schema_version FROM vault").fetch_one(&mut *transaction).await?;
            for migration in migrations.iter().skip(usize::try_from(done).unwrap_or(usize::MAX)) {
                sqlx::raw_sql(*migration).execute(&mut *transaction).await?;
            }
            sqlx::query("UPDATE vault SET schema_version = $1")
                .bind(i64::try_from(migrations.len()).unwrap_or(i64::MAX))
                .execute(&mut *transaction)
                .await?;
        });
        Ok(())
    }

    /// A statement that ends in `IN`, completed by the list of texts in the parameter of this number (a JSON array).
    pub(crate) fn of_list(&self, statement: &str, parameter: usize) -> String {
        match self {
            Self::Sqlite { .. } => format!("{statement} (SELECT value FROM json_each(${parameter}))"),
            Self::Postgres(_) => format!("{statement} (SELECT json_array_elements_text(${parameter}::json))"),
        }
    }

    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite { write, read } => {
                read.close().await;
                write.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// Takes from others what an earlier version of the program let them read. It is no fault when the system refuses.
fn close_to_others(path: &Path) {
    #[cfg(unix)]
    for end in ["", "-wal", "-shm"] {
        use std::os::unix::fs::PermissionsExt;
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        let file = Path::new(&name);
        let open = std::fs::metadata(file).is_ok_and(|found| found.permissions().mode() & 0o077 != 0);
        if open && let Err(error) = std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600)) {
            tracing::warn!(%error, "a file of the vault can be read by others on this machine");
        }
    }
    #[cfg(not(unix))]
    let _ = path;
}

/// A count or offset as the databases hold it.
pub(crate) fn to_row(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A count or offset read from a row.
pub(crate) fn from_row(number: i64, what: &str) -> Result<u64, Fault> {
    u64::try_from(number).map_err(|_| Fault::Damaged(what.to_owned()))
}
