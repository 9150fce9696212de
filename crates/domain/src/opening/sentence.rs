//! The plan in plain English, for terminals and prints: with what one can open by when, and what the
//! rest waits for.

use std::fmt;

use super::gap::{GapItem, GapState, ProductGap};
use super::plan::OpeningPlan;
use super::ready::{PathStep, Ready};

impl fmt::Display for Ready {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Now => f.write_str("ready"),
            Self::Between { earliest, latest } if earliest == latest => {
                write!(f, "not before {earliest}")
            }
            Self::Between { earliest, latest } => {
                write!(f, "not before {earliest}, at worst {latest}")
            }
            Self::Undated => f.write_str("no date: nobody has stated how long it takes"),
            Self::Unknown => f.write_str("no date: something has to be found out first"),
            Self::Blocked => f.write_str("blocked without a known end"),
        }
    }
}

impl fmt::Display for OpeningPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What can be sold needs the market as much as the goods.
        let sellable = skus(self.sellable(self.on));
        let (cleared, waiting): (Vec<&ProductGap>, Vec<_>) = self
            .products
            .iter()
            .partition(|product| product.is_planned() && product.ready.by(self.on));
        writeln!(f, "{} on {}, seen from {}", self.market, self.on, self.today)?;
        match sellable.as_str() {
            "" => writeln!(f, "Nothing can be sold on that day.")?,
            skus => writeln!(f, "Open with {skus}.")?,
        }
        write!(f, "The market itself: {}", self.market_ready)?;
        for (place, code) in self.market_waits().enumerate() {
            write!(f, "{} {code}", if place == 0 { ", because of" } else { "," })?;
        }
        writeln!(f, ".")?;
        if sellable.is_empty() && !cleared.is_empty() {
            writeln!(f, "Cleared, and waiting for the market: {}.", skus(cleared.into_iter()))?;
        }
        for product in waiting {
            write!(f, "{}: {}", product.sku, product.ready)?;
            for (place, item) in product.open_items().enumerate() {
                write!(f, "{} {item}", if place == 0 { ", because" } else { ";" })?;
            }
            writeln!(f, ".")?;
        }
        if let [first, rest @ ..] = self.path.as_slice() {
            write!(f, "What decides: {first}")?;
            for step in rest {
                write!(f, ", then {step}")?;
            }
            writeln!(f, ".")?;
        }
        Ok(())
    }
}

fn skus<'p>(products: impl Iterator<Item = &'p ProductGap>) -> String {
    products.map(|product| product.sku.as_str()).collect::<Vec<_>>().join(", ")
}

impl fmt::Display for PathStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.code, self.ready)
    }
}

impl fmt::Display for GapItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self.code().unwrap_or("the country's rules");
        match &self.state {
            GapState::InProgress { expected: Some(day) } => {
                write!(f, "{code} applied for, expected {day}")
            }
            GapState::Lapsed { since } => write!(f, "{code} lapsed on {since}"),
            GapState::Blocked { until: Some(day) } => write!(f, "{code} blocks until {day}"),
            GapState::Blocked { until: None } => write!(f, "{code} blocks"),
            GapState::Unknown { words } if words.is_empty() => {
                write!(f, "{code} have not been looked into")
            }
            GapState::Unknown { words } => {
                write!(f, "{code} depends on what is unknown: {}", words.join(", "))
            }
            GapState::Unplanned => f.write_str("the market has opened without it"),
            state => write!(f, "{code} {}", state.word().replace('_', " ")),
        }
    }
}
