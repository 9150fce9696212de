//! The world: how far the shop has come in each country, and where devices are.

use std::collections::BTreeMap;

use kontor_base::{Country, Instant, Language};
use kontor_domain::market::{Act, Market, Stage, stage_allows};

use super::front::Edition;
use crate::kit::chart::map::{Fill, WorldMap, name};
use crate::kit::text::Text;
use crate::page::reach::{WorldRow, WorldStory};
use crate::store_front::stage_of;

/// A country with what is true of it, for tables and programs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CountryRow {
    /// The country.
    pub(crate) country: Country,
    /// How far the shop has come there; none where it has no market.
    pub(crate) stage: Option<&'static str>,
    /// Active devices, where they are published.
    pub(crate) devices: Option<u64>,
}

/// Every country with a market or with published devices, by code.
pub(crate) fn country_rows(edition: &Edition) -> Vec<CountryRow> {
    let mut rows: BTreeMap<Country, CountryRow> = BTreeMap::new();
    let row = |country| CountryRow { country, stage: None, devices: None };
    for market in spoken_of(edition) {
        for country in &market.countries {
            rows.entry(*country).or_insert_with(|| row(*country)).stage = Some(market.stage.word());
        }
    }
    for cell in edition.by_country().into_iter().flat_map(|table| &table.cells) {
        if let Ok(country) = cell.value.parse::<Country>() {
            rows.entry(country).or_insert_with(|| row(country)).devices = Some(cell.count);
        }
    }
    rows.into_values().collect()
}

/// The markets that the public is told of.
fn spoken_of(edition: &Edition) -> impl Iterator<Item = &Market> {
    edition.snapshot.markets.iter().filter(|market| market.stage != Stage::Scouting)
}

fn class(stage: Stage) -> &'static str {
    match stage {
        Stage::Open | Stage::Beta => "m-open",
        Stage::Scouting | Stage::Preparing => "m-coming",
        Stage::Paused | Stage::Closing | Stage::Closed => "m-closed",
    }
}

/// The map with its table.
pub(super) fn story(t: &Text, edition: &Edition, at: Instant) -> WorldStory {
    let mut fills = Vec::new();
    let mut stages: BTreeMap<Country, (String, String)> = BTreeMap::new();
    for market in spoken_of(edition) {
        let words = stage_of(&edition.snapshot, market, at).words(t);
        let path = format!("/{}/{}/", market.code, language_in(t, market).tag());
        for country in &market.countries {
            let fill =
                Fill { class: class(market.stage), words: words.clone(), href: Some(path.clone()) };
            fills.push((*country, fill));
            stages.insert(*country, (words.clone(), path.clone()));
        }
    }
    let open = spoken_of(edition)
        .filter(|market| stage_allows(market.stage, Act::Sell))
        .map(|market| market.countries.len())
        .sum();
    let named = |country: Country| {
        name(country, t.language()).map_or_else(|| t.country(&country).into_owned(), str::to_owned)
    };
    let counts = country_rows(edition).into_iter().filter_map(|row| {
        let devices = row.devices?;
        let count = t.number(i64::try_from(devices).unwrap_or(i64::MAX));
        Some((row.country, devices, format!("{}: {count}", named(row.country))))
    });
    let mut rows: Vec<(Option<u64>, WorldRow)> = country_rows(edition)
        .into_iter()
        .map(|row| {
            let (stage, path) = match stages.get(&row.country) {
                Some((words, path)) => (words.clone(), Some(path.clone())),
                None => ("–".to_owned(), None),
            };
            let devices =
                row.devices.map(|count| t.number(i64::try_from(count).unwrap_or(i64::MAX)));
            let devices = devices.unwrap_or_default();
            (row.devices, WorldRow { country: named(row.country), stage, path, devices })
        })
        .collect();
    rows.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.country.cmp(&b.1.country)));
    let withheld = edition.by_country().map(|table| table.withheld).filter(|n| *n > 0);
    let counts: Vec<_> = counts.collect();
    let largest = counts.iter().max_by_key(|(_, devices, _)| *devices);
    WorldStory {
        largest: largest.map(|(_, _, words)| words.clone()),
        map: WorldMap { fills, counts },
        rows: rows.into_iter().map(|(_, row)| row).collect(),
        open,
        withheld: withheld.map(|count| t.number(i64::try_from(count).unwrap_or(i64::MAX))),
    }
}

/// The reader's language where the market has it, else the market's own, else English.
fn language_in(t: &Text, market: &Market) -> Language {
    let own = market.languages.iter().copied().find(|language| Language::PAGES.contains(language));
    if market.languages.contains(&t.language()) {
        t.language()
    } else {
        own.unwrap_or(Language::En)
    }
}
