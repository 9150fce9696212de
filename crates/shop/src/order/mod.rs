//! From a cart to an order: begin (reserve) → pay (outside) → answer (claim), and what follows. What is
//! paid before there is anything to buy is in `deposit`.

mod answer;
mod asking;
mod begin;
mod beta;
mod cancel;
mod deposit;
mod desk;
mod dispatch;
mod expire;
mod index;
mod jobs;
mod left_undone;
mod pay;
mod place;
mod refund;
mod refusal;
mod review;
mod sale;
mod show;
mod take_back;

pub use answer::{answer, second_step};
pub use begin::{Begin, Started, begin};
pub(crate) use cancel::cancel_in;
pub use cancel::{CancelCommand, REFUND_OF_CANCELLED, cancel};
pub use deposit::{
    BeginDeposit, DepositAnswer, Left, PayDeposit, ShownDeposit, begin_deposit, deposit,
    deposit_of_entry, deposit_of_payment, deposit_second_step, keep_deposits, leave_line,
    pay_deposit,
};
pub use desk::{DeskOrder, ListQuery, desk_order, list};
pub(crate) use dispatch::dispatch_in;
pub use dispatch::{DispatchRefusal, WaitingParcel, parcels};
pub use expire::{cancel_unpaid, expire_checkouts, forget_abandoned};
pub(crate) use index::unindex_in;
pub use index::{Reindexed, index_orders, reindex};
pub use jobs::{Worked, resume_payments, run_due_jobs};
pub use kontor_store::order::Checkout;
pub use kontor_store::payment::Payment;
pub use kontor_store::sale::deposit::KeptDeposit;
pub use left_undone::{LeftUndone, Undone, left_undone, place_given_up};
pub use pay::{Pay, PayAnswer, pay};
pub use place::transfer_arrived;
pub(crate) use refund::{collected_in, refund_in};
pub use refusal::Refusal;
pub use review::{HeldOrder, Reviewed, held_after, held_in, held_orders, review_waiting};
pub use sale::{CheckOutClaim, GivenUp, check_out_claim, give_up_claim, tell_lots};
pub use show::{
    FromSale, ShownCheckout, ShownOrder, checkout, checkout_of_payment, order, quote_for,
};
pub(crate) use take_back::take_back_in;
pub use take_back::{CAME_BACK_LINES_MAX, CameBack, ReturnedUnits, TakeBackRefusal, take_back};
