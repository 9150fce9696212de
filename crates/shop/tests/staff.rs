//! The maker's people: coming in and being kept out, four eyes, and the log of everything.

use std::sync::Arc;

use kontor_base::id::ProposalId;
use kontor_base::{Clock, Instant, Language, Random, SecretKey};
use kontor_domain::clearance::{Grant, GrantRow};
use kontor_domain::staff::{
    APPROVAL_WITHIN_S, AccountState, Decision, ProposalState, RECOVERY_S, StaffRefusal,
};
use kontor_scratch::Scratch;
use kontor_shop::exchange::load_demo;
use kontor_shop::planning::{Kind as PlanKind, SaveRefusal, SaveSheet, kept, save};
use kontor_shop::staff::{
    AccountProblem, Act, ActRefusal, AddCommand, ChangeCommand, DecideCommand, FieldProblem,
    LogQuery, Person, Refusal, SecretGiven, SignIn, SignedIn, Undertaken, Undertaking, add, change,
    decide, end_others, entries, issue_code, new_recovery_codes, person_of, proposal, proposals,
    recovery_left, sessions, set_password, sign_in, sign_out, undertake, waiting_count,
};
use kontor_shop::{Failure, Outcome, Policy, Shop};
use kontor_store::clearance::{Kind, all};

const PASSWORD: &str = "correct horse battery";

struct House {
    shop: Arc<Shop>,
    clock: Clock,
    _folder: Scratch,
}

fn refused<T: std::fmt::Debug>(outcome: Outcome<T, Refusal>) -> Refusal {
    match outcome {
        Err(Failure::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

impl House {
    async fn open() -> Self {
        let folder = Scratch::chosen();
        let db = folder.open();
        let clock = Clock::fixed(Instant::start_of("2026-11-23".parse().expect("a day")));
        load_demo(&db, &clock, &Random::seeded(7), &|_, _| ())
            .await
            .unwrap_or_else(|error| panic!("{error}"));
        let secret = SecretKey::from_bytes([3; 32]);
        let opened = Shop::open(db, clock.clone(), Random::System, &secret, Policy::default());
        Self { shop: Arc::new(opened.await.expect("it opens")), clock, _folder: folder }
    }

    /// Makes an account and comes in with its first code.
    async fn hire(&self, name: &str, roles: &[&str]) -> SignedIn {
        let email = format!("{}@maker.example", name.to_lowercase());
        let command = AddCommand {
            name: name.to_owned(),
            email: email.clone(),
            language: Language::En,
            held: roles.iter().map(|role| role.parse().expect("a role")).collect(),
        };
        let added = add(&self.shop, command).await.expect("a new account");
        self.enter(&email, SecretGiven::Recovery(added.code)).await.expect("comes in")
    }

    async fn enter(&self, email: &str, secret: SecretGiven) -> Outcome<SignedIn, Refusal> {
        let browser = "Firefox".to_owned();
        sign_in(&self.shop, SignIn { email: email.to_owned(), secret, browser, known: None }).await
    }

    async fn password(&self, email: &str, password: &str) -> Outcome<SignedIn, Refusal> {
        self.enter(email, SecretGiven::Password(password.to_owned())).await
    }

    async fn propose(&self, person: &Person, act: Act) -> Outcome<Undertaken, Refusal> {
        let body = serde_json::to_vec(&act).expect("JSON");
        let key = format!("{} {}", person.id, String::from_utf8_lossy(&body));
        let once = self.shop.keys.once("staff", &key, &body);
        let reason = "the laboratory has sent it".to_owned();
        let undertaking = Undertaking { act, reason, once };
        undertake(&self.shop, person, undertaking).await.map(|replayed| replayed.answer)
    }

    /// Saves the example of a batch's plan after something else.
    async fn save(&self, person: &Person, more: &str) -> Outcome<(), SaveRefusal> {
        let text = format!("{more}{}", PlanKind::Batch.example());
        let once = self.shop.keys.once("plan", &format!("{} {more}", person.id), text.as_bytes());
        let reason = "a better guess".to_owned();
        let wish = SaveSheet { kind: PlanKind::Batch, text, reason, once };
        save(&self.shop, person, wish).await.map(|_| ())
    }

    async fn decide(
        &self,
        person: &Person,
        id: ProposalId,
        decision: Decision,
    ) -> Outcome<ProposalState, Refusal> {
        let seen = match proposal(&self.shop, person, id).await {
            Ok(shown) => shown.seen,
            Err(_) => [0; 32],
        };
        let command = DecideCommand { proposal: id, decision, seen, remark: String::new() };
        decide(&self.shop, person, command).await
    }

    async fn grants(&self) -> Vec<Grant> {
        let read = self.shop.db.read("test.grants", |tx| all::<Grant>(tx, Kind::Grant)).await;
        read.expect("the grants")
    }
}

/// Evidence for phones in the USA, as an officer types it.
fn row(country: &str) -> GrantRow {
    GrantRow {
        code: "US-HAC-TEST".to_owned(),
        kind: "grant".to_owned(),
        clearance: "US-HAC".to_owned(),
        country: country.to_owned(),
        number: "HAC-2026-1".to_owned(),
        issuer: "FCC".to_owned(),
        issued_on: "2026-11-20".to_owned(),
        model: "redmi-2".to_owned(),
        verified_how: "paper".to_owned(),
        verified_by: "Ana".to_owned(),
        verified_on: "2026-11-20".to_owned(),
        source: "paper".to_owned(),
        confidence: "S1".to_owned(),
        ..GrantRow::default()
    }
}

#[tokio::test]
async fn a_first_code_works_once_and_leads_to_a_password() {
    let house = House::open().await;
    let command = AddCommand {
        name: "Ana".to_owned(),
        email: "Ana@Maker.example".to_owned(),
        language: Language::En,
        held: vec!["owner@*".parse().expect("a role")],
    };
    let added = add(&house.shop, command.clone()).await.expect("added");
    assert_eq!(refused(add(&house.shop, command).await), Refusal::AddressTaken);
    let code = added.code.replace('-', " ").to_uppercase();
    let ana = house.enter("ana@maker.example", SecretGiven::Recovery(code)).await.expect("in");
    assert!(ana.person.needs_password);
    let again = house.enter("ana@maker.example", SecretGiven::Recovery(added.code)).await;
    assert_eq!(refused(again), Refusal::NotKnown, "a code is good once");

    let set = |old: &str, new: &str| {
        let (old, new) = (old.to_owned(), new.to_owned());
        let (shop, person) = (Arc::clone(&house.shop), ana.person.clone());
        async move { set_password(&shop, &person, old, new).await }
    };
    assert!(matches!(refused(set("", "short").await), Refusal::Password(_)));
    set("", PASSWORD).await.expect("set");
    let here = person_of(&house.shop, &ana.token).await.expect("read").expect("still in");
    assert!(!here.needs_password);
    let other = house.password("ana@maker.example", PASSWORD).await.expect("in by password");
    // From now on the old one must be shown.
    let wrong = set_password(&house.shop, &here, "x".to_owned(), "a fine new secret".to_owned());
    assert_eq!(refused(wrong.await), Refusal::NotKnown);
    set_password(&house.shop, &here, PASSWORD.to_owned(), "a fine new secret".to_owned())
        .await
        .expect("changed");
    let gone = person_of(&house.shop, &other.token).await.expect("read");
    assert_eq!(gone, None, "a new password ends the other sessions");
    assert_eq!(refused(house.password("ana@maker.example", PASSWORD).await), Refusal::NotKnown);

    let codes = new_recovery_codes(&house.shop, &here).await.expect("codes");
    assert_eq!(recovery_left(&house.shop, &here).await.expect("read"), 8);
    let code = SecretGiven::Recovery(codes[3].clone());
    house.enter("ana@maker.example", code).await.expect("in by a code");
    assert_eq!(recovery_left(&house.shop, &here).await.expect("read"), 7);
}

#[tokio::test]
async fn whoever_forgot_the_password_sets_a_new_one_right_after_a_code() {
    let house = House::open().await;
    let hired = house.hire("Ana", &["reader@us"]).await;
    let first = set_password(&house.shop, &hired.person, String::new(), PASSWORD.to_owned());
    first.await.expect("a first password");
    let by_password = house.password("ana@maker.example", PASSWORD).await.expect("in");
    let codes = new_recovery_codes(&house.shop, &by_password.person).await.expect("codes");
    let by_code = async |at: usize| {
        let code = SecretGiven::Recovery(codes[at].clone());
        house.enter("ana@maker.example", code).await.expect("in by a code")
    };
    let set = async |person: &Person, old: &str, new: &str| {
        set_password(&house.shop, person, old.to_owned(), new.to_owned()).await
    };
    let in_now = async |token: &str| person_of(&house.shop, token).await.expect("read");

    // A quarter of an hour later the browser that was left open is like any other.
    let late = by_code(0).await;
    house.clock.advance_seconds(RECOVERY_S);
    let late = in_now(&late.token).await.expect("still in");
    assert_eq!(refused(set(&late, "", "somebody else’s secret").await), Refusal::NotKnown);

    let ana = by_code(1).await;
    let here = in_now(&ana.token).await.expect("in");
    set(&here, "", "a fine new secret").await.expect("set without the old one");
    assert_eq!(in_now(&by_password.token).await, None, "the other sessions have ended");
    assert_eq!(refused(house.password("ana@maker.example", PASSWORD).await), Refusal::NotKnown);
    house.password("ana@maker.example", "a fine new secret").await.expect("in by the new one");
    // The code has done its work: from now on the password must be shown here too.
    let here = in_now(&ana.token).await.expect("still in");
    assert_eq!(refused(set(&here, "", "a second new secret").await), Refusal::NotKnown);
}

#[tokio::test]
async fn sessions_end_by_hand_by_time_and_with_their_account() {
    let house = House::open().await;
    let ana = house.hire("Ana", &["owner@*"]).await;
    set_password(&house.shop, &ana.person, String::new(), PASSWORD.to_owned()).await.expect("set");
    let second = house.password("ana@maker.example", PASSWORD).await.expect("in");
    let third = house.password("ana@maker.example", PASSWORD).await.expect("in");
    assert_eq!(sessions(&house.shop, &ana.person).await.expect("read").len(), 3);
    let there = |token: String| {
        let shop = Arc::clone(&house.shop);
        async move { person_of(&shop, &token).await.expect("read").is_some() }
    };
    sign_out(&house.shop, &second.person).await.expect("out");
    assert!(!there(second.token.clone()).await);
    assert_eq!(end_others(&house.shop, &third.person).await.expect("ended"), 1);
    assert!(!there(ana.token.clone()).await && there(third.token.clone()).await);
    for forged in ["", "x", &"0".repeat(52), &third.token[..51], &third.token.to_uppercase()] {
        assert!(!there(forged.to_owned()).await, "{forged}");
    }
    // Used now and then it lives for a working day, unused for two hours.
    for _ in 0..11 {
        house.clock.advance_seconds(60 * 60);
        assert!(there(third.token.clone()).await);
    }
    house.clock.advance_seconds(60 * 60);
    assert!(!there(third.token.clone()).await, "twelve hours are over");
    let fourth = house.password("ana@maker.example", PASSWORD).await.expect("in");
    house.clock.advance_seconds(2 * 60 * 60);
    assert!(!there(fourth.token).await, "two hours without a page");
    let fifth = house.password("ana@maker.example", PASSWORD).await.expect("in");
    let lock = ChangeCommand {
        email: "ana@maker.example".to_owned(),
        held: None,
        state: Some(AccountState::Locked),
    };
    change(&house.shop, lock).await.expect("locked");
    assert!(!there(fifth.token).await);
    assert_eq!(refused(house.password("ana@maker.example", PASSWORD).await), Refusal::NotKnown);
}

#[tokio::test]
async fn guessing_closes_the_door_to_strangers_not_to_the_owner() {
    let house = House::open().await;
    let ana = house.hire("Ana", &["owner@*"]).await;
    set_password(&house.shop, &ana.person, String::new(), PASSWORD.to_owned()).await.expect("set");
    for _ in 0..10 {
        let wrong = house.password("ana@maker.example", "not the password").await;
        assert_eq!(refused(wrong), Refusal::NotKnown);
    }
    let stranger = house.password("ana@maker.example", PASSWORD).await;
    assert!(matches!(refused(stranger), Refusal::TooMany(_)), "even with the right one");
    let mark = house.shop.keys.staff_mark(ana.person.id);
    let own = SignIn {
        email: "ana@maker.example".to_owned(),
        secret: SecretGiven::Password(PASSWORD.to_owned()),
        browser: String::new(),
        known: house.shop.keys.open_staff_mark(&mark),
    };
    sign_in(&house.shop, own).await.expect("her own browser gets in");
    // At a browser that is not known yet, a code opens what strangers have closed.
    let codes = new_recovery_codes(&house.shop, &ana.person).await.expect("codes");
    let code = SecretGiven::Recovery(codes[0].clone());
    house.enter("ana@maker.example", code).await.expect("in by a code");
    for unknown in ["nobody@maker.example", "no address", ""] {
        assert_eq!(refused(house.password(unknown, PASSWORD).await), Refusal::NotKnown);
    }
}

#[tokio::test]
async fn guesses_at_once_are_no_more_than_guesses_one_after_another() {
    let house = House::open().await;
    let ana = house.hire("Ana", &["owner@*"]).await;
    set_password(&house.shop, &ana.person, String::new(), PASSWORD.to_owned()).await.expect("set");
    let guesses = (0..40).map(|number| {
        let shop = Arc::clone(&house.shop);
        let wish = SignIn {
            email: "ana@maker.example".to_owned(),
            secret: SecretGiven::Password(format!("guess number {number}")),
            browser: String::new(),
            known: None,
        };
        tokio::spawn(async move { sign_in(&shop, wish).await })
    });
    let mut compared = 0;
    for guess in guesses.collect::<Vec<_>>() {
        match refused(guess.await.expect("answered")) {
            Refusal::NotKnown => compared += 1,
            Refusal::TooMany(_) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(compared, 10, "no more were compared than one after another");
    // Nobody writes into the log by guessing at addresses that there are not, nor at a closed door.
    for _ in 0..12 {
        refused(house.password("nobody@maker.example", "wrong wrong wrong").await);
        refused(house.password("ana@maker.example", "wrong wrong wrong").await);
    }
    let query = || LogQuery { act: "staff.door_closed".to_owned(), ..LogQuery::default() };
    let mut told = Vec::new();
    while told.is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        told = entries(&house.shop, query(), 100).await.expect("read").entries;
    }
    let told: Vec<_> = told.iter().map(|e| (e.person.as_str(), e.subject.as_str())).collect();
    assert_eq!(told, [("stranger", "ana@maker.example")], "once");
}

#[tokio::test]
async fn nobody_keeps_a_new_colleague_out() {
    let house = House::open().await;
    let command = AddCommand {
        name: "Nora".to_owned(),
        email: "nora@maker.example".to_owned(),
        language: Language::En,
        held: vec!["reader@us".parse().expect("a role")],
    };
    let code = add(&house.shop, command).await.expect("a new account").code;
    for attempt in 0..30 {
        let secret = match attempt % 2 {
            0 => SecretGiven::Password("not the password".to_owned()),
            _ => SecretGiven::Recovery("0000-0000-0000-0000-0000".to_owned()),
        };
        let wrong = refused(house.enter("nora@maker.example", secret).await);
        assert!(matches!(wrong, Refusal::NotKnown | Refusal::TooMany(_)), "{wrong:?}");
    }
    let closed = refused(house.password("nora@maker.example", PASSWORD).await);
    assert!(matches!(closed, Refusal::TooMany(_)), "passwords are counted: {closed:?}");
    let entered = house.enter("nora@maker.example", SecretGiven::Recovery(code)).await;
    entered.expect("her first code lets her in");
}

#[tokio::test]
async fn a_grant_takes_two_people_of_its_market() {
    let house = House::open().await;
    let ana = house.hire("Ana", &["clearance_officer@us"]).await.person;
    let ben = house.hire("Ben", &["clearance_officer@us"]).await.person;
    let chandra = house.hire("Chandra", &["clearance_officer@in"]).await.person;
    let reader = house.hire("Rosa", &["reader@us"]).await.person;
    let before = house.grants().await.len();
    let act = Act::Grant(Box::new(row("US")));

    for other in [&chandra, &reader] {
        let outcome = house.propose(other, act.clone()).await;
        assert_eq!(refused(outcome), Refusal::Staff(StaffRefusal::NotPermitted));
    }
    let everywhere = house.propose(&ana, Act::Grant(Box::new(row("*")))).await;
    assert_eq!(refused(everywhere), Refusal::Staff(StaffRefusal::NotPermitted));
    let unknown = GrantRow { clearance: "US-NOTHING".to_owned(), ..row("US") };
    let outcome = house.propose(&ana, Act::Grant(Box::new(unknown))).await;
    assert!(matches!(refused(outcome), Refusal::Act(ActRefusal::UnknownClearance(_))));
    // A rule of the USA is answered by nothing that is of India.
    let outcome = house.propose(&chandra, Act::Grant(Box::new(row("IN")))).await;
    let Refusal::Act(ActRefusal::Row { field: "country", problem }) = refused(outcome) else {
        panic!("the country is refused")
    };
    assert!(problem.to_string().starts_with("US-HAC is asked for in US only"), "{problem}");
    let bad = GrantRow { issued_on: "yesterday".to_owned(), ..row("US") };
    let outcome = house.propose(&ana, Act::Grant(Box::new(bad))).await;
    assert!(matches!(refused(outcome), Refusal::Act(ActRefusal::Row { field: "issued_on", .. })));
    let absent = GrantRow { document: "document:00".to_owned(), ..row("US") };
    let outcome = house.propose(&ana, Act::Grant(Box::new(absent))).await;
    assert!(matches!(refused(outcome), Refusal::Act(ActRefusal::NoDocument(_))));

    let proposed = house.propose(&ana, act.clone()).await.expect("proposed");
    let Undertaken::Waiting(id) = proposed else { panic!("a grant takes two: {proposed:?}") };
    assert_eq!(house.propose(&ana, act).await.expect("the same"), proposed, "twice is once");
    assert_eq!(house.grants().await.len(), before, "nothing is granted yet");

    let own = house.decide(&ana, id, Decision::Approve).await;
    assert_eq!(refused(own), Refusal::Staff(StaffRefusal::SamePerson));
    let elsewhere = house.decide(&chandra, id, Decision::Approve).await;
    assert_eq!(refused(elsewhere), Refusal::Staff(StaffRefusal::NotPermitted));
    assert_eq!(refused(proposal(&house.shop, &chandra, id).await), Refusal::UnknownProposal);
    let waiting = ProposalState::Waiting;
    let seen = |person: &Person| {
        let (shop, person) = (Arc::clone(&house.shop), person.clone());
        async move { proposals(&shop, &person, waiting, None, 10).await.expect("read").len() }
    };
    assert_eq!([seen(&ana).await, seen(&ben).await, seen(&chandra).await], [1, 1, 0]);
    let unseen = DecideCommand {
        proposal: id,
        decision: Decision::Approve,
        seen: [0; 32],
        remark: String::new(),
    };
    let outcome = decide(&house.shop, &ben, unseen).await;
    assert_eq!(refused(outcome), Refusal::Staff(StaffRefusal::Changed));
    let state = house.decide(&ben, id, Decision::Approve).await.expect("approved");
    assert_eq!(state, ProposalState::Approved);
    assert_eq!(house.grants().await.len(), before + 1, "now it is");
    let again = house.decide(&ben, id, Decision::Approve).await;
    assert_eq!(refused(again), Refusal::Staff(StaffRefusal::Decided));

    let elsewhere = GrantRow { clearance: "US-FCC-CERT".to_owned(), ..row("US") };
    let outcome = house.propose(&ana, Act::Grant(Box::new(elsewhere))).await;
    assert!(matches!(refused(outcome), Refusal::Act(ActRefusal::CodeTaken(_))));
}

#[tokio::test]
async fn a_proposal_ends_with_the_rights_of_its_author() {
    let house = House::open().await;
    let ana = house.hire("Ana", &["clearance_officer@us"]).await.person;
    let ben = house.hire("Ben", &["clearance_officer@us"]).await.person;
    let proposed = house.propose(&ana, Act::Grant(Box::new(row("US")))).await.expect("proposed");
    let Undertaken::Waiting(id) = proposed else { panic!("it takes two") };
    let (email, before) = ("ana@maker.example".to_owned(), house.grants().await);
    let locked = Some(AccountState::Locked);
    let lock = ChangeCommand { email: email.clone(), held: None, state: locked };
    change(&house.shop, lock).await.expect("locked");
    let lost = Refusal::Staff(StaffRefusal::AuthorMayNot);
    assert_eq!(refused(house.decide(&ben, id, Decision::Approve).await), lost);
    assert!(!proposal(&house.shop, &ben, id).await.expect("shown").author_may, "the page says so");
    // Unlocked, but an officer of another market now.
    let held = Some(vec!["clearance_officer@in".parse().expect("a role")]);
    let moved = ChangeCommand { email: email.clone(), held, state: Some(AccountState::Active) };
    change(&house.shop, moved).await.expect("moved");
    assert_eq!(refused(house.decide(&ben, id, Decision::Approve).await), lost);
    assert_eq!(house.grants().await, before, "nothing was granted");
    let held = Some(vec!["clearance_officer@us,in".parse().expect("a role")]);
    change(&house.shop, ChangeCommand { email, held, state: None }).await.expect("back");
    house.decide(&ben, id, Decision::Approve).await.expect("approved");
    assert_ne!(house.grants().await, before);
}

#[tokio::test]
async fn what_changed_under_a_proposal_is_looked_at_anew() {
    let house = House::open().await;
    let ana = house.hire("Ana", &["clearance_officer@us"]).await.person;
    let ben = house.hire("Ben", &["clearance_officer@us"]).await.person;
    let propose = async |number: &str, revoked_on: &str| {
        let typed =
            GrantRow { number: number.to_owned(), revoked_on: revoked_on.to_owned(), ..row("US") };
        match house.propose(&ana, Act::Grant(Box::new(typed))).await {
            Ok(Undertaken::Waiting(id)) => id,
            other => panic!("it takes two: {other:?}"),
        }
    };
    let first = propose("HAC-2026-1", "").await;
    house.decide(&ben, first, Decision::Approve).await.expect("approved");
    // Somebody corrects its number; Ben looks at that. Before he approves, it is revoked.
    let older = propose("HAC-2026-2", "").await;
    let looked = proposal(&house.shop, &ben, older).await.expect("shown").seen;
    let revoke = propose("HAC-2026-1", "2026-11-22").await;
    house.decide(&ben, revoke, Decision::Approve).await.expect("approved");
    let revoked = house.grants().await;
    let command = DecideCommand {
        proposal: older,
        decision: Decision::Approve,
        seen: looked,
        remark: String::new(),
    };
    let outcome = decide(&house.shop, &ben, command).await;
    assert_eq!(refused(outcome), Refusal::Staff(StaffRefusal::Changed));
    assert_eq!(house.grants().await, revoked, "it is revoked still");
    // He looks again, and knows what he does.
    house.decide(&ben, older, Decision::Approve).await.expect("approved");
}

#[tokio::test]
async fn what_is_wrong_with_an_account_is_said_to_whoever_proposes_it() {
    let house = House::open().await;
    let ana = house.hire("Ana", &["owner@*"]).await.person;
    let add = |name: &str, email: &str, held: &str| Act::AddAccount {
        name: name.to_owned(),
        email: email.to_owned(),
        language: "en".to_owned(),
        held: vec![held.to_owned()],
    };
    let change = |email: &str, held: &str| Act::ChangeAccount {
        email: email.to_owned(),
        held: Some(vec![held.to_owned()]),
        state: None,
    };
    let market = Refusal::Act(ActRefusal::Account(AccountProblem::Market("uk".to_owned())));
    for (act, why) in [
        (add("Eve", "ana@maker.example", "reader@us"), Refusal::AddressTaken),
        (add("", "eve@maker.example", "reader@us"), Refusal::Field(FieldProblem::Name)),
        (add("Eve", "eve@maker.example", "market_manager@uk"), market.clone()),
        (change("eve@maker.example", "reader@us"), Refusal::UnknownAccount),
        (change("ana@maker.example", "market_manager@us,uk"), market),
    ] {
        assert_eq!(refused(house.propose(&ana, act.clone()).await), why, "{act:?}");
    }
    let good = house.propose(&ana, add("Eve", "eve@maker.example", "reader@us")).await;
    assert!(matches!(good, Ok(Undertaken::Waiting(_))), "{good:?}");
    // To whom it is not open it tells nothing, not even which addresses are known.
    let mia = house.hire("Mia", &["market_manager@*"]).await.person;
    let outcome = house.propose(&mia, add("Eve", "ana@maker.example", "reader@us")).await;
    assert_eq!(refused(outcome), Refusal::Staff(StaffRefusal::NotPermitted));
}

#[tokio::test]
async fn what_has_waited_too_long_waits_no_longer() {
    let house = House::open().await;
    let ana = house.hire("Ana", &["clearance_officer@us"]).await.person;
    let ben = house.hire("Ben", &["clearance_officer@us"]).await.person;
    let proposed = house.propose(&ana, Act::Grant(Box::new(row("US")))).await.expect("proposed");
    let Undertaken::Waiting(id) = proposed else { panic!("it takes two") };
    let lists = |state| {
        let (shop, ben) = (Arc::clone(&house.shop), ben.clone());
        async move {
            let listed = proposals(&shop, &ben, state, None, 10).await.expect("read").len();
            (listed, waiting_count(&shop, &ben, 10).await.expect("read"))
        }
    };
    house.clock.advance_seconds(APPROVAL_WITHIN_S - 1);
    assert_eq!(lists(ProposalState::Waiting).await, (1, 1));
    assert_eq!(lists(ProposalState::Expired).await, (0, 1));
    house.clock.advance_seconds(1);
    assert_eq!(lists(ProposalState::Waiting).await, (0, 0), "nobody can approve it any more");
    assert_eq!(lists(ProposalState::Expired).await, (1, 0));
    let shown = proposal(&house.shop, &ben, id).await.expect("it is still there");
    assert_eq!((shown.kept.state, shown.may_decide), (ProposalState::Expired, false));
    let late = house.decide(&ben, id, Decision::Approve).await;
    assert_eq!(refused(late), Refusal::Staff(StaffRefusal::Expired));
    // It is proposed anew, and that waits.
    let other = GrantRow { number: "HAC-2026-2".to_owned(), ..row("US") };
    house.propose(&ana, Act::Grant(Box::new(other))).await.expect("proposed");
    assert_eq!(lists(ProposalState::Waiting).await, (1, 1));
}

#[tokio::test]
async fn a_reason_stands_in_the_log_where_one_person_is_enough() {
    let house = House::open().await;
    let ana = house.hire("Ana", &["market_manager@*", "clearance_officer@us"]).await.person;
    house.clock.advance_seconds(1);
    house.save(&ana, "# mine\n").await.expect("saved");
    house.clock.advance_seconds(1);
    house.propose(&ana, Act::Grant(Box::new(row("US")))).await.expect("proposed");
    let told = entries(&house.shop, LogQuery::default(), 2).await.expect("read").entries;
    let told: Vec<_> = told.iter().map(|e| (e.act.as_str(), e.reason.as_str())).collect();
    // The second person reads it in the proposal, where it can be erased.
    assert_eq!(told, [("clearance.grant.proposed", ""), ("market.edit", "a better guess")]);
}

#[tokio::test]
async fn a_plan_is_the_whole_companys() {
    let house = House::open().await;
    let mia = house.hire("Mia", &["market_manager@us"]).await.person;
    let outcome = house.save(&mia, "").await;
    let no = SaveRefusal::Staff(Refusal::Staff(StaffRefusal::NotPermitted));
    assert!(matches!(outcome, Err(Failure::Refused(refusal)) if refusal == no));
    assert_eq!(kept(&house.shop, PlanKind::Batch).await.expect("read"), None, "nothing is saved");

    let ana = house.hire("Ana", &["market_manager@*"]).await.person;
    house.save(&ana, "").await.expect("saved");
    house.clock.advance_seconds(1);
    house.save(&ana, "# a better guess\n").await.expect("saved");
    let saved = kept(&house.shop, PlanKind::Batch).await.expect("read").expect("it is kept");
    assert!(saved.body.starts_with("# a better guess") && saved.saved_by == "Ana");
    let about = LogQuery { subject: "plans/batch".to_owned(), ..LogQuery::default() };
    let told = entries(&house.shop, about, 10).await.expect("read").entries;
    assert_eq!(told.len(), 2, "each stands in the log");
    assert!(told[0].is_now.contains("# a better guess"), "{}", told[0].is_now);
    assert!(!told[0].was.contains("# a better guess") && told[1].was.is_empty());
}

#[tokio::test]
async fn everything_that_was_done_stands_in_the_log() {
    let house = House::open().await;
    let ana = house.hire("Ana", &["clearance_officer@us"]).await.person;
    let ben = house.hire("Ben", &["clearance_officer@us"]).await.person;
    let proposed = house.propose(&ana, Act::Grant(Box::new(row("US")))).await.expect("proposed");
    let Undertaken::Waiting(id) = proposed else { panic!("it takes two") };
    house.clock.advance_seconds(1);
    house.decide(&ben, id, Decision::Reject).await.expect("rejected");
    let find = |query: LogQuery, limit| {
        let shop = Arc::clone(&house.shop);
        async move { entries(&shop, query, limit).await.expect("read") }
    };
    let grants = LogQuery { act: "clearance.".to_owned(), ..LogQuery::default() };
    let page = find(grants, 10).await;
    let acts: Vec<_> = page.entries.iter().map(|entry| entry.act.as_str()).collect();
    assert_eq!(acts, ["clearance.grant.rejected", "clearance.grant.proposed"]);
    assert_eq!(page.entries[0].person, "Ben");
    assert!(page.entries[1].is_now.contains("HAC-2026-1") && page.entries[1].was.is_empty());
    let his = LogQuery { account: Some(ben.id), ..LogQuery::default() };
    assert_eq!(find(his, 10).await.entries.len(), 2, "he came in and rejected");
    let about = LogQuery { subject: "US-HAC-TEST".to_owned(), ..LogQuery::default() };
    assert_eq!(find(about, 10).await.entries.len(), 2);
    // Page by page it is the same log.
    let whole = find(LogQuery::default(), 100).await.entries;
    let (mut pages, mut after) = (Vec::new(), None);
    loop {
        let page = find(LogQuery { after, ..LogQuery::default() }, 2).await;
        pages.extend(page.entries);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(pages, whole);
    for entry in &whole {
        let text = format!("{entry:?}");
        assert!(!text.contains(PASSWORD), "no secret in the log");
    }
    house.clock.advance_seconds(1);
    let codes = issue_code(&house.shop, "ana@maker.example".to_owned()).await.expect("a code");
    let last = find(LogQuery::default(), 1).await.entries;
    assert_eq!(last[0].person, "operator");
    assert!(!format!("{last:?}").contains(&codes.code));
}
