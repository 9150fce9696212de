//! Who says which place, and when: a grid of places and periods with the speakers' names in its
//! fields. Several in one field stand below each other; one speaker's places are joined by a line.

#![expect(clippy::float_arithmetic, reason = "geometry of a picture")]

use super::Size;
use super::svg::{Anchor, Svg};
use crate::kit::typeface::{Weight, width};

/// A mark in the grid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Who says it.
    pub name: String,
    /// The place in [`Grid::periods`].
    pub period: usize,
    /// The place in [`Grid::places`] where the name stands, and the one up or down to which it can
    /// be as well; twice the same where one place was said.
    pub places: [usize; 2],
}

/// The grid.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grid {
    /// The periods' names, in order.
    pub periods: Vec<String>,
    /// The places' names, the best first.
    pub places: Vec<String>,
    /// What is said.
    pub marks: Vec<Mark>,
    /// The name whose marks are joined by a line.
    pub joined: Option<String>,
}

const PILL: f64 = 20.0;
const STEP: f64 = 24.0;
const LETTERS: f64 = 12.0;

/// Draws the grid: time runs to the right where there is room, else downwards.
#[must_use]
pub fn draw(size: Size, label: &str, grid: &Grid) -> String {
    match size {
        Size::Wide => across(label, grid),
        Size::Narrow => down(label, grid),
    }
}

/// How many marks share the fullest field of each line of fields.
fn fullest(grid: &Grid, lines: usize, line: impl Fn(&Mark) -> usize) -> Vec<usize> {
    let mut most = vec![1; lines];
    for mark in &grid.marks {
        let same = |other: &&Mark| other.period == mark.period && other.places[0] == mark.places[0];
        let sharing = grid.marks.iter().filter(same).count();
        if let Some(most) = most.get_mut(line(mark)) {
            *most = sharing.max(*most);
        }
    }
    most
}

/// The how-manieth of its field a mark is.
fn slot(grid: &Grid, at: usize) -> f64 {
    let mark = &grid.marks[at];
    let earlier = grid.marks[..at]
        .iter()
        .filter(|other| other.period == mark.period && other.places[0] == mark.places[0]);
    count(earlier.count())
}

fn across(label: &str, grid: &Grid) -> String {
    let (left, top) = (56.0, 34.0);
    let column = (Size::Wide.width() - left) / count(grid.periods.len().max(1));
    let most = fullest(grid, grid.places.len(), |mark| mark.places[0]);
    let heights: Vec<f64> = most.iter().map(|n| count(*n) * STEP + 14.0).collect();
    let tops: Vec<f64> = sums(top, &heights);
    let bottom = tops.last().copied().unwrap_or(top);
    let mut svg = Svg::picture(Size::Wide.class(), Size::Wide.width(), bottom + 2.0, label);
    for (i, period) in grid.periods.iter().enumerate() {
        let x = left + column * (count(i) + 0.5);
        svg.text("c-label", [x, 18.0], Anchor::Middle, period);
    }
    for (i, place) in grid.places.iter().enumerate() {
        svg.line("c-rule", [0.0, tops[i]], [Size::Wide.width(), tops[i]]);
        svg.text("c-strong", [0.0, tops[i] + 7.0 + STEP / 2.0 + 4.0], Anchor::Start, place);
    }
    svg.line("c-rule", [0.0, bottom], [Size::Wide.width(), bottom]);
    let centre = |at: usize| {
        let mark = &grid.marks[at];
        let y = tops[mark.places[0]] + 7.0 + STEP * (slot(grid, at) + 0.5);
        [left + column * (count(mark.period) + 0.5), y]
    };
    join(&mut svg, grid, centre);
    for (at, mark) in grid.marks.iter().enumerate().filter(|(_, mark)| is_range(mark)) {
        // Somewhere between these places: a bar to the last of them.
        let [x, y] = centre(at);
        let [from, to] = mark.places;
        let (begin, end) = if to > from {
            (y, tops.get(to + 1).copied().unwrap_or(bottom) - 8.0)
        } else {
            (tops[to] + 8.0, y)
        };
        svg.rect("c-range", [x - 2.5, begin], [5.0, end - begin], 2.5, "");
    }
    for (at, mark) in grid.marks.iter().enumerate() {
        pill(&mut svg, grid, &mark.name, centre(at), column - 4.0);
    }
    svg.finish()
}

fn down(label: &str, grid: &Grid) -> String {
    let (left, top) = (58.0, 30.0);
    let full = Size::Narrow.width();
    let column = (full - left) / count(grid.places.len().max(1));
    let most = fullest(grid, grid.periods.len(), |mark| mark.period);
    let heights: Vec<f64> = most.iter().map(|n| count(*n) * STEP + 14.0).collect();
    let tops = sums(top, &heights);
    let bottom = tops.last().copied().unwrap_or(top);
    let mut svg = Svg::picture(Size::Narrow.class(), full, bottom + 2.0, label);
    for (i, place) in grid.places.iter().enumerate() {
        let x = left + column * (count(i) + 0.5);
        svg.text("c-strong", [x, 16.0], Anchor::Middle, place);
    }
    for (i, period) in grid.periods.iter().enumerate() {
        svg.line("c-rule", [0.0, tops[i]], [full, tops[i]]);
        svg.text("c-label", [0.0, tops[i] + 7.0 + STEP / 2.0 + 4.0], Anchor::Start, period);
    }
    svg.line("c-rule", [0.0, bottom], [full, bottom]);
    let centre = |at: usize| {
        let mark = &grid.marks[at];
        let y = tops[mark.period] + 7.0 + STEP * (slot(grid, at) + 0.5);
        [left + column * (count(mark.places[0]) + 0.5), y]
    };
    join(&mut svg, grid, centre);
    for (at, mark) in grid.marks.iter().enumerate().filter(|(_, mark)| is_range(mark)) {
        let [x, y] = centre(at);
        let [from, to] = mark.places;
        let (begin, end) = if to > from {
            (x, left + column * (count(to) + 1.0) - 6.0)
        } else {
            (left + column * count(to) + 6.0, x)
        };
        svg.rect("c-range", [begin, y - 2.5], [end - begin, 5.0], 2.5, "");
    }
    for (at, mark) in grid.marks.iter().enumerate() {
        pill(&mut svg, grid, &mark.name, centre(at), column - 2.0);
    }
    svg.finish()
}

const fn is_range(mark: &Mark) -> bool {
    mark.places[0] != mark.places[1]
}

fn join(svg: &mut Svg, grid: &Grid, centre: impl Fn(usize) -> [f64; 2]) {
    let joined =
        |mark: &Mark| mark.places[0] == mark.places[1] && grid.joined.as_ref() == Some(&mark.name);
    let marks = grid.marks.iter().enumerate().filter(|(_, mark)| joined(mark));
    let points: Vec<[f64; 2]> = marks.map(|(at, _)| centre(at)).collect();
    if points.len() > 1 {
        svg.polyline("c-join", &points);
    }
}

/// A name on a pill, smaller where it would not fit.
fn pill(svg: &mut Svg, grid: &Grid, name: &str, [x, y]: [f64; 2], room: f64) {
    let main = grid.joined.as_deref() == Some(name);
    let (mut class, mut letters) =
        (if main { "c-pill-text c-pill-main" } else { "c-pill-text" }, LETTERS);
    if width(name, letters, Weight::Bold) + 10.0 > room {
        letters = 10.0;
        class = if main { "c-pill-text c-small c-pill-main" } else { "c-pill-text c-small" };
    }
    let wide = (width(name, letters, Weight::Bold) + 10.0).min(room + 6.0);
    let look = if main { "c-pill c-pill-joined" } else { "c-pill" };
    svg.rect(look, [x - wide / 2.0, y - PILL / 2.0], [wide, PILL], PILL / 2.0, "");
    svg.text(class, [x, y + letters * 0.35], Anchor::Middle, name);
}

/// Where each line of fields begins, and where the last one ends.
fn sums(top: f64, heights: &[f64]) -> Vec<f64> {
    let mut tops = vec![top];
    for height in heights {
        tops.push(tops.last().copied().unwrap_or(top) + height);
    }
    tops
}

#[expect(clippy::cast_precision_loss, reason = "a handful of fields")]
fn count(n: usize) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mark_is_drawn_once_and_none_on_another() {
        let mark = |name: &str, period, places| Mark { name: name.to_owned(), period, places };
        let grid = Grid {
            periods: vec!["Q3".to_owned(), "Q4".to_owned()],
            places: vec!["3".to_owned(), "5".to_owned(), "6".to_owned()],
            marks: vec![
                mark("IDC", 0, [0, 0]),
                mark("Gartner", 1, [1, 1]),
                mark("IDC", 1, [1, 1]),
                mark("TrendForce", 1, [2, 0]),
            ],
            joined: Some("IDC".to_owned()),
        };
        for size in [Size::Wide, Size::Narrow] {
            let svg = draw(size, "places", &grid);
            assert_eq!(svg.matches("c-pill-text").count(), 4, "{svg}");
            assert_eq!(svg.matches("c-range").count(), 1);
            assert_eq!(svg.matches("c-join").count(), 1);
            let pills: Vec<&str> = svg
                .split("<rect class=\"c-pill")
                .skip(1)
                .filter_map(|rest| rest.split(" width").next())
                .collect();
            let mut places = pills.clone();
            places.sort_unstable();
            places.dedup();
            assert_eq!(places.len(), pills.len(), "two pills at one place: {pills:?}");
        }
    }
}
