//! Lines over days, each named at its end with its last number: no legend, and no label on another.

#![expect(clippy::float_arithmetic, reason = "geometry of a picture")]

use super::svg::{Anchor, Svg};
use super::{Linear, Size, spread};
use crate::kit::text::Text;
use crate::kit::typeface::{Weight, width};

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it counts.
    pub label: String,
    /// Its last number as it is written.
    pub words: String,
    /// Whether it is the one that the page is about.
    pub main: bool,
    /// Days since the first one, with the number of each; days that are not told are left out.
    pub points: Vec<(u32, u64)>,
}

/// The lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trend {
    /// The first day, as it is written.
    pub first: String,
    /// The last day, as it is written.
    pub last: String,
    /// Days from the first to the last.
    pub days: u32,
    /// What is drawn.
    pub lines: Vec<Line>,
}

const LETTERS: f64 = 13.0;
/// Two lines of letters.
const LABEL: f64 = 36.0;

/// Draws the lines.
#[must_use]
pub fn draw(size: Size, t: &Text, label: &str, trend: &Trend) -> String {
    let (height, top) = (if size == Size::Wide { 300.0 } else { 280.0 }, 22.0);
    let bottom = height - 28.0;
    let most = trend.lines.iter().flat_map(|line| &line.points).map(|(_, count)| *count).max();
    let y = Linear::new([0.0, float(most.unwrap_or(0).max(1))], [bottom, top]);
    let ticks: Vec<(f64, String)> =
        y.ticks(4).into_iter().map(|tick| (y.at(tick), t.number(whole(tick)))).collect();
    let axis =
        ticks.iter().map(|(_, words)| width(words, 12.0, Weight::Regular)).fold(0.0, f64::max);
    let names = trend
        .lines
        .iter()
        .flat_map(|line| [&line.label, &line.words])
        .map(|words| width(words, LETTERS, Weight::Bold))
        .fold(0.0, f64::max);
    let left = axis + 10.0;
    let right = (size.width() - names - 14.0).max(left + 60.0);
    let x = Linear::new([0.0, f64::from(trend.days.max(1))], [left, right]);
    let mut svg = Svg::picture(size.class(), size.width(), height, label);
    for (at, words) in &ticks {
        svg.line("c-rule", [left, *at], [right, *at]);
        svg.text("c-axis", [left - 8.0, at + 4.0], Anchor::End, words);
    }
    svg.line("c-zero", [left, bottom], [right, bottom]);
    svg.text("c-label", [left, height - 6.0], Anchor::Start, &trend.first);
    svg.text("c-label", [right, height - 6.0], Anchor::End, &trend.last);
    let mut ends = Vec::new();
    for line in &trend.lines {
        let points: Vec<[f64; 2]> = line
            .points
            .iter()
            .map(|(day, count)| [x.at(f64::from(*day)), y.at(float(*count))])
            .collect();
        svg.polyline(if line.main { "c-line c-line-main" } else { "c-line" }, &points);
        if let Some(end) = points.last() {
            let dot = if line.main { "c-line-end c-line-end-main" } else { "c-line-end" };
            svg.circle(dot, *end, 3.5, "");
            ends.push((line, end[1]));
        }
    }
    let wanted: Vec<f64> = ends.iter().map(|(_, at)| *at).collect();
    for ((line, _), at) in ends.iter().zip(spread(&wanted, LABEL, top, bottom - LABEL / 2.0)) {
        let class = if line.main { "c-value c-accent" } else { "c-value" };
        svg.text(class, [right + 10.0, at], Anchor::Start, &line.words);
        svg.text("c-label", [right + 10.0, at + 15.0], Anchor::Start, &line.label);
    }
    svg.finish()
}

#[expect(clippy::cast_precision_loss, reason = "the height of a line")]
const fn float(count: u64) -> f64 {
    count as f64
}

/// A tick is a whole number where counts are large enough to be told.
#[expect(clippy::cast_possible_truncation, reason = "a cast of a float saturates")]
const fn whole(tick: f64) -> i64 {
    tick as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use kontor_base::Language;

    #[test]
    fn lines_end_with_their_numbers_inside_the_drawing() {
        let line = |label: &str, main, last| Line {
            label: label.to_owned(),
            words: "163,021,114".to_owned(),
            main,
            points: vec![(0, 10), (40, 50), (89, last)],
        };
        let trend = Trend {
            first: "Sep 1, 2014".to_owned(),
            last: "Nov 29, 2014".to_owned(),
            days: 89,
            lines: vec![line("ever seen", false, 100), line("in 30 days", true, 99)],
        };
        let t = Text::new(Language::En, None);
        for size in [Size::Wide, Size::Narrow] {
            let svg = draw(size, &t, "devices", &trend);
            assert_eq!(svg.matches("<polyline").count(), 2);
            let places = |class: &str| -> Vec<[f64; 2]> {
                let begin = format!("<text class=\"{class}");
                let place = |rest: &str| {
                    let number = |name: &str| -> Option<f64> {
                        let name = format!(" {name}=\"");
                        rest.split(name.as_str()).nth(1)?.split('"').next()?.parse().ok()
                    };
                    Some([number("x")?, number("y")?])
                };
                svg.split(begin.as_str()).skip(1).filter_map(place).collect()
            };
            let values = places("c-value");
            assert_eq!(values.len(), 2, "{svg}");
            assert!((values[0][1] - values[1][1]).abs() >= LABEL - 0.2, "{values:?}");
            for [x, _] in values {
                assert!(x + width("163,021,114", LETTERS, Weight::Bold) <= size.width(), "{x}");
            }
        }
        let nothing = draw(Size::Wide, &t, "devices", &Trend::default());
        assert!(nothing.ends_with("</svg>") && !nothing.contains("NaN"));
    }
}
