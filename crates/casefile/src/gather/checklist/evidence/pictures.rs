//! Images and their reports, as evidence.

use jiff::civil::Date;

use super::{Answer, Holdings, document, found};
use crate::gather::checklist::Piece;
use crate::gather::pairing::{Match, Pair};
use crate::gather::{CaseStudy, HeldDocument};
use crate::imaging::Completeness;
use crate::knowledge::{Picture, Setting};
use crate::shared::clock::days_between;
use crate::shared::message::Message;
use crate::shared::time::PartialDate;

impl<'a> Holdings<'a> {
    /// Pairs of what is asked for, those that may be it last, none much older than the newest; whether they are certainly of
    /// it, and what speaks against all of them.
    fn pairs_of(&self, picture: &Picture) -> (Vec<&Pair<'a>>, bool, Option<Message>) {
        let against = |pair: &Pair<'_>| self.speaks_against(pair, picture);
        let of = |wanted: Match, fits: bool| {
            let wanted = move |p: &&Pair<'a>| p.is_of(picture) == wanted && against(p).is_none() == fits;
            self.pairs.iter().filter(wanted).collect::<Vec<_>>()
        };
        let tries = [(Match::Yes, true), (Match::Maybe, true), (Match::Yes, false), (Match::Maybe, false)];
        let found = tries.into_iter().map(|(wanted, fits)| (of(wanted, fits), wanted == Match::Yes));
        let (mut pairs, is_sure) = found.into_iter().find(|(pairs, _)| !pairs.is_empty()).unwrap_or_default();
        let speaks_against = pairs.first().and_then(|pair| against(pair));
        let newest = pairs.iter().filter_map(|p| day_of(p)).max();
        let most = self.knowledge.gathering.days(Setting::ComparedDays);
        pairs.retain(|p| newest.zip(day_of(p)).is_none_or(|(newest, day)| days_between(day, newest) <= most));
        (pairs, is_sure, speaks_against)
    }

    pub(super) fn images(&self, picture: &Picture) -> Answer {
        let (pairs, is_sure, against) = self.pairs_of(picture);
        let studies: Vec<&CaseStudy> = pairs.iter().filter_map(|p| p.study).collect();
        if studies.is_empty() {
            return Answer::missing();
        }
        let mut lacks: Vec<Message> = against.into_iter().collect();
        if !studies.iter().all(|s| is_whole(s)) {
            lacks.push(Message::new("lack-some-images"));
        }
        if !is_sure {
            lacks.push(Message::new("lack-part-of-the-body"));
        }
        let pieces = studies.iter().map(|s| found(study(s), s.study.facts.date)).collect();
        Answer::lacking(pieces, lacks)
    }

    pub(super) fn report(&self, picture: &Picture) -> Answer {
        let (pairs, _, against) = self.pairs_of(picture);
        let reports: Vec<&HeldDocument> = pairs.iter().filter_map(|p| p.report).collect();
        if reports.is_empty() {
            return Answer::missing();
        }
        let pieces = reports.iter().map(|d| found(document(d), d.date())).collect();
        let (sure, mut lacks) = self.undoubted(&reports);
        if !sure.is_empty() {
            lacks.clear();
        }
        lacks.extend(against);
        Answer::lacking(pieces, lacks)
    }

    pub(super) fn images_with_report(&self, picture: &Picture) -> Answer {
        let (pairs, is_sure, against) = self.pairs_of(picture);
        if pairs.is_empty() {
            return Answer::missing();
        }
        let has_images = pairs.iter().any(|pair| pair.study.is_some());
        let (mut pieces, mut lacks) = (Vec::new(), Vec::from_iter(against));
        let mut lack = |what| lacks.push(Message::new(what));
        let mut doubts = Vec::new();
        for pair in pairs {
            match pair.study {
                Some(of) => {
                    pieces.push(found(study(of), of.study.facts.date));
                    if !is_whole(of) {
                        lack("lack-some-images");
                    }
                }
                None => lack("lack-images"),
            }
            match pair.report {
                Some(report) => {
                    pieces.push(found(document(report), day_of(pair).map(PartialDate::Day)));
                    doubts.extend(self.doubts(report));
                }
                None => lack("lack-report"),
            }
        }
        if !is_sure && has_images {
            lack("lack-part-of-the-body");
        } else if !is_sure {
            lack("lack-part-of-the-body-in-report");
        }
        lacks.extend(doubts);
        Answer::lacking(pieces, lacks)
    }
}

fn is_whole(study: &CaseStudy) -> bool {
    !study.study.series.values().any(|s| matches!(s.completeness(), Completeness::Incomplete { .. }))
}

fn study(held: &CaseStudy) -> Piece {
    Piece::Study { uid: held.study.facts.uid.clone() }
}

fn day_of(pair: &Pair<'_>) -> Option<Date> {
    let date = pair.study.and_then(|s| s.study.facts.date).or_else(|| pair.report.and_then(HeldDocument::date));
    date.map(PartialDate::earliest)
}
