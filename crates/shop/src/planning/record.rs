//! When a market opens, what was forecast of it is written down: by the sheet that was kept before, as
//! it stood on that day. Whoever looks back a year later finds the forecast and not a memory of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::ToSpan;
use kontor_base::{Country, Date, Instant};
use kontor_domain::market::{Market, Stage};
use kontor_domain::planning::{Opening, PastForecast, PastOpening, Sheet, two_digits};
use kontor_store::opening::steps;
use kontor_store::planning::{openings, save_opening, sheet as kept_sheet};
use kontor_store::{StoreError, Tx};

use super::file::{Evidence, Kind, Worked, candidates, work_out};
use crate::core::Shop;

/// For how many days after a step to *open* its forecast may still be written down: a server that
/// stood still catches up. Later it would be a forecast of what is known already.
const LATE_DAYS: i32 = 7;

/// Writes down what was forecast of markets that have opened, signal by signal; gives how many
/// records it made. Finds nothing to do where nobody has kept a sheet, and twice does it once.
///
/// # Errors
///
/// A fault of the store.
pub async fn record_openings(shop: &Arc<Shop>) -> Result<usize, StoreError> {
    let today = shop.now().date();
    let markets = shop.snapshots.now().markets.clone();
    let read = move |tx: &mut Tx<'_>| unrecorded(tx, &markets, today);
    let Some((text, saved, opened)) = shop.db.read("planning.opened", read).await? else {
        return Ok(0);
    };
    let evidence = Evidence::of(shop, None).await?;
    let work = move || work_out(Kind::NextCountry, &text, &evidence);
    let Ok(worked) = tokio::task::spawn_blocking(work).await else {
        return Err(StoreError::Panicked { name: "planning.record" });
    };
    // A file that came to something when it was saved and comes to nothing now forecasts nothing.
    let Ok(Worked::NextCountry(sheet)) = worked else { return Ok(0) };
    let source = format!("sheet of {saved}, seed {}", sheet.settings.seed);
    let records = forecasts(&sheet, &opened, &source);
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

/// The file, the day on which it was saved, and the countries that opened after that.
type Unrecorded = (String, Date, BTreeMap<Country, Date>);

/// The kept file with the countries that it has candidates in, that have opened lately for the first
/// time and of which nothing is on record.
fn unrecorded(
    tx: &mut Tx<'_>,
    markets: &[Market],
    today: Date,
) -> Result<Option<Unrecorded>, StoreError> {
    let Some(kept) = kept_sheet(tx, Kind::NextCountry.word())? else { return Ok(None) };
    let since = Instant::start_of(today.saturating_sub(LATE_DAYS.days()));
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
    Ok((!opened.is_empty()).then(|| (kept.body, kept.saved_at.date(), opened)))
}

/// What the sheet says of the opened countries by each calibrated signal on its own.
fn forecasts(sheet: &Sheet, opened: &BTreeMap<Country, Date>, source: &str) -> Vec<PastOpening> {
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
                    made_on: sheet.settings.on.min(*day),
                    source: source.to_owned(),
                }),
                outcome: None,
                sold_out: false,
            });
        }
    }
    records
}
