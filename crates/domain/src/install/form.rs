//! Kontor's own form of a report, and what update checks and feedback say of an installation.

use kontor_base::{Country, Date};

use super::{Channel, Credential, Day, DeviceKey, Kind, Name, Report, Standing};

/// Bytes of the id by which a device calls itself.
pub const DEVICE_ID_BYTES: std::ops::RangeInclusive<usize> = 8..=128;

/// The fields of a report as they came.
#[derive(Clone, Copy, Default)]
pub struct OwnForm<'a> {
    /// What the device calls itself; hashed before anything is done with it.
    pub device: &'a str,
    /// The model.
    pub model: &'a str,
    /// The version that runs.
    pub version: &'a str,
    /// The channel; empty: it does not say.
    pub channel: &'a str,
    /// The country of the network, two letters; empty: it does not know.
    pub country: &'a str,
    /// The day that the report is from, as `YYYY-MM-DD`; empty: now.
    pub day: &'a str,
    /// `check` (the default) or `install`.
    pub kind: &'a str,
    /// The credential that this server gave it; empty: it has none.
    pub credential: &'a str,
    /// Its serial number, if it tells one; hashed at once. It takes no part in the count: it says
    /// which sold unit this is, and no wipe changes it.
    pub serial: &'a str,
}

/// Why a report is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormRefusal {
    /// The id is none.
    #[error("device is 8 to 128 visible ASCII characters")]
    Device,
    /// The model is no name.
    #[error(
        "model is 1 to 64 of A-Z a-z 0-9 . _ - + ( ) and space, beginning with a letter or digit"
    )]
    Model,
    /// The version is no name.
    #[error(
        "version is 1 to 64 of A-Z a-z 0-9 . _ - + ( ) and space, beginning with a letter or digit"
    )]
    Version,
    /// There is no such channel.
    #[error("channel is stable, beta, nightly, unofficial or unknown")]
    Channel,
    /// The country is not two letters.
    #[error("country is two letters")]
    Country,
    /// The day is none.
    #[error("day is a date such as 2015-02-13")]
    Day,
    /// The kind is none.
    #[error("kind is check or install")]
    Kind,
}

impl FormRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Device => "install.bad_device",
            Self::Model => "install.bad_model",
            Self::Version => "install.bad_version",
            Self::Channel => "install.bad_channel",
            Self::Country => "install.bad_country",
            Self::Day => "install.bad_day",
            Self::Kind => "install.bad_kind",
        }
    }

    /// The field that is meant.
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Model => "model",
            Self::Version => "version",
            Self::Channel => "channel",
            Self::Country => "country",
            Self::Day => "day",
            Self::Kind => "kind",
        }
    }
}

/// Whether a text can be a device's id.
#[must_use]
pub fn is_device_id(id: &str) -> bool {
    DEVICE_ID_BYTES.contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic())
}

/// The country of a network as a device says it. Two letters that no country has (`XX`, `ZZ`) are
/// a device that does not know.
///
/// # Errors
///
/// When it is neither empty nor two letters.
pub fn country_said(text: &str) -> Result<Option<Country>, FormRefusal> {
    if text.is_empty() {
        return Ok(None);
    }
    if text.len() != 2 || !text.bytes().all(|b| b.is_ascii_alphabetic()) {
        return Err(FormRefusal::Country);
    }
    Ok(text.to_ascii_uppercase().parse().ok())
}

impl OwnForm<'_> {
    /// The report that came on `today`. `device_key` makes the device's pseudonym, `credential`
    /// is the key of credentials.
    ///
    /// # Errors
    ///
    /// See [`FormRefusal`].
    pub fn report(
        &self,
        device_key: impl Fn(&[u8]) -> DeviceKey,
        credential: &kontor_base::SecretKey,
        today: Day,
    ) -> Result<Report, FormRefusal> {
        if !is_device_id(self.device) {
            return Err(FormRefusal::Device);
        }
        let device = device_key(self.device.as_bytes());
        self.report_of(device, Credential::standing(self.credential, credential, device, today))
    }

    /// The same where the device and what its credential is worth are known already.
    ///
    /// # Errors
    ///
    /// See [`FormRefusal`].
    pub fn report_of(&self, device: DeviceKey, standing: Standing) -> Result<Report, FormRefusal> {
        let day = match self.day {
            "" => None,
            text => Some(Day::of_date(text.parse::<Date>().map_err(|_| FormRefusal::Day)?)),
        };
        let channel = match self.channel {
            "" => Channel::Unknown,
            word => Channel::from_word(word).ok_or(FormRefusal::Channel)?,
        };
        let kind = match self.kind {
            "" => Kind::Check,
            word => Kind::from_word(word).ok_or(FormRefusal::Kind)?,
        };
        Ok(Report {
            device,
            day,
            country: country_said(self.country)?,
            model: self.model.parse::<Name>().map_err(|_| FormRefusal::Model)?,
            version: self.version.parse::<Name>().map_err(|_| FormRefusal::Version)?,
            channel,
            standing,
            kind,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kontor_base::SecretKey;

    const GOOD: OwnForm<'_> = OwnForm {
        device: "0123456789abcdef",
        model: "cancro",
        version: "V6.3.5.0(KXDMIBL)",
        channel: "stable",
        country: "IN",
        day: "2015-02-13",
        kind: "install",
        credential: "",
        serial: "",
    };

    fn read(form: OwnForm<'_>) -> Result<Report, FormRefusal> {
        let key = SecretKey::from_bytes([3; 32]);
        form.report(|id| DeviceKey::new(&key, id), &key, Day::from_number(16_480))
    }

    #[test]
    fn a_good_report_is_read() {
        let report = read(GOOD).expect("good");
        assert_eq!(report.day, Some(Day::from_number(16_479)));
        assert_eq!((report.kind, report.channel), (Kind::Install, Channel::Stable));
        assert_eq!(report.standing, Standing::Anonymous);
        let key = SecretKey::from_bytes([3; 32]);
        let text = Credential::issue(&key, report.device, Day::from_number(16_470)).to_string();
        let known = read(OwnForm { credential: &text, ..GOOD }).expect("good");
        assert_eq!(known.standing, Standing::Credentialed);
        let short = OwnForm { channel: "", country: "", day: "", kind: "", ..GOOD };
        let short = read(short).expect("what is left out is not known");
        assert_eq!((short.country, short.day, short.kind), (None, None, Kind::Check));
        let nowhere = read(OwnForm { country: "zz", ..GOOD }).expect("no such country");
        assert_eq!(nowhere.country, None);
    }

    #[test]
    fn what_cannot_be_counted_is_refused_by_field() {
        let table = [
            (OwnForm { device: "short", ..GOOD }, FormRefusal::Device),
            (OwnForm { device: "with a space", ..GOOD }, FormRefusal::Device),
            (OwnForm { model: "=1+1", ..GOOD }, FormRefusal::Model),
            (OwnForm { version: "", ..GOOD }, FormRefusal::Version),
            (OwnForm { channel: "gold", ..GOOD }, FormRefusal::Channel),
            (OwnForm { country: "IND", ..GOOD }, FormRefusal::Country),
            (OwnForm { day: "2015-02-30", ..GOOD }, FormRefusal::Day),
            (OwnForm { day: "yesterday", ..GOOD }, FormRefusal::Day),
            (OwnForm { kind: "brick", ..GOOD }, FormRefusal::Kind),
        ];
        for (form, refusal) in table {
            assert_eq!(read(form), Err(refusal), "{}", refusal.field());
        }
    }
}
