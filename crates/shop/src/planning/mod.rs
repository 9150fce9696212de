//! Plans from files that people write: read, worked out, kept; and the record of past openings.
//!
//! Start with [`work_out`].

mod entry;
mod file;
mod file_error;
mod inputs;
mod keep;
mod openings;
mod past;
mod record;
mod sheet;
mod signals;

pub use file::{Evidence, FILE_BYTES_MAX, Kind, Worked, work_out};
pub use file_error::FileError;
pub use inputs::PlanInput;
pub use keep::{SaveRefusal, SaveSheet, kept, save};
pub use openings::{Openings, Planned, Unsolved};
pub(crate) use past::import_past_in;
pub use past::{PastImport, import_past, past_openings, record_past};
pub use record::{Unrecorded, record_openings, unrecorded_openings};
pub use sheet::{KeptSheet, work_out_kept};
pub use signals::{Devices, KeptSignals, counted_here};
