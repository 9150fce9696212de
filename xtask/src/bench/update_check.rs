//! Update checks with a large maker's ROM published, against nginx with the same documents as
//! static files: 100 models in three channels with 50 builds each, and every request of a round
//! asks for another of the 300 documents. The service's own check is asked by 300 devices with ids of
//! their own, each for its model and channel, which have asked before on the same day.

use std::fs;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::load::{self, Medians, Round};
use super::nginx::{Nginx, Served};
use super::rom::{self, Published};
use super::shop::Shop;
use super::{Bench, median, rounded};
use crate::Failure;

const CHANNELS: [&str; 3] = ["stable", "beta", "nightly"];
/// How long the server may take to hear of what was published.
const HEARD_WAIT_MAX: Duration = Duration::from_secs(60);
/// Ids as devices send them, one for each address: the answer depends on it as long as a rollout runs.
const DEVICE: &str = "Kontor-Device: 7f3a9c51-bench-device-{}";

/// A form of the check.
struct Form {
    name: &'static str,
    headers: &'static [&'static str],
    path: fn(&Published, &str, &str) -> String,
}

const FORMS: [Form; 2] = [
    Form {
        name: "lineage_v2",
        headers: &[],
        path: |published, model, channel| {
            format!("/rom/api/v2/{model}/nightly/{}?channel={channel}", published.source)
        },
    },
    Form {
        name: "check",
        headers: &["--header", DEVICE],
        path: |published, model, channel| {
            format!("/rom/check?model={model}&channel={channel}&build={}", published.source)
        },
    },
];

/// Measures and returns the line of JSON.
pub(super) fn run(bench: &Bench) -> Result<String, Failure> {
    let (shop, published) = rom::start(bench, &["--models", "100", "--builds", "50"])?;
    let mut line = json!({ "bench": "update-check" });
    let mut ratios = Vec::new();
    for form in &FORMS {
        let found = measure(bench, &shop, &published, form)?;
        ratios.push(found["ratio"].as_f64().unwrap_or(0.0));
        line[form.name] = found;
    }
    // The slower form is the one to look at.
    line["ratio"] = json!(ratios.into_iter().fold(f64::INFINITY, f64::min));
    line["memory_mb"] = json!(shop.process.memory_mb_max().map(f64::round));
    Ok(line.to_string())
}

fn measure(
    bench: &Bench,
    shop: &Shop,
    published: &Published,
    form: &Form,
) -> Result<Value, Failure> {
    let (mut ours, mut files) = (Vec::new(), Vec::new());
    let last = published.models.last().ok_or("nothing was published")?;
    wait_until_heard(
        bench,
        &format!("{}{}", shop.base_url, (form.path)(published, last, "stable")),
    )?;
    let mut bytes = 0;
    for model in &published.models {
        for channel in CHANNELS {
            let file = format!("{}-{model}-{channel}.json", form.name);
            let url = format!("{}{}", shop.base_url, (form.path)(published, model, channel));
            let body = bench.folder.join(&file);
            let page = load::fetch_with(bench, &url, &body, form.headers)?;
            bytes = bytes.max(page.bytes);
            ours.push(url);
            files.push(Served {
                file,
                content_type: page.content_type,
                content_encoding: page.content_encoding,
            });
        }
    }
    let nginx = Nginx::start(bench, &files)?;
    let theirs: Vec<String> =
        files.iter().map(|served| format!("{}/{}", nginx.base_url, served.file)).collect();
    eprintln!("{}: {} documents of up to {bytes} bytes", form.name, ours.len());
    load::get_many(bench, &ours, form.headers, 1)?;
    load::get_many(bench, &theirs, form.headers, 1)?;
    let (mut kontor, mut plain): (Vec<Round>, Vec<Round>) = (Vec::new(), Vec::new());
    let mut ratios = Vec::new();
    for round in 0..bench.options.rounds {
        let ask =
            |urls: &[String]| load::get_many(bench, urls, form.headers, bench.options.seconds);
        let (of_kontor, of_nginx) = if round % 2 == 0 {
            let first = ask(&ours)?;
            (first, ask(&theirs)?)
        } else {
            let first = ask(&theirs)?;
            (ask(&ours)?, first)
        };
        let ratio = of_kontor.per_s / of_nginx.per_s;
        eprintln!(
            "  round {}: kontor {:.0}/s, p99 {:.2} ms; nginx {:.0}/s; ratio {ratio:.2}",
            round + 1,
            of_kontor.per_s,
            of_kontor.p99_ms,
            of_nginx.per_s
        );
        ratios.push(ratio);
        kontor.push(of_kontor);
        plain.push(of_nginx);
    }
    let (kontor, plain) = (Medians::of(&kontor), Medians::of(&plain));
    Ok(json!({
        "ratio": rounded(median(ratios)),
        "kontor_rps": kontor.per_s,
        "nginx_rps": plain.per_s,
        "p50_ms": kontor.p50_ms,
        "p99_ms": kontor.p99_ms,
        "p999_ms": kontor.p999_ms,
        "bytes": bytes,
        "documents": ours.len(),
    }))
}

/// The server hears of what another process has published within a second; its snapshot is then
/// made anew.
fn wait_until_heard(bench: &Bench, url: &str) -> Result<(), Failure> {
    let began = Instant::now();
    let body = bench.folder.join("heard.json");
    loop {
        if load::fetch(bench, url, &body).is_ok()
            && fs::read_to_string(&body).unwrap_or_default().contains("eng.")
        {
            eprintln!("the server knows it after {} ms", began.elapsed().as_millis());
            return Ok(());
        }
        if began.elapsed() > HEARD_WAIT_MAX {
            return Err("the server did not hear of what was published".into());
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}
