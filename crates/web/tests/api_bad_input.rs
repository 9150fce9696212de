//! Bad input, write by write: each row is one request with the status and the code that answer it.
//! After every single one, nothing in the shop has changed.

mod common;

use common::{Answer, Api, Ask, BAND, Held, ONE_BAND, Opened, new_cart, order_body};
use serde_json::{Value, json};

/// A request, its status, its code, and the pointer of its first field problem (empty: not asked).
type Row = (&'static str, Ask, u16, &'static str, &'static str);

async fn walk(api: &Api, cart: Option<&Opened>, rows: Vec<Row>) {
    let before = api.state(cart).await;
    for (name, ask, status, code, pointer) in rows {
        let answer: Answer = api.send(ask).await;
        let told = (answer.status, answer.body["code"].as_str().unwrap_or_default());
        assert_eq!(told, (status, code), "{name}: {}", answer.text);
        let answer = answer.problem(status, code);
        let detail = answer.str("/detail");
        assert!(detail.len() > 10 && detail.len() < 500, "{name}: {detail}");
        if !pointer.is_empty() {
            assert_eq!(answer.str("/errors/0/pointer"), pointer, "{name}: {}", answer.text);
        }
        assert_eq!(api.state(cart).await, before, "{name} has changed something");
    }
}

/// What is wrong with any body whatever it says; `good` is a request that would succeed.
fn about_any_body(good: &Ask) -> Vec<Row> {
    let nested = "[".repeat(50_000);
    vec![
        ("no body", good.clone().raw(""), 400, "request.not_json", ""),
        ("no JSON", good.clone().raw("lines=1"), 400, "request.not_json", ""),
        ("half a JSON", good.clone().raw("{"), 400, "request.not_json", ""),
        ("two JSONs", good.clone().plus(" {}"), 400, "request.not_json", ""),
        ("endless nesting", good.clone().raw(nested), 422, "request.invalid", ""),
        ("no UTF-8", good.clone().raw(*b"{\"\xff\": 1}"), 400, "request.not_json", ""),
        ("a list", good.clone().raw("[]"), 422, "request.invalid", ""),
        ("null", good.clone().raw("null"), 422, "request.invalid", ""),
        ("an unknown field", good.clone().raw("{\"x\": 1}"), 422, "request.invalid", "/x"),
        ("too large", good.clone().raw(vec![b' '; 64 * 1024 + 1]), 413, "request.too_large", ""),
        (
            "another type",
            good.clone().header("content-type", "text/plain"),
            415,
            "request.media_type",
            "",
        ),
        (
            "a form",
            good.clone().header("content-type", "application/x-www-form-urlencoded"),
            415,
            "request.media_type",
            "",
        ),
        ("no type", good.clone().without("content-type"), 415, "request.media_type", ""),
    ]
}

/// What is wrong with a key.
fn about_the_key(good: &Ask) -> Vec<Row> {
    let long = "k".repeat(256);
    vec![
        ("no key", good.clone().without("idempotency-key"), 400, "idempotency.key_missing", ""),
        ("an empty key", good.clone().key(""), 400, "idempotency.key_malformed", ""),
        ("a key with a space", good.clone().key("a b"), 400, "idempotency.key_malformed", ""),
        ("a key beyond ASCII", good.clone().key("kéy"), 400, "idempotency.key_malformed", ""),
        ("a long key", good.clone().key(&long), 400, "idempotency.key_malformed", ""),
    ]
}

#[tokio::test]
async fn making_a_cart() {
    let api = Api::open().await;
    let good = new_cart(BAND, 1).key("k");
    let with = |body: Value| Ask::post("/api/v1/us/carts", &body).key("k");
    let line =
        |sku: Value, quantity: Value| with(json!({"lines": [{"sku": sku, "quantity": quantity}]}));
    let many: Vec<Value> =
        (0..21).map(|i| json!({"sku": format!("SKU-{i}"), "quantity": 1})).collect();
    let quantity = "/lines/0/quantity";
    let mut rows = about_any_body(&good);
    rows.extend(about_the_key(&good));
    rows.extend([
        ("no lines", with(json!({})), 422, "request.invalid", "/lines"),
        ("lines of none", with(json!({"lines": []})), 422, "request.invalid", "/lines"),
        (
            "a body of values",
            with(json!([[{"sku": BAND, "quantity": 1}]])),
            422,
            "request.invalid",
            "",
        ),
        (
            "a line of values",
            with(json!({"lines": [[BAND, 1]]})),
            422,
            "request.invalid",
            "/lines/0",
        ),
        ("lines of a word", with(json!({"lines": "x"})), 422, "request.invalid", "/lines"),
        ("a line of null", with(json!({"lines": [null]})), 422, "request.invalid", "/lines/0"),
        (
            "a line without a quantity",
            with(json!({"lines": [{"sku": BAND}]})),
            422,
            "request.invalid",
            quantity,
        ),
        (
            "a line with a price",
            with(json!({"lines": [{"sku": BAND, "quantity": 1, "price": 1}]})),
            422,
            "request.invalid",
            "/lines/0/price",
        ),
        ("minus one", line(json!(BAND), json!(-1)), 422, "request.invalid", quantity),
        ("one and a half", line(json!(BAND), json!(1.5)), 422, "request.invalid", quantity),
        ("a text as a number", line(json!(BAND), json!("1")), 422, "request.invalid", quantity),
        ("a huge number", line(json!(BAND), json!(u64::MAX)), 422, "request.invalid", quantity),
        ("none of it", line(json!(BAND), json!(0)), 422, "cart.quantity_limit", ""),
        ("eleven of it", line(json!(BAND), json!(11)), 422, "cart.quantity_limit", ""),
        ("as many as fit", line(json!(BAND), json!(u32::MAX)), 422, "cart.quantity_limit", ""),
        (
            "ten and one more of the same",
            with(json!({"lines": [{"sku": BAND, "quantity": 10}, {"sku": BAND, "quantity": 1}]})),
            422,
            "cart.quantity_limit",
            "",
        ),
        ("an unknown variant", line(json!("NO-SUCH"), json!(1)), 422, "cart.unknown_sku", ""),
        ("twenty-one unknown", with(json!({ "lines": many })), 422, "cart.unknown_sku", ""),
        ("a small SKU", line(json!("band"), json!(1)), 422, "request.invalid", "/lines/0/sku"),
        ("an empty SKU", line(json!(""), json!(1)), 422, "request.invalid", "/lines/0/sku"),
        (
            "a SKU with a null byte",
            line(json!("BAND\u{0}"), json!(1)),
            422,
            "request.invalid",
            "/lines/0/sku",
        ),
        (
            "a Cyrillic A in the SKU",
            line(json!("B\u{0410}ND-BLACK"), json!(1)),
            422,
            "request.invalid",
            "/lines/0/sku",
        ),
        (
            "a huge SKU",
            line(json!("A".repeat(50_000)), json!(1)),
            422,
            "request.invalid",
            "/lines/0/sku",
        ),
        ("a number as SKU", line(json!(7), json!(1)), 422, "request.invalid", "/lines/0/sku"),
        ("an unknown market", good.clone().to("/api/v1/zz/carts"), 404, "market.unknown", ""),
        ("a large market", good.clone().to("/api/v1/US/carts"), 404, "market.unknown", ""),
        ("a long market", good.clone().to("/api/v1/usa/carts"), 404, "market.unknown", ""),
        ("a strange market", good.clone().to("/api/v1/%00%ff/carts"), 404, "request.not_found", ""),
        ("a query", good.clone().to("/api/v1/us/carts?x=1"), 400, "request.parameter", ""),
    ]);
    walk(&api, None, rows).await;
    api.send(good).await.expect(201);
}

#[tokio::test]
async fn setting_a_line() {
    let api = Api::open().await;
    let (cart, other) = (api.cart(BAND, 1).await, api.cart(BAND, 1).await);
    let good = cart.set(BAND, 2, 1, "k");
    let with = |body: Value| good.clone().raw(body.to_string());
    let path = |sku: &str| format!("/api/v1/carts/{}/lines/{sku}", cart.id);
    let forged = cart.token.replace(&cart.token[40..44], "0000");
    let mut rows = about_any_body(&good);
    rows.extend(about_the_key(&good));
    rows.extend([
        ("no version", with(json!({"quantity": 1})), 422, "request.invalid", "/version"),
        ("no quantity", with(json!({"version": 1})), 422, "request.invalid", "/quantity"),
        (
            "minus one",
            with(json!({"quantity": -1, "version": 1})),
            422,
            "request.invalid",
            "/quantity",
        ),
        (
            "a version of minus one",
            with(json!({"quantity": 1, "version": -1})),
            422,
            "request.invalid",
            "/version",
        ),
        ("eleven", with(json!({"quantity": 11, "version": 1})), 422, "cart.quantity_limit", ""),
        (
            "a quantity twice",
            good.clone().raw("{\"quantity\":1,\"quantity\":2,\"version\":1}"),
            422,
            "request.invalid",
            "/quantity",
        ),
        ("an old version", cart.set(BAND, 2, 0, "k"), 409, "cart.stale_version", ""),
        ("a version to come", cart.set(BAND, 2, 2, "k"), 409, "cart.stale_version", ""),
        ("the last version", cart.set(BAND, 2, u64::MAX, "k"), 409, "cart.stale_version", ""),
        ("an unknown variant", good.clone().to(&path("NO-SUCH")), 404, "catalogue.unknown_sku", ""),
        ("a small variant", good.clone().to(&path("band")), 404, "catalogue.unknown_sku", ""),
        ("a strange variant", good.clone().to(&path("%00")), 404, "catalogue.unknown_sku", ""),
        ("no token", good.clone().without("kontor-cart"), 400, "request.token_missing", ""),
        ("no real token", good.clone().header("kontor-cart", "x"), 404, "cart.unknown", ""),
        ("a forged token", good.clone().header("kontor-cart", &forged), 404, "cart.unknown", ""),
        (
            "another cart's token",
            good.clone().header("kontor-cart", &other.token),
            404,
            "cart.unknown",
            "",
        ),
        (
            "an unknown cart",
            good.clone().to("/api/v1/carts/cart_00000000000000000000000000/lines/BAND-BLACK"),
            404,
            "cart.unknown",
            "",
        ),
    ]);
    walk(&api, Some(&cart), rows).await;
    let stale = api.send(cart.set(BAND, 2, 7, "k")).await.problem(409, "cart.stale_version");
    assert_eq!(stale.body["more"]["version"], 1);
    api.send(good).await.expect(200);
}

#[tokio::test]
async fn beginning_a_checkout() {
    let api = Api::open().await;
    let (cart, other) = (api.cart(BAND, 1).await, api.cart(BAND, 1).await);
    let good = cart.checkout(&json!({"version": 1}), "k");
    let with = |body: Value| good.clone().raw(body.to_string());
    let mut rows = about_any_body(&good);
    rows.extend(about_the_key(&good));
    rows.extend([
        ("an old version", with(json!({"version": 0})), 409, "cart.stale_version", ""),
        ("a version of a word", with(json!({"version": "1"})), 422, "request.invalid", "/version"),
        (
            "an unknown language",
            with(json!({"language": "tlh"})),
            422,
            "request.invalid",
            "/language",
        ),
        (
            "a language of control characters",
            with(json!({"language": "e\u{0}n"})),
            422,
            "request.invalid",
            "/language",
        ),
        (
            "another cart's token",
            good.clone().header("kontor-cart", &other.token),
            404,
            "cart.unknown",
            "",
        ),
        ("no token", good.clone().without("kontor-cart"), 400, "request.token_missing", ""),
        (
            "a token of bytes",
            good.clone().header("kontor-cart", "é"),
            400,
            "request.token_missing",
            "",
        ),
    ]);
    walk(&api, Some(&cart), rows).await;
    let six = api.cart(BAND, 6).await;
    let empty = api.cart(BAND, 1).await;
    api.send(empty.set(BAND, 0, 1, "k")).await.expect(200);
    let rows = vec![
        ("more than there is", six.checkout(&json!({}), "k"), 409, "stock.insufficient", ""),
        ("an empty cart", empty.checkout(&json!({}), "k"), 409, "cart.empty", ""),
    ];
    walk(&api, Some(&six), rows).await;
    api.send(good).await.expect(201);
}

/// A good order with one member replaced.
fn but(pointer: &str, value: Value) -> Value {
    let mut body = order_body(ONE_BAND, "succeeds");
    let (parent, name) = pointer.rsplit_once('/').expect("a pointer has a slash");
    body.pointer_mut(parent).expect("the parent is there")[name] = value;
    body
}

fn order_rows(held: &Held) -> Vec<Row> {
    let with = |pointer: &'static str, value: Value| held.order(&but(pointer, value), "k");
    let field = |name: &'static str, pointer: &'static str, value: Value| {
        (name, with(pointer, value), 422, "request.invalid", pointer)
    };
    let euros = json!({"minor": ONE_BAND, "currency": "EUR"});
    let wrong = json!({"minor": ONE_BAND, "currency": "USD", "decimal": "1.00"});
    let (total, minor) = ("/total_seen", "/total_seen/minor");
    vec![
        field("no address at all", "/contact/email", json!("")),
        field("an address without a host", "/contact/email", json!("ada")),
        field("a number as address", "/contact/email", json!(7)),
        field("a huge address", "/contact/email", json!("a".repeat(40_000) + "@b.co")),
        field("a name of control characters", "/contact/name", json!("Ada\u{7}")),
        field("a name with a line break", "/contact/name", json!("Ada\nBcc: x")),
        field("a name of mixed scripts", "/contact/name", json!("P\u{0430}ypal")),
        field("a name that turns around", "/address/name", json!("evil\u{202E}txt")),
        field("a telephone of letters", "/contact/phone", json!("12ab5678")),
        field("a long street", "/address/line1", json!("x".repeat(101))),
        field("no city", "/address/city", json!(" ")),
        field("an unknown state", "/address/region", json!("Atlantis")),
        field("a short postcode", "/address/postcode", json!("9410")),
        field("an unknown country", "/address/country", json!("XX")),
        field("a country that is not served", "/address/country", json!("CA")),
        field("a contact of values", "/contact", json!(["ada@shop.example", "", "Ada"])),
        field("a country of null", "/address/country", Value::Null),
        field("an unknown member", "/address/planet", json!("Mars")),
        field("a card", "/payment/method", json!("card")),
        field("an unknown scenario", "/payment/scenario", json!("free_money")),
        field("a negative total", minor, json!(-ONE_BAND)),
        field("a total beyond doubles", minor, json!(1_i64 << 53)),
        field("a total beyond numbers", minor, json!(u64::MAX)),
        field("a broken total", minor, json!(19.5)),
        field("a currency that is none", "/total_seen/currency", json!("XXL")),
        (
            "a decimal that differs",
            with(total, wrong),
            422,
            "request.invalid",
            "/total_seen/decimal",
        ),
        (
            "another currency",
            with(total, euros),
            422,
            "price.mixed_currencies",
            "/total_seen/currency",
        ),
        ("a lower total", with(minor, json!(1)), 409, "order.total_changed", ""),
        ("a higher total", with(minor, json!(ONE_BAND + 1)), 409, "order.total_changed", ""),
        (
            "a transfer that plays a scenario",
            with("/payment/method", json!("bank_transfer")),
            422,
            "request.invalid",
            "/payment/scenario",
        ),
    ]
}

#[tokio::test]
async fn placing_an_order() {
    let api = Api::open().await;
    let cart = api.cart(BAND, 1).await;
    let held = api.hold(&cart).await;
    let other = api.hold(&api.cart(BAND, 1).await).await;
    let good = held.order(&order_body(ONE_BAND, "succeeds"), "k");
    let mut rows = about_any_body(&good);
    rows.extend(about_the_key(&good));
    rows.extend(order_rows(&held));
    rows.extend([
        (
            "another checkout's token",
            good.clone().header("kontor-checkout", &other.token),
            404,
            "order.unknown_checkout",
            "",
        ),
        (
            "the cart's token",
            good.clone().header("kontor-checkout", &cart.token),
            404,
            "order.unknown_checkout",
            "",
        ),
        ("no token", good.clone().without("kontor-checkout"), 400, "request.token_missing", ""),
    ]);
    walk(&api, Some(&cart), rows).await;

    // Everything that is wrong with a form is said at once.
    let mut body = order_body(ONE_BAND, "succeeds");
    body["contact"] = json!({});
    body["address"] = json!({"country": "US"});
    let all = api.send(held.order(&body, "k")).await.problem(422, "request.invalid");
    let pointers: Vec<&str> = all.body["errors"]
        .as_array()
        .expect("there are errors")
        .iter()
        .filter_map(|error| error["pointer"].as_str())
        .collect();
    assert_eq!(
        pointers,
        [
            "/contact/email",
            "/contact/name",
            "/address/name",
            "/address/line1",
            "/address/city",
            "/address/region",
            "/address/postcode",
        ]
    );
    let changed = api.send(held.order(&order_body(1, "succeeds"), "k")).await;
    let changed = changed.problem(409, "order.total_changed");
    assert_eq!(changed.body["more"]["now"]["minor"], ONE_BAND);
    assert!(!changed.text.contains("ada@"), "what somebody typed is not repeated");

    // None of it was kept under the key.
    api.send(good.clone()).await.expect(201);
    let again = held.order(&order_body(ONE_BAND, "succeeds"), "k2");
    walk(&api, None, vec![("a second order", again, 409, "order.already_placed", "")]).await;
}

#[tokio::test]
async fn taking_a_second_step() {
    let api = Api::open().await;
    let held = api.hold(&api.cart(BAND, 1).await).await;
    let asked = api.pay(&held, "needs_action").await.expect(202);
    let path = asked.str("/payment/second_step").to_owned();
    let good = Ask::post(&path, &json!({"step": "confirm"}));
    let unknown = "/api/v1/payments/pay_00000000000000000000000000/second-step";
    let mut rows = about_any_body(&good);
    rows.extend([
        (
            "an unknown step",
            good.clone().raw("{\"step\": \"dance\"}"),
            422,
            "request.invalid",
            "/step",
        ),
        ("no step", good.clone().raw("{}"), 422, "request.invalid", "/step"),
        ("an unknown payment", good.clone().to(unknown), 404, "payment.unknown", ""),
        (
            "no payment's id",
            good.clone().to("/api/v1/payments/1/second-step"),
            404,
            "payment.unknown",
            "",
        ),
    ]);
    walk(&api, None, rows).await;
    let later = api.hold(&api.cart(BAND, 1).await).await;
    let pending = api.pay(&later, "answers_late").await.expect(202);
    let path = format!("/api/v1/payments/{}/second-step", pending.str("/payment/id"));
    let rows =
        vec![("a payment that asked for none", good.clone().to(&path), 404, "payment.unknown", "")];
    walk(&api, None, rows).await;
    api.send(good).await.expect(200);
}

#[tokio::test]
async fn joining_a_waiting_list() {
    let api = Api::open().await;
    let body = json!({"email": "ada@shop.example", "model": "phone", "language": "en"});
    let good = Ask::post("/api/v1/us/waiting", &body);
    let with = |name: &str, value: Value| {
        let mut body = body.clone();
        body[name] = value;
        good.clone().raw(body.to_string())
    };
    let field = |name: &'static str, member: &'static str, pointer: &'static str, value: Value| {
        (name, with(member, value), 422, "request.invalid", pointer)
    };
    let mut rows = about_any_body(&good);
    rows.extend([
        field("no address", "email", "/email", json!("")),
        field("no host", "email", "/email", json!("ada@")),
        field("two hosts", "email", "/email", json!("ada@a.co@b.co")),
        field("a control character", "email", "/email", json!("ada\u{0}@shop.example")),
        field("mixed scripts", "email", "/email", json!("\u{0430}da@shop.example")),
        field("a huge address", "email", "/email", json!("a".repeat(60_000))),
        field("a list of addresses", "email", "/email", json!(["a@b.co"])),
        field("an unknown language", "language", "/language", json!("xx")),
        field("an unknown member", "name", "/name", json!("Ada")),
        (
            "an unknown model",
            with("model", json!("no-such")),
            422,
            "customer.unknown_model",
            "/model",
        ),
        ("a strange model", with("model", json!("../x")), 422, "customer.unknown_model", "/model"),
        ("an unknown market", good.clone().to("/api/v1/zz/waiting"), 404, "market.unknown", ""),
    ]);
    walk(&api, None, rows).await;
    api.send(good).await.expect(202);
}

#[tokio::test]
async fn reading() {
    let api = Api::open().await;
    let cart = api.cart(BAND, 1).await;
    let held = api.hold(&cart).await;
    let rows = vec![
        ("nothing", Ask::get("/api/v1/nothing"), 404, "request.not_found", ""),
        ("no version", Ask::get("/api/"), 404, "request.not_found", ""),
        ("a market", Ask::get("/api/v1/zz/shelf"), 404, "market.unknown", ""),
        ("a language", Ask::get("/api/v1/us/shelf?language=xx"), 400, "request.parameter", ""),
        ("a parameter", Ask::get("/api/v1/us/shelf?lang=en"), 400, "request.parameter", ""),
        (
            "a parameter twice",
            Ask::get("/api/v1/us/shelf?language=en&language=de"),
            400,
            "request.parameter",
            "",
        ),
        ("a model", Ask::get("/api/v1/us/products/x"), 404, "catalogue.unknown_model", ""),
        ("a variant", Ask::get("/api/v1/us/clearance/X"), 404, "catalogue.unknown_sku", ""),
        (
            "an act",
            Ask::get("/api/v1/us/clearance/BAND-BLACK?act=steal"),
            400,
            "request.parameter",
            "",
        ),
        (
            "a country",
            Ask::get("/api/v1/us/clearance/BAND-BLACK?country=usa"),
            400,
            "request.parameter",
            "",
        ),
        (
            "a cart without token",
            cart.show().without("kontor-cart"),
            400,
            "request.token_missing",
            "",
        ),
        (
            "a cart's wrong token",
            cart.show().header("kontor-cart", &held.token),
            404,
            "cart.unknown",
            "",
        ),
        ("a state", held.show("?country=US"), 400, "request.parameter", ""),
        ("a region alone", held.show("?region=CA"), 400, "request.parameter", ""),
        ("an order", Ask::get("/api/v1/orders/x"), 404, "order.unknown", ""),
        (
            "a cart's token as an order's",
            Ask::get(&format!("/api/v1/orders/{}", cart.token)),
            404,
            "order.unknown",
            "",
        ),
        ("DELETE", Ask::bare("DELETE", "/api/v1/markets"), 405, "request.method_not_allowed", ""),
        ("GET of a write", Ask::get("/api/v1/us/carts"), 405, "request.method_not_allowed", ""),
        (
            "POST of a read",
            Ask::bare("POST", "/api/v1/us/shelf"),
            405,
            "request.method_not_allowed",
            "",
        ),
    ];
    walk(&api, Some(&cart), rows).await;
    let allowed = api.send(Ask::bare("DELETE", "/api/v1/markets")).await;
    assert_eq!(allowed.header("allow"), "GET,HEAD");
}
