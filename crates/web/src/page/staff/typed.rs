//! What somebody typed into a form that was refused: it stands in the form again.

/// A form of a page, and what was sent in it. A page with several forms names each by a word, or by a word
/// and what it is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed {
    form: String,
    fields: Vec<(String, String)>,
}

impl Typed {
    /// What was typed into the form of this name.
    #[must_use]
    pub fn new(form: impl Into<String>, fields: &[(&str, &str)]) -> Self {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Self { form: form.into(), fields: fields.iter().map(owned).collect() }
    }

    /// Whether it was this form.
    #[must_use]
    pub fn is(&self, form: &str) -> bool {
        !form.is_empty() && self.form == form
    }

    /// What was typed into a field of this form; nothing where it was another form.
    #[must_use]
    pub fn of(&self, form: &str, field: &str) -> &str {
        self.or(form, field, "")
    }

    /// The same, with what stands there where it was another form.
    #[must_use]
    pub fn or<'a>(&'a self, form: &str, field: &str, otherwise: &'a str) -> &'a str {
        let typed = self.fields.iter().find(|(name, _)| self.is(form) && name == field);
        typed.map_or(otherwise, |(_, value)| value)
    }

    /// Whether this was chosen in a field of this form.
    #[must_use]
    pub fn chose(&self, form: &str, field: &str, choice: &str) -> bool {
        self.is(form) && self.of(form, field) == choice
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_stands_in_its_own_form_only() {
        let typed = Typed::new("refund", &[("amount", "12,50"), ("reason", "")]);
        assert_eq!(typed.of("refund", "amount"), "12,50");
        assert_eq!(typed.or("refund", "reason", "x"), "", "empty is what was typed");
        assert_eq!(typed.or("cancel", "amount", "0"), "0");
        assert_eq!(typed.of("refund", "other"), "");
        assert!(typed.chose("refund", "amount", "12,50") && !typed.chose("", "amount", "12,50"));
        assert!(!Typed::default().is(""), "no form is none");
    }
}
