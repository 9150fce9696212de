//! The ROM's pages: models, builds, rollouts.
//!
//! What they say is what devices are answered with: the handlers fill these from the very snapshot
//! that update checks come from. Start with [`RomPage`]; [`Curve`] is the picture of a rollout.

mod build;
mod curve;
mod feed;
mod index;
mod model;
mod rollout;

use kontor_base::{Date, Rate};
use kontor_domain::channel::Channel;

use crate::kit::text::Text;

pub use build::{BuildPage, InChannel, Note, PackageLine};
pub use curve::{Count, Curve, Grid, Mark};
pub use feed::{FeedEntry, RomFeed, rfc3339};
pub use index::{ModelCard, RomPage};
pub use model::ModelPage;
pub use rollout::{RolloutPage, StepLine, WaveLine, WavePlace};

/// Who gets a build that is in a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Every device of the channel.
    Everybody,
    /// Those that its rollout has let in so far, in millionths.
    Some(u32),
    /// Nobody new: the rollout is paused at this share, in millionths.
    Paused(u32),
    /// Nobody: the rollout was halted.
    Halted,
    /// Nobody yet.
    Nobody,
    /// Nobody any more: it was withdrawn.
    Withdrawn,
}

impl Reach {
    /// The reach in a few words.
    #[must_use]
    pub fn words(&self, t: &Text) -> String {
        let share =
            |id, share: u32| t.one(id, "share", t.percent(&Rate::from_ppm(share))).into_owned();
        match self {
            Self::Everybody => t.get("rom-reach-everybody").into_owned(),
            Self::Some(millionths) => share("rom-reach-some", *millionths),
            Self::Paused(millionths) => share("rom-reach-paused", *millionths),
            Self::Halted => t.get("rom-reach-halted").into_owned(),
            Self::Nobody => t.get("rom-reach-nobody").into_owned(),
            Self::Withdrawn => t.get("rom-reach-withdrawn").into_owned(),
        }
    }

    /// The class that colours its mark; the words say the same.
    #[must_use]
    pub const fn tone(&self) -> &'static str {
        match self {
            Self::Everybody => "good",
            Self::Some(_) => "accent",
            Self::Paused(_) => "warn",
            Self::Halted | Self::Withdrawn => "bad",
            Self::Nobody => "quiet",
        }
    }
}

/// A build in one line of a list.
#[derive(Clone, Debug)]
pub struct BuildLine {
    /// The version that people see.
    pub version: String,
    /// Its incremental, which ends its address.
    pub incremental: String,
    /// When it was built.
    pub built: Date,
    /// The size of the whole package; none where that is not good.
    pub bytes: Option<u64>,
    /// The security patch level.
    pub patch_level: Option<Date>,
    /// Who gets it.
    pub reach: Reach,
    /// The channels that it is in, the calmest first.
    pub channels: Vec<Channel>,
}

/// A word for a value of the domain, as the templates ask for it.
pub trait Say {
    /// In a word or two.
    fn words(&self, t: &Text) -> String;

    /// The class that colours its mark; the words say the same.
    fn tone(&self) -> &'static str {
        "quiet"
    }
}

impl Say for Channel {
    fn words(&self, t: &Text) -> String {
        t.get(match self {
            Self::Stable => "rom-channel-stable",
            Self::Beta => "rom-channel-beta",
            Self::Nightly => "rom-channel-nightly",
        })
        .into_owned()
    }
}

impl BuildLine {
    /// The size of its whole package; empty where that is not good.
    #[must_use]
    pub fn size_words(&self, t: &Text) -> String {
        self.bytes.map(|bytes| size(bytes, t)).unwrap_or_default()
    }
}

/// A size as people read it: `1.92 GB`, `48 MB`.
#[must_use]
pub fn size(bytes: u64, t: &Text) -> String {
    // Two places of a gigabyte, none of a megabyte; never "0 MB" for something that is there.
    let (thousandths, unit) = if bytes >= 1_000_000_000 {
        (bytes / 10_000_000 * 10, "GB")
    } else if bytes >= 10_000_000 {
        (bytes / 1_000_000 * 1_000, "MB")
    } else {
        (bytes.div_ceil(100_000) * 100, "MB")
    };
    format!("{}\u{a0}{unit}", t.thousandths(thousandths))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kontor_base::Language;

    #[test]
    fn sizes_are_short_and_never_nothing() {
        let t = Text::new(Language::En, None);
        for (bytes, said) in [
            (1, "0.1\u{a0}MB"),
            (2_340_000, "2.4\u{a0}MB"),
            (48_900_000, "48\u{a0}MB"),
            (1_926_282_058, "1.92\u{a0}GB"),
        ] {
            assert_eq!(size(bytes, &t), said);
        }
        assert_eq!(size(1_926_282_058, &Text::new(Language::De, None)), "1,92\u{a0}GB");
    }
}
