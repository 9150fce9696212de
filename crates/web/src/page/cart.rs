//! The cart: lines, quantities, and what has changed since they were put in.

use kontor_base::Money;

use super::{Refusal, Shell, TaxNote};

/// How it stands with a line.
#[derive(Clone, Debug)]
pub enum LineState {
    /// It can be bought as it is.
    Good,
    /// It can no longer be sold here.
    Refused(Refusal),
    /// Fewer are there than asked for; zero means sold out.
    Short {
        /// How many there are.
        left: u32,
    },
    /// Its price has changed since it was put in.
    PriceChanged {
        /// The price then.
        before: Money,
    },
}

/// A line of the cart.
#[derive(Clone, Debug)]
pub struct CartLine {
    /// The variant.
    pub sku: String,
    /// Its model's name in URLs.
    pub model: String,
    /// Its name.
    pub name: String,
    /// What tells the variant from its siblings; may be empty.
    pub option: String,
    /// The name of its drawing.
    pub picture: String,
    /// How many.
    pub quantity: u32,
    /// What one costs; `None` where it has no price any more.
    pub unit: Option<Money>,
    /// What they cost together.
    pub total: Option<Money>,
    /// How it stands.
    pub state: LineState,
}

/// What just happened, said on top.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CartNotice {
    /// A product was put in; its name.
    Added(String),
    /// A quantity was changed or a line removed.
    Changed,
    /// The cart was changed in another window since this page was shown; nothing was written.
    Stale,
    /// More than this many of one product are not sold at once.
    QuantityMax(u32),
    /// More than this many different products do not fit into one cart.
    LinesMax(u32),
    /// The product may not be sold here; its name. Nothing was put in.
    Refused(String),
    /// Nothing is left of it; its name.
    SoldOut(String),
}

/// `GET /{market}/{language}/cart`
///
/// Forms: `POST …/cart/line` with `sku`, `quantity`, `version` (zero removes) and
/// `POST …/checkout` with `version` and `key`, which takes the hold and starts the checkout.
#[derive(Clone, Debug)]
pub struct CartPage {
    /// The layout's part.
    pub shell: Shell,
    /// The cart's version, which every form sends back.
    pub version: u64,
    /// A fresh idempotency key for starting the checkout.
    pub key: String,
    /// The lines; empty is a state of its own.
    pub lines: Vec<CartLine>,
    /// The sum of the lines that can be bought.
    pub subtotal: Option<Money>,
    /// What the prices say about tax.
    pub tax: TaxNote,
    /// Whether the checkout can start.
    pub can_check_out: bool,
    /// The greatest quantity of a line.
    pub quantity_max: u32,
    /// What just happened.
    pub notice: Option<CartNotice>,
}
