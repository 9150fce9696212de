//! The staff area's orders and people through HTTP: found, looked at, cancelled, refunded, noted,
//! exported, put together, erased; and nobody sees or touches what is another market's.

mod common;

use std::sync::Arc;

use common::desk::Browser;
use common::shopper::{good_fields, one_band};
use common::{Api, Ask, BAND, Shopper};
use kontor_base::id::{LetterId, OrderId};
use kontor_domain::clearance::{Grant, Reach};
use kontor_domain::order::{CheckoutState, ClearanceState, OrderNumber};
use kontor_domain::payment::PaymentState;
use kontor_shop::audit::{LogProof, audit};
use kontor_shop::order::{
    expire_checkouts, forget_abandoned, index_orders, place_given_up, reindex, run_due_jobs,
};
use kontor_shop::staff::chain_log;
use kontor_store::order::PlacedOrder;
use kontor_store::stock::serial::{self, SoldSerial};
use kontor_store::{StoreError, Tx, mail};

/// What a browser types at the checkout.
struct Buyer {
    name: &'static str,
    email: &'static str,
    phone: &'static str,
}

const ADA: Buyer =
    Buyer { name: "Ada Lovelace", email: "ada@shop.example", phone: "+1 415 555 0123" };
const EVE: Buyer = Buyer {
    name: "Eve <script>alert(1)</script> O’Neil",
    email: "eve.oneil@shop.example",
    phone: "+1 (212) 555-0188",
};

/// Buys one band by the pages; the order's number.
async fn buy(api: &Api, buyer: &Buyer) -> String {
    let shopper = Shopper::fill_cart(api).await;
    let checkout = shopper.check_out(api).await;
    let (total, key) = (one_band(), api.fresh_key());
    let fields: Vec<_> = good_fields(&total, &key)
        .into_iter()
        .map(|(name, value)| match name {
            "name" => (name, buyer.name),
            "email" => (name, buyer.email),
            "phone" => (name, buyer.phone),
            _ => (name, value),
        })
        .collect();
    let paid = api.send(shopper.with(Ask::form(&checkout, &fields))).await.expect(303);
    run_due_jobs(&api.shop).await.expect("the money is collected");
    while index_orders(&api.shop).await.expect("terms are written") > 0 {}
    let shown = api.send(Ask::get(paid.header("location"))).await.expect(200);
    let number = shown.text.split("US15-").nth(1).expect("a number");
    format!("US15-{}", &number[..14])
}

async fn clean(api: &Api) {
    // The staff's log too, with every act in its chain: those about people who were erased as well.
    while chain_log(&api.shop).await.expect("chained").entries > 0 {}
    let audit =
        audit(&api.shop.db, LogProof::by(api.shop.keys.log()), |_| ()).await.expect("audited");
    assert!(audit.is_clean(), "{audit:?}");
}

/// Whether a text lies anywhere in the files of the database, free pages and the log included; nothing
/// where it is not in files of ours.
fn lies_on_disk(api: &Api, text: &str) -> Option<bool> {
    let file = api.scratch.place().sqlite_path()?;
    let log = file.with_extension("db-wal");
    let bytes = [file, log.as_path()].map(|path| std::fs::read(path).unwrap_or_default());
    let text = text.as_bytes();
    Some(bytes.iter().any(|bytes| bytes.windows(text.len()).any(|part| part == text)))
}

/// The hash that a decision has to name.
fn seen(page: &str) -> String {
    page.split("name=\"seen\" value=\"").nth(1).expect("a hash")[..64].to_owned()
}

#[tokio::test]
async fn an_order_is_found_by_whatever_somebody_remembers_of_it() {
    let api = Api::open().await;
    let number = buy(&api, &ADA).await;
    let other = buy(&api, &EVE).await;
    let mia = Browser::hire(&api, "mia", &["market_manager@us", "support@us"]).await;
    for typed in [
        "0123",
        "5550123",
        "(415)%20555",
        "415-555",
        "%2B1%20415",
        "ada",
        "ADA%20love",
        "lovelace",
        "ada%40shop.example",
        "ada%400",
        "94105%20ada",
    ] {
        let found = mia.get(&format!("/admin/find?q={typed}")).await.expect(200);
        let is_ada = found.text.contains(&number);
        assert_eq!(is_ada, typed != "ada%400", "{typed}: {}", found.text);
        assert!(!found.text.contains(&other), "{typed} finds somebody else too");
    }
    let whole = mia.get(&format!("/admin/find?q={}", number.to_lowercase())).await.expect(303);
    assert_eq!(whole.header("location"), format!("/admin/orders/{number}"));
    let begins = mia.get(&format!("/admin/find?q={}", &number[..9])).await.expect(200);
    assert!(begins.text.contains(&number));
    let sku = mia.get(&format!("/admin/find?q={}", BAND.to_lowercase())).await.expect(200);
    assert!(sku.text.contains(&number) && sku.text.contains("found-products"), "{}", sku.text);
    // What people typed is text, wherever it is shown.
    let eve = mia.get("/admin/find?q=0188").await.expect(200);
    assert!(eve.text.contains(&other) && !eve.text.contains("<script>alert"), "{}", eve.text);
    for odd in ["", "%20", "%00", "%27%20OR%201=1", "%25", "_", "%3Cscript%3E", "%F0%9F%98%80"] {
        let answer = mia.get(&format!("/admin/find?q={odd}")).await.expect(200);
        assert!(!answer.text.contains(&number), "{odd}");
    }
    // Everything that finds can be made anew.
    let done = reindex(&api.shop).await.expect("made anew");
    assert_eq!((done.orders, done.forgotten > 10), (2, true), "{done:?}");
    assert!(mia.get("/admin/find?q=0123").await.expect(200).text.contains(&number));
    let figures = mia.get("/admin/figures.csv").await.expect(200);
    assert!(figures.text.contains("\"orders\",\"us\",\"30 days\",\"2\""), "{}", figures.text);
    clean(&api).await;
}

#[tokio::test]
async fn what_is_another_markets_can_neither_be_seen_nor_touched() {
    let api = Api::open().await;
    let number = buy(&api, &ADA).await;
    let mia = Browser::hire(&api, "mia", &["market_manager@us", "support@us"]).await;
    let ravi = Browser::hire(&api, "ravi", &["market_manager@de", "support@de"]).await;
    let order = format!("/admin/orders/{number}");
    let page = mia.get(&order).await.expect(200);
    let customer = page.text.split("href=\"/admin/customers/").nth(1).expect("a customer");
    let customer = format!("/admin/customers/{}", customer.split('"').next().expect("an end"));
    mia.get(&customer).await.expect(200);
    for path in [
        order.clone(),
        customer.clone(),
        "/admin/orders?market=us".to_owned(),
        "/admin/waiting?market=us".to_owned(),
    ] {
        ravi.get(&path).await.expect(404);
    }
    let key = ("key", "k1");
    let why = ("reason", "because");
    for (path, fields) in [
        (format!("{order}/cancel"), vec![key, why]),
        (format!("{order}/refund"), vec![key, why, ("amount", "1.00")]),
        (format!("{order}/note"), vec![key, ("words", "mine now")]),
        (format!("{customer}/export"), vec![]),
        (format!("{customer}/merge"), vec![key, ("other", "x@shop.example")]),
        (format!("{customer}/erase"), vec![key, why]),
        ("/admin/orders.csv".to_owned(), vec![("market", "us")]),
        ("/admin/waiting.csv".to_owned(), vec![("market", "us"), ("model", "")]),
    ] {
        ravi.form(&path, &fields).await.expect(404);
    }
    let file = ravi.form("/admin/orders.csv", &[]).await.expect(200);
    assert_eq!(file.text.lines().count(), 1, "a head without rows: {}", file.text);
    for list in ["/admin", "/admin/orders", "/admin/figures", "/admin/figures.csv"] {
        let answer = ravi.get(list).await.expect(200);
        for told in [number.as_str(), "Ada", "\"us\""] {
            assert!(!answer.text.contains(told), "{list} tells of {told}");
        }
    }
    for typed in [number.as_str(), &number[..9], "0123", "ada", "ada%40shop.example", BAND] {
        let answer = ravi.get(&format!("/admin/find?q={typed}")).await.expect(200);
        assert!(!answer.text.contains("/admin/orders/US15"), "{typed}: {}", answer.text);
        assert!(!answer.text.contains("/admin/customers/"), "{typed}: {}", answer.text);
    }
    let after = mia.get(&order).await.expect(200);
    assert!(!after.text.contains("mine now") && after.text.contains("action=\"/admin/orders/"));
    // A manager of one market steers no jobs: they are everybody's.
    for person in [&mia, &ravi] {
        person.get("/admin/jobs").await.expect(403);
        let steer = "/admin/jobs/job_00000000000000000000000001";
        person.form(steer, &[("wish", "give_up")]).await.expect(403);
    }
}

#[tokio::test]
async fn whoever_sees_a_part_of_a_customer_learns_nothing_of_the_rest_and_erases_nothing() {
    let api = Api::open().await;
    let number = buy(&api, &ADA).await;
    let waits = [("email", ADA.email), ("model", "")];
    api.send(Ask::form("/de/en/waiting", &waits)).await.expect(200);
    let email = kontor_base::Email::parse(ADA.email).expect("an address");
    let customer = format!("/admin/customers/{}", api.shop.keys.customer(&email));
    let hans = Browser::hire(&api, "hans", &["support@de"]).await;
    let page = hans.get(&customer).await.expect(200);
    assert!(page.text.contains(ADA.email) && !page.text.contains(&number), "{}", page.text);
    for act in ["export", "merge", "erase"] {
        let fields = [("key", "k1"), ("reason", "asked"), ("other", number.as_str())];
        let answer = hans.form(&format!("{customer}/{act}"), &fields).await.expect(403);
        assert!(!answer.text.contains(&number), "{act}: {}", answer.text);
        assert!(!page.text.contains(&format!("{customer}/{act}")), "{act} is offered");
    }
    // Whoever sees all of it is offered everything, and told what stands in the way.
    let both = Browser::hire(&api, "sue", &["support@de", "support@us"]).await;
    assert!(both.get(&customer).await.expect(200).text.contains(&format!("{customer}/erase")));
    let us = Browser::hire(&api, "sam", &["support@*"]).await;
    let erase = [("key", "k2"), ("reason", "asked")];
    let answer = us.form(&format!("{customer}/erase"), &erase).await.expect(409);
    assert!(answer.text.contains(&number), "{}", answer.text);
}

#[tokio::test]
async fn money_goes_back_in_part_alone_and_beyond_the_limit_with_a_second_person() {
    let api = Api::open_refunding(500).await;
    let number = buy(&api, &ADA).await;
    let mia = Browser::hire(&api, "mia", &["market_manager@us"]).await;
    let max = Browser::hire(&api, "max", &["market_manager@us"]).await;
    let order = format!("/admin/orders/{number}");
    let refund = format!("{order}/refund");
    let send = |key: &'static str, amount: &'static str| {
        [
            ("key", key),
            ("reason", "a scratch"),
            ("amount", amount),
            ("minor", "1"),
            ("market", "de"),
        ]
    };
    for bad in ["", "much", "-1", "0", "1.999", "1000000000000000000000"] {
        let answer = mia.form(&refund, &send("bad", bad)).await;
        assert!((400..500).contains(&answer.status), "{bad}: {}", answer.status);
    }
    // Within the limit: at once, and once.
    let done = mia.form(&refund, &send("r1", "2.50")).await.expect(303);
    assert_eq!(done.header("location"), format!("{order}?said=done"));
    mia.form(&refund, &send("r1", "2.50")).await.expect(303);
    run_due_jobs(&api.shop).await.expect("sent");
    let page = mia.get(&order).await.expect(200);
    assert!(page.text.contains("$2.50") && page.text.contains("a scratch"), "{}", page.text);
    assert!(page.text.contains("partly_refunded"));
    clean(&api).await;
    // Beyond it: nothing happens until somebody else has seen it.
    let waits = mia.form(&refund, &send("r2", "5.01")).await.expect(303);
    let proposal = waits.header("location").split('?').next().expect("a path").to_owned();
    assert!(proposal.starts_with("/admin/proposals/"), "{proposal}");
    assert!(!mia.get(&order).await.expect(200).text.contains("$7.51"));
    let his = max.get(&proposal).await.expect(200);
    assert!(his.text.contains("7.51 USD") && his.text.contains("5.01 USD"), "{}", his.text);
    let decision = [("decision", "approve"), ("seen", &*seen(&his.text))];
    mia.form(&proposal, &decision).await.expect(403);
    max.form(&proposal, &decision).await.expect(303);
    assert!(mia.get(&order).await.expect(200).text.contains("$7.51"));
    max.get(&proposal).await.expect(200);
    run_due_jobs(&api.shop).await.expect("sent");
    clean(&api).await;
    // All of the rest before the parcel has left is a cancellation, and says so.
    let all = mia.form(&refund, &send("r3", "100")).await;
    assert!(all.status == 409 || all.status == 303, "{}", all.status);
    let wish = [("key", "c1"), ("reason", "changed their mind")];
    let waits = mia.form(&format!("{order}/cancel"), &wish).await.expect(303);
    max.approve(&waits).await;
    let again = mia.form(&format!("{order}/cancel"), &[("key", "c2"), ("reason", "x")]).await;
    assert_eq!(again.status, 409, "{}", again.text);
    run_due_jobs(&api.shop).await.expect("sent");
    let page = mia.get(&order).await.expect(200);
    assert!(page.text.contains("order.cancel") && page.text.contains("payment.refund"));
    clean(&api).await;
}

#[tokio::test]
async fn many_small_refunds_are_a_large_one() {
    let api = Api::open_refunding(500).await;
    let number = buy(&api, &ADA).await;
    let mia = Browser::hire(&api, "mia", &["market_manager@us"]).await;
    let max = Browser::hire(&api, "max", &["market_manager@us"]).await;
    let order = format!("/admin/orders/{number}");
    let done = format!("{order}?said=done");
    let refund = async |key: &str, amount: &str| {
        let fields = [("key", key), ("reason", "a scratch"), ("amount", amount)];
        mia.form(&format!("{order}/refund"), &fields).await.expect(303)
    };
    for key in ["r1", "r2"] {
        assert_eq!(refund(key, "2.50").await.header("location"), done, "up to the limit");
    }
    let waits = refund("r3", "0.01").await;
    assert!(waits.header("location").starts_with("/admin/proposals/"), "the sum is beyond it");
    max.approve(&waits).await;
    assert!(mia.get(&order).await.expect(200).text.contains("$5.01"));
    clean(&api).await;
    // Each is one act in the log, with why; the one that two decided has it in the proposal.
    let olga = Browser::hire(&api, "olga", &["owner@*"]).await;
    let log = olga.get("/admin/log.csv?act=payment.refund").await.expect(200);
    assert_eq!(log.text.matches("\"a scratch\"").count(), 2, "{}", log.text);
}

#[tokio::test]
async fn money_that_was_collected_leaves_by_a_cancellation_as_by_a_refund() {
    let api = Api::open_refunding(500).await;
    let large = buy(&api, &ADA).await;
    let mia = Browser::hire(&api, "mia", &["market_manager@us"]).await;
    let max = Browser::hire(&api, "max", &["market_manager@us"]).await;
    let wish = [("key", "c1"), ("reason", "a doubt about the buyer")];
    let path = format!("/admin/orders/{large}");
    let waits = mia.form(&format!("{path}/cancel"), &wish).await.expect(303);
    assert!(waits.header("location").starts_with("/admin/proposals/"), "beyond the limit");
    let page = mia.get(&path).await.expect(200);
    assert!(page.text.contains("/cancel\""), "it still stands: {}", page.text);
    max.approve(&waits).await;
    assert!(!mia.get(&path).await.expect(200).text.contains("/cancel\""), "it is cancelled");
    run_due_jobs(&api.shop).await.expect("sent");
    clean(&api).await;

    // Where the limit allows it one person is enough, and why stands in the log and on the page.
    let api = Api::open_refunding(100_000).await;
    let small = buy(&api, &ADA).await;
    let mia = Browser::hire(&api, "mia", &["market_manager@us"]).await;
    let path = format!("/admin/orders/{small}");
    let done = mia.form(&format!("{path}/cancel"), &wish).await.expect(303);
    assert_eq!(done.header("location"), format!("{path}?said=done"));
    let page = mia.get(&path).await.expect(200);
    assert!(page.text.contains("order.cancel: a doubt about the buyer"), "{}", page.text);
}

#[tokio::test]
async fn notes_are_written_once_and_shown_as_text() {
    let api = Api::open().await;
    let number = buy(&api, &ADA).await;
    let wim = Browser::hire(&api, "wim", &["warehouse@us"]).await;
    let order = format!("/admin/orders/{number}");
    let words = "<img src=x onerror=alert(1)> rang\nup";
    for _ in 0..2 {
        let fields = [("key", "n1"), ("words", words), ("person", "Olga"), ("written_at", "1")];
        wim.form(&format!("{order}/note"), &fields).await.expect(303);
    }
    let page = wim.get(&order).await.expect(200);
    assert!(!page.text.contains("<img src=x") && page.text.contains("rang up"), "{}", page.text);
    assert_eq!(page.text.matches("rang up").count(), 1, "twice is once");
    assert!(page.text.contains("wim") && !page.text.contains("Olga"));
    // A warehouse reads and writes notes; it gives no money back and cancels nothing.
    assert!(!page.text.contains("/refund\"") && !page.text.contains("/cancel\""));
    for act in ["refund", "cancel"] {
        let fields = [("key", "x"), ("reason", "x"), ("amount", "1")];
        wim.form(&format!("{order}/{act}"), &fields).await.expect(403);
    }
    for empty in ["", "   ", "\n"] {
        wim.form(&format!("{order}/note"), &[("key", "n2"), ("words", empty)]).await.expect(422);
    }
    let olga = Browser::hire(&api, "olga", &["owner@*"]).await;
    let log = olga.get("/admin/log?act=order.edit").await.expect(200);
    assert!(log.text.contains(&number) && !log.text.contains("rang"), "no words in the log");
}

#[tokio::test]
async fn a_person_is_handed_their_data_put_together_and_erased() {
    let api = Api::open().await;
    let first = buy(&api, &ADA).await;
    let second = buy(&api, &EVE).await;
    let sue = Browser::hire(&api, "sue", &["support@us"]).await;
    let sam = Browser::hire(&api, "sam", &["support@us"]).await;
    let waits = [("email", ADA.email), ("model", "phone")];
    api.send(Ask::form("/us/en/waiting", &waits)).await;
    let page = sue.get(&format!("/admin/orders/{first}")).await.expect(200);
    let customer = page.text.split("href=\"/admin/customers/").nth(1).expect("a customer");
    let customer = format!("/admin/customers/{}", customer.split('"').next().expect("an end"));
    let key = ("key", "k");

    // Two addresses of one person.
    for nobody in ["", "nobody", "nobody@shop.example", "US15-2222-2222-223Y"] {
        let answer = sue.form(&format!("{customer}/merge"), &[key, ("other", nobody)]).await;
        assert_eq!(answer.status, 422, "{nobody}: {}", answer.text);
    }
    let other = [("key", "m1"), ("other", second.as_str())];
    sue.form(&format!("{customer}/merge"), &other).await.expect(303);
    let both = sue.get(&customer).await.expect(200);
    assert!(both.text.contains(&first) && both.text.contains(&second), "{}", both.text);

    // A letter was given up with words in which the other server names her; a unit has left.
    let letter = LetterId::new(api.shop.now(), &api.shop.random);
    let (number, at) = (first.parse::<OrderNumber>().expect("a number"), api.shop.now());
    let unit = SoldSerial {
        serial: "SN4711".to_owned(),
        device: 4711,
        item: BAND.to_owned(),
        model: "band".to_owned(),
        country: "US".parse().expect("a country"),
        sold_on: at.date(),
        reference: first.clone(),
        reseller: None,
    };
    let write = move |tx: &mut Tx<'_>| {
        let order = kontor_store::order::by_number(tx, &number)?.expect("it is there").order.id;
        mail::queue(tx, letter, "order.placed", order.bytes(), "{}", at)?;
        mail::failed(tx, letter, "550 <ada@shop.example> said no: quux", None, at)?;
        assert!(serial::insert(tx, &unit)?, "a new one");
        Ok::<_, StoreError>(())
    };
    api.shop.db.write("test.letter", write).await.expect("written");
    let page = sue.get(&format!("/admin/orders/{first}")).await.expect(200);
    assert!(page.text.contains("said no: quux"), "{}", page.text);

    // Everything that is kept, for them.
    let told = sue.form(&format!("{customer}/export"), &[]).await.expect(200);
    assert_eq!(told.header("content-type"), "application/json");
    assert!(told.header("content-disposition").starts_with("attachment"));
    assert_eq!(told.body["orders"].as_array().map(Vec::len), Some(2), "{}", told.text);
    assert!(told.text.contains(ADA.email) && told.text.contains("14155550123"));
    for kept in ["SN4711", "order.placed", "said no: quux"] {
        assert!(told.text.contains(kept), "{kept}: {}", told.text);
    }

    // Who waits for a parcel is not erased.
    let erase = [("key", "e1"), ("reason", "asked for it")];
    let open = sue.form(&format!("{customer}/erase"), &erase).await;
    assert_eq!(open.status, 409, "{}", open.text);
    let scratched = [key, ("reason", "her dog ate it"), ("amount", "1.00")];
    let path = format!("/admin/orders/{first}/refund");
    let proposed = sue.form(&path, &scratched).await.expect(303);
    sam.approve(&proposed).await;
    let refund = proposed.header("location").split('?').next().expect("a path").to_owned();
    assert!(sam.get(&refund).await.expect(200).text.contains("her dog"));
    for number in [&first, &second] {
        let path = format!("/admin/orders/{number}");
        sue.form(&format!("{path}/note"), &[key, ("words", "knows Ada from school")])
            .await
            .expect(303);
        let wish = [("key", "c"), ("reason", "asked")];
        let waits = sue.form(&format!("{path}/cancel"), &wish).await.expect(303);
        sam.approve(&waits).await;
    }
    run_due_jobs(&api.shop).await.expect("sent");
    let erase = [("key", "e2"), ("reason", "asked for it")];
    let waits = sue.form(&format!("{customer}/erase"), &erase).await.expect(303);
    let proposal = waits.header("location").split('?').next().expect("a path").to_owned();
    assert!(sue.get(&customer).await.expect(200).text.contains(&first), "not yet");
    let his = sam.get(&proposal).await.expect(200);
    assert!(
        his.text.contains("until 31 December 2025"),
        "what is kept, and until when: {}",
        his.text
    );
    let told = [ADA.email, EVE.email, "14155550123", "12125550188", "knows Ada", "her dog", "quux"];
    for there in told {
        assert!(lies_on_disk(&api, there) != Some(false), "{there} is looked for where it lies");
    }
    sam.form(&proposal, &[("decision", "approve"), ("seen", &*seen(&his.text))]).await.expect(303);
    sam.get(&proposal).await.expect(200);
    sue.get(&customer).await.expect(404);
    for typed in ["0123", "0188", "ada", "oneil", "ada%40shop.example"] {
        let found = sue.get(&format!("/admin/find?q={typed}")).await.expect(200);
        assert!(!found.text.contains("US15-"), "{typed} still finds: {}", found.text);
    }
    let kept = sue.get(&format!("/admin/orders/{first}")).await.expect(200);
    assert!(kept.text.contains("Ada Lovelace"), "the invoice's name stays ten years");
    for gone in [ADA.email, "14155550123", "knows Ada", "quux"] {
        assert!(!kept.text.contains(gone), "{gone}");
    }
    // Every row of every table, where the back end tells them as text.
    if api.scratch.place().sqlite_path().is_none() {
        let dump = api.scratch.dump();
        for gone in [ADA.email, EVE.email, "14155550123", "12125550188", "knows Ada"] {
            assert!(!dump.contains(gone), "{gone} is still in the database");
        }
    }
    assert!(!sam.get(&refund).await.expect(200).text.contains("her dog"), "no words of reasons");
    reindex(&api.shop).await.expect("made anew");
    let found = sue.get("/admin/find?q=lovelace").await.expect(200);
    assert!(!found.text.contains("US15-"), "and stays gone when everything is found anew");
    clean(&api).await;
    // A clean stop empties the log beside the file; in the file itself what is gone is overwritten.
    api.shop.db.close().await;
    for gone in told {
        assert!(lies_on_disk(&api, gone) != Some(true), "{gone} still lies in the file");
    }
    assert!(lies_on_disk(&api, "Ada Lovelace") != Some(false), "the invoice's name stays");
}

/// The order of this number many times over, under ids and numbers of their own.
async fn many_times(
    api: &Api,
    number: &str,
    many: u32,
    change: impl Fn(&mut PlacedOrder) + Send + 'static,
) {
    let (number, shop) = (number.parse().expect("a number"), Arc::clone(&api.shop));
    let written = api.shop.db.write("test.many_orders", move |tx| {
        let found = kontor_store::order::by_number(tx, &number)?.expect("it is there");
        let customer = shop.keys.customer(&found.order.contact.email);
        for _ in 0..many {
            let mut other = found.clone();
            change(&mut other);
            other.order.id = OrderId::new(shop.now(), &shop.random);
            other.order.number = OrderNumber::new(other.order.market, other.order.id);
            kontor_store::order::insert(tx, &other)?;
            let (id, market) = (other.order.id, other.order.market);
            kontor_store::customer::contact::note_order(tx, customer, id, market)?;
        }
        Ok::<_, kontor_store::StoreError>(())
    });
    written.await.expect("written");
}

#[tokio::test]
async fn the_daily_page_says_where_its_lists_go_on() {
    let api = Api::open().await;
    let first = buy(&api, &ADA).await;
    let owen = Browser::hire(&api, "owen", &["warehouse@us", "support@us"]).await;
    let page = owen.get("/admin").await.expect(200);
    assert!(!page.text.contains("These are the first"), "{}", page.text);
    many_times(&api, &first, 21, |_| ()).await;
    many_times(&api, &first, 21, |other| other.clearance_state = ClearanceState::Held).await;
    let awaits = |other: &mut PlacedOrder| other.payment_state = PaymentState::NeedsAction;
    many_times(&api, &first, 20, awaits).await;
    let page = owen.get("/admin").await.expect(200);
    let of = |id: &str| {
        let section = page.text.split_once(&format!("<section aria-labelledby=\"{id}\">"));
        let section = section.unwrap_or_else(|| panic!("no {id} in {}", page.text)).1;
        section.split("</section>").next().expect("an end").to_owned()
    };
    let (to_send, held, unpaid) = (of("to-send-title"), of("held-title"), of("unpaid-title"));
    for (list, all) in [
        (&to_send, "/admin/dispatch"),
        (&held, "/admin/orders?state=on_hold"),
        (&unpaid, "/admin/orders?state=awaiting_payment"),
    ] {
        assert!(list.contains(&format!("href=\"{all}\"")), "{all}: {list}");
    }
    for list in [&to_send, &held] {
        assert!(list.contains("These are the first 20"), "{list}");
        assert_eq!(list.matches("href=\"/admin/orders/US").count(), 20, "{list}");
    }
    assert!(!unpaid.contains("These are the first"), "there are twenty: {unpaid}");
}

#[tokio::test]
async fn every_act_on_an_order_is_reached_from_its_page() {
    const NOTES: usize = 110;
    let api = Api::open().await;
    let number = buy(&api, &ADA).await;
    let wim = Browser::hire(&api, "wim", &["warehouse@us"]).await;
    let order = format!("/admin/orders/{number}");
    for note in 0..NOTES {
        api.clock.advance_seconds(1);
        let key = format!("n{note}");
        let fields = [("key", key.as_str()), ("words", "rang up")];
        wim.form(&format!("{order}/note"), &fields).await.expect(303);
    }
    let first = wim.get(&order).await.expect(200);
    let acts = |page: &str| page.matches("order.edit").count();
    assert_eq!(acts(&first.text), 100);
    let older = first.text.split(&format!("href=\"{order}?acts=")).nth(1).expect("a link");
    let older = format!("{order}?acts={}", older.split(['"', '#']).next().expect("an end"));
    let rest = wim.get(&older).await.expect(200);
    assert_eq!(acts(&rest.text), NOTES - 100, "{}", rest.text);
    assert!(!rest.text.contains("?acts="), "and that is all");
}

#[tokio::test]
async fn what_is_handed_out_is_everything_and_a_page_is_a_page() {
    const MANY: u32 = 1_030;
    let api = Api::open().await;
    let first = buy(&api, &ADA).await;
    while index_orders(&api.shop).await.expect("indexed") > 0 {}
    many_times(&api, &first, MANY, |_| ()).await;
    let sue = Browser::hire(&api, "sue", &["support@us"]).await;
    let page = sue.get(&format!("/admin/orders/{first}")).await.expect(200);
    let customer = page.text.split("href=\"/admin/customers/").nth(1).expect("a customer");
    let customer = format!("/admin/customers/{}", customer.split('"').next().expect("an end"));
    let told = sue.form(&format!("{customer}/export"), &[]).await.expect(200);
    let orders = told.body["orders"].as_array().map(Vec::len);
    assert_eq!(orders, Some(usize::try_from(MANY).expect("small") + 1), "not one is left out");

    // The page: fifty at a time, each once.
    let (mut path, mut seen, mut times) = (customer.clone(), 0, 0);
    loop {
        let page = sue.get(&path).await.expect(200);
        let rows = page.text.matches("href=\"/admin/orders/US").count();
        assert!((1..=50).contains(&rows), "{rows} orders on {path}");
        seen += rows;
        times += page.text.matches(&format!("/admin/orders/{first}\"")).count();
        let Some(next) = page.text.split("?before=").nth(1) else { break };
        path = format!("{customer}?before={}", next.split('"').next().expect("an end"));
    }
    assert_eq!(times, 1, "the one that was bought is on one page");
    assert_eq!(seen, usize::try_from(MANY).expect("small") + 1);

    // The file begins with the newest, wherever the page was, and has every one, once.
    let filter = [("market", "us"), ("state", "paid"), ("after", "nothing")];
    let file = sue.form("/admin/orders.csv", &filter).await.expect(200);
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    let mut rows: Vec<&str> = file.text.lines().skip(1).collect();
    assert_eq!(rows.len(), usize::try_from(MANY).expect("small") + 1, "not one is left out");
    assert!(rows.iter().all(|row| row.contains("Ada Lovelace") && row.contains("\"paid\"")));
    assert!(rows.is_sorted_by(|newer, older| newer > older), "the newest first, each once");
    rows.dedup();
    assert_eq!(rows.len(), usize::try_from(MANY).expect("small") + 1);
    let other_day = [("day", "2013-02-03")];
    let none = sue.form("/admin/orders.csv", &other_day).await.expect(200);
    assert_eq!(none.text.lines().count(), 1, "{}", none.text);
    // Looking at the list is nobody's business; who took it out stands in the log, with what it was.
    sue.get("/admin/orders?market=us").await.expect(200);
    sue.get("/admin/orders.csv").await.expect(405);
    let olga = Browser::hire(&api, "olga", &["owner@*"]).await;
    let log = olga.get("/admin/log.csv?act=order.export").await.expect(200);
    let noted: Vec<&str> = log.text.lines().skip(1).collect();
    assert_eq!(noted.len(), 2, "{}", log.text);
    // Both are of one moment, and stand in no order.
    for filter in ["2013-02-03", "paid"] {
        let told = noted.iter().filter(|row| row.contains(filter)).count();
        assert_eq!(told, 1, "{filter}: {}", log.text);
    }
    assert!(noted.iter().all(|row| row.contains("\"us\",\"orders\"") && row.contains("sue")));

    // And a product that sold a thousand times is found, with the newest thirty and that there are more.
    let found = sue.get("/admin/find?q=BAND-BLACK").await.expect(200);
    assert!(found.text.matches("href=\"/admin/orders/US").count() >= 30, "{}", found.text);
}

#[tokio::test]
async fn a_serial_number_leads_to_its_order_and_a_product_to_the_catalogue() {
    let api = Api::open().await;
    let number = buy(&api, &ADA).await;
    let wim = Browser::hire(&api, "wim", &["warehouse@us"]).await;
    // What can leave waits on the daily page and on that of parcels, page by page.
    let link = format!("/admin/orders/{number}");
    assert!(wim.get("/admin").await.expect(200).text.contains(&link));
    let list = wim.get("/admin/us/dispatch").await.expect(200);
    assert!(list.text.contains(&number), "{}", list.text);
    let id = wim.form("/admin/orders.csv", &[]).await.expect(200).text;
    let id = id.split('"').nth(1).expect("an order").to_owned();
    let rest = wim.get(&format!("/admin/us/dispatch?after={id}")).await.expect(200);
    assert!(!rest.text.contains(&number), "{}", rest.text);
    let serials = format!("{BAND}: BB-15/0001");
    let parcel = [("key", "d1"), ("number", number.as_str()), ("serials", serials.as_str())];
    wim.form("/admin/us/dispatch", &parcel).await.expect(303);
    assert!(!wim.get("/admin").await.expect(200).text.contains(&link), "it has left");
    let order = format!("href=\"/admin/orders/{number}\"");
    let mia = Browser::hire(&api, "mia", &["market_manager@us"]).await;
    for typed in ["bb-15%2F0001", "BB-15", "bb-"] {
        let found = mia.get(&format!("/admin/find?q={typed}")).await.expect(200);
        for part in ["BB-15/0001", order.as_str()] {
            assert!(found.text.contains(part), "{typed} {part}: {}", found.text);
        }
    }
    let shown = mia.get(&format!("/admin/orders/{number}")).await.expect(200);
    assert!(shown.text.contains("BB-15/0001"), "{}", shown.text);
    // Not a serial number, and not another market's.
    for odd in ["bb", "bb-15%25", "0001", "BB-15~"] {
        let found = mia.get(&format!("/admin/find?q={odd}")).await.expect(200);
        assert!(!found.text.contains("BB-15/0001"), "{odd}: {}", found.text);
    }
    let ravi = Browser::hire(&api, "ravi", &["market_manager@de"]).await;
    let found = ravi.get("/admin/find?q=BB-15").await.expect(200);
    assert!(!found.text.contains("BB-15/0001"), "{}", found.text);

    let found = mia.get(&format!("/admin/find?q={BAND}")).await.expect(200);
    let product = format!("/admin/catalogue/band/{BAND}");
    assert!(found.text.contains(&product), "{}", found.text);
    mia.get(&product).await.expect(200);
    // The work places themselves are found, as far as they are somebody's.
    let found = mia.get("/admin/find?q=withdr").await.expect(200);
    assert!(found.text.contains("<li><a href=\"/admin/withdrawals\">"), "{}", found.text);
    let found = mia.get("/admin/find?q=log").await.expect(200);
    assert!(!found.text.contains("href=\"/admin/log\""), "{}", found.text);
}

#[tokio::test]
async fn evidence_and_builds_are_found_by_whoever_sees_them() {
    let api = Api::open().await;
    let ana = Browser::hire(&api, "ana", &["clearance_officer@us"]).await;
    let wim = Browser::hire(&api, "wim", &["warehouse@us"]).await;
    let dora = Browser::hire(&api, "dora", &["clearance_officer@de"]).await;
    let rea = Browser::hire(&api, "rea", &["release_manager@*"]).await;
    let snapshot = api.shop.snapshots.now();
    let us = "US".parse().expect("a country");
    let mut grants = snapshot.facts.records().grants.iter();
    let here = |grant: &&Grant| grant.reach == Reach::Country(us);
    let grant = grants.find(here).expect("evidence of the USA").code.to_string();
    let typed = grant.to_lowercase();
    let found = ana.get(&format!("/admin/find?q={typed}")).await.expect(200);
    assert!(found.text.contains("found-grants") && found.text.contains(&grant), "{}", found.text);
    for other in [&wim, &dora, &rea] {
        let found = other.get(&format!("/admin/find?q={typed}")).await.expect(200);
        assert!(!found.text.contains("found-grants"), "{}", found.text);
    }
    // Builds are published: everybody finds them, and whoever steers them finds where.
    let rom = api.rom.snapshots.now();
    let build = rom.model("one").expect("a model").builds[0].incremental.to_string();
    let found = rea.get(&format!("/admin/find?q={build}")).await.expect(200);
    let desk = format!("href=\"/admin/rom/builds/one/{build}\"");
    assert!(found.text.contains(&desk), "{}", found.text);
    let found = ana.get(&format!("/admin/find?q={build}")).await.expect(200);
    let public = format!("href=\"/rom/en/device/one/{build}\"");
    assert!(found.text.contains(&public) && !found.text.contains(&desk), "{}", found.text);
}

#[tokio::test]
async fn what_was_typed_at_an_abandoned_checkout_is_erased_after_a_week() {
    let api = Api::open().await;
    let shopper = Shopper::fill_cart(&api).await;
    let checkout = shopper.check_out(&api).await;
    let (total, key) = (one_band(), api.fresh_key());
    let declined =
        |(name, value)| if name == "scenario" { (name, "declined") } else { (name, value) };
    let fields: Vec<_> = good_fields(&total, &key).into_iter().map(declined).collect();
    api.send(shopper.with(Ask::form(&checkout, &fields))).await;
    let kept = |state| {
        let db = api.shop.db.clone();
        async move {
            let end = kontor_base::Instant::from_micros(i64::MAX);
            let read = move |tx: &mut kontor_store::Tx<'_>| {
                kontor_store::order::checkouts_due(tx, state, end, 10)
            };
            db.read("test.checkouts", read).await.expect("read")
        }
    };
    let failed = kept(CheckoutState::Failed).await;
    assert!(failed[0].draft.contact.is_some(), "the buyer may come back to what they typed");
    api.clock.advance_seconds(16 * 60);
    assert_eq!(expire_checkouts(&api.shop).await.expect("ended"), 1);
    api.clock.advance_seconds(6 * 24 * 60 * 60);
    assert_eq!(forget_abandoned(&api.shop).await.expect("looked"), 0, "not within the week");
    api.clock.advance_seconds(24 * 60 * 60);
    assert_eq!(forget_abandoned(&api.shop).await.expect("erased"), 1);
    assert_eq!(forget_abandoned(&api.shop).await.expect("looked"), 0, "once");
    let gone = kept(CheckoutState::Forgotten).await.pop().expect("the row stays, for the figures");
    assert_eq!((gone.draft.contact, gone.draft.ship_to, gone.draft.quote), (None, None, None));
    assert_eq!(gone.draft.lines, failed[0].draft.lines);
    let page = api.send(shopper.with(Ask::get(&checkout))).await;
    assert!(!page.text.contains("Lovelace"), "{}", page.text);
    clean(&api).await;
}

#[tokio::test]
async fn a_job_that_was_given_up_is_seen_and_tried_again() {
    use kontor_base::id::JobId;
    let api = Api::open().await;
    let at = api.shop.now();
    let id = JobId::new(at, &api.shop.random);
    api.shop
        .db
        .write("test.job", move |tx| {
            kontor_store::job::queue(tx, id, "payment.capture", "nothing", at)?;
            kontor_store::job::fail(tx, id, "no <b>answer</b>", None)
        })
        .await
        .expect("a job that was given up");
    let olga = Browser::hire(&api, "olga", &["owner@*"]).await;
    let today = olga.get("/admin").await.expect(200);
    assert!(today.text.contains("href=\"/admin/jobs\""), "{}", today.text);
    let list = olga.get("/admin/jobs").await.expect(200);
    assert!(list.text.contains(&id.to_string()) && !list.text.contains("<b>answer"));
    olga.form(&format!("/admin/jobs/{id}"), &[("wish", "burn")]).await.expect(400);
    olga.form(&format!("/admin/jobs/{id}"), &[("wish", "retry")]).await.expect(303);
    let waiting = olga.get("/admin/jobs?state=waiting").await.expect(200);
    assert!(waiting.text.contains(&id.to_string()));
    olga.form(&format!("/admin/jobs/{id}"), &[("wish", "give_up")]).await.expect(303);
    assert!(olga.get("/admin/jobs").await.expect(200).text.contains(&id.to_string()));
    olga.form("/admin/jobs/job_0", &[("wish", "retry")]).await.expect(404);
    let gone = format!("/admin/jobs/{}", JobId::new(at, &api.shop.random));
    olga.form(&gone, &[("wish", "retry")]).await.expect(404);
    let log = olga.get("/admin/log?act=job.").await.expect(200);
    assert!(log.text.contains(&id.to_string()));
}

#[tokio::test]
async fn letters_that_have_not_left_are_seen_and_tried_again() {
    use kontor_base::id::LetterId;
    use kontor_store::mail;
    let api = Api::open().await;
    let number = buy(&api, &ADA).await;
    let wim = Browser::hire(&api, "wim", &["warehouse@us"]).await;
    let page = wim.form("/admin/orders.csv", &[]).await.expect(200).text;
    let order = page.split('"').nth(1).expect("an order").parse().expect("its id");
    let order: kontor_base::id::OrderId = order;
    let at = api.shop.now();
    let [lost, late] = [(); 2].map(|()| LetterId::new(at, &api.shop.random));
    api.shop
        .db
        .write("test.letters", move |tx| {
            mail::queue(tx, lost, "order.placed", order.bytes(), "{}", at)?;
            mail::failed(tx, lost, "550 <ada@shop.example> unknown", None, at)?;
            mail::queue(tx, late, "customer.waiting_confirm", &[7; 16], "{}", at)?;
            mail::failed(tx, late, "421 <b>busy", Some(at.plus_seconds(9_000)), at)
        })
        .await
        .expect("letters");
    let olga = Browser::hire(&api, "olga", &["owner@*"]).await;
    let boss = Browser::hire(&api, "boss", &["market_manager@*"]).await;
    let mia = Browser::hire(&api, "mia", &["market_manager@us"]).await;
    mia.get("/admin/letters").await.expect(403);
    let retry = format!("/admin/letters/{lost}");
    mia.form(&retry, &[]).await.expect(403);

    let today = olga.get("/admin").await.expect(200);
    assert!(today.text.contains("/admin/letters?state=given_up"), "{}", today.text);
    let list = olga.get("/admin/letters").await.expect(200);
    assert!(list.text.contains("550 …@… unknown"), "{}", list.text);
    // She sees no customers and no orders; the manager of all markets sees both.
    assert!(!list.text.contains("ada@shop.example") && !list.text.contains(&number));
    let his = boss.get("/admin/letters").await.expect(200);
    assert!(his.text.contains("ada@shop.example") && his.text.contains(&number), "{}", his.text);
    let other = olga.get("/admin/letters?state=late").await.expect(200);
    assert!(!other.text.contains("421"), "it was queued a moment ago: {}", other.text);
    api.clock.advance_seconds(kontor_shop::mail::LATE_AFTER_S);
    let other = olga.get("/admin/letters?state=late").await.expect(200);
    assert!(other.text.contains("421") && !other.text.contains("<b>busy"), "{}", other.text);
    assert!(olga.get("/admin").await.expect(200).text.contains("/admin/letters?state=late"));

    for _ in 0..2 {
        boss.form(&retry, &[]).await.expect(303);
    }
    let list = olga.get("/admin/letters").await.expect(200);
    assert!(!list.text.contains("550"), "it waits to be sent: {}", list.text);
    let read = move |tx: &mut kontor_store::Tx<'_>| mail::get(tx, lost);
    let kept = api.shop.db.read("test.letter", read).await.expect("read").expect("it is there");
    assert_eq!((kept.state, kept.attempts), (mail::LetterState::Waiting, 0));
    let log = olga.get("/admin/log.csv?act=mail.retry").await.expect(200);
    assert_eq!(log.text.lines().count(), 2, "once: {}", log.text);
    assert!(log.text.contains(&number));
    olga.form("/admin/letters/ltr_0", &[]).await.expect(404);
    let gone = format!("/admin/letters/{}", LetterId::new(at, &api.shop.random));
    olga.form(&gone, &[]).await.expect(404);
}

#[tokio::test]
async fn whoever_reads_german_is_refused_in_german() {
    use kontor_base::Language;
    let api = Api::open().await;
    let number = buy(&api, &ADA).await;
    let mia = Browser::hire_in(&api, "mia", &["market_manager@us"], Language::De).await;
    let order = format!("/admin/orders/{number}");
    let wish = |amount| [("key", "r1"), ("reason", "ein Kratzer"), ("amount", amount)];
    let much = mia.form(&format!("{order}/refund"), &wish("1000.00")).await.expect(303);
    let own = much.header("location").split('?').next().expect("a path").to_owned();
    let shown = mia.get(&own).await.expect(200);
    let decision = [("decision", "approve"), ("seen", &*seen(&shown.text))];
    let refused = mia.form(&own, &decision).await.expect(403);
    assert!(refused.text.contains("eine andere Person muss zustimmen"), "{}", refused.text);
    let max = Browser::hire_in(&api, "max", &["market_manager@us"], Language::De).await;
    let shown = max.get(&own).await.expect(200);
    let decision = [("decision", "approve"), ("seen", &*seen(&shown.text))];
    let refused = max.form(&own, &decision).await.expect(409);
    assert!(refused.text.contains("so viel ist nicht mehr da"), "{}", refused.text);
    for english in ["is left to give back", "somebody else"] {
        assert!(!refused.text.contains(english), "{}", refused.text);
    }
}

#[tokio::test]
async fn the_daily_page_tells_what_went_wrong_in_ones_own_markets() {
    use kontor_base::id::{JobId, LetterId};
    use kontor_domain::order::ClearanceState;
    use kontor_store::order::{by_number, save_states};
    use kontor_store::{job, mail};
    let api = Api::open().await;
    let number = buy(&api, &ADA).await;
    let sue = Browser::hire(&api, "sue", &["support@us"]).await;
    let wim = Browser::hire(&api, "wim", &["warehouse@us"]).await;
    let cleo = Browser::hire(&api, "cleo", &["clearance_officer@us"]).await;
    let boss = Browser::hire(&api, "boss", &["market_manager@*"]).await;
    for person in [&sue, &wim, &cleo] {
        let page = person.get("/admin").await.expect(200);
        assert!(page.text.contains("What went wrong"), "{}", page.text);
        for told in ["was given up", "One order is held", "BAND-BLACK (2)"] {
            assert!(!page.text.contains(told), "{told}: {}", page.text);
        }
    }
    let order: OrderNumber = number.parse().expect("a number");
    let shop = Arc::clone(&api.shop);
    let written = api.shop.db.write("test.wrong", move |tx| {
        let (at, random) = (shop.now(), &shop.random);
        let mut placed = by_number(tx, &order)?.expect("it is there");
        let (failed, letter) = (JobId::new(at, random), LetterId::new(at, random));
        job::queue(tx, failed, "payment.capture", &placed.payment.to_string(), at)?;
        job::fail(tx, failed, "no answer", None)?;
        // More than a page tells of were given up before it, in another market.
        for n in 0..150 {
            let (before, of) = (at.plus_seconds(n - 9_000), "de".parse().ok());
            let other = JobId::new(before, random);
            job::queue(tx, other, "payment.capture", "of another order", before)?;
            job::fail(tx, other, "no answer", None)?;
            job::place(tx, other, of)?;
        }
        mail::queue(tx, letter, "order.placed", placed.order.id.bytes(), "{}", at)?;
        mail::failed(tx, letter, "550 unknown", None, at)?;
        placed.clearance_state = ClearanceState::Held;
        save_states(tx, &placed)
    });
    written.await.expect("written");
    assert_eq!(place_given_up(&api.shop).await.expect("placed"), 1);
    assert_eq!(place_given_up(&api.shop).await.expect("placed"), 0, "once");
    let list = wim.get(&format!("/admin/stock?item={BAND}")).await.expect(200);
    let site = list.text.split("account=").nth(1).expect("an account");
    let site = site.split('/').next().expect("a site");
    let fields = [
        ("key", "c1"),
        ("what", "count"),
        ("market", "us"),
        ("site", site),
        ("sku", BAND),
        ("units", "3"),
        ("reference", "c1"),
    ];
    wim.form("/admin/stock", &fields).await.expect(303);
    api.shop.snapshots.refresh(&api.shop.db, api.shop.now()).await.expect("made anew");

    let [money, letter] = ["A job about the money of", "A letter about"]
        .map(|what| format!("{what} order {number} was given up"));
    let link = format!("href=\"/admin/orders/{number}\"");
    let scarce = format!("{BAND} (2)");
    for (person, told, untold) in [
        (&sue, vec![&*money, &letter, &link], vec!["/admin/stock", &scarce]),
        (&wim, vec![&*money, &letter, &link, "/admin/stock?market=us", &scarce], vec![]),
        (&cleo, vec!["One order is held", "/admin/us/withdrawals"], vec![&*number, &scarce]),
        (&boss, vec!["151 jobs were given up", &scarce], vec![&*money, &letter]),
    ] {
        let page = person.get("/admin").await.expect(200);
        for part in told {
            assert!(page.text.contains(part), "{part}: {}", page.text);
        }
        for part in untold {
            assert!(!page.text.contains(part), "{part}: {}", page.text);
        }
    }
    for role in ["support@de", "warehouse@de", "clearance_officer@de", "catalogue_editor@*"] {
        let name = role.split('@').next().expect("a role");
        let other = Browser::hire(&api, name, &[role]).await;
        let page = other.get("/admin").await.expect(200);
        for part in [&*number, "was given up", "were given up", "One order is held", &scarce] {
            assert!(!page.text.contains(part), "{role} {part}: {}", page.text);
        }
    }
}
