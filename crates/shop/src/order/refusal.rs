//! Why a purchase does not go on.

use kontor_domain::cart::CartRefusal;
use kontor_domain::catalogue::Sku;
use kontor_domain::clearance::Verdict;
use kontor_domain::customer::FieldError;
use kontor_domain::market::BetaRefusal;
use kontor_domain::order::{CancelRefusal, CheckoutRefusal, QuoteRefusal, RefundRefusal};
use kontor_domain::payment::PaymentRefusal;
use kontor_ledger::StockRefusal;
use kontor_ledger::posting::MoneyRefusal;

use crate::sale::SaleRefusal;

/// Why a purchase does not go on. Nothing was changed then.
#[derive(Clone, Debug)]
pub enum Refusal {
    /// There is no such market.
    UnknownMarket,
    /// There is no such cart.
    UnknownCart,
    /// There is no such checkout.
    UnknownCheckout,
    /// There is no such payment.
    UnknownPayment,
    /// There is no such order.
    UnknownOrder,
    /// The way to pay is not offered.
    NotOffered,
    /// The cart is empty or has changed.
    Cart(CartRefusal),
    /// Something in it may not be sold here any more.
    NotSold {
        /// The variant.
        sku: Sku,
        /// Why.
        verdict: Verdict,
    },
    /// Something in it has no price here.
    NoPrice {
        /// The variant.
        sku: Sku,
    },
    /// The market is in beta: who buys is not let in, or has or wants more than is given out.
    Beta {
        /// The variant.
        sku: Sku,
        /// Why.
        refusal: BetaRefusal,
    },
    /// The stock is not there, or the hold has ended.
    Stock(StockRefusal),
    /// The form has mistakes.
    Fields(Vec<FieldError>),
    /// The total cannot be worked out, or is not the one that was seen.
    Quote(QuoteRefusal),
    /// The checkout is not where it would have to be.
    Checkout(CheckoutRefusal),
    /// The payment is not where it would have to be.
    Payment(PaymentRefusal),
    /// The money does not fit the order.
    Money(MoneyRefusal),
    /// The order can no longer be cancelled.
    Cancel(CancelRefusal),
    /// No money can go back.
    Refund(RefundRefusal),
    /// What is bought was taken in a sale, and the sale's rules say no.
    Sale(SaleRefusal),
}

impl Refusal {
    /// The stable code of the refusal.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownMarket => "market.unknown",
            Self::UnknownCart => "cart.unknown",
            Self::UnknownCheckout => "order.unknown_checkout",
            Self::UnknownPayment => "payment.unknown",
            Self::UnknownOrder => "order.unknown",
            Self::NotOffered => "payment.not_offered",
            Self::Cart(refusal) => refusal.code(),
            Self::NotSold { .. } => "clearance.refused",
            Self::NoPrice { .. } => "price.missing",
            Self::Beta { refusal, .. } => refusal.code(),
            Self::Stock(refusal) => refusal.code(),
            Self::Fields(_) => "customer.form",
            Self::Quote(refusal) => refusal.code(),
            Self::Checkout(refusal) => refusal.code(),
            Self::Payment(refusal) => refusal.code(),
            Self::Money(refusal) => refusal.code(),
            Self::Cancel(refusal) => refusal.code(),
            Self::Refund(refusal) => refusal.code(),
            Self::Sale(refusal) => refusal.code(),
        }
    }
}

macro_rules! from {
    ($($variant:ident: $refusal:ty),* $(,)?) => {
        $(impl From<$refusal> for Refusal {
            fn from(refusal: $refusal) -> Self {
                Self::$variant(refusal)
            }
        })*
    };
}

from! {
    Cart: CartRefusal,
    Stock: StockRefusal,
    Fields: Vec<FieldError>,
    Quote: QuoteRefusal,
    Checkout: CheckoutRefusal,
    Payment: PaymentRefusal,
    Money: MoneyRefusal,
    Cancel: CancelRefusal,
    Refund: RefundRefusal,
    Sale: SaleRefusal,
}
