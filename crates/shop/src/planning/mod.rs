//! Plans from files that people write: read, worked out, kept; and the record of past openings.
//!
//! Start with [`work_out`].

mod entry;
mod file;
mod keep;
mod past;
mod signals;

pub use file::{Evidence, FILE_BYTES_MAX, FileError, Kind, Worked, work_out};
pub use keep::{SaveRefusal, SaveSheet, kept, save};
pub use past::{PastImport, import_past, past_openings};
pub use signals::{Devices, counted_here};
