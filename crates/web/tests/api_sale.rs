//! A sale over HTTP: enter, wait for the start, take, come too late, ask again, be halted.

mod common;

use common::{Api, Ask, BAND};
use kontor_base::id::SaleId;
use kontor_domain::sale::{Channel, Definition, Way, Windows};
use kontor_shop::sale::{SetUp, advance, halt, set_up};
use kontor_store::StoreError;
use kontor_store::sale::{batch, lot};
use serde_json::{Value, json};

const UNITS: u32 = 2;

async fn a_sale(api: &Api) -> SaleId {
    let now = api.shop.now();
    let definition = Definition {
        sale: SaleId::new(now, &api.shop.random),
        sku: BAND.parse().expect("a sku"),
        channels: vec![Channel {
            market: "us".parse().expect("a market"),
            way: Way::Rush,
            quota: UNITS,
        }],
        windows: Windows {
            announce_at: now.plus_seconds(1),
            registration_at: now.plus_seconds(2),
            doors_at: now.plus_seconds(60),
            live_at: now.plus_seconds(120),
            ends_at: now.plus_seconds(3_600),
            report_at: now.plus_seconds(10_000),
        },
        per_person: 1,
        hold_minutes: 10,
        rollover: None,
        beacon: None,
    };
    let title = "Bands".to_owned();
    set_up(&api.shop, SetUp { definition, title, lots: 1 }).await.expect("the sale is set up")
}

async fn forward(api: &Api, seconds: i64) {
    api.clock.advance_seconds(seconds);
    advance(&api.shop).await.expect("the sales go on");
    for sale in api.shop.sales.all() {
        for owner in sale.owners() {
            // An owner starts on a thread of its own: wait for the state, not for a time.
            while !owner.is_ready() {
                tokio::task::yield_now().await;
            }
        }
    }
}

async fn enter(api: &Api, sale: SaleId, email: &str) -> String {
    let body = json!({"market": "us", "way": "rush", "email": email, "ship_to": "US"});
    let answer = api.send(Ask::post(&format!("/api/v1/sale/{sale}/entry"), &body)).await;
    answer.expect(201).str("/ticket").to_owned()
}

fn wish(sale: SaleId, ticket: &str, key: &str) -> Ask {
    let body: Value = json!({"ticket": ticket, "units": 1, "ship_to": "US"});
    Ask::post(&format!("/api/v1/sale/{sale}/claim"), &body).key(key)
}

async fn on_disk(api: &Api, sale: SaleId) -> usize {
    let read = api.shop.db.read("test.claims", move |tx| {
        let mut claims = 0;
        for lot in lot::of_sale(tx, sale)? {
            claims += batch::claims_after(tx, lot.lot, 0, 100)?.len();
        }
        Ok::<_, StoreError>(claims)
    });
    read.await.expect("the claims are read")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_units_go_to_two_people_and_to_nobody_twice() {
    let api = Api::open().await;
    let sale = a_sale(&api).await;
    forward(&api, 5).await;
    let mut tickets = Vec::new();
    for person in ["ada@shop.example", "bob@shop.example", "eve@shop.example"] {
        tickets.push(enter(&api, sale, person).await);
    }
    assert_eq!(enter(&api, sale, "ADA@shop.example").await, tickets[0], "one person, one ticket");
    api.send(wish(sale, &tickets[0], "early")).await.problem(409, "sale.not_live");
    forward(&api, 200).await;
    // Three present, two units: people are let in by turns.
    for _ in 0..10 {
        forward(&api, 1).await;
    }
    let first = api.send(wish(sale, &tickets[0], "a")).await.expect(201);
    let again = api.send(wish(sale, &tickets[0], "a")).await.expect(201);
    assert_eq!(again.str("/claim"), first.str("/claim"));
    assert_eq!(again.header("idempotent-replayed"), "true");
    api.send(wish(sale, &tickets[0], "b")).await.problem(409, "sale.person_limit");
    api.send(wish(sale, "AQEA", "c")).await.problem(403, "sale.ticket_invalid");
    api.send(wish(sale, &tickets[1], "a")).await.expect(201);
    api.send(wish(sale, &tickets[2], "a")).await.problem(409, "sale.sold_out");
    assert_eq!(on_disk(&api, sale).await, 2);

    // The winner's repetition is answered also when nothing is free.
    let again = api.send(wish(sale, &tickets[0], "a")).await.expect(201);
    assert_eq!(again.str("/claim"), first.str("/claim"));

    // A hold that ends frees its unit.
    forward(&api, 700).await;
    let late = loop {
        let answer = api.send(wish(sale, &tickets[2], "d")).await;
        if answer.status == 201 {
            break answer;
        }
        answer.problem(409, "sale.sold_out");
        tokio::task::yield_now().await;
    };
    assert_ne!(late.str("/claim"), first.str("/claim"));

    halt(&api.shop, sale).await.expect("the sale is halted");
    advance(&api.shop).await.expect("the sales go on");
    api.send(wish(sale, &tickets[1], "e")).await.problem(409, "sale.halted");
}
