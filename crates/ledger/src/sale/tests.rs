//! A lot, case by case; what happens over time and with crashes is the simulator's.

use kontor_base::Instant;

use super::*;

fn at(seconds: i64) -> Instant {
    Instant::from_micros(0).plus_seconds(1_428_422_400 + seconds)
}

fn lot(quota: u32) -> Lot {
    let rules = LotRules { hold_s: 900, extension_s: 300, units_max: 5, ends_at: at(1_000_000) };
    Lot::new(rules, LotHead { fence: 1, quota, halted: false })
}

fn take(person: u8, request: u8) -> Take {
    Take {
        person: [person; 16],
        request: [request; 16],
        body: 7,
        units: 1,
        allowance: 1,
        ship_to: *b"IN",
    }
}

fn taken(outcome: Result<Outcome, Refusal>) -> Taken {
    match outcome {
        Ok(Outcome::Taken(taken)) => taken,
        other => panic!("not taken: {other:?}"),
    }
}

#[test]
fn the_last_unit_goes_to_one_and_the_next_in_line_gets_what_comes_back() {
    let mut lot = lot(1);
    let first = taken(lot.apply(&Command::Take(take(1, 1)), at(0)));
    assert_eq!((first.sequence, first.expires_at, first.replayed), (1, at(900), false));
    assert_eq!(lot.apply(&Command::Take(take(2, 2)), at(0)), Err(Refusal::SoldOut));
    let line = lot.apply(&Command::Wait(take(2, 3)), at(1));
    assert_eq!(line, Ok(Outcome::Waiting { place: 1, ahead: 0 }));
    let line = lot.apply(&Command::Wait(take(3, 4)), at(2));
    assert_eq!(line, Ok(Outcome::Waiting { place: 2, ahead: 1 }));
    assert_eq!(lot.apply(&Command::Expire, at(899)), Ok(Outcome::Expired(0)));
    assert_eq!(lot.apply(&Command::Expire, at(900)), Ok(Outcome::Expired(1)));
    let second = taken(lot.apply(&Command::Wait(take(2, 3)), at(901)));
    assert_eq!((second.sequence, second.replayed, second.expires_at), (2, true, at(1_800)));
    assert_eq!(lot.apply(&Command::Take(take(4, 5)), at(901)), Err(Refusal::SoldOut));
    assert!(!lot.standing().is_open());
}

#[test]
fn whoever_leaves_the_line_is_not_offered_what_comes_back() {
    let mut lot = lot(1);
    taken(lot.apply(&Command::Take(take(1, 1)), at(0)));
    for person in 2..=4 {
        lot.apply(&Command::Wait(take(person, person)), at(1)).expect("a place");
    }
    let left = lot.apply(&Command::Leave([3; 16]), at(2));
    assert_eq!(left, Ok(Outcome::Left { before: false }));
    assert_eq!(lot.apply(&Command::Leave([3; 16]), at(2)), Ok(Outcome::Left { before: true }));
    assert_eq!(lot.apply(&Command::Leave([9; 16]), at(2)), Ok(Outcome::Left { before: true }));
    let behind = lot.apply(&Command::Look([4; 16]), at(3));
    assert_eq!(behind, Ok(Outcome::Seen { claim: None, place: Some((3, 1)) }), "one moved up");
    // A repetition of the old wish brings nobody back; a new one stands behind.
    assert_eq!(lot.apply(&Command::Wait(take(3, 3)), at(3)), Err(Refusal::LeftLine));
    let again = lot.apply(&Command::Wait(take(3, 9)), at(3));
    assert_eq!(again, Ok(Outcome::Waiting { place: 4, ahead: 2 }));
    lot.apply(&Command::Leave([3; 16]), at(3)).expect("left once more");
    for (gone, next) in [(1, 2), (2, 4)] {
        lot.apply(&Command::Release(gone), at(4)).expect("released");
        assert_eq!(lot.claims().last().map(|claim| claim.person), Some([next; 16]));
    }
    assert_eq!(lot.standing().waiting, 0);
    lot.apply(&Command::Release(3), at(5)).expect("released");
    assert!(lot.standing().is_open(), "nobody is left in the line, and the unit is anybody's");
    // What is read back stands as it stood.
    let mut anew = self::lot(1);
    lot.claims().iter().for_each(|claim| anew.load_claim(*claim));
    lot.line().iter().for_each(|place| anew.load_waiting(*place));
    assert_eq!((anew.standing(), anew.line()), (lot.standing(), lot.line()));
}

#[test]
fn whoever_waits_for_several_has_what_is_free() {
    let mut lot = lot(3);
    let (one, two) = (take(1, 1), Take { units: 2, allowance: 2, ..take(2, 2) });
    taken(lot.apply(&Command::Take(Take { units: 2, allowance: 2, ..one }), at(0)));
    let wish = Command::Wait(two);
    assert_eq!(lot.apply(&wish, at(0)), Err(Refusal::NotSoldOut), "one is there to take");
    taken(lot.apply(&Command::Take(take(3, 3)), at(0)));
    assert_eq!(lot.apply(&wish, at(1)), Ok(Outcome::Waiting { place: 1, ahead: 0 }));
    lot.apply(&Command::Wait(take(4, 4)), at(1)).expect("a place");
    lot.apply(&Command::Release(2), at(2)).expect("one unit comes back");
    let had = taken(lot.apply(&wish, at(3)));
    assert_eq!((had.units, had.replayed), (1, true));
    lot.apply(&Command::Release(1), at(4)).expect("two units come back");
    let standing = lot.standing();
    assert_eq!((standing.waiting, standing.free()), (0, 1), "nobody keeps it from others");
    assert!(standing.is_open());
}

#[test]
fn nothing_is_offered_after_the_end_so_that_the_last_hold_ends() {
    let rules = LotRules { hold_s: 900, extension_s: 300, units_max: 5, ends_at: at(100) };
    let mut lot = Lot::new(rules, LotHead { fence: 1, quota: 1, halted: false });
    taken(lot.apply(&Command::Take(take(1, 1)), at(99)));
    for person in 2..=50 {
        lot.apply(&Command::Wait(take(person, person)), at(99)).expect("a place");
    }
    assert_eq!(lot.apply(&Command::Expire, at(999)), Ok(Outcome::Expired(1)));
    let standing = lot.standing();
    assert_eq!((standing.taken, standing.claims, standing.waiting), (0, 1, 49));
    assert!(!standing.is_open(), "nobody new has it either");
}

#[test]
fn a_request_is_known_again_and_a_key_is_good_for_one_request() {
    let mut lot = lot(5);
    let first = taken(lot.apply(&Command::Take(take(1, 1)), at(0)));
    let again = taken(lot.apply(&Command::Take(take(1, 1)), at(50)));
    assert_eq!(again, Taken { replayed: true, ..first });
    let other_body = Take { body: 8, ..take(1, 1) };
    assert_eq!(lot.apply(&Command::Take(other_body), at(50)), Err(Refusal::KeyReused));
    assert_eq!(lot.apply(&Command::Take(take(2, 1)), at(50)), Err(Refusal::KeyReused));
    assert_eq!(lot.apply(&Command::Take(take(1, 2)), at(50)), Err(Refusal::PersonLimit));
    let two = Take { units: 2, allowance: 3, ..take(1, 3) };
    taken(lot.apply(&Command::Take(two), at(50)));
    assert_eq!(lot.standing().taken, 3);
    let none = Take { units: 0, ..take(6, 6) };
    assert_eq!(lot.apply(&Command::Take(none), at(50)), Err(Refusal::Units));
}

#[test]
fn paying_stops_the_clock() {
    let mut lot = lot(2);
    taken(lot.apply(&Command::Take(take(1, 1)), at(0)));
    taken(lot.apply(&Command::Take(take(2, 2)), at(0)));
    let paying = taken(lot.apply(&Command::CheckOut(1), at(700)));
    assert_eq!((paying.state, paying.expires_at), (ClaimState::Checkout, at(900)));
    assert_eq!(lot.apply(&Command::CheckOut(2), at(900)), Err(Refusal::HoldEnded));
    assert_eq!(lot.apply(&Command::Expire, at(5_000)), Ok(Outcome::Expired(1)));
    assert_eq!(lot.apply(&Command::Sell(1), at(5_000)), Ok(Outcome::Changed(ClaimState::Sold)));
    assert_eq!(lot.apply(&Command::Sell(1), at(5_000)), Ok(Outcome::Changed(ClaimState::Sold)));
    let sold = lot.standing();
    assert_eq!((sold.taken, sold.sold, sold.free()), (1, 1, 1));
    let below = Err(Refusal::BelowTaken { taken: 1 });
    assert_eq!(lot.apply(&Command::SetQuota(0), at(5_000)), below);
    lot.apply(&Command::Release(1), at(5_000)).expect("a cancelled order gives its unit back");
    assert_eq!(lot.standing().free(), 2);
    assert_eq!(lot.apply(&Command::Release(9), at(5_000)), Err(Refusal::UnknownClaim));
}

#[test]
fn a_halted_lot_takes_nothing_and_goes_on_where_it_stood() {
    let mut lot = lot(1);
    lot.apply(&Command::Halt, at(0)).expect("halts");
    assert_eq!(lot.apply(&Command::Take(take(1, 1)), at(0)), Err(Refusal::Halted));
    let line = lot.apply(&Command::Wait(take(1, 1)), at(0));
    assert_eq!(line, Ok(Outcome::Waiting { place: 1, ahead: 0 }));
    lot.apply(&Command::Resume, at(1)).expect("resumes");
    assert_eq!(lot.standing().taken, 1, "who stood in line is served first");
}

#[test]
fn what_is_staged_is_what_changed() {
    let mut lot = lot(3);
    taken(lot.apply(&Command::Take(take(1, 1)), at(0)));
    lot.confirm();
    assert!(lot.staged().is_empty());
    taken(lot.apply(&Command::Take(take(2, 2)), at(1)));
    lot.apply(&Command::Release(1), at(1)).expect("released");
    let staged = lot.staged();
    assert_eq!((staged.first_claim, staged.claims.len()), (2, 1));
    assert_eq!(staged.changed.len(), 1);
    assert_eq!(staged.changed[0].1.state, ClaimState::Released);
    lot.roll_back();
    assert!(lot.staged().is_empty());
    assert_eq!(lot.standing().taken, 1);
    taken(lot.apply(&Command::Take(take(2, 2)), at(2)));
}

#[test]
fn two_million_people_fit() {
    let people = 2_112_010;
    let lot = lot(people);
    let megabytes = lot.bytes() / 1_000_000;
    assert!(megabytes < 250, "{megabytes} MB before the first has come");
}
