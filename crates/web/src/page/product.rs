//! A product: picture, price, what is in the box, what it fits, its papers, and one button.

use askama::Template;
use kontor_base::{Country, Date, Money};
use serde_json::json;

use super::{Availability, Price, Refusal, Said, Shell, TaxNote};
use crate::kit::assets;
use crate::kit::text::Text;

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

/// Who deals with import duty. The shop computes none, so it never says that there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duty {
    /// Nothing is imported.
    None,
    /// Whoever imported the goods in bulk has dealt with it before the sale.
    Paid,
    /// The buyer's own parcel crosses the border; customs decide.
    Open,
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
#[derive(Clone, Debug, Template)]
#[template(path = "product.html")]
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
    /// How many of it one person may have, where the shop is open to a limited circle.
    pub beta: Option<u32>,
}

impl Fact {
    /// What the fact is about.
    #[must_use]
    pub fn label(&self, t: &Text) -> String {
        let id = match self.kind {
            FactKind::Weight => "fact-weight",
            FactKind::Battery => "fact-battery",
            FactKind::Radio => "fact-radio",
            FactKind::Chipset => "fact-chipset",
            FactKind::Origin => "fact-origin",
            FactKind::Revision => "fact-revision",
            FactKind::HsCode => "fact-hs",
            FactKind::Announced => "fact-announced",
            FactKind::Sku => "fact-sku",
        };
        t.get(id).into_owned()
    }

    /// Its value.
    #[must_use]
    pub fn words(&self, t: &Text) -> String {
        match &self.value {
            FactValue::Text(text) => text.clone(),
            FactValue::Grams(grams) => {
                t.one("fact-grams", "value", t.number(i64::from(*grams))).into_owned()
            }
            FactValue::MilliwattHours(energy) => {
                t.one("fact-watt-hours", "value", t.thousandths(*energy)).into_owned()
            }
            FactValue::Country(country) => t.country(country).into_owned(),
            FactValue::Date(date) => t.date(date),
        }
    }
}

impl ProductPage {
    fn description(&self) -> String {
        let place = self.shell.place();
        let values = [("name", self.name.as_str()), ("in", &place), ("line", &self.line)];
        self.shell.text().three("product-description", values).into_owned()
    }

    const fn is_preorder(&self) -> bool {
        matches!(self.offer, Offer::Preorder { .. })
    }

    fn chosen(&self) -> Option<&Variant> {
        self.variants.iter().find(|variant| variant.selected).or(self.variants.first())
    }

    fn chosen_availability(&self) -> Option<Availability> {
        self.chosen().map(|variant| variant.availability)
    }

    fn waiting_label(&self) -> String {
        let t = &self.shell.text();
        match self.offer {
            Offer::SoldOut => t.get("waiting-stock"),
            _ if self.beta.is_some() => t.get("waiting-beta"),
            _ => t.one("waiting-model", "in", self.shell.place()),
        }
        .into_owned()
    }

    const fn legal_id(&self) -> &'static str {
        match self.offer {
            Offer::Refused { .. } => "product-legal-lead-refused",
            _ => "product-legal-lead",
        }
    }

    fn delivery_sentences(&self) -> Vec<String> {
        let Some(delivery) = &self.delivery else { return Vec::new() };
        let t = &self.shell.text();
        let from = t.in_country(&delivery.from);
        let ship = match delivery.ship {
            Ship::FromHome => t.one("ship-home", "in", from),
            Ship::Local => t.one("ship-local", "in", from),
            Ship::Partner => t.one("ship-partner", "in", from),
        };
        let days = delivery.days.map(|(from, to)| t.two("ship-days", "from", from, "to", to));
        let cost = match delivery.cost {
            None => t.get("ship-unknown"),
            Some(cost) if cost.minor == 0 => t.get("ship-free"),
            Some(cost) => t.one("ship-cost", "price", t.money(&cost)),
        };
        let duty = match delivery.duty {
            Duty::None => None,
            Duty::Paid => Some(t.get("duty-paid")),
            Duty::Open => Some(t.get("duty-open")),
        };
        let back = t.one("return-days", "days", delivery.return_days);
        [Some(ship), days, Some(cost), duty, Some(back)]
            .into_iter()
            .flatten()
            .map(std::borrow::Cow::into_owned)
            .collect()
    }

    /// The product for search engines (schema.org). An offer is stated only where it can be
    /// bought; `<` is escaped, so that no text can end the element.
    fn json_ld(&self) -> String {
        let origin = &self.shell.site.origin;
        let mut data = json!({
            "@context": "https://schema.org",
            "@type": "Product",
            "name": self.name,
            "description": self.line,
            "brand": {"@type": "Brand", "name": self.brand},
            "image": format!("{origin}{}", assets::picture(&self.picture)),
        });
        let sold = matches!(self.offer, Offer::Sale | Offer::Preorder { .. } | Offer::SoldOut);
        if let (true, Some(price), Some(variant)) = (sold, &self.price, self.chosen()) {
            let availability = match (&self.offer, variant.availability) {
                (Offer::Preorder { .. }, _) => "PreOrder",
                (Offer::SoldOut, _) | (_, Availability::SoldOut) => "OutOfStock",
                (_, Availability::Few(_)) => "LimitedAvailability",
                _ => "InStock",
            };
            data["sku"] = json!(variant.sku);
            data["offers"] = json!({
                "@type": "Offer",
                "price": price.now.decimal(),
                "priceCurrency": price.now.currency.code(),
                "availability": format!("https://schema.org/{availability}"),
                "url": format!("{origin}{}", self.shell.path),
            });
        }
        data.to_string().replace('<', "\\u003c")
    }
}
