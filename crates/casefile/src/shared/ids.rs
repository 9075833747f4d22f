//! Identifiers. UUIDv7 as text, time-ordered; made outside (this crate has neither clock nor randomness).

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }
    };
}

id!(
    /// A case.
    CaseId
);
id!(
    /// One document of a case (a report, a photo of paper, a FHIR bundle).
    DocumentId
);
id!(
    /// One run of an import into a case.
    ImportId
);
id!(
    /// A group of files set aside until a person decides.
    SetAsideId
);
id!(
    /// A question a person wants answered.
    QuestionId
);
id!(
    /// A fact a person typed.
    FactId
);
id!(
    /// A packet that was made.
    PacketId
);
id!(
    /// Who did something: `owner`, or the id of a granted access.
    ActorId
);
id!(
    /// Stored bytes: lower-case hexadecimal keyed BLAKE3 of the plain bytes, 64 characters. Means nothing outside its case.
    ObjectId
);
id!(
    /// A place that holds records.
    HolderId
);
id!(
    /// One contact of a log: a call, a letter, a visit.
    ContactId
);
id!(
    /// A letter that was sent.
    LetterId
);
id!(
    /// A request for records or tissue.
    RequestId
);
id!(
    /// Slides or blocks of the register that travel together.
    TissueId
);
id!(
    /// A treatment that a person stated.
    TreatmentId
);
id!(
    /// A packet or letter that was handed over.
    DeliveryId
);
id!(
    /// What a doctor said about the case.
    OpinionId
);
id!(
    /// A decision that was written down.
    DecisionId
);
id!(
    /// One thing of a hand-over.
    HandOverId
);
id!(
    /// A receipt that was given for a packet.
    ReceiptId
);
