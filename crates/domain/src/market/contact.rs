//! How the people of a market are reached, and where its buyers send goods back.
//!
//! Public by intent: it is printed on pages and in letters. What must not happen here: half an address,
//! to which a parcel would be sent.

use kontor_base::{Cell, Country, Email, Language, Line, Phone, RowError, Wrong};
use serde::{Deserialize, Serialize};

/// The longest line of an address, in characters.
const LINE_CHARS_MAX: usize = 100;
/// The longest postcode, in characters.
const POSTCODE_CHARS_MAX: usize = 12;
/// The longest sentence about when somebody answers, in characters.
const HOURS_CHARS_MAX: usize = 200;

/// Where goods are sent back to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnAddress {
    /// Who receives the parcel.
    pub name: Line<LINE_CHARS_MAX>,
    /// Street and number.
    pub line1: Line<LINE_CHARS_MAX>,
    /// What else the carrier needs, if anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line2: Option<Line<LINE_CHARS_MAX>>,
    /// The postcode; none where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postcode: Option<Line<POSTCODE_CHARS_MAX>>,
    /// The city, with its state where one belongs to it.
    pub city: Line<LINE_CHARS_MAX>,
    /// The country; it need not be one that the market ships to.
    pub country: Country,
}

/// How the people of a market are reached. Nothing of it is there until somebody has said it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Contact {
    /// The address that questions are written to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
    /// The number that is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
    /// When somebody answers, per language.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hours: Vec<(Language, Line<HOURS_CHARS_MAX>)>,
    /// Where goods are sent back to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub returns: Option<ReturnAddress>,
}

impl Contact {
    /// Whether nothing was said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// When somebody answers, in `language` or in English, with the language that it is in.
    #[must_use]
    pub fn hours_in(&self, language: Language) -> Option<(Language, &str)> {
        let find = |wanted| self.hours.iter().find(|(own, _)| *own == wanted);
        let found = find(language).or_else(|| find(Language::En));
        found.map(|(language, text)| (*language, text.as_str()))
    }
}

/// A contact as it stands in a file or a form: text in, text out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContactRow {
    /// The address that questions are written to.
    pub support_email: String,
    /// The number that is called.
    pub support_phone: String,
    /// When somebody answers, in English.
    pub support_hours_en: String,
    /// The same in German.
    pub support_hours_de: String,
    /// Who receives what is sent back.
    pub returns_name: String,
    /// Street and number.
    pub returns_line1: String,
    /// What else the carrier needs.
    pub returns_line2: String,
    /// The postcode.
    pub returns_postcode: String,
    /// The city.
    pub returns_city: String,
    /// The country's code.
    pub returns_country: String,
}

impl ContactRow {
    /// Reads the row; an empty cell says nothing.
    ///
    /// # Errors
    ///
    /// The first cell that cannot be read, by its column. An address that is begun has to be whole:
    /// name, street, city and country.
    pub fn parse(&self) -> Result<Contact, RowError> {
        let email = |text: &str| Email::parse(text);
        let phone = |text: &str| Phone::parse(text);
        Ok(Contact {
            email: optional("support_email", &self.support_email, email)?,
            phone: optional("support_phone", &self.support_phone, phone)?,
            hours: self.hours()?,
            returns: self.returns()?,
        })
    }

    fn hours(&self) -> Result<Vec<(Language, Line<HOURS_CHARS_MAX>)>, RowError> {
        let mut hours = Vec::new();
        for (language, column, text) in [
            (Language::En, "support_hours_en", &self.support_hours_en),
            (Language::De, "support_hours_de", &self.support_hours_de),
        ] {
            let said = optional(column, text, Line::parse)?;
            hours.extend(said.map(|said| (language, said)));
        }
        // Whoever reads another language is told in English.
        match hours.first() {
            Some((language, _)) if *language != Language::En => {
                Err(RowError::of("support_hours_en", Wrong::EnglishMissing))
            }
            _ => Ok(hours),
        }
    }

    fn returns(&self) -> Result<Option<ReturnAddress>, RowError> {
        let cells = [
            &self.returns_name,
            &self.returns_line1,
            &self.returns_line2,
            &self.returns_postcode,
            &self.returns_city,
            &self.returns_country,
        ];
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            return Ok(None);
        }
        Ok(Some(ReturnAddress {
            name: required("returns_name", &self.returns_name)?,
            line1: required("returns_line1", &self.returns_line1)?,
            line2: optional("returns_line2", &self.returns_line2, Line::parse)?,
            postcode: optional("returns_postcode", &self.returns_postcode, Line::parse)?,
            city: required("returns_city", &self.returns_city)?,
            country: country("returns_country", &self.returns_country)?,
        }))
    }
}

impl From<&Contact> for ContactRow {
    fn from(contact: &Contact) -> Self {
        let hours = |wanted| {
            let found = contact.hours.iter().find(|(language, _)| *language == wanted);
            found.map(|(_, text)| text.to_string()).unwrap_or_default()
        };
        let returns = contact.returns.as_ref();
        let text = |pick: fn(&ReturnAddress) -> String| returns.map(pick).unwrap_or_default();
        let maybe = |line: Option<String>| line.unwrap_or_default();
        Self {
            support_email: maybe(contact.email.as_ref().map(|email| email.as_str().to_owned())),
            support_phone: maybe(contact.phone.as_ref().map(|phone| phone.as_str().to_owned())),
            support_hours_en: hours(Language::En),
            support_hours_de: hours(Language::De),
            returns_name: text(|to| to.name.to_string()),
            returns_line1: text(|to| to.line1.to_string()),
            returns_line2: maybe(returns.and_then(|to| to.line2.as_ref()).map(ToString::to_string)),
            returns_postcode: maybe(
                returns.and_then(|to| to.postcode.as_ref()).map(ToString::to_string),
            ),
            returns_city: text(|to| to.city.to_string()),
            returns_country: text(|to| to.country.to_string()),
        }
    }
}

fn optional<T, E: Into<Wrong>>(
    column: &'static str,
    cell: &str,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<Option<T>, RowError> {
    match cell.trim() {
        "" => Ok(None),
        cell => parse(cell).map(Some).map_err(|error| RowError::of(column, error)),
    }
}

fn required<const MAX: usize>(column: &'static str, cell: &str) -> Result<Line<MAX>, RowError> {
    Line::parse(cell).map_err(|error| RowError::of(column, error))
}

fn country(column: &'static str, cell: &str) -> Result<Country, RowError> {
    let cell = cell.trim();
    if cell.is_empty() {
        return Err(RowError::of(column, Wrong::Empty));
    }
    cell.parse().map_err(|error| RowError::of(column, Country::wrong(cell, &error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole() -> ContactRow {
        ContactRow {
            support_email: "help@shop.example".to_owned(),
            support_phone: "+1 (555) 010-0100".to_owned(),
            support_hours_en: "Monday to Friday, 9 to 17".to_owned(),
            support_hours_de: "Montag bis Freitag, 9 bis 17 Uhr".to_owned(),
            returns_name: "Kontor Returns".to_owned(),
            returns_line1: "1 Dock Street".to_owned(),
            returns_line2: "Gate 4".to_owned(),
            returns_postcode: "94103".to_owned(),
            returns_city: "San Francisco, CA".to_owned(),
            returns_country: "US".to_owned(),
        }
    }

    fn wrong(row: &ContactRow) -> (&'static str, Wrong) {
        let error = row.parse().expect_err("a bad row");
        (error.field, error.problem)
    }

    #[test]
    fn nothing_is_there_until_it_is_said() {
        let none = ContactRow::default().parse().expect("a good row");
        assert!(none.is_empty());
        assert_eq!(ContactRow::from(&none), ContactRow::default());
        // A market that was kept before there were contacts.
        assert_eq!(serde_json::from_str::<Contact>("{}").expect("JSON"), none);
        let blank = ContactRow { returns_city: "  ".to_owned(), ..ContactRow::default() };
        assert_eq!(blank.parse(), Ok(none));
    }

    #[test]
    fn what_was_read_is_written_and_read_again() {
        let contact = whole().parse().expect("a good row");
        let row = ContactRow::from(&contact);
        assert_eq!(row, ContactRow { support_phone: "+15550100100".to_owned(), ..whole() });
        assert_eq!(row.parse().as_ref(), Ok(&contact));
        let json = serde_json::to_string(&contact).expect("JSON");
        assert_eq!(serde_json::from_str::<Contact>(&json).expect("JSON"), contact);
        assert!(!contact.is_empty());
    }

    #[test]
    fn hours_are_told_in_the_readers_language_or_in_english() {
        let contact = whole().parse().expect("a good row");
        assert_eq!(contact.hours_in(Language::De).expect("German").0, Language::De);
        assert_eq!(contact.hours_in(Language::Hi).expect("English").0, Language::En);
        let german = ContactRow { support_hours_en: String::new(), ..whole() };
        assert_eq!(wrong(&german), ("support_hours_en", Wrong::EnglishMissing));
        assert_eq!(Contact::default().hours_in(Language::En), None);
    }

    #[test]
    fn every_cell_is_bounded_and_half_an_address_is_none() {
        type Change = fn(&mut ContactRow, String);
        let long = |chars: usize| "x".repeat(chars);
        let too_long = |max: usize| Wrong::TooLong { max: max.to_string() };
        let cases: [(&str, Change, String, Wrong); 13] = [
            ("support_email", |r, t| r.support_email = t, "help".into(), Wrong::Malformed),
            ("support_phone", |r, t| r.support_phone = t, "call us".into(), Wrong::Malformed),
            ("support_hours_en", |r, t| r.support_hours_en = t, long(201), too_long(200)),
            (
                "support_hours_de",
                |r, t| r.support_hours_de = t,
                "a\u{202e}b".into(),
                Wrong::Control,
            ),
            ("returns_name", |r, t| r.returns_name = t, String::new(), Wrong::Empty),
            ("returns_name", |r, t| r.returns_name = t, long(101), too_long(100)),
            ("returns_line1", |r, t| r.returns_line1 = t, " ".into(), Wrong::Empty),
            ("returns_line1", |r, t| r.returns_line1 = t, "a\nb".into(), Wrong::Control),
            ("returns_line2", |r, t| r.returns_line2 = t, long(101), too_long(100)),
            ("returns_postcode", |r, t| r.returns_postcode = t, long(13), too_long(12)),
            ("returns_city", |r, t| r.returns_city = t, String::new(), Wrong::Empty),
            ("returns_country", |r, t| r.returns_country = t, String::new(), Wrong::Empty),
            (
                "returns_country",
                |r, t| r.returns_country = t,
                "XX".into(),
                Wrong::NotCountry { cell: "XX".to_owned() },
            ),
        ];
        for (column, change, text, expected) in cases {
            let mut row = whole();
            change(&mut row, text);
            assert_eq!(wrong(&row), (column, expected));
        }
    }
}
