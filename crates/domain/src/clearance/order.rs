//! Orders of courts and authorities: what is forbidden, or allowed under conditions, for a time.
//!
//! The case that shaped this: on 8 December 2014 the Delhi High Court stopped the sale of all of a
//! maker's phones in India; on the 16th it let those with one maker's chipset be sold until a day,
//! against a deposit for each. The second order *lifts* the first for what it covers and while it
//! lasts; when it lapses, the first bites again.

use std::collections::BTreeMap;

use kontor_base::{Confidence, Currency, Date, Language, Money, RowError, Wrong};
use serde::{Deserialize, Serialize};

use super::code::AuthorityOrderCode;
use super::grant::day_after;
use super::row::{self, word_enum};
use super::rule::Reach;
use super::rule_row::notice;
use super::scope::Scope;
use super::subject::Subject;
use super::truth::Truth;
use crate::catalogue::Slug;
use crate::market::Act;

/// The most records that an order can ask to keep.
const KEEP_MAX: usize = 10;

word_enum!(
    /// What an order does.
    OrderEffect {
        /// It forbids.
        Blocks = "blocks",
        /// It allows, under conditions.
        Conditions = "conditions",
    }
);

/// An order of a court or an authority.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "OrderRow", into = "OrderRow")]
pub struct AuthorityOrder {
    /// Its name.
    pub code: AuthorityOrderCode,
    /// Where it holds.
    pub reach: Reach,
    /// What it does.
    pub effect: OrderEffect,
    /// The degree from which on it holds.
    pub gates: Act,
    /// What it is about.
    pub scope: Scope,
    /// What it leaves out.
    pub except: Option<Scope>,
    /// The order that it takes the force from, for what it covers and while it lasts.
    pub lifts: Option<AuthorityOrderCode>,
    /// Who ordered it.
    pub authority: String,
    /// The file number.
    pub reference: String,
    /// What was ordered, in a sentence.
    pub title: String,
    /// The first day on which it holds.
    pub from: Date,
    /// The last day on which it holds; none: until it is vacated.
    pub until: Option<Date>,
    /// The first day after it was taken back.
    pub vacated_on: Option<Date>,
    /// What has to be laid down for each unit.
    pub deposit_per_unit: Option<Money>,
    /// What buyers have to be told.
    pub notice: BTreeMap<Language, String>,
    /// Which records have to be kept: `component-invoice`.
    pub keep: Vec<Slug>,
    /// Where this is from.
    pub source: String,
    /// How well it is sourced.
    pub confidence: Confidence,
}

impl AuthorityOrder {
    /// Whether it holds on a day.
    #[must_use]
    pub fn in_force(&self, at: Date) -> bool {
        self.from <= at
            && self.until.is_none_or(|last| at <= last)
            && self.vacated_on.is_none_or(|vacated_on| at < vacated_on)
    }

    /// Whether it is about the subject. What might be about it counts as unknown, and what might
    /// be left out is not left out.
    #[must_use]
    pub fn concerns(&self, subject: &Subject<'_>) -> Truth {
        match &self.except {
            Some(except) if except.covers(subject) == Truth::Yes => Truth::No,
            _ => self.scope.touches(subject),
        }
    }

    /// Whether it certainly frees the subject from the order that it lifts.
    #[must_use]
    pub fn frees(&self, subject: &Subject<'_>) -> bool {
        self.concerns(subject) == Truth::Yes && self.scope.covers(subject) == Truth::Yes
    }

    /// The last day on which it is known to hold.
    #[must_use]
    pub fn last_day(&self) -> Option<Date> {
        let vacated = self.vacated_on.and_then(|day| day.yesterday().ok());
        self.until.into_iter().chain(vacated).min()
    }

    /// The days on which its effect changes.
    pub(super) fn boundaries(&self) -> [Option<Date>; 3] {
        [Some(self.from), self.until.and_then(day_after), self.vacated_on]
    }
}

/// An order as a row of text: the columns of `orders.csv`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[allow(missing_docs, reason = "the columns are the fields of AuthorityOrder and Scope")]
pub struct OrderRow {
    pub code: String,
    pub country: String,
    pub effect: String,
    pub gates: String,
    pub brand: String,
    pub model: String,
    pub sku: String,
    pub revision: String,
    pub factory: String,
    pub class: String,
    pub component_kind: String,
    pub component_maker: String,
    pub component_part: String,
    pub except_brand: String,
    pub except_model: String,
    pub except_sku: String,
    pub except_revision: String,
    pub except_factory: String,
    pub except_class: String,
    pub except_component_kind: String,
    pub except_component_maker: String,
    pub except_component_part: String,
    pub lifts: String,
    pub authority: String,
    pub reference: String,
    pub title: String,
    pub from: String,
    pub until: String,
    pub vacated_on: String,
    pub deposit_per_unit: String,
    pub deposit_currency: String,
    pub notice_en: String,
    pub notice_de: String,
    pub keep: String,
    pub source: String,
    pub confidence: String,
}

impl AuthorityOrder {
    /// Reads a row.
    ///
    /// # Errors
    ///
    /// The first column that cannot be read.
    pub fn parse(row: &OrderRow) -> Result<Self, RowError> {
        let except = parse_except(row)?;
        let order = Self {
            code: row::value("code", &row.code)?,
            reach: row::value("country", &row.country)?,
            effect: row::word("effect", &row.effect, OrderEffect::from_word)?,
            gates: row::word("gates", &row.gates, row::act)?,
            scope: parse_scope(row)?,
            except: (!except.is_everything()).then_some(except),
            lifts: row::optional("lifts", &row.lifts)?,
            authority: row::required_text("authority", &row.authority)?,
            reference: row::text("reference", &row.reference)?,
            title: row::required_text("title", &row.title)?,
            from: row::date("from", &row.from)?,
            until: row::optional_date("until", &row.until)?,
            vacated_on: row::optional_date("vacated_on", &row.vacated_on)?,
            deposit_per_unit: parse_deposit(row)?,
            notice: notice(&row.notice_en, &row.notice_de)?,
            keep: parse_keep(&row.keep)?,
            source: row::required_text("source", &row.source)?,
            confidence: row::word("confidence", &row.confidence, Confidence::from_word)?,
        };
        row::in_order("until", Some(order.from), order.until)?;
        row::in_order("vacated_on", Some(order.from), order.vacated_on)?;
        if order.effect == OrderEffect::Blocks && order.lifts.is_some() {
            return Err(RowError::of("lifts", Wrong::BlocksAndLifts));
        }
        if order.lifts.as_ref() == Some(&order.code) {
            return Err(RowError::of("lifts", Wrong::LiftsItself));
        }
        Ok(order)
    }

    /// Writes the row that [`AuthorityOrder::parse`] reads.
    #[must_use]
    pub fn to_row(&self) -> OrderRow {
        let [brand, model, sku, revision, factory, class, kind, maker, part] = self.scope.cells();
        let except = self.except.as_ref().map(Scope::cells).unwrap_or_default();
        let [e_brand, e_model, e_sku, e_revision, e_factory, e_class, e_kind, e_maker, e_part] =
            except;
        let notice_in = |language| self.notice.get(&language).cloned().unwrap_or_default();
        let keep: Vec<&str> = self.keep.iter().map(Slug::as_str).collect();
        OrderRow {
            code: self.code.to_string(),
            country: self.reach.to_string(),
            effect: self.effect.word().to_owned(),
            gates: self.gates.word().to_owned(),
            brand,
            model,
            sku,
            revision,
            factory,
            class,
            component_kind: kind,
            component_maker: maker,
            component_part: part,
            except_brand: e_brand,
            except_model: e_model,
            except_sku: e_sku,
            except_revision: e_revision,
            except_factory: e_factory,
            except_class: e_class,
            except_component_kind: e_kind,
            except_component_maker: e_maker,
            except_component_part: e_part,
            lifts: row::cell(self.lifts.as_ref()),
            authority: self.authority.clone(),
            reference: self.reference.clone(),
            title: self.title.clone(),
            from: self.from.to_string(),
            until: row::cell(self.until.as_ref()),
            vacated_on: row::cell(self.vacated_on.as_ref()),
            deposit_per_unit: self.deposit_per_unit.map(Money::decimal).unwrap_or_default(),
            deposit_currency: row::cell(self.deposit_per_unit.map(|m| m.currency).as_ref()),
            notice_en: notice_in(Language::En),
            notice_de: notice_in(Language::De),
            keep: keep.join("|"),
            source: self.source.clone(),
            confidence: self.confidence.word().to_owned(),
        }
    }
}

fn parse_scope(row: &OrderRow) -> Result<Scope, RowError> {
    const FIELDS: [&str; 9] = [
        "brand",
        "model",
        "sku",
        "revision",
        "factory",
        "class",
        "component_kind",
        "component_maker",
        "component_part",
    ];
    let cells = [
        &row.brand,
        &row.model,
        &row.sku,
        &row.revision,
        &row.factory,
        &row.class,
        &row.component_kind,
        &row.component_maker,
        &row.component_part,
    ];
    Scope::parse(FIELDS, cells)
}

fn parse_except(row: &OrderRow) -> Result<Scope, RowError> {
    const FIELDS: [&str; 9] = [
        "except_brand",
        "except_model",
        "except_sku",
        "except_revision",
        "except_factory",
        "except_class",
        "except_component_kind",
        "except_component_maker",
        "except_component_part",
    ];
    let cells = [
        &row.except_brand,
        &row.except_model,
        &row.except_sku,
        &row.except_revision,
        &row.except_factory,
        &row.except_class,
        &row.except_component_kind,
        &row.except_component_maker,
        &row.except_component_part,
    ];
    Scope::parse(FIELDS, cells)
}

fn parse_deposit(row: &OrderRow) -> Result<Option<Money>, RowError> {
    let (amount, currency) = (row.deposit_per_unit.trim(), row.deposit_currency.trim());
    if amount.is_empty() && currency.is_empty() {
        return Ok(None);
    }
    let currency: Currency = row::value("deposit_currency", currency)?;
    let deposit = Money::parse(amount, currency)
        .map_err(|error| RowError::of("deposit_per_unit", Wrong::of_money(amount, error)))?;
    if deposit.minor <= 0 {
        return Err(RowError::of("deposit_per_unit", Wrong::NotPositive));
    }
    Ok(Some(deposit))
}

fn parse_keep(cell: &str) -> Result<Vec<Slug>, RowError> {
    let keep: Vec<Slug> = cell
        .split('|')
        .filter(|part| !part.trim().is_empty())
        .map(|part| row::value("keep", part))
        .collect::<Result<_, _>>()?;
    if keep.len() > KEEP_MAX {
        return Err(RowError::of("keep", Wrong::TooManyRecords { max: KEEP_MAX.to_string() }));
    }
    Ok(keep)
}

impl TryFrom<OrderRow> for AuthorityOrder {
    type Error = RowError;

    fn try_from(row: OrderRow) -> Result<Self, RowError> {
        Self::parse(&row)
    }
}

impl From<AuthorityOrder> for OrderRow {
    fn from(order: AuthorityOrder) -> Self {
        order.to_row()
    }
}
