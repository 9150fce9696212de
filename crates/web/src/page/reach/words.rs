//! How values, periods, places and confidence are written.

use kontor_base::Confidence;
use kontor_domain::reach::{Period, Quantity, Standing, Value};

use crate::kit::text::Text;

/// A value with its unit: `more than 70 million`, `14.99 USD`, `80–100 million`.
#[must_use]
pub fn value_words(t: &Text, value: &Value, unit: &str) -> String {
    let number = number_words(t, value);
    let one = matches!(value, Value::Exact(q) | Value::AtLeast(q) if q.equals(Quantity::new(1, 0)));
    with_unit(t, &number, unit, if one { 1 } else { 2 })
}

/// A value without its unit.
#[must_use]
pub(crate) fn number_words(t: &Text, value: &Value) -> String {
    let number = |quantity: &Quantity| t.decimal(quantity.mantissa(), quantity.places());
    match value {
        Value::Exact(q) => number(q),
        Value::About(q) => t.one("value-about", "number", number(q)).into_owned(),
        Value::MoreThan(q) => t.one("value-more-than", "number", number(q)).into_owned(),
        Value::AtLeast(q) => t.one("value-at-least", "number", number(q)).into_owned(),
        Value::LessThan(q) => t.one("value-less-than", "number", number(q)).into_owned(),
        Value::Range(low, high) => format!("{}–{}", number(low), number(high)),
    }
}

fn with_unit(t: &Text, number: &str, unit: &str, count: i64) -> String {
    match unit_id(unit) {
        Some(id) => t.two(id, "number", number, "count", count).into_owned(),
        None => format!("{number}\u{a0}{unit}"),
    }
}

/// The text that writes a number with this unit. Written out, so that the test of ids sees each.
fn unit_id(unit: &str) -> Option<&'static str> {
    Some(match unit {
        "million" => "unit-million",
        "percent" => "unit-percent",
        "users" => "unit-users",
        "countries" => "unit-countries",
        "markets" => "unit-markets",
        "products" => "unit-products",
        "phones" => "unit-phones",
        "patents" => "unit-patents",
        "followers" => "unit-followers",
        "years" => "unit-years",
        "minutes" => "unit-minutes",
        _ => return None,
    })
}

/// A unit alone, for the head of a column.
#[must_use]
pub fn unit_words(t: &Text, unit: &str) -> String {
    match unit {
        "million" => t.get("unit-in-millions").into_owned(),
        other => other.to_owned(),
    }
}

/// A period in full: `first half of 2014`, `13 February 2015`.
#[must_use]
pub fn period_words(t: &Text, period: Period) -> String {
    match period {
        Period::Half(year, 1) => t.one("period-first-half", "year", i64::from(year)).into_owned(),
        Period::Half(year, _) => t.one("period-second-half", "year", i64::from(year)).into_owned(),
        Period::Month(..) => t.month(&period.first_day()),
        Period::Day(day) => t.date(&day),
        other => period_short(t, other),
    }
}

/// A period in few letters: `H1 2014`, `Q3 2014`.
#[must_use]
pub fn period_short(t: &Text, period: Period) -> String {
    match period {
        Period::Year(year) => year.to_string(),
        Period::Half(year, half) => {
            format!("{} {year}", t.one("period-half-short", "half", i64::from(half)))
        }
        Period::Quarter(year, quarter) => format!("Q{quarter} {year}"),
        Period::Month(..) => t.month(&period.first_day()),
        Period::Day(day) => t.date_short(&day),
        Period::Years(from, to) => format!("{from}–{to}"),
    }
}

/// A place: `No. 3`, `No. 5 or 6`, `among the first 5`, `not among the first 5`.
#[must_use]
pub fn places_words(t: &Text, standing: Standing) -> String {
    match standing {
        Standing { best, worst: None } => {
            t.one("rank-not-first", "place", i64::from(best) - 1).into_owned()
        }
        Standing { best, worst: Some(worst) } if best == worst => {
            t.one("rank-exact", "place", i64::from(best)).into_owned()
        }
        Standing { best: 1, worst: Some(worst) } => {
            t.one("rank-among-first", "place", i64::from(worst)).into_owned()
        }
        Standing { best, worst: Some(worst) } => {
            t.two("rank-between", "best", i64::from(best), "worst", i64::from(worst)).into_owned()
        }
    }
}

/// How well something is known, in words.
#[must_use]
pub fn confidence_words(t: &Text, confidence: Confidence) -> String {
    let id = match confidence {
        Confidence::S1 => "confidence-s1",
        Confidence::S2 => "confidence-s2",
        Confidence::M => "confidence-m",
    };
    t.get(id).into_owned()
}

/// What figures of a subject are about; subjects that no text names are written as they are.
#[must_use]
pub fn subject_words(t: &Text, subject: &str) -> String {
    let id = match subject {
        "phones-sold" => "subject-phones-sold",
        "rom-users" => "subject-rom-users",
        "rom-countries" => "subject-rom-countries",
        "opening" => "subject-opening",
        "reasons" => "subject-reasons",
        "price" => "subject-price",
        "bands-sold" => "subject-bands-sold",
        "festival" => "subject-festival",
        "court" => "subject-court",
        "demand" => "subject-demand",
        "phones-india" => "subject-phones-india",
        "made-locally" => "subject-made-locally",
        "resellers" => "subject-resellers",
        "china-share" => "subject-china-share",
        "selling" => "subject-selling",
        other => return other.replace('-', " "),
    };
    t.get(id).into_owned()
}
