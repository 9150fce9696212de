//! Lists as CSV files: quoted, and nothing in them that a spreadsheet would run.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use crate::kit::guard::secure_headers;

/// A file as it is written.
#[derive(Debug)]
pub(super) struct Csv(String);

impl Csv {
    /// A file with its columns.
    pub(super) fn new(columns: &str) -> Self {
        Self(format!("{columns}\r\n"))
    }

    /// Adds a row.
    pub(super) fn row<const N: usize>(&mut self, fields: [&str; N]) {
        self.fields(fields.into_iter());
    }

    /// Adds a row of as many fields as there are.
    pub(super) fn fields<'f>(&mut self, fields: impl Iterator<Item = &'f str>) {
        let cells: Vec<String> = fields.map(cell).collect();
        self.0.push_str(&cells.join(","));
        self.0.push_str("\r\n");
    }

    /// The file so far.
    pub(super) fn into_text(self) -> String {
        self.0
    }

    /// The rows since this was last asked, to be sent while others are made.
    pub(super) fn take(&mut self) -> String {
        std::mem::take(&mut self.0)
    }

    /// The answer, to be kept under a name of ours.
    pub(super) fn respond(self, name: &'static str) -> Response {
        Self::respond_with(self.0, name)
    }

    /// The same for a file whose body is made elsewhere.
    pub(super) fn respond_with(body: impl IntoResponse, name: &'static str) -> Response {
        let mut response = body.into_response();
        let headers = response.headers_mut();
        secure_headers(headers);
        let kind = HeaderValue::from_static("text/csv; charset=utf-8");
        headers.insert(header::CONTENT_TYPE, kind);
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        let name = HeaderValue::from_static(name);
        headers.insert(header::CONTENT_DISPOSITION, name);
        response
    }
}

/// A field. What a spreadsheet would run as a formula is led by an apostrophe; a number below zero is none.
fn cell(text: &str) -> String {
    let runs = text.starts_with(['=', '+', '-', '@', '\t', '\r']) && !is_below_zero(text);
    let guard = if runs { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

fn is_below_zero(text: &str) -> bool {
    text.strip_prefix('-').is_some_and(|rest| {
        let (whole, part) = rest.split_once('.').unwrap_or((rest, "0"));
        [whole, part].iter().all(|d| !d.is_empty() && d.bytes().all(|b| b.is_ascii_digit()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spreadsheet_runs_nothing() {
        let mut csv = Csv::new("a,b");
        csv.row(["a \"b\"", "=HYPERLINK(1)"]);
        assert_eq!(csv.0, "a,b\r\n\"a \"\"b\"\"\",\"'=HYPERLINK(1)\"\r\n");
        for (text, written) in [
            ("-18.00", "\"-18.00\""),
            ("-7", "\"-7\""),
            ("-7+1", "\"'-7+1\""),
            ("-1.2.3", "\"'-1.2.3\""),
            ("-", "\"'-\""),
            ("-.5", "\"'-.5\""),
            ("--1", "\"'--1\""),
        ] {
            assert_eq!(cell(text), written);
        }
    }
}
