//! The calendar file: when answers are due, when to remind, when slides go back, by when everything is needed. All-day
//! entries without a time zone (RFC 5545, VALUE=DATE): a day is the same day wherever the person travels.

use consilium_casefile::{CaseId, Session};
use icalendar::{Alarm, Calendar, Component, Event, EventLike, Property, Trigger};
use jiff::civil::Date;

use crate::App;
use crate::error::AppError;

struct Due {
    id: String,
    day: Date,
    what: String,
    more: String,
}

impl App {
    /// Every day that matters for gathering, as an iCalendar file. Names of records stay out of it: calendars are synced.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for those who may not see requests.
    pub async fn gather_calendar(&self, session: &Session, id: &CaseId) -> Result<String, AppError> {
        let case = self.case(session, id).await?;
        let view = case.seen_by(session.audience);
        let (requests, tissue) = (view.requests().ok_or(AppError::NotFound)?, view.tissue().ok_or(AppError::NotFound)?);
        let mut all = Vec::new();
        // Of several cases each says its own: by the short name that the person chose.
        let of = view.handle().to_owned();
        for held in &requests.requests {
            let Some(clock) = held.running() else { continue };
            let holder = requests.holders.get(&held.request.holder).map_or("", |h| h.name.as_str());
            let id = &held.request.id;
            for (n, day) in clock.reminders.iter().enumerate() {
                let what = format!("{of}: ask {holder} about what was asked for");
                all.push(Due { id: format!("{id}-{n}"), day: *day, what, more: String::new() });
            }
            let what = format!("{of}: an answer is due from {holder}");
            let more = "If nothing came by the end of this day, the next letter is ready in Consilium.".to_owned();
            all.push(Due { id: id.to_string(), day: clock.until, what: what.clone(), more: more.clone() });
            if let Some(day) = held.escalated_until(self.knowledge()) {
                all.push(Due { id: format!("{id}-escalated"), day, what, more });
            }
            if let Some(day) = held.request.needed_by {
                let what = format!("{of}: what {holder} was asked for is needed");
                all.push(Due { id: format!("{id}-needed-by"), day, what, more: String::new() });
            }
        }
        for line in tissue.lines() {
            if let Some(day) = line.return_due() {
                let what = format!("{of}: slides or blocks have to be back at the laboratory");
                all.push(Due { id: line.tissue.id.to_string(), day, what, more: String::new() });
            }
        }
        let waiting = self.waiting(&view);
        if let Some(day) = waiting.needed_by {
            let center = view.center().unwrap_or("the center");
            let what = format!("{of}: everything has to be at {center}");
            all.push(Due { id: format!("{}-needed-by", view.id()), day, what, more: String::new() });
        }
        let mut calendar = Calendar::new();
        calendar.name("Consilium");
        for due in all {
            let Ok(at) = self.now().iso().parse::<jiff::Timestamp>() else { continue };
            let stamp = at.strftime("%Y%m%dT%H%M%SZ").to_string();
            let next = consilium_casefile::shared::clock::days_after(due.day, 1);
            let mut event = Event::new();
            event
                .uid(&format!("{}@consilium", due.id))
                .add_property("DTSTAMP", stamp)
                .summary(&due.what)
                .append_property(Property::new("DTSTART", compact(due.day)).add_parameter("VALUE", "DATE").done())
                .append_property(Property::new("DTEND", compact(next)).add_parameter("VALUE", "DATE").done());
            if !due.more.is_empty() {
                event.description(&due.more);
            }
            // At nine in the morning of the day, wherever the person is.
            event.alarm(Alarm::display(&due.what, Trigger::after_start(chrono::Duration::hours(9))));
            calendar.push(event.done());
        }
        Ok(calendar.done().to_string())
    }
}

fn compact(day: Date) -> String {
    day.strftime("%Y%m%d").to_string()
}
