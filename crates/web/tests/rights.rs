//! Rights across markets, with what belongs to two of them or is named from the wrong one: each is tried with
//! a right in one market, so that what holds is the market and not the closed door.

mod common;

use common::desk::Browser;
use common::reseller::{CONTRACT, GERMAN, Partner, make_german};
use common::sale::a_sale;
use common::{Answer, Api, Ask, BAND, PHONE};
use kontor_base::id::{ResellerOrderId, SaleId};
use kontor_domain::clearance::{Reach, Rule};
use kontor_domain::reseller::Sold;
use kontor_domain::sale::{Channel, Way};
use kontor_store::clearance::Kind;
use kontor_store::stock::serial;
use kontor_store::{StoreError, Tx, reseller};
use serde_json::json;

/// Writes the rule of the USA down for other places as well: `DE-RADIO` and `WORLD-RADIO`.
async fn more_rules(api: &Api) {
    let own = api.shop.snapshots.now().facts.records().rules[0].clone();
    let germany = Reach::Country("DE".parse().expect("a country"));
    let rule =
        |code: &str, reach| Rule { code: code.parse().expect("a code"), reach, ..own.clone() };
    let rules = [rule("DE-RADIO", germany), rule("WORLD-RADIO", Reach::Everywhere)];
    let at = api.shop.now();
    let save = move |tx: &mut Tx<'_>| {
        for rule in &rules {
            kontor_store::clearance::save(tx, Kind::Rule, rule.code.as_str(), rule, at)?;
        }
        Ok::<_, StoreError>(())
    };
    api.shop.db.write("test.rules", save).await.expect("written");
    api.shop.snapshots.refresh(&api.shop.db, at).await.expect("read anew");
}

#[tokio::test]
async fn what_an_opening_costs_is_its_markets_to_read_and_to_note() {
    let api = Api::open().await;
    more_rules(&api).await;
    let mia = Browser::hire(&api, "mia", &["market_manager@us"]).await;
    let dora = Browser::hire(&api, "dora", &["market_manager@de"]).await;
    let all = Browser::hire(&api, "all", &["market_manager@*"]).await;
    let note = async |person: &Browser<'_>, market: &str, code: &str, amount: &str| {
        let key = api.fresh_key();
        let fields = [
            ("key", key.as_str()),
            ("clearance", code),
            ("amount", amount),
            ("currency", "eur"),
            ("source", "offer of a laboratory"),
        ];
        person.form(&format!("/admin/{market}/opening/cost"), &fields).await
    };
    let file = async |person: &Browser<'_>, market: &str| {
        person.get(&format!("/admin/{market}/opening.csv?table=cost")).await.expect(200).text
    };
    note(&dora, "de", "DE-RADIO", "500.00").await.expect(303);
    note(&mia, "us", "US-FCC-CERT", "1200.00").await.expect(303);
    // Under one's own market the code of another is not there, and its cost stays.
    let refused = note(&mia, "us", "DE-RADIO", "1.00").await.expect(422);
    assert!(refused.text.contains("no clearance or checklist item DE-RADIO here"));
    note(&mia, "us", "NO-SUCH-RULE", "1.00").await.expect(422);
    // What holds in every market is noted by whoever plans for all of them.
    note(&mia, "us", "WORLD-RADIO", "1.00").await.expect(403);
    note(&all, "us", "WORLD-RADIO", "77.00").await.expect(303);
    let (us, de) = (file(&mia, "us").await, file(&dora, "de").await);
    for (text, own, others) in [(&us, "US-FCC-CERT", "DE-RADIO"), (&de, "DE-RADIO", "US-FCC-CERT")]
    {
        assert!(text.contains(own) && text.contains("\"WORLD-RADIO\",\"77.00\""), "{text}");
        assert!(!text.contains(others), "{text}");
    }
    assert!(de.contains("\"DE-RADIO\",\"500.00\""), "{de}");
}

/// A reseller with contracts in the USA and in Germany: an order and a reported unit of each.
struct Both {
    partner: Partner,
    /// The order under the American contract.
    american: ResellerOrderId,
    /// The order under the German contract.
    order: ResellerOrderId,
}

impl Both {
    async fn open(api: &Api) -> Self {
        let desk = Browser::hire(api, "wim", &["warehouse@us"]).await;
        let partner = Partner::with_bands(api, 1).await;
        partner.deliver(api, &desk, &["US-UNIT"]).await;
        let rows = [json!({"serial": "US-UNIT", "sold_on": "2015-05-30", "country": "US"})];
        let body = json!({ "contract": CONTRACT, "rows": rows });
        let report = Ask::post("/api/v1/reseller/sell-outs", &body).key("r1");
        api.send(partner.program(report)).await.expect(201);
        partner.and_german(api).await;
        let (id, at) = (partner.id, api.shop.now());
        let order = ResellerOrderId::new(at, &api.shop.random);
        let write = move |tx: &mut Tx<'_>| {
            let mut sold = reseller::orders(tx, id, 1)?.remove(0);
            let american = sold.id;
            sold.id = order;
            make_german(&mut sold);
            reseller::save_order(tx, &sold)?;
            let mut unit = serial::find(tx, "US-UNIT")?.expect("the unit");
            unit.serial = "DE-UNIT".to_owned();
            unit.reference = order.to_string();
            assert!(serial::insert(tx, &unit)?, "a new unit");
            let on = "2015-05-30".parse().expect("a day");
            let country = "FR".parse().expect("a country");
            reseller::save_sold(tx, id, &Sold { serial: unit.serial, on, country }, at)?;
            Ok::<_, StoreError>(american)
        };
        let american = api.shop.db.write("test.german", write).await.expect("written");
        Self { partner, american, order }
    }
}

#[tokio::test]
async fn of_a_reseller_of_two_markets_each_sees_its_own() {
    let api = Api::open().await;
    let Both { partner, american, order } = Both::open(&api).await;
    let mia = Browser::hire(&api, "mia", &["market_manager@us"]).await;
    let dora = Browser::hire(&api, "dora", &["market_manager@de"]).await;
    let all = Browser::hire(&api, "all", &["market_manager@us,de"]).await;
    let place = partner.place();
    let (order, first) = (order.to_string(), american.to_string());
    // The German half, wherever it could stand.
    let german = [GERMAN, "7.77", order.as_str(), "DE-UNIT", "FR"];
    let american = [CONTRACT, first.as_str(), "US-UNIT"];
    let mut told = [0, 0];
    for path in [
        place.clone(),
        format!("{place}/contracts.csv"),
        format!("{place}/allotment.csv"),
        format!("{place}/orders.csv"),
        format!("{place}/sell-outs.csv"),
        "/admin/resellers".to_owned(),
        "/admin/resellers.csv".to_owned(),
        "/admin".to_owned(),
    ] {
        let whole = all.get(&path).await.expect(200).text;
        let (us, de) =
            (mia.get(&path).await.expect(200).text, dora.get(&path).await.expect(200).text);
        let found =
            |text: &str, words: &[&str]| words.iter().filter(|w| text.contains(**w)).count();
        for (text, others) in [(&us, &german[..4]), (&de, &american[..])] {
            assert_eq!(found(text, others), 0, "{path}: {text}");
        }
        told[0] += found(&us, &american);
        told[1] += found(&de, &german);
        assert!(found(&whole, &german) >= found(&de, &german), "{path}: {whole}");
    }
    assert!(told.iter().all(|told| *told >= 5), "each half is told: {told:?}");
    // What was sold outside of the German territory is Germany's to hear of.
    let news = "sold outside its territory: France";
    for (person, hears) in [(&mia, false), (&dora, true), (&all, true)] {
        assert_eq!(person.get("/admin").await.expect(200).text.contains(news), hears);
    }
    // Nor is an order of the other half anybody's to bill, to cancel or to send.
    for act in ["cancel", "bill", "money"] {
        let fields =
            [("key", "x1"), ("order", order.as_str()), ("reason", "x"), ("on", "2015-06-01")];
        mia.form(&format!("{place}/{act}"), &fields).await.expect(404);
    }
    let allot = [
        ("key", "x2"),
        ("market", "us"),
        ("contract", GERMAN),
        ("sku", BAND),
        ("units", "1"),
        ("reason", "x"),
    ];
    mia.form(&format!("{place}/allot"), &allot).await.expect(422);
}

#[tokio::test]
async fn a_key_that_orders_in_two_markets_takes_the_right_in_both() {
    let api = Api::open().await;
    let Both { partner, .. } = Both::open(&api).await;
    let mia = Browser::hire(&api, "mia", &["market_manager@us"]).await;
    let all = Browser::hire(&api, "all", &["market_manager@us,de"]).await;
    let place = partner.place();
    let make = [("key", "k1"), ("market", "us"), ("label", "till")];
    let refused = mia.form(&format!("{place}/key"), &make).await;
    assert!(refused.status >= 403 && !refused.text.contains("rsk_"), "{}", refused.text);
    let page = mia.get(&place).await.expect(200);
    assert!(page.text.contains("one with another market too"), "she is told why");
    let hash = |page: &Answer| {
        let rest = page.text.split("name=\"hash\" value=\"").nth(1).map(str::to_owned);
        rest.and_then(|rest| rest.split('"').next().map(str::to_owned))
    };
    assert_eq!(hash(&page), None, "nor which keys there are");
    let shown = all.get(&place).await.expect(200);
    let key = hash(&shown).expect("the operator's key");
    let end = [("market", "us"), ("hash", key.as_str())];
    mia.form(&format!("{place}/key/end"), &end).await.expect(403);
    let asks = || partner.program(Ask::get("/api/v1/reseller"));
    api.send(asks()).await.expect(200);
    all.form(&format!("{place}/key"), &make).await.expect(200);
    all.form(&format!("{place}/key/end"), &end).await.expect(303);
    api.send(asks()).await.expect(401);
    let olga = Browser::hire(&api, "olga", &["owner@*"]).await;
    let log = olga.get("/admin/log.csv?act=reseller.manage.key").await.expect(200).text;
    assert_eq!(log.matches("de, us").count(), 2, "the log names both markets: {log}");
}

#[tokio::test]
async fn what_is_named_from_the_wrong_market_is_not_there() {
    let api = Api::open().await;
    let Both { order, .. } = Both::open(&api).await;
    more_rules(&api).await;
    let roles = ["market_manager", "clearance_officer", "warehouse"];
    let roles: Vec<String> = roles.map(|role| format!("{role}@us")).to_vec();
    let roles: Vec<&str> = roles.iter().map(String::as_str).collect();
    let mia = Browser::hire(&api, "mia", &roles).await;
    let dora = Browser::hire(&api, "dora", &["market_manager@de", "clearance_officer@de"]).await;
    // A rule, and a withdrawal, of Germany, under the American address.
    mia.get("/admin/us/rules/US-FCC-CERT").await.expect(200);
    mia.get("/admin/us/rules/DE-RADIO").await.expect(404);
    let withdraw = [("key", "w1"), ("sku", BAND), ("reason", "it gets warm")];
    dora.form("/admin/de/withdrawals", &withdraw).await.expect(303);
    let page = dora.get("/admin/de/withdrawals").await.expect(200).text;
    let code = page.split("name=\"code\" value=\"").nth(1).expect("a withdrawal");
    let code = code.split('"').next().expect("its end").to_owned();
    let before = api.dump();
    let restore = [("key", "w2"), ("code", code.as_str()), ("reason", "x")];
    let answer = mia.form("/admin/us/withdrawals/restore", &restore).await;
    assert!(matches!(answer.status, 403 | 404), "{}: {}", answer.status, answer.text);
    // A German order handed to the carrier by an American form.
    let order = order.to_string();
    let serials = format!("{BAND}: X1");
    let send = [("key", "d1"), ("number", order.as_str()), ("serials", &serials)];
    let answer = mia.form("/admin/us/dispatch", &send).await;
    assert!(matches!(answer.status, 403 | 404 | 409 | 422), "{}: {}", answer.status, answer.text);
    assert_eq!(api.dump(), before, "nothing was changed");
}

/// The proposal that an edit has become, by its page; none: it was done.
fn proposed(answer: &Answer) -> Option<String> {
    let place = answer.header("location").split('?').next().unwrap_or_default().to_owned();
    place.starts_with("/admin/proposals/").then_some(place)
}

#[tokio::test]
async fn no_editor_alone_takes_a_product_from_what_holds_it_back() {
    let api = Api::open().await;
    let mia = Browser::hire(&api, "mia", &["market_manager@us"]).await;
    let eva = Browser::hire(&api, "eva", &["catalogue_editor@*"]).await;
    let edo = Browser::hire(&api, "edo", &["catalogue_editor@*"]).await;
    let shelf = async || {
        api.shop.snapshots.refresh(&api.shop.db, api.shop.now()).await.expect("read anew");
        api.send(Ask::get("/us/en/")).await.expect(200).text.contains("/us/en/product/band")
    };
    let withdraw = [("key", "w1"), ("factory", "one"), ("reason", "what is made there gets warm")];
    mia.form("/admin/us/withdrawals", &withdraw).await.expect(303);
    assert!(!shelf().await, "the switch holds");
    let variant = async |sku: &str, changes: &[(&str, &str)]| {
        let model = if sku == PHONE { "phone" } else { "band" };
        let key = api.fresh_key();
        let mut fields = vec![
            ("key", key.as_str()),
            ("what", "variant"),
            ("option_en", "Black"),
            ("revision", "a"),
            ("factory", "one"),
            ("weight_g", "100"),
            ("attributes", "electronic=yes"),
        ];
        for (name, value) in &mut fields {
            *value = changes.iter().find(|(other, _)| other == name).map_or(*value, |(_, to)| *to);
        }
        eva.form(&format!("/admin/catalogue/{model}/{sku}"), &fields).await.expect(303)
    };
    // What facts do not look at is one person's, and so is what they come to the same with.
    assert_eq!(proposed(&variant(BAND, &[("weight_g", "120")]).await), None);
    assert_eq!(proposed(&variant(BAND, &[("revision", "b")]).await), None);
    // Another factory's name would undo the switch; the page says what it would let go.
    let edit = variant(BAND, &[("factory", "two"), ("weight_g", "120"), ("revision", "b")]).await;
    let place = proposed(&edit).expect("it takes a second person");
    assert!(!shelf().await);
    let page = edo.get(&place).await.expect(200).text;
    assert!(page.contains("What would be held back less") && page.contains(BAND), "{page}");
    assert!(page.contains("WITHDRAWN-US"), "{page}");
    // A thing that is not electronic needs no certificate.
    let edit = variant(PHONE, &[("option_en", "16 GB"), ("attributes", "electronic=no")]).await;
    let place = proposed(&edit).expect("it takes a second person");
    let page = edo.get(&place).await.expect(200).text;
    assert!(page.contains("US-FCC-CERT") && page.contains(PHONE), "{page}");
    // The same in a file.
    let snapshot = api.shop.snapshots.now();
    let attributes = |sku: &str| {
        let sku = sku.parse().expect("a SKU");
        snapshot.variants.get(&sku).map(|variant| variant.attributes.to_string())
    };
    assert_eq!(attributes(PHONE).as_deref(), Some("electronic=yes"), "it is as it was");
    let rows = format!(
        "sku,model,revision,factory,option_en,option_de,weight_g,attributes,source,confidence\n\
         {PHONE},phone,a,one,16 GB,,100,electronic=no,,\n"
    );
    let tried = eva
        .upload(
            "/admin/exchange",
            &[("key", "u1"), ("table", "variants")],
            Some(("file", "variants.csv", rows.as_bytes())),
        )
        .await
        .expect(200);
    assert!(tried.text.contains("What would be held back less"), "{}", tried.text);
    // Approved by a second editor it is done.
    let seen = page.split("name=\"seen\" value=\"").nth(1).expect("a hash")[..64].to_owned();
    edo.form(&place, &[("decision", "approve"), ("seen", &seen)]).await.expect(303);
    api.shop.snapshots.refresh(&api.shop.db, api.shop.now()).await.expect("read anew");
    let now = api.shop.snapshots.now();
    let phone = &now.variants[&PHONE.parse().expect("a SKU")];
    assert_eq!(phone.attributes.to_string(), "electronic=no");
}

#[tokio::test]
async fn a_price_is_shown_to_whoever_sees_prices() {
    let api = Api::open().await;
    let eva = Browser::hire(&api, "eva", &["catalogue_editor@us"]).await;
    let mia = Browser::hire(&api, "mia", &["market_manager@us"]).await;
    let page = format!("/admin/catalogue/phone/{PHONE}");
    assert!(mia.get(&page).await.expect(200).text.contains("$399.00"));
    // It is on no shelf yet: nobody but they knows what it will cost.
    assert!(!eva.get(&page).await.expect(200).text.contains("399"));
}

#[tokio::test]
async fn no_manager_alone_takes_goods_around_a_rule_about_their_way() {
    let api = Api::open().await;
    let at = api.shop.now();
    let mut rule = api.shop.snapshots.now().facts.records().rules[0].clone();
    rule.code = "US-IMPORTER".parse().expect("a code");
    rule.applies_when = "not shop.overseas_direct".parse().expect("a predicate");
    let save = move |tx: &mut Tx<'_>| {
        kontor_store::clearance::save(tx, Kind::Rule, rule.code.as_str(), &rule, at)
    };
    api.shop.db.write("test.rule", save).await.expect("written");
    api.shop.snapshots.refresh(&api.shop.db, at).await.expect("read anew");
    let mia = Browser::hire(&api, "mia", &["market_manager@us"]).await;
    let terms = async |fulfilment: &str, days: &str| {
        let key = api.fresh_key();
        let fields = [
            ("key", key.as_str()),
            ("what", "terms"),
            ("countries", "US"),
            ("languages", "en|de"),
            ("currency", "USD"),
            ("tax_display", "exclusive"),
            ("fulfilment", fulfilment),
            ("shipping", "4.00"),
            ("return_window_days", days),
            ("region", "americas"),
            ("note_en", "A note."),
        ];
        mia.form("/admin/us/market", &fields).await.expect(303)
    };
    assert_eq!(proposed(&terms("bulk_import", "14").await), None, "one person's");
    let place = proposed(&terms("parcels_from_home", "14").await).expect("it takes a second");
    let page = mia.get(&place).await.expect(200).text;
    assert!(page.contains("US-IMPORTER") && page.contains(BAND), "{page}");
}

#[tokio::test]
async fn of_a_joint_sale_each_market_sees_its_own_figures() {
    let api = Api::open().await;
    let sale = a_sale(&api, &[(Way::Rush, 3)]).await;
    // The same sale as it would be with a second market.
    let joint = SaleId::new(api.shop.now(), &api.shop.random);
    let widen = move |tx: &mut Tx<'_>| {
        let mut kept = kontor_store::sale::get(tx, sale)?.expect("the sale");
        let market = "de".parse().expect("a market");
        kept.definition.sale = joint;
        kept.definition.channels.push(Channel { market, way: Way::Rush, quota: 700 });
        kept.title = "Joint".to_owned();
        kontor_store::sale::insert(tx, &kept)
    };
    api.shop.db.write("test.joint", widen).await.expect("written");
    let mia = Browser::hire(&api, "mia", &["market_manager@us"]).await;
    let all = Browser::hire(&api, "all", &["market_manager@us,de"]).await;
    let units = |list: &Answer| {
        let row =
            list.text.split("<tr").find(|row| row.contains("Joint")).expect("a row").to_owned();
        ["3", "700", "703"].map(|units| row.contains(&format!(">{units}<")))
    };
    assert_eq!(units(&mia.get("/admin/sales").await.expect(200)), [true, false, false]);
    assert_eq!(units(&all.get("/admin/sales").await.expect(200)), [false, false, true]);
}
