//! What an order writes in the money ledger, and that the audit proves it and finds damage.

use proptest::prelude::*;

use super::*;
use crate::money_audit::{MoneyFinding, OrderMoney, audit_money};
use crate::samples::{order_id, reference, second};

fn usd(minor: i64) -> Money {
    Money::new(minor, "USD".parse().expect("USD is a currency"))
}

fn eur(minor: i64) -> Money {
    Money::new(minor, "EUR".parse().expect("EUR is a currency"))
}

fn provider(name: &str) -> ProviderKey {
    name.parse().expect("a good key")
}

/// A band for 14.99, shipping 5.00, Californian tax in two lines.
fn parts(number: u64) -> SaleParts {
    SaleParts {
        order: order_id(number),
        market: "us".parse().expect("a good key"),
        goods_net: usd(1_499),
        shipping_net: usd(500),
        taxes: vec![
            ("US-CA".parse().expect("a good key"), usd(109)),
            ("US-CA".parse().expect("a good key"), usd(36)),
            ("US-none".parse().expect("a good key"), usd(0)),
        ],
    }
}

/// The transfers of one order, with the decisions asked of what is written so far.
struct Account {
    random: Random,
    written: Vec<MoneyTransfer>,
}

impl Account {
    fn placed(number: u64) -> Self {
        let random = Random::seeded(number);
        let written =
            post_sale(&parts(number), second(0), &reference(), &random).expect("good parts");
        Self { random, written }
    }

    fn standing(&self) -> OrderStanding {
        let order = self.written[0].order().expect("every transfer has one");
        OrderStanding::read(order, usd(0).currency, &self.written).expect("sound rows")
    }

    fn capture(&mut self, amount: Money) -> Result<(), MoneyRefusal> {
        let (standing, at) = (self.standing(), second(1));
        let random = &self.random;
        self.written.push(post_capture(
            &standing,
            &provider("test"),
            amount,
            at,
            &reference(),
            random,
        )?);
        Ok(())
    }

    fn refund(&mut self, amount: Money) -> Result<(), MoneyRefusal> {
        let (standing, at) = (self.standing(), second(2));
        let random = &self.random;
        self.written.push(post_refund(
            &standing,
            &provider("test"),
            amount,
            at,
            &reference(),
            random,
        )?);
        Ok(())
    }

    fn credit(&mut self, parts: &SaleParts) -> Result<(), MoneyRefusal> {
        let standing = self.standing();
        self.written.extend(post_credit(&standing, parts, second(3), &reference(), &self.random)?);
        Ok(())
    }

    fn share(&mut self, amount: Money) -> Result<(), MoneyRefusal> {
        let standing = self.standing();
        let random = &self.random;
        let credited = post_credit_share(&standing, amount, second(3), &reference(), random)?;
        self.written.extend(credited);
        Ok(())
    }

    fn void(&mut self) -> Result<(), MoneyRefusal> {
        let standing = self.standing();
        self.written.extend(post_void(&standing, second(4), &reference(), &self.random)?);
        Ok(())
    }
}

fn balances(transfers: &[MoneyTransfer]) -> BTreeMap<(MoneyAccount, Currency), i64> {
    let mut balances = BTreeMap::new();
    for transfer in transfers {
        let minor = transfer.amount.minor;
        *balances.entry((transfer.from.clone(), transfer.currency())).or_default() -= minor;
        *balances.entry((transfer.to.clone(), transfer.currency())).or_default() += minor;
    }
    balances
}

fn sorted(transfers: &[MoneyTransfer]) -> Vec<MoneyTransfer> {
    let mut sorted = transfers.to_vec();
    sorted.sort_by_key(|transfer| transfer.id);
    sorted
}

fn audited(transfers: &[MoneyTransfer], stated: OrderMoney) -> Vec<MoneyFinding> {
    let kept = balances(transfers)
        .into_iter()
        .map(|((account, currency), minor)| (account, Money::new(minor, currency)));
    audit_money(sorted(transfers), kept, [stated]).findings
}

fn stated(number: u64, captured_minor: i64, refunded_minor: i64) -> OrderMoney {
    OrderMoney {
        order: order_id(number),
        total: usd(2_144),
        captured_minor,
        refunded_minor,
        applied_minor: 0,
    }
}

#[test]
fn an_order_that_is_paid_at_once_is_balanced() {
    let transfers = post_sale_and_capture(
        &parts(1),
        &provider("test"),
        second(0),
        &reference(),
        &Random::seeded(1),
    )
    .expect("good parts");
    // Goods, shipping, one jurisdiction (two lines of it, and none for zero), the capture.
    assert_eq!(transfers.len(), 4);
    assert!(transfers.iter().all(|transfer| transfer.check().is_ok()));
    let balances = balances(&transfers);
    let of = |text: &str| {
        let account = text.parse().expect("an account");
        balances.get(&(account, usd(0).currency)).copied()
    };
    assert_eq!(of("revenue/us"), Some(-1_499));
    assert_eq!(of("shipping_income/us"), Some(-500));
    assert_eq!(of("tax_collected/US-CA"), Some(-145));
    assert_eq!(of("clearing/test"), Some(2_144));
    assert_eq!(of(&format!("receivable/{}", order_id(1))), Some(0));
    assert_eq!(balances.values().sum::<i64>(), 0);
    assert_eq!(audited(&transfers, stated(1, 2_144, 0)), []);
}

#[test]
fn nothing_is_captured_refunded_or_credited_beyond_what_there_is() {
    let mut account = Account::placed(1);
    assert_eq!(
        account.capture(usd(2_145)),
        Err(MoneyRefusal::MoreThanDue { wanted: usd(2_145), due: usd(2_144) })
    );
    account.capture(usd(2_000)).expect("a part");
    assert_eq!(account.capture(usd(145)).expect_err("too much").code(), "payment.more_than_due");
    account.capture(usd(144)).expect("the rest");
    assert_eq!(account.void(), Err(MoneyRefusal::MoneyIsIn { captured: usd(2_144) }));
    assert_eq!(
        account.refund(usd(2_145)).expect_err("too much").code(),
        "payment.more_than_captured"
    );
    let other = post_refund(
        &account.standing(),
        &provider("other"),
        usd(1),
        second(2),
        &reference(),
        &account.random,
    );
    assert_eq!(other.expect_err("it has none of it").code(), "payment.more_than_captured");

    let mut too_much = parts(1);
    too_much.goods_net = usd(1_500);
    assert_eq!(account.credit(&too_much).expect_err("too much").code(), "payment.more_than_sold");
    account.credit(&parts(1)).expect("all of it");
    assert_eq!(account.standing().due(), Ok(usd(-2_144)), "the customer is owed");
    account.refund(usd(2_144)).expect("all of it");
    assert_eq!(account.standing().due(), Ok(usd(0)));
    assert_eq!(
        account.credit(&parts(1)).expect_err("nothing left").code(),
        "payment.more_than_sold"
    );
    assert_eq!(audited(&account.written, stated(1, 2_144, 2_144)), []);
}

#[test]
fn an_order_that_nobody_paid_is_called_off_without_a_trace() {
    let mut account = Account::placed(1);
    account.void().expect("no money is in");
    assert!(balances(&account.written).values().all(|minor| *minor == 0));
    assert_eq!(audited(&account.written, stated(1, 0, 0)), []);
    account.void().expect("a second time changes nothing");
    assert_eq!(account.written.len(), 6);
    assert_eq!(
        account.capture(usd(1)).expect_err("nothing is due").code(),
        "payment.more_than_due"
    );
}

#[test]
fn a_part_is_taken_back_from_each_account_by_its_share_and_adds_up() {
    let mut account = Account::placed(1);
    account.capture(usd(2_144)).expect("all of it");
    account.share(usd(1_000)).expect("less than it cost");
    let taken: Vec<(String, i64)> = account
        .written
        .iter()
        .filter(|transfer| transfer.cause == MoneyCause::Credited)
        .map(|transfer| (transfer.to.to_string(), transfer.amount.minor))
        .collect();
    // 1499, 500 and 145 of 2144: 699.16, 233.20 and 67.63; the largest remainder is the tax's.
    let wanted = [("revenue/us", 699), ("shipping_income/us", 233), ("tax_collected/US-CA", 68)];
    assert_eq!(taken, wanted.map(|(account, minor)| (account.to_owned(), minor)));
    account.refund(usd(1_000)).expect("it was paid");
    assert_eq!(account.standing().due(), Ok(usd(0)));
    assert_eq!(account.share(usd(1_145)).expect_err("too much").code(), "payment.more_than_sold");
    account.share(usd(1_144)).expect("the rest");
    account.refund(usd(1_144)).expect("the rest");
    let balances = balances(&account.written);
    assert!(balances.values().all(|minor| *minor == 0), "{balances:?}");
    assert_eq!(audited(&account.written, stated(1, 2_144, 2_144)), []);
    assert_eq!(account.share(usd(0)), Err(MoneyRefusal::AmountOutOfRange));
    assert_eq!(account.share(eur(1)), Err(MoneyRefusal::MixedCurrencies));
}

#[test]
fn amounts_are_in_one_currency_and_in_range() {
    let refused = |change: fn(&mut SaleParts)| {
        let mut parts = parts(1);
        change(&mut parts);
        post_sale(&parts, second(0), &reference(), &Random::seeded(1)).expect_err("bad parts")
    };
    assert_eq!(refused(|p| p.shipping_net = eur(500)), MoneyRefusal::MixedCurrencies);
    assert_eq!(refused(|p| p.taxes[0].1 = eur(1)), MoneyRefusal::MixedCurrencies);
    assert_eq!(refused(|p| p.goods_net = usd(-1)), MoneyRefusal::AmountOutOfRange);
    assert_eq!(refused(|p| p.goods_net = usd(Money::MINOR_MAX)), MoneyRefusal::AmountOutOfRange);
    let mut account = Account::placed(1);
    assert_eq!(account.capture(eur(1)), Err(MoneyRefusal::MixedCurrencies));
    assert_eq!(account.capture(usd(0)), Err(MoneyRefusal::AmountOutOfRange));
    assert_eq!(account.capture(usd(-1)), Err(MoneyRefusal::AmountOutOfRange));

    let free = SaleParts { goods_net: usd(0), shipping_net: usd(0), taxes: Vec::new(), ..parts(2) };
    let random = Random::seeded(1);
    let none = post_sale_and_capture(&free, &provider("test"), second(0), &reference(), &random);
    assert_eq!(none, Ok(Vec::new()));
}

#[test]
fn each_damage_is_named() {
    let paid = || {
        let mut account = Account::placed(1);
        account.capture(usd(2_144)).expect("all of it");
        account.written
    };
    let codes = |damage: fn(&mut Vec<MoneyTransfer>), stated: OrderMoney| -> Vec<&'static str> {
        let mut transfers = paid();
        damage(&mut transfers);
        audited(&transfers, stated).iter().map(MoneyFinding::code).collect()
    };
    let right = stated(1, 2_144, 0);
    let differs = "audit.order_differs";
    assert_eq!(codes(|_| {}, right), [""; 0]);
    assert_eq!(codes(|_| {}, stated(1, 2_143, 0)), [differs]);
    assert_eq!(codes(|_| {}, stated(1, 2_144, 1)), [differs]);
    assert_eq!(codes(|_| {}, OrderMoney { total: usd(2_000), ..right }), [differs]);
    assert_eq!(
        codes(|_| {}, OrderMoney { total: eur(2_144), ..right }),
        ["audit.order_mixes_currencies"]
    );
    let unknown = codes(|_| {}, OrderMoney { order: order_id(2), ..right });
    assert!(unknown.contains(&"audit.order_unknown"), "{unknown:?}");
    // More captured than sold.
    let found = codes(|t| t[3].amount = usd(2_145), stated(1, 2_145, 0));
    assert_eq!(found, ["audit.captured_too_much"]);
    // An amount that is none.
    assert!(codes(|t| t[0].amount = usd(0), right).contains(&"audit.entry_flawed"));
    // A cause that does not fit its accounts.
    assert!(codes(|t| t[3].cause = MoneyCause::Refunded, right).contains(&"audit.entry_flawed"));
    // The same entry twice.
    assert!(codes(|t| t.push(t[0].clone()), right).contains(&"audit.entry_out_of_order"));
    // One entry in another currency.
    assert!(codes(|t| t[3].amount = eur(2_144), right).contains(&"audit.order_mixes_currencies"));

    // A kept balance that is not the sum.
    let account: MoneyAccount = "clearing/test".parse().expect("an account");
    let kept = [(account, usd(2_144))];
    let report = audit_money(sorted(&paid()), kept, [right]);
    let codes: Vec<_> = report.findings.iter().map(MoneyFinding::code).collect();
    assert_eq!(
        codes,
        [
            "audit.balance_differs",
            "audit.balance_differs",
            "audit.balance_differs",
            "audit.does_not_sum_to_zero"
        ]
    );
}

/// What a customer and a shop can do to an order's money.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Capture(i64),
    Refund(i64),
    CreditGoods(i64),
    Share(i64),
    Void,
}

fn some_deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        (-5_i64..2_500).prop_map(Deed::Capture),
        (-5_i64..2_500).prop_map(Deed::Refund),
        (-5_i64..1_000).prop_map(Deed::CreditGoods),
        (-5_i64..1_500).prop_map(Deed::Share),
        Just(Deed::Void),
    ]
}

proptest! {
    #[test]
    fn whatever_is_asked_the_audit_is_clean(deeds in prop::collection::vec(some_deed(), 0..20)) {
        let mut account = Account::placed(1);
        let (mut captured, mut refunded) = (0, 0);
        for deed in deeds {
            match deed {
                Deed::Capture(minor) => {
                    captured += account.capture(usd(minor)).map_or(0, |()| minor);
                }
                Deed::Refund(minor) => {
                    refunded += account.refund(usd(minor)).map_or(0, |()| minor);
                }
                Deed::CreditGoods(minor) => {
                    let part = SaleParts {
                        goods_net: usd(minor),
                        shipping_net: usd(0),
                        taxes: Vec::new(),
                        ..parts(1)
                    };
                    account.credit(&part).ok();
                }
                Deed::Share(minor) => {
                    account.share(usd(minor)).ok();
                }
                Deed::Void => {
                    account.void().ok();
                }
            }
            let paid = account.standing().captured().expect("in range").minor;
            prop_assert!((0..=2_144).contains(&paid));
        }
        prop_assert_eq!(audited(&account.written, stated(1, captured, refunded)), []);
        prop_assert_eq!(balances(&account.written).values().sum::<i64>(), 0);
    }
}
