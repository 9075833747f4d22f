//! Verification: every chain is walked, every object read and compared with its id. Changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use consilium_casefile::ledger::{self, Broken, Head};
use consilium_casefile::{CaseId, ObjectId};

use crate::database::{from_row, read_rows};
use crate::error::Fault;
use crate::objects::Location;
use crate::pack::{FILE_MAGIC, HEADER, RecordHeader};
use crate::seal::CHUNK;
use crate::vault::{Inner, Vault};

/// Bytes opened at a time.
const PIECE: u64 = 16 * CHUNK;
/// Rows read at a time.
const PAGE: i64 = 500;

/// What verification found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VerifyReport {
    /// Every case.
    pub cases: Vec<CaseReport>,
    /// Objects read.
    pub objects: u64,
    /// Their length together, bytes.
    pub bytes: u64,
    /// Objects deleted on purpose.
    pub purged_objects: u64,
    /// Bytes in packs that belong to no object: left by interrupted imports, or being written now. Compaction frees
    /// them.
    pub unreferenced_bytes: u64,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

/// A verified ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseReport {
    /// The case.
    pub case: CaseId,
    /// Where its ledger stands: compare it with a printed one.
    pub head: Head,
    /// Entries found.
    pub entries: u64,
    /// Of these, with the payload deleted on purpose.
    pub purged: u64,
}

/// Something kept is not as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// The chain does not hold.
    #[error("the ledger of case {case} does not hold: {broken}")]
    Ledger {
        /// The case.
        case: CaseId,
        /// Where.
        broken: Broken,
    },
    /// The ledger ends elsewhere than the case says.
    #[error("the ledger of case {case} does not end where the case says: its last entries were removed or added")]
    Head {
        /// The case.
        case: CaseId,
    },
    /// An entry cannot be opened.
    #[error("the ledger of case {case} cannot be read: {why}")]
    Unreadable {
        /// The case.
        case: CaseId,
        /// What was found.
        why: String,
    },
    /// An object is not what was kept.
    #[error("the object {object} of case {case} is damaged (pack {pack}, byte {position})")]
    Object {
        /// The case.
        case: CaseId,
        /// The object.
        object: ObjectId,
        /// Its pack.
        pack: String,
        /// Where its record begins, bytes.
        position: u64,
    },
    /// The object is whole, its record's header is not: it could not be found again without the database.
    #[error(
        "the header of object {object} of case {case} is damaged (pack {pack}, byte {position}); the object is whole"
    )]
    RecordHeader {
        /// The case.
        case: CaseId,
        /// The object.
        object: ObjectId,
        /// Its pack.
        pack: String,
        /// Where its record begins, bytes.
        position: u64,
    },
    /// A case stands on an object that is not kept, and that was not deleted on purpose.
    #[error("the case {case} names the object {object}, which is not kept; import the file it came from again")]
    NotKept {
        /// The case.
        case: CaseId,
        /// The object.
        object: ObjectId,
    },
    /// A whole pack is gone.
    #[error("the pack {pack} is missing, and {objects} objects with it")]
    PackMissing {
        /// The pack.
        pack: String,
        /// Objects in it.
        objects: u64,
    },
}

impl VerifyReport {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn sound(&self) -> bool {
        self.problems.is_empty()
    }
}

type ObjectColumns = (String, String, String, i64, i64, i64, Option<Vec<u8>>);

impl Vault {
    /// Re-walks every ledger and reads every object. Takes as long as reading the vault; purge and compaction wait.
    ///
    /// # Errors
    /// The machine; damage is in the report.
    pub async fn verify(&self) -> Result<VerifyReport, Fault> {
        self.run(|inner| async move { inner.verify().await }).await
    }
}

impl Inner {
    async fn verify(&self) -> Result<VerifyReport, Fault> {
        let _lock = self.maintenance(false).await?;
        let mut report = VerifyReport::default();
        self.verify_ledgers(&mut report).await?;
        let missing = self.verify_packs(&mut report).await?;
        self.verify_objects(&mut report, &missing).await?;
        Ok(report)
    }

    async fn verify_ledgers(&self, report: &mut VerifyReport) -> Result<(), Fault> {
        let sql = "SELECT id, head_seq, head_hash FROM cases ORDER BY created_micros, id";
        let cases: Vec<(String, i64, String)> =
            read_rows!(&self.database, |pool| sqlx::query_as(sql).fetch_all(pool).await?);
        for (id, seq, hash) in cases {
            let case = CaseId(id);
            let entries = match self.entries_after(&case, 0).await {
                Ok(entries) => entries,
                Err(Fault::Damaged(why)) => {
                    report.problems.push(Problem::Unreadable { case, why: format!("{why} is damaged") });
                    continue;
                }
                Err(fault) => return Err(fault),
            };
            // Somebody may append during verification: what the case said then must be contained.
            let said = entries.iter().find(|e| i64::try_from(e.header.seq) == Ok(seq));
            let ends_well = if seq == 0 { true } else { said.is_some_and(|e| e.header.hash().to_hex() == hash) };
            match ledger::verify(&case, &entries) {
                Ok(_) if !ends_well => report.problems.push(Problem::Head { case }),
                Ok(head) => {
                    let purged = entries.iter().filter(|e| e.body == ledger::Body::Purged).count() as u64;
                    report.cases.push(CaseReport { case, head, entries: entries.len() as u64, purged });
                }
                Err(broken) => report.problems.push(Problem::Ledger { case, broken }),
            }
        }
        Ok(())
    }

    /// Counts what no row names, and returns packs that are gone.
    async fn verify_packs(&self, report: &mut VerifyReport) -> Result<BTreeSet<String>, Fault> {
        let live = self.live_packs().await?;
        // After the rows: a pack always exists before rows name it.
        let stored: BTreeMap<String, u64> = self.packs.list().await?.into_iter().map(|p| (p.id, p.bytes)).collect();
        for (pack, bytes) in &stored {
            let used = live.get(pack).map_or(0, |(_, bytes)| *bytes);
            report.unreferenced_bytes += bytes.saturating_sub(used + FILE_MAGIC.len() as u64);
        }
        let missing: Vec<_> = live.into_iter().filter(|(pack, _)| !stored.contains_key(pack)).collect();
        for (pack, (objects, _)) in &missing {
            report.problems.push(Problem::PackMissing { pack: pack.clone(), objects: *objects });
        }
        Ok(missing.into_iter().map(|(pack, _)| pack).collect())
    }

    /// Objects and bytes (headers included) of every pack that rows name.
    pub(crate) async fn live_packs(&self) -> Result<BTreeMap<String, (u64, u64)>, Fault> {
        let sql = "SELECT pack, COUNT(*), CAST(SUM(stored) AS BIGINT) FROM objects WHERE purged = 0 GROUP BY pack";
        let rows: Vec<(String, i64, i64)> =
            read_rows!(&self.database, |pool| sqlx::query_as(sql).fetch_all(pool).await?);
        rows.into_iter()
            .map(|(pack, objects, bytes)| {
                let number = |n| from_row(n, "the index of objects");
                let objects = number(objects)?;
                Ok((pack, (objects, number(bytes)? + objects * HEADER as u64)))
            })
            .collect()
    }

    async fn verify_objects(&self, report: &mut VerifyReport, missing: &BTreeSet<String>) -> Result<(), Fault> {
        let purged: i64 = read_rows!(&self.database, |pool| {
            sqlx::query_scalar("SELECT COUNT(*) FROM objects WHERE purged = 1").fetch_one(pool).await?
        });
        report.purged_objects = from_row(purged, "the index of objects")?;
        let sql = "SELECT case_id, object, pack, position, length, stored, wrapped_key FROM objects \
                   WHERE purged = 0 AND (pack > $1 OR (pack = $1 AND position > $2)) ORDER BY pack, position LIMIT $3";
        let (mut pack, mut position) = (String::new(), -1_i64);
        loop {
            let page: Vec<ObjectColumns> = read_rows!(&self.database, |pool| {
                sqlx::query_as(sql).bind(pack.as_str()).bind(position).bind(PAGE).fetch_all(pool).await?
            });
            let Some(last) = page.last() else { return Ok(()) };
            (pack, position) = (last.2.clone(), last.3);
            for columns in page {
                if !missing.contains(&columns.2) {
                    self.verify_object(report, columns).await?;
                }
            }
        }
    }

    async fn verify_object(&self, report: &mut VerifyReport, columns: ObjectColumns) -> Result<(), Fault> {
        let (case, object, pack, position, length, stored, wrapped) = columns;
        let (case, object) = (CaseId(case), ObjectId(object));
        report.objects += 1;
        let number = |n| from_row(n, "the index of objects");
        let (position, length, stored) = (number(position)?, number(length)?, number(stored)?);
        let whole = async {
            let key = self.object_key(&case, &object, wrapped.as_deref())?;
            let location = Location { pack: pack.clone(), position, length, stored, key };
            let mut hasher = blake3::Hasher::new_keyed(&self.keys.object_ids(&case));
            let mut at = 0;
            while at < length || at == 0 {
                let end = (at + PIECE).min(length);
                hasher.update(&self.read_located(&location, &object, at..end).await?);
                at = end.max(at + 1);
            }
            Ok::<_, Fault>(hasher.finalize().to_hex().as_str() == object.as_str())
        };
        match whole.await {
            Ok(true) => {
                report.bytes += length;
                let header = self.packs.read(&pack, position, HEADER as u64).await?;
                let header = <[u8; HEADER]>::try_from(header).ok().and_then(|h| RecordHeader::decode(&h));
                let same = header.is_some_and(|h| {
                    (h.case == case && h.object == object && h.length == length && h.stored == stored && !h.void)
                        && h.key.as_ref().map(<[u8; 60]>::as_slice) == wrapped.as_deref()
                });
                if !same {
                    report.problems.push(Problem::RecordHeader { case, object, pack, position });
                }
            }
            Ok(false) | Err(Fault::Damaged(_)) => {
                report.problems.push(Problem::Object { case, object, pack, position });
            }
            Err(fault) => return Err(fault),
        }
        Ok(())
    }
}
