//! Prices, taxes and the lines of a total, as pages show them. All amounts are decided elsewhere.

use kontor_base::{Instant, Money, Rate};
use kontor_domain::sale::credited_minor;

use crate::kit::text::Text;

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
    /// The maximum retail price printed on the package, all taxes included.
    pub mrp: Option<Money>,
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
    /// The deposit that was paid towards it before.
    pub deposit: Option<DepositLine>,
}

/// A deposit that goes towards an order, and what it leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DepositLine {
    /// What was paid.
    pub amount: Money,
    /// When.
    pub paid_at: Instant,
    /// What is left to pay.
    pub remaining: Money,
}

impl DepositLine {
    /// What it is, and when it was paid.
    #[must_use]
    pub fn words(&self, t: &Text) -> String {
        t.one("cost-deposit", "date", t.date(&self.paid_at.date())).into_owned()
    }
}

impl Totals {
    /// The same with a deposit, of which no more counts than the total.
    #[must_use]
    pub fn with_deposit(self, deposit: Option<(Money, Instant)>) -> Self {
        let deposit = deposit.map(|(amount, paid_at)| {
            let minor = credited_minor(amount.minor, self.total.minor);
            let remaining = Money::new(self.total.minor - minor, self.total.currency);
            DepositLine { amount: Money::new(minor, self.total.currency), paid_at, remaining }
        });
        Self { deposit, ..self }
    }

    /// What is to be paid now.
    #[must_use]
    pub fn to_pay(&self) -> Money {
        self.deposit.map_or(self.total, |deposit| deposit.remaining)
    }
}

impl TaxKind {
    /// What the tax is called.
    #[must_use]
    pub fn words(self, t: &Text) -> String {
        let id = match self {
            Self::Vat => "tax-vat",
            Self::Gst => "tax-gst",
            Self::Sales => "tax-sales",
        };
        t.get(id).into_owned()
    }
}

impl TaxNote {
    /// The note in words.
    #[must_use]
    pub fn words(self, t: &Text) -> String {
        match self {
            Self::Included { kind, rate: None } => t.one("tax-included", "tax", kind.words(t)),
            Self::Included { kind, rate: Some(rate) } => {
                t.two("tax-included-rate", "rate", t.percent(&rate), "tax", kind.words(t))
            }
            Self::Excluded => t.get("tax-excluded"),
            Self::None => t.get("tax-none"),
        }
        .into_owned()
    }
}

impl Price {
    /// The amount, with "from" where variants differ.
    #[must_use]
    pub fn words(&self, t: &Text) -> String {
        let now = t.money(&self.now);
        if self.from { t.one("price-from", "price", now).into_owned() } else { now }
    }
}

impl CostLine {
    /// What the line is for.
    #[must_use]
    pub fn words(&self, t: &Text) -> String {
        let id = match &self.kind {
            CostKind::Goods => "cost-goods",
            CostKind::Shipping => "cost-shipping",
            CostKind::Duty => "cost-duty",
            CostKind::Fee => "cost-fee",
            CostKind::Discount => "cost-discount",
            CostKind::Tax { kind, rate, place } => {
                return tax_words(t, *kind, *rate, place.as_deref());
            }
        };
        t.get(id).into_owned()
    }

    /// The amount in words, or why there is none yet.
    #[must_use]
    pub fn amount_words(&self, t: &Text) -> String {
        match self.amount {
            None => t.get("cost-pending").into_owned(),
            Some(amount) if amount.minor == 0 && self.kind == CostKind::Shipping => {
                t.get("cost-free").into_owned()
            }
            Some(amount) => t.money(&amount),
        }
    }
}

impl TaxPart {
    /// "Contains 19 % VAT".
    #[must_use]
    pub fn words(&self, t: &Text) -> String {
        t.one("cost-contains", "tax", tax_words(t, self.kind, self.rate, None)).into_owned()
    }
}

fn tax_words(t: &Text, kind: TaxKind, rate: Option<Rate>, place: Option<&str>) -> String {
    let tax = kind.words(t);
    match (rate.map(|rate| t.percent(&rate)), place) {
        (None, None) => t.one("cost-tax", "tax", tax).into_owned(),
        (Some(rate), None) => t.two("cost-tax-rate", "tax", tax, "rate", rate).into_owned(),
        (None, Some(place)) => t.two("cost-tax-place", "tax", tax, "place", place).into_owned(),
        (Some(rate), Some(place)) => t
            .three("cost-tax-place-rate", [("tax", &tax), ("rate", &rate), ("place", place)])
            .into_owned(),
    }
}
