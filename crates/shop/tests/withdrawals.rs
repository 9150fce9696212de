//! The kill switch, and orders whose clearance ends between sale and dispatch.

use std::sync::Arc;

use kontor_base::id::{CartId, CheckoutId, HookId, OrderId, StaffId};
use kontor_base::{Clock, Instant, Language, Line, Random, SecretKey};
use kontor_domain::clearance::{ComponentScope, Grant, Scope};
use kontor_domain::customer::{AddressForm, ContactForm};
use kontor_domain::hook::{EventKind, HookName, HookState};
use kontor_domain::market::Act;
use kontor_domain::order::{ClearanceState, OrderNumber};
use kontor_domain::payment::{ProviderKind, TestScenario};
use kontor_domain::price::{Jurisdiction, us_state};
use kontor_scratch::Scratch;
use kontor_shop::audit::{LogProof, audit};
use kontor_shop::cart::{Change, Command, change};
use kontor_shop::exchange::load_demo;
use kontor_shop::opening::{
    Refusal, ReinstateCommand, WithdrawCommand, Withdrawn, reinstate, withdraw, withdrawals,
};
use kontor_shop::order::{
    Begin, Pay, PayAnswer, begin, checkout, held_after, held_orders, order, pay, quote_for,
    review_waiting,
};
use kontor_shop::{Failure, Policy, Shop};
use kontor_store::StoreError;
use kontor_store::clearance::{Kind, all, save};
use kontor_store::hook::{self, Endpoint};

struct Bench {
    shop: Arc<Shop>,
    _folder: Scratch,
}

impl Bench {
    async fn open() -> Self {
        let folder = Scratch::chosen();
        let db = folder.open();
        let clock = Clock::fixed(Instant::start_of("2026-11-23".parse().expect("a day")));
        load_demo(&db, &clock, &Random::seeded(7), &|_, _| ())
            .await
            .unwrap_or_else(|error| panic!("{error}"));
        let policy = Policy { test_provider: true, ..Policy::default() };
        let secret = SecretKey::from_bytes([3; 32]);
        let shop = Shop::open(db, clock, Random::System, &secret, policy).await;
        Self { shop: Arc::new(shop.expect("the shop opens")), _folder: folder }
    }

    async fn cart(&self, sku: &str) -> Option<CartId> {
        let change_ = Change::Add { sku: sku.parse().expect("a SKU"), quantity: 1 };
        let market = "us".parse().expect("a market");
        let command =
            Command { cart: None, market, changes: vec![change_], version: None, once: None };
        done(change(&self.shop, command).await).map(|outcome| outcome.answer.cart.id)
    }

    async fn checkout(&self, cart: CartId) -> Option<CheckoutId> {
        let start = Begin { cart, version: None, language: Language::En, once: None };
        done(begin(&self.shop, start).await).map(|started| started.answer.checkout)
    }

    async fn pay(&self, id: CheckoutId) -> Option<OrderId> {
        let shown = checkout(&self.shop, id).await.expect("read").expect("there");
        let place = Jurisdiction::of_region(
            "US".parse().expect("a country"),
            us_state("CA").expect("a state"),
        );
        let quote = quote_for(&shown.snapshot, &shown.checkout, Some(place), shown.now);
        let command = Pay {
            checkout: id,
            contact: ContactForm {
                email: "ada@example.com".to_owned(),
                phone: String::new(),
                name: "Ada Buyer".to_owned(),
            },
            ship_to: AddressForm {
                name: "Ada Buyer".to_owned(),
                line1: "1 Main Street".to_owned(),
                line2: String::new(),
                city: "Springfield".to_owned(),
                region: "CA".to_owned(),
                postcode: "90001".to_owned(),
                country: "US".to_owned(),
            },
            total_seen: quote.expect("a quote").totals.total,
            provider: ProviderKind::Test,
            scenario: TestScenario::Succeeds,
            once: None,
        };
        match done(pay(&self.shop, command).await)?.answer {
            PayAnswer::Placed { order, .. } => Some(order),
            other => panic!("not placed: {other:?}"),
        }
    }

    async fn buy(&self, sku: &str) -> Option<OrderId> {
        let cart = self.cart(sku).await?;
        let checkout = self.checkout(cart).await?;
        self.pay(checkout).await
    }

    /// Writes an order once more, under an id and a number of its own.
    async fn copy(&self, id: OrderId) {
        let own = Arc::clone(&self.shop);
        let written = self.shop.db.write("test.copy", move |tx| {
            let mut other = kontor_store::order::get(tx, id)?.expect("it is there");
            other.order.id = OrderId::new(own.now(), &own.random);
            other.order.number = OrderNumber::new(other.order.market, other.order.id);
            kontor_store::order::insert(tx, &other)
        });
        written.await.expect("written");
    }

    async fn state(&self, id: OrderId) -> ClearanceState {
        order(&self.shop, id).await.expect("read").expect("there").placed.clearance_state
    }

    async fn withdraw(&self, scope: Scope) -> Result<Withdrawn, Failure<Refusal>> {
        let command = WithdrawCommand {
            market: "us".parse().expect("a market"),
            scope,
            gates: Act::Announce,
            by: line("Jane Doe"),
            reason: line("a batch gets warm"),
        };
        withdraw(&self.shop, command).await
    }
}

fn line(text: &str) -> Line<200> {
    Line::parse(text).expect("a line")
}

fn of_sku(sku: &str) -> Scope {
    Scope { sku: Some(sku.parse().expect("a SKU")), ..Scope::default() }
}

/// The answer, or nothing where the shop refused; a fault fails the test.
fn done<T, R: std::fmt::Debug>(outcome: Result<T, Failure<R>>) -> Option<T> {
    match outcome {
        Ok(answer) => Some(answer),
        Err(Failure::Fault(fault)) => panic!("{fault}"),
        Err(_) => None,
    }
}

#[tokio::test]
async fn a_withdrawn_product_cannot_be_bought_by_any_way_and_its_orders_are_held() {
    let bench = Bench::open().await;
    let sent_soon = bench.buy("BAND-BLACK").await.expect("bought before");
    let other = bench.buy("PB5000-SILVER").await.expect("bought before");
    let cart = bench.cart("BAND-BLACK").await.expect("a cart from before");
    let waiting = bench.cart("BAND-BLACK").await.expect("a cart from before");
    let under_way = bench.checkout(waiting).await.expect("a checkout from before");

    let withdrawn = bench.withdraw(of_sku("BAND-BLACK")).await.expect("withdrawn");
    assert_eq!(withdrawn.skus, ["BAND-BLACK".parse().expect("a SKU")]);
    assert_eq!(withdrawn.codes.len(), 1);
    let number =
        order(&bench.shop, sent_soon).await.expect("read").expect("there").placed.order.number;
    let held: Vec<_> = withdrawn.held.iter().map(|held| held.number.clone()).collect();
    assert_eq!(held, [number], "exactly the order with the band");

    assert_eq!(bench.cart("BAND-BLACK").await, None, "into a new cart");
    assert_eq!(bench.checkout(cart).await, None, "from a cart that was filled before");
    assert_eq!(bench.pay(under_way).await, None, "by paying a checkout that was begun before");
    assert_eq!(bench.state(sent_soon).await, ClearanceState::Held);
    assert_eq!(bench.state(other).await, ClearanceState::Clear);
    assert!(bench.buy("PB5000-SILVER").await.is_some(), "other products go on");

    // Taken back as traceably: the fact stays and says who ended it and why.
    let command = ReinstateCommand {
        code: withdrawn.codes[0].clone(),
        by: line("John Roe"),
        reason: line("the batch was found and is gone"),
    };
    let reviewed = reinstate(&bench.shop, command.clone()).await.expect("taken back");
    assert_eq!((reviewed.held, reviewed.freed), (0, 1));
    assert_eq!(bench.state(sent_soon).await, ClearanceState::Clear);
    assert!(bench.buy("BAND-BLACK").await.is_some());
    assert!(withdrawals(&bench.shop).await.expect("read").is_empty());
    let again = reinstate(&bench.shop, command).await;
    assert!(matches!(again, Err(Failure::Refused(Refusal::NoWithdrawal(_)))), "{again:?}");
    let facts = bench
        .shop
        .db
        .read("test.facts", |tx| all::<kontor_domain::clearance::AuthorityOrder>(tx, Kind::Order))
        .await
        .expect("read");
    let fact = facts.iter().find(|fact| fact.code == withdrawn.codes[0]).expect("it stays");
    assert!(
        fact.source.contains("Jane Doe") && fact.source.contains("John Roe"),
        "{}",
        fact.source
    );

    let report =
        audit(&bench.shop.db, LogProof::by(bench.shop.keys.log()), |_| ()).await.expect("an audit");
    assert!(report.is_clean(), "{report:?}");
}

#[tokio::test]
async fn other_programs_hear_of_a_withdrawal_and_of_its_end() {
    let bench = Bench::open().await;
    let endpoint = Endpoint {
        id: HookId::new(bench.shop.now(), &bench.shop.random),
        name: HookName::parse("Books").expect("a name"),
        url: "https://books.example/".to_owned(),
        markets: "us".parse().expect("markets"),
        kinds: EventKind::ALL.to_vec(),
        state: HookState::Active,
        secret: "sealed".to_owned(),
        secret_before: None,
        failing_since: None,
        made_by: StaffId::new(bench.shop.now(), &bench.shop.random),
        made_at: bench.shop.now(),
    };
    let save = move |tx: &mut kontor_store::Tx<'_>| hook::save_endpoint(tx, &endpoint);
    bench.shop.db.write::<_, StoreError, _>("test.hook", save).await.expect("kept");
    let withdrawn = bench.withdraw(of_sku("BAND-BLACK")).await.expect("withdrawn");
    let code = withdrawn.codes[0].clone();
    let command =
        ReinstateCommand { code: code.clone(), by: line("John Roe"), reason: line("gone") };
    reinstate(&bench.shop, command).await.expect("taken back");
    let read = bench.shop.db.read("test.events", |tx| hook::unfanned(tx, 100));
    let events = read.await.expect("read");
    let told: Vec<_> =
        events.iter().filter(|event| event.kind == EventKind::ClearanceChanged).collect();
    assert!(told.iter().any(|event| event.data.contains("withdrawn")), "{told:?}");
    let restored = told.iter().find(|event| event.data.contains("restored")).expect("its end");
    assert!(restored.data.contains(code.as_str()), "{restored:?}");
    assert_eq!(restored.market, Some("us".parse().expect("a market")));
}

#[tokio::test]
async fn a_component_is_withdrawn_with_everything_that_may_hold_it() {
    let bench = Bench::open().await;
    let part = |maker: &str| Scope {
        component: Some(ComponentScope {
            kind: kontor_domain::catalogue::ComponentKind::Chipset,
            maker: maker.parse().expect("a maker"),
            part: None,
        }),
        ..Scope::default()
    };
    let withdrawn = bench.withdraw(part("dialog")).await.expect("withdrawn");
    assert!(withdrawn.skus.iter().any(|sku| sku.as_str() == "BAND-BLACK"));
    assert!(withdrawn.skus.iter().all(|sku| sku.as_str() != "HEADPHONES-GOLD"));
    assert_eq!(bench.buy("BAND-BLACK").await, None);
    assert!(bench.buy("HEADPHONES-GOLD").await.is_some());
}

#[tokio::test]
async fn a_withdrawal_of_nothing_is_refused() {
    let bench = Bench::open().await;
    let refused = bench.withdraw(of_sku("NO-SUCH-THING")).await;
    let refused = matches!(refused, Err(Failure::Refused(Refusal::ConcernsNothing(_))));
    assert!(refused && withdrawals(&bench.shop).await.expect("read").is_empty());
}

#[tokio::test]
async fn an_order_whose_grant_expires_before_dispatch_is_held() {
    let bench = Bench::open().await;
    let last_day = "2026-11-24".parse().expect("a day");
    let at = bench.shop.now();
    bench
        .shop
        .db
        .write("test.expire", move |tx| {
            for mut grant in all::<Grant>(tx, Kind::Grant)? {
                if grant.clearance.as_str() == "US-FCC-CERT" && grant.issued_on.is_some() {
                    grant.expires_on = Some(last_day);
                    save(tx, Kind::Grant, grant.code.as_str(), &grant, at)?;
                }
            }
            Ok::<_, StoreError>(())
        })
        .await
        .expect("written");
    let band = bench.buy("BAND-BLACK").await.expect("it holds today");
    assert_eq!(review_waiting(&bench.shop).await.expect("reviewed").held, 0);

    bench.shop.clock.advance_seconds(2 * 24 * 60 * 60);
    let reviewed = review_waiting(&bench.shop).await.expect("reviewed");
    assert_eq!((reviewed.held, reviewed.freed), (1, 0));
    assert_eq!(bench.state(band).await, ClearanceState::Held);
    assert_eq!(held_orders(&bench.shop).await.expect("read").len(), 1);
    // Page by page, and of one market: what is held elsewhere takes no place in the list.
    for _ in 0..2 {
        bench.copy(band).await;
    }
    let us = "us".parse().expect("a market");
    let first = held_after(&bench.shop, us, None, 2).await.expect("read");
    let rest =
        held_after(&bench.shop, us, first.last().map(|last| last.id), 2).await.expect("read");
    assert_eq!((first.len(), rest.len()), (2, 1));
    assert!(first[0].id == band && first[1].id < rest[0].id, "the oldest first");
    let de = "de".parse().expect("a market");
    assert!(held_after(&bench.shop, de, None, 2).await.expect("read").is_empty());
    // A second look changes nothing.
    let again = review_waiting(&bench.shop).await.expect("reviewed");
    assert_eq!((again.held, again.freed), (0, 0));
}
