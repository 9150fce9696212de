//! Prices, taxes and the lines of a total, as pages show them. All amounts are decided elsewhere.

use kontor_base::{Money, Rate};

/// What a tax on sales is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaxKind {
    /// Value-added tax.
    Vat,
    /// Goods and services tax.
    Gst,
    /// Sales tax of a US state.
    Sales,
}

/// What a price says about tax.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaxNote {
    /// The price contains it: "incl. 19 % VAT".
    Included {
        /// The tax.
        kind: TaxKind,
        /// The rate, if one rate applies.
        rate: Option<Rate>,
    },
    /// It comes on top, by ship-to: "plus sales tax, estimated at checkout".
    Excluded,
    /// There is none.
    None,
}

/// A lower price than before, with what the law wants beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reduction {
    /// The lowest price of the 30 days before the reduction.
    pub lowest_30_days: Money,
}

/// A price on a shelf or a product page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Price {
    /// What it costs now.
    pub now: Money,
    /// Whether other variants cost more ("from").
    pub from: bool,
    /// If it is reduced.
    pub reduction: Option<Reduction>,
    /// What it says about tax.
    pub tax: TaxNote,
}

/// What a line of a total is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CostKind {
    /// The goods.
    Goods,
    /// Shipping.
    Shipping,
    /// A tax that is added.
    Tax {
        /// The tax.
        kind: TaxKind,
        /// Its rate, if one rate applies.
        rate: Option<Rate>,
        /// Where it is owed, as a name: `California`.
        place: Option<String>,
    },
    /// Import duty.
    Duty,
    /// A fee of the payment method or the carrier.
    Fee,
    /// A discount; its amount is negative.
    Discount,
}

/// One line of a total.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CostLine {
    /// What for.
    pub kind: CostKind,
    /// How much; `None` while it is not known yet (tax before the state is chosen).
    pub amount: Option<Money>,
    /// Whether the amount is an estimate.
    pub estimated: bool,
}

/// A tax that the total contains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaxPart {
    /// The tax.
    pub kind: TaxKind,
    /// Its rate.
    pub rate: Option<Rate>,
    /// How much of the total it is.
    pub amount: Money,
}

/// Every cost of a cart, a checkout or an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Totals {
    /// The lines, in order; they add up to the total.
    pub lines: Vec<CostLine>,
    /// What is paid.
    pub total: Money,
    /// The taxes that the lines already contain (inclusive markets).
    pub contains: Vec<TaxPart>,
}
