//! How fast the units of a sale went: what the report's page draws.

use kontor_base::id::SaleId;
use kontor_ledger::sale::ClaimState;
use kontor_store::StoreError;
use kontor_store::sale::{self as sales, batch, lot as lots};

use crate::core::Shop;

/// How many claims are read at a time.
const PAGE: i64 = 20_000;
/// The most points of a curve: more than a screen has pixels for would only be sent.
const POINTS_MAX: usize = 240;

/// Milliseconds after going live, and the units of those that were bought in the end which had been
/// taken by then. Both rise; the last point is the whole.
///
/// # Errors
///
/// A fault of the store.
pub async fn taken_over_time(shop: &Shop, id: SaleId) -> Result<Vec<(u64, u64)>, StoreError> {
    let taken = shop
        .db
        .read("sale.curve", move |tx| {
            let Some(kept) = sales::get(tx, id)? else { return Ok(Vec::new()) };
            let live_at = kept.definition.windows.live_at.micros();
            let mut taken: Vec<(u64, u64)> = Vec::new();
            for lot in lots::of_sale(tx, id)? {
                let mut last = 0;
                loop {
                    let page = batch::claims_after(tx, lot.lot, last, PAGE)?;
                    let Some((end, _)) = page.last() else { break };
                    last = *end;
                    let sold = page.iter().filter(|(_, claim)| claim.state == ClaimState::Sold);
                    taken.extend(sold.map(|(_, claim)| {
                        let after = claim.claimed_at.saturating_sub(live_at).max(0) / 1_000;
                        (after.unsigned_abs(), u64::from(claim.units))
                    }));
                }
            }
            Ok::<_, StoreError>(taken)
        })
        .await?;
    Ok(summed(taken))
}

/// Sums by moment, thinned to what a curve can show. The first and the last stay.
fn summed(mut taken: Vec<(u64, u64)>) -> Vec<(u64, u64)> {
    taken.sort_unstable();
    let mut points: Vec<(u64, u64)> = Vec::new();
    let mut total = 0;
    for (at, units) in taken {
        total += units;
        match points.last_mut() {
            Some(last) if last.0 == at => last.1 = total,
            _ => points.push((at, total)),
        }
    }
    let Some(end) = points.last().copied() else { return points };
    let every = points.len().div_ceil(POINTS_MAX);
    let mut thin: Vec<_> = points.into_iter().step_by(every).collect();
    if thin.last() != Some(&end) {
        thin.push(end);
    }
    thin
}

#[cfg(test)]
mod tests {
    use super::{POINTS_MAX, summed};

    #[test]
    fn sums_rise_and_end_with_everything() {
        assert_eq!(summed(vec![(9, 1), (0, 2), (9, 1)]), [(0, 2), (9, 4)]);
        assert!(summed(Vec::new()).is_empty());
        let many = summed((0..10_001).map(|at| (at, 1)).collect());
        assert!(many.len() <= POINTS_MAX + 1, "{}", many.len());
        assert_eq!(many.last(), Some(&(10_000, 10_001)));
        assert!(many.is_sorted());
    }
}
