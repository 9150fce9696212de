//! The Equal Earth projection (Šavrič, Patterson, Jenny, 2018): areas are true, so that a filled
//! country weighs as much as it covers, and the outline is calm.

#![expect(clippy::float_arithmetic, reason = "geometry of a picture")]

/// A place on the map.
pub(super) type Point = [f64; 2];

/// The map's width in its own units; the page scales it.
pub(super) const WIDTH: f64 = 2000.0;

const A: [f64; 4] = [1.340_264, -0.081_106, 0.000_893, 0.003_796];
/// Half the width of the world in the projection's own units: x at 180 degrees on the equator.
const X_MAX: f64 = 2.706_629_983_6;
/// The latitude of the upper edge of the picture.
const NORTH: f64 = 84.0;

/// Where a place of this longitude and latitude (in degrees) is on the map, y downwards.
pub(super) fn project(longitude: f64, latitude: f64) -> Point {
    let scale = WIDTH / (2.0 * X_MAX);
    let [x, y] = raw(longitude, latitude);
    let top = raw(0.0, NORTH)[1];
    [(x + X_MAX) * scale, (top - y) * scale]
}

fn raw(longitude: f64, latitude: f64) -> Point {
    let half_root_three = 3.0_f64.sqrt() / 2.0;
    let theta = (half_root_three * latitude.to_radians().sin()).asin();
    let t2 = theta * theta;
    let t6 = t2 * t2 * t2;
    let slope = A[0] + 3.0 * A[1] * t2 + t6 * (7.0 * A[2] + 9.0 * A[3] * t2);
    let x = longitude.to_radians() * theta.cos() / (half_root_three * slope);
    let y = theta * (A[0] + A[1] * t2 + t6 * (A[2] + A[3] * t2));
    [x, y]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_equator_spans_the_picture_and_poles_are_shorter() {
        let [left, middle] = project(-180.0, 0.0);
        let [right, _] = project(180.0, 0.0);
        assert!(left.abs() < 1e-6 && (right - WIDTH).abs() < 1e-6, "{left} {right}");
        assert!(middle > 300.0 && middle < 500.0, "{middle}");
        let [pole, top] = project(180.0, NORTH);
        assert!(top.abs() < 1e-9);
        assert!(pole < WIDTH * 0.85, "{pole}");
    }

    #[test]
    fn equal_areas_stay_equal() {
        // A cell of one degree at the equator and one at 60 degrees: twice the area on the globe.
        let cell = |south: f64| {
            let [left, bottom] = project(0.0, south);
            let [right, top] = project(1.0, south + 1.0);
            let narrow = project(1.0, south)[0] - left;
            (narrow + (right - left)) / 2.0 * (bottom - top)
        };
        let globe = |south: f64| (south + 1.0).to_radians().sin() - south.to_radians().sin();
        let ratio = (cell(0.0) / cell(60.0)) / (globe(0.0) / globe(60.0));
        assert!((ratio - 1.0).abs() < 0.01, "{ratio}");
    }
}
