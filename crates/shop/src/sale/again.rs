//! Money that comes after the hold has ended: the claim is closed, and its units are asked for
//! once more, behind everybody who waits.

use kontor_domain::sale::SaleState;
use kontor_ledger::sale::{Command, Outcome, Refusal, Take};
use kontor_store::sale::batch;
use kontor_store::sale::lot::{self as lots, KeptLot, LotNumber};
use kontor_store::{StoreError, sale as sales};

use super::owner::OwnerRefusal;
use crate::core::Shop;

/// Why units could not be asked for again.
pub(crate) enum AgainRefusal {
    /// They are promised to others, or the sale is over: the money goes back.
    Gone,
    /// Not known at this moment; the provider's answer has to be written down later.
    Later,
    /// Something is broken.
    Fault(StoreError),
}

impl From<StoreError> for AgainRefusal {
    fn from(fault: StoreError) -> Self {
        Self::Fault(fault)
    }
}

impl From<OwnerRefusal> for AgainRefusal {
    fn from(refusal: OwnerRefusal) -> Self {
        match refusal {
            OwnerRefusal::Refused(_) => Self::Gone,
            OwnerRefusal::Overloaded | OwnerRefusal::Elsewhere => Self::Later,
        }
    }
}

/// Takes the units of a claim whose hold has ended once more, under a name of its own: a new claim
/// that is in checkout at once. The same name gets the same claim. The hold of the old one must
/// have ended on disk.
pub(crate) async fn take_again(
    shop: &Shop,
    lot: LotNumber,
    number: u32,
    name: &str,
) -> Result<(LotNumber, u32), AgainRefusal> {
    let read = move |tx: &mut kontor_store::Tx<'_>| {
        let Some(claim) = batch::claim(tx, lot, number)? else { return Ok(None) };
        let Some(kept) = lots::get(tx, lot)? else { return Ok(None) };
        let Some(sale) = sales::get(tx, kept.sale)? else { return Ok(None) };
        Ok::<_, StoreError>(Some((claim, kept, sale)))
    };
    let (claim, kept, sale) = shop.db.read("sale.again", read).await?.ok_or(AgainRefusal::Gone)?;
    let open = sale.state.takes_claims() && shop.now() < sale.definition.windows.ends_at;
    if sale.state == SaleState::Halted || !open {
        return Err(AgainRefusal::Gone);
    }
    let owner = shop.sales.owner(lot).ok_or(AgainRefusal::Later)?;
    // First the old claim is closed, so that whoever waits comes before the late money.
    owner.ask(Command::Release(number)).await?;
    let take = Take {
        person: claim.person,
        request: shop.keys.claim_request(&claim.person, name),
        body: number,
        units: claim.units,
        allowance: u8::try_from(sale.definition.per_person).unwrap_or(u8::MAX),
        ship_to: claim.ship_to,
    };
    let taken = match owner.ask(Command::Take(take)).await {
        Ok(Outcome::Taken(taken)) => taken,
        Ok(_) => return Err(AgainRefusal::Later),
        // A unit of another lot of the way comes over within a moment, as for everybody who asks.
        Err(OwnerRefusal::Refused(Refusal::SoldOut)) if is_free_beside(shop, &kept) => {
            owner.note_in_vain();
            return Err(AgainRefusal::Later);
        }
        Err(refusal) => return Err(refusal.into()),
    };
    owner.ask(Command::CheckOut(taken.sequence)).await?;
    Ok((lot, taken.sequence))
}

fn is_free_beside(shop: &Shop, lot: &KeptLot) -> bool {
    let live = shop.sales.live(lot.sale);
    live.is_some_and(|live| live.is_free_beside(lot.market, lot.way, lot.lot))
}
