//! A sale over HTTP: enter, wait for the start, take, come too late, ask again, be halted.

mod common;

use common::desk::Browser;
use common::hook_server::HookServer;
use common::sale::{a_sale, enter, forward, keep, on_disk, until, wish};
use common::{Api, Ask};
use kontor_domain::sale::Way;
use kontor_remote::hook::{Caller, Reach};
use kontor_shop::hook::tell_due;
use kontor_shop::sale::{advance, halt};
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_units_go_to_two_people_and_to_nobody_twice() {
    let api = Api::open().await;
    let sale = a_sale(&api, &[(Way::Rush, 2)]).await;
    forward(&api, 5).await;
    let mut tickets = Vec::new();
    for person in ["ada@shop.example", "bob@shop.example", "eve@shop.example"] {
        tickets.push(enter(&api, sale, Way::Rush, person).await);
    }
    assert_eq!(
        enter(&api, sale, Way::Rush, "ADA@shop.example").await,
        tickets[0],
        "one person, one ticket"
    );
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
    assert_eq!(on_disk(&api, sale).await, ["held", "held"]);

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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_may_read_a_sale_and_nobody_a_draft() {
    let api = Api::open().await;
    let sale = a_sale(&api, &[(Way::Rush, 2)]).await;
    let path = format!("/api/v1/sale/{sale}");
    api.send(Ask::get(&path)).await.problem(404, "sale.unknown");
    assert_eq!(api.send(Ask::get("/api/v1/sales")).await.expect(200).body["sales"], json!([]));
    forward(&api, 5).await;
    let shown = api.send(Ask::get(&path)).await.expect(200);
    assert_eq!(shown.str("/state"), "registration");
    assert_eq!(shown.str("/commitment").len(), 64);
    assert_eq!(shown.header("cache-control"), "public, max-age=1, stale-while-revalidate=5");
    assert_eq!(shown.body["ways"], json!([{"market": "us", "way": "rush", "quota": 2}]));
    let listed = api.send(Ask::get("/api/v1/sales")).await.expect(200);
    assert_eq!(listed.body["sales"][0]["id"], shown.body["id"]);
    forward(&api, 200).await;
    let live = api.send(Ask::get(&path)).await.expect(200);
    assert_eq!(live.body["ways"][0]["free"], json!({"from": 1, "to": 9}), "no exact number");
    assert_eq!(live.str("/ways/0/entries_digest").len(), 64, "who was there is fixed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_unit_is_told_to_other_programs_once() {
    let api = Api::open().await;
    let caller = Caller::new(Reach::Private);
    let server = HookServer::start();
    let mia = Browser::hire(&api, "mia", &["market_manager@*"]).await;
    let url = server.url();
    let hook = [
        ("key", "h1"),
        ("name", "Store house"),
        ("markets", "*"),
        ("url", url.as_str()),
        ("chosen", "sale.sold_out"),
    ];
    mia.form("/admin/programs/hooks", &hook).await.expect(200);
    let sale = a_sale(&api, &[(Way::Rush, 1)]).await;
    forward(&api, 5).await;
    let ticket = enter(&api, sale, Way::Rush, "ada@shop.example").await;
    forward(&api, 200).await;
    for _ in 0..10 {
        forward(&api, 1).await;
    }
    assert_eq!(tell_due(&api.shop, &caller).await.expect("no fault").events, 0, "one is left");
    api.send(wish(sale, &ticket, "a")).await.expect(201);
    until(&api, sale, "sold_out").await;
    keep(&api).await;
    assert_eq!(tell_due(&api.shop, &caller).await.expect("no fault").taken, 1);
    let told = server.calls().pop().expect("a call").json();
    assert_eq!(
        (&told["type"], &told["data"]),
        (&json!("sale.sold_out"), &json!({"sale": sale.to_string()}))
    );
    keep(&api).await;
    assert_eq!(tell_due(&api.shop, &caller).await.expect("no fault").events, 0, "once");
}
