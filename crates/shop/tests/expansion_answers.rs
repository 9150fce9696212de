//! The three answers that the whole is for, each from rules and data alone: nothing in the program
//! names a product, a country or a reason.

use std::collections::BTreeMap;
use std::sync::Arc;

use kontor_base::{Clock, Instant, Random, SecretKey};
use kontor_scratch::Scratch;
use kontor_shop::exchange::load_demo;
use kontor_shop::opening::{PlanQuery, plan};
use kontor_shop::planning::{Kind, Worked, work_out};
use kontor_shop::{Policy, Shop};

#[tokio::test]
async fn the_usa_open_with_accessories_and_phones_say_what_they_wait_for() {
    let folder = Scratch::chosen();
    let db = folder.open();
    let clock = Clock::fixed(Instant::start_of("2026-11-23".parse().expect("a day")));
    load_demo(&db, &clock, &Random::seeded(7), &|_, _| ())
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    let secret = SecretKey::from_bytes([3; 32]);
    let shop = Shop::open(db, clock, Random::System, &secret, Policy::default()).await;
    let shop = Arc::new(shop.expect("it opens"));
    let query = PlanQuery {
        market: "us".parse().expect("a market"),
        on: Some("2027-06-01".parse().expect("a day")),
        skus: Vec::new(),
        costs: BTreeMap::new(),
    };
    let plan = plan(&shop, query).await.unwrap_or_else(|error| panic!("{error:?}"));
    let told = plan.to_string();
    let open = told.lines().find(|line| line.starts_with("Open with")).expect("an answer");
    for sku in ["BAND-BLACK", "PB5000-SILVER", "PB10400-SILVER", "HEADPHONES-GOLD"] {
        assert!(open.contains(sku), "{open}");
    }
    let phones: Vec<&str> = told.lines().filter(|line| line.starts_with("MINOTE")).collect();
    assert!(!phones.is_empty() && !open.contains("MINOTE"), "{told}");
    for phone in phones {
        assert!(phone.contains("GL-IP-SEP"), "why: {phone}");
    }
}

#[test]
fn india_produces_the_redmi_2_locally_because_of_the_duty_gap() {
    let worked = work_out(Kind::Local, Kind::Local.example(), &[]).expect("it is worked out");
    let Worked::Local { product, verdict, .. } = worked else { panic!("another kind") };
    assert_eq!(product, "Redmi 2");
    // 50,000,000.00 ÷ 517.50, rounded up.
    assert_eq!(verdict.break_even_units, Some(96_619));
    let reason = serde_json::to_string(&verdict.reason).expect("JSON");
    assert!(reason.contains("duty_gap"), "{reason}");
}

#[test]
fn the_next_country_is_named_with_those_it_is_tied_with_and_why() {
    let example = Kind::NextCountry.example();
    let worked = work_out(Kind::NextCountry, example, &[]).expect("it is worked out");
    let Worked::NextCountry(sheet) = worked else { panic!("another kind") };
    let first = sheet.candidates.first().expect("a candidate");
    assert!(!first.tied_with.is_empty(), "{first}");
    let sentence = first.to_string();
    for part in ["break-even", "tied with", "clears break-even", "What would change this"] {
        assert!(sentence.contains(part), "{part}: {sentence}");
    }
    // Without a market to learn from no signal is an estimate, and none can clear.
    let unlearned: String = example
        .split("\n\n")
        .filter(|part| !part.contains("[[opening]]"))
        .map(|part| format!("{part}\n\n"))
        .collect();
    let worked = work_out(Kind::NextCountry, &unlearned, &[]).expect("it is worked out");
    let Worked::NextCountry(sheet) = worked else { panic!("another kind") };
    let sentence = sheet.candidates[0].to_string();
    assert!(sentence.contains("not calibrated") && !sentence.contains("clears"), "{sentence}");
}
