//! Recognition that is stopped, that fails on a page, and whose document is deleted, with a script in the place of
//! tesseract.

#![cfg(unix)]

use std::path::{Path, PathBuf};

use super::*;
use crate::gather::ImportRequest;
use crate::ground::Ground;

#[path = "../../../tests/common/pdf.rs"]
mod pdf;

const HEAD: &str =
    "level\\tpage_num\\tblock_num\\tpar_num\\tline_num\\tword_num\\tleft\\ttop\\twidth\\theight\\tconf\\ttext\\n";

/// A PDF of so many pages with dark bars and no words.
fn scan(pages: usize) -> Vec<u8> {
    let bars: String = (0..9).map(|n| format!("80 {} 400 12 re f ", 100 + n * 60)).collect();
    let kids: Vec<String> = (0..pages).map(|n| format!("{} 0 R", n + 4)).collect();
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!("<< /Type /Pages /Kids [{}] /Count {pages} >>", kids.join(" ")),
        format!("<< /Length {} >>\nstream\n{bars}\nendstream", bars.len()),
    ];
    let page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 3 0 R /Resources << >> >>";
    objects.extend(std::iter::repeat_n(page.to_owned(), pages));
    pdf::pdf(&objects)
}

impl Ground {
    async fn with_pages(pages: usize) -> Self {
        let ground = Self::new().await;
        let sources = vec![ground.folder.path().join("box")];
        std::fs::create_dir_all(&sources[0]).unwrap();
        std::fs::write(sources[0].join("scan.pdf"), scan(pages)).unwrap();
        let request = ImportRequest { sources, ..ImportRequest::default() };
        ground.app.import(&ground.session, &ground.case, request, |_| {}).await.unwrap();
        ground
    }

    /// A program that answers with this word and runs this before.
    fn program(&self, word: &str, before: &str) -> PathBuf {
        use std::os::unix::fs::PermissionsExt;
        let file = self.folder.path().join("tesseract");
        let line = format!("5\\t1\\t1\\t1\\t1\\t1\\t40\\t40\\t90\\t20\\t96\\t{word}\\n");
        let text = format!(
            "#!/bin/sh\nif [ \"$1\" = --version ]; then echo tesseract 5.0; exit; fi\ncat > /dev/null\n{before}\n\
             printf '{HEAD}{line}'\n"
        );
        std::fs::write(&file, text).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
        file
    }

    /// Recognises with this program, and asks it to stop after so many pages.
    async fn recognise(&self, program: PathBuf, stop_after: u32) -> Recognition {
        let running = Arc::new(Running::default());
        let each = |tried, _| running.stop.store(tried >= stop_after, Ordering::Relaxed);
        let find = || Tesseract::at(program);
        self.app.recognise_as(&self.session, &self.case, &running, find, each).await.unwrap();
        running.so_far()
    }

    async fn only_document(&self) -> DocumentId {
        let case = self.app.case(&self.session, &self.case).await.unwrap();
        case.all_documents().next().unwrap().document.id.clone()
    }

    /// Pages that are kept as recognised.
    async fn kept(&self) -> Vec<u32> {
        let (case, id) = (self.app.case(&self.session, &self.case).await.unwrap(), self.only_document().await);
        case.recognised_text(&id).map(|r| r.pages.clone()).unwrap_or_default()
    }

    /// Every text that was ever recognised, with the object that holds it.
    async fn entries(&self) -> Vec<ObjectId> {
        let mut objects = Vec::new();
        for entry in self.app.vault().ledger(&self.case).await.unwrap() {
            let consilium_casefile::ledger::Body::Here(payload) = &entry.body else { continue };
            if let Ok(consilium_casefile::Change::Reading(change)) = serde_json::from_slice(&payload.bytes)
                && let ReadingChange::TextRecognised { recognised } = *change
            {
                objects.extend([recognised.text, recognised.places]);
            }
        }
        objects
    }
}

/// Files under a folder that hold these bytes.
fn files_with(folder: &Path, words: &[u8]) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path());
    let here = |path: PathBuf| match path.is_dir() {
        true => files_with(&path, words),
        false => usize::from(std::fs::read(&path).unwrap().windows(words.len()).any(|w| w == words)),
    };
    entries.map(here).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_read_before_a_stop_are_kept_and_the_document_is_read() {
    let ground = Ground::with_pages(4).await;
    let told = ground.recognise(ground.program("Adenocarcinoma", ""), 2).await;
    assert_eq!((told.due, told.done, told.failed), (4, 2, 0));
    assert_eq!(ground.kept().await, [1, 2]);
    let case = ground.app.case(&ground.session, &ground.case).await.unwrap();
    assert!(case.newest_reading(&ground.only_document().await).is_some(), "what was kept is read at once");
    assert_eq!(ground.app.recognition(&ground.session, &ground.case).await.unwrap().due, 2);
    let told = ground.recognise(ground.program("Adenocarcinoma", ""), 99).await;
    assert_eq!((told.due, told.done), (2, 2), "the next run goes on where this one stopped");
    assert_eq!(ground.kept().await, [1, 2, 3, 4]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_document_is_kept_a_few_pages_at_a_time() {
    let ground = Ground::with_pages(7).await;
    ground.recognise(ground.program("Adenocarcinoma", ""), 99).await;
    let entries = ground.entries().await;
    assert_eq!(entries.len() / 2, 2, "after five pages and at the end");
    assert_eq!(ground.kept().await.len(), 7);
    let mut left = Vec::new();
    for object in &entries {
        left.push(ground.app.vault().has(&ground.case, object).await.unwrap());
    }
    assert_eq!(left, [false, false, true, true], "what a newer text replaced is dropped");
    let text = ground.app.text(&ground.session, &ground.case, &ground.only_document().await).await.unwrap();
    assert_eq!(text.len(), 7);
    let report = ground.app.verify().await.unwrap();
    assert!(report.sound(), "{report:?}");
}

#[test]
fn the_pages_kept_of_a_long_document_add_up_to_no_more_than_three_times_its_pages() {
    for pages in 1..2000 {
        let mut distances = Distances::new();
        let kept: Vec<usize> = (1..=pages).filter(|page| distances.reached(*page)).chain([pages]).collect();
        assert!(kept.iter().sum::<usize>() <= 3 * pages, "{pages}: {kept:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_ends_in_a_panic_does_not_bar_the_next() {
    let running = Arc::new(Running::default());
    let inside = running.clone();
    let task = tokio::spawn(async move {
        let _ending = Ending(inside);
        std::panic::resume_unwind(Box::new(()));
    });
    assert!(task.await.is_err());
    assert!(!running.so_far().running);
}

#[tokio::test(flavor = "multi_thread")]
async fn deleting_a_document_deletes_every_text_that_was_recognised_of_it() {
    let ground = Ground::with_pages(2).await;
    let once = ground.folder.path().join("once");
    let fails_second = format!("if [ -e {0} ]; then exit 1; fi; touch {0}", once.display());
    let told = ground.recognise(ground.program("Zebrafinch", &fails_second), 99).await;
    assert_eq!((told.done, told.failed), (1, 1));
    let told = ground.recognise(ground.program("Kookaburra", ""), 99).await;
    assert_eq!((told.done, told.failed), (1, 0));
    let objects = ground.entries().await;
    assert_eq!(objects.len(), 4, "two texts, and where their words stand");
    let home = ground.folder.path().join("home");
    assert!(files_with(&home, b"Zebrafinch") > 0);

    ground.app.purge(&ground.session, &ground.case, ground.only_document().await.as_str()).await.unwrap();
    ground.app.compact(&ground.session).await.unwrap();
    for object in &objects {
        assert!(!ground.app.vault().has(&ground.case, object).await.unwrap());
    }
    for word in [b"Zebrafinch", b"Kookaburra"] {
        assert_eq!(files_with(&home, word), 0, "its words are gone from the disk");
    }
    let report = ground.app.verify().await.unwrap();
    assert!(report.sound(), "{report:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_recognised_of_a_document_that_is_deleted_meanwhile_is_not_kept() {
    let ground = Ground::with_pages(1).await;
    let case = ground.app.case(&ground.session, &ground.case).await.unwrap();
    let due = ground.app.documents_to_recognise(&case).remove(0);
    ground.app.purge(&ground.session, &ground.case, due.document.as_str()).await.unwrap();
    let (texts, found) = (["Zebrafinch".to_owned()], RecognisedPages::default());
    ground.app.keep_recognised(&ground.session, &ground.case, &due, &texts, &found, "test").await.unwrap();
    ground.app.compact(&ground.session).await.unwrap();
    assert!(ground.entries().await.is_empty());
    assert_eq!(files_with(&ground.folder.path().join("home"), b"Zebrafinch"), 0);
}
