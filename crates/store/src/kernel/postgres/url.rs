//! The address of a PostgreSQL database. It holds a password: nothing here prints it.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

use super::tls::Encryption;

/// How long a connection may take to come about where the address does not say.
const CONNECT_WAIT_MAX: Duration = Duration::from_secs(5);
/// How long data may lie unacknowledged on the wire before the connection counts as lost.
const UNACKNOWLEDGED_MAX: Duration = Duration::from_secs(20);
/// After how much silence the other side is asked whether it is still there.
const SILENCE_MAX: Duration = Duration::from_secs(30);

/// Where a database on a PostgreSQL server is: `postgres://user:password@host:port/database`.
#[derive(Clone)]
pub struct PostgresUrl {
    text: String,
    config: Config,
    encryption: Encryption,
}

/// Why a text is no address of a PostgreSQL database. It does not repeat the text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be like postgres://user:password@host:5432/name ({0})")]
pub struct PostgresUrlError(String);

impl PostgresUrl {
    /// What a session is opened with.
    pub(crate) const fn config(&self) -> &Config {
        &self.config
    }

    /// How the connection is encrypted.
    pub(crate) const fn encryption(&self) -> &Encryption {
        &self.encryption
    }

    /// The address as it was written, with its password: for handing it on to another program.
    #[must_use]
    pub fn with_password(&self) -> &str {
        &self.text
    }

    /// Host and port, for messages.
    pub(crate) fn server(&self) -> String {
        let port = self.config.get_ports().first().copied().unwrap_or(5432);
        match self.config.get_hosts().first() {
            Some(Host::Tcp(host)) => format!("{host}:{port}"),
            #[cfg(unix)]
            Some(Host::Unix(folder)) => format!("{} (port {port})", folder.display()),
            None => "an unnamed host".to_owned(),
        }
    }

    /// The database's name.
    pub(crate) fn database(&self) -> &str {
        self.config.get_dbname().or_else(|| self.config.get_user()).unwrap_or_default()
    }
}

impl FromStr for PostgresUrl {
    type Err = PostgresUrlError;

    fn from_str(text: &str) -> Result<Self, PostgresUrlError> {
        let wrong = |why: &str| Err(PostgresUrlError(why.to_owned()));
        if !text.starts_with("postgres://") && !text.starts_with("postgresql://") {
            return wrong("the scheme is another one");
        }
        let (before, query) = text.split_once('?').unwrap_or((text, ""));
        let Some((encryption, rest)) = Encryption::take_from(query) else {
            return wrong(
                "sslmode is disable, prefer, require, verify-ca or verify-full; sslcert and sslkey \
                 come together",
            );
        };
        let joint = if rest.is_empty() { "" } else { "?" };
        let Ok(mut config) = format!("{before}{joint}{rest}").parse::<Config>() else {
            // What the parser says may repeat parts of the text.
            return wrong("it cannot be read; special characters in a password are written as %XX");
        };
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return wrong("it names no host");
        }
        if config.get_dbname().is_none() && config.get_user().is_none() {
            return wrong("it names no database");
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_WAIT_MAX);
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(UNACKNOWLEDGED_MAX);
        }
        config.keepalives(true).keepalives_idle(SILENCE_MAX).ssl_mode(encryption.ssl_mode());
        if config.get_hosts().first().is_some_and(|host| !matches!(host, Host::Tcp(_))) {
            // A socket of this machine leaves nothing to encrypt, and PostgreSQL does not.
            config.ssl_mode(SslMode::Disable);
        }
        Ok(Self { text: text.to_owned(), config, encryption })
    }
}

/// Without the password.
impl fmt::Display for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let user = self.config.get_user().unwrap_or("?");
        write!(f, "postgres://{user}@{}/{}", self.server(), self.database())
    }
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl PartialEq for PostgresUrl {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for PostgresUrl {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_its_password() {
        let url: PostgresUrl =
            "postgres://shop:s3cr%40t@db.example:6432/kontor".parse().expect("an address");
        for shown in [format!("{url}"), format!("{url:?}"), format!("{:?}", url.config())] {
            assert!(!shown.contains("s3cr"), "{shown}");
        }
        assert_eq!(url.to_string(), "postgres://shop@db.example:6432/kontor");
        assert_eq!(url.with_password(), "postgres://shop:s3cr%40t@db.example:6432/kontor");
        let socket: PostgresUrl =
            "postgresql://shop@/kontor?host=/run/postgresql".parse().expect("a socket");
        assert_eq!(socket.to_string(), "postgres://shop@/run/postgresql (port 5432)/kontor");
    }

    #[test]
    fn the_address_says_whether_the_connection_is_encrypted() {
        for (query, mode) in [
            ("", SslMode::Disable),
            ("?sslmode=disable", SslMode::Disable),
            ("?sslmode=prefer", SslMode::Prefer),
            ("?connect_timeout=4&sslmode=require", SslMode::Require),
            ("?sslmode=verify-full&sslrootcert=/etc/ca.pem", SslMode::Require),
        ] {
            let url: PostgresUrl =
                format!("postgres://shop@db/kontor{query}").parse().expect("an address");
            assert_eq!(url.config().get_ssl_mode(), mode, "{query}");
            assert_eq!(url.database(), "kontor");
        }
        let socket: PostgresUrl = "postgres://shop@/kontor?host=/run/postgresql&sslmode=require"
            .parse()
            .expect("a socket");
        assert_eq!(socket.config().get_ssl_mode(), SslMode::Disable);
    }

    #[test]
    fn what_is_wrong_is_said_without_repeating_it() {
        for text in [
            "mysql://shop:s3cret@localhost/kontor",
            "postgres://shop:s3cret@localhost:port/kontor",
            "postgres://shop:s3cret@localhost/kontor?nonsense=1",
            "postgres://shop:s3cret@localhost/kontor?sslmode=maybe",
            "postgres://shop:s3cret@/kontor",
            "s3cret",
        ] {
            let error = text.parse::<PostgresUrl>().expect_err(text).to_string();
            assert!(error.contains("postgres://user") && !error.contains("s3cret"), "{error}");
        }
    }
}
