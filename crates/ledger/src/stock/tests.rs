//! The tables of causes and states, walked; the text forms; what is wrong with a transfer.

use std::collections::BTreeSet;

use super::*;
use crate::samples::{key, transfer};

#[test]
fn every_cause_and_state_is_in_the_table() {
    let rows: BTreeSet<_> = CAUSE_TABLE.into_iter().collect();
    assert_eq!(rows.len(), CAUSE_TABLE.len(), "a row is there twice");
    for cause in Cause::ALL {
        assert!(CAUSE_TABLE.iter().any(|row| row.0 == cause), "{cause} moves nothing");
    }
    for state in StockState::ALL {
        assert!(CAUSE_TABLE.iter().any(|row| row.2 == state), "nothing leads to {state}");
    }
}

#[test]
fn every_state_can_be_reached_from_the_supplier() {
    let mut reached = BTreeSet::from([StockState::Supplier]);
    for _ in StockState::ALL {
        for (_, from, to) in CAUSE_TABLE {
            if reached.contains(&from) {
                reached.insert(to);
            }
        }
    }
    assert_eq!(reached.len(), StockState::ALL.len());
}

#[test]
fn units_leave_the_house_and_come_in_for_few_reasons() {
    let touching = |state| -> Vec<Cause> {
        let rows = CAUSE_TABLE.iter().filter(|row| row.1 == state || row.2 == state);
        rows.map(|row| row.0).collect()
    };
    assert_eq!(
        touching(StockState::Supplier),
        [Cause::Received, Cause::CountAdjusted, Cause::CountAdjusted]
    );
    // What is written off stays written off; what is found again is a count.
    assert!(CAUSE_TABLE.iter().all(|row| row.1 != StockState::WrittenOff));
    // Only a claim makes a sale: nothing goes from the shelf to an order without a hold.
    let to_sold: Vec<_> = CAUSE_TABLE.iter().filter(|row| row.2 == StockState::Sold).collect();
    assert_eq!(to_sold, [&(Cause::Claimed, StockState::Held, StockState::Sold)]);
}

#[test]
fn a_transfer_is_checked_against_the_whole_table() {
    for cause in Cause::ALL {
        for from in StockState::ALL {
            for to in StockState::ALL {
                let mut moved = transfer(1, &key("BAND"), cause, from, to, 1);
                if cause == Cause::QuotaMoved {
                    moved.to.key.market = None;
                }
                let allowed = CAUSE_TABLE.contains(&(cause, from, to));
                let expected = if allowed {
                    Ok(())
                } else if moved.from == moved.to {
                    Err(TransferFlaw::SameAccount)
                } else {
                    Err(TransferFlaw::CauseNotAllowed)
                };
                assert_eq!(moved.check(), expected, "{cause}: {from} to {to}");
            }
        }
    }
}

#[test]
fn goods_do_not_change_on_the_way() {
    let good = transfer(1, &key("BAND"), Cause::Held, StockState::Available, StockState::Held, 1);
    let with_key = |key: StockKey| {
        let mut moved = good.clone();
        moved.to.key = key;
        moved.check()
    };
    let band = key("BAND");
    assert_eq!(with_key(band.clone()), Ok(()));
    assert_eq!(with_key(key("PHONE")), Err(TransferFlaw::GoodsChange));
    assert_eq!(with_key(StockKey { market: None, ..band.clone() }), Err(TransferFlaw::GoodsChange));
    let site = Site::parse("elsewhere").expect("a good key");
    assert_eq!(with_key(StockKey { site, ..band }), Err(TransferFlaw::GoodsChange));

    let mut quota = transfer(
        2,
        &key("BAND"),
        Cause::QuotaMoved,
        StockState::Available,
        StockState::Available,
        1,
    );
    assert_eq!(quota.check(), Err(TransferFlaw::SameAccount));
    quota.to.key.market = None;
    assert_eq!(quota.check(), Ok(()));
    quota.to.key.item = ItemKey::parse("PHONE").expect("a good key");
    assert_eq!(quota.check(), Err(TransferFlaw::GoodsChange));
}

#[test]
fn units_have_limits() {
    for (units, good) in [
        (1, true),
        (limits::UNITS_MAX, true),
        (0, false),
        (-1, false),
        (limits::UNITS_MAX + 1, false),
        (i64::MIN, false),
    ] {
        let moved =
            transfer(1, &key("BAND"), Cause::Held, StockState::Available, StockState::Held, units);
        assert_eq!(moved.check().is_ok(), good, "{units}");
    }
}

#[test]
fn text_forms_are_stable_and_round_trip() {
    let account = key("BAND-BLACK").account(StockState::WrittenOff);
    assert_eq!(account.to_string(), "hub/BAND-BLACK/us/written_off");
    let nobody = StockKey { market: None, ..key("BAND") };
    assert_eq!(nobody.to_string(), "hub/BAND/-");
    assert_eq!(nobody.market_word(), "-");
    assert_eq!("hub/BAND/-".parse(), Ok(nobody));
    for state in StockState::ALL {
        let account = key("BAND").account(state);
        assert_eq!(account.to_string().parse(), Ok(account));
        assert_eq!(state.as_str().parse(), Ok(state));
    }
    for cause in Cause::ALL {
        assert_eq!(cause.as_str().parse(), Ok(cause));
    }
    for bad in ["", "hub/BAND", "hub/BAND/us/x/held", "hub//us/held", "hub/BAND/us/gone", "a/b/c"] {
        assert!(bad.parse::<StockAccount>().is_err(), "{bad:?}");
    }
}

#[test]
fn what_was_not_read_is_not_there() {
    let mut balances = Balances::new();
    let account = key("BAND").account(StockState::Available);
    assert_eq!(balances.of(&account), 0);
    balances.set(account.clone(), 3);
    assert_eq!(balances.of(&account), 3);
    assert_eq!(balances.of(&key("BAND").account(StockState::Held)), 0);
}
