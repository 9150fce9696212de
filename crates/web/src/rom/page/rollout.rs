//! `GET /rom/{language}/rollout/{rollout}`: where a rollout stands, with its curve.
//!
//! Reports come in all the time and change no snapshot, so this page asks the database; what it
//! said is said again for a few seconds, so that a page that many people look at costs nothing.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use kontor_base::Instant;
use kontor_domain::rollout::{Advance, Audience, Event, Rollout, RolloutState, WHOLE};
use kontor_rom::rollout::{Status, status_of};

use super::{HTML, Visit, nothing_here};
use crate::kit::app::App;
use crate::kit::pages::Page;
use crate::kit::problem::Problem;
use crate::kit::routes::{Class, Route};
use crate::kit::text::Text;
use crate::page::rom::{Count, Curve, Mark, RolloutPage, StepLine, WaveLine, WavePlace};

pub(super) const ROUTE: Route = Route::read("/rom/{language}/rollout/{rollout}", Class::Page);

/// How long an answer is given again, in seconds.
const KEPT_S: i64 = 5;
/// The most points of a curve; longer rollouts are drawn by the day.
const POINTS_MAX: usize = 96;
/// The most steps that are marked on it.
const MARKS_MAX: usize = 24;

pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    asked: HeaderMap,
    Path((language, id)): Path<(String, String)>,
) -> Response {
    let visit = Visit::find(&app, &language);
    let Some((visit, rollout)) = visit.zip(id.parse().ok()) else {
        return nothing_here(&app, &uri);
    };
    let key = format!("{}{id}", visit.language.tag());
    let now = visit.rom.now();
    if let Some(page) = app.rom_moments.get(&key, now) {
        return page.respond(&asked);
    }
    let status = match status_of(visit.rom, rollout).await {
        Ok(Some(status)) => status,
        Ok(None) => return nothing_here(&app, &uri),
        Err(fault) => return Problem::fault(&fault).respond(&app, uri.path(), None),
    };
    let Some(page) = page(&visit, &status, now) else { return nothing_here(&app, &uri) };
    match askama::Template::render(&page) {
        Ok(body) => {
            let page = Page::new(body, HTML);
            app.rom_moments.keep(&key, now.plus_seconds(KEPT_S), page, now).respond(&asked)
        }
        Err(error) => {
            tracing::error!(%error, page = key, "a page could not be rendered");
            Problem::new(axum::http::StatusCode::INTERNAL_SERVER_ERROR, "request.fault").respond(
                &app,
                uri.path(),
                None,
            )
        }
    }
}

fn page(visit: &Visit<'_>, status: &Status, now: Instant) -> Option<RolloutPage> {
    let rollout = &status.rollout;
    let (model, build) = (visit.snapshot.models.get(&rollout.model)?, status.build.as_ref()?);
    let standing = &rollout.standing;
    let bytes = build.whole().map_or(0, |package| package.file.bytes);
    let t = Text::new(visit.language, None);
    // A share stands for devices that have the build or may fetch it; before the start and after
    // a halt nobody may.
    let share = match standing.state {
        RolloutState::Planned => 0,
        RolloutState::Done => WHOLE,
        _ => status.share,
    };
    Some(RolloutPage {
        shell: visit.shell(&format!("/rollout/{}", rollout.id)),
        id: rollout.id.to_string(),
        codename: rollout.model.to_string(),
        model: format!("{} {}", model.model.brand, model.model.name),
        channel: rollout.channel,
        version: build.version.to_string(),
        incremental: build.incremental.to_string(),
        state: standing.state,
        cause: standing.cause,
        since: standing.since,
        share,
        population: rollout.population,
        tally: status.tally,
        failures_max: rollout.gate.failures_max,
        reports_min: rollout.gate.reports_min,
        halts: rollout.gate.trip == kontor_domain::rollout::Trip::Halt,
        per_hour: rollout.pace.devices_per_hour(bytes),
        waves: waves(rollout, &t),
        curve: curve(status, now),
        steps: steps(status),
        failures: status.failures.iter().take(10).cloned().collect(),
    })
}

fn waves(rollout: &Rollout, t: &Text) -> Vec<WaveLine> {
    let standing = &rollout.standing;
    let place = |number: usize| match standing.state {
        RolloutState::Planned => WavePlace::Later,
        RolloutState::Done => WavePlace::Over,
        _ if number < standing.wave => WavePlace::Over,
        _ if number == standing.wave => WavePlace::Now,
        _ => WavePlace::Later,
    };
    let waves = rollout.waves.iter().enumerate();
    waves
        .map(|(number, wave)| WaveLine {
            share: wave.share,
            own: wave.audience == Audience::OwnDevices,
            countries: wave.countries.clone(),
            place: place(number),
            advance: match wave.advance {
                Advance::ByHand => t.get("rollout-advance-hand").into_owned(),
                Advance::After { seconds } => {
                    t.one("rollout-advance-after", "hours", seconds.div_ceil(3_600)).into_owned()
                }
                Advance::Succeeded { devices_min, share_min } => {
                    let share = t.percent(&kontor_base::Rate::from_ppm(share_min));
                    t.two("rollout-advance-succeeded", "devices", devices_min, "share", share)
                        .into_owned()
                }
            },
        })
        .collect()
}

fn steps(status: &Status) -> Vec<StepLine> {
    let line = |step: &kontor_store::rollout::StepTaken| StepLine {
        at: step.at,
        state: step.state,
        wave: step.wave + 1,
        cause: step.cause,
        tally: step.tally,
        note: step.note.clone(),
    };
    status.steps.iter().map(line).collect()
}

/// The reports by the hour, or by the day where that is too many points; none without reports.
fn curve(status: &Status, now: Instant) -> Option<Curve> {
    let first = status.hours.first()?.hour;
    let begun = status.steps.iter().find(|step| step.state == RolloutState::Running);
    let from = begun.map_or(first, |step| step.at.min(first));
    let last = status.hours.last()?.hour.plus_seconds(3_600);
    let hours = usize::try_from(last.seconds_since(from) / 3_600).unwrap_or(usize::MAX);
    let step_s = if hours > POINTS_MAX { 24 * 3_600 } else { 3_600 };
    let (mut installed, mut failed) = (0, 0);
    let mut counts: Vec<Count> = Vec::new();
    for count in &status.hours {
        match count.event {
            Event::Installed => installed += count.devices,
            Event::Failed | Event::RolledBack => failed += count.devices,
            Event::Downloaded => continue,
        }
        let gone = (count.hour.seconds_since(from).max(0) / step_s + 1) * step_s;
        let point = Count { at: from.plus_seconds(gone).min(now), installed, failed };
        match counts.last_mut() {
            Some(before) if before.at >= point.at => *before = Count { at: before.at, ..point },
            _ => counts.push(point),
        }
    }
    let ends = counts.last()?.at;
    let to = match status.rollout.standing.state {
        RolloutState::Running | RolloutState::Paused => now,
        _ => status.rollout.standing.since,
    };
    let marks = status.steps.iter().enumerate().take(MARKS_MAX);
    Some(Curve {
        counts,
        marks: marks.map(|(place, step)| Mark { at: step.at, number: place + 1 }).collect(),
        from,
        to: to.max(ends),
    })
}
