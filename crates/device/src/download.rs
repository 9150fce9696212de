//! One file, over as many connections as it takes, of exactly the signed length and hash.
//!
//! The bytes go to `{sha256}.part`; what is there after a restart is gone on with. Names contain
//! the hash, so that a part never belongs to another file.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::PathBuf;

use kontor_base::{Clock, hex};
use kontor_ota::delta::apply::hash_of;
use kontor_ota::signing::{Rejected, Target};

use crate::fetch::Fetch;
use crate::memory::Memory;
use crate::refused::Refused;

/// Below this rate over [`RATE_WINDOW_S`] a server is holding the device up.
pub const RATE_MIN_BYTES_PER_S: u64 = 512;
/// Seconds over which the rate is taken.
pub const RATE_WINDOW_S: i64 = 60;
/// How often a broken connection is tried again without a byte of progress.
pub const TRIES_MAX: u32 = 5;

/// Downloads a target and answers where its proven bytes lie.
///
/// # Errors
///
/// [`Refused::Untrusted`] for a wrong hash, [`Refused::EndlessData`], [`Refused::TooSlow`],
/// [`Refused::CutOff`], [`Refused::Withheld`], [`Refused::Storage`].
pub fn download(
    memory: &Memory,
    fetch: &impl Fetch,
    name: &str,
    target: &Target,
    clock: &Clock,
) -> Result<PathBuf, Refused> {
    let sha256 = &target.hashes.sha256;
    let part_name = format!("{sha256}.part");
    let part = memory.path(&part_name);
    let mut tries = 0;
    loop {
        let have = length(&part)?;
        if have > target.length {
            memory.forget(&part_name);
            continue;
        }
        // An empty file needs no connection, and a complete one none either.
        if have == target.length && (have > 0 || part.exists()) {
            break;
        }
        let cut_off = piece(&part, fetch, name, target, have, clock)?;
        if length(&part)? > have {
            tries = 0;
        } else if cut_off {
            tries += 1;
            if tries == TRIES_MAX {
                return Err(Refused::CutOff { name: name.to_owned(), times: tries });
            }
        }
    }
    let file = File::open(&part).map_err(Refused::storage("read a download"))?;
    let found = hash_of(&file).map_err(Refused::storage("read a download"))?;
    if hex(&found) != *sha256 {
        // It would be wrong again at the next start.
        memory.forget(&part_name);
        return Err(Rejected::Hash { name: name.to_owned() }.into());
    }
    Ok(part)
}

fn length(path: &PathBuf) -> Result<u64, Refused> {
    match fs::metadata(path) {
        Ok(found) => Ok(found.len()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(Refused::storage("look at a download")(error)),
    }
}

/// One connection. Answers whether it broke off.
fn piece(
    part: &PathBuf,
    fetch: &impl Fetch,
    name: &str,
    target: &Target,
    have: u64,
    clock: &Clock,
) -> Result<bool, Refused> {
    let path = format!("targets/{}.{name}", target.hashes.sha256);
    let Some(mut answer) = fetch.get(&path, have) else { return Ok(true) };
    let withheld = |status| Refused::Withheld { name: name.to_owned(), status };
    let from = match answer.status {
        206 if answer.from == have => have,
        // A server that knows no ranges sends everything: begin anew.
        200 => 0,
        status => return Err(withheld(status)),
    };
    let mut options = OpenOptions::new();
    let options = options.create(true).write(true);
    let options = if from == 0 { options.truncate(true) } else { options.append(true) };
    let mut file = options.open(part).map_err(Refused::storage("open a download"))?;
    let mut got = from;
    let mut buffer = vec![0; 64 * 1024];
    let (mut window_from, mut window_bytes) = (clock.now(), 0_u64);
    loop {
        let Ok(count) = answer.body.read(&mut buffer) else { return Ok(true) };
        if count == 0 {
            file.sync_all().map_err(Refused::storage("flush a download"))?;
            return Ok(got < target.length);
        }
        got += count as u64;
        if got > target.length {
            // The file could never be right: the next start begins with nothing.
            let _ = fs::remove_file(part);
            return Err(Refused::EndlessData { name: name.to_owned(), length: target.length });
        }
        file.write_all(&buffer[..count]).map_err(Refused::storage("write a download"))?;
        window_bytes += count as u64;
        let passed = clock.now().seconds_since(window_from);
        if passed >= RATE_WINDOW_S {
            if window_bytes < RATE_MIN_BYTES_PER_S * passed.unsigned_abs() && got < target.length {
                let bytes_per_s = RATE_MIN_BYTES_PER_S;
                return Err(Refused::TooSlow { name: name.to_owned(), bytes_per_s });
            }
            (window_from, window_bytes) = (clock.now(), 0);
        }
    }
}
