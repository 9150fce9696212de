//! Roles as sets of permissions, and where somebody holds them. What no role names is refused.

use std::collections::BTreeSet;

use super::permission::{Permission, Span};
use crate::market::MarketCode;

use Permission as P;

/// What somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Makes accounts, reads the log; sells nothing.
    Owner,
    /// Runs a market.
    MarketManager,
    /// Records evidence.
    ClearanceOfficer,
    /// Describes products.
    CatalogueEditor,
    /// Receives, counts and sends goods.
    Warehouse,
    /// Helps customers.
    Support,
    /// Publishes builds.
    ReleaseManager,
    /// Looks.
    Reader,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 8] = [
        Self::Owner,
        Self::MarketManager,
        Self::ClearanceOfficer,
        Self::CatalogueEditor,
        Self::Warehouse,
        Self::Support,
        Self::ReleaseManager,
        Self::Reader,
    ];

    /// The word for it in commands and the store.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::MarketManager => "market_manager",
            Self::ClearanceOfficer => "clearance_officer",
            Self::CatalogueEditor => "catalogue_editor",
            Self::Warehouse => "warehouse",
            Self::Support => "support",
            Self::ReleaseManager => "release_manager",
            Self::Reader => "reader",
        }
    }

    /// The role with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }

    /// What it permits.
    #[must_use]
    pub const fn permits(self) -> &'static [Permission] {
        match self {
            Self::Owner => &[
                P::MarketRead,
                P::JobRead,
                P::JobRun,
                P::StaffManage,
                P::StaffAudit,
                P::StaffConnect,
                P::SigningRotate,
            ],
            Self::MarketManager => &[
                P::MarketRead,
                P::MarketEdit,
                P::CatalogueRead,
                P::ClearanceRead,
                P::PriceRead,
                P::PriceSet,
                P::StockRead,
                P::SaleRun,
                P::ResellerRead,
                P::ResellerApprove,
                P::ResellerManage,
                P::CustomerRead,
                P::CustomerTell,
                P::OrderRead,
                P::OrderEdit,
                P::OrderCancel,
                P::PaymentRefund,
                P::OpeningWithdraw,
                P::OpeningRestore,
                P::StaffConnect,
                P::JobRead,
                P::JobRun,
            ],
            Self::ClearanceOfficer => &[
                P::MarketRead,
                P::CatalogueRead,
                P::ClearanceRead,
                P::ClearanceGrant,
                P::OpeningWithdraw,
                P::OpeningRestore,
            ],
            Self::CatalogueEditor => &[P::MarketRead, P::CatalogueRead, P::CatalogueEdit],
            Self::Warehouse => &[
                P::CatalogueRead,
                P::StockRead,
                P::StockBook,
                P::OrderRead,
                P::OrderEdit,
                P::OrderDispatch,
                P::OrderReturn,
            ],
            Self::Support => &[
                P::CatalogueRead,
                P::CustomerRead,
                P::CustomerExport,
                P::CustomerMerge,
                P::CustomerErase,
                P::CustomerTell,
                P::OrderRead,
                P::OrderEdit,
                P::OrderCancel,
                P::PaymentRefund,
            ],
            Self::ReleaseManager => &[P::SigningRotate, P::RolloutRun, P::RolloutHalt],
            Self::Reader => &[
                P::MarketRead,
                P::CatalogueRead,
                P::ClearanceRead,
                P::PriceRead,
                P::StockRead,
                P::ResellerRead,
            ],
        }
    }
}

/// The markets of an assignment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Markets {
    /// Every market, also one that opens later.
    All,
    /// These.
    Only(BTreeSet<MarketCode>),
}

/// A role held in some markets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// The role.
    pub role: Role,
    /// Where.
    pub markets: Markets,
}

/// Whether somebody with these assignments may do this in `market` (none: in all at once).
///
/// A permission that holds everywhere needs an assignment to all markets, also where a market is
/// named: the product that one market edits is the product of the others.
#[must_use]
pub fn may(held: &[Assignment], permission: Permission, market: Option<MarketCode>) -> bool {
    held.iter().any(|Assignment { role, markets }| {
        role.permits().contains(&permission)
            && match (permission.span(), markets, market) {
                (_, Markets::All, _) => true,
                (Span::Market, Markets::Only(own), Some(market)) => own.contains(&market),
                (Span::Everywhere, Markets::Only(_), _) | (_, Markets::Only(_), None) => false,
            }
    })
}

/// Whether somebody with these assignments may do this in every one of these markets: what they hand to a
/// program of theirs. Nobody may anything in no market at all.
#[must_use]
pub fn may_throughout(held: &[Assignment], permission: Permission, markets: &Markets) -> bool {
    match markets {
        Markets::All => may(held, permission, None),
        Markets::Only(own) => {
            !own.is_empty() && own.iter().all(|market| may(held, permission, Some(*market)))
        }
    }
}

/// Where somebody with these assignments may do this: what lists and searches are narrowed to.
#[must_use]
pub fn markets_of(held: &[Assignment], permission: Permission) -> Markets {
    let mut own = BTreeSet::new();
    for Assignment { role, markets } in held {
        if role.permits().contains(&permission) {
            match (permission.span(), markets) {
                (_, Markets::All) => return Markets::All,
                (Span::Market, Markets::Only(some)) => own.extend(some.iter().copied()),
                (Span::Everywhere, Markets::Only(_)) => {}
            }
        }
    }
    Markets::Only(own)
}

impl Markets {
    /// Whether `market` is one of them.
    #[must_use]
    pub fn contains(&self, market: MarketCode) -> bool {
        match self {
            Self::All => true,
            Self::Only(own) => own.contains(&market),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Only(own) if own.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(code: &str) -> MarketCode {
        code.parse().expect("a market")
    }

    fn held(role: Role, markets: &[&str]) -> Vec<Assignment> {
        let markets = match markets {
            [] => Markets::All,
            some => Markets::Only(some.iter().map(|market| code(market)).collect()),
        };
        vec![Assignment { role, markets }]
    }

    #[test]
    fn an_american_manager_has_nothing_in_india_and_nothing_everywhere() {
        let manager = held(Role::MarketManager, &["us"]);
        for permission in Permission::ALL {
            let here = Role::MarketManager.permits().contains(permission)
                && permission.span() == Span::Market;
            assert_eq!(may(&manager, *permission, Some(code("us"))), here, "{}", permission.word());
            assert!(!may(&manager, *permission, Some(code("in"))), "{}", permission.word());
            assert!(!may(&manager, *permission, None), "{}", permission.word());
        }
    }

    #[test]
    fn what_holds_everywhere_is_not_had_in_one_market() {
        let editor = held(Role::CatalogueEditor, &["us"]);
        assert!(may(&editor, P::CatalogueRead, Some(code("us"))));
        assert!(!may(&editor, P::CatalogueEdit, Some(code("us"))));
        assert!(may(&held(Role::CatalogueEditor, &[]), P::CatalogueEdit, None));
    }

    #[test]
    fn roles_add_up_but_do_not_lend_each_other_their_markets() {
        let both = [held(Role::Reader, &["in"]), held(Role::MarketManager, &["us"])].concat();
        assert!(may(&both, P::PriceRead, Some(code("in"))));
        assert!(!may(&both, P::PriceSet, Some(code("in"))));
        assert!(!may(&[], P::MarketRead, Some(code("us"))), "nobody may do nothing");
    }

    #[test]
    fn the_markets_of_a_permission_are_those_in_which_it_is_had() {
        let both = [held(Role::Reader, &["in"]), held(Role::MarketManager, &["us"])].concat();
        for permission in Permission::ALL {
            let markets = markets_of(&both, *permission);
            for market in ["in", "us", "de"].map(code) {
                let had = may(&both, *permission, Some(market));
                assert_eq!(markets.contains(market), had, "{} {market}", permission.word());
            }
        }
        assert_eq!(markets_of(&held(Role::Owner, &[]), P::StaffAudit), Markets::All);
        assert!(markets_of(&held(Role::Owner, &["us"]), P::StaffAudit).is_empty());
    }

    #[test]
    fn every_permission_is_somebodys_and_a_reader_changes_nothing() {
        for permission in Permission::ALL {
            let had = Role::ALL.iter().any(|role| role.permits().contains(permission));
            assert!(had, "nobody can have {}", permission.word());
        }
        assert!(Role::Reader.permits().iter().all(|permission| permission.reads()));
        for role in Role::ALL {
            assert_eq!(Role::from_word(role.word()), Some(role));
        }
    }
}
