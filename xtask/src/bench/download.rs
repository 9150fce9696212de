//! Ranged downloads of a file of one gigabyte, against nginx (sendfile) with the same file, in
//! alternating rounds; and the server's memory before and after.

use serde::Deserialize;
use serde_json::json;

use super::nginx::{Nginx, Served};
use super::shop::Shop;
use super::{Bench, median, rom, rounded};
use crate::{Failure, command};

/// The file.
const FILE_MB: u64 = 1024;
/// One range.
const RANGE_BYTES: u64 = 8 * 1024 * 1024;
/// Connections that fetch at the same time, if the command line says nothing else.
const CONNECTIONS: u64 = 16;

/// What a round measured.
#[derive(Debug, Deserialize)]
struct Streamed {
    mb_per_s: f64,
    requests: u64,
}

/// Measures and returns the line of JSON.
pub(super) fn run(bench: &Bench) -> Result<String, Failure> {
    let megabytes = FILE_MB.to_string();
    let (shop, published) = rom::start(bench, &["--file-mb", &megabytes])?;
    let (address, path) = published.file.zip(published.path).ok_or("no file was published")?;
    // The keeper of the server has to hear of it.
    let url = format!("{}{address}", shop.base_url);
    wait_until_heard(bench, &url)?;
    let name = "bench.zip";
    std::os::unix::fs::symlink(&path, bench.folder.join(name))
        .map_err(|error| format!("could not link {path}: {error}"))?;
    let served = Served {
        file: name.to_owned(),
        content_type: "application/zip".to_owned(),
        content_encoding: String::new(),
    };
    let nginx = Nginx::start(bench, &[served])?;
    let theirs = format!("{}/{name}", nginx.base_url);
    let fetch = |url: &str, seconds| stream(bench, url, seconds);
    fetch(&url, 1)?;
    fetch(&theirs, 1)?;
    let (memory_before, cpu_before) = (shop.process.memory_mb_now(), shop.process.cpu_s());
    let (mut ours, mut others, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    let mut bytes = 0.0;
    for round in 0..bench.options.rounds {
        let seconds = bench.options.seconds;
        let (kontor, plain) = if round % 2 == 0 {
            let first = fetch(&url, seconds)?;
            (first, fetch(&theirs, seconds)?)
        } else {
            let first = fetch(&theirs, seconds)?;
            (fetch(&url, seconds)?, first)
        };
        let ratio = kontor.mb_per_s / plain.mb_per_s;
        eprintln!(
            "  round {}: kontor {:.0} MB/s in {} ranges; nginx {:.0} MB/s; ratio {ratio:.2}",
            round + 1,
            kontor.mb_per_s,
            kontor.requests,
            plain.mb_per_s
        );
        bytes += kontor.requests as f64 * RANGE_BYTES as f64;
        ratios.push(ratio);
        ours.push(kontor.mb_per_s);
        others.push(plain.mb_per_s);
    }
    let memory_after = shop.process.memory_mb_now();
    let cpu = cpu_per_gb(&shop, cpu_before, bytes);
    eprintln!(
        "memory: {memory_before:?} MB before, {memory_after:?} MB after, {:?} MB at most; {cpu:?} s of processor time a gigabyte",
        shop.process.memory_mb_max()
    );
    Ok(json!({
        "bench": "download",
        "ratio": rounded(median(ratios)),
        "kontor_mb_per_s": median(ours).round(),
        "nginx_mb_per_s": median(others).round(),
        "file_mb": FILE_MB,
        "range_bytes": RANGE_BYTES,
        "memory_mb_before": memory_before.map(f64::round),
        "memory_mb_after": memory_after.map(f64::round),
        "memory_mb_max": shop.process.memory_mb_max().map(f64::round),
        "cpu_s_per_gb": cpu.map(rounded),
    })
    .to_string())
}

fn cpu_per_gb(shop: &Shop, before: Option<(f64, f64)>, bytes: f64) -> Option<f64> {
    let ((own, kernel), (own_before, kernel_before)) = shop.process.cpu_s().zip(before)?;
    Some((own + kernel - own_before - kernel_before) / (bytes / 1e9))
}

fn stream(bench: &Bench, url: &str, seconds: u64) -> Result<Streamed, Failure> {
    let connections = bench.options.connections_or(CONNECTIONS);
    let numbers = [FILE_MB << 20, RANGE_BYTES, connections, seconds].map(|n| n.to_string());
    let [bytes, range, connections, seconds] = &numbers;
    let words = [
        "stream",
        url,
        "--bytes",
        bytes,
        "--range-bytes",
        range,
        "--connections",
        connections,
        "--seconds",
        seconds,
    ];
    let text = command::output(&bench.load, &words, &bench.folder)?;
    let line = text.lines().last().unwrap_or_default();
    serde_json::from_str(line)
        .map_err(|error| format!("the load generator said {line:?}, which is not JSON: {error}"))
}

fn wait_until_heard(bench: &Bench, url: &str) -> Result<(), Failure> {
    let began = std::time::Instant::now();
    loop {
        match stream(bench, url, 1) {
            Ok(_) => return Ok(()),
            Err(failure) if began.elapsed().as_secs() > 30 => return Err(failure),
            Err(_) => std::thread::sleep(std::time::Duration::from_millis(200)),
        }
    }
}
