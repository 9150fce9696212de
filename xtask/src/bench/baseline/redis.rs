//! The usual script (once per buyer, while there is stock), by `redis-benchmark`.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::{Ground, UNITS, adds_up, output};
use crate::Failure;
use crate::bench::process::Process;

const ORDER: &str = include_str!("order.lua");

/// How long the server may take to start.
const READY_WAIT_MAX: Duration = Duration::from_secs(20);

/// Orders for each second of a round: the benchmark counts requests and not time.
const REQUESTS_PER_SECOND: u64 = 10_000;

/// So many different buyers. The benchmark reads this into 32 bits with a sign; a larger number
/// would make all requests those of one buyer, who orders once.
const BUYERS: &str = "2000000000";

/// Orders per second on an empty server that syncs as said: `always` or `everysec`.
pub(super) fn round(ground: &Ground, sync: &str) -> Result<f64, Failure> {
    let folder = ground.folder.join("redis");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).map_err(|error| format!("could not make it: {error}"))?;
    let socket = folder.join("socket");
    let mut server = Command::new("redis-server");
    server
        .args(["--port", "0", "--save", "", "--appendonly", "yes", "--appendfsync", sync])
        .arg("--unixsocket")
        .arg(&socket)
        .arg("--dir")
        .arg(&folder)
        .stdout(Stdio::null());
    let mut server = Process::start("redis-server", &mut server)
        .map_err(|failure| format!("{failure}; apt-get install redis-server"))?;
    server.wait_until("it was ready", READY_WAIT_MAX, || {
        ask(&socket, &["PING"]).is_ok_and(|answer| answer == "PONG")
    })?;
    ask(&socket, &["SET", "stock", &UNITS.to_string()])?;
    let script = ask(&socket, &["SCRIPT", "LOAD", ORDER])?;
    let requests = ground.seconds * REQUESTS_PER_SECOND;
    let said = output(
        Command::new("redis-benchmark")
            .arg("-s")
            .arg(&socket)
            .args(["-c", "64", "--csv", "-r", BUYERS])
            .args(["-n", &requests.to_string()])
            .args(["EVALSHA", &script, "3", "stock", "buyers", "orders", "__rand_int__"]),
    )?;
    let count = |words: &[&str]| -> Result<u64, Failure> {
        ask(&socket, words)?.parse().map_err(|error| format!("redis gave no count: {error}"))
    };
    let orders = count(&["LLEN", "orders"])?;
    adds_up("Redis", orders, count(&["GET", "stock"])?)?;
    // Few buyers come twice by chance; more would be answered without a write.
    if orders < requests / 100 * 99 {
        return Err(format!("Redis: of {requests} requests only {orders} were orders"));
    }
    per_s(&said).ok_or_else(|| format!("redis-benchmark said nothing that is understood:\n{said}"))
}

fn ask(socket: &Path, words: &[&str]) -> Result<String, Failure> {
    let answer = output(Command::new("redis-cli").arg("-s").arg(socket).args(words))?;
    Ok(answer.trim().to_owned())
}

/// The second column of the last line: `"EVALSHA …","9216.59",…`.
fn per_s(said: &str) -> Option<f64> {
    let line = said.lines().rfind(|line| line.starts_with('"'))?;
    line.split("\",\"").nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_found() {
        let said = "\"test\",\"rps\",\"avg_latency_ms\"\n\"EVALSHA a 3 b c\",\"9216.59\",\"6.8\"\n";
        assert_eq!(per_s(said), Some(9216.59));
        assert_eq!(per_s("\"test\",\"rps\"\n"), None);
    }
}
