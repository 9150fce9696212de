//! Begins the checkout of a claim: the lot first, then the books.

use std::sync::Arc;

use kontor_base::id::{CartId, CheckoutId, HoldId};
use kontor_base::{Instant, Language};
use kontor_domain::cart::CartLine;
use kontor_domain::order::CheckoutState;
use kontor_ledger::WantedLine;
use kontor_ledger::sale::{ClaimState, Command};
use kontor_store::order::{Checkout, Draft, checkout as load, checkout_ahead, save_checkout};
use kontor_store::sale::lot::{self as lots, LotNumber};
use kontor_store::sale::{self as sales, batch};
use kontor_store::{Tx, fact};

use super::super::begin::{Started, judge_lines};
use super::super::refusal::Refusal;
use crate::core::{Failure, Outcome, Replayed, Shop, claim_bytes};
use crate::sale::SaleRefusal;
use crate::stock::hold_key;

/// A wish to check a claim out.
#[derive(Clone, Copy, Debug)]
pub struct CheckOutClaim {
    /// The lot.
    pub lot: LotNumber,
    /// The claim's number in it.
    pub number: u32,
    /// The language of the purchase; none: the market's first.
    pub language: Option<Language>,
}

/// Begins the checkout of a claim whose hold stands. Asked again it gives the same checkout: no key
/// is needed, because a claim has one checkout.
///
/// # Errors
///
/// A [`Refusal`], or a fault of the store.
pub async fn check_out_claim(
    shop: &Arc<Shop>,
    wish: CheckOutClaim,
) -> Outcome<Replayed<Started>, Refusal> {
    let CheckOutClaim { lot, number, .. } = wish;
    let id = CheckoutId::from_bytes(claim_bytes(lot, number));
    let known = shop.db.read("order.claim_checkout", move |tx| load(tx, id)).await;
    if let Some(known) = known.map_err(Failure::Fault)? {
        let started = Started { checkout: id, expires_at: known.expires_at };
        return Ok(Replayed { answer: started, replayed: true });
    }
    judge(shop, lot, number).await?;
    let owner = shop.sales.owner(lot).ok_or(SaleRefusal::Elsewhere);
    let owner = owner.map_err(|refusal| Failure::Refused(refusal.into()))?;
    let asked = owner.ask(Command::CheckOut(number)).await;
    asked.map_err(|refusal| Failure::Refused(SaleRefusal::from(refusal).into()))?;
    let (own, at) = (Arc::clone(shop), shop.now());
    shop.db
        .write("order.begin_claim", move |tx| {
            let began = begin_in(tx, &own, wish, at)?;
            began.ok_or_else(|| refused(SaleRefusal::Lot(kontor_ledger::sale::Refusal::HoldEnded)))
        })
        .await
}

fn refused(refusal: SaleRefusal) -> Failure<Refusal> {
    Failure::Refused(Refusal::Sale(refusal))
}

/// Refuses early what cannot be paid anyway: a clearance may be gone since the claim was made.
async fn judge(shop: &Arc<Shop>, lot: LotNumber, number: u32) -> Outcome<(), Refusal> {
    let (own, at) = (Arc::clone(shop), shop.now());
    shop.db
        .read("order.judge_claim", move |tx| {
            batch::claim_ahead(tx, lot, number)?;
            fact::versions_ahead(tx)?;
            let (Some(claim), Some(kept)) = (batch::claim(tx, lot, number)?, lots::get(tx, lot)?)
            else {
                return Err(refused(SaleRefusal::UnknownClaim));
            };
            let sale = sales::get(tx, kept.sale)?.ok_or_else(|| refused(SaleRefusal::Unknown))?;
            let known = own.snapshots.current_in(tx, at)?;
            let market =
                known.market(kept.market).ok_or(Failure::Refused(Refusal::UnknownMarket))?;
            let lines = [CartLine { sku: sale.definition.sku, quantity: u32::from(claim.units) }];
            let country = std::str::from_utf8(&claim.ship_to).ok().and_then(|c| c.parse().ok());
            judge_lines(&known, market, &lines, country, at).map_err(Failure::Refused)?;
            Ok(())
        })
        .await
}

/// The hold and the checkout of a claim that its lot says is being paid. None if the lot says
/// something else; the same as before if they are there already. Its hold ends when the claim's
/// would have ended.
pub(super) fn begin_in(
    tx: &mut Tx<'_>,
    shop: &Shop,
    wish: CheckOutClaim,
    at: Instant,
) -> Outcome<Option<Replayed<Started>>, Refusal> {
    let CheckOutClaim { lot, number, language } = wish;
    let id = CheckoutId::from_bytes(claim_bytes(lot, number));
    checkout_ahead(tx, id)?;
    batch::claim_ahead(tx, lot, number)?;
    fact::versions_ahead(tx)?;
    if let Some(known) = load(tx, id)? {
        let started = Started { checkout: id, expires_at: known.expires_at };
        return Ok(Some(Replayed { answer: started, replayed: true }));
    }
    let Some(hold) = hold_in(tx, shop, lot, number, at)? else { return Ok(None) };
    let Held { hold, expires_at, line, kept } = hold;
    let known = shop.snapshots.current_in(tx, at)?;
    let market = known.market(kept.market).ok_or(Failure::Refused(Refusal::UnknownMarket))?;
    let first = market.languages.first().copied().unwrap_or(Language::En);
    let language = language.filter(|l| market.languages.contains(l)).unwrap_or(first);
    let checkout = Checkout {
        id,
        // A claim is bought without a cart; its own bytes name none that exists.
        cart: CartId::from_bytes(claim_bytes(lot, number)),
        market: kept.market,
        state: CheckoutState::Open,
        hold,
        payment: None,
        order: None,
        expires_at,
        draft: Draft { lines: vec![line], language, contact: None, ship_to: None, quote: None },
    };
    save_checkout(tx, &checkout)?;
    Ok(Some(Replayed { answer: Started { checkout: id, expires_at }, replayed: false }))
}

/// A hold in the books for a claim.
pub(super) struct Held {
    pub(super) hold: HoldId,
    pub(super) expires_at: Instant,
    line: CartLine,
    kept: lots::KeptLot,
}

/// Holds the units of a claim in the books, from the stock that the lot gives out.
pub(super) fn hold_in(
    tx: &mut Tx<'_>,
    shop: &Shop,
    lot: LotNumber,
    number: u32,
    at: Instant,
) -> Outcome<Option<Held>, Refusal> {
    let Some(claim) = batch::claim(tx, lot, number)? else { return Ok(None) };
    if claim.state != ClaimState::Checkout {
        return Ok(None);
    }
    let Some(kept) = lots::get(tx, lot)? else { return Ok(None) };
    let Some(sale) = sales::get(tx, kept.sale)? else { return Ok(None) };
    let id = HoldId::from_bytes(claim_bytes(lot, number));
    let ends = Instant::from_micros(claim.expires_at);
    // A hold lasts a second at least; one whose time is over is ended by its keeper as any other.
    let ttl_s = ends.seconds_since(at).max(1);
    let wanted = WantedLine { key: kept.stock.clone(), units: i64::from(claim.units) };
    let hold = hold_key(tx, id, wanted, ttl_s, at, &shop.random)
        .map_err(|failure| failure.map(Refusal::Stock))?;
    let line = CartLine { sku: sale.definition.sku, quantity: u32::from(claim.units) };
    Ok(Some(Held { hold: hold.id, expires_at: hold.expires_at, line, kept }))
}
