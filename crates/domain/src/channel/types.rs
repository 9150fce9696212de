//! The channels, and when a build may enter one.

use kontor_base::Instant;
use kontor_base::id::BuildId;
use serde::{Deserialize, Serialize};

use crate::build::Build;
use crate::device::Codename;

/// A channel, the calmest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// For everybody.
    Stable,
    /// For people who try out what comes next.
    Beta,
    /// Every build.
    Nightly,
}

impl Channel {
    /// Every channel, the calmest first.
    pub const ALL: [Self; 3] = [Self::Stable, Self::Beta, Self::Nightly];

    /// The word in URLs, files and on the command line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Stable => "stable",
            Self::Beta => "beta",
            Self::Nightly => "nightly",
        }
    }

    /// The channel with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.word() == word)
    }
}

/// A build in a channel of its model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The model.
    pub model: Codename,
    /// The channel.
    pub channel: Channel,
    /// The build.
    pub build: BuildId,
    /// Since when.
    pub since: Instant,
    /// A floor: devices with an older build must install this one before any later one.
    pub floor: bool,
}

/// Why a build did not enter a channel.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PromoteRefusal {
    /// It was withdrawn.
    #[error("the build was withdrawn: {0}")]
    Withdrawn(String),
    /// It is there already.
    #[error("the build is in this channel already")]
    Already,
    /// A later build is in the channel: devices would never see this one.
    #[error("the channel has the later build {0} already")]
    Older(String),
    /// It is in a calmer channel already.
    #[error("the build is in {0} already; a build only moves up")]
    Calmer(&'static str),
}

impl PromoteRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Withdrawn(_) => "channel.withdrawn",
            Self::Already => "channel.already",
            Self::Older(_) => "channel.older",
            Self::Calmer(_) => "channel.calmer",
        }
    }
}

/// Puts `build` into `channel`. `builds` are all builds of the model, `entries` all its entries.
///
/// # Errors
///
/// See [`PromoteRefusal`].
pub fn promote(
    build: &Build,
    channel: Channel,
    floor: bool,
    builds: &[Build],
    entries: &[Entry],
    at: Instant,
) -> Result<Entry, PromoteRefusal> {
    if let Some(withdrawal) = &build.withdrawn {
        return Err(PromoteRefusal::Withdrawn(withdrawal.reason.clone()));
    }
    let own = |entry: &&Entry| entry.build == build.id;
    if entries.iter().any(|entry| own(&entry) && entry.channel == channel) {
        return Err(PromoteRefusal::Already);
    }
    if let Some(entry) = entries.iter().find(|entry| own(entry) && entry.channel < channel) {
        return Err(PromoteRefusal::Calmer(entry.channel.word()));
    }
    let there = entries.iter().filter(|entry| entry.channel == channel);
    let later = there
        .filter_map(|entry| builds.iter().find(|other| other.id == entry.build))
        .find(|other| other.built_at >= build.built_at && other.withdrawn.is_none());
    if let Some(later) = later {
        return Err(PromoteRefusal::Older(later.incremental.to_string()));
    }
    Ok(Entry { model: build.model.clone(), channel, build: build.id, since: at, floor })
}
