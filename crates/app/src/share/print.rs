//! How each document is printed in the merged PDF.

use consilium_casefile::records::FileFormat;
use consilium_formats::pages;
use consilium_formats::readable::{Block, Readable};
use consilium_press::binder::Body;

/// Longest record that is laid out as pages, characters: a computer's export beyond that is of no use on paper.
const LONGEST: usize = 60_000;

/// The printed form of an original.
pub(super) fn body(format: FileFormat, bytes: Vec<u8>, text: Option<String>) -> Body {
    match format {
        FileFormat::Pdf => Body::Pdf(bytes),
        FileFormat::Jpeg | FileFormat::Png | FileFormat::Tiff | FileFormat::Heic => match pages::upright(bytes, format)
        {
            Ok(files) => Body::Pictures(files),
            Err(_) if format == FileFormat::Heic => {
                Body::Unprintable("It is a photo in the HEIC format of a telephone.".to_owned())
            }
            Err(_) => Body::Unprintable(
                "The picture cannot be read; it may be damaged or of a kind that does not print.".to_owned(),
            ),
        },
        _ => {
            let laid_out = consilium_formats::readable::readable(format, &bytes).map(|readable| as_text(&readable));
            match laid_out.or(text) {
                Some(text) if !text.trim().is_empty() => Body::Text(cut(text)),
                _ => Body::Unprintable("It has no pages and no text.".to_owned()),
            }
        }
    }
}

fn cut(text: String) -> String {
    if text.chars().count() <= LONGEST {
        return text;
    }
    let mut short: String = text.chars().take(LONGEST).collect();
    short.push_str("\n\n[The rest is in the original file of this packet.]");
    short
}

/// A readable record as plain text.
fn as_text(readable: &Readable) -> String {
    let mut out = format!("{}\n\n", readable.title);
    for (label, value) in &readable.header {
        out.push_str(&format!("{label}: {value}\n"));
    }
    for section in &readable.sections {
        out.push_str(&format!("\n{}\n{}\n", section.title, "-".repeat(section.title.chars().count().min(80))));
        for block in &section.blocks {
            match block {
                Block::Paragraph { text } => out.push_str(&format!("{text}\n")),
                Block::Heading { text } => out.push_str(&format!("\n{text}\n")),
                Block::List { items } => items.iter().for_each(|item| out.push_str(&format!("- {item}\n"))),
                Block::Table { columns, rows } => {
                    for row in rows {
                        let cells = columns.iter().zip(row).filter(|(_, cell)| !cell.trim().is_empty());
                        let line: Vec<String> = cells
                            .map(
                                |(column, cell)| {
                                    if column.is_empty() { cell.clone() } else { format!("{column}: {cell}") }
                                },
                            )
                            .collect();
                        out.push_str(&format!("- {}\n", line.join(" · ")));
                    }
                }
                Block::Raw { what, .. } => out.push_str(&format!("- {what}: see the original file\n")),
            }
        }
    }
    out
}
