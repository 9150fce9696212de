//! Bars over days: what takes from when to when, at best and at worst, with a day that is asked about.

#![expect(clippy::float_arithmetic, reason = "geometry of a picture")]

use super::svg::{Anchor, Svg};
use super::{Linear, Size};

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// What.
    pub label: String,
    /// The day, counted from the first, on which it can be begun at best: what it waits for is there.
    pub from: i32,
    /// The day, counted from the first, on which it is there at best and at worst; none: no day is
    /// known.
    pub days: Option<(i32, i32)>,
    /// When it is there, in words.
    pub words: String,
    /// Whether it decides.
    pub decides: bool,
}

/// What is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeline {
    /// The rows, the first on top.
    pub rows: Vec<Span>,
    /// The first day, in words.
    pub start: String,
    /// The day that is asked about: counted from the first, and in words.
    pub asked: (i32, String),
}

const ROW: f64 = 38.0;
const HEAD: f64 = 26.0;

/// Draws the rows below each other, each with its label above its bar.
#[must_use]
pub fn draw(size: Size, label: &str, timeline: &Timeline) -> String {
    let last = timeline.rows.iter().filter_map(|row| row.days).map(|(_, worst)| worst).max();
    let last = last.unwrap_or(0).max(timeline.asked.0).max(1);
    let rows = f64::from(u32::try_from(timeline.rows.len()).unwrap_or(u32::MAX));
    let height = HEAD + rows * ROW + 6.0;
    let end = size.width() - 4.0;
    let scale = Linear::new([0.0, f64::from(last)], [0.0, end]);
    let mut svg = Svg::picture(size.class(), size.width(), height, label);
    svg.text("c-axis", [0.0, 12.0], Anchor::Start, &timeline.start);
    let (asked, words) = (scale.at(f64::from(timeline.asked.0)), &timeline.asked.1);
    if timeline.asked.0 > 0 {
        let anchor = if asked > size.width() / 2.0 { Anchor::End } else { Anchor::Start };
        svg.text("c-axis", [asked, 12.0], anchor, words);
    }
    svg.line("c-zero", [0.0, HEAD - 6.0], [end, HEAD - 6.0]);
    svg.line("c-ray c-ray-target", [asked, HEAD - 6.0], [asked, height]);
    let mut y = HEAD;
    // Where the bar before ends, if it is one that decides.
    let mut before: Option<f64> = None;
    for row in &timeline.rows {
        let class = if row.decides { "c-strong" } else { "c-label" };
        svg.text(class, [0.0, y + 13.0], Anchor::Start, &format!("{} · {}", row.label, row.words));
        match row.days {
            Some((best, worst)) => {
                let from = scale.at(f64::from(row.from.min(best)));
                let (best, worst) = (scale.at(f64::from(best)), scale.at(f64::from(worst)));
                if let Some(before) = before.filter(|_| row.decides && row.from > 0) {
                    // One waits for the other.
                    svg.line("c-join", [before, y - 10.0], [before, y + 20.0]);
                }
                let class = if row.decides { "c-bar c-main" } else { "c-bar c-other" };
                svg.rect(class, [from, y + 20.0], [(best - from).max(2.0), 8.0], 2.0, "");
                svg.rect("c-bar c-range", [best, y + 20.0], [worst - best, 8.0], 2.0, "");
                before = row.decides.then_some(best);
            }
            None => {
                let from = scale.at(f64::from(row.from.min(last)));
                svg.rect("c-bar c-unsure", [from, y + 20.0], [end - from, 8.0], 2.0, "");
                before = None;
            }
        }
        y += ROW;
    }
    svg.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_day_is_drawn_as_such() {
        let row = |label: &str, days| Span {
            label: label.to_owned(),
            from: 0,
            days,
            words: "w".to_owned(),
            decides: days.is_some(),
        };
        let timeline = Timeline {
            rows: vec![row("US-<b>", Some((14, 60))), row("US-HAC", None)],
            start: "today".to_owned(),
            asked: (30, "1 July".to_owned()),
        };
        for size in [Size::Wide, Size::Narrow] {
            let svg = draw(size, "path", &timeline);
            assert!(svg.contains("US-&lt;b&gt; · w"), "{svg}");
            assert_eq!(svg.matches("c-unsure").count(), 1);
            assert_eq!(svg.matches("c-range").count(), 1, "at best and at worst");
        }
    }

    #[test]
    fn what_waits_for_another_begins_where_that_ends() {
        let row = |label: &str, from, days| Span {
            label: label.to_owned(),
            from,
            days: Some(days),
            words: String::new(),
            decides: true,
        };
        let timeline = Timeline {
            rows: vec![row("entity", 0, (50, 50)), row("permit", 50, (100, 100))],
            start: "today".to_owned(),
            asked: (0, String::new()),
        };
        let svg = draw(Size::Wide, "path", &timeline);
        let bars: Vec<f64> = svg
            .split("<rect class=\"c-bar c-main\"")
            .skip(1)
            .filter_map(|bar| bar.split(" x=\"").nth(1)?.split('"').next()?.parse().ok())
            .collect();
        assert_eq!(bars.len(), 2);
        assert!(bars[0].abs() < 0.1 && bars[1] > 300.0, "{bars:?}");
        assert_eq!(svg.matches("c-join").count(), 1, "{svg}");
    }
}
