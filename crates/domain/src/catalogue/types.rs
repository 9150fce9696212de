//! Models and variants, their texts, components, and which accessory fits which device.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use kontor_base::{Cell, Country, Date, Language, Wrong};
use serde::{Deserialize, Serialize};

use super::attribute::Attributes;
use crate::market::Goods;

/// The text is not a slug or SKU.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Not `a-z`, `0-9` and single inner dashes, 1 to 60 characters.
    #[error("not a slug: lower-case letters, digits and dashes, at most 60 characters")]
    Slug,
    /// Not `A-Z`, `0-9` and single inner dashes, 2 to 40 characters.
    #[error("not a SKU: capital letters, digits and dashes, 2 to 40 characters")]
    Sku,
}

macro_rules! name_type {
    ($(#[$meta:meta])* $name:ident, $error:expr, $min:literal, $max:literal, $letter:ident) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = NameError;

            fn from_str(text: &str) -> Result<Self, NameError> {
                let good = ($min..=$max).contains(&text.len())
                    && text.bytes().all(|b| b.$letter() || b.is_ascii_digit() || b == b'-')
                    && !text.starts_with('-')
                    && !text.ends_with('-')
                    && !text.contains("--");
                if good { Ok(Self(text.to_owned())) } else { Err($error) }
            }
        }

        impl Cell for $name {
            fn wrong(cell: &str, _: &NameError) -> Wrong {
                let cell = cell.to_owned();
                match $error {
                    NameError::Slug => Wrong::NotSlug { cell },
                    NameError::Sku => Wrong::NotSku { cell },
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

name_type!(
    /// The name of a family, model or picture in URLs: `mi-band`.
    Slug, NameError::Slug, 1, 60, is_ascii_lowercase
);
name_type!(
    /// A stock-keeping unit: the name of a variant everywhere: `BAND-BLACK`.
    Sku, NameError::Sku, 2, 40, is_ascii_uppercase
);

/// The class of a product, which presets many of its attributes and most of its rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProductClass {
    /// A fitness band with Bluetooth Low Energy.
    Band,
    /// A power bank.
    PowerBank,
    /// Wired earphones or headphones.
    EarphonesWired,
    /// Wireless earphones or headphones.
    EarphonesWireless,
    /// A phone.
    Phone,
    /// A television.
    Tv,
    /// A router.
    Router,
    /// A mains charger.
    Charger,
    /// A case or a spare part.
    CaseSpare,
}

impl ProductClass {
    /// What the stages of a market take it for.
    #[must_use]
    pub const fn goods(self) -> Goods {
        match self {
            Self::CaseSpare => Goods::SparePart,
            _ => Goods::Product,
        }
    }

    /// Every class.
    pub const ALL: [Self; 9] = [
        Self::Band,
        Self::PowerBank,
        Self::EarphonesWired,
        Self::EarphonesWireless,
        Self::Phone,
        Self::Tv,
        Self::Router,
        Self::Charger,
        Self::CaseSpare,
    ];

    /// The word in data files and predicates.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Band => "band",
            Self::PowerBank => "power_bank",
            Self::EarphonesWired => "earphones_wired",
            Self::EarphonesWireless => "earphones_wireless",
            Self::Phone => "phone",
            Self::Tv => "tv",
            Self::Router => "router",
            Self::Charger => "charger",
            Self::CaseSpare => "case_spare",
        }
    }

    /// The class with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.word() == word)
    }
}

/// What a component does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ComponentKind {
    /// The system on a chip, with its modem.
    Chipset,
    /// A radio module.
    Radio,
    /// A battery or cell.
    Battery,
}

impl ComponentKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Chipset, Self::Radio, Self::Battery];

    /// The word in data files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Chipset => "chipset",
            Self::Radio => "radio",
            Self::Battery => "battery",
        }
    }

    /// The kind with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// A part of a variant that a clearance can depend on: a court allowed one maker's chipset and
/// not another's (Delhi, December 2014).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Component {
    /// What it does.
    pub kind: ComponentKind,
    /// Its maker, as a slug: `qualcomm`.
    pub maker: Slug,
    /// Its part name, as a slug: `snapdragon-410`.
    pub part: Slug,
}

/// A model's texts in one language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelText {
    /// The name.
    pub name: String,
    /// One sentence.
    pub line: String,
    /// A few sentences.
    pub body: String,
    /// What is in the box, one entry per thing.
    pub in_the_box: Vec<String>,
}

/// A model: what a shopper calls a product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Model {
    /// Its name in URLs.
    pub code: Slug,
    /// The family it belongs to.
    pub family: Slug,
    /// The brand on it (clearances can depend on it).
    pub brand: Slug,
    /// Its class.
    pub class: ProductClass,
    /// The name of its drawing among the shop's pictures.
    pub picture: Slug,
    /// When it was announced.
    pub announced_on: Option<Date>,
    /// Six-digit code of the Harmonized System, such as `8517.62`, if classified.
    pub hs_code: Option<String>,
    /// The country of origin.
    pub origin: Country,
    /// Where it stands on a shelf: smaller first.
    pub position: u32,
    /// Its texts; English is always there.
    pub texts: BTreeMap<Language, ModelText>,
}

impl Model {
    /// The text in `language`, or in English where there is none (or it is empty).
    #[must_use]
    pub fn text<'a>(&'a self, language: Language, field: fn(&'a ModelText) -> &'a str) -> &'a str {
        let find = |l| self.texts.get(&l).map(field).filter(|text| !text.is_empty());
        find(language).or_else(|| find(Language::En)).unwrap_or_default()
    }

    /// What is in the box, in `language` or in English.
    #[must_use]
    pub fn in_the_box(&self, language: Language) -> &[String] {
        let find = |l| self.texts.get(&l).map(|t| &t.in_the_box[..]).filter(|b| !b.is_empty());
        find(language).or_else(|| find(Language::En)).unwrap_or_default()
    }
}

/// A variant: what is stocked, priced and sold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variant {
    /// Its stock-keeping unit.
    pub sku: Sku,
    /// Its model.
    pub model: Slug,
    /// The hardware revision (clearances can depend on it).
    pub revision: Slug,
    /// The factory it comes from (an Indian BIS number is per factory).
    pub factory: Slug,
    /// What tells it from its siblings, per language: `Black`, `16 GB`.
    pub option: BTreeMap<Language, String>,
    /// Its weight with package in grams.
    pub weight_g: u32,
    /// Its parts.
    pub components: Vec<Component>,
    /// What the rules test.
    pub attributes: Attributes,
}

impl Variant {
    /// What tells the variant from its siblings, in `language` or in English.
    #[must_use]
    pub fn option_in(&self, language: Language) -> &str {
        self.option.get(&language).or_else(|| self.option.get(&Language::En)).map_or("", |o| o)
    }
}

/// An accessory's model fits a device's model.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Fit {
    /// The accessory.
    pub accessory: Slug,
    /// The device.
    pub device: Slug,
}
