//! From a claim in a sale to an order.
//!
//! 1. *Claim*: the lot holds units for a person; nothing is in the books yet but the sale's own stock.
//! 2. *Checkout* ([`check_out_claim`]): the lot lets the clock's hold go, and the stock ledger holds
//!    the units instead (available → held), under the claim's own bytes as id. From here on it is an
//!    ordinary checkout and is paid like any other.
//! 3. *Order*: held → sold, and the lot is told ([`tell_lots`]).
//!
//! Between any two of these the process may end. What the lot believes is brought in line with the
//! books by the keeper: a checkout's hold decides, and it only ever ends once.

mod check_out;
mod eligible;
mod give_up;
mod late;
mod tell;

use kontor_base::id::{CheckoutId, HoldId};
use kontor_store::sale::lot::LotNumber;

use crate::core::claim_of_bytes;

pub use check_out::{CheckOutClaim, check_out_claim};
pub use give_up::{GivenUp, give_up_claim};
pub use tell::tell_lots;

pub(super) use eligible::{cancelled_in, may_pay_in, recheck_in, sold_in};
pub(super) use late::{hold_again_in, reserve_again};

/// The claim that a checkout was begun from, if it was from one.
pub(super) fn claim_of(checkout: CheckoutId) -> Option<(LotNumber, u32)> {
    claim_of_bytes(*checkout.bytes())
}

/// The claim that a hold belongs to, if it does to one.
pub(super) fn claim_of_hold(hold: HoldId) -> Option<(LotNumber, u32)> {
    claim_of_bytes(*hold.bytes())
}
