//! What only the embedded database promises: a full disk, a damaged file, a copy while it is used.

mod common;

use std::path::Path;

use kontor_store::{Db, Options, StoreError, backup, restore};
use tempfile::TempDir;

use common::{get, put};

fn open(dir: &Path) -> Db {
    Db::open(&Options::new(dir.join("kontor.db"))).expect("a new database opens")
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
    let (from, to) = (db.place().sqlite_path().expect("a file").to_owned(), copy.clone());
    tokio::task::spawn_blocking(move || backup(&from, &to, |_, _| ()).expect("copied"))
        .await
        .expect("the copy ends");
    writing.await.expect("writes end");
    assert!(
        backup(&dir.path().join("kontor.db"), &copy, |_, _| ()).is_err(),
        "nothing is overwritten"
    );
    let place = dir.path().join("restored.db");
    restore(&copy, &place).expect("put back");
    let again = Db::open(&Options::new(&place)).expect("opens");
    assert_eq!(get(&again, "first").await.as_deref(), Some("1"));
}
