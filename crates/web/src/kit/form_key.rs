//! The key in a hidden field of a form, by which the same form sent twice is known again.

use super::app::App;

/// A fresh key for a form.
#[must_use]
pub fn fresh(app: &App) -> String {
    kontor_base::id::encode(app.shop.random.bytes16())
}

/// Whether a form's key is of a form that it could have come with.
#[must_use]
pub fn is_form_key(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}
