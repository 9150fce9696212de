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

#[cfg(test)]
mod tests {
    use super::*;
    use kontor_base::id::CartId;
    use proptest::prelude::*;

    fn sku(n: usize) -> Sku {
        format!("SKU-{n}").parse().expect("a good SKU")
    }

    fn empty() -> Cart {
        Cart::new(CartId::from_bytes([1; 16]), "us".parse().expect("a market"))
    }

    #[test]
    fn only_effective_changes_count() {
        let cart = empty().add(&sku(1), 2).expect("fits");
        assert_eq!((cart.version, cart.units()), (1, 2));
        assert_eq!(cart.set(&sku(1), 2).as_ref(), Ok(&cart));
        assert_eq!(cart.set(&sku(2), 0).as_ref(), Ok(&cart));
        assert_eq!(cart.remove(&sku(2)), cart);
        let more = cart.add(&sku(1), 1).expect("fits");
        assert_eq!((more.version, more.quantity_of(&sku(1))), (2, 3));
        assert_eq!(more.set(&sku(1), 0).map(|c| (c.version, c.lines.len())), Ok((3, 0)));
        assert_eq!(more.remove(&sku(1)).version, 3);
        assert_eq!(empty().emptied().version, 0);
        assert_eq!(more.emptied().version, 3);
    }

    #[test]
    fn refusals_by_code() {
        let mut full = empty();
        for n in 0..CART_LINES_MAX {
            full = full.add(&sku(n), CART_QUANTITY_MAX).expect("fits");
        }
        let table = [
            (full.add(&sku(99), 1), "cart.line_limit"),
            (full.set(&sku(99), 1), "cart.line_limit"),
            (full.add(&sku(0), 1), "cart.quantity_limit"),
            (full.set(&sku(0), CART_QUANTITY_MAX + 1), "cart.quantity_limit"),
            (empty().add(&sku(0), 0), "cart.quantity_limit"),
            (empty().add(&sku(0), u32::MAX), "cart.quantity_limit"),
            (full.add(&sku(0), u32::MAX), "cart.quantity_limit"),
        ];
        for (result, code) in table {
            assert_eq!(result.map_err(|e| e.code()), Err(code));
        }
        // A full cart still lets its own lines change.
        assert_eq!(full.set(&sku(0), 1).map(|c| c.quantity_of(&sku(0))), Ok(1));
        assert_eq!(empty().lines_to_buy().map_err(|e| e.code()), Err("cart.empty"));
        assert_eq!(full.lines_to_buy().map(<[CartLine]>::len), Ok(CART_LINES_MAX));
        assert_eq!(full.expect_version(20), Ok(()));
        for stale in [0, 19, 21, u64::MAX] {
            let refusal = full.expect_version(stale).map_err(|e| e.code());
            assert_eq!(refusal, Err("cart.stale_version"));
        }
    }

    proptest! {
        #[test]
        fn a_cart_stays_within_its_limits(
            ops in proptest::collection::vec((0_u8..3, 0_usize..30, 0_u32..15), 0..200),
        ) {
            let mut cart = empty();
            for (op, n, quantity) in ops {
                let next = match op {
                    0 => cart.add(&sku(n), quantity),
                    1 => cart.set(&sku(n), quantity),
                    _ => Ok(cart.remove(&sku(n))),
                };
                let Ok(next) = next else { continue };
                prop_assert_eq!(next.version, cart.version + u64::from(next.lines != cart.lines));
                prop_assert!(next.lines.len() <= CART_LINES_MAX);
                let mut skus: Vec<&Sku> = next.lines.iter().map(|line| &line.sku).collect();
                skus.sort();
                skus.dedup();
                prop_assert_eq!(skus.len(), next.lines.len());
                for line in &next.lines {
                    prop_assert!((1..=CART_QUANTITY_MAX).contains(&line.quantity));
                }
                cart = next;
            }
        }
    }
}
