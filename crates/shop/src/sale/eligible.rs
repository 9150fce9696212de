//! Who may buy what they hold: asked when the payment begins, with the real contact and address,
//! and once more when the money is there.

use kontor_base::id::{EntryId, SaleId};
use kontor_base::{KeyedHash, Money};
use kontor_domain::sale::{Definition, PersonKeys, Trait, within_limit};
use kontor_store::sale::lot::{self as lots, LotNumber};
use kontor_store::sale::{self as sales, batch, entry, excluded};
use kontor_store::{StoreError, Tx};

use super::answer::SaleRefusal;

/// A claim with its sale, as a purchase needs to know it.
#[derive(Clone, Debug)]
pub(crate) struct OwnClaim {
    /// The sale.
    pub(crate) definition: Definition,
    /// Whose it is.
    pub(crate) entry: EntryId,
    /// How many units.
    pub(crate) units: u8,
    /// What the place that they were taken on costs, if it does.
    pub(crate) deposit: Option<Money>,
}

impl OwnClaim {
    /// The sale.
    pub(crate) const fn sale(&self) -> SaleId {
        self.definition.sale
    }
}

/// Reads a claim with its sale.
pub(crate) fn own_claim(
    tx: &mut Tx<'_>,
    lot: LotNumber,
    number: u32,
) -> Result<Option<OwnClaim>, StoreError> {
    batch::claim_ahead(tx, lot, number)?;
    let Some(claim) = batch::claim(tx, lot, number)? else { return Ok(None) };
    let Some(lot) = lots::get(tx, lot)? else { return Ok(None) };
    let Some(sale) = sales::get(tx, lot.sale)? else { return Ok(None) };
    let entry = EntryId::from_bytes(claim.person);
    let deposit = sale.definition.deposit(lot.market, lot.way);
    Ok(Some(OwnClaim { definition: sale.definition, entry, units: claim.units, deposit }))
}

/// Whether the person with these traits may buy the claim's units: they are who has entered, they
/// are not kept out, and neither they nor their household have as many as one may have.
pub(crate) fn eligible_in(
    tx: &mut Tx<'_>,
    claim: &OwnClaim,
    person: &PersonKeys,
) -> Result<Result<(), SaleRefusal>, StoreError> {
    let of = |which: &[Trait]| -> Vec<KeyedHash> {
        which.iter().filter_map(|which| person.get(*which)).collect()
    };
    // A household's address does not show who somebody is; address and telephone number do.
    let reached_by = of(&[Trait::Account, Trait::Email, Trait::Phone]);
    let all = of(&Trait::ALL);
    entry::standing_ahead(
        tx,
        (claim.sale(), claim.entry),
        (&reached_by, &all),
        &claim.definition.sku,
    )?;
    excluded::any_ahead(tx, &all)?;
    if !entry::has_trait(tx, claim.sale(), claim.entry, &reached_by)? {
        return Ok(Err(SaleRefusal::NotYours));
    }
    if excluded::any(tx, &all)? {
        return Ok(Err(SaleRefusal::Excluded));
    }
    let own = Some((claim.sale(), claim.entry));
    let bought = entry::bought_of(tx, own, &all, &claim.definition.sku)?;
    let bought = u64::try_from(bought).unwrap_or(0);
    let limit = within_limit(bought, u32::from(claim.units), claim.definition.per_person);
    Ok(limit.map_err(|_| SaleRefusal::PersonLimit))
}

/// Notes the traits that the person turned out to have, so that the same address counts for
/// whoever comes next.
pub(crate) fn note_traits_in(
    tx: &mut Tx<'_>,
    claim: &OwnClaim,
    person: &PersonKeys,
) -> Result<(), StoreError> {
    let traits: Vec<_> = person.iter().map(|(_, hash)| hash).collect();
    entry::add_traits(tx, claim.sale(), claim.entry, &traits)
}

/// Counts the claim's units as bought.
pub(crate) fn bought_in(tx: &mut Tx<'_>, claim: &OwnClaim) -> Result<(), StoreError> {
    let units = i64::from(claim.units);
    entry::add_bought(tx, claim.sale(), claim.entry, &claim.definition.sku, units)
}

/// The claim's order was cancelled: its units no longer count.
pub(crate) fn came_back_in(tx: &mut Tx<'_>, claim: &OwnClaim) -> Result<(), StoreError> {
    let units = -i64::from(claim.units);
    entry::add_bought(tx, claim.sale(), claim.entry, &claim.definition.sku, units)
}
