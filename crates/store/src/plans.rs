//! Which index a list walks. Without statistics SQLite now and then takes an index that has the right
//! order and finds a rare thing only at its end; where that was seen or is near, its plan is asked for.

use tempfile::TempDir;

use crate::customer::{WAITING_ADDRESSES, WAITING_COUNTS, WAITING_DUE, WAITING_OF_CUSTOMER};
use crate::hook;
use crate::install::stay::CHANGED_UNITS;
use crate::job;
use crate::order::list::{IN_STATE, LETTER_GIVEN_UP, OLDEST_IN_STATE};
use crate::reseller::ByWords;
use crate::sale::batch::LAST_CLAIM;
use crate::staff::account::BY_NAME;
use crate::staff::key::NEWEST_KEYS;
use crate::staff::log_search as log;
use crate::staff::proposal::{ABOUT, NEXT_MARKET, NEXT_RIGHT, OF_AUTHOR, OF_RIGHT};
use crate::stock::{INTO, OUT_OF, RECEIVED};
use crate::terms::{Kind, Statements};
use crate::{Db, Options, sale, values};

const RESELLERS: Statements = <ByWords as Kind>::ON;

#[tokio::test]
async fn lists_walk_the_index_that_was_made_for_them() {
    let folder = TempDir::new().expect("a folder");
    let db = Db::open(&Options::new(folder.path().join("kontor.db"))).expect("it opens");
    for (statement, bound, index) in [
        (IN_STATE, 5, "order_head_by_market_state"),
        (OLDEST_IN_STATE, 5, "order_head_by_market_state"),
        (OUT_OF, 3, "stock_transfer_by_from"),
        (INTO, 3, "stock_transfer_by_to"),
        (ABOUT, 2, "staff_proposal_by_subject"),
        (BY_NAME, 3, "staff_account_by_name"),
        (NEWEST_KEYS, 2, "staff_key_by_id"),
        (job::GIVEN_UP_IN, 2, "job_given_up_by_market"),
        (hook::IN_STATE, 4, "hook_delivery_by_state"),
        (log::NEWEST, 3, "sqlite_autoindex_staff_log_1"),
        (log::BY_SUBJECT, 9, "staff_log_by_subject"),
        (log::BY_ACCOUNT, 9, "staff_log_by_account"),
        (log::BY_MARKET, 9, "staff_log_by_market"),
        (log::BY_ACT, 9, "staff_log_by_act"),
        (log::SUBJECT_PART, 4, "COVERING INDEX staff_log_by_subject"),
        (log::ACCOUNT_PART, 4, "COVERING INDEX staff_log_by_account"),
        (log::MARKET_PART, 4, "COVERING INDEX staff_log_by_market"),
        (log::ACT_PART, 4, "COVERING INDEX staff_log_by_act"),
        (WAITING_DUE, 2, "customer_waiting_by_due"),
        (WAITING_OF_CUSTOMER, 1, "customer_waiting_by_customer"),
        (WAITING_COUNTS, 1, "COVERING INDEX customer_waiting_by_confirmed"),
        (NEXT_MARKET, 2, "COVERING INDEX staff_proposal_by_right"),
        (NEXT_RIGHT, 3, "COVERING INDEX staff_proposal_by_right"),
        (OF_RIGHT, 8, "COVERING INDEX staff_proposal_by_right"),
        (OF_AUTHOR, 7, "COVERING INDEX staff_proposal_by_author"),
        (LAST_CLAIM, 1, "sqlite_autoindex_sale_claim_1"),
        (sale::IN_STATE, 2, "sale_by_state"),
        (RESELLERS.exact, 4, "sqlite_autoindex_reseller_term_1"),
        (RESELLERS.from, 5, "sqlite_autoindex_reseller_term_1"),
        (RESELLERS.forget, 1, "reseller_term_by_reseller"),
        (RECEIVED, 2, "stock_transfer_received"),
    ] {
        let asked: &'static str = format!("EXPLAIN QUERY PLAN {statement}").leak();
        // What is bound does not matter: a plan is made once for all values.
        let plan = db.read("test.plan", move |tx| {
            let values = values!["", "", "", "", "", "", "", "", ""];
            tx.query(asked, &values[..bound], |row| row.text(3))
        });
        let plan = plan.await;
        let plan = plan.expect("planned").join("; ");
        assert!(plan.contains(index), "{statement}: {plan}");
        assert!(!plan.contains("TEMP B-TREE"), "{statement} is sorted: {plan}");
    }
}

/// What counts different things has to remember them, and needs no more than the index for it.
#[tokio::test]
async fn counts_read_no_rows() {
    let folder = TempDir::new().expect("a folder");
    let db = Db::open(&Options::new(folder.path().join("kontor.db"))).expect("it opens");
    for (statement, bound, indexes) in [
        (WAITING_ADDRESSES, 18, &["COVERING INDEX customer_waiting_by_confirmed"][..]),
        (CHANGED_UNITS, 1, &["stock_unit_change USING", "INDEX stock_serial_by_device"]),
    ] {
        let asked: &'static str = format!("EXPLAIN QUERY PLAN {statement}").leak();
        let plan = db.read("test.plan", move |tx| {
            let values: Vec<_> = std::iter::repeat_n("", bound).map(crate::Value::from).collect();
            tx.query(asked, &values, |row| row.text(3))
        });
        let plan = plan.await.expect("planned").join("; ");
        for index in indexes {
            assert!(plan.contains(index), "{statement}: {plan}");
        }
    }
}

/// Orders with a letter that was given up are sorted, and are few: it begins at the letters, whose state is
/// in an index, and asks an index for each order.
#[tokio::test]
async fn orders_of_letters_are_found_from_the_letters() {
    let folder = TempDir::new().expect("a folder");
    let db = Db::open(&Options::new(folder.path().join("kontor.db"))).expect("it opens");
    let asked: &'static str = format!("EXPLAIN QUERY PLAN {LETTER_GIVEN_UP}").leak();
    let plan = db
        .read("test.plan", move |tx| tx.query(asked, values!["", "", ""], |row| row.text(3)))
        .await
        .expect("planned")
        .join("; ");
    for step in ["SEARCH mail_letter USING INDEX mail_letter_by_due", "(market=? AND id=?)"] {
        assert!(plan.contains(step), "{step}: {plan}");
    }
}
