//! Rollouts, the campaigns that they belong to, their steps, and what devices report.

use std::collections::BTreeMap;

use kontor_base::id::{BuildId, CampaignId, RolloutId};
use kontor_base::{Instant, KeyedHash};
use kontor_domain::channel::Channel;
use kontor_domain::rollout::{Cause, Event, Rollout, RolloutState, Tally};
use serde::{Deserialize, Serialize};

use crate::kernel::error::StoreError;
use crate::kernel::sql::{Tx, to_json, word};
use crate::kernel::topic::Topic;
use crate::values;

/// The most different failure codes that are counted per build and channel; later ones count
/// under an empty code.
const CODES_MAX: i64 = 1_000;

/// A step that a rollout took.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepTaken {
    /// When.
    pub at: Instant,
    /// The state after it.
    pub state: RolloutState,
    /// The place of the wave after it.
    pub wave: usize,
    /// Who or what took it.
    pub cause: Cause,
    /// The reports at that moment.
    pub tally: Tally,
    /// A sentence by whoever took it.
    pub note: Option<String>,
}

/// A report of a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The build.
    pub build: BuildId,
    /// The channel through which the device got it.
    pub channel: Channel,
    /// The keyed hash of the device's id.
    pub device: KeyedHash,
    /// What happened.
    pub event: Event,
    /// A failure's code, else empty.
    pub code: String,
    /// Whether the device has shown that it was offered the build.
    pub proven: bool,
}

/// What a report did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It is new, and counts for the rollout's gate.
    Counted,
    /// It is new, and counted apart: nothing shows that the device was offered the build.
    Apart,
    /// The device had reported the same before: nothing was counted.
    Repeated,
    /// Too many reports without proof have come about this build: nothing was kept.
    Full,
}

/// Devices that reported something in one hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HourCount {
    /// What they reported.
    pub event: Event,
    /// The hour's beginning.
    pub hour: Instant,
    /// How many devices.
    pub devices: u64,
}

/// Every rollout, by model, channel and age.
///
/// # Errors
///
/// When the database cannot be read.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<Rollout>, StoreError> {
    tx.query("SELECT body FROM rollout ORDER BY model, channel, id", &[], |row| {
        row.json(0, "rollout")
    })
}

/// Rollouts, the newest first: up to `limit` before `before`.
///
/// # Errors
///
/// When the database cannot be read.
pub fn before(
    tx: &mut Tx<'_>,
    before: Option<RolloutId>,
    limit: i64,
) -> Result<Vec<Rollout>, StoreError> {
    let before = before.map_or([u8::MAX; 16], |id| *id.bytes());
    tx.query(
        "SELECT body FROM rollout WHERE id < $1 ORDER BY id DESC LIMIT $2",
        values![&before, limit],
        |row| row.json(0, "rollout"),
    )
}

/// The rollouts that can change by themselves, by model, channel and age: those that run or are paused,
/// and of those that are done the ones about whose build something was reported.
///
/// # Errors
///
/// When the database cannot be read.
pub fn watched(tx: &mut Tx<'_>) -> Result<Vec<Rollout>, StoreError> {
    tx.query(
        "SELECT body FROM rollout WHERE state IN ('running', 'paused') OR (state = 'done' AND EXISTS (
             SELECT 1 FROM rollout_count
             WHERE rollout_count.build = rollout.build AND rollout_count.channel = rollout.channel))
         ORDER BY model, channel, id",
        &[],
        |row| row.json(0, "rollout"),
    )
}

/// The campaign of each rollout that belongs to one.
///
/// # Errors
///
/// When the database cannot be read.
pub fn campaigns(tx: &mut Tx<'_>) -> Result<BTreeMap<RolloutId, CampaignId>, StoreError> {
    let rows =
        tx.query("SELECT rollout, campaign FROM rollout_campaign ORDER BY rollout", &[], |row| {
            Ok((RolloutId::from_bytes(row.bytes16(0)?), CampaignId::from_bytes(row.bytes16(1)?)))
        })?;
    Ok(rows.into_iter().collect())
}

/// The campaign that a rollout belongs to, if it belongs to one.
///
/// # Errors
///
/// When the database cannot be read.
pub fn campaign_of(tx: &mut Tx<'_>, rollout: RolloutId) -> Result<Option<CampaignId>, StoreError> {
    tx.optional(
        "SELECT campaign FROM rollout_campaign WHERE rollout = $1",
        values![rollout.bytes()],
        |row| row.bytes16(0).map(CampaignId::from_bytes),
    )
}

/// The rollouts of a campaign, by model.
///
/// # Errors
///
/// When the database cannot be read.
pub fn in_campaign(tx: &mut Tx<'_>, campaign: CampaignId) -> Result<Vec<Rollout>, StoreError> {
    tx.query(
        "SELECT rollout.body FROM rollout_campaign
         JOIN rollout ON rollout.id = rollout_campaign.rollout
         WHERE rollout_campaign.campaign = $1 ORDER BY rollout.model, rollout.id",
        values![campaign.bytes()],
        |row| row.json(0, "rollout"),
    )
}

/// Puts a rollout into a campaign, for good.
///
/// # Errors
///
/// When the database cannot be written.
pub fn join(tx: &mut Tx<'_>, rollout: RolloutId, campaign: CampaignId) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO rollout_campaign (rollout, campaign) VALUES ($1, $2)",
        values![rollout.bytes(), campaign.bytes()],
    )?;
    Ok(())
}

/// A rollout.
///
/// # Errors
///
/// When the database cannot be read.
pub fn get(tx: &mut Tx<'_>, id: RolloutId) -> Result<Option<Rollout>, StoreError> {
    tx.optional("SELECT body FROM rollout WHERE id = $1", values![id.bytes()], |row| {
        row.json(0, "rollout")
    })
}

/// The rollouts of a model in a channel, the oldest first.
///
/// # Errors
///
/// When the database cannot be read.
pub fn in_channel(
    tx: &mut Tx<'_>,
    model: &str,
    channel: Channel,
) -> Result<Vec<Rollout>, StoreError> {
    tx.query(
        "SELECT body FROM rollout WHERE model = $1 AND channel = $2 ORDER BY id",
        values![model, channel.word()],
        |row| row.json(0, "rollout"),
    )
}

/// The rollouts of a build, the oldest first.
///
/// # Errors
///
/// When the database cannot be read.
pub fn of_build(tx: &mut Tx<'_>, build: BuildId) -> Result<Vec<Rollout>, StoreError> {
    tx.query(
        "SELECT body FROM rollout WHERE build = $1 ORDER BY id",
        values![build.bytes()],
        |row| row.json(0, "rollout"),
    )
}

/// Writes a rollout as it is now.
///
/// # Errors
///
/// When the database cannot be written.
pub fn save(tx: &mut Tx<'_>, rollout: &Rollout) -> Result<(), StoreError> {
    let body = to_json(rollout, "rollout")?;
    tx.execute(
        "INSERT INTO rollout (id, model, channel, build, state, body)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (id) DO UPDATE SET state = excluded.state, body = excluded.body",
        values![
            rollout.id.bytes(),
            rollout.model.as_str(),
            rollout.channel.word(),
            rollout.build.bytes(),
            rollout.standing.state.word(),
            &body,
        ],
    )?;
    tx.touch(Topic::Rollout)
}

/// Adds a step to a rollout's history.
///
/// # Errors
///
/// When the database cannot be written.
pub fn add_step(tx: &mut Tx<'_>, rollout: RolloutId, step: &StepTaken) -> Result<(), StoreError> {
    let body = to_json(step, "rollout_step")?;
    tx.execute(
        "INSERT INTO rollout_step (rollout, number, at, body)
         SELECT $1, coalesce(max(number), 0) + 1, $2, $3 FROM rollout_step WHERE rollout = $1",
        values![rollout.bytes(), step.at, &body],
    )?;
    Ok(())
}

/// A rollout's history, oldest first.
///
/// # Errors
///
/// When the database cannot be read.
pub fn steps(tx: &mut Tx<'_>, rollout: RolloutId) -> Result<Vec<StepTaken>, StoreError> {
    tx.query(
        "SELECT body FROM rollout_step WHERE rollout = $1 ORDER BY number",
        values![rollout.bytes()],
        |row| row.json(0, "rollout_step"),
    )
}

/// The most reports without proof that are kept per build, channel and event: anybody can invent
/// them, so they must not fill the disk.
const APART_MAX: i64 = 100_000;

/// Takes a report in. The same report twice counts once; one that comes again with a proof moves
/// from those without to those with.
///
/// # Errors
///
/// When the database cannot be written.
pub fn report(tx: &mut Tx<'_>, report: &Report, at: Instant) -> Result<Taken, StoreError> {
    let (build, channel, event) =
        (report.build.bytes(), report.channel.word(), report.event.word());
    let before = tx.optional(
        "SELECT proven FROM rollout_report
         WHERE build = $1 AND channel = $2 AND device = $3 AND event = $4",
        values![build, channel, &report.device, event],
        |row| row.int(0),
    )?;
    match (before, report.proven) {
        (Some(1), _) | (Some(_), false) => return Ok(Taken::Repeated),
        (None, false) => return apart(tx, report, at),
        (Some(_), true) => {
            tx.execute(
                "UPDATE rollout_report SET proven = 1, code = $5, reported_at = $6
                 WHERE build = $1 AND channel = $2 AND device = $3 AND event = $4",
                values![build, channel, &report.device, event, &report.code, at],
            )?;
            tx.execute(
                "UPDATE rollout_apart SET devices = devices - 1
                 WHERE build = $1 AND channel = $2 AND event = $3 AND devices > 0",
                values![build, channel, event],
            )?;
        }
        (None, true) => insert(tx, report, at)?,
    }
    let hour = Instant::from_micros(at.micros().div_euclid(HOUR) * HOUR);
    tx.execute(
        "INSERT INTO rollout_count (build, channel, event, hour, devices) VALUES ($1, $2, $3, $4, 1)
         ON CONFLICT (build, channel, event, hour) DO UPDATE SET
             devices = rollout_count.devices + 1",
        values![build, channel, event, hour],
    )?;
    if report.event == Event::Failed {
        count_failure(tx, report)?;
    }
    Ok(Taken::Counted)
}

fn insert(tx: &mut Tx<'_>, report: &Report, at: Instant) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO rollout_report (build, channel, device, event, code, reported_at, proven)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        values![
            report.build.bytes(),
            report.channel.word(),
            &report.device,
            report.event.word(),
            &report.code,
            at,
            i64::from(report.proven),
        ],
    )?;
    Ok(())
}

fn apart(tx: &mut Tx<'_>, report: &Report, at: Instant) -> Result<Taken, StoreError> {
    let (build, channel, event) =
        (report.build.bytes(), report.channel.word(), report.event.word());
    let counted = tx
        .execute(
            "INSERT INTO rollout_apart (build, channel, event, devices) VALUES ($1, $2, $3, 1)
         ON CONFLICT (build, channel, event) DO UPDATE SET devices = rollout_apart.devices + 1
         WHERE rollout_apart.devices < $4",
            values![build, channel, event, APART_MAX],
        )?
        .rows()?;
    if counted == 0 {
        return Ok(Taken::Full);
    }
    insert(tx, report, at)?;
    Ok(Taken::Apart)
}

/// An hour in microseconds.
const HOUR: i64 = 3_600_000_000;

fn count_failure(tx: &mut Tx<'_>, report: &Report) -> Result<(), StoreError> {
    let (build, channel) = (report.build.bytes(), report.channel.word());
    let known = tx
        .execute(
            "UPDATE rollout_failure SET devices = devices + 1
         WHERE build = $1 AND channel = $2 AND code = $3",
            values![build, channel, &report.code],
        )?
        .rows()?;
    if known > 0 {
        return Ok(());
    }
    let codes = tx.optional(
        "SELECT count(*) FROM rollout_failure WHERE build = $1 AND channel = $2",
        values![build, channel],
        |row| row.int(0),
    )?;
    let code = if codes.unwrap_or(0) < CODES_MAX { report.code.as_str() } else { "" };
    tx.execute(
        "INSERT INTO rollout_failure (build, channel, code, devices) VALUES ($1, $2, $3, 1)
         ON CONFLICT (build, channel, code) DO UPDATE SET
             devices = rollout_failure.devices + 1",
        values![build, channel, code],
    )?;
    Ok(())
}

/// How many devices that had been offered a build in a channel have reported what about it: what
/// gates read.
///
/// # Errors
///
/// When the database cannot be read.
pub fn tally(tx: &mut Tx<'_>, build: BuildId, channel: Channel) -> Result<Tally, StoreError> {
    tallied(
        tx,
        "SELECT event, CAST(sum(devices) AS BIGINT) FROM rollout_count
         WHERE build = $1 AND channel = $2 GROUP BY event ORDER BY event",
        build,
        channel,
    )
}

/// The same for reports without a proof that the device was offered the build, up to a bound.
///
/// # Errors
///
/// When the database cannot be read.
pub fn tally_apart(tx: &mut Tx<'_>, build: BuildId, channel: Channel) -> Result<Tally, StoreError> {
    tallied(
        tx,
        "SELECT event, devices FROM rollout_apart WHERE build = $1 AND channel = $2 ORDER BY event",
        build,
        channel,
    )
}

fn tallied(
    tx: &mut Tx<'_>,
    sql: &'static str,
    build: BuildId,
    channel: Channel,
) -> Result<Tally, StoreError> {
    let rows = tx.query(sql, values![build.bytes(), channel.word()], |row| {
        let event = word(&row.text(0)?, "rollout_count", Event::from_word)?;
        Ok((event, u64::try_from(row.int(1)?).unwrap_or(0)))
    })?;
    let mut tally = Tally::default();
    for (event, devices) in rows {
        match event {
            Event::Downloaded => tally.downloaded = devices,
            Event::Installed => tally.installed = devices,
            Event::Failed => tally.failed = devices,
            Event::RolledBack => tally.rolled_back = devices,
        }
    }
    Ok(tally)
}

/// The reports about a build in a channel by the hour: what a curve is drawn from.
///
/// # Errors
///
/// When the database cannot be read.
pub fn hours(
    tx: &mut Tx<'_>,
    build: BuildId,
    channel: Channel,
) -> Result<Vec<HourCount>, StoreError> {
    tx.query(
        "SELECT event, hour, devices FROM rollout_count WHERE build = $1 AND channel = $2
         ORDER BY hour, event",
        values![build.bytes(), channel.word()],
        |row| {
            Ok(HourCount {
                event: word(&row.text(0)?, "rollout_count", Event::from_word)?,
                hour: row.instant(1)?,
                devices: u64::try_from(row.int(2)?).unwrap_or(0),
            })
        },
    )
}

/// The most frequent codes of failures, with how many devices met each.
///
/// # Errors
///
/// When the database cannot be read.
pub fn failures(
    tx: &mut Tx<'_>,
    build: BuildId,
    channel: Channel,
    limit: i64,
) -> Result<Vec<(String, u64)>, StoreError> {
    tx.query(
        "SELECT code, devices FROM rollout_failure WHERE build = $1 AND channel = $2
         ORDER BY devices DESC, code LIMIT $3",
        values![build.bytes(), channel.word(), limit],
        |row| Ok((row.text(0)?, u64::try_from(row.int(1)?).unwrap_or(0))),
    )
}
