//! Numbers, money and dates as people write them, by ICU. No floats: amounts go in as integers.

use icu_datetime::fieldsets::{YM, YMD};
use icu_datetime::{DateTimeFormatter, input as icu};
use icu_decimal::DecimalFormatter;
use icu_decimal::input::Decimal;
use icu_locale_core::{Locale as IcuLocale, locale};
use jiff::tz::Offset;
use kontor_base::{Country, Currency, Date, Instant, Language, Money, Rate};

/// A space that keeps amount and unit on one line.
const NBSP: char = '\u{a0}';

/// A way of writing numbers and dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Locale {
    /// English as in the USA.
    EnUs,
    /// English as in India: lakhs and crores.
    EnIn,
    /// English elsewhere: day before month.
    EnGb,
    /// German.
    De,
}

impl Locale {
    /// How `language` is written in `country`.
    #[must_use]
    pub fn of(language: Language, country: Option<Country>) -> Self {
        match (language, country.as_ref().map(Country::code)) {
            (Language::De, _) => Self::De,
            (_, Some("US")) => Self::EnUs,
            (_, Some("IN")) => Self::EnIn,
            _ => Self::EnGb,
        }
    }

    const fn icu(self) -> IcuLocale {
        match self {
            Self::EnUs => locale!("en-US"),
            Self::EnIn => locale!("en-IN"),
            Self::EnGb => locale!("en-GB"),
            Self::De => locale!("de-DE"),
        }
    }
}

struct Formatters {
    decimal: DecimalFormatter,
    long: DateTimeFormatter<YMD>,
    short: DateTimeFormatter<YMD>,
    month: DateTimeFormatter<YM>,
}

// ICU's formatters are not shared between threads unless a feature of a crate far below is switched
// on; one set per thread is small and asks for no lock.
thread_local! {
    static FORMATTERS: [Formatters; 4] = formatters();
}

fn formatters() -> [Formatters; 4] {
    [Locale::EnUs, Locale::EnIn, Locale::EnGb, Locale::De].map(|which| {
        let locale = which.icu();
        let built_in = "the data of this locale is compiled in";
        Formatters {
            decimal: DecimalFormatter::try_new((&locale).into(), Default::default())
                .expect(built_in),
            long: DateTimeFormatter::try_new((&locale).into(), YMD::long()).expect(built_in),
            short: DateTimeFormatter::try_new((&locale).into(), YMD::medium()).expect(built_in),
            month: DateTimeFormatter::try_new((&locale).into(), YM::long()).expect(built_in),
        }
    })
}

fn with<T>(locale: Locale, write: impl FnOnce(&Formatters) -> T) -> T {
    let index = match locale {
        Locale::EnUs => 0,
        Locale::EnIn => 1,
        Locale::EnGb => 2,
        Locale::De => 3,
    };
    FORMATTERS.with(|all| write(&all[index]))
}

/// `number / 10^places`, with exactly `places` decimal places.
fn fixed(locale: Locale, number: i64, places: u32) -> String {
    let mut decimal = Decimal::from(number);
    let places = i16::try_from(places).unwrap_or(0);
    decimal.multiply_pow10(-places);
    decimal.absolute.pad_end(-places);
    with(locale, |formatters| formatters.decimal.format(&decimal).to_string())
}

/// A whole number.
#[must_use]
pub fn number(locale: Locale, number: i64) -> String {
    fixed(locale, number, 0)
}

/// `mantissa / 10^places`, with exactly `places` decimal places.
#[must_use]
pub fn decimal(locale: Locale, mantissa: i64, places: u8) -> String {
    fixed(locale, mantissa, u32::from(places))
}

/// `number / 1000` with the decimal places it has.
#[must_use]
pub fn thousandths(locale: Locale, number: u64) -> String {
    let mut decimal = Decimal::from(number);
    decimal.multiply_pow10(-3);
    decimal.absolute.trim_end();
    with(locale, |formatters| formatters.decimal.format(&decimal).to_string())
}

/// A rate as a percentage, with the decimal places it has.
#[must_use]
pub fn percent(locale: Locale, rate: Rate) -> String {
    let mut decimal = Decimal::from(rate.ppm());
    decimal.multiply_pow10(-4);
    decimal.absolute.trim_end();
    let digits = with(locale, |formatters| formatters.decimal.format(&decimal).to_string());
    if locale == Locale::De { format!("{digits}{NBSP}%") } else { format!("{digits}%") }
}

/// What stands for a currency where its own market is meant: every page belongs to one market, so
/// that "$" is never in doubt.
fn symbol(currency: Currency) -> &'static str {
    match currency.code() {
        "USD" => "$",
        "EUR" => "€",
        "GBP" => "£",
        "INR" => "₹",
        "CNY" | "JPY" => "¥",
        "HKD" => "HK$",
        "TWD" => "NT$",
        "SGD" => "S$",
        "MYR" => "RM",
        "PHP" => "₱",
        "IDR" => "Rp",
        "BRL" => "R$",
        "KRW" => "₩",
        "VND" => "₫",
        "THB" => "฿",
        _ => currency.code(),
    }
}

/// Whether prices in this currency are written without their minor unit when it is zero.
fn rounds_whole(currency: Currency) -> bool {
    matches!(currency.code(), "INR" | "CNY" | "HKD" | "TWD" | "PHP" | "IDR")
}

/// An amount of money with its symbol, its own number of decimal places, and no line break inside.
#[must_use]
pub fn money(locale: Locale, money: Money) -> String {
    let exponent = money.currency.exponent();
    let scale = 10_i64.pow(exponent);
    let amount = money.minor.saturating_abs();
    let digits = if rounds_whole(money.currency) && amount % scale == 0 {
        fixed(locale, amount / scale, 0)
    } else {
        fixed(locale, amount, exponent)
    };
    let symbol = symbol(money.currency);
    // A true minus sign: a hyphen is too short beside tabular figures.
    let sign = if money.minor < 0 { "−" } else { "" };
    if locale == Locale::De {
        return format!("{sign}{digits}{NBSP}{symbol}");
    }
    let gap = if symbol.ends_with(|c: char| c.is_ascii_alphabetic()) { "\u{a0}" } else { "" };
    format!("{sign}{symbol}{gap}{digits}")
}

/// The date as ICU takes it; jiff's dates are always valid ISO dates, so the fallback is never seen.
macro_rules! written {
    ($locale:expr, $which:ident, $date:expr) => {{
        let (month, day) = ($date.month().unsigned_abs(), $date.day().unsigned_abs());
        match icu::Date::try_new_iso(i32::from($date.year()), month, day) {
            Ok(date) => with($locale, |formatters| formatters.$which.format(&date).to_string()),
            Err(_) => $date.to_string(),
        }
    }};
}

/// A day, long.
#[must_use]
pub fn date_long(locale: Locale, date: Date) -> String {
    written!(locale, long, date)
}

/// A day, short.
#[must_use]
pub fn date_short(locale: Locale, date: Date) -> String {
    written!(locale, short, date)
}

/// A month and its year.
#[must_use]
pub fn month(locale: Locale, date: Date) -> String {
    written!(locale, month, date)
}

/// A moment to the minute, in UTC and saying so: the server does not know where its reader is.
#[must_use]
pub fn moment(locale: Locale, at: Instant) -> String {
    let at = Offset::UTC.to_datetime(at.timestamp());
    let day = date_short(locale, at.date());
    format!("{day}, {:02}:{:02}{NBSP}UTC", at.hour(), at.minute())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, code: &str) -> Money {
        Money::parse(text, code.parse().expect("a currency")).expect("an amount")
    }

    #[test]
    fn money_is_written_as_people_write_it() {
        for (locale, amount, code, expected) in [
            (Locale::EnUs, "14.99", "USD", "$14.99"),
            (Locale::EnUs, "1234567.5", "USD", "$1,234,567.50"),
            (Locale::EnUs, "-3", "USD", "−$3.00"),
            (Locale::De, "14.99", "EUR", "14,99\u{a0}€"),
            (Locale::De, "1234.5", "EUR", "1.234,50\u{a0}€"),
            (Locale::EnIn, "6999", "INR", "₹6,999"),
            (Locale::EnIn, "1234567", "INR", "₹12,34,567"),
            (Locale::EnIn, "99.5", "INR", "₹99.50"),
            (Locale::EnGb, "59", "MYR", "RM\u{a0}59.00"),
            (Locale::EnGb, "199000", "IDR", "Rp\u{a0}199,000"),
            (Locale::EnGb, "1980", "JPY", "¥1,980"),
            (Locale::EnGb, "69", "CHF", "CHF\u{a0}69.00"),
        ] {
            assert_eq!(money(locale, of(amount, code)), expected);
        }
    }

    #[test]
    fn dates_and_rates_are_written_as_people_write_them() {
        let day = jiff::civil::date(2015, 6, 1);
        assert_eq!(date_long(Locale::EnUs, day), "June 1, 2015");
        assert_eq!(date_long(Locale::EnGb, day), "1 June 2015");
        assert_eq!(date_long(Locale::De, day), "1. Juni 2015");
        assert_eq!(month(Locale::De, day), "Juni 2015");
        let rate = Rate::parse_percent("7.25").expect("a rate");
        assert_eq!(percent(Locale::EnUs, rate), "7.25%");
        assert_eq!(percent(Locale::De, rate), "7,25\u{a0}%");
        assert_eq!(percent(Locale::EnUs, Rate::from_ppm(190_000)), "19%");
        assert_eq!(thousandths(Locale::De, 18_500), "18,5");
        assert_eq!(thousandths(Locale::EnUs, 170), "0.17");
        let at = Instant::start_of(day).plus_seconds(3_661);
        assert_eq!(moment(Locale::De, at), "01.06.2015, 01:01\u{a0}UTC");
    }
}
