//! Makes deltas and packed images, one at a time: claims one, makes it in a thread, applies it and compares, judges
//! whether it saves enough, and writes what came of it.
//!
//! The node that works tells how far it is every half second; the same write notices that somebody
//! has stopped it. A node that has not told anything for two minutes has died, and its work is taken
//! up again. Memory: the old image, an index of at most 133 MiB, and what the compressors take; an
//! old image beyond the bound of the settings is not taken on.

use std::fs::File;
use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use kontor_base::id::{self, BuildId};
use kontor_domain::build::{Build, BuildFile, Digest};
use kontor_ota::delta::{DeltaError, Worth, apply, encode, worth};
use kontor_store::build::{FileState, KnownFile, save_file};
use kontor_store::delta::{DeltaRow, DeltaState, MadeDelta, all, finish, progress, reclaim, step};
use kontor_store::{StoreError, build as builds, delta};
use tokio::sync::watch;

use crate::core::{FilesError, Incoming, Rom};
use crate::signing::{delta_name, packed_name};

/// A worker that was silent for so many seconds has died.
const SILENT_S: i64 = 120;
/// How often a worker tells how far it is.
const TELL_EVERY: Duration = Duration::from_millis(500);

/// What a round of work came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Work {
    /// Nothing was wanted.
    Nothing,
    /// A delta came to an end.
    Done {
        /// Its builds.
        pair: (BuildId, BuildId),
        /// How it stands now.
        state: DeltaState,
        /// Why, where it is not ready.
        note: String,
    },
}

/// Makes what is wanted until nothing is, or `stop` says so.
///
/// # Errors
///
/// A fault of the database.
pub async fn keep_deltas(rom: &Arc<Rom>, stop: &watch::Receiver<bool>) -> Result<(), StoreError> {
    while !*stop.borrow() {
        if make_next(rom, stop, &|_, _| {}).await? == Work::Nothing {
            break;
        }
    }
    Ok(())
}

/// Makes the delta that is wanted longest. `told` hears how far it is, in bytes of the new image.
///
/// # Errors
///
/// A fault of the database.
pub async fn make_next(
    rom: &Arc<Rom>,
    stop: &watch::Receiver<bool>,
    told: &(dyn Fn(u64, u64) + Sync),
) -> Result<Work, StoreError> {
    let at = rom.now();
    // Looked at in a reading transaction first: mostly nothing is wanted.
    let silent = at.plus_seconds(-SILENT_S);
    let idle = |row: &DeltaRow| {
        row.state == DeltaState::Wanted
            || (row.state == DeltaState::Working && row.changed_at < silent)
    };
    if !rom.db.read("delta.look", all).await?.iter().any(idle) {
        return Ok(Work::Nothing);
    }
    let worker = id::encode(rom.random.bytes16());
    let own = worker.clone();
    let claimed = rom
        .db
        .write("delta.claim", move |tx| {
            reclaim(tx, silent, at)?;
            let mut wanted: Vec<_> =
                all(tx)?.into_iter().filter(|row| row.state == DeltaState::Wanted).collect();
            wanted.sort_by_key(|row| (row.changed_at, row.to, row.from));
            for row in wanted {
                let pair = (row.from, row.to);
                if step(tx, pair, DeltaState::Wanted, DeltaState::Working, &own, "", at)? {
                    return Ok::<_, StoreError>(Some(row));
                }
            }
            Ok(None)
        })
        .await?;
    let Some(row) = claimed else { return Ok(Work::Nothing) };
    let pair = (row.from, row.to);
    let end = work(rom, &row, &worker, stop, told).await?;
    let (state, note) = match end {
        End::Made(made, whole_bytes) => judge(rom, pair, &worker, made, whole_bytes).await?,
        End::Failed(note) => (give_up(rom, pair, &note).await?, note),
        End::Cancelled => (DeltaState::Cancelled, "stopped by hand".to_owned()),
        End::Stopped => {
            let back = DeltaState::Wanted;
            write_step(rom, pair, back, "").await?;
            return Ok(Work::Nothing);
        }
    };
    tracing::info!(model = %row.model, state = state.word(), %note, "delta came to an end");
    Ok(Work::Done { pair, state, note })
}

enum End {
    Made(Box<(Incoming, MadeDelta)>, u64),
    Failed(String),
    Cancelled,
    Stopped,
}

/// What devices of the service's own client have of a build: its image, else its package.
fn whole(build: &Build, images: &[(BuildId, BuildFile)]) -> Option<BuildFile> {
    let image = images.iter().find(|(id, _)| *id == build.id).map(|(_, file)| file.clone());
    image.or_else(|| build.whole().map(|package| package.file.clone()))
}

struct Order {
    name: String,
    /// What it starts from; none: nothing, it is to be the packed form of the new one.
    old: Option<BuildFile>,
    new: BuildFile,
    memory_max: u64,
}

async fn order(rom: &Arc<Rom>, row: &DeltaRow) -> Result<Result<Order, String>, StoreError> {
    let model = row.model.clone();
    let (builds, images) = rom
        .db
        .read("delta.order", move |tx| {
            Ok::<_, StoreError>((builds::of_model(tx, &model)?, delta::images(tx)?))
        })
        .await?;
    let find = |id| builds.iter().find(|build: &&Build| build.id == id);
    let (Some(from), Some(to)) = (find(row.from), find(row.to)) else {
        return Ok(Err("one of the builds is gone".to_owned()));
    };
    let (Some(old), Some(new)) = (whole(from, &images), whole(to, &images)) else {
        return Ok(Err("one of the builds has neither an image nor a whole package".to_owned()));
    };
    let (name, old) =
        if row.is_packed() { (packed_name(to), None) } else { (delta_name(from, to), Some(old)) };
    Ok(Ok(Order { name, old, new, memory_max: rom.settings.delta_old_bytes_max }))
}

/// What thread and keeper tell each other.
#[derive(Default)]
struct Shared {
    done: AtomicU64,
    total: AtomicU64,
    stop: AtomicBool,
}

async fn work(
    rom: &Arc<Rom>,
    row: &DeltaRow,
    worker: &str,
    stop: &watch::Receiver<bool>,
    told: &(dyn Fn(u64, u64) + Sync),
) -> Result<End, StoreError> {
    let order = match order(rom, row).await? {
        Ok(order) => order,
        Err(note) => return Ok(End::Failed(note)),
    };
    let whole_bytes = order.new.bytes;
    let shared = Arc::new(Shared::default());
    let (files, unique) = (rom.files.clone(), id::encode(rom.random.bytes16()));
    let seen = Arc::clone(&shared);
    let mut thread = tokio::task::spawn_blocking(move || make(&files, &unique, &order, &seen));
    let mut ticks = tokio::time::interval(TELL_EVERY);
    let mut cancelled = false;
    let made = loop {
        tokio::select! {
            made = &mut thread => break made,
            _ = ticks.tick() => {
                let how_far = (shared.done.load(Ordering::Relaxed), shared.total.load(Ordering::Relaxed));
                told(how_far.0, how_far.1);
                let (at, pair, own) = (rom.now(), (row.from, row.to), worker.to_owned());
                let own = rom
                    .db
                    .write("delta.progress", move |tx| progress(tx, pair, &own, how_far, at))
                    .await?;
                cancelled |= !own;
                if cancelled || *stop.borrow() {
                    shared.stop.store(true, Ordering::Relaxed);
                }
            }
        }
    };
    Ok(match made {
        Ok(Ok(made)) => End::Made(Box::new(made), whole_bytes),
        Ok(Err(MakeError::Stopped)) if cancelled => End::Cancelled,
        Ok(Err(MakeError::Stopped)) => End::Stopped,
        Ok(Err(error)) => End::Failed(error.to_string()),
        Err(_) => End::Failed("the thread that made it died".to_owned()),
    })
}

#[derive(Debug, thiserror::Error)]
enum MakeError {
    #[error("it was stopped")]
    Stopped,
    #[error("could not read an image: {0}")]
    Read(#[from] io::Error),
    #[error("the old image has {0} bytes, more than this server takes into memory")]
    TooLarge(u64),
    #[error(transparent)]
    Delta(DeltaError),
    #[error("the delta did not make the image again: {0}")]
    Unproven(DeltaError),
    #[error(transparent)]
    Files(#[from] FilesError),
}

/// Runs in a thread of its own. The first nine tenths of what is told are the making, the last the
/// proof.
fn make(
    files: &crate::core::Files,
    unique: &str,
    order: &Order,
    shared: &Shared,
) -> Result<(Incoming, MadeDelta), MakeError> {
    let old_bytes = order.old.as_ref().map_or(0, |file| file.bytes);
    if old_bytes > order.memory_max {
        return Err(MakeError::TooLarge(old_bytes));
    }
    let goes_on = |_| !shared.stop.load(Ordering::Relaxed);
    let fetch = |file: &BuildFile, part: &str| {
        files.local(&file.sha256, &format!("{unique}.{part}"), &goes_on).map_err(
            |error| match error {
                FilesError::Stopped => MakeError::Stopped,
                other => other.into(),
            },
        )
    };
    let old = match &order.old {
        Some(file) => std::fs::read(fetch(file, "old")?.path())?,
        None => Vec::new(),
    };
    let fetched = fetch(&order.new, "new")?;
    let new = File::open(fetched.path())?;
    shared.total.store(order.new.bytes, Ordering::Relaxed);
    let tell = |done: u64| {
        shared.done.store(done, Ordering::Relaxed);
        if shared.stop.load(Ordering::Relaxed) {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    let mut bytes = Vec::new();
    let failed = |error| match error {
        DeltaError::Cancelled => MakeError::Stopped,
        other => MakeError::Delta(other),
    };
    encode(&old, &new, &mut bytes, &mut |done, _| tell(done / 10 * 9)).map_err(failed)?;
    // What devices do, once, before any device does it: the result is compared by its hash.
    let header = apply(&*old, bytes.as_slice(), &mut io::sink(), &mut |done, total| {
        tell(total / 10 * 9 + done / 10)
    });
    let header = header.map_err(|error| match error {
        DeltaError::Cancelled => MakeError::Stopped,
        other => MakeError::Unproven(other),
    })?;
    drop(old);
    let (from_sha256, to_sha256) =
        (Digest::from_bytes(header.old_sha256), Digest::from_bytes(header.new_sha256));
    if order.old.as_ref().is_some_and(|file| file.sha256 != from_sha256)
        || to_sha256 != order.new.sha256
    {
        return Err(MakeError::Unproven(DeltaError::WrongResult));
    }
    let incoming = files.take_in(&mut bytes.as_slice(), unique, &|_| true)?;
    let file =
        BuildFile { name: order.name.clone(), bytes: incoming.bytes, sha256: incoming.sha256 };
    Ok((incoming, MadeDelta { file, from_sha256, to_sha256, to_bytes: header.new_length }))
}

/// Keeps the delta if it saves enough ([`worth`]), and forgets it if not.
async fn judge(
    rom: &Arc<Rom>,
    pair: (BuildId, BuildId),
    worker: &str,
    made: Box<(Incoming, MadeDelta)>,
    whole_bytes: u64,
) -> Result<(DeltaState, String), StoreError> {
    let (incoming, made) = *made;
    let (state, note) = match worth(made.file.bytes, whole_bytes) {
        Worth::Offer => (DeltaState::Ready, String::new()),
        Worth::Skip => {
            let note = format!("{} of {whole_bytes} bytes saves too little", made.file.bytes);
            (DeltaState::Skipped, note)
        }
    };
    if state == DeltaState::Ready {
        let files = rom.files.clone();
        let kept = tokio::task::spawn_blocking(move || files.keep(incoming)).await;
        if !matches!(kept, Ok(Ok(()))) {
            let note = "the delta could not be stored".to_owned();
            return Ok((give_up(rom, pair, &note).await?, note));
        }
    }
    let (at, own, told) = (rom.now(), worker.to_owned(), note.clone());
    let written = rom
        .db
        .write("delta.finish", move |tx| {
            if state == DeltaState::Ready {
                let (sha256, bytes) = (made.file.sha256, made.file.bytes);
                save_file(tx, &KnownFile { sha256, bytes, state: FileState::Good }, at)?;
            }
            finish(tx, pair, &own, state, &made, whole_bytes, &told, at)
        })
        .await?;
    if written { Ok((state, note)) } else { Ok((DeltaState::Cancelled, "stopped by hand".into())) }
}

async fn give_up(
    rom: &Arc<Rom>,
    pair: (BuildId, BuildId),
    note: &str,
) -> Result<DeltaState, StoreError> {
    write_step(rom, pair, DeltaState::Failed, note).await?;
    Ok(DeltaState::Failed)
}

async fn write_step(
    rom: &Arc<Rom>,
    pair: (BuildId, BuildId),
    after: DeltaState,
    note: &str,
) -> Result<(), StoreError> {
    let (at, note) = (rom.now(), note.to_owned());
    rom.db
        .write("delta.step", move |tx| step(tx, pair, DeltaState::Working, after, "", &note, at))
        .await?;
    Ok(())
}
