//! Saves a sheet of the plans: one for the whole company, so it takes somebody of all markets.

use std::collections::BTreeMap;

use kontor_base::{Date, Instant};
use kontor_domain::staff::Permission;
use kontor_store::Tx;
use kontor_store::planning::{KeptSheet, save_sheet, sheet};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::act::{Act, ActRefusal, Bearing, Change, refused};
use super::person::{Person, Refusal};
use crate::core::Outcome;
use crate::planning::{Evidence, FileError, Kind, work_out};

/// So many characters of what went and of what came are written down; the log is never erased.
const TOLD_CHARS_MAX: usize = 4_000;

/// A sheet that comes to something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanAct {
    kind: Kind,
    text: String,
}

impl PlanAct {
    /// A sheet, if it comes to something. Ten thousand draws may be worked out for it: not on a
    /// thread that serves others, and before any transaction.
    ///
    /// # Errors
    ///
    /// [`FileError`] says what is wrong with it.
    pub fn try_new(kind: Kind, text: String, today: Date) -> Result<Self, FileError> {
        work_out(kind, &text, &Evidence::none(today))?;
        Ok(Self { kind, text })
    }

    pub(super) fn bearing(&self, tx: &mut Tx<'_>) -> Outcome<Bearing, Refusal> {
        if sheet(tx, self.kind.word())?.is_some_and(|kept| kept.body == self.text) {
            let words = "nothing would change".to_owned();
            return Err(refused(ActRefusal::Area { code: "staff.nothing_changes", words }));
        }
        let subject = format!("plans/{}", self.kind.word());
        Ok(Bearing::plain(Permission::MarketEdit, None, subject))
    }

    pub(super) fn change(&self, tx: &mut Tx<'_>) -> Outcome<Change, Refusal> {
        let before = sheet(tx, self.kind.word())?.map(|kept| kept.body);
        Ok(told(before.as_deref(), &self.text))
    }

    pub(super) fn carry_out(
        &self,
        tx: &mut Tx<'_>,
        by: &Person,
        at: Instant,
    ) -> Outcome<(), Refusal> {
        let saved_by = by.name.to_string();
        let kept = KeptSheet { body: self.text.clone(), saved_at: at, saved_by };
        Ok(save_sheet(tx, self.kind.word(), &kept)?)
    }
}

impl From<PlanAct> for Act {
    fn from(act: PlanAct) -> Self {
        Self::Plan(act)
    }
}

/// The lines that went and those that came. A sheet is a few hundred lines, of which an edit changes
/// a few: those are what somebody looks for.
fn told(before: Option<&str>, after: &str) -> Change {
    let old = before.unwrap_or_default();
    let side = |these: &str, others: &str| {
        json!({ "bytes": these.len(), "lines": lines_without(these, others) }).to_string()
    };
    Change { was: before.map_or_else(String::new, |_| side(old, after)), is_now: side(after, old) }
}

/// The lines of a text that another has not, or has less often.
fn lines_without(text: &str, other: &str) -> String {
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    for line in other.lines() {
        *known.entry(line).or_default() += 1;
    }
    let mut own: Vec<&str> = Vec::new();
    for line in text.lines() {
        match known.get_mut(line) {
            Some(left) if *left > 0 => *left -= 1,
            _ => own.push(line),
        }
    }
    let all = own.join("\n");
    match all.char_indices().nth(TOLD_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &all[..end]),
        None => all,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_edit_changes_is_told_and_no_more() {
        let change = told(Some("a = 1\nb = 2\nb = 2\n"), "a = 1\nb = 2\nb = 3\n");
        assert_eq!(change.was, r#"{"bytes":18,"lines":"b = 2"}"#);
        assert_eq!(change.is_now, r#"{"bytes":18,"lines":"b = 3"}"#);
        assert_eq!(told(None, "a = 1").was, "", "there was none");
        let long = "ä\n".repeat(TOLD_CHARS_MAX);
        let cut = lines_without(&long, "");
        assert_eq!(cut.chars().count(), TOLD_CHARS_MAX + 1, "bounded, at a character");
    }
}
