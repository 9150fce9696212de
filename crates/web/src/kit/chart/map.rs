//! The world in the Equal Earth projection: countries filled by what is true of them, and circles
//! whose *area* is a count. Shapes are public-domain geography, drawn by `cargo xtask geography`.

#![expect(clippy::float_arithmetic, reason = "geometry of a picture")]

use std::collections::HashMap;
use std::sync::LazyLock;

use kontor_base::{Country, Language};

use super::svg::Svg;

const WIDTH: f64 = 2000.0;
const HEIGHT: f64 = 868.0;
/// The radius of the largest circle.
const RADIUS_MAX: f64 = 86.0;

/// A country's place and shape on the map.
#[derive(Debug)]
pub struct Land {
    name_en: &'static str,
    name_de: &'static str,
    centre: [f64; 2],
    path: &'static str,
}

/// Countries by code, and the shapes of land that is no country's code.
struct World {
    lands: HashMap<Country, Land>,
    order: Vec<Country>,
    bare: Vec<&'static str>,
}

static WORLD: LazyLock<World> =
    LazyLock::new(|| read(include_str!("../../../../../data/reach/world.csv")));

/// Reads the file that the tool has written; no cell of it has a quote.
fn read(file: &'static str) -> World {
    let mut world = World { lands: HashMap::new(), order: Vec::new(), bare: Vec::new() };
    for line in file.lines().skip(1) {
        let mut cells = line.splitn(6, ',');
        let mut next = || cells.next().unwrap_or_default();
        let (code, name_en, name_de, x, y, path) = (next(), next(), next(), next(), next(), next());
        match code.parse::<Country>() {
            Ok(country) => {
                let centre = [x, y].map(|text| text.parse().unwrap_or(0.0));
                world.order.push(country);
                world.lands.insert(country, Land { name_en, name_de, centre, path });
            }
            Err(_) => world.bare.push(path),
        }
    }
    world
}

/// What a country is called, where the map knows it.
#[must_use]
pub fn name(country: Country, language: Language) -> Option<&'static str> {
    let land = WORLD.lands.get(&country)?;
    Some(if language == Language::De { land.name_de } else { land.name_en })
}

/// How a country is filled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fill {
    /// The class that fills it: `m-open`.
    pub class: &'static str,
    /// What it says in words, for the title and for who does not see it.
    pub words: String,
    /// Where it leads.
    pub href: Option<String>,
}

/// What the map shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorldMap {
    /// Countries of which something is true, others are plain land.
    pub fills: Vec<(Country, Fill)>,
    /// Counts by country, drawn as circles.
    pub counts: Vec<(Country, u64, String)>,
}

/// Draws the world.
#[must_use]
pub fn draw(label: &str, language: Language, map: &WorldMap) -> String {
    let mut svg = Svg::group("chart map", WIDTH, HEIGHT, label);
    let fills: HashMap<Country, &Fill> =
        map.fills.iter().map(|(country, fill)| (*country, fill)).collect();
    svg.open_group("m-land");
    for path in &WORLD.bare {
        svg.path("", path, "");
    }
    for country in &WORLD.order {
        let land = &WORLD.lands[country];
        if !land.path.is_empty() && !fills.contains_key(country) {
            let name = if language == Language::De { land.name_de } else { land.name_en };
            svg.path("", land.path, name);
        }
    }
    svg.close();
    for (country, fill) in &map.fills {
        let Some(land) = WORLD.lands.get(country) else { continue };
        let name = if language == Language::De { land.name_de } else { land.name_en };
        let title = format!("{name}: {}", fill.words);
        if let Some(href) = &fill.href {
            svg.open_link(href, &title);
        }
        if land.path.is_empty() {
            // Too small for its shape at this scale.
            svg.circle(&format!("m-dot {}", fill.class), land.centre, 9.0, &title);
        } else {
            svg.path(fill.class, land.path, &title);
        }
        if fill.href.is_some() {
            svg.close();
        }
    }
    let most = map.counts.iter().map(|(_, count, _)| *count).max().unwrap_or(0);
    let mut counts: Vec<_> = map.counts.iter().collect();
    counts.sort_by_key(|(_, count, _)| std::cmp::Reverse(*count));
    for (country, count, words) in counts {
        let Some(land) = WORLD.lands.get(country) else { continue };
        svg.circle("m-count", land.centre, radius(*count, most), words);
    }
    svg.finish()
}

/// The radius of a circle whose area is to the largest as the counts are.
#[expect(clippy::cast_precision_loss, reason = "a picture needs no more than a few digits")]
fn radius(count: u64, most: u64) -> f64 {
    (count as f64 / most.max(1) as f64).sqrt() * RADIUS_MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    fn country(code: &str) -> Country {
        code.parse().expect("a country")
    }

    #[test]
    fn the_world_has_its_countries_and_their_names() {
        assert!(WORLD.lands.len() > 220, "{}", WORLD.lands.len());
        assert_eq!(name(country("DE"), Language::De), Some("Deutschland"));
        assert_eq!(name(country("HK"), Language::En), Some("Hong Kong"));
        for (country, land) in &WORLD.lands {
            let [x, y] = land.centre;
            assert!((0.0..=WIDTH).contains(&x) && (0.0..=HEIGHT).contains(&y), "{country}");
            let plain = |c: char| c.is_ascii_digit() || " -Mlz".contains(c);
            assert!(land.path.chars().all(plain), "{country}");
            assert!(!land.name_en.contains('"'), "{country}: a quoted cell");
        }
    }

    #[test]
    fn the_area_of_a_circle_is_the_count() {
        assert!((radius(400, 400) - RADIUS_MAX).abs() < 1e-9);
        assert!((radius(100, 400) - RADIUS_MAX / 2.0).abs() < 1e-9);
        assert!(radius(0, 0).abs() < 1e-9);
    }

    #[test]
    fn a_market_is_a_link_and_a_small_country_a_dot() {
        let fill = |href: Option<&str>| Fill {
            class: "m-open",
            words: "open".to_owned(),
            href: href.map(str::to_owned),
        };
        let map = WorldMap {
            fills: vec![(country("US"), fill(Some("/us/en/"))), (country("SG"), fill(None))],
            counts: vec![(country("IN"), 7, "India: 7".to_owned())],
        };
        let svg = draw("the world", Language::En, &map);
        assert!(svg.contains("<a href=\"/us/en/\" aria-label=\"United States: open\">"));
        assert!(svg.contains("class=\"m-dot m-open\""));
        assert_eq!(svg.matches("<title>United States").count(), 1);
        assert!(svg.contains("<title>India: 7</title>"));
    }
}
