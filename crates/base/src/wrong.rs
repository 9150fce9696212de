//! What is wrong with a cell, a row or a file, as a value: commands and logs say it in English, a page
//! in its reader's language. There is no sentence without a value: whoever finds something new to be
//! wrong adds one here, and a test then asks for its words in every language.

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
    /// A country is one market's.
    CountryTaken { country, market } = "wrong-country-taken", "{country} is a country of {market}";
    /// A step from stage to stage is checked and written down.
    StageIsNoCell { stage } = "wrong-stage-is-no-cell",
        "the market is {stage}: take the step instead (`kontor opening advance`)";
    /// Nobody has written down what a seller needs in a country.
    NoChecklist { country } = "wrong-no-checklist",
        "the market sells, and nobody has written a checklist for {country}";
    /// A hard item is not done.
    ItemMissing { item } = "wrong-item-missing", "the market sells, and {item} is not done";
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
    /// The evidence is for a place where its clearance is not asked for.
    AskedElsewhere { name, places } = "wrong-asked-elsewhere",
        "{name} is asked for in {places} only: evidence for anywhere else clears nothing";
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
    /// A row has other columns than are wanted.
    NotARow { columns } = "wrong-not-a-row", "cannot be read as a row of {columns}";
    /// It is no whole number.
    NotWhole { cell } = "wrong-not-whole", "{cell:?} is not a whole number";
    /// It is more than any amount may be.
    AmountTooLarge { cell } = "wrong-amount-too-large", "{cell:?} is too large an amount";
    /// It lies ahead.
    InFuture = "wrong-in-future", "lies in the future";
    /// It can be no place where goods lie.
    NotSite { cell, max } = "wrong-not-site",
        "{cell:?} is not a place: letters, digits and . _ - +, at most {max} characters";
    /// No delivery note is named, and the file's name cannot stand for one.
    NoReference = "wrong-no-reference", "is empty, and the file's name cannot stand for it";
    /// It can be no serial number.
    NotSerial { cell } = "wrong-not-serial",
        "{cell:?} is not a serial number: letters, digits, / and -";
    /// It is no variant and what belongs to it.
    NotSkuAndNumber { cell } = "wrong-not-sku-and-number",
        "{cell:?} is no variant with its number";
    /// It is no address of the web.
    NotUrl { cell } = "wrong-not-url", "{cell:?} is not an address of the web";
    /// What is not from memory can be found again.
    NoUrl = "wrong-no-url", "is empty: only what is from memory (M) has none";
    /// It is no period.
    NotPeriod { cell } = "wrong-not-period",
        "{cell:?} is not a period such as 2014, 2014-H1, 2014-Q3, 2015-02, 2015-02-13 or 2011/2017";
    /// It is no number as figures have them.
    NotQuantity { cell } = "wrong-not-quantity",
        "{cell:?} is not a number such as 61.12, >70, >=1, <10000, ~15 or 80-100";
    /// A range goes downwards.
    NotRange { cell } = "wrong-not-range",
        "{cell:?} is not a range: its end must be above its beginning";
    /// It is no place in a ranking.
    NotRank { cell } = "wrong-not-rank", "{cell:?} is not a place such as 3, 5-6, 1-5 or >5";
    /// The row as a whole is too long.
    RowTooLarge { bytes, max } = "wrong-row-too-large",
        "the row has {bytes} bytes in all, {max} are allowed";
    /// A record that can be put right says something else.
    EditedCorrect { code } = "wrong-edited-correct",
        "{code} is recorded with other words: records are not edited, record a new one whose `corrects` names it";
    /// A record that stands for itself says something else.
    EditedRename { code } = "wrong-edited-rename",
        "{code} is recorded with other words: records are not edited, a new one has a name of its own";
    /// What a record puts right is not there.
    NothingToCorrect { name } = "wrong-nothing-to-correct", "there is no {name} to correct";
    /// A record cannot put itself right.
    CorrectsItself = "wrong-corrects-itself", "a record cannot correct itself";
    /// Another record has put that right.
    CorrectedBefore { corrected, by } = "wrong-corrected-before",
        "{corrected} is corrected by {by} already: correct that one";
    /// More came true than was signalled.
    BoughtMore = "wrong-bought-more", "more bought than had signalled";
    /// A forecast's bounds are the wrong way round.
    ForecastOrder = "wrong-forecast-order", "the forecast's lowest number is above its highest";
    /// What was said afterwards is no forecast.
    ForecastLate = "wrong-forecast-late", "the forecast was made more than a week after the opening: it is none";
    /// What was counted before is no outcome.
    OutcomeEarly = "wrong-outcome-early", "the outcome was counted before the opening";
    /// A record of an opening is never given another beginning.
    OpeningStands = "wrong-opening-stands",
        "the opening is on record with another day or another count before it, and that stands";
    /// A forecast is never edited, and none is added afterwards.
    ForecastStands = "wrong-forecast-stands",
        "the opening is on record with what was forecast of it, and that stands";
    /// An outcome grows; it is never counted back.
    OutcomeStands = "wrong-outcome-stands",
        "the opening is on record with an outcome that was counted later, and that stands";
    /// A contract's days are the wrong way round.
    ContractDates = "wrong-contract-dates", "the contract ends before it begins";
    /// A contract allows nothing.
    ContractNothing { clause } = "wrong-contract-nothing", "the contract names no {clause}";
    /// A refusal could not say which clause it rests on.
    ContractNoClause { clause } = "wrong-contract-no-clause",
        "the contract does not say which clause is its {clause}";
    /// Prices in several currencies cannot be added up.
    ContractCurrencies = "wrong-contract-currencies", "the price list has several currencies";
    /// A price of nothing or less.
    ContractPrice { sku } = "wrong-contract-price", "the price of {sku} is not above zero";
    /// An allotment for which there is no price.
    ContractNoPrice { sku } = "wrong-contract-no-price",
        "there is an allotment of {sku} but no price";
    /// A price list is too long.
    ContractTooLong { max } = "wrong-contract-too-long", "the price list has more than {max} lines";
    /// Something else has the name.
    Taken { cell } = "wrong-taken", "{cell:?} is taken";
    /// It is not written in so many hexadecimal digits.
    NotHex { digits } = "wrong-not-hex", "{digits} hexadecimal digits are wanted";
    /// It is no way into a sale.
    NotWayIn { cell } = "wrong-not-way-in",
        "{cell:?}: a market, a way (rush, draw, code, batch) and units are wanted";
    /// It is no language with a title.
    NotTitle { cell } = "wrong-not-title", "{cell:?}: a language and a title are wanted";
    /// It is no deposit.
    NotDeposit { cell } = "wrong-not-deposit",
        "{cell:?}: a deposit is an amount and its currency, such as 5.00 USD";
    /// It is no build of a device.
    NotBuild { cell } = "wrong-not-build", "{cell:?}: a model and its build are wanted";
    /// There are no builds, or too many.
    BuildsBetween { low, high } = "wrong-builds-between",
        "{low} to {high} builds are wanted, one on each line";
    /// Waves end by hand and by hours at once.
    HoursByHand = "wrong-hours-by-hand", "waves that end by hand have no hours";
    /// It is no wave of a rollout.
    NotWave { cell } = "wrong-not-wave",
        "{cell:?} is no wave: own, a percentage, or one with countries as 5@IN+ID; \
         with its end as 10:hand, 10:24h or 10:success";
    /// Nobody has counted the devices of a model.
    NotCounted { name } = "wrong-not-counted",
        "nothing was counted for {name}: say how many devices there are";
    /// No model was counted.
    NothingCounted = "wrong-nothing-counted", "nothing was counted: say how many devices there are";
    /// It is no component.
    NotComponent { cell, kinds } = "wrong-not-component",
        "{cell:?}: a kind ({kinds}), a maker and a part are wanted";
    /// A condition has a word that is none of its words.
    ConditionWord { word, position } = "wrong-condition-word",
        "no word {word:?} is known (at character {position})";
    /// A condition has a word that looks like one of its words.
    ConditionWordNear { word, nearest, position } = "wrong-condition-word-near",
        "no word {word:?} is known, did you mean {nearest:?}? (at character {position})";
    /// A condition stops where more is wanted.
    ConditionEnds { position } = "wrong-condition-ends",
        "the condition ends too early (at character {position})";
    /// A condition stops within a bracket.
    ConditionOpen { position } = "wrong-condition-open",
        "a bracket is not closed (at character {position})";
    /// A condition has a sign that is none of its signs.
    ConditionSign { found, position } = "wrong-condition-sign",
        "{found:?} is no sign of a condition (at character {position})";
    /// A condition has no operand where one is wanted.
    ConditionOperand { found, position } = "wrong-condition-operand",
        "expected a word, \"not\" or \"(\", found {found:?} (at character {position})";
    /// A condition goes on without a joint.
    ConditionJoint { found, position } = "wrong-condition-joint",
        "expected \"and\", \"or\" or the end, found {found:?} (at character {position})";
    /// A condition about classes lacks its "in".
    ConditionIn { found, position } = "wrong-condition-in",
        "expected \"in\" (or write class.phone), found {found:?} (at character {position})";
    /// A condition names no list of classes.
    ConditionList { found, position } = "wrong-condition-list",
        "expected \"(\" or a list of classes such as bis_list, found {found:?} (at character {position})";
    /// A condition has no class where one is wanted.
    ConditionClass { found, position } = "wrong-condition-class",
        "expected a class, found {found:?} (at character {position})";
    /// A condition goes on where a bracket should be closed.
    ConditionClose { found, position } = "wrong-condition-close",
        "expected \")\", found {found:?} (at character {position})";
    /// A condition is too long.
    ConditionTooLong { max } = "wrong-condition-too-long",
        "the condition is longer than {max} characters";
    /// A condition is too deep.
    ConditionTooDeep { max, position } = "wrong-condition-too-deep",
        "the condition is nested deeper than {max} (at character {position})";
    /// A plan's file has something that cannot be read.
    NotReadable { cell } = "wrong-not-readable", "{cell:?} cannot be read here";
    /// A plan's file breaks off, or something is wrong where nothing stands.
    NotToml = "wrong-not-toml", "cannot be read as TOML";
    /// A plan's file has a name that is none of its names.
    NoKey { name, known } = "wrong-no-key", "{name:?} is no name here; there are {known}";
    /// A plan's file lacks something.
    KeyMissing { name } = "wrong-key-missing", "{name:?} is missing";
    /// A charge is both or neither.
    AmountOrPercent = "wrong-amount-or-percent", "either amount or percent is wanted";
    /// It is not said of what a percentage is.
    OfWhat = "wrong-of-what", "of what? Name lines in `of`, or \"all\"";
    /// An input has more than one source.
    TwoSources { name } = "wrong-two-sources", "{name} has two sources";
    /// A figure that follows from cost sheets says something else than they do.
    SheetsSayOther { typed, derived } = "wrong-sheets-say-other",
        "{typed} is typed, and the cost sheets come to {derived}";
    /// A figure is neither said nor worked out.
    NeitherTyped = "wrong-neither-typed", "neither typed nor in cost sheets of both ways";
    /// A duty is no line of a cost sheet.
    NoCharge { name } = "wrong-no-charge", "no charge of either sheet is called {name}";
    /// A gate is none of the words, and no day.
    NotGate { cell } = "wrong-not-gate",
        "{cell:?} is neither plan, now, blocked, unknown nor a day";
    /// A cost sheet is too long.
    TooManyCharges { max } = "wrong-too-many-charges", "a cost sheet has at most {max} charges";
    /// A line is worked out on a later one.
    BaseNotBefore { base } = "wrong-base-not-before",
        "is worked out on {base}, which does not come before it";
    /// A line contained in its own price is all of it.
    EndlessCharge = "wrong-endless-charge",
        "is contained in its own price at a rate of 100 % or more";
    /// Amounts of different currencies stand beside each other.
    MixedCurrencies = "wrong-mixed-currencies", "amounts are in different currencies";
    /// What comes out is more than any amount may be, or nothing that can be worked with.
    SumOutOfRange = "wrong-sum-out-of-range", "an amount or a rate is out of range";
    /// Demand and lead time are numbers of a certain size.
    ReorderRange = "wrong-reorder-range",
        "demand and lead time are numbers from 0 to 1,000,000,000";
    /// A service is better than chance and not certain.
    ReorderService = "wrong-reorder-service",
        "the cycle service is a share from 50 % to 99.99 %";
    /// A batch has no scenario that counts.
    BatchScenarios { max } = "wrong-batch-scenarios",
        "a batch needs 1 to {max} scenarios with a weight";
    /// Every unit of a batch loses money.
    BatchNoMargin = "wrong-batch-no-margin",
        "a unit costs at least as much as it brings: the best batch is none";
    /// No unit of a batch loses money.
    BatchNoRisk = "wrong-batch-no-risk",
        "a unit that is left over brings at least its cost: the best batch has no end";
    /// A sheet is drawn too seldom or too often.
    NextSettings { max } = "wrong-next-settings",
        "a sheet takes 100 to {max} draws and is written off over 1 to 50 years";
    /// A sheet compares too much.
    TooManyCandidates { max } = "wrong-too-many-candidates",
        "a sheet compares at most {max} candidates";
    /// A candidate is compared with itself.
    CandidateTwice = "wrong-candidate-twice", "the candidate is there twice";
    /// Three values are not in their order.
    SpreadOrder = "wrong-spread-order",
        "lowest, most likely and highest value are not in order or negative";
    /// A candidate's cost is below zero.
    CostNegative = "wrong-cost-negative", "a cost is negative";
    /// A signal counts twice.
    SignalTwice = "wrong-signal-twice", "a signal is there twice";
    /// One of the inputs has more than one source.
    InputTwoSources = "wrong-input-two-sources", "an input has two sources";
    /// There is nothing to open with, or too much.
    OpeningProducts { max } = "wrong-opening-products", "a plan needs 1 to {max} products";
    /// An opening lies behind its plan.
    OpeningPast = "wrong-opening-past",
        "the opening cannot lie before the day on which the plan is made";
    /// A checklist contradicts itself.
    ChecklistItem { item } = "wrong-checklist-item",
        "the checklist item {item} is there twice, or waits for one that is not there";
    /// A checklist has a circle.
    ChecklistCircle { item } = "wrong-checklist-circle", "the checklist item {item} waits for itself";
}

impl Serialize for Wrong {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
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
            MoneyError::OutOfRange => Self::AmountTooLarge { cell },
            MoneyError::UnknownCurrency => Self::NotCurrency { cell },
            MoneyError::NotAnAmount | MoneyError::MixedCurrencies => Self::NotAmount { cell },
        }
    }

    /// Amounts that could not be added up or compared.
    #[must_use]
    pub const fn of_sum(error: MoneyError) -> Self {
        match error {
            MoneyError::MixedCurrencies | MoneyError::UnknownCurrency => Self::MixedCurrencies,
            MoneyError::OutOfRange | MoneyError::NotAnAmount => Self::SumOutOfRange,
        }
    }
}

/// A value that a cell of a data file holds, with what is said where it does not.
pub trait Cell: FromStr {
    /// What is wrong with a cell that could not be read.
    fn wrong(cell: &str, error: &Self::Err) -> Wrong;
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

macro_rules! whole {
    ($($number:ident)+) => { $(
        impl Cell for $number {
            fn wrong(cell: &str, _: &Self::Err) -> Wrong {
                Wrong::NotWhole { cell: cell.to_owned() }
            }
        }
    )+ };
}
whole!(u16 u32 u64);

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
