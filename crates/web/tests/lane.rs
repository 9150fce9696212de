//! The lane before the HTTP library, through sockets: what is answered there is answered as the router
//! answers it, and whatever else comes on a connection is the library's.

mod common;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use common::Api;
use kontor_web::server;
use proptest::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tower::ServiceExt;

const LIST: &str = "/rom/api/v2/one/nightly/old?c=7";
const CHECK: &str = "/rom/check?model=one&channel=stable&build=old";
const WITHIN: Duration = Duration::from_secs(20);

struct Served {
    api: Api,
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<std::io::Result<()>>,
}

/// An answer as it came over the wire.
#[derive(Debug, PartialEq, Eq)]
struct Answer {
    status: u16,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

impl Served {
    async fn open() -> Self {
        let api = Api::open().await;
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let (stop, stopped) = oneshot::channel::<()>();
        let app = api.app.clone();
        let serving = tokio::spawn(async move {
            let stopped = async {
                let _ = stopped.await;
            };
            server::serve(&app, listener, stopped, WITHIN).await
        });
        Self { api, address, stop: Some(stop), serving }
    }

    async fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).await.expect("somebody listens");
        stream.set_nodelay(true).expect("it can be set");
        stream
    }

    /// Sends these pieces on a connection of their own and reads so many answers.
    async fn ask(&self, pieces: &[&str], answers: usize) -> Vec<Answer> {
        let mut stream = self.connect().await;
        for piece in pieces {
            stream.write_all(piece.as_bytes()).await.expect("it is taken");
            tokio::task::yield_now().await;
        }
        let mut read = Vec::new();
        read_answers(&mut stream, &mut read, answers).await
    }

    /// The same request through the router, as its handler answers it.
    async fn by_router(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::builder().uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::empty()).expect("a request");
        let answer = self.api.router().oneshot(request).await.expect("an answer");
        let (parts, body) = answer.into_parts();
        let body = to_bytes(body, 1 << 20).await.expect("a body").to_vec();
        let text = |value: &axum::http::HeaderValue| value.to_str().expect("ASCII").to_owned();
        let headers = parts.headers.iter().map(|(name, value)| (name.to_string(), text(value)));
        Answer { status: parts.status.as_u16(), headers: headers.collect(), body }
    }
}

/// Reads answers with a length; one to `HEAD`, or without a length, has no body here.
async fn read_answers(stream: &mut TcpStream, read: &mut Vec<u8>, count: usize) -> Vec<Answer> {
    let mut answers = Vec::new();
    while answers.len() < count {
        if let Some((answer, used)) = first_answer(read) {
            answers.push(answer);
            read.drain(..used);
            continue;
        }
        let more = tokio::time::timeout(WITHIN, stream.read_buf(read)).await;
        let more = more.expect("an answer comes").expect("the connection holds");
        assert!(
            more > 0,
            "closed after {} answers: {}",
            answers.len(),
            String::from_utf8_lossy(read)
        );
    }
    answers
}

fn first_answer(read: &[u8]) -> Option<(Answer, usize)> {
    let end = read.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(&read[..end]).expect("ASCII");
    let mut lines = head.trim_end().split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let pair = |line: &str| {
        line.split_once(": ").map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
    };
    let headers: BTreeMap<_, _> = lines.filter_map(pair).collect();
    let length = headers.get("content-length").map_or(0, |text| text.parse().expect("a number"));
    let body = read.get(end..end + length)?.to_vec();
    Some((Answer { status, headers, body }, end + length))
}

fn get(path: &str, headers: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: shop.example\r\n{headers}\r\n")
}

#[tokio::test]
async fn what_the_lane_says_is_what_the_router_says() {
    let served = Served::open().await;
    let etag = served.by_router(LIST, &[]).await.header("etag").to_owned();
    let device = ("kontor-device", "device-number-one");
    for (path, headers) in [
        (LIST, vec![]),
        ("/rom/api/v1/one/nightly/old?c=7&channel=beta", vec![]),
        (LIST, vec![("if-none-match", etag.as_str())]),
        (LIST, vec![("if-none-match", "\"other\"")]),
        (CHECK, vec![]),
        (CHECK, vec![device]),
        (CHECK, vec![device, ("kontor-credential", "none of ours")]),
    ] {
        let lines: String =
            headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        // Twice on one connection: the second is answered there, too.
        let two = get(path, &lines).repeat(2);
        let lane = served.ask(&[&two], 2).await;
        let mut router = served.by_router(path, &headers).await;
        router.headers.remove("content-length");
        for mut answer in lane {
            let date = answer.headers.remove("date").unwrap_or_default();
            assert!(date.ends_with(" GMT") && date.len() == 29, "{path}: {date:?}");
            let length = answer.headers.remove("content-length");
            let wanted = (answer.status != 304).then(|| answer.body.len().to_string());
            assert_eq!(length, wanted, "{path}");
            assert_eq!(answer, router, "{path}");
        }
    }
}

/// Where a request ends is what matters on a connection: the answers tell whether the next one was
/// found in its place.
#[tokio::test]
async fn whatever_else_comes_is_the_librarys() {
    let served = Served::open().await;
    let (list, page) = (get(LIST, ""), get("/healthz", ""));
    let of = |answers: Vec<Answer>| answers.iter().map(|a| a.status).collect::<Vec<_>>();
    let mixed = format!("{list}{list}{page}{list}");
    assert_eq!(of(served.ask(&[&mixed], 4).await), [200, 200, 200, 200]);
    for at in [1, 3, 4, 30, list.len() - 3, list.len() - 1] {
        let (one, other) = list.split_at(at);
        let answers = served.ask(&[one, other, &list], 2).await;
        assert!(answers[0] == answers[1] && answers[0].status == 200, "cut at {at}");
    }
    // A body that looks like a request is no request.
    let hidden = get("/no/such/page", "");
    let length = format!("Content-Length: {}\r\n", hidden.len());
    let body = format!("{}{hidden}{list}", get(LIST, &length));
    assert_eq!(of(served.ask(&[&body], 2).await), [200, 200]);
    let chunks = format!(
        "{}{:x}\r\n{hidden}\r\n0\r\n\r\n{list}",
        get(LIST, "transfer-encoding: chunked\r\n"),
        hidden.len()
    );
    assert_eq!(of(served.ask(&[&chunks], 2).await), [200, 200]);
    // A browser's own words, an escape, another method, the whole address.
    let kept = served.ask(&[&get(LIST, "Connection: Keep-Alive\r\n"), &list], 2).await;
    assert_eq!(of(kept), [200, 200]);
    let escaped = get("/rom/api/v2/one/nightly/o%6cd", "");
    assert_eq!(of(served.ask(&[&escaped, &list], 2).await), [200, 200]);
    let whole = format!("GET http://shop.example{LIST} HTTP/1.1\r\nHost: shop.example\r\n\r\n");
    assert_eq!(of(served.ask(&[&whole, &list], 2).await), [200, 200]);
    let post = format!("POST {LIST} HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n{list}");
    assert_eq!(of(served.ask(&[&post], 2).await), [405, 200]);
    // `HEAD` has the length and no body.
    let mut stream = served.connect().await;
    let head = list.replacen("GET", "HEAD", 1);
    stream.write_all(format!("{head}{page}").as_bytes()).await.expect("it is taken");
    let mut read = Vec::new();
    while !read.ends_with(b"alive\n") {
        let more = tokio::time::timeout(WITHIN, stream.read_buf(&mut read)).await;
        assert!(more.expect("both are answered").expect("it holds") > 0, "both are answered");
    }
    assert!(!read.windows(9).any(|some| some == b"datetime\""), "no body");
}

#[tokio::test]
async fn a_connection_ends_when_its_client_says_so() {
    let served = Served::open().await;
    for request in [get(LIST, "Connection: close\r\n"), format!("GET {LIST} HTTP/1.0\r\n\r\n")] {
        let mut stream = served.connect().await;
        stream.write_all(request.as_bytes()).await.expect("it is taken");
        let mut read = Vec::new();
        tokio::time::timeout(WITHIN, stream.read_to_end(&mut read))
            .await
            .expect("in time")
            .expect("to its end");
        let (answer, used) = first_answer(&read).expect("an answer");
        assert_eq!((answer.status, used), (200, read.len()), "{request}");
    }
    // Whoever only closes its half has its answer first.
    let mut stream = served.connect().await;
    stream.write_all(get(LIST, "").as_bytes()).await.expect("it is taken");
    stream.shutdown().await.expect("it is closed");
    let mut read = Vec::new();
    stream.read_to_end(&mut read).await.expect("to its end");
    assert_eq!(first_answer(&read).map(|(answer, _)| answer.status), Some(200));
}

#[tokio::test]
async fn a_server_that_stops_closes_the_lane() {
    let mut served = Served::open().await;
    let mut waiting = served.connect().await;
    waiting.write_all(get(LIST, "").as_bytes()).await.expect("it is taken");
    let mut read = Vec::new();
    assert_eq!(read_answers(&mut waiting, &mut read, 1).await[0].status, 200);
    let silent = served.connect().await;
    served.stop.take().expect("not yet").send(()).expect("it runs");
    let ended = tokio::time::timeout(WITHIN / 2, served.serving).await;
    ended.expect("it waits for no idle connection").expect("no panic").expect("no fault");
    for mut stream in [waiting, silent] {
        let mut rest = Vec::new();
        let closed = stream.read_to_end(&mut rest).await;
        assert!(rest.is_empty(), "{closed:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever is sent, the server stands: the next client has its answer.
    #[test]
    fn no_bytes_disturb_others(
        bytes in prop_oneof![
            prop::collection::vec(any::<u8>(), 1..300),
            "GET /rom/(check|api/v2/one/nightly/old)(\\?[a-z=&%+]{0,20})? HTTP/1\\.[01]\r\n([A-Za-z-]{1,9}: ?[ -~]{0,9}\r\n){0,3}(\r\n)?"
                .prop_map(String::into_bytes),
        ],
    ) {
        use std::sync::LazyLock;
        static RUNTIME: LazyLock<(tokio::runtime::Runtime, Served)> = LazyLock::new(|| {
            let runtime = tokio::runtime::Runtime::new().expect("a runtime");
            let served = runtime.block_on(Served::open());
            (runtime, served)
        });
        let (runtime, served) = &*RUNTIME;
        runtime.block_on(async {
            let mut stream = served.connect().await;
            // It may be closed before everything was taken.
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
            let mut read = Vec::new();
            let _ = tokio::time::timeout(WITHIN, stream.read_to_end(&mut read)).await.expect("it ends");
            assert_eq!(served.ask(&[&get(LIST, "")], 1).await[0].status, StatusCode::OK.as_u16());
        });
    }
}
