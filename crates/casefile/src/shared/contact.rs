//! Whom one talks to, and what was said: a place with its departments, and the log of contacts. Every detail carries who
//! said it and when. Used by gather (holders of records), find (centres) and cover (insurers).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::knowledge::Department;
use crate::shared::ids::{ContactId, HolderId};
use crate::shared::message::Refusal;
use crate::shared::text;

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
}

impl Reach {
    /// Whether it says how to reach anybody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        [&self.phone, &self.fax, &self.email, &self.portal, &self.address].iter().all(|part| part.is_empty())
    }

    /// What is told now, and of what is not told what was known: an address that is told anew loses no fax number.
    #[must_use]
    pub fn over(self, known: Option<Self>) -> Self {
        let Some(known) = known else { return self };
        let part = |new: String, old: String| if new.is_empty() { old } else { new };
        Self {
            phone: part(self.phone, known.phone),
            fax: part(self.fax, known.fax),
            email: part(self.email, known.email),
            portal: part(self.portal, known.portal),
            address: part(self.address, known.address),
            hours: part(self.hours, known.hours),
            said_by: part(self.said_by, known.said_by),
            said_on: self.said_on.or(known.said_on),
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
