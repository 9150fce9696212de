//! Bad input to the pages' forms, form by form: each row is one request with the status that
//! answers it and a text that its page must show. Not one byte of the database changes by it.

mod common;

use common::shopper::{good_fields, one_band};
use common::{Api, Ask, BAND, PHONE, STOCK, Shopper};

/// What was sent, its status, and what the page says.
type Row<'a> = (&'a str, Ask, u16, &'a str);

const UNREADABLE: &str = "We could not read what was sent";
const NOTHING_HERE: &str = "There is nothing at this address";

async fn walk(api: &Api, shopper: &Shopper, rows: Vec<Row<'_>>) {
    let before = api.dump();
    for (name, ask, status, words) in rows {
        let answer = api.send(shopper.with(ask)).await;
        assert_eq!(answer.status, status, "{name}: {}", answer.text);
        assert!(answer.text.contains(words), "{name}: no “{words}” in {}", answer.text);
        assert_eq!(answer.header("cache-control"), "no-store", "{name}");
        assert_eq!(api.dump(), before, "{name} has changed something");
    }
}

/// What is wrong with any form whatever it says; `good` is a request that would succeed.
fn about_any_form<'a>(good: &Ask) -> Vec<Row<'a>> {
    vec![
        ("too large", good.clone().raw(vec![b'a'; 64 * 1024 + 1]), 413, "more than we take"),
        ("JSON", good.clone().header("content-type", "application/json"), 415, UNREADABLE),
        ("no type", good.clone().without("content-type"), 415, UNREADABLE),
    ]
}

/// The fields with one of them set to another value.
fn with<'a>(fields: &[(&'a str, &'a str)], name: &str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    fields.iter().map(|&(n, v)| (n, if n == name { value } else { v })).collect()
}

#[tokio::test]
async fn putting_into_the_cart() {
    let api = Api::open().await;
    let shopper = Shopper::fill_cart(&api).await;
    let ask = |sku: &str, quantity: &str| {
        Ask::form("/us/en/cart", &[("sku", sku), ("quantity", quantity)])
    };
    let good = ask(BAND, "1");
    let mut rows = about_any_form(&good);
    rows.extend([
        ("nothing", good.clone().raw(""), 400, UNREADABLE),
        ("no UTF-8", good.clone().raw(*b"sku=%FF&quantity=1"), 400, UNREADABLE),
        ("a word as a quantity", ask(BAND, "many"), 400, UNREADABLE),
        ("minus one", ask(BAND, "-1"), 400, UNREADABLE),
        ("one and a half", ask(BAND, "1.5"), 400, UNREADABLE),
        ("beyond numbers", ask(BAND, "99999999999"), 400, UNREADABLE),
        ("none", ask(BAND, "0"), 422, "At most"),
        ("eleven", ask(BAND, "11"), 422, "At most"),
        ("as many as fit", ask(BAND, "4294967295"), 422, "At most"),
        ("no SKU", ask("", "1"), 400, UNREADABLE),
        ("mixed scripts", ask("B\u{410}ND-BLACK", "1"), 400, UNREADABLE),
        ("a control character", ask("BAND\u{0}BLACK", "1"), 400, UNREADABLE),
        ("markup", ask("<script>", "1"), 400, UNREADABLE),
        ("an unknown SKU", ask("NO-SUCH", "1"), 404, NOTHING_HERE),
        ("an unknown market", good.clone().to("/zz/en/cart"), 404, NOTHING_HERE),
        ("an unknown language", good.clone().to("/us/xx/cart"), 404, NOTHING_HERE),
    ]);
    walk(&api, &shopper, rows).await;
    // What may not be sold is refused too, and counted as demand: once for a cart, however often.
    api.send(shopper.with(ask(PHONE, "1"))).await.expect(409);
    let again = ("what may not be sold", ask(PHONE, "1"), 409, "cannot be sold here");
    walk(&api, &shopper, vec![again]).await;
}

#[tokio::test]
async fn changing_a_line() {
    let api = Api::open().await;
    let shopper = Shopper::fill_cart(&api).await;
    let ask = |sku: &str, quantity: &str, version: &str| {
        let fields = [("sku", sku), ("quantity", quantity), ("version", version)];
        Ask::form("/us/en/cart/line", &fields)
    };
    let good = ask(BAND, "2", "1");
    let mut rows = about_any_form(&good);
    rows.extend([
        ("a stale version", ask(BAND, "2", "0"), 409, "in another window"),
        ("a version to come", ask(BAND, "2", "9"), 409, "in another window"),
        ("a negative version", ask(BAND, "2", "-1"), 400, UNREADABLE),
        ("a word as a version", ask(BAND, "2", "new"), 400, UNREADABLE),
        ("eleven", ask(BAND, "11", "1"), 422, "At most"),
        ("minus one", ask(BAND, "-1", "1"), 400, UNREADABLE),
        ("mixed scripts", ask("B\u{410}ND", "2", "1"), 400, UNREADABLE),
    ]);
    walk(&api, &shopper, rows).await;
    api.send(shopper.with(good)).await.expect(303);
}

#[tokio::test]
async fn beginning_the_checkout() {
    let api = Api::open().await;
    let shopper = Shopper::fill_cart(&api).await;
    let ask = |version: &str, key: &str| {
        Ask::form("/us/en/checkout", &[("version", version), ("key", key)])
    };
    let good = ask("1", "a-key");
    let mut rows = about_any_form(&good);
    let long = "k".repeat(65);
    rows.extend([
        ("no key", ask("1", ""), 400, UNREADABLE),
        ("a long key", ask("1", &long), 400, UNREADABLE),
        ("a key of control characters", ask("1", "a\u{7}b"), 400, UNREADABLE),
        ("a key beyond ASCII", ask("1", "schl\u{fc}ssel"), 400, UNREADABLE),
        ("a stale version", ask("0", "a-key"), 409, "in another window"),
        ("a negative version", ask("-1", "a-key"), 400, UNREADABLE),
        ("an unknown market", good.clone().to("/zz/en/checkout"), 404, NOTHING_HERE),
    ]);
    walk(&api, &shopper, rows).await;
    let begun = api.send(shopper.with(good.clone())).await.expect(303);
    let again = api.send(shopper.with(good)).await.expect(303);
    assert_eq!(begun.header("location"), again.header("location"), "the same key, one checkout");
    assert_eq!(api.left(BAND).await, STOCK - 1, "held once");
}

#[tokio::test]
async fn paying() {
    let api = Api::open().await;
    let shopper = Shopper::fill_cart(&api).await;
    let path = shopper.check_out(&api).await;
    let total = one_band();
    let fields = good_fields(&total, "a-key");
    let ask = |name: &str, value: &str| Ask::form(&path, &with(&fields, name, value));
    let good = Ask::form(&path, &fields);
    let long = "x".repeat(300);
    let mut rows = about_any_form(&good);
    rows.extend([
        ("no key", ask("key", ""), 400, UNREADABLE),
        ("no address", ask("email", ""), 422, "id=\"email-error\""),
        ("no host", ask("email", "ada@"), 422, "value=\"ada@\""),
        ("mixed scripts", ask("name", "\u{410}da Lovelace"), 422, "value=\"\u{410}da Lovelace\""),
        ("a control character", ask("city", "San\u{7}Francisco"), 422, "id=\"city-error\""),
        ("a long street", ask("line1", &long), 422, "id=\"line1-error\""),
        ("no such state", ask("region", "ZZ"), 422, "id=\"region-error\""),
        ("a foreign postcode", ask("postcode", "ABC"), 422, "value=\"ABC\""),
        ("a phone of words", ask("phone", "call me"), 422, "value=\"call me\""),
        ("no payment", ask("payment", ""), 422, "1 Market Street"),
        ("a payment of old", ask("payment", "shells"), 422, "1 Market Street"),
        ("no such scenario", ask("scenario", "free"), 422, "1 Market Street"),
        ("terms not accepted", ask("terms", ""), 422, "id=\"terms-error\""),
        ("another total", ask("total_seen", "1"), 409, "1 Market Street"),
        ("a negative total", ask("total_seen", "-1"), 409, "1 Market Street"),
        ("a huge total", ask("total_seen", "99999999999999999999"), 409, "1 Market Street"),
        ("a total in euros", ask("total_seen", "20.37 EUR"), 409, "1 Market Street"),
        ("markup", ask("email", "<b>\"@x"), 422, "&#60;b&#62;"),
        ("another's checkout", good.clone().to("/us/en/checkout/nobodys"), 404, NOTHING_HERE),
    ]);
    walk(&api, &shopper, rows).await;

    let placed = api.send(good.clone()).await.expect(303);
    let before = api.dump();
    let again = api.send(good).await.expect(303);
    assert_eq!(placed.header("location"), again.header("location"), "one order");
    let other = api.send(ask("name", "Grace Hopper")).await;
    assert_ne!(other.status, 200, "another body under the same key is not paid");
    assert_eq!(api.dump(), before);
    assert_eq!(api.state(None).await.orders.len(), 1);
}

#[tokio::test]
async fn asking_to_be_told() {
    let api = Api::open().await;
    let ask = |email: &str, model: &str| {
        Ask::form("/us/en/waiting", &[("email", email), ("model", model)])
    };
    let good = ask("ada@shop.example", "phone");
    let long = format!("{}@shop.example", "a".repeat(300));
    let mut rows = about_any_form(&good);
    rows.extend([
        ("nothing", ask("", "phone"), 422, "id=\"email-error\""),
        ("no host", ask("ada@", "phone"), 422, "value=\"ada@\""),
        ("two addresses", ask("a@b.co,c@d.co", "phone"), 422, "value=\"a@b.co,c@d.co\""),
        ("a long address", ask(&long, "phone"), 422, "id=\"email-error\""),
        ("mixed scripts", ask("\u{430}da@shop.example", "phone"), 422, "id=\"email-error\""),
        ("a line break", ask("ada@shop.example\r\nBcc: x@y.co", "phone"), 422, "email-error"),
        ("no such model", ask("ada@shop.example", "no-such"), 404, NOTHING_HERE),
        ("a path as a model", ask("ada@shop.example", "../x"), 404, NOTHING_HERE),
    ]);
    walk(&api, &Shopper::default(), rows).await;
    api.send(good).await.expect(200);
    assert_eq!(api.state(None).await.waiting, 1);
}

#[tokio::test]
async fn playing_the_bank() {
    let api = Api::open().await;
    let shopper = Shopper::fill_cart(&api).await;
    let path = shopper.check_out(&api).await;
    let total = one_band();
    let fields = with(&good_fields(&total, "a-key"), "scenario", "second_step");
    let asked = api.send(Ask::form(&path, &fields)).await.expect(303);
    let bank = asked.header("location").to_owned();
    assert!(bank.starts_with("/pay/test/"), "{bank}");
    let good = Ask::form(&bank, &[("outcome", "approve")]);
    let mut rows = about_any_form(&good);
    rows.extend([
        ("nothing", good.clone().raw(""), 400, UNREADABLE),
        ("another word", Ask::form(&bank, &[("outcome", "steal")]), 400, UNREADABLE),
        ("no such payment", good.clone().to("/pay/test/nobodys"), 404, NOTHING_HERE),
    ]);
    walk(&api, &shopper, rows).await;
    api.send(good).await.expect(303);
    assert_eq!(api.state(None).await.orders.len(), 1);
}
