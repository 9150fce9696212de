//! An update's whole way, over HTTP with a real server: two builds are published and signed offline,
//! the second rolled out to 1 %, to 10 % and to everybody. Failures that devices report halt it by
//! itself; somebody resumes it; one device fetches the delta over a connection that is cut again and
//! again, proves and applies it, and is counted. The other devices are small, but each asks, is told
//! its place by the signed offer, and reports with its own receipt.

#[path = "../../rom/tests/package/mod.rs"]
mod package;

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant as Moment};

use kontor::config::Config;
use kontor::server::Server;
use kontor_base::{Clock, Instant, Line, Random};
use kontor_device::{Client, Fetch as _, Http, Identity, Memory, Outcome};
use kontor_domain::channel::Channel;
use kontor_domain::device::{DeviceModel, Maker};
use kontor_domain::rollout::{
    Advance, Audience, Gate, Pace, Rollout, RolloutState, Step, Trip, Wave,
};
use kontor_ota::image::{Plan, generate};
use kontor_ota::signing::offer::{COHORTS, place};
use kontor_ota::signing::{Hashes, KeySet, SecretKey};
use kontor_rom::Rom;
use kontor_rom::build::{PublishCommand, Source, publish};
use kontor_rom::channel::{PromoteCommand, promote};
use kontor_rom::core::Redirect;
use kontor_rom::delta::{AddImageCommand, add_image, keep_targets};
use kontor_rom::device::save_model;
use kontor_rom::rollout::{PlanCommand, PlannedBuild, Status, plan, status_of, steer};
use kontor_rom::signing::{Delegate, InitCommand, delegate, export, import, init};
use kontor_store::delta::DeltaState;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

/// The simulated devices beside the one that really updates.
const DEVICES: u16 = 300;

/// After so many bytes of a file the proxy hangs up.
const CUT_AFTER: usize = 300;

struct House {
    runtime: Runtime,
    rom: Arc<Rom>,
    address: SocketAddr,
    clock: Clock,
    folder: tempfile::TempDir,
    keys: Vec<SecretKey>,
    stop: Option<oneshot::Sender<()>>,
}

impl House {
    fn open() -> Self {
        Self::open_with(|_| {})
    }

    fn open_with(change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let runtime = Runtime::new().expect("a runtime");
        let clock = Clock::fixed(Instant::from_micros(1_795_000_000_000_000));
        let mut config = Config { data: folder.path().join("data"), ..Config::default() };
        config.server.listen = "127.0.0.1:0".parse().expect("an address");
        // All devices come from this machine.
        config.limits.public_writes_per_minute = 0;
        change(&mut config);
        let server = runtime.block_on(async {
            let (db, key) = kontor::server::open(&config).expect("a new database");
            Server::start(&config, db, &key, clock.clone(), None).await.expect("starts")
        });
        let address = server.address().expect("it listens");
        let rom = Arc::clone(server.app().rom.as_ref().expect("the ROM service"));
        let (stop, stopped) = oneshot::channel();
        runtime.spawn(async move {
            server.serve(async { drop(stopped.await) }).await.expect("serves until it is stopped");
        });
        let random = Random::seeded(41);
        let keys = (0..4).map(|_| SecretKey::generate(&random)).collect();
        Self { runtime, rom, address, clock, folder, keys, stop: Some(stop) }
    }

    /// The offline ceremony: two root keys, one for targets, one for the model.
    fn found(&self) {
        let set = |keys: &[SecretKey], threshold| KeySet {
            keys: keys.iter().map(SecretKey::public).collect(),
            threshold,
        };
        let command =
            InitCommand { root: set(&self.keys[..2], 2), targets: set(&self.keys[2..3], 1) };
        let model = DeviceModel {
            codename: "one".parse().expect("a codename"),
            name: Line::parse("One").expect("a line"),
            brand: Line::parse("Example").expect("a line"),
            maker: Maker::Own,
            also: vec![],
            revisions: vec![],
            product: None,
            picture: None,
        };
        self.runtime.block_on(async {
            save_model(&self.rom, model).await.expect("a model");
            init(&self.rom, command).await.expect("begins");
            let to = Delegate::Offline(set(&self.keys[3..], 1));
            delegate(&self.rom, "one".into(), to).await.expect("is noted");
        });
        self.sign();
    }

    /// What an afternoon with the offline keys does.
    fn sign(&self) {
        self.runtime.block_on(async {
            self.rom.refresh().await.expect("reads");
            keep_targets(&self.rom).await.expect("follows");
            let mut bundles = export(&self.rom, None).await.expect("exports");
            for bundle in &mut bundles {
                for key in &self.keys {
                    // Keys that are not asked for are refused, which is right.
                    let _ = bundle.sign(key);
                }
            }
            import(&self.rom, bundles).await.expect("is taken in");
        });
    }

    fn publish(&self, incremental: &str, seconds: i64, image: &[u8]) {
        let path = |name: String| self.folder.path().join(name);
        let zip = path(format!("rom-1.0-{incremental}.zip"));
        std::fs::write(&zip, package::good("one", incremental, seconds)).expect("writes");
        let file = path(format!("{incremental}.img"));
        std::fs::write(&file, image).expect("writes");
        let one = || "one".parse().expect("a codename");
        let incremental = incremental.to_owned();
        self.runtime.block_on(async {
            let command = PublishCommand {
                source: Source::Path(zip),
                model: one(),
                version: None,
                kind: "nightly".parse().expect("a kind"),
                notes: BTreeMap::new(),
                csig: None,
            };
            publish(&self.rom, command, Arc::new(|_| true)).await.expect("published");
            let command =
                AddImageCommand { path: file, model: one(), incremental: incremental.clone() };
            add_image(&self.rom, command, Arc::new(|_| true)).await.expect("added");
            let channel = Channel::Stable;
            let command = PromoteCommand { model: one(), incremental, channel, floor: false };
            promote(&self.rom, command).await.expect("promoted");
            self.rom.refresh().await.expect("reads");
        });
    }

    fn roll_out(&self, incremental: &str, percents: &[u32]) -> Rollout {
        let wave = |percent: &u32| Wave {
            share: percent * 10_000,
            audience: Audience::Everybody,
            countries: vec![],
            advance: Advance::Succeeded { devices_min: 3, share_min: 800_000 },
        };
        let command = PlanCommand {
            channel: Channel::Stable,
            builds: vec![PlannedBuild {
                model: "one".parse().expect("a codename"),
                incremental: incremental.to_owned(),
                population: u64::from(DEVICES),
            }],
            waves: percents.iter().map(wave).collect(),
            gate: Gate { failures_max: 200_000, reports_min: 3, trip: Trip::Halt },
            pace: Pace::default(),
        };
        self.runtime.block_on(async {
            let mut planned = plan(&self.rom, command).await.expect("planned");
            let (rollout, _) = planned.rollouts.remove(0);
            steer(&self.rom, rollout.id, Step::Start, None).await.expect("starts");
            rollout
        })
    }

    fn status(&self, rollout: &Rollout) -> Status {
        let status = self.runtime.block_on(status_of(&self.rom, rollout.id));
        status.expect("reads").expect("it is there")
    }

    /// Waits for a state that the server's keepers bring about.
    fn until(&self, what: &str, done: impl Fn() -> bool) {
        let begin = Moment::now();
        while !done() {
            assert!(begin.elapsed() < Duration::from_secs(120), "never: {what}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until the server has made a delta, or from a build to itself its packed image.
    fn made(&self, from: &str, to: &str) -> DeltaState {
        let state = || {
            let deltas = self.runtime.block_on(kontor_rom::delta::deltas(&self.rom));
            let deltas = deltas.expect("lists");
            let own =
                deltas.iter().find(|delta| (delta.from.as_str(), delta.to.as_str()) == (from, to));
            own.map(|delta| delta.row.state)
        };
        let under_way = [None, Some(DeltaState::Wanted), Some(DeltaState::Working)];
        self.until("it is made", || !under_way.contains(&state()));
        state().expect("it is there")
    }

    fn url(&self) -> String {
        format!("http://{}/rom", self.address)
    }

    /// A device with an image, as the factory sets it up.
    fn device(&self, cohort: u16, image: &[u8], url: &str) -> Client<Http> {
        let folder = self.folder.path().join("device");
        let identity = Identity {
            model: "one".into(),
            hardware_id: "one".into(),
            incremental: "a1".into(),
            release_counter: 1,
            image_sha256: Hashes::of(image).sha256,
            channel: Some("stable".into()),
            cohort,
            device_id: Some("device-real-0001".into()),
            ..Identity::default()
        };
        let answer = Http::new(&self.url()).get("metadata/1.root.json", 0).expect("answers");
        let mut root = Vec::new();
        { answer.body }.read_to_end(&mut root).expect("the root");
        let memory = Memory::set_up(&folder, &root, &identity).expect("a folder of its own");
        std::fs::write(folder.join("image"), image).expect("writes");
        let fetch = Http::new(url).with_device(identity.device_id.as_deref());
        let (clock, random) = (self.clock.clone(), Random::seeded(1));
        Client { memory, fetch, clock, random, image: folder.join("image") }
    }
}

impl Drop for House {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
    }
}

/// A small device: it asks, and knows what it was offered.
struct Simulated {
    cohort: u16,
    http: Http,
    /// What shows that it was here on an earlier day.
    credential: Option<String>,
}

impl Simulated {
    /// Devices whose places in the rollout are spread evenly, so that 1 % of them is 3.
    fn all(url: &str, salt: &[u8; 16]) -> Vec<Self> {
        let mut cohorts: Vec<u16> = (0..COHORTS).collect();
        cohorts.sort_by_key(|cohort| place(*cohort, salt));
        let step = usize::from(COHORTS / DEVICES);
        let device = |number: u16| Self {
            cohort: cohorts[usize::from(number) * step],
            http: Http::new(url).with_device(Some(&format!("device-{number:04}"))),
            credential: None,
        };
        (0..DEVICES).map(device).collect()
    }

    /// Asks for the first time, and keeps what it is given.
    fn arrives(&mut self) {
        let path = format!("offers/one/stable/{}/a1", self.cohort);
        self.credential = self.http.ask(&path, None).expect("answers").credential;
        assert!(self.credential.is_some());
    }

    /// The build that it is offered, with the receipt.
    fn asks(&self) -> Option<(String, String)> {
        let path = format!("offers/one/stable/{}/a1", self.cohort);
        let answer = self.http.ask(&path, self.credential.as_deref()).expect("answers");
        assert_eq!((answer.status, answer.credential), (200, None));
        let mut body = String::new();
        { answer.body }.read_to_string(&mut body).expect("text");
        // The real device proves the signature; here it is about who is offered what.
        let (_, install) = body.split_once("\"install\":{\"incremental\":\"")?;
        let (build, _) = install.split_once('"')?;
        Some((build.to_owned(), answer.receipt.expect("whoever is offered something has one")))
    }

    fn reports(&self, build: &str, event: &str, receipt: &str) {
        // With a raw line break in the code, as real clients send it.
        let body = format!(
            "{{\"model\":\"one\",\"channel\":\"stable\",\"build\":\"{build}\",\"event\":\"{event}\",\
             \"code\":\"E: slot\nb\",\"receipt\":\"{receipt}\"}}"
        );
        assert_eq!(self.http.post("reports", &body, self.credential.as_deref()), Some(204));
    }
}

fn offered(devices: &[Simulated]) -> Vec<usize> {
    let a2 = |device: &Simulated| device.asks().is_some_and(|(build, _)| build == "a2");
    (0..devices.len()).filter(|number| a2(&devices[*number])).collect()
}

/// A mirror: a web server that knows ranges and has what somebody has put there.
#[derive(Clone)]
struct Mirror {
    url: String,
    files: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
    /// The status and path of each answer.
    answered: Arc<Mutex<Vec<(u16, String)>>>,
}

impl Mirror {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}/rom", listener.local_addr().expect("it is bound"));
        let mirror = Self { url, files: Arc::default(), answered: Arc::default() };
        let own = mirror.clone();
        // It lives as long as the test's process.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let _ = own.answer(stream);
            }
        });
        mirror
    }

    fn answer(&self, mut stream: TcpStream) -> Option<()> {
        let mut reader = BufReader::new(stream.try_clone().ok()?);
        let (mut path, mut from) = (String::new(), None);
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok()?;
            if line.trim_end().is_empty() {
                break;
            }
            if path.is_empty() {
                line.split(' ').nth(1)?.strip_prefix("/rom/")?.clone_into(&mut path);
            }
            if let Some(range) = line.to_ascii_lowercase().strip_prefix("range: bytes=") {
                from = range.trim_end().trim_end_matches('-').parse::<usize>().ok();
            }
        }
        let files = self.files.lock().expect("no panic");
        let (status, range, body) = match (files.get(&path), from) {
            (None, _) => (404, String::new(), &[][..]),
            (Some(file), None) => (200, String::new(), &file[..]),
            (Some(file), Some(from)) => {
                let range =
                    format!("Content-Range: bytes {from}-{}/{}\r\n", file.len() - 1, file.len());
                (206, range, &file[from.min(file.len())..])
            }
        };
        self.answered.lock().expect("no panic").push((status, path));
        let length = body.len();
        let head = format!(
            "HTTP/1.1 {status} Answer\r\nContent-Length: {length}\r\nConnection: close\r\n{range}\r\n"
        );
        stream.write_all(head.as_bytes()).ok()?;
        stream.write_all(body).ok()
    }

    /// Fetches what the list names and the mirror lacks, to the places where it is looked for.
    fn fill(&self, house: &House) {
        let http = Http::new(&house.url());
        let read = |path: &str| {
            let answer = http.get(path, 0).expect("answers");
            assert_eq!(answer.status, 200, "{path}");
            let mut bytes = Vec::new();
            { answer.body }.read_to_end(&mut bytes).expect("a body");
            bytes
        };
        let list = String::from_utf8(read("files.txt")).expect("text");
        for line in list.lines() {
            let (_, place) = line.split_once("/rom/origin/").expect("an address");
            let missing = !self.files.lock().expect("no panic").contains_key(place);
            if missing {
                let bytes = read(&format!("origin/{place}"));
                self.files.lock().expect("no panic").insert(place.to_owned(), bytes);
            }
        }
    }
}

/// Passes requests on and hangs up after so many bytes of each file.
struct Cutting {
    url: String,
    cuts: Arc<AtomicUsize>,
}

impl Cutting {
    fn start(upstream: SocketAddr, after: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}/rom", listener.local_addr().expect("it is bound"));
        let cuts = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&cuts);
        // It lives as long as the test's process.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let counted = Arc::clone(&counted);
                std::thread::spawn(move || pass(stream, upstream, after, &counted));
            }
        });
        Self { url, cuts }
    }
}

/// One request, one connection: the server is told to close it, so that an answer ends with it.
fn pass(stream: TcpStream, upstream: SocketAddr, after: usize, cuts: &AtomicUsize) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut stream = stream;
    let (mut head, mut length, mut is_file) = (String::new(), 0, false);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        if line.trim_end().is_empty() {
            break;
        }
        let lower = line.to_ascii_lowercase();
        if head.is_empty() {
            is_file = line.contains("/rom/targets/");
        }
        if let Some(value) = lower.strip_prefix("content-length: ") {
            length = value.trim().parse().ok()?;
        }
        if !lower.starts_with("connection:") {
            head.push_str(&line);
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let mut server = TcpStream::connect(upstream).ok()?;
    server.write_all(format!("{head}Connection: close\r\n\r\n").as_bytes()).ok()?;
    server.write_all(&body).ok()?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer).ok()?;
    let head_ends = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n")? + 4;
    if is_file && answer.len() > head_ends + after {
        cuts.fetch_add(1, Ordering::Relaxed);
        answer.truncate(head_ends + after);
    }
    stream.write_all(&answer).ok()
}

#[test]
fn a_build_goes_out_to_everybody_in_spite_of_failures_and_cut_connections() {
    let image = |build| generate(&Plan { seed: 11, build, bytes: 2 << 20 });
    let (first, second) = (image(1), image(2));
    let house = House::open();
    house.found();
    house.publish("a1", 1_000, &first);
    house.made("a1", "a1");
    house.sign();
    house.publish("a2", 2_000, &second);
    // The server wants the delta and makes it by itself; then the offline key vouches for it.
    assert_eq!(house.made("a1", "a2"), DeltaState::Ready);
    house.made("a2", "a2");
    house.sign();

    let rollout = house.roll_out("a2", &[1, 10, 100]);
    let mut devices = Simulated::all(&house.url(), &rollout.salt);
    let proxy = Cutting::start(house.address, CUT_AFTER);
    let device = house.device(devices[15].cohort, &first, &proxy.url);
    the_first_day(&house, &mut devices, &device);
    let few = offered(&devices);
    assert_eq!(few, [0, 1, 2, 3], "places 0, 33, 66 and 99 are the first hundredth");

    // The real device is at about 5 %: in the second wave, not in the first.
    let Ok(Outcome::Waiting { reason, .. }) = device.update() else { panic!("not its turn") };
    assert_eq!(reason, "rollout.not_your_turn_yet");

    let report = |number: &usize, event: &str| {
        let (build, receipt) = devices[*number].asks().expect("it is offered something");
        devices[*number].reports(&build, "downloaded", &receipt);
        devices[*number].reports(&build, event, &receipt);
        receipt
    };
    few.iter().for_each(|number| drop(report(number, "installed")));
    house.until("the second wave", || house.status(&rollout).rollout.standing.wave == 1);
    house.until("10 % are in", || offered(&devices).len() == 31);

    // A crowd of invented devices fails: counted apart, nothing halts.
    for (number, like) in devices.iter().enumerate().skip(200).take(60) {
        let invented = Simulated {
            cohort: like.cohort,
            http: Http::new(&house.url()).with_device(Some(&format!("invented-{number}"))),
            credential: None,
        };
        invented.reports("a2", "failed", "");
    }
    let status = house.status(&rollout);
    assert_eq!((status.apart.failed, status.tally.failed), (60, 0));
    assert_eq!(status.rollout.standing.state, RolloutState::Running);

    // Devices that were really offered the build fail: it halts by itself, and nobody is offered it.
    for number in 4..9 {
        report(&number, "failed");
    }
    house.until("it halts by itself", || {
        house.status(&rollout).rollout.standing.state == RolloutState::Halted
    });
    house.until("nobody is offered it", || offered(&devices).is_empty());
    let Ok(Outcome::Waiting { reason, .. }) = device.update() else { panic!("it is halted") };
    assert_eq!(reason, "rollout.halted");

    // Somebody has looked and resumes it.
    let note = Line::parse("a bad batch of cables").ok();
    let resumed = house.runtime.block_on(steer(&house.rom, rollout.id, Step::Resume, note));
    assert_eq!(resumed.expect("possible").standing.state, RolloutState::Running);
    assert_eq!(offered(&devices).len(), 31, "the same devices as before");

    // The real device: offer, metadata, the delta over a connection that is cut, proof, report.
    let Ok(Outcome::Installed(installed)) = device.update() else { panic!("not installed") };
    assert_eq!(installed.target, "one.2-from-1.delta");
    assert!(installed.bytes * 2 < second.len() as u64);
    assert!(std::fs::read(&device.image).expect("an image") == second);
    let cuts = proxy.cuts.load(Ordering::Relaxed);
    assert!(cuts >= 3, "{cuts} cuts of {} bytes", installed.bytes);
    let before = house.status(&rollout).tally;
    assert_eq!(device.send_reports("reports").expect("storage is sound"), 2);
    let after = house.status(&rollout).tally;
    assert_eq!(after.installed, before.installed + 1, "it is counted in the rollout");
    assert_eq!(after.downloaded, before.downloaded + 1);
    assert!(matches!(device.update(), Ok(Outcome::UpToDate)));

    // Enough others succeed: everybody gets it, and in the end the rollout is done.
    for number in 9..31 {
        report(&number, "installed");
    }
    house.until("the last wave", || house.status(&rollout).rollout.standing.wave == 2);
    house.until("everybody is offered it", || offered(&devices).len() == usize::from(DEVICES));
    for number in 40..60 {
        report(&number, "installed");
    }
    house.until("it is done", || {
        house.status(&rollout).rollout.standing.state == RolloutState::Done
    });

    // The device starts into the new build, fails and goes back: also that is counted.
    device.rolled_back("a2", Some("boot.loop")).expect("storage is sound");
    assert_eq!(device.send_reports("reports").expect("storage is sound"), 1);
    assert_eq!(house.status(&rollout).tally.rolled_back, 1);
    assert!(device.memory.reports().expect("readable").is_empty());

    // What was served can be kept for ever, but for the timestamp.
    served_as_it_should_be(&house);
}

/// With `redirect = "mirror"`, a device gets its signed update from a mirror that was filled as
/// `docs/how-to/serve-files-from-mirrors.md` says.
#[test]
fn a_device_updates_from_a_mirror() {
    let image = |build| generate(&Plan { seed: 12, build, bytes: 2 << 20 });
    let (first, second) = (image(1), image(2));
    let mirror = Mirror::start();
    let house = House::open_with(|config| {
        config.rom.redirect = Redirect::Mirror;
        config.rom.mirrors = vec![mirror.url.clone()];
    });
    house.found();
    house.publish("a1", 1_000, &first);
    house.made("a1", "a1");
    house.sign();
    house.publish("a2", 2_000, &second);
    assert_eq!(house.made("a1", "a2"), DeltaState::Ready);
    house.made("a2", "a2");
    house.sign();
    mirror.fill(&house);
    assert!(mirror.answered.lock().expect("no panic").is_empty(), "it is not filled from itself");
    house.roll_out("a2", &[100]);

    let device = house.device(7, &first, &house.url());
    let Ok(Outcome::Installed(installed)) = device.update() else { panic!("not installed") };
    assert_eq!(installed.target, "one.2-from-1.delta");
    assert!(std::fs::read(&device.image).expect("an image") == second);
    let answered = mirror.answered.lock().expect("no panic").clone();
    assert!(matches!(&answered[..], [(200, path)] if path.ends_with(".delta")), "{answered:?}");

    // And one with another image, which takes the whole one.
    drop(std::fs::remove_dir_all(house.folder.path().join("device")));
    let other = house.device(8, &image(9), &house.url());
    let Ok(Outcome::Installed(installed)) = other.update() else { panic!("not installed") };
    assert_ne!(installed.target, "one.2-from-1.delta");
    assert!(std::fs::read(&other.image).expect("an image") == second);
    let answered = mirror.answered.lock().expect("no panic").clone();
    assert_eq!(answered.len(), 2);
    assert!(answered.iter().all(|(status, _)| *status == 200), "{answered:?}");
}

/// Every device asks for the first time. What a device that nobody knows reports moves nothing,
/// whatever it was offered; from the next day on they are known.
fn the_first_day(house: &House, devices: &mut [Simulated], device: &Client<Http>) {
    let stranger = Http::new(&house.url()).with_device(Some("device-invented"));
    let path = format!("offers/one/stable/{}/a1", devices[0].cohort);
    let answer = stranger.ask(&path, None).expect("answers");
    assert_eq!(answer.receipt, None, "it is offered the build, and gets no receipt");
    let given = answer.credential.expect("it is given a credential");
    let answer = stranger.ask(&path, Some(&given)).expect("answers");
    assert_eq!(answer.receipt, None, "which is worth nothing on the same day");
    devices.iter_mut().for_each(Simulated::arrives);
    assert!(matches!(device.update(), Ok(Outcome::Waiting { .. })));
    house.clock.advance_seconds(86_400);
    house.runtime.block_on(kontor_rom::signing::keep_signing(&house.rom)).expect("renews");
}

fn served_as_it_should_be(house: &House) {
    let stream = |path: &str| {
        let mut server = TcpStream::connect(house.address).expect("connects");
        let request = format!("GET {path} HTTP/1.1\r\nHost: rom\r\nConnection: close\r\n\r\n");
        server.write_all(request.as_bytes()).expect("asks");
        let mut answer = Vec::new();
        server.read_to_end(&mut answer).expect("answers");
        let answer = String::from_utf8_lossy(&answer).to_ascii_lowercase();
        answer.split_once("\r\n\r\n").map(|(head, _)| head.to_owned()).unwrap_or(answer)
    };
    let timestamp = stream("/rom/metadata/timestamp.json");
    assert!(timestamp.contains("cache-control: public, no-cache"), "{timestamp}");
    assert!(timestamp.contains("etag: ") && timestamp.contains("content-length: "), "{timestamp}");
    let root = stream("/rom/metadata/1.root.json");
    assert!(root.contains("max-age=31536000, immutable"), "{root}");
    let missing = stream("/rom/metadata/2.root.json");
    assert!(missing.starts_with("http/1.1 404") && missing.contains("no-cache"), "{missing}");
    let offer = stream("/rom/offers/one/stable/17/a1");
    assert!(offer.contains("cache-control: public, max-age=0, s-maxage=1"), "{offer}");
    assert!(offer.contains("vary: kontor-device"), "{offer}");
    assert!(!offer.contains("kontor-receipt"), "who tells no id gets no receipt");
    for (path, status) in [
        ("/rom/offers/one/stable/10000/a1", "400"),
        ("/rom/offers/one/stable/x/a1", "400"),
        ("/rom/offers/one/purple/1/a1", "404"),
        ("/rom/offers/two/stable/1/a1", "404"),
        ("/rom/targets/x", "404"),
        ("/rom/targets/..%2f..%2fsecret.key", "404"),
        ("/rom/metadata/..%2fsecret.key", "404"),
    ] {
        let head = stream(path);
        assert!(head.starts_with(&format!("http/1.1 {status}")), "{path}: {head}");
    }
    assert!(Path::new(&house.folder.path().join("data/secret.key")).exists());
}
