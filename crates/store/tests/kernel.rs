//! The promises of the store's machinery, against a real database file.

use std::path::Path;

use kontor_store::{Db, Options, StoreError, Value, backup, restore, values};
use tempfile::TempDir;

fn open(dir: &Path) -> Db {
    Db::open(&Options::new(dir.join("kontor.db"))).expect("a new database opens")
}

async fn put(db: &Db, name: &str, value: &str) -> Result<(), StoreError> {
    let (name, value) = (name.to_owned(), value.to_owned());
    db.write("test.put", move |tx| {
        tx.execute("INSERT INTO setting (name, value) VALUES ($1, $2)", values![&name, &value])?;
        Ok(())
    })
    .await
}

async fn get(db: &Db, name: &str) -> Option<String> {
    let name = name.to_owned();
    db.read("test.get", move |tx| {
        tx.optional("SELECT value FROM setting WHERE name = $1", values![&name], |row| row.text(0))
    })
    .await
    .expect("a read works")
}

#[tokio::test]
async fn an_answered_write_is_there_after_opening_again() {
    let dir = TempDir::new().expect("a folder");
    let db = open(dir.path());
    put(&db, "a", "1").await.expect("written");
    db.close().await;
    assert!(matches!(put(&db, "b", "2").await, Err(StoreError::Closed)));
    let again = open(dir.path());
    assert_eq!(get(&again, "a").await.as_deref(), Some("1"));
    assert_eq!(get(&again, "b").await, None);
}

#[tokio::test]
async fn a_failing_or_panicking_closure_of_a_batch_is_rolled_back_alone() {
    let dir = TempDir::new().expect("a folder");
    let db = open(dir.path());
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

#[tokio::test]
async fn a_full_disk_fails_the_whole_batch_and_loses_nothing_answered() {
    let dir = TempDir::new().expect("a folder");
    let db = open(dir.path());
    put(&db, "before", "kept").await.expect("written");
    // The database's own limit on pages behaves like a full disk, without filling one.
    db.write("test.limit", |tx| {
        tx.optional("PRAGMA max_page_count = 1", &[], |_| Ok(()))?;
        Ok::<_, StoreError>(())
    })
    .await
    .expect("the limit is set");
    let big = "x".repeat(4_000_000);
    let answer = put(&db, "big", &big).await;
    assert!(matches!(answer, Err(StoreError::DiskFull)), "{answer:?}");
    assert_eq!(get(&db, "before").await.as_deref(), Some("kept"));
    assert_eq!(get(&db, "big").await, None);
    // Room again: the writer goes on.
    db.write("test.limit", |tx| {
        tx.optional("PRAGMA max_page_count = 1000000", &[], |_| Ok(()))?;
        Ok::<_, StoreError>(())
    })
    .await
    .expect("the limit is lifted");
    put(&db, "after", "kept").await.expect("written");
}

#[test]
fn a_damaged_file_and_a_folder_are_refused_with_a_clear_line() {
    let dir = TempDir::new().expect("a folder");
    let path = dir.path().join("kontor.db");
    std::fs::write(
        &path,
        "this is not a database at all, but long enough to be looked at".repeat(99),
    )
    .expect("written");
    let error = Db::open(&Options::new(&path)).expect_err("not a database");
    assert!(matches!(error, StoreError::Damaged(_)), "{error:?}");
    assert!(Db::open(&Options::new(dir.path())).is_err(), "a folder is no database");
}

#[tokio::test]
async fn a_backup_is_taken_while_writes_go_on_and_can_be_put_back() {
    let dir = TempDir::new().expect("a folder");
    let db = open(dir.path());
    put(&db, "first", "1").await.expect("written");
    let writing = {
        let db = db.clone();
        tokio::spawn(async move {
            for i in 0..200 {
                put(&db, &format!("during{i}"), "x").await.expect("written");
            }
        })
    };
    let copy = dir.path().join("copy.db");
    let (from, to) = (db.path().to_owned(), copy.clone());
    tokio::task::spawn_blocking(move || backup(&from, &to, |_, _| ()).expect("copied"))
        .await
        .expect("the copy ends");
    writing.await.expect("writes end");
    assert!(backup(db.path(), &copy, |_, _| ()).is_err(), "nothing is overwritten");
    let place = dir.path().join("restored.db");
    restore(&copy, &place).expect("put back");
    let again = Db::open(&Options::new(&place)).expect("opens");
    assert_eq!(get(&again, "first").await.as_deref(), Some("1"));
}

#[tokio::test]
async fn many_rows_go_in_at_once_and_none_when_one_is_refused() {
    let dir = TempDir::new().expect("a folder");
    let db = open(dir.path());
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
