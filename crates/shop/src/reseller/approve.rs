//! The decision about an application: a contract, or none.

use kontor_base::Instant;
use kontor_base::id::ResellerId;
use kontor_domain::market::MarketCode;
use kontor_domain::reseller::{Contract, Standing};
use kontor_store::Tx;
use kontor_store::reseller::{KeptContract, contract as kept, find, save, save_contract};

use super::keep_out::keep_out_in;
use super::refusal::Refusal;
use crate::core::{Failure, Known, Outcome, Shop};
use crate::hook::{Happened, write_down_in};

/// Makes a contract with a reseller, or changes one of theirs, within a transaction. From then until it ends they
/// are kept out of sales.
pub(crate) fn approve_in(
    tx: &mut Tx<'_>,
    shop: &Shop,
    known: &Known,
    id: ResellerId,
    market: MarketCode,
    contract: &Contract,
    at: Instant,
) -> Outcome<(), Refusal> {
    let mut reseller = find(tx, id)?.ok_or(Failure::Refused(Refusal::Unknown))?;
    check(tx, known, id, market, contract)?;
    reseller.standing = Standing::Approved;
    save(tx, &reseller)?;
    let contract = contract.clone();
    let happened = Happened::contract(id, market, &contract.code);
    save_contract(tx, &KeptContract { reseller: id, market, contract }, at)?;
    write_down_in(tx, shop, happened, at)?;
    keep_out_in(tx, shop, at)?;
    Ok(())
}

/// Everything that can be wrong with a contract before anybody signs it.
pub(crate) fn check(
    tx: &mut Tx<'_>,
    known: &Known,
    id: ResellerId,
    market: MarketCode,
    contract: &Contract,
) -> Outcome<(), Refusal> {
    let refuse = |refusal| Err(Failure::Refused(refusal));
    let code = contract.code.as_str();
    let named = (3..=40).contains(&code.len())
        && code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-')
        && !code.starts_with('-');
    let problems = contract.problems();
    if !named || !problems.is_empty() {
        return refuse(Refusal::Contract(problems));
    }
    let unknown = contract.terms.prices.keys().find(|sku| known.product(sku).is_none());
    if let Some(sku) = unknown {
        return refuse(Refusal::UnknownSku(sku.clone()));
    }
    match kept(tx, code)? {
        Some(other) if other.reseller != id || other.market != market => {
            refuse(Refusal::Contract(Vec::new()))
        }
        _ => Ok(()),
    }
}

/// Turns an application down within a transaction.
pub(crate) fn reject_in(tx: &mut Tx<'_>, id: ResellerId) -> Outcome<(), Refusal> {
    let mut reseller = find(tx, id)?.ok_or(Failure::Refused(Refusal::Unknown))?;
    if reseller.standing == Standing::Applied {
        reseller.standing = Standing::Rejected;
        save(tx, &reseller)?;
    }
    Ok(())
}
