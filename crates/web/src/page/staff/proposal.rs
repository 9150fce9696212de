//! What waits for a second person.

use askama::Template;
use kontor_base::Instant;
use kontor_domain::market::MarketCode;
use kontor_domain::staff::{Permission, ProposalState};

use super::StaffShell;
use crate::kit::text::Text;

/// A proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProposalRow {
    /// Its id.
    pub id: String,
    /// What it needs.
    pub permission: Permission,
    /// Where.
    pub market: String,
    /// What it is about.
    pub subject: String,
    /// Who proposes it.
    pub author: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Instant,
    /// How far it has come.
    pub state: ProposalState,
    /// It is one's own.
    pub own: bool,
}

impl ProposalRow {
    pub(super) fn state_words(&self, t: &Text) -> String {
        let id = match self.state {
            ProposalState::Waiting if self.own => "staff-proposal-waits-other",
            ProposalState::Waiting => "staff-proposal-waits",
            ProposalState::Approved => "staff-proposal-approved",
            ProposalState::Rejected => "staff-proposal-rejected",
            ProposalState::Withdrawn => "staff-proposal-withdrawn",
            ProposalState::Expired => "staff-proposal-expired",
        };
        t.get(id).into_owned()
    }

    pub(super) const fn tone(&self) -> &'static str {
        match self.state {
            ProposalState::Waiting => "warn",
            ProposalState::Approved => "good",
            ProposalState::Rejected => "bad",
            ProposalState::Withdrawn | ProposalState::Expired => "quiet",
        }
    }
}

/// `GET /admin/proposals`.
#[derive(Clone, Debug, Template)]
#[template(path = "staff/proposals.html")]
pub struct ProposalsPage {
    /// The layout's part.
    pub shell: StaffShell,
    /// The state that is listed.
    pub state: ProposalState,
    /// The proposals.
    pub rows: Vec<ProposalRow>,
    /// The id after which the next page begins.
    pub next: Option<String>,
}

impl ProposalsPage {
    fn tabs(&self) -> [(&'static str, String, bool); 5] {
        let t = self.shell.text();
        ProposalState::ALL.map(|state| {
            let id = match state {
                ProposalState::Waiting => "staff-proposals-waiting",
                ProposalState::Approved => "staff-proposals-approved",
                ProposalState::Rejected => "staff-proposals-rejected",
                ProposalState::Withdrawn => "staff-proposals-withdrawn",
                ProposalState::Expired => "staff-proposals-expired",
            };
            (state.word(), t.get(id).into_owned(), state == self.state)
        })
    }
}

/// `GET /admin/proposals/{id}`.
#[derive(Clone, Debug, Template)]
#[template(path = "staff/proposal.html")]
pub struct ProposalPage {
    /// The layout's part.
    pub shell: StaffShell,
    /// The proposal.
    pub row: ProposalRow,
    /// What it changes, a page of it: the field, how it is, how it would be.
    pub changes: Vec<(String, String, String)>,
    /// How many changes there are.
    pub count: usize,
    /// The next page of them.
    pub next: Option<String>,
    /// The paper that comes with it.
    pub document: Option<String>,
    /// The hash of what is shown, which a decision names.
    pub seen: String,
    /// The person may approve or reject it.
    pub may_decide: bool,
    /// Its author could still propose it; otherwise nobody can approve it.
    pub author_may: bool,
    /// Products that it would hold back less: variant, market, and what lets them go.
    pub loosened: Vec<(String, MarketCode, String)>,
    /// What these do not say of it, in sentences.
    pub loosened_more: Vec<String>,
    /// Who decided, and what they say about it.
    pub decided: Option<(String, Instant, String)>,
}

impl ProposalPage {
    /// Whether there are changes that this page does not show.
    fn in_part(&self) -> bool {
        self.changes.len() < self.count
    }
}
