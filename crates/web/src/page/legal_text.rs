//! The operator's own legal texts: how a file becomes sections, and which text counts where.
//!
//! Nothing here reads a disk, and nothing is markup: whatever a file says is shown as text.

use std::collections::BTreeMap;

use kontor_base::Language;
use kontor_domain::market::MarketCode;

use super::{LegalKind, LegalSection, Said};

/// The longest text, in bytes.
pub const LEGAL_TEXT_BYTES_MAX: usize = 256 * 1024;

/// Why a text is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LegalTextError {
    /// It is too long.
    #[error("is longer than {} KiB", LEGAL_TEXT_BYTES_MAX / 1024)]
    TooLong,
    /// It is not text.
    #[error("line {line} is not UTF-8 text: save the file as UTF-8")]
    NotText {
        /// The line.
        line: usize,
    },
    /// It holds characters that nobody sees.
    #[error("line {line} holds control characters")]
    Control {
        /// The line.
        line: usize,
    },
    /// A comment has no end.
    #[error("the comment that begins on line {line} has no -->")]
    OpenComment {
        /// The line.
        line: usize,
    },
}

/// The operator's texts by market (none: every market), language and page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LegalTexts(BTreeMap<(Option<MarketCode>, Language, LegalKind), Vec<LegalSection>>);

impl LegalTexts {
    /// Takes the text of a file. A file without words (a template that nobody has filled in) counts
    /// as none.
    ///
    /// # Errors
    ///
    /// See [`LegalTextError`].
    pub fn add(
        &mut self,
        market: Option<MarketCode>,
        language: Language,
        kind: LegalKind,
        bytes: &[u8],
    ) -> Result<(), LegalTextError> {
        let sections = read(bytes, language)?;
        if !sections.is_empty() {
            self.0.insert((market, language, kind), sections);
        }
        Ok(())
    }

    /// The text for a page: the market's own, else the one for every market; empty where there is
    /// none in this language.
    #[must_use]
    pub fn find(&self, market: MarketCode, language: Language, kind: LegalKind) -> &[LegalSection] {
        [Some(market), None]
            .iter()
            .find_map(|place| self.0.get(&(*place, language, kind)))
            .map_or(&[], Vec::as_slice)
    }

    /// How many texts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Sections begin with `#`, paragraphs are parted by empty lines, `<!-- comments -->` are left out.
fn read(bytes: &[u8], language: Language) -> Result<Vec<LegalSection>, LegalTextError> {
    if bytes.len() > LEGAL_TEXT_BYTES_MAX {
        return Err(LegalTextError::TooLong);
    }
    let line_at = |end: usize| bytes[..end].iter().filter(|byte| **byte == b'\n').count() + 1;
    let text = std::str::from_utf8(bytes)
        .map_err(|error| LegalTextError::NotText { line: line_at(error.valid_up_to()) })?;
    let hidden = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    // Marks that turn the direction of writing can make a text read as another.
    let turning = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if let Some(at) = text.find(|c| hidden(c) || turning(c)) {
        return Err(LegalTextError::Control { line: line_at(at) });
    }
    let text = without_comments(text)?;
    let mut sections: Vec<LegalSection> = Vec::new();
    let mut paragraph = String::new();
    for line in text.trim_start_matches('\u{feff}').lines().chain([""]) {
        let line = line.trim();
        let heading = heading(line);
        if line.is_empty() || heading.is_some() {
            let text = std::mem::take(&mut paragraph);
            if !text.is_empty() {
                if sections.is_empty() {
                    sections.push(section(""));
                }
                let last = sections.last_mut().expect("pushed when there was none");
                last.paragraphs.push(Said::new(text, language));
            }
        } else {
            if !paragraph.is_empty() {
                paragraph.push('\n');
            }
            paragraph.push_str(line);
        }
        sections.extend(heading.map(section));
    }
    // Headings alone say nothing: that is a template which waits for its words.
    if sections.iter().all(|section| section.paragraphs.is_empty()) {
        sections.clear();
    }
    Ok(sections)
}

fn section(heading: &str) -> LegalSection {
    LegalSection { heading: heading.to_owned(), paragraphs: Vec::new() }
}

fn heading(line: &str) -> Option<&str> {
    let text = line.trim_start_matches('#');
    let depth = line.len() - text.len();
    ((1..=6).contains(&depth) && text.starts_with(' ')).then(|| text.trim())
}

fn without_comments(text: &str) -> Result<String, LegalTextError> {
    let (mut kept, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, comment)) = rest.split_once("<!--") {
        kept.push_str(before);
        let Some((_, after)) = comment.split_once("-->") else {
            let line = text[..text.len() - comment.len()].matches('\n').count() + 1;
            return Err(LegalTextError::OpenComment { line });
        };
        rest = after;
    }
    kept.push_str(rest);
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Vec<(String, Vec<String>)> {
        let sections = read(text.as_bytes(), Language::De).expect("a good text");
        let words = |section: LegalSection| {
            let said = section.paragraphs.into_iter();
            (section.heading, said.map(|said| said.text).collect())
        };
        sections.into_iter().map(words).collect()
    }

    #[test]
    fn headings_paragraphs_and_line_breaks_are_kept_and_markup_is_text() {
        let text =
            "\u{feff}Ahead.\r\n\r\n# Who <b>\n\nA GmbH\n1 Street\n\n## Mail\nx@y.example\n#5";
        let pair =
            |h: &str, p: &[&str]| (h.to_owned(), p.iter().map(|p| (*p).to_owned()).collect());
        assert_eq!(
            plain(text),
            [
                pair("", &["Ahead."]),
                pair("Who <b>", &["A GmbH\n1 Street"]),
                pair("Mail", &["x@y.example\n#5"]),
            ]
        );
    }

    #[test]
    fn a_template_that_nobody_filled_in_is_no_text() {
        assert!(plain("<!-- Say who\nyou are. -->\n\n# Contact\n").is_empty());
        assert!(plain("").is_empty());
        assert_eq!(plain("a <!-- x --> b <!-- y -->")[0].1, ["a  b"]);
    }

    #[test]
    fn what_is_not_a_text_is_refused_with_its_line() {
        let refused = |bytes: &[u8]| read(bytes, Language::En).expect_err("refused");
        assert_eq!(refused(b"a\n\xff\xfe"), LegalTextError::NotText { line: 2 });
        assert_eq!(refused(b"a\nb\0"), LegalTextError::Control { line: 2 });
        assert_eq!(refused("\n\n\u{202e}a".as_bytes()), LegalTextError::Control { line: 3 });
        assert_eq!(refused(b"a\n<!-- b"), LegalTextError::OpenComment { line: 2 });
        assert_eq!(refused(&vec![b'a'; LEGAL_TEXT_BYTES_MAX + 1]), LegalTextError::TooLong);
    }

    #[test]
    fn the_markets_own_text_counts_before_the_one_for_all() {
        let code = |code: &str| code.parse().expect("a market");
        let mut texts = LegalTexts::default();
        for (market, text) in [(None, "for all"), (Some(code("us")), "for one")] {
            texts.add(market, Language::En, LegalKind::Terms, text.as_bytes()).expect("good");
        }
        let first = |market: &str, language| {
            let sections = texts.find(code(market), language, LegalKind::Terms);
            sections.first().map(|section| section.paragraphs[0].text.clone())
        };
        assert_eq!(first("us", Language::En).as_deref(), Some("for one"));
        assert_eq!(first("de", Language::En).as_deref(), Some("for all"));
        assert_eq!(first("us", Language::De), None, "a text in another language is none");
        assert_eq!(texts.len(), 2);
    }
}
