//! What can be done with a cart. An operation that changes nothing leaves the version as it is; a
//! refused one leaves everything.

use kontor_base::limits::{CART_LINES_MAX, CART_QUANTITY_MAX};

use crate::catalogue::Sku;

use super::types::{Cart, CartLine};

/// Why a cart was not changed or not bought.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CartRefusal {
    /// It holds as many different variants as a cart may.
    #[error("a cart holds at most {max} different products")]
    LineLimit {
        /// The most lines.
        max: usize,
    },
    /// More units of one variant than a cart may hold, or none where some are needed.
    #[error("a cart holds 1 to {max} of one product")]
    QuantityLimit {
        /// The most units.
        max: u32,
    },
    /// The cart was changed since the request's page was made.
    #[error("the cart is at version {current}, the request was for {expected}")]
    StaleVersion {
        /// The version that the request named.
        expected: u64,
        /// The version as it is.
        current: u64,
    },
    /// There is nothing in it.
    #[error("the cart is empty")]
    Empty,
    /// No such variant (also said by the use case that looks variants up).
    #[error("there is no such product")]
    UnknownSku {
        /// What was asked for.
        sku: Sku,
    },
}

impl CartRefusal {
    /// The stable code of the refusal, such as `cart.line_limit`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::LineLimit { .. } => "cart.line_limit",
            Self::QuantityLimit { .. } => "cart.quantity_limit",
            Self::StaleVersion { .. } => "cart.stale_version",
            Self::Empty => "cart.empty",
            Self::UnknownSku { .. } => "cart.unknown_sku",
        }
    }
}

impl Cart {
    /// Checks that the request was made for the cart as it is.
    ///
    /// # Errors
    ///
    /// [`CartRefusal::StaleVersion`].
    pub const fn expect_version(&self, expected: u64) -> Result<(), CartRefusal> {
        if expected == self.version {
            Ok(())
        } else {
            Err(CartRefusal::StaleVersion { expected, current: self.version })
        }
    }

    /// The cart with `quantity` more units of `sku`. That the variant exists and may be sold is
    /// for the caller to ask before.
    ///
    /// # Errors
    ///
    /// [`CartRefusal::QuantityLimit`] (also for a quantity of zero) or [`CartRefusal::LineLimit`].
    pub fn add(&self, sku: &Sku, quantity: u32) -> Result<Self, CartRefusal> {
        let wanted = self.quantity_of(sku).saturating_add(quantity);
        if quantity == 0 || wanted > CART_QUANTITY_MAX {
            return Err(CartRefusal::QuantityLimit { max: CART_QUANTITY_MAX });
        }
        self.set(sku, wanted)
    }

    /// The cart with exactly `quantity` units of `sku`; zero removes the line.
    ///
    /// # Errors
    ///
    /// [`CartRefusal::QuantityLimit`] or [`CartRefusal::LineLimit`].
    pub fn set(&self, sku: &Sku, quantity: u32) -> Result<Self, CartRefusal> {
        if quantity > CART_QUANTITY_MAX {
            return Err(CartRefusal::QuantityLimit { max: CART_QUANTITY_MAX });
        }
        let mut lines = self.lines.clone();
        match lines.iter().position(|line| line.sku == *sku) {
            Some(place) if quantity > 0 => lines[place].quantity = quantity,
            Some(place) => drop(lines.remove(place)),
            None if quantity == 0 => {}
            None if lines.len() >= CART_LINES_MAX => {
                return Err(CartRefusal::LineLimit { max: CART_LINES_MAX });
            }
            None => lines.push(CartLine { sku: sku.clone(), quantity }),
        }
        Ok(self.with_lines(lines))
    }

    /// The cart without `sku`. Removing what is not there changes nothing, so that a second click
    /// does no harm.
    #[must_use]
    pub fn remove(&self, sku: &Sku) -> Self {
        let mut lines = self.lines.clone();
        lines.retain(|line| line.sku != *sku);
        self.with_lines(lines)
    }

    /// The cart with nothing in it: after it was bought.
    #[must_use]
    pub fn emptied(&self) -> Self {
        self.with_lines(Vec::new())
    }

    /// The lines to buy.
    ///
    /// # Errors
    ///
    /// [`CartRefusal::Empty`].
    pub fn lines_to_buy(&self) -> Result<&[CartLine], CartRefusal> {
        if self.lines.is_empty() { Err(CartRefusal::Empty) } else { Ok(&self.lines) }
    }

    fn with_lines(&self, lines: Vec<CartLine>) -> Self {
        let version = if lines == self.lines { self.version } else { self.version + 1 };
        Self { id: self.id, market: self.market, version, lines }
    }
}
