//! Whether a rollout lets a device have its build, and if not, why.

use kontor_base::Country;

use super::plan::{Audience, Rollout};
use super::point::Point;
use super::state::RolloutState;

/// What the answer depends on.
#[derive(Clone, Copy, Debug)]
pub struct Asker {
    /// Its place in the rollout.
    pub point: Point,
    /// Where it is, if it says so.
    pub country: Option<Country>,
    /// Whether it is one of the company's own.
    pub own: bool,
}

/// Why a device is not offered the newest build.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NotYet {
    /// The rollout has not begun.
    Planned,
    /// Only the company's own devices so far.
    OwnFirst,
    /// Not in this country so far, or the device did not say where it is.
    Country,
    /// Its turn has not come.
    Share,
    /// The rollout is paused and had not reached the device.
    Paused,
    /// The rollout was halted.
    Halted,
    /// The rollout was given up.
    Abandoned,
}

impl NotYet {
    /// Every reason.
    pub const ALL: [Self; 7] = [
        Self::Planned,
        Self::OwnFirst,
        Self::Country,
        Self::Share,
        Self::Paused,
        Self::Halted,
        Self::Abandoned,
    ];

    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Planned => "rollout.planned",
            Self::OwnFirst => "rollout.own_devices_first",
            Self::Country => "rollout.not_in_this_country_yet",
            Self::Share => "rollout.not_your_turn_yet",
            Self::Paused => "rollout.paused",
            Self::Halted => "rollout.halted",
            Self::Abandoned => "rollout.abandoned",
        }
    }
}

/// By what a rollout lets a device in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Entrance {
    /// It is done: everybody is in.
    Everybody,
    /// The device is one of the company's own.
    Own,
    /// By this wave, of whose audience this share is in, in millionths.
    Wave {
        /// The wave's place in the plan.
        place: usize,
        /// The share.
        share: u32,
    },
}

/// Whether the rollout lets the device in, when `share` millionths of the present wave's audience
/// are in ([`Rollout::share_at`]). The company's own devices are in whatever wave runs. Waves that
/// are over stay open, so that raising a share or widening the countries takes nobody out.
///
/// # Errors
///
/// Why it is not in.
pub fn admits(rollout: &Rollout, share: u32, asker: &Asker) -> Result<(), NotYet> {
    entrance(rollout, share, asker).map(|_| ())
}

/// By what the rollout lets the device in; otherwise as [`admits`].
///
/// # Errors
///
/// Why it is not in.
pub fn entrance(rollout: &Rollout, share: u32, asker: &Asker) -> Result<Entrance, NotYet> {
    match rollout.standing.state {
        RolloutState::Planned => return Err(NotYet::Planned),
        RolloutState::Halted => return Err(NotYet::Halted),
        RolloutState::Abandoned => return Err(NotYet::Abandoned),
        RolloutState::Done => return Ok(Entrance::Everybody),
        RolloutState::Running | RolloutState::Paused => {}
    }
    if asker.own {
        return Ok(Entrance::Own);
    }
    let present = rollout.standing.wave.min(rollout.waves.len().saturating_sub(1));
    let mut nearest = NotYet::OwnFirst;
    for (place, wave) in rollout.waves.iter().enumerate().take(present + 1) {
        let reason = if wave.audience == Audience::OwnDevices {
            NotYet::OwnFirst
        } else if !wave.countries.is_empty()
            && !asker.country.is_some_and(|country| wave.countries.contains(&country))
        {
            NotYet::Country
        } else {
            let share = if place == present { share } else { wave.share };
            if asker.point.millionths() < share {
                return Ok(Entrance::Wave { place, share });
            }
            NotYet::Share
        };
        // The wave that came closest to letting it in names the reason.
        nearest = nearest.max(reason);
    }
    let paused = rollout.standing.state == RolloutState::Paused;
    Err(if paused { NotYet::Paused } else { nearest })
}
