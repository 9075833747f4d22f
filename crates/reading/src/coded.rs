//! Coded entries of a structured record → facts, medicines and treatments, by the table `knowledge/reading/codes.csv`. A
//! code that says which test it was is answered by the value beside it; words of a value are read by the grammars of text,
//! so that "Positive" means the same in a code's display and in a report. What no code and no word says for sure is left
//! out. Each finding is shown at the line of the record's text that says it.

mod codes;
mod record;

pub use record::{Record, merge};

use std::ops::Range;

use consilium_casefile::facts::{
    Basis, Code, CodedComponent, CodedConcept, CodedStatement, CodedValue, Concept, Context, Fact, Medication,
    MedicationStatus, Polarity, Qualifiers, Section, StatementKind, StatementStatus, Treatment, TreatmentKind,
    TreatmentStatus,
};

use crate::background::is_no_substance;
use crate::course::Course;
use crate::medication::instruction;
use crate::phrases::Item;
use crate::place::Places;
use crate::reader::Reader;
use crate::scan::Scan;
use crate::scope::Cues;
use codes::Known;

pub(crate) use codes::Codes;

/// What a code or its words say, before place and date are added.
struct Said {
    concept: Concept,
    value: String,
    unit: Option<String>,
    polarity: Polarity,
    qualifiers: Qualifiers,
}

impl Said {
    fn is_a_spread(&self) -> bool {
        self.concept == Concept::MORPHOLOGY && self.value.ends_with("/6")
    }
}

impl Reader {
    /// What the coded entries of a record say, each at its place in the record's text.
    ///
    /// What the text does not show has an empty quote at 0..0: the record says it by code, and losing it would be worse
    /// than having no place to show. Entries in error say nothing, and silence the line they stand in; plans and what was
    /// not done are no facts.
    #[must_use]
    pub fn read_coded(&self, text: &str, statements: &[CodedStatement]) -> Record {
        let mut places = Places::new(text);
        let mut record = Record::default();
        for statement in statements {
            let place = places.find(&statement.concept.words, &shown(statement.value.as_ref()));
            if statement.status == StatementStatus::Void {
                record.silent.extend(place.map(|p| p.line));
                continue;
            }
            // What is planned, or was not done, is said by its status: the words of its line, read alone, would say that it
            // was done.
            if matches!(statement.status, StatementStatus::Planned | StatementStatus::NotSo) && !statement.negated {
                record.silent.extend(place.as_ref().map(|p| p.line.clone()));
            }
            let span = place.map_or(0..0, |p| p.span);
            match statement.kind {
                StatementKind::Medication => record.medications.extend(self.medicine(&places, span, statement)),
                StatementKind::Procedure => record.treatments.extend(self.treatment(&places, span, statement)),
                StatementKind::Report => {}
                _ => self.facts(&mut places, &span, statement, &mut record.facts),
            }
        }
        record
    }

    fn facts(&self, places: &mut Places<'_>, span: &Range<usize>, statement: &CodedStatement, into: &mut Vec<Fact>) {
        if matches!(statement.status, StatementStatus::Planned | StatementStatus::NotSo) && !statement.negated {
            return;
        }
        let mut said = match statement.kind {
            StatementKind::Condition => self.condition(statement),
            StatementKind::Allergy => self.allergy(statement),
            StatementKind::FamilyHistory => self.relative(statement),
            _ => self.observation(statement),
        };
        // Where a spread is, stands at the spread itself.
        let has_a_site = statement.kind == StatementKind::Condition && !said.iter().any(Said::is_a_spread);
        for site in statement.sites.iter().filter(|_| has_a_site) {
            said.extend(self.sides_and_sites(site));
        }
        let mut seen: Vec<(Concept, String)> = Vec::new();
        let mut push = |said: Said, span: &Range<usize>, places: &Places<'_>| {
            let key = (said.concept.clone(), said.value.clone());
            // A code and its translation say the same twice.
            if !seen.contains(&key) {
                seen.push(key);
                into.push(fact(statement, said, span, places));
            }
        };
        for one in said {
            push(one, span, places);
        }
        for component in &statement.components {
            let shown = shown(component.value.as_ref());
            let own = places.find(&component.concept.words, &shown).or_else(|| places.find(&shown, ""));
            let span = own.map_or_else(|| span.clone(), |p| p.span);
            for one in self.component(component) {
                push(one, &span, places);
            }
        }
    }

    /// What a code found in the table says of the value beside it.
    fn observation(&self, statement: &CodedStatement) -> Vec<Said> {
        self.component(&CodedComponent {
            concept: statement.concept.clone(),
            value: statement.value.clone(),
            absent: statement.absent.clone(),
            interpretation: statement.interpretation.clone(),
        })
    }

    fn component(&self, component: &CodedComponent) -> Vec<Said> {
        let Some(known) = self.codes().question(&component.concept) else { return Vec::new() };
        let Some(value) = &component.value else {
            let not_tested = matches!(component.absent.as_deref(), Some("not-performed" | "not-asked" | "NASK" | "NP"));
            if !not_tested {
                return Vec::new();
            }
            let value = "not tested".to_owned();
            return vec![said(&known, &known.concept, value, None, Polarity::NotTested)];
        };
        self.answer(&known, value).into_iter().collect()
    }

    fn answer(&self, known: &Known<'_>, value: &CodedValue) -> Option<Said> {
        match value {
            CodedValue::Quantity { value, comparator, unit } => {
                self.number(known, &format!("{comparator}{value}"), unit)
            }
            CodedValue::Range { low, high, unit } => {
                let number = match (low.as_str(), high.as_str()) {
                    (low, "") => format!(">={low}"),
                    ("", high) => format!("<={high}"),
                    (low, high) => format!("{low}-{high}"),
                };
                self.number(known, &number, unit)
            }
            CodedValue::Concept(concept) => self.coded_answer(known, concept),
            CodedValue::Text { text } => self.in_words(known, text),
            CodedValue::Flag { .. } | CodedValue::Date { .. } => None,
        }
    }

    /// A number is an answer where the concept's value is one. Centimetres become millimetres, and a percentage of a
    /// receptor goes to the concept of percentages.
    fn number(&self, known: &Known<'_>, number: &str, unit: &str) -> Option<Said> {
        let percent = unit == "%";
        let concept = match known.concept.as_str() {
            "er" if percent => Concept::ER_PERCENT,
            "pr" if percent => Concept::PR_PERCENT,
            _ => known.concept.clone(),
        };
        if !self.codes().is_number(&concept) {
            // "Grade 2", "Gleason pattern 4" as bare numbers.
            return self.in_words(known, number);
        }
        let of_length = concept.as_str().ends_with("_mm");
        let (value, unit) = match unit {
            "cm" if of_length => (tenfold(number)?, Some("mm".to_owned())),
            "mm" => (number.to_owned(), Some("mm".to_owned())),
            _ if of_length => return None,
            "" => (number.to_owned(), None),
            unit => (number.to_owned(), Some(unit.to_owned())),
        };
        Some(said(known, &concept, value, unit, Polarity::Present))
    }

    fn coded_answer(&self, known: &Known<'_>, concept: &CodedConcept) -> Option<Said> {
        for code in &concept.codes {
            if let Some((value, _)) = self.codes().answer(code, &concept.words, &known.concept) {
                let polarity = polarity_of(&value);
                return Some(said(known, &known.concept, value, None, polarity));
            }
        }
        let words = [concept.words.as_str()]
            .into_iter()
            .chain(concept.codes.iter().flat_map(|c| [c.display.as_str(), c.code.as_str()]));
        words.filter(|w| !w.is_empty()).find_map(|words| self.in_words(known, words))
    }

    /// An answer in words, read as a report would be: behind a name of the concept.
    fn in_words(&self, known: &Known<'_>, words: &str) -> Option<Said> {
        if words.chars().count() > 400 {
            return None;
        }
        let concept = &known.concept;
        let prefix = known.prefix();
        if matches!(concept.as_str(), "t" | "n" | "m") {
            let bare = words.trim_start_matches(['c', 'p', 'y', 'C', 'P', 'Y']);
            let prefix = if prefix.is_empty() { "p" } else { prefix };
            let own = if bare.len() == words.len() { format!("{prefix}{words}") } else { words.to_owned() };
            let reading = self.read(&own);
            let fact = reading.facts.into_iter().find(|f| f.concept == *concept)?;
            let mut said = said(known, concept, fact.value, None, fact.polarity);
            said.qualifiers.suffix = fact.qualifiers.suffix;
            if bare.len() != words.len() {
                said.qualifiers.prefix = said.qualifiers.prefix.or(fact.qualifiers.prefix);
            }
            return Some(said);
        }
        if concept.as_str().ends_with("stage") || *concept == Concept::STAGE_GROUP {
            return Some(said(known, concept, codes::stage(words)?, None, Polarity::Present));
        }
        if self.codes().is_number(concept) {
            return Some(said(known, concept, codes::only_number(words)?, None, Polarity::Present));
        }
        let label = self.codes().label(concept).unwrap_or_default();
        let texts = [format!("{label}: {words}"), words.to_owned()];
        let fact = texts.iter().find_map(|text| {
            let mut facts = self.read(text).facts;
            facts.retain(|f| f.concept == *concept && f.basis == Basis::Stated);
            let first = facts.first()?.value.clone();
            facts.iter().all(|f| f.value == first).then(|| facts.remove(0))
        })?;
        Some(said(known, concept, fact.value, fact.unit, fact.polarity))
    }

    /// Site, histology and side of a diagnosis; an illness that is no tumour is a comorbidity.
    fn condition(&self, statement: &CodedStatement) -> Vec<Said> {
        let words = &statement.concept.words;
        let lower = words.to_lowercase();
        if codes::says_no_diagnosis(&statement.concept) || lower.contains("screening") {
            return Vec::new();
        }
        if lower.contains("family history") {
            let denied = ["no family history", "no known family history", "negative family history"];
            let denied = denied.iter().any(|begin| lower.starts_with(begin));
            let polarity = if denied { Polarity::Absent } else { Polarity::Present };
            return vec![plain(Concept::FAMILY_HISTORY, words.clone(), polarity)];
        }
        let mut found: Vec<Said> = Vec::new();
        for code in &statement.concept.codes {
            for (known, value) in self.codes().findings(code, words) {
                if !found.iter().any(|f| f.concept == known.concept) {
                    let polarity = polarity_of(&value);
                    found.push(said(&known, &known.concept, value, None, polarity));
                }
            }
        }
        if codes::is_secondary(&statement.concept) || is_spread_by_words(&lower) {
            return vec![self.spread(statement)];
        }
        let by_words = |concept: &Concept, found: &[Said]| {
            if found.iter().any(|f| f.concept == *concept) {
                return None;
            }
            let facts = self.read(words).facts;
            let mut of_concept = facts.into_iter().filter(|f| f.concept == *concept && f.context != Context::Family);
            let first = of_concept.next()?;
            let same = of_concept.all(|other| other.value == first.value);
            (same && first.polarity != Polarity::Absent).then(|| Said {
                concept: concept.clone(),
                value: first.value,
                unit: None,
                polarity: first.polarity,
                qualifiers: first.qualifiers,
            })
        };
        if let Some(morphology) = by_words(&Concept::MORPHOLOGY, &found) {
            found.push(morphology);
        }
        if found.iter().any(|f| f.concept == Concept::MORPHOLOGY || f.concept == Concept::TOPOGRAPHY) {
            for concept in [Concept::TOPOGRAPHY, Concept::LATERALITY] {
                if let Some(said) = by_words(&concept, &found) {
                    found.push(said);
                }
            }
            if self.is_doubtful(words, &found) {
                for said in found.iter_mut().filter(|said| said.polarity == Polarity::Present) {
                    said.polarity = Polarity::Uncertain;
                }
            }
            return found;
        }
        // SNOMED CT marks with "(finding)" and "(situation)" what is no illness.
        if lower.ends_with("(finding)") || lower.ends_with("(situation)") || words.is_empty() {
            return Vec::new();
        }
        let value = words.trim_end_matches("(disorder)").trim().to_owned();
        vec![plain(Concept::COMORBIDITY, value, Polarity::Present)]
    }

    /// A spread: the behaviour "metastatic" (ICD-O-3 /6) and, where the entry names it, the place it went to. "Metastasis
    /// from a tumour of the prostate" names where it came from, and no place.
    fn spread(&self, statement: &CodedStatement) -> Said {
        let words = &statement.concept.words;
        let facts = self.read(words).facts;
        let histology = facts
            .iter()
            .filter(|f| f.concept == Concept::MORPHOLOGY && f.context != Context::Family)
            .find_map(|f| f.value.split_once('/').map(|(histology, _)| histology.to_owned()));
        let value = format!("{}/6", histology.unwrap_or_else(|| "8000".to_owned()));
        let named = facts.iter().find(|f| f.concept == Concept::TOPOGRAPHY).map(|f| f.quote.to_lowercase());
        let site = statement.sites.iter().map(|s| s.words.to_lowercase()).find(|words| !words.is_empty());
        let mut said = plain(Concept::MORPHOLOGY, value, Polarity::Present);
        said.qualifiers.site = site.or(named.filter(|_| !tells_the_origin(&words.to_lowercase())));
        said
    }

    /// Whether the words leave open that it is a cancer: "neoplasm" and no more, "suspected".
    fn is_doubtful(&self, words: &str, found: &[Said]) -> bool {
        let open = |value: &str| value == "8000/1";
        let mut morphologies = found.iter().filter(|said| said.concept == Concept::MORPHOLOGY).peekable();
        (morphologies.peek().is_some() && morphologies.all(|said| open(&said.value)))
            || self.read(words).facts.iter().any(|f| {
                f.polarity == Polarity::Uncertain && [Concept::MORPHOLOGY, Concept::TOPOGRAPHY].contains(&f.concept)
            })
    }

    fn sides_and_sites(&self, site: &CodedConcept) -> Vec<Said> {
        let mut found: Vec<Said> = Vec::new();
        for code in &site.codes {
            for (known, value) in self.codes().findings(code, &site.words) {
                found.push(said(&known, &known.concept, value, None, Polarity::Present));
            }
        }
        let words = site.words.to_lowercase();
        let side = ["left", "right", "bilateral"]
            .into_iter()
            .filter(|side| words.split(' ').any(|w| w.trim_matches(',') == *side));
        let sides: Vec<&str> = side.collect();
        if let ([side], false) = (sides.as_slice(), found.iter().any(|f| f.concept == Concept::LATERALITY)) {
            found.push(plain(Concept::LATERALITY, (*side).to_owned(), Polarity::Present));
        }
        found
    }

    fn allergy(&self, statement: &CodedStatement) -> Vec<Said> {
        let words = &statement.concept.words;
        let lower = words.to_lowercase();
        let none = lower.starts_with("no known");
        if words.is_empty() || (lower.starts_with("no ") && !none) {
            return Vec::new();
        }
        // "Allergy to substance", "Drug allergy" name no allergen; denied, they say that none is known.
        let scan = Scan::new(words, self.lexicon());
        let joins = |place: usize| ["to", "of", "known", "no"].iter().any(|word| scan.is(place, word));
        if !none && (0..scan.tokens.len()).all(|place| is_no_substance(&scan, place) || joins(place)) {
            let denied = statement.negated.then(|| plain(Concept::ALLERGY, "none known".to_owned(), Polarity::Absent));
            return denied.into_iter().collect();
        }
        // C-CDA denies allergy to a whole class to say that none is known.
        let polarity = if none || statement.negated { Polarity::Absent } else { Polarity::Present };
        vec![plain(Concept::ALLERGY, words.clone(), polarity)]
    }

    fn relative(&self, statement: &CodedStatement) -> Vec<Said> {
        let words = &statement.concept.words;
        if words.is_empty() {
            return Vec::new();
        }
        // The value alone says who, as one read from text does.
        let relation = statement.relative.as_ref().map(|r| r.words.to_lowercase()).filter(|r| !r.is_empty());
        let value = match &relation {
            Some(relation) if !statement.negated && !words.to_lowercase().starts_with(relation.as_str()) => {
                format!("{relation}: {words}")
            }
            _ => words.clone(),
        };
        let mut said = plain(Concept::FAMILY_HISTORY, value, Polarity::Present);
        said.qualifiers.site = relation;
        vec![said]
    }

    fn medicine(&self, places: &Places<'_>, span: Range<usize>, statement: &CodedStatement) -> Option<Medication> {
        let words = &statement.concept.words;
        if words.is_empty() || statement.status == StatementStatus::NotSo || words.chars().count() > 1000 {
            return None;
        }
        let lower = words.to_lowercase();
        if lower.starts_with("no ") || lower.contains("not documented") {
            return None;
        }
        let dosage = statement.dosage.clone().unwrap_or_default();
        let mut from_name = self.instruction(words);
        let ingredient = self.ingredient(words);
        // Of two ingredients the product has two strengths; one of them is no dose.
        // And "10 mL" in a product's name is the size of its vial.
        let is_volume = from_name.dose.as_ref().is_some_and(|d| d.ends_with(" mL"));
        if is_volume || words.contains(" / ") || ingredient.as_ref().is_some_and(|i| i.contains(" / ")) {
            from_name.dose = None;
        }
        let from_text = self.instruction(&dosage.text);
        let from_parts = self.instruction(&format!("{} {} {}", dosage.dose, dosage.frequency, dosage.route));
        // "One tablet" of a product with a strength is that strength.
        let counted = |dose: &Option<String>| {
            dose.as_ref().is_some_and(|d| d.ends_with(" tablet") || d.ends_with(" capsule") || !d.contains(' '))
        };
        let own = from_parts.dose.or(from_text.dose.clone().filter(|d| !counted(&Some(d.clone()))));
        let own = own.or(from_text.dose).or_else(|| Some(dosage.dose.clone()).filter(|d| !d.is_empty()));
        let one = own.as_ref().is_none_or(|d| d.starts_with("1 ") || d == "1" || d.starts_with("1.0"));
        let dose = match (own, from_name.dose) {
            (own, Some(strength))
                if own.is_none()
                    || (one && counted(&own))
                    || own.as_deref().is_some_and(|d| d.contains('{')) && one =>
            {
                Some(strength)
            }
            (own, _) => own,
        };
        let frequency =
            from_parts.frequency.or(from_text.frequency).or_else(|| Some(dosage.frequency).filter(|f| !f.is_empty()));
        let route = from_parts
            .route
            .or(from_text.route)
            .or(from_name.route)
            .or_else(|| Some(dosage.route.to_lowercase()).filter(|r| !r.is_empty()));
        Some(Medication {
            name: words.clone(),
            ingredient,
            code: best(&statement.concept.codes),
            dose,
            route,
            frequency,
            status: match statement.status {
                StatementStatus::Active => MedicationStatus::Active,
                StatementStatus::Completed | StatementStatus::Stopped => MedicationStatus::Stopped,
                StatementStatus::Planned => MedicationStatus::Planned,
                _ => MedicationStatus::Unknown,
            },
            since: statement.date,
            until: statement.until,
            reason: statement.reasons.first().map(|r| r.words.clone()).filter(|r| !r.is_empty()),
            start: span.start,
            end: span.end,
            quote: places.quote(&span),
        })
    }

    fn instruction(&self, text: &str) -> crate::medication::Instruction {
        let scan = Scan::new(text, self.lexicon());
        let cues = Cues::new(&scan);
        let course = Course::new(&scan, &cues, self.phrases());
        instruction(&course, 0..scan.tokens.len().min(60))
    }

    /// Generic names in a product's name, in alphabetical order.
    fn ingredient(&self, name: &str) -> Option<String> {
        let scan = Scan::new(name, self.lexicon());
        let mut found: Vec<String> = self
            .phrases()
            .find(&scan)
            .iter()
            .filter_map(|f| match f.item {
                Item::Drug { ingredient, .. } => Some(ingredient.clone()),
                _ => None,
            })
            .collect();
        found.sort();
        found.dedup();
        // A brand beside its ingredients says them once more.
        if found.len() > 1 {
            let all = found.clone();
            found.retain(|f| !f.contains(" / ") || all.len() == 1);
        }
        // Of a combination whose parts are not all known, none is named: it is not the one known part.
        let parts = name.split(" / ").count();
        let named: usize = found.iter().map(|f| f.split(" / ").count()).sum();
        (!found.is_empty() && named >= parts).then(|| found.join(" / "))
    }

    /// Operations and radiation; other procedures (an examination, a counselling) are no treatment.
    fn treatment(&self, places: &Places<'_>, span: Range<usize>, statement: &CodedStatement) -> Option<Treatment> {
        let words = &statement.concept.words;
        if words.is_empty() || words.chars().count() > 1000 {
            return None;
        }
        let kind = self.kind_of_procedure(words)?;
        let status = match statement.status {
            StatementStatus::NotSo => return None,
            StatementStatus::Planned => TreatmentStatus::Planned,
            StatementStatus::Active => TreatmentStatus::Ongoing,
            StatementStatus::Stopped => TreatmentStatus::Stopped,
            _ => TreatmentStatus::Done,
        };
        let sides: Vec<Said> = statement.sites.iter().flat_map(|s| self.sides_and_sites(s)).collect();
        let laterality = sides.into_iter().find(|s| s.concept == Concept::LATERALITY).map(|s| s.value);
        Some(Treatment {
            kind,
            what: words.trim_end_matches("(procedure)").trim().to_owned(),
            code: best(&statement.concept.codes),
            drugs: Vec::new(),
            laterality,
            date: statement.date,
            until: statement.until.filter(|_| kind != TreatmentKind::Operation),
            cycles: None,
            dose: codes::radiation_dose(&statement.components).filter(|_| kind == TreatmentKind::Radiation),
            intent: codes::intent(&statement.components),
            change: None,
            status,
            start: span.start,
            end: span.end,
            quote: places.quote(&span),
        })
    }

    fn kind_of_procedure(&self, words: &str) -> Option<TreatmentKind> {
        let scan = Scan::new(words, self.lexicon());
        let items = self.phrases().find(&scan);
        let has = |cue: crate::phrases::Cue| items.iter().any(|f| matches!(f.item, Item::Cue(c) if *c == cue));
        if has(crate::phrases::Cue::Radiation) || words.to_lowercase().contains("teleradiotherapy") {
            return Some(TreatmentKind::Radiation);
        }
        if has(crate::phrases::Cue::Chemotherapy) {
            return Some(TreatmentKind::Systemic);
        }
        let operation =
            scan.marks.iter().any(|m| matches!(scan.meaning(m), Some(crate::lexicon::Meaning::Procedure(_))));
        operation.then_some(TreatmentKind::Operation)
    }
}

/// "Secondary malignant neoplasm of bone", "metastasis to the liver": not where the tumour began.
fn is_spread_by_words(lower: &str) -> bool {
    lower.contains("secondary") && (lower.contains("malignan") || lower.contains("neoplas"))
        || lower.contains("metasta")
}

/// "Metastasis from malignant tumor of prostate".
fn tells_the_origin(lower: &str) -> bool {
    lower.contains(" from ")
}

fn best(codes: &[Code]) -> Option<Code> {
    let rx = codes.iter().find(|c| c.system.ends_with("/rxnorm"));
    rx.or_else(|| codes.first()).cloned()
}

fn plain(concept: Concept, value: String, polarity: Polarity) -> Said {
    Said { concept, value, unit: None, polarity, qualifiers: Qualifiers::default() }
}

fn said(known: &Known<'_>, concept: &Concept, value: String, unit: Option<String>, polarity: Polarity) -> Said {
    Said { concept: concept.clone(), value, unit, polarity, qualifiers: known.qualifiers() }
}

/// What a value says by itself; the concepts whose answers are yes or no say it so.
fn polarity_of(value: &str) -> Polarity {
    match value {
        "negative" | "absent" | "free" | "not amplified" => Polarity::Absent,
        "equivocal" | "uncertain" => Polarity::Uncertain,
        _ => Polarity::Present,
    }
}

/// A number of centimetres in millimetres, by moving the point.
fn tenfold(number: &str) -> Option<String> {
    let parts: Option<Vec<String>> = number
        .split('-')
        .map(|part| {
            let digits = part.trim_start_matches(['<', '>', '=']);
            let sign = part.get(..part.len() - digits.len())?;
            let (whole, places) = digits.split_once('.').unwrap_or((digits, ""));
            let (first, rest) = places.split_at_checked(1).unwrap_or(("0", ""));
            let whole = format!("{whole}{first}");
            let whole = whole.trim_start_matches('0');
            let whole = if whole.is_empty() { "0" } else { whole };
            let rest = rest.trim_end_matches('0');
            Some(if rest.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest}") })
        })
        .collect();
    parts.map(|parts| parts.join("-"))
}

fn fact(statement: &CodedStatement, said: Said, span: &Range<usize>, places: &Places<'_>) -> Fact {
    let polarity = match (statement.negated, statement.status, said.polarity) {
        (true, _, Polarity::Present) => Polarity::Absent,
        (_, StatementStatus::Uncertain, Polarity::Present) => Polarity::Uncertain,
        (.., polarity) => polarity,
    };
    let context = match statement.kind {
        StatementKind::FamilyHistory => Context::Family,
        _ if said.concept == Concept::FAMILY_HISTORY => Context::Family,
        StatementKind::Condition if statement.concept.words.to_lowercase().contains("history of") => Context::History,
        StatementKind::Condition if statement.status == StatementStatus::Completed => Context::History,
        _ => Context::Current,
    };
    let mut qualifiers = said.qualifiers;
    if qualifiers.edition.is_none() {
        qualifiers.edition = statement.method.as_ref().and_then(|m| codes::edition(&m.words));
    }
    Fact {
        concept: said.concept,
        value: said.value,
        unit: said.unit,
        basis: Basis::Stated,
        polarity,
        context,
        section: Section::Body,
        qualifiers,
        specimen: statement.specimen.clone(),
        tumour: None,
        date: statement.date,
        main: false,
        start: span.start,
        end: span.end,
        quote: places.quote(span),
    }
}

/// A value as the laid-out record shows it.
fn shown(value: Option<&CodedValue>) -> String {
    match value {
        Some(CodedValue::Quantity { value, comparator, .. }) => format!("{comparator}{value}"),
        Some(CodedValue::Range { low, .. }) => low.clone(),
        Some(CodedValue::Concept(concept)) => concept.words.clone(),
        Some(CodedValue::Text { text }) => text.lines().next().unwrap_or_default().trim().to_owned(),
        Some(CodedValue::Date { date }) => date.to_string(),
        Some(CodedValue::Flag { .. }) | None => String::new(),
    }
}
