//! Codes: a way in that is given out and may be passed on once. Whoever enters with a fresh code
//! holds it from then on.

use std::sync::Arc;

use kontor_base::id::{EntryId, SaleId};
use kontor_base::{Email, Instant, Phone};
use kontor_domain::sale::{CodeRecord, NUMBER_MAX, PersonKeys, Trait, enter_with, transfer};
use kontor_store::sale::code::{self as codes, KeptCode};
use kontor_store::sale::{self as sales, entry as entries};
use kontor_store::{StoreError, Tx};

use super::answer::SaleRefusal;
use crate::core::{Failure, Outcome, Shop};

/// A wish to pass a code on. Not `Debug`: it is two people's addresses.
#[derive(Clone)]
pub struct PassOn {
    /// The sale.
    pub sale: SaleId,
    /// The code, as typed.
    pub code: String,
    /// The holder's address.
    pub from: Email,
    /// The holder's number, if they entered with one.
    pub from_phone: Option<Phone>,
    /// The address of whoever gets it.
    pub to: Email,
}

/// Passes a code on, once and never again. Asked again by the same person for the same other, it is
/// done already.
///
/// # Errors
///
/// A [`SaleRefusal`], or a fault of the store.
pub async fn pass_on(shop: &Arc<Shop>, wish: PassOn) -> Outcome<(), SaleRefusal> {
    let (own, at) = (Arc::clone(shop), shop.now());
    shop.db
        .write("sale.pass_on", move |tx| {
            let refuse = |refusal| Err(Failure::Refused(refusal));
            let Some(kept) = sales::get(tx, wish.sale)?.filter(|sale| sale.state.is_public())
            else {
                return refuse(SaleRefusal::Unknown);
            };
            if !kept.state.owns_units() {
                return refuse(SaleRefusal::NoEntries);
            }
            let Some(number) = own.keys.codes(wish.sale).number(&wish.code) else {
                return refuse(SaleRefusal::CodeUnknown);
            };
            let hasher = own.keys.persons();
            let from = keys(&own, &wish.from, wish.from_phone.as_ref());
            let to = PersonKeys::default().with(Trait::Email, hasher.email(&wish.to));
            let (entry, record) = known(tx, &own, wish.sale, number, at)?;
            let done = record.transferred && record.holder.is_some_and(|holder| holder == to);
            if done {
                return Ok(());
            }
            let passed =
                transfer(record, &from, &to).map_err(|refusal| Failure::Refused(refusal.into()))?;
            let traits: Vec<_> =
                record.holder.unwrap_or(from).iter().map(|(_, hash)| hash).collect();
            entries::forget_traits(tx, wish.sale, entry, &traits)?;
            save(tx, wish.sale, number, entry, passed)?;
            Ok(())
        })
        .await
}

/// Codes with these numbers, to be given out.
#[must_use]
pub fn make_codes(shop: &Shop, sale: SaleId, from: u32, count: u32) -> Vec<(u32, String)> {
    let book = shop.keys.codes(sale);
    (from..from.saturating_add(count))
        .take_while(|number| *number <= NUMBER_MAX)
        .map(|number| (number, book.code(number)))
        .collect()
}

/// What a person is known by.
pub(super) fn keys(shop: &Shop, email: &Email, phone: Option<&Phone>) -> PersonKeys {
    let hasher = shop.keys.persons();
    let person = PersonKeys::default().with(Trait::Email, hasher.email(email));
    phone.map_or(person, |phone| person.with(Trait::Phone, hasher.phone(phone)))
}

/// The entry that is made with a code, and what is known of the code.
fn known(
    tx: &mut Tx<'_>,
    shop: &Shop,
    sale: SaleId,
    number: u32,
    at: Instant,
) -> Result<(EntryId, CodeRecord), StoreError> {
    let Some(kept) = codes::get(tx, sale, number)? else {
        let fresh = CodeRecord { holder: None, transferred: false, used: false };
        return Ok((EntryId::new(at, &shop.random), fresh));
    };
    let KeptCode { entry, holder, transferred } = kept;
    let used = entries::bought(tx, sale, entry)? > 0;
    Ok((entry, CodeRecord { holder: Some(holder), transferred, used }))
}

/// The entry of whoever enters with a code, who holds it from now on.
pub(super) fn enter_with_in(
    tx: &mut Tx<'_>,
    shop: &Shop,
    sale: SaleId,
    typed: Option<&str>,
    person: &PersonKeys,
    at: Instant,
) -> Outcome<EntryId, SaleRefusal> {
    let number = typed.and_then(|typed| shop.keys.codes(sale).number(typed));
    let number = number.ok_or(Failure::Refused(SaleRefusal::CodeUnknown))?;
    let (entry, record) = known(tx, shop, sale, number, at)?;
    let mut held =
        enter_with(record, person).map_err(|refusal| Failure::Refused(refusal.into()))?;
    // Whoever got it passed on was known by an address only; now by all that they say.
    held.holder = Some(*person);
    save(tx, sale, number, entry, held)?;
    Ok(entry)
}

fn save(
    tx: &mut Tx<'_>,
    sale: SaleId,
    number: u32,
    entry: EntryId,
    record: CodeRecord,
) -> Result<(), StoreError> {
    let holder = record.holder.unwrap_or_default();
    codes::save(tx, sale, number, &KeptCode { entry, holder, transferred: record.transferred })
}
