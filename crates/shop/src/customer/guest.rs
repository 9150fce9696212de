//! Lets somebody in to a market in beta who stands on none of its waiting lists.

use std::sync::Arc;

use kontor_base::Email;
use kontor_domain::catalogue::Slug;
use kontor_domain::market::{MarketCode, Stage};
use kontor_store::customer::{KeptWaiting, guest};
use kontor_store::{StoreError, Tx};

use crate::core::{Failure, Known, Outcome, Shop};

/// Who is to be let in. Only the keyed hash of the address is kept.
#[derive(Clone, Debug)]
pub struct LetIn {
    /// The market.
    pub market: MarketCode,
    /// The model; none: everything that is sold there.
    pub model: Option<Slug>,
    /// The address that will be typed at the checkout.
    pub email: Email,
}

/// Why nobody is let in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GuestRefusal {
    /// There is no such market.
    #[error("there is no market {0}")]
    UnknownMarket(MarketCode),
    /// There is no such model.
    #[error("there is no model {0}")]
    UnknownModel(Slug),
    /// Everybody, or nobody, may buy there.
    #[error("{0} is not in beta, nor about to be: nobody has to be let in")]
    NoBeta(MarketCode),
}

/// Lets somebody in.
///
/// # Errors
///
/// A [`GuestRefusal`], or a fault of the store.
pub async fn let_in(shop: &Arc<Shop>, command: LetIn) -> Outcome<(), GuestRefusal> {
    let at = shop.now();
    let own = Arc::clone(shop);
    shop.db
        .write("customer.let_in", move |tx| {
            let LetIn { market, model, email } = &command;
            let known = own.snapshots.current_in(tx, at)?;
            let refuse = |refusal| Err(Failure::Refused(refusal));
            let Some(found) = known.market(*market) else {
                return refuse(GuestRefusal::UnknownMarket(*market));
            };
            if let Some(model) = model.as_ref().filter(|model| !known.models.contains_key(*model)) {
                return refuse(GuestRefusal::UnknownModel(model.clone()));
            }
            // Before the beta, so that it can begin with somebody in it.
            if !matches!(found.stage, Stage::Preparing | Stage::Beta | Stage::Paused) {
                return refuse(GuestRefusal::NoBeta(*market));
            }
            guest::let_in(tx, *market, model.as_ref(), own.keys.customer(email), at)?;
            Ok(())
        })
        .await
}

/// Somebody on a list was told that they can buy, and leaves it with their address. In a beta that
/// letter is the invitation: its hash stays.
pub(crate) fn keep_invited_in(
    tx: &mut Tx<'_>,
    shop: &Shop,
    known: &Known,
    told: &KeptWaiting,
) -> Result<(), StoreError> {
    let market = known.market(told.entry.market).filter(|market| market.stage == Stage::Beta);
    if market.is_none() || told.moments.confirmed_at.is_none() {
        return Ok(());
    }
    let customer = shop.keys.customer(&told.entry.email);
    guest::let_in(tx, told.entry.market, told.entry.model.as_ref(), customer, shop.now())
}
