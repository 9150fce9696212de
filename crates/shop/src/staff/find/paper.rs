//! Papers that evidence rests on, and letters.

use kontor_base::id::LetterId;
use kontor_domain::order::OrderNumber;
use kontor_domain::staff::Permission;
use kontor_store::mail::{self, LetterState};
use kontor_store::staff::document;
use kontor_store::{StoreError, Tx};

use super::{FOUND_MAX, First, begin_in, code_begins};
use crate::mail::stuck_in;
use crate::staff::document::sees_document;
use crate::staff::person::Person;

/// How many papers are looked at: their names have no index.
const LOOKED_AT: i64 = 2_000;
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
    let mut first = First::default();
    let named = document::names(tx, LOOKED_AT)?;
    let all = named.len() < usize::try_from(LOOKED_AT).unwrap_or(usize::MAX);
    for paper in named {
        let by_hash = typed.len() >= HASH_MIN && code_begins(&paper.hash, typed);
        let fits = by_hash || begin_in(words, &[&paper.name]);
        if !fits || !sees_document(tx, person, &paper.hash, paper.added_by)? {
            continue;
        }
        if first.found.len() == FOUND_MAX {
            return Ok(First { more: true, ..first });
        }
        first.found.push(FoundDocument { hash: paper.hash, name: paper.name });
    }
    Ok(First { more: !all, ..first })
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
