//! Horizontal bars in groups: one group per period, one bar per speaker, its number at its end.

#![expect(clippy::float_arithmetic, reason = "geometry of a picture")]

use super::svg::{Anchor, Svg};
use super::{Linear, Size};
use crate::kit::typeface::{Weight, width};

/// How a bar is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Filled: the speaker that a page follows.
    Main,
    /// Filled lightly: somebody else.
    Other,
    /// An outline: not verified.
    Unsure,
}

/// One bar.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// Whose number it is.
    pub label: String,
    /// The number.
    pub value: f64,
    /// The number as it is written.
    pub words: String,
    /// How it is drawn.
    pub look: Look,
    /// Whether the number is a lower bound: the bar's end stays open.
    pub open: bool,
}

/// The bars of one period.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// The period.
    pub label: String,
    /// Its bars.
    pub bars: Vec<Bar>,
}

const BAR: f64 = 18.0;
const LETTERS: f64 = 13.0;

/// Draws the groups below each other.
#[must_use]
pub fn draw(size: Size, label: &str, groups: &[Group]) -> String {
    let all = || groups.iter().flat_map(|group| &group.bars);
    let most = all().map(|bar| bar.value).fold(0.0, f64::max);
    let words_width = all().map(|bar| width(&bar.words, LETTERS, Weight::Bold)).fold(0.0, f64::max);
    let names_width =
        all().map(|bar| width(&bar.label, LETTERS, Weight::Regular)).fold(0.0, f64::max);
    let wide = size == Size::Wide;
    let left = if wide { 64.0 + names_width + 16.0 } else { 0.0 };
    let end = (size.width() - words_width - 24.0).max(left + 40.0);
    let scale = Linear::new([0.0, most], [left, end]);
    let (row, gap) = if wide { (BAR + 10.0, 16.0) } else { (BAR + 28.0, 30.0) };
    let rows: f64 = groups.iter().map(|group| count(group.bars.len()) * row).sum();
    let heads = if wide { 0.0 } else { 22.0 * count(groups.len()) };
    let height = rows + heads + gap * count(groups.len().saturating_sub(1)) + 6.0;
    let mut svg = Svg::picture(size.class(), size.width(), height, label);
    let mut y = 2.0;
    for (i, group) in groups.iter().enumerate() {
        if i > 0 {
            svg.line("c-rule", [0.0, y + gap / 2.0 - 3.0], [size.width(), y + gap / 2.0 - 3.0]);
            y += gap;
        }
        let head = if wide { [0.0, y + 14.0] } else { [0.0, y + 12.0] };
        svg.text("c-strong", head, Anchor::Start, &group.label);
        if !wide {
            y += 22.0;
        }
        for bar in &group.bars {
            let top = if wide {
                svg.text("c-label", [64.0, y + 14.0], Anchor::Start, &bar.label);
                y
            } else {
                svg.text("c-label", [0.0, y + 12.0], Anchor::Start, &bar.label);
                y + 18.0
            };
            let long = (scale.at(bar.value) - left).max(2.0);
            let class = match bar.look {
                Look::Main => "c-bar c-main",
                Look::Other => "c-bar c-other",
                Look::Unsure => "c-bar c-unsure",
            };
            svg.rect(class, [left, top], [long, BAR], 2.0, "");
            let mut at = left + long + 8.0;
            if bar.open {
                // Teeth: it is at least this, and nobody said how much more.
                let x = left + long;
                svg.polyline(
                    "c-open",
                    &[[x + 3.0, top], [x + 8.0, top + BAR / 2.0], [x + 3.0, top + BAR]],
                );
                at += 8.0;
            }
            svg.text("c-value", [at, top + 13.5], Anchor::Start, &bar.words);
            y += row;
        }
    }
    svg.finish()
}

#[expect(clippy::cast_precision_loss, reason = "a handful of bars")]
fn count(n: usize) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_inside_the_drawing() {
        let bar = |label: &str, value, words: &str| Bar {
            label: label.to_owned(),
            value,
            words: words.to_owned(),
            look: Look::Main,
            open: true,
        };
        let groups = [Group {
            label: "2015".to_owned(),
            bars: vec![bar("A firm <b>", 70.0, "more than 70"), bar("IDC", 70.8, "70.8")],
        }];
        for size in [Size::Wide, Size::Narrow] {
            let svg = draw(size, "units", &groups);
            assert!(svg.contains("A firm &lt;b&gt;"), "{svg}");
            for x in svg.split("c-value\" x=\"").skip(1) {
                let x: f64 = x.split('"').next().and_then(|x| x.parse().ok()).expect("a number");
                let end = x + width("more than 70", LETTERS, Weight::Bold);
                assert!(end <= size.width() + 1.0, "{end}");
            }
        }
    }
}
