//! Reading resellers: the list, and one with everything that belongs to it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kontor_base::id::{ResellerId, ResellerOrderId};
use kontor_domain::catalogue::Sku;
use kontor_domain::market::MarketCode;
use kontor_ledger::StockState;
use kontor_store::reseller::bill::{KeptBill, bill_of, bills_between};
use kontor_store::reseller::{
    KeptContract, KeptOrder, Key, Reseller, before, contracts, find, keys, open_after, order,
    orders_before, orders_in,
};
use kontor_store::{StoreError, Tx, stock};

use super::allot::quota_word;
use super::dispatch::not_cleared;
use super::sold::{SoldRow, sold_in};
use super::territory::OfMarkets;
use crate::core::Shop;

/// How many orders are shown at once.
const SHOWN_MAX: i64 = 200;
/// How many open orders are read at a time.
const BLOCK: i64 = 200;
/// The most open orders that one page looks at; the next page goes on behind them.
const LOOKED_AT_MAX: usize = 2_000;

/// What lies with a reseller of one variant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllotmentRow {
    /// The contract.
    pub contract: String,
    /// The variant.
    pub sku: Sku,
    /// What the contract sets aside over its whole term.
    pub agreed: u32,
    /// Units that lie there for them.
    pub available: i64,
    /// Units that they have ordered and that wait for dispatch.
    pub ordered: i64,
    /// Units that have left.
    pub shipped: i64,
}

/// A reseller with everything that belongs to it, or with what of it belongs to some markets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownReseller {
    /// Who.
    pub reseller: Reseller,
    /// The markets of all their contracts, also of those that are not shown.
    pub markets: BTreeSet<MarketCode>,
    /// Their contracts.
    pub contracts: Vec<KeptContract>,
    /// What lies with them.
    pub allotment: Vec<AllotmentRow>,
    /// Their orders, the newest first, a page of them.
    pub orders: Vec<KeptOrder>,
    /// The order before which the next page of them begins, where there is one.
    pub older: Option<ResellerOrderId>,
    /// What they sign in with: a key orders under every contract, so none where not all are shown.
    pub keys: Vec<Key>,
    /// What they have reported as sold on, by month, model and country, the latest month first.
    pub sold: Vec<SoldRow>,
    /// The bills of these orders, the newest first.
    pub bills: Vec<KeptBill>,
}

/// Resellers, the newest application first, up to `limit` before `before_id`.
///
/// # Errors
///
/// A fault of the store.
pub async fn list(
    shop: &Arc<Shop>,
    before_id: Option<ResellerId>,
    limit: i64,
) -> Result<Vec<(Reseller, Vec<KeptContract>)>, StoreError> {
    shop.db
        .read("reseller.list", move |tx| {
            let page = before(tx, before_id, limit)?;
            page.into_iter()
                .map(|reseller| {
                    let own = contracts(tx, reseller.id)?;
                    Ok((reseller, own))
                })
                .collect()
        })
        .await
}

/// A reseller, with the newest orders.
///
/// # Errors
///
/// A fault of the store.
pub async fn show(shop: &Arc<Shop>, id: ResellerId) -> Result<Option<ShownReseller>, StoreError> {
    show_before(shop, id, None).await
}

/// A reseller, with the newest orders before one of them.
///
/// # Errors
///
/// A fault of the store.
pub async fn show_before(
    shop: &Arc<Shop>,
    id: ResellerId,
    before: Option<ResellerOrderId>,
) -> Result<Option<ShownReseller>, StoreError> {
    show_of(shop, id, before, OfMarkets::All).await
}

/// The same as the people of some markets see it: what belongs to contracts with others is not there.
///
/// # Errors
///
/// A fault of the store.
pub async fn show_of(
    shop: &Arc<Shop>,
    id: ResellerId,
    before: Option<ResellerOrderId>,
    own: OfMarkets,
) -> Result<Option<ShownReseller>, StoreError> {
    shop.db
        .read("reseller.show", move |tx| {
            let Some(reseller) = find(tx, id)? else { return Ok(None) };
            let mut contracts = contracts(tx, id)?;
            let markets: BTreeSet<MarketCode> = contracts.iter().map(|kept| kept.market).collect();
            contracts.retain(|kept| own.contains(kept.market));
            let mut allotment = Vec::new();
            for own in &contracts {
                allotment.extend(allotment_of(tx, own)?);
            }
            let whole = markets.iter().all(|market| own.contains(*market));
            let shown = usize::try_from(SHOWN_MAX).unwrap_or(usize::MAX);
            let mut orders = if whole {
                orders_before(tx, id, before, SHOWN_MAX + 1)?
            } else {
                orders_of(tx, id, before, markets.iter().filter(|market| own.contains(**market)))?
            };
            let more = orders.len() > shown;
            orders.truncate(shown);
            let mut bills = match (orders.last(), orders.first()) {
                (Some(first), Some(last)) => bills_between(tx, id, (first.id, last.id))?,
                _ => Vec::new(),
            };
            if !whole {
                let ids: BTreeSet<ResellerOrderId> = orders.iter().map(|order| order.id).collect();
                bills.retain(|bill| ids.contains(&bill.order));
            }
            Ok(Some(ShownReseller {
                allotment,
                older: orders.last().filter(|_| more).map(|last| last.id),
                orders,
                keys: if whole { keys(tx, id)? } else { Vec::new() },
                sold: sold_in(tx, id, &own)?,
                bills,
                reseller,
                markets,
                contracts,
            }))
        })
        .await
}

/// The orders of a reseller that some markets serve, the newest first: a page and one more.
fn orders_of<'m>(
    tx: &mut Tx<'_>,
    id: ResellerId,
    before: Option<ResellerOrderId>,
    markets: impl Iterator<Item = &'m MarketCode>,
) -> Result<Vec<KeptOrder>, StoreError> {
    let mut all = Vec::new();
    for market in markets {
        all.extend(orders_in(tx, id, *market, before, SHOWN_MAX + 1)?);
    }
    all.sort_by_key(|order| std::cmp::Reverse(order.id));
    all.truncate(usize::try_from(SHOWN_MAX + 1).unwrap_or(usize::MAX));
    Ok(all)
}

fn allotment_of(tx: &mut Tx<'_>, own: &KeptContract) -> Result<Vec<AllotmentRow>, StoreError> {
    let contract = &own.contract;
    let quota = quota_word(&contract.code);
    let mut rows = Vec::new();
    for (sku, agreed) in &contract.terms.allotment {
        let mut by_state: BTreeMap<StockState, i64> = BTreeMap::new();
        for (account, units) in stock::of_quota(tx, &quota, sku.as_str())? {
            *by_state.entry(account.state).or_default() += units;
        }
        let of = |state| by_state.get(&state).copied().unwrap_or(0);
        rows.push(AllotmentRow {
            contract: contract.code.clone(),
            sku: sku.clone(),
            agreed: *agreed,
            available: of(StockState::Available),
            ordered: of(StockState::Held) + of(StockState::Sold),
            shipped: of(StockState::Shipped),
        });
    }
    Ok(rows)
}

/// An order of a reseller and its bill, if the order is theirs.
///
/// # Errors
///
/// A fault of the store.
pub async fn order_of(
    shop: &Arc<Shop>,
    reseller: ResellerId,
    id: ResellerOrderId,
) -> Result<Option<(KeptOrder, Option<KeptBill>)>, StoreError> {
    shop.db
        .read("reseller.order_of", move |tx| {
            let found = order(tx, id)?.filter(|order| order.reseller == reseller);
            let Some(order) = found else { return Ok(None) };
            let bill = bill_of(tx, id)?;
            Ok(Some((order, bill)))
        })
        .await
}

/// Orders of resellers that can leave, a page of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpenOrders {
    /// The orders, the oldest first, each with the reseller's name.
    pub orders: Vec<(KeptOrder, String)>,
    /// How many were passed over because they may not leave now.
    pub held: usize,
    /// The order after which the next page begins, where there is one.
    pub next: Option<ResellerOrderId>,
}

/// The orders of resellers that a market serves, that have not left and may leave now, the oldest first:
/// up to `limit` after `after`. What is held does not stand in the way of what can go.
///
/// # Errors
///
/// A fault of the store.
pub async fn open_orders(
    shop: &Arc<Shop>,
    market: MarketCode,
    after: Option<ResellerOrderId>,
    limit: usize,
) -> Result<OpenOrders, StoreError> {
    let (own, at) = (Arc::clone(shop), shop.now());
    shop.db
        .read("reseller.open_orders", move |tx| {
            let known = own.snapshots.current_in(tx, at)?;
            let mut page = OpenOrders::default();
            let (mut last, mut looked_at) = (after, 0);
            loop {
                let block = open_after(tx, market.as_str(), last, BLOCK)?;
                let read = block.len();
                for order in block {
                    if page.orders.len() == limit || looked_at == LOOKED_AT_MAX {
                        page.next = last;
                        return Ok(page);
                    }
                    (last, looked_at) = (Some(order.id), looked_at + 1);
                    // What is not known any more is not cleared.
                    if not_cleared(&known, &order, at).is_none_or(|refused| !refused.is_empty()) {
                        page.held += 1;
                        continue;
                    }
                    let name = find(tx, order.reseller)?;
                    let name = name.map_or_else(String::new, |r| r.profile.name.to_string());
                    page.orders.push((order, name));
                }
                if i64::try_from(read) != Ok(BLOCK) {
                    return Ok(page);
                }
            }
        })
        .await
}
