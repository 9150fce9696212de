//! `kontor init`: an empty shop of one's own.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use kontor_base::{Clock, Line, Random};
use kontor_domain::market::MarketCode;
use kontor_shop::exchange::{OwnShop, load_own_shop, market_templates};

use super::CommandError;
use crate::config::Config;
use crate::legal;
use crate::server::{holds_a_shop, open};

/// Make an empty shop of your own.
///
/// Writes the configuration file, the database, the secret key; the catalogue of
/// clearance rules and tax rates (check them, they are not legal advice), and the markets you name,
/// in preparation. Nothing can be sold before products, prices, stock and grants are imported.
#[derive(Debug, Parser)]
#[command(after_help = "Example: kontor init --name \"Nordlicht\" --market de --market us\n\
                        Then read docs/how-to/start-your-own-shop.md.")]
pub(super) struct Args {
    /// The name of the shop, as its pages show it.
    #[arg(long, value_name = "NAME", default_value = "My shop", value_parser = line::<80>)]
    name: Line<80>,
    /// Who answers for the shop, as the imprint shows it: company, address.
    #[arg(long, value_name = "TEXT", value_parser = line::<200>)]
    operator: Option<Line<200>>,
    /// A market to begin with, such as `de`; may be given again. `--market list` shows them.
    #[arg(long = "market", value_name = "CODE")]
    markets: Vec<String>,
}

fn line<const MAX: usize>(text: &str) -> Result<Line<MAX>, String> {
    Line::parse(text).map_err(|error| error.to_string())
}

pub(super) async fn run(
    args: Args,
    config: &Config,
    file: Option<&Path>,
) -> Result<ExitCode, CommandError> {
    let templates = market_templates();
    if args.markets.iter().any(|code| code == "list") {
        for row in &templates {
            println!("{}  {} {} {}", row.code, row.countries, row.currency, row.languages);
        }
        return Ok(ExitCode::SUCCESS);
    }
    let mut markets = Vec::new();
    for code in &args.markets {
        let row = templates.iter().find(|row| row.code == *code).ok_or_else(|| unknown(code))?;
        if !markets.iter().any(|known: &kontor_shop::exchange::MarketRow| known.code == row.code) {
            markets.push(row.clone());
        }
    }
    let place = config.place();
    if holds_a_shop(config).await? {
        let text = format!("{place} exists already: a shop is made once; --data names another");
        return Err(CommandError::Other(text));
    }
    let (db, _) = open(config)?;
    let own = OwnShop { name: args.name, operator: args.operator, markets };
    let made = load_own_shop(&db, &Clock::System, &Random::System, own).await;
    db.close().await;
    let reports = made.map_err(|error| {
        // A shop that was made halfway would stop the next try.
        if let Some(file) = place.sqlite_path() {
            let _ = std::fs::remove_file(file);
        }
        CommandError::other("load the catalogue of rules", error)
    })?;
    println!("Made {place}");
    for report in &reports {
        println!("  {report}");
    }
    let file = write_config(file)?;
    println!(
        "{}\n\nNext: look through {}, set `origin` and a way to pay, write your legal texts,\n\
         import your products (docs/how-to/start-your-own-shop.md), then `kontor serve`.",
        file.message,
        file.path.display()
    );
    Ok(ExitCode::SUCCESS)
}

fn unknown(code: &str) -> CommandError {
    let why = match code.parse::<MarketCode>() {
        Ok(_) => "there is no template for it: import your own with `kontor import markets`",
        Err(_) => "it is not two lower-case letters",
    };
    CommandError::Other(format!("market {code:?}: {why}; `--market list` shows the templates"))
}

struct ConfigFile {
    path: PathBuf,
    message: &'static str,
}

/// Writes the example as the configuration file, unless there is one, and beside it the folder of
/// legal texts that it names.
fn write_config(file: Option<&Path>) -> Result<ConfigFile, CommandError> {
    let path = file.unwrap_or_else(|| Path::new("kontor.toml")).to_owned();
    if path.exists() {
        return Ok(ConfigFile {
            path,
            message: "The configuration file was there and is left alone.",
        });
    }
    let legal = path.with_file_name("legal");
    let named = toml::Value::from(legal.to_string_lossy().into_owned());
    let text = Config::example().replacen("legal = \"\"", &format!("legal = {named}"), 1);
    std::fs::write(&path, text)
        .map_err(|error| CommandError::other(&format!("write {}", path.display()), error))?;
    if !legal.exists() {
        legal::write_templates(&legal)
            .map_err(|error| CommandError::other(&format!("write {}", legal.display()), error))?;
    }
    Ok(ConfigFile { path, message: "The configuration file has every key with its meaning." })
}
