//! Nobody gets around the order: not by the waiting list, not by coming later and asking faster, not
//! because a sale stood still; and the report says of everybody whether their place was reached.

use kontor_base::id::{EntryId, SaleId};
use kontor_base::{Email, Instant};
use kontor_domain::sale::{Chance, Definition, Entry, Limit, LimitMet, MetAt, Noted, Outcome, Way};
use kontor_domain::sale::{PersonKeys, Ticket, Trait};
use kontor_domain::sale::{SaleState, verify};
use kontor_ledger::sale::Refusal;
use kontor_scratch::Scratch;
use kontor_shop::sale::{
    Claimed, Enter, Placed, SaleRefusal, SetUp, Wish, claim, enter, exclude, halt, report, resume,
    set_up, status, wait,
};
use kontor_store::sale::entry::{self as entries, KeptEntry};

use super::common::{Running, address, take_until_answered, usa};

/// Longer than a turn is.
const TURN_OVER_S: i64 = 61;

fn wish(sale: SaleId, ticket: &str) -> Wish<'_> {
    Wish { sale, ticket, key: "once", units: 1, ship_to: usa() }
}

async fn take(running: &Running, sale: SaleId, ticket: &str) -> Result<Claimed, SaleRefusal> {
    claim(&running.shop, wish(sale, ticket)).await
}

async fn stand(running: &Running, sale: SaleId, ticket: &str) -> Result<Placed, SaleRefusal> {
    wait(&running.shop, wish(sale, ticket)).await
}

/// Who was there, with their tickets, in the order in which they are let in.
async fn present(running: &Running, sale: SaleId, people: usize) -> Vec<String> {
    present_by(running, sale, Way::Rush, people).await
}

async fn present_by(running: &Running, sale: SaleId, way: Way, people: usize) -> Vec<String> {
    let mut tickets = Vec::new();
    for person in 0..people {
        tickets.push(running.enter_by(sale, way, &format!("person{person}")).await);
    }
    running.forward(101).await;
    let live = running.shop.sales.live(sale).expect("it runs");
    let (keys, now) = (running.shop.keys.tickets(), running.shop.now());
    tickets.sort_by_key(|text| {
        let ticket = keys.read(text, sale, now).expect("a ticket");
        (live.ahead(&ticket), !live.is_turn(&ticket))
    });
    tickets
}

async fn is_turn(running: &Running, sale: SaleId, ticket: &str) -> bool {
    status(&running.shop, sale, ticket).await.expect("it runs").turn
}

async fn reported(running: &Running, sale: SaleId) -> kontor_domain::sale::Report {
    running.forward(3_600).await;
    running.until(sale, SaleState::Settled).await;
    running.forward(9_000).await;
    running.until(sale, SaleState::Reported).await;
    let made = report(&running.shop, sale).await.expect("read").expect("it is out");
    made.report()
        .with_lines(|line| kontor_domain::sale::Line::entries(line).collect::<Vec<Entry>>())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_waiting_list_is_no_way_around_the_order() {
    let running = Running::open(Scratch::sqlite()).await;
    let sale = running.a_rush(4, 2, 1).await;
    let line = present(&running, sale, 30).await;
    let mut outside = Vec::new();
    for ticket in &line {
        if !is_turn(&running, sale, ticket).await {
            outside.push(ticket);
        }
    }
    assert!(outside.len() > 20, "few are let in for four units: {}", outside.len());
    let last = outside.last().expect("somebody");
    assert_eq!(stand(&running, sale, last).await, Err(SaleRefusal::NotYourTurn));
    // One of the two lots is empty while the other is not.
    for (taken, ticket) in line.iter().take(4).enumerate() {
        let answer = stand(&running, sale, last).await;
        assert_eq!(answer, Err(SaleRefusal::NotYourTurn), "{taken} of 4 are taken");
        let mine = take_until_answered(&running.shop, sale, ticket, "once").await;
        mine.unwrap_or_else(|refusal| panic!("{refusal:?}"));
    }
    running.keep().await;
    // Everything is taken: now they can wait for what comes back.
    assert_eq!(take(&running, sale, last).await, Err(SaleRefusal::Lot(Refusal::SoldOut)));
    let placed = stand(&running, sale, last).await;
    assert_eq!(placed, Ok(Placed::Waiting { place: 1, ahead: 0 }));
    // Nobody pays: the last one in line is offered a unit, and nobody in between was.
    running.forward(601).await;
    while running.on_disk(sale).await.len() < 5 {
        // Owners end holds on threads of their own.
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        running.keep().await;
    }
    let after = status(&running.shop, sale, last).await.expect("it runs");
    assert!(after.claim.is_some_and(|claim| claim.state.takes()), "{after:?}");

    let report = reported(&running, sale).await;
    assert_eq!(verify(&report, &Noted::default()), []);
    let channel = &report.channels[0];
    assert_eq!(channel.totals.from_list, 1, "one was offered a unit from the waiting list");
    assert!(channel.totals.not_reached > 15, "who was never let in is told so: {channel:?}");
    let Entry(_, _, outcome, _, from_list) = channel.entries[29];
    assert_eq!((outcome, from_list), (Outcome::Expired, true));
    running.shop.db.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_comes_later_has_what_those_who_were_there_leave() {
    let running = Running::open(Scratch::sqlite()).await;
    let sale = running.a_rush(3, 1, 1).await;
    let line = present(&running, sale, 2).await;
    let (first, second) = (running.enter(sale, "late").await, running.enter(sale, "later").await);
    running.keep().await;
    // Three units, two people who have not decided: one unit is over.
    assert!(is_turn(&running, sale, &first).await);
    let seen = status(&running.shop, sale, &first).await.expect("it runs");
    assert!(seen.chance <= Chance::Open, "nobody knows who else comes: {:?}", seen.chance);
    let had = take(&running, sale, &first).await.expect("the one that is over");
    // Nothing is over now, and the same request has the same answer.
    assert!(!is_turn(&running, sale, &first).await);
    let again = take(&running, sale, &first).await.expect("what they had");
    assert_eq!((again.number, again.replayed), (had.number, true));
    let more = claim(&running.shop, Wish { key: "more", ..wish(sale, &first) }).await;
    assert_eq!(more, Err(SaleRefusal::NotYourTurn), "another request has another answer");
    assert_eq!(take(&running, sale, &second).await, Err(SaleRefusal::NotYourTurn));
    let seen = status(&running.shop, sale, &second).await.expect("it runs");
    assert_eq!((seen.turn, seen.ahead), (false, Some(2)), "behind those who were there");
    let mine = status(&running.shop, sale, &line[1]).await.expect("it runs");
    assert_eq!((mine.turn, mine.chance), (true, Chance::Certain), "nobody overtakes them");
    take(&running, sale, &line[0]).await.expect("theirs");
    // The other one lets the turn pass.
    running.forward(TURN_OVER_S).await;
    take(&running, sale, &second).await.expect("what was left");
    let report = reported(&running, sale).await;
    assert_eq!(verify(&report, &Noted::default()), []);
    let outcomes: Vec<_> = report.channels[0].entries.iter().map(|entry| entry.2).collect();
    assert!(!outcomes.contains(&Outcome::NotReached), "{outcomes:?}");
    running.shop.db.close().await;
}

/// Nine units, six people who were there, and many who came later, who ask again and again.
async fn only_what_is_over_goes_to_who_came_later(
    running: &Running,
    sale: SaleId,
    late: &[String],
) {
    let mut had = 0;
    for look in 0..4 {
        for ticket in late {
            had += usize::from(take(running, sale, ticket).await.is_ok_and(|mine| !mine.replayed));
        }
        assert!(had <= 3, "{had} of 3 units that are over went, after {look} looks");
        running.keep().await;
    }
    assert_eq!(had, 3, "what is over is there to take");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_kept_for_those_who_were_there_is_kept_however_often_others_ask() {
    let running = Running::open(Scratch::sqlite()).await;
    let sale = running.a_rush(9, 1, 1).await;
    let line = present(&running, sale, 6).await;
    let mut late = Vec::new();
    for person in 0..12 {
        late.push(running.enter(sale, &format!("late{person}")).await);
    }
    running.keep().await;
    only_what_is_over_goes_to_who_came_later(&running, sale, &late).await;
    for ticket in &line {
        let mine = status(&running.shop, sale, ticket).await.expect("it runs");
        assert_eq!((mine.turn, mine.chance), (true, Chance::Certain), "as they were told");
        take(&running, sale, ticket).await.expect("theirs");
    }
    running.shop.db.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_came_later_has_not_two_where_one_is_over() {
    let running = Running::open(Scratch::sqlite()).await;
    let sale = running.a_rush(3, 1, 2).await;
    let line = present(&running, sale, 1).await;
    let late = running.enter(sale, "late").await;
    running.keep().await;
    let two = Wish { units: 2, ..wish(sale, &late) };
    assert_eq!(claim(&running.shop, two).await, Err(SaleRefusal::NotYourTurn));
    let one = Wish { key: "one", ..wish(sale, &late) };
    claim(&running.shop, one).await.expect("the one that is over");
    let both = Wish { units: 2, ..wish(sale, &line[0]) };
    claim(&running.shop, both).await.expect("both are theirs");
    running.shop.db.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_request_has_the_same_answer_also_after_a_halt_and_after_the_end() {
    let running = Running::open(Scratch::sqlite()).await;
    let sale = running.a_rush(2, 1, 1).await;
    let line = present(&running, sale, 2).await;
    let live = running.shop.sales.live(sale).expect("it runs");
    let ends_at = live.definition.windows.ends_at;
    running.forward(ends_at.seconds_since(running.shop.now()) - 100).await;
    let mine = take(&running, sale, &line[0]).await.expect("one");
    let again = Claimed { replayed: true, ..mine };
    halt(&running.shop, sale).await.expect("halted");
    running.keep().await;
    assert_eq!(take(&running, sale, &line[0]).await, Ok(again), "what they had before the halt");
    let refused = take(&running, sale, &line[1]).await;
    assert_eq!(refused, Err(SaleRefusal::Lot(Refusal::Halted)), "who had nothing has nothing");
    resume(&running.shop, sale).await.expect("resumed");
    running.keep().await;
    running.forward(101).await;
    assert!(running.shop.now() > ends_at);
    assert_eq!(take(&running, sale, &line[0]).await, Ok(again), "the hold is good");
    assert_eq!(take(&running, sale, &line[1]).await, Err(SaleRefusal::NotLive));
    let more = claim(&running.shop, Wish { key: "more", ..wish(sale, &line[0]) }).await;
    assert_eq!(more, Err(SaleRefusal::NotLive), "another request is another request");
    running.shop.db.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_kept_over_a_restart_too() {
    let mut running = Running::open(Scratch::sqlite()).await;
    let sale = running.a_rush(9, 2, 1).await;
    let line = present(&running, sale, 6).await;
    let mut late = Vec::new();
    for person in 0..12 {
        late.push(running.enter(sale, &format!("late{person}")).await);
    }
    running.keep().await;
    // Some of both have theirs when the process ends.
    for ticket in late[..2].iter().chain(&line[..2]) {
        let mine = take_until_answered(&running.shop, sale, ticket, "once").await;
        mine.unwrap_or_else(|refusal| panic!("{refusal:?}"));
    }
    running.restart().await;
    let mut had = 2;
    for _ in 0..4 {
        running.keep().await;
        for ticket in &late[2..] {
            match take(&running, sale, ticket).await {
                Ok(mine) if !mine.replayed => had += 1,
                Ok(_) | Err(SaleRefusal::NotYourTurn | SaleRefusal::Elsewhere) => {}
                Err(refusal) => panic!("{refusal:?}"),
            }
        }
    }
    assert!(had <= 3, "{had} of 3 units that are over went");
    for ticket in &line[2..] {
        let mine = take_until_answered(&running.shop, sale, ticket, "once").await;
        mine.unwrap_or_else(|refusal| panic!("{refusal:?}"));
    }
    running.shop.db.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_place_in_a_batch_is_a_place_also_for_whoever_comes_later() {
    let mut running = Running::open(Scratch::sqlite()).await;
    let sale = a_live_batch(&running, 2).await;
    let mut tickets = Vec::new();
    for name in ["ada", "ben", "eve"] {
        running.clock.advance_seconds(1);
        tickets.push(running.enter_by(sale, Way::Batch, name).await);
    }
    running.keep().await;
    let [ada, ben, eve] = &tickets[..] else { panic!("three tickets") };
    assert_eq!(take(&running, sale, eve).await, Err(SaleRefusal::NotYourTurn), "she is third");
    take(&running, sale, ben).await.expect("the second place");
    assert_eq!(take(&running, sale, eve).await, Err(SaleRefusal::NotYourTurn), "ada's is left");
    running.restart().await;
    assert_eq!(take(&running, sale, eve).await, Err(SaleRefusal::NotYourTurn), "as before");
    take(&running, sale, ada).await.expect("the first place, however late she asks");
    // Nobody pays: what comes back goes to the next place.
    running.forward(601).await;
    while !is_turn(&running, sale, eve).await {
        // Owners end holds on threads of their own.
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        running.keep().await;
    }
    take(&running, sale, eve).await.expect("the third place");
    let report = reported(&running, sale).await;
    assert_eq!(verify(&report, &Noted::default()), []);
    assert_eq!(report.channels[0].reached, 3);
    running.shop.db.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_may_have_two_is_not_let_in_for_one() {
    let running = Running::open(Scratch::sqlite()).await;
    // Ten units, two for each person: enough for five, and not for eight at once.
    let sale = running.a_rush(10, 1, 2).await;
    let line = present(&running, sale, 8).await;
    let mut inside = 0;
    for ticket in &line {
        inside += usize::from(is_turn(&running, sale, ticket).await);
    }
    assert!((5..8).contains(&inside), "{inside} are in");
    running.shop.db.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_waits_keeps_their_place_while_the_sale_stands_still() {
    let running = Running::open(Scratch::sqlite()).await;
    let sale = running.a_rush(1, 1, 1).await;
    let line = present(&running, sale, 1).await;
    let ben = running.enter(sale, "ben").await;
    take(&running, sale, &line[0]).await.expect("the only one");
    running.keep().await;
    stand(&running, sale, &ben).await.expect("a place");
    halt(&running.shop, sale).await.expect("halted");
    running.keep().await;
    // The hold ends, and an offer that cannot be paid would end too, again and again.
    running.forward(601).await;
    running.forward(1_200).await;
    assert_eq!(running.on_disk(sale).await.len(), 1, "nothing was offered");
    resume(&running.shop, sale).await.expect("resumed");
    while running.on_disk(sale).await.len() < 2 {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        running.keep().await;
    }
    let seen = status(&running.shop, sale, &ben).await.expect("it runs");
    assert!(seen.claim.is_some_and(|claim| claim.state.takes()), "{seen:?}");
    running.shop.db.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_line_does_not_keep_a_sale_from_its_end() {
    let running = Running::open(Scratch::sqlite()).await;
    let sale = running.a_rush(1, 1, 1).await;
    let line = present(&running, sale, 1).await;
    take(&running, sale, &line[0]).await.expect("the only one");
    running.keep().await;
    for person in 0..20 {
        let ticket = running.enter(sale, &format!("waiting{person}")).await;
        stand(&running, sale, &ticket).await.expect("a place");
    }
    let ends_at = running.shop.sales.live(sale).expect("it runs").definition.windows.ends_at;
    running.until(sale, SaleState::Settled).await;
    let after_s = running.shop.now().seconds_since(ends_at);
    assert!(after_s <= 2 * 600, "settled {after_s} s after its end");
    running.shop.db.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_report_tells_whom_the_limits_turned_away() {
    let running = Running::open(Scratch::sqlite()).await;
    let sale = running.a_rush(3, 1, 1).await;
    let email = |name: &str| Email::parse(&address(name)).expect("an address");
    exclude(&running.shop, Some(email("dealer")), None, "a reseller").await.expect("kept out");
    let wanted = |name: &str, way, ship_to| Enter {
        sale,
        market: "us".parse().expect("a market"),
        way,
        email: email(name),
        phone: None,
        ship_to,
        code: None,
    };
    let entering = async |wish: Enter| enter(&running.shop, wish).await;
    for _ in 0..2 {
        entering(wanted("dealer", Way::Rush, usa())).await.expect_err("kept out");
    }
    let far = "DE".parse().expect("a country");
    entering(wanted("ada", Way::Rush, far)).await.expect_err("not sold there");
    let line = present(&running, sale, 1).await;
    take(&running, sale, &line[0]).await.expect("one");
    let again = Wish { key: "another", ..wish(sale, &line[0]) };
    let refused = claim(&running.shop, again).await.expect_err("one each");
    assert_eq!(refused, SaleRefusal::Lot(Refusal::PersonLimit));

    let report = reported(&running, sale).await;
    assert_eq!(verify(&report, &Noted::default()), []);
    let met = |at, limit, times| LimitMet { at, limit, times };
    let expected = [
        met(MetAt::Claim, Limit::Person, 1),
        met(MetAt::Entry, Limit::Excluded, 2),
        met(MetAt::Entry, Limit::NotCleared, 1),
    ];
    assert_eq!(report.channels[0].limits, expected);
    running.shop.db.close().await;
}

/// An entry of a batch that another node has made by its own clock, and its ticket.
async fn enter_at(running: &Running, sale: SaleId, micros: i64, last: u8) -> String {
    let at = Instant::from_micros(micros);
    let mut bytes = [0; 16];
    bytes[..6].copy_from_slice(&at.millis().to_be_bytes()[2..]);
    bytes[15] = last;
    let entry = EntryId::from_bytes(bytes);
    let market = "us".parse().expect("a market");
    let ticket = running.shop.keys.tickets().sign(&Ticket {
        sale,
        entry,
        market,
        way: Way::Batch,
        present: false,
        person: PersonKeys::default().with(Trait::Email, [last; 16]),
        issued_at: at,
        valid_seconds: 10_000,
        had: 0,
    });
    let kept = KeptEntry {
        sale,
        entry,
        market,
        way: Way::Batch,
        present: false,
        ticket: ticket.clone(),
        entered_at: at,
    };
    let written =
        running.shop.db.write("test.enter", move |tx| entries::insert(tx, &kept, &[[last; 16]]));
    written.await.expect("written");
    ticket
}

/// A batch without deposits that is live.
async fn a_live_batch(running: &Running, quota: u32) -> SaleId {
    let SetUp { definition, title, lots } = running.batch_command(quota);
    let definition = Definition { deposits: Vec::new(), ..definition };
    let sale = set_up(&running.shop, SetUp { definition, title, lots }).await.expect("set up");
    running.keep().await;
    running.forward(101).await;
    sale
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_places_of_one_millisecond_have_one_order() {
    let running = Running::open(Scratch::sqlite()).await;
    let sale = a_live_batch(&running, 1).await;
    let ms = running.shop.now().millis();
    // The lower id came some hundred microseconds later.
    let first = enter_at(&running, sale, ms * 1_000 + 900, 1).await;
    let second = enter_at(&running, sale, ms * 1_000 + 100, 2).await;
    running.keep().await;
    assert_eq!(take(&running, sale, &second).await, Err(SaleRefusal::NotYourTurn));
    take(&running, sale, &first).await.expect("the first place");
    let report = reported(&running, sale).await;
    assert_eq!(verify(&report, &Noted::default()), []);
    running.shop.db.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_place_that_is_committed_late_is_found() {
    let running = Running::open(Scratch::sqlite()).await;
    let sale = a_live_batch(&running, 1).await;
    let now = running.shop.now().micros();
    let first = enter_at(&running, sale, now, 1).await;
    let third = enter_at(&running, sale, now + 3_000_000, 3).await;
    running.keep().await;
    assert!(is_turn(&running, sale, &first).await);
    // Made before the third on a node whose commit came after it was read, or whose clock is behind.
    let second = enter_at(&running, sale, now + 1_000_000, 2).await;
    let zeroth = enter_at(&running, sale, now - 1_000_000, 4).await;
    for _ in 0..2 {
        running.keep().await;
        let ahead = async |ticket: &str| {
            let seen = status(&running.shop, sale, ticket).await.expect("it runs");
            (seen.turn, seen.ahead)
        };
        assert_eq!(ahead(&first).await, (true, Some(0)), "nobody who is in is sent back");
        assert_eq!(ahead(&zeroth).await, (true, Some(0)), "before those who came after it");
        assert_eq!(ahead(&second).await, (false, Some(0)));
        assert_eq!(ahead(&third).await, (false, Some(1)));
    }
    running.shop.db.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_winners_leave_goes_to_the_next_in_the_order() {
    let running = Running::open(Scratch::sqlite()).await;
    // Four units, two for each of two winners.
    let sale = running.a_draw(4, 2).await;
    let line = present_by(&running, sale, Way::Draw, 5).await;
    let [first, second, third, fourth, fifth] = &line[..] else { panic!("five tickets") };
    let turns = async || {
        let mut turns = Vec::new();
        for ticket in &line {
            turns.push(is_turn(&running, sale, ticket).await);
        }
        turns
    };
    take(&running, sale, first).await.expect("one of two");
    running.keep().await;
    assert_eq!(turns().await, [true, true, false, false, false], "two are kept for the second");
    let seen = status(&running.shop, sale, second).await.expect("it runs");
    let kept_until = seen.kept_until.expect("what they have won is kept");
    assert_eq!(seen.chance, Chance::Certain);
    assert_eq!(take(&running, sale, third).await, Err(SaleRefusal::NotDrawn));

    // The first does not pay, and the second does not come.
    running.forward(kept_until.seconds_since(running.shop.now()) - 1).await;
    assert!(!is_turn(&running, sale, fourth).await, "two are kept until then");
    running.forward(1).await;
    while !is_turn(&running, sale, fourth).await {
        // Owners end holds on threads of their own.
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        running.keep().await;
    }
    assert!(!is_turn(&running, sale, fifth).await, "four units are kept for two");
    // Whose time is over has what is left over, and no more.
    assert_eq!(take(&running, sale, second).await, Err(SaleRefusal::NotYourTurn));
    let seen = status(&running.shop, sale, second).await.expect("it runs");
    assert!(seen.passed && !seen.turn && seen.kept_until.is_none(), "{seen:?}");
    take(&running, sale, third).await.expect("one of two");
    running.keep().await;
    let two = Wish { units: 2, ..wish(sale, second) };
    assert_eq!(claim(&running.shop, two).await, Err(SaleRefusal::NotYourTurn), "one is over");
    take(&running, sale, second).await.expect("the one that is over");
    let both = Wish { units: 2, ..wish(sale, fourth) };
    claim(&running.shop, both).await.expect("theirs");

    let report = reported(&running, sale).await;
    assert_eq!(verify(&report, &Noted::default()), []);
    assert!(report.channels[0].reached >= 4, "{}", report.channels[0].reached);
    running.shop.db.close().await;
}
