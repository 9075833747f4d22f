//! Genes and proteins: variants, fusions, amplification, mismatch repair, microsatellites, IDH, MGMT, 1p/19q, p16.
//! "Not detected", "not tested" and "failed" are three different answers, and a variant of uncertain significance is
//! not a finding.

mod answers;
mod mismatch_repair;

use consilium_casefile::facts::{Concept, Polarity, Qualifiers};
use consilium_casefile::knowledge::WordGroup;

use crate::lexicon::Meaning;
use crate::reader::{Finding, Notes};
use crate::scan::{Gap, Mark, Scan};

/// Genes and proteins.
pub(crate) fn read(notes: &mut Notes<'_, '_, '_>) {
    let scan = notes.scan;
    for mark in &scan.marks {
        match scan.meaning(mark) {
            Some(Meaning::Gene(gene)) => gene_result(notes, mark, gene),
            Some(Meaning::Label(label)) => status(notes, mark, label),
            _ => {}
        }
    }
    mismatch_repair::derive(notes);
}

/// The result that stands behind a name, within the statement, and its last word.
fn result_after<'l>(scan: &Scan<'_, 'l>, mark: &Mark, reach: usize) -> Option<(&'l str, usize)> {
    result_from(scan, mark, reach).map(|(result, _, last)| (result, last))
}

/// The same with its first word.
fn result_from<'l>(scan: &Scan<'_, 'l>, mark: &Mark, reach: usize) -> Option<(&'l str, usize, usize)> {
    for place in mark.last..=mark.last + reach {
        // "IDH1 mutation: detected": the last word of the name is the first of the result.
        let own = place == mark.last;
        let gap = if own { Gap::default() } else { scan.gap(place) };
        // "Fusion - not identified": a dash before the answer.
        if gap.has(Gap::BLANK | Gap::SEMICOLON) || (gap.has(Gap::HARD) && place > mark.last + 1) {
            return None;
        }
        for other in scan.marks_from(place).iter().take_while(|other| other.first == place) {
            match scan.meaning(other) {
                // "p16: tonsil control positive, lesion negative"
                Some(Meaning::Result(_)) if own && other.last <= mark.last => {}
                Some(Meaning::Result(_)) if place > mark.last + 1 && scan.is_of(place - 1, WordGroup::Control) => {}
                Some(Meaning::Result(result)) => return Some((result, other.first, other.last)),
                Some(Meaning::Gene(_)) if !own => return None,
                _ => {}
            }
        }
    }
    None
}

fn status(notes: &mut Notes<'_, '_, '_>, mark: &Mark, label: &Concept) {
    let scan = notes.scan;
    let table: &[(&str, &str, Polarity)] = if *label == Concept::MSI {
        &[
            ("msi_h", "MSI-H", Polarity::Present),
            ("msi_l", "MSI-L", Polarity::Uncertain),
            ("mss", "MSS", Polarity::Absent),
        ]
    } else if *label == Concept::MMR {
        &[("retained", "proficient", Polarity::Absent), ("lost", "deficient", Polarity::Present)]
    } else if *label == Concept::MGMT {
        &[("methylated", "methylated", Polarity::Present), ("unmethylated", "unmethylated", Polarity::Absent)]
    } else if *label == Concept::IDH {
        &[
            ("mutant", "mutant", Polarity::Present),
            ("wildtype", "wildtype", Polarity::Absent),
            ("positive", "mutant", Polarity::Present),
            ("negative", "wildtype", Polarity::Uncertain),
        ]
    } else if *label == Concept::CODELETION_1P19Q {
        &[
            ("codeleted", "codeleted", Polarity::Present),
            ("retained", "intact", Polarity::Absent),
            ("absent", "intact", Polarity::Absent),
            ("not_codeleted", "intact", Polarity::Absent),
        ]
    } else if *label == Concept::HPV_P16 {
        &[
            ("positive", "positive", Polarity::Present),
            ("negative", "negative", Polarity::Absent),
            ("absent", "negative", Polarity::Absent),
        ]
    } else {
        return;
    };
    if *label == Concept::MSI && own_msi(notes, mark) {
        return;
    }
    let own = || (*label == Concept::MMR).then(|| own_result(scan, mark)).flatten();
    let own = || own().map(|(result, last)| (result, mark.first, last));
    let Some((result, first, last)) = result_from(scan, mark, 6).or_else(own) else {
        if *label == Concept::MMR {
            mismatch_repair::led_by_result(notes, mark);
        }
        return;
    };
    let scope = notes.cues.of(scan, mark.first, mark.last);
    let found = table.iter().find(|(name, _, _)| *name == result).map(|(_, value, polarity)| (*value, *polarity));
    // "Not MSI-high", "not codeleted": what is denied or doubted is the result.
    let denied = first > mark.last && notes.cues.is_denied_at_once(scan, first);
    let doubted = first > mark.last && notes.cues.is_doubted_at_once(scan, first);
    let is_named = |names: &[&str]| names.iter().any(|word| scan.is(mark.last, word));
    let named = match *label == Concept::CODELETION_1P19Q {
        // "1p/19q LOH (codeletion): negative": the name of what is looked for, with its answer behind it.
        true if result == "codeleted" => answers::behind(scan, last),
        true => answers::behind(scan, mark.last).filter(|_| is_named(&["codeletion", "deletion", "loss"])),
        false => answers::behind(scan, mark.last)
            .filter(|_| *label == Concept::IDH && found.is_none() && is_named(&["mutation", "r132h"])),
    };
    let last = named.map_or(last, |(_, end)| end.max(last));
    let named = named.and_then(|(polarity, _)| match (polarity, *label == Concept::IDH) {
        (Polarity::Present, true) => Some(("mutant", polarity)),
        (Polarity::Absent, true) => Some(("wildtype", Polarity::Uncertain)),
        (Polarity::Present, false) => Some(("codeleted", polarity)),
        (Polarity::Absent, false) => Some(("intact", polarity)),
        (Polarity::Uncertain, false) => Some(("codeleted", polarity)),
        _ => None,
    });
    let (value, polarity) = match (found, result) {
        (Some(("codeleted", _)), _) if denied => ("intact", Polarity::Absent),
        _ if denied => return,
        (Some((value, _)), _) if doubted => (value, Polarity::Uncertain),
        _ if named.is_some() => named.unwrap_or(("", Polarity::Uncertain)),
        (Some(found), _) => found,
        (None, "not_tested") => ("not tested", Polarity::NotTested),
        (None, "insufficient") => ("insufficient", Polarity::Insufficient),
        _ => return,
    };
    // "No loss", "no deletion": the negation belongs to the result and is not read as a result.
    if scope.polarity == Polarity::Absent && !matches!(named, Some((_, Polarity::Absent))) {
        return;
    }
    notes.add(Finding {
        polarity,
        context: Some(scope.context),
        ..Finding::new(label.clone(), value, scan.span(mark.first, last))
    });
}

/// "MSI-H", "microsatellite stable": the name holds the result.
fn own_msi(notes: &mut Notes<'_, '_, '_>, label: &Mark) -> bool {
    let scan = notes.scan;
    for mark in scan.marks_from(label.first).iter().take_while(|mark| mark.first <= label.last) {
        let Some(Meaning::Result(result)) = scan.meaning(mark) else { continue };
        let (value, polarity) = match result.as_str() {
            "msi_h" => ("MSI-H", Polarity::Present),
            "msi_l" => ("MSI-L", Polarity::Uncertain),
            "mss" => ("MSS", Polarity::Absent),
            _ => continue,
        };
        let scope = notes.cues.of(scan, mark.first, mark.last);
        if scope.polarity == Polarity::Present {
            notes.add(Finding {
                polarity,
                context: Some(scope.context),
                ..Finding::new(Concept::MSI, value, scan.span(label.first, mark.last))
            });
        }
        return true;
    }
    false
}

/// "pMMR", "dMMR": the name holds the result.
fn own_result<'l>(scan: &Scan<'_, 'l>, label: &Mark) -> Option<(&'l str, usize)> {
    let within = scan.marks_from(label.first).iter().take_while(|mark| mark.first <= label.last);
    within.into_iter().find_map(|mark| match scan.meaning(mark) {
        Some(Meaning::Result(result)) if mark.last == label.last => Some((result.as_str(), mark.last)),
        _ => None,
    })
}

/// "Loss of MLH1 and PMS2": the first word, where a gene stands in the list behind it.
fn loss_before(scan: &Scan<'_, '_>, first: usize) -> Option<usize> {
    let joins = ["of", "and", "both", "the", "nuclear", "expression", "or", "protein", "mlh1", "msh2", "msh6", "pms2"];
    for place in (first.saturating_sub(8)..first).rev() {
        if scan.gap(place + 1).has(Gap::HARD | Gap::COLON) {
            return None;
        }
        if scan.is(place, "loss") {
            return scan.is(place + 1, "of").then_some(place);
        }
        if !joins.iter().any(|word| scan.is(place, word)) {
            return None;
        }
    }
    None
}

fn gene_result(notes: &mut Notes<'_, '_, '_>, mark: &Mark, gene: &str) {
    let scan = notes.scan;
    let qualifiers = || Qualifiers { gene: Some(gene.to_owned()), ..Qualifiers::default() };
    let scope = notes.cues.of(scan, mark.first, mark.last);
    let is_repair = mismatch_repair::GENES.contains(&gene);
    let result = if is_repair { mismatch_repair::result(scan, mark) } else { result_after(scan, mark, 6) };
    // Mismatch repair proteins are retained or lost.
    if is_repair && let Some(("retained" | "lost", last)) = result {
        let lost = result.is_some_and(|(result, _)| result == "lost");
        notes.add(Finding {
            polarity: if lost { Polarity::Present } else { Polarity::Absent },
            context: Some(scope.context),
            qualifiers: qualifiers(),
            ..Finding::new(Concept::MMR_PROTEIN, if lost { "lost" } else { "retained" }, scan.span(mark.first, last))
        });
        return;
    }
    if is_repair && let Some(loss) = loss_before(scan, mark.first) {
        let scope = notes.cues.of(scan, loss, loss);
        // "Loss of MLH1: not identified"
        let end = mismatch_repair::last_of_list(scan, mark).unwrap_or(mark.last);
        let answer = answers::behind(scan, end).map_or(Polarity::Present, |(polarity, _)| polarity);
        let (value, polarity) = match (scope.polarity, answer) {
            (Polarity::Absent, _) | (_, Polarity::Absent) => ("retained", Polarity::Absent),
            (Polarity::Present, answer) => ("lost", answer),
            (other, _) => ("lost", other),
        };
        notes.add(Finding {
            polarity,
            context: Some(scope.context),
            qualifiers: qualifiers(),
            ..Finding::new(Concept::MMR_PROTEIN, value, scan.span(mark.first, mark.last))
        });
        return;
    }
    let (kind, from) = kind_after(scan, mark);
    let uncertain = uncertain_significance(scan, mark);
    match kind {
        Some(Kind::Variant(name, last)) => {
            let answer = answers::behind(scan, last).map(|(polarity, _)| polarity);
            let only_named = scan.is_of(last, WordGroup::GeneChange);
            let polarity = match answer {
                _ if uncertain => Polarity::Uncertain,
                Some(Polarity::Present) => scope.polarity,
                Some(answer) => answer,
                None if only_named => match answers::of_named(notes, mark, last) {
                    Some((polarity, _)) => polarity,
                    None => return,
                },
                None => scope.polarity,
            };
            notes.add(Finding {
                polarity,
                context: Some(scope.context),
                qualifiers: qualifiers(),
                ..Finding::new(Concept::VARIANT, format!("{gene} {name}"), scan.span(mark.first, last))
            });
        }
        Some(Kind::Fusion(partner, last)) => {
            let named = partner.is_none();
            let name = partner.map_or_else(|| format!("{gene} rearrangement"), |partner| format!("{gene}::{partner}"));
            let answer = match named && !scan.is(last, "rearranged") && !answers::has_partner(scan, mark) {
                true => answers::of_named(notes, mark, last),
                false => Some(answers::behind(scan, last).unwrap_or((Polarity::Present, last))),
            };
            let (polarity, last) = match answer {
                Some((Polarity::Present, last)) => (scope.polarity, last),
                Some(answer) => answer,
                None => return,
            };
            notes.add(Finding {
                polarity,
                context: Some(scope.context),
                qualifiers: qualifiers(),
                ..Finding::new(Concept::FUSION, name, scan.span(mark.first, last))
            });
        }
        None => {
            if from.is_some() && uncertain {
                notes.add(Finding {
                    polarity: Polarity::Uncertain,
                    context: Some(scope.context),
                    qualifiers: qualifiers(),
                    ..Finding::new(
                        Concept::VARIANT,
                        format!("{gene} variant of uncertain significance"),
                        scan.span(mark.first, from.unwrap_or(mark.last)),
                    )
                });
                return;
            }
            if let Some(last) = answers::named_change(scan, mark).filter(|_| !matches!(result, Some(("wildtype", _)))) {
                let Some((polarity, last)) = answers::of_named(notes, mark, last) else { return };
                let value = match polarity {
                    Polarity::Present => "mutated",
                    Polarity::Absent => "wild type",
                    _ => "mutation",
                };
                notes.add(Finding {
                    polarity,
                    context: Some(scope.context),
                    qualifiers: qualifiers(),
                    ..Finding::new(Concept::VARIANT, format!("{gene} {value}"), scan.span(mark.first, last))
                });
                return;
            }
            let Some((result, last)) = result else { return };
            let (concept, value, polarity) = match result {
                "mutant" => (Concept::VARIANT, format!("{gene} mutated"), Polarity::Present),
                "wildtype" => (Concept::VARIANT, format!("{gene} wild type"), Polarity::Absent),
                "amplified" => (Concept::AMPLIFICATION, gene.to_owned(), Polarity::Present),
                "not_amplified" => (Concept::AMPLIFICATION, gene.to_owned(), Polarity::Absent),
                _ => return,
            };
            let polarity = if scope.polarity == Polarity::Absent && polarity == Polarity::Present {
                Polarity::Absent
            } else {
                polarity
            };
            notes.add(Finding {
                polarity,
                context: Some(scope.context),
                qualifiers: qualifiers(),
                ..Finding::new(concept, value, scan.span(mark.first, last))
            });
        }
    }
}

enum Kind {
    Variant(String, usize),
    Fusion(Option<String>, usize),
}

/// "c.5946delT", "c.2573T>G": the change of the coding sequence as it is written, and its last word.
fn coding_change(scan: &Scan<'_, '_>, place: usize) -> Option<(String, usize)> {
    let token = scan.token(place)?;
    let begins = scan.spelled(place) == b"c" && scan.text.at(token.end()) == b'.';
    if !begins || !scan.text.at(token.end() + 1).is_ascii_digit() {
        return None;
    }
    let mut end = token.end() + 1;
    while end < token.end() + 40
        && (scan.text.at(end).is_ascii_alphanumeric() || matches!(scan.text.at(end), b'>' | b'_' | b'+' | b'-' | b'*'))
    {
        end += 1;
    }
    let name = String::from_utf8_lossy(scan.text.slice(token.start()..end)).into_owned();
    let changes = ["del", "dup", "ins", ">", "inv"].iter().any(|sign| name.contains(sign));
    changes.then(|| (name, scan.token_at(end.saturating_sub(1))))
}

/// A change named behind a gene, or the last word of a phrase such as "variant".
fn kind_after(scan: &Scan<'_, '_>, mark: &Mark) -> (Option<Kind>, Option<usize>) {
    for place in mark.last + 1..=mark.last + 5 {
        let gap = scan.gap(place);
        if gap.has(Gap::BLANK | Gap::SEMICOLON | Gap::HARD) {
            break;
        }
        let spelled = scan.spelled(place);
        if let Some((name, last)) = coding_change(scan, place) {
            return (Some(Kind::Variant(name, last)), None);
        }
        if is_change(spelled) {
            return (Some(Kind::Variant(String::from_utf8_lossy(spelled).into_owned(), place)), None);
        }
        if scan.is(place, "exon") && scan.spelled(place + 1).iter().all(u8::is_ascii_digit) {
            let what =
                ["deletion", "insertion", "skipping", "mutation"].into_iter().find(|word| scan.is(place + 2, word));
            if let Some(what) = what {
                let exon = String::from_utf8_lossy(scan.spelled(place + 1)).into_owned();
                return (Some(Kind::Variant(format!("exon {exon} {what}"), place + 2)), None);
            }
        }
        let double_colon = place == mark.last + 1
            && scan.token(mark.last).is_some_and(|t| scan.text.slice(t.end()..t.end() + 2) == b"::");
        if double_colon {
            let partner = String::from_utf8_lossy(spelled).to_ascii_uppercase();
            return (Some(Kind::Fusion(Some(partner), place)), None);
        }
        if ["rearrangement", "rearranged", "fusion", "translocation"].iter().any(|word| scan.is(place, word)) {
            return (Some(Kind::Fusion(None, place)), None);
        }
        if scan.is(place, "variant") || scan.is(place, "vus") {
            return (None, Some(place));
        }
        if scan
            .marks_from(place)
            .iter()
            .take_while(|m| m.first == place)
            .any(|m| matches!(scan.meaning(m), Some(Meaning::Gene(_))))
        {
            break;
        }
    }
    (None, None)
}

/// "G12C", "L858R", "V600E", "5946delT".
fn is_change(spelled: &[u8]) -> bool {
    let (Some(first), Some(last)) = (spelled.first(), spelled.last()) else { return false };
    let middle = spelled.get(1..spelled.len() - 1).unwrap_or_default();
    first.is_ascii_uppercase()
        && last.is_ascii_uppercase()
        && (1..=4).contains(&middle.len())
        && middle.iter().all(u8::is_ascii_digit)
}

fn uncertain_significance(scan: &Scan<'_, '_>, mark: &Mark) -> bool {
    (mark.last + 1..=mark.last + 8).take_while(|place| !scan.gap(*place).has(Gap::HARD)).any(|place| {
        scan.is(place, "vus")
            || ((scan.is(place, "uncertain") || scan.is(place, "unknown")) && scan.is(place + 1, "significance"))
    })
}
