//! The yardstick: nginx with the very same bytes as static files, set up as a
//! person would who wants it fast.

use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::Bench;
use super::process::Process;
use crate::{Failure, command, test};

/// A page that nginx serves: the file with its body, which is its path too,
/// and its headers.
pub(super) struct Served {
    pub(super) file: String,
    pub(super) content_type: String,
    pub(super) content_encoding: String,
}

/// A running nginx.
pub(super) struct Nginx {
    pub(super) base_url: String,
    _process: Process,
}

impl Nginx {
    /// Starts nginx with these pages on a free port.
    pub(super) fn start(bench: &Bench, pages: &[Served]) -> Result<Self, Failure> {
        let program = test::ensure("nginx", "nginx-light")?;
        let port = free_port()?;
        let path = bench.folder.join("nginx.conf");
        std::fs::write(&path, configuration(bench, port, pages))
            .map_err(|error| format!("could not write {}: {error}", path.display()))?;
        let mut command = Command::new(program);
        command
            .arg("-p")
            .arg(&bench.folder)
            .arg("-e")
            .arg("stderr")
            .arg("-c")
            .arg(&path)
            .stdout(Stdio::null());
        let mut process = Process::start("nginx", &mut command)?;
        process.wait_until("it listened", Duration::from_secs(10), || {
            TcpStream::connect(("127.0.0.1", port)).is_ok()
        })?;
        Ok(Self { base_url: format!("http://127.0.0.1:{port}"), _process: process })
    }
}

fn free_port() -> Result<u16, Failure> {
    let listener = TcpListener::bind("127.0.0.1:0")
        .map_err(|error| format!("there is no free port: {error}"))?;
    listener
        .local_addr()
        .map(|address| address.port())
        .map_err(|error| format!("there is no free port: {error}"))
}

fn configuration(bench: &Bench, port: u16, pages: &[Served]) -> String {
    // As many workers as kontor has threads for its requests: one per core.
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    let folder = bench.folder.display();
    // Workers change to another account when started as root, and that one
    // cannot read the folder of this run.
    let user = if command::is_root() { "user root;" } else { "" };
    let mut locations = String::new();
    for page in pages {
        let encoding = match page.content_encoding.as_str() {
            "" => String::new(),
            encoding => format!("add_header Content-Encoding {encoding};"),
        };
        locations.push_str(&format!(
            "    location = /{} {{ types {{ }} default_type \"{}\"; {encoding} }}\n",
            page.file, page.content_type
        ));
    }
    format!(
        "{user}
daemon off;
worker_processes {cores};
pid {folder}/nginx.pid;
error_log {folder}/nginx.log warn;
events {{ worker_connections 8192; }}
http {{
  access_log off;
  sendfile on;
  tcp_nopush on;
  tcp_nodelay on;
  keepalive_timeout 600s;
  keepalive_requests 1000000000;
  open_file_cache max=1024 inactive=600s;
  open_file_cache_valid 600s;
  client_body_temp_path {folder}/nginx-body;
  proxy_temp_path {folder}/nginx-proxy;
  fastcgi_temp_path {folder}/nginx-fastcgi;
  uwsgi_temp_path {folder}/nginx-uwsgi;
  scgi_temp_path {folder}/nginx-scgi;
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    root {folder};
{locations}  }}
}}
"
    )
}
