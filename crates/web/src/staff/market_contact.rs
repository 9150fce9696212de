//! The contact of a market: how its people are reached and where goods come back to, as a form for
//! those who edit it and as facts for those who only read.

use kontor_base::Phone;
use kontor_domain::market::{Market, MarketCode};
use kontor_shop::exchange::Cells;
use kontor_shop::staff::goods::edited;

use super::work::Sent;
use crate::kit::app::App;
use crate::kit::form_key;
use crate::kit::text::Text;
use crate::page::staff::{Block, Cell, Facts, Field, Form, Kind};
use crate::store_front::help_of;

const PHONE: &str = "support_phone";

/// The columns of a market that the form edits: each with its label and the longest text.
const COLUMNS: [(&str, &str, u32); 10] = [
    ("support_email", "market-support-email", 254),
    (PHONE, "market-support-phone", 40),
    ("support_hours_en", "market-support-hours-en", 200),
    ("support_hours_de", "market-support-hours-de", 200),
    ("returns_name", "market-returns-name", 100),
    ("returns_line1", "market-returns-line1", 100),
    ("returns_line2", "market-returns-line2", 100),
    ("returns_postcode", "market-returns-postcode", 12),
    ("returns_city", "market-returns-city", 100),
    ("returns_country", "market-returns-country", 2),
];

/// The form, with what is stored.
pub(super) fn form(app: &App, t: &Text, code: MarketCode, row: Option<&Cells>) -> Form {
    let cell = |column: &str| row.and_then(|row| row.get(column)).cloned().unwrap_or_default();
    let field = |(name, label, max): (&'static str, &str, u32)| {
        let kind = if name == "returns_country" { Kind::Code } else { Kind::Line };
        let field = Field::new(name, t.get(label), kind).with(cell(name)).up_to(max).optional();
        match name {
            "returns_name" => field.hint(t.get("market-returns-hint")),
            _ => field,
        }
    };
    let mut form = Form::new("contact", t.get("market-contact"), format!("/admin/{code}/market"))
        .hidden("what", "contact")
        .hidden("key", form_key::fresh(app))
        .button(t.get("goods-save"), "");
    form.hint = t.get("market-contact-hint").into_owned();
    form.fields = COLUMNS.map(field).to_vec();
    form
}

/// The stored row with the cells that the form has sent.
pub(super) fn edited_by(sent: &Sent, row: Option<Cells>) -> Cells {
    let cells = COLUMNS.map(|(column, ..)| (column, sent.get(column)));
    let mut row = edited(row, &cells);
    // As it is kept: brackets and dashes that are typed again are no change.
    if let Ok(phone) = Phone::parse(sent.get(PHONE)) {
        row.insert(PHONE.to_owned(), phone.as_str().to_owned());
    }
    row
}

/// The contact for those who only read it; nothing where there is none.
pub(super) fn facts(t: &Text, market: &Market) -> Option<Block> {
    let help = help_of(market, t);
    let hours = help.hours.map(|hours| hours.text).unwrap_or_default();
    let pairs = [
        ("market-support-email", help.email),
        ("market-support-phone", help.phone),
        ("help-hours", hours),
        ("help-returns", help.returns.join(", ")),
    ];
    let pairs: Vec<(String, Cell)> = pairs
        .into_iter()
        .filter(|(_, words)| !words.is_empty())
        .map(|(label, words)| (t.get(label).into_owned(), Cell::text(words)))
        .collect();
    let title = t.get("market-contact").into_owned();
    (!pairs.is_empty()).then_some(Block::Facts(Facts { title, id: "contact", pairs }))
}
