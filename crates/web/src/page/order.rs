//! The order page behind the secret link: thank-you, number, where it stands, what was paid.

use askama::Template;
use kontor_base::{Date, Instant, Money};

use super::{Help, Shell, SummaryLine, Totals};
use crate::kit::text::Text;

/// How the order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderStatus {
    /// Placed; the payment is awaited (bank transfer, late answer).
    AwaitingPayment,
    /// Paid; being packed.
    Paid,
    /// Paid, but its dispatch is held: a clearance is missing at the moment.
    OnHold,
    /// On its way.
    Shipped,
    /// Delivered.
    Delivered,
    /// Cancelled before dispatch.
    Cancelled,
    /// The money went back.
    Refunded,
}

/// A step on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// The order was placed.
    Placed,
    /// It was paid.
    Paid,
    /// It was packed and handed over.
    Shipped,
    /// It arrived.
    Delivered,
    /// It was cancelled.
    Cancelled,
    /// It was refunded.
    Refunded,
}

/// How a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepState {
    /// Done, at this moment.
    Done(Instant),
    /// Being worked on.
    Current,
    /// Still to come.
    ToCome,
}

/// A step of the timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Which.
    pub kind: StepKind,
    /// How it stands.
    pub state: StepState,
}

/// Where a bank transfer goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransferAccount {
    /// Whose account.
    pub holder: String,
    /// IBAN or account number.
    pub account: String,
    /// BIC, routing or branch number; may be empty.
    pub bank_code: String,
    /// The bank's name.
    pub bank: String,
    /// What the transfer must say.
    pub reference: String,
    /// How much.
    pub amount: Money,
    /// Until when the goods are kept.
    pub due: Date,
}

/// How it was or will be paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PaymentState {
    /// By the test provider: no money has moved.
    Test {
        /// The provider's reference.
        reference: String,
    },
    /// By card.
    Card {
        /// The provider's reference.
        reference: String,
    },
    /// A transfer is awaited.
    TransferAwaited(TransferAccount),
    /// The transfer has arrived.
    TransferReceived,
    /// The provider has not answered yet.
    Pending,
}

/// A unit that was dispatched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// The product's name.
    pub name: String,
    /// Its serial number.
    pub serial: String,
}

/// `GET /{market}/{language}/order/{token}`
#[derive(Clone, Debug, Template)]
#[template(path = "order.html")]
pub struct OrderPage {
    /// The layout's part.
    pub shell: Shell,
    /// The order's number, for people.
    pub number: String,
    /// When it was placed.
    pub placed_at: Instant,
    /// Whether it has just been placed: the page says thank you.
    pub just_placed: bool,
    /// How it stands.
    pub status: OrderStatus,
    /// The timeline.
    pub steps: Vec<Step>,
    /// What was bought.
    pub lines: Vec<SummaryLine>,
    /// Every cost.
    pub totals: Totals,
    /// Where it goes, line by line.
    pub address: Vec<String>,
    /// Where news of it is sent.
    pub email: String,
    /// The payment.
    pub payment: PaymentState,
    /// Units with serial numbers, once dispatched.
    pub units: Vec<Unit>,
    /// How many days goods can be sent back.
    pub return_days: u16,
    /// Whom to ask, and where goods are sent back to.
    pub help: Help,
    /// Ask again by itself after this many seconds (a payment is pending).
    pub refresh_s: Option<u32>,
}

impl OrderStatus {
    /// The status as a sentence.
    #[must_use]
    pub fn words(self, t: &Text) -> String {
        let id = match self {
            Self::AwaitingPayment => "order-status-awaiting",
            Self::Paid => "order-status-paid",
            Self::OnHold => "order-status-hold",
            Self::Shipped => "order-status-shipped",
            Self::Delivered => "order-status-delivered",
            Self::Cancelled => "order-status-cancelled",
            Self::Refunded => "order-status-refunded",
        };
        t.get(id).into_owned()
    }
}

impl StepKind {
    /// The step's name.
    #[must_use]
    pub fn words(self, t: &Text) -> String {
        let id = match self {
            Self::Placed => "order-step-placed",
            Self::Paid => "order-step-paid",
            Self::Shipped => "order-step-shipped",
            Self::Delivered => "order-step-delivered",
            Self::Cancelled => "order-step-cancelled",
            Self::Refunded => "order-step-refunded",
        };
        t.get(id).into_owned()
    }
}

impl Step {
    /// When it was done, or that it is not yet.
    fn when(&self, t: &Text) -> String {
        match &self.state {
            StepState::Done(at) => t.moment(at),
            StepState::Current => t.get("order-step-current").into_owned(),
            StepState::ToCome => t.get("order-step-come").into_owned(),
        }
    }

    const fn class(&self) -> &'static str {
        match self.state {
            StepState::Done(_) => "step-done",
            StepState::Current => "step-current",
            StepState::ToCome => "step-come",
        }
    }
}

impl OrderPage {
    fn next(&self) -> String {
        let t = &self.shell.text();
        let id = match self.status {
            OrderStatus::AwaitingPayment if self.payment == PaymentState::Pending => {
                "order-pay-pending"
            }
            OrderStatus::AwaitingPayment => "order-next-awaiting",
            OrderStatus::Paid => {
                return t.one("order-next-paid", "email", &self.email).into_owned();
            }
            OrderStatus::OnHold => "order-next-hold",
            OrderStatus::Shipped => "order-next-shipped",
            OrderStatus::Delivered => "order-next-delivered",
            OrderStatus::Cancelled => "order-next-cancelled",
            OrderStatus::Refunded => "order-next-refunded",
        };
        t.get(id).into_owned()
    }

    /// How it was paid, with the provider's reference; nothing while the payment is open.
    fn paid_by(&self) -> Option<(String, Option<&str>)> {
        let t = &self.shell.text();
        let (id, reference) = match &self.payment {
            PaymentState::Test { reference } => ("order-pay-test", Some(reference.as_str())),
            PaymentState::Card { reference } => ("order-pay-card", Some(reference.as_str())),
            PaymentState::TransferReceived => ("order-pay-received", None),
            PaymentState::TransferAwaited(_) | PaymentState::Pending => return None,
        };
        Some((t.get(id).into_owned(), reference.filter(|reference| !reference.is_empty())))
    }
}
