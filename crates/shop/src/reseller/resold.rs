//! Whether a reseller may have a variant for a country: by that country's law, and by what the maker
//! has withdrawn from the market that serves the reseller.

use kontor_base::{Country, Instant};
use kontor_domain::catalogue::Variant;
use kontor_domain::clearance::{Bound, Outcome, Place, Reason, Verdict};
use kontor_domain::market::{Act, Market};

use crate::core::Known;

/// The verdict on selling `variant` on in `country`, by a reseller that `market` serves, within what the
/// market has opened with or not; none where the product is not known any more.
///
/// A withdrawal is written down for the market's own countries. A reseller's territory may reach
/// beyond them, and what is taken out of a market does not leave it through a partner.
pub(super) fn may_resell(
    known: &Known,
    market: &Market,
    (country, bound): (Country, Bound),
    variant: &Variant,
    at: Instant,
) -> Option<Verdict> {
    let judged = |country| {
        let there = sold_on_in(market, country);
        known.may(Act::Resell, variant, &Place::market(&there).bound(bound), at)
    };
    let mut verdict = judged(country)?;
    if market.countries.contains(&country) {
        return Some(verdict);
    }
    for own in &market.countries {
        if let Some(withdrawn) = judged(*own)?.reasons.into_iter().find(is_withdrawal) {
            verdict.outcome = Outcome::Refused;
            verdict.obligations.clear();
            verdict.reasons.push(withdrawn);
            break;
        }
    }
    Some(verdict)
}

/// The market that serves a reseller, as it stands for what is sold on in `country`: the stage is its
/// own, the law is the country's. A reseller may well sell where the maker has no shop.
fn sold_on_in(market: &Market, country: Country) -> Market {
    Market { countries: vec![country], ..market.clone() }
}

fn is_withdrawal(reason: &Reason) -> bool {
    matches!(reason, Reason::BlockedByOrder { order, .. } if order.is_withdrawal())
}
