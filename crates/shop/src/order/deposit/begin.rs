//! Begins a deposit: who wants a place and what it costs.

use std::sync::Arc;

use kontor_base::id::DepositId;
use kontor_base::{Instant, Language, Money};
use kontor_domain::sale::{DepositState, Way};
use kontor_store::Tx;
use kontor_store::sale::deposit::{self as deposits, KeptDeposit, Wanted};

use crate::core::{Failure, Once, Outcome, Replayed, Shop, once};
use crate::sale::{Enter, MayEnter, SaleRefusal, may_enter_in};

/// A wish for a place that costs a deposit. Not `Debug`: it is somebody's address.
#[derive(Clone)]
pub struct BeginDeposit {
    /// Who wants to enter, and where; the way is [`Way::Batch`].
    pub wish: Enter,
    /// The language of letters about it.
    pub language: Language,
    /// The identity of the request. Without one a wish that is sent twice is two, of which one can be
    /// paid; what nobody pays is forgotten after a day.
    pub once: Option<Once>,
}

/// Begins a deposit. Each wish has its own: an address that somebody else types as well must not lead
/// them to the place of whoever pays. Of several of one person only one can be paid.
///
/// # Errors
///
/// A [`SaleRefusal`], or a fault of the store.
pub async fn begin_deposit(
    shop: &Arc<Shop>,
    command: BeginDeposit,
) -> Outcome<Replayed<(DepositId, Money)>, SaleRefusal> {
    let (own, at) = (Arc::clone(shop), shop.now());
    let id = DepositId::new(at, &shop.random);
    shop.db
        .write("order.begin_deposit", move |tx| {
            let BeginDeposit { wish, language, once: request } = command.clone();
            once(tx, request.as_ref(), at, |tx| {
                let amount = price_in(tx, &own, &wish, at)?;
                deposits::save(tx, &fresh(&own, id, wish, amount, language, at))?;
                Ok((id, amount))
            })
        })
        .await
}

/// What the place costs that somebody wants and may have.
fn price_in(
    tx: &mut Tx<'_>,
    shop: &Shop,
    wish: &Enter,
    at: Instant,
) -> Outcome<Money, SaleRefusal> {
    if wish.way != Way::Batch {
        return Err(Failure::Refused(SaleRefusal::NoWay));
    }
    match may_enter_in(tx, shop, wish, at)? {
        MayEnter { deposit: None, .. } => Err(Failure::Refused(SaleRefusal::NoWay)),
        MayEnter { before: Some(_), .. } => Err(Failure::Refused(SaleRefusal::PlacePaid)),
        MayEnter { deposit: Some(amount), .. } => Ok(amount),
    }
}

fn fresh(
    shop: &Shop,
    id: DepositId,
    wish: Enter,
    amount: Money,
    language: Language,
    at: Instant,
) -> KeptDeposit {
    let persons = shop.keys.persons();
    KeptDeposit {
        id,
        sale: wish.sale,
        market: wish.market,
        person: persons.email(&wish.email),
        phone: wish.phone.as_ref().map(|phone| persons.phone(phone)),
        state: DepositState::Open,
        amount,
        payment: None,
        entry: None,
        checkout: None,
        order: None,
        applied_minor: 0,
        vacated: false,
        began_at: at,
        paid_at: None,
        changed_at: at,
        wanted: Wanted {
            email: Some(wish.email),
            phone: wish.phone,
            ship_to: wish.ship_to,
            language,
        },
    }
}
