//! The requests of a run, written without asking for memory, and what their answers say.

use std::io::Write;

use kontor_base::id::SaleId;

use super::RushError;
use super::files::{Crowd, Kind, Records};

/// Who is asked for what; one thread's share of the people, in order. A person asks on one
/// connection, whose number tells what is to be remembered between their requests.
pub trait Script: Send {
    /// Puts a person's request number `step`, counted from 0, into `out`, which is empty.
    ///
    /// # Errors
    /// When there is no such person.
    fn write(
        &mut self,
        line: usize,
        person: u32,
        step: u8,
        out: &mut Vec<u8>,
    ) -> Result<(), RushError>;

    /// Takes the answer to it.
    fn read(&mut self, line: usize, person: u32, step: u8, status: u16, body: &[u8]) -> Heard;
}

/// What an answer means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// The one that was hoped for.
    Hoped,
    /// Another one; the person goes home.
    Other,
    /// The person has another request.
    Next,
}

impl Heard {
    fn hoped(is: bool) -> Self {
        if is { Self::Hoped } else { Self::Other }
    }
}

/// What every request of a run has in common.
#[derive(Debug, Clone)]
pub struct Common {
    /// The `Host` header.
    pub host: String,
    /// The sale.
    pub sale: SaleId,
    /// Tells the keys of this run from those of every other.
    pub run: u64,
    /// The first byte of the people's own addresses, which the proxy in front would pass on.
    pub network: u8,
}

/// Takes one unit for each person.
#[derive(Debug)]
pub struct Claims {
    common: Common,
    head: Vec<u8>,
    tickets: Records,
    next: u32,
    first: u32,
    /// The problem's code that is hoped for instead of a unit.
    hoped: Option<String>,
    /// The number of each person's claim; 0: none.
    numbers: Vec<u32>,
}

impl Claims {
    /// Claims of `people` people from `first` on.
    ///
    /// # Errors
    /// When the crowd's tickets cannot be read.
    pub fn new(
        common: Common,
        crowd: &Crowd,
        first: u32,
        people: u32,
        hoped: Option<String>,
    ) -> Result<Self, RushError> {
        let body = body_around_ticket();
        let head = format!(
            "POST /api/v1/sale/{}/claim HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n",
            common.sale,
            common.host,
            crowd.ticket_chars + body.0.len() + body.1.len(),
        );
        Ok(Self {
            common,
            head: head.into_bytes(),
            tickets: crowd.read_from(Kind::Tickets, first)?,
            next: first,
            first,
            hoped,
            numbers: vec![0; people as usize],
        })
    }

    /// The number of each person's claim, from the first person on.
    #[must_use]
    pub fn numbers(&self) -> (u32, &[u32]) {
        (self.first, &self.numbers)
    }
}

pub(super) const fn body_around_ticket() -> (&'static [u8], &'static [u8]) {
    (b"{\"ticket\":\"", b"\",\"units\":1,\"ship_to\":\"US\"}")
}

impl Script for Claims {
    fn write(&mut self, _: usize, person: u32, _: u8, out: &mut Vec<u8>) -> Result<(), RushError> {
        if person != self.next {
            return Err(RushError::wrong("people come in order"));
        }
        self.next += 1;
        out.extend_from_slice(&self.head);
        write_person(&self.common, person, out);
        out.extend_from_slice(b"\r\n");
        let (before, after) = body_around_ticket();
        out.extend_from_slice(before);
        out.extend_from_slice(self.tickets.take()?);
        out.extend_from_slice(after);
        Ok(())
    }

    fn read(&mut self, _: usize, person: u32, _: u8, status: u16, body: &[u8]) -> Heard {
        if let Some(code) = &self.hoped {
            return Heard::hoped(text_of(body, b"\"code\":\"") == Some(code.as_bytes()));
        }
        let number = number_of(body, b"\"number\":").filter(|_| status == 201);
        if let Some(number) = number {
            self.numbers[(person - self.first) as usize] = number;
        }
        Heard::hoped(number.is_some())
    }
}

/// Lets each person enter and keeps the tickets.
#[derive(Debug)]
pub struct Entries {
    common: Common,
    head: Vec<u8>,
    body: Vec<u8>,
    tickets: Vec<u8>,
}

impl Entries {
    /// Entries into the sale.
    #[must_use]
    pub fn new(common: Common) -> Self {
        let head = format!(
            "POST /api/v1/sale/{}/entry HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\n",
            common.sale, common.host,
        );
        Self { common, head: head.into_bytes(), body: Vec::new(), tickets: Vec::new() }
    }

    /// Every ticket that was given, one after the other.
    #[must_use]
    pub fn tickets(&self) -> &[u8] {
        &self.tickets
    }
}

impl Script for Entries {
    fn write(&mut self, _: usize, person: u32, _: u8, out: &mut Vec<u8>) -> Result<(), RushError> {
        self.body.clear();
        let run = self.common.run;
        let written = write!(
            self.body,
            "{{\"market\":\"us\",\"way\":\"rush\",\"email\":\"late{run:x}.{person}@crowd.example\",\
             \"ship_to\":\"US\"}}",
        )
        .and_then(|()| {
            out.extend_from_slice(&self.head);
            write_person(&self.common, person, out);
            write!(out, "Content-Length: {}\r\n\r\n", self.body.len())
        });
        written.map_err(|error| RushError::at("write a request", error))?;
        out.extend_from_slice(&self.body);
        Ok(())
    }

    fn read(&mut self, _: usize, _: u32, _: u8, status: u16, body: &[u8]) -> Heard {
        let ticket = text_of(body, b"\"ticket\":\"").filter(|_| status == 201);
        self.tickets.extend_from_slice(ticket.unwrap_or_default());
        Heard::hoped(ticket.is_some())
    }
}

/// The lines that differ from person to person: their own address, as the proxy in front passes it
/// on, and the key of their request.
pub(super) fn write_person(common: &Common, person: u32, out: &mut Vec<u8>) {
    let [_, a, b, c] = person.to_be_bytes();
    out.extend_from_slice(b"X-Forwarded-For: ");
    for (place, byte) in [common.network, a, b, c].into_iter().enumerate() {
        if place > 0 {
            out.push(b'.');
        }
        write_decimal(byte, out);
    }
    out.extend_from_slice(b"\r\nIdempotency-Key: ");
    write_uuid(common.run, person, out);
    out.extend_from_slice(b"\r\n");
}

fn write_decimal(byte: u8, out: &mut Vec<u8>) {
    if byte >= 100 {
        out.push(b'0' + byte / 100);
    }
    if byte >= 10 {
        out.push(b'0' + byte / 10 % 10);
    }
    out.push(b'0' + byte % 10);
}

/// A key of the form of a random UUID, different for each person of a run.
fn write_uuid(run: u64, person: u32, out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let high = mixed(run ^ u64::from(person));
    let low = mixed(high.wrapping_add(u64::from(person)));
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&high.to_be_bytes());
    bytes[8..].copy_from_slice(&low.to_be_bytes());
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    for (place, byte) in bytes.into_iter().enumerate() {
        if matches!(place, 4 | 6 | 8 | 10) {
            out.push(b'-');
        }
        out.push(DIGITS[usize::from(byte >> 4)]);
        out.push(DIGITS[usize::from(byte & 15)]);
    }
}

/// One step of a well-mixing generator (splitmix64): different inputs, different outputs.
const fn mixed(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

fn after<'body>(body: &'body [u8], name: &[u8]) -> Option<&'body [u8]> {
    let at = body.windows(name.len()).position(|window| window == name)?;
    Some(&body[at + name.len()..])
}

/// The text behind `name`, which has no escapes in what is looked for here.
pub(super) fn text_of<'body>(body: &'body [u8], name: &[u8]) -> Option<&'body [u8]> {
    let rest = after(body, name)?;
    rest.iter().position(|byte| *byte == b'"').map(|end| &rest[..end])
}

fn number_of(body: &[u8], name: &[u8]) -> Option<u32> {
    let rest = after(body, name)?;
    let end = rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
    std::str::from_utf8(&rest[..end]).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_person_has_an_address_and_a_key() {
        let common = Common {
            host: "127.0.0.1:1".to_owned(),
            sale: SaleId::from_bytes([1; 16]),
            run: 7,
            network: 10,
        };
        let mut seen = BTreeSet::new();
        for person in (0..3_000).chain(2_112_000..2_112_010) {
            let mut lines = Vec::new();
            write_person(&common, person, &mut lines);
            let text = String::from_utf8(lines).expect("plain text");
            let key = text.rsplit_once(": ").expect("a key").1.trim().to_owned();
            assert_eq!((key.len(), &key[14..15]), (36, "4"), "{text}");
            seen.insert(key);
            let [_, a, b, c] = person.to_be_bytes();
            assert!(text.starts_with(&format!("X-Forwarded-For: 10.{a}.{b}.{c}\r\n")), "{text}");
        }
        assert_eq!(seen.len(), 3_010);
    }

    #[test]
    fn answers_are_read() {
        let body = br#"{"claim":"x","number":2112010,"state":"held","code":"sale.sold_out"}"#;
        assert_eq!(number_of(body, b"\"number\":"), Some(2_112_010));
        assert_eq!(number_of(b"{}", b"\"number\":"), None);
        assert_eq!(text_of(body, b"\"code\":\""), Some(&b"sale.sold_out"[..]));
        assert_eq!(text_of(b"\"code\":\"open", b"\"code\":\""), None);
    }
}
