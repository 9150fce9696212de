//! `GET /rom/{language}/device/{device}/{build}`: a build with notes, files and checksums.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use kontor_base::Language;
use kontor_domain::build::Build;
use kontor_domain::channel::Channel;
use kontor_rom::core::ModelView;

use super::{HTML, Visit, nothing_here, view};
use crate::kit::app::App;
use crate::kit::routes::{Class, Route};
use crate::page::Said;
use crate::page::rom::{BuildPage, InChannel, PackageLine};

pub(super) const ROUTE: Route = Route::read("/rom/{language}/device/{device}/{build}", Class::Page);

pub(super) async fn show(
    State(app): State<App>,
    uri: Uri,
    asked: HeaderMap,
    Path((language, device, incremental)): Path<(String, String, String)>,
) -> Response {
    let Some(visit) = Visit::find(&app, &language) else { return nothing_here(&app, &uri) };
    let model = visit.snapshot.models.values().find(|m| m.model.codename.as_str() == device);
    let found = model.and_then(|model| Some((model, model.build(&incremental)?)));
    let Some((model, build)) = found else { return nothing_here(&app, &uri) };
    let rest = format!("/device/{device}/{incremental}");
    visit.kept(&asked, &rest, HTML, || page(&visit, model, build, &rest))
}

fn page(visit: &Visit<'_>, model: &ModelView, build: &Build, rest: &str) -> BuildPage {
    BuildPage {
        shell: visit.shell(rest),
        codename: model.model.codename.to_string(),
        model: format!("{} {}", model.model.brand, model.model.name),
        picture: view::picture(&model.model),
        version: build.version.to_string(),
        incremental: build.incremental.to_string(),
        built: build.built_at,
        published: build.published_at,
        kind: build.kind.as_str().to_owned(),
        sdk: build.sdk,
        patch_level: build.patch_level,
        fingerprint: build.fingerprint.clone(),
        notes: notes(build, visit.language),
        withdrawn: build.withdrawn.as_ref().map(|withdrawal| withdrawal.reason.clone()),
        packages: packages(build),
        channels: channels(visit, model, build),
    }
}

/// The notes in the page's language, else in English, else in any; with the language they are in.
pub(super) fn notes(build: &Build, language: Language) -> Option<Said> {
    let in_language = |language: Language| {
        build.notes.get(&language).map(|text| Said::new(text.clone(), language))
    };
    let any =
        || build.notes.iter().next().map(|(language, text)| Said::new(text.clone(), *language));
    in_language(language).or_else(|| in_language(Language::En)).or_else(any)
}

fn packages(build: &Build) -> Vec<PackageLine> {
    if build.withdrawn.is_some() {
        // What devices must not install, people should not either.
        return Vec::new();
    }
    let line = |package: &kontor_domain::build::Package| PackageLine {
        name: package.file.name.clone(),
        url: format!("/rom/files/{}/{}", package.file.sha256, package.file.name),
        bytes: package.file.bytes,
        sha256: package.file.sha256.to_string(),
        source: package.source.as_ref().map(ToString::to_string),
    };
    build.packages.iter().map(line).collect()
}

fn channels(visit: &Visit<'_>, model: &ModelView, build: &Build) -> Vec<InChannel> {
    let now = visit.rom.now();
    let of = |channel: Channel| {
        let found = model.channel(channel);
        let entry = found.entries.iter().find(|entry| entry.build == build.id)?;
        let rollout = found.rollouts.iter().rev().find(|rollout| rollout.build == build.id);
        Some(InChannel {
            channel,
            since: entry.since,
            floor: entry.floor,
            reach: view::reach(found, build, now),
            rollout: rollout.map(|rollout| rollout.id.to_string()),
        })
    };
    Channel::ALL.into_iter().filter_map(of).collect()
}
