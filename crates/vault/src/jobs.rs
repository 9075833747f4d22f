//! Jobs (recognising text, thumbnails …) as rows that many workers claim, each by one at a time. What a job does is
//! not known here; `now` is an argument everywhere.

use consilium_casefile::Instant;

use crate::database::{Database, from_row, transact};
use crate::error::Fault;
use crate::vault::Vault;

/// A job claimed by a worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its id.
    pub id: String,
    /// What sort of job.
    pub kind: String,
    /// What to do.
    pub payload: serde_json::Value,
    /// How often it was claimed, this time included.
    pub attempts: u64,
    /// After this another worker may claim it.
    pub leased_until: Instant,
}

/// Jobs of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobCount {
    /// What sort of job.
    pub kind: String,
    /// Waiting for a worker.
    pub queued: u64,
    /// A worker has them (or had them and ended).
    pub claimed: u64,
    /// Failed for good.
    pub failed: u64,
}

/// The oldest job that waits, or whose worker's lease ran out.
const CLAIM_SQLITE: &str = "UPDATE jobs SET state = 'claimed', worker = $1, leased_until_micros = $2, \
    attempts = attempts + 1 WHERE id = (SELECT id FROM jobs WHERE kind IN (SELECT value FROM json_each($3)) \
    AND ((state = 'queued' AND not_before_micros <= $4) OR (state = 'claimed' AND leased_until_micros <= $4)) \
    ORDER BY enqueued_micros, id LIMIT 1) RETURNING id, kind, payload, attempts";
const CLAIM_POSTGRES: &str = "UPDATE jobs SET state = 'claimed', worker = $1, leased_until_micros = $2, \
    attempts = attempts + 1 WHERE id = (SELECT id FROM jobs WHERE kind IN (SELECT json_array_elements_text($3::json)) \
    AND ((state = 'queued' AND not_before_micros <= $4) OR (state = 'claimed' AND leased_until_micros <= $4)) \
    ORDER BY enqueued_micros, id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id, kind, payload, attempts";

fn context(id: &str) -> String {
    format!("job/{id}")
}

fn job_id(now: Instant) -> String {
    let micros = u64::try_from(now.micros).unwrap_or(0);
    let nanos = u32::try_from(micros % 1_000_000).unwrap_or(0) * 1000;
    let time = uuid::Timestamp::from_unix(uuid::NoContext, micros / 1_000_000, nanos);
    uuid::Uuid::new_v7(time).to_string()
}

impl Vault {
    /// Queues a job; returns its id.
    ///
    /// # Errors
    /// The machine.
    pub async fn enqueue(&self, kind: &str, payload: &serde_json::Value, now: Instant) -> Result<String, Fault> {
        let (kind, id) = (kind.to_owned(), job_id(now));
        let sealed = self.0.keys.seal(&context(&id), payload.to_string().as_bytes())?;
        self.run(|inner| async move {
            transact!(&inner.database, |transaction| {
                sqlx::query(
                    "INSERT INTO jobs (id, kind, payload, state, enqueued_micros, not_before_micros) \
                     VALUES ($1, $2, $3, 'queued', $4, $4)",
                )
                .bind(id.as_str())
                .bind(kind)
                .bind(sealed)
                .bind(now.micros)
                .execute(&mut *transaction)
                .await?;
            });
            Ok(id)
        })
        .await
    }

    /// Claims the oldest job of these kinds, until `lease` has passed. No two workers get the same one.
    ///
    /// # Errors
    /// The machine.
    pub async fn claim(
        &self,
        worker: &str,
        kinds: &[&str],
        lease: std::time::Duration,
        now: Instant,
    ) -> Result<Option<Job>, Fault> {
        let worker = worker.to_owned();
        let kinds = serde_json::Value::from(kinds.to_vec()).to_string();
        let lease = i64::try_from(lease.as_micros()).unwrap_or(i64::MAX);
        let leased_until = Instant { micros: now.micros.saturating_add(lease), ..now };
        self.run(|inner| async move {
            let sql = match &inner.database {
                Database::Sqlite { .. } => CLAIM_SQLITE,
                Database::Postgres(_) => CLAIM_POSTGRES,
            };
            let row: Option<(String, String, Vec<u8>, i64)> = transact!(&inner.database, |transaction| {
                sqlx::query_as(sql)
                    .bind(worker)
                    .bind(leased_until.micros)
                    .bind(kinds)
                    .bind(now.micros)
                    .fetch_optional(&mut *transaction)
                    .await?
            });
            let Some((id, kind, payload, attempts)) = row else { return Ok(None) };
            let opened = inner.keys.open(&context(&id), payload, "a queued job")?;
            let payload = serde_json::from_slice(&opened).map_err(|_| Fault::Damaged("a queued job".to_owned()))?;
            Ok(Some(Job { id, kind, payload, attempts: from_row(attempts, "a queued job")?, leased_until }))
        })
        .await
    }

    /// Removes a finished job. False when another worker claimed it meanwhile.
    ///
    /// # Errors
    /// The machine.
    pub async fn done(&self, id: &str, worker: &str) -> Result<bool, Fault> {
        let (id, worker) = (id.to_owned(), worker.to_owned());
        self.run(|inner| async move {
            let removed = transact!(&inner.database, |transaction| {
                sqlx::query("DELETE FROM jobs WHERE id = $1 AND worker = $2 AND state = 'claimed'")
                    .bind(id)
                    .bind(worker)
                    .execute(&mut *transaction)
                    .await?
                    .rows_affected()
            });
            Ok(removed > 0)
        })
        .await
    }

    /// Gives a job back: to be tried again from `retry_at` on, or failed for good. `why` must hold no record text.
    /// False when another worker claimed it meanwhile.
    ///
    /// # Errors
    /// The machine.
    pub async fn fail(&self, id: &str, worker: &str, why: &str, retry_at: Option<Instant>) -> Result<bool, Fault> {
        let (id, worker, why) = (id.to_owned(), worker.to_owned(), why.to_owned());
        self.run(|inner| async move {
            let state = if retry_at.is_some() { "queued" } else { "failed" };
            let changed = transact!(&inner.database, |transaction| {
                sqlx::query(
                    "UPDATE jobs SET state = $1, failure = $2, worker = NULL, leased_until_micros = NULL, \
                     not_before_micros = $3 WHERE id = $4 AND worker = $5 AND state = 'claimed'",
                )
                .bind(state)
                .bind(why)
                .bind(retry_at.map_or(0, |at| at.micros))
                .bind(id)
                .bind(worker)
                .execute(&mut *transaction)
                .await?
                .rows_affected()
            });
            Ok(changed > 0)
        })
        .await
    }

    /// How many jobs of each kind there are.
    ///
    /// # Errors
    /// The machine.
    pub async fn job_counts(&self) -> Result<Vec<JobCount>, Fault> {
        self.run(|inner| async move {
            let sql = "SELECT kind, state, COUNT(*) FROM jobs GROUP BY kind, state ORDER BY kind";
            let rows: Vec<(String, String, i64)> =
                crate::database::read_rows!(&inner.database, |pool| sqlx::query_as(sql).fetch_all(pool).await?);
            let mut counts: Vec<JobCount> = Vec::new();
            for (kind, state, number) in rows {
                if counts.last().is_none_or(|count| count.kind != kind) {
                    counts.push(JobCount { kind, queued: 0, claimed: 0, failed: 0 });
                }
                let Some(count) = counts.last_mut() else { continue };
                let number = from_row(number, "the jobs")?;
                match state.as_str() {
                    "queued" => count.queued = number,
                    "claimed" => count.claimed = number,
                    _ => count.failed = number,
                }
            }
            Ok(counts)
        })
        .await
    }
}
