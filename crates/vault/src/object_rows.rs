//! The rows that say which objects a case keeps and where they lie. A row is committed only after its bytes are on disk.

use std::collections::HashSet;

use consilium_casefile::{CaseId, ObjectId};

use crate::database::{read_rows, to_row, transact};
use crate::error::WriteError;
use crate::pack::Pack;
use crate::seal::WRAPPED;
use crate::vault::Inner;

/// Where a kept object lies.
pub(crate) struct Row {
    pub(crate) object: ObjectId,
    pub(crate) position: u64,
    pub(crate) length: u64,
    pub(crate) stored: u64,
    pub(crate) key: Option<[u8; WRAPPED]>,
}

/// Where the record of an object lies: pack, position, and stored length.
pub(crate) type Place = (String, i64, i64);

/// Ids as one parameter, for [`Database::of_list`](crate::database::Database::of_list).
pub(crate) fn object_list<'a>(objects: impl IntoIterator<Item = &'a ObjectId>) -> String {
    serde_json::Value::from_iter(objects.into_iter().map(ObjectId::as_str)).to_string()
}

/// Turns rows into tombstones inside a transaction, and gives the places whose bytes are then to be overwritten.
macro_rules! tombstones {
    ($inner:expr, $transaction:ident, $case:expr, $list:expr) => {{
        // First the case's row, as every commit does: the two then never wait for each other crosswise. And a writer
        // that relied on what the case kept notices.
        sqlx::query("UPDATE cases SET purges = purges + 1 WHERE id = $1")
            .bind($case.as_str())
            .execute(&mut *$transaction)
            .await?;
        let sql = $inner.database.of_list("DELETE FROM instances WHERE case_id = $1 AND object IN", 2);
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind($case.as_str())
            .bind($list.as_str())
            .execute(&mut *$transaction)
            .await?;
        let sql = "UPDATE objects SET purged = 1, wrapped_key = NULL WHERE case_id = $1 AND purged = 0 AND object IN";
        let sql = format!("{} RETURNING pack, position, stored", $inner.database.of_list(sql, 2));
        sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind($case.as_str())
            .bind($list.as_str())
            .fetch_all(&mut *$transaction)
            .await?
    }};
}
pub(crate) use tombstones;

impl Inner {
    pub(crate) async fn purges(&self, case: &CaseId) -> Result<i64, WriteError> {
        let purges: Option<i64> = read_rows!(&self.database, |pool| {
            sqlx::query_scalar("SELECT purges FROM cases WHERE id = $1")
                .bind(case.as_str())
                .fetch_optional(pool)
                .await?
        });
        purges.ok_or(WriteError::NoSuchCase)
    }

    pub(crate) async fn known_objects(&self, case: &CaseId) -> Result<(HashSet<[u8; 32]>, i64), WriteError> {
        // Before the ids: a purge in between is then noticed at the commit.
        let purges = self.purges(case).await?;
        let sql = "SELECT object FROM objects WHERE case_id = $1 AND purged = 0";
        let ids: Vec<String> =
            read_rows!(&self.database, |pool| sqlx::query_scalar(sql).bind(case.as_str()).fetch_all(pool).await?);
        let raw = ids.iter().filter_map(|id| {
            let mut bytes = [0; 32];
            hex::decode_to_slice(id, &mut bytes).ok().map(|()| bytes)
        });
        Ok((raw.collect(), purges))
    }

    pub(crate) async fn holds(&self, case: &CaseId, object: &ObjectId) -> Result<(bool, i64), WriteError> {
        let purges = self.purges(case).await?;
        let sql = "SELECT length FROM objects WHERE case_id = $1 AND object = $2 AND purged = 0";
        let found: Option<i64> = read_rows!(&self.database, |pool| {
            sqlx::query_scalar(sql).bind(case.as_str()).bind(object.as_str()).fetch_optional(pool).await?
        });
        Ok((found.is_some(), purges))
    }

    pub(crate) async fn commit(
        &self,
        case: &CaseId,
        purges: i64,
        pack: Option<&Pack>,
        rows: &[Row],
    ) -> Result<(), WriteError> {
        let pack_id = pack.map_or("", |pack| pack.id.as_str());
        transact!(&self.database, |transaction| {
            // An update, not a look-up: it locks the row, so that a purge comes wholly before or wholly after.
            let found: Option<i64> =
                sqlx::query_scalar("UPDATE cases SET purges = purges WHERE id = $1 RETURNING purges")
                    .bind(case.as_str())
                    .fetch_optional(&mut *transaction)
                    .await?;
            if found.ok_or(WriteError::NoSuchCase)? != purges {
                return Err(WriteError::PurgedMeanwhile);
            }
            for row in rows {
                sqlx::query(
                    "INSERT INTO objects (case_id, object, pack, position, length, stored, wrapped_key) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7) \
                     ON CONFLICT (case_id, object) DO UPDATE SET pack = excluded.pack, position = excluded.position, \
                     length = excluded.length, stored = excluded.stored, wrapped_key = excluded.wrapped_key, purged = 0 \
                     WHERE objects.purged = 1",
                )
                .bind(case.as_str())
                .bind(row.object.as_str())
                .bind(pack_id)
                .bind(to_row(row.position))
                .bind(to_row(row.length))
                .bind(to_row(row.stored))
                .bind(row.key.as_ref().map(|key| key.to_vec()))
                .execute(&mut *transaction)
                .await?;
            }
        });
        Ok(())
    }
}
