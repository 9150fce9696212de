//! A ROM service with one model, and the steps that tests take with it.

#![allow(dead_code, reason = "each test file is a program of its own and uses a part of this")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kontor_base::{Clock, Instant, Line, Random, SecretKey};
use kontor_domain::channel::Channel;
use kontor_domain::device::{DeviceModel, Maker};
use kontor_domain::rollout::{
    Advance, Audience, Event, Gate, Pace, Rollout, RolloutState, Step, Trip, Wave,
};
use kontor_rom::build::{self, PublishCommand, Published, Refusal, publish};
use kontor_rom::channel::{PromoteCommand, promote};
use kontor_rom::core::{Question, Shown, Source, Who};
use kontor_rom::rollout::{
    PlanCommand, PlannedBuild, ReportCommand, Reported, keep_rollouts, plan, receipt_of, report,
    steer,
};
use kontor_rom::{Failure, Files, Rom, Settings, device};
use kontor_scratch::Scratch;
use kontor_store::{Db, Options};

use crate::package;

pub(crate) struct House {
    pub(crate) rom: Arc<Rom>,
    /// Where files lie.
    pub(crate) folder: PathBuf,
    options: Options,
    /// The database goes when this does.
    _scratch: Option<Scratch>,
}

/// The only model.
pub(crate) const MODEL: &str = "one";

fn model(codename: &str) -> DeviceModel {
    DeviceModel {
        codename: codename.parse().expect("a codename"),
        name: Line::parse("One").expect("a line"),
        brand: Line::parse("Example").expect("a line"),
        maker: Maker::Own,
        also: vec![],
        revisions: vec![],
        product: None,
        picture: None,
    }
}

impl House {
    /// On a database of its own, on the back end that is chosen.
    pub(crate) async fn open() -> Self {
        let scratch = Scratch::chosen();
        let house = Self::first(&scratch).await;
        Self { _scratch: Some(scratch), ..house }
    }

    /// The first node of a service on a new database.
    pub(crate) async fn first(scratch: &Scratch) -> Self {
        let (options, folder) = (scratch.options(), scratch.folder().to_owned());
        let clock = Clock::fixed(Instant::from_micros(1_790_900_000_000_000));
        let rom = node(&options, &folder, clock).await;
        device::save_model(&rom, model(MODEL)).await.expect("a model");
        Self { rom, folder, options, _scratch: None }
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.join(name);
        std::fs::write(&path, bytes).expect("writes");
        path
    }

    pub(crate) async fn publish(
        &self,
        name: &str,
        bytes: &[u8],
    ) -> Result<Published, Failure<Refusal>> {
        self.publish_for(MODEL, name, bytes).await
    }

    async fn publish_for(
        &self,
        model: &str,
        name: &str,
        bytes: &[u8],
    ) -> Result<Published, Failure<Refusal>> {
        let command = PublishCommand {
            source: build::Source::Path(self.file(name, bytes)),
            model: model.parse().expect("a codename"),
            version: None,
            kind: "nightly".parse().expect("a kind"),
            notes: BTreeMap::new(),
            csig: None,
        };
        publish(&self.rom, command, Arc::new(|_| true)).await
    }

    /// Another node of the same service: another process, for all that it knows.
    pub(crate) async fn another(&self) -> Self {
        let (options, folder) = (self.options.clone(), self.folder.clone());
        let rom = node(&options, &folder, self.rom.clock.clone()).await;
        Self { rom, folder, options, _scratch: None }
    }

    /// Publishes a build, puts it into the channel and plans a rollout.
    pub(crate) async fn planned(
        &self,
        incremental: &str,
        seconds: i64,
        percents: &[u32],
    ) -> Rollout {
        let bytes = package::good(MODEL, incremental, seconds);
        self.publish(&format!("rom-1.0-{incremental}.zip"), &bytes).await.expect("published");
        self.enter(incremental, percents).await
    }

    /// Puts a published build into the channel and plans a rollout.
    pub(crate) async fn enter(&self, incremental: &str, percents: &[u32]) -> Rollout {
        self.promote(MODEL, incremental).await;
        self.plan(&[(MODEL, incremental)], percents).await.remove(0)
    }

    /// Publishes a build, and no more.
    pub(crate) async fn published(&self, incremental: &str, seconds: i64) {
        let bytes = package::good(MODEL, incremental, seconds);
        self.publish(&format!("rom-1.0-{incremental}.zip"), &bytes).await.expect("published");
    }

    /// Puts a published build into a channel.
    pub(crate) async fn promote_as(
        &self,
        incremental: &str,
        channel: Channel,
        floor: bool,
    ) -> Result<(), Failure<kontor_rom::channel::Refusal>> {
        let (model, incremental) = (MODEL.parse().expect("a codename"), incremental.to_owned());
        promote(&self.rom, PromoteCommand { model, incremental, channel, floor }).await.map(drop)
    }

    async fn promote(&self, model: &str, incremental: &str) {
        let command = PromoteCommand {
            model: model.parse().expect("a codename"),
            incremental: incremental.to_owned(),
            channel: Channel::Stable,
            floor: false,
        };
        promote(&self.rom, command).await.expect("promoted");
    }

    /// Publishes a build of another model and puts it into the channel.
    pub(crate) async fn add(&self, codename: &str, incremental: &str, seconds: i64) {
        device::save_model(&self.rom, model(codename)).await.expect("a model");
        let bytes = package::good(codename, incremental, seconds);
        let name = format!("rom-1.0-{incremental}.zip");
        self.publish_for(codename, &name, &bytes).await.expect("published");
        self.promote(codename, incremental).await;
    }

    /// Publishes a build, puts it into the channel and plans a rollout whose waves end by hand.
    pub(crate) async fn by_hand(&self, incremental: &str, percents: &[u32]) -> Rollout {
        self.add(MODEL, incremental, 1_000).await;
        let builds = [(MODEL, incremental)];
        self.plan_at(&builds, percents, Advance::ByHand, Pace::default()).await.remove(0)
    }

    /// Plans a rollout of these builds, or a campaign.
    pub(crate) async fn plan(&self, builds: &[(&str, &str)], percents: &[u32]) -> Vec<Rollout> {
        let hour = Advance::After { seconds: 3_600 };
        self.plan_at(builds, percents, hour, Pace::default()).await
    }

    /// The same with another end of each wave, and a pace.
    pub(crate) async fn plan_at(
        &self,
        builds: &[(&str, &str)],
        percents: &[u32],
        advance: Advance,
        pace: Pace,
    ) -> Vec<Rollout> {
        let wave = |percent: &u32| Wave {
            share: percent * 10_000,
            audience: Audience::Everybody,
            countries: vec![],
            advance,
        };
        let command = PlanCommand {
            channel: Channel::Stable,
            builds: builds
                .iter()
                .map(|(model, incremental)| PlannedBuild {
                    model: model.parse().expect("a codename"),
                    incremental: (*incremental).to_owned(),
                    population: 1_000,
                })
                .collect(),
            waves: percents.iter().map(wave).collect(),
            gate: Gate { failures_max: 100_000, reports_min: 10, trip: Trip::Halt },
            pace,
        };
        let planned = plan(&self.rom, command).await.expect("planned");
        self.rom.refresh().await.expect("refreshed, as the keeper does");
        planned.rollouts.into_iter().map(|(rollout, _)| rollout).collect()
    }

    pub(crate) async fn step(&self, rollout: &Rollout, step: Step) -> RolloutState {
        steer(&self.rom, rollout.id, step, None).await.expect("possible").standing.state
    }

    /// An hour goes by and the keeper comes.
    pub(crate) async fn hour(&self) -> usize {
        self.rom.clock.advance_seconds(3_600);
        keep_rollouts(&self.rom).await.expect("looked through")
    }

    pub(crate) fn check(&self, device: u32, source: &str) -> serde_json::Value {
        let who = Who::Device(self.rom.keys.device(&format!("device-{device}")).expect("an id"));
        let source = Source { incremental: source, built_s: None };
        let question =
            Question { model: MODEL, channel: Channel::Stable, source, who, country: None };
        let snapshot = self.rom.snapshots.now();
        let answers = snapshot.answer(&question, self.rom.now()).expect("a model");
        serde_json::from_slice(&answers.check.body).expect("JSON")
    }

    /// Of a thousand devices with `source`, those that are offered `wanted`.
    pub(crate) fn offered(&self, source: &str, wanted: &str) -> Vec<u32> {
        (0..1_000)
            .filter(|device| self.check(*device, source)["install"]["incremental"] == wanted)
            .collect()
    }

    /// Reports with the receipt that the device was given, or with another one.
    pub(crate) async fn report_with(
        &self,
        device: u32,
        build: &str,
        event: Event,
        receipt: String,
    ) -> Reported {
        self.report_for(MODEL, device, build, event, receipt).await
    }

    /// A device of a model that has nothing yet reports about the build that it is offered.
    pub(crate) async fn tell(&self, model: &str, device: u32, build: &str, event: Event) -> bool {
        let receipt = self.receipt_for(model, device, "").expect("it is offered a build");
        self.report_for(model, device, build, event, receipt).await.counted
    }

    async fn report_for(
        &self,
        model: &str,
        device: u32,
        build: &str,
        event: Event,
        receipt: String,
    ) -> Reported {
        let command = ReportCommand {
            device: self.rom.keys.device(&format!("device-{device}")).expect("an id"),
            model: model.to_owned(),
            channel: Channel::Stable,
            incremental: build.to_owned(),
            event,
            code: "kPayload\nMismatch\u{0}".to_owned(),
            receipt,
        };
        report(&self.rom, command).await.expect("taken in")
    }

    pub(crate) async fn report(&self, device: u32, build: &str, event: Event) -> bool {
        let receipt = self.receipt(device, "a1").unwrap_or_default();
        self.report_with(device, build, event, receipt).await.repeated
    }

    /// What a device with `source` is given with its answer.
    pub(crate) fn receipt(&self, device: u32, source: &str) -> Option<String> {
        self.receipt_for(MODEL, device, source)
    }

    fn receipt_for(&self, model: &str, device: u32, source: &str) -> Option<String> {
        let key = self.rom.keys.device(&format!("device-{device}")).expect("an id");
        let source = Source { incremental: source, built_s: None };
        let (channel, who) = (Channel::Stable, Who::Device(key));
        let question = Question { model, channel, source, who, country: None };
        let snapshot = self.rom.snapshots.now();
        let decided = snapshot.decide(&question, self.rom.now()).expect("a model");
        receipt_of(&self.rom, key, Shown::Credential, &decided)
    }
}

async fn node(options: &Options, folder: &Path, clock: Clock) -> Arc<Rom> {
    let db = Db::open(options).expect("the database opens");
    let files = Files::open(folder.join("files")).expect("opens");
    let settings = Settings { origin: "https://rom.example".to_owned(), ..Settings::default() };
    let secret = SecretKey::from_bytes([7; 32]);
    let random = Random::seeded(5);
    let rom = Rom::open(db, clock, random, &secret, files, settings).await;
    Arc::new(rom.expect("opens"))
}
