//! The staff's log against its seals and its chain: which entry is not what was written, and which is missing.

use kontor_base::{Instant, id};
use kontor_store::staff::log_chain::{self, KeptLink};
use kontor_store::staff::log_seal::{self, KeptEntry};
use kontor_store::{StoreError, Tx};
use serde::Serialize;

use crate::staff::{BEFORE_THE_FIRST, LogKey, LogMark};

/// How many entries are read at a time: each can have long texts.
const PAGE: i64 = 250;
/// So many findings are told one by one; further ones are counted.
const TOLD_MAX: usize = 1_000;

/// What the audit of the log takes beside the database.
#[derive(Clone, Debug, Default)]
pub struct LogProof {
    /// The key of the chain; none: the links are not proven, only whether each entry has one.
    pub key: Option<LogKey>,
    /// A place in the chain that somebody has kept elsewhere.
    pub mark: Option<LogMark>,
}

impl LogProof {
    /// A proof by the shop's key.
    #[must_use]
    pub fn by(key: &LogKey) -> Self {
        Self { key: Some(key.clone()), mark: None }
    }
}

/// What the audit found in the log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LogAudit {
    /// How many entries there are.
    pub entries: u64,
    /// How many of them are from before the seals, and were sealed later.
    pub sealed_later: u64,
    /// When the last of these was sealed.
    pub sealed_later_at: Option<Instant>,
    /// How many wait to be put into the chain, which the server does.
    pub waiting: i64,
    /// Whether the links were proven with the shop's key.
    pub proven: bool,
    /// Where the chain ends: to be kept elsewhere, and given to a later audit.
    pub mark: Option<String>,
    /// What does not agree.
    pub findings: Vec<LogFinding>,
    /// Further findings, which are not told one by one.
    pub more: u64,
}

/// An entry that is not what was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LogFinding {
    /// The entry, as the log's file names it; none: it is known by its number only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<String>,
    /// Its number in the chain, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<i64>,
    /// What does not agree.
    pub problem: String,
}

impl LogAudit {
    /// Whether everything agrees.
    #[must_use]
    pub const fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }

    fn found(&mut self, entry: Option<[u8; 16]>, number: Option<i64>, problem: impl Into<String>) {
        if self.findings.len() >= TOLD_MAX {
            self.more += 1;
            return;
        }
        let (entry, problem) = (entry.map(id::encode), problem.into());
        self.findings.push(LogFinding { entry, number, problem });
    }
}

/// Audits the log.
pub(super) fn audit(
    tx: &mut Tx<'_>,
    proof: &LogProof,
    progress: &dyn Fn(u64),
) -> Result<LogAudit, StoreError> {
    let mut report = LogAudit { proven: proof.key.is_some(), ..LogAudit::default() };
    let mut after = None;
    loop {
        let page = log_seal::entries_after(tx, after, PAGE)?;
        let Some(last) = page.last() else { break };
        after = Some(last.entry.id);
        page.iter().for_each(|kept| compare(kept, &mut report));
        progress(page.len() as u64);
    }
    let told_max = i64::try_from(TOLD_MAX).unwrap_or(i64::MAX);
    for loose in log_seal::without_entry(tx, told_max)? {
        report.found(Some(loose), None, "its seal is there, and the entry is not");
    }
    report.waiting = log_chain::count_waiting(tx)?;
    let mut chain = Chain::default();
    loop {
        let page = log_chain::after(tx, chain.number, PAGE)?;
        if page.is_empty() {
            break;
        }
        page.iter().for_each(|kept| chain.follow(kept, proof, &mut report));
        progress(page.len() as u64);
    }
    chain.end(proof, &mut report);
    Ok(report)
}

/// An entry against its seal.
fn compare(kept: &KeptEntry, report: &mut LogAudit) {
    report.entries += 1;
    let (id, number) = (Some(kept.entry.id), kept.number);
    let changed = kept.changed();
    if !changed.is_empty() {
        let fields = changed.join(", ");
        report.found(id, number, format!("it was changed after it was sealed: {fields}"));
    }
    match &kept.seal {
        Some(seal) if seal.sealed_at != kept.entry.made_at => {
            report.sealed_later += 1;
            report.sealed_later_at = report.sealed_later_at.max(Some(seal.sealed_at));
        }
        // From before the seals: the server comes to it.
        None if kept.waits && kept.digest.is_none() => {}
        None => report.found(id, number, "it has no seal"),
        Some(_) => {}
    }
    if kept.number.is_none() && !kept.waits {
        report.found(id, None, "it is not in the chain, and does not wait for it");
    }
}

/// The chain as it is followed from link to link.
#[derive(Default)]
struct Chain {
    number: i64,
    /// The link with that number; none: there is nothing before the first.
    link: Option<[u8; 32]>,
    /// An entry that was sealed when it was written has been met: none from before the seals comes any more.
    since_seals: bool,
    mark_met: bool,
    last: Option<LogMark>,
}

impl Chain {
    fn follow(&mut self, kept: &KeptLink, proof: &LogProof, report: &mut LogAudit) {
        let link = &kept.link;
        let (entry, number) = (Some(link.entry), Some(link.number));
        let follows = link.number == self.number + 1;
        match link.number - self.number {
            1 => {}
            2 => report.found(None, Some(self.number + 1), "this link was taken out"),
            _ => {
                let until = link.number - 1;
                let problem = format!("the links from here to {until} were taken out");
                report.found(None, Some(self.number + 1), problem);
            }
        }
        match (&kept.seal, kept.made_at) {
            (None, None) => report.found(entry, number, "it was taken out, and its seal with it"),
            // Told where entries are compared with seals.
            (None, Some(_)) | (Some(_), None) => {}
            (Some(seal), Some(made_at)) => {
                let later = seal.sealed_at != made_at;
                if later && self.since_seals {
                    report.found(entry, number, "it was sealed anew, after it was written");
                }
                self.since_seals |= !later;
            }
        }
        if let Some(seal) = &kept.seal {
            let before = self.link.unwrap_or(BEFORE_THE_FIRST);
            let made = proof
                .key
                .as_ref()
                .filter(|_| follows)
                .map(|key| key.link(&before, link.number, &link.entry, seal));
            if seal.digest != link.digest {
                report.found(entry, number, "its seal is not the one that was put into the chain");
            } else if made.is_some_and(|made| made != link.link) {
                report.found(entry, number, "its link was not made with the shop's key");
            }
        }
        let here = LogMark::of(link);
        if let Some(mark) = proof.mark.filter(|mark| mark.number == here.number) {
            self.mark_met = true;
            if mark != here {
                report.found(entry, number, "its link is another than the one of the mark");
            }
        }
        (self.number, self.link, self.last) = (link.number, Some(link.link), Some(here));
    }

    fn end(&self, proof: &LogProof, report: &mut LogAudit) {
        if let Some(mark) = proof.mark.filter(|_| !self.mark_met) {
            let problem = format!(
                "the mark is of this link, and the chain has none; it ends with {}",
                self.number
            );
            report.found(None, Some(mark.number), problem);
        }
        report.mark = self.last.map(|last| last.to_string());
    }
}
