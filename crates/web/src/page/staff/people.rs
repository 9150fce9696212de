//! Accounts.

use askama::Template;
use kontor_base::Instant;

use super::{StaffShell, Typed};

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonRow {
    /// Their account: the row's name on the page.
    pub id: String,
    /// Its place in the page, for labels.
    pub index: usize,
    /// The person's name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// What they may do, as `role@markets`.
    pub held: Vec<String>,
    /// It is locked.
    pub locked: bool,
    /// Since when it exists.
    pub created_at: Instant,
}

/// `GET /admin/people`.
#[derive(Clone, Debug, Template)]
#[template(path = "staff/people.html")]
pub struct PeoplePage {
    /// The layout's part.
    pub shell: StaffShell,
    /// The accounts.
    pub rows: Vec<PersonRow>,
    /// Where the forms go: back to this page of the list.
    pub action: String,
    /// The next page.
    pub next: Option<String>,
    /// The roles there are.
    pub roles: Vec<&'static str>,
    /// The key of the forms.
    pub key: String,
    /// What was typed.
    pub typed: Typed,
}

impl PersonRow {
    /// The name of its form.
    fn form(&self) -> String {
        format!("change {}", self.email)
    }

    /// The roles: as typed, or as they are.
    fn roles(&self, typed: &Typed) -> String {
        typed.or(&self.form(), "held", &self.held.join(" ")).to_owned()
    }

    /// Whether it is locked: as chosen, or as it is.
    fn is_locked(&self, typed: &Typed) -> bool {
        match typed.of(&self.form(), "state") {
            "" => self.locked,
            chosen => chosen == "locked",
        }
    }
}
