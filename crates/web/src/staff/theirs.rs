//! Countries as far as somebody may see them: what was counted of a country belongs to the market
//! that it is in. A country that no market has is seen by those who see all of them.

use std::collections::BTreeSet;

use kontor_base::Country;
use kontor_domain::staff::Permission;
use kontor_shop::staff::Person;

use crate::kit::app::App;

/// The countries that somebody may see.
pub(super) enum Countries {
    /// Every one.
    All,
    /// Those of their markets.
    Of(BTreeSet<Country>),
}

impl Countries {
    /// Those of a person.
    pub(super) fn of(app: &App, person: &Person) -> Self {
        if person.may(Permission::MarketRead, None) {
            return Self::All;
        }
        let own = person.markets(Permission::MarketRead);
        let snapshot = app.shop.snapshots.now();
        let markets = snapshot.markets.iter().filter(|market| own.contains(market.code));
        Self::Of(markets.flat_map(|market| market.countries.iter().copied()).collect())
    }

    /// Whether there is none that they may not see.
    pub(super) const fn are_all(&self) -> bool {
        matches!(self, Self::All)
    }

    /// Whether they may see this one.
    pub(super) fn contains(&self, country: Country) -> bool {
        match self {
            Self::All => true,
            Self::Of(own) => own.contains(&country),
        }
    }
}
