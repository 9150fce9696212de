//! Codes that somebody has used or passed on. The code itself is not here, only its number.

use kontor_base::KeyedHash;
use kontor_base::id::{EntryId, SaleId};
use kontor_domain::sale::{PersonKeys, Trait};

use crate::kernel::error::StoreError;
use crate::kernel::sql::{Row, Tx};
use crate::values;

/// A code with its holder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeptCode {
    /// The entry that is made with it, whoever holds it.
    pub entry: EntryId,
    /// Who holds it.
    pub holder: PersonKeys,
    /// Whether it was passed on.
    pub transferred: bool,
}

/// The code with this number; none while it is fresh.
///
/// # Errors
///
/// When the database cannot be read.
pub fn get(tx: &mut Tx<'_>, sale: SaleId, number: u32) -> Result<Option<KeptCode>, StoreError> {
    tx.optional(
        "SELECT entry, email, phone, transferred FROM sale_code WHERE sale = $1 AND number = $2",
        values![sale.bytes(), i64::from(number)],
        read,
    )
}

/// The code that an entry was made with.
///
/// # Errors
///
/// When the database cannot be read.
pub fn of_entry(
    tx: &mut Tx<'_>,
    sale: SaleId,
    entry: EntryId,
) -> Result<Option<KeptCode>, StoreError> {
    tx.optional(
        "SELECT entry, email, phone, transferred FROM sale_code WHERE sale = $1 AND entry = $2",
        values![sale.bytes(), entry.bytes()],
        read,
    )
}

fn read(row: &Row<'_>) -> Result<KeptCode, StoreError> {
    let mut holder = PersonKeys::default();
    for (column, which) in [(1, Trait::Email), (2, Trait::Phone)] {
        if let Some(hash) = row.maybe_bytes16(column)? {
            holder = holder.with(which, hash);
        }
    }
    let entry = EntryId::from_bytes(row.bytes16(0)?);
    Ok(KeptCode { entry, holder, transferred: row.int(3)? != 0 })
}

/// Writes a code as it is now.
///
/// # Errors
///
/// When the database cannot be written.
pub fn save(tx: &mut Tx<'_>, sale: SaleId, number: u32, code: &KeptCode) -> Result<(), StoreError> {
    let hash = |which| -> Option<KeyedHash> { code.holder.get(which) };
    let (email, phone) = (hash(Trait::Email), hash(Trait::Phone));
    tx.execute(
        "INSERT INTO sale_code (sale, number, entry, email, phone, transferred)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (sale, number) DO UPDATE SET
             email = excluded.email, phone = excluded.phone, transferred = excluded.transferred",
        values![
            sale.bytes(),
            i64::from(number),
            code.entry.bytes(),
            email.as_ref(),
            phone.as_ref(),
            i64::from(code.transferred),
        ],
    )?;
    Ok(())
}
