//! The shipped rules and the demo scenario, read from `data/`, and short ways to ask about them.

// Each test file uses a part of this module.
#![allow(dead_code, reason = "shared by several test files")]

use std::collections::BTreeMap;
use std::fs::File;
use std::path::PathBuf;

use kontor_base::{Country, Currency, Date, Language, Money};
use kontor_domain::catalogue::{
    Attributes, Component, ComponentKind, Fit, Model, ModelText, ProductClass, Variant,
};
use kontor_domain::clearance::{
    AuthorityOrder, Facts, Grant, GrantRow, OrderRow, Place, Presence, PresenceRow, Records,
    Review, ReviewRow, Rule, RuleRow, Subject, Verdict, may,
};
use kontor_domain::market::{Act, FulfilmentModel, Market, Stage, TaxDisplay};
use serde::de::DeserializeOwned;

/// A row of any file, by column.
pub(crate) type Row = BTreeMap<String, String>;

/// The rows of `data/<file>`.
pub(crate) fn rows<T: DeserializeOwned>(file: &str) -> Vec<T> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../data").join(file);
    let open = File::open(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let read = csv::Reader::from_reader(open).into_deserialize().collect::<Result<_, _>>();
    read.unwrap_or_else(|e| panic!("{file}: {e}"))
}

/// A day.
pub(crate) fn day(text: &str) -> Date {
    text.parse().unwrap_or_else(|e| panic!("{text}: {e}"))
}

/// The facts as shipped: the catalogue of rules and the scenario's evidence.
pub(crate) fn records() -> Records {
    let rules = rows::<RuleRow>("clearance/rules.csv");
    let grants = rows::<GrantRow>("scenario/grants.csv");
    let orders = rows::<OrderRow>("scenario/orders.csv");
    let reviews = rows::<ReviewRow>("scenario/reviews.csv");
    let presences = rows::<PresenceRow>("scenario/presences.csv");
    let named = |code: &str, error| -> ! { panic!("{code}: {error}") };
    Records {
        rules: rules
            .iter()
            .map(|row| Rule::parse(row).unwrap_or_else(|e| named(&row.code, e)))
            .collect(),
        grants: grants
            .iter()
            .map(|row| Grant::parse(row).unwrap_or_else(|e| named(&row.code, e)))
            .collect(),
        orders: orders
            .iter()
            .map(|row| AuthorityOrder::parse(row).unwrap_or_else(|e| named(&row.code, e)))
            .collect(),
        reviews: reviews
            .iter()
            .map(|row| Review::parse(row).unwrap_or_else(|e| named(&row.code, e)))
            .collect(),
        presences: presences
            .iter()
            .map(|row| Presence::parse(row).unwrap_or_else(|e| named(&row.market, e)))
            .collect(),
        assortments: Vec::new(),
    }
}

/// The whole scenario.
pub(crate) struct Scenario {
    pub(crate) markets: Vec<Market>,
    pub(crate) models: Vec<Model>,
    pub(crate) variants: Vec<Variant>,
    pub(crate) fits: Vec<Fit>,
    pub(crate) records: Records,
}

impl Scenario {
    /// Reads everything.
    pub(crate) fn load() -> Self {
        Self {
            markets: rows::<Row>("scenario/markets.csv").iter().map(market).collect(),
            models: models(),
            variants: variants(),
            fits: rows::<Row>("scenario/fits.csv")
                .iter()
                .map(|row| Fit { accessory: get(row, "accessory"), device: get(row, "device") })
                .collect(),
            records: records(),
        }
    }

    pub(crate) fn facts(&self) -> Facts {
        Facts::new(1, self.records.clone())
    }

    pub(crate) fn market(&self, code: &str) -> &Market {
        let found = self.markets.iter().find(|market| market.code.as_str() == code);
        found.unwrap_or_else(|| panic!("no market {code}"))
    }

    pub(crate) fn variant(&self, sku: &str) -> &Variant {
        let found = self.variants.iter().find(|variant| variant.sku.as_str() == sku);
        found.unwrap_or_else(|| panic!("no variant {sku}"))
    }

    pub(crate) fn subject(&self, sku: &str) -> Subject<'_> {
        let variant = self.variant(sku);
        let model = self.models.iter().find(|model| model.code == variant.model);
        Subject::new(variant, model.unwrap_or_else(|| panic!("no model of {sku}")))
    }

    pub(crate) fn subjects(&self) -> Vec<Subject<'_>> {
        self.variants.iter().map(|variant| self.subject(variant.sku.as_str())).collect()
    }

    /// The verdict about a variant in a market on a day, under the given facts.
    pub(crate) fn may(
        &self,
        act: Act,
        sku: &str,
        market: &str,
        at: &str,
        facts: &Facts,
    ) -> Verdict {
        may(act, &self.subject(sku), &Place::market(self.market(market)), day(at), facts)
    }
}

/// The cell of a column, read.
pub(crate) fn get<T: std::str::FromStr>(row: &Row, column: &str) -> T
where
    T::Err: std::fmt::Display,
{
    let cell = row.get(column).unwrap_or_else(|| panic!("no column {column}"));
    cell.parse().unwrap_or_else(|e| panic!("{column} {cell:?}: {e}"))
}

fn optional<T: std::str::FromStr>(row: &Row, column: &str) -> Option<T>
where
    T::Err: std::fmt::Display,
{
    if row[column].is_empty() { None } else { Some(get(row, column)) }
}

fn list<T: std::str::FromStr<Err: std::fmt::Debug>>(row: &Row, column: &str) -> Vec<T> {
    row[column].split('|').map(|part| part.parse().expect("a good cell")).collect()
}

fn market(row: &Row) -> Market {
    let currency: Currency = get(row, "currency");
    Market {
        code: get(row, "code"),
        countries: list::<Country>(row, "countries"),
        currency,
        languages: list::<Language>(row, "languages"),
        tax_display: match row["tax_display"].as_str() {
            "inclusive" => TaxDisplay::Inclusive,
            "exclusive" => TaxDisplay::Exclusive,
            other => panic!("tax_display {other}"),
        },
        fulfilment: FulfilmentModel::from_word(&row["fulfilment"]).expect("a fulfilment model"),
        return_window_days: get(row, "return_window_days"),
        stage: Stage::from_word(&row["stage"]).expect("a stage"),
        opens_on: optional(row, "opens_on"),
        shipping_minor: Money::parse(&row["shipping"], currency).expect("an amount").minor,
        region: row["region"].clone(),
        note: vec![(Language::En, row["note_en"].clone()), (Language::De, row["note_de"].clone())],
        beta: Default::default(),
        contact: Default::default(),
    }
}

fn models() -> Vec<Model> {
    let texts = rows::<Row>("scenario/texts.csv");
    rows::<Row>("scenario/models.csv")
        .iter()
        .map(|row| Model {
            code: get(row, "code"),
            family: get(row, "family"),
            brand: get(row, "brand"),
            class: ProductClass::from_word(&row["class"]).expect("a class"),
            picture: get(row, "picture"),
            announced_on: optional(row, "announced_on"),
            hs_code: optional(row, "hs_code"),
            origin: get(row, "origin"),
            position: get(row, "position"),
            texts: texts.iter().filter(|t| t["model"] == row["code"]).map(text).collect(),
        })
        .collect()
}

fn text(row: &Row) -> (Language, ModelText) {
    let text = ModelText {
        name: row["name"].clone(),
        line: row["line"].clone(),
        body: row["body"].clone(),
        in_the_box: row["in_the_box"]
            .split('|')
            .filter(|thing| !thing.is_empty())
            .map(str::to_owned)
            .collect(),
    };
    (get(row, "language"), text)
}

fn variants() -> Vec<Variant> {
    let components = rows::<Row>("scenario/components.csv");
    rows::<Row>("scenario/variants.csv")
        .iter()
        .map(|row| Variant {
            sku: get(row, "sku"),
            model: get(row, "model"),
            revision: get(row, "revision"),
            factory: get(row, "factory"),
            option: [(Language::En, "option_en"), (Language::De, "option_de")]
                .map(|(language, column)| (language, row[column].clone()))
                .into(),
            weight_g: get(row, "weight_g"),
            components: components
                .iter()
                .filter(|component| component["sku"] == row["sku"])
                .map(|component| Component {
                    kind: ComponentKind::from_word(&component["kind"]).expect("a kind"),
                    maker: get(component, "maker"),
                    part: get(component, "part"),
                })
                .collect(),
            attributes: Attributes::parse(&row["attributes"]).expect("good attributes"),
        })
        .collect()
}
