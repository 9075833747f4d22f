//! Long lists in pages. The page stands in the address, so it can be kept and reloaded.

use crate::forms::{Values, asked};
use crate::parts::encoded;

/// Where a page of a list stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pages {
    pub(crate) now: usize,
    pub(crate) last: usize,
    pub(crate) back: Option<String>,
    pub(crate) forth: Option<String>,
}

/// The rows of the asked page, and the way to the others. `query` is kept in the addresses.
pub(crate) fn page<'a, T>(rows: &'a [T], size: usize, path: &str, place: &str, query: &Values) -> (&'a [T], Pages) {
    let last = rows.len().div_ceil(size.max(1)).max(1);
    let now = asked(query, "page").and_then(|p| p.parse().ok()).unwrap_or(1).clamp(1, last);
    let start = (now - 1) * size;
    let shown = rows.get(start..rows.len().min(start + size)).unwrap_or_default();
    let to = |page: usize| address(path, place, query, &[("page", &page.to_string())]);
    let pages = Pages { now, last, back: (now > 1).then(|| to(now - 1)), forth: (now < last).then(|| to(now + 1)) };
    (shown, pages)
}

/// An address with its query, some of it replaced; empty values are left out.
pub(crate) fn address(path: &str, place: &str, query: &Values, replaced: &[(&str, &str)]) -> String {
    let mut pairs: Vec<(&str, &str)> = query
        .iter()
        .map(|(n, v)| (n.as_str(), v.as_str()))
        .filter(|(n, _)| !replaced.iter().any(|(r, _)| r == n))
        .collect();
    pairs.extend(replaced);
    pairs.retain(|(_, value)| !value.is_empty());
    pairs.sort_unstable();
    let query: Vec<String> = pairs.iter().map(|(n, v)| format!("{}={}", encoded(n), encoded(v))).collect();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{path}{mark}{}{place}", query.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_beyond_the_end_is_the_last_and_nonsense_is_the_first() {
        let rows: Vec<u32> = (0..450).collect();
        let check = |asked: &str, first, now| {
            let query = Values::from([("page".to_owned(), asked.to_owned())]);
            let (shown, pages) = page(&rows, 200, "/x", "", &query);
            assert_eq!((shown.first().copied(), pages.now, pages.last), (Some(first), now, 3), "{asked}");
        };
        check("1", 0, 1);
        check("3", 400, 3);
        check("99", 400, 3);
        check("-1", 0, 1);
        check("0", 0, 1);
        let (shown, pages) = page(&[] as &[u32], 200, "/x", "", &Values::new());
        assert_eq!((shown.len(), pages.last), (0, 1));
    }

    #[test]
    fn the_rest_of_the_address_is_kept() {
        let query = Values::from([("kind".to_owned(), "a&b".to_owned()), ("page".to_owned(), "2".to_owned())]);
        assert_eq!(address("/x", "#y", &query, &[("page", "3")]), "/x?kind=a%26b&page=3#y");
        assert_eq!(address("/x", "", &query, &[("page", ""), ("kind", "")]), "/x");
    }
}
