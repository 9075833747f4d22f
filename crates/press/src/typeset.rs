//! The one typesetter of the program: embedded fonts, embedded templates, values in as JSON.
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

use crate::PressError;

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
    /// Characters no embedded font can draw; on the page an empty box stands in their place. Empty for most text.
    pub missing_glyphs: BTreeSet<char>,
}

struct Press {
    engine: TypstEngine,
    fonts: Vec<Font>,
}

fn press() -> &'static Press {
    static PRESS: OnceLock<Press> = OnceLock::new();
    PRESS.get_or_init(|| {
        let files: [&'static [u8]; 6] = [
            ttf_noto_sans::REGULAR,
            ttf_noto_sans::BOLD,
            ttf_noto_sans::ITALIC,
            dejavu::sans::regular(),
            dejavu::sans::bold(),
            dejavu::sans_mono::regular(),
        ];
        let fonts: Vec<Font> = files.into_iter().flat_map(|file| Font::iter(Bytes::new(file))).collect();
        let engine = TypstEngine::builder()
            .fonts(fonts.iter().cloned())
            .with_static_source_file_resolver(TEMPLATES.iter().copied())
            .build();
        Press { engine, fonts }
    })
}

/// The printable characters of `text` no embedded font can draw.
#[must_use]
pub(crate) fn missing_glyphs(text: &str) -> BTreeSet<char> {
    let fonts = &press().fonts;
    let drawable = |c: char| {
        c.is_control() || c.is_whitespace() || fonts.iter().any(|font| font.info().coverage.contains(u32::from(c)))
    };
    text.chars().collect::<BTreeSet<_>>().into_iter().filter(|c| !drawable(*c)).collect()
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
    let missing_glyphs = missing_glyphs(&json);

    let mut inputs = Dict::new();
    inputs.insert("data".into(), Value::Bytes(Bytes::new(json.into_bytes())));
    let document: PagedDocument =
        press().engine.compile_with_input(file.as_str(), inputs).output.map_err(|e| fault(first_complaint(&e)))?;
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
        let families: BTreeSet<&str> = press().fonts.iter().map(|font| font.info().family.as_str()).collect();
        assert_eq!(families, BTreeSet::from(["DejaVu Sans", "DejaVu Sans Mono", "Noto Sans"]));
    }

    #[test]
    fn an_unknown_template_is_refused_by_name() {
        assert!(matches!(set("letterhead", &()), Err(PressError::UnknownTemplate(name)) if name == "letterhead"));
    }

    #[test]
    fn characters_no_font_can_draw_are_reported_and_accents_are_not_among_them() {
        assert!(missing_glyphs("José Muñoz, Łódź, Ελένη, Дарья ≥ 2 µm ✓").is_empty());
        assert_eq!(missing_glyphs("山田 Rosa"), BTreeSet::from(['山', '田']));
    }
}
