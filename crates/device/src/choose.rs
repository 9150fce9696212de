//! What to install: a pure decision from believed metadata and who the device is.

use std::collections::BTreeMap;

use kontor_ota::signing::offer::Install;
use kontor_ota::signing::{FileKind, Rejected, Target};

use crate::memory::Identity;
use crate::refused::Refused;

/// What leads to the newest build, best first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Name and target, deltas before whole images.
    pub candidates: Vec<(String, Target)>,
}

/// Chooses among the targets of the device's model. `None`: it runs the newest already.
///
/// # Errors
///
/// [`Refused::OtherHardware`] when all that is newer is for other hardware;
/// [`Refused::OlderRelease`] when everything that is offered is older.
pub fn choose(
    identity: &Identity,
    targets: &BTreeMap<String, Target>,
) -> Result<Option<Choice>, Refused> {
    let mine: Vec<_> = targets.iter().filter(|(_, target)| is_for(identity, target)).collect();
    let Some(newest) = mine.iter().map(|(_, target)| target.custom.release_counter).max() else {
        return match targets.iter().next() {
            Some((name, _)) => Err(Refused::OtherHardware { name: name.clone() }),
            None => Ok(None),
        };
    };
    if newest == identity.release_counter {
        return Ok(None);
    }
    let mut candidates: Vec<_> = mine
        .into_iter()
        .filter(|(_, target)| target.custom.release_counter == newest)
        .filter(|(_, target)| fits(identity, target))
        .map(|(name, target)| (name.clone(), target.clone()))
        .collect();
    // A package is for the system's own updater; where there are images, they are what is installed.
    let kind = |target: &Target| target.custom.build.as_ref().map(|build| build.file);
    if candidates.iter().any(|(_, target)| kind(target) == Some(FileKind::Image)) {
        candidates.retain(|(_, target)| kind(target) != Some(FileKind::Package));
    }
    candidates.sort_by_key(|(_, target)| target.length);
    if let Some((name, target)) = candidates.first() {
        check(identity, name, target)?;
    }
    Ok((!candidates.is_empty()).then_some(Choice { candidates }))
}

/// Demands that a genuine target may be installed on this device.
///
/// # Errors
///
/// [`Refused::OtherHardware`], [`Refused::OlderRelease`].
pub fn check(identity: &Identity, name: &str, target: &Target) -> Result<(), Refused> {
    if !is_for(identity, target) {
        return Err(Refused::OtherHardware { name: name.to_owned() });
    }
    let (offered, installed) = (target.custom.release_counter, identity.release_counter);
    if offered < installed {
        return Err(Refused::OlderRelease { name: name.to_owned(), offered, installed });
    }
    Ok(())
}

fn is_for(identity: &Identity, target: &Target) -> bool {
    target.custom.hardware_ids.contains(&identity.hardware_id)
}

/// Demands that a genuine target is of the build that an offer has named: a thief of the offers key
/// could point to another one.
///
/// # Errors
///
/// [`Refused::Untrusted`].
pub fn check_offered(install: &Install, target: &Target) -> Result<(), Refused> {
    let custom = &target.custom;
    if custom.release_counter != install.release_counter
        || custom.incremental.as_ref() != Some(&install.incremental)
    {
        let (expected, got) = (install.release_counter, custom.release_counter);
        return Err(Rejected::Mixed { role: "the offered build".into(), expected, got }.into());
    }
    Ok(())
}

/// A delta fits when it leads from exactly the image that the device has, or from nothing.
pub(crate) fn fits(identity: &Identity, target: &Target) -> bool {
    let delta = target.custom.delta.as_ref();
    delta.is_none_or(|delta| delta.is_packed() || delta.from_sha256 == identity.image_sha256)
}
