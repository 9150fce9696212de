//! `kontor order`: what staff must be able to do with an order before there is a staff area.

use std::process::ExitCode;
use std::sync::Arc;

use clap::Subcommand;
use kontor_base::{Clock, Random};
use kontor_domain::catalogue::Sku;
use kontor_domain::order::OrderNumber;
use kontor_shop::order::{
    CameBack, CancelCommand, Refusal, cancel, reindex, take_back, transfer_arrived,
};
use kontor_shop::staff::reindex_names;
use kontor_shop::{Failure, Shop};

use super::CommandError;
use crate::config::Config;
use crate::server::{existing_database, open, policy};

#[derive(Debug, Subcommand)]
pub(super) enum Args {
    /// Cancel an order that has not left: its units go back to the shelf, its money to the buyer.
    Cancel {
        /// The order's number, such as US26-7K3Q-9MX2-4TB7.
        number: OrderNumber,
    },
    /// Note that the bank transfer for an order has arrived in full.
    TransferArrived {
        /// The order's number, such as US26-7K3Q-9MX2-4TB7.
        number: OrderNumber,
    },
    /// Take goods of an order back, whatever the stage of its market. Money is given back apart from it.
    TakeBack {
        /// The order's number, such as US26-7K3Q-9MX2-4TB7.
        number: OrderNumber,
        /// The variant.
        #[arg(long)]
        sku: Sku,
        /// How many units are good to sell again.
        #[arg(long, default_value_t = 0)]
        good: u32,
        /// How many units are scrapped.
        #[arg(long, default_value_t = 0)]
        scrapped: u32,
        /// A serial number that came back; may be given again.
        #[arg(long = "serial")]
        serials: Vec<String>,
    },
    /// Forget what orders are found by, and their sums by day, and find all of it anew; and the words by which
    /// resellers, papers and sales are found.
    Reindex,
}

pub(super) async fn run(args: Args, config: &Config) -> Result<ExitCode, CommandError> {
    existing_database(config)?;
    let (db, key) = open(config)?;
    let shop = Shop::open(db, Clock::System, Random::System, &key, policy(config)).await?;
    let shop = Arc::new(shop);
    let (done, outcome) = match args {
        Args::Reindex => {
            let done = reindex(&shop).await?;
            let names = reindex_names(&shop).await?;
            shop.db.close().await;
            println!(
                "{} orders, {} waiting entries and {names} resellers, papers and sales are found again",
                done.orders, done.waiting
            );
            return Ok(ExitCode::SUCCESS);
        }
        Args::TakeBack { number, sku, good, scrapped, serials } => {
            let came = vec![CameBack { sku: sku.clone(), good, scrapped, serials }];
            let outcome = take_back(&shop, number.clone(), came).await;
            shop.db.close().await;
            return match outcome {
                Ok(()) => {
                    println!("{number}: {good} × {sku} on the shelf again, {scrapped} scrapped");
                    Ok(ExitCode::SUCCESS)
                }
                Err(Failure::Fault(fault)) => Err(fault.into()),
                Err(Failure::KeyReused) => {
                    Err(CommandError::Other("idempotency.key_reused".to_owned()))
                }
                Err(Failure::Refused(refusal)) => Err(CommandError::Other(refusal.to_string())),
            };
        }
        Args::Cancel { number } => {
            let done = format!("{number} is cancelled");
            (done, cancel(&shop, CancelCommand { number }).await)
        }
        Args::TransferArrived { number } => {
            (format!("{number} is paid"), transfer_arrived(&shop, number).await)
        }
    };
    shop.db.close().await;
    match outcome {
        Ok(()) => {
            println!("{done}");
            Ok(ExitCode::SUCCESS)
        }
        Err(Failure::Fault(fault)) => Err(fault.into()),
        Err(Failure::KeyReused) => Err(CommandError::Other("idempotency.key_reused".to_owned())),
        Err(Failure::Refused(Refusal::UnknownOrder)) => {
            Err(CommandError::Other("there is no such order".to_owned()))
        }
        Err(Failure::Refused(refusal)) => {
            Err(CommandError::Other(format!("refused: {}", refusal.code())))
        }
    }
}
