//! The problem answers that endpoints share.

use std::collections::BTreeMap;

use utoipa::IntoResponses;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};

/// What a reading endpoint can answer besides its own.
#[derive(Debug)]
pub(crate) struct Reading;

/// What a writing endpoint can answer besides its own.
#[derive(Debug)]
pub(crate) struct Writing;

/// What a paying endpoint can answer besides its own.
#[derive(Debug)]
pub(crate) struct Declining;

/// What an endpoint behind a key can answer besides its own.
#[derive(Debug)]
pub(crate) struct Keyed;

type Responses = BTreeMap<String, RefOr<Response>>;

fn problems(list: &[(u16, &str)]) -> Responses {
    let problem = |description: &str| {
        let schema = Ref::from_schema_name("ProblemDocument");
        let content = ContentBuilder::new().schema(Some(schema)).build();
        let response = ResponseBuilder::new().description(description);
        RefOr::T(response.content("application/problem+json", content).build())
    };
    list.iter().map(|(status, text)| (status.to_string(), problem(text))).collect()
}

impl IntoResponses for Reading {
    fn responses() -> Responses {
        problems(&[
            (400, "A parameter or a header cannot be used."),
            (404, "There is no such thing, or the token is not its own."),
            (500, "Something failed on our side."),
            (503, "Too busy, or stopping; try again shortly."),
        ])
    }
}

impl IntoResponses for Writing {
    fn responses() -> Responses {
        problems(&[
            (400, "The body is not JSON, or a header is missing or cannot be used."),
            (404, "There is no such thing, or the token is not its own."),
            (409, "It was right once and is not any more; the present state comes along."),
            (413, "The body is too large."),
            (415, "The body is not sent as application/json."),
            (422, "The body does not fit, or the key was used for another body."),
            (429, "Too many requests from one address."),
            (500, "Something failed on our side."),
            (503, "Too busy, or stopping; nothing was changed."),
        ])
    }
}

impl IntoResponses for Keyed {
    fn responses() -> Responses {
        problems(&[(401, "The key is missing, has ended or never was.")])
    }
}

impl IntoResponses for Declining {
    fn responses() -> Responses {
        problems(&[(402, "The payment was declined; the goods are still held.")])
    }
}
