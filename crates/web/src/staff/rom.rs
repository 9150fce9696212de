//! The ROM for its release managers: rollouts with their curves and steps, builds by channel, and what
//! waits for a signature. Stopping is one person's and works at once; what gives devices a build takes
//! two.

use axum::Extension;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form as Typed, Path, Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use kontor_base::id::RolloutId;
use kontor_domain::build::Build;
use kontor_domain::channel::Channel;
use kontor_domain::rollout::{Event, Rollout, RolloutState, TRANSITIONS, Tally, WHOLE};
use kontor_domain::staff::Permission;
use kontor_rom::Rom;
use kontor_rom::rollout::{Status, listed, status_of};
use kontor_shop::staff::Person;
use kontor_shop::staff::goods::{NextWave, RolloutStep};
use serde::Deserialize;

use super::curve::{Line, draw};
use super::desk::{nothing, shell};
use super::rom_next::{act_of, end_words, members, next_of, next_words};
use super::steering::step_of;
use super::work::{carry, greet, sent};
use crate::kit::app::App;
use crate::kit::form_key;
use crate::kit::problem::{Problem, html};
use crate::kit::routes::{Repeat, Route};
use crate::kit::text::Text;
use crate::page::staff::{Block, Cell, Chart, Facts, Field, Form, Kind, Place, Table, WorkPage};

/// Whoever may halt a rollout may look at all of them.
const LOOKS: Option<Permission> = Some(Permission::RolloutHalt);
const PATH: &str = "/admin/rom/{rollout}";
pub(super) const LIST: Route = Route::desk("/admin/rom", LOOKS);
pub(super) const SHOW: Route = Route::desk(PATH, LOOKS);
pub(super) const STEP: Route = Route::desk_form(PATH, LOOKS, Repeat::FormKey);

/// How many rollouts stand on a page.
const PAGE: usize = 50;
/// How often a running rollout is looked at anew, in seconds.
const LIVE_S: u32 = 10;
/// How many builds of a model are shown.
const BUILDS: usize = 3;
/// Models on one page of the list of builds.
const MODELS: usize = 20;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    after: String,
    /// After which model the list of builds goes on.
    models: String,
    said: String,
}

pub(super) async fn list(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Query(asked): Query<Asked>,
) -> Response {
    let Some(rom) = app.rom.clone() else { return nothing(&app, &uri) };
    let before = asked.after.parse::<RolloutId>().ok();
    let rows = i64::try_from(PAGE).unwrap_or(i64::MAX).saturating_add(1);
    let mut found = match listed(&rom, before, rows).await {
        Ok(found) => found,
        Err(fault) => return Problem::fault(&fault).respond(&app, uri.path(), None),
    };
    let shell = shell(&app, &person, Place::Rom).await;
    let t = shell.text();
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let next = found.last().filter(|_| more).map(|s| format!("/admin/rom?after={}", s.rollout.id));
    let rows = found.iter().map(|status| {
        let rollout = &status.rollout;
        vec![
            Cell::link(
                build_words(rollout, status.build.as_ref()),
                format!("/admin/rom/{}", rollout.id),
            )
            .below(match status.campaign {
                Some(_) => t.one("campaign-part", "model", rollout.model.to_string()).into_owned(),
                None => rollout.model.to_string(),
            }),
            Cell::code(rollout.channel.word()),
            Cell::text(state_words(&t, rollout.standing.state))
                .toned(state_tone(rollout.standing.state)),
            Cell::number(share_words(&t, rollout, status.share)),
            Cell::number(number(&t, status.tally.installed)),
            Cell::number(number(&t, status.tally.failed + status.tally.rolled_back)),
        ]
    });
    let rollouts = Table {
        id: "rollouts",
        title: t.get("rom-desk-rollouts").into_owned(),
        columns: [
            "rom-desk-build",
            "rom-desk-channel",
            "staff-state",
            "rom-desk-share",
            "rollout-installed",
            "rollout-curve-failed",
        ]
        .map(|id| t.get(id).into_owned())
        .to_vec(),
        rows: rows.collect(),
        empty: t.get("rom-desk-none").into_owned(),
        next,
        ..Table::default()
    };
    let title = t.get("staff-rom");
    let mut ways = vec![("/admin/rom/signing".to_owned(), t.get("signing-title").into_owned())];
    if person.may(Permission::RolloutRun, None) {
        ways.insert(0, ("/admin/rom/plan".to_owned(), t.get("rollout-plan-title").into_owned()));
    }
    let page = WorkPage::new(shell, title)
        .with(Block::Links(ways))
        .with(Block::Table(rollouts))
        .with(Block::Table(super::rom_signing::in_short(&rom, &t).await))
        .with(Block::Table(builds(&rom, &t, &asked.models)));
    html(StatusCode::OK, &page)
}

pub(super) fn number(t: &Text, number: u64) -> String {
    t.number(i64::try_from(number).unwrap_or(i64::MAX))
}

fn build_words(rollout: &Rollout, build: Option<&Build>) -> String {
    build.map_or_else(
        || rollout.build.to_string(),
        |build| format!("{} ({})", build.version, build.incremental),
    )
}

/// The share of devices that are let in: none before the start, all after the end.
fn share_words(t: &Text, rollout: &Rollout, share: u32) -> String {
    let share = match rollout.standing.state {
        RolloutState::Planned | RolloutState::Abandoned => 0,
        RolloutState::Done => WHOLE,
        _ => share,
    };
    t.percent(&kontor_base::Rate::from_ppm(share))
}

pub(super) fn state_words(t: &Text, state: RolloutState) -> String {
    let id = match state {
        RolloutState::Planned => "rollout-planned",
        RolloutState::Running => "rollout-running",
        RolloutState::Paused => "rollout-paused",
        RolloutState::Halted => "rollout-halted",
        RolloutState::Done => "rollout-done",
        RolloutState::Abandoned => "rollout-abandoned",
    };
    t.get(id).into_owned()
}

pub(super) const fn state_tone(state: RolloutState) -> &'static str {
    match state {
        RolloutState::Running | RolloutState::Done => "good",
        RolloutState::Planned | RolloutState::Paused => "warn",
        RolloutState::Halted => "bad",
        RolloutState::Abandoned => "quiet",
    }
}

/// The newest builds of each model, with the channels that each is in.
fn builds(rom: &Rom, t: &Text, after: &str) -> Table {
    let snapshot = rom.snapshots.now();
    let mut rows = Vec::new();
    let mut behind = snapshot.models.iter().filter(|(codename, _)| codename.as_str() > after);
    let mut last = None;
    for (codename, model) in behind.by_ref().take(MODELS) {
        last = Some(codename);
        for build in model.builds.iter().rev().take(BUILDS) {
            let nothing = || "–".to_owned();
            let patch = build.patch_level.map_or_else(nothing, |day| t.date_short(&day));
            let channels = Channel::ALL.into_iter().zip(model.channels());
            let channels: Vec<&str> = channels
                .filter(|(_, view)| view.builds.iter().any(|own| own.id == build.id))
                .map(|(channel, _)| channel.word())
                .collect();
            rows.push(vec![
                Cell::text(format!("{} {}", model.model.brand, model.model.name))
                    .below(codename.to_string()),
                Cell::link(build.version.to_string(), super::rom_build::address(build))
                    .below(build.incremental.to_string()),
                Cell::code(if channels.is_empty() { nothing() } else { channels.join(", ") }),
                Cell::text(t.moment(&build.published_at)),
                Cell::text(patch),
            ]);
        }
    }
    Table {
        id: "builds",
        title: t.get("rom-desk-builds").into_owned(),
        columns: [
            "rom-desk-model",
            "rom-desk-build",
            "rom-desk-channel",
            "rom-desk-published",
            "rom-desk-patch",
        ]
        .map(|id| t.get(id).into_owned())
        .to_vec(),
        rows,
        empty: t.get("rom-desk-builds-none").into_owned(),
        next: behind.next().and(last).map(|last| format!("/admin/rom?models={last}#builds")),
        ..Table::default()
    }
}

pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(rollout): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    match page(&app, &uri, &person, &rollout, &asked.said).await {
        Ok(page) => html(StatusCode::OK, &page),
        Err(response) => response,
    }
}

async fn page(
    app: &App,
    uri: &Uri,
    person: &Person,
    rollout: &str,
    said: &str,
) -> Result<WorkPage, Response> {
    let (Some(rom), Ok(id)) = (app.rom.clone(), rollout.parse::<RolloutId>()) else {
        return Err(nothing(app, uri));
    };
    let found = status_of(&rom, id).await;
    let found = found.map_err(|fault| Problem::fault(&fault).respond(app, uri.path(), None))?;
    let Some(found) = found else { return Err(nothing(app, uri)) };
    let mut shell = shell(app, person, Place::Rom).await;
    let t = shell.text();
    greet(&mut shell, &t, said);
    let state = found.rollout.standing.state;
    let members = members(&rom, &found).await;
    let members = members.map_err(|fault| Problem::fault(&fault).respond(app, uri.path(), None))?;
    let next = next_of(&found, &members);
    let mut page = WorkPage::new(shell, build_words(&found.rollout, found.build.as_ref()))
        .below("/admin/rom", t.get("staff-rom"))
        .with(Block::Form(steps_form(app, &t, person, &found, None, Permission::RolloutHalt)))
        .with(Block::Form(steps_form(
            app,
            &t,
            person,
            &found,
            next.as_ref(),
            Permission::RolloutRun,
        )))
        .with(Block::Facts(facts(&t, &found, next.as_ref())));
    if !members.is_empty() {
        page = page.with(Block::Table(together(&t, &members)));
    }
    // A form without a step says nothing.
    page.blocks.retain(|block| !matches!(block, Block::Form(form) if form.buttons.is_empty()));
    page.lead = Some((state_tone(state), state_words(&t, state)));
    if state == RolloutState::Running {
        page.live_s = Some(LIVE_S);
    }
    if !found.hours.is_empty() {
        page = page.with(Block::Chart(chart(&t, &found)));
    }
    let failures = found
        .failures
        .iter()
        .map(|(reason, count)| vec![Cell::text(reason.clone()), Cell::number(number(&t, *count))]);
    let failures = Table {
        id: "failures",
        title: t.get("rollout-failures").into_owned(),
        columns: ["staff-reason", "rom-desk-devices"].map(|id| t.get(id).into_owned()).to_vec(),
        rows: failures.collect(),
        empty: t.get("rom-desk-failures-none").into_owned(),
        ..Table::default()
    };
    let history = found.steps.iter().rev().map(|step| {
        vec![
            Cell::text(t.moment(&step.at)),
            Cell::text(state_words(&t, step.state)).toned(state_tone(step.state)),
            Cell::text(step.note.clone().unwrap_or_default()),
            Cell::number(number(&t, step.tally.installed)),
            Cell::number(number(&t, step.tally.failed + step.tally.rolled_back)),
        ]
    });
    let history = Table {
        id: "history",
        title: t.get("rollout-steps").into_owned(),
        columns: [
            "staff-when",
            "staff-state",
            "staff-reason",
            "rollout-installed",
            "rollout-curve-failed",
        ]
        .map(|id| t.get(id).into_owned())
        .to_vec(),
        rows: history.collect(),
        ..Table::default()
    };
    Ok(page.with(Block::Table(failures)).with(Block::Table(history)))
}

/// The rollouts of a campaign, and the sum that its gate looks at too.
fn together(t: &Text, members: &[Status]) -> Table {
    let row = |name: Cell, state: Cell, share: String, tally: &Tally| {
        vec![
            name,
            state,
            Cell::number(share),
            Cell::number(number(t, tally.installed)),
            Cell::number(number(t, tally.failed + tally.rolled_back)),
        ]
    };
    let mut rows: Vec<Vec<Cell>> = members
        .iter()
        .map(|status| {
            let (rollout, state) = (&status.rollout, status.rollout.standing.state);
            let name = Cell::link(rollout.model.to_string(), format!("/admin/rom/{}", rollout.id));
            let state = Cell::text(state_words(t, state)).toned(state_tone(state));
            let build = build_words(&status.rollout, status.build.as_ref());
            let share = share_words(t, &status.rollout, status.share);
            row(name.below(build), state, share, &status.tally)
        })
        .collect();
    let sum = members.iter().fold(Tally::default(), |sum, status| sum.and(&status.tally));
    let (name, none) = (Cell::text(t.get("campaign-sum")), Cell::text("–"));
    rows.push(row(name, none, "–".to_owned(), &sum));
    Table {
        id: "campaign",
        title: t.get("campaign-title").into_owned(),
        hint: t.get("campaign-hint").into_owned(),
        columns: [
            "rom-desk-model",
            "staff-state",
            "rom-desk-share",
            "rollout-installed",
            "rollout-curve-failed",
        ]
        .map(|id| t.get(id).into_owned())
        .to_vec(),
        rows,
        ..Table::default()
    }
}

fn facts(t: &Text, status: &Status, next: Option<&NextWave>) -> Facts {
    let rollout = &status.rollout;
    let pair = |id: &str, cell: Cell| (t.get(id).into_owned(), cell);
    let waves = rollout.waves.len();
    let wave = format!("{} / {waves}: {}", rollout.standing.wave + 1, rollout.wave());
    let mut facts = Facts {
        title: t.get("rom-desk-facts").into_owned(),
        id: "facts",
        pairs: vec![
            pair("rom-desk-model", Cell::code(rollout.model.to_string())),
            pair("rom-desk-channel", Cell::code(rollout.channel.word())),
            pair("rom-desk-share", Cell::text(share_words(t, &status.rollout, status.share))),
            pair("rom-desk-wave", Cell::text(wave)),
            pair("rollout-downloaded", Cell::text(number(t, status.tally.downloaded))),
            pair("rollout-installed", Cell::text(number(t, status.tally.installed))),
            pair("rollout-failed", Cell::text(number(t, status.tally.failed))),
            pair("rollout-rolled-back", Cell::text(number(t, status.tally.rolled_back))),
            pair("rollout-population", Cell::text(number(t, rollout.population))),
        ],
    };
    if rollout.standing.state.unfinished() {
        facts.pairs.insert(
            4,
            pair("rom-desk-wave-ends", Cell::text(end_words(t, rollout.wave().advance))),
        );
    }
    if let Some(next) = next {
        facts.pairs.insert(5, pair("rom-desk-next", Cell::text(next_words(t, next))));
    }
    facts
}

/// Installed and failed devices by the hour, summed.
fn chart(t: &Text, status: &Status) -> Chart {
    let first = status.hours.first().map(|count| count.hour);
    let (mut installed, mut failed) = (0, 0);
    let (mut good, mut bad, mut rows) = (vec![(0, 0)], vec![(0, 0)], Vec::new());
    for count in &status.hours {
        match count.event {
            Event::Installed => installed += count.devices,
            Event::Failed | Event::RolledBack => failed += count.devices,
            Event::Downloaded => continue,
        }
        let gone = first.map_or(0, |first| count.hour.seconds_since(first)) / 3_600 + 1;
        let gone = u64::try_from(gone).unwrap_or(0);
        good.push((gone, installed));
        bad.push((gone, failed));
        rows.push(vec![
            Cell::text(t.moment(&count.hour)),
            Cell::number(number(t, installed)),
            Cell::number(number(t, failed)),
        ]);
    }
    let hours = good.last().map_or(0, |(hours, _)| *hours);
    let highest = number(t, installed.max(failed));
    let says = t.two("rollout-curve-says", "installed", installed, "failed", failed);
    let lines = [
        Line { class: "a", name: t.get("rollout-installed").into_owned(), points: good },
        Line { class: "c", name: t.get("rollout-curve-failed").into_owned(), points: bad },
    ];
    // The last rows say the whole; earlier ones are in the history of the rollout.
    let kept = rows.len().saturating_sub(48);
    Chart {
        id: "curve",
        title: t.get("rollout-curve").into_owned(),
        svg: draw(&lines, &says, &t.one("rom-desk-hours", "count", hours), &highest),
        table: Table {
            id: "curve-table",
            columns: ["staff-when", "rollout-installed", "rollout-curve-failed"]
                .map(|id| t.get(id).into_owned())
                .to_vec(),
            rows: rows.split_off(kept),
            empty: t.get("rollout-no-reports").into_owned(),
            ..Table::default()
        },
    }
}

/// The steps that are possible from where the rollout stands and take this permission: what stops it,
/// or what gives devices the build. Apart, so that nobody stops one by pressing Enter in a field.
fn steps_form(
    app: &App,
    t: &Text,
    person: &Person,
    status: &Status,
    next: Option<&NextWave>,
    needs: Permission,
) -> Form {
    let state = status.rollout.standing.state;
    let (id, title, hint) = if needs == Permission::RolloutHalt {
        ("stop", "rom-desk-stop", "rom-desk-stop-hint")
    } else {
        ("run", "rom-desk-run", "rom-desk-run-hint")
    };
    let action = format!("/admin/rom/{}", status.rollout.id);
    let mut form = Form::new(id, t.get(title), action).hidden("key", form_key::fresh(app));
    form.hint = t.get(hint).into_owned();
    if !person.may(needs, None) {
        return form;
    }
    let possible = |step: RolloutStep| {
        let step = step_of(step);
        TRANSITIONS.iter().any(|(from, by, _)| *from == state && *by == step)
    };
    let own = RolloutStep::ALL.into_iter().filter(|step| step.permission() == needs);
    for step in own.filter(|step| possible(*step)) {
        if step == RolloutStep::Next {
            let Some(next) = next else { continue };
            form = form.hidden("wave", next.wave.to_string());
            form.hint = format!("{} {}", next_words(t, next), form.hint);
        }
        let id = match step {
            RolloutStep::Start => "rom-desk-start",
            RolloutStep::Resume => "rom-desk-resume",
            RolloutStep::Next => "rom-desk-next-begin",
            RolloutStep::Finish => "rom-desk-finish",
            RolloutStep::Abandon => "rom-desk-abandon",
            RolloutStep::Pause => "rom-desk-pause",
            RolloutStep::Halt => "rom-desk-halt",
        };
        form = form.button(t.get(id), step.word());
    }
    if needs == Permission::RolloutRun {
        form = form.field(
            Field::new("reason", t.get("staff-reason"), Kind::Line)
                .optional()
                .up_to(500)
                .hint(t.get("staff-reason-hint")),
        );
    }
    form
}

pub(super) async fn step(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path(text): Path<String>,
    form: Result<Typed<Vec<(String, String)>>, FormRejection>,
) -> Response {
    let sent = match sent(&app, &uri, form) {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    if let Err(response) = page(&app, &uri, &person, &text, "").await {
        return response;
    }
    let (Ok(rollout), Some(step)) = (text.parse(), RolloutStep::from_word(sent.get("do"))) else {
        return Problem::bad_form().respond(&app, uri.path(), None);
    };
    let outcome = match act_of(&app, &uri, &person, rollout, step, sent.get("wave")).await {
        Ok(act) => carry(&app, &uri, &person, &sent, act, &format!("/admin/rom/{rollout}")).await,
        Err(trouble) => Err(trouble),
    };
    match outcome {
        Ok(response) => {
            // Whoever halts a rollout knows that this node offers the build to nobody any more.
            if let Some(rom) = &app.rom
                && let Err(fault) = rom.refresh().await
            {
                tracing::warn!(%fault, "the ROM's snapshot could not be made anew");
            }
            response
        }
        Err(trouble) => match page(&app, &uri, &person, &text, "").await {
            Ok(page) => {
                let stops = step.permission() == Permission::RolloutHalt;
                trouble.show(page, if stops { "stop" } else { "run" }, &sent)
            }
            Err(response) => response,
        },
    }
}
