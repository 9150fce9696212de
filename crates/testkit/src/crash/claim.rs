//! One purchase in a sale that can be taken up again: entry, claim, checkout, total, order. Every
//! request keeps its key and its bytes. Whoever is told a claim is told the same one ever after.

use serde_json::{Value, json};

use super::{End, Step};
use crate::load::order::{order, read, text, write_get, write_post};
use crate::load::{Connection, Fault, Response};

/// What the shop says while a sale is not where it was before the server died: its keeper has not
/// come by, or its lot is being read.
const NOT_YET: [&str; 4] = ["sale.elsewhere", "sale.unknown", "sale.not_live", "sale.no_entries"];

/// The refusals that mean that nothing is left.
const SOLD_OUT: [&str; 2] = ["sale.sold_out", "sale.not_your_turn"];

/// How far a purchase has come.
#[derive(Debug)]
enum Stage {
    Enter,
    Claim,
    Checkout,
    Total { checkout: String, token: String },
    Order { checkout: String, token: String, total: Value },
}

/// A purchase in a sale, with its keys.
#[derive(Debug)]
pub(super) struct Claim {
    sale: String,
    key: String,
    ticket: String,
    /// The claim's token, once it was told.
    claim: Option<String>,
    stage: Stage,
}

impl Claim {
    pub(super) fn new(sale: &str, seed: u64, number: u64) -> Self {
        let key = format!("claim-{seed:x}-{number:x}");
        let (ticket, claim, stage) = (String::new(), None, Stage::Enter);
        Self { sale: sale.to_owned(), key, ticket, claim, stage }
    }

    pub(super) fn key(&self) -> &str {
        &self.key
    }

    /// From where it stands to its end. Called again, it repeats its last request.
    pub(super) async fn go_on(&mut self, connection: &mut Connection) -> Result<Step, Fault> {
        let host = connection.host();
        let mut request = Vec::new();
        loop {
            self.write(&mut request, &host);
            let answer = connection.send(&request).await?;
            let step =
                if answer.status < 400 { self.understand(answer)? } else { refused(answer)? };
            if let Some(step) = step {
                return Ok(step);
            }
        }
    }

    /// Asks for the claim once more; gives whether it is the one that was told before.
    pub(super) async fn claim_again(&self, connection: &mut Connection) -> Result<bool, Fault> {
        let Some(claim) = &self.claim else { return Ok(true) };
        let host = connection.host();
        let mut request = Vec::new();
        self.write_claim(&mut request, &host);
        loop {
            let answer = connection.send(&request).await?;
            if answer.status < 400 {
                return Ok(text(&read(answer, 201)?, "claim")? == claim);
            }
            if refused(answer)?.is_some_and(|step| matches!(step, Step::Done(_))) {
                return Ok(false);
            }
            tokio::time::sleep(super::RETRY_PAUSE).await;
        }
    }

    fn write_claim(&self, request: &mut Vec<u8>, host: &str) {
        let path = format!("/api/v1/sale/{}/claim", self.sale);
        let body = json!({ "ticket": self.ticket, "units": 1, "ship_to": "US" });
        write_post(request, host, &path, &format!("{}-claim", self.key), "", &body);
    }

    fn write(&self, request: &mut Vec<u8>, host: &str) {
        let Self { sale, key, .. } = self;
        match &self.stage {
            Stage::Enter => {
                let email = format!("{key}@crash.example");
                let body =
                    json!({ "market": "us", "way": "rush", "email": email, "ship_to": "US" });
                write_post(request, host, &format!("/api/v1/sale/{sale}/entry"), key, "", &body);
            }
            Stage::Claim => self.write_claim(request, host),
            Stage::Checkout => {
                let path = format!("/api/v1/sale/{sale}/checkout");
                let claim = self.claim.as_deref().unwrap_or_default();
                let header = format!("Kontor-Claim: {claim}\r\n");
                write_post(request, host, &path, key, &header, &json!({}));
            }
            Stage::Total { checkout, token } => {
                let path = format!("/api/v1/checkouts/{checkout}?country=US&region=CA");
                write_get(request, host, &path, &format!("Kontor-Checkout: {token}\r\n"));
            }
            Stage::Order { checkout, token, total } => {
                let path = format!("/api/v1/checkouts/{checkout}/order");
                let header = format!("Kontor-Checkout: {token}\r\n");
                // Everybody lives somewhere else: a household has one unit.
                let mut body = order(total);
                body["contact"]["email"] = json!(format!("{key}@crash.example"));
                body["address"]["line1"] = json!(format!("{key} Castro Street"));
                write_post(request, host, &path, &format!("{key}-order"), &header, &body);
            }
        }
    }

    /// Moves on by an answer; gives the end if this was it.
    fn understand(&mut self, answer: Response<'_>) -> Result<Option<Step>, Fault> {
        let status = answer.status;
        self.stage = match &self.stage {
            Stage::Enter => {
                let entry = read(answer, 201)?;
                text(&entry, "ticket")?.clone_into(&mut self.ticket);
                Stage::Claim
            }
            Stage::Claim => {
                let claim = read(answer, 201)?;
                self.claim = Some(text(&claim, "claim")?.to_owned());
                Stage::Checkout
            }
            Stage::Checkout => {
                let checkout = read(answer, 201)?;
                let id = text(&checkout, "id")?.to_owned();
                Stage::Total { checkout: id, token: text(&checkout, "token")?.to_owned() }
            }
            Stage::Total { checkout, token } => {
                let quoted = read(answer, 200)?;
                let total =
                    quoted.pointer("/quote/totals/total").ok_or(Fault::Answer("a total"))?;
                let (checkout, token) = (checkout.clone(), token.clone());
                Stage::Order { checkout, token, total: total.clone() }
            }
            Stage::Order { .. } => {
                let placed = read(answer, status)?;
                return Ok(Some(match placed["order"]["token"].as_str() {
                    Some(order) => Step::Done(End::Ordered(order.to_owned())),
                    None => Step::NotYet,
                }));
            }
        };
        Ok(None)
    }
}

/// What a refusal means for a purchase.
fn refused(answer: Response<'_>) -> Result<Option<Step>, Fault> {
    let body = String::from_utf8_lossy(answer.body);
    let says = |codes: &[&str]| codes.iter().any(|code| body.contains(code));
    if says(&SOLD_OUT) {
        return Ok(Some(Step::Done(End::SoldOut)));
    }
    if says(&NOT_YET) {
        return Ok(Some(Step::NotYet));
    }
    answer.expect_status(201).map(|_| None)
}
