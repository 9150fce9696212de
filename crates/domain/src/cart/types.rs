//! What a cart holds.

use kontor_base::id::CartId;
use serde::{Deserialize, Serialize};

use crate::catalogue::Sku;
use crate::market::MarketCode;

/// Some units of one variant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CartLine {
    /// The variant.
    pub sku: Sku,
    /// How many; never zero.
    pub quantity: u32,
}

/// A cart of one market. It holds no prices and no verdicts: both are asked for afresh whenever it
/// is shown or bought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cart {
    /// Its id, which only its owner knows.
    pub id: CartId,
    /// The market in which it was filled.
    pub market: MarketCode,
    /// Grows by one with every effective change, from zero.
    pub version: u64,
    /// Its lines in the order in which they were put in; each variant at most once.
    pub lines: Vec<CartLine>,
}

impl Cart {
    /// An empty cart.
    #[must_use]
    pub const fn new(id: CartId, market: MarketCode) -> Self {
        Self { id, market, version: 0, lines: Vec::new() }
    }

    /// How many units it holds.
    #[must_use]
    pub fn units(&self) -> u32 {
        self.lines.iter().map(|line| line.quantity).fold(0, u32::saturating_add)
    }

    /// How many units of `sku` it holds.
    #[must_use]
    pub fn quantity_of(&self, sku: &Sku) -> u32 {
        self.lines.iter().find(|line| line.sku == *sku).map_or(0, |line| line.quantity)
    }
}
