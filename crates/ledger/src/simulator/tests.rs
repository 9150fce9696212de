//! The decisions stand thousands of runs, and every decision that is broken on purpose falls.

use kontor_base::id::TransferId;
use kontor_base::{Instant, Random};

use super::memory::{Repetitions, Rules};
use super::{Failure, MemoryStore, Summary, run, run_on};
use crate::book::{Book, BookRefusal};
use crate::hold::{self, Extended, Hold, HoldLine, HoldPlan, PlaceHold};
use crate::refusal::StockRefusal;
use crate::stock::{Balances, StockKey, StockState, Transfer};

#[test]
fn thousands_of_seeds_find_nothing_wrong() {
    let mut all = Summary::default();
    let runs = (0..2_000).map(|seed| (seed, 40)).chain((10_000..10_020).map(|seed| (seed, 600)));
    for (seed, steps) in runs {
        let summary = run(seed, steps).unwrap_or_else(|failure| panic!("{failure}"));
        all.steps += summary.steps;
        all.lost += summary.lost;
        all.repeated += summary.repeated;
        for (word, tally) in summary.tallies {
            let sum = all.tallies.entry(word).or_default();
            sum.done += tally.done;
            sum.refused += tally.refused;
        }
        for (code, times) in summary.refusals {
            *all.refusals.entry(code).or_default() += times;
        }
    }
    // A simulator that never gets anywhere finds nothing either: everything must have happened.
    assert!(all.lost > 1_000 && all.repeated > 1_000, "{all:?}");
    assert_eq!(all.tallies.len(), 13, "{all:?}");
    for (word, tally) in &all.tallies {
        assert!(tally.done > 50 && tally.refused > 5, "{word}: {tally:?}");
    }
    for code in [
        "stock.all_shipped",
        "stock.count_below_promised",
        "stock.hold_already_extended",
        "stock.hold_expired",
        "stock.hold_not_claimed",
        "stock.hold_not_ended",
        "stock.hold_settled",
        "stock.hold_unknown",
        "stock.insufficient",
        "stock.more_than_ordered",
        "stock.not_another_quota",
        "stock.units_out_of_range",
    ] {
        assert!(all.refusals.get(code).is_some_and(|&times| times > 20), "{code}: {all:?}");
    }
}

#[test]
fn a_seed_is_replayed_exactly() {
    assert_eq!(run(7, 300), run(7, 300));
    assert_ne!(run(7, 300), run(8, 300));
    let broken = || first_failure(|rules| rules.claim = claim_however_late);
    assert_eq!(broken(), broken());
}

#[test]
fn every_broken_decision_is_found() {
    let mutations: [(&str, Mutation); 13] = [
        ("nobody looks at the balance", |rules| {
            rules.place = place_blindly;
            rules.apply = Book::apply_blindly;
        }),
        ("only the book looks at the balance", |rules| rules.place = place_blindly),
        ("lines of the same goods are checked one by one", |rules| {
            rules.place = place_line_by_line;
            rules.apply = Book::apply_blindly;
        }),
        ("a hold is claimed after its end", |rules| rules.claim = claim_however_late),
        ("a hold is claimed at its end", |rules| rules.claim = claim_at_the_end),
        ("a hold is claimed twice", |rules| rules.claim = claim_keeping_the_hold),
        ("a hold expires before its end", |rules| rules.expire = expire_however_early),
        ("a hold does not expire at its end", |rules| rules.expire = expire_only_after_the_end),
        ("a hold is extended again and again", |rules| rules.extend = extend_always),
        ("released units are lost", |rules| rules.release = release_without_units),
        ("a cancellation frees what was dispatched", |rules| rules.cancel = cancel_everything),
        ("one side of a transfer is lost", |rules| rules.apply = Book::apply_one_sided),
        ("a repeated request is carried out again", |rules| {
            rules.repetitions = Repetitions::Forgotten;
            rules.apply = apply_under_new_ids;
        }),
    ];
    for (what, mutate) in mutations {
        assert!(first_failure(mutate).is_some(), "not noticed: {what}");
    }
}

/// Breaks a rule.
type Mutation = fn(&mut Rules);

fn first_failure(mutate: Mutation) -> Option<Failure> {
    (0..200).find_map(|seed| {
        let mut store = MemoryStore::new(seed);
        mutate(&mut store.rules);
        run_on(seed, 60, &mut store).err()
    })
}

/// As many of every good as anybody could want.
fn plenty(keys: impl IntoIterator<Item = StockKey>) -> Balances {
    keys.into_iter().map(|key| (key.account(StockState::Available), i64::MAX)).collect()
}

fn place_blindly(
    wanted: &PlaceHold,
    _: &Balances,
    at: Instant,
    random: &Random,
) -> Result<HoldPlan, StockRefusal> {
    hold::place(wanted, &plenty(hold::keys_of(&wanted.lines)), at, random)
}

/// Medusa's #16502: two lines of one item, each small enough, together too many.
fn place_line_by_line(
    wanted: &PlaceHold,
    balances: &Balances,
    at: Instant,
    random: &Random,
) -> Result<HoldPlan, StockRefusal> {
    for line in &wanted.lines {
        let alone = PlaceHold { lines: vec![line.clone()], ..wanted.clone() };
        hold::place(&alone, balances, at, random)?;
    }
    place_blindly(wanted, balances, at, random)
}

type Settled = Result<HoldPlan, StockRefusal>;

fn claim_however_late(hold: &Hold, at: Instant, random: &Random) -> Settled {
    hold::claim(hold, at.min(hold.expires_at.plus_seconds(-1)), random)
}

fn claim_at_the_end(hold: &Hold, at: Instant, random: &Random) -> Settled {
    let generous = if at == hold.expires_at { at.plus_seconds(-1) } else { at };
    hold::claim(hold, generous, random)
}

fn claim_keeping_the_hold(hold: &Hold, at: Instant, random: &Random) -> Settled {
    Ok(HoldPlan { hold: hold.clone(), ..hold::claim(hold, at, random)? })
}

fn expire_however_early(hold: &Hold, at: Instant, random: &Random) -> Settled {
    hold::expire(hold, at.max(hold.expires_at), random)
}

fn expire_only_after_the_end(hold: &Hold, at: Instant, random: &Random) -> Settled {
    hold::expire(hold, Instant::from_micros(at.micros() - 1), random)
}

fn extend_always(hold: &Hold, at: Instant, by_s: i64) -> Result<Hold, StockRefusal> {
    hold::extend_once(&Hold { extended: Extended::NotYet, ..hold.clone() }, at, by_s)
}

fn release_without_units(hold: &Hold, at: Instant, random: &Random) -> Settled {
    Ok(HoldPlan { transfers: Vec::new(), ..hold::release(hold, at, random)? })
}

fn cancel_everything(hold: &Hold, at: Instant, random: &Random) -> Settled {
    let whole = |line: &HoldLine| HoldLine { shipped: 0, ..line.clone() };
    let lines = hold.lines.iter().map(whole).collect();
    hold::cancel(&Hold { lines, ..hold.clone() }, at, random)
}

/// Forgets that a transfer's id says which request it belongs to.
fn apply_under_new_ids(book: &mut Book, plan: &[Transfer]) -> Result<(), BookRefusal> {
    let first = book.entries().count() as u128;
    let renumbered: Vec<Transfer> = (first..)
        .zip(plan)
        .map(|(n, transfer)| Transfer {
            id: TransferId::from_bytes(n.to_be_bytes()),
            ..transfer.clone()
        })
        .collect();
    book.apply(&renumbered)
}
