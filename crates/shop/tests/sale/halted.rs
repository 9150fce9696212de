//! An authority orders a product off the shelf while it is on sale: the sale halts by itself, nothing is
//! taken, what is held stays, and staff lets it go on when the order was taken back and not before.

use kontor_base::Line;
use kontor_domain::clearance::Scope;
use kontor_domain::market::Act;
use kontor_domain::sale::SaleState;
use kontor_ledger::sale::Refusal;
use kontor_scratch::Scratch;
use kontor_shop::opening::{ReinstateCommand, WithdrawCommand, reinstate, withdraw};
use kontor_shop::sale::{SaleRefusal, Wish, claim, resume, shown};

use super::common::{Running, SKU, usa};

fn line(text: &str) -> Line<200> {
    Line::parse(text).expect("a line")
}

/// The keepers see new facts, and the sales go on.
async fn seen(running: &Running) {
    let shop = &running.shop;
    shop.snapshots.refresh(&shop.db, shop.now()).await.expect("the facts are read");
    running.keep().await;
}

async fn a_sale_halts_when_its_item_may_be_sold_to_nobody_on(scratch: Scratch) {
    let running = Running::open(scratch).await;
    let sale = running.a_rush(10, 1, 1).await;
    let (ada, ben) = (running.enter(sale, "ada").await, running.enter(sale, "ben").await);
    running.forward(101).await;
    let take = async |ticket: &str| {
        let wish = Wish { sale, ticket, key: "once", units: 1, ship_to: usa() };
        claim(&running.shop, wish).await
    };
    let state = async || shown(&running.shop, sale).await.expect("read").expect("there").state;
    let held = take(&ada).await.expect("a unit");

    let order = WithdrawCommand {
        market: "us".parse().expect("a market"),
        scope: Scope { sku: Some(SKU.parse().expect("a SKU")), ..Scope::default() },
        gates: Act::Announce,
        by: line("Jane Doe"),
        reason: line("a batch gets warm"),
    };
    let withdrawn = withdraw(&running.shop, order).await.expect("withdrawn");
    seen(&running).await;
    assert_eq!(state().await, SaleState::Halted);
    let refused = take(&ben).await.expect_err("nothing is taken");
    assert_eq!(refused, SaleRefusal::Lot(Refusal::Halted));
    let kept = running.on_disk(sale).await;
    assert_eq!(kept.len(), 1, "what is held stays held");
    assert_eq!((kept[0].0, kept[0].1), (held.lot, held.number));

    // Somebody lets it go on without looking: it halts again before anything is taken.
    resume(&running.shop, sale).await.expect("resumed by hand");
    running.keep().await;
    assert_eq!(state().await, SaleState::Halted);

    let command = ReinstateCommand {
        code: withdrawn.codes[0].clone(),
        by: line("John Roe"),
        reason: line("the batch was found and is gone"),
    };
    reinstate(&running.shop, command).await.expect("taken back");
    seen(&running).await;
    assert_eq!(state().await, SaleState::Halted, "a person decides that it goes on");
    resume(&running.shop, sale).await.expect("resumed");
    running.keep().await;
    assert_eq!(state().await, SaleState::Live);
    take(&ben).await.expect("a unit");
    running.shop.db.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sale_halts_when_its_item_may_be_sold_to_nobody() {
    for scratch in [Some(Scratch::sqlite()), Scratch::postgres()].into_iter().flatten() {
        a_sale_halts_when_its_item_may_be_sold_to_nobody_on(scratch).await;
    }
}
