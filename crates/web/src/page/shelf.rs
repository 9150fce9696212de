//! The shelf of a market: what can be bought here first, what is coming and why not yet.

use super::{Domain, Price, Refusal, Said, Shell, Stage};

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
#[derive(Clone, Debug)]
pub struct ShelfPage {
    /// The layout's part.
    pub shell: Shell,
    /// How far the market has come; it decides the opening words.
    pub stage: Stage,
    /// A public sentence about the market, if there is one.
    pub note: Option<Said>,
    /// What can be bought.
    pub offers: Vec<Card>,
    /// What cannot be bought yet.
    pub announced: Vec<Announced>,
    /// What the market still lacks (markets that are not open).
    pub gaps: Vec<Gap>,
    /// Whether people can leave their address to hear of the opening: a form to
    /// `POST /{market}/{language}/waiting` with `email` and an empty `model`.
    pub can_sign_up: bool,
}
