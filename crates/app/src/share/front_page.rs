//! The summary on the front of a packet, with the packet's own numbers; of a blind edition with what it withholds.

use consilium_casefile::{CaseView, Message, NotTold};
use consilium_press::packet;

use super::contents::{PlannedDocument, Sent};
use crate::App;
use crate::reading::{LineWords, ListedWords, Mark, SummaryAnswer, ValueSaid};

/// The one-page summary with the packet's own numbers; `None` where nothing was read.
pub(super) fn page_one(
    app: &App,
    view: &CaseView<'_>,
    documents: &[PlannedDocument],
    sent: Option<&Sent<'_>>,
) -> Option<packet::PageOne> {
    let went: Vec<&str> = sent.iter().flat_map(|(went, _)| went.iter().map(|id| id.as_str())).collect();
    let mut page = page_one_of(app, &app.reading(view).summary, (documents, &went))?;
    if view.withholds_a_plan() {
        name_withheld_sources(app, &mut page);
        say_what_is_withheld(app, &app.reading(view).summary, &view.not_told(app.knowledge()), &mut page);
    }
    Some(page)
}

/// What a blind edition tells from a record that is not in it names that instead of a number.
fn name_withheld_sources(app: &App, page: &mut packet::PageOne) {
    let lines = page.groups.iter_mut().flat_map(|group| &mut group.lines);
    let said = lines.flat_map(|line| &mut line.values).filter(|value| value.by.is_none());
    for said in said.flat_map(|value| &mut value.said).filter(|said| said.sources.is_empty()) {
        said.sources = app.say(&Message::new("packet-source-withheld"));
    }
}

/// Where a blind edition has nothing and a record that is withheld says it, no line reads as if no record said it. Whether
/// anything is planned or declined is itself withheld.
fn say_what_is_withheld(app: &App, summary: &SummaryAnswer, not_told: &NotTold, page: &mut packet::PageOne) {
    let in_withheld = app.say(&Message::new("packet-in-withheld"));
    let of_tumours =
        summary.tumours.iter().flat_map(|tumour| tumour.parts.iter().map(|part| (tumour.site.as_str(), &part.lines)));
    let of_person = std::iter::once(("", &summary.person));
    // Lists stand between the lines of the tumours and those of the person, in this order.
    let lists = [
        not_told.given.then(|| in_withheld.clone()),
        Some(app.say(&Message::new("packet-withheld"))),
        not_told.medicines.then(|| in_withheld.clone()),
    ];
    let after_tumours = of_tumours.clone().count();
    let more = [not_told.more_given, false, not_told.more_medicines];
    let listed = |words: String| packet::PageOneLine {
        values: vec![packet::PageOneValue {
            said: vec![packet::PageOneSaid { words, ..packet::PageOneSaid::default() }],
            ..packet::PageOneValue::default()
        }],
        ..packet::PageOneLine::default()
    };
    for ((group, blank), more) in page.groups.iter_mut().skip(after_tumours).zip(lists).zip(more) {
        group.blank = blank;
        if more && !group.lines.is_empty() {
            group.lines.push(listed(app.say(&Message::new("packet-not-complete"))));
        }
    }
    let lacks = [(not_told.more_given, "lacking-treatment"), (not_told.more_medicines, "lacking-medicine")];
    let lacks = lacks.into_iter().filter(|(lacks, _)| *lacks).map(|(_, key)| app.say(&Message::new(key)));
    page.lacks = not_told.more.iter().cloned().chain(lacks).collect();
    let labelled = page.groups.iter_mut().filter(|group| group.lines.iter().any(|line| !line.label.is_empty()));
    for (group, (site, lines)) in labelled.zip(of_tumours.chain(of_person).filter(|(_, lines)| !lines.is_empty())) {
        for (line, said) in group.lines.iter_mut().zip(lines) {
            line.blank = not_told.withholds(site, &said.concept).then(|| in_withheld.clone());
        }
    }
}

/// The same of a reading that is at hand.
pub(super) fn page_one_of(
    app: &App,
    summary: &SummaryAnswer,
    (documents, went): (&[PlannedDocument], &[&str]),
) -> Option<packet::PageOne> {
    let about_person = summary.person.iter().any(|line| !line.values.is_empty());
    if summary.tumours.is_empty() && summary.given.is_empty() && summary.medicines.is_empty() && !about_person {
        return None;
    }
    let number = |mark: &Mark| documents.iter().find(|d| d.id.as_str() == mark.document).map(|d| d.number.clone());
    let numbers = |marks: &[Mark]| {
        let mut of: Vec<String> = marks.iter().filter_map(number).collect();
        of.sort_by_key(|n| (n.len(), n.clone()));
        // What a packet before this one held has no number here, and is not withheld.
        if of.is_empty() && marks.iter().any(|mark| went.contains(&mark.document.as_str())) {
            return app.say(&Message::new("packet-source-before"));
        }
        of.join(", ")
    };
    let said = |said: &ValueSaid| packet::PageOneSaid {
        words: said.words.clone(),
        sources: numbers(&said.marks),
        doubt: said.doubt.clone(),
    };
    // By the packet's own numbers; a record that is not in it has none.
    let counted = |document: &str| documents.iter().position(|d| d.id.as_str() == document).map(|place| place + 1);
    let note = |line: &LineWords| {
        let explained = line.explained.as_ref().filter(|_| line.relation == Some("conflict"));
        explained.and_then(|note| note.words(counted, &|message: &Message| app.say(message)))
    };
    let line = |line: &LineWords| packet::PageOneLine {
        label: line.label.clone(),
        values: line
            .values
            .iter()
            .map(|v| packet::PageOneValue {
                said: v.each.iter().map(said).collect(),
                confirmed: v.confirmed,
                by: v.by_on_paper.clone(),
                partly: v.partly.clone(),
            })
            .collect(),
        conflict: line.relation == Some("conflict"),
        note: note(line),
        blank: None,
    };
    let listed = |line: &ListedWords| packet::PageOneLine {
        label: String::new(),
        values: vec![packet::PageOneValue {
            said: vec![packet::PageOneSaid {
                words: line.words.clone(),
                sources: numbers(&line.marks),
                ..packet::PageOneSaid::default()
            }],
            confirmed: line.confirmed,
            by: line.by_on_paper.clone(),
            partly: None,
        }],
        ..packet::PageOneLine::default()
    };
    let mut groups = Vec::new();
    for tumour in &summary.tumours {
        for part in &tumour.parts {
            let heading = format!("{}: {}", tumour.words, part.heading.to_lowercase());
            groups.push(packet::PageOneGroup { heading, lines: part.lines.iter().map(line).collect(), blank: None });
        }
    }
    let lists = [
        ("Treatment so far", &summary.given),
        ("Planned or declined", &summary.planned),
        ("Medicines", &summary.medicines),
    ];
    for (heading, lines) in lists {
        let heading = heading.to_owned();
        groups.push(packet::PageOneGroup { heading, lines: lines.iter().map(listed).collect(), blank: None });
    }
    groups.push(packet::PageOneGroup {
        heading: "The person".to_owned(),
        lines: summary.person.iter().map(line).collect(),
        blank: None,
    });
    Some(packet::PageOne {
        conflicts: summary.conflicts.clone(),
        unconfirmed: summary.unconfirmed,
        groups,
        lacks: Vec::new(),
    })
}
