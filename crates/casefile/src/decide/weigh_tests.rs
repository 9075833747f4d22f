//! The picture that a person's points give: exact by hand, and true of every sheet by property.

use num_rational::BigRational;
use proptest::prelude::*;

use super::tests::{feature, number, option, sheet};
use super::{Number, Picture, Points, Share, Sheet, Values, Voice};

fn points(sheet: &Sheet, given: &[Option<u32>]) -> Values {
    let of = |place: usize| sheet.span(&sheet.features[place]).map(|span| span.fingerprint()).unwrap_or_default();
    let points = given.iter().enumerate().map(|(place, points)| Points {
        feature: sheet.features[place].id.clone(),
        points: *points,
        of: of(place),
    });
    Values {
        voice: Voice::Patient,
        words: String::new(),
        goals: Vec::new(),
        points: points.collect(),
        musts: Vec::new(),
    }
}

fn share(part: i64, whole: i64) -> Share {
    Share(BigRational::new(part.into(), whole.into()))
}

fn ends(picture: &Picture, place: usize) -> (Share, Share) {
    picture.options[place].1.clone()
}

#[test]
fn two_options_reach_what_the_points_say_and_the_weight_that_evens_them_is_told() {
    let sheet = sheet();
    // Recurrence 60, numbness 30, weeks 10: chemotherapy is best in the first, worst in the others.
    let picture = sheet.picture(&points(&sheet, &[Some(60), Some(30), Some(10)])).unwrap();
    assert_eq!(ends(&picture, 0), (share(3, 5), share(3, 5)));
    assert_eq!(ends(&picture, 1), (share(2, 5), share(2, 5)));
    let pair = &picture.pairs[0];
    assert!(pair.exact && !pair.overlap && pair.listed_better.is_none());
    let even: Vec<(&str, u32)> = pair.even_at.iter().map(|(id, at)| (id.as_str(), at.percent())).collect();
    assert_eq!(even, [("f1", 50), ("f2", 42), ("f3", 25)]);
}

#[test]
fn a_number_nobody_stated_gives_an_interval_and_no_clear_difference() {
    let mut sheet = sheet();
    sheet.options.push(option("o3", "To wait"));
    sheet.numbers.push(number("o3", "f1", 91, Some(100), "5 years"));
    let picture = sheet.picture(&points(&sheet, &[Some(50), Some(50), Some(0)])).unwrap();
    assert_eq!(ends(&picture, 2), (share(1, 4), share(3, 4)), "half of recurrence, anything of numbness");
    let pair = picture.pairs.iter().find(|pair| pair.one == "o1" && pair.other == "o3").unwrap();
    assert!(pair.overlap && !pair.exact && pair.even_at.is_empty());
    assert_eq!(picture.left_out, [("f3".to_owned(), crate::Message::new("sheet-no-points"))]);
}

#[test]
fn an_option_without_a_number_is_never_clearly_ahead_and_two_without_are_not_the_same() {
    let mut sheet = sheet();
    sheet.options.extend([option("o3", "No treatment"), option("o4", "Another way")]);
    sheet.numbers.extend(["o3", "o4"].map(|o| number(o, "f2", 0, Some(100), "5 years")));
    let picture = sheet.picture(&points(&sheet, &[Some(40), Some(60), Some(0)])).unwrap();
    for pair in picture.pairs.iter().filter(|pair| (pair.one.as_str(), pair.other.as_str()) != ("o1", "o2")) {
        assert!(pair.unstated && pair.overlap && !pair.same && pair.touch_at.is_empty(), "{pair:?}");
    }
}

#[test]
fn where_numbers_have_ranges_the_weight_at_which_the_intervals_touch_is_told() {
    let mut sheet = sheet();
    for (place, low, high) in [(0, 90, 94), (1, 88, 91), (2, 8, 15), (3, 0, 2)] {
        (sheet.numbers[place].low, sheet.numbers[place].high) = (Some(low), Some(high));
    }
    let said = [Some(90), Some(10), Some(0)];
    let picture = sheet.picture(&points(&sheet, &said)).unwrap();
    let pair = &picture.pairs[0];
    assert!(!pair.exact && pair.even_at.is_empty() && !pair.touch_at.is_empty(), "{pair:?}");
    // At the told weight the least of the one is the most of the other.
    for (id, at) in &pair.touch_at {
        let whole = 1_000_000_u32;
        let share: u32 = (&at.0 * BigRational::from_integer(whole.into())).round().to_integer().try_into().unwrap();
        let place = |of: &str| sheet.features.iter().position(|feature| feature.id == of).unwrap();
        let mut given = [None, None, Some(0)];
        given[place(id)] = Some(share);
        given[1 - place(id)] = Some(whole - share);
        let then = sheet.picture(&points(&sheet, &given)).unwrap();
        let ((a_low, a_high), (b_low, b_high)) = (ends(&then, 0), ends(&then, 1));
        let near = |x: &Share, y: &Share| {
            (x.0.clone() - y.0.clone()).to_integer() == 0.into() && x.percent().abs_diff(y.percent()) <= 1
        };
        assert!(near(&a_low, &b_high) || near(&b_low, &a_high), "{id}: {then:?}");
    }
}

#[test]
fn a_stated_range_and_a_second_source_give_an_interval_and_are_not_averaged() {
    let mut sheet = sheet();
    sheet.numbers[0].low = Some(90);
    sheet.numbers.push(Number { source: "A study".to_owned(), ..number("o2", "f2", 3, Some(100), "5 years") });
    let picture = sheet.picture(&points(&sheet, &[Some(50), Some(50), None])).unwrap();
    assert_eq!(ends(&picture, 0).0, share(0, 1));
    assert!(ends(&picture, 1).0 < ends(&picture, 1).1);
}

#[test]
fn an_end_that_nobody_named_counts_as_far_as_it_can_go() {
    let mut sheet = sheet();
    sheet.numbers[0].low = Some(91);
    let picture = sheet.picture(&points(&sheet, &[Some(50), Some(0), Some(0)])).unwrap();
    // 91 to anything of 100, where 90 is the worst.
    assert_eq!(ends(&picture, 0), (share(1, 10), share(1, 1)));
    assert_eq!(ends(&picture, 1), (share(0, 1), share(0, 1)));
    (sheet.numbers[0].low, sheet.numbers[0].high) = (None, Some(94));
    let picture = sheet.picture(&points(&sheet, &[Some(50), Some(0), Some(0)])).unwrap();
    assert_eq!(ends(&picture, 0), (share(0, 1), share(1, 1)));
    assert!(picture.pairs[0].overlap && picture.pairs[0].listed_better.is_none());
}

#[test]
fn no_total_is_shown_without_two_options_without_points_or_of_points_for_another_range() {
    let sheet = sheet();
    let why = |sheet: &Sheet, values: &Values| sheet.picture(values).unwrap_err().0.key;
    assert_eq!(why(&sheet, &points(&sheet, &[None, None, None])), "refusal-weights-none");
    assert_eq!(why(&sheet, &points(&sheet, &[Some(0), Some(0), Some(0)])), "refusal-weights-none");
    let one = Sheet { options: sheet.options[..1].to_vec(), ..sheet.clone() };
    assert_eq!(why(&one, &points(&one, &[Some(1)])), "refusal-weights-two-options");
    let before = points(&sheet, &[Some(60), Some(30), Some(10)]);
    let mut wider = sheet;
    wider.numbers[2].value = 30;
    assert_eq!(why(&wider, &before), "refusal-weights-stale");
}

#[test]
fn what_all_options_share_and_what_can_not_be_compared_is_left_out_and_said() {
    let mut sheet = sheet();
    sheet.numbers[3].value = 12;
    sheet.numbers[1].horizon = "10 years".to_owned();
    let mut said = points(&sheet, &[None, None, Some(10)]);
    said.points.retain(|points| points.feature == "f3");
    let picture = sheet.picture(&said).unwrap();
    let why: Vec<(&str, &str)> = picture.left_out.iter().map(|(id, why)| (id.as_str(), why.key.as_str())).collect();
    assert_eq!(why, [("f1", "sheet-other-horizon"), ("f2", "sheet-same-for-all")]);
}

#[test]
fn options_a_hair_apart_and_options_that_are_the_same_are_no_clear_difference() {
    let sheet = sheet();
    let picture = sheet.picture(&points(&sheet, &[Some(50), Some(50), Some(1)])).unwrap();
    assert!(picture.pairs[0].overlap && !picture.pairs[0].same, "50 of 101 and 51 of 101");
    let mut twins = sheet;
    for (option, value) in [("o1", 92), ("o2", 92), ("o3", 90)] {
        twins.numbers.retain(|number| !(number.option == option && number.feature == "f1"));
        twins.numbers.push(number(option, "f1", value, Some(100), "5 years"));
    }
    twins.options.push(option("o3", "To wait"));
    let picture = twins.picture(&points(&twins, &[Some(50), None, None])).unwrap();
    assert!(!picture.pairs[0].same, "they differ in what is not sure");
    let points = points(&twins, &[Some(50)]);
    let picture = twins.picture(&points).unwrap();
    assert!(picture.pairs[0].same && picture.pairs[0].overlap);
}

#[test]
fn better_in_everything_is_said_of_the_whole_sheet_and_never_where_a_number_is_missing() {
    let mut sheet = sheet();
    sheet.numbers[3].value = 20;
    let all = points(&sheet, &[Some(60), Some(0), Some(0)]);
    let picture = sheet.picture(&all).unwrap();
    assert_eq!(picture.pairs[0].listed_better, None, "it takes more weeks, whatever its points");
    sheet.numbers[4].value = 0;
    let better = sheet.picture(&points(&sheet, &[Some(60), Some(0)])).unwrap();
    assert_eq!(better.pairs[0].listed_better.as_deref(), Some("o1"));
    sheet.numbers.retain(|number| number.feature != "f3" || number.option != "o2");
    let unknown = sheet.picture(&points(&sheet, &[Some(60), Some(0)])).unwrap();
    assert_eq!(unknown.pairs[0].listed_better, None, "nobody stated its weeks");
}

/// A sheet of amounts: a number of each option for each feature, or none.
fn table(rows: &[Vec<Option<u32>>], good: &[bool]) -> Sheet {
    let mut sheet = Sheet::default();
    for (place, good) in good.iter().enumerate() {
        sheet.features.push(feature(&format!("f{place}"), &format!("Feature {place}"), *good, "visits"));
    }
    for (place, row) in rows.iter().enumerate() {
        let id = format!("o{place}");
        sheet.options.push(option(&id, &format!("Option {place}")));
        for (feature, value) in row.iter().enumerate() {
            if let Some(value) = value {
                sheet.numbers.push(number(&id, &format!("f{feature}"), *value, None, ""));
            }
        }
    }
    sheet
}

/// Options in the order of what they reach, for sheets in which all is known.
fn order(picture: &Picture) -> Vec<(usize, usize, std::cmp::Ordering)> {
    let all = &picture.options;
    let pairs = (0..all.len()).flat_map(|a| (a + 1..all.len()).map(move |b| (a, b)));
    pairs.map(|(a, b)| (a, b, all[a].1.0.cmp(&all[b].1.0))).collect()
}

type Table = (Vec<Vec<Option<u32>>>, Vec<bool>, Vec<Option<u32>>);

fn tables(missing: bool) -> impl Strategy<Value = Table> {
    (2_usize..5, 1_usize..5).prop_flat_map(move |(options, features)| {
        let cell = (0_u32..50, proptest::bool::weighted(if missing { 0.25 } else { 0.0 }));
        let cell = cell.prop_map(|(value, none)| (!none).then_some(value));
        let weight = (1_u32..=100, proptest::bool::weighted(if missing { 0.25 } else { 0.0 }));
        let weight = weight.prop_map(|(value, none)| (!none).then_some(value));
        (
            proptest::collection::vec(proptest::collection::vec(cell, features), options),
            proptest::collection::vec(any::<bool>(), features),
            proptest::collection::vec(weight, features),
        )
    })
}

proptest! {
    #[test]
    fn shares_of_one_whole_are_shown_as_a_hundred_of_a_hundred(weights in proptest::collection::vec(0_u32..=1000, 1..12)) {
        let whole: i64 = weights.iter().map(|weight| i64::from(*weight)).sum();
        prop_assume!(whole > 0);
        let shares: Vec<Share> = weights.iter().map(|weight| Share::of(i64::from(*weight), whole)).collect();
        let shown = Share::percents(&shares);
        prop_assert_eq!(shown.iter().sum::<u32>(), 100);
        for (share, shown) in shares.iter().zip(&shown) {
            prop_assert!((share.percent_down()..=share.percent_up()).contains(shown));
        }
        // What is no whole is rounded each by itself.
        let half = [Share::of(1, 2), Share::of(1, 3)];
        prop_assert_eq!(Share::percents(&half), [50, 33]);
    }

    #[test]
    fn a_dominated_option_within_the_ranges_changes_no_order((rows, good, weights) in tables(false), which in 0_usize..5) {
        let before = table(&rows, &good);
        let values = points(&before, &weights);
        let mut more = rows.clone();
        // As bad as the worst of each feature, or as one of the options there.
        let copied = rows[which % rows.len()].clone();
        let worst = |place: usize| {
            let column = rows.iter().filter_map(|row| row[place]);
            if good[place] { column.min() } else { column.max() }
        };
        more.push(copied.iter().enumerate().map(|(place, value)| if place % 2 == 0 { worst(place) } else { *value }).collect());
        let after = table(&more, &good);
        if let Ok(first) = before.picture(&values) {
            let second = after.picture(&values).expect("the ranges are as they were");
            prop_assert_eq!(&second.options[..first.options.len()], &first.options[..]);
            let known: Vec<_> = order(&second).into_iter().filter(|(_, b, _)| *b < rows.len()).collect();
            prop_assert_eq!(known, order(&first));
        }
    }

    #[test]
    fn an_option_that_widens_a_range_hides_every_total((rows, good, weights) in tables(false), place in 0_usize..5) {
        let before = table(&rows, &good);
        let values = points(&before, &weights);
        let place = place % good.len();
        let mut wider = rows[0].clone();
        wider[place] = Some(1_000);
        let mut more = rows.clone();
        more.push(wider);
        let refused = table(&more, &good).picture(&values).unwrap_err();
        prop_assert_eq!(refused.0.key, "refusal-weights-stale");
    }

    #[test]
    fn scaling_all_points_changes_nothing((rows, good, weights) in tables(true), factor in 2_u32..9) {
        let sheet = table(&rows, &good);
        let scaled: Vec<Option<u32>> = weights.iter().map(|w| w.map(|w| w * factor)).collect();
        let (one, other) = (sheet.picture(&points(&sheet, &weights)), sheet.picture(&points(&sheet, &scaled)));
        prop_assert_eq!(one, other);
    }

    #[test]
    fn an_interval_holds_what_every_completion_gives(
        (rows, good, weights) in tables(true),
        fill in proptest::collection::vec(0_u32..=100, 20),
        guess in proptest::collection::vec(0_u32..=100_000, 5),
    ) {
        let sheet = table(&rows, &good);
        let Ok(picture) = sheet.picture(&points(&sheet, &weights)) else { return Ok(()) };
        // Missing numbers anywhere on the table, missing points anywhere, also far above all others.
        let mut next = fill.iter().cycle();
        let full: Vec<Vec<Option<u32>>> = rows.iter().map(|row| {
            let filled = row.iter().enumerate().map(|(place, value)| value.or_else(|| {
                let span = sheet.span(&sheet.features[place]).ok()?;
                let (low, high) = (span.worst.min(span.best), span.worst.max(span.best));
                Some(low + (high - low) * next.next()? / 100)
            }));
            filled.collect()
        }).collect();
        let known: Vec<Option<u32>> = weights.iter().zip(&guess).map(|(w, g)| Some(w.unwrap_or(*g))).collect();
        let completed = table(&full, &good);
        if let Ok(one) = completed.picture(&points(&completed, &known)) {
            for (place, (_, (low, high))) in picture.options.iter().enumerate() {
                let (exact, same) = &one.options[place].1;
                prop_assert_eq!(exact, same);
                prop_assert!(low <= exact && exact <= high, "{} not in {}..{}", exact.0, low.0, high.0);
            }
        }
    }

    #[test]
    fn at_the_told_weight_both_reach_the_same((rows, good, weights) in tables(false)) {
        let sheet = table(&rows, &good);
        let Ok(picture) = sheet.picture(&points(&sheet, &weights)) else { return Ok(()) };
        for pair in &picture.pairs {
            for (feature, at) in &pair.even_at {
                let reaches = |id: &str| {
                    let all: BigRational = sheet.features.iter().filter_map(|f| {
                        let span = sheet.span(f).ok().filter(|span| !span.is_flat())?;
                        let value = sheet.numbers_of(id, &f.id).next()?.value;
                        let (worst, best) = (i64::from(span.worst), i64::from(span.best));
                        let scaled = BigRational::new((i64::from(value) - worst).into(), (best - worst).into());
                        let place = sheet.features.iter().position(|other| other.id == f.id)?;
                        let own = BigRational::from_integer(weights[place]?.into());
                        let rest: u32 = sheet.features.iter().enumerate().filter(|(_, other)| {
                            other.id != *feature && sheet.span(other).is_ok_and(|span| !span.is_flat())
                        }).filter_map(|(other, _)| weights[other]).sum();
                        let one = BigRational::from_integer(1.into());
                        let weight = if f.id == *feature { at.0.clone() } else {
                            (one - &at.0) * own / BigRational::from_integer(rest.into())
                        };
                        Some(scaled * weight)
                    }).sum();
                    all
                };
                prop_assert_eq!(reaches(&pair.one), reaches(&pair.other));
            }
        }
    }
}
