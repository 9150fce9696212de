//! The data that ships inside the program: the demo's scenario, the catalogue of clearance rules
//! and the tax rates. They are loaded through the importers that everybody uses.

use kontor_base::{Clock, Random};
use kontor_store::{Db, StoreError, Tx, setting};

use super::import::{Csv, Mode, Plan};
use super::report::{ImportError, Report};
use super::table::Table;
use crate::planning::import_past_in;

macro_rules! data {
    ($($table:ident $path:literal),* $(,)?) => {
        &[$( (
            Table::$table,
            $path,
            include_str!(concat!("../../../../data/", $path, ".csv")),
        ) ),*]
    };
}

/// A table, where its file lies in `data/`, and the file.
pub(super) type Embedded = (Table, &'static str, &'static str);

/// What a shop of one's own begins with.
pub(super) const CATALOGUE_OF_RULES: &[Embedded] = data![
    TaxRates "tax/rates",
    TaxRates "tax/us_states",
    Rules "clearance/rules",
    Checklist "opening/checklist",
];

/// The re-enactment of 2015.
pub(super) const SCENARIO: &[Embedded] = data![
    Markets "scenario/markets",
    Models "scenario/models",
    Texts "scenario/texts",
    Variants "scenario/variants",
    Components "scenario/components",
    Fits "scenario/fits",
    Prices "scenario/prices",
    Grants "scenario/grants",
    Orders "scenario/orders",
    Reviews "scenario/reviews",
    Presences "scenario/presences",
    Checklist "scenario/checklist",
    Stock "scenario/stock",
    Figures "reach/figures",
    Ranks "reach/ranks",
    Targets "reach/targets",
    Forecasts "reach/forecasts",
];

/// Openings of before, as far as public reports tell of forecast and outcome.
const OPENINGS: &str = include_str!("../../../../data/scenario/openings.csv");

/// The settings of the demo.
const DEMO_SETTINGS: [(&str, &str); 3] = [
    ("shop.name", "Kontor"),
    ("shop.operator", "Kontor demo, a re-enactment from public reports"),
    ("shop.reenactment", "yes"),
];

/// Loads the demo in one transaction. `progress` hears of each file that has been read, and at
/// the end of the commit.
///
/// # Errors
///
/// When the database cannot be written. (That the files are good is tested.)
pub async fn load_demo(
    db: &Db,
    clock: &Clock,
    random: &Random,
    progress: &dyn Fn(usize, usize),
) -> Result<Vec<Report>, ImportError> {
    let files = [CATALOGUE_OF_RULES, SCENARIO].concat();
    let of = files.len() + 1;
    let mut plan = Plan::new(&[]);
    for (step, file) in files.iter().enumerate() {
        plan.add(&csv(*file));
        progress(step + 1, of);
    }
    let settings = |tx: &mut Tx<'_>| {
        // Whoever has counted an outcome anew since keeps it: then nothing is written.
        import_past_in(tx, OPENINGS.as_bytes())?;
        DEMO_SETTINGS.iter().try_for_each(|(name, value)| keep_setting(tx, name, value))
    };
    let reports = plan.run_with(db, clock, random, Mode::Apply, None, settings).await?;
    progress(of, of);
    Ok(reports)
}

/// Sets a setting where it is not set to that value.
pub(super) fn keep_setting(tx: &mut Tx<'_>, name: &str, value: &str) -> Result<(), StoreError> {
    if setting::get(tx, name)?.as_deref() != Some(value) {
        setting::set(tx, name, value)?;
    }
    Ok(())
}

/// The file as an import takes it.
pub(super) fn csv((table, path, text): Embedded) -> Csv {
    Csv { table, name: format!("{path}.csv"), bytes: text.as_bytes().to_vec() }
}
