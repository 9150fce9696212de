//! Pages that are right for a few seconds: made from what changes without a new snapshot.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use kontor_base::Instant;

use super::pages::Page;

/// The most pages that are held; whoever asks for more makes them anew.
const PAGES_MAX: usize = 256;

/// Pages with the moment until which each is good.
#[derive(Debug, Default)]
pub struct Moments(Mutex<HashMap<String, (Instant, Arc<Page>)>>);

impl Moments {
    /// The page under `key`, if it is still good at `now`.
    #[must_use]
    pub fn get(&self, key: &str, now: Instant) -> Option<Arc<Page>> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.get(key).filter(|(until, _)| now < *until).map(|(_, page)| Arc::clone(page))
    }

    /// Keeps a page until then; what is over by `now` is let go where room is needed.
    pub fn keep(&self, key: &str, until: Instant, page: Page, now: Instant) -> Arc<Page> {
        let page = Arc::new(page);
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.len() >= PAGES_MAX {
            held.retain(|_, (until, _)| now < *until);
        }
        if held.len() < PAGES_MAX {
            held.insert(key.to_owned(), (until, Arc::clone(&page)));
        }
        page
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_end_with_their_moment_and_never_fill_the_memory() {
        let moments = Moments::default();
        let at = |s| Instant::from_micros(0).plus_seconds(s);
        let page = || Page::new("a page".to_owned(), "text/html");
        moments.keep("one", at(5), page(), at(0));
        assert!(moments.get("one", at(4)).is_some());
        assert!(moments.get("one", at(5)).is_none());
        for i in 0..2 * PAGES_MAX {
            moments.keep(&format!("{i}"), at(5), page(), at(0));
        }
        assert_eq!(moments.0.lock().expect("not poisoned").len(), PAGES_MAX);
        moments.keep("late", at(99), page(), at(6));
        assert!(moments.get("late", at(7)).is_some(), "what is over makes room");
    }
}
