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

/// What lists of proposals show of one: everything but what it would do and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its id.
    pub id: ProposalId,
    /// Who proposes it.
    pub author: StaffId,
    /// What it needs.
    pub permission: Permission,
    /// Where.
    pub market: Option<MarketCode>,
    /// What it is about.
    pub subject: String,
    /// Why, in the author's words.
    pub reason: String,
    /// When.
    pub proposed_at: Instant,
    /// When it was decided.
    pub decided_at: Option<Instant>,
}

impl Kept {
    /// What the list shows of it.
    #[must_use]
    pub fn into_head(self) -> Head {
        Head {
            id: self.id,
            author: self.author,
            permission: self.permission,
            market: self.market,
            subject: self.subject,
            reason: self.reason,
            proposed_at: self.proposed_at,
            decided_at: self.decided_at,
        }
    }
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
    tx.execute(
        "INSERT INTO staff_proposal_head
             (id, author, permission, market, subject, reason, proposed_at, decided_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, NULL)",
        values![
            kept.id.bytes(),
            kept.author.bytes(),
            kept.permission.word(),
            kept.market.as_ref().map_or("", |market| market.as_str()),
            &kept.subject,
            &kept.reason,
            kept.proposed_at,
        ],
    )?;
    Ok(())
}

/// What the list shows of a proposal.
///
/// # Errors
///
/// When the database cannot be read.
pub fn head(tx: &mut Tx<'_>, id: ProposalId) -> Result<Option<Head>, StoreError> {
    let head = tx.optional(
        "SELECT id, author, permission, market, subject, reason, proposed_at, decided_at
         FROM staff_proposal_head WHERE id = $1",
        values![id.bytes()],
        |row| {
            Ok(Head {
                id: ProposalId::from_bytes(row.bytes16(0)?),
                author: StaffId::from_bytes(row.bytes16(1)?),
                permission: word(&row.text(2)?, TABLE, Permission::from_word)?,
                market: market_of(&row.text(3)?)?,
                subject: row.text(4)?,
                reason: row.text(5)?,
                proposed_at: row.instant(6)?,
                decided_at: row.maybe_int(7)?.map(Instant::from_micros),
            })
        },
    )?;
    if head.is_some() {
        return Ok(head);
    }
    // A node of an earlier release that runs beside this one writes the whole proposal alone.
    Ok(find(tx, id)?.map(Kept::into_head))
}

/// Makes what lists show of proposals say the same as the proposals themselves: a node of an earlier release
/// erases and decides these alone.
///
/// # Errors
///
/// When the database cannot be written.
pub fn renew_heads(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO staff_proposal_head
             (id, author, permission, market, subject, reason, proposed_at, decided_at)
         SELECT id, author, permission, market, subject, reason, proposed_at, decided_at
         FROM staff_proposal WHERE 1 = 1
         ON CONFLICT (id) DO UPDATE SET reason = excluded.reason, decided_at = excluded.decided_at",
        &[],
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

/// What is looked for: proposals in a state, as it stands at a time. What waits and was proposed up to
/// `expired` waits no longer: it is [`ProposalState::Expired`].
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    /// The state.
    pub state: ProposalState,
    /// Up to when what was proposed has waited too long.
    pub expired: Instant,
}

impl Standing {
    /// The state as it is kept, and between which times those were proposed: after the first, up to the
    /// second.
    fn kept(self) -> (ProposalState, Instant, Instant) {
        let (ever, never) = (Instant::from_micros(i64::MIN), Instant::from_micros(i64::MAX));
        match self.state {
            ProposalState::Waiting => (self.state, self.expired, never),
            ProposalState::Expired => (ProposalState::Waiting, ever, self.expired),
            decided => (decided, ever, never),
        }
    }
}

pub(crate) const NEXT_MARKET: &str =
    "SELECT market FROM staff_proposal WHERE state = $1 AND market > $2 ORDER BY market LIMIT 1";
pub(crate) const NEXT_RIGHT: &str = "
    SELECT permission FROM staff_proposal WHERE state = $1 AND market = $2 AND permission > $3
    ORDER BY permission LIMIT 1";

/// The rights that decide about proposals in a state, each with its market: few, however many proposals
/// there are.
///
/// # Errors
///
/// When the database cannot be read; likewise below.
pub fn rights(
    tx: &mut Tx<'_>,
    standing: Standing,
) -> Result<Vec<(Permission, Option<MarketCode>)>, StoreError> {
    let (state, ..) = standing.kept();
    let mut rights = Vec::new();
    // Before every market stands what belongs to none.
    let mut market = Some(String::new());
    while let Some(here) = market {
        let code = market_of(&here)?;
        let mut after = String::new();
        while let Some(next) =
            tx.optional(NEXT_RIGHT, values![state.word(), &here, &after], |row| row.text(0))?
        {
            rights.push((word(&next, TABLE, Permission::from_word)?, code));
            after = next;
        }
        market = tx.optional(NEXT_MARKET, values![state.word(), &here], |row| row.text(0))?;
    }
    Ok(rights)
}

pub(crate) const OF_RIGHT: &str = "
    SELECT id FROM staff_proposal
    WHERE state = $1 AND market = $2 AND permission = $3 AND id < $4 AND id >= $5
        AND proposed_at > $6 AND proposed_at <= $7
    ORDER BY id DESC LIMIT $8";

/// The newest proposals that a right decides about, up to `limit` before `before`.
///
/// # Errors
///
/// See [`rights`].
pub fn of_right(
    tx: &mut Tx<'_>,
    standing: Standing,
    (permission, market): (Permission, Option<MarketCode>),
    before: Option<ProposalId>,
    limit: i64,
) -> Result<Vec<ProposalId>, StoreError> {
    let (state, from, until) = standing.kept();
    let (before, first) = span(before, from, until);
    let market = market.as_ref().map_or("", |market| market.as_str());
    tx.query(
        OF_RIGHT,
        values![state.word(), market, permission.word(), &before, &first, from, until, limit],
        |row| Ok(ProposalId::from_bytes(row.bytes16(0)?)),
    )
}

pub(crate) const OF_AUTHOR: &str = "
    SELECT id FROM staff_proposal
    WHERE author = $1 AND state = $2 AND id < $3 AND id >= $4
        AND proposed_at > $5 AND proposed_at <= $6
    ORDER BY id DESC LIMIT $7";

/// The newest proposals of an author, up to `limit` before `before`.
///
/// # Errors
///
/// See [`rights`].
pub fn of_author(
    tx: &mut Tx<'_>,
    standing: Standing,
    author: StaffId,
    before: Option<ProposalId>,
    limit: i64,
) -> Result<Vec<ProposalId>, StoreError> {
    let (state, from, until) = standing.kept();
    let (before, first) = span(before, from, until);
    tx.query(
        OF_AUTHOR,
        values![author.bytes(), state.word(), &before, &first, from, until, limit],
        |row| Ok(ProposalId::from_bytes(row.bytes16(0)?)),
    )
}

/// Between which ids lies what was proposed between two times, before an id: ids are in the order of
/// time, and what lies outside is not even walked over.
fn span(before: Option<ProposalId>, from: Instant, until: Instant) -> ([u8; 16], [u8; 16]) {
    let before = before.map_or([0xff; 16], |id| *id.bytes());
    // An id has the milliseconds alone: the one in which it ends is in it.
    let end = match until {
        until if until == Instant::from_micros(i64::MAX) => [0xff; 16],
        until => first_id(until.plus_seconds(1)),
    };
    (before.min(end), first_id(from))
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
    tx.execute("UPDATE staff_proposal_head SET reason = '' WHERE id = $1", values![id.bytes()])?;
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
    tx.execute(
        "UPDATE staff_proposal_head SET decided_at = $2 WHERE id = $1",
        values![id.bytes(), at],
    )?;
    Ok(())
}

fn read(row: &Row<'_>) -> Result<Kept, StoreError> {
    Ok(Kept {
        id: ProposalId::from_bytes(row.bytes16(0)?),
        author: StaffId::from_bytes(row.bytes16(1)?),
        permission: word(&row.text(2)?, TABLE, Permission::from_word)?,
        market: market_of(&row.text(3)?)?,
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

/// The market that a row names; an empty word is none.
fn market_of(word: &str) -> Result<Option<MarketCode>, StoreError> {
    if word.is_empty() { Ok(None) } else { parsed(word, TABLE).map(Some) }
}
