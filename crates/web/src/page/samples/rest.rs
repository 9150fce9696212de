//! Samples: waiting list, problems, legal texts, the reference.

use std::sync::Arc;

use kontor_base::Language;

use super::{en, help, lone, shell, site};
use crate::page::{
    Example, FieldProblem, Group, Help, LegalKind, LegalPage, LegalSection, Operation, Parameter,
    ProblemKind, ProblemPage, ReferencePage, Schema, SchemaField, Shell, Site, WaitingForm,
    WaitingLink, WaitingLinkPage, WaitingPage, WaitingState, WaitingSubject,
};

impl WaitingPage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let page = |subject, state| Self { shell: lone(language, "DE", "waiting"), subject, state };
        let model =
            || WaitingSubject::Model { model: "mi-note".to_owned(), name: "Mi Note".to_owned() };
        let done = || WaitingState::Asked { email: "ada@example.com".to_owned() };
        let noted = WaitingState::Noted { email: "ada@example.com".to_owned() };
        let form = WaitingForm { email: "ada@".to_owned(), problem: FieldProblem::Malformed };
        vec![
            ("market", page(WaitingSubject::Market, done())),
            ("model", page(model(), done())),
            ("noted", page(model(), noted)),
            ("refused", page(model(), WaitingState::Refused(form))),
        ]
    }
}

impl WaitingLinkPage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let page = |subject, state| Self {
            shell: lone(language, "DE", "waiting/confirm/token"),
            subject,
            state,
        };
        let model =
            || WaitingSubject::Model { model: "mi-note".to_owned(), name: "Mi Note".to_owned() };
        vec![
            ("confirm", page(model(), WaitingLink::Confirm)),
            ("confirm-market", page(WaitingSubject::Market, WaitingLink::Confirm)),
            ("confirmed", page(model(), WaitingLink::Confirmed)),
            ("confirmed-market", page(WaitingSubject::Market, WaitingLink::Confirmed)),
            ("leave", page(model(), WaitingLink::Leave)),
            ("leave-market", page(WaitingSubject::Market, WaitingLink::Leave)),
            ("left", page(WaitingSubject::Market, WaitingLink::Left)),
            ("over", page(WaitingSubject::Market, WaitingLink::Over)),
        ]
    }
}

impl ProblemPage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let page = |kind| Self {
            shell: lone(language, "US", "nowhere"),
            kind,
            request_id: Some("01J9ZK3T7Q".to_owned()),
        };
        let nowhere = Self {
            shell: Shell { market: None, path: "/nowhere".to_owned(), ..lone(language, "US", "") },
            kind: ProblemKind::NotFound,
            request_id: None,
        };
        vec![
            ("not-found", nowhere),
            ("fault", page(ProblemKind::Fault)),
            ("forbidden", page(ProblemKind::Forbidden)),
            ("bad-method", page(ProblemKind::BadMethod)),
            ("bad-request", page(ProblemKind::BadRequest)),
            ("conflict", page(ProblemKind::Conflict)),
            ("too-large", page(ProblemKind::TooLarge)),
            ("too-many", page(ProblemKind::TooMany { retry_s: 30 })),
            ("maintenance", page(ProblemKind::Maintenance { retry_s: None })),
            ("maintenance-short", page(ProblemKind::Maintenance { retry_s: Some(600) })),
        ]
    }
}

impl LegalPage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let own = Shell {
            site: Arc::new(Site { reenactment: false, ..(*site()).clone() }),
            ..shell(language, "DE", "legal/terms")
        };
        let blank = |kind, help| Self { shell: own.clone(), kind, sections: Vec::new(), help };
        let sections = vec![LegalSection {
            heading: "Contact".to_owned(),
            paragraphs: vec![en("Kontor Demo Trading Co.\n1 Example Street\nSingapore")],
        }];
        vec![
            (
                "imprint",
                Self {
                    shell: shell(language, "US", "legal/imprint"),
                    kind: LegalKind::Imprint,
                    sections,
                    help: help().only_questions(),
                },
            ),
            ("terms", blank(LegalKind::Terms, Help::default())),
            ("returns", blank(LegalKind::Returns, help())),
            ("privacy", blank(LegalKind::Privacy, Help::default())),
        ]
    }
}

impl ReferencePage {
    pub(super) fn samples(language: Language) -> Vec<(&'static str, Self)> {
        let field = |depth, name: &str, kind: &str, description: &str| SchemaField {
            depth,
            name: name.to_owned(),
            kind: kind.to_owned(),
            required: depth == 0,
            description: description.to_owned(),
        };
        let schema = |status: &str, description: &str, media: &str| Schema {
            status: status.to_owned(),
            description: description.to_owned(),
            media_type: media.to_owned(),
            fields: vec![
                field(
                    0,
                    "version",
                    "integer",
                    "The cart's version; send it back with the next write.",
                ),
                field(0, "lines", "array of CartLine", ""),
                field(1, "sku", "string", "The variant."),
                field(1, "unit", "Money", "What one costs."),
                field(2, "minor", "integer", "Minor units."),
            ],
        };
        let operation = Operation {
            id: "cart-line".to_owned(),
            method: "POST".to_owned(),
            path: "/api/v1/{market}/cart/lines".to_owned(),
            summary: "Change a line of the cart".to_owned(),
            description: vec!["Sets the quantity of one variant. Zero removes the line.".to_owned()],
            parameters: vec![
                Parameter { name: "market".to_owned(), place: "path".to_owned(), kind: "string".to_owned(), required: true, description: "The market's code, such as `us`.".to_owned() },
                Parameter { name: "Idempotency-Key".to_owned(), place: "header".to_owned(), kind: "string".to_owned(), required: false, description: "A fresh text for each intended write.".to_owned() },
            ],
            request: Some(schema("", "", "application/json")),
            answers: vec![
                schema("200", "The cart as it is now.", "application/json"),
                schema("409", "The version is stale; nothing was written.", "application/problem+json"),
            ],
            examples: vec![Example {
                title: "Two bands".to_owned(),
                text: "curl -X POST https://shop.example/api/v1/us/cart/lines \\\n  -H 'content-type: application/json' \\\n  -d '{\"sku\": \"BAND-BLACK\", \"quantity\": 2, \"version\": 3}'".to_owned(),
            }],
        };
        let groups = ["Shelf", "Cart", "Checkout"]
            .map(|name| Group {
                name: name.to_owned(),
                description: "What can be bought, and why not everything can.".to_owned(),
                operations: vec![Operation {
                    id: format!("{}-line", name.to_lowercase()),
                    ..operation.clone()
                }],
            })
            .to_vec();
        let shell = Shell {
            market: None,
            path: "/api/v1/reference".to_owned(),
            ..lone(language, "US", "")
        };
        vec![(
            "all",
            Self {
                shell,
                title: "Kontor API".to_owned(),
                version: "1.0".to_owned(),
                introduction: vec!["Everything the shop's pages do, for programs. Errors are problem documents (RFC 9457).".to_owned()],
                openapi: "/api/v1/openapi.json".to_owned(),
                groups,
            },
        )]
    }
}
