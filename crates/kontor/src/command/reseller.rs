//! `kontor reseller`: resellers for whoever runs the server. A contract takes two people and belongs
//! to the staff area.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Subcommand;
use kontor_base::id::{ResellerId, ResellerOrderId};
use kontor_base::{Clock, Random};
use kontor_count::{Book, read_only};
use kontor_domain::catalogue::Sku;
use kontor_domain::install::DeviceKey;
use kontor_domain::planning::two_digits;
use kontor_shop::reach::{OutsideUnits, carried_abroad};
use kontor_shop::reseller::{OfMarkets, ShownReseller, list, show};
use kontor_shop::staff::{
    allot_as_operator, cancel_reseller_order_as_operator, issue_key_as_operator,
};
use kontor_shop::stock::import_serials;
use kontor_shop::{Failure, Shop};

use super::CommandError;
use crate::config::Config;
use crate::server::{existing_database, open, policy};

/// The most resellers that are listed.
const LISTED: i64 = 1_000;

/// Look after resellers, and see where devices have gone.
#[derive(Debug, Subcommand)]
pub(super) enum Args {
    /// List resellers, the newest application first.
    List,
    /// Show a reseller: contracts, allotment, what it has sold on, orders.
    Show {
        /// The reseller.
        reseller: ResellerId,
    },
    /// Make a key for a reseller with a contract; it is printed once.
    Key {
        /// The reseller.
        reseller: ResellerId,
        /// What it is for.
        #[arg(long)]
        label: String,
    },
    /// Set units aside for a contract, or take them back: a quota that moves in the stock ledger.
    #[command(allow_negative_numbers = true)]
    Allot {
        /// The contract.
        contract: String,
        /// The variant.
        sku: Sku,
        /// How many; below zero: back to the market's shelf.
        units: i64,
    },
    /// Cancel an order that has not left: its units go back to the allotment, what was billed is no
    /// longer owed.
    Cancel {
        /// The order.
        order: ResellerOrderId,
        /// Why; the reseller reads it.
        #[arg(long)]
        reason: String,
    },
    /// List a reseller's devices that are active outside its territory, as CSV.
    Outside {
        /// The reseller.
        reseller: ResellerId,
    },
    /// Import serial numbers of units that left before this shop kept them, as CSV:
    /// serial,model,country,sold_on,source. All rows or none.
    Serials {
        /// The file.
        file: PathBuf,
    },
    /// Tell how many devices were carried abroad, by way, model and month.
    ///
    /// Sold there, active here for thirty days. Nothing is withheld: this is for the operator, not
    /// for publication.
    Carried {
        /// Print CSV.
        #[arg(long)]
        csv: bool,
    },
}

pub(super) async fn run(args: Args, config: &Config) -> Result<ExitCode, CommandError> {
    existing_database(config)?;
    let (db, key) = open(config)?;
    let shop = Shop::open(db, Clock::System, Random::System, &key, policy(config)).await?;
    let shop = Arc::new(shop);
    let done = carry_out(args, &shop, config).await;
    shop.db.close().await;
    done
}

async fn carry_out(
    args: Args,
    shop: &Arc<Shop>,
    config: &Config,
) -> Result<ExitCode, CommandError> {
    match args {
        Args::List => {
            for (reseller, contracts) in list(shop, None, LISTED).await? {
                let codes: Vec<&str> =
                    contracts.iter().map(|kept| kept.contract.code.as_str()).collect();
                let (name, standing) = (&reseller.profile.name, reseller.standing.word());
                println!("{}  {name}  {standing}  {}", reseller.id, codes.join(", "));
            }
        }
        Args::Show { reseller } => {
            let found = show(shop, reseller).await?;
            tell(&found.ok_or_else(|| CommandError::Other("no such reseller".to_owned()))?);
        }
        Args::Key { reseller, label } => {
            let key = issue_key_as_operator(shop, reseller, label).await.map_err(refused)?;
            println!("{key}\n\nIt is not shown again.");
        }
        Args::Allot { contract, sku, units } => {
            allot_as_operator(shop, contract.clone(), sku.clone(), units).await.map_err(refused)?;
            println!("{units} units of {sku} moved for {contract}.");
        }
        Args::Cancel { order, reason } => {
            let done = cancel_reseller_order_as_operator(shop, order, reason).await;
            done.map_err(refused)?;
            println!("{order} is cancelled; its units are in the allotment again.");
        }
        Args::Outside { reseller } => {
            let book = book(config)?;
            let seen = move |device: DeviceKey| book.sighting(device);
            println!("serial,model,delivered_on,country,since,clause");
            let mut units = OutsideUnits::of(reseller, OfMarkets::All);
            while !units.is_over() {
                for row in units.next(shop, &seen).await? {
                    let (serial, model, country) = (row.serial, row.model, row.country);
                    let (on, since, clause) = (row.delivered_on, row.since, row.clause);
                    println!("{serial},{model},{on},{country},{since},\"{clause}\"");
                }
            }
        }
        Args::Serials { file } => return import(shop, &file).await,
        Args::Carried { csv } => carried(shop, config, csv).await?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The count as it is on disk; the server may be running.
fn book(config: &Config) -> Result<Book, CommandError> {
    read_only(&config.install_folder(), None)
        .map_err(|error| CommandError::other("read the count of installations", error))
}

fn refused<R: std::fmt::Display>(failure: Failure<R>) -> CommandError {
    match failure {
        Failure::Fault(fault) => fault.into(),
        Failure::KeyReused => CommandError::Other("idempotency.key_reused".to_owned()),
        Failure::Refused(refusal) => CommandError::Other(refusal.to_string()),
    }
}

fn tell(found: &ShownReseller) {
    println!("{}  {}", found.reseller.profile.name, found.reseller.standing.word());
    for kept in &found.contracts {
        let contract = &kept.contract;
        println!(
            "Contract {} with {}, {} to {}",
            contract.code, kept.market, contract.from, contract.until
        );
    }
    for row in &found.allotment {
        println!(
            "  {}: {} agreed, {} there, {} ordered, {} shipped",
            row.sku, row.agreed, row.available, row.ordered, row.shipped
        );
    }
    let sold = |inside: bool| -> i64 {
        found.sold.iter().filter(|row| row.inside == inside).map(|row| row.units).sum()
    };
    println!("Sold on: {} in the territory, {} outside of it", sold(true), sold(false));
    for row in &found.sold {
        let where_to = if row.inside { "" } else { "  outside the territory" };
        println!("  {}  {}  {}  {}{where_to}", row.month, row.model, row.country, row.units);
    }
    if found.sold_more {
        println!("These are the latest months; the staff area has every unit as a file.");
    }
    for order in &found.orders {
        let lines: Vec<String> =
            order.body.lines.iter().map(|line| format!("{} × {}", line.units, line.sku)).collect();
        println!("{}  {}  {}  {}", order.id, order.body.on, order.stage.word(), lines.join(", "));
        if let Some(how) = &order.cancelled {
            println!("  cancelled on {}: {}", how.on, how.reason);
        }
        if let Some(bill) = found.bills.iter().find(|bill| bill.order == order.id) {
            let (total, due) = (bill.body.total, bill.body.due_on);
            println!("  {}  {}  {total}, due {due}", bill.number, bill.state.word());
        }
    }
    if found.older.is_some() {
        println!("There are older orders; the staff area has all of them.");
    }
}

async fn import(shop: &Arc<Shop>, file: &std::path::Path) -> Result<ExitCode, CommandError> {
    let what = format!("read {}", file.display());
    let text = std::fs::read(file).map_err(|error| CommandError::other(&what, error))?;
    let import = import_serials(shop, &text).await?;
    for (line, problem) in &import.problems {
        eprintln!("line {line}: {problem}");
    }
    if !import.problems.is_empty() {
        println!("Nothing was imported.");
        return Ok(ExitCode::from(1));
    }
    println!("{} units are new, {} were known.", import.added, import.known);
    Ok(ExitCode::SUCCESS)
}

async fn carried(shop: &Arc<Shop>, config: &Config, csv: bool) -> Result<(), CommandError> {
    let book = book(config)?;
    let seen = move |device: DeviceKey| book.sighting(device);
    let carried = carried_abroad(shop, &seen).await?;
    if csv {
        println!("sold_in,active_in,model,first_seen,units");
        for (way, units) in &carried.ways {
            println!("{},{},{},{},{units}", way.from, way.to, way.model, way.month);
        }
        return Ok(());
    }
    println!(
        "{} of {} devices on record were carried abroad; {} are at home, {} travel, {} are silent, \
         {} were never seen.",
        carried.total(),
        carried.sold,
        carried.home,
        carried.travelling,
        carried.silent,
        carried.unseen
    );
    for (country, units) in carried.by_country() {
        println!("{country}  about {}", two_digits(units));
    }
    Ok(())
}
