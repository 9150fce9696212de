//! Where requests go: `http://HOST:PORT/path`, on this machine only.

use std::net::{IpAddr, SocketAddr};

/// The address of a page on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// Where to connect to.
    pub socket: SocketAddr,
    /// What the `Host` header says.
    pub host: String,
    /// The path with its query; `/` when none is given.
    pub path: String,
}

/// Why an address is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressError {
    /// It does not begin with `http://`.
    Scheme,
    /// Host and port are no IP address with a port.
    Host,
    /// It is not on this machine.
    NotLoopback,
}

impl std::fmt::Display for AddressError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Scheme => "the address must begin with http://",
            Self::Host => {
                "the address must name an IP address and a port, as http://127.0.0.1:8080/"
            }
            Self::NotLoopback => "load goes to this machine only: 127.0.0.0/8, [::1] or localhost",
        })
    }
}

impl std::error::Error for AddressError {}

impl Address {
    /// Reads an address.
    ///
    /// # Errors
    /// Anything but plain HTTP to a loopback address: this program must not
    /// become a weapon by a slip of the keyboard.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let rest = text.strip_prefix("http://").ok_or(AddressError::Scheme)?;
        let split = rest.find('/').unwrap_or(rest.len());
        let (host, path) = rest.split_at(split);
        let numeric = host.strip_prefix("localhost").map(|port| format!("127.0.0.1{port}"));
        let socket: SocketAddr =
            numeric.as_deref().unwrap_or(host).parse().map_err(|_| AddressError::Host)?;
        let is_loopback = match socket.ip() {
            IpAddr::V4(address) => address.is_loopback(),
            IpAddr::V6(address) => address.is_loopback(),
        };
        if !is_loopback {
            return Err(AddressError::NotLoopback);
        }
        let path = if path.is_empty() { "/" } else { path };
        Ok(Self { socket, host: host.to_owned(), path: path.to_owned() })
    }

    /// The bytes of a GET for this address, with headers of one's own.
    #[must_use]
    pub fn get(&self, headers: &[(&str, &str)]) -> Vec<u8> {
        let mut request = format!("GET {} HTTP/1.1\r\nHost: {}\r\n", self.path, self.host);
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        request.push_str("\r\n");
        request.into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_this_machine_are_read() {
        let address =
            Address::parse("http://127.0.0.1:8080/us/en/?a=b").expect("a loopback address");
        assert_eq!(address.path, "/us/en/?a=b");
        assert_eq!(address.host, "127.0.0.1:8080");
        assert_eq!(Address::parse("http://localhost:80").expect("a loopback address").path, "/");
        assert!(Address::parse("http://[::1]:80/").is_ok());
    }

    #[test]
    fn all_others_are_refused() {
        assert_eq!(Address::parse("https://127.0.0.1:80/"), Err(AddressError::Scheme));
        assert_eq!(Address::parse("http://example.com/"), Err(AddressError::Host));
        assert_eq!(Address::parse("http://192.168.0.1:80/"), Err(AddressError::NotLoopback));
        assert_eq!(Address::parse("http://localhost.example:80/"), Err(AddressError::Host));
    }
}
