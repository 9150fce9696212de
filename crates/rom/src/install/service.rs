//! The count as a service: which folder counts, by which keys devices are known, what is read.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arc_swap::ArcSwap;
use kontor_base::{Instant, SecretKey};
use kontor_count::{CountError, Counter, Options};
use kontor_domain::install::{CELL_MIN, Credential, Day, DeviceKey, Produced};
use kontor_store::{StoreError, Tx, install};

use super::figures::Figures;
use super::stays::Stays;
use crate::core::{Credentials, Rom};

/// What the operator may set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The folder of the log and the snapshots.
    pub folder: PathBuf,
    /// Cells with fewer devices are not published.
    pub cell_min: u64,
    /// New devices from one network on one day that are counted; 0: no limit.
    pub new_per_network: u32,
    /// After how many reports a snapshot is written.
    pub snapshot_every: u64,
}

impl Settings {
    /// The usual settings for a folder.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            cell_min: CELL_MIN,
            new_per_network: 1_000,
            snapshot_every: 20_000_000,
        }
    }
}

/// Keys for each purpose, derived from the one secret that the operator guards.
#[derive(Clone, Debug)]
pub struct Keys {
    /// Pseudonyms of devices, and what tells known ones from invented ones.
    pub credentials: Credentials,
    network: SecretKey,
}

impl Keys {
    /// The keys derived from `secret`.
    #[must_use]
    pub fn new(secret: &SecretKey) -> Self {
        Self { credentials: Credentials::new(secret), network: secret.derive("install network") }
    }

    /// The pseudonym of the device that calls itself `id`.
    #[must_use]
    pub fn device(&self, id: &[u8]) -> DeviceKey {
        self.credentials.device(id)
    }

    /// Tells networks apart on one day, and no longer: 256 addresses of the fourth version, a
    /// customer's /48 of the sixth. Kept in memory until the day ends.
    #[must_use]
    pub fn network(&self, address: Option<IpAddr>, day: Day) -> u64 {
        let mut message = day.number().to_le_bytes().to_vec();
        match address {
            Some(IpAddr::V4(v4)) => message.extend_from_slice(&v4.octets()[..3]),
            Some(IpAddr::V6(v6)) => match v6.to_ipv4_mapped() {
                Some(v4) => message.extend_from_slice(&v4.octets()[..3]),
                None => message.extend_from_slice(&v6.octets()[..6]),
            },
            None => {}
        }
        let hash = self.network.hash(&message);
        u64::from_le_bytes([hash[0], hash[1], hash[2], hash[3], hash[4], hash[5], hash[6], hash[7]])
    }
}

/// Where it is counted.
#[derive(Clone, Debug)]
pub enum Home {
    /// In this process.
    Here(Counter),
    /// In another process, or in the folder of another node; why.
    Elsewhere(Arc<str>),
}

/// The count as a service.
#[derive(Debug)]
pub struct Install {
    /// The ROM service: its database, clock, models and builds.
    pub rom: Arc<Rom>,
    /// The derived keys.
    pub keys: Keys,
    /// What the operator has set.
    pub settings: Settings,
    /// Where sold devices stay.
    pub stays: Stays,
    /// Counts reports that said nothing new; looked up once, as most checks are such.
    pub(super) repeats: metrics::Counter,
    home: Home,
    open: AtomicBool,
    figures: ArcSwap<Figures>,
    /// Numbers that are made and wait to be told; held while they are made.
    waiting: tokio::sync::Mutex<Option<Figures>>,
    /// Whether the next numbers are told at once.
    at_once: AtomicBool,
}

impl Install {
    /// Opens the count. Where another process or another node's folder counts already, nothing is
    /// counted here, and reports are told so: two counts of one population would be worse than
    /// none.
    ///
    /// # Errors
    ///
    /// When the folder is damaged, or the database fails.
    pub async fn open(
        rom: Arc<Rom>,
        secret: &SecretKey,
        settings: Settings,
    ) -> Result<Self, InstallError> {
        let options = Options {
            new_per_source: settings.new_per_network,
            snapshot_every: settings.snapshot_every,
            new_identity: rom.random.bytes16(),
            ..Options::new(&settings.folder)
        };
        // Reading a large snapshot takes seconds: not on a thread that serves others.
        let opened = tokio::task::spawn_blocking(move || Counter::open(&options)).await;
        let home = match opened.map_err(|_| InstallError::Panicked)? {
            Err(CountError::InUse(folder)) => {
                Home::Elsewhere(format!("another process counts in {}", folder.display()).into())
            }
            Err(error) => return Err(error.into()),
            Ok(counter) => at_home(&rom, counter).await?,
        };
        if let Home::Elsewhere(why) = &home {
            tracing::warn!(%why, "installations are not counted here");
        }
        let figures = ArcSwap::from_pointee(Figures::none(rom.now(), settings.cell_min));
        let keys = Keys::new(secret);
        let open = AtomicBool::new(true);
        let repeats = metrics::counter!("kontor_install_reports_total", "outcome" => "repeat");
        let stays = Stays::default();
        stays.read_sold(&rom.db).await?;
        let waiting = tokio::sync::Mutex::new(None);
        let at_once = AtomicBool::new(true);
        let install =
            Self { rom, keys, settings, stays, repeats, home, open, figures, waiting, at_once };
        install.refresh().await?;
        Ok(install)
    }

    /// Where it is counted.
    #[must_use]
    pub const fn home(&self) -> &Home {
        &self.home
    }

    /// The count, if it is here.
    #[must_use]
    pub const fn counter(&self) -> Option<&Counter> {
        match &self.home {
            Home::Here(counter) => Some(counter),
            Home::Elsewhere(_) => None,
        }
    }

    /// Takes reports, or for a while none: while a population is loaded whose days have passed.
    pub fn set_open(&self, open: bool) {
        self.open.store(open, Ordering::Release);
        self.at_once.store(true, Ordering::Release);
    }

    /// Whether reports are taken.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.open.load(Ordering::Acquire) && self.counter().is_some_and(Counter::is_open)
    }

    /// The numbers as they were a moment ago.
    #[must_use]
    pub fn figures(&self) -> Arc<Figures> {
        self.figures.load_full()
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.rom.now()
    }

    /// The credential that a device gets which has shown none.
    #[must_use]
    pub fn credential(&self, device: DeviceKey) -> Credential {
        self.keys.credentials.issue(device, self.now())
    }

    /// Makes the numbers anew if a crowd has changed since; gives whether other numbers are told now.
    ///
    /// Whoever reads numbers twice can subtract them, and must not find what a few devices did
    /// between. So at least [`Settings::cell_min`] devices change between two numbers that are told,
    /// and between the last of a day and those with which it is closed: numbers wait to be told until
    /// that many have changed once more on the same day.
    ///
    /// # Errors
    ///
    /// When the database cannot be read; the old numbers stay.
    pub async fn refresh(&self) -> Result<bool, StoreError> {
        let Some(counter) = self.counter() else { return Ok(false) };
        let mut waiting = self.waiting.lock().await;
        let produced = self.rom.db.read("install.produced", install::produced).await?;
        let at_once = self.at_once.swap(false, Ordering::AcqRel) || self.settings.cell_min <= 1;
        let least = if at_once { 1 } else { self.settings.cell_min };
        let before = self.figures();
        let made = self.made(counter, Arc::clone(&before), produced.clone(), least).await?;
        let told = match (made, at_once) {
            (Some(made), true) => {
                *waiting = None;
                Some(made)
            }
            (Some(made), false) => {
                let today = made.today;
                waiting.replace(made).filter(|waited| waited.today == today)
            }
            (None, true) => waiting.take(),
            (None, false) => None,
        };
        if let Some(told) = told {
            self.figures.store(Arc::new(told));
            return Ok(true);
        }
        if before.counted && before.produced != produced {
            let known = self.known_models(&produced);
            self.figures.store(Arc::new(before.beside(produced, known)));
            return Ok(true);
        }
        Ok(false)
    }

    /// The numbers of this moment, if at least so many devices have changed since the last ones.
    async fn made(
        &self,
        counter: &Counter,
        before: Arc<Figures>,
        produced: Vec<Produced>,
        least: u64,
    ) -> Result<Option<Figures>, StoreError> {
        let (as_of, cell_min) = (self.now(), self.settings.cell_min);
        let known = self.known_models(&produced);
        let counter = counter.clone();
        // One pass over millions of cells, and as many names: not on a thread that serves others.
        let made = tokio::task::spawn_blocking(move || {
            let present = counter.book().edition(least)?;
            Some(Figures::of(&present, &before, produced, known, as_of, cell_min))
        });
        made.await.map_err(|_| StoreError::Panicked { name: "install.refresh" })
    }

    /// Which models the maker knows: it has published a build for them or produced some.
    fn known_models(&self, produced: &[Produced]) -> impl Fn(&str) -> bool + use<> {
        let rom = self.rom.snapshots.now();
        let made: std::collections::BTreeSet<String> =
            produced.iter().map(|batch| batch.model.to_string()).collect();
        move |name: &str| rom.model(name).is_some() || made.contains(name)
    }
}

/// Asks the database whether this folder is the one that counts.
async fn at_home(rom: &Rom, counter: Counter) -> Result<Home, StoreError> {
    let (identity, at) = (counter.identity().to_owned(), rom.now());
    let claim = move |tx: &mut Tx<'_>| install::claim_home(tx, &identity, at);
    let home = rom.db.write("install.claim_home", claim).await?;
    if home == counter.identity() {
        return Ok(Home::Here(counter));
    }
    counter.close().await;
    let why = format!(
        "the count of this shop is the folder with the identity {home}; `kontor install adopt` \
         makes this folder it"
    );
    Ok(Home::Elsewhere(why.into()))
}

/// Why the count did not open.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    /// The log or a snapshot.
    #[error(transparent)]
    Count(#[from] CountError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Reading it panicked.
    #[error("the count could not be read")]
    Panicked,
}
