//! `kontor-publish`: fills a data folder with a large maker's ROM, for benches.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool talks on stdout and stderr"
)]

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use kontor::config::Config;
use kontor::server::{open, open_rom};
use kontor_base::Clock;
use kontor_testkit::publish::{Size, codename, incremental, publish_file, publish_many, warm};
use serde_json::json;

/// Fill a data folder with a large maker's ROM.
#[derive(Debug, Parser)]
#[command(name = "kontor-publish", max_term_width = 100)]
struct Words {
    /// The data folder of a shop.
    #[arg(long)]
    data: PathBuf,
    /// How many models, each in three channels.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=900))]
    models: u32,
    /// How many builds of each model.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=200))]
    builds: u32,
    /// One more model with a file of so many megabytes.
    #[arg(long)]
    file_mb: Option<u64>,
}

fn main() -> ExitCode {
    let words = Words::parse();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let outcome = runtime.map_err(Into::into).and_then(|runtime| runtime.block_on(publish(&words)));
    match outcome {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("kontor-publish: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn publish(words: &Words) -> Result<serde_json::Value, Box<dyn std::error::Error>> {
    let config = Config { data: words.data.clone(), ..Config::default() };
    let (db, key) = open(&config)?;
    let rom = open_rom(&config, db, Clock::System, &key, "http://127.0.0.1").await?;
    publish_many(&rom, Size { models: words.models, builds: words.builds }).await?;
    let file = match words.file_mb {
        Some(megabytes) => {
            let file = publish_file(&rom, megabytes << 20).await?;
            warm(&file)?;
            Some(file)
        }
        None => None,
    };
    rom.db.close().await;
    let models: Vec<String> = (0..words.models).map(codename).collect();
    Ok(json!({
        "models": models,
        // A device that is one build behind the newest.
        "source": incremental(words.builds.saturating_sub(2)),
        "file": file.as_ref().map(|file| &file.address),
        "path": file.as_ref().map(|file| &file.path),
    }))
}
