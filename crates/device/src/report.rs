//! What the device tells about an update: fetched, installed, failed, gone back.
//!
//! A report has an id, so that the server counts it once however often it arrives, and waits on
//! the device until a server has taken it. It carries no name and no address of anybody.

use serde::{Deserialize, Serialize};

use crate::fetch::Fetch;
use crate::memory::Memory;
use crate::refused::Refused;

/// Reports that are kept at most; the oldest go first.
const KEPT_MAX: usize = 32;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The bytes are there and proven.
    Downloaded,
    /// The device runs it.
    Installed,
    /// It could not be installed.
    Failed,
    /// The device ran it and went back.
    RolledBack,
}

/// One report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Names this report on the device; the server tells repeats by device, build and event.
    pub id: String,
    /// The model's codename.
    pub model: String,
    /// The channel that the build came through.
    pub channel: String,
    /// The build that the device came from.
    pub from: String,
    /// The build that it is about.
    pub build: String,
    /// What happened.
    pub event: Event,
    /// The refusal's code, after a failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// What came with the offer: without it the report counts apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<String>,
}

/// Puts a report into the queue.
///
/// # Errors
///
/// [`Refused::Storage`].
pub fn queue(memory: &Memory, report: Report) -> Result<(), Refused> {
    let mut reports = memory.reports()?;
    reports.push(report);
    let excess = reports.len().saturating_sub(KEPT_MAX);
    reports.drain(..excess);
    memory.keep_reports(&reports)
}

/// Sends what waits, in order; what no server takes keeps waiting. Answers how many were taken.
///
/// # Errors
///
/// [`Refused::Storage`].
pub fn send(memory: &Memory, fetch: &impl Fetch, path: &str) -> Result<usize, Refused> {
    let reports = memory.reports()?;
    let credential = memory.credential()?;
    let mut taken = 0;
    for report in &reports {
        let Ok(json) = serde_json::to_string(report) else { break };
        match fetch.post(path, &json, credential.as_deref()) {
            // Refused for good counts as taken: it would be refused again.
            Some(200..=299 | 400..=428) => taken += 1,
            _ => break,
        }
    }
    if taken > 0 {
        memory.keep_reports(&reports[taken..])?;
    }
    Ok(taken)
}
