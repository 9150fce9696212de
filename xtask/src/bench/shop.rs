//! The shop under measurement: `kontor demo` on a free port with data of its
//! own.

use std::fs::File;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use super::Bench;
use super::process::Process;
use crate::Failure;

/// How long the shop may take until it is ready.
const READY_WAIT_MAX: Duration = Duration::from_secs(60);

/// How long a shop has to be idle until it counts as at rest. The demonstration idles for a second or
/// two before it makes deltas of its builds.
const REST: Duration = Duration::from_secs(3);

/// From what share of one core on it is not idle.
const IDLE_SHARE_MAX: f64 = 0.05;

/// How long that may take; what is measured afterwards is measured beside it, and says so.
const REST_WAIT_MAX: Duration = Duration::from_secs(60);

/// A running shop.
pub(super) struct Shop {
    /// For example `http://127.0.0.1:41234`.
    pub(super) base_url: String,
    pub(super) process: Process,
    /// When it was started.
    pub(super) started: Instant,
}

impl Shop {
    /// Starts the shop and waits until it is ready.
    pub(super) fn start(bench: &Bench) -> Result<Self, Failure> {
        Self::start_on(bench, None)
    }

    /// The same on a PostgreSQL database that is empty.
    pub(super) fn start_on(bench: &Bench, database: Option<&str>) -> Result<Self, Failure> {
        let started = Instant::now();
        let (ready, data) = (bench.folder.join("ready"), bench.folder.join("data"));
        // What an earlier round has left; on the first there is nothing.
        let _ = std::fs::remove_file(&ready);
        let _ = std::fs::remove_dir_all(&data);
        let log_path = bench.folder.join("kontor.log");
        let log = File::create(&log_path)
            .map_err(|error| format!("could not write {}: {error}", log_path.display()))?;
        let log_too = log
            .try_clone()
            .map_err(|error| format!("could not write {}: {error}", log_path.display()))?;
        let mut command = Command::new(&bench.kontor);
        command
            // The demonstration's devices would be counted beside what is measured.
            .args(["demo", "--devices", "0", "--listen", "127.0.0.1:0", "--data"])
            .arg(&data)
            .arg("--ready-file")
            .arg(&ready)
            .current_dir(&bench.folder)
            // Limits are there against strangers, and all load comes from one.
            .env("KONTOR_LIMITS__PUBLIC_WRITES_PER_MINUTE", "0")
            .env("KONTOR_LIMITS__SIGN_UPS_PER_HOUR", "0")
            .env("KONTOR_INSTALL__REPORTS_PER_MINUTE", "0")
            .env("KONTOR_INSTALL__NEW_PER_NETWORK", "0")
            .stdout(log)
            .stderr(log_too);
        if let Some(database) = database {
            command.env("KONTOR_DATABASE", database);
        }
        let mut process = Process::start("kontor demo", &mut command)?;
        let base_url = wait_until_ready(&mut process, &ready)
            .map_err(|failure| format!("{failure}\n{}", last_lines(&log_path)))?;
        eprintln!("kontor is ready at {base_url} after {} ms", started.elapsed().as_millis());
        come_to_rest(&process);
        Ok(Self { base_url, process, started })
    }

    /// Serves the shop that is prepared in the folder's `data`, or in the run's database.
    pub(super) fn serve(bench: &Bench, environment: &[(&str, &str)]) -> Result<Self, Failure> {
        Self::serve_as(bench, "ready", environment)
    }

    /// The same, with a name of its own for the file that says where it listens.
    pub(super) fn serve_as(
        bench: &Bench,
        ready: &str,
        environment: &[(&str, &str)],
    ) -> Result<Self, Failure> {
        let started = Instant::now();
        let ready = bench.folder.join(ready);
        let _ = std::fs::remove_file(&ready);
        let log_path = ready.with_extension("log");
        let log = File::create(&log_path)
            .map_err(|error| format!("could not write {}: {error}", log_path.display()))?;
        let mut command = Command::new(&bench.kontor);
        command
            .args(["serve", "--data", "data", "--listen", "127.0.0.1:0", "--ready-file"])
            .arg(&ready)
            .current_dir(&bench.folder)
            .envs(bench.environment())
            .envs(environment.iter().copied())
            .stderr(log);
        let mut process = Process::start("kontor serve", &mut command)?;
        let base_url = wait_until_ready(&mut process, &ready)
            .map_err(|failure| format!("{failure}\n{}", last_lines(&log_path)))?;
        eprintln!("kontor is ready at {base_url} after {} ms", started.elapsed().as_millis());
        Ok(Self { base_url, process, started })
    }
}

/// Waits until the shop has done what it does after its start, so that it is not measured along.
fn come_to_rest(process: &Process) {
    let began = Instant::now();
    let used = || process.cpu_s().map(|(own, kernel)| own + kernel);
    while began.elapsed() < REST_WAIT_MAX {
        let Some(before) = used() else { return };
        std::thread::sleep(REST);
        let share = used().map_or(0.0, |now| (now - before) / REST.as_secs_f64());
        if share < IDLE_SHARE_MAX {
            return;
        }
    }
    eprintln!("  it is still busy after {} s", REST_WAIT_MAX.as_secs());
}

/// Waits until a process has written its address into a file.
pub(super) fn wait_until_ready(process: &mut Process, ready: &Path) -> Result<String, Failure> {
    let mut base_url = String::new();
    process.wait_until("it was ready", READY_WAIT_MAX, || {
        base_url = std::fs::read_to_string(ready).unwrap_or_default().trim().to_owned();
        !base_url.is_empty()
    })?;
    Ok(base_url)
}

fn last_lines(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let lines: Vec<_> = text.lines().collect();
    lines[lines.len().saturating_sub(10)..].join("\n")
}
