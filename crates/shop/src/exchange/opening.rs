//! The checklists of markets as a file.

use std::collections::{HashMap, HashSet};

use kontor_base::Wrong;
use kontor_domain::clearance::WeekRange;
use kontor_domain::market::FulfilmentModel;
use kontor_domain::opening::{ChecklistCode, ChecklistItem, ChecklistState, GateKind};
use kontor_store::{StoreError, Tx, opening};

use super::cell::{self, Bad, Read};
use super::job::{Change, Job, Origins, Sourced, places};
use super::read::Numbered;
use super::row::ChecklistRow;

/// The kind under which the origins of items are kept.
const KIND: &str = "opening_item";
/// The most items that one can wait for.
const AFTER_MAX: usize = 20;

/// Reads a row.
pub(super) fn parse(row: &ChecklistRow) -> Read<Sourced<ChecklistItem>> {
    let item = ChecklistItem {
        code: cell::value("code", &row.code)?,
        country: cell::value("country", &row.country)?,
        area: cell::required_text("area", &row.area)?,
        title: cell::required_text("title", &row.title)?,
        gate: gate(row)?,
        evidence: cell::text("evidence", &row.evidence)?,
        responsible: cell::text("responsible", &row.responsible)?,
        lead_time_weeks: match row.lead_time_weeks.trim() {
            "" => None,
            weeks => Some(cell::value::<WeekRange>("lead_time_weeks", weeks)?),
        },
        after: after(row)?,
        state: state(row)?,
        source: cell::text("source", &row.source)?,
    };
    Sourced::read(item, &row.source, &row.confidence)
}

fn gate(row: &ChecklistRow) -> Read<GateKind> {
    let gate = cell::word("gate", &row.gate, [("hard", 0), ("soft", 1), ("model", 2)])?;
    if gate != 2 && !row.models.trim().is_empty() {
        return Err(Bad::new("models", Wrong::NotOfAModel));
    }
    Ok(match gate {
        0 => GateKind::Hard,
        1 => GateKind::Soft,
        _ => {
            let words = cell::parts("models", &row.models)?;
            if words.is_empty() {
                return Err(Bad::new("models", Wrong::OfWhichModels));
            }
            let model = |word: &String| {
                let models = FulfilmentModel::ALL.map(|model| (model.word(), model));
                cell::word("models", word, models)
            };
            GateKind::Model { models: words.iter().map(model).collect::<Read<_>>()? }
        }
    })
}

fn after(row: &ChecklistRow) -> Read<Vec<ChecklistCode>> {
    if row.after.trim().is_empty() {
        return Ok(Vec::new());
    }
    let codes: Vec<ChecklistCode> = cell::values("after", &row.after)?;
    if codes.len() > AFTER_MAX {
        return Err(Bad::new("after", Wrong::TooManyParts { max: AFTER_MAX.to_string() }));
    }
    Ok(codes)
}

fn state(row: &ChecklistRow) -> Read<ChecklistState> {
    let expected = cell::optional_date("expected", &row.expected)?;
    let on = cell::optional_date("done_on", &row.done_on)?;
    let proof = cell::text("proof", &row.proof)?;
    let state = match row.state.trim() {
        "" => "open",
        word => word,
    };
    match cell::word("state", state, [("open", 0), ("begun", 1), ("done", 2)])? {
        0 => Ok(ChecklistState::Open),
        1 => Ok(ChecklistState::Begun { expected }),
        _ if proof.is_empty() => Err(Bad::new("proof", Wrong::DoneUnproven)),
        _ => {
            let on = on.ok_or_else(|| Bad::new("done_on", Wrong::DoneWhen))?;
            Ok(ChecklistState::Done { evidence: proof, on })
        }
    }
}

/// Compares the rows with what is stored and writes what is new.
pub(super) fn apply(
    tx: &mut Tx<'_>,
    rows: &[Numbered<Sourced<ChecklistItem>>],
    job: &mut Job<'_>,
) -> Result<(), StoreError> {
    let stored: HashMap<ChecklistCode, ChecklistItem> =
        opening::items(tx)?.into_iter().map(|item| (item.code.clone(), item)).collect();
    check_waits(rows, &stored, job);
    if job.is_bad() {
        return Ok(());
    }
    let positions: HashMap<String, i64> = opening::positions(tx)?.into_iter().collect();
    let mut origins = Origins::load(tx, KIND)?;
    let places = places(rows.iter().map(|row| row.item.value.code.as_str()), &positions);
    for (row, place) in rows.iter().zip(places) {
        let Sourced { value, origin } = &row.item;
        let code = value.code.as_str();
        let moved = positions.get(code) != Some(&place);
        let change = Change::between(stored.get(&value.code), value).or_changed(moved);
        if change != Change::Unchanged {
            opening::save(tx, value, place)?;
        }
        let news = origins.keep(tx, code, origin)?;
        job.count(change.or_changed(news));
    }
    Ok(())
}

/// An item waits only for items that are there, and never for itself by way of others.
fn check_waits(
    rows: &[Numbered<Sourced<ChecklistItem>>],
    stored: &HashMap<ChecklistCode, ChecklistItem>,
    job: &mut Job<'_>,
) {
    let mut after: HashMap<&ChecklistCode, &[ChecklistCode]> =
        stored.values().map(|item| (&item.code, item.after.as_slice())).collect();
    after.extend(rows.iter().map(|row| (&row.item.value.code, row.item.value.after.as_slice())));
    for row in rows {
        let item = &row.item.value;
        for code in item.after.iter().filter(|code| !after.contains_key(code)) {
            job.bad(row.line, "after", Wrong::NoItem { name: code.to_string() });
        }
        let mut reached: HashSet<&ChecklistCode> = HashSet::new();
        let mut next: Vec<&ChecklistCode> = item.after.iter().collect();
        while let Some(code) = next.pop() {
            if reached.insert(code) {
                next.extend(after.get(code).into_iter().copied().flatten());
            }
        }
        if reached.contains(&item.code) {
            job.bad(row.line, "after", Wrong::WaitsForItself);
        }
    }
}

/// Every item, in order.
pub(super) fn rows(tx: &mut Tx<'_>) -> Result<Vec<ChecklistRow>, StoreError> {
    let origins = Origins::load(tx, KIND)?;
    Ok(opening::items(tx)?.iter().map(|item| to_row(item, &origins)).collect())
}

fn to_row(item: &ChecklistItem, origins: &Origins) -> ChecklistRow {
    let origin = origins.of(item.code.as_str());
    let (gate, models) = match &item.gate {
        GateKind::Hard => ("hard", String::new()),
        GateKind::Soft => ("soft", String::new()),
        GateKind::Model { models } => {
            let words: Vec<&str> = models.iter().map(|model| model.word()).collect();
            ("model", words.join("|"))
        }
    };
    let (state, expected, proof, done_on) = match &item.state {
        ChecklistState::Open => ("open", None, "", None),
        ChecklistState::Begun { expected } => ("begun", *expected, "", None),
        ChecklistState::Done { evidence, on } => ("done", None, evidence.as_str(), Some(*on)),
    };
    let day = |day: Option<kontor_base::Date>| day.map(|d| d.to_string()).unwrap_or_default();
    ChecklistRow {
        code: item.code.to_string(),
        country: item.country.to_string(),
        area: item.area.clone(),
        title: item.title.clone(),
        gate: gate.to_owned(),
        models,
        evidence: item.evidence.clone(),
        responsible: item.responsible.clone(),
        lead_time_weeks: item.lead_time_weeks.map(|weeks| weeks.to_string()).unwrap_or_default(),
        after: cell::list(&item.after),
        state: state.to_owned(),
        expected: day(expected),
        proof: proof.to_owned(),
        done_on: day(done_on),
        source: origin.source,
        confidence: origin.confidence,
    }
}
