//! What should have left and has not: letters that were given up, and those that are late. No address
//! is kept with a letter; what the other server said of one may name it.

use std::sync::Arc;

use kontor_base::Instant;
use kontor_base::id::{DepositId, LetterId, OrderId, ResellerOrderId};
use kontor_domain::market::MarketCode;
use kontor_domain::order::OrderNumber;
use kontor_domain::staff::{Permission, StaffRefusal};
use kontor_store::mail::{self, Letter, LetterState};
use kontor_store::order::get as load_order;
use kontor_store::sale::deposit;
use kontor_store::{StoreError, Tx, reseller};

use super::cause::Kind;
use crate::core::{Failure, Outcome, Shop};
use crate::staff::{ActRefusal, By, Noted, Person, Refusal, note};

/// A letter that has waited for so long is late, in seconds.
pub const LATE_AFTER_S: i64 = 15 * 60;

/// Which letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outbox {
    /// Nobody tries them any more.
    GivenUp,
    /// They are still tried, and should have left.
    Late,
}

impl Outbox {
    /// Both.
    pub const ALL: [Self; 2] = [Self::GivenUp, Self::Late];

    /// The word in addresses.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::GivenUp => "given_up",
            Self::Late => "late",
        }
    }

    /// Those with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|which| which.word() == word)
    }

    /// Their state, and up to when they were queued.
    fn meant(self, at: Instant) -> (LetterState, Instant) {
        match self {
            Self::GivenUp => (LetterState::GivenUp, at),
            Self::Late => (LetterState::Waiting, at.plus_seconds(-LATE_AFTER_S)),
        }
    }
}

/// How many letters were given up and how many are late, each up to `limit`.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn outbox_counts(shop: &Shop, limit: i64) -> Result<[(Outbox, usize); 2], StoreError> {
    let at = shop.now();
    let count = move |tx: &mut Tx<'_>, which: Outbox| {
        let (state, queued_by) = which.meant(at);
        let found = mail::queued_by(tx, state, queued_by, None, limit)?;
        Ok::<_, StoreError>((which, found.len()))
    };
    let [first, second] = Outbox::ALL;
    shop.db.read("mail.outbox_counts", move |tx| Ok([count(tx, first)?, count(tx, second)?])).await
}

/// A letter that has not left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stuck {
    /// The letter.
    pub letter: Letter,
    /// The market of what it is about; none: it is about none, or about what is gone.
    pub market: Option<MarketCode>,
    /// The order that it is about.
    pub order: Option<OrderNumber>,
}

/// A page of letters that have not left, the newest first.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn outbox(
    shop: &Shop,
    which: Outbox,
    before: Option<LetterId>,
    limit: i64,
) -> Result<Vec<Stuck>, StoreError> {
    let (state, queued_by) = which.meant(shop.now());
    shop.db
        .read("mail.outbox", move |tx| {
            let found = mail::queued_by(tx, state, queued_by, before, limit)?;
            found.into_iter().map(|letter| stuck_in(tx, letter)).collect()
        })
        .await
}

/// What a letter is about.
pub(crate) fn stuck_in(tx: &mut Tx<'_>, letter: Letter) -> Result<Stuck, StoreError> {
    let (mut market, mut order) = (None, None);
    match Kind::from_word(&letter.kind) {
        Some(kind) if kind.of_order() => {
            if let Some(placed) = load_order(tx, OrderId::from_bytes(letter.about))? {
                market = Some(placed.order.market);
                order = Some(placed.order.number);
            }
        }
        Some(Kind::ResellerHeld | Kind::ResellerFreed) => {
            let kept = reseller::order(tx, ResellerOrderId::from_bytes(letter.about))?;
            market = kept.map(|kept| kept.body.market);
        }
        Some(Kind::DepositPaid | Kind::DepositReturned) => {
            let kept = deposit::get(tx, DepositId::from_bytes(letter.about))?;
            market = kept.map(|kept| kept.market);
        }
        _ => {}
    }
    Ok(Stuck { letter, market, order })
}

/// Sends a letter that was given up once more. What it says is what is true when it leaves, and who was
/// erased in the meantime is not written to.
///
/// # Errors
///
/// A [`Refusal`], or a fault of the store.
pub async fn retry_letter(shop: &Arc<Shop>, person: &Person, id: LetterId) -> Outcome<(), Refusal> {
    let at = shop.now();
    let (own, person) = (Arc::clone(shop), person.clone());
    shop.db
        .write("mail.retry", move |tx| {
            if !person.may(Permission::JobRun, None) {
                return Err(StaffRefusal::NotPermitted.into());
            }
            let letter = mail::get(tx, id)?.ok_or_else(|| {
                let why = "there is no such letter".to_owned();
                Failure::Refused(Refusal::Act(ActRefusal::Order { code: "mail.unknown", why }))
            })?;
            // Twice is once: what waits already is not begun anew.
            if !mail::again(tx, id, at)? {
                return Ok(());
            }
            let Stuck { letter, market, order } = stuck_in(tx, letter)?;
            let subject = order.map_or_else(|| id.to_string(), |number| number.to_string());
            let noted = Noted {
                act: "mail.retry",
                market,
                subject: &subject,
                was: LetterState::GivenUp.word(),
                is_now: &letter.kind,
            };
            note(tx, &own.random, at, By::Person(&person), &noted)?;
            Ok(())
        })
        .await
}
