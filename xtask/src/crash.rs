//! `cargo xtask crash`: the server is killed under load at random moments; nothing that was
//! acknowledged may be lost, and nothing may be there twice.
//!
//! The proof itself is `kontor-crash` in `crates/testkit`; this builds it and the server, and runs
//! it twice: once as it is, and once on data that forgets, which it must notice.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::{Failure, arguments::Arguments, command, postgres, repo, test};

const HELP: &str = "\
Kill the server under load and prove that nothing is lost

Usage: cargo xtask crash [--long] [--kills N] [--seed N] [--database sqlite|postgres|URL]

On a file, then on a PostgreSQL server of its own, which stays while kontor is killed.

  --long          release build, 60 kills of 64 buyers; each recovery within 2 s
  --kills N       how often it is killed [8, with --long 60]
  --seed N        where the moments of the kills come from [the clock]
  --database ONE  only on a file (sqlite), only on a server of its own (postgres), or on the
                  PostgreSQL database at this URL, which must be empty";

/// The promise: from a start after a kill until the shop is ready and the lot answers, in milliseconds.
const RECOVERY_MS: u64 = 2_000;
/// The same for a debug build beside other tests: whoever hangs is found, and a busy machine is none.
const RECOVERY_MS_DEBUG: u64 = 30_000;

/// What to do.
struct Proof {
    release: bool,
    kills: u64,
    buyers: u64,
    seed: u64,
    database: Option<String>,
}

/// Reads the words and proves.
pub(crate) fn run(words: &[String]) -> Result<(), Failure> {
    let mut arguments = Arguments::new(words);
    if arguments.flag(&["--help", "-h"]) {
        println!("{HELP}");
        return Ok(());
    }
    let release = arguments.flag(&["--long"]);
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let proof = Proof {
        release,
        kills: arguments.number("--kills", if release { 60 } else { 8 })?.clamp(1, 10_000),
        buyers: if release { 64 } else { 16 },
        seed: arguments.number("--seed", since_epoch.as_secs())?,
        database: None,
    };
    let one = arguments.values("--database")?.pop();
    arguments.finish()?;
    match one.as_deref() {
        None => {
            println!("On a file:");
            proof.carry_out()?;
            println!("On PostgreSQL:");
            proof.on_postgres()
        }
        Some("sqlite") => proof.carry_out(),
        Some("postgres") => proof.on_postgres(),
        Some(url) => Proof { database: Some(url.to_owned()), ..proof }.carry_out(),
    }
}

/// The short form with a fixed seed, as a step of the test command.
pub(crate) fn short() -> Result<(), Failure> {
    Proof { release: false, kills: 5, buyers: 16, seed: 1, database: None }.carry_out()?;
    println!("The same on PostgreSQL:");
    Proof { release: false, kills: 4, buyers: 16, seed: 2, database: None }.on_postgres()
}

impl Proof {
    /// On a server of its own, which syncs as in production.
    fn on_postgres(mut self) -> Result<(), Failure> {
        // The target folder, because /tmp is memory on some machines.
        let folder = repo::root()?.join("target/crash-postgres");
        let server = postgres::Server::start(&folder, postgres::Sync::On)?;
        self.database = Some(server.database("kontor")?);
        let proved = self.carry_out();
        drop(server);
        let _ = std::fs::remove_dir_all(folder);
        proved
    }

    fn carry_out(&self) -> Result<(), Failure> {
        let (kontor, crash) = self.build()?;
        let target = Path::new(&kontor).parent().ok_or("the binary lies in no folder")?;
        // The target folder, because /tmp is memory on some machines.
        let folder = target.join("crash");
        self.prove(&kontor, &crash, &folder.join("true"), false)?;
        if self.database.is_none() {
            self.prove(&kontor, &crash, &folder.join("forgetful"), true)?;
        }
        // Best effort: the next run clears the folder as well.
        let _ = std::fs::remove_dir_all(folder);
        Ok(())
    }

    fn build(&self) -> Result<(String, String), Failure> {
        let mut words = vec![
            "build",
            "--workspace",
            // `--tests` beside `--bins` resolves features as `cargo test` does, so that after the
            // tests everything but the last link is there already.
            "--bins",
            "--tests",
            "--message-format=json-render-diagnostics",
        ];
        if self.release {
            words.retain(|word| *word != "--tests");
            words.push("--release");
        }
        let messages = command::output("cargo", &words, &repo::root()?)?;
        let binary = |name: &str| {
            test::executable(&messages, name).ok_or_else(|| format!("cargo built no {name}"))
        };
        Ok((binary("kontor")?, binary("kontor-crash")?))
    }

    /// Runs the proof; on data that forgets it has to fail after its own checks, not before.
    fn prove(&self, kontor: &str, crash: &str, folder: &Path, forget: bool) -> Result<(), Failure> {
        let _ = std::fs::remove_dir_all(folder);
        std::fs::create_dir_all(folder)
            .map_err(|error| format!("could not make {}: {error}", folder.display()))?;
        let kills = if forget { 2 } else { self.kills };
        let recovery_ms_max = if self.release { RECOVERY_MS } else { RECOVERY_MS_DEBUG };
        let mut command = Command::new(crash);
        command
            .arg(kontor)
            .arg(folder)
            .args(["--kills", &kills.to_string(), "--buyers", &self.buyers.to_string()])
            .args(["--seed", &self.seed.to_string()])
            .args(["--recovery-ms-max", &recovery_ms_max.to_string()])
            .stdin(Stdio::null());
        if let Some(database) = &self.database {
            command.args(["--database", database]);
        }
        if !forget {
            let status = command.status().map_err(|error| format!("could not run it: {error}"))?;
            return if status.success() {
                Ok(())
            } else {
                Err(format!(
                    "the proof failed; the server's log is {}/kontor.log",
                    folder.display()
                ))
            };
        }
        let output = command
            .arg("--forget")
            .output()
            .map_err(|error| format!("could not run it: {error}"))?;
        let said = String::from_utf8_lossy(&output.stderr);
        if !output.status.success() && said.contains(NOTICED) {
            println!("On data that forgets, the proof fails as it must.");
            Ok(())
        } else {
            Err(format!("data that forgets was not noticed:\n{said}"))
        }
    }
}

/// What the proof says when something that the shop promises does not hold.
const NOTICED: &str = "after kill 2";
