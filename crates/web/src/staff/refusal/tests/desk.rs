//! Samples: people and their accounts, acts, openings, waiting lists, webhooks.

use kontor_base::{MoneyError, Wrong};
use kontor_domain::market::Stage;
use kontor_domain::opening::AssortmentRefusal;
use kontor_domain::opening::PlanError;
use kontor_domain::staff::{KeyRefusal, PasswordProblem, Permission, StaffRefusal};
use kontor_ledger::StockRefusal;
use kontor_shop::exchange::{BadFile, RowProblem, Table};
use kontor_shop::hook::{HookRefusal, UrlProblem};
use kontor_shop::mail::TellRefusal;
use kontor_shop::opening::Refusal as OpeningRefusal;
use kontor_shop::order::{DispatchRefusal, TakeBackRefusal};
use kontor_shop::reseller::Refusal as ResellersRefusal;
use kontor_shop::sale::SetUpRefusal;
use kontor_shop::staff::{AccountProblem, ActRefusal, Doubt, FieldProblem, Objection, Refusal};

use super::{All, BTreeSet, boxed, day, market, name, sku};

/// What people meet themselves: permissions, passwords, fields, keys.
pub(super) fn of_people() -> All {
    let passwords = each!(PasswordProblem {
        PasswordProblem::TooShort => PasswordProblem::TooShort;
        PasswordProblem::TooLong => PasswordProblem::TooLong;
        PasswordProblem::Guessable => PasswordProblem::Guessable;
    });
    let keys = each!(KeyRefusal {
        KeyRefusal::NoScope => KeyRefusal::NoScope;
        KeyRefusal::NotForKeys(_) => KeyRefusal::NotForKeys(Permission::StockRead);
        KeyRefusal::NotYours(_) => KeyRefusal::NotYours(Permission::OrderRead);
        KeyRefusal::Days => KeyRefusal::Days;
        KeyRefusal::TooMany => KeyRefusal::TooMany;
    });
    let staff = each!(StaffRefusal {
        StaffRefusal::NotPermitted => StaffRefusal::NotPermitted;
        StaffRefusal::SamePerson => StaffRefusal::SamePerson;
        StaffRefusal::NotAuthor => StaffRefusal::NotAuthor;
        StaffRefusal::Decided => StaffRefusal::Decided;
        StaffRefusal::Expired => StaffRefusal::Expired;
        StaffRefusal::Changed => StaffRefusal::Changed;
        StaffRefusal::AuthorMayNot => StaffRefusal::AuthorMayNot;
    });
    let own = each!(Refusal {
        Refusal::Staff(_) => Refusal::Staff(StaffRefusal::Decided);
        Refusal::Act(_) => Refusal::Act(ActRefusal::OtherMarket);
        Refusal::NotKnown => Refusal::NotKnown;
        Refusal::TooMany(_) => Refusal::TooMany(60);
        Refusal::UnknownAccount => Refusal::UnknownAccount;
        Refusal::AddressTaken => Refusal::AddressTaken;
        Refusal::Field(_) => Refusal::Field(FieldProblem::Name);
        Refusal::Password(_) => Refusal::Password(PasswordProblem::TooShort);
        Refusal::Key(_) => Refusal::Key(KeyRefusal::Days);
        Refusal::UnknownKey => Refusal::UnknownKey;
        Refusal::Passkey(_) => Refusal::Passkey(Doubt::Malformed);
        Refusal::UnknownProposal => Refusal::UnknownProposal;
    });
    let fields = FieldProblem::ALL.map(Refusal::Field);
    let parts = passwords.into_iter().map(Refusal::Password);
    let parts = parts.chain(keys.into_iter().map(Refusal::Key));
    let parts = parts.chain(staff.into_iter().map(Refusal::Staff)).chain(fields);
    boxed(own.into_iter().chain(parts).collect())
}

/// What an act is refused with, before it is any area's matter.
pub(super) fn of_acts() -> All {
    let problem = Wrong::NotDay { cell: "soon".to_owned() };
    let row = RowProblem { line: 2, column: Some("units".to_owned()), reason: Wrong::Empty };
    let bad = BadFile { table: Table::Stock, file: name(), problems: vec![row], more: 0 };
    let step = OpeningRefusal::NoSuchStep { from: Stage::Open, to: Stage::Scouting };
    let acts = each!(ActRefusal {
        ActRefusal::Row { .. } => ActRefusal::Row { field: "issued_on", problem: problem.clone() };
        ActRefusal::UnknownClearance(_) => ActRefusal::UnknownClearance(name());
        ActRefusal::CodeTaken(_) => ActRefusal::CodeTaken(name());
        ActRefusal::NoWithdrawal(_) => ActRefusal::NoWithdrawal(name());
        ActRefusal::Opening(_) => ActRefusal::Opening(Box::new(step.clone()));
        ActRefusal::Reseller(_) => ActRefusal::Reseller(Box::new(ResellersRefusal::Unknown));
        ActRefusal::Dispatch(_) => ActRefusal::Dispatch(Box::new(DispatchRefusal::NotCleared));
        ActRefusal::TakeBack(_) => ActRefusal::TakeBack(Box::new(TakeBackRefusal::Nothing));
        ActRefusal::Sale(_) => ActRefusal::Sale(Box::new(SetUpRefusal::Lots));
        ActRefusal::Stock(_) => ActRefusal::Stock(Box::new(StockRefusal::NoLines));
        ActRefusal::Tell(_) => ActRefusal::Tell(Box::new(TellRefusal::NoMail));
        ActRefusal::OtherMarket => ActRefusal::OtherMarket;
        ActRefusal::Account(_) => ActRefusal::Account(AccountProblem::Email);
        ActRefusal::Order { .. } =>
            ActRefusal::Order { code: "job.unknown", why: "in English".to_owned() };
        ActRefusal::NoDocument(_) => ActRefusal::NoDocument(name());
        ActRefusal::Rows(_) => ActRefusal::Rows(Box::new(bad.clone()));
        ActRefusal::Area(_) => ActRefusal::Area(Objection::of_wrong("rom.no_word", problem.clone()));
    });
    let accounts = each!(AccountProblem {
        AccountProblem::Email => AccountProblem::Email;
        AccountProblem::Language(_) => AccountProblem::Language(name());
        AccountProblem::State(_) => AccountProblem::State(name());
        AccountProblem::Market(_) => AccountProblem::Market(name());
        AccountProblem::Role(_) => AccountProblem::Role(name());
    });
    let mut all = boxed(acts);
    all.extend(boxed(accounts));
    all
}

pub(super) fn of_openings_and_lists() -> All {
    let step = OpeningRefusal::NoSuchStep { from: Stage::Open, to: Stage::Scouting };
    let withdrawal = "WITHDRAWN-US-1".parse().expect("a code");
    // `OpeningRefusal::NotReady` has a whole plan in it: the journeys of openings meet it.
    let assortment = each!(AssortmentRefusal {
        AssortmentRefusal::NotBound => AssortmentRefusal::NotBound;
        AssortmentRefusal::NothingNamed => AssortmentRefusal::NothingNamed;
        AssortmentRefusal::AlreadyIn(_) => AssortmentRefusal::AlreadyIn(sku());
        AssortmentRefusal::NotIn(_) => AssortmentRefusal::NotIn(sku());
        AssortmentRefusal::NothingLeft => AssortmentRefusal::NothingLeft;
    });
    let mut opening = vec![
        OpeningRefusal::UnknownMarket(market()),
        OpeningRefusal::UnknownSku(sku()),
        OpeningRefusal::Plan(PlanError::Past),
        step,
        OpeningRefusal::TooEarly(day()),
        OpeningRefusal::ConcernsNothing(Box::default()),
        OpeningRefusal::BadCost(name()),
        OpeningRefusal::NoWithdrawal(withdrawal),
    ];
    opening.extend(assortment.into_iter().map(OpeningRefusal::Assortment));
    let item = || "US-SUPPORT".parse().expect("a code");
    let plans = each!(PlanError {
        PlanError::Products => PlanError::Products;
        PlanError::Past => PlanError::Past;
        PlanError::Checklist(_) => PlanError::Checklist(item());
        PlanError::Circle(_) => PlanError::Circle(item());
        PlanError::Costs(_) => PlanError::Costs(MoneyError::OutOfRange);
    });
    let model = || "band".parse().expect("a slug");
    let lists = each!(TellRefusal {
        TellRefusal::UnknownMarket(_) => TellRefusal::UnknownMarket(market());
        TellRefusal::UnknownModel(_) => TellRefusal::UnknownModel(model());
        TellRefusal::NotOpen(_) => TellRefusal::NotOpen(market());
        TellRefusal::NotForSale(_) => TellRefusal::NotForSale(model());
        TellRefusal::NotWithdrawn => TellRefusal::NotWithdrawn;
        TellRefusal::NoMail => TellRefusal::NoMail;
    });
    let url = |problem| HookRefusal::Url(problem);
    let hooks = each!(HookRefusal {
        HookRefusal::Name => HookRefusal::Name;
        HookRefusal::Url(UrlProblem::Malformed) => url(UrlProblem::Malformed);
        HookRefusal::Url(UrlProblem::NotEncrypted) => url(UrlProblem::NotEncrypted);
        HookRefusal::Url(UrlProblem::NotPublic) => url(UrlProblem::NotPublic);
        HookRefusal::NoKind => HookRefusal::NoKind;
        HookRefusal::NotYours => HookRefusal::NotYours;
        HookRefusal::TooMany => HookRefusal::TooMany;
        HookRefusal::Unknown => HookRefusal::Unknown;
        HookRefusal::Off => HookRefusal::Off;
        HookRefusal::NotPermitted(_) => HookRefusal::NotPermitted(Permission::OrderRead);
        HookRefusal::HeldBack => HookRefusal::HeldBack;
    });
    let mut all = boxed(opening);
    all.extend(boxed(plans));
    all.extend(boxed(lists));
    all.extend(boxed(hooks));
    all
}
