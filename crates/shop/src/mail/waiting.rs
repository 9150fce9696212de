//! Tells those who wait: that what they wait for can be bought, or that it was withdrawn.

use std::sync::Arc;

use kontor_base::id::JobId;
use kontor_base::{Instant, Language};
use kontor_domain::catalogue::Slug;
use kontor_domain::clearance::Place;
use kontor_domain::market::{Act, Market, MarketCode, stage_allows};
use kontor_store::customer::{self, News as Kept};
use kontor_store::job::{self, Job};
use kontor_store::{StoreError, Tx};
use serde::{Deserialize, Serialize};

use super::cause::{Cause, Kind, queue_in};
use crate::core::{Failure, Known, Outcome, Shop};
use crate::opening::withdrawn_since;

/// How many letters are queued in one transaction.
const PAGE: i64 = 500;

/// The job that writes to a list.
pub(crate) const TELL: &str = "customer.tell_waiting";

/// What those who wait are told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum News {
    /// What they wait for can be bought. Who was told is taken off the list.
    #[default]
    Over,
    /// It was withdrawn and cannot be bought for the time being. They stay on the list.
    Delayed,
}

impl News {
    /// Every one.
    pub const ALL: [Self; 2] = [Self::Over, Self::Delayed];

    /// The word in addresses and proposals.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Over => "over",
            Self::Delayed => "delayed",
        }
    }

    /// The one with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|news| news.word() == word)
    }

    const fn kind(self) -> Kind {
        match self {
            Self::Over => Kind::WaitingOver,
            Self::Delayed => Kind::WaitingDelayed,
        }
    }
}

/// Which list is told what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Telling {
    /// The market.
    pub market: MarketCode,
    /// The model that is waited for; none: the market's opening.
    pub model: Option<Slug>,
    /// What they are told.
    pub news: News,
}

impl Telling {
    /// The model as the store has it.
    fn model_word(&self) -> String {
        self.model.as_ref().map_or_else(String::new, |model| model.as_str().to_owned())
    }
}

/// Why nobody is told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TellRefusal {
    /// There is no such market.
    #[error("there is no market {0}")]
    UnknownMarket(MarketCode),
    /// There is no such model.
    #[error("there is no model {0}")]
    UnknownModel(Slug),
    /// Nothing is sold there yet.
    #[error("nothing is sold in {0} yet")]
    NotOpen(MarketCode),
    /// No variant of the model can be bought there.
    #[error("no variant of {0} can be bought there today")]
    NotForSale(Slug),
    /// It was not withdrawn, or can be bought all the same.
    #[error("what they wait for is not withdrawn there")]
    NotWithdrawn,
    /// The shop sends no letters.
    #[error("this shop sends no letters: [mail] is not configured")]
    NoMail,
}

impl TellRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownMarket(_) => "market.unknown",
            Self::UnknownModel(_) => "catalogue.unknown_model",
            Self::NotOpen(_) => "market.not_open",
            Self::NotForSale(_) => "clearance.not_for_sale",
            Self::NotWithdrawn => "opening.no_withdrawal",
            Self::NoMail => "mail.none",
        }
    }
}

/// Whether what a list is to be told is true; gives since when it is, so that who was told since then
/// is not told again.
pub(crate) fn check_news(
    shop: &Shop,
    known: &Known,
    telling: &Telling,
    at: Instant,
) -> Result<Instant, TellRefusal> {
    if !shop.policy.mail {
        return Err(TellRefusal::NoMail);
    }
    let unknown = TellRefusal::UnknownMarket(telling.market);
    let market = known.market(telling.market).ok_or(unknown)?;
    if let Some(model) = telling.model.as_ref().filter(|model| !known.models.contains_key(*model)) {
        return Err(TellRefusal::UnknownModel(model.clone()));
    }
    let sold = telling.model.as_ref().map(|model| is_for_sale(known, market, model, at));
    match (telling.news, &telling.model) {
        (News::Over, _) if !stage_allows(market.stage, Act::Sell) => {
            Err(TellRefusal::NotOpen(telling.market))
        }
        (News::Over, Some(model)) if sold == Some(false) => {
            Err(TellRefusal::NotForSale(model.clone()))
        }
        // Whoever was sent this letter is off the list: who is on it has signed up since.
        (News::Over, _) => Ok(at),
        (News::Delayed, Some(model)) if sold == Some(false) => {
            withdrawn_since(known, market, model, at.date())
                .map(Instant::start_of)
                .ok_or(TellRefusal::NotWithdrawn)
        }
        (News::Delayed, _) => Err(TellRefusal::NotWithdrawn),
    }
}

fn is_for_sale(known: &Known, market: &Market, model: &Slug, at: Instant) -> bool {
    let place = Place::market(market);
    stage_allows(market.stage, Act::Sell)
        && known.variants_of(model).any(|variant| {
            known
                .may(Act::Sell, variant, &place, at)
                .is_some_and(|verdict| verdict.outcome.permits())
        })
}

/// How many people a letter would go to, by language.
pub(crate) fn untold_in(
    tx: &mut Tx<'_>,
    telling: &Telling,
    since: Instant,
) -> Result<Vec<(Language, i64)>, StoreError> {
    let kept = Kept { kind: telling.news.kind().word(), since };
    customer::untold_counts(tx, telling.market, &telling.model_word(), kept)
}

/// How many people a letter would go to, by language.
///
/// # Errors
///
/// A [`TellRefusal`] where it would not be sent, or a fault of the store.
pub async fn untold(
    shop: &Arc<Shop>,
    telling: Telling,
) -> Outcome<Vec<(Language, i64)>, TellRefusal> {
    let (own, at) = (Arc::clone(shop), shop.now());
    shop.db
        .read("mail.untold", move |tx| {
            let known = own.snapshots.current_in(tx, at)?;
            let since = check_news(&own, &known, &telling, at).map_err(Failure::Refused)?;
            Ok(untold_in(tx, &telling, since)?)
        })
        .await
}

/// Queues a letter to everybody on a list who has not been told; gives how many. Twice is once.
///
/// # Errors
///
/// A [`TellRefusal`], or a fault of the store: pages before it are queued.
pub async fn tell_waiting(shop: &Arc<Shop>, telling: &Telling) -> Outcome<usize, TellRefusal> {
    let (mut told, mut after) = (0, [0; 16]);
    loop {
        let (own, telling, at) = (Arc::clone(shop), telling.clone(), shop.now());
        let page = shop
            .db
            .write("mail.tell_waiting", move |tx| {
                // Asked anew with every page: what is withdrawn in the middle is not praised on.
                let known = own.snapshots.current_in(tx, at)?;
                let since = check_news(&own, &known, &telling, at).map_err(Failure::Refused)?;
                let kept = Kept { kind: telling.news.kind().word(), since };
                let (market, model) = (telling.market, telling.model_word());
                let page = customer::waiting_untold(tx, market, &model, kept, &after, PAGE)?;
                for person in &page {
                    let cause = match telling.news {
                        News::Over => Cause::WaitingOver(*person),
                        News::Delayed => Cause::WaitingDelayed(*person),
                    };
                    queue_in(tx, &own, cause, at)?;
                }
                Ok::<_, Failure<TellRefusal>>(page)
            })
            .await?;
        told += page.len();
        match page.last() {
            Some(last) => after = *last,
            None => return Ok(told),
        }
    }
}

/// Queues the writing to a list, in the transaction that decides about it: a list may be long.
pub(crate) fn queue_tell_in(
    tx: &mut Tx<'_>,
    shop: &Shop,
    telling: &Telling,
    at: Instant,
) -> Result<(), StoreError> {
    let body = serde_json::to_string(telling).expect("words are JSON");
    job::queue(tx, JobId::new(at, &shop.random), TELL, &body, at)
}

/// Writes to a list, as a job says.
pub(crate) async fn run_tell(shop: &Arc<Shop>, job: &Job) -> Result<(), String> {
    let telling: Telling = serde_json::from_str(&job.body).map_err(|error| error.to_string())?;
    let told = tell_waiting(shop, &telling).await.map_err(|failure| match failure {
        Failure::Refused(refusal) => refusal.code().to_owned(),
        Failure::KeyReused => "idempotency.key_reused".to_owned(),
        Failure::Fault(fault) => fault.to_string(),
    })?;
    tracing::info!(market = %telling.market, news = telling.news.word(), told, "a waiting list is written to");
    let id = job.id;
    shop.db
        .write("mail.tell_done", move |tx| job::finish(tx, id))
        .await
        .map_err(|fault: StoreError| fault.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_known_again() {
        for news in News::ALL {
            assert_eq!(News::from_word(news.word()), Some(news));
            assert!(news.kind().word().starts_with("customer.waiting_"));
        }
    }
}
