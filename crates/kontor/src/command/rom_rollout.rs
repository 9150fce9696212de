//! `kontor rom rollout`: a plan is shown and rehearsed, written, started and steered.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args as ClapArgs, Subcommand, ValueEnum};
use kontor_base::id::RolloutId;
use kontor_domain::channel::Channel;
use kontor_domain::device::Codename;
use kontor_domain::rollout::{
    Advance, Ends, Gate, Group, Pace, Step, Trip, WAVE_HOURS_MAX, WHOLE, Wave, rehearse_together,
};
use kontor_rom::Rom;
use kontor_rom::install::{PRESENT_DAYS, own_counted, present};
use kontor_rom::rollout::{
    PlanCommand, PlannedBuild, campaign_status, next_wave, plan, proposed, status, status_of, steer,
};

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
    /// Let the next wave begin, whatever the present one waits for.
    Next(NextArgs),
    /// Give the build to everybody of the channel, also who is seen later.
    Finish(StepArgs),
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
    /// Further models with their builds: one campaign that is started, halted and goes on as one.
    #[arg(long, num_args = 1.., value_name = "MODEL=BUILD", value_parser = with_build)]
    with: Vec<(Codename, String)>,
    /// The waves in order: a share in percent, for some countries `5@IN+ID`, for the company's own
    /// devices `own`; the last is 100. One that ends in its own way says so: `10:hand`, `10:24h`,
    /// `10:success`.
    #[arg(long, value_delimiter = ',', default_value = "1,10,100")]
    waves: Vec<String>,
    /// How long each wave lasts, in hours; without it a wave ends when enough of its devices have
    /// reported success.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=i64::from(WAVE_HOURS_MAX)))]
    hours: Option<u32>,
    /// Each wave ends when somebody lets the next one begin.
    #[arg(long, conflicts_with = "hours")]
    by_hand: bool,
    /// The share of failures that is too much, in percent.
    #[arg(long, default_value_t = 5)]
    failures: u32,
    /// How many devices must have reported an end before that means something.
    #[arg(long, default_value_t = 50)]
    reports: u32,
    /// What happens by itself when too many devices fail: nobody new gets the build (pause), or
    /// nobody at all (halt).
    #[arg(long, value_enum, default_value_t = OnFailures::Halt)]
    on_failures: OnFailures,
    /// The most devices in an hour.
    #[arg(long)]
    devices_per_hour: Option<u64>,
    /// The most traffic, in megabits a second.
    #[arg(long)]
    megabits_per_second: Option<u64>,
    /// How many devices of each model it is expected to reach; without it, the population's.
    #[arg(long)]
    devices: Option<u64>,
    /// The population to rehearse the plan on: a CSV file with the columns country, devices, own (yes
    /// for the company's own), and model where there are several. Without it and --devices, the devices that the server has
    /// counted in the last 30 days.
    #[arg(long, value_name = "FILE")]
    population: Option<PathBuf>,
    /// Write the plan down.
    #[arg(long)]
    write: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum OnFailures {
    Pause,
    Halt,
}

impl OnFailures {
    const fn trip(self) -> Trip {
        match self {
            Self::Pause => Trip::Pause,
            Self::Halt => Trip::Halt,
        }
    }
}

#[derive(Debug, ClapArgs)]
pub(super) struct NextArgs {
    #[command(flatten)]
    step: StepArgs,
    /// The wave that is to begin, from 1: nothing happens if it is not the next one.
    #[arg(long)]
    wave: Option<usize>,
}

#[derive(Debug, ClapArgs)]
pub(super) struct StepArgs {
    /// The rollout's id.
    id: RolloutId,
    /// Why.
    #[arg(long)]
    note: Option<String>,
}

/// `two=a2`
fn with_build(text: &str) -> Result<(Codename, String), String> {
    let (model, build) = text.split_once('=').ok_or("a model and its build as MODEL=BUILD")?;
    let model = model.parse().map_err(|error| format!("{model:?} is no codename: {error}"))?;
    Ok((model, build.to_owned()))
}

/// `own`, `10`, `2.5@IN+ID`, each with its end as `10:hand`.
fn wave(text: &str, ends: Ends) -> Result<Wave, CommandError> {
    Wave::read(text, ends).ok_or_else(|| {
        CommandError::Other(format!(
            "{text:?} is no wave: take own, a percentage, or a percentage with countries as \
             5@IN+ID; with its end as 10:hand, 10:24h or 10:success"
        ))
    })
}

/// The groups of a model's population, from a CSV file. Rows that name no model are everybody's.
fn population(path: &Path, model: &Codename) -> Result<Vec<Group>, CommandError> {
    let name = path.display();
    let text = std::fs::read_to_string(path)
        .map_err(|error| CommandError::other(&format!("read {name}"), error))?;
    let mut lines = text.lines();
    let columns: Vec<&str> = lines.next().unwrap_or_default().split(',').map(str::trim).collect();
    let place = |column: &str| columns.iter().position(|name| *name == column);
    let (Some(country), Some(devices)) = (place("country"), place("devices")) else {
        return Err(CommandError::Other(format!("{name} needs the columns country and devices")));
    };
    let (own, of) = (place("own"), place("model"));
    let mut groups = Vec::new();
    for (number, line) in (2..).zip(lines).filter(|(_, line)| !line.trim().is_empty()) {
        let fields: Vec<&str> = line.split(',').map(str::trim).collect();
        let field = |at: usize| fields.get(at).copied().unwrap_or_default();
        let wrong = |what: &str| CommandError::Other(format!("{name}, line {number}: {what}"));
        if of.is_some_and(
            |of| !matches!(field(of), name if name.is_empty() || name == model.as_str()),
        ) {
            continue;
        }
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
        RolloutArgs::Next(args) => {
            let note = args.step.note.as_deref().map(line).transpose()?;
            let rollout = next_wave(rom, args.step.id, args.wave, note).await.map_err(told)?;
            let (wave, of) = (rollout.standing.wave + 1, rollout.waves.len());
            println!("{} is in wave {wave} of {of}: {}", rollout.id, rollout.wave());
            return others(rom, rollout.id).await;
        }
        RolloutArgs::Plan(args) => return plan_or_show(rom, config, args).await,
        RolloutArgs::Status => {
            for status in status(rom).await? {
                let (rollout, tally) = (&status.rollout, &status.tally);
                let campaign = status.campaign.map_or_else(String::new, |id| format!("  in {id}"));
                println!(
                    "{}  {} {}  {}  wave {} of {}  {} millionths in  installed {}  failed {}  rolled back {}  without proof {}{campaign}",
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
        RolloutArgs::Finish(args) => (Step::Finish, args),
        RolloutArgs::Abandon(args) => (Step::Abandon, args),
    };
    let note = args.note.as_deref().map(line).transpose()?;
    let rollout = steer(rom, args.id, step, note).await.map_err(told)?;
    println!("{} is {}", rollout.id, rollout.standing.state.word());
    others(rom, rollout.id).await
}

/// Says where the other rollouts of a campaign stand after a step of one.
async fn others(rom: &Arc<Rom>, id: RolloutId) -> Result<(), CommandError> {
    if let Some(status) = status_of(rom, id).await?
        && let Some(campaign) = status.campaign
    {
        for other in campaign_status(rom, campaign).await? {
            let own = &other.rollout;
            let (wave, of) = (own.standing.wave + 1, own.waves.len());
            println!(
                "  {campaign}: {} {} is {}, wave {wave} of {of}",
                own.id,
                own.model,
                own.standing.state.word()
            );
        }
    }
    Ok(())
}

/// The devices of each build that a plan is rehearsed on: those of a file, as many as were named, or
/// those that were counted.
async fn groups(
    rom: &Rom,
    config: &Config,
    args: &PlanArgs,
    builds: &[(Codename, String)],
) -> Result<Vec<Vec<Group>>, CommandError> {
    if let Some(path) = &args.population {
        return builds.iter().map(|(model, _)| population(path, model)).collect();
    }
    if let Some(devices) = args.devices {
        return Ok(vec![vec![Group { country: None, own: false, devices }]; builds.len()]);
    }
    let nobody = |model: &Codename| {
        CommandError::Other(format!(
            "no device of {model} in {} was counted in the last {PRESENT_DAYS} days; say how many \
             there are with --devices or --population",
            args.channel.word()
        ))
    };
    let (snapshot, folder) = (rom.snapshots.now(), config.install_folder());
    let own = own_counted(rom).await?;
    if !folder.is_dir() {
        return Err(nobody(&args.model));
    }
    let book = kontor_count::read_only(&folder, None)
        .map_err(|error| CommandError::other("read the count", error))?;
    let mut all = Vec::new();
    for (model, build) in builds {
        let view = snapshot.models.get(model).ok_or_else(|| nobody(model))?;
        let groups = present(&book, &view.model, args.channel, build, &own);
        if groups.is_empty() {
            return Err(nobody(model));
        }
        all.push(groups);
    }
    println!(
        "Rehearsed on the devices that were counted in the last {PRESENT_DAYS} days and do not run \
         it yet, as of {} (log position {}).",
        book.today().date(),
        book.position()
    );
    Ok(all)
}

async fn plan_or_show(rom: &Arc<Rom>, config: &Config, args: PlanArgs) -> Result<(), CommandError> {
    let succeeded = Advance::Succeeded {
        devices_min: args.reports,
        share_min: WHOLE - args.failures.min(100) * 10_000,
    };
    let unsaid = match args.hours {
        _ if args.by_hand => Advance::ByHand,
        Some(hours) => Advance::after_hours(hours),
        None => succeeded,
    };
    let ends = Ends { unsaid, succeeded };
    let waves: Vec<Wave> =
        args.waves.iter().map(|text| wave(text, ends)).collect::<Result<_, _>>()?;
    let first = (args.model.clone(), args.build.clone());
    let builds: Vec<_> = std::iter::once(first).chain(args.with.iter().cloned()).collect();
    let groups = groups(rom, config, &args, &builds).await?;
    let planned = builds.into_iter().zip(&groups).map(|((model, incremental), groups)| {
        let met = groups.iter().map(|group| group.devices).sum();
        PlannedBuild { model, incremental, population: args.devices.unwrap_or(met) }
    });
    let command = PlanCommand {
        channel: args.channel,
        builds: planned.collect(),
        waves,
        gate: Gate {
            failures_max: args.failures.saturating_mul(10_000),
            reports_min: args.reports,
            trip: args.on_failures.trip(),
        },
        pace: Pace {
            devices_per_hour: args.devices_per_hour,
            megabits_per_second: args.megabits_per_second,
        },
    };
    let shown = proposed(rom, command.clone()).await.map_err(told)?;
    let parts: Vec<_> = shown
        .rollouts
        .iter()
        .zip(&groups)
        .map(|((rollout, build), groups)| {
            let bytes = build.whole().map_or(0, |package| package.file.bytes);
            (rollout, groups.as_slice(), bytes)
        })
        .collect();
    for wave in rehearse_together(&parts, rom.now()).waves {
        let said = shown.rollouts.first().and_then(|(own, _)| own.waves.get(wave.wave - 1));
        let ends = match (wave.ends_after_s, said.map(|wave| wave.advance)) {
            (Some(seconds), _) => format!("{} h after the start", seconds.div_ceil(3_600)),
            (None, Some(Advance::ByHand)) => "when somebody lets it go on".to_owned(),
            (None, Some(Advance::After { seconds })) => {
                format!("{} h after it began", seconds.div_ceil(3_600))
            }
            (None, _) => "when its devices report success".to_owned(),
        };
        println!(
            "wave {}: {} devices ({} more, {} GB), ends {ends}",
            wave.wave,
            wave.devices,
            wave.added,
            wave.bytes / 1_000_000_000
        );
    }
    if args.write {
        let written = plan(rom, command).await.map_err(told)?;
        if let Some(campaign) = written.campaign {
            println!("{campaign} is a campaign; a step of one of its rollouts is a step of all");
        }
        for (rollout, _) in written.rollouts {
            println!("{} is planned; `kontor rom rollout start {}` begins", rollout.id, rollout.id);
        }
    } else {
        println!("Nothing was written; --write writes the plan down.");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_population_is_read_line_by_line() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("devices.csv");
        let write = |text: &str| std::fs::write(&path, text).expect("writes");
        write("country,devices,own\nDE,1000,\n,5,\nIN,7,yes\n\n");
        let (one, two): (Codename, Codename) =
            ("one".parse().expect("a codename"), "two".parse().expect("a codename"));
        let population = |path: &Path| population(path, &one);
        let groups = population(&path).expect("is read");
        assert_eq!(groups.len(), 3);
        assert_eq!((groups[1].country, groups[1].devices), (None, 5));
        assert!(groups[2].own && !groups[0].own);
        write("model,country,devices\none,DE,1\ntwo,DE,2\n,FR,3\n");
        let devices = |groups: Vec<Group>| groups.iter().map(|g| g.devices).collect::<Vec<_>>();
        assert_eq!(devices(population(&path).expect("is read")), [1, 3]);
        assert_eq!(devices(super::population(&path, &two).expect("is read")), [2, 3]);
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
