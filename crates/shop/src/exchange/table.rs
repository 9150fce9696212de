//! Which files there are, in the order in which they build on each other.

use kontor_domain::clearance::{
    AssortmentRow, GrantRow, OrderRow, PresenceRow, ReviewRow, RuleRow,
};
use kontor_domain::price::{PriceRow, TaxRateRow};
use kontor_domain::reach::{FigureRow, ForecastRow, RankRow, TargetRow};

use super::read::columns_of;
use super::row::{
    ChecklistRow, ComponentRow, FitRow, MarketRow, ModelRow, StockRow, TextRow, VariantRow,
};

/// A table that can be imported and exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// The markets.
    Markets,
    /// The models.
    Models,
    /// The models' texts, one row per language.
    Texts,
    /// What is stocked, priced and sold.
    Variants,
    /// The chipset, radio and battery of each variant.
    Components,
    /// Which accessory fits which device.
    Fits,
    /// Tax rates.
    TaxRates,
    /// Price lists.
    Prices,
    /// What is needed where.
    Rules,
    /// Evidence that it is there.
    Grants,
    /// Orders of courts and authorities.
    Orders,
    /// Which countries' rules were researched.
    Reviews,
    /// What the seller is in each market.
    Presences,
    /// What each market has opened with.
    Assortments,
    /// What a seller needs in a country beside the clearances of the goods.
    Checklist,
    /// Deliveries of goods.
    Stock,
    /// What was said of the maker, with its sources.
    Figures,
    /// The world rank by provider and period.
    Ranks,
    /// What was to be reached.
    Targets,
    /// What was forecast.
    Forecasts,
}

impl Table {
    /// Every table; each names only things of those before it.
    pub const ALL: [Self; 20] = [
        Self::Markets,
        Self::Models,
        Self::Texts,
        Self::Variants,
        Self::Components,
        Self::Fits,
        Self::TaxRates,
        Self::Prices,
        Self::Rules,
        Self::Grants,
        Self::Orders,
        Self::Reviews,
        Self::Presences,
        Self::Assortments,
        Self::Checklist,
        Self::Stock,
        Self::Figures,
        Self::Ranks,
        Self::Targets,
        Self::Forecasts,
    ];

    /// The word on the command line; with `.csv` behind it, the file in a folder of all tables.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Markets => "markets",
            Self::Models => "models",
            Self::Texts => "texts",
            Self::Variants => "variants",
            Self::Components => "components",
            Self::Fits => "fits",
            Self::TaxRates => "tax_rates",
            Self::Prices => "prices",
            Self::Rules => "rules",
            Self::Grants => "grants",
            Self::Orders => "orders",
            Self::Reviews => "reviews",
            Self::Presences => "presences",
            Self::Assortments => "assortments",
            Self::Checklist => "checklist",
            Self::Stock => "stock",
            Self::Figures => "figures",
            Self::Ranks => "ranks",
            Self::Targets => "targets",
            Self::Forecasts => "forecasts",
        }
    }

    /// The table with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|table| table.word() == word)
    }

    /// The columns that name a row; of a list, those that name its owner.
    #[must_use]
    pub const fn key_columns(self) -> &'static [&'static str] {
        match self {
            Self::Texts => &["model", "language"],
            Self::Variants | Self::Components => &["sku"],
            Self::Fits => &["accessory"],
            Self::TaxRates => &["jurisdiction", "valid_from"],
            Self::Prices => &["market", "sku", "valid_from"],
            Self::Presences | Self::Assortments => &["market"],
            Self::Stock => &["reference", "site", "sku", "market"],
            _ => &["code"],
        }
    }

    /// Whether its rows are entries of lists, which a file gives whole.
    #[must_use]
    pub const fn is_list(self) -> bool {
        matches!(self, Self::Components | Self::Fits)
    }

    /// What is in it, in a few words.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::Markets => "markets: countries, currency, languages, stage",
            Self::Models => "models of products",
            Self::Texts => "names and descriptions of models, one row per language",
            Self::Variants => "variants (SKUs) with the attributes that rules test",
            Self::Components => "chipsets, radios and batteries of variants",
            Self::Fits => "which accessory fits which device",
            Self::TaxRates => "tax rates by country or state",
            Self::Prices => "price lists per market",
            Self::Rules => "clearance rules: what is needed where",
            Self::Grants => "clearance evidence: what is there",
            Self::Orders => "orders of courts and authorities (not of customers)",
            Self::Reviews => "which countries' rules were researched, by whom, when",
            Self::Presences => "which company sells in each market, and from where",
            Self::Assortments => "what each market has opened with; no product: everything cleared",
            Self::Checklist => "what a seller needs in a country beside clearances",
            Self::Stock => "deliveries of goods, booked once each",
            Self::Figures => "published figures: who says what, meaning what; added, never edited",
            Self::Ranks => "world rank by provider and period; added, never edited",
            Self::Targets => "targets as they were announced; added, never edited",
            Self::Forecasts => "forecasts as they were made; added, never edited",
        }
    }

    /// The columns, in the order in which an export writes them.
    #[must_use]
    pub fn columns(self) -> Vec<String> {
        match self {
            Self::Markets => columns_of::<MarketRow>(),
            Self::Models => columns_of::<ModelRow>(),
            Self::Texts => columns_of::<TextRow>(),
            Self::Variants => columns_of::<VariantRow>(),
            Self::Components => columns_of::<ComponentRow>(),
            Self::Fits => columns_of::<FitRow>(),
            Self::TaxRates => columns_of::<TaxRateRow>(),
            Self::Prices => columns_of::<PriceRow>(),
            Self::Rules => columns_of::<RuleRow>(),
            Self::Grants => columns_of::<GrantRow>(),
            Self::Orders => columns_of::<OrderRow>(),
            Self::Reviews => columns_of::<ReviewRow>(),
            Self::Presences => columns_of::<PresenceRow>(),
            Self::Assortments => columns_of::<AssortmentRow>(),
            Self::Checklist => columns_of::<ChecklistRow>(),
            Self::Stock => columns_of::<StockRow>(),
            Self::Figures => columns_of::<FigureRow>(),
            Self::Ranks => columns_of::<RankRow>(),
            Self::Targets => columns_of::<TargetRow>(),
            Self::Forecasts => columns_of::<ForecastRow>(),
        }
    }
}

impl std::fmt::Display for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_lead_back_and_columns_are_named_once() {
        for table in Table::ALL {
            assert_eq!(Table::from_word(table.word()), Some(table));
            let mut columns = table.columns();
            assert!(columns.len() >= 4, "{table}");
            columns.sort();
            columns.dedup();
            assert_eq!(columns.len(), table.columns().len(), "{table}");
            for key in table.key_columns() {
                assert!(columns.iter().any(|column| column == key), "{table}: {key}");
            }
        }
    }
}
