//! What the programs of a run tell each other: who takes part, with which ticket, and what each
//! was answered.
//!
//! Everything lies in files of fixed-size records that are read and written from front to back, so
//! that two million people cost the load generator no memory to speak of.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use kontor_base::id::SaleId;
use serde_json::{Value, json};

use super::RushError;

/// Bytes that are read ahead.
const READ_BYTES: usize = 128 * 1024;

/// A group of people with tickets of one sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crowd {
    folder: PathBuf,
    name: String,
    /// Which sale.
    pub sale: SaleId,
    /// How many people.
    pub people: u32,
    /// The length of each ticket's text.
    pub ticket_chars: usize,
}

impl Crowd {
    /// Names a crowd that is about to be written.
    #[must_use]
    pub fn new(folder: &Path, name: &str, sale: SaleId, people: u32, ticket_chars: usize) -> Self {
        Self { folder: folder.to_owned(), name: name.to_owned(), sale, people, ticket_chars }
    }

    /// Reads what an earlier program has written down.
    ///
    /// # Errors
    /// When it has not, or the file is no such note.
    pub fn open(folder: &Path, name: &str) -> Result<Self, RushError> {
        let path = folder.join(format!("{name}.json"));
        let failed = |error: &dyn std::fmt::Display| {
            RushError::at(&format!("read the crowd {}", path.display()), error)
        };
        let text = std::fs::read_to_string(&path).map_err(|error| failed(&error))?;
        let note: Value = serde_json::from_str(&text).map_err(|error| failed(&error))?;
        let number = |field: &str| note[field].as_u64().and_then(|n| u32::try_from(n).ok());
        let sale = note["sale"].as_str().and_then(|sale| sale.parse().ok());
        match (sale, number("people"), number("ticket_chars")) {
            (Some(sale), Some(people), Some(chars)) => {
                Ok(Self::new(folder, name, sale, people, chars as usize))
            }
            _ => Err(failed(&"it lacks sale, people or ticket_chars")),
        }
    }

    /// Writes the note and makes room for an answer to each.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn save(&self) -> Result<(), RushError> {
        let note = json!({
            "sale": self.sale.to_string(),
            "people": self.people,
            "ticket_chars": self.ticket_chars,
        });
        let failed = |error| RushError::at("write a crowd's note", error);
        std::fs::write(self.path("json"), note.to_string()).map_err(failed)?;
        let answers = File::create(self.path("answers")).map_err(failed)?;
        answers.set_len(u64::from(self.people) * 4).map_err(failed)
    }

    fn path(&self, kind: &str) -> PathBuf {
        self.folder.join(format!("{}.{kind}", self.name))
    }

    /// A file of the crowd from its beginning, for writing.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn create(&self, kind: Kind) -> Result<BufWriter<File>, RushError> {
        let file = File::create(self.path(kind.word()));
        file.map(BufWriter::new).map_err(|error| RushError::at("make a crowd's file", error))
    }

    /// A file of the crowd, to be read from the record of this person on.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read_from(&self, kind: Kind, person: u32) -> Result<Records, RushError> {
        let failed = |error| RushError::at("read a crowd's file", error);
        let size = match kind {
            Kind::Tickets => self.ticket_chars,
            Kind::Entries => 16,
            Kind::Answers => 4,
        };
        let mut file = File::open(self.path(kind.word())).map_err(failed)?;
        file.seek(SeekFrom::Start(u64::from(person) * size as u64)).map_err(failed)?;
        Ok(Records { file: BufReader::with_capacity(READ_BYTES, file), record: vec![0; size] })
    }

    /// Puts down what people from `first` on were answered: the number of the claim, 0 for none.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write_answers(&self, first: u32, numbers: &[u32]) -> Result<(), RushError> {
        let failed = |error| RushError::at("write the answers down", error);
        let mut file =
            File::options().write(true).open(self.path(Kind::Answers.word())).map_err(failed)?;
        file.seek(SeekFrom::Start(u64::from(first) * 4)).map_err(failed)?;
        let mut file = BufWriter::new(file);
        for number in numbers {
            file.write_all(&number.to_le_bytes()).map_err(failed)?;
        }
        file.flush().map_err(failed)
    }
}

/// Divides a crowd by the lots in which its people buy, as the shop does: by the last byte of the entry.
/// Gives how many people each part has.
///
/// # Errors
/// When a file cannot be read or written.
pub fn split(folder: &Path, name: &str, lots: u8) -> Result<Vec<u32>, RushError> {
    let whole = Crowd::open(folder, name)?;
    let mut tickets = whole.read_from(Kind::Tickets, 0)?;
    let mut entries = whole.read_from(Kind::Entries, 0)?;
    let mut parts = Vec::new();
    for part in 0..lots {
        let part = format!("{name}-{part}");
        let crowd = Crowd::new(folder, &part, whole.sale, 0, whole.ticket_chars);
        let files = (crowd.create(Kind::Tickets)?, crowd.create(Kind::Entries)?);
        parts.push((crowd, files));
    }
    let failed = |error| RushError::at("divide a crowd", error);
    for _ in 0..whole.people {
        let (ticket, entry) = (tickets.take()?, entries.take()?);
        let lot = entry.last().map_or(0, |byte| usize::from(byte % lots));
        let (crowd, (to_tickets, to_entries)) = &mut parts[lot];
        crowd.people += 1;
        to_tickets.write_all(ticket).and_then(|()| to_entries.write_all(entry)).map_err(failed)?;
    }
    let mut counts = Vec::new();
    for (crowd, (mut tickets, mut entries)) in parts {
        tickets.flush().and_then(|()| entries.flush()).map_err(failed)?;
        crowd.save()?;
        counts.push(crowd.people);
    }
    Ok(counts)
}

/// Which of a crowd's files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The tickets' texts.
    Tickets,
    /// The entries' ids.
    Entries,
    /// The numbers of the claims that were answered.
    Answers,
}

impl Kind {
    const fn word(self) -> &'static str {
        match self {
            Self::Tickets => "tickets",
            Self::Entries => "entries",
            Self::Answers => "answers",
        }
    }
}

/// Records one after the other.
#[derive(Debug)]
pub struct Records {
    file: BufReader<File>,
    record: Vec<u8>,
}

impl Records {
    /// The next record.
    ///
    /// # Errors
    /// When there is none.
    pub fn take(&mut self) -> Result<&[u8], RushError> {
        let read = self.file.read_exact(&mut self.record);
        read.map_err(|error| RushError::at("read the next record of a crowd", error))?;
        Ok(&self.record)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_from_any_person_on() {
        let folder = std::env::temp_dir().join(format!("kontor-crowd-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let crowd = Crowd::new(&folder, "few", SaleId::from_bytes([7; 16]), 3, 2);
        crowd.save().expect("a note");
        let mut tickets = crowd.create(Kind::Tickets).expect("a file");
        tickets.write_all(b"aabbcc").and_then(|()| tickets.flush()).expect("room");
        crowd.write_answers(1, &[5, 9]).expect("room");
        let read = Crowd::open(&folder, "few").expect("the note");
        assert_eq!(read, crowd);
        let mut tickets = read.read_from(Kind::Tickets, 1).expect("a file");
        assert_eq!(tickets.take().expect("a record"), b"bb");
        assert_eq!(tickets.take().expect("a record"), b"cc");
        assert!(tickets.take().is_err(), "there is nobody else");
        let mut answers = read.read_from(Kind::Answers, 0).expect("a file");
        for number in [0_u32, 5, 9] {
            assert_eq!(answers.take().expect("a record"), number.to_le_bytes());
        }
        std::fs::remove_dir_all(&folder).expect("the folder goes");
    }

    #[test]
    fn a_crowd_is_divided_and_nobody_is_lost() {
        let folder = std::env::temp_dir().join(format!("kontor-split-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let crowd = Crowd::new(&folder, "all", SaleId::from_bytes([7; 16]), 5, 2);
        crowd.save().expect("a note");
        let (mut tickets, mut entries) = (
            crowd.create(Kind::Tickets).expect("a file"),
            crowd.create(Kind::Entries).expect("a file"),
        );
        for person in 0..5_u8 {
            tickets.write_all(&[b'a' + person; 2]).expect("room");
            entries.write_all(&[person; 16]).expect("room");
        }
        tickets.flush().and_then(|()| entries.flush()).expect("room");
        assert_eq!(split(&folder, "all", 2).expect("divided"), [3, 2]);
        let odd = Crowd::open(&folder, "all-1").expect("the note");
        assert_eq!((odd.people, odd.sale), (2, crowd.sale));
        let mut tickets = odd.read_from(Kind::Tickets, 1).expect("a file");
        assert_eq!(tickets.take().expect("a record"), b"dd");
        std::fs::remove_dir_all(&folder).expect("the folder goes");
    }
}
