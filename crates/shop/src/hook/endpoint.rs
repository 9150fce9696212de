//! Endpoints: added, switched on and off, their secrets exchanged, what they were told.

use std::sync::Arc;

use kontor_base::id::{HookDeliveryId, HookEventId, HookId};
use kontor_domain::hook::{EventKind, HOOKS_MAX, HookName, HookState, SECRET_OVERLAP_S, may_tell};
use kontor_domain::market::MarketCode;
use kontor_domain::staff::{Markets, Permission};
use kontor_remote::hook::{Reach, UrlProblem, check_url, secret_text};
use kontor_store::hook::{self as rows, Attempt, Delivery, DeliveryState, Endpoint, Which};
use kontor_store::staff::account;
use kontor_store::{StoreError, Topic, Tx};

use super::founded::{Answers, answers_in, refused_to};
use super::happened::Happened;
use super::seal::seal;
use crate::core::{Failure, Once, Outcome, Shop, once};
use crate::staff::{By, Noted, Person, note};

/// How many attempts of a delivery are shown.
const ATTEMPTS_SHOWN: i64 = 20;

/// Why an endpoint is not added or changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HookRefusal {
    /// The name cannot be read.
    #[error("say in one line of up to 80 characters what it is for")]
    Name,
    /// The address cannot be called.
    #[error(transparent)]
    Url(#[from] UrlProblem),
    /// No event is chosen.
    #[error("choose at least one event")]
    NoKind,
    /// Not all of the markets are theirs.
    #[error("not all of these markets are yours")]
    NotYours,
    /// There are enough.
    #[error("there are {HOOKS_MAX} webhooks already; remove those that nobody needs")]
    TooMany,
    /// There is no such endpoint or delivery, or it is not theirs.
    #[error("there is no such webhook")]
    Unknown,
    /// It is switched off.
    #[error("this webhook is switched off")]
    Off,
    /// Nobody has more told than they may read.
    #[error("{} is not yours in all of these markets", .0.word())]
    NotPermitted(Permission),
    /// Whoever answers for it may not read this.
    #[error("whoever answers for this webhook may not read this; take it over first")]
    HeldBack,
}

impl HookRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Name => "hook.bad_name",
            Self::Url(_) => "hook.bad_url",
            Self::NoKind => "hook.no_kind",
            Self::NotYours => "hook.not_yours",
            Self::TooMany => "hook.too_many",
            Self::Unknown => "hook.unknown",
            Self::Off => "hook.off",
            Self::NotPermitted(_) => "hook.not_permitted",
            Self::HeldBack => "hook.held_back",
        }
    }
}

/// A new endpoint, as typed.
#[derive(Clone, Debug)]
pub struct AddHook {
    /// What it is for.
    pub name: String,
    /// Its address.
    pub url: String,
    /// The markets whose events it wants.
    pub markets: Markets,
    /// The kinds of events it wants.
    pub kinds: Vec<EventKind>,
    /// The request's identity.
    pub once: Once,
}

/// An endpoint that was added.
pub struct AddedHook {
    /// The endpoint.
    pub id: HookId,
    /// The secret, `whsec_…`: shown this once. None: the same request had added it before.
    pub secret: Option<String>,
}

impl std::fmt::Debug for AddedHook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AddedHook({})", self.id)
    }
}

/// Adds an endpoint.
///
/// # Errors
///
/// A [`HookRefusal`], or a fault of the store.
pub async fn add_hook(
    shop: &Arc<Shop>,
    person: &Person,
    wish: AddHook,
) -> Outcome<AddedHook, HookRefusal> {
    let at = shop.now();
    let refuse = |refusal| Err(Failure::Refused(refusal));
    let Ok(name) = HookName::parse(&wish.name) else { return refuse(HookRefusal::Name) };
    let reach = if shop.policy.call_private { Reach::Private } else { Reach::Public };
    if let Err(problem) = check_url(&wish.url, reach) {
        return refuse(HookRefusal::Url(problem));
    }
    let mut kinds = wish.kinds;
    kinds.retain(|kind| *kind != EventKind::HookTest);
    if kinds.is_empty() {
        return refuse(HookRefusal::NoKind);
    }
    if !looks_after(person, &wish.markets) {
        return refuse(HookRefusal::NotYours);
    }
    let id = HookId::new(at, &shop.random);
    let secret = shop.random.bytes32();
    let endpoint = Endpoint {
        id,
        name,
        url: wish.url,
        markets: wish.markets,
        kinds,
        state: HookState::Active,
        secret: seal(&shop.keys.hook, id.bytes(), &secret, &shop.random),
        secret_before: None,
        failing_since: None,
        made_by: person.id,
        made_at: at,
    };
    if let Err(refusal) = refused_to(person, &endpoint) {
        return refuse(refusal);
    }
    let (own, person) = (Arc::clone(shop), person.clone());
    let added = shop
        .db
        .write("hook.add", move |tx| {
            once(tx, Some(&wish.once), at, |tx| {
                let all = rows::endpoints(tx)?;
                if all.iter().filter(|one| one.state != HookState::Removed).count() >= HOOKS_MAX {
                    return Err(Failure::Refused(HookRefusal::TooMany));
                }
                rows::save_endpoint(tx, &endpoint)?;
                log(tx, &own, &person, "hook.add", &endpoint, "", &described(&endpoint))?;
                Ok(id.to_string())
            })
        })
        .await?;
    let id = added.answer.parse().unwrap_or(id);
    Ok(AddedHook { id, secret: (!added.replayed).then(|| secret_text(&secret)) })
}

/// Whether the webhooks of these markets are somebody's to look after.
fn looks_after(person: &Person, markets: &Markets) -> bool {
    match markets {
        Markets::All => person.may(Permission::StaffConnect, None),
        Markets::Only(own) => {
            !own.is_empty()
                && own.iter().all(|market| person.may(Permission::StaffConnect, Some(*market)))
        }
    }
}

pub(super) fn described(endpoint: &Endpoint) -> String {
    let kinds: Vec<&str> = endpoint.kinds.iter().map(|kind| kind.word()).collect();
    format!(
        "{}; {}; {}; {}; {}",
        endpoint.name,
        endpoint.state.word(),
        endpoint.url,
        endpoint.markets,
        kinds.join(" ")
    )
}

pub(super) fn log(
    tx: &mut Tx<'_>,
    shop: &Shop,
    person: &Person,
    act: &str,
    endpoint: &Endpoint,
    was: &str,
    is_now: &str,
) -> Result<(), StoreError> {
    let market: Option<MarketCode> = match &endpoint.markets {
        Markets::Only(own) if own.len() == 1 => own.first().copied(),
        _ => None,
    };
    let subject = endpoint.id.to_string();
    let noted = Noted { act, market, subject: &subject, was, is_now };
    note(tx, &shop.random, shop.now(), By::Person(person), &noted)
}

/// The endpoint with this id, if it is theirs and not removed.
pub(super) fn own_in(
    tx: &mut Tx<'_>,
    person: &Person,
    id: HookId,
) -> Outcome<Endpoint, HookRefusal> {
    let found = rows::endpoint(tx, id)?;
    found
        .filter(|one| one.state != HookState::Removed && looks_after(person, &one.markets))
        .ok_or(Failure::Refused(HookRefusal::Unknown))
}

/// The endpoints that are somebody's to look after, the newest first, each with who answers for it.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn hooks(
    shop: &Arc<Shop>,
    person: &Person,
) -> Result<Vec<(Endpoint, Answers)>, StoreError> {
    let person = person.clone();
    let read = move |tx: &mut Tx<'_>| {
        let mut own = Vec::new();
        for one in rows::endpoints(tx)? {
            if one.state != HookState::Removed && looks_after(&person, &one.markets) {
                let answers = answers_in(tx, &one)?;
                own.push((one, answers));
            }
        }
        Ok(own)
    };
    shop.db.read("hook.all", read).await
}

/// An endpoint with what it was told.
#[derive(Clone, Debug)]
pub struct Overview {
    /// The endpoint.
    pub endpoint: Endpoint,
    /// Who answers for it.
    pub answers: Answers,
    /// Whether whoever looks may answer for it instead.
    pub may_take_over: bool,
    /// What it was told, the newest first, each with its last attempts.
    pub deliveries: Vec<(Delivery, Vec<Attempt>)>,
    /// There are older ones.
    pub more: bool,
}

/// An endpoint and a page of what it was told.
///
/// # Errors
///
/// [`HookRefusal::Unknown`], or a fault of the store.
pub async fn hook(
    shop: &Arc<Shop>,
    person: &Person,
    id: HookId,
    which: Which,
    limit: usize,
) -> Outcome<Overview, HookRefusal> {
    let person = person.clone();
    shop.db
        .read("hook.show", move |tx| {
            let endpoint = own_in(tx, &person, id)?;
            let rows_wanted = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
            let mut page = rows::deliveries(tx, id, which, rows_wanted)?;
            let more = page.len() > limit;
            page.truncate(limit);
            let mut deliveries = Vec::with_capacity(page.len());
            for delivery in page {
                let attempts = rows::attempts(tx, delivery.id, ATTEMPTS_SHOWN)?;
                deliveries.push((delivery, attempts));
            }
            let answers = answers_in(tx, &endpoint)?;
            let other = endpoint.made_by != person.id;
            let may_take_over = other && refused_to(&person, &endpoint).is_ok();
            Ok(Overview { endpoint, answers, may_take_over, deliveries, more })
        })
        .await
}

/// Switches an endpoint on or off, or removes it. What waits for one that is switched on again is
/// told; a removed one comes back by nobody.
///
/// # Errors
///
/// [`HookRefusal::Unknown`], or a fault of the store.
pub async fn set_hook_state(
    shop: &Arc<Shop>,
    person: &Person,
    id: HookId,
    state: HookState,
) -> Outcome<(), HookRefusal> {
    let (own, person) = (Arc::clone(shop), person.clone());
    shop.db
        .write("hook.set_state", move |tx| {
            let mut endpoint = own_in(tx, &person, id)?;
            if endpoint.state == state {
                return Ok(());
            }
            let was = described(&endpoint);
            endpoint.state = state;
            endpoint.failing_since = None;
            rows::save_endpoint(tx, &endpoint)?;
            log(tx, &own, &person, "hook.set_state", &endpoint, &was, &described(&endpoint))?;
            Ok(())
        })
        .await
}

/// Gives an endpoint a new secret, which is shown this once; for a day calls carry a signature by each
/// of the two. `None`: the same request had exchanged it before.
///
/// # Errors
///
/// [`HookRefusal::Unknown`], or a fault of the store.
pub async fn exchange_secret(
    shop: &Arc<Shop>,
    person: &Person,
    id: HookId,
    request: Once,
) -> Outcome<Option<String>, HookRefusal> {
    let at = shop.now();
    let secret = shop.random.bytes32();
    let sealed = seal(&shop.keys.hook, id.bytes(), &secret, &shop.random);
    let (own, person) = (Arc::clone(shop), person.clone());
    let exchanged = shop
        .db
        .write("hook.exchange_secret", move |tx| {
            once(tx, Some(&request), at, |tx| {
                let mut endpoint = own_in(tx, &person, id)?;
                let before = std::mem::replace(&mut endpoint.secret, sealed.clone());
                endpoint.secret_before = Some((before, at.plus_seconds(SECRET_OVERLAP_S)));
                rows::save_endpoint(tx, &endpoint)?;
                log(tx, &own, &person, "hook.exchange_secret", &endpoint, "", "")?;
                Ok(())
            })
        })
        .await?;
    Ok((!exchanged.replayed).then(|| secret_text(&secret)))
}

/// Tells an endpoint once more what it was told before.
///
/// # Errors
///
/// [`HookRefusal::Unknown`], [`HookRefusal::Off`], [`HookRefusal::HeldBack`], or a fault of the store.
pub async fn replay(
    shop: &Arc<Shop>,
    person: &Person,
    id: HookId,
    delivery: HookDeliveryId,
) -> Outcome<(), HookRefusal> {
    let at = shop.now();
    let (own, person) = (Arc::clone(shop), person.clone());
    shop.db
        .write("hook.replay", move |tx| {
            let endpoint = own_in(tx, &person, id)?;
            if endpoint.state != HookState::Active {
                return Err(Failure::Refused(HookRefusal::Off));
            }
            let which = Which { before: Some(after(delivery)), ..Which::default() };
            let known = rows::deliveries(tx, id, which, 1)?;
            let Some(known) = known.first().filter(|found| found.id == delivery) else {
                return Err(Failure::Refused(HookRefusal::Unknown));
            };
            let answers = account::find(tx, endpoint.made_by)?;
            if !may_tell(answers.as_ref(), known.event.kind, known.event.market) {
                return Err(Failure::Refused(HookRefusal::HeldBack));
            }
            if rows::again(tx, id, delivery, at)? {
                log(tx, &own, &person, "hook.replay", &endpoint, "", &delivery.to_string())?;
            }
            Ok(())
        })
        .await
}

/// The id behind this one.
fn after(id: HookDeliveryId) -> HookDeliveryId {
    HookDeliveryId::from_bytes(u128::from_be_bytes(*id.bytes()).saturating_add(1).to_be_bytes())
}

/// Sends an endpoint a message that says nothing, to see whether calls get through.
///
/// # Errors
///
/// [`HookRefusal::Unknown`], [`HookRefusal::Off`], or a fault of the store.
pub async fn try_hook(
    shop: &Arc<Shop>,
    person: &Person,
    id: HookId,
    request: Once,
) -> Outcome<(), HookRefusal> {
    let at = shop.now();
    let (own, person) = (Arc::clone(shop), person.clone());
    let tried = shop.db.write("hook.try", move |tx| {
        once(tx, Some(&request), at, |tx| {
            let endpoint = own_in(tx, &person, id)?;
            if endpoint.state != HookState::Active {
                return Err(Failure::Refused(HookRefusal::Off));
            }
            let event = Happened::test().event(HookEventId::new(at, &own.random), at);
            rows::emit(tx, &event)?;
            rows::fanned(tx, event.id)?;
            let delivery = HookDeliveryId::new(at, &own.random);
            rows::begin(tx, delivery, id, event.id, DeliveryState::Waiting, at)?;
            tx.touch(Topic::Job)?;
            log(tx, &own, &person, "hook.try", &endpoint, "", "")?;
            Ok(())
        })
    });
    tried.await.map(|_| ())
}
