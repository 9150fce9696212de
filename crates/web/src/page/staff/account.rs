//! One's own account: password, recovery codes, sessions.

use askama::Template;
use kontor_base::Instant;
use kontor_domain::staff::RECOVERY_S;

use super::StaffShell;

/// A browser that one is signed in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// Its name in the form.
    pub token: String,
    /// The browser.
    pub browser: String,
    /// `password`, `recovery` or `passkey`.
    pub shown_as: String,
    /// Since when.
    pub began_at: Instant,
    /// Last used.
    pub seen_at: Instant,
    /// It is this one.
    pub here: bool,
}

/// A passkey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasskeyRow {
    /// Its name in the form.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// It is copied to its owner's other devices.
    pub copied: bool,
    /// Since when.
    pub made_at: Instant,
    /// Last used.
    pub used_at: Option<Instant>,
}

/// `GET /admin/account`.
#[derive(Clone, Debug, Template)]
#[template(path = "staff/account.html")]
pub struct AccountPage {
    /// The layout's part.
    pub shell: StaffShell,
    /// The address of the account.
    pub email: String,
    /// What the person may do, as `role@markets`.
    pub held: Vec<String>,
    /// A password must be set before anything else.
    pub needs_password: bool,
    /// They came in with a recovery code just now: the old password is not asked for.
    pub recovers: bool,
    /// How many recovery codes are left.
    pub codes_left: i64,
    /// New recovery codes, shown this one time.
    pub codes: Vec<String>,
    /// Where one is signed in.
    pub sessions: Vec<SessionRow>,
    /// One's passkeys.
    pub passkeys: Vec<PasskeyRow>,
    /// Whether this site can have passkeys: not where it is reached by a number.
    pub takes_passkeys: bool,
}

impl AccountPage {
    #[allow(clippy::unused_self, reason = "a template calls methods of its page")]
    const fn recovery_minutes(&self) -> i64 {
        RECOVERY_S / 60
    }

    fn shown_as(&self, session: &SessionRow) -> String {
        let id = match session.shown_as.as_str() {
            "recovery" => "staff-by-code",
            "passkey" => "staff-by-passkey",
            _ => "staff-by-password",
        };
        self.shell.text().get(id).into_owned()
    }
}
