//! A purchase through the whole router: from the shelf to the order, with every way a payment can
//! come out.

mod common;

use common::{Api, Ask, BAND, BAND_LAST, Held, ONE_BAND, PHONE, STOCK, new_cart, order_body};
use kontor_domain::market::ContactRow;
use kontor_store::{StoreError, market};
use serde_json::json;

#[tokio::test]
async fn a_band_is_bought() {
    let api = Api::open().await;
    let shelf = api.send(Ask::get("/api/v1/us/shelf")).await.expect(200);
    assert_eq!(shelf.str("/offered/0/model"), "band");
    assert_eq!(shelf.str("/offered/0/variants/0/sku"), BAND);
    assert_eq!(shelf.str("/offered/0/variants/0/offer/price/decimal"), "14.99");
    assert_eq!(shelf.str("/announced/0/model"), "phone");
    assert_eq!(shelf.str("/announced/0/variants/0/offer/reasons/0/code"), "clearance.missing");

    let cart = api.send(new_cart(BAND, 1).key("k1")).await.expect(201);
    assert_eq!(cart.header("location"), format!("/api/v1/carts/{}", cart.str("/id")));
    assert_eq!(cart.body["version"], 1);
    assert_eq!(cart.body["can_check_out"], true);
    assert_eq!(
        cart.body["subtotal"],
        json!({"minor": 1499, "currency": "USD", "decimal": "14.99"})
    );
    assert_eq!(cart.str("/lines/0/offer/state"), "for_sale");
    assert_eq!(cart.body["lines"][0]["offer"]["stock"], json!({"level": "few", "units": 5}));

    let begin = Ask::post(&format!("/api/v1/carts/{}/checkout", cart.str("/id")), &json!({}))
        .header("kontor-cart", cart.str("/token"))
        .key("k2");
    let checkout = api.send(begin).await.expect(201);
    assert_eq!(checkout.str("/expires_at"), "2015-06-01T12:15:00Z");
    assert_eq!(checkout.body["quote"]["tax_pending"], true);
    let held =
        Held { id: checkout.str("/id").to_owned(), token: checkout.str("/token").to_owned() };
    assert_eq!(api.left(BAND).await, STOCK - 1);

    let quoted = api.send(held.show("?country=US&region=california")).await.expect(200);
    assert_eq!(quoted.str("/state"), "open");
    assert_eq!(quoted.body["quote"]["totals"]["total"]["minor"], ONE_BAND);
    assert_eq!(quoted.str("/quote/totals/taxes/0/jurisdiction"), "US-CA");
    assert_eq!(quoted.body["quote"]["estimated"], true);

    // The amount of an answer can be sent back as it is, decimal included.
    let mut body = order_body(ONE_BAND, "succeeds");
    body["total_seen"] = quoted.body["quote"]["totals"]["total"].clone();
    let placed = api.send(held.order(&body, "k3")).await.expect(201);
    assert_eq!(placed.str("/outcome"), "placed");
    assert!(placed.str("/order/number").starts_with("US15-"));
    assert_eq!(placed.header("location"), placed.str("/order/url"));

    let order = api.send(Ask::get(placed.str("/order/url"))).await.expect(200);
    assert_eq!(order.str("/number"), placed.str("/order/number"));
    assert_eq!(order.str("/state"), "paid");
    assert_eq!(order.str("/lines/0/title"), "Band, Black");
    assert_eq!(order.str("/lines/0/verdict"), "allowed");
    assert_eq!(order.body["totals"]["total"]["minor"], ONE_BAND);
    assert_eq!(order.header("cache-control"), "no-store");
    let done = api.send(held.show("")).await.expect(200);
    assert_eq!((done.str("/state"), done.str("/order")), ("placed", placed.str("/order/url")));
    assert_eq!(api.left(BAND).await, STOCK - 1);
}

#[tokio::test]
async fn what_a_cart_says_after_a_change_is_what_it_says_when_it_is_read() {
    let api = Api::open().await;
    let made = api.send(new_cart(BAND, 2).key("k1")).await.expect(201);
    let cart =
        common::Opened { id: made.str("/id").to_owned(), token: made.str("/token").to_owned() };
    assert_eq!(api.send(cart.show()).await.expect(200).body, made.body);
    // More than there is of it: kept, but the checkout cannot start.
    let more = api.send(cart.set(BAND_LAST, 2, 1, "k2")).await.expect(200);
    assert_eq!(more.body["can_check_out"], false);
    assert_eq!(api.send(cart.show()).await.expect(200).body, more.body);
    api.withdraw_grant().await;
    api.refresh().await;
    let out = api.send(cart.set(BAND_LAST, 0, 2, "k3")).await.expect(200);
    assert_eq!(out.str("/lines/0/offer/state"), "refused");
    assert_eq!(out.body["can_check_out"], false);
    assert_eq!(api.send(cart.show()).await.expect(200).body, out.body);
}

#[tokio::test]
async fn a_declined_payment_leaves_the_hold_and_may_be_tried_again() {
    let api = Api::open().await;
    let held = api.hold(&api.cart(BAND, 1).await).await;
    let no = api.pay(&held, "declined").await.problem(402, "payment.declined");
    assert!(no.str("/detail").contains("still held"));
    assert_eq!(api.left(BAND).await, STOCK - 1);
    assert_eq!(api.send(held.show("")).await.expect(200).str("/state"), "failed");
    api.pay(&held, "succeeds").await.expect(201);
}

#[tokio::test]
async fn a_second_step_leads_to_the_order_or_back() {
    let api = Api::open().await;
    let held = api.hold(&api.cart(BAND, 1).await).await;
    let asked = api.pay(&held, "needs_action").await.expect(202);
    assert_eq!(asked.str("/outcome"), "needs_action");
    let step = Ask::post(asked.str("/payment/second_step"), &json!({"step": "confirm"}));
    let shown = api.send(held.show("")).await.expect(200);
    assert_eq!(shown.str("/payment/action"), asked.str("/payment/action"));
    let placed = api.send(step.clone()).await.expect(200);
    let again = api.send(step).await.expect(200);
    assert_eq!(again.body, placed.body, "the same step twice is one order");
    let other = Ask::post(asked.str("/payment/second_step"), &json!({"step": "refuse"}));
    api.send(other).await.problem(409, "payment.wrong_state");

    let held = api.hold(&api.cart(BAND, 1).await).await;
    let asked = api.pay(&held, "needs_action").await.expect(202);
    let refuse = Ask::post(asked.str("/payment/second_step"), &json!({"step": "refuse"}));
    api.send(refuse).await.problem(402, "payment.declined");
    assert_eq!(api.state(None).await.orders.len(), 1);
}

#[tokio::test]
async fn a_late_answer_and_a_transfer_are_told_as_what_they_are() {
    let api = Api::open().await;
    let held = api.hold(&api.cart(BAND, 1).await).await;
    let later = api.pay(&held, "answers_late").await.expect(202);
    assert_eq!(later.str("/outcome"), "pending");
    assert_eq!(api.send(held.show("")).await.expect(200).str("/state"), "waiting_for_provider");
    api.pay(&held, "succeeds").await.problem(409, "order.payment_under_way");

    let held = api.hold(&api.cart(BAND, 1).await).await;
    let mut body = order_body(ONE_BAND, "succeeds");
    body["payment"] = json!({"method": "bank_transfer"});
    let placed = api.send(held.order(&body, "transfer")).await.expect(201);
    let order = api.send(Ask::get(placed.str("/order/url"))).await.expect(200);
    assert_eq!(order.str("/state"), "awaiting_payment");
    assert!(order.str("/transfer/reference").starts_with("PAY-"));
    assert_eq!(order.str("/transfer/holder"), "Kontor");
}

#[tokio::test]
async fn a_hold_that_ended_is_not_paid() {
    let api = Api::open().await;
    let held = api.hold(&api.cart(BAND, 1).await).await;
    api.clock.advance_seconds(16 * 60);
    let before = api.state(None).await;
    api.pay(&held, "succeeds").await.problem(409, "stock.hold_expired");
    assert_eq!(api.state(None).await, before);
}

#[tokio::test]
async fn everybodys_answers_are_kept_and_have_etags() {
    let api = Api::open().await;
    for path in [
        "/api/v1/markets",
        "/api/v1/us/shelf?language=de",
        "/api/v1/us/products/band",
        "/api/v1/openapi.json",
        "/api/v1/reference",
    ] {
        let first = api.send(Ask::get(path)).await.expect(200);
        let etag = first.header("etag").to_owned();
        assert!(!etag.is_empty(), "{path}");
        let again = api.send(Ask::get(path).header("if-none-match", &etag)).await.expect(304);
        assert!(again.text.is_empty(), "{path}");
        let packed = api.send(Ask::get(path).header("accept-encoding", "gzip")).await.expect(200);
        assert_eq!(packed.header("content-encoding"), "gzip", "{path}");
    }
    // What changes is made anew.
    let shelf = api.send(Ask::get("/api/v1/us/shelf")).await.expect(200);
    api.withdraw_grant().await;
    api.refresh().await;
    let after = api.send(Ask::get("/api/v1/us/shelf")).await.expect(200);
    assert_ne!(shelf.header("etag"), after.header("etag"));
    assert_eq!(after.body["offered"], json!([]));
}

#[tokio::test]
async fn a_product_tells_its_papers_and_its_friends() {
    let api = Api::open().await;
    let band = api.send(Ask::get("/api/v1/us/products/band")).await.expect(200);
    assert_eq!(
        band.body["variants"][0]["identifiers"],
        json!([{"name": "FCC ID", "number": "2AB-BAND1", "issuer": "FCC"}])
    );
    assert_eq!(band.str("/fits/0/model"), "phone");
    assert_eq!(band.body["variants"][0]["acts"].as_array().map(Vec::len), Some(6));
    let phone = api.send(Ask::get("/api/v1/us/products/phone")).await.expect(200);
    assert_eq!(phone.str("/accessories/0/url"), "/api/v1/us/products/band");
    assert_eq!(phone.str("/variants/0/offer/state"), "refused");
    assert_eq!(phone.str("/variants/0/acts/0/outcome"), "allowed", "it may be announced");

    let path = format!("/api/v1/us/clearance/{PHONE}");
    let verdict = api.send(Ask::get(&path)).await.expect(200);
    assert_eq!(verdict.str("/act"), "sell");
    assert_eq!(verdict.str("/outcome"), "refused");
    assert_eq!(verdict.str("/reasons/0/fact/code"), "US-FCC-CERT");
    let path = format!("/api/v1/us/clearance/{PHONE}?act=announce");
    assert_eq!(api.send(Ask::get(&path)).await.expect(200).str("/outcome"), "allowed");
}

#[tokio::test]
async fn a_market_that_is_only_looked_at_is_not_spoken_of() {
    let api = Api::open().await;
    let markets = api.send(Ask::get("/api/v1/markets")).await.expect(200);
    assert_eq!(markets.str("/markets/0/code"), "us");
    assert_eq!(markets.body["markets"].as_array().map(Vec::len), Some(2));
    let wish = json!({"email": "ada@shop.example", "language": "en"});
    for ask in [
        Ask::get("/api/v1/fr/shelf"),
        Ask::get("/api/v1/fr/products/band"),
        Ask::get("/api/v1/fr/clearance/BAND-BLACK"),
        new_cart(BAND, 1).to("/api/v1/fr/carts").key("k"),
        Ask::post("/api/v1/fr/waiting", &wish),
    ] {
        api.send(ask).await.problem(404, "market.unknown");
    }
}

#[tokio::test]
async fn a_market_says_whom_to_ask_and_where_goods_go_back_to() {
    let api = Api::open().await;
    let before = api.send(Ask::get("/api/v1/markets")).await.expect(200);
    assert_eq!(before.body["markets"][0].get("contact"), None, "nothing was said yet");
    let row = ContactRow {
        support_email: "help@shop.example".to_owned(),
        support_hours_en: "Monday to Friday".to_owned(),
        support_hours_de: "Montag bis Freitag".to_owned(),
        returns_name: "Returns".to_owned(),
        returns_line1: "1 Dock Street".to_owned(),
        returns_city: "San Francisco, CA".to_owned(),
        returns_country: "US".to_owned(),
        ..ContactRow::default()
    };
    let saved: Result<(), StoreError> = api
        .shop
        .db
        .write("test.contact", move |tx| {
            let mut us = market::all(tx)?.into_iter().next().expect("the US market");
            us.contact = row.parse().expect("a good contact");
            market::save(tx, &us, 0)
        })
        .await;
    saved.expect("written");
    api.refresh().await;
    let after = api.send(Ask::get("/api/v1/markets")).await.expect(200);
    assert_eq!(
        after.body["markets"][0]["contact"],
        json!({
            "email": "help@shop.example",
            "hours": {"language": "en", "text": "Monday to Friday"},
            "returns": {
                "name": "Returns",
                "line1": "1 Dock Street",
                "city": "San Francisco, CA",
                "country": "US",
            },
        })
    );
    assert_eq!(after.body["markets"][1].get("contact"), None, "another market's is its own");
    for (asked, language, text) in
        [("de", "de", "Montag bis Freitag"), ("hi", "en", "Monday to Friday")]
    {
        let path = format!("/api/v1/markets?language={asked}");
        let told = api.send(Ask::get(&path)).await.expect(200);
        let hours = json!({"language": language, "text": text});
        assert_eq!(told.body["markets"][0]["contact"]["hours"], hours, "{asked}");
    }
}

#[tokio::test]
async fn the_document_has_exactly_the_routes_of_the_server() {
    let api = Api::open().await;
    let document = api.send(Ask::get("/api/v1/openapi.json")).await.expect(200);
    let mut described: Vec<String> = Vec::new();
    for (path, item) in document.body["paths"].as_object().expect("there are paths") {
        let methods = item.as_object().expect("there are methods");
        described.extend(methods.keys().map(|method| format!("{} {path}", method.to_uppercase())));
    }
    let mut routed: Vec<String> = api
        .routes
        .iter()
        .filter(|route| route.path.starts_with("/api/"))
        .map(|route| format!("{} {}", route.method.http(), route.path))
        .collect();
    described.sort();
    routed.sort();
    assert_eq!(described, routed);

    let page = api.send(Ask::get("/api/v1/reference")).await.expect(200);
    assert!(page.header("content-type").starts_with("text/html"));
    for anchor in ["place-order", "problem-clearance-refused", "problem-cart-stale_version"] {
        assert!(page.text.contains(&format!("id=\"{anchor}\"")), "{anchor}");
    }
}
