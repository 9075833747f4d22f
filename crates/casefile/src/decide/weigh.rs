//! How far each option reaches what a person's own points ask for: exact arithmetic, intervals where a number or a weight is
//! not known, and for each feature the weight at which two options would come out even. It names no winner and sorts nothing.

use num_rational::BigRational;

use super::sheet::{Feature, Sheet};
use super::values::Values;
use crate::shared::message::{Message, Refusal};

/// An exact share between 0 and 1.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Share(pub(super) BigRational);

/// Least and most that something may be.
pub type Interval = (Share, Share);

impl Share {
    pub(super) fn of(part: i64, whole: i64) -> Self {
        Self(BigRational::new(part.into(), whole.into()))
    }

    /// In parts of 100, rounded: what a page shows.
    #[must_use]
    pub fn percent(&self) -> u32 {
        let hundred = BigRational::from_integer(100.into());
        (&self.0 * hundred).round().to_integer().try_into().unwrap_or(0)
    }

    /// Shares of one whole in parts of 100 that add up to 100, as a page shows them: what rounding down leaves goes to the
    /// largest remainders, of equal ones to the first. Shares that are no whole together are rounded each by itself.
    #[must_use]
    pub fn percents(shares: &[Self]) -> Vec<u32> {
        let whole: BigRational = shares.iter().map(|share| share.0.clone()).sum();
        if whole != BigRational::from_integer(1.into()) {
            return shares.iter().map(Self::percent).collect();
        }
        let mut percents: Vec<u32> = shares.iter().map(Self::percent_down).collect();
        let left = 100_u32.saturating_sub(percents.iter().sum());
        let hundred = BigRational::from_integer(100.into());
        let mut places: Vec<(usize, BigRational)> =
            shares.iter().map(|share| (&share.0 * &hundred).fract()).enumerate().collect();
        places.sort_by(|(_, a), (_, b)| b.cmp(a));
        for (place, _) in places.into_iter().zip(0..left).map(|(place, _)| place) {
            if let Some(percent) = percents.get_mut(place) {
                *percent += 1;
            }
        }
        percents
    }

    /// In whole parts of 100, the least it is.
    #[must_use]
    pub fn percent_down(&self) -> u32 {
        let hundred = BigRational::from_integer(100.into());
        (&self.0 * hundred).floor().to_integer().try_into().unwrap_or(0)
    }

    /// In whole parts of 100, the most it is.
    #[must_use]
    pub fn percent_up(&self) -> u32 {
        let hundred = BigRational::from_integer(100.into());
        (&self.0 * hundred).ceil().to_integer().try_into().unwrap_or(0)
    }

    /// As numerator and denominator in lowest terms, for whoever calculates again.
    #[must_use]
    pub fn fraction(&self) -> (String, String) {
        (self.0.numer().to_string(), self.0.denom().to_string())
    }
}

/// What the points of one voice make of the sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// How much of all weight each feature has, in the order of the sheet. `None`: the person is not sure.
    pub weights: Vec<(String, Option<Share>)>,
    /// How far each option reaches, in the order of the sheet.
    pub options: Vec<(String, Interval)>,
    /// Features that are not in it, and why.
    pub left_out: Vec<(String, Message)>,
    /// Every two options, in the order of the sheet.
    pub pairs: Vec<Pair>,
}

/// Two options beside each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// Id of the one.
    pub one: String,
    /// Id of the other.
    pub other: String,
    /// Their intervals have a number in common, or are less than 1 of 100 apart: no clear difference.
    pub overlap: bool,
    /// Nobody stated a number for one of them in a line that has points: it may lie anywhere, also beyond the table.
    pub unstated: bool,
    /// They are the same in everything that has points, so that they are even at every weight.
    pub same: bool,
    /// The one that is listed as at least as good in every feature of the sheet, with or without points, and better in one.
    pub listed_better: Option<String>,
    /// For each feature the weight at which both would come out even. Empty also where a number or a weight is not known
    /// ([`Pair::exact`]).
    pub even_at: Vec<(String, Share)>,
    /// For each feature the weights at which their intervals just touch, where numbers have ranges: on one side of it they
    /// overlap, on the other they do not.
    pub touch_at: Vec<(String, Share)>,
    /// Whether every number and weight of it is known.
    pub exact: bool,
}

/// One feature of the picture: the scaled values of each option, and its points.
struct Column<'a> {
    feature: &'a Feature,
    points: Option<u32>,
    /// Of each option, in the order of the sheet: 0 is the worst on the table, 1 the best.
    scaled: Vec<Interval>,
    /// Of each option, whether anybody stated a number.
    stated: Vec<bool>,
}

impl Sheet {
    /// Lays the points of one voice over the numbers of the sheet.
    ///
    /// # Errors
    /// When there are fewer than two options, no points, or points that were given for other ranges: then no total is shown.
    pub fn picture(&self, values: &Values) -> Result<Picture, Refusal> {
        if self.options.len() < 2 {
            return Err(Refusal::new("refusal-weights-two-options"));
        }
        let stale = self.stale(values);
        if !stale.is_empty() {
            let named: Vec<&str> = stale.iter().map(|feature| feature.label.as_str()).collect();
            return Err(Refusal::new("refusal-weights-stale").with("features", named.join(", ")));
        }
        let (mut columns, mut left_out) = (Vec::new(), Vec::new());
        for feature in &self.features {
            match self.column(feature, values) {
                Ok(column) => columns.push(column),
                Err(why) => left_out.push((feature.id.clone(), why)),
            }
        }
        let known: i64 = columns.iter().filter_map(|column| column.points).map(i64::from).sum();
        let unsure = columns.iter().any(|column| column.points.is_none());
        if known == 0 {
            return Err(Refusal::new("refusal-weights-none"));
        }
        let weights = columns.iter().map(|column| {
            let weight = column.points.filter(|_| !unsure).map(|p| Share::of(p.into(), known));
            (column.feature.id.clone(), weight)
        });
        let reached: Vec<Interval> = (0..self.options.len()).map(|place| reaches(&columns, place)).collect();
        let options = self.options.iter().zip(&reached).map(|(option, share)| (option.id.clone(), share.clone()));
        let mut pairs = Vec::new();
        for (one, first) in self.options.iter().enumerate() {
            for (other, second) in self.options.iter().enumerate().skip(one + 1) {
                pairs.push(pair(self, &columns, (one, &first.id), (other, &second.id), &reached));
            }
        }
        Ok(Picture { weights: weights.collect(), options: options.collect(), left_out, pairs })
    }

    /// The one of two options that is listed as at least as good in every feature of the sheet, and better in one. None where
    /// a number is missing, or numbers can not stand beside each other: what was not stated is not known to be as good.
    fn listed_better<'a>(&self, one: &'a str, other: &'a str) -> Option<&'a str> {
        let (mut first, mut second, mut differ) = (true, true, false);
        for feature in &self.features {
            self.scale(feature)?;
            let (a, b) = (self.range_of(one, feature)?, self.range_of(other, feature)?);
            let (a_least, b_least) = if feature.good { (a.0 >= b.1, b.0 >= a.1) } else { (a.1 <= b.0, b.1 <= a.0) };
            first &= a_least;
            second &= b_least;
            differ |= a != b;
        }
        match (first && differ, second && differ) {
            (true, false) => Some(one),
            (false, true) => Some(other),
            _ => None,
        }
    }

    fn column<'a>(&'a self, feature: &'a Feature, values: &Values) -> Result<Column<'a>, Message> {
        let span = self.span(feature)?;
        if span.is_flat() {
            return Err(Message::new("sheet-same-for-all"));
        }
        let points = values.points.iter().find(|points| points.feature == feature.id);
        let points = points.ok_or_else(|| Message::new("sheet-not-asked"))?.points;
        if points == Some(0) {
            return Err(Message::new("sheet-no-points"));
        }
        let (worst, best) = (i64::from(span.worst), i64::from(span.best));
        let scaled = |value: u32| Share::of(i64::from(value) - worst, best - worst);
        let of_option = |option: &super::SheetOption| match self.range_of(&option.id, feature) {
            // Of what is feared, the most is the worst.
            Some((low, high)) if feature.good => (scaled(low), scaled(high)),
            Some((low, high)) => (scaled(high), scaled(low)),
            // A number that nobody stated may be anything on the table.
            None => (Share::of(0, 1), Share::of(1, 1)),
        };
        let stated = self.options.iter().map(|option| self.range_of(&option.id, feature).is_some()).collect();
        Ok(Column { feature, points, scaled: self.options.iter().map(of_option).collect(), stated })
    }
}

/// The least and the most an option may reach, over every number on the table and every weight that is not known.
fn reaches(columns: &[Column<'_>], option: usize) -> Interval {
    let least = extreme(columns, |column| &column.scaled[option].0, |one, other| one < other);
    let most = extreme(columns, |column| &column.scaled[option].1, |one, other| one > other);
    (least, most)
}

/// The mean of scaled values weighted by the points that are known, or a value whose weight is not known, whichever lies
/// further in the direction of `further`: such a weight may be nothing, or more than all others together.
fn extreme<'a>(
    columns: &'a [Column<'a>],
    value: impl Fn(&'a Column<'a>) -> &'a Share,
    further: impl Fn(&Share, &Share) -> bool,
) -> Share {
    let whole = |points: u32| BigRational::from_integer(points.into());
    let (mut sum, mut weight) = (whole(0), whole(0));
    for column in columns {
        if let Some(points) = column.points {
            sum += &value(column).0 * whole(points);
            weight += whole(points);
        }
    }
    let mean = Share(sum / weight);
    let unsure = columns.iter().filter(|column| column.points.is_none()).map(value);
    unsure.fold(mean, |extreme, one| if further(one, &extreme) { one.clone() } else { extreme })
}

fn pair(sheet: &Sheet, columns: &[Column<'_>], one: (usize, &str), other: (usize, &str), reached: &[Interval]) -> Pair {
    let ((a, one), (b, other)) = (one, other);
    // Less than one of a hundred apart is no difference that anybody should act on.
    let hundredth = BigRational::new(1.into(), 100.into());
    let clear = |x: &Interval, y: &Interval| &x.0.0 - &y.1.0 >= hundredth;
    // A number that nobody stated may lie beyond everything on the table: nothing is clear without it.
    let unstated = columns.iter().any(|column| !column.stated[a] || !column.stated[b]);
    let overlap = unstated || !clear(&reached[a], &reached[b]) && !clear(&reached[b], &reached[a]);
    let same = !unstated && columns.iter().all(|column| column.scaled[a] == column.scaled[b]);
    let known = |column: &Column<'_>| {
        column.points.is_some() && [a, b].iter().all(|place| column.scaled[*place].0 == column.scaled[*place].1)
    };
    let exact = columns.iter().all(known);
    let even_at = if exact { even_at(columns, a, b) } else { Vec::new() };
    let weighed = columns.iter().all(|column| column.points.is_some());
    let touch_at = if exact || unstated || !weighed { Vec::new() } else { touch_at(columns, a, b) };
    let listed_better = sheet.listed_better(one, other).map(str::to_owned);
    Pair {
        one: one.to_owned(),
        other: other.to_owned(),
        overlap,
        unstated,
        same,
        listed_better,
        even_at,
        touch_at,
        exact,
    }
}

/// For each feature the weight at which a difference comes to nothing, all others keeping their shares among themselves.
fn vanishes_at(columns: &[Column<'_>], difference: impl Fn(&Column<'_>) -> BigRational) -> Vec<(String, Share)> {
    let whole = |points: u32| BigRational::from_integer(points.into());
    let points = |column: &Column<'_>| whole(column.points.unwrap_or(0));
    let mut found = Vec::new();
    for (place, column) in columns.iter().enumerate() {
        let others = || columns.iter().enumerate().filter(move |(other, _)| *other != place).map(|(_, other)| other);
        let weight = others().fold(whole(0), |sum, other| sum + points(other));
        if weight == whole(0) {
            continue;
        }
        let rest = others().fold(whole(0), |sum, other| sum + difference(other) * points(other)) / weight;
        let slope = &rest - difference(column);
        if slope == whole(0) {
            continue;
        }
        let at = rest / slope;
        if at >= whole(0) && at <= whole(1) {
            found.push((column.feature.id.clone(), Share(at)));
        }
    }
    found
}

/// For each feature the weights at which the least of one option is the most of another.
fn touch_at(columns: &[Column<'_>], a: usize, b: usize) -> Vec<(String, Share)> {
    let (none, all) = (Share::of(0, 1), Share::of(1, 1));
    let of = |low: usize, high: usize| vanishes_at(columns, move |c| &c.scaled[low].0.0 - &c.scaled[high].1.0);
    let mut found = of(a, b);
    for touch in of(b, a) {
        if !found.contains(&touch) {
            found.push(touch);
        }
    }
    // At no weight, or at all of it, there is nothing on the other side.
    found.retain(|(_, at)| *at > none && *at < all);
    found.sort_by_key(|(id, _)| columns.iter().position(|column| column.feature.id == *id));
    found
}

/// For each feature the weight at which two options come out even.
fn even_at(columns: &[Column<'_>], a: usize, b: usize) -> Vec<(String, Share)> {
    vanishes_at(columns, |column| &column.scaled[a].0.0 - &column.scaled[b].0.0)
}
