//! `kontor-device`: a device in a folder, for trying out a server and for makers of ROMs to read.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command talks to its terminal")]

use std::fs::File;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use kontor_base::{Clock, Random, hex};
use kontor_device::{Client, Http, Identity, Memory, Outcome};
use kontor_ota::delta::apply::hash_of;
use kontor_ota::signing::offer::{COHORTS, draw_cohort};

/// A device that lives in a folder: it checks, verifies, downloads, applies and reports.
#[derive(Debug, Parser)]
#[command(version)]
struct Args {
    /// The device's folder.
    #[arg(long, default_value = "device")]
    folder: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Set a device up with its trusted root and the image it runs.
    SetUp {
        /// The root that it trusts, as the maker's factory would put it there.
        #[arg(long)]
        root: PathBuf,
        /// The image that it runs.
        #[arg(long)]
        image: PathBuf,
        /// The model's codename.
        #[arg(long)]
        model: String,
        /// The hardware id; the codename if it is not given.
        #[arg(long)]
        hardware_id: Option<String>,
        /// The incremental of the build that it runs.
        #[arg(long)]
        incremental: String,
        /// The release counter of that build.
        #[arg(long)]
        release_counter: u64,
        /// Follow the offers of this channel: stable, beta or nightly. Without it the device takes
        /// the newest build that the metadata has.
        #[arg(long)]
        channel: Option<String>,
        /// Where it is, as two capital letters.
        #[arg(long)]
        country: Option<String>,
        /// The id under which it reports; drawn if it is not given.
        #[arg(long)]
        device_id: Option<String>,
        /// Its serial number. With it the maker knows where a unit stays that it has sold; it is sent
        /// with reports and hashed there at once. Without it nothing is told.
        #[arg(long)]
        serial: Option<String>,
        /// Its cohort, from 0 to 9999; drawn if it is not given.
        #[arg(long, value_parser = clap::value_parser!(u16).range(..i64::from(COHORTS)))]
        cohort: Option<u16>,
        /// It is one of the company's own.
        #[arg(long)]
        own: bool,
    },
    /// Bring it up to date.
    Update {
        /// Where `metadata/`, `targets/` and `offers/` lie, such as `https://rom.example/rom`.
        #[arg(long)]
        url: String,
        /// Where reports go, below the address; empty: they wait.
        #[arg(long, default_value = "reports")]
        report: String,
    },
    /// Tell that it ran a build and went back to the one before.
    RolledBack {
        /// The incremental of the build that it left.
        build: String,
        /// Why, as a code.
        #[arg(long)]
        code: Option<String>,
    },
    /// Tell what it runs.
    Show,
}

fn main() -> ExitCode {
    match run(Args::parse()) {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: Args) -> Result<String, String> {
    let image_path = args.folder.join("image");
    match args.command {
        Command::SetUp {
            root,
            image,
            model,
            hardware_id,
            incremental,
            release_counter,
            channel,
            country,
            device_id,
            serial,
            cohort,
            own,
        } => {
            let random = Random::System;
            let root = std::fs::read(&root)
                .map_err(|error| format!("could not read {}: {error}", root.display()))?;
            let file = File::open(&image)
                .map_err(|error| format!("could not open {}: {error}", image.display()))?;
            let sha256 = hash_of(&file).map_err(|error| format!("could not read it: {error}"))?;
            let identity = Identity {
                hardware_id: hardware_id.unwrap_or_else(|| model.clone()),
                model,
                incremental,
                release_counter,
                image_sha256: hex(&sha256),
                channel,
                cohort: cohort.unwrap_or_else(|| draw_cohort(&random)),
                device_id: Some(device_id.unwrap_or_else(|| hex(&random.bytes16()))),
                serial,
                country,
                own,
            };
            Memory::set_up(&args.folder, &root, &identity).map_err(|refused| chain(&refused))?;
            std::fs::copy(&image, &image_path)
                .map_err(|error| format!("could not copy the image: {error}"))?;
            Ok(format!("a {} with build {}", identity.model, identity.incremental))
        }
        Command::Update { url, report } => {
            let client = client(args.folder, image_path, &url)?;
            let outcome = client.update();
            if !report.is_empty() {
                client.send_reports(&report).map_err(|refused| chain(&refused))?;
            }
            match outcome {
                Ok(Outcome::UpToDate) => Ok("up to date".to_owned()),
                Ok(Outcome::Waiting { reason, again_s }) => {
                    Ok(format!("nothing now: {reason}; asks again in {again_s} s"))
                }
                Ok(Outcome::Installed(installed)) => Ok(format!(
                    "runs {} now, by {} of {} bytes",
                    installed.incremental, installed.target, installed.bytes
                )),
                Err(refused) => Err(format!("{} [{}]", chain(&refused), refused.code())),
            }
        }
        Command::RolledBack { build, code } => {
            let client = client(args.folder, image_path, "")?;
            client.rolled_back(&build, code.as_deref()).map_err(|refused| chain(&refused))?;
            Ok("it will be told with the next update".to_owned())
        }
        Command::Show => {
            let identity = Memory::open(&args.folder).identity();
            let identity = identity.map_err(|refused| chain(&refused))?;
            let channel = identity.channel.as_deref().unwrap_or("none");
            Ok(format!(
                "{} ({}), build {}, release {}, image {}, channel {channel}, cohort {}",
                identity.model,
                identity.hardware_id,
                identity.incremental,
                identity.release_counter,
                identity.image_sha256,
                identity.cohort
            ))
        }
    }
}

fn client(folder: PathBuf, image: PathBuf, url: &str) -> Result<Client<Http>, String> {
    let memory = Memory::open(&folder);
    let identity = memory.identity().map_err(|refused| chain(&refused))?;
    let fetch = Http::new(url)
        .with_device(identity.device_id.as_deref())
        .with_serial(identity.serial.as_deref());
    Ok(Client { memory, fetch, clock: Clock::System, random: Random::System, image })
}

/// An error with its causes in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
