//! Somebody asks to become a reseller.

use std::sync::Arc;

use kontor_base::id::ResellerId;
use kontor_domain::reseller::{Profile, ProfileForm, Standing};
use kontor_store::reseller::{Reseller, save};

use super::refusal::Refusal;
use crate::core::{Failure, Once, Outcome, Replayed, Shop, once};

/// An application.
#[derive(Clone)]
pub struct ApplyCommand {
    /// As typed.
    pub form: ProfileForm,
    /// The request's identity.
    pub once: Option<Once>,
}

/// Takes an application.
///
/// # Errors
///
/// [`Refusal::Fields`], or a fault of the store.
pub async fn apply(
    shop: &Arc<Shop>,
    command: ApplyCommand,
) -> Outcome<Replayed<ResellerId>, Refusal> {
    let at = shop.now();
    let profile = Profile::parse(&command.form)
        .map_err(|errors| Failure::Refused(Refusal::Fields(errors)))?;
    let own = Arc::clone(shop);
    shop.db
        .write("reseller.apply", move |tx| {
            once(tx, command.once.as_ref(), at, |tx| {
                let id = ResellerId::new(at, &own.random);
                let standing = Standing::Applied;
                let profile = profile.clone();
                save(tx, &Reseller { id, standing, applied_at: at, profile })?;
                Ok(id)
            })
        })
        .await
}
