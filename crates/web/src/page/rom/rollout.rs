//! A rollout: where it stands, its waves, its curve, the table beneath, every step that it took.

use askama::Template;
use kontor_base::{Country, Instant, Rate};
use kontor_domain::channel::Channel;
use kontor_domain::rollout::{Cause, RolloutState, Tally};

use super::{Curve, Say};
use crate::kit::text::Text;
use crate::page::Shell;

/// A wave of the plan.
#[derive(Clone, Debug)]
pub struct WaveLine {
    /// Its share, in millionths.
    pub share: u32,
    /// Whether it is for the company's own devices.
    pub own: bool,
    /// In which countries; none: in all.
    pub countries: Vec<Country>,
    /// Over, running, or still to come.
    pub place: WavePlace,
    /// How it ends.
    pub advance: String,
}

/// Where a wave stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WavePlace {
    /// Over.
    Over,
    /// The present one.
    Now,
    /// Still to come.
    Later,
}

/// A step that the rollout took.
#[derive(Clone, Debug)]
pub struct StepLine {
    /// When.
    pub at: Instant,
    /// The state after it.
    pub state: RolloutState,
    /// The wave after it, from 1.
    pub wave: usize,
    /// Who or what took it.
    pub cause: Cause,
    /// The reports at that moment.
    pub tally: Tally,
    /// A sentence by whoever took it.
    pub note: Option<String>,
}

/// `GET /rom/{language}/rollout/{rollout}`
#[derive(Clone, Debug, Template)]
#[template(path = "rom/rollout.html")]
pub struct RolloutPage {
    /// The layout's part.
    pub shell: Shell,
    /// Its id.
    pub id: String,
    /// The model's codename.
    pub codename: String,
    /// The model's name with its maker's.
    pub model: String,
    /// The channel.
    pub channel: Channel,
    /// The build's version.
    pub version: String,
    /// The build's incremental.
    pub incremental: String,
    /// In which state it is.
    pub state: RolloutState,
    /// Why it came into it.
    pub cause: Cause,
    /// Since when.
    pub since: Instant,
    /// The share of the audience that is in, in millionths.
    pub share: u32,
    /// How many devices it is expected to reach.
    pub population: u64,
    /// The reports.
    pub tally: Tally,
    /// The share of failures that is too much, in millionths.
    pub failures_max: u32,
    /// How many reports the gate waits for.
    pub reports_min: u32,
    /// Whether the gate halts; else it pauses.
    pub halts: bool,
    /// The most devices an hour.
    pub per_hour: Option<u64>,
    /// The waves.
    pub waves: Vec<WaveLine>,
    /// The picture; none while nothing was reported.
    pub curve: Option<Curve>,
    /// The steps, the oldest first.
    pub steps: Vec<StepLine>,
    /// The most frequent failures: code and devices.
    pub failures: Vec<(String, u64)>,
}

impl WaveLine {
    /// How much of its bar is filled, of 100. The company's own devices are few, whatever their
    /// share of themselves.
    #[must_use]
    pub const fn bar(&self) -> u32 {
        if self.own { 1 } else { self.share / 10_000 }
    }
}

impl WavePlace {
    /// In a word.
    #[must_use]
    pub fn words(self, t: &Text) -> String {
        t.get(match self {
            Self::Over => "rollout-wave-over",
            Self::Now => "rollout-wave-now",
            Self::Later => "rollout-wave-later",
        })
        .into_owned()
    }

    /// The class that colours its mark.
    #[must_use]
    pub const fn tone(self) -> &'static str {
        match self {
            Self::Over => "good",
            Self::Now => "accent",
            Self::Later => "quiet",
        }
    }
}

impl Say for RolloutState {
    fn words(&self, t: &Text) -> String {
        t.get(match self {
            Self::Planned => "rollout-planned",
            Self::Running => "rollout-running",
            Self::Paused => "rollout-paused",
            Self::Halted => "rollout-halted",
            Self::Done => "rollout-done",
            Self::Abandoned => "rollout-abandoned",
        })
        .into_owned()
    }

    fn tone(&self) -> &'static str {
        match self {
            Self::Planned | Self::Abandoned => "quiet",
            Self::Running => "accent",
            Self::Paused => "warn",
            Self::Halted => "bad",
            Self::Done => "good",
        }
    }
}

impl Say for Cause {
    fn words(&self, t: &Text) -> String {
        t.get(match self {
            Self::Hand => "rollout-cause-hand",
            Self::Failures => "rollout-cause-failures",
            Self::Plan => "rollout-cause-plan",
            Self::Withdrawn => "rollout-cause-withdrawn",
        })
        .into_owned()
    }
}

impl RolloutPage {
    /// What the state means for a device, in a sentence.
    #[must_use]
    pub fn meaning(&self, t: &Text) -> String {
        t.get(match self.state {
            RolloutState::Planned => "rollout-meaning-planned",
            RolloutState::Running => "rollout-meaning-running",
            RolloutState::Paused => "rollout-meaning-paused",
            RolloutState::Halted => "rollout-meaning-halted",
            RolloutState::Done => "rollout-meaning-done",
            RolloutState::Abandoned => "rollout-meaning-abandoned",
        })
        .into_owned()
    }

    /// Millionths as a percentage.
    #[must_use]
    pub fn percent(&self, millionths: &u32, t: &Text) -> String {
        t.percent(&Rate::from_ppm(*millionths))
    }

    /// The share of devices that failed or went back, in millionths; none before the first report.
    /// To a tenth of a percent: more digits than that nobody acts on.
    #[must_use]
    pub fn failure_share(&self) -> Option<u32> {
        (self.tally.ended() > 0).then(|| self.tally.failures() / 1_000 * 1_000)
    }

    /// The width of the bar that is filled, of 1000.
    #[must_use]
    pub const fn filled(&self) -> u32 {
        self.share / 1_000
    }

    /// Where a wave ends on the bar, of 1000.
    #[must_use]
    pub const fn tick(&self, wave: &WaveLine) -> u32 {
        wave.share / 1_000
    }

    /// A number with its language's grouping.
    #[must_use]
    pub fn count(&self, devices: &u64, t: &Text) -> String {
        t.number(i64::try_from(*devices).unwrap_or(i64::MAX))
    }
}
