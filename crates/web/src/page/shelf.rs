//! The shelf of a market: what can be bought here first, what is coming and why not yet.

use askama::Template;

use super::{Domain, Price, Refusal, Said, SaleCard, Shell, Stage};
use crate::kit::text::Text;

/// Whether it can be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Availability {
    /// Yes.
    InStock,
    /// Yes, but few are left.
    Few(u32),
    /// It can be ordered before it may be delivered.
    Preorder,
    /// Not at present.
    SoldOut,
}

/// Something that can be bought here.
#[derive(Clone, Debug)]
pub struct Card {
    /// The model's name in URLs.
    pub model: String,
    /// Its name.
    pub name: String,
    /// One sentence.
    pub line: String,
    /// The name of its drawing without folder and ending: `band`.
    pub picture: String,
    /// The price.
    pub price: Price,
    /// Whether it can be had.
    pub availability: Availability,
}

/// Something that exists but is not sold here.
#[derive(Clone, Debug)]
pub struct Announced {
    /// The model's name in URLs.
    pub model: String,
    /// Its name.
    pub name: String,
    /// One sentence.
    pub line: String,
    /// The name of its drawing.
    pub picture: String,
    /// Why not.
    pub refusal: Refusal,
}

/// Something that the market as a whole still lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// What it is about.
    pub domain: Domain,
    /// What exactly.
    pub rule: Said,
    /// Who decides it.
    pub authority: String,
    /// How many products wait for it.
    pub products: u32,
}

/// `GET /{market}/{language}/`
#[derive(Clone, Debug, Template)]
#[template(path = "shelf.html")]
pub struct ShelfPage {
    /// The layout's part.
    pub shell: Shell,
    /// How far the market has come; it decides the opening words.
    pub stage: Stage,
    /// A public sentence about the market, if there is one.
    pub note: Option<Said>,
    /// Sales that run or come.
    pub sales: Vec<SaleCard>,
    /// What can be bought.
    pub offers: Vec<Card>,
    /// What cannot be bought yet.
    pub announced: Vec<Announced>,
    /// What the market still lacks (markets that are not open).
    pub gaps: Vec<Gap>,
    /// Whether people can leave their address to hear of the opening: a form to
    /// `POST /{market}/{language}/waiting` with `email` and an empty `model`.
    pub can_sign_up: bool,
    /// How many of each one person may have, where the shop is open to a limited circle: those who
    /// stand on its waiting list.
    pub beta: Option<u32>,
}

impl Availability {
    /// The availability in words.
    #[must_use]
    pub fn words(self, t: &Text) -> String {
        let id = match self {
            Self::InStock => "stock-in",
            Self::Few(count) => return t.one("stock-few", "count", count).into_owned(),
            Self::Preorder => "stock-preorder",
            Self::SoldOut => "stock-out",
        };
        t.get(id).into_owned()
    }

    /// The class that colours it; the words say the same.
    #[must_use]
    pub const fn tone(self) -> &'static str {
        match self {
            Self::InStock => "good",
            Self::Few(_) => "warn",
            Self::Preorder => "accent",
            Self::SoldOut => "quiet",
        }
    }
}

/// A small number as tally marks, the shop's own sign: four strokes and one across.
struct Tally {
    width: usize,
    path: String,
}

impl Tally {
    /// The marks for `count`, where that is a number people would tally.
    fn of(count: &usize) -> Option<Self> {
        let count = *count;
        if !(1..=20).contains(&count) {
            return None;
        }
        let mut path = String::new();
        for mark in 0..count {
            let left = mark / 5 * 36;
            let stroke = match mark % 5 {
                4 => format!("M{} 14L{} 4", left, left + 26),
                place => format!("M{} 1v16", left + 4 + place * 6),
            };
            path.push_str(&stroke);
        }
        let last = (count - 1) / 5 * 36;
        let width = last + if count.is_multiple_of(5) { 27 } else { count % 5 * 6 + 2 };
        Some(Self { width, path })
    }
}

impl ShelfPage {
    /// The page's one sentence: how the shop stands here.
    #[must_use]
    pub fn headline(&self) -> String {
        let (t, place) = (self.shell.text(), self.shell.place());
        let id = match self.stage {
            Stage::Open => "shelf-title-open",
            Stage::Accessories => "shelf-title-accessories",
            Stage::Beta => "shelf-title-beta",
            Stage::OpensOn(date) => {
                let date = t.date(&date);
                return t.two("shelf-title-opens", "in", place, "date", date).into_owned();
            }
            Stage::Preparing => "shelf-title-preparing",
            Stage::Paused => "shelf-title-paused",
            Stage::Closing => "shelf-title-closing",
            Stage::Closed => "shelf-title-closed",
        };
        t.one(id, "in", place).into_owned()
    }

    const fn lead_id(&self) -> &'static str {
        match self.stage {
            Stage::Open => "shelf-lead-open",
            Stage::Accessories => "shelf-lead-accessories",
            Stage::Beta => "shelf-lead-beta",
            Stage::OpensOn(_) => "shelf-lead-opens",
            Stage::Preparing => "shelf-lead-preparing",
            Stage::Paused => "shelf-lead-paused",
            Stage::Closing => "shelf-lead-closing",
            Stage::Closed => "shelf-lead-closed",
        }
    }

    const fn announced_id(&self) -> &'static str {
        match self.stage {
            Stage::Closing | Stage::Closed => "shelf-announced-closed",
            _ => "shelf-announced",
        }
    }
}
