//! What a purchase costs, line by line, before anybody pays: the value that page, API and order
//! share.

use std::collections::BTreeMap;

use kontor_base::{Currency, Instant, Money, MoneyError, Rate};
use serde::{Deserialize, Serialize};

use crate::catalogue::Sku;
use crate::market::{Market, TaxDisplay};
use crate::price::{Jurisdiction, PriceRefusal, TaxRate, TaxTable, TaxedAmount, tax_amount};

/// A line with the price that is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PricedLine {
    /// The variant.
    pub sku: Sku,
    /// How many; more than zero.
    pub quantity: u32,
    /// The price of one, with or without tax as the market shows it.
    pub unit_price: Money,
}

/// What a quote is made from.
#[derive(Clone, Copy, Debug)]
pub struct QuoteRequest<'a> {
    /// The market.
    pub market: &'a Market,
    /// What is bought.
    pub lines: &'a [PricedLine],
    /// What shipping costs, with or without tax as the market shows it.
    pub shipping: Money,
    /// Where the parcel goes, once it is known.
    pub ship_to: Option<Jurisdiction>,
    /// The tax point.
    pub at: Instant,
}

/// Which tax a line bears.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppliedTax {
    /// Where it is owed.
    pub jurisdiction: Jurisdiction,
    /// What it is called there.
    pub name: String,
    /// The rate.
    pub rate: Rate,
    /// Whether it is only an estimate (always in the USA).
    pub estimated: bool,
}

/// A line of a quote; `net + tax = gross`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotedLine {
    /// The variant.
    pub sku: Sku,
    /// How many.
    pub quantity: u32,
    /// The price of one, as shown in the market.
    pub unit_price: Money,
    /// The amounts of the whole line.
    #[serde(flatten)]
    pub amount: TaxedAmount,
    /// The tax; `None` while it depends on an address that is not known yet. The line's tax is
    /// then zero *so far* and the quote cannot be bought ([`Quote::tax_pending`]).
    pub tax_applied: Option<AppliedTax>,
}

/// The shipping of a quote, taxed like the goods.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotedShipping {
    /// The amounts.
    #[serde(flatten)]
    pub amount: TaxedAmount,
    /// The tax, as for a line.
    pub tax_applied: Option<AppliedTax>,
}

/// One tax, summed over lines and shipping.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxTotal {
    /// Which tax.
    #[serde(flatten)]
    pub applied: AppliedTax,
    /// Its sum.
    pub amount: Money,
}

/// The sums of a quote. `net + tax = total`; sums of rounded lines, never rounded again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// The goods as the market shows prices: with tax where prices contain it, else without.
    pub goods: Money,
    /// The shipping, in the same way.
    pub shipping: Money,
    /// Everything without tax.
    pub net: Money,
    /// The taxes, by jurisdiction, name and rate.
    pub taxes: Vec<TaxTotal>,
    /// Their sum.
    pub tax: Money,
    /// What is paid.
    pub total: Money,
}

/// What a purchase costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// The lines, in the order of the request.
    pub lines: Vec<QuotedLine>,
    /// The shipping.
    pub shipping: QuotedShipping,
    /// The sums.
    pub totals: Totals,
    /// Whether prices contain the tax.
    pub tax_display: TaxDisplay,
    /// Whether any tax in it is only an estimate.
    pub estimated: bool,
    /// Whether tax is still to be added when the address is known: then the total is not final and
    /// the quote cannot be bought.
    pub tax_pending: bool,
}

/// Why there is no quote, or why it may not be bought.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuoteRefusal {
    /// There is nothing to buy.
    #[error("there is nothing to buy")]
    Empty,
    /// The market does not ship there.
    #[error("the market does not ship to {jurisdiction}")]
    NotServed {
        /// The destination.
        jurisdiction: Jurisdiction,
    },
    /// Tax depends on the address, which is not known yet.
    #[error("the tax depends on the address")]
    AddressNeeded,
    /// The buyer agreed to another total.
    #[error("the total is {now} and no longer {seen}")]
    TotalChanged {
        /// What the buyer saw.
        seen: Money,
        /// What it is.
        now: Money,
    },
    /// No price or no tax rate.
    #[error(transparent)]
    Price(#[from] PriceRefusal),
}

impl From<MoneyError> for QuoteRefusal {
    fn from(error: MoneyError) -> Self {
        Self::Price(error.into())
    }
}

impl QuoteRefusal {
    /// The stable code of the refusal, such as `order.total_changed`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "order.empty",
            Self::NotServed { .. } => "order.not_served",
            Self::AddressNeeded => "order.address_needed",
            Self::TotalChanged { .. } => "order.total_changed",
            Self::Price(refusal) => refusal.code(),
        }
    }
}

/// Works out what a purchase costs.
///
/// The rate is that of the ship-to place on the day of `at` (UTC). Without a ship-to, a market
/// whose prices contain the tax is quoted for its home country; one whose prices do not is quoted
/// without tax and marked [`Quote::tax_pending`].
///
/// # Errors
///
/// [`QuoteRefusal::Empty`], [`QuoteRefusal::NotServed`], or [`QuoteRefusal::Price`] when no tax
/// rate is known or amounts do not fit together.
pub fn quote(request: &QuoteRequest<'_>, taxes: &TaxTable) -> Result<Quote, QuoteRefusal> {
    if request.lines.is_empty() {
        return Err(QuoteRefusal::Empty);
    }
    let rate = rate_for(request, taxes)?;
    let display = request.market.tax_display;
    let applied = rate.map(applied);
    let mut lines = Vec::with_capacity(request.lines.len());
    for line in request.lines {
        lines.push(QuotedLine {
            sku: line.sku.clone(),
            quantity: line.quantity,
            unit_price: line.unit_price,
            amount: taken_apart(line.unit_price.times(line.quantity)?, rate, display)?,
            tax_applied: applied.clone(),
        });
    }
    let shipping = QuotedShipping {
        amount: taken_apart(request.shipping, rate, display)?,
        tax_applied: applied,
    };
    let totals = totals(&lines, &shipping, request.market.currency, display)?;
    Ok(Quote {
        lines,
        shipping,
        totals,
        tax_display: display,
        estimated: rate.is_some_and(TaxRate::estimated),
        tax_pending: rate.is_none(),
    })
}

impl Quote {
    /// Checks that the quote may be bought by somebody who agreed to pay `total_seen`.
    ///
    /// # Errors
    ///
    /// [`QuoteRefusal::AddressNeeded`] or [`QuoteRefusal::TotalChanged`].
    pub fn check_agreed(&self, total_seen: Money) -> Result<(), QuoteRefusal> {
        if self.tax_pending {
            return Err(QuoteRefusal::AddressNeeded);
        }
        if self.totals.total != total_seen {
            return Err(QuoteRefusal::TotalChanged { seen: total_seen, now: self.totals.total });
        }
        Ok(())
    }
}

/// The rate that applies; `None` while it depends on an address that is not known.
fn rate_for<'t>(
    request: &QuoteRequest<'_>,
    taxes: &'t TaxTable,
) -> Result<Option<&'t TaxRate>, QuoteRefusal> {
    let market = request.market;
    let ship_to = match (request.ship_to, market.tax_display) {
        (Some(ship_to), _) if !market.countries.contains(&ship_to.country) => {
            return Err(QuoteRefusal::NotServed { jurisdiction: ship_to });
        }
        (Some(ship_to), _) => ship_to,
        (None, TaxDisplay::Inclusive) => Jurisdiction::of_country(market.home()),
        (None, TaxDisplay::Exclusive) => return Ok(None),
    };
    Ok(Some(taxes.rate_on(&ship_to, request.at.date())?))
}

fn applied(rate: &TaxRate) -> AppliedTax {
    AppliedTax {
        jurisdiction: rate.jurisdiction,
        name: rate.name.clone(),
        rate: rate.rate,
        estimated: rate.estimated(),
    }
}

fn taken_apart(
    amount: Money,
    rate: Option<&TaxRate>,
    display: TaxDisplay,
) -> Result<TaxedAmount, PriceRefusal> {
    match rate {
        Some(rate) => tax_amount(amount, rate.rate, display),
        None => Ok(TaxedAmount { net: amount, tax: Money::zero(amount.currency), gross: amount }),
    }
}

fn totals(
    lines: &[QuotedLine],
    shipping: &QuotedShipping,
    currency: Currency,
    display: TaxDisplay,
) -> Result<Totals, QuoteRefusal> {
    let shown = |amount: &TaxedAmount| match display {
        TaxDisplay::Inclusive => amount.gross,
        TaxDisplay::Exclusive => amount.net,
    };
    let parts = || {
        lines
            .iter()
            .map(|line| (&line.amount, &line.tax_applied))
            .chain([(&shipping.amount, &shipping.tax_applied)])
    };
    let mut taxes: BTreeMap<(Jurisdiction, &str, Rate), TaxTotal> = BTreeMap::new();
    for (amount, applied) in parts() {
        let Some(applied) = applied else { continue };
        let key = (applied.jurisdiction, applied.name.as_str(), applied.rate);
        let total = taxes.entry(key).or_insert_with(|| TaxTotal {
            applied: applied.clone(),
            amount: Money::zero(currency),
        });
        total.amount = total.amount.plus(amount.tax)?;
    }
    Ok(Totals {
        goods: Money::sum(currency, lines.iter().map(|line| shown(&line.amount)))?,
        shipping: shown(&shipping.amount),
        net: Money::sum(currency, parts().map(|(amount, _)| amount.net))?,
        taxes: taxes.into_values().collect(),
        tax: Money::sum(currency, parts().map(|(amount, _)| amount.tax))?,
        total: Money::sum(currency, parts().map(|(amount, _)| amount.gross))?,
    })
}
