//! The three answers that the whole is for, each from rules and data alone: nothing in the program
//! names a product, a country or a reason.

use std::collections::BTreeMap;
use std::sync::Arc;

use kontor_base::{Clock, Country, Date, Instant, Language, Money, Random, SecretKey};
use kontor_domain::catalogue::ProductClass;
use kontor_domain::clearance::FactRef;
use kontor_domain::opening::{
    ChecklistItem, ChecklistState, GateKind, Need, PlannedItem, ProductGap, Ready,
};
use kontor_domain::planning::{CostGround, Gate, GateGround, Origin, Sheet, SignalKind};
use kontor_domain::reach::Carried;
use kontor_scratch::Scratch;
use kontor_shop::Failure;
use kontor_shop::cart::{Change, Command as CartCommand, Refusal, change};
use kontor_shop::customer::{Command as SignUp, sign_up};
use kontor_shop::exchange::load_demo;
use kontor_shop::opening::{PlanQuery, plan};
use kontor_shop::planning::{Devices, Evidence, Kind, Planned, Worked, counted_here, work_out};
use kontor_shop::{Policy, Shop};
use kontor_store::opening::Cost;

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
fn indias_duty_gap_follows_from_the_two_cost_sheets() {
    let example = Kind::Local.example();
    let of = |text: &str| work_out(Kind::Local, text, &nothing());
    let Ok(Worked::Local { plan, sheets: Some(sheets), .. }) = of(example) else { panic!("none") };
    // 12.5 % and 1 % of 4,500.00.
    assert_eq!(
        (plan.duty_gap.minor, plan.import_unit.minor, plan.local_unit.minor),
        (56_250 - 4_500, 506_250, 454_500)
    );
    assert!(
        sheets.0.lines.iter().chain(&sheets.1.lines).all(|line| !line.charge.source.is_empty())
    );
    let raised = example.replace("percent = \"12.5\"", "percent = \"20\"");
    let Ok(Worked::Local { plan, .. }) = of(&raised) else { panic!("none") };
    assert_eq!(plan.duty_gap.minor, 90_000 - 4_500, "it moves with the rate");
    // A figure typed beside the sheets must say the same.
    let typed =
        |text: &str| example.replace("\nyield_percent", &format!("\n{text}\nyield_percent"));
    assert!(of(&typed("duty_gap = \"517.50\"")).is_ok());
    let error = of(&typed("duty_gap = \"500\"")).expect_err("refused").to_string();
    assert_eq!(error, "duty_gap: 500.00 is typed, and the cost sheets come to 517.50");
    let error = of(&example.replace("\"excise\"]", "\"vat\"]")).expect_err("refused").to_string();
    assert_eq!(error, "duties: no charge of either sheet is called vat");
    let bare = example.split("\n[[imported]]").next().expect("a head");
    let error = of(bare).expect_err("refused").to_string();
    assert!(error.starts_with("import_unit: neither typed nor in cost sheets"), "{error}");
}

/// The demo, as it is opened by a shop.
async fn demo(folder: &Scratch, today: &str) -> Arc<Shop> {
    let db = folder.open();
    let clock = Clock::fixed(Instant::start_of(day(today)));
    load_demo(&db, &clock, &Random::seeded(7), &|_, _| ())
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    let secret = SecretKey::from_bytes([3; 32]);
    let shop = Shop::open(db, clock, Random::System, &secret, Policy::default()).await;
    Arc::new(shop.expect("it opens"))
}

fn sheet_of(text: &str, evidence: &Evidence) -> Sheet {
    let worked = work_out(Kind::NextCountry, text, evidence).expect("it is worked out");
    let Worked::NextCountry(sheet) = worked else { panic!("another kind") };
    *sheet
}

#[tokio::test]
async fn the_next_country_is_named_with_those_it_is_tied_with_and_why() {
    let folder = Scratch::chosen();
    let shop = demo(&folder, "2026-11-23").await;
    let evidence = Evidence::of(&shop, None).await.expect("read");
    let example = Kind::NextCountry.example();
    let sheet = sheet_of(example, &evidence);
    let first = sheet.candidates.first().expect("a candidate");
    assert!(!first.tied_with.is_empty(), "{first}");
    let sentence = first.to_string();
    for part in ["break-even", "tied with", "clears break-even", "What would change this"] {
        assert!(sentence.contains(part), "{part}: {sentence}");
    }
    // No day is typed: each gate is what the opening plan of the market says on the day of the
    // question, for the products of the class and no other.
    assert!(!example.contains("gate = \"2"), "{example}");
    let (snapshot, openings) = (shop.snapshots.now(), evidence.openings.as_ref().expect("a shop"));
    for result in &sheet.candidates {
        let candidate = &result.candidate;
        let planned = openings.planned(candidate.country, candidate.class, sheet.settings.on);
        let Ok(Planned::Plan(plan)) = planned else { panic!("{result}") };
        for product in &plan.products {
            let (_, model) = snapshot.product(&product.sku).expect("in the catalogue");
            assert_eq!(model.class, candidate.class);
        }
        let GateGround::Plan { market, ready, because } = &candidate.gate_ground else {
            panic!("typed: {result}")
        };
        assert_eq!((*market, *ready), (plan.market, plan.first_ready));
        let wanted = match plan.first_ready {
            Ready::Now => Gate::Now,
            Ready::Between { earliest, .. } => Gate::From { on: earliest },
            Ready::Blocked => Gate::Blocked,
            Ready::Undated | Ready::Unknown => Gate::Unknown,
        };
        assert_eq!(candidate.gate, wanted, "{result}");
        let because = because.as_deref().expect("something decides it");
        let told = result.to_string();
        let words = format!(" by the opening plan of {market}, because of {because}.");
        assert!(told.contains(&words), "{told}");
    }
    // Without a market to learn from no signal is an estimate, and none can clear.
    let unlearned: String = example
        .split("\n\n")
        .filter(|part| !part.contains("[[opening]]"))
        .map(|part| format!("{part}\n\n"))
        .collect();
    let alone = Evidence { past: Vec::new(), ..evidence };
    let sentence = sheet_of(&unlearned, &alone).candidates[0].to_string();
    assert!(sentence.contains("not calibrated") && !sentence.contains("clears"), "{sentence}");
}

#[tokio::test]
async fn a_gate_moves_with_the_facts_and_the_cost_is_the_plans_where_it_is_known() {
    let folder = Scratch::chosen();
    let shop = demo(&folder, "2026-11-23").await;
    let of = async |text: &str| {
        let evidence = Evidence::of(&shop, None).await.expect("read");
        sheet_of(text, &evidence).candidates[0].candidate.clone()
    };
    // Bands can open now in the USA; then the checklist waits for a number that takes its time.
    let phones = COSTS.replace("gate = \"unknown\"\n", "");
    let bands = phones.replace("\"phone\"", "\"band\"");
    let before = of(&bands).await;
    assert_eq!(before.gate, Gate::Now, "{:?}", before.gate_ground);
    let country: Country = "US".parse().expect("a country");
    let item = ChecklistItem {
        code: "US-LATE".parse().expect("a code"),
        country,
        area: "tax".to_owned(),
        title: "a number that takes its time".to_owned(),
        gate: GateKind::Hard,
        evidence: "a number".to_owned(),
        responsible: "finance".to_owned(),
        lead_time_weeks: None,
        after: Vec::new(),
        state: ChecklistState::Begun { expected: Some(day("2028-02-01")) },
        source: "test".to_owned(),
    };
    let write = move |tx: &mut kontor_store::Tx<'_>| kontor_store::opening::save(tx, &item, 1_000);
    shop.db.write::<_, kontor_store::StoreError, _>("test.item", write).await.expect("written");
    let after = of(&bands).await;
    assert_eq!(after.gate, Gate::From { on: day("2028-02-01") }, "{:?}", after.gate_ground);
    let GateGround::Plan { because, .. } = &after.gate_ground else { panic!("typed") };
    assert_eq!(because.as_deref(), Some("US-LATE (a number that takes its time)"));
    // What is typed stands, and asks nobody.
    let typed = of(&COSTS.replace("\"phone\"", "\"band\"")).await;
    assert_eq!((typed.gate, typed.gate_ground), (Gate::Unknown, GateGround::File));

    // Every missing paper has a price: the opening costs that and what is typed beside it.
    let unasked = of(&phones).await;
    assert_eq!((unasked.opening_cost, unasked.cost_ground), (1_400_000, CostGround::File));
    let openings = Evidence::of(&shop, None).await.expect("read").openings.expect("a shop");
    let planned = openings.planned(country, ProductClass::Phone, day("2026-11-23"));
    let Ok(Planned::Plan(plan)) = planned else { panic!("no plan") };
    let mut codes: Vec<String> = plan
        .products
        .iter()
        .flat_map(ProductGap::open_items)
        .filter_map(|item| match &item.fact {
            Some(fact @ FactRef::Rule(_)) => Some(fact.code().to_owned()),
            _ => None,
        })
        .collect();
    let hard = |item: &&PlannedItem| item.need == Need::Hard && item.ready != Ready::Now;
    codes.extend(plan.checklist.iter().filter(hard).map(|item| item.item.code.to_string()));
    codes.sort_unstable();
    codes.dedup();
    assert!(!codes.is_empty());
    let count = i64::try_from(codes.len()).expect("few");
    let write = move |tx: &mut kontor_store::Tx<'_>| {
        for clearance in &codes {
            let amount = Money::new(100_000, "USD".parse().expect("a currency"));
            let cost = Cost {
                clearance: clearance.clone(),
                amount,
                source: "an offer".to_owned(),
                as_of: day("2026-11-01"),
            };
            kontor_store::opening::save_cost(tx, &cost)?;
        }
        Ok(())
    };
    shop.db.write::<_, kontor_store::StoreError, _>("test.costs", write).await.expect("written");
    let besides = phones.replace("delay_days", "opening_cost_besides = \"50\"\ndelay_days");
    let known = of(&besides).await;
    assert_eq!(
        (known.opening_cost, known.cost_ground),
        (count * 100_000 + 5_000, CostGround::Plan)
    );
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

    let evidence = Evidence { own, ..Evidence::none(shop.now().date()) };
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
