//! Coming in.

use askama::Template;

use super::StaffShell;

/// `GET /admin/sign-in`: address and password, or a code.
#[derive(Clone, Debug, Template)]
#[template(path = "staff/door.html")]
pub struct DoorPage {
    /// The layout's part.
    pub shell: StaffShell,
    /// The address, as typed before.
    pub email: String,
    /// Where to go afterwards.
    pub next: String,
    /// A code is asked for instead of a password.
    pub by_code: bool,
    /// Whether this site can have passkeys: not where it is reached by a number.
    pub takes_passkeys: bool,
}

impl DoorPage {
    fn other(&self) -> String {
        let by = if self.by_code { "password" } else { "code" };
        format!("/admin/sign-in?by={by}&next={}", self.next)
    }
}
