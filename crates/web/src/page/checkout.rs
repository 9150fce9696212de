//! The checkout: one page, every cost above the first field, and a hold that ends by the server's
//! clock.

use kontor_base::{Instant, Money};

use super::{FieldError, Shell, Totals};

/// The reservation of the goods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hold {
    /// When it ends.
    pub ends: Instant,
    /// The server's clock when the page was made.
    pub now: Instant,
}

/// A line of the order summary.
#[derive(Clone, Debug)]
pub struct SummaryLine {
    /// The product's name.
    pub name: String,
    /// What tells the variant from its siblings; may be empty.
    pub option: String,
    /// The name of its drawing.
    pub picture: String,
    /// How many.
    pub quantity: u32,
    /// What one costs.
    pub unit: Money,
    /// What they cost together.
    pub total: Money,
}

/// What was typed, as it was typed; nothing typed is ever lost.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckoutForm {
    /// `email`
    pub email: String,
    /// `name`
    pub name: String,
    /// `line1`
    pub line1: String,
    /// `line2`
    pub line2: String,
    /// `city`
    pub city: String,
    /// `region`: a state's code where states are asked for.
    pub region: String,
    /// `postcode`
    pub postcode: String,
    /// `phone`
    pub phone: String,
    /// `delivery`: the chosen [`DeliveryChoice::code`].
    pub delivery: String,
    /// `payment`: the chosen [`PaymentKind::code`].
    pub payment: String,
    /// `scenario`: the chosen [`Scenario::code`].
    pub scenario: String,
    /// `terms` is ticked.
    pub terms: bool,
}

/// A way of delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryChoice {
    /// Its value in the form.
    pub code: String,
    /// Its name, in the page's language.
    pub name: String,
    /// Days in transit, from and to.
    pub days: Option<(u16, u16)>,
    /// What it costs.
    pub cost: Money,
}

/// A way to pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaymentKind {
    /// The built-in test provider.
    Test,
    /// A bank transfer, paid by hand.
    Transfer,
    /// A card through an outside provider.
    Card,
}

impl PaymentKind {
    /// Its value in the form field `payment`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Transfer => "transfer",
            Self::Card => "card",
        }
    }
}

/// A way to pay that is offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaymentChoice {
    /// Which.
    pub kind: PaymentKind,
    /// What it costs extra, if anything.
    pub fee: Option<Money>,
}

/// What the test provider shall do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scenario {
    /// The payment succeeds.
    Succeeds,
    /// It is declined.
    Declined,
    /// It needs a second step.
    SecondStep,
    /// The answer comes late.
    Late,
}

impl Scenario {
    /// Every scenario, in the order of the list.
    pub const ALL: [Self; 4] = [Self::Succeeds, Self::Declined, Self::SecondStep, Self::Late];

    /// Its value in the form field `scenario`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Succeeds => "succeeds",
            Self::Declined => "declined",
            Self::SecondStep => "second_step",
            Self::Late => "late",
        }
    }
}

/// How the checkout stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckoutState {
    /// The form is to be filled in.
    Open,
    /// The hold has ended; the goods are no longer reserved. The page leads back to the cart.
    HoldEnded,
    /// The total is no longer the one that was seen: please confirm.
    TotalChanged {
        /// What was seen.
        before: Money,
    },
    /// The payment was declined; the hold still stands.
    Declined,
    /// The provider has not answered yet: the page asks again by itself.
    Waiting {
        /// After how many seconds.
        refresh_s: u32,
    },
    /// The goods could not be had although they were held (rare; nothing was charged).
    Lost,
}

/// `GET /{market}/{language}/checkout/{id}`; the form posts to the same address.
///
/// Fields: those of [`CheckoutForm`] and `key`, `total_seen` (minor units), `action`: `pay`, or
/// `quote` to work out the tax for another state without paying.
#[derive(Clone, Debug)]
pub struct CheckoutPage {
    /// The layout's part; its path is the form's address.
    pub shell: Shell,
    /// A fresh idempotency key.
    pub key: String,
    /// The reservation.
    pub hold: Hold,
    /// What is bought.
    pub lines: Vec<SummaryLine>,
    /// Every cost.
    pub totals: Totals,
    /// What was typed.
    pub form: CheckoutForm,
    /// What is wrong with it.
    pub errors: Vec<FieldError>,
    /// How it stands.
    pub state: CheckoutState,
    /// Ways of delivery; never empty.
    pub deliveries: Vec<DeliveryChoice>,
    /// Ways to pay; never empty.
    pub payments: Vec<PaymentChoice>,
    /// How many days goods can be sent back, for the terms.
    pub return_days: u16,
}

/// `GET /{market}/{language}/checkout/{id}/quote?region=CA`: the totals as an HTML fragment, which
/// the script puts in place of the old ones when another state is chosen.
#[derive(Clone, Debug)]
pub struct QuoteFragment {
    /// The layout's part, for language and market.
    pub shell: Shell,
    /// Every cost.
    pub totals: Totals,
}
