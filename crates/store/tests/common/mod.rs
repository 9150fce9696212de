//! The smallest things that can be written and read.

#![allow(dead_code, reason = "each test file is a program of its own and uses a part of this")]

use kontor_store::{Db, StoreError, values};

pub(crate) async fn put(db: &Db, name: &str, value: &str) -> Result<(), StoreError> {
    let (name, value) = (name.to_owned(), value.to_owned());
    db.write("test.put", move |tx| {
        tx.execute("INSERT INTO setting (name, value) VALUES ($1, $2)", values![&name, &value])?;
        Ok(())
    })
    .await
}

pub(crate) async fn get(db: &Db, name: &str) -> Option<String> {
    let name = name.to_owned();
    db.read("test.get", move |tx| {
        tx.optional("SELECT value FROM setting WHERE name = $1", values![&name], |row| row.text(0))
    })
    .await
    .expect("a read works")
}
