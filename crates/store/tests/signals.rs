//! What the signals for the next country are counted from, on both back ends: refused carts, each
//! once, and different addresses on waiting lists.

use kontor_base::id::CustomerId;
use kontor_base::{Date, Email, Instant, Language};
use kontor_domain::catalogue::ProductClass;
use kontor_domain::customer::WaitingEntry;
use kontor_scratch::{Scratch, on_both_databases};
use kontor_store::cart::refused::{RefusedPlace, count_once, forget, refused_since};
use kontor_store::customer::{confirm_waiting, sign_up, waiting_addresses};
use kontor_store::{Db, StoreError};

on_both_databases!(
    a_refused_cart_counts_once_and_nobody_counts_without_end,
    what_is_old_is_forgotten_counts_later_than_marks,
    an_address_on_two_lists_is_one_person_once_it_is_confirmed,
);

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

fn place(country: &str, class: ProductClass, on: &str) -> RefusedPlace {
    let country = country.parse().expect("a country");
    RefusedPlace { market: "us".parse().expect("a market"), country, class, day: day(on) }
}

async fn count(db: &Db, mark: u8, place: RefusedPlace, most: i64) -> bool {
    let write = move |tx: &mut kontor_store::Tx<'_>| count_once(tx, &[mark; 16], &place, most);
    db.write::<_, StoreError, _>("test.count", write).await.expect("counted")
}

async fn since(db: &Db, on: &str) -> Vec<(String, &'static str, i64)> {
    let on = day(on);
    let found = db.read("test.since", move |tx| refused_since(tx, on)).await.expect("read");
    found.into_iter().map(|(country, class, n)| (country.to_string(), class.word(), n)).collect()
}

async fn a_refused_cart_counts_once_and_nobody_counts_without_end(scratch: &Scratch) {
    let db = scratch.open();
    let phone = |on| place("US", ProductClass::Phone, on);
    assert!(count(&db, 1, phone("2026-11-01"), 9).await);
    assert!(!count(&db, 1, phone("2026-11-01"), 9).await, "the same cart");
    assert!(!count(&db, 1, phone("2026-11-02"), 9).await, "also on another day");
    assert!(count(&db, 2, phone("2026-11-02"), 9).await);
    assert!(count(&db, 3, place("CA", ProductClass::Band, "2026-11-02"), 9).await);
    assert_eq!(
        since(&db, "2026-11-01").await,
        [("CA".to_owned(), "band", 1), ("US".to_owned(), "phone", 2),]
    );
    assert_eq!(since(&db, "2026-11-03").await, []);
    assert!(count(&db, 4, phone("2026-11-02"), 2).await);
    assert!(!count(&db, 5, phone("2026-11-02"), 2).await, "the day is full");
    assert!(count(&db, 5, phone("2026-11-03"), 2).await, "and the cart was not marked for it");
}

async fn what_is_old_is_forgotten_counts_later_than_marks(scratch: &Scratch) {
    let db = scratch.open();
    let phone = |on| place("US", ProductClass::Phone, on);
    count(&db, 1, phone("2025-01-01"), 9).await;
    count(&db, 2, phone("2025-06-01"), 9).await;
    let drop_ = |marks: &str, counts: &str| {
        let (db, marks, counts) = (db.clone(), day(marks), day(counts));
        async move {
            let write = move |tx: &mut kontor_store::Tx<'_>| forget(tx, marks, counts, 100);
            db.write::<_, StoreError, _>("test.forget", write).await.expect("forgotten")
        }
    };
    assert_eq!(drop_("2025-03-01", "2024-03-01").await, 1);
    assert_eq!(since(&db, "2025-01-01").await, [("US".to_owned(), "phone", 2)]);
    assert!(count(&db, 1, phone("2026-03-01"), 9).await, "its mark is gone: it is a new cart");
    assert_eq!(drop_("2025-03-01", "2025-03-01").await, 1);
    assert_eq!(since(&db, "2025-01-01").await, [("US".to_owned(), "phone", 2)]);
}

async fn an_address_on_two_lists_is_one_person_once_it_is_confirmed(scratch: &Scratch) {
    let db = scratch.open();
    let at = |second| Instant::from_micros(1_432_000_000_000_000).plus_seconds(second);
    let write = move |tx: &mut kontor_store::Tx<'_>| {
        let people =
            [("ada", "band"), ("ADA", "mi-note"), ("ben", "band"), ("cem", ""), ("old", "band")]
                .into_iter()
                .chain([("typed", "band")]);
        for (number, (name, model)) in (0..).zip(people) {
            let entry = WaitingEntry {
                email: Email::parse(&format!("{name}@example.com")).expect("an address"),
                market: "us".parse().expect("a market"),
                model: if model.is_empty() { None } else { Some(model.parse().expect("a model")) },
                language: Language::En,
            };
            sign_up(tx, &[number; 16], CustomerId::from_bytes([number; 16]), &entry, at(0))?;
            if name != "typed" {
                confirm_waiting(tx, &[number; 16], at(if name == "old" { 0 } else { 100 }))?;
                // Confirmed once: later does not make it younger.
                confirm_waiting(tx, &[number; 16], at(999))?;
            }
        }
        Ok::<_, StoreError>(())
    };
    db.write("test.sign_up", write).await.expect("written");
    let ask = |market: &str, models: &'static [&'static str]| {
        let (db, market) = (db.clone(), market.parse().expect("a market"));
        let since = at(50);
        async move {
            let read =
                move |tx: &mut kontor_store::Tx<'_>| waiting_addresses(tx, market, models, since);
            db.read("test.ask", read).await.expect("read")
        }
    };
    assert_eq!(ask("us", &["band"]).await, 2);
    assert_eq!(ask("us", &["mi-note"]).await, 1);
    assert_eq!(ask("us", &["band", "mi-note"]).await, 2, "one person waits for both");
    assert_eq!(ask("us", &[""]).await, 1, "the opening's list");
    assert_eq!(ask("de", &["band"]).await, 0);
    assert_eq!(ask("us", &[]).await, 0);
}
