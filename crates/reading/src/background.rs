//! The person beside the tumour, as far as treatment depends on it: allergies and other illnesses. A
//! "history of hypertension" is an illness the person has; a relative's is not.

use consilium_casefile::facts::{Concept, Context, Polarity};
use consilium_casefile::knowledge::WordGroup;

use crate::lexicon::{Cue, Meaning};
use crate::reader::{Finding, Notes};
use crate::scan::{Gap, Scan};

/// Longer lists of allergies are cut.
const MOST_SUBSTANCES: usize = 12;

/// Words from the label of a reason to the last of its list.
const REASON: usize = 16;

/// Allergies, other illnesses.
pub(crate) fn read(notes: &mut Notes<'_, '_, '_>) {
    let scan = notes.scan;
    let mut seen = std::collections::BTreeSet::new();
    for mark in &scan.marks {
        let Some(Meaning::Label(label)) = scan.meaning(mark) else { continue };
        if *label == Concept::COMORBIDITY {
            if is_a_reason(scan, mark.first) {
                continue;
            }
            let scope = notes.cues.beside(scan, mark.first, mark.last);
            // "HIV status: negative"
            let answer = (mark.last + 1..mark.last + 4)
                .take_while(|place| *place == mark.last + 1 || !scan.gap(*place).has(Gap::HARD))
                .find(|place| scan.gap(*place).has(Gap::COLON))
                .filter(|place| is_denied_result(scan, *place));
            let polarity = if answer.is_some() { Polarity::Absent } else { scope.polarity };
            let context = match scope.context {
                other @ (Context::Family | Context::Outside) => other,
                _ => Context::Current,
            };
            let value = words(scan, mark.first, mark.last);
            if seen.insert((value.clone(), polarity, context)) {
                notes.add(Finding {
                    polarity,
                    context: Some(context),
                    ..Finding::new(Concept::COMORBIDITY, value, scan.span(mark.first, mark.last))
                });
            }
        }
    }
    for place in 0..scan.tokens.len() {
        allergy(notes, place);
    }
}

/// "Indication: iron deficiency anemia": why something is looked at, and not what a person is ill with besides.
fn is_a_reason(scan: &Scan<'_, '_>, place: usize) -> bool {
    let line =
        (place.saturating_sub(REASON)..=place).rev().find(|at| *at == 0 || scan.gap(*at).has(Gap::LINE | Gap::PERIOD));
    line.is_some_and(|from| (from..place).any(|at| scan.is_of(at, WordGroup::Indication)))
}

fn words(scan: &Scan<'_, '_>, first: usize, last: usize) -> String {
    let words: Vec<String> =
        (first..=last).map(|place| String::from_utf8_lossy(scan.spelled(place)).to_lowercase()).collect();
    words.join(" ")
}

/// "NKDA", "no known drug allergies", "allergic to penicillin and latex", "Allergies: sulfa (rash), codeine".
fn allergy(notes: &mut Notes<'_, '_, '_>, place: usize) {
    let scan = notes.scan;
    if scan.is_of(place, WordGroup::NoAllergy) {
        // "NKDA to penicillin" is of penicillin alone.
        let of_some = scan.is(place + 1, "to") && !scan.gap(place + 1).has(Gap::HARD);
        for (first, last) in if of_some { substances(scan, place + 2) } else { Vec::new() } {
            notes.add(Finding {
                polarity: Polarity::Absent,
                context: Some(Context::Current),
                ..Finding::new(Concept::ALLERGY, words(scan, first, last), scan.span(first, last))
            });
        }
        if !of_some {
            none_known(notes, place, place);
        }
        return;
    }
    let plural = scan.is(place, "allergies");
    let named = plural || scan.is(place, "allergy");
    if !named && !scan.is(place, "allergic") {
        return;
    }
    let scope = notes.cues.beside(scan, place, place);
    let listed = named && scan.gap(place + 1).has(Gap::COLON);
    // In a list ("Allergies: penicillin, none to latex") each entry says for itself what it denies.
    let denied_before = (place.saturating_sub(3)..place).any(|at| {
        ["no", "not", "denies", "without"].iter().any(|word| scan.is(at, word))
            && !(at + 1..=place).any(|p| scan.gap(p).has(Gap::HARD))
    });
    let denied = if listed { denied_before } else { scope.polarity == Polarity::Absent };
    let said = scan.is(place + 1, "to") && !scan.gap(place + 1).has(Gap::HARD);
    if !listed && !said {
        // "No known latex allergy" is of latex alone.
        let of_one = place.checked_sub(1).filter(|before| {
            let joins = ["no", "known", "any", "denies", "of", "without"].iter().any(|word| scan.is(*before, word));
            !joins && !is_no_substance(scan, *before)
        });
        if named
            && denied
            && let Some(one) = of_one
        {
            notes.add(Finding {
                polarity: Polarity::Absent,
                context: Some(Context::Current),
                ..Finding::new(Concept::ALLERGY, words(scan, one, one), scan.span(one, one))
            });
            return;
        }
        // "No known drug allergies except penicillin"
        let but = ["except", "but", "besides", "other"].iter().any(|word| scan.is(place + 1, word));
        if named && denied && but {
            let from = place
                + 2
                + usize::from(scan.is(place + 2, "for") || scan.is(place + 2, "to") || scan.is(place + 2, "than"));
            for (first, last) in substances(scan, from) {
                notes.add(Finding {
                    context: Some(Context::Current),
                    ..Finding::new(Concept::ALLERGY, words(scan, first, last), scan.span(first, last))
                });
            }
            return;
        }
        if named && denied {
            let from = (place.saturating_sub(3)..place)
                .find(|at| ["no", "denies", "without"].iter().any(|word| scan.is(*at, word)))
                .unwrap_or(place);
            none_known(notes, from, place);
        }
        return;
    }
    let context = if scope.context == Context::Family { Context::Family } else { Context::Current };
    let from = if said { place + 2 } else { place + 1 };
    let says_none = ["none", "nil"].iter().any(|word| scan.is(from, word)) || scan.is_of(from, WordGroup::NoAllergy);
    let says_none = says_none && !scan.is(from + 1, "to");
    let no_known = scan.is(from, "no")
        && (["known", "drug", "medication", "allergies", "allergy", "other"]
            .iter()
            .any(|word| scan.is(from + 1, word))
            || scan.gap(from + 1).has(Gap::HARD | Gap::COMMA | Gap::LINE | Gap::PERIOD));
    // "Allergies: no known drug allergies" is told behind the label.
    let told_behind = scan.is_of(from, WordGroup::NoAllergy)
        || no_known && (from..from + 4).any(|at| scan.is(at, "allergies") && !scan.gap(at + 1).has(Gap::COLON));
    if (says_none || no_known) && listed && told_behind {
        return;
    }
    if (says_none || no_known) && listed {
        none_known(notes, place, from);
        return;
    }
    let substances = substances(scan, from);
    let answered = substances.last().map_or(Polarity::Present, |(_, last)| answer_behind(scan, *last));
    for (first, last) in substances {
        let (first, last, denied_itself) = own_denial(scan, first, last);
        if first > last {
            continue;
        }
        notes.add(Finding {
            polarity: match answered {
                _ if denied_itself => Polarity::Absent,
                Polarity::Present if listed && !denied => Polarity::Present,
                Polarity::Present if denied => Polarity::Absent,
                Polarity::Present => scope.polarity,
                answered => answered,
            },
            context: Some(context),
            ..Finding::new(Concept::ALLERGY, words(scan, first, last), scan.span(first, last))
        });
    }
}

/// "None to latex", "not latex", "no latex allergy": the substance, and whether its own words deny it.
fn own_denial(scan: &Scan<'_, '_>, mut first: usize, mut last: usize) -> (usize, usize, bool) {
    let is = |place: usize, words: &[&str]| words.iter().any(|word| scan.is(place, word));
    let mut denied = false;
    while first <= last && (is(first, &["no", "not", "none", "nil", "denies", "denied"]) || is(first, &["to"])) {
        denied |= !is(first, &["to"]);
        first += 1;
    }
    while denied && first < last && is(last, &["allergy", "allergies"]) {
        last -= 1;
    }
    // "Latex denied"
    if first < last && is(last, &["denied", "denies"]) {
        denied = true;
        last -= 1;
    }
    (first, last, denied)
}

fn none_known(notes: &mut Notes<'_, '_, '_>, first: usize, last: usize) {
    let range = notes.scan.span(first, last);
    notes.add(Finding {
        polarity: Polarity::Absent,
        context: Some(Context::Current),
        ..Finding::new(Concept::ALLERGY, "none known", range)
    });
}

/// "Allergic to penicillin: denied", "penicillin - no": a question that was answered; more words than the answer alone
/// ("penicillin - no rash since") leave it open.
fn answer_behind(scan: &Scan<'_, '_>, last: usize) -> Polarity {
    let place = last + 1;
    let said = ["no", "denied", "denies", "none", "negative", "not", "never"].iter().any(|word| scan.is(place, word));
    if !said || scan.gap(place).has(Gap::LINE | Gap::PERIOD | Gap::SEMICOLON) {
        return Polarity::Present;
    }
    if scan.gap(place + 1).has(Gap::HARD | Gap::LINE | Gap::COMMA | Gap::PERIOD | Gap::CLOSE | Gap::SEMICOLON) {
        Polarity::Absent
    } else {
        Polarity::Uncertain
    }
}

/// Names of one to three words, parted by commas, "and" or slashes; what stands in parentheses is the reaction.
fn substances(scan: &Scan<'_, '_>, from: usize) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    let mut first = None;
    let mut inside = false;
    let mut told = false;
    for place in from..from + 40 {
        let gap = scan.gap(place);
        // Two blanks part the cells of a table.
        let cell = scan.between(place).windows(2).any(|two| two == b"  ");
        let ended = place > from && (cell || gap.has(Gap::HARD | Gap::COLON) && !gap.has(Gap::SEMICOLON));
        if gap.has(Gap::CLOSE) || told && gap.has(Gap::COMMA | Gap::SEMICOLON) {
            inside = false;
            told = false;
        }
        let opens = gap.has(Gap::OPEN);
        let joint = scan.is(place, "and") || scan.is(place, "or");
        let verb = ["which", "she", "he", "but", "for", "is", "was"].iter().any(|word| scan.is(place, word));
        // "Penicillin causes anaphylaxis; sulfa": the reaction, up to the next.
        let leads = ["with", "causing", "causes", "caused", "reaction"].iter().any(|word| scan.is(place, word));
        let parted = place > from && gap.has(Gap::COMMA | Gap::SLASH | Gap::CLOSE | Gap::SEMICOLON);
        if let Some(start) = first
            && (ended || opens || joint || verb || leads || parted || place >= scan.tokens.len())
        {
            // "peanuts, observed" and "active" are states of an entry, and "substance" the word for all.
            // "See chart", "penicillin per her mother": where it is told, or by whom.
            let told_by = (start..place).find(|at| scan.is_of(*at, WordGroup::ToldElsewhere)).unwrap_or(place);
            let last = (start..told_by).rev().find(|at| !is_no_substance(scan, *at));
            let is_none = |at: usize| scan.is_of(at, WordGroup::NoAllergy);
            let names_one = |last: &usize| {
                last - start < 3 && !is_no_substance(scan, start) && !is_reaction(scan, start) && !is_none(start)
            };
            if let Some(last) = last.filter(names_one) {
                found.push((start, last));
            }
            first = None;
        }
        if ended || verb || place >= scan.tokens.len() || found.len() >= MOST_SUBSTANCES {
            break;
        }
        told |= leads;
        inside |= opens || leads;
        let word = !scan.spelled(place).iter().any(u8::is_ascii_digit);
        if first.is_none() && !inside && !joint && word {
            first = Some(place);
        }
    }
    found
}

/// "Rash", "nausea": what a substance did, where an entry begins with it.
fn is_reaction(scan: &Scan<'_, '_>, place: usize) -> bool {
    let mut marks = scan.marks_from(place).iter().take_while(|mark| mark.first == place);
    marks.any(|mark| matches!(scan.meaning(mark), Some(Meaning::Cue(Cue::OtherIllness))))
}

/// "Negative", "none", "non-reactive" at a word.
fn is_denied_result(scan: &Scan<'_, '_>, place: usize) -> bool {
    let marks = scan.marks_from(place);
    marks.iter().take_while(|mark| mark.first == place).any(
        |mark| matches!(scan.meaning(mark), Some(Meaning::Result(result)) if result == "negative" || result == "absent"),
    )
}

/// "Substance", "active", "completed": words of a list of allergies that name none.
pub(crate) fn is_no_substance(scan: &Scan<'_, '_>, place: usize) -> bool {
    let marks = scan.marks_from(place.saturating_sub(2));
    marks
        .iter()
        .take_while(|mark| mark.first <= place)
        .any(|mark| place <= mark.last && matches!(scan.meaning(mark), Some(Meaning::Cue(Cue::NoSubstance))))
}
