//! TopoJSON as the package `world-atlas` has it: quantised arcs that neighbours share, and countries
//! made of rings of arcs. Sharing is kept until the end, so that simplified borders still fit.

#![expect(clippy::float_arithmetic, reason = "geometry of a picture")]

use serde::Deserialize;

use super::projection::Point;
use crate::Failure;

/// A file of the atlas.
#[derive(Deserialize)]
pub(super) struct Topology {
    transform: Transform,
    objects: Objects,
    arcs: Vec<Vec<[f64; 2]>>,
}

#[derive(Deserialize)]
struct Transform {
    scale: [f64; 2],
    translate: [f64; 2],
}

#[derive(Deserialize)]
struct Objects {
    countries: Collection,
}

#[derive(Deserialize)]
struct Collection {
    geometries: Vec<Geometry>,
}

#[derive(Deserialize)]
struct Geometry {
    /// The country's number of ISO 3166-1; territories that have none are only land.
    id: Option<String>,
    #[serde(flatten)]
    rings: Rings,
}

#[derive(Deserialize)]
#[serde(tag = "type", content = "arcs")]
enum Rings {
    Polygon(Vec<Vec<i64>>),
    MultiPolygon(Vec<Vec<Vec<i64>>>),
}

/// A country or piece of land: each ring as the arcs it is made of, negative ones reversed.
pub(super) struct Land {
    pub(super) number: Option<String>,
    pub(super) rings: Vec<Vec<i64>>,
}

impl Topology {
    /// Reads a file of the atlas.
    pub(super) fn parse(text: &str) -> Result<Self, Failure> {
        serde_json::from_str(text).map_err(|error| format!("the atlas is not TopoJSON: {error}"))
    }

    /// Every arc, in degrees of longitude and latitude.
    pub(super) fn arcs(&self) -> Vec<Vec<Point>> {
        let ([kx, ky], [x0, y0]) = (self.transform.scale, self.transform.translate);
        let arc = |steps: &Vec<[f64; 2]>| {
            let (mut x, mut y) = (0.0, 0.0);
            let place = |[dx, dy]: &[f64; 2]| {
                x += dx;
                y += dy;
                [x * kx + x0, y * ky + y0]
            };
            steps.iter().map(place).collect()
        };
        self.arcs.iter().map(arc).collect()
    }

    /// Every country and piece of land.
    pub(super) fn lands(&self) -> Vec<Land> {
        let geometries = self.objects.countries.geometries.iter();
        let land = |geometry: &Geometry| Land {
            number: geometry.id.clone(),
            rings: match &geometry.rings {
                Rings::Polygon(rings) => rings.clone(),
                Rings::MultiPolygon(polygons) => polygons.concat(),
            },
        };
        geometries.map(land).collect()
    }
}

/// The points of a ring: its arcs one behind the other, without the joints twice.
pub(super) fn ring_points(ring: &[i64], arcs: &[Vec<Point>]) -> Vec<Point> {
    let mut points: Vec<Point> = Vec::new();
    for &arc in ring {
        let reversed = arc < 0;
        let index = usize::try_from(if reversed { !arc } else { arc }).unwrap_or(usize::MAX);
        let Some(arc) = arcs.get(index) else { continue };
        points.pop();
        if reversed {
            points.extend(arc.iter().rev());
        } else {
            points.extend(arc);
        }
    }
    points
}
