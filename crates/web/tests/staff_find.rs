//! The one search field through HTTP: every kind is found by whoever may see it, leads to its own place, and is
//! not there for whoever may not; and serial numbers are looked through to their end.

mod common;

use std::collections::BTreeSet;

use common::desk::Browser;
use common::reseller::{CONTRACT, Partner};
use common::sale::a_sale;
use common::{Answer, Api, BAND, PHONE};
use kontor_base::id::{LetterId, ResellerOrderId};
use kontor_domain::sale::Way;
use kontor_shop::staff::index_names;
use kontor_store::StoreError;
use kontor_store::stock::serial::{SoldSerial, insert};
use kontor_store::{mail, payment};

/// The grant for the bands.
const GRANT: &str = "US-FCC-BAND";

/// Everything that a person of a market can be, without being an owner.
fn all_of(market: &str) -> Vec<String> {
    ["market_manager", "clearance_officer", "support", "warehouse"]
        .map(|role| format!("{role}@{market}"))
        .to_vec()
}

async fn hire<'a>(api: &'a Api, name: &str, roles: &[String]) -> Browser<'a> {
    let roles: Vec<&str> = roles.iter().map(String::as_str).collect();
    Browser::hire(api, name, &roles).await
}

/// The addresses that a search leads to, without those of the frame around it.
fn led_to(answer: &Answer) -> BTreeSet<String> {
    let main = answer.text.split("<main").nth(1).expect("a main part");
    let links = main.split("href=\"").skip(1);
    links.map(|rest| rest.split('"').next().expect("an end").replace("&#38;", "&")).collect()
}

/// Units that were sold to a country, numbered.
async fn sell(api: &Api, country: &'static str, numbers: std::ops::Range<u32>) {
    api.shop
        .db
        .write("test.serials", move |tx| {
            for number in numbers.clone() {
                let sold = SoldSerial {
                    serial: format!("BN-{number:06}"),
                    device: u64::from(number),
                    item: BAND.to_owned(),
                    model: "band".to_owned(),
                    country: country.parse().expect("a country"),
                    sold_on: "2015-05-01".parse().expect("a day"),
                    reference: "the past".to_owned(),
                    reseller: None,
                };
                insert(tx, &sold)?;
            }
            Ok::<_, StoreError>(())
        })
        .await
        .expect("written");
}

/// The numbers on a page.
fn serials(answer: &Answer) -> Vec<u32> {
    let main = answer.text.split("id=\"found-serials\"").nth(1).unwrap_or_default();
    let found = main.split(">BN-").skip(1);
    found.map(|rest| rest[..6].parse().expect("a number")).collect()
}

/// Where the search goes on.
fn next(answer: &Answer) -> Option<String> {
    let on = answer.text.split("rel=\"next\" href=\"").nth(1)?;
    Some(on.split('"').next().expect("an end").replace("&#38;", "&").replace("&amp;", "&"))
}

/// Something of every kind in the American market: what is typed, and where it leads.
async fn everything(api: &Api, ana: &Browser<'_>) -> Vec<(String, String)> {
    let partner = Partner::with_bands(api, 2).await;
    let sale = a_sale(api, &[(Way::Rush, 2)]).await;
    sell(api, "US", 7..8).await;
    let fields = [("key", "w1"), ("model", "phone"), ("reason", "batteries swell")];
    ana.form("/admin/us/withdrawals", &fields).await.expect(303);
    let grant = [
        ("key", "k1"),
        ("clearance", "US-FCC-CERT"),
        ("covers", "sku"),
        ("number", "2AFZZ-1"),
        ("issuer", "FCC"),
        ("issued_on", "2015-05-01"),
        ("verified_how", "paper"),
        ("reason", "the paper has come"),
    ];
    let proposed = ana.grant("us", &grant, Some(b"%PDF-1.7 the paper")).await.expect(303);
    let proposal = ana.get(proposed.header("location")).await.expect(200);
    let paper = proposal.text.split("href=\"/admin/documents/").nth(1).expect("a paper");
    let paper = paper[..64].to_owned();
    let (now, random) = (api.shop.now(), &api.shop.random);
    api.shop.snapshots.refresh(&api.shop.db, now).await.expect("read anew");
    let withdrawn = ana.get("/admin/us/withdrawals").await.expect(200);
    let code = withdrawn.text.split("<li id=\"").nth(1).expect("a withdrawal");
    let code = code.split('"').next().expect("an end").to_owned();
    let letter = LetterId::new(now, random);
    api.shop
        .db
        .write("test.letter", move |tx| {
            mail::queue(tx, letter, "customer.waiting_confirm", &[7; 16], "{}", now)?;
            mail::failed(tx, letter, "550 no", None, now)
        })
        .await
        .expect("a letter");
    index_names(&api.shop).await.expect("terms are written");
    let place = partner.place();
    // A reseller's order with its bill, and a payment that a provider has a name for.
    let order = api.send(partner.order(1, "o1")).await.expect(201).str("/id").to_owned();
    let bill = [
        ("key", "b1"),
        ("order", order.as_str()),
        ("due_on", "2015-07-01"),
        ("tax", "0.00"),
        ("tax_note", "export"),
    ];
    ana.form(&format!("{place}/bill"), &bill).await.expect(303);
    let page = ana.get(&place).await.expect(200);
    let bill = page.text.split(&format!("{place}/bills/")).nth(1).expect("a bill");
    let bill = bill.split('"').next().expect("an end").to_owned();
    let next = order.parse::<ResellerOrderId>().expect("an id");
    let next = u128::from_be_bytes(*next.bytes()) + 1;
    let next = ResellerOrderId::from_bytes(next.to_be_bytes());
    let held = api.hold(&api.cart(BAND, 1).await).await;
    let paid = api.pay(&held, "succeeds").await.expect(201).str("/order/number").to_owned();
    let payments = api.shop.db.read("test.payments", |tx| payment::after(tx, None, 9)).await;
    let mut payments = payments.expect("read").into_iter();
    let reference = payments.find_map(|kept| kept.order.and(kept.reference)).expect("a name");
    let of = |typed: &str, place: &str| (typed.to_owned(), place.to_owned());
    vec![
        of("BN-000007", "/admin/catalogue/band"),
        of("us-secret", "/admin/us/rules/US-SECRET"),
        of("equipment%20auth", "/admin/us/rules/US-FCC-CERT"),
        of(&GRANT.to_lowercase(), &format!("/admin/us/grants/{GRANT}")),
        of("2ab-band1", &format!("/admin/us/grants/{GRANT}")),
        of("x.pdf", &format!("/admin/documents/{paper}")),
        of(&paper[..8], &format!("/admin/documents/{paper}")),
        of("batteries", &format!("/admin/us/withdrawals#{code}")),
        of(&code.to_lowercase(), &format!("/admin/us/withdrawals#{code}")),
        of("bands", &format!("/admin/sales/{sale}")),
        of("harbour", &place),
        of(&CONTRACT.to_lowercase(), &place),
        of("trade%40harbour.example", &place),
        of(&order, &format!("{place}?before={next}#{order}")),
        of(&bill.to_lowercase(), &format!("{place}/bills/{bill}")),
        of(&reference, &format!("/admin/orders/{paid}")),
        of("usa", "/admin/us/market"),
        of(&letter.to_string(), &format!("/admin/letters#{letter}")),
    ]
}

#[tokio::test]
async fn every_kind_is_found_leads_to_its_place_and_is_not_there_for_others() {
    let api = Api::open().await;
    let olga = Browser::hire(&api, "olga", &["owner@*"]).await;
    let boss = hire(&api, "boss", &all_of("*")).await;
    let ana = hire(&api, "ana", &all_of("us")).await;
    let dora = hire(&api, "dora", &all_of("de")).await;
    let rita = Browser::hire(&api, "rita", &["release_manager@*"]).await;
    for (typed, place) in everything(&api, &ana).await {
        let path = format!("/admin/find?q={typed}");
        // Letters that have not left are the machinery's, and no single market's.
        let letter = place.starts_with("/admin/letters");
        let (sees, found) =
            if letter { (&boss, boss.get(&path).await) } else { (&ana, ana.get(&path).await) };
        let found = found.expect(200);
        assert!(led_to(&found).contains(&place), "{typed} leads to {place}: {}", found.text);
        let (page, anchor) = place.split_once('#').unwrap_or((&place, ""));
        let there = sees.get(page).await;
        assert_eq!(there.status, 200, "{typed} leads to nothing at {page}");
        let named = anchor.is_empty() || there.text.contains(&format!("id=\"{anchor}\""));
        assert!(named, "{place} is a place on its page: {}", there.text);
        // The catalogue is everybody's; the unit in it is not.
        for other in [&dora, &rita] {
            let answer = other.get(&path).await.expect(200);
            let led = led_to(&answer);
            assert!(!led.contains(&place), "{typed} leads {} to {place}", other.email);
            let own = place.starts_with("/admin/catalogue");
            let status = other.get(page).await.status;
            assert!(
                own || matches!(status, 403 | 404) || page == "/admin/letters",
                "{page}: {status}"
            );
        }
    }
    // The maker's people are found by those who make accounts, and by nobody else.
    for typed in ["ana", "ana%40maker", "dora"] {
        let found = olga.get(&format!("/admin/find?q={typed}")).await.expect(200);
        let led = led_to(&found);
        let place = led.iter().find(|path| path.starts_with("/admin/people#")).expect("a person");
        let anchor = place.split_once('#').expect("an anchor").1;
        let people = olga.get("/admin/people").await.expect(200);
        assert!(people.text.contains(&format!("<tr id=\"{anchor}\"")), "{anchor}");
        let his = boss.get(&format!("/admin/find?q={typed}")).await.expect(200);
        assert!(!his.text.contains("/admin/people#") && !his.text.contains("@maker.example"));
    }
    // What was typed is text, and a kind's name is its heading.
    let page = ana.get("/admin/find?q=us-fcc").await.expect(200);
    assert!(page.text.contains("<h2 id=\"found-rules\">"), "{}", page.text);
    let hostile = ana.get("/admin/find?q=harbour").await.expect(200);
    assert!(!hostile.text.contains("Harbour <b>"), "{}", hostile.text);
}

#[tokio::test]
async fn rules_and_evidence_have_a_page_in_each_market_in_which_they_hold() {
    let api = Api::open().await;
    let ana = Browser::hire(&api, "ana", &["clearance_officer@us"]).await;
    let rule = ana.get("/admin/us/rules/US-FCC-CERT").await.expect(200);
    for told in [
        "Equipment authorisation",
        "FCC ID",
        "electronic",
        &format!("/admin/us/clearances/{PHONE}#rule-US-FCC-CERT"),
        &format!("/admin/us/clearances/{PHONE}/grant?rule=US-FCC-CERT"),
        &format!("/admin/us/grants/{GRANT}"),
    ] {
        assert!(rule.text.contains(told), "{told}: {}", rule.text);
    }
    // What if, on another day: the evidence did not hold yet.
    let before = ana.get("/admin/us/rules/US-FCC-CERT?on=2014-12-31").await.expect(200);
    assert!(before.text.contains("does not hold yet") && !rule.text.contains("does not hold yet"));
    let link = format!("/admin/us/clearances/{PHONE}?on=2014-12-31#rule-US-FCC-CERT");
    assert!(before.text.contains(&link), "{}", before.text);
    let grant = ana.get(&format!("/admin/us/grants/{GRANT}")).await.expect(200);
    let band = format!("/admin/us/clearances/{BAND}#rule-US-FCC-CERT");
    for told in ["2AB-BAND1", "/admin/us/rules/US-FCC-CERT", &band] {
        assert!(grant.text.contains(told), "{told}: {}", grant.text);
    }
    assert!(!grant.text.contains(PHONE), "it covers the bands: {}", grant.text);
    // From the matrix both are two steps away.
    let matrix = ana.get("/admin/us/clearances").await.expect(200);
    assert!(matrix.text.contains("href=\"/admin/us/rules/US-FCC-CERT\""), "{}", matrix.text);
    let product = ana.get(&format!("/admin/us/clearances/{BAND}")).await.expect(200);
    for told in [
        "id=\"rule-US-FCC-CERT\"",
        "href=\"/admin/us/rules/US-FCC-CERT\"",
        &format!("href=\"/admin/us/grants/{GRANT}\""),
    ] {
        assert!(product.text.contains(told), "{told}: {}", product.text);
    }
    let dora = Browser::hire(&api, "dora", &["clearance_officer@de"]).await;
    for path in ["rules/US-FCC-CERT".to_owned(), format!("grants/{GRANT}")] {
        // Neither another market's nor, in one's own market, what holds elsewhere.
        dora.get(&format!("/admin/us/{path}")).await.expect(404);
        dora.get(&format!("/admin/de/{path}")).await.expect(404);
        ana.get(&format!("/admin/de/{path}")).await.expect(404);
    }
    ana.get("/admin/us/rules/NO-SUCH-RULE").await.expect(404);
    ana.get("/admin/us/grants/%3Cscript%3E").await.expect(404);
}

#[tokio::test]
async fn every_mark_leads_to_what_is_said_of_it() {
    let api = Api::open().await;
    let ana = Browser::hire(&api, "ana", &["clearance_officer@us"]).await;
    let matrix = ana.get("/admin/us/clearances").await.expect(200);
    let links = matrix.text.split("href=\"").filter_map(|rest| Some(rest.split_once('"')?.0));
    let marks: Vec<(&str, &str)> = links.filter_map(|link| link.split_once('#')).collect();
    let marks: Vec<_> =
        marks.into_iter().filter(|(path, _)| path.starts_with("/admin/us/clearances/")).collect();
    let has_page = |name: &str| {
        let code = name.strip_prefix("rule-").unwrap_or_default();
        matrix.text.contains(&format!("\"/admin/us/rules/{code}\""))
    };
    assert!(marks.iter().any(|(_, name)| has_page(name)), "{marks:?}");
    assert!(marks.iter().any(|(_, name)| !has_page(name)), "{marks:?}");
    for (path, name) in marks {
        let product = ana.get(path).await.expect(200);
        let count = product.text.matches(&format!("id=\"{name}\"")).count();
        assert_eq!(count, 1, "{path}#{name}: {}", product.text);
    }
}

#[tokio::test]
async fn all_serial_numbers_are_looked_through_page_by_page() {
    let api = Api::open().await;
    sell(&api, "US", 0..95).await;
    let wim = Browser::hire(&api, "wim", &["warehouse@us"]).await;
    let (mut found, mut path) = (Vec::new(), "/admin/find?q=bn-0000".to_owned());
    loop {
        let page = wim.get(&path).await.expect(200);
        found.extend(serials(&page));
        let Some(on) = next(&page) else { break };
        assert!(page.text.contains("the first 30"), "{}", page.text);
        path = on;
    }
    assert_eq!(found, (0..95).collect::<Vec<_>>(), "each once, in their order");
    // Thousands of another market hide nothing, and are not told of.
    sell(&api, "US", 95..4_200).await;
    sell(&api, "DE", 9_000..9_001).await;
    let dora = Browser::hire(&api, "dora", &["warehouse@de"]).await;
    let first = dora.get("/admin/find?q=BN-").await.expect(200);
    assert!(serials(&first).is_empty(), "{}", first.text);
    let on = next(&first).expect("it was not looked at everything");
    let second = dora.get(&on).await.expect(200);
    assert_eq!((serials(&second), next(&second)), (vec![9_000], None), "{}", second.text);
    // A place to go on from that somebody made up is no way to another's units.
    for after in ["BN-000001", "~", "%00", "zz"] {
        let page = dora.get(&format!("/admin/find?q=BN-&after={after}")).await.expect(200);
        assert!(!page.text.contains(">BN-000"), "{after}: {}", page.text);
    }
    for short in ["BN", "B"] {
        let page = wim.get(&format!("/admin/find?q={short}")).await.expect(200);
        assert!(serials(&page).is_empty(), "{short}");
    }
}

#[tokio::test]
async fn an_empty_search_says_what_can_be_searched_and_how() {
    let api = Api::open().await;
    let olga = Browser::hire(&api, "olga", &["owner@*"]).await;
    let mia = Browser::hire(&api, "mia", &["market_manager@us"]).await;
    for query in ["", "?q=", "?q=zzzzzzzz"] {
        let hers = olga.get(&format!("/admin/find{query}")).await.expect(200);
        let his = mia.get(&format!("/admin/find{query}")).await.expect(200);
        for (kind, of_owner, of_manager) in
            [("People", true, false), ("Serial numbers", false, true), ("Work places", true, true)]
        {
            let named = format!("<dt>{kind}</dt>");
            assert_eq!(hers.text.contains(&named), of_owner, "{query} {kind}: {}", hers.text);
            assert_eq!(his.text.contains(&named), of_manager, "{query} {kind}: {}", his.text);
        }
        for page in [&hers, &his] {
            assert!(page.text.contains("leads to the search field"), "{}", page.text);
            assert!(page.text.contains("aria-keyshortcuts=\"/\""), "{}", page.text);
        }
    }
    let found = mia.get("/admin/find?q=orders").await.expect(200);
    assert!(!found.text.contains("<dl class=\"pairs\">"), "it has found something");
    assert!(led_to(&found).contains("/admin/orders"), "{}", found.text);
}
