//! Models, variants, and which accessory fits which device.

use kontor_base::Instant;
use kontor_base::id::StaffId;
use kontor_domain::catalogue::{Fit, Model, Slug, Variant};

use crate::kernel::error::StoreError;
use crate::kernel::sql::{Tx, Value, to_json};
use crate::kernel::topic::Topic;
use crate::values;

/// Every model, by code.
///
/// # Errors
///
/// When the database cannot be read.
pub fn models(tx: &mut Tx<'_>) -> Result<Vec<Model>, StoreError> {
    tx.query("SELECT body FROM catalogue_model ORDER BY code", &[], |row| {
        row.json(0, "catalogue_model")
    })
}

/// Every variant, in the order in which a model shows them.
///
/// # Errors
///
/// When the database cannot be read.
pub fn variants(tx: &mut Tx<'_>) -> Result<Vec<Variant>, StoreError> {
    tx.query("SELECT body FROM catalogue_variant ORDER BY model, position, sku", &[], |row| {
        row.json(0, "catalogue_variant")
    })
}

/// The place of every variant among its siblings, by SKU.
///
/// # Errors
///
/// When the database cannot be read.
pub fn positions(tx: &mut Tx<'_>) -> Result<Vec<(String, i64)>, StoreError> {
    tx.query("SELECT sku, position FROM catalogue_variant ORDER BY sku", &[], |row| {
        Ok((row.text(0)?, row.int(1)?))
    })
}

/// Which accessory fits which device.
///
/// # Errors
///
/// When the database cannot be read.
pub fn fits(tx: &mut Tx<'_>) -> Result<Vec<Fit>, StoreError> {
    tx.query("SELECT accessory, device FROM catalogue_fit ORDER BY accessory, device", &[], |row| {
        let slug = |text: String| {
            text.parse().map_err(|error| StoreError::bad_row("catalogue_fit", error))
        };
        Ok(Fit { accessory: slug(row.text(0)?)?, device: slug(row.text(1)?)? })
    })
}

/// Writes a model as it is now.
///
/// # Errors
///
/// When the database cannot be written.
pub fn save_model(tx: &mut Tx<'_>, model: &Model) -> Result<(), StoreError> {
    let body = to_json(model, "catalogue_model")?;
    tx.execute(
        "INSERT INTO catalogue_model (code, body) VALUES ($1, $2)
         ON CONFLICT (code) DO UPDATE SET body = excluded.body",
        values![model.code.as_str(), &body],
    )?;
    tx.touch(Topic::Catalogue)
}

/// Writes a variant as it is now; `position` is its place among its siblings.
///
/// # Errors
///
/// When the database cannot be written.
pub fn save_variant(tx: &mut Tx<'_>, variant: &Variant, position: i64) -> Result<(), StoreError> {
    let body = to_json(variant, "catalogue_variant")?;
    tx.execute(
        "INSERT INTO catalogue_variant (sku, model, position, body) VALUES ($1, $2, $3, $4)
         ON CONFLICT (sku) DO UPDATE SET
             model = excluded.model, position = excluded.position, body = excluded.body",
        values![variant.sku.as_str(), variant.model.as_str(), position, &body],
    )?;
    tx.touch(Topic::Catalogue)
}

/// Notes that an accessory fits a device.
///
/// # Errors
///
/// When the database cannot be written.
pub fn save_fit(tx: &mut Tx<'_>, fit: &Fit) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO catalogue_fit (accessory, device) VALUES ($1, $2)
         ON CONFLICT (accessory, device) DO NOTHING",
        values![fit.accessory.as_str(), fit.device.as_str()],
    )?;
    tx.touch(Topic::Catalogue)
}

/// Takes back that an accessory fits a device.
///
/// # Errors
///
/// When the database cannot be written.
pub fn remove_fit(tx: &mut Tx<'_>, fit: &Fit) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM catalogue_fit WHERE accessory = $1 AND device = $2",
        values![fit.accessory.as_str(), fit.device.as_str()],
    )?;
    tx.touch(Topic::Catalogue)
}

/// A photograph of a model, without its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptPhoto {
    /// The model.
    pub model: Slug,
    /// The hash of its bytes, in hexadecimal: its name.
    pub hash: String,
    /// Its width, in pixels.
    pub width: i64,
    /// Its height, in pixels.
    pub height: i64,
    /// When it was added.
    pub added_at: Instant,
}

/// Every photograph, by model, the oldest first.
///
/// # Errors
///
/// When the database cannot be read.
pub fn photos(tx: &mut Tx<'_>) -> Result<Vec<KeptPhoto>, StoreError> {
    tx.query(
        "SELECT model, hash, width, height, added_at FROM catalogue_photo
         ORDER BY model, added_at, hash",
        &[],
        |row| {
            let model = row.text(0)?;
            Ok(KeptPhoto {
                model: model
                    .parse()
                    .map_err(|error| StoreError::bad_row("catalogue_photo", error))?,
                hash: row.text(1)?,
                width: row.int(2)?,
                height: row.int(3)?,
                added_at: row.instant(4)?,
            })
        },
    )
}

/// The media type and the bytes of a photograph.
///
/// # Errors
///
/// When the database cannot be read.
pub fn photo(tx: &mut Tx<'_>, hash: &str) -> Result<Option<(String, Vec<u8>)>, StoreError> {
    tx.optional(
        "SELECT media, content FROM catalogue_photo WHERE hash = $1 ORDER BY model",
        values![hash],
        |row| Ok((row.text(0)?, row.bytes(1)?)),
    )
}

/// Keeps a photograph of a model; the same bytes twice are one.
///
/// # Errors
///
/// When the database cannot be written.
pub fn save_photo(
    tx: &mut Tx<'_>,
    photo: &KeptPhoto,
    media: &str,
    content: &[u8],
    by: StaffId,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO catalogue_photo
             (model, hash, media, width, height, content, added_at, added_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (model, hash) DO NOTHING",
        values![
            photo.model.as_str(),
            photo.hash.as_str(),
            media,
            photo.width,
            photo.height,
            Value::Bytes(content),
            photo.added_at,
            by.bytes(),
        ],
    )?;
    tx.touch(Topic::Catalogue)
}

/// Removes a photograph; gives whether it was there.
///
/// # Errors
///
/// When the database cannot be written.
pub fn remove_photo(tx: &mut Tx<'_>, model: &Slug, hash: &str) -> Result<bool, StoreError> {
    let removed = tx
        .execute(
            "DELETE FROM catalogue_photo WHERE model = $1 AND hash = $2",
            values![model.as_str(), hash],
        )?
        .rows()?;
    tx.touch(Topic::Catalogue)?;
    Ok(removed > 0)
}
