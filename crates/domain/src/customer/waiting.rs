//! The waiting list: people who want to hear when a product can be bought in their market.

use kontor_base::{Email, Language};
use serde::{Deserialize, Serialize};

use crate::catalogue::Slug;
use crate::market::MarketCode;

use super::field::FieldError;

/// One person waits for one model in one market.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingEntry {
    /// Where to write.
    pub email: Email,
    /// The market.
    pub market: MarketCode,
    /// The model; `None` waits for the market's opening.
    pub model: Option<Slug>,
    /// The language to write in.
    pub language: Language,
}

impl WaitingEntry {
    /// Reads the typed address.
    ///
    /// # Errors
    ///
    /// The field `waiting.email` with its problem.
    pub fn parse(
        email: &str,
        market: MarketCode,
        model: Option<Slug>,
        language: Language,
    ) -> Result<Self, FieldError> {
        let email = Email::parse(email)
            .map_err(|error| FieldError { field: "waiting.email", problem: error.into() })?;
        Ok(Self { email, market, model, language })
    }

    /// What makes an entry unique: market, model and the normalised address. Two spellings of one
    /// address wait once, whatever their languages. Personal data: store it as a keyed hash.
    #[must_use]
    pub fn key(&self) -> String {
        let model = self.model.as_ref().map_or("", Slug::as_str);
        format!("{}/{model}/{}", self.market, self.email.normalised())
    }
}
