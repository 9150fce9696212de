//! Where the count has seen a device, as the use cases ask for it.

use kontor_domain::install::DeviceKey;
use kontor_domain::reach::Sighting;

use crate::kit::app::App;

/// A function from a device to where it was seen; none where nothing is counted.
pub(super) fn sightings(
    app: &App,
) -> Option<Box<dyn Fn(DeviceKey) -> Option<Sighting> + Send + Sync>> {
    let counter = app.install.as_ref()?.counter()?.clone();
    Some(Box::new(move |device| counter.book().sighting(device)))
}
