//! What devices are answered from: everything published, and for each model, channel, source build
//! and standing in the rollout the finished documents. Immutable; made anew when something changes.
//!
//! The documents of a channel repeat themselves (most sources lead to the same build), so each is
//! rendered once and shared.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::{ArcSwap, Guard};
use kontor_base::KeyedHash;
use kontor_base::id::BuildId;
use kontor_domain::build::{Build, BuildFile, Digest};
use kontor_domain::channel::{Channel, Entry, Shelved, Step, step};
use kontor_domain::device::{Codename, DeviceModel};
use kontor_domain::rollout::{NotYet, Rollout, RolloutState};
use kontor_store::build::FileState;
use kontor_store::{Db, StoreError, Topic, Tx, build, channel, delta, device, fact, rollout};

use super::answer::{Answers, Source};
use super::document::{Answering, Document, check, custota, lineage_v1, lineage_v2, static_line};
use super::rom::Settings;

/// Whether a rollout holds the newest build back from a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Held {
    /// It lets the device in, or there is none.
    No,
    /// It does not, for this reason.
    Yes(NotYet),
}

/// A file that may be fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServedFile {
    /// Its name for people and clients.
    pub name: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// It is of a build that is in a channel and was not withdrawn: mirrors have it.
    pub public: bool,
}

/// A rollout that is under way in a channel.
#[derive(Clone, Debug)]
pub struct Live {
    /// The rollout.
    pub rollout: Rollout,
    /// The place of its build in the channel.
    pub place: usize,
    /// The size of the whole package, for the pace.
    pub bytes: u64,
}

/// One channel of a model.
#[derive(Debug)]
pub struct ChannelView {
    /// Its entries, by the date of the builds, oldest first.
    pub entries: Vec<Entry>,
    /// The builds of the entries.
    pub builds: Vec<Arc<Build>>,
    /// The rollouts of this channel, the oldest first.
    pub rollouts: Vec<Rollout>,
    /// The one under way.
    pub live: Option<Live>,
    by_source: HashMap<String, usize>,
    built: Vec<i64>,
    /// By standing: one, or as few that looking at each is the fastest.
    tables: Vec<(Held, Vec<Answers>)>,
}

/// A model with everything of it.
#[derive(Debug)]
pub struct ModelView {
    /// The model.
    pub model: DeviceModel,
    /// Its builds, oldest first.
    pub builds: Vec<Arc<Build>>,
    /// All builds that are offered somewhere, newest first, as a list for the older clients.
    pub all_builds: Arc<Document>,
    channels: [ChannelView; 3],
}

impl ModelView {
    /// A channel.
    #[must_use]
    pub const fn channel(&self, channel: Channel) -> &ChannelView {
        &self.channels[channel as usize]
    }

    /// Every channel, the calmest first.
    #[must_use]
    pub const fn channels(&self) -> &[ChannelView; 3] {
        &self.channels
    }

    /// A build by its incremental.
    #[must_use]
    pub fn build(&self, incremental: &str) -> Option<&Arc<Build>> {
        self.builds.iter().find(|build| build.incremental.as_str() == incremental)
    }
}

/// Everything that devices are answered from.
#[derive(Debug)]
pub struct Snapshot {
    /// Rises with every snapshot.
    pub generation: u64,
    /// The models by codename.
    pub models: BTreeMap<Codename, Arc<ModelView>>,
    /// The company's own devices.
    pub own: HashSet<KeyedHash>,
    files: HashMap<Digest, ServedFile>,
    /// By every name that a model answers to.
    names: HashMap<String, Arc<ModelView>>,
    /// The version of the facts that it was read at.
    pub version: i64,
}

impl Snapshot {
    /// The model that devices of this name are of.
    #[must_use]
    pub fn model(&self, name: &str) -> Option<&ModelView> {
        self.names.get(name).map(AsRef::as_ref)
    }

    /// The files of builds that are in a channel, by hash: what mirrors are to have.
    #[must_use]
    pub fn public_files(&self) -> BTreeMap<String, &ServedFile> {
        let public = self.files.iter().filter(|(_, file)| file.public);
        public.map(|(sha256, file)| (sha256.to_string(), file)).collect()
    }

    /// The file with this hash, if it is published and its bytes are good.
    #[must_use]
    pub fn file(&self, sha256: &Digest) -> Option<&ServedFile> {
        self.files.get(sha256)
    }

    fn read(tx: &mut Tx<'_>, settings: &Settings, generation: u64) -> Result<Self, StoreError> {
        let version = fact::versions(tx)?.of(Topic::Rollout);
        let good: HashSet<Digest> = build::files(tx)?
            .into_iter()
            .filter(|file| file.state == FileState::Good)
            .map(|file| file.sha256)
            .collect();
        let mut entries: HashMap<(Codename, Channel), Vec<Entry>> = HashMap::new();
        let mut entered = HashSet::new();
        for entry in channel::all(tx)? {
            entered.insert(entry.build);
            entries.entry((entry.model.clone(), entry.channel)).or_default().push(entry);
        }
        let mut builds: HashMap<Codename, Vec<Arc<Build>>> = HashMap::new();
        let mut files = HashMap::new();
        for mut build in build::all(tx)? {
            // A damaged file is offered to nobody; without its whole package a build is not either.
            build.packages.retain(|package| good.contains(&package.file.sha256));
            if build.withdrawn.is_some() {
                entered.remove(&build.id);
            }
            let public = entered.contains(&build.id);
            for package in &mut build.packages {
                package.csig = package.csig.take().filter(|csig| good.contains(&csig.sha256));
                for file in std::iter::once(&package.file).chain(&package.csig) {
                    serve(&mut files, file, public);
                }
            }
            builds.entry(build.model.clone()).or_default().push(Arc::new(build));
        }
        let images = delta::images(tx)?;
        let deltas = delta::all(tx)?.into_iter().filter_map(|row| Some((row.to, row.made?.file)));
        for (build, file) in images.into_iter().chain(deltas) {
            if good.contains(&file.sha256) {
                serve(&mut files, &file, entered.contains(&build));
            }
        }
        let mut rollouts: HashMap<(Codename, Channel), Vec<Rollout>> = HashMap::new();
        for rollout in rollout::all(tx)? {
            let key = (rollout.model.clone(), rollout.channel);
            rollouts.entry(key).or_default().push(rollout);
        }
        let mut models = BTreeMap::new();
        let mut names = HashMap::new();
        for model in device::all(tx)? {
            let own = builds.remove(&model.codename).unwrap_or_default();
            let channels = Channel::ALL.map(|channel| {
                let key = (model.codename.clone(), channel);
                let entries = entries.remove(&key).unwrap_or_default();
                let rollouts = rollouts.remove(&key).unwrap_or_default();
                ChannelView::new(settings, channel, &own, entries, rollouts)
            });
            let offered: Vec<&Build> = own
                .iter()
                .rev()
                .filter(|build| channels.iter().any(|channel| channel.is_open(build)))
                .map(AsRef::as_ref)
                .collect();
            let all_builds = Arc::new(lineage_v2(settings, &offered));
            let view = Arc::new(ModelView { model, builds: own, all_builds, channels });
            let model = &view.model;
            for name in model.also.iter().chain([&model.codename]) {
                names.insert(name.to_string(), Arc::clone(&view));
            }
            models.insert(model.codename.clone(), view);
        }
        let own = device::own(tx)?.into_iter().collect();
        Ok(Self { generation, models, own, files, names, version })
    }
}

/// Takes a file in; the same bytes may belong to several builds.
fn serve(files: &mut HashMap<Digest, ServedFile>, file: &BuildFile, public: bool) {
    let (name, bytes) = (file.name.clone(), file.bytes);
    let served = files.entry(file.sha256).or_insert(ServedFile { name, bytes, public });
    served.public |= public;
}

/// Whether a build of a channel is there for everybody, for nobody, or as its rollout says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Open,
    Closed(NotYet),
    Live,
}

impl ChannelView {
    fn new(
        settings: &Settings,
        channel: Channel,
        all: &[Arc<Build>],
        entries: Vec<Entry>,
        rollouts: Vec<Rollout>,
    ) -> Self {
        let mut found: Vec<(Entry, Arc<Build>)> = entries
            .into_iter()
            .filter_map(|entry| {
                let build = all.iter().find(|build| build.id == entry.build)?;
                Some((entry, Arc::clone(build)))
            })
            .collect();
        found.sort_by_key(|(_, build)| build.built_at);
        let (entries, builds): (Vec<Entry>, Vec<Arc<Build>>) = found.into_iter().unzip();
        let live = rollouts.iter().rev().find(|rollout| rollout.standing.state.unfinished());
        let live = live.and_then(|rollout| {
            let place = builds.iter().position(|build| build.id == rollout.build)?;
            let bytes = builds[place].whole().map_or(0, |package| package.file.bytes);
            Some(Live { rollout: rollout.clone(), place, bytes })
        });
        let mut view = Self {
            by_source: HashMap::new(),
            built: builds.iter().map(|build| build.built_s()).collect(),
            tables: Vec::new(),
            entries,
            builds,
            rollouts,
            live,
        };
        view.render(settings, channel, all);
        view
    }

    /// The rollout that brings a build to devices here: the last one.
    #[must_use]
    pub fn rollout_of(&self, build: BuildId) -> Option<&Rollout> {
        self.rollouts.iter().rev().find(|rollout| rollout.build == build)
    }

    /// Whether everybody in the channel may have this build.
    fn is_open(&self, build: &Build) -> bool {
        let place = self.builds.iter().position(|own| own.id == build.id);
        place.is_some_and(|place| self.way(place) == Way::Open)
    }

    /// A build that never had a rollout is there for nobody: promoting it must not surprise
    /// a million devices.
    fn way(&self, place: usize) -> Way {
        let build = &self.builds[place];
        if build.withdrawn.is_some() || build.whole().is_none() {
            return Way::Closed(NotYet::Abandoned);
        }
        match self.rollouts.iter().rev().find(|rollout| rollout.build == build.id) {
            None => Way::Closed(NotYet::Planned),
            Some(rollout) => match rollout.standing.state {
                RolloutState::Done => Way::Open,
                RolloutState::Abandoned => Way::Closed(NotYet::Abandoned),
                _ => Way::Live,
            },
        }
    }

    /// The standings that a device can have, so that only documents that can be asked for are made.
    fn standings(&self) -> &'static [Held] {
        let Some(live) = &self.live else { return &[Held::No] };
        match live.rollout.standing.state {
            RolloutState::Planned => &[Held::Yes(NotYet::Planned)],
            RolloutState::Running => &[
                Held::No,
                Held::Yes(NotYet::OwnFirst),
                Held::Yes(NotYet::Country),
                Held::Yes(NotYet::Share),
            ],
            RolloutState::Paused => &[Held::No, Held::Yes(NotYet::Paused)],
            RolloutState::Halted => &[Held::Yes(NotYet::Halted)],
            RolloutState::Done | RolloutState::Abandoned => &[Held::No],
        }
    }

    /// One row per build of the model as a source, then one per gap between the channel's builds
    /// for sources that are not known.
    fn render(&mut self, settings: &Settings, channel: Channel, all: &[Arc<Build>]) {
        let ways: Vec<Way> = (0..self.builds.len()).map(|place| self.way(place)).collect();
        for (row, build) in all.iter().enumerate() {
            self.by_source.insert(build.incremental.to_string(), self.built.len() + 1 + row);
        }
        let gaps = std::iter::once(i64::MIN).chain(self.built.iter().copied());
        let unknown = gaps.map(|built_s| (built_s, None));
        let known = all.iter().map(|build| (build.built_s(), Some(build)));
        let sources: Vec<(i64, Option<&Arc<Build>>)> = unknown.chain(known).collect();
        let mut tables = Vec::new();
        for held in self.standings() {
            let shelf: Vec<Shelved> = (0..self.builds.len())
                .map(|place| Shelved {
                    built_s: self.built[place],
                    // A withdrawn floor must not hold anybody for ever.
                    floor: self.entries[place].floor && self.builds[place].withdrawn.is_none(),
                    open: ways[place] == Way::Open
                        || (ways[place] == Way::Live && *held == Held::No),
                })
                .collect();
            let mut kept = Kept {
                settings,
                channel,
                view: self,
                all,
                lists: HashMap::new(),
                checks: HashMap::new(),
            };
            let rows = sources
                .iter()
                .map(|(built_s, source)| kept.answers(&shelf, &ways, *held, *built_s, *source))
                .collect();
            tables.push((*held, rows));
        }
        self.tables = tables;
    }

    /// The documents for a source and a standing.
    pub(super) fn answers(&self, source: &Source<'_>, held: Held) -> &Answers {
        let row = self.by_source.get(source.incremental).copied().unwrap_or_else(|| {
            source.built_s.map_or(0, |built_s| self.built.partition_point(|b| *b <= built_s))
        });
        let own = self.tables.iter().find(|(standing, _)| *standing == held);
        let (_, table) = own.or(self.tables.first()).expect("a channel has a standing");
        &table[row]
    }
}

/// What other projects' clients are told, so that it is rendered once.
#[derive(Clone)]
struct Lists {
    v1: Arc<Document>,
    v2: Arc<Document>,
    line: Option<Arc<Document>>,
    custota: Option<Arc<Document>>,
}

/// What a check's answer says: target, whether it is a floor, smaller package, what is held back.
type CheckKey = (Option<usize>, bool, Option<Digest>, Option<usize>);

/// Documents that were rendered already.
struct Kept<'v> {
    settings: &'v Settings,
    channel: Channel,
    view: &'v ChannelView,
    /// All builds of the model.
    all: &'v [Arc<Build>],
    lists: HashMap<Option<usize>, Lists>,
    checks: HashMap<CheckKey, Arc<Document>>,
}

impl Kept<'_> {
    fn answers(
        &mut self,
        shelf: &[Shelved],
        ways: &[Way],
        held: Held,
        built_s: i64,
        source: Option<&Arc<Build>>,
    ) -> Answers {
        let builds = &self.view.builds;
        let (target, floor) = match step(shelf, built_s) {
            Step::Stay => (None, false),
            Step::Newest(place) => (Some(place), false),
            Step::Floor(place) => (Some(place), true),
        };
        // The newest build ahead that this device may not have, if it is not on its way there: it is not
        // open, or a floor before it is not. One whose file is damaged is as good as not published.
        let ahead = target.map_or(built_s, |place| shelf[place].built_s);
        let back = (0..builds.len()).rev().find(|place| {
            shelf[*place].built_s > ahead
                && builds[*place].withdrawn.is_none()
                && builds[*place].whole().is_some()
        });
        let back = back.filter(|_| !floor);
        let install = target.map(|place| (builds[place].as_ref(), floor));
        let smaller = target
            .zip(source)
            .and_then(|(place, source)| builds[place].from_source(source.incremental.as_str()));
        let reason = match (target, back) {
            (Some(_), _) if floor => "channel.floor_first",
            (Some(_), _) => "channel.install",
            (None, Some(place)) => code(ways[place], held),
            (None, None) => "channel.up_to_date",
        };
        let settings = self.settings;
        let key = (target, floor, smaller.map(|package| package.file.sha256), back);
        let check = Arc::clone(self.checks.entry(key).or_insert_with(|| {
            let held = back.map(|place| (builds[place].as_ref(), code(ways[place], held)));
            Arc::new(check(settings, &Answering { install, smaller, held, reason }))
        }));
        let (channel, all) = (self.channel, self.all);
        let lists = self.lists.entry(target).or_insert_with(|| {
            let list: Vec<&Build> =
                target.map(|place| builds[place].as_ref()).into_iter().collect();
            Lists {
                v1: Arc::new(lineage_v1(settings, &list)),
                v2: Arc::new(lineage_v2(settings, &list)),
                line: list.first().map(|build| Arc::new(static_line(build, channel))),
                custota: list.first().and_then(|build| custota(settings, build, all)).map(Arc::new),
            }
        });
        let lists = lists.clone();
        Answers {
            lineage_v1: lists.v1,
            lineage_v2: lists.v2,
            line: lists.line,
            custota: lists.custota,
            check,
            install: target.map(|place| Arc::clone(&builds[place])),
            source: source.cloned(),
            reason,
        }
    }
}

const fn code(way: Way, held: Held) -> &'static str {
    match (way, held) {
        (Way::Closed(reason), _) | (Way::Live, Held::Yes(reason)) => reason.code(),
        // Open builds are not held; only a closed floor before them can be the reason.
        (Way::Open | Way::Live, _) => "channel.floor_closed",
    }
}

/// The published snapshot, and how it is made anew.
#[derive(Debug)]
pub struct Snapshots {
    published: ArcSwap<Snapshot>,
    generations: AtomicU64,
}

impl Snapshots {
    pub(super) async fn load(db: &Db, settings: &Settings) -> Result<Self, StoreError> {
        let settings = settings.clone();
        let first = db.read("rollout.snapshot", move |tx| Snapshot::read(tx, &settings, 1)).await?;
        Ok(Self { published: ArcSwap::from_pointee(first), generations: AtomicU64::new(1) })
    }

    /// The published snapshot.
    #[must_use]
    pub fn now(&self) -> Arc<Snapshot> {
        self.published.load_full()
    }

    /// The published snapshot for a moment, not to be kept over a wait: where many threads ask at once
    /// they do not share a count that each raises and lowers.
    #[must_use]
    pub fn look(&self) -> Guard<Arc<Snapshot>> {
        self.published.load()
    }

    pub(super) async fn refresh(&self, db: &Db, settings: &Settings) -> Result<bool, StoreError> {
        let old = self.published.load().version;
        let settings = settings.clone();
        let generation = self.generations.load(Ordering::SeqCst) + 1;
        let new = db
            .read("rollout.snapshot", move |tx| {
                if fact::versions(tx)?.of(Topic::Rollout) == old {
                    return Ok::<_, StoreError>(None);
                }
                Snapshot::read(tx, &settings, generation).map(Some)
            })
            .await?;
        let Some(new) = new else { return Ok(false) };
        let new = Arc::new(new);
        // Two refreshes at once: the later facts stay.
        self.published
            .rcu(|present| Arc::clone(if present.version > new.version { present } else { &new }));
        self.generations.store(generation, Ordering::SeqCst);
        Ok(true)
    }
}
