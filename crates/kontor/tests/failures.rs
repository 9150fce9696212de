//! What goes wrong on the operator's side: one clear line each, and nothing half done.

mod binary;

use std::fs;

use binary::{Kontor, Running};

/// A shop without products.
fn shop() -> Kontor {
    let kontor = Kontor::new();
    kontor.ok(&["init", "--market", "de", "--market", "us"]);
    kontor
}

#[test]
fn a_wrong_configuration_stops_with_the_name_of_the_key() {
    let kontor = shop();
    let good = fs::read_to_string(kontor.path("kontor.toml")).expect("the configuration");
    for (was, is, word) in [
        ("listen = ", "lissten = ", "lissten"),
        ("readers = 4", "readers = 'four'", "readers"),
        ("hold_s = 900", "hold_s = 1", "hold_s"),
        ("test_provider = false", "test_provider = perhaps", "perhaps"),
        ("bank_transfer = false", "bank_transfer = true", "bank_account"),
        ("format = \"text\"", "format = \"xml\"", "format"),
        ("legal = \"legal\"", "legal = \"nowhere\"", "nowhere"),
    ] {
        let wrong = good.replacen(was, is, 1);
        assert_ne!(wrong, good, "{was} is not in the configuration");
        fs::write(kontor.path("kontor.toml"), wrong).expect("a file");
        let run = kontor.run(&["serve", "--listen", "127.0.0.1:0"]);
        assert_eq!(run.code, 3, "{is}: {}", run.err);
        assert!(run.err.contains(word), "{is}: {}", run.err);
        assert!(!run.err.contains("panicked"), "{is}: {}", run.err);
    }
    let none = kontor.run(&["--config", "other.toml", "audit"]);
    assert_eq!((none.code, none.err.lines().count()), (3, 1), "{}", none.err);
    assert!(none.err.contains("other.toml"), "{}", none.err);
}

#[test]
fn the_environment_wins_and_its_mistakes_are_named() {
    let kontor = shop();
    for (name, value, word) in [
        ("KONTOR_SERVER__LISSTEN", "127.0.0.1:0", "lissten"),
        ("KONTOR_LIMITS__HOLD_S", "5", "hold_s"),
        ("KONTOR_SERVER__LISTEN", "everywhere", "SERVER.LISTEN"),
        ("KONTOR_LEGAL", "not-there", "not-there"),
    ] {
        let run = kontor.run_in(&[(name, value)], &["serve", "--listen", "127.0.0.1:0"]);
        assert_eq!(run.code, 3, "{name}: {}", run.err);
        assert!(run.err.contains(word), "{name}: {}", run.err);
    }
    // The environment repairs what the file has wrong.
    let good = fs::read_to_string(kontor.path("kontor.toml")).expect("the configuration");
    fs::write(kontor.path("kontor.toml"), good.replace("hold_s = 900", "hold_s = 1")).expect("it");
    assert_eq!(kontor.run(&["audit"]).code, 3);
    assert_eq!(kontor.run_in(&[("KONTOR_LIMITS__HOLD_S", "60")], &["audit"]).code, 0);
}

#[test]
fn an_address_that_is_taken_is_named() {
    let kontor = shop();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a listener");
    let address = taken.local_addr().expect("an address").to_string();
    let run = kontor.run(&["serve", "--listen", &address]);
    assert_eq!(run.code, 3);
    assert!(run.err.contains(&format!("could not listen on {address}")), "{}", run.err);
}

#[test]
fn where_nothing_can_be_written_one_line_says_so() {
    let kontor = shop();
    // A file where the folder should be.
    let blocked = Kontor::new();
    fs::write(blocked.path("data"), "").expect("a file");
    let run = blocked.run(&["init"]);
    assert_eq!((run.code, run.err.lines().count()), (3, 1), "{}", run.err);
    assert!(run.err.contains("data"), "{}", run.err);
    for arguments in [&["export", "rules", "none/rules.csv"][..], &["backup", "none/copy.db"]] {
        let run = kontor.run(arguments);
        assert_eq!((run.code, run.err.lines().count()), (3, 1), "{arguments:?}: {}", run.err);
        assert!(run.err.contains("none"), "{arguments:?}: {}", run.err);
    }
}

/// A limit on the size of files stands in for a disk without space.
#[test]
fn a_disk_without_space_takes_nothing_and_loses_nothing() {
    let kontor = Kontor::with_demo();
    let before = kontor.ok(&["export", "stock"]).out;
    let mut deliveries = String::from("site,market,sku,units,reference,source,confidence\n");
    for n in 0..40_000 {
        deliveries.push_str(&format!("home,us,BAND-BLACK,1,DISK-{n},a test,M\n"));
    }
    let header = before.lines().next().expect("a header");
    let deliveries =
        deliveries.replacen("site,market,sku,units,reference,source,confidence", header, 1);
    fs::write(kontor.path("deliveries.csv"), deliveries).expect("a file");
    let run = kontor.run_with_file_limit(4_000, &["import", "stock", "deliveries.csv"]);
    assert_eq!(run.code, 3, "{} {}", run.out, run.err);
    assert_eq!(run.err.lines().count(), 1, "{}", run.err);
    assert_eq!(kontor.ok(&["export", "stock"]).out, before, "half of it was kept");
    assert!(kontor.ok(&["audit"]).out.contains("Everything agrees"));
}

#[test]
fn the_operators_own_legal_texts_are_shown_as_text() {
    let kontor = shop();
    let imprint = fs::read_to_string(kontor.path("legal/any/de/imprint.md")).expect("a template");
    assert!(imprint.starts_with("<!--"), "{imprint}");
    fs::create_dir_all(kontor.path("legal/us/en")).expect("a folder");
    let text = "# Seller\n\nNordlicht <script>alert(1)</script>\n1 Pier & Quay\n";
    fs::write(kontor.path("legal/us/en/imprint.md"), text).expect("a file");
    let running = Running::serve(&kontor);
    let page = running.get("/us/en/legal/imprint");
    assert!(page.contains("<h2>Seller</h2>"), "{page}");
    assert!(page.contains("Nordlicht &#60;script&#62;") && page.contains("1 Pier &#38; Quay"));
    assert!(!page.contains("<script>alert"), "{page}");
    // A template that nobody filled in is no text.
    assert!(running.get("/de/de/legal/returns").contains("noch nicht geschrieben"));
    running.stop();

    for (path, bytes, word) in [
        ("legal/us/en/imprint.md", &b"Nordlicht\n\xff"[..], "line 2 is not UTF-8"),
        ("legal/us/en/cookies.md", b"x", "take imprint.md"),
        ("legal/us/xx/terms.md", b"x", "languages"),
        ("legal/USA/en/terms.md", b"x", "markets"),
    ] {
        let path = kontor.path(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(&path, bytes).expect("a file");
        let run = kontor.run(&["serve", "--listen", "127.0.0.1:0"]);
        assert_eq!(run.code, 3, "{}: {}", path.display(), run.err);
        assert!(run.err.contains(word), "{}: {}", path.display(), run.err);
        fs::remove_file(&path).expect("removed");
        let _ = fs::remove_dir(path.parent().expect("a folder"));
        let _ = fs::remove_dir(kontor.path("legal/USA"));
    }
}

#[test]
fn the_printed_maximum_of_india_is_imported_kept_and_shown() {
    let kontor = Kontor::with_demo();
    let running = Running::serve(&kontor);
    let page = running.get("/in/en/product/band");
    assert!(!page.contains("MRP"), "none is known for the band: {page}");
    let prices = kontor.ok(&["export", "prices"]).out;
    let with = |mrp: &str| prices.replacen(",999.00,INR,,", &format!(",999.00,INR,{mrp},"), 1);
    assert_ne!(with("1299"), prices);
    fs::write(kontor.path("prices.csv"), with("998.99")).expect("a file");
    let run = kontor.run(&["import", "prices", "prices.csv"]);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("mrp: the price is above the printed maximum"), "{}", run.err);
    fs::write(kontor.path("prices.csv"), with("1299")).expect("a file");
    kontor.ok(&["import", "prices", "prices.csv"]);
    running.until("/in/en/product/band", |page| page.contains("MRP"));
    let page = running.get("/in/en/product/band");
    assert!(page.contains("1,299") && page.contains("(incl. of all taxes)"), "{page}");
    running.stop();
    // Where prices are shown without tax, a maximum with tax cannot be compared.
    let american = prices.replacen(",14.99,USD,,", ",14.99,USD,19.99,", 1);
    fs::write(kontor.path("prices.csv"), american).expect("a file");
    let run = kontor.run(&["import", "prices", "prices.csv"]);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("mrp:"), "{}", run.err);
}
