//! The staff area with a million orders in the database: every list and every way to search, signed in.

use serde_json::{Value, json};

use super::load::{self, Medians};
use super::shop::Shop;
use super::{Bench, rounded};
use crate::{Failure, command};

/// What every list has to stay under, in milliseconds.
const AIM_MS: f64 = 50.0;

/// With fewer orders than this the bench is being tried: everything else is small as well.
const SMALL_BELOW: u64 = 100_000;

/// The pages, with what is asked for.
const PAGES: &[(&str, &str)] = &[
    ("today", "/admin"),
    ("orders", "/admin/orders"),
    ("orders_market", "/admin/orders?market=us"),
    ("orders_state", "/admin/orders?state=on_hold"),
    ("orders_market_state", "/admin/orders?market=us&state=awaiting_payment"),
    ("find_phone", "/admin/find?q=5550"),
    ("find_phone_long", "/admin/find?q=0155501"),
    ("find_name", "/admin/find?q=lovelace"),
    ("find_words", "/admin/find?q=ada%20lovelace%2094"),
    ("find_email", "/admin/find?q=ada.160%40shop.example"),
    ("find_sku", "/admin/find?q=BAND-BLACK"),
    ("find_nothing", "/admin/find?q=zzzzzz"),
    ("waiting", "/admin/waiting?market=us"),
    ("jobs", "/admin/jobs?state=waiting"),
    ("proposals", "/admin/proposals"),
    ("log", "/admin/log"),
    ("figures", "/admin/figures"),
    ("catalogue", "/admin/catalogue"),
    ("prices", "/admin/us/prices"),
    ("stock", "/admin/stock"),
    ("sales", "/admin/sales"),
    ("calendar", "/admin/clearances/calendar"),
    ("exchange", "/admin/exchange"),
    ("find_serial", "/admin/find?q=BB-2015"),
    ("proposals_decided", "/admin/proposals?state=approved"),
    ("jobs_given_up", "/admin/jobs?state=given_up"),
    ("log_act", "/admin/log?act=order."),
    ("log_subject", "/admin/log?subject=nothing"),
    ("dispatch", "/admin/us/dispatch"),
    ("stock_item", "/admin/stock?market=us&item=BAND-BLACK"),
    ("matrix", "/admin/us/clearances"),
    ("markets", "/admin/markets"),
    ("opening", "/admin/us/opening"),
    ("withdrawals", "/admin/us/withdrawals"),
    ("resellers", "/admin/resellers"),
    ("carried", "/admin/carried"),
    ("people", "/admin/people"),
    ("programs", "/admin/programs"),
    ("find_serial_many", "/admin/find?q=BN-0001"),
    ("find_sku_rare", "/admin/find?q=VOICE"),
    ("log_rare_act", "/admin/log?act=rollout.halt"),
    ("log_market", "/admin/log?market=us"),
    ("log_days", "/admin/log?from=2015-01-01&until=2015-12-31"),
    ("log_market_act", "/admin/log?market=us&act=rollout."),
    ("log_all_of_it", "/admin/log?market=us&act=order.&subject=US-000001&until=2030-01-01"),
    ("log_nothing_common", "/admin/log?market=us&act=staff.s&subject=nothing"),
    ("log_csv", "/admin/log.csv?act=order.cancel&subject=US-000001"),
    ("find_reseller", "/admin/find?q=reseller%201234"),
    ("find_resellers_many", "/admin/find?q=reseller"),
    ("find_paper", "/admin/find?q=certificate%201234"),
    ("rom", "/admin/rom"),
    ("next_country", "/admin/next-country"),
    ("plan_local", "/admin/plans/local"),
    ("plan_reorder", "/admin/plans/reorder"),
    ("plan_batch", "/admin/plans/batch"),
    ("waiting_tell", "/admin/waiting/tell?market=us"),
    ("account", "/admin/account"),
    ("jobs_all", "/admin/jobs"),
    ("calendar_market", "/admin/us/clearances?on=2026-12-31"),
];

/// What somebody sees to whom of most lists nothing belongs: finding that out may not cost more.
const NARROW: &[(&str, &str)] = &[
    ("today_narrow", "/admin"),
    ("proposals_narrow", "/admin/proposals"),
    ("proposals_decided_narrow", "/admin/proposals?state=approved"),
    ("sales_narrow", "/admin/sales"),
    ("find_phone_narrow", "/admin/find?q=5550"),
    ("find_sku_narrow", "/admin/find?q=BAND-BLACK"),
    ("find_serial_narrow", "/admin/find?q=BN-0001"),
    ("find_resellers_many_narrow", "/admin/find?q=reseller"),
    ("withdrawals_narrow", "/admin/de/withdrawals"),
];

/// How many orders are filled in.
pub(super) struct Wanted {
    pub(super) orders: u64,
    pub(super) is_prepared: bool,
    pub(super) prepares: bool,
}

/// Fills, measures and returns the line of JSON.
pub(super) fn run(bench: &Bench, wanted: &Wanted) -> Result<String, Failure> {
    let data = bench.folder.join("data");
    let data = data.to_string_lossy();
    let count = if wanted.is_prepared { 0 } else { wanted.orders }.to_string();
    eprintln!("filling in {count} orders");
    let mut words = vec![&*data, "--orders", &count];
    if wanted.orders < SMALL_BELOW {
        words.push("--small");
    }
    let said = command::output(&bench.staff, &words, &bench.folder)?;
    let said: Value = serde_json::from_str(said.trim())
        .map_err(|error| format!("kontor-staff said something else: {error}"))?;
    if wanted.prepares {
        return Ok(said.to_string());
    }
    let cookie = said["cookie"].as_str().ok_or("kontor-staff gave no session")?;
    let number = said["number"].as_str().ok_or("there is no order in the database")?;
    let narrow = said["narrow_cookie"].as_str().ok_or("kontor-staff gave one session only")?;
    let (header, narrow) = (format!("Cookie: {cookie}"), format!("Cookie: {narrow}"));
    let shop = Shop::serve(bench, &[("KONTOR_LIMITS__PUBLIC_WRITES_PER_MINUTE", "0")])?;
    let word = |name: &str| said[name].as_str().map(str::to_owned).ok_or(format!("no {name}"));
    let more = [
        ("orders_second", format!("/admin/orders?after={}", word("before")?)),
        ("order", format!("/admin/orders/{number}")),
        ("customer", format!("/admin/customers/{}", word("customer")?)),
        ("stock_account", format!("/admin/stock/account?account={}", word("account")?)),
        ("sale", format!("/admin/sales/{}", word("sale")?)),
        ("reseller", format!("/admin/resellers/{}", word("reseller")?)),
        ("rollout", format!("/admin/rom/{}", word("rollout")?)),
        ("log_later", format!("/admin/log?after={}", word("log")?)),
    ];
    let body = bench.folder.join("page.html");
    let mut told = serde_json::Map::new();
    let mut slowest: f64 = 0.0;
    let own = |(name, path): (&'static str, &'static str)| (name, path.to_owned(), &header);
    let all = PAGES.iter().copied().map(own);
    let all = all.chain(more.into_iter().map(|(name, path)| (name, path, &header)));
    let all = all.chain(NARROW.iter().map(|(name, path)| (*name, (*path).to_owned(), &narrow)));
    for (name, path, header) in all {
        let url = format!("{}{path}", shop.base_url);
        // A door or an error is fast: only a page counts.
        load::fetch_with(bench, &url, &body, &["--header", header])?;
        let words = ["get", url.as_str(), "--header", header.as_str()];
        let rounds = (0..bench.options.rounds)
            .map(|_| load::round(bench, &words, bench.options.seconds))
            .collect::<Result<Vec<_>, _>>()?;
        let of = Medians::of(&rounds);
        eprintln!("  {name:<24} p50 {:>7.2} ms, p99 {:>7.2} ms", of.p50_ms, of.p99_ms);
        slowest = slowest.max(of.p99_ms);
        told.insert(name.to_owned(), json!({ "p50_ms": of.p50_ms, "p99_ms": of.p99_ms }));
    }
    eprintln!("slowest p99 {slowest:.2} ms, the aim is {AIM_MS} ms");
    Ok(json!({
        "bench": "staff",
        "orders": wanted.orders,
        "connections": bench.options.connections,
        "filled_s": said["filled_s"],
        "pages": told,
        "slowest_p99_ms": rounded(slowest),
        "within_aim": slowest < AIM_MS,
        "memory_mb": shop.process.memory_mb_max().map(f64::round),
    })
    .to_string())
}
