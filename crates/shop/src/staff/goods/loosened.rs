//! Which edits of the catalogue and of markets would hold a product back less: those take a second person.
//! What withdraws a product by its factory, or asks for a clearance by what is in it, would otherwise be
//! undone by whoever edits that cell.

use std::collections::BTreeSet;

use kontor_base::Date;
use kontor_domain::catalogue::{Model, Sku, Variant};
use kontor_domain::clearance::{Bound, FactRef, Place, Subject, loosened};
use kontor_domain::market::{Market, MarketCode, Stage};

use crate::core::Known;
use crate::exchange::{Sheet, edited, edited_markets};

/// A product that would be held back less in a market.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Loosened {
    /// The market.
    pub market: MarketCode,
    /// The variant.
    pub sku: Sku,
    /// The codes of what lets it go; none: the market's stage.
    pub facts: Vec<String>,
}

/// Whether anything would be held back less anywhere. Only products that facts could see a difference in
/// are looked at, and only until one is found.
pub(super) fn loosens(sheet: &Sheet, known: &Known, at: Date) -> bool {
    all(sheet, known, at).next().is_some()
}

/// The first products that would be held back less, up to `limit`.
pub(in crate::staff) fn first_loosened(
    sheet: &Sheet,
    known: &Known,
    at: Date,
    limit: usize,
) -> Vec<Loosened> {
    all(sheet, known, at).take(limit).collect()
}

fn all<'a>(sheet: &'a Sheet, known: &'a Known, at: Date) -> impl Iterator<Item = Loosened> + 'a {
    let markets: Vec<&Market> = known.markets.iter().filter(|market| counts(market)).collect();
    let by_product = edited(sheet, known).flat_map(move |product| {
        let found = markets.iter().copied().filter_map(|market| {
            let before = (&product.was.0, &product.was.1, market);
            compare(before, (&product.is_now.0, &product.is_now.1, market), known, at)
        });
        found.collect::<Vec<_>>()
    });
    let by_market = edited_markets(sheet, known).flat_map(move |(was, is_now)| {
        let products = known.variants.keys().filter_map(|sku| known.product(sku));
        let found = products.filter_map(|(variant, model)| {
            compare((variant, model, was), (variant, model, &is_now), known, at)
        });
        found.collect::<Vec<_>>()
    });
    by_product.chain(by_market)
}

/// Whether a market sells, or prepares to or ends it.
const fn counts(market: &Market) -> bool {
    !matches!(market.stage, Stage::Scouting | Stage::Closed)
}

/// A product in a market, as they are described.
type Described<'a> = (&'a Variant, &'a Model, &'a Market);

fn compare(was: Described<'_>, is_now: Described<'_>, known: &Known, at: Date) -> Option<Loosened> {
    // As if it were open and sold everything: what holds a product back then is worth two people before
    // that day too.
    let open = |market: &Market| Market { stage: Stage::Open, ..market.clone() };
    let (there, here) = (open(was.2), open(is_now.2));
    let place = |market| Place::market(market).bound(Bound::ByNothing);
    let (before, after) = (Subject::new(was.0, was.1), Subject::new(is_now.0, is_now.1));
    let facts = loosened((&before, &place(&there)), (&after, &place(&here)), at, &known.facts);
    let facts: BTreeSet<&str> = facts.iter().map(FactRef::code).collect();
    // A market that closes goes on selling spare parts: what becomes one is let go by the stage alone.
    let goods = was.1.class.goods() != is_now.1.class.goods() && was.2.stage != Stage::Open;
    (goods || !facts.is_empty()).then(|| Loosened {
        market: was.2.code,
        sku: was.0.sku.clone(),
        facts: facts.into_iter().map(str::to_owned).collect(),
    })
}
