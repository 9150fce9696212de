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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_waits_once() {
        let entry = |email, language| {
            let market = "de".parse().expect("a market");
            let model = Some("mi-note".parse().expect("a slug"));
            WaitingEntry::parse(email, market, model, language)
        };
        let first = entry("Ada+shop@Example.org", Language::En).expect("a good address");
        let second = entry(" ada@example.ORG ", Language::De).expect("a good address");
        assert_eq!(first.key(), "de/mi-note/ada@example.org");
        assert_eq!(first.key(), second.key());
        let code = entry("ada", Language::En).map_err(|e| e.code());
        assert_eq!(code, Err("waiting.email.malformed".to_owned()));
    }
}
