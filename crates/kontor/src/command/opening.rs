//! `kontor opening`: with what can a market open, and when; and the steps on the way.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};
use kontor_base::{Clock, Date, Line, Random};
use kontor_domain::catalogue::Sku;
use kontor_domain::market::{MarketCode, Stage};
use kontor_domain::opening::{OpeningPlan, compare};
use kontor_shop::opening::{AdvanceCommand, PlanQuery, Refusal, advance, history, plan};
use kontor_shop::{Failure, Shop};

use super::CommandError;
use crate::config::Config;
use crate::server::{existing_database, open, policy};

/// Plan the opening of a market, and take its steps.
#[derive(Debug, Subcommand)]
pub(super) enum Args {
    /// Tell with which products a market can open on a day, and what the others wait for.
    ///
    /// The plan is made from clearance facts and the market's checklist alone and changes nothing.
    /// Work on what is missing begins today; what takes its time side by side is not added up.
    Plan(PlanArgs),
    /// Compare the plans for two days.
    Compare {
        #[command(flatten)]
        plan: PlanArgs,
        /// The other day.
        #[arg(long, value_name = "DATE")]
        with: Date,
    },
    /// Take a market one step further: scouting, preparing, beta, open, paused, closing, closed.
    ///
    /// A step that sells is checked once more: every hard item of the checklist, and at least one
    /// product that may be sold and delivered today. Every step is written down with its plan.
    /// Exit code 1: refused, with what is missing.
    Advance {
        /// The market.
        market: MarketCode,
        /// The stage to go to.
        #[arg(value_parser = stage)]
        to: Stage,
        /// Who takes the step.
        #[arg(long, value_parser = line)]
        by: Line<200>,
        /// Why.
        #[arg(long, value_parser = line)]
        reason: Line<200>,
    },
    /// Tell the steps that a market has gone.
    History {
        /// The market.
        market: MarketCode,
    },
}

#[derive(Debug, Parser)]
pub(super) struct PlanArgs {
    /// The market.
    market: MarketCode,
    /// The day on which it should open, such as 2027-06-01; today if left out.
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
    /// With this variant; may be given again. Every variant if left out.
    #[arg(long = "sku", value_name = "SKU")]
    skus: Vec<Sku>,
    /// Print every fact as JSON.
    #[arg(long)]
    json: bool,
}

fn stage(word: &str) -> Result<Stage, String> {
    Stage::from_word(word).ok_or_else(|| {
        let words: Vec<&str> = Stage::ALL.into_iter().map(Stage::word).collect();
        format!("none of {}", words.join(", "))
    })
}

fn line(text: &str) -> Result<Line<200>, String> {
    Line::parse(text).map_err(|error| error.to_string())
}

pub(super) async fn run(args: Args, config: &Config) -> Result<ExitCode, CommandError> {
    existing_database(config)?;
    let (db, key) = open(config)?;
    let shop = Shop::open(db, Clock::System, Random::System, &key, policy(config)).await?;
    let shop = Arc::new(shop);
    let outcome = carry_out(args, &shop).await;
    shop.db.close().await;
    match outcome {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(Failure::Fault(fault)) => Err(fault.into()),
        Err(Failure::KeyReused) => Err(CommandError::Other("idempotency.key_reused".to_owned())),
        Err(Failure::Refused(refusal @ Refusal::NotReady(_))) => {
            eprintln!("kontor: {refusal}");
            Ok(ExitCode::from(1))
        }
        Err(Failure::Refused(refusal)) => Err(CommandError::Other(refusal.to_string())),
    }
}

async fn carry_out(args: Args, shop: &Arc<Shop>) -> Result<(), Failure<Refusal>> {
    match args {
        Args::Plan(args) => {
            let plan = plan(shop, query(&args, args.on)).await?;
            if args.json { print_json(&plan) } else { print!("{plan}") }
        }
        Args::Compare { plan: args, with } => {
            let before = plan(shop, query(&args, args.on)).await?;
            let after = plan(shop, query(&args, Some(with))).await?;
            if args.json {
                print_json(&compare(&before, &after));
            } else {
                tell_difference(&before, &after);
            }
        }
        Args::Advance { market, to, by, reason } => {
            let plan = advance(shop, AdvanceCommand { market, to, by, reason }).await?;
            println!("{market} is {} now.", to.word());
            if let Some(plan) = plan.filter(|_| std::io::stdout().is_terminal()) {
                print!("{plan}");
            }
        }
        Args::History { market } => {
            for step in history(shop, market).await? {
                let (at, from, to) = (step.made_at.timestamp(), step.from.word(), step.to.word());
                println!("{at}  {from} → {to}  by {}: {}", step.made_by, step.reason);
            }
        }
    }
    Ok(())
}

fn query(args: &PlanArgs, on: Option<Date>) -> PlanQuery {
    let (market, skus) = (args.market, args.skus.clone());
    PlanQuery { market, on, skus, costs: BTreeMap::new() }
}

fn print_json(value: &impl serde::Serialize) {
    let text = serde_json::to_string_pretty(value).expect("plans have no maps with strange keys");
    println!("{text}");
}

fn tell_difference(before: &OpeningPlan, after: &OpeningPlan) {
    let difference = compare(before, after);
    println!("{}: {} against {}", before.market, before.on, after.on);
    if difference.changes.is_empty() {
        println!("Nothing differs for any product.");
    }
    for change in &difference.changes {
        println!("{}", change.sku);
        for code in &change.solved {
            println!("  no longer open: {code}");
        }
        for code in &change.added {
            println!("  open as well: {code}");
        }
        if let (Some(was), Some(is)) = (change.before, change.after)
            && was != is
        {
            println!("  {was}; then {is}");
        }
    }
}
