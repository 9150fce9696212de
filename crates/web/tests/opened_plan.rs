//! A market sells what it has opened with and what is cleared, both: everything else says that it is
//! not in the opening plan, on every page and by every way; adding it is an act, and so is taking it
//! out.

mod common;

use common::desk::Browser;
use common::forms::as_it_stands;
use common::reseller::{CONTRACT, Partner, dispatch};
use common::sale::{a_sale, checked_out, enter, forward, keep, wish};
use common::shopper::{good_fields, one_band};
use common::{Answer, Api, Ask, BAND, BAND_LAST, ONE_BAND, PHONE, Shopper, new_cart, order_body};
use kontor_domain::clearance::{Grant, GrantRow};
use kontor_domain::opening::{ChecklistItem, ChecklistState, GateKind};
use kontor_domain::sale::Way;
use kontor_ledger::{Reference, StockKey, StockRefusal};
use kontor_shop::Failure;
use kontor_shop::exchange::{Csv, Mode, Table, export, import};
use kontor_shop::order::run_due_jobs;
use kontor_shop::stock::{Receipt, receive_in};
use kontor_store::clearance::Kind;
use kontor_store::{Tx, clearance, opening};
use serde_json::json;

const ENGLISH: &str = "not in this market’s opening plan";
const GERMAN: &str = "nicht im Eröffnungsplan dieses Marktes";

/// The phone is cleared, and the checklist of the USA is done.
async fn ready(api: &Api) {
    let grant = Grant::parse(&GrantRow {
        code: "US-FCC-PHONE".to_owned(),
        kind: "grant".to_owned(),
        clearance: "US-FCC-CERT".to_owned(),
        country: "US".to_owned(),
        model: "phone".to_owned(),
        number: "2AB-PHONE1".to_owned(),
        issuer: "FCC".to_owned(),
        issued_on: "2015-01-02".to_owned(),
        verified_how: "counsel".to_owned(),
        verified_by: "test".to_owned(),
        verified_on: "2015-01-02".to_owned(),
        source: "test".to_owned(),
        confidence: "S1".to_owned(),
        ..GrantRow::default()
    });
    let grant = grant.expect("a good grant");
    let item = ChecklistItem {
        code: "US-LISTED".parse().expect("a code"),
        country: "US".parse().expect("a country"),
        area: "entity".to_owned(),
        title: "Somebody who imports".to_owned(),
        gate: GateKind::Hard,
        evidence: String::new(),
        responsible: "legal".to_owned(),
        lead_time_weeks: None,
        after: Vec::new(),
        state: ChecklistState::Done {
            evidence: "number 1".to_owned(),
            on: "2015-01-01".parse().expect("a day"),
        },
        source: "test".to_owned(),
    };
    let (at, random) = (api.shop.now(), api.shop.random.clone());
    let key = StockKey::parse("main", BAND, "us").expect("a stock key");
    let reference = Reference::parse("test 2").expect("a short plain text");
    let receipt = Receipt { key, units: 10, reference };
    let write = move |tx: &mut Tx<'_>| {
        receive_in(tx, receipt.clone(), at, &random)?;
        clearance::save(tx, Kind::Grant, "US-FCC-PHONE", &grant, at)?;
        opening::save(tx, &item, 0)?;
        Ok::<_, Failure<StockRefusal>>(())
    };
    assert!(api.shop.db.write("test.ready", write).await.is_ok(), "written");
    api.refresh().await;
}

/// In place of products: all of them, now and later.
const EVERYTHING: &str = "*";

/// Pauses the USA and opens it again with these products.
async fn open_with(api: &Api, ana: &Browser<'_>, skus: &[&str], key: &str) {
    let place = "/admin/us/opening/advance";
    let (first, second) = (format!("{key}-1"), format!("{key}-2"));
    let pause = [("key", first.as_str()), ("to", "paused"), ("reason", "a new beginning")];
    ana.form(place, &pause).await.expect(303);
    api.refresh().await;
    let mut open = vec![("key", second.as_str()), ("to", "open"), ("reason", "carried out")];
    open.extend(skus.iter().filter(|sku| **sku != EVERYTHING).map(|sku| ("sku", *sku)));
    if skus.contains(&EVERYTHING) {
        open.push(("everything", "yes"));
    }
    ana.form(place, &open).await.expect(303);
    api.refresh().await;
}

/// A change of what the USA sells.
async fn assort(ana: &Browser<'_>, change: &str, skus: &[&str], key: &str) -> Answer {
    let mut fields = vec![("key", key), ("change", change), ("reason", "asked for by many")];
    fields.extend(skus.iter().map(|sku| ("sku", *sku)));
    ana.form("/admin/us/opening/assortment", &fields).await
}

fn planned_out(answer: &Answer, what: &str) {
    assert!((400..500).contains(&answer.status), "{what}: {} {}", answer.status, answer.text);
    assert!(answer.text.contains("opening.not_planned"), "{what}: {}", answer.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_cleared_and_not_planned_is_refused_by_every_way_until_it_is_added() {
    let api = Api::open().await;
    ready(&api).await;
    let ana = Browser::hire(&api, "ana", &["market_manager@us", "warehouse@us"]).await;
    // Before anybody has carried a plan out everything is sold: bought, in a cart, about to be paid, in a
    // running sale, ordered by a reseller.
    let held = api.hold(&api.cart(BAND, 1).await).await;
    let placed = api.pay(&held, "succeeds").await.expect(201);
    run_due_jobs(&api.shop).await.expect("the money is collected");
    let bought = placed.str("/order/number").to_owned();
    let filled = Shopper::fill_cart(&api).await;
    let paying = Shopper::fill_cart(&api).await;
    let under_way = paying.check_out(&api).await;
    api.send(new_cart(PHONE, 1).key("before")).await.expect(201);
    let partner = Partner::with_bands(&api, 3).await;
    let waits = api.send(partner.order(1, "o1")).await.expect(201).str("/id").to_owned();
    let sale = a_sale(&api, &[(Way::Rush, 2)]).await;
    forward(&api, 5).await;
    let ada = enter(&api, sale, Way::Rush, "ada@shop.example").await;
    let bob = enter(&api, sale, Way::Rush, "bob@shop.example").await;
    forward(&api, 200).await;
    keep(&api).await;
    keep(&api).await;
    let (_, of_ada) = checked_out(&api, sale, &ada).await;
    let page = ana.get("/admin/us/opening").await.expect(200);
    assert!(page.text.contains("no plan with chosen products"), "{}", page.text);
    let unbound = assort(&ana, "add", &[BAND], "a0").await.expect(422);
    assert!(unbound.text.contains("no plan binds it"), "{}", unbound.text);

    open_with(&api, &ana, &[BAND_LAST], "s1").await;

    // Shelf, product and the page of the verdict say why, in each language; the API says it too.
    for (path, words) in [
        ("/us/en/", ENGLISH),
        ("/us/de/", GERMAN),
        ("/us/en/product/phone", ENGLISH),
        ("/us/de/product/phone", GERMAN),
    ] {
        let page = api.send(Ask::get(path)).await.expect(200);
        assert!(page.text.contains(words), "{path}: {}", page.text);
    }
    let shelf = api.send(Ask::get("/us/en/")).await.expect(200);
    assert!(shelf.text.contains("/us/en/product/band"), "the white band is sold");
    let told = api.send(Ask::get("/api/v1/us/clearance/PHONE-16")).await.expect(200);
    assert!(told.text.contains("opening.not_planned"), "{}", told.text);
    let verdict = ana.get(&format!("/admin/us/clearances/{BAND}")).await.expect(200);
    assert!(verdict.text.contains("OPENING-PLAN"), "{}", verdict.text);
    assert!(verdict.text.contains("Not in this market’s opening plan"), "{}", verdict.text);

    // Neither a new cart nor one of before, neither the checkout nor the payment.
    for (sku, key) in [(BAND, "n1"), (PHONE, "n2")] {
        planned_out(&api.send(new_cart(sku, 1).key(key)).await, "a cart by the API");
        let add = Ask::form("/us/en/cart", &[("sku", sku), ("quantity", "1")]);
        let added = api.send(add).await;
        assert_ne!(added.status, 303, "a cart by the page");
    }
    let shown = api.send(filled.with(Ask::get("/us/en/cart"))).await.expect(200);
    assert!(shown.text.contains(ENGLISH), "{}", shown.text);
    let key = api.fresh_key();
    let begin = Ask::form("/us/en/checkout", &[("version", "1"), ("key", &key)]);
    let begun = api.send(filled.with(begin)).await;
    assert!(!begun.header("location").contains("/checkout/"), "a checkout: {}", begun.text);
    let pay = Ask::form(&under_way, &good_fields(&one_band(), "p1"));
    let paid = api.send(paying.with(pay)).await;
    assert!(!paid.header("location").contains("/order/"), "a payment: {}", paid.text);
    // A running sale: neither a claim nor the payment of one that was made before.
    let claim = api.send(wish(sale, &bob, "take")).await;
    assert!(
        (400..500).contains(&claim.status) && claim.text.contains("not_cleared"),
        "{}",
        claim.text
    );
    let mut body = order_body(ONE_BAND, "succeeds");
    body["contact"]["email"] = json!("ada@shop.example");
    planned_out(&api.send(of_ada.order(&body, "pay")).await, "the payment of a claim");
    // A reseller, by its program and by its page.
    planned_out(&api.send(partner.order(1, "o2")).await, "a reseller's program");
    let browser = partner.browser(&api).await;
    let fields =
        [("key", "f1"), ("contract", CONTRACT), ("ship_to", "US"), ("units-BAND-BLACK", "1")];
    let ordered = api.send(browser.with(Ask::form("/reseller/orders", &fields))).await;
    planned_out(&ordered, "a reseller's page");

    // What was ordered before stays and leaves.
    let page = ana.get("/admin/us/withdrawals").await.expect(200);
    assert!(page.text.contains("No order is held"), "{}", page.text);
    assert!(page.text.contains("No order of a reseller is held"), "{}", page.text);
    let parcel = [("key", "d1"), ("number", bought.as_str()), ("serials", "")];
    ana.form("/admin/us/dispatch", &parcel).await.expect(303);
    dispatch(&ana, &waits, &["S1"]).await.expect(303);

    // The gap list tells it apart from what is not cleared.
    let page = ana.get("/admin/us/opening").await.expect(200);
    assert!(page.text.contains("Only what it has opened with"), "{}", page.text);
    assert!(page.text.contains("Open with Band, White."), "{}", page.text);
    assert!(
        page.text.contains("Phone, 16 GB</a>: Not in this market’s opening plan"),
        "{}",
        page.text
    );
    let csv = ana.get("/admin/us/opening.csv").await.expect(200);
    let row = format!("\"{PHONE}\",\"OPENING-PLAN\",\"what us has opened with\",\"unplanned\"");
    assert!(csv.text.contains(&row), "{}", csv.text);
    let acts = ana.get("/admin/us/opening.csv?table=acts").await.expect(200);
    for (act, outcome, missing) in [
        ("register_interest", "allowed", ""),
        ("sell", "refused", "OPENING-PLAN"),
        ("deliver", "allowed", ""),
        ("resell", "refused", "OPENING-PLAN"),
    ] {
        let row = format!("\"2015-06-01\",\"{PHONE}\",\"{act}\",\"{outcome}\",\"{missing}\"");
        assert!(acts.text.contains(&row), "{row}: {}", acts.text);
    }

    // Added it is sold, with the next snapshot on the pages and at once by decision.
    assort(&ana, "add", &[BAND], "a1").await.expect(303);
    api.send(new_cart(BAND, 1).key("n3")).await.expect(201);
    api.refresh().await;
    let claim = api.send(wish(sale, &bob, "take-again")).await;
    assert_eq!(claim.status, 201, "{}", claim.text);
    api.send(partner.order(1, "o3")).await.expect(201);
    planned_out(&api.send(new_cart(PHONE, 1).key("n4")).await, "the phone was not added");
    assort(&ana, "add", &[PHONE], "a2").await.expect(303);
    api.refresh().await;
    let shelf = api.send(Ask::get("/us/en/")).await.expect(200);
    assert!(!shelf.text.contains(ENGLISH), "{}", shelf.text);
    api.send(new_cart(PHONE, 1).key("n5")).await.expect(201);
}

#[tokio::test]
async fn changes_are_acts_with_right_reason_and_record() {
    let api = Api::open().await;
    ready(&api).await;
    let ana = Browser::hire(&api, "ana", &["market_manager@us"]).await;
    open_with(&api, &ana, &[BAND_LAST], "s1").await;
    // The same form twice is one change, and what changes nothing is refused.
    assort(&ana, "add", &[BAND], "a1").await.expect(303);
    assort(&ana, "add", &[BAND], "a1").await.expect(303);
    for (change, skus, words) in [
        ("add", &[BAND][..], "is sold there already"),
        ("add", &[], "no product is named"),
        ("add", &["NO-SUCH-THING"], "no such variant"),
        ("remove", &[PHONE], "is not among what the market has opened with"),
        ("remove", &[BAND, BAND_LAST], "nothing would be left"),
    ] {
        let refused = assort(&ana, change, skus, words).await;
        assert!((400..500).contains(&refused.status), "{change} {skus:?}: {}", refused.status);
    }
    let refused = assort(&ana, "remove", &[BAND, BAND_LAST], "a2").await.expect(422);
    assert!(refused.text.contains("pause the market instead"), "{}", refused.text);
    assort(&ana, "burn", &[BAND], "a3").await.expect(400);
    // Only whoever edits the market, and only theirs.
    let wim = Browser::hire(&api, "wim", &["warehouse@us"]).await;
    assort(&wim, "add", &[PHONE], "a4").await.expect(403);
    let dora = Browser::hire(&api, "dora", &["market_manager@de"]).await;
    assort(&dora, "add", &[PHONE], "a5").await.expect(404);
    let silent = [("key", "a6"), ("change", "add"), ("sku", PHONE), ("reason", "")];
    let refused = ana.form("/admin/us/opening/assortment", &silent).await;
    assert!((400..500).contains(&refused.status), "a change has a reason");
    api.refresh().await;
    planned_out(&api.send(new_cart(PHONE, 1).key("n1")).await, "nobody has added it");

    assort(&ana, "remove", &[BAND_LAST], "a7").await.expect(303);
    planned_out(&api.send(new_cart(BAND_LAST, 1).key("n2")).await, "it was taken out");
    assort(&ana, "everything", &[], "a8").await.expect(303);
    api.send(new_cart(BAND_LAST, 1).key("n3")).await.expect(201);
    let log = Browser::hire(&api, "olaf", &["owner@*"]).await.get("/admin/log.csv").await;
    let log = log.expect(200).text;
    let told = |sells: &str| log.contains(&sells.replace('"', "\"\""));
    assert!(told(r#"{"sells":["BAND-WHITE"]}"#), "{log}");
    assert!(told(r#"{"sells":["BAND-BLACK","BAND-WHITE"]}"#), "{log}");
    assert!(told(r#"{"sells":"everything"}"#), "{log}");
    assert!(told(r#""sells":["BAND-WHITE"],"stage":"open""#), "the step itself: {log}");
    assert!(log.contains("asked for by many"), "{log}");
}

#[tokio::test]
async fn a_pause_keeps_it_and_a_plan_with_all_products_binds_nothing() {
    let api = Api::open().await;
    ready(&api).await;
    let ana = Browser::hire(&api, "ana", &["market_manager@us"]).await;
    open_with(&api, &ana, &[BAND_LAST], "s1").await;
    // Nobody who opens a paused market again sells everything by leaving a field empty, here or on the
    // market's own page.
    open_with(&api, &ana, &[], "s2").await;
    planned_out(&api.send(new_cart(BAND, 1).key("n1")).await, "after a pause");
    let pause = [("key", "s3"), ("to", "paused"), ("reason", "again")];
    ana.form("/admin/us/opening/advance", &pause).await.expect(303);
    api.refresh().await;
    let page = ana.get("/admin/us/opening").await.expect(200);
    assert!(page.text.contains("of what is cleared: Band, White."), "{}", page.text);
    let step = [
        ("key", "s4"),
        ("what", "step"),
        ("from", "paused"),
        ("to", "open"),
        ("reason", "from the market's page"),
    ];
    ana.form("/admin/us/market", &step).await.expect(303);
    api.refresh().await;
    planned_out(&api.send(new_cart(BAND, 1).key("n2")).await, "by the market's page");
    // Other products take the place of those before.
    open_with(&api, &ana, &[BAND, PHONE], "s5").await;
    api.send(new_cart(PHONE, 1).key("n3")).await.expect(201);
    planned_out(&api.send(new_cart(BAND_LAST, 1).key("n4")).await, "not any more");
    assort(&ana, "everything", &[], "a1").await.expect(303);
    api.refresh().await;
    open_with(&api, &ana, &[EVERYTHING], "s6").await;
    for (sku, key) in [(BAND, "n5"), (BAND_LAST, "n6"), (PHONE, "n7")] {
        api.send(new_cart(sku, 1).key(key)).await.expect(201);
    }
}

#[tokio::test]
async fn a_refused_step_keeps_the_plan_and_nobody_opens_with_everything_unasked() {
    let api = Api::open().await;
    ready(&api).await;
    let ana = Browser::hire(&api, "ana", &["market_manager@us"]).await;
    let place = "/admin/us/opening/advance";
    let pause = [("key", "s1"), ("to", "paused"), ("reason", "a new beginning")];
    ana.form(place, &pause).await.expect(303);
    api.refresh().await;
    // Planned for July with one product, beside another plan, and pressed in June.
    let planned = format!("/admin/us/opening?on=2015-07-01&sku={BAND_LAST}&with=2015-08-01");
    let page = ana.get(&planned).await.expect(200);
    let press = |page: &Answer| -> Vec<(String, String)> {
        let mut fields = as_it_stands(&page.text, place);
        for (name, value) in &mut fields {
            match name.as_str() {
                "to" => "open".clone_into(value),
                "reason" if value.is_empty() => "the \"first\" day".clone_into(value),
                _ => {}
            }
        }
        fields
    };
    let send = async |fields: Vec<(String, String)>| {
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        ana.form(place, &fields).await
    };
    let refused = send(press(&page)).await.expect(422);
    assert!(refused.text.contains("the plan is for 1 July 2015"), "{}", refused.text);
    let again = as_it_stands(&refused.text, place);
    let has = |name: &str, value: &str| {
        let wanted = (name.to_owned(), value.to_owned());
        assert!(again.contains(&wanted), "{name}={value}: {again:?}");
    };
    has("sku", BAND_LAST);
    has("on", "2015-07-01");
    has("to", "open");
    has("reason", "the \"first\" day");
    assert!(refused.text.contains("value=\"2015-08-01\""), "what it is compared with");
    // As it stands it is refused again: the day has not come.
    send(again.clone()).await.expect(422);
    // The costs and the assortment are noted beside the plan, not instead of it.
    let beside = as_it_stands(&refused.text, "/admin/us/opening/cost");
    let cost: Vec<(&str, &str)> =
        beside.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let refused = ana.form("/admin/us/opening/cost", &cost).await.expect(422);
    let after = as_it_stands(&refused.text, place);
    assert!(after.contains(&("sku".to_owned(), BAND_LAST.to_owned())), "{after:?}");

    // Without a plan nothing is opened with everything until somebody says so.
    let bare = ana.get("/admin/us/opening").await.expect(200);
    let unsaid = send(press(&bare)).await.expect(422);
    assert!(unsaid.text.contains("tick that the market opens with everything"), "{}", unsaid.text);
    let mut said = press(&unsaid);
    said.push(("everything".to_owned(), "yes".to_owned()));
    send(said).await.expect(303);
    api.refresh().await;
    api.send(new_cart(PHONE, 1).key("n1")).await.expect(201);
}

#[tokio::test]
async fn a_file_carries_it_to_another_shop() {
    let api = Api::open().await;
    ready(&api).await;
    let ana = Browser::hire(&api, "ana", &["market_manager@us"]).await;
    open_with(&api, &ana, &[BAND_LAST], "s1").await;
    let mut file = Vec::new();
    let rows = export(&api.shop.db, Table::Assortments, &mut file).await.expect("written");
    assert_eq!(rows, 1);
    let text = String::from_utf8(file.clone()).expect("UTF-8");
    assert!(text.contains("us,BAND-WHITE,\"open, ana: carried out\",S1"), "{text}");

    let other = Api::open().await;
    ready(&other).await;
    let read = |text: &str| {
        let bytes = text.as_bytes().to_vec();
        let file = Csv { table: Table::Assortments, name: "assortments.csv".to_owned(), bytes };
        let shop = &other.shop;
        async move { import(&shop.db, &shop.clock, &shop.random, file, Mode::Apply).await }
    };
    other.send(new_cart(BAND, 1).key("n1")).await.expect(201);
    read(&text).await.expect("its own file");
    planned_out(&other.send(new_cart(BAND, 1).key("n2")).await, "in the other shop");
    let nobody = text.replace("BAND-WHITE", "NO-SUCH-THING").replace("us,", "zz,");
    let bad = read(&nobody).await.expect_err("neither market nor variant").to_string();
    assert!(bad.contains("market") || bad.contains("variant"), "{bad}");
    // A row without products lets the market go; the staff area gives the file, and takes none.
    read(&text.replace("BAND-WHITE", "")).await.expect("a row without products");
    other.send(new_cart(BAND, 1).key("n3")).await.expect(201);
    let given = ana.get("/admin/exchange/assortments.csv").await.expect(200);
    assert!(given.text.contains("BAND-WHITE"), "{}", given.text);
}
