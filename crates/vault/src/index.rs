//! The image index: which instance of which series and study is which object. A cache: it can be dropped and rebuilt
//! from the ledger's manifests.

use std::collections::HashSet;

use consilium_casefile::imaging::Instance;
use consilium_casefile::{CaseId, ObjectId};

use crate::database::{read_rows, transact};
use crate::error::Fault;
use crate::vault::Vault;

/// A change of a case's image index.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IndexUpdate {
    /// Instances to add, or to replace where SOP Instance UID and object are the same.
    pub add: Vec<Instance>,
    /// Objects whose instances are removed; applied before the additions.
    pub remove_objects: Vec<ObjectId>,
}

pub(crate) const REMOVE_INSTANCE: &str = "DELETE FROM instances WHERE case_id = $1 AND object = $2";
pub(crate) const ADD_INSTANCE: &str = "INSERT INTO instances \
    (case_id, sop_uid, object, study_uid, series_uid, instance) VALUES ($1, $2, $3, $4, $5, $6) \
    ON CONFLICT (case_id, sop_uid, object) DO UPDATE \
    SET study_uid = excluded.study_uid, series_uid = excluded.series_uid, instance = excluded.instance";

/// Changes the index inside a transaction.
macro_rules! apply_index {
    ($transaction:ident, $case:expr, $index:expr) => {
        for object in &$index.remove_objects {
            sqlx::query($crate::index::REMOVE_INSTANCE)
                .bind($case.as_str())
                .bind(object.as_str())
                .execute(&mut *$transaction)
                .await?;
        }
        for instance in &$index.add {
            let text = serde_json::to_string(instance)
                .map_err(|e| $crate::error::Fault::Unusable(format!("an instance could not be indexed: {e}")))?;
            sqlx::query($crate::index::ADD_INSTANCE)
                .bind($case.as_str())
                .bind(instance.sop_instance_uid.as_str())
                .bind(instance.object.as_str())
                .bind(instance.study_instance_uid.as_str())
                .bind(instance.series_instance_uid.as_str())
                .bind(text)
                .execute(&mut *$transaction)
                .await?;
        }
    };
}

pub(crate) use apply_index;

impl Vault {
    /// Changes the image index alone, for a rebuild.
    ///
    /// # Errors
    /// The machine.
    pub async fn update_index(&self, case: &CaseId, update: IndexUpdate) -> Result<(), Fault> {
        let case = case.clone();
        self.run(|inner| async move {
            transact!(&inner.database, |transaction| {
                apply_index!(transaction, case, update);
            });
            Ok(())
        })
        .await
    }

    /// The instances of a study, by series and SOP Instance UID.
    ///
    /// # Errors
    /// The machine, or a damaged row.
    pub async fn instances(&self, case: &CaseId, study_uid: &str) -> Result<Vec<Instance>, Fault> {
        let (case, study) = (case.clone(), study_uid.to_owned());
        self.run(|inner| async move {
            let sql = "SELECT instance FROM instances WHERE case_id = $1 AND study_uid = $2 \
                       ORDER BY series_uid, sop_uid, object";
            let rows: Vec<String> = read_rows!(&inner.database, |pool| {
                sqlx::query_scalar(sql).bind(case.as_str()).bind(study).fetch_all(pool).await?
            });
            rows.iter()
                .map(|text| {
                    serde_json::from_str(text)
                        .map_err(|_| Fault::Damaged("the image index; dropping and rebuilding it helps".to_owned()))
                })
                .collect()
        })
        .await
    }

    /// (SOP Instance UID, object) of every indexed instance of a case: what an import need not add again.
    ///
    /// # Errors
    /// The machine.
    pub async fn known_instances(&self, case: &CaseId) -> Result<HashSet<(String, ObjectId)>, Fault> {
        let case = case.clone();
        self.run(|inner| async move {
            let sql = "SELECT sop_uid, object FROM instances WHERE case_id = $1";
            let rows: Vec<(String, String)> =
                read_rows!(&inner.database, |pool| sqlx::query_as(sql).bind(case.as_str()).fetch_all(pool).await?);
            Ok(rows.into_iter().map(|(uid, object)| (uid, ObjectId(object))).collect())
        })
        .await
    }

    /// Empties the image index of a case.
    ///
    /// # Errors
    /// The machine.
    pub async fn drop_index(&self, case: &CaseId) -> Result<(), Fault> {
        let case = case.clone();
        self.run(|inner| async move {
            transact!(&inner.database, |transaction| {
                sqlx::query("DELETE FROM instances WHERE case_id = $1")
                    .bind(case.as_str())
                    .execute(&mut *transaction)
                    .await?;
            });
            Ok(())
        })
        .await
    }
}
