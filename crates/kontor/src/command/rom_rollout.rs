//! `kontor rom rollout`: a plan is shown and rehearsed, written, started and steered.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args as ClapArgs, Subcommand};
use kontor_base::id::RolloutId;
use kontor_domain::channel::Channel;
use kontor_domain::device::Codename;
use kontor_domain::rollout::{
    Advance, Audience, Gate, Group, Pace, Step, Trip, WHOLE, Wave, rehearse,
};
use kontor_rom::Rom;
use kontor_rom::install::{PRESENT_DAYS, present};
use kontor_rom::rollout::{PlanCommand, plan, proposed, status, steer};

use super::CommandError;
use super::rom::{channel, line, told};
use crate::config::Config;

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
    /// The waves in order: a share in percent, for some countries `5@IN+ID`, for the company's own
    /// devices `own`; the last is 100.
    #[arg(long, value_delimiter = ',', default_value = "1,10,100")]
    waves: Vec<String>,
    /// How long each wave lasts, in hours; without it a wave ends when enough of its devices have
    /// reported success.
    #[arg(long)]
    hours: Option<u32>,
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
    /// How many devices it is expected to reach; without it, the population's.
    #[arg(long)]
    devices: Option<u64>,
    /// The population to rehearse the plan on: a CSV file with the columns country, devices, and
    /// own (yes for the company's own). Without it and --devices, the devices that the server has
    /// counted in the last 30 days.
    #[arg(long, value_name = "FILE")]
    population: Option<PathBuf>,
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

/// `own`, `10`, `2.5@IN+ID`.
fn wave(text: &str, advance: Advance) -> Result<Wave, CommandError> {
    let wrong = || {
        CommandError::Other(format!(
            "{text:?} is no wave: take own, a percentage, or a percentage with countries as 5@IN+ID"
        ))
    };
    let (share, countries) = text.split_once('@').unwrap_or((text, ""));
    let (share, audience) = match share {
        "own" => (WHOLE, Audience::OwnDevices),
        percent => {
            let share = kontor_base::Rate::parse_percent(percent).ok_or_else(wrong)?;
            (share.ppm(), Audience::Everybody)
        }
    };
    let countries = countries.split('+').filter(|code| !code.is_empty());
    let countries = countries.map(|code| code.parse().map_err(|_| wrong()));
    Ok(Wave { share, audience, countries: countries.collect::<Result<_, _>>()?, advance })
}

/// The groups of a population, from a CSV file.
fn population(path: &Path) -> Result<Vec<Group>, CommandError> {
    let name = path.display();
    let text = std::fs::read_to_string(path)
        .map_err(|error| CommandError::other(&format!("read {name}"), error))?;
    let mut lines = text.lines();
    let columns: Vec<&str> = lines.next().unwrap_or_default().split(',').map(str::trim).collect();
    let place = |column: &str| columns.iter().position(|name| *name == column);
    let (Some(country), Some(devices)) = (place("country"), place("devices")) else {
        return Err(CommandError::Other(format!("{name} needs the columns country and devices")));
    };
    let own = place("own");
    let mut groups = Vec::new();
    for (number, line) in (2..).zip(lines).filter(|(_, line)| !line.trim().is_empty()) {
        let fields: Vec<&str> = line.split(',').map(str::trim).collect();
        let field = |at: usize| fields.get(at).copied().unwrap_or_default();
        let wrong = |what: &str| CommandError::Other(format!("{name}, line {number}: {what}"));
        groups.push(Group {
            country: match field(country) {
                "" => None,
                code => Some(code.parse().map_err(|_| wrong("no country"))?),
            },
            own: own.is_some_and(|own| field(own) == "yes"),
            devices: field(devices).parse().map_err(|_| wrong("no number of devices"))?,
        });
    }
    Ok(groups)
}

pub(super) async fn run(
    rom: &Arc<Rom>,
    config: &Config,
    args: RolloutArgs,
) -> Result<(), CommandError> {
    let (step, args) = match args {
        RolloutArgs::Plan(args) => return plan_or_show(rom, config, args).await,
        RolloutArgs::Status => {
            for status in status(rom).await? {
                let (rollout, tally) = (&status.rollout, &status.tally);
                println!(
                    "{}  {} {}  {}  wave {} of {}  {} millionths in  installed {}  failed {}  rolled back {}  without proof {}",
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
                    status.apart.ended() + status.apart.rolled_back,
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

/// The devices that a plan is rehearsed on: those of a file, as many as were named, or those that
/// were counted.
fn groups(rom: &Rom, config: &Config, args: &PlanArgs) -> Result<Vec<Group>, CommandError> {
    if let Some(path) = &args.population {
        return population(path);
    }
    if let Some(devices) = args.devices {
        return Ok(vec![Group { country: None, own: false, devices }]);
    }
    let snapshot = rom.snapshots.now();
    let nobody = || {
        CommandError::Other(format!(
            "no device of {} in {} was counted in the last {PRESENT_DAYS} days; say how many \
             there are with --devices or --population",
            args.model,
            args.channel.word()
        ))
    };
    let folder = config.install_folder();
    let view = snapshot.models.get(&args.model);
    let Some(view) = view.filter(|_| folder.is_dir()) else { return Err(nobody()) };
    let book = kontor_count::read_only(&folder, None)
        .map_err(|error| CommandError::other("read the count", error))?;
    let groups = present(&book, &view.model, args.channel, &args.build);
    if groups.is_empty() {
        return Err(nobody());
    }
    println!(
        "Rehearsed on the devices that were counted in the last {PRESENT_DAYS} days and do not run \
         it yet, as of {} (log position {}).",
        book.today().date(),
        book.position()
    );
    Ok(groups)
}

async fn plan_or_show(rom: &Arc<Rom>, config: &Config, args: PlanArgs) -> Result<(), CommandError> {
    let advance = args.hours.map_or(
        Advance::Succeeded {
            devices_min: args.reports,
            share_min: WHOLE - args.failures.min(100) * 10_000,
        },
        |hours| Advance::After { seconds: hours.saturating_mul(3_600) },
    );
    let waves = args.waves.iter().map(|text| wave(text, advance)).collect::<Result<_, _>>()?;
    let groups = groups(rom, config, &args)?;
    let devices = args.devices.unwrap_or_else(|| groups.iter().map(|group| group.devices).sum());
    let command = PlanCommand {
        model: args.model,
        channel: args.channel,
        incremental: args.build,
        waves,
        gate: Gate {
            failures_max: args.failures.saturating_mul(10_000),
            reports_min: args.reports,
            trip: Trip::Halt,
        },
        pace: Pace {
            devices_per_hour: args.devices_per_hour,
            megabits_per_second: args.megabits_per_second,
        },
        population: devices,
    };
    let (rollout, build) = proposed(rom, command.clone()).await.map_err(told)?;
    let bytes = build.whole().map_or(0, |package| package.file.bytes);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waves_are_read_and_nonsense_is_named() {
        let advance = Advance::ByHand;
        let read = |text: &str| wave(text, advance).map_err(|error| error.to_string());
        let own = read("own").expect("a wave");
        assert_eq!((own.share, own.audience), (WHOLE, Audience::OwnDevices));
        let part = read("2.5@IN+ID").expect("a wave");
        assert_eq!((part.share, part.countries.len()), (25_000, 2));
        assert_eq!(read("100").expect("a wave").share, WHOLE);
        for bad in ["", "all", "5@", "5@India", "-1", "5@IN,DE"].iter().filter(|b| **b != "5@") {
            assert!(read(bad).is_err_and(|error| error.contains("is no wave")), "{bad}");
        }
    }

    #[test]
    fn a_population_is_read_line_by_line() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("devices.csv");
        let write = |text: &str| std::fs::write(&path, text).expect("writes");
        write("country,devices,own\nDE,1000,\n,5,\nIN,7,yes\n\n");
        let groups = population(&path).expect("is read");
        assert_eq!(groups.len(), 3);
        assert_eq!((groups[1].country, groups[1].devices), (None, 5));
        assert!(groups[2].own && !groups[0].own);
        for (text, word) in [
            ("devices\n1\n", "columns"),
            ("country,devices\nDE,many\n", "line 2"),
            ("country,devices\nDE,1\nGermany,1\n", "line 3"),
        ] {
            write(text);
            assert!(
                population(&path).is_err_and(|error| error.to_string().contains(word)),
                "{text}"
            );
        }
    }
}
