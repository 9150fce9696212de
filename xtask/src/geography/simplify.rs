//! Fewer points: Visvalingam's method takes away, again and again, the point whose triangle with its
//! neighbours is smallest. Ends of arcs stay, so that neighbours keep meeting.

#![expect(clippy::float_arithmetic, reason = "geometry of a picture")]

use super::projection::Point;

/// Takes points of an arc (in degrees) away until every triangle is at least `area` large on the map.
pub(super) fn simplify(arc: &[Point], area: f64, on_map: fn(Point) -> Point) -> Vec<Point> {
    let mut points: Vec<(Point, Point)> =
        arc.iter().map(|point| (*point, on_map(*point))).collect();
    // An arc that is a whole ring keeps at least a triangle.
    let least = if arc.first() == arc.last() { 4 } else { 2 };
    while points.len() > least {
        let triangles = points.windows(3).map(|t| triangle(t[0].1, t[1].1, t[2].1));
        let smallest = triangles.enumerate().min_by(|a, b| a.1.total_cmp(&b.1));
        match smallest {
            Some((at, size)) if size < area => points.remove(at + 1),
            _ => break,
        };
    }
    points.into_iter().map(|(point, _)| point).collect()
}

/// The area of a triangle.
fn triangle(a: Point, b: Point, c: Point) -> f64 {
    ((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])).abs() / 2.0
}

/// The area of a ring, and its centre of mass.
pub(super) fn weigh(ring: &[Point]) -> (f64, Point) {
    let (mut twice, mut x, mut y) = (0.0, 0.0, 0.0);
    for (i, a) in ring.iter().enumerate() {
        let b = ring[(i + 1) % ring.len()];
        let cross = a[0] * b[1] - b[0] * a[1];
        twice += cross;
        x += (a[0] + b[0]) * cross;
        y += (a[1] + b[1]) * cross;
    }
    if twice.abs() < 1e-9 {
        return (0.0, ring.first().copied().unwrap_or_default());
    }
    (twice.abs() / 2.0, [x / (3.0 * twice), y / (3.0 * twice)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_bends_go_and_ends_stay() {
        let arc = [[0.0, 0.0], [5.0, 0.1], [10.0, 0.0], [10.0, 10.0]];
        assert_eq!(simplify(&arc, 1.0, |p| p), [[0.0, 0.0], [10.0, 0.0], [10.0, 10.0]]);
        assert_eq!(simplify(&arc, 1e9, |p| p), [[0.0, 0.0], [10.0, 10.0]]);
        let island = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [0.0, 0.0]];
        assert_eq!(simplify(&island, 1e9, |p| p).len(), 4);
    }

    #[test]
    fn a_square_weighs_its_area_at_its_middle() {
        let square = [[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0]];
        assert_eq!(weigh(&square), (16.0, [2.0, 2.0]));
    }
}
