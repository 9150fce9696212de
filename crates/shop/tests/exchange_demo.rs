//! The demo, loaded through the importers, sells what the story says.

use kontor_base::{Clock, Instant, Random};
use kontor_domain::catalogue::ProductClass;
use kontor_scratch::Scratch;
use kontor_shop::cart::{Offer, offer};
use kontor_shop::core::{Snapshot, Snapshots};
use kontor_shop::exchange::{Csv, Mode, Table, export, import, load_demo};
use kontor_store::Db;

fn opening_week() -> Clock {
    Clock::fixed(Instant::start_of("2026-11-23".parse().expect("a day")))
}

async fn demo() -> (Scratch, Db, std::sync::Arc<Snapshot>) {
    let scratch = Scratch::chosen();
    let db = scratch.open();
    let clock = opening_week();
    let steps = std::cell::RefCell::new(Vec::new());
    load_demo(&db, &clock, &Random::seeded(1), &|step, of| steps.borrow_mut().push((step, of)))
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    let steps = steps.into_inner();
    assert_eq!(steps.last().map(|(step, of)| step == of), Some(true));
    assert!(steps.is_sorted());
    let snapshots = Snapshots::load(&db, clock.now()).await.expect("it is read");
    (scratch, db, snapshots.now())
}

/// The models that a market sells, and for the others the class and the codes of the reasons.
fn shelf(snapshot: &Snapshot, market: &str) -> (Vec<String>, Vec<(String, ProductClass, String)>) {
    let market = market.parse().expect("a market");
    let market = snapshot.market(market).expect("a market of the demo");
    let (mut sold, mut refused) = (Vec::new(), Vec::new());
    for (sku, variant) in &snapshot.variants {
        let model = &snapshot.models[&variant.model];
        match offer(snapshot, market, sku, None, opening_week().now()) {
            Offer::Yes { .. } => sold.push(sku.to_string()),
            Offer::Refused(verdict) => {
                refused.push((sku.to_string(), model.class, format!("{:?}", verdict.reasons)));
            }
            Offer::NoPrice => refused.push((sku.to_string(), model.class, "no price".to_owned())),
            Offer::Unknown => panic!("{sku} is unknown"),
        }
    }
    (sold, refused)
}

#[tokio::test]
async fn the_american_shelf_sells_the_accessories_and_shows_why_there_are_no_phones() {
    let (_dir, _db, snapshot) = demo().await;
    assert!(snapshot.reenactment);
    let (sold, refused) = shelf(&snapshot, "us");
    assert_eq!(sold, ["BAND-BLACK", "HEADPHONES-GOLD", "PB10400-SILVER", "PB5000-SILVER"]);
    let phones: Vec<_> =
        refused.iter().filter(|(_, class, _)| *class == ProductClass::Phone).collect();
    assert_eq!(phones.len(), 6);
    for (sku, _, reasons) in phones {
        assert!(reasons.contains("GL-IP-SEP"), "{sku}: {reasons}");
    }
}

#[tokio::test]
async fn india_sells_phones_and_countries_without_a_review_sell_nothing() {
    let (_dir, _db, snapshot) = demo().await;
    let (sold, _) = shelf(&snapshot, "in");
    assert!(sold.iter().any(|sku| sku.starts_with("REDMI2-8GB")), "{sold:?}");
    for closed in ["fr", "de", "gb", "br"] {
        assert_eq!(shelf(&snapshot, closed).0, Vec::<String>::new(), "{closed}");
    }
}

#[tokio::test]
async fn markets_with_their_contacts_are_exported_and_read_again_as_the_same() {
    let (_dir, db, snapshot) = demo().await;
    let us = snapshot.market("us".parse().expect("a market")).expect("a market of the demo");
    let email = us.contact.email.as_ref().expect("somebody answers");
    assert!(email.as_str().ends_with(".example"), "nobody's address: {}", email.as_str());
    assert_eq!(us.contact.returns.as_ref().expect("an address").country, us.home());
    let fr = snapshot.market("fr".parse().expect("a market")).expect("a market of the demo");
    assert!(fr.contact.is_empty(), "nobody is there yet");
    let mut exported = Vec::new();
    export(&db, Table::Markets, &mut exported).await.expect("it is exported");
    let file = Csv { table: Table::Markets, name: "markets.csv".to_owned(), bytes: exported };
    let clock = opening_week();
    let report = import(&db, &clock, &Random::seeded(1), file, Mode::Apply).await.expect("read");
    let all = u64::try_from(snapshot.markets.len()).expect("a few");
    assert_eq!((report.new, report.changed, report.unchanged), (0, 0, all));
}
