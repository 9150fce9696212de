//! A shop that publishes a large maker's ROM, for the benches of checks and downloads.

use serde::Deserialize;

use super::Bench;
use super::shop::Shop;
use crate::{Failure, command};

/// What was published.
#[derive(Debug, Deserialize)]
pub(super) struct Published {
    pub(super) models: Vec<String>,
    pub(super) source: String,
    pub(super) file: Option<String>,
    pub(super) path: Option<String>,
}

/// Starts the shop and fills its ROM with these words of `kontor-publish`.
pub(super) fn start(bench: &Bench, words: &[&str]) -> Result<(Shop, Published), Failure> {
    let shop = Shop::start(bench)?;
    let program = bench.load.replace("kontor-load", "kontor-publish");
    let data = bench.folder.join("data").display().to_string();
    let mut all = vec!["--data", data.as_str()];
    all.extend(words);
    let began = std::time::Instant::now();
    let text = command::output(&program, &all, &bench.folder)?;
    eprintln!("published in {:.1} s", began.elapsed().as_secs_f64());
    let line = text.lines().last().unwrap_or_default();
    let published = serde_json::from_str(line)
        .map_err(|error| format!("kontor-publish said {line:?}, which is not JSON: {error}"))?;
    Ok((shop, published))
}
