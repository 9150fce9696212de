//! When a market opens, what was forecast of it is written down: by the sheet that was kept before, with
//! everything that is counted, and with the day on which it was worked out. Whoever looks back a year
//! later finds the forecast and not a memory of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::ToSpan;
use kontor_base::{Country, Date, Instant};
use kontor_domain::market::{Market, Stage};
use kontor_domain::planning::{
    FORECAST_LATE_DAYS, Opening, PastForecast, PastOpening, Settings, Sheet, two_digits,
};
use kontor_store::opening::steps;
use kontor_store::planning::{openings, save_opening, sheet as kept_sheet};
use kontor_store::{StoreError, Tx};

use super::file::{Evidence, Kind, Worked, candidates, work_out};
use super::signals::Devices;
use crate::core::Shop;

/// Writes down what was forecast of markets that have opened, signal by signal, with what the count
/// knows of devices beside the shop's own; gives how many records it made. Twice does it once.
///
/// # Errors
///
/// A fault of the store.
pub async fn record_openings(
    shop: &Arc<Shop>,
    opened: Unrecorded,
    devices: Option<&Devices>,
) -> Result<usize, StoreError> {
    let today = shop.now().date();
    let Unrecorded { text, saved, opened } = opened;
    let evidence = Evidence::of(shop, devices).await?;
    let work = move || work_out(Kind::NextCountry, &text, &evidence);
    let Ok(worked) = tokio::task::spawn_blocking(work).await else {
        return Err(StoreError::Panicked { name: "planning.record" });
    };
    // A file that came to something when it was saved and comes to nothing now forecasts nothing.
    let Ok(Worked::NextCountry(sheet)) = worked else { return Ok(0) };
    let Settings { seed, on, .. } = sheet.settings;
    let mut source = format!("sheet of {saved}, seed {seed}");
    if on != today {
        source = format!("{source}, asked for {on}");
    }
    let records = forecasts(&sheet, &opened, (today, &source));
    let write = move |tx: &mut Tx<'_>| {
        let known = openings(tx)?;
        let new = records.iter().filter(|record| !known.iter().any(|past| same(past, record)));
        let mut written = 0;
        for record in new {
            save_opening(tx, record)?;
            written += 1;
        }
        Ok::<_, StoreError>(written)
    };
    shop.db.write("planning.record", write).await
}

fn same(one: &PastOpening, other: &PastOpening) -> bool {
    let key = |past: &PastOpening| (past.lesson.country, past.lesson.class, past.lesson.kind);
    key(one) == key(other)
}

/// A sheet with countries that have opened and whose forecast is not on record.
#[derive(Clone, Debug)]
pub struct Unrecorded {
    /// The file.
    text: String,
    /// The day on which it was saved.
    saved: Date,
    /// The countries that opened after that, with the day.
    opened: BTreeMap<Country, Date>,
}

/// The kept sheet, if a country that it has a candidate in has opened lately for the first time and
/// nothing is on record of it. Finds nothing where nobody has kept a sheet.
///
/// # Errors
///
/// A fault of the store.
pub async fn unrecorded_openings(shop: &Arc<Shop>) -> Result<Option<Unrecorded>, StoreError> {
    let today = shop.now().date();
    let markets = shop.snapshots.now().markets.clone();
    shop.db.read("planning.opened", move |tx| unrecorded(tx, &markets, today)).await
}

fn unrecorded(
    tx: &mut Tx<'_>,
    markets: &[Market],
    today: Date,
) -> Result<Option<Unrecorded>, StoreError> {
    let Some(kept) = kept_sheet(tx, Kind::NextCountry.word())? else { return Ok(None) };
    let since = Instant::start_of(today.saturating_sub(FORECAST_LATE_DAYS.days()));
    let past = openings(tx)?;
    let names = candidates(&kept.body).unwrap_or_default();
    let mut opened = BTreeMap::new();
    for market in markets.iter().filter(|market| market.stage == Stage::Open) {
        let mut ours = names.iter().filter(|name| market.countries.contains(&name.country));
        let known = |country| {
            past.iter().any(|past| past.lesson.country == country && past.opened_on >= since.date())
        };
        if ours.clone().count() == 0 || ours.all(|name| known(name.country)) {
            continue;
        }
        let first = steps(tx, market.code)?.into_iter().find(|step| step.to == Stage::Open);
        if let Some(step) = first.filter(|step| step.made_at >= since.max(kept.saved_at)) {
            let day = step.made_at.date();
            opened.extend(market.countries.iter().map(|country| (*country, day)));
        }
    }
    let (text, saved) = (kept.body, kept.saved_at.date());
    Ok((!opened.is_empty()).then_some(Unrecorded { text, saved, opened }))
}

/// What the sheet says of the opened countries by each calibrated signal on its own, made on a day and
/// from a source.
fn forecasts(
    sheet: &Sheet,
    opened: &BTreeMap<Country, Date>,
    (made_on, source): (Date, &str),
) -> Vec<PastOpening> {
    let mut records = Vec::new();
    for result in &sheet.candidates {
        let Some(day) = opened.get(&result.candidate.country) else { continue };
        for signal in &result.signals {
            let Some(units) = signal.units else { continue };
            records.push(PastOpening {
                lesson: Opening {
                    country: result.candidate.country,
                    class: result.candidate.class,
                    kind: signal.signal.kind,
                    signalled: signal.signal.count,
                    bought: 0,
                },
                opened_on: *day,
                forecast: Some(PastForecast {
                    low: two_digits(units.p10),
                    high: two_digits(units.p90),
                    made_on,
                    source: source.to_owned(),
                }),
                outcome: None,
                sold_out: false,
            });
        }
    }
    records
}
