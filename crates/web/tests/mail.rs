//! Letters from what causes them to a mail server: what they say, to whom, in which language, how
//! often they are tried, and that nobody's address is kept for them.

mod common;

use common::desk::Browser;
use common::letters::Bench;
use common::mail_server::Mood;
use common::{Ask, BAND, ONE_BAND, order_body};
use kontor_base::id::StaffId;
use kontor_base::{Email, Language, Random};
use kontor_domain::market::ContactRow;
use kontor_domain::order::OrderNumber;
use kontor_domain::staff::Role;
use kontor_shop::Failure;
use kontor_shop::mail::{
    Kind, News, ResendRefusal, SentOut, TellRefusal, Telling, letters_about, resend, tell_waiting,
};
use kontor_shop::order::{CancelCommand, cancel, review_waiting, run_due_jobs, transfer_arrived};
use kontor_shop::staff::Person;
use kontor_store::mail::LetterState;
use kontor_store::{StoreError, market};
use serde_json::json;

impl Bench {
    /// Buys a band; gives the order's number and the address of its answer.
    async fn buy(&self, method: &str) -> (OrderNumber, String) {
        let held = self.api.hold(&self.api.cart(BAND, 1).await).await;
        let mut body = order_body(ONE_BAND, "succeeds");
        if method != "test" {
            body["payment"] = json!({ "method": method });
        }
        let placed = self.api.send(held.order(&body, &self.api.fresh_key())).await.expect(201);
        let number = placed.str("/order/number").parse().expect("a number");
        (number, placed.str("/order/url").to_owned())
    }

    fn person(&self, role: &str) -> Person {
        Person {
            id: StaffId::new(self.api.shop.now(), &Random::System),
            name: kontor_domain::staff::StaffName::parse("Sam").expect("a name"),
            email: Email::parse("sam@maker.example").expect("an address"),
            language: Language::En,
            held: vec![role.parse().expect("a role")],
            session: [1; 16],
            needs_password: false,
            recovers: false,
        }
    }
}

#[tokio::test]
async fn who_buys_gets_a_letter_that_leads_to_the_order() {
    let bench = Bench::open().await;
    let (number, _) = bench.buy("test").await;
    assert_eq!(bench.round().await, SentOut { sent: 1, ..SentOut::default() });
    assert_eq!(bench.round().await, SentOut::default(), "once");
    let came = &bench.server.letters()[0];
    assert_eq!(came.to, ["ada@shop.example"]);
    for part in [
        &format!("Subject: Your order {number}"),
        "From: Kontor <shop@kontor.example>",
        "Message-ID: <ltr_",
        "Date: Mon, 01 Jun 2015 12:00:00 +0000",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Type: text/html; charset=utf-8",
        "1 × Band, Black: $14.99",
        "Total: $20.37",
        "1 Market Street",
    ] {
        assert!(came.text.contains(part), "{part} is not in {}", came.text);
    }
    let link = came.text.split("http://shop.example").nth(1).expect("a link");
    let link = link.split_whitespace().next().expect("an address");
    let page = bench.api.send(Ask::get(link)).await.expect(200);
    assert!(page.text.contains(number.as_str()), "the link opens the order");
}

#[tokio::test]
async fn a_letter_and_the_order_say_whom_to_ask_and_where_goods_go_back_to() {
    let bench = Bench::open().await;
    let (_, first) = bench.buy("test").await;
    bench.round().await;
    let before = bench.server.letters()[0].text.clone();
    assert!(!before.contains("Questions?") && !before.contains("Send goods back"), "{before}");
    let row = ContactRow {
        support_email: "help@shop.example".to_owned(),
        support_phone: "+12025550142".to_owned(),
        returns_name: "Returns <b>& Co.</b>".to_owned(),
        returns_line1: "1 Dock Street".to_owned(),
        returns_city: "San Francisco, CA".to_owned(),
        returns_country: "US".to_owned(),
        ..ContactRow::default()
    };
    let saved: Result<(), StoreError> = bench
        .api
        .shop
        .db
        .write("test.contact", move |tx| {
            let mut us = market::all(tx)?.into_iter().next().expect("the US market");
            us.contact = row.parse().expect("a good contact");
            market::save(tx, &us, 0)
        })
        .await;
    saved.expect("written");
    bench.api.refresh().await;
    let (number, _) = bench.buy("bank_transfer").await;
    bench.round().await;
    let letters = bench.server.letters();
    let placed = &letters.last().expect("a letter").text;
    for part in ["Questions?", "E-mail: help@shop.example", "Telephone: +12025550142"] {
        assert!(placed.contains(part), "{part}: {placed}");
    }
    assert!(placed.contains("Send goods back to:\n    Returns <b>& Co.</b>\n"), "{placed}");
    assert!(placed.contains("Returns &#60;b&#62;"), "as text in HTML: {placed}");
    transfer_arrived(&bench.api.shop, number).await.expect("booked");
    bench.round().await;
    let paid = bench.server.letters().last().expect("a letter").text.clone();
    assert!(paid.contains("help@shop.example") && !paid.contains("1 Dock Street"), "{paid}");
    let order = bench.api.send(Ask::get(&first)).await.expect(200);
    let page = bench.api.send(Ask::get(order.str("/page"))).await.expect(200);
    assert!(page.text.contains("mailto:help@shop.example"), "{}", page.text);
    assert!(page.text.contains("<br>1 Dock Street<br>San Francisco, CA<br>USA"), "{}", page.text);
    assert!(!page.text.contains("<b>"), "{}", page.text);
}

#[tokio::test]
async fn a_transfer_is_asked_for_and_its_arrival_confirmed_and_a_cancellation_told() {
    let bench = Bench::open().await;
    let (number, _) = bench.buy("bank_transfer").await;
    bench.round().await;
    let asked = bench.server.letters()[0].text.clone();
    for part in ["PAY-", "DE00 0000", "A bank"] {
        assert!(asked.contains(part), "{part}: {asked}");
    }
    transfer_arrived(&bench.api.shop, number.clone()).await.expect("booked");
    transfer_arrived(&bench.api.shop, number.clone()).await.expect("twice is once");
    bench.round().await;
    assert_eq!(bench.server.letters().len(), 2);
    assert!(bench.server.letters()[1].text.contains("We have your payment"));
    let command = CancelCommand { number: number.clone() };
    cancel(&bench.api.shop, command).await.expect("cancelled");
    bench.round().await;
    let last = bench.server.letters()[2].text.clone();
    assert!(last.contains("is cancelled") && last.contains("$20.37 goes back"), "{last}");
}

#[tokio::test]
async fn a_busy_server_is_tried_again_and_one_that_refuses_is_not() {
    let bench = Bench::open().await;
    let (number, _) = bench.buy("test").await;
    bench.server.mood(Mood::Busy);
    assert_eq!(bench.round().await, SentOut { again: 1, ..SentOut::default() });
    assert_eq!(bench.round().await, SentOut::default(), "not before its time");
    bench.api.clock.advance_seconds(31);
    bench.server.mood(Mood::Takes);
    assert_eq!(bench.round().await, SentOut { sent: 1, ..SentOut::default() });

    let (other, _) = bench.buy("test").await;
    bench.server.mood(Mood::Refuses);
    assert_eq!(bench.round().await, SentOut { given_up: 1, ..SentOut::default() });
    let order = bench.order_id(&other).await;
    let kept = letters_about(&bench.api.shop, order).await.expect("read");
    assert_eq!(kept[0].state, LetterState::GivenUp);
    let told = kept[0].last_error.clone().expect("what went wrong");
    assert_eq!(told, "the mail server answered 550");
    let all = format!("{kept:?}");
    assert!(!all.contains("ada@"), "no address is kept: {all}");

    // A person sends it again, once, where the order is theirs to see.
    bench.server.mood(Mood::Takes);
    let (shop, kind) = (&bench.api.shop, Kind::OrderPlaced);
    let once = shop.keys.once("test", "k1", b"");
    let sam = bench.person("support@us");
    for again in [false, true] {
        let done = resend(shop, &sam, other.clone(), kind, once).await.expect("queued");
        assert_eq!(done.replayed, again);
    }
    assert_eq!(bench.round().await, SentOut { sent: 1, ..SentOut::default() });
    let stranger = bench.person("support@de");
    let once = shop.keys.once("test", "k2", b"");
    let refused = resend(shop, &stranger, number.clone(), kind, once).await;
    assert!(matches!(refused, Err(Failure::Refused(ResendRefusal::UnknownOrder))));
    let refused = resend(shop, &sam, number, Kind::StaffCode, once).await;
    assert!(matches!(refused, Err(Failure::Refused(ResendRefusal::NotOfOrder))));
    assert_eq!(Role::Support.word(), "support");
}

#[tokio::test]
async fn nothing_is_sent_twice_at_the_same_time() {
    let bench = Bench::open().await;
    for _ in 0..3 {
        bench.buy("test").await;
    }
    let (one, two) = tokio::join!(bench.round(), bench.round());
    assert_eq!(one.sent + two.sent, 3, "{one:?} {two:?}");
    assert_eq!(bench.server.letters().len(), 3);
    run_due_jobs(&bench.api.shop).await.expect("jobs are another queue");
    assert_eq!(bench.round().await, SentOut::default());
}

#[tokio::test]
async fn who_waits_is_told_once_and_forgotten() {
    let bench = Bench::open().await;
    let shop = &bench.api.shop;
    for email in ["eva@shop.example", "Eva+x@shop.example", "max@shop.example"] {
        bench.wait_for_band(email, Language::De).await;
    }
    let asked = bench.server.letters().len();
    assert_eq!(asked, 2, "two spellings of one address are asked once");
    let us: kontor_domain::market::MarketCode = "us".parse().expect("a market");
    let band = || Some("band".parse().expect("a model"));
    let telling = |model| Telling { market: us, model, news: News::Over };
    let band = telling(band());
    assert_eq!(tell_waiting(shop, &band).await.expect("queued"), 2);
    assert_eq!(tell_waiting(shop, &band).await.expect("queued"), 0, "they are on their way");
    assert_eq!(bench.round().await.sent, 2);
    let came = bench.server.letters().split_off(asked);
    assert!(came[0].text.contains("gibt es jetzt zu kaufen"), "{}", came[0].text);
    assert!(came[0].text.contains("http://shop.example/us/de/product/band"));
    assert_eq!(tell_waiting(shop, &band).await.expect("queued"), 0, "nobody waits any more");
    let phone = tell_waiting(shop, &telling(Some("phone".parse().expect("a model")))).await;
    assert!(matches!(phone, Err(Failure::Refused(TellRefusal::NotForSale(_)))), "{phone:?}");
}

impl Bench {
    async fn order_id(&self, number: &OrderNumber) -> kontor_base::id::OrderId {
        let number = number.clone();
        let found = self
            .api
            .shop
            .db
            .read("test.order", move |tx| kontor_store::order::by_number(tx, &number))
            .await;
        found.expect("read").expect("there").order.id
    }
}

#[tokio::test]
async fn who_has_to_wait_is_told_and_told_again_when_it_goes_on() {
    let bench = Bench::open().await;
    let (number, _) = bench.buy("test").await;
    assert_eq!(bench.round().await.sent, 1);
    bench.api.withdraw_grant().await;
    let reviewed = review_waiting(&bench.api.shop).await.expect("judged anew");
    assert_eq!(reviewed.held, 1);
    review_waiting(&bench.api.shop).await.expect("judged anew");
    assert_eq!(bench.round().await, SentOut { sent: 1, ..SentOut::default() }, "told once");
    let came = bench.server.letters().pop().expect("a letter");
    assert!(came.text.contains(&format!("Subject: Your order {number} has to wait")));
    assert!(came.text.contains("Nothing is lost."), "{}", came.text);

    // Once more from the page of withdrawals, at a person's word; the same form twice is once.
    let ana = Browser::hire(&bench.api, "ana", &["market_manager@us"]).await;
    let page = ana.get("/admin/us/withdrawals").await.expect(200);
    assert!(page.text.contains(number.as_str()) && page.text.contains("once more"));
    for _ in 0..2 {
        ana.form("/admin/us/withdrawals/write", &[("key", "w1")]).await.expect(303);
    }
    ana.form("/admin/de/withdrawals/write", &[("key", "w2")]).await.expect(404);
    assert_eq!(bench.round().await, SentOut { sent: 1, ..SentOut::default() });
    let came = bench.server.letters().pop().expect("a letter");
    assert!(came.text.contains(&format!("Subject: Your order {number} has to wait")));
    bench.api.restore_grant().await;
    assert_eq!(review_waiting(&bench.api.shop).await.expect("judged anew").freed, 1);
    assert_eq!(bench.round().await.sent, 1);
    let came = bench.server.letters().pop().expect("a letter");
    assert!(came.text.contains("goes on"), "{}", came.text);
}

#[tokio::test]
async fn a_colleague_comes_in_with_the_code_from_the_letter() {
    let bench = Bench::open().await;
    let olga = Browser::hire(&bench.api, "olga", &["owner@*"]).await;
    let otto = Browser::hire(&bench.api, "otto", &["owner@*"]).await;
    let add = [
        ("key", "p1"),
        ("what", "add"),
        ("name", "Eva"),
        ("email", "eva@maker.example"),
        ("language", "de"),
        ("held", "reader@us"),
        ("reason", "she begins on Monday"),
    ];
    let proposed = olga.form("/admin/people", &add).await.expect(303);
    assert_eq!(bench.round().await, SentOut::default(), "not before a second has approved");
    let page = proposed.header("location").split('?').next().expect("a path").to_owned();
    let shown = otto.get(&page).await.expect(200);
    let seen = shown.text.split("name=\"seen\" value=\"").nth(1).expect("a hash")[..64].to_owned();
    otto.form(&page, &[("decision", "approve"), ("seen", &seen)]).await.expect(303);
    // Lost on its way once: the second letter has another code, and only that one is good.
    bench.server.mood(Mood::Busy);
    assert_eq!(bench.round().await.again, 1);
    bench.server.mood(Mood::Takes);
    bench.api.clock.advance_seconds(31);
    assert_eq!(bench.round().await.sent, 1);
    let came = bench.server.letters().pop().expect("a letter");
    assert_eq!(came.to, ["eva@maker.example"]);
    assert!(came.text.contains("für Sie wurde ein Konto angelegt"), "{}", came.text);
    let code = came.text.split("<code>").nth(1).expect("a code");
    let code = code.split('<').next().expect("its end").to_owned();
    let enter = [("email", "eva@maker.example"), ("code", code.as_str())];
    bench.api.send(Ask::form("/admin/sign-in", &enter)).await.expect(303);
    bench.api.send(Ask::form("/admin/sign-in", &enter)).await.expect(422);
}

#[tokio::test]
async fn money_that_goes_back_in_part_is_told_to_whoever_paid_it() {
    let bench = Bench::open().await;
    let (number, _) = bench.buy("test").await;
    run_due_jobs(&bench.api.shop).await.expect("collected");
    bench.round().await;
    let mia = Browser::hire(&bench.api, "mia", &["market_manager@us"]).await;
    let max = Browser::hire(&bench.api, "max", &["market_manager@us"]).await;
    let form = [("key", "r1"), ("reason", "a scratch"), ("amount", "2.50")];
    let refund = format!("/admin/orders/{number}/refund");
    let proposed = mia.form(&refund, &form).await.expect(303);
    assert_eq!(bench.round().await, SentOut::default(), "not before a second has approved");
    max.approve(&proposed).await;
    assert_eq!(bench.round().await.sent, 1);
    let came = bench.server.letters().pop().expect("a letter");
    let subject = format!("Subject: Money for {number} is on its way back");
    for part in [subject.as_str(), "$2.50 goes back"] {
        assert!(came.text.contains(part), "{part}: {}", came.text);
    }
    // The reason is the maker's own note: it is in no letter.
    assert!(!came.text.contains("scratch"), "{}", came.text);
    // Sent again, it names the amount that went back and not the order's.
    let again = [("key", "l1"), ("kind", "payment.refunded")];
    let letter = format!("/admin/orders/{number}/letter");
    mia.form(&letter, &again).await.expect(303);
    assert_eq!(bench.round().await.sent, 1);
    let came = bench.server.letters().pop().expect("a letter");
    assert!(came.text.contains("$2.50 goes back"), "{}", came.text);
}

#[tokio::test]
async fn a_letter_is_sent_again_from_the_order_once_and_only_if_it_is_true() {
    let bench = Bench::open().await;
    let (number, _) = bench.buy("test").await;
    assert_eq!(bench.round().await.sent, 1);
    let sam = Browser::hire(&bench.api, "sam", &["support@us"]).await;
    let page = format!("/admin/orders/{number}");
    let letter = format!("{page}/letter");
    let shown = sam.get(&page).await.expect(200);
    assert!(shown.text.contains("Confirmation of the order"), "{}", shown.text);
    for kind in ["order.held", "order.cancelled", "payment.refunded"] {
        let offered = format!("name=\"kind\" value=\"{kind}\"");
        assert!(!shown.text.contains(&offered), "{kind} is not true and not offered");
        let refused = sam.form(&letter, &[("key", kind), ("kind", kind)]).await.expect(409);
        assert!(refused.text.contains("is not true of the order"), "{}", refused.text);
    }
    let send = [("key", "l1"), ("kind", "order.placed")];
    for _ in 0..2 {
        let done = sam.form(&letter, &send).await.expect(303);
        assert_eq!(done.header("location"), format!("{page}?said=done"));
    }
    // Another click while it waits is not another letter.
    let eager = sam.form(&letter, &[("key", "l2"), ("kind", "order.placed")]).await.expect(409);
    assert!(eager.text.contains("on its way already"), "{}", eager.text);
    assert_eq!(bench.round().await, SentOut { sent: 1, ..SentOut::default() });
    let shown = sam.get(&page).await.expect(200);
    assert!(shown.text.contains("(sam)") && shown.text.contains("mail.resend"), "{}", shown.text);

    // Not theirs: it does not exist. Not permitted: said so. Nonsense: refused.
    let dora = Browser::hire(&bench.api, "dora", &["support@de"]).await;
    dora.form(&letter, &send).await.expect(404);
    let rita = Browser::hire(&bench.api, "rita", &["reader@us"]).await;
    rita.form(&letter, &send).await.expect(403);
    for bad in [[("key", ""), ("kind", "order.placed")], [("key", "l3"), ("kind", "order.eaten")]] {
        let answer = sam.form(&letter, &bad).await;
        assert!((400..500).contains(&answer.status), "{bad:?}: {}", answer.status);
    }
    assert_eq!(bench.round().await, SentOut::default());
}

#[tokio::test]
async fn two_people_write_to_a_waiting_list_and_everybody_on_it_hears_once() {
    let bench = Bench::open().await;
    bench.wait_for_band("eva@shop.example", Language::De).await;
    bench.wait_for_band("max@shop.example", Language::En).await;
    bench.wait_for_band("moe@shop.example", Language::En).await;
    let mia = Browser::hire(&bench.api, "mia", &["market_manager@us"]).await;
    let sam = Browser::hire(&bench.api, "sam", &["support@us"]).await;
    let lists = mia.get("/admin/waiting?market=us").await.expect(200);
    let tell = "/admin/waiting/tell?market=us&#38;model=band&#38;news=over";
    assert!(lists.text.contains(tell), "{}", lists.text);
    let page = mia.get(&tell.replace("&#38;", "&")).await.expect(200);
    for part in ["3 people have not been told", "Deutsch: one person", "English: 2 people"] {
        assert!(page.text.contains(part), "{part}: {}", page.text);
    }
    assert!(page.text.contains("gibt es jetzt zu kaufen"), "{}", page.text);
    assert!(!page.text.contains("eva@"), "nobody's address is shown");

    let list = [("market", "us"), ("model", "band"), ("news", "over")];
    let form = [&list[..], &[("key", "t1"), ("reason", "the band is here")]].concat();
    let proposed = mia.form("/admin/waiting/tell", &form).await.expect(303);
    let replayed = mia.form("/admin/waiting/tell", &form).await.expect(303);
    assert_eq!(proposed.header("location"), replayed.header("location"), "one proposal");
    assert_eq!(bench.round().await, SentOut::default());
    sam.approve(&proposed).await;
    let worked = run_due_jobs(&bench.api.shop).await.expect("no fault");
    assert_eq!(worked.failed, 0);
    assert_eq!(bench.round().await.sent, 3);
    assert_eq!(bench.round().await, SentOut::default());
    let page = mia.get(&tell.replace("&#38;", "&")).await.expect(200);
    assert!(page.text.contains("Nobody waits who has not been told"), "{}", page.text);

    // What is not true is not written, and other markets' lists do not exist.
    let untrue = mia.get("/admin/waiting/tell?market=us&model=phone").await.expect(200);
    assert!(untrue.text.contains("the letter would not be true"), "{}", untrue.text);
    let form = [("market", "us"), ("model", "phone"), ("key", "t2"), ("reason", "x")];
    mia.form("/admin/waiting/tell", &form).await.expect(422);
    mia.get("/admin/waiting/tell?market=de&model=band").await.expect(404);
    mia.get("/admin/waiting/tell?market=us&model=%2E%2E").await.expect(404);
}

#[tokio::test]
async fn who_waits_for_what_is_withdrawn_is_told_so_once_and_stays_on_the_list() {
    let bench = Bench::open().await;
    bench.wait_for_band("eva@shop.example", Language::En).await;
    let shop = &bench.api.shop;
    let mia = Browser::hire(&bench.api, "mia", &["market_manager@us"]).await;
    let sam = Browser::hire(&bench.api, "sam", &["support@us"]).await;
    let withdraw = [("key", "w1"), ("model", "band"), ("reason", "a batch gets warm")];
    mia.form("/admin/us/withdrawals", &withdraw).await.expect(303);
    let page = mia.get("/admin/us/withdrawals").await.expect(200);
    let tell = "/admin/waiting/tell?market=us&#38;model=band&#38;news=delayed";
    assert!(page.text.contains(tell), "{}", page.text);
    let over = [("market", "us"), ("model", "band"), ("key", "t0"), ("reason", "x")];
    mia.form("/admin/waiting/tell", &over).await.expect(422);
    let list = [("market", "us"), ("model", "band"), ("news", "delayed")];
    let form = [&list[..], &[("key", "t1"), ("reason", "they should know")]].concat();
    let proposed = mia.form("/admin/waiting/tell", &form).await.expect(303);
    sam.approve(&proposed).await;
    run_due_jobs(shop).await.expect("no fault");
    assert_eq!(bench.round().await.sent, 1);
    let came = bench.server.letters().pop().expect("a letter");
    assert!(came.text.contains("stay on the list"), "{}", came.text);
    assert!(!came.text.contains("warm"), "the reason is not in it: {}", came.text);
    let us = "us".parse().expect("a market");
    let model = Some("band".parse().expect("a model"));
    let telling = Telling { market: us, model, news: News::Delayed };
    assert_eq!(tell_waiting(shop, &telling).await.expect("queued"), 0, "told already");
    let waits = kontor_shop::staff::waiting_counts(shop, us).await.expect("read");
    assert_eq!((waits[0].model.as_str(), waits[0].confirmed, waits[0].unconfirmed), ("band", 1, 0));
}
