//! Plain text pages: legal notice, terms, privacy, returns.

use askama::Template;

use super::{Help, Said, Shell};
use crate::kit::text::Text;

/// Which text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LegalKind {
    /// `legal/imprint`
    Imprint,
    /// `legal/terms`
    Terms,
    /// `legal/privacy`
    Privacy,
    /// `legal/returns`
    Returns,
}

impl LegalKind {
    /// Every text, in the order of the footer.
    pub const ALL: [Self; 4] = [Self::Imprint, Self::Terms, Self::Privacy, Self::Returns];

    /// The last segment of its address.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Imprint => "imprint",
            Self::Terms => "terms",
            Self::Privacy => "privacy",
            Self::Returns => "returns",
        }
    }

    /// The text with this last segment.
    #[must_use]
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.slug() == slug)
    }
}

/// A part of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegalSection {
    /// Its heading; may be empty for the first.
    pub heading: String,
    /// Its paragraphs; a line break inside is kept (addresses).
    pub paragraphs: Vec<Said>,
}

/// `GET /{market}/{language}/legal/{slug}`
#[derive(Clone, Debug, Template)]
#[template(path = "legal.html")]
pub struct LegalPage {
    /// The layout's part.
    pub shell: Shell,
    /// Which text.
    pub kind: LegalKind,
    /// The operator's own text.  Where it is empty the page says that this is a re-enactment (or a
    /// shop still being set up) and nothing can be ordered for real.
    pub sections: Vec<LegalSection>,
    /// How the market's people are reached, where the text is about that.
    pub help: Help,
}

impl LegalKind {
    /// The text's title.
    #[must_use]
    pub fn words(self, t: &Text) -> String {
        let id = match self {
            Self::Imprint => "legal-imprint",
            Self::Terms => "legal-terms",
            Self::Privacy => "legal-privacy",
            Self::Returns => "legal-returns",
        };
        t.get(id).into_owned()
    }
}
