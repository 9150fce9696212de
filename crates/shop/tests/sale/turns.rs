//! People who are let in and let their turn pass: the keeper measures how many take units, and lets
//! in as many more.

use kontor_base::id::SaleId;
use kontor_domain::sale::{SaleState, Way};
use kontor_ledger::sale::Refusal;
use kontor_scratch::Scratch;
use kontor_shop::sale::{SaleRefusal, Wish, advance, claim};
use kontor_store::{StoreError, Tx};

use super::common::{Running, usa};

const QUOTA: u32 = 150;
const PEOPLE: usize = 700;
/// One of so many takes a unit when the turn has come.
const ONE_OF: usize = 4;

/// Everybody whose turn has come and who has not been asked before decides; gives how many that were. Who of
/// them takes units is chance, and so more may want the last ones than there are.
async fn decide(running: &Running, sale: SaleId, tickets: &mut Vec<(usize, String)>) -> usize {
    let live = running.shop.sales.live(sale).expect("it runs");
    let keys = running.shop.keys.tickets();
    let is_turn = |ticket: &str| {
        live.is_turn(&keys.read(ticket, sale, running.shop.now()).expect("a ticket"))
    };
    let now: Vec<_> = tickets.extract_if(.., |(_, ticket)| is_turn(ticket)).collect();
    for (person, ticket) in &now {
        if person.is_multiple_of(ONE_OF) {
            let wish = Wish { sale, ticket, key: "once", units: 1, ship_to: usa() };
            match claim(&running.shop, wish).await {
                Ok(_) | Err(SaleRefusal::Lot(Refusal::SoldOut)) => {}
                Err(refusal) => panic!("{refusal:?}"),
            }
        }
    }
    now.len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_who_let_their_turn_pass_are_measured() {
    let running = Running::open(Scratch::sqlite()).await;
    let sale = running.a_rush(QUOTA, 1, 1).await;
    let mut tickets = Vec::with_capacity(PEOPLE);
    for person in 0..PEOPLE {
        tickets.push((person, running.enter(sale, &format!("person{person}")).await));
    }
    running.forward(101).await;
    let market = "us".parse().expect("a market");
    let pace = || {
        let live = running.shop.sales.live(sale).expect("it runs");
        live.pace(market, Way::Rush).expect("a way")
    };
    let assumed = pace().yield_permille;
    // Until the first turn has passed, nobody can know how many do not come.
    let mut inside = 0;
    for _ in 0..30 {
        inside += decide(&running, sale, &mut tickets).await;
        assert_eq!(pace().yield_permille, assumed, "nobody's turn has ended yet");
        running.forward(1).await;
    }
    let units = QUOTA as usize;
    assert!(inside < 2 * units, "{inside} were let in for {units} units at an assumed yield");
    let mut fastest = 0;
    for _ in 0..1_200 {
        fastest = fastest.max(pace().claims_per_s);
        if tickets.is_empty() {
            break;
        }
        decide(&running, sale, &mut tickets).await;
        running.forward(1).await;
    }
    let measured = pace().yield_permille;
    assert!(measured < 500, "one of {ONE_OF} takes a unit, {measured} ‰ were measured");
    let sold_out = {
        let shown = kontor_shop::sale::shown(&running.shop, sale).await.expect("the sale is read");
        shown.is_some_and(|shown| shown.state == SaleState::SoldOut)
    };
    assert!(tickets.is_empty() || sold_out, "{} still wait while there are units", tickets.len());
    // A look comes every second here; who counts each as a quarter measures four times the claims.
    let at_once = u64::from(QUOTA) / ONE_OF as u64;
    assert!(fastest <= at_once, "{fastest} claims a second");
    running.shop.db.close().await;
}

async fn rename(running: &Running, sql: &'static str) {
    let renamed = running.shop.db.write("test.rename", move |tx: &mut Tx<'_>| {
        tx.execute(sql, &[])?;
        Ok::<_, StoreError>(())
    });
    renamed.await.expect("renamed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_could_not_be_let_in_is_let_in_with_the_next_look() {
    let running = Running::open(Scratch::sqlite()).await;
    let sale = running.a_rush(2, 1, 1).await;
    let mut tickets = Vec::new();
    for person in 0..40 {
        tickets.push(running.enter(sale, &format!("person{person}")).await);
    }
    running.forward(101).await;
    let live = running.shop.sales.live(sale).expect("it runs");
    let keys = running.shop.keys.tickets();
    let inside = || {
        let read = |ticket: &String| keys.read(ticket, sale, running.shop.now()).expect("a ticket");
        tickets.iter().filter(|ticket| live.is_turn(&read(ticket))).count()
    };
    // Nobody takes anything, and their turn ends; then the next ones cannot be written down.
    running.keep().await;
    let before = inside();
    assert!((2..10).contains(&before), "{before} are in");
    rename(&running, "ALTER TABLE sale_channel RENAME TO sale_channel_away").await;
    running.clock.advance_seconds(61);
    for _ in 0..3 {
        advance(&running.shop).await.expect_err("it cannot be written");
    }
    assert_eq!(inside(), before, "nobody is in before that is on disk");
    rename(&running, "ALTER TABLE sale_channel_away RENAME TO sale_channel").await;
    advance(&running.shop).await.expect("it can be written");
    assert!(inside() > before, "the door stays shut");
    running.shop.db.close().await;
}
