//! One sale on two nodes with one database: each lot is owned by one of them, a dead node's lots
//! are taken over, one that only seemed dead can write nothing, and no unit is given out twice.

mod common;

use std::collections::BTreeSet;
use std::sync::Arc;

use common::Api;
use common::sale::{a_definition, a_sale, enter, forward, wish};
use kontor_base::id::SaleId;
use kontor_base::{Email, Instant, Random, SecretKey};
use kontor_domain::sale::{SaleState, Way};
use kontor_ledger::sale::Command;
use kontor_shop::sale::{Enter, Entered, SetUp, Wish, advance, claim, set_up};
use kontor_shop::{Policy, Share, Shop};
use kontor_store::sale::{batch, lot};
use kontor_store::{Db, StoreError, Tx};

/// Longer than a lease is good without its owner.
const LEASE_OVER_S: i64 = 7;

/// A second node of the same shop.
async fn second_node(api: &Api) -> Arc<Shop> {
    node_with(api, "two", Share::ALL).await
}

/// A node with a share of the lots.
async fn node_with(api: &Api, name: &str, share: Share) -> Arc<Shop> {
    let policy = Policy { node: name.to_owned(), share, ..Policy::default() };
    let secret = SecretKey::from_bytes([7; 32]);
    let db = api.scratch.open();
    let shop = Shop::open(db, api.clock.clone(), Random::System, &secret, policy).await;
    Arc::new(shop.expect("the node opens"))
}

/// Waits for a state, not for a time.
async fn until(mut holds: impl FnMut() -> bool) {
    while !holds() {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

fn owned(shop: &Shop) -> Vec<i64> {
    let sales = shop.sales.all();
    let owners = sales.iter().flat_map(|sale| sale.owners());
    owners.filter(|owner| owner.is_ready()).map(|owner| owner.lot()).collect()
}

/// For each lot: its quota, and who has units in it.
async fn on_disk(db: &Db, sale: SaleId) -> Vec<(u32, Vec<[u8; 16]>)> {
    let read = db.read("test.claims", move |tx| {
        let mut lots = Vec::new();
        for kept in lot::of_sale(tx, sale)? {
            let claims = batch::claims_after(tx, kept.lot, 0, 1_000)?;
            let persons = claims.into_iter().map(|(_, claim)| claim.person).collect();
            lots.push((kept.head.quota, persons));
        }
        Ok::<_, StoreError>(lots)
    });
    read.await.expect("the claims are read")
}

async fn take(shop: &Shop, sale: SaleId, ticket: &str) -> Result<(i64, u32), String> {
    let ship_to = "US".parse().expect("a country");
    let wish = Wish { sale, ticket, key: "take", units: 1, ship_to };
    let claimed = claim(shop, wish).await;
    claimed.map(|claimed| (claimed.lot, claimed.number)).map_err(|refusal| format!("{refusal:?}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_give_out_no_unit_twice_and_a_dead_one_is_followed() {
    const QUOTA: u32 = 4;
    let api = Api::open().await;
    let definition = a_definition(&api, &[(Way::Rush, QUOTA)]);
    let command = SetUp { definition, title: "Bands".to_owned(), lots: 2 };
    let sale = set_up(&api.shop, command).await.expect("the sale is set up");
    let two = second_node(&api).await;
    forward(&api, 5).await;
    forward(&api, 200).await;
    advance(&two).await.expect("the sales go on");
    assert_eq!(owned(&api.shop).len(), 2);
    let mut tickets = Vec::new();
    for person in 0..40 {
        let email = format!("person{person}@shop.example");
        tickets.push(enter(&api, sale, Way::Rush, &email).await);
    }
    let mut won = Vec::new();
    for ticket in &tickets[..2] {
        assert!(take(&two, sale, ticket).await.is_err(), "no lot is owned twice");
        if let Ok(claimed) = take(&api.shop, sale, ticket).await {
            won.push((ticket, claimed));
        }
    }
    assert!(!won.is_empty() && owned(&two).is_empty());

    // The first node dies: nothing is released, its leases just end.
    api.shop.db.close().await;
    api.clock.advance_seconds(LEASE_OVER_S);
    until(|| owned(&two).len() == 2).await;
    // What is over is known to whoever has seen the lots.
    advance(&two).await.expect("the sales go on");
    for (ticket, claimed) in &won {
        assert_eq!(take(&two, sale, ticket).await.as_ref(), Ok(claimed), "what was won stays won");
    }
    let mut asking = tokio::task::JoinSet::new();
    for ticket in tickets.clone() {
        let two = Arc::clone(&two);
        asking.spawn(async move { take(&two, sale, &ticket).await });
    }
    while let Some(answer) = asking.join_next().await {
        let _ = answer.expect("no panic");
    }
    let lots = on_disk(&two.db, sale).await;
    let persons: Vec<_> = lots.iter().flat_map(|(_, persons)| persons).collect();
    for (quota, persons) in &lots {
        assert!(persons.len() <= *quota as usize, "{} of {quota}", persons.len());
    }
    assert!(persons.len() > won.len() && persons.len() <= QUOTA as usize);
    assert_eq!(persons.iter().collect::<BTreeSet<_>>().len(), persons.len(), "one unit a person");
    two.db.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_owner_that_only_seemed_dead_can_write_nothing() {
    let api = Api::open().await;
    let sale = a_sale(&api, &[(Way::Rush, 3)]).await;
    forward(&api, 5).await;
    forward(&api, 200).await;
    let first = enter(&api, sale, Way::Rush, "ada@shop.example").await;
    api.send(wish(sale, &first, "take")).await.expect(201);
    let beside = api.scratch.open();
    let number = owned(&api.shop)[0];
    let read = beside.read("test.lot", move |tx| lot::get(tx, number));
    let old = read.await.expect("read").expect("a lot").head.fence;
    // Another node takes the lot in the moment in which the lease has ended; the owner may be faster.
    let fence = loop {
        api.clock.advance_seconds(LEASE_OVER_S);
        let (now, until) = (api.clock.now(), api.clock.now().plus_seconds(600));
        let taken = beside
            .write("test.lease", move |tx| lot::take_lease(tx, number, "other", now, until))
            .await
            .expect("asked");
        if let Some(fence) = taken {
            break fence;
        }
    };
    assert!(fence > old);
    let second = enter(&api, sale, Way::Rush, "bob@shop.example").await;
    let answer = api.send(wish(sale, &second, "take")).await;
    assert_eq!(answer.status, 503, "it does not answer for the lot any more");
    let lots = on_disk(&beside, sale).await;
    assert_eq!(lots[0].1.len(), 1, "nothing was written: {lots:?}");
    let now = api.clock.now();
    let renewed =
        beside.write("test.renew", move |tx| lot::renew_lease(tx, number, old, now)).await;
    assert_eq!(renewed.ok(), Some(false), "nor does the old fence renew the lease");
    beside.close().await;
}

/// A rush in two lots that is live on two nodes, each of which owns one of them.
async fn on_two_nodes(
    api: &Api,
    quota: u32,
    people: usize,
) -> (SaleId, [Arc<Shop>; 2], Vec<Entered>) {
    let definition = a_definition(api, &[(Way::Rush, quota)]);
    let command = SetUp { definition, title: "Bands".to_owned(), lots: 2 };
    let sale = set_up(&api.shop, command).await.expect("the sale is set up");
    let nodes = [
        node_with(api, "a", Share { part: 0, of: 2 }).await,
        node_with(api, "b", Share { part: 1, of: 2 }).await,
    ];
    // Registration; nobody owns anything yet.
    api.clock.advance_seconds(5);
    look(&nodes).await;
    let mut entered = Vec::new();
    for person in 0..people {
        let wish = Enter {
            sale,
            market: "us".parse().expect("a market"),
            way: Way::Rush,
            email: Email::parse(&format!("person{person}@shop.example")).expect("an address"),
            phone: None,
            ship_to: "US".parse().expect("a country"),
            code: None,
        };
        let one = kontor_shop::sale::enter(&nodes[0], wish).await;
        entered.push(one.unwrap_or_else(|failure| panic!("{failure:?}")));
    }
    api.clock.advance_seconds(200);
    look(&nodes).await;
    until(|| nodes.iter().all(|node| owned(node).len() == 1)).await;
    assert_ne!(owned(&nodes[0]), owned(&nodes[1]), "each has its own");
    (sale, nodes, entered)
}

/// Waits until the lease of every lot is good for two seconds more: owners make them longer by themselves, three
/// seconds before they end.
async fn renewed(db: &Db, sale: SaleId, now: Instant) {
    let good_until = now.plus_seconds(2);
    let are_good = async || {
        let read = move |tx: &mut Tx<'_>| {
            let of = "SELECT lease_until FROM sale_lot WHERE sale = $1";
            tx.query(of, &[sale.bytes().into()], |row| row.instant(0))
        };
        let until = db.read("test.leases", read).await.expect("read");
        until.iter().all(|until| *until > good_until)
    };
    for _ in 0..2_000 {
        if are_good().await {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    panic!("no owner renews its lease");
}

/// The keepers of all nodes come by, one after the other.
async fn look(nodes: &[Arc<Shop>]) {
    for node in nodes {
        advance(node).await.expect("the sales go on");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_node_takes_its_share_and_together_they_sell_what_there_is() {
    const QUOTA: u32 = 4;
    let api = Api::open().await;
    let (sale, nodes, entered) = on_two_nodes(&api, QUOTA, 40).await;
    let mut told = BTreeSet::new();
    // People are let in by turns, by each node for itself.
    for _ in 0..60 {
        look(&nodes).await;
        for node in &nodes {
            for Entered { ticket, .. } in &entered {
                if let Ok(claimed) = take(node, sale, ticket).await {
                    told.insert(claimed);
                }
            }
        }
    }
    let lots = on_disk(&nodes[0].db, sale).await;
    let persons: Vec<_> = lots.iter().flat_map(|(_, persons)| persons).collect();
    assert_eq!((persons.len(), told.len()), (QUOTA as usize, QUOTA as usize), "{lots:?}");
    assert_eq!(persons.iter().collect::<BTreeSet<_>>().len(), persons.len(), "one unit a person");
    for node in nodes {
        node.db.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn units_go_to_the_node_where_people_are_and_sold_out_is_when_all_lots_are() {
    const QUOTA: u32 = 4;
    let api = Api::open().await;
    let (sale, nodes, entered) = on_two_nodes(&api, QUOTA, 60).await;
    // Everybody who asks has the first lot as theirs, in which half of the units are.
    let first_lot = nodes.iter().flat_map(|node| owned(node)).min();
    let (here, other): (Vec<_>, Vec<_>) =
        nodes.iter().partition(|node| owned(node).first().copied() == first_lot);
    let (here, other) = (here[0], other[0]);
    // Half of all come, so that soon enough of those whose turn it is do, whatever the order.
    let first: Vec<&Entered> =
        entered.iter().filter(|one| one.entry.bytes()[15] % 2 == 0).collect();
    assert!(first.len() > QUOTA as usize, "of sixty people {} only", first.len());
    let state = || async {
        let read = move |tx: &mut Tx<'_>| kontor_store::sale::state(tx, sale);
        here.db.read("test.state", read).await.expect("read").expect("a sale")
    };
    let mut won = BTreeSet::new();
    let mut rounds = 0;
    while state().await == SaleState::Live {
        rounds += 1;
        assert!(rounds < 550, "{won:?} of {QUOTA}: {:?}", on_disk(&here.db, sale).await);
        for one in &first {
            match take(here, sale, &one.ticket).await {
                Ok(claimed) => {
                    won.insert(claimed);
                }
                // Units are free at the other node: they are on their way.
                Err(refusal) if refusal == "Elsewhere" || refusal == "NotYourTurn" => {}
                Err(refusal) => {
                    assert_eq!(refusal, "Lot(SoldOut)");
                    assert_eq!(won.len(), QUOTA as usize, "too early: units are free elsewhere");
                }
            }
            // The other node does not answer for a lot that is not its own.
            let said = take(other, sale, &one.ticket).await.expect_err("another node's lot");
            let is_over = said == "Lot(SoldOut)" && state().await == SaleState::SoldOut;
            assert!(said == "Elsewhere" || said == "NotYourTurn" || is_over, "{said}");
        }
        // Those of the other lot do not come, and their turns pass. The clock of this test is faster than its
        // owners on a busy machine: they are waited for, or their leases would end.
        api.clock.advance_seconds(1);
        renewed(&here.db, sale, api.shop.now()).await;
        look(&nodes).await;
    }
    assert_eq!(state().await, SaleState::SoldOut);
    assert_eq!(won.len(), QUOTA as usize, "sold out is when every unit of every lot is taken");
    let lots = on_disk(&here.db, sale).await;
    let quotas: Vec<u32> = lots.iter().map(|(quota, _)| *quota).collect();
    assert_eq!(quotas, [QUOTA, 0], "every unit has moved: {lots:?}");
    look(&nodes).await;
    let late = first.iter().find(|one| {
        let person = one.entry.bytes();
        !lots.iter().any(|(_, persons)| persons.contains(person))
    });
    let late = late.expect("more people than units");
    let said = take(here, sale, &late.ticket).await.expect_err("nothing is left");
    assert_eq!(said, "Lot(SoldOut)");
    for node in nodes {
        node.db.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_lots_that_take_the_same_spare_unit_are_one_too_many() {
    let api = Api::open().await;
    let (sale, nodes, _) = on_two_nodes(&api, 4, 1).await;
    let owner = |node: &Arc<Shop>| {
        let live = node.sales.live(sale).expect("it runs");
        live.owners().find(|owner| owner.is_ready()).cloned().expect("its own lot")
    };
    let [one, other] = [owner(&nodes[0]), owner(&nodes[1])];
    // A unit becomes nobody's; both want to have it, as if neither had seen the other.
    one.ask(Command::GiveAway(1)).await.expect("given away");
    let (a, b) = tokio::join!(one.ask(Command::SetQuota(2)), other.ask(Command::SetQuota(3)));
    let took = u32::from(a.is_ok()) + u32::from(b.is_ok());
    let lots = on_disk(&nodes[0].db, sale).await;
    let all: u32 = lots.iter().map(|(quota, _)| quota).sum();
    assert_eq!((took, all), (1, 4), "{a:?}, {b:?}, {lots:?}");
    // Whoever was too late goes on with what it has.
    until(|| [&one, &other].iter().all(|owner| owner.is_ready())).await;
    let standing = one.standing().quota + other.standing().quota;
    assert_eq!(standing, 4, "memory and disk agree");
    for node in nodes {
        node.db.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_without_lots_lets_nobody_in_by_itself() {
    const QUOTA: u32 = 4;
    const PEOPLE: usize = 100;
    let api = Api::open().await;
    let (sale, nodes, entered) = on_two_nodes(&api, QUOTA, PEOPLE).await;
    // Both lots have their owners, so this one gets none.
    let third = node_with(&api, "c", Share { part: 0, of: 1 }).await;
    for _ in 0..10 {
        until(|| nodes.iter().all(|node| owned(node).len() == 1)).await;
        look(&nodes).await;
        advance(&third).await.expect("the sales go on");
    }
    assert!(owned(&third).is_empty(), "both lots are taken");
    let keys = third.keys.tickets();
    for node in nodes.iter().chain([&third]) {
        let live = node.sales.live(sale).expect("it runs");
        let inside = entered.iter().filter(|entered| {
            live.is_turn(&keys.read(&entered.ticket, sale, node.now()).expect("a ticket"))
        });
        let inside = inside.count();
        // Whoever looks before the other node has its lot lets in for its own half, and for the rest when those
        // have decided or their turns have passed.
        assert!(inside > QUOTA as usize / 2, "{inside} are in");
        // At first it is assumed that four of five take one.
        assert!(inside <= QUOTA as usize * 5 / 4 + 2, "{inside} are in for {QUOTA} units");
    }
    for node in nodes.iter().chain([&third]) {
        node.db.close().await;
    }
}
