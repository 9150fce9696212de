//! `kontor demo`: a fresh shop with the story of early 2015.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use kontor_base::{Clock, Language, Random};
use kontor_domain::install::CELL_MIN;
use kontor_domain::sale::Way;
use kontor_rom::Rom;
use kontor_rom::demo::{DemoError, publish_demo};
use kontor_shop::exchange::load_demo;
use kontor_shop::staff::{
    AddCommand, Refusal, SecretGiven, SignIn, add, set_password, sign_in, sign_out,
};
use kontor_shop::{Failure, Shop};
use kontor_store::StoreError;

use super::serve::tell_ready;
use super::{CommandError, demo_sale};
use crate::config::Config;
use crate::population;
use crate::server::{Server, holds_a_shop, open, policy, stop_signal};
use crate::telemetry;

/// What an optimised build has loaded within seconds; tests and developers wait for no more than
/// they need.
const DEVICES: u32 = if cfg!(debug_assertions) { 2_000 } else { 200_000 };

/// Serve a fresh shop with the story of early 2015, to look around in.
///
/// Markets in Asia are open, the USA opens with accessories, Europe prepares. A re-enactment from public reports; no money moves.
#[derive(Debug, Parser)]
pub(super) struct Args {
    /// Where to listen. Port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Write the shop's address into this file once the server answers.
    #[arg(long, value_name = "FILE")]
    ready_file: Option<PathBuf>,
    /// How many made-up devices report their installations; three months of them are loaded beside
    /// the running shop.
    #[arg(long, value_name = "COUNT", default_value_t = DEVICES,
        value_parser = clap::value_parser!(u32).range(0..=5_000_000))]
    devices: u32,
    /// The password of the demo's staff accounts; without it one is made up and printed.
    #[arg(long, value_name = "PASSWORD")]
    staff_password: Option<String>,
    /// Keep the data of an earlier demo in the folder of --data and go on with it.
    #[arg(long, requires = "data")]
    keep: bool,
    /// When the demo's sale opens, counted from the start: `90s`, `3m`, `1h`.
    #[arg(long, value_name = "TIME", default_value = "3m", value_parser = demo_sale::seconds)]
    sale_in: i64,
    /// How many units whoever is there when it opens can have: few, and the waiting list can be seen.
    #[arg(long, value_name = "UNITS", default_value_t = 1_200, value_parser = clap::value_parser!(u32).range(1..=1_200))]
    sale_units: u32,
    /// By which ways people come into the demo's sale: of rush, draw, code, batch. It is over, and its
    /// report out, as soon as every unit of all its ways is paid.
    #[arg(long, value_name = "WAYS", value_delimiter = ',', value_parser = demo_sale::way,
        default_value = "rush,draw,code,batch")]
    sale_ways: Vec<Way>,
    /// Hold no sale and have held none: the shop alone.
    #[arg(long, conflicts_with = "sale_in")]
    no_sale: bool,
}

pub(super) async fn run(
    args: Args,
    mut config: Config,
    data_given: bool,
) -> Result<ExitCode, CommandError> {
    let folder = Folder::choose(data_given.then(|| config.data.clone()))?;
    config.data = folder.path().to_owned();
    config.server.listen = args.listen;
    config.payment.test_provider = true;
    if !config.payment.bank_transfer {
        config.payment.bank_transfer = true;
        "Kontor (demo)".clone_into(&mut config.payment.bank_account_holder);
        "DEMO 0000 0000 0000 00".clone_into(&mut config.payment.bank_account);
        "A bank that does not exist".clone_into(&mut config.payment.bank_name);
    }
    if config.post().is_none() {
        // Letters of a demo go nowhere but into a folder, where they can be looked at.
        config.mail.folder = config.data.join("mail");
        "Kontor demo <demo@kontor.invalid>".clone_into(&mut config.mail.from);
    }
    if config.install.cell_min == CELL_MIN {
        // Invented devices have no privacy, and two thousand of them fill few cells of fifty.
        config.install.cell_min = 10;
    }
    if config.log == crate::config::Log::default() {
        "warn".clone_into(&mut config.log.filter);
    }
    telemetry::start_logging(&config.log).map_err(CommandError::Other)?;
    let metrics = telemetry::start_metrics();

    let there = holds_a_shop(&config).await?;
    if there && !args.keep {
        return Err(CommandError::Other(format!(
            "{} is there already: --keep goes on with it, another --data (or database) starts \
             afresh",
            config.place()
        )));
    }
    let (db, key) = open(&config)?;
    let mut past = None;
    if !there {
        load_demo(&db, &Clock::System, &Random::System, &|_, _| ())
            .await
            .map_err(|error| CommandError::other("load the demo's data", error))?;
        if !args.no_sale {
            past = demo_sale::play_past(&db, &key, policy(&config)).await;
        }
    }
    let server = Server::start(&config, db, &key, Clock::System, metrics).await?;
    if let Some(install) = server.app().install.clone().filter(|_| !there && args.devices > 0) {
        // Before anything else: the devices' days have passed, and days go forward only.
        install.set_open(false);
        population::made(&install, args.devices)
            .await
            .map_err(|error| CommandError::other("write down the demo's devices", error))?;
        tokio::spawn(population::live(install, args.devices));
    }
    // The last thing before the shop answers: its opening is counted from then on, however long
    // loading has taken on this machine.
    let coming = if there || args.no_sale {
        None
    } else {
        demo_sale::set_up_coming(server.shop(), args.sale_in, args.sale_units, &args.sale_ways)
            .await
    };
    let stop = stop_signal()?;
    let password = staff_password(args.staff_password, there);
    let hired = tokio::spawn(staff(Arc::clone(server.shop()), password.clone()));
    welcome(server.origin(), &config.data, folder.is_temporary(), &password);
    demo_sale::tell(server.origin(), past, coming.as_ref());
    tell_ready(args.ready_file.as_deref(), server.origin())?;
    // A demo that is stopped at once still has its people; its ROM is published beside the requests,
    // since the first page does not wait for images to be invented.
    let rom = server.app().rom.clone();
    let (done, finished) = tokio::sync::oneshot::channel();
    let hired = async move {
        let hired = hired.await;
        tokio::spawn(publish_rom(rom));
        // Nobody waits any more where serving has failed.
        let _ = done.send(());
        hired
    };
    let stop = async move {
        stop.await;
        let _ = finished.await;
    };
    let (served, hired) = tokio::join!(server.serve(stop), hired);
    served?;
    hired.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))?;
    Ok(ExitCode::SUCCESS)
}

/// Publishes the demo's ROM. Stopping the demo ends this in the middle, which is no fault.
async fn publish_rom(rom: Option<Arc<Rom>>) {
    let Some(rom) = rom else { return };
    match publish_demo(&rom).await {
        Ok(()) | Err(DemoError::Store(StoreError::Closed)) => {}
        Err(error) => tracing::error!(%error, "the demo's ROM was not published"),
    }
}

/// The demo's people: name, address, what they may do.
const PEOPLE: [(&str, &str, &[&str]); 9] = [
    ("Olga Owner", "olga@demo.example", &["owner@*"]),
    ("Ana Officer", "ana@demo.example", &["clearance_officer@us"]),
    ("Ben Officer", "ben@demo.example", &["clearance_officer@us"]),
    ("Mia Manager", "mia@demo.example", &["market_manager@us", "support@us"]),
    ("Max Manager", "max@demo.example", &["market_manager@us", "support@us"]),
    ("Ravi Manager", "ravi@demo.example", &["market_manager@in", "support@in"]),
    ("Eva Editor", "eva@demo.example", &["catalogue_editor@*"]),
    ("Wim Warehouse", "wim@demo.example", &["warehouse@*"]),
    ("Rea Release", "rea@demo.example", &["release_manager@*"]),
];

/// The password of the demo's people.
fn staff_password(given: Option<String>, there: bool) -> String {
    match given {
        Some(password) => password,
        None if there => "as at its first start".to_owned(),
        None => {
            let text = kontor_base::id::encode(Random::System.bytes16());
            format!("{}-{}-{}", &text[8..12], &text[12..16], &text[16..20])
        }
    }
}

/// Makes the demo's people, while the first pages are served already: hashing takes its time.
async fn staff(shop: Arc<Shop>, password: String) -> Result<(), CommandError> {
    let shop = &shop;
    for (name, email, roles) in PEOPLE {
        let command = AddCommand {
            name: name.to_owned(),
            email: email.to_owned(),
            language: Language::En,
            held: roles.iter().map(|role| role.parse().expect("the roles above")).collect(),
        };
        let added = match add(shop, command).await {
            Ok(added) => added,
            // A demo that goes on has its people already.
            Err(Failure::Refused(Refusal::AddressTaken)) => return Ok(()),
            Err(failure) => return Err(told(failure)),
        };
        let wish = SignIn {
            email: email.to_owned(),
            secret: SecretGiven::Recovery(added.code),
            browser: "kontor demo".to_owned(),
            known: None,
        };
        let signed_in = sign_in(shop, wish).await.map_err(told)?;
        let person = signed_in.person;
        set_password(shop, &person, String::new(), password.clone()).await.map_err(told)?;
        sign_out(shop, &person).await?;
    }
    Ok(())
}

fn told(failure: Failure<Refusal>) -> CommandError {
    match failure {
        Failure::Fault(fault) => fault.into(),
        Failure::Refused(refusal) => CommandError::other("make the demo's people", refusal),
        Failure::KeyReused => CommandError::Other("idempotency.key_reused".to_owned()),
    }
}

fn welcome(origin: &str, data: &Path, temporary: bool, password: &str) {
    let fate = if temporary { ", gone when it stops" } else { "" };
    println!(
        "Kontor, the story of early 2015: a re-enactment from public reports. No money moves.\n\n\
         \x20 Choose your country   {origin}/\n\
         \x20 The shop in the USA   {origin}/us/en/\n\
         \x20 Germany, not open yet {origin}/de/de/\n\
         \x20 A phone, and why not  {origin}/us/en/product/mi-note\n\
         \x20 The ROM's builds      {origin}/rom\n\
         \x20 The figures           {origin}/reach\n\
         \x20 The API's reference   {origin}/api/v1/reference\n\
         \x20 Installations         {origin}/api/v1/install\n\
         \x20 Metrics               {origin}/metrics\n\
         \x20 The staff's side      {origin}/admin\n\n\
         Staff: olga@ (owner), ana@ and ben@ (clearances, USA), mia@ and max@ (managers, USA), ravi@\n\
         (manager, India), eva@ (catalogue), wim@ (warehouse), rea@ (ROM), all demo.example, password {password}\n\n\
         Pay with the test provider: it plays success, refusal, a second step, a late answer.\n\
         Data: {}{fate}. Ctrl-C stops.",
        data.display()
    );
}

/// Where the demo's data lies: a named folder, or one that goes when the demo stops.
enum Folder {
    Named(PathBuf),
    Temporary(PathBuf),
}

impl Folder {
    fn choose(named: Option<PathBuf>) -> Result<Self, CommandError> {
        if let Some(named) = named {
            return Ok(Self::Named(named));
        }
        let name = kontor_base::id::encode(Random::System.bytes16());
        let path = std::env::temp_dir().join(format!("kontor-demo-{name}"));
        crate::secret::make_data_folder(&path)?;
        Ok(Self::Temporary(path))
    }

    fn path(&self) -> &Path {
        match self {
            Self::Named(path) | Self::Temporary(path) => path,
        }
    }

    const fn is_temporary(&self) -> bool {
        matches!(self, Self::Temporary(_))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Self::Temporary(path) = self {
            // Nothing depends on it: what is left lies in the system's folder for such things.
            let _ = std::fs::remove_dir_all(path);
        }
    }
}
