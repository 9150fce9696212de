//! The waiting list: people who want to hear when a product can be bought in their market.
//!
//! Anybody can type anybody's address. So an entry counts, and is written to, only once it was confirmed
//! from the mailbox itself; [`next_step`] says what is due until then.

use kontor_base::{Email, Instant, Language};
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

/// For how long the link that confirms an entry is good, in seconds: seven days. What nobody has
/// confirmed by then is removed.
pub const CONFIRM_WITHIN_S: i64 = 7 * DAY_S;
/// Somebody who signs up again and has not confirmed is asked again only after so long, in seconds.
pub const ASK_AGAIN_AFTER_S: i64 = DAY_S;
/// The most letters that ask one address to confirm something within [`ASK_AGAIN_AFTER_S`]: nobody's
/// mailbox is filled by a stranger who types the address into every list.
pub const ASKED_A_DAY_MAX: i64 = 3;
/// For how long an entry is kept that was never asked because the shop sends no letters, in seconds.
pub const UNASKED_KEPT_S: i64 = 365 * DAY_S;

const DAY_S: i64 = 24 * 60 * 60;

/// How far an entry has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitingMoments {
    /// When the address was typed.
    pub signed_at: Instant,
    /// When it was last asked to confirm.
    pub asked_at: Option<Instant>,
    /// When it was confirmed.
    pub confirmed_at: Option<Instant>,
}

/// What letters can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Askable {
    /// The shop sends no letters.
    NoLetters,
    /// It does, and has asked the address so many times within [`ASK_AGAIN_AFTER_S`].
    Asked(i64),
}

/// What is to be done about an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitingStep {
    /// The address is asked to confirm.
    Ask,
    /// Nothing until then.
    WaitUntil(Instant),
    /// It is removed.
    Remove,
    /// It is confirmed: nothing is due by the clock.
    Rest,
}

/// What the clock asks for.
#[must_use]
pub fn next_step(moments: WaitingMoments, askable: Askable, at: Instant) -> WaitingStep {
    let WaitingMoments { signed_at, asked_at, confirmed_at } = moments;
    match (confirmed_at, asked_at, askable) {
        (Some(_), ..) => WaitingStep::Rest,
        (None, Some(asked), _) => match asked.plus_seconds(CONFIRM_WITHIN_S) {
            end if at >= end => WaitingStep::Remove,
            end => WaitingStep::WaitUntil(end),
        },
        (None, None, Askable::NoLetters) if at >= signed_at.plus_seconds(UNASKED_KEPT_S) => {
            WaitingStep::Remove
        }
        (None, None, Askable::Asked(letters)) if letters < ASKED_A_DAY_MAX => WaitingStep::Ask,
        (None, None, _) => WaitingStep::WaitUntil(at.plus_seconds(DAY_S)),
    }
}

/// What is due when somebody signs up (again): as [`next_step`], but whoever was asked a while ago and
/// has not confirmed is asked once more.
#[must_use]
pub fn step_at_sign_up(moments: WaitingMoments, askable: Askable, at: Instant) -> WaitingStep {
    let long_ago = |asked: &Instant| {
        moments.confirmed_at.is_none() && at >= asked.plus_seconds(ASK_AGAIN_AFTER_S)
    };
    match (moments.asked_at.filter(long_ago), askable) {
        (Some(_), Askable::Asked(letters)) if letters < ASKED_A_DAY_MAX => WaitingStep::Ask,
        _ => next_step(moments, askable, at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_due_follows_from_what_was_asked_and_answered() {
        use WaitingStep::{Ask, Remove, Rest, WaitUntil};
        let day = |days: i64| Instant::from_micros(0).plus_seconds(days * DAY_S);
        let entry = |asked: Option<i64>, confirmed: Option<i64>| WaitingMoments {
            signed_at: day(0),
            asked_at: asked.map(day),
            confirmed_at: confirmed.map(day),
        };
        let (free, full, none) = (Askable::Asked(2), Askable::Asked(3), Askable::NoLetters);
        for (moments, askable, at, due) in [
            (entry(None, None), free, 0, Ask),
            (entry(None, None), full, 0, WaitUntil(day(1))),
            (entry(None, None), none, 9, WaitUntil(day(10))),
            (entry(None, None), none, 364, WaitUntil(day(365))),
            (entry(None, None), none, 365, Remove),
            // Long on the list, and asked as soon as the shop sends letters.
            (entry(None, None), free, 900, Ask),
            (entry(Some(2), None), free, 2, WaitUntil(day(9))),
            (entry(Some(2), None), free, 8, WaitUntil(day(9))),
            (entry(Some(2), None), free, 9, Remove),
            (entry(Some(2), None), none, 9, Remove),
            (entry(Some(2), Some(3)), free, 9, Rest),
            (entry(Some(2), Some(3)), none, 900, Rest),
        ] {
            assert_eq!(next_step(moments, askable, day(at)), due, "{moments:?} {askable:?} {at}");
        }
        for (moments, askable, at, due) in [
            (entry(None, None), free, 0, Ask),
            (entry(Some(0), None), free, 0, WaitUntil(day(7))),
            (entry(Some(0), None), free, 1, Ask),
            (entry(Some(0), None), full, 1, WaitUntil(day(7))),
            (entry(Some(0), None), none, 1, WaitUntil(day(7))),
            (entry(Some(0), Some(1)), free, 5, Rest),
        ] {
            let step = step_at_sign_up(moments, askable, day(at));
            assert_eq!(step, due, "signs up: {moments:?} {askable:?} {at}");
        }
    }

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
