//! Webhooks: who is called, what has happened, and every attempt to tell.
//!
//! An event is a row of the transaction that causes it. A keeper makes a delivery of it for every
//! endpoint that wants it, and takes deliveries by a lease, so that several nodes share the work.

use kontor_base::Instant;
use kontor_base::id::{HookDeliveryId, HookEventId, HookId, StaffId};
use kontor_domain::hook::{EventKind, HookName, HookState};
use kontor_domain::market::MarketCode;
use kontor_domain::staff::Markets;

use crate::kernel::error::StoreError;
use crate::kernel::sql::{Row, Tx, parsed, word};
use crate::kernel::topic::Topic;
use crate::values;

/// Somebody who is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Its id.
    pub id: HookId,
    /// What it is called.
    pub name: HookName,
    /// Its address.
    pub url: String,
    /// The markets whose events it wants.
    pub markets: Markets,
    /// The kinds of events it wants.
    pub kinds: Vec<EventKind>,
    /// Whether it is called.
    pub state: HookState,
    /// Its secret, sealed.
    pub secret: String,
    /// The secret before, sealed, and until when it is good as well.
    pub secret_before: Option<(String, Instant)>,
    /// Since when every attempt has failed.
    pub failing_since: Option<Instant>,
    /// Who answers for it: whoever added it, or has taken it over since. It is told what they may read.
    pub made_by: StaffId,
    /// When it was added.
    pub made_at: Instant,
}

/// Something that has happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its id: the same with every attempt at every endpoint.
    pub id: HookEventId,
    /// What.
    pub kind: EventKind,
    /// Where; none: everywhere.
    pub market: Option<MarketCode>,
    /// When.
    pub at: Instant,
    /// What it says, as JSON; nobody's personal data.
    pub data: String,
}

/// How far a delivery has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    /// It is to be tried, perhaps again.
    Waiting,
    /// It was taken.
    Delivered,
    /// It was given up; a person may send it again.
    GivenUp,
    /// It is kept back: whoever answers for the endpoint may not read it.
    Held,
}

impl DeliveryState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Waiting, Self::Delivered, Self::GivenUp, Self::Held];

    /// The word in the store.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::GivenUp => "given_up",
            Self::Held => "held",
        }
    }

    /// The state with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// An event on its way to an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Its id.
    pub id: HookDeliveryId,
    /// To whom.
    pub endpoint: HookId,
    /// What.
    pub event: Event,
    /// How far it has come.
    pub state: DeliveryState,
    /// When it is tried next.
    pub due_at: Instant,
    /// How often it was tried since it was last begun.
    pub attempts: i64,
}

/// One attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// When.
    pub at: Instant,
    /// How long it took, in milliseconds.
    pub took_ms: i64,
    /// The status of the answer; none: there was none.
    pub status: Option<i64>,
    /// What went wrong.
    pub told: String,
}

/// Writes an event down if anybody is called at all. `data` is JSON without personal data.
///
/// # Errors
///
/// When the database cannot be written; likewise below.
pub fn emit(tx: &mut Tx<'_>, event: &Event) -> Result<(), StoreError> {
    let anybody = tx.optional(ANYBODY, &[], |row| row.int(0))?;
    if anybody.is_none() {
        return Ok(());
    }
    // The same id twice is the same event: a keeper that looked twice.
    tx.execute(
        "INSERT INTO hook_event (id, kind, market, made_at, data, fanned)
         VALUES ($1, $2, $3, $4, $5, 0) ON CONFLICT (id) DO NOTHING",
        values![
            event.id.bytes(),
            event.kind.word(),
            event.market.as_ref().map_or("", |market| market.as_str()),
            event.at,
            &event.data,
        ],
    )?;
    tx.touch(Topic::Job)
}

const ANYBODY: &str = "SELECT made_at FROM hook_endpoint WHERE state = 'active' LIMIT 1";

/// Asks a server already now whether [`emit`] has anybody to tell.
///
/// # Errors
///
/// When the database has refused something before it.
pub fn emit_ahead(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    tx.ahead(ANYBODY, &[])
}

/// Events that nobody has made deliveries of, the oldest first.
///
/// # Errors
///
/// When the database cannot be read; likewise below.
pub fn unfanned(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<Event>, StoreError> {
    tx.query(
        "SELECT id, kind, market, made_at, data FROM hook_event
         WHERE fanned = 0 ORDER BY id LIMIT $1",
        values![limit],
        |row| read_event(row, 0),
    )
}

/// An event's deliveries are made.
///
/// # Errors
///
/// See [`emit`].
pub fn fanned(tx: &mut Tx<'_>, event: HookEventId) -> Result<(), StoreError> {
    tx.execute("UPDATE hook_event SET fanned = 1 WHERE id = $1", values![event.bytes()])?;
    Ok(())
}

fn read_event(row: &Row<'_>, first: usize) -> Result<Event, StoreError> {
    const TABLE: &str = "hook_event";
    let market = row.text(first + 2)?;
    Ok(Event {
        id: HookEventId::from_bytes(row.bytes16(first)?),
        kind: word(&row.text(first + 1)?, TABLE, EventKind::from_word)?,
        market: if market.is_empty() { None } else { Some(parsed(&market, TABLE)?) },
        at: row.instant(first + 3)?,
        data: row.text(first + 4)?,
    })
}

/// Writes an endpoint as it is now.
///
/// # Errors
///
/// See [`emit`].
pub fn save_endpoint(tx: &mut Tx<'_>, endpoint: &Endpoint) -> Result<(), StoreError> {
    let kinds: Vec<&str> = endpoint.kinds.iter().map(|kind| kind.word()).collect();
    let before = endpoint.secret_before.as_ref();
    tx.execute(
        "INSERT INTO hook_endpoint (id, name, url, markets, kinds, state, secret, secret_before,
             before_until, failing_since, made_by, made_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, url = excluded.url,
             markets = excluded.markets, kinds = excluded.kinds, state = excluded.state,
             secret = excluded.secret, secret_before = excluded.secret_before,
             before_until = excluded.before_until, failing_since = excluded.failing_since,
             made_by = excluded.made_by",
        values![
            endpoint.id.bytes(),
            endpoint.name.as_str(),
            &endpoint.url,
            &endpoint.markets.to_string(),
            &kinds.join(" "),
            endpoint.state.word(),
            &endpoint.secret,
            before.map(|(secret, _)| secret),
            before.map(|(_, until)| *until),
            endpoint.failing_since,
            endpoint.made_by.bytes(),
            endpoint.made_at,
        ],
    )?;
    Ok(())
}

/// Every endpoint, the newest first.
///
/// # Errors
///
/// See [`unfanned`].
pub fn endpoints(tx: &mut Tx<'_>) -> Result<Vec<Endpoint>, StoreError> {
    tx.query(
        "SELECT id, name, url, markets, kinds, state, secret, secret_before, before_until,
             failing_since, made_by, made_at
         FROM hook_endpoint ORDER BY id DESC",
        &[],
        read_endpoint,
    )
}

/// An endpoint.
///
/// # Errors
///
/// See [`unfanned`].
pub fn endpoint(tx: &mut Tx<'_>, id: HookId) -> Result<Option<Endpoint>, StoreError> {
    tx.optional(
        "SELECT id, name, url, markets, kinds, state, secret, secret_before, before_until,
             failing_since, made_by, made_at
         FROM hook_endpoint WHERE id = $1",
        values![id.bytes()],
        read_endpoint,
    )
}

fn read_endpoint(row: &Row<'_>) -> Result<Endpoint, StoreError> {
    const TABLE: &str = "hook_endpoint";
    let kinds = row.text(4)?;
    let kinds: Result<_, StoreError> =
        kinds.split_whitespace().map(|text| word(text, TABLE, EventKind::from_word)).collect();
    let until = row.maybe_int(8)?.map(Instant::from_micros);
    Ok(Endpoint {
        id: HookId::from_bytes(row.bytes16(0)?),
        name: HookName::parse(&row.text(1)?).map_err(|e| StoreError::bad_row(TABLE, e))?,
        url: row.text(2)?,
        markets: parsed(&row.text(3)?, TABLE)?,
        kinds: kinds?,
        state: word(&row.text(5)?, TABLE, HookState::from_word)?,
        secret: row.text(6)?,
        secret_before: row.maybe_text(7)?.zip(until),
        failing_since: row.maybe_int(9)?.map(Instant::from_micros),
        made_by: StaffId::from_bytes(row.bytes16(10)?),
        made_at: row.instant(11)?,
    })
}

/// Begins a delivery of an event to an endpoint: to be tried at once, or kept back.
///
/// # Errors
///
/// See [`emit`].
pub fn begin(
    tx: &mut Tx<'_>,
    id: HookDeliveryId,
    endpoint: HookId,
    event: HookEventId,
    state: DeliveryState,
    at: Instant,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO hook_delivery (id, endpoint, event, state, due_at, attempts)
         VALUES ($1, $2, $3, $4, $5, 0)",
        values![id.bytes(), endpoint.bytes(), event.bytes(), state.word(), at],
    )?;
    Ok(())
}

/// Keeps a delivery back that was to be tried; one that somebody has ended in the meantime stays as it is.
///
/// # Errors
///
/// See [`emit`].
pub fn hold(tx: &mut Tx<'_>, delivery: HookDeliveryId) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE hook_delivery SET state = 'held', attempts = 0 WHERE id = $1 AND state = 'waiting'",
        values![delivery.bytes()],
    )?;
    Ok(())
}

/// The endpoints that are called and have something that is kept back.
///
/// # Errors
///
/// See [`unfanned`].
pub fn holding(tx: &mut Tx<'_>) -> Result<Vec<Endpoint>, StoreError> {
    tx.query(
        "SELECT id, name, url, markets, kinds, state, secret, secret_before, before_until,
             failing_since, made_by, made_at
         FROM hook_endpoint e WHERE state = 'active' AND EXISTS
             (SELECT 1 FROM hook_delivery d WHERE d.endpoint = e.id AND d.state = 'held')
         ORDER BY id DESC",
        &[],
        read_endpoint,
    )
}

/// Has up to `limit` of an endpoint's deliveries that are kept back tried, the oldest first; gives how many.
///
/// # Errors
///
/// See [`emit`].
pub fn release(
    tx: &mut Tx<'_>,
    endpoint: HookId,
    at: Instant,
    limit: i64,
) -> Result<usize, StoreError> {
    tx.execute(
        "UPDATE hook_delivery SET state = 'waiting', due_at = $2 WHERE id IN
             (SELECT id FROM hook_delivery WHERE endpoint = $1 AND state = 'held'
              ORDER BY id LIMIT $3)",
        values![endpoint.bytes(), at, limit],
    )?
    .rows()
}

/// Whether anything is to be done: an event without deliveries, or a delivery that is due.
///
/// # Errors
///
/// See [`unfanned`].
pub fn any_due(tx: &mut Tx<'_>, now: Instant) -> Result<bool, StoreError> {
    let event =
        tx.optional("SELECT made_at FROM hook_event WHERE fanned = 0 LIMIT 1", &[], |row| {
            row.int(0)
        })?;
    if event.is_some() {
        return Ok(true);
    }
    let delivery = tx.optional(
        "SELECT due_at FROM hook_delivery WHERE state = 'waiting' AND due_at <= $1 LIMIT 1",
        values![now],
        |row| row.int(0),
    )?;
    Ok(delivery.is_some())
}

/// Takes up to `limit` deliveries that are due and keeps others from taking them before `until`.
///
/// # Errors
///
/// See [`emit`].
pub fn take(
    tx: &mut Tx<'_>,
    now: Instant,
    until: Instant,
    limit: i64,
) -> Result<Vec<Delivery>, StoreError> {
    let due = tx.query(
        "SELECT e.id, e.kind, e.market, e.made_at, e.data, d.id, d.endpoint, d.state, d.due_at,
             d.attempts
         FROM hook_delivery d JOIN hook_event e ON e.id = d.event
         WHERE d.state = 'waiting' AND d.due_at <= $1 ORDER BY d.due_at, d.id LIMIT $2",
        values![now, limit],
        read_delivery,
    )?;
    for delivery in &due {
        tx.execute(
            "UPDATE hook_delivery SET due_at = $2 WHERE id = $1",
            values![delivery.id.bytes(), until],
        )?;
    }
    Ok(due)
}

fn read_delivery(row: &Row<'_>) -> Result<Delivery, StoreError> {
    Ok(Delivery {
        event: read_event(row, 0)?,
        id: HookDeliveryId::from_bytes(row.bytes16(5)?),
        endpoint: HookId::from_bytes(row.bytes16(6)?),
        state: word(&row.text(7)?, "hook_delivery", DeliveryState::from_word)?,
        due_at: row.instant(8)?,
        attempts: row.int(9)?,
    })
}

/// Notes an attempt and what has become of its delivery.
///
/// # Errors
///
/// See [`emit`].
pub fn note(tx: &mut Tx<'_>, delivery: &Delivery, attempt: &Attempt) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO hook_attempt (delivery, made_at, took_ms, status, told)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (delivery, made_at) DO UPDATE SET status = excluded.status",
        values![delivery.id.bytes(), attempt.at, attempt.took_ms, attempt.status, &attempt.told],
    )?;
    tx.execute(
        "UPDATE hook_delivery SET state = $2, due_at = $3, attempts = $4 WHERE id = $1",
        values![delivery.id.bytes(), delivery.state.word(), delivery.due_at, delivery.attempts],
    )?;
    Ok(())
}

/// Begins a delivery anew, at once; `false` when the endpoint has no such delivery.
///
/// # Errors
///
/// See [`emit`].
pub fn again(
    tx: &mut Tx<'_>,
    endpoint: HookId,
    id: HookDeliveryId,
    at: Instant,
) -> Result<bool, StoreError> {
    let changed = tx
        .execute(
            "UPDATE hook_delivery SET state = 'waiting', due_at = $3, attempts = 0
         WHERE id = $1 AND endpoint = $2 AND state <> 'waiting'",
            values![id.bytes(), endpoint.bytes(), at],
        )?
        .rows()?;
    tx.touch(Topic::Job)?;
    Ok(changed == 1)
}

/// Which of an endpoint's deliveries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Which {
    /// Only those in this state.
    pub state: Option<DeliveryState>,
    /// Only those of this event: the id that the other side has seen.
    pub event: Option<HookEventId>,
    /// Only those before this one.
    pub before: Option<HookDeliveryId>,
}

/// A page of an endpoint's deliveries, the newest first: up to `limit`.
///
/// # Errors
///
/// See [`unfanned`].
pub fn deliveries(
    tx: &mut Tx<'_>,
    endpoint: HookId,
    which: Which,
    limit: i64,
) -> Result<Vec<Delivery>, StoreError> {
    let before = which.before.map_or([0xff; 16], |id| *id.bytes());
    // One statement per index: with one for all of them a rare state is found at the end of everything.
    if let Some(event) = which.event {
        return tx.query(
            "SELECT e.id, e.kind, e.market, e.made_at, e.data, d.id, d.endpoint, d.state, d.due_at,
                 d.attempts
             FROM hook_delivery d JOIN hook_event e ON e.id = d.event
             WHERE d.event = $1 AND d.endpoint = $2 AND d.id < $3 ORDER BY d.id DESC LIMIT $4",
            values![event.bytes(), endpoint.bytes(), &before, limit],
            read_delivery,
        );
    }
    if let Some(state) = which.state {
        let asked = values![endpoint.bytes(), state.word(), &before, limit];
        return tx.query(IN_STATE, asked, read_delivery);
    }
    tx.query(
        "SELECT e.id, e.kind, e.market, e.made_at, e.data, d.id, d.endpoint, d.state, d.due_at,
             d.attempts
         FROM hook_delivery d JOIN hook_event e ON e.id = d.event
         WHERE d.endpoint = $1 AND d.id < $2 ORDER BY d.id DESC LIMIT $3",
        values![endpoint.bytes(), &before, limit],
        read_delivery,
    )
}

pub(crate) const IN_STATE: &str = "
    SELECT e.id, e.kind, e.market, e.made_at, e.data, d.id, d.endpoint, d.state, d.due_at,
        d.attempts
    FROM hook_delivery d JOIN hook_event e ON e.id = d.event
    WHERE d.endpoint = $1 AND d.state = $2 AND d.id < $3 ORDER BY d.id DESC LIMIT $4";

/// The attempts of a delivery, the newest first.
///
/// # Errors
///
/// See [`unfanned`].
pub fn attempts(
    tx: &mut Tx<'_>,
    delivery: HookDeliveryId,
    limit: i64,
) -> Result<Vec<Attempt>, StoreError> {
    tx.query(
        "SELECT made_at, took_ms, status, told FROM hook_attempt
         WHERE delivery = $1 ORDER BY made_at DESC LIMIT $2",
        values![delivery.bytes(), limit],
        |row| {
            Ok(Attempt {
                at: row.instant(0)?,
                took_ms: row.int(1)?,
                status: row.maybe_int(2)?,
                told: row.text(3)?,
            })
        },
    )
}

/// Removes up to `limit` events from before `before` with their deliveries and attempts; gives how
/// many.
///
/// # Errors
///
/// See [`emit`].
pub fn forget(tx: &mut Tx<'_>, before: Instant, limit: i64) -> Result<usize, StoreError> {
    let old = tx.query(
        "SELECT id FROM hook_event WHERE made_at < $1 ORDER BY made_at LIMIT $2",
        values![before, limit],
        |row| row.bytes16(0),
    )?;
    for event in &old {
        tx.execute(
            "DELETE FROM hook_attempt WHERE delivery IN
                 (SELECT id FROM hook_delivery WHERE event = $1)",
            values![event],
        )?;
        tx.execute("DELETE FROM hook_delivery WHERE event = $1", values![event])?;
        tx.execute("DELETE FROM hook_event WHERE id = $1", values![event])?;
    }
    Ok(old.len())
}

/// Whether there are events from before `before`.
///
/// # Errors
///
/// See [`unfanned`].
pub fn any_older(tx: &mut Tx<'_>, before: Instant) -> Result<bool, StoreError> {
    let found = tx.optional(
        "SELECT made_at FROM hook_event WHERE made_at < $1 LIMIT 1",
        values![before],
        |row| row.int(0),
    )?;
    Ok(found.is_some())
}
