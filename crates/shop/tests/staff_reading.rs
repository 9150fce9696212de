//! What lists and searches of the staff side read: as much as they show, however much there is.

use std::sync::Arc;

use kontor_base::id::{
    CheckoutId, HoldId, JobId, OrderId, PaymentId, ProposalId, ResellerId, StaffId,
};
use kontor_base::{Clock, Instant, Language, Line, Money, Random, SecretKey};
use kontor_domain::order::{ClearanceState, FulfilmentState, OrderNumber};
use kontor_domain::payment::{PaymentState, ProviderKind, TestScenario};
use kontor_domain::reseller::{Clause, Contract, Profile, ProfileForm, Standing, Terms};
use kontor_domain::staff::{Permission, ProposalState};
use kontor_scratch::Scratch;
use kontor_shop::exchange::load_demo;
use kontor_shop::order::{LeftUndone, left_undone, place_given_up};
use kontor_shop::staff::{
    AddCommand, Found, Listed, Person, SecretGiven, SignIn, add, find_in, index_names,
    proposals_in, reindex_names, sign_in,
};
use kontor_shop::{Policy, Shop};
use kontor_store::order::PlacedOrder;
use kontor_store::payment::Payment;
use kontor_store::reseller::{KeptContract, Reseller, save, save_contract};
use kontor_store::staff::document::{Document, add_market, keep};
use kontor_store::staff::proposal::{Kept, insert};
use kontor_store::{Effort, StoreError, Tx, job, order, payment};
use serde_json::json;

/// More than any search looks at row by row.
const MANY: u32 = 2_500;

struct House {
    shop: Arc<Shop>,
    _folder: Scratch,
}

impl House {
    async fn open() -> Self {
        let folder = Scratch::chosen();
        let db = folder.open();
        let clock = Clock::fixed(Instant::start_of("2026-11-23".parse().expect("a day")));
        let loaded = load_demo(&db, &clock, &Random::seeded(7), &|_, _| ()).await;
        loaded.unwrap_or_else(|error| panic!("{error}"));
        let secret = SecretKey::from_bytes([3; 32]);
        let opened = Shop::open(db, clock, Random::System, &secret, Policy::default()).await;
        let house = Self { shop: Arc::new(opened.expect("it opens")), _folder: folder };
        house.index().await;
        house
    }

    async fn hire(&self, name: &str, roles: &[&str]) -> Person {
        let email = format!("{name}@maker.example");
        let command = AddCommand {
            name: name.to_owned(),
            email: email.clone(),
            language: Language::En,
            held: roles.iter().map(|role| role.parse().expect("a role")).collect(),
        };
        let added = add(&self.shop, command).await.expect("a new account");
        let (secret, browser) = (SecretGiven::Recovery(added.code), "Firefox".to_owned());
        let come = SignIn { email, secret, browser, known: None };
        sign_in(&self.shop, come).await.expect("comes in").person
    }

    async fn write(
        &self,
        work: impl Fn(&mut Tx<'_>, &Shop) -> Result<(), StoreError> + Send + 'static,
    ) {
        let shop = Arc::clone(&self.shop);
        self.shop.db.write("test.write", move |tx| work(tx, &shop)).await.expect("written");
    }

    /// Finds the terms of whatever waits for it.
    async fn index(&self) {
        while index_names(&self.shop).await.expect("indexed") > 0 {}
    }

    async fn find(&self, person: &Person, typed: &str) -> (Found, Effort) {
        let (shop, person, typed) = (Arc::clone(&self.shop), person.clone(), typed.to_owned());
        let read = self.shop.db.read("test.find", move |tx| {
            Ok::<_, StoreError>((find_in(tx, &shop, &person, &typed)?, tx.effort()))
        });
        read.await.expect("read")
    }
}

/// Somebody who has applied, the later the higher the second.
fn firm(shop: &Shop, second: u32, (name, country, email): (&str, &str, &str)) -> Reseller {
    let at = shop.now().plus_seconds(i64::from(second));
    let form = ProfileForm {
        name: name.to_owned(),
        country: country.to_owned(),
        email: email.to_owned(),
        plan: "phones in our shops".to_owned(),
    };
    Reseller {
        id: ResellerId::new(at, &shop.random),
        standing: Standing::Applied,
        applied_at: at,
        profile: Profile::parse(&form).expect("a profile"),
    }
}

fn names(found: &Found) -> Vec<&str> {
    found.resellers.found.iter().map(|firm| firm.name.as_str()).collect()
}

#[tokio::test]
async fn the_oldest_reseller_is_found_among_thousands_by_whoever_may_see_them() {
    let house = House::open().await;
    let all = house.hire("all", &["market_manager@*"]).await;
    let dora = house.hire("dora", &["market_manager@de"]).await;
    house
        .write(|tx, shop| {
            save(tx, &firm(shop, 0, ("Old Harbour Trading", "us", "old@harbour.example")))?;
            for index in 0..MANY {
                let country = if index % 100 == 0 { "de" } else { "us" };
                let email = format!("trade.{index}@many.example");
                save(
                    tx,
                    &firm(shop, index + 1, (&format!("Firm {index} Trading"), country, &email)),
                )?;
            }
            Ok(())
        })
        .await;
    assert!(names(&house.find(&all, "harbour").await.0).is_empty(), "it is found by a keeper");
    house.index().await;
    for typed in ["harbour", "HARB", "trading harbour", "old@harbour.example"] {
        let (found, effort) = house.find(&all, typed).await;
        assert_eq!(names(&found), ["Old Harbour Trading"], "{typed}");
        assert!(!found.resellers.more, "{typed}");
        assert!(effort.rows < 1_200 && effort.statements < 200, "{typed}: {effort:?}");
        assert!(names(&house.find(&dora, typed).await.0).is_empty(), "{typed}");
    }
    // An address is found by all of it: its beginning is somebody else's.
    for typed in ["harbour firm", "xharbour", "arbour", "old@harbour.ex"] {
        assert!(names(&house.find(&all, typed).await.0).is_empty(), "{typed}");
    }
    // What everybody else sees is passed over, and nobody hides those of her market.
    let (found, effort) = house.find(&dora, "trading").await;
    assert_eq!((found.resellers.found.len(), found.resellers.more), (25, false));
    assert!(effort.statements < 200, "{effort:?}");
    let (found, effort) = house.find(&all, "trading").await;
    assert_eq!((found.resellers.found.len(), found.resellers.more), (30, true));
    assert!(effort.rows < 1_200, "{effort:?}");
    let newest = format!("Firm {} Trading", MANY - 1);
    assert_eq!(names(&found)[0], newest, "the newest are the first of many");
}

#[tokio::test]
async fn who_has_a_contract_is_found_in_its_market_and_under_the_present_name() {
    let house = House::open().await;
    let mia = house.hire("mia", &["market_manager@us"]).await;
    let dora = house.hire("dora", &["market_manager@de"]).await;
    let known = firm(&house.shop, 0, ("Harbour", "us", "trade@harbour.example"));
    let id = known.id;
    let first = known.clone();
    house.write(move |tx, _| save(tx, &first)).await;
    house.index().await;
    assert_eq!(names(&house.find(&mia, "harbour").await.0), ["Harbour"]);
    assert!(names(&house.find(&dora, "harbour").await.0).is_empty());
    let contract = Contract {
        code: "DE-2026-1".to_owned(),
        reseller: "Harbour".to_owned(),
        from: "2026-01-01".parse().expect("a day"),
        until: "2027-12-31".parse().expect("a day"),
        ended_on: None,
        terms: Terms {
            territory: ["DE".parse().expect("a country")].into(),
            models: [].into(),
            prices: [].into(),
            minimum_units: 1,
            allotment: [].into(),
        },
        clauses: Clause::ALL.into_iter().map(|clause| (clause, "2.1".to_owned())).collect(),
    };
    let second = contract.clone();
    house
        .write(move |tx, shop| {
            let market = "de".parse().expect("a market");
            let contract = contract.clone();
            save_contract(tx, &KeptContract { reseller: id, market, contract }, shop.now())?;
            let mut renamed = known.clone();
            renamed.profile.name = Line::parse("Anchor").expect("a name");
            save(tx, &renamed)
        })
        .await;
    house.index().await;
    assert!(names(&house.find(&mia, "anchor").await.0).is_empty(), "it is another market's now");
    assert_eq!(names(&house.find(&dora, "anchor").await.0), ["Anchor"]);
    assert!(names(&house.find(&dora, "harbour").await.0).is_empty(), "nobody is called so");

    // With a contract in another market the firm is theirs as well, and this one's code is still not.
    house
        .write(move |tx, shop| {
            let market = "us".parse().expect("a market");
            let contract = Contract { code: "US-2026-1".to_owned(), ..second.clone() };
            save_contract(tx, &KeptContract { reseller: id, market, contract }, shop.now())
        })
        .await;
    house.index().await;
    for (person, typed, is_found) in [
        (&mia, "anchor", true),
        (&mia, "us-2026-1", true),
        (&mia, "de-2026-1", false),
        (&dora, "de-2026-1", true),
        (&dora, "us-2026-1", false),
    ] {
        let found = house.find(person, typed).await.0;
        assert_eq!(names(&found) == ["Anchor"], is_found, "{} {typed}", person.name);
    }
}

#[tokio::test]
async fn what_an_earlier_release_wrote_is_found_once_all_is_indexed_anew() {
    let house = House::open().await;
    let mia = house.hire("mia", &["market_manager@us"]).await;
    // It knows of no index, and asks for no words.
    house
        .write(|tx, shop| {
            save(tx, &firm(shop, 0, ("Harbour", "us", "trade@harbour.example")))?;
            tx.execute("DELETE FROM reseller_unindexed", &[])?;
            Ok(())
        })
        .await;
    house.index().await;
    assert!(names(&house.find(&mia, "harbour").await.0).is_empty());
    assert!(reindex_names(&house.shop).await.expect("indexed") > 0);
    assert_eq!(names(&house.find(&mia, "harbour").await.0), ["Harbour"]);
}

#[tokio::test]
async fn every_paper_is_found_among_thousands_by_whoever_may_see_it() {
    let house = House::open().await;
    let olga = house.hire("olga", &["clearance_officer@*"]).await;
    let ana = house.hire("ana", &["clearance_officer@us"]).await;
    let dora = house.hire("dora", &["clearance_officer@de"]).await;
    let author = dora.id;
    house
        .write(move |tx, shop| {
            for index in 0..MANY {
                let last = index + 1 == MANY;
                let name = if last {
                    "the certificate.pdf".to_owned()
                } else {
                    format!("scan {index}.pdf")
                };
                let hash = format!("{index:08x}{:056x}", 7);
                let document = Document {
                    hash: hash.clone(),
                    name,
                    media: "application/pdf".to_owned(),
                    content: b"%PDF-1.7".to_vec(),
                    added_at: shop.now(),
                    added_by: if last { author } else { StaffId::from_bytes([9; 16]) },
                };
                keep(tx, &document)?;
                add_market(tx, &hash, "us".parse().expect("a market"))?;
            }
            Ok(())
        })
        .await;
    house.index().await;
    let last = format!("{:08x}", MANY - 1);
    for typed in ["certificate", "the cert", "certificate.pdf", &last] {
        for person in [&olga, &ana, &dora] {
            let (found, effort) = house.find(person, typed).await;
            let papers: Vec<&str> =
                found.documents.found.iter().map(|paper| paper.name.as_str()).collect();
            assert_eq!(papers, ["the certificate.pdf"], "{typed} {}", person.name);
            assert!(effort.rows < 2_500 && effort.statements < 200, "{typed}: {effort:?}");
        }
    }
    let (found, _) = house.find(&dora, "scan").await;
    assert!(found.documents.found.is_empty() && !found.documents.more, "they are another market's");
    let (found, _) = house.find(&ana, "scan").await;
    assert_eq!((found.documents.found.len(), found.documents.more), (30, true));
}

#[tokio::test]
async fn the_list_of_proposals_reads_nothing_of_what_they_would_do() {
    let house = House::open().await;
    let ana = house.hire("ana", &["clearance_officer@us", "market_manager@us"]).await;
    let market: kontor_domain::market::MarketCode = "us".parse().expect("a market");
    house
        .write(move |tx, shop| {
            for index in 0..60_u8 {
                let kept = Kept {
                    id: ProposalId::new(shop.now(), &shop.random),
                    author: StaffId::from_bytes([8; 16]),
                    permission: Permission::ClearanceGrant,
                    market: Some(market),
                    subject: format!("rows {index}"),
                    // Whoever works it out fails.
                    content: "a bulk edit ".repeat(20_000),
                    reason: "many rows".to_owned(),
                    proposed_at: shop.now(),
                    state: ProposalState::Waiting,
                    decided_by: None,
                    decided_at: None,
                    remark: String::new(),
                };
                insert(tx, &kept)?;
            }
            Ok(())
        })
        .await;
    let now = house.shop.now();
    let list = |limit: usize| {
        let ana = ana.clone();
        house.shop.db.read("test.proposals", move |tx| {
            let listed = proposals_in(tx, &ana, (ProposalState::Waiting, now), None, limit)?;
            Ok::<(Vec<Listed>, Effort), StoreError>((listed, tx.effort()))
        })
    };
    let (listed, effort) = list(51).await.expect("nothing of the content is read");
    assert_eq!(listed.len(), 51);
    assert!(listed.iter().all(|listed| listed.may_decide && !listed.own));
    assert_eq!(listed[0].head.reason, "many rows");
    // A row each, one for the author of all, and a few to find which.
    assert!(effort.statements < 51 + 40 && effort.rows < 2 * 51 + 40, "{effort:?}");
    let (_, fewer) = list(11).await.expect("read");
    assert_eq!(effort.statements - fewer.statements, 40, "one statement a row that is shown");
}

/// An order of nothing in a market, and a job for its money that was given up.
fn unpaid(tx: &mut Tx<'_>, shop: &Shop, market: &str) -> Result<OrderNumber, StoreError> {
    let (at, random) = (shop.now(), &shop.random);
    let (id, money, checkout) =
        (OrderId::new(at, random), PaymentId::new(at, random), CheckoutId::new(at, random));
    let number = OrderNumber::new(market.parse().expect("a market"), id);
    let zero = Money::zero("EUR".parse().expect("a currency"));
    let order = json!({
        "id": id, "number": number, "checkout": checkout, "market": market, "language": "en",
        "placed_at": at,
        "contact": { "email": "ada@shop.example", "phone": null, "name": "Ada" },
        "ship_to": { "name": "Ada", "line1": "x", "line2": null, "city": "Y", "region": null,
            "postcode": null, "country": "DE" },
        "lines": [],
        "shipping": { "net": zero, "tax": zero, "gross": zero, "tax_applied": null },
        "totals": { "goods": zero, "shipping": zero, "net": zero, "taxes": [], "tax": zero,
            "total": zero },
        "estimated": false, "paid_by": "test",
    });
    let state = PaymentState::Authorised;
    payment::save(
        tx,
        &Payment {
            id: money,
            checkout,
            provider: ProviderKind::Test,
            state,
            amount: zero,
            captured_minor: 0,
            refunded_minor: 0,
            reference: None,
            order: Some(id),
            scenario: TestScenario::Succeeds,
            started_at: at,
            request: None,
        },
    )?;
    order::insert(
        tx,
        &PlacedOrder {
            order: serde_json::from_value(order).expect("an order"),
            payment: money,
            hold: HoldId::new(at, random),
            payment_state: state,
            fulfilment_state: FulfilmentState::Waiting,
            clearance_state: ClearanceState::Clear,
        },
    )?;
    let failed = JobId::new(at, random);
    job::queue(tx, failed, "payment.capture", &money.to_string(), at)?;
    job::fail(tx, failed, "no answer", None)?;
    Ok(number)
}

#[tokio::test]
async fn an_order_whose_money_was_given_up_is_found_behind_those_of_other_markets() {
    let house = House::open().await;
    let shop = Arc::clone(&house.shop);
    let written = house.shop.db.write("test.jobs", move |tx| {
        // Jobs about nothing that is anybody's, then those of another market.
        for _ in 0..600 {
            let other = JobId::new(shop.now(), &shop.random);
            job::queue(tx, other, "bench.work", "{}", shop.now())?;
            job::fail(tx, other, "no", None)?;
        }
        for _ in 0..150 {
            unpaid(tx, &shop, "de")?;
        }
        unpaid(tx, &shop, "us")
    });
    let number = written.await.expect("written");
    while place_given_up(&house.shop).await.expect("placed") > 0 {}
    let us = vec!["us".parse().expect("a market")];
    let found = left_undone(&house.shop, us, 100).await.expect("read");
    assert_eq!(found.found.into_iter().collect::<Vec<_>>(), [(LeftUndone::Money, number)]);
    assert!(!found.more);
    let de = vec!["de".parse().expect("a market")];
    let found = left_undone(&house.shop, de, 20).await.expect("read");
    assert_eq!((found.found.len(), found.more), (20, true));
}
