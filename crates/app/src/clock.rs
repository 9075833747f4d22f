//! The only clock of the program. Everything else takes `now` as an argument.

use consilium_casefile::Instant;

/// This moment, with the machine's offset from UTC.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
pub fn now() -> Instant {
    let zoned = jiff::Zoned::now();
    let minutes = zoned.offset().seconds() / 60;
    Instant { micros: zoned.timestamp().as_microsecond(), offset_minutes: i16::try_from(minutes).unwrap_or_default() }
}
