//! Why a device did not install something.

use std::io;

use kontor_ota::delta::DeltaError;
use kontor_ota::signing::Rejected;
use thiserror::Error;

/// A reason not to install. [`Refused::code`] is stable and is what the device reports.
#[derive(Debug, Error)]
pub enum Refused {
    /// The signed metadata does not allow it.
    #[error(transparent)]
    Untrusted(#[from] Rejected),
    /// It is genuine, and for other hardware.
    #[error("{name} is not for this device")]
    OtherHardware {
        /// The target.
        name: String,
    },
    /// It is genuine, and older than what the device runs.
    #[error("{name} is release {offered}, this device runs {installed}")]
    OlderRelease {
        /// The target.
        name: String,
        /// Its release counter.
        offered: u64,
        /// The device's.
        installed: u64,
    },
    /// More bytes came than the signed length.
    #[error("{name} goes on after its {length} bytes")]
    EndlessData {
        /// The target.
        name: String,
        /// The signed length.
        length: u64,
    },
    /// So few bytes came that it would never end.
    #[error("{name} came with less than {bytes_per_s} bytes per second")]
    TooSlow {
        /// The target or document.
        name: String,
        /// The least rate.
        bytes_per_s: u64,
    },
    /// The connection ended too often before the file was complete.
    #[error("{name} was cut off {times} times")]
    CutOff {
        /// The target.
        name: String,
        /// How often it was tried.
        times: u32,
    },
    /// The server does not have what the metadata promises, or answers nonsense.
    #[error("the server answered {status} for {name}")]
    Withheld {
        /// The file.
        name: String,
        /// The HTTP status; 0 when there was no answer.
        status: u16,
    },
    /// The service no longer offers it: its rollout was halted, or the build withdrawn, while the
    /// device fetched it.
    #[error("{name} is no longer offered")]
    TakenBack {
        /// The target.
        name: String,
    },
    /// The delta did not lead to the signed image.
    #[error("the delta does not apply")]
    Delta(#[source] DeltaError),
    /// The device's own storage failed.
    #[error("could not {attempt} on this device")]
    Storage {
        /// What was attempted.
        attempt: &'static str,
        /// What the system said.
        source: io::Error,
    },
}

impl Refused {
    /// The stable code, for reports.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Untrusted(rejected) => rejected.code(),
            Self::OtherHardware { .. } => "device.other_hardware",
            Self::OlderRelease { .. } => "device.older_release",
            Self::EndlessData { .. } => "device.endless_data",
            Self::TooSlow { .. } => "device.too_slow",
            Self::CutOff { .. } => "device.cut_off",
            Self::Withheld { .. } => "device.withheld",
            Self::TakenBack { .. } => "device.taken_back",
            Self::Delta(_) => "device.delta",
            Self::Storage { .. } => "device.storage",
        }
    }

    pub(crate) fn storage(attempt: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Storage { attempt, source }
    }
}
