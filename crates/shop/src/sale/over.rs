//! What is over in a rush: units that are free and that nobody of the order has the right to before
//! others. Whoever came later may have those and no more.
//!
//! Many ask at once, and how a lot stands is known only after its next batch. So each of them first counts
//! what they ask for beside what all others ask for at this moment, and stays counted until the owner of
//! their lot has told how it stands with what it decided: also when nobody waits for the answer any more.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Units that people who came later are asking for at this moment.
#[derive(Debug, Default)]
pub(super) struct AskedOver(Arc<AtomicU64>);

/// Some of those units; counted until this is dropped.
#[derive(Debug)]
pub(super) struct Over {
    all: Arc<AtomicU64>,
    units: u64,
}

impl AskedOver {
    /// How many are asked for.
    pub(super) fn units(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }

    /// Counts so many more if they, with all others that are asked for, are not more than is over. What is
    /// over is worked out after they are counted: what others were counted for before is then either still
    /// counted or taken from what is free.
    pub(super) fn ask(&self, units: u64, over: impl FnOnce() -> u64) -> Option<Over> {
        let before = self.0.fetch_add(units, Ordering::SeqCst);
        let asked = Over { all: Arc::clone(&self.0), units };
        (before.saturating_add(units) <= over()).then_some(asked)
    }
}

impl Drop for Over {
    fn drop(&mut self) {
        self.all.fetch_sub(self.units, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_asked_for_than_is_over() {
        let asked = AskedOver::default();
        assert!(asked.ask(2, || 1).is_none(), "one is over");
        let first = asked.ask(1, || 3).expect("three are over");
        let second = asked.ask(2, || 3).expect("two are left");
        assert_eq!(asked.units(), 3);
        assert!(asked.ask(1, || 3).is_none(), "all three are asked for");
        drop(second);
        assert_eq!(asked.units(), 1, "who was refused is not counted");
        assert!(asked.ask(2, || 3).is_some());
        drop(first);
        assert_eq!(asked.units(), 0);
    }
}
