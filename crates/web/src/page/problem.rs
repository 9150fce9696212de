//! Pages for when something is not as it should be. Each says what to do next.

use askama::Template;

use super::Shell;
use crate::kit::text::Text;

/// What is the matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// 404: there is no such page.
    NotFound,
    /// 403: not for you.
    Forbidden,
    /// 405: the address does not take this kind of request.
    BadMethod,
    /// 400: the form could not be read.
    BadRequest,
    /// 409: it has changed meanwhile, or a key was used for something else.
    Conflict,
    /// 413: too much was sent.
    TooLarge,
    /// 429: too many requests.
    TooMany {
        /// After how many seconds to try again.
        retry_s: u32,
    },
    /// 500: our fault.
    Fault,
    /// 503: closed for maintenance or too busy.
    Maintenance {
        /// After how many seconds to try again, if known.
        retry_s: Option<u32>,
    },
}

/// An error page.
#[derive(Clone, Debug, Template)]
#[template(path = "problem.html")]
pub struct ProblemPage {
    /// The layout's part; without a market where none is known.
    pub shell: Shell,
    /// What is the matter.
    pub kind: ProblemKind,
    /// The number under which the log knows the request.
    pub request_id: Option<String>,
}

impl ProblemKind {
    /// The status of the answer.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::BadRequest => 400,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::BadMethod => 405,
            Self::Conflict => 409,
            Self::TooLarge => 413,
            Self::TooMany { .. } => 429,
            Self::Fault => 500,
            Self::Maintenance { .. } => 503,
        }
    }

    pub(super) const fn id(self) -> &'static str {
        match self {
            Self::BadRequest => "problem-bad-request",
            Self::Forbidden => "problem-forbidden",
            Self::NotFound => "problem-not-found",
            Self::BadMethod => "problem-bad-method",
            Self::Conflict => "problem-conflict",
            Self::TooLarge => "problem-too-large",
            Self::TooMany { .. } => "problem-too-many",
            Self::Fault => "problem-fault",
            Self::Maintenance { .. } => "problem-maintenance",
        }
    }

    /// What to do next.
    pub(super) fn next(self, t: &Text) -> String {
        let id = match self {
            Self::BadRequest => "problem-bad-request-next",
            Self::Forbidden => "problem-forbidden-next",
            Self::NotFound => "problem-not-found-next",
            Self::BadMethod => "problem-bad-method-next",
            Self::Conflict => "problem-conflict-next",
            Self::TooLarge => "problem-too-large-next",
            Self::Fault => "problem-fault-next",
            Self::TooMany { retry_s } => {
                return t.one("problem-too-many-next", "seconds", retry_s).into_owned();
            }
            Self::Maintenance { retry_s: Some(seconds) } => {
                let minutes = seconds.div_ceil(60).max(1);
                return t.one("problem-maintenance-wait", "minutes", minutes).into_owned();
            }
            Self::Maintenance { retry_s: None } => "problem-maintenance-next",
        };
        t.get(id).into_owned()
    }
}
