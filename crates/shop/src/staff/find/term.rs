//! Finds things by the words of their names: the rarest word is walked in its index, and the others are
//! compared with what the index says of each. Nothing that is not the person's is read.

use std::collections::{BTreeMap, BTreeSet};

use kontor_base::folded_words;
use kontor_store::terms::{self, Kind, Walk};
use kontor_store::{StoreError, Tx};

/// The longest word that is kept or looked for, in characters.
const WORD_CHARS_MAX: usize = 40;
/// The most words of one name that are kept: more than any name has.
const KEPT_MAX: usize = 60;
/// The most words that are looked for at once.
const WORDS_MAX: usize = 8;
/// How far the rows of a word are counted to tell which is the rarest.
const COUNTED_MAX: i64 = 1_000;
/// How many rows of an index are read at a time, and how many times. Whoever sees little passes what
/// others see, a few hundredths of a millisecond for a hundred rows.
const BLOCK: i64 = 500;
const BLOCKS: usize = 60;

/// The terms of a text.
pub(super) fn terms_of(text: &str) -> BTreeSet<String> {
    folded_words(text).iter().take(KEPT_MAX).map(|word| cut(word)).collect()
}

/// The term of an address: all of it.
pub(super) fn address_term(address: &str) -> String {
    format!("@{}", address.chars().filter(|c| !c.is_whitespace()).collect::<String>())
}

/// The words that are looked for, as terms begin.
pub(super) fn wanted(words: &[String]) -> Vec<String> {
    let words: BTreeSet<String> = words.iter().map(|word| cut(word)).collect();
    words.into_iter().take(WORDS_MAX).collect()
}

fn cut(word: &str) -> String {
    word.chars().take(WORD_CHARS_MAX).collect()
}

/// What [`found`] came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Things<T> {
    /// The things, none twice: those with exactly the rarest word before those with longer ones, and among
    /// them the newest first.
    pub(super) things: Vec<T>,
    /// It was not looked any further.
    pub(super) more: bool,
}

/// The things each of these words begins a term of, up to `limit`, as far as somebody sees a scope of them.
pub(super) fn found<K: Kind>(
    tx: &mut Tx<'_>,
    words: &[String],
    limit: usize,
    sees: impl Fn(&str) -> bool,
) -> Result<Things<K::Thing>, StoreError> {
    let none = Things { things: Vec::new(), more: false };
    let Some(rarest) = rarest::<K>(tx, words)? else { return Ok(none) };
    let mut walk = Walk::<K>::new(&rarest);
    let mut seen_in: BTreeMap<String, bool> = BTreeMap::new();
    let (mut once, mut things) = (BTreeSet::new(), Vec::new());
    for _ in 0..BLOCKS {
        let hits = walk.next(tx, BLOCK)?;
        if hits.is_empty() {
            return Ok(Things { things, more: false });
        }
        for hit in hits {
            let seen = match seen_in.get(&hit.scope) {
                Some(seen) => *seen,
                None => *seen_in.entry(hit.scope.clone()).or_insert(sees(&hit.scope)),
            };
            if !seen || !begin_in(words, &hit.words) || !once.insert(hit.thing.clone()) {
                continue;
            }
            if things.len() == limit {
                return Ok(Things { things, more: true });
            }
            things.push(hit.thing);
        }
    }
    Ok(Things { things, more: true })
}

/// The word that the fewest rows begin with; none where there are no words, or no rows of one of them.
fn rarest<K: Kind>(tx: &mut Tx<'_>, words: &[String]) -> Result<Option<String>, StoreError> {
    if let [only] = words {
        return Ok(Some(only.clone()));
    }
    let mut rarest: Option<(usize, &String)> = None;
    for word in words {
        let rows = terms::count::<K>(tx, word, COUNTED_MAX)?;
        if rows == 0 {
            return Ok(None);
        }
        if rarest.is_none_or(|(fewest, _)| rows < fewest) {
            rarest = Some((rows, word));
        }
    }
    Ok(rarest.map(|(_, word)| word.clone()))
}

/// Whether each of the words begins one of a row's terms.
fn begin_in(words: &[String], terms: &str) -> bool {
    words.iter().all(|word| terms.split(' ').any(|term| term.starts_with(word.as_str())))
}
