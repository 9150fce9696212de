//! What tells a device that was here before from one that was invented a moment ago.
//!
//! A device is given a credential when it first asks, and brings it along from then on. Nothing is
//! kept of it: it is a keyed hash of the device's pseudonym and the day.

use kontor_base::{Instant, SecretKey};
use kontor_domain::install::{Credential, DEVICE_PURPOSE, Day, DeviceKey, Standing};

/// What a device has shown of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Nothing, or what it was given today: anybody can have that.
    Nothing,
    /// That it was here on an earlier day, under the same id.
    Credential,
}

/// A device that tells its id, and what it brought along: worked out once for a request.
#[derive(Clone, Copy, Debug)]
pub struct Brought {
    /// The pseudonym under which it is counted.
    pub device: DeviceKey,
    /// What its credential is worth.
    pub standing: Standing,
    /// Whether it has a credential of its own, of whatever day: then it needs no new one.
    pub is_own: bool,
}

impl Brought {
    /// What it has shown of itself.
    #[must_use]
    pub const fn shown(&self) -> Shown {
        match self.standing {
            Standing::Credentialed => Shown::Credential,
            Standing::Anonymous => Shown::Nothing,
        }
    }
}

/// Gives credentials and knows them again.
#[derive(Clone, Debug)]
pub struct Credentials {
    device: SecretKey,
    key: SecretKey,
}

impl Credentials {
    /// Those of the operator's secret.
    #[must_use]
    pub fn new(secret: &SecretKey) -> Self {
        Self { device: secret.derive(DEVICE_PURPOSE), key: secret.derive("install credential") }
    }

    /// The pseudonym of the device that calls itself `id`.
    #[must_use]
    pub fn device(&self, id: &[u8]) -> DeviceKey {
        DeviceKey::new(&self.device, id)
    }

    /// The key of the credentials.
    #[must_use]
    pub const fn key(&self) -> &SecretKey {
        &self.key
    }

    /// The credential of a device that has shown none.
    #[must_use]
    pub fn issue(&self, device: DeviceKey, now: Instant) -> Credential {
        Credential::issue(&self.key, device, Day::of(now))
    }

    /// What the device that calls itself `id` brings with `text`.
    #[must_use]
    pub fn brought(&self, id: &str, text: &str, now: Instant) -> Brought {
        let device = self.device(id.as_bytes());
        let (is_own, standing) = Credential::look(text, &self.key, device, Day::of(now));
        Brought { device, standing, is_own }
    }

    /// What a device is to be given: nothing, if it has its own.
    #[must_use]
    pub fn given(&self, brought: &Brought, now: Instant) -> Option<Credential> {
        (!brought.is_own).then(|| self.issue(brought.device, now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_is_worth_something_from_the_next_day_on_and_to_one_device() {
        let credentials = Credentials::new(&SecretKey::from_bytes([1; 32]));
        let today = Instant::from_micros(1_790_900_000_000_000);
        let tomorrow = today.plus_seconds(86_400);
        let brought = |id: &str, text: &str, now| credentials.brought(id, text, now);
        let given = |id: &str, text: &str, now| credentials.given(&brought(id, text, now), now);
        let shown = |id: &str, text: &str, now| brought(id, text, now).shown();
        let text = given("device-0001", "", today).expect("a new one").to_string();
        assert_eq!(given("device-0001", &text, tomorrow), None, "it has its own");
        assert_eq!(given("device-0001", &text, today), None, "also on the day of its giving");
        assert_eq!(shown("device-0001", &text, today), Shown::Nothing);
        assert_eq!(shown("device-0001", &text, tomorrow), Shown::Credential);
        assert_eq!(shown("device-0002", &text, tomorrow), Shown::Nothing);
        assert!(given("device-0002", &text, tomorrow).is_some());
        let others = Credentials::new(&SecretKey::from_bytes([2; 32]));
        assert_eq!(others.brought("device-0001", &text, tomorrow).shown(), Shown::Nothing);
    }
}
