//! What is said of a change of a gene. "KRAS mutation" and "ALK rearrangement" name what a test looks for: they are a result
//! only where the words beside them say that it was found, not found, not tested or could not be judged.

use consilium_casefile::facts::Polarity;
use consilium_casefile::knowledge::WordGroup;

use crate::lexicon::Meaning;
use crate::reader::Notes;
use crate::scan::{Gap, Mark, Scan};

/// Words from the name of a change within which its answer stands.
const REACH: usize = 6;

/// Words from a gene to the word for its change: "BRCA1/2 gene mutation".
const NAMED: usize = 3;

/// Words back from a gene within which it is said that its change was found.
const LED: usize = 5;

/// The answer behind the word at `last`, and its last word. What leads to something else ("negative for T790M") is none.
pub(super) fn behind(scan: &Scan<'_, '_>, last: usize) -> Option<(Polarity, usize)> {
    for place in last..=last + REACH {
        // "Mutation: detected": one phrase, that begins with the name itself.
        let own = place == last;
        let gap = if own { Gap::default() } else { scan.gap(place) };
        // "Fusion - not identified": a dash before the answer. The next sentence is of something else.
        let dots = scan.between(place).starts_with(b"..");
        let ended = gap.has(Gap::HARD) && (place > last + 1 || gap.has(Gap::PERIOD) && !dots);
        if gap.has(Gap::BLANK | Gap::SEMICOLON) || ended {
            return None;
        }
        let here = || scan.marks_from(place).iter().take_while(|other| other.first == place);
        if !own && here().any(|other| matches!(scan.meaning(other), Some(Meaning::Gene(_) | Meaning::Label(_)))) {
            return None;
        }
        let Some((result, mark)) = here().find_map(|other| match scan.meaning(other) {
            Some(Meaning::Result(result)) if !own || other.last > last => Some((result.as_str(), other)),
            _ => None,
        }) else {
            continue;
        };
        let of_a_control = place > last + 1 && scan.is_of(place - 1, WordGroup::Control);
        if of_a_control || result == "present" && is_of_amount(scan, mark) {
            continue;
        }
        let closed = is_closed(scan, mark.last);
        // "KRAS G12D, wild type NRAS": behind a comma an answer stands alone.
        let parted = (last + 1..=place).any(|at| scan.gap(at).has(Gap::COMMA));
        if (parted || leads_on(scan, mark)) && !closed {
            return None;
        }
        let polarity = match result {
            "absent" | "negative" | "wildtype" | "not_amplified" => Polarity::Absent,
            "present" | "positive" | "mutant" if !finds_nothing(scan, mark.last) => Polarity::Present,
            "not_tested" => Polarity::NotTested,
            "insufficient" => Polarity::Insufficient,
            "equivocal" | "uncertain" | "unclear" => Polarity::Uncertain,
            _ => return None,
        };
        // "KRAS mutation testing identified a polymorphism": what a test found is told by its name.
        let told = polarity != Polarity::Present
            || !(last + 1..place).any(|at| scan.is_of(at, WordGroup::TestNoun))
            || (last + 1..=place).any(|at| scan.gap(at).has(Gap::COLON))
            || result == "positive";
        return told.then_some((polarity, mark.last));
    }
    None
}

/// What is said of a change that is only named, from the gene to the word for it, and the last word of the answer.
pub(super) fn of_named(notes: &Notes<'_, '_, '_>, gene: &Mark, last: usize) -> Option<(Polarity, usize)> {
    let scan = notes.scan;
    if notes.cues.is_denied_at_once(scan, gene.first) {
        return Some((Polarity::Absent, last));
    }
    let said = notes.cues.beside(scan, gene.first, gene.last).polarity;
    if let Some((polarity, end)) = behind(scan, last) {
        let doubted = polarity == Polarity::Present && said != Polarity::Present;
        return (!doubted).then_some((polarity, end));
    }
    let carried =
        scan.is_of(last + 1, WordGroup::Carrier) && !scan.gap(last + 1).has(Gap::HARD | Gap::COMMA | Gap::COLON);
    let found = said == Polarity::Present && (carried || is_led(scan, gene.first)) && !is_tested(scan, last);
    found.then_some((Polarity::Present, last + usize::from(carried)))
}

/// The word for a change behind a gene: "KRAS mutation", "BRCA1/2 gene mutation".
pub(super) fn named_change(scan: &Scan<'_, '_>, gene: &Mark) -> Option<usize> {
    let apart = Gap::BLANK | Gap::SEMICOLON | Gap::HARD | Gap::COLON | Gap::COMMA;
    let is_gene = |place: usize| {
        let mut here = scan.marks_from(place).iter().take_while(|other| other.first == place);
        here.any(|other| matches!(scan.meaning(other), Some(Meaning::Gene(_))))
    };
    (gene.last + 1..=gene.last + NAMED)
        .take_while(|place| !scan.gap(*place).has(apart) && !is_gene(*place))
        .find(|place| scan.is_of(*place, WordGroup::GeneChange))
}

/// "Minimal", "limited": an amount, and no answer to whether there is one.
fn is_of_amount(scan: &Scan<'_, '_>, mark: &Mark) -> bool {
    let amounts = ["minimal", "limited", "extensive", "focal", "prominent", "widespread", "conspicuous"];
    mark.first == mark.last && amounts.iter().any(|word| scan.is(mark.first, word))
}

/// "Negative for", "no": what is meant stands behind it.
fn leads_on(scan: &Scan<'_, '_>, mark: &Mark) -> bool {
    ["for", "no", "without", "evidence", "definite"].iter().any(|word| scan.is(mark.last, word))
        || scan.is(mark.last + 1, "for") && !scan.gap(mark.last + 1).has(Gap::HARD | Gap::COMMA)
}

/// "Identified no change": what was found is nothing.
fn finds_nothing(scan: &Scan<'_, '_>, last: usize) -> bool {
    ["no", "not", "none", "neither", "nothing"].iter().any(|word| scan.is(last + 1, word))
        && !scan.gap(last + 1).has(Gap::HARD | Gap::COMMA)
}

/// Whether a statement, or a part of one, ends behind a word.
fn is_closed(scan: &Scan<'_, '_>, last: usize) -> bool {
    let ends = Gap::HARD | Gap::LINE | Gap::COMMA | Gap::CLOSE | Gap::PERIOD | Gap::SEMICOLON | Gap::OPEN | Gap::SLASH;
    last + 1 >= scan.tokens.len() || scan.gap(last + 1).has(ends)
}

/// "Mutation testing", "mutation status": the change is what a test looks for.
fn is_tested(scan: &Scan<'_, '_>, last: usize) -> bool {
    scan.is_of(last + 1, WordGroup::TestNoun) && !scan.gap(last + 1).has(Gap::HARD)
}

/// "Harbors a KRAS mutation", "positive for": whether the words before a gene say that its change was found.
fn is_led(scan: &Scan<'_, '_>, first: usize) -> bool {
    let apart = Gap::HARD | Gap::COMMA | Gap::COLON | Gap::CLOSE;
    for place in (first.saturating_sub(LED)..first).rev() {
        if scan.gap(place + 1).has(apart) || scan.is_of(place, WordGroup::TestNoun) {
            return false;
        }
        if scan.is_of(place, WordGroup::Carrier) {
            return true;
        }
        // "Tested for", but "positive for".
        let positive = place.checked_sub(1).is_some_and(|before| scan.is(before, "positive"));
        if scan.is(place, "for") && !positive {
            return false;
        }
    }
    false
}

/// "EML4-ALK": whether a gene is joined to the gene before it, so that the two name what was found.
pub(super) fn has_partner(scan: &Scan<'_, '_>, gene: &Mark) -> bool {
    // "BCR-ABL1" is one name of two genes; "c-MET" is one of one.
    if gene.last > gene.first && scan.between(gene.last) == b"-" && scan.spelled(gene.first).len() > 2 {
        return true;
    }
    let Some(before) = gene.first.checked_sub(1) else { return false };
    let joined = matches!(scan.between(gene.first), b"-" | b"::" | b"/");
    joined
        && scan
            .marks_from(before.saturating_sub(2))
            .iter()
            .take_while(|mark| mark.first <= before)
            .any(|mark| mark.last == before && matches!(scan.meaning(mark), Some(Meaning::Gene(_))))
}
