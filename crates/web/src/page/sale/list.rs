//! Every sale of a market.

use askama::Template;
use kontor_base::Instant;

use super::{SaleStage, units_words};
use crate::kit::text::Text;
use crate::page::Shell;

/// A sale in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SaleCard {
    /// Its id in URLs.
    pub sale: String,
    /// What it is called.
    pub title: String,
    /// What is sold.
    pub name: String,
    /// The name of its drawing.
    pub picture: String,
    /// Where it stands.
    pub stage: SaleStage,
    /// When units are taken.
    pub live_at: Instant,
    /// Units in this market.
    pub units: u64,
}

/// `GET /{market}/{language}/sale`
#[derive(Clone, Debug, Template)]
#[template(path = "sale/list.html")]
pub struct SalesPage {
    /// The layout's part.
    pub shell: Shell,
    /// The newest first.
    pub sales: Vec<SaleCard>,
}

impl SaleCard {
    /// What there is to say about it in one line.
    #[must_use]
    pub fn words(&self, t: &Text) -> String {
        match self.stage {
            SaleStage::Announced | SaleStage::Registration | SaleStage::Doors => {
                t.one("sale-card-opens", "moment", t.moment(&self.live_at)).into_owned()
            }
            stage => stage.words(t),
        }
    }

    /// How many units.
    #[must_use]
    pub fn units_words(&self, t: &Text) -> String {
        units_words(t, self.units)
    }
}
