//! What somebody kept of a sale while it ran: the answer of `GET /api/v1/sale/{sale}` in a file.

use std::path::Path;

use kontor_base::id::SaleId;
use kontor_base::{Currency, Money};
use kontor_domain::sale::{Commitment, Noted};
use serde::Deserialize;

use super::super::CommandError;

/// The parts of the answer that a report can be held against; the others are passed over.
#[derive(Deserialize)]
struct Kept {
    id: String,
    commitment: Commitment,
    per_person: u32,
    ways: Vec<KeptWay>,
}

#[derive(Deserialize)]
struct KeptWay {
    market: String,
    way: String,
    quota: u32,
    /// Not there if it was noted before the sale went live.
    entries_digest: Option<Commitment>,
    /// What a place costs, if it does.
    deposit: Option<KeptMoney>,
}

#[derive(Clone, Copy, Deserialize)]
struct KeptMoney {
    minor: i64,
    currency: Currency,
}

/// Reads what was kept.
pub(super) fn read(path: &Path) -> Result<Noted, CommandError> {
    let what = format!("read {}", path.display());
    let text = std::fs::read_to_string(path).map_err(|error| CommandError::other(&what, error))?;
    let kept: Kept =
        serde_json::from_str(&text).map_err(|error| CommandError::other(&what, error))?;
    let sale: SaleId = kept.id.parse().map_err(|error| CommandError::other(&what, error))?;
    let place = |way: &KeptWay| format!("{}/{}", way.market, way.way);
    Ok(Noted {
        sale: Some(sale),
        commitment: Some(kept.commitment),
        beacon: None,
        per_person: Some(kept.per_person),
        quotas: kept.ways.iter().map(|way| (place(way), way.quota)).collect(),
        digests: kept
            .ways
            .iter()
            .filter_map(|way| Some((place(way), way.entries_digest?)))
            .collect(),
        deposits: kept
            .ways
            .iter()
            .map(|way| (place(way), way.deposit.map(|cost| Money::new(cost.minor, cost.currency))))
            .collect(),
    })
}
