//! What staff did is found by any combination of act, person, subject, market and day, in bounded time.

use kontor_base::Instant;
use kontor_base::id::StaffId;
use kontor_scratch::{Scratch, on_both_databases};
use kontor_store::staff::log::{self, Entry};
use kontor_store::staff::log_search::{Found, Search, search};

on_both_databases!(
    every_combination_finds_what_comparing_each_entry_finds,
    what_no_index_makes_rare_is_looked_at_in_parts,
);

const ACTS: [&str; 4] = ["order.cancel", "order.edit", "order.edited", "price.set"];
const MARKETS: [&str; 3] = ["us", "de", ""];
const DAY_S: i64 = 86_400;

fn at(second: i64) -> Instant {
    Instant::from_micros(1_432_000_000_000_000).plus_seconds(second)
}

/// An entry whose parts follow from its number, with periods that have no common divisor.
fn entry(number: u32) -> Entry {
    let made_at = at(i64::from(number) * 600);
    let pick = |of: u32| usize::try_from(number % of).expect("small");
    let mut id = [0; 16];
    id[..8].copy_from_slice(&u64::try_from(made_at.micros()).expect("after 1970").to_be_bytes());
    id[8..12].copy_from_slice(&number.to_be_bytes());
    Entry {
        id,
        made_at,
        account: (!number.is_multiple_of(5)).then(|| account(pick(5))),
        person: "Ana".to_owned(),
        act: ACTS[pick(4)].to_owned(),
        market: MARKETS[pick(3)].to_owned(),
        subject: format!("US-{}", number % 7),
        was: String::new(),
        is_now: number.to_string(),
        reason: String::new(),
    }
}

fn account(number: usize) -> StaffId {
    StaffId::from_bytes([u8::try_from(number).expect("small"); 16])
}

async fn find(db: &kontor_store::Db, what: &Search, limit: usize) -> Found {
    let what = what.clone();
    db.read("test.find", move |tx| search(tx, &what, limit)).await.expect("read")
}

async fn every_combination_finds_what_comparing_each_entry_finds(scratch: &Scratch) {
    const MANY: u32 = 840;
    let db = scratch.open();
    db.write("test.fill", |tx| (0..MANY).try_for_each(|number| log::append(tx, &entry(number))))
        .await
        .expect("written");
    let acts = ["", "order.", "order.edit", "price.set", "nothing", "order.edit\u{10ffff}"];
    let accounts = [None, Some(account(1)), Some(account(9))];
    let days = [(None, None), (Some(at(DAY_S)), None), (Some(at(DAY_S)), Some(at(3 * DAY_S)))];
    let (mut asked, mut found_some) = (0, 0);
    for act in acts {
        for account in accounts {
            for subject in ["", "US-3", "US-33"] {
                for market in ["", "us", "fr"] {
                    for (from, until) in days {
                        let what = Search {
                            act: act.to_owned(),
                            account,
                            subject: subject.to_owned(),
                            market: market.to_owned(),
                            from,
                            until,
                            before: None,
                        };
                        let fits = |entry: &Entry| {
                            entry.act.starts_with(act)
                                && (account.is_none() || entry.account == account)
                                && (subject.is_empty() || entry.subject == subject)
                                && (market.is_empty() || entry.market == market)
                                && from.is_none_or(|from| entry.made_at >= from)
                                && until.is_none_or(|until| entry.made_at < until)
                        };
                        let wanted: Vec<_> = (0..MANY).rev().map(entry).filter(fits).collect();
                        let (mut pages, mut before) = (Vec::new(), None);
                        loop {
                            let what = Search { before, ..what.clone() };
                            let page = find(&db, &what, 97).await;
                            assert!(page.entries.len() <= 97);
                            pages.extend(page.entries);
                            before = page.next;
                            if before.is_none() {
                                break;
                            }
                        }
                        assert_eq!(pages, wanted, "{what:?}");
                        (asked, found_some) =
                            (asked + 1, found_some + usize::from(!wanted.is_empty()));
                    }
                }
            }
        }
    }
    assert!(found_some > 40 && found_some < asked, "{found_some} of {asked} find something");
}

async fn what_no_index_makes_rare_is_looked_at_in_parts(scratch: &Scratch) {
    const MANY: u32 = 12_000;
    let db = scratch.open();
    let of = |number: u32| Entry {
        act: "order.edit".to_owned(),
        market: "us".to_owned(),
        account: Some(account(usize::from(number == 5))),
        subject: if number == 5 { "US-5" } else { "US-1" }.to_owned(),
        ..entry(number)
    };
    db.write("test.fill", move |tx| (0..MANY).try_for_each(|number| log::append(tx, &of(number))))
        .await
        .expect("written");
    // Both halves are common, and nothing has both: the search stops on the way, and the next goes on there.
    let what = Search { market: "us".to_owned(), act: "order.".to_owned(), ..Search::default() };
    let never = Search { account: Some(account(0)), subject: "US-5".to_owned(), ..what.clone() };
    assert_eq!(find(&db, &never, 50).await, Found::default(), "the subject is rare, and leads");
    let common = Search { subject: "US-1".to_owned(), account: Some(account(1)), ..what.clone() };
    assert_eq!(find(&db, &common, 50).await, Found::default(), "so does the person");
    db.write("test.more", move |tx| {
        (MANY..3 * MANY).try_for_each(|number| {
            let act = if number.is_multiple_of(2) { "price.set" } else { "order.edit" }.to_owned();
            let market = if number.is_multiple_of(2) { "us" } else { "de" }.to_owned();
            log::append(tx, &Entry { act, market, ..of(number) })
        })
    })
    .await
    .expect("written");
    let first = find(&db, &what, 50).await;
    assert!(first.entries.is_empty(), "the newer half has none: {}", first.entries.len());
    let (mut before, mut found, mut searches) = (first.next, Vec::new(), 1);
    assert!(before.is_some(), "and is too long to be looked at for one page");
    while found.len() < 50 && before.is_some() {
        let page = find(&db, &Search { before, ..what.clone() }, 50).await;
        found.extend(page.entries);
        (before, searches) = (page.next, searches + 1);
    }
    assert_eq!(found[0].id, entry(MANY - 1).id, "nothing is passed over");
    assert!(searches < 5, "{searches} searches");
}
