//! How each document is printed in the merged PDF.

use consilium_casefile::records::FileFormat;
use consilium_formats::pages;
use consilium_formats::readable::{Block, Readable};
use consilium_press::binder::Body;
use consilium_press::binder::record::{Piece, Record, Section};

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
        _ => match consilium_formats::readable::readable(format, &bytes).map(laid_out) {
            Some(record) if !record.is_empty() => Body::Record(record),
            _ => match text {
                Some(text) if !text.trim().is_empty() => Body::Text(text),
                _ => Body::Unprintable("It has no pages and no text.".to_owned()),
            },
        },
    }
}

/// A readable record as it is set on paper.
fn laid_out(readable: Readable) -> Record {
    let piece = |block| match block {
        Block::Paragraph { text } => Piece::Text { text },
        Block::Heading { text } => Piece::Heading { text },
        Block::List { items } => Piece::List { items },
        Block::Table { columns, rows } => Piece::Table { columns, rows },
        Block::Raw { what, .. } => Piece::Text { text: format!("{what}: see the original file.") },
    };
    let section = |section: consilium_formats::readable::Section| Section {
        title: section.title,
        pieces: section.blocks.into_iter().map(piece).collect(),
    };
    Record { header: readable.header, sections: readable.sections.into_iter().map(section).collect() }
}
