//! Everything that a public write could change, to be compared before and after; and the ways in
//! which a test changes the shop's facts behind the API's back.

use kontor_base::id::CartId;
use kontor_domain::cart::{Cart, CartLine};
use kontor_ledger::HoldState;
use kontor_store::clearance::{self, Kind};
use kontor_store::{StoreError, cart, customer, money, order, stock};

use super::goods::{GRANT, the_grant};
use super::{Api, Opened};

/// What there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct State {
    /// Every balance of the stock ledger.
    pub(crate) stock: Vec<(String, i64)>,
    /// Every balance of the money ledger.
    pub(crate) money: Vec<(String, i64)>,
    /// How many holds are active.
    pub(crate) holds: i64,
    /// The orders' numbers.
    pub(crate) orders: Vec<String>,
    /// How many people wait in the US and German markets.
    pub(crate) waiting: i64,
    /// The cart that was asked about.
    pub(crate) cart: Option<Cart>,
}

impl Api {
    /// What there is now; `cart` is looked at too.
    pub(crate) async fn state(&self, cart: Option<&Opened>) -> State {
        let id: Option<CartId> = cart.map(|cart| cart.id.parse().expect("a cart's id"));
        let read = self.shop.db.read("test.state", move |tx| {
            let mut waiting = 0;
            for market in ["us", "de", "fr"] {
                let market = market.parse().expect("a market");
                waiting += customer::waiting_counts(tx, market)?
                    .iter()
                    .map(|n| n.confirmed + n.unconfirmed)
                    .sum::<i64>();
            }
            let stock = stock::all_balances(tx)?;
            let money = money::balances(tx)?;
            let orders = order::after(tx, None, 1_000)?;
            Ok::<_, StoreError>(State {
                stock: stock.into_iter().map(|(key, units)| (key.to_string(), units)).collect(),
                money: money.into_iter().map(|(key, sum)| (key.to_string(), sum.minor)).collect(),
                holds: stock::count_holds(tx, HoldState::Active)?,
                orders: orders.iter().map(|placed| placed.order.number.to_string()).collect(),
                waiting,
                cart: match id {
                    Some(id) => cart::get(tx, id)?,
                    None => None,
                },
            })
        });
        read.await.expect("the state can be read")
    }

    /// How many units of `sku` can still be sold.
    pub(crate) async fn left(&self, sku: &'static str) -> i64 {
        let read = self.shop.db.read("test.left", move |tx| stock::available(tx, "us", sku)).await;
        read.expect("the stock can be read").iter().map(|(_, units)| units).sum()
    }

    /// Takes the bands' grant away, as an authority would overnight.
    pub(crate) async fn withdraw_grant(&self) {
        let at = self.shop.now();
        let removed = self
            .shop
            .db
            .write("test.withdraw", move |tx| clearance::remove(tx, Kind::Grant, GRANT, at))
            .await;
        assert!(removed.expect("the grant can be removed"), "the grant was there");
    }

    /// Gives it back.
    pub(crate) async fn restore_grant(&self) {
        let at = self.shop.now();
        let saved = self
            .shop
            .db
            .write("test.restore", move |tx| {
                clearance::save(tx, Kind::Grant, GRANT, &the_grant(), at)
            })
            .await;
        saved.expect("the grant can be written");
    }

    /// Makes the snapshot anew, as its keeper would.
    pub(crate) async fn refresh(&self) {
        let refreshed = self.shop.snapshots.refresh(&self.shop.db, self.shop.now()).await;
        refreshed.expect("the snapshot can be made");
    }

    /// Writes a line into a cart without asking anybody.
    pub(crate) async fn smuggle(&self, cart: &Opened, sku: &str) {
        let id: CartId = cart.id.parse().expect("a cart's id");
        let line = CartLine { sku: sku.parse().expect("a SKU"), quantity: 1 };
        let at = self.shop.now();
        let written: Result<(), StoreError> = self
            .shop
            .db
            .write("test.smuggle", move |tx| {
                let mut cart = cart::get(tx, id)?.expect("the cart is there");
                cart.lines.push(line.clone());
                cart.version += 1;
                cart::save(tx, &cart, at)
            })
            .await;
        written.expect("the line is written");
    }
}
