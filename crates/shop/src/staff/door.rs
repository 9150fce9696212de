//! The door: passwords hashed and compared off the async threads, a few at a time, and wrong
//! attempts counted.
//!
//! Whoever knows an address must not be able to lock its owner out. So wrong passwords close the door
//! only to browsers that never came in with this account; a browser that did carries a signed mark
//! and has attempts of its own. Codes that work once are not counted: they cannot be guessed, and are
//! all that a new colleague has. Attempts are counted in memory, per process: a restart forgives. They are
//! counted when they begin, so that those that are made at once see each other.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use kontor_base::{Instant, KeyedHash, Random};
use tokio::sync::Semaphore;

/// So many wrong passwords in [`WINDOW_S`] close the door.
const WRONG_MAX: usize = 10;
/// The time over which wrong passwords count, in seconds.
const WINDOW_S: i64 = 15 * 60;
/// How often it is told of an account that its door was closed, in seconds.
const TOLD_EVERY_S: i64 = 24 * 60 * 60;
/// How many accounts' attempts are remembered; beyond that the oldest are forgotten.
const REMEMBERED_MAX: usize = 10_000;
/// How many passwords are worked on at once: each takes 19 MiB and tens of milliseconds.
const AT_ONCE: usize = 2;

/// Counts attempts and compares secrets.
#[derive(Debug)]
pub struct Door {
    tried: Mutex<HashMap<(KeyedHash, bool), Tried>>,
    turns: Semaphore,
    /// Compared where there is no account, so that its absence takes as long as a wrong password.
    nobody: Mutex<Option<Arc<str>>>,
}

/// The attempts at one account by one kind of browser.
#[derive(Debug, Default)]
struct Tried {
    /// When each began; a right one takes all away.
    times: Vec<Instant>,
    /// When it was last told that they closed the door.
    told_at: Option<Instant>,
}

impl Tried {
    /// Seconds for which the door stays closed.
    fn closed_for(&self, at: Instant) -> Option<u32> {
        let recent: Vec<_> =
            self.times.iter().filter(|time| time.plus_seconds(WINDOW_S) > at).collect();
        let opens = recent.iter().rev().nth(WRONG_MAX - 1)?.plus_seconds(WINDOW_S);
        let left = (opens.micros() - at.micros()).div_euclid(1_000_000) + 1;
        Some(u32::try_from(left).unwrap_or(1).max(1))
    }
}

impl Default for Door {
    fn default() -> Self {
        Self { tried: Mutex::default(), turns: Semaphore::new(AT_ONCE), nobody: Mutex::default() }
    }
}

impl Door {
    /// Counts an attempt before anything is compared, so that many at once are no more than so many one after
    /// another; a right one is forgiven. Where the door is closed: the seconds until it opens.
    pub(super) fn knock(&self, who: KeyedHash, known: bool, at: Instant) -> Result<(), u32> {
        let mut tried = self.tried.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(wait) = tried.get(&(who, known)).and_then(|tried| tried.closed_for(at)) {
            return Err(wait);
        }
        if tried.len() >= REMEMBERED_MAX && !tried.contains_key(&(who, known)) {
            tried.retain(|_, tried| {
                tried.times.last().is_some_and(|time| time.plus_seconds(WINDOW_S) > at)
            });
            // One goes for the one that comes: whoever tries many addresses opens no other door.
            if tried.len() >= REMEMBERED_MAX {
                let oldest =
                    tried.iter().min_by_key(|(key, tried)| (tried.times.last().copied(), **key));
                if let Some(key) = oldest.map(|(key, _)| *key) {
                    tried.remove(&key);
                }
            }
        }
        let own = tried.entry((who, known)).or_default();
        own.times.retain(|time| time.plus_seconds(WINDOW_S) > at);
        own.times.push(at);
        Ok(())
    }

    /// Whether somebody is to be told that the door is closed: once a day, however often it closes, so that
    /// nobody fills the log from outside.
    pub(super) fn tells(&self, who: KeyedHash, known: bool, at: Instant) -> bool {
        let mut tried = self.tried.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(own) = tried.get_mut(&(who, known)) else { return false };
        let lately = own.told_at.is_some_and(|told| told.plus_seconds(TOLD_EVERY_S) > at);
        if lately || own.closed_for(at).is_none() {
            return false;
        }
        own.told_at = Some(at);
        true
    }

    /// Forgets the attempts after a right one.
    pub(super) fn forgive(&self, who: KeyedHash, known: bool) {
        let mut tried = self.tried.lock().unwrap_or_else(PoisonError::into_inner);
        tried.remove(&(who, known));
    }

    /// The PHC string of a new password: Argon2id with OWASP's first choice of parameters (19 MiB,
    /// two passes), which are the crate's defaults.
    pub(super) async fn hash(&self, password: String, random: &Random) -> String {
        let salt = random.bytes16();
        self.aside(move || {
            let hash = Argon2::default()
                .hash_password_with_salt(password.as_bytes(), &salt)
                .expect("a password of bounded length and a salt of sixteen bytes");
            hash.to_string()
        })
        .await
    }

    /// Whether the password is the one behind `phc`. Without one it takes as long and is not.
    pub(super) async fn fits(&self, password: String, phc: String, random: &Random) -> bool {
        let known = !phc.is_empty();
        let phc = if known { phc } else { self.nobodys(random).await.to_string() };
        let fits = self
            .aside(move || {
                PasswordHash::new(&phc).is_ok_and(|hash| {
                    Argon2::default().verify_password(password.as_bytes(), &hash).is_ok()
                })
            })
            .await;
        fits && known
    }

    async fn nobodys(&self, random: &Random) -> Arc<str> {
        if let Some(kept) = self.nobody.lock().unwrap_or_else(PoisonError::into_inner).clone() {
            return kept;
        }
        let made: Arc<str> = self.hash("nobody has this password".to_owned(), random).await.into();
        *self.nobody.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&made));
        made
    }

    async fn aside<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> T {
        let _turn = self.turns.acquire().await.expect("the semaphore is never closed");
        match tokio::task::spawn_blocking(work).await {
            Ok(done) => done,
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Instant {
        Instant::from_micros(1_432_000_000_000_000).plus_seconds(seconds)
    }

    #[test]
    fn strangers_close_the_door_for_strangers_only() {
        let door = Door::default();
        let ana = [1; 16];
        for attempt in 0..10 {
            assert_eq!(door.knock(ana, false, at(attempt)), Ok(()), "{attempt}");
            assert_eq!(door.tells(ana, false, at(attempt)), attempt == 9);
        }
        let wait = door.knock(ana, false, at(10)).expect_err("closed to strangers");
        assert!((1..=900).contains(&wait), "{wait}");
        assert_eq!(door.knock(ana, true, at(10)), Ok(()), "open to her own browser");
        assert_eq!(door.knock([2; 16], false, at(10)), Ok(()), "open for others");
        assert_eq!(door.knock(ana, false, at(910)), Ok(()), "open again");
        door.forgive(ana, false);
        assert_eq!(door.knock(ana, false, at(10)), Ok(()));
    }

    #[test]
    fn attempts_at_once_are_no_more_than_attempts_one_after_another() {
        let door = Door::default();
        // None of them has an answer yet.
        let let_in = (0..100).filter(|_| door.knock([1; 16], false, at(0)).is_ok()).count();
        assert_eq!(let_in, WRONG_MAX);
    }

    #[test]
    fn a_closed_door_is_told_of_once_a_day() {
        let door = Door::default();
        let ana = [1; 16];
        let told = (0..2 * TOLD_EVERY_S).step_by(60).filter(|second| {
            let _ = door.knock(ana, false, at(*second));
            door.tells(ana, false, at(*second))
        });
        let told: Vec<i64> = told.collect();
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told[0] < 600 && told[1] >= told[0] + TOLD_EVERY_S, "{told:?}");
    }

    #[test]
    fn whoever_tries_many_addresses_opens_no_other_door() {
        let door = Door::default();
        let other = |number: u32| {
            let mut who = [9; 16];
            who[..4].copy_from_slice(&number.to_be_bytes());
            who
        };
        let most = u32::try_from(REMEMBERED_MAX).expect("a small number");
        // The first of the others is older than Ana's attempts, all the rest is younger.
        assert_eq!(door.knock(other(0), false, at(0)), Ok(()));
        let ana = [1; 16];
        for _ in 0..WRONG_MAX {
            assert_eq!(door.knock(ana, false, at(1)), Ok(()));
        }
        for number in 1..most {
            assert_eq!(door.knock(other(number), false, at(2)), Ok(()));
        }
        assert!(door.knock(ana, false, at(3)).is_err(), "still closed to strangers");
        let tried = door.tried.lock().expect("not poisoned");
        assert_eq!(tried.len(), REMEMBERED_MAX);
        assert!(!tried.contains_key(&(other(0), false)), "the oldest is forgotten");
    }

    #[tokio::test]
    async fn a_password_fits_its_own_hash_only() {
        let door = Door::default();
        let random = Random::seeded(1);
        let phc = door.hash("correct horse battery".to_owned(), &random).await;
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
        assert!(door.fits("correct horse battery".to_owned(), phc.clone(), &random).await);
        assert!(!door.fits("correct horse batterY".to_owned(), phc, &random).await);
        let nobody = "nobody has this password".to_owned();
        assert!(!door.fits(nobody, String::new(), &random).await, "no password fits none");
        assert!(!door.fits("x".to_owned(), "no PHC string".to_owned(), &random).await);
    }
}
