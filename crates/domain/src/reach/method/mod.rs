//! Forecasts by a few simple methods, and how far apart they lie.
//!
//! With three years of figures no method is right: what can be shown honestly is the spread of
//! several, the gap to the target, and later what became of each. Nothing here gives a probability;
//! [`error_band`] gives the quantiles of past errors once there are eight of them, and
//! [`coverage`] what such bands were worth.

mod bass;
mod gap;
mod outlook;
mod simple;

pub use bass::{BassFit, bass};
pub use gap::{
    Coverage, ERRORS_MIN, Gap, Growth, MarketPlan, Needed, PastForecast, coverage, error_band,
    needed, scenario,
};
pub use outlook::{Outlook, Projection, outlook};
pub use simple::{ForecastError, Method, Series, project};
