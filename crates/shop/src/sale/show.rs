//! Reading sales and claims.

use std::sync::Arc;

use kontor_base::Instant;
use kontor_base::id::{EntryId, SaleId};
use kontor_domain::market::MarketCode;
use kontor_domain::sale::{
    Commitment, Definition, SaleState, Ticket, UnitsRange, Way, units_range,
};
use kontor_ledger::sale::{Claim, ClaimState, Standing};
use kontor_store::sale::batch::{self, Tally};
use kontor_store::sale::channel::{self as channels, KeptChannel};
use kontor_store::sale::lot::{self as lots, KeptLot, LotNumber};
use kontor_store::sale::{self as sales, KeptSale};
use kontor_store::{StoreError, Tx};

use super::board::LiveSale;
use crate::core::Shop;

/// One market's way in, as the public may see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaySeen {
    /// The market.
    pub market: MarketCode,
    /// The way in.
    pub way: Way,
    /// Units at the beginning.
    pub quota: u32,
    /// How it stands here, if the sale runs.
    pub standing: Option<Standing>,
    /// Units that are free, in a range: exact numbers would be a game.
    pub free: Option<UnitsRange>,
    /// The digest of everybody who was there when it went live; none before.
    pub entries_digest: Option<Commitment>,
}

/// A sale as everybody may see it.
#[derive(Clone, Debug)]
pub struct ShownSale {
    /// What it is.
    pub definition: Definition,
    /// What it is called.
    pub title: String,
    /// Where it stands.
    pub state: SaleState,
    /// The hash of the secret that makes the order.
    pub commitment: Commitment,
    /// Its ways in.
    pub ways: Vec<WaySeen>,
    /// The server's clock.
    pub now: Instant,
}

/// Every sale that the public may know of, the oldest first.
///
/// # Errors
///
/// A fault of the store.
pub async fn list(shop: &Shop) -> Result<Vec<ShownSale>, StoreError> {
    let kept = shop
        .db
        .read("sale.list", |tx| {
            let public = sales::all(tx)?.into_iter().filter(|sale| sale.state.is_public());
            public.map(|sale| with_channels(tx, sale)).collect::<Result<Vec<_>, StoreError>>()
        })
        .await?;
    Ok(kept.into_iter().map(|(sale, channels)| seen(shop, sale, &channels)).collect())
}

fn with_channels(
    tx: &mut Tx<'_>,
    sale: KeptSale,
) -> Result<(KeptSale, Vec<KeptChannel>), StoreError> {
    let channels = channels::of_sale(tx, sale.definition.sale)?;
    Ok((sale, channels))
}

/// A sale that the public may know of.
///
/// # Errors
///
/// A fault of the store.
pub async fn shown(shop: &Shop, id: SaleId) -> Result<Option<ShownSale>, StoreError> {
    let kept = shop
        .db
        .read("sale.show", move |tx| {
            let kept = sales::get(tx, id)?.filter(|sale| sale.state.is_public());
            kept.map(|sale| with_channels(tx, sale)).transpose()
        })
        .await?;
    Ok(kept.map(|(sale, channels)| seen(shop, sale, &channels)))
}

fn seen(shop: &Shop, kept: KeptSale, channels: &[KeptChannel]) -> ShownSale {
    let KeptSale { definition, state, secret, title, .. } = kept;
    let live = shop.sales.live(definition.sale);
    let ways = definition
        .channels
        .iter()
        .map(|channel| {
            let (market, way, quota) = (channel.market, channel.way, channel.quota);
            let standing = live.as_ref().and_then(|live| live.standing(market, way));
            let free = standing.map(|standing| units_range(u64::from(standing.free())));
            let known = channels.iter().find(|kept| kept.market == market && kept.way == way);
            let entries_digest = known.map(|kept| kept.digest);
            WaySeen { market, way, quota, standing, free, entries_digest }
        })
        .collect();
    let commitment = secret.commitment();
    ShownSale { definition, title, state, commitment, ways, now: shop.now() }
}

/// A claim as its person may see it.
#[derive(Clone, Debug)]
pub struct ShownClaim {
    /// Its number in the lot.
    pub number: u32,
    /// What the lot keeps of it.
    pub claim: Claim,
    /// Its lot.
    pub lot: KeptLot,
    /// The sale.
    pub sale: KeptSale,
    /// The server's clock.
    pub now: Instant,
}

impl ShownClaim {
    /// What it is now: a hold whose end has come is over, whether or not the owner has come by.
    #[must_use]
    pub fn state(&self) -> ClaimState {
        match self.claim.state {
            ClaimState::Held if self.now.micros() >= self.claim.expires_at => ClaimState::Expired,
            state => state,
        }
    }

    /// The first moment at which the hold is no longer good.
    #[must_use]
    pub const fn expires_at(&self) -> i64 {
        self.claim.expires_at
    }
}

/// The claim that a secret link opens, if it is one.
#[must_use]
pub fn open_claim(shop: &Shop, token: &str) -> Option<(LotNumber, u32)> {
    shop.keys.open_claim(token)
}

/// Reads the claim behind a secret link.
///
/// # Errors
///
/// A fault of the store.
pub async fn claim_shown(
    shop: &Shop,
    lot: LotNumber,
    number: u32,
) -> Result<Option<ShownClaim>, StoreError> {
    let now = shop.now();
    shop.db
        .read("sale.claim_shown", move |tx| {
            let Some(claim) = batch::claim(tx, lot, number)? else { return Ok(None) };
            let Some(lot) = lots::get(tx, lot)? else { return Ok(None) };
            let Some(sale) = sales::get(tx, lot.sale)? else { return Ok(None) };
            Ok(Some(ShownClaim { number, claim, lot, sale, now }))
        })
        .await
}

/// Where a ticket's holder stands in the queue of a rush.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// How many stand before them; none: not known before it goes live.
    pub ahead: Option<u64>,
    /// Whether it is their turn.
    pub turn: bool,
}

/// Where a ticket's holder stands.
#[must_use]
pub fn place(sale: &Arc<LiveSale>, ticket: &Ticket) -> Place {
    Place { ahead: sale.ahead(ticket), turn: sale.is_turn(ticket) }
}

/// Counts of one lot for staff and for the report.
///
/// # Errors
///
/// A fault of the store.
pub async fn tallies(shop: &Shop, lot: LotNumber) -> Result<Vec<Tally>, StoreError> {
    shop.db.read("sale.tally", move |tx| batch::tally(tx, lot)).await
}

/// The entry that a claim belongs to.
#[must_use]
pub const fn entry_of(claim: &Claim) -> EntryId {
    EntryId::from_bytes(claim.person)
}
