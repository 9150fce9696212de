//! The evidence that an act records: read, and checked against what is stored.

use kontor_domain::clearance::{Grant, GrantRow, check_asked};
use kontor_store::Tx;
use kontor_store::clearance::{self, Kind};

use super::act::refused;
use super::act_refusal::ActRefusal;
use super::person::Refusal;
use crate::core::Outcome;

/// The evidence of a row, if it can be read.
pub(super) fn read_grant(row: &GrantRow) -> Outcome<Grant, Refusal> {
    Grant::parse(row)
        .map_err(|error| refused(ActRefusal::Row { field: error.field, problem: error.problem }))
}

/// The evidence of a row, if it can be read, its rule exists and asks for it there, and its code is not
/// another place's.
pub(super) fn checked_grant(tx: &mut Tx<'_>, row: &GrantRow) -> Outcome<Grant, Refusal> {
    let grant = read_grant(row)?;
    let rules: Vec<kontor_domain::clearance::Rule> = clearance::all(tx, Kind::Rule)?;
    if !rules.iter().any(|rule| rule.code == grant.clearance) {
        return Err(refused(ActRefusal::UnknownClearance(row.clearance.clone())));
    }
    check_asked(&rules, &grant.clearance, grant.reach).map_err(|elsewhere| {
        refused(ActRefusal::Row { field: "country", problem: elsewhere.into() })
    })?;
    if let Some(before) = recorded(tx, &row.code)?
        && (before.reach != grant.reach || before.clearance != grant.clearance)
    {
        return Err(refused(ActRefusal::CodeTaken(row.code.clone())));
    }
    if let Some(hash) = row.document.strip_prefix("document:")
        && kontor_store::staff::document::find(tx, hash)?.is_none()
    {
        return Err(refused(ActRefusal::NoDocument(row.document.clone())));
    }
    Ok(grant)
}

pub(super) fn recorded(tx: &mut Tx<'_>, code: &str) -> Outcome<Option<Grant>, Refusal> {
    let grants: Vec<Grant> = clearance::all(tx, Kind::Grant)?;
    Ok(grants.into_iter().find(|grant| grant.code.as_str() == code))
}
