//! Samples: other programs, their keys and webhooks.

use kontor_base::Language;
use kontor_domain::hook::EventKind;
use kontor_domain::staff::Permission;

use super::at;
use super::staff::{bad, shell};
use crate::page::staff::{
    DeliveryRow, HookPage, HookRow, KeyRow, KeyState, Place, ProgramForm, ProgramsPage,
};

fn hook(state: &'static str, failing: bool) -> HookRow {
    HookRow {
        id: "hook_06dyk2m1v5rjz0q3c8s4n7t9ab".to_owned(),
        name: "Warehouse in Carson".to_owned(),
        url: "https://warehouse.example/kontor/events".to_owned(),
        markets: "us".to_owned(),
        kinds: vec![EventKind::OrderPlaced.word(), EventKind::OrderCancelled.word()],
        state,
        failing_since: failing.then(|| at(7, 15)),
        answers: "Mia Meyer".to_owned(),
        held_back: None,
    }
}

/// Whoever answers for it may not read everything any more.
fn held_back() -> HookRow {
    let why = "Mia Meyer may not do this any more in all of its markets: order.read.";
    HookRow { held_back: Some(why.to_owned()), ..hook("active", false) }
}

impl ProgramsPage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let key = |state, used| KeyRow {
            id: "key_06dyk2m1v5rjz0q3c8s4n7t9ab".to_owned(),
            name: "Bookkeeping <nightly>".to_owned(),
            scopes: vec![Permission::OrderRead.word(), Permission::StockRead.word()],
            markets: "us,de".to_owned(),
            expires_at: at(23, 0),
            used_at: used,
            state,
        };
        let page = |keys: Vec<KeyRow>, hooks: Vec<HookRow>| Self {
            shell: shell(language, Place::Programs),
            next: (keys.len() > 1).then(|| "/admin/programs?before=key_x".to_owned()),
            keys,
            hooks,
            scopes: vec![Permission::OrderRead.word(), Permission::StockRead.word()],
            kinds: EventKind::ALL.iter().map(|kind| kind.word()).collect(),
            made: None,
            key_form: ProgramForm::default(),
            hook_form: ProgramForm::default(),
            key: "k".to_owned(),
        };
        let keys = vec![
            key(KeyState::Good, Some(at(9, 30))),
            key(KeyState::Ending, None),
            key(KeyState::Expired, None),
            key(KeyState::Ended, None),
        ];
        let hooks = vec![
            hook("active", false),
            hook("active", true),
            hook("paused", false),
            hook("disabled", true),
            held_back(),
        ];
        let full = page(keys, hooks);
        let mut made = full.clone();
        made.made = Some((
            "Bookkeeping".to_owned(),
            format!("kontor_{}", "06dyk2m1v5rjz0q3c8s4n7t9ab".repeat(2)),
        ));
        let mut refused = full.clone();
        refused.shell.notice = bad("Not done: order.read is not yours in all of these markets");
        refused.key_form = ProgramForm {
            name: "Bookkeeping".to_owned(),
            markets: "in".to_owned(),
            days: "30".to_owned(),
            chosen: vec!["order.read".to_owned()],
            ..ProgramForm::default()
        };
        vec![
            ("none", page(Vec::new(), Vec::new())),
            ("some", full),
            ("made", made),
            ("refused", refused),
        ]
    }
}

impl HookPage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let delivery = |state, attempts: Vec<(i64, &str)>| DeliveryRow {
            id: "dlv_06dyk2m1v5rjz0q3c8s4n7t9ab".to_owned(),
            event: "evt_06dyk2m1v5rjz0q3c8s4n7t9ab".to_owned(),
            kind: EventKind::OrderPlaced.word(),
            at: at(9, 0),
            state,
            due_at: at(9, 35),
            attempts: attempts
                .into_iter()
                .map(|(took_ms, told)| (at(9, 1), took_ms, told.to_owned()))
                .collect(),
        };
        let page = |state, deliveries: Vec<DeliveryRow>| Self {
            shell: shell(language, Place::Programs),
            hook: hook(state, state != "active"),
            may_take_over: false,
            next: (!deliveries.is_empty()).then(|| "/admin/programs/hooks/x?before=y".to_owned()),
            state: if deliveries.is_empty() { "" } else { "given_up" },
            event: String::new(),
            deliveries,
            secret: None,
            key: "k".to_owned(),
        };
        let told = vec![
            delivery("waiting", vec![(15_000, "no answer within 15 s"), (212, "answered 503")]),
            delivery("delivered", vec![(84, "answered 204")]),
            delivery("given_up", vec![(31, "answered 410")]),
            delivery("held", Vec::new()),
        ];
        let mut unfounded = page("active", told.clone());
        unfounded.hook = held_back();
        let mut taken_over = unfounded.clone();
        taken_over.may_take_over = true;
        let mut exchanged = page("active", told.clone());
        exchanged.secret = Some("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned());
        vec![
            ("new", page("active", Vec::new())),
            ("told", page("active", told.clone())),
            ("disabled", page("disabled", told)),
            ("exchanged", exchanged),
            ("unfounded", unfounded),
            ("may-take-over", taken_over),
        ]
    }
}
