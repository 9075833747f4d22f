//! Clocks: what runs, since when, until when, by which rule. Deadlines are calendar days at the place of the person; a
//! date has no time zone, so that nobody loses a day by travelling. What must not live here: which clock runs for what.

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};
use serde::{Deserialize, Serialize};

/// Where a clock stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It runs.
    Running,
    /// It ends today or within three days.
    EndsSoon,
    /// It ended, and what it waits for is not there.
    Overdue,
}

/// A clock that runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    /// The day it began; the first day counted is the one after it.
    pub since: Date,
    /// The last day on which it is kept.
    pub until: Date,
    /// Days on which to remind, in order; on a weekend the working day before.
    pub reminders: Vec<Date>,
}

/// Days before its end from which a clock ends soon.
const SOON_DAYS: i32 = 3;

/// The day so many days later; the last day there is when the calendar ends before.
#[must_use]
pub fn days_after(day: Date, days: u32) -> Date {
    day.saturating_add(Span::new().days(i64::from(days.min(400_000))))
}

/// Whole days from one day to another; negative when it lies before.
#[must_use]
pub fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}

/// The day so many years later. From 29 February to a year without one: 1 March, so that nothing ends a day too early.
#[must_use]
pub fn years_after(day: Date, years: u32) -> Date {
    let later = day.saturating_add(Span::new().years(i64::from(years.min(9_000))));
    if later.day() == day.day() { later } else { later.saturating_add(1.day()) }
}

/// This day, or the working day before it. Public holidays differ by place and are not known here.
#[must_use]
pub fn working_day_before(day: Date) -> Date {
    match day.weekday() {
        Weekday::Saturday => day.saturating_sub(1.day()),
        Weekday::Sunday => day.saturating_sub(2.days()),
        _ => day,
    }
}

impl Clock {
    /// A clock of so many calendar days. `until` does not move for a weekend: rules that count calendar days end then.
    #[must_use]
    pub fn of(since: Date, days: u32, reminder_days: &[u32]) -> Self {
        let until = days_after(since, days);
        let mut reminders: Vec<Date> =
            reminder_days.iter().map(|after| working_day_before(days_after(since, *after))).collect();
        reminders.retain(|day| *day > since && *day <= until);
        reminders.sort_unstable();
        reminders.dedup();
        Self { since, until, reminders }
    }

    /// The same clock, ending later; reminders stay, and one is added three days before the new end.
    #[must_use]
    pub fn extended_to(mut self, until: Date) -> Self {
        if until > self.until {
            self.until = until;
            let last = working_day_before(until.saturating_sub(i64::from(SOON_DAYS).days()));
            self.reminders.push(last);
            self.reminders.sort_unstable();
            self.reminders.dedup();
        }
        self
    }

    /// Where it stands on a day.
    #[must_use]
    pub fn standing(&self, today: Date) -> Standing {
        match days_between(today, self.until) {
            left if left < 0 => Standing::Overdue,
            left if left <= SOON_DAYS => Standing::EndsSoon,
            _ => Standing::Running,
        }
    }

    /// Days left; negative when it ended.
    #[must_use]
    pub fn days_left(&self, today: Date) -> i32 {
        days_between(today, self.until)
    }

    /// The last reminder that is due on a day.
    #[must_use]
    pub fn reminder_due(&self, today: Date) -> Option<Date> {
        self.reminders.iter().rev().find(|day| **day <= today).copied()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn thirty_days_run_over_the_ends_of_months_and_leap_days() {
        let until = |y, m, d| Clock::of(date(y, m, d), 30, &[]).until;
        assert_eq!(until(2026, 1, 31), date(2026, 3, 2));
        assert_eq!(until(2028, 1, 31), date(2028, 3, 1), "2028 has a 29 February");
        assert_eq!(until(2026, 12, 15), date(2027, 1, 14));
    }

    #[test]
    fn a_weekend_moves_reminders_and_not_the_end() {
        // 10 January 2026 is a Saturday.
        let clock = Clock::of(date(2025, 12, 11), 30, &[30]);
        assert_eq!((clock.until, clock.reminders), (date(2026, 1, 10), vec![date(2026, 1, 9)]));
    }

    #[test]
    fn it_is_kept_on_its_last_day_and_overdue_on_the_next() {
        let clock = Clock::of(date(2026, 3, 1), 30, &[10, 20, 27]);
        assert_eq!(clock.until, date(2026, 3, 31));
        assert_eq!(clock.standing(date(2026, 3, 20)), Standing::Running);
        assert_eq!(clock.standing(date(2026, 3, 31)), Standing::EndsSoon);
        assert_eq!(clock.standing(date(2026, 4, 1)), Standing::Overdue);
        assert_eq!(clock.days_left(date(2026, 4, 3)), -3);
    }

    #[test]
    fn reminders_come_in_order_and_the_last_one_that_is_due_counts() {
        let clock = Clock::of(date(2026, 3, 2), 30, &[20, 10, 27, 90, 0]);
        assert_eq!(clock.reminders, vec![date(2026, 3, 12), date(2026, 3, 20), date(2026, 3, 27)]);
        assert_eq!(clock.reminder_due(date(2026, 3, 11)), None);
        assert_eq!(clock.reminder_due(date(2026, 3, 25)), Some(date(2026, 3, 20)));
    }

    #[test]
    fn an_extension_only_moves_the_end_later() {
        let clock = Clock::of(date(2026, 3, 2), 30, &[]);
        assert_eq!(clock.clone().extended_to(date(2026, 3, 5)), clock);
        assert_eq!(clock.extended_to(date(2026, 5, 1)).until, date(2026, 5, 1));
    }

    #[test]
    fn years_from_a_leap_day_do_not_end_a_day_early() {
        assert_eq!(years_after(date(2024, 2, 29), 2), date(2026, 3, 1));
        assert_eq!(years_after(date(2024, 2, 29), 4), date(2028, 2, 29));
        assert_eq!(years_after(date(2024, 3, 31), 10), date(2034, 3, 31));
    }

    proptest! {
        #[test]
        fn no_day_and_no_number_of_days_breaks_a_clock(day in 0_i32..3_000_000, days: u32, reminders: Vec<u32>) {
            let since = Date::MIN.saturating_add(Span::new().days(day));
            let clock = Clock::of(since, days, &reminders);
            prop_assert!(clock.until >= since);
            prop_assert!(clock.reminders.iter().all(|r| *r > since && *r <= clock.until));
            prop_assert!(clock.reminders.is_sorted());
            prop_assert!(years_after(since, days) >= since);
        }
    }
}
