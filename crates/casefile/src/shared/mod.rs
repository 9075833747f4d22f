//! What several stages need, built once: identifiers, instants and partial dates, persons, messages,
//! what typed words may hold, by which a copy of a text is known.
//! Nothing here knows a stage.

pub mod clock;
pub mod contact;
pub mod ids;
pub mod message;
pub mod person;
pub mod sketch;
pub mod text;
pub mod time;
