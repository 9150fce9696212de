//! Deltas between two invented builds, beside bsdiff, xdelta3 and `zstd --patch-from` in the same
//! run: bytes, processor seconds, memory; ours is applied and compared.
//!
//! Tools that are not installed are left out and named.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::rounded;
use crate::{Failure, arguments::Arguments, command, repo, test};

/// What one tool did.
struct Row {
    name: &'static str,
    bytes: u64,
    cpu_s: f64,
    peak_mb: f64,
}

/// Reads the words and measures.
pub(super) fn run(mut arguments: Arguments, json: bool) -> Result<(), Failure> {
    let size_mb = arguments.number("--size-mb", 250)?.clamp(1, 2000);
    let seed = arguments.number("--seed", 1)?;
    arguments.finish()?;
    let root = repo::root()?;
    eprintln!("building kontor-delta");
    let words = [
        "build",
        "--release",
        "--package=kontor-ota",
        "--bin=kontor-delta",
        "--message-format=json-render-diagnostics",
    ];
    let messages = command::output("cargo", &words, &root)?;
    let ours = test::executable(&messages, "kontor-delta").ok_or("cargo built no kontor-delta")?;
    let target = Path::new(&ours).parent().ok_or("the binary lies in no folder")?;
    let folder = target.join("bench-delta");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)
        .map_err(|error| format!("could not make {}: {error}", folder.display()))?;
    let outcome = measure(&ours, &folder, size_mb, seed);
    // Best effort: the next run clears the folder as well.
    let _ = fs::remove_dir_all(&folder);
    let line = outcome?;
    if json {
        println!("{line}");
    }
    Ok(())
}

fn measure(ours: &str, folder: &Path, size_mb: u64, seed: u64) -> Result<String, Failure> {
    let path = |name: &str| folder.join(name).display().to_string();
    let (old, new, back) = (path("old.img"), path("new.img"), path("back.img"));
    let (size, seed) = (size_mb.to_string(), seed.to_string());
    for (build, file) in [("1", &old), ("2", &new)] {
        eprintln!("inventing build {build} of {size_mb} MB");
        let words = ["image", seed.as_str(), build, size.as_str(), file.as_str()];
        command::output(ours, &words, folder)?;
    }
    let delta = path("ours.delta");
    let made = timed("kontor", ours, &["make", &old, &new, &delta], Some(&delta))?
        .ok_or("kontor-delta was built and cannot be run")?;
    let applied = timed("apply", ours, &["apply", &old, &delta, &back], None)?
        .ok_or("kontor-delta was built and cannot be run")?;
    let differs = Command::new("cmp").args(["-s", &new, &back]).status();
    if !differs.map_err(|error| format!("could not run cmp: {error}"))?.success() {
        return Err("the applied delta gave another image".into());
    }
    let mut others = Vec::new();
    let (bs, xd, zs) = (path("bsdiff"), path("xdelta3"), path("zstd"));
    let window = format!("-B{}", (size_mb << 20) + (64 << 20));
    let from = format!("--patch-from={old}");
    let tools: [(&'static str, &str, Vec<&str>, &str); 3] = [
        ("bsdiff", "bsdiff", vec![&old, &new, &bs], &bs),
        ("xdelta3 -9", "xdelta3", vec!["-9", "-f", "-e", &window, "-s", &old, &new, &xd], &xd),
        (
            "zstd -19 --patch-from",
            "zstd",
            vec!["-q", "-19", "--single-thread", "--long=31", &from, &new, "-f", "-o", &zs],
            &zs,
        ),
    ];
    for (name, program, words, out) in tools {
        match timed(name, program, &words, Some(out))? {
            Some(row) => others.push(row),
            None => eprintln!("{name}: not installed"),
        }
    }
    let smallest = others.iter().min_by_key(|row| row.bytes);
    let (size_ratio, cpu_ratio) = smallest.map_or((f64::NAN, f64::NAN), |row| {
        (made.bytes as f64 / row.bytes as f64, made.cpu_s / row.cpu_s)
    });
    if let Some(row) = smallest {
        eprintln!(
            "against {}: {:.2} of its size with {:.2} of its processor time",
            row.name, size_ratio, cpu_ratio
        );
    }
    let rows: Vec<String> = others.iter().chain([&made]).map(as_json).collect();
    let number =
        |value: f64| if value.is_nan() { "null".into() } else { rounded(value).to_string() };
    Ok(format!(
        "{{\"bench\":\"delta\",\"size_mb\":{size_mb},\"seed\":{seed},\"ratio_size\":{},\
         \"ratio_cpu\":{},\"apply_cpu_s\":{},\"apply_peak_mb\":{},\"tools\":[{}]}}",
        number(size_ratio),
        number(cpu_ratio),
        rounded(applied.cpu_s),
        rounded(applied.peak_mb),
        rows.join(",")
    ))
}

fn as_json(row: &Row) -> String {
    format!(
        "{{\"name\":\"{}\",\"bytes\":{},\"cpu_s\":{},\"peak_mb\":{}}}",
        row.name,
        row.bytes,
        rounded(row.cpu_s),
        rounded(row.peak_mb)
    )
}

/// Runs a program under GNU time. `None`: it is not installed.
fn timed(
    name: &'static str,
    program: &str,
    words: &[&str],
    out: Option<&str>,
) -> Result<Option<Row>, Failure> {
    let found = PathBuf::from(program).exists()
        || std::env::var_os("PATH").is_some_and(|path| {
            std::env::split_paths(&path).any(|folder| folder.join(program).exists())
        });
    if !found {
        return Ok(None);
    }
    let output = Command::new("/usr/bin/time")
        .args(["-f", "%U %S %M", program])
        .args(words)
        .output()
        .map_err(|error| format!("could not run /usr/bin/time: {error}"))?;
    let told = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(format!("{name} failed: {told}"));
    }
    let numbers: Vec<f64> = told
        .lines()
        .last()
        .unwrap_or_default()
        .split(' ')
        .filter_map(|word| word.parse().ok())
        .collect();
    let [user, system, kilobytes] = numbers[..] else {
        return Err(format!("/usr/bin/time said something else: {told}"));
    };
    let bytes = match out {
        Some(path) => fs::metadata(path).map_err(|error| format!("{path}: {error}"))?.len(),
        None => 0,
    };
    let row = Row { name, bytes, cpu_s: user + system, peak_mb: kilobytes / 1000.0 };
    eprintln!(
        "{name}: {} bytes, {:.1} s of processor time, {:.0} MB",
        row.bytes, row.cpu_s, row.peak_mb
    );
    Ok(Some(row))
}
