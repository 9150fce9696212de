//! Places in a batch's line that cost a deposit, over HTTP: paid, declined, paid late, paid twice, given
//! back for every reason there is, and taken off an order that is then called off.

mod common;

use common::deposit::{
    DEPOSIT, a_batch, books, deposit_of, given_back, kept, leave, open, order_of, pay, payment_of,
    place, read, state, step, work,
};
use common::sale::{
    a_definition, check_out, checked_out, forward, give_up, keep, on_disk, status, until, wish,
};
use common::{Ask, Held, ONE_BAND};
use kontor_base::Email;
use kontor_domain::payment::PaymentState;
use kontor_domain::sale::{DepositState, Way};
use kontor_shop::Failure;
use kontor_shop::order::{CancelCommand, cancel};
use kontor_shop::sale::{SetUp, SetUpRefusal, exclude, halt, resume, set_up, settle_halted};
use kontor_store::StoreError;
use kontor_store::payment as payments;
use kontor_store::sale::deposit as deposits;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_place_is_paid_for_and_its_deposit_is_taken_off_the_order() {
    let (api, sale) = open(1).await;
    let shown = api.send(Ask::get(&format!("/api/v1/sale/{sale}"))).await.expect(200);
    assert_eq!(shown.body["ways"][0]["deposit"]["minor"], DEPOSIT);
    // A place cannot be had without it, nor for another amount.
    let entry =
        json!({"market": "us", "way": "batch", "email": "ada@shop.example", "ship_to": "US"});
    let entry = Ask::post(&format!("/api/v1/sale/{sale}/entry"), &entry);
    api.send(entry.clone()).await.problem(409, "sale.deposit_needed");
    let mut cheaper: Value = json!({
        "market": "us", "email": "ada@shop.example", "ship_to": "US",
        "deposit_seen": {"minor": 1, "currency": "USD"}, "payment": {"method": "test"},
    });
    let path = format!("/api/v1/sale/{sale}/deposit");
    api.send(Ask::post(&path, &cheaper).key("a")).await.problem(409, "sale.deposit_changed");
    cheaper["payment"] = json!({"method": "bank_transfer"});
    api.send(Ask::post(&path, &cheaper).key("b")).await.problem(422, "payment.not_offered");
    let declined = pay(sale, "ada", "declined", "c");
    api.send(declined.clone()).await.problem(402, "payment.declined");
    api.send(declined).await.problem(402, "payment.declined");
    api.send(entry.clone()).await.problem(409, "sale.deposit_needed");
    books(&api).await;

    let paid = api.send(pay(sale, "ada", "succeeds", "d")).await.expect(201);
    let again = api.send(pay(sale, "ada", "succeeds", "d")).await.expect(201);
    assert_eq!((&again.body, again.header("idempotent-replayed")), (&paid.body, "true"));
    api.send(pay(sale, "ada", "declined", "d")).await.problem(422, "idempotency.key_reused");
    api.send(pay(sale, "ada", "succeeds", "e")).await.problem(409, "sale.place_paid");
    // Whoever only knows the address does not get the ticket.
    api.send(entry).await.problem(409, "sale.place_paid");
    let (token, ticket) = (paid.str("/deposit").to_owned(), paid.str("/ticket").to_owned());
    assert_eq!(state(&api, sale, &token).await, "held");
    books(&api).await;

    forward(&api, 200).await;
    keep(&api).await;
    let (_, held) = checked_out(&api, sale, &ticket).await;
    let checkout = api.send(held.show("")).await.expect(200);
    assert_eq!(checkout.body["deposit"]["amount"]["minor"], DEPOSIT);
    let placed = api.send(held.order(&order_of("ada", "succeeds"), "pay")).await.expect(201);
    let order = api.send(Ask::get(placed.str("/order/url"))).await.expect(200);
    assert_eq!(order.body["deposit"]["amount"]["minor"], DEPOSIT);
    let total = order.body["totals"]["total"]["minor"].as_i64().expect("a total");
    assert_eq!(total, ONE_BAND, "tax and total are those of the whole order");
    books(&api).await;
    work(&api).await;
    let number = placed.str("/order/number").parse().expect("a number");
    let paid = payment_of(&api, &number).await;
    assert_eq!((paid.amount.minor, paid.captured_minor), (total - DEPOSIT, total - DEPOSIT));
    assert_eq!(state(&api, sale, &token).await, "applied");
    api.send(leave(sale, &token)).await.problem(409, "sale.deposit_over");
    books(&api).await;

    // Called off: both payments go back, and nothing more.
    cancel(&api.shop, CancelCommand { number: number.clone() }).await.expect("cancelled");
    work(&api).await;
    keep(&api).await;
    let paid = payment_of(&api, &number).await;
    assert_eq!((paid.state, paid.refunded_minor), (PaymentState::Refunded, total - DEPOSIT));
    assert_eq!(given_back(&api, &token).await, (DEPOSIT, DEPOSIT));
    assert_eq!(kept(&api, &token).await.state, DepositState::Returned);
    books(&api).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_place_is_that_of_the_money() {
    let (api, sale) = open(1).await;
    let bob = api.send(pay(sale, "bob", "needs_action", "a")).await.expect(202);
    assert_eq!(bob.str("/outcome"), "needs_action");
    let token = bob.str("/deposit").to_owned();
    assert_eq!(state(&api, sale, &token).await, "paying");
    // One attempt at a time, and nothing to have back before there is something.
    api.send(pay(sale, "bob", "succeeds", "b")).await.problem(409, "sale.being_paid");
    api.send(leave(sale, &token)).await.problem(409, "sale.deposit_being_paid");
    forward(&api, 2).await;
    let (_, eve) = place(&api, sale, "eve").await;
    forward(&api, 2).await;
    let confirmed = api.send(step(&bob, "confirm")).await.expect(200);
    let twice = api.send(step(&bob, "confirm")).await.expect(200);
    assert_eq!(confirmed.body, twice.body);
    let bob = confirmed.str("/ticket").to_owned();
    forward(&api, 200).await;
    keep(&api).await;
    let turn = async |ticket: &str| {
        api.send(status(sale, ticket)).await.expect(200).body["turn"] == json!(true)
    };
    assert_eq!((turn(&eve).await, turn(&bob).await), (true, false), "who paid first stands first");
    books(&api).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn money_that_comes_late_or_not_at_once_makes_the_place_then() {
    let (api, sale) = open(2).await;
    let late = api.send(pay(sale, "ada", "answers_late", "a")).await.expect(202);
    assert_eq!(late.str("/outcome"), "pending");
    let slow = api.send(pay(sale, "bob", "capture_fails", "a")).await.expect(202);
    assert_eq!(slow.str("/outcome"), "pending");
    let no = api.send(pay(sale, "eve", "needs_action", "a")).await.expect(202);
    api.send(step(&no, "refuse")).await.problem(402, "payment.declined");
    for (paid, wanted) in [(&late, "paying"), (&slow, "paying"), (&no, "failed")] {
        assert_eq!(state(&api, sale, paid.str("/deposit")).await, wanted);
    }
    books(&api).await;
    // The job tries to collect once more, and asks for the answer that was promised.
    for _ in 0..3 {
        api.clock.advance_seconds(25);
        work(&api).await;
    }
    for paid in [&late, &slow] {
        let told = api.send(read(sale, paid.str("/deposit"))).await.expect(200);
        assert_eq!(told.str("/state"), "held");
        assert!(!told.str("/ticket").is_empty());
    }
    // A second step that nobody takes is given up, and a yes that comes then goes back.
    let gone = api.send(pay(sale, "mia", "needs_action", "a")).await.expect(202);
    api.clock.advance_seconds(1_801);
    kontor_shop::keepers::sweep(&api.shop).await.expect("swept");
    assert_eq!(state(&api, sale, gone.str("/deposit")).await, "failed");
    api.send(step(&gone, "confirm")).await.problem(409, "sale.deposit_gone");
    let payment = kept(&api, gone.str("/deposit")).await.payment.expect("tried");
    let paid = api.shop.db.read("test.payment", move |tx| payments::get(tx, payment)).await;
    assert_eq!(paid.expect("read").expect("kept").state, PaymentState::Voided);
    books(&api).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_leaves_has_it_back_and_the_next_one_comes_in() {
    let (api, sale) = open(1).await;
    let (of_ada, _) = place(&api, sale, "ada").await;
    api.clock.advance_seconds(1);
    let left = api.send(leave(sale, &of_ada)).await.expect(200);
    assert_eq!((left.str("/state"), &left.body["amount"]["minor"]), ("returned", &json!(DEPOSIT)));
    let twice = api.send(leave(sale, &of_ada)).await.expect(200);
    assert_eq!(twice.header("idempotent-replayed"), "true");
    assert_eq!(given_back(&api, &of_ada).await, (DEPOSIT, 0));
    work(&api).await;
    assert_eq!(given_back(&api, &of_ada).await, (DEPOSIT, DEPOSIT));
    books(&api).await;
    // Before the line is made that is as if they had never been there: they may come again.
    let again = api.send(pay(sale, "ada", "succeeds", "again")).await.expect(201);
    let (of_ada, ada) = (again.str("/deposit").to_owned(), again.str("/ticket").to_owned());
    api.clock.advance_seconds(1);
    let (of_bob, bob) = place(&api, sale, "bob").await;
    api.clock.advance_seconds(1);
    let (_, eve) = place(&api, sale, "eve").await;
    forward(&api, 200).await;
    keep(&api).await;
    api.send(wish(sale, &bob, "early")).await.problem(409, "sale.not_your_turn");
    // Ada leaves without having taken anything: it is Bob's turn.
    api.send(leave(sale, &of_ada)).await.expect(200);
    keep(&api).await;
    api.send(wish(sale, &ada, "gone")).await.problem(409, "sale.deposit_missing");
    // Bob holds a unit and leaves: it is Eve's, and nobody else's.
    let claim = api.send(wish(sale, &bob, "take")).await.expect(201);
    api.send(check_out(sale, claim.str("/claim"))).await.expect(201);
    api.send(leave(sale, &of_bob)).await.expect(200);
    keep(&api).await;
    let (_, held) = checked_out(&api, sale, &eve).await;
    api.send(held.order(&order_of("eve", "succeeds"), "pay")).await.expect(201);
    keep(&api).await;
    assert_eq!(on_disk(&api, sale).await, ["released", "sold"]);
    books(&api).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn units_that_are_being_paid_are_not_left_behind() {
    let (api, sale) = open(1).await;
    let (token, ticket) = place(&api, sale, "ada").await;
    forward(&api, 200).await;
    keep(&api).await;
    let (claim, held) = checked_out(&api, sale, &ticket).await;
    let asked = api.send(held.order(&order_of("ada", "needs_action"), "pay")).await.expect(202);
    api.send(leave(sale, &token)).await.problem(409, "order.payment_under_way");
    // What is left to pay is what the bank is asked for.
    let checkout = api.send(held.show("")).await.expect(200);
    assert_eq!(checkout.body["payment"]["amount"]["minor"], ONE_BAND - DEPOSIT);
    let step = Ask::post(asked.str("/payment/second_step"), &json!({"step": "refuse"}));
    api.send(step).await.problem(402, "payment.declined");
    api.send(give_up(sale, &claim)).await.expect(200);
    // Given up, and the deposit is still theirs to have back.
    assert_eq!(state(&api, sale, &token).await, "held");
    api.send(leave(sale, &token)).await.expect(200);
    books(&api).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_not_bought_with_goes_back_when_the_sale_is_over() {
    let (api, sale) = open(1).await;
    let (of_ada, ada) = place(&api, sale, "ada").await;
    api.clock.advance_seconds(1);
    let (of_bob, _) = place(&api, sale, "bob").await;
    forward(&api, 200).await;
    keep(&api).await;
    let (_, held) = checked_out(&api, sale, &ada).await;
    api.send(held.order(&order_of("ada", "succeeds"), "pay")).await.expect(201);
    forward(&api, 5_000).await;
    until(&api, sale, "settled").await;
    keep(&api).await;
    assert_eq!(state(&api, sale, &of_ada).await, "applied");
    assert_eq!(state(&api, sale, &of_bob).await, "returned");
    work(&api).await;
    assert_eq!(given_back(&api, &of_bob).await, (DEPOSIT, DEPOSIT));
    api.send(pay(sale, "eve", "succeeds", "late")).await.problem(409, "sale.no_entries");
    books(&api).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sale_that_stands_still_keeps_deposits_and_one_that_is_called_off_gives_them_back() {
    let (api, sale) = open(1).await;
    let (of_ada, _) = place(&api, sale, "ada").await;
    let at_the_bank = api.send(pay(sale, "bob", "needs_action", "a")).await.expect(202);
    let slow = api.send(pay(sale, "eve", "capture_fails", "a")).await.expect(202);
    halt(&api.shop, sale).await.expect("it stands still");
    keep(&api).await;
    assert_eq!(state(&api, sale, &of_ada).await, "held");
    // Nobody can enter now: what is blocked is released, what is collected goes back.
    api.send(step(&at_the_bank, "confirm")).await.problem(409, "sale.deposit_gone");
    assert_eq!(state(&api, sale, at_the_bank.str("/deposit")).await, "failed");
    // The job's first attempt fails as the one before did.
    for _ in 0..2 {
        api.clock.advance_seconds(5);
        work(&api).await;
    }
    assert_eq!(state(&api, sale, slow.str("/deposit")).await, "returned");
    books(&api).await;
    resume(&api.shop, sale).await.expect("it goes on");
    keep(&api).await;
    assert_eq!(state(&api, sale, &of_ada).await, "held", "the place was kept");
    halt(&api.shop, sale).await.expect("it stands still");
    settle_halted(&api.shop, sale).await.expect("it is called off");
    keep(&api).await;
    work(&api).await;
    assert_eq!(given_back(&api, &of_ada).await, (DEPOSIT, DEPOSIT));
    books(&api).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_kept_out_has_it_back() {
    let (api, sale) = open(2).await;
    let (of_ada, ada) = place(&api, sale, "ada").await;
    api.clock.advance_seconds(1);
    let (of_bob, bob) = place(&api, sale, "bob").await;
    let email = Email::parse("ada@shop.example").expect("an address");
    exclude(&api.shop, Some(email), None, "reseller").await.expect("ada is kept out");
    keep(&api).await;
    assert_eq!(state(&api, sale, &of_ada).await, "returned");
    api.send(pay(sale, "ada", "succeeds", "again")).await.problem(409, "sale.excluded");
    forward(&api, 200).await;
    keep(&api).await;
    api.send(wish(sale, &ada, "take")).await.problem(409, "sale.deposit_missing");
    // Bob is refused when he pays: the rules keep him out, and when his units are gone it goes back.
    let (claim, held): (String, Held) = checked_out(&api, sale, &bob).await;
    let email = Email::parse("bob@shop.example").expect("an address");
    exclude(&api.shop, Some(email), None, "reseller").await.expect("bob is kept out");
    api.send(held.order(&order_of("bob", "succeeds"), "pay")).await.problem(409, "sale.excluded");
    api.send(give_up(sale, &claim)).await.expect(200);
    keep(&api).await;
    assert_eq!(state(&api, sale, &of_bob).await, "returned");
    work(&api).await;
    assert_eq!(given_back(&api, &of_bob).await, (DEPOSIT, DEPOSIT));
    books(&api).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deposit_fits_the_price_and_a_token_opens_one_of_its_own_sale() {
    let (api, sale) = open(1).await;
    for (minor, currency) in [(1_500, "USD"), (500, "EUR")] {
        let mut definition = a_definition(&api, &[(Way::Batch, 1)]);
        definition.deposits = vec![deposit_of(minor, currency)];
        let command = SetUp { definition, title: "Bands".to_owned(), lots: 1 };
        let refused = set_up(&api.shop, command).await;
        let market = "us".parse().expect("a market");
        assert!(
            matches!(refused, Err(Failure::Refused(SetUpRefusal::Deposit(found))) if found == market),
            "{refused:?}"
        );
    }
    let (token, _) = place(&api, sale, "ada").await;
    let other = a_batch(&api, 1).await;
    forward(&api, 5).await;
    for (sale, token) in [(other, token.as_str()), (sale, "nobodys"), (sale, &token[1..])] {
        api.send(read(sale, token)).await.problem(404, "sale.deposit_unknown");
        api.send(leave(sale, token)).await.problem(404, "sale.deposit_unknown");
    }
    let bare = Ask::get(&format!("/api/v1/sale/{sale}/deposit"));
    api.send(bare).await.problem(400, "request.token_missing");
    assert_eq!(state(&api, sale, &token).await, "held");
}

/// The pages do the same: the form leads to the deposit, the deposit to the place, and back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_pages_lead_from_the_form_to_the_place_and_out_again() {
    let (api, sale) = open(1).await;
    let page = api.send(Ask::get(&format!("/us/en/sale/{sale}"))).await.expect(200);
    assert!(page.text.contains("A place costs a deposit of $5.00"), "{}", page.text);
    let fields = [("way", "batch"), ("email", "ada@shop.example")];
    let begun =
        api.send(Ask::form(&format!("/us/en/sale/{sale}/entry"), &fields)).await.expect(303);
    let deposit = begun.header("location").to_owned();
    let page = api.send(Ask::get(&deposit)).await.expect(200);
    assert!(page.text.contains("Pay the deposit") && page.text.contains("$5.00"), "{}", page.text);
    let pay = |scenario, key| {
        let fields = [("key", key), ("amount_seen", "500"), ("scenario", scenario)];
        Ask::form(&deposit, &fields)
    };
    let (first, second) = (api.fresh_key(), api.fresh_key());
    let declined = api.send(pay("declined", &first)).await.expect(303);
    assert_eq!(declined.header("location"), deposit);
    let page = api.send(Ask::get(&deposit)).await.expect(200);
    assert!(page.text.contains("The payment did not work."), "{}", page.text);
    let asked = api.send(pay("second_step", &second)).await.expect(303);
    let bank = asked.header("location").to_owned();
    assert!(bank.starts_with("/pay/test/"), "{bank}");
    api.send(Ask::get(&bank)).await.expect(200);
    let approve = Ask::form(&bank, &[("outcome", "approve")]);
    let back = api.send(approve).await.expect(303);
    assert_eq!(back.header("location"), deposit);
    let page = api.send(Ask::get(&deposit)).await.expect(200);
    assert!(page.text.contains("You are in line. Your deposit is paid."), "{}", page.text);
    let link = page.text.split("id=\"act\" href=\"").nth(1).and_then(|rest| rest.split('"').next());
    let link = link.expect("it leads to the place").to_owned();
    let came = api.send(Ask::get(&link)).await.expect(303);
    let mut shopper = common::Shopper::default();
    shopper.keep(&came);
    let place = api.send(shopper.with(Ask::get(came.header("location")))).await.expect(200);
    assert!(place.text.contains("A deposit of $5.00 was paid for this place."), "{}", place.text);
    assert!(place.text.contains(&deposit), "it can be had back from there");
    // Whoever types the address once more is told, and gets nothing that is not theirs.
    let again = Ask::form(&format!("/us/en/sale/{sale}/entry"), &fields);
    let again = api.send(again).await.expect(422);
    assert!(
        again.text.contains("There is a paid place for this person already."),
        "{}",
        again.text
    );
    let left = api.send(Ask::form(&format!("{deposit}/leave"), &[])).await.expect(303);
    assert_eq!(left.header("location"), deposit);
    let page = api.send(Ask::get(&deposit)).await.expect(200);
    assert!(page.text.contains("Your deposit goes back."), "{}", page.text);
    let place = api.send(shopper.with(Ask::get(came.header("location")))).await.expect(303);
    assert_eq!(place.header("location"), format!("/us/en/sale/{sale}"));
    books(&api).await;
}

/// A wish that nobody pays is forgotten after a day; what was paid is not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wish_that_nobody_pays_is_forgotten() {
    let (api, sale) = open(1).await;
    let (token, _) = place(&api, sale, "ada").await;
    let fields = [("way", "batch"), ("email", "bob@shop.example")];
    let begun =
        api.send(Ask::form(&format!("/us/en/sale/{sale}/entry"), &fields)).await.expect(303);
    let unpaid = begun.header("location").to_owned();
    let count = async || {
        let all = api.shop.db.read("test.deposits", |tx| deposits::after(tx, None, 100));
        Ok::<_, StoreError>(all.await?.len())
    };
    assert_eq!(count().await.expect("counted"), 2);
    api.clock.advance_seconds(86_401);
    kontor_shop::keepers::sweep(&api.shop).await.expect("swept");
    assert_eq!(count().await.expect("counted"), 1);
    api.send(Ask::get(&unpaid)).await.expect(404);
    assert_eq!(state(&api, sale, &token).await, "held");
}
