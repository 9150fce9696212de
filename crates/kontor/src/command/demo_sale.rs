//! The demo's sales: one of yesterday with its report, played by a crowd through the same use cases
//! as everybody's, and one that opens in a few minutes.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use kontor_base::id::SaleId;
use kontor_base::{Clock, Country, Email, Instant, Language, Money, Random, SecretKey};
use kontor_domain::customer::{AddressForm, ContactForm};
use kontor_domain::market::MarketCode;
use kontor_domain::payment::{ProviderKind, TestScenario};
use kontor_domain::sale::{Channel, Definition, Deposit, SaleState, Way, Windows};
use kontor_shop::keepers::sweep;
use kontor_shop::order::{
    CheckOutClaim, Pay, check_out_claim, checkout, pay, quote_for, tell_lots,
};
use kontor_shop::sale::{
    Claimed, Enter, SetUp, Wish, advance, claim, enter, make_codes, set_up, shown, status,
};
use kontor_shop::{Policy, Shop};
use kontor_store::Db;
use tokio::task::JoinSet;

use super::CommandError;

/// Where the story's sales were: 40,000 phones in 4.2 seconds, on 2 September 2014.
const MARKET: &str = "in";
/// What was sold yesterday.
const PAST_SKU: &str = "REDMI1S-8GB-GREY";
/// What is sold in a few minutes.
const COMING_SKU: &str = "REDMI2-8GB-GREY";
/// How many people came yesterday, for how many units, by way in.
const PAST: [(Way, u32, u32); 3] = [(Way::Rush, 40, 120), (Way::Draw, 12, 48), (Way::Code, 8, 9)];
/// How long after its opening yesterday's sale lets people take units, in seconds.
const PAST_SECONDS: u32 = 12;
/// How long playing yesterday's sale may take.
const PAST_WAIT_MAX: Duration = Duration::from_secs(20);
/// How often it is looked whether the sale that comes is open to be entered, every ten milliseconds.
const VISIBLE_WAITS_MAX: u32 = 300;
/// How many rounds yesterday's sale may take to come to its end.
const ROUNDS_MAX: u32 = 2_000;

/// The sale that comes.
pub(super) struct Coming {
    sale: SaleId,
    live_at: Instant,
    codes: Vec<String>,
}

/// A time on the command line: `90s`, `3m`, `1h`.
pub(super) fn seconds(text: &str) -> Result<i64, String> {
    let wrong = || "a time such as 90s, 3m or 1h, from 2s to 24h".to_owned();
    let unit = text.chars().next_back().ok_or_else(wrong)?;
    let factor = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        _ => return Err(wrong()),
    };
    let number: i64 = text[..text.len() - unit.len_utf8()].parse().map_err(|_| wrong())?;
    let seconds = number.checked_mul(factor).ok_or_else(wrong)?;
    if (2..=24 * 3_600).contains(&seconds) { Ok(seconds) } else { Err(wrong()) }
}

/// A way in on the command line.
pub(super) fn way(text: &str) -> Result<Way, String> {
    Way::from_word(text.trim()).ok_or_else(|| "one of rush, draw, code, batch".to_owned())
}

fn market() -> MarketCode {
    MARKET.parse().expect("two lower-case letters")
}

fn country() -> Country {
    "IN".parse().expect("a country's two letters")
}

async fn shop_at(
    db: &Db,
    key: &SecretKey,
    policy: Policy,
    clock: Clock,
) -> Result<Arc<Shop>, CommandError> {
    Ok(Arc::new(Shop::open(db.clone(), clock, Random::System, key, policy).await?))
}

/// What a place in the next batch costs: 500 rupees, of 6,999.
fn deposit() -> Money {
    Money::new(50_000, "INR".parse().expect("a currency"))
}

/// A sale of the story: one for each person, ten minutes to pay, no deposits.
fn definition(shop: &Shop, sku: &str, units: &[(Way, u32)], windows: Windows) -> Definition {
    let channel =
        |(way, quota): &(Way, u32)| Channel { market: market(), way: *way, quota: *quota };
    Definition {
        sale: SaleId::new(shop.now(), &shop.random),
        sku: sku.parse().expect("a sku of the scenario"),
        channels: units.iter().map(channel).collect(),
        windows,
        per_person: 1,
        hold_minutes: 10,
        rollover: None,
        beacon: None,
        deposits: Vec::new(),
        titles: BTreeMap::new(),
        ends_when_sold: false,
    }
}

/// Sets up the sale that opens in so many seconds, with so many units for those who are there then, and
/// waits until everybody can see it. Registration is open at once. A shop without its sale is still a shop
/// to look around in: what went wrong is said, and the demo goes on.
pub(super) async fn set_up_coming(
    shop: &Arc<Shop>,
    opens_in_s: i64,
    units: u32,
    ways: &[Way],
) -> Option<Coming> {
    let made = coming(shop, opens_in_s, units, ways).await;
    made.map_err(|error| tracing::warn!(%error, "the demo goes on without a sale to join")).ok()
}

async fn coming(
    shop: &Arc<Shop>,
    opens_in_s: i64,
    units: u32,
    ways: &[Way],
) -> Result<Coming, CommandError> {
    let now = shop.now();
    let live_at = now.plus_seconds(opens_in_s);
    let ends_at = live_at.plus_seconds(2 * 3_600);
    let windows = Windows {
        announce_at: now.plus_seconds(-3),
        registration_at: now.plus_seconds(-2),
        doors_at: live_at.plus_seconds(-(opens_in_s / 3).clamp(1, 60)),
        live_at,
        ends_at,
        report_at: ends_at.plus_seconds(3_600),
    };
    let all = [(Way::Rush, units), (Way::Draw, 500), (Way::Code, 200), (Way::Batch, 100)];
    let units: Vec<_> = all.into_iter().filter(|(way, _)| ways.contains(way)).collect();
    let batch = ways.contains(&Way::Batch).then(|| Deposit { market: market(), amount: deposit() });
    let definition = definition(shop, COMING_SKU, &units, windows);
    let is_story = definition.units() == 2_000;
    let (title, german) =
        if is_story { ("Redmi 2: 2,000", "Redmi 2: 2.000 Stück") } else { ("Redmi 2", "Redmi 2") };
    let definition = Definition {
        deposits: batch.into_iter().collect(),
        titles: BTreeMap::from([(Language::De, german.to_owned())]),
        ends_when_sold: true,
        ..definition
    };
    let sale = definition.sale;
    let command = SetUp { definition, title: title.to_owned(), lots: 1 };
    set_up(shop, command)
        .await
        .map_err(|failure| CommandError::other("set it up", format!("{failure:?}")))?;
    for _ in 0..VISIBLE_WAITS_MAX {
        if shop.sales.live(sale).is_some_and(|live| live.state.takes_entries()) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let codes = if ways.contains(&Way::Code) { make_codes(shop, sale, 1, 2) } else { Vec::new() };
    let codes = codes.into_iter().map(|(_, code)| code).collect();
    Ok(Coming { sale, live_at, codes })
}

/// Plays yesterday's sale from its announcement to its report, on a clock of its own; none if that
/// could not be done, which is said.
pub(super) async fn play_past(db: &Db, key: &SecretKey, policy: Policy) -> Option<SaleId> {
    let clock = Clock::fixed(Clock::System.now().plus_seconds(-30 * 3_600));
    let played = async {
        let shop = shop_at(db, key, policy, clock.clone()).await.map_err(|e| e.to_string())?;
        Play { shop, clock: clock.clone() }.through().await
    };
    let played = match tokio::time::timeout(PAST_WAIT_MAX, played).await {
        Ok(played) => played,
        Err(_) => Err("it took too long".to_owned()),
    };
    played.map_err(|error| tracing::warn!(error, "the demo goes on without yesterday's sale")).ok()
}

/// Somebody in the crowd.
struct Person {
    number: u32,
    ticket: String,
}

struct Play {
    shop: Arc<Shop>,
    clock: Clock,
}

impl Play {
    async fn through(&self) -> Result<SaleId, String> {
        let sale = self.set_up().await?;
        self.forward(5).await?;
        let crowd = self.enter(sale).await?;
        self.forward(700).await?;
        self.forward(600).await?;
        self.take_and_pay(sale, crowd).await?;
        // The last holds end, then the sale is settled and reported.
        self.forward(1_000).await?;
        for _ in 0..ROUNDS_MAX {
            let state = shown(&self.shop, sale).await.map_err(|fault| fault.to_string())?;
            match state.map(|shown| shown.state) {
                Some(SaleState::Reported) => return Ok(sale),
                Some(SaleState::Settled) => self.forward(3 * 3_600).await?,
                _ => self.forward(60).await?,
            }
            // Owners end holds on threads of their own.
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        Err("it did not come to its end".to_owned())
    }

    async fn set_up(&self) -> Result<SaleId, String> {
        let now = self.shop.now();
        let live_at = now.plus_seconds(1_300);
        let ends_at = live_at.plus_seconds(900);
        let units = PAST.map(|(way, units, _)| (way, units));
        let windows = Windows {
            announce_at: now.plus_seconds(1),
            registration_at: now.plus_seconds(2),
            doors_at: now.plus_seconds(700),
            live_at,
            ends_at,
            report_at: ends_at.plus_seconds(3_600),
        };
        let definition = definition(&self.shop, PAST_SKU, &units, windows);
        let command = SetUp { definition, title: "Redmi 1S, yesterday".to_owned(), lots: 1 };
        set_up(&self.shop, command).await.map_err(|failure| format!("{failure:?}"))
    }

    /// Time goes on, and every keeper comes by.
    async fn forward(&self, seconds: i64) -> Result<(), String> {
        self.clock.advance_seconds(seconds);
        let say = |fault: kontor_store::StoreError| fault.to_string();
        advance(&self.shop).await.map_err(say)?;
        for live in self.shop.sales.all() {
            for owner in live.owners() {
                while !owner.is_ready() {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
            }
        }
        sweep(&self.shop).await.map_err(say)?;
        tell_lots(&self.shop).await.map_err(say)?;
        Ok(())
    }

    async fn enter(&self, sale: SaleId) -> Result<Vec<Person>, String> {
        let codes = make_codes(&self.shop, sale, 1, 9);
        let mut codes = codes.into_iter().map(|(_, code)| code);
        let mut entering = JoinSet::new();
        let mut number = 0;
        for (way, _, people) in PAST {
            for _ in 0..people {
                number += 1;
                let email = Email::parse(&address(number)).expect("a plain address");
                let code = if way == Way::Code { codes.next() } else { None };
                let (market, ship_to) = (market(), country());
                let wish = Enter { sale, market, way, email, phone: None, ship_to, code };
                let (shop, number) = (Arc::clone(&self.shop), number);
                entering.spawn(async move {
                    let entered = enter(&shop, wish).await.map_err(|f| format!("{f:?}"))?;
                    Ok::<_, String>(Person { number, ticket: entered.ticket })
                });
            }
        }
        let mut crowd = Vec::new();
        while let Some(entered) = entering.join_next().await {
            crowd.push(entered.map_err(|error| error.to_string())??);
        }
        crowd.sort_by_key(|person| person.number);
        Ok(crowd)
    }

    /// Second by second whoever's turn it is takes a unit, and most of them pay; a few let the time
    /// run out, one in fifteen does not come at all.
    async fn take_and_pay(&self, sale: SaleId, mut crowd: Vec<Person>) -> Result<(), String> {
        crowd.retain(|person| person.number % 15 != 0);
        for second in 0..PAST_SECONDS {
            let mut rest = Vec::new();
            let mut asking = JoinSet::new();
            for person in crowd {
                // People need different times to press the button.
                if second < person.number * 7 % 9 || !self.is_turn(sale, &person).await {
                    rest.push(person);
                    continue;
                }
                let shop = Arc::clone(&self.shop);
                asking.spawn(async move { buy(&shop, sale, &person).await });
            }
            while let Some(bought) = asking.join_next().await {
                bought.map_err(|error| error.to_string())??;
            }
            crowd = rest;
            self.forward(1).await?;
        }
        Ok(())
    }

    async fn is_turn(&self, sale: SaleId, person: &Person) -> bool {
        status(&self.shop, sale, &person.ticket).await.is_ok_and(|status| status.turn)
    }
}

fn address(number: u32) -> String {
    format!("visitor-{number}@crowd.example")
}

/// Takes a unit and pays it. Whoever comes too late has nothing, which is no error.
async fn buy(shop: &Arc<Shop>, sale: SaleId, person: &Person) -> Result<(), String> {
    let wish = Wish { sale, ticket: &person.ticket, key: "once", units: 1, ship_to: country() };
    let Ok(Claimed { lot, number, .. }) = claim(shop, wish).await else { return Ok(()) };
    if person.number % 11 == 3 {
        return Ok(());
    }
    let began = check_out_claim(shop, CheckOutClaim { lot, number, language: None }).await;
    let id = began.map_err(|failure| format!("{failure:?}"))?.answer.checkout;
    let shown = checkout(shop, id).await.map_err(|fault| fault.to_string())?;
    let shown = shown.ok_or("the checkout is not there")?;
    let quote = quote_for(&shown.snapshot, &shown.checkout, None, shown.now)
        .map_err(|refusal| format!("{refusal:?}"))?;
    let name = format!("Visitor {}", person.number);
    let command = Pay {
        checkout: id,
        contact: ContactForm {
            email: address(person.number),
            phone: String::new(),
            name: name.clone(),
        },
        ship_to: AddressForm {
            name,
            line1: format!("{} Residency Road", person.number),
            line2: String::new(),
            city: "Bengaluru".to_owned(),
            region: "Karnataka".to_owned(),
            postcode: "560001".to_owned(),
            country: "IN".to_owned(),
        },
        total_seen: quote.totals.total,
        provider: ProviderKind::Test,
        scenario: TestScenario::Succeeds,
        once: None,
    };
    pay(shop, command).await.map_err(|failure| format!("{failure:?}"))?;
    Ok(())
}

/// Says where the sales are.
pub(super) fn tell(origin: &str, past: Option<SaleId>, coming: Option<&Coming>) {
    if let Some(Coming { sale, live_at, codes }) = coming {
        println!(
            "\n\x20 A sale to join        {origin}/{MARKET}/en/sale/{sale}\n\
             \x20 It opens at           {live_at}"
        );
        if !codes.is_empty() {
            println!("\x20 Codes for it          {}", codes.join("  "));
        }
    }
    if let Some(past) = past {
        println!("\x20 Yesterday's report    {origin}/{MARKET}/en/sale/{past}/report");
    }
}

#[cfg(test)]
mod tests {
    use kontor_domain::sale::Way;

    use super::{seconds, way};

    #[test]
    fn ways_on_the_command_line() {
        assert_eq!(way("batch"), Ok(Way::Batch));
        assert!(way("queue").is_err());
    }

    #[test]
    fn times_on_the_command_line() {
        assert_eq!(seconds("90s"), Ok(90));
        assert_eq!(seconds("3m"), Ok(180));
        assert_eq!(seconds("1h"), Ok(3_600));
        for wrong in ["", "3", "m", "-3m", "1s", "25h", "3d", "9223372036854775807h", "3mm"] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
    }
}
