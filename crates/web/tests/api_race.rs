//! Many want the last one: exactly what is there is held, and everybody else is told so.

mod common;

use std::sync::Arc;

use common::{Api, BAND, BAND_LAST, STOCK};
use serde_json::json;

/// How many come at once.
const BUYERS: usize = 20;

async fn race(sku: &'static str, stock: i64) {
    let api = Arc::new(Api::open().await);
    let mut carts = Vec::new();
    for _ in 0..BUYERS {
        carts.push(api.cart(sku, 1).await);
    }
    let mut buyers = Vec::new();
    for cart in carts {
        let api = Arc::clone(&api);
        buyers.push(tokio::spawn(async move {
            let begin = cart.checkout(&json!({}), &api.fresh_key());
            api.send(begin).await
        }));
    }
    let mut held = 0;
    for buyer in buyers {
        let answer = buyer.await.expect("a buyer comes back");
        if answer.status == 201 {
            held += 1;
        } else {
            let no = answer.problem(409, "stock.insufficient");
            assert_eq!(no.body["more"]["short"], json!([{"sku": sku, "missing": 1}]));
        }
    }
    assert_eq!(held, stock);
    assert_eq!(api.state(None).await.holds, stock);
    assert_eq!(api.left(sku).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_last_one_is_held_once() {
    race(BAND_LAST, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_last_few_are_held_exactly() {
    race(BAND, STOCK).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_request_that_is_sent_many_times_at_once_holds_once() {
    let api = Arc::new(Api::open().await);
    let cart = api.cart(BAND, 1).await;
    let mut sent = Vec::new();
    for _ in 0..BUYERS {
        let (api, ask) = (Arc::clone(&api), cart.checkout(&json!({}), "one-key"));
        sent.push(tokio::spawn(async move { api.send(ask).await }));
    }
    let mut ids = std::collections::BTreeSet::new();
    for answer in sent {
        let answer = answer.await.expect("an answer comes back").expect(201);
        ids.insert(answer.str("/id").to_owned());
    }
    assert_eq!(ids.len(), 1);
    assert_eq!(api.left(BAND).await, STOCK - 1);
}
