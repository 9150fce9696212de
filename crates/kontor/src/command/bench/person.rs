//! One person of a crowd, and what they do next.

use std::time::Duration;

use serde_json::{Value, json};

use super::client::{Answer, Client};

/// What a person will do with a unit, or without one. Drawn beforehand from the crowd's seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mood {
    /// Pays.
    Pays,
    /// Takes a unit and gives it up again.
    GivesUp,
    /// Takes a unit and forgets it.
    Forgets,
}

/// What the crowd's view counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Entered,
    Claimed,
    Bought,
    GaveUp,
    Forgot,
    Waits,
    SoldOut,
    Refused,
    Failed,
}

impl Step {
    pub(super) const ALL: [(Self, &'static str); 9] = [
        (Self::Entered, "entered"),
        (Self::Claimed, "claimed"),
        (Self::Bought, "bought"),
        (Self::GaveUp, "gave up"),
        (Self::Forgot, "forgot"),
        (Self::Waits, "on the waiting list"),
        (Self::SoldOut, "sold out"),
        (Self::Refused, "refused"),
        (Self::Failed, "failed"),
    ];
}

/// What an answer to a claim means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    Take,
    /// Ask again after about so long.
    Again(Duration),
    StandInLine,
    GoHome,
}

fn after_claim(status: u16, code: &str) -> Next {
    match (status, code) {
        (201, _) => Next::Take,
        (_, "sale.not_live") => Next::Again(Duration::from_millis(700)),
        (_, "sale.not_your_turn" | "sale.halted") => Next::Again(Duration::from_secs(2)),
        (429 | 503, _) => Next::Again(Duration::from_secs(1)),
        (_, "sale.sold_out") => Next::StandInLine,
        _ => Next::GoHome,
    }
}

/// Where the crowd shops.
#[derive(Debug, Clone)]
pub(super) struct Venue {
    pub(super) sale: String,
    pub(super) market: String,
    pub(super) way: String,
    pub(super) ship_to: String,
    /// Tells this crowd's people from those of an earlier one.
    pub(super) run: u64,
}

/// A person.
pub(super) struct Person<'c> {
    pub(super) client: &'c Client,
    pub(super) venue: &'c Venue,
    pub(super) number: u32,
    pub(super) mood: Mood,
    /// A share of 256 that is added to every pause, so that nobody asks in step.
    pub(super) jitter: u8,
}

impl Person<'_> {
    /// Everything from the door to the way home; `told` hears of each step.
    pub(super) async fn shop(&self, told: &(impl Fn(Step) + Sync)) -> Result<(), String> {
        let email = self.email();
        let Venue { sale, market, way, ship_to, .. } = self.venue;
        let wish = json!({"market": market, "way": way, "email": email, "ship_to": ship_to});
        let entered = self.post(&format!("/api/v1/sale/{sale}/entry"), "", &wish).await?;
        if entered.status != 201 {
            told(Step::Refused);
            return Ok(());
        }
        told(Step::Entered);
        let wish = json!({"ticket": entered.text("/ticket")?, "units": 1, "ship_to": ship_to});
        let key = format!("Idempotency-Key: {:x}-{}\r\n", self.venue.run, self.number);
        let claim = loop {
            let answer = self.post(&format!("/api/v1/sale/{sale}/claim"), &key, &wish).await?;
            match after_claim(answer.status, answer.code()) {
                Next::Take => break answer,
                Next::Again(pause) => self.pause(pause).await,
                Next::StandInLine => return self.stand_in_line(&key, &wish, told).await,
                Next::GoHome => {
                    told(Step::Refused);
                    return Ok(());
                }
            }
        };
        told(Step::Claimed);
        // Somebody reads the page, looks for the card.
        self.pause(Duration::from_secs(2)).await;
        self.use_claim(claim.text("/claim")?, &email, told).await
    }

    async fn stand_in_line(
        &self,
        key: &str,
        wish: &Value,
        told: &(impl Fn(Step) + Sync),
    ) -> Result<(), String> {
        if self.mood == Mood::Forgets {
            told(Step::SoldOut);
            return Ok(());
        }
        let path = format!("/api/v1/sale/{}/wait", self.venue.sale);
        let answer = self.post(&path, key, wish).await?;
        told(if answer.status == 201 { Step::Waits } else { Step::SoldOut });
        Ok(())
    }

    async fn use_claim(
        &self,
        claim: &str,
        email: &str,
        told: &(impl Fn(Step) + Sync),
    ) -> Result<(), String> {
        let sale = &self.venue.sale;
        let token = format!("Kontor-Claim: {claim}\r\n");
        match self.mood {
            Mood::Forgets => told(Step::Forgot),
            Mood::GivesUp => {
                let path = format!("/api/v1/sale/{sale}/give-up");
                let answer = self.post(&path, &token, &json!({})).await?;
                expect(&answer, "give up")?;
                told(Step::GaveUp);
            }
            Mood::Pays => {
                let path = format!("/api/v1/sale/{sale}/checkout");
                let begun = self.post(&path, &token, &json!({"language": "en"})).await?;
                expect(&begun, "begin the checkout")?;
                self.pay(begun.text("/id")?, begun.text("/token")?, email).await?;
                told(Step::Bought);
            }
        }
        Ok(())
    }

    async fn pay(&self, id: &str, token: &str, email: &str) -> Result<(), String> {
        let token = format!("Kontor-Checkout: {token}\r\n");
        let country = &self.venue.ship_to;
        let Home { city, region, postcode } = home(country);
        let path = format!("/api/v1/checkouts/{id}?country={country}&region={region}");
        let quoted = self.client.get(&path, &token).await?;
        expect(&quoted, "read the checkout")?;
        let total = quoted.body.pointer("/quote/totals/total").cloned().unwrap_or(Value::Null);
        let order = json!({
            "contact": {"email": email, "name": "Ada Crowd"},
            "address": {
                "name": "Ada Crowd",
                "line1": format!("{} Station Road", self.number + 1),
                "city": city,
                "region": region,
                "postcode": postcode,
                "country": country,
            },
            "total_seen": total,
            "payment": {"method": "test", "scenario": "succeeds"},
        });
        let key = format!("{token}Idempotency-Key: {:x}-{}-pay\r\n", self.venue.run, self.number);
        let placed = self.post(&format!("/api/v1/checkouts/{id}/order"), &key, &order).await?;
        expect(&placed, "pay")
    }

    fn email(&self) -> String {
        format!("crowd{:x}.{}@crowd.example", self.venue.run, self.number)
    }

    async fn pause(&self, about: Duration) {
        let more = about * u32::from(self.jitter) / 256;
        tokio::time::sleep(about / 2 + more).await;
    }

    /// Asks, and asks again while the shop is only too busy.
    async fn post(&self, path: &str, headers: &str, body: &Value) -> Result<Answer, String> {
        let mut answer = self.client.post(self.number, path, headers, body).await?;
        for _ in 0..5 {
            if !matches!(answer.status, 429 | 503) {
                break;
            }
            self.pause(Duration::from_secs(1)).await;
            answer = self.client.post(self.number, path, headers, body).await?;
        }
        Ok(answer)
    }
}

/// Where the crowd of a country lives, as its addresses are written.
struct Home {
    city: &'static str,
    region: &'static str,
    postcode: &'static str,
}

/// A home in the countries of the demo's sales; elsewhere a postcode of five digits, as many countries have it.
fn home(country: &str) -> Home {
    match country {
        "US" => Home { city: "Mountain View", region: "CA", postcode: "94041" },
        "IN" => Home { city: "Bengaluru", region: "Karnataka", postcode: "560001" },
        _ => Home { city: "Capital", region: "", postcode: "10115" },
    }
}

fn expect(answer: &Answer, what: &str) -> Result<(), String> {
    match answer.status {
        200..=299 => Ok(()),
        status => Err(format!("could not {what}: {status} {}", answer.code())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_wait_for_what_passes_and_for_nothing_else() {
        let again = |status, code| matches!(after_claim(status, code), Next::Again(_));
        assert!(again(409, "sale.not_live") && again(409, "sale.not_your_turn"));
        assert!(again(503, "sale.elsewhere") && again(429, "request.too_many"));
        assert_eq!(after_claim(201, ""), Next::Take);
        assert_eq!(after_claim(409, "sale.sold_out"), Next::StandInLine);
        assert_eq!(after_claim(409, "sale.person_limit"), Next::GoHome);
        assert_eq!(after_claim(403, "sale.ticket_invalid"), Next::GoHome);
    }
}
