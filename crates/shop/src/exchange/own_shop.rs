//! What a shop of one's own begins with: the catalogue of clearance rules (to be confirmed), the
//! tax rates, and the markets that its owner names, in preparation. No product and no evidence, so
//! nothing can be sold yet.

use kontor_base::{Clock, Line, Random};
use kontor_store::Db;

use super::import::{Csv, Mode, Plan};
use super::read::{read, write};
use super::report::{ImportError, Problems, Report};
use super::row::MarketRow;
use super::scenario::{CATALOGUE_OF_RULES, SCENARIO, csv, keep_setting};
use super::table::Table;

/// What its owner says of a new shop.
#[derive(Clone, Debug)]
pub struct OwnShop {
    /// Its name.
    pub name: Line<80>,
    /// Who answers for it, if that is known already.
    pub operator: Option<Line<200>>,
    /// The markets to begin with; see [`market_templates`].
    pub markets: Vec<MarketRow>,
}

/// Markets to begin with: country, currency, languages and tax display are facts; the rest is
/// neutral (in preparation, shipping free, nothing said in public) and for the owner to set.
#[must_use]
pub fn market_templates() -> Vec<MarketRow> {
    let markets = SCENARIO.iter().find(|(table, ..)| *table == Table::Markets);
    let (.., text) = markets.expect("the scenario has markets");
    let neutral = |row: &MarketRow| {
        Ok(MarketRow {
            fulfilment: "parcels_from_home".to_owned(),
            return_window_days: "14".to_owned(),
            stage: "preparing".to_owned(),
            opens_on: String::new(),
            shipping: "0".to_owned(),
            note_en: String::new(),
            note_de: String::new(),
            source: "template of kontor init: check every cell".to_owned(),
            confidence: "M".to_owned(),
            ..without_contact(row)
        })
    };
    read(text.as_bytes(), neutral, &mut Problems::default())
        .into_iter()
        .map(|row| row.item)
        .collect()
}

/// Nobody begins with the contact of the demo's people: parcels would be sent to them.
fn without_contact(row: &MarketRow) -> MarketRow {
    MarketRow {
        support_email: String::new(),
        support_phone: String::new(),
        support_hours_en: String::new(),
        support_hours_de: String::new(),
        returns_name: String::new(),
        returns_line1: String::new(),
        returns_line2: String::new(),
        returns_postcode: String::new(),
        returns_city: String::new(),
        returns_country: String::new(),
        ..row.clone()
    }
}

/// Loads them in one transaction.
///
/// # Errors
///
/// When a market's row is bad, or the database cannot be written.
pub async fn load_own_shop(
    db: &Db,
    clock: &Clock,
    random: &Random,
    shop: OwnShop,
) -> Result<Vec<Report>, ImportError> {
    let markets = write(&shop.markets).expect("rows of texts can be written to memory");
    let markets = Csv { table: Table::Markets, name: "markets".to_owned(), bytes: markets };
    let mut plan = Plan::new(&[markets]);
    for file in CATALOGUE_OF_RULES {
        plan.add(&csv(*file));
    }
    let settings = move |tx: &mut kontor_store::Tx<'_>| {
        keep_setting(tx, "shop.name", shop.name.as_str())?;
        match &shop.operator {
            Some(operator) => keep_setting(tx, "shop.operator", operator.as_str()),
            None => Ok(()),
        }
    };
    plan.run_with(db, clock, random, Mode::Apply, None, settings).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_shop_has_nobody_elses_contact() {
        let demo = SCENARIO.iter().find(|(table, ..)| *table == Table::Markets);
        let (.., text) = demo.expect("the scenario has markets");
        assert!(text.contains("@kontor.example"), "the demo's markets have contacts");
        let templates = market_templates();
        assert!(templates.iter().any(|row| row.code == "us"));
        for row in templates {
            assert_eq!(row, without_contact(&row), "{}", row.code);
        }
    }
}
