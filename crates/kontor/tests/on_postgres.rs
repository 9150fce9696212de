//! The real binary on a PostgreSQL server: a shop is made, filled, served by two nodes, killed and found
//! whole. What concerns files (backup, restore, a full disk) is in the other tests.

mod binary;

use std::fs;

use binary::{Kontor, Running};
use kontor_scratch::Scratch;
use kontor_store::Place;

/// An empty folder whose database is a schema of its own; none where there is no server for tests.
fn on_server() -> Option<(Scratch, Kontor)> {
    let scratch = Scratch::postgres()?;
    let Place::Postgres(url) = scratch.place() else { panic!("a server") };
    let kontor = Kontor::on_server(url.with_password());
    Some((scratch, kontor))
}

#[test]
fn a_shop_is_made_once_and_what_is_exported_gives_the_same_shop_on_a_file() {
    let Some((_scratch, kontor)) = on_server() else { return };
    let nothing = kontor.run(&["audit"]);
    assert_eq!((nothing.code, nothing.err.lines().count()), (3, 1), "{}", nothing.err);
    let made = kontor.ok(&["init", "--name", "Nordlicht", "--market", "de", "--market", "us"]).out;
    assert!(made.contains("markets: 2 rows, 2 new"), "{made}");
    assert!(kontor.ok(&["audit"]).out.contains("Everything agrees"));
    let again = kontor.run(&["init"]);
    assert_eq!((again.code, again.err.lines().count()), (3, 1), "{}", again.err);
    assert!(!kontor.path("data/kontor.db").exists(), "nothing is kept in a file");
    let copied = kontor.run(&["backup", "copy.db"]);
    assert_eq!((copied.code, copied.err.lines().count()), (3, 1), "{}", copied.err);

    kontor.ok(&["export", "all", "tables"]);
    let file = Kontor::new();
    file.ok(&["init"]);
    let folder = kontor.path("tables");
    file.ok(&["import", "all", folder.to_str().expect("a plain path")]);
    file.ok(&["export", "all", "again"]);
    for entry in fs::read_dir(folder).expect("the folder") {
        let name = entry.expect("an entry").file_name();
        let text = |folder: &std::path::Path| fs::read_to_string(folder.join(&name)).expect("text");
        let (there, here) = (text(&kontor.path("tables")), text(&file.path("again")));
        assert_eq!(there, here, "{}", name.display());
    }
}

#[test]
fn two_nodes_follow_an_import_and_one_that_was_killed_starts_again() {
    let Some((_scratch, kontor)) = on_server() else { return };
    Running::start(&kontor, &["demo", "--devices", "0"]).stop();
    let one = Running::serve_in(&kontor, &[("KONTOR_SERVER__NODE", "one")]);
    let two = Running::serve_in(&kontor, &[("KONTOR_SERVER__NODE", "two")]);
    for node in [&one, &two] {
        assert!(node.get("/us/en/product/band").contains("$14.99"));
    }
    let prices = kontor.ok(&["export", "prices"]).out.replace(",14.99,USD", ",13.49,USD");
    fs::write(kontor.path("prices.csv"), prices).expect("a file");
    kontor.ok(&["import", "prices", "prices.csv"]);
    for node in [&one, &two] {
        node.until("/us/en/product/band", |page| page.contains("$13.49"));
    }
    one.kill();
    assert!(two.get("/us/en/").contains("Mi Band"), "the other goes on");
    let again = Running::serve_in(&kontor, &[("KONTOR_SERVER__NODE", "one")]);
    assert!(again.get("/us/en/product/band").contains("$13.49"));
    again.stop();
    two.stop();
    assert!(kontor.ok(&["audit"]).out.contains("Everything agrees"));
}
