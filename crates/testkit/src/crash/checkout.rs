//! One purchase that can be taken up again: cart, checkout, total, order. Every request keeps its
//! key and its bytes, so that repeating it asks for the same thing.
//!
//! When the server dies between asking the provider and answering, the repeated request takes the
//! payment up where it stood: it gets the order, and not a word about one that it cannot see.

use serde_json::{Value, json};

use super::{End, Step};
use crate::load::order::{order, read, text, write_get, write_post};
use crate::load::{Connection, Fault, Response};

/// What is bought, one piece at a time.
const SKUS: [&str; 3] = ["BAND-BLACK", "PB5000-SILVER", "PB10400-SILVER"];

/// The refusals that mean that nothing is left.
const SOLD_OUT: &str = "stock.insufficient";

/// How far a purchase has come.
#[derive(Debug)]
enum Stage {
    Cart,
    Checkout { cart: String, token: String },
    Total { checkout: String, token: String },
    Order { checkout: String, token: String, total: Value },
}

/// A purchase with its keys.
#[derive(Debug)]
pub(super) struct Checkout {
    key: String,
    sku: &'static str,
    stage: Stage,
}

impl Checkout {
    pub(super) fn new(seed: u64, number: u64) -> Self {
        let sku = SKUS[(number % SKUS.len() as u64) as usize];
        Self { key: format!("crash-{seed:x}-{number:x}"), sku, stage: Stage::Cart }
    }

    pub(super) fn key(&self) -> &str {
        &self.key
    }

    /// From where it stands to its end. Called again, it repeats its last request.
    pub(super) async fn go_on(&mut self, connection: &mut Connection) -> Result<Step, Fault> {
        let host = connection.host();
        let mut request = Vec::new();
        loop {
            self.write(&mut request, &host);
            let answer = connection.send(&request).await?;
            let step =
                if answer.status < 400 { self.understand(answer)? } else { refused(answer)? };
            if let Some(step) = step {
                return Ok(step);
            }
        }
    }

    fn write(&self, request: &mut Vec<u8>, host: &str) {
        let key = &self.key;
        match &self.stage {
            Stage::Cart => {
                let lines = json!({ "lines": [{ "sku": self.sku, "quantity": 1 }] });
                write_post(request, host, "/api/v1/us/carts", &format!("{key}-cart"), "", &lines);
            }
            Stage::Checkout { cart, token } => {
                let path = format!("/api/v1/carts/{cart}/checkout");
                let header = format!("Kontor-Cart: {token}\r\n");
                write_post(request, host, &path, &format!("{key}-checkout"), &header, &json!({}));
            }
            Stage::Total { checkout, token } => {
                let path = format!("/api/v1/checkouts/{checkout}?country=US&region=CA");
                write_get(request, host, &path, &format!("Kontor-Checkout: {token}\r\n"));
            }
            Stage::Order { checkout, token, total } => {
                let path = format!("/api/v1/checkouts/{checkout}/order");
                let header = format!("Kontor-Checkout: {token}\r\n");
                write_post(request, host, &path, &format!("{key}-order"), &header, &order(total));
            }
        }
    }

    /// Moves on by an answer; gives the end if this was it.
    fn understand(&mut self, answer: Response<'_>) -> Result<Option<Step>, Fault> {
        let status = answer.status;
        self.stage = match &self.stage {
            Stage::Cart => {
                let cart = read(answer, 201)?;
                let (id, token) = (text(&cart, "id")?.to_owned(), text(&cart, "token")?.to_owned());
                Stage::Checkout { cart: id, token }
            }
            Stage::Checkout { .. } => {
                let checkout = read(answer, 201)?;
                let id = text(&checkout, "id")?.to_owned();
                Stage::Total { checkout: id, token: text(&checkout, "token")?.to_owned() }
            }
            Stage::Total { checkout, token } => {
                let quoted = read(answer, 200)?;
                let total =
                    quoted.pointer("/quote/totals/total").ok_or(Fault::Answer("a total"))?;
                Stage::Order {
                    checkout: checkout.clone(),
                    token: token.clone(),
                    total: total.clone(),
                }
            }
            Stage::Order { .. } => {
                let placed = read(answer, status)?;
                return Ok(Some(match placed["order"]["token"].as_str() {
                    Some(order) => Step::Done(End::Ordered(order.to_owned())),
                    None => Step::NotYet,
                }));
            }
        };
        Ok(None)
    }
}

/// What a refusal means for a purchase.
fn refused(answer: Response<'_>) -> Result<Option<Step>, Fault> {
    if String::from_utf8_lossy(answer.body).contains(SOLD_OUT) {
        return Ok(Some(Step::Done(End::SoldOut)));
    }
    answer.expect_status(201).map(|_| None)
}
