//! A form of the staff area that is refused comes back with everything that was typed into it, on the page
//! that it was sent from; and one that was sent after the session had ended says that nothing was done.

mod common;

use common::desk::Browser;
use common::forms::as_it_stands;
use common::reseller::{CONTRACT, Partner, dispatch};
use common::{Answer, Api, Ask, BAND, PHONE};
use kontor_base::Language;
use kontor_shop::order::{index_orders, run_due_jobs};

/// What is typed everywhere: it has to be escaped.
const TYPED: &str = "\"they\" <said> it's & so";

/// Sends a form that is refused, and finds everything again in the form as it stands on the page.
async fn comes_back(person: &Browser<'_>, place: &str, fields: &[(&str, &str)]) -> Answer {
    let answer = person.form(place, fields).await;
    assert!(matches!(answer.status, 409 | 422), "{place}: {} {}", answer.status, answer.text);
    let marked = fields.iter().find(|(name, _)| *name == "number" || *name == "email");
    let again = form_with(&answer, place, marked);
    for (name, value) in fields.iter().filter(|(name, _)| *name != "key") {
        let wanted = ((*name).to_owned(), (*value).to_owned());
        assert!(again.contains(&wanted), "{place}: {name}={value} is not in {again:?}");
    }
    answer
}

/// The form for a place; of several the one with this field.
fn form_with(answer: &Answer, place: &str, marked: Option<&(&str, &str)>) -> Vec<(String, String)> {
    let mut rest = answer.text.as_str();
    loop {
        let fields = as_it_stands(rest, place);
        let is_it = marked.is_none_or(|(name, value)| {
            fields.iter().any(|(found, given)| found == name && given == value)
        });
        if is_it {
            return fields;
        }
        let action = format!("action=\"{place}\"");
        rest = rest.split_once(&action).expect("another form").1;
    }
}

#[tokio::test]
async fn an_orders_forms() {
    let api = Api::open().await;
    let held = api.hold(&api.cart(BAND, 1).await).await;
    let placed = api.pay(&held, "succeeds").await.expect(201);
    run_due_jobs(&api.shop).await.expect("the money is collected");
    while index_orders(&api.shop).await.expect("indexed") > 0 {}
    let number = placed.str("/order/number").to_owned();
    let wim = Browser::hire(&api, "wim", &["warehouse@us"]).await;
    let sue = Browser::hire(&api, "sue", &["support@us"]).await;
    let order = format!("/admin/orders/{number}");
    let path = |act: &str| format!("{order}/{act}");

    let long = "x".repeat(1_001);
    comes_back(&wim, &path("note"), &[("key", "n1"), ("words", &long)]).await;
    let refund = [("key", "r1"), ("amount", "much"), ("reason", TYPED)];
    comes_back(&sue, &path("refund"), &refund).await;
    comes_back(&sue, &path("cancel"), &[("key", "c1"), ("reason", &long)]).await;

    // What was scanned, on the page that it was scanned on.
    let sending = "/admin/us/dispatch";
    let serials = format!("{BAND}: 4711\n4712 <b>");
    let scanned = [("key", "d1"), ("number", number.as_str()), ("serials", &serials)];
    comes_back(&wim, sending, &scanned).await;
    let twice = format!("{BAND}: 4711 4712 4713");
    let scanned = [("key", "d2"), ("number", number.as_str()), ("serials", &twice)];
    comes_back(&wim, sending, &scanned).await;
    let unfit = ("resellers_after", "rso_00000000000000000000000000");
    let later = [("key", "d3"), ("number", "x"), ("serials", "?"), unfit];
    let answer = wim.form(sending, &later).await.expect(422);
    assert!(answer.text.contains("Nothing"), "the page it was on has nothing: {}", answer.text);
    dispatch(&wim, &number, &["SN1"]).await.expect(303);

    let (good, scrapped) = (format!("good.{BAND}"), format!("scrapped.{BAND}"));
    let units = format!("serials.{BAND}");
    let back = [
        ("key", "b1"),
        (good.as_str(), "1"),
        (scrapped.as_str(), "many"),
        (units.as_str(), "SN1 \"2\""),
        ("reason", TYPED),
    ];
    comes_back(&wim, &path("return"), &back).await;
}

#[tokio::test]
async fn forms_about_people_and_goods() {
    let api = Api::open().await;
    let olga = Browser::hire(&api, "olga", &["owner@*"]).await;
    let add = [
        ("key", "a1"),
        ("what", "add"),
        ("name", TYPED),
        ("email", "bea@maker.example"),
        ("language", "de"),
        ("held", "no_such_role@us"),
        ("reason", TYPED),
    ];
    comes_back(&olga, "/admin/people", &add).await;
    let change = [
        ("key", "a2"),
        ("what", "change"),
        ("email", olga.email.as_str()),
        ("held", "owner@* no_such_role@us"),
        ("state", "locked"),
        ("reason", TYPED),
    ];
    comes_back(&olga, "/admin/people", &change).await;

    let ana = Browser::hire(&api, "ana", &["market_manager@us"]).await;
    let long = "x".repeat(501);
    let withdraw = [
        ("key", "w1"),
        ("sku", ""),
        ("model", "band"),
        ("factory", ""),
        ("component", "nonsense"),
        ("keep_page", "yes"),
        ("reason", TYPED),
    ];
    comes_back(&ana, "/admin/us/withdrawals", &withdraw).await;
    let band = [("key", "w2"), ("model", "band"), ("reason", "warm")];
    ana.form("/admin/us/withdrawals", &band).await.expect(303);
    let page = ana.get("/admin/us/withdrawals").await.expect(200);
    let code = page.text.split("name=\"code\" value=\"").nth(1).expect("a withdrawal");
    let code = code.split('"').next().expect("an end").to_owned();
    let restore = [("key", "w3"), ("code", code.as_str()), ("reason", long.as_str())];
    comes_back(&ana, "/admin/us/withdrawals/restore", &restore).await;
}

#[tokio::test]
async fn forms_about_a_reseller() {
    let api = Api::open().await;
    let partner = Partner::with_bands(&api, 5).await;
    let order = api.send(partner.order(2, "o1")).await.expect(201).str("/id").to_owned();
    let ana = Browser::hire(&api, "ana", &["market_manager@us"]).await;
    let path = |act: &str| format!("{}/{act}", partner.place());
    let long = "x".repeat(501);
    let allot = [
        ("key", "a1"),
        ("market", "us"),
        ("contract", CONTRACT),
        ("sku", BAND),
        ("units", "many"),
        ("reason", TYPED),
    ];
    comes_back(&ana, &path("allot"), &allot).await;
    let bill = [
        ("key", "b1"),
        ("order", order.as_str()),
        ("due_on", "2015-07-01"),
        ("from", "U"),
        ("seller_number", "1"),
        ("buyer_number", "2"),
        ("tax", "much"),
        ("tax_note", TYPED),
    ];
    comes_back(&ana, &path("bill"), &bill).await;
    let cancel = [("key", "c1"), ("order", order.as_str()), ("reason", long.as_str())];
    comes_back(&ana, &path("cancel"), &cancel).await;
    let good = bill.map(|(name, value)| match name {
        "key" => (name, "b2"),
        "tax" => (name, "0.00"),
        "from" | "seller_number" | "buyer_number" => (name, ""),
        "tax_note" => (name, "export"),
        _ => (name, value),
    });
    ana.form(&path("bill"), &good).await.expect(303);
    let comes = format!("{order} comes");
    let money = [("key", "m1"), ("order", comes.as_str()), ("on", ""), ("reference", TYPED)];
    comes_back(&ana, &path("money"), &money).await;
    let label = "x".repeat(81);
    comes_back(&ana, &path("key"), &[("key", "k1"), ("market", "us"), ("label", &label)]).await;
}

#[tokio::test]
async fn a_paper_is_chosen_once() {
    let api = Api::open().await;
    let ana = Browser::hire(&api, "ana", &["clearance_officer@us"]).await;
    let snapshot = api.shop.snapshots.now();
    let rule = snapshot.facts.records().rules[0].code.to_string();
    let fields = |number: &'static str| {
        [
            ("key", "g1"),
            ("clearance", rule.as_str()),
            ("covers", "sku"),
            ("number", number),
            ("issuer", "FCC"),
            ("issued_on", "2015-05-01"),
            ("verified_how", "paper"),
            ("reason", "the paper has come"),
        ]
    };
    let file = Some(&b"%PDF-1.7 the paper"[..]);
    let refused = ana.grant("us", &fields(""), file).await.expect(422);
    let place = format!("/admin/us/clearances/{PHONE}/grant");
    let mut again = as_it_stands(&refused.text, &place);
    let stored = again.iter().find(|(name, _)| name == "stored").expect("it is kept").1.clone();
    assert!(refused.text.contains("x.pdf"), "its name is shown: {}", refused.text);
    for (name, value) in &mut again {
        if name == "number" {
            "2AFZZ-1".clone_into(value);
        }
    }
    let again: Vec<(&str, &str)> =
        again.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let proposed = ana.grant("us", &again, None).await.expect(303);
    let page = ana.get(proposed.header("location")).await.expect(200);
    assert!(page.text.contains(&stored), "the proposal has the paper: {}", page.text);
    // A paper that is not theirs to see is none.
    let ben = Browser::hire(&api, "ben", &["clearance_officer@de"]).await;
    let other: Vec<_> = fields("1").into_iter().chain([("stored", stored.as_str())]).collect();
    let refused = ben.grant("de", &other, None).await;
    assert!(matches!(refused.status, 404 | 422), "{}", refused.text);
    assert!(!refused.text.contains("x.pdf"));
}

#[tokio::test]
async fn what_is_sent_after_the_session_has_ended_is_said_to_be_lost() {
    let api = Api::open().await;
    let ana = Browser::hire_in(&api, "ana", &["market_manager@us"], Language::De).await;
    let page = ana.get("/admin/us/opening?on=2015-07-01").await.expect(200);
    assert!(page.text.contains("Zwei Stunden nach der letzten Seite"), "the limit is said");
    assert!(page.text.contains("data-stay=\"7200\""), "and the script knows it");
    api.clock.advance_seconds(2 * 60 * 60);
    let fields = [("key", "s1"), ("to", "paused"), ("reason", "a strike")];
    let from = "https://shop.example/admin/us/opening?on=2015-07-01";
    let sent = Ask::form("/admin/us/opening/advance", &fields).header("referer", from);
    let door = ana.send(sent).await.expect(303).header("location").to_owned();
    let shown = api.send(Ask::get(&door).header("accept-language", "de")).await.expect(200);
    assert!(shown.text.contains("wurde nicht ausgeführt"), "{}", shown.text);
    let mut fields = as_it_stands(&shown.text, "/admin/sign-in");
    for (name, value) in &mut fields {
        match name.as_str() {
            "email" => ana.email.clone_into(value),
            "password" => common::desk::PASSWORD.clone_into(value),
            _ => {}
        }
    }
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let entered = api.send(Ask::form("/admin/sign-in", &fields)).await.expect(303);
    assert_eq!(entered.header("location"), "/admin/us/opening?on=2015-07-01");
    // The address of a form, read again, leads to the form's page.
    let ana = ana.again().await;
    let above = ana.get("/admin/us/opening/advance").await.expect(303);
    assert_eq!(above.header("location"), "/admin/us/opening");
}
