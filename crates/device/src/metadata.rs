//! Brings what the device believes up to date, in the order that TUF prescribes.

use kontor_base::Instant;
use kontor_ota::signing::limits::{ROOT_BYTES_MAX, ROOT_ROTATIONS_MAX, TIMESTAMP_BYTES_MAX};
use kontor_ota::signing::trusted::{Found, Needed, Source, Step};
use kontor_ota::signing::{Rejected, Target, Trusted};

use crate::fetch::{Fetch, read_all};
use crate::memory::Memory;
use crate::refused::Refused;

/// Fetches roots, timestamp, snapshot and targets, and keeps what was believed.
///
/// # Errors
///
/// [`Refused::Untrusted`], [`Refused::Withheld`], [`Refused::Storage`].
pub fn refresh(memory: &Memory, fetch: &impl Fetch, now: Instant) -> Result<Trusted, Refused> {
    let root = memory.kept("root.json")?;
    let root = root.ok_or_else(|| Rejected::malformed("the device was not set up"))?;
    let mut trusted = Trusted::start(&root)?;
    for _ in 0..ROOT_ROTATIONS_MAX {
        let name = format!("{}.root.json", trusted.present_root().version + 1);
        // No newer root is the usual case.
        let Some(bytes) = optional(fetch, &name, ROOT_BYTES_MAX)? else { break };
        trusted.root(&bytes)?;
        memory.keep("root.json", &bytes)?;
    }
    trusted.root_is_fresh(now)?;
    recall(memory, &mut trusted, now)?;

    let bytes = demanded(fetch, "timestamp.json", TIMESTAMP_BYTES_MAX)?;
    if trusted.timestamp(&bytes, Source::Fetched, now)? == Step::Newer {
        memory.keep("timestamp.json", &bytes)?;
    }
    let meta = trusted.snapshot_meta()?.clone();
    let name = format!("{}.snapshot.json", meta.version);
    let bytes = kept_or_fetched(memory, fetch, "snapshot.json", &name, &meta)?;
    trusted.snapshot(&bytes, Source::Fetched, now)?;
    memory.keep("snapshot.json", &bytes)?;

    let meta = trusted.targets_meta("targets")?.clone();
    let name = format!("{}.targets.json", meta.version);
    let bytes = kept_or_fetched(memory, fetch, "targets.json", &name, &meta)?;
    trusted.targets(&bytes, now)?;
    memory.keep("targets.json", &bytes)?;
    Ok(trusted)
}

/// What was believed last time makes going back noticeable. If its keys are no longer the root's,
/// it is forgotten: that is how a device recovers from stolen online keys.
fn recall(memory: &Memory, trusted: &mut Trusted, now: Instant) -> Result<(), Refused> {
    let Some(bytes) = memory.kept("timestamp.json")? else { return Ok(()) };
    if trusted.timestamp(&bytes, Source::Kept, now).is_err() {
        memory.forget("timestamp.json");
        memory.forget("snapshot.json");
        return Ok(());
    }
    let Some(bytes) = memory.kept("snapshot.json")? else { return Ok(()) };
    if trusted.snapshot(&bytes, Source::Kept, now).is_err() {
        memory.forget("snapshot.json");
    }
    Ok(())
}

/// Looks a target up and fetches the delegated documents that it takes.
///
/// # Errors
///
/// [`Refused::Untrusted`], above all [`Rejected::UnknownTarget`]; [`Refused::Withheld`].
pub fn target(
    memory: &Memory,
    fetch: &impl Fetch,
    trusted: &mut Trusted,
    name: &str,
    now: Instant,
) -> Result<Target, Refused> {
    loop {
        match trusted.find(name)? {
            Found::Target(target) => return Ok(target),
            Found::Needs(needed) => delegated(memory, fetch, trusted, &needed, now)?,
        }
    }
}

/// Fetches the document of the device's model.
///
/// # Errors
///
/// As [`target`].
pub fn model(
    memory: &Memory,
    fetch: &impl Fetch,
    trusted: &mut Trusted,
    model: &str,
    now: Instant,
) -> Result<(), Refused> {
    let meta = trusted.targets_meta(model)?.clone();
    let needed = Needed { role: model.to_owned(), parent: "targets".to_owned(), meta };
    delegated(memory, fetch, trusted, &needed, now)
}

fn delegated(
    memory: &Memory,
    fetch: &impl Fetch,
    trusted: &mut Trusted,
    needed: &Needed,
    now: Instant,
) -> Result<(), Refused> {
    let kept = format!("role-{}.json", needed.role);
    let name = format!("{}.{}.json", needed.meta.version, needed.role);
    let bytes = kept_or_fetched(memory, fetch, &kept, &name, &needed.meta)?;
    trusted.delegated(needed, &bytes, now)?;
    memory.keep(&kept, &bytes)
}

fn kept_or_fetched(
    memory: &Memory,
    fetch: &impl Fetch,
    kept: &str,
    name: &str,
    meta: &kontor_ota::signing::FileMeta,
) -> Result<Vec<u8>, Refused> {
    if let Some(bytes) = memory.kept(kept)?
        && meta.matches(name, &bytes).is_ok()
    {
        return Ok(bytes);
    }
    demanded(fetch, name, meta.length)
}

fn demanded(fetch: &impl Fetch, name: &str, bytes_max: u64) -> Result<Vec<u8>, Refused> {
    let found = optional(fetch, name, bytes_max)?;
    found.ok_or_else(|| Refused::Withheld { name: name.to_owned(), status: 404 })
}

fn optional(fetch: &impl Fetch, name: &str, bytes_max: u64) -> Result<Option<Vec<u8>>, Refused> {
    let withheld = |status| Refused::Withheld { name: name.to_owned(), status };
    let answer = fetch.get(&format!("metadata/{name}"), 0).ok_or_else(|| withheld(0))?;
    match answer.status {
        200 => {
            let too_long = || Rejected::Length { name: name.to_owned(), expected: bytes_max };
            Ok(Some(read_all(answer.body, bytes_max).ok_or_else(too_long)?))
        }
        // Some file servers say 403 for what is not there.
        403 | 404 => Ok(None),
        status => Err(withheld(status)),
    }
}
