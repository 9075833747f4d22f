//! The picture that one voice's points give, in words: on request only, in the order of the sheet, and with what to know
//! before it is believed.

use std::collections::BTreeMap;

use consilium_casefile::Message;
use consilium_casefile::decide::{Feature, Interval, Picture, Share, Sheet, Values};
use consilium_casefile::knowledge::Knowledge;
use serde::Serialize;

use super::shown::limits;
use crate::reading::Say;

/// The picture of one voice's points, in words and whole parts of 100.
#[derive(Debug, Clone, Serialize)]
pub struct PictureShown {
    /// Each feature with its points and its share of all weight, in the order of the sheet; the share is absent where the
    /// person is not sure of one.
    pub weights: Vec<(String, Option<u32>, Option<u32>)>,
    /// How far each option reaches, in the order of the sheet: at least, at most, of 100.
    pub options: Vec<(String, u32, u32)>,
    /// What is not in it, and why.
    pub left_out: Vec<(String, String)>,
    /// What to know before it is believed: lines that may count one thing twice, numbers of other people or other sources.
    pub cautions: Vec<String>,
    /// The limits that were given, and whether each option keeps to them: points know nothing of them.
    pub limits: Vec<(String, Vec<(String, &'static str)>)>,
    /// Every two options.
    pub pairs: Vec<PairShown>,
}

/// Two options beside each other.
#[derive(Debug, Clone, Serialize)]
pub struct PairShown {
    /// The one.
    pub one: String,
    /// The other.
    pub other: String,
    /// Their intervals overlap, or are less than 1 of 100 apart: no clear difference.
    pub overlap: bool,
    /// They are the same in everything that has points.
    pub same: bool,
    /// Nobody stated a number for one of them in a line that has points.
    pub unstated: bool,
    /// The one that is listed as at least as good in everything that was entered.
    pub listed_better: Option<String>,
    /// Feature, its share now, and the share at which both come out even, of 100.
    pub even_at: Vec<(String, u32, u32)>,
    /// Feature, its share now, and a share at which what they may reach begins or ceases to overlap, of 100.
    pub touch_at: Vec<(String, u32, u32)>,
    /// Whether all numbers and weights of it are known.
    pub exact: bool,
}

impl PictureShown {
    /// Puts it into words.
    #[must_use]
    pub fn of(sheet: &Sheet, values: &Values, picture: &Picture, knowledge: &Knowledge, say: Say<'_>) -> Self {
        let feature = |id: &str| sheet.feature(id).map(|feature| feature.label.clone()).unwrap_or_default();
        let option = |id: &str| sheet.option(id).map(|option| option.label.clone()).unwrap_or_default();
        let points = |id: &str| values.points.iter().find(|points| points.feature == id).and_then(|p| p.points);
        let known: Vec<(&str, Share)> =
            picture.weights.iter().filter_map(|(id, share)| Some((id.as_str(), share.clone()?))).collect();
        let each: Vec<Share> = known.iter().map(|(_, share)| share.clone()).collect();
        let shares: BTreeMap<&str, u32> = known.iter().map(|(id, _)| *id).zip(Share::percents(&each)).collect();
        let weight = |(id, _): &(String, Option<Share>)| (feature(id), points(id), shares.get(id.as_str()).copied());
        let told = |at: &[(String, Share)]| -> Vec<(String, u32, u32)> {
            let each = |(id, at): &(String, Share)| Some((feature(id), *shares.get(id.as_str())?, at.percent()));
            at.iter().filter_map(each).collect()
        };
        let pairs = picture.pairs.iter().map(|pair| PairShown {
            one: option(&pair.one),
            other: option(&pair.other),
            overlap: pair.overlap,
            same: pair.same,
            listed_better: pair.listed_better.as_deref().map(option),
            unstated: pair.unstated,
            even_at: told(&pair.even_at),
            touch_at: told(&pair.touch_at),
            exact: pair.exact,
        });
        Self {
            weights: picture.weights.iter().map(weight).collect(),
            options: picture.options.iter().map(|(id, reached)| reach(option(id), reached)).collect(),
            limits: sheet
                .options
                .iter()
                .map(|option| (option.label.clone(), limits(sheet, option, Some(values), say)))
                .collect(),
            left_out: picture.left_out.iter().map(|(id, why)| (feature(id), say(why))).collect(),
            cautions: cautions(sheet, picture, knowledge, say),
            pairs: pairs.collect(),
        }
    }
}

/// What to know before a picture is believed, of the lines that are in it.
fn cautions(sheet: &Sheet, picture: &Picture, knowledge: &Knowledge, say: Say<'_>) -> Vec<String> {
    let counts = |feature: &&Feature| picture.weights.iter().any(|(id, _)| *id == feature.id);
    let twice = sheet.counted_twice(knowledge).into_iter().filter_map(|features| {
        let labels: Vec<&str> = features.into_iter().filter(counts).map(|feature| feature.label.as_str()).collect();
        let message = Message::new("sheet-counted-twice").with("features", labels.join("”, “"));
        (labels.len() > 1).then(|| say(&message))
    });
    let lines = sheet.features.iter().filter(counts);
    let others = lines.flat_map(|feature| {
        let named = |why: Message| format!("{}: {}", feature.label, say(&why));
        sheet.cautions(feature).into_iter().map(named).collect::<Vec<_>>()
    });
    twice.chain(others).collect()
}

/// An option with the least and the most it may reach, of 100: an exact share is rounded, an interval is never made smaller.
fn reach(label: String, reached: &Interval) -> (String, u32, u32) {
    let (low, high) = reached;
    if low == high { (label, low.percent(), high.percent()) } else { (label, low.percent_down(), high.percent_up()) }
}
