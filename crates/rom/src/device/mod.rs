//! The models that builds are published for, and the company's own devices.

use std::sync::Arc;

use kontor_domain::device::{DeviceError, DeviceModel};
use kontor_store::device as devices;

use crate::core::{Failure, Outcome, Rom};

/// Writes a model as it is now: a new one, or a present one with other names.
///
/// # Errors
///
/// [`DeviceError`], also when a name belongs to another model; or a fault.
pub async fn save_model(rom: &Arc<Rom>, model: DeviceModel) -> Outcome<(), DeviceError> {
    model.check().map_err(Failure::Refused)?;
    rom.db
        .write("device.save", move |tx| {
            let names = || model.also.iter().chain([&model.codename]);
            let taken = devices::all(tx)?.into_iter().any(|other| {
                other.codename != model.codename && names().any(|n| other.answers_to(n.as_str()))
            });
            if taken {
                return Err(Failure::Refused(DeviceError::Twice));
            }
            Ok(devices::save(tx, &model)?)
        })
        .await
}

/// Marks a device as the company's own: rollouts may begin with it, and plans are rehearsed with it
/// apart. `false` for an id that is none.
///
/// # Errors
///
/// A fault of the database.
pub async fn mark_own(rom: &Arc<Rom>, id: &str) -> Result<bool, kontor_store::StoreError> {
    let Some(key) = rom.keys.device(id) else { return Ok(false) };
    let (at, counted) = (rom.now(), rom.keys.credentials.device(id.as_bytes()).0);
    rom.db.write("device.own", move |tx| devices::mark_own(tx, &key.0, counted, at)).await?;
    rom.refresh().await?;
    Ok(true)
}
