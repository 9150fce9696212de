//! The feed of builds (RFC 4287), for readers and for machines that mirror.

use askama::Template;
use kontor_base::Instant;

use crate::kit::text::Text;

/// A build in the feed.
#[derive(Clone, Debug)]
pub struct FeedEntry {
    /// Title: model and version.
    pub title: String,
    /// The address of its page, which is its id too.
    pub url: String,
    /// When it was published, or withdrawn.
    pub updated: Instant,
    /// What is new, as plain text.
    pub notes: String,
    /// The whole package: address, size.
    pub package: Option<(String, u64)>,
}

/// `GET /rom/{language}/feed.atom`
#[derive(Clone, Debug, Template)]
#[template(path = "rom/feed.xml")]
pub struct RomFeed {
    /// The texts.
    pub t: Text,
    /// The feed's own address.
    pub url: String,
    /// The page that it belongs to.
    pub page: String,
    /// What it is called.
    pub title: String,
    /// Who publishes.
    pub author: String,
    /// The builds, newest first.
    pub entries: Vec<FeedEntry>,
}

impl RomFeed {
    /// When anything in it changed last.
    #[must_use]
    pub fn updated(&self) -> String {
        let newest = self.entries.iter().map(|entry| entry.updated).max();
        rfc3339(&newest.unwrap_or(Instant::from_micros(0)))
    }
}

/// The moment as feeds write it.
#[must_use]
pub fn rfc3339(at: &Instant) -> String {
    let seconds = at.millis().div_euclid(1_000);
    jiff::Timestamp::from_second(seconds).map(|moment| moment.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_feeds_want_them() {
        let at = Instant::from_micros(1_433_160_180_000_001);
        assert_eq!(rfc3339(&at), "2015-06-01T12:03:00Z");
    }
}
