//! The server that is killed: started on its folder, ready when it says so.

use std::fs::File;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{CrashError, Plan};
use crate::load::Address;

/// How long a start may take before it counts as failed.
const READY_WAIT_MAX: Duration = Duration::from_secs(120);

/// A running server; dropping it kills it.
pub(super) struct Server {
    child: Child,
    pub(super) socket: SocketAddr,
}

/// What `kontor audit` said.
pub(super) struct Audited {
    pub(super) clean: bool,
    pub(super) orders: u64,
    pub(super) text: String,
}

impl Server {
    /// Starts it and waits until it is ready.
    pub(super) async fn start(plan: &Plan, keep: bool) -> Result<Self, CrashError> {
        let ready = plan.folder.join("ready");
        let _ = std::fs::remove_file(&ready);
        let log_path = plan.folder.join("kontor.log");
        let log = File::options()
            .create(true)
            .append(true)
            .open(&log_path)
            .map_err(|error| failed(&format!("write {}", log_path.display()), &error))?;
        let errors =
            log.try_clone().map_err(|error| failed("share the log between two outputs", &error))?;
        let mut command = command(plan, "demo");
        // Devices that are made up would only take the processor from those that buy, and the orders of
        // the demo's own sales are nobody's here.
        command
            .args(["--no-sale", "--devices", "0", "--listen", "127.0.0.1:0", "--ready-file"])
            .arg(&ready);
        if keep {
            command.arg("--keep");
        }
        let child = command
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(errors)
            .spawn()
            .map_err(|error| failed(&format!("start {}", plan.kontor.display()), &error))?;
        let mut server = Self { child, socket: SocketAddr::from(([127, 0, 0, 1], 0)) };
        server.socket = server.wait_until_ready(&ready, &log_path).await?;
        Ok(server)
    }

    async fn wait_until_ready(
        &mut self,
        ready: &Path,
        log: &Path,
    ) -> Result<SocketAddr, CrashError> {
        let began = Instant::now();
        loop {
            if let Ok(url) = std::fs::read_to_string(ready) {
                let address = Address::parse(url.trim());
                return address
                    .map(|address| address.socket)
                    .map_err(|error| CrashError::Server(error.to_string()));
            }
            let ended = self.child.try_wait().map_err(|error| failed("look after it", &error))?;
            if ended.is_some() || began.elapsed() > READY_WAIT_MAX {
                let said = std::fs::read_to_string(log).unwrap_or_default();
                let lines: Vec<_> = said.lines().rev().take(10).collect();
                let tail: Vec<_> = lines.into_iter().rev().collect();
                let what = ended.map_or_else(
                    || "was not ready in time".to_owned(),
                    |status| format!("ended with {status}"),
                );
                return Err(CrashError::Server(format!("the server {what}\n{}", tail.join("\n"))));
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// SIGKILL: no handler runs, nothing is flushed.
    pub(super) fn kill(mut self) -> Result<(), CrashError> {
        self.child.kill().map_err(|error| failed("kill the server", &error))?;
        self.child.wait().map_err(|error| failed("wait for its end", &error))?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // After `kill` both find nothing to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs `kontor audit` on what the server has left.
pub(super) fn audit(plan: &Plan) -> Result<Audited, CrashError> {
    let output = command(plan, "audit")
        .arg("--json")
        .output()
        .map_err(|error| failed("run the audit", &error))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let report: Value = serde_json::from_str(&text).map_err(|error| {
        let said = String::from_utf8_lossy(&output.stderr);
        CrashError::Server(format!("the audit gave no report: {error}\n{said}"))
    })?;
    let orders = report["orders_seen"].as_u64().ok_or_else(|| {
        CrashError::Server("the audit does not say how many orders it has seen".to_owned())
    })?;
    Ok(Audited { clean: output.status.success(), orders, text })
}

/// How a sale stands on disk, in units.
pub(super) struct Counted {
    pub(super) quota: u64,
    /// Held, being paid or sold.
    pub(super) taken: u64,
}

/// Sets a rush up that is live at once, with some units for each time under load.
pub(super) fn set_up_sale(plan: &Plan) -> Result<String, CrashError> {
    let file = plan.folder.join("sale.toml");
    let quota = 20 * (u64::from(plan.kills) + 1);
    // Its doors have been open for years: the clock makes up what is due.
    let text = format!(
        "title = \"Crash\"\nsku = \"BAND-BLACK\"\nper_person = 1\nhold_minutes = 15\n\
         [windows]\nannounce_at = \"2020-01-01T00:00:00Z\"\n\
         registration_at = \"2020-01-01T00:00:01Z\"\ndoors_at = \"2020-01-01T00:00:02Z\"\n\
         live_at = \"2020-01-01T00:00:03Z\"\nends_at = \"2099-01-01T00:00:00Z\"\n\
         report_at = \"2099-01-02T00:00:00Z\"\n\
         [[channel]]\nmarket = \"us\"\nway = \"rush\"\nquota = {quota}\n"
    );
    std::fs::write(&file, text).map_err(|error| failed("write the sale", &error))?;
    let made = json_of(plan, &["create"], &file.display().to_string())?;
    let sale = made["sale"].as_str().map(str::to_owned);
    sale.ok_or_else(|| CrashError::Server("no sale was set up".to_owned()))
}

/// Counts a sale on what the server has left.
pub(super) fn count_sale(plan: &Plan, sale: &str) -> Result<Counted, CrashError> {
    let shown = json_of(plan, &["show"], sale)?;
    let way = &shown["ways"][0];
    let number = |name: &str| {
        way[name].as_u64().ok_or_else(|| CrashError::Server(format!("the sale tells no {name}")))
    };
    Ok(Counted { quota: number("quota")?, taken: number("held")? + number("sold")? })
}

/// What `kontor sale` says as JSON.
fn json_of(plan: &Plan, words: &[&str], about: &str) -> Result<Value, CrashError> {
    let output = command(plan, "sale")
        .args(words)
        .args([about, "--json"])
        .output()
        .map_err(|error| failed("ask for the sale", &error))?;
    serde_json::from_slice(&output.stdout).map_err(|error| {
        let said = String::from_utf8_lossy(&output.stderr);
        CrashError::Server(format!("the sale gave no answer: {error}\n{said}"))
    })
}

/// Copies the data, as a disk that forgets would have kept it.
pub(super) fn set_aside(plan: &Plan) -> Result<(), CrashError> {
    copy(&plan.folder.join("data"), &plan.folder.join("aside"))
}

/// Puts the copy of [`set_aside`] in place of the data.
pub(super) fn put_back(plan: &Plan) -> Result<(), CrashError> {
    let data = plan.folder.join("data");
    std::fs::remove_dir_all(&data).map_err(|error| failed("remove the data", &error))?;
    copy(&plan.folder.join("aside"), &data)
}

/// Copies a folder, with the permissions of its files.
fn copy(from: &Path, to: &Path) -> Result<(), CrashError> {
    copy_folder(from, to).map_err(|error| failed("copy the data", &error))
}

/// With everything in it: packages of the ROM lie in folders of their own.
fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

fn command(plan: &Plan, word: &str) -> Command {
    let mut command = Command::new(&plan.kontor);
    command.arg(word).arg("--data").arg(plan.folder.join("data"));
    // Limits are there against strangers, and all load comes from one.
    command
        .env("KONTOR_LIMITS__PUBLIC_WRITES_PER_MINUTE", "0")
        .env("KONTOR_LIMITS__SIGN_UPS_PER_HOUR", "0");
    if let Some(database) = &plan.database {
        command.env("KONTOR_DATABASE", database);
    }
    command
}

fn failed(what: &str, error: &std::io::Error) -> CrashError {
    CrashError::Server(format!("could not {what}: {error}"))
}
