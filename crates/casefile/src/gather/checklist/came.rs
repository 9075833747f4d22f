//! What came of what was asked for. A clock that runs on after everything is here would make the next letter untrue; whether
//! the request ended is for a person to say, because records may be here from elsewhere.

use jiff::civil::Date;

use super::things::{Checklist, Fill, Item, Piece};
use crate::audience::CaseView;
use crate::case::Case;
use crate::gather::requests::HeldRequest;
use crate::gather::tissue::{HeldTissue, Step};
use crate::knowledge::{Knowledge, Requirement};
use crate::shared::ids::ImportId;
use crate::shared::time::Instant;

/// The lines of a request that are here, and of which something came since it was asked: ids of `record-requirements.csv`.
/// Slides and blocks come to the centre: they count from when they left, while a parcel may take that long.
#[must_use]
pub fn came<'r>(
    view: &CaseView<'_>,
    list: &Checklist,
    knowledge: &Knowledge,
    held: &'r HeldRequest,
    today: Date,
) -> Vec<&'r str> {
    let case = view.case();
    let Some(asked) = held.asked_on() else { return Vec::new() };
    let is_here = |id: &&String| {
        let material = knowledge.gathering.requirement(id).filter(|requirement| requirement.is_material());
        let line = list.items.iter().find(|item| item.requirement == **id);
        if let Some(material) = material {
            let on_the_way = |item: &Item| item.fill == Fill::Here || item.tissue >= Some(Step::Shipped);
            return line.is_some_and(on_the_way) && material_left(case, held, material, (knowledge, today));
        }
        let line = line.filter(|item| item.fill == Fill::Here && !item.is_outdated());
        line.is_some_and(|item| item.evidence.iter().any(|piece| came_since(case, piece, asked)))
    };
    held.request.requirements.iter().filter(is_here).map(String::as_str).collect()
}

/// Whether all that a request asks for is here. What a person asked for in their own words nobody can look for.
#[must_use]
pub fn all_came(view: &CaseView<'_>, list: &Checklist, knowledge: &Knowledge, held: &HeldRequest, today: Date) -> bool {
    is_all_of(held, &came(view, list, knowledge, held, today))
}

/// Whether what [`came`] of a running request is all that it asks for.
#[must_use]
pub fn is_all_of(held: &HeldRequest, came: &[&str]) -> bool {
    let asked = &held.request;
    let in_words = asked.requirements.is_empty() || !asked.items.is_empty();
    held.running().is_some() && !in_words && came.len() == asked.requirements.len()
}

fn came_since(case: &Case, piece: &Piece, asked: Date) -> bool {
    let on = |import: &ImportId| case.gather.imports.iter().find(|record| record.id == *import)?.at.map(Instant::date);
    let since = |import: &ImportId| on(import).is_some_and(|day| day >= asked);
    match piece {
        Piece::Document { id } => case.gather.documents.get(id).is_some_and(|held| since(&held.document.import)),
        // Of a study the case does not tell when it came; a person is asked before anything ends.
        Piece::Study { .. } => true,
        Piece::Stated | Piece::Tissue { .. } => false,
    }
}

/// Whether all pieces of that kind which the holder keeps left it, and none of them is lost or too long on its way.
fn material_left(
    case: &Case,
    held: &HeldRequest,
    asked_for: &Requirement,
    (knowledge, today): (&Knowledge, Date),
) -> bool {
    let of_holder = |line: &&HeldTissue| line.tissue.may_be_kept_by(&held.request.holder);
    let is_asked_for = |line: &&HeldTissue| {
        let kind = line.tissue.material.evidence();
        asked_for.satisfied_by.evidence().any(|evidence| *evidence == kind)
    };
    let mut lines = case.tissue.lines().filter(of_holder).filter(is_asked_for).peekable();
    // Pieces that are back at the laboratory, or lost, are still asked for.
    let left = |line: &HeldTissue| {
        line.pieces().with_laboratory() == 0 && line.pieces().lost == 0 && !line.is_astray(knowledge, today)
    };
    lines.peek().is_some() && lines.all(left)
}
