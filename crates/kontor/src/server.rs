//! Puts a server together: database, shop, keepers, router; and takes it apart again in order.

use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use kontor_base::{Clock, Random, SecretKey};
use kontor_remote::hook::{Caller, Reach};
use kontor_remote::post::{Post, PostError};
use kontor_rom::build::Certificate;
use kontor_rom::core::BucketSettings;
use kontor_rom::install::{self, Install, InstallError};
use kontor_rom::{Files, FilesError, Rom};
use kontor_shop::{BankAccount, Policy, Share, Shop, hook, keepers, mail};
use kontor_store::{Db, Options, Place, StoreError, schema_version};
use kontor_web::kit::app::{App, Parts, Settings};
use kontor_web::letters::Letters;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::config::Config;
use crate::forecasts;
use crate::legal::{self, LegalError};
use crate::secret::{self, SecretError};

/// Why a server did not start or ended early. Each is one clear line.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The secret.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The operator's legal texts.
    #[error(transparent)]
    Legal(#[from] LegalError),
    /// The store of files.
    #[error(transparent)]
    Files(#[from] FilesError),
    /// A certificate of the keys that packages are signed with.
    #[error("rom.package_certificates: {}: {problem}", path.display())]
    Certificate {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// The way of letters.
    #[error(transparent)]
    Post(#[from] PostError),
    /// The count of installations.
    #[error("the count of installations: {0}")]
    Install(#[from] InstallError),
    /// The address cannot be listened on.
    #[error("could not listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// There is no database.
    #[error("there is no database at {0}: `kontor init` makes a shop, `kontor demo` shows one")]
    NoDatabase(Place),
    /// The listener failed while serving.
    #[error("serving ended: {0}")]
    Serving(#[from] std::io::Error),
}

/// A server that is put together but does not answer yet.
#[derive(Debug)]
pub struct Server {
    app: App,
    listener: TcpListener,
    stop_keepers: watch::Sender<bool>,
    keepers: JoinHandle<()>,
    stop_within: Duration,
}

/// What the configuration says about the shop's policy.
#[must_use]
pub fn policy(config: &Config) -> Policy {
    let payment = &config.payment;
    Policy {
        hold_s: i64::from(config.limits.hold_s),
        test_provider: payment.test_provider,
        bank_account: payment.bank_transfer.then(|| BankAccount {
            holder: payment.bank_account_holder.clone(),
            account: payment.bank_account.clone(),
            bank: payment.bank_name.clone(),
        }),
        mail: config.post().is_some(),
        call_private: config.hook.allow_private,
        node: config.node(),
        // The configuration was checked when it was read.
        share: config.share().unwrap_or(Share::ALL),
        staff: config.staff.limits().unwrap_or_else(kontor_shop::core::usual_limits),
        keep_tax_records_years: config.staff.keep_tax_records_years,
    }
}

/// Opens the database and the secret of a data folder.
///
/// # Errors
///
/// See [`ServerError`].
pub fn open(config: &Config) -> Result<(Db, SecretKey), ServerError> {
    secret::make_data_folder(&config.data)?;
    let key = secret::load_or_make(&config.data, &Random::System)?;
    let readers = usize::from(config.server.readers);
    let db = Db::open(&Options { readers, ..Options::new(config.place()) })?;
    Ok((db, key))
}

/// Where the database is, if it is there: opening would make a new one.
///
/// # Errors
///
/// [`ServerError::NoDatabase`], or when a server cannot be asked.
pub fn existing_database(config: &Config) -> Result<Place, ServerError> {
    let place = config.place();
    let there = match &place {
        Place::Sqlite(path) => path.exists(),
        Place::Postgres(_) => schema_version(&place)? > 0,
    };
    if there { Ok(place) } else { Err(ServerError::NoDatabase(place)) }
}

/// Whether the database is there and in use: as a file that exists, or on a server with the facts of
/// a shop in it. There an empty schema is what `kontor migrate` leaves for a shop to come.
///
/// # Errors
///
/// When it cannot be read.
pub async fn holds_a_shop(config: &Config) -> Result<bool, ServerError> {
    let place = config.place();
    if let Some(path) = place.sqlite_path() {
        return Ok(path.exists());
    }
    if schema_version(&place)? == 0 {
        return Ok(false);
    }
    let db = open_existing(config)?;
    let versions = db.read("fact.versions", kontor_store::fact::versions).await?;
    db.close().await;
    Ok(versions != kontor_store::fact::FactVersions::default())
}

/// Opens the database that is there, at the schema that it has.
///
/// # Errors
///
/// [`ServerError::NoDatabase`], or when it cannot be opened.
pub fn open_existing(config: &Config) -> Result<Db, ServerError> {
    let place = existing_database(config)?;
    Ok(Db::open(&Options { migrate: false, readers: 1, ..Options::new(place) })?)
}

/// The certificates that the configuration names.
fn certificates(paths: &[PathBuf]) -> Result<Vec<Certificate>, ServerError> {
    let read = |path: &PathBuf| {
        let bad = |problem: String| ServerError::Certificate { path: path.clone(), problem };
        let text = std::fs::read_to_string(path).map_err(|error| bad(error.to_string()))?;
        Certificate::parse(&text).map_err(|error| bad(error.to_string()))
    };
    paths.iter().map(read).collect()
}

/// The bucket that the configuration names.
fn bucket(config: &Config) -> Option<BucketSettings> {
    let files = &config.files;
    (!files.bucket.is_empty()).then(|| BucketSettings {
        endpoint: files.endpoint.clone(),
        region: files.region.clone(),
        bucket: files.bucket.clone(),
        prefix: files.prefix.clone(),
        access_key: files.access_key.clone(),
        secret_key: files.secret_key.clone(),
    })
}

/// Opens the ROM service on an open database; its files lie beside it, or in the configured bucket.
///
/// # Errors
///
/// When the database or the folder of files cannot be read.
pub async fn open_rom(
    config: &Config,
    db: Db,
    clock: Clock,
    key: &SecretKey,
    origin: &str,
) -> Result<Arc<Rom>, ServerError> {
    let (folder, random) = (config.data.join("files"), Random::System);
    let files = match bucket(config) {
        Some(bucket) => Files::in_bucket(folder, &bucket, clock.clone(), random)?,
        None => Files::open(folder)?,
    };
    let rom = &config.rom;
    let settings = kontor_rom::Settings {
        origin: origin.to_owned(),
        poll_s: rom.poll_s,
        jitter_s: rom.jitter_s,
        mirrors: rom.mirrors.clone(),
        package_certificates: certificates(&rom.package_certificates)?,
        redirect: rom.redirect,
        client_bytes_per_s: rom.client_kb_per_s.saturating_mul(1_000),
        total_bytes_per_s: rom.total_kb_per_s.saturating_mul(1_000),
        ..kontor_rom::Settings::default()
    };
    Ok(Arc::new(Rom::open(db, clock, Random::System, key, files, settings).await?))
}

/// Opens the count of installations, if this server counts.
///
/// # Errors
///
/// When its folder is damaged.
pub async fn open_install(
    config: &Config,
    rom: Arc<Rom>,
    key: &SecretKey,
) -> Result<Option<Arc<Install>>, ServerError> {
    if !config.install.count {
        return Ok(None);
    }
    let settings = install::Settings {
        folder: config.install_folder(),
        cell_min: config.install.cell_min,
        new_per_network: config.install.new_per_network,
        snapshot_every: config.install.snapshot_every,
    };
    Ok(Some(Arc::new(Install::open(rom, key, settings).await?)))
}

impl Server {
    /// Puts a server together on an open database: listens, reads the first snapshot, starts the
    /// keepers.
    ///
    /// # Errors
    ///
    /// See [`ServerError`].
    pub async fn start(
        config: &Config,
        db: Db,
        key: &SecretKey,
        clock: Clock,
        metrics: Option<fn() -> String>,
    ) -> Result<Self, ServerError> {
        let address = config.server.listen;
        let listener = TcpListener::bind(address)
            .await
            .map_err(|source| ServerError::Listen { address, source })?;
        let address = listener.local_addr()?;
        let shop =
            Shop::open(db.clone(), clock.clone(), Random::System, key, policy(config)).await?;
        let shop = Arc::new(shop);
        let origin = if config.server.origin.is_empty() {
            format!("http://{address}")
        } else {
            config.server.origin.clone()
        };
        let rom = open_rom(config, db, clock, key, &origin).await?;
        let install = open_install(config, Arc::clone(&rom), key).await?;
        let settings = Settings {
            origin,
            trusted_proxies: config.server.trusted_proxies,
            writes_per_minute: config.limits.public_writes_per_minute,
            sign_ups_per_hour: config.limits.sign_ups_per_hour,
            reports_per_minute: config.install.reports_per_minute,
            legal: legal::read(&config.legal)?,
        };
        let (stop_keepers, stopped) = watch::channel(false);
        let parts = Parts { rom: Some(Arc::clone(&rom)), install: install.clone() };
        let app = App::with_parts(Arc::clone(&shop), parts, settings, metrics);
        let tidying = tidy_up(app.clone(), stopped.clone());
        let recording = forecasts::keep(app.clone(), stopped.clone());
        let counting = keep_install(install, stopped.clone());
        let post = config.post().transpose()?;
        let reach = if config.hook.allow_private { Reach::Private } else { Reach::Public };
        let calling = hook::run(Arc::clone(&shop), Caller::new(reach), stopped.clone());
        let mailing = keep_mail(app.clone(), post, stopped.clone());
        let keepers = tokio::spawn(async move {
            tokio::join!(
                keepers::run(shop, stopped.clone()),
                kontor_rom::keepers::run(rom, stopped),
                counting,
                mailing,
                calling,
                tidying,
                recording
            );
        });
        let stop_within = Duration::from_secs(u64::from(config.server.stop_within_s));
        Ok(Self { app, listener, stop_keepers, keepers, stop_within })
    }

    /// Where the shop is reached.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.app.settings.origin
    }

    /// The shop that is served.
    #[must_use]
    pub fn shop(&self) -> &Arc<Shop> {
        &self.app.shop
    }

    /// Where the server listens.
    ///
    /// # Errors
    ///
    /// When the system does not say.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// The server's state, for tests that look behind the pages.
    #[must_use]
    pub const fn app(&self) -> &App {
        &self.app
    }

    /// Answers until `stop` is done, then ends in order: no new connections, every accepted
    /// request answered, keepers stopped, every accepted write on disk.
    ///
    /// # Errors
    ///
    /// When the listener fails.
    pub async fn serve(
        self,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), ServerError> {
        let Self { app, listener, stop_keepers, keepers, stop_within } = self;
        let served = kontor_web::server::serve(&app, listener, stop, stop_within).await;
        let _ = stop_keepers.send(true);
        if keepers.await.is_err() {
            tracing::error!("a keeper had died");
        }
        app.shop.db.close().await;
        Ok(served?)
    }
}

/// Keeps the count, where there is one.
async fn keep_install(install: Option<Arc<Install>>, stop: watch::Receiver<bool>) {
    if let Some(install) = install {
        install::run(install, stop).await;
    }
}

/// Sends letters, where there is a way.
async fn keep_mail(app: App, post: Option<Post>, stop: watch::Receiver<bool>) {
    if let Some(post) = post {
        let writer = Arc::new(Letters::new(Arc::clone(&app.shop), &app.settings.origin));
        mail::run(Arc::clone(&app.shop), post, writer, stop).await;
    }
}

/// Lets the rate limiter forget addresses whose budget is full again, and folds the metrics.
async fn tidy_up(app: App, mut stop: watch::Receiver<bool>) {
    let mut ticks = tokio::time::interval(Duration::from_secs(60));
    let mut folds = tokio::time::interval(Duration::from_secs(5));
    loop {
        tokio::select! {
            _ = stop.changed() => return,
            _ = ticks.tick() => app.limiter.forget(),
            _ = folds.tick() => crate::telemetry::fold_metrics(),
        }
    }
}

/// Done when the process is asked to stop (Ctrl-C, or SIGTERM from a service manager). It listens
/// from the call on, not only once it is awaited: whoever is told that the server is ready may ask
/// it to stop in the next moment.
///
/// # Errors
///
/// When the system does not let it listen.
pub fn stop_signal() -> Result<impl Future<Output = ()>, ServerError> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!("stopping: answering what was accepted");
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_that_cannot_be_read_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let (good, bad) = (folder.path().join("good.pem"), folder.path().join("bad.pem"));
        std::fs::write(&good, include_str!("../../rom/tests/signed/rsa.pem")).expect("writes");
        std::fs::write(&bad, "-----BEGIN RSA PRIVATE KEY-----").expect("writes");
        assert_eq!(certificates(&[]).expect("none is fine").len(), 0);
        assert_eq!(certificates(std::slice::from_ref(&good)).expect("is read").len(), 1);
        for (path, why) in
            [(bad, "not a certificate"), (folder.path().join("none.pem"), "No such file")]
        {
            let error = certificates(&[good.clone(), path.clone()]).expect_err("stops the start");
            let words = error.to_string();
            assert!(words.contains(&path.display().to_string()) && words.contains(why), "{words}");
        }
    }
}
