//! Folders on a disk.

use std::fs;

use consilium_formats::Limits;

use crate::made_zip::{stored, zip};
use crate::support::lines_of;

#[test]
fn a_folder_is_walked_in_sorted_order_to_its_ground() {
    let home = tempfile::tempdir().unwrap();
    let root = home.path().join("records");
    fs::create_dir_all(root.join("b/deep/er")).unwrap();
    fs::write(root.join("b/deep/er/x"), "deepest").unwrap();
    fs::write(root.join("c"), "last").unwrap();
    fs::write(root.join("a"), "first").unwrap();
    fs::write(root.join("b/z.zip"), zip(&[stored("in", b"zipped")])).unwrap();
    fs::write(root.join(".DS_Store"), "x").unwrap();
    fs::write(root.join("empty"), "").unwrap();
    assert_eq!(
        lines_of(&root, &Limits::default()),
        [
            "records/.DS_Store: refused: SystemFile",
            "records/a: Text \"first\"",
            "records/b/deep/er/x: Text \"deepest\"",
            "records/b/z.zip!/in: Text \"zipped\"",
            "records/b/z.zip: opened Zip with 1 files",
            "records/c: Text \"last\"",
            "records/empty: Empty \"\"",
        ]
    );
    assert_eq!(lines_of(&root.join("a"), &Limits::default()), ["a: Text \"first\""]);
    let few = Limits { entries: 3, ..Limits::default() };
    assert_eq!(lines_of(&root, &few).last().unwrap(), "records: refused: TooManyEntries { limit: 3 }");
}

#[test]
fn what_is_not_there_is_said() {
    let home = tempfile::tempdir().unwrap();
    assert_eq!(lines_of(&home.path().join("nothing"), &Limits::default()), ["nothing: refused: NotFound"]);
}

#[cfg(unix)]
#[test]
fn links_pipes_and_sockets_are_refused_and_never_opened() {
    use std::os::unix::fs::symlink;
    let home = tempfile::tempdir().unwrap();
    let root = home.path().join("r");
    fs::create_dir(&root).unwrap();
    symlink("/etc/passwd", root.join("a")).unwrap();
    symlink(&root, root.join("b")).unwrap();
    symlink("nowhere", root.join("c")).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(root.join("d")).unwrap();
    let piped = std::process::Command::new("mkfifo").arg(root.join("e")).status().is_ok_and(|s| s.success());
    let mut expect =
        vec!["r/a: refused: Link", "r/b: refused: Link", "r/c: refused: Link", "r/d: refused: SpecialFile"];
    if piped {
        expect.push("r/e: refused: SpecialFile");
    } else {
        println!("skipped: no mkfifo here");
    }
    assert_eq!(lines_of(&root, &Limits::default()), expect);
}

#[cfg(unix)]
#[test]
fn what_may_not_be_read_is_refused_and_the_rest_is_read() {
    use std::os::unix::fs::PermissionsExt;
    let home = tempfile::tempdir().unwrap();
    let root = home.path().join("r");
    fs::create_dir(&root).unwrap();
    fs::write(root.join("a"), "secret").unwrap();
    fs::set_permissions(root.join("a"), fs::Permissions::from_mode(0o000)).unwrap();
    fs::write(root.join("b"), "open").unwrap();
    if fs::read(root.join("a")).is_ok() {
        println!("skipped: this user may read everything");
        return;
    }
    assert_eq!(
        lines_of(&root, &Limits::default()),
        ["r/a: refused: Unreadable(PermissionDenied)", "r/b: Text \"open\""]
    );
}
