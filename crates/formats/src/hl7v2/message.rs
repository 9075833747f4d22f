//! Splits HL7 v2 text into messages, segments and fields. Tolerant: any line end, framing bytes, batch wrappers, lines
//! broken inside a segment. What must not live here: what the segments mean.

/// One message.
#[derive(Debug, Clone, Default)]
pub(super) struct Message {
    pub(super) segments: Vec<Segment>,
}

/// One segment; fields count as the standard counts them (MSH-1 is the field separator itself).
#[derive(Debug, Clone)]
pub(super) struct Segment {
    pub(super) name: String,
    fields: Vec<String>,
    separators: Separators,
}

/// The delimiters a message declares.
#[derive(Debug, Clone, Copy)]
pub(super) struct Separators {
    field: char,
    component: char,
    repetition: char,
    escape: char,
    subcomponent: char,
}

impl Default for Separators {
    fn default() -> Self {
        Self { field: '|', component: '^', repetition: '~', escape: '\\', subcomponent: '&' }
    }
}

impl Separators {
    fn of(line: &str) -> Self {
        let mut characters = line.chars().skip(3);
        let usual = Self::default();
        let field = characters.next().unwrap_or(usual.field);
        let mut next = |usual: char| characters.next().filter(|c| *c != field).unwrap_or(usual);
        Self {
            field,
            component: next(usual.component),
            repetition: next(usual.repetition),
            escape: next(usual.escape),
            subcomponent: next(usual.subcomponent),
        }
    }
}

impl Message {
    pub(super) fn all<'m>(&'m self, name: &'m str) -> impl Iterator<Item = &'m Segment> {
        self.segments.iter().filter(move |s| s.name == name)
    }

    pub(super) fn first(&self, name: &str) -> Option<&Segment> {
        self.segments.iter().find(|s| s.name == name)
    }
}

impl Segment {
    /// A field as it stands; empty when absent.
    pub(super) fn raw(&self, field: usize) -> &str {
        self.fields.get(field).map_or("", String::as_str)
    }

    /// Number of the last field.
    pub(super) fn last(&self) -> usize {
        self.fields.len().saturating_sub(1)
    }

    /// Repetitions of a field.
    pub(super) fn repetitions(&self, field: usize) -> impl Iterator<Item = &str> {
        self.raw(field).split(self.separators.repetition)
    }

    /// A component (from 1) of the first repetition, unescaped and trimmed. `""` (a deletion) counts as blank.
    pub(super) fn component(&self, field: usize, component: usize) -> String {
        self.component_of(self.repetitions(field).next().unwrap_or(""), component)
    }

    /// A component (from 1) of one repetition.
    pub(super) fn component_of(&self, repetition: &str, component: usize) -> String {
        let part = repetition.split(self.separators.component).nth(component.saturating_sub(1)).unwrap_or("");
        let text = self.unescaped(part.split(self.separators.subcomponent).next().unwrap_or(""));
        if text.trim() == "\"\"" { String::new() } else { text.trim().to_owned() }
    }

    /// A component as it stands, for data that must not be unescaped.
    pub(super) fn raw_component(&self, field: usize, component: usize) -> &str {
        self.raw(field).split(self.separators.component).nth(component.saturating_sub(1)).unwrap_or("")
    }

    /// A field in words: components parted by blanks, repetitions by semicolons.
    pub(super) fn words(&self, field: usize) -> String {
        let said: Vec<String> = self
            .repetitions(field)
            .map(|repetition| {
                let parts: Vec<String> = repetition
                    .split(self.separators.component)
                    .map(|part| self.unescaped(part.split(self.separators.subcomponent).next().unwrap_or("")))
                    .map(|part| part.trim().to_owned())
                    .filter(|part| !part.is_empty() && part != "\"\"")
                    .collect();
                parts.join(" ")
            })
            .filter(|said| !said.is_empty())
            .collect();
        said.join("; ")
    }

    /// A text field: repetitions are lines, escapes are resolved.
    pub(super) fn text(&self, field: usize) -> String {
        let lines: Vec<String> = self.repetitions(field).map(|line| self.unescaped(line)).collect();
        lines.join("\n").trim_end().to_owned()
    }

    /// Escape sequences resolved (HL7 v2 chapter 2, "Use of escape sequences in text fields").
    fn unescaped(&self, text: &str) -> String {
        let escape = self.separators.escape;
        if !text.contains(escape) {
            return text.to_owned();
        }
        let mut plain = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find(escape) {
            plain.push_str(rest.get(..start).unwrap_or(""));
            let after = rest.get(start + escape.len_utf8()..).unwrap_or("");
            let end = after.find(escape).filter(|end| *end <= 64);
            let sequence = end.and_then(|end| after.get(..end));
            match sequence.and_then(|s| self.meaning(s)) {
                Some(meaning) => {
                    plain.push_str(&meaning);
                    rest = after.get(end.unwrap_or(0) + escape.len_utf8()..).unwrap_or("");
                }
                // Not an escape: a backslash somebody typed.
                None => {
                    plain.push(escape);
                    rest = after;
                }
            }
        }
        plain.push_str(rest);
        plain
    }

    fn meaning(&self, sequence: &str) -> Option<String> {
        let s = &self.separators;
        let upper = sequence.to_ascii_uppercase();
        Some(match upper.as_str() {
            "F" => s.field.to_string(),
            "S" => s.component.to_string(),
            "T" => s.subcomponent.to_string(),
            "R" => s.repetition.to_string(),
            "E" => s.escape.to_string(),
            "H" | "N" => String::new(),
            ".BR" | ".CE" => "\n".to_owned(),
            ".FI" | ".NF" | ".IN" => String::new(),
            _ if upper.starts_with(".SP") => "\n".repeat(upper.get(3..)?.trim().parse().unwrap_or(1).clamp(1, 20)),
            _ if upper.starts_with(".SK") => " ".repeat(upper.get(3..)?.trim().parse().unwrap_or(1).clamp(1, 80)),
            _ if upper.starts_with(".IN") || upper.starts_with(".TI") => String::new(),
            _ if upper.starts_with('X') => {
                let bytes: Option<Vec<u8>> = upper
                    .as_bytes()
                    .get(1..)?
                    .chunks(2)
                    .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
                    .collect();
                let bytes = bytes?;
                if matches!(bytes.as_slice(), [b'\r' | b'\n', ..]) {
                    "\n".to_owned()
                } else {
                    crate::text::decode(&bytes).0
                }
            }
            // Character set switches (`\C…\`, `\M…\`) and local ones (`\Z…\`).
            _ if upper.len() > 1 && upper.starts_with(['C', 'M', 'Z']) && upper.len() <= 9 => String::new(),
            _ => return None,
        })
    }
}

/// Splits a text into messages. Whatever stands before the first header is left out.
pub(super) fn split(text: &str) -> Vec<Message> {
    let mut messages: Vec<Message> = Vec::new();
    let mut separators = Separators::default();
    let text = text.replace("\r\n", "\n").replace(['\r', '\u{b}', '\u{1c}'], "\n");
    for line in text.split('\n') {
        let name: String = line.chars().take(3).collect();
        let is_header = matches!(name.as_str(), "MSH") && line.len() > 3;
        if is_header {
            separators = Separators::of(line);
            messages.push(Message::default());
        }
        let wrapper = matches!(name.as_str(), "FHS" | "BHS" | "BTS" | "FTS") && line.chars().nth(3).is_some();
        if wrapper {
            continue;
        }
        let Some(message) = messages.last_mut() else { continue };
        let is_segment = name.len() == 3
            && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
            && name.starts_with(|c: char| c.is_ascii_uppercase())
            && line.chars().nth(3).is_none_or(|c| c == separators.field);
        if is_segment {
            let mut fields: Vec<String> = line.split(separators.field).map(str::to_owned).collect();
            if is_header {
                // MSH-1 is the separator itself, so that MSH-2 is what follows it.
                fields.insert(1, separators.field.to_string());
            }
            message.segments.push(Segment { name, fields, separators });
        } else if !line.trim().is_empty()
            && let Some(segment) = message.segments.last_mut()
        {
            // A line break inside a text field: the line goes on with the last field, further fields follow it.
            let mut parts = line.split(separators.field);
            if let (Some(last), Some(first)) = (segment.fields.last_mut(), parts.next()) {
                last.push('\n');
                last.push_str(first);
            }
            segment.fields.extend(parts.map(str::to_owned));
        }
    }
    messages
}
