//! Two plans beside each other: two dates, or two sets of products.

use serde::{Deserialize, Serialize};

use super::plan::OpeningPlan;
use super::ready::Ready;
use crate::catalogue::Sku;

/// What differs for one product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The product.
    pub sku: Sku,
    /// When it is ready in the first plan; none if it is not in it.
    pub before: Option<Ready>,
    /// And in the second.
    pub after: Option<Ready>,
    /// The codes of what is open only in the first plan.
    pub solved: Vec<String>,
    /// The codes of what is open only in the second.
    pub added: Vec<String>,
}

/// What differs between two plans.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// When the market itself is ready in each.
    pub market_ready: (Ready, Ready),
    /// When each can open with its first product.
    pub first_ready: (Ready, Ready),
    /// The products that differ, in the order of their SKUs.
    pub changes: Vec<Change>,
}

/// What differs between two plans.
#[must_use]
pub fn compare(before: &OpeningPlan, after: &OpeningPlan) -> Comparison {
    let skus = before.products.iter().chain(&after.products).map(|product| &product.sku);
    let mut skus: Vec<&Sku> = skus.collect();
    skus.sort_unstable();
    skus.dedup();
    let changes = skus.into_iter().map(|sku| change(sku, before, after));
    Comparison {
        market_ready: (before.market_ready, after.market_ready),
        first_ready: (before.first_ready, after.first_ready),
        changes: changes
            .filter(|c| c.before != c.after || !c.solved.is_empty() || !c.added.is_empty())
            .collect(),
    }
}

fn change(sku: &Sku, before: &OpeningPlan, after: &OpeningPlan) -> Change {
    let one = before.products.iter().find(|product| product.sku == *sku);
    let other = after.products.iter().find(|product| product.sku == *sku);
    let codes = |product: Option<&super::gap::ProductGap>| -> Vec<String> {
        let items = product.into_iter().flat_map(|product| product.open_items());
        items.map(|item| item.code().unwrap_or("review").to_owned()).collect()
    };
    let (was, is) = (codes(one), codes(other));
    Change {
        sku: sku.clone(),
        before: one.map(|product| product.ready),
        after: other.map(|product| product.ready),
        solved: was.iter().filter(|code| !is.contains(code)).cloned().collect(),
        added: is.iter().filter(|code| !was.contains(code)).cloned().collect(),
    }
}
