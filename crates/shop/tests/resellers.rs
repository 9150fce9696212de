//! Resellers from the application to the sell-out report, and devices that were carried abroad.

use std::sync::Arc;

use kontor_base::id::{HookId, ProposalId, ResellerId, StaffId};
use kontor_base::{Clock, Date, Email, Instant, Language, Line, Money, Random, SecretKey};
use kontor_domain::clearance::Scope;
use kontor_domain::hook::{EventKind, HookName, HookState};
use kontor_domain::install::DeviceKey;
use kontor_domain::market::MarketCode;
use kontor_domain::reach::Sighting;
use kontor_domain::reseller::{
    BillState, CancelledBy, Clause, Contract, ProfileForm, SupplyFacts, TaxCase, TaxNumber, Terms,
};
use kontor_domain::staff::Decision;
use kontor_scratch::Scratch;
use kontor_shop::audit::{LogProof, audit};
use kontor_shop::exchange::load_demo;
use kontor_shop::keepers::sweep;
use kontor_shop::opening::{ReinstateCommand, WithdrawCommand, reinstate, withdraw};
use kontor_shop::order::review_waiting;
use kontor_shop::planning::counted_here;
use kontor_shop::reach::{OutsideRow, OutsideUnits, Seen, carried_abroad};
use kontor_shop::reseller::{
    ApplyCommand, BillTerms, CancelOrder, OfMarkets, OrderCommand, OrderTaken, Refusal,
    SellOutCommand, SoldUnits, apply, cancel_order, holder_of, order, read_sell_out_csv,
    report_sell_out, show, sold_outside,
};
use kontor_shop::sale::exclude;
use kontor_shop::staff::{
    Act, AddCommand, DecideCommand, ExpansionAct, IssueKey, Person, SecretGiven, SignIn,
    Undertaken, Undertaking, add, decide, end_reseller_key, issue_reseller_key, proposal, sign_in,
    undertake,
};
use kontor_shop::stock::import_serials;
use kontor_shop::{Failure, Policy, Shop};
use kontor_store::hook::{self, Endpoint};
use kontor_store::mail::{self, LetterState};
use kontor_store::sale::excluded;

const DAY_S: i64 = 86_400;

struct House {
    shop: Arc<Shop>,
    clock: Clock,
    _folder: Scratch,
}

fn us() -> MarketCode {
    "us".parse().expect("a market")
}

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

fn contract() -> Contract {
    let usd = |minor| Money::new(minor, "USD".parse().expect("a currency"));
    let clauses = ["1", "2.1", "2.2", "3", "4", "5"].map(str::to_owned);
    Contract {
        code: "US-2026-3".to_owned(),
        reseller: "Harbour Electronics".to_owned(),
        from: day("2026-01-01"),
        until: day("2027-12-31"),
        ended_on: None,
        terms: Terms {
            territory: ["US".parse().expect("a country")].into(),
            models: ["band".parse().expect("a model")].into(),
            prices: [("BAND-BLACK".parse().expect("a SKU"), usd(900))].into(),
            minimum_units: 2,
            allotment: [("BAND-BLACK".parse().expect("a SKU"), 10)].into(),
        },
        clauses: Clause::ALL.into_iter().zip(clauses).collect(),
    }
}

impl House {
    async fn open() -> Self {
        Self::open_with(Policy::default()).await
    }

    async fn open_with(policy: Policy) -> Self {
        let folder = Scratch::chosen();
        let db = folder.open();
        let clock = Clock::fixed(Instant::start_of(day("2026-11-23")));
        load_demo(&db, &clock, &Random::seeded(7), &|_, _| ())
            .await
            .unwrap_or_else(|error| panic!("{error}"));
        let secret = SecretKey::from_bytes([3; 32]);
        let shop = Shop::open(db, clock.clone(), Random::System, &secret, policy);
        Self { shop: Arc::new(shop.await.expect("it opens")), clock, _folder: folder }
    }

    async fn hire(&self, name: &str, role: &str) -> Person {
        let email = format!("{name}@maker.example");
        let command = AddCommand {
            name: name.to_owned(),
            email: email.clone(),
            language: Language::En,
            held: vec![role.parse().expect("a role")],
        };
        let code = add(&self.shop, command).await.expect("a new account").code;
        let secret = SecretGiven::Recovery(code);
        let wish = SignIn { email, secret, browser: "Firefox".to_owned(), known: None };
        sign_in(&self.shop, wish).await.expect("comes in").person
    }

    async fn does(&self, person: &Person, act: ExpansionAct) -> Result<Undertaken, String> {
        let act = Act::from(act);
        let body = serde_json::to_vec(&act).expect("JSON");
        let key = format!("{} {}", person.id, String::from_utf8_lossy(&body));
        let once = self.shop.keys.once("staff", &key, &body);
        let wish = Undertaking { act, reason: "agreed".to_owned(), once };
        match undertake(&self.shop, person, wish).await {
            Ok(done) => Ok(done.answer),
            Err(Failure::Refused(refusal)) => Err(refusal.to_string()),
            Err(other) => panic!("{other:?}"),
        }
    }

    async fn approve(&self, person: &Person, id: ProposalId) {
        let seen = proposal(&self.shop, person, id).await.expect("shown").seen;
        let command = DecideCommand {
            proposal: id,
            decision: Decision::Approve,
            seen,
            remark: String::new(),
        };
        decide(&self.shop, person, command).await.expect("approved");
    }

    async fn applicant(&self) -> ResellerId {
        let form = ProfileForm {
            name: "Harbour Electronics".to_owned(),
            country: "us".to_owned(),
            email: "trade@harbour.example".to_owned(),
            plan: "bands in two shops".to_owned(),
        };
        let command = ApplyCommand { form, once: None };
        apply(&self.shop, command).await.expect("applied").answer
    }

    /// A reseller with a contract, ten units set aside.
    async fn reseller(&self) -> (ResellerId, Person) {
        self.reseller_with(contract()).await
    }

    async fn reseller_with(&self, contract: Contract) -> (ResellerId, Person) {
        let id = self.applicant().await;
        let ana = self.hire("ana", "market_manager@us").await;
        let ben = self.hire("ben", "market_manager@us").await;
        let act = ExpansionAct::ApproveReseller {
            reseller: id,
            market: us(),
            contract: Box::new(contract),
        };
        let Ok(Undertaken::Waiting(proposed)) = self.does(&ana, act).await else {
            panic!("a contract takes two people");
        };
        self.approve(&ben, proposed).await;
        let done = self.does(&ana, allot(10)).await;
        assert_eq!(done, Ok(Undertaken::Done));
        (id, ana)
    }

    async fn orders(
        &self,
        reseller: ResellerId,
        ship_to: &str,
        units: u32,
        key: &str,
    ) -> Result<OrderTaken, Refusal> {
        self.orders_under("US-2026-3", reseller, ship_to, units, key).await
    }

    async fn orders_under(
        &self,
        contract: &str,
        reseller: ResellerId,
        ship_to: &str,
        units: u32,
        key: &str,
    ) -> Result<OrderTaken, Refusal> {
        let command = OrderCommand {
            reseller,
            contract: contract.to_owned(),
            ship_to: ship_to.parse().expect("a country"),
            lines: vec![("BAND-BLACK".parse().expect("a SKU"), units)],
            once: Some(self.shop.keys.once("test", key, key.as_bytes())),
        };
        match order(&self.shop, command).await {
            Ok(taken) => Ok(taken.answer),
            Err(Failure::Refused(refusal)) => Err(refusal),
            Err(other) => panic!("{other:?}"),
        }
    }

    /// Another program is told of everything.
    async fn listens(&self) {
        let endpoint = Endpoint {
            id: HookId::new(self.shop.now(), &self.shop.random),
            name: HookName::parse("Books").expect("a name"),
            url: "https://books.example/".to_owned(),
            markets: "us".parse().expect("markets"),
            kinds: EventKind::ALL.to_vec(),
            state: HookState::Active,
            secret: "sealed".to_owned(),
            secret_before: None,
            failing_since: None,
            made_by: StaffId::new(self.shop.now(), &self.shop.random),
            made_at: self.shop.now(),
        };
        let save = move |tx: &mut kontor_store::Tx<'_>| hook::save_endpoint(tx, &endpoint);
        self.shop
            .db
            .write::<_, kontor_store::StoreError, _>("test.hook", save)
            .await
            .expect("kept");
    }

    /// The letters and the events about held orders of resellers, by their kinds, the first one first.
    async fn told_of_held(&self) -> (Vec<&'static str>, Vec<&'static str>) {
        let read = |tx: &mut kontor_store::Tx<'_>| {
            let letters = mail::queued_by(
                tx,
                LetterState::Waiting,
                Instant::from_micros(i64::MAX),
                None,
                100,
            )?;
            Ok::<_, kontor_store::StoreError>((letters, hook::unfanned(tx, 100)?))
        };
        let (mut letters, mut events) = self.shop.db.read("test.told", read).await.expect("read");
        letters.sort_by_key(|letter| letter.id);
        events.sort_by_key(|event| event.id);
        let word = |word: &str| {
            ["reseller.order_held", "reseller.order_freed"].into_iter().find(|known| *known == word)
        };
        let letters = letters.iter().filter_map(|letter| word(&letter.kind));
        let events = events.iter().filter_map(|event| word(event.kind.word()));
        (letters.collect(), events.collect())
    }

    /// All of a reseller's units that are active outside of their territory.
    async fn outside(&self, id: ResellerId, seen: &Seen) -> Vec<OutsideRow> {
        let (mut walk, mut rows) = (OutsideUnits::of(id, OfMarkets::All), Vec::new());
        while !walk.is_over() {
            rows.extend(walk.next(&self.shop, seen).await.expect("read"));
        }
        rows
    }

    async fn is_clean(&self) {
        let report = audit(&self.shop.db, LogProof::by(self.shop.keys.log()), |_| ())
            .await
            .expect("an audit");
        assert!(report.is_clean(), "{report:?}");
    }
}

fn allot(units: i64) -> ExpansionAct {
    let sku = "BAND-BLACK".parse().expect("a SKU");
    ExpansionAct::Allot { market: us(), contract: "US-2026-3".to_owned(), sku, units }
}

#[tokio::test]
async fn an_order_is_taken_from_the_allotment_or_refused_with_its_clause() {
    let house = House::open().await;
    let (id, ana) = house.reseller().await;
    house.is_clean().await;

    let refused = house.orders(id, "CA", 3, "a").await.expect_err("outside").to_string();
    let clause = "clause 2.1 (territory) of US-2026-3: CA is not in the territory";
    assert!(refused.starts_with(clause), "{refused}");
    let refused = house.orders(id, "US", 1, "b").await.expect_err("too few");
    assert_eq!(refused.code(), "reseller.too_few");
    let refused = house.orders(id, "US", 11, "c").await.expect_err("too many").to_string();
    assert!(refused.contains("clause 5 (allotment)"), "{refused}");

    let taken = house.orders(id, "US", 4, "d").await.expect("taken");
    assert_eq!(taken.body.total.minor, 3_600);
    let again = house.orders(id, "US", 4, "d").await.expect("the same answer");
    assert_eq!(again, taken, "the same order twice is one");
    let shown = show(&house.shop, id).await.expect("read").expect("there");
    let row = &shown.allotment[0];
    assert_eq!((row.available, row.ordered, row.shipped), (6, 4, 0));
    assert_eq!(shown.orders.len(), 1);
    // Seven are not there any more, whatever the contract says of its term.
    let refused = house.orders(id, "US", 7, "e").await.expect_err("not there");
    assert_eq!(refused.code(), "reseller.allotment");
    house.is_clean().await;

    // The quota goes back as it came; what is ordered stays.
    assert_eq!(house.does(&ana, allot(-6)).await, Ok(Undertaken::Done));
    let refused = house.does(&ana, allot(-1)).await.expect_err("nothing is left");
    assert!(refused.contains("not enough"), "{refused}");
    let refused = house.does(&ana, allot(7)).await.expect_err("beyond the contract");
    assert!(refused.contains("sets 10 units"), "{refused}");
    house.is_clean().await;
}

#[tokio::test]
async fn what_is_withdrawn_does_not_leave_through_a_territory_beyond_the_market() {
    let house = House::open_with(Policy { mail: true, ..Policy::default() }).await;
    house.listens().await;
    let mut wide = contract();
    // Hong Kong has a shop of its own, the contract is served by the American one.
    wide.terms.territory.insert("HK".parse().expect("a country"));
    let (id, _ana) = house.reseller_with(wide).await;
    let wim = house.hire("wim", "warehouse@us").await;
    let waits = house.orders(id, "HK", 2, "a").await.expect("cleared in Hong Kong");
    let line = |text: &str| Line::parse(text).expect("a line");
    let command = WithdrawCommand {
        market: us(),
        scope: Scope { model: Some("band".parse().expect("a model")), ..Scope::default() },
        gates: kontor_domain::market::Act::Announce,
        by: line("Jane"),
        reason: line("a batch gets warm"),
    };
    let done = withdraw(&house.shop, command).await.expect("withdrawn");
    let held: Vec<_> = done.held_for_resellers.iter().map(|held| held.id).collect();
    assert_eq!(held, [waits.order], "goes to Hong Kong and is held with the market's");
    let refused = house.orders(id, "HK", 2, "b").await.expect_err("withdrawn");
    assert_eq!(refused.code(), "clearance.refused");
    let send = ExpansionAct::DispatchReseller { market: us(), order: waits.order, serials: vec![] };
    let refused = house.does(&wim, send.clone()).await.expect_err("withdrawn");
    assert!(refused.contains("may not be resold there"), "{refused}");

    // Whoever ordered is told once, other programs too; and again when it goes on.
    assert_eq!(
        house.told_of_held().await,
        (vec!["reseller.order_held"], vec!["reseller.order_held"])
    );
    review_waiting(&house.shop).await.expect("judged anew");
    assert_eq!(house.told_of_held().await.0.len(), 1, "nothing has changed");
    house.clock.advance_seconds(1);
    for code in done.codes {
        let back = ReinstateCommand { code, by: line("Jane"), reason: line("the batch is found") };
        reinstate(&house.shop, back).await.expect("taken back");
    }
    let (letters, events) = house.told_of_held().await;
    assert_eq!(letters, ["reseller.order_held", "reseller.order_freed"]);
    assert_eq!(events, letters);
    assert_eq!(house.does(&wim, send).await, Ok(Undertaken::Done));
}

#[tokio::test]
async fn what_has_left_is_known_by_its_serial_number() {
    let house = House::open().await;
    let (id, _ana) = house.reseller().await;
    let wim = house.hire("wim", "warehouse@us").await;
    let taken = house.orders(id, "US", 3, "a").await.expect("taken");
    let sku = || "BAND-BLACK".parse().expect("a SKU");
    let send = |serials: &[&str]| ExpansionAct::DispatchReseller {
        market: us(),
        order: taken.order,
        serials: vec![(sku(), serials.iter().map(|s| (*s).to_owned()).collect())],
    };
    for (bad, why) in [
        (&["s1", "s2"][..], "3 units leave, 2 serial numbers"),
        (&["s1", "s2", "s2"], "there twice"),
        (&["s1", "s2", "=1"], "no serial number"),
    ] {
        let refused = house.does(&wim, send(bad)).await.expect_err(why);
        assert!(refused.contains(why), "{refused}");
    }
    assert_eq!(house.does(&wim, send(&["s1", "s2", "s3"])).await, Ok(Undertaken::Done));
    let refused = house.does(&wim, send(&["s4", "s5", "s6"])).await.expect_err("it has left");
    assert!(refused.contains("no such order"), "{refused}");
    house.is_clean().await;

    let report = async |csv: &str, key: &str| {
        let rows = match read_sell_out_csv(csv) {
            Ok(rows) => rows,
            Err(refusal) => return Err(refusal),
        };
        let once = Some(house.shop.keys.once("test", key, csv.as_bytes()));
        let contract = "US-2026-3".to_owned();
        let command = SellOutCommand { reseller: id, contract, rows, once };
        match report_sell_out(&house.shop, command).await {
            Ok(taken) => Ok(taken.answer),
            Err(Failure::Refused(refusal)) => Err(refusal),
            Err(other) => panic!("{other:?}"),
        }
    };
    let head = "serial,sold_on,country\n";
    let bad = report(&format!("{head}s1,2026-11-20,US\ns2,tomorrow,US\n"), "r0").await;
    let Err(Refusal::Rows(rows)) = bad else { panic!("a bad row is named: {bad:?}") };
    assert_eq!((rows[0].0, rows[0].1.field), (3, "sold_on"));
    let csv = format!("{head}s1,2026-11-20,US\ns2,2026-11-21,CA\nx9,2026-11-21,US\n");
    let told = report(&csv, "r1").await.expect("taken");
    assert_eq!(told.units.values().sum::<u64>(), 2);
    assert!(told.problems.iter().any(|p| p.contains("clause 2.1 (territory)")), "{told:?}");
    assert!(told.problems.iter().any(|p| p.contains("not delivered")), "{told:?}");
    assert_eq!(report(&csv, "r1").await.expect("the same answer"), told);
    let again = report(&csv, "r2").await.expect("taken");
    assert!(again.units.is_empty(), "a unit counts once: {again:?}");

    // One is active in Canada for months, one at home, one was seen there for a day.
    let seen = |serial: &str| house.shop.keys.device(serial);
    let (s1, s2, s3) = (seen("S1"), seen("S2"), seen("S3"));
    house.clock.advance_seconds(90 * 24 * 60 * 60);
    let today = house.shop.now().date();
    let sighting = move |device: DeviceKey| {
        let at = |country: &str, first: &str| Sighting {
            country: country.parse().ok(),
            first: day(first),
            last: today,
        };
        match device {
            d if d == s1 => Some(at("US", "2026-11-25")),
            d if d == s2 => Some(at("CA", "2026-11-25")),
            d if d == s3 => Some(Sighting { first: today, ..at("CA", "2026-11-25") }),
            _ => None,
        }
    };
    let outside = house.outside(id, &sighting).await;
    let found: Vec<_> =
        outside.iter().map(|row| (row.serial.as_str(), row.country.code())).collect();
    assert_eq!(found, [("S2", "CA")]);
    assert_eq!(outside[0].clause, "clause 2.1 (territory) of US-2026-3");
    let carried = carried_abroad(&house.shop, &sighting).await.expect("read");
    assert_eq!((carried.sold, carried.home, carried.travelling, carried.total()), (3, 1, 1, 1));
}

#[tokio::test]
async fn a_unit_is_held_against_the_contract_of_its_own_order() {
    let house = House::open().await;
    let (id, ana) = house.reseller().await;
    let wim = house.hire("wim", "warehouse@us").await;
    // A second one, that stands before the first in every list and may sell in India too.
    let mut wide = Contract { code: "US-2026-2".to_owned(), ..contract() };
    wide.terms.territory.insert("IN".parse().expect("a country"));
    let (market, contract) = (us(), Box::new(wide));
    let act = ExpansionAct::ApproveReseller { reseller: id, market, contract };
    let Ok(Undertaken::Waiting(proposed)) = house.does(&ana, act).await else {
        panic!("a contract takes two people");
    };
    let eve = house.hire("eve", "market_manager@us").await;
    house.approve(&eve, proposed).await;
    let sku = || "BAND-BLACK".parse().expect("a SKU");
    let contract = "US-2026-2".to_owned();
    let aside = ExpansionAct::Allot { market: us(), contract, sku: sku(), units: 4 };
    assert_eq!(house.does(&ana, aside).await, Ok(Undertaken::Done));
    for (contract, serials) in [("US-2026-3", ["N1", "N2"]), ("US-2026-2", ["W1", "W2"])] {
        let taken = house.orders_under(contract, id, "US", 2, contract).await.expect("taken");
        let serials = vec![(sku(), serials.map(str::to_owned).into())];
        let send = ExpansionAct::DispatchReseller { market: us(), order: taken.order, serials };
        assert_eq!(house.does(&wim, send).await, Ok(Undertaken::Done));
    }

    // One of each is sold on to India, under whichever contract the reseller says.
    let rows = "serial,sold_on,country\nN1,2026-11-22,IN\nW1,2026-11-22,IN\n";
    let command = SellOutCommand {
        reseller: id,
        contract: "US-2026-2".to_owned(),
        rows: read_sell_out_csv(rows).expect("rows"),
        once: None,
    };
    let told = report_sell_out(&house.shop, command).await.expect("taken").answer;
    assert_eq!(told.problems, ["N1: sold to IN, against clause 2.1 (territory) of US-2026-3"]);
    let shown = show(&house.shop, id).await.expect("read").expect("there");
    let sums: Vec<_> = shown.sold.iter().map(|row| (row.units, row.inside)).collect();
    assert_eq!(sums.len(), 2, "{sums:?}");
    assert!(sums.contains(&(1, false)) && sums.contains(&(1, true)), "{sums:?}");
    let mut walk = SoldUnits::of(id, OfMarkets::All);
    let units = walk.next(&house.shop).await.expect("read");
    assert!(walk.is_over(), "these are all");
    let inside: Vec<_> = units.iter().map(|unit| (unit.serial.as_str(), unit.inside)).collect();
    assert_eq!(inside, [("N1", false), ("W1", true)]);
    let outside = sold_outside(&house.shop, OfMarkets::All).await.expect("read");
    let outside: Vec<i64> = outside.iter().flat_map(|who| who.units.values().copied()).collect();
    assert_eq!(outside, [1]);

    // And all four are active in India for months.
    house.clock.advance_seconds(90 * DAY_S);
    let last = house.shop.now().date();
    let india = move |_| {
        let (country, first) = ("IN".parse().ok(), day("2026-11-25"));
        Some(Sighting { country, first, last })
    };
    let rows = house.outside(id, &india).await;
    let found: Vec<_> = rows.iter().map(|row| (&*row.serial, &*row.clause)).collect();
    let clause = "clause 2.1 (territory) of US-2026-3";
    assert_eq!(found, [("N1", clause), ("N2", clause)]);
}

#[tokio::test]
async fn a_reseller_is_kept_out_of_sales_until_the_last_contract_has_ended() {
    let house = House::open().await;
    let id = house.applicant().await;
    let address = Email::parse("Trade@harbour.example").expect("an address");
    let hash = house.shop.keys.persons().email(&address);
    let is_out = || house.shop.db.read("test.out", move |tx| excluded::any(tx, &[hash]));
    assert!(!is_out().await.expect("it is read"), "who has only applied may take part");
    let ana = house.hire("ana", "market_manager@us").await;
    let ben = house.hire("ben", "market_manager@us").await;
    let agree = async |contract: Contract| {
        let contract = Box::new(contract);
        let act = ExpansionAct::ApproveReseller { reseller: id, market: us(), contract };
        let Ok(Undertaken::Waiting(proposed)) = house.does(&ana, act).await else {
            panic!("a contract takes two people");
        };
        house.approve(&ben, proposed).await;
    };
    agree(contract()).await;
    assert!(is_out().await.expect("it is read"), "out as soon as the contract is made");
    // A second contract, then notice for the first: the second still keeps them out.
    agree(Contract { code: "US-2026-4".to_owned(), ..contract() }).await;
    agree(Contract { ended_on: Some(day("2026-11-23")), ..contract() }).await;
    assert!(is_out().await.expect("it is read"), "one contract lasts");
    sweep(&house.shop).await.expect("the keepers come by");
    assert!(is_out().await.expect("it is read"));
    // The last day of the second passes, and nobody does anything.
    house.clock.advance_seconds(404 * DAY_S);
    sweep(&house.shop).await.expect("the keepers come by");
    assert!(!is_out().await.expect("it is read"), "no contract lasts");

    // Whom somebody keeps out by hand stays out when a contract ends.
    house.clock.advance_seconds(-403 * DAY_S);
    sweep(&house.shop).await.expect("the keepers come by");
    assert!(is_out().await.expect("it is read"), "the second contract lasts again");
    let added = exclude(&house.shop, Some(address), None, "bot").await.expect("excluded");
    assert_eq!(added, 0, "they were out already");
    house.clock.advance_seconds(403 * DAY_S);
    sweep(&house.shop).await.expect("the keepers come by");
    assert!(is_out().await.expect("it is read"), "by hand");
}

#[tokio::test]
async fn a_key_opens_its_reseller_until_it_ends() {
    let house = House::open().await;
    let (id, ana) = house.reseller().await;
    let wim = house.hire("wim", "warehouse@us").await;
    let wish = IssueKey { reseller: id, label: "till".to_owned(), form_key: "k1".to_owned() };
    assert!(issue_reseller_key(&house.shop, &wim, wish.clone()).await.is_err(), "not his to give");
    let key = issue_reseller_key(&house.shop, &ana, wish.clone()).await.expect("a key");
    let again = issue_reseller_key(&house.shop, &ana, wish.clone()).await.expect("a key");
    assert_eq!(key, again, "the same form twice is one key");
    assert!(key.starts_with("rsk_"));
    let holder = holder_of(&house.shop, &key).await.expect("read").expect("it is good");
    assert_eq!(holder.id, id);
    let last = key.len() - 1;
    let other = if key.ends_with('0') { "1" } else { "0" };
    for bad in ["", "rsk_", &key[4..], &format!("{}{other}", &key[..last])] {
        assert_eq!(holder_of(&house.shop, bad).await.expect("read"), None, "{bad}");
    }
    let shown = show(&house.shop, id).await.expect("read").expect("there");
    let hash = shown.keys[0].hash;
    assert!(end_reseller_key(&house.shop, &ana, id, hash).await.expect("ended"));
    assert!(!end_reseller_key(&house.shop, &ana, id, hash).await.expect("over"));
    assert_eq!(holder_of(&house.shop, &key).await.expect("read"), None);
    // The form that made it, sent once more: what was ended stays ended.
    assert!(issue_reseller_key(&house.shop, &ana, wish).await.is_err(), "it is said to be over");
    assert_eq!(holder_of(&house.shop, &key).await.expect("read"), None);
}

#[tokio::test]
async fn a_contract_that_contradicts_itself_is_not_even_proposed() {
    let house = House::open().await;
    let id = house.applicant().await;
    let ana = house.hire("ana", "market_manager@us").await;
    let propose = |change: &dyn Fn(&mut Contract)| {
        let mut contract = contract();
        change(&mut contract);
        ExpansionAct::ApproveReseller { reseller: id, market: us(), contract: Box::new(contract) }
    };
    for act in [
        propose(&|c| c.terms.territory.clear()),
        propose(&|c| c.code = "lower case".to_owned()),
        propose(&|c| {
            let sku = "NO-SUCH-THING".parse().expect("a SKU");
            c.terms.prices.insert(sku, Money::new(1, "USD".parse().expect("a currency")));
        }),
        propose(&|c| {
            c.clauses.remove(&Clause::Territory);
        }),
    ] {
        assert!(house.does(&ana, act).await.is_err());
    }
    let dora = house.hire("dora", "market_manager@de").await;
    let refused = house.does(&dora, propose(&|_| ())).await.expect_err("not her market");
    assert!(!refused.is_empty());
}

#[tokio::test]
async fn serial_numbers_of_the_past_come_from_a_file_all_or_none() {
    let house = House::open().await;
    let head = "serial,model,country,sold_on,source\n";
    let good = format!("{head}a1,band,CN,2025-01-02,ledger 7\na2,band,CN,2025-01-02,ledger 7\n");
    let done = import_serials(&house.shop, good.as_bytes()).await.expect("read");
    assert_eq!((done.added, done.known, done.problems.len()), (2, 0, 0));
    let again = import_serials(&house.shop, good.as_bytes()).await.expect("read");
    assert_eq!((again.added, again.known), (0, 2));
    let bad = format!(
        "{head}a3,band,CN,2025-01-02,x\na3,band,CN,2025-01-02,x\na4,band,Chinaland,2025-01-02,x\n\
         a5,band,CN,2099-01-02,x\n,band,CN,2025-01-02,x\n"
    );
    let refused = import_serials(&house.shop, bad.as_bytes()).await.expect("read");
    let lines: Vec<u64> = refused.problems.iter().map(|(line, _)| *line).collect();
    assert_eq!((refused.added, lines), (0, vec![3, 4, 5, 6]));
    let carried = carried_abroad(&house.shop, &|_| None).await.expect("read");
    assert_eq!((carried.sold, carried.unseen), (2, 2));
}

fn cancel(taken: &OrderTaken, reason: &str) -> ExpansionAct {
    let reason = reason.to_owned();
    ExpansionAct::CancelReseller { market: us(), order: taken.order, reason }
}

fn bill(taken: &OrderTaken, tax_minor: i64, due_on: &str) -> ExpansionAct {
    let tax_note = "reverse charge".to_owned();
    let terms = BillTerms { due_on: day(due_on), tax_minor, tax_note, supply: None };
    ExpansionAct::BillReseller { market: us(), order: taken.order, terms }
}

fn money(taken: &OrderTaken, came: bool, reference: &str) -> ExpansionAct {
    let (on, reference) = (day("2026-11-23"), reference.to_owned());
    ExpansionAct::MoveBill { market: us(), order: taken.order, came, on, reference }
}

#[tokio::test]
async fn a_cancelled_order_gives_its_units_back_to_the_allotment() {
    let house = House::open().await;
    let (id, ana) = house.reseller().await;
    let taken = house.orders(id, "US", 8, "a").await.expect("taken");
    let ask = async |reseller, reason: &str, key: &str| {
        let once = Some(house.shop.keys.once("test", key, reason.as_bytes()));
        let command = CancelOrder { reseller, order: taken.order, reason: reason.to_owned(), once };
        cancel_order(&house.shop, command).await
    };
    let stranger = house.applicant().await;
    let refused = ask(stranger, "mine", "s").await;
    assert!(matches!(refused, Err(Failure::Refused(Refusal::UnknownOrder))), "{refused:?}");
    let refused = ask(id, "", "e").await;
    assert!(matches!(refused, Err(Failure::Refused(Refusal::Text(_)))), "{refused:?}");
    ask(id, "ordered twice", "k").await.expect("cancelled");
    let again = ask(id, "ordered twice", "k").await.expect("the same answer");
    assert!(again.replayed);
    let refused = ask(id, "once more", "l").await;
    assert!(matches!(refused, Err(Failure::Refused(Refusal::UnknownOrder))), "{refused:?}");
    house.is_clean().await;

    let shown = show(&house.shop, id).await.expect("read").expect("there");
    let row = &shown.allotment[0];
    assert_eq!((row.available, row.ordered, row.shipped), (10, 0, 0));
    let how = shown.orders[0].cancelled.clone().expect("it says how");
    assert_eq!((how.by, how.reason.as_str()), (CancelledBy::Reseller, "ordered twice"));
    // What was cancelled is not taken from the term's allotment, and is no demand.
    let taken = house.orders(id, "US", 10, "b").await.expect("the contract's ten are there again");
    let own = counted_here(&house.shop, None).await.expect("counted");
    let told: Vec<_> = own.iter().map(|c| (c.country.code(), c.kind.word(), c.count)).collect();
    assert_eq!(told, [("US", "reseller_orders", 10)]);

    // The maker can too, with a reason; and never what has left.
    let refused = house.does(&ana, cancel(&taken, " ")).await.expect_err("no reason");
    assert!(refused.contains("why the order is cancelled"), "{refused}");
    assert_eq!(house.does(&ana, cancel(&taken, "no goods")).await, Ok(Undertaken::Done));
    let taken = house.orders(id, "US", 3, "c").await.expect("taken");
    let wim = house.hire("wim", "warehouse@us").await;
    let send = ExpansionAct::DispatchReseller { market: us(), order: taken.order, serials: vec![] };
    assert_eq!(house.does(&wim, send).await, Ok(Undertaken::Done));
    let refused = house.does(&ana, cancel(&taken, "too late")).await.expect_err("it has left");
    assert!(refused.contains("no such order"), "{refused}");
    house.is_clean().await;
}

#[tokio::test]
async fn a_bill_is_owed_paid_and_given_back_in_the_money_ledger() {
    let house = House::open().await;
    let (id, ana) = house.reseller().await;
    let taken = house.orders(id, "US", 4, "a").await.expect("taken");
    let refused = house.does(&ana, bill(&taken, 0, "2026-11-22")).await.expect_err("yesterday");
    assert!(refused.contains("between today and a year"), "{refused}");
    assert_eq!(house.does(&ana, bill(&taken, 684, "2026-12-23")).await, Ok(Undertaken::Done));
    let refused = house.does(&ana, bill(&taken, 0, "2026-12-24")).await.expect_err("billed");
    assert!(refused.contains("US-B-000001"), "a refused bill takes no number: {refused}");
    house.is_clean().await;
    let balance = async |account: &str| {
        let all = house.shop.db.read("test.balances", kontor_store::money::balances).await;
        let all = all.expect("read");
        all.iter().find(|(a, _)| a.to_string() == account).map_or(0, |(_, money)| money.minor)
    };
    let receivable =
        format!("receivable/{}", kontor_base::id::OrderId::from_bytes(*taken.order.bytes()));
    assert_eq!(balance(&receivable).await, 3_600 + 684);
    assert_eq!(balance("tax_collected/US").await, -684);

    let wim = house.hire("wim", "warehouse@us").await;
    assert!(house.does(&wim, money(&taken, true, "x")).await.is_err(), "not his to write down");
    assert!(house.does(&ana, money(&taken, false, "x")).await.is_err(), "nothing has come");
    assert_eq!(house.does(&ana, money(&taken, true, "SEPA 1")).await, Ok(Undertaken::Done));
    let refused = house.does(&ana, money(&taken, true, "SEPA 2")).await.expect_err("it is paid");
    assert!(refused.contains("US-B-000001 is paid"), "{refused}");
    assert_eq!((balance(&receivable).await, balance("clearing/bank_transfer").await), (0, 4_284));
    house.is_clean().await;

    // Paid: it cannot be cancelled before the money went back.
    let refused = house.does(&ana, cancel(&taken, "no goods")).await.expect_err("it is paid");
    assert!(refused.contains("is paid"), "{refused}");
    // Money that goes back takes two people, as with an order; here there is no limit up to which one is
    // enough.
    let Ok(Undertaken::Waiting(proposed)) = house.does(&ana, money(&taken, false, "SEPA 3")).await
    else {
        panic!("money back takes two people");
    };
    assert_eq!(balance("clearing/bank_transfer").await, 4_284, "nothing has gone back yet");
    let ben = house.hire("eve", "market_manager@us").await;
    house.approve(&ben, proposed).await;
    assert_eq!(house.does(&ana, cancel(&taken, "no goods")).await, Ok(Undertaken::Done));
    assert_eq!(balance(&receivable).await, 0);
    assert_eq!(balance("tax_collected/US").await, 0);
    let shown = show(&house.shop, id).await.expect("read").expect("there");
    assert_eq!(shown.bills[0].state, BillState::Void);
    let credit = shown.bills[0].body.credit.as_ref().expect("it was taken back");
    assert_eq!((credit.number.as_str(), credit.reason.as_str()), ("US-C-000001", "no goods"));
    assert_eq!(shown.bills[0].body.movements.len(), 2);
    assert!(house.does(&ana, bill(&taken, 0, "2026-12-24")).await.is_err(), "it is cancelled");
    house.is_clean().await;

    let next = house.orders(id, "US", 2, "b").await.expect("taken");
    assert_eq!(house.does(&ana, bill(&next, 0, "2026-12-23")).await, Ok(Undertaken::Done));
    let shown = show(&house.shop, id).await.expect("read").expect("there");
    assert_eq!(shown.bills[0].number, "US-B-000002", "no gap");
    house.is_clean().await;
    // Cancelled without a bill: nothing to take back, and no number is used up.
    let unbilled = house.orders(id, "US", 2, "c").await.expect("taken");
    assert_eq!(house.does(&ana, cancel(&unbilled, "no goods")).await, Ok(Undertaken::Done));
    assert_eq!(house.does(&ana, cancel(&next, "no goods")).await, Ok(Undertaken::Done));
    let shown = show(&house.shop, id).await.expect("read").expect("there");
    let credit = shown.bills[0].body.credit.as_ref().expect("it was taken back");
    assert_eq!(credit.number, "US-C-000002");
    house.is_clean().await;
}

#[tokio::test]
async fn a_tax_is_worked_out_where_the_law_makes_it_simple_and_said_otherwise() {
    let house = House::open().await;
    let (id, ana) = house.reseller().await;
    let taken = house.orders(id, "US", 4, "a").await.expect("taken");
    let supply = |from: &str, seller: &str| SupplyFacts {
        from: from.parse().expect("a country"),
        seller: Some(TaxNumber::parse(seller).expect("a number")),
        buyer: None,
    };
    let worked = |supply| {
        let (due_on, tax_note) = (day("2026-12-23"), String::new());
        let terms = BillTerms { due_on, tax_minor: 0, tax_note, supply: Some(supply) };
        ExpansionAct::BillReseller { market: us(), order: taken.order, terms }
    };
    // Within the USA it is the states' matter, and whether the reseller is exempt is not known.
    let refused = house.does(&ana, worked(supply("US", "US12345"))).await.expect_err("unknown");
    assert!(refused.contains("no rule is known for goods from US to US"), "{refused}");
    let refused = house.does(&ana, worked(supply("DE", "NL12345"))).await.expect_err("unknown");
    assert!(refused.contains("the maker's tax number of DE is missing"), "{refused}");
    assert_eq!(house.does(&ana, worked(supply("DE", "DE123456789"))).await, Ok(Undertaken::Done));
    let shown = show(&house.shop, id).await.expect("read").expect("there");
    let body = &shown.bills[0].body;
    assert_eq!((shown.bills[0].number.as_str(), body.tax.minor), ("US-B-000001", 0));
    assert!(body.tax_note.starts_with("export, exempt (Article 146(1)"), "{}", body.tax_note);
    assert_eq!(body.tax_basis.as_ref().map(|basis| basis.case), Some(TaxCase::Export));
    house.is_clean().await;
}

#[tokio::test]
async fn other_programs_hear_of_what_happens_to_resellers_and_of_no_persons_words() {
    let house = House::open().await;
    house.listens().await;

    let (id, ana) = house.reseller().await;
    let wim = house.hire("wim", "warehouse@us").await;
    let first = house.orders(id, "US", 4, "a").await.expect("taken");
    assert!(house.orders(id, "CA", 4, "b").await.is_err(), "outside the territory");
    let second = house.orders(id, "US", 2, "c").await.expect("taken");
    for act in [
        bill(&first, 0, "2026-12-23"),
        money(&first, true, "SEPA 1"),
        bill(&second, 0, "2026-12-23"),
        cancel(&second, "Eva said so"),
    ] {
        assert_eq!(house.does(&ana, act).await, Ok(Undertaken::Done));
    }
    let send = ExpansionAct::DispatchReseller { market: us(), order: first.order, serials: vec![] };
    assert_eq!(house.does(&wim, send).await, Ok(Undertaken::Done));

    let told = house.shop.db.read("test.events", |tx| hook::unfanned(tx, 100)).await.expect("read");
    let told: Vec<_> =
        told.iter().filter(|event| event.kind.word().starts_with("reseller.")).collect();
    let mut kinds: Vec<&str> = told.iter().map(|event| event.kind.word()).collect();
    // Of one moment, so that the order among them says nothing.
    kinds.sort_unstable();
    let wanted = [
        "reseller.approved",
        "reseller.bill_credited",
        "reseller.bill_moved",
        "reseller.order_billed",
        "reseller.order_billed",
        "reseller.order_cancelled",
        "reseller.order_dispatched",
        "reseller.order_placed",
        "reseller.order_placed",
    ];
    assert_eq!(kinds, wanted, "what was refused is not told");
    for event in told {
        assert_eq!(event.market, Some(us()), "{event:?}");
        assert!(event.data.contains("US-2026-3"), "{event:?}");
        for word in ["Eva", "harbour", "Harbour", "SEPA"] {
            assert!(!event.data.contains(word), "{event:?}");
        }
    }
}
