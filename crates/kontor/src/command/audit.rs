//! `kontor audit`: proves stock and money from their books.

use std::process::ExitCode;

use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use kontor_shop::audit::{Audit, audit};
use kontor_store::{Db, Options};

use super::CommandError;
use crate::config::Config;
use crate::server::existing_database;

/// Prove stock and money from their books.
///
/// Recomputes every balance from its entries, compares every hold, order and payment with the
/// books, and names what does not agree. Reads only; the server may be running.
///
/// Exit code 0: everything agrees; 1: something does not.
#[derive(Debug, Parser)]
pub(super) struct Args {
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: &Args, config: &Config) -> Result<ExitCode, CommandError> {
    let place = existing_database(config)?;
    let db = Db::open(&Options { migrate: false, ..Options::new(place) })?;
    let bar = ProgressBar::new_spinner().with_style(
        ProgressStyle::with_template("{spinner} {pos} entries read, {elapsed}")
            .unwrap_or_else(|_| ProgressStyle::default_spinner()),
    );
    let seen = bar.clone();
    let report = audit(&db, move |rows| seen.inc(rows)).await?;
    bar.finish_and_clear();
    db.close().await;
    if args.json {
        let text = serde_json::to_string_pretty(&report)
            .map_err(|error| CommandError::other("write the report", error))?;
        println!("{text}");
    } else {
        tell(&report);
    }
    Ok(ExitCode::from(u8::from(!report.is_clean())))
}

fn tell(report: &Audit) {
    let Audit { stock, money, orders, orders_seen, sales, claims_seen } = report;
    println!(
        "Stock: {} entries, {} accounts, {} holds. Money: {} entries. Orders: {orders_seen}. \
         Claims in sales: {claims_seen}.",
        stock.entries, stock.accounts, stock.holds, money.entries
    );
    for finding in &stock.findings {
        println!("  stock: {finding}");
    }
    for finding in &money.findings {
        println!("  money: {finding}");
    }
    for finding in orders {
        println!("  order {}: {}", finding.number, finding.problem);
    }
    for finding in sales {
        let claim = finding.claim.map_or_else(String::new, |claim| format!(", claim {claim}"));
        println!("  {}, lot {}{claim}: {}", finding.sale, finding.lot, finding.problem);
    }
    if report.is_clean() {
        println!("Everything agrees: nothing was oversold, no money is missing.");
    } else {
        println!("Something does not agree: see above.");
    }
}
