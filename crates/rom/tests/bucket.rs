//! Files in a bucket: against a small store that speaks S3, which checks what it is sent, breaks
//! off, and answers as the real ones do.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use kontor_base::{Clock, Instant, Random};
use kontor_domain::build::Digest;
use kontor_rom::core::BucketSettings;
use kontor_rom::{Files, FilesError};
use sha2::{Digest as _, Sha256};

/// What the store holds, and what it has seen.
#[derive(Default)]
struct Held {
    objects: BTreeMap<String, Vec<u8>>,
    parts: BTreeMap<u32, Vec<u8>>,
    /// So many of the next requests are answered with 503.
    failing: u32,
    requests: Vec<String>,
}

struct Store {
    held: Arc<Mutex<Held>>,
    endpoint: String,
}

struct Request {
    method: String,
    path: String,
    query: String,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

fn read(stream: &mut BufReader<TcpStream>) -> Option<Request> {
    let mut line = String::new();
    stream.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    Some(Request { method, path: path.to_owned(), query: query.to_owned(), headers, body })
}

/// Status, headers, body.
type Answer = (u16, String, Vec<u8>);

fn answer(held: &mut Held, request: &Request) -> Answer {
    held.requests.push(format!("{} {}?{}", request.method, request.path, request.query));
    let no_headers = String::new;
    if held.failing > 0 {
        held.failing -= 1;
        return (503, no_headers(), b"<Error><Code>SlowDown</Code></Error>".to_vec());
    }
    let header = |name: &str| request.headers.get(name).map_or("", String::as_str);
    let hash: String =
        Sha256::digest(&request.body).iter().map(|byte| format!("{byte:02x}")).collect();
    let signed = header("authorization").starts_with("AWS4-HMAC-SHA256 Credential=key/20150601/");
    if !signed || header("x-amz-content-sha256") != hash {
        return (403, no_headers(), b"<Error><Code>SignatureDoesNotMatch</Code></Error>".to_vec());
    }
    let part = request.query.strip_prefix("partNumber=");
    match (request.method.as_str(), request.query.as_str(), part) {
        ("PUT", "", _) => {
            held.objects.insert(request.path.clone(), request.body.clone());
            (200, no_headers(), vec![])
        }
        ("POST", "uploads=", _) => {
            (200, no_headers(), b"<R><UploadId>id&amp;/1</UploadId></R>".to_vec())
        }
        ("PUT", _, Some(part)) => {
            let number = part.split('&').next().and_then(|n| n.parse().ok()).unwrap_or(0);
            held.parts.insert(number, request.body.clone());
            (200, format!("ETag: \"part-{number}\"\r\n"), vec![])
        }
        ("POST", _, _) => {
            let list = String::from_utf8_lossy(&request.body);
            let all = held.parts.keys().all(|number| {
                list.contains(&format!(
                    "<PartNumber>{number}</PartNumber><ETag>\"part-{number}\"</ETag>"
                ))
            });
            let bytes = held.parts.values().flatten().copied().collect();
            held.parts.clear();
            held.objects.insert(request.path.clone(), bytes);
            let said: &[u8] = if all { b"<Done/>" } else { b"<Error>parts</Error>" };
            (200, no_headers(), said.to_vec())
        }
        ("GET", "", _) => match held.objects.get(&request.path) {
            None => (404, no_headers(), b"<Error><Code>NoSuchKey</Code></Error>".to_vec()),
            Some(bytes) => match header("range").strip_prefix("bytes=") {
                None => (200, no_headers(), bytes.clone()),
                Some(range) => {
                    let (start, end) = range.split_once('-').expect("a range");
                    let [start, end] = [start, end].map(|n| n.parse::<usize>().expect("a number"));
                    (206, no_headers(), bytes[start..=end.min(bytes.len() - 1)].to_vec())
                }
            },
        },
        _ => (400, no_headers(), vec![]),
    }
}

impl Store {
    fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let endpoint = format!("http://{}", listener.local_addr().expect("a bound socket"));
        let held = Arc::new(Mutex::new(Held::default()));
        let own = Arc::clone(&held);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let held = Arc::clone(&own);
                std::thread::spawn(move || {
                    let mut stream = BufReader::new(stream);
                    while let Some(request) = read(&mut stream) {
                        let (status, headers, body) =
                            answer(&mut held.lock().expect("not poisoned"), &request);
                        let head = format!(
                            "HTTP/1.1 {status} Said\r\n{headers}Content-Length: {}\r\n\r\n",
                            body.len()
                        );
                        let out = stream.get_mut();
                        if out.write_all(&[head.as_bytes(), &body].concat()).is_err() {
                            return;
                        }
                    }
                });
            }
        });
        Self { held, endpoint }
    }

    fn settings(&self) -> BucketSettings {
        BucketSettings {
            endpoint: self.endpoint.clone(),
            region: "eu-central-1".to_owned(),
            bucket: "roms".to_owned(),
            prefix: "kontor/".to_owned(),
            access_key: "key".to_owned(),
            secret_key: "secret".to_owned(),
        }
    }

    fn files(&self, folder: &std::path::Path) -> Files {
        let clock = Clock::fixed(Instant::from_micros(1_433_160_180_000_000));
        Files::in_bucket(folder, &self.settings(), clock, Random::seeded(1)).expect("opens")
    }

    fn fail(&self, requests: u32) {
        self.held.lock().expect("not poisoned").failing = requests;
    }

    fn path(sha256: &Digest) -> String {
        let name = sha256.to_string();
        format!("/roms/kontor/{}/{name}", &name[..2])
    }
}

fn keep(files: &Files, bytes: &[u8]) -> Result<Digest, FilesError> {
    let incoming = files.take_in(&mut &*bytes, "one", &|_| true)?;
    let sha256 = incoming.sha256;
    files.keep(incoming)?;
    Ok(sha256)
}

#[test]
fn a_file_goes_up_is_checked_and_read_in_parts() {
    let (store, folder) = (Store::open(), tempfile::tempdir().expect("a folder"));
    let files = store.files(folder.path());
    let bytes: Vec<u8> = (0..5_000_u32).flat_map(u32::to_le_bytes).collect();
    let sha256 = keep(&files, &bytes).expect("is kept");
    files.verify(&sha256, bytes.len() as u64).expect("is what it was");
    let mut reader = files.reader(&sha256).expect("opens");
    let mut buffer = vec![0; 1_000];
    let gets = |store: &Store| {
        let held = store.held.lock().expect("not poisoned");
        held.requests.iter().filter(|request| request.starts_with("GET")).count()
    };
    let before = gets(&store);
    for at in [4_000, 5_000, 6_000] {
        reader.read_exact_at(&mut buffer, at, 7_000).expect("reads");
        assert_eq!(buffer, bytes[at as usize..at as usize + 1_000]);
    }
    assert_eq!(gets(&store), before + 1, "one request for one range");
    reader.read_exact_at(&mut buffer, 0, 1_000).expect("reads");
    assert_eq!(buffer, bytes[..1_000]);
    assert!(reader.read_exact_at(&mut buffer, 19_500, 20_500).is_err(), "it is shorter");
    let left = std::fs::read_dir(folder.path().join("incoming")).expect("is there").count();
    assert_eq!(left, 0, "nothing is left on the disk");
    let address = files.address(&sha256, 60).expect("a bucket has addresses");
    assert!(address.starts_with(&format!("{}{}?", store.endpoint, Store::path(&sha256))));
    assert!(address.contains("X-Amz-Expires=60&") && address.contains("&X-Amz-Signature="));
    assert!(!format!("{files:?} {:?}", store.settings()).contains("secret"));
}

#[test]
fn a_large_file_goes_up_in_parts() {
    let (store, folder) = (Store::open(), tempfile::tempdir().expect("a folder"));
    let files = store.files(folder.path());
    let bytes: Vec<u8> = (0..9_000_000_u32).flat_map(|i| i.to_le_bytes()).collect();
    let sha256 = keep(&files, &bytes).expect("is kept");
    let held = store.held.lock().expect("not poisoned");
    assert!(held.objects.get(&Store::path(&sha256)) == Some(&bytes), "the same bytes");
    let parts = held.requests.iter().filter(|request| request.contains("partNumber=")).count();
    assert_eq!(parts, 3, "36 MB in parts of 16");
}

#[test]
fn a_store_that_is_slow_is_asked_again_and_one_that_refuses_is_not() {
    let (store, folder) = (Store::open(), tempfile::tempdir().expect("a folder"));
    let files = store.files(folder.path());
    store.fail(2);
    let sha256 = keep(&files, b"a package").expect("is kept in the end");
    store.fail(99);
    let failed = keep(&files, b"another");
    assert!(matches!(&failed, Err(FilesError::Bucket { problem, .. }) if problem.contains("503")));
    store.fail(0);
    let stranger = BucketSettings { access_key: "nobody".to_owned(), ..store.settings() };
    let clock = Clock::fixed(Instant::from_micros(1_433_160_180_000_000));
    let other = Files::in_bucket(folder.path(), &stranger, clock, Random::seeded(1));
    let before = store.held.lock().expect("not poisoned").requests.len();
    assert!(keep(&other.expect("opens"), b"a third").is_err());
    assert_eq!(store.held.lock().expect("not poisoned").requests.len(), before + 1);
    files.verify(&sha256, 9).expect("is there");
}

#[test]
fn damage_and_loss_are_seen() {
    let (store, folder) = (Store::open(), tempfile::tempdir().expect("a folder"));
    let files = store.files(folder.path());
    let sha256 = keep(&files, b"a package").expect("is kept");
    let path = Store::path(&sha256);
    for bytes in [&b"a packagE"[..], b"a package and more", b""] {
        store.held.lock().expect("not poisoned").objects.insert(path.clone(), bytes.to_vec());
        assert!(matches!(files.verify(&sha256, 9), Err(FilesError::Damaged(_))), "{bytes:?}");
    }
    store.held.lock().expect("not poisoned").objects.remove(&path);
    assert!(matches!(files.verify(&sha256, 9), Err(FilesError::Gone(_))));
}

#[test]
fn settings_that_cannot_be_right_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let good = Store { held: Arc::default(), endpoint: "https://s3.example".to_owned() }.settings();
    let open = |settings: &BucketSettings| {
        Files::in_bucket(folder.path(), settings, Clock::System, Random::seeded(1)).is_ok()
    };
    assert!(open(&good));
    type Change = fn(&mut BucketSettings);
    let bad: [Change; 6] = [
        |s| s.endpoint = "s3.example".to_owned(),
        |s| s.endpoint = "https://s3.example/path".to_owned(),
        |s| s.bucket = String::new(),
        |s| s.bucket = "a/b".to_owned(),
        |s| s.prefix = "/rom".to_owned(),
        |s| s.prefix = "a/../b".to_owned(),
    ];
    for change in bad {
        let mut settings = good.clone();
        change(&mut settings);
        assert!(!open(&settings), "{settings:?}");
    }
}

/// Deltas are made from files of this machine: a bucket's come over and are compared with their names.
#[test]
fn a_file_comes_to_this_machine_whole_or_not_at_all() {
    let (store, folder) = (Store::open(), tempfile::tempdir().expect("a folder"));
    let files = store.files(folder.path());
    let bytes: Vec<u8> = (0..600_000_u32).flat_map(u32::to_le_bytes).collect();
    let sha256 = keep(&files, &bytes).expect("is kept");
    let left = || std::fs::read_dir(folder.path().join("incoming")).expect("is there").count();
    let told = Mutex::new(Vec::new());
    let progress = |done: u64| {
        told.lock().expect("not poisoned").push(done);
        true
    };
    let local = files.local(&sha256, "copy", &progress).expect("comes over");
    assert!(std::fs::read(local.path()).expect("is read") == bytes);
    assert_eq!(told.lock().expect("not poisoned").last(), Some(&(bytes.len() as u64)));
    // Two at once are two copies; each goes with whoever asked for it.
    let other = files.local(&sha256, "another", &|_| true).expect("comes over");
    assert_ne!(local.path(), other.path());
    assert_eq!(left(), 2);
    drop((local, other));
    assert_eq!(left(), 0, "nothing is left on the disk");

    let stopped = files.local(&sha256, "copy", &|_| false);
    assert!(matches!(stopped, Err(FilesError::Stopped)));
    let path = Store::path(&sha256);
    let object = |bytes: Vec<u8>| {
        store.held.lock().expect("not poisoned").objects.insert(path.clone(), bytes);
    };
    for damaged in [bytes[1..].to_vec(), [&bytes[..], &[0]].concat(), Vec::new()] {
        object(damaged);
        let found = files.local(&sha256, "copy", &|_| true);
        assert!(matches!(found, Err(FilesError::Damaged(_))), "{found:?}");
    }
    store.held.lock().expect("not poisoned").objects.clear();
    assert!(matches!(files.local(&sha256, "copy", &|_| true), Err(FilesError::Gone(_))));
    assert_eq!(left(), 0);

    // In a folder the file itself is read, and stays.
    let files = Files::open(folder.path().join("folder")).expect("opens");
    let sha256 = keep(&files, &bytes).expect("is kept");
    let local = files.local(&sha256, "copy", &|_| true).expect("is there");
    assert_eq!(local.path(), files.path(&sha256));
    drop(local);
    files.verify(&sha256, bytes.len() as u64).expect("it stays");
}
