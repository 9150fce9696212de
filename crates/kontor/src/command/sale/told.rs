//! What the commands about sales print.

use kontor_domain::sale::{Check, DepositTotals, Finding, LimitMet, Report};
use kontor_shop::sale::{Overview, Rehearsal, SetUpRefusal};
use serde_json::json;

pub(super) fn refusal(refusal: &SetUpRefusal) {
    match refusal {
        SetUpRefusal::Definition(problems) => {
            for problem in problems {
                println!("{}: {problem}", problem.code());
            }
        }
        other => println!("{}: {other}", other.code()),
    }
}

pub(super) fn list(sales: &[Overview], as_json: bool) {
    if as_json {
        let all: Vec<_> = sales.iter().map(of).collect();
        println!("{}", json!({ "sales": all }));
        return;
    }
    if sales.is_empty() {
        println!("There is no sale. Set one up with: kontor sale create FILE.toml");
    }
    for sale in sales {
        let definition = &sale.definition;
        println!(
            "{}  {:<12} {:>9} units  live {}  {}",
            definition.sale,
            sale.state.word(),
            definition.units(),
            definition.windows.live_at.timestamp(),
            sale.title
        );
    }
}

pub(super) fn sale(sale: &Overview, as_json: bool) {
    if as_json {
        println!("{}", of(sale));
        return;
    }
    let definition = &sale.definition;
    let windows = definition.windows;
    println!("{}  {}  ({})", definition.sale, sale.title, sale.state.word());
    println!(
        "  {} × {}, {} each at most",
        definition.units(),
        definition.sku,
        definition.per_person
    );
    for (what, at) in [
        ("announced", windows.announce_at),
        ("registration", windows.registration_at),
        ("doors", windows.doors_at),
        ("live", windows.live_at),
        ("ends", windows.ends_at),
        ("report", windows.report_at),
    ] {
        println!("  {what:<13} {}", at.timestamp());
    }
    println!("  commitment    {}", sale.commitment);
    println!(
        "  {:<8} {:<6} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}",
        "market", "way", "quota", "free", "held", "sold", "came back", "waiting"
    );
    for way in &sale.ways {
        println!(
            "  {:<8} {:<6} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}",
            way.market.to_string(),
            way.way.word(),
            way.quota,
            way.quota.saturating_sub(way.held + way.sold),
            way.held,
            way.sold,
            way.ended,
            way.waiting
        );
    }
    for deposit in &sale.deposits {
        let back = deposit.taken - deposit.credited - deposit.held;
        println!(
            "  deposits {}: {} paid, {} towards orders, {} held, {back} given back",
            deposit.market, deposit.taken, deposit.credited, deposit.held
        );
    }
    for (way, digest) in sale.ways.iter().filter_map(|way| Some((way, way.entries_digest?))) {
        println!("  digest {}/{} {digest}", way.market, way.way.word());
    }
}

fn of(sale: &Overview) -> serde_json::Value {
    let definition = &sale.definition;
    let ways: Vec<_> = sale
        .ways
        .iter()
        .map(|way| {
            json!({
                "market": way.market.to_string(),
                "way": way.way.word(),
                "quota": way.quota,
                "held": way.held,
                "sold": way.sold,
                "came_back": way.ended,
                "waiting": way.waiting,
                "entries_digest": way.entries_digest.map(|digest| digest.to_string()),
            })
        })
        .collect();
    let deposits: Vec<_> = sale
        .deposits
        .iter()
        .map(|deposit| {
            json!({
                "market": deposit.market.to_string(),
                "paid": deposit.taken,
                "towards_orders": deposit.credited,
                "held": deposit.held,
            })
        })
        .collect();
    json!({
        "sale": definition.sale.to_string(),
        "title": sale.title,
        "sku": definition.sku.to_string(),
        "state": sale.state.word(),
        "units": definition.units(),
        "live_at": definition.windows.live_at,
        "ends_at": definition.windows.ends_at,
        "commitment": sale.commitment.to_string(),
        "ways": ways,
        "deposits": deposits,
    })
}

/// How many lines the curve has.
const LINES: usize = 24;
/// How wide its bars are.
const BAR: u64 = 40;

pub(super) fn rehearsal(played: &Rehearsal, as_json: bool) {
    if as_json {
        println!("{}", json!(played));
        return;
    }
    let Rehearsal { people, units, curve, .. } = played;
    println!("{people} people for {units} units. █ sold, ▒ held, · free");
    let step = curve.len().div_ceil(LINES).max(1);
    let last = curve.len().saturating_sub(1);
    for (i, moment) in curve.iter().enumerate().filter(|(i, _)| i % step == 0 || *i == last) {
        let cells = |count: u64| usize::try_from(count * BAR / (*units).max(1)).unwrap_or(0);
        let (sold, taken) = (cells(moment.sold), cells(moment.sold + moment.held));
        let bar = format!(
            "{}{}{}",
            "█".repeat(sold),
            "▒".repeat(taken - sold),
            "·".repeat(cells(*units).saturating_sub(taken))
        );
        let clock = format!("{}:{:02}", moment.second / 60, moment.second % 60);
        println!(
            "{clock:>7} {bar} {:>9} sold {:>9} held {:>9} wait",
            moment.sold, moment.held, moment.waiting
        );
        if i == last {
            break;
        }
    }
    match played.taken_after_s {
        Some(second) => println!("Every unit was taken after {second} s."),
        None => println!("Not every unit was taken."),
    }
    println!(
        "Most units taken at once: {} of {units}. Let in for nothing: {}.",
        played.most_taken, played.disappointed
    );
}

pub(super) fn verdict(report: &Report, findings: &[Finding], as_json: bool) {
    let broken = |check: Check| findings.iter().any(|finding| finding.check == check);
    if as_json {
        let checks: Vec<_> = Check::ALL
            .into_iter()
            .map(|check| json!({ "check": check.word(), "holds": !broken(check) }))
            .collect();
        let found: Vec<_> = findings
            .iter()
            .map(|f| json!({ "check": f.check.word(), "channel": f.channel, "detail": f.detail }))
            .collect();
        let sale = report.sale.to_string();
        println!("{}", json!({ "sale": sale, "checks": checks, "findings": found }));
        return;
    }
    println!("{}: {}", report.sale, report.sku);
    for channel in &report.channels {
        let totals = &channel.totals;
        println!(
            "  {}/{}: {} of {} units sold, {} entries, {} reached",
            channel.market,
            channel.way.word(),
            totals.units_claimed,
            u64::from(channel.quota) + u64::from(channel.rolled_in)
                - u64::from(channel.rolled_out.min(channel.quota)),
            totals.entries,
            channel.reached
        );
        if totals.from_list > 0 {
            println!("    {} were offered a unit from the waiting list", totals.from_list);
        }
        for LimitMet { at, limit, times } in &channel.limits {
            println!("    turned away at {}: {}, {times} times", at.word(), limit.word());
        }
        if let Some(deposits) = &channel.deposits {
            let DepositTotals { amount, taken, credited, refunded, kept } = deposits;
            println!(
                "    {taken} deposits of {amount}: {credited} towards orders, {refunded} given back, \
                 {kept} kept"
            );
        }
    }
    for check in Check::ALL {
        let sign = if broken(check) { "✗" } else { "✓" };
        println!("  {sign} {:<11} {}", check.word(), check.meaning());
    }
    for finding in findings {
        let place =
            if finding.channel.is_empty() { "the whole sale" } else { finding.channel.as_str() };
        println!("{} in {place}: {}", finding.check.word(), finding.detail);
    }
    if findings.is_empty() {
        println!("Everything holds: the sale can be recomputed from what was published.");
    } else {
        println!("Something does not hold: see above.");
    }
}
