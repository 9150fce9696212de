//! The seals of the log: each repeats the short fields of an entry and refers to it with all of them, so that
//! the database refuses to change or remove the entry as long as its seal is there (ADR 0022). Long texts
//! have no room in a key: the digest, which has, is over them too.

use kontor_base::Instant;
use kontor_base::secret::content_digest;

use super::log::{Entry, read};
use crate::kernel::error::StoreError;
use crate::kernel::sql::{Row, Tx, Value};
use crate::values;

/// What a digest is of: another encoding gets another name.
const ENCODING: &[u8] = b"kontor staff log 1";

/// What seals an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seal {
    /// The digest of everything that the entry says.
    pub digest: [u8; 32],
    /// When it was sealed: with the entry, or by the keeper, for one from before the seals.
    pub sealed_at: Instant,
}

impl Seal {
    /// The seal of an entry.
    #[must_use]
    pub fn of(entry: &Entry, sealed_at: Instant) -> Self {
        Self { digest: digest(entry), sealed_at }
    }
}

/// The digest of an entry (BLAKE3). Each field has its length in front of it, so that no two entries have one
/// encoding.
#[must_use]
pub fn digest(entry: &Entry) -> [u8; 32] {
    let made_at = entry.made_at.micros().to_be_bytes();
    let fields: [&[u8]; 11] = [
        ENCODING,
        &entry.id,
        &made_at,
        entry.account_bytes(),
        entry.person.as_bytes(),
        entry.act.as_bytes(),
        entry.market.as_bytes(),
        entry.subject.as_bytes(),
        entry.was.as_bytes(),
        entry.is_now.as_bytes(),
        entry.reason.as_bytes(),
    ];
    let mut encoded = Vec::with_capacity(fields.iter().map(|field| field.len() + 8).sum());
    for field in fields {
        encoded.extend_from_slice(&(field.len() as u64).to_be_bytes());
        encoded.extend_from_slice(field);
    }
    content_digest(&encoded)
}

/// Seals an entry that has the digest already.
pub(super) fn insert(tx: &mut Tx<'_>, entry: &Entry, seal: &Seal) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO staff_log_seal (id, made_at, account, person, act, market, subject, digest,
             sealed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        values![
            &entry.id,
            entry.made_at,
            Value::Bytes(entry.account_bytes()),
            &entry.person,
            &entry.act,
            &entry.market,
            &entry.subject,
            Value::Bytes(&seal.digest),
            seal.sealed_at,
        ],
    )?;
    Ok(())
}

/// Seals an entry from before the seals: the only statement that touches an entry after it was written. It
/// changes nothing that the entry says, and the database refuses it once there is a seal.
///
/// # Errors
///
/// When the database cannot be written.
pub fn seal_later(tx: &mut Tx<'_>, entry: &Entry, seal: &Seal) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE staff_log SET account = $2, digest = $3 WHERE id = $1",
        values![&entry.id, Value::Bytes(entry.account_bytes()), Value::Bytes(&seal.digest)],
    )?;
    insert(tx, entry, seal)
}

/// An entry as the audit sees it, with what keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptEntry {
    /// What it says now.
    pub entry: Entry,
    /// The digest that stands beside it; none: it is from before the seals.
    pub digest: Option<Vec<u8>>,
    /// Its seal.
    pub seal: Option<KeptSeal>,
    /// Its place in the chain.
    pub number: Option<i64>,
    /// It waits for the keeper.
    pub waits: bool,
}

/// What a seal says of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptSeal {
    made_at: Instant,
    account: Vec<u8>,
    person: String,
    act: String,
    market: String,
    subject: String,
    digest: Vec<u8>,
    /// When it was made.
    pub sealed_at: Instant,
}

impl KeptEntry {
    /// The fields in which the entry is not what its seal says. Empty also where nothing is sealed.
    #[must_use]
    pub fn changed(&self) -> Vec<&'static str> {
        let Some(seal) = &self.seal else { return Vec::new() };
        let entry = &self.entry;
        let whole = digest(entry);
        let fields = [
            ("made_at", seal.made_at != entry.made_at),
            ("account", seal.account != entry.account_bytes()),
            ("person", seal.person != entry.person),
            ("act", seal.act != entry.act),
            ("market", seal.market != entry.market),
            ("subject", seal.subject != entry.subject),
            ("digest", self.digest.as_ref() != Some(&seal.digest)),
        ];
        let mut changed: Vec<_> =
            fields.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect();
        if changed.is_empty() && seal.digest != whole {
            // The seal says only that it is one of these.
            changed.push("was, is_now or reason");
        }
        changed
    }
}

/// Entries in the order of their ids, from behind `after` on, with their seals and places.
///
/// # Errors
///
/// When the database cannot be read.
pub fn entries_after(
    tx: &mut Tx<'_>,
    after: Option<[u8; 16]>,
    limit: i64,
) -> Result<Vec<KeptEntry>, StoreError> {
    let after = after.as_ref().map_or(&[][..], |id| id);
    tx.query(
        "SELECT l.id, l.made_at, l.account, l.person, l.act, l.market, l.subject, l.was, l.is_now,
             l.reason, l.digest, s.made_at, s.account, s.person, s.act, s.market, s.subject,
             s.digest, s.sealed_at, c.number, u.sealed
         FROM staff_log l
             LEFT JOIN staff_log_seal s ON s.id = l.id
             LEFT JOIN staff_log_chain c ON c.entry = l.id
             LEFT JOIN staff_log_unchained u ON u.id = l.id
         WHERE l.id > $1 ORDER BY l.id LIMIT $2",
        values![Value::Bytes(after), limit],
        |row| {
            Ok(KeptEntry {
                entry: read(row)?,
                digest: row.maybe_bytes(10)?,
                seal: row.maybe_int(18)?.map(|sealed_at| kept_seal(row, sealed_at)).transpose()?,
                number: row.maybe_int(19)?,
                waits: row.maybe_int(20)?.is_some(),
            })
        },
    )
}

fn kept_seal(row: &Row<'_>, sealed_at: i64) -> Result<KeptSeal, StoreError> {
    Ok(KeptSeal {
        made_at: row.instant(11)?,
        account: row.bytes(12)?,
        person: row.text(13)?,
        act: row.text(14)?,
        market: row.text(15)?,
        subject: row.text(16)?,
        digest: row.bytes(17)?,
        sealed_at: Instant::from_micros(sealed_at),
    })
}

/// Seals, and places in the queue, whose entry is not there, up to `limit`.
///
/// # Errors
///
/// When the database cannot be read.
pub fn without_entry(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<[u8; 16]>, StoreError> {
    tx.query(
        "SELECT s.id FROM staff_log_seal s LEFT JOIN staff_log l ON l.id = s.id
             WHERE l.id IS NULL
         UNION
         SELECT u.id FROM staff_log_unchained u LEFT JOIN staff_log l ON l.id = u.id
             WHERE l.id IS NULL
         ORDER BY 1 LIMIT $1",
        values![limit],
        |row| row.bytes16(0),
    )
}

#[cfg(test)]
mod tests {
    use kontor_base::id::StaffId;

    use super::*;

    fn entry() -> Entry {
        Entry {
            id: [1; 16],
            made_at: Instant::from_micros(7),
            account: Some(StaffId::from_bytes([2; 16])),
            person: "Ana".to_owned(),
            act: "order.cancel".to_owned(),
            market: "us".to_owned(),
            subject: "US-1".to_owned(),
            was: "paid".to_owned(),
            is_now: "cancelled".to_owned(),
            reason: "asked".to_owned(),
        }
    }

    #[test]
    fn every_field_is_in_the_digest() {
        let other = "x".to_owned();
        let changed = [
            Entry { id: [9; 16], ..entry() },
            Entry { made_at: Instant::from_micros(8), ..entry() },
            Entry { account: None, ..entry() },
            Entry { account: Some(StaffId::from_bytes([3; 16])), ..entry() },
            Entry { person: other.clone(), ..entry() },
            Entry { act: other.clone(), ..entry() },
            Entry { market: other.clone(), ..entry() },
            Entry { subject: other.clone(), ..entry() },
            Entry { was: other.clone(), ..entry() },
            Entry { is_now: other.clone(), ..entry() },
            Entry { reason: other, ..entry() },
        ];
        for changed in changed {
            assert_ne!(digest(&changed), digest(&entry()), "{changed:?}");
        }
    }

    #[test]
    fn a_text_that_moves_from_one_field_into_the_next_is_another_entry() {
        let moved = Entry { was: "paidcan".to_owned(), is_now: "celled".to_owned(), ..entry() };
        assert_ne!(digest(&moved), digest(&entry()));
    }

    /// What was sealed by an earlier release has to be found unchanged by a later one.
    #[test]
    fn the_encoding_stays() {
        assert_eq!(
            kontor_base::hex(&digest(&entry())),
            "acec5ff213586ee1e7947ac552110a8ac742051960bff672b5dd14beaf8dff35"
        );
    }
}
