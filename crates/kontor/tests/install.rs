//! The count of installations as its users have it: the real binary, a real server, and the power
//! cut while reports pour in.

mod binary;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use binary::{Kontor, Running};

/// Reports until the connection fails; gives the devices whose reports were answered.
fn flood(address: &str, thread: u64, answered: &AtomicU64, stop: &AtomicBool) -> Vec<u64> {
    let mut mine = Vec::new();
    let Ok(mut stream) = TcpStream::connect(address) else { return mine };
    let mut buffer = vec![0; 4_096];
    for number in 0.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let device = thread << 32 | number;
        let body = format!(
            "{{\"device\":\"flood-{device:016x}\",\"model\":\"cancro\",\"version\":\"V6\",\"country\":\"IN\"}}"
        );
        let request = format!(
            "POST /api/v1/install/reports HTTP/1.1\r\nHost: shop\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        if stream.write_all(request.as_bytes()).is_err() {
            break;
        }
        // An answer is small: head and body come together, or the connection has ended.
        let Ok(read @ 1..) = stream.read(&mut buffer) else { break };
        if !buffer[..read].starts_with(b"HTTP/1.1 200") {
            break;
        }
        mine.push(device);
        answered.fetch_add(1, Ordering::Relaxed);
    }
    mine
}

fn devices(kontor: &Kontor) -> u64 {
    let run = kontor.ok(&["install", "recount", "--json"]);
    let value: serde_json::Value = serde_json::from_str(run.out.trim()).expect("JSON");
    assert_eq!(value["differences"], serde_json::json!([]), "every number agrees");
    value["devices"].as_u64().expect("a number")
}

#[test]
fn a_power_cut_during_a_flood_loses_no_answered_report() {
    let kontor = Kontor::new();
    kontor.ok(&["init", "--market", "de"]);
    let unlimited = [
        ("KONTOR_INSTALL__NEW_PER_NETWORK", "0"),
        ("KONTOR_INSTALL__REPORTS_PER_MINUTE", "0"),
        ("KONTOR_INSTALL__SNAPSHOT_EVERY", "300"),
    ];
    let mut all = 0;
    for cut in 0..3_u64 {
        let server = Running::serve_in(&kontor, &unlimited);
        let (answered, stop) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
        let address = Arc::new(server.address().to_owned());
        let threads: Vec<_> = (0..8_u64)
            .map(|thread| {
                let (answered, stop) = (Arc::clone(&answered), Arc::clone(&stop));
                let address = Arc::clone(&address);
                let number = cut * 8 + thread;
                std::thread::spawn(move || flood(&address, number, &answered, &stop))
            })
            .collect();
        // At least so many answers, and more on their way, when the power goes.
        while answered.load(Ordering::Relaxed) < 400 {
            assert!(threads.iter().any(|thread| !thread.is_finished()), "reports are answered");
            std::thread::yield_now();
        }
        server.kill();
        stop.store(true, Ordering::Relaxed);
        let kept: u64 =
            threads.into_iter().map(|thread| thread.join().expect("a thread").len() as u64).sum();
        assert!(kept >= 400);
        all += kept;
        let counted = devices(&kontor);
        assert!(counted >= all, "{all} reports were answered, {counted} devices are counted");
        // At most one report of each connection was on its way at each cut.
        assert!(counted <= all + 8 * (cut + 1), "{counted} of {all}");
    }
}

#[test]
fn the_demonstrations_devices_are_loaded_shown_backed_up_and_counted_again() {
    let kontor = Kontor::new();
    let server = Running::demo(&kontor);
    server.until("/api/v1/install", |answer| {
        // Loaded when today's reports are taken, too: then other reports are.
        answer.contains("\"counted\":true") && !server.get("/metrics").contains("install_open 0")
    });
    server.until("/api/v1/install/history", |answer| answer.matches("\"day\":").count() >= 89);
    let table = server.get("/api/v1/install/tables/country?days=90&format=csv");
    assert!(table.contains("active,1,90,country,cell,CN,"), "{table}");
    assert!(server.get("/api/v1/install").contains("\"model\":\"cancro\",\"produced\":620"));
    let copy = kontor.ok(&["install", "backup", "copy"]).out;
    assert!(copy.contains("read back up to"), "{copy}");
    let again = kontor.run(&["install", "backup", "copy"]);
    assert_eq!((again.code, again.err.contains("exists already")), (3, true), "{}", again.err);
    server.stop();
    assert!(devices(&kontor) > 1_900);
    let shown = kontor.ok(&["install", "show", "--by", "country", "--days", "90"]).out;
    assert!(shown.contains("activations") && shown.contains("  CN"), "{shown}");
    let exported = kontor.ok(&["install", "export", "country"]).out;
    assert!(exported.lines().last().is_some_and(|line| line.contains(",total,")), "{exported}");
    let wrong = kontor.run(&["install", "recount", "--until", "x"]);
    assert_eq!(wrong.code, 2, "{}", wrong.err);

    // The copy in the place of the count is the same count: it has its identity.
    let installs = kontor.path("data/installs");
    std::fs::remove_dir_all(&installs).expect("removed");
    std::fs::rename(kontor.path("copy"), &installs).expect("moved");
    let server = Running::serve(&kontor);
    assert!(server.get("/api/v1/install").contains("\"counted\":true"));
    server.stop();
    // Another folder is not: it counts nothing until somebody says so.
    std::fs::remove_dir_all(&installs).expect("removed");
    let server = Running::serve(&kontor);
    assert!(server.get("/api/v1/install").contains("\"counted\":false"));
    server.stop();
    assert!(kontor.ok(&["install", "adopt"]).out.contains("counts for this shop"));
    let server = Running::serve(&kontor);
    assert!(server.get("/api/v1/install").contains("\"counted\":true"));
    server.stop();
}

#[test]
fn produced_batches_are_imported_or_their_bad_rows_named() {
    let kontor = Kontor::new();
    kontor.ok(&["init", "--market", "de"]);
    let good = "model,batch,units,until,source\ncancro,W40,250000,2014-10-05,report 40\n";
    std::fs::write(kontor.path("good.csv"), good).expect("written");
    std::fs::write(kontor.path("bad.csv"), format!("{good}=x,W41,-1,soon,\n")).expect("written");
    let bad = kontor.run(&["install", "produced", "bad.csv", "--write"]);
    assert_eq!(bad.code, 1);
    assert!(bad.err.contains("bad.csv:3: model:"), "{}", bad.err);
    assert!(kontor.ok(&["install", "produced", "good.csv"]).out.contains("would be imported"));
    assert_eq!(kontor.ok(&["install", "produced"]).out, "");
    assert!(kontor.ok(&["install", "produced", "good.csv", "--write"]).out.contains("1 batches"));
    assert!(kontor.ok(&["install", "produced"]).out.contains("250000  cancro W40"));
    let none = kontor.run(&["install", "show"]);
    assert_eq!((none.code, none.err.lines().count()), (3, 1), "{}", none.err);
}
