//! One damage at a time: each is found and named, and a sound ledger is not accused.

use super::*;
use crate::hold::{Extended, HoldLine};
use crate::samples::{hold_id, key, second, transfer};

fn received(number: u64, units: i64) -> Transfer {
    transfer(
        number,
        &key("BAND"),
        Cause::Received,
        StockState::Supplier,
        StockState::Available,
        units,
    )
}

fn held(number: u64, units: i64) -> Transfer {
    transfer(number, &key("BAND"), Cause::Held, StockState::Available, StockState::Held, units)
}

fn claimed(number: u64, units: i64) -> Transfer {
    transfer(number, &key("BAND"), Cause::Claimed, StockState::Held, StockState::Sold, units)
}

fn hold(number: u64, state: HoldState, units: i64, shipped: i64) -> Hold {
    Hold {
        id: hold_id(number),
        lines: vec![HoldLine { key: key("BAND"), units, shipped }],
        placed_at: second(0),
        expires_at: second(600),
        extended: Extended::NotYet,
        state,
    }
}

/// A sound ledger: ten came, four were held, one of these was claimed.
struct Ledger {
    entries: Vec<Transfer>,
    balances: Vec<(StockAccount, i64)>,
    holds: Vec<Hold>,
}

fn sound() -> Ledger {
    let balance = |state, units| (key("BAND").account(state), units);
    Ledger {
        entries: vec![received(1, 10), held(2, 3), held(3, 1), claimed(4, 1)],
        balances: vec![
            balance(StockState::Supplier, -10),
            balance(StockState::Available, 6),
            balance(StockState::Held, 3),
            balance(StockState::Sold, 1),
        ],
        holds: vec![
            hold(1, HoldState::Active, 3, 0),
            hold(2, HoldState::Claimed, 1, 0),
            hold(3, HoldState::Expired, 7, 0),
        ],
    }
}

fn codes(damage: impl FnOnce(&mut Ledger)) -> Vec<&'static str> {
    let mut ledger = sound();
    damage(&mut ledger);
    let report = audit(ledger.entries, ledger.balances, ledger.holds);
    report.findings.iter().map(Finding::code).collect()
}

#[test]
fn a_sound_ledger_is_clean_and_counted() {
    let ledger = sound();
    let report = audit(&ledger.entries, ledger.balances, &ledger.holds);
    assert!(report.is_clean(), "{report:?}");
    assert_eq!((report.entries, report.units_moved, report.accounts), (4, 15, 4));
    assert_eq!((report.holds, report.holds_active), (3, 1));
    assert!(audit::<Transfer, StockAccount, Hold>([], [], []).is_clean());
}

#[test]
fn each_damage_is_named() {
    let differs = "audit.balance_differs";
    assert_eq!(codes(|l| l.balances[1].1 = 7), [differs]);
    assert_eq!(codes(|l| drop(l.balances.pop())), [differs]);
    assert_eq!(codes(|l| l.balances[1].1 = -1), ["audit.negative_balance", differs]);
    assert_eq!(codes(|l| l.entries.swap(1, 2)), ["audit.entry_out_of_order"]);
    assert_eq!(
        codes(|l| l.entries[1].cause = Cause::Shipped),
        ["audit.cause_not_allowed"],
        "the balances are still the sums"
    );
    assert_eq!(codes(|l| l.holds[0].lines[0].units = 4), ["audit.held_differs"]);
    assert_eq!(codes(|l| l.holds[0].state = HoldState::Expired), ["audit.held_differs"]);
    assert_eq!(codes(|l| drop(l.holds.remove(0))), ["audit.held_differs"]);
    assert_eq!(codes(|l| drop(l.holds.remove(1))), ["audit.sold_differs"]);
    assert_eq!(codes(|l| l.holds[1].lines[0].shipped = 1), ["audit.sold_differs"]);
    assert_eq!(codes(|l| l.holds[2].lines.clear()), ["audit.hold_impossible"]);
    assert_eq!(codes(|l| l.holds[2].lines[0].shipped = 1), ["audit.hold_impossible"]);
    // A settled hold with nothing open may have been tidied away.
    assert!(codes(|l| drop(l.holds.remove(2))).is_empty());
}

#[test]
fn a_wrong_entry_is_named_with_what_it_spoils() {
    let found = codes(|l| l.entries.remove(0).units = 0);
    assert!(found.contains(&"audit.negative_balance"), "{found:?}");
    assert!(codes(|l| l.entries[1].units = -3).contains(&"audit.entry_units"));
    assert!(
        codes(|l| l.entries[1].to = l.entries[1].from.clone())
            .contains(&"audit.entry_same_account")
    );
    assert!(codes(|l| l.entries[1].to.key = key("PHONE")).contains(&"audit.goods_change"));
    assert!(codes(|l| l.entries.push(claimed(4, 1))).contains(&"audit.entry_out_of_order"));
}

#[test]
fn no_row_overflows_an_audit_and_the_list_of_findings_ends() {
    let huge = (1..=3_000).map(|number| received(number, i64::MAX));
    let report = audit::<_, StockAccount, Hold>(huge, [], []);
    assert_eq!(report.findings.len(), FINDINGS_MAX);
    assert_eq!(report.findings_left_out, 2_000 + 2);
    assert!(!report.is_clean());
}
