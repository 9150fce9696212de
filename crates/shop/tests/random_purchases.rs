//! Thousands of purchases at random, with everything that goes wrong in them; afterwards the books
//! must agree to the last unit and cent.

use std::sync::Arc;

use kontor_base::{Clock, Instant, Language, Money, Random, SecretKey};
use kontor_domain::customer::{AddressForm, ContactForm};
use kontor_domain::payment::{ProviderKind, SecondStep, TestScenario};
use kontor_domain::price::{Jurisdiction, us_state};
use kontor_scratch::Scratch;
use kontor_shop::audit::{LogProof, audit};
use kontor_shop::cart::{Change, Command, change};
use kontor_shop::exchange::load_demo;
use kontor_shop::order::{
    Begin, CancelCommand, Pay, PayAnswer, begin, cancel, checkout, order, pay, quote_for,
    run_due_jobs, second_step,
};
use kontor_shop::{BankAccount, Failure, Policy, Shop, keepers};

/// A small reproducible stream of numbers for one buyer.
struct Dice(Random);

impl Dice {
    fn below(&self, end: u8) -> u8 {
        self.0.bytes16()[0] % end
    }
}

async fn open(scratch: &Scratch) -> Arc<Shop> {
    let db = scratch.open();
    let clock = Clock::fixed(Instant::start_of("2026-11-23".parse().expect("a day")));
    load_demo(&db, &clock, &Random::seeded(7), &|_, _| ())
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    let bank = BankAccount {
        holder: "Test".to_owned(),
        account: "TEST 1".to_owned(),
        bank: "Test".to_owned(),
    };
    let policy = Policy { test_provider: true, bank_account: Some(bank), ..Policy::default() };
    let secret = SecretKey::from_bytes([3; 32]);
    let shop = Shop::open(db, clock, Random::System, &secret, policy).await;
    Arc::new(shop.expect("the shop opens"))
}

/// One buyer's way, as far as it goes. Refusals are part of it; faults are not.
async fn buyer(shop: Arc<Shop>, dice: Dice) -> Option<()> {
    let skus = ["BAND-BLACK", "PB5000-SILVER", "PB10400-SILVER", "HEADPHONES-GOLD"];
    let market = "us".parse().expect("a market");
    let sku = skus[usize::from(dice.below(4))].parse().expect("a SKU");
    let quantity = u32::from(dice.below(3)) + 1;
    let add = Command {
        cart: None,
        market,
        changes: vec![Change::Add { sku, quantity }],
        version: None,
        once: None,
    };
    let cart = refused(change(&shop, add).await)?.answer.cart;
    let start = Begin { cart: cart.id, version: None, language: Language::En, once: None };
    let started = refused(begin(&shop, start).await)?.answer;
    if dice.below(12) == 0 {
        return None; // walks away; the hold ends by the clock
    }
    if dice.below(150) == 0 {
        shop.clock.advance_seconds(i64::from(dice.below(200)) * 10);
    }
    let shown = checkout(&shop, started.checkout).await.expect("read")?;
    let state = us_state("CA").expect("a state");
    let place = Jurisdiction::of_region("US".parse().expect("a country"), state);
    let quote = quote_for(&shown.snapshot, &shown.checkout, Some(place), shown.now).ok()?;
    let scenario = match dice.below(8) {
        0 => TestScenario::Declined,
        1 => TestScenario::NeedsAction,
        2 => TestScenario::AnswersLate,
        3 => TestScenario::CaptureFails,
        _ => TestScenario::Succeeds,
    };
    let provider =
        if dice.below(10) == 0 { ProviderKind::BankTransfer } else { ProviderKind::Test };
    let seen = quote.totals.total;
    let wrong = dice.below(15) == 0;
    let key = shop.keys.once("order.pay", &started.checkout.to_string(), b"body");
    let command = Pay {
        checkout: started.checkout,
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
        total_seen: if wrong { Money::new(1, seen.currency) } else { seen },
        provider,
        scenario,
        once: Some(key),
    };
    let first = refused(pay(&shop, command.clone()).await)?.answer;
    if dice.below(4) == 0 {
        // The same request again: the same answer.
        let again = refused(pay(&shop, command).await)?;
        assert!(again.replayed);
        assert_eq!(again.answer, first);
    }
    let done = match first {
        PayAnswer::NeedsAction { payment, .. } => {
            if dice.below(20) == 0 {
                shop.clock.advance_seconds(1_300); // the hold ends while the buyer is at the bank
                keepers::sweep(&shop).await.expect("swept");
            }
            let step = if dice.below(4) == 0 { SecondStep::Refuse } else { SecondStep::Confirm };
            refused(second_step(&shop, payment, step).await)?
        }
        other => other,
    };
    if let PayAnswer::Placed { order: id, .. } = done
        && dice.below(6) == 0
    {
        let placed = order(&shop, id).await.expect("read")?;
        refused(cancel(&shop, CancelCommand { number: placed.placed.order.number }).await)?;
    }
    Some(())
}

/// The answer, or nothing where the shop refused; a fault fails the test.
fn refused<T, R: std::fmt::Debug>(outcome: Result<T, Failure<R>>) -> Option<T> {
    match outcome {
        Ok(answer) => Some(answer),
        Err(Failure::Fault(fault)) => panic!("{fault}"),
        Err(_) => None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_books_agree_after_thousands_of_purchases_that_go_wrong_in_every_way() {
    const SEED: u64 = 20_150_408;
    const BUYERS: u64 = 2_400;
    let scratch = Scratch::chosen();
    let shop = open(&scratch).await;
    for round in 0..BUYERS / 48 {
        let mut running = tokio::task::JoinSet::new();
        for buyer_in_round in 0..48 {
            let seed = SEED + round * 48 + buyer_in_round;
            running.spawn(buyer(Arc::clone(&shop), Dice(Random::seeded(seed))));
        }
        while let Some(ended) = running.join_next().await {
            ended.unwrap_or_else(|error| panic!("seed {SEED}, round {round}: {error}"));
        }
        if round % 10 == 0 {
            run_due_jobs(&shop).await.expect("jobs run");
            keepers::sweep(&shop).await.expect("swept");
            let found =
                audit(&shop.db, LogProof::by(shop.keys.log()), |_| ()).await.expect("audited");
            assert!(found.is_clean(), "seed {SEED}, round {round}: {found:?}");
        }
    }
    // Everything that waits comes to its end: late answers, retries, transfers that nobody made.
    for _ in 0..8 {
        shop.clock.advance_seconds(2 * 24 * 60 * 60);
        while run_due_jobs(&shop).await.expect("jobs run").done > 0 {}
        keepers::sweep(&shop).await.expect("swept");
    }
    let found = audit(&shop.db, LogProof::by(shop.keys.log()), |_| ()).await.expect("audited");
    assert!(found.is_clean(), "seed {SEED}: {found:?}");
    assert_eq!(found.stock.holds_active, 0, "nothing is held for ever");
    assert!(found.orders_seen > BUYERS / 4, "only {} orders: too easy", found.orders_seen);
}
