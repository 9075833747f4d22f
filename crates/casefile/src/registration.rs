//! What a registration desk asks for first: how to reach the person, their health plan, who sends them, their language, and
//! who signs by what authority. Stated by the person; nothing here is read from records.

use serde::{Deserialize, Serialize};

use crate::shared::message::Refusal;
use crate::shared::text;

/// The registration sheet.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Registration {
    /// Postal address, lines separated by `\n`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub address: String,
    /// Telephone.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub phone: String,
    /// E-mail.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub email: String,
    /// Language spoken; whether an interpreter is wanted, in words.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub language: String,
    /// Health plan.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub plan: String,
    /// Member number on the card.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub member: String,
    /// Group number on the card.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub group: String,
    /// Telephone of the plan, from the back of the card.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub plan_phone: String,
    /// The doctor who sends the person, with telephone and fax.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub referring_doctor: String,
    /// Somebody to call, with telephone.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub emergency_contact: String,
    /// Who signs, where it is not the person.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub signer: String,
    /// By what authority: `health care proxy`, `parent`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub authority: String,
}

impl Registration {
    /// The same, held to its lengths.
    ///
    /// # Errors
    /// When a part is too long or holds hidden characters, or somebody else signs without an authority.
    pub fn checked(self) -> Result<Self, Refusal> {
        let mut kept = Self {
            address: text::lines(&self.address, 400)?,
            phone: text::line(&self.phone, 60)?,
            email: text::line(&self.email, 200)?,
            language: text::line(&self.language, 120)?,
            plan: text::line(&self.plan, 200)?,
            member: text::line(&self.member, 60)?,
            group: text::line(&self.group, 60)?,
            plan_phone: text::line(&self.plan_phone, 60)?,
            referring_doctor: text::line(&self.referring_doctor, 300)?,
            emergency_contact: text::line(&self.emergency_contact, 200)?,
            signer: text::line(&self.signer, 120)?,
            authority: text::line(&self.authority, 200)?,
        };
        if !kept.signer.is_empty() && kept.authority.is_empty() {
            return Err(Refusal::new("refusal-authority-missing"));
        }
        // An authority is nothing without whose it is: it would stand behind somebody else's name.
        if kept.signer.is_empty() {
            kept.authority.clear();
        }
        Ok(kept)
    }

    /// Each part with the key of its label (`registration-…`), in the order of a form.
    #[must_use]
    pub fn parts(&self) -> [(&'static str, &str); 12] {
        [
            ("registration-address", &self.address),
            ("registration-phone", &self.phone),
            ("registration-email", &self.email),
            ("registration-language", &self.language),
            ("registration-plan", &self.plan),
            ("registration-member", &self.member),
            ("registration-group", &self.group),
            ("registration-plan-phone", &self.plan_phone),
            ("registration-referring-doctor", &self.referring_doctor),
            ("registration-emergency-contact", &self.emergency_contact),
            ("registration-signer", &self.signer),
            ("registration-authority", &self.authority),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::Registration;

    #[test]
    fn somebody_else_signs_only_by_an_authority() {
        let by = |signer: &str, authority: &str| {
            Registration { signer: signer.to_owned(), authority: authority.to_owned(), ..Registration::default() }
                .checked()
        };
        assert!(by("", "").is_ok() && by("Ines Example", "health care proxy").is_ok());
        assert_eq!(by("", "health care proxy").unwrap().authority, "", "nobody signs by it");
        assert_eq!(by("Ines Example", "  ").unwrap_err().0.key, "refusal-authority-missing");
    }

    #[test]
    fn parts_are_kept_trimmed_and_refused_when_they_can_not_be_seen() {
        let kept =
            Registration { address: " 1 Example Street \n\n Springfield ".to_owned(), ..Registration::default() };
        assert_eq!(kept.checked().unwrap().address, "1 Example Street\nSpringfield");
        let hidden = Registration { member: "A\u{202e}1".to_owned(), ..Registration::default() };
        assert_eq!(hidden.checked().unwrap_err().0.key, "refusal-hidden-characters");
    }
}
