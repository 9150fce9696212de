//! How a buyer reaches the people of a market, and where goods are sent back to: part of pages and of
//! letters. What the market has not said is not there.

use super::Said;
use crate::kit::escape::in_query;

/// How a market's people are reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Help {
    /// The address that questions are written to; empty: there is none.
    pub email: String,
    /// The number that is called; empty: there is none.
    pub phone: String,
    /// When somebody answers.
    pub hours: Option<Said>,
    /// Where goods are sent back to, line by line.
    pub returns: Vec<String>,
}

impl Help {
    /// Whether there is nothing to say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The same without the address for what is sent back.
    #[must_use]
    pub fn only_questions(self) -> Self {
        Self { returns: Vec::new(), ..self }
    }

    /// What a mail program is opened with. An address may have signs in it that begin a subject, a copy
    /// or a body there (RFC 6068).
    #[must_use]
    pub fn mail_to(&self) -> String {
        match self.email.rsplit_once('@') {
            Some((local, host)) => format!("mailto:{}@{}", in_query(local), in_query(host)),
            None => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_opens_a_letter_to_nobody_else() {
        let help = |email: &str| Help { email: email.to_owned(), ..Help::default() };
        assert_eq!(help("help@shop.example").mail_to(), "mailto:help@shop.example");
        let odd = help("a?cc=b&body=c#d%@shop.example").mail_to();
        assert_eq!(odd, "mailto:a%3Fcc%3Db%26body%3Dc%23d%25@shop.example");
        assert!(Help::default().is_empty() && !help("a@b.example").is_empty());
    }
}
