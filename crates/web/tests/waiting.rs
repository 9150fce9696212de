//! Waiting lists: an address counts and is written to only once somebody has confirmed it from its
//! mailbox; programs that open links confirm nothing; what nobody confirms goes by the clock.

mod common;

use std::collections::BTreeSet;
use std::sync::Arc;

use common::desk::Browser;
use common::letters::{Bench, link};
use common::{Api, Ask};
use kontor_base::{Email, Language};
use kontor_domain::customer::WaitingEntry;
use kontor_shop::customer::keep_waiting;
use kontor_shop::mail::{News, SentOut, Telling, tell_waiting};
use kontor_shop::planning::counted_here;
use kontor_shop::staff::waiting_counts;
use kontor_store::customer::{confirm_waiting, contact, sign_up, waiting_of_customer};

const DAY_S: i64 = 24 * 60 * 60;
const EVA: &str = "eva@shop.example";

/// How many have confirmed that they wait for the band, and how many have not.
async fn counts(api: &Api) -> (i64, i64) {
    let us = "us".parse().expect("a market");
    let counts = waiting_counts(&api.shop, us).await.expect("read");
    counts.iter().fold((0, 0), |(yes, no), n| (yes + n.confirmed, no + n.unconfirmed))
}

/// Whether anything is kept of an address.
async fn is_known(api: &Api, email: &str) -> bool {
    let email = kontor_base::Email::parse(email).expect("an address");
    let customer = api.shop.keys.customer(&email);
    let read = api.shop.db.read("test.known", move |tx| {
        let on_lists = !waiting_of_customer(tx, customer)?.is_empty();
        Ok::<_, kontor_store::StoreError>(on_lists || contact::get(tx, customer)?.is_some())
    });
    read.await.expect("read")
}

fn band() -> Telling {
    Telling {
        market: "us".parse().expect("a market"),
        model: Some("band".parse().expect("a model")),
        news: News::Over,
    }
}

#[tokio::test]
async fn only_the_button_behind_the_link_confirms_and_twice_is_once() {
    let bench = Bench::open().await;
    let api = &bench.api;
    let wish = [("model", "band"), ("email", EVA)];
    let page = api.send(Ask::form("/us/en/waiting", &wish)).await.expect(200);
    assert!(page.text.contains("look into your mailbox"), "{}", page.text);
    let again = api.send(Ask::form("/us/en/waiting", &wish)).await.expect(200);
    assert_eq!(page.text, again.text, "nobody learns whether the address was there");
    assert_eq!(counts(api).await, (0, 1));
    assert_eq!(tell_waiting(&api.shop, &band()).await.expect("queued"), 0, "nobody is written to");
    assert_eq!(counted_here(&api.shop, None).await.expect("counted"), [], "and nobody counts");

    assert_eq!(bench.round().await, SentOut { sent: 1, ..SentOut::default() }, "asked once");
    let came = bench.server.letters().pop().expect("a letter");
    assert_eq!(came.to, [EVA]);
    for part in ["Shall we write when Band can be bought", "List-Unsubscribe: <http", "One-Click"] {
        assert!(came.text.contains(part), "{part}: {}", came.text);
    }
    let confirm = link(&came, "confirm");
    for _ in 0..2 {
        let page = api.send(Ask::get(&confirm)).await.expect(200);
        assert!(page.text.contains("Yes, write to me"), "{}", page.text);
        assert!(!page.text.contains(EVA), "the page names no address: {}", page.text);
    }
    assert_eq!(counts(api).await, (0, 1), "programs that open links confirm nothing");
    for _ in 0..2 {
        let page = api.send(Ask::form(&confirm, &[])).await.expect(200);
        assert!(page.text.contains("You are on the list."), "{}", page.text);
    }
    assert!(api.send(Ask::get(&confirm)).await.expect(200).text.contains("You are on the list."));
    assert_eq!(counts(api).await, (1, 0));
    let own = counted_here(&api.shop, None).await.expect("counted");
    assert_eq!(own.iter().map(|own| own.count).collect::<Vec<_>>(), [1], "it counts from now on");
    assert_eq!(own[0].kind.word(), "waiting_list");
    // Whoever signs up once more is not asked again, and the page says the same as before.
    api.clock.advance_seconds(2 * DAY_S);
    let later = api.send(Ask::form("/us/en/waiting", &wish)).await.expect(200);
    assert_eq!(page.text, later.text);
    assert_eq!(bench.round().await, SentOut::default());
    // Still confirmed after the link's time: what was agreed to is not asked for again.
    api.clock.advance_seconds(30 * DAY_S);
    keep_waiting(&api.shop).await.expect("kept");
    assert_eq!(counts(api).await, (1, 0));
    assert_eq!(tell_waiting(&api.shop, &band()).await.expect("queued"), 1);
    bench.round().await;
    assert!(!is_known(api, EVA).await, "told once, and the address is gone everywhere");
    let over = api.send(Ask::get(&confirm)).await.expect(410);
    assert!(over.text.contains("not good any more"), "{}", over.text);
}

#[tokio::test]
async fn what_nobody_confirms_is_removed_and_a_link_of_then_is_over() {
    let bench = Bench::open().await;
    let api = &bench.api;
    bench.type_address("band", EVA, Language::En).await;
    bench.round().await;
    let confirm = link(&bench.server.letters().pop().expect("a letter"), "confirm");
    // Asked again after a day, not before; the first link stays good.
    bench.type_address("band", EVA, Language::En).await;
    assert_eq!(bench.round().await, SentOut::default());
    api.clock.advance_seconds(DAY_S);
    bench.type_address("band", EVA, Language::En).await;
    assert_eq!(bench.round().await.sent, 1);
    api.send(Ask::get(&confirm)).await.expect(200);

    api.clock.advance_seconds(7 * DAY_S - 1);
    assert_eq!(keep_waiting(&api.shop).await.expect("kept"), 0);
    let late = api.send(Ask::form(&confirm, &[])).await.expect(410);
    assert!(late.text.contains("not good any more"), "eight days old: {}", late.text);
    assert_eq!(counts(api).await, (0, 1));
    api.clock.advance_seconds(1);
    assert_eq!(keep_waiting(&api.shop).await.expect("kept"), 1);
    assert_eq!(keep_waiting(&api.shop).await.expect("kept"), 0, "twice is once");
    assert!(!is_known(api, EVA).await, "nothing is kept of the address");
    // Signed up anew: a link of before confirms nothing.
    bench.type_address("band", EVA, Language::En).await;
    api.send(Ask::form(&confirm, &[])).await.expect(410);
    assert_eq!(counts(api).await, (0, 1));
}

#[tokio::test]
async fn a_link_in_each_letter_ends_it() {
    let bench = Bench::open().await;
    let api = &bench.api;
    bench.type_address("band", EVA, Language::De).await;
    bench.round().await;
    let asks = bench.server.letters().pop().expect("a letter");
    api.send(Ask::form(&link(&asks, "confirm"), &[])).await.expect(200);
    let leave = link(&asks, "leave");
    assert!(leave.starts_with("/us/de/"), "in the reader's language: {leave}");
    let page = api.send(Ask::get(&leave)).await.expect(200);
    assert!(page.text.contains("Nehmen Sie mich von der Liste"), "{}", page.text);
    assert_eq!(counts(api).await, (1, 0), "looking at it changes nothing");
    // As mail programs do it by themselves, without a page and without a browser's headers.
    for _ in 0..2 {
        let one_click = [("List-Unsubscribe", "One-Click")];
        let left = api.send(Ask::form(&leave, &one_click)).await.expect(200);
        assert!(left.text.contains("Sie stehen nicht auf der Liste"), "{}", left.text);
    }
    assert_eq!(counts(api).await, (0, 0));
    assert!(!is_known(api, EVA).await);
    api.send(Ask::form(&link(&asks, "confirm"), &[])).await.expect(410);

    bench.wait_for_band(EVA, Language::En).await;
    assert_eq!(tell_waiting(&api.shop, &band()).await.expect("queued"), 1);
    bench.round().await;
    let told = bench.server.letters().pop().expect("a letter");
    assert!(told.text.contains("can be bought now"), "{}", told.text);
    let left = api.send(Ask::get(&link(&told, "leave"))).await.expect(200);
    assert!(left.text.contains("You are not on the list"), "{}", left.text);
}

#[tokio::test]
async fn forged_links_and_links_of_another_market_lead_nowhere() {
    let bench = Bench::open().await;
    let api = &bench.api;
    bench.type_address("band", EVA, Language::En).await;
    bench.round().await;
    let letter = bench.server.letters().pop().expect("a letter");
    for act in ["confirm", "leave"] {
        let good = link(&letter, act);
        let token = good.rsplit('/').next().expect("a token").to_owned();
        let mut turned = token.clone().into_bytes();
        turned[30] = if turned[30] == b'7' { b'6' } else { b'7' };
        let turned = String::from_utf8(turned).expect("ASCII");
        let other = if act == "confirm" { "leave" } else { "confirm" };
        for bad in [
            format!("/us/en/waiting/{act}/{turned}"),
            format!("/us/en/waiting/{act}/x"),
            format!("/us/en/waiting/{other}/{token}"),
            format!("/de/en/waiting/{act}/{token}"),
            format!("/us/hi/waiting/{act}/{token}"),
        ] {
            api.send(Ask::get(&bad)).await.expect(404);
            api.send(Ask::form(&bad, &[])).await.expect(404);
        }
        // Not from a page of somebody else's.
        let foreign = Ask::form(&good, &[]).header("sec-fetch-site", "cross-site");
        api.send(foreign).await.expect(403);
    }
    assert_eq!(counts(api).await, (0, 1));
}

#[tokio::test]
async fn nobody_fills_a_mailbox_by_typing_its_address_into_every_list() {
    let bench = Bench::open().await;
    for model in ["band", "phone"] {
        bench.type_address(model, EVA, Language::En).await;
    }
    for market in ["us", "de", "fr"] {
        let wish = [("email", EVA)];
        let path = format!("/{market}/en/waiting");
        let sent = bench.api.send(Ask::form(&path, &wish)).await;
        assert!(sent.status == 200 || sent.status == 404 || sent.status == 409, "{}", sent.status);
    }
    assert_eq!(bench.round().await.sent, 3, "three letters a day to one address");
    assert_eq!(bench.round().await, SentOut::default());
    // What was put off is asked for the next day.
    bench.api.clock.advance_seconds(DAY_S);
    keep_waiting(&bench.api.shop).await.expect("kept");
    assert!(bench.round().await.sent > 0);
}

#[tokio::test]
async fn the_desk_tells_both_numbers_and_lists_who_has_confirmed() {
    let bench = Bench::open().await;
    bench.wait_for_band(EVA, Language::En).await;
    bench.type_address("band", "moe@shop.example", Language::En).await;
    let mia = Browser::hire(&bench.api, "mia", &["market_manager@us"]).await;
    let page = mia.get("/admin/waiting?market=us").await.expect(200);
    assert!(page.text.contains("Not confirmed"), "{}", page.text);
    let cells = "<td class=\"number\">1</td><td class=\"number\">1</td>";
    assert!(page.text.contains(cells), "{}", page.text);
    let csv = mia.form("/admin/waiting.csv", &[("market", "us"), ("model", "band")]).await;
    let csv = csv.expect(200);
    assert!(csv.text.starts_with("entry,market,model,language,email,signed_at,confirmed_at"));
    assert!(csv.text.contains(EVA) && !csv.text.contains("moe@"), "{}", csv.text);
    let tell = mia.get("/admin/waiting/tell?market=us&model=band").await.expect(200);
    assert!(tell.text.contains("One person has not been told."), "{}", tell.text);
}

#[tokio::test]
async fn a_list_leaves_whole_and_the_log_tells_who_took_it() {
    const MANY: u16 = 2_001;
    let api = Api::open().await;
    let shop = Arc::clone(&api.shop);
    let written = api.shop.db.write("test.many_waiting", move |tx| {
        for number in 0..MANY {
            let email = Email::parse(&format!("n{number}@shop.example")).expect("an address");
            let customer = shop.keys.customer(&email);
            let market = "us".parse().expect("a market");
            let model = Some("band".parse().expect("a model"));
            let entry = WaitingEntry { email, market, model, language: Language::En };
            let person = shop.keys.person(&entry.key());
            sign_up(tx, &person, customer, &entry, shop.now())?;
            confirm_waiting(tx, &person, shop.now())?;
        }
        Ok::<_, kontor_store::StoreError>(())
    });
    written.await.expect("written");
    let mia = Browser::hire(&api, "mia", &["market_manager@us"]).await;
    let page = mia.get("/admin/waiting?market=us").await.expect(200);
    assert!(page.text.contains("action=\"/admin/waiting.csv\""), "{}", page.text);
    let band = [("market", "us"), ("model", "band")];
    let file = mia.form("/admin/waiting.csv", &band).await.expect(200);
    let told: BTreeSet<&str> = file.text.lines().skip(1).collect();
    assert_eq!(told.len(), usize::from(MANY), "nobody is left out");
    assert_eq!(file.text.lines().count(), usize::from(MANY) + 1, "and nobody is in it twice");
    let opening = [("market", "us"), ("model", "")];
    let none = mia.form("/admin/waiting.csv", &opening).await.expect(200);
    assert_eq!(none.text.lines().count(), 1, "{}", none.text);
    mia.form("/admin/waiting.csv", &[("market", "us"), ("model", "<b>")]).await.expect(404);
    mia.form("/admin/waiting.csv", &[("market", "de"), ("model", "band")]).await.expect(404);
    mia.get("/admin/waiting.csv").await.expect(405);
    // A catalogue editor sees no customers: nothing leaves, and nothing is said to have left.
    let eva = Browser::hire(&api, "eva", &["catalogue_editor@*"]).await;
    eva.form("/admin/waiting.csv", &band).await.expect(403);
    let olga = Browser::hire(&api, "olga", &["owner@*"]).await;
    let log = olga.get("/admin/log.csv?act=customer.export_waiting").await.expect(200);
    let noted: Vec<&str> = log.text.lines().skip(1).collect();
    assert_eq!(noted.len(), 2, "{}", log.text);
    // Both are of one moment, and stand in no order.
    for list in ["\"us\",\"us opening\"", "\"us\",\"us band\""] {
        let told = |row: &&&str| row.contains(list) && row.contains("mia");
        assert_eq!(noted.iter().filter(told).count(), 1, "{list}: {}", log.text);
    }
}
