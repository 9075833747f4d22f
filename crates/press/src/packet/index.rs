//! The index of a packet as one static HTML page: no script, nothing to install, nothing fetched from anywhere.

use std::fmt::Write as _;

use consilium_casefile::shared::time::PartialDate;

use super::contents::{Contents, Document, PageRange, Study};

const STYLE: &str = "\
:root{color-scheme:light dark}\
body{font:1.0625rem/1.5 system-ui,-apple-system,'Segoe UI','Noto Sans',sans-serif;max-width:60rem;margin:0 auto;padding:1.25rem;\
font-variant-numeric:tabular-nums;overflow-wrap:break-word}\
h1{font-size:1.6rem;line-height:1.2;margin:.2rem 0}h2{font-size:1.2rem;margin:2rem 0 .5rem;padding-top:.6rem;border-top:2px solid}\
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem;margin:1rem 0}dt{opacity:.75}dd{margin:0}\
ol.index,ul.index{list-style:none;padding:0;margin:0}.index>li{padding:.7rem 0;border-bottom:1px solid #8888;display:grid;\
grid-template-columns:3rem 1fr;gap:0 .5rem}.no{font-weight:700}.title{font-weight:600}.quiet{opacity:.75;font-size:.92em}\
.note{font-style:italic}.hash{font:.75rem/1.3 ui-monospace,monospace;opacity:.7;word-break:break-all}\
table{border-collapse:collapse;width:100%;font-size:.92em}th,td{text-align:left;vertical-align:top;padding:.25rem .75rem .25rem 0;\
border-bottom:1px solid #8888}.big{display:inline-block;padding:.6rem 1rem;border:2px solid;border-radius:.3rem;font-weight:600}\
footer{margin-top:2.5rem;padding-top:.6rem;border-top:1px solid #8888;font-size:.85em}\
@media(max-width:34rem){dl{grid-template-columns:1fr}dt{margin-top:.4rem}.index>li{grid-template-columns:2.2rem 1fr}}\
@media print{body{font-size:10pt;max-width:none;padding:0}.index>li,tr{break-inside:avoid}h2{break-after:avoid}\
.big{border:0;padding:0}}";

/// The packet's index as a page for the medium (`INDEX.HTM`). Links are relative to the packet's root. Every value is
/// escaped; a path that is not a plain relative one is printed but not linked.
#[must_use]
pub fn index_html(contents: &Contents) -> String {
    let mut page = String::with_capacity(8192);
    head(&mut page, contents);
    questions(&mut page, contents);
    documents(&mut page, contents);
    studies(&mut page, contents);
    missing(&mut page, contents);
    timeline(&mut page, contents);
    foot(&mut page, contents);
    page
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // Control characters have no place in HTML; direction overrides could make a line read otherwise.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// A link to a file of the packet; words alone when the path could lead out of it.
fn link(path: &str, words: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/');
    let safe = !path.is_empty()
        && path.chars().all(plain)
        && !path.starts_with('/')
        && !path.split('/').any(|step| step == ".." || step.is_empty());
    if safe { format!("<a href=\"{path}\">{}</a>", escape(words)) } else { escape(words) }
}

fn date(value: Option<PartialDate>) -> String {
    value.map_or_else(
        || "date not stated".to_owned(),
        |date| format!("<time datetime=\"{date}\">{}</time>", escape(&date.human())),
    )
}

fn line(page: &mut String, text: &str) {
    page.push_str(text);
    page.push('\n');
}

fn head(page: &mut String, c: &Contents) {
    let name = escape(&c.patient_name);
    line(page, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">");
    line(page, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
    line(page, "<meta name=\"referrer\" content=\"no-referrer\">");
    line(
        page,
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
    );
    line(
        page,
        &format!("<title>Records for a second opinion: {name}</title>\n<style>{STYLE}</style>\n</head>\n<body>"),
    );
    line(page, &format!("<header>\n<p class=\"quiet\">Records for a second opinion</p>\n<h1>{name}</h1>\n<dl>"));
    let mut fact = |label: &str, value: String| line(page, &format!("<dt>{label}</dt><dd>{value}</dd>"));
    fact("Born", c.birth_date.map_or_else(|| "not stated".to_owned(), |d| date(Some(d))));
    fact("Diagnosis", escape(&c.cancer));
    fact("Prepared for", c.prepared_for.as_deref().map_or_else(|| "not addressed".to_owned(), escape));
    fact("Prepared on", date(c.prepared_on));
    fact(
        "Treatment planned to start",
        c.planned_treatment_start.map_or_else(|| "not stated".to_owned(), |d| date(Some(d))),
    );
    fact("Safe to wait", waiting(c));
    if let Some(edition) = &c.edition {
        fact("Edition", format!("<strong>{}</strong>", escape(edition)));
    }
    if !c.contact.is_empty() {
        let lines = c.contact.iter().map(|(label, words)| format!("{}: {}", escape(label), escape(words)));
        fact("Registration", lines.collect::<Vec<_>>().join("<br>"));
    }
    if !c.changes.is_empty() {
        fact(
            "What changed since the last packet",
            c.changes.iter().map(|l| escape(l)).collect::<Vec<_>>().join("<br>"),
        );
    }
    line(page, "</dl>");
    if let Some(merged) = &c.merged_pdf {
        let words = "All documents in one PDF";
        let linked = link(merged, words).replace("<a ", "<a class=\"big\" ");
        line(page, &format!("<p>{linked}</p>"));
    }
    line(page, "</header>\n<main>");
}

fn waiting(c: &Contents) -> String {
    c.safe_waiting.as_ref().map_or_else(
        || "not stated".to_owned(),
        |w| {
            let on = w.on.map(|d| format!(", {}", date(Some(d)))).unwrap_or_default();
            format!("“{}” ({}{on})", escape(&w.said), escape(&w.by))
        },
    )
}

fn questions(page: &mut String, c: &Contents) {
    if c.questions_withheld {
        line(page, "<h2>What is asked</h2>\n<p>Questions are withheld from this edition.</p>");
    }
    if c.questions.is_empty() || c.questions_withheld {
        return;
    }
    line(page, "<h2>What is asked</h2>\n<ol>");
    for question in &c.questions {
        line(page, &format!("<li>{}</li>", escape(question)));
    }
    line(page, "</ol>");
}

fn documents(page: &mut String, c: &Contents) {
    line(page, &format!("<h2>Documents ({})</h2>\n<ol class=\"index\">", c.documents.len()));
    for document in &c.documents {
        line(page, &document_row(document));
    }
    line(page, "</ol>");
    if c.documents.is_empty() {
        line(page, "<p>There are no documents in this packet.</p>");
    }
}

fn document_row(d: &Document) -> String {
    let title = d.original.as_ref().map_or_else(|| escape(&d.title), |path| link(path, &d.title));
    let mut facts = vec![escape(&d.kind), date(d.date)];
    facts.extend(d.author.as_deref().map(escape));
    facts.extend(d.facility.as_deref().map(escape));
    if let Some(pages) = d.pages {
        let word = if pages.from == pages.to { "page" } else { "pages" };
        facts.push(format!("{word} {} of the merged PDF", PageRange::human(pages)));
    }
    let mut row = format!(
        "<li id=\"d{number}\"><span class=\"no\">{number}</span><div><div class=\"title\">{title}</div><div class=\"quiet\">{}</div>",
        facts.into_iter().filter(|f| !f.is_empty()).collect::<Vec<_>>().join(" · "),
        number = escape(&d.number),
    );
    for note in &d.notes {
        let _ = write!(row, "<div class=\"note\">Note: {}</div>", escape(note));
    }
    if let Some(path) = &d.original {
        let _ = write!(row, "<div class=\"quiet\">Original: {}</div>", escape(path));
    }
    if let Some(hash) = &d.sha256 {
        let _ = write!(row, "<div class=\"hash\">SHA-256 {}</div>", escape(hash));
    }
    row.push_str("</div></li>");
    row
}

fn studies(page: &mut String, c: &Contents) {
    line(page, &format!("<h2>Imaging studies ({})</h2>\n<ol class=\"index\">", c.studies.len()));
    for study in &c.studies {
        line(page, &study_row(study));
    }
    line(page, "</ol>");
    if c.studies.is_empty() {
        line(page, "<p>There are no images in this packet.</p>");
    } else {
        line(page, "<p class=\"quiet\">Open the DICOMDIR file, or one of the folders, with any DICOM viewer.</p>");
    }
}

fn study_row(s: &Study) -> String {
    let title = s.folder.as_ref().map_or_else(|| escape(&s.description), |path| link(path, &s.description));
    let mut facts = vec![date(s.date), escape(&s.modalities.join(", "))];
    facts.extend(s.facility.as_deref().map(escape));
    facts.extend(s.folder.as_deref().map(|f| format!("folder {}", escape(f))));
    let mut row = format!(
        "<li><span class=\"no\">{}</span><div><div class=\"title\">{title}</div><div class=\"quiet\">{}</div>",
        escape(&s.number),
        facts.into_iter().filter(|f| !f.is_empty()).collect::<Vec<_>>().join(" · "),
    );
    for note in &s.notes {
        let _ = write!(row, "<div><strong>{}</strong></div>", escape(note));
    }
    row.push_str("<table><thead><tr><th>Series</th><th>Kind</th><th>Images</th><th>State</th></tr></thead><tbody>");
    for series in &s.series {
        let _ = write!(
            row,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            escape(&series.description),
            escape(&series.modality),
            series.found,
            escape(&series.state()),
        );
    }
    row.push_str("</tbody></table></div></li>");
    row
}

fn missing(page: &mut String, c: &Contents) {
    line(page, "<h2>Missing or incomplete</h2>");
    if c.missing.is_empty() {
        line(page, "<p>Nothing is known to be missing.</p>");
    } else {
        line(page, "<ul>");
        for item in &c.missing {
            let mut entry = format!("<li><strong>{}</strong>", escape(&item.what));
            if !item.why.is_empty() {
                let _ = write!(entry, ": {}", escape(&item.why));
            }
            if let Some(holder) = &item.holder {
                let _ = write!(entry, " (held by {})", escape(holder));
            }
            line(page, &(entry + "</li>"));
        }
        line(page, "</ul>");
    }
    if let Some(words) = set_aside(c.set_aside) {
        line(page, &format!("<p class=\"quiet\">{words}</p>"));
    }
}

fn set_aside(count: u32) -> Option<String> {
    match count {
        0 => None,
        1 => Some("1 file that came with the records names another person and is not included.".to_owned()),
        n => Some(format!("{n} files that came with the records name another person and are not included.")),
    }
}

fn timeline(page: &mut String, c: &Contents) {
    if c.timeline.is_empty() {
        return;
    }
    line(
        page,
        "<h2>Timeline</h2>\n<table><thead><tr><th>Date</th><th>What happened</th><th>Source</th></tr></thead><tbody>",
    );
    for event in &c.timeline {
        let source = event.source.as_deref().map(escape).unwrap_or_default();
        line(page, &format!("<tr><td>{}</td><td>{}</td><td>{source}</td></tr>", date(event.date), escape(&event.what)));
    }
    line(page, "</tbody></table>");
}

fn foot(page: &mut String, c: &Contents) {
    line(page, "</main>\n<footer>");
    line(
        page,
        "<p>Everything in this packet was chosen and sent by the patient or on the patient's behalf. Originals are unaltered.</p>",
    );
    line(
        page,
        &format!(
            "<p>Case {} · record chain head <span class=\"hash\">{}</span></p>",
            escape(&c.case_handle),
            escape(&c.chain_head)
        ),
    );
    line(page, "</footer>\n</body>\n</html>");
}
