//! From a claim to an order over HTTP: checkout, payment, limits, late money, giving up, cancelling,
//! and what a crash between two steps leaves behind.

mod common;

use common::sale::{
    HOLD_S, TURN_OVER_S, a_sale, books_agree, check_out, checked_out, enter, forward, give_up,
    keep, on_disk, status, until, wait, wish,
};
use common::{Api, Ask, ONE_BAND, order_body};
use kontor_base::id::SaleId;
use kontor_domain::sale::Way;
use kontor_ledger::sale::Command;
use kontor_shop::audit::{LogProof, audit};
use kontor_shop::order::{CancelCommand, cancel, held_orders};
use kontor_shop::sale::exclude;
use serde_json::{Value, json};

/// A live rush of so many units, and the tickets of so many people who were there before.
async fn live(units: u32, people: &[&str]) -> (Api, SaleId, Vec<String>) {
    let api = Api::open().await;
    let sale = a_sale(&api, &[(Way::Rush, units)]).await;
    forward(&api, 5).await;
    let mut tickets = Vec::new();
    for name in people {
        tickets.push(enter(&api, sale, Way::Rush, &format!("{name}@shop.example")).await);
    }
    forward(&api, 200).await;
    // Where not everybody can have one: whoever is let in and does nothing lets their turn pass.
    for _ in units as usize..people.len() {
        forward(&api, TURN_OVER_S).await;
    }
    (api, sale, tickets)
}

/// An order of this person to this street.
fn order_of(name: &str, street: &str, scenario: &str) -> Value {
    let mut body = order_body(ONE_BAND, scenario);
    body["contact"]["email"] = json!(format!("{name}@shop.example"));
    body["address"]["line1"] = json!(street);
    body
}

fn number_of(placed: &common::Answer) -> kontor_domain::order::OrderNumber {
    placed.str("/order/number").parse().expect("a number")
}

async fn books(api: &Api) {
    books_agree(
        &audit(&api.shop.db, LogProof::by(api.shop.keys.log()), |_| {})
            .await
            .expect("the audit reads"),
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_claim_becomes_an_order_and_is_sold() {
    let (api, sale, tickets) = live(2, &["ada", "bob"]).await;
    let before = api.send(status(sale, &tickets[0])).await.expect(200);
    assert_eq!((before.str("/state"), before.str("/chance")), ("live", "certain"));
    assert_eq!(before.body["turn"], true);
    let (claim, held) = checked_out(&api, sale, &tickets[0]).await;
    let again = api.send(check_out(sale, &claim)).await.expect(201);
    assert_eq!(again.str("/id"), held.id);
    assert_eq!(again.header("idempotent-replayed"), "true");
    books(&api).await;
    let body = order_of("ada", "1 Market Street", "succeeds");
    let placed = api.send(held.order(&body, "pay")).await.expect(201);
    let twice = api.send(held.order(&body, "pay")).await.expect(201);
    assert_eq!(placed.body, twice.body);
    books(&api).await;
    keep(&api).await;
    assert_eq!(on_disk(&api, sale).await, ["sold"]);
    let told = api.send(status(sale, &tickets[0])).await.expect(200);
    assert_eq!(told.str("/claim/state"), "sold");
    assert_eq!(told.str("/checkout/token"), held.token);
    api.send(give_up(sale, &claim)).await.problem(409, "order.already_placed");
    api.send(wish(sale, &tickets[0], "more")).await.problem(409, "sale.person_limit");
    books(&api).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transfer_is_too_slow_and_a_wrong_token_opens_nothing() {
    let (api, sale, tickets) = live(1, &["ada"]).await;
    let (claim, held) = checked_out(&api, sale, &tickets[0]).await;
    let mut body = order_of("ada", "1 Market Street", "succeeds");
    body["payment"] = json!({"method": "bank_transfer"});
    api.send(held.order(&body, "pay")).await.problem(422, "payment.not_offered");
    let forged = claim.replace(&claim[30..31], if &claim[30..31] == "7" { "8" } else { "7" });
    for token in ["nobodys", forged.as_str(), held.token.as_str()] {
        api.send(check_out(sale, token)).await.problem(404, "sale.claim_unknown");
        api.send(give_up(sale, token)).await.problem(404, "sale.claim_unknown");
    }
    api.send(status(sale, "nobodys")).await.problem(403, "sale.ticket_invalid");
    let bare = Ask::post(&format!("/api/v1/sale/{sale}/checkout"), &json!({}));
    api.send(bare).await.problem(400, "request.token_missing");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_real_address_counts() {
    let (api, sale, tickets) = live(3, &["ada", "bob", "eve"]).await;
    let (_, of_ada) = checked_out(&api, sale, &tickets[0]).await;
    let (_, of_bob) = checked_out(&api, sale, &tickets[1]).await;
    let (_, of_eve) = checked_out(&api, sale, &tickets[2]).await;
    // Somebody else's claim is not paid for them.
    let stranger = order_of("mallory", "9 Elm Street", "succeeds");
    api.send(of_ada.order(&stranger, "a")).await.problem(409, "sale.not_yours");
    let ada = order_of("ada", "1 Market Street, Apt. 4", "succeeds");
    api.send(of_ada.order(&ada, "b")).await.expect(201);
    // The same household, written in another way.
    let bob = order_of("bob", "Apartment 4, 1 MARKET ST", "succeeds");
    api.send(of_bob.order(&bob, "a")).await.problem(409, "sale.person_limit");
    let elsewhere = order_of("bob", "2 Market Street", "succeeds");
    api.send(of_bob.order(&elsewhere, "b")).await.expect(201);
    // Kept out between entry and payment.
    let email = kontor_base::Email::parse("eve@shop.example").expect("an address");
    exclude(&api.shop, Some(email), None, "reseller").await.expect("eve is kept out");
    let eve = order_of("eve", "3 Market Street", "succeeds");
    api.send(of_eve.order(&eve, "a")).await.problem(409, "sale.excluded");
    books(&api).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_of_one_household_at_the_bank_at_once() {
    let (api, sale, tickets) = live(2, &["ada", "bob"]).await;
    let (_, of_ada) = checked_out(&api, sale, &tickets[0]).await;
    let (_, of_bob) = checked_out(&api, sale, &tickets[1]).await;
    let ada = order_of("ada", "1 Market Street", "needs_action");
    let bob = order_of("bob", "1 Market Street", "needs_action");
    let ada = api.send(of_ada.order(&ada, "a")).await.expect(202);
    let bob = api.send(of_bob.order(&bob, "a")).await.expect(202);
    let confirm = |step: &str| Ask::post(step, &json!({"step": "confirm"}));
    api.send(confirm(ada.str("/payment/second_step"))).await.expect(200);
    // Both were allowed to go to the bank; one comes back with an order, the other's money goes back.
    api.send(confirm(bob.str("/payment/second_step"))).await.problem(409, "order.gone");
    keep(&api).await;
    assert_eq!(on_disk(&api, sale).await, ["sold", "released"]);
    books(&api).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_comes_back_goes_to_who_waits() {
    let (api, sale, tickets) = live(1, &["ada", "bob", "eve"]).await;
    let (claim, held) = checked_out(&api, sale, &tickets[0]).await;
    let first = api.send(wait(sale, &tickets[1], "w")).await.expect(201);
    assert_eq!(first.body["waiting"], json!({"place": 1, "ahead": 0}));
    let second = api.send(wait(sale, &tickets[2], "w")).await.expect(201);
    assert_eq!(second.body["waiting"], json!({"place": 2, "ahead": 1}));
    let told = api.send(status(sale, &tickets[2])).await.expect(200);
    assert_eq!(told.body["waiting"], json!({"place": 2, "ahead": 1}));
    assert_eq!(told.str("/chance"), "waitlist");
    // The hold of a checkout is given up: the unit goes to bob and not to whoever asks.
    api.send(give_up(sale, &claim)).await.expect(200);
    let again = api.send(give_up(sale, &claim)).await.expect(200);
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(on_disk(&api, sale).await, ["released", "held"]);
    let of_bob = api.send(status(sale, &tickets[1])).await.expect(200);
    assert_eq!(of_bob.str("/claim/state"), "held");
    let body = order_of("ada", "1 Market Street", "succeeds");
    api.send(held.order(&body, "late")).await.problem(409, "order.checkout_expired");
    // Bob's checkout runs out: it goes to eve.
    api.send(check_out(sale, of_bob.str("/claim/claim"))).await.expect(201);
    forward(&api, HOLD_S).await;
    assert_eq!(on_disk(&api, sale).await, ["released", "released", "held"]);
    let of_eve = api.send(status(sale, &tickets[2])).await.expect(200);
    assert_eq!(of_eve.str("/claim/state"), "held");
    // Before its checkout a claim is given up by its lot alone.
    api.send(give_up(sale, of_eve.str("/claim/claim"))).await.expect(200);
    assert_eq!(on_disk(&api, sale).await, ["released", "released", "released"]);
    books(&api).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_payment_under_way_makes_the_hold_longer_once() {
    let (api, sale, tickets) = live(1, &["ada"]).await;
    let (_, held) = checked_out(&api, sale, &tickets[0]).await;
    forward(&api, HOLD_S - 10).await;
    let body = order_of("ada", "1 Market Street", "needs_action");
    let asked = api.send(held.order(&body, "pay")).await.expect(202);
    forward(&api, 200).await;
    assert_eq!(on_disk(&api, sale).await, ["checkout"], "the extension lasts");
    let step = Ask::post(asked.str("/payment/second_step"), &json!({"step": "confirm"}));
    api.send(step).await.expect(200);
    keep(&api).await;
    assert_eq!(on_disk(&api, sale).await, ["sold"]);
    books(&api).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn late_money_gets_units_that_are_free() {
    let (api, sale, tickets) = live(1, &["ada"]).await;
    let (_, held) = checked_out(&api, sale, &tickets[0]).await;
    let body = order_of("ada", "1 Market Street", "needs_action");
    let asked = api.send(held.order(&body, "pay")).await.expect(202);
    forward(&api, HOLD_S + 400).await;
    assert_eq!(on_disk(&api, sale).await, ["released"]);
    let step = Ask::post(asked.str("/payment/second_step"), &json!({"step": "confirm"}));
    api.send(step.clone()).await.expect(200);
    api.send(step).await.expect(200);
    keep(&api).await;
    assert_eq!(on_disk(&api, sale).await, ["released", "sold"]);
    books(&api).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn late_money_does_not_get_what_is_promised_to_others() {
    let (api, sale, tickets) = live(1, &["ada", "bob", "eve"]).await;
    let (_, held) = checked_out(&api, sale, &tickets[0]).await;
    let body = order_of("ada", "1 Market Street", "needs_action");
    let asked = api.send(held.order(&body, "pay")).await.expect(202);
    forward(&api, HOLD_S + 400).await;
    forward(&api, TURN_OVER_S).await;
    // The unit lies free in the stock, and is promised to bob's claim.
    api.send(wish(sale, &tickets[1], "take")).await.expect(201);
    let step = Ask::post(asked.str("/payment/second_step"), &json!({"step": "confirm"}));
    let gone = api.send(step.clone()).await.problem(409, "order.gone");
    assert!(gone.str("/detail").contains("money"), "the answer says where the money goes");
    api.send(step).await.problem(409, "order.gone");
    keep(&api).await;
    assert_eq!(on_disk(&api, sale).await, ["released", "held"]);
    let shown = api.send(held.show("")).await.expect(200);
    assert_eq!((shown.str("/state"), shown.str("/payment/state")), ("expired", "voided"));
    books(&api).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn late_money_stands_behind_who_waits() {
    let (api, sale, tickets) = live(1, &["ada", "bob"]).await;
    let (_, held) = checked_out(&api, sale, &tickets[0]).await;
    let body = order_of("ada", "1 Market Street", "needs_action");
    let asked = api.send(held.order(&body, "pay")).await.expect(202);
    api.send(wait(sale, &tickets[1], "w")).await.expect(201);
    // The hold has ended, and no keeper has come by yet.
    api.clock.advance_seconds(HOLD_S + 400);
    let step = Ask::post(asked.str("/payment/second_step"), &json!({"step": "confirm"}));
    api.send(step).await.problem(409, "order.gone");
    keep(&api).await;
    assert_eq!(on_disk(&api, sale).await, ["released", "held"]);
    books(&api).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancelled_order_gives_its_unit_to_who_waits() {
    let (api, sale, tickets) = live(1, &["ada", "bob"]).await;
    let (_, held) = checked_out(&api, sale, &tickets[0]).await;
    let body = order_of("ada", "1 Market Street", "succeeds");
    let placed = api.send(held.order(&body, "pay")).await.expect(201);
    keep(&api).await;
    api.send(wait(sale, &tickets[1], "w")).await.expect(201);
    let number = number_of(&placed);
    assert!(held_orders(&api.shop).await.expect("orders are read").is_empty());
    cancel(&api.shop, CancelCommand { number }).await.expect("the order is cancelled");
    books(&api).await;
    keep(&api).await;
    assert_eq!(on_disk(&api, sale).await, ["released", "held"]);
    // And ada may buy again, as if nothing had been.
    let told = api.send(status(sale, &tickets[0])).await.expect(200);
    assert_eq!(told.str("/claim/state"), "released");
    books(&api).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_the_sale_its_units_are_the_markets() {
    let (api, sale, tickets) = live(2, &["ada"]).await;
    let (_, held) = checked_out(&api, sale, &tickets[0]).await;
    let body = order_of("ada", "1 Market Street", "succeeds");
    let placed = api.send(held.order(&body, "pay")).await.expect(201);
    keep(&api).await;
    let left = api.left(common::BAND).await;
    forward(&api, 4_000).await;
    until(&api, sale, "settled").await;
    assert_eq!(api.left(common::BAND).await, left + 1, "what was not sold went back");
    let number = number_of(&placed);
    cancel(&api.shop, CancelCommand { number }).await.expect("the order is cancelled");
    keep(&api).await;
    assert_eq!(api.left(common::BAND).await, left + 2, "what came back went back too");
    books(&api).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crash_between_lot_and_books_is_mended() {
    let (api, sale, tickets) = live(2, &["ada", "bob"]).await;
    let ada = api.send(wish(sale, &tickets[0], "take")).await.expect(201).str("/claim").to_owned();
    api.send(wish(sale, &tickets[1], "take")).await.expect(201);
    // The lot has let both go, and then the process ended: the books know of neither.
    let live = api.shop.sales.live(sale).expect("the sale runs");
    let owner = live.owners().next().expect("one lot");
    for number in [1, 2] {
        owner.ask(Command::CheckOut(number)).await.expect("the lot lets go");
    }
    books(&api).await;
    // Who asks again goes on where they were.
    let made = api.send(check_out(sale, &ada)).await.expect(201);
    let held =
        common::Held { id: made.str("/id").to_owned(), token: made.str("/token").to_owned() };
    let body = order_of("ada", "1 Market Street", "succeeds");
    api.send(held.order(&body, "pay")).await.expect(201);
    // For who does not, the keeper brings it to its end.
    forward(&api, HOLD_S + 1).await;
    forward(&api, 5).await;
    assert_eq!(on_disk(&api, sale).await, ["sold", "released"]);
    books(&api).await;
}
