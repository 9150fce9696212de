//! What went wrong with a form, as typed facts beside the field and in the summary on top.

use crate::kit::text::Text;

/// A field of a public form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// `email`
    Email,
    /// `name`
    Name,
    /// `line1`
    Line1,
    /// `line2`
    Line2,
    /// `city`
    City,
    /// `region`: the state, in markets that have states in addresses.
    Region,
    /// `postcode`
    Postcode,
    /// `phone`
    Phone,
    /// `delivery`
    Delivery,
    /// `payment`
    Payment,
    /// `scenario`: what the test provider shall do.
    Scenario,
    /// `terms`
    Terms,
    /// `quantity`
    Quantity,
}

impl Field {
    /// The field's name in forms, which is also its element's id.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Name => "name",
            Self::Line1 => "line1",
            Self::Line2 => "line2",
            Self::City => "city",
            Self::Region => "region",
            Self::Postcode => "postcode",
            Self::Phone => "phone",
            Self::Delivery => "delivery",
            Self::Payment => "payment",
            Self::Scenario => "scenario",
            Self::Terms => "terms",
            Self::Quantity => "quantity",
        }
    }
}

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldProblem {
    /// It is empty and must not be.
    Missing,
    /// It is not of the right form (an e-mail address without @, a postcode with too few digits).
    Malformed,
    /// It is longer than this many characters.
    TooLong(u32),
    /// It contains characters that no one can type (control characters, bidirectional marks).
    BadCharacters,
    /// It mixes scripts in a way that hides what it says.
    MixedScripts,
    /// It is not one of the choices.
    NotOffered,
    /// It must be accepted.
    NotAccepted,
}

/// One thing that is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// Where.
    pub field: Field,
    /// What.
    pub problem: FieldProblem,
}

impl Field {
    /// The field's label.
    #[must_use]
    pub fn label(self, t: &Text) -> String {
        let id = match self {
            Self::Email => "checkout-email",
            Self::Name => "checkout-name",
            Self::Line1 => "checkout-line1",
            Self::Line2 => "checkout-line2",
            Self::City => "checkout-city",
            Self::Region => "checkout-region",
            Self::Postcode => "checkout-postcode",
            Self::Phone => "checkout-phone",
            Self::Delivery => "checkout-delivery",
            Self::Payment => "checkout-payment",
            Self::Scenario => "checkout-scenario",
            Self::Terms => "legal-terms",
            Self::Quantity => "product-quantity",
        };
        t.get(id).into_owned()
    }
}

impl FieldError {
    /// What to do about it.
    #[must_use]
    pub fn words(self, t: &Text) -> String {
        let id = match (self.problem, self.field) {
            (FieldProblem::Missing, _) => "field-missing",
            (FieldProblem::Malformed, Field::Email) => "field-malformed-email",
            (FieldProblem::Malformed, _) => "field-malformed",
            (FieldProblem::TooLong(max), _) => {
                return t.one("field-too-long", "max", max).into_owned();
            }
            (FieldProblem::BadCharacters, _) => "field-bad-characters",
            (FieldProblem::MixedScripts, _) => "field-mixed-scripts",
            (FieldProblem::NotOffered, _) => "field-not-offered",
            (FieldProblem::NotAccepted, _) => "field-not-accepted",
        };
        t.get(id).into_owned()
    }
}
