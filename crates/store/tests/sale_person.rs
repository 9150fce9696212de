//! What several people type at the checkout, such as one address, is each one's.

use kontor_base::id::{EntryId, SaleId};
use kontor_base::{Instant, KeyedHash};
use kontor_domain::catalogue::Sku;
use kontor_domain::sale::Way;
use kontor_scratch::{Scratch, on_both_databases};
use kontor_store::StoreError;
use kontor_store::sale::entry::{self as entries, KeptEntry};

on_both_databases!(an_address_counts_for_everybody_who_typed_it);

const SALE: [u8; 16] = [1; 16];
const ADA: [u8; 16] = [2; 16];
const BEN: [u8; 16] = [3; 16];

/// Somebody who has entered with an address of their own.
fn entered(entry: [u8; 16]) -> (KeptEntry, KeyedHash) {
    let kept = KeptEntry {
        sale: SaleId::from_bytes(SALE),
        entry: EntryId::from_bytes(entry),
        market: "us".parse().expect("a market"),
        way: Way::Rush,
        present: true,
        ticket: "ticket".to_owned(),
        entered_at: Instant::from_micros(1_433_116_800_000_000),
    };
    (kept, [100 + entry[0]; 16])
}

async fn an_address_counts_for_everybody_who_typed_it(scratch: &Scratch) {
    let db = scratch.open();
    let home: KeyedHash = [7; 16];
    let sku: Sku = "BAND".parse().expect("a sku");
    let (sale, ada, ben) =
        (SaleId::from_bytes(SALE), EntryId::from_bytes(ADA), EntryId::from_bytes(BEN));
    let own = sku.clone();
    let typed = db.write("test.people", move |tx| {
        for entry in [ADA, BEN] {
            let (kept, email) = entered(entry);
            entries::insert(tx, &kept, &[email])?;
        }
        // Ada types the address and her card is declined; Ben types the same and buys.
        entries::add_traits(tx, sale, ada, &[home])?;
        entries::add_traits(tx, sale, ben, &[home])?;
        entries::add_traits(tx, sale, ben, &[home])?;
        entries::add_bought(tx, sale, ben, &own, 1)
    });
    typed.await.expect("written");
    let seen = db.read("test.household", move |tx| {
        let bought = entries::bought_of(tx, None, &[home], &sku)?;
        let first = entries::of_person(tx, sale, &[home])?.map(|entry| entry.entry);
        let both = (entries::has_trait(tx, sale, ada, &[home])?)
            && entries::has_trait(tx, sale, ben, &[home])?;
        Ok::<_, StoreError>((bought, first, both))
    });
    let (bought, first, both) = seen.await.expect("read");
    assert_eq!(bought, 1, "what the second bought counts for the household");
    assert_eq!(first, Some(ada), "whoever came first is who is known by it");
    assert!(both, "each has it");
    // One of them gives it up; it stays the other's.
    let gone = db.write("test.forget", move |tx| entries::forget_traits(tx, sale, ada, &[home]));
    gone.await.expect("written");
    let left = db.read("test.left", move |tx| entries::of_person(tx, sale, &[home]));
    assert_eq!(left.await.expect("read").map(|entry| entry.entry), Some(ben));
}
