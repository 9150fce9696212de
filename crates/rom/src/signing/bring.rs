//! Signatures that were made elsewhere, new by somebody to a page: what of a bundle is kept until a
//! second person has approved it, and what approving does.
//!
//! A bundle is from outside. Of it only signatures go further, and only such as the document that waits
//! *here* asks for and that fit it; everything else about it is refused by name.

use std::collections::BTreeMap;
use std::sync::Arc;

use kontor_base::Instant;
use kontor_base::secret::content_hash;
use kontor_ota::signing::metadata::Body;
use kontor_ota::signing::{Bundle, Document, PublicKey, Root, Signature, Targets};
use kontor_store::{Tx, signing};

use super::exchange::{Imported, publish};
use super::refusal::SigningRefusal;
use super::repository::{Repository, rejected};
use crate::core::{Failure, Keys, Outcome, Rom};

/// Signatures for one document that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSignatures {
    /// The role whose document it is.
    pub role: String,
    /// The document's version.
    pub version: u64,
    /// The hash of what is signed: nothing else can be meant.
    pub says: String,
    /// The signatures in hexadecimal, by the ids of their keys.
    pub signatures: BTreeMap<String, String>,
}

/// What a bundle brings, and what signing the document changes, a line each.
///
/// # Errors
///
/// A refusal that names what is wrong with it, or a fault.
pub async fn read_bundle(
    rom: &Arc<Rom>,
    bundle: Bundle,
) -> Outcome<(NewSignatures, Vec<String>), SigningRefusal> {
    let keys = rom.keys.clone();
    rom.db
        .read("signing.read_bundle", move |tx| {
            let repository = Repository::load(tx, &keys)?;
            let role = &bundle.role;
            let waiting = waiting(&repository, role)?;
            let message = rejected(waiting.message())?;
            if rejected(bundle.document.message())? != message {
                return Err(Failure::Refused(SigningRefusal::Superseded(role.clone())));
            }
            let version = match role.as_str() {
                "root" => rejected(waiting.body::<Root>())?.version(),
                _ => rejected(waiting.body::<Targets>())?.version(),
            };
            let known: Vec<&Signature> = waiting.signatures().collect();
            let unknown = bundle.document.signatures().filter(|own| !known.contains(own));
            let signatures: BTreeMap<String, String> =
                unknown.map(|own| (own.keyid.to_string(), own.sig.clone())).collect();
            let says = content_hash(&message);
            let new = NewSignatures { role: role.clone(), version, says, signatures };
            fits(&repository, &new)?;
            let (needs, present) = (repository.needs(role)?, repository.present(role)?);
            let changes = Bundle::new(role, waiting.clone(), present, needs).changes();
            Ok((new, rejected(changes)?))
        })
        .await
}

/// Whether the signatures are such as the document that waits asks for; nothing is changed.
///
/// # Errors
///
/// See [`read_bundle`].
pub fn bringable_in(
    tx: &mut Tx<'_>,
    keys: &Keys,
    new: &NewSignatures,
) -> Outcome<(), SigningRefusal> {
    fits(&Repository::load(tx, keys)?, new).map(drop)
}

/// Takes them in, and publishes what is complete with them.
///
/// # Errors
///
/// See [`read_bundle`].
pub fn bring_in(
    tx: &mut Tx<'_>,
    keys: &Keys,
    new: &NewSignatures,
    at: Instant,
) -> Outcome<Imported, SigningRefusal> {
    let mut repository = Repository::load(tx, keys)?;
    let document = fits(&repository, new)?;
    let body = String::from_utf8_lossy(&document.to_bytes()).into_owned();
    signing::save_pending(tx, &new.role, &body, at)?;
    repository.pending.insert(new.role.clone(), document);
    publish(tx, &repository, at)
}

fn waiting<'r>(repository: &'r Repository, role: &str) -> Outcome<&'r Document, SigningRefusal> {
    let nothing = || Failure::Refused(SigningRefusal::NothingPending(role.to_owned()));
    repository.pending.get(role).ok_or_else(nothing)
}

/// The document that waits with these signatures on it, each of which it asks for and fits.
fn fits(repository: &Repository, new: &NewSignatures) -> Outcome<Document, SigningRefusal> {
    let refuse = |refusal| Err(Failure::Refused(refusal));
    let role = &new.role;
    let mut document = waiting(repository, role)?.clone();
    let message = rejected(document.message())?;
    if content_hash(&message) != new.says {
        return refuse(SigningRefusal::Superseded(role.clone()));
    }
    if new.signatures.is_empty() {
        return refuse(SigningRefusal::NothingNew(role.clone()));
    }
    let mut asked: BTreeMap<String, PublicKey> = BTreeMap::new();
    for need in repository.needs(role)? {
        asked.extend(need.keys.into_iter().map(|(id, key)| (id.to_string(), key)));
    }
    for (id, sig) in &new.signatures {
        let Some(key) = asked.get(id) else {
            return refuse(SigningRefusal::Stranger(role.clone(), id.clone()));
        };
        let signature = Signature { keyid: key.id(), sig: sig.clone() };
        if !signature.is_by(key, &message) {
            return refuse(SigningRefusal::BadSignature(role.clone(), id.clone()));
        }
        document.put(signature);
    }
    Ok(document)
}
