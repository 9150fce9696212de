//! A device that asks for an update or tells what became of one is seen by it, too: it is counted
//! from what it says anyway, and gets its credential with the answer.

use std::net::IpAddr;

use axum::http::{HeaderName, HeaderValue};
use kontor_base::Instant;
use kontor_domain::install::{Credential, OwnForm};
use kontor_domain::rollout::DeviceKey;
use kontor_rom::Rom;
use kontor_rom::core::Brought;

use super::reply::DEVICE;
use crate::kit::app::App;
use crate::kit::express::{Heads, Ready};

/// The credential that a device brings and is given.
pub(super) const CREDENTIAL: HeaderName = HeaderName::from_static("kontor-credential");

/// The serial number of a device that tells it.
const SERIAL: HeaderName = HeaderName::from_static("kontor-serial");

/// A device that tells its id, with what it brings along.
#[derive(Clone, Copy)]
pub(super) struct Teller<'r> {
    /// The pseudonym under which rollouts know it.
    pub(super) device: DeviceKey,
    /// What its credential is worth.
    pub(super) brought: Brought,
    id: &'r str,
    credential: &'r str,
    serial: &'r str,
}

/// The header with its id is there and is no id.
pub(super) struct NoId;

/// Who tells what in the headers of a request; nobody where no id is told.
pub(super) fn teller<'r>(
    rom: &Rom,
    heads: Heads<'r>,
    now: Instant,
) -> Result<Option<Teller<'r>>, NoId> {
    if heads.get(&DEVICE).is_none() {
        return Ok(None);
    }
    let id = heads.text(&DEVICE).ok_or(NoId)?;
    let device = rom.keys.device(id).ok_or(NoId)?;
    let credential = heads.text(&CREDENTIAL).unwrap_or_default();
    let serial = heads.text(&SERIAL).unwrap_or_default();
    let brought = rom.keys.credentials.brought(id, credential, now);
    Ok(Some(Teller { device, brought, id, credential, serial }))
}

impl<'r> Teller<'r> {
    /// A form with what it tells of itself.
    const fn fill(&self, form: OwnForm<'r>) -> OwnForm<'r> {
        OwnForm { device: self.id, credential: self.credential, serial: self.serial, ..form }
    }
}

/// Counts the device of a request and gives the credential that it is to keep. A device that tells no
/// id is not counted: nobody could tell it from itself tomorrow.
pub(super) async fn seen(
    app: &App,
    teller: Option<&Teller<'_>>,
    address: Option<IpAddr>,
    form: OwnForm<'_>,
) -> Option<HeaderValue> {
    let teller = teller?;
    let given = match app.install.as_deref() {
        Some(install) => {
            kontor_rom::install::seen(install, teller.fill(form), &teller.brought, address).await
        }
        None => known_only(app, teller),
    };
    value_of(given)
}

/// The same for a device that has been counted today as what it says it is; `None` for another,
/// which has to be counted first.
pub(super) fn seen_already(
    app: &App,
    teller: Option<&Teller<'_>>,
    form: OwnForm<'_>,
    now: Instant,
) -> Option<Option<HeaderValue>> {
    let Some(teller) = teller else { return Some(None) };
    let given = match app.install.as_deref() {
        Some(install) => {
            let form = teller.fill(form);
            kontor_rom::install::seen_already(install, &form, &teller.brought, now)?
        }
        None => known_only(app, teller),
    };
    Some(value_of(given))
}

/// Adds the credential that a device is to keep.
pub(super) fn with_credential(ready: Ready, given: Option<HeaderValue>) -> Ready {
    match given {
        Some(value) => ready.with(CREDENTIAL, value),
        None => ready,
    }
}

/// Where nothing is counted a rollout's gate still asks which devices are known.
fn known_only(app: &App, teller: &Teller<'_>) -> Option<Credential> {
    let rom = app.rom.as_ref()?;
    rom.keys.credentials.given(&teller.brought, rom.now())
}

fn value_of(given: Option<Credential>) -> Option<HeaderValue> {
    HeaderValue::from_bytes(&given?.text()).ok()
}
