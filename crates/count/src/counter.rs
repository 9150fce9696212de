//! The count as a service: one thread that takes all waiting reports, writes what they change to
//! the log, waits for the disk once, and then answers all of them.

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};
use std::thread::JoinHandle;

use kontor_domain::install::{Day, Report};
use tokio::sync::oneshot;

use crate::book::Book;
use crate::error::CountError;
use crate::log::{self, EVENTS_MAX, Frame, Part, Writer};
use crate::present::Position;
use crate::record::Event;
use crate::snapshot::{self, Frozen};

/// The file that tells one count from every other.
pub(crate) const IDENTITY: &str = "identity";

/// Reports that may wait; more are refused at once.
const WAITING_MAX: usize = 65_536;
/// Places whose new devices are counted on one day; beyond, only the rate limit protects.
const SOURCES_MAX: usize = 1_000_000;

/// How to count.
#[derive(Clone, Debug)]
pub struct Options {
    /// The folder of log and snapshots.
    pub folder: PathBuf,
    /// New devices from one place (a network) on one day that are believed; further ones are kept
    /// in the log and set aside, and beyond ten times as many refused. 0: no limit.
    pub new_per_source: u32,
    /// After how many logged reports a snapshot is written.
    pub snapshot_every: u64,
    /// What a new folder's count is told by; sixteen random bytes.
    pub new_identity: [u8; 16],
}

impl Options {
    /// The usual options for a folder.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            new_per_source: 1_000,
            snapshot_every: 20_000_000,
            new_identity: [0; 16],
        }
    }
}

/// What became of a report. Every answer is given only when what it says is on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is counted.
    Counted,
    /// Everything it says was known already.
    Repeat,
    /// It is kept, but set aside: too many new devices came from one place today.
    SetAside,
    /// It was not taken: its place has sent ten times too many. Try again tomorrow.
    Refused,
}

enum Task {
    Report { report: Report, received: Day, source: u64, answer: oneshot::Sender<Answer> },
    Many { reports: Vec<(Report, Day)>, answer: oneshot::Sender<Tally> },
    Declare { models: Vec<String>, versions: Vec<String> },
    Day(Day),
    Close(oneshot::Sender<()>),
}

/// What became of many reports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Counted.
    pub counted: u64,
    /// Everything they say was known.
    pub repeats: u64,
}

/// The count. Cloning shares it.
#[derive(Clone, Debug)]
pub struct Counter(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    tasks: SyncSender<Task>,
    book: Arc<RwLock<Book>>,
    identity: String,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Counter {
    /// Opens the count of a folder (made if it is not there): reads the newest snapshot and the
    /// log behind it, cuts off what was being written when the last process ended.
    ///
    /// # Errors
    ///
    /// See [`CountError`].
    pub fn open(options: &Options) -> Result<Self, CountError> {
        let folder = &options.folder;
        std::fs::create_dir_all(folder).map_err(CountError::io("make", folder))?;
        let lock = lock(folder)?;
        let identity = identity(folder, options.new_identity)?;
        let (mut book, first) = snapshot::newest(folder)?;
        let segments: Vec<u64> =
            log::segments(folder)?.into_iter().filter(|number| *number >= first).collect();
        log::complete(folder, first, &segments)?;
        let (mut number, mut length, mut logged) = (first, 0, 0_u64);
        for segment in &segments {
            let path = log::segment(folder, *segment);
            let part = if segments.last() == Some(segment) { Part::Newest } else { Part::Whole };
            number = *segment;
            length = log::read_segment(&path, part, |frame| {
                logged += frame.events.len() as u64;
                replay(&mut book, &frame);
            })?;
        }
        let writer = Writer::open(folder, number, length)?;
        book.position = Position { segment: number, bytes: length };
        let book = Arc::new(RwLock::new(book));
        let (tasks, waiting) = sync_channel(WAITING_MAX);
        let desk = Desk {
            options: options.clone(),
            book: Arc::clone(&book),
            writer,
            number,
            logged,
            sources: HashMap::new(),
            sources_day: 0,
            snapshot: None,
            _lock: lock,
        };
        let shared_identity = identity;
        let thread = std::thread::Builder::new()
            .name("kontor-count".to_owned())
            .spawn(move || desk.run(&waiting))
            .map_err(CountError::io("start the thread for", folder))?;
        let (identity, thread) = (shared_identity, Mutex::new(Some(thread)));
        Ok(Self(Arc::new(Shared { tasks, book, identity, thread })))
    }

    /// Hands in a report that came on `received`; `source` tells places apart (a keyed hash of a
    /// network, never kept). The answer comes when it is on disk.
    ///
    /// # Errors
    ///
    /// [`CountError::Unavailable`] when too many wait or the log has failed.
    pub async fn submit(
        &self,
        report: Report,
        received: Day,
        source: u64,
    ) -> Result<Answer, CountError> {
        let (answer, answered) = oneshot::channel();
        match self.0.tasks.try_send(Task::Report { report, received, source, answer }) {
            Ok(()) => answered.await.map_err(|_| CountError::Unavailable),
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {
                Err(CountError::Unavailable)
            }
        }
    }

    /// Hands in many reports of one's own (a population that is made up, a log of another system),
    /// each with the day on which it came, the earliest first. The answer comes when all are on
    /// disk.
    ///
    /// # Errors
    ///
    /// [`CountError::Unavailable`] when too many wait or the log has failed.
    pub async fn submit_many(&self, reports: Vec<(Report, Day)>) -> Result<Tally, CountError> {
        let (answer, answered) = oneshot::channel();
        match self.0.tasks.try_send(Task::Many { reports, answer }) {
            Ok(()) => answered.await.map_err(|_| CountError::Unavailable),
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {
                Err(CountError::Unavailable)
            }
        }
    }

    /// Whether everything that a report says is counted, as far as a quick look tells. What was
    /// counted a moment ago may still be on its way to the disk: who owes an answer that holds
    /// must [`Counter::submit`].
    #[must_use]
    pub fn is_repeat(&self, report: &Report, received: Day) -> bool {
        self.book().is_repeat(report, received)
    }

    /// Goes on to `day` even if no report comes on it, so that windows of days move. Nobody waits
    /// for it; whoever calls it does so again before long.
    pub fn advance(&self, day: Day) {
        if self.book().today() < day {
            let _ = self.0.tasks.try_send(Task::Day(day));
        }
    }

    /// Gives the names of the maker's own models and versions their numbers before reports with
    /// invented ones can take them all. As with [`Counter::advance`], it is called again.
    pub fn declare(&self, mut models: Vec<String>, mut versions: Vec<String>) {
        let book = self.book();
        models.retain(|name| book.models.number(name).is_none());
        versions.retain(|name| book.versions.number(name).is_none());
        drop(book);
        if !models.is_empty() || !versions.is_empty() {
            let _ = self.0.tasks.try_send(Task::Declare { models, versions });
        }
    }

    /// Tells this count from every other: it is made with the folder and goes where the folder
    /// goes.
    #[must_use]
    pub fn identity(&self) -> &str {
        &self.0.identity
    }

    /// Whether reports are taken: the log has not failed and nobody has closed it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        let thread = self.0.thread.lock().unwrap_or_else(PoisonError::into_inner);
        thread.as_ref().is_some_and(|thread| !thread.is_finished())
    }

    /// The count as it is now. Hold it briefly: reports wait meanwhile.
    pub fn book(&self) -> RwLockReadGuard<'_, Book> {
        self.0.book.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers what waits, writes a snapshot and ends. Later reports are refused.
    pub async fn close(&self) {
        let (done, closed) = oneshot::channel();
        if self.0.tasks.try_send(Task::Close(done)).is_ok() {
            let _ = closed.await;
        }
        let thread = self.0.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the counting thread had died");
        }
    }
}

/// The identity of the count in `folder`; `new` becomes it if there is none.
fn identity(folder: &Path, new: [u8; 16]) -> Result<String, CountError> {
    let path = folder.join(IDENTITY);
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(text.trim().to_owned()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let text = kontor_base::hex(&new);
            let write = || {
                let part = folder.join("identity.part");
                std::fs::write(&part, &text)?;
                File::open(&part)?.sync_all()?;
                std::fs::rename(&part, &path)?;
                File::open(folder)?.sync_all()
            };
            write().map_err(CountError::io("write", &path))?;
            Ok(text)
        }
        Err(source) => Err(CountError::io("read", &path)(source)),
    }
}

/// The count of a folder for reading alone: the newest snapshot and the log behind it, up to
/// `until`. The server may be running; what it writes meanwhile is not seen.
///
/// # Errors
///
/// When the folder cannot be read or is damaged.
pub fn read_only(folder: &Path, until: Option<Position>) -> Result<Book, CountError> {
    // A snapshot says more than a place before it: then the log is read from its beginning.
    let newest = snapshot::numbers(folder)?.pop().unwrap_or(1);
    let (mut book, first) = match until {
        Some(until) if until.segment < newest => {
            snapshot::base(folder)?.unwrap_or((Book::default(), 1))
        }
        _ => snapshot::newest(folder)?,
    };
    log::reaches(first, until)?;
    let mut position = Position { segment: first, bytes: 0 };
    for (path, part) in log::parts(folder, until)? {
        let number = path.file_stem().and_then(|stem| stem.to_str()?.parse::<u64>().ok());
        let Some(segment) = number.filter(|number| *number >= first) else { continue };
        let bytes = log::read_segment(&path, part, |frame| replay(&mut book, &frame))?;
        position = Position { segment, bytes };
    }
    book.position = position;
    Ok(book)
}

/// Copies a count (its log, its newest snapshot, its identity) to another folder, which is made;
/// gives the bytes. The server may be running.
///
/// # Errors
///
/// When something cannot be read or written.
pub fn copy(from: &Path, to: &Path) -> Result<u64, CountError> {
    log::copy(from, to)
}

fn lock(folder: &Path) -> Result<File, CountError> {
    let path = folder.join("lock");
    let file = File::create(&path).map_err(CountError::io("open", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(CountError::InUse(folder.to_owned())),
        Err(std::fs::TryLockError::Error(source)) => Err(CountError::io("lock", &path)(source)),
    }
}

pub(crate) fn replay(book: &mut Book, frame: &Frame) {
    book.advance(Day::from_number(frame.received));
    for (which, name) in &frame.names {
        book.enter_name(*which, name);
    }
    for event in &frame.events {
        book.take(event);
    }
}

/// What the thread works with.
struct Desk {
    options: Options,
    book: Arc<RwLock<Book>>,
    writer: Writer,
    number: u64,
    logged: u64,
    sources: HashMap<u64, u32>,
    sources_day: u16,
    snapshot: Option<JoinHandle<()>>,
    _lock: File,
}

/// What is told to whom once the batch is on disk.
enum Reply {
    One(oneshot::Sender<Answer>, Answer),
    Many(oneshot::Sender<Tally>, Tally),
}

/// The frames of a batch while they are made.
#[derive(Default)]
struct Frames {
    bytes: Vec<u8>,
    events: Vec<Event>,
    logged: u64,
}

impl Frames {
    /// Ends a frame: of what was counted on the day that the book stands at.
    fn flush(&mut self, book: &mut Book, even_if_empty: bool) {
        let names = book.fresh();
        if !self.events.is_empty() || !names.is_empty() || even_if_empty {
            let events = std::mem::take(&mut self.events);
            self.logged += events.len() as u64;
            let before = self.bytes.len();
            Frame { received: book.today, names, events }.write(&mut self.bytes);
            book.position.bytes += (self.bytes.len() - before) as u64;
        }
    }

    /// Goes on to another day. An empty frame says so: whoever counts the log again must stand on
    /// the same day as the book.
    fn advance(&mut self, book: &mut Book, day: Day) {
        if day.number() > book.today {
            self.flush(book, false);
            book.advance(day);
            self.flush(book, true);
        }
    }

    /// Counts a report; false if it changed nothing.
    fn take(&mut self, book: &mut Book, report: &Report, aside: bool) -> bool {
        let event = book.event(report, aside);
        if !book.take(&event) {
            return false;
        }
        self.events.push(event);
        if self.events.len() >= EVENTS_MAX {
            self.flush(book, false);
        }
        true
    }
}

impl Desk {
    fn run(mut self, waiting: &Receiver<Task>) {
        while let Ok(first) = waiting.recv() {
            let mut batch = vec![first];
            batch.extend(waiting.try_iter().take(EVENTS_MAX - 1));
            let (frames, replies, closing) = self.count(batch);
            if !frames.bytes.is_empty()
                && let Err(error) = self.writer.append(&frames.bytes)
            {
                // What is counted in memory but not on disk must never be built upon.
                tracing::error!(%error, "the log of installs cannot be written; counting stops");
                return;
            }
            for reply in replies {
                // Whoever does not wait any more does not need the answer.
                let _ = match reply {
                    Reply::One(sender, answer) => sender.send(answer).is_ok(),
                    Reply::Many(sender, tally) => sender.send(tally).is_ok(),
                };
            }
            self.logged += frames.logged;
            if closing.is_some() || self.logged >= self.options.snapshot_every {
                self.snapshot(closing.is_some());
            }
            if let Some(done) = closing {
                let _ = done.send(());
                return;
            }
        }
    }

    /// Counts a batch in memory and makes its frames.
    fn count(&mut self, batch: Vec<Task>) -> (Frames, Vec<Reply>, Option<oneshot::Sender<()>>) {
        let shared = Arc::clone(&self.book);
        let mut book = shared.write().unwrap_or_else(PoisonError::into_inner);
        let (mut frames, mut replies, mut closing) = (Frames::default(), Vec::new(), None);
        for task in batch {
            match task {
                Task::Close(done) => closing = Some(done),
                Task::Day(day) => frames.advance(&mut book, day),
                Task::Declare { models, versions } => {
                    models.iter().for_each(|name| book.declare(0, name));
                    versions.iter().for_each(|name| book.declare(1, name));
                    frames.flush(&mut book, false);
                }
                Task::Report { report, received, source, answer } => {
                    frames.advance(&mut book, received);
                    let outcome = self.admit(&book, &report, source);
                    let counted = outcome != Answer::Refused
                        && frames.take(&mut book, &report, outcome == Answer::SetAside);
                    let told = match outcome {
                        Answer::Refused => Answer::Refused,
                        outcome if counted => outcome,
                        _ => Answer::Repeat,
                    };
                    replies.push(Reply::One(answer, told));
                }
                Task::Many { reports, answer } => {
                    let mut tally = Tally::default();
                    for (report, received) in reports {
                        frames.advance(&mut book, received);
                        if frames.take(&mut book, &report, false) {
                            tally.counted += 1;
                        } else {
                            tally.repeats += 1;
                        }
                    }
                    replies.push(Reply::Many(answer, tally));
                }
            }
        }
        frames.flush(&mut book, false);
        (frames, replies, closing)
    }

    /// Whether a report is believed, judged by how many new devices its place has sent today.
    fn admit(&mut self, book: &Book, report: &Report, source: u64) -> Answer {
        let limit = self.options.new_per_source;
        if limit == 0 || book.knows(report) {
            return Answer::Counted;
        }
        if self.sources_day != book.today {
            self.sources.clear();
            self.sources_day = book.today;
        }
        if self.sources.len() >= SOURCES_MAX && !self.sources.contains_key(&source) {
            return Answer::Counted;
        }
        let sent = self.sources.entry(source).or_default();
        *sent = sent.saturating_add(1);
        match *sent {
            sent if sent <= limit => Answer::Counted,
            sent if sent <= limit.saturating_mul(10) => Answer::SetAside,
            _ => Answer::Refused,
        }
    }

    /// Begins a new segment and writes what all before it say, beside the count.
    fn snapshot(&mut self, wait: bool) {
        if self.snapshot.as_ref().is_some_and(|thread| !thread.is_finished()) && !wait {
            return;
        }
        if let Some(before) = self.snapshot.take() {
            let _ = before.join();
        }
        if self.logged == 0 {
            return;
        }
        let number = self.number + 1;
        match Writer::open(&self.options.folder, number, 0) {
            Ok(writer) => self.writer = writer,
            Err(error) => {
                tracing::error!(%error, "no new segment; the old one goes on");
                return;
            }
        }
        (self.number, self.logged) = (number, 0);
        self.book.write().unwrap_or_else(PoisonError::into_inner).position =
            Position { segment: number, bytes: 0 };
        let frozen = Frozen::of(&self.book);
        let folder = self.options.folder.clone();
        let write = move || {
            let written = frozen.write(&folder, number).and_then(|()| snapshot::tidy_up(&folder));
            if let Err(error) = written {
                tracing::error!(%error, "no snapshot; the next start reads more of the log");
            }
        };
        let thread = std::thread::Builder::new().name("kontor-snapshot".to_owned()).spawn(write);
        match thread {
            Ok(thread) if wait => {
                let _ = thread.join();
            }
            Ok(thread) => self.snapshot = Some(thread),
            Err(error) => tracing::error!(%error, "no thread for a snapshot"),
        }
    }
}
