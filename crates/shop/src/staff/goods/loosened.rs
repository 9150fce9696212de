//! Which edits of the catalogue and of markets would hold a product back less: those take a second person.
//! What withdraws a product by its factory, or asks for a clearance by what is in it, would otherwise be
//! undone by whoever edits that cell.

use std::collections::BTreeSet;

use kontor_base::Date;
use kontor_domain::catalogue::{Model, Sku, Variant};
use kontor_domain::clearance::{Bound, FactRef, Place, Subject, loosened};
use kontor_domain::market::{Market, MarketCode, Stage};
use serde::Serialize;

use crate::core::Known;
use crate::exchange::{Sheet, edited, edited_markets};

/// How many products are compared, each once in a market: some hundredths of a second of them, in which nobody
/// else writes.
const COMPARED_MAX: usize = 4_000;

/// A product that would be held back less in a market.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Loosened {
    /// The market.
    pub market: MarketCode,
    /// The variant.
    pub sku: Sku,
    /// The codes of what lets it go; none: the market's stage.
    pub facts: Vec<String>,
}

/// What an edit would hold back less.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Loosening {
    /// The products that were found, each in a market.
    pub products: Vec<Loosened>,
    /// The edit changes more products than are compared. It takes a second person for that alone.
    pub in_part: bool,
}

impl Loosening {
    /// What a sheet would hold back less, if it were written on a day.
    pub(in crate::staff) fn of(sheet: &Sheet, known: &Known, at: Date) -> Self {
        let mut products = Vec::new();
        for (compared, found) in compare_all(sheet, known, at).enumerate() {
            if compared == COMPARED_MAX {
                return Self { products, in_part: true };
            }
            products.extend(found);
        }
        Self { products, in_part: false }
    }

    /// Whether nothing would be held back less.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.products.is_empty() && !self.in_part
    }
}

/// A market as if it were open and sold everything: what holds a product back then is worth two people before
/// that day too. Beside it the stage that it has.
struct Opened {
    market: Market,
    stage: Stage,
}

impl Opened {
    fn new(market: &Market) -> Self {
        Self { market: Market { stage: Stage::Open, ..market.clone() }, stage: market.stage }
    }

    fn place(&self) -> Place<'_> {
        Place::market(&self.market).bound(Bound::ByNothing)
    }
}

/// Every product that facts could see a difference in, in every market that counts, as it is compared.
fn compare_all<'a>(
    sheet: &'a Sheet,
    known: &'a Known,
    at: Date,
) -> impl Iterator<Item = Option<Loosened>> + 'a {
    let counted = known.markets.iter().filter(|market| counts(market));
    let markets: Vec<Opened> = counted.map(Opened::new).collect();
    let by_product = edited(sheet, known).flat_map(move |product| {
        let compared = markets.iter().map(|market| {
            let before = (&product.was.0, &product.was.1, market);
            compare(before, (&product.is_now.0, &product.is_now.1, market), known, at)
        });
        compared.collect::<Vec<_>>()
    });
    let by_market = edited_markets(sheet, known).flat_map(move |(was, is_now)| {
        let (was, is_now) = (Opened::new(&was), Opened::new(&is_now));
        let products = known.variants.keys().filter_map(|sku| known.product(sku));
        // One more than are compared is enough to know that there are more.
        let compared = products.take(COMPARED_MAX + 1).map(|(variant, model)| {
            compare((variant, model, &was), (variant, model, &is_now), known, at)
        });
        compared.collect::<Vec<_>>()
    });
    by_product.chain(by_market)
}

/// Whether a market sells, or prepares to or ends it.
const fn counts(market: &Market) -> bool {
    !matches!(market.stage, Stage::Scouting | Stage::Closed)
}

/// A product in a market, as they are described.
type Described<'a> = (&'a Variant, &'a Model, &'a Opened);

fn compare(was: Described<'_>, is_now: Described<'_>, known: &Known, at: Date) -> Option<Loosened> {
    let (before, after) = (Subject::new(was.0, was.1), Subject::new(is_now.0, is_now.1));
    let facts = loosened((&before, &was.2.place()), (&after, &is_now.2.place()), at, &known.facts);
    let facts: BTreeSet<&str> = facts.iter().map(FactRef::code).collect();
    // A market that closes goes on selling spare parts: what becomes one is let go by the stage alone.
    let goods = was.1.class.goods() != is_now.1.class.goods() && was.2.stage != Stage::Open;
    (goods || !facts.is_empty()).then(|| Loosened {
        market: was.2.market.code,
        sku: was.0.sku.clone(),
        facts: facts.into_iter().map(str::to_owned).collect(),
    })
}
