//! `kontor sale`: set a sale up, rehearse it, look after it, and check its report.

mod file;
mod noted;
mod told;

use std::fs::File;
use std::io::{self, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};
use kontor_base::id::SaleId;
use kontor_base::{Clock, Email, Phone, Random, unhex};
use kontor_domain::market::MarketCode;
use kontor_domain::sale::{Commitment, Noted, Report, Way, verify};
use kontor_shop::sale::{
    Crowd, MadeReport, SetUpRefusal, admit_again, announce, exclude, halt, make_codes, overview,
    preview, rehearse, report, resume, set_beacon, set_up, settle_halted,
};
use kontor_shop::{Failure, Shop};

use super::CommandError;
use crate::config::Config;
use crate::server::{existing_database, open, policy};

/// Sell a scarce item: set a sale up, rehearse it, steer it, publish and check its report.
#[derive(Debug, Subcommand)]
pub(super) enum Args {
    /// Set a sale up from a file: definition, clearances and stock are checked, and the units leave
    /// the markets' stock. From then on the clock moves it.
    #[command(after_help = file::EXAMPLE)]
    Create {
        /// The definition (TOML); an example stands below.
        file: PathBuf,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Check a definition as `create` would, and change nothing. Exit code 1: something is wrong.
    Check {
        /// The definition (TOML).
        file: PathBuf,
    },
    /// Play a sale with a crowd that does not exist, in memory, and print the curve.
    ///
    /// The same lots, admission and rollover as in earnest. It needs no database.
    Rehearse(RehearseArgs),
    /// List every sale, also those that the public does not know of yet.
    List {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Show where a sale stands, way by way.
    Show {
        /// The sale.
        sale: SaleId,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Show a sale to everybody before its time.
    Announce {
        /// The sale.
        sale: SaleId,
    },
    /// Stop a sale at once: nothing new is taken, holds run on. A running server follows at once.
    Halt {
        /// The sale.
        sale: SaleId,
    },
    /// Let a halted sale go on; what became due meanwhile is made up.
    Resume {
        /// The sale.
        sale: SaleId,
    },
    /// Settle a halted sale that shall not go on: what was not sold goes back to its markets.
    Settle {
        /// The sale.
        sale: SaleId,
    },
    /// Give the value of the beacon that a sale has named: 64 hexadecimal digits. It goes live
    /// only then.
    Beacon {
        /// The sale.
        sale: SaleId,
        /// The value.
        #[arg(value_parser = hex)]
        value: Hex,
    },
    /// Print codes for a sale, one a line, to be given out. The same numbers are the same codes.
    Codes {
        /// The sale.
        sale: SaleId,
        /// The first number.
        #[arg(long, default_value_t = 1)]
        from: u32,
        /// How many.
        #[arg(long)]
        count: u32,
    },
    /// Keep somebody out of all sales, such as a reseller. Only keyed hashes are kept.
    Exclude(ExcludeArgs),
    /// Write the public report of a sale that is over.
    Report {
        /// The sale.
        sale: SaleId,
        /// Where to; without it, standard output.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Recompute a report from nothing but itself. Exit code 1: something does not hold, by name.
    ///
    /// It needs no database and no network: anybody can check anybody's report.
    ///
    /// A report that was made anew as a whole agrees with itself. What was noted before it came out
    /// gives it away: the answer of `GET /api/v1/sale/{sale}` while the sale ran, or single values.
    Verify(VerifyArgs),
}

#[derive(Debug, Parser)]
pub(super) struct VerifyArgs {
    /// The report, as `GET /api/v1/sale/{sale}/report` gives it.
    file: PathBuf,
    /// What `GET /api/v1/sale/{sale}` answered while the sale ran, kept in a file.
    #[arg(long, value_name = "FILE")]
    noted: Option<PathBuf>,
    /// The commitment that you noted before the sale.
    #[arg(long, value_name = "HEX", value_parser = hex)]
    commitment: Option<Hex>,
    /// The value of the beacon, from its own publisher.
    #[arg(long, value_name = "HEX", value_parser = hex)]
    beacon: Option<Hex>,
    /// The digest of a way's entries that you noted once the sale was live, as `in/rush=HEX`; may be
    /// given several times.
    #[arg(long, value_name = "MARKET/WAY=HEX", value_parser = digest)]
    digest: Vec<(String, Hex)>,
    /// The units of a way that you noted, as `in/rush=1200`; may be given several times.
    #[arg(long, value_name = "MARKET/WAY=UNITS", value_parser = quota)]
    quota: Vec<(String, u32)>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// What the crowd of a rehearsal is like.
#[derive(Debug, Parser)]
pub(super) struct RehearseArgs {
    /// The definition (TOML).
    file: PathBuf,
    /// How many people come for each unit.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    people: u32,
    /// Of a hundred who are let in, how many take a unit.
    #[arg(long, default_value_t = 80, value_parser = clap::value_parser!(u32).range(0..=100))]
    take: u32,
    /// Of a hundred who take one, how many pay it.
    #[arg(long, default_value_t = 85, value_parser = clap::value_parser!(u32).range(0..=100))]
    pay: u32,
    /// The same number plays the same crowd.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Parser)]
pub(super) struct ExcludeArgs {
    /// The e-mail address.
    #[arg(long, required_unless_present = "phone", value_parser = email)]
    email: Option<Email>,
    /// The telephone number.
    #[arg(long, value_parser = phone)]
    phone: Option<Phone>,
    /// Why, in one word.
    #[arg(long, default_value = "reseller")]
    reason: String,
    /// Let them take part again instead.
    #[arg(long)]
    undo: bool,
}

/// 32 bytes that were written as hexadecimal digits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hex([u8; 32]);

fn hex(text: &str) -> Result<Hex, String> {
    let bytes = unhex(&text.to_ascii_lowercase());
    bytes.map(Hex).ok_or_else(|| "64 hexadecimal digits are wanted".to_owned())
}

/// A way with something of it: `in/rush=…`.
fn of_way(text: &str) -> Result<(String, &str), String> {
    let wrong = || "a way such as in/rush, = and its value are wanted".to_owned();
    let (place, value) = text.split_once('=').ok_or_else(wrong)?;
    let (market, way) = place.split_once('/').ok_or_else(wrong)?;
    if market.parse::<MarketCode>().is_err() || Way::from_word(way).is_none() {
        return Err(wrong());
    }
    Ok((place.to_owned(), value))
}

fn digest(text: &str) -> Result<(String, Hex), String> {
    let (place, value) = of_way(text)?;
    Ok((place, hex(value)?))
}

fn quota(text: &str) -> Result<(String, u32), String> {
    let (place, value) = of_way(text)?;
    let units = value.parse().map_err(|_| "a number of units is wanted".to_owned())?;
    Ok((place, units))
}

fn email(text: &str) -> Result<Email, String> {
    Email::parse(text).map_err(|_| "not an e-mail address".to_owned())
}

fn phone(text: &str) -> Result<Phone, String> {
    Phone::parse(text).map_err(|_| "not a telephone number".to_owned())
}

pub(super) async fn run(args: Args, config: &Config) -> Result<ExitCode, CommandError> {
    match args {
        Args::Rehearse(args) => return play(&args),
        Args::Verify(args) => return check_report(args),
        _ => {}
    }
    existing_database(config)?;
    let (db, key) = open(config)?;
    let shop = Shop::open(db, Clock::System, Random::System, &key, policy(config)).await?;
    let shop = Arc::new(shop);
    let outcome = carry_out(args, &shop).await;
    shop.db.close().await;
    outcome
}

async fn carry_out(args: Args, shop: &Arc<Shop>) -> Result<ExitCode, CommandError> {
    match args {
        Args::Create { file, json } => {
            let command = file::read(&file)?;
            let (title, units) = (command.title.clone(), command.definition.units());
            let sale = set_up(shop, command).await.map_err(|f| refused("set the sale up", f))?;
            if json {
                println!("{}", serde_json::json!({ "sale": sale.to_string(), "units": units }));
            } else {
                println!("{sale}  {title}: {units} units are set aside. The clock does the rest.");
            }
        }
        Args::Check { file } => {
            let command = file::read(&file)?;
            let units = command.definition.units();
            return match preview(shop, command).await {
                Ok(()) => {
                    println!("Good: {units} units could be sold like this today.");
                    Ok(ExitCode::SUCCESS)
                }
                Err(Failure::Refused(refusal)) => {
                    told::refusal(&refusal);
                    Ok(ExitCode::from(1))
                }
                Err(failure) => Err(refused("check the sale", failure)),
            };
        }
        Args::List { json } => told::list(&overview(shop, None).await?, json),
        Args::Show { sale, json } => {
            let found = overview(shop, Some(sale)).await?;
            let sale = found.first().ok_or_else(no_sale)?;
            told::sale(sale, json);
        }
        Args::Announce { sale } => {
            announce(shop, sale).await.map_err(|f| refused("announce the sale", f))?;
            println!("{sale} is announced.");
        }
        Args::Halt { sale } => {
            halt(shop, sale).await.map_err(|f| refused("halt the sale", f))?;
            println!("{sale} stands still. Holds run on; go on with: kontor sale resume {sale}");
        }
        Args::Resume { sale } => {
            resume(shop, sale).await.map_err(|f| refused("let the sale go on", f))?;
            println!("{sale} goes on.");
        }
        Args::Settle { sale } => {
            let units = settle_halted(shop, sale).await;
            let units = units.map_err(|f| refused("settle the sale", f))?;
            println!("{sale} is settled. {units} units went back to their markets.");
        }
        Args::Beacon { sale, value: Hex(value) } => {
            set_beacon(shop, sale, value).await.map_err(|f| refused("take the value", f))?;
            println!("{sale} has its beacon's value.");
        }
        Args::Codes { sale, from, count } => {
            overview(shop, Some(sale)).await?.first().ok_or_else(no_sale)?;
            for (number, code) in make_codes(shop, sale, from, count) {
                println!("{number},{code}");
            }
        }
        Args::Exclude(ExcludeArgs { email, phone, reason, undo }) => {
            if undo {
                let changed = admit_again(shop, email, phone).await?;
                println!("{changed} of them may take part again.");
            } else {
                let changed = exclude(shop, email, phone, &reason).await?;
                println!("{changed} of them are kept out from now on.");
            }
        }
        Args::Report { sale, out } => {
            let found = report(shop, sale).await?;
            let found = found.ok_or_else(|| {
                CommandError::Other("there is no report of such a sale yet".to_owned())
            })?;
            write_report(found, out.as_deref())?;
        }
        Args::Rehearse(args) => return play(&args),
        Args::Verify(args) => return check_report(args),
    }
    Ok(ExitCode::SUCCESS)
}

fn no_sale() -> CommandError {
    CommandError::Other("there is no such sale; `kontor sale list` names them".to_owned())
}

fn refused(what: &str, failure: Failure<SetUpRefusal>) -> CommandError {
    match failure {
        Failure::Refused(refusal) => {
            CommandError::other(what, format!("{refusal} ({})", refusal.code()))
        }
        Failure::KeyReused => CommandError::other(what, "idempotency.key_reused"),
        Failure::Fault(fault) => fault.into(),
    }
}

fn play(args: &RehearseArgs) -> Result<ExitCode, CommandError> {
    let command = file::read(&args.file)?;
    let problems = command.definition.problems();
    if !problems.is_empty() {
        told::refusal(&SetUpRefusal::Definition(problems));
        return Ok(ExitCode::from(1));
    }
    let crowd = Crowd {
        people_per_unit: args.people,
        take_percent: args.take,
        pay_percent: args.pay,
        seed: args.seed,
        ..Crowd::default()
    };
    let played = rehearse(&command.definition, &crowd);
    told::rehearsal(&played, args.json);
    // It cannot happen; if it did, nobody should sell like this.
    Ok(ExitCode::from(u8::from(played.most_taken > played.units)))
}

/// Piece by piece: the whole can be hundreds of megabytes.
fn write_report(made: Arc<MadeReport>, out: Option<&Path>) -> Result<(), CommandError> {
    let copy = |to: &mut dyn Write| -> io::Result<()> {
        made.pieces().try_for_each(|piece| to.write_all(&piece))?;
        to.write_all(b"\n")
    };
    match out {
        None => copy(&mut io::stdout().lock())
            .map_err(|error| CommandError::other("write the report", error)),
        Some(path) => {
            let what = format!("write {}", path.display());
            let written = File::create(path).and_then(|mut file| copy(&mut file));
            written.map_err(|error| CommandError::other(&what, error))?;
            println!("Written. Check it with: kontor sale verify {}", path.display());
            Ok(())
        }
    }
}

fn check_report(args: VerifyArgs) -> Result<ExitCode, CommandError> {
    let VerifyArgs { file, noted, commitment, beacon, digest, quota, json } = args;
    let mut known = match noted {
        Some(path) => noted::read(&path)?,
        None => Noted::default(),
    };
    known.commitment = commitment.map(commitment_of).or(known.commitment);
    known.beacon = beacon.map(|Hex(value)| value).or(known.beacon);
    known.digests.extend(digest.into_iter().map(|(place, value)| (place, commitment_of(value))));
    known.quotas.extend(quota);
    let what = format!("read {}", file.display());
    let file = File::open(file).map_err(|error| CommandError::other(&what, error))?;
    // Entry by entry: the text itself is never in memory.
    let report: Report = serde_json::from_reader(BufReader::with_capacity(1 << 16, file))
        .map_err(|error| CommandError::other(&what, error))?;
    let report = report.accept().map_err(|error| CommandError::other(&what, error))?;
    let findings = verify(&report, &known);
    told::verdict(&report, &findings, json);
    Ok(ExitCode::from(u8::from(!findings.is_empty())))
}

const fn commitment_of(Hex(bytes): Hex) -> Commitment {
    Commitment::from_bytes(bytes)
}
