//! What a sale is: the page that is the same for everybody, with the form to enter.

use askama::Template;
use kontor_base::{Country, Instant, Money};

use super::{is_chosen_country, range_words, units_words};
use crate::kit::text::Text;
use crate::page::{FieldProblem, Price, Refusal, Shell};

/// Where a sale stands, as the public sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaleStage {
    /// It is known; nobody can enter yet.
    Announced,
    /// People enter.
    Registration,
    /// The queue is open.
    Doors,
    /// Units are taken.
    Live,
    /// All are taken or held.
    SoldOut,
    /// It is over; the report is not out yet.
    Settled,
    /// The report is out.
    Reported,
    /// It stands still.
    Halted,
}

impl SaleStage {
    /// Every stage.
    pub const ALL: [Self; 8] = [
        Self::Announced,
        Self::Registration,
        Self::Doors,
        Self::Live,
        Self::SoldOut,
        Self::Settled,
        Self::Reported,
        Self::Halted,
    ];

    /// The word for styles and scripts.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Announced => "announced",
            Self::Registration => "registration",
            Self::Doors => "doors",
            Self::Live => "live",
            Self::SoldOut => "sold_out",
            Self::Settled => "settled",
            Self::Reported => "reported",
            Self::Halted => "halted",
        }
    }

    /// The stage in a few words.
    #[must_use]
    pub fn words(self, t: &Text) -> String {
        let id = match self {
            Self::Announced => "sale-stage-announced",
            Self::Registration => "sale-stage-registration",
            Self::Doors => "sale-stage-doors",
            Self::Live => "sale-stage-live",
            Self::SoldOut => "sale-stage-sold-out",
            Self::Settled => "sale-stage-settled",
            Self::Reported => "sale-stage-reported",
            Self::Halted => "sale-stage-halted",
        };
        t.get(id).into_owned()
    }

    /// The class that colours its mark; the words say the same.
    #[must_use]
    pub const fn tone(self) -> &'static str {
        match self {
            Self::Live => "good",
            Self::Registration | Self::Doors => "accent",
            Self::SoldOut | Self::Halted => "warn",
            Self::Announced | Self::Settled | Self::Reported => "quiet",
        }
    }

    /// Whether somebody can enter.
    #[must_use]
    pub const fn takes_entries(self) -> bool {
        matches!(self, Self::Registration | Self::Doors | Self::Live | Self::SoldOut)
    }

    /// Whether a moment is still to come that everybody waits for.
    #[must_use]
    pub const fn is_before(self) -> bool {
        matches!(self, Self::Announced | Self::Registration | Self::Doors)
    }

    /// Whether it is over.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Settled | Self::Reported)
    }
}

/// A way in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WayName {
    /// Be there.
    Rush,
    /// Winners are drawn.
    Draw,
    /// With a code.
    Code,
    /// In line for the next batch.
    Batch,
}

impl WayName {
    /// The value of the form's field.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Rush => "rush",
            Self::Draw => "draw",
            Self::Code => "code",
            Self::Batch => "batch",
        }
    }

    /// Its name.
    #[must_use]
    pub fn words(self, t: &Text) -> String {
        t.get(match self {
            Self::Rush => "sale-way-rush",
            Self::Draw => "sale-way-draw",
            Self::Code => "sale-way-code",
            Self::Batch => "sale-way-batch",
        })
        .into_owned()
    }

    /// How it works, in one sentence.
    #[must_use]
    pub fn rule(self, t: &Text) -> String {
        t.get(match self {
            Self::Rush => "sale-way-rush-rule",
            Self::Draw => "sale-way-draw-rule",
            Self::Code => "sale-way-code-rule",
            Self::Batch => "sale-way-batch-rule",
        })
        .into_owned()
    }
}

/// One way in with its units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WayLine {
    /// The way.
    pub way: WayName,
    /// Units at the beginning.
    pub quota: u32,
    /// Units that are free, in a range; none before it goes live.
    pub free: Option<(u64, u64)>,
    /// What a place costs that is had back until something is bought.
    pub deposit: Option<Money>,
    /// Whether somebody can still enter this way.
    pub is_open: bool,
    /// The digest of everybody who was there when it went live.
    pub digest: Option<String>,
}

impl WayLine {
    /// How many units there are at the beginning.
    #[must_use]
    pub fn quota_words(&self, t: &Text) -> String {
        t.number(self.quota.into())
    }

    /// The same with their noun.
    #[must_use]
    pub fn units_words(&self, t: &Text) -> String {
        units_words(t, self.quota.into())
    }

    /// How many units are left, if that is known.
    #[must_use]
    pub fn free_words(&self, t: &Text) -> Option<String> {
        self.free.map(|range| range_words(t, range))
    }
}

/// When things happen, by the server's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SaleTimes {
    /// Registration opens.
    pub registration_at: Instant,
    /// The queue opens.
    pub doors_at: Instant,
    /// Units are taken from then on.
    pub live_at: Instant,
    /// No new claim after this.
    pub ends_at: Instant,
    /// The report comes out.
    pub report_at: Instant,
    /// When the page was made.
    pub now: Instant,
}

/// What was typed into the form.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct EntryForm {
    /// `way`
    pub way: String,
    /// `email`
    pub email: String,
    /// `phone`
    pub phone: String,
    /// `code`
    pub code: String,
    /// `ship_to`: asked for only where the market delivers to several countries.
    pub ship_to: String,
}

// Somebody's address must not get into a log by accident.
impl std::fmt::Debug for EntryForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EntryForm")
    }
}

/// Why an entry was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryProblem {
    /// `email`
    Email(FieldProblem),
    /// `phone`
    Phone(FieldProblem),
    /// `way`: none was chosen, or it is not open.
    Way,
    /// `ship_to`: the market does not deliver there.
    ShipTo,
    /// `code`: there is no such code.
    CodeUnknown,
    /// `code`: it was used, or belongs to somebody else.
    CodeTaken,
    /// The person has entered by another way, or in another market.
    EnteredElsewhere,
    /// The person has as many as one person may have.
    PersonLimit,
    /// Nobody can enter now.
    Closed,
    /// The rules keep this person out.
    Excluded,
    /// It may not be sold here any more.
    NotCleared,
    /// A deposit was paid for a place of this person: its link opens it.
    PlacePaid,
}

impl EntryProblem {
    /// The field that it belongs to.
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::Email(_)
            | Self::EnteredElsewhere
            | Self::PersonLimit
            | Self::Excluded
            | Self::PlacePaid => "email",
            Self::Phone(_) => "phone",
            Self::CodeUnknown | Self::CodeTaken => "code",
            Self::ShipTo => "ship_to",
            Self::Way | Self::Closed | Self::NotCleared => "way",
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn words(self, t: &Text) -> String {
        let id = match self {
            Self::Email(FieldProblem::Missing) | Self::Phone(FieldProblem::Missing) => {
                "field-missing"
            }
            Self::Email(_) => "field-malformed-email",
            Self::Phone(_) => "sale-error-phone",
            Self::Way => "sale-error-way",
            Self::ShipTo => "sale-error-ship-to",
            Self::CodeUnknown => "sale-error-code-unknown",
            Self::CodeTaken => "sale-error-code-taken",
            Self::EnteredElsewhere => "sale-error-elsewhere",
            Self::PersonLimit => "sale-error-limit",
            Self::Closed => "sale-error-closed",
            Self::Excluded => "sale-error-excluded",
            Self::NotCleared => "sale-error-not-cleared",
            Self::PlacePaid => "sale-error-place-paid",
        };
        t.get(id).into_owned()
    }
}

/// `GET /{market}/{language}/sale/{sale}`, and the answer to a form that needs another look.
#[derive(Clone, Debug, Template)]
#[template(path = "sale/public.html")]
pub struct SalePage {
    /// The layout's part.
    pub shell: Shell,
    /// The sale's id in URLs.
    pub sale: String,
    /// What it is called.
    pub title: String,
    /// The product's name.
    pub name: String,
    /// Which variant of it.
    pub option: String,
    /// The model's name in URLs.
    pub model: String,
    /// The name of its drawing.
    pub picture: String,
    /// Its price here.
    pub price: Option<Price>,
    /// Where it stands.
    pub stage: SaleStage,
    /// When things happen.
    pub times: SaleTimes,
    /// The ways in of this market.
    pub ways: Vec<WayLine>,
    /// The countries that it may be delivered to; one or none: nothing to choose.
    pub countries: Vec<Country>,
    /// The other markets that sell it too, with their units.
    pub elsewhere: Vec<(Country, u64)>,
    /// Why it is not sold here, if it is not.
    pub refusal: Option<Refusal>,
    /// Whether it is over as soon as every unit is paid.
    pub ends_when_sold: bool,
    /// Units that one person may have.
    pub per_person: u32,
    /// For how long a unit is held.
    pub hold_minutes: u8,
    /// How long what somebody has a place for is kept, in seconds; none: no way keeps it for long.
    pub turn_s: Option<i64>,
    /// The hash of the secret that makes the order.
    pub commitment: String,
    /// The public source of randomness that is mixed in.
    pub beacon: Option<String>,
    /// What was typed.
    pub form: EntryForm,
    /// What is wrong with it.
    pub problems: Vec<EntryProblem>,
}

impl SalePage {
    /// What a place in line costs here, if it does.
    fn deposit(&self) -> Option<Money> {
        self.ways.iter().find_map(|way| way.deposit)
    }

    /// How long what somebody has a place for is kept: in whole hours, or in minutes.
    fn turn_words(&self) -> Option<String> {
        let minutes = self.turn_s? / 60;
        let t = self.shell.text();
        Some(match (minutes % 60, minutes / 60) {
            (0, hours) if hours > 1 => t.one("sale-rule-turn-hours", "hours", hours).into_owned(),
            _ => t.one("sale-rule-turn-minutes", "minutes", minutes).into_owned(),
        })
    }

    fn all_units(&self) -> String {
        units_words(&self.shell.text(), self.units())
    }

    /// The other markets with their units.
    fn elsewhere_words(&self) -> Vec<(String, String)> {
        let t = self.shell.text();
        let others = self.elsewhere.iter();
        others.map(|(c, units)| (t.country(c).into_owned(), units_words(&t, *units))).collect()
    }

    fn units(&self) -> u64 {
        self.ways.iter().map(|way| u64::from(way.quota)).sum()
    }

    fn description(&self) -> String {
        let place = self.shell.place();
        let values =
            [("title", self.title.as_str()), ("name", self.name.as_str()), ("in", place.as_str())];
        self.shell.text().three("sale-description", values).into_owned()
    }

    fn path(&self, below: &str) -> String {
        self.shell.to(&format!("sale/{}{below}", self.sale))
    }

    fn is_sold_here(&self) -> bool {
        !self.ways.is_empty()
    }

    /// Whether the form is there.
    fn can_enter(&self) -> bool {
        self.refusal.is_none()
            && self.stage.takes_entries()
            && self.ways.iter().any(|way| way.is_open)
    }

    fn has_digests(&self) -> bool {
        self.ways.iter().any(|way| way.digest.is_some())
    }

    fn has_open_code(&self) -> bool {
        self.ways.iter().any(|way| way.way == WayName::Code && way.is_open)
    }

    fn is_chosen(&self, way: &WayLine) -> bool {
        let first = self.ways.iter().find(|way| way.is_open).map(|way| way.way);
        if self.form.way.is_empty() {
            first == Some(way.way)
        } else {
            self.form.way == way.way.code()
        }
    }

    fn goes_to(&self, country: &Country) -> bool {
        is_chosen_country(&self.countries, &self.form.ship_to, country)
    }

    fn problem(&self, field: &str) -> Option<String> {
        let found = self.problems.iter().find(|problem| problem.field() == field);
        found.map(|problem| problem.words(&self.shell.text()))
    }

    fn submit(&self) -> String {
        let t = self.shell.text();
        t.get(match self.stage {
            SaleStage::Live => "sale-enter-live",
            SaleStage::SoldOut => "sale-enter-sold-out",
            _ => "sale-enter-before",
        })
        .into_owned()
    }

    /// The opening sentence.
    fn lead(&self) -> String {
        let t = self.shell.text();
        t.get(match self.stage {
            SaleStage::Announced => "sale-lead-announced",
            SaleStage::Registration => "sale-lead-registration",
            SaleStage::Doors => "sale-lead-doors",
            SaleStage::Live => "sale-lead-live",
            SaleStage::SoldOut => "sale-lead-sold-out",
            SaleStage::Settled => "sale-lead-settled",
            SaleStage::Reported => "sale-lead-reported",
            SaleStage::Halted if self.refusal.is_some() => "sale-lead-withdrawn",
            SaleStage::Halted => "sale-lead-halted",
        })
        .into_owned()
    }
}
