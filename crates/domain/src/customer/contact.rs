//! How a buyer can be reached.

use kontor_base::{Email, Line, Phone};
use serde::{Deserialize, Serialize};

use super::field::{FieldError, collect};

/// How a buyer can be reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Where the confirmation goes.
    pub email: Email,
    /// For the carrier, if given.
    pub phone: Option<Phone>,
    /// The buyer's name.
    pub name: Line<80>,
}

/// A contact as typed.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct ContactForm {
    /// The e-mail address.
    pub email: String,
    /// The telephone number, or empty.
    pub phone: String,
    /// The name.
    pub name: String,
}

impl ContactForm {
    /// Reads the form.
    ///
    /// # Errors
    ///
    /// Everything that is wrong, in the order of the fields: `contact.email`, `contact.phone`,
    /// `contact.name`.
    pub fn parse(&self) -> Result<Contact, Vec<FieldError>> {
        let mut errors = Vec::new();
        let email = collect(&mut errors, "contact.email", Email::parse(&self.email));
        let phone = if self.phone.trim().is_empty() {
            None
        } else {
            collect(&mut errors, "contact.phone", Phone::parse(&self.phone))
        };
        let name = collect(&mut errors, "contact.name", Line::parse(&self.name));
        match (email, name) {
            (Some(email), Some(name)) if errors.is_empty() => Ok(Contact { email, phone, name }),
            _ => Err(errors),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(email: &str, phone: &str, name: &str) -> ContactForm {
        ContactForm { email: email.to_owned(), phone: phone.to_owned(), name: name.to_owned() }
    }

    #[test]
    fn contacts() {
        let good = form("ada@shop.example", "", "Ada").parse().expect("a good contact");
        assert!(good.phone.is_none());
        let debug = format!("{good:?}");
        assert!(!debug.contains("ada") && !debug.contains("Ada"), "{debug}");
        let errors = form("ada", "12ab", "\u{0}").parse().expect_err("all wrong");
        let codes: Vec<String> = errors.iter().map(FieldError::code).collect();
        assert_eq!(
            codes,
            [
                "contact.email.malformed",
                "contact.phone.malformed",
                "contact.name.control_character"
            ]
        );
        // A telephone number that is wrong is not quietly dropped.
        assert!(form("ada@shop.example", "1", "Ada").parse().is_err());
    }
}
