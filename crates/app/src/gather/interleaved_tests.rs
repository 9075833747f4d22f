//! Imports, deletions for good and compaction that meet in the middle of each other, at a place the test chooses.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use consilium_casefile::gather::GatherChange;
use consilium_casefile::records::Document;
use consilium_casefile::{CaseId, DocumentId, ImportId, Refusal, Session};
use consilium_vault::IndexUpdate;

use super::collect::{Collected, Counters, Source};
use super::import::{Bringing, Looked};
use crate::ground::Ground;
use crate::keep::Cleared;
use crate::{App, AppError, ids};

const REPORT: &str = "SURGICAL PATHOLOGY REPORT\nPatient: EXAMPLE, ROSA\nDOB: 03/14/1971\nFINAL DIAGNOSIS\nInvented.\n";

impl Ground {
    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Imports files; `meanwhile` runs each time they were stored and are not yet in the case.
    async fn import<F>(
        &self,
        files: &[PathBuf],
        meanwhile: impl Fn(App, CaseId) -> F + Send + Sync,
    ) -> Result<(), AppError>
    where
        F: Future<Output = Result<(), AppError>> + Send + 'static,
    {
        let import: ImportId = ids::new();
        let bringing = Bringing {
            import: &import,
            labels: Vec::new(),
            sources: &|| files.iter().cloned().map(Source::Path).collect(),
            passwords: Vec::new(),
            also: &[],
            opens: None,
        };
        let look = |collected: Vec<Collected>| -> Looked {
            let meanwhile = meanwhile(self.app.clone(), self.case.clone());
            Box::pin(async move { meanwhile.await.map(|()| (collected, Vec::new())) })
        };
        self.app.bring(&self.session, &self.case, bringing, Arc::new(Counters::default()), &look).await
    }

    async fn documents(&self) -> Vec<Document> {
        let case = self.app.case(&self.session, &self.case).await.unwrap();
        case.all_documents().map(|held| held.document.clone()).collect()
    }

    async fn document(&self, ending: &str) -> Document {
        self.documents().await.into_iter().find(|document| document.path.ends_with(ending)).unwrap()
    }

    async fn sound(&self) {
        let report = self.app.verify().await.unwrap();
        assert!(report.sound(), "{:?}", report.problems);
    }

    async fn read(&self, document: &DocumentId) -> (Vec<u8>, String) {
        let original = self.app.original(&self.session, &self.case, document).await.unwrap();
        (original.bytes, self.app.text(&self.session, &self.case, document).await.unwrap().concat())
    }
}

async fn nothing() -> Result<(), AppError> {
    Ok(())
}

/// Whether a file below a folder holds these words.
fn on_disk(folder: &Path, words: &str) -> bool {
    std::fs::read_dir(folder).unwrap().flatten().any(|entry| match entry.path().is_dir() {
        true => on_disk(&entry.path(), words),
        false => std::fs::read(entry.path()).unwrap().windows(words.len()).any(|found| found == words.as_bytes()),
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_deleted_for_good_while_it_is_imported_again_is_stored_again() {
    let ground = Ground::new().await;
    let file = ground.write("report.txt", REPORT);
    ground.import(std::slice::from_ref(&file), |_, _| nothing()).await.unwrap();
    let first = ground.document("report.txt").await;
    let other = ground.write("other.txt", "Another page");
    let times = Arc::new(AtomicU32::new(0));
    let purge = {
        let (times, id) = (times.clone(), first.id.clone());
        move |app: App, case: CaseId| {
            let (times, id) = (times.clone(), id.clone());
            async move {
                if times.fetch_add(1, Ordering::Relaxed) == 0 {
                    app.purge(&Session::owner(), &case, id.as_str()).await?;
                }
                Ok(())
            }
        }
    };
    ground.import(&[file, other], purge).await.unwrap();
    assert_eq!(times.load(Ordering::Relaxed), 2, "it was stored in vain, and stored again");
    let again = ground.document("report.txt").await;
    assert!(again.id != first.id && again.object == first.object);
    assert_eq!(ground.read(&again.id).await, (REPORT.as_bytes().to_vec(), REPORT.to_owned()));
    assert_eq!(ground.documents().await.len(), 2);
    ground.sound().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_an_import_came_to_share_outlives_the_deletion_that_was_decided_before() {
    let ground = Ground::new().await;
    let (first, second) = (ground.write("a.txt", &format!("\u{feff}{REPORT}")), ground.write("b.txt", REPORT));
    ground.import(&[first], |_, _| nothing()).await.unwrap();
    let a = ground.document("a.txt").await;
    let case = ground.app.case(&ground.session, &ground.case).await.unwrap();
    let doomed = ground.app.doomed(&ground.session, &case, a.id.as_str()).await.unwrap();
    let objects = ground.app.objects_of(&case, &doomed).await.unwrap();
    assert!(objects.contains(a.text.as_ref().unwrap()), "nobody shares it yet");
    ground.import(&[second], |_, _| nothing()).await.unwrap();
    let b = ground.document("b.txt").await;
    assert!(a.text == b.text && a.object != b.object, "the ground of this test");
    let done = ground.app.purge_from(&ground.session, &case, &doomed, &objects).await.unwrap();
    assert!(!done, "somebody was faster: nothing was deleted");
    assert_eq!(ground.read(&a.id).await.1, REPORT);
    ground.app.purge(&ground.session, &ground.case, a.id.as_str()).await.unwrap();
    assert_eq!(ground.read(&b.id).await.1, REPORT);
    assert!(!ground.app.vault().has(&ground.case, &a.object).await.unwrap());
    ground.sound().await;
    // The other way round: the bytes of the one that goes are the text of the one that stays.
    ground.import(&[ground.folder.path().join("a.txt")], |_, _| nothing()).await.unwrap();
    ground.app.purge(&ground.session, &ground.case, b.id.as_str()).await.unwrap();
    let left = ground.documents().await;
    assert_eq!(left.iter().map(|d| d.file_name()).collect::<Vec<_>>(), ["a.txt"]);
    assert_eq!(ground.read(&left[0].id).await.1, REPORT);
    ground.sound().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn compaction_leaves_a_running_import_alone() {
    let ground = Ground::new().await;
    let file = ground.write("report.txt", REPORT);
    let compact = |app: App, _| async move {
        let cleared = app.compact(&Session::owner()).await?;
        assert_eq!((cleared.unnamed, cleared.busy), (0, 1));
        Ok(())
    };
    ground.import(&[file], compact).await.unwrap();
    let cleared = ground.app.compact(&ground.session).await.unwrap();
    assert_eq!((cleared.unnamed, cleared.busy), (0, 0));
    let document = ground.document("report.txt").await;
    assert_eq!(ground.read(&document.id).await, (REPORT.as_bytes().to_vec(), REPORT.to_owned()));
    ground.sound().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_stopped_import_stored_is_gone_after_compaction_and_nothing_else_is() {
    let ground = Ground::new().await;
    let kept = ground.write("kept.txt", REPORT);
    ground.import(std::slice::from_ref(&kept), |_, _| nothing()).await.unwrap();
    let stopped = ground.write("stopped.txt", "Zebrafinch of a stranger");
    let stop = |_, _| std::future::ready(Err(Refusal::new("refusal-import-stopped").into()));
    assert!(ground.import(&[kept.clone(), stopped], stop).await.is_err());
    assert!(on_disk(ground.app.home(), "Zebrafinch"), "the ground of this test");
    // Killed: nothing was written down, and the claim of the process went with it.
    let writer = ground.app.vault().object_writer(&ground.case).await.unwrap();
    let killed = move || writer.put(b"Kookaburra of a stranger").and_then(|_| writer.finish());
    tokio::task::spawn_blocking(killed).await.unwrap().unwrap();
    let cleared = ground.app.compact(&ground.session).await.unwrap();
    assert!(matches!(cleared, Cleared { unnamed: 2.., busy: 0, .. }), "{cleared:?}");
    for words in ["Zebrafinch", "Kookaburra"] {
        assert!(!on_disk(ground.app.home(), words), "{words}");
    }
    let document = ground.document("kept.txt").await;
    assert_eq!(ground.read(&document.id).await, (REPORT.as_bytes().to_vec(), REPORT.to_owned()));
    assert_eq!(ground.app.compact(&ground.session).await.unwrap().unnamed, 0);
    ground.sound().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn verification_names_what_a_case_stands_on_and_nobody_keeps() {
    let ground = Ground::new().await;
    let file = ground.write("report.txt", REPORT);
    ground.import(&[file], |_, _| nothing()).await.unwrap();
    let document = ground.document("report.txt").await;
    ground.app.vault().purge_object(&ground.case, &document.object).await.unwrap();
    let report = ground.app.verify().await.unwrap();
    assert_eq!(report.problems.len(), 1, "{:?}", report.problems);
    assert!(report.problems[0].to_string().contains(document.object.as_str()));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_locked_file_a_document_came_from_is_deleted_with_it() {
    let ground = Ground::new().await;
    let file = ground.write("report.txt", REPORT);
    ground.import(&[file], |_, _| nothing()).await.unwrap();
    let vault = ground.app.vault();
    let put = async |text: &str| vault.put(&ground.case, text.as_bytes().to_vec()).await.unwrap();
    let (locked, open) = (put("Zebrafinch under a password").await, put("Kookaburra").await);
    let document = Document {
        id: ids::new(),
        object: open.clone(),
        locked_original: Some(locked.clone()),
        text: None,
        ..ground.document("report.txt").await
    };
    let added = GatherChange::DocumentAdded {
        document: document.clone(),
        identity: consilium_casefile::records::IdentityMatch::NamesNobody,
    };
    let case = ground.app.case(&ground.session, &ground.case).await.unwrap();
    let index = IndexUpdate::default();
    assert!(ground.app.append(&ground.session, &case, &[added.into()], index).await.unwrap());
    ground.app.compact(&ground.session).await.unwrap();
    assert!(vault.has(&ground.case, &locked).await.unwrap(), "an original stays as it came");
    ground.app.purge(&ground.session, &ground.case, document.id.as_str()).await.unwrap();
    for words in ["Zebrafinch", "Kookaburra"] {
        assert!(!on_disk(ground.app.home(), words), "{words}");
    }
    ground.sound().await;
}
