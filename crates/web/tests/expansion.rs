//! Expansion through HTTP: the kill switch by every way, an opening as a plan, a reseller from the
//! application to the refusal with its clause.

mod common;

use std::sync::Arc;
use std::time::{Duration, Instant};

use common::desk::Browser;
use common::shopper::{good_fields, one_band};
use common::{Answer, Api, Ask, BAND, BAND_LAST, PHONE, Shopper};
use kontor_base::id::ResellerId;
use kontor_domain::opening::{ChecklistItem, ChecklistState, GateKind};
use kontor_shop::planning::import_past;
use kontor_store::reseller::Reseller;
use serde_json::json;
use tokio::sync::watch;

/// The link to a model's page on the shelf.
const BAND_PAGE: &str = "/us/en/product/band";

/// Approves the proposal that another's form has led to.
async fn approve(person: &Browser<'_>, proposed: &Answer) {
    let place = proposed.header("location").split('?').next().expect("a path").to_owned();
    assert!(place.starts_with("/admin/proposals/"), "{place}");
    let page = person.get(&place).await.expect(200);
    let seen = page.text.split("name=\"seen\" value=\"").nth(1).expect("a hash");
    let seen = seen[..64].to_owned();
    person.form(&place, &[("decision", "approve"), ("seen", &seen)]).await.expect(303);
}

async fn shelf(api: &Api) -> Answer {
    api.send(Ask::get("/us/en/")).await.expect(200)
}

#[tokio::test]
async fn within_a_second_a_withdrawn_product_cannot_be_bought_by_any_way() {
    let api = Api::open().await;
    let ana = Browser::hire(&api, "ana", &["market_manager@us"]).await;
    let ben = Browser::hire(&api, "ben", &["market_manager@us"]).await;
    // Somebody has bought it, somebody has it in the cart, somebody is about to pay.
    let bought = Shopper::fill_cart(&api).await;
    let place = bought.check_out(&api).await;
    let (total, key) = (one_band(), api.fresh_key());
    let paid = Ask::form(&place, &good_fields(&total, &key));
    let order = api.send(bought.with(paid)).await.expect(303).header("location").to_owned();
    let filled = Shopper::fill_cart(&api).await;
    let paying = Shopper::fill_cart(&api).await;
    let under_way = paying.check_out(&api).await;
    assert!(shelf(&api).await.text.contains(BAND_PAGE));

    let (stop, stopped) = watch::channel(false);
    let keepers = tokio::spawn(kontor_shop::keepers::run(Arc::clone(&api.shop), stopped));
    let page = ana.get("/admin/us/withdrawals").await.expect(200);
    assert!(page.text.contains("No order is held"), "{}", page.text);
    let fields = [("key", "w1"), ("model", "band"), ("reason", "a batch gets warm")];
    let began = Instant::now();
    let done = ana.form("/admin/us/withdrawals", &fields).await.expect(303);
    assert_eq!(done.header("location"), "/admin/us/withdrawals?said=withdrawn");
    while shelf(&api).await.text.contains(BAND_PAGE) {
        assert!(began.elapsed() < Duration::from_secs(1), "the shelf still has it after a second");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }

    // Neither page nor API shows or sells it, into a new cart or from an old one.
    assert_eq!(api.send(Ask::get(BAND_PAGE)).await.status, 404);
    assert_eq!(api.send(Ask::get("/api/v1/us/products/band")).await.status, 404);
    let add = Ask::form("/us/en/cart", &[("sku", BAND), ("quantity", "1")]);
    assert_ne!(api.send(add).await.status, 303, "into a new cart");
    let wish = json!({ "lines": [{ "sku": BAND_LAST, "quantity": 1 }] });
    let answer = api.send(Ask::post("/api/v1/us/carts", &wish).key("n1")).await;
    assert!((400..500).contains(&answer.status), "by the API: {}", answer.text);
    let key = api.fresh_key();
    let begin = Ask::form("/us/en/checkout", &[("version", "1"), ("key", &key)]);
    let begun = api.send(filled.with(begin)).await;
    assert!(!begun.header("location").contains("/checkout/"), "from a cart: {}", begun.text);
    let pay = Ask::form(&under_way, &good_fields(&total, "p1"));
    let answer = api.send(paying.with(pay)).await;
    assert!(!answer.header("location").contains("/order/"), "by paying: {}", answer.text);

    // What was bought is held and listed, and its buyer is told so.
    let page = ana.get("/admin/us/withdrawals").await.expect(200);
    assert!(page.text.contains("a batch gets warm") && page.text.contains(&format!("1 × {BAND}")));
    let csv = ana.get("/admin/us/withdrawals.csv").await.expect(200);
    assert_eq!(csv.text.matches("\"held_order\"").count(), 1, "exactly the one: {}", csv.text);
    assert!(csv.text.contains("\"a batch gets warm\""), "what is withdrawn: {}", csv.text);
    assert_eq!(api.send(bought.with(Ask::get(&order))).await.status, 200);
    let log = Browser::hire(&api, "olaf", &["owner@*"]).await.get("/admin/log").await.expect(200);
    assert!(log.text.contains("opening.withdraw"), "{}", log.text);

    // Sent again the form changes nothing; taken back by two people it is for sale again.
    ana.form("/admin/us/withdrawals", &fields).await.expect(303);
    let code = page.text.split("name=\"code\" value=\"").nth(1).expect("a withdrawal");
    let code = code.split('"').next().expect("an end").to_owned();
    let fields = [("key", "w2"), ("code", code.as_str()), ("reason", "the batch is gone")];
    let proposed = ana.form("/admin/us/withdrawals/restore", &fields).await.expect(303);
    assert!(!shelf(&api).await.text.contains(BAND_PAGE), "one person is not enough");
    approve(&ben, &proposed).await;
    let again = Instant::now();
    while !shelf(&api).await.text.contains(BAND_PAGE) {
        assert!(again.elapsed() < Duration::from_secs(3), "it does not come back");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let page = ana.get("/admin/us/withdrawals").await.expect(200);
    assert!(page.text.contains("No order is held"), "the order is free again: {}", page.text);
    let _ = stop.send(true);
    keepers.await.expect("the keepers end");
}

#[tokio::test]
async fn nobody_withdraws_everything_or_elsewhere() {
    let api = Api::open().await;
    let ana = Browser::hire(&api, "ana", &["market_manager@us"]).await;
    let empty = [("key", "w1"), ("reason", "x")];
    let answer = ana.form("/admin/us/withdrawals", &empty).await.expect(422);
    assert!(answer.text.contains("Name a product"), "{}", answer.text);
    let nothing = [("key", "w2"), ("sku", "NO-SUCH"), ("reason", "x")];
    ana.form("/admin/us/withdrawals", &nothing).await.expect(422);
    let silent = [("key", "w3"), ("sku", BAND), ("reason", "")];
    ana.form("/admin/us/withdrawals", &silent).await.expect(422);
    let band = [("key", "w4"), ("sku", BAND), ("reason", "x")];
    ana.form("/admin/de/withdrawals", &band).await.expect(404);
    let wim = Browser::hire(&api, "wim", &["warehouse@us"]).await;
    wim.form("/admin/us/withdrawals", &band).await.expect(403);
    assert!(shelf(&api).await.text.contains(BAND_PAGE));
}

#[tokio::test]
async fn an_opening_is_planned_compared_and_taken_step_by_step() {
    let api = Api::open().await;
    let ana = Browser::hire(&api, "ana", &["market_manager@us,de"]).await;
    let first = ana.get("/admin/openings").await.expect(303);
    assert_eq!(first.header("location"), "/admin/us/opening");
    // Nobody has written a checklist: that is not the same as nothing to do.
    let page = ana.get("/admin/us/opening").await.expect(200);
    assert!(!page.text.contains("Open with"), "{}", page.text);
    assert!(page.text.contains("US-CHECKLIST"), "{}", page.text);
    list_of_us(&api).await;
    let page = ana.get("/admin/us/opening").await.expect(200);
    assert!(page.text.contains("Open with Band, Black, Band, White"), "{}", page.text);
    assert!(page.text.contains("cell-granted") && page.text.contains("cell-missing"));
    assert!(page.text.contains("<svg class=\"chart chart-wide\""), "there is a timeline");
    let compared =
        format!("/admin/us/opening?on=2015-07-01&with=2015-08-01&sku={BAND}&other={PHONE}");
    let page = ana.get(&compared).await.expect(200);
    assert!(page.text.contains("Phone, 16 GB") && page.text.contains("not in it"), "{}", page.text);
    let past = ana.get("/admin/us/opening?on=2014-01-01").await.expect(200);
    assert!(past.text.contains("cannot lie before"), "{}", past.text);
    for odd in ["on=x&with=%00", "sku=%3Cscript%3E", "other=NO-SUCH-THING"] {
        let answer = ana.get(&format!("/admin/us/opening?{odd}")).await.expect(200);
        assert!(!answer.text.contains("<script>"));
    }
    let csv = ana.get("/admin/us/opening.csv").await.expect(200);
    assert!(
        csv.text.contains("\"US-FCC-CERT\"") && csv.text.contains("\"missing\""),
        "{}",
        csv.text
    );

    // What a clearance costs is noted once and stands in the plan.
    let cost = [
        ("key", "c1"),
        ("clearance", "US-FCC-CERT"),
        ("amount", "1200.00"),
        ("currency", "usd"),
        ("source", "offer of a laboratory"),
    ];
    ana.form("/admin/us/opening/cost", &cost).await.expect(303);
    let page = ana.get("/admin/us/opening").await.expect(200);
    assert!(page.text.contains("1,200.00"), "{}", page.text);
    let bad: Vec<_> =
        cost.iter().map(|(n, v)| (*n, if *n == "amount" { "much" } else { *v })).collect();
    ana.form("/admin/us/opening/cost", &bad).await.expect(422);

    // Germany has not been looked into: it may not sell, and the page says why.
    let step = [("key", "s1"), ("to", "open"), ("reason", "go"), ("everything", "yes")];
    let refused = ana.form("/admin/de/opening/advance", &step).await.expect(422);
    assert!(refused.text.contains("may not sell yet"), "{}", refused.text);
    let pause = [("key", "s2"), ("to", "paused"), ("reason", "a strike")];
    ana.form("/admin/us/opening/advance", &pause).await.expect(303);
    ana.form("/admin/us/opening/advance", &pause).await.expect(303);
    api.shop.snapshots.refresh(&api.shop.db, api.shop.now()).await.expect("read anew");
    let page = ana.get("/admin/us/opening").await.expect(200);
    assert!(page.text.contains("a strike") && page.text.contains("paused"), "{}", page.text);
    assert_eq!(page.text.matches("a strike").count(), 1, "the same form twice is one step");
    let open = |key: &'static str, on: &'static str| {
        [("key", key), ("to", "open"), ("reason", "carried out"), ("sku", BAND), ("on", on)]
    };
    let early = ana.form("/admin/us/opening/advance", &open("s5", "2015-07-01")).await.expect(422);
    assert!(early.text.contains("the plan is for 1 July 2015"), "{}", early.text);
    ana.form("/admin/us/opening/advance", &open("s6", "2015-06-01")).await.expect(303);
    api.shop.snapshots.refresh(&api.shop.db, api.shop.now()).await.expect("read anew");
    let page = ana.get("/admin/us/opening").await.expect(200);
    assert!(page.text.contains("Opened with Band, Black."), "its plan is kept: {}", page.text);
    let file = async |table: &str| {
        let address = format!("/admin/us/opening.csv?on=2015-06-01&table={table}");
        ana.get(&address).await.expect(200).text
    };
    let steps = file("steps").await;
    let kept = format!("\"carried out\",\"2015-06-01\",\"{BAND}\",\"\"");
    assert!(steps.contains(&kept), "{steps}");
    // Per product and act, and every table of the page as a file.
    let acts = file("acts").await;
    let row = |sku: &str, act: &str, outcome: &str| {
        let row = format!("\"2015-06-01\",\"{sku}\",\"{act}\",\"{outcome}\"");
        assert!(acts.contains(&row), "{row}: {acts}");
    };
    row(BAND, "sell", "allowed");
    row(PHONE, "announce", "allowed");
    row(PHONE, "sell", "refused");
    assert!(acts.contains("\"US-FCC-CERT\",\"FCC\""), "what and who: {acts}");
    assert!(page.text.contains("What may be done, act by act"), "{}", page.text);
    assert!(file("checklist").await.contains("\"US-LISTED\",\"entity\""));
    assert!(file("cost").await.contains("\"US-FCC-CERT\",\"1200.00\",\"USD\""));
    for (table, columns) in [("path", "step,code,title,ready"), ("comparison", "sku,here,there")] {
        assert!(file(table).await.starts_with(columns), "{table}");
    }
    // An item of the checklist has a cost too.
    let cost = cost.map(|(name, value)| match name {
        "key" => (name, "c3"),
        "clearance" => (name, "US-LISTED"),
        "amount" => (name, "77.00"),
        _ => (name, value),
    });
    ana.form("/admin/us/opening/cost", &cost).await.expect(303);
    assert!(file("checklist").await.contains("77.00"), "in the file");
    assert!(ana.get("/admin/us/opening").await.expect(200).text.contains("77.00"), "on the page");
    let nonsense = [("key", "s3"), ("to", "heaven"), ("reason", "x")];
    ana.form("/admin/us/opening/advance", &nonsense).await.expect(400);
}

/// Writes a checklist for the USA, on which everything is done.
async fn list_of_us(api: &Api) {
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
    let saved: Result<(), kontor_store::StoreError> =
        api.shop.db.write("test.item", move |tx| kontor_store::opening::save(tx, &item, 0)).await;
    saved.expect("written");
}

/// Makes a contract with whoever has applied, sets four bands aside and gives a key: the page, the key.
async fn with_contract(ana: &Browser<'_>, ben: &Browser<'_>) -> (String, String) {
    let list = ana.get("/admin/resellers").await.expect(200);
    assert!(!list.text.contains("<b>Electronics"), "what was typed is escaped");
    let id = list.text.split("href=\"/admin/resellers/").nth(1).expect("an application");
    let place = format!("/admin/resellers/{}", &id[..30]);
    let contract = [
        ("key", "k1"),
        ("code", "US-2015-3"),
        ("market", "us"),
        ("from", "2015-01-01"),
        ("until", "2016-12-31"),
        ("territory", "US"),
        ("models", "band phone"),
        ("currency", "USD"),
        ("prices", "BAND-BLACK 9.00\r\nPHONE-16 250.00"),
        ("minimum", "2"),
        ("allotment", "BAND-BLACK 4\r\nPHONE-16 4"),
        ("term_clause", "1"),
        ("territory_clause", "2.1"),
        ("models_clause", "2.2"),
        ("price_clause", "3"),
        ("minimum_clause", "4"),
        ("allotment_clause", "5"),
        ("reason", "a good shop"),
    ];
    let half: Vec<_> = contract.iter().copied().filter(|(n, _)| *n != "territory").collect();
    ana.form(&format!("{place}/contract"), &half).await.expect(422);
    let proposed = ana.form(&format!("{place}/contract"), &contract).await.expect(303);
    approve(ben, &proposed).await;
    let allot = [
        ("key", "k2"),
        ("market", "us"),
        ("contract", "US-2015-3"),
        ("sku", BAND),
        ("units", "4"),
        ("reason", "agreed"),
    ];
    ana.form(&format!("{place}/allot"), &allot).await.expect(303);
    let made = [("key", "k3"), ("market", "us"), ("label", "till")];
    let page = ana.form(&format!("{place}/key"), &made).await.expect(200);
    let key = page.text.split("<code>rsk_").nth(1).expect("a key, once");
    let key = format!("rsk_{}", &key[..26]);
    assert!(!ana.get(&place).await.expect(200).text.contains(&key), "it is not shown again");
    (place, key)
}

#[tokio::test]
async fn the_file_of_resellers_has_every_one_once() {
    const MANY: usize = 1_001;
    let api = Api::open().await;
    let form = [
        ("key", "a1"),
        ("name", "Harbour"),
        ("country", "us"),
        ("email", "trade@us.example"),
        ("plan", "bands"),
    ];
    api.send(Ask::form("/reseller/apply", &form)).await.expect(303);
    let shop = Arc::clone(&api.shop);
    let written = api.shop.db.write("test.resellers", move |tx| {
        let first = kontor_store::reseller::before(tx, None, 1)?.pop().expect("it has applied");
        for _ in 1..MANY {
            let id = ResellerId::new(shop.now(), &shop.random);
            kontor_store::reseller::save(tx, &Reseller { id, ..first.clone() })?;
        }
        Ok::<_, kontor_store::StoreError>(())
    });
    written.await.expect("written");
    let mia = Browser::hire(&api, "mia", &["market_manager@us"]).await;
    let file = mia.get("/admin/resellers.csv").await.expect(200).text;
    let mut rows: Vec<&str> = file.lines().skip(1).collect();
    rows.sort_unstable();
    rows.dedup();
    assert_eq!((rows.len(), file.lines().count()), (MANY, MANY + 1));
    let dora = Browser::hire(&api, "dora", &["market_manager@de"]).await;
    let file = dora.get("/admin/resellers.csv").await.expect(200).text;
    assert_eq!(file.lines().count(), 1, "none of these is of her market: {file}");
}

#[tokio::test]
async fn an_application_is_its_countrys_markets_to_see_and_to_turn_down() {
    let api = Api::open().await;
    for (key, name, country) in [("a1", "Harbour", "us"), ("a2", "Faraway", "ca")] {
        let email = format!("trade@{country}.example");
        let plan = "bands in two shops";
        let form =
            [("key", key), ("name", name), ("country", country), ("email", &email), ("plan", plan)];
        api.send(Ask::form("/reseller/apply", &form)).await.expect(303);
    }
    let all = Browser::hire(&api, "all", &["market_manager@*"]).await;
    let mia = Browser::hire(&api, "mia", &["market_manager@us"]).await;
    let dora = Browser::hire(&api, "dora", &["market_manager@de"]).await;
    let list = all.get("/admin/resellers").await.expect(200).text;
    let place = |name: &str| {
        let row = list.split("<tr>").find(|row| row.contains(name)).expect("a row");
        let id = row.split("href=\"/admin/resellers/").nth(1).expect("a link");
        format!("/admin/resellers/{}", &id[..30])
    };
    let (own, nobodys) = (place("Harbour"), place("Faraway"));
    for (person, sees) in [(&mia, true), (&dora, false)] {
        for path in ["/admin/resellers", "/admin/resellers.csv"] {
            let text = person.get(path).await.expect(200).text;
            assert_eq!(text.contains("Harbour"), sees, "{path}: {text}");
            // No market has Canada: any of them may serve it, so everybody sees who has applied there.
            assert!(text.contains("Faraway"), "{path}: {text}");
        }
    }
    let no = |market| [("key", "k1"), ("market", market), ("reason", "no shop")];
    dora.get(&own).await.expect(404);
    dora.form(&format!("{own}/reject"), &no("de")).await.expect(404);
    // Turning it down, so that nobody else serves it either, takes all of them.
    mia.get(&nobodys).await.expect(200);
    mia.form(&format!("{nobodys}/reject"), &no("us")).await.expect(403);
    mia.form(&format!("{own}/reject"), &no("us")).await.expect(303);
    all.form(&format!("{nobodys}/reject"), &no("us")).await.expect(303);
    let owner = Browser::hire(&api, "owner", &["owner@*"]).await;
    let log = owner.get("/admin/log.csv?act=reseller.manage").await.expect(200).text;
    assert_eq!(log.matches("applied").count(), 2, "how it was before stands there: {log}");
}

#[tokio::test]
async fn a_reseller_orders_by_page_and_api_and_is_refused_with_the_clause() {
    let api = Api::open().await;
    let form = [
        ("key", "a1"),
        ("name", "Harbour <b>Electronics"),
        ("country", "us"),
        ("email", "trade@harbour.example"),
        ("plan", "bands in two shops"),
    ];
    let sent = api.send(Ask::form("/reseller/apply", &form)).await.expect(303);
    assert_eq!(sent.header("location"), "/reseller?said=applied");
    let bad = [("key", "a2"), ("name", ""), ("country", "Holland")];
    let refused = api.send(Ask::form("/reseller/apply", &bad)).await.expect(422);
    assert!(
        refused.text.contains("id=\"name-error\"") && refused.text.contains("id=\"plan-error\"")
    );

    let ana = Browser::hire(&api, "ana", &["market_manager@us"]).await;
    let ben = Browser::hire(&api, "ben", &["market_manager@us"]).await;
    let (place, key) = with_contract(&ana, &ben).await;
    let bearer = format!("Bearer {key}");
    let wish = |ship_to: &str, sku: &str, units: u32| {
        let body = json!({
            "contract": "US-2015-3", "ship_to": ship_to, "lines": [{ "sku": sku, "units": units }],
        });
        Ask::post("/api/v1/reseller/orders", &body).header("authorization", &bearer)
    };
    let refused = api.send(wish("CA", BAND, 2).key("o1")).await.expect(409);
    assert_eq!(refused.str("/code"), "reseller.outside_territory");
    let clause = "clause 2.1 (territory) of US-2015-3: CA is not in the territory";
    assert_eq!(refused.str("/more/refusals/0/detail"), clause);
    let refused = api.send(wish("US", PHONE, 2).key("o2")).await.expect(409);
    assert_eq!(refused.str("/code"), "clearance.refused", "a contract clears nothing");
    let stranger = wish("US", BAND, 2).key("o3").header("authorization", "Bearer rsk_x");
    api.send(stranger).await.expect(401);
    let taken = api.send(wish("US", BAND, 3).key("o4")).await.expect(201);
    let again = api.send(wish("US", BAND, 3).key("o4")).await.expect(201);
    assert_eq!(again.str("/id"), taken.str("/id"));
    assert_eq!(again.header("idempotent-replayed"), "true");
    let shown = api.send(Ask::get("/api/v1/reseller").header("authorization", &bearer)).await;
    let shown = shown.expect(200);
    assert_eq!(shown.body.pointer("/allotment/0/available"), Some(&json!(1)), "{}", shown.text);

    // The same by page: sign in, and be refused with the clause.
    let mut browser = Shopper::default();
    let wrong = api.send(Ask::form("/reseller/sign-in", &[("secret", "rsk_x")])).await.expect(303);
    assert_eq!(wrong.header("location"), "/reseller?said=key");
    let entered = api.send(Ask::form("/reseller/sign-in", &[("secret", &key)])).await.expect(303);
    browser.keep(&entered);
    let desk = api.send(browser.with(Ask::get("/reseller/desk"))).await.expect(200);
    assert!(desk.text.contains("US-2015-3") && desk.text.contains("$9.00"), "{}", desk.text);
    let fields =
        [("key", "f1"), ("contract", "US-2015-3"), ("ship_to", "CA"), ("units-BAND-BLACK", "2")];
    let refused = api.send(browser.with(Ask::form("/reseller/orders", &fields))).await.expect(409);
    let said = "clause 2.1 (Territory) of US-2015-3: not in the territory: CA";
    assert!(refused.text.contains(said), "{}", refused.text);

    // It leaves with its serial numbers, and what was sold on is reported.
    let wim = Browser::hire(&api, "wim", &["warehouse@us"]).await;
    let number = taken.str("/id").to_owned();
    let parcels = wim.get("/admin/us/dispatch").await.expect(200);
    assert!(parcels.text.contains(&number), "{}", parcels.text);
    let serials = format!("{BAND}: S1 S2");
    let short = [("key", "d1"), ("number", number.as_str()), ("serials", &serials)];
    wim.form("/admin/us/dispatch", &short).await.expect(422);
    let serials = format!("{BAND}: S1 S2 S3");
    let all = [("key", "d2"), ("number", number.as_str()), ("serials", &serials)];
    wim.form("/admin/us/dispatch", &all).await.expect(303);
    let report = json!({
        "contract": "US-2015-3",
        "rows": [
            { "serial": "S1", "sold_on": "2015-05-30", "country": "US" },
            { "serial": "S2", "sold_on": "2015-05-30", "country": "CA" },
        ],
    });
    let report = Ask::post("/api/v1/reseller/sell-outs", &report).header("authorization", &bearer);
    let told = api.send(report.key("r1")).await.expect(201);
    assert_eq!(told.body.pointer("/units/US"), Some(&json!(1)), "{}", told.text);
    assert!(told.str("/problems/0").contains("clause 2.1 (territory)"), "{}", told.text);
    let shown = ana.get(&place).await.expect(200);
    assert!(shown.text.contains("has left"), "{}", shown.text);
}

#[tokio::test]
async fn an_opening_leads_only_to_what_its_reader_may_see() {
    let api = Api::open().await;
    for (name, role, sees) in [("olga", "owner@*", false), ("ana", "market_manager@us", true)] {
        let desk = Browser::hire(&api, name, &[role]).await;
        let page = desk.get("/admin/us/opening").await.expect(200);
        let leads = page.text.contains("href=\"/admin/us/clearances/");
        assert_eq!(leads, sees, "{name}: {}", page.text);
    }
}

#[tokio::test]
async fn every_page_of_the_expansion_has_its_file() {
    let api = Api::open().await;
    let ana = Browser::hire(&api, "ana", &["market_manager@*", "clearance_officer@us"]).await;
    for (page, file, columns) in [
        ("/admin/us/clearances", "/admin/us/clearances.csv", "market,on,sku,product,clearance,"),
        ("/admin/plans/landed", "/admin/plans/landed/lines.csv", "plan,line,how,amount,as_of,"),
        ("/admin/plans/local", "/admin/plans/local/lines.csv", "plan,line,how,amount,as_of,"),
        ("/admin/plans/reorder", "/admin/plans/reorder/lines.csv", "plan,line,how,amount,as_of,"),
        ("/admin/plans/batch", "/admin/plans/batch/lines.csv", "plan,line,how,amount,as_of,"),
        ("/admin/next-country", "/admin/next-country.csv", "country,class,rank_p10,"),
    ] {
        let page = ana.get(page).await.expect(200);
        assert!(page.text.contains(file), "{file}: {}", page.text);
        let file = ana.get(file).await.expect(200);
        assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
        assert!(file.text.starts_with(columns) && file.text.lines().count() > 1, "{}", file.text);
    }
    // Empty lists are files all the same.
    for file in ["/admin/resellers.csv", "/admin/next-country/past.csv", "/admin/us/opening.csv"] {
        ana.get(file).await.expect(200);
    }
    let mia = Browser::hire(&api, "mia", &["market_manager@us", "clearance_officer@us"]).await;
    mia.get("/admin/de/clearances.csv").await.expect(404);
    ana.get("/admin/plans/nothing/lines.csv").await.expect(404);
}

#[tokio::test]
async fn plans_and_evidence_are_worked_out_on_their_pages() {
    let api = Api::open().await;
    let ana = Browser::hire(&api, "ana", &["market_manager@*"]).await;
    let local = ana.get("/admin/plans/local").await.expect(200);
    assert!(local.text.contains("because of the duty gap"), "{}", local.text);
    let landed = ana.get("/admin/plans/landed").await.expect(200);
    assert!(landed.text.contains("chart-wide") && landed.text.contains("12.5"), "{}", landed.text);
    for kind in ["reorder", "batch", "next-country"] {
        ana.get(&format!("/admin/plans/{kind}")).await.expect(200);
    }
    ana.get("/admin/plans/nonsense").await.expect(404);
    let bad = [("key", "p1"), ("text", "currency = \"USD\"\nnonsense = 1")];
    let refused = ana.form("/admin/plans/batch", &bad).await.expect(422);
    assert!(refused.text.contains("nonsense"), "{}", refused.text);
    let text = "currency = \"USD\"\r\nprice = \"10.00\"\r\nlanded = \"6.00\"\r\nsalvage = \
                \"2.00\"\r\n[[scenario]]\r\nunits = 77\r\nweight = 1\r\n";
    let saved = ana.form("/admin/plans/batch", &[("key", "p2"), ("text", text)]).await.expect(200);
    assert!(saved.text.contains("Make 77 units"), "{}", saved.text);

    let next = ana.get("/admin/next-country").await.expect(200);
    assert!(next.text.contains("tied with") && next.text.contains("What would change this"));
    assert!(next.text.contains("href=\"#c-DE-band\""), "the map leads to the sentence");
    assert!(next.text.contains("products may not be sold today"), "open markets come first");
    let csv = ana.get("/admin/next-country.csv").await.expect(200);
    assert!(csv.text.contains("\"DE\",\"band\""), "{}", csv.text);
    let carried = ana.get("/admin/carried").await.expect(200);
    assert!(carried.text.contains("not counted on this server"), "{}", carried.text);
}

#[tokio::test]
async fn what_is_counted_of_a_country_is_its_markets_and_plans_are_the_whole_companys() {
    let api = Api::open().await;
    let mia = Browser::hire(&api, "mia", &["market_manager@us"]).await;
    let dora = Browser::hire(&api, "dora", &["market_manager@de"]).await;
    let ana = Browser::hire(&api, "ana", &["market_manager@*"]).await;
    let wish = json!({ "lines": [{ "sku": PHONE, "quantity": 1 }] });
    api.send(Ask::post("/api/v1/us/carts", &wish).key("n1")).await.expect(409);
    let past = "country,class,signal,signalled,bought,opened_on,forecast_low,forecast_high,\
                forecast_on,forecast_source,units,until,outcome_source\n\
                DE,phone,waiting_list,900,300,2014-01-02,,,,,,,\n\
                BR,phone,waiting_list,700,100,2014-03-02,,,,,,,\n\
                US,phone,waiting_list,800,200,2014-02-02,,,,,,,\n";
    let import = import_past(&api.shop, past.as_bytes()).await.expect("imported");
    assert_eq!(import.written, 3, "{import:?}");

    // Brazil has no market: it is for those who see all of them.
    let countries = |file: &str| {
        let first = |line: &str| line.get(1..3).unwrap_or_default().to_owned();
        file.lines().skip(1).map(first).collect::<std::collections::BTreeSet<_>>()
    };
    for (person, counted, past) in [
        (&mia, &["US"][..], &["US"][..]),
        (&dora, &[], &["DE"]),
        (&ana, &["US"], &["BR", "DE", "US"]),
    ] {
        let file = person.get("/admin/next-country/counted.csv").await.expect(200);
        assert_eq!(countries(&file.text), counted.iter().map(|c| (*c).to_owned()).collect());
        let file = person.get("/admin/next-country/past.csv").await.expect(200);
        assert_eq!(countries(&file.text), past.iter().map(|c| (*c).to_owned()).collect());
        let candidates = person.get("/admin/next-country.csv").await.expect(200);
        let all = countries(&candidates.text);
        assert_eq!(all.contains("FR"), person.email == ana.email, "{all:?}");
        let page = person.get("/admin/next-country").await.expect(200);
        // The map names every country that it draws; what is told of one stands beside it.
        for row in ["role=\"rowheader\">Brazil<", "id=\"c-FR-"] {
            let sees = person.email == ana.email;
            assert_eq!(page.text.contains(row), sees, "{} {row}: {}", person.email, page.text);
        }
        person.get("/admin/carried").await.expect(200);
    }

    // Two people at the plan of all: the one of one market changes nothing.
    let text = "currency = \"USD\"\nprice = \"10.00\"\nlanded = \"6.00\"\nsalvage = \
                \"2.00\"\n[[scenario]]\nunits = 77\nweight = 1\n";
    let hers = [("key", "p1"), ("text", text), ("reason", "the new batch")];
    ana.form("/admin/plans/batch", &hers).await.expect(200);
    let before = api.dump();
    let other = text.replace("77", "7");
    let overwrites = [("key", "p2"), ("text", other.as_str()), ("reason", "mine")];
    mia.form("/admin/plans/batch", &overwrites).await.expect(403);
    mia.form("/admin/plans/next-country", &overwrites).await.expect(404);
    mia.get("/admin/plans/next-country").await.expect(404);
    mia.get("/admin/plans/next-country/lines.csv").await.expect(404);
    assert_eq!(api.dump(), before, "nothing was changed");
    let seen = mia.get("/admin/plans/batch").await.expect(200);
    assert!(seen.text.contains("Make 77 units"), "{}", seen.text);
    assert!(!seen.text.contains("<textarea") && !seen.text.contains("plans/next-country\""));
    let olga = Browser::hire(&api, "olga", &["owner@*"]).await;
    let log = olga.get("/admin/log.csv?subject=plans/batch").await.expect(200);
    assert_eq!(log.text.lines().count(), 2, "{}", log.text);
    assert!(log.text.contains("market.edit") && log.text.contains("the new batch"));
}

#[tokio::test]
async fn a_refused_cart_counts_once_and_feeds_the_next_country() {
    let api = Api::open().await;
    let ana = Browser::hire(&api, "ana", &["market_manager@us"]).await;
    let counted = ana.get("/admin/next-country/counted.csv").await.expect(200);
    assert_eq!(counted.text.lines().count(), 1, "{}", counted.text);
    // One browser, however often it sends the form; one program, however often it repeats itself.
    let mut shopper = Shopper::default();
    for _ in 0..3 {
        let wish = Ask::form("/us/en/cart", &[("sku", PHONE), ("quantity", "1")]);
        let refused = api.send(shopper.with(wish)).await.expect(409);
        shopper.keep(&refused);
        let wish = json!({ "lines": [{ "sku": PHONE, "quantity": 1 }] });
        api.send(Ask::post("/api/v1/us/carts", &wish).key("n1")).await.expect(409);
    }
    let counted = ana.get("/admin/next-country/counted.csv").await.expect(200);
    assert!(counted.text.contains("\"US\",\"phone\",\"blocked_carts\",\"2\""), "{}", counted.text);
    // What can be bought is no refusal.
    let shopper = Shopper::fill_cart(&api).await;
    shopper.check_out(&api).await;
    let counted = ana.get("/admin/next-country/counted.csv").await.expect(200);
    assert_eq!(counted.text.lines().count(), 2, "{}", counted.text);

    let text = "currency = \"USD\"\nwrite_off_years = 2\ndraws = 500\nseed = 1\n\
                [[candidate]]\ncountry = \"US\"\nclass = \"phone\"\n\
                price = [\"30\", \"31\", \"32\"]\nlanded = [\"20\", \"21\", \"22\"]\n\
                other_unit_cost = \"2\"\nfixed_a_year = \"9000\"\nopening_cost = \"1\"\n\
                gate = \"now\"\ndelay_days = [0, 1, 2]\n";
    let saved = [("key", "p1"), ("text", text)];
    let boss = Browser::hire(&api, "boss", &["market_manager@*"]).await;
    boss.form("/admin/plans/next-country", &saved).await.expect(200);
    // A candidate of her own market is hers to see.
    let page = ana.get("/admin/next-country").await.expect(200);
    assert!(page.text.contains("2 carts that were refused (own count of"), "{}", page.text);
    assert!(page.text.contains("Own count:"), "{}", page.text);
    let csv = ana.get("/admin/next-country.csv").await.expect(200);
    assert!(csv.text.contains("\"blocked_carts\",\"2\"") && csv.text.contains("\"own\""));
}

#[tokio::test]
async fn a_resellers_order_is_billed_paid_and_cancelled() {
    let api = Api::open().await;
    let form = [
        ("key", "a1"),
        ("name", "Harbour Electronics"),
        ("country", "us"),
        ("email", "trade@harbour.example"),
        ("plan", "bands in two shops"),
    ];
    api.send(Ask::form("/reseller/apply", &form)).await.expect(303);
    let ana = Browser::hire(&api, "ana", &["market_manager@us"]).await;
    let ben = Browser::hire(&api, "ben", &["market_manager@us"]).await;
    let (place, key) = with_contract(&ana, &ben).await;
    let bearer = format!("Bearer {key}");
    let ask = |path: &str, body: &serde_json::Value, key: &str| {
        Ask::post(path, body).header("authorization", &bearer).key(key)
    };
    let lines = json!([{ "sku": BAND, "units": 2 }]);
    let wish = json!({ "contract": "US-2015-3", "ship_to": "US", "lines": lines });
    let first = api.send(ask("/api/v1/reseller/orders", &wish, "o1")).await.expect(201);
    let first = first.str("/id").to_owned();
    let second = api.send(ask("/api/v1/reseller/orders", &wish, "o2")).await.expect(201);
    let second = second.str("/id").to_owned();

    let due = api.shop.now().date().to_string();
    let fields = |order: &str, tax: &str, key: &str| {
        [
            ("key", key.to_owned()),
            ("order", order.to_owned()),
            ("due_on", due.clone()),
            ("tax", tax.to_owned()),
            ("tax_note", "reverse charge <b>".to_owned()),
        ]
    };
    let send = async |path: &str, fields: &[(&str, String)]| {
        let fields: Vec<_> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
        ana.form(&format!("{place}/{path}"), &fields).await
    };
    send("bill", &fields(&first, "much", "b0")).await.expect(422);
    send("bill", &fields("rso_nobody", "0", "b0")).await.expect(404);
    // Without an amount the tax is to be worked out: what cannot be is refused, with why.
    let mut supply = fields(&first, "", "b0").to_vec();
    send("bill", &supply).await.expect(422);
    supply.push(("from", "us".to_owned()));
    supply.push(("seller_number", "US12345".to_owned()));
    let unknown = send("bill", &supply).await;
    assert!((409..=422).contains(&unknown.status), "{}", unknown.status);
    assert!(
        unknown.text.contains("no rule is known for goods from USA to USA"),
        "{}",
        unknown.text
    );
    send("bill", &fields(&first, "1.50", "b1")).await.expect(303);
    send("bill", &fields(&first, "1.50", "b1")).await.expect(303);
    let page = ana.get(&format!("{place}/bills/US-B-000001")).await.expect(200);
    for told in ["Proforma US-B-000001", "$18.00", "$1.50", "$19.50", "clause 3 (price)"] {
        assert!(page.text.contains(told), "{told}: {}", page.text);
    }
    assert!(!page.text.contains("charge <b>"), "what was typed is escaped");
    let csv = ana.get(&format!("{place}/bills/US-B-000001/lines.csv")).await.expect(200);
    assert!(csv.text.contains("\"BAND-BLACK\",\"2\",\"9.00\",\"18.00\""), "{}", csv.text);
    ana.get(&format!("{place}/bills/US-B-000002")).await.expect(404);
    let dora = Browser::hire(&api, "dora", &["market_manager@de"]).await;
    dora.get(&format!("{place}/bills/US-B-000001")).await.expect(404);

    let money = [
        ("key", "m1".to_owned()),
        ("order", format!("{first} comes")),
        ("on", due.clone()),
        ("reference", "SEPA 1".to_owned()),
    ];
    send("money", &money).await.expect(303);
    let shown = Ask::get("/api/v1/reseller").header("authorization", &bearer);
    let shown = api.send(shown).await.expect(200);
    // Both orders are of one moment, so that either may come first.
    let orders = shown.body["orders"].as_array().expect("a list");
    let billed = orders.iter().find(|order| order["id"] == json!(first)).expect("the first order");
    assert_eq!(billed["bill"]["state"], "paid", "{}", shown.text);
    let why = json!({ "reason": "ordered twice" });
    let refused = ask(&format!("/api/v1/reseller/orders/{first}/cancel"), &why, "c1");
    let refused = api.send(refused).await.expect(409);
    assert_eq!(refused.str("/code"), "reseller.bill_state");
    let path = format!("/api/v1/reseller/orders/{second}/cancel");
    let done = api.send(ask(&path, &why, "c2")).await.expect(200);
    assert_eq!(done.str("/state"), "cancelled");
    let again = api.send(ask(&path, &why, "c2")).await.expect(200);
    assert_eq!(again.header("idempotent-replayed"), "true");
    api.send(ask(&path, &why, "c3")).await.expect(404);
    let nobody = Ask::post(&path, &why).header("authorization", "Bearer rsk_x").key("c4");
    api.send(nobody).await.expect(401);

    // The same from its own page; what was billed is printed there too.
    let mut browser = Shopper::default();
    let entered = api.send(Ask::form("/reseller/sign-in", &[("secret", &key)])).await.expect(303);
    browser.keep(&entered);
    let own = api.send(browser.with(Ask::get("/reseller/bills/US-B-000001"))).await.expect(200);
    assert!(own.text.contains("$19.50") && own.text.contains("SEPA 1"), "{}", own.text);
    let csv = browser.with(Ask::get("/reseller/bills/US-B-000001/lines.csv"));
    api.send(csv).await.expect(200);
    let third = api.send(ask("/api/v1/reseller/orders", &wish, "o3")).await.expect(201);
    let third = third.str("/id").to_owned();
    let desk = api.send(browser.with(Ask::get("/reseller/desk"))).await.expect(200);
    assert!(desk.text.contains("cancelled by the reseller"), "{}", desk.text);
    let unneeded = [("key", "f1"), ("order", third.as_str()), ("reason", "no need")];
    let cancel = Ask::form("/reseller/orders/cancel", &unneeded);
    let done = api.send(browser.with(cancel)).await.expect(200);
    assert!(done.text.contains(&format!("{third} is cancelled")), "{}", done.text);

    // The maker takes one back as well, with its reason.
    let fourth = api.send(ask("/api/v1/reseller/orders", &wish, "o4")).await.expect(201);
    let fourth = fourth.str("/id").to_owned();
    let mut supply = fields(&fourth, "", "b4").to_vec();
    supply.push(("from", "de".to_owned()));
    supply.push(("seller_number", "DE 123 456 789".to_owned()));
    send("bill", &supply).await.expect(303);
    let page = ana.get(&format!("{place}/bills/US-B-000002")).await.expect(200);
    for told in ["export, exempt (Article 146(1)", "DE123456789", "leave from Germany"] {
        assert!(page.text.contains(told), "{told}: {}", page.text);
    }
    let cancel = [("key", "x1".to_owned()), ("order", fourth), ("reason", "no goods".to_owned())];
    send("cancel", &cancel).await.expect(303);
    let page = ana.get(&place).await.expect(200);
    assert!(page.text.contains("cancelled by us") && page.text.contains("no goods"));
    let page = ana.get(&format!("{place}/bills/US-B-000002")).await.expect(200);
    assert!(page.text.contains("Credit note US-C-000001"), "{}", page.text);
    let csv = ana.get(&format!("{place}/bills/US-B-000002/lines.csv")).await.expect(200);
    assert!(
        csv.text.contains("\"US-C-000001\"") && csv.text.contains("\"-18.00\""),
        "{}",
        csv.text
    );
    let wim = Browser::hire(&api, "wim", &["warehouse@us"]).await;
    let parcels = wim.get("/admin/us/dispatch").await.expect(200);
    assert!(!parcels.text.contains(&second) && parcels.text.contains(&first), "{}", parcels.text);
}
