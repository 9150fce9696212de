//! A true report passes; each way to falsify one is caught by the check that is there for it.

use kontor_base::Instant;
use kontor_base::id::{EntryId, SaleId};
use proptest::prelude::*;

use super::super::definition::Way;
use super::super::definition::tests::market;
use super::super::fair::{OrderSecret, entries_digest};
use super::super::limit::{Limit, MetAt};
use super::super::report::{Beacon, ChannelReport, Entry, ReadError, SCHEMA};
use super::*;

fn entry(number: u32) -> EntryId {
    let mut bytes = [0; 16];
    bytes[..4].copy_from_slice(&number.wrapping_mul(0x9E37_79B1).to_be_bytes());
    bytes[12..].copy_from_slice(&number.to_be_bytes());
    EntryId::from_bytes(bytes)
}

fn channel(way: Way, quota: u32, reached: u64, entries: Vec<Entry>) -> ChannelReport {
    let here: Vec<_> = entries.iter().filter(|e| e.1.is_none()).map(|e| e.0).collect();
    ChannelReport {
        market: market("in"),
        way,
        quota,
        rolled_in: 0,
        rolled_out: 0,
        reached,
        entries_digest: entries_digest(&here),
        totals: Totals::of(&entries),
        deposits: None,
        limits: Vec::new(),
        entries,
    }
}

/// Outcomes of everybody who was reached, the front of the line buying until units are out.
fn outcomes(line: Vec<(EntryId, Option<u64>)>, reached: usize, quota: u32) -> Vec<Entry> {
    let others = [Outcome::Missed, Outcome::Expired, Outcome::Limited, Outcome::Released];
    let mut left = quota;
    line.into_iter()
        .enumerate()
        .map(|(place, (id, at))| {
            if place >= reached {
                Entry(id, at, Outcome::NotReached, 0, false)
            } else if place % 3 == 2 || left == 0 {
                Entry(id, at, others[place % others.len()], 0, false)
            } else {
                left -= 1;
                Entry(id, at, Outcome::Claimed, 1, false)
            }
        })
        .collect()
}

fn report(people: u32, quota: u32, reached: usize) -> Report {
    let secret = OrderSecret::from_bytes([8; 32]);
    let sale = SaleId::from_bytes([1; 16]);
    let beacon = Beacon { name: "drand/quicknet 7".to_owned(), value: [4; 32] };
    let shuffle = secret.shuffle(sale, Some(&beacon.value));
    let present: Vec<_> = (0..people).map(entry).collect();
    let mut line: Vec<_> =
        shuffle.order(Way::Rush, &present).into_iter().map(|id| (id, None)).collect();
    line.extend((0..5).map(|late| (entry(people + late), Some(u64::from(late) * 10))));
    let mut reached = reached.min(line.len());
    if people <= quota {
        reached = reached.max(people as usize);
    }
    // Nobody who came later is reached behind the last of them who took something.
    while reached > people as usize
        && outcomes(line.clone(), reached, quota)[reached - 1].2 == Outcome::Missed
    {
        reached -= 1;
    }
    let rush = channel(Way::Rush, quota, reached as u64, outcomes(line, reached, quota));
    let drawers: Vec<_> = (500_000..500_000 + people).map(entry).collect();
    let drawn = shuffle.order(Way::Draw, &drawers).into_iter().map(|id| (id, None)).collect();
    let winners = (quota as usize).min(drawers.len());
    let draw = channel(Way::Draw, quota, winners as u64, outcomes(drawn, winners, quota));
    Report {
        schema: SCHEMA.to_owned(),
        sale,
        sku: "MI-NOTE".parse().expect("a sku"),
        live_at: Instant::from_micros(0),
        settled_at: Instant::from_micros(9),
        per_person: 1,
        commitment: secret.commitment(),
        secret,
        beacon: Some(beacon),
        channels: vec![rush, draw],
    }
}

/// A batch whose places cost a deposit: four paid, two bought.
fn with_deposits() -> Report {
    let mut line: Vec<_> = (900_000..900_004).map(|id| (entry(id), None)).collect();
    line.sort_unstable();
    let mut batch = channel(Way::Batch, 2, 4, outcomes(line, 4, 2));
    let amount = kontor_base::Money::new(500, "INR".parse().expect("a currency"));
    batch.deposits = Some(DepositTotals { amount, taken: 4, credited: 2, refunded: 2, kept: 0 });
    let mut report = good();
    report.channels.push(batch);
    report
}

#[test]
fn deposits_are_with_orders_or_have_gone_back() {
    assert_eq!(failing(&with_deposits()), Vec::<&str>::new());
    type Lie = fn(&mut DepositTotals);
    let lies: [Lie; 6] = [
        |d| d.taken = 3,
        |d| d.credited = 3,
        |d| d.refunded = 1,
        |d| (d.refunded, d.kept) = (1, 1),
        |d| (d.credited, d.refunded) = (1, 3),
        |d| d.kept = 1,
    ];
    for (number, lie) in lies.into_iter().enumerate() {
        let mut forged = with_deposits();
        lie(forged.channels[2].deposits.as_mut().expect("deposits"));
        assert_eq!(failing(&forged), ["deposits"], "lie {number}");
    }
    let noted = |amount| Noted {
        deposits: vec![("in/rush".to_owned(), None), ("in/batch".to_owned(), amount)],
        ..Noted::default()
    };
    let report = with_deposits();
    let amount = report.channels[2].deposits.map(|deposits| deposits.amount);
    assert_eq!(verify(&report, &noted(amount)), []);
    for false_one in [None, amount.map(|cost| kontor_base::Money { minor: 1, ..cost })] {
        let found = verify(&report, &noted(false_one));
        assert_eq!(found.iter().map(|f| f.check).collect::<Vec<_>>(), [Check::Published]);
    }
    let mut elsewhere = with_deposits();
    elsewhere.channels[0].deposits = elsewhere.channels[2].deposits.take();
    assert_eq!(failing(&elsewhere), ["deposits"]);
}

#[test]
fn a_batch_stands_in_the_order_of_its_ids() {
    let late = |after: u64| {
        let mut report = with_deposits();
        let entries = &mut report.channels[2].entries;
        (entries[2].1, entries[3].1) = (Some(after), Some(after));
        cover_up(&mut report);
        report
    };
    assert_eq!(failing(&late(7)), Vec::<&str>::new());
    for pair in [(0, 1), (2, 3)] {
        let mut forged = late(7);
        let entries = &mut forged.channels[2].entries;
        (entries[pair.0].0, entries[pair.1].0) = (entries[pair.1].0, entries[pair.0].0);
        assert_eq!(failing(&forged), ["order"], "{pair:?}");
    }
}

fn good() -> Report {
    report(40, 12, 30)
}

/// The names of the checks that fail, each once.
fn failing(report: &Report) -> Vec<&'static str> {
    let mut names: Vec<_> =
        verify(report, &Noted::default()).iter().map(|f| f.check.word()).collect();
    names.dedup();
    names
}

/// Makes everything that the liar controls agree again: the numbers and the digests.
fn cover_up(report: &mut Report) {
    for channel in &mut report.channels {
        channel.totals = Totals::of(&channel.entries);
        let here: Vec<_> = channel.entries.iter().filter(|e| e.1.is_none()).map(|e| e.0).collect();
        channel.entries_digest = entries_digest(&here);
    }
}

proptest! {
    #[test]
    fn true_reports_pass(people in 0u32..60, quota in 1u32..50, reached in 0usize..70) {
        prop_assert_eq!(verify(&report(people, quota, reached), &Noted::default()), []);
    }

    #[test]
    fn no_two_places_can_be_exchanged(a in 0usize..40, b in 0usize..40) {
        prop_assume!(a != b);
        let mut forged = good();
        forged.channels[0].entries.swap(a, b);
        prop_assert!(failing(&forged).contains(&"order"));
        // Exchanging only who stands there, not what became of the place, is the same lie.
        let mut forged = good();
        let entries = &mut forged.channels[1].entries;
        (entries[a].0, entries[b].0) = (entries[b].0, entries[a].0);
        prop_assert_eq!(failing(&forged), ["order"]);
    }
}

#[test]
fn the_waiting_list_is_beside_the_line() {
    let mut report = good();
    let channel = &mut report.channels[0];
    let last = channel.entries.last_mut().expect("five late comers");
    (last.2, last.4) = (Outcome::Expired, true);
    channel.totals = Totals::of(&channel.entries);
    assert_eq!(channel.totals.from_list, 1);
    assert_eq!(failing(&report), Vec::<&str>::new());
    // As JSON it is as it was, also where the fifth is left out.
    let text = serde_json::to_string(&report).expect("JSON");
    assert_eq!(serde_json::from_str::<Report>(&text).ok(), Some(report));
    for wrong in ["[]", "[null]", r#"["x",null,"claimed",1]"#] {
        assert!(serde_json::from_str::<Entry>(wrong).is_err(), "{wrong}");
    }
    let six = serde_json::to_string(&good().channels[0].entries[0]).expect("JSON");
    let six = six.replace(']', ",true,true]");
    assert!(serde_json::from_str::<Entry>(&six).is_err(), "{six}");
}

#[test]
fn a_report_of_the_layout_before_is_read() {
    let mut before = good();
    before.schema = super::super::report::SCHEMA_BEFORE.to_owned();
    let before = before.accept().expect("it is known");
    assert_eq!(failing(&before), Vec::<&str>::new());
}

#[test]
fn each_falsification_is_caught_by_its_check() {
    type Lie = fn(&mut Report);
    let lies: [(&str, Lie, &[&str]); 24] = [
        (
            "another secret",
            |r| r.secret = OrderSecret::from_bytes([9; 32]),
            &["commitment", "order"],
        ),
        (
            "another secret with its own commitment",
            |r| {
                r.secret = OrderSecret::from_bytes([9; 32]);
                r.commitment = r.secret.commitment();
            },
            &["order"],
        ),
        ("another beacon", |r| r.beacon.as_mut().expect("one").value[0] ^= 1, &["order"]),
        ("no beacon", |r| r.beacon = None, &["order"]),
        (
            "a beacon that was known while people could still enter",
            |r| r.live_at = Instant::from_micros(2_000_000_000 * 1_000_000),
            &["beacon"],
        ),
        ("another sale's order", |r| r.sale = SaleId::from_bytes([2; 16]), &["order"]),
        (
            "a friend added at the front",
            |r| r.channels[0].entries.insert(0, Entry(entry(900), None, Outcome::Missed, 0, false)),
            &["digest", "order", "reach", "totals"],
        ),
        (
            "somebody left out",
            |r| {
                r.channels[0].entries.remove(3);
            },
            &["digest", "reach", "totals"],
        ),
        (
            "a late comer who was there all along",
            |r| {
                let late = r.channels[0].entries.last_mut().expect("five late comers");
                late.1 = None;
            },
            &["digest", "order"],
        ),
        (
            "late comers exchanged",
            |r| {
                let at = r.channels[0].entries.len() - 1;
                r.channels[0].entries.swap(at, at - 1);
            },
            &["order"],
        ),
        (
            "a draw entered afterwards",
            |r| r.channels[1].entries.push(Entry(entry(7), Some(5), Outcome::NotReached, 0, false)),
            &["order", "totals"],
        ),
        (
            "an entry twice",
            |r| {
                let twin = *r.channels[0].entries.last().expect("five late comers");
                r.channels[0].entries.push(twin);
            },
            &["unique", "totals"],
        ),
        ("a channel twice", |r| r.channels.push(r.channels[1].clone()), &["unique"]),
        (
            "somebody behind let in",
            |r| {
                let last = r.channels[0].entries.last_mut().expect("five late comers");
                last.2 = Outcome::Missed;
            },
            &["reach", "totals"],
        ),
        (
            "somebody behind who bought",
            |r| {
                let last = r.channels[0].entries.last_mut().expect("five late comers");
                (last.2, last.3) = (Outcome::Claimed, 1);
            },
            &["reach", "quota", "totals"],
        ),
        (
            "somebody who was offered a unit and not reached",
            |r| r.channels[0].entries.last_mut().expect("five late comers").4 = true,
            &["reach", "totals"],
        ),
        (
            "a limit that is told twice",
            |r| {
                let met = LimitMet { at: MetAt::Entry, limit: Limit::Person, times: 2 };
                r.channels[0].limits = vec![met, met];
            },
            &["totals"],
        ),
        (
            "a limit that was never met",
            |r| {
                let met = LimitMet { at: MetAt::Claim, limit: Limit::Excluded, times: 0 };
                r.channels[0].limits = vec![met];
            },
            &["totals"],
        ),
        ("a longer reach", |r| r.channels[0].reached += 1, &["reach"]),
        ("an impossible reach", |r| r.channels[0].reached = 99, &["reach"]),
        (
            "units without a purchase",
            |r| r.channels[0].entries[2].3 = 1,
            &["outcome", "quota", "totals"],
        ),
        ("two units for one person", |r| r.channels[1].entries[0].3 = 2, &["limit", "totals"]),
        ("a smaller quota", |r| r.channels[0].quota = 11, &["quota"]),
        ("units from nowhere", |r| r.channels[0].rolled_in = 1, &["rollover"]),
    ];
    assert_eq!(failing(&good()), [""; 0]);
    for (what, lie, caught_by) in lies {
        let mut forged = good();
        lie(&mut forged);
        assert_ne!(forged, good(), "{what} changes nothing");
        assert_eq!(failing(&forged), caught_by, "{what}");
    }
}

#[test]
fn a_reach_that_the_rules_do_not_allow_is_found_though_all_outcomes_agree_with_it() {
    // Nobody of the draw behind the fourth is said to have won, where there were units for twelve.
    let mut forged = good();
    let draw = &mut forged.channels[1];
    draw.reached = 4;
    for entry in &mut draw.entries[4..] {
        (entry.2, entry.3) = (Outcome::NotReached, 0);
    }
    cover_up(&mut forged);
    assert_eq!(failing(&forged), ["reach"]);
    // Ten were there for twelve units, and all could take some from the first moment on.
    let mut forged = report(10, 12, 10);
    let rush = &mut forged.channels[0];
    rush.reached = 6;
    for entry in &mut rush.entries[6..] {
        (entry.2, entry.3) = (Outcome::NotReached, 0);
    }
    cover_up(&mut forged);
    assert_eq!(failing(&forged), ["reach"]);
    // Late comers who took nothing are said to have had their chance.
    let mut forged = report(10, 12, 10);
    let rush = &mut forged.channels[0];
    rush.reached = rush.entries.len() as u64;
    for entry in &mut rush.entries[10..] {
        (entry.2, entry.3) = (Outcome::Missed, 0);
    }
    cover_up(&mut forged);
    assert_eq!(failing(&forged), ["reach"]);
    // One that was settled before it went live has reached nobody, and is true.
    let mut settled = good();
    for channel in &mut settled.channels {
        channel.reached = 0;
        for entry in &mut channel.entries {
            (entry.2, entry.3) = (Outcome::NotReached, 0);
        }
    }
    cover_up(&mut settled);
    assert_eq!(failing(&settled), Vec::<&str>::new());
}

#[test]
fn numbers_are_checked_one_by_one() {
    type Lie = fn(&mut Totals);
    let lies: [Lie; 9] = [
        |t| t.entries += 1,
        |t| t.units_claimed += 1,
        |t| t.claimed += 1,
        |t| t.expired += 1,
        |t| t.released += 1,
        |t| t.limited += 1,
        |t| t.refused += 1,
        |t| t.missed += 1,
        |t| t.not_reached += 1,
    ];
    for lie in lies {
        let mut forged = good();
        lie(&mut forged.channels[0].totals);
        assert_eq!(failing(&forged), ["totals"]);
    }
}

#[test]
fn overselling_cannot_be_covered_up() {
    // One unit more than the quota, with every number made to agree.
    let mut forged = good();
    let entries = &mut forged.channels[0].entries;
    let missed = entries.iter_mut().find(|e| e.2 == Outcome::Missed).expect("somebody missed");
    (missed.2, missed.3) = (Outcome::Claimed, 1);
    cover_up(&mut forged);
    assert_eq!(failing(&forged), ["quota"]);
    // Units moved in from another way only move the hole: the draw has sold 8 of its 12.
    forged.channels[0].rolled_in = 5;
    forged.channels[1].rolled_out = 5;
    assert_eq!(failing(&forged), ["quota"]);
    forged.channels[1].rolled_out = 13;
    assert!(failing(&forged).contains(&"rollover"));
}

#[test]
fn what_was_noted_beforehand_ends_all_cover_ups() {
    let noted = Noted {
        commitment: Some(good().commitment),
        digests: vec![("in/rush".to_owned(), good().channels[0].entries_digest)],
        ..Noted::default()
    };
    assert_eq!(verify(&good(), &noted), []);
    // The whole report made anew with another secret is consistent in itself.
    let mut forged = good();
    forged.secret = OrderSecret::from_bytes([9; 32]);
    forged.commitment = forged.secret.commitment();
    let shuffle = forged.secret.shuffle(forged.sale, Some(&[4; 32]));
    for channel in &mut forged.channels {
        let here: Vec<_> = channel.entries.iter().filter(|e| e.1.is_none()).map(|e| e.0).collect();
        for (slot, id) in channel.entries.iter_mut().zip(shuffle.order(channel.way, &here)) {
            slot.0 = id;
        }
    }
    assert_eq!(verify(&forged, &Noted::default()), []);
    let found = verify(&forged, &noted);
    assert!(found.iter().all(|f| f.check == Check::Published) && found.len() == 1, "{found:?}");
    // An entry exchanged with its digest is found by the noted digest.
    let mut forged = good();
    forged.channels[0].entries.retain(|e| e.2 != Outcome::NotReached);
    cover_up(&mut forged);
    forged.channels[0].reached = forged.channels[0].entries.len() as u64;
    let found = verify(&forged, &noted);
    assert!(
        found.iter().any(|f| f.check == Check::Published && f.channel == "in/rush"),
        "{found:?}"
    );
    forged.channels.remove(0);
    assert_eq!(verify(&forged, &noted)[0].detail, "the channel is missing");
}

#[test]
fn reports_are_read_as_they_are_written_and_within_bounds() {
    let text = serde_json::to_string(&good()).expect("a report is JSON");
    let read: Report = serde_json::from_str(&text).expect("the same report");
    assert_eq!(read.accept().expect("a known layout"), good());
    assert!(text.contains(r#",null,"claimed",1]"#), "entries are short: {text}");
    let newer = Report { schema: "kontor.sale.report/9".to_owned(), ..good() };
    assert!(matches!(newer.accept(), Err(ReadError::Schema(_))));
    let mut big = good();
    big.channels[0].quota = 50_000_001;
    assert!(matches!(big.accept(), Err(ReadError::TooMuch("units"))));
}

#[test]
fn every_check_has_a_name_and_a_meaning_of_its_own() {
    for (i, check) in Check::ALL.iter().enumerate() {
        for other in &Check::ALL[i + 1..] {
            assert_ne!(check.word(), other.word());
            assert_ne!(check.meaning(), other.meaning());
        }
    }
}

#[test]
#[ignore = "writes the report that the command's test reads"]
fn write_the_example() {
    let text = serde_json::to_string(&report(12, 3, 6)).expect("a report is JSON");
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../kontor/tests/reports/rush-and-draw.json");
    std::fs::write(path, text + "\n").expect("the example is written");
}

#[test]
fn what_was_noted_of_the_definition_cannot_be_changed_afterwards() {
    let true_one = good();
    let noted = Noted {
        sale: Some(true_one.sale),
        beacon: Some([4; 32]),
        per_person: Some(1),
        quotas: vec![("in/rush".to_owned(), true_one.channels[0].quota)],
        ..Noted::default()
    };
    assert_eq!(verify(&true_one, &noted), []);
    type Harm = fn(&mut Report);
    let harms: [(Harm, &str); 5] = [
        (|r| r.channels[0].quota += 1, "in/rush"),
        (|r| r.per_person = 2, ""),
        (|r| r.beacon = None, ""),
        (|r| r.sale = SaleId::from_bytes([2; 16]), ""),
        (|r| r.channels.clear(), "in/rush"),
    ];
    for (harm, place) in harms {
        let mut forged = true_one.clone();
        harm(&mut forged);
        let found = verify(&forged, &noted);
        let named = found.iter().any(|f| f.check == Check::Published && f.channel == place);
        assert!(named, "{place}: {found:?}");
    }
}
