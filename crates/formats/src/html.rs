//! HTML pages and fragments as text. What must not live here: showing them (the page that does escapes everything).

use consilium_casefile::records::FileFormat;

use crate::understand::document;
use crate::{DocumentContent, Understood, text};

/// Columns a line is broken at; wide, so that sentences stay whole.
const WIDTH: usize = 200;
/// Elements inside elements that are laid out; deeper pages are only stripped of their tags.
const NESTING: usize = 200;

/// Bytes of the largest page that is laid out.
const LARGEST: usize = 8 << 20;

/// Reads an HTML page.
pub(crate) fn understand(bytes: &[u8]) -> Understood {
    let (decoded, complaint) = decode(bytes);
    let mut content = DocumentContent { text: vec![to_text(&decoded)], ..DocumentContent::default() };
    content.stated.title = title(&decoded).filter(|title| !title.starts_with("about:"));
    text::describe(&mut content);
    document(FileFormat::Html, content, Vec::new(), complaint.into_iter().collect())
}

/// By byte order mark, by the character set the page names, else as text.
fn decode(bytes: &[u8]) -> (String, Option<crate::Complaint>) {
    let head = String::from_utf8_lossy(bytes.get(..bytes.len().min(2048)).unwrap_or_default()).to_lowercase();
    let label = head.split_once("charset=").map(|(_, after)| {
        let after = after.trim_start_matches(['"', '\'']);
        after.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_')).next().unwrap_or("").to_owned()
    });
    match label {
        Some(label) => text::decode_as(bytes, &label),
        None => text::decode(bytes),
    }
}

/// The text of a page or fragment: tables by row, lists by item, no addresses of links.
pub(crate) fn to_text(html: &str) -> String {
    if !html.contains('<') && !html.contains('&') {
        return html.to_owned();
    }
    if html.len() > LARGEST || deepest(html) > NESTING {
        return without_tags(html);
    }
    let laid_out = html2text::config::plain_no_decorate()
        .no_table_borders()
        .allow_width_overflow()
        .string_from_read(html.as_bytes(), WIDTH);
    let laid_out = laid_out.unwrap_or_else(|_| without_tags(html));
    let lines: Vec<&str> = laid_out.lines().map(str::trim_end).collect();
    lines.join("\n").trim().to_owned()
}

/// How many elements are open at once at most, counting those nobody closes.
fn deepest(html: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0_usize);
    for after in html.split('<').skip(1) {
        let name: String = after.chars().take_while(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
        if after.starts_with('/') {
            depth = depth.saturating_sub(1);
        } else if !name.is_empty()
            && !matches!(
                name.as_str(),
                "br" | "p" | "li" | "img" | "hr" | "meta" | "link" | "input" | "td" | "tr" | "th" | "col" | "option"
            )
        {
            depth += 1;
            deepest = deepest.max(depth);
        } else if matches!(name.as_str(), "p" | "li" | "td" | "tr" | "th") {
            // Their end tags may be left out; as many as there are do nest in a parser that is unlucky.
            depth += usize::from(after.len() < 4);
        }
    }
    deepest
}

/// What stands outside tags, scripts and styles.
fn without_tags(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        text.push_str(rest.get(..start).unwrap_or(""));
        text.push(' ');
        rest = rest.get(start..).unwrap_or("");
        let lower: String = rest.chars().take(8).collect::<String>().to_lowercase();
        let end = if lower.starts_with("<script") {
            rest.find("</script").map(|i| i + 8)
        } else if lower.starts_with("<style") {
            rest.find("</style").map(|i| i + 7)
        } else {
            rest.find('>').map(|i| i + 1)
        };
        rest = end.and_then(|end| rest.get(end..)).unwrap_or("");
    }
    text.push_str(rest);
    let text = text.replace("&nbsp;", " ").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    text::tidy(&text)
}

/// Attributes whose words no page shows.
const UNSEEN: [&str; 4] = ["content", "alt", "title", "data-content"];

/// Words of a page that it does not show: its title, comments, metadata and descriptions.
pub(crate) fn unseen(bytes: &[u8], add: &mut impl FnMut(&str)) {
    let (html, _) = decode(bytes);
    if let Some(title) = title(&html) {
        add(&title);
    }
    for comment in html.split("<!--").skip(1).filter_map(|after| after.split_once("-->")) {
        add(comment.0);
    }
    for tag in html.split('<').skip(1).map(|after| after.split_once('>').map_or("", |(tag, _)| tag)) {
        // ASCII only, so that offsets stay right.
        let lower = tag.to_ascii_lowercase();
        for name in UNSEEN {
            let Some(at) = lower.find(&format!(" {name}=")) else { continue };
            let value = tag.get(at + name.len() + 2..).unwrap_or_default();
            let words = match value.chars().next() {
                Some(quote @ ('"' | '\'')) => value.split(quote).nth(1),
                _ => value.split_whitespace().next(),
            };
            add(&without_tags(words.unwrap_or_default()));
        }
    }
}

fn title(html: &str) -> Option<String> {
    let head: String = html.chars().take(20_000).collect();
    // ASCII only, so that offsets stay right.
    let start = head.to_ascii_lowercase().find("<title")?;
    let after = head.get(start..)?.split_once('>')?.1;
    let end = after.to_ascii_lowercase().find("</title")?;
    text::stated(&without_tags(after.get(..end)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_lists_and_paragraphs_become_lines() {
        let html =
            "<div><p>One &amp; two</p><table><tr><td>ER</td><td>positive</td></tr></table><ul><li>a</li></ul></div>";
        let text = to_text(html);
        assert!(text.contains("One & two") && text.contains("ER") && text.contains("positive"), "{text}");
        assert!(!text.contains('<'));
    }

    #[test]
    fn a_page_nested_without_end_is_stripped_and_does_not_overflow() {
        let html = format!("{}deep{}", "<div>".repeat(300_000), "<b");
        assert_eq!(to_text(&html), "deep");
    }
}
