//! `kontor audit`: proves stock and money from their books, and that the staff's log is what was written.

use std::process::ExitCode;

use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use kontor_shop::audit::{Audit, LogAudit, LogProof, audit};
use kontor_shop::staff::{LogKey, LogMark};
use kontor_store::{Db, Options};

use super::CommandError;
use crate::config::Config;
use crate::secret;
use crate::server::existing_database;

/// Prove stock and money from their books, and that nobody changed the staff's log.
///
/// Recomputes every balance from its entries, compares every hold, order and payment with the
/// books, and every entry of the log with its seal and its place in the chain; names what does not
/// agree. The chain is proven with the secret key, where it lies in the data folder. Reads only; the
/// server may be running.
///
/// Exit code 0: everything agrees; 1: something does not.
#[derive(Debug, Parser)]
pub(super) struct Args {
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
    /// The mark that an earlier audit printed: finds out whether the log still has what it had then.
    #[arg(long, value_name = "MARK")]
    log_mark: Option<LogMark>,
}

pub(super) async fn run(args: &Args, config: &Config) -> Result<ExitCode, CommandError> {
    let place = existing_database(config)?;
    let key = secret::load(&config.data)?;
    let proof = LogProof { key: key.as_ref().map(LogKey::new), mark: args.log_mark };
    let db = Db::open(&Options { migrate: false, ..Options::new(place) })?;
    let bar = ProgressBar::new_spinner().with_style(
        ProgressStyle::with_template("{spinner} {pos} entries read, {elapsed}")
            .unwrap_or_else(|_| ProgressStyle::default_spinner()),
    );
    let seen = bar.clone();
    let report = audit(&db, proof, move |rows| seen.inc(rows)).await?;
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
    let Audit { stock, money, orders, orders_seen, sales, claims_seen, log } = report;
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
    tell_log(log);
    if report.is_clean() {
        println!(
            "Everything agrees: nothing was oversold, no money is missing, the log is as it was written."
        );
    } else {
        println!("Something does not agree: see above.");
    }
}

fn tell_log(log: &LogAudit) {
    println!("The staff's log: {} entries.", log.entries);
    if let Some(at) = log.sealed_later_at {
        let count = log.sealed_later;
        println!("  {count} of them are from before the log was sealed, and were sealed by {at}.");
    }
    if log.waiting > 0 {
        println!("  {} wait to be put into the chain, which the server does.", log.waiting);
    }
    if !log.proven {
        println!("  The chain was not proven: there is no secret.key in the data folder.");
    }
    for finding in &log.findings {
        let number = finding.number.map(|number| format!("number {number}"));
        let entry = finding.entry.as_ref().map(|entry| format!("entry {entry}"));
        let name = [number, entry].into_iter().flatten().collect::<Vec<_>>().join(", ");
        println!("  log, {name}: {}", finding.problem);
    }
    if log.more > 0 {
        println!(
            "  and {} further findings; is this the secret.key that the shop has always had?",
            log.more
        );
    }
    if let Some(mark) = &log.mark {
        println!("  It ends with the mark {mark}: keep it elsewhere, and give it as --log-mark.");
    }
}
