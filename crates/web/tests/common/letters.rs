//! A shop that sends letters to a server of the test's own, and people who wait.

use std::sync::Arc;

use kontor_base::Language;
use kontor_remote::post::{Post, Server};
use kontor_shop::customer::{Command, sign_up};
use kontor_shop::mail::{SentOut, Writer, send_due};
use kontor_web::letters::Letters;

use super::mail_server::{Came, MailServer};
use super::{Api, Ask};

/// The shop, the server and the way between them.
pub(crate) struct Bench {
    pub(crate) api: Api,
    pub(crate) server: MailServer,
    post: Post,
    writer: Arc<dyn Writer>,
}

impl Bench {
    pub(crate) async fn open() -> Self {
        let api = Api::open().await;
        let server = MailServer::start();
        let place = Server::parse(&server.address(), None).expect("an address");
        let post = Post::by_server(&place, "Kontor <shop@kontor.example>").expect("a way");
        let writer = Arc::new(Letters::new(Arc::clone(&api.shop), &api.settings.origin));
        Self { api, server, post, writer }
    }

    pub(crate) async fn round(&self) -> SentOut {
        send_due(&self.api.shop, &self.post, &self.writer).await.expect("no fault")
    }

    /// Somebody types an address into a list of the US market.
    pub(crate) async fn type_address(&self, model: &str, email: &str, language: Language) {
        let command = Command {
            market: "us".parse().expect("a market"),
            model: Some(model.parse().expect("a model")),
            email: email.to_owned(),
            language,
        };
        sign_up(&self.api.shop, command).await.expect("on the list");
    }

    /// Somebody waits for the band and has confirmed it from their mailbox.
    pub(crate) async fn wait_for_band(&self, email: &str, language: Language) {
        self.type_address("band", email, language).await;
        if self.round().await.sent == 0 {
            return; // asked and confirmed before
        }
        let came = self.server.letters().pop().expect("a letter that asks");
        let link = link(&came, "confirm");
        self.api.send(Ask::form(&link, &[])).await.expect(200);
    }
}

/// The path of the link in a letter that confirms or leaves.
pub(crate) fn link(came: &Came, act: &str) -> String {
    let part = format!("/waiting/{act}/");
    let found = came.text.split("http://shop.example").skip(1).map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '/').unwrap_or(rest.len());
        &rest[..end]
    });
    let mut found = found.filter(|path| path.contains(&part));
    found.next().unwrap_or_else(|| panic!("no {act} in {}", came.text)).to_owned()
}
