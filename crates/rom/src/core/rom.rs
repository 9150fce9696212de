//! The ROM service that every use case is given: database, clock, keys, files, snapshot.

use std::net::IpAddr;

use kontor_base::id::{BuildId, RolloutId};
use kontor_base::{Clock, Instant, KeyedHash, Random, SecretKey, id, secret};
use kontor_domain::rollout::DeviceKey;
use kontor_store::{Db, StoreError};
use serde::{Deserialize, Serialize};

use super::credentials::Credentials;
use super::files::Files;
use super::offers::OfferCache;
use super::signed::SignedView;
use super::snapshot::Snapshots;
use crate::build::Certificate;

/// The longest id of a device, in bytes.
const DEVICE_ID_BYTES_MAX: usize = 128;

/// What the operator may set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Scheme and host of links in documents, without a final slash.
    pub origin: String,
    /// How often devices ask, in seconds.
    pub poll_s: u32,
    /// Up to how many seconds more each device waits, by its own chance.
    pub jitter_s: u32,
    /// Other places with the same files: scheme, host and path before `/{sha256}/{name}`.
    pub mirrors: Vec<String>,
    /// From how many earlier builds of a channel deltas lead to its newest one.
    pub delta_sources: usize,
    /// The largest old image that a delta is made from, in bytes: making one takes that much
    /// memory and 311 MiB.
    pub delta_old_bytes_max: u64,
    /// The certificates of the keys with which packages are signed; none: their lists of parts are
    /// compared with them, and who signed those is left to devices.
    pub package_certificates: Vec<Certificate>,
    /// Whether clients are sent elsewhere for the bytes of files.
    pub redirect: Redirect,
    /// The most bytes a second to one client; 0: no limit.
    pub client_bytes_per_s: u64,
    /// The most bytes a second to all together; 0: no limit.
    pub total_bytes_per_s: u64,
}

/// Where clients are sent for the bytes of files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Redirect {
    /// Nowhere: they come from here, and the mirrors are named beside them.
    #[default]
    None,
    /// To one of the mirrors.
    Mirror,
    /// To the bucket, with an address that ends.
    Bucket,
}

impl Default for Settings {
    /// Every four hours, spread over one; deltas from three builds of up to 2 GiB.
    fn default() -> Self {
        Self {
            origin: String::new(),
            poll_s: 14_400,
            jitter_s: 3_600,
            mirrors: Vec::new(),
            delta_sources: 3,
            delta_old_bytes_max: 2 << 30,
            package_certificates: Vec::new(),
            redirect: Redirect::None,
            client_bytes_per_s: 0,
            total_bytes_per_s: 0,
        }
    }
}

/// Keys for each purpose, derived from the one secret that the operator guards.
#[derive(Clone, Debug)]
pub struct Keys {
    device: SecretKey,
    address: SecretKey,
    receipt: SecretKey,
    seal: [u8; 32],
    publisher: SecretKey,
    /// Tells devices that were here before from invented ones.
    pub credentials: Credentials,
}

impl Keys {
    /// The keys derived from `secret`.
    #[must_use]
    pub fn new(secret: &SecretKey) -> Self {
        Self {
            device: secret.derive("rom device"),
            address: secret.derive("rom address"),
            receipt: secret.derive("rom receipt"),
            seal: secret.sign(b"rom signing keys"),
            publisher: secret.derive("rom publisher"),
            credentials: Credentials::new(secret),
        }
    }

    /// The hash under which a device is known; `None` for an id that is none: 8 to 128 visible
    /// ASCII characters.
    #[must_use]
    pub fn device(&self, id: &str) -> Option<DeviceKey> {
        let fits = (8..=DEVICE_ID_BYTES_MAX).contains(&id.len());
        (fits && id.bytes().all(|b| b.is_ascii_graphic()))
            .then(|| DeviceKey(self.device.hash(id.as_bytes())))
    }

    /// A token with which `name` may publish builds until `until`: nothing of it is stored, so it
    /// ends by its date or with the secret. `None` for a name that is none: 1 to 40 letters, digits
    /// and `-`.
    #[must_use]
    pub fn publisher_token(&self, name: &str, until: Instant) -> Option<String> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        if !(1..=40).contains(&name.len()) || !name.bytes().all(plain) {
            return None;
        }
        let said = format!("{}.{name}", until.millis().div_euclid(1_000));
        Some(format!("{said}.{}", id::encode(self.publisher.hash(said.as_bytes()))))
    }

    /// Who may publish with this token now.
    #[must_use]
    pub fn publisher<'t>(&self, token: &'t str, now: Instant) -> Option<&'t str> {
        let (said, proof) = token.rsplit_once('.')?;
        let proof = id::decode(proof)?;
        if !secret::equal(&proof, &self.publisher.hash(said.as_bytes())) {
            return None;
        }
        let (until, name) = said.split_once('.')?;
        (now.millis().div_euclid(1_000) < until.parse().ok()?).then_some(name)
    }

    /// Stands in for a device's key where a client tells no id: approximate, as an address can
    /// have many devices and a device many addresses. Never stored.
    #[must_use]
    pub fn address(&self, address: IpAddr) -> DeviceKey {
        DeviceKey(self.address.hash(address.to_string().as_bytes()))
    }
}

impl Keys {
    /// What a device is given when it is offered a build by a rollout, and gives back with its
    /// reports: it shows that the device was offered the build, and needs nothing stored.
    #[must_use]
    pub fn receipt(&self, device: DeviceKey, build: BuildId, rollout: RolloutId) -> KeyedHash {
        let message = [device.0, *build.bytes(), *rollout.bytes()].concat();
        self.receipt.hash(&message)
    }

    /// The secret that seals the server's signing keys in the database.
    pub(crate) const fn seal(&self) -> &[u8; 32] {
        &self.seal
    }
}

/// The ROM service.
#[derive(Debug)]
pub struct Rom {
    /// The database.
    pub db: Db,
    /// Where "now" comes from.
    pub clock: Clock,
    /// Where randomness comes from.
    pub random: Random,
    /// The derived keys.
    pub keys: Keys,
    /// What the operator has set.
    pub settings: Settings,
    /// The store of files.
    pub files: Files,
    /// What devices are answered from.
    pub snapshots: Snapshots,
    /// What devices trust.
    pub signed: SignedView,
    /// Offers that were signed already.
    pub offers: OfferCache,
}

impl Rom {
    /// Opens the service on `db`: reads the first snapshot.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub async fn open(
        db: Db,
        clock: Clock,
        random: Random,
        secret: &SecretKey,
        files: Files,
        settings: Settings,
    ) -> Result<Self, StoreError> {
        let snapshots = Snapshots::load(&db, &settings).await?;
        let keys = Keys::new(secret);
        let signed = SignedView::load(&db, &keys).await?;
        let offers = OfferCache::default();
        Ok(Self { db, clock, random, keys, settings, files, snapshots, signed, offers })
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Makes the snapshot anew if something has changed; gives whether it did.
    ///
    /// # Errors
    ///
    /// When the database cannot be read; the old snapshot stays.
    pub async fn refresh(&self) -> Result<bool, StoreError> {
        let snapshot = self.snapshots.refresh(&self.db, &self.settings).await?;
        Ok(self.signed.refresh(&self.db, &self.keys).await? || snapshot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_publishers_token_ends_and_cannot_be_changed() {
        let keys = Keys::new(&SecretKey::from_bytes([1; 32]));
        let at = |seconds| Instant::from_micros(0).plus_seconds(seconds);
        let token = keys.publisher_token("build-farm", at(100)).expect("a name");
        assert_eq!(keys.publisher(&token, at(99)), Some("build-farm"));
        assert_eq!(keys.publisher(&token, at(100)), None);
        let longer = token.replacen("100", "999", 1);
        let other = token.replacen("build", "guild", 1);
        for bad in [longer.as_str(), other.as_str(), "", ".", "100.build-farm", "x.y.z"] {
            assert_eq!(keys.publisher(bad, at(1)), None, "{bad}");
        }
        let others = Keys::new(&SecretKey::from_bytes([2; 32]));
        assert_eq!(others.publisher(&token, at(1)), None);
        for bad in ["", "a.b", "a b", &"a".repeat(41)] {
            assert_eq!(keys.publisher_token(bad, at(1)), None, "{bad}");
        }
    }
}
