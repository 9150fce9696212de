//! `cargo xtask bench sale --database postgres --nodes 2`: one sale over several servers on one
//! database. Its units are divided into as many lots as there are nodes, and each node takes its share
//! of the lots. A proxy in front that knows the lots would send each person to the node that has
//! theirs; the load does the same: a process for each node, with the people of its lot.

use serde_json::json;

use super::sale::{Proof, Said, read, rush, whole};
use super::shop::Shop;
use super::{Bench, rounded};
use crate::{Failure, command, postgres};

/// The name of the sale's crowd.
const CROWD: &str = "record";

/// Measures and returns the line of JSON.
pub(super) fn run(bench: &Bench, orders: u64, nodes: u64) -> Result<String, Failure> {
    let server = postgres::Server::start(&bench.folder.join("postgres"), postgres::Sync::On)?;
    let bench = &Bench { database: Some(server.database("kontor")?), ..bench.clone() };
    let count = nodes.to_string();
    eprintln!("sale on {nodes} nodes: {orders} orders; so many people enter first");
    rush(
        bench,
        &["ground", "data", "rush", "--crowd", &format!("{CROWD}={orders}"), "--lots", &count],
    )?;
    rush(bench, &["split", "rush", CROWD, &count])?;
    let shops = (1..=nodes).map(|node| serve(bench, node, nodes)).collect::<Result<Vec<_>, _>>()?;

    // Everybody waits until the lot of their node answers; the first person of each is not measured.
    for (shop, part) in shops.iter().zip(0..) {
        whole(read(&rush(
            bench,
            &["claim", &shop.base_url, "rush", &named(part), "--people", "1", "--wait"],
        )?)?)?;
    }
    let said = std::thread::scope(|scope| {
        let running: Vec<_> = shops
            .iter()
            .zip(0..)
            .map(|(shop, part)| scope.spawn(move || claim(bench, shop, part, nodes)))
            .collect();
        let ended = running.into_iter().map(|run| {
            run.join().unwrap_or_else(|_| Err("a thread of the bench panicked".to_owned()))
        });
        ended.collect::<Result<Vec<Said>, Failure>>()
    })?;
    let memory_mb: Vec<_> = shops.iter().filter_map(|s| s.process.memory_mb_max()).collect();
    for shop in shops {
        shop.process.kill()?;
    }
    let mut proof = Proof { on_disk: 0, oversold: 0, lost: 0, double: 0 };
    for part in 0..nodes {
        let own: Proof = read(&rush(bench, &["prove", "data", "rush", &named(part)])?)?;
        // Each proof reads the whole sale; only what its own people were told is its own.
        proof = Proof { lost: proof.lost + own.lost, ..own };
    }
    let Proof { on_disk, oversold, lost, double } = proof;
    eprintln!("  {on_disk} orders on disk, {oversold} oversold, {lost} lost, {double} double");
    if oversold + lost + double > 0 || on_disk != orders {
        return Err(format!("{orders} orders were answered; this is not what is on disk"));
    }
    command::run(&bench.kontor, &["audit", "--data", "data"], &bench.folder, &bench.environment())?;

    let most = |part: fn(&Said) -> f64| said.iter().map(part).fold(0.0, f64::max);
    let seconds = most(|said| said.seconds);
    let measured: u64 = said.iter().map(|said| said.requests).sum();
    let per_s = measured as f64 / seconds;
    eprintln!("  {measured} orders over {nodes} nodes in {seconds:.1} s: {per_s:.0}/s");
    Ok(json!({
        "bench": "sale",
        "database": "postgres",
        "nodes": nodes,
        "orders": measured + nodes,
        "orders_per_s": per_s.round(),
        "seconds": rounded(seconds),
        "oversold": oversold,
        "lost": lost,
        "double": double,
        "on_disk": on_disk,
        "p50_ms": most(|said| said.p50_ms),
        "p99_ms": most(|said| said.p99_ms),
        "p999_ms": most(|said| said.p999_ms),
        "max_ms": most(|said| said.max_ms),
        "memory_mb": memory_mb.iter().map(|mb| mb.round()).collect::<Vec<_>>(),
    })
    .to_string())
}

fn serve(bench: &Bench, node: u64, nodes: u64) -> Result<Shop, Failure> {
    let (name, share) = (format!("node{node}"), format!("{node}/{nodes}"));
    let environment = [
        ("KONTOR_SERVER__TRUSTED_PROXIES", "1"),
        ("KONTOR_PAYMENT__TEST_PROVIDER", "true"),
        // One server counts for a shop.
        ("KONTOR_INSTALL__COUNT", "false"),
        ("KONTOR_SERVER__NODE", name.as_str()),
        ("KONTOR_SERVER__SHARE", share.as_str()),
    ];
    Shop::serve_as(bench, &name, &environment)
}

fn claim(bench: &Bench, shop: &Shop, part: u64, nodes: u64) -> Result<Said, Failure> {
    let connections = (bench.options.connections / nodes).max(1).to_string();
    // All load shares the machine with the servers.
    let words = [
        "claim",
        &shop.base_url,
        "rush",
        &named(part),
        "--from",
        "1",
        "--threads",
        "1",
        "--connections",
        &connections,
    ];
    whole(read(&rush(bench, &words)?)?)
}

/// The people of one lot.
fn named(part: u64) -> String {
    format!("{CROWD}-{part}")
}
