//! `kontor rom`: publish builds, move them through channels, roll them out.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args as ClapArgs, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use kontor_base::id::RolloutId;
use kontor_base::{Clock, Language, Line};
use kontor_domain::build::{BuildText, ReleaseType};
use kontor_domain::channel::Channel;
use kontor_domain::device::{Codename, DeviceModel, Maker};
use kontor_domain::rollout::{
    Advance, Audience, Gate, Group, Pace, Step, Trip, WHOLE, Wave, rehearse,
};
use kontor_rom::build::{PublishCommand, publish};
use kontor_rom::channel::{PromoteCommand, promote};
use kontor_rom::rollout::{PlanCommand, WithdrawCommand, plan, proposed, status, steer, withdraw};
use kontor_rom::{Failure, Rom, device};

use super::CommandError;
use crate::config::Config;
use crate::server::{existing_database, open, open_rom};

/// Look after the ROM: models, builds, channels, rollouts.
#[derive(Debug, Subcommand)]
pub(super) enum Args {
    /// Add a model, or change its names.
    Model {
        /// Its codename, as its devices know it.
        codename: Codename,
        /// What people call it.
        #[arg(long)]
        name: String,
        /// Who makes it.
        #[arg(long)]
        brand: String,
        /// It is made by others.
        #[arg(long)]
        other: bool,
        /// Other codenames whose devices run the same builds.
        #[arg(long, value_name = "CODENAME")]
        also: Vec<Codename>,
    },
    /// Publish an update package: it is read, checked, stored, and offered to nobody yet.
    Publish {
        /// The package.
        file: PathBuf,
        /// The model that it is for.
        #[arg(long)]
        model: Codename,
        /// The version that people see; without it, the one in the file's name.
        #[arg(long)]
        version: Option<BuildText>,
        /// What kind of release it calls itself.
        #[arg(long, default_value = "nightly")]
        kind: ReleaseType,
        /// What is new, in English.
        #[arg(long)]
        notes: Option<String>,
    },
    /// List models, builds and the channels that they are in.
    List,
    /// Put a build into a channel: nightly, beta or stable. Nobody gets it until it is rolled out.
    Promote {
        /// The model.
        model: Codename,
        /// The build's incremental.
        build: String,
        /// The channel.
        #[arg(value_parser = channel)]
        channel: Channel,
        /// Devices must install it before any later one.
        #[arg(long)]
        floor: bool,
    },
    /// Withdraw a build: nobody is offered it any more, and its rollouts halt.
    Withdraw {
        /// The model.
        model: Codename,
        /// The build's incremental.
        build: String,
        /// Why, for people.
        #[arg(long)]
        reason: String,
    },
    /// Plan, start and steer rollouts.
    #[command(subcommand)]
    Rollout(RolloutArgs),
}

#[derive(Debug, Subcommand)]
pub(super) enum RolloutArgs {
    /// Show what a plan would do; with --write, write it down.
    Plan(PlanArgs),
    /// Let the first wave begin.
    Start(StepArgs),
    /// Let nobody new have the build.
    Pause(StepArgs),
    /// Let nobody have the build, at once.
    Halt(StepArgs),
    /// Go on; the reports so far are forgiven.
    Resume(StepArgs),
    /// Give it up.
    Abandon(StepArgs),
    /// Where every rollout stands.
    Status,
}

#[derive(Debug, ClapArgs)]
pub(super) struct PlanArgs {
    /// The model.
    model: Codename,
    /// The build's incremental.
    build: String,
    /// The channel.
    #[arg(value_parser = channel)]
    channel: Channel,
    /// The waves in percent; the last is 100.
    #[arg(long, value_delimiter = ',', default_value = "1,10,100")]
    waves: Vec<u32>,
    /// How long each wave lasts, in hours; without it a wave ends when enough of its devices have
    /// reported success.
    #[arg(long)]
    hours: Option<u32>,
    /// Begin with the company's own devices.
    #[arg(long)]
    own_first: bool,
    /// The share of failures that is too much, in percent.
    #[arg(long, default_value_t = 5)]
    failures: u32,
    /// How many devices must have reported an end before that means something.
    #[arg(long, default_value_t = 50)]
    reports: u32,
    /// The most devices in an hour.
    #[arg(long)]
    devices_per_hour: Option<u64>,
    /// The most traffic, in megabits a second.
    #[arg(long)]
    megabits_per_second: Option<u64>,
    /// How many devices it is expected to reach.
    #[arg(long, default_value_t = 10_000)]
    devices: u64,
    /// Write the plan down.
    #[arg(long)]
    write: bool,
}

#[derive(Debug, ClapArgs)]
pub(super) struct StepArgs {
    /// The rollout's id.
    id: RolloutId,
    /// Why.
    #[arg(long)]
    note: Option<String>,
}

fn channel(word: &str) -> Result<Channel, String> {
    Channel::from_word(word).ok_or_else(|| "take one of stable, beta, nightly".to_owned())
}

fn line<const MAX: usize>(text: &str) -> Result<Line<MAX>, CommandError> {
    Line::parse(text).map_err(|error| CommandError::Other(format!("{text:?}: {error}")))
}

fn told<R: std::fmt::Display>(failure: Failure<R>) -> CommandError {
    match failure {
        Failure::Fault(fault) => fault.into(),
        other => CommandError::Other(other.to_string()),
    }
}

pub(super) async fn run(args: Args, config: &Config) -> Result<ExitCode, CommandError> {
    existing_database(config)?;
    let (db, key) = open(config)?;
    let rom = open_rom(config, db, Clock::System, &key, &config.server.origin).await?;
    let outcome = carry_out(&rom, args).await;
    rom.db.close().await;
    outcome.map(|()| ExitCode::SUCCESS)
}

async fn carry_out(rom: &Arc<Rom>, args: Args) -> Result<(), CommandError> {
    match args {
        Args::Model { codename, name, brand, other, also } => {
            let model = DeviceModel {
                codename,
                name: line(&name)?,
                brand: line(&brand)?,
                maker: if other { Maker::Other } else { Maker::Own },
                also,
                revisions: Vec::new(),
                product: None,
                picture: None,
            };
            let codename = model.codename.clone();
            device::save_model(rom, model).await.map_err(told)?;
            println!("{codename} is there");
        }
        Args::Publish { file, model, version, kind, notes } => {
            let notes: BTreeMap<Language, String> =
                notes.into_iter().map(|notes| (Language::En, notes)).collect();
            let bytes = std::fs::metadata(&file).map_or(0, |file| file.len());
            let style = "{bar:40} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left";
            let style = ProgressStyle::with_template(style);
            let bar = ProgressBar::new(bytes)
                .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            let seen = bar.clone();
            let progress = Arc::new(move |done| {
                seen.set_position(done);
                true
            });
            let command = PublishCommand { path: file, model, version, kind, notes };
            let published = publish(rom, command, progress).await;
            bar.finish_and_clear();
            let published = published.map_err(told)?;
            let (build, file) = (published.build, published.file);
            println!(
                "{} {} for {} is published\n{}",
                build.version, build.incremental, build.model, file.sha256
            );
        }
        Args::List => list(rom),
        Args::Promote { model, build, channel, floor } => {
            let command = PromoteCommand { model, incremental: build, channel, floor };
            promote(rom, command).await.map_err(told)?;
            println!("it is in {}; `kontor rom rollout plan` brings it to devices", channel.word());
        }
        Args::Withdraw { model, build, reason } => {
            let reason = line(&reason)?;
            let command = WithdrawCommand { model, incremental: build, reason };
            withdraw(rom, command).await.map_err(told)?;
            println!("it is withdrawn");
        }
        Args::Rollout(args) => steer_or_show(rom, args).await?,
    }
    Ok(())
}

fn list(rom: &Rom) {
    let snapshot = rom.snapshots.now();
    for view in snapshot.models.values() {
        println!("{}  {} {}", view.model.codename, view.model.brand, view.model.name);
        for build in view.builds.iter().rev() {
            let held = |channel: &&Channel| {
                view.channel(**channel).builds.iter().any(|own| own.id == build.id)
            };
            let channels: Vec<&str> =
                Channel::ALL.iter().filter(held).map(|channel| channel.word()).collect();
            let withdrawn = if build.withdrawn.is_some() { "  withdrawn" } else { "" };
            let (version, name) = (&build.version, &build.incremental);
            println!("  {version}  {name}  {}  {}{withdrawn}", build.built_at, channels.join(" "));
        }
    }
}

async fn steer_or_show(rom: &Arc<Rom>, args: RolloutArgs) -> Result<(), CommandError> {
    let (step, args) = match args {
        RolloutArgs::Plan(args) => return plan_or_show(rom, args).await,
        RolloutArgs::Status => {
            for status in status(rom).await? {
                let (rollout, tally) = (&status.rollout, &status.tally);
                println!(
                    "{}  {} {}  {}  wave {} of {}  {} millionths in  installed {}  failed {}  rolled back {}",
                    rollout.id,
                    rollout.model,
                    rollout.channel.word(),
                    rollout.standing.state.word(),
                    rollout.standing.wave + 1,
                    rollout.waves.len(),
                    status.share,
                    tally.installed,
                    tally.failed,
                    tally.rolled_back,
                );
            }
            return Ok(());
        }
        RolloutArgs::Start(args) => (Step::Start, args),
        RolloutArgs::Pause(args) => (Step::Pause, args),
        RolloutArgs::Halt(args) => (Step::Halt, args),
        RolloutArgs::Resume(args) => (Step::Resume, args),
        RolloutArgs::Abandon(args) => (Step::Abandon, args),
    };
    let note = args.note.as_deref().map(line).transpose()?;
    let rollout = steer(rom, args.id, step, note).await.map_err(told)?;
    println!("{} is {}", rollout.id, rollout.standing.state.word());
    Ok(())
}

async fn plan_or_show(rom: &Arc<Rom>, args: PlanArgs) -> Result<(), CommandError> {
    let advance = args.hours.map_or(
        Advance::Succeeded {
            devices_min: args.reports,
            share_min: WHOLE - args.failures.min(100) * 10_000,
        },
        |hours| Advance::After { seconds: hours.saturating_mul(3_600) },
    );
    let wave = |percent: u32, audience| Wave {
        share: percent.saturating_mul(10_000),
        audience,
        countries: Vec::new(),
        advance,
    };
    let own = args.own_first.then(|| wave(100, Audience::OwnDevices));
    let everybody = args.waves.iter().map(|percent| wave(*percent, Audience::Everybody));
    let command = PlanCommand {
        model: args.model,
        channel: args.channel,
        incremental: args.build,
        waves: own.into_iter().chain(everybody).collect(),
        gate: Gate {
            failures_max: args.failures.saturating_mul(10_000),
            reports_min: args.reports,
            trip: Trip::Halt,
        },
        pace: Pace {
            devices_per_hour: args.devices_per_hour,
            megabits_per_second: args.megabits_per_second,
        },
        population: args.devices,
    };
    let (rollout, build) = proposed(rom, command.clone()).await.map_err(told)?;
    let bytes = build.whole().map_or(0, |package| package.file.bytes);
    let groups = [Group { country: None, own: false, devices: args.devices }];
    for wave in rehearse(&rollout, &groups, bytes, rom.now()).waves {
        let ends = wave.ends_after_s.map_or_else(
            || "when its devices report success".to_owned(),
            |seconds| format!("{} h after the start", seconds.div_ceil(3_600)),
        );
        println!(
            "wave {}: {} devices ({} more, {} GB), ends {ends}",
            wave.wave,
            wave.devices,
            wave.added,
            wave.bytes / 1_000_000_000
        );
    }
    if args.write {
        let rollout = plan(rom, command).await.map_err(told)?;
        println!("{} is planned; `kontor rom rollout start {}` begins", rollout.id, rollout.id);
    } else {
        println!("Nothing was written; --write writes the plan down.");
    }
    Ok(())
}
