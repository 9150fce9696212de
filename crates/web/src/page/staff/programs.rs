//! Other programs: their keys, and the webhooks by which they are told.

use askama::Template;
use kontor_base::Instant;

use super::StaffShell;

/// A key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRow {
    /// Its id.
    pub id: String,
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<&'static str>,
    /// Where.
    pub markets: String,
    /// Until when.
    pub expires_at: Instant,
    /// When it was last used.
    pub used_at: Option<Instant>,
    /// `good`, `expired` or `ended`.
    pub state: KeyState,
}

/// How a key stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// It opens.
    Good,
    /// It opens, and its time is over soon.
    Ending,
    /// Its time is over.
    Expired,
    /// A person has ended it.
    Ended,
}

/// An endpoint of webhooks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HookRow {
    /// Its id.
    pub id: String,
    /// What it is for.
    pub name: String,
    /// Its address.
    pub url: String,
    /// The markets whose events it wants.
    pub markets: String,
    /// The kinds of events it wants.
    pub kinds: Vec<&'static str>,
    /// `active`, `paused` or `disabled`.
    pub state: &'static str,
    /// Since when every call has failed.
    pub failing_since: Option<Instant>,
    /// Who answers for it: it is told what they may read.
    pub answers: String,
    /// Why something is kept back, in words; none: nothing is.
    pub held_back: Option<String>,
}

impl HookRow {
    fn tone(&self) -> &'static str {
        match (self.state, self.failing_since) {
            ("active", _) if self.held_back.is_some() => "bad",
            ("active", None) => "good",
            ("disabled", _) => "bad",
            _ => "warn",
        }
    }

    fn words(&self, shell: &StaffShell) -> String {
        let t = shell.text();
        match (self.state, &self.failing_since) {
            ("active", _) if self.held_back.is_some() => t.get("programs-held-back").into_owned(),
            ("active", None) => t.get("programs-active").into_owned(),
            ("active", Some(since)) => {
                t.one("programs-failing", "since", t.moment(since)).into_owned()
            }
            ("paused", _) => t.get("programs-paused").into_owned(),
            _ => t.get("programs-disabled").into_owned(),
        }
    }
}

/// What was typed into a form, kept when something is wrong with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProgramForm {
    /// What it is for.
    pub name: String,
    /// The address that is called.
    pub url: String,
    /// The markets.
    pub markets: String,
    /// The days that a key lives.
    pub days: String,
    /// The chosen scopes or kinds.
    pub chosen: Vec<String>,
}

impl ProgramForm {
    fn has(&self, word: &str) -> bool {
        self.chosen.iter().any(|chosen| chosen == word)
    }
}

/// `GET /admin/programs`.
#[derive(Clone, Debug, Template)]
#[template(path = "staff/programs.html")]
pub struct ProgramsPage {
    /// The layout's part.
    pub shell: StaffShell,
    /// The keys.
    pub keys: Vec<KeyRow>,
    /// The next page of the keys.
    pub next: Option<String>,
    /// The webhooks.
    pub hooks: Vec<HookRow>,
    /// The scopes that the person can give.
    pub scopes: Vec<&'static str>,
    /// The kinds of events.
    pub kinds: Vec<&'static str>,
    /// A secret that was made, shown this once: what it belongs to, and the secret.
    pub made: Option<(String, String)>,
    /// The form of a key.
    pub key_form: ProgramForm,
    /// The form of a webhook.
    pub hook_form: ProgramForm,
    /// The key of the forms.
    pub key: String,
}

impl ProgramsPage {
    fn key_words(&self, row: &KeyRow) -> String {
        let t = self.shell.text();
        match row.state {
            KeyState::Good | KeyState::Ending => {
                t.one("programs-until", "day", t.moment(&row.expires_at)).into_owned()
            }
            KeyState::Expired => t.get("programs-expired").into_owned(),
            KeyState::Ended => t.get("programs-ended").into_owned(),
        }
    }

    fn is_good(&self, row: &KeyRow) -> bool {
        matches!(row.state, KeyState::Good | KeyState::Ending)
    }
}

/// An event on its way to a webhook, with its attempts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryRow {
    /// Its id.
    pub id: String,
    /// The event's id, which the other side has seen.
    pub event: String,
    /// What.
    pub kind: &'static str,
    /// When it happened.
    pub at: Instant,
    /// `waiting`, `delivered`, `given_up` or `held`.
    pub state: &'static str,
    /// When it is tried next, while it waits.
    pub due_at: Instant,
    /// The attempts, the newest first: when, how long in milliseconds, the status or what went wrong.
    pub attempts: Vec<(Instant, i64, String)>,
}

impl DeliveryRow {
    fn tone(&self) -> &'static str {
        match self.state {
            "delivered" => "good",
            "waiting" | "held" => "warn",
            _ => "bad",
        }
    }
}

/// `GET /admin/programs/hooks/{hook}`.
#[derive(Clone, Debug, Template)]
#[template(path = "staff/hook.html")]
pub struct HookPage {
    /// The layout's part.
    pub shell: StaffShell,
    /// The webhook.
    pub hook: HookRow,
    /// Whether the person may answer for it instead.
    pub may_take_over: bool,
    /// What it was told.
    pub deliveries: Vec<DeliveryRow>,
    /// Only those in this state are shown; empty: all.
    pub state: &'static str,
    /// Only this event is shown.
    pub event: String,
    /// The query of the next page.
    pub next: Option<String>,
    /// A new secret, shown this once.
    pub secret: Option<String>,
    /// The key of the forms.
    pub key: String,
}

impl HookPage {
    fn is_state(&self, word: &str) -> bool {
        self.state == word
    }

    fn states(&self) -> [(&'static str, String); 4] {
        let t = self.shell.text();
        [
            ("waiting", t.get("programs-waiting-state").into_owned()),
            ("delivered", t.get("programs-delivered").into_owned()),
            ("given_up", t.get("programs-given-up").into_owned()),
            ("held", t.get("programs-held").into_owned()),
        ]
    }

    fn state_words(&self, delivery: &DeliveryRow) -> String {
        let t = self.shell.text();
        match delivery.state {
            "delivered" => t.get("programs-delivered").into_owned(),
            "waiting" => t.one("programs-waiting", "due", t.moment(&delivery.due_at)).into_owned(),
            "held" => t.get("programs-held").into_owned(),
            _ => t.get("programs-given-up").into_owned(),
        }
    }
}
