//! Rich Text Format to text: words, tables by row, pages; pictures, styles and fields' instructions are passed over.
//!
//! A tolerant reader of control words; groups are kept on a stack of our own, so nesting costs no recursion.

use std::collections::HashMap;

use consilium_casefile::records::FileFormat;
use encoding_rs::{Encoding, WINDOWS_1252};

use crate::understand::document;
use crate::{Complaint, DocumentContent, Understood, text};

/// Groups inside groups that are followed; real documents have some tens.
const MOST_GROUPS: usize = 10_000;

/// Reads an RTF document.
pub(crate) fn understand(bytes: &[u8]) -> Understood {
    let mut reader = Reader::new(bytes);
    reader.run();
    let mut complaints = Vec::new();
    if reader.groups.len() > 1 {
        reader.flush();
        let what = "This document ends in the middle; what comes before the end is shown.";
        complaints.push(Complaint::at(bytes.len() as u64, what));
    }
    if reader.pictures > 0 {
        let what = format!(
            "This document holds {} pictures that are not shown as text; open the original to see them.",
            reader.pictures
        );
        complaints.push(Complaint::new(what));
    }
    reader.flush();
    let pages: Vec<String> = reader.text.split('\u{c}').map(tidied).collect();
    let mut content = DocumentContent::default();
    content.stated.title = text::stated(&reader.title);
    content.stated.author = text::stated(&reader.author);
    content.pages = (pages.len() > 1).then(|| u32::try_from(pages.len()).unwrap_or(u32::MAX));
    content.text = pages;
    text::describe(&mut content);
    document(FileFormat::Rtf, content, Vec::new(), complaints)
}

/// Words that no page shows: title and other fields of the document, notes in the margin, what was deleted or hidden.
pub(crate) fn unseen(bytes: &[u8], add: &mut impl FnMut(&str)) {
    let mut reader = Reader::new(bytes);
    reader.run();
    reader.flush();
    [&reader.title, &reader.author].into_iter().for_each(|words| add(words));
    reader.unseen.lines().for_each(add);
}

/// Line ends without blanks before them, and no more than one empty line.
fn tidied(page: &str) -> String {
    let mut tidied = String::new();
    let mut empty = 0;
    for line in page.lines() {
        let line = line.trim_end();
        empty = if line.is_empty() { empty + 1 } else { 0 };
        if empty < 2 {
            tidied.push_str(line);
            tidied.push('\n');
        }
    }
    tidied.trim_matches('\n').to_owned()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Destination {
    Body,
    Skipped,
    Fonts,
    Title,
    Author,
    /// Words that no page shows: fields of `info`, notes, what was deleted.
    Unseen,
}

#[derive(Clone, Copy)]
struct Group {
    destination: Destination,
    /// Characters to pass over after `\u` (`\uc`).
    replacements: usize,
    encoding: &'static Encoding,
    hidden: bool,
    /// `\*` was read: an unknown destination that follows is to be skipped.
    optional: bool,
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    groups: Vec<Group>,
    /// Groups opened beyond the limit, to be closed again.
    beyond: usize,
    default: &'static Encoding,
    fonts: HashMap<i32, &'static Encoding>,
    font: i32,
    /// Bytes of the current encoding not yet decoded.
    pending: Vec<u8>,
    text: String,
    title: String,
    author: String,
    unseen: String,
    /// Characters still to be passed over after `\u`.
    pass_over: usize,
    /// First half of a character that takes two `\u`.
    high_surrogate: Option<u16>,
    pictures: usize,
}

impl<'a> Reader<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        let group = Group {
            destination: Destination::Body,
            replacements: 1,
            encoding: WINDOWS_1252,
            hidden: false,
            optional: false,
        };
        Self {
            bytes,
            at: 0,
            groups: vec![group],
            beyond: 0,
            default: WINDOWS_1252,
            fonts: HashMap::new(),
            font: 0,
            pending: Vec::new(),
            text: String::new(),
            title: String::new(),
            author: String::new(),
            unseen: String::new(),
            pass_over: 0,
            high_surrogate: None,
            pictures: 0,
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn group(&self) -> Group {
        self.groups.last().copied().unwrap_or(Group {
            destination: Destination::Body,
            replacements: 1,
            encoding: self.default,
            hidden: false,
            optional: false,
        })
    }

    fn change(&mut self, change: impl FnOnce(&mut Group)) {
        if let Some(group) = self.groups.last_mut() {
            change(group);
        }
    }

    fn run(&mut self) {
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'{' => {
                    self.flush();
                    self.pass_over = 0;
                    if self.groups.len() < MOST_GROUPS {
                        self.groups.push(Group { optional: false, ..self.group() });
                    } else {
                        self.beyond += 1;
                    }
                }
                b'}' => {
                    self.flush();
                    self.pass_over = 0;
                    if self.beyond > 0 {
                        self.beyond -= 1;
                    } else if self.groups.len() > 1 {
                        self.groups.pop();
                    }
                }
                b'\\' => self.control(),
                b'\r' | b'\n' | 0 => {}
                byte => self.byte(byte),
            }
        }
    }

    /// One byte of text in the encoding of its font.
    fn byte(&mut self, byte: u8) {
        if self.pass_over > 0 {
            self.pass_over -= 1;
            return;
        }
        self.pending.push(byte);
    }

    fn flush(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let bytes = std::mem::take(&mut self.pending);
        let (decoded, _) = self.group().encoding.decode_without_bom_handling(&bytes);
        self.push(&decoded);
    }

    fn push(&mut self, text: &str) {
        let group = self.group();
        match group.destination {
            Destination::Body if !group.hidden => self.text.push_str(text),
            Destination::Title => self.title.push_str(text),
            Destination::Author => self.author.push_str(text),
            Destination::Body | Destination::Unseen => self.unseen.push_str(text),
            Destination::Skipped | Destination::Fonts => {}
        }
    }

    fn control(&mut self) {
        let Some(first) = self.peek() else { return };
        if !first.is_ascii_alphabetic() {
            self.at += 1;
            match first {
                b'\'' => {
                    let hex = self.bytes.get(self.at..self.at + 2).and_then(|h| std::str::from_utf8(h).ok());
                    if let Some(byte) = hex.and_then(|h| u8::from_str_radix(h, 16).ok()) {
                        self.at += 2;
                        self.byte(byte);
                    }
                }
                b'*' => self.change(|g| g.optional = true),
                b'~' => self.word("\u{a0}"),
                b'_' => self.word("-"),
                b'\\' | b'{' | b'}' => self.byte(first),
                b'\r' | b'\n' => self.word("\n"),
                _ => {}
            }
            return;
        }
        let start = self.at;
        while self.peek().is_some_and(|b| b.is_ascii_alphabetic()) && self.at - start < 40 {
            self.at += 1;
        }
        let name = self.bytes.get(start..self.at).and_then(|n| std::str::from_utf8(n).ok()).unwrap_or("");
        let number_start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        while self.peek().is_some_and(|b| b.is_ascii_digit()) && self.at - number_start < 12 {
            self.at += 1;
        }
        let number = self.bytes.get(number_start..self.at).and_then(|n| std::str::from_utf8(n).ok());
        let number = number.and_then(|n| n.parse::<i32>().ok());
        if self.peek() == Some(b' ') {
            self.at += 1;
        }
        self.keyword(name, number);
    }

    /// Text a control word stands for.
    fn word(&mut self, text: &str) {
        self.flush();
        if self.pass_over > 0 {
            self.pass_over -= 1;
            return;
        }
        self.push(text);
    }

    fn keyword(&mut self, name: &str, number: Option<i32>) {
        match name {
            "par" | "line" | "row" | "sect" | "softline" => self.word("\n"),
            "page" | "pagebb" => self.word("\u{c}"),
            "tab" => self.word("\t"),
            "cell" | "nestcell" => self.word("  "),
            "nestrow" => self.word("\n"),
            "emdash" => self.word("—"),
            "endash" => self.word("–"),
            "bullet" => self.word("•"),
            "lquote" => self.word("‘"),
            "rquote" => self.word("’"),
            "ldblquote" => self.word("“"),
            "rdblquote" => self.word("”"),
            "emspace" | "enspace" | "qmspace" => self.word(" "),
            "u" => self.unicode(number.unwrap_or(0)),
            "uc" => self.change(|g| g.replacements = usize::try_from(number.unwrap_or(1)).unwrap_or(1).min(32)),
            "v" => {
                self.flush();
                self.change(|g| g.hidden = number != Some(0));
            }
            "plain" => {
                self.flush();
                self.change(|g| g.hidden = false);
            }
            "bin" => {
                self.at =
                    self.at.saturating_add(usize::try_from(number.unwrap_or(0)).unwrap_or(0)).min(self.bytes.len());
            }
            "ansicpg" => {
                self.default = code_page(number.unwrap_or(1252));
                let encoding = self.default;
                // It stands at the top, in the outermost groups; anywhere else it is meant for its own group.
                self.change(|g| g.encoding = encoding);
                self.groups.iter_mut().take(3).for_each(|g| g.encoding = encoding);
            }
            "f" => {
                self.flush();
                self.font = number.unwrap_or(0);
                let in_table = self.group().destination == Destination::Fonts;
                let encoding = self.fonts.get(&self.font).copied().unwrap_or(self.default);
                if !in_table {
                    self.change(|g| g.encoding = encoding);
                }
            }
            "fcharset" => {
                if self.group().destination == Destination::Fonts {
                    let encoding = character_set(number.unwrap_or(0)).unwrap_or(self.default);
                    self.fonts.insert(self.font, encoding);
                }
            }
            _ => self.destination(name),
        }
    }

    fn destination(&mut self, name: &str) {
        let to = match name {
            "fonttbl" => Destination::Fonts,
            "title" => Destination::Title,
            "author" => Destination::Author,
            "pict" => {
                self.pictures += usize::from(self.group().destination == Destination::Body);
                Destination::Skipped
            }
            "operator" | "subject" | "keywords" | "doccomm" | "company" | "manager" | "category" | "annotation"
            | "deleted" => Destination::Unseen,
            "colortbl" | "stylesheet" | "info" | "object" | "themedata" | "colorschememapping" | "datastore"
            | "listtable" | "listoverridetable" | "revtbl" | "rsidtbl" | "generator" | "xmlnstbl" | "fldinst"
            | "filetbl" | "latentstyles" | "hlinkbase" | "creatim" | "revtim" | "printim" | "template"
            | "bkmkstart" | "bkmkend" | "nonshppict" | "pnseclvl" | "shpinst" => Destination::Skipped,
            "shptxt" => Destination::Body,
            _ if self.group().optional => Destination::Skipped,
            _ => return,
        };
        self.flush();
        // What stands inside a skipped destination stays skipped, but for text boxes and the fields of `info`.
        let current = self.group().destination;
        let reopened = name == "shptxt" || matches!(to, Destination::Title | Destination::Author | Destination::Unseen);
        if to == Destination::Unseen {
            self.unseen.push('\n');
        }
        if current != Destination::Skipped || reopened {
            self.change(|g| {
                g.destination = to;
                g.optional = false;
            });
        }
    }

    fn unicode(&mut self, number: i32) {
        self.flush();
        // Numbers above 32,767 are written as negative ones.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the format wraps at 16 bits")]
        let unit = number as u16;
        let character = match (self.high_surrogate.take(), unit) {
            (_, 0xd800..=0xdbff) => {
                self.high_surrogate = Some(unit);
                None
            }
            (Some(high), 0xdc00..=0xdfff) => char::decode_utf16([high, unit]).next().and_then(Result::ok),
            _ => char::from_u32(u32::from(unit)),
        };
        if let Some(character) = character {
            self.push(character.encode_utf8(&mut [0; 4]));
        }
        self.pass_over = self.group().replacements;
    }
}

fn code_page(number: i32) -> &'static Encoding {
    let label = match number {
        932 => "shift_jis".to_owned(),
        936 => "gbk".to_owned(),
        949 => "euc-kr".to_owned(),
        950 => "big5".to_owned(),
        65001 => "utf-8".to_owned(),
        10000 => "macintosh".to_owned(),
        number => format!("windows-{number}"),
    };
    Encoding::for_label(label.as_bytes()).unwrap_or(WINDOWS_1252)
}

/// The encoding of a font's `\fcharset` (Windows character set numbers).
fn character_set(number: i32) -> Option<&'static Encoding> {
    Some(code_page(match number {
        0 => 1252,
        77 => 10000,
        128 => 932,
        129 => 949,
        134 => 936,
        136 => 950,
        161 => 1253,
        162 => 1254,
        163 => 1258,
        177 => 1255,
        178 => 1256,
        186 => 1257,
        204 => 1251,
        222 => 874,
        238 => 1250,
        _ => return None,
    }))
}
