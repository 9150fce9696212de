//! The steps of a purchase, each with a new key, for tests that are about a later step.

use serde_json::{Value, json};

use super::{Answer, Api, Ask};

/// A cart that was made.
#[derive(Clone, Debug)]
pub(crate) struct Opened {
    /// Its id.
    pub(crate) id: String,
    /// Its token.
    pub(crate) token: String,
}

/// A checkout that has begun.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    /// Its id.
    pub(crate) id: String,
    /// Its token.
    pub(crate) token: String,
}

impl Opened {
    /// `PUT` of one of its lines.
    pub(crate) fn set(&self, sku: &str, quantity: u32, version: u64, key: &str) -> Ask {
        let body = json!({ "quantity": quantity, "version": version });
        Ask::put(&format!("/api/v1/carts/{}/lines/{sku}", self.id), &body)
            .header("kontor-cart", &self.token)
            .key(key)
    }

    /// `POST` of its checkout.
    pub(crate) fn checkout(&self, body: &Value, key: &str) -> Ask {
        Ask::post(&format!("/api/v1/carts/{}/checkout", self.id), body)
            .header("kontor-cart", &self.token)
            .key(key)
    }

    /// `GET` of it.
    pub(crate) fn show(&self) -> Ask {
        Ask::get(&format!("/api/v1/carts/{}", self.id)).header("kontor-cart", &self.token)
    }
}

impl Held {
    /// `GET` of it, with this query.
    pub(crate) fn show(&self, query: &str) -> Ask {
        Ask::get(&format!("/api/v1/checkouts/{}{query}", self.id))
            .header("kontor-checkout", &self.token)
    }

    /// `POST` of its order.
    pub(crate) fn order(&self, body: &Value, key: &str) -> Ask {
        Ask::post(&format!("/api/v1/checkouts/{}/order", self.id), body)
            .header("kontor-checkout", &self.token)
            .key(key)
    }
}

/// A good order for `total` minor units, with the test provider playing `scenario`.
pub(crate) fn order_body(total: i64, scenario: &str) -> Value {
    json!({
        "contact": { "email": "ada@shop.example", "name": "Ada Lovelace" },
        "address": {
            "name": "Ada Lovelace", "line1": "1 Market Street", "city": "San Francisco",
            "region": "CA", "postcode": "94105", "country": "US",
        },
        "total_seen": { "minor": total, "currency": "USD" },
        "payment": { "method": "test", "scenario": scenario },
    })
}

/// What one band costs to California: (14.99 + 4.00) and 7.25 % on each line.
pub(crate) const ONE_BAND: i64 = 1499 + 109 + 400 + 29;

impl Api {
    /// Makes a cart.
    pub(crate) async fn cart(&self, sku: &str, quantity: u32) -> Opened {
        let key = self.fresh_key();
        let made = self.send(new_cart(sku, quantity).key(&key)).await.expect(201);
        Opened { id: made.str("/id").to_owned(), token: made.str("/token").to_owned() }
    }

    /// Begins a checkout.
    pub(crate) async fn hold(&self, cart: &Opened) -> Held {
        let made = self.send(cart.checkout(&json!({}), &self.fresh_key())).await.expect(201);
        Held { id: made.str("/id").to_owned(), token: made.str("/token").to_owned() }
    }

    /// Pays for one band.
    pub(crate) async fn pay(&self, held: &Held, scenario: &str) -> Answer {
        self.send(held.order(&order_body(ONE_BAND, scenario), &self.fresh_key())).await
    }

    /// A key that nobody has used.
    pub(crate) fn fresh_key(&self) -> String {
        kontor_base::id::encode(self.shop.random.bytes16())
    }
}

/// `POST` of a new cart.
pub(crate) fn new_cart(sku: &str, quantity: u32) -> Ask {
    Ask::post("/api/v1/us/carts", &json!({ "lines": [{ "sku": sku, "quantity": quantity }] }))
}
