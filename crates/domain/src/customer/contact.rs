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
