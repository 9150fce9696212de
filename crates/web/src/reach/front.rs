//! The edition that pages are made from: the records and the counters of one moment.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::ArcSwapOption;
use kontor_count::Slice;
use kontor_domain::install::{Measure, Published};
use kontor_domain::reach::Reach;
use kontor_rom::install::Figures;
use kontor_shop::Snapshot;

use crate::kit::app::App;
use crate::kit::pages::Pages;

/// The window of the number that stands on the front page, in days.
pub const ACTIVE_DAYS: u16 = 30;

/// The records and counters of one moment.
#[derive(Debug)]
pub struct Edition {
    /// Rises with every edition.
    pub generation: u64,
    /// The shop of that moment, with the records.
    pub snapshot: Arc<Snapshot>,
    /// The counters of that moment, where this server counts.
    pub live: Option<Arc<Figures>>,
}

impl Edition {
    /// The records.
    #[must_use]
    pub fn reach(&self) -> &Reach {
        &self.snapshot.reach
    }

    /// Devices active within [`ACTIVE_DAYS`], unless they are too few to be told.
    #[must_use]
    pub fn active(&self) -> Option<u64> {
        self.live.as_ref()?.figure(Measure::Active, Some(ACTIVE_DAYS))?.count
    }

    /// Devices ever seen, unless they are too few to be told.
    #[must_use]
    pub fn activations(&self) -> Option<u64> {
        self.live.as_ref()?.figure(Measure::Activations, None)?.count
    }

    /// Active devices by country, small cells withheld.
    #[must_use]
    pub fn by_country(&self) -> Option<&Published> {
        let figures = self.live.as_ref()?;
        let table = figures.table(Measure::Active, Some(ACTIVE_DAYS), Slice::Country)?;
        Some(&table.published)
    }
}

/// Whether a device was ever seen: before that there is no number to print.
fn has_counted(figures: &Figures) -> bool {
    figures.counted
        && figures.figure(Measure::Activations, None).is_some_and(|seen| seen.count != Some(0))
}

/// The newest edition and the pages made from it.
#[derive(Debug, Default)]
pub struct Front {
    newest: ArcSwapOption<Edition>,
    generations: AtomicU64,
    /// The pages of the newest edition.
    pub pages: Pages,
}

impl Front {
    /// The edition of this moment: the newest one, or a new one when a record, a market, the day or
    /// a counter has changed since.
    #[must_use]
    pub fn edition(&self, app: &App) -> Arc<Edition> {
        let live = app.install.as_ref().map(|install| install.figures()).filter(|f| has_counted(f));
        let snapshot = app.shop.snapshots.published();
        if let Some(newest) = &*self.newest.load() {
            let same_live = match (&newest.live, &live) {
                (None, None) => true,
                (Some(old), Some(new)) => old.generation == new.generation,
                _ => false,
            };
            if same_live && Arc::ptr_eq(&newest.snapshot.known, &snapshot.known) {
                return Arc::clone(newest);
            }
        }
        let generation = self.generations.fetch_add(1, Ordering::SeqCst) + 1;
        let edition = Arc::new(Edition { generation, snapshot: Arc::clone(&snapshot), live });
        self.newest.store(Some(Arc::clone(&edition)));
        edition
    }
}
