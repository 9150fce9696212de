//! Where a unit might go: the territory of the contract under which it was delivered. A reseller may
//! have several contracts, and what one of them allows for its goods says nothing about another's.

use std::collections::{BTreeMap, BTreeSet};

use kontor_base::Country;
use kontor_base::id::{ResellerId, ResellerOrderId};
use kontor_domain::market::MarketCode;
use kontor_domain::reseller::{Clause, Contract};
use kontor_store::reseller::{KeptContract, contract_of_order, contracts, contracts_of_orders};
use kontor_store::{StoreError, Tx};

/// The most orders of a reseller that are known by their contract.
const ORDERS_MAX: i64 = 100_000;

/// The markets of whose contracts somebody reads: what a reseller does under a contract with another market
/// is that market's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OfMarkets {
    /// Of all.
    All,
    /// Of these.
    Only(BTreeSet<MarketCode>),
}

impl OfMarkets {
    /// Whether this market is one of them.
    #[must_use]
    pub fn contains(&self, market: MarketCode) -> bool {
        match self {
            Self::All => true,
            Self::Only(own) => own.contains(&market),
        }
    }
}

/// The contracts of a reseller, and under which of them each order was placed.
#[derive(Clone, Debug)]
pub(crate) struct Territories {
    contracts: Vec<KeptContract>,
    orders: BTreeMap<ResellerOrderId, String>,
}

impl Territories {
    pub(crate) fn read_in(tx: &mut Tx<'_>, reseller: ResellerId) -> Result<Self, StoreError> {
        let orders = contracts_of_orders(tx, reseller, ORDERS_MAX)?;
        Ok(Self { contracts: contracts(tx, reseller)?, orders })
    }

    /// The same with no other orders than those that some units were delivered with: for whoever reads units
    /// block by block, of a reseller with any number of orders.
    pub(crate) fn of_units_in<'r>(
        tx: &mut Tx<'_>,
        reseller: ResellerId,
        references: impl Iterator<Item = &'r str>,
    ) -> Result<Self, StoreError> {
        let ids: BTreeSet<ResellerOrderId> = references.filter_map(|of| of.parse().ok()).collect();
        let mut orders = BTreeMap::new();
        for id in ids {
            let code = contract_of_order(tx, reseller, id)?;
            orders.extend(code.map(|code| (id, code)));
        }
        Ok(Self { contracts: contracts(tx, reseller)?, orders })
    }

    /// The contract under which a unit was delivered, by the order that it left with; none where that
    /// order is not known.
    pub(crate) fn contract(&self, reference: &str) -> Option<&Contract> {
        self.kept(reference).map(|kept| &kept.contract)
    }

    fn kept(&self, reference: &str) -> Option<&KeptContract> {
        let code = self.orders.get(&reference.parse().ok()?)?;
        self.contracts.iter().find(|kept| kept.contract.code == *code)
    }

    /// Whether a unit was delivered under a contract of these markets. Where nobody knows under which, it
    /// concerns whoever reads all of them.
    pub(crate) fn is_of(&self, reference: &str, own: &OfMarkets) -> bool {
        match self.kept(reference) {
            Some(kept) => own.contains(kept.market),
            None => self.all_of(own),
        }
    }

    /// Whether every contract is of these markets.
    pub(super) fn all_of(&self, own: &OfMarkets) -> bool {
        self.contracts.iter().all(|kept| own.contains(kept.market))
    }

    /// Whether any contract is of these markets.
    pub(super) fn any_of(&self, own: &OfMarkets) -> bool {
        self.contracts.iter().any(|kept| own.contains(kept.market))
    }

    /// Whether a country lies in the territory that a unit was delivered for, in force or not: what was
    /// sold while it was is not held against them later. Where nobody knows for which, any will do.
    pub(crate) fn contains(&self, reference: &str, country: Country) -> bool {
        match self.contract(reference) {
            Some(contract) => contract.terms.territory.contains(&country),
            None => self.all().any(|contract| contract.terms.territory.contains(&country)),
        }
    }

    /// What [`Self::contains`] says of every unit, if it is the same of all.
    pub(super) fn of_all(&self, country: Country) -> Option<bool> {
        let mut said = self.all().map(|contract| contract.terms.territory.contains(&country));
        let Some(first) = said.next() else { return Some(false) };
        said.all(|other| other == first).then_some(first)
    }

    /// The clause that names the territory that a unit was delivered for; empty where nobody knows it.
    pub(crate) fn clause(&self, reference: &str) -> String {
        let only = match self.contracts.as_slice() {
            [only] => Some(&only.contract),
            _ => None,
        };
        let contract = self.contract(reference).or(only);
        let clause = contract.map(|contract| contract.clause(Clause::Territory).to_string());
        clause.unwrap_or_default()
    }

    fn all(&self) -> impl Iterator<Item = &Contract> {
        self.contracts.iter().map(|kept| &kept.contract)
    }
}
