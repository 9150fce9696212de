//! The numbers and what each of them means. What is published names its measure; there is no
//! number without a definition.

/// A number that is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
    /// Devices ever seen.
    Activations,
    /// Devices seen within a window of days.
    Active,
    /// Devices by the version they last reported.
    OnVersion,
    /// Installations that devices told of.
    InstallsReported,
    /// Installations that show in a changed version.
    InstallsInferred,
}

impl Measure {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 5] = [
        Self::Activations,
        Self::Active,
        Self::OnVersion,
        Self::InstallsReported,
        Self::InstallsInferred,
    ];

    /// The word in the API; a page links its definition by it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Activations => "activations",
            Self::Active => "active",
            Self::OnVersion => "on_version",
            Self::InstallsReported => "installs_reported",
            Self::InstallsInferred => "installs_inferred",
        }
    }

    /// What exactly is counted. Changing a sentence here means changing [`Measure::version`].
    #[must_use]
    pub const fn definition(self) -> &'static str {
        match self {
            Self::Activations => {
                "Distinct device keys ever seen. It never falls. A device that is wiped gets a new \
                 key and counts again; this is not a number of people or of devices in use."
            }
            Self::Active => {
                "Distinct device keys with at least one report that counts on one of the last N \
                 days (UTC), today included. A report counts on the day it says it is from when \
                 that is at most 30 days ago, otherwise on the day it came."
            }
            Self::OnVersion => {
                "Distinct device keys by the version in the newest report of each, among those \
                 active in the last N days."
            }
            Self::InstallsReported => {
                "Reports of a device that it has installed a version other than the one it last \
                 reported (or its first). The same report twice counts once."
            }
            Self::InstallsInferred => {
                "Update checks of a known device with a version other than the one it last \
                 reported, without a report of the installation. A first check is not counted."
            }
        }
    }

    /// The one with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|measure| measure.word() == word)
    }

    /// The version of the definition; it rises when a sentence changes what is counted.
    #[must_use]
    pub const fn version(self) -> u8 {
        1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_of_definitions_says_what_the_program_says() {
        let page = include_str!("../../../../docs/figures.md");
        for measure in Measure::ALL {
            let section = format!("### {}\n\n{}\n", measure.word(), measure.definition());
            assert!(page.contains(&section), "docs/figures.md lacks:\n{section}");
            assert_eq!(Measure::from_word(measure.word()), Some(measure));
        }
    }
}
