//! A market that pauses, closes and is closed: what was sold is delivered and can come back, spare
//! parts are sold as long as parcels leave, and nothing else is.

mod common;

use common::desk::Browser;
use common::{Api, Ask, BAND, ONE_BAND, new_cart, order_body};
use kontor_domain::catalogue::ProductClass;
use kontor_domain::market::Stage;
use kontor_shop::audit::{LogProof, audit};
use kontor_shop::order::run_due_jobs;
use kontor_store::{StoreError, catalogue, market};

/// Puts the US market into a stage, as its step would.
async fn put(api: &Api, stage: Stage) {
    let saved: Result<(), StoreError> = api
        .shop
        .db
        .write("test.stage", move |tx| {
            let mut us = market::all(tx)?.into_iter().next().expect("the US market");
            us.stage = stage;
            market::save(tx, &us, 0)
        })
        .await;
    saved.expect("written");
    api.refresh().await;
}

/// Makes the band a part for something that was bought before.
async fn as_spare_part(api: &Api) {
    let snapshot = api.shop.snapshots.now();
    let slug = "band".parse().expect("a model");
    let mut model = kontor_domain::catalogue::Model::clone(&snapshot.models[&slug]);
    model.class = ProductClass::CaseSpare;
    let saved: Result<(), StoreError> =
        api.shop.db.write("test.class", move |tx| catalogue::save_model(tx, &model)).await;
    saved.expect("written");
    api.refresh().await;
}

/// Buys one band; the order's number.
async fn buy(api: &Api) -> String {
    let held = api.hold(&api.cart(BAND, 1).await).await;
    let placed = api.pay(&held, "succeeds").await.expect(201);
    run_due_jobs(&api.shop).await.expect("the money is collected");
    placed.str("/order/number").to_owned()
}

async fn send(person: &Browser<'_>, number: &str, serials: &str, key: &str) {
    let fields = [("key", key), ("number", number), ("serials", serials)];
    person.form("/admin/us/dispatch", &fields).await.expect(303);
}

async fn clean(api: &Api) {
    let audit =
        audit(&api.shop.db, LogProof::by(api.shop.keys.log()), |_| ()).await.expect("audited");
    assert!(audit.is_clean(), "{audit:?}");
}

#[tokio::test]
async fn spare_parts_are_sold_while_a_market_pauses_and_closes() {
    let api = Api::open().await;
    for stage in [Stage::Paused, Stage::Closing, Stage::Closed] {
        put(&api, stage).await;
        api.send(new_cart(BAND, 1).key(stage.word())).await.problem(409, "clearance.refused");
    }
    as_spare_part(&api).await;
    let wim = Browser::hire(&api, "wim", &["warehouse@us"]).await;
    for stage in [Stage::Paused, Stage::Closing] {
        put(&api, stage).await;
        let shelf = api.send(Ask::get("/us/en/")).await.expect(200);
        assert!(shelf.text.contains("/us/en/product/band"), "{stage:?}: {}", shelf.text);
        let number = buy(&api).await;
        send(&wim, &number, "", stage.word()).await;
    }
    put(&api, Stage::Closed).await;
    let key = "closed-with-parts";
    api.send(new_cart(BAND, 1).key(key)).await.problem(409, "clearance.refused");
    clean(&api).await;
}

#[tokio::test]
async fn what_was_sold_leaves_while_closing_and_comes_back_when_closed() {
    let api = Api::open().await;
    let wim = Browser::hire(&api, "wim", &["warehouse@us"]).await;
    let sara = Browser::hire(&api, "sara", &["support@us"]).await;
    let dieter = Browser::hire(&api, "dieter", &["warehouse@de"]).await;
    let mut body = order_body(ONE_BAND, "succeeds");
    let held = api.hold(&api.cart(BAND, 2).await).await;
    let total = api.send(held.show("?country=US&region=california")).await.expect(200);
    body["total_seen"] = total.body["quote"]["totals"]["total"].clone();
    let placed = api.send(held.order(&body, "two")).await.expect(201);
    run_due_jobs(&api.shop).await.expect("the money is collected");
    let number = placed.str("/order/number").to_owned();
    let page = format!("/admin/orders/{number}");
    let back = format!("{page}/return");
    let shelf = api.left(BAND).await;

    let fields = |good: &'static str, scrapped: &'static str, key: &'static str| {
        [
            ("key", key),
            ("good.BAND-BLACK", good),
            ("scrapped.BAND-BLACK", scrapped),
            ("serials.BAND-BLACK", ""),
            ("reason", "it came back"),
        ]
    };
    // What has not left cannot come back.
    assert!(!wim.get(&page).await.expect(200).text.contains(&back));
    let early = wim.form(&back, &fields("1", "0", "r0")).await.expect(409);
    assert!(early.text.contains("of BAND-BLACK, 0 are out"), "{}", early.text);

    put(&api, Stage::Closing).await;
    api.send(new_cart(BAND, 1).key("closing")).await.problem(409, "clearance.refused");
    send(&wim, &number, "BAND-BLACK: SN-1 SN-2", "d1").await;
    put(&api, Stage::Closed).await;

    let shown = wim.get(&page).await.expect(200);
    assert!(shown.text.contains(&back), "{}", shown.text);
    assert!(!sara.get(&page).await.expect(200).text.contains(&back), "the warehouse's alone");
    sara.form(&back, &fields("1", "0", "r1")).await.expect(403);
    dieter.form(&back, &fields("1", "0", "r1")).await.expect(404);
    for (good, scrapped, key, status) in
        [("2", "1", "r2", 409), ("0", "0", "r3", 409), ("-1", "1", "r4", 422)]
    {
        wim.form(&back, &fields(good, scrapped, key)).await.expect(status);
    }
    assert_eq!(api.left(BAND).await, shelf, "nothing came back by what was refused");
    let mut first = fields("1", "0", "r5");
    first[3].1 = "SN-9";
    let strange = wim.form(&back, &first).await.expect(409);
    assert!(strange.text.contains("did not leave with this order"), "{}", strange.text);
    first[3].1 = "sn-1";
    let first = first.map(|(name, value)| (name, if name == "key" { "r6" } else { value }));
    for _ in 0..2 {
        wim.form(&back, &first).await.expect(303);
    }
    assert_eq!(api.left(BAND).await, shelf + 1, "once, and good to sell again");
    wim.form(&back, &fields("0", "1", "r7")).await.expect(303);
    assert_eq!(api.left(BAND).await, shelf + 1, "scrapped");
    let shown = wim.get(&page).await.expect(200);
    for words in ["came back and can be sold again", "came back and was scrapped", "order.return"] {
        assert!(shown.text.contains(words), "{words}: {}", shown.text);
    }
    assert!(!shown.text.contains(&back), "nothing is out any more");
    assert!(shown.text.contains("SN-2") && !shown.text.contains("SN-1"), "{}", shown.text);
    wim.form(&back, &fields("1", "0", "r8")).await.expect(409);
    // Money is another act, of another person.
    let order = api.send(Ask::get(placed.str("/order/url"))).await.expect(200);
    assert_eq!(order.str("/state"), "dispatched");
    clean(&api).await;
}
