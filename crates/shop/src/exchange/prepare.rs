//! From a file to what is done with it in the transaction: one line per table.

use kontor_base::{Instant, Random};
use kontor_domain::clearance::{Assortment, AuthorityOrder, Grant, Presence, Review, Rule};
use kontor_domain::price::{PriceRow, TaxRateRow};
use kontor_domain::reach::{FigureRow, ForecastRow, RankRow, TargetRow};
use kontor_store::{StoreError, Tx};

use super::cell::Bad;
use super::import::Csv;
use super::job::{Counts, Job, Sourced};
use super::read::{Numbered, check_unique, read};
use super::report::{BadFile, Problems, Report, RolledBack};
use super::row::Row;
use super::table::Table;
use super::{border, catalogue, clearance, market, opening, price, reach, stock};

type Apply = dyn Fn(&mut Tx<'_>, &mut Job<'_>) -> Result<(), StoreError> + Send + Sync;

/// A file whose rows have been parsed.
pub(super) struct Prepared {
    table: Table,
    pub(super) file: String,
    pub(super) rows: u64,
    problems: Problems,
    apply: Box<Apply>,
}

impl Prepared {
    /// The rows that could not be read, if there are any.
    pub(super) fn unreadable(&self) -> Option<BadFile> {
        let bad = || self.problems.clone().of(self.table, &self.file);
        self.problems.are_there().then(bad)
    }

    /// Does in the transaction what there is to do, or gives the bad rows.
    pub(super) fn run(
        &self,
        tx: &mut Tx<'_>,
        at: Instant,
        random: &Random,
        step: &dyn Fn(),
    ) -> Result<Report, RolledBack> {
        let mut problems = self.problems.clone();
        let counts = Counts::default();
        let mut job = Job { at, random, problems: &mut problems, counts, step };
        (self.apply)(tx, &mut job)?;
        let Counts { new, changed, unchanged, removed } = job.counts;
        let (table, file) = (self.table, self.file.clone());
        if problems.are_there() {
            return Err(RolledBack::Bad(problems.of(table, &file)));
        }
        Ok(Report { table, file, rows: self.rows, new, changed, unchanged, removed })
    }
}

/// Reads the rows of a file and makes of them what its area does in the transaction.
pub(super) fn prepare(file: &Csv) -> Prepared {
    match file.table {
        Table::Markets => {
            let draft = Draft::read(file, market::parse, "code", |m| m.value.code);
            draft.apply(|tx, rows, job| {
                price::check_currencies(tx, rows, job)?;
                let widened = border::check(tx, rows, job)?;
                market::apply(tx, rows, job)?;
                border::widen(tx, &widened, job)
            })
        }
        Table::Models => {
            Draft::read(file, catalogue::parse_model, "code", |m| m.value.code.clone())
                .apply(catalogue::apply_models)
        }
        Table::Texts => {
            let key = |t: &Sourced<catalogue::Text>| (t.value.model.clone(), t.value.language);
            Draft::read(file, catalogue::parse_text, "language", key).apply(catalogue::apply_texts)
        }
        Table::Variants => {
            Draft::read(file, catalogue::parse_variant, "sku", |v| v.value.sku.clone())
                .apply(catalogue::apply_variants)
        }
        Table::Components => {
            Draft::read(file, catalogue::parse_component, "part", |part| part.value.clone())
                .apply(catalogue::apply_components)
        }
        Table::Fits => Draft::read(file, catalogue::parse_fit, "device", |fit| fit.value.clone())
            .apply(catalogue::apply_fits),
        Table::TaxRates => {
            let parse = |row: &TaxRateRow| row.parse().map_err(Bad::from);
            Draft::read(file, parse, "valid_from", price::rate_key).apply(price::apply_tax_rates)
        }
        Table::Prices => {
            let parse = |row: &PriceRow| row.parse().map_err(Bad::from);
            Draft::read(file, parse, "valid_from", price::price_key).apply(price::apply_prices)
        }
        Table::Rules => {
            let parse = |row: &_| Rule::parse(row).map_err(Bad::from);
            Draft::read(file, parse, "code", |f| f.code.clone()).apply(clearance::apply_rules)
        }
        Table::Grants => {
            let parse = |row: &_| Grant::parse(row).map_err(Bad::from);
            Draft::read(file, parse, "code", |f| f.code.clone()).apply(clearance::apply_grants)
        }
        Table::Orders => {
            let parse = |row: &_| AuthorityOrder::parse(row).map_err(Bad::from);
            Draft::read(file, parse, "code", |f| f.code.clone()).apply(clearance::apply_orders)
        }
        Table::Reviews => {
            let parse = |row: &_| Review::parse(row).map_err(Bad::from);
            Draft::read(file, parse, "code", |f| f.code.clone()).apply(clearance::apply_reviews)
        }
        Table::Presences => {
            let parse = |row: &_| Presence::parse(row).map_err(Bad::from);
            Draft::read(file, parse, "market", |f| f.market).apply(clearance::apply_presences)
        }
        Table::Assortments => {
            let parse = |row: &_| Assortment::parse(row).map_err(Bad::from);
            Draft::read(file, parse, "market", |f| f.market).apply(clearance::apply_assortments)
        }
        Table::Checklist => {
            Draft::read(file, opening::parse, "code", |item| item.value.code.clone())
                .apply(opening::apply)
        }
        Table::Stock => {
            let parse = |row: &_| stock::parse(row, &file.name);
            Draft::read(file, parse, "reference", stock::key).apply(stock::apply)
        }
        Table::Figures => {
            let parse = |row: &FigureRow| row.parse().map_err(Bad::from);
            Draft::read(file, parse, "code", reach::key).apply(reach::apply)
        }
        Table::Ranks => {
            let parse = |row: &RankRow| row.parse().map_err(Bad::from);
            Draft::read(file, parse, "code", reach::key).apply(reach::apply)
        }
        Table::Targets => {
            let parse = |row: &TargetRow| row.parse().map_err(Bad::from);
            Draft::read(file, parse, "code", reach::key).apply(reach::apply)
        }
        Table::Forecasts => {
            let parse = |row: &ForecastRow| row.parse().map_err(Bad::from);
            Draft::read(file, parse, "code", reach::key).apply(reach::apply)
        }
    }
}

/// The parsed rows of a file.
struct Draft<T> {
    table: Table,
    file: String,
    rows: Vec<Numbered<T>>,
    problems: Problems,
}

impl<T: Send + Sync + 'static> Draft<T> {
    fn read<R: Row, K: Eq + std::hash::Hash>(
        file: &Csv,
        parse: impl Fn(&R) -> Result<T, Bad>,
        key_column: &'static str,
        key: impl Fn(&T) -> K,
    ) -> Self {
        let mut problems = Problems::default();
        let rows = read(&file.bytes, parse, &mut problems);
        check_unique(&rows, key_column, key, &mut problems);
        Self { table: file.table, file: file.name.clone(), rows, problems }
    }

    fn apply(
        self,
        apply: impl Fn(&mut Tx<'_>, &[Numbered<T>], &mut Job<'_>) -> Result<(), StoreError>
        + Send
        + Sync
        + 'static,
    ) -> Prepared {
        let Self { table, file, rows, problems } = self;
        let count = rows.len() as u64;
        let apply = Box::new(move |tx: &mut Tx<'_>, job: &mut Job<'_>| apply(tx, &rows, job));
        Prepared { table, file, rows: count, problems, apply }
    }
}
