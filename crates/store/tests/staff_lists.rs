//! The lists of the staff area on both back ends: they find what a look at every row finds.

use kontor_base::id::{ProposalId, StaffId};
use kontor_base::{Instant, Random};
use kontor_domain::staff::{Permission, ProposalState};
use kontor_scratch::{Scratch, on_both_databases};
use kontor_store::staff::log::{self, Entry};
use kontor_store::staff::log_search::{self, Search};
use kontor_store::staff::proposal::{self, Kept, Standing, of_author, of_right, rights};
use kontor_store::{Db, StoreError, Tx};

on_both_databases!(
    acts_that_begin_alike_are_found_newest_first,
    proposals_are_found_by_the_right_that_decides_about_them,
);

const ACTS: [&str; 7] = [
    "order.edit",
    "order.edit.proposed",
    "order.cancel",
    "payment.refund",
    "price.set",
    "orders.odd",
    "staff.sign_in",
];

async fn done<T: Send + 'static>(
    db: &Db,
    write: impl Fn(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
) -> T {
    db.write("test.write", write).await.expect("written")
}

async fn acts_that_begin_alike_are_found_newest_first(scratch: &Scratch) {
    let db = scratch.open();
    let entry = |index: u8| {
        let mut id = [0; 16];
        id[0] = index;
        Entry {
            id,
            made_at: Instant::from_micros(i64::from(index)),
            account: None,
            person: "Ana".to_owned(),
            act: ACTS[usize::from(index).wrapping_mul(5) % ACTS.len()].to_owned(),
            market: "us".to_owned(),
            subject: "x".to_owned(),
            was: String::new(),
            is_now: String::new(),
            reason: String::new(),
        }
    };
    let all: Vec<Entry> = (1..=60).map(entry).collect();
    let written = all.clone();
    done(&db, move |tx| written.iter().try_for_each(|entry| log::append(tx, entry))).await;
    for act in ["order.", "order.edit", "order", "o", "p", "price.set", "staff.", "z", "order.x"] {
        for before in [None, Some(61), Some(40), Some(3), Some(1)] {
            for limit in [1, 7, 100] {
                let before = before.map(|place| entry(place).id);
                let what = Search { act: act.to_owned(), before, ..Search::default() };
                let found =
                    db.read("test.log", move |tx| log_search::search(tx, &what, limit)).await;
                let fits = |entry: &&Entry| {
                    entry.act.starts_with(act) && before.is_none_or(|before| entry.id < before)
                };
                let wanted: Vec<Entry> = all.iter().rev().filter(fits).cloned().collect();
                let wanted = &wanted[..wanted.len().min(limit)];
                assert_eq!(found.expect("read").entries, wanted, "{act} {before:?} {limit}");
            }
        }
    }
}

async fn proposals_are_found_by_the_right_that_decides_about_them(scratch: &Scratch) {
    let db = scratch.open();
    let random = Random::seeded(3);
    let start = Instant::start_of("2026-11-01".parse().expect("a day"));
    let people = [StaffId::from_bytes([1; 16]), StaffId::from_bytes([2; 16])];
    let permissions = [Permission::OrderCancel, Permission::ClearanceGrant, Permission::PriceSet];
    let markets = [None, Some("us"), Some("de")];
    let states = [ProposalState::Waiting, ProposalState::Approved, ProposalState::Rejected];
    let proposed = |index: usize| {
        // Two in the same second now and then, and the waiting ones over many days.
        let at = start.plus_seconds(i64::try_from(index / 2).expect("few") * 10_000);
        Kept {
            id: ProposalId::new(at, &random),
            author: people[index % 2],
            permission: permissions[index % 3],
            market: markets[index / 3 % 3].map(|code| code.parse().expect("a market")),
            subject: format!("S{index}"),
            content: "{}".to_owned(),
            reason: "why".to_owned(),
            proposed_at: at,
            state: states[index / 9 % 3],
            decided_by: None,
            decided_at: None,
            remark: String::new(),
        }
    };
    let all: Vec<Kept> = (0..120).map(proposed).collect();
    let written = all.clone();
    done(&db, move |tx| {
        for kept in &written {
            proposal::insert(tx, &Kept { state: ProposalState::Waiting, ..kept.clone() })?;
            if kept.state != ProposalState::Waiting {
                proposal::decide(tx, kept.id, kept.state, people[0], kept.proposed_at, "")?;
            }
        }
        Ok(())
    })
    .await;
    let expired = all[60].proposed_at;
    for state in ProposalState::ALL {
        let stands = |kept: &&Kept| match state {
            ProposalState::Waiting => {
                kept.state == ProposalState::Waiting && kept.proposed_at > expired
            }
            ProposalState::Expired => {
                kept.state == ProposalState::Waiting && kept.proposed_at <= expired
            }
            other => kept.state == other,
        };
        let standing = Standing { state, expired };
        let found = db.read("test.rights", move |tx| rights(tx, standing)).await.expect("read");
        for kept in all.iter().filter(stands) {
            assert!(found.contains(&(kept.permission, kept.market)), "{state:?}");
        }
        let mut once = found.clone();
        once.dedup();
        assert_eq!(once, found, "each once");
        for before in [None, Some(all[100].id), Some(all[70].id), Some(all[10].id)] {
            let newest = |fits: &dyn Fn(&Kept) -> bool, limit: usize| {
                let here = |kept: &&Kept| {
                    stands(kept) && fits(kept) && before.is_none_or(|before| kept.id < before)
                };
                let mut ids: Vec<ProposalId> = all.iter().filter(here).map(|k| k.id).collect();
                ids.sort_unstable_by(|a, b| b.cmp(a));
                ids.truncate(limit);
                ids
            };
            for right in found.clone() {
                let ids =
                    db.read("test.of", move |tx| of_right(tx, standing, right, before, 4)).await;
                let wanted = newest(&|kept| (kept.permission, kept.market) == right, 4);
                assert_eq!(ids.expect("read"), wanted, "{state:?} {right:?}");
            }
            for author in people {
                let ids =
                    db.read("test.by", move |tx| of_author(tx, standing, author, before, 9)).await;
                let wanted = newest(&|kept| kept.author == author, 9);
                assert_eq!(ids.expect("read"), wanted, "{state:?}");
            }
        }
    }
}
