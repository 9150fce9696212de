//! Papers that evidence rests on: taken in only if they are what they say they are.

use std::sync::Arc;

use kontor_base::Line;
use kontor_base::id::StaffId;
use kontor_domain::market::MarketCode;
use kontor_domain::staff::Permission;
use kontor_store::staff::document::{self as rows, Document};
use kontor_store::{StoreError, Tx};

use super::log::{By, Noted, note};
use super::person::Person;
use crate::core::{Failure, Outcome, Shop};

/// The largest paper, in bytes.
pub const DOCUMENT_BYTES_MAX: usize = 5 * 1024 * 1024;

/// A file as it was uploaded.
#[derive(Clone, Debug)]
pub struct Upload {
    /// Its name, as the browser gave it.
    pub name: String,
    /// Its bytes.
    pub content: Vec<u8>,
}

/// Why a file is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UploadRefusal {
    /// It is empty.
    #[error("the file is empty")]
    Empty,
    /// It is too large.
    #[error("a document has at most 5 MB")]
    TooLarge,
    /// It is not a PDF, PNG or JPEG, whatever its name says.
    #[error("a document is a PDF, a PNG or a JPEG file")]
    NotADocument,
}

impl UploadRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "staff.document_empty",
            Self::TooLarge => "staff.document_too_large",
            Self::NotADocument => "staff.not_a_document",
        }
    }
}

/// Keeps a paper for a market; gives the hash under which evidence names it.
///
/// # Errors
///
/// An [`UploadRefusal`], or a fault of the store.
pub async fn keep_document(
    shop: &Arc<Shop>,
    person: &Person,
    market: MarketCode,
    upload: Upload,
) -> Outcome<String, UploadRefusal> {
    let at = shop.now();
    if upload.content.is_empty() {
        return Err(Failure::Refused(UploadRefusal::Empty));
    }
    if upload.content.len() > DOCUMENT_BYTES_MAX {
        return Err(Failure::Refused(UploadRefusal::TooLarge));
    }
    let media = media_of(&upload.content).ok_or(Failure::Refused(UploadRefusal::NotADocument))?;
    let hash = kontor_base::secret::content_hash(&upload.content);
    let document = Document {
        hash: hash.clone(),
        name: file_name(&upload.name),
        media: media.to_owned(),
        content: upload.content,
        added_at: at,
        added_by: person.id,
    };
    let (own, person) = (Arc::clone(shop), person.clone());
    shop.db
        .write("staff.keep_document", move |tx| {
            rows::keep(tx, &document)?;
            rows::add_market(tx, &document.hash, market)?;
            let noted = Noted {
                act: "staff.keep_document",
                market: Some(market),
                subject: &document.hash,
                was: "",
                is_now: &document.name,
            };
            note(tx, &own.random, at, By::Person(&person), &noted)?;
            Ok::<_, Failure<UploadRefusal>>(())
        })
        .await?;
    Ok(hash)
}

/// The paper with this hash, if it was added for a market whose clearances are somebody's to see,
/// or by them. A paper of which no market is known is seen by whoever sees all markets.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn document(
    shop: &Arc<Shop>,
    person: &Person,
    hash: String,
) -> Result<Option<Document>, StoreError> {
    let person = person.clone();
    shop.db
        .read("staff.document", move |tx| {
            let Some(found) = rows::find(tx, &hash)? else { return Ok(None) };
            let sees = sees_document(tx, &person, &hash, found.added_by)?;
            Ok(sees.then_some(found))
        })
        .await
}

/// Whether a paper is somebody's to see, as [`document`] says.
pub(super) fn sees_document(
    tx: &mut Tx<'_>,
    person: &Person,
    hash: &str,
    added_by: StaffId,
) -> Result<bool, StoreError> {
    let sees = |market| person.may(Permission::ClearanceRead, market);
    let own = rows::markets(tx, hash)?.into_iter().any(|market| sees(Some(market)));
    Ok(own || sees(None) || added_by == person.id)
}

/// What the bytes are, by how they begin; what a browser would run is nothing of this.
fn media_of(content: &[u8]) -> Option<&'static str> {
    const KINDS: [(&[u8], &str); 3] = [
        (b"%PDF-", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
    ];
    KINDS.iter().find(|(begin, _)| content.starts_with(begin)).map(|(_, media)| *media)
}

/// The last part of a path, without characters that headers or file systems take for more.
fn file_name(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let safe: String = last
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ' | '(' | ')'))
        .take(100)
        .collect();
    match Line::<100>::parse(safe.trim_start_matches('.')) {
        Ok(name) => name.to_string(),
        Err(_) => "document".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_it_begins_with_not_what_it_is_called() {
        assert_eq!(media_of(b"%PDF-1.7 x"), Some("application/pdf"));
        for bad in [&b"<html>"[..], b"GIF89a", b"MZ", b" %PDF-1.7", b"<svg onload=x>"] {
            assert_eq!(media_of(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn names_lead_nowhere() {
        for (given, name) in [
            ("../../etc/passwd", "passwd"),
            ("C:\\x\\FCC grant (1).pdf", "FCC grant (1).pdf"),
            ("a\r\nset-cookie: x.pdf", "aset-cookie x.pdf"),
            ("\".htaccess", "htaccess"),
            ("", "document"),
            ("<script>", "script"),
        ] {
            assert_eq!(file_name(given), name, "{given:?}");
        }
    }
}
