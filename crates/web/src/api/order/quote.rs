//! What a purchase costs, as the API tells it.

use kontor_base::Instant;
use kontor_domain::market::TaxDisplay;
use kontor_domain::order::{AppliedTax, Quote, QuotedLine, QuotedShipping, Totals};
use kontor_domain::price::{Jurisdiction, TaxedAmount};
use kontor_shop::Snapshot;
use kontor_shop::order::{Checkout, quote_for};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::money::MoneyBody;
use crate::api::problem_map::of_order_refusal;
use crate::kit::problem::Problem;

/// What a purchase costs. `net + tax = gross` in every line and in the totals.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Quote)]
pub(crate) struct QuoteBody {
    /// The goods.
    lines: Vec<QuoteLineBody>,
    /// The shipping, taxed like the goods.
    shipping: AmountBody,
    /// The sums.
    totals: TotalsBody,
    /// Whether prices contain the tax.
    prices_include_tax: bool,
    /// Whether any tax in it is only an estimate (always in the USA).
    estimated: bool,
    /// Whether tax is still to be added when the address is known; then it cannot be bought yet.
    tax_pending: bool,
}

/// A line of a quote.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = QuoteLine)]
pub(crate) struct QuoteLineBody {
    /// The variant.
    #[schema(example = "BAND-BLACK")]
    sku: String,
    /// How many.
    quantity: u32,
    /// The price of one, as the market shows prices.
    unit_price: MoneyBody,
    /// The amounts of the whole line.
    #[serde(flatten)]
    amount: AmountBody,
}

/// An amount taken apart.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Amount)]
pub(crate) struct AmountBody {
    /// Without tax.
    net: MoneyBody,
    /// The tax.
    tax: MoneyBody,
    /// With tax.
    gross: MoneyBody,
}

/// The sums of a quote or an order.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Totals)]
pub(crate) struct TotalsBody {
    /// The goods, as the market shows prices.
    goods: MoneyBody,
    /// The shipping, in the same way.
    shipping: MoneyBody,
    /// Everything without tax.
    net: MoneyBody,
    /// The taxes, each once.
    taxes: Vec<TaxBody>,
    /// Their sum.
    tax: MoneyBody,
    /// What is paid.
    total: MoneyBody,
}

/// A tax.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Tax)]
pub(crate) struct TaxBody {
    /// Where it is owed: a country, or a country and a state.
    #[schema(example = "US-CA")]
    jurisdiction: String,
    /// What it is called there.
    #[schema(example = "sales tax")]
    name: String,
    /// Its rate in per cent.
    #[schema(example = "7.25")]
    percent: String,
    /// Whether it is only an estimate.
    estimated: bool,
    /// Its sum.
    amount: MoneyBody,
}

impl From<TaxedAmount> for AmountBody {
    fn from(amount: TaxedAmount) -> Self {
        Self { net: amount.net.into(), tax: amount.tax.into(), gross: amount.gross.into() }
    }
}

impl From<&QuotedLine> for QuoteLineBody {
    fn from(line: &QuotedLine) -> Self {
        Self {
            sku: line.sku.to_string(),
            quantity: line.quantity,
            unit_price: line.unit_price.into(),
            amount: line.amount.into(),
        }
    }
}

impl From<&QuotedShipping> for AmountBody {
    fn from(shipping: &QuotedShipping) -> Self {
        shipping.amount.into()
    }
}

impl From<&Totals> for TotalsBody {
    fn from(totals: &Totals) -> Self {
        let tax = |applied: &AppliedTax, amount: MoneyBody| TaxBody {
            jurisdiction: applied.jurisdiction.to_string(),
            name: applied.name.clone(),
            percent: applied.rate.percent(),
            estimated: applied.estimated,
            amount,
        };
        Self {
            goods: totals.goods.into(),
            shipping: totals.shipping.into(),
            net: totals.net.into(),
            taxes: totals.taxes.iter().map(|t| tax(&t.applied, t.amount.into())).collect(),
            tax: totals.tax.into(),
            total: totals.total.into(),
        }
    }
}

impl From<&Quote> for QuoteBody {
    fn from(quote: &Quote) -> Self {
        Self {
            lines: quote.lines.iter().map(QuoteLineBody::from).collect(),
            shipping: (&quote.shipping).into(),
            totals: (&quote.totals).into(),
            prices_include_tax: quote.tax_display == TaxDisplay::Inclusive,
            estimated: quote.estimated,
            tax_pending: quote.tax_pending,
        }
    }
}

/// Why something cannot be bought now, where that is no mistake of the request.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Refusal)]
pub(crate) struct RefusalBody {
    /// The stable code, as in problem documents.
    #[schema(example = "clearance.refused")]
    code: String,
    /// What happened and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// More that a program can use.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    more: Option<serde_json::Value>,
}

impl From<Problem> for RefusalBody {
    fn from(problem: Problem) -> Self {
        Self { code: problem.code, detail: problem.detail, more: problem.more }
    }
}

/// What the checkout costs now, or why it cannot be bought.
pub(super) fn quoted(
    snapshot: &Snapshot,
    checkout: &Checkout,
    ship_to: Option<Jurisdiction>,
    at: Instant,
) -> (Option<QuoteBody>, Option<RefusalBody>) {
    match quote_for(snapshot, checkout, ship_to, at) {
        Ok(quote) => (Some((&quote).into()), None),
        Err(refusal) => (None, Some(of_order_refusal(refusal).into())),
    }
}
