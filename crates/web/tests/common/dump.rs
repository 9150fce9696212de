//! The whole database in one number: what a request must not change, it must not change anywhere.

use super::Api;

/// Where the header of a database file counts commits and names the writing library: these bytes
/// change with an empty transaction too. (The file format's description, section 1.3.)
const COUNTERS: [std::ops::Range<usize>; 2] = [24..28, 92..100];

impl Api {
    /// The hash of the whole database as it is committed now: of every page of a file, of every
    /// row on a server.
    pub(crate) fn dump(&self) -> blake3::Hash {
        let Some(file) = self.scratch.place().sqlite_path() else {
            return blake3::hash(self.scratch.dump().as_bytes());
        };
        let copy = self.scratch.path("dump.db");
        // Left over from the dump before.
        let _ = std::fs::remove_file(&copy);
        kontor_store::backup(file, &copy, |_, _| {}).expect("a copy is made");
        let mut bytes = std::fs::read(&copy).expect("the copy can be read");
        for range in COUNTERS {
            bytes[range].fill(0);
        }
        blake3::hash(&bytes)
    }
}
