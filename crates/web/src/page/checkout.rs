//! The checkout: one page, every cost above the first field, and a hold that ends by the server's
//! clock.

use askama::Template;
use kontor_base::{Country, Instant, Money};

use super::{Field, FieldError, Shell, Totals};
use crate::kit::text::Text;

/// The reservation of the goods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hold {
    /// When it ends.
    pub ends: Instant,
    /// The server's clock when the page was made.
    pub now: Instant,
}

/// A line of the order summary.
#[derive(Clone, Debug)]
pub struct SummaryLine {
    /// The product's name.
    pub name: String,
    /// What tells the variant from its siblings; may be empty.
    pub option: String,
    /// The name of its drawing.
    pub picture: String,
    /// How many.
    pub quantity: u32,
    /// What one costs.
    pub unit: Money,
    /// What they cost together.
    pub total: Money,
}

/// What was typed, as it was typed; nothing typed is ever lost.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckoutForm {
    /// `email`
    pub email: String,
    /// `name`
    pub name: String,
    /// `line1`
    pub line1: String,
    /// `line2`
    pub line2: String,
    /// `city`
    pub city: String,
    /// `region`: a state's code where states are asked for.
    pub region: String,
    /// `postcode`
    pub postcode: String,
    /// `country`: asked for only where the market delivers to several.
    pub country: String,
    /// `phone`
    pub phone: String,
    /// `delivery`: the chosen [`DeliveryChoice::code`].
    pub delivery: String,
    /// `payment`: the chosen [`PaymentKind::code`].
    pub payment: String,
    /// `scenario`: the chosen [`Scenario::code`].
    pub scenario: String,
    /// `terms` is ticked.
    pub terms: bool,
}

/// A way of delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryChoice {
    /// Its value in the form.
    pub code: String,
    /// Its name, in the page's language.
    pub name: String,
    /// Days in transit, from and to.
    pub days: Option<(u16, u16)>,
    /// What it costs.
    pub cost: Money,
}

/// A way to pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaymentKind {
    /// The built-in test provider.
    Test,
    /// A bank transfer, paid by hand.
    Transfer,
    /// A card through an outside provider.
    Card,
}

impl PaymentKind {
    /// Its value in the form field `payment`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Transfer => "transfer",
            Self::Card => "card",
        }
    }
}

/// A way to pay that is offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaymentChoice {
    /// Which.
    pub kind: PaymentKind,
    /// What it costs extra, if anything.
    pub fee: Option<Money>,
}

/// What the test provider shall do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scenario {
    /// The payment succeeds.
    Succeeds,
    /// It is declined.
    Declined,
    /// It needs a second step.
    SecondStep,
    /// The answer comes late.
    Late,
}

impl Scenario {
    /// Every scenario, in the order of the list.
    pub const ALL: [Self; 4] = [Self::Succeeds, Self::Declined, Self::SecondStep, Self::Late];

    /// Its value in the form field `scenario`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Succeeds => "succeeds",
            Self::Declined => "declined",
            Self::SecondStep => "second_step",
            Self::Late => "late",
        }
    }
}

/// How the checkout stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckoutState {
    /// The form is to be filled in.
    Open,
    /// The hold has ended; the goods are no longer reserved. The page leads back to the cart.
    HoldEnded,
    /// The total is no longer the one that was seen: please confirm.
    TotalChanged {
        /// What was seen.
        before: Money,
    },
    /// The payment was declined; the hold still stands.
    Declined,
    /// The provider has not answered yet: the page asks again by itself.
    Waiting {
        /// After how many seconds.
        refresh_s: u32,
    },
    /// The goods could not be had although they were held (rare; nothing was charged).
    Lost,
    /// The rules of the sale in which they were taken refuse this buyer; the hold still stands.
    Refused(SaleNo),
    /// The shop is open to a limited circle, with limited quantities; the hold still stands.
    NotLetIn(BetaNo),
}

/// Why somebody cannot buy in a shop that is open to a limited circle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BetaNo {
    /// The address is on no waiting list.
    NotInvited,
    /// The person has as many as one may have.
    PersonLimit,
    /// What was given out is sold.
    UnitsGone,
}

impl BetaNo {
    /// Every reason.
    pub const ALL: [Self; 3] = [Self::NotInvited, Self::PersonLimit, Self::UnitsGone];

    /// What it means, and what to do.
    #[must_use]
    pub fn words(self, t: &Text) -> String {
        let id = match self {
            Self::NotInvited => "checkout-beta-not-invited",
            Self::PersonLimit => "checkout-beta-limit",
            Self::UnitsGone => "checkout-beta-gone",
        };
        t.get(id).into_owned()
    }
}

/// Why the rules of a sale refuse a buyer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaleNo {
    /// Neither e-mail address nor telephone number is the one that entered.
    NotYours,
    /// The household has as many as one may have.
    PersonLimit,
    /// The buyer may not take part in sales.
    Excluded,
    /// The deposit of the place went back.
    NoDeposit,
}

impl SaleNo {
    /// Every reason.
    pub const ALL: [Self; 4] = [Self::NotYours, Self::PersonLimit, Self::Excluded, Self::NoDeposit];

    /// What it means, and what to do.
    #[must_use]
    pub fn words(self, t: &Text) -> String {
        let id = match self {
            Self::NotYours => "checkout-refused-not-yours",
            Self::PersonLimit => "checkout-refused-limit",
            Self::Excluded => "checkout-refused-excluded",
            Self::NoDeposit => "checkout-refused-deposit",
        };
        t.get(id).into_owned()
    }
}

/// `GET /{market}/{language}/checkout/{id}`; the form posts to the same address.
///
/// Fields: those of [`CheckoutForm`] and `key`, `total_seen` (minor units), `action`: `pay`, or
/// `quote` to work out the tax for another state without paying.
#[derive(Clone, Debug, Template)]
#[template(path = "checkout.html")]
pub struct CheckoutPage {
    /// The layout's part; its path is the form's address.
    pub shell: Shell,
    /// A fresh idempotency key.
    pub key: String,
    /// The reservation.
    pub hold: Hold,
    /// What is bought.
    pub lines: Vec<SummaryLine>,
    /// Every cost.
    pub totals: Totals,
    /// What was typed.
    pub form: CheckoutForm,
    /// What is wrong with it.
    pub errors: Vec<FieldError>,
    /// How it stands.
    pub state: CheckoutState,
    /// Ways of delivery; never empty.
    pub deliveries: Vec<DeliveryChoice>,
    /// Ways to pay; never empty.
    pub payments: Vec<PaymentChoice>,
    /// How many days goods can be sent back, for the terms.
    pub return_days: u16,
    /// Whether a parcel to this country does not arrive without its state or province.
    pub asks_region: bool,
    /// The countries to choose from; one or none: nothing to choose.
    pub countries: Vec<Country>,
    /// The path of the waiting list that lets people in, where the shop is open to those alone.
    pub list: Option<String>,
    /// The path of the buyer's place in the sale where these goods were taken.
    pub place: Option<String>,
}

/// `GET /{market}/{language}/checkout/{id}/quote?region=CA`: the totals as an HTML fragment, which
/// the script puts in place of the old ones when another state is chosen.
#[derive(Clone, Debug, Template)]
#[template(path = "quote.html")]
pub struct QuoteFragment {
    /// The layout's part, for language and market.
    pub shell: Shell,
    /// Every cost.
    pub totals: Totals,
}

/// A field as the template sets it.
#[derive(Clone, Debug)]
struct SetField<'a> {
    field: Field,
    label: String,
    kind: &'static str,
    autocomplete: &'static str,
    inputmode: &'static str,
    value: &'a str,
    optional: bool,
    error: Option<String>,
    hint: Option<String>,
}

impl SetField<'_> {
    const fn name(&self) -> &'static str {
        self.field.name()
    }

    /// Whether what is typed is short, so that a long field would mislead.
    const fn is_short(&self) -> bool {
        matches!(self.field, Field::Postcode | Field::Phone)
    }

    /// The ids of what describes the field, for `aria-describedby`.
    fn described(&self) -> Option<String> {
        let name = self.name();
        match (&self.error, &self.hint) {
            (None, None) => None,
            (Some(_), None) => Some(format!("{name}-error")),
            (None, Some(_)) => Some(format!("{name}-hint")),
            (Some(_), Some(_)) => Some(format!("{name}-error {name}-hint")),
        }
    }
}

impl PaymentKind {
    /// Its name.
    #[must_use]
    pub fn words(self, t: &Text) -> String {
        let id = match self {
            Self::Test => "checkout-pay-test",
            Self::Transfer => "checkout-pay-transfer",
            Self::Card => "checkout-pay-card",
        };
        t.get(id).into_owned()
    }

    fn hint(self, t: &Text) -> String {
        let id = match self {
            Self::Test => "checkout-pay-test-hint",
            Self::Transfer => "checkout-pay-transfer-hint",
            Self::Card => "checkout-pay-card-hint",
        };
        t.get(id).into_owned()
    }
}

impl Scenario {
    /// What the provider shall do, in words.
    #[must_use]
    pub fn words(self, t: &Text) -> String {
        let id = match self {
            Self::Succeeds => "checkout-scenario-succeeds",
            Self::Declined => "checkout-scenario-declined",
            Self::SecondStep => "checkout-scenario-second",
            Self::Late => "checkout-scenario-late",
        };
        t.get(id).into_owned()
    }
}

impl CheckoutPage {
    /// What the button takes.
    fn to_pay(&self, t: &Text) -> String {
        t.money(&self.totals.to_pay())
    }

    fn is_us(&self) -> bool {
        self.shell.market.is_some_and(|market| market.country.code() == "US")
    }

    const fn is_confirming(&self) -> bool {
        matches!(self.state, CheckoutState::TotalChanged { .. })
    }

    /// The first way to pay is chosen until another one is.
    fn is_chosen(&self, choice: &PaymentChoice) -> bool {
        let first = self.payments.first().map(|first| first.kind);
        let chosen = &self.form.payment;
        chosen == choice.kind.code() || (chosen.is_empty() && first == Some(choice.kind))
    }

    /// Where to go when there is nothing to pay any more: the cart, or the place in the sale.
    fn way_back(&self) -> String {
        self.place.clone().unwrap_or_else(|| self.shell.to("cart"))
    }

    fn way_back_words(&self) -> String {
        let id = if self.place.is_some() { "checkout-to-place" } else { "checkout-to-cart" };
        self.shell.text().get(id).into_owned()
    }

    fn ended_words(&self) -> String {
        let id = if self.place.is_some() { "checkout-ended-sale" } else { "checkout-ended" };
        self.shell.text().get(id).into_owned()
    }

    fn lost_words(&self) -> String {
        let id = if self.place.is_some() { "checkout-lost-sale" } else { "checkout-lost" };
        self.shell.text().get(id).into_owned()
    }

    /// Whether this country is the chosen one; the first is until another one is.
    fn goes_to(&self, country: &Country) -> bool {
        let first = self.countries.first().map(Country::code).unwrap_or_default();
        let chosen = if self.form.country.is_empty() { first } else { &self.form.country };
        chosen == country.code()
    }

    /// The time of day at which the hold ends, in UTC.
    fn hold_end(&self) -> String {
        self.shell.text().moment(&self.hold.ends)
    }

    fn error(&self, field: Field) -> Option<String> {
        let error = self.errors.iter().find(|error| error.field == field)?;
        Some(error.words(&self.shell.text()))
    }

    /// The address in the order in which people of this market write it.
    fn address_fields(&self) -> Vec<SetField<'_>> {
        let with_states: [Field; 7] = [
            Field::Name,
            Field::Line1,
            Field::Line2,
            Field::City,
            Field::Region,
            Field::Postcode,
            Field::Phone,
        ];
        let elsewhere: [Field; 6] =
            [Field::Name, Field::Line1, Field::Line2, Field::Postcode, Field::City, Field::Phone];
        // A state stands in the same place wherever it is asked for.
        let with_state = self.is_us() || self.asks_region;
        let fields = if with_state { &with_states[..] } else { &elsewhere[..] };
        fields.iter().map(|field| self.field(*field)).collect()
    }

    /// The field's label, as the form and the summary of errors call it here.
    fn label(&self, field: Field) -> String {
        let t = &self.shell.text();
        if field == Field::Postcode && self.is_us() {
            return t.get("checkout-zip").into_owned();
        }
        if field == Field::Region && !self.is_us() {
            return t.get("checkout-province").into_owned();
        }
        field.label(t)
    }

    fn field(&self, field: Field) -> SetField<'_> {
        let t = &self.shell.text();
        let form = &self.form;
        let (kind, autocomplete, inputmode, value) = match field {
            Field::Email => ("email", "email", "email", &form.email),
            Field::Name => ("text", "shipping name", "", &form.name),
            Field::Line1 => ("text", "shipping address-line1", "", &form.line1),
            Field::Line2 => ("text", "shipping address-line2", "", &form.line2),
            Field::City => ("text", "shipping address-level2", "", &form.city),
            Field::Postcode => {
                // Not every country's postcodes are digits (SW1A 1AA): only ask for the number
                // pad where they are.
                let digits = if self.is_us() { "numeric" } else { "" };
                ("text", "shipping postal-code", digits, &form.postcode)
            }
            Field::Phone => ("tel", "shipping tel", "tel", &form.phone),
            Field::Region => ("text", "shipping address-level1", "", &form.region),
            _ => ("text", "off", "", &form.region),
        };
        let hint = match field {
            Field::Email => Some(t.get("checkout-email-hint").into_owned()),
            Field::Phone => Some(t.get("checkout-phone-hint").into_owned()),
            _ => None,
        };
        let label = self.label(field);
        let optional = matches!(field, Field::Line2 | Field::Phone);
        let error = self.error(field);
        SetField { field, label, kind, autocomplete, inputmode, value, optional, error, hint }
    }
}

/// The states of the USA and the District of Columbia: code and name.
pub const US_STATES: [(&str, &str); 51] = [
    ("AL", "Alabama"),
    ("AK", "Alaska"),
    ("AZ", "Arizona"),
    ("AR", "Arkansas"),
    ("CA", "California"),
    ("CO", "Colorado"),
    ("CT", "Connecticut"),
    ("DE", "Delaware"),
    ("DC", "District of Columbia"),
    ("FL", "Florida"),
    ("GA", "Georgia"),
    ("HI", "Hawaii"),
    ("ID", "Idaho"),
    ("IL", "Illinois"),
    ("IN", "Indiana"),
    ("IA", "Iowa"),
    ("KS", "Kansas"),
    ("KY", "Kentucky"),
    ("LA", "Louisiana"),
    ("ME", "Maine"),
    ("MD", "Maryland"),
    ("MA", "Massachusetts"),
    ("MI", "Michigan"),
    ("MN", "Minnesota"),
    ("MS", "Mississippi"),
    ("MO", "Missouri"),
    ("MT", "Montana"),
    ("NE", "Nebraska"),
    ("NV", "Nevada"),
    ("NH", "New Hampshire"),
    ("NJ", "New Jersey"),
    ("NM", "New Mexico"),
    ("NY", "New York"),
    ("NC", "North Carolina"),
    ("ND", "North Dakota"),
    ("OH", "Ohio"),
    ("OK", "Oklahoma"),
    ("OR", "Oregon"),
    ("PA", "Pennsylvania"),
    ("RI", "Rhode Island"),
    ("SC", "South Carolina"),
    ("SD", "South Dakota"),
    ("TN", "Tennessee"),
    ("TX", "Texas"),
    ("UT", "Utah"),
    ("VT", "Vermont"),
    ("VA", "Virginia"),
    ("WA", "Washington"),
    ("WV", "West Virginia"),
    ("WI", "Wisconsin"),
    ("WY", "Wyoming"),
];
