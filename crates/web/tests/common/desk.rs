//! A browser of somebody of the maker's people.

use kontor_base::Language;
use kontor_shop::staff::{AddCommand, add};

use super::{Answer, Api, Ask, PHONE};

/// Everybody's password in the tests.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// Somebody's browser.
pub(crate) struct Browser<'a> {
    api: &'a Api,
    cookies: String,
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

    /// Nobody's browser.
    pub(crate) fn nobody(api: &'a Api) -> Self {
        Self { api, cookies: String::new() }
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
}
