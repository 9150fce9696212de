//! When a decision reads the facts anew, and when it takes those that everybody reads.

use std::sync::Arc;

use kontor_base::{Clock, Instant, Random, SecretKey};
use kontor_scratch::Scratch;
use kontor_shop::exchange::load_demo;
use kontor_shop::{Policy, Shop};
use kontor_store::Topic;

#[tokio::test]
async fn facts_are_read_anew_when_a_market_changes_and_not_when_a_rollout_does() {
    let scratch = Scratch::chosen();
    let db = scratch.open();
    let clock = Clock::fixed(Instant::start_of("2026-11-23".parse().expect("a day")));
    load_demo(&db, &clock, &Random::seeded(7), &|_, _| ()).await.expect("loads");
    let secret = SecretKey::from_bytes([3; 32]);
    let shop = Shop::open(db, clock, Random::System, &secret, Policy::default()).await;
    let shop = Arc::new(shop.expect("the shop opens"));
    let published = Arc::clone(&shop.snapshots.now().known);

    let after = async |changed: Topic| {
        let shop = Arc::clone(&shop);
        let at = shop.clock.now();
        shop.db.write("test.touch", move |tx| tx.touch(changed)).await.expect("written");
        let for_decision = Arc::clone(&shop);
        shop.db
            .read("test.decide", move |tx| for_decision.snapshots.current_in(tx, at))
            .await
            .expect("read")
    };
    assert!(
        Arc::ptr_eq(&published, &after(Topic::Rollout).await),
        "a rollout is no fact of a sale"
    );
    let anew = after(Topic::Market).await;
    assert_eq!(anew.versions.of(Topic::Market), published.versions.of(Topic::Market) + 1);

    assert!(shop.snapshots.refresh(&shop.db, shop.clock.now()).await.expect("read"));
    shop.db.write("test.touch", |tx| tx.touch(Topic::Rollout)).await.expect("written");
    let changed = shop.snapshots.refresh(&shop.db, shop.clock.now()).await.expect("read");
    assert!(!changed, "pages and caches stay");
}
