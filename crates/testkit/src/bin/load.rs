//! `kontor-load`: load for a shop on this machine, and what it answered.
//!
//! A program of its own, so that its processor time is not counted as the
//! shop's. `cargo xtask bench` starts it; by hand it helps to look closer.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool talks on stdout and stderr"
)]
#![allow(clippy::float_arithmetic, reason = "a throughput for people")]

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use kontor_testkit::load::{
    Address, Connection, Load, Pace, Report, Stop, Stream, order::Purchase,
};
use serde_json::json;

/// Load for a shop on this machine.
#[derive(Debug, Parser)]
#[command(name = "kontor-load", max_term_width = 100)]
struct Words {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Ask for pages again and again; several addresses take turns.
    Get {
        /// For example http://127.0.0.1:8080/us/en/
        #[arg(required = true)]
        urls: Vec<String>,
        #[command(flatten)]
        load: LoadWords,
        /// What to send as `Accept-Encoding`.
        #[arg(long)]
        accept_encoding: Option<String>,
        /// A header more, as `Name: value`; `{}` in the value is the place of the address among all.
        #[arg(long = "header", value_parser = header)]
        headers: Vec<(String, String)>,
    },
    /// Fetch ranges of one large file again and again, and throw the bytes away.
    Stream {
        /// The file.
        url: String,
        /// Its size in bytes.
        #[arg(long, value_parser = clap::value_parser!(u64).range(1..))]
        bytes: u64,
        /// The size of a range in bytes.
        #[arg(long, default_value_t = 8 << 20, value_parser = clap::value_parser!(u64).range(1..))]
        range_bytes: u64,
        /// Connections that fetch at the same time.
        #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=512))]
        connections: u32,
        /// How long.
        #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u64).range(1..=3600))]
        seconds: u64,
    },
    /// Buy as a guest again and again: cart, checkout, payment, order.
    Order {
        /// The shop, for example http://127.0.0.1:8080
        url: String,
        #[command(flatten)]
        load: LoadWords,
        /// The market to buy in.
        #[arg(long, default_value = "us")]
        market: String,
        /// What to buy, one piece at a time; several take turns.
        #[arg(long = "sku", default_value = "BAND-BLACK", value_delimiter = ',')]
        skus: Vec<String>,
    },
    /// Report installations again and again, each of another device.
    Report {
        /// The server, for example http://127.0.0.1:8080
        url: String,
        #[command(flatten)]
        load: LoadWords,
        /// The number of the first device.
        #[arg(long, default_value_t = 0)]
        from: u64,
        /// Let devices report again instead of new ones: so many there are.
        #[arg(long)]
        among: Option<u64>,
    },
    /// Fetch one page, keep its body, and say in JSON what it was.
    Fetch {
        /// The page.
        url: String,
        /// The file for the body, as it came over the wire.
        #[arg(long)]
        out: PathBuf,
        /// What to send as `Accept-Encoding`.
        #[arg(long)]
        accept_encoding: Option<String>,
        /// A header more, as `Name: value`.
        #[arg(long = "header", value_parser = header)]
        headers: Vec<(String, String)>,
    },
}

#[derive(Debug, Args)]
struct LoadWords {
    /// Connections that ask at the same time.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=65_536))]
    connections: u32,
    /// Threads that share the connections.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=256))]
    threads: u32,
    /// How long.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=3600))]
    seconds: u64,
    /// How many, instead of how long.
    #[arg(long, conflicts_with = "seconds")]
    count: Option<u64>,
    /// So many in a second, latency counted from when each was due; without
    /// it each connection asks again as soon as it has its answer.
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..))]
    rate: Option<u64>,
    /// End with one line of JSON.
    #[arg(long)]
    json: bool,
}

impl LoadWords {
    fn load(&self) -> Load {
        Load {
            connections: self.connections as usize,
            threads: self.threads as usize,
            pace: self.rate.map_or(Pace::Closed, |per_s| Pace::Open { per_s }),
            stop: self.count.map_or(Stop::After(Duration::from_secs(self.seconds)), Stop::Count),
        }
    }
}

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let outcome = match Words::parse().command {
        Command::Get { urls, load, accept_encoding, headers } => {
            get(&urls, &load, accept_encoding.as_deref(), &headers)
        }
        Command::Stream { url, bytes, range_bytes, connections, seconds } => {
            Address::parse(&url).map_err(Into::into).and_then(|address| {
                let during = Duration::from_secs(seconds);
                stream(&Stream { address, bytes, range_bytes, connections, during })
            })
        }
        Command::Order { url, load, market, skus } => order(&url, &load, &market, skus),
        Command::Report { url, load, from, among } => report(&url, &load, from, among),
        Command::Fetch { url, out, accept_encoding, headers } => {
            fetch(&url, &out, &sent(accept_encoding.as_deref(), &headers))
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("kontor-load: {error}");
            ExitCode::FAILURE
        }
    }
}

fn header(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once(':').ok_or("a header is `Name: value`")?;
    let plain = |text: &str| text.bytes().all(|b| b == b' ' || b.is_ascii_graphic());
    if !plain(name) || !plain(value) || name.is_empty() || name.contains(' ') {
        return Err("a header is `Name: value` in plain letters".to_owned());
    }
    Ok((name.to_owned(), value.trim().to_owned()))
}

fn stream(stream: &Stream) -> Outcome {
    let streamed = stream.run()?;
    let seconds = streamed.elapsed.as_secs_f64();
    println!(
        "{}",
        json!({
            "requests": streamed.requests,
            "bytes": streamed.bytes,
            "seconds": seconds,
            "mb_per_s": streamed.bytes as f64 / 1_000_000.0 / seconds,
        })
    );
    Ok(())
}

fn get(
    urls: &[String],
    words: &LoadWords,
    accept_encoding: Option<&str>,
    more: &[(String, String)],
) -> Outcome {
    let addresses = urls.iter().map(|url| Address::parse(url)).collect::<Result<Vec<_>, _>>()?;
    let socket = addresses.first().ok_or("no address is given")?.socket;
    if addresses.iter().any(|address| address.socket != socket) {
        return Err("all addresses must be of one server".into());
    }
    let request = |(place, address): (usize, &Address)| {
        let own = more
            .iter()
            .map(|(name, value)| (name.clone(), value.replace("{}", &place.to_string())));
        let own: Vec<_> = own.collect();
        address.get(&sent(accept_encoding, &own))
    };
    let requests: Vec<_> = addresses.iter().enumerate().map(request).collect();
    let report = words.load().run(socket, move |turn, request| {
        if request.is_empty() || requests.len() > 1 {
            let chosen = (turn.sequence as usize).wrapping_add(turn.worker) % requests.len();
            request.clear();
            request.extend_from_slice(&requests[chosen]);
        }
    })?;
    show(&report, words);
    Ok(())
}

fn order(url: &str, words: &LoadWords, market: &str, skus: Vec<String>) -> Outcome {
    let socket = Address::parse(url)?.socket;
    let purchase = Purchase::new(socket, market, skus);
    let report = words.load().run_script(
        socket,
        async move |connection: &mut Connection, request: &mut Vec<u8>, turn| {
            purchase.carry_out(connection, request, turn).await
        },
    )?;
    show(&report, words);
    Ok(())
}

fn report(url: &str, words: &LoadWords, from: u64, among: Option<u64>) -> Outcome {
    let address = Address::parse(url)?;
    let host = address.socket.to_string();
    let connections = u64::from(words.connections);
    let report = words.load().run(address.socket, move |turn, request| {
        let number = turn.sequence * connections + turn.worker as u64;
        let device = from + among.map_or(number, |among| number % among.max(1));
        let country = ["CN", "IN", "ID", "TW", "MY"][(device % 5) as usize];
        let body = format!(
            "{{\"device\":\"load-{device:016x}\",\"model\":\"cancro\",\"version\":\"V6.3.5.0\",\
             \"channel\":\"stable\",\"country\":\"{country}\"}}"
        );
        request.clear();
        let head = format!(
            "POST /api/v1/install/reports HTTP/1.1\r\nHost: {host}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        request.extend_from_slice(head.as_bytes());
        request.extend_from_slice(body.as_bytes());
    })?;
    show(&report, words);
    Ok(())
}

fn show(report: &Report, words: &LoadWords) {
    for fault in &report.faults {
        eprintln!("kontor-load: {fault}");
    }
    if words.json {
        println!("{}", report.json());
    } else {
        println!("{report}");
    }
}

fn fetch(url: &str, out: &std::path::Path, sent: &[(&str, &str)]) -> Outcome {
    let address = Address::parse(url)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut connection = Connection::new(address.socket);
    let answer = runtime.block_on(connection.send(&address.get(sent)))?;
    std::fs::write(out, answer.body)?;
    let page = json!({
        "status": answer.status,
        "content_type": answer.header("content-type").unwrap_or_default(),
        "content_encoding": answer.header("content-encoding").unwrap_or_default(),
        "bytes": answer.body.len(),
    });
    println!("{page}");
    Ok(())
}

fn sent<'h>(
    accept_encoding: Option<&'h str>,
    more: &'h [(String, String)],
) -> Vec<(&'h str, &'h str)> {
    let encoding = accept_encoding.map(|value| ("Accept-Encoding", value));
    let more = more.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    encoding.into_iter().chain(more).collect()
}
