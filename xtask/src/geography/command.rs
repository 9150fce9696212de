//! The command: read the packages, draw every country, write the file.

use std::collections::BTreeMap;
use std::path::Path;

use super::cut::cut;
use super::names::Names;
use super::projection::{Point, project};
use super::shape::{Shape, shape};
use super::simplify::simplify;
use super::topology::{Land, Topology, ring_points};
use crate::arguments::Arguments;
use crate::{Failure, repo};

const HELP: &str = "\
Draw the world map's shapes from public-domain geography

Usage: cargo xtask geography FOLDER

FOLDER holds the packages world-atlas (2.0.2), cldr-core and
cldr-localenames-full, for example the node_modules of
`npm install world-atlas@2 cldr-core cldr-localenames-full`.
Writes data/reach/world.csv.";

/// Triangles smaller than this, in units of a map 2000 wide, are no detail worth sending.
const DETAIL: f64 = 4.0;
/// Antarctica: no customers, and a third of the coast.
const LEFT_OUT: &str = "010";

/// Draws the map.
pub(crate) fn run(words: &[String]) -> Result<(), Failure> {
    let mut arguments = Arguments::new(words);
    if arguments.flag(&["--help", "-h"]) {
        println!("{HELP}");
        return Ok(());
    }
    let folder = arguments.positional().ok_or("name the folder of packages; --help says which")?;
    arguments.finish()?;
    let packages = Path::new(&folder);
    let names = Names::read(packages)?;
    let read = |name: &str| {
        let file = packages.join("world-atlas").join(name);
        let text = std::fs::read_to_string(&file);
        text.map_err(|error| format!("{}: {error}", file.display()))
    };
    let coarse = Topology::parse(&read("countries-110m.json")?)?;
    let fine = Topology::parse(&read("countries-50m.json")?)?;
    let file = repo::root()?.join("data/reach/world.csv");
    let text = draw(&coarse, &fine, &names);
    std::fs::write(&file, &text).map_err(|error| format!("{}: {error}", file.display()))?;
    println!("{}: {} rows, {} bytes", file.display(), text.lines().count() - 1, text.len());
    Ok(())
}

/// The file: countries by code; then land that is no country's code, with an empty one.
fn draw(coarse: &Topology, fine: &Topology, names: &Names) -> String {
    let arcs: Vec<_> = coarse.arcs().iter().map(|arc| simplify(arc, DETAIL, on_map)).collect();
    let mut rows: BTreeMap<String, Shape> = BTreeMap::new();
    let mut bare = Vec::new();
    for land in coarse.lands() {
        if land.number.as_deref() == Some(LEFT_OUT) {
            continue;
        }
        let Some(shape) = shape(&rings(&land, &arcs)) else { continue };
        match land.number.and_then(|number| names.code(&number).map(str::to_owned)) {
            Some(code) => drop(rows.insert(code, shape)),
            None => bare.push(shape),
        }
    }
    // What is too small for this scale is a dot at its place.
    let fine_arcs = fine.arcs();
    for land in fine.lands() {
        let code = land.number.as_deref().and_then(|number| names.code(number));
        let (Some(code), Some(shape)) = (code, shape(&rings(&land, &fine_arcs))) else { continue };
        rows.entry(code.to_owned()).or_insert(Shape { path: String::new(), ..shape });
    }
    rows.remove("AQ");
    let mut text = String::from("country,name_en,name_de,x,y,path\n");
    for (code, shape) in &rows {
        let (english, german) = names.of(code).unwrap_or((code, code));
        let [x, y] = shape.centre;
        text.push_str(&format!(
            "{code},{},{},{x},{y},{}\n",
            cell(english),
            cell(german),
            shape.path
        ));
    }
    for shape in bare {
        let [x, y] = shape.centre;
        text.push_str(&format!(",,,{x},{y},{}\n", shape.path));
    }
    text
}

fn rings(land: &Land, arcs: &[Vec<Point>]) -> Vec<Vec<Point>> {
    let pieces = land.rings.iter().flat_map(|ring| cut(&ring_points(ring, arcs)));
    pieces.map(|piece| piece.into_iter().map(on_map).collect()).collect()
}

fn on_map([longitude, latitude]: Point) -> Point {
    project(longitude, latitude)
}

fn cell(text: &str) -> String {
    if text.contains([',', '"']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
