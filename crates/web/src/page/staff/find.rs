//! What a search has found.

use askama::Template;

use super::{OrderRows, StaffShell};

/// A kind of things with what was found of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundKind {
    /// The id of its heading.
    pub id: &'static str,
    /// What it is called.
    pub name: String,
    /// How many there are, or that these are the first.
    pub count: String,
    /// What was found: where it leads, what it is, what else is said.
    pub links: Vec<(String, String, String)>,
    /// What is said below them, where these are not all.
    pub more: String,
    /// Where the search goes on.
    pub next: Option<String>,
}

/// `GET /admin/find`.
#[derive(Clone, Debug, Template)]
#[template(path = "staff/find.html")]
pub struct FindPage {
    /// The layout's part.
    pub shell: StaffShell,
    /// Orders that were found.
    pub orders: OrderRows,
    /// How many there are, or that these are the first.
    pub order_count: String,
    /// There are more.
    pub more: bool,
    /// Everything else that was found.
    pub kinds: Vec<FoundKind>,
    /// What the person can search: a kind, and by what of it.
    pub searchable: Vec<(String, String)>,
}

impl FindPage {
    fn is_empty(&self) -> bool {
        self.orders.rows.is_empty() && self.kinds.is_empty()
    }
}
