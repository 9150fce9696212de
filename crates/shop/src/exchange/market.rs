//! Markets as a file.

use std::collections::HashMap;

use kontor_base::{Currency, Language, Money, Wrong};
use kontor_domain::market::{
    BETA_UNITS_MAX, BETA_UNITS_PER_PERSON, BetaTerms, ContactRow, FulfilmentModel, Market, Stage,
    TaxDisplay,
};
use kontor_store::{StoreError, Tx, market};

use super::cell::{self, Bad, Read};
use super::job::{Change, Job, Origins, Sourced, places};
use super::read::{Numbered, read};
use super::report::Problems;
use super::row::MarketRow;
use super::sheet::Sheet;
use super::table::Table;
use crate::core::Known;

/// The kind under which the origins of markets are kept.
const KIND: &str = "market";
/// The longest time in which goods may be sent back, in days.
const RETURN_DAYS_MAX: i64 = 365;
const TAX_DISPLAYS: [(&str, TaxDisplay); 2] =
    [("inclusive", TaxDisplay::Inclusive), ("exclusive", TaxDisplay::Exclusive)];

/// Reads a row.
pub(super) fn parse(row: &MarketRow) -> Read<Sourced<Market>> {
    let currency: Currency = cell::value("currency", &row.currency)?;
    let shipping = Money::parse(row.shipping.trim(), currency)
        .map_err(|error| Bad::new("shipping", Wrong::of_money(&row.shipping, error)))?;
    if shipping.minor < 0 {
        return Err(Bad::new("shipping", Wrong::Negative));
    }
    let days = cell::number("return_window_days", &row.return_window_days, 0, RETURN_DAYS_MAX)?;
    let market = Market {
        code: cell::value("code", &row.code)?,
        countries: cell::values("countries", &row.countries)?,
        currency,
        languages: cell::values("languages", &row.languages)?,
        tax_display: cell::word("tax_display", &row.tax_display, TAX_DISPLAYS)?,
        fulfilment: cell::word(
            "fulfilment",
            &row.fulfilment,
            FulfilmentModel::ALL.map(|model| (model.word(), model)),
        )?,
        return_window_days: u16::try_from(days).expect("365 fits"),
        stage: cell::word("stage", &row.stage, Stage::ALL.map(|stage| (stage.word(), stage)))?,
        opens_on: cell::optional_date("opens_on", &row.opens_on)?,
        shipping_minor: shipping.minor,
        region: cell::text("region", &row.region)?,
        note: note(row)?,
        beta: beta(row)?,
        contact: contact_row(row).parse()?,
    };
    Sourced::read(market, &row.source, &row.confidence)
}

/// The markets whose goods a sheet would get there in another way, as they are and as they would be: rules look
/// at that. Both have the countries of both, so that a way that is let go in one of them is seen also where the
/// list of countries changes with it.
pub(crate) fn edited_markets<'k>(
    sheet: &Sheet,
    known: &'k Known,
) -> impl Iterator<Item = (Market, Market)> + use<'k> {
    let rows = match sheet.table() {
        Table::Markets => read(&sheet.csv().bytes, parse, &mut Problems::default()),
        _ => Vec::new(),
    };
    rows.into_iter().filter_map(|row| {
        let next = row.item.value;
        let was = known.market(next.code)?;
        if was.fulfilment == next.fulfilment {
            return None;
        }
        let mut countries = was.countries.clone();
        countries.extend(next.countries.iter().filter(|country| !was.countries.contains(country)));
        let was = Market { countries: countries.clone(), ..was.clone() };
        Some((was, Market { countries, ..next }))
    })
}

/// What holds in a beta; an empty cell is the usual number, and no total.
fn beta(row: &MarketRow) -> Read<BetaTerms> {
    let units = |column: &'static str, text: &str| -> Read<Option<u32>> {
        if text.trim().is_empty() {
            return Ok(None);
        }
        let units = cell::number(column, text, 1, i64::from(BETA_UNITS_MAX))?;
        Ok(Some(u32::try_from(units).expect("a million fits")))
    };
    let per_person = units("beta_units_per_person", &row.beta_units_per_person)?;
    Ok(BetaTerms {
        units_per_person: per_person.unwrap_or(BETA_UNITS_PER_PERSON),
        units_total: units("beta_units_total", &row.beta_units_total)?,
    })
}

fn contact_row(row: &MarketRow) -> ContactRow {
    ContactRow {
        support_email: row.support_email.clone(),
        support_phone: row.support_phone.clone(),
        support_hours_en: row.support_hours_en.clone(),
        support_hours_de: row.support_hours_de.clone(),
        returns_name: row.returns_name.clone(),
        returns_line1: row.returns_line1.clone(),
        returns_line2: row.returns_line2.clone(),
        returns_postcode: row.returns_postcode.clone(),
        returns_city: row.returns_city.clone(),
        returns_country: row.returns_country.clone(),
    }
}

fn note(row: &MarketRow) -> Read<Vec<(Language, String)>> {
    let mut note = Vec::new();
    for (language, column, text) in
        [(Language::En, "note_en", &row.note_en), (Language::De, "note_de", &row.note_de)]
    {
        let text = cell::text(column, text)?;
        if !text.is_empty() {
            note.push((language, text));
        }
    }
    if note.first().is_some_and(|(language, _)| *language != Language::En) {
        return Err(Bad::new("note_en", Wrong::EnglishMissing));
    }
    Ok(note)
}

/// Compares the rows with what is stored and writes what is new.
pub(super) fn apply(
    tx: &mut Tx<'_>,
    rows: &[Numbered<Sourced<Market>>],
    job: &mut Job<'_>,
) -> Result<(), StoreError> {
    let stored: HashMap<_, Market> =
        market::all(tx)?.into_iter().map(|market| (market.code, market)).collect();
    if job.is_bad() {
        return Ok(());
    }
    let positions: HashMap<String, i64> = market::positions(tx)?.into_iter().collect();
    let mut origins = Origins::load(tx, KIND)?;
    let places = places(rows.iter().map(|row| row.item.value.code.as_str()), &positions);
    for (row, place) in rows.iter().zip(places) {
        let Sourced { value, origin } = &row.item;
        let code = value.code.as_str();
        let moved = positions.get(code) != Some(&place);
        let change = Change::between(stored.get(&value.code), value).or_changed(moved);
        if change != Change::Unchanged {
            market::save(tx, value, place)?;
        }
        let news = origins.keep(tx, code, origin)?;
        job.count(change.or_changed(news));
    }
    Ok(())
}

/// Every market, in order.
pub(super) fn rows(tx: &mut Tx<'_>) -> Result<Vec<MarketRow>, StoreError> {
    let origins = Origins::load(tx, KIND)?;
    Ok(market::all(tx)?.iter().map(|market| to_row(market, &origins)).collect())
}

fn to_row(market: &Market, origins: &Origins) -> MarketRow {
    let origin = origins.of(market.code.as_str());
    let note_in = |wanted| {
        let found = market.note.iter().find(|(language, _)| *language == wanted);
        found.map(|(_, text)| text.clone()).unwrap_or_default()
    };
    let display = TAX_DISPLAYS.iter().find(|(_, display)| *display == market.tax_display);
    let contact = ContactRow::from(&market.contact);
    MarketRow {
        code: market.code.to_string(),
        countries: cell::list(&market.countries),
        currency: market.currency.to_string(),
        languages: cell::list(&market.languages),
        tax_display: display.map_or("", |(word, _)| word).to_owned(),
        fulfilment: market.fulfilment.word().to_owned(),
        return_window_days: market.return_window_days.to_string(),
        stage: market.stage.word().to_owned(),
        opens_on: market.opens_on.map(|day| day.to_string()).unwrap_or_default(),
        shipping: Money::new(market.shipping_minor, market.currency).decimal(),
        region: market.region.clone(),
        note_en: note_in(Language::En),
        note_de: note_in(Language::De),
        beta_units_per_person: market.beta.units_per_person.to_string(),
        beta_units_total: market
            .beta
            .units_total
            .map(|units| units.to_string())
            .unwrap_or_default(),
        support_email: contact.support_email,
        support_phone: contact.support_phone,
        support_hours_en: contact.support_hours_en,
        support_hours_de: contact.support_hours_de,
        returns_name: contact.returns_name,
        returns_line1: contact.returns_line1,
        returns_line2: contact.returns_line2,
        returns_postcode: contact.returns_postcode,
        returns_city: contact.returns_city,
        returns_country: contact.returns_country,
        source: origin.source,
        confidence: origin.confidence,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> MarketRow {
        let text = |text: &str| text.to_owned();
        MarketRow {
            code: text("de"),
            countries: text("DE"),
            currency: text("EUR"),
            languages: text("de|en"),
            tax_display: text("inclusive"),
            fulfilment: text("home"),
            return_window_days: text("14"),
            stage: text("open"),
            shipping: text("4.90"),
            region: text("europe"),
            note_en: text("Open."),
            beta_units_per_person: text("2"),
            support_email: text("hilfe@shop.example"),
            support_phone: text("+493012345678"),
            support_hours_en: text("Monday to Friday, 9 to 17"),
            support_hours_de: text("Montag bis Freitag, 9 bis 17 Uhr"),
            returns_name: text("Kontor, Rückgabe"),
            returns_line1: text("Am \"alten\" Hafen 1"),
            returns_line2: text("Tor 4"),
            returns_postcode: text("20457"),
            returns_city: text("Hamburg"),
            returns_country: text("DE"),
            source: text("ours"),
            confidence: text("S1"),
            ..MarketRow::default()
        }
    }

    #[test]
    fn every_column_of_a_contact_is_read_into_it() {
        let read = parse(&row()).expect("a good row").value.contact;
        assert_eq!(ContactRow::from(&read), contact_row(&row()));
        assert!(!read.is_empty());
    }

    #[test]
    fn a_bad_contact_is_told_by_its_column() {
        let no_street = MarketRow { returns_line1: String::new(), ..row() };
        assert_eq!(parse(&no_street).expect_err("refused").column, "returns_line1");
        let no_address = MarketRow { support_email: "nobody".to_owned(), ..row() };
        assert_eq!(parse(&no_address).expect_err("refused").column, "support_email");
    }
}
