//! A deposit for a place in the line of a batch, from the wish to the order or back.
//!
//! 1. *Begin* ([`begin_deposit`]): who wants a place, and what it costs. Nothing is held.
//! 2. *Pay* ([`pay_deposit`]): the provider is asked outside of every transaction, and the money is
//!    collected. Only then is there an entry, so that the place in line is that of the payment.
//! 3. *Credit* ([`credit_in`], [`apply_in`]): the order is paid with what the deposit leaves.
//! 4. *Return*: whoever paid leaves the line ([`leave_line`]), or the keeper finds that the sale is
//!    over or keeps them out ([`keep_deposits`]), or the order is called off ([`unapply_in`]).
//!
//! A deposit's payment is an ordinary one, which names the deposit where others name a checkout: an id
//! of a deposit is never one of a checkout.

mod answer;
mod begin;
mod credit;
mod give_back;
mod keep;
mod leave;
mod pay;
mod show;

use kontor_base::id::DepositId;
use kontor_domain::sale::Way;
use kontor_store::payment::Payment;
use kontor_store::sale::deposit::{self as deposits, KeptDeposit};
use kontor_store::{StoreError, Tx};

use crate::sale::Enter;

pub use begin::{BeginDeposit, begin_deposit};
pub use keep::keep_deposits;
pub use leave::{Left, leave_line};
pub use pay::{DepositAnswer, PayDeposit, pay_deposit};
pub use show::{ShownDeposit, deposit, deposit_of_entry, deposit_of_payment};

pub use answer::deposit_second_step;
pub(super) use answer::{captured_in, hear};
pub(super) use credit::{applied_in, apply_in, credit_in, deposit_for, stands_in, unapply_in};

/// The deposit that a payment is for, if it is for one.
pub(super) fn of_payment(
    tx: &mut Tx<'_>,
    payment: &Payment,
) -> Result<Option<KeptDeposit>, StoreError> {
    deposits::get(tx, DepositId::from_bytes(*payment.checkout.bytes()))
}

/// The wish to enter that a deposit was begun for; none once it was erased.
fn wish_of(deposit: &KeptDeposit) -> Option<Enter> {
    Some(Enter {
        sale: deposit.sale,
        market: deposit.market,
        way: Way::Batch,
        email: deposit.wanted.email.clone()?,
        phone: deposit.wanted.phone.clone(),
        ship_to: deposit.wanted.ship_to,
        code: None,
    })
}
