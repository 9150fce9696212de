//! Which deltas are wanted: to the newest build of each channel, from the builds that most devices
//! run by their own reports. Where nothing was reported, from the newest before it. And from nothing,
//! where it has a whole image: its packed form, for every other device.

use std::collections::HashSet;
use std::sync::Arc;

use kontor_base::id::BuildId;
use kontor_domain::build::Build;
use kontor_domain::rollout::Tally;
use kontor_store::rollout::tally;
use kontor_store::{StoreError, delta};

use crate::core::Rom;

/// Wants the deltas that are missing; answers how many.
///
/// # Errors
///
/// A fault of the database.
pub async fn want_deltas(rom: &Arc<Rom>) -> Result<usize, StoreError> {
    let (at, snapshot, most) = (rom.now(), rom.snapshots.now(), rom.settings.delta_sources);
    let known = rom.db.read("delta.known", delta::all).await?;
    let images = rom.db.read("delta.images", delta::images).await?;
    let images: HashSet<BuildId> = images.into_iter().map(|(build, _)| build).collect();
    let known: Vec<(BuildId, BuildId)> = known.iter().map(|row| (row.from, row.to)).collect();
    let mut missing: Vec<(BuildId, BuildId, String)> = Vec::new();
    for view in snapshot.models.values() {
        for channel in kontor_domain::channel::Channel::ALL {
            let builds = offered(&view.channel(channel).builds);
            let Some((newest, before)) = builds.split_last() else { continue };
            let ids: Vec<BuildId> = before.iter().map(|build| build.id).collect();
            let tallies = rom
                .db
                .read("delta.sources", move |tx| {
                    ids.iter().map(|id| tally(tx, *id, channel)).collect::<Result<Vec<_>, _>>()
                })
                .await?;
            // What is downloaded whole is packed; a package is packed by its maker.
            let packed = images.contains(&newest.id).then_some(newest.id);
            for from in most_common(before, &tallies, most).into_iter().chain(packed) {
                let pair = (from, newest.id, view.model.codename.to_string());
                if !known.contains(&(pair.0, pair.1)) && !missing.contains(&pair) {
                    missing.push(pair);
                }
            }
        }
    }
    if missing.is_empty() {
        return Ok(0);
    }
    rom.db
        .write("delta.want", move |tx| {
            let mut wanted = 0;
            for (from, to, model) in &missing {
                wanted += usize::from(delta::want(tx, *from, *to, model, at)?);
            }
            Ok::<_, StoreError>(wanted)
        })
        .await
}

fn offered(builds: &[Arc<Build>]) -> Vec<Arc<Build>> {
    builds.iter().filter(|build| build.withdrawn.is_none()).cloned().collect()
}

/// The builds, oldest first, that most devices came to and were not seen to leave. A device that
/// moved on is counted with the later build, so the number of each build is what came to it less
/// what came to the builds after it, as far as that is known.
fn most_common(builds: &[Arc<Build>], tallies: &[Tally], most: usize) -> Vec<BuildId> {
    let mut ranked: Vec<(u64, usize)> = Vec::with_capacity(builds.len());
    let mut later = 0_u64;
    for place in (0..builds.len()).rev() {
        let came =
            tallies.get(place).map_or(0, |tally| tally.installed.saturating_sub(tally.rolled_back));
        ranked.push((came.saturating_sub(later), place));
        later = later.max(came);
    }
    // The newest first among equals.
    ranked.sort_by_key(|(devices, place)| (std::cmp::Reverse(*devices), std::cmp::Reverse(*place)));
    ranked.into_iter().take(most).map(|(_, place)| builds[place].id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kontor_base::Instant;

    fn build(number: u8) -> Arc<Build> {
        Arc::new(Build {
            id: BuildId::from_bytes([number; 16]),
            model: "one".parse().expect("a codename"),
            version: "1.0".parse().expect("a version"),
            incremental: format!("a{number}").parse().expect("an incremental"),
            built_at: Instant::from_micros(i64::from(number)),
            kind: "nightly".parse().expect("a kind"),
            sdk: 36,
            patch_level: None,
            fingerprint: None,
            vbmeta: None,
            release_counter: u64::from(number),
            notes: std::collections::BTreeMap::new(),
            packages: vec![],
            published_at: Instant::from_micros(0),
            withdrawn: None,
        })
    }

    #[test]
    fn most_devices_first_and_the_newest_among_equals() {
        let builds: Vec<_> = (1..=4).map(build).collect();
        let installed = |devices: [u64; 4]| {
            devices.map(|installed| Tally { installed, ..Tally::default() }).to_vec()
        };
        let numbers = |devices, most| {
            let ids = most_common(&builds, &installed(devices), most);
            ids.into_iter().map(|id| id.bytes()[0]).collect::<Vec<_>>()
        };
        assert_eq!(numbers([0, 0, 0, 0], 2), [4, 3], "nothing is known");
        assert_eq!(numbers([900, 100, 50, 40], 2), [1, 2], "most have stayed on the first");
        assert_eq!(numbers([900, 880, 100, 0], 3), [2, 3, 1], "most have left the first");
        assert!(numbers([1, 1, 1, 1], 0).is_empty());
    }
}
