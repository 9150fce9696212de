//! `kontor-delta`: makes and applies deltas, and makes invented images, without the rest of the
//! house: for build servers and for `cargo xtask bench delta`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command talks to its terminal")]

use std::fs::File;
use std::io::{BufWriter, Write};
use std::ops::ControlFlow;
use std::process::ExitCode;

use kontor_ota::delta;
use kontor_ota::image::{Plan, generate};

const HELP: &str = "\
Usage:
  kontor-delta make OLD NEW DELTA         write what changed from OLD to NEW
  kontor-delta apply OLD DELTA NEW        make NEW again and prove it
  kontor-delta image SEED BUILD MB FILE   invent a ROM image";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["make", old, new, out] => make(old, new, out),
        ["apply", old, delta, out] => apply(old, delta, out),
        ["image", seed, build, megabytes, out] => image([seed, build, megabytes], out),
        _ => Err(HELP.to_owned()),
    };
    match outcome {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

fn make(old: &str, new: &str, out: &str) -> Result<String, String> {
    let old = std::fs::read(old).map_err(|error| format!("could not read {old}: {error}"))?;
    let new = open(new)?;
    let made = with_file(out, |file| delta::encode(&old, &new, file, &mut go_on))?;
    Ok(format!(
        "{} bytes: {} steps, {} changed, {} new (of {})",
        made.delta_bytes, made.steps_bytes, made.changed_bytes, made.new_bytes, made.new_raw_bytes
    ))
}

fn apply(old: &str, delta_path: &str, out: &str) -> Result<String, String> {
    let (old, delta_file) = (open(old)?, open(delta_path)?);
    let header = with_file(out, |file| delta::apply(&old, &delta_file, file, &mut go_on))?;
    Ok(format!("{} bytes, proven", header.new_length))
}

fn image(numbers: [&str; 3], out: &str) -> Result<String, String> {
    let number = |text: &str| text.parse::<u32>().map_err(|_| HELP.to_owned());
    let [seed, build, megabytes] = numbers;
    let bytes = (number(megabytes)? as usize).saturating_mul(1 << 20);
    let plan = Plan { seed: u64::from(number(seed)?), build: number(build)?, bytes };
    let image = generate(&plan);
    std::fs::write(out, &image).map_err(|error| format!("could not write {out}: {error}"))?;
    Ok(format!("{} bytes", image.len()))
}

fn go_on(_: u64, _: u64) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn open(path: &str) -> Result<File, String> {
    File::open(path).map_err(|error| format!("could not open {path}: {error}"))
}

/// Writes a file; nothing is left of it when the work fails.
fn with_file<T>(
    path: &str,
    work: impl FnOnce(&mut BufWriter<File>) -> Result<T, delta::DeltaError>,
) -> Result<T, String> {
    let file = File::create(path).map_err(|error| format!("could not write {path}: {error}"))?;
    let mut file = BufWriter::with_capacity(1 << 20, file);
    let outcome = work(&mut file).and_then(|made| Ok(file.flush().map(|()| made)?));
    outcome.map_err(|error| {
        // Half an image under the name of a whole one is worse than none.
        let _ = std::fs::remove_file(path);
        format!("{path}: {error}")
    })
}
