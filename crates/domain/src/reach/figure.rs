//! A figure: what somebody said, meaning what, of which time, to be read where.

use kontor_base::{Confidence, Language, RowError};
use serde::{Deserialize, Serialize};

use super::cell;
use super::period::Period;
use super::quantity::Value;
use crate::catalogue::Slug;

/// The unit of figures that are words.
const WORDS: &str = "words";

/// A claim with everything that it takes to check it. Never changed once recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// Its name in addresses, for ever.
    pub code: Slug,
    /// What it is about; figures of one subject stand side by side.
    pub subject: Slug,
    /// What it is, in a few words, by language.
    pub title_en: String,
    /// The same in German.
    pub title_de: String,
    /// The time it is about.
    pub period: Period,
    /// The number as it was said; none where words were said.
    pub value: Option<Value>,
    /// The words, where words were said.
    pub words: String,
    /// What is counted: `million`, `units`, `USD`, `percent`, …
    pub unit: String,
    /// What exactly the number means, as far as the speaker said.
    pub definition_en: String,
    /// The same in German.
    pub definition_de: String,
    /// Who says it.
    pub said_by: String,
    /// When it was said, as closely as is known.
    pub as_of: Option<Period>,
    /// Where it can be read: title or medium.
    pub source: String,
    /// The address; only what is from memory has none.
    pub source_url: Option<String>,
    /// How well it is known.
    pub confidence: Confidence,
    /// What else a reader should know, in English.
    pub note: String,
    /// The figure that this one puts right.
    pub corrects: Option<Slug>,
}

impl Figure {
    /// What it is, in a page's language.
    #[must_use]
    pub fn title(&self, language: Language) -> &str {
        either(language, &self.title_en, &self.title_de)
    }

    /// What the number means.
    #[must_use]
    pub fn definition(&self, language: Language) -> &str {
        either(language, &self.definition_en, &self.definition_de)
    }
}

/// The German text where it is wanted and there, else the English one.
pub(super) fn either<'a>(language: Language, english: &'a str, german: &'a str) -> &'a str {
    if language == Language::De && !german.is_empty() { german } else { english }
}

/// One row of the file of figures.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FigureRow {
    /// Its name in addresses.
    pub code: String,
    /// What it is about.
    pub subject: String,
    /// What it is.
    pub title_en: String,
    /// The same in German.
    pub title_de: String,
    /// `2014`, `2014-H1`, `2014-Q3`, `2015-02`, `2015-02-13`, `2011/2017`.
    pub period: String,
    /// `61.12`, `>70`, `>=1`, `<10000`, `~15`, `80-100`; with the unit `words`, the words.
    pub value: String,
    /// What is counted.
    pub unit: String,
    /// What the number means.
    pub definition_en: String,
    /// The same in German.
    pub definition_de: String,
    /// Who says it.
    pub said_by: String,
    /// When it was said, or empty.
    pub as_of: String,
    /// The address of the source.
    pub source_url: String,
    /// What else a reader should know.
    pub note: String,
    /// The code of the figure that this one puts right, or empty.
    pub corrects: String,
    /// Where it can be read: title or medium.
    pub source: String,
    /// `S1`, `S2` or `M`.
    pub confidence: String,
}

impl FigureRow {
    /// Reads the row.
    ///
    /// # Errors
    ///
    /// [`RowError`] for the first column that is wrong.
    pub fn parse(&self) -> Result<Figure, RowError> {
        let confidence = cell::confidence(&self.confidence)?;
        let unit = cell::required("unit", &self.unit)?;
        let in_words = unit == WORDS;
        Ok(Figure {
            code: cell::value("code", &self.code)?,
            subject: cell::value("subject", &self.subject)?,
            title_en: cell::required("title_en", &self.title_en)?,
            title_de: cell::text("title_de", &self.title_de)?,
            period: cell::value("period", &self.period)?,
            value: if in_words { None } else { Some(cell::value("value", &self.value)?) },
            words: if in_words { cell::required("value", &self.value)? } else { String::new() },
            unit,
            definition_en: cell::required("definition_en", &self.definition_en)?,
            definition_de: cell::text("definition_de", &self.definition_de)?,
            said_by: cell::required("said_by", &self.said_by)?,
            as_of: cell::optional("as_of", &self.as_of)?,
            source: cell::required("source", &self.source)?,
            source_url: cell::source_url(&self.source_url, confidence)?,
            confidence,
            note: cell::text("note", &self.note)?,
            corrects: cell::optional("corrects", &self.corrects)?,
        })
    }

    /// The row that [`FigureRow::parse`] reads back as the same figure.
    #[must_use]
    pub fn to_row(figure: &Figure) -> Self {
        let figure = figure.clone();
        let value = figure.value.map_or(figure.words, |value| value.to_string());
        Self {
            code: figure.code.to_string(),
            subject: figure.subject.to_string(),
            title_en: figure.title_en,
            title_de: figure.title_de,
            period: figure.period.to_string(),
            value,
            unit: figure.unit,
            definition_en: figure.definition_en,
            definition_de: figure.definition_de,
            said_by: figure.said_by,
            as_of: figure.as_of.map(|period| period.to_string()).unwrap_or_default(),
            source_url: figure.source_url.unwrap_or_default(),
            note: figure.note,
            corrects: figure.corrects.map(|code| code.to_string()).unwrap_or_default(),
            source: figure.source,
            confidence: figure.confidence.word().to_owned(),
        }
    }
}
