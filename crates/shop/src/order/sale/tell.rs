//! The keeper that tells lots what became of their claims: an order, or nothing.
//!
//! It compares: what the lot believes of a claim (in checkout) with what the books say of its hold
//! (active, claimed, ended). A hold ends once, so the comparison can be made at any time and twice.

use std::sync::Arc;

use kontor_base::Instant;
use kontor_base::id::HoldId;
use kontor_ledger::HoldState;
use kontor_ledger::sale::{ClaimState, Command};
use kontor_store::sale::lot::LotNumber;
use kontor_store::sale::{batch, checkout as claims};
use kontor_store::{StoreError, Tx, stock};

use super::check_out::{CheckOutClaim, begin_in};
use crate::core::{Failure, Shop, claim_bytes};
use crate::sale::{LotOwner, OwnerRefusal, take_back_in};

/// How many claims are looked at in one transaction.
const PAGE: i64 = 1_000;
/// How many claims are asked for in one go.
const ASKED_TOGETHER: usize = 8;

/// What has to be done about a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    /// The lot has to hear this.
    Tell(Command),
    /// The lot knows.
    Known,
    /// The process ended between the lot's decision and the books: the checkout is made now.
    Begin,
}

/// Tells every lot that is owned here what it does not know; gives how many claims that were.
///
/// # Errors
///
/// A fault of the store; what was not told is told in the next round.
pub async fn tell_lots(shop: &Arc<Shop>) -> Result<usize, StoreError> {
    let mut told = 0;
    for sale in shop.sales.all() {
        for owner in sale.owners().filter(|owner| owner.is_ready()) {
            told += tell_changed(shop, owner).await?;
            told += tell_overdue(shop, owner).await?;
        }
    }
    told += take_back(shop).await?;
    Ok(told)
}

/// Tells one lot at once what has changed, if it is owned here.
pub(super) async fn tell(shop: &Arc<Shop>, lot: LotNumber) -> Result<(), StoreError> {
    if let Some(owner) = shop.sales.owner(lot) {
        tell_changed(shop, &owner).await?;
    }
    Ok(())
}

/// Claims that somebody has noted as changed.
async fn tell_changed(shop: &Arc<Shop>, owner: &Arc<LotOwner>) -> Result<usize, StoreError> {
    let lot = owner.lot();
    let mut told = 0;
    loop {
        let page = shop
            .db
            .read("order.changed_claims", move |tx| {
                let changed = claims::rechecks(tx, lot, PAGE)?;
                let wanted = wanted_of(tx, lot, &changed)?;
                Ok::<_, StoreError>(changed.into_iter().zip(wanted).collect::<Vec<_>>())
            })
            .await?;
        let seen = i64::try_from(page.len()).unwrap_or(0);
        let done = carry_out(shop, owner, page).await?;
        told += done.len();
        let all_done = i64::try_from(done.len()).unwrap_or(0) == seen;
        if !done.is_empty() {
            shop.db
                .write("order.claims_told", move |tx| {
                    done.iter().try_for_each(|number| claims::told(tx, lot, *number))
                })
                .await?;
        }
        if seen < PAGE || !all_done {
            return Ok(told);
        }
    }
}

/// Claims whose first end has come: their hold may have ended without anybody noting it.
async fn tell_overdue(shop: &Arc<Shop>, owner: &Arc<LotOwner>) -> Result<usize, StoreError> {
    let (lot, at) = (owner.lot(), shop.now());
    let (mut told, mut after) = (0, (i64::MIN, 0));
    loop {
        let page = shop
            .db
            .read("order.overdue_claims", move |tx| {
                let overdue = claims::overdue(tx, lot, at, after, PAGE)?;
                let numbers: Vec<_> = overdue.iter().map(|(_, number)| *number).collect();
                let wanted = wanted_of(tx, lot, &numbers)?;
                Ok::<_, StoreError>(overdue.into_iter().zip(wanted).collect::<Vec<_>>())
            })
            .await?;
        let Some((last, _)) = page.last() else { return Ok(told) };
        after = *last;
        let seen = page.len();
        let page = page.into_iter().map(|((_, number), wanted)| (number, wanted)).collect();
        told += carry_out(shop, owner, page).await?.len();
        if i64::try_from(seen).unwrap_or(0) < PAGE {
            return Ok(told);
        }
    }
}

/// What is wanted for each of these claims. A few at a time are asked for together.
fn wanted_of(tx: &mut Tx<'_>, lot: LotNumber, numbers: &[u32]) -> Result<Vec<Wanted>, StoreError> {
    let mut all = Vec::with_capacity(numbers.len());
    for some in numbers.chunks(ASKED_TOGETHER) {
        for number in some {
            batch::claim_ahead(tx, lot, *number)?;
            stock::hold_ahead(tx, HoldId::from_bytes(claim_bytes(lot, *number)))?;
        }
        for number in some {
            all.push(wanted(tx, lot, *number)?);
        }
    }
    Ok(all)
}

fn wanted(tx: &mut Tx<'_>, lot: LotNumber, number: u32) -> Result<Wanted, StoreError> {
    let Some(claim) = batch::claim(tx, lot, number)? else { return Ok(Wanted::Known) };
    let hold = stock::hold(tx, HoldId::from_bytes(claim_bytes(lot, number)))?;
    Ok(match (claim.state, hold.map(|hold| hold.state)) {
        (ClaimState::Checkout, None) => Wanted::Begin,
        (ClaimState::Checkout, Some(HoldState::Claimed)) => Wanted::Tell(Command::Sell(number)),
        (ClaimState::Checkout, Some(HoldState::Released | HoldState::Expired))
        | (ClaimState::Checkout | ClaimState::Sold, Some(HoldState::Cancelled)) => {
            Wanted::Tell(Command::Release(number))
        }
        _ => Wanted::Known,
    })
}

/// Does what is wanted; gives the numbers of the claims about which nothing is left to do.
async fn carry_out(
    shop: &Arc<Shop>,
    owner: &Arc<LotOwner>,
    page: Vec<(u32, Wanted)>,
) -> Result<Vec<u32>, StoreError> {
    let mut done = Vec::with_capacity(page.len());
    let mut asking = tokio::task::JoinSet::new();
    for (number, wanted) in page {
        match wanted {
            Wanted::Known => done.push(number),
            Wanted::Begin => begin(shop, owner.lot(), number).await?,
            Wanted::Tell(command) => {
                let owner = Arc::clone(owner);
                asking.spawn(async move { (number, owner.ask(command).await) });
            }
        }
    }
    while let Some(answered) = asking.join_next().await {
        let Ok((number, answer)) = answered else { continue };
        match answer {
            Ok(_) => done.push(number),
            Err(OwnerRefusal::Refused(refusal)) => {
                // The books and the lot disagree in a way that cannot be: a person has to look.
                let lot = owner.lot();
                tracing::error!(lot, number, %refusal, "a claim cannot be what its order says");
                done.push(number);
            }
            Err(OwnerRefusal::Overloaded | OwnerRefusal::Elsewhere) => {}
        }
    }
    Ok(done)
}

/// Makes the checkout that a crash has kept from being made; its hold ends as any other.
async fn begin(shop: &Arc<Shop>, lot: LotNumber, number: u32) -> Result<(), StoreError> {
    let (own, at) = (Arc::clone(shop), shop.now());
    let made = shop
        .db
        .write("order.begin_claim", move |tx| {
            begin_in(tx, &own, CheckOutClaim { lot, number, language: None }, at)
        })
        .await;
    match made {
        Ok(_) => Ok(()),
        Err(Failure::Fault(fault)) => Err(fault),
        Err(_) => {
            tracing::error!(lot, number, "the checkout of a claim cannot be made");
            Ok(())
        }
    }
}

/// Orders of sales that are over and were cancelled: their units go back to the market.
async fn take_back(shop: &Arc<Shop>) -> Result<usize, StoreError> {
    let lots = shop.db.read("order.lots_to_tell", claims::lots_to_tell).await?;
    let mut told = 0;
    // A lot whose sale runs has an owner, which is told instead.
    for lot in lots.into_iter().filter(|lot| shop.sales.owner(*lot).is_none()) {
        let (own, at): (_, Instant) = (Arc::clone(shop), shop.now());
        told += shop
            .db
            .write("order.take_back", move |tx| {
                if !take_back_in(tx, &own, lot, at)? {
                    return Ok(0);
                }
                let numbers = claims::rechecks(tx, lot, PAGE)?;
                numbers.iter().try_for_each(|number| claims::told(tx, lot, *number))?;
                Ok::<_, StoreError>(numbers.len())
            })
            .await?;
    }
    Ok(told)
}
