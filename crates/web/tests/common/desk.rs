//! Somebody of the maker's at their desk: comes in, reads pages, sends forms with the keys that the
//! pages carry.

use kontor_base::Language;
use kontor_shop::staff::{AddCommand, add};

use super::{Answer, Api, Ask, Shopper};

/// A person with a browser.
pub(crate) struct Desk<'a> {
    api: &'a Api,
    browser: Shopper,
}

impl<'a> Desk<'a> {
    /// Makes an account with these roles and comes in with it.
    pub(crate) async fn hire(api: &'a Api, name: &str, roles: &[&str]) -> Self {
        let email = format!("{name}@maker.example");
        let command = AddCommand {
            name: name.to_owned(),
            email: email.clone(),
            language: Language::En,
            held: roles.iter().map(|role| role.parse().expect("a role")).collect(),
        };
        let code = add(&api.shop, command).await.expect("a new account").code;
        let mut browser = Shopper::default();
        let fields = [("email", email.as_str()), ("code", &code), ("next", "/admin")];
        let entered = api.send(Ask::form("/admin/sign-in", &fields)).await.expect(303);
        browser.keep(&entered);
        let desk = Self { api, browser };
        desk.form("/admin/account/password", &[("new", "correct horse battery")]).await.expect(200);
        desk
    }

    /// Reads a page.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.api.send(self.browser.with(Ask::get(path))).await
    }

    /// Sends a form.
    pub(crate) async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.api.send(self.browser.with(Ask::form(path, fields))).await
    }

    /// Approves the proposal that another's form has led to.
    pub(crate) async fn approve(&self, proposed: &Answer) {
        let place = proposed.header("location").split('?').next().expect("a path").to_owned();
        assert!(place.starts_with("/admin/proposals/"), "{place}");
        let page = self.get(&place).await.expect(200);
        let seen = page.text.split("name=\"seen\" value=\"").nth(1).expect("a hash");
        let seen = seen[..64].to_owned();
        self.form(&place, &[("decision", "approve"), ("seen", &seen)]).await.expect(303);
    }
}
