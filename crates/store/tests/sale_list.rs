//! Who was there when a sale's list of entries was closed: counted in the transaction that closes it, so
//! that nobody is added to it afterwards, on no node.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::channel;

use kontor_base::Instant;
use kontor_base::id::{EntryId, SaleId};
use kontor_domain::sale::{Channel, Definition, OrderSecret, SaleState, Way, Windows};
use kontor_scratch::{Scratch, on_both_databases};
use kontor_store::sale::entry::{self as entries, KeptEntry};
use kontor_store::sale::{self as sales, KeptSale, ListOfEntries};
use kontor_store::{Db, StoreError, Tx};

on_both_databases!(a_list_is_closed_once_and_counted_then);

fn at(second: i64) -> Instant {
    Instant::from_micros(1_433_116_800_000_000).plus_seconds(second)
}

fn sale_id() -> SaleId {
    SaleId::from_bytes([1; 16])
}

fn entry(number: u8, list: ListOfEntries) -> KeptEntry {
    KeptEntry {
        sale: sale_id(),
        entry: EntryId::from_bytes([number; 16]),
        market: "us".parse().expect("a market"),
        way: Way::Rush,
        present: list == ListOfEntries::Open,
        ticket: "ticket".to_owned(),
        entered_at: at(i64::from(number)),
    }
}

/// A sale whose doors are open, with one person in it.
async fn a_sale(db: &Db) {
    let made = db.write("test.sale", |tx| {
        let windows = Windows {
            announce_at: at(1),
            registration_at: at(2),
            doors_at: at(3),
            live_at: at(4),
            ends_at: at(5),
            report_at: at(6),
        };
        let market = "us".parse().expect("a market");
        let definition = Definition {
            sale: sale_id(),
            sku: "BAND".parse().expect("a sku"),
            channels: vec![Channel { market, way: Way::Rush, quota: 1 }],
            windows,
            per_person: 1,
            hold_minutes: 10,
            rollover: None,
            beacon: None,
            deposits: Vec::new(),
            titles: std::collections::BTreeMap::new(),
            ends_when_sold: false,
        };
        let secret = OrderSecret::from_bytes([5; 32]);
        let (state, title) = (SaleState::Doors, "Bands".to_owned());
        let kept = KeptSale { definition, state, secret, title, settled_at: None, beacon: None };
        sales::insert(tx, &kept)?;
        entries::insert(tx, &entry(1, ListOfEntries::Open), &[])
    });
    made.await.expect("the sale is there");
}

/// What somebody does who enters: sees whether the list is open, and stands in it if it is.
fn enter(tx: &mut Tx<'_>, number: u8, meanwhile: impl FnOnce()) -> Result<bool, StoreError> {
    let (_, list) = sales::state_and_list(tx, sale_id())?.expect("the sale is there");
    meanwhile();
    let kept = entry(number, list);
    entries::insert(tx, &kept, &[])?;
    Ok(kept.present)
}

/// How many were counted, and who is read page by page.
async fn list(db: &Db) -> (Option<usize>, Vec<u8>) {
    let read = db.read("test.list", |tx| {
        let mut present = Vec::new();
        let mut last = None;
        while let Some(next) = entries::present_after(tx, sale_id(), last, 1)?.pop() {
            last = Some(next.0);
            present.push(next.0.bytes()[0]);
        }
        Ok::<_, StoreError>((sales::counted_entries(tx, sale_id())?, present))
    });
    read.await.expect("read")
}

async fn a_list_is_closed_once_and_counted_then(scratch: &Scratch) {
    let db = scratch.open();
    a_sale(&db).await;
    assert_eq!(list(&db).await, (None, vec![1]));
    let entered = db.write("test.enter", |tx| enter(tx, 2, || ())).await;
    assert_eq!(entered.ok(), Some(true));
    for second in [5, 6] {
        db.write("test.close", move |tx| sales::close_entries(tx, sale_id(), at(second)))
            .await
            .expect("closed");
        let entered = db.write("test.enter", move |tx| {
            enter(tx, 10 + u8::try_from(second).expect("small"), || ())
        });
        assert_eq!(entered.await.ok(), Some(false), "comes after those who were counted");
        assert_eq!(list(&db).await, (Some(2), vec![1, 2]));
    }
}

/// Two nodes: one writes an entry and has seen the list open, the other closes the list before the first
/// has committed. Only several writers can do this, so only PostgreSQL.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_entry_in_the_very_moment_of_closing_is_thrown_back() {
    let Some(scratch) = Scratch::postgres() else { return };
    let (one, other) = (scratch.open(), scratch.open());
    a_sale(&one).await;
    let (has_looked, looked) = channel();
    let (has_closed, closed) = channel();
    let tries = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&tries);
    let entering = tokio::spawn(async move {
        let entered = other.write("test.enter", move |tx| {
            let is_first = counted.fetch_add(1, Ordering::SeqCst) == 0;
            enter(tx, 2, || {
                if is_first {
                    has_looked.send(()).expect("the other node waits");
                    closed.recv().expect("the other node has closed the list");
                }
            })
        });
        entered.await
    });
    tokio::task::spawn_blocking(move || looked.recv()).await.expect("no panic").expect("looked");
    one.write("test.close", |tx| sales::close_entries(tx, sale_id(), at(5)))
        .await
        .expect("the list is closed");
    has_closed.send(()).expect("somebody enters");
    let was_present = entering.await.expect("no panic").expect("entered");
    assert_eq!(list(&one).await, (Some(1), vec![1]), "who was counted is who is read");
    assert!(!was_present && tries.load(Ordering::SeqCst) > 1, "it was run again, and came after");
}
