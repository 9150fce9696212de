//! Receipts, returns, losses, quotas and counts.

use proptest::prelude::*;

use super::*;
use crate::samples::{key, reference, second, transfer_id};

fn movement(units: i64) -> Movement {
    Movement { id: transfer_id(1), at: second(0), key: key("BAND"), units, reference: reference() }
}

fn balances(rows: &[(StockState, i64)]) -> Balances {
    rows.iter().map(|(state, units)| (key("BAND").account(*state), *units)).collect()
}

#[test]
fn every_movement_is_a_transfer_that_the_table_allows() {
    let all = balances(&[
        (StockState::Available, 9),
        (StockState::Shipped, 9),
        (StockState::Returned, 9),
    ]);
    for (transfer, cause) in [
        (receive(movement(9)), Cause::Received),
        (take_back(movement(9), &all), Cause::Returned),
        (restock(movement(9), &all), Cause::Restocked),
        (write_off(movement(9), WriteOffFrom::Available, &all), Cause::WrittenOff),
        (write_off(movement(9), WriteOffFrom::Returned, &all), Cause::WrittenOff),
        (move_quota(movement(9), None, &all), Cause::QuotaMoved),
    ] {
        let transfer = transfer.expect("there are nine");
        assert_eq!(transfer.check(), Ok(()), "{cause}");
        assert_eq!((transfer.id, transfer.units), (transfer_id(1), 9));
        assert_eq!(transfer.cause, cause);
    }
}

#[test]
fn nothing_moves_that_is_not_there() {
    let none = Balances::new();
    for answer in [
        take_back(movement(1), &none),
        restock(movement(1), &none),
        write_off(movement(1), WriteOffFrom::Available, &none),
        write_off(movement(1), WriteOffFrom::Returned, &none),
        move_quota(movement(1), None, &none),
    ] {
        assert_eq!(answer.expect_err("there is nothing").code(), "stock.insufficient");
    }
    for units in [0, -1, limits::UNITS_MAX + 1] {
        assert_eq!(receive(movement(units)), Err(StockRefusal::UnitsOutOfRange));
        assert_eq!(take_back(movement(units), &none), Err(StockRefusal::UnitsOutOfRange));
    }
    let same = movement(1).key.market;
    assert_eq!(move_quota(movement(1), same, &none), Err(StockRefusal::NotAnotherQuota));
}

#[test]
fn promised_units_are_not_written_off() {
    let held = balances(&[(StockState::Available, 1), (StockState::Held, 9)]);
    assert!(write_off(movement(2), WriteOffFrom::Available, &held).is_err());
}

#[test]
fn a_count_never_breaks_a_promise() {
    let kept =
        balances(&[(StockState::Available, 5), (StockState::Held, 2), (StockState::Sold, 3)]);
    assert_eq!(adjust_count(movement(10), &kept), Ok(None));
    assert_eq!(
        adjust_count(movement(4), &kept),
        Err(StockRefusal::CountBelowPromised { counted: 4, promised: 5 })
    );
    assert_eq!(adjust_count(movement(-1), &kept), Err(StockRefusal::UnitsOutOfRange));
    let none_left = adjust_count(movement(5), &kept).expect("the promises can be kept");
    assert_eq!(none_left.map(|t| (t.from.state, t.units)), Some((StockState::Available, 5)));
    assert_eq!(adjust_count(movement(0), &Balances::new()), Ok(None));
}

proptest! {
    #[test]
    fn after_a_count_the_books_say_what_was_counted(
        available in 0_i64..100, held in 0_i64..20, sold in 0_i64..20, counted in 0_i64..200,
    ) {
        let kept = balances(&[
            (StockState::Available, available),
            (StockState::Held, held),
            (StockState::Sold, sold),
        ]);
        let change = match adjust_count(movement(counted), &kept) {
            Err(_) => {
                prop_assert!(counted < held + sold);
                return Ok(());
            }
            Ok(None) => 0,
            Ok(Some(transfer)) => {
                prop_assert_eq!(transfer.check(), Ok(()));
                let grows = transfer.to.state == StockState::Available;
                if grows { transfer.units } else { -transfer.units }
            }
        };
        prop_assert_eq!(available + change + held + sold, counted);
        prop_assert!(available + change >= 0);
    }
}
