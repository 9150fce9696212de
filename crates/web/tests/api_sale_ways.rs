//! The other ways into a sale: a draw, codes that are passed on once, batches in the order of coming,
//! units that roll over; and the public report, which anybody can check and nobody can falsify.

mod common;

use std::collections::BTreeMap;

use common::sale::{
    TURN_OVER_S, a_definition, a_sale, books_agree, checked_out, enter, forward, give_up, keep,
    on_disk, status, until, wait, wish,
};
use common::{Answer, Api, Ask, ONE_BAND, order_body};
use kontor_base::id::SaleId;
use kontor_domain::sale::{Check, Noted, Outcome, Report, Rollover, Way, verify};
use kontor_shop::Failure;
use kontor_shop::audit::{LogProof, audit};
use kontor_shop::sale::{SetUp, SetUpRefusal, make_codes, set_beacon, set_up};
use serde_json::{Value, json};

async fn books(api: &Api) {
    books_agree(
        &audit(&api.shop.db, LogProof::by(api.shop.keys.log()), |_| {})
            .await
            .expect("the audit reads"),
    );
}

fn order_of(name: &str) -> Value {
    let mut body = order_body(ONE_BAND, "succeeds");
    body["contact"]["email"] = json!(format!("{name}@shop.example"));
    body["address"]["line1"] = json!(format!("{name} street"));
    body
}

/// Takes a unit, pays it, and lets the lot hear of it.
async fn buy(api: &Api, sale: SaleId, ticket: &str, name: &str) {
    let (_, held) = checked_out(api, sale, ticket).await;
    api.send(held.order(&order_of(name), "pay")).await.expect(201);
    keep(api).await;
}

async fn report_of(api: &Api, sale: SaleId) -> Report {
    let answer = api.send(Ask::get(&format!("/api/v1/sale/{sale}/report"))).await.expect(200);
    let report: Report = serde_json::from_str(&answer.text).expect("a report");
    report.accept().expect("a report of this layout")
}

async fn tickets(api: &Api, sale: SaleId, way: Way, names: &[&str]) -> BTreeMap<String, String> {
    let mut tickets = BTreeMap::new();
    for name in names {
        let ticket = enter(api, sale, way, &format!("{name}@shop.example")).await;
        tickets.insert((*name).to_owned(), ticket);
    }
    tickets
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draw_has_winners_and_a_line_behind_them() {
    let api = Api::open().await;
    let sale = a_sale(&api, &[(Way::Draw, 2)]).await;
    forward(&api, 5).await;
    let all = tickets(&api, sale, Way::Draw, &["ada", "bob", "eve", "mia"]).await;
    forward(&api, 200).await;
    let body =
        json!({"market": "us", "way": "draw", "email": "late@shop.example", "ship_to": "US"});
    let late = Ask::post(&format!("/api/v1/sale/{sale}/entry"), &body);
    api.send(late).await.problem(409, "sale.no_entries");
    let mut places = BTreeMap::new();
    for (name, ticket) in &all {
        let told = api.send(status(sale, ticket)).await.expect(200);
        let place = (told.body["turn"] == true, told.body["ahead"].as_u64().expect("a place"));
        places.insert(place, name.clone());
    }
    let winners: Vec<_> = all
        .keys()
        .filter(|name| !places.iter().any(|((turn, _), n)| n == *name && !turn))
        .collect();
    let losers: Vec<_> =
        places.iter().filter(|((turn, _), _)| !turn).map(|(_, name)| name.clone()).collect();
    assert_eq!((winners.len(), losers.len()), (2, 2), "{places:?}");
    for loser in &losers {
        api.send(wish(sale, &all[loser], "take")).await.problem(409, "sale.not_drawn");
        api.send(wait(sale, &all[loser], "wait")).await.problem(409, "sale.not_drawn");
    }
    buy(&api, sale, &all[winners[0]], winners[0]).await;
    // The other winner gives it back: it is the next one's, and not the last one's.
    let claim = api.send(wish(sale, &all[winners[1]], "take")).await.expect(201);
    api.send(give_up(sale, claim.str("/claim"))).await.expect(200);
    keep(&api).await;
    api.send(wish(sale, &all[&losers[1]], "more")).await.problem(409, "sale.not_drawn");
    buy(&api, sale, &all[&losers[0]], &losers[0]).await;
    assert_eq!(on_disk(&api, sale).await, ["sold", "released", "sold"]);
    forward(&api, 11_000).await;
    until(&api, sale, "reported").await;
    let report = report_of(&api, sale).await;
    assert_eq!(verify(&report, &Noted::default()), []);
    assert_eq!(report.channels[0].reached, 3);
    let outcomes: Vec<_> = report.channels[0].entries.iter().map(|entry| entry.2).collect();
    assert_eq!(outcomes[2..], [Outcome::Claimed, Outcome::NotReached]);
    books(&api).await;
}

fn pass(sale: SaleId, code: &str, from: &str, to: &str) -> Ask {
    let address = |name: &str| format!("{name}@shop.example");
    let body = json!({"code": code, "from": address(from), "to": address(to)});
    Ask::post(&format!("/api/v1/sale/{sale}/code"), &body)
}

async fn enter_with(api: &Api, sale: SaleId, code: &str, name: &str) -> Answer {
    let email = format!("{name}@shop.example");
    let body =
        json!({"market": "us", "way": "code", "email": email, "ship_to": "US", "code": code});
    api.send(Ask::post(&format!("/api/v1/sale/{sale}/entry"), &body)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_is_passed_on_once() {
    let api = Api::open().await;
    let sale = a_sale(&api, &[(Way::Code, 2), (Way::Rush, 1)]).await;
    forward(&api, 5).await;
    let codes = make_codes(&api.shop, sale, 1, 2);
    let code = codes[0].1.as_str();
    enter_with(&api, sale, "0000-0000-0000-0000", "ada").await.problem(422, "sale.code_unknown");
    let of_ada = enter_with(&api, sale, &code.to_lowercase(), "ada").await.expect(201);
    enter_with(&api, sale, code, "bob").await.problem(403, "sale.code_not_yours");
    api.send(pass(sale, code, "eve", "bob")).await.problem(403, "sale.code_not_yours");
    api.send(pass(sale, code, "ada", "bob")).await.expect(200);
    api.send(pass(sale, code, "ada", "bob")).await.expect(200);
    api.send(pass(sale, code, "bob", "eve")).await.problem(409, "sale.code_transferred_before");
    let of_bob = enter_with(&api, sale, code, "bob").await.expect(201);
    assert_eq!(of_bob.str("/entry"), of_ada.str("/entry"), "one code, one entry");
    // Ada is free to come in by another way; bob is not.
    let ada = enter(&api, sale, Way::Rush, "ada@shop.example").await;
    let body = json!({"market": "us", "way": "rush", "email": "bob@shop.example", "ship_to": "US"});
    let other = Ask::post(&format!("/api/v1/sale/{sale}/entry"), &body);
    api.send(other).await.problem(409, "sale.entered_elsewhere");
    forward(&api, 200).await;
    let old = api.send(wish(sale, of_ada.str("/ticket"), "take")).await;
    old.problem(403, "sale.code_not_yours");
    buy(&api, sale, of_bob.str("/ticket"), "bob").await;
    api.send(wish(sale, of_bob.str("/ticket"), "two")).await.problem(409, "sale.person_limit");
    api.send(pass(sale, code, "bob", "eve")).await.problem(409, "sale.code_used");
    buy(&api, sale, &ada, "ada").await;
    forward(&api, 11_000).await;
    until(&api, sale, "reported").await;
    assert_eq!(verify(&report_of(&api, sale).await, &Noted::default()), []);
    books(&api).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn batches_go_to_those_who_came_first() {
    let api = Api::open().await;
    let sale = a_sale(&api, &[(Way::Batch, 2)]).await;
    forward(&api, 5).await;
    let mut all = Vec::new();
    for name in ["ada", "bob", "eve"] {
        all.push(enter(&api, sale, Way::Batch, &format!("{name}@shop.example")).await);
        forward(&api, 1).await;
    }
    forward(&api, 200).await;
    let last = api.send(status(sale, &all[2])).await.expect(200);
    assert_eq!((last.body["turn"].as_bool(), last.body["ahead"].as_u64()), (Some(false), Some(0)));
    api.send(wish(sale, &all[2], "take")).await.problem(409, "sale.not_your_turn");
    buy(&api, sale, &all[1], "bob").await;
    let claim = api.send(wish(sale, &all[0], "take")).await.expect(201);
    api.send(give_up(sale, claim.str("/claim"))).await.expect(200);
    keep(&api).await;
    buy(&api, sale, &all[2], "eve").await;
    forward(&api, 11_000).await;
    until(&api, sale, "reported").await;
    assert_eq!(verify(&report_of(&api, sale).await, &Noted::default()), []);
    books(&api).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_way_has_not_sold_rolls_over() {
    let api = Api::open().await;
    let mut definition = a_definition(&api, &[(Way::Rush, 1), (Way::Draw, 2)]);
    let at = definition.windows.live_at.plus_seconds(300);
    definition.rollover = Some(Rollover { at, to: Way::Rush });
    let title = "Bands".to_owned();
    let set = set_up(&api.shop, SetUp { definition, title, lots: 2 }).await;
    let sale = set.expect("the sale is set up");
    forward(&api, 5).await;
    let rush = tickets(&api, sale, Way::Rush, &["ada", "bob", "eve"]).await;
    let draw = tickets(&api, sale, Way::Draw, &["mia", "tom"]).await;
    forward(&api, 200).await;
    // Whoever is let in and does nothing lets their turn pass.
    for _ in 0..2 {
        forward(&api, TURN_OVER_S).await;
    }
    buy(&api, sale, &draw["mia"], "mia").await;
    buy(&api, sale, &rush["ada"], "ada").await;
    let sold_out = api.send(wish(sale, &rush["bob"], "early")).await;
    assert_eq!(sold_out.status, 409, "{}", sold_out.text);
    books(&api).await;
    forward(&api, 300).await;
    // The lots have moved their units; the sale goes on with them, and each unit is sold once.
    for _ in 0..4 {
        forward(&api, TURN_OVER_S).await;
    }
    api.send(wish(sale, &draw["tom"], "late")).await.problem(409, "sale.sold_out");
    let mut sold = 0;
    for name in ["bob", "eve"] {
        let taken = api.send(wish(sale, &rush[name], "take")).await;
        sold += usize::from(taken.status == 201);
    }
    assert_eq!(sold, 1, "one unit moved");
    books(&api).await;
    forward(&api, 11_000).await;
    until(&api, sale, "reported").await;
    let report = report_of(&api, sale).await;
    assert_eq!(verify(&report, &Noted::default()), []);
    let moved: Vec<_> = report.channels.iter().map(|c| (c.rolled_in, c.rolled_out)).collect();
    assert_eq!(moved, [(1, 0), (0, 1)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_report_is_out_at_its_time_and_cannot_be_falsified() {
    let api = Api::open().await;
    let mut definition = a_definition(&api, &[(Way::Rush, 2)]);
    // Its round comes in the year 2033.
    definition.beacon = Some("drand/quicknet 99999999".to_owned());
    let title = "Bands".to_owned();
    let set = set_up(&api.shop, SetUp { definition, title, lots: 1 }).await;
    let sale = set.expect("the sale is set up");
    let path = format!("/api/v1/sale/{sale}/report");
    forward(&api, 5).await;
    let commitment = api.send(Ask::get(&format!("/api/v1/sale/{sale}"))).await.expect(200);
    let all = tickets(&api, sale, Way::Rush, &["ada", "bob", "eve", "mia", "tom"]).await;
    let early = set_beacon(&api.shop, sale, [9; 32]).await;
    assert!(
        matches!(early, Err(Failure::Refused(SetUpRefusal::EntriesOpen))),
        "a value that is known while people enter proves nothing: {early:?}"
    );
    let open = api.send(Ask::get(&format!("/api/v1/sale/{sale}"))).await.expect(200);
    assert!(open.body.pointer("/ways/0/entries_digest").is_none_or(Value::is_null), "open still");
    forward(&api, 200).await;
    let waits = api.send(Ask::get(&format!("/api/v1/sale/{sale}"))).await.expect(200);
    assert_eq!(waits.str("/state"), "doors", "no order without the beacon");
    // The list is closed before the beacon's value is there, and everybody can see its digest.
    let closed = waits.str("/ways/0/entries_digest").to_owned();
    assert_eq!(closed.len(), 64);
    enter(&api, sale, Way::Rush, "waiting@shop.example").await;
    forward(&api, 1).await;
    set_beacon(&api.shop, sale, [9; 32]).await.expect("the beacon's value is known");
    assert!(set_beacon(&api.shop, sale, [8; 32]).await.is_err(), "it is given once");
    for _ in 0..8 {
        forward(&api, 1).await;
    }
    let mut bought = 0;
    for (name, ticket) in &all {
        let told = api.send(status(sale, ticket)).await.expect(200);
        if told.body["turn"] == true && bought < 1 {
            buy(&api, sale, ticket, name).await;
            bought += 1;
        } else if told.body["turn"] == true {
            api.send(wish(sale, ticket, "take")).await;
        }
    }
    let live = api.send(Ask::get(&format!("/api/v1/sale/{sale}"))).await.expect(200);
    let late = enter(&api, sale, Way::Rush, "late@shop.example").await;
    api.send(wish(sale, &late, "take")).await;
    forward(&api, 4_000).await;
    until(&api, sale, "settled").await;
    api.send(Ask::get(&path)).await.problem(404, "sale.unknown");
    forward(&api, 7_000).await;
    until(&api, sale, "reported").await;
    let answer = api.send(Ask::get(&path)).await.expect(200);
    assert_eq!(answer.header("cache-control"), "public, max-age=3600, immutable");
    assert!(!answer.text.contains("shop.example") && !answer.text.contains(&all["ada"]));
    let report = report_of(&api, sale).await;
    let noted = Noted { commitment: Some(report.commitment), ..Noted::default() };
    // What was public while the sale ran says the same.
    assert_eq!(closed, report.channels[0].entries_digest.to_string());
    assert_eq!(live.str("/ways/0/entries_digest"), closed);
    let late = report.channels[0].entries.iter().filter(|entry| entry.1.is_some());
    assert_eq!(late.count(), 2, "who came while it waited for the beacon, and after it");
    assert_eq!(commitment.str("/commitment"), report.commitment.to_string());
    assert_eq!(verify(&report, &noted), []);
    assert_eq!(report.channels[0].totals.units_claimed, 1);
    assert_eq!(report.channels[0].totals.entries, 7);

    type Harm = fn(&mut Report);
    let harms: [(Harm, Check); 9] = [
        (|r| r.secret = kontor_domain::sale::OrderSecret::from_bytes([0; 32]), Check::Commitment),
        (|r| r.channels[0].entries.swap(0, 1), Check::Order),
        (|r| r.channels[0].entries.truncate(4), Check::Digest),
        (|r| r.channels[0].entries[0].3 = 2, Check::Limit),
        (|r| r.channels[0].quota = 0, Check::Quota),
        (|r| r.channels[0].reached += 1, Check::Reach),
        (|r| r.channels[0].rolled_in = 5, Check::Rollover),
        (|r| r.channels[0].totals.entries += 1, Check::Totals),
        (|r| r.beacon.as_mut().expect("a beacon").value = [1; 32], Check::Order),
    ];
    for (harm, check) in harms {
        let mut false_one = report.clone();
        harm(&mut false_one);
        let found = verify(&false_one, &noted);
        assert!(found.iter().any(|finding| finding.check == check), "{check:?}: {found:?}");
    }
    books(&api).await;
}
