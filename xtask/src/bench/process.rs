//! A child process that ends with its owner: asked first, made to if it does
//! not listen.

use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::Failure;

/// How long a child may take to stop when asked.
const STOP_WAIT_MAX: Duration = Duration::from_secs(10);

/// A running child.
pub(crate) struct Process {
    name: String,
    child: Child,
}

/// Bytes that went to the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) bytes: u64,
}

impl Written {
    pub(super) const fn since(self, before: Self) -> Self {
        Self { bytes: self.bytes - before.bytes }
    }
}

impl Process {
    /// Starts a command.
    pub(crate) fn start(name: &str, command: &mut Command) -> Result<Self, Failure> {
        let child = command
            .stdin(Stdio::null())
            .spawn()
            .map_err(|error| format!("could not start {name}: {error}"))?;
        Ok(Self { name: name.to_owned(), child })
    }

    /// Waits until a condition holds; fails when the child ends before that.
    pub(crate) fn wait_until(
        &mut self,
        what: &str,
        wait_max: Duration,
        mut holds: impl FnMut() -> bool,
    ) -> Result<(), Failure> {
        let began = Instant::now();
        while !holds() {
            if let Some(status) = self.ended()? {
                return Err(format!("{} ended with {status} before {what}", self.name));
            }
            if began.elapsed() > wait_max {
                return Err(format!(
                    "{}: {what} did not happen within {} s",
                    self.name,
                    wait_max.as_secs()
                ));
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }

    /// Seconds of processor time that the process has used so far, in its own
    /// code and in the kernel; nothing where there is no /proc.
    pub(crate) fn cpu_s(&self) -> Option<(f64, f64)> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).ok()?;
        // The name in parentheses may hold spaces; the fields count after it.
        let fields: Vec<_> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        let ticks = |index: usize| fields.get(index)?.parse::<f64>().ok();
        Some((ticks(11)? / 100.0, ticks(12)? / 100.0))
    }

    /// The largest memory that the process has had, in MB.
    pub(crate) fn memory_mb_max(&self) -> Option<f64> {
        self.memory_mb("VmHWM:")
    }

    /// The memory that it has now, in MB.
    pub(super) fn memory_mb_now(&self) -> Option<f64> {
        self.memory_mb("VmRSS:")
    }

    fn memory_mb(&self, field: &str) -> Option<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix(field))?;
        line.split_whitespace().next()?.parse::<f64>().ok().map(|kb| kb / 1024.0)
    }

    /// What the process has had written to the disk so far; nothing where there is no /proc.
    pub(super) fn written(&self) -> Option<Written> {
        let io = std::fs::read_to_string(format!("/proc/{}/io", self.child.id())).ok()?;
        let bytes = io.lines().find_map(|line| line.strip_prefix("write_bytes: "))?;
        Some(Written { bytes: bytes.trim().parse().ok()? })
    }

    /// Ends it without warning, as a power cut would: nothing is flushed.
    pub(super) fn kill(mut self) -> Result<(), Failure> {
        self.child.kill().map_err(|error| format!("could not kill {}: {error}", self.name))?;
        self.child.wait().map_err(|error| format!("could not wait for {}: {error}", self.name))?;
        Ok(())
    }

    fn ended(&mut self) -> Result<Option<ExitStatus>, Failure> {
        self.child
            .try_wait()
            .map_err(|error| format!("could not look after {}: {error}", self.name))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if matches!(self.ended(), Ok(Some(_))) {
            return;
        }
        // The standard library has only the hard way; a shell has the polite
        // one, and with it nginx takes its workers along.
        let id = self.child.id().to_string();
        let _ = Command::new("sh").args(["-c", "kill -TERM \"$1\"", "sh", &id]).status();
        let began = Instant::now();
        while began.elapsed() < STOP_WAIT_MAX {
            match self.ended() {
                Ok(None) => std::thread::sleep(Duration::from_millis(20)),
                _ => return,
            }
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
