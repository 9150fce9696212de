//! Sales as staff see them: all of them, counted from the database, whoever owns the lots.

use kontor_base::id::SaleId;
use kontor_domain::market::MarketCode;
use kontor_domain::sale::{Commitment, Definition, SaleState, Way};
use kontor_store::sale::deposit::{self as deposits, DepositCount};
use kontor_store::sale::{self as sales, batch, channel as channels, lot as lots};
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
            let mut all = Vec::new();
            for kept in sales::all(tx)? {
                if only.is_some_and(|only| only != kept.definition.sale) {
                    continue;
                }
                let ways = count(tx, &kept.definition)?;
                let deposits = deposits::counts(tx, kept.definition.sale)?;
                let commitment = kept.secret.commitment();
                let (definition, title, state) = (kept.definition, kept.title, kept.state);
                all.push(Overview { definition, title, state, commitment, ways, deposits });
            }
            Ok(all)
        })
        .await
}

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
            counted.waiting += batch::count_waiting(tx, lot.lot)?;
            for tally in batch::tally(tx, lot.lot)? {
                match tally.state.as_str() {
                    "held" | "checkout" => counted.held += tally.units,
                    "sold" => counted.sold += tally.units,
                    _ => counted.ended += tally.units,
                }
            }
        }
        ways.push(counted);
    }
    Ok(ways)
}
