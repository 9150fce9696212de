//! What was, and what several people or methods said would be: a line that fans out, with every end
//! named.

#![expect(clippy::float_arithmetic, reason = "geometry of a picture")]

use super::svg::{Anchor, Svg};
use super::{Linear, Size, spread};
use crate::kit::typeface::{Weight, width};

/// What an end of the fan is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// What a method said.
    Method,
    /// What was wanted.
    Target,
    /// What happened.
    Outcome,
}

/// One end of the fan.
#[derive(Clone, Debug, PartialEq)]
pub struct Ray {
    /// Its name with its number.
    pub label: String,
    /// Its number.
    pub value: f64,
    /// What it is.
    pub end: End,
}

/// A point of the past.
#[derive(Clone, Debug, PartialEq)]
pub struct Past {
    /// The period.
    pub label: String,
    /// The number.
    pub value: f64,
    /// The number as it is written.
    pub words: String,
}

/// The fan.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fan {
    /// What was, in order.
    pub past: Vec<Past>,
    /// The period that the rays are about.
    pub ahead: String,
    /// The ends.
    pub rays: Vec<Ray>,
}

const LETTERS: f64 = 12.0;

/// Draws the fan.
#[must_use]
pub fn draw(size: Size, label: &str, fan: &Fan) -> String {
    let (height, top, bottom) = match size {
        Size::Wide => (400.0, 16.0, 366.0),
        Size::Narrow => (430.0, 16.0, 396.0),
    };
    // A phone has room for the last two years before the fan.
    let skipped = match size {
        Size::Wide => 0,
        Size::Narrow => fan.past.len().saturating_sub(2),
    };
    let past = &fan.past[skipped..];
    let names =
        fan.rays.iter().map(|ray| width(&ray.label, LETTERS, Weight::Bold)).fold(0.0, f64::max);
    let right = size.width() - names - 26.0;
    let left = if size == Size::Wide { 34.0 } else { 26.0 };
    let most = fan
        .rays
        .iter()
        .map(|ray| ray.value)
        .chain(past.iter().map(|past| past.value))
        .fold(1.0, f64::max);
    let x = Linear::new([0.0, count(past.len())], [left + 14.0, right]);
    let y = Linear::new([0.0, most], [bottom, top]);
    let mut svg = Svg::picture(size.class(), size.width(), height, label);
    for tick in y.ticks(5) {
        let at = y.at(tick);
        svg.line("c-rule", [left, at], [right, at]);
        svg.text("c-axis", [left - 6.0, at + 4.0], Anchor::End, &format!("{tick}"));
    }
    let points: Vec<[f64; 2]> =
        past.iter().enumerate().map(|(i, past)| [x.at(count(i)), y.at(past.value)]).collect();
    let from = points.last().copied().unwrap_or([left, bottom]);
    let class = |end| match end {
        End::Method => ("c-ray", "c-end", "c-end-text"),
        End::Target => ("c-ray c-ray-target", "c-end c-end-target", "c-end-text c-target-text"),
        End::Outcome => ("c-ray c-ray-outcome", "c-end c-end-outcome", "c-end-text c-outcome-text"),
    };
    // What happened and what was wanted lie above the methods.
    for wanted in [End::Method, End::Target, End::Outcome] {
        for ray in fan.rays.iter().filter(|ray| ray.end == wanted) {
            let to = [right, y.at(ray.value)];
            svg.line(class(ray.end).0, from, to);
            svg.circle(class(ray.end).1, to, if ray.end == End::Method { 2.5 } else { 5.0 }, "");
        }
    }
    svg.polyline("c-past", &points);
    for (point, past) in points.iter().zip(past) {
        svg.circle("c-past-dot", *point, 4.0, "");
        svg.text("c-value", [point[0] + 6.0, point[1] - 12.0], Anchor::End, &past.words);
        svg.text("c-label", [point[0], bottom + 20.0], Anchor::Middle, &past.label);
    }
    svg.text("c-label", [right, bottom + 20.0], Anchor::Middle, &fan.ahead);
    svg.line("c-zero", [left, bottom], [right, bottom]);
    let wanted: Vec<f64> = fan.rays.iter().map(|ray| y.at(ray.value)).collect();
    for (ray, at) in fan.rays.iter().zip(spread(&wanted, 17.0, top, bottom)) {
        let point = y.at(ray.value);
        svg.polyline("c-lead", &[[right + 7.0, point], [right + 16.0, at], [right + 20.0, at]]);
        svg.text(class(ray.end).2, [right + 24.0, at + 4.0], Anchor::Start, &ray.label);
    }
    svg.finish()
}

#[expect(clippy::cast_precision_loss, reason = "a handful of points")]
fn count(n: usize) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_end_is_named_and_the_names_keep_apart() {
        let ray = |label: &str, value, end| Ray { label: label.to_owned(), value, end };
        let fan = Fan {
            past: vec![Past { label: "2014".to_owned(), value: 61.1, words: "61.1".to_owned() }],
            ahead: "2015".to_owned(),
            rays: vec![
                ray("run rate 70", 70.0, End::Method),
                ray("more than 70", 70.0, End::Outcome),
                ray("target 100", 100.0, End::Target),
            ],
        };
        for size in [Size::Wide, Size::Narrow] {
            let svg = draw(size, "a fan", &fan);
            let mut places: Vec<f64> = svg
                .split("<text class=\"c-end-text")
                .skip(1)
                .filter_map(|rest| rest.split(" y=\"").nth(1)?.split('"').next()?.parse().ok())
                .collect();
            assert_eq!(places.len(), 3, "{svg}");
            places.sort_by(f64::total_cmp);
            assert!(places.windows(2).all(|pair| pair[1] - pair[0] > 16.0), "{places:?}");
        }
    }
}
