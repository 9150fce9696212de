//! Counting installations: what a report is, on which day it counts, and what each number means.
//!
//! Pure rules only; the counting itself is `kontor_count`. What must not happen here: keeping a
//! device's own identifier (a [`DeviceKey`] is made from a keyed hash), or a number whose
//! definition is not written down in [`Measure`].
//!
//! Start reading with [`Report`], then [`place`].

mod credential;
mod day;
mod form;
mod lineage;
mod measure;
mod produced;
mod publish;
mod report;
mod stay;

pub use credential::Credential;
pub use day::{Day, LATE_DAYS_MAX, Timing, place};
pub use form::{DEVICE_ID_BYTES, FormRefusal, OwnForm, country_said, is_device_id};
pub use lineage::{LineageForm, LineageRefusal};
pub use measure::Measure;
pub use produced::{Produced, ProducedError};
pub use publish::{CELL_MIN, Cell, Published, may_be_told, publish, publish_windows, tell_windows};
pub use report::{Channel, DEVICE_PURPOSE, DeviceKey, Kind, Name, NameError, Report, Standing};
pub use stay::Stay;
