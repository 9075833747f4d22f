//! What a packet says that it lacks: what a blind edition leaves out or tells on its front pages alone, files that are locked,
//! damaged documents and images that are missing.

use consilium_casefile::gather::{CaseStudy, HeldDocument};
use consilium_casefile::imaging::Completeness;
use consilium_casefile::records::FileFormat;
use consilium_casefile::{CaseView, LeftOut, Message};
use consilium_press::packet;

use super::contents::PlannedDocument;
use crate::App;

/// How many documents a blind edition lacks and why, without a word about what they are.
pub(super) fn withheld(view: &CaseView<'_>, left_out: LeftOut) -> Vec<packet::Missing> {
    if !view.withholds_a_plan() {
        return Vec::new();
    }
    let row = |count: usize, why: &str| {
        let what = match count {
            0 => return None,
            1 => "1 document, left out of this blind edition".to_owned(),
            n => format!("{n} documents, left out of this blind edition"),
        };
        Some(packet::Missing { what, why: why.to_owned(), holder: None })
    };
    let of_a_plan = row(left_out.of_a_plan, "Of a kind that states another team’s plan.");
    let unsorted = row(left_out.unsorted, "Not sorted yet, so that it is not known whether a plan is stated.");
    let with_a_plan =
        row(left_out.with_a_plan, "An export of a whole record, in which orders and plans stand beside results.");
    let radiation = (left_out.radiation > 0).then(|| packet::Missing {
        what: format!("The radiation files (plan, structures, dose) of {} imaging studies", left_out.radiation)
            .replace("of 1 imaging studies", "of 1 imaging study"),
        why: "Nothing here says that this course was given, so that they may be a plan.".to_owned(),
        holder: None,
    });
    of_a_plan.into_iter().chain(with_a_plan).chain(unsorted).chain(radiation).collect()
}

/// What only the front pages of a blind edition tell: the registration sheet, and lines whose record is withheld. A case that
/// the packet opens has none of it in its records, and says so by these lines.
pub(super) fn told_on_page_one(app: &App, view: &CaseView<'_>, page: Option<&packet::PageOne>) -> Vec<packet::Missing> {
    if !view.withholds_a_plan() {
        return Vec::new();
    }
    let source = app.say(&Message::new("packet-source-withheld"));
    let lines = page.into_iter().flat_map(|page| &page.groups).flat_map(|group| &group.lines);
    let lines = lines.filter_map(|line| {
        let said = line.values.iter().flat_map(|value| &value.said).filter(|said| said.sources == source);
        let said: Vec<&str> = said.map(|said| said.words.as_str()).collect();
        let joined = said.join("; ");
        (!said.is_empty())
            .then(|| if line.label.is_empty() { joined.clone() } else { format!("{}: {joined}", line.label) })
    });
    let row = |what: String, why: &str| packet::Missing { what, why: app.say(&Message::new(why)), holder: None };
    // In one row: what is really missing is not to drown in them.
    let lines: Vec<String> = lines.collect();
    let told = Message::new("packet-told-line").with("count", lines.len()).with("lines", lines.join(" · "));
    let facts = (!lines.is_empty()).then(|| row(app.say(&told), "packet-told-why")).into_iter();
    let parts = view.registration();
    let stated = parts.parts().iter().any(|(_, words)| !words.is_empty());
    let sheet = stated.then(|| row(app.say(&Message::new("packet-told-sheet")), "packet-told-sheet-why"));
    facts.chain(sheet).collect()
}

/// Files that nobody could open yet: whoever gets the packet has to know that there are some.
pub(super) fn locked(app: &App, view: &CaseView<'_>) -> Option<packet::Missing> {
    let count = Some(view.locked()).filter(|count| *count > 0)?;
    let what = app.say(&Message::new("packet-locked").with("count", count));
    Some(packet::Missing { what, why: app.say(&Message::new("packet-locked-why")), holder: None })
}

pub(super) fn missing(
    view: &CaseView<'_>,
    held: &[&HeldDocument],
    planned: &[PlannedDocument],
    studies: &[&CaseStudy],
) -> Vec<packet::Missing> {
    let mut rows = Vec::new();
    for (document, planned) in held.iter().zip(planned) {
        let is_damaged = document.document.format == FileFormat::Pdf && document.document.pages.is_none();
        if is_damaged {
            rows.push(packet::Missing {
                what: format!("A readable copy of document {} ({})", planned.number, planned.title),
                why: "The file is damaged; it is in the packet as it came.".to_owned(),
                holder: document.facility().map(str::to_owned),
            });
        } else if let Some(complaint) = document.document.complaints.first()
            && document.document.format == FileFormat::Pdf
        {
            rows.push(packet::Missing {
                what: format!("A whole copy of document {} ({})", planned.number, planned.title),
                why: complaint.clone(),
                holder: document.facility().map(str::to_owned),
            });
        }
    }
    for held in studies {
        for series in view.series_of(held) {
            let Completeness::Incomplete { expected, found, missing } = series.completeness() else { continue };
            let what = format!(
                "{} images of {} ({})",
                expected.saturating_sub(found),
                view.study_words(held).unwrap_or("an imaging study"),
                view.series_words(series).or(series.facts.modality.as_deref()).unwrap_or("one series"),
            );
            let numbers =
                if missing.0.is_empty() { String::new() } else { format!(" Missing numbers: {}.", missing.human()) };
            rows.push(packet::Missing {
                what,
                why: format!("{found} of {expected} images were on the medium.{numbers}"),
                holder: held.study.facts.institution.clone(),
            });
        }
    }
    rows
}
