//! How deposits end: towards an order that is refunded in part or has become cheaper than the deposit,
//! forgotten because they came to nothing, handed out and erased with their person, and counted in the
//! sale's public report.

mod common;

use common::deposit::{
    DEPOSIT, books, deposit_of, given_back, kept, leave, open, order_of, pay, payment_of, place,
    read, state, step, work,
};
use common::desk::Browser;
use common::sale::{a_definition, checked_out, forward, keep, until, wish};
use common::{Api, Ask, ONE_BAND};
use kontor_base::id::SaleId;
use kontor_base::{Confidence, Money};
use kontor_domain::order::OrderNumber;
use kontor_domain::payment::PaymentState;
use kontor_domain::price::PriceEntry;
use kontor_domain::sale::{Check, DepositState, DepositTotals, Noted, Report, Way, verify};
use kontor_shop::order::{CancelCommand, cancel, index_orders};
use kontor_shop::sale::{SetUp, set_up};
use kontor_store::price;
use serde_json::json;

/// Buys with the place of this ticket; gives the order's number.
async fn buy(api: &Api, sale: SaleId, ticket: &str, name: &str) -> OrderNumber {
    let (_, held) = checked_out(api, sale, ticket).await;
    let placed = api.send(held.order(&order_of(name, "succeeds"), "pay")).await.expect(201);
    keep(api).await;
    work(api).await;
    placed.str("/order/number").parse().expect("a number")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_partial_refund_what_was_paid_last_goes_back_first() {
    let (api, sale) = open(1).await;
    let (token, ticket) = place(&api, sale, "ada").await;
    forward(&api, 200).await;
    keep(&api).await;
    let number = buy(&api, sale, &ticket, "ada").await;
    let sue = Browser::hire(&api, "sue", &["support@us"]).await;
    let sam = Browser::hire(&api, "sam", &["support@us"]).await;
    let paid = ONE_BAND - DEPOSIT;
    // 10.00 of the 15.37 that were paid with the order; then the rest of them and 1.63 of the deposit.
    let steps = [("10.00", 1_000, 0), ("7.00", paid, 1_700 - paid)];
    for (amount, of_order, of_deposit) in steps {
        let fields = [("key", amount), ("reason", "scratched"), ("amount", amount)];
        let path = format!("/admin/orders/{number}/refund");
        let proposed = sue.form(&path, &fields).await.expect(303);
        sam.approve(&proposed).await;
        work(&api).await;
        let payment = payment_of(&api, &number).await;
        assert_eq!(payment.refunded_minor, of_order, "after {amount}");
        assert_eq!(given_back(&api, &token).await, (of_deposit, of_deposit), "after {amount}");
        assert_eq!(kept(&api, &token).await.state, DepositState::Applied, "after {amount}");
        books(&api).await;
    }
    // What is left goes back with the order, and no more than that.
    cancel(&api.shop, CancelCommand { number: number.clone() }).await.expect("cancelled");
    work(&api).await;
    let payment = payment_of(&api, &number).await;
    assert_eq!((payment.state, payment.refunded_minor), (PaymentState::Refunded, paid));
    assert_eq!(given_back(&api, &token).await, (DEPOSIT, DEPOSIT));
    assert_eq!(kept(&api, &token).await.state, DepositState::Returned);
    books(&api).await;
}

/// A deposit is at most the price of the day on which the sale is set up; afterwards the price can fall.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deposit_that_is_worth_more_than_the_order_goes_back_in_part() {
    let api = Api::open().await;
    let mut definition = a_definition(&api, &[(Way::Batch, 1)]);
    let whole_price = 1_499;
    definition.deposits = vec![deposit_of(whole_price, "USD")];
    let command = SetUp { definition, title: "Bands".to_owned(), lots: 1 };
    let sale = set_up(&api.shop, command).await.expect("the sale is set up");
    forward(&api, 5).await;
    let body = json!({
        "market": "us", "email": "ada@shop.example", "ship_to": "US",
        "deposit_seen": {"minor": whole_price, "currency": "USD"},
        "payment": {"method": "test", "scenario": "succeeds"},
    });
    let wanted = Ask::post(&format!("/api/v1/sale/{sale}/deposit"), &body).key("pays");
    let paid = api.send(wanted).await.expect(201);
    let (token, ticket) = (paid.str("/deposit").to_owned(), paid.str("/ticket").to_owned());
    let cheaper = PriceEntry {
        market: "us".parse().expect("a market"),
        sku: common::BAND.parse().expect("a sku"),
        money: Money::new(500, "USD".parse().expect("a currency")),
        mrp: None,
        valid_from: api.clock.now(),
        valid_to: None,
        source: "test".to_owned(),
        confidence: Confidence::M,
    };
    let write = api.shop.db.write("test.price", move |tx| price::save_entry(tx, &cheaper));
    write.await.expect("the price falls");
    forward(&api, 200).await;
    keep(&api).await;
    // 5.00 and 4.00 for the parcel, with 7.25 % on each.
    let total = 500 + 36 + 400 + 29;
    let (_, held) = checked_out(&api, sale, &ticket).await;
    let mut order = order_of("ada", "succeeds");
    order["total_seen"]["minor"] = json!(total);
    let placed = api.send(held.order(&order, "pay")).await.expect(201);
    keep(&api).await;
    work(&api).await;
    let shown = api.send(Ask::get(placed.str("/order/url"))).await.expect(200);
    assert_eq!(shown.body["totals"]["total"]["minor"], total);
    assert_eq!(shown.body["deposit"]["amount"]["minor"], total, "all of it is paid by the deposit");
    let number: OrderNumber = placed.str("/order/number").parse().expect("a number");
    let payment = payment_of(&api, &number).await;
    assert_eq!((payment.amount.minor, payment.captured_minor), (0, 0), "nothing else is charged");
    let left = whole_price - total;
    assert_eq!(given_back(&api, &token).await, (left, left));
    assert_eq!(kept(&api, &token).await.state, DepositState::Applied);
    books(&api).await;
    // Called off: the rest goes back as well, and no more than was paid.
    cancel(&api.shop, CancelCommand { number }).await.expect("cancelled");
    work(&api).await;
    assert_eq!(given_back(&api, &token).await, (whole_price, whole_price));
    assert_eq!(kept(&api, &token).await.state, DepositState::Returned);
    books(&api).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_typed_for_a_deposit_that_came_to_nothing_is_forgotten() {
    let (api, sale) = open(1).await;
    let sweep = async || kontor_shop::keepers::sweep(&api.shop).await.expect("swept");
    let asked = api.send(pay(sale, "ada", "needs_action", "a")).await.expect(202);
    let token = asked.str("/deposit").to_owned();
    api.send(step(&asked, "refuse")).await.problem(402, "payment.declined");
    // Whoever tries again within half an hour need not type anything.
    api.clock.advance_seconds(1_700);
    sweep().await;
    assert_eq!(state(&api, sale, &token).await, "failed");
    assert!(kept(&api, &token).await.wanted.email.is_some());
    let page = format!("/us/en/sale/{sale}/deposit/{token}");
    let shown = api.send(Ask::get(&page)).await.expect(200);
    assert!(shown.text.contains("The payment did not work."), "{}", shown.text);
    api.clock.advance_seconds(200);
    sweep().await;
    let lapsed = kept(&api, &token).await;
    assert_eq!(lapsed.state, DepositState::Lapsed);
    assert_eq!((lapsed.wanted.email, lapsed.wanted.phone), (None, None));
    assert_eq!(state(&api, sale, &token).await, "lapsed");
    let shown = api.send(Ask::get(&page)).await.expect(200);
    assert!(shown.text.contains("we have deleted the address"), "{}", shown.text);
    let key = api.fresh_key();
    let fields = [("key", key.as_str()), ("amount_seen", "500"), ("scenario", "succeeds")];
    api.send(Ask::form(&page, &fields)).await.expect(409);
    // A yes that comes now goes back, and brings nothing to life again.
    assert!(api.send(step(&asked, "confirm")).await.status >= 400);
    assert_eq!(kept(&api, &token).await.state, DepositState::Lapsed);
    // Anybody may begin anew, who was declined too.
    place(&api, sale, "ada").await;
    books(&api).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_is_handed_their_deposits_and_erased_with_them() {
    let (api, sale) = open(2).await;
    let (of_ada, ada) = place(&api, sale, "ada").await;
    api.clock.advance_seconds(1);
    let (of_bob, _) = place(&api, sale, "bob").await;
    forward(&api, 200).await;
    keep(&api).await;
    let number = buy(&api, sale, &ada, "ada").await;
    while index_orders(&api.shop).await.expect("terms are written") > 0 {}
    let sue = Browser::hire(&api, "sue", &["support@us"]).await;
    let sam = Browser::hire(&api, "sam", &["support@us"]).await;
    let customer_of = async |name: &str| {
        let found = sue.get(&format!("/admin/find?q={name}%40shop.example")).await.expect(200);
        let id = found.text.split("/admin/customers/").nth(1).expect("a customer").to_owned();
        format!("/admin/customers/{}", id.split('"').next().expect("an end"))
    };
    let (ada, bob) = (customer_of("ada").await, customer_of("bob").await);

    let told = sue.form(&format!("{ada}/export"), &[]).await.expect(200);
    let deposit = &told.body["deposits"][0];
    assert_eq!(deposit["state"], "applied", "{}", told.text);
    assert_eq!(deposit["amount"]["minor"], DEPOSIT);
    assert_eq!(deposit["wanted"]["email"], "ada@shop.example");
    assert!(!deposit["order"].is_null() && !deposit["paid_at"].is_null());
    assert_eq!(deposit["bookings"][0]["cause"], "captured");
    // That it went towards the order is one of the order's bookings.
    let of_order = told.body["orders"][0]["bookings"].as_array().expect("bookings");
    assert!(of_order.iter().any(|booking| booking["cause"] == "applied"), "{}", told.text);
    assert!(!told.text.contains("bob@"), "nobody else's");

    // Money that is held is somebody's: it goes back first.
    let told = sue.form(&format!("{bob}/export"), &[]).await.expect(200);
    assert_eq!(told.body["deposits"][0]["state"], "held", "{}", told.text);
    let erase = |key| [("key", key), ("reason", "asked for it")];
    let held = sue.form(&format!("{bob}/erase"), &erase("e1")).await;
    assert_eq!(held.status, 409, "{}", held.text);
    api.send(leave(sale, &of_bob)).await.expect(200);
    work(&api).await;
    cancel(&api.shop, CancelCommand { number }).await.expect("cancelled");
    work(&api).await;
    let told = sue.form(&format!("{bob}/export"), &[]).await.expect(200);
    assert_eq!(told.body["deposits"][0]["refunds"][0]["amount"]["minor"], DEPOSIT);

    for (customer, token, email) in
        [(&ada, &of_ada, "ada@shop.example"), (&bob, &of_bob, "bob@shop.example")]
    {
        let before = kept(&api, token).await;
        assert!(before.wanted.email.is_some());
        let proposed = sue.form(&format!("{customer}/erase"), &erase(email)).await.expect(303);
        sam.approve(&proposed).await;
        sue.get(customer).await.expect(404);
        // What is in the books stays, and names nobody.
        let mut erased = before;
        (erased.wanted.email, erased.wanted.phone) = (None, None);
        assert_eq!(kept(&api, token).await, erased);
        let shown = api.send(read(sale, token)).await.expect(200);
        assert!(!shown.text.contains(email), "{}", shown.text);
        if api.scratch.is_postgres() {
            assert!(!api.scratch.dump().contains(email), "{email} is still in the database");
        }
    }
    books(&api).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_report_counts_deposits_and_each_count_can_be_checked() {
    let (api, sale) = open(2).await;
    let mut all = Vec::new();
    for name in ["early", "ada", "bob", "eve", "mia"] {
        all.push(place(&api, sale, name).await);
        api.clock.advance_seconds(1);
    }
    // Gone before the list is closed: as if never there.
    api.send(leave(sale, &all[0].0)).await.expect(200);
    forward(&api, 200).await;
    keep(&api).await;
    buy(&api, sale, &all[1].1, "ada").await;
    // Bob leaves, Eve buys and calls it off, Mia buys.
    api.send(leave(sale, &all[2].0)).await.expect(200);
    keep(&api).await;
    let off = buy(&api, sale, &all[3].1, "eve").await;
    cancel(&api.shop, CancelCommand { number: off }).await.expect("cancelled");
    // The lot hears of it, and then the next one is let in.
    keep(&api).await;
    keep(&api).await;
    let of_mia = buy(&api, sale, &all[4].1, "mia").await;
    api.send(wish(sale, &all[3].1, "more")).await.problem(409, "sale.deposit_missing");
    forward(&api, 11_000).await;
    until(&api, sale, "reported").await;
    let path = format!("/api/v1/sale/{sale}/report");
    let answer = api.send(Ask::get(&path)).await.expect(200);
    let report: Report = serde_json::from_str(&answer.text).expect("a report");
    assert_eq!(verify(&report, &Noted::default()), []);
    let amount = deposit_of(DEPOSIT, "USD").amount;
    let counted = DepositTotals { amount, taken: 4, credited: 2, refunded: 2, kept: 0 };
    assert_eq!(report.channels[0].deposits, Some(counted));
    assert_eq!(report.channels[0].totals.entries, 4, "one for each place");

    // The page says the same, and what happens to an order later changes nothing of it.
    let page = api.send(Ask::get(&format!("/us/en/sale/{sale}/report"))).await.expect(200);
    assert!(page.text.contains("What became of the deposits"), "{}", page.text);
    cancel(&api.shop, CancelCommand { number: of_mia }).await.expect("cancelled");
    work(&api).await;
    api.clock.advance_seconds(3_600);
    keep(&api).await;
    let later = api.send(Ask::get(&path)).await.expect(200);
    assert_eq!(later.text, answer.text, "a report does not change");

    // A number that is not that of the places is found.
    let mut false_one = report;
    false_one.channels[0].deposits = Some(DepositTotals { credited: 1, kept: 1, ..counted });
    let found = verify(&false_one, &Noted::default());
    assert!(found.iter().any(|finding| finding.check == Check::Deposits), "{found:?}");
    books(&api).await;
}
