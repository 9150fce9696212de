//! What every use case stands on: the [`Rom`] that it is given, its [`Failure`]s, the store of
//! [`Files`], and the [`Snapshot`] that devices are answered from.

mod answer;
mod credentials;
mod document;
mod failure;
mod files;
mod offers;
mod rom;
mod signed;
mod snapshot;

pub use answer::{Answers, Decided, Question, Source, Who};
pub use credentials::{Brought, Credentials, Shown};
pub use document::Document;
pub use failure::{Failure, Outcome};
pub(crate) use files::hash_range;
pub use files::{BucketSettings, FileReader, Files, FilesError, Incoming, Local, UploadError};
pub use offers::{OfferCache, OfferKey, SignedOffer};
pub use rom::{Keys, Redirect, Rom, Settings};
pub use signed::{Signed, SignedView};
pub use snapshot::{ChannelView, Held, Live, ModelView, ServedFile, Snapshot, Snapshots};
