//! Narrative: the XHTML a person reads, made from the same lines as the entries of a section. Text is escaped and kept
//! to characters that XML can hold.

use super::write::line;

/// A table of lines under headings.
pub(super) fn table(headings: &[&str], rows: &[Vec<String>]) -> String {
    let mut body = String::from("<table><thead><tr>");
    for heading in headings {
        body.push_str(&format!("<th>{}</th>", escape(heading)));
    }
    body.push_str("</tr></thead><tbody>");
    for row in rows {
        body.push_str("<tr>");
        for cell in row {
            body.push_str(&format!("<td>{}</td>", escape(&line(cell).unwrap_or_default())));
        }
        body.push_str("</tr>");
    }
    body.push_str("</tbody></table>");
    div(&body)
}

/// A sentence.
pub(super) fn sentence(words: &str) -> String {
    div(&format!("<p>{}</p>", escape(words)))
}

fn div(body: &str) -> String {
    format!("<div xmlns=\"http://www.w3.org/1999/xhtml\">{body}</div>")
}

fn escape(words: &str) -> String {
    let mut escaped = String::with_capacity(words.len());
    for c in words.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            c if c.is_control() && !matches!(c, '\n' | '\t') => escaped.push(' '),
            '\u{fffe}' | '\u{ffff}' => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_markup_is_text() {
        assert!(sentence("<script>&\"").contains("&lt;script&gt;&amp;&quot;"));
    }
}
