//! The scripted purchase: cart, checkout, its total for an address, payment
//! with the test provider and order, as a guest, over the JSON API.

use std::net::SocketAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::{Connection, Fault, Response, Turn};

/// Whose purchase.
#[derive(Debug, Clone)]
pub struct Purchase {
    host: String,
    market: String,
    skus: Vec<String>,
    /// Tells the keys of this run from those of every other.
    run: u128,
}

impl Purchase {
    /// Purchases of one piece in this market; the products take turns.
    #[must_use]
    pub fn new(socket: SocketAddr, market: &str, skus: Vec<String>) -> Self {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        Self {
            host: socket.to_string(),
            market: market.to_owned(),
            skus,
            run: since_epoch.as_nanos(),
        }
    }

    /// One purchase from the cart to the order.
    ///
    /// # Errors
    /// When an answer is not the one a shop gives that sells.
    pub async fn carry_out(
        &self,
        connection: &mut Connection,
        request: &mut Vec<u8>,
        turn: Turn,
    ) -> Result<(), Fault> {
        let key = format!("{:x}-{}-{}", self.run, turn.worker, turn.sequence);
        let chosen = (turn.worker + turn.sequence as usize) % self.skus.len().max(1);
        let sku = self.skus.get(chosen).ok_or(Fault::Answer("a product to buy"))?;

        let lines = json!({ "lines": [{ "sku": sku, "quantity": 1 }] });
        let path = format!("/api/v1/{}/carts", self.market);
        write_post(request, &self.host, &path, &format!("{key}-cart"), "", &lines);
        let cart = read(connection.send(request).await?, 201)?;
        let (cart_id, cart_token) = (text(&cart, "id")?, text(&cart, "token")?);

        let path = format!("/api/v1/carts/{cart_id}/checkout");
        let header = format!("Kontor-Cart: {cart_token}\r\n");
        write_post(request, &self.host, &path, &format!("{key}-checkout"), &header, &json!({}));
        let checkout = read(connection.send(request).await?, 201)?;
        let (checkout_id, checkout_token) = (text(&checkout, "id")?, text(&checkout, "token")?);

        // The total depends on where it goes; nobody pays what they have not seen.
        let header = format!("Kontor-Checkout: {checkout_token}\r\n");
        let path = format!("/api/v1/checkouts/{checkout_id}?country=US&region=CA");
        write_get(request, &self.host, &path, &header);
        let quoted = read(connection.send(request).await?, 200)?;
        let total = quoted.pointer("/quote/totals/total").ok_or(Fault::Answer("a total"))?;

        let path = format!("/api/v1/checkouts/{checkout_id}/order");
        write_post(request, &self.host, &path, &format!("{key}-order"), &header, &order(total));
        let placed = read(connection.send(request).await?, 201)?;
        text(&placed["order"], "number").map(|_| ())
    }
}

/// Puts a GET into the buffer.
pub(crate) fn write_get(request: &mut Vec<u8>, host: &str, path: &str, headers: &str) {
    request.clear();
    let head = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n");
    request.extend_from_slice(head.as_bytes());
}

/// Puts a POST of JSON with its idempotency key into the buffer.
pub(crate) fn write_post(
    request: &mut Vec<u8>,
    host: &str,
    path: &str,
    key: &str,
    headers: &str,
    body: &Value,
) {
    let body = body.to_string();
    request.clear();
    request.extend_from_slice(
        format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nIdempotency-Key: {key}\r\n\
             {headers}Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .as_bytes(),
    );
}

/// The wish to pay: somebody in California.
pub(crate) fn order(total: &Value) -> Value {
    json!({
        "contact": { "email": "load@example.com", "name": "Ada Buyer" },
        "address": {
            "name": "Ada Buyer",
            "line1": "500 Castro Street",
            "city": "Mountain View",
            "region": "CA",
            "postcode": "94041",
            "country": "US",
        },
        "total_seen": total,
        "payment": { "method": "test", "scenario": "succeeds" },
    })
}

pub(crate) fn read(answer: Response<'_>, status: u16) -> Result<Value, Fault> {
    let answer = answer.expect_status(status)?;
    serde_json::from_slice(answer.body).map_err(|_| Fault::Answer("JSON"))
}

pub(crate) fn text<'value>(
    value: &'value Value,
    field: &'static str,
) -> Result<&'value str, Fault> {
    value[field].as_str().ok_or(Fault::Answer(field))
}
