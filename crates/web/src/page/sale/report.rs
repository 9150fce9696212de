//! The report of a sale, as a newspaper would print it.

use std::fmt::Write;

use askama::Template;
use kontor_base::Instant;
use kontor_domain::sale::{DepositTotals, Limit, LimitMet, MetAt};

use super::WayName;
use crate::kit::text::Text;
use crate::page::Shell;

/// One market's way in, in figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelLine {
    /// The market's country.
    pub country: kontor_base::Country,
    /// The way in.
    pub way: WayName,
    /// Units that it could sell, after what moved between the ways.
    pub quota: u64,
    /// Units that were bought.
    pub sold: u64,
    /// People who entered.
    pub entries: u64,
    /// People who bought.
    pub claimed: u64,
    /// Holds that ran out.
    pub expired: u64,
    /// Holds that were given back.
    pub released: u64,
    /// People who met the limit of one person.
    pub limited: u64,
    /// People whom the rules refused otherwise.
    pub refused: u64,
    /// People who had a unit from the waiting list.
    pub from_list: u64,
    /// How often the limits turned somebody away before they had anything.
    pub limits: Vec<LimitMet>,
    /// What became of the deposits for its places, if they cost one.
    pub deposits: Option<DepositTotals>,
}

impl ChannelLine {
    /// How often limits turned somebody away, before they had anything and at payment.
    #[must_use]
    pub fn turned_away(&self) -> u64 {
        let before: u64 = self.limits.iter().map(|met| met.times).sum();
        before + self.limited + self.refused
    }

    /// Of a hundred units, how many were sold: the width of the bar.
    #[must_use]
    pub fn percent(&self) -> u64 {
        (self.sold * 100).checked_div(self.quota).unwrap_or(0).min(100)
    }
}

/// How many units were taken by which moment after going live.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Curve {
    /// Milliseconds after going live, and units taken in total by then; both rise.
    pub points: Vec<(u64, u64)>,
}

/// The size of the drawing.
const WIDTH: u64 = 640;
const HEIGHT: u64 = 220;

impl Curve {
    fn last(&self) -> (u64, u64) {
        self.points.last().copied().unwrap_or((0, 0))
    }

    /// The line as a path of an SVG of 640 × 220, a staircase: between two claims nothing is taken.
    #[must_use]
    pub fn path(&self) -> String {
        let (end, units) = self.last();
        let (end, units) = (end.max(1), units.max(1));
        let mut path = format!("M0 {HEIGHT}");
        for (at, total) in &self.points {
            let (x, y) = (at * WIDTH / end, HEIGHT - total * HEIGHT / units);
            // Writing into a text cannot fail.
            let _ = write!(path, "H{x}V{y}");
        }
        path.push_str(&format!("H{WIDTH}"));
        path
    }

    /// The same numbers for the table: when a tenth, a quarter, half, nine tenths and all were taken.
    #[must_use]
    pub fn shares(&self) -> Vec<(u32, u64, u64)> {
        let (_, units) = self.last();
        if units == 0 {
            return Vec::new();
        }
        [10_u32, 25, 50, 75, 90, 100]
            .into_iter()
            .filter_map(|share| {
                let wanted = (units * u64::from(share)).div_ceil(100);
                let (at, total) = self.points.iter().find(|(_, total)| *total >= wanted)?;
                Some((share, *total, *at))
            })
            .collect()
    }
}

/// `GET /{market}/{language}/sale/{sale}/report`
#[derive(Clone, Debug, Template)]
#[template(path = "sale/report.html")]
pub struct ReportPage {
    /// The layout's part.
    pub shell: Shell,
    /// The sale's id in URLs.
    pub sale: String,
    /// What was sold.
    pub name: String,
    /// When it went live.
    pub live_at: Instant,
    /// When it was settled.
    pub settled_at: Instant,
    /// The ways in.
    pub channels: Vec<ChannelLine>,
    /// The units over time.
    pub curve: Curve,
    /// Units that one person could have.
    pub per_person: u32,
    /// What was published before.
    pub commitment: String,
    /// What it was the hash of.
    pub secret: String,
    /// The beacon and its value.
    pub beacon: Option<(String, String)>,
    /// Whether the report was recomputed and everything holds.
    pub holds: bool,
}

impl ReportPage {
    fn sum(&self, of: fn(&ChannelLine) -> u64) -> u64 {
        self.channels.iter().map(of).sum()
    }

    fn sold(&self) -> u64 {
        self.sum(|channel| channel.sold)
    }

    fn quota(&self) -> u64 {
        self.sum(|channel| channel.quota)
    }

    /// The ways in whose places cost a deposit.
    fn with_deposits(&self) -> Vec<(&ChannelLine, DepositTotals)> {
        let all = self.channels.iter();
        all.filter_map(|channel| Some((channel, channel.deposits?))).collect()
    }

    /// The limits with how often each was met: at the entry, when units were wanted, and at payment. Those
    /// that nobody met are not told.
    fn limits(&self) -> Vec<(&'static str, [u64; 3])> {
        let met = |at: MetAt, limit: Limit| -> u64 {
            let all = self.channels.iter().flat_map(|channel| &channel.limits);
            all.filter(|met| (met.at, met.limit) == (at, limit)).map(|met| met.times).sum()
        };
        let row = |limit: Limit, at_payment: u64| {
            [met(MetAt::Entry, limit), met(MetAt::Claim, limit), at_payment]
        };
        let rows = [
            ("report-limit-person", row(Limit::Person, self.sum(|channel| channel.limited))),
            ("report-limit-excluded", row(Limit::Excluded, 0)),
            ("report-limit-not-cleared", row(Limit::NotCleared, 0)),
            ("report-limit-other-way", row(Limit::OtherWay, 0)),
            ("report-limit-payment", [0, 0, self.sum(|channel| channel.refused)]),
        ];
        rows.into_iter().filter(|(_, counts)| counts.iter().any(|count| *count > 0)).collect()
    }

    fn number(&self, number: u64) -> String {
        self.shell.text().number(i64::try_from(number).unwrap_or(i64::MAX))
    }

    /// Milliseconds as seconds.
    fn seconds(&self, millis: u64) -> String {
        let t = self.shell.text();
        t.one("report-seconds", "seconds", t.thousandths(millis)).into_owned()
    }

    fn headline(&self) -> String {
        let t = self.shell.text();
        let (units, (at, taken)) = (self.number(self.sold()), self.curve.last());
        if taken == 0 || self.sold() == 0 {
            return t.get("report-headline-none").into_owned();
        }
        t.two("report-headline", "units", units, "time", self.seconds(at)).into_owned()
    }

    fn figures(&self, t: &Text) -> Vec<(String, String)> {
        let line = |id: &str, number: u64| (t.get(id).into_owned(), self.number(number));
        vec![
            line("report-figure-quota", self.quota()),
            line("report-figure-sold", self.sold()),
            line("report-figure-entries", self.sum(|c| c.entries)),
            line("report-figure-expired", self.sum(|c| c.expired)),
            line("report-figure-released", self.sum(|c| c.released)),
            line("report-figure-from-list", self.sum(|c| c.from_list)),
            line("report-figure-limited", self.sum(ChannelLine::turned_away)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_is_a_staircase_that_ends_at_the_top_right() {
        let curve = Curve { points: vec![(0, 1), (500, 3), (1_000, 4)] };
        assert_eq!(curve.path(), "M0 220H0V165H320V55H640V0H640");
        assert_eq!(curve.shares().first(), Some(&(10, 1, 0)));
        assert_eq!(curve.shares().last(), Some(&(100, 4, 1_000)));
        assert!(Curve::default().shares().is_empty());
        assert_eq!(Curve::default().path(), "M0 220H640");
    }
}
