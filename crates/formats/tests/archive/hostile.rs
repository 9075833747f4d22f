//! Archives made to do harm.

use consilium_formats::Limits;

use crate::made_zip::{Entry, deflated, overlapping, stored, zip};
use crate::support::{check, check_with, lines_in};

#[test]
fn names_that_point_outside_are_refused_and_the_rest_is_read() {
    check(
        zip(&[
            stored("../../etc/passwd", b"1"),
            stored("/etc/passwd", b"2"),
            stored("C:\\Windows\\x", b"3"),
            stored("good", b"4"),
            stored("a/../../b", b"5"),
        ]),
        &[
            "in!/../../etc/passwd: refused: PathEscapes",
            "in!//etc/passwd: refused: PathEscapes",
            "in!/C:\\Windows\\x: refused: PathEscapes",
            "in!/a/../../b: refused: PathEscapes",
            "in!/good: Text \"4\"",
            "in: opened Zip with 5 files",
        ],
    );
}

#[test]
fn links_are_not_followed() {
    let link = Entry { attributes: 0o120_777 << 16, ..stored("link", b"/etc/passwd") };
    check(
        zip(&[link, stored("x", b"1")]),
        &["in!/link: refused: Link", "in!/x: Text \"1\"", "in: opened Zip with 2 files"],
    );
}

#[test]
fn a_name_without_end_is_refused() {
    let name = "n".repeat(5000);
    let lines = lines_in(zip(&[stored(&name, b"1"), stored("z", b"2")]), &Limits::default(), &[]);
    assert!(lines.first().unwrap().ends_with(": refused: PathTooLong { limit: 4096 }"));
    assert_eq!(lines.get(1).unwrap(), "in!/z: Text \"2\"");
}

#[test]
fn an_archive_that_unpacks_too_far_is_refused() {
    let zeros = vec![0_u8; 80 << 20];
    let bomb = deflated("zeros", &zeros);
    let bytes = zip(&[stored("a", b"1"), bomb]);
    assert!(bytes.len() < 100 << 10);
    check(bytes, &["in!/a: Text \"1\"", "in: refused: UnpacksTooFar { limit: 200 }"]);
}

#[test]
fn a_file_that_claims_or_has_more_than_the_limit_is_refused_by_itself() {
    let limits = Limits { entry_bytes: 1000, ..Limits::default() };
    let honest = stored("honest", &[b'x'; 2000]);
    let liar = Entry { stated_size: 10, ..deflated("liar", &[b'x'; 2000]) };
    let claims = Entry { stated_size: 4_000_000_000, ..deflated("claims", b"little") };
    let lines = lines_in(zip(&[honest, liar, claims, stored("z", b"1")]), &limits, &[]);
    assert_eq!(lines.first().unwrap(), "in!/claims: refused: EntryTooLarge { limit: 1000 }");
    assert_eq!(lines.get(1).unwrap(), "in!/honest: refused: EntryTooLarge { limit: 1000 }");
    assert!(lines.get(2).unwrap().starts_with("in!/liar: refused"), "{lines:?}");
    assert_eq!(lines.get(3).unwrap(), "in!/z: Text \"1\"");
}

#[test]
fn all_levels_together_count() {
    let limits = Limits { total_bytes: 5000, ..Limits::default() };
    let inner = zip(&[stored("x", &[b'x'; 2000])]);
    let lines = lines_in(zip(&[stored("a.zip", &inner), stored("b.zip", &inner)]), &limits, &[]);
    assert_eq!(lines.last().unwrap(), "in: refused: TooLargeInAll { limit: 5000 }");
}

#[test]
fn files_that_share_bytes_are_refused() {
    let bytes = overlapping(&deflated("x", &vec![0; 1 << 20]), 1000);
    check(bytes, &["in: refused: Overlapping"]);
}

#[test]
fn archives_inside_each_other_end() {
    let mut bytes = zip(&[stored("heart", b"1")]);
    for _ in 0..6 {
        bytes = zip(&[stored("next.zip", &bytes)]);
    }
    let lines = lines_in(bytes, &Limits::default(), &[]);
    let path = format!("in{}", "!/next.zip".repeat(6));
    assert_eq!(lines.first().unwrap(), &format!("{path}: refused: TooDeep {{ limit: 6 }}"));
    assert_eq!(lines.last().unwrap(), "in: opened Zip with 1 files");
}

#[test]
fn too_many_files_are_refused_and_very_many_are_read() {
    let many: Vec<Entry> = (0..50_000).map(|i| stored(&format!("f{i:05}"), b"x")).collect();
    let bytes = zip(&many);
    let few = Limits { entries: 49_999, ..Limits::default() };
    check_with(bytes.clone(), &few, &[], &["in: refused: TooManyEntries { limit: 49999 }"]);
    assert_eq!(lines_in(bytes, &Limits::default(), &[]).len(), 50_001);
}

#[test]
fn any_changed_byte_costs_no_more_than_the_archive() {
    let whole = zip(&[stored("a", b"first"), deflated("b", &[b'x'; 300]), stored("c", b"third")]);
    for at in 0..whole.len() {
        for value in [0, 0xFF] {
            let mut bytes = whole.clone();
            *bytes.get_mut(at).unwrap() = value;
            let lines = lines_in(bytes, &Limits::default(), &[]);
            assert!(!lines.is_empty() && lines.len() <= 6, "{at}: {lines:?}");
        }
    }
}
