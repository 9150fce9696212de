//! The signed answer to an update check. Decided from the same snapshot as every other answer, said
//! to the whole group of devices that it is right for, and signed once for them.

use std::sync::Arc;

use kontor_base::id::BuildId;
use kontor_base::{Country, Instant, hex};
use kontor_domain::build::Build;
use kontor_domain::channel::Channel;
use kontor_domain::rollout::{DeviceKey, Entrance, Rollout, WHOLE};
use kontor_ota::signing::offer::{Audience, COHORTS, Install, Offer, Places};
use kontor_ota::signing::{Document as SignedDocument, Rejected};

use crate::core::{
    Decided, Document, OfferKey, Question, Rom, Shown, Signed, SignedOffer, Snapshot, Source, Who,
};
use crate::signing::{delta_name, image_name, package_name, packed_name};

/// How long an offer lives, in seconds: what a device that was shown an old one by somebody in
/// between can be kept from knowing.
pub const OFFER_LIFE_S: i64 = 6 * 3_600;

/// A device's question for an offer.
#[derive(Clone, Copy, Debug)]
pub struct OfferQuestion<'a> {
    /// What it calls itself.
    pub model: &'a str,
    /// Its channel.
    pub channel: Channel,
    /// The incremental of the build that it runs.
    pub source: &'a str,
    /// Its cohort.
    pub cohort: u16,
    /// Its key, if it tells an id.
    pub device: Option<DeviceKey>,
    /// What it has shown of itself: without a credential it gets no receipt.
    pub shown: Shown,
    /// Where it is, if it says so.
    pub country: Option<Country>,
}

/// An offer.
#[derive(Clone, Debug)]
pub struct Offered {
    /// The signed document.
    pub document: Arc<Document>,
    /// What the device sends along with its reports, if it is known and is offered a build.
    pub receipt: Option<String>,
}

/// Why there is no offer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OfferRefusal {
    /// There is no such model.
    #[error("no builds are published for this model")]
    UnknownModel,
    /// The cohort is none.
    #[error("a cohort is a number below {COHORTS}")]
    Cohort,
    /// The server does not sign offers.
    #[error("this server signs no offers")]
    NotSigned,
    /// It could not be signed.
    #[error(transparent)]
    Rejected(#[from] Rejected),
}

impl OfferRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownModel => "device.unknown_model",
            Self::Cohort => "device.cohort",
            Self::NotSigned => "signing.no_offers",
            Self::Rejected(rejected) => rejected.code(),
        }
    }
}

/// The offer for a device.
///
/// # Errors
///
/// See [`OfferRefusal`].
pub fn offer(rom: &Rom, question: &OfferQuestion<'_>) -> Result<Offered, OfferRefusal> {
    if question.cohort >= COHORTS {
        return Err(OfferRefusal::Cohort);
    }
    let (snapshot, signed, now) = (rom.snapshots.now(), rom.signed.now(), rom.now());
    let key = signed.offers_key().ok_or(OfferRefusal::NotSigned)?;
    let asked = Question {
        model: question.model,
        channel: question.channel,
        source: Source { incremental: question.source, built_s: None },
        who: Who::Cohort { cohort: question.cohort, device: question.device },
        country: question.country,
    };
    let decided = snapshot.decide(&asked, now).ok_or(OfferRefusal::UnknownModel)?;
    let answers = decided.answers;
    let source = answers.source.as_deref();
    let install = answers.install.as_deref();
    let leads = install.map(|build| targets(&signed, source, build));
    // A build whose documents wait for the offline keys is as good as not published.
    let unsigned = leads.as_ref().is_some_and(Vec::is_empty);
    let install = install.filter(|_| !unsigned);
    let reason = if unsigned { "signing.pending" } else { answers.reason };
    let audience = Audience {
        // As the device calls itself: it compares.
        model: question.model.to_owned(),
        channel: question.channel.word().to_owned(),
        source: source.map(|build| build.incremental.to_string()).unwrap_or_default(),
        ..whom(&decided, install)
    };
    let kept = OfferKey { audience, install: install.map(|build| build.id), reason };
    let generation = (snapshot.generation, signed.version);
    let offered = rom.offers.get(generation, &kept, now, || {
        let install = install.map(|build| Install {
            incremental: build.incremental.to_string(),
            release_counter: build.release_counter,
            targets: leads.clone().unwrap_or_default(),
        });
        let offer = Offer::new(
            version(&snapshot),
            now.plus_seconds(OFFER_LIFE_S),
            kept.audience.clone(),
            install,
            reason,
            u64::from(rom.settings.poll_s),
        );
        let mut document = SignedDocument::new(&offer);
        document.sign(key)?;
        let body = String::from_utf8_lossy(&document.to_bytes()).into_owned();
        let renew_at = renew_at(now);
        Ok::<_, Rejected>(SignedOffer { document: Arc::new(Document::new(body)), renew_at })
    })?;
    let known = question.device.filter(|_| question.shown == Shown::Credential);
    let receipt = known.zip(install).and_then(|(device, build)| {
        let rollout = decided.view.rollout_of(build.id)?;
        Some(receipt_for(rom, device, build.id, rollout))
    });
    Ok(Offered { document: offered.document, receipt })
}

fn renew_at(now: Instant) -> Instant {
    now.plus_seconds(OFFER_LIFE_S / 2)
}

/// The facts' version rises with every decision and is the same on every node.
fn version(snapshot: &Snapshot) -> u64 {
    u64::try_from(snapshot.version).unwrap_or(0).max(1)
}

/// What shows that the device which got these answers was offered a build; for the check whose
/// answer is not signed. A device that has shown no credential gets none: it may have been invented
/// for this.
#[must_use]
pub fn receipt_of(
    rom: &Rom,
    device: DeviceKey,
    shown: Shown,
    decided: &Decided<'_>,
) -> Option<String> {
    if shown == Shown::Nothing {
        return None;
    }
    let build = decided.answers.install.as_deref()?;
    let rollout = decided.view.rollout_of(build.id)?;
    Some(receipt_for(rom, device, build.id, rollout))
}

fn receipt_for(rom: &Rom, device: DeviceKey, build: BuildId, rollout: &Rollout) -> String {
    hex(&rom.keys.receipt(device, build, rollout.id))
}

/// The part of the devices that an offer is right for.
fn whom(decided: &Decided<'_>, install: Option<&Build>) -> Audience {
    let nobody_in_particular = Audience::default();
    let (Some(live), Some(build)) = (&decided.view.live, install) else {
        return nobody_in_particular;
    };
    if live.rollout.build != build.id {
        return nobody_in_particular;
    }
    match decided.entrance {
        None | Some(Entrance::Everybody) => nobody_in_particular,
        Some(Entrance::Own) => Audience { own: true, ..nobody_in_particular },
        Some(Entrance::Wave { place, share }) => {
            let countries = live.rollout.waves.get(place).map(|wave| &wave.countries);
            let places = (share < WHOLE)
                .then(|| Places { below: places_below(share), salt: hex(&live.rollout.salt) });
            Audience {
                places,
                countries: countries.into_iter().flatten().map(ToString::to_string).collect(),
                ..nobody_in_particular
            }
        }
    }
}

/// How many cohorts have the middle of their place below a share in millionths: those are in.
fn places_below(share: u32) -> u16 {
    let width = WHOLE / u32::from(COHORTS);
    let below = (share + width / 2 - 1) / width;
    u16::try_from(below.min(u32::from(COHORTS))).unwrap_or(COHORTS)
}

/// The names of the targets that lead to a build, best first; none while its documents are unsigned.
fn targets(signed: &Signed, source: Option<&Build>, build: &Build) -> Vec<String> {
    let Some(known) = signed.targets(build.model.as_str()) else { return Vec::new() };
    let whole = [image_name(build), package_name(build)];
    let Some(whole) = whole.into_iter().find(|name| known.contains_key(name)) else {
        return Vec::new();
    };
    let delta = source.map(|source| delta_name(source, build));
    let smaller = delta.into_iter().chain([packed_name(build)]);
    smaller.filter(|name| known.contains_key(name)).chain([whole]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kontor_domain::rollout::Point;

    #[test]
    fn the_places_that_are_told_are_those_that_are_in() {
        for share in [0, 1, 49, 50, 51, 100, 149, 150, 151, 10_000, 123_456, 999_949, 999_951] {
            let inside = (0..COHORTS)
                .filter(|place| {
                    Point::of_place(*place, COHORTS).is_some_and(|p| p.millionths() < share)
                })
                .count();
            assert_eq!(usize::from(places_below(share)), inside, "{share}");
        }
    }
}
