//! The three answers that the whole is for, each from rules and data alone: nothing in the program
//! names a product, a country or a reason.

use std::collections::BTreeMap;
use std::sync::Arc;

use kontor_base::{Clock, Date, Instant, Language, Random, SecretKey};
use kontor_domain::planning::{Origin, SignalKind};
use kontor_domain::reach::Carried;
use kontor_scratch::Scratch;
use kontor_shop::Failure;
use kontor_shop::cart::{Change, Command as CartCommand, Refusal, change};
use kontor_shop::customer::{Command as SignUp, sign_up};
use kontor_shop::exchange::load_demo;
use kontor_shop::opening::{PlanQuery, plan};
use kontor_shop::planning::{Devices, Evidence, Kind, Worked, counted_here, work_out};
use kontor_shop::{Policy, Shop};

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

fn nothing() -> Evidence {
    Evidence::none(day("2015-06-01"))
}

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
    let worked =
        work_out(Kind::Local, Kind::Local.example(), &nothing()).expect("it is worked out");
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
    let worked = work_out(Kind::NextCountry, example, &nothing()).expect("it is worked out");
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
    let worked = work_out(Kind::NextCountry, &unlearned, &nothing()).expect("it is worked out");
    let Worked::NextCountry(sheet) = worked else { panic!("another kind") };
    let sentence = sheet.candidates[0].to_string();
    assert!(sentence.contains("not calibrated") && !sentence.contains("clears"), "{sentence}");
}

/// A file that knows what a country costs and not what people there want.
const COSTS: &str = r#"
currency = "USD"
write_off_years = 2
draws = 1000
seed = 1
[[opening]]
country = "SG"
class = "phone"
signal = "blocked_carts"
signalled = 2000
bought = 240
[[candidate]]
country = "US"
class = "phone"
price = ["300", "310", "320"]
landed = ["200", "210", "220"]
other_unit_cost = "20"
fixed_a_year = "9000"
opening_cost = "14000"
gate = "unknown"
delay_days = [0, 30, 120]
[[candidate.signal]]
kind = "waiting_list"
count = 5
as_of = "2026-11-01"
source = "a list on paper"
"#;

#[tokio::test]
async fn counts_of_our_own_feed_the_sheet_where_the_file_has_none() {
    let folder = Scratch::chosen();
    let db = folder.open();
    let clock = Clock::fixed(Instant::start_of(day("2026-11-23")));
    load_demo(&db, &clock, &Random::seeded(7), &|_, _| ())
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    let secret = SecretKey::from_bytes([3; 32]);
    let shop = Shop::open(db, clock.clone(), Random::System, &secret, Policy::default()).await;
    let shop = Arc::new(shop.expect("it opens"));
    assert_eq!(counted_here(&shop, None).await.expect("counted"), []);

    let us = || "us".parse().expect("a market");
    let phone = shop
        .snapshots
        .now()
        .variants
        .values()
        .find(|variant| variant.sku.as_str().starts_with("MINOTE"))
        .expect("a phone")
        .sku
        .clone();
    let put = async |cart, key: Option<&str>| {
        let once = key.map(|key| shop.keys.once("test", key, b""));
        let changes = vec![Change::Add { sku: phone.clone(), quantity: 1 }];
        let command = CartCommand { cart, market: us(), changes, version: None, once };
        let refused = change(&shop, command).await;
        assert!(matches!(refused, Err(Failure::Refused(Refusal::NotSold { .. }))));
    };
    let empty =
        CartCommand { cart: None, market: us(), changes: vec![], version: None, once: None };
    let cart = change(&shop, empty).await.expect("a cart").answer.cart.id;
    put(Some(cart), None).await;
    put(Some(cart), Some("again")).await;
    put(None, Some("by program")).await;
    put(None, Some("by program")).await;
    // Nothing tells these two apart, so neither is counted.
    put(None, None).await;
    put(None, None).await;
    let now = shop.now();
    let typed = [("ada", "mi-note"), ("ada", "redmi-2"), ("ben", "mi-note"), ("typed", "mi-note")];
    for (email, model) in typed {
        let email = format!("{email}@example.com");
        let model = Some(model.parse().expect("a model"));
        let command = SignUp { market: us(), model, email, language: Language::En };
        let entry = sign_up(&shop, command).await.expect("on the list");
        if entry.email.as_str() != "typed@example.com" {
            let person = shop.keys.person(&entry.key());
            let write = move |tx: &mut kontor_store::Tx<'_>| {
                kontor_store::customer::confirm_waiting(tx, &person, now)
            };
            shop.db
                .write::<_, kontor_store::StoreError, _>("test.confirm", write)
                .await
                .expect("kept");
        }
    }
    let devices = Devices {
        carried: Carried::default(),
        elsewhere: [("US", 60), ("NP", 3)]
            .map(|(country, n)| (country.parse().expect("a country"), n))
            .into(),
        as_of: day("2026-11-22"),
        least: 50,
    };
    let own = counted_here(&shop, Some(&devices)).await.expect("counted");
    let told: Vec<_> = own
        .iter()
        .map(|c| (c.country.code(), c.class.map(|class| class.word()), c.kind.word(), c.count))
        .collect();
    let wanted = [
        ("US", None, "rom_elsewhere", 60),
        ("US", Some("phone"), "waiting_list", 2),
        ("US", Some("phone"), "blocked_carts", 2),
    ];
    assert_eq!(told, wanted, "two carts, two people, and no country of three devices");

    let evidence = Evidence { past: Vec::new(), own, today: shop.now().date() };
    let worked = work_out(Kind::NextCountry, COSTS, &evidence).expect("it is worked out");
    let Worked::NextCountry(sheet) = worked else { panic!("another kind") };
    let signals = &sheet.candidates[0].signals;
    let of = |kind| signals.iter().find(|s| s.signal.kind == kind).expect("on the sheet");
    let waiting = of(SignalKind::WaitingList);
    assert_eq!((waiting.signal.count, waiting.signal.origin), (5, Origin::File), "it stands");
    let carts = of(SignalKind::BlockedCarts);
    assert_eq!((carts.signal.count, carts.signal.origin), (2, Origin::Own));
    assert!(carts.units.is_some(), "and it is turned into units a year by its own take rate");
    assert!(of(SignalKind::RomElsewhere).units.is_none(), "not calibrated, so it takes no part");

    // After a year and a day nobody of then counts any more.
    clock.advance_seconds(367 * 24 * 60 * 60);
    assert_eq!(counted_here(&shop, None).await.expect("counted"), []);
}
