//! What waits to leave the machine, and the keys by which others come in: the same statements on both
//! back ends.

use std::collections::BTreeSet;

use kontor_base::id::{HookDeliveryId, HookEventId, HookId, KeyId, LetterId, StaffId};
use kontor_base::{Instant, Random};
use kontor_domain::hook::{EventKind, HookName, HookState};
use kontor_domain::staff::{KeyGrant, KeyName, Permission};
use kontor_scratch::{Scratch, on_both_databases};
use kontor_store::hook::{Attempt, DeliveryState, Endpoint, Event};
use kontor_store::mail::LetterState;
use kontor_store::staff::key::Key;
use kontor_store::staff::passkey::Passkey;
use kontor_store::staff::{document, key, passkey};
use kontor_store::{StoreError, hook, mail};

on_both_databases!(
    a_letter_is_taken_once_and_comes_back_by_the_clock,
    an_event_is_told_to_whoever_is_there_and_forgotten_whole,
    keys_and_passkeys_come_back_as_they_went_in,
);

fn at(seconds: i64) -> Instant {
    Instant::from_micros(1_432_000_000_000_000).plus_seconds(seconds)
}

async fn a_letter_is_taken_once_and_comes_back_by_the_clock(scratch: &Scratch) {
    let db = scratch.open();
    let (random, about) = (Random::seeded(1), [7; 16]);
    let id = LetterId::new(at(0), &random);
    let done = db.write("test.mail", move |tx| {
        assert!(!mail::any_due(tx, at(0))?);
        mail::queue(tx, id, "order.placed", &about, "{}", at(0))?;
        assert!(mail::any_due(tx, at(0))? && !mail::any_due(tx, at(-1))?);
        let taken = mail::take(tx, at(0), at(60), 10)?;
        assert_eq!((taken.len(), taken[0].id, taken[0].about), (1, id, about));
        assert!(mail::take(tx, at(59), at(60), 10)?.is_empty(), "it is somebody's");
        assert_eq!(mail::take(tx, at(60), at(120), 10)?[0].attempts, 1, "they died");
        mail::failed(tx, id, "busy", Some(at(200)), at(61))?;
        assert!(!mail::any_due(tx, at(199))?);
        mail::failed(tx, id, "nobody", None, at(201))?;
        let kept = mail::about(tx, &about, 10)?;
        assert_eq!(kept[0].state, LetterState::GivenUp);
        assert_eq!(kept[0].last_error.as_deref(), Some("nobody"));
        assert_eq!(mail::get(tx, id)?.as_ref(), Some(&kept[0]));
        let stuck = |tx: &mut kontor_store::Tx<'_>, state, seconds, before| {
            mail::queued_by(tx, state, at(seconds), before, 10).map(|found| found.len())
        };
        assert_eq!(stuck(tx, LetterState::GivenUp, 0, None)?, 1, "queued then or before");
        assert_eq!(stuck(tx, LetterState::GivenUp, -1, None)?, 0);
        assert_eq!(stuck(tx, LetterState::GivenUp, 0, Some(id))?, 0, "the page after it");
        assert_eq!(stuck(tx, LetterState::Waiting, 0, None)?, 0);
        assert!(mail::again(tx, id, at(300))? && !mail::again(tx, id, at(300))?);
        mail::sent(tx, id, at(301))?;
        let sent = mail::in_state(tx, LetterState::Sent, at(400), 10)?;
        assert_eq!((sent[0].done_at, sent[0].last_error.as_deref()), (Some(at(301)), None));
        assert_eq!(mail::forget_done(tx, at(300), 10)?, 0);
        assert_eq!(mail::forget_done(tx, at(301), 10)?, 1);
        Ok::<_, StoreError>(())
    });
    done.await.expect("no fault");
}

fn endpoint(id: HookId) -> Endpoint {
    Endpoint {
        id,
        name: HookName::parse("Store house").expect("a name"),
        url: "https://example.com/".to_owned(),
        markets: "de,us".parse().expect("markets"),
        kinds: vec![EventKind::OrderPlaced],
        state: HookState::Active,
        secret: "sealed".to_owned(),
        secret_before: None,
        failing_since: None,
        made_by: StaffId::from_bytes([1; 16]),
        made_at: at(0),
    }
}

async fn an_event_is_told_to_whoever_is_there_and_forgotten_whole(scratch: &Scratch) {
    let db = scratch.open();
    let random = Random::seeded(2);
    let (id, event_id) = (HookId::new(at(0), &random), HookEventId::new(at(0), &random));
    let delivery_id = HookDeliveryId::new(at(0), &random);
    let event = Event {
        id: event_id,
        kind: EventKind::OrderPlaced,
        market: "us".parse().ok(),
        at: at(0),
        data: "{}".to_owned(),
    };
    let done = db.write("test.hook", move |tx| {
        hook::emit(tx, &event)?;
        assert!(hook::unfanned(tx, 10)?.is_empty(), "nobody is called");
        let mut kept = endpoint(id);
        hook::save_endpoint(tx, &kept)?;
        hook::emit(tx, &event)?;
        hook::emit(tx, &event)?;
        assert_eq!(hook::unfanned(tx, 10)?, std::slice::from_ref(&event), "twice is once");
        assert!(hook::any_due(tx, at(0))?);
        hook::begin(tx, delivery_id, id, event.id, DeliveryState::Waiting, at(0))?;
        hook::fanned(tx, event.id)?;
        let mut taken = hook::take(tx, at(0), at(60), 10)?;
        assert!(hook::take(tx, at(59), at(60), 10)?.is_empty());
        let mut delivery = taken.pop().expect("a delivery");
        assert_eq!((delivery.endpoint, &delivery.event), (id, &event));
        (delivery.state, delivery.attempts) = (DeliveryState::GivenUp, 1);
        let attempt =
            Attempt { at: at(1), took_ms: 12, status: None, told: "no answer".to_owned() };
        hook::note(tx, &delivery, &attempt)?;
        assert_eq!(hook::attempts(tx, delivery_id, 10)?, [attempt]);
        assert!(hook::again(tx, id, delivery_id, at(2))?);
        assert!(!hook::again(tx, id, delivery_id, at(2))?, "it waits already");
        let page = hook::deliveries(tx, id, hook::Which::default(), 10)?;
        assert_eq!((page.len(), page[0].attempts), (1, 0));
        let which = hook::Which::default();
        let before = hook::Which { before: Some(delivery_id), ..which };
        assert!(hook::deliveries(tx, id, before, 10)?.is_empty());
        for state in hook::DeliveryState::ALL {
            let found = hook::deliveries(tx, id, hook::Which { state: Some(state), ..which }, 10)?;
            assert_eq!(found.len(), usize::from(state == page[0].state), "{state:?}");
        }
        let event = Some(page[0].event.id);
        assert_eq!(hook::deliveries(tx, id, hook::Which { event, ..which }, 10)?, page);
        let other = Some(kontor_base::id::HookEventId::from_bytes([9; 16]));
        assert!(hook::deliveries(tx, id, hook::Which { event: other, ..which }, 10)?.is_empty());
        // Kept back, it is tried by nobody until it is freed.
        assert!(hook::holding(tx)?.is_empty());
        hook::hold(tx, delivery_id)?;
        assert!(hook::take(tx, at(60), at(90), 10)?.is_empty() && !hook::any_due(tx, at(60))?);
        assert_eq!(hook::holding(tx)?, std::slice::from_ref(&kept));
        let elsewhere = HookId::from_bytes([9; 16]);
        assert_eq!(hook::release(tx, elsewhere, at(61), 10)?, 0, "another's");
        assert_eq!(hook::release(tx, id, at(61), 10)?, 1);
        assert_eq!(hook::take(tx, at(61), at(90), 10)?.len(), 1);
        assert!(hook::holding(tx)?.is_empty());
        kept.made_by = StaffId::from_bytes([2; 16]);
        kept.secret_before = Some(("older".to_owned(), at(9)));
        (kept.state, kept.failing_since) = (HookState::Disabled, Some(at(3)));
        hook::save_endpoint(tx, &kept)?;
        assert_eq!(hook::endpoint(tx, id)?, Some(kept.clone()));
        assert_eq!(hook::endpoints(tx)?, [kept]);
        assert!(hook::any_older(tx, at(1))? && !hook::any_older(tx, at(0))?);
        assert_eq!(hook::forget(tx, at(1), 10)?, 1);
        assert!(hook::deliveries(tx, id, hook::Which::default(), 10)?.is_empty());
        assert!(hook::attempts(tx, delivery_id, 10)?.is_empty());
        Ok::<_, StoreError>(())
    });
    done.await.expect("no fault");
}

async fn keys_and_passkeys_come_back_as_they_went_in(scratch: &Scratch) {
    let db = scratch.open();
    let (id, ana) = (KeyId::from_bytes([3; 16]), StaffId::from_bytes([1; 16]));
    let made = Key {
        id,
        name: KeyName::parse("Books").expect("a name"),
        grant: KeyGrant {
            scopes: BTreeSet::from([Permission::OrderRead, Permission::StockRead]),
            markets: "*".parse().expect("markets"),
            expires_at: at(100),
            ended_at: None,
        },
        made_by: Some(ana),
        made_at: at(0),
        used_at: None,
    };
    let phone = Passkey {
        id: "AAEC".to_owned(),
        account: ana,
        name: "Telephone".to_owned(),
        public_key: "-7.AA.".to_owned(),
        sign_count: 4_294_967_295,
        copied: true,
        made_at: at(0),
        used_at: None,
    };
    let done = db.write("test.keys", move |tx| {
        key::insert(tx, &[9; 16], &made)?;
        assert_eq!(key::by_token(tx, &[9; 16])?, Some(made.clone()));
        assert_eq!(key::by_token(tx, &[8; 16])?, None);
        key::use_key(tx, id, at(5))?;
        assert!(key::end(tx, id, at(6))? && !key::end(tx, id, at(7))?);
        let ended = key::find(tx, id)?.expect("a key");
        assert_eq!((ended.used_at, ended.grant.ended_at), (Some(at(5)), Some(at(6))));
        assert_eq!(key::all(tx)?, [ended]);

        assert!(passkey::insert(tx, &phone)? && !passkey::insert(tx, &phone)?);
        assert_eq!(passkey::of_account(tx, ana)?, std::slice::from_ref(&phone));
        passkey::use_passkey(tx, "AAEC", 7, at(8))?;
        let used = passkey::find(tx, "AAEC")?.expect("a passkey");
        assert_eq!((used.sign_count, used.used_at), (7, Some(at(8))));
        assert!(!passkey::remove(tx, StaffId::from_bytes([2; 16]), "AAEC")?, "not theirs");
        assert!(passkey::remove(tx, ana, "AAEC")?);

        passkey::ask(tx, &[1; 16], Some(ana), at(10))?;
        passkey::ask(tx, &[2; 16], None, at(10))?;
        passkey::ask(tx, &[3; 16], None, at(10))?;
        assert_eq!(passkey::answer(tx, &[1; 16], at(9))?, Some(Some(ana)));
        assert_eq!(passkey::answer(tx, &[1; 16], at(9))?, None, "once");
        assert_eq!(passkey::answer(tx, &[2; 16], at(10))?, None, "too late");
        assert_eq!(passkey::forget(tx, at(10))?, 1);

        let us = "us".parse().expect("a market");
        document::add_market(tx, "00", us)?;
        document::add_market(tx, "00", us)?;
        assert_eq!(document::markets(tx, "00")?, [us]);
        Ok::<_, StoreError>(())
    });
    done.await.expect("no fault");
}
