//! The dated facts of clearance: rules, grants, orders of authorities, reviews, presences, and what
//! markets have opened with.
//!
//! Every change is kept in `fact_change` with the version it made, so that the version noted with
//! an order line can be looked up years later.

use kontor_base::Instant;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::kernel::error::StoreError;
use crate::kernel::sql::{Tx, to_json};
use crate::kernel::topic::Topic;
use crate::values;

/// Which kind of fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// What is needed.
    Rule,
    /// Evidence.
    Grant,
    /// What a court or an authority has ordered.
    Order,
    /// That somebody has looked for the rules of a country.
    Review,
    /// What the seller is in a country.
    Presence,
    /// What a market has opened with.
    Assortment,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 6] =
        [Self::Rule, Self::Grant, Self::Order, Self::Review, Self::Presence, Self::Assortment];

    /// The stored word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Rule => "rule",
            Self::Grant => "grant",
            Self::Order => "order",
            Self::Review => "review",
            Self::Presence => "presence",
            Self::Assortment => "assortment",
        }
    }
}

/// Every fact of a kind, by code.
///
/// # Errors
///
/// When the database cannot be read.
pub fn all<T: DeserializeOwned>(tx: &mut Tx<'_>, kind: Kind) -> Result<Vec<T>, StoreError> {
    tx.query(
        "SELECT body FROM clearance_fact WHERE kind = $1 ORDER BY code",
        values![kind.word()],
        |row| row.json(0, "clearance_fact"),
    )
}

/// Writes a fact as it is now and keeps the change.
///
/// # Errors
///
/// When the database cannot be written.
pub fn save<T: Serialize>(
    tx: &mut Tx<'_>,
    kind: Kind,
    code: &str,
    fact: &T,
    at: Instant,
) -> Result<(), StoreError> {
    let body = to_json(fact, "clearance_fact")?;
    tx.execute(
        "INSERT INTO clearance_fact (kind, code, body) VALUES ($1, $2, $3)
         ON CONFLICT (kind, code) DO UPDATE SET body = excluded.body",
        values![kind.word(), code, &body],
    )?;
    note_change(tx, kind, code, Some(&body), at)
}

/// Takes a fact away and keeps the change; gives whether it was there.
///
/// # Errors
///
/// When the database cannot be written.
pub fn remove(tx: &mut Tx<'_>, kind: Kind, code: &str, at: Instant) -> Result<bool, StoreError> {
    let removed = tx
        .execute(
            "DELETE FROM clearance_fact WHERE kind = $1 AND code = $2",
            values![kind.word(), code],
        )?
        .rows()?;
    if removed > 0 {
        note_change(tx, kind, code, None, at)?;
    }
    Ok(removed > 0)
}

fn note_change(
    tx: &mut Tx<'_>,
    kind: Kind,
    code: &str,
    body: Option<&String>,
    at: Instant,
) -> Result<(), StoreError> {
    tx.touch(Topic::Clearance)?;
    tx.execute(
        "INSERT INTO fact_change (area, version, kind, code, body, changed_at)
         VALUES ($1, (SELECT version FROM fact_version WHERE area = $1), $2, $3, $4, $5)",
        values![Topic::Clearance.word(), kind.word(), code, body, at],
    )?;
    Ok(())
}
