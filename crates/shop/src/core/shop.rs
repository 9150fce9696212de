//! The shop that every use case is given: its database, its clock, its keys, its snapshot.

use std::sync::{Arc, OnceLock};

use kontor_base::id::{CartId, CheckoutId, CustomerId, DepositId, OrderId, SaleId, StaffId};
use kontor_base::secret::equal;
use kontor_base::{Clock, Country, Email, Instant, KeyedHash, Random, Rate, SecretKey, id, limits};
use kontor_domain::catalogue::ProductClass;
use kontor_domain::install::{DEVICE_PURPOSE, DeviceKey};
use kontor_domain::sale::{CodeBook, PersonHasher, TicketKeys};
use kontor_domain::staff::Limits;
use kontor_store::{Db, StoreError};

use super::once::Once;
use super::snapshot::Snapshots;
use crate::planning::{KeptSheet, KeptSignals};
use crate::reach::KeptUnits;
use crate::sale::Sales;
use crate::staff::goods::Rollouts;
use crate::staff::{BegunByDay, Door, LogKey};

/// What the operator may set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// How long stock is held for a checkout, in seconds.
    pub hold_s: i64,
    /// Whether the built-in test provider is offered.
    pub test_provider: bool,
    /// The account that bank transfers go to, if they are offered.
    pub bank_account: Option<BankAccount>,
    /// Whether letters are sent; where not, none are queued.
    pub mail: bool,
    /// Whether webhooks may go to addresses of one's own network.
    pub call_private: bool,
    /// The name of this node in the leases of lots: another one on each node, and the same one after
    /// a restart, so that a node has its own lots back at once.
    pub node: String,
    /// Which lots of a sale this node takes at once; the others it takes when nobody has them.
    pub share: Share,
    /// Up to where one person of the staff is enough.
    pub staff: Limits,
    /// For how many years what tax law wants kept of an order is kept after its year.
    pub keep_tax_records_years: u16,
}

/// The usual years for which tax records are kept: the longest that is asked for where the demo
/// sells (China's accounting archives, Germany's AO section 147 until 2024). An operator sets their own.
pub const KEEP_TAX_RECORDS_YEARS: u16 = 10;

/// What one person may do alone until the operator says otherwise: cut a price by a fifth, and give
/// nothing back.
#[must_use]
pub const fn usual_limits() -> Limits {
    Limits { price_cut: Rate::from_ppm(200_000), refund: Vec::new() }
}

/// A part of all lots: every lot whose number, counted from 0, has this remainder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// Which part, from 0.
    pub part: u16,
    /// Of how many, 1 at least.
    pub of: u16,
}

impl Share {
    /// All of them.
    pub const ALL: Self = Self { part: 0, of: 1 };

    /// Whether a lot with this number, counted from 1, belongs to it.
    #[must_use]
    pub fn has(self, lot: i64) -> bool {
        (lot - 1).rem_euclid(i64::from(self.of.max(1))) == i64::from(self.part)
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            hold_s: limits::HOLD_S,
            test_provider: false,
            bank_account: None,
            mail: false,
            call_private: false,
            node: "one".to_owned(),
            share: Share::ALL,
            staff: usual_limits(),
            keep_tax_records_years: KEEP_TAX_RECORDS_YEARS,
        }
    }
}

/// Where a bank transfer goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankAccount {
    /// Whose account.
    pub holder: String,
    /// IBAN or national form.
    pub account: String,
    /// The bank.
    pub bank: String,
}

/// Keys for each purpose, derived from the one secret that the operator guards.
#[derive(Clone, Debug)]
pub struct Keys {
    cart: SecretKey,
    checkout: SecretKey,
    order: SecretKey,
    request: SecretKey,
    person: SecretKey,
    deposit: SecretKey,
    claim: SecretKey,
    claim_request: SecretKey,
    codes: SecretKey,
    customer: SecretKey,
    staff: SecretKey,
    staff_mark: SecretKey,
    log: LogKey,
    pub(crate) hook: SecretKey,
    reseller: SecretKey,
    device: SecretKey,
    refused_cart: SecretKey,
    waiting: SecretKey,
    waiting_leave: SecretKey,
    tickets: TicketKeys,
    persons: PersonHasher,
}

impl Keys {
    /// The keys derived from `secret`.
    #[must_use]
    pub fn new(secret: &SecretKey) -> Self {
        Self {
            cart: secret.derive("cart token"),
            checkout: secret.derive("checkout token"),
            order: secret.derive("order token"),
            request: secret.derive("idempotency request"),
            person: secret.derive("person"),
            deposit: secret.derive("deposit token"),
            claim: secret.derive("claim token"),
            claim_request: secret.derive("claim request"),
            codes: secret.derive("sale codes"),
            customer: secret.derive("customer"),
            staff: secret.derive("staff secret"),
            staff_mark: secret.derive("staff browser"),
            log: LogKey::new(secret),
            hook: secret.derive("webhook secrets"),
            reseller: secret.derive("reseller key"),
            device: secret.derive(DEVICE_PURPOSE),
            refused_cart: secret.derive("refused cart"),
            waiting: secret.derive("waiting list link"),
            waiting_leave: secret.derive("waiting list leave link"),
            tickets: TicketKeys::new(secret, TICKET_KEY),
            persons: PersonHasher::new(secret),
        }
    }

    /// The key of the staff's log, for whoever chains or audits it.
    #[must_use]
    pub const fn log(&self) -> &LogKey {
        &self.log
    }

    /// The token with which a cart is read and changed.
    #[must_use]
    pub fn cart_token(&self, cart: CartId) -> String {
        token(&self.cart, cart.bytes())
    }

    /// The cart that a token opens.
    #[must_use]
    pub fn open_cart(&self, token: &str) -> Option<CartId> {
        open(&self.cart, token).map(CartId::from_bytes)
    }

    /// The token with which a checkout is read and paid.
    #[must_use]
    pub fn checkout_token(&self, checkout: CheckoutId) -> String {
        token(&self.checkout, checkout.bytes())
    }

    /// The checkout that a token opens.
    #[must_use]
    pub fn open_checkout(&self, token: &str) -> Option<CheckoutId> {
        open(&self.checkout, token).map(CheckoutId::from_bytes)
    }

    /// The secret part of an order's link.
    #[must_use]
    pub fn order_token(&self, order: OrderId) -> String {
        token(&self.order, order.bytes())
    }

    /// The order that a link's secret part opens.
    #[must_use]
    pub fn open_order(&self, token: &str) -> Option<OrderId> {
        open(&self.order, token).map(OrderId::from_bytes)
    }

    /// The secret part of a deposit's link: with it the deposit is paid, seen and had back.
    #[must_use]
    pub fn deposit_token(&self, deposit: DepositId) -> String {
        token(&self.deposit, deposit.bytes())
    }

    /// The deposit that a link's secret part opens.
    #[must_use]
    pub fn open_deposit(&self, token: &str) -> Option<DepositId> {
        open(&self.deposit, token).map(DepositId::from_bytes)
    }

    /// The token with which a sale's claim is read and paid.
    #[must_use]
    pub fn claim_token(&self, lot: i64, number: u32) -> String {
        token(&self.claim, &claim_bytes(lot, number))
    }

    /// The claim that a token opens: its lot and its number there.
    #[must_use]
    pub fn open_claim(&self, token: &str) -> Option<(i64, u32)> {
        open(&self.claim, token).and_then(claim_of_bytes)
    }

    /// The identity of a claim's request: who asks, under which key.
    #[must_use]
    pub fn claim_request(&self, person: &[u8; 16], key: &str) -> KeyedHash {
        let mut message = [0; 16 + limits::IDEMPOTENCY_KEY_CHARS_MAX];
        let end = 16 + key.len().min(limits::IDEMPOTENCY_KEY_CHARS_MAX);
        message[..16].copy_from_slice(person);
        message[16..end].copy_from_slice(&key.as_bytes()[..end - 16]);
        self.claim_request.hash(&message[..end])
    }

    /// The customer with this address: two spellings of it are one.
    #[must_use]
    pub fn customer(&self, email: &Email) -> CustomerId {
        CustomerId::from_bytes(self.customer.hash(email.normalised().as_bytes()))
    }

    /// The hash under which a session's token or a recovery code is kept.
    #[must_use]
    pub fn staff_secret(&self, secret: &[u8]) -> KeyedHash {
        self.staff.hash(secret)
    }

    /// The hash of what is shown of a proposal: of everything that it would do, and of what is there that it
    /// would change.
    #[must_use]
    pub fn staff_content(&self, parts: &[&str]) -> [u8; 32] {
        // None can be taken for a piece of another: each is told by its length.
        let told = parts.iter().map(|part| format!("{} {part}", part.len())).collect::<String>();
        self.staff.sign(told.as_bytes())
    }

    /// The mark that a browser keeps once somebody has come in with it.
    #[must_use]
    pub fn staff_mark(&self, account: StaffId) -> String {
        token(&self.staff_mark, account.bytes())
    }

    /// The account that came in with a browser before.
    #[must_use]
    pub fn open_staff_mark(&self, mark: &str) -> Option<StaffId> {
        open(&self.staff_mark, mark).map(StaffId::from_bytes)
    }

    /// The secret part of the link that confirms an entry of a waiting list: whose, and when its
    /// address was asked. With the moment signed, a link ends without anything being stored.
    #[must_use]
    pub fn waiting_token(&self, person: &KeyedHash, asked_at: Instant) -> String {
        let second = asked_at.timestamp().as_second();
        let mut text = id::encode(*person);
        text.push_str(&id::encode(self.waiting_mac(person, second)));
        text.push_str(&second.to_string());
        text
    }

    /// Whose entry a link confirms, and in which second its address was asked.
    #[must_use]
    pub fn open_waiting(&self, token: &str) -> Option<(KeyedHash, Instant)> {
        let (person, rest) = token.split_at_checked(26)?;
        let (mac, second) = rest.split_at_checked(26)?;
        let (person, mac) = (id::decode(person)?, id::decode(mac)?);
        let second = second.parse::<i64>().ok().filter(|own| own.to_string() == second)?;
        let micros = second.checked_mul(1_000_000)?;
        equal(&self.waiting_mac(&person, second), &mac)
            .then(|| (person, Instant::from_micros(micros)))
    }

    fn waiting_mac(&self, person: &KeyedHash, second: i64) -> KeyedHash {
        self.waiting.hash(&[person.as_slice(), &second.to_be_bytes()].concat())
    }

    /// The secret part of the link that takes somebody off a waiting list; it is good for ever.
    #[must_use]
    pub fn leave_token(&self, person: &KeyedHash) -> String {
        token(&self.waiting_leave, person)
    }

    /// Whom a link takes off a waiting list.
    #[must_use]
    pub fn open_leave(&self, token: &str) -> Option<KeyedHash> {
        open(&self.waiting_leave, token)
    }

    /// The hash under which a reseller's key is kept.
    #[must_use]
    pub fn reseller_secret(&self, secret: &[u8]) -> KeyedHash {
        self.reseller.hash(secret)
    }

    /// The hash under which a device is counted that reports `serial` as its id.
    #[must_use]
    pub fn device(&self, serial: &str) -> DeviceKey {
        DeviceKey::new(&self.device, serial.as_bytes())
    }

    /// The mark that a refused cart was counted for a country and class of products.
    #[must_use]
    pub fn refused_cart(&self, who: &[u8; 16], country: Country, class: ProductClass) -> KeyedHash {
        self.refused_cart.hash(&[who, country.code().as_bytes(), class.word().as_bytes()].concat())
    }

    /// Signs and reads tickets.
    #[must_use]
    pub const fn tickets(&self) -> &TicketKeys {
        &self.tickets
    }

    /// Makes and reads the codes of a sale.
    #[must_use]
    pub fn codes(&self, sale: SaleId) -> CodeBook {
        CodeBook::new(&self.codes, sale)
    }

    /// Hashes what people are known by in sales.
    #[must_use]
    pub const fn persons(&self) -> &PersonHasher {
        &self.persons
    }

    /// The identity of a request. `scope` says what is asked of whom (`order.place chk_…`), so
    /// that two clients who choose the same key do not meet.
    #[must_use]
    pub fn once(&self, scope: &str, key: &str, body: &[u8]) -> Once {
        let mut request = Vec::with_capacity(scope.len() + key.len() + 1);
        request.extend_from_slice(scope.as_bytes());
        request.push(0);
        request.extend_from_slice(key.as_bytes());
        Once { request: self.request.hash(&request), body: self.request.hash(body) }
    }

    /// The hash under which a person is known (an e-mail address in its normal form, say).
    #[must_use]
    pub fn person(&self, text: &str) -> KeyedHash {
        self.person.hash(text.as_bytes())
    }
}

/// The number of the key that signs tickets.
pub const TICKET_KEY: u8 = 1;

/// The bytes of a claim's lot and number: also those of its checkout and its hold.
#[must_use]
pub fn claim_bytes(lot: i64, number: u32) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&lot.to_be_bytes());
    bytes[12..].copy_from_slice(&number.to_be_bytes());
    bytes
}

/// The claim with these bytes, if they can be one's.
#[must_use]
pub fn claim_of_bytes(bytes: [u8; 16]) -> Option<(i64, u32)> {
    let (lot, rest) = bytes.split_first_chunk::<8>()?;
    let (zeros, number) = rest.split_first_chunk::<4>()?;
    let number = u32::from_be_bytes(number.try_into().ok()?);
    (*zeros == [0; 4]).then_some((i64::from_be_bytes(*lot), number))
}

/// 26 characters of id and 26 of its keyed hash: nothing to store, nothing to guess.
fn token(key: &SecretKey, bytes: &[u8; 16]) -> String {
    let mut text = id::encode(*bytes);
    text.push_str(&id::encode(key.hash(bytes)));
    text
}

fn open(key: &SecretKey, token: &str) -> Option<[u8; 16]> {
    let (bytes, mac) = token.split_at_checked(26)?;
    let (bytes, mac) = (id::decode(bytes)?, id::decode(mac)?);
    equal(&key.hash(&bytes), &mac).then_some(bytes)
}

/// An open shop.
#[derive(Debug)]
pub struct Shop {
    /// The database.
    pub db: Db,
    /// Where "now" comes from.
    pub clock: Clock,
    /// Where randomness comes from.
    pub random: Random,
    /// The derived keys.
    pub keys: Keys,
    /// What the operator has set.
    pub policy: Policy,
    /// What everybody reads.
    pub snapshots: Snapshots,
    /// The sales that run.
    pub sales: Sales,
    /// Where the maker's people come in.
    pub door: Door,
    /// What was begun on the days before today, for the figures.
    pub begun: BegunByDay,
    /// All sold units with where they stay.
    pub units: KeptUnits,
    /// What was counted of the signals for the next country.
    pub signals: KeptSignals,
    /// The sheet for the next country that was drawn last.
    pub sheet: KeptSheet,
    /// The ROM's rollouts, where the server has the ROM too; set once, when it is put together.
    pub rollouts: OnceLock<Arc<dyn Rollouts>>,
}

impl Shop {
    /// Opens the shop on `db`: reads the first snapshot.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub async fn open(
        db: Db,
        clock: Clock,
        random: Random,
        secret: &SecretKey,
        policy: Policy,
    ) -> Result<Self, StoreError> {
        let snapshots = Snapshots::load(&db, clock.now()).await?;
        let sales = Sales::new(policy.node.clone());
        Ok(Self {
            db,
            clock,
            random,
            keys: Keys::new(secret),
            policy,
            snapshots,
            sales,
            door: Door::default(),
            begun: BegunByDay::default(),
            units: KeptUnits::default(),
            signals: KeptSignals::default(),
            sheet: KeptSheet::default(),
            rollouts: OnceLock::new(),
        })
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.clock.now()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_that_confirms_carries_the_second_in_which_it_was_asked_for() {
        let keys = Keys::new(&SecretKey::from_bytes([1; 32]));
        let asked = Instant::from_micros(1_432_000_000_123_456);
        let token = keys.waiting_token(&[9; 16], asked);
        let second = Instant::from_micros(1_432_000_000_000_000);
        assert_eq!(keys.open_waiting(&token), Some(([9; 16], second)));
        assert_eq!(keys.open_leave(&token), None, "it takes nobody off the list");
        assert_eq!(keys.open_waiting(&keys.leave_token(&[9; 16])), None, "and the other way round");
        for i in 0..token.len() {
            let mut forged = token.clone().into_bytes();
            forged[i] = if forged[i] == b'7' { b'6' } else { b'7' };
            let forged = String::from_utf8(forged).expect("ASCII");
            assert_eq!(keys.open_waiting(&forged), None, "{i}");
        }
        for bad in [format!("{token}0"), token.replace("1432", "+1432"), token[..52].to_owned()] {
            assert_eq!(keys.open_waiting(&bad), None, "{bad}");
        }
    }

    #[test]
    fn tokens_open_only_what_they_were_made_for() {
        let keys = Keys::new(&SecretKey::from_bytes([1; 32]));
        let cart = CartId::from_bytes([9; 16]);
        let token = keys.cart_token(cart);
        assert_eq!(keys.open_cart(&token), Some(cart));
        assert_eq!(keys.open_order(&token), None, "a cart's token opens no order");
        for i in 0..token.len() {
            let mut forged = token.clone().into_bytes();
            forged[i] = if forged[i] == b'7' { b'6' } else { b'7' };
            let forged = String::from_utf8(forged).expect("ASCII");
            assert_ne!(keys.open_cart(&forged), Some(cart), "{i}");
        }
        for bad in ["", "x", "é".repeat(26).as_str()] {
            assert_eq!(keys.open_cart(bad), None);
        }
    }
}
