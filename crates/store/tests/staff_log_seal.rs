//! The database itself refuses to change what staff did, whoever asks; what it cannot refuse is told by the
//! digest.

use kontor_base::Instant;
use kontor_base::id::StaffId;
use kontor_scratch::{Scratch, on_both_databases};
use kontor_store::staff::log::{self, Entry, KEY_BYTES_MAX};
use kontor_store::staff::log_chain::{self, Link, Waiting};
use kontor_store::staff::log_seal::{KeptEntry, Seal, entries_after, seal_later, without_entry};
use kontor_store::{Db, StoreError};

on_both_databases!(
    the_database_refuses_to_change_or_remove_an_entry,
    a_long_text_that_was_changed_is_told,
    what_is_in_a_key_fits_into_it_on_both_databases,
    entries_from_before_the_seals_wait_for_theirs_and_are_not_removed,
);

/// The schema before the one that has seals.
const BEFORE_THE_SEALS: i64 = 42;

fn entry(number: u8) -> Entry {
    Entry {
        id: [number; 16],
        made_at: Instant::from_micros(1_432_000_000_000_000 + i64::from(number)),
        account: number.is_multiple_of(2).then(|| StaffId::from_bytes([9; 16])),
        person: "Ana".to_owned(),
        act: "order.cancel".to_owned(),
        market: "us".to_owned(),
        subject: format!("US-{number}"),
        was: "state: paid".to_owned(),
        is_now: "state: cancelled".to_owned(),
        reason: "asked for it".to_owned(),
    }
}

async fn with_two(scratch: &Scratch) -> Db {
    let db = scratch.open();
    db.write("test.log", |tx| [entry(1), entry(2)].iter().try_for_each(|e| log::append(tx, e)))
        .await
        .expect("written");
    db
}

async fn kept(db: &Db) -> Vec<KeptEntry> {
    db.read("test.kept", |tx| entries_after(tx, None, 100)).await.expect("read")
}

async fn the_database_refuses_to_change_or_remove_an_entry(scratch: &Scratch) {
    let db = with_two(scratch).await;
    let written = kept(&db).await;
    assert_eq!(
        written.iter().map(|kept| kept.entry.clone()).collect::<Vec<_>>(),
        [entry(1), entry(2)]
    );
    for one in ["01", "02"] {
        let one = scratch.bytes(&one.repeat(16));
        let (other, none) = (scratch.bytes(&"07".repeat(16)), scratch.bytes(""));
        let changes = [
            format!("id = {other}"),
            "made_at = made_at + 1".to_owned(),
            format!("account = {other}"),
            // The first has no account, the second has one.
            format!("account = CASE WHEN length(account) = 0 THEN {other} ELSE {none} END"),
            "account = NULL".to_owned(),
            "person = 'Eve'".to_owned(),
            "act = 'order.edit'".to_owned(),
            "market = 'de'".to_owned(),
            "subject = 'US-7'".to_owned(),
            format!("digest = {other}"),
            "digest = NULL".to_owned(),
        ];
        for table in ["staff_log", "staff_log_seal"] {
            for change in &changes {
                let sql = format!("UPDATE {table} SET {change} WHERE id = {one}");
                assert!(scratch.try_as_operator(&sql).is_err(), "{sql} was carried out");
            }
        }
        let sql = format!("DELETE FROM staff_log WHERE id = {one}");
        assert!(scratch.try_as_operator(&sql).is_err(), "{sql} was carried out");
    }
    for sql in ["DELETE FROM staff_log", "UPDATE staff_log SET person = 'Eve'"] {
        assert!(scratch.try_as_operator(sql).is_err(), "{sql} was carried out");
    }
    assert_eq!(kept(&db).await, written);

    // In the chain the seal is held as well.
    db.write("test.chain", |tx| {
        let seal = Seal::of(&entry(1), entry(1).made_at);
        let link = Link { number: 1, entry: [1; 16], digest: seal.digest, link: [5; 32] };
        log_chain::append(tx, &link)
    })
    .await
    .expect("chained");
    let of_one = scratch.bytes(&"01".repeat(16));
    let sql = format!("DELETE FROM staff_log_seal WHERE id = {of_one}");
    assert!(scratch.try_as_operator(&sql).is_err(), "{sql} was carried out");
}

async fn a_long_text_that_was_changed_is_told(scratch: &Scratch) {
    let db = with_two(scratch).await;
    assert!(kept(&db).await.iter().all(|kept| kept.changed().is_empty()));
    for column in ["was", "is_now", "reason"] {
        let two = scratch.bytes(&"02".repeat(16));
        let set = |value: &str| {
            let sql = format!("UPDATE staff_log SET {column} = {value} WHERE id = {two}");
            scratch.try_as_operator(&sql).expect("a key has no room for it");
        };
        set(&format!("{column} || '.'"));
        let told: Vec<_> = kept(&db).await.iter().map(KeptEntry::changed).collect();
        assert_eq!(told, [vec![], vec!["was, is_now or reason"]], "{column}");
        set(&format!("substr({column}, 1, length({column}) - 1)"));
        assert!(kept(&db).await[1].changed().is_empty(), "{column} is as it was");
    }
    // Where the keys are out of the way, the seal still says which field it was.
    scratch.past_the_keys("UPDATE staff_log SET act = 'order.edit', subject = 'US-7'");
    for kept in kept(&db).await {
        assert_eq!(kept.changed(), ["act", "subject"]);
    }
    scratch.past_the_keys("DELETE FROM staff_log");
    let loose = db.read("test.loose", |tx| without_entry(tx, 10)).await.expect("read");
    assert_eq!(loose, [[1; 16], [2; 16]]);
}

async fn what_is_in_a_key_fits_into_it_on_both_databases(scratch: &Scratch) {
    let db = scratch.open();
    // Nothing that a database could make shorter.
    let noise: String = (0..KEY_BYTES_MAX as u32)
        .map(|i| char::from(b' ' + (i.wrapping_mul(2_654_435_761) >> 25) as u8 % 90))
        .collect();
    let with = move |number: u8, bytes: usize| {
        let short = entry(number);
        let others = short.person.len() + short.act.len() + short.market.len();
        Entry { subject: noise[..bytes - others].to_owned(), ..short }
    };
    let longest = with(1, KEY_BYTES_MAX);
    let too_long = with(2, KEY_BYTES_MAX).subject + "x";
    let wanted = longest.clone();
    db.write("test.longest", move |tx| log::append(tx, &longest)).await.expect("it fits");
    let refused = db
        .write("test.longer", move |tx| {
            log::append(tx, &Entry { subject: too_long.clone(), ..entry(2) })
        })
        .await;
    assert!(matches!(refused, Err(StoreError::BadRow { .. })), "{refused:?}");
    let kept = kept(&db).await;
    assert_eq!(kept.iter().map(|kept| &kept.entry).collect::<Vec<_>>(), [&wanted]);
}

async fn entries_from_before_the_seals_wait_for_theirs_and_are_not_removed(scratch: &Scratch) {
    scratch.bring_to(BEFORE_THE_SEALS);
    for number in ["03", "04"] {
        let id = scratch.bytes(&number.repeat(16));
        let account =
            if number == "03" { "NULL".to_owned() } else { scratch.bytes(&"09".repeat(16)) };
        let sql = format!(
            "INSERT INTO staff_log (id, made_at, account, person, act, market, subject, was, is_now,
                 reason)
             VALUES ({id}, 1432000000000000 + {number}, {account}, 'Ana', 'order.cancel', 'us',
                 'US-' || {number}, 'state: paid', 'state: cancelled', 'asked for it')"
        );
        scratch.try_as_operator(&sql).expect("written by an earlier release");
    }
    let db = with_two(scratch).await;
    let waiting = db.read("test.waiting", |tx| log_chain::waiting(tx, 10)).await.expect("read");
    let seal = |number| Some(Seal::of(&entry(number), entry(number).made_at));
    let wanted: Vec<Waiting> = [(3, None), (4, None), (1, seal(1)), (2, seal(2))]
        .into_iter()
        .map(|(number, seal)| Waiting { entry: entry(number), seal })
        .collect();
    assert_eq!(waiting, wanted, "what has no seal comes first");
    for old in ["03", "04"] {
        let id = scratch.bytes(&old.repeat(16));
        let removed = scratch.try_as_operator(&format!("DELETE FROM staff_log WHERE id = {id}"));
        assert!(removed.is_err(), "{old} was removed before it was sealed");
    }

    let sealed = db.write("test.seal", |tx| {
        [entry(3), entry(4)]
            .iter()
            .try_for_each(|entry| seal_later(tx, entry, &Seal::of(entry, Instant::from_micros(77))))
    });
    sealed.await.expect("sealed");
    for kept in kept(&db).await {
        assert!(kept.changed().is_empty() && kept.seal.is_some(), "{kept:?}");
    }
    for change in ["account = NULL", "act = 'order.edit'"] {
        for old in ["03", "04"] {
            let id = scratch.bytes(&old.repeat(16));
            let sql = format!("UPDATE staff_log SET {change} WHERE id = {id}");
            assert!(scratch.try_as_operator(&sql).is_err(), "{sql} was carried out");
        }
    }
}
