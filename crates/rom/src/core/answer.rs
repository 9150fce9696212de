//! A device's question, and the documents that answer it.

use std::sync::Arc;

use kontor_base::{Country, Instant};
use kontor_domain::build::Build;
use kontor_domain::channel::Channel;
use kontor_domain::rollout::{Asker, DeviceKey, Entrance, Point, entrance};
use kontor_ota::signing::offer::{COHORTS, place};

use super::document::Document;
use super::snapshot::{ChannelView, Held, Snapshot};

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
    /// By the cohort that it has drawn for itself. Its key, if it tells one, says whether it is one
    /// of the company's own.
    Cohort {
        /// Its cohort.
        cohort: u16,
        /// Its key.
        device: Option<DeviceKey>,
    },
    /// By nothing: it tells no id and no place, and its address is that of a proxy. Taken together
    /// such clients would all be in, or all be out; so they come last.
    Unplaced,
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
    /// For Custota; none where there is nothing to install, or its owner signed no list of parts.
    pub custota: Option<Arc<Document>>,
    /// For the service's own client.
    pub check: Arc<Document>,
    /// The build to install.
    pub install: Option<Arc<Build>>,
    /// The published build that the asking device has.
    pub source: Option<Arc<Build>>,
    /// The answer in one code.
    pub reason: &'static str,
}

/// An answer, and what it was decided from.
#[derive(Clone, Copy, Debug)]
pub struct Decided<'a> {
    /// The channel.
    pub view: &'a ChannelView,
    /// The documents.
    pub answers: &'a Answers,
    /// By what the rollout that is under way lets the device in.
    pub entrance: Option<Entrance>,
}

impl Snapshot {
    /// The documents that answer a question; `None` for a model that is not known.
    #[must_use]
    pub fn answer(&self, question: &Question<'_>, now: Instant) -> Option<&Answers> {
        self.decide(question, now).map(|decided| decided.answers)
    }

    /// The same with what it was decided from.
    #[must_use]
    pub fn decide(&self, question: &Question<'_>, now: Instant) -> Option<Decided<'_>> {
        let view = self.model(question.model)?.channel(question.channel);
        let standing = view.live.as_ref().map(|live| {
            let salt = live.rollout.salt;
            let own = |key: DeviceKey| self.own.contains(&key.0);
            let (point, own) = match question.who {
                Who::Device(key) => (Point::of(key, salt), own(key)),
                Who::Stranger { hundredth, address } => {
                    (hundredth.unwrap_or_else(|| Point::of(address, salt)), false)
                }
                Who::Cohort { cohort, device } => {
                    let point = Point::of_place(place(cohort, &salt), COHORTS);
                    (point.unwrap_or(Point::last()), device.is_some_and(own))
                }
                Who::Unplaced => (Point::last(), false),
            };
            let share = live.rollout.share_at(live.bytes, now);
            entrance(&live.rollout, share, &Asker { point, country: question.country, own })
        });
        let (held, entrance) = match standing {
            Some(Err(reason)) => (Held::Yes(reason), None),
            Some(Ok(entrance)) => (Held::No, Some(entrance)),
            None => (Held::No, None),
        };
        Some(Decided { view, answers: view.answers(&question.source, held), entrance })
    }
}
