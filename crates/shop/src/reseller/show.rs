//! Reading resellers: the list, and one with everything that belongs to it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kontor_base::id::{ResellerId, ResellerOrderId};
use kontor_domain::catalogue::Sku;
use kontor_domain::market::MarketCode;
use kontor_ledger::StockState;
use kontor_store::reseller::bill::{KeptBill, bill_of, bills_between};
use kontor_store::reseller::{
    KeptContract, KeptOrder, Key, Reseller, before, contracts, find, keys, order, orders_before,
    orders_in,
};
use kontor_store::{StoreError, Tx, stock};

use super::allot::quota_word;
use super::sold::{SoldRow, sold_in};
use super::territory::OfMarkets;
use super::waiting::{Walked, Wanted, walk_in};
use crate::core::Shop;

/// How many orders are shown at once.
const SHOWN_MAX: i64 = 200;

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
    /// There is more of it than these add up: they are the latest.
    pub sold_more: bool,
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
            let mut orders = orders_for(tx, id, (&markets, &own), before, SHOWN_MAX + 1)?;
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
            let (sold, sold_more) = sold_in(tx, id, &own)?;
            Ok(Some(ShownReseller {
                allotment,
                older: orders.last().filter(|_| more).map(|last| last.id),
                orders,
                keys: if whole { keys(tx, id)? } else { Vec::new() },
                sold,
                sold_more,
                bills,
                reseller,
                markets,
                contracts,
            }))
        })
        .await
}

/// The orders of a reseller with contracts with `markets`, as far as the people of some of these see them, the
/// newest first: up to `limit` before `before`.
fn orders_for(
    tx: &mut Tx<'_>,
    id: ResellerId,
    (markets, own): (&BTreeSet<MarketCode>, &OfMarkets),
    before: Option<ResellerOrderId>,
    limit: i64,
) -> Result<Vec<KeptOrder>, StoreError> {
    if markets.iter().all(|market| own.contains(*market)) {
        return orders_before(tx, id, before, limit);
    }
    let mut all = Vec::new();
    for market in markets.iter().filter(|market| own.contains(**market)) {
        all.extend(orders_in(tx, id, *market, before, limit)?);
    }
    all.sort_by_key(|order| std::cmp::Reverse(order.id));
    all.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(all)
}

/// The orders of a reseller as the people of some markets see them, the newest first, each with its bill: up
/// to `limit` before `before`.
///
/// # Errors
///
/// A fault of the store.
pub async fn orders_of(
    shop: &Arc<Shop>,
    reseller: ResellerId,
    own: OfMarkets,
    before: Option<ResellerOrderId>,
    limit: i64,
) -> Result<Vec<(KeptOrder, Option<KeptBill>)>, StoreError> {
    shop.db
        .read("reseller.orders", move |tx| {
            let contracts = contracts(tx, reseller)?;
            let markets = contracts.iter().map(|kept| kept.market).collect();
            let page = orders_for(tx, reseller, (&markets, &own), before, limit)?;
            page.into_iter()
                .map(|order| {
                    let bill = bill_of(tx, order.id)?;
                    Ok((order, bill))
                })
                .collect()
        })
        .await
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
            let walked = walk_in(tx, (&known, at), Wanted::Free, (market, after), limit)?;
            let Walked { orders, passed, next } = walked;
            Ok(OpenOrders { orders, held: passed, next })
        })
        .await
}
