//! The published figures: who says what, of which period, meaning what, and where it can be read.
//!
//! A figure is not a number. "100 million" was said of users in February and of monthly actives in
//! August; "sixth" was one provider's count. So a [`Figure`] carries its definition, its speaker and
//! its source, competing ones stand side by side, and nothing here averages them. Records are only
//! ever added ([`admit`]): a figure that was wrong is answered by another that names it; a [`Target`]
//! or a [`Forecast`] is never answered at all, it is compared with what happened.
//!
//! Start reading with [`Figure`], then [`Reach`] (what a page sees), then [`outlook`] (forecasts).

mod admit;
mod carried;
mod cell;
mod contrast;
mod figure;
mod forecast;
mod method;
mod period;
mod quantity;
mod rank;
mod records;
mod target;

pub use admit::{Admission, RECORD_BYTES_MAX, Record, RecordKind, RecordRefusal, admit};
pub use carried::{
    ACTIVE_DAYS, Carried, Estimate, Sighting, SoldUnit, Survival, TRAVELLER_DAYS, Way, Whereabouts,
    estimate, whereabouts,
};
pub use contrast::{Echo, echoes};
pub use figure::{Figure, FigureRow};
pub use forecast::{Forecast, ForecastRow};
pub use method::{
    BassFit, Coverage, ERRORS_MIN, ForecastError, Gap, Growth, MarketPlan, Method, Needed, Outlook,
    PastForecast, Projection, Series, bass, coverage, error_band, needed, outlook, project,
    scenario,
};
pub use period::{Period, PeriodError};
pub use quantity::{Quantity, Value, ValueError};
pub use rank::{Rank, RankRow, Standing};
pub use records::{Reach, Recorded};
pub use target::{Target, TargetRow};
