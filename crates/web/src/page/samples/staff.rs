//! Samples: the staff area.

use kontor_base::Language;
use kontor_domain::staff::{Permission, ProposalState, Role};

use super::desk::order_rows;
use super::{at, day, site};
use crate::page::staff::{
    AccountPage, COUNTED, ClearancePage, DoorPage, Evidence, Expiring, GrantForm, GrantFormPage,
    LogPage, LogRow, Mark, MatrixCell, MatrixPage, MatrixRow, MatrixRule, Notice, PasskeyRow,
    PeoplePage, PersonRow, Place, ProposalPage, ProposalRow, ProposalsPage, SessionRow, StaffShell,
    StepRow, TodayPage, Told, Typed,
};

pub(super) fn shell(language: Language, place: Place) -> StaffShell {
    StaffShell {
        site: site(),
        language,
        person: Some("Ana Souza".to_owned()),
        place: Some(place),
        places: Place::ALL.to_vec(),
        waiting: 2,
        notice: None,
        find: String::new(),
    }
}

pub(super) fn bad(text: &str) -> Option<Notice> {
    Some(Notice { tone: "bad", text: text.to_owned() })
}

fn proposal(state: ProposalState, own: bool) -> ProposalRow {
    ProposalRow {
        id: "prop_06dyk2m1v5rjz0q3c8s4n7t9ab".to_owned(),
        permission: Permission::ClearanceGrant,
        market: "us".to_owned(),
        subject: "US-HAC-7K3Q9MX2".to_owned(),
        author: "Ana Souza".to_owned(),
        reason: "the laboratory's report has come".to_owned(),
        at: at(9, 30),
        state,
        own,
    }
}

impl DoorPage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let shell = StaffShell {
            person: None,
            place: None,
            places: Vec::new(),
            ..shell(language, Place::Today)
        };
        let page = |email: &str, by_code, notice| Self {
            shell: StaffShell { notice, ..shell.clone() },
            email: email.to_owned(),
            next: "/admin/us/clearances".to_owned(),
            by_code,
            takes_passkeys: true,
        };
        vec![
            ("empty", page("", false, None)),
            ("code", page("", true, None)),
            ("refused", page("ana@maker.example", false, bad("They do not fit together."))),
        ]
    }
}

impl AccountPage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let session = |here| SessionRow {
            token: "06dyk2m1v5rjz0q3c8s4n7t9ab".to_owned(),
            browser: "Firefox, Linux".to_owned(),
            shown_as: if here { "password" } else { "recovery" }.to_owned(),
            began_at: at(8, 0),
            seen_at: at(9, 30),
            here,
        };
        let passkey = |copied| PasskeyRow {
            id: "AAECAwQFBgc".to_owned(),
            name: "Telephone".to_owned(),
            copied,
            made_at: at(8, 0),
            used_at: copied.then(|| at(9, 0)),
        };
        let page = |needs_password, codes: &[&str]| Self {
            shell: shell(language, Place::Account),
            email: "ana@maker.example".to_owned(),
            held: vec!["clearance_officer@us".to_owned()],
            needs_password,
            recovers: false,
            codes_left: 7,
            codes: codes.iter().map(|code| (*code).to_owned()).collect(),
            sessions: vec![session(true), session(false)],
            passkeys: if codes.is_empty() {
                Vec::new()
            } else {
                vec![passkey(true), passkey(false)]
            },
            takes_passkeys: true,
        };
        vec![
            ("first", page(true, &[])),
            ("usual", page(false, &[])),
            ("recovers", Self { recovers: true, ..page(false, &[]) }),
            ("codes", page(false, &["7k3q-9mx2-4tb7-06dy-k2m1", "v5rj-z0q3-c8s4-n7t9-ab00"])),
        ]
    }
}

impl LogPage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let row = LogRow {
            at: at(9, 31),
            person: "Ana Souza".to_owned(),
            act: "clearance.grant.proposed".to_owned(),
            market: "us".to_owned(),
            subject: "US-HAC-7K3Q9MX2".to_owned(),
            changes: vec![("number".to_owned(), "1".to_owned(), "2 <b>".to_owned())],
            reason: "the laboratory has sent it <b>".to_owned(),
        };
        let page = |rows: Vec<LogRow>, reached| Self {
            shell: shell(language, Place::Log),
            act: "clearance.".to_owned(),
            subject: String::new(),
            person: String::new(),
            market: "us".to_owned(),
            from: "2015-06-01".to_owned(),
            until: String::new(),
            markets: ["us", "de"].map(|market| market.parse().expect("a market")).to_vec(),
            next: (!rows.is_empty() || reached).then(|| "/admin/log?after=x".to_owned()),
            reached: reached.then(|| at(9, 30)),
            rows,
            csv: "/admin/log.csv".to_owned(),
        };
        vec![
            ("some", page(vec![row.clone(), row], false)),
            ("none", page(Vec::new(), false)),
            ("not_yet", page(Vec::new(), true)),
        ]
    }
}

impl PeoplePage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let row = |index, locked| PersonRow {
            index,
            id: format!("staff_{index}"),
            name: "Ana Souza".to_owned(),
            email: "ana@maker.example".to_owned(),
            held: vec!["clearance_officer@us".to_owned(), "reader@*".to_owned()],
            locked,
            created_at: at(8, 0),
        };
        let page = Self {
            shell: shell(language, Place::People),
            rows: vec![row(0, false), row(1, true)],
            action: "/admin/people".to_owned(),
            next: Some("/admin/people?after=stf_x".to_owned()),
            roles: Role::ALL.map(Role::word).to_vec(),
            key: "k".to_owned(),
            typed: Typed::default(),
        };
        let action = "/admin/people?after=stf_x".to_owned();
        let last = Self { action, next: None, rows: vec![row(0, false)], ..page.clone() };
        let new = [("name", "Bea <b>"), ("language", "de"), ("held", "no\"role")];
        let added = Self { typed: Typed::new("add", &new), ..page.clone() };
        let other = [("held", "reader@x"), ("state", "locked"), ("reason", "moved <b>")];
        let typed = Typed::new("change ana@maker.example", &other);
        let changed = Self { typed, ..last.clone() };
        vec![("two", page), ("last", last), ("added", added), ("changed", changed)]
    }
}

impl ProposalsPage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let page = |state, rows: Vec<ProposalRow>| Self {
            shell: shell(language, Place::Proposals),
            state,
            next: (rows.len() > 1).then(|| "prop_x".to_owned()),
            rows,
        };
        let waiting = ProposalState::Waiting;
        let mut all = vec![
            ("none", page(waiting, Vec::new())),
            ("some", page(waiting, vec![proposal(waiting, true), proposal(waiting, false)])),
        ];
        for state in ProposalState::ALL {
            all.push((state.word(), page(state, vec![proposal(state, false)])));
        }
        all
    }
}

impl ProposalPage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let page = |state, own, decided: bool| Self {
            shell: shell(language, Place::Proposals),
            row: proposal(state, own),
            changes: vec![
                ("number".to_owned(), String::new(), "HAC-1".to_owned()),
                ("issuer".to_owned(), "FCC".to_owned(), String::new()),
            ],
            count: if own { 2 } else { 700 },
            next: (!own).then(|| "/admin/proposals/x?from=2".to_owned()),
            document: Some("/admin/documents/00".to_owned()),
            seen: "00".repeat(32),
            may_decide: !own && !decided,
            author_may: !own,
            loosened: vec![(
                "BAND-BLACK".to_owned(),
                "us".parse().expect("a market"),
                "WITHDRAWN-US-1".to_owned(),
            )],
            loosened_more: if own { Vec::new() } else { vec!["And 7 more.".to_owned()] },
            decided: decided.then(|| ("Ben".to_owned(), at(10, 0), "looks right".to_owned())),
        };
        vec![
            ("decide", page(ProposalState::Waiting, false, false)),
            ("own", page(ProposalState::Waiting, true, false)),
            ("approved", page(ProposalState::Approved, false, true)),
        ]
    }
}

impl TodayPage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let expiring = |days| Expiring {
            grant: "US-FCC-CERT-1".to_owned(),
            clearance: "US-FCC-CERT".to_owned(),
            scope: "mi band".to_owned(),
            path: "/admin/us/clearances".to_owned(),
            on: day(2015, 6, 20),
            days,
        };
        let told = |path: &str, words: &str, tone| Told {
            path: path.to_owned(),
            words: words.to_owned(),
            tone,
        };
        let full = Self {
            shell: shell(language, Place::Today),
            waiting: vec![proposal(ProposalState::Waiting, false)],
            own: vec![proposal(ProposalState::Waiting, true)],
            decided: vec![
                proposal(ProposalState::Approved, true),
                proposal(ProposalState::Rejected, true),
            ],
            expiring: Some(vec![expiring(-2), expiring(19)]),
            held: Some(order_rows(language, "held-title", true)),
            unpaid: Some(order_rows(language, "unpaid-title", true)),
            wrong: Some(vec![told("/admin/jobs", "Two jobs were given up", "bad")]),
            to_send: Some(order_rows(language, "to-send-title", true)),
            rollouts: Some(vec![told("/admin/rom/x", "cancro 7.3.1 stable · runs", "good")]),
            keys: Some(vec![told("/admin/programs", "Bookkeeping <nightly>: June 14", "warn")]),
            lacking: Some(vec![told(
                "/admin/catalogue/band",
                "Band <gold>: no name: de, hi",
                "bad",
            )]),
            shown: 20,
            more: vec!["own", "held", "unpaid", "to-send"],
        };
        let mut many = full.clone();
        (many.more, many.shell.waiting) = (vec!["waiting"], COUNTED + 1);
        let quiet = Self {
            waiting: Vec::new(),
            own: Vec::new(),
            decided: Vec::new(),
            expiring: Some(Vec::new()),
            held: Some(order_rows(language, "held-title", false)),
            unpaid: Some(order_rows(language, "unpaid-title", false)),
            wrong: Some(Vec::new()),
            to_send: Some(order_rows(language, "to-send-title", false)),
            rollouts: Some(Vec::new()),
            keys: None,
            lacking: Some(Vec::new()),
            more: Vec::new(),
            ..full.clone()
        };
        let bare = Self {
            expiring: None,
            held: None,
            unpaid: None,
            wrong: None,
            to_send: None,
            rollouts: None,
            keys: None,
            lacking: None,
            ..quiet.clone()
        };
        vec![("full", full), ("many", many), ("quiet", quiet), ("bare", bare)]
    }
}

impl MatrixPage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let rules = ["US-FCC-CERT", "US-HAC", "US-IP-SEP", "? US"];
        let cell = |mark| Some(MatrixCell { mark, date: Some(day(2015, 9, 1)) });
        let row = |name: &str, marks: [Option<MatrixCell>; 4]| MatrixRow {
            sku: name.to_uppercase(),
            name: name.to_owned(),
            allowed: "deliver".to_owned(),
            tone: "good",
            cells: marks.to_vec(),
        };
        let page = |rows: Vec<MatrixRow>, what_if| Self {
            shell: shell(language, Place::Clearances),
            market: "us".parse().expect("a market"),
            markets: ["us", "de"].map(|code| code.parse().expect("a market")).to_vec(),
            on: day(2015, 6, 1),
            what_if,
            rules: rules
                .iter()
                .map(|code| MatrixRule {
                    code: (*code).to_owned(),
                    title: "A rule".to_owned(),
                    has_page: *code != "US-EPR",
                    anchor: format!("rule-{code}"),
                })
                .collect(),
            next: (!what_if).then(|| "/admin/us/clearances?after=X".to_owned()),
            rows,
        };
        let rows = vec![
            row("band", [cell(Mark::Granted), None, cell(Mark::Fine), cell(Mark::Expiring)]),
            row(
                "phone",
                [
                    cell(Mark::Missing),
                    cell(Mark::UnderWay),
                    cell(Mark::Blocked),
                    cell(Mark::Unknown),
                ],
            ),
        ];
        vec![("two", page(rows, true)), ("none", page(Vec::new(), false))]
    }
}

impl ClearancePage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let step = |code: &str, mark, is_rule| StepRow {
            code: code.to_owned(),
            is_rule,
            has_page: is_rule,
            anchor: format!("rule-{code}"),
            title: "Certification of the radio".to_owned(),
            authority: "FCC".to_owned(),
            gates: "deliver".to_owned(),
            mark,
            state: "Not there".to_owned(),
            identifier: "FCC ID".to_owned(),
            weeks: "4–8".to_owned(),
        };
        let evidence = |kept| Evidence {
            code: if kept { "US-1" } else { "US-2" }.to_owned(),
            clearance: "US-FCC-CERT".to_owned(),
            number: "2AFZZ".to_owned(),
            issuer: "FCC".to_owned(),
            from: Some(day(2015, 1, 1)),
            until: kept.then(|| day(2016, 1, 1)),
            document: "/admin/documents/00".to_owned(),
            kept,
            verified: "Ana, 2015-01-02".to_owned(),
        };
        let page = |evidence: Vec<Evidence>, may_grant: bool| Self {
            shell: shell(language, Place::Clearances),
            market: "us".parse().expect("a market"),
            sku: "MINOTE-16GB-WHITE".to_owned(),
            name: "Mi Note".to_owned(),
            on: day(2015, 6, 1),
            what_if: !may_grant,
            acts: vec![
                ("announce".to_owned(), "allowed".to_owned(), "good"),
                ("deliver".to_owned(), "not allowed".to_owned(), "bad"),
            ],
            changes_on: may_grant.then(|| day(2015, 7, 1)),
            steps: vec![step("US-HAC", Mark::Missing, true), step("", Mark::Unknown, false)],
            evidence,
            may_grant,
        };
        vec![
            ("officer", page(vec![evidence(true), evidence(false)], true)),
            ("reader", page(Vec::new(), false)),
        ]
    }
}

impl GrantFormPage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let page = |errors: &[&str]| Self {
            shell: shell(language, Place::Clearances),
            market: "us".parse().expect("a market"),
            sku: "MINOTE-16GB-WHITE".to_owned(),
            name: "Mi Note, 16 GB".to_owned(),
            model: "Mi Note".to_owned(),
            title: "Hearing-aid compatibility".to_owned(),
            identifier: "HAC rating".to_owned(),
            authority: "FCC".to_owned(),
            elsewhere: false,
            others: vec![(
                "/admin/us/clearances/MINOTE-16GB-WHITE/grant?rule=US-FCC-CERT".to_owned(),
                "US-FCC-CERT".to_owned(),
                "Equipment authorisation".to_owned(),
            )],
            form: GrantForm {
                clearance: "US-HAC".to_owned(),
                stored: if errors.is_empty() { String::new() } else { "ab12".to_owned() },
                stored_name: "the \"paper\" <b>.pdf".to_owned(),
                ..GrantForm::default()
            },
            errors: errors
                .iter()
                .map(|field| ((*field).to_owned(), format!("{field} is missing")))
                .collect(),
            key: "k".to_owned(),
        };
        let all = ["number", "issuer", "issued_on", "expires_on", "document", "reason"];
        let mut elsewhere = page(&["country"]);
        elsewhere.elsewhere = true;
        vec![("empty", page(&[])), ("refused", page(&all)), ("elsewhere", elsewhere)]
    }
}
