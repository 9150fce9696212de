//! The shelf and a product page, against nginx with the same bytes.
//!
//! Rounds alternate and change their order (kontor nginx, nginx kontor, …), so
//! that a machine that slows down or speeds up meanwhile favours neither.

use std::fs;

use serde_json::{Value, json};

use super::load::{self, Medians, Round};
use super::nginx::{Nginx, Served};
use super::shop::Shop;
use super::{Bench, median, rounded};
use crate::Failure;

/// The shelf that is measured.
const SHELF: &str = "/us/en/";

/// Where the bytes of both pages lie for nginx.
const SHELF_FILE: &str = "shelf.body";
const PRODUCT_FILE: &str = "product.body";

/// What comes out for one page.
struct Outcome {
    kontor: Medians,
    nginx: Medians,
    ratio: f64,
    bytes: u64,
}

/// Measures and returns the line of JSON.
pub(super) fn run(bench: &Bench) -> Result<String, Failure> {
    let shop = Shop::start(bench)?;
    let shelf = save(bench, &shop, SHELF, SHELF_FILE)?;
    let first_page_ms = shop.started.elapsed().as_millis();
    let first_memory_mb = shop.process.memory_mb_max().map(f64::round);
    eprintln!("the first page came {first_page_ms} ms after the start");
    let html = load_text(bench, &shop)?;
    let product_path = product_link(&html).ok_or("the shelf links no product page")?;
    let product = save(bench, &shop, &product_path, PRODUCT_FILE)?;
    let nginx = Nginx::start(bench, &[shelf.0, product.0])?;
    let pair = |path: &str, file: &str| {
        (format!("{}{path}", shop.base_url), format!("{}/{file}", nginx.base_url))
    };
    let shelf = measure(bench, SHELF, &pair(SHELF, SHELF_FILE), shelf.1)?;
    let product = measure(bench, &product_path, &pair(&product_path, PRODUCT_FILE), product.1)?;
    report(&shop, &shelf, &product);
    let mut line = line(&shelf, &product);
    line["first_page_ms"] = json!(first_page_ms);
    line["first_memory_mb"] = json!(first_memory_mb);
    line["memory_mb"] = json!(shop.process.memory_mb_max().map(f64::round));
    Ok(line.to_string())
}

/// Fetches a page from the shop and keeps its bytes for nginx.
fn save(bench: &Bench, shop: &Shop, path: &str, file: &str) -> Result<(Served, u64), Failure> {
    let page = load::fetch(bench, &format!("{}{path}", shop.base_url), &bench.folder.join(file))?;
    let served = Served {
        file: file.to_owned(),
        content_type: page.content_type,
        content_encoding: page.content_encoding,
    };
    Ok((served, page.bytes))
}

/// The shelf as text, for finding a link in it.
fn load_text(bench: &Bench, shop: &Shop) -> Result<String, Failure> {
    let path = bench.folder.join("shelf.html");
    let url = format!("{}{SHELF}", shop.base_url);
    let words = ["fetch", &url, "--out", &path.to_string_lossy()];
    crate::command::output(&bench.load, &words, &bench.folder)?;
    fs::read_to_string(&path).map_err(|error| format!("could not read {}: {error}", path.display()))
}

fn product_link(html: &str) -> Option<String> {
    let start = html.find(&format!("\"{SHELF}product/"))? + 1;
    let length = html[start..].find(['"', '?', '#'])?;
    Some(html[start..start + length].to_owned())
}

fn measure(
    bench: &Bench,
    path: &str,
    (kontor_url, nginx_url): &(String, String),
    bytes: u64,
) -> Result<Outcome, Failure> {
    eprintln!("{path}: {bytes} bytes, {} connections", bench.options.connections);
    load::get(bench, kontor_url, 1)?;
    load::get(bench, nginx_url, 1)?;
    let (mut kontor, mut static_files): (Vec<Round>, Vec<Round>) = (Vec::new(), Vec::new());
    let mut ratios = Vec::new();
    for round in 0..bench.options.rounds {
        let seconds = bench.options.seconds;
        let (of_kontor, of_nginx) = if round % 2 == 0 {
            let first = load::get(bench, kontor_url, seconds)?;
            (first, load::get(bench, nginx_url, seconds)?)
        } else {
            let first = load::get(bench, nginx_url, seconds)?;
            (load::get(bench, kontor_url, seconds)?, first)
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
        static_files.push(of_nginx);
    }
    // The median of the rounds' ratios, not the ratio of the medians: both
    // halves of a round saw the same machine.
    Ok(Outcome {
        kontor: Medians::of(&kontor),
        nginx: Medians::of(&static_files),
        ratio: rounded(median(ratios)),
        bytes,
    })
}

fn report(shop: &Shop, shelf: &Outcome, product: &Outcome) {
    eprintln!("\n          kontor/s   nginx/s   ratio    p50 ms   p99 ms  p99.9 ms");
    for (name, outcome) in [("shelf", shelf), ("product", product)] {
        eprintln!(
            "{name:<8} {:>9} {:>9} {:>7.2} {:>9.2} {:>8.2} {:>9.2}",
            outcome.kontor.per_s,
            outcome.nginx.per_s,
            outcome.ratio,
            outcome.kontor.p50_ms,
            outcome.kontor.p99_ms,
            outcome.kontor.p999_ms
        );
    }
    if let Some(memory) = shop.process.memory_mb_max() {
        eprintln!("kontor used at most {memory:.0} MB of memory");
    }
}

fn line(shelf: &Outcome, product: &Outcome) -> Value {
    let mut line = of_page(shelf);
    line["bench"] = json!("shelf");
    line["product"] = of_page(product);
    line
}

fn of_page(outcome: &Outcome) -> Value {
    json!({
        "ratio": outcome.ratio,
        "p50_ms": outcome.kontor.p50_ms,
        "p99_ms": outcome.kontor.p99_ms,
        "p999_ms": outcome.kontor.p999_ms,
        "kontor_rps": outcome.kontor.per_s,
        "nginx_rps": outcome.nginx.per_s,
        "nginx_p99_ms": outcome.nginx.p99_ms,
        "bytes": outcome.bytes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_product_link_is_found() {
        let html = r#"<a href="/us/en/">Home</a><a href="/us/en/product/band?x=1">Band</a>"#;
        assert_eq!(product_link(html).as_deref(), Some("/us/en/product/band"));
        assert_eq!(product_link("<a href=\"/de/de/product/band\">"), None);
    }
}
