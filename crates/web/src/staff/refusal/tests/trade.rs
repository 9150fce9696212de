//! Samples: orders, the books, pictures, sales, resellers.

use kontor_base::{Instant, Language, RowError, Wrong};
use kontor_domain::catalogue::PhotoRefusal;
use kontor_domain::order::{CancelRefusal, OrderNumber, OrderState, RefundRefusal};
use kontor_domain::payment::{PaymentEvent, PaymentRefusal, PaymentState};
use kontor_domain::reseller::{
    BillState, Clause, ClauseName, ContractProblem, ResellerRefusal, TaxUnknown,
};
use kontor_domain::sale::{
    Channel, DefinitionProblem, LifeRefusal, Mover, SaleEvent, SaleState, SettleRefusal, Way,
};
use kontor_ledger::{HoldState, MoneyRefusal, StockRefusal};
use kontor_shop::order::{DispatchRefusal, TakeBackRefusal};
use kontor_shop::reseller::{Refusal as ResellersRefusal, TextProblem};
use kontor_shop::sale::SetUpRefusal;
use kontor_shop::staff::{ActRefusal, Objection};
use kontor_shop::stock::ShipRefusal;

use super::{All, BTreeSet, boxed, country, day, market, money, name, sku};

pub(super) fn of_orders() -> All {
    let cancel = each!(CancelRefusal {
        CancelRefusal::AlreadyDispatched => CancelRefusal::AlreadyDispatched;
        CancelRefusal::AlreadyOver => CancelRefusal::AlreadyOver;
    });
    let refund = each!(RefundRefusal {
        RefundRefusal::Nothing => RefundRefusal::Nothing;
        RefundRefusal::MoreThanLeft { .. } => RefundRefusal::MoreThanLeft { left_minor: 1 };
        RefundRefusal::NotCollected => RefundRefusal::NotCollected;
        RefundRefusal::CancelInstead => RefundRefusal::CancelInstead;
    });
    let payment = PaymentRefusal { from: PaymentState::Captured, event: PaymentEvent::Asked };
    let codes = cancel.iter().map(|refusal| refusal.code());
    let codes = codes.chain(refund.iter().map(|refusal| refusal.code())).chain([payment.code()]);
    let orders =
        codes.map(|code| ActRefusal::Order { code, why: "in English".to_owned() }).collect();
    let dispatch = each!(DispatchRefusal {
        DispatchRefusal::Unknown(_) => DispatchRefusal::Unknown(number());
        DispatchRefusal::NotReady(_) => DispatchRefusal::NotReady(OrderState::OnHold);
        DispatchRefusal::NotCleared => DispatchRefusal::NotCleared;
        DispatchRefusal::Ship(_) => DispatchRefusal::Ship(ShipRefusal::NotInside(sku()));
    });
    let ship = each!(ShipRefusal {
        ShipRefusal::Stock(_) => ShipRefusal::Stock(StockRefusal::AllShipped);
        ShipRefusal::NotASerial(_) => ShipRefusal::NotASerial(name());
        ShipRefusal::Twice(_) => ShipRefusal::Twice(name());
        ShipRefusal::Count { .. } => ShipRefusal::Count { sku: sku(), units: 2, serials: 1 };
        ShipRefusal::NotInside(_) => ShipRefusal::NotInside(sku());
    });
    let back = each!(TakeBackRefusal {
        TakeBackRefusal::Unknown(_) => TakeBackRefusal::Unknown(number());
        TakeBackRefusal::Nothing => TakeBackRefusal::Nothing;
        TakeBackRefusal::TooMany { .. } => TakeBackRefusal::TooMany { sku: sku(), left: 1 };
        TakeBackRefusal::NotOurs(_) => TakeBackRefusal::NotOurs(name());
        TakeBackRefusal::Stock(_) => TakeBackRefusal::Stock(StockRefusal::NoLines);
    });
    let mut all = boxed::<ActRefusal>(orders);
    all.extend(boxed(dispatch));
    all.extend(boxed(ship));
    all.extend(boxed(back));
    all
}

fn number() -> OrderNumber {
    "US15-QNB8-6N8A-UFSS".parse().expect("a number")
}

/// The books: stock and money.
pub(super) fn of_books() -> All {
    let (at, state) = (Instant::from_micros(0), HoldState::Claimed);
    let stock = each!(StockRefusal {
        StockRefusal::Insufficient { .. } => StockRefusal::Insufficient { short: Vec::new() };
        StockRefusal::HoldExpired { .. } => StockRefusal::HoldExpired { ended_at: at };
        StockRefusal::HoldSettled { .. } => StockRefusal::HoldSettled { state };
        StockRefusal::HoldNotEnded { .. } => StockRefusal::HoldNotEnded { ends_at: at };
        StockRefusal::HoldAlreadyExtended => StockRefusal::HoldAlreadyExtended;
        StockRefusal::HoldNotClaimed { .. } => StockRefusal::HoldNotClaimed { state };
        StockRefusal::AllShipped => StockRefusal::AllShipped;
        StockRefusal::MoreThanOrdered { .. } =>
            StockRefusal::MoreThanOrdered { wanted: 2, awaiting: 1 };
        StockRefusal::NoLines => StockRefusal::NoLines;
        StockRefusal::TooManyLines => StockRefusal::TooManyLines;
        StockRefusal::UnitsOutOfRange => StockRefusal::UnitsOutOfRange;
        StockRefusal::DurationOutOfRange => StockRefusal::DurationOutOfRange;
        StockRefusal::NotAnotherQuota => StockRefusal::NotAnotherQuota;
        StockRefusal::CountBelowPromised { .. } =>
            StockRefusal::CountBelowPromised { counted: 1, promised: 2 };
    });
    let (wanted, due) = (money(), money());
    let books = each!(MoneyRefusal {
        MoneyRefusal::MoreThanDue { .. } => MoneyRefusal::MoreThanDue { wanted, due };
        MoneyRefusal::MoreThanCaptured { .. } =>
            MoneyRefusal::MoreThanCaptured { wanted, captured: due };
        MoneyRefusal::MoreThanSold { .. } => MoneyRefusal::MoreThanSold { wanted, sold: due };
        MoneyRefusal::MoneyIsIn { .. } => MoneyRefusal::MoneyIsIn { captured: due };
        MoneyRefusal::MixedCurrencies => MoneyRefusal::MixedCurrencies;
        MoneyRefusal::AmountOutOfRange => MoneyRefusal::AmountOutOfRange;
    });
    let mut all = boxed(stock);
    all.extend(boxed(books));
    all
}

pub(super) fn of_photos() -> All {
    let photos = each!(PhotoRefusal {
        PhotoRefusal::Empty => PhotoRefusal::Empty;
        PhotoRefusal::TooLarge => PhotoRefusal::TooLarge;
        PhotoRefusal::NotAPhoto => PhotoRefusal::NotAPhoto;
        PhotoRefusal::Size => PhotoRefusal::Size;
    });
    boxed(photos.iter().map(|refusal| Objection::new(refusal.code(), refusal)).collect())
}

pub(super) fn of_sales() -> All {
    let definition = each!(DefinitionProblem {
        DefinitionProblem::Channels => DefinitionProblem::Channels;
        DefinitionProblem::ChannelTwice => DefinitionProblem::ChannelTwice;
        DefinitionProblem::NoUnits => DefinitionProblem::NoUnits;
        DefinitionProblem::TooManyUnits => DefinitionProblem::TooManyUnits;
        DefinitionProblem::Windows => DefinitionProblem::Windows;
        DefinitionProblem::ReportTooEarly => DefinitionProblem::ReportTooEarly;
        DefinitionProblem::PerPerson => DefinitionProblem::PerPerson;
        DefinitionProblem::HoldMinutes => DefinitionProblem::HoldMinutes;
        DefinitionProblem::Rollover => DefinitionProblem::Rollover;
        DefinitionProblem::Beacon => DefinitionProblem::Beacon;
        DefinitionProblem::BeaconTooEarly => DefinitionProblem::BeaconTooEarly;
        DefinitionProblem::Deposit => DefinitionProblem::Deposit;
        DefinitionProblem::Title => DefinitionProblem::Title;
    });
    let channel = Channel { market: market(), way: Way::Rush, quota: 1 };
    let settle = each!(SettleRefusal {
        SettleRefusal::HoldsOpen { .. } => SettleRefusal::HoldsOpen { units: 1 };
        SettleRefusal::Oversold { .. } => SettleRefusal::Oversold { channel };
        SettleRefusal::MovesUneven => SettleRefusal::MovesUneven;
    });
    let (from, event) = (SaleState::Draft, SaleEvent::Halt);
    let life = each!(LifeRefusal {
        LifeRefusal::Step { .. } => LifeRefusal::Step { from, event };
        LifeRefusal::Mover { .. } => LifeRefusal::Mover { event, by: Mover::Staff };
    });
    let lacking = vec![(market(), Language::De)];
    let two = definition[..2].to_vec();
    let set_up = each!(SetUpRefusal {
        SetUpRefusal::Definition(_) =>
            SetUpRefusal::Definition(Vec::new()), SetUpRefusal::Definition(two.clone());
        SetUpRefusal::UnknownSku => SetUpRefusal::UnknownSku;
        SetUpRefusal::NotCleared(_) => SetUpRefusal::NotCleared(market());
        SetUpRefusal::Texts(_) => SetUpRefusal::Texts(lacking.clone());
        SetUpRefusal::Stock { .. } => SetUpRefusal::Stock { market: market(), short: 2 };
        SetUpRefusal::Deposit(_) => SetUpRefusal::Deposit(market());
        SetUpRefusal::Lots => SetUpRefusal::Lots;
        SetUpRefusal::Unknown => SetUpRefusal::Unknown;
        SetUpRefusal::NoBeacon => SetUpRefusal::NoBeacon;
        SetUpRefusal::EntriesOpen => SetUpRefusal::EntriesOpen;
        SetUpRefusal::Settle(_) => SetUpRefusal::Settle(SettleRefusal::MovesUneven);
        SetUpRefusal::Life(_) => SetUpRefusal::Life(LifeRefusal::Step { from, event });
    });
    let mut all = boxed(definition);
    all.extend(boxed(settle));
    all.extend(boxed(life));
    all.extend(boxed(set_up));
    all
}

pub(super) fn of_resellers() -> All {
    let clause = || {
        let (number, contract) = ("2.1".to_owned(), "NL-2015-3".to_owned());
        ClauseName { number, of: Clause::Territory, contract }
    };
    let judged = each!(ResellerRefusal {
        ResellerRefusal::NotInForce { .. } =>
            ResellerRefusal::NotInForce { clause: clause(), on: day() };
        ResellerRefusal::OutsideTerritory { .. } =>
            ResellerRefusal::OutsideTerritory { clause: clause(), country: country("FR") };
        ResellerRefusal::NotPermitted { .. } =>
            ResellerRefusal::NotPermitted { clause: clause(), sku: sku() };
        ResellerRefusal::NoPrice { .. } => ResellerRefusal::NoPrice { clause: clause(), sku: sku() };
        ResellerRefusal::TooFew { .. } =>
            ResellerRefusal::TooFew { clause: clause(), units: 1, least: 10 };
        ResellerRefusal::Allotment { .. } =>
            ResellerRefusal::Allotment { clause: clause(), sku: sku(), units: 9, left: 1 };
        ResellerRefusal::NotCleared { .. } =>
            ResellerRefusal::NotCleared { sku: sku(), reasons: "clearance.missing".to_owned() };
        ResellerRefusal::Size => ResellerRefusal::Size;
        ResellerRefusal::Sum => ResellerRefusal::Sum;
    });
    let tax = each!(TaxUnknown {
        TaxUnknown::NoRule(..) => TaxUnknown::NoRule(country("CN"), country("FR"));
        TaxUnknown::NoSeller(_) => TaxUnknown::NoSeller(country("DE"));
        TaxUnknown::NoBuyer(_) => TaxUnknown::NoBuyer(country("DE"));
        TaxUnknown::NoRate(..) => TaxUnknown::NoRate(country("FR"), day());
        TaxUnknown::Sum => TaxUnknown::Sum;
    });
    let texts = each!(TextProblem {
        TextProblem::Due => TextProblem::Due;
        TextProblem::Tax => TextProblem::Tax;
        TextProblem::TaxNote => TextProblem::TaxNote;
        TextProblem::Sum => TextProblem::Sum;
        TextProblem::MoneyDay => TextProblem::MoneyDay;
        TextProblem::MoneyReference => TextProblem::MoneyReference;
        TextProblem::CancelReason => TextProblem::CancelReason;
        TextProblem::KeyTooEarly => TextProblem::KeyTooEarly;
        TextProblem::KeyEnded => TextProblem::KeyEnded;
        TextProblem::KeyLabel => TextProblem::KeyLabel;
    });
    let row = || RowError::of("until", Wrong::NotDay { cell: "soon".to_owned() });
    let stands = |state| ResellersRefusal::BillStands(name(), state);
    let problem = ContractProblem::Nothing(Clause::Territory);
    let resellers = each!(ResellersRefusal {
        ResellersRefusal::Unknown => ResellersRefusal::Unknown;
        ResellersRefusal::UnknownContract(_) => ResellersRefusal::UnknownContract(name());
        ResellersRefusal::UnknownSku(_) => ResellersRefusal::UnknownSku(sku());
        ResellersRefusal::UnknownOrder => ResellersRefusal::UnknownOrder;
        ResellersRefusal::UnknownBill => ResellersRefusal::UnknownBill;
        ResellersRefusal::Billed(_) => ResellersRefusal::Billed(name());
        ResellersRefusal::BillStands(_, BillState::Open) => stands(BillState::Open);
        ResellersRefusal::BillStands(_, BillState::Paid) => stands(BillState::Paid);
        ResellersRefusal::BillStands(_, BillState::Void) => stands(BillState::Void);
        ResellersRefusal::Tax(_) => ResellersRefusal::Tax(TaxUnknown::Sum);
        ResellersRefusal::Money(_) => ResellersRefusal::Money(MoneyRefusal::MixedCurrencies);
        ResellersRefusal::Fields(_) =>
            ResellersRefusal::Fields(Vec::new()), ResellersRefusal::Fields(vec![row()]);
        ResellersRefusal::Contract(_) =>
            ResellersRefusal::Contract(Vec::new()), ResellersRefusal::Contract(vec![problem.clone()]);
        ResellersRefusal::BeyondAllotment { .. } =>
            ResellersRefusal::BeyondAllotment { sku: sku(), allowed: 1, wanted: 2 };
        ResellersRefusal::Judged(_) => ResellersRefusal::Judged(judged.clone());
        ResellersRefusal::Stock(_) => ResellersRefusal::Stock(StockRefusal::NoLines);
        ResellersRefusal::Ship(_) => ResellersRefusal::Ship(ShipRefusal::NotInside(sku()));
        ResellersRefusal::Rows(_) => ResellersRefusal::Rows(vec![(2, row())]);
        ResellersRefusal::Size => ResellersRefusal::Size;
        ResellersRefusal::Text(_) => ResellersRefusal::Text(TextProblem::Due);
    });
    let mut all = boxed(judged);
    all.extend(boxed(vec![clause()]));
    all.extend(boxed(tax));
    all.extend(boxed(texts.into_iter().map(ResellersRefusal::Text).collect()));
    all.extend(boxed(resellers));
    all
}
