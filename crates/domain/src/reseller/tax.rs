//! The tax between the maker and a reseller, in the cases that the law makes simple: within one country,
//! from one member state of the European Union to another, and out of the country. Which countries' law
//! is known, and the sentence that it rests on, stands in [`TAX_RULES`]. Everything else is unknown: then
//! whoever issues the bill says the tax and the rule.
//!
//! What is stated (tax numbers, where goods leave from) is not verified here.

use std::fmt;

use kontor_base::{Confidence, Country, Date, Money, Rate};
use serde::{Deserialize, Serialize};

use crate::market::TaxDisplay;
use crate::price::{Jurisdiction, TaxTable, tax_amount};

/// A tax number: the letters of a country and what follows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TaxNumber {
    country: Country,
    text: String,
}

/// A text is no tax number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a tax number begins with the letters of its country, such as DE123456789")]
pub struct TaxNumberError;

impl TaxNumber {
    /// Reads a tax number; spaces, dots and dashes mean nothing. Greece writes EL.
    ///
    /// # Errors
    ///
    /// When it does not begin with a country, or has no digit, or is longer than any.
    pub fn parse(typed: &str) -> Result<Self, TaxNumberError> {
        let signs = typed.chars().filter(|c| !matches!(c, ' ' | '.' | '-'));
        let text: String = signs.map(|c| c.to_ascii_uppercase()).collect();
        let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'+' || b == b'*');
        let digits = text.bytes().any(|b| b.is_ascii_digit());
        if !plain || !digits || !(4..=24).contains(&text.len()) {
            return Err(TaxNumberError);
        }
        let country = match &text[..2] {
            "EL" => "GR",
            other => other,
        };
        Ok(Self { country: country.parse().map_err(|_| TaxNumberError)?, text })
    }

    /// The country that gave it out.
    #[must_use]
    pub const fn country(&self) -> Country {
        self.country
    }
}

impl TryFrom<String> for TaxNumber {
    type Error = TaxNumberError;

    fn try_from(text: String) -> Result<Self, TaxNumberError> {
        Self::parse(&text)
    }
}

impl From<TaxNumber> for String {
    fn from(number: TaxNumber) -> Self {
        number.text
    }
}

impl fmt::Display for TaxNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// What is said of a supply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupplyFacts {
    /// The country that the goods leave from.
    pub from: Country,
    /// The maker's tax number.
    pub seller: Option<TaxNumber>,
    /// The reseller's.
    pub buyer: Option<TaxNumber>,
}

/// A case that the law makes simple.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaxCase {
    /// The goods stay in the country.
    Domestic,
    /// They go from one member state of the European Union to another.
    IntraEu,
    /// They leave the country, and the European Union.
    Export,
}

impl TaxCase {
    /// The word in data.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Domestic => "domestic",
            Self::IntraEu => "intra_eu",
            Self::Export => "export",
        }
    }
}

/// The tax of a bill, and what it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxBasis {
    /// The case.
    pub case: TaxCase,
    /// What was said.
    pub facts: SupplyFacts,
    /// The rate.
    pub rate: Rate,
    /// The rule, as it is printed.
    pub rule: String,
    /// Where the rule and the rate are from.
    pub source: String,
}

/// Why a tax is not worked out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TaxUnknown {
    /// No rule is known for it.
    #[error("no rule is known for goods from {from} to {to}", from = .0.code(), to = .1.code())]
    NoRule(Country, Country),
    /// The maker is not said to be registered where the supply is taxed.
    #[error("the maker's tax number of {} is missing", .0.code())]
    NoSeller(Country),
    /// The exemption needs a number of another member state.
    #[error("the reseller's tax number of a member state other than {} is missing", .0.code())]
    NoBuyer(Country),
    /// No rate is known on the day, or only from memory.
    #[error("no verified tax rate of {} is known on {}", .0.code(), .1)]
    NoRate(Country, Date),
    /// The tax is larger than an amount can be.
    #[error("the tax is too large to be added up")]
    Sum,
}

/// Works the tax out, line by line, each rounded once.
///
/// # Errors
///
/// [`TaxUnknown`]: nothing is guessed.
pub fn bill_tax(
    facts: &SupplyFacts,
    ship_to: Country,
    lines: &[Money],
    rates: &TaxTable,
    on: Date,
) -> Result<(i64, TaxBasis), TaxUnknown> {
    let from = facts.from;
    let case = case_of(from, ship_to);
    let TaxRule { basis: rule, source, .. } =
        rule_of(case, from).ok_or(TaxUnknown::NoRule(from, ship_to))?;
    if facts.seller.as_ref().map(TaxNumber::country) != Some(from) {
        return Err(TaxUnknown::NoSeller(from));
    }
    let mut basis = TaxBasis {
        case,
        facts: facts.clone(),
        rate: Rate::ZERO,
        rule: (*rule).to_owned(),
        source: (*source).to_owned(),
    };
    match case {
        TaxCase::Export => return Ok((0, basis)),
        TaxCase::IntraEu => {
            let other = |number: &&TaxNumber| number.country.in_eu() && number.country != from;
            facts.buyer.as_ref().filter(other).ok_or(TaxUnknown::NoBuyer(from))?;
            return Ok((0, basis));
        }
        TaxCase::Domestic => {}
    }
    let known = rates.rate_on(&Jurisdiction::of_country(from), on).ok();
    let known = known.filter(|rate| rate.confidence != Confidence::M && !rate.estimated());
    let rate = known.ok_or(TaxUnknown::NoRate(from, on))?;
    let mut tax = 0_i64;
    for line in lines {
        let amount = tax_amount(*line, rate.rate, TaxDisplay::Exclusive);
        let own = amount.map_err(|_| TaxUnknown::Sum)?.tax.minor;
        tax = tax.checked_add(own).ok_or(TaxUnknown::Sum)?;
    }
    basis.rate = rate.rate;
    basis.rule = format!("{} {} %: {rule}", rate.name, rate.rate.percent());
    basis.source = format!("{source}; rate: {}, from {}", rate.source, rate.valid_from);
    Ok((tax, basis))
}

fn case_of(from: Country, to: Country) -> TaxCase {
    if from == to {
        TaxCase::Domestic
    } else if from.in_eu() && to.in_eu() {
        TaxCase::IntraEu
    } else {
        TaxCase::Export
    }
}

/// A rule of law for a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaxRule {
    /// The case.
    pub case: TaxCase,
    /// The country that the goods leave from; `EU` is every member state.
    pub from: &'static str,
    /// The sentence that is printed, with the law that it rests on.
    pub basis: &'static str,
    /// Where that was found.
    pub source: &'static str,
    /// How well it is known. A rule from memory is not applied.
    pub confidence: Confidence,
}

/// The rules that are known.
pub const TAX_RULES: [TaxRule; 5] = [
    TaxRule {
        case: TaxCase::Domestic,
        from: "EU",
        basis: "supply within the country, taxed where its transport begins (Articles 2(1)(a), 32 \
                and 193 of Directive 2006/112/EC)",
        source: "EUR-Lex 32006L0112",
        confidence: Confidence::S2,
    },
    TaxRule {
        case: TaxCase::IntraEu,
        from: "EU",
        basis: "intra-Community supply, exempt (Article 138(1) of Directive 2006/112/EC); the buyer \
                owes the tax on the acquisition (Article 200)",
        source: "EUR-Lex 32006L0112",
        confidence: Confidence::S2,
    },
    TaxRule {
        case: TaxCase::Export,
        from: "EU",
        basis: "export, exempt (Article 146(1) of Directive 2006/112/EC) once its proof is there",
        source: "EUR-Lex 32006L0112",
        confidence: Confidence::S2,
    },
    TaxRule {
        case: TaxCase::Domestic,
        from: "GB",
        basis: "supply within the country at the standard rate (VAT Act 1994, sections 2 and 4)",
        source: "VAT Act 1994 (c. 23)",
        confidence: Confidence::S2,
    },
    TaxRule {
        case: TaxCase::Export,
        from: "GB",
        basis: "export, zero-rated (VAT Act 1994, section 30(6)) once its evidence is there",
        source: "VAT Notice 703; HMRC VEXP20200",
        confidence: Confidence::S1,
    },
];

fn rule_of(case: TaxCase, from: Country) -> Option<&'static TaxRule> {
    TAX_RULES.iter().find(|rule| {
        let there = if rule.from == "EU" { from.in_eu() } else { rule.from == from.code() };
        there && rule.case == case && rule.confidence != Confidence::M
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::price::TaxRateRow;

    fn country(code: &str) -> Country {
        code.parse().expect("a country")
    }

    fn rates() -> TaxTable {
        let row = |place: &str, percent: &str, confidence: &str| {
            let row = TaxRateRow {
                jurisdiction: place.to_owned(),
                name: "MwSt".to_owned(),
                rate_pct: percent.to_owned(),
                display: "inclusive".to_owned(),
                valid_from: "2026-01-01".to_owned(),
                valid_to: String::new(),
                source: "a gazette".to_owned(),
                confidence: confidence.to_owned(),
            };
            row.parse().expect("a rate")
        };
        TaxTable::try_new([row("DE", "19", "S1"), row("FR", "20", "M"), row("SG", "9", "S1")])
            .expect("a table")
    }

    #[test]
    fn a_number_is_its_countrys_however_it_is_written() {
        for (typed, code, kept) in [
            ("DE 123.456.789", "DE", "DE123456789"),
            ("el-094259216", "GR", "EL094259216"),
            ("NL000099998B57", "NL", "NL000099998B57"),
        ] {
            let number = TaxNumber::parse(typed).expect("a number");
            assert_eq!((number.country().code(), number.to_string().as_str()), (code, kept));
        }
        for bad in
            ["", "DE", "123456789", "DEX", "ZZ12345", "DE<script>1", "DE12345678901234567890123"]
        {
            assert_eq!(TaxNumber::parse(bad), Err(TaxNumberError), "{bad}");
        }
    }

    /// from, to, the maker's number, the reseller's → the tax of two lines and the case, or why not.
    #[test]
    fn simple_cases_are_worked_out_and_nothing_else() {
        let eur = |minor| Money::new(minor, "EUR".parse().expect("a currency"));
        let on: Date = "2026-11-29".parse().expect("a day");
        // 19 % of 10.03 is 1.9057 and of 0.03 is 0.0057: rounded line by line.
        let lines = [eur(1_003), eur(3)];
        let told = |from: &str, to: &str, seller: &str, buyer: &str| {
            let number = |text: &str| {
                if text.is_empty() { None } else { Some(TaxNumber::parse(text).expect("a number")) }
            };
            let facts =
                SupplyFacts { from: country(from), seller: number(seller), buyer: number(buyer) };
            match bill_tax(&facts, country(to), &lines, &rates(), on) {
                Ok((tax, basis)) => format!("{tax} {} {}", basis.case.word(), basis.rule),
                Err(why) => why.to_string(),
            }
        };
        for (from, to, seller, buyer, wanted) in [
            ("DE", "DE", "DE123456789", "", "192 domestic MwSt 19 %: supply within the country"),
            ("DE", "DE", "", "", "the maker's tax number of DE is missing"),
            ("DE", "DE", "NL000099998B57", "", "the maker's tax number of DE is missing"),
            ("DE", "NL", "DE123456789", "NL000099998B57", "0 intra_eu intra-Community supply"),
            ("DE", "NL", "DE123456789", "FR12345678901", "0 intra_eu intra-Community supply"),
            ("DE", "NL", "DE123456789", "", "the reseller's tax number of a member state other"),
            ("DE", "NL", "DE123456789", "DE987654321", "the reseller's tax number of a member"),
            ("DE", "NL", "DE123456789", "CH123456789", "the reseller's tax number of a member"),
            ("DE", "CH", "DE123456789", "", "0 export export, exempt (Article 146(1)"),
            ("DE", "NO", "DE123456789", "", "0 export export, exempt (Article 146(1)"),
            ("GB", "DE", "GB123456789", "", "0 export export, zero-rated (VAT Act 1994"),
            // A rate from memory, a rate that is not there, and law that the data does not know.
            ("FR", "FR", "FR12345678901", "", "no verified tax rate of FR is known on 2026-11-29"),
            ("GB", "GB", "GB123456789", "", "no verified tax rate of GB is known on 2026-11-29"),
            ("SG", "SG", "SG90312345A", "", "no rule is known for goods from SG to SG"),
            ("US", "US", "US123456789", "", "no rule is known for goods from US to US"),
            ("CN", "DE", "CN123456789", "DE123456789", "no rule is known for goods from CN to DE"),
        ] {
            let got = told(from, to, seller, buyer);
            assert!(got.starts_with(wanted), "{from} → {to} {seller} {buyer}: {got}");
        }
    }
}
