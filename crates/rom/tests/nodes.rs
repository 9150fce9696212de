//! Two nodes of one service on one database: what is halted on one is offered by none within a
//! second, whoever halts it.

mod house;
mod package;

use std::sync::Arc;
use std::time::{Duration, Instant};

use house::House;
use kontor_domain::rollout::{Event, RolloutState, Step};
use kontor_rom::rollout::status_of;
use kontor_scratch::{Scratch, on_both_databases};
use tokio::sync::watch;

/// What the service promises.
const HALT_WITHIN: Duration = Duration::from_secs(1);

on_both_databases!(a_halt_takes_effect_on_every_node_within_a_second);

/// Waits until nobody of some devices is offered the build by a node; gives how long that took.
async fn until_offered(house: &House, wanted: usize) -> Duration {
    let begin = Instant::now();
    let offered = || {
        let device = |device: &u32| house.check(*device, "a1")["install"]["incremental"] == "a2";
        (0..20).filter(device).count()
    };
    while offered() != wanted {
        assert!(begin.elapsed() < Duration::from_secs(60), "never");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    begin.elapsed()
}

async fn a_halt_takes_effect_on_every_node_within_a_second(scratch: &Scratch) {
    let one = House::first(scratch).await;
    let two = one.another().await;
    let (stop, stopped) = watch::channel(false);
    let keepers = [&one, &two]
        .map(|node| tokio::spawn(kontor_rom::keepers::run(Arc::clone(&node.rom), stopped.clone())));
    let first = one.planned("a1", 1_000, &[100]).await;
    one.step(&first, Step::Start).await;
    one.hour().await;
    let second = one.planned("a2", 2_000, &[100]).await;
    one.step(&second, Step::Start).await;
    until_offered(&two, 20).await;

    // By hand, on either node.
    for (here, there) in [(&one, &two), (&two, &one), (&one, &two)] {
        here.step(&second, Step::Halt).await;
        assert_eq!(until_offered(here, 0).await.as_millis() / 100, 0, "at once where it is said");
        let took = until_offered(there, 0).await;
        assert!(took < HALT_WITHIN, "{took:?}");
        here.step(&second, Step::Resume).await;
        until_offered(there, 20).await;
    }

    // By itself: failures are reported to one node, both stop offering the build.
    for device in 0..12 {
        assert!(!two.report(device, "a2", Event::Failed).await);
    }
    let begin = Instant::now();
    until_offered(&one, 0).await;
    until_offered(&two, 0).await;
    // The keeper looks once a second, and then the halt has its second.
    assert!(begin.elapsed() < 2 * HALT_WITHIN, "{:?}", begin.elapsed());
    let status = status_of(&two.rom, second.id).await.expect("reads").expect("is there");
    assert_eq!(status.rollout.standing.state, RolloutState::Halted);

    stop.send_replace(true);
    for keeper in keepers {
        keeper.await.expect("ends in peace");
    }
    one.rom.db.close().await;
    two.rom.db.close().await;
}
