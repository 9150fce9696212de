//! The same request twice has one effect and one answer; the same key with another body has none.

mod common;

use common::{Answer, Api, Ask, BAND, ONE_BAND, STOCK, new_cart, order_body};
use serde_json::json;

/// The second answer is the first one and says so.
fn assert_replayed(first: &Answer, second: &Answer) {
    assert_eq!(first.header("idempotent-replayed"), "");
    assert_eq!(second.header("idempotent-replayed"), "true");
    assert_eq!((second.status, &second.body), (first.status, &first.body));
    assert_eq!(second.header("location"), first.header("location"));
}

#[tokio::test]
async fn every_step_can_be_repeated() {
    let api = Api::open().await;
    let ask = new_cart(BAND, 1).key("k");
    let made = api.send(ask.clone()).await.expect(201);
    assert_replayed(&made, &api.send(ask.clone()).await);
    let cart =
        common::Opened { id: made.str("/id").to_owned(), token: made.str("/token").to_owned() };

    let set = cart.set(BAND, 2, 1, "k");
    let changed = api.send(set.clone()).await.expect(200);
    assert_replayed(&changed, &api.send(set.clone()).await);
    // Also after later changes: the answer of then, not of now.
    api.send(cart.set(BAND, 1, 2, "k2")).await.expect(200);
    assert_replayed(&changed, &api.send(set).await);
    assert_replayed(&made, &api.send(ask).await);
    assert_eq!(api.state(Some(&cart)).await.cart.map(|cart| cart.version), Some(3));

    let begin = cart.checkout(&json!({"version": 3}), "k");
    let begun = api.send(begin.clone()).await.expect(201);
    assert_replayed(&begun, &api.send(begin).await);
    assert_eq!(api.left(BAND).await, STOCK - 1, "held once");

    let held =
        common::Held { id: begun.str("/id").to_owned(), token: begun.str("/token").to_owned() };
    let pay = held.order(&order_body(ONE_BAND, "succeeds"), "k");
    let placed = api.send(pay.clone()).await.expect(201);
    let before = api.state(None).await;
    assert_replayed(&placed, &api.send(pay).await);
    assert_eq!(api.state(None).await, before);
    assert_eq!(before.orders.len(), 1);
}

#[tokio::test]
async fn a_declined_payment_is_an_answer_too() {
    let api = Api::open().await;
    let held = api.hold(&api.cart(BAND, 1).await).await;
    let pay = held.order(&order_body(ONE_BAND, "declined"), "k");
    let first = api.send(pay.clone()).await.problem(402, "payment.declined");
    let second = api.send(pay).await.problem(402, "payment.declined");
    assert_eq!(first.header("idempotent-replayed"), "");
    assert_eq!(second.header("idempotent-replayed"), "true");
}

#[tokio::test]
async fn a_key_is_good_for_one_body() {
    let api = Api::open().await;
    let cart = api.cart(BAND, 1).await;
    api.send(cart.set(BAND, 2, 1, "k")).await.expect(200);
    let held = api.hold(&cart).await;
    let total = 2 * 1499 + 217 + 400 + 29;
    api.send(held.order(&order_body(total, "succeeds"), "k")).await.expect(201);
    api.send(new_cart(BAND, 1).key("k")).await.expect(201);
    let other = api.cart(BAND, 1).await;
    api.send(other.checkout(&json!({}), "k")).await.expect(201);
    let before = api.state(Some(&cart)).await;
    for ask in [
        new_cart(BAND, 2).key("k"),
        cart.set(BAND, 3, 2, "k"),
        other.checkout(&json!({"language": "de"}), "k"),
        held.order(&order_body(total, "declined"), "k"),
    ] {
        api.send(ask).await.problem(422, "idempotency.key_reused");
    }
    assert_eq!(api.state(Some(&cart)).await, before);
}

#[tokio::test]
async fn the_same_key_means_nothing_to_somebody_else() {
    let api = Api::open().await;
    let (mine, yours) = (api.cart(BAND, 1).await, api.cart(BAND, 1).await);
    api.send(mine.set(BAND, 2, 1, "k")).await.expect(200);
    let set = api.send(yours.set(BAND, 3, 1, "k")).await.expect(200);
    assert_eq!(set.header("idempotent-replayed"), "");
    assert_eq!(set.body["units"], 3);
}

#[tokio::test]
async fn a_wish_to_be_told_is_noted_once_and_told_alike() {
    let api = Api::open().await;
    let wish = |email: &str| {
        let body = json!({"email": email, "model": "phone", "language": "en"});
        Ask::post("/api/v1/us/waiting", &body)
    };
    let first = api.send(wish("ada@shop.example")).await.expect(202);
    let second = api.send(wish("Ada+news@shop.example")).await.expect(202);
    assert_eq!(first.text, second.text, "nobody learns who waits for what");
    assert_eq!(api.state(None).await.waiting, 1);
    api.send(Ask::post("/api/v1/de/waiting", &json!({"email": "a@b.co", "language": "de"})))
        .await
        .expect(202);
    assert_eq!(api.state(None).await.waiting, 2);
}
