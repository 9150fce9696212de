//! The rows of the files whose columns no area of the domain defines: text in, text out. What a
//! row means is read in the file of its area.

use kontor_domain::clearance::{
    AssortmentRow, GrantRow, OrderRow, PresenceRow, ReviewRow, RuleRow,
};
use kontor_domain::price::{PriceRow, TaxRateRow};
use kontor_domain::reach::{FigureRow, ForecastRow, RankRow, TargetRow};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// A row of one of the tables.
pub(super) trait Row: Default + Serialize + DeserializeOwned {
    /// The columns that a file must have; the others may be left out and are empty then.
    const REQUIRED: &'static [&'static str];
}

macro_rules! rows {
    ($( $(#[$meta:meta])* $name:ident requires [$($required:literal),*] {
        $( $(#[$field_meta:meta])* $field:ident ),* $(,)?
    } )*) => { $(
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct $name {
            $( $(#[$field_meta])* pub $field: String, )*
            /// Where the row is from.
            pub source: String,
            /// How well it is known: `S1`, `S2`, `M` or nothing.
            pub confidence: String,
        }

        impl Row for $name {
            const REQUIRED: &'static [&'static str] = &[$($required),*];
        }
    )* };
}

rows! {
    /// A market. The order of the rows is the order in which markets are shown.
    MarketRow requires [
        "code", "countries", "currency", "languages", "tax_display", "fulfilment",
        "return_window_days", "stage", "shipping"
    ] {
        /// Two lower-case letters: the first part of its URLs.
        code,
        /// The countries it ships to, separated by `|`; the first is its home.
        countries,
        /// The currency of its prices.
        currency,
        /// The languages of its pages, separated by `|`, the default first.
        languages,
        /// `inclusive` or `exclusive`.
        tax_display,
        /// How goods get there: `parcels_from_home`, `bulk_import`, ….
        fulfilment,
        /// How many days a buyer may send goods back.
        return_window_days,
        /// How far it has come: `scouting` to `closed`.
        stage,
        /// When it opened or will open, or empty.
        opens_on,
        /// What shipping one order costs, as a decimal.
        shipping,
        /// `americas`, `asia`, `europe` or another word (shown under "elsewhere").
        region,
        /// A public sentence about its stage.
        note_en,
        /// The same in German.
        note_de,
        /// How many of each one person may buy while the market is in beta; empty: 2.
        beta_units_per_person,
        /// How many of each are sold in the beta altogether; empty: as many as there are.
        beta_units_total,
        /// The address that questions are written to, or empty.
        support_email,
        /// The number that is called, or empty.
        support_phone,
        /// When somebody answers, in a sentence.
        support_hours_en,
        /// The same in German.
        support_hours_de,
        /// Who receives what is sent back; empty with the rest of the address: it is not said.
        returns_name,
        /// Street and number.
        returns_line1,
        /// What else the carrier needs, or empty.
        returns_line2,
        /// The postcode, or empty.
        returns_postcode,
        /// The city.
        returns_city,
        /// The country.
        returns_country,
    }
    /// A model.
    ModelRow requires ["code", "family", "brand", "class", "picture", "origin", "position"] {
        /// Its name in URLs.
        code,
        /// Its family.
        family,
        /// The brand on it.
        brand,
        /// Its class: `band`, `phone`, ….
        class,
        /// The name of its drawing.
        picture,
        /// When it was announced, or empty.
        announced_on,
        /// Six digits of the Harmonized System such as `8517.62`, or empty.
        hs_code,
        /// The country of origin.
        origin,
        /// Where it stands on a shelf: smaller first.
        position,
    }
    /// A model's texts in one language.
    TextRow requires ["model", "language", "name"] {
        /// The model.
        model,
        /// The language: `en`, `de`, `zh`, `hi`.
        language,
        /// The name.
        name,
        /// One sentence.
        line,
        /// A few sentences.
        body,
        /// What is in the box, separated by `|`.
        in_the_box,
    }
    /// A variant. The order of the rows is the order in which a model shows its variants.
    VariantRow requires ["sku", "model", "revision", "factory", "weight_g", "attributes"] {
        /// Its stock-keeping unit.
        sku,
        /// Its model.
        model,
        /// The hardware revision.
        revision,
        /// The factory it comes from.
        factory,
        /// What tells it from its siblings.
        option_en,
        /// The same in German.
        option_de,
        /// Its weight with package in grams.
        weight_g,
        /// What the rules test: `radio.ble=yes battery.mwh=160`.
        attributes,
    }
    /// A component of a variant. The rows of a SKU are its whole list.
    ComponentRow requires ["sku", "kind", "maker", "part"] {
        /// The variant.
        sku,
        /// `chipset`, `radio` or `battery`.
        kind,
        /// Its maker.
        maker,
        /// Its part name.
        part,
    }
    /// An accessory fits a device. The rows of an accessory are its whole list.
    FitRow requires ["accessory", "device"] {
        /// The accessory's model.
        accessory,
        /// The device's model.
        device,
    }

    /// An item of the checklist of a country. The order of the rows is the order in which they are
    /// shown.
    ChecklistRow requires ["code", "country", "area", "title", "gate"] {
        /// Its name: `US-ENTITY`.
        code,
        /// The country.
        country,
        /// What it is about: `entity`, `tax`, `payments`. What needs somebody in the country waits
        /// for the items of `entity`.
        area,
        /// What is needed, in a sentence.
        title,
        /// `hard` (no opening without it), `soft` (pointed out) or `model`.
        gate,
        /// With `model`: the ways of fulfilment that need it, separated by `|`.
        models,
        /// What has to be written down as evidence.
        evidence,
        /// Who has to do it.
        responsible,
        /// How long it takes in weeks: `4` or `4-8`; empty if nobody has stated it.
        lead_time_weeks,
        /// The codes of what has to be there before, separated by `|`.
        after,
        /// `open`, `begun` or `done`.
        state,
        /// With `begun`: the day on which it should be there.
        expected,
        /// With `done`: the evidence itself.
        proof,
        /// With `done`: since when.
        done_on,
    }

    /// A delivery. Source and confidence are for whoever reads the file; what is kept of a
    /// delivery is its reference.
    StockRow requires ["site", "market", "sku", "units"] {
        /// Where the goods lie.
        site,
        /// The market whose quota they belong to, or `-`.
        market,
        /// The variant.
        sku,
        /// How many.
        units,
        /// The delivery note; empty: the file's name.
        reference,
    }
}

impl Row for RuleRow {
    const REQUIRED: &'static [&'static str] = &[
        "code",
        "country",
        "domain",
        "title",
        "applies_when",
        "gates",
        "strength",
        "source",
        "confidence",
    ];
}

impl Row for GrantRow {
    const REQUIRED: &'static [&'static str] =
        &["code", "kind", "clearance", "country", "source", "confidence"];
}

impl Row for OrderRow {
    const REQUIRED: &'static [&'static str] = &[
        "code",
        "country",
        "effect",
        "gates",
        "authority",
        "title",
        "from",
        "source",
        "confidence",
    ];
}

impl Row for ReviewRow {
    const REQUIRED: &'static [&'static str] =
        &["code", "country", "by", "on", "stale_after_days", "source", "confidence"];
}

impl Row for PresenceRow {
    const REQUIRED: &'static [&'static str] = &["market", "source", "confidence"];
}

impl Row for AssortmentRow {
    const REQUIRED: &'static [&'static str] = &["market", "skus", "source", "confidence"];
}

impl Row for PriceRow {
    const REQUIRED: &'static [&'static str] =
        &["market", "sku", "price", "currency", "valid_from", "valid_to", "source", "confidence"];
}

impl Row for TaxRateRow {
    const REQUIRED: &'static [&'static str] = &[
        "jurisdiction",
        "name",
        "rate_pct",
        "display",
        "valid_from",
        "valid_to",
        "source",
        "confidence",
    ];
}

impl Row for FigureRow {
    const REQUIRED: &'static [&'static str] = &[
        "code",
        "subject",
        "title_en",
        "period",
        "value",
        "unit",
        "definition_en",
        "said_by",
        "source_url",
        "source",
        "confidence",
    ];
}

impl Row for RankRow {
    const REQUIRED: &'static [&'static str] =
        &["code", "period", "provider", "measure", "rank", "source_url", "source", "confidence"];
}

impl Row for TargetRow {
    const REQUIRED: &'static [&'static str] = &[
        "code",
        "subject",
        "period",
        "value",
        "unit",
        "said_by",
        "said_on",
        "source_url",
        "source",
        "confidence",
    ];
}

impl Row for ForecastRow {
    const REQUIRED: &'static [&'static str] = &[
        "code",
        "subject",
        "period",
        "value",
        "unit",
        "method",
        "inputs",
        "known_until",
        "made_on",
        "made_by",
        "source",
        "confidence",
    ];
}
