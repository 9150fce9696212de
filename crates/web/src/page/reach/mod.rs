//! The published figures: the front page, a page for each record, the definitions, the counter that
//! other pages embed.
//!
//! Start with [`ReachPage`]; `words.rs` says how values, periods and confidence are written.

mod counter;
mod definitions;
mod front;
mod record;
#[cfg(test)]
mod samples;
mod words;

pub use counter::CounterPage;
pub use definitions::{DefinitionsPage, MethodEntry};
pub use front::{
    Claim, CountStory, EchoView, LiveView, ModelRow, PlaceRow, PlacesStory, ReachPage, StandingRow,
    SubjectGroup, TargetStory, UnitsStory, WorldRow, WorldStory,
};
pub use record::{Fact, RecordPage};
pub(crate) use words::number_words;
pub use words::{
    confidence_words, period_short, period_words, places_words, subject_words, unit_words,
    value_words,
};
