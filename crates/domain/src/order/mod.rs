//! Orders: the quote that is agreed on, the checkout that leads there, the order's number, its
//! state and whether it can still be cancelled.

mod cancel;
mod checkout;
mod erase;
mod number;
mod quote;
mod refund;
mod state;
mod terms;
#[cfg(test)]
mod tests;
mod types;

pub use cancel::{CancelPlan, CancelRefusal, MoneyBack, cancel_plan};
pub use checkout::{
    CHECKOUT_TABLE, CheckoutEvent, CheckoutRefusal, CheckoutState, CheckoutStep, checkout_step,
};
pub use erase::{Kept, erased, is_erased, is_over, kept_of, tax_records_until};
pub use number::{OrderNumber, OrderNumberError};
pub use quote::{
    AppliedTax, PricedLine, Quote, QuoteRefusal, QuoteRequest, QuotedLine, QuotedShipping,
    TaxTotal, Totals, quote,
};
pub use refund::{RefundRefusal, RefundSplit, refund_event, split_refund};
pub use state::{
    ClearanceState, FulfilmentState, ORDER_STATE_TABLE, OrderState, OrderStateRow, order_state,
};
pub use terms::{PHONE_PIECE_MIN, Wanted, search_terms};
pub use types::{Order, OrderLine, PaidDeposit, VerdictNote};
