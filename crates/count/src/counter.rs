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
use crate::log::{self, EVENTS_MAX, Frame, Writer};
use crate::snapshot::{self, Frozen};

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
}

impl Options {
    /// The usual options for a folder.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), new_per_source: 1_000, snapshot_every: 5_000_000 }
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
    Close(oneshot::Sender<()>),
}

/// The count. Cloning shares it.
#[derive(Clone, Debug)]
pub struct Counter(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    tasks: SyncSender<Task>,
    book: Arc<RwLock<Book>>,
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
        let (mut book, first) = snapshot::newest(folder)?;
        let segments: Vec<u64> =
            log::segments(folder)?.into_iter().filter(|number| *number >= first).collect();
        let (mut number, mut length, mut logged) = (first, 0, 0_u64);
        for segment in &segments {
            let path = log::segment(folder, *segment);
            (number, length) = (*segment, 0);
            length += log::read_segment(&path, segments.last() == Some(segment), |frame| {
                logged += frame.events.len() as u64;
                replay(&mut book, &frame);
            })?;
        }
        let writer = Writer::open(folder, number, length)?;
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
        let thread = std::thread::Builder::new()
            .name("kontor-count".to_owned())
            .spawn(move || desk.run(&waiting))
            .map_err(CountError::io("start the thread for", folder))?;
        Ok(Self(Arc::new(Shared { tasks, book, thread: Mutex::new(Some(thread)) })))
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

fn lock(folder: &Path) -> Result<File, CountError> {
    let path = folder.join("lock");
    let file = File::create(&path).map_err(CountError::io("open", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(CountError::InUse(folder.to_owned())),
        Err(std::fs::TryLockError::Error(source)) => Err(CountError::io("lock", &path)(source)),
    }
}

fn replay(book: &mut Book, frame: &Frame) {
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

type Answers = Vec<(oneshot::Sender<Answer>, Answer)>;

impl Desk {
    fn run(mut self, waiting: &Receiver<Task>) {
        while let Ok(first) = waiting.recv() {
            let mut batch = vec![first];
            batch.extend(waiting.try_iter().take(EVENTS_MAX - 1));
            let (bytes, answers, logged, closing) = self.count(batch);
            if !bytes.is_empty()
                && let Err(error) = self.writer.append(&bytes)
            {
                // What is counted in memory but not on disk must never be built upon.
                tracing::error!(%error, "the log of installs cannot be written; counting stops");
                return;
            }
            for (sender, answer) in answers {
                let _ = sender.send(answer);
            }
            self.logged += logged;
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
    fn count(&mut self, batch: Vec<Task>) -> (Vec<u8>, Answers, u64, Option<oneshot::Sender<()>>) {
        let shared = Arc::clone(&self.book);
        let mut book = shared.write().unwrap_or_else(PoisonError::into_inner);
        let (mut bytes, mut answers, mut logged, mut closing) = (Vec::new(), Vec::new(), 0, None);
        let mut events = Vec::new();
        let mut flush = |book: &mut Book, events: &mut Vec<_>| {
            let names = book.fresh();
            if !events.is_empty() || !names.is_empty() {
                let events = std::mem::take(events);
                logged += events.len() as u64;
                Frame { received: book.today, names, events }.write(&mut bytes);
            }
        };
        for task in batch {
            match task {
                Task::Close(done) => closing = Some(done),
                Task::Report { report, received, source, answer } => {
                    if received.number() > book.today {
                        flush(&mut book, &mut events);
                        book.advance(received);
                    }
                    let outcome = self.admit(&book, &report, source);
                    let aside = outcome == Answer::SetAside;
                    if outcome == Answer::Refused {
                        answers.push((answer, outcome));
                        continue;
                    }
                    let event = book.event(&report, aside);
                    let outcome = if book.take(&event) {
                        events.push(event);
                        outcome
                    } else {
                        Answer::Repeat
                    };
                    answers.push((answer, outcome));
                }
            }
        }
        flush(&mut book, &mut events);
        (bytes, answers, logged, closing)
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
        let frozen = Frozen::of(&self.book.read().unwrap_or_else(PoisonError::into_inner));
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
