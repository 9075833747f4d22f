//! From a typed reason to a sentence. The sentences are in `knowledge/wording/<language>/*.ftl`; here is only how
//! one is found: the asked language before English, an edited sentence before the built-in one.

use consilium_casefile::knowledge::Knowledge;
use consilium_casefile::{Message, PartialDate};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

/// The language that has every sentence.
const COMPLETE: &str = "en";

/// Says messages in one language. Made once, shared by all threads.
pub struct Wording {
    /// Asked in this order.
    bundles: Vec<FluentBundle<FluentResource>>,
}

impl std::fmt::Debug for Wording {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wording").field("bundles", &self.bundles.len()).finish()
    }
}

impl Wording {
    /// The sentences of `language` (a tag such as `en` or `es`), with English where one is missing.
    #[must_use]
    pub fn new(knowledge: &Knowledge, language: &str) -> Self {
        let mut bundles = layers(knowledge, language);
        if language != COMPLETE {
            bundles.extend(layers(knowledge, COMPLETE));
        }
        Self { bundles }
    }

    /// The languages there are sentences in.
    #[must_use]
    pub fn languages(knowledge: &Knowledge) -> Vec<String> {
        let mut languages: Vec<String> = knowledge.wording.iter().map(|(language, ..)| language.clone()).collect();
        languages.sort();
        languages.dedup();
        languages
    }

    /// The sentence for a message. An argument whose name ends in `date` and holds an ISO date is said as
    /// "14 March 2026"; one that is a plain count is a number, so that a sentence can have a singular and a plural. The
    /// key in brackets when there is no sentence.
    #[must_use]
    pub fn say(&self, message: &Message) -> String {
        let mut arguments = FluentArgs::new();
        for (name, value) in &message.args {
            arguments.set(name.clone(), argument(name, value));
        }
        let mut incomplete = None;
        for bundle in &self.bundles {
            let Some(pattern) = bundle.get_message(&message.key).and_then(|m| m.value()) else { continue };
            let mut errors = Vec::new();
            let sentence = bundle.format_pattern(pattern, Some(&arguments), &mut errors).into_owned();
            if errors.is_empty() {
                return sentence;
            }
            incomplete.get_or_insert(sentence);
        }
        incomplete.unwrap_or_else(|| format!("[{}]", message.key))
    }

    /// Whether there is a sentence for the key.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.bundles.iter().any(|bundle| bundle.get_message(key).is_some_and(|m| m.value().is_some()))
    }
}

/// One bundle of edited sentences, if there are any, and one of built-in sentences.
fn layers(knowledge: &Knowledge, language: &str) -> Vec<FluentBundle<FluentResource>> {
    let Ok(tag) = language.parse::<LanguageIdentifier>() else { return Vec::new() };
    let new = || {
        let mut bundle = FluentBundle::new_concurrent(vec![tag.clone()]);
        // The isolation marks are for mixed writing directions; in letters and plain text they show as boxes.
        bundle.set_use_isolating(false);
        bundle
    };
    let (mut edited, mut built_in) = (new(), new());
    let mut seen: Vec<&str> = Vec::new();
    for (_, file, source) in knowledge.wording.iter().filter(|(l, ..)| l == language) {
        // Sources were checked when they were loaded; what is left of a bad one is still of use.
        let resource = FluentResource::try_new(source.clone()).unwrap_or_else(|(resource, _)| resource);
        if seen.contains(&file.as_str()) {
            edited.add_resource_overriding(resource);
        } else {
            seen.push(file);
            built_in.add_resource_overriding(resource);
        }
    }
    vec![edited, built_in]
}

fn argument(name: &str, value: &str) -> FluentValue<'static> {
    if name.ends_with("date")
        && let Ok(date) = value.parse::<PartialDate>()
    {
        return FluentValue::from(date.human());
    }
    match value.parse::<u32>() {
        Ok(count) if count.to_string() == value => FluentValue::from(count),
        _ => FluentValue::from(value.to_owned()),
    }
}
