//! XML and HTML, told apart by their root element and its namespaces, without a parser: the file may be cut off.

use consilium_casefile::records::FileFormat;

/// What markup it is; `None` when it only begins with `<`.
pub(super) fn kind(text: &str) -> Option<FileFormat> {
    let mut rest = text;
    let mut is_xml = false;
    loop {
        rest = rest.trim_start();
        if let Some(inside) = rest.strip_prefix("<?") {
            is_xml |= inside.starts_with("xml");
            rest = after(inside, "?>").unwrap_or_default();
        } else if let Some(inside) = rest.strip_prefix("<!--") {
            rest = after(inside, "-->").unwrap_or_default();
        } else if rest.get(..9).is_some_and(|t| t.eq_ignore_ascii_case("<!doctype")) {
            let declared = rest.get(9..).unwrap_or_default();
            if first_word(declared).eq_ignore_ascii_case("html") {
                return Some(FileFormat::Html);
            }
            is_xml = true;
            rest = after_doctype(declared);
        } else {
            break;
        }
    }
    let root = rest.strip_prefix('<').and_then(root);
    match root {
        Some((name, attributes)) => Some(by_root(name, attributes, is_xml)).flatten(),
        None => is_xml.then_some(FileFormat::Xml),
    }
}

fn by_root(name: &str, attributes: &str, is_xml: bool) -> Option<FileFormat> {
    let local = name.rsplit(':').next().unwrap_or(name);
    match local {
        "ClinicalDocument" => return Some(FileFormat::Cda),
        "SubmitObjectsRequest"
        | "ProvideAndRegisterDocumentSetRequest"
        | "RegistryObjectList"
        | "LeafRegistryObjectList" => return Some(FileFormat::XdmMetadata),
        "HealthData" => return Some(FileFormat::AppleHealth),
        _ => {}
    }
    if ["\"http://hl7.org/fhir\"", "'http://hl7.org/fhir'"].iter().any(|uri| attributes.contains(uri)) {
        return Some(FileFormat::FhirXml);
    }
    let lower = local.to_ascii_lowercase();
    if lower == "html" {
        return Some(FileFormat::Html);
    }
    if is_xml || attributes.contains("xmlns") {
        return Some(FileFormat::Xml);
    }
    const PAGE: [&str; 17] = [
        "head", "body", "title", "meta", "table", "div", "p", "span", "h1", "h2", "h3", "br", "ul", "center", "font",
        "pre", "style",
    ];
    Some(if PAGE.contains(&lower.as_str()) { FileFormat::Html } else { FileFormat::Xml })
}

/// Name and attributes of a start tag, without its `<`.
fn root(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/'))?;
    let (name, rest) = text.split_at_checked(end)?;
    let named = name.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':'));
    // `<name` at the beginning of a sentence is no tag: a tag ends.
    named.then(|| (name, rest.split('>').next().unwrap_or_default())).filter(|_| rest.contains('>'))
}

fn after<'a>(text: &'a str, what: &str) -> Option<&'a str> {
    text.find(what).and_then(|at| text.get(at + what.len()..))
}

fn first_word(text: &str) -> &str {
    text.split(|c: char| c.is_whitespace() || matches!(c, '>' | '[')).find(|w| !w.is_empty()).unwrap_or_default()
}

/// Behind a document type declaration, which may hold declarations of its own in brackets.
fn after_doctype(text: &str) -> &str {
    let (close, open) = (text.find('>'), text.find('['));
    match (close, open) {
        (Some(close), Some(open)) if open < close => {
            after(text, "]").and_then(|rest| after(rest, ">")).unwrap_or_default()
        }
        (Some(close), _) => text.get(close + 1..).unwrap_or_default(),
        (None, _) => "",
    }
}
