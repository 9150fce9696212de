//! Letters: queued in the transaction that causes them, written and sent afterwards.
//!
//! A letter in the queue is a kind and the id of what it is about. Address, language and everything
//! it says are read when it is sent, so the queue keeps nobody's address, and who was erased in the
//! meantime is not written to. Start with [`Cause`], then [`send_due`].

mod cause;
mod content;
mod held;
mod outbox;
mod resend;
mod send;
mod waiting;

pub(crate) use cause::queue_in;
pub use cause::{Cause, Kind};
pub use content::{Content, DepositLetter, OrderLetter, ResellerLetter};
pub use held::write_to_held;
pub(crate) use outbox::stuck_in;
pub use outbox::{LATE_AFTER_S, Outbox, Stuck, outbox, outbox_counts, retry_letter};
pub use resend::{ResendRefusal, letters_about, resend, resendable};
pub use send::{SentOut, Writer, Written, run, send_due};
pub use waiting::{News, TellRefusal, Telling, tell_waiting, untold};
pub(crate) use waiting::{TELL, check_news, queue_tell_in, run_tell, untold_in};
