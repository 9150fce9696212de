//! Other programs: keys and what they open, webhooks and how often they are tried, and that neither
//! reaches into another market.

mod common;

use std::sync::Arc;

use common::desk::Browser;
use common::hook_server::HookServer;
use common::{Answer, Api, Ask, BAND};
use kontor_domain::staff::AccountState;
use kontor_remote::hook::{Caller, Reach, signature};
use kontor_shop::hook::{Told, tell_due, tell_scarce};
use kontor_shop::order::run_due_jobs;
use kontor_shop::staff::ChangeCommand;

/// Makes a key in the staff area; gives its secret.
async fn key(browser: &Browser<'_>, scopes: &[&str], markets: &str) -> String {
    let page = make(browser, "k1", scopes, markets, "30").await.expect(200);
    secret(&page, "kontor_")
}

async fn make(
    browser: &Browser<'_>,
    form: &str,
    scopes: &[&str],
    markets: &str,
    days: &str,
) -> Answer {
    let mut fields = vec![("key", form), ("name", "Books"), ("markets", markets), ("days", days)];
    fields.extend(scopes.iter().map(|scope| ("chosen", *scope)));
    browser.form("/admin/programs/keys", &fields).await
}

fn secret(page: &Answer, begins: &str) -> String {
    let text = page.text.split(&format!("<code>{begins}")).nth(1).expect("a secret");
    format!("{begins}{}", text.split('<').next().expect("its end"))
}

async fn orders(api: &Api, secret: &str, query: &str) -> Answer {
    let ask = Ask::get(&format!("/api/v1/orders{query}"));
    api.send(ask.header("authorization", &format!("Bearer {secret}"))).await
}

async fn buy(api: &Api) {
    let held = api.hold(&api.cart(BAND, 1).await).await;
    api.pay(&held, "succeeds").await.expect(201);
}

#[tokio::test]
async fn a_key_that_expires_soon_stands_on_the_daily_page_of_whoever_can_make_another() {
    let api = Api::open().await;
    let mia = Browser::hire(&api, "mia", &["market_manager@us"]).await;
    let dora = Browser::hire(&api, "dora", &["market_manager@de"]).await;
    let rita = Browser::hire(&api, "rita", &["reader@us"]).await;
    make(&mia, "k1", &["order.read"], "us", "90").await.expect(200);
    let told = |page: &Answer| page.text.contains("opens nothing any more from");
    assert!(!told(&mia.get("/admin").await.expect(200)), "it lasts for long");
    api.clock.advance_seconds(61 * 24 * 60 * 60);
    let (mia, dora, rita) = (mia.again().await, dora.again().await, rita.again().await);
    let page = mia.get("/admin").await.expect(200);
    assert!(told(&page) && page.text.contains("href=\"/admin/programs\""), "{}", page.text);
    for other in [&dora, &rita] {
        assert!(!told(&other.get("/admin").await.expect(200)), "{}", other.email);
    }
    api.clock.advance_seconds(30 * 24 * 60 * 60);
    let mia = mia.again().await;
    assert!(!told(&mia.get("/admin").await.expect(200)), "it has expired, and opens nothing");
}

#[tokio::test]
async fn a_key_reads_the_orders_of_its_markets_until_it_is_ended() {
    let api = Api::open().await;
    for _ in 0..3 {
        buy(&api).await;
    }
    let mia = Browser::hire(&api, "mia", &["market_manager@us"]).await;
    let secret = key(&mia, &["order.read"], "us").await;
    assert_eq!(secret.len(), 59);
    let list = mia.get("/admin/programs").await.expect(200);
    assert!(list.text.contains("Books") && !list.text.contains(&secret), "shown once");

    let first = orders(&api, &secret, "?limit=2").await.expect(200);
    assert_eq!(first.body["orders"].as_array().map(Vec::len), Some(2));
    assert_eq!(first.body["more"], true);
    assert!(first.body["orders"][0].get("contact").is_none(), "nobody is named");
    assert!(!first.text.contains("ada@"));
    assert_eq!(first.header("cache-control"), "no-store");
    let next = first.str("/next");
    let second = orders(&api, &secret, &format!("?limit=2&after={next}")).await.expect(200);
    assert_eq!(second.body["orders"].as_array().map(Vec::len), Some(1));
    assert_eq!(second.body["more"], false);
    let none = orders(&api, &secret, "?market=de").await.expect(200);
    assert_eq!(none.body["orders"].as_array().map(Vec::len), Some(0), "not its market");
    for bad in ["?limit=0", "?limit=999", "?after=x", "?market=!", "?number=x"] {
        orders(&api, &secret, bad).await.expect(400);
    }

    let key = list.text.split("name=\"id\" value=\"").nth(1).expect("a key")[..30].to_owned();
    mia.form("/admin/programs/keys/end", &[("id", &key)]).await.expect(303);
    mia.form("/admin/programs/keys/end", &[("id", &key)]).await.expect(303);
    let over = orders(&api, &secret, "").await.expect(401);
    assert_eq!(over.header("www-authenticate"), "Bearer");
    let olga = Browser::hire(&api, "olga", &["owner@*"]).await;
    let log = olga.get("/admin/log?act=staff.make_key").await.expect(200);
    assert!(log.text.contains("order.read") && !log.text.contains(&secret));
}

#[tokio::test]
async fn a_key_ends_with_the_rights_of_whoever_made_it() {
    let api = Api::open().await;
    let mia = Browser::hire(&api, "mia", &["market_manager@us", "market_manager@de"]).await;
    let max = Browser::hire(&api, "max", &["market_manager@us"]).await;
    let us = key(&mia, &["order.read"], "us").await;
    let de = make(&mia, "of-germany", &["order.read"], "de", "30").await.expect(200);
    let de = secret(&de, "kontor_");
    let other = key(&max, &["order.read"], "us").await;
    let change = |held: Option<&str>, state| ChangeCommand {
        email: mia.email.clone(),
        held: held.map(|role| vec![role.parse().expect("a role")]),
        state,
    };
    kontor_shop::staff::change(&api.shop, change(Some("market_manager@us"), None))
        .await
        .expect("changed");
    orders(&api, &us, "").await.expect(200);
    orders(&api, &de, "").await.expect(401);
    kontor_shop::staff::change(&api.shop, change(None, Some(AccountState::Locked)))
        .await
        .expect("locked");
    orders(&api, &us, "").await.expect(401);
    orders(&api, &other, "").await.expect(200);
    // It does not come back with the account.
    kontor_shop::staff::change(&api.shop, change(None, Some(AccountState::Active)))
        .await
        .expect("unlocked");
    orders(&api, &us, "").await.expect(401);
    let olga = Browser::hire(&api, "olga", &["owner@*"]).await;
    let log = olga.get("/admin/log?act=staff.end_key").await.expect(200).text;
    assert_eq!(log.matches("<code>staff.end_key</code>").count(), 2, "{log}");
}

#[tokio::test]
async fn a_key_opens_nothing_else_and_strangers_nothing_at_all() {
    let api = Api::open().await;
    let mia = Browser::hire(&api, "mia", &["market_manager@us"]).await;
    let people = key(&mia, &["customer.read"], "us").await;
    orders(&api, &people, "").await.expect(403);
    let nobodys = format!("kontor_{}", "0".repeat(52));
    let shorter = &people[..58];
    for bad in ["", "x", "kontor_", nobodys.as_str(), shorter, &people.to_uppercase()] {
        orders(&api, bad, "").await.expect(401);
    }
    api.send(Ask::get("/api/v1/orders")).await.expect(401);
    let basic = Ask::get("/api/v1/orders").header("authorization", &format!("Basic {people}"));
    api.send(basic).await.expect(401);
    // A key is no session, and a session's cookie no key.
    let as_cookie = Ask::get("/admin").header("cookie", &format!("kontor_staff={people}"));
    api.send(as_cookie).await.expect(303);
    let with_cookie = Ask::get("/api/v1/orders").header("cookie", &mia.cookies);
    api.send(with_cookie).await.expect(401);
    api.clock.advance_seconds(31 * 24 * 60 * 60);
    orders(&api, &people, "").await.expect(401);
}

#[tokio::test]
async fn keys_are_listed_page_by_page_and_only_ones_own() {
    let api = Api::open().await;
    let mia = Browser::hire(&api, "mia", &["market_manager@us"]).await;
    let dora = Browser::hire(&api, "dora", &["market_manager@de"]).await;
    for n in 0..52 {
        let days = "30";
        make(&mia, &format!("u{n}"), &["order.read"], "us", days).await.expect(200);
        if n % 10 == 0 {
            make(&dora, &format!("d{n}"), &["order.read"], "de", days).await.expect(200);
        }
    }
    let listed = |page: &str| -> Vec<String> {
        let all = page.split("name=\"id\" value=\"").skip(1);
        all.filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
    };
    let first = mia.get("/admin/programs").await.expect(200).text;
    let own = listed(&first);
    assert_eq!(own.len(), 50);
    let link = first.split("\" rel=\"next\"").next().expect("a link");
    let link = link.rsplit("href=\"").next().expect("its address");
    let second = mia.get(link).await.expect(200).text;
    let rest = listed(&second);
    assert_eq!((rest.len(), second.contains("rel=\"next\"")), (2, false));
    assert!(rest.iter().all(|key| !own.contains(key)), "each once");
    let hers = dora.get("/admin/programs").await.expect(200).text;
    assert_eq!((listed(&hers).len(), hers.contains("rel=\"next\"")), (6, false));
    assert!(listed(&hers).iter().all(|key| !own.contains(key) && !rest.contains(key)));
    for odd in ["x", "key_0", "%27"] {
        let page = mia.get(&format!("/admin/programs?before={odd}")).await.expect(200).text;
        assert_eq!(listed(&page), own, "{odd}");
    }
}

#[tokio::test]
async fn nobody_makes_a_key_that_can_do_more_than_they() {
    let api = Api::open().await;
    let mia = Browser::hire(&api, "mia", &["market_manager@us"]).await;
    for (scopes, markets, days, status) in [
        (vec!["order.read"], "us,de", "30", 403),
        (vec!["order.read"], "*", "30", 403),
        (vec!["customer.read"], "de", "30", 403),
        (vec!["clearance.grant"], "us", "30", 422),
        (vec!["staff.manage"], "us", "30", 422),
        (vec!["everything"], "us", "30", 400),
        // It would open nothing: no endpoint asks for it.
        (vec!["order.read", "market.read"], "us", "30", 422),
        (vec!["stock.book"], "us", "30", 422),
        (vec![], "us", "30", 422),
        (vec!["order.read"], "us", "0", 422),
        (vec!["order.read"], "us", "100000", 422),
        (vec!["order.read"], "", "30", 422),
        (vec!["order.read"], "xx", "30", 422),
    ] {
        let answer = make(&mia, "k2", &scopes, markets, days).await;
        assert_eq!(answer.status, status, "{scopes:?} {markets} {days}: {}", answer.text);
        assert!(!answer.text.contains("<code>kontor_"), "{scopes:?} {markets} {days}");
    }
    let page = mia.get("/admin/programs").await.expect(200);
    let keys = page.text.split("/admin/programs/keys\"").nth(1).expect("a form");
    let keys = keys.split("</form>").next().expect("its end");
    let offered: Vec<&str> = keys
        .split("name=\"chosen\" value=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    let mut opened: Vec<&str> =
        api.routes.iter().flat_map(|route| route.access.of_keys()).map(|p| p.word()).collect();
    opened.sort_unstable();
    assert_eq!(opened, ["customer.read", "order.read"], "what endpoints ask keys for");
    let mut sorted = offered.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, opened, "exactly what opens something can be chosen");
    let first = make(&mia, "k3", &["order.read"], "us", "30").await.expect(200);
    let again = make(&mia, "k3", &["order.read"], "us", "30").await.expect(200);
    assert!(first.text.contains("<code>kontor_") && !again.text.contains("<code>kontor_"));
    let dora = Browser::hire(&api, "dora", &["market_manager@de"]).await;
    let list = dora.get("/admin/programs").await.expect(200);
    assert!(!list.text.contains("Books"), "another market's key does not exist");
    let mine = mia.get("/admin/programs").await.expect(200);
    let id = mine.text.split("name=\"id\" value=\"").nth(1).expect("a key")[..30].to_owned();
    dora.form("/admin/programs/keys/end", &[("id", &id)]).await.expect(404);
    assert!(mia.get("/admin/programs").await.expect(200).text.contains("tone-good"));
}

/// Adds a webhook; gives its page and its secret.
async fn hook(browser: &Browser<'_>, url: &str, kinds: &[&str]) -> (String, String) {
    let mut fields = vec![("key", "h1"), ("name", "Store house"), ("markets", "us"), ("url", url)];
    fields.extend(kinds.iter().map(|kind| ("chosen", *kind)));
    let page = browser.form("/admin/programs/hooks", &fields).await.expect(200);
    let id = page.text.split("/admin/programs/hooks/").nth(1).expect("a link");
    let id = id.split('"').next().expect("its end").to_owned();
    (format!("/admin/programs/hooks/{id}"), secret(&page, "whsec_"))
}

/// Somebody counts the bands: so many are left.
async fn leave(wim: &Browser<'_>, units: u32) {
    let list = wim.get(&format!("/admin/stock?item={BAND}")).await.expect(200);
    let site = list.text.split("account=").nth(1).expect("an account");
    let site = site.split('/').next().expect("a site");
    let (units, key) = (units.to_string(), format!("count-{units}"));
    let count = [
        ("key", key.as_str()),
        ("what", "count"),
        ("market", "us"),
        ("site", site),
        ("sku", BAND),
        ("units", units.as_str()),
        ("reference", key.as_str()),
    ];
    wim.form("/admin/stock", &count).await.expect(303);
}

fn bytes(secret: &str) -> Vec<u8> {
    use base64::Engine as _;
    let text = secret.strip_prefix("whsec_").expect("a secret");
    base64::engine::general_purpose::STANDARD.decode(text).expect("base 64")
}

#[tokio::test]
async fn what_happens_is_told_signed_and_told_again_until_it_is_taken() {
    let api = Api::open().await;
    let caller = Caller::new(Reach::Private);
    let server = HookServer::start();
    let mia = Browser::hire(&api, "mia", &["market_manager@us"]).await;
    let (page, secret) = hook(&mia, &server.url(), &["order.placed"]).await;
    buy(&api).await;
    server.answers(503);
    let told = tell_due(&api.shop, &caller).await.expect("no fault");
    assert_eq!(told, Told { events: 1, taken: 0, failed: 1 });
    assert_eq!(tell_due(&api.shop, &caller).await.expect("no fault"), Told::default());
    api.clock.advance_seconds(6);
    server.answers(301);
    assert_eq!(tell_due(&api.shop, &caller).await.expect("no fault").failed, 1, "no redirect");
    api.clock.advance_seconds(331);
    server.answers(204);
    assert_eq!(tell_due(&api.shop, &caller).await.expect("no fault").taken, 1);
    let calls = server.calls();
    assert_eq!(calls.len(), 3);
    let ids: Vec<&str> = calls.iter().map(|call| call.header("webhook-id")).collect();
    assert!(ids[0].starts_with("evt_") && ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    let last = &calls[2];
    let seconds: i64 = last.header("webhook-timestamp").parse().expect("seconds");
    assert_eq!(seconds, api.shop.now().millis() / 1_000);
    let signed = signature(&bytes(&secret), ids[0], seconds, &last.body);
    assert_eq!(last.header("webhook-signature"), signed);
    let payload = last.json();
    assert_eq!(payload["type"], "order.placed");
    assert_eq!(payload["data"]["lines"][0]["sku"], BAND);
    assert_eq!(payload["data"]["total"]["currency"], "USD");
    assert!(!last.body.contains("ada@") && !last.body.contains("Lovelace"), "{}", last.body);

    // Every attempt stands on its page, and a person may have it told again.
    let shown = mia.get(&page).await.expect(200);
    for part in ["answered 503", "answered 301", "answered 204", "taken"] {
        assert!(shown.text.contains(part), "{part}: {}", shown.text);
    }
    let delivery = shown.text.split("name=\"delivery\" value=\"").nth(1).expect("a delivery");
    let delivery = delivery.split('"').next().expect("its end").to_owned();
    let again = [("key", "r1"), ("what", "replay"), ("delivery", delivery.as_str())];
    mia.form(&page, &again).await.expect(200);
    assert_eq!(tell_due(&api.shop, &caller).await.expect("no fault").taken, 1);
    assert_eq!(server.calls()[3].header("webhook-id"), ids[0], "the same message");

    // What was told is found by the id that the other side has seen, and by what became of it.
    for (query, is_there) in [
        (format!("event={}", ids[0]), true),
        (format!("event={}&state=given_up", ids[0]), true),
        ("event=evt_06dyk2m1v5rjz0q3c8s4n7t9ab".to_owned(), false),
        ("event=%3Cscript%3E".to_owned(), false),
        ("state=delivered".to_owned(), true),
        ("state=given_up".to_owned(), false),
        ("state=waiting".to_owned(), false),
        ("state=nothing".to_owned(), true),
    ] {
        let found = mia.get(&format!("{page}?{query}")).await.expect(200);
        assert_eq!(found.text.contains(&delivery), is_there, "{query}: {}", found.text);
        assert!(!found.text.contains("<script>"), "{query}");
    }

    // While the secret is exchanged both are good; then only the new one.
    let exchange = [("key", "x1"), ("what", "exchange")];
    let fresh = mia.form(&page, &exchange).await.expect(200);
    let fresh = self::secret(&fresh, "whsec_");
    assert_ne!(fresh, secret);
    mia.form(&page, &[("key", "t1"), ("what", "try")]).await.expect(200);
    mia.form(&page, &[("key", "t1"), ("what", "try")]).await.expect(200);
    assert_eq!(tell_due(&api.shop, &caller).await.expect("no fault").taken, 1, "twice is once");
    let call = server.calls().pop().expect("a call");
    assert_eq!(call.json()["type"], "hook.test");
    let by = |secret: &str| {
        let seconds = call.header("webhook-timestamp").parse().expect("seconds");
        signature(&bytes(secret), call.header("webhook-id"), seconds, &call.body)
    };
    let signatures = call.header("webhook-signature").to_owned();
    assert_eq!(signatures, format!("{} {}", by(&fresh), by(&secret)));
    api.clock.advance_seconds(24 * 60 * 60 + 1);
    let mia = mia.again().await;
    mia.form(&page, &[("key", "t2"), ("what", "try")]).await.expect(200);
    tell_due(&api.shop, &caller).await.expect("no fault");
    let call = server.calls().pop().expect("a call");
    assert!(!call.header("webhook-signature").contains(' '), "one signature");
}

#[tokio::test]
async fn money_that_goes_back_in_part_and_stock_that_runs_low_are_told() {
    let api = Api::open_refunding(500).await;
    let caller = Caller::new(Reach::Private);
    let server = HookServer::start();
    let mia = Browser::hire(&api, "mia", &["market_manager@us"]).await;
    let wim = Browser::hire(&api, "wim", &["warehouse@us"]).await;
    hook(&mia, &server.url(), &["payment.refunded", "stock.low"]).await;
    buy(&api).await;
    run_due_jobs(&api.shop).await.expect("collected");
    let orders = mia.get("/admin/orders").await.expect(200);
    let number = orders.text.split("/admin/orders/US15-").nth(1).expect("an order");
    let number = format!("US15-{}", number.split('"').next().expect("its end"));
    let form = [("key", "r1"), ("reason", "a scratch"), ("amount", "2.50")];
    for _ in 0..2 {
        mia.form(&format!("/admin/orders/{number}/refund"), &form).await.expect(303);
    }
    assert_eq!(tell_due(&api.shop, &caller).await.expect("no fault").taken, 1, "once");
    let told = server.calls().pop().expect("a call").json();
    assert_eq!(told["type"], "payment.refunded");
    assert_eq!(told["data"]["number"], number);
    assert_eq!(told["data"]["refunded"], serde_json::json!({"minor": 250, "currency": "USD"}));
    assert!(!told.to_string().contains("scratch"), "the reason is the maker's own: {told}");

    // The shelf goes from plenty to few to none: one call each, however often somebody looks.
    for (left, expected) in [(20, 0), (3, 1), (2, 0), (0, 1)] {
        let before = api.shop.snapshots.now();
        // One is sold and still lies there: whoever counts counts it too.
        leave(&wim, left + 1).await;
        api.shop.snapshots.refresh(&api.shop.db, api.shop.now()).await.expect("made anew");
        let levels = Arc::clone(&api.shop.snapshots.now().levels);
        for _ in 0..2 {
            tell_scarce(&api.shop, &before.levels, &levels).await.expect("written down");
        }
        let taken = tell_due(&api.shop, &caller).await.expect("no fault").taken;
        assert_eq!(taken, expected, "{left} left");
        if expected == 1 {
            let told = server.calls().pop().expect("a call").json();
            assert_eq!(told["type"], "stock.low");
            assert_eq!(
                told["data"],
                serde_json::json!({"market": "us", "sku": BAND, "left": left})
            );
        }
    }
}

/// Changes an account at an operator's word.
async fn change(api: &Api, email: &str, held: Option<&[&str]>, state: Option<AccountState>) {
    let held = held.map(|roles| roles.iter().map(|role| role.parse().expect("a role")).collect());
    let change = ChangeCommand { email: email.to_owned(), held, state };
    kontor_shop::staff::change(&api.shop, change).await.expect("changed");
}

#[tokio::test]
async fn a_webhook_tells_no_more_than_whoever_answers_for_it_may_read_and_loses_nothing() {
    let api = Api::open().await;
    let caller = Caller::new(Reach::Private);
    let server = HookServer::start();
    let mia = Browser::hire(&api, "mia", &["market_manager@us"]).await;
    let max = Browser::hire(&api, "max", &["market_manager@us"]).await;
    let olga = Browser::hire(&api, "olga", &["owner@*"]).await;
    let (page, _) = hook(&mia, &server.url(), &["order.placed", "stock.low"]).await;
    let quiet = olga.get("/admin").await.expect(200);
    assert!(!quiet.text.contains("is not told everything"), "{}", quiet.text);

    // A delivery that has failed before is not tried with rights that are gone.
    server.answers(503);
    buy(&api).await;
    assert_eq!(tell_due(&api.shop, &caller).await.expect("no fault").failed, 1);
    server.answers(204);
    change(&api, &mia.email, Some(&["market_manager@de"]), None).await;
    api.clock.advance_seconds(6);
    buy(&api).await;
    for _ in 0..2 {
        let told = tell_due(&api.shop, &caller).await.expect("no fault");
        assert_eq!((told.taken, told.failed), (0, 0), "nobody is called");
    }
    assert_eq!(server.calls().len(), 1);

    // Whoever looks after it is told, with the reason; it is no longer hers.
    mia.get(&page).await.expect(404);
    for (browser, may) in [(&max, true), (&olga, false)] {
        let daily = browser.get("/admin").await.expect(200);
        assert!(daily.text.contains("“Store house” is not told everything"), "{}", daily.text);
        assert!(daily.text.contains("stock.read, order.read, staff.connect"), "{}", daily.text);
        let list = browser.get("/admin/programs").await.expect(200);
        assert!(list.text.contains("kept back"), "{}", list.text);
        let shown = browser.get(&format!("{page}?state=held")).await.expect(200);
        assert_eq!(shown.text.matches("<code>order.placed</code><span").count(), 2, "kept");
        assert_eq!(shown.text.contains("value=\"take_over\""), may, "{}", shown.text);
    }
    let held = max.get(&format!("{page}?state=held")).await.expect(200);
    let delivery = held.text.split("name=\"delivery\" value=\"").nth(1).expect("a delivery");
    let delivery = delivery.split('"').next().expect("its end").to_owned();
    let again = [("key", "r1"), ("what", "replay"), ("delivery", delivery.as_str())];
    let refused = max.form(&page, &again).await.expect(409);
    assert!(refused.text.contains("take it over first"), "{}", refused.text);

    // Nobody answers for more than they may read themselves.
    olga.form(&page, &[("key", "t1"), ("what", "take_over")]).await.expect(403);
    max.form(&page, &[("key", "t2"), ("what", "take_over")]).await.expect(200);
    max.form(&page, &[("key", "t2"), ("what", "take_over")]).await.expect(200);
    let told = tell_due(&api.shop, &caller).await.expect("no fault");
    assert_eq!((told.taken, told.failed), (2, 0), "what was kept back is told");
    let shown = max.get(&page).await.expect(200);
    assert!(!shown.text.contains("value=\"take_over\""), "{}", shown.text);
    assert!(!max.get("/admin").await.expect(200).text.contains("is not told everything"));
    let log = olga.get("/admin/log?act=hook.take_over").await.expect(200).text;
    assert_eq!(log.matches("<code>hook.take_over</code>").count(), 1, "{log}");

    // With the account the rights are gone, and with it they come back.
    change(&api, &max.email, None, Some(AccountState::Locked)).await;
    buy(&api).await;
    assert_eq!(tell_due(&api.shop, &caller).await.expect("no fault").taken, 0);
    let shown = olga.get(&page).await.expect(200);
    assert!(shown.text.contains("The account of max is locked."), "{}", shown.text);
    change(&api, &max.email, None, Some(AccountState::Active)).await;
    assert_eq!(tell_due(&api.shop, &caller).await.expect("no fault").taken, 1);
}

#[tokio::test]
async fn nobody_has_told_what_they_may_not_read() {
    let api = Api::open().await;
    let server = HookServer::start();
    let olga = Browser::hire(&api, "olga", &["owner@*"]).await;
    let url = server.url();
    let fields = |kind| {
        vec![("key", "h1"), ("name", "x"), ("url", &*url), ("markets", "us"), ("chosen", kind)]
    };
    let refused = olga.form("/admin/programs/hooks", &fields("order.placed")).await.expect(403);
    assert!(refused.text.contains("order.read is not yours"), "{}", refused.text);
    let offered =
        |page: &str| page.split("action=\"/admin/programs/hooks\"").nth(1).map(str::to_owned);
    let hers = offered(&olga.get("/admin/programs").await.expect(200).text).expect("a form");
    assert!(!hers.contains("value=\"order.placed\""), "{hers}");
    let mia = Browser::hire(&api, "mia", &["market_manager@us"]).await;
    let mias = offered(&mia.get("/admin/programs").await.expect(200).text).expect("a form");
    assert!(mias.contains("value=\"order.placed\"") && !mias.contains("rollout.halted"), "{mias}");
    mia.form("/admin/programs/hooks", &fields("rollout.halted")).await.expect(403);
}

#[tokio::test]
async fn an_endpoint_that_is_gone_or_fails_for_days_is_switched_off() {
    let api = Api::open().await;
    let caller = Caller::new(Reach::Private);
    let server = HookServer::start();
    let mia = Browser::hire(&api, "mia", &["market_manager@us"]).await;
    let (page, _) = hook(&mia, &server.url(), &["order.placed"]).await;
    buy(&api).await;
    server.answers(410);
    tell_due(&api.shop, &caller).await.expect("no fault");
    let shown = mia.get(&page).await.expect(200);
    assert!(shown.text.contains("switched off: it failed"), "{}", shown.text);
    buy(&api).await;
    assert_eq!(tell_due(&api.shop, &caller).await.expect("no fault"), Told::default());
    mia.form(&page, &[("key", "o1"), ("what", "on")]).await.expect(200);
    server.answers(500);
    buy(&api).await;
    for _ in 0..9 {
        tell_due(&api.shop, &caller).await.expect("no fault");
        api.clock.advance_seconds(24 * 60 * 60 + 3 * 60 * 60);
    }
    let mia = mia.again().await;
    let shown = mia.get(&page).await.expect(200);
    assert!(shown.text.contains("switched off: it failed"), "{}", shown.text);
    assert!(shown.text.contains("tone-bad"));
}

#[tokio::test]
async fn a_webhook_reaches_neither_into_other_markets_nor_into_the_house() {
    let api = Api::open().await;
    let mia = Browser::hire(&api, "mia", &["market_manager@us"]).await;
    let server = HookServer::start();
    let (page, _) = hook(&mia, &server.url(), &["order.placed"]).await;
    let dora = Browser::hire(&api, "dora", &["market_manager@de"]).await;
    dora.get(&page).await.expect(404);
    for what in ["on", "off", "try", "exchange", "remove"] {
        dora.form(&page, &[("key", "d1"), ("what", what)]).await.expect(404);
    }
    assert!(!dora.get("/admin/programs").await.expect(200).text.contains("Store house"));
    let fields = |url, markets, kind| {
        vec![("key", "d2"), ("name", "x"), ("url", url), ("markets", markets), ("chosen", kind)]
    };
    for (url, markets, kind, status) in [
        ("https://example.com/", "us", "order.placed", 403),
        ("https://example.com/", "*", "order.placed", 403),
        ("https://example.com/", "de", "nothing", 400),
        ("https://example.com/", "de", "hook.test", 422),
        ("ftp://example.com/", "de", "order.placed", 422),
        ("https://user:secret@example.com/", "de", "order.placed", 422),
        ("javascript:alert(1)", "de", "order.placed", 422),
    ] {
        let answer = dora.form("/admin/programs/hooks", &fields(url, markets, kind)).await;
        assert_eq!(answer.status, status, "{url} {markets} {kind}: {}", answer.text);
        assert!(!answer.text.contains("<code>whsec_"));
    }
    let buyer = Browser::hire(&api, "bo", &["support@us"]).await;
    buyer.get("/admin/programs").await.expect(403);
}
