//! `kontor serve`: the shop.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use kontor_base::Clock;

use super::CommandError;
use crate::config::Config;
use crate::server::{Server, existing_database, open, stop_signal};
use crate::telemetry;

/// Serve the shop.
///
/// Brings the schema up to date first. SIGTERM or Ctrl-C stops it in order: what was accepted is
/// answered. Health at /healthz and /readyz, metrics at /metrics.
#[derive(Debug, Parser)]
pub(super) struct Args {
    /// Where to listen, instead of the configured address. Port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS")]
    pub(super) listen: Option<SocketAddr>,
    /// Write the shop's address into this file once the server answers.
    #[arg(long, value_name = "FILE")]
    pub(super) ready_file: Option<PathBuf>,
}

pub(super) async fn run(args: Args, mut config: Config) -> Result<ExitCode, CommandError> {
    if let Some(listen) = args.listen {
        config.server.listen = listen;
    }
    existing_database(&config)?;
    telemetry::start_logging(&config.log).map_err(CommandError::Other)?;
    let metrics = telemetry::start_metrics();
    let (db, key) = open(&config)?;
    let server = Server::start(&config, db, &key, Clock::System, metrics).await?;
    if !config.payment.test_provider && !config.payment.bank_transfer {
        tracing::warn!("no way to pay is configured: nobody can check out (see `payment.` keys)");
    }
    let stop = stop_signal()?;
    tracing::info!(address = server.origin(), "serving");
    tell_ready(args.ready_file.as_deref(), server.origin())?;
    server.serve(stop).await?;
    Ok(ExitCode::SUCCESS)
}

/// Writes the address where whoever started the server waits for it.
pub(super) fn tell_ready(file: Option<&std::path::Path>, origin: &str) -> Result<(), CommandError> {
    let Some(file) = file else { return Ok(()) };
    // Written aside and renamed: whoever waits never reads half an address.
    let aside = file.with_extension("part");
    std::fs::write(&aside, format!("{origin}\n"))
        .and_then(|()| std::fs::rename(&aside, file))
        .map_err(|error| CommandError::other(&format!("write {}", file.display()), error))
}
