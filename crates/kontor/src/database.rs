//! The `database` key: an address with a password in it, which is never shown.

use std::fmt;

use kontor_store::PostgresUrl;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A PostgreSQL database, or none: then a file in the data folder is the database.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Database(Option<PostgresUrl>);

impl Database {
    /// The address, where one is configured.
    #[must_use]
    pub const fn url(&self) -> Option<&PostgresUrl> {
        self.0.as_ref()
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Without the password: `kontor config show` prints it.
impl Serialize for Database {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Some(url) => serializer.collect_str(url),
            None => serializer.serialize_str(""),
        }
    }
}

impl<'de> Deserialize<'de> for Database {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.is_empty() {
            return Ok(Self(None));
        }
        text.parse().map(|url| Self(Some(url))).map_err(D::Error::custom)
    }
}
