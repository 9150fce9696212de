//! How fast the units of a sale went: what the pages of the sale and of its report draw.
//!
//! A curve is made from every claim. While a sale runs it is looked at every few seconds and its claims
//! may be millions; so what was walked once is kept, the next walk begins where the last one may still
//! change, and nobody who looks waits for a long one.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use kontor_base::id::SaleId;
use kontor_ledger::sale::ClaimState;
use kontor_store::StoreError;
use kontor_store::sale::lot::{self as lots, LotNumber};
use kontor_store::sale::{self as sales, batch};

use crate::core::Shop;

/// How many claims are read at a time, each time in a transaction of its own.
const PAGE: i64 = 20_000;
/// So many claims are walked while somebody waits: a few hundredths of a second.
const AT_ONCE_MAX: u64 = 20_000;
/// The most points of a curve: more than a screen has pixels for would only be sent.
const POINTS_MAX: usize = 240;
/// How old a curve is at least before it is made anew, in microseconds; and how many times longer than
/// making it has taken.
const AGE_MIN: i64 = 15_000_000;
const AGE_TIMES: i64 = 20;
/// The most sales whose curves are kept.
const KEPT_MAX: usize = 64;

/// Milliseconds after going live, and the units of those that were bought in the end which had been
/// taken by then. Both rise; the last point is the whole.
type Points = Vec<(u64, u64)>;

/// The curves that were looked at.
#[derive(Debug, Default)]
pub struct Curves(Mutex<HashMap<SaleId, Kept>>);

#[derive(Clone, Debug, Default)]
struct Kept {
    points: Arc<Points>,
    walk: Walk,
    /// The next walk is not before this, in microseconds since the epoch.
    next_at: i64,
    under_way: bool,
}

/// How far a walk has come that need not be taken again.
#[derive(Clone, Debug, Default)]
struct Walk {
    /// Up to which claim of each lot nothing is held or being paid any more.
    done: HashMap<LotNumber, u32>,
    /// Units by the millisecond in which they were taken, of those claims.
    sums: BTreeMap<u64, u64>,
}

impl Curves {
    /// The curve as far as it is known, and whether it is the caller's to make it anew.
    fn begin(&self, id: SaleId, now: i64) -> (Arc<Points>, bool) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= KEPT_MAX && !all.contains_key(&id) {
            all.retain(|_, kept| kept.under_way);
        }
        let kept = all.entry(id).or_default();
        let due = !kept.under_way && now >= kept.next_at;
        kept.under_way |= due;
        (Arc::clone(&kept.points), due)
    }

    fn walk(&self, id: SaleId) -> Walk {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&id).map(|kept| kept.walk.clone()).unwrap_or_default()
    }

    fn end(&self, id: SaleId, made: Option<(Points, Walk)>, next_at: i64) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(kept) = all.get_mut(&id) else { return };
        if let Some((points, walk)) = made {
            (kept.points, kept.walk) = (Arc::new(points), walk);
        }
        (kept.next_at, kept.under_way) = (next_at, false);
    }
}

/// The curve of a sale as of now, however long its claims take to be walked.
///
/// # Errors
///
/// A fault of the store.
pub async fn taken_over_time(shop: &Shop, id: SaleId) -> Result<Points, StoreError> {
    Ok(walk(shop, id, Walk::default()).await?.0)
}

/// The curve of a sale: as of now where there are few claims; where there are many as of the last walk,
/// which goes on behind whoever looks. Nothing before the first has ended.
///
/// # Errors
///
/// A fault of the store.
pub async fn taken_lately(shop: &Arc<Shop>, id: SaleId) -> Result<Arc<Points>, StoreError> {
    let claims = shop.db.read("sale.claims", move |tx| {
        let mut claims = 0;
        for lot in lots::of_sale(tx, id)? {
            claims += u64::from(batch::last_claim(tx, lot.lot)?);
        }
        Ok::<_, StoreError>(claims)
    });
    if claims.await? <= AT_ONCE_MAX {
        return taken_over_time(shop, id).await.map(Arc::new);
    }
    let began = shop.now().micros();
    let (points, due) = shop.sales.curves.begin(id, began);
    if due {
        let own = Arc::clone(shop);
        tokio::spawn(async move {
            let made = walk(&own, id, own.sales.curves.walk(id)).await;
            if let Err(fault) = &made {
                tracing::warn!(%fault, sale = %id, "the curve of a sale was not made");
            }
            let now = own.now().micros();
            let next_at = now + AGE_MIN.max(AGE_TIMES * (now - began));
            own.sales.curves.end(id, made.ok(), next_at);
        });
    }
    Ok(points)
}

/// Walks what `before` has not done with.
async fn walk(shop: &Shop, id: SaleId, before: Walk) -> Result<(Points, Walk), StoreError> {
    let read = shop.db.read("sale.curve", move |tx| {
        let Some(kept) = sales::get(tx, id)? else { return Ok(None) };
        let live_at = kept.definition.windows.live_at.micros();
        let lots: Vec<_> = lots::of_sale(tx, id)?.into_iter().map(|lot| lot.lot).collect();
        Ok::<_, StoreError>(Some((live_at, lots)))
    });
    let Some((live_at, lots)) = read.await? else { return Ok((Vec::new(), before)) };
    let mut walk = before;
    // What may still change is counted for this curve alone.
    let mut open: BTreeMap<u64, u64> = BTreeMap::new();
    for lot in lots {
        let mut last = walk.done.get(&lot).copied().unwrap_or(0);
        let mut all_over = true;
        loop {
            let page =
                shop.db.read("sale.curve", move |tx| batch::claims_after(tx, lot, last, PAGE));
            let page = page.await?;
            let Some((end, _)) = page.last() else { break };
            last = *end;
            for (sequence, claim) in &page {
                all_over &= !matches!(claim.state, ClaimState::Held | ClaimState::Checkout);
                if all_over {
                    walk.done.insert(lot, *sequence);
                }
                if claim.state == ClaimState::Sold {
                    let after = claim.claimed_at.saturating_sub(live_at).max(0) / 1_000;
                    let sums = if all_over { &mut walk.sums } else { &mut open };
                    *sums.entry(after.unsigned_abs()).or_default() += u64::from(claim.units);
                }
            }
        }
    }
    let all = walk.sums.iter().chain(&open).map(|(at, units)| (*at, *units)).collect();
    Ok((summed(all), walk))
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
    use kontor_base::id::SaleId;

    use super::{AGE_MIN, Curves, KEPT_MAX, POINTS_MAX, Walk, summed};

    #[test]
    fn sums_rise_and_end_with_everything() {
        assert_eq!(summed(vec![(9, 1), (0, 2), (9, 1)]), [(0, 2), (9, 4)]);
        assert!(summed(Vec::new()).is_empty());
        let many = summed((0..10_001).map(|at| (at, 1)).collect());
        assert!(many.len() <= POINTS_MAX + 1, "{}", many.len());
        assert_eq!(many.last(), Some(&(10_000, 10_001)));
        assert!(many.is_sorted());
    }

    #[test]
    fn a_curve_is_made_by_one_at_a_time_and_not_too_often() {
        let (curves, id) = (Curves::default(), SaleId::from_bytes([1; 16]));
        assert!(curves.begin(id, 0).1, "nobody makes it yet");
        assert!(!curves.begin(id, AGE_MIN).1, "somebody does");
        curves.end(id, Some((vec![(1, 2)], Walk::default())), AGE_MIN);
        let (points, due) = curves.begin(id, AGE_MIN - 1);
        assert_eq!((&*points, due), (&vec![(1, 2)], false), "it is young");
        assert!(curves.begin(id, AGE_MIN).1);
        curves.end(id, None, 2 * AGE_MIN);
        assert_eq!(*curves.begin(id, AGE_MIN).0, [(1, 2)], "a fault takes nothing away");
        for other in 0..200_u8 {
            curves.end(SaleId::from_bytes([other; 16]), None, 0);
            curves.begin(SaleId::from_bytes([other; 16]), -1);
        }
        assert!(curves.0.lock().expect("whole").len() <= KEPT_MAX);
    }
}
