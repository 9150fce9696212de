//! The order page behind the secret link: thank-you, number, where it stands, what was paid.

use kontor_base::{Date, Instant, Money};

use super::{Shell, SummaryLine, Totals};

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
#[derive(Clone, Debug)]
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
    /// Ask again by itself after this many seconds (a payment is pending).
    pub refresh_s: Option<u32>,
}
