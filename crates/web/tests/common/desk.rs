//! Somebody of the maker's people with their browser.

use kontor_base::Language;
use kontor_shop::staff::{AddCommand, add};

use super::{Answer, Api, Ask};

/// The password of everybody.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// Somebody's browser.
pub(crate) struct Browser<'a> {
    pub(crate) api: &'a Api,
    pub(crate) cookies: String,
}

impl<'a> Browser<'a> {
    /// Hires somebody and comes in with their first code; sets a password.
    pub(crate) async fn hire(api: &'a Api, name: &str, roles: &[&str]) -> Self {
        let email = format!("{name}@maker.example");
        let command = AddCommand {
            name: name.to_owned(),
            email: email.clone(),
            language: Language::En,
            held: roles.iter().map(|role| role.parse().expect("a role")).collect(),
        };
        let code = add(&api.shop, command).await.expect("a new account").code;
        let mut browser = Self { api, cookies: String::new() };
        let fields = [("email", email.as_str()), ("code", &code), ("next", "/admin/log")];
        let answer = browser.send(Ask::form("/admin/sign-in", &fields)).await.expect(303);
        assert_eq!(answer.header("location"), "/admin/log");
        browser.take_cookies(&answer);
        let first = browser.get("/admin").await.expect(303);
        assert_eq!(first.header("location"), "/admin/account", "a password comes first");
        browser.form("/admin/account/password", &[("new", PASSWORD)]).await.expect(200);
        browser
    }

    pub(crate) fn take_cookies(&mut self, answer: &Answer) {
        let lines = answer.headers.get_all("set-cookie").iter();
        let pairs: Vec<_> = lines
            .filter_map(|line| line.to_str().ok()?.split(';').next())
            .map(str::to_owned)
            .collect();
        self.cookies = pairs.join("; ");
    }

    pub(crate) async fn send(&self, ask: Ask) -> Answer {
        let ask = ask.header("cookie", &self.cookies);
        self.api.send(ask).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Ask::get(path)).await
    }

    pub(crate) async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(Ask::form(path, fields)).await
    }
}
