//! One order per transaction with the hot row locked, by `pgbench`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::{Ground, adds_up, output};
use crate::bench::process::Process;
use crate::{Failure, command};

const SCHEMA: &str = include_str!("schema.sql");
const ORDER: &str = include_str!("order.sql");
const CHECK: &str = include_str!("check.sql");

/// How long the server may take to start.
const READY_WAIT_MAX: Duration = Duration::from_secs(60);

/// Orders per second on a fresh cluster with the settings that it comes with.
pub(super) fn round(ground: &Ground) -> Result<f64, Failure> {
    let programs = programs()?;
    let folder = ground.folder.join("postgres");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).map_err(|error| format!("could not make it: {error}"))?;
    if command::is_root() {
        output(Command::new("chown").arg("postgres").arg(&ground.folder).arg(&folder))?;
    }
    let data = folder.join("data");
    output(
        as_postgres(&programs.join("initdb"))
            .args(["--auth=trust", "--username=postgres", "--pgdata"])
            .arg(&data),
    )?;
    let mut server = as_postgres(&programs.join("postgres"));
    server.arg("-D").arg(&data).arg("-k").arg(&folder).args(["-c", "listen_addresses="]);
    server.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    let mut server = Process::start("postgres", &mut server)?;
    let client = |name: &str| {
        let mut command = Command::new(programs.join(name));
        command.env("PGHOST", &folder).env("PGUSER", "postgres").env("PGDATABASE", "postgres");
        command
    };
    server.wait_until("it was ready", READY_WAIT_MAX, || {
        client("pg_isready").output().is_ok_and(|output| output.status.success())
    })?;
    output(client("psql").args(["--quiet", "--set=ON_ERROR_STOP=1", "--command", SCHEMA]))?;
    let script = folder.join("order.sql");
    std::fs::write(&script, ORDER).map_err(|error| format!("could not write it: {error}"))?;
    let said = output(
        client("pgbench")
            .args(["--no-vacuum", "--protocol=prepared", "--client=32", "--jobs=2"])
            .arg(format!("--time={}", ground.seconds))
            .arg("--file")
            .arg(&script),
    )?;
    let counted = output(client("psql").args(["--tuples-only", "--no-align", "--command", CHECK]))?;
    let mut numbers = counted.split_whitespace().filter_map(|word| word.parse::<u64>().ok());
    let (orders, left) = numbers.next().zip(numbers.next()).ok_or("psql gave no counts")?;
    adds_up("PostgreSQL", orders, left)?;
    per_s(&said).ok_or_else(|| format!("pgbench said nothing that is understood:\n{said}"))
}

/// The folder of the newest server's programs.
fn programs() -> Result<PathBuf, Failure> {
    let found = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<_> = found.map(|entry| entry.path().join("bin")).collect();
    folders.sort();
    folders
        .pop()
        .filter(|folder| folder.join("pgbench").is_file())
        .ok_or_else(|| "PostgreSQL is missing: apt-get install postgresql".to_owned())
}

/// A program as the account `postgres`, where this is root's; otherwise as oneself.
fn as_postgres(program: &Path) -> Command {
    if !command::is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program);
    command
}

/// The number in `tps = 539.12 (without initial connection time)`.
fn per_s(said: &str) -> Option<f64> {
    said.lines().find_map(|line| line.strip_prefix("tps = "))?.split(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_found() {
        let said = "latency average = 59.3 ms\ntps = 539.125 (without initial connection time)\n";
        assert_eq!(per_s(said), Some(539.125));
        assert_eq!(per_s("pgbench: error"), None);
    }
}
