//! Webhooks: what other programs can be told, how long it is tried, and when an endpoint is given up.
//!
//! A webhook is told no more than whoever answers for it may read at that moment: it is bound to the rights
//! of a person as a key is, event by event.

use std::collections::BTreeSet;

use kontor_base::{Instant, Line};

use crate::market::MarketCode;
use crate::staff::{Account, AccountState, Assignment, Markets, Permission, may, may_throughout};

/// What an endpoint is called.
pub type HookName = Line<80>;

/// The most endpoints.
pub const HOOKS_MAX: usize = 50;
/// For how long the secret before is good after an exchange, in seconds: one day.
pub const SECRET_OVERLAP_S: i64 = 24 * 60 * 60;
/// After how long without a success an endpoint is switched off, in seconds: three days.
pub const DISABLED_AFTER_S: i64 = 3 * 24 * 60 * 60;

macro_rules! kinds {
    ($( $(#[$meta:meta])* $name:ident = $word:literal; )+) => {
        /// Something that other programs can be told.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum EventKind { $( $(#[$meta])* $name ),+ }

        impl EventKind {
            /// Every kind.
            pub const ALL: &[Self] = &[ $( Self::$name ),+ ];

            /// The word: the `type` of the payload.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $( Self::$name => $word ),+ }
            }
        }
    };
}

kinds! {
    /// An order was placed.
    OrderPlaced = "order.placed";
    /// An order was cancelled.
    OrderCancelled = "order.cancelled";
    /// An order may not leave for the time being.
    OrderHeld = "order.held";
    /// A held order goes on.
    OrderFreed = "order.freed";
    /// Money was given back.
    PaymentRefunded = "payment.refunded";
    /// Evidence was recorded, a product withdrawn or put back.
    ClearanceChanged = "clearance.changed";
    /// Little or nothing is left of a variant.
    StockLow = "stock.low";
    /// A contract was made with a reseller, or one of theirs was changed.
    ResellerApproved = "reseller.approved";
    /// A reseller's order was taken.
    ResellerOrderPlaced = "reseller.order_placed";
    /// A reseller's order was cancelled.
    ResellerOrderCancelled = "reseller.order_cancelled";
    /// A reseller's order may not leave for the time being.
    ResellerOrderHeld = "reseller.order_held";
    /// A reseller's held order goes on.
    ResellerOrderFreed = "reseller.order_freed";
    /// A reseller's order was billed.
    ResellerOrderBilled = "reseller.order_billed";
    /// The money of a reseller's bill has come, or went back.
    ResellerBillMoved = "reseller.bill_moved";
    /// A reseller's bill was taken back with a credit note.
    ResellerBillCredited = "reseller.bill_credited";
    /// A reseller's order has left.
    ResellerOrderDispatched = "reseller.order_dispatched";
    /// A sale has given out its last unit.
    SaleSoldOut = "sale.sold_out";
    /// A rollout was halted.
    RolloutHalted = "rollout.halted";
    /// Somebody tries whether calls get through.
    HookTest = "hook.test";
}

impl EventKind {
    /// The kind with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.word() == word)
    }
}

impl EventKind {
    /// What somebody must be permitted where it happened to have it told; none: it says nothing.
    #[must_use]
    pub const fn needs(self) -> Option<Permission> {
        Some(match self {
            Self::OrderPlaced
            | Self::OrderCancelled
            | Self::OrderHeld
            | Self::OrderFreed
            | Self::PaymentRefunded => Permission::OrderRead,
            Self::ClearanceChanged => Permission::ClearanceRead,
            Self::StockLow => Permission::StockRead,
            Self::ResellerApproved
            | Self::ResellerOrderPlaced
            | Self::ResellerOrderCancelled
            | Self::ResellerOrderHeld
            | Self::ResellerOrderFreed
            | Self::ResellerOrderBilled
            | Self::ResellerBillMoved
            | Self::ResellerBillCredited
            | Self::ResellerOrderDispatched => Permission::ResellerRead,
            // As on the pages of sales and of rollouts: there is no right that only looks at them.
            Self::SaleSoldOut => Permission::SaleRun,
            Self::RolloutHalted => Permission::RolloutHalt,
            Self::HookTest => return None,
        })
    }
}

/// What somebody lacks in any of these markets to have these kinds told; nothing: they may.
#[must_use]
pub fn lacking(
    held: &[Assignment],
    kinds: &[EventKind],
    markets: &Markets,
) -> BTreeSet<Permission> {
    let needed = kinds.iter().filter_map(|kind| kind.needs());
    needed
        .chain([Permission::StaffConnect])
        .filter(|needs| !may_throughout(held, *needs, markets))
        .collect()
}

/// Whether somebody may have something told that happened in `market` (none: everywhere).
#[must_use]
pub fn may_have_told(held: &[Assignment], kind: EventKind, market: Option<MarketCode>) -> bool {
    kind.needs()
        .is_none_or(|needs| may(held, needs, market) && may(held, Permission::StaffConnect, market))
}

/// Why a webhook is not told everything that it asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfounded {
    /// Whoever answers for it has no account that can be used.
    Locked,
    /// They lack these in any of its markets.
    Lacks(BTreeSet<Permission>),
}

/// Whether whoever answers for a webhook may have everything told that it asks for.
///
/// # Errors
///
/// Why not.
pub fn check_founded(
    answers: Option<&Account>,
    kinds: &[EventKind],
    markets: &Markets,
) -> Result<(), Unfounded> {
    let account = answers.filter(|account| account.state == AccountState::Active);
    let lacks = lacking(&account.ok_or(Unfounded::Locked)?.held, kinds, markets);
    if lacks.is_empty() { Ok(()) } else { Err(Unfounded::Lacks(lacks)) }
}

/// Whether an event may be told in the name of whoever answers for a webhook, as their rights are now.
#[must_use]
pub fn may_tell(answers: Option<&Account>, kind: EventKind, market: Option<MarketCode>) -> bool {
    kind.needs().is_none()
        || answers.is_some_and(|account| {
            account.state == AccountState::Active && may_have_told(&account.held, kind, market)
        })
}

/// Whether an endpoint is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HookState {
    /// It is.
    Active,
    /// A person has switched it off.
    Paused,
    /// It has failed for too long, or said that it is gone.
    Disabled,
    /// A person has removed it; its history stays for a while.
    Removed,
}

impl HookState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Active, Self::Paused, Self::Disabled, Self::Removed];

    /// The word in the store.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Disabled => "disabled",
            Self::Removed => "removed",
        }
    }

    /// The state with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// After each failed try the next one waits so long, in seconds: the schedule that the Standard
/// Webhooks specification proposes, about three days in all.
const WAITS_S: [i64; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

/// When a delivery is tried again after its `tries`th failed try (from 1); `None`: it is given up.
/// `chance` spreads deliveries that failed together by up to a tenth of the pause.
#[must_use]
pub fn again_at(at: Instant, tries: i64, chance: u8) -> Option<Instant> {
    let wait = *WAITS_S.get(usize::try_from(tries.checked_sub(1)?).ok()?)?;
    Some(at.plus_seconds(wait + wait * i64::from(chance) / (10 * 255)))
}

/// What an answer means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// The message was taken.
    Yes,
    /// It was not; it is tried again.
    No,
    /// The receiver is gone for good (410).
    Gone,
}

/// What a status means. Redirects are no success: who moves changes the address here.
#[must_use]
pub const fn taken(status: Option<u16>) -> Taken {
    match status {
        Some(200..=299) => Taken::Yes,
        Some(410) => Taken::Gone,
        _ => Taken::No,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_known_again() {
        for kind in EventKind::ALL {
            assert_eq!(EventKind::from_word(kind.word()), Some(*kind));
            assert!(kind.word().contains('.'));
        }
        for state in HookState::ALL {
            assert_eq!(HookState::from_word(state.word()), Some(state));
        }
    }

    fn account(state: AccountState, held: &[&str]) -> Account {
        Account {
            id: kontor_base::id::StaffId::from_bytes([1; 16]),
            name: Line::parse("Mia").expect("a name"),
            email: kontor_base::Email::parse("mia@maker.example").expect("an address"),
            language: kontor_base::Language::En,
            state,
            held: held.iter().map(|text| text.parse().expect("a role")).collect(),
            created_at: Instant::from_micros(0),
        }
    }

    #[test]
    fn a_webhook_is_told_what_whoever_answers_for_it_may_read() {
        use EventKind as K;
        let mia = account(AccountState::Active, &["market_manager@us,de"]);
        let code = |text: &str| -> MarketCode { text.parse().expect("a market") };
        let us_de: Markets = "us,de".parse().expect("markets");
        let kinds = [K::OrderPlaced, K::StockLow];
        assert_eq!(check_founded(Some(&mia), &kinds, &us_de), Ok(()));
        assert!(may_tell(Some(&mia), K::OrderPlaced, Some(code("de"))));

        // Another market, an event of all markets, a kind that is not theirs to read.
        assert!(!may_tell(Some(&mia), K::OrderPlaced, Some(code("in"))));
        assert!(!may_tell(Some(&mia), K::SaleSoldOut, None));
        let all = check_founded(Some(&mia), &[K::RolloutHalted], &Markets::All);
        let lacks = BTreeSet::from([Permission::StaffConnect, Permission::RolloutHalt]);
        assert_eq!(all, Err(Unfounded::Lacks(lacks)));
        let support = account(AccountState::Active, &["support@us"]);
        assert!(!may_tell(Some(&support), K::OrderPlaced, Some(code("us"))), "makes no webhooks");
        let owner = account(AccountState::Active, &["owner@*"]);
        assert!(!may_tell(Some(&owner), K::OrderPlaced, Some(code("us"))), "reads no orders");

        // What is left of their rights is told; what is lost is not.
        let moved = account(AccountState::Active, &["market_manager@de"]);
        assert!(may_tell(Some(&moved), K::OrderPlaced, Some(code("de"))));
        assert!(!may_tell(Some(&moved), K::OrderPlaced, Some(code("us"))));
        assert!(check_founded(Some(&moved), &kinds, &us_de).is_err());
        let locked = account(AccountState::Locked, &["market_manager@us,de"]);
        for gone in [Some(&locked), None] {
            assert_eq!(check_founded(gone, &kinds, &us_de), Err(Unfounded::Locked));
            assert!(!may_tell(gone, K::OrderPlaced, Some(code("de"))));
            assert!(may_tell(gone, K::HookTest, None), "a test says nothing of anybody");
        }
    }

    #[test]
    fn every_kind_but_the_test_asks_for_a_right() {
        for kind in EventKind::ALL {
            assert_eq!(kind.needs().is_none(), *kind == EventKind::HookTest, "{}", kind.word());
        }
    }

    #[test]
    fn pauses_grow_for_three_days_and_end() {
        let start = Instant::from_micros(0);
        let waits: Vec<i64> = (1..)
            .map_while(|tries| again_at(start, tries, 0))
            .map(|again| again.seconds_since(start))
            .collect();
        assert_eq!(waits.len(), WAITS_S.len());
        assert!(waits.is_sorted());
        let all: i64 = waits.iter().sum();
        assert!((2 * 86_400..4 * 86_400).contains(&all), "{all}");
        let late = again_at(start, 2, 255).expect("a time").seconds_since(start);
        assert_eq!(late, 330, "at most a tenth later");
        for never in [0, -1, 10, i64::MAX] {
            assert_eq!(again_at(start, never, 0), None, "{never}");
        }
    }

    #[test]
    fn only_a_success_is_one() {
        for (status, expected) in [
            (Some(200), Taken::Yes),
            (Some(204), Taken::Yes),
            (Some(301), Taken::No),
            (Some(410), Taken::Gone),
            (Some(500), Taken::No),
            (None, Taken::No),
        ] {
            assert_eq!(taken(status), expected, "{status:?}");
        }
    }
}
