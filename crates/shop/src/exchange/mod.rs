//! Import and export: every fact of the shop as a CSV file that people can read, change and send.
//!
//! An import is all or nothing: each bad row is named with its line, column and reason, and a file
//! with one bad row changes nothing. What is equal to what is stored is not written, so that the
//! versions of the facts rise only when something has changed. An export writes what an import
//! reads. The demo is loaded through the very same importers.
//!
//! Start with [`Table`] (which files there are), then `import.rs`.

mod border;
mod catalogue;
mod cell;
mod clearance;
mod export;
mod import;
mod job;
mod market;
mod opening;
mod own_shop;
mod prepare;
mod price;
mod reach;
mod read;
mod report;
mod row;
mod scenario;
mod sheet;
mod stock;
mod table;

pub(crate) use catalogue::edited;
pub use export::{ExportError, export, published};
pub use import::{Csv, Mode, Plan, Progress, import, import_all};
pub(crate) use market::edited_markets;
pub use own_shop::{OwnShop, load_own_shop, market_templates};
pub use report::{BadFile, ImportError, Report, RowProblem};
pub use row::{
    ChecklistRow, ComponentRow, FitRow, MarketRow, ModelRow, StockRow, TextRow, VariantRow,
};
pub use scenario::load_demo;
pub(crate) use sheet::SheetError;
pub use sheet::{CellChange, Cells, Sheet, stored_in, text_of};
pub use table::Table;
