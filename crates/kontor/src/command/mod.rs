//! The commands. Each is one file with its arguments and a `run`; what they share is here: the
//! exit codes, and that every failure is one clear line on standard error.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "commands talk to a terminal")]

mod audit;
mod backup;
mod bench;
mod config;
mod demo;
mod demo_sale;
mod error;
mod export;
mod import;
mod init;
mod install;
mod mail;
mod migrate;
mod opening;
mod order;
mod plan;
mod reseller;
mod rom;
mod rom_delta;
mod rom_key;
mod rom_remote;
mod rom_rollout;
mod routes;
mod sale;
mod serve;
mod table;
mod user;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub use error::CommandError;

use crate::config::Config;

/// The online shop of a device maker that goes abroad, country by country.
#[derive(Debug, Parser)]
#[command(
    name = "kontor",
    version,
    about,
    after_help = "Start with `kontor demo` to look around, or `kontor init` for a shop of your own.\n\
                  Exit codes: 0 done, 1 done but something was found wrong, 2 wrong arguments, \
                  3 could not be done."
)]
struct Cli {
    /// The configuration file; without it `kontor.toml` in this folder, where there is one.
    #[arg(long, global = true, env = "KONTOR_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// The folder of the database and the secret key, instead of the configured one.
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

// What a command is for stands at its arguments: the first line in the list, all of it in its help.
#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::Args),
    Init(init::Args),
    Serve(serve::Args),
    Import(import::Args),
    Export(export::Args),
    Backup(backup::BackupArgs),
    Restore(backup::RestoreArgs),
    /// Bring the database up to date with this release.
    Migrate,
    Audit(audit::Args),
    #[command(subcommand)]
    Opening(opening::Args),
    #[command(subcommand)]
    Plan(plan::Args),
    #[command(subcommand)]
    Reseller(reseller::Args),
    /// Look after orders: cancel one, or note that a bank transfer has arrived.
    #[command(subcommand)]
    Order(order::Args),
    #[command(subcommand)]
    Sale(sale::Args),
    #[command(subcommand)]
    Rom(rom::Args),
    /// Try a running shop on this machine: play a crowd in its sale.
    #[command(subcommand)]
    Bench(bench::Args),
    /// Try whether letters get through, or tell those who wait.
    #[command(subcommand)]
    Mail(mail::Args),
    /// Look after the accounts of the maker's people.
    #[command(subcommand)]
    User(user::Args),
    #[command(subcommand)]
    Install(install::Args),
    Routes(routes::Args),
    /// Show the configuration in force, or an example with every key.
    #[command(subcommand)]
    Config(config::Args),
}

/// Runs the command that the arguments name.
#[must_use]
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            let code = if error.use_stderr() { 2 } else { 0 };
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    match carry_out(cli) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("kontor: {error}");
            ExitCode::from(3)
        }
    }
}

fn carry_out(cli: Cli) -> Result<ExitCode, CommandError> {
    if let Command::Config(config::Args::Example) = cli.command {
        print!("{}", Config::example());
        return Ok(ExitCode::SUCCESS);
    }
    if let Command::Bench(args) = cli.command {
        return runtime()?.block_on(bench::run(args));
    }
    if let Command::Routes(args) = &cli.command {
        return Ok(routes::run(args));
    }
    if let Command::Plan(args) = &cli.command
        && !args.needs_shop()
    {
        return plan::run(args);
    }
    // `init` makes the file that everything else wants to be there.
    let named = cli.config.as_deref();
    let makes_it = matches!(cli.command, Command::Init(_));
    let mut config = Config::load(named.filter(|file| !makes_it || file.exists()))?;
    let data_given = cli.data.is_some();
    if let Some(data) = cli.data {
        config.data = data;
    }
    runtime()?.block_on(async {
        match cli.command {
            Command::Demo(args) => demo::run(args, config, data_given).await,
            Command::Init(args) => init::run(args, &config, cli.config.as_deref()).await,
            Command::Serve(args) => serve::run(args, config).await,
            Command::Import(args) => import::run(args, &config).await,
            Command::Export(args) => export::run(args, &config).await,
            Command::Backup(args) => backup::run_backup(&args, &config),
            Command::Restore(args) => backup::run_restore(&args, &config),
            Command::Migrate => migrate::run(&config),
            Command::Audit(args) => audit::run(&args, &config).await,
            Command::Opening(args) => opening::run(args, &config).await,
            Command::Order(args) => order::run(args, &config).await,
            // The others are answered above: they need neither configuration nor shop.
            Command::Plan(args) => plan::run_in_shop(args, &config).await,
            Command::Reseller(args) => reseller::run(args, &config).await,
            Command::Sale(args) => sale::run(args, &config).await,
            Command::Bench(args) => bench::run(args).await,
            Command::Routes(args) => Ok(routes::run(&args)),
            Command::Rom(args) => rom::run(args, &config).await,
            Command::Mail(args) => mail::run(args, &config).await,
            Command::User(args) => user::run(args, &config).await,
            Command::Install(args) => install::run(args, &config).await,
            Command::Config(args) => config::run(&args, &config),
        }
    })
}

fn runtime() -> Result<tokio::runtime::Runtime, CommandError> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.enable_all().build().map_err(|error| CommandError::other("start the runtime", error))
}
