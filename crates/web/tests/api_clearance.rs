//! What may not be sold cannot be bought in any way: not by a cart, not by a line written past the
//! API, not by a cart or a checkout that were made while it was still allowed.

mod common;

use common::{Api, Ask, BAND, ONE_BAND, PHONE, SECRET, STOCK, new_cart, order_body};
use serde_json::json;

#[tokio::test]
async fn a_phone_does_not_get_into_a_cart() {
    let api = Api::open().await;
    let before = api.state(None).await;
    let no = api.send(new_cart(PHONE, 1).key("k1")).await.problem(409, "clearance.refused");
    assert_eq!(no.str("/more/sku"), PHONE);
    assert_eq!(no.str("/more/reasons/0/code"), "clearance.missing");
    assert_eq!(no.str("/more/reasons/0/authority"), "FCC");
    assert!(no.body["more"]["facts_version"].is_i64());
    // Not beside something that may be bought either; nothing of it gets in then.
    let both = json!({"lines": [{"sku": BAND, "quantity": 1}, {"sku": PHONE, "quantity": 1}]});
    let both = Ask::post("/api/v1/us/carts", &both).key("k2");
    api.send(both).await.problem(409, "clearance.refused");
    assert_eq!(api.state(None).await, before);

    let cart = api.cart(BAND, 1).await;
    let before = api.state(Some(&cart)).await;
    api.send(cart.set(PHONE, 1, 1, "k3")).await.problem(409, "clearance.refused");
    assert_eq!(api.state(Some(&cart)).await, before);
}

#[tokio::test]
async fn a_phone_that_was_written_into_a_cart_is_not_sold() {
    let api = Api::open().await;
    let cart = api.cart(BAND, 1).await;
    api.smuggle(&cart, PHONE).await;
    let shown = api.send(cart.show()).await.expect(200);
    assert_eq!(shown.str("/lines/1/offer/state"), "refused");
    assert_eq!(shown.body["can_check_out"], false);
    let before = api.state(Some(&cart)).await;
    api.send(cart.checkout(&json!({}), "k1")).await.problem(409, "clearance.refused");
    assert_eq!(api.state(Some(&cart)).await, before);
    // It can be taken out, and then the rest can be bought.
    api.send(cart.set(PHONE, 0, 2, "k2")).await.expect(200);
    api.send(cart.checkout(&json!({}), "k1")).await.expect(201);
}

#[tokio::test]
async fn what_may_not_be_announced_does_not_exist() {
    let api = Api::open().await;
    let cart = api.cart(BAND, 1).await;
    let before = api.state(Some(&cart)).await;
    let wish = json!({"email": "ada@shop.example", "model": "secret", "language": "en"});
    for (ask, status, code) in [
        (Ask::get("/api/v1/us/products/secret"), 404, "catalogue.unknown_model"),
        (Ask::get(&format!("/api/v1/us/clearance/{SECRET}")), 404, "catalogue.unknown_sku"),
        (new_cart(SECRET, 1).key("k1"), 422, "cart.unknown_sku"),
        (cart.set(SECRET, 1, 1, "k2"), 404, "catalogue.unknown_sku"),
        (Ask::post("/api/v1/us/waiting", &wish), 422, "customer.unknown_model"),
    ] {
        let secret = api.send(ask.clone()).await.problem(status, code);
        assert!(!secret.text.contains("reasons"), "{}", secret.text);
    }
    assert!(!api.send(Ask::get("/api/v1/us/shelf")).await.expect(200).text.contains("secret"));
    assert_eq!(api.state(Some(&cart)).await, before);
}

#[tokio::test]
async fn a_market_that_is_not_open_sells_nothing() {
    let api = Api::open().await;
    let before = api.state(None).await;
    let no = api.send(new_cart(BAND, 1).to("/api/v1/de/carts").key("k1")).await;
    let no = no.problem(409, "clearance.refused");
    assert_eq!(no.str("/more/reasons/0/code"), "market.stage");
    assert_eq!(api.state(None).await, before);
}

#[tokio::test]
async fn a_clearance_that_is_withdrawn_stops_a_cart_at_the_checkout() {
    let api = Api::open().await;
    let cart = api.cart(BAND, 1).await;
    api.withdraw_grant().await;
    let before = api.state(Some(&cart)).await;
    // The published snapshot is older than the fact: the decision reads the fact.
    let no = api.send(cart.checkout(&json!({}), "k1")).await.problem(409, "clearance.refused");
    assert_eq!(no.str("/more/reasons/0/code"), "clearance.missing");
    assert_eq!(api.state(Some(&cart)).await, before);
    // A refusal is not kept under the key: with the clearance back, the same request goes on.
    api.restore_grant().await;
    api.send(cart.checkout(&json!({}), "k1")).await.expect(201);
}

#[tokio::test]
async fn a_clearance_that_is_withdrawn_stops_a_checkout_at_the_payment() {
    let api = Api::open().await;
    let held = api.hold(&api.cart(BAND, 1).await).await;
    api.withdraw_grant().await;
    let before = api.state(None).await;
    api.pay(&held, "succeeds").await.problem(409, "clearance.refused");
    assert_eq!(api.state(None).await, before);
    api.refresh().await;
    let shown = api.send(held.show("?country=US&region=CA")).await.expect(200);
    assert_eq!(shown.str("/refusal/code"), "clearance.refused");
    assert!(shown.body["quote"].is_null());
}

#[tokio::test]
async fn a_clearance_that_is_withdrawn_while_the_buyer_pays_gives_the_money_back() {
    let api = Api::open().await;
    let held = api.hold(&api.cart(BAND, 1).await).await;
    let asked = api.pay(&held, "needs_action").await.expect(202);
    api.withdraw_grant().await;
    let step = Ask::post(asked.str("/payment/second_step"), &json!({"step": "confirm"}));
    api.send(step.clone()).await.problem(409, "order.gone");
    let after = api.state(None).await;
    assert_eq!((after.orders.len(), after.holds), (0, 0));
    assert_eq!(api.left(BAND).await, STOCK, "the goods are back on the shelf");
    let shown = api.send(held.show("")).await.expect(200);
    assert_eq!((shown.str("/state"), shown.str("/payment/state")), ("expired", "voided"));
    // Also when it is asked again, and when the clearance comes back.
    api.restore_grant().await;
    api.send(step).await.problem(409, "order.gone");
    let body = order_body(ONE_BAND, "succeeds");
    api.send(held.order(&body, "k9")).await.problem(409, "order.checkout_expired");
    assert_eq!(api.state(None).await.orders.len(), 0);
}
