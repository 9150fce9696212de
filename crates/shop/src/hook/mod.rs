//! Webhooks: other programs are told what has happened, by signed calls that are tried until they are
//! taken (Standard Webhooks 1.0).
//!
//! Start with [`Happened`], which use cases write down in their own transaction, then [`tell_due`].
//! Events say what and where, never who: a receiver that may know more asks the API with its key.

mod deliver;
mod endpoint;
mod founded;
mod happened;
mod seal;

pub use deliver::{Told, run, tell_due};
pub use endpoint::{
    AddHook, AddedHook, HookRefusal, Overview, add_hook, exchange_secret, hook, hooks, replay,
    set_hook_state, try_hook,
};
pub use founded::{Answers, take_over};
pub use happened::tell_scarce;
pub(crate) use happened::{Happened, write_down_in};
pub use kontor_remote::hook::UrlProblem;
