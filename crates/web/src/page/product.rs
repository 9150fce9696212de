//! A product: picture, price, what is in the box, what it fits, its papers, and one button.

use kontor_base::{Country, Date, Money};

use super::{Availability, Price, Refusal, Said, Shell, TaxNote};

/// One choice of colour, size or memory.
#[derive(Clone, Debug)]
pub struct Variant {
    /// Its stock-keeping unit, the value of the form field `sku`.
    pub sku: String,
    /// What tells it from the others: `Black`; empty for an only variant.
    pub option: String,
    /// Whether it is chosen.
    pub selected: bool,
    /// Its price, if it differs or is worth showing.
    pub price: Option<Price>,
    /// Whether it can be had.
    pub availability: Availability,
}

/// What the page offers to do.
#[derive(Clone, Debug)]
pub enum Offer {
    /// Put it into the cart: `POST /{market}/{language}/cart` with `sku` and `quantity`.
    Sale,
    /// Order before it may be delivered.
    Preorder {
        /// The notice that the law prescribes, word for word.
        notice: Said,
        /// When delivery is expected.
        expected: Option<Date>,
    },
    /// It may be sold but there is none: the waiting list is the button.
    SoldOut,
    /// It may not be sold here: the reasons and the waiting list.
    Refused {
        /// Why.
        refusal: Refusal,
        /// Whether people can leave their address.
        can_sign_up: bool,
    },
}

/// A device that the accessory fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fit {
    /// Its name.
    pub name: String,
    /// Its model's name in URLs, if it has a page in this market.
    pub model: Option<String>,
}

/// How parcels come here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ship {
    /// From the home warehouse across the border.
    FromHome,
    /// From a warehouse in the country.
    Local,
    /// Through a local partner.
    Partner,
}

/// Who pays import duty, and when it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duty {
    /// Nothing is imported.
    None,
    /// It is in the price.
    Included,
    /// It is added and shown at checkout.
    AtCheckout,
}

/// Delivery to this market.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// How.
    pub ship: Ship,
    /// Where from.
    pub from: Country,
    /// Days in transit, from and to.
    pub days: Option<(u16, u16)>,
    /// What one order's shipping costs; `None` if it is only known at checkout.
    pub cost: Option<Money>,
    /// Import duty.
    pub duty: Duty,
    /// How many days goods can be sent back.
    pub return_days: u16,
}

/// What a technical fact is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactKind {
    /// Weight with package.
    Weight,
    /// Energy of the battery.
    Battery,
    /// Radio standards.
    Radio,
    /// System on a chip.
    Chipset,
    /// Country of assembly.
    Origin,
    /// Hardware revision.
    Revision,
    /// Customs code.
    HsCode,
    /// Day of announcement.
    Announced,
    /// Stock-keeping unit.
    Sku,
}

/// The value of a technical fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FactValue {
    /// As it is.
    Text(String),
    /// Grams.
    Grams(u32),
    /// Milliwatt-hours, shown as watt-hours.
    MilliwattHours(u64),
    /// A country.
    Country(Country),
    /// A day.
    Date(Date),
}

/// A technical fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What.
    pub kind: FactKind,
    /// Its value.
    pub value: FactValue,
}

/// An identifier under which an authority knows the product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identifier {
    /// What it is: `FCC ID`, `WEEE-Reg.-Nr.`
    pub name: String,
    /// The number.
    pub number: String,
    /// Who issued it.
    pub issuer: String,
    /// Until when it is valid.
    pub expires: Option<Date>,
}

/// The legal block.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Legal {
    /// Who made it: name and address lines.
    pub manufacturer: Vec<String>,
    /// Who imports it or answers for it here: name and address lines; empty if the maker does.
    pub importer: Vec<String>,
    /// The papers.
    pub identifiers: Vec<Identifier>,
    /// Warnings and notices that must stand here.
    pub notices: Vec<Said>,
}

/// `GET /{market}/{language}/product/{model}`
#[derive(Clone, Debug)]
pub struct ProductPage {
    /// The layout's part.
    pub shell: Shell,
    /// The model's name in URLs.
    pub model: String,
    /// Its name.
    pub name: String,
    /// The brand, for search engines.
    pub brand: String,
    /// One sentence.
    pub line: String,
    /// A few sentences; may be empty.
    pub body: String,
    /// The name of its drawing.
    pub picture: String,
    /// Its variants; never empty.
    pub variants: Vec<Variant>,
    /// The price of the chosen variant, if it has one in this market.
    pub price: Option<Price>,
    /// What prices here say about tax (also where there is no price yet).
    pub tax: TaxNote,
    /// What the page offers to do.
    pub offer: Offer,
    /// What is in the box.
    pub in_the_box: Vec<String>,
    /// What it fits; empty for devices and for what fits everything.
    pub fits: Vec<Fit>,
    /// Accessories that fit it and are sold here.
    pub accessories: Vec<Fit>,
    /// Delivery; `None` where nothing is delivered.
    pub delivery: Option<Delivery>,
    /// Technical facts, in order.
    pub facts: Vec<Fact>,
    /// The legal block.
    pub legal: Legal,
    /// The greatest quantity the form offers.
    pub quantity_max: u32,
}
