//! Files on their way in. What a browser sends is written piece by piece into a folder of its own inside the home, with
//! the folders it came in, and imported from there; the folder is removed when the import has ended. A name a browser
//! sends is never trusted.

use std::path::{Path, PathBuf};

use axum::extract::multipart::{Field as Part, Multipart, MultipartError};
use axum::extract::{Form, Path as Address};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use consilium_app::gather::ImportRequest;
use consilium_app::{make_folder, private_file};
use consilium_casefile::{CaseId, ImportId};
use tokio::io::AsyncWriteExt;

use crate::errors::Failure;
use crate::forms::{Values, value};
use crate::parts::Typed;
use crate::web::Visitor;

/// More folders inside one another than any disc has.
const DEEPEST: usize = 32;
/// Longest part of a path, bytes; file systems take 255.
const LONGEST_NAME: usize = 200;

/// The place of an upload inside its folder: never absolute, never upwards, never empty.
fn safe_path(sent: &str) -> PathBuf {
    let part = |part: &str| {
        let tidy: String = part
            .chars()
            .map(|c| if c.is_control() || matches!(c, ':' | '*' | '?' | '"' | '<' | '>' | '|') { '_' } else { c })
            .collect();
        let tidy = tidy.trim().trim_end_matches('.').to_owned();
        let mut end = tidy.len().min(LONGEST_NAME);
        while !tidy.is_char_boundary(end) {
            end -= 1;
        }
        // The end of a name is kept: it tells people what the file is.
        if end < tidy.len() {
            let mut start = tidy.len() - LONGEST_NAME;
            while !tidy.is_char_boundary(start) {
                start += 1;
            }
            return tidy.get(start..).unwrap_or("file").to_owned();
        }
        tidy
    };
    let parts: Vec<String> = sent.split(['/', '\\']).map(part).filter(|p| !p.is_empty()).collect();
    let kept = parts.len().saturating_sub(DEEPEST);
    let path: PathBuf = parts.iter().skip(kept).collect();
    if path.as_os_str().is_empty() { PathBuf::from("file") } else { path }
}

/// A place not taken yet: two files may have been sent under one name.
fn free_place(folder: &Path, place: &Path) -> PathBuf {
    let mut candidate = folder.join(place);
    let mut number = 2_u32;
    while candidate.exists() {
        let mut numbered = place.to_owned();
        let name = place.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        numbered.set_file_name(format!("{number} {name}"));
        candidate = folder.join(numbered);
        number += 1;
    }
    candidate
}

/// Where uploads wait inside a home.
fn inbox(home: &Path) -> PathBuf {
    home.join("inbox")
}

/// Place of the lock that a server holds on its uploads, inside their folder.
const LOCK: &str = "lock";

/// A new folder for one upload. Its lock is held for as long as the upload is used, so that another server of the same
/// home, starting now, does not take it for a leftover.
pub(crate) struct Spool {
    folder: PathBuf,
    files: PathBuf,
    _lock: std::fs::File,
}

impl Spool {
    pub(crate) fn create(home: &Path) -> std::io::Result<Self> {
        let folder = inbox(home).join(uuid::Uuid::now_v7().to_string());
        let make = |folder: &Path| make_folder(folder).map_err(std::io::Error::other);
        make(&folder)?;
        let lock = private_file().create_new(true).open(folder.join(LOCK))?;
        lock.lock()?;
        let files = folder.join("files");
        make(&files)?;
        Ok(Self { folder, files, _lock: lock })
    }

    /// Where the files of the upload lie.
    pub(crate) fn files(&self) -> &Path {
        &self.files
    }

    /// Removes what was uploaded; it is imported, or was refused.
    pub(crate) fn remove(self) {
        if let Err(error) = std::fs::remove_dir_all(&self.folder) {
            tracing::warn!(kind = %error.kind(), "an upload could not be removed after its import");
        }
    }
}

/// Removes what a server that was killed left behind. It was never reported as kept. What another server holds stays.
pub(crate) fn clear_leftovers(home: &Path) {
    let Ok(uploads) = std::fs::read_dir(inbox(home)) else { return };
    for upload in uploads.flatten() {
        let folder = upload.path();
        let held = match std::fs::File::open(folder.join(LOCK)) {
            Ok(lock) => matches!(lock.try_lock(), Err(std::fs::TryLockError::WouldBlock)),
            Err(_) => false,
        };
        if held {
            continue;
        }
        if let Err(error) = std::fs::remove_dir_all(&folder) {
            tracing::warn!(kind = %error.kind(), "leftover uploads could not be removed");
        }
    }
}

/// `/cases/{case}/gather/files`
pub(crate) async fn files(
    visitor: Visitor,
    Address(id): Address<CaseId>,
    headers: HeaderMap,
    mut sent: Multipart,
) -> Result<Response, Failure> {
    visitor.case(&id).await?;
    if !visitor.session.audience.may_change() {
        return Err(Failure::NotAllowed);
    }
    let spool = Spool::create(visitor.app.home())?;
    let started = match receive_files(&mut sent, &spool.files).await {
        Ok(0) => Err(Failure::Refused("No file was chosen. Choose files or a folder first.".to_owned())),
        // What lies in the spool is named as the person knows it, not by the spool's own name.
        Ok(_) => match entries(&spool.files).await {
            Ok(sources) => begin(&visitor, &id, sources).await,
            Err(failure) => Err(failure),
        },
        Err(failure) => Err(failure),
    };
    let import = match started {
        Ok(import) => import,
        Err(failure) => {
            // Nothing of it was imported, so nothing of it is kept.
            spool.remove();
            return Err(failure);
        }
    };
    let (app, case, running) = (visitor.app.clone(), id.clone(), import.clone());
    tokio::spawn(async move {
        app.import_ended(&case, &running).await;
        spool.remove();
    });
    let address = format!("/cases/{id}/imports/{import}/progress");
    // A script that sends asks for the address; a form is sent there.
    match headers.get("accept").is_some_and(|accept| accept == "application/json") {
        true => Ok(axum::Json(serde_json::json!({ "progress": address })).into_response()),
        false => Ok(Redirect::to(&address).into_response()),
    }
}

/// Writes what a browser sends into a folder; gives how many files.
pub(crate) async fn receive_files(sent: &mut Multipart, folder: &Path) -> Result<u64, Failure> {
    let broken = |_: MultipartError| Failure::Refused("The files did not arrive whole. Send them again.".to_owned());
    let mut count = 0;
    while let Some(part) = sent.next_field().await.map_err(broken)? {
        let name = part.file_name().unwrap_or_default().to_owned();
        // A form with nothing chosen sends one nameless file.
        if name.is_empty() {
            continue;
        }
        write(part, &free_place(folder, &safe_path(&name))).await?;
        count += 1;
    }
    Ok(count)
}

async fn write(mut part: Part<'_>, place: &Path) -> Result<(), Failure> {
    if let Some(parent) = place.parent() {
        make_folder(parent).map_err(std::io::Error::other)?;
    }
    let mut options = private_file();
    let file = tokio::fs::OpenOptions::from(options.create_new(true).clone()).open(place).await?;
    let mut file = tokio::io::BufWriter::new(file);
    loop {
        match part.chunk().await {
            Ok(Some(piece)) => file.write_all(&piece).await?,
            Ok(None) => break,
            Err(_) => return Err(Failure::Refused("The files did not arrive whole. Send them again.".to_owned())),
        }
    }
    file.flush().await?;
    Ok(())
}

/// Starts an import.
async fn begin(visitor: &Visitor, id: &CaseId, sources: Vec<PathBuf>) -> Result<ImportId, Failure> {
    let request = ImportRequest { sources, ..ImportRequest::default() };
    let started = visitor.app.start_import(&visitor.session, id, request).await;
    started.map_err(|error| visitor.failure(error))
}

/// What lies in a folder, by name.
pub(crate) async fn entries(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut reader = tokio::fs::read_dir(folder).await?;
    let mut entries = Vec::new();
    while let Some(entry) = reader.next_entry().await? {
        entries.push(entry.path());
    }
    entries.sort();
    Ok(entries)
}

/// `/cases/{case}/gather/folder`: a folder or disc of this machine, read where it is.
pub(crate) async fn folder(
    visitor: Visitor,
    Address(id): Address<CaseId>,
    Form(values): Form<Values>,
) -> Result<Response, Failure> {
    if !visitor.web.is_local() {
        return Err(Failure::NotFound);
    }
    let named = PathBuf::from(value(&values, "folder").trim());
    if !named.is_absolute() || !named.exists() {
        let sentence =
            "There is no file or folder of this name here. Give the whole path, such as /media/cdrom.".to_owned();
        return crate::gather::refused(&visitor, &id, Typed::refused(values, "folder", sentence)).await;
    }
    let import = begin(&visitor, &id, vec![named]).await?;
    Ok(Redirect::to(&format!("/cases/{id}/imports/{import}/progress")).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sent: &str, expect: &str) {
        assert_eq!(safe_path(sent), PathBuf::from(expect), "{sent:?}");
    }

    #[test]
    fn leftovers_go_and_what_a_running_server_holds_stays() {
        let home = tempfile::tempdir().unwrap();
        let held = Spool::create(home.path()).unwrap();
        std::fs::write(held.files.join("a.pdf"), b"a").unwrap();
        let left = inbox(home.path()).join("left");
        std::fs::create_dir_all(left.join("files")).unwrap();
        std::fs::write(left.join(LOCK), b"").unwrap();
        clear_leftovers(home.path());
        assert!(held.files.join("a.pdf").exists() && !left.exists());
        let folder = held.folder.clone();
        drop(held);
        clear_leftovers(home.path());
        assert!(!folder.exists());
    }

    #[test]
    fn an_upload_keeps_its_folders() {
        check("report.pdf", "report.pdf");
        check("DISC/DICOM/IM0001", "DISC/DICOM/IM0001");
        check("DISC\\DICOM\\IM0001", "DISC/DICOM/IM0001");
        check("Befund März.pdf", "Befund März.pdf");
    }

    #[test]
    fn an_upload_cannot_leave_its_folder() {
        check("../../etc/passwd", "etc/passwd");
        check("/etc/passwd", "etc/passwd");
        check("C:\\Windows\\x.dll", "C_/Windows/x.dll");
        check("a/./b/../c", "a/b/c");
        check("...", "file");
        check("", "file");
        check("a\0b\nc", "a_b_c");
        let deep = "d/".repeat(5_000) + "f";
        assert_eq!(safe_path(&deep).components().count(), DEEPEST);
        let long = format!("{}.pdf", "ä".repeat(5_000));
        let name = safe_path(&long);
        assert!(name.as_os_str().len() <= LONGEST_NAME && name.to_string_lossy().ends_with(".pdf"));
    }

    #[test]
    fn every_part_of_a_safe_path_is_a_plain_name() {
        for sent in ["..", "./..", "..\\..", "//x//..//y", "~/.ssh/id", "a/ ../b", "con:/x"] {
            let path = safe_path(sent);
            assert!(path.components().all(|c| matches!(c, std::path::Component::Normal(_))), "{sent:?}: {path:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn an_upload_is_for_its_owner_only() {
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().unwrap();
        let spool = Spool::create(home.path()).unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!([&inbox(home.path()), &spool.folder, &spool.files].map(|folder| mode(folder)), [0o700; 3]);
        assert_eq!(mode(&spool.folder.join(LOCK)), 0o600);
    }
}
