//! `GET /api/v1/reference`: the document for people, set in the shop's own design.

use std::sync::LazyLock;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use kontor_base::Language;
use serde_json::Value;

use super::openapi;
use super::schema::{fields, kind, told};
use crate::api::call::{Call, IDEMPOTENCY_KEY};
use crate::api::problem_codes::PROBLEM_CODES;
use crate::api::reply::kept;
use crate::kit::app::App;
use crate::kit::routes::{Class, Route};
use crate::page::{Example, Group, Operation, Parameter, ReferencePage, Schema, Shell};

/// The media type of problem documents.
const PROBLEM_TYPE: &str = "application/problem+json";

/// The document, made once.
static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::to_value(openapi()).expect("the document is JSON"));

/// Anybody may read it.
pub(crate) const ROUTE: Route = Route::read("/api/v1/reference", Class::Page);

/// Read the reference
///
/// This API for people, made from the same document.
#[utoipa::path(
    get,
    path = "/api/v1/reference",
    tag = "This document",
    operation_id = "get-reference",
    responses(
        (status = 200, description = "The page.", body = String, content_type = "text/html"),
        super::Reading,
    ),
)]
pub(crate) async fn show_reference(State(app): State<App>, call: Call) -> Response {
    let snapshot = app.shop.snapshots.now();
    kept(&app, &call, &snapshot, ROUTE.path, || {
        let shell = Shell {
            site: app.site.clone(),
            language: Language::En,
            market: None,
            path: ROUTE.path.to_owned(),
            alternates: Vec::new(),
        };
        let body = page(&DOCUMENT, shell).render().unwrap_or_else(|error| {
            tracing::error!(%error, "the reference could not be rendered");
            String::new()
        });
        (body, "text/html; charset=utf-8")
    })
}

fn page(document: &Value, shell: Shell) -> ReferencePage {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let info = &document["info"];
    let tags = document["tags"].as_array().cloned().unwrap_or_default();
    let mut groups: Vec<Group> = tags
        .iter()
        .map(|tag| Group {
            name: text(&tag["name"]),
            description: text(&tag["description"]),
            operations: operations(document, &shell.site.origin, &tag["name"]),
        })
        .collect();
    groups.push(problems(document));
    ReferencePage {
        title: text(&info["title"]),
        version: text(&info["version"]),
        introduction: paragraphs(&info["description"]),
        openapi: super::openapi_json::ROUTE.path.to_owned(),
        groups,
        shell,
    }
}

/// The operations of a tag, in the order in which somebody who buys needs them: by path length
/// they would be torn apart, so the routes' own order is used.
fn operations(document: &Value, origin: &str, tag: &Value) -> Vec<Operation> {
    let mut found = Vec::new();
    for route in crate::api::ROUTES {
        let method = route.method.http();
        let operation = &document["paths"][route.path][method.as_str().to_ascii_lowercase()];
        let tags = operation["tags"].as_array();
        if tags.is_some_and(|tags| tags.contains(tag)) {
            found.push(one_operation(document, origin, route, operation));
        }
    }
    found
}

fn one_operation(document: &Value, origin: &str, route: &Route, operation: &Value) -> Operation {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let request = &operation["requestBody"];
    let body = &request["content"]["application/json"]["schema"];
    let responses = operation["responses"].as_object();
    Operation {
        id: text(&operation["operationId"]),
        method: route.method.http().to_string(),
        path: route.path.to_owned(),
        summary: text(&operation["summary"]),
        description: paragraphs(&operation["description"]),
        parameters: operation["parameters"]
            .as_array()
            .map(|list| list.iter().map(parameter).collect())
            .unwrap_or_default(),
        request: body.is_object().then(|| Schema {
            status: String::new(),
            description: told(request),
            media_type: "application/json".to_owned(),
            fields: fields(document, body),
        }),
        answers: responses
            .map(|all| all.iter().map(|(status, one)| answer(document, status, one)).collect())
            .unwrap_or_default(),
        examples: vec![example(document, origin, route, operation)],
    }
}

fn parameter(parameter: &Value) -> Parameter {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Parameter {
        name: text(&parameter["name"]),
        place: text(&parameter["in"]),
        kind: kind(&parameter["schema"]),
        required: parameter["required"].as_bool().unwrap_or(false),
        description: told(parameter),
    }
}

fn answer(document: &Value, status: &str, response: &Value) -> Schema {
    let content = response["content"].as_object().and_then(|content| content.iter().next());
    let (media_type, schema) = content
        .map(|(kind, content)| (kind.clone(), &content["schema"]))
        .unwrap_or((String::new(), &Value::Null));
    // The problem document is the same everywhere and is described once, under "Problems".
    let is_problem = media_type == PROBLEM_TYPE;
    Schema {
        status: status.to_owned(),
        description: told(response),
        fields: if is_problem { Vec::new() } else { fields(document, schema) },
        media_type,
    }
}

/// The request as somebody types it into a terminal.
fn example(document: &Value, origin: &str, route: &Route, operation: &Value) -> Example {
    let mut path = route.path.to_owned();
    let mut headers = String::new();
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let name = parameter["name"].as_str().unwrap_or_default();
        match parameter["in"].as_str() {
            Some("path") => {
                if let Some(example) = parameter["example"].as_str() {
                    path = path.replace(&format!("{{{name}}}"), example);
                }
            }
            Some("header") if name.eq_ignore_ascii_case(IDEMPOTENCY_KEY) => {
                headers.push_str(&format!(" \\\n  -H \"{name}: $(uuidgen)\""));
            }
            Some("header") => headers.push_str(&format!(" \\\n  -H '{name}: …'")),
            _ => {}
        }
    }
    let method = route.method.http();
    let mut text = format!("curl -X {method} {origin}{path}{headers}");
    let body = &operation["requestBody"]["content"]["application/json"]["schema"];
    let schema = body["$ref"].as_str().and_then(|name| name.rsplit('/').next());
    if let Some(name) = schema {
        let body = &document["components"]["schemas"][name]["example"];
        text.push_str(&format!(" \\\n  -H 'Content-Type: application/json' \\\n  -d '{body}'"));
    }
    Example { title: "In a terminal".to_owned(), text }
}

/// The codes of problem documents, each under the anchor that the documents' `type` names.
fn problems(document: &Value) -> Group {
    let schema = &document["components"]["schemas"]["ProblemDocument"];
    let form = Operation {
        id: "problem-document".to_owned(),
        method: "4xx, 5xx".to_owned(),
        path: PROBLEM_TYPE.to_owned(),
        summary: "The problem document".to_owned(),
        description: paragraphs(&schema["description"]),
        parameters: Vec::new(),
        request: None,
        answers: vec![Schema {
            status: "4xx, 5xx".to_owned(),
            description: "Every error.".to_owned(),
            media_type: PROBLEM_TYPE.to_owned(),
            fields: fields(document, schema),
        }],
        examples: Vec::new(),
    };
    let codes = PROBLEM_CODES.iter().map(|entry| Operation {
        id: format!("problem-{}", entry.code.replace('.', "-")),
        method: entry.status.to_string(),
        path: entry.code.to_owned(),
        summary: entry.code.to_owned(),
        description: vec![entry.meaning.to_owned()],
        parameters: Vec::new(),
        request: None,
        answers: Vec::new(),
        examples: Vec::new(),
    });
    Group {
        name: "Problems".to_owned(),
        description: "Every code that a problem document can carry, with its status.".to_owned(),
        operations: [form].into_iter().chain(codes).collect(),
    }
}

fn paragraphs(text: &Value) -> Vec<String> {
    let text = text.as_str().unwrap_or_default().replace('`', "");
    let joined = |part: &str| part.split_whitespace().collect::<Vec<_>>().join(" ");
    text.split("\n\n").map(joined).filter(|part| !part.is_empty()).collect()
}
