//! A year ahead: one row for each thing, a dot on each day on which something of it ends.

#![expect(clippy::float_arithmetic, reason = "geometry of a picture")]

use std::collections::BTreeMap;

use kontor_base::Date;

use super::Size;
use super::svg::{Anchor, Svg};
use crate::kit::text::Text;

const ROW: f64 = 24.0;
const HEAD: f64 = 24.0;
/// The days that are drawn.
const DAYS: f64 = 365.0;
/// The most rows; the rest stands in the table.
const ROWS_MAX: usize = 24;

/// Draws the ends of named things in the year from `from` on.
#[must_use]
pub fn draw(size: Size, t: &Text, from: Date, ends: &[(String, Date)]) -> String {
    let mut rows: BTreeMap<&str, Vec<Date>> = BTreeMap::new();
    for (name, on) in ends {
        rows.entry(name).or_default().push(*on);
    }
    let mut rows: Vec<(&str, Vec<Date>)> = rows.into_iter().collect();
    // What ends first stands on top.
    rows.sort_by_key(|(_, days)| days.iter().min().copied());
    rows.truncate(ROWS_MAX);
    let wide = size == Size::Wide;
    let left = if wide { 190.0 } else { 0.0 };
    let row = if wide { ROW } else { ROW + 16.0 };
    let height = HEAD + row * count(rows.len()) + 4.0;
    let width = size.width();
    let mut svg = Svg::picture(size.class(), width, height, &t.get("desk-calendar"));
    let place = |on: Date| {
        let days = from.until(on).map_or(0, |span| span.get_days());
        left + (width - left - 12.0) * (f64::from(days) / DAYS).clamp(0.0, 1.0) + 6.0
    };
    let quarters = if wide { [0_i32, 3, 6, 9].as_slice() } else { &[0, 6] };
    for months in quarters {
        let ahead = jiff::Span::new().months(*months);
        let Ok(month) = from.checked_add(ahead).map(|day| day.first_of_month()) else { continue };
        let month = if month < from { from } else { month };
        let x = place(month);
        svg.line("c-rule", [x, HEAD - 4.0], [x, height]);
        svg.text("c-axis", [x, 12.0], Anchor::Start, &t.month(&month));
    }
    for (index, (name, days)) in rows.iter().enumerate() {
        let top = HEAD + row * count(index);
        let y = if wide { top + ROW / 2.0 } else { top + 28.0 };
        svg.line("c-rule", [left, y], [width, y]);
        let text = if wide { [0.0, y + 4.5] } else { [0.0, top + 13.0] };
        svg.text("c-label", text, Anchor::Start, name);
        for on in days {
            svg.circle("c-past-dot", [place(*on), y], 5.0, &format!("{name}: {}", t.date(on)));
        }
    }
    svg.finish()
}

#[expect(clippy::cast_precision_loss, reason = "a handful of rows")]
fn count(n: usize) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use kontor_base::Language;

    #[test]
    fn every_end_is_a_dot_and_what_ends_first_stands_on_top() {
        let t = Text::new(Language::De, None);
        let day = |text: &str| text.parse::<Date>().expect("a day");
        let ends = [
            ("US-LATER".to_owned(), day("2015-12-01")),
            ("US-<SOON>".to_owned(), day("2015-06-03")),
            ("US-LATER".to_owned(), day("2016-05-30")),
        ];
        for size in [Size::Wide, Size::Narrow] {
            let svg = draw(size, &t, day("2015-06-01"), &ends);
            assert_eq!(svg.matches("<circle").count(), 3, "{svg}");
            let (soon, later) = (svg.find("US-&lt;SOON&gt;"), svg.find("US-LATER"));
            assert!(soon.is_some() && soon < later);
        }
    }
}
