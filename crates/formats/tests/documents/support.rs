//! Helpers: reading bytes as a format, and small files made up in code. Rosa Example does not exist.

use consilium_casefile::records::FileFormat;
use consilium_formats::{Content, DocumentContent, Limits, Substance, Understood, understand};

pub fn read(bytes: impl AsRef<[u8]>, format: FileFormat) -> Understood {
    understand(&Content::Memory(bytes.as_ref().to_vec()), format, &Limits::default(), &[])
}

pub fn document(understood: &Understood) -> &DocumentContent {
    match &understood.substance {
        Substance::Document(content) => content,
        other => panic!("not a document: {other:?}, {:?}", understood.complaints),
    }
}

/// `given family|birth date` of each patient.
pub fn patients(content: &DocumentContent) -> Vec<String> {
    let name = |p: &consilium_casefile::PatientIdentity| p.name.as_ref().map(|n| n.display()).unwrap_or_default();
    let born = |p: &consilium_casefile::PatientIdentity| p.birth_date.map(|d| d.to_string()).unwrap_or_default();
    content.patients.iter().map(|p| format!("{}|{}", name(p), born(p))).collect()
}

/// A PDF whose pages hold content streams as given; font `F1` is Helvetica, 612 by 792 points.
pub fn pdf_of(pages: &[&str], rotate: u32, information: &str) -> Vec<u8> {
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        {
            let kids: Vec<String> = (0..pages.len()).map(|i| format!("{} 0 R", 5 + 2 * i)).collect();
            format!("<< /Type /Pages /Count {} /Kids [{}] >>", pages.len(), kids.join(" "))
        },
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
        format!("<< {information} >>"),
    ];
    for (i, stream) in pages.iter().enumerate() {
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Rotate {rotate} /Contents {} 0 R \
             /Resources << /Font << /F1 3 0 R >> >> >>",
            6 + 2 * i
        ));
        objects.push(format!("<< /Length {} >>\nstream\n{stream}\nendstream", stream.len()));
    }
    let mut pdf = b"%PDF-1.4\n".to_vec();
    let mut offsets = Vec::new();
    for (i, object) in objects.iter().enumerate() {
        offsets.push(pdf.len());
        pdf.extend_from_slice(format!("{} 0 obj\n{object}\nendobj\n", i + 1).as_bytes());
    }
    let table = pdf.len();
    pdf.extend_from_slice(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).as_bytes());
    for offset in offsets {
        pdf.extend_from_slice(format!("{offset:010} 00000 n \n").as_bytes());
    }
    let trailer =
        format!("trailer << /Size {} /Root 1 0 R /Info 4 0 R >>\nstartxref\n{table}\n%%EOF\n", objects.len() + 1);
    pdf.extend_from_slice(trailer.as_bytes());
    pdf
}

/// A text line at a place, for [`pdf_of`].
pub fn line(x: f32, y: f32, text: &str) -> String {
    format!("BT /F1 10 Tf {x} {y} Td ({text}) Tj ET\n")
}
