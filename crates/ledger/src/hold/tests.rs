//! The table of a hold, walked; the boundary of its end; merged lines; and properties.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::book::Book;
use crate::samples::{hold_id, key, second, transfer, transfer_id};

fn stocked(rows: &[(&str, i64)]) -> Book {
    let mut book = Book::new();
    for (number, (item, units)) in (1..).zip(rows) {
        let arrived = transfer(
            number,
            &key(item),
            Cause::Received,
            StockState::Supplier,
            StockState::Available,
            *units,
        );
        book.apply(&[arrived]).expect("goods may arrive");
    }
    book
}

fn wanted(lines: &[(&str, i64)]) -> PlaceHold {
    let line = |(item, units): &(&str, i64)| WantedLine { key: key(item), units: *units };
    PlaceHold { id: hold_id(1), lines: lines.iter().map(line).collect(), ttl_s: 600 }
}

/// A hold of five bands from second 0 to second 600, in `state`.
fn hold_in(state: HoldState) -> Hold {
    Hold {
        id: hold_id(1),
        lines: vec![HoldLine { key: key("BAND"), units: 5, shipped: 0 }],
        placed_at: second(0),
        expires_at: second(600),
        extended: Extended::NotYet,
        state,
    }
}

fn take(step: HoldStep, hold: &Hold, at: Instant) -> Result<HoldPlan, StockRefusal> {
    let random = Random::seeded(1);
    match step {
        HoldStep::Claim => claim(hold, at, &random),
        HoldStep::Release => release(hold, at, &random),
        HoldStep::Expire => expire(hold, at, &random),
        HoldStep::Cancel => cancel(hold, at, &random),
    }
}

#[test]
fn every_state_and_step_does_what_the_table_says() {
    for state in HoldState::ALL {
        assert_eq!(state.as_str().parse(), Ok(state));
        for step in HoldStep::ALL {
            // An expiry is asked at the end, everything else before it.
            let at = if step == HoldStep::Expire { second(600) } else { second(1) };
            match (state.after(step), take(step, &hold_in(state), at)) {
                (Some(to), Ok(plan)) => {
                    assert_eq!(plan.hold.state, to);
                    assert_eq!(plan.transfers.len(), 1);
                    assert_eq!(plan.transfers[0].check(), Ok(()));
                    assert_eq!(plan.transfers[0].cause, step.cause());
                    assert_eq!(plan.transfers[0].units, 5);
                }
                (None, Err(_)) => {}
                (to, answer) => panic!("{state} {step}: table {to:?}, decision {answer:?}"),
            }
        }
    }
    let steps: BTreeSet<_> = HOLD_TABLE.iter().map(|(from, step, _)| (from, step)).collect();
    assert_eq!(steps.len(), HOLD_TABLE.len(), "a step leads to two states");
}

#[test]
fn the_end_is_not_part_of_the_hold() {
    let hold = hold_in(HoldState::Active);
    let just_before = Instant::from_micros(hold.expires_at.micros() - 1);
    let random = Random::seeded(1);
    assert!(claim(&hold, just_before, &random).is_ok());
    assert_eq!(
        expire(&hold, just_before, &random),
        Err(StockRefusal::HoldNotEnded { ends_at: hold.expires_at })
    );
    let ended = StockRefusal::HoldExpired { ended_at: hold.expires_at };
    assert_eq!(claim(&hold, hold.expires_at, &random), Err(ended.clone()));
    assert_eq!(extend_once(&hold, hold.expires_at, 60), Err(ended));
    assert!(expire(&hold, hold.expires_at, &random).is_ok());
    // Giving up is never too late, as long as nobody was faster.
    assert!(release(&hold, hold.expires_at, &random).is_ok());
}

#[test]
fn refusals_say_what_has_become_of_the_hold() {
    for (state, step, code) in [
        (HoldState::Expired, HoldStep::Claim, "stock.hold_expired"),
        (HoldState::Released, HoldStep::Claim, "stock.hold_settled"),
        (HoldState::Claimed, HoldStep::Claim, "stock.hold_settled"),
        (HoldState::Claimed, HoldStep::Expire, "stock.hold_settled"),
        (HoldState::Claimed, HoldStep::Release, "stock.hold_settled"),
        (HoldState::Active, HoldStep::Cancel, "stock.hold_not_claimed"),
    ] {
        let refusal = take(step, &hold_in(state), second(1)).expect_err("not in the table");
        assert_eq!(refusal.code(), code, "{state} {step}");
    }
}

#[test]
fn an_extension_moves_the_end_once() {
    let hold = hold_in(HoldState::Active);
    let longer = extend_once(&hold, second(599), 300).expect("still good");
    assert_eq!(longer.expires_at, second(900));
    assert_eq!(longer.state, HoldState::Active);
    assert_eq!(extend_once(&longer, second(899), 300), Err(StockRefusal::HoldAlreadyExtended));
    assert!(claim(&longer, second(899), &Random::seeded(1)).is_ok());
    for by_s in [0, -1, limits::TRANSFER_HOLD_S + 1, i64::MIN] {
        assert_eq!(extend_once(&hold, second(1), by_s), Err(StockRefusal::DurationOutOfRange));
    }
}

#[test]
fn two_lines_of_one_item_are_checked_together() {
    let book = stocked(&[("BAND", 5), ("BANK", 1)]);
    let random = Random::seeded(1);
    let lines = wanted(&[("BAND", 3), ("BANK", 2), ("BAND", 3)]);
    let refusal = place(&lines, book.balances(), second(0), &random);
    let shortage = |item, wanted, available| Shortage { key: key(item), wanted, available };
    assert_eq!(
        refusal,
        Err(StockRefusal::Insufficient {
            short: vec![shortage("BAND", 6, 5), shortage("BANK", 2, 1)]
        })
    );
    let lines = wanted(&[("BANK", 1), ("BAND", 3), ("BAND", 2)]);
    let plan = place(&lines, book.balances(), second(0), &random).expect("five and one are there");
    assert_eq!(
        plan.hold.lines,
        [
            HoldLine { key: key("BAND"), units: 5, shipped: 0 },
            HoldLine { key: key("BANK"), units: 1, shipped: 0 }
        ]
    );
    assert_eq!(plan.transfers.len(), 2);
    assert_eq!(plan.hold.expires_at, second(600));
    assert_eq!(keys_of(&lines.lines), [key("BAND"), key("BANK")]);
}

#[test]
fn absurd_wishes_are_refused() {
    let book = stocked(&[("BAND", 5)]);
    let many = vec![("BAND", 1); HOLD_LINES_MAX + 1];
    for (lines, ttl_s, refusal) in [
        (vec![], 600, StockRefusal::NoLines),
        (many, 600, StockRefusal::TooManyLines),
        (vec![("BAND", 0)], 600, StockRefusal::UnitsOutOfRange),
        (vec![("BAND", -1)], 600, StockRefusal::UnitsOutOfRange),
        (vec![("BAND", 4), ("BAND", -3)], 600, StockRefusal::UnitsOutOfRange),
        (vec![("BAND", i64::MAX), ("BAND", i64::MAX)], 600, StockRefusal::UnitsOutOfRange),
        (vec![("BAND", limits::UNITS_MAX), ("BAND", 1)], 600, StockRefusal::UnitsOutOfRange),
        (vec![("BAND", 1)], 0, StockRefusal::DurationOutOfRange),
        (vec![("BAND", 1)], limits::TRANSFER_HOLD_S + 1, StockRefusal::DurationOutOfRange),
    ] {
        let wanted = PlaceHold { ttl_s, ..wanted(&lines) };
        let answer = place(&wanted, book.balances(), second(0), &Random::seeded(1));
        assert_eq!(answer, Err(refusal), "{wanted:?}");
    }
}

#[test]
fn a_parcel_takes_no_more_than_the_order_awaits() {
    let claimed = hold_in(HoldState::Claimed);
    let parcel = |item, units| WantedLine { key: key(item), units };
    let plan =
        ship(&claimed, transfer_id(9), &parcel("BAND", 3), second(1)).expect("three of five");
    assert_eq!(plan.hold.lines[0].awaiting(), 2);
    assert_eq!(plan.transfers[0].id, transfer_id(9));
    assert_eq!(
        ship(&plan.hold, transfer_id(10), &parcel("BAND", 3), second(1)),
        Err(StockRefusal::MoreThanOrdered { wanted: 3, awaiting: 2 })
    );
    assert_eq!(
        ship(&plan.hold, transfer_id(10), &parcel("BANK", 1), second(1)),
        Err(StockRefusal::MoreThanOrdered { wanted: 1, awaiting: 0 })
    );
    let cancelled = cancel(&plan.hold, second(2), &Random::seeded(1)).expect("two are left");
    assert_eq!(cancelled.transfers[0].units, 2);

    let plan = ship(&plan.hold, transfer_id(10), &parcel("BAND", 2), second(1)).expect("the rest");
    assert_eq!(cancel(&plan.hold, second(2), &Random::seeded(1)), Err(StockRefusal::AllShipped));
    for state in [HoldState::Active, HoldState::Expired, HoldState::Released, HoldState::Cancelled]
    {
        assert_eq!(
            ship(&hold_in(state), transfer_id(9), &parcel("BAND", 1), second(1)),
            Err(StockRefusal::HoldNotClaimed { state })
        );
    }
}

const ITEMS: [&str; 3] = ["BAND", "BANK", "PHONE"];

fn some_lines() -> impl Strategy<Value = Vec<(&'static str, i64)>> {
    prop::collection::vec((prop::sample::select(&ITEMS[..]), 1_i64..8), 1..6)
}

proptest! {
    #[test]
    fn at_any_moment_exactly_one_of_claim_and_expire_is_possible(
        ttl_s in 1_i64..=limits::TRANSFER_HOLD_S,
        at_micros in -1_000_000_i64..=2 * limits::TRANSFER_HOLD_S * 1_000_000,
    ) {
        let hold = Hold { expires_at: second(ttl_s), ..hold_in(HoldState::Active) };
        let at = Instant::from_micros(second(0).micros() + at_micros);
        let random = Random::seeded(1);
        let claimed = claim(&hold, at, &random).is_ok();
        prop_assert_eq!(claimed, expire(&hold, at, &random).is_err());
        prop_assert_eq!(claimed, at < hold.expires_at);
    }

    #[test]
    fn a_hold_gets_all_or_nothing_and_the_book_agrees(
        stock in prop::array::uniform3(1_i64..12),
        lines in some_lines(),
    ) {
        let rows: Vec<_> = ITEMS.into_iter().zip(stock).collect();
        let mut book = stocked(&rows);
        let sum = |item| -> i64 { lines.iter().filter(|l| l.0 == item).map(|l| l.1).sum() };
        let fits = rows.iter().all(|(item, units)| sum(*item) <= *units);
        match place(&wanted(&lines), book.balances(), second(0), &Random::seeded(1)) {
            Ok(plan) => {
                prop_assert!(fits);
                prop_assert_eq!(book.apply(&plan.transfers), Ok(()));
                for item in ITEMS {
                    prop_assert_eq!(book.balances().of(&key(item).account(StockState::Held)), sum(item));
                }
                prop_assert!(plan.hold.lines.windows(2).all(|pair| pair[0].key < pair[1].key));
            }
            Err(refusal) => {
                prop_assert!(!fits);
                prop_assert_eq!(refusal.code(), "stock.insufficient");
            }
        }
    }

    #[test]
    fn the_order_of_the_lines_does_not_matter(lines in some_lines()) {
        let book = stocked(&ITEMS.map(|item| (item, 100)));
        let mut turned = lines.clone();
        turned.reverse();
        let answer = |lines| place(&wanted(lines), book.balances(), second(0), &Random::seeded(1));
        prop_assert_eq!(answer(&lines), answer(&turned));
    }

    #[test]
    fn whatever_ends_a_hold_gives_back_what_was_not_dispatched(
        lines in some_lines(),
        claim_first: bool,
        dispatched in 0_i64..3,
        end in prop::sample::select(&[HoldStep::Release, HoldStep::Expire][..]),
    ) {
        let mut book = stocked(&ITEMS.map(|item| (item, 100)));
        let random = Random::seeded(1);
        let placed = place(&wanted(&lines), book.balances(), second(0), &random).expect("plenty");
        book.apply(&placed.transfers).expect("the book agrees");
        let mut hold = placed.hold;
        let mut gone = 0;
        if claim_first {
            let plan = claim(&hold, second(1), &random).expect("it is good");
            book.apply(&plan.transfers).expect("the book agrees");
            hold = plan.hold;
            let parcel = WantedLine { key: hold.lines[0].key.clone(), units: dispatched };
            if let Ok(plan) = ship(&hold, transfer_id(77), &parcel, second(2)) {
                book.apply(&plan.transfers).expect("the book agrees");
                hold = plan.hold;
                gone = dispatched;
            }
        }
        let step = if claim_first { HoldStep::Cancel } else { end };
        match take(step, &hold, second(600)) {
            Ok(plan) => {
                book.apply(&plan.transfers).expect("the book agrees");
                let left = |item| book.balances().of(&key(item).account(StockState::Available));
                prop_assert_eq!(ITEMS.map(left).iter().sum::<i64>(), 300 - gone);
                prop_assert!(take(step, &plan.hold, second(600)).is_err());
            }
            Err(refusal) => prop_assert_eq!(refusal, StockRefusal::AllShipped),
        }
        prop_assert!(book.verify().is_clean());
    }
}
