//! The commands as their users run them: the real binary, real files, a real server.

mod binary;

use std::fs;
use std::time::{Duration, Instant};

use binary::{Kontor, Running};
use kontor_store::{Db, Options};

/// A folder of exported tables.
fn exported(kontor: &Kontor, folder: &str) -> Vec<(String, String)> {
    kontor.ok(&["export", "all", folder, "--force"]);
    let mut files: Vec<(String, String)> = fs::read_dir(kontor.path(folder))
        .expect("the folder")
        .map(|entry| {
            let entry = entry.expect("an entry");
            let name = entry.file_name().into_string().expect("a plain name");
            (name, fs::read_to_string(entry.path()).expect("text"))
        })
        .collect();
    files.sort();
    files
}

#[test]
fn the_help_names_every_command() {
    let kontor = Kontor::new();
    let help = kontor.ok(&["--help"]).out;
    for command in [
        "demo", "init", "serve", "migrate", "audit", "import", "export", "backup", "restore",
        "opening", "plan", "order", "sale", "rom", "install", "routes", "config",
    ] {
        assert!(help.contains(&format!("  {command} ")), "{command} is missing:\n{help}");
        let own = kontor.ok(&[command, "--help"]).out;
        assert!(own.len() > 200, "{command} --help says too little:\n{own}");
    }
    let tables = kontor.ok(&["import", "--help"]).out;
    assert!(tables.contains("grants") && tables.contains("clearance evidence"), "{tables}");
}

#[test]
fn every_address_is_listed_with_who_may_call_it() {
    let kontor = Kontor::new();
    let all = kontor.ok(&["routes"]).out;
    let row = |method: &str, path: &str| {
        let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let found = all.lines().map(words).find(|row| row[..2] == [method, path]);
        found.unwrap_or_else(|| panic!("{method} {path} is missing:\n{all}"))[2..].to_vec()
    };
    assert_eq!(row("GET", "/{market}/{language}"), ["public"]);
    assert_eq!(row("GET", "/metrics"), ["operator"]);
    assert_eq!(row("GET", "/admin"), ["staff"]);
    assert_eq!(row("GET", "/admin/orders/{number}"), ["staff", "order.read"]);
    assert_eq!(row("POST", "/admin/orders/{number}/refund"), ["staff", "payment.refund"]);
    assert_eq!(row("GET", "/api/v1/orders"), ["key", "order.read"]);

    let json = kontor.ok(&["routes", "/admin/orders", "--json"]).out;
    let list: Vec<serde_json::Value> = serde_json::from_str(&json).expect("a list");
    let paths: Vec<&str> = list.iter().filter_map(|route| route["path"].as_str()).collect();
    assert!(paths.len() > 5, "{json}");
    for path in paths {
        assert!(path.starts_with("/admin/orders") && all.contains(path), "{path}");
    }
    let csv = list.iter().find(|route| route["path"] == "/admin/orders.csv").expect("is there");
    assert_eq!(csv["method"], "POST");
    assert_eq!(csv["access"], "staff");
    assert!(!kontor.path("data").exists(), "a list opens no shop");
}

#[test]
fn a_shop_of_ones_own_is_made_once() {
    let kontor = Kontor::new();
    let list = kontor.ok(&["init", "--market", "list"]).out;
    assert!(list.lines().any(|line| line.starts_with("de  DE EUR")), "{list}");
    assert!(!kontor.path("data/kontor.db").exists(), "a list makes nothing");

    let made = kontor.ok(&["init", "--name", "Nordlicht", "--market", "de", "--market", "us"]).out;
    assert!(made.contains("rules: 81 rows, 81 new"), "{made}");
    assert!(made.contains("markets: 2 rows, 2 new"), "{made}");
    let config = fs::read_to_string(kontor.path("kontor.toml")).expect("the configuration");
    assert!(config.contains("[server]"));
    let markets = kontor.ok(&["export", "markets"]).out;
    assert!(markets.contains("\nde,DE,EUR") && markets.contains("preparing"), "{markets}");
    assert!(kontor.ok(&["audit"]).out.contains("Everything agrees"));

    let again = kontor.run(&["init"]);
    assert_eq!(again.code, 3);
    assert!(again.err.contains("exists already: a shop is made once"), "{}", again.err);
    assert_eq!(again.err.lines().count(), 1);
}

#[test]
fn an_unknown_market_makes_nothing() {
    let kontor = Kontor::new();
    for (code, why) in [("zz", "no template"), ("Germany", "not two lower-case letters")] {
        let run = kontor.run(&["init", "--market", code]);
        assert_eq!(run.code, 3);
        assert!(run.err.contains(why), "{}", run.err);
    }
    assert!(!kontor.path("data/kontor.db").exists());
    assert!(!kontor.path("kontor.toml").exists());
}

#[test]
fn commands_without_a_database_say_how_to_make_one() {
    let kontor = Kontor::new();
    for arguments in [
        &["serve"][..],
        &["audit"],
        &["export", "markets"],
        &["import", "markets", "-"],
        &["backup", "copy.db"],
        &["order", "cancel", "US26-7K3Q-9MX2-4TB7"],
    ] {
        let run = kontor.run(arguments);
        assert_eq!((run.code, run.err.lines().count()), (3, 1), "{arguments:?}: {}", run.err);
        assert!(run.err.contains("`kontor init` makes a shop"), "{arguments:?}: {}", run.err);
        assert!(!kontor.path("data/kontor.db").exists(), "{arguments:?} made a database");
    }
}

#[test]
fn what_is_exported_can_be_imported_and_changes_nothing() {
    let kontor = Kontor::with_demo();
    let before = exported(&kontor, "tables");
    assert_eq!(before.len(), 20);
    let report = kontor.ok(&["import", "all", "tables"]).out;
    for line in report.lines() {
        assert!(line.contains(" 0 new, 0 changed"), "{line}");
    }
    assert_eq!(exported(&kontor, "tables"), before);

    // Into a new shop it gives the same shop.
    let other = Kontor::new();
    other.ok(&["init"]);
    let folder = kontor.path("tables");
    other.ok(&["import", "all", folder.to_str().expect("a plain path")]);
    let carried = exported(&other, "tables");
    for ((name, was), (_, is)) in before.iter().zip(&carried) {
        assert_eq!(was, is, "{name} is another one");
    }
}

#[test]
fn an_existing_file_is_not_written_over_by_itself() {
    let kontor = Kontor::with_demo();
    fs::write(kontor.path("prices.csv"), "mine").expect("a file");
    let run = kontor.run(&["export", "prices", "prices.csv"]);
    assert_eq!(run.code, 3);
    assert!(run.err.contains("--force"), "{}", run.err);
    assert_eq!(fs::read_to_string(kontor.path("prices.csv")).expect("the file"), "mine");
    kontor.ok(&["export", "prices", "prices.csv", "--force"]);
    assert!(fs::read_to_string(kontor.path("prices.csv")).expect("it").starts_with("market,"));
    assert!(!kontor.path("prices.csv.part").exists());
}

#[test]
fn every_bad_row_is_named_and_none_is_written() {
    let kontor = Kontor::with_demo();
    let before = exported(&kontor, "before");
    let prices = kontor.ok(&["export", "prices"]).out;
    let header = prices.lines().next().expect("a header");
    let column =
        |name: &str| header.split(',').position(|column| column == name).expect("a column");
    let good = prices.lines().find(|line| line.starts_with("us,BAND-BLACK,")).expect("a price");
    let with = |name: &str, value: &str| {
        let mut cells: Vec<&str> = good.split(',').collect();
        cells[column(name)] = value;
        cells.join(",")
    };
    // One good row among them: it must not get in either.
    let bad = [
        ("market", "zz", 2),
        ("sku", "NO-SUCH-THING", 3),
        ("price", "12.345", 4),
        ("price", "-1", 5),
        ("currency", "EUR", 6),
        ("valid_from", "2015-02-30", 7),
    ];
    let mut text = format!("{header}\n");
    for (name, value, _) in bad {
        text.push_str(&with(name, value));
        text.push('\n');
    }
    let other = prices.lines().find(|line| line.starts_with("us,PB5000-SILVER,")).expect("a price");
    text.push_str(&other.replace(",9.99,", ",17.77,"));
    text.push('\n');
    fs::write(kontor.path("bad.csv"), text).expect("a file");

    let run = kontor.run(&["import", "prices", "bad.csv", "--json"]);
    assert_eq!(run.code, 1, "{}", run.err);
    let report: serde_json::Value = serde_json::from_str(&run.out).expect("JSON");
    let problems = report["bad"]["problems"].as_array().expect("problems");
    let lines: Vec<u64> = problems.iter().filter_map(|problem| problem["line"].as_u64()).collect();
    for (name, value, line) in bad {
        assert!(lines.contains(&line), "{name}={value}: {report:#}");
    }
    assert!(!lines.contains(&8), "the good row is called bad: {report:#}");
    let told = kontor.run(&["import", "prices", "bad.csv"]);
    assert_eq!(told.code, 1);
    assert!(told.err.contains("nothing was imported") && told.err.contains("line 4, price:"));
    assert_eq!(exported(&kontor, "after"), before);
}

#[test]
fn hostile_files_are_refused_with_a_reason() {
    let kontor = Kontor::with_demo();
    let before = exported(&kontor, "before");
    let deep = format!("market,sku\n{}", "\"".repeat(50_000));
    let wide = format!("market{}\n", ",x".repeat(10_000));
    for (name, bytes) in [
        ("empty", Vec::new()),
        ("no-header", b"us,BAND-BLACK,14.99\n".to_vec()),
        ("other-table", b"code,kind\nA,b\n".to_vec()),
        ("not-text", vec![0xff, 0xfe, 0x00, 0x80, b'\n', 0xc3, 0x28]),
        ("open-quote", deep.into_bytes()),
        ("wide", wide.into_bytes()),
    ] {
        fs::write(kontor.path("hostile.csv"), &bytes).expect("a file");
        let run = kontor.run(&["import", "prices", "hostile.csv"]);
        assert_eq!(run.code, 1, "{name}: {} {}", run.out, run.err);
        assert!(run.err.contains("nothing was imported"), "{name}: {}", run.err);
        assert!(run.err.len() < 20_000, "{name} is told at length");
    }
    let none = kontor.run(&["import", "prices", "nowhere.csv"]);
    assert_eq!((none.code, none.err.lines().count()), (3, 1), "{}", none.err);
    let table = kontor.run(&["import", "people", "hostile.csv"]);
    assert!(table.err.contains("take one of markets, models"), "{}", table.err);
    assert_eq!(exported(&kontor, "after"), before);
}

#[test]
fn a_dry_run_says_what_would_change_and_changes_nothing() {
    let kontor = Kontor::with_demo();
    let before = exported(&kontor, "before");
    let prices = kontor.ok(&["export", "prices"]).out.replace(",14.99,USD", ",13.99,USD");
    fs::write(kontor.path("prices.csv"), prices).expect("a file");
    let dry = kontor.ok(&["import", "prices", "prices.csv", "--dry-run"]).out;
    assert!(dry.contains(" 1 changed") && dry.contains("nothing was changed"), "{dry}");
    assert_eq!(exported(&kontor, "after"), before);
    let real = kontor.ok(&["import", "prices", "prices.csv"]).out;
    assert!(real.contains(" 1 changed"), "{real}");
    let again = kontor.ok(&["import", "prices", "prices.csv"]).out;
    assert!(again.contains(" 0 new, 0 changed"), "{again}");
}

#[test]
fn a_delivery_that_is_imported_twice_is_booked_once() {
    let kontor = Kontor::with_demo();
    let header = kontor.ok(&["export", "stock"]).out.lines().next().expect("a header").to_owned();
    let row: Vec<&str> = header
        .split(',')
        .map(|column| match column {
            "site" => "home",
            "market" => "us",
            "sku" => "BAND-BLACK",
            "units" => "250",
            "confidence" => "S1",
            "delivery" | "reference" => "PO-7",
            _ => "delivery note 7",
        })
        .collect();
    fs::write(kontor.path("stock.csv"), format!("{header}\n{}\n", row.join(","))).expect("a file");
    let first = kontor.ok(&["import", "stock", "stock.csv"]).out;
    assert!(first.contains("1 rows, 1 new"), "{first}");
    let second = kontor.ok(&["import", "stock", "stock.csv"]).out;
    assert!(second.contains("0 new, 0 changed, 1 unchanged"), "{second}");
    assert!(kontor.ok(&["audit"]).out.contains("Everything agrees"));
}

#[test]
fn standard_input_and_output_work_in_pipes() {
    let kontor = Kontor::with_demo();
    let fits = kontor.ok(&["export", "fits", "-"]).out;
    let report = kontor.run_with_input(&["import", "fits", "-", "--json"], fits.as_bytes());
    assert_eq!(report.code, 0, "{}", report.err);
    let report: serde_json::Value = serde_json::from_str(&report.out).expect("JSON");
    assert_eq!(report["tables"][0]["table"], "fits");
    assert_eq!(report["tables"][0]["new"], 0);
}

#[test]
fn a_running_server_follows_an_import_and_a_backup_is_taken_from_it() {
    let kontor = Kontor::with_demo();
    let running = Running::serve(&kontor);
    assert!(running.get("/us/en/product/band").contains("$14.99"));

    let prices = kontor.ok(&["export", "prices"]).out.replace(",14.99,USD", ",13.49,USD");
    fs::write(kontor.path("prices.csv"), prices).expect("a file");
    kontor.ok(&["import", "prices", "prices.csv"]);
    running.until("/us/en/product/band", |page| page.contains("$13.49"));

    let made = kontor.ok(&["backup", "copy.db"]).out;
    assert!(made.contains("checked"), "{made}");
    let twice = kontor.run(&["backup", "copy.db"]);
    assert_eq!(twice.code, 3);
    assert!(twice.err.contains("not overwritten"), "{}", twice.err);
    // While it serves, its database cannot be replaced.
    let replaced = kontor.run(&["restore", "copy.db"]);
    assert_eq!(replaced.code, 3);
    assert!(replaced.err.contains("not overwritten"), "{}", replaced.err);
    running.stop();

    let other = Kontor::new();
    let copy = kontor.path("copy.db");
    let restored = other.ok(&["restore", copy.to_str().expect("a plain path")]).out;
    assert!(restored.contains("secret.key"), "{restored}");
    assert_eq!(exported(&other, "tables"), exported(&kontor, "tables"));
    assert!(other.ok(&["audit"]).out.contains("Everything agrees"));
}

#[test]
fn a_damaged_backup_is_not_restored() {
    let kontor = Kontor::with_demo();
    kontor.ok(&["backup", "copy.db"]);
    let mut bytes = fs::read(kontor.path("copy.db")).expect("the copy");
    let middle = bytes.len() / 2;
    bytes[middle..middle + 8192].fill(0x5a);
    let other = Kontor::new();
    for (name, bytes) in [
        ("damaged.db", bytes.clone()),
        ("cut.db", bytes[..5000].to_vec()),
        ("text.db", b"not a database at all, but long enough to look at".repeat(9)),
        ("nothing.db", Vec::new()),
    ] {
        fs::write(other.path(name), bytes).expect("a file");
        let run = other.run(&["restore", name]);
        assert_eq!((run.code, run.err.lines().count()), (3, 1), "{name}: {}", run.err);
        assert!(!other.path("data/kontor.db").exists(), "{name} was restored");
    }
    // A log that is left of an older database would be played into the restored one.
    fs::create_dir_all(other.path("data")).expect("a folder");
    fs::write(other.path("data/kontor.db-wal"), "old").expect("a file");
    let copy = kontor.path("copy.db");
    let run = other.run(&["restore", copy.to_str().expect("a plain path")]);
    assert!(run.err.contains("kontor.db-wal exists already"), "{}", run.err);
}

#[test]
fn a_damaged_database_stops_with_one_clear_line() {
    let kontor = Kontor::new();
    fs::create_dir_all(kontor.path("data")).expect("a folder");
    fs::write(kontor.path("data/kontor.db"), b"this is not a database ".repeat(50)).expect("it");
    for command in ["serve", "audit", "migrate"] {
        let run = kontor.run(&[command]);
        assert_eq!((run.code, run.err.lines().count()), (3, 1), "{command}: {}", run.err);
        assert!(run.err.contains("restore a backup"), "{command}: {}", run.err);
    }
}

#[test]
fn a_server_that_was_killed_starts_again() {
    let kontor = Kontor::with_demo();
    let running = Running::serve(&kontor);
    assert!(running.get("/us/en/").contains("Mi Band"));
    running.kill();
    let running = Running::serve(&kontor);
    assert!(running.get("/us/en/").contains("Mi Band"));
    running.stop();
    assert!(kontor.ok(&["audit"]).out.contains("Everything agrees"));
}

#[test]
fn the_audit_tells_what_became_of_the_staffs_log() {
    let kontor = Kontor::with_demo();
    for email in ["ana@maker.example", "ben@maker.example"] {
        kontor.ok(&["user", "add", email, "--name", "Somebody", "--role", "reader@*"]);
    }
    let waits = kontor.ok(&["audit"]).out;
    assert!(waits.contains("wait to be put into the chain"), "{waits}");
    let running = Running::serve(&kontor);
    let began = Instant::now();
    let out = loop {
        let out = kontor.ok(&["audit"]).out;
        if !out.contains("wait to be put into the chain") {
            break out;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "{out}");
    };
    running.stop();
    let mark = out.split("the mark ").nth(1).and_then(|rest| rest.split(':').next());
    let mark = mark.unwrap_or_else(|| panic!("{out}"));
    kontor.ok(&["audit", "--log-mark", mark]);
    let later = format!("9{mark}");
    let cut = kontor.run(&["audit", "--log-mark", &later]);
    assert!(cut.code == 1 && cut.out.contains("the chain has none"), "{}", cut.out);
    assert_eq!(kontor.run(&["audit", "--log-mark", "nonsense"]).code, 2);

    let sql = "UPDATE staff_log SET is_now = 'owner@*' WHERE subject = 'ben@maker.example'";
    let changed = tokio::runtime::Runtime::new().expect("a runtime").block_on(async {
        let db = Db::open(&Options::new(kontor.path("data/kontor.db"))).expect("it opens");
        let changed = db.write("test.forge", move |tx| tx.execute(sql, &[])?.rows()).await;
        db.close().await;
        changed
    });
    assert_eq!(changed.expect("a text is in no key"), 1);
    let told = |out: &str| {
        let line = out.lines().find(|line| line.contains("changed after it was sealed"));
        let line = line.unwrap_or_else(|| panic!("{out}"));
        assert!(line.contains("log, number ") && line.contains(", entry "), "{line}");
        assert!(out.contains("Something does not agree"), "{out}");
    };
    let found = kontor.run(&["audit"]);
    assert_eq!(found.code, 1);
    told(&found.out);
    // A backup is looked at where the secret is not, and none is made for it.
    fs::remove_file(kontor.path("data/secret.key")).expect("there was one");
    let found = kontor.run(&["audit"]);
    assert_eq!(found.code, 1);
    assert!(found.out.contains("The chain was not proven"), "{}", found.out);
    told(&found.out);
    assert!(!kontor.path("data/secret.key").exists());
}

#[test]
fn the_usa_open_with_accessories_from_rules_and_data_alone() {
    let kontor = Kontor::with_demo();
    let plan = kontor.ok(&["opening", "plan", "us"]).out;
    assert!(
        plan.contains("Open with BAND-BLACK, HEADPHONES-GOLD, PB10400-SILVER, PB5000-SILVER."),
        "{plan}"
    );
    let note = plan.lines().find(|line| line.starts_with("MINOTE-16GB-WHITE:"));
    let note = note.unwrap_or_else(|| panic!("{plan}"));
    assert!(note.starts_with("MINOTE-16GB-WHITE: not before 20"), "{note}");
    let why = note.split_once(", because ").map(|(_, why)| why).unwrap_or_default();
    assert!(why.contains("GL-IP-SEP missing"), "{note}");
    let json = kontor.ok(&["opening", "plan", "us", "--sku", "BAND-BLACK", "--json"]).out;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["products"][0]["ready"]["ready"], "now");

    let other = kontor.run(&["opening", "plan", "us", "--sku", "NOPE-1"]);
    assert_eq!((other.code, other.err.lines().count()), (3, 1), "{}", other.err);
    let past = kontor.run(&["opening", "plan", "us", "--on", "2015-06-01"]);
    assert!(past.err.contains("cannot lie before"), "{}", past.err);
    let compared = kontor.ok(&["opening", "compare", "us", "--with", "2031-01-01"]).out;
    assert!(compared.starts_with("us: "), "{compared}");
    // What things cost is noted by command too, for clearances and items alike.
    let cost = |code: &str, amount: &str| {
        kontor.run(&["opening", "cost", code, amount, "USD", "--source", "an offer"])
    };
    assert_eq!(cost("US-FCC-CERT", "1200.00").code, 0);
    assert_eq!(cost("US-ENTITY", "900").code, 0);
    assert_ne!(cost("US-NOTHING", "1").code, 0);
    let costs = kontor.ok(&["opening", "costs"]).out;
    assert!(costs.contains("US-ENTITY") && costs.contains("an offer"), "{costs}");
    // Two sets of products, as the page has them.
    let sets = ["opening", "compare", "us", "--sku", "BAND-BLACK", "--with-sku", "PB5000-SILVER"];
    let compared = kontor.ok(&sets).out;
    assert!(compared.contains("BAND-BLACK\n  ready; not in the other plan"), "{compared}");
    assert!(compared.contains("PB5000-SILVER\n  only in the other plan: ready"), "{compared}");
    assert!(!compared.contains("PB10400"), "{compared}");
    assert_eq!(kontor.run(&["opening", "compare", "us"]).code, 2, "with what?");
}

#[test]
fn a_market_that_may_not_sell_yet_is_not_opened() {
    let kontor = Kontor::with_demo();
    let step = |market: &str, to: &str| {
        kontor.run(&["opening", "advance", market, to, "--by", "Jane", "--reason", "as planned"])
    };
    let refused = step("de", "open");
    assert_eq!(refused.code, 1);
    assert!(refused.err.contains("DE-EPR") || refused.err.contains("DE-ENTITY"), "{}", refused.err);
    assert!(kontor.ok(&["export", "markets"]).out.contains("\nde,DE,EUR,de|en,inclusive"));
    assert!(kontor.ok(&["opening", "history", "de"]).out.is_empty());
    // Nor by skipping a stage.
    assert!(step("br", "open").err.contains("no step leads from closed to open"));

    // Pausing stops selling at once and is written down; opening again is checked again.
    let running = Running::serve(&kontor);
    assert_eq!(step("us", "paused").code, 0);
    running.until("/us/en/product/band", |page| !page.contains("Add to cart"));
    assert_eq!(step("us", "open").code, 0);
    running.until("/us/en/product/band", |page| page.contains("Add to cart"));
    running.stop();
    let history = kontor.ok(&["opening", "history", "us"]).out;
    assert_eq!(history.lines().count(), 3, "{history}");
    assert!(history.contains("  plan for ") && history.contains("BAND-BLACK"), "{history}");
    assert!(history.contains("open → paused  by Jane: as planned"), "{history}");
}

#[test]
fn a_market_sells_what_it_was_opened_with_until_that_is_changed() {
    let kontor = Kontor::with_demo();
    let act = |words: &[&str]| {
        let who = ["--by", "Jane", "--reason", "step by step"];
        kontor.run(&[&["opening"], words, &who[..]].concat())
    };
    let unbound = act(&["assort", "us", "--add", "BAND-BLACK"]);
    assert!(unbound.err.contains("no plan binds it"), "{}", unbound.err);
    assert_eq!(act(&["assort", "us"]).code, 2, "change what?");
    assert_eq!(act(&["assort", "us", "--everything", "--add", "BAND-BLACK"]).code, 2, "which?");
    assert_eq!(act(&["advance", "us", "paused"]).code, 0);
    assert_eq!(act(&["advance", "us", "open", "--sku", "BAND-BLACK"]).code, 0);
    let plan = kontor.ok(&["opening", "plan", "us"]).out;
    assert!(plan.contains("Open with BAND-BLACK."), "{plan}");
    assert!(plan.contains("PB5000-SILVER: ready, because the market has opened without it."));
    let added = act(&["assort", "us", "--add", "PB5000-SILVER"]);
    assert_eq!(added.out, "us sells of what is cleared: BAND-BLACK, PB5000-SILVER.\n");
    // Whoever takes a step and names nothing keeps it; everything has to be said.
    assert_eq!(act(&["advance", "us", "paused"]).code, 0);
    assert_eq!(act(&["advance", "us", "open"]).code, 0);
    assert!(kontor.ok(&["opening", "plan", "us"]).out.contains("BAND-BLACK, PB5000-SILVER."));
    let table = kontor.ok(&["export", "assortments"]).out;
    assert!(table.contains("us,BAND-BLACK|PB5000-SILVER,"), "{table}");
    let removed = act(&["assort", "us", "--remove", "PB5000-SILVER"]);
    assert_eq!(removed.out, "us sells of what is cleared: BAND-BLACK.\n");
    assert_eq!(act(&["advance", "us", "paused"]).code, 0);
    assert_eq!(act(&["advance", "us", "open", "--every"]).code, 0);
    assert!(kontor.ok(&["opening", "plan", "us"]).out.contains("HEADPHONES-GOLD, PB10400-SILVER"));
}

#[test]
fn a_withdrawn_product_is_gone_from_a_running_server_within_moments() {
    let kontor = Kontor::with_demo();
    let running = Running::serve(&kontor);
    let act = |words: &[&str]| {
        let who = ["--by", "Jane Doe", "--reason", "a batch gets warm"];
        kontor.run(&[&["opening"], words, &who[..]].concat())
    };
    let everything = act(&["withdraw", "us"]);
    assert_eq!((everything.code, everything.err.lines().count()), (3, 1), "{}", everything.err);

    let done = act(&["withdraw", "us", "--component", "chipset:dialog"]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(done.out.contains("BAND-BLACK") && done.out.contains("No order is held."));
    // By another process than the server's: its keeper looks, and the API answers the same.
    let began = std::time::Instant::now();
    running.until("/api/v1/us/shelf", |shelf| !shelf.contains("BAND-BLACK"));
    // A second is the promise; the machine of the tests is given some more.
    assert!(began.elapsed() < std::time::Duration::from_secs(5), "{:?}", began.elapsed());
    let verdict = running.get("/api/v1/us/clearance/BAND-BLACK");
    assert!(!verdict.contains("\"outcome\":\"allowed\""), "{verdict}");
    running.until("/us/en/", |shelf| !shelf.contains("Mi Band"));
    assert!(running.get("/us/en/product/band").starts_with("HTTP/1.1 404"));
    assert!(running.get("/us/en/product/headphones").contains("Add to cart"));
    assert!(running.get("/in/en/product/band").contains("Add to cart"), "India goes on");

    let listed = kontor.ok(&["opening", "withdrawals"]).out;
    let code = listed.split_whitespace().next().expect("a code").to_owned();
    assert!(code.starts_with("WITHDRAWN-US-") && listed.contains("Jane Doe"), "{listed}");
    assert_eq!(act(&["reinstate", &code]).code, 0);
    running.until("/us/en/", |shelf| shelf.contains("Mi Band"));
    running.stop();
}

#[test]
fn the_examples_of_plans_can_be_planned() {
    let kontor = Kontor::new();
    let plan = |kind: &str| {
        let example = kontor.ok(&["plan", "example", kind]).out;
        fs::write(kontor.path("plan.toml"), example).expect("a file");
        let json = kontor.ok(&["plan", kind, "plan.toml", "--json"]).out;
        let _: serde_json::Value = serde_json::from_str(&json).expect("JSON");
        kontor.ok(&["plan", kind, "plan.toml"]).out
    };
    assert!(plan("landed").contains("5087.50  INR landed cost"));
    let india = plan("local");
    assert!(
        india.starts_with(
            "Redmi 2: produce locally from 96619 units on, because of the duty gap of INR 517.50"
        ),
        "{india}"
    );
    assert!(plan("reorder").contains("Order again at 327 units"));
    assert!(plan("batch").starts_with("Make 12000 units: enough in 80 %"));
    let next = plan("next-country");
    let order: Vec<&str> =
        next.lines().skip(1).filter_map(|line| line.split_once(" (band)")).map(|p| p.0).collect();
    assert_eq!(order.len(), 4, "{next}");
    assert_eq!(order.last(), Some(&"BR"), "a unit there hardly earns anything: {next}");
    assert!(next.starts_with("Next by what speaks for it alone: GB (band), tied with"), "{next}");
    assert!(next.contains("tied with"), "{next}");
    assert!(next.contains("not calibrated"), "{next}");
}

#[test]
fn a_plan_with_a_mistake_names_it() {
    let kontor = Kontor::new();
    let example = kontor.ok(&["plan", "example", "local"]).out;
    for (from, to, named) in [
        ("\"INR\"", "\"XXQ\"", "currency"),
        ("4500.00", "4500.005", "charge goods"),
        ("\"100\"", "\"0\"", "out of range"),
        ("not_needed", "perhaps", "permission"),
        ("units_a_year", "units_per_year", "units_per_year"),
        ("4000000", "-1", "units_a_year"),
    ] {
        let text = example.replacen(from, to, 1);
        assert_ne!(text, example, "{from} is not in the example");
        fs::write(kontor.path("plan.toml"), text).expect("a file");
        let run = kontor.run(&["plan", "local", "plan.toml"]);
        assert_eq!(run.code, 3, "{named}");
        assert!(run.err.contains(named), "{named}: {}", run.err);
    }
}

/// A sale of two bands whose whole life lies in the past or far ahead.
fn definition(live: &str, end: &str) -> String {
    format!(
        "title = \"Bands\"\nsku = \"BAND-BLACK\"\nper_person = 1\nhold_minutes = 10\n\
         [windows]\nannounce_at = \"2026-01-01T00:00:00Z\"\n\
         registration_at = \"2026-01-01T00:00:01Z\"\ndoors_at = \"2026-01-01T00:00:02Z\"\n\
         live_at = \"{live}\"\nends_at = \"{end}\"\nreport_at = \"2099-12-31T00:00:00Z\"\n\
         [[channel]]\nmarket = \"us\"\nway = \"rush\"\nquota = 2\n"
    )
}

#[test]
fn a_sale_is_checked_rehearsed_set_up_and_steered() {
    let kontor = Kontor::with_demo();
    let good = definition("2099-01-01T00:00:00Z", "2099-01-02T00:00:00Z");
    fs::write(kontor.path("sale.toml"), &good).expect("the definition");
    fs::write(kontor.path("many.toml"), good.replace("quota = 2", "quota = 2000000"))
        .expect("too many");
    fs::write(kontor.path("bad.toml"), good.replace("per_person = 1", "per_person = 0"))
        .expect("a bad one");
    fs::write(kontor.path("odd.toml"), good.replace("per_person", "per_persons")).expect("odd");

    assert!(kontor.ok(&["sale", "check", "sale.toml"]).out.starts_with("Good: 2 units"));
    for (file, code) in [("many.toml", "stock.insufficient"), ("bad.toml", "sale.per_person")] {
        let found = kontor.run(&["sale", "check", file]);
        assert_eq!((found.code, found.out.contains(code)), (1, true), "{file}: {}", found.out);
        let refused = kontor.run(&["sale", "create", file]);
        assert_eq!((refused.code, refused.err.contains(code)), (3, true), "{}", refused.err);
    }
    let odd = kontor.run(&["sale", "create", "odd.toml"]);
    assert_eq!((odd.code, odd.err.contains("per_persons")), (3, true), "{}", odd.err);
    assert!(!kontor.ok(&["sale", "list"]).out.contains("Bands"), "nothing was made");

    let curve = kontor.ok(&["sale", "rehearse", "sale.toml", "--people", "50"]).out;
    assert!(curve.contains("100 people for 2 units") && curve.contains('█'), "{curve}");

    let made = kontor.ok(&["sale", "create", "sale.toml"]).out;
    let sale = made.split_whitespace().next().expect("an id").to_owned();
    let shown = kontor.ok(&["sale", "show", &sale]).out;
    assert!(shown.contains("(checked)") && shown.contains("commitment"), "{shown}");
    kontor.ok(&["sale", "announce", &sale]);
    kontor.ok(&["sale", "halt", &sale]);
    assert_eq!(kontor.run(&["sale", "announce", &sale]).code, 3, "it stands still");
    let codes = kontor.ok(&["sale", "codes", &sale, "--count", "2"]).out;
    assert_eq!(codes.lines().count(), 2);
    assert!(codes.lines().all(|line| line.len() > 19), "{codes}");
    let out = kontor.ok(&["sale", "exclude", "--email", "r@shop.example"]).out;
    assert!(out.starts_with('1'), "{out}");
    let settled = kontor.ok(&["sale", "settle", &sale]).out;
    assert!(settled.contains("2 units went back"), "{settled}");
    assert!(kontor.ok(&["audit"]).out.contains("Everything agrees"));
    let none = kontor.run(&["sale", "report", &sale]);
    assert_eq!((none.code, none.err.contains("no report")), (3, true), "{}", none.err);
    assert_eq!(kontor.run(&["sale", "show", "nonsense"]).code, 2);
}

#[test]
fn a_report_is_recomputed_from_itself_alone() {
    let kontor = Kontor::new();
    let report = include_str!("reports/rush-and-draw.json");
    fs::write(kontor.path("true.json"), report).expect("a report");
    let good = kontor.ok(&["sale", "verify", "true.json"]).out;
    assert!(good.contains("Everything holds"), "{good}");
    let wrong = "0".repeat(64);
    let noted = kontor.run(&["sale", "verify", "true.json", "--commitment", &wrong]);
    assert_eq!((noted.code, noted.out.contains("published in the whole sale")), (1, true));
    let told: serde_json::Value = serde_json::from_str(report).expect("JSON");
    let own = |part: &str| told.pointer(part).and_then(|v| v.as_str()).expect(part).to_owned();
    let place = format!("{}/{}", own("/channels/0/market"), own("/channels/0/way"));
    let digest = |value: &str| ["--digest".to_owned(), format!("{place}={value}")];
    for (value, code) in [(own("/channels/0/entries_digest"), 0), (wrong.clone(), 1)] {
        let [flag, value] = digest(&value);
        assert_eq!(kontor.run(&["sale", "verify", "true.json", &flag, &value]).code, code);
    }
    // The answer that was kept while the sale ran says the same, until somebody changes it.
    let ways: Vec<_> = told["channels"].as_array().expect("ways").iter().collect();
    let kept = serde_json::json!({
        "id": told["sale"],
        "commitment": told["commitment"],
        "per_person": told["per_person"],
        "ways": ways,
    });
    for (kept, code) in [
        (kept.to_string(), 0),
        (kept.to_string().replacen("\"quota\":", "\"quota\":1", 1), 1),
        (kept.to_string().replacen("\"per_person\":", "\"per_person\":1", 1), 1),
        ("{}".to_owned(), 3),
    ] {
        fs::write(kontor.path("noted.json"), &kept).expect("a note");
        let found = kontor.run(&["sale", "verify", "true.json", "--noted", "noted.json"]);
        assert_eq!(found.code, code, "{kept}: {}{}", found.out, found.err);
    }
    for wrong in ["in/rush", "in=00", "nowhere/rush=00", "in/rush=12"] {
        let found = kontor.run(&["sale", "verify", "true.json", "--digest", wrong]);
        assert_eq!(found.code, 2, "{wrong}");
    }
    for (from, to, check) in [
        ("\"quota\":3", "\"quota\":1", "quota"),
        ("\"per_person\":1", "\"per_person\":0", "limit"),
        ("\"rolled_in\":0", "\"rolled_in\":9", "rollover"),
        ("\"not_reached\",0]", "\"claimed\",1]", "reach"),
        ("\"claimed\",1]", "\"claimed\",0]", "outcome"),
        ("\"expired\":", "\"expired\":1", "totals"),
        ("\"secret\":\"08", "\"secret\":\"09", "commitment"),
        ("\"entries_digest\":\"", "\"entries_digest\":\"00", "digest"),
    ] {
        let mut false_one = report.replacen(from, to, 1);
        if check == "digest" {
            // Two digits in, two out.
            let at = false_one.find("\"entries_digest\":\"00").expect("it is there") + 20;
            false_one.replace_range(at..at + 2, "");
        }
        assert_ne!(false_one, report, "{check}");
        fs::write(kontor.path("false.json"), &false_one).expect("a false report");
        let found = kontor.run(&["sale", "verify", "false.json"]);
        let named = found.out.lines().any(|line| line.starts_with(&format!("{check} in ")));
        assert_eq!((found.code, named), (1, true), "{check}: {}{}", found.out, found.err);
    }
    fs::write(kontor.path("other.json"), report.replacen("report/1", "report/9", 1))
        .expect("other");
    assert_eq!(kontor.run(&["sale", "verify", "other.json"]).code, 3);
    assert_eq!(kontor.run(&["sale", "verify", "nothing.json"]).code, 3);
}

#[test]
fn the_year_ahead_is_planned_from_a_file_and_nonsense_is_refused_in_a_line() {
    let kontor = Kontor::new();
    let example = kontor.ok(&["plan", "example", "forecast"]).out;
    let file = kontor.path("year.toml");
    let plan = |text: &str, json: bool| {
        fs::write(&file, text).expect("a file");
        let path = file.to_str().expect("a plain path");
        if json {
            kontor.run(&["plan", "forecast", path, "--json"])
        } else {
            kontor.run(&["plan", "forecast", path])
        }
    };
    let told = plan(&example, false).out;
    for words in [
        "Target 100.0: +43 % over the last period, held all year (run rate 70.0, missing 30.0).",
        "damped_0.5             84.2",
        "Spread of simple methods, not a probability: 70.0 to 199.8.",
        "No band: it takes 8 own past forecasts, there are 0.",
        "By market: 72.5",
    ] {
        assert!(told.contains(words), "{words}\n{told}");
    }
    let july = plan(&example.replace("so_far = []", "so_far = [34.7]"), true).out;
    let json: serde_json::Value = serde_json::from_str(&july).expect("JSON");
    assert_eq!(json["needed"]["growth"], 88);
    assert!((json["needed"]["rest"].as_f64().expect("a number") - 65.3).abs() < 1e-9);
    for (good, bad, complaint) in [
        ("phis_pct = [30", "phis_pct = [10", "10 is not from 30 to 90"),
        ("units = 7.03", "units = -7.03", "counts are numbers above 0"),
        ("periods_a_year = 2", "periods_a_year = 5", "1, 2, 4 or 12"),
        ("so_far = []", "so_far = [1.0, 2.0, 3.0]", "more periods than the year"),
        ("[200.0, 300.0", "[20.0, 300.0", "the ceiling must be above"),
        ("unit =", "units =", "unknown field"),
    ] {
        let run = plan(&example.replace(good, bad), false);
        assert_eq!(run.code, 3, "{bad}: {}", run.err);
        assert!(run.err.contains(complaint), "{bad}: {}", run.err);
    }
}
