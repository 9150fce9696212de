//! What the signed metadata is to vouch for: everything of every build that is not withdrawn.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use kontor_base::id::BuildId;
use kontor_domain::build::{Build, BuildFile};
use kontor_domain::device::DeviceModel;
use kontor_ota::signing::{BuildFacts, Custom, DeltaOf, FileKind, Hashes, Target};
use kontor_store::{StoreError, Tx, build as builds, delta, device as devices};

use crate::core::{Failure, Outcome, Rom};
use crate::signing::{
    Proposed, Repository, SigningRefusal, Wanted, delta_name, image_name, package_name,
    packed_name, propose_in, wanting,
};

/// What the documents are to say now, by model.
///
/// # Errors
///
/// A fault of the database.
pub fn wanted_targets(tx: &mut Tx<'_>) -> Result<Wanted, StoreError> {
    let images: HashMap<BuildId, BuildFile> = delta::images(tx)?.into_iter().collect();
    let deltas = delta::all(tx)?;
    let mut wanted = Wanted::new();
    for model in devices::all(tx)? {
        let all = builds::of_model(tx, model.codename.as_str())?;
        let by_id: HashMap<BuildId, &Build> = all.iter().map(|build| (build.id, build)).collect();
        let mut targets = BTreeMap::new();
        for build in all.iter().filter(|build| build.withdrawn.is_none()) {
            if let Some(file) = images.get(&build.id) {
                targets.insert(image_name(build), target(&model, build, file, FileKind::Image));
            }
            if let Some(package) = build.whole() {
                let kind = FileKind::Package;
                targets.insert(package_name(build), target(&model, build, &package.file, kind));
            }
        }
        for row in deltas.iter().filter(|row| row.model == model.codename.as_str()) {
            let (Some(from), Some(to)) = (by_id.get(&row.from), by_id.get(&row.to)) else {
                continue;
            };
            let (Some(made), None) = (&row.made, &to.withdrawn) else { continue };
            let mut named = target(&model, to, &made.file, FileKind::Delta);
            named.custom.delta = Some(DeltaOf {
                from_sha256: made.from_sha256.to_string(),
                to_sha256: made.to_sha256.to_string(),
                to_length: made.to_bytes,
            });
            let name = if row.is_packed() { packed_name(to) } else { delta_name(from, to) };
            targets.insert(name, named);
        }
        wanted.insert(model.codename.to_string(), targets);
    }
    Ok(wanted)
}

fn target(model: &DeviceModel, build: &Build, file: &BuildFile, kind: FileKind) -> Target {
    let names = [&model.codename].into_iter().chain(&model.also);
    Target {
        custom: Custom {
            hardware_ids: names.map(ToString::to_string).collect(),
            release_counter: build.release_counter,
            incremental: Some(build.incremental.to_string()),
            build: Some(BuildFacts {
                file: kind,
                version: build.version.to_string(),
                built: build.built_s(),
                sdk: build.sdk,
                patch_level: build.patch_level.map(|day| day.to_string()),
            }),
            delta: None,
        },
        hashes: Hashes { sha256: file.sha256.to_string() },
        length: file.bytes,
    }
}

/// Brings the signed metadata after what is published: signs where the server may, and puts the rest
/// down for the offline keys. Runs after every change, and twice without harm.
///
/// # Errors
///
/// A fault, or a refusal.
pub async fn keep_targets(rom: &Arc<Rom>) -> Outcome<Proposed, SigningRefusal> {
    let (at, keys) = (rom.now(), rom.keys.clone());
    // Looked at in a reading transaction first: mostly nothing is due.
    let look = keys.clone();
    let (due, undelegated) = rom
        .db
        .read("signing.look", move |tx| {
            let wanted = wanted_targets(tx)?;
            let (due, undelegated) = wanting(&Repository::load(tx, &look)?, &wanted, at)?;
            Ok::<_, Failure<SigningRefusal>>((due.len(), undelegated))
        })
        .await?;
    if due == 0 {
        return Ok(Proposed { undelegated, ..Proposed::default() });
    }
    let proposed = rom
        .db
        .write("signing.propose", move |tx| {
            let wanted = wanted_targets(tx)?;
            propose_in(tx, &keys, &wanted, at)
        })
        .await?;
    rom.refresh().await?;
    for role in &proposed.released {
        tracing::info!(%role, "signed metadata published");
    }
    for role in &proposed.waiting {
        tracing::warn!(%role, "signed metadata waits for its offline keys: `kontor rom key export`");
    }
    Ok(proposed)
}
