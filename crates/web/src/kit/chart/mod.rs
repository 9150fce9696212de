//! Charts as SVG, drawn on the server: axes, direct labels, and no legend where a label does it.
//!
//! A chart is drawn twice, wide and narrow ([`Size`]), and the style shows the one that fits, so that
//! its letters are never scaled down on a phone. Colours and type come from `chart.css` by class:
//! the same drawing serves light and dark. Every text that comes from data is escaped in [`Svg`];
//! nothing else writes markup.
//!
//! What must not happen here: numbers of a particular page. Start with [`Svg`], then [`bars`].

pub mod bars;
pub mod calendar;
pub mod columns;
pub mod fan;
pub mod grid;
pub mod limits;
pub mod map;
mod scale;
mod spread;
mod svg;
pub mod timeline;
pub mod trend;
pub mod waterfall;

pub use scale::Linear;
pub use spread::spread;
pub use svg::{Anchor, Svg};

/// For which width a chart is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// A column of a desktop page.
    Wide,
    /// A phone.
    Narrow,
}

impl Size {
    /// The width of the drawing in its own units, which are pixels where it is shown as drawn.
    #[must_use]
    pub const fn width(self) -> f64 {
        match self {
            Self::Wide => 760.0,
            Self::Narrow => 350.0,
        }
    }

    /// The class that shows it where it fits.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Wide => "chart chart-wide",
            Self::Narrow => "chart chart-narrow",
        }
    }
}
