//! A market in beta: only who is let in buys, and not more than is given out, by page and by API.

mod common;

use common::desk::Browser;
use common::letters::Bench;
use common::shopper::good_fields;
use common::{Answer, Api, Ask, BAND, BAND_LAST, Held, ONE_BAND, Shopper, new_cart, order_body};
use kontor_base::{Email, Language};
use kontor_domain::market::{BetaTerms, Stage};
use kontor_shop::customer::{LetIn, let_in};
use kontor_shop::mail::{News, Telling, tell_waiting};
use kontor_store::{StoreError, market};

const ADA: &str = "ada@shop.example";

/// Puts the US market into a stage, as its step would.
async fn put(api: &Api, stage: Stage, beta: BetaTerms) {
    let saved: Result<(), StoreError> = api
        .shop
        .db
        .write("test.stage", move |tx| {
            let mut us = market::all(tx)?.into_iter().next().expect("the US market");
            (us.stage, us.beta) = (stage, beta);
            market::save(tx, &us, 0)
        })
        .await;
    saved.expect("written");
    api.refresh().await;
}

async fn invite(api: &Api, email: &str) {
    let market = "us".parse().expect("a market");
    let email = Email::parse(email).expect("an address");
    let_in(&api.shop, LetIn { market, model: None, email }).await.expect("let in");
}

async fn held(api: &Api) -> Held {
    api.hold(&api.cart(BAND, 1).await).await
}

async fn refused(api: &Api, held: &Held, code: &str) -> Answer {
    let before = api.state(None).await;
    let answer = api.pay(held, "succeeds").await.problem(409, code);
    assert_eq!(api.state(None).await, before, "nothing was changed");
    answer
}

#[tokio::test]
async fn only_who_is_on_the_list_buys_and_only_so_many() {
    let bench = Bench::open().await;
    let api = &bench.api;
    put(api, Stage::Beta, BetaTerms::default()).await;
    let markets = api.send(Ask::get("/api/v1/markets")).await.expect(200);
    assert_eq!(markets.body["markets"][0]["beta"]["units_per_person"], 2);
    // Anybody may fill a cart: who they are is known when they pay.
    let first = held(api).await;
    let no = refused(api, &first, "market.by_invitation").await;
    assert!(no.str("/detail").contains("waiting list"), "{}", no.text);
    // Somebody has typed the address: that is not yet the person.
    bench.type_address("band", ADA, Language::En).await;
    refused(api, &first, "market.by_invitation").await;
    bench.wait_for_band(ADA, Language::En).await;
    api.pay(&first, "succeeds").await.expect(201);

    // Over all orders: a second one is the last.
    api.send(new_cart(BAND, 3).key("k3")).await.problem(409, "market.person_limit");
    let second = held(api).await;
    let third = held(api).await;
    api.pay(&second, "succeeds").await.expect(201);
    let no = refused(api, &third, "market.person_limit").await;
    assert_eq!(
        (no.body["more"]["max"].as_u64(), no.body["more"]["had"].as_u64()),
        (Some(2), Some(2))
    );
    // A variant is counted for itself.
    api.pay(&api.hold(&api.cart(BAND_LAST, 1).await).await, "succeeds").await.expect(201);
    // What was begun in the beta is paid by anybody once the market is open.
    put(api, Stage::Open, BetaTerms::default()).await;
    api.pay(&third, "succeeds").await.expect(201);
}

#[tokio::test]
async fn a_letter_that_one_can_buy_is_the_invitation() {
    let bench = Bench::open().await;
    let api = &bench.api;
    put(api, Stage::Beta, BetaTerms::default()).await;
    bench.wait_for_band(ADA, Language::En).await;
    let telling = Telling {
        market: "us".parse().expect("a market"),
        model: Some("band".parse().expect("a model")),
        news: News::Over,
    };
    assert_eq!(tell_waiting(&api.shop, &telling).await.expect("queued"), 1);
    assert_eq!(bench.round().await.sent, 1, "told, and off the list");
    api.pay(&held(api).await, "succeeds").await.expect(201);
}

#[tokio::test]
async fn the_limit_is_asked_again_when_the_money_comes() {
    let api = Api::open().await;
    put(&api, Stage::Beta, BetaTerms { units_per_person: 1, units_total: None }).await;
    invite(&api, ADA).await;
    // Two windows, both at the bank.
    let (one, other) = (held(&api).await, held(&api).await);
    let mut steps = Vec::new();
    for held in [&one, &other] {
        let asked = api.pay(held, "needs_action").await.expect(202);
        let confirm = serde_json::json!({"step": "confirm"});
        steps.push(Ask::post(asked.str("/payment/second_step"), &confirm));
    }
    let other = steps.pop().expect("two");
    api.send(steps.pop().expect("two")).await.expect(200);
    api.send(other).await.problem(409, "order.gone");
    assert_eq!(api.state(None).await.orders.len(), 1, "the second one's money goes back");
}

#[tokio::test]
async fn a_total_holds_and_a_cancelled_order_gives_back() {
    let api = Api::open().await;
    put(&api, Stage::Beta, BetaTerms { units_per_person: 1, units_total: Some(1) }).await;
    invite(&api, ADA).await;
    invite(&api, "bob@shop.example").await;
    let (first, second) = (held(&api).await, held(&api).await);
    let placed = api.pay(&first, "succeeds").await.expect(201);
    let mut body = order_body(ONE_BAND, "succeeds");
    body["contact"]["email"] = "bob@shop.example".into();
    let pay = async |key: &str| api.send(second.order(&body, key)).await;
    pay("b1").await.problem(409, "market.units_gone");
    let cart = api.cart(BAND, 1).await;
    let begin = cart.checkout(&serde_json::json!({}), "b2");
    api.send(begin).await.problem(409, "market.units_gone");
    let number = placed.str("/order/number").parse().expect("a number");
    kontor_shop::order::cancel(&api.shop, kontor_shop::order::CancelCommand { number })
        .await
        .expect("cancelled");
    pay("b3").await.expect(201);
}

#[tokio::test]
async fn the_pages_say_who_can_buy_and_where_the_list_is() {
    let api = Api::open().await;
    put(&api, Stage::Beta, BetaTerms::default()).await;
    for (path, words) in [
        ("/us/en/", "people on our waiting list"),
        ("/us/de/", "Menschen von unserer Warteliste"),
        ("/us/en/product/band", "people from its waiting list"),
        ("/us/de/product/band", "Menschen von seiner Warteliste"),
    ] {
        let page = api.send(Ask::get(path)).await.expect(200);
        assert!(page.text.contains(words), "{path}: {}", page.text);
        assert!(page.text.contains("id=\"waiting\"") && page.text.contains("name=\"email\""));
    }
    let mut shopper = Shopper::fill_cart(&api).await;
    let more = [("sku", BAND), ("quantity", "3"), ("version", "1")];
    let much = api.send(shopper.with(Ask::form("/us/en/cart/line", &more))).await.expect(409);
    assert!(much.text.contains("one person can have at most 2 of Band"), "{}", much.text);
    shopper.keep(&much);
    let place = shopper.check_out(&api).await;
    let pay = async |place: &str| {
        let (total, key) = (ONE_BAND.to_string(), api.fresh_key());
        api.send(shopper.with(Ask::form(place, &good_fields(&total, &key)))).await
    };
    let no = pay(&place).await.expect(409);
    assert!(no.text.contains("/us/en/product/band#waiting"), "{}", no.text);
    assert!(no.text.contains("is open to people from its waiting list"), "{}", no.text);
    let german = place.replace("/us/en/", "/us/de/");
    assert!(pay(&german).await.expect(409).text.contains("von seiner Warteliste"));
    invite(&api, ADA).await;
    pay(&place).await.expect(303);
}

#[tokio::test]
async fn the_staff_set_the_limit_on_the_markets_page() {
    let api = Api::open().await;
    put(&api, Stage::Beta, BetaTerms::default()).await;
    let mia = Browser::hire(&api, "mia", &["market_manager@us"]).await;
    let page = mia.get("/admin/us/market").await.expect(200);
    assert!(page.text.contains("name=\"beta_units_per_person\""), "{}", page.text);
    let terms = |per_person: &'static str, total: &'static str, key: &'static str| {
        [
            ("countries", "US"),
            ("languages", "en|de"),
            ("currency", "USD"),
            ("tax_display", "exclusive"),
            ("fulfilment", "bulk_import"),
            ("shipping", "4.00"),
            ("return_window_days", "30"),
            ("region", "americas"),
            ("note_en", "Open for few."),
            ("what", "terms"),
            ("beta_units_per_person", per_person),
            ("beta_units_total", total),
            ("key", key),
        ]
    };
    mia.form("/admin/us/market", &terms("0", "", "t1")).await.expect(422);
    mia.form("/admin/us/market", &terms("1", "50", "t2")).await.expect(303);
    api.refresh().await;
    let now = api.shop.snapshots.now();
    let us = now.market("us".parse().expect("a market")).expect("there");
    assert_eq!(us.beta, BetaTerms { units_per_person: 1, units_total: Some(50) });
    api.send(new_cart(BAND, 2).key("k")).await.problem(409, "market.person_limit");
}
