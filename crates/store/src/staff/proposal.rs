//! What waits for a second person.

use kontor_base::Instant;
use kontor_base::id::{ProposalId, StaffId};
use kontor_domain::market::MarketCode;
use kontor_domain::staff::{Permission, ProposalState};

use crate::kernel::error::StoreError;
use crate::kernel::sql::{Row, Tx, parsed, word};
use crate::values;

const TABLE: &str = "staff_proposal";

/// A proposal as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its id; time-ordered.
    pub id: ProposalId,
    /// Who proposes it.
    pub author: StaffId,
    /// What it needs.
    pub permission: Permission,
    /// Where.
    pub market: Option<MarketCode>,
    /// What it is about: a SKU, an order's number, an address.
    pub subject: String,
    /// Everything that it would do, as JSON.
    pub content: String,
    /// Why, in the author's words.
    pub reason: String,
    /// When.
    pub proposed_at: Instant,
    /// How far it has come.
    pub state: ProposalState,
    /// Who decided.
    pub decided_by: Option<StaffId>,
    /// When.
    pub decided_at: Option<Instant>,
    /// What whoever decided wants to say about it.
    pub remark: String,
}

/// Writes a new proposal.
///
/// # Errors
///
/// When the database cannot be written.
pub fn insert(tx: &mut Tx<'_>, kept: &Kept) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO staff_proposal (id, author, permission, market, subject, content, reason,
             proposed_at, state, decided_by, decided_at, remark)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, NULL, NULL, '')",
        values![
            kept.id.bytes(),
            kept.author.bytes(),
            kept.permission.word(),
            kept.market.as_ref().map_or("", |market| market.as_str()),
            &kept.subject,
            &kept.content,
            &kept.reason,
            kept.proposed_at,
            kept.state.word(),
        ],
    )?;
    Ok(())
}

/// A proposal.
///
/// # Errors
///
/// When the database cannot be read.
pub fn find(tx: &mut Tx<'_>, id: ProposalId) -> Result<Option<Kept>, StoreError> {
    tx.optional(
        "SELECT id, author, permission, market, subject, content, reason, proposed_at, state,
             decided_by, decided_at, remark
         FROM staff_proposal WHERE id = $1",
        values![id.bytes()],
        read,
    )
}

/// Proposals in a state, the newest first, from `before` on. What waits and was proposed up to
/// `expired` waits no longer: it is [`ProposalState::Expired`].
///
/// # Errors
///
/// When the database cannot be read.
pub fn in_state(
    tx: &mut Tx<'_>,
    state: ProposalState,
    expired: Instant,
    before: Option<ProposalId>,
    limit: i64,
) -> Result<Vec<Kept>, StoreError> {
    let before = before.map_or([0xff; 16], |id| *id.bytes());
    let (ever, never) = (Instant::from_micros(i64::MIN), Instant::from_micros(i64::MAX));
    let (kept, from, until) = match state {
        ProposalState::Waiting => (state, expired, never),
        ProposalState::Expired => (ProposalState::Waiting, ever, expired),
        decided => (decided, ever, never),
    };
    // Ids are in the order of time: what has expired in all the years is not even walked over.
    let first = first_id(from);
    tx.query(
        "SELECT id, author, permission, market, subject, content, reason, proposed_at, state,
             decided_by, decided_at, remark
         FROM staff_proposal
         WHERE state = $1 AND id < $2 AND id >= $3 AND proposed_at > $4 AND proposed_at <= $5
         ORDER BY id DESC LIMIT $6",
        values![kept.word(), &before, &first, from, until, limit],
        read,
    )
}

/// The lowest id of what was made at a time or later: its milliseconds, and then nothing.
fn first_id(at: Instant) -> [u8; 16] {
    let mut id = [0; 16];
    let millis = u64::try_from(at.millis()).unwrap_or(0).to_be_bytes();
    id[..6].copy_from_slice(&millis[2..]);
    id
}

/// The proposals about something, the newest first.
pub(crate) const ABOUT: &str = "
    SELECT id, author, permission, market, subject, content, reason, proposed_at, state,
        decided_by, decided_at, remark
    FROM staff_proposal WHERE subject = $1 ORDER BY id DESC LIMIT $2";

/// The proposals about something, the newest first: up to `limit`.
///
/// # Errors
///
/// When the database cannot be read.
pub fn about(tx: &mut Tx<'_>, subject: &str, limit: i64) -> Result<Vec<Kept>, StoreError> {
    tx.query(ABOUT, values![subject, limit], read)
}

/// Takes the words that people wrote out of a proposal: its reason, the remark about it, and, by
/// giving it another content, those inside.
///
/// # Errors
///
/// When the database cannot be written.
pub fn erase_words(tx: &mut Tx<'_>, id: ProposalId, content: &str) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE staff_proposal SET content = $2, reason = '', remark = '' WHERE id = $1",
        values![id.bytes(), content],
    )?;
    Ok(())
}

/// Writes what was decided.
///
/// # Errors
///
/// When the database cannot be written.
pub fn decide(
    tx: &mut Tx<'_>,
    id: ProposalId,
    state: ProposalState,
    by: StaffId,
    at: Instant,
    remark: &str,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE staff_proposal SET state = $2, decided_by = $3, decided_at = $4, remark = $5
         WHERE id = $1",
        values![id.bytes(), state.word(), by.bytes(), at, remark],
    )?;
    Ok(())
}

fn read(row: &Row<'_>) -> Result<Kept, StoreError> {
    let market = row.text(3)?;
    let market = if market.is_empty() { None } else { Some(parsed::<MarketCode>(&market, TABLE)?) };
    Ok(Kept {
        id: ProposalId::from_bytes(row.bytes16(0)?),
        author: StaffId::from_bytes(row.bytes16(1)?),
        permission: word(&row.text(2)?, TABLE, Permission::from_word)?,
        market,
        subject: row.text(4)?,
        content: row.text(5)?,
        reason: row.text(6)?,
        proposed_at: row.instant(7)?,
        state: word(&row.text(8)?, TABLE, ProposalState::from_word)?,
        decided_by: row.maybe_bytes16(9)?.map(StaffId::from_bytes),
        decided_at: row.maybe_int(10)?.map(Instant::from_micros),
        remark: row.text(11)?,
    })
}
