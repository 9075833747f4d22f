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
