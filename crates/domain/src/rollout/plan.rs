//! The plan of a rollout: waves, gate, pace.

use std::fmt;

use kontor_base::id::{BuildId, RolloutId};
use kontor_base::{Country, Instant, Rate};
use serde::{Deserialize, Serialize};

use super::gate::Tally;
use super::state::{Cause, RolloutState};
use crate::channel::Channel;
use crate::device::Codename;

/// All devices, in millionths.
pub const WHOLE: u32 = 1_000_000;
/// The most waves of a plan.
pub const WAVES_MAX: usize = 20;
/// The most hours that a wave lasts: a year.
pub const WAVE_HOURS_MAX: u32 = 8_784;
/// The most countries that a wave names.
const COUNTRIES_MAX: usize = 250;

/// Who can be in a wave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Devices that staff have marked as the company's own.
    OwnDevices,
    /// Every device.
    Everybody,
}

/// When the next wave begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Advance {
    /// When somebody says so.
    ByHand,
    /// When the wave has lasted so many seconds.
    After {
        /// Seconds.
        seconds: u32,
    },
    /// When so many devices have reported success since the wave began, and of all that reported an end since
    /// then the share that succeeded is high enough. What an earlier wave has shown says nothing of this one.
    Succeeded {
        /// Devices that have installed the build in this wave.
        devices_min: u32,
        /// Of those that came to an end in it, in millionths.
        share_min: u32,
    },
}

impl Advance {
    /// When so many hours have gone by.
    #[must_use]
    pub const fn after_hours(hours: u32) -> Self {
        Self::After { seconds: hours.saturating_mul(3_600) }
    }
}

/// How the waves of a plan end, as it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ends {
    /// Those that do not say it themselves.
    pub unsaid: Advance,
    /// Those that end by successes.
    pub succeeded: Advance,
}

/// One wave: who gets the build in addition to the waves before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wave {
    /// The share of the audience that is in, in millionths, those of earlier waves included.
    pub share: u32,
    /// Who.
    pub audience: Audience,
    /// In which countries; none: in all.
    #[serde(default)]
    pub countries: Vec<Country>,
    /// When the next one begins.
    pub advance: Advance,
}

impl Wave {
    /// Reads `own`, `10`, `2.5` or `5@IN+ID`: the company's own devices, a share in percent, a share in
    /// some countries; each with how it ends where it does not end as the others, `10:hand`, `10:24h`
    /// or `10:success`. `None` for what is none of these.
    #[must_use]
    pub fn read(text: &str, ends: Ends) -> Option<Self> {
        let (who, end) = text.split_once(':').map_or((text, None), |(who, end)| (who, Some(end)));
        let advance = match end {
            None => ends.unsaid,
            Some("hand") => Advance::ByHand,
            Some("success") => ends.succeeded,
            Some(hours) => {
                let hours = hours.strip_suffix('h')?.parse().ok()?;
                (1..=WAVE_HOURS_MAX).contains(&hours).then(|| Advance::after_hours(hours))?
            }
        };
        let (share, countries) = match who.split_once('@') {
            Some((share, countries)) => (share, countries.split('+').collect()),
            None => (who, Vec::new()),
        };
        let (share, audience) = match share {
            "own" => (WHOLE, Audience::OwnDevices),
            percent => (Rate::parse_percent(percent)?.ppm(), Audience::Everybody),
        };
        let countries = countries.into_iter().map(|code| code.parse().ok());
        Some(Self { share, audience, countries: countries.collect::<Option<_>>()?, advance })
    }
}

/// The wave without its end, as [`Wave::read`] takes it.
impl fmt::Display for Wave {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.audience {
            Audience::OwnDevices => f.write_str("own")?,
            Audience::Everybody => f.write_str(&Rate::from_ppm(self.share).percent())?,
        }
        for (place, country) in self.countries.iter().enumerate() {
            write!(f, "{}{country}", if place == 0 { '@' } else { '+' })?;
        }
        Ok(())
    }
}

/// What happens by itself when too many devices fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trip {
    /// Nobody new gets the build.
    Pause,
    /// Nobody at all gets it.
    Halt,
}

/// The gate that watches the reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gate {
    /// The share of failed and rolled back devices that is too much, in millionths of all that
    /// came to an end.
    pub failures_max: u32,
    /// How many devices must have come to an end before the share means something.
    pub reports_min: u32,
    /// What happens then.
    pub trip: Trip,
}

/// How fast devices are let in, beside the shares of the waves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pace {
    /// The most devices in an hour.
    pub devices_per_hour: Option<u64>,
    /// The most traffic, in megabits a second, as if every device that is let in fetched the whole
    /// package at once.
    pub megabits_per_second: Option<u64>,
}

impl Pace {
    /// Devices an hour for a package of `bytes`; `None` without a limit. At least one: a pace that
    /// lets nobody in is a pause, and that has its own name.
    #[must_use]
    pub fn devices_per_hour(&self, bytes: u64) -> Option<u64> {
        let by_traffic = self.megabits_per_second.map(|megabits| {
            let per_hour = u128::from(megabits) * 1_000_000 / 8 * 3_600;
            u64::try_from(per_hour / u128::from(bytes.max(1))).unwrap_or(u64::MAX)
        });
        let limits = [self.devices_per_hour, by_traffic];
        limits.into_iter().flatten().min().map(|devices| devices.max(1))
    }
}

/// Where a rollout stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// In which state.
    pub state: RolloutState,
    /// Why it came into it.
    pub cause: Cause,
    /// Since when.
    pub since: Instant,
    /// The place of the present wave.
    pub wave: usize,
    /// When that began; pauses do not count.
    pub wave_since: Instant,
    /// The share that was in when the wave began, in millionths: the pace counts from it.
    pub wave_from: u32,
    /// The reports that were known when the wave began: its successes are those that came since. One that was
    /// kept by an earlier release has none, and counts from the first.
    #[serde(default)]
    pub wave_tally: Tally,
    /// The reports that were known when somebody resumed it: the gate looks at later ones.
    #[serde(default)]
    pub forgiven: Tally,
    /// A sentence by whoever paused, halted or resumed it.
    #[serde(default)]
    pub note: Option<String>,
}

/// A rollout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rollout {
    /// Its id.
    pub id: RolloutId,
    /// The model.
    pub model: Codename,
    /// The channel.
    pub channel: Channel,
    /// The build.
    pub build: BuildId,
    /// What makes the order of devices its own.
    pub salt: [u8; 16],
    /// The waves in order.
    pub waves: Vec<Wave>,
    /// What watches it.
    pub gate: Gate,
    /// How fast it may go.
    pub pace: Pace,
    /// How many devices it is expected to reach, for the pace: those seen when it was planned.
    pub population: u64,
    /// Where it stands.
    pub standing: Standing,
}

/// Why a plan was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// No waves, or too many.
    #[error("a plan has 1 to {WAVES_MAX} waves")]
    Waves,
    /// A share is not between one millionth and all.
    #[error("a wave's share is above 0 and at most 100 %")]
    Share,
    /// A share falls below that of the wave before for the same audience.
    #[error("a wave's share is not below that of the wave before")]
    Falls,
    /// The last wave is not everybody everywhere.
    #[error("the last wave is for 100 % of everybody in all countries")]
    Ends,
    /// A gate's numbers are out of bounds.
    #[error("a gate's share is at most 100 % and it waits for at least one report")]
    Gate,
    /// A pace of nothing.
    #[error("a pace lets at least one device an hour in")]
    Pace,
    /// A wave that would never end: a share of successes above all, or no device.
    #[error("a wave's condition can never come true")]
    Advance,
}

impl PlanError {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Waves => "rollout.waves",
            Self::Share => "rollout.share",
            Self::Falls => "rollout.falls",
            Self::Ends => "rollout.ends",
            Self::Gate => "rollout.gate",
            Self::Pace => "rollout.pace",
            Self::Advance => "rollout.advance",
        }
    }
}

impl Rollout {
    /// Checks the plan.
    ///
    /// # Errors
    ///
    /// See [`PlanError`].
    pub fn check(&self) -> Result<(), PlanError> {
        let Some(last) = self.waves.last().filter(|_| self.waves.len() <= WAVES_MAX) else {
            return Err(PlanError::Waves);
        };
        let everybody = last.audience == Audience::Everybody && last.countries.is_empty();
        for wave in &self.waves {
            if !(1..=WHOLE).contains(&wave.share) || wave.countries.len() > COUNTRIES_MAX {
                return Err(PlanError::Share);
            }
            let never = match wave.advance {
                Advance::Succeeded { devices_min, share_min } => {
                    devices_min == 0 || share_min > WHOLE
                }
                Advance::ByHand | Advance::After { .. } => false,
            };
            if never {
                return Err(PlanError::Advance);
            }
        }
        let falls = |pair: &[Wave]| {
            pair[0].audience == pair[1].audience
                && pair[0].share > pair[1].share
                && pair[0].countries == pair[1].countries
        };
        if self.waves.windows(2).any(falls) {
            return Err(PlanError::Falls);
        }
        if !everybody || last.share != WHOLE {
            return Err(PlanError::Ends);
        }
        if self.gate.failures_max > WHOLE || self.gate.reports_min == 0 {
            return Err(PlanError::Gate);
        }
        let pace = [self.pace.devices_per_hour, self.pace.megabits_per_second];
        if pace.contains(&Some(0)) {
            return Err(PlanError::Pace);
        }
        Ok(())
    }

    /// The present wave.
    ///
    /// # Panics
    ///
    /// Never for a plan that was checked: the place stays within the waves.
    #[must_use]
    pub fn wave(&self) -> &Wave {
        &self.waves[self.standing.wave.min(self.waves.len() - 1)]
    }

    /// The wave after the present one; none in the last.
    #[must_use]
    pub fn next_wave(&self) -> Option<&Wave> {
        self.waves.get(self.standing.wave + 1)
    }

    /// The share of the present wave's audience that is in at `now`, in millionths: that of the
    /// wave, or less where the pace has not let as many in yet. `bytes` is the whole package's size.
    #[must_use]
    pub fn share_at(&self, bytes: u64, now: Instant) -> u32 {
        let full = self.wave().share;
        let Some(per_hour) = self.pace.devices_per_hour(bytes) else { return full };
        let ends =
            if self.standing.state == RolloutState::Running { now } else { self.standing.since };
        let seconds = u128::try_from(ends.seconds_since(self.standing.wave_since)).unwrap_or(0);
        let devices = seconds * u128::from(per_hour) / 3_600;
        let more = devices * u128::from(WHOLE) / u128::from(self.population.max(1));
        let from = self.standing.wave_from.min(full);
        let more = u32::try_from(more).unwrap_or(WHOLE);
        from.saturating_add(more).min(full)
    }
}
