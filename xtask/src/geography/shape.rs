//! From rings to the path of an SVG: whole numbers, each step relative to the one before, which is
//! about half as long as absolute places.

use super::projection::Point;
use super::simplify::weigh;

/// Islands smaller than this are left out, unless they are all that there is of a country.
const RING_AREA_MIN: f64 = 9.0;

/// A country's shape.
pub(super) struct Shape {
    /// Where a mark for the country stands: the middle of its largest piece.
    pub(super) centre: [i64; 2],
    /// The `d` of its path.
    pub(super) path: String,
}

/// The shape of these rings; nothing if no ring is left.
pub(super) fn shape(rings: &[Vec<Point>]) -> Option<Shape> {
    let mut weighed: Vec<_> = rings.iter().map(|ring| (weigh(ring), ring)).collect();
    weighed.sort_by(|a, b| b.0.0.total_cmp(&a.0.0));
    let ((_, centre), _) = weighed.first()?;
    let kept = weighed
        .iter()
        .enumerate()
        .filter(|(i, ((area, _), _))| *i == 0 || *area >= RING_AREA_MIN)
        .map(|(_, (_, ring))| ring_path(ring));
    Some(Shape { centre: round(*centre), path: kept.collect() })
}

fn ring_path(ring: &[Point]) -> String {
    let mut points: Vec<[i64; 2]> = ring.iter().map(|point| round(*point)).collect();
    points.dedup();
    if points.len() > 1 && points.first() == points.last() {
        points.pop();
    }
    let Some([x, y]) = points.first() else { return String::new() };
    let mut path = format!("M{x} {y}l");
    let mut first = true;
    for step in points.windows(2) {
        let (dx, dy) = (step[1][0] - step[0][0], step[1][1] - step[0][1]);
        push(&mut path, dx, first);
        push(&mut path, dy, false);
        first = false;
    }
    path.push('z');
    path
}

/// A number behind others: a minus sign parts as well as a space does.
fn push(path: &mut String, number: i64, first: bool) {
    if !first && number >= 0 {
        path.push(' ');
    }
    path.push_str(&number.to_string());
}

#[expect(clippy::cast_possible_truncation, reason = "the map is 2000 units wide")]
fn round([x, y]: Point) -> [i64; 2] {
    [x.round() as i64, y.round() as i64]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_relative_and_short() {
        let square = vec![[10.2, 10.0], [20.0, 10.0], [20.0, 20.0], [10.0, 20.0], [10.2, 10.0]];
        let shape = shape(&[square]).expect("a shape");
        assert_eq!(shape.path, "M10 10l10 0 0 10-10 0z");
        assert_eq!(shape.centre, [15, 15]);
    }

    #[test]
    fn specks_are_left_out_unless_they_are_all() {
        let speck = vec![[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]];
        let land = vec![[0.0, 0.0], [9.0, 0.0], [9.0, 9.0], [0.0, 9.0]];
        assert!(!shape(&[speck.clone(), land]).expect("a shape").path.contains("l1 0"));
        assert!(shape(&[speck]).is_some());
    }
}
