//! Where the pieces of a line are: every step moves some of them, and what is out, missing, broken or used up is counted, so
//! that one step about one piece hides none of the others.

use jiff::civil::Date;

use super::{Alarm, Ask, Custody, HeldTissue, Step};
use crate::knowledge::{Knowledge, Setting};
use crate::shared::clock::days_between;
use crate::shared::text;

/// Pieces on their way together.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Parcel {
    on: Date,
    /// To whom, as a step names them; empty where none does.
    to: String,
    /// Pieces of it that nobody saw arrive.
    left: u32,
    /// Some of it arrived: what is left did not come.
    opened: bool,
}

/// Pieces that somebody has.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Lot {
    /// Who, as a step names them; empty where none does.
    with: String,
    count: u32,
}

/// Where the pieces of a line are, counted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pieces {
    /// With the laboratory that keeps them.
    pub home: u32,
    /// Given out by the laboratory, and not sent yet.
    pub given_out: u32,
    /// Of all that are not lost, those that came broken or spoiled.
    pub damaged: u32,
    /// Not to be found.
    pub lost: u32,
    /// Used up for tests.
    pub used_up: u32,
    /// With those who received them, the newest last.
    there: Vec<Lot>,
    out: Vec<Parcel>,
    back: Vec<Parcel>,
}

fn in_parcels(parcels: &[Parcel]) -> u32 {
    parcels.iter().map(|parcel| parcel.left).sum()
}

/// Takes up to so many, and tells how many there were.
fn take(from: &mut u32, most: u32) -> u32 {
    let taken = most.min(*from);
    *from -= taken;
    taken
}

/// Takes up to so many from one place after the other, and tells how many there were.
fn take_each<const N: usize>(places: [&mut u32; N], most: u32) -> u32 {
    places.into_iter().fold(0, |taken, from| taken + take(from, most - taken))
}

/// Takes from the oldest parcel first, and from those to `to` before others: who got them, and how many.
fn unpack(parcels: &mut Vec<Parcel>, most: u32, to: &str) -> Vec<Lot> {
    let (mut lots, mut left) = (Vec::new(), most);
    for named in [true, false] {
        for parcel in parcels.iter_mut().filter(|parcel| most > 0 && text::same_line(&parcel.to, to) == named) {
            let count = take(&mut parcel.left, left);
            parcel.opened |= count > 0;
            left -= count;
            let with = if to.is_empty() { parcel.to.clone() } else { to.to_owned() };
            lots.push(Lot { with, count });
        }
    }
    parcels.retain(|parcel| parcel.left > 0);
    lots.retain(|lot| lot.count > 0);
    lots
}

/// Takes from who got some last.
fn take_back(lots: &mut Vec<Lot>, most: u32) -> u32 {
    let taken = lots.iter_mut().rev().fold(0, |taken, lot| taken + take(&mut lot.count, most - taken));
    lots.retain(|lot| lot.count > 0);
    taken
}

fn in_lots(lots: &[Lot]) -> u32 {
    lots.iter().map(|lot| lot.count).sum()
}

impl Pieces {
    /// Still with the laboratory that keeps them, given out or not.
    #[must_use]
    pub fn with_laboratory(&self) -> u32 {
        self.home.saturating_add(self.given_out)
    }

    /// Out of the laboratory's hands, wherever they are; what is lost or used up is not among them.
    #[must_use]
    pub fn away(&self) -> u32 {
        self.given_out + self.there() + in_parcels(&self.out) + in_parcels(&self.back)
    }

    /// Sent, and not in the parcel when it was opened, there or back.
    #[must_use]
    pub fn missing(&self) -> u32 {
        let of = |parcels: &[Parcel]| parcels.iter().filter(|p| p.opened).map(|p| p.left).sum::<u32>();
        of(&self.out) + of(&self.back)
    }

    /// Given out or sent, and not seen to arrive: no more can come. None where nobody said that any left.
    #[must_use]
    pub fn coming_at_most(&self) -> u32 {
        self.given_out + in_parcels(&self.out)
    }

    /// All that can be sent or was: none that is used up.
    #[must_use]
    pub fn left(&self) -> u32 {
        self.home + self.away() + self.lost
    }

    /// With whoever received them.
    #[must_use]
    pub fn there(&self) -> u32 {
        in_lots(&self.there)
    }

    /// With those of these names, and whole.
    #[must_use]
    pub fn good_with(&self, is: &dyn Fn(&str) -> bool) -> u32 {
        let with: u32 = self.there.iter().filter(|lot| is(&lot.with)).map(|lot| lot.count).sum();
        with.saturating_sub(self.damaged)
    }

    /// On their way to those of these names, and not longer than a parcel takes.
    #[must_use]
    pub fn coming_to(&self, is: &dyn Fn(&str) -> bool, knowledge: &Knowledge, today: Date) -> u32 {
        let most = knowledge.gathering.days(Setting::ParcelDays);
        let in_time = |parcel: &&Parcel| !parcel.opened && days_between(parcel.on, today) <= most;
        self.out.iter().filter(in_time).filter(|parcel| is(&parcel.to)).map(|parcel| parcel.left).sum()
    }

    fn is_late(&self, knowledge: &Knowledge, today: Date) -> bool {
        let most = knowledge.gathering.days(Setting::ParcelDays);
        let late = |parcel: &Parcel| !parcel.opened && days_between(parcel.on, today) > most;
        self.out.iter().chain(&self.back).any(late)
    }

    /// What arrives without a word of how it went is taken from where it must have been.
    fn arrive(&mut self, count: Option<u32>, on: Date, to: &str) {
        if self.out.is_empty() {
            let from = if self.given_out > 0 { &mut self.given_out } else { &mut self.home };
            let all = std::mem::take(from);
            self.out.push(Parcel { on, to: to.to_owned(), left: all, opened: false });
        }
        let wanted = count.unwrap_or_else(|| in_parcels(&self.out));
        let came = unpack(&mut self.out, wanted, to);
        let more = wanted - in_lots(&came);
        self.there.extend(came);
        let found = take_each([&mut self.given_out, &mut self.home, &mut self.lost], more);
        if found > 0 {
            self.there.push(Lot { with: to.to_owned(), count: found });
        }
    }

    /// Sent by the laboratory; where it has none any more, by who had them last to the next.
    fn ship(&mut self, custody: &Custody) {
        let all = [self.given_out, self.home, self.there()].into_iter().find(|count| *count > 0).unwrap_or_default();
        let wanted = custody.count.unwrap_or(all);
        let mut sent = take_each([&mut self.given_out, &mut self.home], wanted);
        sent += take_back(&mut self.there, wanted - sent);
        if sent > 0 {
            self.out.push(Parcel { on: custody.on, to: custody.to.clone(), left: sent, opened: false });
        }
    }

    fn apply(&mut self, custody: &Custody) {
        let (count, on, to) = (custody.count, custody.on, custody.to.as_str());
        match custody.step {
            Step::Requested => {}
            Step::Released => self.given_out += take(&mut self.home, count.unwrap_or(u32::MAX)),
            Step::Shipped => self.ship(custody),
            Step::Received => self.arrive(count, on, to),
            Step::Reviewed if self.there.is_empty() => self.arrive(None, on, ""),
            Step::Reviewed => {}
            Step::ReturnShipped => {
                if self.there.is_empty() {
                    self.arrive(count, on, "");
                }
                let left = take_back(&mut self.there, count.unwrap_or(u32::MAX));
                self.back.push(Parcel { on, to: String::new(), left, opened: false });
            }
            Step::Returned => {
                if self.back.is_empty() {
                    if self.there.is_empty() {
                        self.arrive(None, on, "");
                    }
                    let left = in_lots(&std::mem::take(&mut self.there));
                    self.back.push(Parcel { on, to: String::new(), left, opened: false });
                }
                let wanted = count.unwrap_or_else(|| in_parcels(&self.back));
                let mut came = in_lots(&unpack(&mut self.back, wanted, ""));
                came += take_back(&mut self.there, wanted - came);
                came += take_each([&mut self.given_out, &mut self.lost], wanted - came);
                came += in_lots(&unpack(&mut self.out, wanted - came, ""));
                self.home += came;
            }
            Step::Damaged => {
                let whole = self.home + self.away();
                self.damaged = self.damaged.saturating_add(count.unwrap_or(whole)).min(whole);
            }
            Step::Lost => {
                let away = self.away();
                let wanted = count.unwrap_or(if away > 0 { away } else { self.home });
                let mut gone = 0;
                for opened in [true, false] {
                    for parcels in [&mut self.out, &mut self.back] {
                        for parcel in parcels.iter_mut().filter(|p| p.opened == opened) {
                            gone += take(&mut parcel.left, wanted - gone);
                        }
                        parcels.retain(|parcel| parcel.left > 0);
                    }
                }
                gone += take_back(&mut self.there, wanted - gone);
                gone += take_each([&mut self.given_out, &mut self.home], wanted - gone);
                self.lost += gone;
            }
            Step::UsedUp => {
                let wanted = count.unwrap_or(u32::MAX);
                let mut used = take_back(&mut self.there, wanted);
                used += take_each([&mut self.home, &mut self.given_out], wanted - used);
                self.used_up += used + in_lots(&unpack(&mut self.out, wanted - used, ""));
            }
        }
    }
}

/// The day by which pieces that are out have to be back, as the steps of a way set it last.
fn due(pieces: &Pieces, way: &[&Custody]) -> Option<Date> {
    if pieces.away() == 0 { None } else { way.iter().rev().find_map(|c| c.return_due) }
}

impl HeldTissue {
    /// Where its pieces are now.
    #[must_use]
    pub fn pieces(&self) -> Pieces {
        self.walked().0
    }

    /// Where the pieces are, and the steps of the newest way out and back, by day: what is wholly back begins its way anew.
    fn walked(&self) -> (Pieces, Vec<&Custody>) {
        let mut steps: Vec<&Custody> = self.custody.iter().collect();
        steps.sort_by_key(|c| c.on);
        let mut pieces = Pieces { home: self.tissue.count, ..Pieces::default() };
        let (mut begins, mut is_back) = (0, false);
        for (place, custody) in steps.iter().enumerate() {
            if is_back {
                begins = place;
            }
            pieces.apply(custody);
            is_back = custody.step == Step::Returned && pieces.away() == 0;
        }
        (pieces, steps.split_off(begins))
    }

    fn way(&self) -> Vec<&Custody> {
        self.walked().1
    }

    /// The last step that tells where it stands: one about some lost, broken or used pieces does not while others go on.
    #[must_use]
    pub fn stands(&self) -> Option<&Custody> {
        let (pieces, way) = self.walked();
        let tells = |c: &&&Custody| pieces.away() == 0 || !matches!(c.step, Step::Lost | Step::Damaged | Step::UsedUp);
        way.iter().rev().find(tells).copied()
    }

    /// Whether the laboratory that keeps it has all of it that is left.
    #[must_use]
    pub fn is_at_home(&self) -> bool {
        let pieces = self.pieces();
        pieces.away() == 0 && pieces.home > 0
    }

    /// The day by which it has to be back, while any piece is out: the one that its newest way set last.
    #[must_use]
    pub fn return_due(&self) -> Option<Date> {
        let (pieces, way) = self.walked();
        due(&pieces, &way)
    }

    /// Whether every piece is with those of these names now and whole, or on its way to them and not longer than a parcel
    /// takes.
    #[must_use]
    pub fn reaches(&self, is: &dyn Fn(&str) -> bool, knowledge: &Knowledge, today: Date) -> bool {
        let pieces = self.pieces();
        self.is_all_of(&pieces, pieces.good_with(is) + pieces.coming_to(is, knowledge, today))
    }

    /// Whether those of these names have every piece now.
    #[must_use]
    pub fn arrived(&self, is: &dyn Fn(&str) -> bool) -> bool {
        let pieces = self.pieces();
        self.is_all_of(&pieces, pieces.good_with(is))
    }

    /// Whether a parcel of it is on its way longer than one takes, or came without some of what was in it.
    #[must_use]
    pub fn is_astray(&self, knowledge: &Knowledge, today: Date) -> bool {
        let pieces = self.pieces();
        pieces.is_late(knowledge, today) || pieces.missing() > 0
    }

    fn is_all_of(&self, pieces: &Pieces, these: u32) -> bool {
        !self.removed && these > 0 && these >= pieces.left()
    }

    /// What needs a person, most urgent first.
    #[must_use]
    pub fn alarms(&self, knowledge: &Knowledge, today: Date) -> Vec<Alarm> {
        let mut alarms = Vec::new();
        if self.removed {
            return alarms;
        }
        let (pieces, way) = self.walked();
        if way.iter().any(|c| matches!(c.step, Step::Lost | Step::Damaged)) {
            alarms.push(Alarm::LostOrDamaged);
        }
        if let Some(due) = due(&pieces, &way) {
            match days_between(today, due) {
                left if left < 0 => alarms.push(Alarm::ReturnOverdue),
                left if left <= knowledge.gathering.days(Setting::ReturnSoonDays) => alarms.push(Alarm::ReturnSoon),
                _ => {}
            }
        }
        if pieces.is_late(knowledge, today) {
            alarms.push(Alarm::NotArrived);
        }
        if pieces.missing() > 0 {
            alarms.push(Alarm::PiecesMissing);
        }
        // A warning while something can be done: before each of the two days, and while a laboratory has it.
        let most = knowledge.gathering.days(Setting::DiscardSoonDays);
        let soon = |day: Date| (0..=most).contains(&days_between(today, day));
        if pieces.home > 0 && self.may_be_discarded(knowledge).is_some_and(|(first, last)| soon(first) || soon(last)) {
            alarms.push(Alarm::MayBeDiscarded);
        }
        alarms
    }

    /// What its newest way leaves open. Of a step that a person wrote down knowing of a gap nothing is asked.
    #[must_use]
    pub fn asks(&self) -> Vec<Ask> {
        let way = self.way();
        let is_written = |step: Step| way.iter().any(|c| c.step == step);
        let mut asks = Vec::new();
        for custody in way.iter().filter(|c| !self.removed && !c.gap_known) {
            let came = matches!(custody.step, Step::Received | Step::Returned);
            if came && custody.count.is_none() && self.tissue.count > 1 {
                asks.push(Ask::NotCounted { on: custody.on });
            }
            let before = match custody.step {
                Step::Shipped => Step::Released,
                Step::ReturnShipped | Step::Returned => Step::Reviewed,
                _ => continue,
            };
            let ask = Ask::NotWritten { step: before };
            if !is_written(before) && !asks.contains(&ask) {
                asks.push(ask);
            }
        }
        asks
    }

    /// Who got it on its newest way, or is to get it, as far as a step names anybody.
    #[must_use]
    pub fn goes_to(&self) -> Option<&str> {
        let named = |c: &&Custody| matches!(c.step, Step::Shipped | Step::Received) && !c.to.is_empty();
        self.way().into_iter().rev().find(named).map(|c| c.to.as_str())
    }

    /// Whether one of these names read it on its newest way, and all of it had come: then they need it no more, wherever it is.
    #[must_use]
    pub fn was_read_by(&self, is: &dyn Fn(&str) -> bool) -> bool {
        let way = self.way();
        let came = || way.iter().filter(|c| c.step == Step::Received);
        let pieces = came().fold(0, |sum: u32, c| sum.saturating_add(c.count.unwrap_or(self.tissue.count)));
        let mut with = "";
        let read = way.iter().any(|custody| {
            if matches!(custody.step, Step::Shipped | Step::Received) && !custody.to.is_empty() {
                with = &custody.to;
            }
            custody.step == Step::Reviewed && is(with)
        });
        !self.removed && read && (came().next().is_none() || pieces >= self.tissue.count)
    }
}
