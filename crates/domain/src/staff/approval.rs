//! Four eyes: when an act needs a second person, and who that may be. Where it is not known whether a
//! limit is kept, it is not: then a second person looks.

use kontor_base::id::StaffId;
use kontor_base::{Instant, Money, Rate};

use super::permission::{Eyes, Permission};
use super::role::{Assignment, may};
use crate::market::MarketCode;

/// How long a proposal waits for its second person, in seconds: seven days.
pub const APPROVAL_WITHIN_S: i64 = 7 * 24 * 60 * 60;

/// How large an act is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// It has no size.
    Plain,
    /// A price falls by this part of what it was.
    PriceCut(Rate),
    /// Something that holds a product back holds it less when this is done.
    Loosens,
    /// So much money has left over one thing when this is done: what went before counts, or ten
    /// small amounts would be none.
    Amount(Money),
}

/// Up to where one person is enough; set by the operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The largest price cut.
    pub price_cut: Rate,
    /// The most that goes back over one order, one amount per currency. A currency that is missing has
    /// the limit zero.
    pub refund: Vec<Money>,
}

/// Whether an act needs a second person.
#[must_use]
pub fn needs_second(permission: Permission, extent: Extent, limits: &Limits) -> bool {
    match permission.eyes() {
        Eyes::Two => false,
        Eyes::Four => true,
        Eyes::FourIfLoosened => extent == Extent::Loosens,
        Eyes::FourBeyondLimit => match extent {
            Extent::Plain | Extent::Loosens => true,
            Extent::PriceCut(cut) => cut > limits.price_cut,
            Extent::Amount(amount) => {
                let own = limits.refund.iter().find(|limit| limit.currency == amount.currency);
                amount.minor > own.map_or(0, |limit| limit.minor)
            }
        },
    }
}

/// How far a proposal has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProposalState {
    /// It waits for a second person.
    Waiting,
    /// A second person has approved it.
    Approved,
    /// A second person has turned it down.
    Rejected,
    /// Its author has taken it back.
    Withdrawn,
    /// It has waited too long. Nobody writes this down: the clock says it ([`Self::at`]).
    Expired,
}

impl ProposalState {
    /// Every state.
    pub const ALL: [Self; 5] =
        [Self::Waiting, Self::Approved, Self::Rejected, Self::Withdrawn, Self::Expired];

    /// The state at a time of what was proposed at another: what waits does not wait for ever.
    #[must_use]
    pub fn at(self, proposed_at: Instant, at: Instant) -> Self {
        match self {
            Self::Waiting if at >= proposed_at.plus_seconds(APPROVAL_WITHIN_S) => Self::Expired,
            other => other,
        }
    }

    /// The word in the store.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
        }
    }

    /// The state with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// What somebody decides about a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Do it.
    Approve,
    /// Do not do it.
    Reject,
    /// I take it back.
    Withdraw,
}

/// An act that waits for a second person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Who proposes it.
    pub author: StaffId,
    /// What it needs.
    pub permission: Permission,
    /// Where.
    pub market: Option<MarketCode>,
    /// The hash of everything that it would do, and of what is there that it would change.
    pub content: [u8; 32],
    /// Whether its author could still propose it: they have an account that is not locked, and the right.
    pub author_may: bool,
    /// When it was proposed.
    pub proposed_at: Instant,
    /// How far it has come.
    pub state: ProposalState,
}

/// Why somebody cannot decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StaffRefusal {
    /// It is not theirs to do.
    #[error("this is not permitted here")]
    NotPermitted,
    /// Author and second person are the same.
    #[error("somebody else has to approve it")]
    SamePerson,
    /// Only its author can take a proposal back.
    #[error("only its author can take it back")]
    NotAuthor,
    /// It was decided before.
    #[error("it is decided already")]
    Decided,
    /// It has waited too long.
    #[error("it has waited too long and has to be proposed anew")]
    Expired,
    /// What was looked at is not what would be done, or not what it would be done to.
    #[error("it has changed since it was looked at")]
    Changed,
    /// Whoever proposed it could not do so any more.
    #[error("whoever proposed it may not do so any more; somebody else has to propose it anew")]
    AuthorMayNot,
}

impl StaffRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotPermitted => "staff.not_permitted",
            Self::SamePerson => "staff.same_person",
            Self::NotAuthor => "staff.not_author",
            Self::Decided => "staff.decided",
            Self::Expired => "staff.expired",
            Self::Changed => "staff.changed",
            Self::AuthorMayNot => "staff.author_may_not",
        }
    }
}

/// What becomes of a proposal when `who`, holding `held`, decides at `at`. `seen` is the hash of
/// what they were shown.
///
/// # Errors
///
/// See [`StaffRefusal`]; the state stays as it was.
pub fn decide(
    proposal: &Proposal,
    who: StaffId,
    held: &[Assignment],
    decision: Decision,
    seen: &[u8; 32],
    at: Instant,
) -> Result<ProposalState, StaffRefusal> {
    let own = who == proposal.author;
    // Permission first: a stranger learns nothing about the proposal, not even that it is over.
    if !own && !may(held, proposal.permission, proposal.market) {
        return Err(StaffRefusal::NotPermitted);
    }
    if proposal.state != ProposalState::Waiting {
        return Err(StaffRefusal::Decided);
    }
    match decision {
        Decision::Withdraw if own => return Ok(ProposalState::Withdrawn),
        Decision::Withdraw => return Err(StaffRefusal::NotAuthor),
        Decision::Approve | Decision::Reject if own => return Err(StaffRefusal::SamePerson),
        Decision::Reject => return Ok(ProposalState::Rejected),
        Decision::Approve => {}
    }
    if proposal.state.at(proposal.proposed_at, at) == ProposalState::Expired {
        return Err(StaffRefusal::Expired);
    }
    // Two people stand for what is done: one who has lost the right, or was found out, is not one of them.
    if !proposal.author_may {
        return Err(StaffRefusal::AuthorMayNot);
    }
    if *seen != proposal.content {
        return Err(StaffRefusal::Changed);
    }
    Ok(ProposalState::Approved)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::staff::{Markets, Role};

    const AUTHOR: StaffId = StaffId::from_bytes([1; 16]);
    const SECOND: StaffId = StaffId::from_bytes([2; 16]);

    fn money(minor: i64, currency: &str) -> Money {
        Money::new(minor, currency.parse().expect("a currency"))
    }

    fn at(seconds: i64) -> Instant {
        Instant::from_micros(1_432_000_000_000_000).plus_seconds(seconds)
    }

    fn proposal(state: ProposalState) -> Proposal {
        Proposal {
            author: AUTHOR,
            permission: Permission::ClearanceGrant,
            market: Some("us".parse().expect("a market")),
            content: [7; 32],
            author_may: true,
            proposed_at: at(0),
            state,
        }
    }

    fn officer(market: &str) -> Vec<Assignment> {
        let own = [market.parse().expect("a market")].into_iter().collect();
        vec![Assignment { role: Role::ClearanceOfficer, markets: Markets::Only(own) }]
    }

    #[test]
    fn a_second_person_is_needed_beyond_the_limit_and_where_no_limit_is_known() {
        let limits =
            Limits { price_cut: Rate::from_ppm(200_000), refund: vec![money(10_000, "USD")] };
        let second = |permission, extent| needs_second(permission, extent, &limits);
        let cut = |ppm| Extent::PriceCut(Rate::from_ppm(ppm));
        assert!(!second(Permission::PriceSet, cut(200_000)));
        assert!(second(Permission::PriceSet, cut(200_001)));
        assert!(second(Permission::PriceSet, Extent::Plain), "a size that nobody told");
        assert!(!second(Permission::PaymentRefund, Extent::Amount(money(10_000, "USD"))));
        assert!(second(Permission::PaymentRefund, Extent::Amount(money(10_001, "USD"))));
        assert!(second(Permission::PaymentRefund, Extent::Amount(money(1, "INR"))));
        assert!(!second(Permission::OrderCancel, Extent::Amount(money(0, "INR"))), "none leaves");
        assert!(second(Permission::OrderCancel, Extent::Amount(money(10_001, "USD"))));
        assert!(second(Permission::ClearanceGrant, Extent::Plain));
        assert!(!second(Permission::OpeningWithdraw, Extent::Plain));
        assert!(!second(Permission::CatalogueEdit, Extent::Plain), "a text is one person's");
        assert!(second(Permission::CatalogueEdit, Extent::Loosens));
    }

    #[test]
    fn who_may_decide_what() {
        use Decision::{Approve, Reject, Withdraw};
        let waiting = proposal(ProposalState::Waiting);
        let cases: &[(StaffId, &str, Decision, Result<ProposalState, StaffRefusal>)] = &[
            (SECOND, "us", Approve, Ok(ProposalState::Approved)),
            (SECOND, "us", Reject, Ok(ProposalState::Rejected)),
            (SECOND, "us", Withdraw, Err(StaffRefusal::NotAuthor)),
            (SECOND, "in", Approve, Err(StaffRefusal::NotPermitted)),
            (SECOND, "in", Withdraw, Err(StaffRefusal::NotPermitted)),
            (AUTHOR, "us", Approve, Err(StaffRefusal::SamePerson)),
            (AUTHOR, "us", Reject, Err(StaffRefusal::SamePerson)),
            // Whoever has lost the right can still take their own proposal back.
            (AUTHOR, "in", Withdraw, Ok(ProposalState::Withdrawn)),
        ];
        for (who, market, decision, wanted) in cases {
            let got = decide(&waiting, *who, &officer(market), *decision, &[7; 32], at(1));
            assert_eq!(got, *wanted, "{who:?} {market} {decision:?}");
        }
    }

    #[test]
    fn what_its_author_could_not_propose_any_more_can_only_be_turned_down() {
        let orphan = Proposal { author_may: false, ..proposal(ProposalState::Waiting) };
        let by = |who, decision| decide(&orphan, who, &officer("us"), decision, &[7; 32], at(1));
        assert_eq!(by(SECOND, Decision::Approve), Err(StaffRefusal::AuthorMayNot));
        assert_eq!(by(SECOND, Decision::Reject), Ok(ProposalState::Rejected));
        assert_eq!(by(AUTHOR, Decision::Withdraw), Ok(ProposalState::Withdrawn));
    }

    #[test]
    fn nothing_is_approved_unseen_late_or_twice() {
        let waiting = proposal(ProposalState::Waiting);
        let approve = |proposal: &Proposal, seen: [u8; 32], seconds| {
            decide(proposal, SECOND, &officer("us"), Decision::Approve, &seen, at(seconds))
        };
        assert_eq!(approve(&waiting, [8; 32], 1), Err(StaffRefusal::Changed));
        let last = APPROVAL_WITHIN_S - 1;
        assert_eq!(approve(&waiting, [7; 32], last), Ok(ProposalState::Approved));
        assert_eq!(approve(&waiting, [7; 32], last + 1), Err(StaffRefusal::Expired));
        let standing = |state: ProposalState, seconds| state.at(at(0), at(seconds));
        assert_eq!(standing(ProposalState::Waiting, last), ProposalState::Waiting);
        assert_eq!(standing(ProposalState::Waiting, last + 1), ProposalState::Expired);
        assert_eq!(standing(ProposalState::Rejected, last + 1), ProposalState::Rejected);
        for state in [ProposalState::Approved, ProposalState::Rejected, ProposalState::Withdrawn] {
            assert_eq!(approve(&proposal(state), [7; 32], 1), Err(StaffRefusal::Decided));
        }
    }
}
