//! Somebody of the maker's people and their browser.

use kontor_base::Language;
use kontor_shop::staff::{AddCommand, add};

use super::{Answer, Api, Ask, PHONE};

/// Everybody's password in the tests.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// Somebody's browser.
pub(crate) struct Browser<'a> {
    /// The server.
    pub(crate) api: &'a Api,
    /// Its cookies.
    pub(crate) cookies: String,
    /// The person's address.
    pub(crate) email: String,
}

impl<'a> Browser<'a> {
    /// Hires somebody and comes in with their first code; sets a password.
    pub(crate) async fn hire(api: &'a Api, name: &str, roles: &[&str]) -> Self {
        Self::hire_in(api, name, roles, Language::En).await
    }

    /// The same for somebody who reads another language.
    pub(crate) async fn hire_in(
        api: &'a Api,
        name: &str,
        roles: &[&str],
        language: Language,
    ) -> Self {
        let email = format!("{name}@maker.example");
        let command = AddCommand {
            name: name.to_owned(),
            email: email.clone(),
            language,
            held: roles.iter().map(|role| role.parse().expect("a role")).collect(),
        };
        let code = add(&api.shop, command).await.expect("a new account").code;
        let mut browser = Self { api, cookies: String::new(), email: email.clone() };
        let fields = [("email", email.as_str()), ("code", &code), ("next", "/admin/log")];
        let answer = browser.send(Ask::form("/admin/sign-in", &fields)).await.expect(303);
        assert_eq!(answer.header("location"), "/admin/log");
        browser.take_cookies(&answer);
        let first = browser.get("/admin").await.expect(303);
        assert_eq!(first.header("location"), "/admin/account", "a password comes first");
        browser.form("/admin/account/password", &[("new", PASSWORD)]).await.expect(200);
        browser
    }

    /// Keeps the cookies of an answer, in place of those before.
    pub(crate) fn take_cookies(&mut self, answer: &Answer) {
        let lines = answer.headers.get_all("set-cookie").iter();
        let pairs: Vec<_> = lines
            .filter_map(|line| line.to_str().ok()?.split(';').next())
            .map(str::to_owned)
            .collect();
        self.cookies = pairs.join("; ");
    }

    /// Sends a request with the cookies.
    pub(crate) async fn send(&self, ask: Ask) -> Answer {
        let ask = ask.header("cookie", &self.cookies);
        self.api.send(ask).await
    }

    /// Reads a page.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Ask::get(path)).await
    }

    /// Sends a form.
    pub(crate) async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(Ask::form(path, fields)).await
    }

    /// Nobody's browser.
    pub(crate) fn nobody(api: &'a Api) -> Self {
        Self { api, cookies: String::new(), email: String::new() }
    }

    /// Sends the form of a grant, with a file if there is one.
    pub(crate) async fn grant(
        &self,
        market: &str,
        fields: &[(&str, &str)],
        file: Option<&[u8]>,
    ) -> Answer {
        let path = format!("/admin/{market}/clearances/{PHONE}/grant");
        self.upload(&path, fields, file.map(|file| ("document", "../../x.pdf", file))).await
    }

    /// Sends a form with a file: the field's name, the file's name, its bytes.
    pub(crate) async fn upload(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        file: Option<(&str, &str, &[u8])>,
    ) -> Answer {
        let mut body = Vec::new();
        for (name, value) in fields {
            let part = format!(
                "--frontier\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            );
            body.extend_from_slice(part.as_bytes());
        }
        if let Some((field, name, file)) = file {
            let head = format!(
                "--frontier\r\ncontent-disposition: form-data; name=\"{field}\"; \
                 filename=\"{name}\"\r\ncontent-type: application/octet-stream\r\n\r\n"
            );
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(file);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--frontier--\r\n");
        let kind = "multipart/form-data; boundary=frontier";
        self.send(Ask::bare("POST", path).header("content-type", kind).raw(body)).await
    }

    /// Comes in anew, with the password: sessions end by the clock.
    pub(crate) async fn again(mut self) -> Self {
        let fields = [("email", self.email.as_str()), ("password", PASSWORD)];
        let answer = self.send(Ask::form("/admin/sign-in", &fields)).await.expect(303);
        self.take_cookies(&answer);
        self
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
