//! What Kontor counts itself, as far as it is published: beside the claims, never mixed with them.

use kontor_base::{Date, Instant};

use crate::install::Published;

/// The published counters at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Live {
    /// When they were read.
    pub at: Instant,
    /// The window of [`crate::install::Measure::Active`], in days.
    pub active_days: u32,
    /// Devices active within the window.
    pub active: u64,
    /// Devices ever seen.
    pub activations: u64,
    /// Devices active within the window, by the country they were seen in.
    pub by_country: Published,
    /// Active devices by day, the oldest first.
    pub history: Vec<HistoryPoint>,
    /// Whether the devices are invented, as in a demo.
    pub simulated: bool,
}

/// Active devices on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HistoryPoint {
    /// The day.
    pub day: Date,
    /// Devices active within the window that ends on it.
    pub active: u64,
}
