//! Places that cost a deposit in the tests' shop: what people ask, and what became of it.

use kontor_base::Money;
use kontor_base::id::SaleId;
use kontor_domain::sale::{Deposit, Way};
use kontor_shop::audit::{LogProof, audit};
use kontor_shop::order::{KeptDeposit, run_due_jobs};
use kontor_shop::sale::{SetUp, set_up};
use kontor_store::payment::{self as payments, refund};
use kontor_store::sale::deposit as deposits;
use serde_json::{Value, json};

use super::sale::{a_definition, books_agree, forward};
use super::{Answer, Api, Ask, ONE_BAND, order_body};

pub(crate) const DEPOSIT: i64 = 500;

/// A sale of so many units in a batch, where a place costs five dollars; people can enter.
pub(crate) async fn open(units: u32) -> (Api, SaleId) {
    let api = Api::open().await;
    let sale = a_batch(&api, units).await;
    forward(&api, 5).await;
    (api, sale)
}

/// A sale of so many units in a batch, where a place costs five dollars.
pub(crate) async fn a_batch(api: &Api, units: u32) -> SaleId {
    let mut definition = a_definition(api, &[(Way::Batch, units)]);
    definition.deposits = vec![deposit_of(DEPOSIT, "USD")];
    let (title, lots) = ("Bands".to_owned(), 1);
    set_up(&api.shop, SetUp { definition, title, lots }).await.expect("the sale is set up")
}

/// A deposit in the tests' market.
pub(crate) fn deposit_of(minor: i64, currency: &str) -> Deposit {
    let amount = Money::new(minor, currency.parse().expect("a currency"));
    Deposit { market: "us".parse().expect("a market"), amount }
}

/// A wish for a place of this person.
pub(crate) fn pay(sale: SaleId, name: &str, scenario: &str, key: &str) -> Ask {
    let body = json!({
        "market": "us", "email": format!("{name}@shop.example"), "ship_to": "US",
        "deposit_seen": {"minor": DEPOSIT, "currency": "USD"},
        "payment": {"method": "test", "scenario": scenario},
    });
    Ask::post(&format!("/api/v1/sale/{sale}/deposit"), &body).key(key)
}

/// Pays for a place; gives the deposit's token and the ticket.
pub(crate) async fn place(api: &Api, sale: SaleId, name: &str) -> (String, String) {
    let paid = api.send(pay(sale, name, "succeeds", &format!("{name}-pays"))).await.expect(201);
    assert_eq!(paid.str("/outcome"), "entered");
    (paid.str("/deposit").to_owned(), paid.str("/ticket").to_owned())
}

/// The question how a deposit stands.
pub(crate) fn read(sale: SaleId, token: &str) -> Ask {
    Ask::get(&format!("/api/v1/sale/{sale}/deposit")).header("kontor-deposit", token)
}

/// The wish to leave the line.
pub(crate) fn leave(sale: SaleId, token: &str) -> Ask {
    Ask::post(&format!("/api/v1/sale/{sale}/leave"), &json!({})).header("kontor-deposit", token)
}

/// The second step of a payment that waits for one.
pub(crate) fn step(paid: &Answer, step: &str) -> Ask {
    let payment = paid.str("/payment/id");
    Ask::post(&format!("/api/v1/payments/{payment}/second-step"), &json!({"step": step}))
}

/// Where a deposit stands.
pub(crate) async fn state(api: &Api, sale: SaleId, token: &str) -> String {
    api.send(read(sale, token)).await.expect(200).str("/state").to_owned()
}

/// The order of this person.
pub(crate) fn order_of(name: &str, scenario: &str) -> Value {
    let mut body = order_body(ONE_BAND, scenario);
    body["contact"]["email"] = json!(format!("{name}@shop.example"));
    body["address"]["line1"] = json!(format!("{name} street"));
    body
}

/// `kontor audit` finds nothing.
pub(crate) async fn books(api: &Api) {
    books_agree(
        &audit(&api.shop.db, LogProof::by(api.shop.keys.log()), |_| {})
            .await
            .expect("the audit reads"),
    );
}

/// A deposit as it is kept.
pub(crate) async fn kept(api: &Api, token: &str) -> KeptDeposit {
    let id = api.shop.keys.open_deposit(token).expect("a deposit's token");
    let read = api.shop.db.read("test.deposit", move |tx| deposits::get(tx, id)).await;
    read.expect("read").expect("it is there")
}

/// What was given back of a deposit, and of that what the provider has done, in minor units.
pub(crate) async fn given_back(api: &Api, token: &str) -> (i64, i64) {
    let payment = kept(api, token).await.payment.expect("it was paid");
    let refunds = api.shop.db.read("test.refunds", move |tx| refund::of_payment(tx, payment)).await;
    let refunds = refunds.expect("read");
    let sum = |done: bool| -> i64 {
        let counted = refunds.iter().filter(|refund| !done || refund.done_at.is_some());
        counted.map(|refund| refund.amount.minor).sum()
    };
    (sum(false), sum(true))
}

/// The jobs that are due are done.
pub(crate) async fn work(api: &Api) {
    run_due_jobs(&api.shop).await.expect("the jobs are done");
}

/// The payment of an order.
pub(crate) async fn payment_of(
    api: &Api,
    number: &kontor_domain::order::OrderNumber,
) -> kontor_store::payment::Payment {
    let number = number.clone();
    let read = api.shop.db.read("test.payment", move |tx| {
        let placed = kontor_store::order::by_number(tx, &number)?.expect("it was placed");
        payments::get(tx, placed.payment)
    });
    read.await.expect("read").expect("it has a payment")
}
