//! From a cart to an order: begin (reserve) → pay (outside) → answer (claim), and what follows.

mod answer;
mod begin;
mod cancel;
mod dispatch;
mod expire;
mod jobs;
mod pay;
mod place;
mod refusal;
mod review;
mod sale;
mod show;

pub use answer::{answer, second_step};
pub use begin::{Begin, Started, begin};
pub use cancel::{CancelCommand, cancel};
pub(crate) use dispatch::dispatch_in;
pub use dispatch::{DispatchRefusal, WaitingParcel, parcels};
pub use expire::{cancel_unpaid, expire_checkouts};
pub use jobs::{Worked, resume_payments, run_due_jobs};
pub use kontor_store::order::Checkout;
pub use pay::{Pay, PayAnswer, pay};
pub use place::transfer_arrived;
pub use refusal::Refusal;
pub use review::{HeldOrder, Reviewed, held_orders, review_waiting};
pub use sale::{CheckOutClaim, GivenUp, check_out_claim, give_up_claim, tell_lots};
pub use show::{
    FromSale, ShownCheckout, ShownOrder, checkout, checkout_of_payment, order, quote_for,
};
