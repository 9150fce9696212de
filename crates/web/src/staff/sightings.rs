//! Where the count has seen a device, as the use cases ask for it.

use kontor_domain::install::DeviceKey;
use kontor_domain::reach::Sighting;
use kontor_rom::install::{elsewhere, other_makers};
use kontor_shop::planning::Devices;
use kontor_shop::reach::carried_abroad;
use kontor_store::StoreError;

use crate::kit::app::App;

/// A function from a device to where it was seen; none where nothing is counted.
pub(super) fn sightings(
    app: &App,
) -> Option<Box<dyn Fn(DeviceKey) -> Option<Sighting> + Send + Sync>> {
    let counter = app.install.as_ref()?.counter()?.clone();
    Some(Box::new(move |device| counter.book().sighting(device)))
}

/// What the count knows of devices for the next country; none where nothing is counted.
///
/// # Errors
///
/// A fault of the store.
pub async fn devices(app: &App) -> Result<Option<Devices>, StoreError> {
    let (Some(install), Some(seen)) = (&app.install, sightings(app)) else { return Ok(None) };
    let Some(counter) = install.counter() else { return Ok(None) };
    let carried = carried_abroad(&app.shop, &*seen).await?;
    let models = other_makers(&app.shop.db).await?;
    let book = counter.book();
    let as_of = book.today().date();
    let elsewhere = elsewhere(&book, &models);
    Ok(Some(Devices { carried, elsewhere, as_of, least: install.settings.cell_min }))
}
