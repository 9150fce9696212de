//! The atlas joins what the 180th meridian parts; a flat map has to part it again.

#![expect(clippy::float_arithmetic, reason = "geometry of a picture")]

use super::projection::Point;

/// The ring in pieces that each lie between -180 and 180 degrees.
pub(super) fn cut(ring: &[Point]) -> Vec<Vec<Point>> {
    let unwound = unwind(ring);
    let middle = part(&part(&unwound, -180.0, 1.0), 180.0, -1.0);
    let east = part(&unwound, 180.0, 1.0);
    let west = part(&unwound, -180.0, -1.0);
    let moved = |piece: Vec<Point>, by: f64| -> Vec<Point> {
        piece.into_iter().map(|[x, y]| [x + by, y]).collect()
    };
    let pieces = [middle, moved(east, -360.0), moved(west, 360.0)];
    pieces.into_iter().filter(|piece| piece.len() > 2).collect()
}

/// The ring without jumps: where it crosses the meridian it goes on beyond 180 degrees.
fn unwind(ring: &[Point]) -> Vec<Point> {
    let mut turns = 0.0;
    let mut before: Option<f64> = None;
    let mut unwound = Vec::with_capacity(ring.len());
    for [x, y] in ring {
        if let Some(before) = before {
            let jump = x - before;
            if jump > 180.0 {
                turns -= 360.0;
            } else if jump < -180.0 {
                turns += 360.0;
            }
        }
        before = Some(*x);
        unwound.push([x + turns, *y]);
    }
    unwound
}

/// What of a ring lies on one side of a meridian (Sutherland and Hodgman): east of it for a `side`
/// of 1, west for -1.
fn part(ring: &[Point], meridian: f64, side: f64) -> Vec<Point> {
    let inside = |point: Point| (point[0] - meridian) * side >= 0.0;
    let mut kept = Vec::new();
    for (i, &to) in ring.iter().enumerate() {
        let from = ring[(i + ring.len() - 1) % ring.len()];
        if inside(from) != inside(to) {
            let share = (meridian - from[0]) / (to[0] - from[0]);
            kept.push([meridian, from[1] + share * (to[1] - from[1])]);
        }
        if inside(to) {
            kept.push(to);
        }
    }
    // A ring that only touches the meridian leaves a line without an inside.
    if kept.iter().all(|point| (point[0] - meridian).abs() < 1e-9) { Vec::new() } else { kept }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_crosses_the_meridian_comes_in_two_pieces() {
        let ring = [[170.0, 0.0], [-170.0, 0.0], [-170.0, 10.0], [170.0, 10.0]];
        let pieces = cut(&ring);
        assert_eq!(pieces.len(), 2);
        for piece in &pieces {
            let xs: Vec<f64> = piece.iter().map(|point| point[0]).collect();
            assert!(xs.iter().all(|x| *x >= 170.0) || xs.iter().all(|x| *x <= -170.0), "{xs:?}");
        }
    }

    #[test]
    fn what_does_not_cross_stays_as_it_is() {
        let ring = [[10.0, 0.0], [20.0, 0.0], [20.0, 10.0]];
        assert_eq!(cut(&ring).len(), 1);
        assert_eq!(cut(&ring)[0].len(), 3);
    }
}
