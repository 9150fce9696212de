//! One record: the claim, what it means, where it is from, what stands beside it.

use askama::Template;

use super::Claim;
use crate::page::{Said, Shell};

/// A line of what is known of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What it says.
    pub name: String,
    /// The value.
    pub value: Said,
    /// Where it leads.
    pub href: Option<String>,
}

/// `GET /reach/{language}/{kind}/{code}`
#[derive(Clone, Debug, Template)]
#[template(path = "reach_record.html")]
pub struct RecordPage {
    /// The layout's part.
    pub shell: Shell,
    /// The kind of record in words: a claim, a rank, a target, a forecast.
    pub kicker: String,
    /// What it is.
    pub title: Said,
    /// The number with its unit, or the words.
    pub value: Said,
    /// What it means.
    pub definition: Said,
    /// What else is known.
    pub facts: Vec<Fact>,
    /// What else a reader should know.
    pub note: Option<Said>,
    /// The record that puts this one right: path and title.
    pub corrected_by: Option<(String, String)>,
    /// The record that this one puts right: path and title.
    pub corrects: Option<(String, String)>,
    /// What others say of the same.
    pub beside: Vec<Claim>,
    /// The picture for other sites, as a path.
    pub picture: String,
    /// The record for programs, as a path.
    pub json: String,
}
