//! Papers that evidence rests on, and letters.

use kontor_base::id::LetterId;
use kontor_domain::order::OrderNumber;
use kontor_domain::staff::Permission;
use kontor_store::mail::{self, LetterState};
use kontor_store::staff::document;
use kontor_store::{StoreError, Tx};

use super::index::author_scope;
use super::term::{found, wanted};
use super::{FOUND_MAX, First};
use crate::mail::stuck_in;
use crate::staff::document::sees_document;
use crate::staff::person::Person;

/// How many papers with one beginning of a hash are looked at: two are a wonder.
const ALIKE: i64 = 100;
/// The shortest beginning of a paper's hash that is looked for.
const HASH_MIN: usize = 6;

/// A paper that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundDocument {
    /// Its hash: its address.
    pub hash: String,
    /// The name of the file.
    pub name: String,
}

/// A letter that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundLetter {
    /// Which.
    pub id: LetterId,
    /// The word for its kind.
    pub kind: String,
    /// It was given up.
    pub given_up: bool,
    /// It waits.
    pub waits: bool,
    /// The order that it is about, if it is the person's to see.
    pub order: Option<OrderNumber>,
}

/// Papers by the name of the file or the beginning of their hash.
pub(super) fn documents(
    tx: &mut Tx<'_>,
    person: &Person,
    typed: &str,
    words: &[String],
) -> Result<First<FoundDocument>, StoreError> {
    if !person.may_somewhere(Permission::ClearanceRead) {
        return Ok(First::default());
    }
    let (own, all) = (author_scope(person.id), person.may(Permission::ClearanceRead, None));
    let markets = person.markets(Permission::ClearanceRead);
    let sees = |scope: &str| {
        all || scope == own || scope.parse().is_ok_and(|market| markets.contains(market))
    };
    let things = found::<document::ByWords>(tx, &wanted(words), FOUND_MAX, sees)?;
    let mut papers = Vec::new();
    if is_hash(typed) {
        papers = document::beginning(tx, &typed.to_lowercase(), ALIKE)?;
    }
    for hash in things.things {
        if papers.iter().all(|paper| paper.hash != hash) {
            papers.extend(document::named(tx, &hash)?);
        }
    }
    let mut first = First { found: Vec::new(), more: things.more };
    for paper in papers {
        if !sees_document(tx, person, &paper.hash, paper.added_by)? {
            continue;
        }
        if first.found.len() == FOUND_MAX {
            return Ok(First { more: true, ..first });
        }
        first.found.push(FoundDocument { hash: paper.hash, name: paper.name });
    }
    Ok(first)
}

/// Whether a hash may begin so.
fn is_hash(typed: &str) -> bool {
    typed.len() >= HASH_MIN && typed.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The letter with an id. What a letter says and to whom is nobody's to search.
pub(super) fn letters(
    tx: &mut Tx<'_>,
    person: &Person,
    typed: &str,
) -> Result<First<FoundLetter>, StoreError> {
    let Ok(id) = typed.to_lowercase().parse::<LetterId>() else { return Ok(First::default()) };
    let Some(letter) = mail::get(tx, id)? else { return Ok(First::default()) };
    let about = stuck_in(tx, letter)?;
    let order = about.order.filter(|_| person.may(Permission::OrderRead, about.market));
    if order.is_none() && !person.may(Permission::JobRead, None) {
        return Ok(First::default());
    }
    let state = about.letter.state;
    let found = FoundLetter {
        id,
        kind: about.letter.kind,
        given_up: state == LetterState::GivenUp,
        waits: state == LetterState::Waiting,
        order,
    };
    Ok(First::of(std::iter::once(found)))
}
