//! A maker with a repository, a mirror over HTTP that a test can turn hostile, and a device.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kontor_base::{Clock, Instant, Random};
use kontor_device::{Client, Http, Identity, Memory};
use kontor_ota::delta;
use kontor_ota::image::{Plan, generate};
use kontor_ota::signing::demo::DemoKeys;
use kontor_ota::signing::publish::Lives;
use kontor_ota::signing::{Custom, DeltaOf, Document, Folder, Hashes, Target};

/// What the mirror does beside serving files.
#[derive(Default)]
pub(crate) struct Behaviour {
    /// Files by path.
    pub(crate) files: BTreeMap<String, Vec<u8>>,
    /// Ends each connection for a target after so many bytes.
    pub(crate) cut_after: Option<usize>,
    /// Answers the whole file to a request for a part.
    pub(crate) ignores_ranges: bool,
    /// Appends this much to a target, beyond its length.
    pub(crate) endless: usize,
    /// Told as `Kontor-Receipt` with every offer.
    pub(crate) receipt: Option<String>,
    /// Told as `Kontor-Credential` with every offer.
    pub(crate) credential: Option<String>,
    /// Ids and credentials that came with requests, with the path.
    pub(crate) shown: Vec<(String, Option<String>, Option<String>)>,
    /// What was asked for, with the range.
    pub(crate) asked: Vec<(String, u64)>,
    /// What was posted.
    pub(crate) posted: Vec<String>,
    /// Answers this to a POST; 0 hangs up.
    pub(crate) post_status: u16,
}

/// An HTTP server on the loopback.
#[derive(Clone)]
pub(crate) struct Mirror {
    behaviour: Arc<Mutex<Behaviour>>,
    pub(crate) url: String,
}

impl Mirror {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        let behaviour = Arc::new(Mutex::new(Behaviour::default()));
        let shared = Arc::clone(&behaviour);
        // It lives as long as the test's process.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                // A client that hangs up is not the mirror's concern.
                std::thread::spawn(move || serve(stream, &shared));
            }
        });
        Self { behaviour, url }
    }

    pub(crate) fn with(&self) -> MutexGuard<'_, Behaviour> {
        self.behaviour.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn serve(stream: TcpStream, shared: &Mutex<Behaviour>) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut stream = stream;
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split(' ').map(str::to_owned);
    let (method, path) = (words.next()?, words.next()?.trim_start_matches('/').to_owned());
    let (mut from, mut ranged, mut length) = (0_u64, false, 0_usize);
    let (mut device, mut credential) = (None, None);
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let header = header.trim_end().to_ascii_lowercase();
        if header.is_empty() {
            break;
        }
        if let Some(range) = header.strip_prefix("range: bytes=") {
            from = range.trim_end_matches('-').parse().ok()?;
            ranged = true;
        }
        if let Some(value) = header.strip_prefix("content-length: ") {
            length = value.parse().ok()?;
        }
        let told = |name: &str| header.strip_prefix(name).map(str::to_owned);
        device = told("kontor-device: ").or(device);
        credential = told("kontor-credential: ").or(credential);
    }
    {
        let mut behaviour = shared.lock().unwrap_or_else(PoisonError::into_inner);
        behaviour.shown.push((path.clone(), device, credential));
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let (head, body) = answer(shared, &method, path, from, ranged, &body)?;
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(&body).ok()?;
    stream.flush().ok()
}

fn answer(
    shared: &Mutex<Behaviour>,
    method: &str,
    path: String,
    from: u64,
    ranged: bool,
    body: &[u8],
) -> Option<(String, Vec<u8>)> {
    let mut behaviour = shared.lock().unwrap_or_else(PoisonError::into_inner);
    let head = |status: &str, length: usize, more: &str| {
        format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n{more}\r\n")
    };
    if method == "POST" {
        behaviour.posted.push(String::from_utf8_lossy(body).into_owned());
        let status = behaviour.post_status;
        return (status > 0).then(|| (head(&format!("{status} Answer"), 0, ""), Vec::new()));
    }
    behaviour.asked.push((path.clone(), from));
    let Some(file) = behaviour.files.get(&path) else {
        return Some((head("404 Not Found", 0, ""), Vec::new()));
    };
    let is_target = path.starts_with("targets/");
    let total = file.len();
    let ranged = ranged && !behaviour.ignores_ranges;
    let start = if ranged { (from as usize).min(total) } else { 0 };
    let mut part = file[start..].to_vec();
    if is_target {
        part.extend(std::iter::repeat_n(b'x', behaviour.endless));
    }
    let range = format!("Content-Range: bytes {start}-{}/{total}\r\n", total.saturating_sub(1));
    let head = if ranged {
        head("206 Partial Content", part.len(), &range)
    } else if path.starts_with("offers/") {
        let line = |name: &str, value: &Option<String>| {
            value.as_ref().map_or_else(String::new, |value| format!("{name}: {value}\r\n"))
        };
        let receipt = line("Kontor-Receipt", &behaviour.receipt);
        let credential = line("Kontor-Credential", &behaviour.credential);
        head("200 OK", part.len(), &format!("{receipt}{credential}"))
    } else {
        head("200 OK", part.len(), "")
    };
    if let Some(cut_after) = behaviour.cut_after.filter(|_| is_target) {
        part.truncate(cut_after);
    }
    Some((head, part))
}

/// A maker with two models, its repository, a mirror of it, and a clock.
pub(crate) struct World {
    pub(crate) keys: DemoKeys,
    pub(crate) folder: Folder,
    pub(crate) mirror: Mirror,
    pub(crate) clock: Clock,
    pub(crate) lives: Lives,
    pub(crate) place: tempfile::TempDir,
}

/// Which family of images; one for all, because making them takes time.
pub(crate) fn image(build: u32) -> Vec<u8> {
    generate(&Plan { seed: 11, build, bytes: 300 << 10 })
}

impl World {
    /// Build 1 is published for the model `one`; nothing else is.
    pub(crate) fn new() -> Self {
        Self::with_clock(Clock::fixed(Instant::from_micros(1_790_812_800_000_000)))
    }

    /// The same, signed at the time of this machine: for what asks it.
    #[allow(dead_code, reason = "each test file is a program of its own and uses a part of this")]
    pub(crate) fn at_the_machines_time() -> Self {
        Self::with_clock(Clock::System)
    }

    fn with_clock(clock: Clock) -> Self {
        let keys = DemoKeys::generate(&["one", "two"], &Random::seeded(21));
        let (place, lives) = (tempfile::tempdir().expect("a folder"), Lives::default());
        let root = keys.first_root(&lives, clock.now()).expect("sound keys");
        let folder = Folder::create(place.path().join("tuf"), &root).expect("an empty place");
        let world = Self { keys, folder, mirror: Mirror::start(), clock, lives, place };
        let targets = world.keys.first_targets(&lives, world.clock.now()).expect("sound keys");
        world.release(vec![("targets".to_owned(), targets)]);
        world.publish(1);
        world
    }

    /// Signs and publishes a build of model `one`, whole.
    pub(crate) fn publish(&self, build: u32) {
        let name = format!("one-{build}.img");
        let bytes = image(build);
        let target = target_of(&bytes, custom(build));
        self.add("one", vec![(name, target, bytes)]);
    }

    /// The delta between two builds, published beside the whole image.
    pub(crate) fn publish_delta(&self, from: u32, to: u32) {
        self.publish_leading(&image(from), to, format!("one-{from}-{to}.delta"));
    }

    /// The packed form of a build, published beside the whole image.
    #[allow(dead_code, reason = "each test file is a program of its own and uses a part of this")]
    pub(crate) fn publish_packed(&self, build: u32) {
        self.publish_leading(&[], build, format!("one-{build}.packed"));
    }

    fn publish_leading(&self, old: &[u8], to: u32, name: String) {
        let new = image(to);
        let mut bytes = Vec::new();
        let go_on = &mut |_, _| std::ops::ControlFlow::Continue(());
        delta::encode(old, &new[..], &mut bytes, go_on).expect("memory can be written");
        let delta = DeltaOf {
            from_sha256: Hashes::of(old).sha256,
            to_sha256: Hashes::of(&new).sha256,
            to_length: new.len() as u64,
        };
        let custom = Custom { delta: Some(delta), ..custom(to) };
        let target = target_of(&bytes, custom);
        self.add("one", vec![(name, target, bytes)]);
    }

    /// Adds targets to a model's document, signed with the model's key.
    pub(crate) fn add(&self, model: &str, targets: Vec<(String, Target, Vec<u8>)>) {
        for (name, _, bytes) in &targets {
            self.folder.add_target(name, bytes).expect("writable");
        }
        let document = self.signed(model, |list| {
            for (name, target, _) in targets {
                list.insert(name, target);
            }
        });
        self.release(vec![(model.to_owned(), document)]);
    }

    /// The next document of a model, signed.
    pub(crate) fn signed(
        &self,
        model: &str,
        change: impl FnOnce(&mut BTreeMap<String, Target>),
    ) -> Document {
        let state = self.folder.state().expect("sound");
        let expires = self.clock.now().plus_seconds(self.lives.targets_s);
        let mut document = state
            .next_targets(model, expires, |body| change(&mut body.targets))
            .expect("in bounds");
        document.sign(&self.keys.models[model]).expect("plain numbers");
        document
    }

    pub(crate) fn release(&self, documents: Vec<(String, Document)>) {
        let now = self.clock.now();
        self.folder.release(&documents, &self.keys.online, &self.lives, now).expect("sound");
        self.serve();
    }

    /// Lets the mirror serve what is published now.
    pub(crate) fn serve(&self) {
        self.mirror.with().files = self.published();
    }

    /// Everything that is published, by path.
    pub(crate) fn published(&self) -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::new();
        for part in ["metadata", "targets"] {
            let folder = std::fs::read_dir(self.folder.path().join(part)).expect("it is there");
            for entry in folder.flatten() {
                let name = entry.file_name().to_string_lossy().into_owned();
                files
                    .insert(format!("{part}/{name}"), std::fs::read(entry.path()).expect("a file"));
            }
        }
        files
    }

    /// A device of model `one` that runs build 1.
    pub(crate) fn device(&self) -> Client<Http> {
        self.device_with("one")
    }

    pub(crate) fn device_with(&self, hardware_id: &str) -> Client<Http> {
        let folder = self.place.path().join(format!("device-{hardware_id}"));
        let bytes = image(1);
        let identity = Identity {
            model: "one".into(),
            hardware_id: hardware_id.into(),
            incremental: "b1".into(),
            release_counter: 1,
            image_sha256: Hashes::of(&bytes).sha256,
            ..Identity::default()
        };
        let root = std::fs::read(self.folder.path().join("metadata/1.root.json")).expect("a root");
        let memory = Memory::set_up(&folder, &root, &identity).expect("a folder of its own");
        std::fs::write(folder.join("image"), bytes).expect("writable");
        self.client(memory, &folder)
    }

    /// The same device after a restart.
    pub(crate) fn restarted(&self, device: &Client<Http>) -> Client<Http> {
        let folder = device.image.parent().expect("it lies in the device's folder");
        self.client(Memory::open(folder), folder)
    }

    fn client(&self, memory: Memory, folder: &Path) -> Client<Http> {
        Client {
            memory,
            fetch: Http::new(&self.mirror.url),
            clock: self.clock.clone(),
            random: Random::seeded(1),
            image: folder.join("image"),
        }
    }
}

pub(crate) fn custom(build: u32) -> Custom {
    Custom {
        hardware_ids: vec!["one".into()],
        release_counter: u64::from(build),
        incremental: Some(format!("b{build}")),
        ..Custom::default()
    }
}

pub(crate) fn target_of(bytes: &[u8], custom: Custom) -> Target {
    Target { custom, hashes: Hashes::of(bytes), length: bytes.len() as u64 }
}
