//! A whole purchase in a sale: claim, checkout, its total, payment with the test provider, order.

use std::io::Write;

use serde_json::Value;

use super::RushError;
use super::files::{Crowd, Kind, Records};
use super::script::{Common, Heard, Script, body_around_ticket, text_of, write_person};

/// Lets each person buy one unit.
#[derive(Debug)]
pub struct Purchases {
    common: Common,
    crowd: String,
    tickets: Records,
    next: u32,
    /// What the people on each connection have been told.
    told: Vec<Told>,
    body: Vec<u8>,
}

#[derive(Debug, Default, Clone)]
struct Told {
    claim: Vec<u8>,
    checkout: Vec<u8>,
    token: Vec<u8>,
    total: Value,
}

impl Purchases {
    /// Purchases of a crowd's people from `first` on.
    ///
    /// # Errors
    /// When the crowd's tickets cannot be read.
    pub fn new(common: Common, crowd: &Crowd, name: &str, first: u32) -> Result<Self, RushError> {
        Ok(Self {
            common,
            crowd: name.to_owned(),
            tickets: crowd.read_from(Kind::Tickets, first)?,
            next: first,
            told: Vec::new(),
            body: Vec::new(),
        })
    }

    /// The lines of a `POST` before those that differ, and the body behind them.
    fn post(
        &self,
        person: u32,
        path: &[&[u8]],
        headers: &[&[u8]],
        out: &mut Vec<u8>,
    ) -> std::io::Result<()> {
        out.extend_from_slice(b"POST ");
        path.iter().for_each(|part| out.extend_from_slice(part));
        write!(
            out,
            " HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n",
            self.common.host,
            self.body.len()
        )?;
        headers.iter().for_each(|part| out.extend_from_slice(part));
        write_person(&self.common, person, out);
        out.extend_from_slice(b"\r\n");
        out.extend_from_slice(&self.body);
        Ok(())
    }

    fn write_claim(&mut self, person: u32, out: &mut Vec<u8>) -> Result<(), RushError> {
        if person != self.next {
            return Err(RushError::wrong("people come in order"));
        }
        self.next += 1;
        let (before, after) = body_around_ticket();
        self.body.clear();
        self.body.extend_from_slice(before);
        self.body.extend_from_slice(self.tickets.take()?);
        self.body.extend_from_slice(after);
        let sale = self.common.sale.to_string();
        let path: [&[u8]; 3] = [b"/api/v1/sale/", sale.as_bytes(), b"/claim"];
        self.post(person, &path, &[], out).map_err(|error| RushError::at("write a claim", error))
    }

    fn write_later(
        &mut self,
        line: usize,
        person: u32,
        step: u8,
        out: &mut Vec<u8>,
    ) -> std::io::Result<()> {
        let Told { claim, checkout, token, total } = self.told[line].clone();
        let sale = self.common.sale.to_string();
        self.body.clear();
        match step {
            1 => {
                self.body.extend_from_slice(b"{\"language\":\"en\"}");
                let path: [&[u8]; 3] = [b"/api/v1/sale/", sale.as_bytes(), b"/checkout"];
                self.post(person, &path, &[b"Kontor-Claim: ", &claim, b"\r\n"], out)
            }
            2 => {
                out.extend_from_slice(b"GET /api/v1/checkouts/");
                out.extend_from_slice(&checkout);
                write!(
                    out,
                    "?country=US&region=CA HTTP/1.1\r\nHost: {}\r\nKontor-Checkout: ",
                    self.common.host
                )?;
                out.extend_from_slice(&token);
                out.extend_from_slice(b"\r\n\r\n");
                Ok(())
            }
            _ => {
                let crowd = &self.crowd;
                write!(
                    self.body,
                    "{{\"contact\":{{\"email\":\"{crowd}{person}@crowd.example\",\"name\":\"Ada Buyer\"}},\
                     \"address\":{{\"name\":\"Ada Buyer\",\"line1\":\"{} Castro Street\",\
                     \"city\":\"Mountain View\",\"region\":\"CA\",\"postcode\":\"94041\",\
                     \"country\":\"US\"}},\"total_seen\":{total},\
                     \"payment\":{{\"method\":\"test\",\"scenario\":\"succeeds\"}}}}",
                    person + 1
                )?;
                let path: [&[u8]; 3] = [b"/api/v1/checkouts/", &checkout, b"/order"];
                self.post(person, &path, &[b"Kontor-Checkout: ", &token, b"\r\n"], out)
            }
        }
    }
}

impl Script for Purchases {
    fn write(
        &mut self,
        line: usize,
        person: u32,
        step: u8,
        out: &mut Vec<u8>,
    ) -> Result<(), RushError> {
        if self.told.len() <= line {
            self.told.resize(line + 1, Told::default());
        }
        if step == 0 {
            return self.write_claim(person, out);
        }
        let written = self.write_later(line, person, step, out);
        written.map_err(|error| RushError::at("write a request of a purchase", error))
    }

    fn read(&mut self, line: usize, _: u32, step: u8, status: u16, body: &[u8]) -> Heard {
        let told = &mut self.told[line];
        let keep = |name: &[u8]| text_of(body, name).map(<[u8]>::to_vec);
        let understood = match (step, status) {
            (0, 201) => keep(b"\"claim\":\"").map(|claim| told.claim = claim),
            (1, 201) => keep(b"\"id\":\"").zip(keep(b"\"token\":\"")).map(|(id, token)| {
                told.checkout = id;
                told.token = token;
            }),
            (2, 200) => serde_json::from_slice::<Value>(body).ok().and_then(|body| {
                told.total = body.pointer("/quote/totals/total")?.clone();
                Some(())
            }),
            (3, 201) => return Heard::Hoped,
            _ => None,
        };
        if understood.is_some() { Heard::Next } else { Heard::Other }
    }
}

#[cfg(test)]
mod tests {
    use kontor_base::id::SaleId;

    use super::*;

    #[test]
    fn each_request_carries_what_the_one_before_was_told() {
        let folder = std::env::temp_dir().join(format!("kontor-purchase-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let crowd = Crowd::new(&folder, "one", SaleId::from_bytes([7; 16]), 1, 4);
        let mut tickets = crowd.create(Kind::Tickets).expect("a file");
        tickets.write_all(b"tick").and_then(|()| tickets.flush()).expect("room");
        let common =
            Common { host: "127.0.0.1:1".to_owned(), sale: crowd.sale, run: 7, network: 10 };
        let mut buys = Purchases::new(common, &crowd, "one", 0).expect("tickets");
        let answers: [(u16, &[u8]); 4] = [
            (201, b"{\"claim\":\"abc\",\"number\":1}"),
            (201, b"{\"id\":\"chk_1\",\"token\":\"def\"}"),
            (200, b"{\"quote\":{\"totals\":{\"total\":{\"amount\":\"12.34\"}}}}"),
            (201, b"{\"order\":{}}"),
        ];
        let mut sent = Vec::new();
        for (step, (status, body)) in (0..).zip(answers) {
            let mut request = Vec::new();
            buys.write(0, 0, step, &mut request).expect("a request");
            sent.push(String::from_utf8(request).expect("plain text"));
            let heard = buys.read(0, 0, step, status, body);
            assert_eq!(heard, if step == 3 { Heard::Hoped } else { Heard::Next });
        }
        assert!(
            sent[0].ends_with("{\"ticket\":\"tick\",\"units\":1,\"ship_to\":\"US\"}"),
            "{}",
            sent[0]
        );
        assert!(sent[1].contains("/checkout HTTP") && sent[1].contains("Kontor-Claim: abc\r\n"));
        assert!(sent[2].starts_with("GET /api/v1/checkouts/chk_1?country=US"), "{}", sent[2]);
        assert!(sent[2].contains("Kontor-Checkout: def\r\n"));
        assert!(sent[3].starts_with("POST /api/v1/checkouts/chk_1/order HTTP"), "{}", sent[3]);
        assert!(
            sent[3].contains("\"total_seen\":{\"amount\":\"12.34\"}") && sent[3].contains("one0@")
        );
        for request in sent.iter().filter(|request| request.starts_with("POST")) {
            let (head, body) = request.split_once("\r\n\r\n").expect("a head and a body");
            assert!(head.contains(&format!("Content-Length: {}\r\n", body.len())), "{request}");
        }
        let mut request = Vec::new();
        assert!(buys.write(0, 1, 0, &mut request).is_err(), "there is nobody else");
        assert_eq!(buys.read(0, 0, 0, 409, b"{\"code\":\"sale.sold_out\"}"), Heard::Other);
        std::fs::remove_dir_all(&folder).expect("the folder goes");
    }
}
