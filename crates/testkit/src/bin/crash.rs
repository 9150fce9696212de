//! `kontor-crash`: kills the server under load and proves that nothing was lost. Started by
//! `cargo xtask crash` and by the test command.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool talks on stdout and stderr"
)]

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use kontor_testkit::crash::{Plan, run};

/// Kill a server under load, again and again, and prove that nothing was lost.
#[derive(Debug, Parser)]
#[command(name = "kontor-crash", max_term_width = 100)]
struct Words {
    /// The server's binary.
    kontor: PathBuf,
    /// A folder for this run alone.
    folder: PathBuf,
    /// How often it is killed.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    kills: u32,
    /// How many people buy at the same time.
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=4_096))]
    buyers: u16,
    /// Where the moments of the kills come from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The shortest time under load, in milliseconds.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u64).range(..=600_000))]
    load_ms_min: u64,
    /// The longest time under load, in milliseconds.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u64).range(..=600_000))]
    load_ms_max: u64,
    /// The longest time from a start until it is ready and the sale's lot answers, in milliseconds.
    #[arg(long, default_value_t = 30_000, value_parser = clap::value_parser!(u64).range(1..=600_000))]
    recovery_ms_max: u64,
    /// A PostgreSQL database, as `postgres://…`, in place of a file in the folder.
    #[arg(long)]
    database: Option<String>,
    /// Put back old data before the last start: the proof must fail.
    #[arg(long, conflicts_with = "database")]
    forget: bool,
}

fn main() -> ExitCode {
    let words = Words::parse();
    let plan = Plan {
        kontor: words.kontor,
        folder: words.folder,
        kills: words.kills,
        buyers: usize::from(words.buyers),
        seed: words.seed,
        load_ms: (words.load_ms_min, words.load_ms_max.max(words.load_ms_min)),
        database: words.database,
        recovery_ms_max: words.recovery_ms_max,
        forget: words.forget,
    };
    eprintln!("{} kills with seed {}, {} buyers", plan.kills, plan.seed, plan.buyers);
    match run(&plan, &|line| eprintln!("{line}")) {
        Ok(outcome) => {
            let slowest = outcome.ready_ms.iter().max().copied().unwrap_or_default();
            let lot = outcome.lot_ms.iter().max().copied().unwrap_or_default();
            println!(
                "{} kills: {} orders acknowledged ({} from claims in a sale), none lost, none twice, \
                 sold out and not oversold; {} journeys interrupted \
                 and finished with the same keys; {} answers asked for again were the same; \
                 {} found the shelf empty; ready again after {slowest} ms at most, the sale's lot \
                 after {lot} ms ({} ms are allowed)",
                outcome.kills,
                outcome.orders,
                outcome.from_claims,
                outcome.interrupted,
                outcome.repeated,
                outcome.sold_out,
                plan.recovery_ms_max
            );
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("kontor-crash: {error}");
            ExitCode::FAILURE
        }
    }
}
