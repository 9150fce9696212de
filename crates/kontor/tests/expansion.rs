//! The commands of the expansion from end to end: the next country fed by what a server has counted, and a
//! reseller's order that is taken back.

mod binary;

use std::fs;
use std::sync::Arc;

use binary::{Kontor, Running};
use kontor_base::id::{ResellerId, ResellerOrderId};
use kontor_base::{Clock, Money, Random, SecretKey};
use kontor_domain::reseller::{Clause, Contract, Profile, ProfileForm, Standing, Terms};
use kontor_shop::reseller::{OrderCommand, order};
use kontor_shop::{Policy, Shop};
use kontor_store::reseller::{KeptContract, Reseller, save, save_contract};
use kontor_store::{Db, Options, Place};
use serde_json::{Value, json};

/// Phones in the USA: what the file knows, and nothing of carts.
const FILE: &str = r#"
currency = "USD"
write_off_years = 2
draws = 1000
seed = 1
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
source = "a list on paper"
as_of = "2015-05-01"
"#;

/// One opening to learn from: its first year was counted.
const OPENINGS: &str = "\
country,class,signal,signalled,bought,opened_on,forecast_low,forecast_high,forecast_on,forecast_source,\
units,until,outcome_source
IN,phone,blocked_carts,2000,240,2014-07-22,,,,,240,2015-07-22,ledger
";

fn signal<'v>(sheet: &'v Value, kind: &str) -> Option<&'v Value> {
    let signals = sheet["candidates"][0]["signals"].as_array().expect("signals");
    signals.iter().find(|signal| signal["signal"]["kind"] == kind)
}

#[test]
fn the_next_country_is_fed_by_what_the_server_has_counted() {
    let kontor = Kontor::with_demo();
    fs::write(kontor.path("next.toml"), FILE).expect("a file");
    fs::write(kontor.path("openings.csv"), OPENINGS).expect("a file");
    let learned = kontor.ok(&["plan", "openings", "--import", "openings.csv"]).out;
    assert!(learned.starts_with("1 openings written."), "{learned}");

    // Two carts with a phone that may not be sold there, one of them sent twice.
    let running = Running::serve(&kontor);
    let lines = json!({ "lines": [{ "sku": "MINOTE-16GB-WHITE", "quantity": 1 }] }).to_string();
    for key in ["cart-one", "cart-one", "cart-two"] {
        let answer = running.post("/api/v1/us/carts", key, &lines);
        assert!(answer.starts_with("HTTP/1.1 4") && answer.contains("clearance"), "{answer}");
    }
    running.stop();

    let sheet = |words: &[&str]| -> Value {
        let run = kontor.ok(&[&["plan", "next-country", "next.toml", "--json"], words].concat());
        serde_json::from_str(&run.out).expect("JSON")
    };
    let alone = sheet(&[]);
    assert!(signal(&alone, "blocked_carts").is_none(), "without --own the shop is not asked");
    let fed = sheet(&["--own"]);
    let carts = signal(&fed, "blocked_carts").expect("counted here");
    assert_eq!(carts["signal"]["count"], 2, "each cart once: {carts}");
    assert_eq!(carts["signal"]["origin"], "own");
    assert!(!carts["units"].is_null(), "its take rate is learned from the opening: {carts}");
    let waiting = signal(&fed, "waiting_list").expect("in the file");
    assert_eq!(
        (&waiting["signal"]["count"], &waiting["signal"]["origin"]),
        (&json!(5), &json!("file"))
    );
    assert!(waiting["units"].is_null(), "nothing to learn its take rate from: {waiting}");

    let told = kontor.ok(&["plan", "next-country", "next.toml", "--own"]).out;
    assert!(told.contains("2 carts") && told.contains("own count of"), "{told}");
    assert!(told.contains("Counted by this shop, each for itself and never added:"), "{told}");
    let first = "First, open markets with unsolved problems:\n  ";
    assert!(told.starts_with(first), "they come before the next one: {told}");
    let unsolved = fed["unsolved"].as_array().expect("a list");
    let us = unsolved.iter().find(|entry| entry["market"] == "us").expect("phones in the USA");
    let line = format!("us  {} products may not be sold today", us["products"]);
    assert!(told.contains(&line), "{line}: {told}");
    assert!(alone["unsolved"].is_null(), "without --own the shop is not asked");
    let alone = kontor.ok(&["plan", "next-country", "next.toml"]).out;
    assert!(!alone.contains("Counted by this shop") && !alone.contains("First,"), "{alone}");
}

#[test]
fn a_gate_by_the_plan_is_the_day_that_the_opening_plan_says() {
    let kontor = Kontor::with_demo();
    fs::write(kontor.path("next.toml"), FILE.replace("gate = \"unknown\"\n", "")).expect("a file");
    let alone = kontor.ok(&["plan", "next-country", "next.toml"]).out;
    assert!(alone.contains("no shop was asked for its opening plan"), "{alone}");
    let run = kontor.ok(&["plan", "next-country", "next.toml", "--own", "--json"]);
    let sheet: Value = serde_json::from_str(&run.out).expect("JSON");
    let candidate = &sheet["candidates"][0]["candidate"];
    assert_eq!(candidate["gate_ground"]["by"], "plan", "{candidate}");
    assert_eq!(candidate["gate_ground"]["market"], "us");
    let told = kontor.ok(&["plan", "next-country", "next.toml", "--own"]).out;
    assert!(told.contains("by the opening plan of us, because of "), "{told}");
}

#[test]
fn the_shop_is_asked_only_where_there_is_one() {
    let kontor = Kontor::new();
    fs::write(kontor.path("next.toml"), FILE).expect("a file");
    kontor.ok(&["plan", "next-country", "next.toml"]);
    let own = kontor.run(&["plan", "next-country", "next.toml", "--own"]);
    assert_eq!((own.code, own.err.lines().count()), (3, 1), "{}", own.err);
    assert!(!kontor.path("data/kontor.db").exists(), "asking makes nothing");
}

/// A reseller with a contract for bands in the USA, as two people would have made it.
fn with_reseller(kontor: &Kontor) -> ResellerId {
    let (now, random) = (Clock::System.now(), Random::System);
    let form = ProfileForm {
        name: "Harbour Electronics".to_owned(),
        country: "us".to_owned(),
        email: "trade@harbour.example".to_owned(),
        plan: "bands in two shops".to_owned(),
    };
    let profile = Profile::parse(&form).expect("a profile");
    let id = ResellerId::new(now, &random);
    let band = || "BAND-BLACK".parse().expect("a SKU");
    let terms = Terms {
        territory: ["US".parse().expect("a country")].into(),
        models: ["band".parse().expect("a model")].into(),
        prices: [(band(), Money::new(900, "USD".parse().expect("a currency")))].into(),
        minimum_units: 2,
        allotment: [(band(), 10)].into(),
    };
    let today = now.date();
    let contract = Contract {
        code: "US-1".to_owned(),
        reseller: form.name.clone(),
        from: today,
        until: today.checked_add(jiff::ToSpan::days(300)).expect("a day"),
        ended_on: None,
        terms,
        clauses: Clause::ALL.into_iter().map(|clause| (clause, "1".to_owned())).collect(),
    };
    let market = "us".parse().expect("a market");
    in_the_shop(kontor, async move |shop| {
        let write = move |tx: &mut kontor_store::Tx<'_>| {
            let standing = Standing::Approved;
            let profile = profile.clone();
            save(tx, &Reseller { id, standing, applied_at: now, profile })?;
            save_contract(
                tx,
                &KeptContract { reseller: id, market, contract: contract.clone() },
                now,
            )?;
            Ok::<_, kontor_store::StoreError>(())
        };
        shop.db.write("test.reseller", write).await.expect("written");
    });
    id
}

/// Does something with the shop's database while no command has it.
fn in_the_shop<T>(kontor: &Kontor, act: impl AsyncFnOnce(Arc<Shop>) -> T) -> T {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let place = Place::Sqlite(kontor.path("data/kontor.db"));
        let db = Db::open(&Options::new(place)).expect("it opens");
        let secret = SecretKey::from_bytes([3; 32]);
        let shop =
            Shop::open(db.clone(), Clock::System, Random::System, &secret, Policy::default());
        let done = act(Arc::new(shop.await.expect("it opens"))).await;
        db.close().await;
        done
    })
}

fn ordered(kontor: &Kontor, reseller: ResellerId) -> ResellerOrderId {
    in_the_shop(kontor, async move |shop| {
        let command = OrderCommand {
            reseller,
            contract: "US-1".to_owned(),
            ship_to: "US".parse().expect("a country"),
            lines: vec![("BAND-BLACK".parse().expect("a SKU"), 4)],
            once: None,
        };
        order(&shop, command).await.expect("taken").answer.order
    })
}

#[test]
fn a_resellers_order_is_cancelled_once_and_its_units_are_there_again() {
    let kontor = Kontor::with_demo();
    let reseller = with_reseller(&kontor);
    let listed = kontor.ok(&["reseller", "list"]).out;
    assert!(listed.contains("Harbour Electronics  approved  US-1"), "{listed}");
    kontor.ok(&["reseller", "allot", "US-1", "BAND-BLACK", "10"]);
    let order = ordered(&kontor, reseller).to_string();
    let show = || kontor.ok(&["reseller", "show", &reseller.to_string()]).out;
    assert!(show().contains("10 agreed, 6 there, 4 ordered, 0 shipped"), "{}", show());
    assert!(show().contains(&format!("{order}  ")) && show().contains("taken"), "{}", show());

    let cancel =
        |order: &str, reason: &str| kontor.run(&["reseller", "cancel", order, "--reason", reason]);
    for (order, reason) in [(order.as_str(), " "), ("rso_00000000000000000000000000", "no goods")] {
        let refused = cancel(order, reason);
        assert_eq!((refused.code, refused.err.lines().count()), (3, 1), "{}", refused.err);
    }
    assert!(kontor.run(&["reseller", "cancel", &order]).code != 0, "a reason is asked for");
    assert!(show().contains("6 there, 4 ordered"), "nothing of that has changed it: {}", show());

    let done = cancel(&order, "no goods");
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(
        done.out.contains("is cancelled; its units are in the allotment again"),
        "{}",
        done.out
    );
    assert!(show().contains("10 agreed, 10 there, 0 ordered, 0 shipped"), "{}", show());
    assert!(show().contains("cancelled on") && show().contains("no goods"), "{}", show());
    let again = cancel(&order, "no goods");
    assert_eq!(again.code, 3, "{}", again.out);
    assert!(again.err.contains("no such order that waits"), "{}", again.err);
    assert!(kontor.ok(&["audit"]).out.contains("Everything agrees"));
}
