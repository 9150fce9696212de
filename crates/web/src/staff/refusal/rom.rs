//! Refusals of the ROM. They go through the shop's half, which knows their types as little as anybody's
//! language: so each becomes a code with what it has in it, and is told from that.

use std::fmt::Display;

use kontor_domain::channel::PromoteRefusal as PromoteRule;
use kontor_domain::rollout::PlanError;
use kontor_ota::signing::Rejected;
use kontor_rom::channel::Refusal as PromoteRefusal;
use kontor_rom::rollout::{PlanRefusal, SteerRefusal, WithdrawRefusal};
use kontor_rom::signing::SigningRefusal;
use kontor_shop::staff::Objection;

use super::{Parts, one};

/// A refusal of the ROM.
pub(in crate::staff) trait RomRefused: Display {
    /// The stable code.
    fn rom_code(&self) -> &'static str;

    /// What it has in it, the same in every language.
    fn rom_parts(&self) -> Parts {
        Vec::new()
    }
}

/// A refusal of the ROM as the shop's half carries it.
pub(in crate::staff) fn objection(refusal: &dyn RomRefused) -> Objection {
    Objection::new(refusal.rom_code(), refusal).with(refusal.rom_parts())
}

impl RomRefused for PromoteRefusal {
    fn rom_code(&self) -> &'static str {
        self.code()
    }

    fn rom_parts(&self) -> Parts {
        match self {
            Self::UnknownBuild => Vec::new(),
            Self::Rule(rule) => match rule {
                PromoteRule::Withdrawn(reason) => one("reason", reason),
                PromoteRule::Older(build) => one("name", build),
                PromoteRule::Calmer(channel) => one("name", channel),
                PromoteRule::Already => Vec::new(),
            },
        }
    }
}

impl RomRefused for PlanRefusal {
    fn rom_code(&self) -> &'static str {
        self.code()
    }

    fn rom_parts(&self) -> Parts {
        match self {
            Self::NotInChannel(build) | Self::Already(build) => one("name", build),
            Self::Plan(error) => error.rom_parts(),
            // What a step is refused with has the same code and names no build.
            Self::UnknownBuild(_) | Self::Withdrawn(_) | Self::Busy(_) | Self::Builds => Vec::new(),
        }
    }
}

impl RomRefused for PlanError {
    fn rom_code(&self) -> &'static str {
        self.code()
    }
}

impl RomRefused for SteerRefusal {
    fn rom_code(&self) -> &'static str {
        self.code()
    }

    fn rom_parts(&self) -> Parts {
        match self {
            Self::OtherWave(wave) => one("wave", wave),
            Self::Unknown | Self::State(_) | Self::Withdrawn | Self::Busy | Self::LastWave => {
                Vec::new()
            }
        }
    }
}

impl RomRefused for WithdrawRefusal {
    fn rom_code(&self) -> &'static str {
        self.code()
    }
}

impl RomRefused for SigningRefusal {
    fn rom_code(&self) -> &'static str {
        self.code()
    }

    fn rom_parts(&self) -> Parts {
        let two = |role: &str, other: &'static str, name: &str| {
            vec![("role", role.to_owned()), (other, name.to_owned())]
        };
        match self {
            Self::UnknownRole(role)
            | Self::NothingPending(role)
            | Self::Superseded(role)
            | Self::NothingNew(role)
            | Self::NoKey(role) => one("role", role),
            Self::Stranger(role, key) | Self::BadSignature(role, key) => two(role, "key", key),
            Self::UnknownKey(key, role) => two(role, "key", key),
            Self::Ambiguous(role, other) => two(role, "other", other),
            Self::Rejected(rejected) => rejected.rom_parts(),
            Self::NotSet | Self::Set | Self::Overtaken => Vec::new(),
        }
    }
}

impl RomRefused for Rejected {
    fn rom_code(&self) -> &'static str {
        self.code()
    }

    fn rom_parts(&self) -> Parts {
        match self {
            Self::Malformed { what } => one("what", what),
            Self::Threshold { role, have, need } => {
                vec![("role", role.clone()), ("have", have.to_string()), ("need", need.to_string())]
            }
            Self::Rollback { role, had, got } => {
                vec![("role", role.clone()), ("had", had.to_string()), ("got", got.to_string())]
            }
            Self::Mixed { role, expected, got } => vec![
                ("role", role.clone()),
                ("expected", expected.to_string()),
                ("got", got.to_string()),
            ],
            Self::Vanished { role } => one("role", role),
            Self::Expired { role, at } => {
                vec![("role", role.clone()), ("at", at.to_string())]
            }
            Self::Length { name, expected } => {
                vec![("name", name.clone()), ("expected", expected.to_string())]
            }
            Self::Hash { name } | Self::UnknownTarget { name } => one("name", name),
            Self::OtherAudience => Vec::new(),
        }
    }
}
