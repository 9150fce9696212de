//! What is wrong with a cell, a row or a file, as a value: commands and logs say it in English, a page
//! in its reader's language. A sentence that no value stands for yet is [`Wrong::Words`].

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::country::Country;
use crate::language::Language;
use crate::money::{Currency, MoneyError};
use crate::text::TextError;

macro_rules! wrongs {
    ($( $(#[$meta:meta])* $name:ident $({ $($part:ident),+ })? = $id:literal, $words:literal; )+) => {
        /// What is wrong.
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Wrong {
            $(
                $(#[$meta])*
                $name $({ $(
                    #[doc = concat!("What the sentence says as `", stringify!($part), "`.")]
                    $part: String
                ),+ })?,
            )+
        }

        impl Wrong {
            /// Every sentence: its id and what it has in it.
            pub const ALL: &[(&'static str, &[&'static str])] =
                &[ $( ($id, &[$($(stringify!($part)),+)?]) ),+ ];

            /// The id of the sentence, the same in every language.
            #[must_use]
            pub const fn id(&self) -> &'static str {
                match self { $( Self::$name $({ $($part: _),+ })? => $id ),+ }
            }

            /// What the sentence has in it, by name.
            #[must_use]
            pub fn parts(&self) -> Vec<(&'static str, &str)> {
                match self {
                    $( Self::$name $({ $($part),+ })? =>
                        vec![$($( (stringify!($part), $part.as_str()) ),+)?] ),+
                }
            }
        }

        impl fmt::Display for Wrong {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $( Self::$name $({ $($part),+ })? => write!(f, $words $($(, $part = $part)+)?) ),+
                }
            }
        }
    };
}

wrongs! {
    /// Nothing stands there.
    Empty = "wrong-empty", "is empty";
    /// It has to be said where it is from.
    NoSource = "wrong-no-source", "is empty: every figure carries its source";
    /// There are more characters than fit.
    TooLong { max } = "wrong-too-long", "longer than {max} characters";
    /// There are signs that nobody sees.
    Control = "wrong-control", "contains control characters";
    /// A word looks like another one.
    MixedScripts = "wrong-mixed-scripts", "a word mixes letters of different scripts";
    /// It has not the form that it should have.
    Malformed = "wrong-malformed", "text is not of the wanted form";
    /// It is no number, or not within these.
    NotNumber { cell, low, high } = "wrong-not-number",
        "{cell:?} is not a whole number from {low} to {high}";
    /// It is no day.
    NotDay { cell } = "wrong-not-day", "{cell:?} is not a day such as 2026-11-23";
    /// It is neither a day nor a moment.
    NotMoment = "wrong-not-moment", "neither a day nor a moment such as 2015-06-01T16:00:00Z";
    /// It is none of a few words.
    NoneOf { cell, known } = "wrong-none-of", "{cell:?} is none of {known}";
    /// It is none of the words of this column.
    NotAWord { cell } = "wrong-not-a-word", "{cell:?} is not one of its words";
    /// There are more parts than are taken.
    TooManyParts { max } = "wrong-too-many-parts", "has more than {max} parts";
    /// The same stands there twice.
    Twice { cell } = "wrong-twice", "{cell:?} is there twice";
    /// It names no country.
    NotCountry { cell } = "wrong-not-country", "{cell:?} is not an ISO 3166-1 country code";
    /// It names no language.
    NotLanguage { cell } = "wrong-not-language", "{cell:?} is not a language that texts are kept in";
    /// It names no currency.
    NotCurrency { cell } = "wrong-not-currency", "{cell:?} is no currency of ISO 4217";
    /// It can be no name in addresses.
    NotSlug { cell } = "wrong-not-slug",
        "{cell:?} is not a slug: lower-case letters, digits and dashes, at most 60 characters";
    /// It can be no variant.
    NotSku { cell } = "wrong-not-sku",
        "{cell:?} is not a SKU: capital letters, digits and dashes, 2 to 40 characters";
    /// It can be no market.
    NotMarket { cell } = "wrong-not-market", "{cell:?} is not a market code (two lower-case letters)";
    /// It can be no code of a fact.
    NotCode { cell, max } = "wrong-not-code",
        "{cell:?} is not a code: capital letters, digits and single inner dashes, 2 to {max} characters";
    /// It names no place where a tax is levied.
    NotJurisdiction { cell } = "wrong-not-jurisdiction", "{cell:?} is not a jurisdiction such as DE or US-CA";
    /// It is neither everywhere nor a country.
    NotReach { cell } = "wrong-not-reach", "{cell:?} is neither * nor an ISO 3166-1 country code";
    /// It is no span of weeks.
    NotWeeks { cell } = "wrong-not-weeks", "{cell:?} is not a span of weeks such as 4-8";
    /// It cannot be read, for a reason that is said in English.
    Unread { cell, words } = "wrong-unread", "{cell:?} is {words}";
    /// It is no amount of this currency.
    NotAmount { cell } = "wrong-not-amount",
        "{cell:?} is not an amount with at most the currency's decimal places";
    /// It is an amount below zero.
    Negative = "wrong-negative", "is negative";
    /// It has to be more than nothing.
    NotPositive = "wrong-not-positive", "must be more than nothing";
    /// The end is not behind the beginning.
    NotAfter { other } = "wrong-not-after", "is not after {other}";
    /// The end lies before the beginning.
    Before { other } = "wrong-before", "is before {other}";
    /// A price lies above the one that is printed.
    AbovePrinted = "wrong-above-printed", "the price is above the printed maximum retail price";
    /// A maximum with taxes where prices have none.
    PrintedWithTax = "wrong-printed-with-tax",
        "a printed maximum includes all taxes, this market's prices do not";
    /// A market's prices are in another currency.
    OtherCurrency { market, currency } = "wrong-other-currency", "{market} has prices in {currency}";
    /// A market's currency does not change.
    KeepsCurrency { market, currency } = "wrong-keeps-currency",
        "{market} has prices in {currency}: a market keeps its currency";
    /// It is no rate.
    NotPercentage = "wrong-not-percentage", "not a percentage such as 7.25";
    /// The country levies the tax as a whole.
    NationalRate = "wrong-national-rate", "this country has a national rate";
    /// The country's states levy the tax.
    RateByState = "wrong-rate-by-state", "this country's states levy the tax";
    /// There is no such state.
    NoState = "wrong-no-state", "no such state";
    /// There is no such market.
    NoMarket { name } = "wrong-no-market", "there is no market {name}";
    /// There is no such model.
    NoModel { name } = "wrong-no-model", "there is no model {name}";
    /// There is no such variant.
    NoVariant { name } = "wrong-no-variant", "there is no variant {name}";
    /// There is no such rule.
    NoRule { name } = "wrong-no-rule", "there is no rule {name}";
    /// There is no such order of an authority.
    NoOrder { name } = "wrong-no-order", "there is no order {name}";
    /// No model is of this brand.
    NoBrand { name } = "wrong-no-brand", "no model is of the brand {name}";
    /// There is no such item of the checklist.
    NoItem { name } = "wrong-no-item", "there is no item {name}";
    /// What is lifted blocks nothing.
    BlocksNothing { name } = "wrong-blocks-nothing", "{name} does not block anything";
    /// It waits for what waits for it.
    WaitsForItself = "wrong-waits-for-itself", "waits for itself by way of others";
    /// There are more records than are kept.
    TooManyRecords { max } = "wrong-too-many-records", "more than {max} records";
    /// It lies outside of a span.
    NotBetween { low, high } = "wrong-not-between", "must be {low} to {high}";
    /// A model has no English text.
    NoEnglish { name } = "wrong-no-english", "{name} has no English text";
    /// A model has no English text, and the file for it comes first.
    NoEnglishYet { name } = "wrong-no-english-yet", "{name} has no English text: import texts first";
    /// The English text is what others fall back to.
    EnglishMissing = "wrong-english-missing", "the English text is missing";
    /// It is no number of the customs.
    NotHsCode { cell } = "wrong-not-hs-code", "{cell:?} is not a code such as 8517.62";
    /// Nothing fits itself.
    OfItself = "wrong-of-itself", "nothing is an accessory of itself";
    /// There is no such attribute.
    NoAttribute { name } = "wrong-no-attribute", "there is no attribute {name:?}";
    /// The attribute has other values.
    NotValue { value, name, expected } = "wrong-not-value",
        "{value:?} is not a value of the attribute {name:?} ({expected})";
    /// It is no name with a value.
    NotPair { cell } = "wrong-not-pair", "{cell:?} is not of the form name=value";
    /// A delivery was booked with other units.
    BookedBefore { reference, units } = "wrong-booked-before",
        "{reference} was booked with {units} units: a delivery is booked once, give a new one a reference of its own";
    /// Nothing ends that has not begun.
    NeverIssued = "wrong-never-issued", "what was never issued cannot end";
    /// A decision that a rule does not apply is a person's.
    DecisionUnproven = "wrong-decision-unproven",
        "\"not applicable\" needs a reason (why), who decided it (verified_how, verified_by, verified_on) and since when (issued_on)";
    /// Somebody looked, and it is not said how.
    VerifiedNotHow = "wrong-verified-not-how", "somebody verified it, but not how";
    /// A check is somebody's on a day.
    VerifiedByNobody = "wrong-verified-by-nobody", "a verification names a person and a day";
    /// A confirmation is somebody's on a day.
    ConfirmedByNobody = "wrong-confirmed-by-nobody", "a confirmation names a person and a day";
    /// What blocks lifts nothing.
    BlocksAndLifts = "wrong-blocks-and-lifts", "an order that blocks lifts nothing";
    /// Nothing lifts itself.
    LiftsItself = "wrong-lifts-itself", "an order cannot lift itself";
    /// What is lifted must block.
    LiftsNoBlock { other } = "wrong-lifts-no-block", "{other} lifts this order: it must block";
    /// What blocks is binding.
    BlocksAdvisory = "wrong-blocks-advisory", "a rule that blocks cannot be advisory";
    /// Only what begins can spare what was there before.
    SparesWithoutDay = "wrong-spares-without-day",
        "only a rule that blocks from a day on can spare what was there before";
    /// A notice belongs to a condition.
    NoticeAlone = "wrong-notice-alone", "a notice without conditional_from";
    /// What blocks has no conditions.
    BlocksWithCondition = "wrong-blocks-with-condition", "a rule that blocks has no conditions";
    /// A condition begins below what is blocked.
    ConditionTooHigh = "wrong-condition-too-high", "must be a lower degree than gates";
    /// A condition is a notice.
    ConditionWithoutNotice = "wrong-condition-without-notice", "conditional_from needs a notice";
    /// A component is a kind from a maker.
    HalfAComponent = "wrong-half-a-component", "a component needs its kind and maker";
    /// Only some items name ways of fulfilment.
    NotOfAModel = "wrong-not-of-a-model", "is only for items whose gate is \"model\"";
    /// An item for some ways of fulfilment names them.
    OfWhichModels = "wrong-of-which-models", "is empty: for which ways of fulfilment is it?";
    /// What is done is proven.
    DoneUnproven = "wrong-done-unproven", "what is done needs its evidence";
    /// What is done was done on a day.
    DoneWhen = "wrong-done-when", "what is done needs its day";
    /// The file is larger than what is read.
    FileTooLarge { max } = "wrong-file-too-large", "the file is larger than {max} bytes";
    /// The file has more rows than are read.
    TooManyRows { max } = "wrong-too-many-rows", "the file has more than {max} rows";
    /// Nothing stands in the file.
    FileEmpty { columns } = "wrong-file-empty", "the file is empty: it begins with {columns}";
    /// The file has another encoding.
    Utf16 = "wrong-utf16", "the file is UTF-16: save it as CSV in UTF-8";
    /// The file has another encoding from this line on.
    NotUtf8 = "wrong-not-utf8", "is not UTF-8: save the file as CSV in UTF-8";
    /// The file has other separators.
    NotCommas = "wrong-not-commas", "columns are separated by commas, not by semicolons or tabs";
    /// There is no such column.
    NoColumn { known } = "wrong-no-column", "is no column here; there are {known}";
    /// The column stands there twice.
    ColumnTwice = "wrong-column-twice", "is there twice";
    /// The column is not there.
    ColumnMissing = "wrong-column-missing", "is missing";
    /// The row is shorter or longer than the head.
    Cells { cells, columns } = "wrong-cells", "has {cells} cells, the header has {columns}";
    /// An earlier row is about the same.
    TwiceOnLine { line } = "wrong-twice-on-line", "is there already on line {line}";
    /// A sentence in English.
    Words { words } = "wrong-words", "{words}";
}

impl Serialize for Wrong {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl From<&str> for Wrong {
    fn from(words: &str) -> Self {
        Self::Words { words: words.to_owned() }
    }
}

impl From<String> for Wrong {
    fn from(words: String) -> Self {
        Self::Words { words }
    }
}

impl From<TextError> for Wrong {
    fn from(error: TextError) -> Self {
        match error {
            TextError::Empty => Self::Empty,
            TextError::TooLong { max } => Self::TooLong { max: max.to_string() },
            TextError::ControlCharacter => Self::Control,
            TextError::MixedScripts => Self::MixedScripts,
            TextError::Malformed => Self::Malformed,
        }
    }
}

impl Wrong {
    /// A text that is no amount.
    #[must_use]
    pub fn of_money(cell: &str, error: MoneyError) -> Self {
        let cell = cell.to_owned();
        match error {
            MoneyError::NotAnAmount => Self::NotAmount { cell },
            other => Self::Unread { cell, words: other.to_string() },
        }
    }
}

/// A value that a cell of a data file holds, with what is said where it does not.
pub trait Cell: FromStr<Err: fmt::Display> {
    /// What is wrong with a cell that could not be read.
    fn wrong(cell: &str, error: &Self::Err) -> Wrong {
        Wrong::Unread { cell: cell.to_owned(), words: error.to_string() }
    }
}

impl Cell for Country {
    fn wrong(cell: &str, _: &Self::Err) -> Wrong {
        Wrong::NotCountry { cell: cell.to_owned() }
    }
}

impl Cell for Language {
    fn wrong(cell: &str, _: &Self::Err) -> Wrong {
        Wrong::NotLanguage { cell: cell.to_owned() }
    }
}

impl Cell for Currency {
    fn wrong(cell: &str, _: &Self::Err) -> Wrong {
        Wrong::NotCurrency { cell: cell.to_owned() }
    }
}

impl Cell for crate::clock::Date {
    fn wrong(cell: &str, _: &Self::Err) -> Wrong {
        Wrong::NotDay { cell: cell.to_owned() }
    }
}

impl Cell for u16 {}
impl Cell for u32 {}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_sentence_has_an_id_of_its_own() {
        let ids: BTreeSet<&str> = Wrong::ALL.iter().map(|(id, _)| *id).collect();
        assert_eq!(ids.len(), Wrong::ALL.len());
        assert!(ids.iter().all(|id| id.starts_with("wrong-")));
    }

    #[test]
    fn a_sentence_says_what_it_has_in_it_and_tells_it_by_name() {
        let wrong = Wrong::NotNumber { cell: "x".into(), low: "1".into(), high: "9".into() };
        assert_eq!(wrong.to_string(), "\"x\" is not a whole number from 1 to 9");
        assert_eq!(wrong.parts(), [("cell", "x"), ("low", "1"), ("high", "9")]);
        assert_eq!(Wrong::Empty.parts(), []);
        assert_eq!(
            Country::wrong("XX", &"XX".parse::<Country>().expect_err("none")).id(),
            "wrong-not-country"
        );
        assert_eq!(serde_json::to_string(&Wrong::Empty).expect("text"), "\"is empty\"");
    }
}
