//! The cart: lines, quantities, and what has changed since they were put in.

use askama::Template;
use kontor_base::Money;

use super::{Refusal, Shell, TaxNote};
use crate::kit::text::Text;

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
    /// The shop is open to a limited circle, and one person may have only so many of the product.
    BetaMax(String, u32),
    /// The shop is open to a limited circle, and fewer of the product are left for it.
    BetaLeft(String, u32),
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
#[derive(Clone, Debug, Template)]
#[template(path = "cart.html")]
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

impl CartLine {
    /// Whether another quantity could be had.
    const fn can_change(&self) -> bool {
        !matches!(self.state, LineState::Refused(_) | LineState::Short { left: 0 })
    }
}

impl LineState {
    /// The class that colours its note.
    const fn tone(&self) -> &'static str {
        match self {
            Self::Good | Self::PriceChanged { .. } => "accent",
            Self::Short { left: 1.. } => "warn",
            Self::Short { left: 0 } | Self::Refused(_) => "bad",
        }
    }
}

impl CartNotice {
    /// What happened, as a sentence.
    #[must_use]
    pub fn words(&self, t: &Text) -> String {
        match self {
            Self::Added(name) => t.one("cart-added", "name", name),
            Self::Changed => t.get("cart-changed"),
            Self::Stale => t.get("cart-stale"),
            Self::QuantityMax(max) => t.one("cart-quantity-max", "max", *max),
            Self::BetaMax(name, max) => t.two("cart-beta-max", "name", name, "max", *max),
            Self::BetaLeft(name, left) => t.two("cart-beta-left", "name", name, "left", *left),
            Self::LinesMax(max) => t.one("cart-lines-max", "max", *max),
            Self::Refused(name) => t.one("cart-refused", "name", name),
            Self::SoldOut(name) => t.one("cart-soldout", "name", name),
        }
        .into_owned()
    }
}

impl CartPage {
    fn note(&self, line: &CartLine) -> Option<String> {
        let t = &self.shell.text();
        match &line.state {
            LineState::Good => None,
            LineState::Refused(refusal) => Some(refusal.sentence(t, self.shell.place())),
            LineState::Short { left } => {
                Some(t.one("cart-line-short", "count", *left).into_owned())
            }
            LineState::PriceChanged { before } => {
                Some(t.one("cart-line-price", "price", t.money(before)).into_owned())
            }
        }
    }

    /// The last quantity that the line's list offers: never below what is in it.
    fn quantity_end(&self, line: &CartLine) -> u32 {
        self.quantity_max.max(line.quantity)
    }
}
