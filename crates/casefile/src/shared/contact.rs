//! Whom one talks to, and what was said: a place with its departments, and the log of contacts. Every detail carries who
//! said it and when. Used by gather (holders of records), find (centres) and cover (insurers).

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::knowledge::Department;
use crate::shared::ids::{ContactId, HolderId};
use crate::shared::message::Refusal;
use crate::shared::text;

/// Who said something of the contact book, and when.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Source {
    /// A name, a page; empty where nobody wrote it down.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub by: String,
    /// The day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<Date>,
}

/// How to reach a department.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Reach {
    /// Telephone.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub phone: String,
    /// Fax.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub fax: String,
    /// E-mail.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub email: String,
    /// Portal or web address.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub portal: String,
    /// Postal address, lines separated by `\n`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub address: String,
    /// Hours, in words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub hours: String,
    /// Who said so: a name, a page.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub said_by: String,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said_on: Option<Date>,
    /// Parts that somebody else said, or the same on another day: by name (`phone`, `fax`, `email`, `portal`, `address`,
    /// `hours`).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sources: BTreeMap<String, Source>,
}

impl Reach {
    /// Whether it says how to reach anybody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        [&self.phone, &self.fax, &self.email, &self.portal, &self.address].iter().all(|part| part.is_empty())
    }

    /// Its parts, each by its name.
    #[must_use]
    pub fn parts(&self) -> [(&'static str, &str); 6] {
        [
            ("phone", &self.phone),
            ("fax", &self.fax),
            ("email", &self.email),
            ("portal", &self.portal),
            ("address", &self.address),
            ("hours", &self.hours),
        ]
    }

    /// Who said a part, and when.
    #[must_use]
    pub fn source(&self, part: &str) -> Source {
        let whole = || Source { by: self.said_by.clone(), on: self.said_on };
        self.sources.get(part).cloned().unwrap_or_else(whole)
    }

    /// What is told now, and of what is not told what was known: an address that is told anew loses no fax number, and each
    /// keeps who said it. Where nothing is told anew but who says so, they said all of it.
    #[must_use]
    pub fn over(self, known: Option<Self>) -> Self {
        let Some(known) = known else { return self };
        let news: Vec<bool> =
            self.parts().iter().zip(known.parts()).map(|((_, new), (_, old))| !new.is_empty() && *new != old).collect();
        let changes = news.contains(&true);
        let says = !self.said_by.is_empty() || self.said_on.is_some();
        let source = match (says, changes) {
            (true, _) => Source { by: self.said_by, on: self.said_on },
            (false, true) => Source::default(),
            (false, false) => Source { by: known.said_by.clone(), on: known.said_on },
        };
        let mut sources = BTreeMap::new();
        for ((part, old), new) in known.parts().into_iter().zip(&news).filter(|_| !says || changes) {
            let said = known.source(part);
            if !old.is_empty() && !*new && said != source {
                sources.insert(part.to_owned(), said);
            }
        }
        let part = |new: String, old: String| if new.is_empty() { old } else { new };
        Self {
            sources,
            phone: part(self.phone, known.phone),
            fax: part(self.fax, known.fax),
            email: part(self.email, known.email),
            portal: part(self.portal, known.portal),
            address: part(self.address, known.address),
            hours: part(self.hours, known.hours),
            said_by: source.by,
            said_on: source.on,
        }
    }

    /// The same with every part trimmed and held to its length.
    ///
    /// # Errors
    /// The first part that is too long.
    pub fn checked(self) -> Result<Self, Refusal> {
        Ok(Self {
            phone: text::line(&self.phone, 60)?,
            fax: text::line(&self.fax, 60)?,
            email: text::line(&self.email, 200)?,
            portal: text::line(&self.portal, 300)?,
            address: text::lines(&self.address, 400)?,
            hours: text::line(&self.hours, 200)?,
            said_by: text::line(&self.said_by, 120)?,
            said_on: self.said_on,
            sources: self.sources,
        })
    }
}

/// A place that holds records: a hospital, a laboratory, a practice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Id.
    pub id: HolderId,
    /// Name.
    pub name: String,
    /// Its departments, as far as known.
    #[serde(default)]
    pub departments: Vec<(Department, Reach)>,
}

impl Holder {
    /// How to reach a department, as far as known of it itself.
    #[must_use]
    pub fn reach(&self, department: Department) -> Option<&Reach> {
        self.departments.iter().find(|(d, reach)| *d == department && !reach.is_empty()).map(|(_, reach)| reach)
    }

    /// Another department that is known, where this one is not: the records department first. Whoever uses its numbers has
    /// to say whose they are.
    #[must_use]
    pub fn stand_in(&self, department: Department) -> Option<(Department, &Reach)> {
        if self.reach(department).is_some() {
            return None;
        }
        let all = std::iter::once(Department::Records).chain(Department::ALL);
        all.into_iter().find_map(|other| Some((other, self.reach(other)?)))
    }
}

/// One contact: a call, a letter, a visit. Never changed; a correction is another one that names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Id.
    pub id: ContactId,
    /// The day it happened.
    pub on: Date,
    /// The time with its zone, as told: `14:05 CET`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub at: String,
    /// How: `call`, `letter`, `fax`, `portal`, `visit`, `e-mail`.
    pub how: String,
    /// With whom.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub with: String,
    /// What was said, word for word where it matters.
    pub said: String,
    /// What they promised, and by when.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub promised: String,
    /// A reference number.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reference: String,
    /// The contact this one corrects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<ContactId>,
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::{Reach, Source};

    fn told(phone: &str, fax: &str, by: &str, day: i8) -> Reach {
        let (phone, fax, said_by) = (phone.to_owned(), fax.to_owned(), by.to_owned());
        let said_on = (!by.is_empty()).then(|| date(2026, 11, day));
        Reach { phone, fax, said_by, said_on, ..Reach::default() }
    }

    fn said(by: &str, day: i8) -> Source {
        Source { by: by.to_owned(), on: Some(date(2026, 11, day)) }
    }

    #[test]
    fn each_part_keeps_who_said_it_and_when() {
        let first = told("555-0100", "555-0101", "operator", 2);
        let then = told("", "555-0199", "Pat Example", 9).over(Some(first.clone()));
        assert_eq!((then.phone.as_str(), then.fax.as_str()), ("555-0100", "555-0199"));
        assert_eq!((then.source("phone"), then.source("fax")), (said("operator", 2), said("Pat Example", 9)));
        // A form that holds what is known already is the same.
        let filled = told("555-0100", "555-0199", "Pat Example", 9).over(Some(first.clone()));
        assert_eq!(filled, then);
        // Nobody is made to have said what they did not.
        let unsaid = told("", "555-0142", "", 0).over(Some(then.clone()));
        assert_eq!((unsaid.source("fax"), unsaid.source("phone")), (Source::default(), said("operator", 2)));
        // All of it once more, by somebody else.
        let again = told("555-0100", "555-0199", "web page", 20).over(Some(then));
        assert_eq!((again.source("phone"), again.sources.len()), (said("web page", 20), 0));
        // Nothing told anew changes nothing.
        assert_eq!(told("", "", "", 0).over(Some(first.clone())), first);
    }
}
