//! The signed answer to an update check: what devices of one model, channel and present build, in
//! one part of a rollout, are to install.
//!
//! An offer is made when a rollout moves, not when a device asks: one signature per group, kept
//! and served from a cache. Its key is online and named by the top-level targets as the delegated
//! role [`OFFERS_ROLE`]. A device installs only what the offer names *and* the offline-signed
//! metadata vouches for, so a stolen offers key can hold devices back or send them to another
//! genuine build for their hardware that is newer than theirs, and nothing else.
//!
//! So that nobody in between can hand the first devices' offer to everybody, an offer says to whom
//! it speaks in a way that a device can check of itself: its *cohort*, a number that it has drawn
//! once, has a [`place`] in each rollout, and the offer says below which place it speaks.

use kontor_base::{Instant, Random, unhex};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::document::Document;
use super::limits::{OFFER_BYTES_MAX, VERSION_MAX};
use super::metadata::{Body, SPEC_VERSION, check_target_name};
use super::rejected::Rejected;
use super::trusted::Trusted;

/// The delegated role whose keys sign offers.
pub const OFFERS_ROLE: &str = "offers";

/// A device belongs to one of so many cohorts: fine enough for a hundredth of a percent, coarse
/// enough that a cohort is thousands of devices and names nobody.
pub const COHORTS: u16 = 10_000;

/// Poll intervals lie between a minute and 30 days.
const POLL_S: std::ops::RangeInclusive<u64> = 60..=30 * 86_400;

/// A number that a device draws once and keeps: from 0 to [`COHORTS`] - 1.
#[must_use]
pub fn draw_cohort(random: &Random) -> u16 {
    let drawn = u128::from_le_bytes(random.bytes16()) % u128::from(COHORTS);
    u16::try_from(drawn).expect("below ten thousand")
}

/// The place of a cohort in the rollout with this salt: a permutation of all cohorts, so that `n` %
/// takes in exactly `n` % of them, and another one first each time.
///
/// A Feistel network of four rounds over 14 bits, whose round function is the first byte of
/// SHA-256(salt, round, half); results beyond the last cohort go through again.
///
/// # Panics
///
/// Never for a cohort below [`COHORTS`]; others are taken modulo it.
#[must_use]
pub fn place(cohort: u16, salt: &[u8; 16]) -> u16 {
    let mut value = cohort % COHORTS;
    loop {
        let (mut left, mut right) = (value >> 7, value & 0x7f);
        for round in 0..4_u8 {
            let mut hash = Sha256::new();
            hash.update(salt);
            hash.update([round, right.to_le_bytes()[0]]);
            let mixed = u16::from(hash.finalize()[0] & 0x7f);
            (left, right) = (right, left ^ mixed);
        }
        value = left << 7 | right;
        // A permutation of 16 384 values: walking on from outside comes back inside.
        if value < COHORTS {
            return value;
        }
    }
}

/// The part of a rollout that an offer speaks to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Places {
    /// Below which place.
    pub below: u16,
    /// The rollout's salt, 16 bytes in hex.
    pub salt: String,
}

/// To whom an offer speaks. A device compares it with itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Audience {
    /// The model's codename.
    pub model: String,
    /// The channel.
    pub channel: String,
    /// The incremental of the build that the device runs; empty: one that the server does not know.
    pub source: String,
    /// The part of a rollout; without it, whatever the place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub places: Option<Places>,
    /// In which countries; empty: in all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub countries: Vec<String>,
    /// Only the company's own devices.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub own: bool,
}

/// What a device says of itself when it reads an offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hearer<'a> {
    /// Its model.
    pub model: &'a str,
    /// Its channel.
    pub channel: &'a str,
    /// The incremental of the build that it runs.
    pub source: &'a str,
    /// Its cohort.
    pub cohort: u16,
    /// Where it is, if it says so.
    pub country: Option<&'a str>,
    /// Whether it is one of the company's own.
    pub own: bool,
}

impl Audience {
    /// Whether the device is one of them.
    #[must_use]
    pub fn includes(&self, hearer: &Hearer<'_>) -> bool {
        let same = self.model == hearer.model && self.channel == hearer.channel;
        let source = self.source.is_empty() || self.source == hearer.source;
        let placed = || {
            self.places.as_ref().is_none_or(|places| {
                unhex(&places.salt).is_some_and(|salt| place(hearer.cohort, &salt) < places.below)
            })
        };
        let there = self.countries.is_empty()
            || hearer.country.is_some_and(|own| self.countries.iter().any(|named| named == own));
        same && source && there && (!self.own || hearer.own) && placed()
    }
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
    /// Rises with every decision; a device never goes back.
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

    /// Reads an offer for `hearer`; `seen` is the version of the last one that was believed.
    ///
    /// # Errors
    ///
    /// [`Rejected::Threshold`], [`Rejected::Expired`], [`Rejected::Rollback`],
    /// [`Rejected::OtherAudience`] when it speaks to somebody else, [`Rejected::Malformed`].
    pub fn read(
        bytes: &[u8],
        trusted: &Trusted,
        hearer: &Hearer<'_>,
        seen: u64,
        now: Instant,
    ) -> Result<Self, Rejected> {
        let document = Document::parse("offer", bytes, OFFER_BYTES_MAX)?;
        let (keys, role) = trusted.delegation(OFFERS_ROLE)?;
        document.check("offer", keys, &role.keyids, role.threshold)?;
        let offer: Self = document.body()?;
        if !offer.audience.includes(hearer) {
            return Err(Rejected::OtherAudience);
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
        // Both are shown to people and stand in addresses.
        let texts = self.install.iter().map(|install| install.incremental.as_str());
        if !texts.chain([self.reason.as_str()]).all(is_plain) {
            return Err(Rejected::malformed(
                "a text of the offer has other characters than it may",
            ));
        }
        let names = self.install.iter().flat_map(|install| &install.targets);
        if names.clone().count() > 8 {
            return Err(Rejected::malformed("the offer names too many files"));
        }
        names.map(String::as_str).try_for_each(check_target_name)
    }
}

/// 1 to 64 letters, digits, `.`, `_`, `-`, `+`.
fn is_plain(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-+".contains(&byte);
    (1..=64).contains(&text.len()) && text.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_a_permutation_that_differs_with_the_salt() {
        for salt in [[0; 16], [7; 16]] {
            let mut seen = vec![false; usize::from(COHORTS)];
            for cohort in 0..COHORTS {
                let place = usize::from(place(cohort, &salt));
                assert!(!std::mem::replace(&mut seen[place], true), "{place} comes twice");
            }
        }
        let moved = (0..COHORTS).filter(|c| place(*c, &[0; 16]) != place(*c, &[7; 16])).count();
        assert!(moved > 9_900, "{moved}");
        // Other programs arrive at the same places: fixed for ever.
        assert_eq!([place(0, &[0; 16]), place(1, &[0; 16])], [FIRST, SECOND]);
    }

    /// Worked out with another program from the words at [`place`].
    const FIRST: u16 = 100;
    const SECOND: u16 = 5084;

    #[test]
    fn an_audience_includes_exactly_whom_it_names() {
        let hearer = Hearer {
            model: "one",
            channel: "stable",
            source: "a1",
            cohort: 5,
            country: Some("DE"),
            own: false,
        };
        let all = Audience {
            model: "one".into(),
            channel: "stable".into(),
            source: "a1".into(),
            ..Audience::default()
        };
        assert!(all.includes(&hearer));
        assert!(Audience { source: String::new(), ..all.clone() }.includes(&hearer));
        assert!(!Audience { source: "a2".into(), ..all.clone() }.includes(&hearer));
        assert!(!Audience { model: "two".into(), ..all.clone() }.includes(&hearer));
        assert!(!Audience { channel: "beta".into(), ..all.clone() }.includes(&hearer));
        assert!(!Audience { own: true, ..all.clone() }.includes(&hearer));
        assert!(
            Audience { own: true, ..all.clone() }.includes(&Hearer { own: true, ..hearer.clone() })
        );
        let abroad = Audience { countries: vec!["FR".into()], ..all.clone() };
        assert!(!abroad.includes(&hearer));
        assert!(!abroad.includes(&Hearer { country: None, ..hearer.clone() }));
        let own_place = place(5, &[9; 16]);
        let part = |below| Audience {
            places: Some(Places { below, salt: "09".repeat(16) }),
            ..all.clone()
        };
        assert!(part(own_place + 1).includes(&hearer) && !part(own_place).includes(&hearer));
        let nonsense = Places { below: COHORTS, salt: "xyz".into() };
        assert!(!Audience { places: Some(nonsense), ..all }.includes(&hearer));
    }
}
