//! What a person in line is told: an honest chance and a range of units, never an exact number
//! that a script could race for.

use serde::Serialize;

/// How many units are left, as a range of a power of ten.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct UnitsRange {
    /// At least this many.
    pub from: u64,
    /// At most this many.
    pub to: u64,
}

/// The range that a number of units lies in: 0, 1–9, 10–99, 100–999, …
#[must_use]
pub fn units_range(units: u64) -> UnitsRange {
    match units.checked_ilog10() {
        None => UnitsRange { from: 0, to: 0 },
        Some(digits) => {
            let from = 10u64.pow(digits);
            UnitsRange { from, to: from.saturating_mul(9).saturating_add(from - 1) }
        }
    }
}

/// What is known when somebody asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outlook {
    /// People before this one who have not yet been admitted.
    pub ahead: u64,
    /// Units that are neither claimed nor held.
    pub free: u64,
    /// Units that are held; some of them will come back.
    pub held: u64,
    /// People who were admitted and have neither taken nor left yet.
    pub deciding: u64,
    /// Of a thousand people who were admitted, how many took a unit; as measured so far.
    pub yield_permille: u16,
    /// Units that one person may take.
    pub per_person: u32,
    /// Whether others may take what is free who are in no order and not counted: those who came after
    /// it went live, and those whose turn is over.
    pub in_the_open: bool,
}

/// How likely it is to get a unit, in rising order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Chance {
    /// Nothing is left and nothing can come back.
    None,
    /// Only what others give back.
    Waitlist,
    /// Fewer units than the people ahead will take by what was measured.
    Slim,
    /// It can go either way.
    Open,
    /// Enough, if people go on as they did so far.
    Good,
    /// Enough even if everybody ahead takes as much as they may.
    Certain,
}

impl Chance {
    /// The word on pages and in answers.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Waitlist => "waitlist",
            Self::Slim => "slim",
            Self::Open => "open",
            Self::Good => "good",
            Self::Certain => "certain",
        }
    }
}

/// The chance of the person that the outlook is for. It is never better than the truth: *certain*
/// needs no assumption, *good* leaves a fifth of the units as a margin. Where nobody knows how many
/// are after the same units, nothing is better than *open*.
#[must_use]
pub fn chance(outlook: &Outlook) -> Chance {
    let best = if outlook.in_the_open { Chance::Open } else { Chance::Certain };
    in_order(outlook).min(best)
}

/// The chance of somebody whom nobody overtakes.
fn in_order(outlook: &Outlook) -> Chance {
    let before = u128::from(outlook.ahead) + u128::from(outlook.deciding);
    let (free, per_person) = (u128::from(outlook.free), u128::from(outlook.per_person.max(1)));
    if free == 0 {
        return if outlook.held == 0 { Chance::None } else { Chance::Waitlist };
    }
    if before * per_person < free {
        return Chance::Certain;
    }
    // In thousandths of a unit: what the people ahead will take by what was measured.
    let taken = before * u128::from(outlook.yield_permille.min(1_000)) * per_person;
    let free = free * 1_000;
    if taken * 5 < free * 4 {
        Chance::Good
    } else if taken * 5 < free * 6 {
        Chance::Open
    } else {
        Chance::Slim
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn outlook(ahead: u64, free: u64) -> Outlook {
        Outlook {
            ahead,
            free,
            held: 0,
            deciding: 0,
            yield_permille: 500,
            per_person: 1,
            in_the_open: false,
        }
    }

    #[test]
    fn ranges_hide_the_number() {
        for (units, from, to) in
            [(0, 0, 0), (1, 1, 9), (9, 1, 9), (10, 10, 99), (2_112_010, 1_000_000, 9_999_999)]
        {
            assert_eq!(units_range(units), UnitsRange { from, to }, "{units}");
        }
        assert!(units_range(u64::MAX).to >= u64::MAX - 1);
    }

    #[test]
    fn chances_by_place() {
        for (ahead, wanted) in [
            (0, Chance::Certain),
            (99, Chance::Certain),
            (100, Chance::Good),
            (159, Chance::Good),
            (160, Chance::Open),
            (239, Chance::Open),
            (240, Chance::Slim),
        ] {
            assert_eq!(chance(&outlook(ahead, 100)), wanted, "{ahead} ahead");
        }
        assert_eq!(chance(&outlook(0, 0)), Chance::None);
        assert_eq!(chance(&Outlook { held: 1, ..outlook(0, 0) }), Chance::Waitlist);
        let two_each = Outlook { per_person: 2, ..outlook(60, 100) };
        assert!(chance(&two_each) < Chance::Certain, "everybody ahead may take two");
        let deciding = Outlook { deciding: 50, ..outlook(50, 100) };
        assert!(chance(&deciding) < Chance::Certain, "those who were admitted come first");
        let late = Outlook { in_the_open: true, ..outlook(0, 100) };
        assert_eq!(chance(&late), Chance::Open, "nobody knows how many others there are");
        assert_eq!(chance(&Outlook { free: 0, held: 0, ..late }), Chance::None);
    }

    proptest! {
        #[test]
        fn a_better_place_or_more_units_never_make_it_worse(
            ahead in 0u64..10_000, free in 0u64..10_000, held in 0u64..3, yield_permille in 0u16..1_200,
        ) {
            let here = Outlook { held, yield_permille, ..outlook(ahead, free) };
            let nearer = Outlook { ahead: ahead.saturating_sub(1), ..here };
            let fuller = Outlook { free: free + 1, ..here };
            prop_assert!(chance(&nearer) >= chance(&here));
            prop_assert!(chance(&fuller) >= chance(&here));
            if chance(&here) == Chance::Certain {
                prop_assert!(ahead < free);
            }
        }

        #[test]
        fn a_range_holds_its_number(units: u64) {
            let range = units_range(units);
            prop_assert!(range.from <= units && (units <= range.to || units > 9_000_000_000_000_000_000));
        }
    }
}
