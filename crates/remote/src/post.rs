//! Letters: put together as MIME (plain text and simple HTML) and given to an SMTP server, or
//! written into a folder as files that a mail program opens.
//!
//! An error never carries what a server said in words: that often repeats the address.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use kontor_base::{Email, Instant};
use lettre::address::AddressError;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::PoolConfig;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, CertificateStore, Tls, TlsParameters};
use lettre::{Message, SmtpTransport, Transport};

/// How long a server may take for one step, in seconds.
const PATIENCE_S: u64 = 30;
/// How many connections are kept to the server.
const CONNECTIONS: u32 = 4;

/// A letter, ready to go.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// Its name, unique: becomes the Message-ID, by which a letter that came twice is known.
    pub id: String,
    /// When it was written.
    pub at: Instant,
    /// To whom.
    pub to: Email,
    /// What it is about, in one line.
    pub subject: String,
    /// What it says, as plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// Where its reader ends such letters: an address to which mail programs may post (RFC 8058).
    pub leave: Option<String>,
}

/// Personal data stays out of logs.
impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Letter({})", self.id)
    }
}

/// How the connection to a server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protection {
    /// TLS from the first byte (`smtps://`, port 465).
    Tls,
    /// STARTTLS, and nothing without it (`smtp://`, port 587).
    StartTls,
    /// None: only for a server on this machine (`smtp-plain://`).
    None,
}

/// Where the SMTP server is.
#[derive(Clone, PartialEq, Eq)]
pub struct Server {
    /// Its host name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub protection: Protection,
    /// Name and password; none: it wants none.
    pub login: Option<(String, String)>,
    /// The certificates, as PEM, of those who vouch for it instead of the authorities of the web.
    pub vouched_by: Option<Vec<u8>>,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Server({}:{})", self.host, self.port)
    }
}

/// Why letters cannot be sent at all.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// The address of the server cannot be read.
    #[error("{0:?} is not like smtps://mail.example:465 or smtp://mail.example:587")]
    Address(String),
    /// Nothing is sent unprotected over a network.
    #[error("smtp-plain:// is for a server on this machine only, not for {0}")]
    Unprotected(String),
    /// The sender cannot be read.
    #[error("the sender {0:?} is not like \"Shop <shop@example.com>\"")]
    Sender(String),
    /// The parameters of TLS.
    #[error("could not prepare TLS: {0}")]
    Tls(String),
    /// The file with the certificates of those who vouch for the server.
    #[error("could not read the certificates in {file}")]
    Certificates {
        /// Where they should be.
        file: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
}

impl Server {
    /// Reads `smtps://host[:port]`, `smtp://host[:port]` or `smtp-plain://host[:port]`.
    ///
    /// # Errors
    ///
    /// [`PostError::Address`], [`PostError::Unprotected`].
    pub fn parse(text: &str, login: Option<(String, String)>) -> Result<Self, PostError> {
        let bad = || PostError::Address(text.to_owned());
        let (scheme, rest) = text.split_once("://").ok_or_else(bad)?;
        let (protection, usual) = match scheme {
            "smtps" => (Protection::Tls, 465),
            "smtp" => (Protection::StartTls, 587),
            "smtp-plain" => (Protection::None, 25),
            _ => return Err(bad()),
        };
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) => (host, port.parse().map_err(|_| bad())?),
            None => (rest, usual),
        };
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
        if host.is_empty() || host.len() > 253 || !host.chars().all(plain) {
            return Err(bad());
        }
        let here = host == "localhost" || host.starts_with("127.");
        if protection == Protection::None && !here {
            return Err(PostError::Unprotected(host.to_owned()));
        }
        Ok(Self { host: host.to_owned(), port, protection, login, vouched_by: None })
    }

    /// The same, vouched for by whoever these certificates (PEM) are of, and by nobody else: a mail
    /// server of one's own house.
    #[must_use]
    pub fn vouched_by(mut self, pem: Vec<u8>) -> Self {
        self.vouched_by = Some(pem);
        self
    }
}

/// Where letters go.
#[derive(Clone, Debug)]
pub struct Post {
    from: Mailbox,
    way: Way,
}

#[derive(Clone, Debug)]
enum Way {
    Smtp(SmtpTransport),
    Folder(PathBuf),
}

/// Why a letter did not go.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct SendError {
    /// What went wrong, without anybody's address.
    pub what: String,
    /// Trying again cannot help.
    pub for_good: bool,
}

impl Post {
    /// Through a server.
    ///
    /// # Errors
    ///
    /// [`PostError::Sender`], [`PostError::Tls`].
    pub fn by_server(server: &Server, from: &str) -> Result<Self, PostError> {
        let parameters = || -> Result<TlsParameters, PostError> {
            let wrong = |error: lettre::transport::smtp::Error| PostError::Tls(error.to_string());
            let mut builder = TlsParameters::builder(server.host.clone());
            if let Some(pem) = &server.vouched_by {
                let certificate = Certificate::from_pem(pem).map_err(wrong)?;
                builder = builder
                    .certificate_store(CertificateStore::None)
                    .add_root_certificate(certificate);
            }
            builder.build().map_err(wrong)
        };
        let tls = match server.protection {
            Protection::Tls => Tls::Wrapper(parameters()?),
            Protection::StartTls => Tls::Required(parameters()?),
            Protection::None => Tls::None,
        };
        // "Dangerous" is what the library calls it to say nothing of TLS; it is said here.
        let mut builder = SmtpTransport::builder_dangerous(&server.host)
            .port(server.port)
            .tls(tls)
            .timeout(Some(Duration::from_secs(PATIENCE_S)))
            .pool_config(PoolConfig::new().max_size(CONNECTIONS));
        if let Some((name, password)) = &server.login {
            builder = builder.credentials(Credentials::new(name.clone(), password.clone()));
        }
        Ok(Self { from: sender(from)?, way: Way::Smtp(builder.build()) })
    }

    /// Into a folder, one file each: for demos and tests.
    ///
    /// # Errors
    ///
    /// [`PostError::Sender`].
    pub fn by_folder(folder: PathBuf, from: &str) -> Result<Self, PostError> {
        Ok(Self { from: sender(from)?, way: Way::Folder(folder) })
    }

    /// Sends a letter. It blocks until the server has taken it or the file is written.
    ///
    /// # Errors
    ///
    /// [`SendError`].
    pub fn send(&self, letter: &Letter) -> Result<(), SendError> {
        let message = self.message(letter)?;
        match &self.way {
            Way::Smtp(transport) => match transport.send(&message) {
                Ok(_) => Ok(()),
                Err(error) => Err(told(&error)),
            },
            Way::Folder(folder) => {
                let write = || {
                    std::fs::create_dir_all(folder)?;
                    std::fs::write(folder.join(file_name(&letter.id)), message.formatted())
                };
                write().map_err(|error| SendError {
                    what: format!("could not write the letter's file: {error}"),
                    for_good: false,
                })
            }
        }
    }

    fn message(&self, letter: &Letter) -> Result<Message, SendError> {
        let unwritable = |what: &str| SendError { what: what.to_owned(), for_good: true };
        let host = self.from.email.domain();
        // Mail has seconds; a clock before 1970 has no letters.
        let seconds = u64::try_from(letter.at.millis() / 1_000).unwrap_or(0);
        let to = letter
            .to
            .as_str()
            .parse()
            .map_err(|_: AddressError| unwritable("the address cannot be written to"))?;
        let mut message = Message::builder()
            .message_id(Some(format!("<{}@{host}>", letter.id)))
            .date(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(one_line(&letter.subject))
            .multipart(MultiPart::alternative_plain_html(letter.text.clone(), letter.html.clone()))
            .map_err(|_| unwritable("the letter cannot be put together"))?;
        if let Some(address) = letter.leave.as_deref().filter(|address| is_plain(address)) {
            let headers = message.headers_mut();
            let one_click = "List-Unsubscribe=One-Click";
            headers.insert_raw(header("List-Unsubscribe", format!("<{address}>")));
            headers.insert_raw(header("List-Unsubscribe-Post", one_click.to_owned()));
        }
        Ok(message)
    }
}

fn sender(from: &str) -> Result<Mailbox, PostError> {
    from.parse().map_err(|_| PostError::Sender(from.to_owned()))
}

fn header(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::dangerous_new_pre_encoded(
        HeaderName::new_from_ascii_str(name),
        value.clone(),
        value,
    )
}

/// Whether an address can stand in a header as it is: it is one word of signs that addresses have.
fn is_plain(address: &str) -> bool {
    address.bytes().all(|b| b.is_ascii_graphic() && b != b'<' && b != b'>')
}

/// A subject is one line, whatever it was made from: a second one would be a header of its own.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn file_name(id: &str) -> String {
    let name: String =
        id.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_' || *c == '-').collect();
    format!("{name}.eml")
}

fn told(error: &lettre::transport::smtp::Error) -> SendError {
    let what = match error.status() {
        Some(code) => format!("the mail server answered {code}"),
        None if error.is_timeout() => "the mail server took too long".to_owned(),
        None if error.is_tls() => "the connection to the mail server is not secure".to_owned(),
        None if error.is_response() => "the mail server's answer cannot be read".to_owned(),
        None if error.is_client() => "the mail server cannot do what is needed".to_owned(),
        None => "the mail server cannot be reached".to_owned(),
    };
    SendError { what, for_good: error.is_permanent() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter() -> Letter {
        Letter {
            id: "ltr_1".to_owned(),
            at: Instant::from_micros(1_432_000_000_000_000),
            to: Email::parse("ana@example.com").expect("an address"),
            subject: "Bestellung für Ana".to_owned(),
            text: "Guten Tag".to_owned(),
            html: "<p>Guten Tag</p>".to_owned(),
            leave: None,
        }
    }

    #[test]
    fn a_server_is_named_with_its_protection() {
        let server = Server::parse("smtps://mail.example", None).expect("an address");
        assert_eq!((server.port, server.protection), (465, Protection::Tls));
        let server = Server::parse("smtp://mail.example:2525", None).expect("an address");
        assert_eq!((server.port, server.protection), (2525, Protection::StartTls));
        assert!(Server::parse("smtp-plain://127.0.0.1:1025", None).is_ok());
        for bad in [
            "",
            "mail.example",
            "http://mail.example",
            "smtp://",
            "smtp://a b",
            "smtp://mail.example:x",
            "smtp://user:secret@mail.example",
            "smtp-plain://mail.example",
        ] {
            assert!(Server::parse(bad, None).is_err(), "{bad}");
        }
        let login = Some(("ana".to_owned(), "s3cret".to_owned()));
        let server = Server::parse("smtps://mail.example", login).expect("an address");
        assert!(!format!("{server:?}").contains("s3cret"));
    }

    #[test]
    fn a_letter_in_a_folder_has_both_forms_and_no_header_of_a_strangers() {
        let folder = tempfile::tempdir().expect("a folder");
        let post = Post::by_folder(folder.path().to_owned(), "Kontor <shop@kontor.example>");
        let post = post.expect("a sender");
        let mut letter = letter();
        letter.subject = "Hello\r\nBcc: everybody@example.com".to_owned();
        letter.id = "../ltr_2".to_owned();
        letter.leave = Some("https://shop.example/us/en/waiting/leave/x".to_owned());
        post.send(&letter).expect("written");
        let text = std::fs::read_to_string(folder.path().join("ltr_2.eml")).expect("the file");
        assert!(text.contains("From: Kontor <shop@kontor.example>"), "{text}");
        assert!(text.contains("multipart/alternative"), "{text}");
        assert!(text.contains("text/plain") && text.contains("text/html"), "{text}");
        assert!(!text.lines().any(|line| line.starts_with("Bcc:")), "{text}");
        let leave = "List-Unsubscribe: <https://shop.example/us/en/waiting/leave/x>";
        assert!(text.lines().any(|line| line == leave), "{text}");
        assert!(text.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"), "{text}");
        // An address that would be a header of its own is left out.
        letter.leave = Some("https://shop.example/>\r\nBcc: everybody@example.com".to_owned());
        post.send(&letter).expect("written");
        let text = std::fs::read_to_string(folder.path().join("ltr_2.eml")).expect("the file");
        assert!(
            !text.contains("List-Unsubscribe") && !text.contains("Bcc: everybody@example.com>")
        );
        assert!(Post::by_folder(folder.path().to_owned(), "nobody").is_err());
        assert_eq!(format!("{letter:?}"), "Letter(../ltr_2)", "no address");
    }
}
