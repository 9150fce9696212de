//! The statistics form of LineageOS devices, in both of its spellings.
//!
//! The rules that a form must pass are those of the public service that the form was made for, so
//! that a ROM that reports there can report here by changing an address.

use kontor_base::Country;

use super::{Channel, DeviceKey, Kind, Name, Report, Standing};

/// The fields of a form, whatever they were called on the way.
#[derive(Clone, Copy)]
pub struct LineageForm<'a> {
    /// `device_hash` or `device_id`.
    pub device: &'a str,
    /// `device_name` or `name`.
    pub name: &'a str,
    /// `device_version` or `version`.
    pub version: &'a str,
    /// `device_country` or `country`: two letters or `Unknown`.
    pub country: &'a str,
}

/// Why a form is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LineageRefusal {
    /// The device's hash is not 1 to 64 hexadecimal digits.
    #[error("the device's hash is 1 to 64 hexadecimal digits")]
    Device,
    /// The name is no model's name.
    #[error("the name is no model's name")]
    Name,
    /// The version does not begin with two numbers and end with the model.
    #[error("the version begins with two numbers (23.2) and ends with the model's name")]
    Version,
    /// The country is neither two letters nor `Unknown`.
    #[error("the country is two letters or Unknown")]
    Country,
}

impl LineageRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Device => "install.bad_device",
            Self::Name => "install.bad_model",
            Self::Version => "install.bad_version",
            Self::Country => "install.bad_country",
        }
    }
}

impl LineageForm<'_> {
    /// The report that the form makes. `key` makes the device's pseudonym.
    ///
    /// # Errors
    ///
    /// See [`LineageRefusal`].
    pub fn report(
        &self,
        device_key: impl Fn(&[u8]) -> DeviceKey,
    ) -> Result<Report, LineageRefusal> {
        let hex = !self.device.is_empty()
            && self.device.len() <= 64
            && self.device.bytes().all(|b| b.is_ascii_hexdigit());
        if !hex {
            return Err(LineageRefusal::Device);
        }
        let model: Name = self.name.parse().map_err(|_| LineageRefusal::Name)?;
        let version: Name = self.version.parse().map_err(|_| LineageRefusal::Version)?;
        if !begins_with_two_numbers(self.version) || !self.version.ends_with(self.name) {
            return Err(LineageRefusal::Version);
        }
        let two = self.country.len() == 2 && self.country.bytes().all(|b| b.is_ascii_alphabetic());
        if !two && self.country != "Unknown" {
            return Err(LineageRefusal::Country);
        }
        // The client drops leading zeros and may change case: the same device must stay one.
        let device = self.device.trim_start_matches('0').to_ascii_uppercase();
        Ok(Report {
            device: device_key(device.as_bytes()),
            day: None,
            country: self.country.to_ascii_uppercase().parse::<Country>().ok(),
            model,
            version,
            channel: if official(self.version, self.name) {
                Channel::Nightly
            } else {
                Channel::Unofficial
            },
            standing: Standing::Anonymous,
            kind: Kind::Check,
        })
    }
}

/// `^\d+\.\d+`
fn begins_with_two_numbers(version: &str) -> bool {
    let mut parts = version.splitn(2, '.');
    let digit_first =
        |part: Option<&str>| part.is_some_and(|p| p.starts_with(|c: char| c.is_ascii_digit()));
    let first = parts.next();
    first.is_some_and(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()))
        && digit_first(parts.next())
}

/// `NN.N-YYYYMMDD-NIGHTLY-model`
fn official(version: &str, model: &str) -> bool {
    let Some(head) = version.strip_suffix(model).and_then(|head| head.strip_suffix("-NIGHTLY-"))
    else {
        return false;
    };
    head.split_once('-').is_some_and(|(number, date)| {
        let digits =
            |text: &str, length| text.len() == length && text.bytes().all(|b| b.is_ascii_digit());
        digits(date, 8)
            && number
                .split_once('.')
                .is_some_and(|(major, minor)| digits(major, 2) && digits(minor, 1))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(
        device: &str,
        name: &str,
        version: &str,
        country: &str,
    ) -> Result<Report, LineageRefusal> {
        let key = kontor_base::SecretKey::from_bytes([3; 32]);
        LineageForm { device, name, version, country }.report(|id| DeviceKey::new(&key, id))
    }

    #[test]
    fn a_form_of_a_real_client_counts() {
        let report = read("00AB12", "one", "23.2-20261001-NIGHTLY-one", "DE").expect("a good form");
        assert_eq!(report.country.map(|c| c.to_string()).as_deref(), Some("DE"));
        assert_eq!(report.channel, Channel::Nightly);
        let same = read("ab12", "one", "23.2-20261001-UNOFFICIAL-one", "Unknown").expect("good");
        assert_eq!(same.device, report.device, "zeros and case do not make another device");
        assert_eq!((same.channel, same.country), (Channel::Unofficial, None));
        assert_eq!(read("ab", "one", "1.0-one", "XX").expect("good").country, None);
    }

    #[test]
    fn what_the_public_service_refuses_is_refused() {
        let version = "23.2-20261001-NIGHTLY-one";
        assert_eq!(read("", "one", version, "DE"), Err(LineageRefusal::Device));
        assert_eq!(read("xyz", "one", version, "DE"), Err(LineageRefusal::Device));
        assert_eq!(read("ab", "", version, "DE"), Err(LineageRefusal::Name));
        assert_eq!(read("ab", "two", version, "DE"), Err(LineageRefusal::Version));
        assert_eq!(read("ab", "one", "nightly-one", "DE"), Err(LineageRefusal::Version));
        assert_eq!(read("ab", "one", "23.x-one", "DE"), Err(LineageRefusal::Version));
        assert_eq!(read("ab", "one", version, "Germany"), Err(LineageRefusal::Country));
        assert_eq!(read("ab", "one", version, "D1"), Err(LineageRefusal::Country));
    }
}
