//! What only PostgreSQL can do to the shop: sessions ended and commits lost on the way, several
//! nodes on one database, servers that do not let one in.

#[path = "../common/mod.rs"]
mod common;
mod proxy;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use kontor_scratch::{SERVER, Scratch};
use kontor_store::{Db, Options, PostgresUrl, StoreError, Topic, Tx, values};

use common::{get, put};
use proxy::{AtCommit, Proxy};

/// The server's host and port.
fn target() -> String {
    let url = std::env::var(SERVER).expect("a server");
    let after_user = url.rsplit_once('@').expect("a user").1.to_owned();
    after_user.split('/').next().expect("a host").to_owned()
}

/// The same database, reached by way of the proxy.
fn through(scratch: &Scratch, proxy: &Proxy) -> Db {
    let kontor_store::Place::Postgres(url) = scratch.place() else { panic!("PostgreSQL") };
    let url = url.with_password().replacen(&target(), &proxy.address, 1);
    let url: PostgresUrl = url.parse().expect("an address");
    Db::open(&Options::new(url)).expect("it opens")
}

/// Adds one to a number; counts how often that is tried.
async fn add_one(db: &Db, tried: Arc<AtomicU32>) -> Result<(), StoreError> {
    db.write("test.add", move |tx| {
        tried.fetch_add(1, Ordering::SeqCst);
        add(tx)
    })
    .await
}

fn add(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    let read = "SELECT value FROM setting WHERE name = 'n'";
    let number = tx.optional(read, &[], |row| row.text(0))?.unwrap_or_default();
    let next = (number.parse::<u32>().unwrap_or(0) + 1).to_string();
    tx.execute(
        "INSERT INTO setting (name, value) VALUES ('n', $1)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        values![&next],
    )?;
    Ok(())
}

/// Ends every session of this database with this application name.
fn end_sessions(tx: &mut Tx<'_>, scratch: &Scratch) -> Result<(), StoreError> {
    let pid = tx.optional("SELECT pg_backend_pid()", &[], |row| row.int(0))?.unwrap_or(0);
    scratch.as_operator(&format!("SELECT pg_terminate_backend({pid})"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_is_ended_in_the_middle_of_a_batch_costs_a_repetition() {
    let Some(scratch) = Scratch::postgres() else { return };
    let scratch = Arc::new(scratch);
    let db = scratch.open();
    let tried = Arc::new(AtomicU32::new(0));
    let (own, count) = (Arc::clone(&scratch), Arc::clone(&tried));
    db.write("test.ended", move |tx| {
        add(tx)?;
        if count.fetch_add(1, Ordering::SeqCst) == 0 {
            end_sessions(tx, &own)?;
        }
        add(tx)
    })
    .await
    .expect("run again on a new session");
    assert_eq!(tried.load(Ordering::SeqCst), 2);
    assert_eq!(get(&db, "n").await.as_deref(), Some("2"), "once, not twice");
    // A session that is ended while it waits costs nothing.
    let own = Arc::clone(&scratch);
    let between = db.write("test.between", move |tx| end_sessions(tx, &own)).await;
    assert!(between.is_ok() || matches!(between, Err(StoreError::Lost)), "{between:?}");
    put(&db, "after", "x").await.expect("the writer goes on");
    let own = Arc::clone(&scratch);
    let read = db.read("test.ended", move |tx| {
        end_sessions(tx, &own)?;
        tx.optional("SELECT count(*) FROM setting", &[], |row| row.int(0))
    });
    assert!(matches!(read.await, Err(StoreError::Lost)));
    for _ in 0..8 {
        assert_eq!(get(&db, "after").await.as_deref(), Some("x"), "readers come back");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_never_reached_the_server_is_made_again() {
    let Some(scratch) = Scratch::postgres() else { return };
    let proxy = Proxy::start(&target());
    let db = through(&scratch, &proxy);
    let tried = Arc::new(AtomicU32::new(0));
    for round in 1..=3 {
        proxy.at_commit(AtCommit::CutBefore);
        add_one(&db, Arc::clone(&tried)).await.expect("made again");
        assert_eq!(tried.load(Ordering::SeqCst), round * 2);
        assert_eq!(get(&scratch.open(), "n").await, Some(round.to_string()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_whose_answer_was_lost_is_found_out_and_not_made_again() {
    let Some(scratch) = Scratch::postgres() else { return };
    let proxy = Proxy::start(&target());
    let db = through(&scratch, &proxy);
    let tried = Arc::new(AtomicU32::new(0));
    for round in 1..=3_u32 {
        proxy.at_commit(if round == 2 {
            AtCommit::CutAndRefuse(Duration::from_millis(800))
        } else {
            AtCommit::CutAfter
        });
        add_one(&db, Arc::clone(&tried)).await.expect("it was committed");
        let written = get(&scratch.open(), "n").await;
        assert_eq!(written, Some(round.to_string()), "once, not twice");
        // Where the server had not yet got so far, the session is fenced and the batch made again.
        assert!(tried.load(Ordering::SeqCst) <= round * 2);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_acknowledged_while_a_commit_is_slow() {
    let Some(scratch) = Scratch::postgres() else { return };
    let proxy = Proxy::start(&target());
    let (db, beside) = (through(&scratch, &proxy), scratch.open());
    let (there, go_on) = proxy.hold();
    let writes: Vec<_> = (0..20)
        .map(|i| {
            let db = db.clone();
            tokio::spawn(async move { put(&db, &format!("n{i}"), "x").await })
        })
        .collect();
    tokio::task::spawn_blocking(move || there.recv()).await.expect("no panic").expect("a commit");
    for _ in 0..20 {
        tokio::time::sleep(Duration::from_millis(5)).await;
        assert!(writes.iter().all(|write| !write.is_finished()), "acknowledged early");
    }
    assert_eq!(get(&beside, "n0").await, None, "and nobody sees it");
    go_on.send(()).expect("it goes on");
    for (i, write) in writes.into_iter().enumerate() {
        write.await.expect("no panic").expect("written");
        assert_eq!(get(&beside, &format!("n{i}")).await.as_deref(), Some("x"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_that_write_the_same_row_lose_nothing() {
    const EACH: usize = 150;
    let Some(scratch) = Scratch::postgres() else { return };
    let nodes = [scratch.open(), scratch.open()];
    let mut tasks = tokio::task::JoinSet::new();
    for node in &nodes {
        for _ in 0..EACH {
            let node = node.clone();
            tasks.spawn(async move { add_one(&node, Arc::default()).await });
        }
    }
    while let Some(done) = tasks.join_next().await {
        done.expect("no panic").expect("every one gets through");
    }
    assert_eq!(get(&nodes[0], "n").await, Some((2 * EACH).to_string()));
}

/// Writes a row of its own if there is none of this round: no unique index helps here.
/// Another session, which has what this one wants and wants what this one has. Its own search for a
/// deadlock would end it; so it does not search, and the server ends the shop's batch.
const CROSSING: &str = "BEGIN; SET LOCAL deadlock_timeout = '1h';
    UPDATE setting SET value = 'other' WHERE name = 'b';
    UPDATE setting SET value = 'other' WHERE name = 'a'; COMMIT";
/// Whether that session waits.
const IS_CROSSED: &str = "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity s USING (pid)
    WHERE NOT l.granted AND s.query LIKE 'BEGIN; SET LOCAL deadlock_timeout%'";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deadlock_with_another_session_takes_the_batch_back_and_runs_it_again() {
    let Some(scratch) = Scratch::postgres() else { return };
    let scratch = Arc::new(scratch);
    let db = scratch.open();
    for name in ["a", "b"] {
        put(&db, name, "none").await.expect("written");
    }
    let tried = Arc::new(AtomicU32::new(0));
    let crossing = Arc::new(std::sync::Mutex::new(None));
    let (own, count, other) = (Arc::clone(&scratch), Arc::clone(&tried), Arc::clone(&crossing));
    db.write("test.deadlock", move |tx| {
        let set = "UPDATE setting SET value = 'own' WHERE name = $1";
        tx.execute(set, values!["a"])?;
        // What was sent is done when something is read.
        tx.optional("SELECT value FROM setting WHERE name = 'a'", &[], |row| row.text(0))?;
        if count.fetch_add(1, Ordering::SeqCst) == 0 {
            let operator = Arc::clone(&own);
            let session = std::thread::spawn(move || operator.as_operator(CROSSING));
            *other.lock().expect("whole") = Some(session);
            while own.count_as_operator(IS_CROSSED) == 0 {
                std::thread::sleep(Duration::from_millis(5));
            }
        }
        tx.execute(set, values!["b"])?;
        Ok::<_, StoreError>(())
    })
    .await
    .expect("run again when the other session is done");
    let session = crossing.lock().expect("whole").take().expect("it was begun");
    session.join().expect("the other session got both rows");
    assert!(tried.load(Ordering::SeqCst) >= 2, "it was not taken back");
    for name in ["a", "b"] {
        assert_eq!(get(&db, name).await.as_deref(), Some("own"), "{name}: it came last");
    }
    db.close().await;
}

async fn decide(node: &Db, round: u32, which: &'static str) -> Result<bool, StoreError> {
    let (prefix, end) = (format!("round{round:02}-"), format!("round{round:02}."));
    node.write("test.decide", move |tx| {
        let there = tx.optional(
            "SELECT count(*) FROM setting WHERE name >= $1 AND name < $2",
            values![&prefix, &end],
            |row| row.int(0),
        )?;
        if there == Some(0) {
            let name = format!("{prefix}{which}");
            tx.execute("INSERT INTO setting (name, value) VALUES ($1, '')", values![&name])?;
        }
        Ok(there == Some(0))
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_that_decide_from_what_they_read_do_not_both_decide() {
    let Some(scratch) = Scratch::postgres() else { return };
    let nodes = [scratch.open(), scratch.open()];
    for round in 0..20 {
        // Each wants a row of its own, and only one in all: no unique index helps here.
        let (one, two) =
            tokio::join!(decide(&nodes[0], round, "one"), decide(&nodes[1], round, "two"));
        let (one, two) = (one.expect("decided"), two.expect("decided"));
        assert!(one != two, "round {round}: {one} and {two}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_node_hears_what_was_committed_and_misses_nothing_after_a_loss() {
    let Some(scratch) = Scratch::postgres() else { return };
    let (here, there) = (scratch.open(), scratch.open());
    let mut changes = there.changes();
    let before = changes.borrow_and_update().clone();
    let touch = |topic: Topic| here.write("test.touch", move |tx| tx.touch(topic));
    let refused: Result<(), StoreError> = here
        .write("test.refuse", |tx| {
            tx.touch(Topic::Market)?;
            Err(StoreError::Locked)
        })
        .await;
    assert!(refused.is_err());
    touch(Topic::Price).await.expect("written");
    wait_for(&mut changes, |now| now.of(Topic::Price) > before.of(Topic::Price)).await;
    let now = changes.borrow_and_update().clone();
    assert_eq!(now.of(Topic::Price), before.of(Topic::Price) + 1, "heard once");
    assert_eq!(now.of(Topic::Market), before.of(Topic::Market), "what was not kept is not told");
    // Its listener is cut off: once it hears again, everything counts as changed.
    scratch.as_operator(
        "SELECT pg_terminate_backend(l.pid) FROM pg_stat_activity l
         WHERE l.application_name = 'kontor-listener'
           AND l.query = 'LISTEN kontor_' || substr(md5(current_schema()), 1, 16)",
    );
    wait_for(&mut changes, |now| now.of(Topic::Market) > before.of(Topic::Market)).await;
    touch(Topic::Sale).await.expect("written");
    let seen = changes.borrow_and_update().of(Topic::Sale);
    wait_for(&mut changes, |now| now.of(Topic::Sale) > seen.min(1)).await;
}

async fn wait_for(
    changes: &mut tokio::sync::watch::Receiver<kontor_store::Versions>,
    holds: impl Fn(&kontor_store::Versions) -> bool,
) {
    let wait = changes.wait_for(|now| holds(now));
    tokio::time::timeout(Duration::from_secs(20), wait).await.expect("told").expect("open");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_not_let_in_is_told_what_to_do_and_no_password() {
    if Scratch::postgres().is_none() {
        return;
    }
    let server = target();
    for (url, words) in [
        (format!("postgres://postgres:s3cret@{server}/postgres"), ["refuses", "password"]),
        ("postgres://postgres:s3cret@127.0.0.1:1/kontor".to_owned(), ["127.0.0.1:1", "runs"]),
    ] {
        let url: PostgresUrl = url.parse().expect("an address");
        let answer = Db::open(&Options { migrate: false, ..Options::new(url) });
        let said = answer.expect_err("nobody is let in with a wrong password").to_string();
        assert!(!said.contains("s3cret"), "{said}");
        // A server that trusts everybody has an empty database there.
        let trusting = said.contains("kontor migrate");
        assert!(trusting || words.iter().all(|word| said.contains(word)), "{said}");
    }
    let own = std::env::var(SERVER).expect("a server");
    let elsewhere = own.rsplit_once('/').expect("a database").0.to_owned() + "/not_there";
    let url: PostgresUrl = elsewhere.parse().expect("an address");
    let said = Db::open(&Options::new(url)).expect_err("no database").to_string();
    assert!(said.contains("not_there") && said.contains("createdb"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_nul_in_a_text_is_no_fault() {
    let Some(scratch) = Scratch::postgres() else { return };
    let db = scratch.open();
    assert_eq!(get(&db, "a\0b").await, None);
    put(&db, "a\0b", "x\0").await.expect("written");
    assert_eq!(get(&db, "a\0b").await.as_deref(), Some("x\u{fffd}"));
}

/// The server's own certificate, which is its own authority.
async fn certificate(db: &Db) -> String {
    let (on, file) = db
        .read("test.ssl", |tx| {
            let sql = "SELECT current_setting('ssl'), current_setting('ssl_cert_file')";
            tx.optional(sql, &[], |row| Ok((row.text(0)?, row.text(1)?)))
        })
        .await
        .expect("read")
        .expect("a row");
    assert_eq!(on, "on", "the server for tests speaks TLS, as the one of `cargo xtask test` does");
    file
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_is_encrypted_as_the_address_wants_it() {
    let Some(scratch) = Scratch::postgres() else { return };
    let kontor_store::Place::Postgres(own) = scratch.place() else { panic!("PostgreSQL") };
    let file = certificate(&scratch.open()).await;
    let port = target().rsplit_once(':').map_or("5432".to_owned(), |(_, port)| port.to_owned());
    let named = |host: &str, query: &str| {
        let url = own.with_password().replacen(&target(), &format!("{host}:{port}"), 1);
        format!("{url}&{query}").parse::<PostgresUrl>().expect("an address")
    };
    let strange = "other.example";
    let root = format!("sslrootcert={file}");
    for (host, query, encrypted) in [
        ("127.0.0.1", "sslmode=disable".to_owned(), "false"),
        ("127.0.0.1", "sslmode=prefer".to_owned(), "true"),
        ("127.0.0.1", "sslmode=require".to_owned(), "true"),
        ("127.0.0.1", format!("sslmode=verify-full&{root}"), "true"),
        ("localhost", format!("sslmode=verify-full&{root}"), "true"),
        // The certificate is of another host: only its authority is looked at.
        (strange, format!("sslmode=verify-ca&{root}&hostaddr=127.0.0.1"), "true"),
    ] {
        let db = Db::open(&Options::new(named(host, &query)));
        let db = db.unwrap_or_else(|error| panic!("{host} {query}: {error}"));
        let name = format!("over {host} {query}");
        put(&db, &name, host).await.expect("written");
        assert_eq!(get(&db, &name).await.as_deref(), Some(host));
        let sql = "SELECT CAST(ssl AS TEXT) FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
        let seen = |tx: &mut Tx<'_>| tx.optional(sql, &[], |row| row.text(0));
        let reads = db.read("test.ssl", seen).await.expect("read");
        let writes = db.write("test.ssl", move |tx| seen(tx)).await.expect("read");
        assert_eq!([reads.as_deref(), writes.as_deref()], [Some(encrypted); 2], "{host} {query}");
        db.close().await;
    }
    // Who is asked for a certificate and has one shows it.
    let key = format!("sslcert={file}&sslkey={}", file.replace("server.crt", "server.key"));
    let db = Db::open(&Options::new(named("127.0.0.1", &format!("sslmode=require&{key}"))));
    let sql = "SELECT coalesce(client_dn, '') FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    let db = db.expect("it opens");
    let shown =
        db.read("test.ssl", move |tx: &mut Tx<'_>| tx.optional(sql, &[], |row| row.text(0)));
    let shown = shown.await.expect("read").unwrap_or_default();
    assert!(shown.contains("CN="), "the server has seen {shown:?}");
    for (host, query, words) in [
        // Nobody whom a browser trusts has signed it.
        ("127.0.0.1", "sslmode=verify-full".to_owned(), ["certificate", "sslrootcert"]),
        ("127.0.0.1", "sslmode=verify-ca".to_owned(), ["certificate", "sslrootcert"]),
        (
            strange,
            format!("sslmode=verify-full&{root}&hostaddr=127.0.0.1"),
            ["certificate", "other.example"],
        ),
        (
            "127.0.0.1",
            "sslmode=verify-full&sslrootcert=/nowhere.pem".to_owned(),
            ["/nowhere.pem", "sslrootcert"],
        ),
        (
            "127.0.0.1",
            format!("sslmode=require&sslcert={file}&sslkey=/nowhere.key"),
            ["/nowhere.key", "sslkey"],
        ),
    ] {
        let refused = Db::open(&Options::new(named(host, &query)));
        let said = refused.expect_err(&query).to_string();
        assert!(words.iter().all(|word| said.contains(word)), "{query}: {said}");
    }
}
