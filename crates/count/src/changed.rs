//! How many devices have changed since numbers were last made to be published.
//!
//! Whoever reads published numbers twice can subtract them. If a single device had changed between
//! two readings, its country, model and version would show in three tables at once. So numbers are
//! made anew only when a crowd has changed; [`crate::Book::edition`] asks here.

use std::collections::HashSet;

use crate::mix::Mix;

/// Devices that are told apart; a crowd as large as this is always large enough.
const DEVICES_MAX: usize = 16_384;

/// The devices that have changed, as far as anybody needs to know.
#[derive(Debug, Default)]
pub(crate) struct Changed {
    numbers: HashSet<u32, Mix>,
    /// The most devices that left a window of days at one step of the calendar.
    left: u64,
    /// Whether there was an edition at all.
    begun: bool,
}

impl Changed {
    /// The device of this number has changed.
    pub(crate) fn note(&mut self, number: u32) {
        if self.numbers.len() < DEVICES_MAX {
            self.numbers.insert(number);
        }
    }

    /// So many devices have left a window of days. They may be the same as at another step, and the
    /// same as those that have changed: the largest of these numbers is certain, their sum is not.
    pub(crate) fn leave(&mut self, devices: u64) {
        self.left = self.left.max(devices);
    }

    /// Whether at least so many devices have changed; if so, begins anew. The first time always.
    pub(crate) fn begin_anew(&mut self, least: u64) -> bool {
        let devices = self.left.max(self.numbers.len() as u64);
        let enough = !self.begun || devices >= least.min(DEVICES_MAX as u64);
        if enough {
            self.numbers.clear();
            self.left = 0;
            self.begun = true;
        }
        enough
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_device_is_one_however_often_it_changes() {
        let mut changed = Changed::default();
        assert!(changed.begin_anew(3), "the first edition waits for nobody");
        (0..9).for_each(|_| changed.note(7));
        changed.note(8);
        changed.leave(2);
        assert!(!changed.begin_anew(3), "two changed, two left: they may be the same");
        changed.note(9);
        assert!(changed.begin_anew(3));
        assert!(!changed.begin_anew(1), "nothing has changed since");
        changed.leave(3);
        assert!(changed.begin_anew(3), "the calendar moves numbers, too");
        (0..20_000).for_each(|number| changed.note(number));
        assert!(changed.begin_anew(u64::MAX), "what is kept is bounded");
    }
}
