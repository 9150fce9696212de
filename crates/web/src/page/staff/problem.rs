//! Pages of the staff area for when something is not as it should be.

use askama::Template;

use super::StaffShell;
use crate::kit::text::Text;
use crate::page::ProblemKind;

/// A right that somebody does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingRight {
    /// The permission's word.
    pub permission: &'static str,
    /// The words of the roles that have it.
    pub roles: Vec<&'static str>,
}

impl MissingRight {
    fn of_roles(&self) -> String {
        self.roles.join(", ")
    }
}

/// A problem, said in the staff area or at its door.
#[derive(Clone, Debug, Template)]
#[template(path = "staff/problem.html")]
pub struct DeskProblemPage {
    /// The layout's part.
    pub shell: StaffShell,
    /// What is the matter.
    pub kind: ProblemKind,
    /// The right that is missing, where it is one that the whole page takes.
    pub missing: Option<MissingRight>,
    /// The page that was sent from.
    pub back: Option<String>,
    /// The number under which the log knows the request.
    pub request_id: Option<String>,
}

impl DeskProblemPage {
    /// What to do next.
    fn next(&self, t: &Text) -> String {
        let id = match self.kind {
            ProblemKind::Forbidden => "desk-problem-forbidden",
            ProblemKind::NotFound => "desk-problem-not-found",
            ProblemKind::Conflict => "desk-problem-conflict",
            ProblemKind::Fault => "desk-problem-fault",
            ProblemKind::Maintenance { .. } => "desk-problem-closed",
            other => return other.next(t),
        };
        t.get(id).into_owned()
    }

    fn is_not_found(&self) -> bool {
        self.kind == ProblemKind::NotFound
    }
}
