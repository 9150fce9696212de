//! Offers that were signed already. One signature serves a whole group of devices until something
//! is decided anew or half of its life is over; no poll costs one.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use kontor_base::Instant;
use kontor_base::id::BuildId;
use kontor_ota::signing::offer::Audience;

use super::document::Document;

/// The most offers that are kept: a thousand models in three channels from five builds each, with
/// some waves. Beyond it everything is signed anew, which costs time but is never wrong.
const KEPT_MAX: usize = 65_536;

/// What makes one offer another.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OfferKey {
    /// To whom it speaks.
    pub audience: Audience,
    /// The build to install.
    pub install: Option<BuildId>,
    /// Why.
    pub reason: &'static str,
}

/// A signed offer.
#[derive(Clone, Debug)]
pub struct SignedOffer {
    /// Its bytes.
    pub document: Arc<Document>,
    /// From when on it is signed anew.
    pub renew_at: Instant,
}

/// What the kept offers were decided from: the generations of snapshot and repository.
type Generation = (u64, i64);

/// The offers.
#[derive(Debug, Default)]
pub struct OfferCache {
    kept: RwLock<(Generation, HashMap<OfferKey, SignedOffer>)>,
}

impl OfferCache {
    /// The offer for a key, signed by `sign` unless there is one of this generation that is fresh.
    pub fn get<E>(
        &self,
        generation: Generation,
        key: &OfferKey,
        now: Instant,
        sign: impl FnOnce() -> Result<SignedOffer, E>,
    ) -> Result<SignedOffer, E> {
        {
            let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
            if kept.0 == generation
                && let Some(offer) = kept.1.get(key)
                && now < offer.renew_at
            {
                return Ok(offer.clone());
            }
        }
        let offer = sign()?;
        metrics::counter!("rom_offers_signed_total").increment(1);
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        if kept.0 != generation || kept.1.len() >= KEPT_MAX {
            // An older generation that comes late only costs a signature.
            *kept = (generation, HashMap::new());
        }
        kept.1.insert(key.clone(), offer.clone());
        Ok(offer)
    }
}
