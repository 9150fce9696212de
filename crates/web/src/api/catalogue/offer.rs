//! What may be done with a variant today, as shelves, products and carts tell it.

use kontor_base::{Date, Instant, Language};
use kontor_domain::catalogue::Sku;
use kontor_domain::market::{Act, Market};
use kontor_domain::price::reduction;
use kontor_shop::Level;
use kontor_shop::cart::Offer;
use kontor_shop::core::Snapshot;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::clearance::{ObligationBody, ReasonBody};
use crate::api::money::MoneyBody;

/// What may be done with a variant in a market today.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Offer)]
pub(crate) struct OfferBody {
    /// `for_sale`, `preorder` (before it may be delivered), `refused` (the reasons say why),
    /// `no_price`, or `unknown` (a cart can hold what has left the catalogue).
    #[schema(value_type = String, example = "for_sale")]
    state: &'static str,
    /// The price of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    price: Option<MoneyBody>,
    /// What stands beside a reduced price.
    #[serde(skip_serializing_if = "Option::is_none")]
    reduction: Option<ReductionBody>,
    /// How much is left.
    stock: StockBody,
    /// Why it cannot be bought; empty if it can.
    reasons: Vec<ReasonBody>,
    /// What the sale is bound to: a notice to read, a deposit.
    obligations: Vec<ObligationBody>,
    /// The first day on which this can be different, as far as is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    changes_on: Option<Date>,
}

/// What stands beside a reduced price (Directive 98/6/EC, Article 6a).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Reduction)]
pub(crate) struct ReductionBody {
    /// The lowest price of the 30 days before the reduction.
    lowest_30_days: MoneyBody,
    /// When the reduction began.
    #[schema(value_type = String, format = DateTime)]
    since: Instant,
}

/// How much of a variant is left.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = Stock)]
pub(crate) struct StockBody {
    /// `plenty`, `few` or `none`.
    #[schema(value_type = String, example = "few")]
    level: &'static str,
    /// How many, if they are few.
    #[serde(skip_serializing_if = "Option::is_none")]
    units: Option<u32>,
}

impl From<Level> for StockBody {
    fn from(level: Level) -> Self {
        match level {
            Level::Plenty => Self { level: "plenty", units: None },
            Level::Few(units) => Self { level: "few", units: Some(units) },
            Level::None => Self { level: "none", units: None },
        }
    }
}

impl OfferBody {
    /// The offer as it is told.
    pub(crate) fn new(offer: &Offer, level: Level, language: Language) -> Self {
        let mut body = Self {
            state: "unknown",
            price: None,
            reduction: None,
            stock: level.into(),
            reasons: Vec::new(),
            obligations: Vec::new(),
            changes_on: None,
        };
        match offer {
            Offer::Yes { act, verdict, price } => {
                body.state = if *act == Act::Preorder { "preorder" } else { "for_sale" };
                body.price = Some((*price).into());
                let obligations = verdict.obligations.iter();
                body.obligations =
                    obligations.map(|duty| ObligationBody::new(duty, language)).collect();
                body.changes_on = verdict.changes_on;
            }
            Offer::Refused(verdict) => {
                body.state = "refused";
                body.reasons = verdict.reasons.iter().map(ReasonBody::from).collect();
                body.changes_on = verdict.changes_on;
            }
            Offer::NoPrice => {
                body.state = "no_price";
                body.reasons = vec![ReasonBody::no_price()];
            }
            Offer::Unknown => {}
        }
        body
    }

    /// The offer of a shelf or a product: with what stands beside a reduced price.
    pub(crate) fn on_shelf(
        snapshot: &Snapshot,
        market: &Market,
        sku: &Sku,
        offer: &Offer,
        language: Language,
        at: Instant,
    ) -> Self {
        let mut body = Self::new(offer, snapshot.level(market.code, sku), language);
        if body.price.is_some() {
            let reduced = reduction(snapshot.price_entries(market.code, sku), at);
            body.reduction = reduced.map(|reduced| ReductionBody {
                lowest_30_days: reduced.lowest_30_days.into(),
                since: reduced.since,
            });
        }
        body
    }
}
