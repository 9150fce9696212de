//! The reference of the JSON API, set in the shop's own design.

use askama::Template;

use super::Shell;

/// A parameter of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Where it stands: `path`, `query`, `header`, `cookie`.
    pub place: String,
    /// Its type: `string`, `integer`.
    pub kind: String,
    /// Whether it must be there.
    pub required: bool,
    /// What it means.
    pub description: String,
}

/// A field of a body, already indented.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaField {
    /// How deep it lies; 0 is the top.
    pub depth: u8,
    /// Its name.
    pub name: String,
    /// Its type: `string`, `array of Line`.
    pub kind: String,
    /// Whether it must be there.
    pub required: bool,
    /// What it means.
    pub description: String,
}

/// A body or an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schema {
    /// The status for an answer (`200`), or empty for a request body.
    pub status: String,
    /// When it is given, or what it is.
    pub description: String,
    /// Its media type: `application/json`; empty when there is no body.
    pub media_type: String,
    /// Its fields, outer before inner.
    pub fields: Vec<SchemaField>,
}

/// An example, verbatim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// What it shows.
    pub title: String,
    /// The text.
    pub text: String,
}

/// An operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Its id, which is also its anchor.
    pub id: String,
    /// `GET`, `POST`, …
    pub method: String,
    /// Its path: `/api/v1/{market}/shelf`.
    pub path: String,
    /// One line.
    pub summary: String,
    /// Paragraphs.
    pub description: Vec<String>,
    /// Its parameters.
    pub parameters: Vec<Parameter>,
    /// Its request body.
    pub request: Option<Schema>,
    /// Its answers.
    pub answers: Vec<Schema>,
    /// Examples.
    pub examples: Vec<Example>,
}

/// Operations that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its name, which is also its anchor.
    pub name: String,
    /// One or two sentences.
    pub description: String,
    /// The operations.
    pub operations: Vec<Operation>,
}

/// `GET /api/v1/reference`; its prose comes from the code and is English.
#[derive(Clone, Debug, Template)]
#[template(path = "reference.html")]
pub struct ReferencePage {
    /// The layout's part.
    pub shell: Shell,
    /// The API's title.
    pub title: String,
    /// Its version.
    pub version: String,
    /// Paragraphs on conventions.
    pub introduction: Vec<String>,
    /// Where the OpenAPI document lies: `/api/v1/openapi.json`.
    pub openapi: String,
    /// The groups.
    pub groups: Vec<Group>,
}

/// Text from the code's own documentation as HTML: escaped, with `code` between backticks. An
/// unpaired backtick stays as it is.
fn prose(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + 16);
    let parts: Vec<&str> = text.split('`').collect();
    let last = parts.len() - 1;
    for (i, part) in parts.into_iter().enumerate() {
        let escaped = part.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        match (i % 2 == 1, i == last) {
            (true, false) => html.push_str(&format!("<code>{escaped}</code>")),
            (true, true) => html.push_str(&format!("`{escaped}")),
            (false, _) => html.push_str(&escaped),
        }
    }
    html
}

impl Group {
    /// The anchor of the group.
    #[must_use]
    pub fn anchor(&self) -> String {
        self.name.to_lowercase().replace(' ', "-")
    }
}

impl SchemaField {
    /// The class of indentation; deeper than the style knows is set like the deepest.
    const fn indent(&self) -> u8 {
        if self.depth > 5 { 5 } else { self.depth }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_marks_code_and_escapes_everything() {
        assert_eq!(prose("a `b<c>` & d"), "a <code>b&lt;c&gt;</code> &amp; d");
        assert_eq!(prose("one ` alone"), "one ` alone");
        assert_eq!(prose(""), "");
    }
}
