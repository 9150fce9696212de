//! How often an entry and a purchase wait for a PostgreSQL server. What costs there is the way, so this
//! is the figure behind the rates in `docs/operating/performance.md`, and no clock is in it.
//!
//! Each transaction here is alone in its batch. Where several come at once they share more: what one has
//! read of the facts and of the sale, the next need not ask for.

mod common;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

use common::sale::{a_sale, checked_out, enter, forward, keep};
use common::{Api, BAND, Held, ONE_BAND, new_cart, order_body};
use kontor_domain::sale::Way;
use kontor_shop::order::run_due_jobs;
use metrics::{
    Counter, CounterFn, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit,
};
use serde_json::json;

static WAITS: LazyLock<Mutex<HashMap<String, Arc<Count>>>> = LazyLock::new(Mutex::default);

#[derive(Default)]
struct Count(AtomicU64);

impl CounterFn for Count {
    fn increment(&self, value: u64) {
        self.0.fetch_add(value, Ordering::SeqCst);
    }

    fn absolute(&self, value: u64) {
        self.0.store(value, Ordering::SeqCst);
    }
}

/// Notes round trips by the name of the transaction, and nothing else.
#[derive(Debug)]
struct Notes;

impl Recorder for Notes {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        let name = key.labels().find(|label| label.key() == "name");
        match name.filter(|_| key.name() == "kontor_store_round_trips_total") {
            Some(name) => {
                let mut waits = WAITS.lock().expect("whole");
                Counter::from_arc(Arc::clone(waits.entry(name.value().to_owned()).or_default()))
            }
            None => Counter::noop(),
        }
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

/// Forgets what was counted.
fn from_now_on() {
    WAITS.lock().expect("whole").values().for_each(|count| count.absolute(0));
}

/// What the transactions with these names have waited since then.
fn waited(names: &[&'static str]) -> Vec<(&'static str, u64)> {
    let waits = WAITS.lock().expect("whole");
    let of = |name| waits.get(name).map_or(0, |count: &Arc<Count>| count.0.load(Ordering::SeqCst));
    names.iter().map(|name| (*name, of(*name))).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_entry_and_a_purchase_wait_as_seldom_as_they_can() {
    let api = Api::open().await;
    if !api.scratch.is_postgres() {
        return;
    }
    metrics::set_global_recorder(Notes).expect("the first recorder");
    let sale = a_sale(&api, &[(Way::Rush, 2)]).await;
    forward(&api, 5).await;
    keep(&api).await;
    api.refresh().await;
    // The first of each has its statements prepared, which is not counted.
    let mut tickets = Vec::new();
    for name in ["ada", "bob"] {
        from_now_on();
        tickets.push(enter(&api, sale, Way::Rush, &format!("{name}@shop.example")).await);
    }
    let entry = waited(&["sale.enter"]);

    forward(&api, 200).await;
    keep(&api).await;
    keep(&api).await;
    api.refresh().await;
    for (name, ticket) in ["ada", "bob"].iter().zip(&tickets) {
        from_now_on();
        let (_, held) = checked_out(&api, sale, ticket).await;
        let mut body = order_body(ONE_BAND, "succeeds");
        body["contact"]["email"] = json!(format!("{name}@shop.example"));
        body["address"]["line1"] = json!(format!("1 {name} street"));
        api.send(held.order(&body, &format!("pay-{name}"))).await.expect(201);
        run_due_jobs(&api.shop).await.expect("the money is collected");
    }
    let claim = waited(&["order.begin_claim", "order.pay", "order.answer", "payment.capture"]);

    for name in ["first", "second"] {
        from_now_on();
        let cart = api.send(new_cart(BAND, 1).key(&format!("cart-{name}"))).await.expect(201);
        let begin =
            common::Ask::post(&format!("/api/v1/carts/{}/checkout", cart.str("/id")), &json!({}))
                .header("kontor-cart", cart.str("/token"))
                .key(&format!("begin-{name}"));
        let begun = api.send(begin).await.expect(201);
        let held = Held { id: begun.str("/id").to_owned(), token: begun.str("/token").to_owned() };
        let body = order_body(ONE_BAND, "succeeds");
        api.send(held.order(&body, &format!("buy-{name}"))).await.expect(201);
        run_due_jobs(&api.shop).await.expect("the money is collected");
    }
    let cart =
        waited(&["cart.change", "order.begin", "order.pay", "order.answer", "payment.capture"]);
    assert_eq!(
        [entry, claim, cart],
        [
            vec![("sale.enter", 1)],
            vec![
                ("order.begin_claim", 4),
                ("order.pay", 3),
                ("order.answer", 4),
                ("payment.capture", 1)
            ],
            vec![
                ("cart.change", 1),
                ("order.begin", 3),
                ("order.pay", 2),
                ("order.answer", 3),
                ("payment.capture", 1)
            ],
        ]
    );
}
