//! What a file may not say of markets that are there: no step from stage to stage, which is checked and
//! written down by the opening; no country of another market; and of a market that sells, nothing that
//! makes it sell where, or how, the checklist would not let it open.

use std::collections::HashMap;

use kontor_base::{Country, Date, Wrong};
use kontor_domain::market::{Act, Market, MarketCode, stage_allows};
use kontor_domain::opening::{ChecklistItem, Need};
use kontor_store::{StoreError, Tx, market, opening};

use super::job::{Job, Sourced};
use super::read::Numbered;
use crate::opening::extend_withdrawals_in;

/// A market that gets countries.
pub(super) struct Widened {
    before: Vec<Country>,
    added: Vec<Country>,
}

/// Complains about rows that may not be; gives the markets that get countries.
pub(super) fn check(
    tx: &mut Tx<'_>,
    rows: &[Numbered<Sourced<Market>>],
    job: &mut Job<'_>,
) -> Result<Vec<Widened>, StoreError> {
    let stored = market::all(tx)?;
    // As all of them would be: a country may go from one to another in one file.
    let mut after: HashMap<MarketCode, &Market> =
        stored.iter().map(|market| (market.code, market)).collect();
    after.extend(rows.iter().map(|row| (row.item.value.code, &row.item.value)));
    let checklist = opening::items(tx)?;
    let today = job.at.date();
    let mut widened = Vec::new();
    for row in rows {
        let (line, new) = (row.line, &row.item.value);
        let old = stored.iter().find(|market| market.code == new.code);
        let had = |country: &Country| old.is_some_and(|old| old.countries.contains(country));
        let added: Vec<Country> =
            new.countries.iter().copied().filter(|country| !had(country)).collect();
        for country in &added {
            let other =
                after.values().find(|m| m.code != new.code && m.countries.contains(country));
            if let Some(other) = other {
                let (country, market) = (country.to_string(), other.code.to_string());
                job.bad(line, "countries", Wrong::CountryTaken { country, market });
            }
        }
        let Some(old) = old else { continue };
        if old.stage != new.stage {
            let stage = old.stage.word().to_owned();
            job.bad(line, "stage", Wrong::StageIsNoCell { stage });
        }
        if stage_allows(old.stage, Act::Sell) {
            may_still_sell(old, new, &added, &checklist, today, |column, wrong| {
                job.bad(line, column, wrong);
            });
        }
        if !added.is_empty() {
            widened.push(Widened { before: old.countries.clone(), added });
        }
    }
    Ok(widened)
}

/// Of a market that sells: whether everything is there that is needed from now on and was not before.
fn may_still_sell(
    old: &Market,
    new: &Market,
    added: &[Country],
    checklist: &[ChecklistItem],
    today: Date,
    mut bad: impl FnMut(&str, Wrong),
) {
    for country in added {
        if !checklist.iter().any(|item| item.country == *country) {
            bad("countries", Wrong::NoChecklist { country: country.to_string() });
        }
    }
    let missing = |item: &&ChecklistItem| {
        new.countries.contains(&item.country)
            && item.need(new.fulfilment) == Need::Hard
            && !item.done(today)
    };
    for item in checklist.iter().filter(missing) {
        let wrong = Wrong::ItemMissing { item: item.code.to_string() };
        if added.contains(&item.country) {
            bad("countries", wrong);
        } else if item.need(old.fulfilment) != Need::Hard {
            bad("fulfilment", wrong);
        }
    }
}

/// What is withdrawn from a market is withdrawn from the countries that it gets.
pub(super) fn widen(tx: &mut Tx<'_>, widened: &[Widened], job: &Job<'_>) -> Result<(), StoreError> {
    if job.is_bad() {
        return Ok(());
    }
    for Widened { before, added } in widened {
        extend_withdrawals_in(tx, before, added, job.at)?;
    }
    Ok(())
}
