//! Letters: what is sent by mail, as plain text and as HTML that every mail program shows.

use std::sync::Arc;

use askama::Template;
use kontor_base::{Instant, Language, Money};

use super::{Help, Site, Totals, TransferAccount};
use crate::kit::text::Text;

/// The order in a letter about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetterOrder {
    /// Its number.
    pub number: String,
    /// When it was placed.
    pub placed_at: Instant,
    /// What was bought: how many, its name, what it comes to.
    pub lines: Vec<(u32, String, Money)>,
    /// What it costs.
    pub totals: Totals,
    /// Where it goes, line by line.
    pub address: Vec<String>,
}

/// A letter as HTML.
#[derive(Clone, Debug, Template)]
#[template(path = "mail/letter.html")]
pub struct LetterPage {
    /// The installation.
    pub site: Arc<Site>,
    /// The texts.
    pub text: Text,
    /// What it is about, in one line.
    pub subject: String,
    /// What it says.
    pub paragraphs: Vec<String>,
    /// A code on a line of its own.
    pub code: Option<String>,
    /// Where the letter leads: the words and the address.
    pub link: Option<(String, String)>,
    /// How to pay, while that is awaited.
    pub transfer: Option<TransferAccount>,
    /// The order.
    pub order: Option<LetterOrder>,
    /// Whom to ask, and where goods are sent back to.
    pub help: Help,
    /// Why the reader gets it.
    pub why: String,
    /// Where such letters are ended: the words and the address.
    pub leave: Option<(String, String)>,
}

/// The same letter as plain text.
#[derive(Debug, Template)]
#[template(path = "mail/letter.txt", escape = "none")]
pub struct LetterText<'a> {
    /// The letter.
    pub letter: &'a LetterPage,
}

impl LetterPage {
    fn language(&self) -> Language {
        self.text.language()
    }
}
