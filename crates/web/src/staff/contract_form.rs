//! A contract as people type it: lists of words and lines of `SKU number`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use kontor_base::{Cell, Currency, Money, RowError, Wrong};
use kontor_domain::catalogue::Sku;
use kontor_domain::market::MarketCode;
use kontor_domain::reseller::{Clause, Contract, Terms};
use kontor_store::reseller::KeptContract;

use crate::page::staff::ContractForm;

/// The largest text of a field that is read, in bytes.
const FIELD_BYTES: usize = 200_000;

/// A form to begin with.
pub(super) fn blank() -> ContractForm {
    let clauses = ["1", "2.1", "2.2", "3", "4", "5"].map(str::to_owned);
    ContractForm { currency: "USD".to_owned(), clauses, ..ContractForm::default() }
}

/// A contract as it would be typed.
pub(super) fn of_contract(kept: &KeptContract) -> ContractForm {
    let contract = &kept.contract;
    let terms = &contract.terms;
    let mut prices = String::new();
    for (sku, price) in &terms.prices {
        // Writing to a string cannot fail.
        let _ = writeln!(prices, "{sku} {}", price.decimal());
    }
    let mut allotment = String::new();
    for (sku, units) in &terms.allotment {
        let _ = writeln!(allotment, "{sku} {units}");
    }
    let words = |list: Vec<String>| list.join(" ");
    ContractForm {
        code: contract.code.clone(),
        market: kept.market.to_string(),
        from: contract.from.to_string(),
        until: contract.until.to_string(),
        ended_on: contract.ended_on.map_or_else(String::new, |day| day.to_string()),
        territory: words(terms.territory.iter().map(|c| c.code().to_owned()).collect()),
        models: words(terms.models.iter().map(ToString::to_string).collect()),
        currency: contract.currency().map_or_else(String::new, |c| c.code().to_owned()),
        prices,
        minimum: terms.minimum_units.to_string(),
        allotment,
        clauses: Clause::ALL
            .map(|clause| contract.clauses.get(&clause).cloned().unwrap_or_default()),
        reason: String::new(),
    }
}

/// Reads a contract with `reseller`.
///
/// # Errors
///
/// The first field that cannot be read.
pub(super) fn read(
    form: &ContractForm,
    reseller: &str,
) -> Result<(MarketCode, Contract), RowError> {
    let currency: Currency = RowError::read("currency", &form.currency.to_uppercase())?;
    let clauses = Clause::ALL.into_iter().zip(&form.clauses);
    let prices = pairs("prices", &form.prices, |text| Money::parse(text, currency).ok())?;
    let contract = Contract {
        code: form.code.trim().to_owned(),
        reseller: reseller.to_owned(),
        from: RowError::read("from", &form.from)?,
        until: RowError::read("until", &form.until)?,
        ended_on: match form.ended_on.trim() {
            "" => None,
            text => Some(RowError::read("ended_on", text)?),
        },
        terms: Terms {
            territory: words("territory", &form.territory.to_uppercase())?,
            models: words("models", &form.models)?,
            prices,
            minimum_units: RowError::read("minimum", &form.minimum)?,
            allotment: pairs("allotment", &form.allotment, |text| text.parse().ok())?,
        },
        clauses: clauses
            .filter(|(_, number)| !number.trim().is_empty())
            .map(|(clause, number)| (clause, number.trim().chars().take(20).collect()))
            .collect(),
    };
    if let Some(problem) = contract.problems().first() {
        return Err(RowError::of("contract", problem));
    }
    Ok((RowError::read("market", &form.market)?, contract))
}

fn words<T: Cell + Ord>(field: &'static str, text: &str) -> Result<BTreeSet<T>, RowError> {
    if text.len() > FIELD_BYTES {
        return Err(too_long(field));
    }
    let split = text.split(|c: char| c.is_whitespace() || c == ',');
    split.filter(|word| !word.is_empty()).map(|word| RowError::read(field, word)).collect()
}

fn too_long(field: &'static str) -> RowError {
    RowError::of(field, Wrong::TooLong { max: FIELD_BYTES.to_string() })
}

fn pairs<T>(
    field: &'static str,
    text: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<BTreeMap<Sku, T>, RowError> {
    if text.len() > FIELD_BYTES {
        return Err(too_long(field));
    }
    let mut pairs = BTreeMap::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let bad = || RowError::of(field, Wrong::NotSkuAndNumber { cell: line.to_owned() });
        let (sku, rest) = line.split_once(char::is_whitespace).ok_or_else(bad)?;
        let sku: Sku = sku.parse().map_err(|_| bad())?;
        if pairs.insert(sku, read(rest.trim()).ok_or_else(bad)?).is_some() {
            return Err(RowError::of(field, Wrong::Twice { cell: line.to_owned() }));
        }
    }
    Ok(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed() -> ContractForm {
        ContractForm {
            code: "US-2026-3".to_owned(),
            market: "us".to_owned(),
            from: "2026-01-01".to_owned(),
            until: "2026-12-31".to_owned(),
            territory: "us, ca".to_owned(),
            models: "band powerbank".to_owned(),
            prices: "BAND-BLACK 9.00\n\nPB5000-SILVER 6".to_owned(),
            minimum: "50".to_owned(),
            allotment: "BAND-BLACK 1000".to_owned(),
            ..blank()
        }
    }

    #[test]
    fn a_contract_is_read_as_it_is_shown() {
        let (market, contract) = read(&typed(), "Harbour Electronics").expect("a contract");
        assert_eq!(contract.terms.territory.len(), 2);
        assert_eq!(contract.terms.prices.len(), 2);
        let kept = KeptContract {
            reseller: kontor_base::id::ResellerId::from_bytes([1; 16]),
            market,
            contract: contract.clone(),
        };
        let again = read(&of_contract(&kept), "Harbour Electronics").expect("a contract");
        assert_eq!(again, (market, contract));
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let field = |change: &dyn Fn(&mut ContractForm)| {
            let mut form = typed();
            change(&mut form);
            read(&form, "x").expect_err("refused").field
        };
        assert_eq!(field(&|form| form.prices = "BAND-BLACK nine".to_owned()), "prices");
        assert_eq!(field(&|form| form.prices = "BAND-BLACK".to_owned()), "prices");
        assert_eq!(field(&|form| form.territory = "Holland".to_owned()), "territory");
        assert_eq!(field(&|form| form.from = "soon".to_owned()), "from");
        assert_eq!(field(&|form| form.territory = String::new()), "contract");
        assert_eq!(field(&|form| form.clauses[1] = String::new()), "contract");
    }
}
