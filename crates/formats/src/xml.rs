//! XML on the way to a tree: character sets, byte order marks, missing namespace declarations, truncation; and the
//! refusal of what makes a parser run away (entities, deep nesting). What must not live here: any vocabulary.

use consilium_casefile::records::FileFormat;
use roxmltree::{Document, Node, ParsingOptions};

use crate::understand::{document, opaque};
use crate::{Complaint, DocumentContent, Limits, Understood, text};

/// Why XML is not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum XmlError {
    /// Declares entities.
    #[error("this XML declares its own entities, which can hide any amount of text; it is kept and not read")]
    Entities,
    /// Nested too deeply.
    #[error("this XML is nested more than {0} levels deep; it is kept and not read")]
    Nesting(u32),
    /// More elements than are kept in memory.
    #[error("this XML holds too many elements to be read at once; it is kept and not read")]
    TooLarge,
    /// Not well-formed.
    #[error("this XML is damaged and could not be read; ask the sender for it again")]
    Malformed,
}

/// XML made ready for [`parse`]: decoded, without document type, with all prefixes declared.
#[derive(Debug)]
pub(crate) struct Prepared {
    text: String,
    pub(crate) complaints: Vec<Complaint>,
}

impl Prepared {
    /// The tree. Prepared text parses: it was parsed once when it was prepared.
    pub(crate) fn tree(&self) -> Result<Document<'_>, XmlError> {
        Document::parse_with_options(&self.text, options()).map_err(|_| XmlError::Malformed)
    }
}

fn options<'o>() -> ParsingOptions<'o> {
    ParsingOptions { allow_dtd: false, nodes_limit: 5_000_000, ..ParsingOptions::default() }
}

/// Decodes, checks the nesting before any tree is built, and repairs what exports get wrong.
pub(crate) fn prepare(bytes: &[u8], limits: &Limits) -> Result<Prepared, XmlError> {
    let (decoded, complaint) = decode(bytes);
    let mut complaints: Vec<Complaint> = complaint.into_iter().collect();
    let mut text = without_document_type(decoded)?;
    let open = nesting(&text, limits.nesting)?;
    if !open.is_empty() {
        complaints.push(Complaint::at(
            bytes.len() as u64,
            "This XML ends in the middle; what comes before the end is shown. Ask the sender for it again.",
        ));
        text = closed(text, limits.nesting)?;
    }
    for _ in 0..16 {
        let undeclared = match Document::parse_with_options(&text, options()) {
            Ok(_) => None,
            Err(roxmltree::Error::UnknownNamespace(prefix, _)) => Some(prefix),
            Err(roxmltree::Error::NodesLimitReached) => return Err(XmlError::TooLarge),
            Err(_) => return Err(XmlError::Malformed),
        };
        match undeclared {
            None => return Ok(Prepared { text, complaints }),
            Some(prefix) => text = declared(&text, &prefix).ok_or(XmlError::Malformed)?,
        }
    }
    Err(XmlError::Malformed)
}

/// Decodes by byte order mark, then by the XML declaration, then as UTF-8 or Windows-1252.
fn decode(bytes: &[u8]) -> (String, Option<Complaint>) {
    let head = String::from_utf8_lossy(bytes.get(..bytes.len().min(200)).unwrap_or_default()).into_owned();
    let label = head
        .split_once("encoding=")
        .and_then(|(before, after)| before.contains("<?xml").then_some(after))
        .and_then(|after| after.get(1..)?.split(['"', '\'']).next())
        .unwrap_or("utf-8");
    let (decoded, complaint) = text::decode_as(bytes, label);
    let start = decoded.find('<').unwrap_or(0);
    let legal = |c: char| !c.is_control() || matches!(c, '\t' | '\n' | '\r' | '\u{80}'..='\u{9f}');
    let body = decoded.get(start..).unwrap_or("");
    let body = if body.chars().all(|c| legal(c) && c != '\u{fffe}' && c != '\u{ffff}') {
        body.to_owned()
    } else {
        body.chars().filter(|c| legal(*c) && *c != '\u{fffe}' && *c != '\u{ffff}').collect()
    };
    (body, complaint)
}

/// Cuts a harmless document type away; refuses one that declares entities.
fn without_document_type(mut text: String) -> Result<String, XmlError> {
    for _ in 0..4 {
        let Some(start) = text.find("<!DOCTYPE").or_else(|| text.find("<!doctype")) else { break };
        // Inside the text of an element it is only text, and only in CDATA or a comment could it stand there.
        if text.get(..start).is_some_and(|before| before.contains("<![CDATA[") || before.contains("</")) {
            break;
        }
        let rest = text.get(start..).unwrap_or("");
        let end = match (rest.find('['), rest.find('>')) {
            (Some(bracket), Some(close)) if bracket < close => rest
                .find("]>")
                .map(|i| i + 2)
                .or_else(|| rest.find(']').and_then(|i| rest.get(i..)?.find('>').map(|j| i + j + 1))),
            (_, close) => close.map(|i| i + 1),
        };
        let end = end.ok_or(XmlError::Malformed)?;
        if rest.get(..end).is_some_and(|dtd| dtd.contains("<!ENTITY")) {
            return Err(XmlError::Entities);
        }
        text.replace_range(start..start + end, "");
    }
    Ok(text)
}

/// The names of the elements still open at the end, outermost first; refuses nesting beyond `limit`. Reads tags only
/// and never fails, so that it can go before any parser.
fn nesting(text: &str, limit: u32) -> Result<Vec<&str>, XmlError> {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        rest = rest.get(at..).unwrap_or("");
        let skip = |rest: &str, from: usize, end: &str| {
            rest.get(from..).and_then(|r| r.find(end)).map_or(rest.len(), |i| from + i + end.len())
        };
        let length = if rest.starts_with("<!--") {
            skip(rest, 4, "-->")
        } else if rest.starts_with("<![CDATA[") {
            skip(rest, 9, "]]>")
        } else if rest.starts_with("<?") {
            skip(rest, 2, "?>")
        } else if rest.starts_with("</") {
            open.pop();
            skip(rest, 2, ">")
        } else {
            match tag_end(rest) {
                Some((end, empty)) => {
                    if !empty {
                        let name = rest.get(1..end).unwrap_or("");
                        let name = name.split(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).next();
                        open.push(name.unwrap_or(""));
                        if open.len() > limit as usize {
                            return Err(XmlError::Nesting(limit));
                        }
                    }
                    end
                }
                None => rest.len(),
            }
        };
        rest = rest.get(length.max(1)..).unwrap_or("");
    }
    Ok(open)
}

/// Length of the opening tag a text begins with, and whether it closes itself.
fn tag_end(text: &str) -> Option<(usize, bool)> {
    let mut quote = None;
    let mut before = ' ';
    for (i, c) in text.char_indices().skip(1) {
        match (quote, c) {
            (Some(q), c) if c == q => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '>') => return Some((i + 1, before == '/')),
            _ => {}
        }
        before = c;
    }
    None
}

/// A truncated text with its open elements closed: cut behind the last whole tag.
fn closed(mut text: String, limit: u32) -> Result<String, XmlError> {
    // A tag or comment that was cut in the middle goes.
    if let Some(last) = text.rfind('<')
        && text.get(last..).is_some_and(|tail| !tail.contains('>'))
    {
        text.truncate(last);
    }
    let open: Vec<String> = nesting(&text, limit)?.into_iter().map(str::to_owned).collect();
    for name in open.iter().rev() {
        text.push_str("</");
        text.push_str(name);
        text.push('>');
    }
    Ok(text)
}

/// The text with a declaration for `prefix` on its root element.
fn declared(text: &str, prefix: &str) -> Option<String> {
    let mut at = 0;
    loop {
        at += text.get(at..)?.find('<')?;
        let rest = text.get(at..)?;
        if rest.starts_with("<!--") {
            at += rest.find("-->")?;
        } else if rest.starts_with("<?") {
            at += rest.find("?>")?;
        } else {
            let name = rest.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/'))?;
            let (before, after) = text.split_at(at + name);
            return Some(format!("{before} xmlns:{prefix}=\"urn:undeclared:{prefix}\"{after}"));
        }
    }
}

/// First child element with this local name; namespaces are ignored because exports leave them out.
pub(crate) fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|c| c.is_element() && c.tag_name().name() == name)
}

/// All child elements with this local name.
pub(crate) fn children<'a, 'i: 'a>(node: Node<'a, 'i>, name: &'static str) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(move |c| c.is_element() && c.tag_name().name() == name)
}

/// Down a path of local names, first match at each step.
pub(crate) fn path<'a, 'i>(node: Node<'a, 'i>, names: &[&str]) -> Option<Node<'a, 'i>> {
    names.iter().try_fold(node, |node, name| child(node, name))
}

/// An attribute by local name, whatever its namespace.
pub(crate) fn attribute<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.attributes().find(|a| a.name() == name).map(|a| a.value()).filter(|v| !v.trim().is_empty())
}

/// All text below an element, with a blank between elements; tidied.
pub(crate) fn all_text(node: Node<'_, '_>) -> String {
    let mut text = String::new();
    for descendant in node.descendants().filter(Node::is_text) {
        text.push_str(descendant.text().unwrap_or(""));
        text.push(' ');
    }
    text::tidy(&text)
}

/// XML of no kind we know: its text, one line an element that holds text.
pub(crate) fn understand(bytes: &[u8], format: FileFormat, limits: &Limits) -> Understood {
    let prepared = match prepare(bytes, limits) {
        Ok(prepared) => prepared,
        Err(error) => return opaque(format, crate::understand::sentence(&error)),
    };
    let Ok(tree) = prepared.tree() else { return opaque(format, XmlError::Malformed.to_string()) };
    let lines: Vec<String> =
        tree.descendants().filter(|n| n.is_text()).filter_map(|n| text::stated(n.text().unwrap_or(""))).collect();
    let content = DocumentContent { text: vec![lines.join("\n")], ..DocumentContent::default() };
    document(format, content, Vec::new(), prepared.complaints)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(xml: &[u8], expect: Result<&str, XmlError>) {
        let got =
            prepare(xml, &Limits::default()).map(|p| all_text(p.tree().expect("prepared text parses").root_element()));
        assert_eq!(got.as_ref().map(String::as_str).map_err(Clone::clone), expect);
    }

    #[test]
    fn what_exports_get_wrong_is_read() {
        check(b"<a>b</a>", Ok("b"));
        check(b"  \n<?xml version=\"1.0\"?><a>b</a>", Ok("b"));
        check("\u{feff}<a>ä</a>".as_bytes(), Ok("ä"));
        check(b"<?xml version=\"1.0\" encoding=\"utf-8\"?><a>M\xfcller</a>", Ok("Müller"));
        check(b"<?xml version='1.0' encoding='iso-8859-1'?><a>M\xfcller</a>", Ok("Müller"));
        check(b"<a><sdtc:x xsi:type='CD'>b</sdtc:x></a>", Ok("b"));
        check(b"<!DOCTYPE a SYSTEM \"a.dtd\"><a>b</a>", Ok("b"));
        let utf_16: Vec<u8> =
            "<?xml version=\"1.0\" encoding=\"UTF-16\"?><a>ä</a>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        check(&utf_16, Ok("ä"));
    }

    #[test]
    fn a_truncated_file_is_read_up_to_its_end() {
        check(b"<a><b>one</b><c>tw", Ok("one tw"));
        check(b"<a><b>one</b><c attr='x", Ok("one"));
    }

    #[test]
    fn what_makes_parsers_run_away_is_refused() {
        let laughs = b"<!DOCTYPE a [<!ENTITY l 'ha'><!ENTITY m '&l;&l;&l;'>]><a>&m;</a>";
        check(laughs, Err(XmlError::Entities));
        check("<a>".repeat(100_000).as_bytes(), Err(XmlError::Nesting(128)));
        check(b"<a", Err(XmlError::Malformed));
        check(b"<a>&undefined;</a>", Err(XmlError::Malformed));
        check(b"no xml at all", Err(XmlError::Malformed));
    }
}
