//! `kontor opening`: with what can a market open, and when; and the steps on the way.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};
use kontor_base::{Clock, Currency, Date, Email, Line, Money, Random};
use kontor_domain::catalogue::{ComponentKind, Sku, Slug};
use kontor_domain::clearance::{AuthorityOrderCode, ComponentScope, Scope};
use kontor_domain::market::{Act, MarketCode, Stage};
use kontor_domain::opening::{AssortmentChange, OpeningPlan, compare};
use kontor_shop::customer::{LetIn, let_in};
use kontor_shop::opening::{
    AdvanceCommand, AssortCommand, PlanQuery, Refusal, ReinstateCommand, WithdrawCommand, advance,
    assort, costs, history, note_cost, plan, products_of_step, reinstate, withdraw, withdrawals,
};
use kontor_shop::order::{HeldOrder, held_orders};
use kontor_shop::reseller::{HeldResellerOrder, held_reseller_orders};
use kontor_shop::{Failure, Shop};
use kontor_store::opening::Cost;

use super::CommandError;
use crate::config::Config;
use crate::server::{existing_database, open, policy};

/// Plan the opening of a market, take its steps, withdraw a product from it.
#[derive(Debug, Subcommand)]
pub(super) enum Args {
    /// Tell with which products a market can open on a day, and what the others wait for.
    ///
    /// The plan is made from clearance facts and the market's checklist alone and changes nothing.
    /// Work on what is missing begins today; what takes its time side by side is not added up.
    Plan(PlanArgs),
    /// Compare two plans: for two days, with two sets of products, or both.
    Compare {
        #[command(flatten)]
        plan: PlanArgs,
        /// The other day; the same if left out.
        #[arg(long, value_name = "DATE", required_unless_present = "with_skus")]
        with: Option<Date>,
        /// With this variant in the other plan; may be given again. Every variant if left out.
        #[arg(long = "with-sku", value_name = "SKU", id = "with_skus")]
        with_skus: Vec<Sku>,
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
        /// Carry out the plan with this variant, which the market sells from then on where it is
        /// cleared; may be given again. If left out: what the market has opened with before, or else
        /// everything that is cleared.
        #[arg(long = "sku", value_name = "SKU")]
        skus: Vec<Sku>,
        /// Carry out the plan with every variant: the market sells everything that is cleared.
        #[arg(long, conflicts_with = "skus")]
        every: bool,
        /// The day of the plan; refused before it has come. Today if left out.
        #[arg(long, value_name = "DATE")]
        on: Option<Date>,
        /// Who takes the step.
        #[arg(long, value_parser = line)]
        by: Line<200>,
        /// Why.
        #[arg(long, value_parser = line)]
        reason: Line<200>,
    },
    /// Change what a market sells of what is cleared: add a variant to it, take one out, or let the
    /// market sell everything.
    ///
    /// An addition clears nothing. What was ordered before a variant was taken out is delivered.
    Assort(AssortArgs),
    /// Take a product out of a market at once: the kill switch.
    ///
    /// When this answers, no cart, payment or dispatch of it goes through any more; pages of a
    /// running server follow within a second. Orders that have not left are held and listed. Name
    /// what is meant by one option or several: all of them must match.
    Withdraw(WithdrawArgs),
    /// Take a withdrawal back. Waiting orders that may be sent again are freed.
    Reinstate {
        /// The withdrawal, as `withdraw` and `withdrawals` name it.
        code: AuthorityOrderCode,
        /// Who does it.
        #[arg(long, value_parser = line)]
        by: Line<200>,
        /// Why.
        #[arg(long, value_parser = line)]
        reason: Line<200>,
    },
    /// List the withdrawals in force and the orders that are held.
    Withdrawals,
    /// Let somebody in to a market in beta who is on none of its waiting lists.
    ///
    /// Only a keyed hash of the address is kept. Whoever stands confirmed on the market's waiting list
    /// for a product, or for its opening, is let in without this.
    LetIn {
        /// The market.
        market: MarketCode,
        /// The address that will be typed at the checkout.
        #[arg(value_parser = email)]
        email: Email,
        /// For this model alone; everything that is sold there if left out.
        #[arg(long)]
        model: Option<Slug>,
    },
    /// Note what a clearance or an item of the checklist costs, in place of what was noted before.
    Cost {
        /// The clearance's or the item's code, such as US-FCC-CERT or US-ENTITY.
        code: String,
        /// How much, once, such as 1200.00.
        amount: String,
        /// The currency, such as USD.
        currency: Currency,
        /// Who said so.
        #[arg(long, value_parser = line)]
        source: Line<200>,
        /// When it was asked; today if left out.
        #[arg(long, value_name = "DATE")]
        as_of: Option<Date>,
    },
    /// List the costs that are noted.
    Costs,
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

#[derive(Debug, Parser)]
#[command(group = clap::ArgGroup::new("change").required(true).args(["add", "remove", "everything"]))]
pub(super) struct AssortArgs {
    /// The market.
    market: MarketCode,
    /// Sell this variant as well; may be given again.
    #[arg(long, value_name = "SKU")]
    add: Vec<Sku>,
    /// Sell this variant no more; may be given again.
    #[arg(long, value_name = "SKU")]
    remove: Vec<Sku>,
    /// Sell everything that is cleared, now and later.
    #[arg(long)]
    everything: bool,
    /// Who decides it.
    #[arg(long, value_parser = line)]
    by: Line<200>,
    /// Why.
    #[arg(long, value_parser = line)]
    reason: Line<200>,
}

#[derive(Debug, Parser)]
pub(super) struct WithdrawArgs {
    /// The market.
    market: MarketCode,
    /// The variant.
    #[arg(long, value_name = "SKU")]
    sku: Option<Sku>,
    /// The model.
    #[arg(long)]
    model: Option<Slug>,
    /// The brand.
    #[arg(long)]
    brand: Option<Slug>,
    /// The hardware revision.
    #[arg(long)]
    revision: Option<Slug>,
    /// The factory.
    #[arg(long)]
    factory: Option<Slug>,
    /// A component inside, such as battery:maker or chipset:maker:part.
    #[arg(long, value_name = "KIND:MAKER[:PART]", value_parser = component)]
    component: Option<ComponentScope>,
    /// Keep the product's page, with the reason, instead of hiding it.
    #[arg(long)]
    keep_page: bool,
    /// Who does it.
    #[arg(long, value_parser = line)]
    by: Line<200>,
    /// Why; people read it.
    #[arg(long, value_parser = line)]
    reason: Line<200>,
}

fn component(text: &str) -> Result<ComponentScope, String> {
    let mut parts = text.splitn(3, ':');
    let kind = parts.next().and_then(ComponentKind::from_word);
    let kind = kind.ok_or("begins with chipset, radio or battery")?;
    let maker = parts.next().ok_or("names no maker")?;
    let maker = maker.parse().map_err(|error| format!("{maker:?} is {error}"))?;
    let part =
        parts.next().map(str::parse::<Slug>).transpose().map_err(|error| error.to_string())?;
    Ok(ComponentScope { kind, maker, part })
}

fn stage(word: &str) -> Result<Stage, String> {
    Stage::from_word(word).ok_or_else(|| {
        let words: Vec<&str> = Stage::ALL.into_iter().map(Stage::word).collect();
        format!("none of {}", words.join(", "))
    })
}

fn email(text: &str) -> Result<Email, String> {
    Email::parse(text).map_err(|error| error.to_string())
}

fn line(text: &str) -> Result<Line<200>, String> {
    Line::parse(text).map_err(|error| error.to_string())
}

pub(super) async fn run(args: Args, config: &Config) -> Result<ExitCode, CommandError> {
    existing_database(config)?;
    let (db, key) = open(config)?;
    let shop = Shop::open(db, Clock::System, Random::System, &key, policy(config)).await?;
    let shop = Arc::new(shop);
    if let Args::LetIn { market, email, model } = args {
        let done = invite(&shop, LetIn { market, model, email }).await;
        shop.db.close().await;
        return done.map(|()| ExitCode::SUCCESS);
    }
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

async fn invite(shop: &Arc<Shop>, command: LetIn) -> Result<(), CommandError> {
    let market = command.market;
    match let_in(shop, command).await {
        Ok(()) => println!("The address is let in to {market}, for as long as it is in beta."),
        Err(Failure::Fault(fault)) => return Err(fault.into()),
        Err(Failure::KeyReused) => {
            return Err(CommandError::Other("idempotency.key_reused".to_owned()));
        }
        Err(Failure::Refused(refusal)) => return Err(CommandError::Other(refusal.to_string())),
    }
    Ok(())
}

async fn carry_out(args: Args, shop: &Arc<Shop>) -> Result<(), Failure<Refusal>> {
    match args {
        Args::Plan(args) => {
            let plan = plan(shop, query(&args, args.on)).await?;
            if args.json { print_json(&plan) } else { print!("{plan}") }
        }
        Args::Compare { plan: args, with, with_skus } => {
            let before = plan(shop, query(&args, args.on)).await?;
            // The products stay the same where only the day is another one.
            let skus = if with_skus.is_empty() { args.skus.clone() } else { with_skus };
            let other = PlanQuery { skus, ..query(&args, with.or(args.on)) };
            let after = plan(shop, other).await?;
            if args.json {
                print_json(&compare(&before, &after));
            } else {
                tell_difference(&before, &after);
            }
        }
        Args::Advance { market, to, skus, every, on, by, reason } => {
            let skus = match every {
                true => skus,
                false => products_of_step(&shop.snapshots.now(), market, &skus),
            };
            let command = AdvanceCommand { market, to, skus, on, by, reason };
            let plan = advance(shop, command).await?;
            println!("{market} is {} now.", to.word());
            if let Some(plan) = plan.filter(|_| std::io::stdout().is_terminal()) {
                print!("{plan}");
            }
        }
        Args::Assort(args) => {
            let AssortArgs { market, add, remove, by, reason, .. } = args;
            let change = match (add.is_empty(), remove.is_empty()) {
                (false, _) => AssortmentChange::Add { skus: add },
                (true, false) => AssortmentChange::Remove { skus: remove },
                (true, true) => AssortmentChange::Everything,
            };
            let next = assort(shop, AssortCommand { market, change, by, reason }).await?;
            let skus: Vec<&str> = next.iter().map(Sku::as_str).collect();
            let sold = if skus.is_empty() { "everything".to_owned() } else { skus.join(", ") };
            println!("{market} sells of what is cleared: {sold}.");
        }
        Args::Withdraw(args) => {
            let (market, command) = (args.market, command_of(args)?);
            let withdrawn = withdraw(shop, command).await?;
            let skus: Vec<&str> = withdrawn.skus.iter().map(Sku::as_str).collect();
            println!("Withdrawn from {market}: {}.", skus.join(", "));
            for code in &withdrawn.codes {
                println!("Take it back with: kontor opening reinstate {code}");
            }
            tell_held(&withdrawn.held);
            tell_held_for_resellers(&withdrawn.held_for_resellers);
        }
        Args::Reinstate { code, by, reason } => {
            let command = ReinstateCommand { code: code.clone(), by, reason };
            let reviewed = reinstate(shop, command).await?;
            println!("{code} is taken back. Waiting orders freed: {}.", reviewed.freed);
        }
        Args::Withdrawals => {
            for fact in withdrawals(shop).await? {
                println!(
                    "{}  {}  since {}: {} ({})",
                    fact.code, fact.scope, fact.from, fact.title, fact.source
                );
            }
            tell_held(&held_orders(shop).await?);
            tell_held_for_resellers(&held_reseller_orders(shop, None).await?);
        }
        Args::Cost { code, amount, currency, source, as_of } => {
            let bad = |_| Failure::Refused(Refusal::BadCost(code.clone()));
            let amount = Money::parse(&amount, currency).map_err(bad)?;
            let as_of = as_of.unwrap_or_else(|| shop.now().date());
            let source = source.as_str().to_owned();
            note_cost(shop, Cost { clearance: code.clone(), amount, as_of, source }).await?;
            println!("{code} costs {amount}.");
        }
        Args::Costs => {
            for cost in costs(shop).await? {
                let Cost { clearance, amount, as_of, source } = cost;
                println!("{clearance}  {amount}  {as_of}: {source}");
            }
        }
        Args::LetIn { .. } => unreachable!("let in above"),
        Args::History { market } => {
            for step in history(shop, market).await? {
                let (at, from, to) = (step.made_at.timestamp(), step.from.word(), step.to.word());
                println!("{at}  {from} → {to}  by {}: {}", step.made_by, step.reason);
                if let Some(plan) = &step.plan {
                    tell_taken(plan);
                }
            }
        }
    }
    Ok(())
}

fn command_of(args: WithdrawArgs) -> Result<WithdrawCommand, Failure<Refusal>> {
    let WithdrawArgs { market, sku, model, brand, revision, factory, component, .. } = args;
    let scope = Scope { brand, model, sku, revision, factory, class: None, component };
    if scope.is_everything() {
        // Nobody withdraws a whole shop by leaving a word out: pausing the market does that.
        return Err(Failure::Refused(Refusal::ConcernsNothing(Box::new(scope))));
    }
    let gates = if args.keep_page { Act::Preorder } else { Act::Announce };
    Ok(WithdrawCommand { market, scope, gates, by: args.by, reason: args.reason })
}

/// The plan that a step has carried out, in one line.
fn tell_taken(plan: &OpeningPlan) {
    let words = |skus: Vec<&str>| {
        if skus.is_empty() { "nothing".to_owned() } else { skus.join(", ") }
    };
    let sold: Vec<&str> = plan.sellable(plan.on).map(|gap| gap.sku.as_str()).collect();
    let all = plan.products.iter().map(|gap| gap.sku.as_str());
    let waiting = all.filter(|sku| !sold.contains(sku)).collect();
    let on = plan.planned_on.unwrap_or(plan.on);
    println!("  plan for {on}: with {}; not cleared then: {}", words(sold), words(waiting));
}

fn tell_held(held: &[HeldOrder]) {
    match held.len() {
        0 => println!("No order is held."),
        1 => println!("One order is held:"),
        many => println!("{many} orders are held:"),
    }
    for order in held {
        let lines: Vec<String> =
            order.lines.iter().map(|(sku, count)| format!("{count} × {sku}")).collect();
        println!("  {}  {}  {}", order.number, order.placed_at.timestamp(), lines.join(", "));
    }
}

fn tell_held_for_resellers(held: &[HeldResellerOrder]) {
    match held.len() {
        0 => return,
        1 => println!("One order of a reseller is held:"),
        many => println!("{many} orders of resellers are held:"),
    }
    for order in held {
        let lines: Vec<String> =
            order.lines.iter().map(|(sku, units)| format!("{units} × {sku}")).collect();
        println!("  {}  {}  {}  {}", order.id, order.on, order.reseller, lines.join(", "));
    }
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
        match (change.before, change.after) {
            (Some(was), Some(is)) if was != is => println!("  {was}; then {is}"),
            (Some(was), None) => println!("  {was}; not in the other plan"),
            (None, Some(is)) => println!("  only in the other plan: {is}"),
            _ => {}
        }
    }
}
