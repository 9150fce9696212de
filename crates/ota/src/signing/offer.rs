//! The signed answer to an update check: what devices of one model, channel, cohort and present
//! build are to install.
//!
//! An offer is made when a rollout moves, not when a device asks: one signature per group, kept
//! and served from a cache. Its key is online and named by the top-level targets as the delegated
//! role [`OFFERS_ROLE`]. A device installs only what the offer names *and* the offline-signed
//! metadata vouches for, so a stolen offers key can hold devices back or send them to another
//! genuine build for their hardware that is newer than theirs, and nothing else.

use kontor_base::Instant;
use serde::{Deserialize, Serialize};

use super::document::Document;
use super::limits::{OFFER_BYTES_MAX, VERSION_MAX};
use super::metadata::{Body, SPEC_VERSION, check_target_name};
use super::rejected::Rejected;
use super::trusted::Trusted;

/// The delegated role whose keys sign offers.
pub const OFFERS_ROLE: &str = "offers";

/// Poll intervals lie between a minute and 30 days.
const POLL_S: std::ops::RangeInclusive<u64> = 60..=30 * 86_400;

/// To whom an offer speaks. A device compares it with itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Audience {
    /// The model's codename.
    pub model: String,
    /// The channel.
    pub channel: String,
    /// The group of devices within a rollout.
    pub cohort: u32,
    /// The incremental of the build that the device runs.
    pub source: String,
}

/// The files that lead to a build, best first: usually a delta, then the whole image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Install {
    /// The incremental of the build.
    pub incremental: String,
    /// Its release counter.
    pub release_counter: u64,
    /// Names of targets.
    pub targets: Vec<String>,
}

/// A signed answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    #[serde(rename = "_type")]
    kind: String,
    /// To whom it speaks.
    pub audience: Audience,
    /// When it ends.
    pub expires: Instant,
    /// What to install; nothing when the device is to stay as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub install: Option<Install>,
    /// When to ask again, in seconds.
    pub poll_s: u64,
    /// Why, as a stable code.
    pub reason: String,
    spec_version: String,
    /// Rises with every decision about this audience; a device never goes back.
    pub version: u64,
}

impl Offer {
    /// An offer.
    #[must_use]
    pub fn new(
        version: u64,
        expires: Instant,
        audience: Audience,
        install: Option<Install>,
        reason: &str,
        poll_s: u64,
    ) -> Self {
        Self {
            kind: Self::TYPE.into(),
            audience,
            expires: super::ceremony::whole_second(expires),
            install,
            poll_s: poll_s.clamp(*POLL_S.start(), *POLL_S.end()),
            reason: reason.to_owned(),
            spec_version: SPEC_VERSION.into(),
            version,
        }
    }

    /// Reads an offer for `audience`; `seen` is the version of the last one that was believed.
    ///
    /// # Errors
    ///
    /// [`Rejected::Threshold`], [`Rejected::Expired`], [`Rejected::Rollback`],
    /// [`Rejected::Malformed`] when it speaks to somebody else or is out of bounds.
    pub fn read(
        bytes: &[u8],
        trusted: &Trusted,
        audience: &Audience,
        seen: u64,
        now: Instant,
    ) -> Result<Self, Rejected> {
        let document = Document::parse("offer", bytes, OFFER_BYTES_MAX)?;
        let (keys, role) = trusted.delegation(OFFERS_ROLE)?;
        document.check("offer", keys, &role.keyids, role.threshold)?;
        let offer: Self = document.body()?;
        if offer.audience != *audience {
            return Err(Rejected::malformed("the offer speaks to other devices"));
        }
        if offer.version < seen {
            let got = offer.version;
            return Err(Rejected::Rollback { role: "offer".into(), had: seen, got });
        }
        if now >= offer.expires {
            return Err(Rejected::Expired { role: "offer".into(), at: offer.expires });
        }
        Ok(offer)
    }
}

impl Body for Offer {
    const TYPE: &'static str = "offer";

    fn version(&self) -> u64 {
        self.version
    }

    fn expires(&self) -> Instant {
        self.expires
    }

    fn check(&self) -> Result<(), Rejected> {
        if self.version == 0 || self.version > VERSION_MAX || !POLL_S.contains(&self.poll_s) {
            return Err(Rejected::malformed("a number of the offer is out of bounds"));
        }
        let names = self.install.iter().flat_map(|install| &install.targets);
        if names.clone().count() > 8 {
            return Err(Rejected::malformed("the offer names too many files"));
        }
        names.map(String::as_str).try_for_each(check_target_name)
    }
}
