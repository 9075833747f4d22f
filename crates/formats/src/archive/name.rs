//! Names inside archives: made showable, refused when they point outside, recognised when they are system files.

use super::Refusal;

/// A name as an archive states it, as a relative path with `/`; refused when it points outside or is too long.
pub(super) fn checked(name: &str, limit: usize) -> Result<String, Refusal> {
    if name.len() > limit {
        return Err(Refusal::PathTooLong { limit });
    }
    let name = name.replace('\\', "/");
    let mut letters = name.chars();
    let drive = letters.next().is_some_and(|c| c.is_ascii_alphabetic()) && letters.next() == Some(':');
    if drive || name.starts_with('/') || name.contains('\0') || name.split('/').any(|part| part == "..") {
        return Err(Refusal::PathEscapes);
    }
    let tidy: Vec<&str> = name.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    if tidy.is_empty() {
        return Err(Refusal::PathEscapes);
    }
    Ok(showable(&tidy.join("/"), limit))
}

/// The name for showing only: control characters replaced, cut at `limit` bytes.
pub(super) fn showable(name: &str, limit: usize) -> String {
    let mut end = name.len().min(limit);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    let cut = name.get(..end).unwrap_or_default();
    cut.chars().map(|c| if c.is_control() || is_direction_mark(c) { '\u{FFFD}' } else { c }).collect()
}

/// Marks that turn the direction of writing: `fdp.exe` can be shown as `exe.pdf` with them.
fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Files operating systems leave behind. Known by name: they have no form of their own.
pub(super) fn is_system_file(path: &str) -> bool {
    path.split('/').any(|part| matches!(part, "__MACOSX" | ".Spotlight-V100" | ".Trashes" | ".fseventsd"))
        || path.rsplit('/').next().is_some_and(|last| {
            ["thumbs.db", "ehthumbs.db", "desktop.ini", ".ds_store", ".localized", "autorun.inf"]
                .iter()
                .any(|known| last.eq_ignore_ascii_case(known))
        })
}

/// AppleDouble: what macOS writes beside a file (`._IMG0001`) on a drive of another kind.
pub(super) fn is_apple_double(path: &str, head: &[u8]) -> bool {
    path.rsplit('/').next().is_some_and(|last| last.starts_with("._")) && head.starts_with(&[0, 5, 0x16, 7])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_points_outside_is_refused() {
        for name in ["../a", "a/../../b", "/etc/passwd", "C:\\x", "c:x", "..\\a", "\\\\host\\share", "a\0b", "", "./"] {
            assert_eq!(checked(name, 100), Err(Refusal::PathEscapes), "{name:?}");
        }
        assert_eq!(checked(&"a".repeat(101), 100), Err(Refusal::PathTooLong { limit: 100 }));
    }

    #[test]
    fn an_honest_name_is_kept_as_written() {
        for (name, shown) in [
            ("a/b.txt", "a/b.txt"),
            ("./a//b", "a/b"),
            ("DISC\\IM0001", "DISC/IM0001"),
            ("…x..y", "…x..y"),
            ("a\u{1b}[2Jb", "a\u{FFFD}[2Jb"),
        ] {
            assert_eq!(checked(name, 100).as_deref(), Ok(shown));
        }
        assert_eq!(showable("ééé", 3), "é");
    }
}
