//! `kontor bench`: what a running shop can be tried with.

mod client;
mod crowd;
mod person;

use std::process::ExitCode;
use std::time::Duration;

use clap::Subcommand;

use super::CommandError;
use client::Client;
use crowd::Crowd;

/// Try a running shop on this machine.
#[derive(Debug, Subcommand)]
pub(super) enum Args {
    Sale(SaleArgs),
}

/// Play a crowd in a running shop's sale, on this machine.
///
/// Every person of the crowd has an address of their own (of the 127.0.0.0/8 that is this machine),
/// enters, waits for the start and their turn, takes a unit, and then pays, gives it up or forgets
/// it; whoever comes too late stands in line or goes home. Join from a browser meanwhile. It speaks to
/// this machine only. The figures that `cargo xtask bench sale` measures are made otherwise.
#[derive(Debug, clap::Args)]
pub(super) struct SaleArgs {
    /// Play the crowd (nothing else can be tried yet).
    #[arg(long, required = true)]
    crowd: bool,
    /// The shop.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080")]
    url: String,
    /// The sale; without it the first that is open or about to be.
    #[arg(long, value_name = "ID")]
    sale: Option<String>,
    /// How many people.
    #[arg(long, value_name = "N", default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=50_000))]
    people: u32,
    /// Over how many seconds they arrive.
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u64).range(0..=3_600))]
    arrive_s: u64,
    /// The crowd goes home after so many seconds, whatever has become of it.
    #[arg(long, value_name = "N", default_value_t = 900, value_parser = clap::value_parser!(u64).range(1..=7_200))]
    seconds: u64,
    /// Where their moods come from: the same number, the same moods.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
}

pub(super) async fn run(args: Args) -> Result<ExitCode, CommandError> {
    let Args::Sale(args) = args;
    let client = Client::new(&args.url).map_err(CommandError::Other)?;
    let crowd = Crowd {
        people: args.people,
        arrive: Duration::from_secs(args.arrive_s),
        patience: Duration::from_secs(args.seconds),
        seed: args.seed,
    };
    let tally = crowd.play(client, args.sale.as_deref()).await.map_err(CommandError::Other)?;
    println!("{tally}");
    Ok(ExitCode::from(u8::from(tally.failed() > 0)))
}
