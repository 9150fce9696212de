//! `kontor-rush`: the load of a sale with very many people, on this machine, and the proof that
//! nobody's unit was lost.
//!
//! A program of its own, so that its processor time is not counted as the shop's.
//! `cargo xtask bench sale` starts it; by hand it helps to look closer.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::float_arithmetic,
    reason = "a command-line tool talks on stdout and stderr, and measures seconds"
)]

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::{Args, Parser, Subcommand};
use kontor_testkit::load::Address;
use kontor_testkit::load::rush::RushError;
use kontor_testkit::load::rush::files::{Crowd, Kind, split};
use kontor_testkit::load::rush::ground::{self, Wanted};
use kontor_testkit::load::rush::prove::prove;
use kontor_testkit::load::rush::purchase::Purchases;
use kontor_testkit::load::rush::script::{Claims, Common, Entries};
use kontor_testkit::load::rush::swarm::{Answers, Share, Swarm};
use serde_json::{Value, json};

/// How long a sale may take until it is live.
const LIVE_WAIT_MAX: Duration = Duration::from_secs(120);

/// A sale with very many people on this machine.
#[derive(Debug, Parser)]
#[command(name = "kontor-rush", max_term_width = 100)]
struct Words {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a shop with sales in a folder and let everybody enter, before the server starts.
    Ground {
        /// The shop's data.
        data: PathBuf,
        /// Where the crowds' files go.
        folder: PathBuf,
        /// A crowd with its sale: NAME=PEOPLE; several of them.
        #[arg(long = "crowd", required = true, value_parser = crowd)]
        crowds: Vec<(String, u32)>,
        /// Into how many lots the units of each sale are divided.
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=256))]
        lots: u32,
    },
    /// Take a unit for each person of a crowd.
    Claim {
        /// The shop, for example http://127.0.0.1:8080
        url: String,
        /// Where the crowds' files are.
        folder: PathBuf,
        /// Which crowd.
        crowd: String,
        /// From which person on.
        #[arg(long, default_value_t = 0)]
        from: u32,
        /// How many people; without it all that are left.
        #[arg(long)]
        people: Option<u32>,
        /// The problem's code that is hoped for instead of a unit, such as sale.sold_out.
        #[arg(long)]
        expect: Option<String>,
        /// Keep no answers: the server is none that sells.
        #[arg(long)]
        dry: bool,
        /// Ask for the first person again and again until the sale is live.
        #[arg(long)]
        wait: bool,
        #[command(flatten)]
        load: LoadWords,
    },
    /// Buy a unit for each person of a crowd: claim, checkout, payment with the test provider, order.
    Buy {
        /// The shop.
        url: String,
        /// Where the crowds' files are.
        folder: PathBuf,
        /// Which crowd.
        crowd: String,
        /// From which person on.
        #[arg(long, default_value_t = 0)]
        from: u32,
        /// How many people; without it all that are left.
        #[arg(long)]
        people: Option<u32>,
        #[command(flatten)]
        load: LoadWords,
    },
    /// Let people enter a crowd's sale over HTTP; they become a crowd too.
    Enter {
        /// The shop.
        url: String,
        /// Where the crowds' files are.
        folder: PathBuf,
        /// Whose sale.
        crowd: String,
        /// The name of the new crowd.
        name: String,
        /// How many people.
        #[arg(long)]
        people: u32,
        #[command(flatten)]
        load: LoadWords,
    },
    /// Answer every request at once and do nothing: what HTTP alone costs.
    Empty {
        /// Write the address into this file once it answers.
        #[arg(long)]
        ready_file: PathBuf,
    },
    /// Divide a crowd by the lots of its people: NAME-0, NAME-1 and so on, for several servers.
    Split {
        /// Where the crowds' files are.
        folder: PathBuf,
        /// Which crowd.
        crowd: String,
        /// How many lots its sale has in its one way in.
        #[arg(value_parser = clap::value_parser!(u8).range(1..))]
        lots: u8,
    },
    /// Compare a crowd's answers with what is on disk. The server need not run.
    Prove {
        /// The shop's data.
        data: PathBuf,
        /// Where the crowds' files are.
        folder: PathBuf,
        /// Which crowd.
        crowd: String,
    },
}

#[derive(Debug, Args)]
struct LoadWords {
    /// Connections that stay, as a proxy in front keeps them.
    #[arg(long, default_value_t = 256, value_parser = clap::value_parser!(u32).range(1..=16_384))]
    connections: u32,
    /// Threads that share them.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=64))]
    threads: u32,
    /// So many people in a second, whose wait counts from when each was due; without it each
    /// connection asks for the next person as soon as it has an answer.
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    rate: Option<u64>,
    /// Tells the keys of this run from those of others; without it the time does.
    #[arg(long)]
    run: Option<u64>,
}

fn crowd(text: &str) -> Result<(String, u32), String> {
    let (name, people) = text.split_once('=').ok_or("a crowd is NAME=PEOPLE")?;
    let plain = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase());
    let people = people.parse().ok().filter(|people| (1..=10_000_000).contains(people));
    match people {
        Some(people) if plain => Ok((name.to_owned(), people)),
        _ => Err("a crowd is a word of small letters and 1 to 10000000 people".to_owned()),
    }
}

fn main() -> ExitCode {
    let outcome = match Words::parse().command {
        Command::Ground { data, folder, crowds, lots } => prepare(data, folder, crowds, lots),
        Command::Claim { url, folder, crowd, from, people, expect, dry, wait, load } => {
            Crowd::open(&folder, &crowd).and_then(|crowd| {
                let share = those(&crowd, from, people);
                let how = How { expect, dry, wait };
                claim(&url, &crowd, share, &how, &load)
            })
        }
        Command::Enter { url, folder, crowd, name, people, load } => {
            let crowd = Crowd::open(&folder, &crowd);
            crowd.and_then(|crowd| {
                let late = Crowd::new(&folder, &name, crowd.sale, people, crowd.ticket_chars);
                enter(&url, &late, &load)
            })
        }
        Command::Buy { url, folder, crowd: name, from, people, load } => {
            Crowd::open(&folder, &name)
                .and_then(|crowd| buy(&url, &crowd, &name, those(&crowd, from, people), &load))
        }
        Command::Split { folder, crowd, lots } => {
            split(&folder, &crowd, lots).map(|people| json!({ "people": people }))
        }
        Command::Empty { ready_file } => empty(&ready_file),
        Command::Prove { data, folder, crowd } => ground::config(data).and_then(|config| {
            let proof = runtime()?.block_on(prove(&config, &folder, &crowd))?;
            Ok(proof.json())
        }),
    };
    match outcome {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("kontor-rush: {error}");
            ExitCode::FAILURE
        }
    }
}

fn runtime() -> Result<tokio::runtime::Runtime, RushError> {
    tokio::runtime::Runtime::new().map_err(|error| failed("start a runtime", error))
}

fn failed(what: &str, error: impl std::fmt::Display) -> RushError {
    RushError::at(what, error)
}

fn prepare(
    data: PathBuf,
    folder: PathBuf,
    crowds: Vec<(String, u32)>,
    lots: u32,
) -> Result<Value, RushError> {
    std::fs::create_dir_all(&folder).map_err(|error| failed("make the folder", error))?;
    let wanted: Vec<_> =
        crowds.into_iter().map(|(name, people)| Wanted { name, people, lots }).collect();
    let config = ground::config(data)?;
    let prepared = runtime()?.block_on(ground::prepare(&config, &folder, &wanted))?;
    Ok(json!({"entries": prepared.entries, "seconds": prepared.elapsed.as_secs_f64()}))
}

fn common(
    url: &str,
    crowd: &Crowd,
    network: u8,
    load: &LoadWords,
) -> Result<(Common, Swarm), RushError> {
    let address = Address::parse(url).map_err(|error| failed("use this address", error))?;
    let since_epoch = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let now = since_epoch.map_or(0, |since| since.as_nanos() as u64);
    let run = load.run.unwrap_or(now);
    let common = Common { host: address.host, sale: crowd.sale, run, network };
    let swarm = Swarm {
        socket: address.socket,
        connections: load.connections as usize,
        threads: load.threads as usize,
        per_s: load.rate,
    };
    Ok((common, swarm))
}

/// How claims are made.
struct How {
    expect: Option<String>,
    dry: bool,
    wait: bool,
}

fn claim(
    url: &str,
    crowd: &Crowd,
    share: Share,
    how: &How,
    load: &LoadWords,
) -> Result<Value, RushError> {
    let (common, swarm) = common(url, crowd, 10, load)?;
    let script = |share: Share| {
        Claims::new(common.clone(), crowd, share.first, share.people, how.expect.clone())
    };
    if how.wait {
        let one = Swarm { connections: 1, threads: 1, per_s: None, ..swarm };
        let first = Share { people: 1, ..share };
        let began = Instant::now();
        while one.run(vec![(first, script(first)?)])?.0.report.requests == 0 {
            if began.elapsed() > LIVE_WAIT_MAX {
                return Err(RushError::wrong("the sale did not go live"));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
    let shares = swarm.shares(share.first, share.people);
    let scripts = shares.into_iter().map(|share| Ok((share, script(share)?)));
    let scripts = scripts.collect::<Result<Vec<_>, RushError>>()?;
    let (answers, scripts) = swarm.run(scripts)?;
    if how.expect.is_none() && !how.dry {
        for script in &scripts {
            let (first, numbers) = script.numbers();
            crowd.write_answers(first, numbers)?;
        }
    }
    Ok(line(&answers))
}

fn buy(
    url: &str,
    crowd: &Crowd,
    name: &str,
    share: Share,
    load: &LoadWords,
) -> Result<Value, RushError> {
    let (common, swarm) = common(url, crowd, 10, load)?;
    let shares = swarm.shares(share.first, share.people).into_iter();
    let scripts = shares
        .map(|share| Ok((share, Purchases::new(common.clone(), crowd, name, share.first)?)))
        .collect::<Result<Vec<_>, RushError>>()?;
    let (answers, _) = swarm.run(scripts)?;
    Ok(line(&answers))
}

/// The people of a crowd who are meant.
fn those(crowd: &Crowd, from: u32, people: Option<u32>) -> Share {
    let left = crowd.people.saturating_sub(from);
    Share { first: from, people: people.unwrap_or(left).min(left) }
}

fn enter(url: &str, late: &Crowd, load: &LoadWords) -> Result<Value, RushError> {
    let (common, swarm) = common(url, late, 11, load)?;
    let shares = swarm.shares(0, late.people);
    let scripts = shares.into_iter().map(|share| (share, Entries::new(common.clone()))).collect();
    let (answers, scripts) = swarm.run(scripts)?;
    let mut file = late.create(Kind::Tickets)?;
    let mut chars = 0;
    for script in &scripts {
        chars += script.tickets().len();
        file.write_all(script.tickets()).map_err(|error| failed("keep the tickets", error))?;
    }
    file.flush().map_err(|error| failed("keep the tickets", error))?;
    if chars != late.people as usize * late.ticket_chars {
        return Err(RushError::wrong(format!("some did not get in: {}", line(&answers))));
    }
    late.save()?;
    Ok(line(&answers))
}

/// Serves a handler that reads the request and answers at once, until it is ended.
fn empty(ready_file: &std::path::Path) -> Result<Value, RushError> {
    use axum::body::Bytes;
    use axum::http::{StatusCode, header};
    use axum::serve::ListenerExt;
    let handler = |body: Bytes| async move {
        drop(body);
        let kind = [(header::CONTENT_TYPE, "application/json")];
        (StatusCode::CREATED, kind, "{\"number\":1}")
    };
    let router =
        axum::Router::new().route("/api/v1/sale/{sale}/claim", axum::routing::post(handler));
    runtime()?.block_on(async move {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.map_err(|error| failed("listen", error))?;
        let address = listener.local_addr().map_err(|error| failed("listen", error))?;
        let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
        std::fs::write(ready_file, format!("http://{address}\n"))
            .map_err(|error| failed("say where it listens", error))?;
        let served = axum::serve(listener, router).await;
        served.map_err(|error| failed("serve", error))?;
        Ok(Value::Null)
    })
}

/// The line of JSON, with the processor time that the load itself has used.
fn line(answers: &Answers) -> Value {
    let mut line = answers.report.json();
    line["others"] = json!(answers.others);
    line["load_cpu_s"] = json!(cpu_s());
    line
}

/// Seconds of processor time of this process; nothing where there is no /proc.
fn cpu_s() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<_> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |index: usize| fields.get(index)?.parse::<u32>().ok();
    Some(f64::from(ticks(11)? + ticks(12)?) / 100.0)
}
