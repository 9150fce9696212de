//! Pages for when something is not as it should be. Each says what to do next.

use super::Shell;

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
#[derive(Clone, Debug)]
pub struct ProblemPage {
    /// The layout's part; without a market where none is known.
    pub shell: Shell,
    /// What is the matter.
    pub kind: ProblemKind,
    /// The number under which the log knows the request.
    pub request_id: Option<String>,
}
