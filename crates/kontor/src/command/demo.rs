//! `kontor demo`: a fresh shop with the story of early 2015.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use kontor_base::{Clock, Random};
use kontor_shop::exchange::load_demo;

use super::{CommandError, demo_sale};
use super::serve::tell_ready;
use crate::config::Config;
use crate::server::{Server, open, policy, stop_signal};
use crate::telemetry;

/// Serve a fresh shop with the story of early 2015, to look around in.
///
/// Markets in Asia are open, the USA opens with accessories, Europe prepares. A re-enactment from public reports; no money moves.
#[derive(Debug, Parser)]
pub(super) struct Args {
    /// Where to listen. Port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Write the shop's address into this file once the server answers.
    #[arg(long, value_name = "FILE")]
    ready_file: Option<PathBuf>,
    /// Keep the data of an earlier demo in the folder of --data and go on with it.
    #[arg(long, requires = "data")]
    keep: bool,
    /// When the demo's sale opens, counted from the start: `90s`, `3m`, `1h`.
    #[arg(long, value_name = "TIME", default_value = "3m", value_parser = demo_sale::seconds)]
    sale_in: i64,
}

pub(super) async fn run(
    args: Args,
    mut config: Config,
    data_given: bool,
) -> Result<ExitCode, CommandError> {
    let folder = Folder::choose(data_given.then(|| config.data.clone()))?;
    config.data = folder.path().to_owned();
    config.server.listen = args.listen;
    config.payment.test_provider = true;
    if !config.payment.bank_transfer {
        config.payment.bank_transfer = true;
        "Kontor (demo)".clone_into(&mut config.payment.bank_account_holder);
        "DEMO 0000 0000 0000 00".clone_into(&mut config.payment.bank_account);
        "A bank that does not exist".clone_into(&mut config.payment.bank_name);
    }
    if config.log == crate::config::Log::default() {
        "warn".clone_into(&mut config.log.filter);
    }
    telemetry::start_logging(&config.log).map_err(CommandError::Other)?;
    let metrics = telemetry::start_metrics();

    let there = config.database().exists();
    if there && !args.keep {
        return Err(CommandError::Other(format!(
            "{} holds a database already: --keep goes on with it, another --data starts afresh",
            config.data.display()
        )));
    }
    let (db, key) = open(&config)?;
    let (mut past, mut coming) = (None, None);
    if !there {
        load_demo(&db, &Clock::System, &Random::System, &|_, _| ())
            .await
            .map_err(|error| CommandError::other("load the demo's data", error))?;
        past = Some(demo_sale::play_past(&db, &key, policy(&config)).await?);
        coming = Some(demo_sale::set_up_coming(&db, &key, policy(&config), args.sale_in).await?);
    }
    let server = Server::start(&config, db, &key, Clock::System, metrics).await?;
    let stop = stop_signal()?;
    welcome(server.origin(), &config.data, folder.is_temporary());
    demo_sale::tell(server.origin(), past, coming.as_ref());
    tell_ready(args.ready_file.as_deref(), server.origin())?;
    server.serve(stop).await?;
    Ok(ExitCode::SUCCESS)
}

fn welcome(origin: &str, data: &Path, temporary: bool) {
    let fate = if temporary { ", gone when it stops" } else { "" };
    println!(
        "Kontor, the story of early 2015: a re-enactment from public reports. No money moves.\n\n\
         \x20 Choose your country   {origin}/\n\
         \x20 The shop in the USA   {origin}/us/en/\n\
         \x20 Germany, not open yet {origin}/de/de/\n\
         \x20 A phone, and why not  {origin}/us/en/product/mi-note\n\
         \x20 The API's reference   {origin}/api/v1/reference\n\
         \x20 Metrics               {origin}/metrics\n\n\
         Pay with the test provider: it plays success, refusal, a second step, a late answer.\n\
         Data: {}{fate}. Ctrl-C stops.",
        data.display()
    );
}

/// Where the demo's data lies: a named folder, or one that goes when the demo stops.
enum Folder {
    Named(PathBuf),
    Temporary(PathBuf),
}

impl Folder {
    fn choose(named: Option<PathBuf>) -> Result<Self, CommandError> {
        if let Some(named) = named {
            return Ok(Self::Named(named));
        }
        let name = kontor_base::id::encode(Random::System.bytes16());
        let path = std::env::temp_dir().join(format!("kontor-demo-{name}"));
        crate::secret::make_data_folder(&path)?;
        Ok(Self::Temporary(path))
    }

    fn path(&self) -> &Path {
        match self {
            Self::Named(path) | Self::Temporary(path) => path,
        }
    }

    const fn is_temporary(&self) -> bool {
        matches!(self, Self::Temporary(_))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Self::Temporary(path) = self {
            // Nothing depends on it: what is left lies in the system's folder for such things.
            let _ = std::fs::remove_dir_all(path);
        }
    }
}
