//! Any bytes are read as a PDF; words stand where the text says.
#![no_main]

use consilium_casefile::records::FileFormat;
use consilium_formats::{Content, Limits, pdf, understand};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits { document_bytes: 1 << 20, ..Limits::default() };
    let content = Content::Memory(bytes.to_vec());
    let _ = understand(&content, FileFormat::Pdf, &limits, &[]);
    if let Ok(open) = pdf::OpenPdf::open(bytes, &[]) {
        for page in 1..=open.pages().min(4) {
            let text: Vec<char> = open.text(page).unwrap_or_default().chars().collect();
            for word in open.words(page).unwrap_or_default() {
                assert_eq!(text[word.start..word.end].iter().collect::<String>(), word.text);
            }
            let _ = open.png(page, 20.0);
        }
    }
});
