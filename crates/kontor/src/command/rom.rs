//! `kontor rom`: publish builds, move them through channels, roll them out.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Subcommand;
use indicatif::{ProgressBar, ProgressStyle};
use kontor_base::{Clock, Country, Language, Line};
use kontor_domain::build::{BuildText, ReleaseType};
use kontor_domain::catalogue::Slug;
use kontor_domain::channel::Channel;
use kontor_domain::device::{Codename, DeviceModel, Maker, Revision};
use kontor_domain::rollout::DeviceKey;
use kontor_rom::build::{CSIG_BYTES_MAX, PublishCommand, Source, publish};
use kontor_rom::channel::{PromoteCommand, promote};
use kontor_rom::core::{Question, Source as HasBuild, Who};
use kontor_rom::delta::keep_targets;
use kontor_rom::rollout::{WithdrawCommand, withdraw};
use kontor_rom::{Failure, Rom, device};

use super::rom_delta::{ApplyArgs, DeltaArgs, DeltasArgs, ImageArgs};
use super::rom_key::KeyArgs;
use super::rom_rollout::RolloutArgs;
use super::{CommandError, rom_delta, rom_key, rom_remote, rom_rollout};
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
        /// Hardware revisions that differ, each as CODE or CODE=what is different.
        #[arg(long, value_name = "REVISION")]
        revision: Vec<String>,
        /// The product in the shop.
        #[arg(long)]
        product: Option<Slug>,
        /// Its drawing on the pages: phone-large, phone-mid, phone-small or phone-other.
        #[arg(long)]
        picture: Option<Slug>,
    },
    /// Mark devices as the company's own, by the ids that they tell: rollouts may begin with them.
    Own {
        /// The ids; nothing but their keyed hashes is kept.
        #[arg(required = true)]
        ids: Vec<String>,
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
        /// What is new: the text in English, or LANGUAGE=FILE for each language.
        #[arg(long)]
        notes: Vec<String>,
        /// The signed list of the package's parts, for clients of Custota's format: made by
        /// `custota-tool gen-csig` with the key that signs packages.
        #[arg(long, value_name = "FILE")]
        csig: Option<PathBuf>,
        /// Publish on another server, such as https://shop.example: the package is uploaded there,
        /// and an upload that was interrupted goes on. Needs a token (`kontor rom token` on that
        /// server) in KONTOR_TOKEN.
        #[arg(long, value_name = "URL")]
        server: Option<String>,
    },
    /// Make a token with which somebody may publish on this server from elsewhere.
    Token {
        /// Who: letters, digits and hyphens.
        name: String,
        /// How long it is good, in days.
        #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=366))]
        days: u16,
    },
    /// What a device would be offered, and why.
    Why {
        /// The model, as the device calls itself.
        model: String,
        /// Its channel.
        #[arg(value_parser = channel)]
        channel: Channel,
        /// The incremental of the build that it has.
        build: String,
        /// The device's id; without it, the answer for nobody in particular.
        #[arg(long)]
        device: Option<String>,
        /// Where it is.
        #[arg(long)]
        country: Option<Country>,
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
    /// Add the whole image of a build, which devices run and deltas lead between.
    Image(ImageArgs),
    /// Make a delta between two image files; without files, list the server's.
    Delta(DeltaArgs),
    /// Make an image again from an older one and a delta.
    Apply(ApplyArgs),
    /// The server's deltas: list, want, cancel, make.
    #[command(subcommand)]
    Deltas(DeltasArgs),
    /// The keys that devices trust.
    #[command(subcommand)]
    Key(KeyArgs),
}

pub(super) fn channel(word: &str) -> Result<Channel, String> {
    Channel::from_word(word).ok_or_else(|| "take one of stable, beta, nightly".to_owned())
}

/// Notes as they stand on the command line: a text in English, or `LANGUAGE=FILE`.
fn read_notes(words: &[String]) -> Result<BTreeMap<Language, String>, CommandError> {
    let mut notes = BTreeMap::new();
    for word in words {
        let named = word.split_once('=').and_then(|(tag, path)| {
            let language = tag.parse::<Language>().ok()?;
            Some((language, path))
        });
        let (language, text) = match named {
            Some((language, path)) => {
                let text = std::fs::read_to_string(path)
                    .map_err(|error| CommandError::other(&format!("read {path}"), error))?;
                (language, text)
            }
            None => (Language::En, word.clone()),
        };
        notes.insert(language, text);
    }
    Ok(notes)
}

/// The bytes of a `.csig` file, which are few.
fn read_csig(path: Option<&Path>) -> Result<Option<Vec<u8>>, CommandError> {
    let Some(path) = path else { return Ok(None) };
    let failed = |error| CommandError::other(&format!("read {}", path.display()), error);
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(failed)?;
    file.take(CSIG_BYTES_MAX as u64 + 1).read_to_end(&mut bytes).map_err(failed)?;
    Ok(Some(bytes))
}

/// `p2` or `p2=what is different`.
fn revision_of(text: &str) -> Result<Revision, CommandError> {
    let (code, note) = text.split_once('=').unwrap_or((text, ""));
    let code = code.parse().map_err(|error| CommandError::Other(format!("{code:?}: {error}")))?;
    let note = if note.is_empty() { None } else { Some(line(note)?) };
    Ok(Revision { code, note })
}

pub(super) fn line<const MAX: usize>(text: &str) -> Result<Line<MAX>, CommandError> {
    Line::parse(text).map_err(|error| CommandError::Other(format!("{text:?}: {error}")))
}

pub(super) fn told<R: std::fmt::Display>(failure: Failure<R>) -> CommandError {
    match failure {
        Failure::Fault(fault) => fault.into(),
        other => CommandError::Other(other.to_string()),
    }
}

pub(super) async fn run(args: Args, config: &Config) -> Result<ExitCode, CommandError> {
    // These work on files alone: also on a machine that has never seen the shop.
    match &args {
        Args::Key(args) => {
            if let Some(done) = rom_key::offline(args, config) {
                return done.map(|()| ExitCode::SUCCESS);
            }
        }
        Args::Apply(args) => return rom_delta::apply(args).map(|()| ExitCode::SUCCESS),
        Args::Delta(DeltaArgs { old: Some(old), new: Some(new), out }) => {
            return rom_delta::make(old, new, out.clone()).map(|()| ExitCode::SUCCESS);
        }
        _ => {}
    }
    if let Args::Publish { file, model, version, kind, notes, csig, server: Some(server) } = &args {
        let (notes, csig) = (read_notes(notes)?, read_csig(csig.as_deref())?);
        let csig = csig.as_deref();
        let package = rom_remote::Package { file, model, version, kind, notes: &notes, csig };
        return rom_remote::publish(server, &package).map(|()| ExitCode::SUCCESS);
    }
    existing_database(config)?;
    let (db, key) = open(config)?;
    let rom = open_rom(config, db, Clock::System, &key, &config.server.origin).await?;
    let outcome = carry_out(&rom, config, args).await;
    rom.db.close().await;
    outcome.map(|()| ExitCode::SUCCESS)
}

async fn carry_out(rom: &Arc<Rom>, config: &Config, args: Args) -> Result<(), CommandError> {
    match args {
        Args::Model { codename, name, brand, other, also, revision, product, picture } => {
            let revisions = revision.iter().map(|text| revision_of(text));
            let model = DeviceModel {
                codename,
                name: line(&name)?,
                brand: line(&brand)?,
                maker: if other { Maker::Other } else { Maker::Own },
                also,
                revisions: revisions.collect::<Result<_, _>>()?,
                product,
                picture,
            };
            let codename = model.codename.clone();
            device::save_model(rom, model).await.map_err(told)?;
            println!("{codename} is there");
        }
        Args::Publish { file, model, version, kind, notes, csig, server: _ } => {
            let (notes, csig) = (read_notes(&notes)?, read_csig(csig.as_deref())?);
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
            let command =
                PublishCommand { source: Source::Path(file), model, version, kind, notes, csig };
            let published = publish(rom, command, progress).await;
            bar.finish_and_clear();
            let published = published.map_err(told)?;
            let (build, file) = (published.build, published.file);
            println!(
                "{} {} for {} is published\n{}",
                build.version, build.incremental, build.model, file.sha256
            );
            follow(rom).await?;
        }
        Args::Token { name, days } => {
            let until = rom.now().plus_seconds(i64::from(days) * 24 * 60 * 60);
            let token = rom.keys.publisher_token(&name, until).ok_or_else(|| {
                CommandError::Other("a name is 1 to 40 letters, digits and hyphens".to_owned())
            })?;
            println!("{token}");
        }
        Args::Why { model, channel, build, device, country } => {
            let who = match &device {
                Some(id) => Who::Device(rom.keys.device(id).ok_or_else(|| {
                    CommandError::Other("an id is 8 to 128 visible ASCII characters".to_owned())
                })?),
                None => Who::Stranger { hundredth: None, address: DeviceKey([0; 16]) },
            };
            let source = HasBuild { incremental: &build, built_s: None };
            let question = Question { model: &model, channel, source, who, country };
            let snapshot = rom.snapshots.now();
            let answers = snapshot.answer(&question, rom.now());
            let answers =
                answers.ok_or_else(|| CommandError::Other(format!("there is no model {model}")))?;
            println!("{}", String::from_utf8_lossy(&answers.check.body));
        }
        Args::List => list(rom),
        Args::Own { ids } => {
            for id in ids {
                if !device::mark_own(rom, &id).await? {
                    return Err(CommandError::Other(format!(
                        "{id:?} is no id: 8 to 128 visible ASCII characters"
                    )));
                }
            }
            println!("rollouts that begin with own devices begin with these too");
        }
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
            follow(rom).await?;
        }
        Args::Rollout(args) => rom_rollout::run(rom, config, args).await?,
        Args::Image(args) => rom_delta::image(rom, args).await?,
        Args::Delta(_) => rom_delta::list(rom).await?,
        // Was done before the database was opened.
        Args::Apply(_) => {}
        Args::Deltas(args) => rom_delta::run(rom, args).await?,
        Args::Key(args) => rom_key::run(rom, args).await?,
    }
    Ok(())
}

/// Brings the signed metadata after a change, and says what offline keys have to sign.
pub(super) async fn follow(rom: &Arc<Rom>) -> Result<(), CommandError> {
    rom.refresh().await?;
    if rom.signed.now().state.is_none() {
        return Ok(());
    }
    let proposed = keep_targets(rom).await.map_err(told)?;
    for role in &proposed.released {
        println!("the signed metadata of {role} is published");
    }
    for role in &proposed.waiting {
        println!("the next metadata of {role} waits for its keys: `kontor rom key export`");
    }
    for model in &proposed.undelegated {
        println!("nobody may sign for {model} yet: `kontor rom key delegate {model}`");
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
