//! `kontor rom delta`, `apply`, `deltas`, `image`: what leads from one image to another.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args as ClapArgs, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use kontor_domain::device::Codename;
use kontor_ota::delta::{self, DeltaError};
use kontor_rom::Rom;
use kontor_rom::delta::{AddImageCommand, Work, add_image, cancel, deltas, make_next, want};
use kontor_rom::rollout::want_deltas;

use super::CommandError;
use super::rom::told;

#[derive(Debug, ClapArgs)]
pub(super) struct DeltaArgs {
    /// The image that devices have.
    #[arg(requires = "new")]
    pub(super) old: Option<PathBuf>,
    /// The image that they are to have. Without the two, the server's deltas are listed.
    pub(super) new: Option<PathBuf>,
    /// Where to write the delta; beside NEW with the ending .delta if it is not given.
    #[arg(short, long)]
    pub(super) out: Option<PathBuf>,
}

#[derive(Debug, ClapArgs)]
pub(super) struct ApplyArgs {
    /// The image that the delta starts from.
    old: PathBuf,
    /// The delta.
    delta: PathBuf,
    /// Where to write the image that it makes.
    #[arg(short, long)]
    out: PathBuf,
}

#[derive(Debug, Subcommand)]
pub(super) enum DeltasArgs {
    /// Every delta of the server and how it stands.
    List,
    /// Want one, also one that was stopped, skipped or failed before.
    Want(PairArgs),
    /// Stop one that is wanted or being made.
    Cancel(PairArgs),
    /// Make here and now what is wanted, as a running server does by itself.
    Make,
}

#[derive(Debug, ClapArgs)]
pub(super) struct PairArgs {
    /// The model.
    model: Codename,
    /// The incremental of the build that it starts from.
    from: String,
    /// The incremental of the build that it leads to.
    to: String,
}

#[derive(Debug, ClapArgs)]
pub(super) struct ImageArgs {
    /// The image.
    file: PathBuf,
    /// The model.
    #[arg(long)]
    model: Codename,
    /// The build's incremental.
    #[arg(long)]
    build: String,
}

fn bar(total: u64) -> ProgressBar {
    let style = "{bar:40} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left";
    let style = ProgressStyle::with_template(style);
    ProgressBar::new(total).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn failed(what: &str, path: &Path) -> impl FnOnce(std::io::Error) -> CommandError {
    let told = format!("could not {what} {}", path.display());
    move |error| CommandError::Other(format!("{told}: {error}"))
}

/// Makes a delta between two files. Needs no data folder.
pub(super) fn make(old: &Path, new: &Path, out: Option<PathBuf>) -> Result<(), CommandError> {
    let out = out.unwrap_or_else(|| {
        let mut name = new.as_os_str().to_owned();
        name.push(".delta");
        PathBuf::from(name)
    });
    let new_file = File::open(new).map_err(failed("open", new))?;
    let new_bytes = new_file.metadata().map_err(failed("look at", new))?.len();
    let old_bytes = fs::read(old).map_err(failed("read", old))?;
    let bar = bar(new_bytes);
    let made = written(&out, |file| {
        delta::encode(&old_bytes, &new_file, file, &mut |done, _| {
            bar.set_position(done);
            ControlFlow::Continue(())
        })
    })?;
    bar.finish_and_clear();
    let percent = made.delta_bytes.saturating_mul(100) / new_bytes.max(1);
    println!("{}: {} bytes, {percent} % of the image", out.display(), made.delta_bytes);
    Ok(())
}

/// Applies a delta. Needs no data folder.
pub(super) fn apply(args: &ApplyArgs) -> Result<(), CommandError> {
    let old = File::open(&args.old).map_err(failed("open", &args.old))?;
    let delta_file = File::open(&args.delta).map_err(failed("open", &args.delta))?;
    let header = delta::apply::read_header(&delta_file)
        .map_err(|error| CommandError::Other(format!("{}: {error}", args.delta.display())))?;
    let bar = bar(header.new_length);
    written(&args.out, |file| {
        delta::apply(&old, &delta_file, file, &mut |done, _| {
            bar.set_position(done);
            ControlFlow::Continue(())
        })
    })?;
    bar.finish_and_clear();
    println!("{}: {} bytes, proven by their hash", args.out.display(), header.new_length);
    Ok(())
}

/// Writes a file beside its place and renames it, so that a name never stands for half an image.
fn written<T>(
    path: &Path,
    work: impl FnOnce(&mut BufWriter<File>) -> Result<T, DeltaError>,
) -> Result<T, CommandError> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    let file = File::create(&beside).map_err(failed("write", &beside))?;
    let mut file = BufWriter::with_capacity(1 << 20, file);
    let made = work(&mut file).and_then(|made| {
        file.flush()?;
        file.get_ref().sync_all()?;
        Ok(made)
    });
    match made {
        Ok(made) => {
            fs::rename(&beside, path).map_err(failed("write", path))?;
            Ok(made)
        }
        Err(error) => {
            // Half of it is of no use to anybody.
            let _ = fs::remove_file(&beside);
            Err(CommandError::Other(format!("{}: {error}", path.display())))
        }
    }
}

pub(super) async fn list(rom: &Arc<Rom>) -> Result<(), CommandError> {
    let all = deltas(rom).await?;
    if all.is_empty() {
        println!("No delta is there, and none is wanted.");
    }
    for delta in all {
        let row = &delta.row;
        let percent = row.done_bytes.saturating_mul(100).checked_div(row.total_bytes).unwrap_or(0);
        let what = match &row.made {
            Some(made) => format!("{} of {} bytes", made.file.bytes, row.whole_bytes),
            None if row.worker.is_empty() => row.note.clone(),
            None => format!("{percent} %"),
        };
        let pair = if row.is_packed() {
            format!("{} packed", delta.to)
        } else {
            format!("{} to {}", delta.from, delta.to)
        };
        println!("{}  {pair}  {}  {what}", row.model, row.state.word());
    }
    Ok(())
}

pub(super) async fn run(rom: &Arc<Rom>, args: DeltasArgs) -> Result<(), CommandError> {
    match args {
        DeltasArgs::List => list(rom).await,
        DeltasArgs::Want(PairArgs { model, from, to }) => {
            want(rom, model, from, to).await.map_err(told)?;
            println!("it is wanted; a running server makes it, or `kontor rom deltas make`");
            Ok(())
        }
        DeltasArgs::Cancel(PairArgs { model, from, to }) => {
            cancel(rom, model, from, to).await.map_err(told)?;
            println!("it is stopped");
            Ok(())
        }
        DeltasArgs::Make => {
            want_deltas(rom).await?;
            let (_keep, stop) = tokio::sync::watch::channel(false);
            let bar = bar(0);
            let seen = bar.clone();
            let told = move |done, total| {
                seen.set_length(total);
                seen.set_position(done);
            };
            while let Work::Done { state, note, .. } = make_next(rom, &stop, &told).await? {
                bar.suspend(|| println!("{} {note}", state.word()));
            }
            bar.finish_and_clear();
            rom.refresh().await?;
            list(rom).await?;
            super::rom::follow(rom).await
        }
    }
}

pub(super) async fn image(rom: &Arc<Rom>, args: ImageArgs) -> Result<(), CommandError> {
    let bytes = fs::metadata(&args.file).map_or(0, |file| file.len());
    let bar = bar(bytes);
    let seen = bar.clone();
    let progress = Arc::new(move |done| {
        seen.set_position(done);
        true
    });
    let command = AddImageCommand { path: args.file, model: args.model, incremental: args.build };
    let added = add_image(rom, command, progress).await;
    bar.finish_and_clear();
    let file = added.map_err(told)?;
    println!("{}\n{}", file.name, file.sha256);
    super::rom::follow(rom).await
}
