//! Bars beside a limit: how many there are of each thing, and the line that they can honestly not
//! pass. What passes it is drawn so that it shows without colour.

#![expect(clippy::float_arithmetic, reason = "geometry of a picture")]

use super::svg::{Anchor, Svg};
use super::{Linear, Size};
use crate::kit::typeface::{Weight, width};

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What is counted.
    pub label: String,
    /// How many; none: too few to be told.
    pub count: Option<u64>,
    /// How many there can be.
    pub limit: u64,
    /// Both as they are written.
    pub words: String,
}

const BAR: f64 = 14.0;
const LETTERS: f64 = 13.0;

/// Draws the rows below each other.
#[must_use]
pub fn draw(size: Size, label: &str, rows: &[Row]) -> String {
    let widest = |texts: &mut dyn Iterator<Item = &String>, weight| {
        texts.map(|text| width(text, LETTERS, weight)).fold(0.0, f64::max)
    };
    let names = widest(&mut rows.iter().map(|row| &row.label), Weight::Regular);
    let words = widest(&mut rows.iter().map(|row| &row.words), Weight::Bold);
    let most = rows.iter().map(|row| row.limit.max(row.count.unwrap_or(0))).max().unwrap_or(0);
    let wide = size == Size::Wide;
    let left = if wide { names + 16.0 } else { 0.0 };
    let end = if wide { size.width() - words - 22.0 } else { size.width() - 6.0 };
    let x = Linear::new([0.0, float(most.max(1))], [left, end.max(left + 40.0)]);
    let row_height = if wide { 28.0 } else { 48.0 };
    let height = row_height * float(rows.len() as u64) + 4.0;
    let mut svg = Svg::picture(size.class(), size.width(), height, label);
    for (i, row) in (0_u64..).zip(rows) {
        let y = 2.0 + row_height * float(i);
        let top = if wide { y + 4.0 } else { y + 22.0 };
        let base = if wide { top + 11.0 } else { y + 14.0 };
        svg.text("c-label", [0.0, base], Anchor::Start, &row.label);
        let limit = x.at(float(row.limit));
        svg.rect("c-room", [left, top], [limit - left, BAR], 1.0, "");
        if let Some(count) = row.count {
            let to = x.at(float(count));
            svg.rect("c-bar c-main", [left, top], [to.min(limit) - left, BAR], 1.0, "");
            if to > limit {
                svg.rect("c-bar c-over", [limit, top], [to - limit, BAR], 1.0, "");
            }
        }
        svg.line("c-limit", [limit, top - 4.0], [limit, top + BAR + 4.0]);
        svg.text("c-value", [size.width(), base], Anchor::End, &row.words);
    }
    svg.finish()
}

#[expect(clippy::cast_precision_loss, reason = "the length of a bar")]
const fn float(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_its_limit_is_drawn_apart_and_words_stay_inside() {
        let row = |count, limit| Row {
            label: "cancro".to_owned(),
            count,
            limit,
            words: "612,000 of 620,000".to_owned(),
        };
        for size in [Size::Wide, Size::Narrow] {
            let svg =
                draw(size, "models", &[row(Some(612), 620), row(Some(700), 620), row(None, 9)]);
            assert_eq!(svg.matches("c-over").count(), 1, "{svg}");
            assert_eq!(svg.matches("c-limit").count(), 3);
            assert_eq!(svg.matches("c-bar c-main").count(), 2, "what is withheld has no bar");
            // Where numbers stand beside bars, the longest bar ends before them.
            let words = width("612,000 of 620,000", LETTERS, Weight::Bold);
            for rest in svg.split("<line class=\"c-limit\" x1=\"").skip(1) {
                let x: f64 = rest.split('"').next().and_then(|x| x.parse().ok()).expect("a number");
                let room = if size == Size::Wide { size.width() - words } else { size.width() };
                assert!(x < room, "{x}");
            }
        }
    }
}
