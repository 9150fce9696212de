//! What a buyer does: an ordinary purchase, or one in the sale. Every second one is each.

use super::Step;
use super::checkout::Checkout;
use super::claim::Claim;
use crate::load::{Connection, Fault};

/// A purchase that can be taken up again.
#[derive(Debug)]
pub(super) enum Journey {
    /// From a cart.
    Cart(Checkout),
    /// From a claim in the sale.
    Sale(Claim),
}

impl Journey {
    pub(super) fn new(sale: &str, seed: u64, number: u64) -> Self {
        if number.is_multiple_of(2) {
            Self::Cart(Checkout::new(seed, number))
        } else {
            Self::Sale(Claim::new(sale, seed, number))
        }
    }

    /// A purchase in the sale, whatever its number.
    pub(super) fn in_sale(sale: &str, seed: u64, number: u64) -> Self {
        Self::Sale(Claim::new(sale, seed, number))
    }

    pub(super) fn key(&self) -> &str {
        match self {
            Self::Cart(checkout) => checkout.key(),
            Self::Sale(claim) => claim.key(),
        }
    }

    pub(super) const fn is_claim(&self) -> bool {
        matches!(self, Self::Sale(_))
    }

    /// From where it stands to its end. Called again, it repeats its last request.
    pub(super) async fn go_on(&mut self, connection: &mut Connection) -> Result<Step, Fault> {
        match self {
            Self::Cart(checkout) => checkout.go_on(connection).await,
            Self::Sale(claim) => claim.go_on(connection).await,
        }
    }
}
