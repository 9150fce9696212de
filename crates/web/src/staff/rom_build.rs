//! A build for its release managers: where it stands, moving it up a channel, withdrawing it. Moving it
//! up leads to devices and takes two people; withdrawing it stops and is one person's.

use axum::Extension;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form as Typed, Path, Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use kontor_domain::build::Build;
use kontor_domain::channel::{Channel, Entry, promote};
use kontor_domain::staff::Permission;
use kontor_rom::core::ModelView;
use kontor_shop::staff::goods::{RomAct, RomBuild};
use kontor_shop::staff::{Act, Person};
use serde::Deserialize;

use super::desk::{nothing, shell};
use super::work::{carry, greet, sent};
use crate::kit::app::App;
use crate::kit::form_key;
use crate::kit::problem::{Problem, html};
use crate::kit::routes::{Repeat, Route};
use crate::kit::text::Text;
use crate::page::rom::size;
use crate::page::staff::{Block, Cell, Facts, Field, Form, Kind, Place, Table, WorkPage};

const LOOKS: Option<Permission> = Some(Permission::RolloutHalt);
const PATH: &str = "/admin/rom/builds/{model}/{build}";
pub(super) const SHOW: Route = Route::desk(PATH, LOOKS);
pub(super) const ACT: Route = Route::desk_form(PATH, LOOKS, Repeat::FormKey);

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    said: String,
}

/// The address of a build's page.
pub(super) fn address(build: &Build) -> String {
    format!("/admin/rom/builds/{}/{}", build.model, build.incremental)
}

pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path((model, build)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Response {
    match page(&app, &person, &model, &build, &asked.said).await {
        Some(page) => html(StatusCode::OK, &page),
        None => nothing(&app, &uri),
    }
}

/// `None` where there is no such build.
async fn page(
    app: &App,
    person: &Person,
    model: &str,
    build: &str,
    said: &str,
) -> Option<WorkPage> {
    let rom = app.rom.clone()?;
    // What was done a moment ago is seen at once.
    if !said.is_empty()
        && let Err(fault) = rom.refresh().await
    {
        tracing::warn!(%fault, "the ROM's snapshot could not be made anew");
    }
    let snapshot = rom.snapshots.now();
    let view = snapshot.models.get(&model.parse().ok()?)?;
    let build = view.build(build)?;
    let mut shell = shell(app, person, Place::Rom).await;
    let t = shell.text();
    greet(&mut shell, &t, said);
    let mut page = WorkPage::new(shell, format!("{} ({})", build.version, build.incremental))
        .below("/admin/rom", t.get("staff-rom"))
        .with(Block::Facts(facts(&t, view, build)))
        .with(Block::Table(channels(&t, view, build)));
    page.lead = Some(match &build.withdrawn {
        Some(withdrawal) => {
            ("bad", t.one("build-withdrawn", "reason", withdrawal.reason.clone()).into_owned())
        }
        None => ("quiet", format!("{} {}", view.model.brand, view.model.name)),
    });
    let ways = ways_up(view, build, rom.now());
    if !ways.is_empty() && person.may(Permission::RolloutRun, None) {
        page = page.with(Block::Form(promotion(app, &t, build, &ways)));
    }
    if build.withdrawn.is_none() && person.may(Permission::RolloutHalt, None) {
        page = page.with(Block::Form(withdrawal(app, &t, build)));
    }
    Some(page)
}

fn facts(t: &Text, view: &ModelView, build: &Build) -> Facts {
    let pair = |id: &str, cell: Cell| (t.get(id).into_owned(), cell);
    let public = format!("/rom/en/device/{}/{}", build.model, build.incremental);
    let mut pairs = vec![
        pair("rom-desk-model", Cell::code(view.model.codename.to_string())),
        pair("rom-desk-published", Cell::text(t.moment(&build.published_at))),
        pair("build-page", Cell::link(build.incremental.to_string(), public)),
    ];
    if let Some(day) = &build.patch_level {
        pairs.push(pair("rom-desk-patch", Cell::text(t.date_short(day))));
    }
    if let Some(package) = build.whole() {
        pairs.push(pair("build-size", Cell::text(size(package.file.bytes, t))));
        pairs.push(pair("build-sha256", Cell::code(package.file.sha256.to_string())));
    }
    Facts { title: t.get("rom-desk-build").into_owned(), id: "build", pairs }
}

/// The channels that it is in, with its rollout there or the way to plan one.
fn channels(t: &Text, view: &ModelView, build: &Build) -> Table {
    let mut rows = Vec::new();
    for channel in Channel::ALL {
        let own = view.channel(channel);
        let Some(entry) = own.entries.iter().find(|entry| entry.build == build.id) else {
            continue;
        };
        let rollout = own.rollouts.iter().rev().find(|rollout| rollout.build == build.id);
        let way = match rollout {
            Some(rollout) => Cell::link(
                super::rom::state_words(t, rollout.standing.state),
                format!("/admin/rom/{}", rollout.id),
            )
            .toned(super::rom::state_tone(rollout.standing.state)),
            None if build.withdrawn.is_some() => Cell::text("–"),
            None => Cell::link(
                t.get("build-plan"),
                format!(
                    "/admin/rom/plan?channel={}&model={}&build={}",
                    channel.word(),
                    build.model,
                    build.incremental
                ),
            ),
        };
        let floor = if entry.floor { "build-floor-yes" } else { "build-floor-no" };
        rows.push(vec![
            Cell::code(channel.word()),
            Cell::text(t.moment(&entry.since)),
            Cell::text(t.get(floor)),
            way,
        ]);
    }
    Table {
        id: "channels",
        title: t.get("build-channels").into_owned(),
        columns: ["rom-desk-channel", "build-since", "build-floor", "build-rollout"]
            .map(|id| t.get(id).into_owned())
            .to_vec(),
        rows,
        empty: t.get("build-channels-none").into_owned(),
        ..Table::default()
    }
}

/// The channels that it could enter now.
fn ways_up(view: &ModelView, build: &Build, now: kontor_base::Instant) -> Vec<Channel> {
    let builds: Vec<Build> = view.builds.iter().map(|build| Build::clone(build)).collect();
    let entries: Vec<Entry> =
        view.channels().iter().flat_map(|channel| channel.entries.iter().cloned()).collect();
    let open = |channel: &Channel| promote(build, *channel, false, &builds, &entries, now).is_ok();
    // The next calmer one first: nightly, beta, stable.
    Channel::ALL.into_iter().rev().filter(open).collect()
}

fn promotion(app: &App, t: &Text, build: &Build, ways: &[Channel]) -> Form {
    let choices = ways.iter().map(|way| (way.word().to_owned(), way.word().to_owned())).collect();
    let first = ways.first().map_or("", |way| way.word());
    let floor = [("no", "build-floor-no"), ("yes", "build-floor-yes")]
        .map(|(value, id)| (value.to_owned(), t.get(id).into_owned()))
        .to_vec();
    let mut form = Form::new("promote", t.get("build-promote"), address(build))
        .hidden("key", form_key::fresh(app))
        .field(Field::new("channel", t.get("rom-desk-channel"), Kind::Choice(choices)).with(first))
        .field(
            Field::new("floor", t.get("build-floor"), Kind::Choice(floor))
                .with("no")
                .hint(t.get("build-floor-hint")),
        )
        .field(
            Field::new("reason", t.get("staff-reason"), Kind::Line)
                .up_to(500)
                .hint(t.get("staff-reason-hint")),
        )
        .button(t.get("build-promote-do"), "promote");
    form.hint = t.get("build-promote-hint").into_owned();
    form
}

fn withdrawal(app: &App, t: &Text, build: &Build) -> Form {
    let mut form = Form::new("withdraw", t.get("build-withdraw"), address(build))
        .hidden("key", form_key::fresh(app))
        .field(
            Field::new("reason", t.get("staff-reason"), Kind::Line)
                .up_to(200)
                .hint(t.get("build-withdraw-reason")),
        )
        .button(t.get("build-withdraw-do"), "withdraw")
        .folded();
    form.hint = t.get("build-withdraw-hint").into_owned();
    form
}

pub(super) async fn act(
    State(app): State<App>,
    uri: Uri,
    Extension(person): Extension<Person>,
    Path((model, build)): Path<(String, String)>,
    form: Result<Typed<Vec<(String, String)>>, FormRejection>,
) -> Response {
    let sent = match sent(&app, &uri, form) {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    if page(&app, &person, &model, &build, "").await.is_none() {
        return nothing(&app, &uri);
    }
    let named = RomBuild { model: model.clone(), incremental: build.clone() };
    let back = format!("/admin/rom/builds/{model}/{build}");
    let act = match sent.get("do") {
        "withdraw" => RomAct::Withdraw { build: named, reason: sent.get("reason").to_owned() },
        "promote" => RomAct::Promote {
            build: named,
            channel: sent.get("channel").to_owned(),
            floor: sent.get("floor") == "yes",
        },
        _ => return Problem::bad_form().respond(&app, uri.path(), None),
    };
    let form = if matches!(act, RomAct::Withdraw { .. }) { "withdraw" } else { "promote" };
    match carry(&app, &uri, &person, &sent, Act::Rom(act), &back).await {
        Ok(response) => {
            // Whoever withdraws a build knows that this node offers it to nobody any more.
            if let Some(rom) = &app.rom
                && let Err(fault) = rom.refresh().await
            {
                tracing::warn!(%fault, "the ROM's snapshot could not be made anew");
            }
            response
        }
        Err(trouble) => match page(&app, &person, &model, &build, "").await {
            Some(page) => trouble.show(page, form, &sent),
            None => nothing(&app, &uri),
        },
    }
}
