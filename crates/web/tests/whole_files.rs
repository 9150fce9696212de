//! Files of the staff area and of the resellers' desk have every row that is the person's to read, however many
//! blocks they are read in, and pages that show some of it say so.

mod common;

use std::collections::BTreeSet;

use common::desk::Browser;
use common::reseller::{CONTRACT, GERMAN, Partner, copy_order, link, make_german};
use common::shopper::{good_fields, one_band};
use common::{Answer, Api, Ask, BAND, PHONE, Shopper};
use kontor_base::id::{CheckoutId, HoldId, OrderId, PaymentId};
use kontor_domain::install::Stay;
use kontor_domain::order::{ClearanceState, OrderNumber};
use kontor_domain::reseller::{OrderStage, Sold};
use kontor_store::install::stay;
use kontor_store::order::{PlacedOrder, insert, list};
use kontor_store::reseller::save_sold;
use kontor_store::stock::serial::{self, SoldSerial};
use kontor_store::{StoreError, Tx};

/// More than two blocks of the files that are read in blocks of 500.
const MANY: usize = 1_203;

/// The first cells of a file's rows, which are all different.
fn firsts(file: &Answer) -> BTreeSet<String> {
    let first = |line: &str| line.split("\",").next().expect("a cell")[1..].to_owned();
    let rows: Vec<String> = file.text.lines().skip(1).map(first).collect();
    let firsts: BTreeSet<String> = rows.iter().cloned().collect();
    assert_eq!(firsts.len(), rows.len(), "a row is there twice");
    firsts
}

#[tokio::test]
async fn orders_of_a_reseller_are_in_the_file_to_the_last() {
    let api = Api::open().await;
    let partner = Partner::with_bands(&api, 2).await;
    partner.and_german(&api).await;
    let real = api.send(partner.order(2, "o1")).await.expect(201).str("/id").to_owned();
    // The real one is older than all others, and those of both markets stand between each other.
    let later = api.shop.now().plus_seconds(60);
    let left = |order: &mut kontor_store::reseller::KeptOrder| order.stage = OrderStage::Dispatched;
    let mut american = copy_order(&api, &real, (later, MANY), left).await;
    let german = copy_order(&api, &real, (later, 700), make_german).await;
    american.push(real.clone());
    let (american, german): (BTreeSet<_>, BTreeSet<_>) =
        (american.into_iter().collect(), german.into_iter().collect());
    let both: BTreeSet<_> = american.union(&german).cloned().collect();

    let mia = Browser::hire(&api, "mia", &["market_manager@us"]).await;
    let dora = Browser::hire(&api, "dora", &["market_manager@de"]).await;
    let all = Browser::hire(&api, "all", &["market_manager@us,de"]).await;
    let bill = [
        ("key", "b1"),
        ("order", real.as_str()),
        ("due_on", "2015-07-01"),
        ("tax", "0.00"),
        ("tax_note", "export"),
    ];
    mia.form(&format!("{}/bill", partner.place()), &bill).await.expect(303);

    let place = format!("{}/orders.csv", partner.place());
    let file = mia.get(&place).await.expect(200);
    assert_eq!(firsts(&file), american);
    assert!(!file.text.contains(GERMAN), "another market's");
    let row = file.text.lines().find(|line| line.contains(&real)).expect("the oldest");
    assert!(row.contains("\"open\""), "with its bill: {row}");
    let file = dora.get(&place).await.expect(200);
    assert_eq!(firsts(&file), german);
    assert!(!file.text.contains(CONTRACT), "another market's");
    assert_eq!(firsts(&all.get(&place).await.expect(200)), both);
    let own = partner.browser(&api).await;
    let file = api.send(own.with(Ask::get("/reseller/orders.csv"))).await.expect(200);
    assert_eq!(firsts(&file), both);
}

#[tokio::test]
async fn held_orders_of_resellers_are_in_the_file_to_the_last() {
    let api = Api::open().await;
    let partner = Partner::with_bands(&api, 2).await;
    partner.and_german(&api).await;
    let real = api.send(partner.order(2, "o1")).await.expect(201).str("/id").to_owned();
    // More that is free than a page looks at, before everything that is held.
    let earlier = api.shop.now().plus_seconds(-60);
    copy_order(&api, &real, (earlier, 2_050), |_| ()).await;
    let later = api.shop.now().plus_seconds(60);
    let held = copy_order(&api, &real, (later, MANY), |order| {
        order.body.lines[0].sku = PHONE.parse().expect("a SKU");
    });
    let held: BTreeSet<String> = held.await.into_iter().collect();
    let german = copy_order(&api, &real, (later, 3), |order| {
        make_german(order);
        order.body.lines[0].sku = PHONE.parse().expect("a SKU");
    });
    let german: BTreeSet<String> = german.await.into_iter().collect();

    let mia = Browser::hire(&api, "mia", &["market_manager@us"]).await;
    let file = mia.get("/admin/us/withdrawals/resellers.csv").await.expect(200);
    assert_eq!(firsts(&file), held);
    let dora = Browser::hire(&api, "dora", &["market_manager@de"]).await;
    let file = dora.get("/admin/de/withdrawals/resellers.csv").await.expect(200);
    assert_eq!(firsts(&file), german);

    // The page goes on behind its link, from one that has nothing so far to the last.
    let more = "More held orders of resellers";
    let mut page = mia.get("/admin/us/withdrawals").await.expect(200);
    assert!(page.text.contains("None of those looked through so far is held"), "{}", page.text);
    let (mut found, mut pages) = (BTreeSet::new(), 1);
    while page.text.contains(more) {
        page = mia.get(&link(&page, more)).await.expect(200);
        let here = page.text.split("<code>rso_").skip(1);
        let ids = here.map(|rest| format!("rso_{}", rest.split('<').next().expect("an end")));
        let before = found.len();
        found.extend(ids);
        assert!(found.len() - before <= 50, "a page has fifty");
        pages += 1;
        assert!(pages < 100, "the pages do not end");
    }
    assert_eq!(found, held);
}

#[tokio::test]
async fn held_orders_of_people_are_in_the_file_to_the_last() {
    let api = Api::open().await;
    let shopper = Shopper::fill_cart(&api).await;
    let checkout = shopper.check_out(&api).await;
    let (total, key) = (one_band(), api.fresh_key());
    let pay = Ask::form(&checkout, &good_fields(&total, &key));
    api.send(shopper.with(pay)).await.expect(303);
    let (now, random) = (api.shop.now(), api.shop.random.clone());
    let write = move |tx: &mut Tx<'_>| {
        let market = "us".parse().expect("a market");
        let first = list::in_market(tx, market, None, list::Span::ALL, 1)?.pop().expect("an order");
        for _ in 0..MANY {
            let mut order = first.order.clone();
            order.id = OrderId::new(now, &random);
            order.number = OrderNumber::new(market, order.id);
            order.checkout = CheckoutId::new(now, &random);
            let held = PlacedOrder {
                order,
                payment: PaymentId::new(now, &random),
                hold: HoldId::new(now, &random),
                clearance_state: ClearanceState::Held,
                ..first.clone()
            };
            insert(tx, &held)?;
        }
        Ok::<_, StoreError>(())
    };
    api.shop.db.write("test.orders", write).await.expect("written");
    let mia = Browser::hire(&api, "mia", &["market_manager@us"]).await;
    let fields = [("key", "w1"), ("sku", BAND), ("reason", "a batch gets warm")];
    mia.form("/admin/us/withdrawals", &fields).await.expect(303);

    let page = mia.get("/admin/us/withdrawals").await.expect(200);
    assert!(page.text.contains("href=\"/admin/us/withdrawals.csv\""), "{}", page.text);
    let file = mia.get("/admin/us/withdrawals.csv").await.expect(200);
    assert_eq!(file.text.matches("a batch gets warm").count(), 1, "the withdrawal is there once");
    let numbers = file.text.lines().filter_map(|line| line.strip_prefix("\"held_order\",\""));
    let numbers: Vec<&str> = numbers.map(|rest| rest.split('"').next().expect("an end")).collect();
    // The one that was bought is held with the others.
    assert_eq!(numbers.len(), MANY + 1);
    assert_eq!(numbers.iter().collect::<BTreeSet<_>>().len(), MANY + 1, "each is there once");
    let dora = Browser::hire(&api, "dora", &["market_manager@de"]).await;
    let file = dora.get("/admin/de/withdrawals.csv").await.expect(200);
    assert_eq!(file.text.lines().count(), 1, "another market's: {}", file.text);
}

/// Units of the first order, more than a page looks through; then units of the second.
const FIRST: u32 = 5_003;
const SECOND: u32 = 60;
/// How many of the first order's units, the last ones, are abroad; of the second order's all are.
const ABROAD: u32 = 100;

/// A unit of a reseller: reported as sold on in a month of its own, and in France since three months.
struct Unit {
    serial: String,
    number: u32,
    reference: String,
    is_abroad: bool,
}

fn units(german: &str, american: &str) -> Vec<Unit> {
    let unit = |letter: &str, number: u32, reference: &str, is_abroad| Unit {
        serial: format!("{letter}-{number:06}"),
        number,
        reference: reference.to_owned(),
        is_abroad,
    };
    let first = (0..FIRST).map(|at| unit("A", at, german, at >= FIRST - ABROAD));
    let second = (FIRST..FIRST + SECOND).map(|at| unit("B", at, american, true));
    first.chain(second).collect()
}

async fn deliver_and_sell_on(api: &Api, partner: &Partner, units: Vec<Unit>) {
    let (reseller, now) = (partner.id, api.shop.now());
    let write = move |tx: &mut Tx<'_>| {
        let country = "FR".parse().expect("a country");
        for Unit { serial, number, reference, is_abroad } in &units {
            let (device, year, month) = (u64::from(*number), 1500 + number / 12, number % 12 + 1);
            let sold = SoldSerial {
                serial: serial.clone(),
                device,
                item: BAND.to_owned(),
                model: "band".to_owned(),
                country: "US".parse().expect("a country"),
                sold_on: "2015-01-10".parse().expect("a day"),
                reference: reference.clone(),
                reseller: Some(reseller),
            };
            assert!(serial::insert(tx, &sold)?, "a new unit");
            let on = format!("{year}-{month:02}-01").parse().expect("a day");
            save_sold(tx, reseller, &Sold { serial: serial.clone(), on, country }, now)?;
            if *is_abroad {
                let since = "2015-03-01".parse().expect("a day");
                stay::save(tx, device, &Stay { country, since, last: now.date() })?;
            }
        }
        Ok::<_, StoreError>(())
    };
    api.shop.db.write("test.units", write).await.expect("written");
}

#[tokio::test]
async fn units_of_a_reseller_are_in_the_files_to_the_last() {
    let (api, _install) = Api::open().await.counting(1).await;
    let partner = Partner::with_bands(&api, 2).await;
    partner.and_german(&api).await;
    let real = api.send(partner.order(2, "o1")).await.expect(201).str("/id").to_owned();
    let german = copy_order(&api, &real, (api.shop.now(), 1), make_german).await.remove(0);
    deliver_and_sell_on(&api, &partner, units(&german, &real)).await;
    let serials = |wanted: fn(&Unit) -> bool| -> BTreeSet<String> {
        units(&german, &real).into_iter().filter(wanted).map(|unit| unit.serial).collect()
    };
    let every = serials(|_| true);
    let abroad = serials(|unit| unit.is_abroad);
    let of_us = serials(|unit| unit.serial.starts_with('B'));
    let mia = Browser::hire(&api, "mia", &["market_manager@us"]).await;
    let dora = Browser::hire(&api, "dora", &["market_manager@de"]).await;
    let all = Browser::hire(&api, "all", &["market_manager@us,de"]).await;
    let file = async |person: &Browser<'_>, name: &str| {
        firsts(&person.get(&format!("{}/{name}", partner.place())).await.expect(200))
    };

    // Of the first blocks nothing is the USA's, and the file goes on.
    assert_eq!(file(&mia, "sell-outs.csv").await, of_us);
    assert_eq!(file(&dora, "sell-outs.csv").await, every.difference(&of_us).cloned().collect());
    assert_eq!(file(&all, "sell-outs.csv").await, every);
    let own = partner.browser(&api).await;
    let theirs = api.send(own.with(Ask::get("/reseller/sell-outs.csv"))).await.expect(200);
    assert_eq!(firsts(&theirs), every);
    assert_eq!(file(&mia, "outside.csv").await, of_us);
    assert_eq!(file(&dora, "outside.csv").await, abroad.difference(&of_us).cloned().collect());
    assert_eq!(file(&all, "outside.csv").await, abroad);

    // The pages say where they show a part.
    let (latest, first) = ("These are the latest months", "These are the first of them");
    let none_yet = "None among the units that were looked at for this page";
    for (person, is_cut, says, shows) in
        [(&mia, false, none_yet, 0), (&dora, true, first, 50), (&all, true, first, 50)]
    {
        let page = person.get(&partner.place()).await.expect(200);
        assert_eq!(page.text.contains(latest), is_cut, "{}", page.text);
        assert!(page.text.contains(says) && page.text.contains("/outside.csv"), "{}", page.text);
        assert_eq!(page.text.matches("<th scope=\"row\"><code>A-").count(), shows);
        assert!(!page.text.contains("<code>B-"), "{}", page.text);
    }
    let page = api.send(own.with(Ask::get("/reseller/desk"))).await.expect(200);
    assert!(page.text.contains(latest), "{}", page.text);
}
