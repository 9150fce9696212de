//! Randomness as an argument: the operating system's generator, or a seeded one for tests.

use std::sync::{Arc, Mutex, PoisonError};

/// Where random bytes come from. Cloning a seeded source shares its stream.
#[derive(Clone, Debug)]
pub enum Random {
    /// The operating system's generator: unpredictable, used outside of tests.
    System,
    /// A reproducible stream from a seed. Never use it where secrecy matters.
    Seeded(Arc<Mutex<(u64, u64)>>),
}

impl Random {
    /// A reproducible source: the same seed gives the same bytes.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self::Seeded(Arc::new(Mutex::new((seed, 0))))
    }

    /// Sixteen fresh random bytes.
    ///
    /// # Panics
    ///
    /// When the operating system has no randomness to give: nothing safe can be done then.
    #[must_use]
    pub fn bytes16(&self) -> [u8; 16] {
        let mut out = [0; 16];
        match self {
            Self::System => {
                getrandom::fill(&mut out).expect("the operating system provides randomness");
            }
            Self::Seeded(state) => {
                let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
                state.1 += 1;
                let mut hasher = blake3::Hasher::new();
                hasher.update(&state.0.to_le_bytes()).update(&state.1.to_le_bytes());
                out.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
            }
        }
        out
    }

    /// Thirty-two fresh random bytes, for keys.
    #[must_use]
    pub fn bytes32(&self) -> [u8; 32] {
        let mut out = [0; 32];
        out[..16].copy_from_slice(&self.bytes16());
        out[16..].copy_from_slice(&self.bytes16());
        out
    }
}
