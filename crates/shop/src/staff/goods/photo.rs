//! Photographs of products: taken in only if every byte of them is a picture, shown to everybody under
//! the hash of their bytes.

use std::sync::Arc;

use kontor_base::Instant;
use kontor_domain::catalogue::{PhotoKind, PhotoRefusal, Slug, read_photo};
use kontor_domain::staff::{Permission, StaffRefusal};
use kontor_store::catalogue::{self, KeptPhoto};
use kontor_store::{StoreError, Tx};
use serde::{Deserialize, Serialize};

use super::super::act::{Bearing, Change};
use super::super::log::{By, Noted, note};
use super::super::person::{Person, Refusal};
use super::refused;
use crate::core::{Failure, Known, Outcome, Shop};

/// The most photographs of a model.
const PHOTOS_MAX: usize = 8;

/// Something that is done to a photograph that is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhotoAct {
    /// The model.
    pub model: Slug,
    /// The photograph, which is taken away.
    pub hash: String,
}

impl PhotoAct {
    pub(in crate::staff) fn bearing(&self, known: &Known) -> Outcome<Bearing, Refusal> {
        let photos = known.photos.get(&self.model);
        if !photos.is_some_and(|photos| photos.iter().any(|photo| photo.hash == self.hash)) {
            return Err(refused("catalogue.unknown_photo", "there is no such picture"));
        }
        let subject = format!("models/{}", self.model);
        Ok(Bearing::plain(Permission::CatalogueEdit, None, subject))
    }

    pub(in crate::staff) fn change(&self) -> Change {
        let was = serde_json::json!({ "photo": self.hash }).to_string();
        Change { was, is_now: String::new() }
    }

    pub(in crate::staff) fn carry_out(&self, tx: &mut Tx<'_>) -> Outcome<(), Refusal> {
        if catalogue::remove_photo(tx, &self.model, &self.hash)? {
            Ok(())
        } else {
            Err(refused("catalogue.unknown_photo", "there is no such picture"))
        }
    }
}

/// Keeps a photograph of a model, and writes down who added it. The same one twice is one.
///
/// # Errors
///
/// A [`Refusal`], or a fault of the store.
pub async fn keep_photo(
    shop: &Arc<Shop>,
    person: &Person,
    model: Slug,
    content: Vec<u8>,
) -> Outcome<String, Refusal> {
    if !person.may(Permission::CatalogueEdit, None) {
        return Err(StaffRefusal::NotPermitted.into());
    }
    let read = read_photo(&content);
    let read = read.map_err(|refusal: PhotoRefusal| refused(refusal.code(), refusal))?;
    let at: Instant = shop.now();
    let hash = kontor_base::secret::content_hash(&content);
    let kept = KeptPhoto {
        model,
        hash: hash.clone(),
        width: read.width.into(),
        height: read.height.into(),
        added_at: at,
    };
    let (own, person) = (Arc::clone(shop), person.clone());
    shop.db
        .write("catalogue.keep_photo", move |tx| {
            let known = own.snapshots.current_in(tx, at)?;
            if !known.models.contains_key(&kept.model) {
                return Err(refused("catalogue.unknown_model", "there is no such model"));
            }
            let photos = known.photos.get(&kept.model).map_or(&[][..], |photos| photos);
            if photos.iter().any(|photo| photo.hash == kept.hash) {
                return Ok(());
            }
            if photos.len() >= PHOTOS_MAX {
                let words = format!("a product has at most {PHOTOS_MAX} pictures");
                return Err(refused("catalogue.photos_max", words));
            }
            catalogue::save_photo(tx, &kept, read.kind.media(), &content, person.id)?;
            let is_now = serde_json::json!({
                "photo": kept.hash, "width": kept.width, "height": kept.height,
            });
            let noted = Noted {
                act: Permission::CatalogueEdit.word(),
                market: None,
                subject: &format!("models/{}", kept.model),
                was: "",
                is_now: &is_now.to_string(),
            };
            note(tx, &own.random, at, By::Person(&person), &noted)?;
            Ok::<_, Failure<Refusal>>(())
        })
        .await?;
    Ok(hash)
}

/// A photograph with its kind. What lies in the database is looked at once more: nothing is served as
/// a picture that is none.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn photo(
    shop: &Arc<Shop>,
    hash: String,
) -> Result<Option<(PhotoKind, Vec<u8>)>, StoreError> {
    let found = shop.db.read("catalogue.photo", move |tx| catalogue::photo(tx, &hash)).await?;
    Ok(found.and_then(|(media, content)| {
        let read = read_photo(&content).ok()?;
        (PhotoKind::from_media(&media) == Some(read.kind)).then_some((read.kind, content))
    }))
}
