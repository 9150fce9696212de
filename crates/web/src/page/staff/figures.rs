//! The figures of the staff side.

use askama::Template;
use kontor_base::{Date, Money};
use kontor_domain::market::MarketCode;

use super::StaffShell;

/// A drawing for wide pages and one for narrow ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drawn {
    /// Wide.
    pub wide: String,
    /// Narrow.
    pub narrow: String,
}

/// How long the stock of a variant lasts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoverRow {
    /// The market.
    pub market: MarketCode,
    /// The variant.
    pub sku: String,
    /// Units that can be sold.
    pub available: i64,
    /// Units ordered in thirty days.
    pub ordered: i64,
    /// Days that it lasts.
    pub days: Option<i64>,
}

/// Evidence that ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndingRow {
    /// Where it stands.
    pub path: String,
    /// On this day.
    pub on: Date,
    /// What it clears.
    pub clearance: String,
    /// Its code.
    pub grant: String,
    /// What it covers.
    pub scope: String,
}

/// `GET /admin/figures`.
#[derive(Clone, Debug, Template)]
#[template(path = "staff/figures.html")]
pub struct FiguresPage {
    /// The layout's part.
    pub shell: StaffShell,
    /// Orders by day, drawn.
    pub days: Drawn,
    /// Orders by day.
    pub day_rows: Vec<(Date, i64)>,
    /// Orders by market, drawn.
    pub markets: Drawn,
    /// Orders by market: how many, what they came to.
    pub market_rows: Vec<(MarketCode, i64, Vec<Money>)>,
    /// From carts to orders, drawn.
    pub funnel: Drawn,
    /// From carts to orders: the step, how many, of a hundred.
    pub funnel_rows: Vec<(String, i64, String)>,
    /// How long stock lasts.
    pub cover: Vec<CoverRow>,
    /// For how many days it lasts, drawn.
    pub lasts: Drawn,
    /// What ends in the next year, drawn.
    pub calendar: Drawn,
    /// What ends in the next year; none: not the person's to see.
    pub ending: Option<Vec<EndingRow>>,
    /// Whether the person may see orders.
    pub sees_orders: bool,
    /// Whether the person may see stock.
    pub sees_stock: bool,
}

impl FiguresPage {
    fn figure(&self, number: &i64) -> String {
        self.shell.text().number(*number)
    }

    /// Whether of any stock it is known how long it lasts.
    fn any_lasts(&self) -> bool {
        self.cover.iter().any(|row| row.days.is_some())
    }
}
