//! The configuration: one TOML file plus `KONTOR_…` environment, unknown keys refused.
//!
//! Every key stands in [`KEYS`] with its meaning; the example file is made from that table, and a
//! test holds table, example and [`Config`] together.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use figment::Figment;
use figment::providers::{Env, Format, Toml};
use kontor_base::{Money, Rate};
use kontor_domain::staff::Limits as StaffLimits;
use kontor_remote::post::{Post, PostError, Server as Smtp};
use kontor_rom::core::Redirect;
use kontor_shop::Share;
use kontor_store::Place;
use serde::{Deserialize, Serialize};

use crate::database::Database;

/// The whole configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The folder of the database, the secret key and the files.
    pub data: PathBuf,
    /// The database, where it is not a file in the data folder.
    pub database: Database,
    /// The folder of the operator's own legal texts; empty: there are none.
    pub legal: PathBuf,
    /// The web server.
    pub server: Server,
    /// Limits on what the public may do.
    pub limits: Limits,
    /// Payment methods.
    pub payment: Payment,
    /// Letters to buyers and staff.
    pub mail: Mail,
    /// Calls to other programs.
    pub hook: Hook,
    /// What one person of the staff may do alone, and how long records are kept.
    pub staff: Staff,
    /// Counting installations.
    pub install: Install,
    /// The ROM service.
    pub rom: Rom,
    /// Where the ROM's files lie.
    pub files: Files,
    /// What is logged and how.
    pub log: Log,
}

/// The ROM service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rom {
    /// How often devices ask, in seconds.
    pub poll_s: u32,
    /// Up to how many seconds more each device waits, by its own chance.
    pub jitter_s: u32,
    /// Other places with the same files.
    pub mirrors: Vec<String>,
    /// Files with the certificates of the keys that packages are signed with.
    pub package_certificates: Vec<PathBuf>,
    /// Whether clients are sent elsewhere for the bytes.
    pub redirect: Redirect,
    /// The most kilobytes a second to one client; 0: no limit.
    pub client_kb_per_s: u64,
    /// The most kilobytes a second to all together; 0: no limit.
    pub total_kb_per_s: u64,
}

/// A bucket for the ROM's files.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Files {
    /// The bucket's name; empty: files lie in the data folder.
    pub bucket: String,
    /// Scheme and host of the store.
    pub endpoint: String,
    /// Its region.
    pub region: String,
    /// What stands before the names of files.
    pub prefix: String,
    /// The name of the access key.
    pub access_key: String,
    /// Its secret.
    pub secret_key: String,
}

/// The web server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Scheme and host under which the shop is reached; empty: `http://` and the address.
    pub origin: String,
    /// How many proxies stand before the server, each adding to `X-Forwarded-For`.
    pub trusted_proxies: u8,
    /// How long a stop waits for requests that were accepted, in seconds.
    pub stop_within_s: u16,
    /// What this process is called among the nodes of one shop; empty: host name and port.
    pub node: String,
    /// Which share of a sale's lots this node takes at once, as `1/2`.
    pub share: String,
    /// How many connections read the database at the same time.
    pub readers: u8,
}

/// Limits on what the public may do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Public writes per minute from one address; 0: no limit.
    pub public_writes_per_minute: u32,
    /// Sign-ups to waiting lists per hour from one address; 0: no limit.
    pub sign_ups_per_hour: u32,
    /// How long stock is held for a checkout, in seconds.
    pub hold_s: u32,
}

/// Payment methods.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Payment {
    /// Offer the built-in test provider, which moves no money.
    pub test_provider: bool,
    /// Offer payment by bank transfer.
    pub bank_transfer: bool,
    /// Whose account a transfer goes to.
    pub bank_account_holder: String,
    /// The account (IBAN or national form).
    pub bank_account: String,
    /// The bank.
    pub bank_name: String,
}

/// Calls to other programs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Hook {
    /// Also to addresses of one's own network, and unencrypted.
    pub allow_private: bool,
}

/// Letters to buyers and staff.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mail {
    /// The server that takes letters; empty: none.
    pub smtp: String,
    /// The name to sign in there with; empty: it wants none.
    pub user: String,
    /// The password.
    pub password: String,
    /// Who letters are from.
    pub from: String,
    /// A folder that letters are written into instead; empty: none.
    pub folder: PathBuf,
    /// A file with the certificates of those who vouch for the server; empty: the web's authorities.
    pub ca: PathBuf,
}

/// What one person of the staff may do alone, and how long records are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Staff {
    /// The most that goes back of an order without a second person, one amount per currency: `100.00 USD`.
    pub refund_alone: Vec<String>,
    /// The largest price cut without a second person, in per cent of the price before.
    pub price_cut_alone: String,
    /// For how many years tax records are kept after the year of the order.
    pub keep_tax_records_years: u16,
}

/// Counting installations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Install {
    /// Count here.
    pub count: bool,
    /// The folder of the log; empty: `installs` in the data folder.
    pub folder: PathBuf,
    /// Cells with fewer devices are not published.
    pub cell_min: u64,
    /// New devices from one network on one day that are counted; 0: no limit.
    pub new_per_network: u32,
    /// Reports per minute from one address; 0: no limit.
    pub reports_per_minute: u32,
    /// After how many reports a snapshot is written.
    pub snapshot_every: u64,
}

/// What is logged and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// Which events, in the form of the `tracing` filters: `info`, `info,kontor_web=debug`.
    pub filter: String,
    /// How they are written.
    pub format: LogFormat,
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object per line.
    Json,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data: PathBuf::from("kontor-data"),
            database: Database::default(),
            legal: PathBuf::new(),
            server: Server::default(),
            limits: Limits::default(),
            payment: Payment::default(),
            mail: Mail::default(),
            hook: Hook::default(),
            staff: Staff::default(),
            install: Install::default(),
            rom: Rom::default(),
            files: Files::default(),
            log: Log::default(),
        }
    }
}

impl Default for Rom {
    fn default() -> Self {
        let usual = kontor_rom::Settings::default();
        Self {
            poll_s: usual.poll_s,
            jitter_s: usual.jitter_s,
            mirrors: usual.mirrors,
            package_certificates: Vec::new(),
            redirect: usual.redirect,
            client_kb_per_s: 0,
            total_kb_per_s: 0,
        }
    }
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            origin: String::new(),
            trusted_proxies: 0,
            stop_within_s: 20,
            node: String::new(),
            share: "1/1".to_owned(),
            readers: 4,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self { public_writes_per_minute: 120, sign_ups_per_hour: 20, hold_s: 900 }
    }
}

impl Default for Staff {
    fn default() -> Self {
        let usual = kontor_shop::core::usual_limits();
        Self {
            refund_alone: Vec::new(),
            price_cut_alone: usual.price_cut.percent(),
            keep_tax_records_years: kontor_shop::core::KEEP_TAX_RECORDS_YEARS,
        }
    }
}

impl Staff {
    /// The limits as the shop takes them; `None` where a text is no amount or no rate.
    #[must_use]
    pub fn limits(&self) -> Option<StaffLimits> {
        let amount = |text: &String| {
            let (amount, currency) = text.split_once(' ')?;
            let money = Money::parse(amount, currency.parse().ok()?).ok()?;
            (money.minor >= 0).then_some(money)
        };
        let refund: Vec<Money> = self.refund_alone.iter().map(amount).collect::<Option<_>>()?;
        let currencies: std::collections::BTreeSet<_> =
            refund.iter().map(|money| money.currency).collect();
        let price_cut = Rate::parse_percent(&self.price_cut_alone)?;
        (currencies.len() == refund.len()).then_some(StaffLimits { price_cut, refund })
    }
}

impl Default for Install {
    fn default() -> Self {
        let usual = kontor_rom::install::Settings::new(PathBuf::new());
        Self {
            count: true,
            folder: PathBuf::new(),
            cell_min: usual.cell_min,
            new_per_network: usual.new_per_network,
            reports_per_minute: 6_000,
            snapshot_every: usual.snapshot_every,
        }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self { filter: "info".to_owned(), format: LogFormat::Text }
    }
}

/// Every key with what it means, in the order of the example file.
pub const KEYS: &[(&str, &str)] = &[
    ("data", "The folder of the database (kontor.db), the secret key (secret.key) and the files."),
    (
        "database",
        "A PostgreSQL database in place of the file: \"postgres://user:password@host:5432/name\".\n\
         It must be there; `kontor migrate` fills it. Better in the environment, as KONTOR_DATABASE,\n\
         than in a file that many read. See docs/how-to/run-on-postgresql.md. Empty: the file.",
    ),
    (
        "legal",
        "The folder of your own legal texts: {market}/{language}/{page}.md, where the market `any`\n\
         stands for all and the page is imprint, terms, privacy or returns. Empty: none.",
    ),
    ("server.listen", "Where to listen: address and port."),
    (
        "server.origin",
        "Scheme and host under which people reach the shop, such as \"https://shop.example\".\n\
         Empty: \"http://\" and the address above. Set it behind a proxy: canonical links, social\n\
         previews, secure cookies and the check of where a form came from depend on it.",
    ),
    (
        "server.trusted_proxies",
        "How many proxies stand before the server, each adding to X-Forwarded-For.\n\
         0: the address of the connection counts.",
    ),
    ("server.stop_within_s", "How long a stop waits for requests that were accepted, in seconds."),
    (
        "server.node",
        "What this process is called among several that serve one shop on one PostgreSQL database:\n\
         another name on each, the same after a restart. Empty: host name and port.",
    ),
    (
        "server.share",
        "Which share of a sale's lots this node takes at once, such as \"1/2\" and \"2/2\" on two nodes;\n\
         the others it takes when nobody has had them for a while.",
    ),
    ("server.readers", "How many connections read the database at the same time."),
    ("limits.public_writes_per_minute", "Public writes per minute from one address; 0: no limit."),
    ("limits.sign_ups_per_hour", "Waiting-list sign-ups per hour from one address; 0: no limit."),
    ("limits.hold_s", "How long stock is held for a checkout, in seconds (60 to 3600)."),
    (
        "payment.test_provider",
        "Offer the built-in test provider. It moves no money: never in a real shop.",
    ),
    ("payment.bank_transfer", "Offer payment by bank transfer; needs the three keys below."),
    ("payment.bank_account_holder", "Whose account a transfer goes to."),
    ("payment.bank_account", "The account, as IBAN or in the national form."),
    ("payment.bank_name", "The bank."),
    (
        "mail.smtp",
        "The server that takes letters to buyers and staff: \"smtps://mail.example:465\" (TLS) or\n\
         \"smtp://mail.example:587\" (STARTTLS). Empty: letters are not sent. See\n\
         docs/how-to/send-mail.md, and try it with `kontor mail test ADDRESS`.",
    ),
    ("mail.user", "The name to sign in there with; empty: it wants none."),
    ("mail.password", "The password; better in the environment: KONTOR_MAIL__PASSWORD."),
    ("mail.from", "Who letters are from, such as \"My shop <shop@example.com>\"."),
    ("mail.folder", "A folder that letters are written into, one file each, instead of a server."),
    (
        "mail.ca",
        "A PEM file with the certificates that vouch for the mail server, for one of your own\n\
         house; then nobody else does. Empty: the authorities of the web.",
    ),
    (
        "hook.allow_private",
        "Let webhooks call addresses of your own network, also by http. Never where people whom you\n\
         do not trust with that network can add webhooks.",
    ),
    (
        "staff.refund_alone",
        "The most that one person gives back of an order alone, by refunds or by cancelling it, one\n\
         amount per currency, such as [\"100.00 USD\", \"100.00 EUR\"]. Above it, and in every currency\n\
         that is not named, a second person has to approve it.",
    ),
    (
        "staff.price_cut_alone",
        "The largest cut of a price that one person makes alone, in per cent of the price before.",
    ),
    (
        "staff.keep_tax_records_years",
        "For how many years after the year of an order its tax records are kept (1 to 30): when a\n\
         customer is erased, name, address and amounts of younger orders stay. Ask your tax adviser.",
    ),
    (
        "install.count",
        "Count installations on this server. One server counts for a shop: others refuse reports.",
    ),
    (
        "install.folder",
        "The folder of the count's log and snapshots. Empty: `installs` in the data folder.",
    ),
    ("install.cell_min", "Cells of published tables with fewer devices are withheld (at least 1)."),
    (
        "install.new_per_network",
        "New devices from one network (256 addresses) on one day that are counted; further ones\n\
         are kept apart, ten times as many refused. 0: no limit.",
    ),
    (
        "install.reports_per_minute",
        "Reports of devices per minute from one address; 0: no limit. A carrier's address stands\n\
         for many devices.",
    ),
    (
        "install.snapshot_every",
        "After how many reports a snapshot is written, so that a start reads less of the log.",
    ),
    ("rom.poll_s", "How often devices ask for updates, in seconds: 60 to 604800."),
    ("rom.jitter_s", "Up to how many seconds more each waits, so that they do not come together."),
    (
        "rom.mirrors",
        "Other places with the same files, each as scheme, host and path before /{sha256}/{name}.\n\
         Clients are told of them (RFC 6249); what they get, they verify.",
    ),
    (
        "rom.package_certificates",
        "Files with the certificates (PEM) of the keys with which packages are signed. A package's\n\
         list of parts (.csig) is then taken in only if one of these keys has signed it.",
    ),
    (
        "rom.redirect",
        "Send clients elsewhere for the bytes: \"none\", to one \"mirror\" each, or to the \"bucket\".",
    ),
    ("rom.client_kb_per_s", "The most kilobytes a second to one address; 0: no limit."),
    ("rom.total_kb_per_s", "The most kilobytes a second to all together; 0: no limit."),
    ("files.bucket", "A bucket for the ROM's files; empty: they lie in the data folder."),
    ("files.endpoint", "The store that has it: https://s3.eu-central-1.amazonaws.com, say."),
    ("files.region", "The store's region."),
    ("files.prefix", "What stands before the names of files, such as rom/."),
    ("files.access_key", "The name of the access key."),
    ("files.secret_key", "Its secret; better in the environment: KONTOR_FILES__SECRET_KEY."),
    ("log.filter", "Which events are logged: \"info\", or \"info,kontor_web=debug\"."),
    ("log.format", "How: \"text\" for people, \"json\" for machines."),
];

/// Why a configuration was refused; one line that says what to change.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The named file is not there.
    #[error("there is no configuration file {}", .0.display())]
    NoFile(PathBuf),
    /// A key is unknown or a value is not of the right form.
    #[error("the configuration is not right: {0}")]
    Wrong(String),
}

impl Config {
    /// Reads the file (if one is named it must exist; otherwise `kontor.toml` where there is one)
    /// and the environment, which wins: `KONTOR_SERVER__LISTEN` is the key `server.listen`.
    ///
    /// # Errors
    ///
    /// See [`ConfigError`].
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        if let Some(file) = file
            && !file.is_file()
        {
            return Err(ConfigError::NoFile(file.to_owned()));
        }
        let path = file.unwrap_or_else(|| Path::new("kontor.toml"));
        Self::from_sources(Figment::new().merge(Toml::file(path)).merge(environment()))
    }

    fn from_sources(sources: Figment) -> Result<Self, ConfigError> {
        let config: Self = sources.extract().map_err(|errors| {
            let all: Vec<String> = errors.into_iter().map(|error| error.to_string()).collect();
            ConfigError::Wrong(all.join("; "))
        })?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), ConfigError> {
        let wrong = |text: &str| Err(ConfigError::Wrong(text.to_owned()));
        if !(60..=3600).contains(&self.limits.hold_s) {
            return wrong("limits.hold_s must lie between 60 and 3600 seconds");
        }
        if self.share().is_none() {
            return wrong("server.share is a part of a whole, such as 1/2");
        }
        if self.staff.limits().is_none() {
            return wrong(
                "staff.refund_alone are amounts like \"100.00 USD\", one for each currency, and \
                 staff.price_cut_alone is a number of per cent",
            );
        }
        if !(1..=30).contains(&self.staff.keep_tax_records_years) {
            return wrong("staff.keep_tax_records_years lies between 1 and 30");
        }
        if self.install.cell_min == 0 || self.install.snapshot_every == 0 {
            return wrong("install.cell_min and install.snapshot_every are at least 1");
        }
        if !(60..=604_800).contains(&self.rom.poll_s) || self.rom.jitter_s > 604_800 {
            return wrong("rom.poll_s lies between 60 and 604800 seconds, rom.jitter_s below");
        }
        let plain = |url: &String| {
            let scheme = url.starts_with("http://") || url.starts_with("https://");
            scheme && !url.ends_with('/') && url.bytes().all(|b| b.is_ascii_graphic() && b != b'>')
        };
        if self.rom.mirrors.len() > 16 || !self.rom.mirrors.iter().all(plain) {
            return wrong("rom.mirrors are up to 16 like https://mirror.example/rom");
        }
        if self.rom.package_certificates.len() > 16 {
            return wrong("rom.package_certificates are up to 16 files");
        }
        if self.rom.redirect == Redirect::Mirror && self.rom.mirrors.is_empty() {
            return wrong("rom.redirect = \"mirror\" needs rom.mirrors");
        }
        let files = &self.files;
        let named = [&files.endpoint, &files.region, &files.access_key, &files.secret_key];
        if !files.bucket.is_empty() && named.iter().any(|text| text.is_empty()) {
            return wrong("files.bucket needs endpoint, region, access_key, secret_key");
        }
        if self.rom.redirect == Redirect::Bucket && files.bucket.is_empty() {
            return wrong("rom.redirect = \"bucket\" needs files.bucket");
        }
        let origin = &self.server.origin;
        let scheme = origin.starts_with("http://") || origin.starts_with("https://");
        if !origin.is_empty() && (!scheme || origin.ends_with('/')) {
            return wrong("server.origin must be like https://shop.example, without a final slash");
        }
        let node = &self.server.node;
        if node.len() > 64 || node.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return wrong("server.node is a name of at most 64 characters, without spaces");
        }
        let bank = [
            &self.payment.bank_account_holder,
            &self.payment.bank_account,
            &self.payment.bank_name,
        ];
        if self.payment.bank_transfer && bank.iter().any(|text| text.trim().is_empty()) {
            return wrong(
                "payment.bank_transfer needs bank_account_holder, bank_account, bank_name",
            );
        }
        let mail = &self.mail;
        let by_folder = !mail.folder.as_os_str().is_empty();
        if by_folder && !mail.smtp.is_empty() {
            return wrong("mail.smtp and mail.folder exclude each other");
        }
        match self.post() {
            None | Some(Ok(_)) => {}
            Some(Err(PostError::Certificates { .. } | PostError::Tls(_))) => {
                return wrong("mail.ca names no readable PEM file with certificates");
            }
            Some(Err(_)) => {
                return wrong(
                    "mail.smtp is like smtps://mail.example:465, mail.from like Shop <shop@example.com>",
                );
            }
        }
        Ok(())
    }

    /// Where letters go; none: nowhere.
    ///
    /// # Errors
    ///
    /// When server or sender cannot be read.
    #[must_use]
    pub fn post(&self) -> Option<Result<Post, PostError>> {
        let Mail { smtp, user, password, from, folder, ca } = &self.mail;
        if !folder.as_os_str().is_empty() {
            return Some(Post::by_folder(folder.clone(), from));
        }
        if smtp.is_empty() {
            return None;
        }
        let login = (!user.is_empty()).then(|| (user.clone(), password.clone()));
        let vouched = |server: Smtp| {
            if ca.as_os_str().is_empty() {
                return Ok(server);
            }
            let read = std::fs::read(ca);
            let wrong = |source| PostError::Certificates { file: ca.clone(), source };
            read.map(|pem| server.vouched_by(pem)).map_err(wrong)
        };
        let server = Smtp::parse(smtp, login).and_then(vouched);
        Some(server.and_then(|server| Post::by_server(&server, from)))
    }

    /// Where the database is.
    #[must_use]
    pub fn place(&self) -> Place {
        match self.database.url() {
            Some(url) => url.clone().into(),
            None => self.data.join("kontor.db").into(),
        }
    }

    /// The share of a sale's lots, if it is one.
    #[must_use]
    pub fn share(&self) -> Option<Share> {
        let (part, of) = self.server.share.split_once('/')?;
        let (part, of): (u16, u16) = (part.parse().ok()?, of.parse().ok()?);
        (1..=of).contains(&part).then_some(Share { part: part - 1, of })
    }

    /// What this process is called among the nodes of one shop.
    #[must_use]
    pub fn node(&self) -> String {
        if !self.server.node.is_empty() {
            return self.server.node.clone();
        }
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        let host = host.trim();
        let host = if host.is_empty() { "node" } else { host };
        format!("{host}-{}", self.server.listen.port())
    }

    /// Where the count of installations lies.
    #[must_use]
    pub fn install_folder(&self) -> PathBuf {
        if self.install.folder.as_os_str().is_empty() {
            self.data.join("installs")
        } else {
            self.install.folder.clone()
        }
    }

    /// The example file: every key with its meaning and its default.
    ///
    /// # Panics
    ///
    /// Never: a test walks every key.
    #[must_use]
    pub fn example() -> String {
        let defaults = toml::Value::try_from(Self::default()).expect("the default is TOML");
        let mut text = String::from(
            "# Kontor's configuration. Every key with its default; a key left out keeps it.\n\
             # The environment wins over this file: KONTOR_SERVER__LISTEN is server.listen.\n",
        );
        let mut section = "";
        for (key, meaning) in KEYS {
            let (table, name) = key.split_once('.').unwrap_or(("", key));
            if table != section {
                text.push_str(&format!("\n[{table}]\n"));
                section = table;
            }
            for line in meaning.lines() {
                text.push_str(&format!("# {}\n", line.trim()));
            }
            let value = if table.is_empty() { &defaults[name] } else { &defaults[table][name] };
            text.push_str(&format!("{name} = {value}\n"));
        }
        text
    }
}

/// `KONTOR_SERVER__LISTEN` and its like. Variables of the program itself are not configuration.
fn environment() -> Env {
    Env::prefixed("KONTOR_").ignore(&["config", "secret_key", "token"]).split("__")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Config, ConfigError> {
        Config::from_sources(Figment::new().merge(Toml::string(text)))
    }

    #[test]
    fn the_example_has_every_key_and_is_the_default() {
        let example = Config::example();
        assert_eq!(read(&example).expect("the example is good"), Config::default());
        let defaults = toml::Value::try_from(Config::default()).expect("the default is TOML");
        let mut keys = Vec::new();
        for (name, value) in defaults.as_table().expect("a table") {
            match value.as_table() {
                Some(table) => keys.extend(table.keys().map(|key| format!("{name}.{key}"))),
                None => keys.push(name.clone()),
            }
        }
        keys.sort();
        let mut listed: Vec<String> = KEYS.iter().map(|(key, _)| (*key).to_owned()).collect();
        listed.sort();
        assert_eq!(keys, listed);
    }

    #[test]
    fn the_committed_example_is_up_to_date() {
        let committed = concat!(env!("CARGO_MANIFEST_DIR"), "/../../kontor.example.toml");
        let text = std::fs::read_to_string(committed).unwrap_or_default();
        assert!(
            text == Config::example(),
            "write it anew: cargo run -- config example > kontor.example.toml"
        );
    }

    #[test]
    fn unknown_keys_and_wrong_values_are_refused_with_their_name() {
        for (text, word) in [
            ("datta = 'x'", "datta"),
            ("[server]\nlissten = 1", "lissten"),
            ("[server]\nlisten = 'nowhere'", "listen"),
            ("[server]\norigin = 'shop.example'", "origin"),
            ("[limits]\nhold_s = 5", "hold_s"),
            ("[server]\nshare = \"3/2\"", "server.share"),
            ("[server]\nshare = \"half\"", "server.share"),
            ("[rom]\npoll_s = 5", "poll_s"),
            ("[rom]\nmirrors = ['mirror.example']", "mirrors"),
            ("[rom]\nredirect = 'mirror'", "mirrors"),
            ("[rom]\nredirect = 'bucket'", "files.bucket"),
            ("[files]\nbucket = 'rom'", "endpoint"),
            ("[payment]\nbank_transfer = true", "bank_account"),
            ("[mail]\nsmtp = 'mail.example'\nfrom = 'shop@example.com'", "mail.smtp"),
            ("[mail]\nsmtp = 'smtps://mail.example'\nfrom = 'nobody'", "mail.from"),
            ("[mail]\nsmtp = 'smtps://mail.example'\nfolder = 'x'", "mail.folder"),
            (
                "[mail]\nsmtp = 'smtps://mail.example'\nfrom = 'a@b.example'\nca = '/no/such/file'",
                "mail.ca",
            ),
            ("[staff]\nrefund_alone = ['100 dollars']", "staff.refund_alone"),
            ("[staff]\nrefund_alone = ['1 USD', '2 USD']", "staff.refund_alone"),
            ("[staff]\nrefund_alone = ['-1 USD']", "staff.refund_alone"),
            ("[staff]\nprice_cut_alone = 'a lot'", "staff.price_cut_alone"),
            ("[staff]\nkeep_tax_records_years = 0", "keep_tax_records_years"),
            ("[install]\ncell_min = 0", "cell_min"),
            ("[log]\nformat = 'xml'", "format"),
            ("database = 'mysql://localhost/x'", "database"),
            ("[server]\nnode = 'a b'", "node"),
        ] {
            let error = read(text).expect_err(text).to_string();
            assert!(error.contains(word), "{error}");
        }
    }

    #[test]
    fn the_password_of_the_database_is_never_shown() {
        let config =
            read("database = 'postgres://shop:s3cret@db.example/kontor'").expect("an address");
        let shown = toml::to_string(&config).expect("TOML");
        assert!(shown.contains("postgres://shop@db.example:5432/kontor"), "{shown}");
        for text in [shown, format!("{config:?}"), config.place().to_string()] {
            assert!(!text.contains("s3cret"), "{text}");
        }
        let wrong = read("database = 'postgres://shop:s3cret@db.example:x/kontor'");
        let error = wrong.expect_err("no port").to_string();
        assert!(error.contains("database") && !error.contains("s3cret"), "{error}");
    }

    #[test]
    fn a_node_has_a_name_of_its_own() {
        let at = |text: &str| read(text).expect("good").node();
        assert_eq!(at("[server]\nnode = 'left'"), "left");
        assert_ne!(at("[server]\nlisten = '127.0.0.1:1'"), at("[server]\nlisten = '127.0.0.1:2'"));
    }
}
