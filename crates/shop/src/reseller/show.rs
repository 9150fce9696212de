//! Reading resellers: the list, and one with everything that belongs to it.

use std::collections::BTreeMap;
use std::sync::Arc;

use kontor_base::id::ResellerId;
use kontor_domain::catalogue::Sku;
use kontor_domain::market::MarketCode;
use kontor_ledger::StockState;
use kontor_store::reseller::bill::{KeptBill, bills};
use kontor_store::reseller::{
    KeptContract, KeptOrder, Key, Reseller, before, contracts, find, keys, open, orders,
};
use kontor_store::{StoreError, Tx, stock};

use super::allot::quota_word;
use super::sold::{SoldRow, sold_in};
use crate::core::Shop;

/// The most orders that are shown at once.
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

/// A reseller with everything that belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownReseller {
    /// Who.
    pub reseller: Reseller,
    /// Their contracts.
    pub contracts: Vec<KeptContract>,
    /// What lies with them.
    pub allotment: Vec<AllotmentRow>,
    /// Their orders, the newest first.
    pub orders: Vec<KeptOrder>,
    /// What they sign in with.
    pub keys: Vec<Key>,
    /// What they have reported as sold on, by month, model and country, the latest month first.
    pub sold: Vec<SoldRow>,
    /// Their bills, the newest first.
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

/// A reseller.
///
/// # Errors
///
/// A fault of the store.
pub async fn show(shop: &Arc<Shop>, id: ResellerId) -> Result<Option<ShownReseller>, StoreError> {
    shop.db
        .read("reseller.show", move |tx| {
            let Some(reseller) = find(tx, id)? else { return Ok(None) };
            let contracts = contracts(tx, id)?;
            let mut allotment = Vec::new();
            for own in &contracts {
                allotment.extend(allotment_of(tx, own)?);
            }
            Ok(Some(ShownReseller {
                allotment,
                orders: orders(tx, id, SHOWN_MAX)?,
                keys: keys(tx, id)?,
                sold: sold_in(tx, id)?,
                bills: bills(tx, id, SHOWN_MAX)?,
                reseller,
                contracts,
            }))
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

/// The orders of resellers that a market serves and that have not left, the oldest first, each with
/// the reseller's name.
///
/// # Errors
///
/// A fault of the store.
pub async fn open_orders(
    shop: &Arc<Shop>,
    market: MarketCode,
) -> Result<Vec<(KeptOrder, String)>, StoreError> {
    shop.db
        .read("reseller.open_orders", move |tx| {
            let own = open(tx, market.as_str(), SHOWN_MAX)?;
            own.into_iter()
                .map(|order| {
                    let name = find(tx, order.reseller)?;
                    let name = name.map_or_else(String::new, |r| r.profile.name.to_string());
                    Ok((order, name))
                })
                .collect()
        })
        .await
}
