//! Sales as staff see them: all of them, as their lots have counted with the last batch, whoever owns them.

use kontor_base::id::SaleId;
use kontor_domain::market::MarketCode;
use kontor_domain::sale::{Commitment, Definition, SaleState, Way};
use kontor_store::sale::deposit::{self as deposits, DepositCount};
use kontor_store::sale::{self as sales, KeptSale, channel as channels, lot as lots};
use kontor_store::{StoreError, Tx};

use crate::core::Shop;

/// A sale.
#[derive(Clone, Debug)]
pub struct Overview {
    /// What it is.
    pub definition: Definition,
    /// What it is called.
    pub title: String,
    /// Where it stands.
    pub state: SaleState,
    /// The hash of the secret that makes the order.
    pub commitment: Commitment,
    /// Its ways in.
    pub ways: Vec<WayCount>,
    /// Deposits that were paid for places in its batches, by market.
    pub deposits: Vec<DepositCount>,
}

/// One market's way in, in units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WayCount {
    /// The market.
    pub market: MarketCode,
    /// The way in.
    pub way: Way,
    /// Units that its lots may give out now.
    pub quota: i64,
    /// Units that are held or being paid.
    pub held: i64,
    /// Units that are sold.
    pub sold: i64,
    /// Units that ran out or were given up, counted each time.
    pub ended: i64,
    /// People in the waiting list.
    pub waiting: i64,
    /// The digest of everybody who was there when it went live; none before.
    pub entries_digest: Option<Commitment>,
}

/// Every sale, or the one that is named.
///
/// # Errors
///
/// A fault of the store.
pub async fn overview(shop: &Shop, only: Option<SaleId>) -> Result<Vec<Overview>, StoreError> {
    shop.db
        .read("sale.overview", move |tx| {
            let all = match only {
                Some(only) => sales::get(tx, only)?.into_iter().collect(),
                None => sales::all(tx)?,
            };
            all.into_iter().map(|kept| read(tx, kept)).collect()
        })
        .await
}

/// What a sale is, without what its lots have counted.
///
/// # Errors
///
/// A fault of the store.
pub async fn definition_of(shop: &Shop, id: SaleId) -> Result<Option<Definition>, StoreError> {
    let kept = shop.db.read("sale.definition", move |tx| sales::get(tx, id)).await?;
    Ok(kept.map(|kept| kept.definition))
}

/// Halted sales that are named at once.
const HALTED_MAX: i64 = 100;

/// Sales that are halted, the newest first, each with its title; the first hundred.
///
/// # Errors
///
/// A fault of the store.
pub async fn halted(shop: &Shop) -> Result<Vec<(Definition, String)>, StoreError> {
    let read = |tx: &mut Tx<'_>| sales::in_state(tx, SaleState::Halted, HALTED_MAX);
    let kept = shop.db.read("sale.halted", read).await?;
    Ok(kept.into_iter().map(|kept| (kept.definition, kept.title)).collect())
}

/// How many sales are read at once to find those of some markets.
const BLOCK: i64 = 50;
/// After so many blocks a page ends, with fewer sales than fit.
const BLOCKS_MAX: usize = 10;

/// Sales as a page of a list shows them.
#[derive(Clone, Debug, Default)]
pub struct SalesPage {
    /// The sales, the newest first.
    pub sales: Vec<Overview>,
    /// After which the next page begins, if there is one.
    pub next: Option<SaleId>,
}

/// Sales that sell in at least one of some markets, the newest first, from before `before` on: at most
/// `limit`.
///
/// # Errors
///
/// A fault of the store.
pub async fn sales_before(
    shop: &Shop,
    markets: Vec<MarketCode>,
    before: Option<SaleId>,
    limit: usize,
) -> Result<SalesPage, StoreError> {
    shop.db
        .read("sale.list", move |tx| {
            let (mut page, mut before) = (SalesPage::default(), before);
            for _ in 0..BLOCKS_MAX {
                let block = sales::before(tx, before, BLOCK)?;
                let Some(last) = block.last().map(|kept| kept.definition.sale) else {
                    page.next = None;
                    return Ok(page);
                };
                for kept in block {
                    let id = kept.definition.sale;
                    let channels = &kept.definition.channels;
                    if !channels.iter().any(|channel| markets.contains(&channel.market)) {
                        continue;
                    }
                    if page.sales.len() == limit {
                        return Ok(page);
                    }
                    page.sales.push(read(tx, kept)?);
                    page.next = Some(id);
                }
                (before, page.next) = (Some(last), Some(last));
            }
            Ok(page)
        })
        .await
}

fn read(tx: &mut Tx<'_>, kept: KeptSale) -> Result<Overview, StoreError> {
    let ways = count(tx, &kept.definition)?;
    let deposits = deposits::counts(tx, kept.definition.sale)?;
    let commitment = kept.secret.commitment();
    let (definition, title, state) = (kept.definition, kept.title, kept.state);
    Ok(Overview { definition, title, state, commitment, ways, deposits })
}

/// From what the lots have counted with their last batch: nobody walks the claims for it.
fn count(tx: &mut Tx<'_>, definition: &Definition) -> Result<Vec<WayCount>, StoreError> {
    let kept = lots::of_sale(tx, definition.sale)?;
    let digests = channels::of_sale(tx, definition.sale)?;
    let mut ways = Vec::new();
    for channel in &definition.channels {
        let (market, way) = (channel.market, channel.way);
        let known = digests.iter().find(|kept| kept.market == market && kept.way == way);
        let mut counted = WayCount {
            market,
            way,
            quota: 0,
            held: 0,
            sold: 0,
            ended: 0,
            waiting: 0,
            entries_digest: known.map(|kept| kept.digest),
        };
        for lot in kept.iter().filter(|lot| lot.market == market && lot.way == way) {
            counted.quota += i64::from(lot.head.quota);
            counted.held += i64::from(lot.taken.saturating_sub(lot.counted.sold));
            counted.sold += i64::from(lot.counted.sold);
            counted.ended += i64::from(lot.counted.ended);
            counted.waiting += i64::from(lot.counted.in_line);
        }
        ways.push(counted);
    }
    Ok(ways)
}
