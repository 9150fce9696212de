//! A claim: units of a lot that one person has taken, and what can become of it.

use crate::word::text_form;

/// What has become of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum ClaimState {
    /// The units are the person's until the hold ends.
    Held,
    /// The person is paying: from here on the checkout's own hold on the stock decides.
    Checkout,
    /// An order has them.
    Sold,
    /// Given up, by the person, by a checkout that ended, or by a cancelled order.
    Released,
    /// The hold ended first.
    Expired,
}

impl ClaimState {
    /// Every state.
    pub const ALL: [Self; 5] =
        [Self::Held, Self::Checkout, Self::Sold, Self::Released, Self::Expired];

    /// The stored word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Checkout => "checkout",
            Self::Sold => "sold",
            Self::Released => "released",
            Self::Expired => "expired",
        }
    }

    /// Whether units of a claim in this state are taken from the lot.
    #[must_use]
    pub const fn takes(self) -> bool {
        matches!(self, Self::Held | Self::Checkout | Self::Sold)
    }

    /// Where `step` leads from here, by [`CLAIM_TABLE`]; `None`: nowhere.
    #[must_use]
    pub fn after(self, step: ClaimStep) -> Option<Self> {
        CLAIM_TABLE.iter().find(|(from, by, _)| *from == self && *by == step).map(|(_, _, to)| *to)
    }
}
text_form!(ClaimState, "claim state");

/// What can happen to a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClaimStep {
    /// The person begins to pay.
    CheckOut,
    /// There is an order.
    Sell,
    /// The units are given up.
    Release,
    /// The hold has ended.
    Expire,
}

impl ClaimStep {
    /// Every step.
    pub const ALL: [Self; 4] = [Self::CheckOut, Self::Sell, Self::Release, Self::Expire];
}

/// The state machine of a claim. What is not in here cannot happen.
///
/// The clock ends only what is [`ClaimState::Held`]: once somebody is paying, the hold that the
/// stock ledger has for the checkout is the one that ends, and its end comes back here as a release.
pub const CLAIM_TABLE: [(ClaimState, ClaimStep, ClaimState); 6] = [
    (ClaimState::Held, ClaimStep::CheckOut, ClaimState::Checkout),
    (ClaimState::Held, ClaimStep::Release, ClaimState::Released),
    (ClaimState::Held, ClaimStep::Expire, ClaimState::Expired),
    (ClaimState::Checkout, ClaimStep::Sell, ClaimState::Sold),
    (ClaimState::Checkout, ClaimStep::Release, ClaimState::Released),
    (ClaimState::Sold, ClaimStep::Release, ClaimState::Released),
];

/// One claim as the lot keeps it: 64 bytes, so that two million of them are 128 MB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The keyed hash of the request's key: the same request is the same claim.
    pub request: [u8; 16],
    /// The keyed hash of the person.
    pub person: [u8; 16],
    /// When it was made, in microseconds since the epoch.
    pub claimed_at: i64,
    /// The first moment at which the hold is no longer good, in microseconds since the epoch.
    pub expires_at: i64,
    /// The first four bytes of the keyed hash of the request's body: the same key with another body
    /// is refused.
    pub body: u32,
    /// The person's claim before this one in this lot, counted from 1; 0: none. The lot works it
    /// out: a claim that is read back may have anything here.
    pub earlier: u32,
    /// Where it goes: the two letters of the country.
    pub ship_to: [u8; 2],
    /// How many units.
    pub units: u8,
    /// What has become of it.
    pub state: ClaimState,
    /// Whether the hold has had its one extension.
    pub extended: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_what_a_claim_can_do() {
        use ClaimState as S;
        for state in S::ALL {
            for step in ClaimStep::ALL {
                let rows = CLAIM_TABLE.iter().filter(|row| row.0 == state && row.1 == step).count();
                assert!(rows <= 1, "{state:?} {step:?} leads to one place");
                assert_eq!(state.after(step).is_some(), rows == 1);
            }
            assert_eq!(state.as_str().parse(), Ok(state));
        }
        for over in [S::Released, S::Expired] {
            assert!(ClaimStep::ALL.iter().all(|step| over.after(*step).is_none()), "{over:?}");
            assert!(!over.takes());
        }
    }

    #[test]
    fn a_claim_is_as_small_as_it_says() {
        assert_eq!(size_of::<Claim>(), 64);
    }
}
