//! The one typesetter of the program: fonts, embedded templates, values in as JSON.
//!
//! Values reach a template as data, never as markup, so nothing a record says can change a page. No template here
//! may read the clock.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use serde::Serialize;
use typst::foundations::{Bytes, Dict, Value};
use typst::text::Font;
use typst_as_lib::{TypstAsLibError, TypstEngine};
use typst_layout::PagedDocument;

use crate::{PressError, fonts};

/// Templates by name. `house.typ` holds what they share and is not a page.
const TEMPLATES: &[(&str, &str)] = &[
    ("custody-sheet.typ", include_str!("../templates/custody-sheet.typ")),
    ("house.typ", include_str!("../templates/house.typ")),
    ("letter.typ", include_str!("../templates/letter.typ")),
    ("packet.typ", include_str!("../templates/packet.typ")),
    ("plain-text.typ", include_str!("../templates/plain-text.typ")),
    ("record.typ", include_str!("../templates/record.typ")),
    ("recovery-sheet.typ", include_str!("../templates/recovery-sheet.typ")),
    ("slip.typ", include_str!("../templates/slip.typ")),
    ("typed-document.typ", include_str!("../templates/typed-document.typ")),
];

/// A set document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pdf {
    /// The file.
    pub bytes: Vec<u8>,
    /// How many pages.
    pub pages: usize,
    /// Characters no font can draw; on the page an empty box stands in their place. Empty for most text.
    pub missing_glyphs: BTreeSet<char>,
}

fn engine(fonts: impl Iterator<Item = Font>) -> TypstEngine {
    TypstEngine::builder().fonts(fonts).with_static_source_file_resolver(TEMPLATES.iter().copied()).build()
}

/// The engine with the embedded fonts alone: what almost every page needs.
fn press() -> &'static TypstEngine {
    static PRESS: OnceLock<TypstEngine> = OnceLock::new();
    PRESS.get_or_init(|| engine(fonts::embedded().iter().cloned()))
}

/// The printable characters of `text` that no font can draw, neither of the program nor of this computer.
#[must_use]
pub fn missing_glyphs(text: &str) -> BTreeSet<char> {
    let lacking = fonts::lacking(text, fonts::embedded());
    if lacking.is_empty() {
        return lacking;
    }
    fonts::lacking(&lacking.into_iter().collect::<String>(), &fonts::installed_for(text))
}

/// Sets the template `name` (without `.typ`) with `data`.
///
/// # Errors
/// [`PressError::UnknownTemplate`] for a name that is not embedded; [`PressError::Template`] when the data does not
/// have the shape the template needs.
pub fn set(name: &str, data: &impl Serialize) -> Result<Pdf, PressError> {
    let file = format!("{name}.typ");
    if !TEMPLATES.iter().any(|(known, _)| *known == file) {
        return Err(PressError::UnknownTemplate(name.to_owned()));
    }
    let fault = |why: String| PressError::Template { template: name.to_owned(), why };
    let json = serde_json::to_string(data)?;
    let (missing_glyphs, installed) = (missing_glyphs(&json), fonts::installed_for(&json));

    let mut inputs = Dict::new();
    inputs.insert("data".into(), Value::Bytes(Bytes::new(json.into_bytes())));
    let with_installed = (!installed.is_empty()).then(|| engine(fonts::embedded().iter().cloned().chain(installed)));
    let press = with_installed.as_ref().unwrap_or_else(|| press());
    let document: PagedDocument =
        press.compile_with_input(file.as_str(), inputs).output.map_err(|e| fault(first_complaint(&e)))?;
    let options = typst_pdf::PdfOptions { creator: typst::foundations::Smart::Custom(None), ..Default::default() };
    let bytes = typst_pdf::pdf(&document, &options)
        .map_err(|errors| fault(errors.first().map_or_else(String::new, |e| e.message.to_string())))?;
    Ok(Pdf { bytes, pages: document.pages().len(), missing_glyphs })
}

fn first_complaint(error: &TypstAsLibError) -> String {
    match error {
        TypstAsLibError::TypstSource(complaints) => {
            complaints.first().map_or_else(String::new, |c| c.message.to_string())
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_embedded_font_is_readable() {
        let families: BTreeSet<&str> = fonts::embedded().iter().map(|font| font.info().family.as_str()).collect();
        assert_eq!(families, BTreeSet::from(["DejaVu Sans", "DejaVu Sans Mono", "Noto Sans"]));
    }

    #[test]
    fn an_unknown_template_is_refused_by_name() {
        assert!(matches!(set("letterhead", &()), Err(PressError::UnknownTemplate(name)) if name == "letterhead"));
    }

    #[test]
    fn characters_no_font_can_draw_are_reported_and_accents_are_not_among_them() {
        assert!(missing_glyphs("José Muñoz, Łódź, Ελένη, Дарья ≥ 2 µm ✓").is_empty());
        let lacking = BTreeSet::from(['\u{e777}', '\u{10fffd}']);
        assert_eq!(missing_glyphs("\u{e777} Rosa \u{10fffd}").intersection(&lacking).count(), 2);
    }
}
