//! The checklists of markets, and the steps that markets have gone.

use kontor_base::{Date, Instant, Money};
use kontor_domain::market::{MarketCode, Stage};
use kontor_domain::opening::{ChecklistItem, OpeningPlan};
use serde::{Deserialize, Serialize};

use crate::kernel::error::StoreError;
use crate::kernel::sql::{Tx, to_json, word};
use crate::values;

/// Every item, in the order in which it was written down.
///
/// # Errors
///
/// When the database cannot be read.
pub fn items(tx: &mut Tx<'_>) -> Result<Vec<ChecklistItem>, StoreError> {
    tx.query("SELECT body FROM opening_item ORDER BY position, code", &[], |row| {
        row.json(0, "opening_item")
    })
}

/// The place of every item among the others, by code.
///
/// # Errors
///
/// When the database cannot be read.
pub fn positions(tx: &mut Tx<'_>) -> Result<Vec<(String, i64)>, StoreError> {
    tx.query("SELECT code, position FROM opening_item ORDER BY position, code", &[], |row| {
        Ok((row.text(0)?, row.int(1)?))
    })
}

/// Writes an item as it is now; `position` is its place among the others.
///
/// # Errors
///
/// When the database cannot be written.
pub fn save(tx: &mut Tx<'_>, item: &ChecklistItem, position: i64) -> Result<(), StoreError> {
    let body = to_json(item, "opening_item")?;
    tx.execute(
        "INSERT INTO opening_item (code, country, position, body) VALUES ($1, $2, $3, $4)
         ON CONFLICT (code) DO UPDATE SET
             country = excluded.country, position = excluded.position, body = excluded.body",
        values![item.code.as_str(), item.country.code(), position, &body],
    )?;
    Ok(())
}

/// What getting a clearance or an item of the checklist costs, as somebody was told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// The code of the clearance's rule, or of the item; no item is called like a rule.
    pub clearance: String,
    /// How much, once.
    pub amount: Money,
    /// When it was asked.
    pub as_of: Date,
    /// Who said so.
    pub source: String,
}

/// Every cost that is noted, in the order of the rules' codes.
///
/// # Errors
///
/// When the database cannot be read.
pub fn costs(tx: &mut Tx<'_>) -> Result<Vec<Cost>, StoreError> {
    tx.query("SELECT body FROM opening_cost ORDER BY clearance", &[], |row| {
        row.json(0, "opening_cost")
    })
}

/// Writes a cost as it is now.
///
/// # Errors
///
/// When the database cannot be written.
pub fn save_cost(tx: &mut Tx<'_>, cost: &Cost) -> Result<(), StoreError> {
    let body = to_json(cost, "opening_cost")?;
    tx.execute(
        "INSERT INTO opening_cost (clearance, body) VALUES ($1, $2)
         ON CONFLICT (clearance) DO UPDATE SET body = excluded.body",
        values![cost.clearance.as_str(), &body],
    )?;
    Ok(())
}

/// A step of a market from one stage to the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its id; time-ordered.
    pub id: [u8; 16],
    /// The market.
    pub market: MarketCode,
    /// The stage it was in.
    pub from: Stage,
    /// The stage it went to.
    pub to: Stage,
    /// When.
    pub made_at: Instant,
    /// Who, as they named themselves.
    pub made_by: String,
    /// Why.
    pub reason: String,
    /// The plan that was checked, where the step sells.
    pub plan: Option<OpeningPlan>,
}

/// Writes a step down; steps are never changed.
///
/// # Errors
///
/// When the database cannot be written.
pub fn record(tx: &mut Tx<'_>, step: &Step) -> Result<(), StoreError> {
    let plan = step.plan.as_ref().map(|plan| to_json(plan, "opening_step")).transpose()?;
    tx.execute(
        "INSERT INTO opening_step
             (id, market, from_stage, to_stage, made_at, made_by, reason, plan)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        values![
            &step.id,
            step.market.as_str(),
            step.from.word(),
            step.to.word(),
            step.made_at,
            &step.made_by,
            &step.reason,
            plan.as_deref(),
        ],
    )?;
    Ok(())
}

/// The steps of a market, the first one first.
///
/// # Errors
///
/// When the database cannot be read.
pub fn steps(tx: &mut Tx<'_>, market: MarketCode) -> Result<Vec<Step>, StoreError> {
    tx.query(
        "SELECT id, from_stage, to_stage, made_at, made_by, reason, plan FROM opening_step
         WHERE market = $1 ORDER BY made_at, id",
        values![market.as_str()],
        |row| {
            let plan = match row.maybe_text(6)? {
                Some(_) => Some(row.json(6, "opening_step")?),
                None => None,
            };
            Ok(Step {
                id: row.bytes16(0)?,
                market,
                from: word(&row.text(1)?, "opening_step", Stage::from_word)?,
                to: word(&row.text(2)?, "opening_step", Stage::from_word)?,
                made_at: row.instant(3)?,
                made_by: row.text(4)?,
                reason: row.text(5)?,
                plan,
            })
        },
    )
}
