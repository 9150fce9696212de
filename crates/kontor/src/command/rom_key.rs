//! `kontor rom key`: the keys that devices trust. Commands that touch offline keys work on files
//! alone and need no data folder; the others write down what is to be signed and take in what was.

use std::fs::{self, OpenOptions};
use std::io::{self, IsTerminal, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args as ClapArgs, Subcommand};
use kontor_base::{Random, id};
use kontor_ota::signing::sealed::{Cost, from_file, public_of, to_file};
use kontor_ota::signing::{Bundle, Folder, KeySet, Missing, PublicKey, SecretKey};
use kontor_rom::Rom;
use kontor_rom::signing::{
    Delegate, InitCommand, KeyPlace, RotateCommand, Waiting, delegate, export, import, init,
    rotate, standing,
};

use super::CommandError;
use super::rom::told;
use crate::config::Config;

/// A file of a bundle or key is shorter than this, in bytes.
const FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Look after the keys that devices trust.
#[derive(Debug, Subcommand)]
pub(super) enum KeyArgs {
    /// Make an offline key: a file that only its passphrase opens. Needs no data folder.
    New {
        /// Where to write it; outside of the data folder, best on a medium of its own.
        file: PathBuf,
        #[command(flatten)]
        passphrase: Passphrase,
    },
    /// Show the public half of a key file, as the other commands take it.
    Public {
        /// The key file.
        file: PathBuf,
    },
    /// Begin: make the server's keys, write down the first root. Nothing is trusted until the root
    /// keys have signed.
    Init(InitArgs),
    /// Roles, keys, ends, and what waits to be signed.
    List,
    /// Let keys speak for a model's builds.
    Delegate(DelegateArgs),
    /// Replace keys, or with nothing to replace renew the document.
    Rotate(RotateArgs),
    /// Write what waits to be signed as bundles, one file a role.
    Export {
        /// Only this role.
        #[arg(long)]
        role: Option<String>,
        /// The folder for the bundles.
        #[arg(short, long, default_value = ".")]
        out: PathBuf,
    },
    /// Show what a bundle would change, and sign it. Needs no data folder.
    Sign {
        /// The bundles.
        #[arg(required = true)]
        bundles: Vec<PathBuf>,
        /// The key; without one, the bundle is only shown.
        #[arg(long)]
        key: Option<PathBuf>,
        /// Do not ask.
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        passphrase: Passphrase,
    },
    /// Take signed bundles in, and publish what is complete.
    Import {
        /// The bundles.
        #[arg(required = true)]
        bundles: Vec<PathBuf>,
    },
    /// Write the first root, which goes into every device.
    Root {
        /// Where to write it.
        #[arg(short, long, default_value = "root.json")]
        out: PathBuf,
    },
    /// Write the whole repository with its files as a folder that any web server can serve.
    Mirror {
        /// The folder.
        out: PathBuf,
    },
}

/// Where a passphrase comes from.
#[derive(Debug, ClapArgs)]
pub(super) struct Passphrase {
    /// Read the passphrase from the first line of this file instead of asking.
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

#[derive(Debug, ClapArgs)]
pub(super) struct InitArgs {
    /// Public root keys, or the files of their keys.
    #[arg(long, required = true, num_args = 1.., value_name = "KEY")]
    root: Vec<String>,
    /// How many root keys must sign.
    #[arg(long, default_value_t = 2)]
    root_threshold: usize,
    /// Public targets keys, or the files of their keys.
    #[arg(long, required = true, num_args = 1.., value_name = "KEY")]
    targets: Vec<String>,
    /// How many targets keys must sign.
    #[arg(long, default_value_t = 1)]
    targets_threshold: usize,
}

#[derive(Debug, ClapArgs)]
pub(super) struct DelegateArgs {
    /// The model's codename.
    model: String,
    /// Public keys, or the files of their keys.
    #[arg(long, num_args = 1.., value_name = "KEY", required_unless_present = "online", conflicts_with = "online")]
    key: Vec<String>,
    /// How many of them must sign.
    #[arg(long, default_value_t = 1)]
    threshold: usize,
    /// Let the server sign the model's builds itself: convenient, and whoever has the server can
    /// then sign builds.
    #[arg(long)]
    online: bool,
}

#[derive(Debug, ClapArgs)]
pub(super) struct RotateArgs {
    /// Whose keys: root, targets, online (those of the server), or a model.
    role: String,
    /// Keys that go, by the first eight or more digits of their id.
    #[arg(long, num_args = 1.., value_name = "ID")]
    remove: Vec<String>,
    /// Public keys that come, or the files of their keys.
    #[arg(long, num_args = 1.., value_name = "KEY")]
    add: Vec<String>,
    /// How many must sign from then on.
    #[arg(long)]
    threshold: Option<usize>,
}

fn failed(what: &str, path: &Path) -> impl FnOnce(io::Error) -> CommandError {
    let told = format!("could not {what} {}", path.display());
    move |error| CommandError::Other(format!("{told}: {error}"))
}

fn other(error: impl std::fmt::Display) -> CommandError {
    CommandError::Other(error.to_string())
}

/// Carries out what needs no data folder; `None` for the rest.
pub(super) fn offline(args: &KeyArgs, config: &Config) -> Option<Result<(), CommandError>> {
    match args {
        KeyArgs::New { file, passphrase } => Some(new(file, passphrase, config)),
        KeyArgs::Public { file } => Some(read_public(&file.display().to_string()).map(|key| {
            println!("{}", key.to_text());
        })),
        KeyArgs::Sign { bundles, key, yes, passphrase } => {
            Some(sign(bundles, key.as_deref(), *yes, passphrase))
        }
        _ => None,
    }
}

pub(super) async fn run(rom: &Arc<Rom>, args: KeyArgs) -> Result<(), CommandError> {
    match args {
        KeyArgs::New { .. } | KeyArgs::Public { .. } | KeyArgs::Sign { .. } => {}
        KeyArgs::Init(args) => {
            let root = KeySet { keys: keys(&args.root)?, threshold: args.root_threshold };
            let targets = KeySet { keys: keys(&args.targets)?, threshold: args.targets_threshold };
            init(rom, InitCommand { root, targets }).await.map_err(told)?;
            println!(
                "The server has its keys. `kontor rom key export` writes the first root and targets;\n\
                 sign both with their keys, then `kontor rom key import`."
            );
        }
        KeyArgs::List => list(rom).await?,
        KeyArgs::Delegate(args) => {
            let to = if args.online {
                Delegate::Online
            } else {
                Delegate::Offline(KeySet { keys: keys(&args.key)?, threshold: args.threshold })
            };
            delegate(rom, args.model.clone(), to).await.map_err(told)?;
            println!("{} may be signed once the targets keys have signed that", args.model);
        }
        KeyArgs::Rotate(args) => {
            let command = RotateCommand {
                role: args.role,
                remove: args.remove,
                add: keys(&args.add)?,
                threshold: args.threshold,
            };
            rotate(rom, command).await.map_err(told)?;
            println!("`kontor rom key export` writes what is to be signed");
        }
        KeyArgs::Export { role, out } => write_bundles(rom, role, &out).await?,
        KeyArgs::Import { bundles } => take_in(rom, &bundles).await?,
        KeyArgs::Root { out } => {
            let signed = rom.signed.now();
            let Some(root) = signed.file("1.root.json") else {
                return Err(CommandError::Other("there is no root yet".to_owned()));
            };
            fs::write(&out, &root.body).map_err(failed("write", &out))?;
            println!("{} is the root for every device", out.display());
        }
        KeyArgs::Mirror { out } => mirror(rom, &out)?,
    }
    Ok(())
}

fn new(file: &Path, passphrase: &Passphrase, config: &Config) -> Result<(), CommandError> {
    let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty());
    let parent = parent.unwrap_or(Path::new("."));
    let place = parent.canonicalize().map_err(failed("find the folder of", file))?;
    // Who takes the data folder must not have taken the offline keys with it.
    if config.data.canonicalize().is_ok_and(|data| place.starts_with(data)) {
        return Err(CommandError::Other(
            "an offline key does not lie in the data folder; take a medium of its own".to_owned(),
        ));
    }
    let passphrase = ask(passphrase, "Passphrase for the new key: ", true)?;
    let key = SecretKey::generate(&Random::System);
    let text = to_file(&key, &passphrase, Cost::default(), &Random::System).map_err(other)?;
    let mut options = OpenOptions::new();
    let made = options.write(true).create_new(true).mode(0o600).open(file);
    let mut made = made.map_err(failed("make", file))?;
    made.write_all(text.as_bytes())
        .and_then(|()| made.sync_all())
        .map_err(failed("write", file))?;
    println!("{}\nid {}", key.public().to_text(), key.public().id());
    Ok(())
}

fn ask(given: &Passphrase, prompt: &str, twice: bool) -> Result<String, CommandError> {
    if let Some(path) = &given.passphrase_file {
        let text = read_text(path)?;
        return Ok(text.lines().next().unwrap_or_default().to_owned());
    }
    if !io::stdin().is_terminal() {
        return Err(CommandError::Other(
            "there is no terminal to ask for the passphrase; --passphrase-file names a file".into(),
        ));
    }
    let first = rpassword::prompt_password(prompt).map_err(other)?;
    if twice && rpassword::prompt_password("Once more: ").map_err(other)? != first {
        return Err(CommandError::Other("the two are not the same".to_owned()));
    }
    Ok(first)
}

fn read_text(path: &Path) -> Result<String, CommandError> {
    let length = fs::metadata(path).map_err(failed("read", path))?.len();
    if length > FILE_BYTES_MAX {
        return Err(CommandError::Other(format!("{} is too large", path.display())));
    }
    fs::read_to_string(path).map_err(failed("read", path))
}

/// A public key from its 64 digits, or from the key file that it names.
fn read_public(text: &str) -> Result<PublicKey, CommandError> {
    if let Ok(key) = PublicKey::parse(text) {
        return Ok(key);
    }
    let path = Path::new(text);
    if !path.exists() {
        let told = format!("{text} is neither a public key of 64 digits nor a key file");
        return Err(CommandError::Other(told));
    }
    let file = read_text(path)?;
    let key = public_of(&file).or_else(|_| {
        PublicKey::parse(file.trim())
            .map_err(drop)
            .map_err(|()| kontor_ota::signing::sealed::SealedError::Malformed)
    });
    key.map_err(|error| CommandError::Other(format!("{}: {error}", path.display())))
}

fn keys(texts: &[String]) -> Result<Vec<PublicKey>, CommandError> {
    texts.iter().map(|text| read_public(text)).collect()
}

fn read_bundle(path: &Path) -> Result<Bundle, CommandError> {
    let text = read_text(path)?;
    Bundle::parse(text.as_bytes())
        .map_err(|error| CommandError::Other(format!("{}: {error}", path.display())))
}

fn sign(
    paths: &[PathBuf],
    key: Option<&Path>,
    yes: bool,
    passphrase: &Passphrase,
) -> Result<(), CommandError> {
    let mut bundles = Vec::new();
    for path in paths {
        bundles.push((path, read_bundle(path)?));
    }
    let public = key.map(|path| read_public(&path.display().to_string())).transpose()?;
    for (path, bundle) in &bundles {
        println!("{}: {}", path.display(), bundle.role);
        for line in bundle.changes().map_err(other)? {
            println!("  {line}");
        }
        if public.as_ref().is_some_and(|key| !bundle.asks(key)) {
            println!("  It asks for no signature of this key.");
            continue;
        }
        let strange = public.as_ref().is_some_and(|key| !bundle.present_is_ours(key));
        if bundle.present.is_some() && strange {
            println!("  What this replaces was not signed by your key: compare it yourself.");
        }
    }
    let Some(key) = key else { return missing(&bundles) };
    if !bundles.iter().any(|(_, bundle)| public.as_ref().is_some_and(|key| bundle.asks(key))) {
        return Err(CommandError::Other("no bundle asks for a signature of this key".to_owned()));
    }
    if !yes && !confirmed()? {
        println!("Nothing was signed.");
        return Ok(());
    }
    let passphrase = ask(passphrase, "Passphrase of the key: ", false)?;
    let key = from_file(&read_text(key)?, &passphrase).map_err(other)?;
    // Several roles travel together; each holder signs what asks for their key.
    for (path, bundle) in bundles.iter_mut().filter(|(_, bundle)| bundle.asks(&key.public())) {
        bundle.sign(&key).map_err(other)?;
        let beside = path.with_extension("new");
        fs::write(&beside, bundle.to_bytes()).map_err(failed("write", &beside))?;
        fs::rename(&beside, *path).map_err(failed("write", path))?;
    }
    missing(&bundles)
}

fn missing(bundles: &[(&PathBuf, Bundle)]) -> Result<(), CommandError> {
    for (_, bundle) in bundles {
        let missing = bundle.missing().map_err(other)?;
        if missing.is_empty() {
            println!("{} has all signatures; the server takes it in", bundle.role);
        }
        for Missing { whose, have, need, .. } in missing {
            println!("{} has {have} of the {need} signatures by {whose}", bundle.role);
        }
    }
    Ok(())
}

fn confirmed() -> Result<bool, CommandError> {
    if !io::stdin().is_terminal() {
        return Err(CommandError::Other("there is no terminal to ask; --yes signs without".into()));
    }
    print!("Sign this? [y/N] ");
    io::stdout().flush().map_err(other)?;
    let mut line = String::new();
    io::stdin().read_line(&mut line).map_err(other)?;
    Ok(matches!(line.trim(), "y" | "Y" | "yes"))
}

async fn list(rom: &Arc<Rom>) -> Result<(), CommandError> {
    let standing = standing(rom).await.map_err(told)?;
    if standing.roles.is_empty() {
        println!("There is no repository yet; `kontor rom key init` begins.");
    }
    for role in standing.roles {
        let published = role.published.map_or_else(
            || "nothing published".to_owned(),
            |(version, expires)| format!("version {version} until {expires}"),
        );
        println!("{}  {} of {} keys  {published}", role.role, role.threshold, role.keys.len());
        for (id, place) in role.keys {
            let place = match place {
                KeyPlace::Server => "on the server",
                KeyPlace::Offline => "offline",
            };
            println!("  {id}  {place}");
        }
        if let Some(Waiting { version, missing, .. }) = role.waiting {
            let missing: Vec<String> = missing
                .iter()
                .map(|Missing { whose, have, need, .. }| format!("{have} of {need} by {whose}"))
                .collect();
            let told = if missing.is_empty() { "complete".to_owned() } else { missing.join(", ") };
            println!("  version {version} waits: {told}");
        }
    }
    Ok(())
}

async fn write_bundles(
    rom: &Arc<Rom>,
    role: Option<String>,
    out: &Path,
) -> Result<(), CommandError> {
    let bundles = export(rom, role).await.map_err(told)?;
    if bundles.is_empty() {
        println!("Nothing waits to be signed.");
        return Ok(());
    }
    fs::create_dir_all(out).map_err(failed("make", out))?;
    for bundle in bundles {
        let path = out.join(format!("{}.bundle.json", bundle.role));
        fs::write(&path, bundle.to_bytes()).map_err(failed("write", &path))?;
        println!("{}", path.display());
    }
    Ok(())
}

async fn take_in(rom: &Arc<Rom>, paths: &[PathBuf]) -> Result<(), CommandError> {
    let bundles = paths.iter().map(|path| read_bundle(path)).collect::<Result<_, _>>()?;
    let imported = import(rom, bundles).await.map_err(told)?;
    for role in &imported.published {
        println!("{role} is published");
    }
    for (role, missing) in &imported.waiting {
        for Missing { whose, have, need, .. } in missing {
            println!("{role} has {have} of the {need} signatures by {whose}");
        }
    }
    if let Some(held) = imported.held {
        println!("not published yet: {held}");
    }
    // What was published may be what models waited for.
    super::rom::follow(rom).await
}

/// The repository as files: for a mirror, a CDN, or a look with another TUF client.
fn mirror(rom: &Arc<Rom>, out: &Path) -> Result<(), CommandError> {
    let signed = rom.signed.now();
    let Some(state) = &signed.state else {
        return Err(CommandError::Other("there is no root yet".to_owned()));
    };
    let (metadata, targets) = (out.join("metadata"), out.join("targets"));
    fs::create_dir_all(&metadata).map_err(failed("make", &metadata))?;
    fs::create_dir_all(&targets).map_err(failed("make", &targets))?;
    let mut files = 0;
    for role in state.targets.keys() {
        for (name, target) in signed.targets(role).into_iter().flatten() {
            let path = targets.join(format!("{}.{name}", target.hashes.sha256));
            let Ok(sha256) = target.hashes.sha256.parse() else { continue };
            if !path.exists() {
                // From wherever the files of this shop lie.
                let unique = id::encode(rom.random.bytes16());
                let local = rom.files.local(&sha256, &unique, &|_| true).map_err(other)?;
                let beside = path.with_extension("new");
                fs::copy(local.path(), &beside).map_err(failed("copy", local.path()))?;
                fs::rename(&beside, &path).map_err(failed("write", &path))?;
            }
            files += 1;
        }
    }
    let mut names: Vec<String> =
        (1..=state.root.version).map(|n| format!("{n}.root.json")).collect();
    // The timestamp last: it points to what must be there.
    names.extend(state.files().into_iter().filter(|name| name != "timestamp.json"));
    names.push("timestamp.json".to_owned());
    for name in names {
        let Some(document) = signed.file(&name) else { continue };
        let (path, beside) = (metadata.join(&name), metadata.join(format!(".{name}.new")));
        fs::write(&beside, &document.body).map_err(failed("write", &beside))?;
        fs::rename(&beside, &path).map_err(failed("write", &path))?;
    }
    // Read back by the same rules as a device's, so that no mirror begins broken.
    Folder::open(out).state().map_err(other)?;
    println!("{} has the metadata and {files} files", out.display());
    Ok(())
}
