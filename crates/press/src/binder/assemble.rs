//! Writes the joined file: copies pages with all they need, adds stamps and bookmarks.

use std::collections::HashMap;

use lopdf::{Bookmark, Dictionary, Document, Object, ObjectId, Stream, dictionary};

use super::{Bound, Prepared, source};
use crate::PressError;

/// Stamp letters, points; small enough to fit below most footers, large enough for a fax.
const STAMP_SIZE: f32 = 8.0;
/// Stamp base line above the lower edge of the page, points.
const STAMP_HEIGHT: f32 = 12.0;
const STAMP_FONT: &str = "PacketStamp";

/// What a page keeps besides its boxes, turn, resources and content.
const KEPT: &[&[u8]] = &[b"Annots", b"Group", b"UserUnit"];

/// Joins `front` and the parts; stamps the parts' pages.
pub(crate) fn assemble(front: &[u8], prepared: Prepared, label: &str) -> Result<Bound, PressError> {
    let mut output = Output::new();
    let mut parts = Vec::new();
    let mut problems = Vec::new();
    let front = if front.is_empty() {
        None
    } else {
        Some(source::load(front).ok_or_else(|| PressError::Join("the front pages could not be read".to_owned()))?)
    };
    let front_pages = front.as_ref().map_or(Vec::new(), source::pages);
    let total = front_pages.len() + prepared.pages();
    if let Some(front) = &front {
        output.copy(front, &front_pages, |_| None);
        output.bookmark("Cover, index and timeline", 0);
    }
    for ready in prepared.0 {
        let first = output.pages.len();
        let sheets = ready.pages.len();
        output.copy(&ready.document, &ready.pages, |sheet| {
            let page = first + sheet + 1;
            let number = &ready.number;
            Some(format!(
                "Packet page {page} of {total} · Document {number}, sheet {} of {sheets} · {label}",
                sheet + 1
            ))
        });
        output.bookmark(&format!("{}  {}", ready.number, ready.title), first);
        parts.push((first + 1, first + sheets));
        problems.extend(ready.problem);
    }
    let pages = output.pages.len();
    if pages == 0 {
        return Err(PressError::Join("there is nothing in it".to_owned()));
    }
    Ok(Bound { pdf: output.finish()?, pages, parts, problems })
}

struct Output {
    document: Document,
    tree: ObjectId,
    font: ObjectId,
    pages: Vec<ObjectId>,
}

impl Output {
    fn new() -> Self {
        let mut document = Document::with_version("1.7");
        let tree = document.new_object_id();
        let font = document.add_object(dictionary! {
            "Type" => "Font",
            "Subtype" => "Type1",
            "BaseFont" => "Helvetica",
            "Encoding" => "WinAnsiEncoding",
        });
        Self { document, tree, font, pages: Vec::new() }
    }

    /// Copies `pages` of `from`, each with the stamp `stamp(sheet)`, sheets counted from 0.
    fn copy(&mut self, from: &Document, pages: &[ObjectId], stamp: impl Fn(usize) -> Option<String>) {
        let mut copier = Copier { from, ids: HashMap::new(), queue: Vec::new() };
        let mut new_ids = Vec::with_capacity(pages.len());
        for page in pages {
            let id = self.document.new_object_id();
            copier.ids.entry(*page).or_insert(id);
            new_ids.push(id);
        }
        for (sheet, (old, new)) in pages.iter().zip(&new_ids).enumerate() {
            let page = self.page(&mut copier, *old, stamp(sheet));
            self.document.set_object(*new, page);
        }
        copier.drain(&mut self.document);
        self.pages.extend(new_ids);
    }

    fn page(&mut self, copier: &mut Copier<'_>, old: ObjectId, stamp: Option<String>) -> Dictionary {
        let from = copier.from;
        let corners = source::page_box(from, old, b"MediaBox").unwrap_or([0.0, 0.0, 612.0, 792.0]);
        let crop = source::page_box(from, old, b"CropBox").and_then(|crop| intersection(corners, crop));
        let rotation = source::rotation(from, old);
        let mut page = dictionary! {
            "Type" => "Page",
            "Parent" => self.tree,
            "MediaBox" => numbers(corners),
        };
        if let Some(crop) = crop {
            page.set("CropBox", numbers(crop));
        }
        if rotation != 0 {
            page.set("Rotate", rotation);
        }
        if let Ok(original) = from.get_dictionary(old) {
            for key in KEPT {
                if let Ok(value) = original.get(key) {
                    let value = copier.value(value, &mut self.document);
                    page.set(*key, value);
                }
            }
        }
        let resources = source::inherited(from, old, b"Resources").and_then(|r| r.as_dict().ok());
        let mut resources = resources.map_or_else(Dictionary::new, |r| copier.dictionary(r, &mut self.document));
        if stamp.is_some() {
            // The font dictionary may be shared between pages: this page gets its own.
            let own = source::inherited(from, old, b"Resources")
                .and_then(|r| r.as_dict().ok())
                .and_then(|r| r.get_deref(b"Font", from).ok())
                .and_then(|f| f.as_dict().ok())
                .map_or_else(Dictionary::new, |f| copier.dictionary(f, &mut self.document));
            let mut own = own;
            own.set(STAMP_FONT, self.font);
            resources.set("Font", own);
        }
        page.set("Resources", resources);

        // Whatever the old content leaves open or closes too often, the stamp is drawn in the page's own frame.
        let (lacking, open) = source::balance(from, old).unwrap_or((0, 0));
        let mut contents = vec![self.content("q\n".repeat(lacking + 1))];
        for id in from.get_page_contents(old) {
            contents.push(Object::Reference(copier.reference(id, &mut self.document)));
        }
        let stamp = stamp.map_or_else(String::new, |text| stamp_content(&text, crop.unwrap_or(corners), rotation));
        contents.push(self.content(format!("\n{}{stamp}", "Q\n".repeat(open + 1))));
        page.set("Contents", contents);
        page
    }

    fn content(&mut self, text: String) -> Object {
        // WinAnsi and Latin-1 agree on every character a stamp can hold.
        let bytes: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect();
        self.document.add_object(Stream::new(Dictionary::new(), bytes)).into()
    }

    fn bookmark(&mut self, title: &str, page: usize) {
        if let Some(id) = self.pages.get(page) {
            self.document.add_bookmark(Bookmark::new(title.to_owned(), [0.0, 0.0, 0.0], 0, *id), None);
        }
    }

    fn finish(mut self) -> Result<Vec<u8>, PressError> {
        let join = |error: String| PressError::Join(error);
        let count = i64::try_from(self.pages.len()).map_err(|e| join(e.to_string()))?;
        let kids: Vec<Object> = self.pages.iter().map(|id| Object::Reference(*id)).collect();
        self.document.set_object(self.tree, dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count });
        let mut catalog = dictionary! { "Type" => "Catalog", "Pages" => self.tree, "PageMode" => "UseOutlines" };
        if let Some(outline) = self.document.build_outline() {
            catalog.set("Outlines", outline);
        }
        let catalog = self.document.add_object(catalog);
        let info = self.document.add_object(dictionary! {
            "Title" => Object::string_literal("Records for a second opinion"),
        });
        self.document.trailer.set("Root", catalog);
        self.document.trailer.set("Info", info);
        self.document.compress();
        let mut bytes = Vec::new();
        self.document.save_to(&mut bytes).map_err(|error| join(error.to_string()))?;
        Ok(bytes)
    }
}

/// Copies objects between documents, each once, and only what a page needs.
struct Copier<'a> {
    from: &'a Document,
    ids: HashMap<ObjectId, ObjectId>,
    queue: Vec<(ObjectId, ObjectId)>,
}

impl Copier<'_> {
    fn reference(&mut self, old: ObjectId, to: &mut Document) -> ObjectId {
        if let Some(new) = self.ids.get(&old) {
            return *new;
        }
        let new = to.new_object_id();
        self.ids.insert(old, new);
        self.queue.push((old, new));
        new
    }

    fn drain(&mut self, to: &mut Document) {
        while let Some((old, new)) = self.queue.pop() {
            let copied = match self.from.objects.get(&old) {
                Some(object) if !belongs_to_the_whole(object) => {
                    let object = object.clone();
                    self.value(&object, to)
                }
                _ => Object::Null,
            };
            to.set_object(new, copied);
        }
    }

    fn value(&mut self, object: &Object, to: &mut Document) -> Object {
        match object {
            Object::Reference(id) => Object::Reference(self.reference(*id, to)),
            Object::Array(values) => Object::Array(values.iter().map(|value| self.value(value, to)).collect()),
            Object::Dictionary(dictionary) => Object::Dictionary(self.dictionary(dictionary, to)),
            Object::Stream(stream) => {
                let mut copy = stream.clone();
                copy.dict = self.dictionary(&stream.dict, to);
                Object::Stream(copy)
            }
            other => other.clone(),
        }
    }

    fn dictionary(&mut self, dictionary: &Dictionary, to: &mut Document) -> Dictionary {
        let mut copy = Dictionary::new();
        for (key, value) in dictionary {
            if !is_left_behind(key, value, self.from) {
                copy.set(key.clone(), self.value(value, to));
            }
        }
        copy
    }
}

/// Page trees, catalogues and structure trees belong to the whole file, not to its pages.
fn belongs_to_the_whole(object: &Object) -> bool {
    let Ok(dictionary) = object.as_dict() else { return false };
    [b"Pages".as_slice(), b"Catalog", b"StructTreeRoot", b"StructElem"].iter().any(|kind| dictionary.has_type(kind))
}

/// Actions that run a program or a script do not travel; links within the file and to the web do.
fn is_left_behind(key: &[u8], value: &Object, from: &Document) -> bool {
    match key {
        b"AA" | b"JS" | b"StructParents" | b"StructParent" => true,
        b"A" => from.dereference(value).is_ok_and(|(_, action)| {
            action
                .as_dict()
                .and_then(|a| a.get(b"S"))
                .and_then(Object::as_name)
                .is_ok_and(|kind| !matches!(kind, b"GoTo" | b"URI"))
        }),
        _ => false,
    }
}

fn intersection(a: [f32; 4], b: [f32; 4]) -> Option<[f32; 4]> {
    let [left, bottom, right, top] = [a[0].max(b[0]), a[1].max(b[1]), a[2].min(b[2]), a[3].min(b[3])];
    (right - left >= 1.0 && top - bottom >= 1.0).then_some([left, bottom, right, top])
}

fn numbers(values: [f32; 4]) -> Vec<Object> {
    values.into_iter().map(Object::Real).collect()
}

/// The stamp at the foot of the page as it is shown, whatever its turn, with a white edge so that it reads on a dark scan.
fn stamp_content(text: &str, [left, bottom, right, top]: [f32; 4], rotation: i64) -> String {
    let (width, matrix) = match rotation {
        90 => (top - bottom, [0.0, 1.0, -1.0, 0.0, right, bottom]),
        180 => (right - left, [-1.0, 0.0, 0.0, -1.0, right, top]),
        270 => (top - bottom, [0.0, -1.0, 1.0, 0.0, left, top]),
        _ => (right - left, [1.0, 0.0, 0.0, 1.0, left, bottom]),
    };
    #[expect(clippy::cast_precision_loss, reason = "a stamp is a hundred characters")]
    // Helvetica runs to half an em a character on such text.
    let ems = text.chars().count() as f32 * 0.5;
    let size = STAMP_SIZE.min(width * 0.94 / ems.max(1.0));
    let start = (width - ems * size) / 2.0;
    let [a, b, c, d, e, f] = matrix;
    let escaped: String = text
        .chars()
        .flat_map(|ch| match ch {
            '(' | ')' | '\\' => vec!['\\', ch],
            ch if ch.is_control() => vec![' '],
            ch => vec![ch],
        })
        .collect();
    format!(
        "q {a} {b} {c} {d} {e:.2} {f:.2} cm /{STAMP_FONT} {size:.2} Tf \
         BT 1 G 2.5 w 1 j 1 Tr {start:.2} {STAMP_HEIGHT} Td ({escaped}) Tj ET \
         BT 0 g 0 Tr {start:.2} {STAMP_HEIGHT} Td ({escaped}) Tj ET Q\n"
    )
}
