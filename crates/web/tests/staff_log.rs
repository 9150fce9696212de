//! The log of what staff did through HTTP: every filter, every combination, and a file of all of it.

mod common;

use common::desk::Browser;
use common::{Answer, Api};
use kontor_base::Instant;
use kontor_base::id::StaffId;
use kontor_shop::staff::accounts;
use kontor_store::staff::log::{self, Entry};

/// What one entry says.
#[derive(Clone)]
struct Did {
    act: &'static str,
    market: &'static str,
    subject: &'static str,
    account: Option<StaffId>,
    day: &'static str,
}

/// Writes entries down, each a second after the one before, on its day.
async fn write(api: &Api, did: Vec<Did>) {
    api.shop
        .db
        .write("test.log", move |tx| {
            for (number, did) in (0..).zip(&did) {
                let day = did.day.parse().expect("a day");
                let made_at = Instant::start_of(day).plus_seconds(number);
                let mut id = [7; 16];
                let micros = u64::try_from(made_at.micros()).expect("after 1970");
                id[..8].copy_from_slice(&micros.to_be_bytes());
                let entry = Entry {
                    id,
                    made_at,
                    account: did.account,
                    person: "Somebody".to_owned(),
                    act: did.act.to_owned(),
                    market: did.market.to_owned(),
                    subject: did.subject.to_owned(),
                    was: String::new(),
                    is_now: format!("entry-{number}."),
                    reason: String::new(),
                };
                log::append(tx, &entry)?;
            }
            Ok::<_, kontor_store::StoreError>(())
        })
        .await
        .expect("written");
}

/// The numbers of the entries that an answer tells of, in its order.
fn told(answer: &Answer) -> Vec<u32> {
    let numbers = answer.text.split("entry-").skip(1);
    numbers.map(|rest| rest.split('.').next().expect("a number").parse().expect("one")).collect()
}

#[tokio::test]
async fn the_log_is_filtered_by_each_thing_and_by_all_together() {
    let api = Api::open().await;
    let olga = Browser::hire(&api, "olga", &["owner@*"]).await;
    let ben = Browser::hire(&api, "ben", &["reader@us"]).await;
    let all = accounts(&api.shop).await.expect("read");
    let id = |email: &str| all.iter().find(|known| known.email.as_str() == email).map(|own| own.id);
    let (his, hers) = (id(&ben.email), id(&olga.email));
    assert!(his.is_some() && hers.is_some());
    let base =
        Did { act: "price.set", market: "us", subject: "SKU-1", account: his, day: "2014-03-01" };
    let of = |market, day| Did { market, day, ..base.clone() };
    write(
        &api,
        vec![
            base.clone(),
            Did { act: "price.plan", ..base.clone() },
            Did { subject: "SKU-2", ..base.clone() },
            Did { account: hers, ..base.clone() },
            of("de", "2014-03-01"),
            of("", "2014-03-01"),
            of("us", "2014-03-02"),
            of("us", "2014-03-03"),
        ],
    )
    .await;
    let mine = "&from=2014-01-01&until=2014-12-31";
    for (query, wanted) in [
        ("", vec![7, 6, 5, 4, 3, 2, 1, 0]),
        ("act=price.set", vec![7, 6, 5, 4, 3, 2, 0]),
        ("act=price.p", vec![1]),
        ("subject=SKU-2", vec![2]),
        ("person=olga@maker.example", vec![3]),
        ("person=Ben@maker.example", vec![7, 6, 5, 4, 2, 1, 0]),
        ("market=us", vec![7, 6, 3, 2, 1, 0]),
        ("market=de", vec![4]),
        ("market=fr", vec![]),
        ("market=us&act=price.plan", vec![1]),
        ("market=de&act=price.plan", vec![]),
        ("market=us&subject=SKU-2&person=ben@maker.example&act=price.", vec![2]),
        ("market=us&subject=SKU-2&person=olga@maker.example&act=price.", vec![]),
        ("market=us&subject=SKU-1&person=olga@maker.example", vec![3]),
    ] {
        let page = olga.get(&format!("/admin/log?{query}{mine}")).await.expect(200);
        assert_eq!(told(&page), wanted, "{query}: {}", page.text);
        let file = olga.get(&format!("/admin/log.csv?{query}{mine}")).await.expect(200);
        assert_eq!(told(&file), wanted, "{query}: {}", file.text);
    }
    // A day is whole, and both ends belong to what is asked for.
    for (query, wanted) in [
        ("from=2014-03-02&until=2014-03-02", vec![6]),
        ("from=2014-03-02&until=2014-03-03", vec![7, 6]),
        ("until=2014-03-01", vec![5, 4, 3, 2, 1, 0]),
        ("from=2014-03-03&until=2014-03-02", vec![]),
        ("from=2014-03-02&until=2014-03-02&market=us&act=price.", vec![6]),
        ("from=2014-03-02&until=2014-03-03&market=de", vec![]),
        ("from=yesterday&until=2014-03-01&market=de", vec![4]),
    ] {
        let page = olga.get(&format!("/admin/log?{query}")).await.expect(200);
        assert_eq!(told(&page), wanted, "{query}: {}", page.text);
    }
    // The form keeps what was asked for.
    let page = olga.get("/admin/log?market=de&from=2014-03-01&act=price.").await.expect(200);
    for kept in [
        "<option value=\"de\" selected>",
        "name=\"from\" type=\"date\" value=\"2014-03-01\"",
        "/admin/log.csv?act=price.&amp;market=de&amp;from=2014-03-01",
    ] {
        let kept = kept.replace("&amp;", "&#38;");
        assert!(page.text.contains(&kept), "{kept}: {}", page.text);
    }
}

#[tokio::test]
async fn the_file_goes_on_exactly_where_a_block_ends() {
    const MANY: u32 = 2_345;
    let api = Api::open().await;
    let olga = Browser::hire(&api, "olga", &["owner@*"]).await;
    let did =
        Did { act: "stock.book", market: "us", subject: "SKU-1", account: None, day: "2014-03-01" };
    write(&api, vec![did; MANY as usize]).await;
    let file = olga.get("/admin/log.csv?act=stock.book&market=us").await.expect(200);
    assert_eq!(told(&file), (0..MANY).rev().collect::<Vec<_>>());
    assert!(file.text.starts_with("entry,at,person,act,market,subject,"), "one head, in front");
    assert_eq!(file.text.matches("entry,at,").count(), 1);
    assert_eq!(file.text.lines().count() as u32, MANY + 1);
    assert!(file.header("content-disposition").contains("staff-log.csv"));
    assert_eq!(file.header("cache-control"), "no-store");
    // From any entry on: what is older than it, and not itself.
    let row = file.text.lines().nth(1_500).expect("a row");
    let place = row.split('"').nth(1).expect("an id");
    let rest = olga.get(&format!("/admin/log.csv?act=stock.book&after={place}")).await.expect(200);
    assert_eq!(told(&rest), (0..MANY - 1_500).rev().collect::<Vec<_>>());
    // Page by page it is the same.
    let (mut pages, mut path) = (Vec::new(), "/admin/log?act=stock.book&market=us".to_owned());
    loop {
        let page = olga.get(&path).await.expect(200);
        pages.extend(told(&page));
        let Some(next) =
            page.text.split("\" rel=\"next\"").next().filter(|t| t.len() < page.text.len())
        else {
            break;
        };
        let next = next.rsplit("href=\"").next().expect("an address");
        path = next.replace("&#38;", "&").replace("&amp;", "&");
    }
    assert_eq!(pages, told(&file));
}

#[tokio::test]
async fn whoever_is_not_everywhere_reads_no_log_of_any_market() {
    let api = Api::open().await;
    let did =
        Did { act: "price.set", market: "us", subject: "SKU-1", account: None, day: "2014-03-01" };
    write(&api, vec![did]).await;
    let mia = Browser::hire(&api, "mia", &["market_manager@us"]).await;
    // An owner of one market is none of the log: it holds everywhere.
    let otto = Browser::hire(&api, "otto", &["owner@us"]).await;
    for person in [&mia, &otto] {
        for query in ["", "?market=us", "?market=de", "?market=us&from=2014-03-01&act=price."] {
            for path in ["/admin/log", "/admin/log.csv"] {
                let answer = person.get(&format!("{path}{query}")).await.expect(403);
                assert!(told(&answer).is_empty(), "{}", answer.text);
            }
        }
    }
}
