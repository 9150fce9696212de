//! The rows of the price and tax files: what an import reads and an export writes.

use kontor_base::{Cell, Confidence, Currency, Date, Instant, Money, Rate, RowError, Wrong};
use serde::{Deserialize, Serialize};

use crate::market::TaxDisplay;

use super::entry::{PriceEntry, check_mrp};
use super::jurisdiction::{Jurisdiction, US_STATES};
use super::tax::TaxRate;

/// One row of a price file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceRow {
    /// The market's code.
    pub market: String,
    /// The variant.
    pub sku: String,
    /// The price as a plain decimal.
    pub price: String,
    /// Its currency.
    pub currency: String,
    /// The maximum retail price printed on the package, as a plain decimal of the same currency,
    /// or empty.
    #[serde(default)]
    pub mrp: String,
    /// A day (its first moment, UTC) or a moment such as `2015-06-01T16:00:00Z`.
    pub valid_from: String,
    /// The same, or empty.
    pub valid_to: String,
    /// Where the figure is from.
    pub source: String,
    /// `S1`, `S2` or `M`.
    pub confidence: String,
}

impl PriceRow {
    /// Reads the row.
    ///
    /// # Errors
    ///
    /// [`RowError`] for the first column that is wrong.
    pub fn parse(&self) -> Result<PriceEntry, RowError> {
        let currency: Currency = parsed("currency", &self.currency)?;
        let amount = |field, text: &str| {
            let read = Money::parse(text, currency);
            read.map_err(|error| RowError::of(field, Wrong::of_money(text, error)))
        };
        let money = amount("price", &self.price)?;
        if money.minor < 0 {
            return Err(RowError::of("price", Wrong::Negative));
        }
        let mrp = optional(&self.mrp, |text| amount("mrp", text))?;
        if mrp.is_some_and(|mrp| check_mrp(money, mrp).is_err()) {
            return Err(RowError::of("mrp", Wrong::AbovePrinted));
        }
        let valid_from = moment("valid_from", &self.valid_from)?;
        let valid_to = optional(&self.valid_to, |text| moment("valid_to", text))?;
        if valid_to.is_some_and(|end| end <= valid_from) {
            return Err(RowError::of(
                "valid_to",
                Wrong::NotAfter { other: "valid_from".to_owned() },
            ));
        }
        Ok(PriceEntry {
            market: parsed("market", &self.market)?,
            sku: parsed("sku", &self.sku)?,
            money,
            mrp,
            valid_from,
            valid_to,
            source: source(&self.source)?,
            confidence: confidence(&self.confidence)?,
        })
    }

    /// The row that [`PriceRow::parse`] reads back as the same entry.
    #[must_use]
    pub fn to_row(entry: &PriceEntry) -> Self {
        Self {
            market: entry.market.to_string(),
            sku: entry.sku.to_string(),
            price: entry.money.decimal(),
            currency: entry.money.currency.to_string(),
            mrp: entry.mrp.map(|mrp| mrp.decimal()).unwrap_or_default(),
            valid_from: entry.valid_from.to_string(),
            valid_to: entry.valid_to.map(|end| end.to_string()).unwrap_or_default(),
            source: entry.source.clone(),
            confidence: entry.confidence.word().to_owned(),
        }
    }
}

/// One row of a tax file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxRateRow {
    /// The jurisdiction: `DE`, `US-CA`.
    pub jurisdiction: String,
    /// What the tax is called there.
    pub name: String,
    /// The rate in per cent: `19`, `7.25`.
    pub rate_pct: String,
    /// `inclusive` or `exclusive`.
    pub display: String,
    /// The first day.
    pub valid_from: String,
    /// The last day, or empty.
    pub valid_to: String,
    /// Where it is from.
    pub source: String,
    /// `S1`, `S2` or `M`.
    pub confidence: String,
}

impl TaxRateRow {
    /// Reads the row.
    ///
    /// # Errors
    ///
    /// [`RowError`] for the first column that is wrong.
    pub fn parse(&self) -> Result<TaxRate, RowError> {
        let jurisdiction: Jurisdiction = parsed("jurisdiction", &self.jurisdiction)?;
        check_level(&jurisdiction)?;
        let valid_from: Date = parsed("valid_from", &self.valid_from)?;
        let valid_to = optional(&self.valid_to, |text| parsed("valid_to", text))?;
        if valid_to.is_some_and(|last| last < valid_from) {
            return Err(RowError::of("valid_to", Wrong::Before { other: "valid_from".to_owned() }));
        }
        if self.name.trim().is_empty() {
            return Err(RowError::of("name", Wrong::Empty));
        }
        Ok(TaxRate {
            jurisdiction,
            name: self.name.trim().to_owned(),
            rate: Rate::parse_percent(&self.rate_pct)
                .ok_or_else(|| RowError::of("rate_pct", Wrong::NotPercentage))?,
            display: match self.display.as_str() {
                "inclusive" => TaxDisplay::Inclusive,
                "exclusive" => TaxDisplay::Exclusive,
                other => {
                    let known = "inclusive, exclusive".to_owned();
                    let wrong = Wrong::NoneOf { cell: other.to_owned(), known };
                    return Err(RowError::of("display", wrong));
                }
            },
            valid_from,
            valid_to,
            confidence: confidence(&self.confidence)?,
            source: source(&self.source)?,
        })
    }

    /// The row that [`TaxRateRow::parse`] reads back as the same rate.
    #[must_use]
    pub fn to_row(rate: &TaxRate) -> Self {
        let display = match rate.display {
            TaxDisplay::Inclusive => "inclusive",
            TaxDisplay::Exclusive => "exclusive",
        };
        Self {
            jurisdiction: rate.jurisdiction.to_string(),
            name: rate.name.clone(),
            rate_pct: rate.rate.percent(),
            display: display.to_owned(),
            valid_from: rate.valid_from.to_string(),
            valid_to: rate.valid_to.map(|last| last.to_string()).unwrap_or_default(),
            source: rate.source.clone(),
            confidence: rate.confidence.word().to_owned(),
        }
    }
}

/// A rate belongs to a state exactly where states levy the tax.
fn check_level(jurisdiction: &Jurisdiction) -> Result<(), RowError> {
    match (Jurisdiction::by_state(jurisdiction.country), jurisdiction.region) {
        (false, None) => Ok(()),
        (false, Some(_)) => Err(RowError::of("jurisdiction", Wrong::NationalRate)),
        (true, None) => Err(RowError::of("jurisdiction", Wrong::RateByState)),
        (true, Some(region)) => US_STATES
            .iter()
            .any(|(code, _)| *code == region.as_str())
            .then_some(())
            .ok_or_else(|| RowError::of("jurisdiction", Wrong::NoState)),
    }
}

fn parsed<T: Cell>(field: &'static str, text: &str) -> Result<T, RowError> {
    text.parse().map_err(|error: T::Err| RowError::of(field, T::wrong(text, &error)))
}

fn optional<T>(
    text: &str,
    read: impl FnOnce(&str) -> Result<T, RowError>,
) -> Result<Option<T>, RowError> {
    if text.is_empty() { Ok(None) } else { read(text).map(Some) }
}

fn moment(field: &'static str, text: &str) -> Result<Instant, RowError> {
    if let Ok(day) = text.parse::<Date>()
        && text.len() <= "2015-06-01".len()
    {
        return Ok(Instant::start_of(day));
    }
    let moment = text.parse::<jiff::Timestamp>().map(Instant::from);
    moment.map_err(|_| RowError::of(field, Wrong::NotMoment))
}

fn source(text: &str) -> Result<String, RowError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(RowError::of("source", Wrong::NoSource));
    }
    Ok(text.to_owned())
}

fn confidence(text: &str) -> Result<Confidence, RowError> {
    let known = || Wrong::NoneOf { cell: text.to_owned(), known: "S1, S2, M".to_owned() };
    Confidence::from_word(text).ok_or_else(|| RowError::of("confidence", known()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::price::TaxTable;

    const RATES: &str = include_str!("../../../../data/tax/rates.csv");
    const US_STATES_FILE: &str = include_str!("../../../../data/tax/us_states.csv");

    fn tax_rows(file: &str) -> Vec<TaxRateRow> {
        csv::Reader::from_reader(file.as_bytes())
            .deserialize()
            .collect::<Result<_, _>>()
            .expect("the columns are those of the row")
    }

    #[test]
    fn the_shipped_rates_are_good_and_complete() {
        let rows = [tax_rows(RATES), tax_rows(US_STATES_FILE)].concat();
        let mut rates = Vec::new();
        for row in &rows {
            let rate = row.parse().unwrap_or_else(|e| panic!("{}: {e}", row.jurisdiction));
            assert_eq!(TaxRateRow::to_row(&rate), *row);
            assert!(rate.rate.ppm() <= 300_000, "{}", row.jurisdiction);
            rates.push(rate);
        }
        let table = TaxTable::try_new(rates).expect("one rate per place and day");
        let today: Date = "2026-11-01".parse().expect("a day");
        let known = |place: &str| {
            let place = place.parse().expect("a jurisdiction");
            table.rate_on(&place, today).is_ok()
        };
        for place in ["CN", "HK", "TW", "SG", "MY", "PH", "IN", "ID", "DE", "GB", "FR"] {
            assert!(known(place), "{place}");
        }
        for (state, _) in US_STATES {
            assert!(known(&format!("US-{state}")), "{state}");
        }
        assert_eq!(tax_rows(US_STATES_FILE).len(), US_STATES.len());
        // No single rate is right there, so there is none.
        for place in ["BR", "CA", "VN", "US"] {
            assert!(!known(place), "{place}");
        }
    }

    fn price_row() -> PriceRow {
        let text = |t: &str| t.to_owned();
        PriceRow {
            market: text("us"),
            sku: text("BAND-BLACK"),
            price: text("14.99"),
            currency: text("USD"),
            mrp: String::new(),
            valid_from: text("2015-06-01"),
            valid_to: String::new(),
            source: text("ZDNet"),
            confidence: text("S2"),
        }
    }

    #[test]
    fn prices_round_trip() {
        let entry = price_row().parse().expect("a good row");
        assert_eq!(entry.money.minor, 1499);
        let written = PriceRow::to_row(&entry);
        assert_eq!(written.parse().as_ref(), Ok(&entry));
        let offer = PriceRow { valid_to: "2015-06-08T10:00:00Z".to_owned(), ..price_row() };
        let offer = offer.parse().expect("a good row");
        assert_eq!(PriceRow::to_row(&offer).parse(), Ok(offer));
        let printed = PriceRow { mrp: "14.99".to_owned(), ..price_row() };
        let printed = printed.parse().expect("a good row");
        assert_eq!(printed.mrp, Some(printed.money));
        assert_eq!(PriceRow::to_row(&printed).parse(), Ok(printed));
    }

    #[test]
    fn a_bad_price_row_names_its_column() {
        type Change = fn(&mut PriceRow, String);
        let cases: &[(&str, &str, Change)] = &[
            ("market", "USA", |r, v| r.market = v),
            ("sku", "band", |r, v| r.sku = v),
            ("price", "14.999", |r, v| r.price = v),
            ("price", "-1", |r, v| r.price = v),
            ("price", "1e9", |r, v| r.price = v),
            ("price", "99999999999999999", |r, v| r.price = v),
            ("currency", "XYZ", |r, v| r.currency = v),
            ("currency", "usd", |r, v| r.currency = v),
            ("mrp", "14.98", |r, v| r.mrp = v),
            ("mrp", "fifteen", |r, v| r.mrp = v),
            ("mrp", "-20", |r, v| r.mrp = v),
            ("valid_from", "", |r, v| r.valid_from = v),
            ("valid_from", "1 June", |r, v| r.valid_from = v),
            ("valid_from", "2015-02-30", |r, v| r.valid_from = v),
            ("valid_from", "2015-06-01T10:00:00", |r, v| r.valid_from = v),
            ("valid_to", "2015-06-01", |r, v| r.valid_to = v),
            ("source", " ", |r, v| r.source = v),
            ("confidence", "S3", |r, v| r.confidence = v),
        ];
        for (field, value, change) in cases {
            let mut row = price_row();
            change(&mut row, (*value).to_owned());
            assert_eq!(row.parse().map_err(|e| e.field), Err(*field), "{value:?}");
        }
    }

    #[test]
    fn a_bad_tax_row_names_its_column() {
        type Change = fn(&mut TaxRateRow, String);
        let cases: &[(&str, &str, Change)] = &[
            ("jurisdiction", "UK", |r, v| r.jurisdiction = v),
            ("jurisdiction", "US", |r, v| r.jurisdiction = v),
            ("jurisdiction", "US-PR", |r, v| r.jurisdiction = v),
            ("jurisdiction", "DE-BE", |r, v| r.jurisdiction = v),
            ("name", " ", |r, v| r.name = v),
            ("rate_pct", "", |r, v| r.rate_pct = v),
            ("rate_pct", "19 %", |r, v| r.rate_pct = v),
            ("rate_pct", "about 17", |r, v| r.rate_pct = v),
            ("display", "n/a", |r, v| r.display = v),
            ("valid_from", "2026-09", |r, v| r.valid_from = v),
            ("valid_to", "2026-09-28", |r, v| r.valid_to = v),
            ("source", "", |r, v| r.source = v),
            ("confidence", "", |r, v| r.confidence = v),
        ];
        let good = tax_rows(RATES).remove(0);
        assert!(good.parse().is_ok());
        for (field, value, change) in cases {
            let mut row = good.clone();
            change(&mut row, (*value).to_owned());
            assert_eq!(row.parse().map_err(|e| e.field), Err(*field), "{value:?}");
        }
    }
}
