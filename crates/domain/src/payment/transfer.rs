//! Paying by bank transfer: what the buyer writes on it, and until when.

use kontor_base::id::PaymentId;
use kontor_base::limits::TRANSFER_HOLD_S;
use kontor_base::{Instant, Money};
use serde::{Deserialize, Serialize};

use super::reference::readable_code;

/// What the buyer is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferInstructions {
    /// What to transfer, exactly.
    pub amount: Money,
    /// What to write on it: `PAY-7K3Q-9MX2-4TB7`. Letters, digits and dashes only, which every
    /// banking system passes on unchanged (SEPA's basic Latin set, at most 35 characters); the
    /// last sign is a check against slips of the pen.
    pub reference: String,
    /// The first moment at which the goods are no longer held.
    pub due: Instant,
}

/// The instructions for a payment that begins at `at`: the stock is held for
/// [`TRANSFER_HOLD_S`]. Money that comes later is treated as [`super::settle`] says.
#[must_use]
pub fn transfer_instructions(
    payment: PaymentId,
    amount: Money,
    at: Instant,
) -> TransferInstructions {
    TransferInstructions {
        amount,
        reference: format!("PAY-{}", readable_code(payment.bytes())),
        due: at.plus_seconds(TRANSFER_HOLD_S),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payment::is_readable;

    #[test]
    fn the_reference_survives_a_bank_and_the_due_date_is_the_holds_end() {
        let at = Instant::from_micros(1_432_000_000_000_000);
        let amount = Money::new(1499, "EUR".parse().expect("EUR is a currency"));
        let told = transfer_instructions(PaymentId::from_bytes([7; 16]), amount, at);
        let code = told.reference.strip_prefix("PAY-").expect("the prefix");
        assert!(is_readable(code));
        assert!(told.reference.len() <= 35);
        assert_eq!(told.due.seconds_since(at), 7 * 24 * 60 * 60);
        assert_eq!(told.amount, amount);
    }
}
