//! Downloads: many connections that fetch ranges of one large file and throw the bytes away.
//!
//! Threads and plain sockets: with a few connections that each move megabytes there is nothing to
//! gain from a runtime, and less that could be measured by mistake.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::{Address, Fault};

/// Room for the next piece.
const READ_BYTES: usize = 256 * 1024;
/// The longest head of an answer.
const HEAD_BYTES_MAX: usize = 8 * 1024;
/// How long a server may say nothing.
const SILENCE_MAX: Duration = Duration::from_secs(30);

/// What is fetched and how.
#[derive(Debug, Clone)]
pub struct Stream {
    /// The file.
    pub address: Address,
    /// Its size in bytes.
    pub bytes: u64,
    /// The size of a range; the whole file where it is not smaller.
    pub range_bytes: u64,
    /// Connections that fetch at the same time.
    pub connections: u32,
    /// Nothing is asked for after this time.
    pub during: Duration,
}

/// What came.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Streamed {
    /// Answers.
    pub requests: u64,
    /// Bytes of bodies.
    pub bytes: u64,
    /// From the first request to the last byte.
    pub elapsed: Duration,
}

impl Stream {
    /// Fetches until the time is over.
    ///
    /// # Errors
    ///
    /// The first fault of any connection: a download that fails is no measurement.
    pub fn run(&self) -> Result<Streamed, Fault> {
        let began = Instant::now();
        let handles: Vec<_> = (0..self.connections)
            .map(|place| {
                let stream = self.clone();
                std::thread::spawn(move || stream.one(place, began))
            })
            .collect();
        let mut sum = Streamed::default();
        for handle in handles {
            let one =
                handle.join().map_err(|_| Fault::Answer("a thread that does not panic"))??;
            sum.requests += one.requests;
            sum.bytes += one.bytes;
        }
        sum.elapsed = began.elapsed();
        Ok(sum)
    }

    fn one(&self, place: u32, began: Instant) -> Result<Streamed, Fault> {
        let mut socket = TcpStream::connect(self.address.socket)?;
        socket.set_nodelay(true)?;
        socket.set_read_timeout(Some(SILENCE_MAX))?;
        let mut buffer = vec![0; READ_BYTES];
        let mut sum = Streamed::default();
        let ranges = (self.bytes / self.range_bytes.max(1)).max(1);
        // Each connection walks through the file from a place of its own, in steps that meet every
        // range before they meet one again.
        let mut range = u64::from(place).wrapping_mul(7_919);
        while began.elapsed() < self.during {
            range = range.wrapping_add(2_654_435_761) % ranges;
            let start = range * self.range_bytes;
            let length = self.range_bytes.min(self.bytes - start);
            let wanted = format!("bytes={start}-{}", start + length - 1);
            socket.write_all(&self.address.get(&[("Range", &wanted)]))?;
            let got = discard(&mut socket, &mut buffer)?;
            if got != length {
                return Err(Fault::Answer("the bytes that were asked for"));
            }
            sum.requests += 1;
            sum.bytes += got;
        }
        Ok(sum)
    }
}

/// Reads an answer with a part of a file and throws it away; gives the size of its body.
fn discard(socket: &mut TcpStream, buffer: &mut [u8]) -> Result<u64, Fault> {
    let mut held = 0;
    let head_ends = loop {
        let n = socket.read(&mut buffer[held..])?;
        if n == 0 {
            return Err(Fault::Closed);
        }
        held += n;
        if let Some(at) = buffer[..held].windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        if held > HEAD_BYTES_MAX {
            return Err(Fault::Answer("a head of reasonable length"));
        }
    };
    let head = String::from_utf8_lossy(&buffer[..head_ends]).to_ascii_lowercase();
    let status = head.split(' ').nth(1).and_then(|word| word.parse::<u16>().ok()).unwrap_or(0);
    if status != 206 {
        return Err(Fault::Status(status, head));
    }
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    let length = length.and_then(|value| value.trim().parse::<u64>().ok());
    let length = length.ok_or(Fault::Answer("Content-Length"))?;
    let mut left = length.saturating_sub((held - head_ends) as u64);
    while left > 0 {
        let room = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let n = socket.read(&mut buffer[..room])?;
        if n == 0 {
            return Err(Fault::Closed);
        }
        left -= n as u64;
    }
    Ok(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    use std::net::TcpListener;

    #[test]
    fn ranges_are_counted_and_wrong_answers_are_faults() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let socket = listener.local_addr().expect("a bound socket");
        let server = std::thread::spawn(move || {
            for answer in ["206 Partial Content", "200 OK"] {
                let (mut stream, _) = listener.accept().expect("a client");
                let mut request = [0; 1024];
                let n = stream.read(&mut request).expect("a request");
                assert!(String::from_utf8_lossy(&request[..n]).contains("Range: bytes=0-3\r\n"));
                let head = format!("HTTP/1.1 {answer}\r\nContent-Length: 4\r\n\r\nabcd");
                stream.write_all(head.as_bytes()).expect("the client listens");
                // A second request means that the client wants more; closing tells it that that is all.
            }
        });
        let address = Address::parse(&format!("http://{socket}/file")).expect("loopback");
        for is_part in [true, false] {
            let mut client = TcpStream::connect(socket).expect("connects");
            client.write_all(&address.get(&[("Range", "bytes=0-3")])).expect("is sent");
            let got = discard(&mut client, &mut [0; 1024]);
            assert_eq!(got.ok(), is_part.then_some(4));
        }
        server.join().expect("the server ends");
    }
}
