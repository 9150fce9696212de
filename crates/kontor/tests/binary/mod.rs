//! The binary in a folder of its own.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// A folder in which `kontor` is run, with `data` as its data folder.
pub(crate) struct Kontor {
    folder: TempDir,
    /// The address of its database, if that is not a file in the data folder.
    database: Option<String>,
}

/// What a run came to.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Kontor {
    /// An empty folder.
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder"), database: None }
    }

    /// An empty folder beside an empty database on a server.
    #[allow(dead_code, reason = "each test binary takes what it needs")]
    pub(crate) fn on_server(address: &str) -> Self {
        Self { database: Some(address.to_owned()), ..Self::new() }
    }

    /// A folder whose database holds the demo.
    #[allow(dead_code, reason = "each test binary takes what it needs")]
    pub(crate) fn with_demo() -> Self {
        let kontor = Self::new();
        Running::start(&kontor, &["demo", "--devices", "0"]).stop();
        kontor
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kontor"));
        command.current_dir(self.folder.path());
        // Settings of the machine must not reach the tests.
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(|name| name.starts_with("KONTOR_")) {
                command.env_remove(name);
            }
        }
        if let Some(database) = &self.database {
            command.env("KONTOR_DATABASE", database);
        }
        command.args(["--data", "data"]).args(arguments);
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        self.run_with_input(arguments, b"")
    }

    pub(crate) fn run_with_input(&self, arguments: &[&str], input: &[u8]) -> Run {
        Self::finish(self.command(arguments), input)
    }

    /// Runs it with these variables.
    #[allow(dead_code, reason = "each test binary takes what it needs")]
    pub(crate) fn run_in(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Run {
        let mut command = self.command(arguments);
        command.envs(variables.iter().copied());
        Self::finish(command, b"")
    }

    /// Runs it where no file may grow beyond `blocks` of 512 bytes.
    #[allow(dead_code, reason = "each test binary takes what it needs")]
    pub(crate) fn run_with_file_limit(&self, blocks: u32, arguments: &[&str]) -> Run {
        let mut command = Command::new("sh");
        command.current_dir(self.folder.path());
        // The signal would end the process; ignored, the write fails as on a full disk.
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" --data data \"$@\"");
        command.args(["-c", &script, env!("CARGO_BIN_EXE_kontor")]).args(arguments);
        Self::finish(command, b"")
    }

    fn finish(mut command: Command, input: &[u8]) -> Run {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the binary");
        let mut pipe = child.stdin.take().expect("a pipe");
        let input = input.to_vec();
        // A command that does not read closes the pipe: that is its right.
        let writing = std::thread::spawn(move || pipe.write_all(&input));
        let output = child.wait_with_output().expect("the binary ends");
        let _ = writing.join().expect("the writing thread");
        let text = |bytes| String::from_utf8(bytes).expect("text");
        let code = output.status.code().expect("an exit code");
        Run { code, out: text(output.stdout), err: text(output.stderr) }
    }

    /// Runs what has to work.
    pub(crate) fn ok(&self, arguments: &[&str]) -> Run {
        let run = self.run(arguments);
        assert_eq!(run.code, 0, "{arguments:?}: {}{}", run.out, run.err);
        run
    }
}

/// How long [`Running::until`] waits.
#[allow(dead_code, reason = "each test binary takes what it needs")]
const UNTIL_MAX: Duration = Duration::from_secs(60);

/// A server that runs until it is stopped.
pub(crate) struct Running {
    child: Child,
    address: String,
}

impl Running {
    #[allow(dead_code, reason = "each test binary takes what it needs")]
    pub(crate) fn serve(kontor: &Kontor) -> Self {
        Self::start(kontor, &["serve"])
    }

    /// Serves with these variables.
    #[allow(dead_code, reason = "each test binary takes what it needs")]
    pub(crate) fn serve_in(kontor: &Kontor, variables: &[(&str, &str)]) -> Self {
        Self::start_in(kontor, variables, &["serve"])
    }

    /// The demonstration, in the data folder.
    #[allow(dead_code, reason = "each test binary takes what it needs")]
    pub(crate) fn demo(kontor: &Kontor) -> Self {
        Self::start(kontor, &["demo"])
    }

    /// Where it listens.
    #[allow(dead_code, reason = "each test binary takes what it needs")]
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Runs a command that serves.
    pub(crate) fn start(kontor: &Kontor, arguments: &[&str]) -> Self {
        Self::start_in(kontor, &[], arguments)
    }

    fn start_in(kontor: &Kontor, variables: &[(&str, &str)], arguments: &[&str]) -> Self {
        let ready = kontor.path("ready");
        let _ = std::fs::remove_file(&ready);
        let mut command = kontor.command(arguments);
        command.envs(variables.iter().copied());
        command.args(["--listen", "127.0.0.1:0", "--ready-file", "ready"]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the binary");
        let origin = loop {
            if let Ok(origin) = std::fs::read_to_string(&ready) {
                break origin;
            }
            assert!(child.try_wait().expect("its state").is_none(), "the server ended");
            std::thread::sleep(Duration::from_millis(10));
        };
        let address = origin.trim().strip_prefix("http://").expect("an address").to_owned();
        Self { child, address }
    }

    /// The answer to a GET, head and body.
    #[allow(dead_code, reason = "each test binary takes what it needs")]
    pub(crate) fn get(&self, path: &str) -> String {
        let head = format!("GET {path} HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n");
        self.answer(head.as_bytes())
    }

    fn answer(&self, request: &[u8]) -> String {
        let mut stream = TcpStream::connect(&self.address).expect("a connection");
        stream.write_all(request).expect("sent");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("an answer");
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// The answer to a POST of JSON with a key, head and body.
    #[allow(dead_code, reason = "each test binary takes what it needs")]
    pub(crate) fn post(&self, path: &str, key: &str, body: &str) -> String {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: shop\r\nConnection: close\r\nIdempotency-Key: {key}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        self.answer(&[head.as_bytes(), body.as_bytes()].concat())
    }

    /// Waits until a page is as wanted.
    ///
    /// # Panics
    ///
    /// When it is not within a minute: a wait in vain is a failure, not a pause.
    #[allow(dead_code, reason = "each test binary takes what it needs")]
    pub(crate) fn until(&self, path: &str, wanted: impl Fn(&str) -> bool) {
        let began = Instant::now();
        loop {
            let page = self.get(path);
            if wanted(&page) {
                return;
            }
            assert!(began.elapsed() < UNTIL_MAX, "{path} is not as wanted: {page}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Asks it to stop and waits for it.
    pub(crate) fn stop(mut self) {
        let pid = self.child.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &pid]).status().expect("kill");
        assert!(asked.success());
        assert!(self.child.wait().expect("its end").success());
    }

    /// Ends it as a power cut would.
    #[allow(dead_code, reason = "each test binary takes what it needs")]
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("its end");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // A test that failed must not leave a server behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
