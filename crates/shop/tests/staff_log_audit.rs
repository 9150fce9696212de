//! The staff's log is what was written: an untouched one is found clean, and whoever changes one, with or without
//! the foreign keys in the way, is found by `kontor audit`, which names the entry.

use std::slice;
use std::sync::Arc;

use kontor_base::{Clock, Instant, Language, Random, SecretKey, hex, id};
use kontor_scratch::{Scratch, on_both_databases};
use kontor_shop::audit::{LogAudit, LogFinding, LogProof, audit};
use kontor_shop::staff::{
    AddCommand, Chained, ChangeCommand, LogKey, LogMark, LogQuery, add, chain_log, change, entries,
};
use kontor_shop::{Policy, Shop};
use kontor_store::staff::log::Entry;
use kontor_store::staff::log_chain::last;
use kontor_store::staff::log_seal::digest;

on_both_databases!(
    an_untouched_log_is_clean_before_and_after_it_is_chained,
    whoever_changes_a_text_is_found,
    whoever_goes_past_the_keys_is_found,
    whoever_seals_a_changed_entry_anew_is_found,
    an_entry_that_is_gone_with_its_seal_is_missed,
    entries_from_before_the_seals_are_sealed_once,
    a_log_of_many_pages_is_chained_page_by_page,
);

/// The schema before the one that has seals.
const BEFORE_THE_SEALS: i64 = 42;

struct House<'s> {
    scratch: &'s Scratch,
    shop: Arc<Shop>,
}

impl<'s> House<'s> {
    async fn open(scratch: &'s Scratch) -> Self {
        let clock = Clock::fixed(Instant::start_of("2026-11-23".parse().expect("a day")));
        let secret = SecretKey::from_bytes([3; 32]);
        let opened =
            Shop::open(scratch.open(), clock, Random::System, &secret, Policy::default()).await;
        Self { scratch, shop: Arc::new(opened.expect("it opens")) }
    }

    /// Makes an account: an entry each.
    async fn hires(&self, names: &[&str]) {
        for name in names {
            let command = AddCommand {
                name: (*name).to_owned(),
                email: format!("{name}@maker.example"),
                language: Language::En,
                held: vec!["reader@*".parse().expect("a role")],
            };
            add(&self.shop, command).await.expect("a new account");
            // Entries of one moment have no order.
            self.shop.clock.advance_seconds(1);
        }
    }

    async fn chains(&self) -> Chained {
        chain_log(&self.shop).await.expect("chained")
    }

    /// The log, the oldest first.
    async fn log(&self) -> Vec<Entry> {
        let mut page = entries(&self.shop, LogQuery::default(), 1_000).await.expect("read").entries;
        page.reverse();
        page
    }

    /// The entry about somebody, as a literal of the database.
    async fn about(&self, name: &str) -> (Entry, String) {
        let subject = format!("{name}@maker.example");
        let found = self.log().await.into_iter().find(|entry| entry.subject == subject);
        let found = found.expect("an entry");
        let literal = self.scratch.bytes(&hex(&found.id));
        (found, literal)
    }

    async fn audited_with(&self, proof: LogProof) -> LogAudit {
        audit(&self.shop.db, proof, |_| ()).await.expect("audited").log
    }

    async fn audited(&self) -> LogAudit {
        self.audited_with(LogProof::by(self.shop.keys.log())).await
    }

    fn as_operator(&self, sql: &str) {
        self.scratch.try_as_operator(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
}

fn found(entry: &Entry, number: i64, problem: &str) -> LogFinding {
    LogFinding {
        entry: Some(id::encode(entry.id)),
        number: Some(number),
        problem: problem.to_owned(),
    }
}

async fn an_untouched_log_is_clean_before_and_after_it_is_chained(scratch: &Scratch) {
    let house = House::open(scratch).await;
    assert_eq!(house.audited().await, LogAudit { proven: true, ..LogAudit::default() });
    house.hires(&["ana", "ben", "cleo"]).await;
    let roles = Some(vec!["support@us".parse().expect("a role")]);
    let command = ChangeCommand { email: "ben@maker.example".to_owned(), held: roles, state: None };
    change(&house.shop, command).await.expect("changed");
    let before = house.audited().await;
    assert!(before.is_clean(), "{before:?}");
    assert_eq!((before.entries, before.waiting, before.mark), (4, 4, None));

    assert_eq!(house.chains().await, Chained { entries: 4, sealed_later: 0 });
    assert_eq!(house.chains().await, Chained::default(), "once");
    let after = house.audited().await;
    assert!(after.is_clean() && after.proven, "{after:?}");
    assert_eq!((after.entries, after.waiting, after.sealed_later), (4, 0, 0));

    // The mark of today is still met tomorrow.
    let mark: LogMark = after.mark.expect("an end").parse().expect("a mark");
    house.hires(&["dora"]).await;
    house.chains().await;
    let marked = |mark| LogProof { mark: Some(mark), ..LogProof::by(house.shop.keys.log()) };
    assert!(house.audited_with(marked(mark)).await.is_clean());
    let other = LogMark { begin: [0; 16], ..mark };
    assert!(!house.audited_with(marked(other)).await.is_clean());

    // Without the key the links are not proven, and said not to be; with another one, none is right.
    let unproven = house.audited_with(LogProof::default()).await;
    assert!(unproven.is_clean() && !unproven.proven);
    let other = LogKey::new(&SecretKey::from_bytes([4; 32]));
    let findings = house.audited_with(LogProof::by(&other)).await.findings;
    assert_eq!(findings.len(), 5, "{findings:?}");
    assert!(findings.iter().all(|found| found.problem.contains("the shop's key")), "{findings:?}");
}

async fn whoever_changes_a_text_is_found(scratch: &Scratch) {
    let house = House::open(scratch).await;
    house.hires(&["ana", "ben", "cleo"]).await;
    house.chains().await;
    let (ben, literal) = house.about("ben").await;
    for column in ["was", "is_now", "reason"] {
        let set = |value: &str| {
            house.as_operator(&format!(
                "UPDATE staff_log SET {column} = {value} WHERE id = {literal}"
            ));
        };
        set(&format!("{column} || ' or not'"));
        let changed = found(&ben, 2, "it was changed after it was sealed: was, is_now or reason");
        // The database alone shows it: nobody needs the key for that.
        for proof in [LogProof::by(house.shop.keys.log()), LogProof::default()] {
            assert_eq!(
                house.audited_with(proof).await.findings,
                slice::from_ref(&changed),
                "{column}"
            );
        }
        set(&format!("substr({column}, 1, length({column}) - 7)"));
        assert!(house.audited().await.is_clean());
    }
}

async fn whoever_goes_past_the_keys_is_found(scratch: &Scratch) {
    let house = House::open(scratch).await;
    house.hires(&["ana", "ben", "cleo"]).await;
    house.chains().await;
    let (ben, literal) = house.about("ben").await;
    let was = scratch.bytes(&hex(&digest(&ben)));
    let (account, none) = (scratch.bytes(&"07".repeat(16)), scratch.bytes(""));
    for (column, value, back) in [
        ("account", account.as_str(), none.as_str()),
        ("person", "'Eve'", "'operator'"),
        ("act", "'staff.change'", "'staff.add'"),
        ("market", "'us'", "''"),
        ("subject", "'eve@maker.example'", "'ben@maker.example'"),
        ("digest", &account, &was),
        ("made_at", "made_at + 1", "made_at - 1"),
    ] {
        let sql = |value| format!("UPDATE staff_log SET {column} = {value} WHERE id = {literal}");
        assert!(scratch.try_as_operator(&sql(value)).is_err(), "{column} was changed");
        scratch.past_the_keys(&sql(value));
        let findings = house.audited().await.findings;
        let changed = format!("it was changed after it was sealed: {column}");
        assert_eq!(findings[0], found(&ben, 2, &changed));
        scratch.past_the_keys(&sql(back));
        assert_eq!(house.audited().await.findings, [], "{column} is as it was");
    }
}

async fn whoever_seals_a_changed_entry_anew_is_found(scratch: &Scratch) {
    let house = House::open(scratch).await;
    house.hires(&["ana", "ben", "cleo"]).await;
    house.chains().await;
    let (ben, literal) = house.about("ben").await;
    let forged = Entry { subject: "eve@maker.example".to_owned(), ..ben.clone() };
    let (was, is_now) = (digest(&ben), digest(&forged));
    let (was, is_now) = (scratch.bytes(&hex(&was)), scratch.bytes(&hex(&is_now)));
    // Everything that can be worked out without the key: the entry, its digest and its seal agree.
    let set = |subject: &str, digest: &str| {
        for table in ["staff_log", "staff_log_seal"] {
            scratch.past_the_keys(&format!(
                "UPDATE {table} SET subject = '{subject}', digest = {digest} WHERE id = {literal}"
            ));
        }
    };
    set("eve@maker.example", &is_now);
    let anew = found(&ben, 2, "its seal is not the one that was put into the chain");
    assert_eq!(house.audited().await.findings, slice::from_ref(&anew));
    assert_eq!(house.audited_with(LogProof::default()).await.findings, [anew]);
    // The chain as well, as far as it goes.
    let chain = |digest: &str| {
        house.as_operator(&format!(
            "UPDATE staff_log_chain SET digest = {digest} WHERE entry = {literal}"
        ));
    };
    chain(&is_now);
    let link = found(&ben, 2, "its link was not made with the shop's key");
    assert_eq!(house.audited().await.findings, [link]);
    set("ben@maker.example", &was);
    chain(&was);
    assert!(house.audited().await.is_clean());

    // The last one: out of the chain, changed, and laid before the keeper as if it were old.
    let (cleo, literal) = house.about("cleo").await;
    house.as_operator(&format!("DELETE FROM staff_log_chain WHERE entry = {literal}"));
    let out = house.audited().await.findings;
    let problem = "it is not in the chain, and does not wait for it".to_owned();
    assert_eq!(out, [LogFinding { entry: Some(id::encode(cleo.id)), number: None, problem }]);
    house.as_operator(&format!("DELETE FROM staff_log_seal WHERE id = {literal}"));
    house.as_operator(&format!(
        "UPDATE staff_log SET act = 'staff.change', digest = NULL WHERE id = {literal};
         INSERT INTO staff_log_unchained (id, sealed) VALUES ({literal}, 0)"
    ));
    house.shop.clock.advance_seconds(86_400);
    assert_eq!(house.chains().await, Chained { entries: 1, sealed_later: 1 });
    let anew = found(&cleo, 3, "it was sealed anew, after it was written");
    assert_eq!(house.audited().await.findings, [anew]);
}

async fn an_entry_that_is_gone_with_its_seal_is_missed(scratch: &Scratch) {
    let house = House::open(scratch).await;
    house.hires(&["ana", "ben", "cleo", "dora"]).await;
    house.chains().await;
    let mark = house.audited().await.mark.expect("an end").parse().expect("a mark");
    let remove = |literal: &str| {
        house.as_operator(&format!(
            "DELETE FROM staff_log_chain WHERE entry = {literal};
             DELETE FROM staff_log_seal WHERE id = {literal};
             DELETE FROM staff_log WHERE id = {literal}"
        ));
    };
    remove(&house.about("ben").await.1);
    let missing = |number, problem: &str| LogFinding {
        entry: None,
        number: Some(number),
        problem: problem.to_owned(),
    };
    let two = missing(2, "this link was taken out");
    assert_eq!(house.audited().await.findings, slice::from_ref(&two));
    // The end of the log is missed by whoever kept its mark.
    remove(&house.about("dora").await.1);
    assert_eq!(house.audited().await.findings, slice::from_ref(&two));
    let marked = LogProof { mark: Some(mark), ..LogProof::by(house.shop.keys.log()) };
    let end = missing(4, "the mark is of this link, and the chain has none; it ends with 3");
    assert_eq!(house.audited_with(marked).await.findings, [two, end]);
    // An entry alone, past the keys.
    let (ana, literal) = house.about("ana").await;
    scratch.past_the_keys(&format!("DELETE FROM staff_log WHERE id = {literal}"));
    let findings = house.audited().await.findings;
    assert_eq!(findings[0].entry, Some(id::encode(ana.id)));
    assert_eq!(findings[0].problem, "its seal is there, and the entry is not");
    scratch.past_the_keys(&format!("DELETE FROM staff_log_seal WHERE id = {literal}"));
    let findings = house.audited().await.findings;
    assert_eq!(findings[0], found(&ana, 1, "it was taken out, and its seal with it"));
}

async fn entries_from_before_the_seals_are_sealed_once(scratch: &Scratch) {
    scratch.bring_to(BEFORE_THE_SEALS);
    for number in 1..=3 {
        let id = scratch.bytes(&format!("0{number}").repeat(16));
        let account = if number == 2 { "NULL".to_owned() } else { scratch.bytes(&"09".repeat(16)) };
        scratch
            .try_as_operator(&format!(
                "INSERT INTO staff_log (id, made_at, account, person, act, market, subject, was,
                     is_now)
                 VALUES ({id}, {number}, {account}, 'Ana', 'order.cancel', 'us', 'US-1', '', '')"
            ))
            .expect("written by an earlier release");
    }
    let house = House::open(scratch).await;
    // Somebody works before the keeper comes by.
    house.hires(&["ben"]).await;
    let read = house.log().await;
    let before = house.audited().await;
    assert!(before.is_clean(), "{before:?}");
    assert_eq!((before.entries, before.waiting, before.sealed_later), (4, 4, 0));
    assert_eq!(house.chains().await, Chained { entries: 4, sealed_later: 3 });
    assert_eq!(house.chains().await, Chained::default());
    let after = house.audited().await;
    assert!(after.is_clean(), "{after:?}");
    assert_eq!((after.entries, after.waiting, after.sealed_later), (4, 0, 3));
    assert_eq!(after.sealed_later_at, Some(house.shop.now()));
    assert_eq!(house.log().await, read, "they say what they said");
    for sql in [
        "DELETE FROM staff_log WHERE made_at = 2",
        "UPDATE staff_log SET person = 'Eve' WHERE made_at = 2",
        "UPDATE staff_log SET account = NULL WHERE made_at = 3",
    ] {
        assert!(scratch.try_as_operator(sql).is_err(), "{sql} was carried out");
    }
}

async fn a_log_of_many_pages_is_chained_page_by_page(scratch: &Scratch) {
    const MANY: u64 = 1_234;
    let house = House::open(scratch).await;
    let written = house.shop.db.write("test.log", |tx| {
        (0..MANY).try_for_each(|number| {
            let mut id = [0; 16];
            id[..8].copy_from_slice(&number.to_be_bytes());
            let entry = Entry {
                id,
                made_at: Instant::from_micros(i64::try_from(number).expect("small")),
                account: None,
                person: "Ana".to_owned(),
                act: "price.set".to_owned(),
                market: String::new(),
                subject: format!("SKU-{number}"),
                was: String::new(),
                is_now: "x".repeat(3_000),
                reason: String::new(),
            };
            kontor_store::staff::log::append(tx, &entry)
        })
    });
    written.await.expect("written");
    let (mut rounds, mut chained) = (0, 0);
    loop {
        let done = house.chains().await;
        (rounds, chained) = (rounds + 1, chained + done.entries);
        if !done.is_full() {
            break;
        }
    }
    assert_eq!((rounds, chained), (7, MANY));
    let end = house.shop.db.read("test.last", last).await.expect("read").expect("an end");
    assert_eq!(end.number, i64::try_from(MANY).expect("small"));
    let report = house.audited().await;
    assert!(report.is_clean() && report.entries == MANY, "{report:?}");
    // The one that was changed, among all of them.
    house.as_operator("UPDATE staff_log SET is_now = 'x' WHERE subject = 'SKU-777'");
    let findings = house.audited().await.findings;
    assert_eq!((findings.len(), findings[0].number), (1, Some(778)), "{findings:?}");
}
