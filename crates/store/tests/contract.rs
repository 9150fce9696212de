//! The promises of the store's machinery, the same on both back ends, against real databases.

mod common;

use kontor_scratch::{Scratch, on_both_databases};
use kontor_store::{Db, Options, StoreError, Topic, Tx, Value, fact, schema_version, values};

use common::{get, put};

on_both_databases!(
    an_answered_write_is_there_after_opening_again,
    a_failing_or_panicking_closure_of_a_batch_is_rolled_back_alone,
    a_closure_alone_that_refuses_after_writing_leaves_nothing,
    a_statement_that_fails_fails_its_closure_even_if_that_goes_on,
    a_write_that_fails_after_its_closure_has_ended_is_its_own_failure_and_nobody_elses,
    a_count_is_that_of_its_own_statement,
    the_versions_of_facts_are_those_of_the_closures_before_that_were_kept,
    many_rows_go_in_at_once_and_none_when_one_is_refused,
    every_type_of_column_comes_back_as_it_went_in,
    text_is_compared_byte_by_byte,
    a_read_sees_one_state_and_cannot_write,
    a_commit_tells_what_it_touched,
    the_schema_is_known_before_and_after,
    a_newer_schema_is_refused_and_an_older_one_named,
);

async fn an_answered_write_is_there_after_opening_again(scratch: &Scratch) {
    let db = scratch.open();
    put(&db, "a", "1").await.expect("written");
    db.close().await;
    assert!(matches!(put(&db, "b", "2").await, Err(StoreError::Closed)));
    let again = scratch.open();
    assert_eq!(get(&again, "a").await.as_deref(), Some("1"));
    assert_eq!(get(&again, "b").await, None);
}

async fn a_failing_or_panicking_closure_of_a_batch_is_rolled_back_alone(scratch: &Scratch) {
    let db = scratch.open();
    let mut tasks = Vec::new();
    for i in 0..300_usize {
        let db = db.clone();
        tasks.push(tokio::spawn(async move {
            let name = format!("n{i}");
            db.write("test.mixed", move |tx| {
                tx.execute(
                    "INSERT INTO setting (name, value) VALUES ($1, 'x')",
                    values![name.as_str()],
                )?;
                match i % 3 {
                    0 => Ok(i),
                    1 => Err(StoreError::Locked),
                    _ => panic!("on purpose"),
                }
            })
            .await
        }));
    }
    for (i, task) in tasks.into_iter().enumerate() {
        let answer = task.await.expect("the task ends");
        match i % 3 {
            0 => assert_eq!(answer.ok(), Some(i)),
            1 => assert!(matches!(answer, Err(StoreError::Locked))),
            _ => assert!(matches!(answer, Err(StoreError::Panicked { .. }))),
        }
        assert_eq!(get(&db, &format!("n{i}")).await.is_some(), i % 3 == 0, "{i}");
    }
}

async fn many_rows_go_in_at_once_and_none_when_one_is_refused(scratch: &Scratch) {
    let db = scratch.open();
    for (first, count) in [(0, 0), (0, 1), (1, 31), (32, 32), (64, 33), (97, 903)] {
        let names: Vec<String> = (first..first + count).map(|i| format!("n{i:04}")).collect();
        db.write("test.many", move |tx| {
            let rows: Vec<Value<'_>> = names.iter().flat_map(|n| [n.into(), "x".into()]).collect();
            tx.insert_many("setting", &["name", "value"], &rows)
        })
        .await
        .expect("inserted");
        let counted = db
            .read("test.count", |tx| {
                tx.optional("SELECT count(*) FROM setting", &[], |row| row.int(0))
            })
            .await
            .expect("counted");
        assert_eq!(counted, Some(first + count));
    }
    assert_eq!(get(&db, "n0999").await.as_deref(), Some("x"));
    // The last of many is there already: none of them is kept.
    let refused = db
        .write("test.many", |tx| {
            let mut rows: Vec<Value<'_>> = vec!["new".into(), "x".into()];
            rows.extend([Value::from("n0000"), Value::from("x")]);
            tx.insert_many("setting", &["name", "value"], &rows)
        })
        .await;
    assert!(refused.is_err());
    assert_eq!(get(&db, "new").await, None);
}

async fn a_closure_alone_that_refuses_after_writing_leaves_nothing(scratch: &Scratch) {
    let db = scratch.open();
    let refused: Result<(), StoreError> = db
        .write("test.refuse", |tx| {
            tx.execute("INSERT INTO setting (name, value) VALUES ('a', 'x')", &[])?;
            Err(StoreError::Locked)
        })
        .await;
    assert!(matches!(refused, Err(StoreError::Locked)), "{refused:?}");
    assert_eq!(get(&db, "a").await, None);
    put(&db, "a", "y").await.expect("the writer goes on");
    assert_eq!(get(&db, "a").await.as_deref(), Some("y"));
}

async fn a_statement_that_fails_fails_its_closure_even_if_that_goes_on(scratch: &Scratch) {
    let db = scratch.open();
    put(&db, "a", "x").await.expect("written");
    let mut tasks = Vec::new();
    for i in 0..60_usize {
        let db = db.clone();
        tasks.push(tokio::spawn(async move {
            let name = format!("n{i}");
            db.write("test.stubborn", move |tx| {
                let sql = "INSERT INTO setting (name, value) VALUES ($1, 'x')";
                tx.execute(sql, values![&name])?;
                if i % 2 == 0 {
                    // The second of the same name is refused by the database.
                    tx.execute(sql, values![&name])?;
                }
                Ok::<_, StoreError>(())
            })
            .await
        }));
    }
    for (i, task) in tasks.into_iter().enumerate() {
        let answer = task.await.expect("the task ends");
        assert_eq!(answer.is_err(), i % 2 == 0, "{i}: {answer:?}");
        assert_eq!(get(&db, &format!("n{i}")).await.is_some(), i % 2 == 1, "{i}");
    }
    // A statement that never gets as far as writing is as wrong.
    let broken = db
        .write("test.nonsense", |tx| {
            tx.optional("SELECT value FROM setting WHERE nonsense = 1", &[], |row| row.text(0))
        })
        .await;
    assert!(matches!(broken, Err(StoreError::Fault { .. })), "{broken:?}");
    put(&db, "after", "x").await.expect("the writer goes on");
}

async fn a_write_that_fails_after_its_closure_has_ended_is_its_own_failure_and_nobody_elses(
    scratch: &Scratch,
) {
    let db = scratch.open();
    put(&db, "there", "x").await.expect("written");
    // Held up by the first, the others wait and become one batch.
    let (held, go_on) = hold_up(&db).await;
    let mut tasks = Vec::new();
    for i in 0..50_usize {
        let db = db.clone();
        tasks.push(tokio::spawn(async move {
            let name = format!("n{i}");
            db.write("test.late", move |tx| {
                let before = count(tx)?;
                let sql = "INSERT INTO setting (name, value) VALUES ($1, 'x')";
                tx.execute(sql, values![&name])?;
                match i % 10 {
                    // Each kind of end, with a failure behind it of which nobody has heard yet.
                    3 => {
                        tx.execute(sql, values!["there"])?;
                    }
                    5 => tx.insert_many(
                        "setting",
                        &["name", "value"],
                        &["there".into(), "y".into()],
                    )?,
                    7 => return Err(StoreError::Locked),
                    _ => {}
                }
                Ok(before)
            })
            .await
        }));
        // One after the other into the queue.
        tokio::task::yield_now().await;
    }
    go_on.send(()).expect("it waits");
    held.await.expect("no panic").expect("written");
    let mut seen = Vec::new();
    for (i, task) in tasks.into_iter().enumerate() {
        let answer = task.await.expect("the task ends");
        match (i % 10, answer) {
            (3 | 5, Err(StoreError::Fault { .. })) | (7, Err(StoreError::Locked)) => {
                assert_eq!(get(&db, &format!("n{i}")).await, None, "{i}");
            }
            (kind, Ok(before)) if ![3, 5, 7].contains(&kind) => {
                assert_eq!(get(&db, &format!("n{i}")).await.as_deref(), Some("x"), "{i}");
                seen.push(before);
            }
            (_, answer) => panic!("{i}: {answer:?}"),
        }
    }
    // Each saw what those before it had left, and nothing of those that were taken back.
    seen.sort_unstable();
    assert_eq!(seen, (2..37).collect::<Vec<_>>());
    assert_eq!(get(&db, "there").await.as_deref(), Some("x"));
}

fn count(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    let found = tx.optional("SELECT count(*) FROM setting", &[], |row| row.int(0))?;
    Ok(found.unwrap_or(0))
}

type Held = tokio::task::JoinHandle<Result<(), StoreError>>;

/// Keeps the writer busy until it is told to go on.
async fn hold_up(db: &Db) -> (Held, std::sync::mpsc::Sender<()>) {
    let (let_go, go_on) = std::sync::mpsc::channel();
    let (here, told) = tokio::sync::oneshot::channel();
    let (mut here, db) = (Some(here), db.clone());
    let held = tokio::spawn(async move {
        db.write("test.hold_up", move |tx| {
            tx.execute("INSERT INTO setting (name, value) VALUES ('held', 'x')", &[])?;
            if let Some(here) = here.take() {
                here.send(()).expect("the test waits");
                go_on.recv().expect("the test says so");
            }
            Ok(())
        })
        .await
    });
    told.await.expect("it runs");
    (held, let_go)
}

async fn a_count_is_that_of_its_own_statement(scratch: &Scratch) {
    let db = scratch.open();
    let counts = db
        .write("test.counts", |tx| {
            for name in ["a", "b", "c"] {
                tx.execute("INSERT INTO setting (name, value) VALUES ($1, 'x')", values![name])?;
            }
            let all = tx.execute("UPDATE setting SET value = 'y'", &[])?.rows()?;
            tx.execute("DELETE FROM setting WHERE name = 'a'", &[])?;
            let two = tx.execute("UPDATE setting SET value = 'z'", &[])?.rows()?;
            let none = tx.execute("DELETE FROM setting WHERE name = 'a'", &[])?.rows()?;
            Ok::<_, StoreError>([all, two, none])
        })
        .await
        .expect("written");
    assert_eq!(counts, [3, 2, 0]);
    // More than are ever on their way at once.
    db.write("test.many_single", |tx| {
        for i in 0..1000_u32 {
            let name = format!("n{i}");
            tx.execute("INSERT INTO setting (name, value) VALUES ($1, 'x')", values![&name])?;
        }
        assert_eq!(tx.execute("UPDATE setting SET value = 'w'", &[])?.rows()?, 1002);
        Ok::<_, StoreError>(())
    })
    .await
    .expect("written");
}

async fn the_versions_of_facts_are_those_of_the_closures_before_that_were_kept(scratch: &Scratch) {
    let db = scratch.open();
    let (held, go_on) = hold_up(&db).await;
    let mut tasks = Vec::new();
    for i in 0..40_usize {
        let db = db.clone();
        tasks.push(tokio::spawn(async move {
            db.write("test.versions", move |tx| {
                let before = fact::versions(tx)?.of(Topic::Price);
                if i % 2 == 0 {
                    tx.touch(Topic::Price)?;
                    assert_eq!(fact::versions(tx)?.of(Topic::Price), before + 1);
                }
                if i % 4 == 0 { Err(StoreError::Locked) } else { Ok(before) }
            })
            .await
        }));
        tokio::task::yield_now().await;
    }
    go_on.send(()).expect("it waits");
    held.await.expect("no panic").expect("written");
    let (mut risen, mut looked) = (Vec::new(), Vec::new());
    for (i, task) in tasks.into_iter().enumerate() {
        match task.await.expect("the task ends") {
            Ok(before) if i % 4 == 2 => risen.push(before),
            Ok(before) => looked.push(before),
            Err(StoreError::Locked) => assert_eq!(i % 4, 0),
            Err(other) => panic!("{other}"),
        }
    }
    // Ten rose it by one each; the others saw some number of these, and never more.
    risen.sort_unstable();
    assert_eq!(risen, (0..10).collect::<Vec<_>>());
    assert_eq!(looked.len(), 20);
    assert!(looked.iter().all(|version| (0..=10).contains(version)), "{looked:?}");
    let kept = db.read("test.facts", fact::versions).await.expect("read");
    assert_eq!(kept.of(Topic::Price), 10);
}

async fn every_type_of_column_comes_back_as_it_went_in(scratch: &Scratch) {
    let db = scratch.open();
    let texts = ["", "plain", "\u{e4}\u{1F4F1} and a 'quote'", "two\nlines"];
    for (i, text) in texts.into_iter().enumerate() {
        let at = i64::try_from(i).expect("few");
        let id = [u8::try_from(i).expect("few"); 16];
        db.write("test.types", move |tx| {
            tx.execute(
                "INSERT INTO job (id, kind, state, due_at, attempts, body, last_error)
                 VALUES ($1, $2, 'waiting', $3, $4, $2, $5)",
                values![&id, text, i64::MAX - at, i64::MIN + at, (i % 2 == 0).then_some(text)],
            )?
            .rows()
        })
        .await
        .expect("written");
        let row = db
            .read("test.types", move |tx| {
                tx.optional(
                    "SELECT id, kind, due_at, attempts, last_error, body FROM job WHERE id = $1",
                    values![&id],
                    |row| {
                        let error = row.maybe_text(4)?;
                        assert_eq!(row.maybe_bytes16(0)?, Some(id));
                        assert_eq!(row.maybe_int(2)?, Some(i64::MAX - at));
                        Ok((row.bytes16(0)?, row.text(1)?, row.int(2)?, row.int(3)?, error))
                    },
                )
            })
            .await
            .expect("read");
        let error = (i % 2 == 0).then(|| text.to_owned());
        assert_eq!(row, Some((id, text.to_owned(), i64::MAX - at, i64::MIN + at, error)));
    }
    // Sums of whole numbers are whole numbers, of whichever type the database makes them.
    let sum = db
        .read("test.sum", |tx| {
            tx.optional("SELECT sum(due_at - $1), count(*) FROM job", values![i64::MAX], |row| {
                Ok((row.int(0)?, row.int(1)?))
            })
        })
        .await
        .expect("read");
    assert_eq!(sum, Some((-6, 4)));
}

async fn text_is_compared_byte_by_byte(scratch: &Scratch) {
    let db = scratch.open();
    let names = ["b", "B", "a-b", "ab", "a b", "\u{e4}", "Z", "_", "10", "9"];
    for name in names {
        put(&db, name, "x").await.expect("written");
    }
    let mut expected: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    expected.sort();
    let found = db
        .read("test.order", |tx| {
            tx.query("SELECT name FROM setting ORDER BY name", &[], |row| row.text(0))
        })
        .await
        .expect("read");
    assert_eq!(found, expected);
}

async fn a_read_sees_one_state_and_cannot_write(scratch: &Scratch) {
    let db = scratch.open();
    put(&db, "a", "1").await.expect("written");
    let (writer, runtime) = (db.clone(), tokio::runtime::Handle::current());
    let both = db
        .read("test.snapshot", move |tx| {
            let count = "SELECT count(*) FROM setting";
            let before = tx.optional(count, &[], |row| row.int(0))?;
            runtime.block_on(put(&writer, "b", "2"))?;
            let after = tx.optional(count, &[], |row| row.int(0))?;
            Ok::<_, StoreError>((before, after))
        })
        .await
        .expect("read");
    assert_eq!(both, (Some(1), Some(1)));
    assert_eq!(get(&db, "b").await.as_deref(), Some("2"));
    let written = db.read("test.write", |tx| {
        tx.execute("DELETE FROM setting", &[])?;
        Ok::<_, StoreError>(())
    });
    let written = written.await;
    assert!(written.is_err());
    let panicked = db
        .read("test.panic", |tx| -> Result<(), StoreError> {
            tx.optional("SELECT count(*) FROM setting", &[], |row| row.int(0))?;
            panic!("on purpose")
        })
        .await;
    assert!(matches!(panicked, Err(StoreError::Panicked { .. })), "{panicked:?}");
    for _ in 0..8 {
        assert_eq!(get(&db, "a").await.as_deref(), Some("1"));
    }
}

async fn a_commit_tells_what_it_touched(scratch: &Scratch) {
    let db = scratch.open();
    let mut changes = db.changes();
    let before = changes.borrow_and_update().clone();
    let touch = |keep: bool| {
        db.write("test.touch", move |tx| {
            tx.touch(Topic::Price)?;
            tx.touch(Topic::Stock)?;
            if keep { Ok(()) } else { Err(StoreError::Locked) }
        })
    };
    assert!(touch(false).await.is_err());
    assert!(!changes.has_changed().expect("open"), "nothing was kept");
    touch(true).await.expect("written");
    changes.changed().await.expect("told");
    let after = changes.borrow_and_update().clone();
    assert_eq!(after.of(Topic::Price), before.of(Topic::Price) + 1);
    assert_eq!(after.of(Topic::Stock), before.of(Topic::Stock) + 1);
    assert_eq!(after.of(Topic::Market), before.of(Topic::Market));
    let facts = db.read("test.facts", fact::versions).await.expect("read");
    assert_eq!((facts.of(Topic::Price), facts.of(Topic::Market)), (1, 0));
}

async fn the_schema_is_known_before_and_after(scratch: &Scratch) {
    let newest = kontor_store::MIGRATIONS.last().expect("some").number;
    assert_eq!(schema_version(scratch.place()).expect("none yet"), 0);
    // Several processes that start at once bring the schema forward once.
    let (place, mut tasks) = (scratch.place().clone(), tokio::task::JoinSet::new());
    for _ in 0..if scratch.is_postgres() { 4 } else { 1 } {
        let options = Options { readers: 1, ..Options::new(place.clone()) };
        tasks.spawn_blocking(move || Db::open(&options).map(drop));
    }
    while let Some(opened) = tasks.join_next().await {
        opened.expect("no panic").expect("opened");
    }
    assert_eq!(schema_version(scratch.place()).expect("read"), newest);
}

async fn a_newer_schema_is_refused_and_an_older_one_named(scratch: &Scratch) {
    let unmade = Db::open(&Options { migrate: false, ..scratch.options() });
    assert!(matches!(unmade, Err(StoreError::OlderSchema { found: 0, .. })), "{unmade:?}");
    let db = scratch.open();
    db.write("test.future", |tx| {
        tx.execute("INSERT INTO schema_migration (number, name) VALUES (9999, 'future')", &[])?
            .rows()
    })
    .await
    .expect("a row from the future");
    db.close().await;
    for migrate in [true, false] {
        let newer = Db::open(&Options { migrate, ..scratch.options() });
        assert!(matches!(newer, Err(StoreError::NewerSchema { found: 9999, .. })), "{newer:?}");
    }
}
