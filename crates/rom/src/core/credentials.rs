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

    /// What the device that calls itself `id` and brings `text` is to be given: nothing, if that
    /// is its own.
    #[must_use]
    pub fn given(&self, id: &str, text: &str, now: Instant) -> Option<Credential> {
        let device = self.device(id.as_bytes());
        (!Credential::is_of(text, &self.key, device)).then(|| self.issue(device, now))
    }

    /// What the device that calls itself `id` shows with `text`.
    #[must_use]
    pub fn shown(&self, id: &str, text: &str, now: Instant) -> Shown {
        let device = self.device(id.as_bytes());
        match Credential::standing(text, &self.key, device, Day::of(now)) {
            Standing::Credentialed => Shown::Credential,
            Standing::Anonymous => Shown::Nothing,
        }
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
        let text = credentials.given("device-0001", "", today).expect("a new one").to_string();
        assert_eq!(credentials.given("device-0001", &text, tomorrow), None, "it has its own");
        assert_eq!(credentials.shown("device-0001", &text, today), Shown::Nothing);
        assert_eq!(credentials.shown("device-0001", &text, tomorrow), Shown::Credential);
        assert_eq!(credentials.shown("device-0002", &text, tomorrow), Shown::Nothing);
        assert!(credentials.given("device-0002", &text, tomorrow).is_some());
        let others = Credentials::new(&SecretKey::from_bytes([2; 32]));
        assert_eq!(others.shown("device-0001", &text, tomorrow), Shown::Nothing);
    }
}
