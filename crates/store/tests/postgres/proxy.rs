//! A connection to the server that can be held up or cut at the very moment of a commit.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What happens to the next COMMIT that comes by.
#[derive(Debug)]
pub(crate) enum AtCommit {
    /// It goes through.
    Pass,
    /// It waits until the test says so.
    Hold { here: Sender<()>, go_on: Receiver<()> },
    /// It never reaches the server.
    CutBefore,
    /// It reaches the server, but its answer does not come back.
    CutAfter,
    /// The same, and the server is out of reach for a while.
    CutAndRefuse(Duration),
}

/// A proxy on a port of its own.
pub(crate) struct Proxy {
    pub(crate) address: String,
    next: Arc<Mutex<AtCommit>>,
}

impl Proxy {
    /// Starts it before the server at `target`.
    pub(crate) fn start(target: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let next = Arc::new(Mutex::new(AtCommit::Pass));
        let (target, shared) = (target.to_owned(), Arc::clone(&next));
        let refuse_until = Arc::new(Mutex::new(std::time::Instant::now()));
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if *refuse_until.lock().expect("whole") > std::time::Instant::now() {
                    let _ = client.shutdown(Shutdown::Both);
                    continue;
                }
                let server = TcpStream::connect(&target).expect("the server");
                for stream in [&client, &server] {
                    stream.set_nodelay(true).expect("no delay");
                }
                let back = (server.try_clone().expect("it"), client.try_clone().expect("it"));
                let (shared, refuse) = (Arc::clone(&shared), Arc::clone(&refuse_until));
                std::thread::spawn(move || forth(client, server, &shared, &refuse));
                std::thread::spawn(move || {
                    let (mut from, mut to) = back;
                    let _ = std::io::copy(&mut from, &mut to);
                    let _ = to.shutdown(Shutdown::Both);
                });
            }
        });
        Self { address, next }
    }

    /// Says what happens to the next COMMIT.
    pub(crate) fn at_commit(&self, what: AtCommit) {
        *self.next.lock().expect("whole") = what;
    }

    /// Holds the next COMMIT up: the first answer says that it is there, the second lets it go on.
    pub(crate) fn hold(&self) -> (Receiver<()>, Sender<()>) {
        let ((here, told), (let_go, go_on)) = (channel(), channel());
        self.at_commit(AtCommit::Hold { here, go_on });
        (told, let_go)
    }
}

fn forth(
    mut client: TcpStream,
    mut server: TcpStream,
    next: &Mutex<AtCommit>,
    refuse_until: &Mutex<std::time::Instant>,
) {
    let mut bytes = vec![0; 64 * 1024];
    while let Ok(count @ 1..) = client.read(&mut bytes) {
        let said = &bytes[..count];
        let commit = said.windows(7).any(|words| words == b"COMMIT\0");
        let what = if commit {
            std::mem::replace(&mut *next.lock().expect("whole"), AtCommit::Pass)
        } else {
            AtCommit::Pass
        };
        match what {
            AtCommit::Pass => {}
            AtCommit::Hold { here, go_on } => {
                here.send(()).expect("the test waits");
                go_on.recv().expect("the test says so");
            }
            AtCommit::CutBefore => break,
            AtCommit::CutAfter | AtCommit::CutAndRefuse(_) => {
                if let AtCommit::CutAndRefuse(time) = what {
                    *refuse_until.lock().expect("whole") = std::time::Instant::now() + time;
                }
                // Nothing comes back any more, but the server hears it.
                let _ = client.shutdown(Shutdown::Both);
                let _ = server.write_all(said);
                break;
            }
        }
        if server.write_all(said).is_err() {
            break;
        }
    }
    let _ = server.shutdown(Shutdown::Write);
    let _ = client.shutdown(Shutdown::Both);
}
