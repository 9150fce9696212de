//! A device's question, and the documents that answer it.

use std::sync::Arc;

use kontor_base::{Country, Instant};
use kontor_domain::channel::Channel;
use kontor_domain::rollout::{Asker, DeviceKey, Point};

use super::document::Document;
use super::snapshot::{Held, Snapshot};

/// The build that a device says it has.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// Its incremental.
    pub incremental: &'a str,
    /// When it was built, in seconds since 1970: used where the incremental is not a published one.
    pub built_s: Option<i64>,
}

/// By what a device's place in a rollout is found.
#[derive(Clone, Copy, Debug)]
pub enum Who {
    /// By its own key.
    Device(DeviceKey),
    /// By a place in hundredths that the client brings along, or the hash of its address:
    /// approximate, and never one of the company's own.
    Stranger {
        /// The place, if it brings one.
        hundredth: Option<Point>,
        /// The hash of its address.
        address: DeviceKey,
    },
}

/// A question.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// What the device calls itself.
    pub model: &'a str,
    /// Its channel.
    pub channel: Channel,
    /// The build that it has.
    pub source: Source<'a>,
    /// Who asks.
    pub who: Who,
    /// Where it is.
    pub country: Option<Country>,
}

/// The documents for devices of one model, channel, build and standing in the rollout.
#[derive(Clone, Debug)]
pub struct Answers {
    /// For the LineageOS Updater until 2026.
    pub lineage_v1: Arc<Document>,
    /// For the one since.
    pub lineage_v2: Arc<Document>,
    /// The line of the static format; none where there is nothing to install.
    pub line: Option<Arc<Document>>,
    /// For the service's own client.
    pub check: Arc<Document>,
}

impl Snapshot {
    /// The documents that answer a question; `None` for a model that is not known.
    #[must_use]
    pub fn answer(&self, question: &Question<'_>, now: Instant) -> Option<&Answers> {
        let view = self.model(question.model)?.channel(question.channel);
        let held = view.live.as_ref().and_then(|live| {
            let salt = live.rollout.salt;
            let (point, own) = match question.who {
                Who::Device(key) => (Point::of(key, salt), self.own.contains(&key.0)),
                Who::Stranger { hundredth, address } => {
                    (hundredth.unwrap_or_else(|| Point::of(address, salt)), false)
                }
            };
            let share = live.rollout.share_at(live.bytes, now);
            let asker = Asker { point, country: question.country, own };
            kontor_domain::rollout::admits(&live.rollout, share, &asker).err()
        });
        Some(view.answers(&question.source, held.map_or(Held::No, Held::Yes)))
    }
}
