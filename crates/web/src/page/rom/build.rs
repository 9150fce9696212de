//! A build: what is new, its files with their checksums, who gets it.

use askama::Template;
use kontor_base::{Date, Instant};
use kontor_domain::channel::Channel;

use super::{Reach, Say, size};
use crate::kit::text::Text;
use crate::page::{Said, Shell};

/// A file of the build.
#[derive(Clone, Debug)]
pub struct PackageLine {
    /// Its name.
    pub name: String,
    /// Its address.
    pub url: String,
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256 in hexadecimal digits.
    pub sha256: String,
    /// The incremental that it starts from; none for the whole package.
    pub source: Option<String>,
}

impl PackageLine {
    /// Its size as people read it.
    #[must_use]
    pub fn size_words(&self, t: &Text) -> String {
        size(self.bytes, t)
    }
}

/// A channel that the build is in.
#[derive(Clone, Debug)]
pub struct InChannel {
    /// The channel.
    pub channel: Channel,
    /// Since when.
    pub since: Instant,
    /// Whether devices must not pass it by.
    pub floor: bool,
    /// Who gets it there.
    pub reach: Reach,
    /// The id of its rollout there.
    pub rollout: Option<String>,
}

/// `GET /rom/{language}/device/{device}/{build}`
#[derive(Clone, Debug, Template)]
#[template(path = "rom/build.html")]
pub struct BuildPage {
    /// The layout's part.
    pub shell: Shell,
    /// The model's codename.
    pub codename: String,
    /// The model's name with its maker's.
    pub model: String,
    /// The model's drawing.
    pub picture: String,
    /// The version that people see.
    pub version: String,
    /// The incremental.
    pub incremental: String,
    /// When it was built.
    pub built: Instant,
    /// When it was published.
    pub published: Instant,
    /// What kind of release it calls itself.
    pub kind: String,
    /// The API level.
    pub sdk: u32,
    /// The security patch level.
    pub patch_level: Option<Date>,
    /// The fingerprint.
    pub fingerprint: Option<String>,
    /// What is new: one paragraph a line; lines that begin with `- ` are points.
    pub notes: Option<Said>,
    /// Why it was withdrawn.
    pub withdrawn: Option<String>,
    /// Its files, the whole package first; only those whose bytes are good.
    pub packages: Vec<PackageLine>,
    /// The channels that it is in.
    pub channels: Vec<InChannel>,
}

/// A part of the notes.
#[derive(Debug, PartialEq, Eq)]
pub enum Note<'n> {
    /// A paragraph.
    Paragraph(&'n str),
    /// A list of points.
    Points(Vec<&'n str>),
}

impl BuildPage {
    /// The notes as paragraphs and lists.
    #[must_use]
    pub fn note_parts(&self) -> Vec<Note<'_>> {
        parts(self.notes.as_ref().map_or("", |notes| notes.text.as_str()))
    }

    /// The whole package.
    #[must_use]
    pub fn whole(&self) -> Option<&PackageLine> {
        self.packages.iter().find(|package| package.source.is_none())
    }
}

fn parts(text: &str) -> Vec<Note<'_>> {
    let mut parts: Vec<Note<'_>> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        match (line.strip_prefix("- "), parts.last_mut()) {
            (Some(point), Some(Note::Points(points))) => points.push(point),
            (Some(point), _) => parts.push(Note::Points(vec![point])),
            (None, _) => parts.push(Note::Paragraph(line)),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_paragraphs_and_lists() {
        let text = "Calmer.\n\n- one\n- two\nAnd:\n- three";
        let expected = [
            Note::Paragraph("Calmer."),
            Note::Points(vec!["one", "two"]),
            Note::Paragraph("And:"),
            Note::Points(vec!["three"]),
        ];
        assert_eq!(parts(text), expected);
        assert_eq!(parts(""), []);
    }
}
