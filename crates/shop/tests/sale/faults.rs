//! A full disk, a slow one, and a connection that is cut in the middle of a batch: whoever was told
//! a claim has it on disk, nobody has one too many, and the owner of the lot comes back.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use kontor_base::id::SaleId;
use kontor_domain::sale::SaleState;
use kontor_ledger::sale::{Command, Refusal};
use kontor_scratch::Scratch;
use kontor_shop::Shop;
use kontor_shop::sale::{Claimed, SaleRefusal, Wish, advance, claim, shown};
use kontor_store::sale::batch;
use kontor_store::sale::lot::LotNumber;
use kontor_store::{BeforeCommit, Db, StoreError, Tx};
use tokio::task::JoinSet;

use super::common::{Running, take_until_answered, usa};

/// Units, and people who want one: more than there are.
const QUOTA: u32 = 300;
const PEOPLE: usize = 360;
/// More than the pages of the database that are not full yet can take.
const FULL_QUOTA: u32 = 3_000;

/// A live rush in two lots, and everybody's ticket.
async fn live(running: &Running, quota: u32, people: usize) -> (SaleId, Vec<String>) {
    let sale = running.a_rush(quota, 2, 1).await;
    let mut tickets = Vec::with_capacity(people);
    for person in 0..people {
        tickets.push(running.enter(sale, &format!("person{person}")).await);
    }
    running.forward(120).await;
    // People are let in by turns; here everybody shall ask at once.
    for _ in 0..400 {
        running.forward(0).await;
        let live = running.shop.sales.live(sale).expect("it runs");
        let read = |ticket: &String| {
            running.shop.keys.tickets().read(ticket, sale, running.shop.now()).expect("a ticket")
        };
        if tickets.iter().all(|ticket| live.is_turn(&read(ticket))) {
            break;
        }
    }
    (sale, tickets)
}

/// Everybody asks at once until they are answered; gives who was told what.
fn ask_all(
    shop: &Arc<Shop>,
    sale: SaleId,
    tickets: &[String],
) -> JoinSet<(usize, Option<Claimed>)> {
    let mut asking = JoinSet::new();
    for (person, ticket) in tickets.iter().cloned().enumerate() {
        let shop = Arc::clone(shop);
        asking.spawn(async move {
            match take_until_answered(&shop, sale, &ticket, "once").await {
                Ok(claimed) => (person, Some(claimed)),
                Err(SaleRefusal::Lot(Refusal::SoldOut) | SaleRefusal::NotYourTurn) => {
                    (person, None)
                }
                Err(refusal) => panic!("person {person}: {refusal:?}"),
            }
        });
    }
    asking
}

/// What was told is on disk, and told again the same; the lots are owned again.
async fn proven(running: &Running, sale: SaleId, tickets: &[String], told: &[(usize, Claimed)]) {
    let kept = running.on_disk(sale).await;
    for (person, claimed) in told {
        let own = kept.iter().find(|(lot, n, _)| (*lot, *n) == (claimed.lot, claimed.number));
        let (_, _, claim) = own.unwrap_or_else(|| panic!("person {person}: {claimed:?} is lost"));
        assert_eq!(claim.expires_at, claimed.expires_at.micros());
        let again = take_until_answered(&running.shop, sale, &tickets[*person], "once").await;
        let again = again.unwrap_or_else(|refusal| panic!("person {person}: {refusal:?}"));
        assert_eq!((again.lot, again.number), (claimed.lot, claimed.number));
        assert!(again.replayed);
    }
    let live = running.shop.sales.live(sale).expect("it runs");
    let taken = kept.iter().filter(|(_, _, claim)| claim.state.takes()).count();
    assert_eq!(live.standing_of_all().taken as usize, taken, "memory and disk agree");
}

async fn limit_pages(shop: &Shop, pages: &'static str) {
    shop.db
        .write("test.limit", move |tx: &mut Tx<'_>| {
            tx.optional(pages, &[], |_| Ok(()))?;
            Ok::<_, StoreError>(())
        })
        .await
        .expect("the limit is set");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_loses_no_claim_that_was_told() {
    let running = Running::open(Scratch::sqlite()).await;
    let (sale, tickets) = live(&running, FULL_QUOTA, PEOPLE).await;
    // The database's own limit on pages behaves like a full disk, without filling one.
    limit_pages(&running.shop, "PRAGMA max_page_count = 1").await;
    let mut asking = JoinSet::new();
    let (mut told, mut failed) = (Vec::new(), 0);
    // Each person asks under key after key until the disk has no room for another row.
    for (person, ticket) in tickets.iter().cloned().enumerate() {
        let shop = Arc::clone(&running.shop);
        asking.spawn(async move {
            let wish = Wish { sale, ticket: &ticket, key: "once", units: 1, ship_to: usa() };
            (person, claim(&shop, wish).await)
        });
    }
    while let Some(answered) = asking.join_next().await {
        match answered.expect("no panic") {
            (person, Ok(claimed)) => told.push((person, claimed)),
            (_, Err(SaleRefusal::Elsewhere)) => failed += 1,
            (person, Err(refusal)) => panic!("person {person}: {refusal:?}"),
        }
    }
    assert!(failed > 0, "the disk was never full: {} claims", told.len());
    running.on_disk(sale).await;
    // Room again: the owners read their lots anew and go on, for everybody.
    limit_pages(&running.shop, "PRAGMA max_page_count = 1000000").await;
    let mut asking = ask_all(&running.shop, sale, &tickets);
    let mut all = Vec::new();
    while let Some(answered) = asking.join_next().await {
        let (person, claimed) = answered.expect("no panic");
        all.push((person, claimed.expect("there are units for everybody")));
    }
    for (person, claimed) in &told {
        let again = all.iter().find(|(other, _)| other == person).map(|(_, claimed)| claimed);
        let same = again.is_some_and(|a| (a.lot, a.number) == (claimed.lot, claimed.number));
        assert!(same, "person {person} was told {claimed:?} and then {again:?}");
    }
    proven(&running, sale, &tickets, &all).await;
    running.shop.db.close().await;
}

/// A disk on which every commit takes as long as the test wants.
#[derive(Debug, Default)]
struct Disk {
    slow: AtomicBool,
    /// No commit goes through.
    stuck: AtomicBool,
    /// A commit has come that does not go through.
    waits: AtomicBool,
}

impl Disk {
    /// What the writer does before each commit.
    fn before_commit(self: &Arc<Self>) -> BeforeCommit {
        let disk = Arc::clone(self);
        BeforeCommit::new(move || {
            while disk.stuck.load(Ordering::SeqCst) {
                disk.waits.store(true, Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(1));
            }
            if disk.slow.load(Ordering::SeqCst) {
                std::thread::sleep(Duration::from_millis(40));
            }
        })
    }
}

async fn nobody_is_answered_before_the_claim_is_there(scratch: Scratch) {
    let disk = Arc::new(Disk::default());
    let running = Running::on_a_slow_disk(scratch, disk.before_commit()).await;
    let (sale, tickets) = live(&running, QUOTA, PEOPLE).await;
    disk.slow.store(true, Ordering::SeqCst);
    disk.stuck.store(true, Ordering::SeqCst);
    let mut asking = ask_all(&running.shop, sale, &tickets);
    while !disk.waits.load(Ordering::SeqCst) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    // A batch is decided and written, and its commit does not come: whatever is answered now is
    // answered too early.
    for _ in 0..30 {
        tokio::time::sleep(Duration::from_millis(10)).await;
        assert!(asking.try_join_next().is_none(), "somebody was told before the commit");
    }
    assert_eq!(running.on_disk(sale).await.len(), 0, "nothing is committed");
    disk.stuck.store(false, Ordering::SeqCst);
    let mut told = Vec::new();
    while let Some(answered) = asking.join_next().await {
        let (person, claimed) = answered.expect("no panic");
        let Some(claimed) = claimed else { continue };
        // On a connection of its own: what is not committed is not there.
        let (lot, number) = (claimed.lot, claimed.number);
        let read = running.shop.db.read("test.claim", move |tx| batch::claim(tx, lot, number));
        assert!(read.await.expect("read").is_some(), "person {person} was told too early");
        told.push((person, claimed));
    }
    disk.slow.store(false, Ordering::SeqCst);
    assert_eq!(told.len(), QUOTA as usize, "every unit has somebody");
    proven(&running, sale, &tickets, &told).await;
    running.shop.db.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_slow_disk_nobody_is_answered_before_the_claim_is_there() {
    nobody_is_answered_before_the_claim_is_there(Scratch::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_slow_server_nobody_is_answered_before_the_claim_is_there() {
    let Some(scratch) = Scratch::postgres() else { return };
    nobody_is_answered_before_the_claim_is_there(scratch).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_claim_of_the_last_moment_is_not_settled_away() {
    let disk = Arc::new(Disk::default());
    let running = Running::on_a_slow_disk(Scratch::sqlite(), disk.before_commit()).await;
    let sale = running.a_rush(3, 1, 1).await;
    let ticket = running.enter(sale, "last").await;
    running.forward(120).await;
    running.keep().await;
    let live = running.shop.sales.live(sale).expect("it runs");
    let owner = Arc::clone(live.owners().next().expect("a lot"));
    let ends_at = live.definition.windows.ends_at;
    running.clock.advance_seconds(ends_at.seconds_since(running.shop.now()) - 1);
    // The lease is made longer at once, and then there is nothing to write.
    tokio::time::sleep(Duration::from_millis(300)).await;
    disk.stuck.store(true, Ordering::SeqCst);
    let mut asking = ask_all(&running.shop, sale, std::slice::from_ref(&ticket));
    while !disk.waits.load(Ordering::SeqCst) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    // The sale is over, nothing is held as far as the disk knows, and the owner is told to finish.
    running.clock.advance_seconds(2);
    let shop = Arc::clone(&running.shop);
    let looking = tokio::spawn(async move { advance(&shop).await });
    let look = Command::Look([0; 16]);
    while tokio::time::timeout(Duration::from_millis(10), owner.ask(look)).await.is_err() {}
    disk.stuck.store(false, Ordering::SeqCst);
    looking.await.expect("no panic").expect("the sales go on");
    let (_, claimed) = asking.join_next().await.expect("asked").expect("no panic");
    let claimed = claimed.expect("a unit");
    // The sale waits for the hold, under owners that take up where the others were stopped.
    running.keep().await;
    let seen = shown(&running.shop, sale).await.expect("read").expect("it is there");
    assert_eq!(seen.state, SaleState::Live);
    let live = running.shop.sales.live(sale).expect("it runs");
    assert_eq!(live.standing_of_all().taken, 1, "{claimed:?} is held");
    running.until(sale, SaleState::Settled).await;
    running.shop.db.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_batch_gives_no_more_than_is_over_however_many_ask_at_once() {
    const LATE: usize = 40;
    let disk = Arc::new(Disk::default());
    let running = Running::on_a_slow_disk(Scratch::sqlite(), disk.before_commit()).await;
    // Five units, four people who were there: one is over.
    let sale = running.a_rush(5, 1, 1).await;
    let mut here = Vec::new();
    for person in 0..4 {
        here.push(running.enter(sale, &format!("here{person}")).await);
    }
    running.forward(120).await;
    let mut late = Vec::new();
    for person in 0..LATE {
        late.push(running.enter(sale, &format!("late{person}")).await);
    }
    running.keep().await;
    // Nothing is told of a lot while its batch waits for the disk, and those who ask meanwhile are decided
    // in the next one.
    disk.stuck.store(true, Ordering::SeqCst);
    let mut asking = ask_all(&running.shop, sale, &late);
    while !disk.waits.load(Ordering::SeqCst) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    for _ in 0..10 {
        tokio::time::sleep(Duration::from_millis(10)).await;
        assert!(asking.try_join_next().is_none(), "what becomes of the one is not known yet");
    }
    disk.stuck.store(false, Ordering::SeqCst);
    let mut had = 0;
    while let Some(answered) = asking.join_next().await {
        had += usize::from(answered.expect("no panic").1.is_some());
    }
    assert_eq!(had, 1, "one was over");
    for ticket in &here {
        take_until_answered(&running.shop, sale, ticket, "once").await.expect("theirs");
    }
    running.shop.db.close().await;
}

/// Units of a lot are free, people wait for some in vain, and somebody else has the lot.
async fn take_the_lot_away(db: &Db, lot: LotNumber) {
    let taken = db.write("test.take_away", move |tx: &mut Tx<'_>| {
        let sql = "UPDATE sale_lot SET fence = fence + 1, owner = 'other', wanted = 1,
                       lease_until = 9000000000000000 WHERE lot = $1";
        tx.execute(sql, &[lot.into()])?;
        Ok::<_, StoreError>(())
    });
    taken.await.expect("the lot is somebody else's");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sale_is_not_sold_out_because_an_owner_is_away() {
    let running = Running::open(Scratch::sqlite()).await;
    let sale = running.a_rush(3, 1, 1).await;
    let first = running.enter(sale, "first").await;
    let second = running.enter(sale, "second").await;
    running.forward(120).await;
    running.keep().await;
    take_until_answered(&running.shop, sale, &first, "once").await.expect("a unit");
    let live = running.shop.sales.live(sale).expect("it runs");
    let owner = live.owners().next().expect("a lot");
    take_the_lot_away(&running.shop.db, owner.lot()).await;
    // The owner finds out with its next batch, and has nothing afterwards.
    let wish = Wish { sale, ticket: &second, key: "once", units: 1, ship_to: usa() };
    assert_eq!(claim(&running.shop, wish).await, Err(SaleRefusal::Elsewhere));
    while owner.is_ready() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    for _ in 0..3 {
        advance(&running.shop).await.expect("the sales go on");
        let seen = shown(&running.shop, sale).await.expect("read").expect("it is there");
        assert_eq!(seen.state, SaleState::Live, "two units are free");
    }
    running.shop.db.close().await;
}

/// Ends every session that is in the middle of something in this test's own tables; counts them.
const CUT: &str = "SELECT count(*) FILTER (WHERE pg_terminate_backend(s.pid)) FROM (
    SELECT DISTINCT l.pid FROM pg_locks l
    JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = current_schema() AND l.pid <> pg_backend_pid()) s";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_is_cut_in_the_middle_of_batches_loses_and_doubles_nothing() {
    const CUTS: u32 = 25;
    const CUTS_MIN: u32 = 8;
    let Some(scratch) = Scratch::postgres() else { return };
    let disk = Arc::new(Disk::default());
    let running = Running::on_a_slow_disk(scratch, disk.before_commit()).await;
    let (sale, tickets) = live(&running, QUOTA, PEOPLE).await;
    // One cut is made for certain in the middle: while a batch is written and not committed.
    disk.stuck.store(true, Ordering::SeqCst);
    let mut first = ask_all(&running.shop, sale, &tickets[..12]);
    while !disk.waits.load(Ordering::SeqCst) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let ended = running.scratch().count_as_operator(CUT);
    assert!(ended > 0, "no session was in the middle of a batch");
    assert!(first.try_join_next().is_none(), "somebody was told before the commit");
    disk.stuck.store(false, Ordering::SeqCst);
    while let Some(answered) = first.join_next().await {
        let (person, claimed) = answered.expect("no panic");
        assert!(claimed.is_some(), "there is a unit for person {person}");
    }
    let (asked, cuts) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicU32::new(0)));
    let mut told = Vec::new();
    let asking = {
        let (shop, tickets) = (Arc::clone(&running.shop), tickets.clone());
        let (asked, cuts) = (Arc::clone(&asked), Arc::clone(&cuts));
        tokio::spawn(async move {
            let mut told = Vec::new();
            // In small groups, so that there are many batches to be cut; and not so fast that the
            // operator, who has to be let in for each cut, comes too late.
            let groups = tickets.len().div_ceil(12);
            for (group, some) in tickets.chunks(12).enumerate() {
                while cuts.load(Ordering::Relaxed) as usize * groups < group * CUTS_MIN as usize {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                let mut asking = ask_all(&shop, sale, some);
                while let Some(answered) = asking.join_next().await {
                    let (place, claimed) = answered.expect("no panic");
                    told.extend(claimed.map(|claimed| (group * 12 + place, claimed)));
                }
            }
            asked.store(false, Ordering::Relaxed);
            told
        })
    };
    let running = Arc::new(running);
    while asked.load(Ordering::Relaxed) && cuts.load(Ordering::Relaxed) < CUTS {
        let own = Arc::clone(&running);
        let cut = tokio::task::spawn_blocking(move || own.scratch().count_as_operator(CUT));
        let _ended = cut.await.expect("the operator is let in");
        let cut = cuts.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(Duration::from_millis(u64::from(cut % 7))).await;
    }
    told.extend(asking.await.expect("no panic"));
    assert_eq!(told.len(), QUOTA as usize, "every unit has somebody");
    proven(&running, sale, &tickets, &told).await;
    running.shop.db.close().await;
}
