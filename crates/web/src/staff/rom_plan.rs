//! The form of a new rollout, or of a campaign of several models: rehearsed on the devices that there
//! are before anybody is asked to approve it.

use axum::Extension;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form as Typed, Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use kontor_base::{Rate, Wrong};
use kontor_domain::channel::Channel;
use kontor_domain::device::DeviceModel;
use kontor_domain::rollout::campaign::MEMBERS_MAX;
use kontor_domain::rollout::{
    Advance, Ends, Group, Rehearsal, WAVE_HOURS_MAX, WAVES_MAX, WHOLE, Wave, rehearse_together,
};
use kontor_domain::staff::Permission;
use kontor_rom::install::{PRESENT_DAYS, own_counted, present};
use kontor_rom::rollout::{Planned, proposed};
use kontor_rom::{Failure, Rom};
use kontor_shop::staff::goods::{RomAct, RomBuild, RomPlan, RomTarget, RomTrip};
use kontor_shop::staff::{Act, Person};
use serde::Deserialize;

use super::desk::{nothing, shell};
use super::refusal::{objection, say};
use super::rom_next::end_words;
use super::steering::plan_of;
use super::work::{Sent, Trouble, carry, refill, sent};
use crate::kit::app::App;
use crate::kit::form_key;
use crate::kit::problem::{Problem, html};
use crate::kit::routes::{Repeat, Route};
use crate::kit::text::Text;
use crate::page::rom::size;
use crate::page::staff::{Block, Cell, Facts, Field, Form, Kind, Place, Table, WorkPage};

/// Whoever may only halt rollouts has nothing to plan.
const PLANS: Option<Permission> = Some(Permission::RolloutRun);
pub(super) const NEW: Route = Route::desk("/admin/rom/plan", PLANS);
pub(super) const MAKE: Route = Route::desk_form("/admin/rom/plan", PLANS, Repeat::FormKey);

/// How waves end that do not say it themselves: by the hours or successes, or when somebody says so.
const BY_ITSELF: &str = "itself";
const BY_HAND: &str = "hand";
/// The form's name on its page.
const FORM: &str = "plan";
/// With what the form is opened.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    channel: String,
    model: String,
    build: String,
}

pub(super) async fn new(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Query(asked): Query<Asked>,
) -> Response {
    if app.rom.is_none() {
        return nothing(&app, &uri);
    }
    let mut page = blank(&app, &person).await;
    let channel = Channel::from_word(&asked.channel).unwrap_or(Channel::Stable);
    let build = format!("{} {}", asked.model, asked.build);
    for block in &mut page.blocks {
        if let Block::Form(form) = block {
            for field in &mut form.fields {
                match field.name {
                    "channel" => channel.word().clone_into(&mut field.value),
                    "builds" => build.trim().clone_into(&mut field.value),
                    _ => {}
                }
            }
        }
    }
    html(StatusCode::OK, &page)
}

async fn blank(app: &App, person: &Person) -> WorkPage {
    let shell = shell(app, person, Place::Rom).await;
    let t = shell.text();
    let channels =
        Channel::ALL.map(|channel| (channel.word().to_owned(), channel.word().to_owned()));
    let trips = [("halt", "rollout-plan-trip-halt"), ("pause", "rollout-plan-trip-pause")]
        .map(|(value, id)| (value.to_owned(), t.get(id).into_owned()));
    let ends = [(BY_ITSELF, "rollout-plan-by-itself"), (BY_HAND, "rollout-plan-by-hand")]
        .map(|(value, id)| (value.to_owned(), t.get(id).into_owned()));
    let number = |name, id: &str, value: &str| {
        Field::new(name, t.get(id), Kind::Number).with(value).up_to(12)
    };
    let form = Form::new(FORM, String::new(), "/admin/rom/plan")
        .hidden("key", form_key::fresh(app))
        .field(
            Field::new("builds", t.get("rollout-plan-builds"), Kind::Area(3))
                .up_to(8_000)
                .hint(t.get("rollout-plan-builds-hint")),
        )
        .field(
            Field::new("channel", t.get("rom-desk-channel"), Kind::Choice(channels.to_vec()))
                .with(Channel::Stable.word()),
        )
        .field(
            Field::new("waves", t.get("rollout-plan-waves"), Kind::Code)
                .with("own,1,10,100")
                .up_to(4_000)
                .hint(t.get("rollout-plan-waves-hint")),
        )
        .field(
            Field::new("ends", t.get("rollout-plan-how"), Kind::Choice(ends.to_vec()))
                .with(BY_ITSELF),
        )
        .field(
            number("hours", "rollout-plan-hours", "")
                .optional()
                .hint(t.get("rollout-plan-hours-hint")),
        )
        .field(
            Field::new("failures", t.get("rollout-plan-failures"), Kind::Line).with("5").up_to(8),
        )
        .field(
            number("reports", "rollout-plan-reports", "50")
                .hint(t.get("rollout-plan-reports-hint")),
        )
        .field(
            Field::new("trip", t.get("rollout-plan-trip"), Kind::Choice(trips.to_vec()))
                .with("halt"),
        )
        .field(number("devices_per_hour", "rollout-plan-devices-per-hour", "").optional())
        .field(number("megabits_per_second", "rollout-plan-megabits", "").optional())
        .field(number("devices", "rollout-plan-devices", "").optional().hint(t.one(
            "rollout-plan-devices-hint",
            "days",
            PRESENT_DAYS,
        )))
        .field(
            Field::new("reason", t.get("staff-reason"), Kind::Line)
                .optional()
                .up_to(500)
                .hint(t.get("staff-reason-hint")),
        )
        .button(t.get("rollout-plan-rehearse"), "rehearse")
        .button(t.get("rollout-plan-propose"), "plan");
    let mut page = WorkPage::new(shell, t.get("rollout-plan-title"))
        .below("/admin/rom", t.get("staff-rom"))
        .with(Block::Form(form));
    page.lead = Some(("quiet", t.get("rollout-plan-lead").into_owned()));
    page
}

pub(super) async fn make(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    form: Result<Typed<Vec<(String, String)>>, FormRejection>,
) -> Response {
    let sent = match sent(&app, &uri, form) {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    let wish = sent.get("do").to_owned();
    if !matches!(wish.as_str(), "rehearse" | "plan") {
        return Problem::bad_form().respond(&app, uri.path(), None);
    }
    match made(&app, &uri, &person, &sent, wish == "plan").await {
        Ok(response) => response,
        Err(trouble) => trouble.show(blank(&app, &person).await, FORM, &sent),
    }
}

async fn made(
    app: &App,
    uri: &Uri,
    person: &Person,
    sent: &Sent,
    is_meant: bool,
) -> Result<Response, Trouble> {
    let Some(rom) = app.rom.clone() else { return Err(Trouble::Answer(nothing(app, uri))) };
    let mut plan = command(sent)?;
    let Some(channel) = Channel::from_word(&plan.channel) else {
        return Err(Trouble::field(
            "channel",
            Wrong::NoneOf {
                cell: plan.channel.clone(),
                known: Channel::ALL.map(Channel::word).join(", "),
            },
        ));
    };
    let met = met(app, &rom, &plan, channel, sent).await?;
    for (target, groups) in plan.targets.iter_mut().zip(&met.groups) {
        target.devices = groups.iter().map(|group| group.devices).sum();
    }
    if is_meant {
        return carry(app, uri, person, sent, Act::Rom(RomAct::Plan(plan)), "/admin/rom").await;
    }
    let command = plan_of(&plan).map_err(|wrong| Trouble::field("builds", wrong))?;
    let planned = match proposed(&rom, command).await {
        Ok(planned) => planned,
        Err(Failure::Refused(refusal)) => {
            let t = Text::new(person.language, None);
            return Err(Trouble::field("builds", say(&t, &objection(&refusal))));
        }
        Err(Failure::Fault(fault)) => {
            return Err(Trouble::Answer(Problem::fault(&fault).respond(app, uri.path(), None)));
        }
        Err(Failure::Files(_)) => return Err(Trouble::Answer(nothing(app, uri))),
    };
    let parts: Vec<_> = planned
        .rollouts
        .iter()
        .zip(&met.groups)
        .map(|((rollout, build), groups)| {
            let bytes = build.whole().map_or(0, |package| package.file.bytes);
            (rollout, groups.as_slice(), bytes)
        })
        .collect();
    let rehearsal = rehearse_together(&parts, rom.now());
    let mut page = blank(app, person).await;
    refill(&mut page, FORM, sent);
    let t = page.shell.text();
    let blocks = shown(&t, &plan, &planned, &rehearsal, &met);
    page.blocks.splice(0..0, blocks);
    Ok(html(StatusCode::OK, &page))
}

/// What was typed as a plan; the devices are not known yet.
fn command(sent: &Sent) -> Result<RomPlan, Trouble> {
    let mut targets = Vec::new();
    for line in sent.lines("builds") {
        let words: Vec<&str> = line.split_whitespace().collect();
        let target = match words[..] {
            [model, build] => RomTarget {
                build: RomBuild { model: model.to_owned(), incremental: build.to_owned() },
                devices: 0,
            },
            _ => return Err(Trouble::field("builds", Wrong::NotBuild { cell: line.to_owned() })),
        };
        targets.push(target);
    }
    if !(1..=MEMBERS_MAX).contains(&targets.len()) {
        let (low, high) = ("1".to_owned(), MEMBERS_MAX.to_string());
        return Err(Trouble::field("builds", Wrong::BuildsBetween { low, high }));
    }
    let failures = Rate::parse_percent(sent.get("failures")).filter(|rate| rate.ppm() <= WHOLE);
    let failures = failures.ok_or_else(|| Trouble::field("failures", Wrong::NotPercentage))?;
    let reports = sent.get("reports").parse::<u32>().ok().filter(|reports| *reports > 0);
    let reports = reports.ok_or_else(|| Trouble::field("reports", Wrong::NotPositive))?;
    Ok(RomPlan {
        channel: sent.get("channel").to_owned(),
        targets,
        waves: waves(sent)?,
        hours: hours(sent)?,
        failures_max: failures.ppm(),
        reports_min: reports,
        trip: if sent.get("trip") == "pause" { RomTrip::Pause } else { RomTrip::Halt },
        devices_per_hour: limit(sent, "devices_per_hour")?,
        megabits_per_second: limit(sent, "megabits_per_second")?,
    })
}

fn hours(sent: &Sent) -> Result<Option<u32>, Trouble> {
    match sent.get("hours") {
        "" => Ok(None),
        _ if sent.get("ends") == BY_HAND => Err(Trouble::field("hours", Wrong::HoursByHand)),
        text => {
            let hours =
                text.parse::<u32>().ok().filter(|hours| (1..=WAVE_HOURS_MAX).contains(hours));
            let wrong = || {
                let (low, high) = ("1".to_owned(), WAVE_HOURS_MAX.to_string());
                Trouble::field("hours", Wrong::NotNumber { cell: text.to_owned(), low, high })
            };
            hours.map(Some).ok_or_else(wrong)
        }
    }
}

fn waves(sent: &Sent) -> Result<Vec<String>, Trouble> {
    let texts: Vec<&str> = sent.get("waves").split(',').map(str::trim).collect();
    if texts.len() > WAVES_MAX {
        return Err(Trouble::field("waves", Wrong::TooManyParts { max: WAVES_MAX.to_string() }));
    }
    let any = Ends { unsaid: Advance::ByHand, succeeded: Advance::ByHand };
    if let Some(text) = texts.iter().find(|text| Wave::read(text, any).is_none()) {
        return Err(Trouble::field("waves", Wrong::NotWave { cell: (*text).to_owned() }));
    }
    let said = |text: &str| match sent.get("ends") {
        BY_HAND if !text.contains(':') => format!("{text}:hand"),
        _ => text.to_owned(),
    };
    Ok(texts.into_iter().map(said).collect())
}

/// A limit that is above nothing, or none.
fn limit(sent: &Sent, name: &'static str) -> Result<Option<u64>, Trouble> {
    match sent.get(name) {
        "" => Ok(None),
        text => match text.parse::<u64>() {
            Ok(limit) if limit > 0 => Ok(Some(limit)),
            _ => Err(Trouble::field(name, Wrong::NotPositive)),
        },
    }
}

/// The devices that a plan would meet.
struct Met {
    /// By build, in the order of the plan.
    groups: Vec<Vec<Group>>,
    /// They were counted; else somebody has said how many there are.
    counted: bool,
}

async fn met(
    app: &App,
    rom: &Rom,
    plan: &RomPlan,
    channel: Channel,
    sent: &Sent,
) -> Result<Met, Trouble> {
    if let Some(devices) = limit(sent, "devices")? {
        let group = Group { country: None, own: false, devices };
        return Ok(Met { groups: vec![vec![group]; plan.targets.len()], counted: false });
    }
    let snapshot = rom.snapshots.now();
    let mut wanted: Vec<(DeviceModel, String)> = Vec::new();
    for RomTarget { build, .. } in &plan.targets {
        let Some(view) = snapshot.model(&build.model) else {
            return Err(Trouble::field("builds", Wrong::NoModel { name: build.model.clone() }));
        };
        wanted.push((view.model.clone(), build.incremental.clone()));
    }
    let none = || Trouble::field("devices", Wrong::NothingCounted);
    let counter = app.install.as_deref().and_then(|install| install.counter().cloned());
    let Some(counter) = counter else { return Err(none()) };
    let own = own_counted(rom).await.unwrap_or_default();
    // A pass over millions of cells for each model: not on a thread that answers others.
    let counted = tokio::task::spawn_blocking(move || {
        let of = |(model, build): &(DeviceModel, String)| {
            let groups = present(&counter.book(), model, channel, build, &own);
            (model.codename.to_string(), groups)
        };
        wanted.iter().map(of).collect::<Vec<_>>()
    });
    let counted = counted.await.unwrap_or_default();
    match counted.iter().find(|(_, groups)| groups.is_empty()) {
        Some((model, _)) => {
            Err(Trouble::field("devices", Wrong::NotCounted { name: model.clone() }))
        }
        None if counted.is_empty() => Err(none()),
        None => {
            let groups = counted.into_iter().map(|(_, groups)| groups).collect();
            Ok(Met { groups, counted: true })
        }
    }
}

fn number(t: &Text, number: u64) -> String {
    t.number(i64::try_from(number).unwrap_or(i64::MAX))
}

/// The plan as it would go.
fn shown(
    t: &Text,
    plan: &RomPlan,
    planned: &Planned,
    rehearsal: &Rehearsal,
    met: &Met,
) -> Vec<Block> {
    let pair = |id: &str, text: String| (t.get(id).into_owned(), Cell::text(text));
    let from = if met.counted { "rollout-plan-from-count" } else { "rollout-plan-from-form" };
    let own: u64 =
        met.groups.iter().flatten().filter(|group| group.own).map(|group| group.devices).sum();
    let advances = planned.rollouts.first().map_or(&[][..], |(rollout, _)| &rollout.waves);
    let advances = || advances.iter().map(|wave| wave.advance);
    let open = advances().find(|advance| !matches!(advance, Advance::After { .. }));
    let ends = rehearsal.done_at.map_or_else(
        || open.map_or_else(String::new, |advance| end_words(t, advance)),
        |at| t.one("rollout-plan-done-at", "moment", t.moment(&at)).into_owned(),
    );
    let facts = Facts {
        title: t.get("rollout-plan-rehearsed").into_owned(),
        id: "rehearsed",
        pairs: vec![
            pair("rollout-plan-met", number(t, rehearsal.devices)),
            pair("rollout-plan-met-own", number(t, own)),
            pair("rollout-plan-source", t.one(from, "days", PRESENT_DAYS).into_owned()),
            pair("rollout-plan-ends", ends),
        ],
    };
    let rows = rehearsal.waves.iter().zip(&plan.waves).zip(advances());
    let waves = rows.map(|((wave, said), advance)| {
        let ends = wave.ends_after_s.map_or_else(
            || end_words(t, advance),
            |seconds| {
                t.one("rollout-plan-ends-after", "hours", seconds.div_ceil(3_600)).into_owned()
            },
        );
        vec![
            Cell::code(said.clone()),
            Cell::number(number(t, wave.added)),
            Cell::number(number(t, wave.devices)),
            Cell::number(size(wave.bytes, t)),
            Cell::text(ends),
        ]
    });
    let waves = Table {
        id: "waves",
        title: t.get("rollout-waves").into_owned(),
        hint: t.get("rollout-plan-waves-rehearsed").into_owned(),
        columns: [
            "rom-desk-wave",
            "rollout-plan-added",
            "rollout-plan-inside",
            "rollout-plan-traffic",
            "rollout-plan-ends",
        ]
        .map(|id| t.get(id).into_owned())
        .to_vec(),
        rows: waves.collect(),
        ..Table::default()
    };
    let mut blocks = vec![Block::Facts(facts), Block::Table(waves)];
    if planned.rollouts.len() > 1 {
        blocks.push(Block::Table(members(t, planned)));
    }
    blocks
}

/// The models of a campaign with their parts of the pace.
fn members(t: &Text, planned: &Planned) -> Table {
    let rows = planned.rollouts.iter().map(|(rollout, build)| {
        let bytes = build.whole().map_or(0, |package| package.file.bytes);
        let pace = rollout.pace.devices_per_hour(bytes);
        let pace =
            pace.map_or_else(|| t.get("rollout-pace-none").into_owned(), |pace| number(t, pace));
        vec![
            Cell::code(rollout.model.to_string()),
            Cell::text(build.version.to_string()).below(build.incremental.to_string()),
            Cell::number(number(t, rollout.population)),
            Cell::text(pace),
        ]
    });
    Table {
        id: "members",
        title: t.get("campaign-title").into_owned(),
        hint: t.get("campaign-hint").into_owned(),
        columns: [
            "rom-desk-model",
            "rom-desk-build",
            "rom-desk-devices",
            "rollout-plan-devices-per-hour",
        ]
        .map(|id| t.get(id).into_owned())
        .to_vec(),
        rows: rows.collect(),
        ..Table::default()
    }
}
