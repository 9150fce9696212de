//! The record of openings: what the demo knows of before, and what is written down when a market
//! opens.

use std::sync::Arc;

use kontor_base::{Clock, Date, Instant, Line, Random, SecretKey};
use kontor_domain::market::Stage;
use kontor_domain::opening::ChecklistState;
use kontor_domain::planning::{Hit, SignalKind};
use kontor_domain::reach::{Carried, Way};
use kontor_scratch::Scratch;
use kontor_shop::Failure;
use kontor_shop::exchange::load_demo;
use kontor_shop::opening::{AdvanceCommand, Refusal, advance};
use kontor_shop::planning::{
    Devices, Kind, import_past, past_openings, record_openings, unrecorded_openings,
};
use kontor_shop::{Policy, Shop};
use kontor_store::opening::{Step, record};
use kontor_store::planning::{KeptSheet, save_sheet};

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

async fn demo(folder: &Scratch) -> (Arc<Shop>, Clock) {
    let db = folder.open();
    let clock = Clock::fixed(Instant::start_of(day("2026-11-23")));
    load_demo(&db, &clock, &Random::seeded(7), &|_, _| ())
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    let secret = SecretKey::from_bytes([3; 32]);
    let shop = Shop::open(db, clock.clone(), Random::System, &secret, Policy::default()).await;
    (Arc::new(shop.expect("it opens")), clock)
}

/// Looks once for openings to be recorded.
async fn recorded(shop: &Arc<Shop>, devices: Option<&Devices>) -> usize {
    match unrecorded_openings(shop).await.expect("looked") {
        Some(opened) => record_openings(shop, opened, devices).await.expect("recorded"),
        None => 0,
    }
}

/// The USA open.
async fn opens(shop: &Arc<Shop>, id: u8) {
    let step = Step {
        id: [id; 16],
        market: "us".parse().expect("a market"),
        from: Stage::Beta,
        to: Stage::Open,
        made_at: shop.now(),
        made_by: "Jane Doe".to_owned(),
        reason: "go".to_owned(),
        plan: None,
    };
    let write = move |tx: &mut kontor_store::Tx<'_>| record(tx, &step);
    shop.db.write::<_, kontor_store::StoreError, _>("test.step", write).await.expect("taken");
}

/// Somebody has saved the sheet.
async fn save(shop: &Arc<Shop>) {
    let (body, saved_at) = (SHEET.to_owned(), shop.now());
    let kept = KeptSheet { body, saved_at, saved_by: "Ana".to_owned() };
    let word = Kind::NextCountry.word();
    let saved = shop.db.write("test.save", move |tx| save_sheet(tx, word, &kept)).await;
    saved.expect("saved");
}

#[tokio::test]
async fn the_demo_knows_how_far_off_the_forecast_for_india_was() {
    let folder = Scratch::chosen();
    let (shop, _) = demo(&folder).await;
    let past = past_openings(&shop).await.expect("read");
    let [india] = past.as_slice() else { panic!("{past:?}") };
    assert_eq!((india.lesson.signalled, india.lesson.bought), (350_000, 35_000));
    assert_eq!(india.forecast.as_ref().map(|forecast| forecast.high), Some(10_000));
    assert_eq!(india.hit(), Hit::Above);
    assert!(!india.teaches(day("2026-11-23")), "as many bought as there were units");
    let forecast = india.forecast.as_ref().expect("one");
    let outcome = india.outcome.as_ref().expect("one");
    assert!(forecast.source.contains("https://") || forecast.source.contains("http://"));
    assert!(outcome.source.contains("https://"));
}

#[tokio::test]
async fn no_market_opens_on_a_hard_item_that_is_only_expected() {
    let folder = Scratch::chosen();
    let (shop, _) = demo(&folder).await;
    let step = |to| AdvanceCommand {
        market: "us".parse().expect("a market"),
        to,
        skus: Vec::new(),
        on: None,
        by: Line::parse("Jane").expect("a line"),
        reason: Line::parse("as planned").expect("a line"),
    };
    advance(&shop, step(Stage::Paused)).await.unwrap_or_else(|error| panic!("{error:?}"));
    let with = |state: ChecklistState| {
        let shop = Arc::clone(&shop);
        async move {
            let change = move |tx: &mut kontor_store::Tx<'_>| {
                let mut items = kontor_store::opening::items(tx)?;
                let item = items.iter_mut().find(|item| item.code.as_str() == "US-ENTITY");
                let item = item.expect("in the demo");
                item.state = state.clone();
                kontor_store::opening::save(tx, item, 0)
            };
            shop.db.write("test.item", change).await.expect("written");
        }
    };
    with(ChecklistState::Begun { expected: Some(day("2026-11-23")) }).await;
    let Err(Failure::Refused(refused)) = advance(&shop, step(Stage::Open)).await else {
        panic!("it opened on what is expected");
    };
    let Refusal::NotReady(plan) = &refused else { panic!("{refused:?}") };
    assert_eq!(plan.market_waits().collect::<Vec<_>>(), ["US-ENTITY"]);
    with(ChecklistState::Done { evidence: "number 1".to_owned(), on: day("2026-11-23") }).await;
    let opened = advance(&shop, step(Stage::Open)).await;
    assert!(opened.is_ok(), "{:?}", opened.err());
}

/// Phones in the USA, with a take rate to learn from.
const SHEET: &str = r#"
currency = "USD"
write_off_years = 2
draws = 1000
seed = 1
[[opening]]
country = "SG"
class = "phone"
signal = "waiting_list"
signalled = 2000
bought = 240
[[opening]]
country = "MY"
class = "phone"
signal = "carried_abroad"
signalled = 1000
bought = 500
[[candidate]]
country = "US"
class = "phone"
price = ["300", "310", "320"]
landed = ["200", "210", "220"]
other_unit_cost = "20"
fixed_a_year = "9000"
opening_cost = "14000"
delay_days = [0, 30, 120]
[[candidate.signal]]
kind = "waiting_list"
count = 5000
as_of = "2026-11-01"
source = "a list on paper"
[[candidate.signal]]
kind = "rom_elsewhere"
count = 9000
as_of = "2026-11-01"
source = "counted"
"#;

#[tokio::test]
async fn a_forecast_is_written_down_when_the_market_opens() {
    let folder = Scratch::chosen();
    let (shop, clock) = demo(&folder).await;
    let before = past_openings(&shop).await.expect("read").len();
    assert_eq!(recorded(&shop, None).await, 0, "no sheet is kept");
    save(&shop).await;
    assert_eq!(recorded(&shop, None).await, 0, "nothing has opened");
    clock.advance_seconds(86_400);
    opens(&shop, 1).await;
    assert_eq!(recorded(&shop, None).await, 1, "the calibrated signal");
    assert_eq!(recorded(&shop, None).await, 0, "once");
    let past = past_openings(&shop).await.expect("read");
    assert_eq!(past.len(), before + 1);
    let ours = past.iter().find(|past| past.lesson.country.code() == "US").expect("recorded");
    assert_eq!((ours.lesson.kind, ours.lesson.signalled), (SignalKind::WaitingList, 5_000));
    assert_eq!(ours.opened_on, day("2026-11-24"));
    let forecast = ours.forecast.clone().expect("a forecast");
    // 12 % of 5,000, as one market has taught.
    assert!(forecast.low < 600 && 600 < forecast.high, "{forecast:?}");
    assert_eq!(forecast.source, "sheet of 2026-11-23, seed 1");
    assert_eq!(ours.hit(), Hit::Open);
    assert!(!ours.teaches(shop.now().date()), "that nobody has bought yet is no take rate");

    // A year later it is judged against what was said then, and by no other number.
    clock.advance_seconds(366 * 86_400);
    let columns = "country,class,signal,signalled,bought,opened_on,forecast_low,forecast_high,\
                   forecast_on,forecast_source,units,until,outcome_source";
    let row = |low: u64| {
        format!(
            "{columns}\nUS,phone,waiting_list,5000,610,2026-11-24,{low},{},2026-11-24,\"{}\",{},\
             2027-11-24,ledger\n",
            forecast.high, forecast.source, forecast.high
        )
    };
    let refused = import_past(&shop, row(1).as_bytes()).await.expect("read");
    assert_eq!((refused.written, refused.problems.len()), (0, 1), "{refused:?}");
    let taken = import_past(&shop, row(forecast.low).as_bytes()).await.expect("read");
    assert_eq!((taken.written, taken.problems.len()), (1, 0), "{taken:?}");
    let past = past_openings(&shop).await.expect("read");
    let ours = past.iter().find(|past| past.lesson.country.code() == "US").expect("recorded");
    assert_eq!(ours.hit(), Hit::Within);
    assert!(ours.teaches(shop.now().date()));
    assert_eq!(recorded(&shop, None).await, 0);
}

#[tokio::test]
async fn a_forecast_has_what_is_counted_of_devices_and_the_day_on_which_it_was_worked_out() {
    let folder = Scratch::chosen();
    let (shop, clock) = demo(&folder).await;
    save(&shop).await;
    clock.advance_seconds(86_400);
    opens(&shop, 1).await;
    // The server stood still for three days.
    clock.advance_seconds(3 * 86_400);
    let way = Way {
        from: "CN".parse().expect("a country"),
        to: "US".parse().expect("a country"),
        model: "mi-note".to_owned(),
        month: "2026-10".to_owned(),
    };
    let mut carried = Carried::default();
    carried.ways.insert(way, 700);
    let as_of = shop.now().date();
    let devices = Devices { carried, elsewhere: [].into(), as_of, least: 50 };
    assert_eq!(recorded(&shop, Some(&devices)).await, 2, "the list, and the devices");
    let past = past_openings(&shop).await.expect("read");
    let ours = past.iter().find(|past| past.lesson.kind == SignalKind::CarriedAbroad);
    let ours = ours.expect("on record");
    assert_eq!((ours.lesson.signalled, ours.opened_on), (700, day("2026-11-24")));
    let forecast = ours.forecast.as_ref().expect("a forecast");
    assert_eq!(forecast.made_on, day("2026-11-27"), "not dated back to the opening");
    assert_eq!(ours.problem(), None, "and can be read in again with its outcome");
}

#[tokio::test]
async fn what_opened_before_the_sheet_was_kept_has_no_forecast() {
    let folder = Scratch::chosen();
    let (shop, clock) = demo(&folder).await;
    let step = Step {
        id: [1; 16],
        market: "us".parse().expect("a market"),
        from: Stage::Beta,
        to: Stage::Open,
        made_at: shop.now(),
        made_by: "Jane Doe".to_owned(),
        reason: "go".to_owned(),
        plan: None,
    };
    let write = move |tx: &mut kontor_store::Tx<'_>| record(tx, &step);
    shop.db.write::<_, kontor_store::StoreError, _>("test.step", write).await.expect("taken");
    clock.advance_seconds(86_400);
    save(&shop).await;
    assert_eq!(recorded(&shop, None).await, 0);
}
