//! A PostgreSQL server of one's own: in a new folder, on a free port of loopback, stopped when it
//! is dropped and also when this process dies.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::bench::process::Process;
use crate::{Failure, command, repo};

/// How long the server may take to start.
const READY_WAIT_MAX: Duration = Duration::from_secs(60);

/// The server's certificate and its key, in the server's folder.
const CERTIFICATE: &str = "server.crt";
const KEY: &str = "server.key";
/// What the certificate says.
const CERTIFICATE_OF: &str = "[req]
distinguished_name = name
x509_extensions = extensions
prompt = no
[name]
CN = localhost
[extensions]
basicConstraints = critical, CA:FALSE
subjectAltName = DNS:localhost, IP:127.0.0.1
";

/// Whether what is committed survives a loss of power.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sync {
    /// As in production: for crash proofs and benches.
    On,
    /// For tests of the program's own behaviour, which are faster so.
    Off,
}

/// A running server.
pub(crate) struct Server {
    programs: PathBuf,
    folder: PathBuf,
    port: u16,
    password: String,
    /// Stopped by being dropped.
    _process: Process,
}

impl Server {
    /// Makes a cluster in `folder`, which is cleared, and starts a server on it.
    pub(crate) fn start(folder: &Path, sync: Sync) -> Result<Self, Failure> {
        let programs = programs()?;
        let _ = std::fs::remove_dir_all(folder);
        let wrap = |error: std::io::Error| format!("could not make {}: {error}", folder.display());
        std::fs::create_dir_all(folder).map_err(wrap)?;
        let password = format!("{:x}{}", std::process::id(), seed());
        let secret = folder.join("password");
        std::fs::write(&secret, &password).map_err(wrap)?;
        certificate(folder)?;
        if command::is_root() {
            said(Command::new("chown").args(["-R", "postgres"]).arg(folder))?;
        }
        let data = folder.join("data");
        let mut words = vec!["--username=postgres", "--no-sync", "--encoding=UTF8", "--locale=C"];
        // Text in an order of its own, as many servers have it: the shop must not depend on it.
        let icu = ["--locale-provider=icu", "--icu-locale=en"];
        if said(Command::new(programs.join("initdb")).arg("--help"))?.contains("icu-locale") {
            words.extend(icu);
        }
        words.extend(["--auth-local=trust", "--auth-host=scram-sha-256", "--pwfile"]);
        said(as_postgres(&programs.join("initdb")).args(words).arg(&secret).arg("-D").arg(&data))?;
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|free| free.local_addr())
            .map_err(|error| format!("there is no free port: {error}"))?
            .port();
        let mut server = as_postgres(&programs.join("postgres"));
        server.arg("-D").arg(&data).arg("-k").arg(folder).args(["-p", &port.to_string()]);
        let own = |setting: &str, name: &str| format!("{setting}={}", folder.join(name).display());
        // Who shows the server's own certificate is known to it.
        let files = [
            own("ssl_cert_file", CERTIFICATE),
            own("ssl_key_file", KEY),
            own("ssl_ca_file", CERTIFICATE),
        ];
        let mut settings = vec![
            "ssl=on",
            &files[0],
            &files[1],
            &files[2],
            "listen_addresses=127.0.0.1",
            "max_connections=300",
            "max_locks_per_transaction=256",
            "shared_buffers=256MB",
            "max_wal_size=2GB",
        ];
        if sync == Sync::Off {
            settings.extend(["fsync=off", "full_page_writes=off"]);
        }
        for setting in settings {
            server.args(["-c", setting]);
        }
        server.stdout(Stdio::null()).stderr(Stdio::null());
        let process = Process::start("postgres", &mut server)?;
        let mut own =
            Self { programs, folder: folder.to_owned(), port, password, _process: process };
        let ready = own.programs.join("pg_isready");
        let (host, number) = (own.folder.clone(), own.port.to_string());
        own._process.wait_until("it was ready", READY_WAIT_MAX, || {
            let mut asked = Command::new(&ready);
            asked.arg("-h").arg(&host).args(["-p", &number, "-U", "postgres"]);
            asked.output().is_ok_and(|output| output.status.success())
        })?;
        Ok(own)
    }

    /// A new database; gives its address.
    pub(crate) fn database(&self, name: &str) -> Result<String, Failure> {
        let mut client = Command::new(self.programs.join("psql"));
        client.arg("-h").arg(&self.folder).args(["-p", &self.port.to_string(), "-U", "postgres"]);
        client.args(["--quiet", "--set=ON_ERROR_STOP=1", "postgres"]);
        client.arg("-c").arg(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        client.arg("-c").arg(format!("CREATE DATABASE {name}"));
        said(&mut client)?;
        Ok(format!("postgres://postgres:{}@127.0.0.1:{}/{name}", self.password, self.port))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Fast, not smart: sessions of what was killed may still be open.
        let pid = std::fs::read_to_string(self.folder.join("data/postmaster.pid"));
        if let Some(pid) = pid.ok().as_deref().and_then(|text| text.lines().next()) {
            let _ = Command::new("sh").args(["-c", "kill -INT \"$1\"", "sh", pid]).status();
        }
    }
}

/// Makes the server's key and certificate, for those who want to speak to it over TLS. It is its own
/// authority, and good for this machine's own addresses.
fn certificate(folder: &Path) -> Result<(), Failure> {
    let config = folder.join("certificate.cnf");
    std::fs::write(&config, CERTIFICATE_OF)
        .map_err(|error| format!("could not write {}: {error}", config.display()))?;
    let mut openssl = Command::new("openssl");
    openssl.args(["req", "-x509", "-days", "30", "-nodes", "-newkey", "ec"]);
    openssl.args(["-pkeyopt", "ec_paramgen_curve:prime256v1", "-config"]).arg(&config);
    openssl.arg("-keyout").arg(folder.join(KEY)).arg("-out").arg(folder.join(CERTIFICATE));
    said(&mut openssl).map(drop)
}

/// The folder of the newest server's programs.
pub(crate) fn programs() -> Result<PathBuf, Failure> {
    let newest = || {
        let found = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
        let mut folders: Vec<_> = found.map(|entry| entry.path().join("bin")).collect();
        folders.sort();
        folders.into_iter().rev().find(|folder| folder.join("initdb").is_file())
    };
    if let Some(found) = newest() {
        return Ok(found);
    }
    if command::may_install() {
        command::install(&["postgresql"], &repo::root()?)?;
    }
    newest().ok_or_else(|| {
        "missing: postgresql; install with `sudo apt-get install --no-install-recommends \
         postgresql`, or with your system's packages"
            .to_owned()
    })
}

/// A program as the account `postgres`, where this is root's, because the server refuses root;
/// it is stopped when this process is gone.
fn as_postgres(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "INT"]);
    if command::is_root() {
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]);
    }
    command.arg(program);
    command
}

/// Runs a program, wants success, gives what it said.
fn said(command: &mut Command) -> Result<String, Failure> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("could not start {command:?}: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(text);
    }
    let problem = String::from_utf8_lossy(&output.stderr);
    Err(format!("{command:?} ended with {}:\n{text}{problem}", output.status))
}

fn seed() -> u128 {
    std::time::UNIX_EPOCH.elapsed().unwrap_or_default().as_nanos()
}
