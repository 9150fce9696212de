//! The waiting list of a sale: what comes back goes to the first in it, and nobody is offered anything
//! who has left.

mod common;

use common::deposit::{self, open, place, state};
use common::sale::{
    a_sale, books_agree, enter, forward, give_up, keep, on_disk, status, stop_waiting, wait, wish,
};
use common::{Answer, Api, Ask, Shopper};
use kontor_base::Email;
use kontor_base::id::SaleId;
use kontor_domain::sale::Way;
use kontor_shop::audit::{LogProof, audit};
use kontor_shop::sale::exclude;
use serde_json::json;

async fn books(api: &Api) {
    books_agree(
        &audit(&api.shop.db, LogProof::by(api.shop.keys.log()), |_| {})
            .await
            .expect("the audit reads"),
    );
}

/// A rush for one unit, which somebody holds; and others, whose turn it is too.
async fn one_unit(names: &[&str]) -> (Api, SaleId, String, Vec<String>) {
    let api = Api::open().await;
    let sale = a_sale(&api, &[(Way::Rush, 1)]).await;
    forward(&api, 5).await;
    forward(&api, 200).await;
    let holder = enter(&api, sale, Way::Rush, "holder@shop.example").await;
    let mut others = Vec::new();
    for name in names {
        others.push(enter(&api, sale, Way::Rush, &format!("{name}@shop.example")).await);
    }
    let held = api.send(wish(sale, &holder, "take")).await.expect(201);
    let claim = held.str("/claim").to_owned();
    // The keeper sees that the way is sold out: from then on people can wait.
    keep(&api).await;
    (api, sale, claim, others)
}

fn place_of(told: &Answer) -> (u64, u64) {
    let number = |name: &str| told.body["waiting"][name].as_u64().expect("a number");
    (number("place"), number("ahead"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_leaves_the_list_is_passed_and_those_behind_move_up() {
    let (api, sale, claim, others) = one_unit(&["ada", "bob", "eve"]).await;
    for (number, ticket) in (1..).zip(&others) {
        let placed = api.send(wait(sale, ticket, "wait")).await.expect(201);
        assert_eq!(place_of(&placed), (number, number - 1));
    }
    let left = api.send(stop_waiting(sale, &others[0])).await.expect(200);
    assert_eq!(left.body, json!({"waiting": false}));
    let twice = api.send(stop_waiting(sale, &others[0])).await.expect(200);
    assert_eq!(twice.header("idempotent-replayed"), "true");
    let behind = api.send(status(sale, &others[1])).await.expect(200);
    assert_eq!(place_of(&behind), (2, 0));
    // The wish of then brings nobody back; a new one stands at the end.
    api.send(wait(sale, &others[0], "wait")).await.problem(409, "sale.left_line");
    let again = api.send(wait(sale, &others[0], "again")).await.expect(201);
    assert_eq!(place_of(&again), (4, 2));
    api.send(stop_waiting(sale, &others[1])).await.expect(200);
    // The unit comes back: it is Eve's, who has stood behind both.
    api.send(give_up(sale, &claim)).await.expect(200);
    keep(&api).await;
    let told = api.send(status(sale, &others[2])).await.expect(200);
    assert_eq!((told.str("/claim/state"), told.body["waiting"].is_null()), ("held", true));
    for ticket in &others[..2] {
        let told = api.send(status(sale, ticket)).await.expect(200);
        assert!(told.body["claim"].is_null(), "{}", told.text);
    }
    // What the line has brought already is not given up by leaving it.
    let late = api.send(stop_waiting(sale, &others[2])).await.expect(200);
    assert_eq!(late.header("idempotent-replayed"), "true");
    assert_eq!(on_disk(&api, sale).await, ["released", "held"]);
    let nobody = stop_waiting(sale, "no-ticket");
    api.send(nobody).await.problem(403, "sale.ticket_invalid");
    books(&api).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_of_a_place_leads_into_the_list_and_out_of_it() {
    let (api, sale, claim, others) = one_unit(&["ada"]).await;
    let came = api.send(Ask::get(&format!("/us/en/sale/{sale}/place/{}", others[0]))).await;
    let mut shopper = Shopper::default();
    shopper.keep(&came.expect(303));
    let path = format!("/us/en/sale/{sale}/place");
    let page = async || api.send(shopper.with(Ask::get(&path))).await.expect(200).text;
    assert!(page().await.contains("Join the waiting list"), "{}", page().await);
    let key = api.fresh_key();
    let form = [("key", key.as_str())];
    let joined = api.send(shopper.with(Ask::form(&format!("/us/en/sale/{sale}/wait"), &form)));
    assert_eq!(joined.await.expect(303).header("location"), path);
    let waits = page().await;
    assert!(waits.contains("You have place 1 on the waiting list."), "{waits}");
    assert!(waits.contains("Leave the waiting list"), "{waits}");
    let leave = Ask::form(&format!("/us/en/sale/{sale}/stop-waiting"), &[]);
    for _ in 0..2 {
        let left = api.send(shopper.with(leave.clone())).await.expect(303);
        assert_eq!(left.header("location"), path);
    }
    assert!(page().await.contains("Join the waiting list"));
    api.send(give_up(sale, &claim)).await.expect(200);
    keep(&api).await;
    assert!(page().await.contains("It is your turn."), "free for anybody whose turn it is");
    assert_eq!(on_disk(&api, sale).await, ["released"], "and nothing was taken for them");
}

/// Somebody whose place costs a deposit waits in the list, and then has the deposit back.
async fn waits_with_a_deposit() -> (Api, SaleId, [(String, String); 2], String) {
    let (api, sale) = open(1).await;
    let ada = place(&api, sale, "ada").await;
    api.clock.advance_seconds(1);
    let bob = place(&api, sale, "bob").await;
    forward(&api, 200).await;
    keep(&api).await;
    // Ada gives her unit up, so that Bob comes in and takes it; now she waits for it.
    let first = api.send(wish(sale, &ada.1, "take")).await.expect(201);
    api.send(give_up(sale, first.str("/claim"))).await.expect(200);
    keep(&api).await;
    let claim = api.send(wish(sale, &bob.1, "take")).await.expect(201).str("/claim").to_owned();
    api.send(wait(sale, &ada.1, "wait")).await.expect(201);
    (api, sale, [ada, bob], claim)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_has_the_deposit_back_does_not_wait_any_more() {
    let (api, sale, [ada, _], of_bob) = waits_with_a_deposit().await;
    api.send(deposit::leave(sale, &ada.0)).await.expect(200);
    assert_eq!(state(&api, sale, &ada.0).await, "returned");
    api.send(give_up(sale, &of_bob)).await.expect(200);
    keep(&api).await;
    assert_eq!(on_disk(&api, sale).await, ["released", "released"], "nothing is offered to her");
    api.send(wait(sale, &ada.1, "again")).await.problem(409, "sale.deposit_missing");
    books(&api).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_kept_out_does_not_wait_any_more() {
    let (api, sale, [ada, _], of_bob) = waits_with_a_deposit().await;
    let email = Email::parse("ada@shop.example").expect("an address");
    exclude(&api.shop, Some(email), None, "reseller").await.expect("ada is kept out");
    // The keeper of deposits gives it back, the keeper of sales tells the lot.
    keep(&api).await;
    keep(&api).await;
    assert_eq!(state(&api, sale, &ada.0).await, "returned");
    api.send(give_up(sale, &of_bob)).await.expect(200);
    keep(&api).await;
    assert_eq!(on_disk(&api, sale).await, ["released", "released"], "nothing is offered to her");
    books(&api).await;
}
